"""Dates of limited precision, as the tables write them.

The tables use a small profile of EDTF (ISO 8601-2, levels 0 and 1): a year, a month or a day,
with a question mark where the date was worked out and is not printed in a source.
"""

from __future__ import annotations

import calendar

import pandas as pd

PATTERN = r"^(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?P<uncertain>\?)?$"


def bounds(dates: pd.Series) -> pd.DataFrame:
    """Give the earliest and the latest day that each EDTF date can mean.

    The general EDTF parsers need milliseconds a date; this reads whole columns. The tests hold it
    to the ``edtf`` package.

    Parameters
    ----------
    dates
        EDTF strings; missing values stay missing.

    Returns
    -------
    DataFrame
        On the same index: ``earliest`` and ``latest`` (datetime64, both inclusive) and
        ``uncertain`` (bool, the question mark). A string that is no date gives missing days.
    """
    parts = dates.astype("string").str.extract(PATTERN)
    year = parts["year"]
    month = parts["month"]
    day = parts["day"]
    first = _days(year + "-" + month.fillna("01") + "-" + day.fillna("01"))
    month_start = _days(year + "-" + month.fillna("12") + "-01")
    last = month_start + pd.offsets.MonthEnd(0)
    last = last.where(day.isna(), first)
    known = first.notna() & last.notna()
    return pd.DataFrame(
        {
            "earliest": first.where(known),
            "latest": last.where(known),
            "uncertain": parts["uncertain"].notna(),
        },
        index=dates.index,
    )


def precision(dates: pd.Series) -> pd.Series:
    """Name the precision of each EDTF date: ``day``, ``month``, ``year``, or missing."""
    parts = dates.astype("string").str.extract(PATTERN)
    named = pd.Series(pd.NA, index=dates.index, dtype="string")
    named = named.mask(parts["year"].notna(), "year")
    named = named.mask(parts["month"].notna(), "month")
    return named.mask(parts["day"].notna(), "day")


def spoken(date: str | None) -> str:
    """Write one EDTF date as prose: ``30 October 2024``, ``May 2025 (worked out)``, ``undated``."""
    if date is None or pd.isna(date) or not date:
        return "undated"
    uncertain = date.endswith("?")
    numbers = [int(part) for part in date.rstrip("?").split("-")]
    words = str(numbers[0])
    if len(numbers) > 1:
        words = f"{_MONTHS[numbers[1] - 1]} {words}"
    if len(numbers) > 2:
        words = f"{numbers[2]} {words}"
    return f"{words} (worked out)" if uncertain else words


_MONTHS = tuple(calendar.month_name)[1:]


def _days(text: pd.Series) -> pd.Series:
    return pd.to_datetime(text, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
