"""Sentences about partners and the evidence: computed, linked, and honest about thin data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import builders
import pytest

from accords.dataset import Dataset
from accords.measures import partners as measures
from accords.prose import evidence, partners
from accords.prose.text import Text

PASSAGES: dict[str, Callable[[Dataset], Text]] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module, names in (
        (
            partners,
            "overview subjects geography spread concentrated diversifying deepening sharing tie",
        ),
        (
            evidence,
            "firmness sources tongues disagreements known_lives waiting searched own_lists "
            "missing errors limits",
        ),
    )
    for name in names.split()
}
DATASETS: dict[str, Callable[[], Dataset]] = {
    "shipped": builders.shipped,
    "small": builders.small,
    "one other state": lambda: replace(builders.shipped(), focus=("TUR",)),
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
    text = str(tell(make()))
    assert text.endswith((".", "whom."))
    assert not {"nan", "None", "inf", "NaT"} & set(re.findall(r"\w+", text))
    assert "  " not in text
    assert "()" not in text


@every
def test_every_row_that_a_number_links_to_exists(tell: Callable[[Dataset], Text]) -> None:
    ds = builders.shipped()
    linked = re.findall(r'data-rows="([^"]*)"', tell(ds).html)
    ids = {i for rows in linked for i in rows.split()}
    assert ids <= set(ds.agreements["agreement_id"])


def test_the_count_of_partners_is_that_of_the_measure(dataset: Dataset) -> None:
    text = str(partners.overview(dataset))
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
def test_names_take_their_article(name: str, said: str) -> None:
    assert partners.named(name) == said


def test_a_change_in_one_comparison_alone_is_called_not_firm(dataset: Dataset) -> None:
    table = measures.diversification_by_length(dataset)
    text = str(partners.diversifying(dataset))
    for state in dataset.focus:
        found = set(table.loc[table["state"] == state, "finding"])
        if found == {"no clear change"}:
            assert f"For {dataset.party_names[state]} none of" in text
        elif "no clear change" in found:
            assert "is not firm" in text


def test_an_estimate_comes_with_its_interval_and_assumptions(dataset: Dataset) -> None:
    text = str(evidence.missing(dataset))
    assert "95 % interval" in text
    assert "four assumptions" in text


def test_names_from_the_data_cannot_break_the_page() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "CIV")],
        events=[{"agreement_id": "a", "date": "2020"}],
    )
    codes = ds.tables["party_codes"].copy()
    codes.loc[codes["party_id"] == "CIV", "name"] = "<script>alert(1)</script>"
    ds = replace(ds, tables={**ds.tables, "party_codes": codes})
    assert "<script>" not in partners.overview(ds).html
