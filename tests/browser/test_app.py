"""The explorer as a page without code."""

from __future__ import annotations

import pytest
from servers import PATIENCE, analysts_folder, serving

pytest.importorskip("voila")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_page_shows_the_explorer_without_code_and_its_filters_work(chromium, dataset, tmp_path):
    with serving(analysts_folder(tmp_path), "app") as address:
        page = chromium.new_page(viewport={"width": 1280, "height": 1600})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.wait_for_function(
            "() => document.querySelectorAll('.accords-explorer .points path').length > 100"
        )
        assert page.get_by_text("view = explore(ds)").count() == 0
        menu = page.locator(".accords-filters .widget-dropdown", has_text="Domain")
        option = menu.locator("option", has_text="Cyber\u00a0defence")
        menu.locator("select").select_option(value=option.get_attribute("value"))
        found = len(dataset.find(domain="cyber").agreements)
        page.locator(".accords-count b", has_text=str(found)).wait_for()
        page.get_by_text(f"of {found}; click a row").wait_for()
        page.close()
