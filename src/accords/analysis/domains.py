"""What the agreements are about: profiles, how they changed, and where they differ.

Shares are of the agreements for which the text or an official source names at least one domain:
where neither does, no subject is known for sure, and such an agreement says nothing about a
profile. What the press alone names is counted apart.
"""

import numpy as np
import pandas as pd

from accords.analysis.common import by_state, shares
from accords.dataset import Dataset

FEWEST = 10  # coded agreements that a state needs on either side before its shares are compared


def coded(dataset: Dataset) -> pd.DataFrame:
    """Return the rows of :func:`by_state` whose text or an official source names a domain."""
    rows = by_state(dataset)
    rows["domains"] = [
        tuple(domain for domain in named if domain not in press)
        for named, press in zip(rows["domains"], rows["press_domains"], strict=True)
    ]
    return rows[rows["domains"].map(len) > 0].reset_index(drop=True)


def profiles(
    dataset: Dataset, *, since: int | None = None, until: int | None = None
) -> pd.DataFrame:
    """Share of each focus state's agreements that name each domain, of those that name any.

    ``since`` and ``until`` are years, both inclusive; without them what is undated counts too.
    Gives shares by ``domain``, with ``press_ids`` (where the press alone names it) and the years.
    """
    rows, told = coded(dataset), by_state(dataset)
    if since is not None or until is not None:
        years = -np.inf if since is None else since, np.inf if until is None else until
        rows, told = (t[t["year"].between(*years).fillna(False).astype(bool)] for t in (rows, told))
    codes = dataset.codes("domain_codes").index
    groups = {code: rows["domains"].map(lambda d, c=code: c in d) for code in codes}
    table = shares(dataset, rows, groups, "domain")
    alone = told.explode("press_domains").groupby(["state", "press_domains"])["agreement_id"]
    ids = alone.agg(tuple).to_dict()
    keys = zip(table["state"], table["domain"], strict=True)
    span = {"since": since, "until": until}
    table = table.assign(press_ids=[ids.get(key, ()) for key in keys], **span)
    return table.astype(dict.fromkeys(span, "Int64"))


def firsts(dataset: Dataset) -> pd.DataFrame:
    """Find the first bilateral agreement of each state for which a domain is named for sure.

    By the latest day that its date allows. Gives, in the order of dates: ``state``, ``domain``,
    ``agreement_id``, ``date`` (EDTF), ``latest``, ``partners`` (tuple), ``status``.
    """
    rows = coded(dataset).explode("domains").rename(columns={"domains": "domain"})
    rows = rows[(rows["scope"] == "bilateral") & rows["latest"].notna()]
    rows = rows.sort_values(["latest", "agreement_id"]).drop_duplicates(["state", "domain"])
    columns = ["state", "domain", "agreement_id", "date", "latest", "partners", "status"]
    return rows[columns].reset_index(drop=True)


def contrast(
    dataset: Dataset, *, since: int | None = None, until: int | None = None
) -> pd.DataFrame:
    """Compare the profiles of the first two focus states, domain by domain, over such years.

    Gives ``domain``, ``more`` (the state with the larger share), ``since``, ``until``, ``first``,
    ``second`` (shares), ``difference``, ``low``, ``high`` (Newcombe, 95 %), ``p`` (Fisher's exact),
    ``adjusted`` (Holm's, for the number of domains), ``sure`` (below 0.05), ``ids``.
    """
    table = profiles(dataset, since=since, until=until)
    first, second = (table[table["state"].isin(dataset.focus[n : n + 1])] for n in (0, 1))
    pairs = first.merge(second, on=["domain", "since", "until"], suffixes=("_a", "_b"))
    pairs["more"] = pairs["state_a"].where(pairs["share_a"] >= pairs["share_b"], pairs["state_b"])
    return _differences(pairs, ["domain", "more", "since", "until"])


def change(dataset: Dataset, cuts: tuple[int, ...] = (2010, 2020)) -> pd.DataFrame:
    """Compare each state's profile from some years on with that of the years before.

    ``cuts`` are the first years of the later spans; states with fewer than :data:`FEWEST` coded
    agreements on either side are left out. Gives ``cut``, ``state``, ``domain`` and, of the later
    share first, the columns of :func:`contrast`, corrected over all rows.
    """
    pairs = [
        profiles(dataset, since=cut)
        .merge(profiles(dataset, until=cut - 1), on=["state", "domain"], suffixes=("_a", "_b"))
        .query("of_a >= @FEWEST and of_b >= @FEWEST")
        .assign(cut=cut)
        for cut in cuts
    ]
    return _differences(pd.concat(pairs, ignore_index=True), ["cut", "state", "domain"])


def _differences(pairs: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    numbers = ["first", "second", "difference", "low", "high", "p", "adjusted"]
    columns = [*keys, *numbers, "sure", "ids"]
    if pairs.empty:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(numbers, float))
    from scipy.stats import fisher_exact
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.proportion import confint_proportions_2indep

    counts = pairs[["count_a", "of_a", "count_b", "of_b"]].to_numpy().tolist()
    intervals = [confint_proportions_2indep(*row, method="newcomb") for row in counts]
    table = pairs.assign(
        first=pairs["share_a"],
        second=pairs["share_b"],
        difference=pairs["share_a"] - pairs["share_b"],
        low=[float(low) for low, _ in intervals],
        high=[float(high) for _, high in intervals],
        p=[fisher_exact([[n, of - n], [m, total - m]]).pvalue for n, of, m, total in counts],
        ids=pairs["ids_a"] + pairs["ids_b"],
    )
    table["adjusted"] = multipletests(table["p"], method="holm")[1]
    table["sure"] = table["adjusted"] < 0.05
    return table[columns]
