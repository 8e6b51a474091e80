"""Charts over time and by domain: they say what they show, and stand thin and strange data."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import builders
import plotly.graph_objects as go
import pytest

from accords.charts import domains as domain_charts
from accords.charts import theme
from accords.charts import time as time_charts
from accords.dataset import Dataset
from accords.measures import domains, time
from accords.measures.accord import accord_id

Draw = Callable[[Dataset], go.Figure]


def _pairs(ds: Dataset) -> go.Figure:
    return domain_charts.pairs(ds, domains.together(ds, draws=50))


CHARTS: dict[str, Draw] = {
    "timeline": lambda ds: time_charts.timeline(ds, time.timeline(ds), accord_id(ds)),
    "rates": lambda ds: time_charts.rates(ds, time.per_year(ds), time.per_period(ds)),
    "stock": lambda ds: time_charts.stock(ds, time.stock(ds)),
    "instruments": lambda ds: time_charts.instruments(ds, time.instrument_mix(ds)),
    "contract_values": lambda ds: time_charts.contract_values(
        ds, time.contracts(ds), time.unvalued_contracts(ds)
    ),
    "breaks": lambda ds: time_charts.breaks(ds, time.per_year(ds), time.breaks(ds)),
    "profiles": lambda ds: domain_charts.profiles(ds, domains.profiles(ds), domains.contrast(ds)),
    "heat": lambda ds: domain_charts.heat(ds, domains.by_era(ds)),
    "first_appearances": lambda ds: domain_charts.first_appearances(
        ds, domains.first_appearances(ds)
    ),
    "pairs": _pairs,
    "change": lambda ds: domain_charts.change(ds, domains.by_span(ds), domains.change(ds)),
    "similarity": lambda ds: domain_charts.similarity(ds, domains.similarity_by_era(ds)),
}


def _one_state() -> Dataset:
    return builders.tiny(
        focus=("TUR",),
        parties=[{"agreement_id": i, "party_id": "TUR"} for i in ("a", "b", "c")],
        events=[
            {"agreement_id": i, "event": "signed", "date": d}
            for i, d in (("a", "2001"), ("b", "2020-05"), ("c", None))
        ],
        domains=[{"agreement_id": i, "domain": d} for i, d in (("a", "cyber"), ("b", "legal"))],
    )


DATASETS: dict[str, Callable[[], Dataset]] = {
    "shipped": builders.shipped,
    "small": builders.small,
    "one state": _one_state,
    "three states": lambda: _focus("AZE", "MAR", "TUR"),
    "no agreement": builders.empty,
}


def _focus(*states: str) -> Dataset:
    from dataclasses import replace

    return replace(builders.small(), focus=states)


every = pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
everywhere = pytest.mark.parametrize("make", DATASETS.values(), ids=DATASETS)


@every
@everywhere
def test_a_chart_says_in_words_what_it_shows(draw: Draw, make: Callable[[], Dataset]) -> None:
    figure = draw(make())
    meta = figure.layout.meta
    for part in ("name", "title", "subtitle", "alt", "measure", "method", "function"):
        assert meta[part]
        assert "nan" not in re.findall(r"\w+", str(meta[part]))
    assert meta["alt"] != meta["title"]


@every
@everywhere
def test_a_chart_is_drawn_with_lines_bars_and_theme_colours_alone(
    draw: Draw, make: Callable[[], Dataset]
) -> None:
    figure = draw(make())
    assert {trace.type for trace in figure.data} <= {"scatter", "bar"}
    drawn = figure.to_plotly_json()
    drawn["layout"] = {k: v for k, v in drawn["layout"].items() if k not in ("template", "meta")}
    colours = set(re.findall(r"#[0-9a-fA-F]{6}\b|rgba?\([^)]*\)", str(drawn)))
    assert colours <= {light for light, _ in theme.COLOURS.values()}


@every
@everywhere
def test_the_changes_for_a_phone_fit_the_figure(draw: Draw, make: Callable[[], Dataset]) -> None:
    figure = draw(make())
    narrow = dict(figure.layout.meta["narrow"])
    notes = narrow.get("annotations")
    if notes is not None:
        assert len(notes) == len(figure.layout.annotations), "an old note would stay behind"
    figure.update_layout(narrow)
    assert figure.layout.height == narrow["height"]


@every
def test_a_chart_is_the_same_each_time(draw: Draw) -> None:
    assert draw(builders.shipped()) == draw(builders.shipped())


def test_each_mark_of_the_timeline_opens_its_record(dataset: Dataset) -> None:
    rows = time.timeline(dataset)
    figure = time_charts.timeline(dataset, rows)
    marks = [i for trace in figure.data for i in trace.customdata]
    assert sorted(marks) == sorted(rows["agreement_id"])


def test_marks_of_one_year_do_not_lie_on_one_another(dataset: Dataset) -> None:
    figure = time_charts.timeline(dataset, time.timeline(dataset))
    places = [
        (trace.yaxis, year, base)
        for trace in figure.data
        for year, base in zip(trace.x, trace.base, strict=True)
    ]
    assert len(places) == len(set(places))


def test_the_accord_is_pointed_out_in_each_lane(dataset: Dataset) -> None:
    figure = time_charts.timeline(dataset, time.timeline(dataset), accord_id(dataset))
    notes = [note.text for note in figure.layout.annotations if "accord" in note.text]
    assert len(notes) == len(dataset.focus)


def test_one_unit_is_as_high_in_every_panel(dataset: Dataset) -> None:
    layout = time_charts.stock(dataset, time.stock(dataset)).layout
    heights = [
        (axis.domain[1] - axis.domain[0]) / (axis.range[1] - axis.range[0])
        for axis in (layout.yaxis, layout.yaxis2)
    ]
    assert heights[0] == pytest.approx(heights[1])


def test_a_title_names_every_family_that_leads() -> None:
    ds = builders.tiny(
        focus=("AZE",),
        agreements=[
            {"agreement_id": "a", "instrument": "treaty"},
            {"agreement_id": "b", "instrument": "memorandum"},
        ],
        parties=[{"agreement_id": i, "party_id": "AZE"} for i in "ab"],
        events=[{"agreement_id": i, "event": "signed", "date": "2024"} for i in "ab"],
    )
    title = time_charts.instruments(ds, time.instrument_mix(ds)).layout.meta["title"]
    assert "reaties and frameworks and memoranda and declarations" in title
    assert "1 of 2 each" in title


def test_names_from_the_data_are_shown_as_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    ds = builders.tiny(
        agreements=[{"agreement_id": "a", "title": hostile}],
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "event": "signed", "date": "2020"}],
        domains=[{"agreement_id": "a", "domain": "cyber"}],
    )
    draws = [
        partial(time_charts.timeline, ds, time.timeline(ds)),
        partial(domain_charts.first_appearances, ds, domains.first_appearances(ds)),
    ]
    for draw in draws:
        assert not any(hostile in str(trace.hovertext) for trace in draw().data)


def test_labels_keep_their_distance() -> None:
    placed = time_charts.spread([10.0, 10.5, 3.0, 10.2], 1.0)
    ordered = sorted(placed)
    assert all(b - a >= 1.0 for a, b in pairwise(ordered))
    assert placed[2] == 3.0
