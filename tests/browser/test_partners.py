"""Partner pages in a real browser: a name opens its page, and any two stand side by side."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from builders import shipped
from playwright.sync_api import expect

from accords.dataset import Dataset
from accords.publish import page, partners
from accords.words import partner_anchor

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def write(dataset: Dataset, folder: Path) -> str:
    """Write a page around partners and lists, under the report's policy; return its address."""
    script = page.script("partners.js")
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{allowed}'; style-src 'unsafe-inline'"
    pages = page.with_row_sets(partners.partner_pages(dataset), dataset)
    # A link to a record or to the table needs a place to lead to.
    places = "".join(f'<p id="{key}"></p>' for key in ("evidence", *dataset.overview.index))
    file = folder / "partners.html"
    file.write_text(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Partners</title><style>{page.style()}</style></head><body><main><h1>Partners</h1>
        <p><a href="#{partner_anchor("TUR")}" id="name">Türkiye</a></p>
        <h2>Lists</h2>{page.with_row_sets(partners.lists(dataset), dataset)}
        <h2>Partners</h2>{pages}{places}</main>
        <script>{script}</script></body>""",
        encoding="utf-8",
    )
    return file.as_uri()


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    return write(shipped(), tmp_path_factory.mktemp("partners"))


@pytest.fixture
def visit(chromium) -> Iterator:
    contexts = []

    def open_page(url: str, **options):
        contexts.append(
            chromium.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        )
        tab = contexts[-1].new_page()
        tab.goto(url)
        return tab

    yield open_page
    for context in contexts:
        context.close()


def test_a_name_opens_the_page_that_it_leads_to(visit, address):
    tab = visit(address)
    place = tab.locator(f"#{partner_anchor('TUR')}")
    assert not place.is_visible()
    tab.click("#name")
    expect(place).to_be_in_viewport()
    expect(
        visit(f"{address}#{partner_anchor('USA')}").locator("h4 >> visible=true")
    ).not_to_have_count(0)


def test_any_two_pairs_stand_side_by_side(visit, address):
    tab = visit(address)
    tab.click("#comparison summary")
    first, second = tab.locator("#comparison select").all()
    first.select_option(f"{partner_anchor('TUR')}-AZE")
    second.select_option(f"{partner_anchor('USA')}-MAR")
    titles = tab.locator("#comparison h4")
    expect(titles).to_have_text(["Azerbaijan–Türkiye", "Morocco–United States"])
    # The same fact of both begins on one line.
    for name in ("Status", "Pending", "Sources"):
        terms = tab.locator("#comparison dt", has_text=name).all()
        tops = {round(term.bounding_box()["y"]) for term in terms}
        assert (len(terms), len(tops)) == (2, 1)
    assert tab.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == (
        tab.locator("[id]").count()
    )


def test_without_a_script_the_pages_open_and_nothing_is_offered_that_does_not_work(visit, address):
    tab = visit(address, java_script_enabled=False)
    assert not tab.locator("#comparison").is_visible()
    tab.locator("details.partner summary").first.click()
    assert tab.locator(".side >> visible=true").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_barrier_is_found_and_no_page_scrolls_sideways(visit, address, scheme, width):
    tab = visit(
        f"{address}#{partner_anchor('TUR')}",
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )
    tab.evaluate("document.querySelectorAll('#comparison, .listed').forEach(d => d.open = true)")
    expect(tab.locator("#comparison .side")).to_have_count(2)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.evaluate(AXE)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = tab.evaluate("tags => axe.run({runOnly: tags})", tags)["violations"]
    assert [(barrier["id"], barrier["nodes"][0]["html"]) for barrier in found] == []
