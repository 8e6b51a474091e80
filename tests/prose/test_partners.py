"""Sentences about partners: counted as measured, named with their article, and not overstated."""

from __future__ import annotations

from dataclasses import replace

import builders
import pandas as pd
import pytest

from accords.analysis import partners as measures
from accords.dataset import Dataset
from accords.prose import partners as prose
from accords.prose.names import phrase
from accords.words import LeftOut, plain


def test_the_count_of_partners_is_that_of_the_measure(dataset: Dataset) -> None:
    counts = measures.partner_counts(dataset)
    text = prose.overview(dataset, counts)
    for _, own in counts.groupby("state"):
        ids = {i for ids in own["ids"] for i in ids}
        assert set(text.rows(f"{own['count'].sum()} bilateral agreements")) == ids
        assert set(text.rows(f"{len(own)} partners")) == ids


@pytest.mark.parametrize(
    ("party", "said"),
    [
        ("USA", "the United States"),
        ("NLD", "the Netherlands"),
        ("UN", "the UN"),
        ("NATO", "NATO"),
        ("UKR", "Ukraine"),
        ("ESP", "Spain"),
    ],
)
def test_names_take_their_article(dataset: Dataset, party: str, said: str) -> None:
    assert plain(phrase(dataset, party)) == said


def test_the_largest_partner_is_named_in_one_sentence(small: Dataset) -> None:
    said = prose.answer(small, measures.partner_counts(small))
    assert "Türkiye is the largest partner of Azerbaijan" in str(said)
    assert set(said.rows("2")) == {"aze-tur-old", "aze-tur-new"}


def test_without_purchases_the_largest_partners_say_so(small: Dataset) -> None:
    with_, without = (
        measures.partner_counts(small, purchases=purchases) for purchases in (True, False)
    )
    for tell in (prose.answer, prose.overview, prose.regions):
        assert "purchases" not in str(tell(small, with_))
        assert "purchases aside" in str(tell(small, without))


def compared(*findings: str) -> pd.DataFrame:
    """Comparisons of two spans of years of one state, with these findings."""
    return pd.DataFrame(
        [
            {"state": "AZE", "counted": measures.ALL, "left_out": None, "finding": finding}
            | {"start": 2017, "end": 2026, "chance": 0.1, "chance_before": 0.2}
            | {"ids": ("a",), "before_ids": ("b",)}
            for finding in findings
        ]
    )


def test_a_change_in_one_comparison_alone_is_said_to_be_one_of_several(small: Dataset) -> None:
    said = str(prose.diversification(small, compared("diversifies", *["no clear change"] * 3)))
    assert "1 of 4 shows a clear change" in said
    assert "it diversifies with all partners in 2017–2026 (chance 10 %, before 20 %)" in said


def test_no_change_in_any_comparison_is_called_none(small: Dataset) -> None:
    said = str(prose.diversification(small, compared(*["no clear change"] * 2)))
    assert "none of 2 comparisons" in said
    assert "one comparison" in str(prose.diversification(small, compared("no clear change")))


def test_too_few_agreements_are_not_compared(small: Dataset) -> None:
    assert isinstance(prose.diversification(small, compared("too few")), LeftOut)


def test_names_from_the_data_cannot_break_the_page() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "CIV")],
        events=[{"agreement_id": "a", "date": "2020"}],
    )
    codes = ds.tables["party_codes"].copy()
    codes.loc[codes["party_id"] == "CIV", "name"] = "<script>alert(1)</script>"
    ds = replace(ds, tables={**ds.tables, "party_codes": codes})
    counts = measures.partner_counts(ds)
    for said in (prose.answer(ds, counts), prose.top_partners(ds, counts, counts)):
        assert "<script" not in said.html
        assert "alert(1)" in said.html


def test_partners_that_are_level_are_named_together() -> None:
    def of(*partners: str) -> Dataset:
        return builders.tiny(
            focus=("AZE",),
            parties=[{"agreement_id": p, "party_id": q} for p in partners for q in ("AZE", p)],
            events=[{"agreement_id": p, "event": "signed", "date": "2020"} for p in partners],
        )

    for ds, named in ((of("ITA", "TUR"), "Italy and Türkiye are the"), (of("ITA"), "Italy is the")):
        counts = measures.partner_counts(ds)
        assert named in str(prose.answer(ds, counts))
        assert named in prose.ranked_caption(ds, counts).title
    ds = of("ITA", "TUR", "USA", "ESP")
    assert "4 partners are level" in str(prose.answer(ds, measures.partner_counts(ds)))
