"""With whom: partners, how concentrated they are, whom the focus states share.

All measures count concluded bilateral instruments (:func:`accords.analysis.common.dyads`), so that
a treaty of many parties makes no partners of states that never dealt with each other alone. An
organisation counts as a partner where it is the other party itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis.common import dyads
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

__all__ = ["concentration", "diversification", "partner_counts", "partner_families", "shared"]

SEED = 20241030
DRAWS = 2000
FEWEST = 5
"""Agreements below which a concentration says nothing and is left empty."""

ALL, REST = "all partners", "without the largest"


def partner_counts(dataset: Dataset, *, purchases: bool = True) -> pd.DataFrame:
    """Count each focus state's concluded bilateral agreements with each partner.

    Parameters
    ----------
    dataset
        The dataset.
    purchases
        Whether procurement contracts count.

    Returns
    -------
    DataFrame
        Most agreements first within each state: ``state``, ``partner``, ``subregion`` (missing for
        organisations), ``count``, ``of`` (the state's agreements with all partners), ``share``,
        ``in_force`` (how many of them are), ``first`` and ``last`` (Int64 years, missing where
        undated), ``rank`` (1 is the largest), ``purchases`` (bool: counted), ``ids`` (tuple).
    """
    rows = dyads(dataset)
    if not purchases:
        rows = rows[rows["instrument"] != PURCHASE]
    rows = rows.assign(in_force=rows["status"] == "in-force")
    counts = rows.groupby(["state", "partner"], as_index=False).agg(
        count=("agreement_id", "nunique"),
        in_force=("in_force", "sum"),
        first=("year", "min"),
        last=("year", "max"),
        ids=("agreement_id", tuple),
    )
    counts = counts.astype({"in_force": int})
    counts["of"] = counts.groupby("state")["count"].transform("sum")
    counts["share"] = counts["count"] / counts["of"]
    counts["subregion"] = counts["partner"].map(dataset.codes("party_codes")["subregion"])
    counts["place"] = counts["state"].map({state: n for n, state in enumerate(dataset.focus)})
    counts = counts.sort_values(
        ["place", "count", "partner"], ascending=[True, False, True], ignore_index=True
    )
    counts["rank"] = counts.groupby("state").cumcount() + 1
    columns = ["state", "partner", "subregion", "count", "of", "share", "in_force", "first", "last"]
    return counts.assign(purchases=purchases)[[*columns, "rank", "purchases", "ids"]]


def partner_families(dataset: Dataset, top: int = 8) -> pd.DataFrame:
    """Share of each large partner's agreements that name each family of domains.

    Of the agreements with any domain named, by whatever source.

    Parameters
    ----------
    dataset
        The dataset.
    top
        Partners of each state.

    Returns
    -------
    DataFrame
        In the order of the partners' size: ``state``, ``partner``, ``rank``, ``top``, ``family``,
        ``count`` (agreements that name it), ``of`` (with any domain named), ``share``, ``ids``.
        Pairs that never occur are left out.
    """
    rows = dyads(dataset)
    rows = rows[rows["families"].map(len) > 0]
    whole = rows.groupby(["state", "partner"])["agreement_id"].nunique().rename("of")
    named = rows.explode("families").rename(columns={"families": "family"})
    by = named.groupby(["state", "partner", "family"], as_index=False)
    counts = by.agg(count=("agreement_id", "nunique"), ids=("agreement_id", tuple))
    counts = counts.join(whole, on=["state", "partner"])
    ranks = partner_counts(dataset)[["state", "partner", "rank"]]
    table = ranks[ranks["rank"] <= top].merge(counts, on=["state", "partner"])
    table = table.assign(share=table["count"] / table["of"], top=top)
    columns = ["state", "partner", "rank", "top", "family", "count", "of", "share", "ids"]
    return table[columns]


def herfindahl(counts: np.ndarray) -> np.ndarray:
    """Return the chance that two agreements drawn without replacement are with one partner.

    The estimate of the Herfindahl index that does not fall merely because more agreements are
    counted (Simpson 1949). 0: every agreement with another partner; 1: all with one.

    Parameters
    ----------
    counts
        Agreements by partner along the last axis; leading axes are repeated samples.

    Returns
    -------
    ndarray
        One value a sample; NaN where there are fewer than two agreements.
    """
    counts = np.asarray(counts, dtype=float)
    n = counts.sum(axis=-1)
    pairs = (counts * (counts - 1)).sum(axis=-1)
    return np.divide(pairs, n * (n - 1), out=np.full(n.shape, np.nan), where=n > 1)


def expected_partners(counts: np.ndarray, draw: int) -> float:
    """Return the distinct partners to be expected among ``draw`` agreements (Hurlbert 1971).

    Makes periods with unequal numbers of agreements comparable. NaN where there are fewer than
    ``draw`` agreements.
    """
    from scipy.special import gammaln

    counts = np.asarray(counts, dtype=float)
    counts = counts[counts > 0]
    n = counts.sum()
    if draw < 1 or draw > n:
        return float("nan")
    possible = n - counts >= draw
    left = np.where(possible, n - counts, draw)
    log_missed = (
        gammaln(left + 1) - gammaln(left - draw + 1) - gammaln(n + 1) + gammaln(n - draw + 1)
    )
    return float((1 - np.where(possible, np.exp(log_missed), 0.0)).sum())


def concentration(dataset: Dataset, window: int | None = None) -> pd.DataFrame:
    """Measure how concentrated each focus state's agreements are on few partners.

    The chance that two bilateral agreements drawn at random are with the same partner (Herfindahl
    index), with the 95 % percentile interval of a bootstrap of the agreements, once with all
    partners and once without the one that is the largest over all years.

    Parameters
    ----------
    dataset
        The dataset.
    window
        Length in years of rolling runs; without it, all years are one run.

    Returns
    -------
    DataFrame
        ``state``, ``counted`` (:data:`ALL` or :data:`REST`), ``left_out`` (the largest partner, or
        missing), ``window``, ``start``, ``end`` (years, both inclusive; missing without a window),
        ``count`` (agreements), ``partners``, ``chance``, ``low``, ``high`` (0 to 1, missing below
        :data:`FEWEST` agreements), ``ids``.
    """
    found = []
    for state, counted, left_out, rows in _with_and_without(dataset):
        runs: list[tuple[Any, Any, pd.DataFrame]] = [(pd.NA, pd.NA, rows)]
        if window is not None:
            first = dataset.as_of.year if rows["year"].isna().all() else int(rows["year"].min())
            runs = [
                (end - window + 1, end, rows[rows["year"].between(end - window + 1, end)])
                for end in range(first + window - 1, dataset.as_of.year + 1)
            ]
        found += [
            {
                "state": state,
                "counted": counted,
                "left_out": left_out,
                "window": window,
                "start": start,
                "end": end,
                "count": len(run),
                "partners": run["partner"].nunique(),
                **_chance(run["partner"]),
                "ids": tuple(run["agreement_id"]),
            }
            for start, end, run in runs
        ]
    columns = ["state", "counted", "left_out", "window", "start", "end", "count", "partners"]
    return pd.DataFrame(found, columns=[*columns, "chance", "low", "high", "ids"])


def _chance(partners: pd.Series) -> dict[str, float]:
    counts = partners.value_counts().sort_index().to_numpy()
    if counts.sum() < FEWEST:
        return dict.fromkeys(("chance", "low", "high"), float("nan"))
    value = float(herfindahl(counts))
    low, high = _percentiles(herfindahl(_resampled(counts)), value)
    return {"chance": value, "low": max(low, 0.0), "high": min(high, 1.0)}


def diversification(dataset: Dataset, years: int = 10) -> pd.DataFrame:
    """Compare the spread over partners in the latest run of years with the run before.

    The test of "diversifies": does the chance that two agreements are with the same partner fall,
    and do as many agreements reach more partners? The change in the chance comes with the 95 %
    percentile interval of a bootstrap of the agreements of both runs; partners are compared at an
    equal number of agreements (rarefaction).

    Parameters
    ----------
    dataset
        The dataset.
    years
        Length of each run; the latest ends with the year up to which sources were read.

    Returns
    -------
    DataFrame
        For each state, with all partners and without the largest: ``state``, ``counted``,
        ``left_out``, ``years``, ``start``, ``end`` (of the later run), ``count`` and ``before``
        (agreements of the later and earlier run), ``expected``, ``expected_before`` (distinct
        partners among the smaller number of agreements), ``chance``, ``chance_before``,
        ``change``, ``low``, ``high``, ``finding`` (``diversifies``: the whole interval is below
        zero and more partners are reached; ``concentrates``: the reverse; ``no clear change``;
        ``too few``: fewer than :data:`FEWEST` agreements in a run), ``ids``, ``before_ids``.
    """
    end = dataset.as_of.year
    found = []
    for state, counted, left_out, rows in _with_and_without(dataset):
        before = rows[rows["year"].between(end - 2 * years + 1, end - years)]
        after = rows[rows["year"].between(end - years + 1, end)]
        found.append(
            {
                "state": state,
                "counted": counted,
                "left_out": left_out,
                "years": years,
                "start": end - years + 1,
                "end": end,
                **_compared(before["partner"], after["partner"]),
                "ids": tuple(after["agreement_id"].unique()),
                "before_ids": tuple(before["agreement_id"].unique()),
            }
        )
    columns = [
        *("state", "counted", "left_out", "years", "start", "end", "count", "before"),
        *("expected", "expected_before", "chance", "chance_before"),
        *("change", "low", "high", "finding", "ids", "before_ids"),
    ]
    return pd.DataFrame(found, columns=columns)


def _compared(before: pd.Series, after: pd.Series) -> dict[str, Any]:
    partners = sorted({*before, *after})
    old, new = (
        s.value_counts().reindex(partners, fill_value=0).to_numpy() for s in (before, after)
    )
    drawn = int(min(old.sum(), new.sum()))
    result: dict[str, Any] = {
        "count": int(new.sum()),
        "before": int(old.sum()),
        "expected": expected_partners(new, drawn),
        "expected_before": expected_partners(old, drawn),
        "chance": float(herfindahl(new)),
        "chance_before": float(herfindahl(old)),
        **dict.fromkeys(("change", "low", "high"), float("nan")),
        "finding": "too few",
    }
    if drawn < FEWEST:
        return result
    change = result["chance"] - result["chance_before"]
    rng = np.random.default_rng(SEED)
    replicates = herfindahl(_resampled(new, rng)) - herfindahl(_resampled(old, rng))
    low, high = _percentiles(replicates, change)
    wider = result["expected"] > result["expected_before"]
    finding = "no clear change"
    if high < 0 and wider:
        finding = "diversifies"
    elif low > 0 and not wider:
        finding = "concentrates"
    return result | {"change": change, "low": low, "high": high, "finding": finding}


def _resampled(counts: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
    """Draw the agreements again with replacement, ``DRAWS`` times."""
    rng = rng or np.random.default_rng(SEED)
    return rng.multinomial(int(counts.sum()), counts / counts.sum(), size=DRAWS)


def _percentiles(replicates: np.ndarray, value: float) -> tuple[float, float]:
    """Return the 95 % percentile interval, centred on the value.

    Drawing with replacement repeats agreements and so overstates concentration; the mean
    overstatement is taken off.
    """
    replicates = replicates[~np.isnan(replicates)]
    low, high = np.quantile(replicates - (replicates.mean() - value), [0.025, 0.975])
    return float(low), float(high)


def _with_and_without(dataset: Dataset) -> Iterator[tuple[str, str, str | None, pd.DataFrame]]:
    """Return each focus state's rows with all partners, then without its largest."""
    rows, counts = dyads(dataset), partner_counts(dataset)
    for state, partner in counts.loc[counts["rank"] == 1, ["state", "partner"]].to_numpy():
        own = rows[rows["state"] == state]
        yield state, ALL, None, own
        yield state, REST, partner, own[own["partner"] != partner]


def shared(dataset: Dataset) -> pd.DataFrame:
    """List the partners that at least two focus states have in common.

    Returns
    -------
    DataFrame
        Most agreements first: ``partner``, ``subregion``, one column of counts for each focus state
        (named by its code), ``count`` (in all), ``ids``. The focus states themselves are not
        partners here.
    """
    counts = partner_counts(dataset)
    counts = counts[~counts["partner"].isin(dataset.focus)]
    wide = counts.pivot(index="partner", columns="state", values="count")
    wide = wide.reindex(columns=list(dataset.focus)).fillna(0).astype(int)
    wide = wide[(wide > 0).sum(axis=1) > 1].rename_axis(columns=None)
    by = counts.groupby("partner")
    table = wide.assign(
        subregion=by["subregion"].first().reindex(wide.index),
        count=wide.sum(axis=1),
        ids=by["ids"].agg(_together).reindex(wide.index),
    ).reset_index()
    table = table.sort_values(["count", "partner"], ascending=[False, True], ignore_index=True)
    return table[["partner", "subregion", *dataset.focus, "count", "ids"]]


def _together(ids: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(i for own in ids for i in own))
