"""Sentences on the evidence: an estimate never stands alone."""

from __future__ import annotations

from accords.dataset import Dataset
from accords.prose import evidence as prose


def test_an_estimate_comes_with_its_interval_and_assumptions(dataset: Dataset) -> None:
    text = str(prose.missing(dataset))
    assert "95 % interval" in text
    assert "four assumptions" in text
