"""What is said of partners, from the tables of :mod:`accords.analysis.partners`."""

import pandas as pd

from accords.analysis.common import together
from accords.analysis.partners import FEWEST
from accords.dataset import Dataset
from accords.prose.names import each
from accords.prose.passage import ANSWER, BLOCK, Parts, caption, hover, passage
from accords.words import some

NO_PARTNERS = "Partners: no concluded bilateral agreement is on record."


@passage(NO_PARTNERS, ANSWER)
def answer(dataset: Dataset, counts: pd.DataFrame) -> None:
    """Answer who the largest partner of each state is (``partner_counts``)."""


@passage(NO_PARTNERS)
def overview(dataset: Dataset, counts: pd.DataFrame) -> Parts:
    """Say how many partners each state has, and how many are shared (``partner_counts``)."""
    others = counts[~counts["partner"].isin(dataset.focus)]
    return {"others": others, "shared": others[others["partner"].duplicated(keep=False)]}


@passage("Largest partners: none is on record.", BLOCK)
def top_partners(dataset: Dataset, counts: pd.DataFrame, without: pd.DataFrame) -> None:
    """Show the five largest partners of each state, with and without purchases."""


@passage("Regions: no partner is on record.")
def regions(dataset: Dataset, counts: pd.DataFrame) -> Parts:
    """Say from which part of the world most partners' agreements come (``partner_counts``)."""
    named = counts.assign(subregion=counts["subregion"].fillna("organisations"))
    found = named.groupby(["state", "subregion"], as_index=False).agg(ids=("ids", together))
    return {"regions": found.sort_values("ids", key=lambda ids: -ids.map(len), kind="stable")}


@passage("What partners agree on: not known.")
def families(dataset: Dataset, table: pd.DataFrame) -> None:
    """Say what the agreements with each largest partner are about (``partner_families``)."""


@passage(f"Spread over partners: no state has {FEWEST} bilateral agreements.")
def concentration(dataset: Dataset, table: pd.DataFrame) -> None:
    """Say how concentrated each state's agreements are (``concentration`` without a window)."""


@passage("Change in the spread over partners: too few agreements in either span.")
def diversification(dataset: Dataset, table: pd.DataFrame) -> None:
    """Say whether agreements spread more widely (one or several of ``diversification``)."""


@passage("Shared partners: there is none.")
def shared(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Say how many partners the states share, and with whom each has many (``shared``)."""
    return {"least": table[list(dataset.focus)].min(axis=1)}


bar_hover, pair_hover = hover("bar"), hover("pair_count")
cell_hover, chance_hover = hover("cell"), hover("chance")
left_out_note = hover("left_out")


@caption
def ranked_caption(dataset: Dataset, counts: pd.DataFrame, top: int = 12) -> Parts:
    """Word the ranking of partners."""
    return {"longer": [(state, own) for state, own in each(dataset, counts) if len(own) > top]}


@caption
def families_caption(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Word the matrix of partners and families of domains, and which family leads most often."""
    labels, leading = dataset.labels("families"), dict[str, list[str]]()
    for state, own in each(dataset, table):
        best = own[own["count"] == own.groupby("partner")["count"].transform("max")]
        leads = best["family"].value_counts()
        whole = some(own["partner"].nunique(), "partner")
        share = f"{leads.iloc[0]} of {dataset.party_names[state]}’s {whole}"
        leading.setdefault(labels[leads.index[0]], []).append(share)
    return {"labels": labels, "leading": leading}


@caption
def concentration_caption(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Word the concentration over time."""
    return {"fewest": FEWEST}


@caption
def shared_caption(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Word the chart of shared partners, and with how many of them each state has most."""
    counts = table[list(dataset.focus)]
    most = counts.eq(counts.max(axis=1), axis=0)
    return {"n": len(table), "leading": most[most.sum(axis=1) == 1].sum()}
