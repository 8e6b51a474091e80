"""Dates of limited precision are read as the EDTF standard reads them."""

from __future__ import annotations

import re

import builders
import edtf
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accords.dataset import Dataset
from accords.dataset import edtf as dates


def day(moment: object) -> pd.Timestamp:
    return pd.Timestamp(*moment[:3])


@st.composite
def edtf_dates(draw: st.DrawFn) -> str:
    """Any date of the profile that the tables use."""
    full = draw(st.dates(min_value=pd.Timestamp(1000, 1, 1).date())).isoformat()
    precise = draw(st.sampled_from([4, 7, 10]))
    return full[:precise] + draw(st.sampled_from(["", "?"]))


@pytest.mark.slow
@settings(max_examples=8)
@given(st.lists(edtf_dates(), min_size=1, max_size=8))
def test_bounds_are_those_of_the_edtf_package(written: list[str]) -> None:
    found = dates.bounds(pd.Series(written))
    for date, row in zip(written, found.itertuples(), strict=True):
        parsed = edtf.parse_edtf(date)
        assert row.earliest == day(parsed.lower_strict())
        assert row.latest == day(parsed.upper_strict())
        assert row.uncertain == date.endswith("?")


@given(edtf_dates(), edtf_dates())
def test_an_interval_reaches_from_its_first_day_to_its_last(one: str, other: str) -> None:
    first, last = dates.bounds(pd.Series([one, other])).itertuples(index=False)
    found = dates.bounds(pd.Series([f"{one}/{other}"])).iloc[0]
    if first.earliest <= last.latest:
        assert (found["earliest"], found["latest"]) == (first.earliest, last.latest)
        assert found["uncertain"] == (first.uncertain or last.uncertain)
    else:
        assert found[["earliest", "latest"]].isna().all()


def test_an_open_interval_is_bounded_on_one_side() -> None:
    found = dates.bounds(pd.Series(["../2012", "2012/..", "../.."]))
    assert list(found["latest"].notna()) == [True, False, False]
    assert list(found["earliest"].notna()) == [False, True, False]


def test_shipped_dates_are_read_as_the_edtf_package_reads_them(dataset: Dataset) -> None:
    events = dataset.events.dropna(subset=["date"]).drop_duplicates("date")
    events = events[~events["date"].str.contains("/")]  # Of intervals, see above.
    events = events.iloc[:: len(events) // 25 + 1]  # The package takes its time.
    parsed = events["date"].map(edtf.parse_edtf)
    assert (events["earliest"] == parsed.map(lambda date: day(date.lower_strict()))).all()
    assert (events["latest"] == parsed.map(lambda date: day(date.upper_strict()))).all()


@given(st.text())
def test_what_is_no_date_has_no_bounds(text: str) -> None:
    found = dates.bounds(pd.Series([text], dtype="str"))
    if found["earliest"].notna().all():
        assert all(re.fullmatch(dates.PATTERN, part) or part == ".." for part in text.split("/"))
    else:
        assert found["latest"].isna().all()


@pytest.mark.parametrize("date", ["2024-02-30", "2023-02-29", "2024-13", "30/10/2024", "45595", ""])
def test_days_that_do_not_exist_are_missing(date: str) -> None:
    assert dates.bounds(pd.Series([date]))[["earliest", "latest"]].isna().all(axis=None)


def test_bounds_keep_the_index_and_let_missing_dates_be() -> None:
    found = dates.bounds(pd.Series(["2024-02", None], index=[7, 3]))
    assert list(found.index) == [7, 3]
    assert found.loc[7, "latest"] == pd.Timestamp("2024-02-29")
    assert found.loc[3, ["earliest", "latest"]].isna().all()
    assert not found.loc[3, "uncertain"]


@pytest.mark.parametrize(
    ("date", "precision", "spoken"),
    [
        ("2024-10-30", "day", "30 October 2024"),
        ("2024-10", "month", "October 2024"),
        ("2024", "year", "2024"),
        ("2024-10?", "month", "October 2024 (inferred)"),
        ("2002/2012-05", "interval", "between 2002 and May 2012"),
        ("../2012?", "interval", "2012 or before (inferred)"),
        ("2012/..", "interval", "2012 or later"),
        (None, None, "undated"),
    ],
)
def test_dates_are_named_by_precision_and_in_words(
    date: str | None, precision: str | None, spoken: str
) -> None:
    (found,) = dates.precision(pd.Series([date], dtype="str"))
    assert (None if pd.isna(found) else found) == precision
    assert dates.spoken(date) == spoken


def test_a_year_is_given_only_where_the_bounds_agree_on_one() -> None:
    made = builders.tiny(
        parties=[{"agreement_id": name, "party_id": "AZE"} for name in "ab"],
        events=[
            {"agreement_id": "a", "event": "signed", "date": "1994-05?"},
            {"agreement_id": "b", "event": "signed"},
        ],
    )
    years = made.overview["year"]
    assert years["a"] == 1994
    assert pd.isna(years["b"])
