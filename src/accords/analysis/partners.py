"""With whom: partners, how concentrated they are, whom the focus states share.

All measures count concluded bilateral instruments (:func:`accords.analysis.common.dyads`), so that
a treaty of many parties makes no partners of states that never dealt with each other alone. An
organisation counts as a partner where it is the other party itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis.common import dyads
from accords.dataset import Dataset

SEED = 20241030
DRAWS = 2000
FEWEST = 5
"""Agreements below which a concentration says nothing and is left empty."""

ALL, REST = "all partners", "without the largest"


def partner_counts(dataset: Dataset) -> pd.DataFrame:
    """Count each focus state's concluded bilateral agreements with each partner.

    Returns
    -------
    DataFrame
        Most agreements first within each state: ``state``, ``partner``, ``name``, ``party_kind``,
        ``region``, ``subregion``, ``agreements``, ``in_force`` (how many are in force), ``first``
        and ``last`` (Int64 years, missing where undated), ``rank`` (1 is the largest),
        ``agreement_ids`` (tuple).
    """
    rows = dyads(dataset)
    rows["in_force"] = rows["status"] == "in-force"
    counts = _grouped(rows, ["state", "partner"])
    by = rows.groupby(["state", "partner"])
    extra = pd.DataFrame(
        {
            "in_force": by["in_force"].sum().astype(int),
            "first": by["year"].min(),
            "last": by["year"].max(),
        }
    )
    counts = counts.join(extra, on=["state", "partner"])
    parties = dataset.codes("party_codes")
    counts["name"] = counts["partner"].map(dataset.party_names)
    for column in ("party_kind", "region", "subregion"):
        counts[column] = counts["partner"].map(parties[column])
    counts = _in_order(counts, dataset).sort_values(
        ["state", "agreements", "partner"], ascending=[True, False, True], ignore_index=True
    )
    counts["state"] = counts["state"].astype(object)
    counts["rank"] = counts.groupby("state").cumcount() + 1
    return counts[
        [
            *("state", "partner", "name", "party_kind", "region", "subregion", "agreements"),
            *("in_force", "first", "last", "rank", "agreement_ids"),
        ]
    ]


def largest_partners(dataset: Dataset) -> dict[str, str]:
    """Give the partner of most agreements of each focus state (of equals, the first code)."""
    counts = partner_counts(dataset)
    first = counts[counts["rank"] == 1]
    return dict(zip(first["state"], first["partner"], strict=True))


def partner_domains(dataset: Dataset, by: str = "families") -> pd.DataFrame:
    """Share of each partner's agreements that name each domain, of those with any domain coded.

    Parameters
    ----------
    dataset
        The dataset.
    by
        ``families`` or ``domains``.

    Returns
    -------
    DataFrame
        ``state``, ``partner``, ``code`` (family or domain), ``agreements`` (that name it), ``n``
        (with any domain coded), ``share`` (0 to 1), ``agreement_ids``. Pairs that never occur are
        left out.
    """
    rows = dyads(dataset)
    coded = rows[rows[by].map(len) > 0]
    n = coded.groupby(["state", "partner"])["agreement_id"].nunique().rename("n")
    named = coded.explode(by).rename(columns={by: "code"})
    counts = _grouped(named, ["state", "partner", "code"]).join(n, on=["state", "partner"])
    counts["share"] = counts["agreements"] / counts["n"]
    return counts[["state", "partner", "code", "agreements", "n", "share", "agreement_ids"]]


def distinct_partners(dataset: Dataset, window: int = 5) -> pd.DataFrame:
    """Count the distinct partners of each focus state in every run of years.

    Parameters
    ----------
    dataset
        The dataset.
    window
        Length of a run in years; the run that ends in 2024 with a window of 5 is 2020-2024.

    Returns
    -------
    DataFrame
        One row for each state and last year of a run, from the state's first dated agreement to
        the edition year: ``state``, ``year``, ``partners``, ``agreements``, ``agreement_ids``.
        Agreements without a year are not counted.
    """
    records = []
    for state, rows in _dated(dataset):
        for year in range(int(rows["year"].min()), dataset.as_of.year + 1):
            run = rows[rows["year"].between(year - window + 1, year)]
            records.append(
                {
                    "state": state,
                    "year": year,
                    "partners": run["partner"].nunique(),
                    "agreements": run["agreement_id"].nunique(),
                    "agreement_ids": tuple(run["agreement_id"].unique()),
                }
            )
    return pd.DataFrame(
        records, columns=["state", "year", "partners", "agreements", "agreement_ids"]
    )


def herfindahl(counts: np.ndarray) -> np.ndarray:
    """Chance that two agreements drawn at random, without putting back, are with one partner.

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


def effective_number(counts: np.ndarray) -> np.ndarray:
    """Effective number of partners: the exponential of Shannon's entropy (Hill 1973).

    As many equally used partners would give the same entropy. Takes counts as
    :func:`herfindahl` does; NaN without agreements.
    """
    counts = np.asarray(counts, dtype=float)
    n = counts.sum(axis=-1, keepdims=True)
    shares = np.divide(counts, n, out=np.zeros_like(counts), where=n > 0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.where(n[..., 0] > 0, np.exp(-(shares * logs).sum(axis=-1)), np.nan)


def expected_partners(counts: np.ndarray, draw: int) -> float:
    """Distinct partners to be expected among ``draw`` agreements drawn at random (Hurlbert 1971).

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


def concentration(dataset: Dataset) -> pd.DataFrame:
    """Measure how concentrated each focus state's agreements are on few partners, in all years.

    Herfindahl index (the chance that two agreements are with the same partner) and effective
    number of partners (exponential of Shannon's entropy), each with the 95 % percentile interval
    of a bootstrap of the agreements, once with all partners and once without the largest.

    Returns
    -------
    DataFrame
        ``state``, ``counted`` (``all partners`` or ``without the largest``), ``left_out`` (the
        largest partner, or missing), ``agreements``, ``partners``, ``herfindahl``,
        ``herfindahl_low``, ``herfindahl_high``, ``effective``, ``effective_low``,
        ``effective_high``, ``agreement_ids``. Empty values below five agreements.
    """
    records = [
        {"state": state, "counted": counted, "left_out": left_out, **_concentrated(rows)}
        for state, counted, left_out, rows in _with_and_without(dyads(dataset), dataset)
    ]
    return pd.DataFrame(records, columns=["state", "counted", "left_out", *_CONCENTRATED])


def concentration_over_time(dataset: Dataset, window: int = 5) -> pd.DataFrame:
    """Measure the concentration on few partners in every run of years.

    Herfindahl index and effective number of partners of each focus state's agreements in rolling
    runs of years, with 95 % bootstrap percentile intervals, with and without the partner that is
    the largest over all years. Runs of fewer than five agreements are left empty.

    Returns
    -------
    DataFrame
        The columns of :func:`concentration`, and ``year`` (the last of the run).
    """
    rows = dyads(dataset)
    records = []
    for state, counted, left_out, part in _with_and_without(rows, dataset):
        dated = part[part["year"].notna()]
        if dated.empty:
            continue
        for year in range(int(dated["year"].min()) + window - 1, dataset.as_of.year + 1):
            run = dated[dated["year"].between(year - window + 1, year)]
            records.append(
                {
                    "state": state,
                    "counted": counted,
                    "left_out": left_out,
                    "year": year,
                    **_concentrated(run),
                }
            )
    return pd.DataFrame(records, columns=["state", "counted", "left_out", "year", *_CONCENTRATED])


def diversification(dataset: Dataset, years: int = 10) -> pd.DataFrame:
    """Compare the spread over partners in the latest run of years with the run before.

    The test of "diversifies": does the chance that two agreements are with the same partner fall,
    and do as many agreements reach more partners? The change in the Herfindahl index comes with
    the 95 % percentile interval of a bootstrap of the agreements of both runs; partners are
    compared at an equal number of agreements (rarefaction).

    Parameters
    ----------
    dataset
        The dataset.
    years
        Length of each run; the latest ends with the edition year.

    Returns
    -------
    DataFrame
        For each state, with all partners and without the largest: ``state``, ``counted``,
        ``left_out``, ``before`` and ``after`` (such as ``2007-2016``), ``agreements_before``,
        ``agreements_after``, ``partners_before``, ``partners_after``, ``drawn`` (the smaller
        number of agreements), ``expected_before``, ``expected_after`` (distinct partners among as
        many), ``herfindahl_before``, ``herfindahl_after``, ``change``, ``low``, ``high``,
        ``finding`` (``diversifies``: the whole interval is below zero and more partners are
        reached; ``concentrates``: the reverse; ``no clear change``; ``too few``: fewer than five
        agreements in a run), ``agreement_ids`` (both runs), ``ids_before``, ``ids_after``.
    """
    end = dataset.as_of.year
    rows = dyads(dataset)
    records = []
    for state, counted, left_out, part in _with_and_without(rows, dataset):
        before = part[part["year"].between(end - 2 * years + 1, end - years)]
        after = part[part["year"].between(end - years + 1, end)]
        records.append(
            {
                "state": state,
                "counted": counted,
                "left_out": left_out,
                "before": f"{end - 2 * years + 1}-{end - years}",
                "after": f"{end - years + 1}-{end}",
                **_compared(before["partner"], after["partner"]),
                "agreement_ids": tuple(
                    pd.concat([before["agreement_id"], after["agreement_id"]]).unique()
                ),
                "ids_before": tuple(before["agreement_id"].unique()),
                "ids_after": tuple(after["agreement_id"].unique()),
            }
        )
    return pd.DataFrame(
        records,
        columns=[
            *("state", "counted", "left_out", "before", "after"),
            *("agreements_before", "agreements_after", "partners_before", "partners_after"),
            *("drawn", "expected_before", "expected_after"),
            *("herfindahl_before", "herfindahl_after", "change", "low", "high", "finding"),
            *("agreement_ids", "ids_before", "ids_after"),
        ],
    )


def diversification_by_length(dataset: Dataset, lengths: Iterable[int] = (10, 5)) -> pd.DataFrame:
    """Compare the spread over partners between two runs of years, for runs of several lengths.

    A finding that holds for one length of run and not for another is no firm finding; see
    :func:`diversification` for the method and the columns.
    """
    return pd.concat([diversification(dataset, years) for years in lengths], ignore_index=True)


def shared_partners(dataset: Dataset) -> pd.DataFrame:
    """Find the partners that at least two focus states have in common.

    Returns
    -------
    DataFrame
        Most agreements first: ``partner``, ``name``, ``party_kind``, ``region``, one column of
        counts for each focus state (named by its code), ``agreements`` (in all),
        ``agreement_ids``. The focus states themselves are not partners here.
    """
    counts = partner_counts(dataset)
    counts = counts[~counts["partner"].isin(dataset.focus)]
    wide = counts.pivot(index="partner", columns="state", values="agreements")
    wide = wide.reindex(columns=list(dataset.focus)).fillna(0).astype(int)
    wide = wide[(wide > 0).sum(axis=1) > 1]
    wide.columns.name = None
    parties = dataset.codes("party_codes")
    pairs = dyads(dataset).drop_duplicates(["partner", "agreement_id"])
    ids = pairs.groupby("partner")["agreement_id"].agg(tuple)
    table = wide.assign(
        name=wide.index.map(dataset.party_names),
        party_kind=parties["party_kind"].reindex(wide.index),
        region=parties["region"].reindex(wide.index),
        agreements=wide.sum(axis=1),
        agreement_ids=ids.reindex(wide.index),
    ).reset_index()
    table = table.sort_values(["agreements", "partner"], ascending=[False, True], ignore_index=True)
    columns = ["partner", "name", "party_kind", "region", *dataset.focus]
    return table[[*columns, "agreements", "agreement_ids"]]


_CONCENTRATED = (
    *("agreements", "partners", "herfindahl", "herfindahl_low", "herfindahl_high"),
    *("effective", "effective_low", "effective_high", "agreement_ids"),
)


def _concentrated(rows: pd.DataFrame) -> dict[str, Any]:
    counts = rows["partner"].value_counts().sort_index().to_numpy()
    result: dict[str, Any] = dict.fromkeys(_CONCENTRATED[2:-1], float("nan"))
    result |= {
        "agreements": len(rows),
        "partners": len(counts),
        "agreement_ids": tuple(rows["agreement_id"]),
    }
    if counts.sum() < FEWEST:
        return result
    resampled = _resampled(counts)
    for name, measure, bottom, top in (
        ("herfindahl", herfindahl, 0.0, 1.0),
        ("effective", effective_number, 1.0, np.inf),
    ):
        value = float(measure(counts))
        low, high = _percentiles(measure(resampled), value)
        result[name] = value
        result[f"{name}_low"], result[f"{name}_high"] = max(low, bottom), min(high, top)
    return result


def _compared(before: pd.Series, after: pd.Series) -> dict[str, Any]:
    partners = sorted({*before, *after})
    old = before.value_counts().reindex(partners, fill_value=0).to_numpy()
    new = after.value_counts().reindex(partners, fill_value=0).to_numpy()
    drawn = int(min(old.sum(), new.sum()))
    result: dict[str, Any] = {
        "agreements_before": int(old.sum()),
        "agreements_after": int(new.sum()),
        "partners_before": int((old > 0).sum()),
        "partners_after": int((new > 0).sum()),
        "drawn": drawn,
        "expected_before": expected_partners(old, drawn),
        "expected_after": expected_partners(new, drawn),
        "herfindahl_before": float(herfindahl(old)),
        "herfindahl_after": float(herfindahl(new)),
        "change": float("nan"),
        "low": float("nan"),
        "high": float("nan"),
        "finding": "too few",
    }
    if drawn < FEWEST:
        return result
    change = result["herfindahl_after"] - result["herfindahl_before"]
    rng = np.random.default_rng(SEED)
    replicates = herfindahl(_resampled(new, rng)) - herfindahl(_resampled(old, rng))
    low, high = _percentiles(replicates, change)
    wider = result["expected_after"] > result["expected_before"]
    if high < 0 and wider:
        finding = "diversifies"
    elif low > 0 and not wider:
        finding = "concentrates"
    else:
        finding = "no clear change"
    return result | {"change": change, "low": low, "high": high, "finding": finding}


def _resampled(counts: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
    """Draw the agreements again with putting back, ``DRAWS`` times."""
    rng = rng or np.random.default_rng(SEED)
    return rng.multinomial(int(counts.sum()), counts / counts.sum(), size=DRAWS)


def _percentiles(replicates: np.ndarray, value: float) -> tuple[float, float]:
    """Give the 95 % percentile interval, centred on the value.

    Drawing with putting back repeats agreements and so overstates concentration; the mean
    overstatement is taken off.
    """
    replicates = replicates[~np.isnan(replicates)]
    low, high = np.quantile(replicates - (replicates.mean() - value), [0.025, 0.975])
    return float(low), float(high)


def _with_and_without(
    rows: pd.DataFrame, dataset: Dataset
) -> Iterator[tuple[str, str, str | None, pd.DataFrame]]:
    """Give each focus state's rows with all partners, then without its largest."""
    largest = largest_partners(dataset)
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        if own.empty:
            continue
        yield state, ALL, None, own
        yield state, REST, largest[state], own[own["partner"] != largest[state]]


def _dated(dataset: Dataset) -> Iterator[tuple[str, pd.DataFrame]]:
    rows = dyads(dataset)
    rows = rows[rows["year"].notna()]
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        if not own.empty:
            yield state, own


def _grouped(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    by = rows.drop_duplicates([*keys, "agreement_id"]).groupby(keys)["agreement_id"]
    return pd.DataFrame({"agreements": by.size(), "agreement_ids": by.agg(tuple)}).reset_index()


def _in_order(table: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    states = pd.Categorical(table["state"], categories=list(dataset.focus), ordered=True)
    return table.assign(state=states)
