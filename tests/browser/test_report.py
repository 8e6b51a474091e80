"""The built report in a real browser: with and without scripts, offline, on a phone, for all."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from accords.analysis.time import contracts
from accords.dataset import Dataset

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True}


UNDO = """async () => {
  document.querySelector("[aria-live=polite].away").textContent = "";
  location.hash = "";
  if (!document.querySelector(".explore[hidden]")) return;
  const button = document.querySelector("#live-switch");
  do button.click(); while (button.getAttribute("aria-pressed") === "true");
  // Released, it makes each chart still, in turns that it takes when the page has time.
  for (const _ of document.querySelectorAll("figure.chart"))
    await new Promise(done => requestIdleCallback(done, {timeout: 500}));
}"""
"""Gives the page back as it was opened."""


class Reader:
    """A page opened offline, with all that it said and asked for."""

    def __init__(self, chromium: Any, report: Path, **options: Any) -> None:
        self.options = DESK | options
        self.context = chromium.new_context(**self.options)
        self.context.set_offline(True)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(report.as_uri())

    def undo(self) -> None:
        """Take back what a test did to the page."""
        self.page.emulate_media(media="screen")
        self.page.set_viewport_size(self.options["viewport"])
        if self.options.get("java_script_enabled", True):
            # Above all charts: one that lies under the pointer becomes live.
            self.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
            self.page.mouse.move(0, 0)
            self.page.evaluate(UNDO)
            until(self.page, "!document.querySelector('.live, .making')")
        assert self.said == []


@pytest.fixture(scope="module")
def readers(chromium: Any, report: Path) -> Iterator[Callable[..., Reader]]:
    """Open the report once for each set of options: it takes longer than most tests."""
    opened: dict[str, Reader] = {}

    def reader(**options: Any) -> Reader:
        name = json.dumps(DESK | options, sort_keys=True)
        if name not in opened:
            opened[name] = Reader(chromium, report, **options)
        return opened[name]

    yield reader
    for each in opened.values():
        each.context.close()


@pytest.fixture
def read(readers: Callable[..., Reader]) -> Iterator[Callable[..., Reader]]:
    """Give the report as it was opened; what the test does to it is undone."""
    used: list[Reader] = []

    def reader(**options: Any) -> Reader:
        used.append(readers(**options))
        return used[-1]

    yield reader
    for each in used:
        each.undo()


@pytest.fixture
def read_alone(chromium: Any, report: Path) -> Iterator[Callable[..., Reader]]:
    """Open the report for one test, which does to it what cannot be undone."""
    opened: list[Reader] = []

    def reader(**options: Any) -> Reader:
        opened.append(Reader(chromium, report, **options))
        return opened[-1]

    yield reader
    for each in opened:
        each.context.close()


def until(page: Any, condition: str, seconds: float = 120) -> None:
    """Wait for a condition; asked from outside, for the page's policy forbids to evaluate text."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(100)


def test_without_scripts_every_chart_and_table_is_there(read: Any, report: Path) -> None:
    page = read(java_script_enabled=False).page
    pictures = len(list((report.parent / "figures").glob("*.svg")))
    assert pictures > 10
    assert page.locator("figure.chart .drawing > svg[role=img][aria-label]").count() == pictures
    bare = page.locator("figure.chart:not(:has(details tbody tr))")
    assert bare.evaluate_all("figures => figures.map(figure => figure.id)") == []
    assert page.locator("#evidence tbody tr").count() > 400
    assert page.locator("#agreements article").count() > 400
    assert page.locator("button:visible").count() == 0


def test_the_brief_prints_by_itself(read: Any) -> None:
    page = read().page
    part = "document.documentElement.dataset.print"
    page.evaluate(f"window.print = () => {{ window.printed = {part}; }}")
    page.locator("#print-brief").click()
    assert page.evaluate("window.printed") == "brief"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(f"{part} ?? 'all'") == "all"


def test_the_page_asks_nothing_of_the_network_and_breaks_no_policy(read: Any) -> None:
    reader = read()
    reader.page.locator("#live-switch").click()
    until(
        reader.page,
        "document.querySelectorAll('.js-plotly-plot').length"
        " === document.querySelectorAll('figure.chart').length",
    )
    assert reader.said == []
    assert [url for url in reader.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_a_chart_comes_alive_under_the_pointer_and_tells_its_points(read: Any) -> None:
    page = read().page
    figure = page.locator("figure.chart:has(.drawing)").first
    figure.scroll_into_view_if_needed()
    figure.locator(".drawing").hover()
    figure.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert page.locator(".js-plotly-plot").count() == 1
    mark = figure.locator(".points path, .point path").first
    mark.hover(force=True)
    figure.locator(".hoverlayer .hovertext").first.wait_for()


def test_a_chart_comes_alive_from_the_keyboard_and_is_read_point_by_point(read: Any) -> None:
    page = read().page
    page.get_by_role("button", name="Figure 1: Explore the chart").focus()
    page.keyboard.press("Enter")
    live = page.locator("figure.chart .live").first
    live.wait_for()
    until(page, "document.activeElement.classList.contains('live')")
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('[aria-live=polite].away').textContent !== ''")
    page.locator(".hoverlayer .hovertext").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".hoverlayer .hovertext").first.wait_for(state="detached")
    stops = "[...document.querySelectorAll('#fig-01-accord-life .drawing, #fig-01-accord-life"
    stops += (
        " .drawing :is(button, [tabindex])')].filter(e => e.checkVisibility() && e.tabIndex >= 0)"
    )
    assert page.evaluate(f"{stops}.length") == 1


@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "phone"])
def test_the_way_into_each_chart_is_seen(read: Any, options: dict[str, Any]) -> None:
    page = read(**options).page
    figures = page.locator("figure.chart:not(.still)")
    buttons = figures.get_by_role("button", name="Explore the chart")
    assert buttons.count() == figures.count() > 10
    button = figures.nth(1).locator(".explore")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    button.tap() if "has_touch" in options else button.click()
    figures.nth(1).locator(".main-svg").first.wait_for()
    assert not button.is_visible()


def test_the_page_answers_between_two_charts_that_become_live(read: Any) -> None:
    page = read().page
    page.evaluate(
        """() => {
          window.seen = new Set();
          const look = () => seen.add(document.querySelectorAll(".js-plotly-plot").length);
          window.looking = setInterval(look, 0);
        }"""
    )
    charts = page.locator("figure.chart:not(.still)").count()
    page.locator("#live-switch").click()
    until(page, f"document.querySelectorAll('.js-plotly-plot').length === {charts}")
    page.wait_for_timeout(100)
    page.evaluate("clearInterval(looking)")
    assert page.evaluate("[...seen].sort((a, b) => a - b)") == list(range(charts + 1))


def test_lines_of_a_label_are_spoken_apart_and_silent_points_passed_over(read: Any) -> None:
    page = read().page
    said = "document.querySelector('[aria-live=polite].away').textContent"
    for figure in ("01-accord-voices", "04-ranked"):
        page.evaluate(f"{said} = ''")
        page.locator(f"#fig-{figure} .drawing").click()
        page.locator(f"#fig-{figure} .js-plotly-plot .main-svg").first.wait_for()
        page.locator(f"#fig-{figure} .live").focus()
        page.keyboard.press("ArrowRight")
        until(page, f"{said} !== ''")
        lines = page.locator(f"#fig-{figure} .hoverlayer .line").all_text_contents()
        assert all(line in page.evaluate(said).split(", ") or ", " in line for line in lines)


def test_the_keyboard_reads_every_panel_and_opens_the_agreement_of_a_point(
    read: Any, dataset: Dataset
) -> None:
    page = read().page
    said = "document.querySelector('[aria-live=polite].away').textContent"
    page.locator("#fig-02-contract-values .drawing").click()
    page.locator("#fig-02-contract-values .js-plotly-plot .main-svg").first.wait_for()
    page.locator("#fig-02-contract-values .live").focus()
    # Backwards from the first point: the last panel's points come first.
    page.keyboard.press("ArrowLeft")
    last = contracts(dataset)["currency"].value_counts().index[-1]
    until(page, f"{said}.includes(' {last}')")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('article:target') !== null")


def test_a_tap_moves_no_axis(read: Any) -> None:
    page = read(**PHONE).page
    ranges = """figure => Object.entries(figure.querySelector('.js-plotly-plot')._fullLayout)
        .filter(([name]) => /^[xy]axis/.test(name)).map(([, axis]) => [...axis.range])"""
    figure = page.locator("#fig-02-rates")
    figure.locator(".drawing").tap()
    figure.locator(".live").wait_for()
    before = figure.evaluate(ranges)
    figure.locator(".nsewdrag").first.tap(force=True)
    page.wait_for_timeout(500)
    assert figure.evaluate(ranges) == before


def test_a_live_chart_is_as_wide_as_its_place_and_prints_as_its_drawing(read_alone: Any) -> None:
    page = read_alone().page
    drawing = page.locator("figure.chart .drawing").first
    drawing.click()
    drawing.locator(".main-svg").first.wait_for()
    page.set_viewport_size({"width": 700, "height": 900})
    until(
        page,
        "document.querySelector('.js-plotly-plot').getBoundingClientRect().width"
        " <= document.querySelector('.drawing').clientWidth",
    )
    page.emulate_media(media="print")
    assert drawing.locator("> svg").is_visible()
    assert not drawing.locator(".live").is_visible()


def test_the_switch_keeps_the_focus_and_switches_back(read_alone: Any) -> None:
    page = read_alone().page
    switch = page.locator("#live-switch")
    switch.press("Enter")
    page.locator(".live").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "live-switch"
    switch.press("Enter")
    until(page, "!document.querySelector('.live')")
    assert switch.get_attribute("aria-pressed") == "false"
    assert page.locator("figure.chart .drawing > svg").first.is_visible()


def test_a_live_chart_stands_where_its_drawing_stood(read: Any) -> None:
    page = read().page
    drawing = page.locator("figure.chart .drawing").first
    drawing.scroll_into_view_if_needed()
    before = drawing.bounding_box()
    drawing.click()
    drawing.locator(".js-plotly-plot .main-svg").first.wait_for()
    after = drawing.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] == pytest.approx(before["height"], abs=2)
    assert after["width"] == before["width"]


def test_live_charts_follow_the_colours_of_the_page(read_alone: Any) -> None:
    page = read_alone().page
    drawing = page.locator("figure.chart .drawing").first
    drawing.click()
    drawing.locator(".js-plotly-plot .main-svg").first.wait_for()
    colour = "getComputedStyle(document.querySelector('.js-plotly-plot .main-svg text')).fill"
    light = page.evaluate(colour)
    for _ in range(2):
        page.locator("#theme-switch").click()
    assert page.locator("#theme-name").inner_text() == "dark"
    until(page, f"{colour} !== {json.dumps(light)}")


def test_colours_that_the_system_forces_go_before_the_page_s_switch(read_alone: Any) -> None:
    page = read_alone(color_scheme="dark").page
    token = "getComputedStyle(document.documentElement).getPropertyValue('--scale-1')"
    expected = page.evaluate(token)
    page.locator("#theme-switch").click()
    assert page.evaluate(token) != expected
    page.emulate_media(forced_colors="active", color_scheme="dark")
    assert page.evaluate(token) == expected
    assert not page.locator("#theme-switch").is_visible()
    ink = "getComputedStyle(document.querySelector('.drawing text')).fill"
    assert page.evaluate(ink) == page.evaluate("getComputedStyle(document.body).color")


def test_on_a_phone_nothing_but_a_region_scrolls_sideways(read: Any) -> None:
    page = read(**PHONE).page
    until(page, "document.querySelector('.drawing > svg').getAttribute('width') === '360'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_a_phone_scrolls_a_drawing_and_not_the_page(read: Any) -> None:
    page = read(java_script_enabled=False).page
    page.set_viewport_size(PHONE["viewport"])
    assert page.locator("html").evaluate("root => root.scrollWidth") <= 360


def test_a_number_in_the_text_leads_to_the_rows_that_it_counts(read: Any) -> None:
    page = read().page
    link = page.locator("main a[data-set]").first
    rows = link.get_attribute("data-set")
    link.click()
    assert page.evaluate("location.hash") == f"#rows={rows}"
    page.locator("#evidence tbody tr:visible").first.wait_for()
    assert page.locator("#evidence tbody tr:visible").count() < 400


def test_the_data_and_picture_of_a_chart_can_be_taken_away(read: Any) -> None:
    page = read().page
    figure = page.locator("figure.chart:has(td[data-v])").first
    figure.locator("summary").click()
    files = {}
    for kind in ("csv", "svg", "png"):
        with page.expect_download() as waited:
            figure.locator(f"[data-get={kind}]").click()
        assert waited.value.suggested_filename.endswith(f".{kind}")
        files[kind] = Path(waited.value.path()).read_bytes()
    assert files["png"].startswith(b"\x89PNG")
    svg = files["svg"].decode()
    assert svg.startswith("<svg")
    assert "var(--" not in svg
    assert "this dataset" not in svg
    assert f"Source: {page.title()}, edition " in svg
    assert files["csv"].startswith(b"\xef\xbb\xbf")
    # What is rounded on the page is there in full.
    full = set(figure.locator("td[data-v]").evaluate_all("cells => cells.map(c => c.dataset.v)"))
    rows = csv.reader(files["csv"].decode("utf-8-sig").splitlines())
    assert full <= {cell for row in rows for cell in row}


@pytest.mark.shipped
def test_the_brief_takes_two_pages_and_the_report_at_most_twenty(report: Path) -> None:
    pages = {
        name: [each.extract_text() for each in PdfReader(report.parent / name).pages]
        for name in ("brief.pdf", "report.pdf")
    }
    assert len(pages["brief.pdf"]) == 2
    assert len(pages["report.pdf"]) <= 20
    for name, texts in pages.items():
        # More than its number and a line or two.
        assert min(map(len, texts)) > 400, name


def test_paper_hides_no_chart_and_leaves_folded_what_is_folded(read: Any) -> None:
    page = read().page
    page.emulate_media(media="print")
    assert page.locator("figure.chart .drawing > svg:visible").count() > 10
    assert not page.locator(".tools").is_visible()
    # As wide as A4 without its margins: what is wider makes the browser print all smaller.
    page.set_viewport_size({"width": 672, "height": 900})
    assert page.locator("details:not([open]):visible").count() == 0
    assert not page.locator("#agreements").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 672


def test_paper_shows_every_column_of_the_table(read_alone: Any) -> None:
    page = read_alone(viewport={"width": 673, "height": 950}).page
    page.emulate_media(media="print")
    page.evaluate("document.documentElement.dataset.print = 'register'")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    outside, narrow, cut = page.evaluate(
        """() => {
          const table = document.querySelector('.ev');
          const cells = [...table.querySelectorAll('th, td')];
          return [
            table.getBoundingClientRect().right > innerWidth,
            cells.some(cell => cell.clientWidth < 40),
            cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent),
          ];
        }"""
    )
    assert not outside
    assert not narrow
    assert cut == []
    assert not page.locator("#find").is_visible()


def test_the_chapters_have_no_accessibility_fault_that_axe_finds(
    read_alone: Any, barriers: Any
) -> None:
    page = read_alone().page
    # What is far away is laid out only on the way there: axe is to see all of it, but for the parts
    # of the register, which are looked at on a page of a few rows, for what is inside pictures, and
    # for the hundreds of rows behind a chart, of which the tenth is made as the first.
    page.add_style_tag(content="*{content-visibility:visible!important}")
    page.evaluate(
        """() => {
          const left = ".broad, .drawing > svg > *, figure.chart tbody tr:nth-child(n + 10)";
          document.querySelectorAll(left).forEach(e => e.remove());
        }"""
    )
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page, runOnly=["color-contrast"]) == []


@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "phone"])
def test_a_chapter_that_is_not_laid_out_yet_keeps_the_room_that_it_will_take(
    read_alone: Any, options: dict[str, Any]
) -> None:
    page = read_alone(**options).page
    heights = page.locator(".chapter:not(.broad)").evaluate_all(
        """chapters => chapters.map(chapter => {
          const kept = getComputedStyle(chapter).containIntrinsicHeight.match(/[\\d.]+/)[0];
          chapter.style.contentVisibility = "visible";
          return [chapter.id, chapter.getBoundingClientRect().height, Number(kept)];
        })"""
    )
    assert len(heights) > 5
    for name, needed, kept in heights:
        assert needed <= kept, f"{name} would lie over what follows: raise contain-intrinsic-size"
