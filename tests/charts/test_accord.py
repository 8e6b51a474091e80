"""Charts of the accord: what they show, claim, mark and open."""

from __future__ import annotations

import builders

from accords.analysis import accord as measures
from accords.charts import accord as charts


def test_the_life_shows_each_sides_steps_and_names_what_is_not_found(small):
    figure = charts.life(small, measures.life(small, "aze-mar"))
    text = " ".join(str(t) for trace in figure.data for t in (trace.text or ()))
    assert "Rabat" in text
    assert "place disputed" in text
    assert "not found:" in text
    assert "Not found: Ratified (Azerbaijan)" in figure.layout.meta["alt"]


def test_the_title_of_a_life_claims_approval_only_for_sides_that_completed_it(small):
    steps = [
        ("signed", None, "2024-10-30"),
        ("parliament-approved", "AZE", "2024-12-27"),
        ("ratified", "AZE", "2025-01-10"),
    ]
    done = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": state} for state in ("AZE", "MAR")],
        events=[
            {"agreement_id": "a", "event": event, "party_id": state, "date": day}
            for event, state, day in steps
        ],
    )
    title = charts.life(done, measures.life(done, "a")).layout.meta["title"]
    assert title.startswith("Azerbaijan completed its approval")
    other = charts.life(small, measures.life(small, "aze-mar")).layout.meta["title"]
    assert other == "No source shows that Azerbaijan and Morocco completed the approval"


def test_the_matrix_marks_official_voices_and_the_press_by_shape(dataset):
    table = measures.voices(dataset, measures.accord_id(dataset))
    figure = charts.voices(dataset, table, {})
    marks = {
        str(trace.marker.symbol): len(trace.x)
        for trace in figure.data
        if trace.customdata is not None
    }
    assert set(marks) == {"square", "diamond"}
    press = int((table["named_by"] == measures.PRESS).sum())
    assert figure.layout.meta["title"].startswith(f"{press} of the {len(table)} subjects")


def test_a_list_that_was_given_for_several_agreements_is_hollow(small):
    table = measures.voices(small, "aze-mar")
    (voice,) = [c for c in table.columns if c not in ("official", "sources", "named_by")]
    figure = charts.voices(small, table, {voice: ("aze-ita",)})
    (marks,) = [trace for trace in figure.data if trace.customdata is not None]
    assert marks.marker.line.width > 0
    assert marks.marker.color != marks.marker.line.color
    assert "Hollow" in figure.layout.meta["subtitle"]
    assert "Hollow" not in charts.voices(small, table, {}).layout.meta["subtitle"]


def test_a_life_is_drawn_over_its_own_years_only():
    ds = builders.tiny(
        as_of="2026-12-31",
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR")],
        events=[
            {"agreement_id": "a", "date": "2001-01-01"},
            {"agreement_id": "a", "event": "ratified", "party_id": "AZE", "date": "2002-01-01"},
        ],
    )
    first, last = charts.life(ds, measures.life(ds, "a")).layout.xaxis.range
    assert "2000-12-01" < str(first) < "2001-01-01"
    assert "2002-01-01" < str(last) < "2002-12-31"
