"""How many agreements, when: rates, their breaks, and what purchases cost."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from accords.analysis.common import by_state, together, tuples, two_spans
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

SHORTEST_SERIES = 10
"""Years without which no break is sought."""


def timeline(dataset: Dataset) -> pd.DataFrame:
    """List every dated agreement once for each focus state that concluded or announced it.

    Gives ``agreement_id``, ``state``, ``earliest``, ``year`` (int) and ``concluded`` (bool), in
    order of state and date. A date that spans several years stands in none (see :func:`yearly`).
    """
    rows = by_state(dataset, concluded_only=False)
    rows = rows[rows["year"].notna()].astype({"year": int})
    rows = rows.sort_values(["state", "earliest", "agreement_id"], ignore_index=True)
    return rows[["agreement_id", "state", "earliest", "year", "concluded"]]


def yearly(dataset: Dataset) -> pd.DataFrame:
    """Count the agreements that each focus state concluded in each year.

    Every year from a state's first agreement to the day up to which sources were read is a row:
    ``state``, ``year``, ``observed`` (years: 1, less for the last), ``count``, ``low``, ``high``
    (as in :func:`rates`), ``ids``, and of the agreements that are dated to a span of years
    ``spread`` (float, each evenly over its years and in no ``count``) and ``spread_ids``.
    """
    counts = rates(dataset, years=1).rename(columns={"start": "year"})
    for column in ("low", "high"):
        counts[column] *= counts["observed"]
    counts = counts.merge(_spread(dataset), on=["state", "year"], how="left")
    counts["spread"] = counts["spread"].fillna(0.0)
    counts["spread_ids"] = tuples(counts["spread_ids"])
    columns = ["state", "year", "observed", "count", "low", "high", "ids", "spread", "spread_ids"]
    return counts[columns]


def _spread(dataset: Dataset) -> pd.DataFrame:
    rows = by_state(dataset)
    rows = rows[rows["earliest"].notna() & rows["latest"].notna() & rows["year"].isna()]
    first = rows["earliest"].dt.year
    last = rows["latest"].dt.year.clip(upper=dataset.as_of.year)
    rows["year"] = pd.Series(
        [range(a, b + 1) for a, b in zip(first, last, strict=True)], index=rows.index, dtype=object
    )
    rows["spread"] = 1 / rows["year"].map(len).where(lambda years: years > 0)
    by = rows.explode("year").dropna(subset="year").astype({"year": int}).groupby(["state", "year"])
    return by.agg(spread=("spread", "sum"), spread_ids=("agreement_id", tuple)).reset_index()


def rates(dataset: Dataset, years: int = 5) -> pd.DataFrame:
    """Count the agreements that each focus state concluded in periods of some years.

    Periods start in years that ``years`` divides, the first with a state's first agreement; at
    either end less than half a period joins its neighbour. The last is observed in part. Intervals
    are exact 95 % intervals of a Poisson mean (Garwood 1936).

    Gives ``state``, ``period`` ('2020–24'), ``years`` (asked for), ``start``, ``end`` (years, both
    inclusive), ``observed`` (years), ``count``, ``rate``, ``low``, ``high`` (a year), ``ids``.
    """
    rows = timeline(dataset)
    rows = rows[rows["concluded"] & (rows["earliest"] <= dataset.as_of)]
    found = []
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        if own.empty:
            continue
        for start, end in _blocks(int(own["year"].min()), dataset.as_of.year, years):
            ids = tuple(own.loc[own["year"].between(start, end), "agreement_id"])
            observed = _observed(start, end, dataset.as_of)
            label = period_label(start, end)
            found.append((state, label, years, start, end, observed, len(ids), ids))
    columns = ["state", "period", "years", "start", "end", "observed", "count", "ids"]
    counts = pd.DataFrame(found, columns=columns)
    low, high = poisson_interval(counts["count"])
    counts["rate"], counts["low"], counts["high"] = (
        value / counts["observed"] for value in (counts["count"], low, high)
    )
    return counts[[*columns[:-1], "rate", "low", "high", "ids"]]


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
    """Years of a period that have passed by the day up to which sources were read."""
    if end < as_of.year:
        return float(end - start + 1)
    return end - start + as_of.day_of_year / (366 if as_of.is_leap_year else 365)


def poisson_interval(n: pd.Series, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """Return the exact interval of a Poisson mean for each count (Garwood 1936)."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    counts = n.astype(float)
    low = np.where(counts > 0, gammaincinv(counts.clip(lower=1), tail), 0.0)
    high = gammaincinv(counts + 1, 1 - tail)
    return pd.Series(low, index=n.index), pd.Series(high, index=n.index)


def rate_change(dataset: Dataset, years: int = 10) -> pd.DataFrame:
    """Compare the last complete years of each focus state with as many years before.

    The ratio's 95 % interval is the exact conditional one: given their sum, the later of two
    Poisson counts is binomial (Przyborowski and Wilenski 1940). The year in which sources stop is
    in neither span of ``years``.

    Gives ``state``, ``years``, ``start``, ``end`` (of the later span), ``before``, ``count``
    (agreements), ``ratio``, ``low``, ``high`` (NaN where the earlier span has none),
    ``before_ids``, ``ids``.
    """
    from statsmodels.stats.proportion import proportion_confint

    rows = timeline(dataset)
    rows = rows[rows["concluded"]]
    end = dataset.as_of.year - 1
    found = []
    for state in dataset.focus:
        spans = two_spans(rows[rows["state"] == state], end, years)
        before, ids = (tuple(span["agreement_id"]) for span in spans)
        ratio = low = high = float("nan")
        if before:
            n, m = len(ids), len(before)
            bounds = proportion_confint(n, n + m, method="beta")
            ratio, low, high = n / m, *(share / (1 - share) for share in bounds)
        counts = len(before), len(ids)
        span = years, end - years + 1, end
        found.append((state, *span, *counts, ratio, low, high, before, ids))
    columns = ["state", "years", "start", "end", "before", "count", "ratio", "low", "high"]
    return pd.DataFrame(found, columns=[*columns, "before_ids", "ids"])


def direction(changes: pd.DataFrame) -> pd.Series:
    """Return whether each change of pace is ``faster``, ``slower`` or ``no clear change``."""
    clear = pd.Series("no clear change", index=changes.index)
    clear[changes["low"] > 1] = "faster"
    clear[changes["high"] < 1] = "slower"
    return clear


_FIGURE = re.compile(
    r"^(?:more than |over |nearly |about |up to )?"
    r"(?P<low>\d+(?:\.\d+)?)(?: (?P<low_unit>million|billion))?"
    r"(?: to (?P<high>\d+(?:\.\d+)?)(?: (?P<high_unit>million|billion))?)?"
    r" (?P<currency>[A-Z]{3})"
    r"(?: \([^)]*\)| for this .+)?$"
)
_UNITS = {None: 1.0, "million": 1e6, "billion": 1e9}


def figures(text: str) -> tuple[float, float, str] | None:
    """Read one source's figure, '1.6 to 4.6 billion USD': lowest, highest amount, and currency.

    Only a statement that is a figure throughout is read. A yearly rent, a price 'each', or a sum
    for several contracts or another purchase is no value of one instrument and returns None.
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
    """List the concluded procurement contracts, with the price that a source gives.

    A ceiling, a package and an estimate are not prices. Amounts are nominal and in the currency of
    the source, neither converted nor averaged. ``low`` and ``high`` span the figures that sources
    give for the contract in the same currency; ``figures`` keeps what each says, figures for other
    things and in other currencies included.

    Gives for each contract and focus state, by date: ``agreement_id``, ``state``, ``title``,
    ``short_name``, ``date``, ``earliest``, ``currency``, ``amount`` (missing where no source prices
    it), ``low``, ``high``, ``disputed`` (bool), ``figures`` (joined by '; ').
    """
    rows = by_state(dataset)
    rows = rows[rows["instrument"] == PURCHASE].copy()
    rows["short_name"] = rows["agreement_id"].map(dataset.overview["short_name"])
    values = dataset.overview[dataset.overview["value_kind"] == "price"]
    rows["amount"] = rows["agreement_id"].map(values["value_amount"]).astype(float)
    rows["currency"] = rows["agreement_id"].map(values["value_currency"])
    field = dataset.disputes["field"].str.replace(r"#\d+$", "", regex=True)
    said = dataset.disputes[field == "value"].groupby("agreement_id")["value"].unique()

    texts = [said.get(i, ()) for i in rows["agreement_id"]]
    amounts = []
    for own, amount, currency in zip(texts, rows["amount"], rows["currency"], strict=True):
        read = [found for found in map(figures, own) if found and found[2] == currency]
        amounts.append([amount, *(value for found in read for value in found[:2])])
    rows["low"], rows["high"] = [*map(min, amounts)], [*map(max, amounts)]
    rows["disputed"] = rows["high"] > rows["low"]
    rows["figures"] = ["; ".join(own) for own in texts]
    columns = [
        *("agreement_id", "state", "title", "short_name", "date", "earliest", "currency", "amount"),
        *("low", "high", "disputed", "figures"),
    ]
    return rows.sort_values(["earliest", "agreement_id"], ignore_index=True)[columns]


def break_years(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the probability that a state's rate broke at the start of each year.

    Yearly counts are Poisson with one rate before the break and another from it on; both have a
    gamma prior of shape 1 whose mean is the rate of the whole series, and every year is as likely
    beforehand (Raftery and Akman 1986, in closed form). ``counts`` has ``year`` and ``count`` of
    one state, in order. Gives ``year`` (the first of the new rate), ``probability`` (given one
    break) and ``log_odds`` (log marginal likelihood less that of no break).
    """
    if len(counts) < SHORTEST_SERIES:
        return pd.DataFrame(columns=["year", "probability", "log_odds"])
    n = counts["count"].to_numpy(float)
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


def breaks(dataset: Dataset) -> pd.DataFrame:
    """Judge whether the rate of each focus state broke once, and when.

    One break against none at even odds, with the model of :func:`break_years` on the complete
    years. Counts that vary more than Poisson counts do (``dispersion`` well above 1: Pearson's
    statistic by its degrees of freedom on both sides of the break) make breaks look surer than
    they are. Gives for each state with enough years: ``state``, ``first``, ``last``, ``count``,
    ``probability`` (of a break), ``year`` (the likeliest first of the new rate), ``low``, ``high``
    (its 90 % range), ``rate_before``, ``rate_after`` (a year), ``dispersion``, ``ids``.
    """
    counts = yearly(dataset)
    counts = counts[counts["year"] < dataset.as_of.year]
    found = [
        _break(counts[counts["state"] == state])
        for state in dataset.focus
        if (counts["state"] == state).sum() >= SHORTEST_SERIES
    ]
    columns = [
        *("state", "first", "last", "count", "probability", "year", "low", "high"),
        *("rate_before", "rate_after", "dispersion", "ids"),
    ]
    return pd.DataFrame(found, columns=columns)


def _break(counts: pd.DataFrame) -> tuple[object, ...]:
    table = break_years(counts)
    top = table["log_odds"].max()
    # log of the mean over years of the marginal likelihoods, against no break
    log_factor = top + np.log(np.exp(table["log_odds"] - top).mean())
    likely = table["year"].to_numpy(int)
    share = table["probability"].to_numpy(float)
    reached = np.minimum(np.searchsorted(share.cumsum(), [0.05, 0.95]), len(likely) - 1)
    year = int(likely[share.argmax()])
    prior = len(counts) / counts["count"].sum()
    sides = [side["count"] for _, side in counts.groupby(counts["year"] >= year)]
    before, after = ((1 + side.sum()) / (prior + len(side)) for side in sides)
    pearson = sum(((side - side.mean()) ** 2 / side.mean()).sum() for side in sides if side.sum())
    years, probability = counts["year"], float(1 / (1 + np.exp(-log_factor)))
    return (
        *(counts["state"].iloc[0], int(years.min()), int(years.max()), int(counts["count"].sum())),
        *(probability, year, *map(int, likely[reached]), float(before), float(after)),
        *(float(pearson / (len(counts) - 2)), together(counts["ids"])),
    )


def _log_marginal(n: np.ndarray, years: np.ndarray | int, prior: float) -> np.ndarray:
    """Log marginal likelihood of Poisson counts under a Gamma(1, prior) rate, less factorials."""
    from scipy.special import gammaln

    return np.log(prior) + gammaln(1 + n) - (1 + n) * np.log(prior + years)
