"""Sentences on the accord: computed, escaped, and careful with what is not found."""

from __future__ import annotations

import builders
import pytest

from accords.analysis import accord as measures
from accords.analysis import claims
from accords.prose import accord as prose


def test_a_title_from_the_data_cannot_break_the_page(small):
    html = prose.opening(small, "aze-mar").html
    assert "&lt;defence&gt; &amp; more" in html
    assert "<defence>" not in html


def test_without_an_accord_the_chapter_says_so():
    ds = builders.empty()
    text = str(prose.opening(ds, measures.accord_id(ds)))
    assert "No bilateral agreement between Azerbaijan and Morocco is on record" in text


def test_one_focus_state_alone_has_no_accord():
    text = str(prose.opening(builders.tiny(focus=("AZE",)), None))
    assert text == "The report is about Azerbaijan alone; it has no accord."


def test_what_is_not_found_is_not_said_to_be_missing(small):
    text = str(prose.life(small, "aze-mar"))
    assert "58 days after signature" in text
    assert "approval by parliament and ratification by Morocco" in text
    assert "does not show that the step was not taken" in text


def test_days_are_counted_between_dates_known_to_the_day_only():
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR")],
        events=[
            {"agreement_id": "a", "date": "2024-10"},
            {"agreement_id": "a", "event": "ratified", "party_id": "AZE", "date": "2025-01-10"},
        ],
    )
    text = str(prose.life(ds, "a"))
    assert "ratified on 10 January 2025" in text
    assert "days after" not in text


def test_disputes_name_both_values_and_the_one_adopted(small):
    text = str(prose.disputes(small, "aze-mar"))
    assert "Rabat (1 source, adopted) against Marrakech (1 source)" in text
    assert "The host says so." in text


def test_a_domain_label_with_commas_stays_one_item(dataset):
    text = str(prose.voices(dataset, measures.accord_id(dataset)))
    assert "aviation, drones and space; " in text


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2024-10-30", "on 30 October 2024"),
        ("2024-10", "in October 2024"),
        ("2024?", "in 2024 (inferred)"),
    ],
)
def test_a_date_takes_the_preposition_of_its_precision(date, words):
    assert prose.when(date) == words


def test_every_claim_has_its_row_with_verdict_and_reason(dataset):
    html = prose.claims_table(claims.verdicts(dataset)).html
    for claim in dataset.claims["claim_id"]:
        assert f'<tr id="{claim}">' in html
    assert html.count('<strong class="verdict ') == len(dataset.claims)


def test_claims_are_escaped():
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR")],
        events=[{"agreement_id": "a", "date": "2024"}],
        claims=[
            {"claim_id": "c", "agreement_id": "a", "claim": "<b>x", "test": "none", "note": "<i>y"}
        ],
    )
    html = prose.claims_table(claims.verdicts(ds)).html
    assert "&lt;b&gt;x" in html
    assert "&lt;i&gt;y" in html


def test_a_type_of_instrument_is_written_as_text():
    assert prose.kind_of("Agreement") == "an agreement"
    assert prose.kind_of("<img/src=x>") == "a &lt;img/src=x&gt;"
