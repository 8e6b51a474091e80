"""Every chart: it says what it shows, keeps to the theme, stands thin, strange and hostile data."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import chapters
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from chapters import CHARTS, drawn, made, tables
from known_numbers import numbers, unknown

from accords.charts import accord, domains, evidence, partners, theme, time
from accords.dataset import Dataset
from accords.words import LeftOut, plain

pytestmark = pytest.mark.slow

FILES = {
    "accord": "01-accord-",
    "time": "02-",
    "domains": "03-",
    "partners": "04-",
    "evidence": "05-",
}
"""What the file names of a chapter's charts begin with."""

MARK = "<u>&%{u}"
"""What Plotly would take for a tag and for a placeholder."""

ESCAPED = "&lt;u&gt;&amp;%&#123;u}"

CODES = {"argument", "m49", "organisation_type", "party_kind", "tier"}
"""Columns that hold codes, although the descriptor says no more than that they are texts."""


def _free(schema: dict[str, Any]) -> list[str]:
    """Columns of free text: those whose texts are neither keys nor bound by a pattern or list."""
    keys = {name for key in schema.get("foreignKeys", ()) for name in _names(key["fields"])}
    keys |= set(_names(schema["primaryKey"]))
    return [
        field["name"]
        for field in schema["fields"]
        if field["type"] == "string" and field["name"] not in keys | CODES
        if not {"pattern", "enum"} & set(field.get("constraints", ()))
    ]


def _names(fields: str | list[str]) -> list[str]:
    return [fields] if isinstance(fields, str) else fields


def _enough() -> Dataset:
    """One of each, and as many with one partner as any chart needs."""
    ds = made("one of each")
    tables = dict(ds.tables)
    for name in ("agreements", "parties", "events", "citations"):
        north = tables[name][tables[name]["agreement_id"] == "north"]
        more = [north.assign(agreement_id=f"north-{n}") for n in range(6)]
        tables[name] = pd.concat([tables[name], *more], ignore_index=True)
    return replace(ds, tables=tables)


def _hostile() -> Dataset:
    """The same, every free text of which begins with the mark."""
    ds = made("enough")
    tables = dict(ds.tables)
    for resource in ds.descriptor["resources"]:
        table = tables[resource["name"]]
        marked = {column: MARK + table[column] for column in _free(resource["schema"])}
        tables[resource["name"]] = table.assign(**marked)
    return replace(ds, tables=tables)


chapters.DATASETS |= {"enough": _enough, "hostile": _hostile}

CASES = ("shipped", "one of each", "one state without partners", "three states")
"""Datasets on which all charts are tried: many rows and few, one state, two and three."""

every = pytest.mark.parametrize("chart", CHARTS)
everywhere = pytest.mark.parametrize("case", CASES)


def drawing(chart: str, case: str, **options: Any) -> go.Figure:
    """Return the chart of a dataset; where it is left out, there is nothing more to test."""
    found = drawn(chart, case, **options)
    if isinstance(found, LeftOut):
        pytest.skip("left out")
    return found


@cache
def as_json(chart: str, case: str) -> str:
    return str(drawing(chart, case).to_json())


def read(chart: str, case: str) -> dict[str, Any]:
    """Return a chart as it is exported: data, layout and meta."""
    figure: dict[str, Any] = json.loads(as_json(chart, case))
    return figure


def test_every_chart_of_the_source_is_tried() -> None:
    charts = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (accord, time, domains, partners, evidence)
        for name, function in vars(module).items()
        if getattr(function, "__module__", "") == module.__name__
        if hasattr(function, "__wrapped__") and not name.startswith("_")
    }
    assert charts == set(CHARTS)


@every
@everywhere
def test_a_chart_says_in_words_what_it_shows(chart: str, case: str) -> None:
    meta = drawing(chart, case).layout.meta
    for part in ("name", "title", "subtitle", "alt", "measure", "method", "function"):
        assert meta[part]
        assert not re.search(r"\b(?:nan|NaN|NaT|inf|None(?! of))\b", str(meta[part]))
    assert meta["alt"] != meta["title"]
    assert meta["name"].startswith(FILES[chart.partition(".")[0]])
    assert meta["function"] == f"accords.charts.{chart}"


@every
def test_a_chart_of_the_shipped_data_has_a_finding_a_description_and_numbers(chart: str) -> None:
    meta = drawn(chart, "shipped").layout.meta
    assert len(meta["title"]) > 20
    assert len(meta["alt"]) > 60
    assert meta["data"]["rows"]


@pytest.mark.parametrize("chart", [name for name in CHARTS if name.startswith("accord.")])
def test_a_chart_of_the_accord_says_how_many_it_counts(chart: str) -> None:
    assert "n\u00a0=\u00a0" in drawing(chart, "shipped").layout.meta["subtitle"]


@every
def test_without_an_agreement_a_chart_is_left_out_and_says_what_is_missing(chart: str) -> None:
    found = drawn(chart, "no agreement")
    assert isinstance(found, LeftOut)
    assert str(found).endswith(".")


def colours(part: Any, key: str = "") -> Iterator[str]:
    """All that stands where Plotly takes a colour, and colours inside of texts."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from colours(value, name)
    elif isinstance(part, list):
        for value in part:
            yield from colours(value, key)
    elif isinstance(part, str):
        yield from [part] if "color" in key else re.findall(r"#[0-9a-f]{6}\b|rgba?\(", part, re.I)


@every
@everywhere
def test_a_chart_is_drawn_with_lines_bars_and_theme_colours_alone(chart: str, case: str) -> None:
    figure = read(chart, case)
    assert {trace["type"] for trace in figure["data"]} <= {"scatter", "bar"}
    # The template is the theme's own.
    layout = {name: part for name, part in figure["layout"].items() if name != "template"}
    allowed = {light for light, _ in theme.COLOURS.values()}
    assert set(colours(figure["data"])) | set(colours(layout)) <= allowed


def texts(part: Any) -> Iterator[str]:
    """All texts of a figure as read, each with a one in all places of whole numbers of the data."""
    if isinstance(part, dict | list):
        for value in part.values() if isinstance(part, dict) else part:
            yield from texts(value)
    elif isinstance(part, str):
        yield plain(re.sub(r"%\{[^{}:]*(:\.0f)?\}", "1", part).replace("<br>", "\n"))


ONE_OF_MANY = re.compile(
    r"(?<![\d.,])1\s("
    r"((other|dated|shared|procurement) )?(agreements|partners|states|claims|facts|records"
    r"|sources|others|days|months|years|contracts|pairs|comparisons|domains)"
    r"|([^.:;,\n]*(?<!\bthat)(?<!\bthey) )?(are|have|name|rest)"
    r")\b"
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1 agreements", True),
        ("<b>1</b> partners", True),
        ("1\u00a0years", True),
        ("%{y} domains", True),
        ("1 other agreements", True),
        ("1 of 3 agreements are in force", True),
        ("0 of 1 agreement are in force", True),
        ("1 more have a record", True),
        ("1 agreement", False),
        ("2.1 agreements", False),
        ("11 agreements", False),
        ("%{y:.1f} years", False),
        ("1 of 3 agreements is in force", False),
    ],
)
def test_a_one_before_a_plural_is_seen(text: str, wrong: bool) -> None:
    assert bool(ONE_OF_MANY.search(*texts(text))) == wrong


@every
@everywhere
def test_what_is_one_is_written_in_the_singular(chart: str, case: str) -> None:
    figure = read(chart, case)
    assert [text for text in texts(figure) if ONE_OF_MANY.search(text)] == []


def captions(figure: go.Figure) -> str:
    """All that a chart says around its drawing."""
    meta = figure.layout.meta
    return " ".join(f"{meta[part].rstrip('.')}." for part in ("title", "subtitle", "alt"))


@every
@everywhere
def test_each_number_of_a_caption_is_one_of_the_table_that_is_drawn(chart: str, case: str) -> None:
    said = captions(drawing(chart, case))
    assert unknown(said, made(case), *tables("chart", chart, case)) == []


changeable = pytest.mark.parametrize("chart", [n for n, how in CHARTS.items() if how.changed])


@changeable
def test_a_caption_follows_what_a_reader_changes(chart: str) -> None:
    changed = CHARTS[chart].changed
    said = captions(drawing(chart, "small", **changed))
    assert unknown(said, made("small"), *tables("chart", chart, "small", **changed)) == []


@changeable
def test_a_caption_says_by_what_the_table_was_made(chart: str) -> None:
    changed, usual = CHARTS[chart].changed, captions(drawing(chart, "shipped"))
    said = captions(drawing(chart, "shipped", **changed))
    chosen = {str(value) for value in changed.values() if not isinstance(value, bool)}
    assert chosen <= {part for n in numbers(said) for part in n.split("-")}
    for name, value in changed.items():
        if isinstance(value, bool):
            assert captions(drawing(chart, "shipped", **{name: value})) != usual


@every
def test_a_chart_of_a_choice_says_by_what_it_was_chosen(chart: str) -> None:
    chosen = "of a few years"
    assert made(chosen).choice in drawing(chart, chosen).layout.meta["subtitle"]


@every
@everywhere
def test_the_changes_for_a_phone_fit_the_figure(chart: str, case: str) -> None:
    layout = go.Layout(drawing(chart, case).layout)
    narrow = dict(layout.meta["narrow"])
    wide, notes = len(layout.annotations), narrow.get("annotations")
    if notes is not None:
        assert len(notes) == wide, "an old note would stay behind"
    layout.update(narrow)
    assert layout.height == narrow["height"]


@every
def test_what_the_data_call_things_is_shown_as_text(chart: str) -> None:
    figure = json.loads(drawn(chart, "hostile").to_json())
    # The page itself escapes what stands in the meta, but draws the changes for a phone.
    meta = figure["layout"].pop("meta")
    heading = figure["layout"].pop("title")["text"]
    body = json.dumps([figure["data"], figure["layout"], meta["narrow"]])
    assert "<u" not in heading + body
    assert "%{u" not in heading + body
    assert html.escape(ESCAPED) not in heading + body, "escaped twice"
    # Names that vanished would not be shown as text either.
    assert ESCAPED in body
    assert (ESCAPED in heading) == (MARK in meta["title"] + meta["subtitle"])
    assert MARK in json.dumps(meta)


def test_columns_of_free_text_are_marked_and_no_others() -> None:
    ds, plain_ds = made("hostile"), made("enough")
    assert ds.party_names["AZE"] == f"{MARK}Azerbaijan"
    assert ds.agreements["title"].str.startswith(MARK).all()
    assert ds.tables["party_codes"]["subregion"].dropna().str.startswith(MARK).all()
    for column in ("agreement_id", "status", "date", "partners", "domains", "confidence"):
        table = ds.overview.reset_index()
        assert table[column].equals(plain_ds.overview.reset_index()[column])


def labels(figure: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a reader gets at each point with a label: as drawn, and without mark-up."""
    for trace in figure["data"]:
        if trace.get("hoverinfo") == "skip":
            continue
        fields = {name: values(trace.get(name)) for name in ("x", "y", "text", "hovertext")}
        fields["customdata"] = values(trace.get("customdata"))
        template = trace.get("hovertemplate", "%{x} %{y}").replace("<extra></extra>", "")
        for n, (x, y) in enumerate(zip(fields["x"], fields["y"], strict=True)):
            if pd.notna(x) and pd.notna(y):
                yield (label := filled(template, fields, n)), plain(label.replace("<br>", ", "))


def values(column: Any) -> list[Any]:
    """Unpack a column of a trace; Plotly packs numbers as bytes."""
    if isinstance(column, dict):
        flat = np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"])
        return flat.reshape([int(n) for n in column.get("shape", "-1").split(",")]).tolist()
    return column or []


def filled(template: str, fields: dict[str, list[Any]], n: int) -> str:
    """Fill the placeholders of a template for one point; formats are left out."""

    def value(placeholder: re.Match[str]) -> str:
        found = fields[placeholder[1]][n]
        return str(found if placeholder[2] is None else found[int(placeholder[2])])

    return re.sub(r"%\{(\w+)(?:\[(\d+)\])?(?::[^}]*)?\}", value, template)


COUNTED = re.compile(
    r"agreements?|partners?|records?|sources?|domains?|facts?|claims?|disputes?|days?|years?"
    r"|points?|to|of|in|a|and|names?|settled|estimate|[\d.,%+−–-]*"
)
"""Words of a label that say how much, and not of what."""


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("47", False),
        ("12 (34%)", False),
        ("2020: 5 agreements", False),
        ("", False),
        ("Türkiye, 2020: 5 agreements", True),
        ("Place: 3 disputes, 1 settled", True),
    ],
)
def test_a_label_that_does_not_say_of_what_it_speaks_is_seen(label: str, says: bool) -> None:
    assert bool(subject(label)) == says


def subject(label: str) -> list[str]:
    """Give the words of a label that say of what it speaks."""
    return [word for word in label.split() if not COUNTED.fullmatch(word.strip(",:;()"))]


@every
@everywhere
def test_each_point_says_by_itself_of_what_it_speaks(chart: str, case: str) -> None:
    figure = read(chart, case)
    assert [label for _, label in labels(figure) if not subject(label)] == []
    assert [label for label, _ in labels(figure) if "%{" in label] == []


OF_ONE_STATE = {
    *("time.rates", "time.contracts", "domains.profiles", "partners.ranked"),
    *("partners.families", "partners.concentration", "partners.shared", "evidence.support"),
    "evidence.source_kinds",
}
"""Charts each point of which belongs to a focus state or to both."""


@pytest.mark.parametrize("chart", sorted(OF_ONE_STATE))
def test_each_point_of_a_state_names_it(chart: str) -> None:
    ds = made("shipped")
    names = [ds.party_names[state] for state in ds.focus]
    told = [label for _, label in labels(read(chart, "shipped"))]
    assert told
    assert [label for label in told if not any(name in label for name in names)] == []


@every
def test_no_two_marks_of_a_chart_say_the_same(chart: str) -> None:
    figure = read(chart, "shipped")
    told = []
    for trace in figure["data"]:
        told += list(dict.fromkeys(label for label, _ in labels({"data": [trace]})))
    assert [label for label in told if told.count(label) > 1] == []
