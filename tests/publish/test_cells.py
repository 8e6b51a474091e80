"""Whatever a notebook holds is on the page as nbconvert shows it, or is named with its cell."""

from __future__ import annotations

import base64
import logging
import re
from pathlib import Path
from typing import Any

import html5lib
import pandas as pd
import pytest
from nbformat import NotebookNode, v4, write

from accords.publish import page
from accords.publish.exporter import AccordsExporter, mathml
from accords.publish.notebooks import PLOTLY
from accords.publish.page import Context

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveW"
    "kH6oAAAAAElFTkSuQmCC"
)
"""A small PNG."""


@pytest.fixture(autouse=True)
def _small_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the page carries of Plotly is no matter here, and long to read."""
    (bundle := tmp_path / "plotly.js.gz").write_bytes(b"plotly")
    monkeypatch.setattr(page, "BUNDLE", bundle)


def _shown(*data: dict[str, Any]) -> NotebookNode:
    """A code cell that shows something."""
    outputs = [v4.new_output("display_data", data=each) for each in data]
    return v4.new_code_cell("show()", outputs=outputs)


def _printed(text: str) -> NotebookNode:
    return v4.new_code_cell("x", outputs=[v4.new_output("stream", name="stdout", text=text)])


def _export(*cells: NotebookNode, folder: Path | None = None, **options: Any) -> str:
    """Export cells as one notebook; return what stands between the page's head and its end."""
    metadata = {"name": "plain", "path": str(folder or "")}
    exporter = AccordsExporter(**options)
    exporter.context = Context(dataset=None, pictures={}, records={})
    markup, _ = exporter.from_notebook_node(v4.new_notebook(cells=[*cells]), {"metadata": metadata})
    html5lib.HTMLParser(strict=True).parse(markup)
    return markup[markup.index("<main") : markup.index("</main>")]


def _text(markup: str) -> str:
    return "".join(html5lib.parse(markup, namespaceHTMLElements=False).itertext())


def test_an_empty_notebook_says_so() -> None:
    assert "The notebook is empty." in _export()


def test_each_of_several_first_headings_is_a_section() -> None:
    main = _export(*map(v4.new_markdown_cell, ("# One\n\nfirst", "# Two\n\n## Part", "# Three")))
    ranks = re.findall(r"<h(\d)[^>]*>([^<]+)</h", main)
    assert ranks == [("3", "One"), ("3", "Two"), ("4", "Part"), ("3", "Three")]
    assert "first" in main


def test_no_rank_of_headings_is_left_out() -> None:
    cells = v4.new_markdown_cell("# Title"), v4.new_markdown_cell("### Part\n\n##### Detail")
    assert re.findall(r"<h(\d) id", _export(*cells)) == ["2", "3", "4"]


def test_one_first_heading_is_the_chapter_s_title() -> None:
    main = _export(v4.new_markdown_cell("# A *title*\n\n## Part"))
    assert "A <em>title</em></h2>" in main
    assert main.count("title</em>") == 1
    assert '<h3 id="chapter-plain-part">' in main


@pytest.mark.parametrize("heading", ["Müqavilələr", "الاتفاقيات", "Договоры и 合意"])
def test_a_heading_in_any_script_has_an_id_that_a_link_finds(heading: str) -> None:
    anchor = heading.replace(" ", "-")
    main = _export(v4.new_markdown_cell(f"## {heading}\n\n[there](#{anchor})"))
    tree = html5lib.parse(main, namespaceHTMLElements=False)
    (found,) = tree.iter("h3")
    (link,) = [a for a in tree.iter("a") if a.text == "there"]
    assert link.get("href") == f"#{found.get('id')}"
    assert found.get("id").startswith("chapter-plain-")


def test_two_headings_of_one_name_have_two_ids() -> None:
    main = _export(v4.new_markdown_cell("## Notes"), v4.new_markdown_cell("## Notes"))
    ids = re.findall(r'<h3 id="([^"]+)"', main)
    assert len(set(ids)) == 2


def test_an_id_of_a_notebook_is_its_own_and_what_refers_to_it_follows() -> None:
    source = (
        '<a id="evidence"></a><a href="#evidence">there</a> <a href="#records">page</a>'
        '<label for="q">Q</label><input id="q">'
    )
    main = _export(v4.new_markdown_cell(source))
    assert 'id="evidence"' not in main
    assert 'id="chapter-plain-evidence"' in main
    assert 'href="#chapter-plain-evidence"' in main
    assert 'href="#records"' in main
    assert 'for="chapter-plain-q"' in main


@pytest.mark.parametrize(
    "left_open", ["<div hidden>\n\nnote", "<textarea>", "<table><tr><td>", "<!-- ", "<b>", "</div>"]
)
def test_what_a_cell_leaves_open_ends_with_it(left_open: str) -> None:
    main = _export(v4.new_markdown_cell(left_open), v4.new_markdown_cell("## After\n\nVISIBLE"))
    tree = html5lib.parse(main, namespaceHTMLElements=False)
    section = next(tree.iter("section"))
    assert [child.tag for child in section][-2:] == ["h3", "p"]
    assert "VISIBLE" in "".join(section[-1].itertext())


def test_markdown_between_tags_stays_between_them() -> None:
    main = _export(v4.new_markdown_cell('<div class="alert">\n\n*inside*\n\n</div>\n\noutside'))
    box = re.search(r'<div class="alert">(.*?)</div>', main, re.DOTALL)
    assert box is not None
    assert "<em>inside</em>" in box[1]
    assert "outside" not in box[1]


@pytest.mark.parametrize("source", ["![local](pic.png)", '<img src="pic.png" alt="local">'])
def test_a_picture_beside_the_notebook_is_in_the_page(tmp_path: Path, source: str) -> None:
    (tmp_path / "pic.png").write_bytes(base64.b64decode(PIXEL))
    main = _export(v4.new_markdown_cell(source), folder=tmp_path)
    assert f'src="data:image/png;base64,{PIXEL}"' in main
    assert 'alt="local"' in main


def test_an_attachment_is_in_the_page() -> None:
    cell = v4.new_markdown_cell("![pasted](attachment:a.png)")
    cell["attachments"] = {"a.png": {"image/png": PIXEL}}
    assert f'src="data:image/png;base64,{PIXEL}"' in _export(cell)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("![far](https://example.org/x.png)", "picture"),
        ("![gone](gone.png)", "picture"),
        ("![pasted](attachment:gone.png)", "picture"),
        ('<iframe src="https://example.org/"></iframe>', "another page"),
        ("<script>alert(1)</script>", "script"),
    ],
)
def test_what_the_page_cannot_carry_is_named_with_its_cell(
    source: str, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("traitlets").propagate = True
    main = _export(v4.new_markdown_cell("first"), v4.new_markdown_cell(source))
    assert re.search(rf'class="notice">plain\.ipynb: cell 2 shows .*{named}', main)
    assert f"{named}" in caplog.text
    assert "alert(1)" not in main


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (
            {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Slider"},
            "widget",
        ),
        ({"application/javascript": "alert(1)", "text/plain": "<Javascript>"}, "script"),
        ({"application/geo+json": {}}, r"application/geo\+json"),
        ({"text/html": "<div></div><script>Plotly.newPlot()</script>"}, "script"),
    ],
)
def test_an_output_that_no_page_shows_is_named_with_its_cell(
    data: dict[str, Any], named: str
) -> None:
    assert re.search(rf'class="notice">plain\.ipynb: cell 1 shows .*{named}', _export(_shown(data)))


def test_colours_of_a_terminal_are_marked() -> None:
    main = _export(_printed("\x1b[31mred\x1b[0m plain"))
    assert '<span class="ansi-red-fg">red</span> plain' in main


def test_characters_that_no_page_can_hold_are_no_failure() -> None:
    main = _export(_printed("half \ud83d of one, a\bb"))
    assert "half \N{REPLACEMENT CHARACTER} of one, ab" in main


def test_a_warning_is_shown() -> None:
    warned = v4.new_output("stream", name="stderr", text="Beware")
    assert "Beware" in _export(v4.new_code_cell("x", outputs=[warned]))


def test_a_raw_cell_for_pages_is_shown_and_one_for_another_format_is_not() -> None:
    html_cell, latex = v4.new_raw_cell("<b>raw</b>"), v4.new_raw_cell("\\section{x}")
    html_cell.metadata["raw_mimetype"] = "text/html"
    latex.metadata["raw_mimetype"] = "text/latex"
    main = _export(html_cell, latex)
    assert "<b>raw</b>" in main
    assert "section{x}" not in main


def test_latex_is_mathml_and_what_cannot_be_read_stays_source() -> None:
    main = _export(
        v4.new_markdown_cell("$x_1^2 < 5$\n\n$$\\frac{1}{2}$$"), _shown({"text/latex": "$$e^x$$"})
    )
    assert main.count("<math") == 3
    assert main.count('display="block"') == 2
    assert "$" not in main
    assert mathml(r"$\left( a$") == r"<code>$\left( a$</code>"


def test_without_input_no_code_is_disclosed() -> None:
    cell = _printed("shown")
    cell.source = "password = 'x'"
    assert "password" in _export(cell)
    main = _export(cell, exclude_input=True)
    assert "password" not in main
    assert "shown" in main


@pytest.mark.parametrize("tag", ["analyst", "remove_cell", "remove-cell", "hide-cell"])
def test_a_cell_for_the_analyst_stays_out(tag: str) -> None:
    hidden = _shown({"text/plain": "for me"})
    hidden.metadata["tags"] = [tag]
    main = _export(hidden, _shown({"image/svg+xml": "<svg/>"}), v4.new_markdown_cell("for all"))
    assert "for me" not in main
    assert "for all" in main


def test_code_or_outputs_alone_can_be_hidden() -> None:
    without_code, without_output = _shown({"text/plain": "first"}), _shown({"text/plain": "second"})
    without_code.source, without_output.source = "code one", "code two"
    without_code.metadata["tags"] = ["hide-input"]
    without_output.metadata["tags"] = ["remove_output"]
    text = _text(_export(without_code, without_output))
    assert "first" in text
    assert "code two" in text
    assert "second" not in text
    assert "code one" not in text


def test_a_chart_that_readers_do_not_see_is_not_drawn() -> None:
    hidden = _shown({PLOTLY: {"data": [{"y": [1]}], "layout": {}}})
    hidden.metadata["tags"] = ["analyst"]
    assert "<figure" not in _export(hidden)


def test_a_place_counts_the_cells_of_the_notebook_and_not_those_shown() -> None:
    hidden = v4.new_markdown_cell("x")
    hidden.metadata["tags"] = ["analyst"]
    assert "plain.ipynb: cell 2 shows" in _export(
        hidden, _shown({"text/html": "<script></script>"})
    )


def test_a_style_ends_with_its_chapter_and_its_table_stands_on_a_light_ground() -> None:
    styled = pd.DataFrame({"a": [1, 2]}).style.highlight_max(color="yellow").to_html()
    main = _export(_shown({"text/html": styled}))
    style = re.search(r"<style[^>]*>\s*(.*?)</style>", main, re.DOTALL)
    assert style is not None
    assert style[1].startswith("@scope (#chapter-plain) {")
    (named,) = set(re.findall(r"#(chapter-plain-\w+)", style[1]))
    assert f'id="{named}"' in main
    assert '<div class="plate">' in main
    assert '<div class="plate">' not in _export(_shown({"text/html": "<table></table>"}))


def test_how_things_look_in_jupyterlab_stays_there() -> None:
    style = "<style>body[data-jp-theme-light=false] p{color:red}</style>"
    main = _export(_shown({"text/html": style}))
    assert "<style>" not in main
    assert "plate" not in main


def test_a_table_of_any_width_can_be_scrolled_to_its_last_column() -> None:
    wide = "".join(f"<td>{n}</td>" for n in range(40))
    main = _export(_shown({"text/html": f"<table><tr>{wide}</tr></table>"}))
    assert re.search(r'<div [^>]*class="scroll"[^>]*tabindex="0"><table>.*39</td>', main)


def test_an_output_without_metadata_is_shown(tmp_path: Path) -> None:
    notebook = v4.new_notebook(cells=[_shown({"image/png": PIXEL})])
    del notebook.cells[0].outputs[0]["metadata"]
    file = tmp_path / "plain.ipynb"
    write(notebook, file)
    exporter = AccordsExporter()
    exporter.context = Context(dataset=None, pictures={}, records={})
    assert PIXEL in exporter.from_filename(str(file))[0]


def test_the_title_of_a_notebook_is_text() -> None:
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("text")])
    notebook.metadata["title"] = 'My "report" <i>draft</i>'
    exporter = AccordsExporter()
    exporter.context = Context(dataset=None, pictures={}, records={})
    markup, _ = exporter.from_notebook_node(notebook)
    assert "<i>draft" not in markup
    assert "&lt;i&gt;draft&lt;/i&gt;</title>" in markup


def test_an_animation_keeps_its_frames_and_says_that_the_picture_shows_one() -> None:
    frames = [{"name": f"{n}", "data": [{"y": [n]}]} for n in range(3)]
    main = _export(_shown({PLOTLY: {"data": [{"y": [0]}], "layout": {}, "frames": frames}}))
    assert "first of 3 frames" in main
