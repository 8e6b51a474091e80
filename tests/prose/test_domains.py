"""Sentences by domain: which state names a domain more, and that no difference is clear."""

from __future__ import annotations

import builders
import pytest

from accords.analysis import by_state
from accords.analysis import domains as measures
from accords.dataset import Dataset
from accords.prose import domains as prose
from accords.words import LeftOut


def named(**domains: tuple[str, int, int]) -> Dataset:
    """So many agreements of a state, some of which name a domain; others name policy."""
    coded = [
        (f"{state}-{n}", state, domain if n < some else "policy")
        for state, (domain, some, every) in domains.items()
        for n in range(every)
    ]
    return builders.tiny(
        parties=[{"agreement_id": i, "party_id": state} for i, state, _ in coded],
        events=[{"agreement_id": i, "event": "signed", "date": "2020"} for i, *_ in coded],
        domains=[{"agreement_id": i, "domain": domain} for i, _, domain in coded],
    )


def test_a_clear_difference_is_told_with_the_state_that_names_it_more() -> None:
    said = str(
        prose.contrast(
            ds := named(AZE=("cyber", 40, 40), MAR=("medical", 40, 40)), measures.contrast(ds)
        )
    )
    labels = ds.labels("domain_codes")
    for domain, state in (("cyber", "Azerbaijan"), ("medical", "Morocco")):
        told = next(line for line in said.split("100 percentage") if labels[domain] in line)
        assert state in told.rpartition(labels[domain])[2]


def test_without_a_clear_difference_none_is_named(small: Dataset) -> None:
    table = measures.contrast(small)
    assert not table["sure"].any()
    said = str(prose.contrast(small, table))
    assert f"none of {len(table)} domains" in said
    assert small.party_names["AZE"] not in said


def test_one_state_is_not_compared_with_itself() -> None:
    ds = named(AZE=("cyber", 3, 3))
    assert isinstance(prose.contrast(ds, measures.contrast(ds)), LeftOut)


def test_a_share_that_changed_is_told_with_the_year(small: Dataset) -> None:
    assert isinstance(prose.shifts(small, measures.change(small)), LeftOut)
    rows = [(f"a-{n}", "2005" if n < 30 else "2015", n < 30) for n in range(60)]
    ds = builders.tiny(
        focus=("AZE",),
        parties=[{"agreement_id": i, "party_id": "AZE"} for i, *_ in rows],
        events=[{"agreement_id": i, "event": "signed", "date": date} for i, date, _ in rows],
        domains=[
            {"agreement_id": i, "domain": "cyber" if early else "medical"} for i, _, early in rows
        ],
    )
    said = str(prose.shifts(ds, measures.change(ds, cuts=(2010,))))
    assert "since 2010" in said
    assert "100 %" in said


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [(None, None, ""), (1998, None, "1998"), (None, 2013, "2013"), (1998, 2013, "1998–2013")],
)
def test_a_profile_of_some_years_says_of_which(
    dataset: Dataset, since: int | None, until: int | None, said: str
) -> None:
    table = measures.profiles(dataset, since=since, until=until)
    for passage in (prose.answer(dataset, table), prose.profiles(dataset, table)):
        assert said in str(passage)


def test_what_the_press_alone_names_is_counted_apart(small: Dataset) -> None:
    said = prose.coverage(small, by_state(small), measures.coded(small))
    # Of Azerbaijan's six concluded agreements two name a domain by the press alone.
    assert said.rows("2") == ["aze-tur-old", "aze-isr-buy"] or said.rows("2") == [
        "aze-isr-buy",
        "aze-tur-old",
    ]


def test_the_first_agreement_of_a_domain_is_linked(small: Dataset) -> None:
    said = prose.firsts(small, measures.firsts(small)).html
    assert 'data-rows="aze-tur-new"' in said
    assert 'data-rows="aze-tur-old"' not in said
