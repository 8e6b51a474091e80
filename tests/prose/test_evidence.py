"""Sentences on the evidence: an estimate never stands alone."""

from __future__ import annotations

import re

import builders
import numpy as np

from accords.analysis import evidence as measures
from accords.dataset import Dataset
from accords.prose import evidence as prose
from accords.words import LeftOut


def test_an_estimate_comes_with_its_interval_and_its_assumption(dataset: Dataset) -> None:
    table = measures.capture_recapture(dataset)
    text = str(prose.missing(dataset, table))
    whole = table.iloc[0]
    assert f"(95 % interval {whole['low']:.0f} to {whole['high']:.0f})" in text
    assert "independently" in text


def test_an_estimate_without_an_upper_limit_is_left_out(dataset: Dataset) -> None:
    table = measures.capture_recapture(dataset).assign(high=np.inf)
    assert isinstance(prose.missing(dataset, table), LeftOut)


def test_facts_in_dispute_open_the_agreements_that_hold_them() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": i, "party_id": p} for i in "ab" for p in ("AZE", "TUR")],
        disputes=[
            {"agreement_id": i, "field": "title", "value": value, "adopted": adopted}
            for i, settled in (("a", True), ("b", False))
            for value, adopted in (("x", settled), ("y", False))
        ],
    )
    said = prose.disagreements(ds, measures.disputes_by_fact(ds))
    links = re.findall(r'data-rows="([^"]*)">(\d+)(?: facts)?</a>', said.html)
    assert links == [("a b", "2"), ("a b", "2"), ("a", "1"), ("b", "1")]


def counted(*groups: tuple[str, int, int]) -> str:
    """What is said of an outside list of Azerbaijan: so many entries found of so many, by group."""
    rows = [{"group": g, "found": found, "listed": listed} for g, found, listed in groups]
    ds = builders.tiny(completeness=[{"list": "sipri", "state": "AZE", **row} for row in rows])
    return str(prose.outside_lists(ds, measures.completeness(ds)))


def test_an_outside_list_is_told_by_what_is_on_record_of_it() -> None:
    text = counted(("all", 12, 48))
    assert "12 of 48 (25 %; 15 to 39)" in text
    assert "not counted" in text


def test_the_emptiest_decade_and_supplier_of_a_list_are_named() -> None:
    parts = [("2000s", 9, 20), ("2010s", 21, 28), ("UKR", 4, 22), ("ISR", 10, 16), ("ITA", 0, 2)]
    text = counted(("all", 30, 48), *parts)
    assert "(9 of 20)" in text
    assert "Ukraine (4 of 22)" in text
    assert not re.search("21 of 28|10 of 16|0 of 2", text)


def test_where_no_part_is_emptier_than_the_list_none_is_named() -> None:
    text = counted(("all", 35, 35), ("1990s", 20, 20), ("2000s", 15, 15))
    assert "35 of 35" in text
    assert not re.search("1990s|2000s", text)
