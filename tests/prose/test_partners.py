"""Sentences about partners: counted as measured, named with their article, and not overstated."""

from __future__ import annotations

from dataclasses import replace

import builders
import pytest

from accords.analysis import partners as measures
from accords.dataset import Dataset
from accords.prose import partners as prose


def test_the_count_of_partners_is_that_of_the_measure(dataset: Dataset) -> None:
    text = str(prose.overview(dataset))
    counts = measures.partner_counts(dataset)
    for state in dataset.focus:
        own = counts[counts["state"] == state]
        said = f"{dataset.party_names[state]} has {own['agreements'].sum()} agreements with"
        assert f"{said} {len(own)} partners" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("United States", "the United States"),
        ("Netherlands", "the Netherlands"),
        ("UN", "the UN"),
        ("NATO", "NATO"),
        ("Ukraine", "Ukraine"),
        ("Spain", "Spain"),
    ],
)
def test_names_take_their_article(dataset: Dataset, name: str, said: str) -> None:
    assert prose.named(dataset, name) == said


def test_a_change_in_one_comparison_alone_is_called_not_firm(dataset: Dataset) -> None:
    table = measures.diversification_by_length(dataset)
    text = str(prose.diversifying(dataset))
    for state in dataset.focus:
        found = set(table.loc[table["state"] == state, "finding"])
        if found == {"no clear change"}:
            assert f"For {dataset.party_names[state]} none of" in text
        elif "no clear change" in found:
            assert "is not firm" in text


def test_names_from_the_data_cannot_break_the_page() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "CIV")],
        events=[{"agreement_id": "a", "date": "2020"}],
    )
    codes = ds.tables["party_codes"].copy()
    codes.loc[codes["party_id"] == "CIV", "name"] = "<script>alert(1)</script>"
    ds = replace(ds, tables={**ds.tables, "party_codes": codes})
    assert "<script>" not in prose.overview(ds).html
