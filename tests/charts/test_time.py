"""Charts over time: each mark is one record and in sight, and no panel misleads."""

from __future__ import annotations

import builders
import pytest

from accords.charts import time as charts
from accords.dataset import Dataset
from accords.measures import time as measures
from accords.measures.accord import accord_id


def test_each_mark_of_the_timeline_opens_its_record(dataset: Dataset) -> None:
    rows = measures.timeline(dataset)
    figure = charts.timeline(dataset, rows)
    marks = [i for trace in figure.data for i in trace.customdata]
    assert sorted(marks) == sorted(rows["agreement_id"])


def test_marks_of_one_year_do_not_lie_on_one_another(dataset: Dataset) -> None:
    figure = charts.timeline(dataset, measures.timeline(dataset))
    places = [
        (trace.yaxis, year, base)
        for trace in figure.data
        for year, base in zip(trace.x, trace.base, strict=True)
    ]
    assert len(places) == len(set(places))


def test_the_accord_is_pointed_out_in_each_lane(dataset: Dataset) -> None:
    figure = charts.timeline(dataset, measures.timeline(dataset), accord_id(dataset))
    notes = [note.text for note in figure.layout.annotations if "accord" in note.text]
    assert len(notes) == len(dataset.focus)


def test_one_unit_is_as_high_in_every_panel(dataset: Dataset) -> None:
    layout = charts.stock(dataset, measures.stock(dataset)).layout
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
    title = charts.instruments(ds, measures.instrument_mix(ds)).layout.meta["title"]
    assert "reaties and frameworks and memoranda and declarations" in title
    assert "1 of 2 each" in title
