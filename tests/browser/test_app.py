"""The explorer as a page without code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers import PATIENCE, analysts_folder, serving

pytest.importorskip("voila")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLOW_TO_START = """
const made = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  const address = made.call(URL, blob);
  if (blob.size < 400_000) return address;
  const late = `await new Promise((done) => setTimeout(done, 2500));
    export * from "${address}"; export { default } from "${address}";`;
  return made.call(URL, new Blob([late], { type: "text/javascript" }));
};
"""
"""Delays every script of more than 400 kB for longer than the two seconds anywidget waits."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(analysts_folder(tmp_path_factory.mktemp("analyst")), "app") as address:
        yield address


@pytest.fixture
def page(chromium) -> Iterator:
    page = chromium.new_page(viewport={"width": 1280, "height": 1600})
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def test_the_page_shows_the_explorer_alone_loses_no_early_choice_and_asks_no_one_else(
    page, address, dataset
):
    asked = []
    page.on("request", lambda request: asked.append(request))
    page.add_init_script(SLOW_TO_START)
    page.goto(address)
    # The choice is made while the page is still loading.
    narrowed_to_cyber(page, dataset)
    assert page.get_by_text("view = explore(ds)").count() == 0
    own = (address, "data:", "blob:")
    assert any(request.url.startswith(address) for request in asked)
    assert {r.failure for r in asked if not r.url.startswith(own)} <= {"csp"}


def narrowed_to_cyber(page, dataset) -> None:
    """Choose a domain and wait until the count, the timeline and the table have come to it."""
    found = dataset.find(domain="cyber")
    menu = page.locator(".accords-filters .widget-dropdown", has_text="Domain")
    option = menu.locator("option", has_text="Cyber\u00a0defence")
    menu.locator("select").select_option(value=option.get_attribute("value"))
    page.locator(".accords-count b", has_text=str(len(found.agreements))).wait_for()
    page.get_by_text(f"of {len(found.agreements)}; click a row").wait_for()
    wait_for_dots(page, len(found.overview["year"].dropna()))


def wait_for_dots(page, count: int) -> None:
    page.wait_for_function(
        "n => document.querySelectorAll('.accords-explorer .scatterlayer .trace:first-child "
        ".points path').length === n",
        arg=count,
    )
