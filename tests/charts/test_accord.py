"""Charts of the accord: what they show, claim, mark and open."""

from __future__ import annotations

from accords.charts import accord as charts
from accords.measures import accord as measures


def test_the_life_shows_each_sides_steps_and_names_what_is_not_found(small):
    figure = charts.life(small, measures.life(small, "aze-mar"))
    text = " ".join(str(t) for trace in figure.data for t in (trace.text or ()))
    assert "Rabat" in text
    assert "place disputed" in text
    assert "not found:" in text
    assert "Not found: Ratified (Azerbaijan)" in figure.layout.meta["alt"]


def test_the_title_of_a_life_claims_approval_only_for_sides_that_completed_it(dataset, small):
    accord = measures.accord_id(dataset)
    title = charts.life(dataset, measures.life(dataset, accord)).layout.meta["title"]
    assert title.startswith("Azerbaijan completed its approval")
    other = charts.life(small, measures.life(small, "aze-mar")).layout.meta["title"]
    assert other == "No source shows that Azerbaijan and Morocco completed the approval"


def test_the_matrix_marks_official_voices_and_the_press_by_shape(dataset):
    table = measures.voices(dataset, measures.accord_id(dataset))
    figure = charts.voices(dataset, table)
    marks = {
        str(trace.marker.symbol): len(trace.x)
        for trace in figure.data
        if trace.customdata is not None
    }
    assert set(marks) == {"square", "diamond"}
    press = int((table["named_by"] == measures.PRESS).sum())
    assert figure.layout.meta["title"].startswith(f"{press} of the {len(table)} subjects")
