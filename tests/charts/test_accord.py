"""Charts of the accord: what they carry, and that thin data draw as 'too little data'."""

from __future__ import annotations

import builders
import pytest

from accords import claims
from accords.charts import accord as charts
from accords.charts import theme
from accords.measures import accord as measures


def drawn(ds) -> dict:
    accord = measures.accord_id(ds)
    return {
        "life": charts.life(ds, measures.life(ds, accord)),
        "voices": charts.voices(ds, measures.voices(ds, accord)),
        "breadth": charts.breadth(ds, measures.breadths(ds), accord),
        "approval": charts.approval(ds, measures.approval_times(ds), accord),
        "verdicts": charts.verdicts(claims.tally(ds, claims.verdicts(ds))),
    }


@pytest.fixture(scope="module")
def figures(dataset):
    return drawn(dataset)


def test_every_chart_says_what_it_finds_what_it_counts_and_what_it_shows(figures):
    for name, figure in figures.items():
        meta = figure.layout.meta
        assert meta["name"].startswith("01-accord-"), name
        assert len(meta["title"]) > 20, name
        assert "n\u00a0=\u00a0" in meta["subtitle"], name
        assert len(meta["alt"]) > 60, name
        assert meta["data"]["rows"], name


def test_charts_use_the_themes_colours_and_drawable_traces_alone(figures):
    allowed = {light for light, _ in theme.COLOURS.values()}

    def colours(value, key=""):
        if isinstance(value, dict):
            for inner, found in value.items():
                yield from colours(found, inner)
        elif isinstance(value, list | tuple):
            for found in value:
                yield from colours(found, key)
        elif isinstance(value, str) and "color" in key:
            yield value

    for name, figure in figures.items():
        plain = figure.to_dict()
        assert {trace["type"] for trace in plain["data"]} <= {"scatter", "bar"}, name
        layout = {k: v for k, v in plain["layout"].items() if k != "template"}
        assert set(colours(plain["data"])) | set(colours(layout)) <= allowed, name


def test_thin_data_are_said_to_be_too_little():
    for name, figure in drawn(builders.empty()).items():
        assert "Too little data" in figure.layout.meta["subtitle"], name


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


def test_a_click_on_a_dot_can_open_its_record(figures, dataset):
    dots = [trace for trace in figures["approval"].data if trace.customdata is not None]
    ids = [i for trace in dots for i in trace.customdata]
    assert ids
    assert set(ids) <= set(dataset.overview.index)
