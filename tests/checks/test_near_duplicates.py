"""Agreements that may be one instrument are warned of, and those that are two are not."""

from __future__ import annotations

from typing import Any

import builders
import pytest

from accords.checks import files
from accords.checks.data import Data
from accords.checks.likeness import near_duplicates

LIST = {"source_id": "academic-list", "list": "dcad"}

ONE = [
    ({"date": "2005-08"}, {"date": "2005-08-16"}),
    ({"date": "2005-08-12"}, {"date": "2005-08-16"}),
    ({"date": "2005-08-30"}, {"date": "2005-09"}),
    ({"date": "2005"}, {"date": "2005-08-16"}),
    ({"date": "../2005"}, {"date": "2005"}),
    ({"date": "2005-08", "title": "Plan"}, {"date": "2005-08", "title": "Protocol"}),
    ({"date": "2005-08", "instrument": "treaty", "source": "academic-list"}, {"date": "2005"}),
    ({"date": None}, {"date": "2005"}),
    ({"date": None}, {"date": None}),
]
TWO = [
    ({"date": "2005-08"}, {"date": "2005-08", "more": ("ITA",)}),
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
    ({"date": "2005-08", "distinct": "other"}, {"date": "2005-08"}),
    ({"date": "2005-08"}, {"date": "2005-08", "distinct": "one"}),
]
CASES = [*ONE, *TWO]
CASES += [(other, one) for one, other in ONE]


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory) -> set[int]:
    """The numbers of the cases that are warned of; each is of two parties of its own."""
    tables: dict[str, list[dict[str, Any]]] = {"sources": [LIST], "distinct": []}
    for name in ("agreements", "parties", "events", "citations"):
        tables[name] = []
    states = builders.shipped().codes("party_codes").query("party_kind == 'state'").index
    partners = states.difference(["AZE", "MAR", "ITA"])
    for number, both in enumerate(CASES):
        for name, given in zip(("one", "other"), both, strict=True):
            own, key = dict(given), f"{name}-{number}"
            parties = ("AZE", partners[number], *own.pop("more", ()))
            date, source = own.pop("date", None), own.pop("source", "press-a")
            if other := own.pop("distinct", None):
                row = {"agreement_id": key, "other_id": f"{other}-{number}"}
                tables["distinct"].append(row)
            own |= {c: f"{own[c]}-{number}" for c in ("part_of", "supersedes") if c in own}
            tables["agreements"].append({"agreement_id": key, "title": "A title", **own})
            tables["parties"] += [{"agreement_id": key, "party_id": party} for party in parties]
            tables["events"].append({"agreement_id": key, "event": "signed", "date": date})
            tables["citations"].append({"agreement_id": key, "source_id": source})
    folder = builders.write(builders.tiny(**tables), tmp_path_factory.mktemp("near") / "data")
    resources = builders.shipped().descriptor["resources"]
    read = {resource["name"]: files.read(folder, resource)[0] for resource in resources}
    ((_, found),) = near_duplicates(Data({}, read))
    return {int(key.rpartition("-")[2]) for key in found["agreement_id"]}


@pytest.mark.parametrize("number", range(len(CASES)))
def test_what_may_be_one_instrument_is_warned_of_and_what_is_two_is_not(
    number: int, warned: set[int]
) -> None:
    assert (number in warned) == (CASES[number] not in TWO), CASES[number]
