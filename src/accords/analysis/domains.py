"""What the agreements are about: profiles, how they changed, and where they differ.

Shares are of the agreements for which the text or an official source names at least one domain:
where neither does, no subject is known for sure, and such an agreement says nothing about a
profile. What the press alone names is counted apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from accords.analysis.common import by_state
from accords.dataset import Dataset

FEWEST = 10
"""Coded agreements that a state needs on either side before its shares are compared."""

CUTS = (2010, 2020)
"""Years at which the report compares before and after."""


def coded(dataset: Dataset) -> pd.DataFrame:
    """Return the concluded agreements of which the text or an official source names a domain.

    Returns
    -------
    DataFrame
        The rows of :func:`accords.analysis.common.by_state` with at least one such domain;
        ``domains`` holds these alone.
    """
    rows = by_state(dataset)
    rows["domains"] = [
        tuple(domain for domain in named if domain not in press)
        for named, press in zip(rows["domains"], rows["press_domains"], strict=True)
    ]
    return rows[rows["domains"].map(len) > 0].reset_index(drop=True)


def breadth(dataset: Dataset) -> pd.DataFrame:
    """Say for how many agreements of each state domains are known, and how many each names.

    Returns
    -------
    DataFrame
        ``state``, ``concluded`` (agreements), ``coded`` (those of which the text or an official
        source names a domain), ``share`` (0 to 1, NaN without agreements), ``mean`` (domains a
        coded agreement) and ``press`` (those of which only the press names any).
    """
    rows, firm = by_state(dataset), coded(dataset)
    found = []
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        some = firm.loc[firm["state"] == state, "domains"].map(len)
        found.append(
            {
                "state": state,
                "concluded": len(own),
                "coded": len(some),
                "share": len(some) / len(own) if len(own) else np.nan,
                "mean": float(some.mean()) if len(some) else np.nan,
                "press": int((own["domains"].map(len) > 0).sum()) - len(some),
            }
        )
    return pd.DataFrame(found)


def profiles(
    dataset: Dataset, *, since: int | None = None, until: int | None = None
) -> pd.DataFrame:
    """Share of each focus state's coded agreements that name each domain.

    Intervals are 95 % Wilson intervals.

    Parameters
    ----------
    dataset
        The dataset.
    since, until
        First and last year, both inclusive; without them agreements that are undated count too.

    Returns
    -------
    DataFrame
        ``state``, ``domain``, ``n``, ``total`` (coded agreements of the state), ``share``,
        ``low``, ``high`` (0 to 1), ``agreements`` (tuple of ids), ``press`` (tuple of the ids of
        agreements for which only the press names the domain); a row for every domain of the code
        list and every state that has a coded agreement.
    """
    rows = _within(coded(dataset), since, until)
    told = _within(by_state(dataset), since, until)
    found = []
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        if own.empty:
            continue
        named = own[["agreement_id", "domains"]].explode("domains").groupby("domains")
        ids = named["agreement_id"].agg(tuple)
        press = told[told["state"] == state].explode("press_domains").groupby("press_domains")
        alone = press["agreement_id"].agg(tuple)
        for domain in dataset.codes("domain_codes").index:
            agreements = ids.get(domain, ())
            found.append(
                {
                    "state": state,
                    "domain": domain,
                    "n": len(agreements),
                    "total": len(own),
                    "agreements": agreements,
                    "press": alone.get(domain, ()),
                }
            )
    table = pd.DataFrame(found, columns=["state", "domain", "n", "total", "agreements", "press"])
    return _with_shares(table)


def _within(rows: pd.DataFrame, since: int | None, until: int | None) -> pd.DataFrame:
    if since is None and until is None:
        return rows
    first = -np.inf if since is None else since
    last = np.inf if until is None else until
    return rows[rows["year"].between(first, last).fillna(False).astype(bool)]


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    from statsmodels.stats.proportion import proportion_confint

    n = table["n"].to_numpy(float)
    total = table["total"].to_numpy(float)
    low, high = proportion_confint(n, total, method="wilson") if len(table) else (n, n)
    at = table.columns.get_loc("total")
    assert isinstance(at, int)
    table.insert(at + 1, "share", n / total)
    table.insert(at + 2, "low", low)
    table.insert(at + 3, "high", high)
    return table


def contrast(dataset: Dataset) -> pd.DataFrame:
    """Compare the profiles of the first two focus states, domain by domain.

    The difference of two shares has Newcombe's 95 % interval; ``adjusted`` is Fisher's exact
    p-value after Holm's correction for the number of domains.

    Returns
    -------
    DataFrame
        ``domain``, ``first`` and ``second`` (shares of the two states), ``difference`` (first less
        second), ``low``, ``high``, ``p``, ``adjusted``, ``sure`` (bool: ``adjusted`` below 0.05).
        Empty unless two states have coded agreements.
    """
    table = profiles(dataset)
    if len(dataset.focus) < 2:
        return _differences([])
    first, second = (table[table["state"] == state] for state in dataset.focus[:2])
    if first.empty or second.empty:
        return _differences([])
    pairs = [
        {"domain": a["domain"], "a": (a["n"], a["total"]), "b": (b["n"], b["total"])}
        for a, b in zip(first.to_dict("records"), second.to_dict("records"), strict=True)
    ]
    return _differences(pairs)


def change(dataset: Dataset, cuts: tuple[int, ...] = CUTS) -> pd.DataFrame:
    """Compare each state's profile from some years on with that of the years before.

    As :func:`contrast`, with the later share first; corrected over all domains, states and cuts.

    Parameters
    ----------
    dataset
        The dataset.
    cuts
        First years of the later spans.

    Returns
    -------
    DataFrame
        ``cut``, ``state``, ``domain``, ``first`` (later share), ``second`` (earlier share),
        ``difference``, ``low``, ``high``, ``p``, ``adjusted``, ``sure``. States with fewer than
        ``FEWEST`` coded agreements on either side of a cut are left out there.
    """
    pairs = []
    for cut in cuts:
        later, earlier = profiles(dataset, since=cut), profiles(dataset, until=cut - 1)
        both = later.merge(earlier, on=["state", "domain"], suffixes=("_a", "_b"))
        both = both[(both["total_a"] >= FEWEST) & (both["total_b"] >= FEWEST)]
        pairs += [
            {
                "cut": cut,
                "state": row["state"],
                "domain": row["domain"],
                "a": (row["n_a"], row["total_a"]),
                "b": (row["n_b"], row["total_b"]),
            }
            for row in both.to_dict("records")
        ]
    return _differences(pairs, keys=["cut", "state", "domain"])


def _differences(pairs: list[dict], keys: list[str] | None = None) -> pd.DataFrame:
    columns = [
        *(keys or ["domain"]),
        *("first", "second", "difference", "low", "high", "p", "adjusted", "sure"),
    ]
    if not pairs:
        return pd.DataFrame(columns=columns)
    from scipy.stats import fisher_exact
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.proportion import confint_proportions_2indep

    found = []
    for pair in pairs:
        (n, total), (m, whole) = pair.pop("a"), pair.pop("b")
        low, high = confint_proportions_2indep(n, total, m, whole, method="newcomb")
        p = fisher_exact([[n, total - n], [m, whole - m]]).pvalue
        first, second = n / total, m / whole
        found.append(
            pair
            | {"first": first, "second": second, "difference": first - second}
            | {"low": float(low), "high": float(high), "p": float(p)}
        )
    table = pd.DataFrame(found)
    table["adjusted"] = multipletests(table["p"], method="holm")[1]
    table["sure"] = table["adjusted"] < 0.05
    return table[columns]
