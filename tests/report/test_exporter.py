"""The exporter: executed notebooks become one page that is whole, safe and the same each time."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from typing import Any

import html5lib
import pandas as pd
import plotly.graph_objects as go
import pytest
from nbformat import v4

from accords.charts import theme
from accords.dataset import Dataset
from accords.prose import text
from accords.report import notebooks, page
from accords.report.exporter import AccordsExporter, Context
from accords.report.pictures import Picture

HOSTILE = "</script><script>alert(1)</script>"


def _figure(name: str, title: str = "More each year") -> dict[str, Any]:
    def measure() -> None:
        """Count agreements by year."""

    figure = go.Figure(go.Bar(x=[1, 2], y=[3, 4], marker={"color": theme.colour("state-1")}))
    theme.finish(
        figure,
        name=name,
        title=title,
        subtitle="Counted by year",
        alt="Two bars.",
        data=pd.DataFrame({"Year": [2001, 2002], "Note": ["a<b", HOSTILE]}),
        measure=measure,
    )
    figure.layout.meta["function"] = "tests.draw"
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


def _export(*chapters: Any, dataset: Dataset | None = None, static: bool = True) -> str:
    joined = notebooks.join(chapters)
    drawn = {
        page.figure_key(figure): Picture(
            *(
                f'<svg viewBox="0 0 {width} 90"><path d="M0,{width}h9"/></svg>'
                for width in (760, 360)
            )
        )
        for figure in notebooks.figures(joined)
    }
    records = page.records(dataset) if dataset is not None else {}
    exporter = AccordsExporter()
    exporter.context = Context(dataset, pictures=drawn if static else {}, records=records)
    markup, _ = exporter.from_notebook_node(joined)
    return markup


def _blob(markup: str, name: str) -> Any:
    packed = re.search(f'id="{name}">(.*?)</script>', markup)
    assert packed is not None
    return json.loads(gzip.decompress(base64.b85decode(packed[1])))


def test_each_figure_stands_with_title_subtitle_drawing_numbers_and_origin() -> None:
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-rise")}))
    figure = re.search(r"<figure class=chart id=fig-01-rise>.*?</figure>", markup, re.DOTALL)
    assert figure is not None
    for part in (
        *(
            "<h4>More each year</h4>",
            "<p>Counted by year</p>",
            'aria-label="Two bars."',
            "Figure 1",
        ),
        *("<th scope=col>Year", "<td>2001", "Count agreements by year.", "tests.draw"),
        "notebooks/01-a.ipynb",
    ):
        assert part in figure[0]


def test_chapters_are_numbered_but_for_the_key_findings() -> None:
    markup = _export(
        _chapter("00-key-findings", title="Key findings"), _chapter("01-a"), _chapter("02-b")
    )
    heading = r"<h2 id=chapter-(\S+)-title>(?:<span class=no>(\d+)</span> )?"
    numbers = re.findall(heading, markup)
    assert numbers == [("key-findings", ""), ("a", "1"), ("b", "2")]
    for chapter, _ in numbers:
        assert f"<a href=#chapter-{chapter}>" in markup


def test_the_code_is_folded_away_but_present() -> None:
    markup = _export(_chapter("01-a", {"text/html": "<p>x</p>"}))
    code = re.search(r"<details class=code>.*?</details>", markup, re.DOTALL)
    assert code is not None
    assert "show(0)  # &lt;&amp;&gt;" in code[0]


def test_a_number_carries_the_short_set_of_its_rows(small: Dataset) -> None:
    ids = sorted(small.overview.index)
    passage = text.paragraph(text.count([*ids[:3], ids[5]], "agreement")).html
    markup = _export(_chapter("01-a", {"text/html": passage}), dataset=small)
    assert "data-rows" not in markup
    assert "<a href=#evidence data-set=0-2,5>4 agreements</a>" in markup


def test_the_phone_drawings_and_the_live_charts_are_packed_once() -> None:
    chapters = [_chapter(f"0{n}-x", {notebooks.PLOTLY: _figure(f"0{n}-c")}) for n in (1, 2, 3)]
    markup = _export(*chapters)
    assert set(_blob(markup, "narrow-data")) == {"01-c", "02-c", "03-c"}
    charts = _blob(markup, "chart-data")
    assert set(charts["charts"]) == {"01-c", "02-c", "03-c"}
    assert len(charts["templates"]) == 1
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


def test_hostile_text_of_a_chart_is_shown_as_text() -> None:
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-c", title=HOSTILE)}))
    assert HOSTILE not in markup
    assert html.escape(HOSTILE) in markup


def test_without_pictures_the_numbers_stand_open_and_the_page_says_so_once() -> None:
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-c")}), static=False)
    assert markup.count("No browser was there") == 1
    assert "<details open>\n<summary>Data and method" in markup


def test_the_page_is_valid_and_has_one_first_heading(small: Dataset) -> None:
    chapter = _chapter("01-a", {notebooks.PLOTLY: _figure("01-c")}, {"text/html": "<p>x</p>"})
    markup = _export(chapter, dataset=small)
    html5lib.HTMLParser(strict=True).parse(markup)
    assert markup.count("<h1>") == 1
    ids = re.findall(r'\sid="?([^\s">]+)', markup)
    assert len(ids) == len(set(ids))


def test_the_same_input_gives_the_same_bytes(small: Dataset) -> None:
    def export() -> str:
        return _export(_chapter("01-a", {notebooks.PLOTLY: _figure("01-c")}), dataset=small)

    assert export() == export()


def test_a_data_frame_loses_the_looks_of_the_notebook() -> None:
    frame = pd.DataFrame({"a": [1]})._repr_html_()
    markup = _export(_chapter("01-a", {"text/html": frame, "text/plain": "a"}))
    assert "dataframe" not in markup
    assert "scoped" not in markup
    assert "<table class=data>" in markup


def test_in_a_long_table_an_agreement_stands_by_its_identifier() -> None:
    rows = [["Treaty of Friendship" if n % 2 else "Other", n] for n in range(page.LONG + 1)]
    meta = {"data": {"columns": ["Agreement", "n"], "rows": rows}}
    known = {"Treaty of Friendship": "aze-xyz-1992"}
    figure = page.Figure("f", 1, 3, meta, None, "n", known)
    assert figure.listed == []
    assert "<td>aze-xyz-1992<td>7" in figure.table
    meta["data"]["rows"] = rows[:4]
    assert "<td>Treaty of Friendship<td>3" in figure.table


def test_a_long_table_that_lists_agreements_is_told_once(small: Dataset) -> None:
    ids = sorted(small.overview.index)
    titles = [small.overview["title"][ids[n % len(ids)]] for n in range(page.LONG + 1)]
    drawn = _figure("01-c")
    drawn["layout"]["meta"]["data"] = {"columns": ["Agreement"], "rows": [[t] for t in titles]}
    markup = _export(_chapter("01-a", {notebooks.PLOTLY: drawn}), dataset=small)
    assert f">{page.LONG + 1} rows</a>" in markup
    columns, rows = _blob(markup, "chart-data")["tables"]["01-c"]
    assert columns == ["Agreement"]
    assert {row[0] for row in rows} == set(ids)


def test_jupyter_finds_the_exporter_by_its_name() -> None:
    from nbconvert.exporters import get_exporter

    assert get_exporter("accords") is AccordsExporter


@pytest.mark.parametrize("focus", [("AZE",), ("AZE", "MAR")])
def test_the_report_is_named_after_its_states(small: Dataset, focus: tuple[str, ...]) -> None:
    from dataclasses import replace

    names = [small.party_names[state] for state in focus]
    assert page.report_title(replace(small, focus=focus)).endswith(" and ".join(names))


def test_quotes_that_html_does_not_need_are_left_out_and_nothing_else() -> None:
    markup = """<p class="a" title="x > y"><a href="x/">t="u"</a><img alt="" src="z"/>
    <script type="a">if (a < "b") c="d" ;</script><i data-x='k="v" ' id="w">1</i>"""
    lean = page.lean(markup)
    assert "<p class=a " in lean
    assert 'c="d" ;' in lean
    before, after = (
        [(e.tag, e.attrib, e.text, e.tail) for e in html5lib.parse(text).iter()]
        for text in (markup, lean)
    )
    assert before == after
