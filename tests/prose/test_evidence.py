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
