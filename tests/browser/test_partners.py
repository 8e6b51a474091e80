"""Partner pages in a real browser: a name opens its page, and any two stand side by side."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accords.words import partner_anchor

pytestmark = pytest.mark.browser


def test_a_name_opens_the_page_that_it_leads_to(visit, address):
    tab = visit(address)
    place = tab.locator(f"#{partner_anchor('TUR')}")
    assert not place.is_visible()
    tab.click("#chapter-text-name")
    expect(place.locator("h4").first).to_be_in_viewport()
    expect(
        visit(f"{address}#{partner_anchor('USA')}").locator(".side h4 >> visible=true")
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
