"""What the agreements are about: profiles, how they changed, and how alike they are.

Shares are of the agreements for which a source names at least one domain: where no source names a
subject, none is known, and such an agreement says nothing about a profile.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from accords.dataset import Dataset
from accords.measures.common import by_state, concluded

SEED = 20241030
"""Seed of every resampling here, so that each run gives the same numbers."""

DRAWS = 2000
"""Resamples behind an interval."""

FEWEST = 10
"""Coded agreements that a state or an era needs before its shares are compared."""

CUTS = (2010, 2020)
"""Years at which the report compares before and after."""


def coded(dataset: Dataset) -> pd.DataFrame:
    """Give the concluded agreements of each focus state for which a source names a domain.

    Returns
    -------
    DataFrame
        The rows of :func:`accords.measures.common.by_state` with at least one domain.
    """
    rows = by_state(dataset)
    return rows[rows["domains"].map(len) > 0].reset_index(drop=True)


def breadth(dataset: Dataset) -> pd.DataFrame:
    """Say for how many agreements of each state domains are known, and how many each names.

    Returns
    -------
    DataFrame
        ``state``, ``concluded`` (agreements), ``coded`` (those with a domain), ``share`` (0 to 1,
        NaN without agreements), ``mean`` and ``median`` (domains a coded agreement).
    """
    rows = by_state(dataset)
    rows = rows.assign(named=rows["domains"].map(len))
    found = []
    for state in dataset.focus:
        named = rows.loc[rows["state"] == state, "named"]
        some = named[named > 0]
        found.append(
            {
                "state": state,
                "concluded": len(named),
                "coded": len(some),
                "share": len(some) / len(named) if len(named) else np.nan,
                "mean": float(some.mean()) if len(some) else np.nan,
                "median": float(some.median()) if len(some) else np.nan,
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
        ``low``, ``high`` (0 to 1), ``agreements`` (tuple of ids); a row for every domain of the
        code list and every state that has a coded agreement.
    """
    rows = _within(coded(dataset), since, until)
    found = []
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        if own.empty:
            continue
        named = own[["agreement_id", "domains"]].explode("domains").groupby("domains")
        ids = named["agreement_id"].agg(tuple)
        for domain in dataset.codes("domain_codes").index:
            agreements = ids.get(domain, ())
            found.append(
                {
                    "state": state,
                    "domain": domain,
                    "n": len(agreements),
                    "total": len(own),
                    "agreements": agreements,
                }
            )
    table = pd.DataFrame(found, columns=["state", "domain", "n", "total", "agreements"])
    return _with_shares(table)


def _within(rows: pd.DataFrame, since: int | None, until: int | None) -> pd.DataFrame:
    if since is None and until is None:
        return rows
    year = rows["earliest"].dt.year
    first = -np.inf if since is None else since
    last = np.inf if until is None else until
    return rows[year.between(first, last)]


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


class Era(NamedTuple):
    """A span of years and its name."""

    label: str
    since: int | None
    until: int


def eras(dataset: Dataset) -> list[Era]:
    """Divide the years into decades, with the thin early ones in one.

    Decades before the first in which some focus state has ``FEWEST`` coded agreements are taken
    together as 'before'. The last era ends with the edition's year.
    """
    rows = coded(dataset)
    rows = rows[rows["earliest"].notna()]
    decade = rows["earliest"].dt.year // 10 * 10
    counts = rows.groupby([decade.rename("decade"), "state"]).size()
    thick = counts[counts >= FEWEST].index.get_level_values("decade")
    last = dataset.as_of.year
    if thick.empty:
        return [Era("all years", None, last)] if len(rows) else []
    first = int(thick.min())
    found = [Era(f"before {first}", None, first - 1)] if (decade < first).any() else []
    for start in range(first, last + 1, 10):
        found.append(Era(f"{start}s", start, min(start + 9, last)))
    return found


def by_era(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's coded agreements that name each domain, era by era.

    Eras are those of :func:`eras`; intervals are 95 % Wilson intervals.

    Returns
    -------
    DataFrame
        ``era`` and the columns of :func:`profiles`. A state without a coded agreement in an era
        has no rows there.
    """
    found = [
        profiles(dataset, since=era.since, until=era.until).assign(era=era.label)
        for era in eras(dataset)
    ]
    return pd.concat(found, ignore_index=True) if found else profiles(dataset).assign(era=None)


def by_span(dataset: Dataset, cuts: tuple[int, ...] = CUTS) -> pd.DataFrame:
    """Share of each state's coded agreements that name each domain, before and after some years.

    Returns
    -------
    DataFrame
        ``span`` ('before 2010', '2010–19', 'from 2020') and the columns of :func:`profiles`.
    """
    edges: list[int | None] = [None, *cuts, None]
    found = []
    for since, end in pairwise(edges):
        until = None if end is None else end - 1
        if since is None:
            label = f"before {end}"
        elif until is None:
            label = f"from {since}"
        else:
            label = f"{since}–{until % 100:02d}"
        found.append(profiles(dataset, since=since, until=until).assign(span=label))
    return pd.concat(found, ignore_index=True)


def first_appearances(dataset: Dataset) -> pd.DataFrame:
    """Find the first dated agreement of each focus state that names each domain.

    Returns
    -------
    DataFrame
        ``state``, ``domain``, ``agreement_id``, ``title``, ``date`` (EDTF), ``year`` (int); no row
        where a state has no dated agreement that names the domain.
    """
    rows = coded(dataset)
    rows = rows[rows["earliest"].notna()].explode("domains")
    rows = rows.rename(columns={"domains": "domain"})
    rows = rows.sort_values(["earliest", "agreement_id"])
    first = rows.drop_duplicates(["state", "domain"])
    first = first.assign(year=first["earliest"].dt.year.astype(int))
    columns = ["state", "domain", "agreement_id", "title", "date", "year"]
    return first.sort_values(["domain", "state"], ignore_index=True)[columns]


def together(dataset: Dataset, *, fewest: int = FEWEST, draws: int = DRAWS) -> pd.DataFrame:
    """Measure which domains the same agreements name.

    Over the concluded agreements with a coded domain, each once. ``phi`` is the correlation of two
    yes-or-no columns; its interval is the 95 % percentile interval of a bootstrap over agreements
    with a fixed seed. Only domains that at least ``fewest`` agreements name are paired.

    Returns
    -------
    DataFrame
        ``domain_a``, ``domain_b``, ``n_a``, ``n_b``, ``both``, ``either``, ``total`` (agreements),
        ``jaccard`` (both of either), ``phi``, ``low``, ``high``, ``agreements`` (tuple of ids that
        name both), the highest ``phi`` first.
    """
    rows = concluded(dataset)
    rows = rows[rows["domains"].map(len) > 0]
    named = _matrix(rows["domains"], list(dataset.codes("domain_codes").index))
    counts = named.sum(axis=0)
    kept = [domain for domain in counts.index if fewest <= counts[domain] < len(named)]
    columns = [
        *("domain_a", "domain_b", "n_a", "n_b", "both", "either", "total"),
        *("jaccard", "phi", "low", "high", "agreements"),
    ]
    if len(kept) < 2:
        return pd.DataFrame(columns=columns)
    table = named[kept]
    values = table.to_numpy(float)
    phi = np.corrcoef(values, rowvar=False)
    low, high = _phi_interval(values, draws)
    found = []
    for (i, a), (j, b) in combinations(enumerate(kept), 2):
        shared = table.index[(values[:, i] * values[:, j]) > 0]
        either = int(counts[a] + counts[b]) - len(shared)
        found.append(
            {
                "domain_a": a,
                "domain_b": b,
                "n_a": int(counts[a]),
                "n_b": int(counts[b]),
                "both": len(shared),
                "either": either,
                "total": len(table),
                "jaccard": len(shared) / either,
                "phi": float(phi[i, j]),
                "low": float(low[i, j]),
                "high": float(high[i, j]),
                "agreements": tuple(shared),
            }
        )
    pairs = pd.DataFrame(found, columns=columns)
    return pairs.sort_values(["phi", "both"], ascending=False, ignore_index=True)


def _matrix(domains: pd.Series, codes: list[str]) -> pd.DataFrame:
    """One row an agreement, one column a domain, 1 where it names it."""
    return pd.DataFrame(
        [[float(code in named) for code in codes] for named in domains],
        index=domains.index,
        columns=codes,
    )


def _phi_interval(values: np.ndarray, draws: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(SEED)
    n = len(values)
    weights = random.multinomial(n, np.full(n, 1 / n), size=draws) / n
    mean = weights @ values
    joint = np.stack([(values * w[:, None]).T @ values for w in weights])
    spread = np.sqrt(mean * (1 - mean))
    scale = spread[:, :, None] * spread[:, None, :]
    covariance = joint - mean[:, :, None] * mean[:, None, :]
    # A resample without one of the domains has no correlation; it counts as none.
    phi = np.divide(covariance, scale, out=np.zeros_like(scale), where=scale > 1e-12)
    low, high = np.quantile(phi, [0.025, 0.975], axis=0)
    return low, high


class Similarity(NamedTuple):
    """How alike two profiles are, with what chance alone would give."""

    cosine: float
    low: float
    high: float
    chance_low: float
    chance_high: float
    p: float
    n_first: int
    n_second: int


def similarity(
    dataset: Dataset,
    *,
    since: int | None = None,
    until: int | None = None,
    draws: int = DRAWS,
) -> Similarity:
    """Measure how alike the domain profiles of the first two focus states are.

    Cosine of the two vectors of shares: 1 for the same proportions, 0 for no domain in common. The
    95 % interval is the percentile interval of a bootstrap over agreements; resampling adds noise
    of its own, so it reaches further down than up. Small samples look unlike each other by chance:
    ``chance_low`` to ``chance_high`` is where 95 % of the cosines lie when the agreements are dealt
    to the two states at random, and ``p`` the share of such deals that are as unlike as the data.

    Returns
    -------
    Similarity
        All NaN where either state has fewer than ``FEWEST`` coded agreements in the years.
    """
    rows = _within(coded(dataset), since, until)
    states = dataset.focus[:2]
    sizes = [int((rows["state"] == state).sum()) for state in states]
    n_first, n_second, *_ = [*sizes, 0, 0]
    if min(n_first, n_second) < FEWEST:
        return Similarity(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, n_first, n_second)
    rows = rows[rows["state"].isin(states)].sort_values(["state", "agreement_id"])
    values = _matrix(rows["domains"], list(dataset.codes("domain_codes").index)).to_numpy()
    first = (rows["state"] == states[0]).to_numpy()
    random = np.random.default_rng(SEED)

    cosine = _cosine(values[first].sum(axis=0), values[~first].sum(axis=0))
    drawn = [
        random.multinomial(n, np.full(n, 1 / n), size=draws) @ values[side]
        for n, side in zip(sizes, (first, ~first), strict=True)
    ]
    low, high = np.quantile(_cosine(*drawn), [0.025, 0.975])
    dealt = random.permuted(np.tile(first, (draws, 1)), axis=1).astype(float)
    chance = _cosine(dealt @ values, (1 - dealt) @ values)
    chance_low, chance_high = np.quantile(chance, [0.025, 0.975])
    p = (1 + int((chance <= cosine).sum())) / (1 + draws)
    return Similarity(
        cosine=float(cosine),
        low=float(low),
        high=float(high),
        chance_low=float(chance_low),
        chance_high=float(chance_high),
        p=p,
        n_first=n_first,
        n_second=n_second,
    )


def _cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return (a * b).sum(axis=-1) / length


def similarity_by_era(dataset: Dataset) -> pd.DataFrame:
    """Measure how alike the two profiles are in each decade, and over all years.

    Returns
    -------
    DataFrame
        ``era`` and the fields of :class:`Similarity`, one row an era in order, 'all years' last;
        NaN where an era is too thin.
    """
    found = [
        {"era": era.label, **similarity(dataset, since=era.since, until=era.until)._asdict()}
        for era in eras(dataset)
        if era.label != "all years"
    ]
    found.append({"era": "all years", **similarity(dataset)._asdict()})
    return pd.DataFrame(found)
