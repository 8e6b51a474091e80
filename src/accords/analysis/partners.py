"""With whom: partners, how concentrated they are, whom the focus states share.

All measures count concluded bilateral instruments (:func:`accords.analysis.common.dyads`), so that
a treaty of many parties makes no partners of states that never dealt with each other alone.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis.common import counted, dyads, in_years, together, two_spans
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

SEED = 20241030
DRAWS = 2000
FEWEST = 5  # agreements below which a concentration says nothing and is left empty
ALL, REST = "all partners", "without the largest"


def partner_counts(dataset: Dataset, *, purchases: bool = True) -> pd.DataFrame:
    """Count each focus state's concluded bilateral agreements with each partner.

    Gives, most agreements first within each state: ``state``, ``partner``, ``subregion`` (missing
    for organisations), ``count``, ``of`` (with all partners), ``share``, ``in_force`` (how many
    are), ``first``, ``last`` (years), ``rank`` (from 1), ``purchases`` (bool: counted), ``ids``.
    """
    rows = dyads(dataset)
    if not purchases:
        rows = rows[rows["instrument"] != PURCHASE]
    rows = rows.assign(in_force=(rows["status"] == "in-force").astype(int))
    more = {"in_force": ("in_force", "sum"), "first": ("year", "min"), "last": ("year", "max")}
    counts = counted(rows, ["state", "partner"], **more)
    counts["of"] = counts.groupby("state")["count"].transform("sum")
    counts["share"] = counts["count"] / counts["of"]
    counts["subregion"] = counts["partner"].map(dataset.codes("party_codes")["subregion"])
    counts["place"] = counts["state"].map(dataset.focus.index)
    counts = counts.sort_values(
        ["place", "count", "partner"], ascending=[True, False, True], ignore_index=True
    )
    counts["rank"] = counts.groupby("state").cumcount() + 1
    columns = ["state", "partner", "subregion", "count", "of", "share", "in_force", "first", "last"]
    return counts.assign(purchases=purchases)[[*columns, "rank", "purchases", "ids"]]


def partner_families(dataset: Dataset, top: int = 8) -> pd.DataFrame:
    """Share of each large partner's agreements that name each family of domains.

    Gives for the ``top`` partners of each state, the largest first: ``state``, ``partner``,
    ``rank``, ``top``, ``family``, ``count``, ``of`` (with any domain named), ``share``, ``ids``.
    """
    rows = dyads(dataset)
    rows = rows[rows["families"].map(len) > 0]
    whole = rows.groupby(["state", "partner"])["agreement_id"].nunique().rename("of")
    named = rows.explode("families").rename(columns={"families": "family"})
    counts = counted(named, ["state", "partner", "family"]).join(whole, on=["state", "partner"])
    ranks = partner_counts(dataset)[["state", "partner", "rank"]]
    table = ranks[ranks["rank"] <= top].merge(counts, on=["state", "partner"])
    return table.assign(share=table["count"] / table["of"], top=top)


def herfindahl(counts: np.ndarray) -> np.ndarray:
    """Return the chance that two agreements drawn without replacement are with one partner.

    The estimate of the Herfindahl index that does not fall merely because more agreements are
    counted (Simpson 1949), from 0 to 1. ``counts`` are by partner along the last axis, samples
    along the others; NaN for fewer than two agreements.
    """
    counts = np.asarray(counts, dtype=float)
    n = counts.sum(axis=-1)
    pairs = (counts * (counts - 1)).sum(axis=-1)
    return np.divide(pairs, n * (n - 1), out=np.full(n.shape, np.nan), where=n > 1)


def expected_partners(counts: np.ndarray, draw: int) -> float:
    """Return the distinct partners to be expected among ``draw`` agreements (Hurlbert 1971).

    NaN where there are fewer. Makes periods with unequal numbers of agreements comparable.
    """
    from scipy.stats import hypergeom

    n = np.sum(counts)
    if draw < 1 or draw > n:
        return float("nan")
    return float(hypergeom.sf(0, n, counts, draw).sum())


def concentration(dataset: Dataset, window: int | None = None) -> pd.DataFrame:
    """Measure how concentrated each focus state's agreements are on few partners.

    The chance that two bilateral agreements drawn at random are with the same partner (Herfindahl
    index), with the 95 % percentile interval of a bootstrap of the agreements, once with all
    partners and once without the one that is the largest over all years.

    Runs are rolling and ``window`` years long; without it, all years are one run. Gives ``state``,
    ``counted`` (:data:`ALL` or :data:`REST`), ``left_out``, ``window``, ``start``, ``end``,
    ``count``, ``partners``, ``chance``, ``low``, ``high`` (missing below :data:`FEWEST`), ``ids``.
    """
    found = []
    for state, which, left_out, rows in _with_and_without(dataset):
        runs: list[tuple[Any, Any, pd.DataFrame]] = [(pd.NA, pd.NA, rows)]
        if window is not None:
            first = dataset.as_of.year if rows["year"].isna().all() else rows["year"].min()
            window = in_years(window)
            runs = [
                (end - window + 1, end, rows[rows["year"].between(end - window + 1, end)])
                for end in range(first + window - 1, dataset.as_of.year + 1)
            ]
        for start, end, run in runs:
            counts = run["partner"].value_counts().sort_index().to_numpy()
            chance = low = high = float("nan")
            if len(run) >= FEWEST:
                chance = float(herfindahl(counts))
                low, high = _percentiles(herfindahl(_resampled(counts)), chance).clip(0, 1)
            measured = len(run), len(counts), chance, low, high, tuple(run["agreement_id"])
            found.append((state, which, left_out, window, start, end, *measured))
    columns = ["state", "counted", "left_out", "window", "start", "end", "count", "partners"]
    return pd.DataFrame(found, columns=[*columns, "chance", "low", "high", "ids"])


def diversification(dataset: Dataset, years: int = 10) -> pd.DataFrame:
    """Compare the spread over partners in the latest run of years with the run before.

    Does the chance that two agreements are with the same partner fall (with the 95 % percentile
    interval of a bootstrap of both runs), and do as many agreements reach more partners
    (rarefaction)? Gives of the later run and the one before ``count``, ``expected`` (partners),
    ``chance``, ``ids``; ``change``, ``low``, ``high`` and ``finding``: ``diversifies`` (yes to
    both), ``concentrates`` (clearly neither), ``no clear change`` or ``too few``.
    """
    end, found = dataset.as_of.year, []
    for state, which, left_out, rows in _with_and_without(dataset):
        spans = two_spans(rows, end, years)[::-1]
        partners = sorted(set(pd.concat(spans)["partner"]))
        new, old = (
            span["partner"].value_counts().reindex(partners, fill_value=0).to_numpy()
            for span in spans
        )
        sizes = int(new.sum()), int(old.sum())
        expected = [expected_partners(counts, min(sizes)) for counts in (new, old)]
        chances = [float(herfindahl(counts)) for counts in (new, old)]
        change = low = high = float("nan")
        finding = "too few"
        if min(sizes) >= FEWEST:
            change, rng = chances[0] - chances[1], np.random.default_rng(SEED)
            replicates = herfindahl(_resampled(new, rng)) - herfindahl(_resampled(old, rng))
            low, high = _percentiles(replicates, change)
            wider, finding = expected[0] > expected[1], "no clear change"
            if high < 0 and wider:
                finding = "diversifies"
            elif low > 0 and not wider:
                finding = "concentrates"
        measured = *sizes, *expected, *chances, change, low, high, finding
        ids = [tuple(span["agreement_id"].unique()) for span in spans]
        found.append((state, which, left_out, years, end - years + 1, end, *measured, *ids))
    columns = [
        *("state", "counted", "left_out", "years", "start", "end", "count", "before"),
        *("expected", "expected_before", "chance", "chance_before"),
        *("change", "low", "high", "finding", "ids", "before_ids"),
    ]
    return pd.DataFrame(found, columns=columns)


def _resampled(counts: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
    """Draw the agreements again with replacement, ``DRAWS`` times."""
    rng = rng or np.random.default_rng(SEED)
    return rng.multinomial(int(counts.sum()), counts / counts.sum(), size=DRAWS)


def _percentiles(replicates: np.ndarray, value: float) -> np.ndarray:
    """Return the 95 % percentile interval, centred on the value."""
    # Drawing with replacement repeats agreements and so overstates concentration.
    replicates = replicates[~np.isnan(replicates)]
    bounds: np.ndarray = np.quantile(replicates - (replicates.mean() - value), [0.025, 0.975])
    return bounds


def _with_and_without(dataset: Dataset) -> Iterator[tuple[str, str, str | None, pd.DataFrame]]:
    """Return each focus state's rows with all partners, then without its largest."""
    rows, counts = dyads(dataset), partner_counts(dataset)
    for state, partner in counts.loc[counts["rank"] == 1, ["state", "partner"]].to_numpy():
        own = rows[rows["state"] == state]
        yield state, ALL, None, own
        yield state, REST, partner, own[own["partner"] != partner]


def shared(dataset: Dataset) -> pd.DataFrame:
    """List the partners that at least two focus states have in common.

    The focus states themselves are not partners here. Gives, most agreements first: ``partner``,
    ``subregion``, a column of counts for each focus state (its code), ``count`` (in all), ``ids``.
    """
    counts = partner_counts(dataset)
    counts = counts[~counts["partner"].isin(dataset.focus)]
    wide = counts.pivot(index="partner", columns="state", values="count")
    wide = wide.reindex(columns=list(dataset.focus)).fillna(0).astype(int).rename_axis(columns=None)
    by = counts.groupby("partner")
    table = wide.assign(
        subregion=by["subregion"].first(), count=wide.sum(axis=1), ids=by["ids"].agg(together)
    )
    table = table[by.size() > 1].reset_index()
    return table.sort_values(["count", "partner"], ascending=[False, True], ignore_index=True)
