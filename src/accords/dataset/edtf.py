"""Dates of limited precision, as the tables write them.

The tables use a small profile of EDTF (ISO 8601-2, levels 0 and 1): a year, a month or a day, with
a question mark where the date was inferred and is not printed in a source; and intervals of two
such dates (``2002/2012``: a day between the two), either of which may be open (``../2012``).
"""

import calendar

import pandas as pd

PATTERN = r"^(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?P<uncertain>\?)?$"
"""One date; an interval is two of them, or one and ``..``, around a slash."""

OPEN = ".."


def bounds(dates: pd.Series) -> pd.DataFrame:
    """Return the earliest and the latest day that each EDTF date can mean.

    ``earliest`` and ``latest`` (datetime64, inclusive; missing where open, and both where it is no
    date) and ``uncertain`` (bool, the question mark). The tests hold it to the ``edtf`` package.
    """
    ends = dates.astype("string").str.extract("^(?P<start>[^/]*)(?P<slash>/?)(?P<end>.*)$")
    start = ends["start"]
    end = ends["end"].where(ends["slash"] == "/", start)
    spans = _span(pd.concat([start, end]).drop_duplicates())
    first, last = (spans.reindex(side).set_axis(dates.index) for side in (start, end))
    valid = (first["known"] | (start == OPEN)) & (last["known"] | (end == OPEN))
    valid &= first["known"] | last["known"]
    valid = (valid & ~(first["earliest"] > last["latest"])).fillna(False).astype(bool)
    return pd.DataFrame(
        {
            "earliest": first["earliest"].where(valid),
            "latest": last["latest"].where(valid),
            "uncertain": first["uncertain"] | last["uncertain"],
        },
        index=dates.index,
    )


def _span(dates: pd.Series) -> pd.DataFrame:
    """Return what each date alone can mean, by the date."""
    parts = dates.str.extract(PATTERN).set_axis(pd.Index(dates))
    year, month, day = parts["year"], parts["month"], parts["day"]
    first = _days(year + "-" + month.fillna("01") + "-" + day.fillna("01"))
    month_start = _days(year + "-" + month.fillna("12") + "-01")
    last = (month_start + pd.offsets.MonthEnd(0)).where(day.isna(), first)
    known = first.notna() & last.notna()
    return pd.DataFrame(
        {
            "earliest": first.where(known),
            "latest": last.where(known),
            "uncertain": parts["uncertain"].notna(),
            "known": known,
        }
    )


def precision(dates: pd.Series) -> pd.Series:
    """Return how precise each date is: ``day``, ``month``, ``year``, ``interval``, or missing."""
    texts = dates.astype("string")
    parts = texts.str.extract(PATTERN)
    named = pd.Series(pd.NA, index=dates.index, dtype="string")
    for part in ("year", "month", "day"):
        named = named.mask(parts[part].notna(), part)
    return named.mask(texts.str.contains("/", regex=False).fillna(False), "interval")


def spoken(date: str | None) -> str:
    """Return one EDTF date as prose: ``May 2025 (inferred)``, ``between 2002 and 2012``."""
    if date is None or pd.isna(date) or not date:
        return "undated"
    start, _, end = date.replace("?", "").partition("/")
    if not end:
        words = _spoken_day(start)
    elif start == OPEN:
        words = f"{_spoken_day(end)} or before"
    elif end == OPEN:
        words = f"{_spoken_day(start)} or later"
    else:
        words = f"between {_spoken_day(start)} and {_spoken_day(end)}"
    return f"{words} (inferred)" if "?" in date else words


def _spoken_day(date: str) -> str:
    year, *rest = (int(part) for part in date.split("-"))
    month = [calendar.month_name[rest[0]]] if rest else []
    return " ".join(map(str, [*rest[1:], *month, year]))


def _days(text: pd.Series) -> pd.Series:
    return pd.to_datetime(text, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
