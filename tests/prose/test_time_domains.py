"""Sentences over time and by domain: whole, linked to what they count, honest about thin data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import builders
import pytest

from accords.dataset import Dataset
from accords.measures import domains as domain_measures
from accords.measures.common import by_state
from accords.prose import domains, time
from accords.prose.text import Text

PASSAGES: dict[str, Callable[[Dataset], Text]] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module, names in (
        (time, "overview undated rates stock instruments values breaks"),
        (
            domains,
            "coverage profiles eras first_appearances together change similarity",
        ),
    )
    for name in names.split()
}
DATASETS: dict[str, Callable[[], Dataset]] = {
    "shipped": builders.shipped,
    "small": builders.small,
    "one state": lambda: replace(builders.small(), focus=("TUR",)),
    "three states": lambda: replace(builders.shipped(), focus=("AZE", "MAR", "TUR")),
    "no agreement": builders.empty,
}

every = pytest.mark.parametrize("tell", PASSAGES.values(), ids=PASSAGES)
everywhere = pytest.mark.parametrize("make", DATASETS.values(), ids=DATASETS)


@every
@everywhere
def test_a_passage_is_whole_sentences_without_gaps(
    tell: Callable[[Dataset], Text], make: Callable[[], Dataset]
) -> None:
    said = tell(make())
    opening = said.html.partition("</p>")[0]
    assert str(Text(opening)).endswith((".", ":"))
    assert not {"nan", "None", "inf", "NaT"} & set(re.findall(r"\w+", str(said)))
    assert "  " not in str(said)
    assert "()" not in str(said)


@every
def test_every_row_that_a_number_links_to_exists(tell: Callable[[Dataset], Text]) -> None:
    ds = builders.shipped()
    ids = {i for rows in re.findall(r'data-rows="([^"]*)"', tell(ds).html) for i in rows.split()}
    assert ids
    assert ids <= set(ds.agreements["agreement_id"])


def numbers(text: Text, words: str) -> list[tuple[str, set[str]]]:
    """Links whose text matches, with the rows behind each."""
    found = re.findall(r'data-rows="([^"]*)">([^<]*)</a>', text.html)
    return [(shown, set(rows.split())) for rows, shown in found if re.search(words, shown)]


def test_a_counted_number_is_the_number_of_rows_behind_it(dataset: Dataset) -> None:
    for tell in (time.overview, time.rates, time.stock):
        for shown, rows in numbers(tell(dataset), r"^\d{1,3}( agreements?)?$"):
            assert int(shown.split()[0]) == len(rows)


def test_the_overview_counts_concluded_agreements_and_sets_the_announced_apart(
    dataset: Dataset,
) -> None:
    rows = by_state(dataset, concluded_only=False)
    said = str(time.overview(dataset))
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        assert f"concluded {own['concluded'].sum()} agreements" in said
        assert f"{(~own['concluded']).sum()} more are announced only" in said


def test_a_choice_of_records_that_turns_a_finding_is_named(dataset: Dataset) -> None:
    assert "‘official and treaty sources only’" in str(time.breaks(dataset))


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
    assert "3.0 times as many" in str(time.rates(ds))
    assert "The ratio is above one under each" in str(time.rates(ds))


def test_equal_leaders_are_all_named() -> None:
    ds = builders.tiny(
        focus=("AZE",),
        agreements=[
            {"agreement_id": f"a{n}", "instrument": "treaty" if n % 2 else "memorandum"}
            for n in range(12)
        ],
        parties=[{"agreement_id": f"a{n}", "party_id": "AZE"} for n in range(12)],
        events=[{"agreement_id": f"a{n}", "event": "signed", "date": "2024"} for n in range(12)],
    )
    said = str(time.instruments(ds))
    assert "the largest families were treaties and frameworks, 50 % (6 of 12)" in said
    assert "memoranda and declarations, 50 % (6 of 12)" in said


def test_titles_from_the_data_are_shown_as_text() -> None:
    ds = builders.tiny(
        agreements=[{"agreement_id": "a", "title": "<script>alert(1)</script>"}],
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "event": "signed", "date": None}],
    )
    assert "<script>" not in time.undated(ds).html


def test_a_clear_difference_is_told_with_the_state_that_names_it_more() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": f"a{n}", "party_id": "AZE"} for n in range(40)]
        + [{"agreement_id": f"m{n}", "party_id": "MAR"} for n in range(40)],
        events=[
            {"agreement_id": f"{s}{n}", "event": "signed", "date": "2020"}
            for s in "am"
            for n in range(40)
        ],
        domains=[{"agreement_id": f"a{n}", "domain": "cyber"} for n in range(40)]
        + [{"agreement_id": f"m{n}", "domain": "medical"} for n in range(40)],
    )
    said = str(domains.profiles(ds))
    assert "cyber defence (Azerbaijan more often, by 100 percentage points" in said
    assert "military medicine (Morocco more often, by 100 percentage points" in said


def test_no_clear_difference_is_said_to_be_none(small: Dataset) -> None:
    assert not domain_measures.contrast(small)["sure"].any()
    assert "differs clearly between the two states" in str(domains.profiles(small))
    assert "Not one of the" in str(domains.profiles(small))
