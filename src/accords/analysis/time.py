"""How many agreements, when: rates, their breaks, and what purchases cost."""

import re

import numpy as np
import pandas as pd

from accords.analysis.common import by_state, in_years, together, tuples, two_spans
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

SHORTEST_SERIES = 10  # years without which no break is sought


def yearly(dataset: Dataset) -> pd.DataFrame:
    """Count the agreements that each focus state concluded in each year.

    Every year from a state's first agreement on: ``state``, ``year``, ``observed`` (the part that
    has passed), ``count``, ``ids``, and of what is dated to a span of years ``spread`` (float, each
    evenly over its years and in no ``count``) and ``spread_ids``.
    """
    counts = rates(dataset, years=1).rename(columns={"start": "year"})
    rows = by_state(dataset)
    rows = rows[rows["earliest"].notna() & rows["latest"].notna() & rows["year"].isna()]
    first = rows["earliest"].dt.year
    last = rows["latest"].dt.year.clip(upper=dataset.as_of.year)
    spans = [range(a, b + 1) for a, b in zip(first, last, strict=True)]
    rows = rows.assign(year=pd.Series(spans, index=rows.index, dtype=object))
    rows["spread"] = 1 / rows["year"].map(len).where(lambda years: years > 0)
    by = rows.explode("year").dropna(subset="year").astype({"year": int}).groupby(["state", "year"])
    spread = by.agg(spread=("spread", "sum"), spread_ids=("agreement_id", tuple)).reset_index()
    counts = counts.merge(spread, on=["state", "year"], how="left").fillna({"spread": 0.0})
    counts["spread_ids"] = tuples(counts["spread_ids"])
    return counts[["state", "year", "observed", "count", "ids", "spread", "spread_ids"]]


def rates(dataset: Dataset, years: int = 5) -> pd.DataFrame:
    """Count the agreements that each focus state concluded in periods of some years.

    Periods start in years that ``years`` divides, the first with a state's first agreement; at
    either end less than half a period joins its neighbour. Gives ``state``, ``period``, ``years``
    (asked for), ``start``, ``end``, ``observed`` (years that have passed), ``count``, ``rate``,
    ``low``, ``high`` (a year), ``ids``.
    """
    rows, as_of, years = by_state(dataset), dataset.as_of, in_years(years)
    rows = rows[rows["year"].notna() & (rows["earliest"] <= as_of)]
    rows = rows.sort_values(["earliest", "agreement_id"])
    passed = as_of.day_of_year / (366 if as_of.is_leap_year else 365)
    found = []
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        blocks = _blocks(int(own["year"].min()), as_of.year, years) if len(own) else []
        for start, end in blocks:
            ids = tuple(own.loc[own["year"].between(start, end), "agreement_id"])
            observed = end - start + (passed if end == as_of.year else 1.0)
            low, high = (bound / observed for bound in poisson_interval(len(ids)))
            span = period_label(start, end), years, start, end, observed
            found.append((state, *span, len(ids), len(ids) / observed, low, high, ids))
    columns = ["state", "period", "years", "start", "end", "observed", "count", "rate"]
    return pd.DataFrame(found, columns=[*columns, "low", "high", "ids"])


def _blocks(first: int, last: int, years: int) -> list[tuple[int, int]]:
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


def poisson_interval(n: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a Poisson mean for a count (Garwood 1936)."""
    from scipy.special import gammaincinv

    low = gammaincinv(n, 0.025) if n else 0.0
    return float(low), float(gammaincinv(n + 1, 0.975))


def rate_change(dataset: Dataset, years: int = 10) -> pd.DataFrame:
    """Compare the last complete years of each focus state with as many years before.

    Gives ``state``, ``years``, ``start``, ``end`` (of the later span), ``before``, ``count``,
    ``ratio``, ``low``, ``high`` (exact conditional interval, 95 %: Przyborowski and Wilenski 1940;
    missing without a count before), ``before_ids``, ``ids``.
    """
    from statsmodels.stats.proportion import proportion_confint

    rows = by_state(dataset).sort_values(["earliest", "agreement_id"])
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
        span = years, end - years + 1, end, len(before), len(ids)
        found.append((state, *span, ratio, low, high, before, ids))
    columns = ["state", "years", "start", "end", "before", "count", "ratio", "low", "high"]
    return pd.DataFrame(found, columns=[*columns, "before_ids", "ids"])


def direction(changes: pd.DataFrame) -> pd.Series:
    """Return whether each change of pace is ``faster``, ``slower`` or ``no clear change``."""
    cases = [changes["low"] > 1, changes["high"] < 1]
    return pd.Series(np.select(cases, ["faster", "slower"], "no clear change"), changes.index)


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

    A yearly rent, a price 'each', or a sum for several contracts or another purchase is no value of
    one instrument and returns None, as does what is not a figure throughout.
    """
    match = _FIGURE.match(text.strip())
    if match is None or "several contracts" in text:
        return None
    unit = match["high_unit"]
    low = float(match["low"]) * _UNITS[match["low_unit"] or unit]
    return low, float(match["high"]) * _UNITS[unit] if match["high"] else low, match["currency"]


def contracts(dataset: Dataset) -> pd.DataFrame:
    """List the concluded procurement contracts, with the price that a source gives.

    Gives, by date, what each is, and its ``currency``, ``amount`` (nominal; missing where no source
    prices it), ``low``, ``high`` (of all figures for it in the same currency), ``disputed`` (bool),
    ``figures`` (all that sources say).
    """
    rows = by_state(dataset)
    rows = rows[rows["instrument"] == PURCHASE].copy()
    ids, prices = rows["agreement_id"], dataset.overview["value_kind"] == "price"
    rows["short_name"] = ids.map(dataset.overview["short_name"])
    rows["amount"] = ids.map(dataset.overview.loc[prices, "value_amount"]).astype(float)
    rows["currency"] = ids.map(dataset.overview.loc[prices, "value_currency"])
    about = dataset.disputes["field"].str.fullmatch(r"value(#\d+)?")
    said = dataset.disputes[about].groupby("agreement_id")["value"].unique()
    texts = [said.get(i, ()) for i in ids]
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

    Poisson counts with one rate before and another from it on, gamma priors of shape 1 with the
    mean of the series, every year as likely beforehand (Raftery and Akman 1986, in closed form).
    ``counts`` are one state's of :func:`yearly`. Gives ``year`` (the first of the new rate),
    ``probability`` (given one break) and ``log_odds``.
    """
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
    table = pd.DataFrame({"year": counts["year"].to_numpy()[1:], "log_odds": log_odds})
    return table.assign(probability=weight / weight.sum())


def breaks(dataset: Dataset) -> pd.DataFrame:
    """Judge whether the rate of each focus state broke once, and when.

    One break against none at even odds (:func:`break_years`), on the complete years. Gives for each
    state with :data:`SHORTEST_SERIES`: ``state``, ``first``, ``last``, ``count``, ``probability``,
    ``year`` (the likeliest first of the new rate), ``low``, ``high`` (its 90 % range),
    ``rate_before``, ``rate_after``, ``dispersion`` (Pearson's statistic by its degrees of freedom:
    well above 1, breaks look surer than they are), ``ids``.
    """
    from scipy.special import expit, logsumexp

    counts, found = yearly(dataset), []
    counts = counts[counts["year"] < dataset.as_of.year]
    for state in dataset.focus:
        own = counts[counts["state"] == state]
        if len(own) < SHORTEST_SERIES:
            continue
        table = break_years(own)
        likely = table["year"].to_numpy(int)
        # the mean over years of the marginal likelihoods, against no break
        probability = expit(logsumexp(table["log_odds"]) - np.log(len(table)))
        reached = np.searchsorted(table["probability"].cumsum(), [0.05, 0.95])
        low, high = likely[reached.clip(max=len(table) - 1)]
        year = likely[table["probability"].argmax()]
        sides = own["count"].groupby(own["year"] >= year)
        before, after = (1 + sides.sum()) / (1 / own["count"].mean() + sides.size())
        pearson = (sides.var(ddof=0) * sides.size() / sides.mean()).sum()
        span = own["year"].min(), own["year"].max(), own["count"].sum()
        measured = probability, year, low, high, before, after, pearson / (len(own) - 2)
        found.append((state, *span, *measured, together(own["ids"])))
    columns = ["state", "first", "last", "count", "probability", "year", "low", "high"]
    columns += ["rate_before", "rate_after", "dispersion", "ids"]
    return pd.DataFrame(found, columns=columns)


def _log_marginal(n: np.ndarray, years: np.ndarray | int, prior: float) -> np.ndarray:
    """Log marginal likelihood of Poisson counts under a Gamma(1, prior) rate, less factorials."""
    from scipy.special import gammaln

    return np.log(prior) + gammaln(1 + n) - (1 + n) * np.log(prior + years)
