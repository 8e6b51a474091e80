"""Agreements that may be one instrument are warned of, and those that are two are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import builders
import pytest

from accords.checks import check

LIST = {"source_id": "academic-list", "list": "dcad"}


def warned(folder: Path, one: dict[str, Any], other: dict[str, Any], **tables: Any) -> bool:
    """Say whether two agreements with these particulars and dates are warned of."""
    agreements, parties, events, citations = [], [], [], []
    for name, given in (("one", one), ("other", other)):
        own = dict(given)
        states = own.pop("states", ("AZE", "TUR"))
        date, source = own.pop("date", None), own.pop("source", "press-a")
        agreements.append({"agreement_id": name, "title": "A title", **own})
        parties += [{"agreement_id": name, "party_id": state} for state in states]
        events.append({"agreement_id": name, "event": "signed", "date": date})
        citations.append({"agreement_id": name, "source_id": source})
    dataset = builders.tiny(
        agreements=agreements,
        parties=parties,
        events=events,
        citations=citations,
        sources=[LIST],
        **tables,
    )
    found = check(builders.write(dataset, folder / "data"))
    return "near-duplicate" in {problem.rule for problem in found}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"date": "2005-08"}, {"date": "2005-08-16"}),
        ({"date": "2005-08-12"}, {"date": "2005-08-16"}),
        ({"date": "2005-08-30"}, {"date": "2005-09"}),
        ({"date": "2005"}, {"date": "2005-08-16"}),
        ({"date": "../2005"}, {"date": "2005"}),
        ({"date": "2005-08", "title": "Plan"}, {"date": "2005-08", "title": "Protocol"}),
        ({"date": "2005-08", "instrument": "treaty", "source": "academic-list"}, {"date": "2005"}),
        ({"date": None}, {"date": "2005"}),
        ({"date": None}, {"date": None}),
    ],
)
def test_what_may_be_one_instrument_is_warned_of(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert warned(tmp_path / "a", one, other)
    assert warned(tmp_path / "b", other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"date": "2005-08"}, {"date": "2005-08", "states": ("AZE", "ITA")}),
        ({"date": "2005-08"}, {"date": "2005-08", "instrument": "treaty"}),
        ({"date": "2005-08-01"}, {"date": "2005-08-16"}),
        ({"date": "2005"}, {"date": "2006"}),
        ({"date": "2005", "title": "Radars"}, {"date": "2005", "title": "Satellites"}),
        ({"title": "Plan for 2014"}, {"title": "Plan for 2015"}),
        ({"title": "Radars bought"}, {"title": "Satellites bought", "date": "2005"}),
        ({"date": None}, {"instrument": "treaty"}),
        ({"date": "2005", "source": "academic-list"}, {"date": "2005", "source": "academic-list"}),
        ({"date": "2005-08"}, {"date": "2005-08", "part_of": "one"}),
        ({"date": "2005-08", "supersedes": "other"}, {"date": "2005-08"}),
    ],
)
def test_what_is_two_instruments_is_not(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert not warned(tmp_path, one, other)


@pytest.mark.parametrize("pair", [("one", "other"), ("other", "one")])
def test_a_judgement_that_two_are_two_is_kept(tmp_path: Path, pair: tuple[str, str]) -> None:
    told = [{"agreement_id": pair[0], "other_id": pair[1]}]
    assert not warned(tmp_path, {"date": "2005-08"}, {"date": "2005-08"}, distinct=told)
