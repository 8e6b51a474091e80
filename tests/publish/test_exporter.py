"""The exporter: executed notebooks become one page that is whole, safe and the same each time."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import html
import json
import logging
import re
import threading
from pathlib import Path
from typing import Any

import builders
import html5lib
import pandas as pd
import plotly.graph_objects as go
import pytest
from nbformat import v4

from accords import words as text
from accords.charts import theme
from accords.dataset import Dataset
from accords.publish import notebooks, page
from accords.publish.exporter import AccordsExporter, Context
from accords.publish.pictures import Picture

HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _small_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the page carries of Plotly is no matter here, and long to read."""
    (bundle := tmp_path / "plotly.js.gz").write_bytes(b"plotly")
    monkeypatch.setattr(page, "BUNDLE", bundle)


def _figure(name: str, title: str = "More each year") -> dict[str, Any]:
    """A chart as the house draws it."""
    meta = {
        "name": name,
        "title": title,
        "subtitle": "Counted by year",
        "alt": "Two bars.",
        "measure": "tests.measure",
        "method": "Count agreements by year.",
        "narrow": {},
        "data": {"columns": ["Year", "Note"], "rows": [[2001, "a<b"], [2002, HOSTILE]]},
    }
    figure = go.Figure(
        go.Bar(x=[1, 2], y=[3, 4], marker={"color": theme.colour("state-1")}),
        layout={"template": "accords", "meta": meta},
    )
    return json.loads(figure.to_json())


def _chapter(name: str, *outputs: dict[str, Any], title: str = "Chapter") -> Any:
    cells = [v4.new_markdown_cell(f"# {title}"), v4.new_markdown_cell("## A part\n\nSome *words*.")]
    for number, data in enumerate(outputs):
        cell = v4.new_code_cell(f"show({number})  # <&>")
        cell.outputs = [v4.new_output("display_data", data=data)]
        cells.append(cell)
    notebook = v4.new_notebook(cells=cells)
    notebook.metadata["title"] = name
    return notebook


def _export(
    *chapters: Any, dataset: Dataset | None = None, static: bool = True, **options: Any
) -> str:
    for chapter in chapters:
        page.identify(chapter)
    joined = notebooks.join(chapters)
    drawn = {
        figure["layout"]["meta"]["name"]: Picture(
            *(
                f'<svg viewBox="0 0 {width} 90"><path d="M0,{width}h9"/></svg>'
                for width in (760, 360)
            )
        )
        for figure in notebooks.figures(joined)
    }
    records = page.records(dataset) if dataset is not None else {}
    exporter = AccordsExporter(**options)
    exporter.context = Context(dataset, pictures=drawn if static else {}, records=records)
    markup, _ = exporter.from_notebook_node(joined)
    return markup


def _blob(markup: str, name: str) -> Any:
    packed = re.search(f'id="{name}">(.*?)</script>', markup)
    assert packed is not None
    return json.loads(gzip.decompress(base64.b85decode(packed[1])))


def test_a_part_whose_passages_are_all_left_out_goes_with_its_heading() -> None:
    silent = {"text/html": '<p class="left-out">The claims: there is none.</p>'}
    told = {"text/html": "<p>There is one.</p>"}
    alone, beside = _export(_chapter("01-a", silent)), _export(_chapter("01-a", silent, told))
    assert "A part" not in alone
    assert "Some <em>words" not in alone
    assert "A part" in beside
    assert "There is one." in beside
    assert "The claims: there is none." in alone


def test_each_figure_stands_with_title_subtitle_drawing_numbers_and_origin() -> None:
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-rise")}))
    figure = re.search(r'<figure class="chart" id="fig-01-rise">.*?</figure>', markup, re.DOTALL)
    assert figure is not None
    for part in (
        *(
            "<h4>More each year</h4>",
            "<p>Counted by year</p>",
            'aria-label="Two bars."',
            "Figure 1",
        ),
        *('<th scope="col" class="n">Year</th>', '<td class="n">2001</td>'),
        "Count agreements by year.",
        "notebooks/01-a.ipynb",
    ):
        assert part in figure[0]


def test_chapters_are_numbered_but_for_the_key_findings() -> None:
    markup = _export(
        _chapter("00-key-findings", title="Key findings"), _chapter("01-a"), _chapter("02-b")
    )
    heading = r'<h2 id="chapter-(\S+)-title">(?:<span class="no">(\d+)</span> )?'
    numbers = re.findall(heading, markup)
    assert numbers == [("key-findings", ""), ("a", "1"), ("b", "2")]
    for chapter, _ in numbers:
        assert f'<a href="#chapter-{chapter}">' in markup


def test_the_code_is_folded_away_but_present() -> None:
    markup = _export(_chapter("01-a", {"text/html": "<p>x</p>"}))
    code = re.search(r'<details class="code">.*?</details>', markup, re.DOTALL)
    assert code is not None
    assert "show(0)  # &lt;&amp;&gt;" in code[0]


def test_a_number_carries_the_short_set_of_its_rows(small: Dataset) -> None:
    ids = sorted(small.overview.index)
    passage = text.paragraph(text.count([*ids[:3], ids[5]], "agreement")).html
    markup = _export(_chapter("01-a", {"text/html": passage}), dataset=small)
    assert "data-rows" not in markup
    assert '<a data-set="0-2,5" href="#evidence">4 agreements</a>' in markup


def test_the_phone_drawings_and_the_live_charts_are_packed_once() -> None:
    chapters = [_chapter(f"0{n}-x", {notebooks.PLOTLY: _figure(f"0{n}-c")}) for n in (1, 2, 3)]
    markup = _export(*chapters)
    assert set(_blob(markup, "narrow-data")) == {"01-c", "02-c", "03-c"}
    charts = _blob(markup, "chart-data")
    assert set(charts["charts"]) == {"01-c", "02-c", "03-c"}
    assert markup.count('id="plotly-data"') == 1


def test_every_script_that_runs_is_allowed_by_its_hash_and_no_other() -> None:
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-c", title=HOSTILE)}))
    policy = re.search(r'Content-Security-Policy"? content="([^"]*)"', markup)
    assert policy is not None
    running = re.findall(r"<script>(.*?)</script>", markup, re.DOTALL)
    hashes = {
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in running
    }
    assert set(re.findall(r"'sha256-([^']+)'", policy[1])) == hashes
    assert "alert(1)" not in "".join(running)
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"<[^>]+ on\w+=", markup)


def test_a_script_in_what_a_cell_shows_is_named_and_left_out() -> None:
    foreign = "document.title = 'foreign'"
    markup = _export(
        _chapter("01-a", {"text/html": f"<b onclick=x()>b</b><script>{foreign}</script>"})
    )
    assert foreign not in markup
    assert "<b>b</b>" in markup
    assert "01-a.ipynb: cell 3 shows a script, which this page does not run." in markup


def test_hostile_text_of_a_chart_is_shown_as_text() -> None:
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-c", title=HOSTILE)}))
    assert HOSTILE not in markup
    assert html.escape(HOSTILE) in markup


def test_without_pictures_the_numbers_stand_open_and_the_page_says_so_once() -> None:
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-c")}), static=False)
    assert markup.count("No browser was there") == 1
    assert re.search(r"<details open>\s*<summary>Data and method", markup)


def test_the_page_is_valid_and_has_one_first_heading(small: Dataset) -> None:
    chapter = _chapter("01-a", {notebooks.PLOTLY: _figure("01-c")}, {"text/html": "<p>x</p>"})
    markup = _export(chapter, dataset=small)
    html5lib.HTMLParser(strict=True).parse(markup)
    assert markup.count("<h1>") == 1
    ids = re.findall(r'\sid="?([^\s">]+)', markup)
    assert len(ids) == len(set(ids))


def test_a_data_frame_loses_the_looks_of_the_notebook_and_scrolls() -> None:
    frame = pd.DataFrame({"a": [1]})._repr_html_()
    markup = _export(_chapter("01-a", {"text/html": frame, "text/plain": "a"}))
    assert "dataframe" not in markup
    assert "scoped" not in markup
    assert re.search(r'<div [^>]*class="scroll"[^>]*><table>', markup)


def test_a_number_behind_a_chart_is_rounded_for_readers_and_there_in_full() -> None:
    drawn = _figure("01-c")
    rows = [[0.123456, 1234567.5, 12, 0.5, None, True]]
    drawn["layout"]["meta"]["data"] = {"columns": list("abcdef"), "rows": rows}
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: drawn}))
    cells = re.findall(r'<td(?: class="n")?(?: data-v="([^"]*)")?>([^<]*)</td>', markup)
    assert cells == [
        ("0.123456", "0.123"),
        ("1234567.5", "1,234,568"),
        ("", "12"),
        ("", "0.5"),
        ("", ""),
        ("", "yes"),
    ]


def test_live_charts_carry_exact_numbers() -> None:
    exact = [1704067200000.0, 1234567.0, 0.1234567890123]
    own = _foreign()
    own["data"] = [{"type": "scatter", "x": exact, "y": [1, float("nan"), 3]}]
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: own}))
    assert _blob(markup, "chart-data")["charts"]["01-a-cell-3"]["data"][0] == {
        "type": "scatter",
        "x": exact,
        "y": [1, None, 3],
    }


def test_jupyter_finds_the_exporter_by_its_name() -> None:
    from nbconvert.exporters import get_exporter

    assert get_exporter("accords") is AccordsExporter


@pytest.mark.parametrize("focus", [("AZE",), ("AZE", "MAR")])
def test_the_report_is_named_after_its_states(small: Dataset, focus: tuple[str, ...]) -> None:
    from dataclasses import replace

    names = [small.party_names[state] for state in focus]
    assert page.report_title(replace(small, focus=focus)).endswith(" and ".join(names))


def _foreign(**layout: Any) -> dict[str, Any]:
    """A chart as an analyst draws it, with nothing of accords.charts in it."""
    figure = go.Figure(go.Bar(x=[1, 2], y=[3, 4], marker={"color": "#636efa"}), layout=layout)
    return json.loads(figure.to_json())


def test_an_analyst_s_own_chart_is_named_after_its_cell_and_bears_its_title() -> None:
    own = _foreign(title={"text": "Mine <b>&amp;</b><br>yours"})
    markup = _export(_chapter("02-time", {notebooks.PLOTLY: own}, {notebooks.PLOTLY: _foreign()}))
    html5lib.HTMLParser(strict=True).parse(markup)
    figures = re.findall(r'<figure class="chart".*?</figure>', markup, re.DOTALL)
    for figure, name, title in zip(
        figures,
        ("02-time-cell-3", "02-time-cell-4"),
        ("Mine &amp; yours", "Chart of cell 4"),
        strict=True,
    ):
        assert f'id="fig-{name}">' in figure
        assert f"<h4>{title}</h4>" in figure
        assert "<svg" in figure
        assert "<td>" not in figure
    charts = _blob(markup, "chart-data")["charts"]
    assert charts["02-time-cell-3"]["data"][0]["marker"]["color"] == "#636efa"
    assert set(_blob(markup, "narrow-data")) == set(charts) == {"02-time-cell-3", "02-time-cell-4"}


def test_a_chart_of_another_make_stands_on_a_light_ground() -> None:
    markup = _export(
        _chapter("01-a", {notebooks.PLOTLY: _figure("01-c")}, {notebooks.PLOTLY: _foreign()})
    )
    assert re.findall('<div class="drawing( plate)?">', markup) == ["", " plate"]


def test_two_own_charts_of_one_cell_have_two_names() -> None:
    chapter = _chapter("My notes", {notebooks.PLOTLY: _foreign()})
    chapter.cells[2].outputs += copy.deepcopy(chapter.cells[2].outputs)
    page.identify(chapter)
    names = [figure["layout"]["meta"]["name"] for figure in notebooks.figures(chapter)]
    assert names == ["My-notes-cell-3", "My-notes-cell-3-2"]


def test_to_identify_charts_again_changes_nothing() -> None:
    notebook = _chapter("01-a", {notebooks.PLOTLY: _figure("01-c")}, {notebooks.PLOTLY: _foreign()})
    page.identify(notebook)
    once = copy.deepcopy(notebook)
    page.identify(notebook)
    page.identify(joined := notebooks.join([notebook]))
    assert notebook == once
    assert notebooks.figures(joined) == notebooks.figures(once)


def test_a_chart_that_needs_the_network_is_named_with_its_place_and_a_remedy() -> None:
    drawn = _foreign()
    drawn["data"].append({"type": "choropleth", "z": [1]})
    chapters = [_chapter("01-a"), _chapter("02-time", {}, {notebooks.PLOTLY: drawn})]
    markup = _export(*chapters)
    assert re.search(r'class="notice">02-time\.ipynb: cell 4 shows .*choropleth.*draw', markup)
    assert "<figure" not in markup


def test_a_chart_of_another_type_is_a_picture_alone() -> None:
    drawn = _foreign()
    drawn["data"] = [{"type": "heatmap", "z": [[1]]}]
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: drawn}))
    assert '<figure class="chart still"' in markup
    assert _blob(markup, "chart-data")["charts"] == {}


def test_points_that_webgl_would_draw_are_drawn_as_vectors() -> None:
    drawn = _foreign()
    drawn["data"] = [{"type": "scattergl", "x": [1], "y": [2]}]
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: drawn}))
    charts = _blob(markup, "chart-data")["charts"]
    assert charts["01-a-cell-3"]["data"][0]["type"] == "scatter"


def test_a_chart_shown_twice_in_a_chapter_has_two_names() -> None:
    chart = {notebooks.PLOTLY: _figure("01-c")}
    markup = _export(_chapter("01-a", chart, copy.deepcopy(chart)))
    assert set(_blob(markup, "chart-data")["charts"]) == {"01-c", "01-c-2"}


def test_a_chart_of_two_chapters_is_refused_with_both_places() -> None:
    chart = {notebooks.PLOTLY: _figure("01-c")}
    with pytest.raises(notebooks.NotebookError, match=r"02-b\.ipynb: cell 3 .*01-a\.ipynb: cell 4"):
        _export(_chapter("01-a", {}, chart), _chapter("02-b", copy.deepcopy(chart)))


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _shown(*outputs: Any) -> str:
    chapter = _chapter("01-a", {})
    chapter.cells[2].outputs = list(outputs)
    markup = _export(chapter)
    html5lib.HTMLParser(strict=True).parse(markup)
    return markup


def test_markdown_output_is_shown_as_a_markdown_cell_is() -> None:
    said = {
        "text/markdown": "## Part two\n\nSome *more*, $x^2$.",
        "text/plain": "<Markdown object>",
    }
    markup = _shown(v4.new_output("display_data", data=said))
    assert '<h3 id="chapter-a-part-two">Part two</h3>' in markup
    assert "Some <em>more</em>, <math" in markup
    assert "Markdown object" not in markup


def test_pictures_are_shown_as_images_that_run_nothing() -> None:
    hostile = "<svg xmlns='http://www.w3.org/2000/svg' id='main'><script>alert(1)</script></svg>"
    pixels = base64.encodebytes(b"\x89PNG" * 30).decode()
    markup = _shown(
        v4.new_output("display_data", data={"image/svg+xml": hostile, "text/plain": "<SVG>"}),
        v4.new_output(
            "display_data",
            data={"image/png": pixels},
            metadata={"image/png": {"width": 15}},
        ),
    )
    images = [
        image.attrib for image in html5lib.parse(markup, namespaceHTMLElements=False).iter("img")
    ]
    assert [image["alt"] for image in images] == ["Picture without description"] * 2
    assert images[1]["width"] == "15"
    contents = [base64.b64decode(image["src"].partition("base64,")[2]) for image in images]
    assert contents == [hostile.encode(), b"\x89PNG" * 30]
    assert [image["src"].partition(";")[0] for image in images] == [
        "data:image/svg+xml",
        "data:image/png",
    ]
    assert "alert(1)" not in markup


def test_an_error_is_shown_as_nbconvert_shows_it() -> None:
    trace = ["Traceback", f"\x1b[31mValueError\x1b[0m: {HOSTILE}"]
    markup = _shown(v4.new_output("error", ename="ValueError", evalue=HOSTILE, traceback=trace))
    assert f'<span class="ansi-red-fg">ValueError</span>: {_escaped(HOSTILE)}' in markup


def _alone(notebook: Any, folder: Path, caplog: pytest.LogCaptureFixture) -> tuple[str, list[str]]:
    """Export as ``jupyter nbconvert`` does, without a context; give the page and the warnings."""
    exporter = AccordsExporter()
    resources = {"metadata": {"name": "plain", "path": str(folder)}}
    del notebook.metadata["title"]
    with caplog.at_level("WARNING"):
        logging.getLogger("traitlets").propagate = True
        markup, _ = exporter.from_notebook_node(notebook, resources)
    return markup, [record.getMessage() for record in caplog.records]


def test_a_notebook_that_has_not_been_run_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    unrun = _chapter("plain", {})
    unrun.cells[2].outputs = []
    run = _chapter("plain", {})
    run.cells[2].update(outputs=[], execution_count=1)
    for notebook, told in ((run, False), (unrun, True)):
        _, warnings = _alone(notebook, tmp_path, caplog)
        assert any("--execute" in warning for warning in warnings) is told


@pytest.mark.browser
def test_with_a_browser_that_fails_the_charts_are_interactive_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    chapter = _chapter("plain", *({notebooks.PLOTLY: _foreign()} for _ in range(4)))
    markup, warnings = _alone(chapter, tmp_path, caplog)
    assert any(str(broken) in warning for warning in warnings)
    assert markup.count('<figure class="chart"') == 4
    assert '<div class="drawing plate"></div>' in markup
    # A thread that waits for ever would keep the command from ending.
    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPool")]


@pytest.mark.parametrize("asked", [True, False])
def test_a_page_carries_the_records_unless_it_is_told_not_to(
    small: Dataset, tmp_path: Path, asked: bool
) -> None:
    exporter = AccordsExporter(data=str(builders.write(small, tmp_path)), records=asked)
    markup, _ = exporter.from_notebook_node(_chapter("one"))
    assert ('id="agreements"' in markup) is asked
