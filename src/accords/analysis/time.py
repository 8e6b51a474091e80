"""How many agreements, when: rates, their breaks, and what purchases cost."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from accords.analysis.common import by_state
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

PERIOD_YEARS = 5
"""Length of the periods in which rates are taken."""


def timeline(dataset: Dataset) -> pd.DataFrame:
    """List every dated agreement once for each focus state that concluded or announced it.

    Returns
    -------
    DataFrame
        ``agreement_id``, ``state``, ``earliest``, ``year`` (int) and ``concluded`` (bool), in order
        of state and date. A date that spans several years stands in none (see :func:`spread`).
    """
    rows = by_state(dataset, concluded_only=False)
    rows = rows[rows["year"].notna()].astype({"year": int})
    rows = rows.sort_values(["state", "earliest", "agreement_id"], ignore_index=True)
    return rows[["agreement_id", "state", "earliest", "year", "concluded"]]


def per_year(dataset: Dataset) -> pd.DataFrame:
    """Count the agreements that each focus state concluded in each year.

    Every year from a state's first agreement to the edition is a row, those without any included.
    The interval is the exact 95 % interval of a Poisson mean (Garwood 1936).

    Returns
    -------
    DataFrame
        ``state``, ``year`` (int), ``n``, ``low``, ``high`` (agreements), ``observed`` (years: 1,
        less for the edition's own year), ``agreements`` (tuple of ids).
    """
    return _counts(dataset, 1)


def spread(dataset: Dataset) -> pd.DataFrame:
    """Spread the concluded agreements that are dated to a span of years evenly over it.

    What is only known to lie before or after some day has no such span and is left out.

    Returns
    -------
    DataFrame
        ``state``, ``year`` (int), ``n`` (float: each agreement counts one over the years of its
        span), ``agreements`` (tuple of ids); years in which no span falls have no row.
    """
    rows = by_state(dataset)
    rows = rows[rows["earliest"].notna() & rows["latest"].notna() & rows["year"].isna()]
    first = rows["earliest"].dt.year
    last = rows["latest"].dt.year.clip(upper=dataset.as_of.year)
    rows["years"] = [range(a, b + 1) for a, b in zip(first, last, strict=True)]
    rows = rows[rows["years"].map(len) > 0]
    rows["n"] = 1 / rows["years"].map(len)
    rows = rows.drop(columns="year").explode("years").rename(columns={"years": "year"})
    rows = rows.astype({"year": int})
    by = rows.groupby(["state", "year"])
    return by.agg(n=("n", "sum"), agreements=("agreement_id", tuple)).reset_index()


def per_period(dataset: Dataset, years: int = PERIOD_YEARS) -> pd.DataFrame:
    """Count the agreements that each focus state concluded in periods of some years.

    Periods start in years that ``years`` divides, the first with a state's first agreement; at
    either end less than half a period joins its neighbour. The last is observed in part. Intervals
    are exact 95 % intervals of a Poisson mean (Garwood 1936).

    Returns
    -------
    DataFrame
        ``state``, ``period`` ('2020–24'), ``start``, ``end`` (years, both inclusive), ``observed``
        (years), ``n``, ``rate``, ``low``, ``high`` (agreements a year), ``agreements`` (tuple of
        ids).
    """
    counts = _counts(dataset, years)
    counts = counts.rename(columns={"year": "start"})
    counts["rate"] = counts["n"] / counts["observed"]
    counts["low"] /= counts["observed"]
    counts["high"] /= counts["observed"]
    columns = [
        *("state", "period", "start", "end", "observed", "n", "rate", "low", "high"),
        "agreements",
    ]
    return counts[columns]


def _counts(dataset: Dataset, years: int) -> pd.DataFrame:
    rows = timeline(dataset)
    rows = rows[rows["concluded"] & (rows["earliest"] <= dataset.as_of)]
    last = dataset.as_of.year
    found = []
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        if own.empty:
            continue
        for start, end in _blocks(int(own["year"].min()), last, years):
            ids = own.loc[own["year"].between(start, end), "agreement_id"]
            found.append(
                {
                    "state": state,
                    "year": start,
                    "end": end,
                    "period": period_label(start, end),
                    "observed": _observed(start, end, dataset.as_of),
                    "n": len(ids),
                    "agreements": tuple(ids),
                }
            )
    columns = ["state", "year", "end", "period", "observed", "n", "agreements"]
    counts = pd.DataFrame(found, columns=columns)
    counts["low"], counts["high"] = poisson_interval(counts["n"])
    return counts


def _blocks(first: int, last: int, years: int) -> list[tuple[int, int]]:
    """Cut the years into periods; an end of less than half the length joins its neighbour."""
    starts = [first, *range(first // years * years + years, last + 1, years)]
    if len(starts) > 1 and 2 * (starts[1] - first) < years:
        del starts[1]
    if len(starts) > 1 and 2 * (last + 1 - starts[-1]) < years:
        del starts[-1]
    ends = [*(start - 1 for start in starts[1:]), last]
    return list(zip(starts, ends, strict=True))


def period_label(start: int, end: int) -> str:
    """Name a period: '2020–24', '1998–2002', '2026'."""
    if start == end:
        return str(start)
    return f"{start}–{end % 100:02d}" if start // 100 == end // 100 else f"{start}–{end}"


def _observed(start: int, end: int, as_of: pd.Timestamp) -> float:
    """Years of a period that have passed by the edition."""
    if end < as_of.year:
        return float(end - start + 1)
    return end - start + as_of.day_of_year / (366 if as_of.is_leap_year else 365)


def poisson_interval(n: pd.Series, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """Give the exact interval of a Poisson mean for each count (Garwood 1936)."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    counts = n.astype(float)
    low = np.where(counts > 0, gammaincinv(counts.clip(lower=1), tail), 0.0)
    high = gammaincinv(counts + 1, 1 - tail)
    return pd.Series(low, index=n.index), pd.Series(high, index=n.index)


class RateChange(NamedTuple):
    """Two rates of one state and their ratio."""

    before: int
    after: int
    rate_before: float
    rate_after: float
    ratio: float
    low: float
    high: float
    before_rows: tuple[str, ...]
    after_rows: tuple[str, ...]


def rate_change(dataset: Dataset, state: str, *, years: int = 10) -> RateChange:
    """Compare the last complete years of a state with as many years before.

    The ratio's 95 % interval is the exact conditional one: given their sum, the later of two
    Poisson counts is binomial (Przyborowski and Wilenski 1940).

    Parameters
    ----------
    dataset
        The dataset.
    state
        A focus state.
    years
        Length of each of the two spans; the edition's own year is in neither.

    Returns
    -------
    RateChange
        Counts, rates (agreements a year), their ratio with interval, and the agreements. The ratio
        is NaN where the earlier span has none.
    """
    from scipy.special import betaincinv

    rows = timeline(dataset)
    rows = rows[rows["concluded"] & (rows["state"] == state)]
    end = dataset.as_of.year - 1
    after = rows.loc[rows["year"].between(end - years + 1, end), "agreement_id"]
    before = rows.loc[rows["year"].between(end - 2 * years + 1, end - years), "agreement_id"]
    a, b = len(after), len(before)
    low = betaincinv(a, b + 1, 0.025) if a else 0.0
    high = betaincinv(a + 1, b, 0.975) if b else np.nan
    return RateChange(
        before=b,
        after=a,
        rate_before=b / years,
        rate_after=a / years,
        ratio=a / b if b else np.nan,
        low=float(low / (1 - low)) if b else np.nan,
        high=float(high / (1 - high)) if b else np.nan,
        before_rows=tuple(before),
        after_rows=tuple(after),
    )


_FIGURE = re.compile(
    r"^(?:more than |over |nearly |about |up to )?"
    r"(?P<low>\d+(?:\.\d+)?)(?: (?P<low_unit>million|billion))?"
    r"(?: to (?P<high>\d+(?:\.\d+)?)(?: (?P<high_unit>million|billion))?)?"
    r" (?P<currency>[A-Z]{3})"
    r"(?: \([^)]*\)| for this .+)?$"
)
_UNITS = {None: 1.0, "million": 1e6, "billion": 1e9}


def figures(text: str) -> tuple[float, float, str] | None:
    """Read one source's figure: lowest and highest amount, and currency.

    Only a statement that is a figure throughout is read. A yearly rent, a price 'each', or a sum
    for several contracts or another purchase is no value of one instrument and gives None.

    Examples
    --------
    >>> figures("1.6 to 4.6 billion USD")
    (1600000000.0, 4600000000.0, 'USD')
    >>> figures("7 million USD a year") is None
    True
    """
    match = _FIGURE.match(text.strip())
    if match is None or "several contracts" in text:
        return None
    high_unit = match["high_unit"]
    low_unit = match["low_unit"] or (high_unit if match["high"] else None)
    low = float(match["low"]) * _UNITS[low_unit]
    high = float(match["high"]) * _UNITS[high_unit] if match["high"] else low
    return low, high, match["currency"]


def contracts(dataset: Dataset) -> pd.DataFrame:
    """Procurement contracts whose price a source gives, with the range where sources differ.

    A ceiling, a package and an estimate are no price and are left out. Amounts are nominal and in
    the currency of the source, neither converted nor averaged. ``low`` and ``high`` span the
    figures that sources give for the contract in the same currency; ``figures`` keeps what each
    says, figures for other things and in other currencies included.

    Returns
    -------
    DataFrame
        One row for each concluded contract and focus state: ``agreement_id``, ``state``, ``title``,
        ``date``, ``earliest`` (missing where undated), ``currency``, ``amount``, ``low``, ``high``,
        ``disputed`` (bool), ``figures`` (what sources say, joined by '; ').
    """
    rows = by_state(dataset)
    rows = rows[rows["instrument"] == PURCHASE]
    values = dataset.agreements[dataset.agreements["value_kind"] == "price"]
    rows = rows.merge(values[["agreement_id", "value_amount", "value_currency"]], on="agreement_id")
    rows = rows.rename(columns={"value_amount": "amount", "value_currency": "currency"})
    field = dataset.disputes["field"].str.replace(r"#\d+$", "", regex=True)
    said = dataset.disputes[field == "value"].groupby("agreement_id")["value"].agg(list)

    spans, sayings = [], []
    for row in rows[["agreement_id", "amount", "currency"]].to_dict("records"):
        texts = list(dict.fromkeys(said.get(row["agreement_id"], [])))
        read = [figure for figure in map(figures, texts) if figure and figure[2] == row["currency"]]
        amounts = [float(row["amount"]), *(a for low, high, _ in read for a in (low, high))]
        spans.append((min(amounts), max(amounts)))
        sayings.append("; ".join(texts))
    rows["amount"] = rows["amount"].astype(float)
    rows["low"] = [low for low, _ in spans]
    rows["high"] = [high for _, high in spans]
    rows["disputed"] = rows["high"] > rows["low"]
    rows["figures"] = sayings
    columns = [
        *("agreement_id", "state", "title", "date", "earliest", "currency", "amount"),
        *("low", "high", "disputed", "figures"),
    ]
    return rows.sort_values(["earliest", "agreement_id"], ignore_index=True)[columns]


def unvalued_contracts(dataset: Dataset) -> pd.DataFrame:
    """List the concluded procurement contracts that no source prices.

    Returns
    -------
    DataFrame
        ``agreement_id``, ``state``, ``title``.
    """
    rows = by_state(dataset)
    rows = rows[rows["instrument"] == PURCHASE]
    priced = contracts(dataset)["agreement_id"]
    columns = ["agreement_id", "state", "title"]
    return rows.loc[~rows["agreement_id"].isin(priced), columns].reset_index(drop=True)


class Break(NamedTuple):
    """One break in a state's rate, and how sure one can be of it."""

    state: str
    first: int
    last: int
    n: int
    probability: float
    year: int
    low: int
    high: int
    rate_before: float
    before_low: float
    before_high: float
    rate_after: float
    after_low: float
    after_high: float
    dispersion: float


SHORTEST_SERIES = 10
"""Years without which no break is sought."""


def break_years(dataset: Dataset, state: str) -> pd.DataFrame:
    """Give the probability that a state's rate broke at the start of each year.

    Yearly counts are Poisson with one rate before the break and another from it on; both have a
    gamma prior of shape 1 whose mean is the rate of the whole series, and every year is as likely
    beforehand (Raftery and Akman 1986, in closed form). The edition's own year is left out.

    Returns
    -------
    DataFrame
        ``year`` (int, the first of the new rate), ``probability`` (given one break; sums to 1),
        ``log_odds`` (log marginal likelihood less that of no break). Empty with fewer than
        ``SHORTEST_SERIES`` years.
    """
    return _posterior(_complete_years(dataset, state))


def _posterior(counts: pd.DataFrame) -> pd.DataFrame:
    if len(counts) < SHORTEST_SERIES:
        return pd.DataFrame(columns=["year", "probability", "log_odds"])
    n = counts["n"].to_numpy(float)
    total, length = n.sum(), len(n)
    prior = length / total
    before = n.cumsum()[:-1]
    years = np.arange(1, length)
    log_odds = (
        _log_marginal(before, years, prior)
        + _log_marginal(total - before, length - years, prior)
        - _log_marginal(total, length, prior)
    )
    weight = np.exp(log_odds - log_odds.max())
    return pd.DataFrame(
        {
            "year": counts["year"].to_numpy()[1:],
            "probability": weight / weight.sum(),
            "log_odds": log_odds,
        }
    )


def rate_break(dataset: Dataset, state: str) -> Break | None:
    """Judge whether a state's rate of agreements broke once, and when.

    One break against none at even odds, with the model of :func:`break_years`. ``probability`` is
    that of a break; ``year`` the likeliest first year of the new rate, ``low`` to ``high`` the
    90 % range; rates are agreements a year at the likeliest year, with 90 % intervals. Counts that
    vary more than Poisson counts do (``dispersion`` well above 1, Pearson's statistic by its
    degrees of freedom on both sides of the break) make breaks look surer than they are.

    Returns
    -------
    Break or None
        None with fewer than ``SHORTEST_SERIES`` complete years.
    """
    from scipy.special import gammaincinv

    counts = _complete_years(dataset, state)
    table = _posterior(counts)
    if table.empty:
        return None
    top = table["log_odds"].max()
    # log of the mean over years of the marginal likelihoods, against no break
    log_factor = top + np.log(np.exp(table["log_odds"] - top).mean())
    probability = 1 / (1 + np.exp(-log_factor))
    years = table["year"].to_numpy(int)
    share = table["probability"].to_numpy(float)
    reached = np.minimum(np.searchsorted(share.cumsum(), [0.05, 0.95]), len(years) - 1)
    year = int(years[share.argmax()])

    prior = len(counts) / counts["n"].sum()
    sides = [counts.loc[counts["year"] < year, "n"], counts.loc[counts["year"] >= year, "n"]]
    shape = np.array([1 + side.sum() for side in sides])
    exposure = np.array([prior + len(side) for side in sides])
    mean, low, high = (
        shape / exposure,
        *(gammaincinv(shape, quantile) / exposure for quantile in (0.05, 0.95)),
    )
    pearson = sum(((side - side.mean()) ** 2 / side.mean()).sum() for side in sides if side.sum())
    return Break(
        state=state,
        first=int(counts["year"].min()),
        last=int(counts["year"].max()),
        n=int(counts["n"].sum()),
        probability=float(probability),
        year=year,
        low=int(years[reached[0]]),
        high=int(years[reached[1]]),
        rate_before=float(mean[0]),
        before_low=float(low[0]),
        before_high=float(high[0]),
        rate_after=float(mean[1]),
        after_low=float(low[1]),
        after_high=float(high[1]),
        dispersion=float(pearson / (len(counts) - 2)),
    )


def breaks(dataset: Dataset) -> pd.DataFrame:
    """Give the break in the rate of each focus state that has enough years.

    Returns
    -------
    DataFrame
        The fields of :class:`Break`, one row a state; see :func:`rate_break`.
    """
    found = [rate_break(dataset, state) for state in dataset.focus]
    return pd.DataFrame([b for b in found if b is not None], columns=list(Break._fields))


def _complete_years(dataset: Dataset, state: str) -> pd.DataFrame:
    counts = per_year(dataset)
    return counts[(counts["state"] == state) & (counts["year"] < dataset.as_of.year)]


def _log_marginal(n: np.ndarray, years: np.ndarray | int, prior: float) -> np.ndarray:
    """Log marginal likelihood of Poisson counts under a Gamma(1, prior) rate.

    The term of the single counts' factorials is left out: it is the same with and without a break.
    """
    from scipy.special import gammaln

    return np.log(prior) + gammaln(1 + n) - (1 + n) * np.log(prior + years)
