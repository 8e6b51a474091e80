"""Drawings are lean, reproducible, coloured by name, and fit to stand alone as files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from lxml import etree

from accords.charts import theme
from accords.publish import browser, pictures, svg

DRAWN = """<svg class="main-svg" xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink" width="760" height="420" style="" viewBox="0 0 760 420">
<rect x="0" y="0" width="760" height="420" style="fill: rgb(0, 0, 0); fill-opacity: 0;"/>
<defs id="defs-{salt}"><g class="clips"><clipPath id="clip{salt}xyplot" class="plotclip">
<rect width="600" height="240"/></clipPath><clipPath id="unused{salt}"><rect width="1" height="1"/>
</clipPath></g><g class="gradients"/></defs>
<g class="draglayer"><rect width="9" height="9" style="fill: rgb(1, 2, 3);"/></g>
<g class="plot" transform="translate(80,100)" clip-path="url(#clip{salt}xyplot)">
<path class="point" transform="translate(10.04,20.06)" d="M3,0A3,3 0 1,1 0,-3A3,3 0 0,1 3,0Z"
 style="opacity: 1; stroke-width: 0px; fill: rgb(0, 114, 178); fill-opacity: 1;"/></g>
<text x="10" y="20" style="font-family: Arial; font-size: 12px; fill: rgb(27, 31, 35);
 white-space: pre;">A &amp; B</text></svg>"""


def test_theme_colours_become_variables() -> None:
    drawing = svg.lean(DRAWN.format(salt="a1"))
    assert 'fill="var(--state-1)"' in drawing
    assert 'fill="var(--ink)"' in drawing
    assert "rgb(" not in drawing


def test_ids_come_from_the_content_and_not_from_chance() -> None:
    first, second = svg.lean(DRAWN.format(salt="a1")), svg.lean(DRAWN.format(salt="ff"))
    assert first == second
    other = svg.lean(DRAWN.format(salt="a1").replace("A &amp; B", "C"))
    ids = [set(re.findall(r'id="([^"]+)"', drawing)) for drawing in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_every_reference_in_a_drawing_is_answered() -> None:
    drawing = svg.lean(DRAWN.format(salt="a1"))
    assert set(re.findall(r"url\(#([^)]+)\)", drawing)) <= set(re.findall(r'id="(.+?)"', drawing))


def test_what_is_for_a_pointer_is_left_out_and_what_is_seen_stays() -> None:
    drawing = svg.lean(DRAWN.format(salt="a1"))
    assert "class=" not in drawing
    assert "#010203" not in drawing
    assert "A &amp; B" in drawing
    assert 'transform="translate(10,20.1)"' in drawing


def test_a_lean_drawing_is_well_formed() -> None:
    etree.fromstring(svg.lean(DRAWN.format(salt="a1")))


FILLED = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="9" height="9" viewBox="0 0 9 9"><defs>
<pattern id="p{salt}" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0,0l8,8"
 style="stroke: rgb(1, 2, 3);"/></pattern>
<linearGradient id="g{salt}" x1="0" x2="0" y1="1" y2="0"><stop offset="12.345%"
 stop-color="rgb(4, 5, 6)" stop-opacity="0.25"/></linearGradient></defs>
<rect width="9" height="9" style="fill: url('#p{salt}');"/>
<rect width="9" height="9" style="fill: url(&quot;#g{salt}&quot;);"/>
<image xlink:href="data:image/png;base64,AA==" width="3" height="3"
 preserveAspectRatio="none" style="image-rendering: pixelated;"/></svg>"""


def test_patterns_gradients_and_images_stay_what_they_are() -> None:
    drawing = svg.lean(FILLED.format(salt="ab12"))
    root = etree.fromstring(drawing.replace("<svg", f'<svg xmlns="{svg.SVG}"', 1))
    pattern, gradient, image = (
        next(root.iter(f"{{{svg.SVG}}}{name}")) for name in ("pattern", "linearGradient", "image")
    )
    assert pattern.get("patternUnits") == "userSpaceOnUse"
    assert pattern[0].get("stroke") == "#010203"
    assert dict(gradient[0].attrib) == {
        "offset": "12.345%",
        "stop-color": "#040506",
        "stop-opacity": "0.25",
    }
    assert image.get("href") == "data:image/png;base64,AA=="
    assert image.get("preserveAspectRatio") == "none"
    fills = [rect.get("fill") for rect in root.iter(f"{{{svg.SVG}}}rect")]
    for fill, element in zip(fills, (pattern, gradient), strict=True):
        assert re.fullmatch(rf"""url\(["']?#{element.get("id")}["']?\)""", fill or "")
    assert drawing == svg.lean(FILLED.format(salt="ff00"))


def test_a_character_that_xml_cannot_hold_is_left_out() -> None:
    assert "AB" in svg.lean(DRAWN.format(salt="a1").replace("A &amp; B", "A\bB"))


def test_a_font_other_than_the_theme_s_stays() -> None:
    drawing = svg.lean(DRAWN.format(salt="a1"))
    assert 'font-family="Arial"' in drawing
    house = f"font-family: {theme.FONT};"
    assert "font-family" not in svg.lean(
        DRAWN.format(salt="a1").replace("font-family: Arial;", house)
    )


def _figure(height: int = 400) -> dict[str, Any]:
    """A chart as the house draws it."""
    meta = {
        "title": 'Five are "more" than <four> & three',
        "subtitle": "Agreements a year, n = 9.",
        "alt": "A line that rises.",
        "narrow": {"height": 300, "margin": {"l": 30}},
    }
    layout = {"template": "accords", "height": height, "title": {"text": "Five"}, "meta": meta}
    line = {"type": "scatter", "x": [1, 2, 3], "y": [2, 1, 3]}
    return go.Figure({"data": [line], "layout": layout}).to_plotly_json() | {
        "layout": go.Layout(layout).to_plotly_json()
    }


def test_a_drawing_has_no_title_and_is_as_wide_as_a_desk_or_a_phone() -> None:
    wide = pictures.untitled(_figure(), narrow=False)
    narrow = pictures.untitled(_figure(), narrow=True)
    assert "title" not in wide["layout"]
    assert (wide["layout"]["width"], wide["layout"]["height"]) == (theme.WIDE, 400)
    assert (narrow["layout"]["width"], narrow["layout"]["height"]) == (theme.NARROW, 300)
    assert narrow["layout"]["margin"]["l"] == 30


def test_a_phone_s_layout_is_changed_as_plotly_itself_would_change_it() -> None:
    changes = {
        "height": 300,
        "margin": {"l": 30},
        "xaxis": {"title": {"text": "Year"}, "range": [0, 4]},
        "annotations": [{}, {"x": 0.5, "font": {"size": 10}}, {"text": "third"}],
    }
    figure = _figure()
    figure["layout"] |= {
        "margin": {"l": 8, "r": 9},
        "xaxis": {"title": {"text": "Y", "standoff": 4}, "range": [1, 9]},
        "annotations": [{"text": "first"}, {"text": "second", "font": {"color": "red"}}],
    }
    figure["layout"]["meta"]["narrow"] = changes
    expected = go.Layout(figure["layout"]).update(changes).to_plotly_json()
    narrow = pictures.untitled(figure, narrow=True)["layout"]
    for name in changes:
        assert narrow[name] == expected[name]


PICTURE = '<svg viewBox="0 40 760 300"><path d="M0,50h9" stroke="var(--ink)"/></svg>'


def test_a_file_carries_title_subtitle_source_and_the_light_colours() -> None:
    meta = _figure()["layout"]["meta"]
    root = etree.fromstring(pictures.titled(PICTURE, meta, "Source: here.").encode())
    texts = [text.text for text in root.iter(f"{{{svg.SVG}}}text")]
    assert texts == [meta["title"], meta["subtitle"], "Source: here."]
    assert root.findtext(f"{{{svg.SVG}}}desc") == meta["alt"]
    written = etree.tostring(root, encoding="unicode")
    assert "var(" not in written
    assert theme.colour("ink") in written


class _CountingBrowser:
    """Stands in for the browser and counts what it draws."""

    version = "1"

    def __init__(self) -> None:
        self.drawn = 0

    async def draw(self, figure: dict[str, Any]) -> tuple[str, float, float]:
        self.drawn += 1
        return DRAWN.format(salt=f"{self.drawn:02x}"), 30.0, 390.0


def test_only_what_changed_is_drawn_again(tmp_path: Path) -> None:
    counting = _CountingBrowser()
    for height, drawn in ((400, 2), (400, 2), (410, 3)):
        studio = pictures.Pictures(counting, tmp_path)  # type: ignore[arg-type]
        picture = browser.completed(studio.picture(_figure(height)))
        # A change of the height at a desk leaves the drawing for a phone as it was.
        assert counting.drawn == drawn
        assert picture
        assert picture.wide.startswith("<svg")


def test_what_a_title_would_take_is_cut_off(tmp_path: Path) -> None:
    studio = pictures.Pictures(_CountingBrowser(), tmp_path)  # type: ignore[arg-type]
    picture = browser.completed(studio.picture(_figure()))
    assert picture is not None
    assert svg.view_box(picture.wide) == (0, 30 - pictures.MARGIN, 760, 399 - 22)


@pytest.mark.browser
def test_drawings_and_files_of_a_real_browser_are_the_same_each_time(tmp_path: Path) -> None:
    found = browser.find()
    if found is None:
        pytest.skip("no Chrome, Chromium or Edge on this machine")
    figure = _figure()
    figure["layout"]["meta"]["name"] = "five"

    async def drawn() -> list[pictures.Chart]:
        async with browser.Browser(found) as running:
            studios = [pictures.Pictures(running, tmp_path / name) for name in ("one", "two")]
            return [await studio.chart(figure, "Source: here.") for studio in studios]

    chart, again = browser.completed(drawn())
    assert chart == again
    first, markup = chart.files["five.png"], chart.files["five.svg"].decode()
    # The PNG is twice as large.
    width, height = int.from_bytes(first[16:20]), int.from_bytes(first[20:24])
    assert width == 2 * (theme.WIDE + 32)
    assert height == 2 * svg.view_box(markup)[3]


def test_a_browser_without_a_request_is_never_opened(tmp_path: Path) -> None:
    async def unused() -> None:
        async with browser.Browser(str(tmp_path / "no such browser")):
            pass

    browser.completed(unused())


@pytest.mark.browser
def test_a_browser_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)

    async def drawn() -> None:
        async with browser.Browser(str(broken)) as running:
            await running.draw({"data": [], "layout": {"width": 9, "height": 9}})

    with pytest.raises(browser.BrowserError, match=str(broken)):
        browser.completed(drawn())


def test_a_browser_named_by_hand_goes_before_all_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "chrome"
    named.touch()
    monkeypatch.setenv("BROWSER_PATH", str(named))
    assert browser.find() == str(named)
    named.unlink()
    assert browser.find() is None
