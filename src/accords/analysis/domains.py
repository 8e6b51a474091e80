"""What the agreements are about: profiles, how they changed, and where they differ.

Shares are of the agreements for which the text or an official source names at least one domain:
where neither does, no subject is known for sure, and such an agreement says nothing about a
profile. What the press alone names is counted apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from accords.analysis.common import by_state, shares
from accords.dataset import Dataset

FEWEST = 10
"""Coded agreements that a state needs on either side before its shares are compared."""

CUTS = (2010, 2020)
"""Years at which the report compares before and after."""


def coded(dataset: Dataset) -> pd.DataFrame:
    """List the concluded agreements of which the text or an official source names a domain.

    Gives the rows of :func:`accords.analysis.common.by_state` with ``domains`` of these alone.
    """
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

    The text or an official source names the domain; what the press alone names is counted apart.
    ``since`` and ``until`` are years, both inclusive; without them what is undated counts too.

    Gives for every domain of the code list and every state that has such an agreement ``state``,
    ``domain``, the columns of :func:`accords.analysis.common.shares`, ``press_ids`` (where the
    press alone names the domain), ``since`` and ``until`` (Int64, missing where not asked for).
    """
    rows, told = _within(coded(dataset), since, until), _within(by_state(dataset), since, until)
    codes = dataset.codes("domain_codes").index
    groups = {code: rows["domains"].map(lambda d, c=code: c in d) for code in codes}
    table = shares(dataset, rows, groups, "domain")
    alone = told.explode("press_domains").groupby(["state", "press_domains"])["agreement_id"]
    ids = alone.agg(tuple).to_dict()
    keys = zip(table["state"], table["domain"], strict=True)
    span = {"since": since, "until": until}
    table = table.assign(press_ids=[ids.get(key, ()) for key in keys], **span)
    return table.astype(dict.fromkeys(span, "Int64"))


def _within(rows: pd.DataFrame, since: int | None, until: int | None) -> pd.DataFrame:
    if since is None and until is None:
        return rows
    first = -np.inf if since is None else since
    last = np.inf if until is None else until
    return rows[rows["year"].between(first, last).fillna(False).astype(bool)]


def firsts(dataset: Dataset) -> pd.DataFrame:
    """Find the first bilateral agreement of each state for which a domain is named for sure.

    By the latest day that its date allows, so that a span of years is not first by its beginning.
    Gives, in the order of dates: ``state``, ``domain``, ``agreement_id``, ``date`` (EDTF),
    ``latest``, ``partners`` (tuple), ``status``.
    """
    rows = coded(dataset).explode("domains").rename(columns={"domains": "domain"})
    rows = rows[(rows["scope"] == "bilateral") & rows["latest"].notna()]
    rows = rows.sort_values(["latest", "agreement_id"]).drop_duplicates(["state", "domain"])
    columns = ["state", "domain", "agreement_id", "date", "latest", "partners", "status"]
    return rows[columns].reset_index(drop=True)


def contrast(
    dataset: Dataset, *, since: int | None = None, until: int | None = None
) -> pd.DataFrame:
    """Compare the profiles of the first two focus states, domain by domain.

    The difference of two shares has Newcombe's 95 % interval; ``adjusted`` is Fisher's exact
    p-value after Holm's correction for the number of domains. Years are as for :func:`profiles`.

    Gives ``domain``, ``more`` (the state with the larger share), ``since``, ``until``, ``first``
    and ``second`` (shares of the two states), ``difference`` (first less second), ``low``,
    ``high``, ``p``, ``adjusted``, ``sure`` (bool: ``adjusted`` below 0.05), ``ids``; nothing unless
    two states have such agreements.
    """
    keys = ["domain", "more", "since", "until"]
    table = profiles(dataset, since=since, until=until)
    if not set(dataset.focus[:2]) <= set(table["state"]) or len(dataset.focus) < 2:
        return _differences(pd.DataFrame(), keys)
    states = dataset.focus[:2]
    first, second = (table[table["state"] == state] for state in states)
    same = ["domain", "since", "until"]
    pairs = first.merge(second, on=same, suffixes=("_a", "_b"))
    pairs["more"] = np.where(pairs["share_a"] >= pairs["share_b"], *states)
    return _differences(pairs, keys)


def change(dataset: Dataset, cuts: tuple[int, ...] = CUTS) -> pd.DataFrame:
    """Compare each state's profile from some years on with that of the years before.

    As :func:`contrast`, with the later share first; corrected over all domains, states and cuts.
    ``cuts`` are the first years of the later spans; states with fewer than :data:`FEWEST` coded
    agreements on either side of one are left out there.

    Gives ``cut``, ``state``, ``domain`` and the columns of :func:`contrast` from ``first`` on.
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
