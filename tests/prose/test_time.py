"""Sentences over time: numbers are those of their rows, and what turns a finding is named."""

from __future__ import annotations

import re

import builders

from accords.analysis.common import by_state
from accords.dataset import Dataset
from accords.prose import time as prose
from accords.words import Text


def numbers(text: Text, words: str) -> list[tuple[str, set[str]]]:
    """Links whose text matches, with the rows behind each."""
    found = re.findall(r'data-rows="([^"]*)">([^<]*)</a>', text.html)
    return [(shown, set(rows.split())) for rows, shown in found if re.search(words, shown)]


def test_a_counted_number_is_the_number_of_rows_behind_it(dataset: Dataset) -> None:
    for tell in (prose.overview, prose.rates):
        for shown, rows in numbers(tell(dataset), r"^\d{1,3}( agreements?)?$"):
            assert int(shown.split()[0]) == len(rows)


def test_the_overview_counts_concluded_agreements_and_sets_the_announced_apart(
    dataset: Dataset,
) -> None:
    rows = by_state(dataset, concluded_only=False)
    said = str(prose.overview(dataset))
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        assert f"concluded {own['concluded'].sum()} agreements" in said
        assert f"{(~own['concluded']).sum()} more are announced only" in said


def test_a_choice_of_records_that_turns_a_finding_is_named(dataset: Dataset) -> None:
    assert "‘official and treaty sources only’" in str(prose.breaks(dataset))


def test_a_rise_that_no_choice_turns_is_said_to_hold() -> None:
    ds = builders.tiny(
        focus=("AZE",),
        citations=[
            {"agreement_id": f"a{n}", "subject": "existence", "source_id": "official-a"}
            for n in range(40)
        ],
        agreements=[f"a{n}" for n in range(40)],
        parties=[{"agreement_id": f"a{n}", "party_id": "AZE"} for n in range(40)],
        events=[
            {"agreement_id": f"a{n}", "event": "signed", "date": 2010 if n < 10 else 2020}
            for n in range(40)
        ],
    )
    assert "3.0 times as many" in str(prose.rates(ds))
    assert "The ratio is above one under each" in str(prose.rates(ds))
