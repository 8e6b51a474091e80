"""Sentences on the evidence: an estimate never stands alone."""

from __future__ import annotations

import re

import builders

from accords.dataset import Dataset
from accords.prose import evidence as prose


def test_an_estimate_comes_with_its_interval_and_assumptions(dataset: Dataset) -> None:
    text = str(prose.missing(dataset))
    assert "95 % interval" in text
    assert "four assumptions" in text


def test_facts_in_dispute_open_the_agreements_that_hold_them() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": i, "party_id": p} for i in "ab" for p in ("AZE", "TUR")],
        disputes=[
            {"agreement_id": i, "field": "title", "value": value, "adopted": adopted}
            for i, settled in (("a", True), ("b", False))
            for value, adopted in (("x", settled), ("y", False))
        ],
    )
    links = re.findall(r'data-rows="([^"]*)">(\d+)</a>', prose.disagreements(ds).html)
    assert links == [("a b", "2"), ("a b", "2"), ("a", "1"), ("b", "1")]


def counted(*groups: tuple[str, int, int]) -> Dataset:
    """One outside list of Azerbaijan, in groups of so many entries found of so many listed."""
    rows = [{"group": g, "found": found, "listed": listed} for g, found, listed in groups]
    return builders.tiny(completeness=[{"list": "sipri", "state": "AZE", **row} for row in rows])


def test_an_outside_list_is_told_by_what_is_on_record_of_it() -> None:
    text = str(prose.outside_lists(counted(("all", 12, 48))))
    assert "12 of 48 (25 %; 15 to 39)" in text
    assert "not counted" in text


def test_the_emptiest_decade_and_supplier_of_a_list_are_named() -> None:
    parts = [("2000s", 9, 20), ("2010s", 21, 28), ("UKR", 4, 22), ("ISR", 10, 16), ("ITA", 0, 2)]
    text = str(prose.outside_lists(counted(("all", 30, 48), *parts)))
    assert "(9 of 20)" in text
    assert "Ukraine (4 of 22)" in text
    assert not re.search("21 of 28|10 of 16|0 of 2", text)


def test_where_no_part_is_emptier_than_the_list_none_is_named() -> None:
    alike = [("1990s", 20, 20), ("2000s", 15, 15)]
    text = str(prose.outside_lists(counted(("all", 35, 35), *alike)))
    assert "35 of 35" in text
    assert not re.search("1990s|2000s", text)
