"""Sentences over time: numbers are those of their rows, and what turns a finding is named."""

from __future__ import annotations

import re

import builders
import pandas as pd
import pytest

from accords.analysis import by_state, under_each_choice
from accords.analysis import time as measures
from accords.dataset import Dataset
from accords.prose import time as prose
from accords.words import LeftOut, Text


def linked(text: Text) -> list[tuple[str, set[str]]]:
    """Counts of agreements, with the rows behind each."""
    found = re.findall(r'data-rows="([^"]*)">(\d+)(?: agreements?)?</a>', text.html)
    return [(shown, set(rows.split())) for rows, shown in found]


def signed(counts: dict[int, int], **more: object) -> Dataset:
    """So many agreements of Azerbaijan signed in each year."""
    rows = [(f"a-{year}-{n}", year) for year, count in counts.items() for n in range(count)]
    return builders.tiny(
        focus=("AZE",),
        parties=[{"agreement_id": i, "party_id": "AZE"} for i, _ in rows],
        events=[{"agreement_id": i, "event": "signed", "date": year} for i, year in rows],
        citations=[
            {"agreement_id": i, "source_id": more.get("source", "official-a")} for i, _ in rows
        ],
    )


def changes(ds: Dataset, years: int = 10) -> pd.DataFrame:
    return under_each_choice(ds, measures.rate_change, years=years)


def test_a_counted_number_is_the_number_of_rows_behind_it(dataset: Dataset) -> None:
    counts = prose.counts(dataset, by_state(dataset), measures.yearly(dataset))
    for said in (counts, prose.rate_change(dataset, changes(dataset))):
        assert linked(said)
        for shown, rows in linked(said):
            # Years, too, open their agreements.
            assert int(shown) == len(rows) or 1900 < int(shown) < 2100


def test_concluded_agreements_are_counted_and_announced_ones_are_not(small: Dataset) -> None:
    said = prose.counts(small, by_state(small), measures.yearly(small))
    assert "mar-usa-note" not in said.html
    assert set(said.rows("3 agreements")) == {"aze-mar", "fra-mar", "many"}


def test_the_answer_says_of_which_years_it_is(dataset: Dataset) -> None:
    for years in (10, 7):
        said = str(prose.answer(dataset, measures.rate_change(dataset, years)))
        assert f"the {years} years before" in said
        assert f"{dataset.as_of.year - years}–{dataset.as_of.year - 1}" in said


def test_a_ratio_that_chance_could_explain_is_said_to_be_one() -> None:
    thin, clear = signed({2010: 2, 2020: 3}), signed({2010: 5, 2020: 50})
    assert "chance" in str(prose.answer(thin, measures.rate_change(thin)))
    assert "chance" not in str(prose.answer(clear, measures.rate_change(clear)))


def test_without_earlier_agreements_there_is_no_ratio() -> None:
    ds = signed({2020: 3})
    assert isinstance(prose.answer(ds, measures.rate_change(ds)), LeftOut)
    assert "inf" not in str(prose.rate_change(ds, changes(ds)))


def test_a_rise_that_no_choice_turns_is_said_to_hold() -> None:
    ds = signed({2010: 10, 2020: 30})
    said = str(prose.rate_change(ds, changes(ds)))
    assert "3.0 times as many" in said
    assert "‘" not in said


@pytest.mark.parametrize("tell", [prose.rate_change, prose.breaks])
def test_a_choice_of_records_that_turns_a_finding_is_named(tell) -> None:
    # What the official sources tell falls, what all tell rises.
    old, new = (
        [(f"{source}-{year}-{n}", year, source) for year in years for n in range(count)]
        for years, count, source in (
            (range(2007, 2016), 3, "official"),
            (range(2016, 2026), 9, "press"),
        )
    )
    rows = [*old, *new, ("official-2025", 2025, "official")]
    ds = builders.tiny(
        focus=("AZE",),
        parties=[{"agreement_id": i, "party_id": "AZE"} for i, *_ in rows],
        events=[{"agreement_id": i, "event": "signed", "date": year} for i, year, _ in rows],
        citations=[{"agreement_id": i, "source_id": source} for i, _, source in rows],
    )
    measure = {"rate_change": measures.rate_change, "breaks": measures.breaks}[tell.__name__]
    assert "‘official and treaty sources only’" in str(tell(ds, under_each_choice(ds, measure)))


def test_where_no_choice_shows_a_clear_break_none_is_said_to_turn() -> None:
    ds = signed(dict.fromkeys(range(1996, 2026), 2))
    found = under_each_choice(ds, measures.breaks)
    assert (found["probability"] < prose.CLEAR).all()
    assert "‘" not in str(prose.breaks(ds, found))


def test_too_few_years_have_no_break() -> None:
    ds = signed({2024: 2})
    assert isinstance(prose.breaks(ds, under_each_choice(ds, measures.breaks)), LeftOut)
