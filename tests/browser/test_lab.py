"""The analyst's notebook in a real JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Iterator

import openpyxl
import pytest
from servers import PATIENCE, analysts_folder, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


RUN = """() => {
  const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
  const failed = document.querySelector("[data-mime-type*=error]");
  return failed || (prompts.length && !prompts.some(p => /\\[[ *]\\]/.test(p.textContent)));
}"""
"""Whether all cells have run, or one has failed."""


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """The analyst's notebook, opened with the project's own command and run from the menu."""
    folder = analysts_folder(tmp_path_factory.mktemp("analyst"))
    with serving(folder, "lab", "--IdentityProvider.token=") as address:
        page = chromium.new_page(viewport={"width": 1280, "height": 1600})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.get_by_text("| Idle").wait_for()
        page.locator(".jp-Notebook .jp-Cell").first.click()
        from_menu(page, "Run", "Run All Cells")
        # Asked at each frame, as is usual, the page would draw itself all the time.
        page.wait_for_function(RUN, polling=500)
        to_explorer(page)
        page.wait_for_function(
            "() => document.querySelectorAll('.accords-explorer .points path').length > 100"
            " && document.querySelectorAll('.accords-explorer .bars path').length > 60"
            " && document.querySelectorAll('.accords-explorer table.dataTable tbody tr').length > 1"
        )
        yield page
        page.close()


def test_the_address_opens_the_analysts_notebook(lab):
    assert lab.url.endswith("/lab/tree/notebooks/explore.ipynb")


def test_the_notebook_runs_without_an_error_or_a_warning(lab):
    for complaint in ("error", "stderr"):
        assert lab.locator(f".jp-OutputArea-output[data-mime-type*={complaint}]").count() == 0
    assert "agreements" in lab.locator(".accords-count").text_content()


def test_a_number_unfolds_the_agreements_that_it_counts(lab, dataset):
    number = lab.locator(".accords-passage details").first
    number.scroll_into_view_if_needed()
    number.locator("summary").click()
    listed = {item.strip() for item in number.locator("li").all_inner_texts()}
    assert listed & set(dataset.find(status="pending").overview.index)
    number.locator("summary").click()
    number.locator("li").first.wait_for(state="hidden")
    # Folded, it stands in its sentence, on one line with it.
    sentence = lab.locator(".accords-passage > div").first.bounding_box()
    assert sentence["height"] < 2 * number.locator("summary").bounding_box()["height"]


def test_addresses_in_tables_are_links(lab):
    cell = lab.locator(".jp-CodeCell", has=lab.get_by_text("cyber.sources_cited")).first
    assert cell.locator("td a[href^=http]").count() > 1


def test_bars_and_rows_answer_to_the_keyboard(lab, dataset):
    clear(lab)
    partner = dataset.overview["partners"].explode().value_counts().index[0]
    name = dataset.party_names[partner]
    found = dataset.find(partner=partner)
    bar = lab.locator(f".accords-explorer .bars [role=button][aria-label^='{name},']")
    bar.focus()
    lab.keyboard.press("Enter")
    settled(lab, len(found.agreements))
    # The bar that was pressed has the focus wherever it stands now, and takes back what it did.
    lab.wait_for_function(
        "name => document.activeElement.matches('[aria-pressed=true]') &&"
        " document.activeElement.getAttribute('aria-label').startsWith(name)",
        arg=name,
    )
    row = lab.locator(".accords-explorer table.dataTable tbody tr").nth(1)
    title = row.locator("td").nth(1).inner_text()
    lab.locator(".accords-explorer table.dataTable tbody tr").first.focus()
    lab.keyboard.press("ArrowDown")
    lab.keyboard.press("Enter")
    lab.locator(".accords-record article").get_by_role("heading", name=title).wait_for()
    bar.focus()
    lab.keyboard.press(" ")
    settled(lab, len(dataset.agreements))


def test_a_click_on_a_head_sorts_by_its_column(lab, dataset):
    clear(lab)
    table = lab.locator(".accords-explorer table.dataTable").first
    head = table.locator("thead th", has_text="Confidence").locator(".dt-column-title")
    cells = "() => [...document.querySelectorAll('.accords-explorer tbody td:last-child')]"
    for order in ("high", "medium"):
        head.click()
        lab.wait_for_function(f"word => ({cells})().every(c => c.textContent === word)", arg=order)
    head.click()
    lab.wait_for_function(
        "() => !document.querySelector('.accords-explorer th[aria-sort]:not([aria-sort=none])')"
    )


def test_a_filter_changes_the_charts_and_the_table(lab, dataset):
    clear(lab)
    cyber = len(dataset.find(domain="cyber").agreements)
    before = lab.locator(".accords-explorer .points path").count()
    choose(lab, "Domain", "Cyber defence")
    settled(lab, cyber)
    lab.wait_for_function(
        "n => document.querySelectorAll('.accords-explorer .points path').length < n", arg=before
    )


def test_dragging_over_the_years_narrows_to_them(lab, dataset):
    clear(lab)
    box = lab.locator(".accords-explorer .js-plotly-plot").first.bounding_box()
    drag(lab, box["x"] + box["width"] * 0.9, box["x"] + box["width"] - 2, box["y"] + 110)
    chip = lab.locator(".accords-chip", has_text="–")
    chip.wait_for()
    since, until = chip.inner_text().split("–")
    settled(lab, len(dataset.find(since=int(since), until=int(until)).agreements))


def test_a_click_on_a_bar_narrows_and_a_chip_takes_it_back(lab, dataset):
    clear(lab)
    partner = dataset.overview["partners"].explode().value_counts().index[0]
    box = lab.locator(".accords-explorer .js-plotly-plot").nth(2).bounding_box()
    click(lab, box["x"] + box["width"] * 0.6, box["y"] + 40)
    settled(lab, len(dataset.find(partner=partner).agreements))
    lab.locator(".accords-chip", has_text=dataset.party_names[partner]).click()
    settled(lab, len(dataset.agreements))


def test_a_click_on_a_row_and_on_a_dot_open_the_record_with_its_sources(lab):
    clear(lab)
    choose(lab, "Domain", "Cyber defence")
    row = lab.locator(".accords-explorer table.dataTable tbody tr").nth(1)
    title = row.locator("td").nth(1).inner_text()
    row.click()
    record = lab.locator(".accords-record article")
    record.get_by_role("heading", name=title).wait_for()
    assert record.locator("ol.sources a[rel~=noopener]").count() >= 1
    to_explorer(lab)
    dot = lab.locator(".accords-explorer .points path").first.bounding_box()
    click(lab, dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    lab.wait_for_function(
        "title => document.querySelector('.accords-record h3').textContent !== title", arg=title
    )


def test_the_selection_reaches_the_next_cell_as_a_table(lab, dataset):
    clear(lab)
    choose(lab, "Domain", "Cyber defence")
    found = dataset.find(domain="cyber")
    settled(lab, len(found.agreements))
    cell = lab.locator(".jp-CodeCell", has=lab.get_by_text("view.selection.iloc")).first
    cell.locator(".jp-InputArea-editor").click()
    from_menu(lab, "Run", "Run Selected Cell and Do not Advance")
    table = cell.locator("table.dataframe tbody")
    lab.wait_for_function(
        "n => [...document.querySelectorAll('table.dataframe')].some("
        "t => t.tBodies[0].rows.length === n)",
        arg=len(found.agreements),
    )
    shown_ids = {row.strip() for row in table.locator("th").all_inner_texts()}
    assert shown_ids == set(found.overview.index)


def test_the_selection_can_be_downloaded(lab, dataset, tmp_path):
    clear(lab)
    choose(lab, "Domain", "Cyber defence")
    found = dataset.find(domain="cyber")
    settled(lab, len(found.agreements))
    with lab.expect_download() as download:
        lab.get_by_role("button", name="Excel").click()
    download.value.save_as(tmp_path / "selection.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "selection.xlsx")["Agreements"]
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == set(found.overview.index)


def test_a_page_loaded_again_shows_what_was_selected(lab, dataset):
    clear(lab)
    choose(lab, "Domain", "Cyber defence")
    found = dataset.find(domain="cyber")
    settled(lab, len(found.agreements))
    with lab.expect_response(lambda answer: answer.request.method == "PUT"):
        from_menu(lab, "File", "Save Notebook")
    # By its address: which notebooks were open, JupyterLab remembers a while later.
    lab.goto(f"{lab.url.partition('/lab')[0]}/lab/tree/notebooks/explore.ipynb")
    settled(lab, len(found.agreements))
    lab.wait_for_function(
        "n => document.querySelectorAll('.accords-explorer .scatterlayer .trace:first-child "
        ".points path').length === n",
        arg=len(found.overview["year"].dropna()),
    )
    clear(lab)
    settled(lab, len(dataset.agreements))


def test_an_explorer_shown_again_answers_as_the_first_did(lab, dataset):
    clear(lab)
    cell = lab.locator(".jp-CodeCell", has=lab.get_by_text("view.selection.iloc")).first
    cell.locator(".jp-InputArea-editor").click()
    lab.keyboard.press("Control+a")
    lab.keyboard.type("view")
    again = lab.locator(".jp-CodeCell", has=lab.locator(".accords-explorer")).nth(1)
    for _ in range(2):
        from_menu(lab, "Run", "Run Selected Cell and Do not Advance")
        again.locator(".accords-explorer table.dataTable tbody tr").nth(1).wait_for()
    choose(lab, "Domain", "Cyber defence")
    found = dataset.find(domain="cyber")
    lab.wait_for_function(
        "n => { const shown = [...document.querySelectorAll('.accords-explorer')].map(e =>"
        " e.querySelectorAll('.scatterlayer .trace:first-child .points path').length);"
        " return shown.length === 2 && shown.every(dots => dots === n); }",
        arg=len(found.overview["year"].dropna()),
    )
    with lab.expect_download():
        again.get_by_role("button", name="CSV").click()


def to_explorer(page) -> None:
    """Bring the explorer into view: what is far from it is not drawn."""
    page.locator(".accords-filters").first.scroll_into_view_if_needed()


def settled(page, count: int) -> None:
    """Wait until the count and the table show so many agreements."""
    page.locator(".accords-count b", has_text=re.compile(f"^{count:,}$")).wait_for()
    page.get_by_text(f"of {count:,}; click a row").first.wait_for()


def clear(page) -> None:
    """Take back all choices, the last chip first."""
    to_explorer(page)
    chips = page.locator(".accords-chips .accords-chip")
    while n := chips.count():
        chips.last.click()
        page.wait_for_function(
            "n => document.querySelectorAll('.accords-chips .accords-chip').length < n", arg=n
        )
    page.wait_for_function(
        "() => document.querySelectorAll('.accords-explorer .points path').length > 100"
    )


def choose(page, menu: str, name: str) -> None:
    select = page.locator(".accords-filters .widget-dropdown", has_text=menu).first.locator(
        "select"
    )
    value = select.locator("option", has_text=name.replace(" ", "\u00a0")).get_attribute("value")
    select.select_option(value=value)
    page.locator(".accords-chips .accords-chip", has_text=name).first.wait_for()


def from_menu(page, menu: str, item: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()


def click(page, x: float, y: float) -> None:
    page.mouse.move(x - 1, y)
    page.mouse.move(x, y)
    page.locator(".accords-explorer .hovertext").first.wait_for(state="attached")
    page.mouse.click(x, y)


def drag(page, start: float, end: float, y: float) -> None:
    page.mouse.move(start, y)
    page.mouse.down()
    page.mouse.move((start + end) / 2, y + 5, steps=4)
    page.mouse.move(end, y + 10, steps=4)
    page.mouse.up()
