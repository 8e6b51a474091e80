"""The evidence table in a real browser: find, share, take away; and nothing in the data runs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import small
from pages import write_page
from playwright.sync_api import expect

from accords.dataset import Dataset, citations

pytestmark = pytest.mark.browser

ACCORD = "aze-mar"
NUMBER, FAR = "#chapter-text-number", "#chapter-text-far"
BEHIND = {"aze-isr-buy", "aze-ita", "aze-mar", "aze-tur-old"}
HOSTILE = "\"'><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


def hostile() -> Dataset:
    """The small dataset, with text that would run if it were taken for markup."""
    dataset = small()
    tables = dict(dataset.tables)
    text = {
        "agreements": ["title", "title_original", "summary", "notes", "status_note"],
        "events": ["place"],
        "sources": ["title", "publisher", "origin"],
        "citations": ["locator", "evidence"],
        "disputes": ["value", "reason"],
        "party_codes": ["name"],
    }
    for name, columns in text.items():
        table = tables[name].copy()
        for column in columns:
            table[column] = pd.array([HOSTILE] * len(table), dtype="str")
        tables[name] = table
    return replace(dataset, tables=tables)


def write(dataset: Dataset, folder: Path) -> str:
    return write_page(dataset, folder / "page.html", **{"01-text": "# Text"})


def shown(tab) -> list[str]:
    """List the ids of the rows that are found, in order; those held back are asked for."""
    return tab.evaluate(
        """() => {
          document.querySelector('.ev + button:not([hidden])')?.click();
          const rows = document.querySelectorAll('.ev tbody tr:not([hidden]) th a');
          return [...rows].map(a => a.hash.slice(1));
        }"""
    )


def frames(tab, n: int) -> None:
    """Wait until so many frames have been drawn."""
    tab.evaluate(
        """n => new Promise(done => {
          const step = () => (n-- > 0 ? requestAnimationFrame(step) : done());
          step();
        })""",
        n,
    )


def count(tab) -> str:
    return tab.inner_text("#find output b")


def search(tab, words: str) -> set[str]:
    tab.fill("input[name=q]", words)
    return set(shown(tab))


def saved(tab, kind: str) -> str:
    with tab.expect_download() as download:
        tab.click(f"#find button[value={kind}]")
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_search_folds_accents_case_and_scripts(visit, address, worded):
    tab = visit(address)
    assert ACCORD in search(tab, "AZƏRBAYCAN Mərakeş")
    assert search(tab, "azerbaycan merakes") == search(tab, "Azərbaycan Mərakeş")
    assert search(tab, "turkiye") == search(tab, "TÜRKİYE")
    assert search(tab, "hasanov  marrakech") == search(tab, "Marrakech, Hasanov")
    assert "fra-mar" in search(tab, "المغرب")
    assert search(tab, "المغرب") <= search(tab, "مغرب")
    assert search(tab, "C-27J") == search(tab, "c-27j") != set()
    assert set() != search(tab, "F-16") < search(tab, "f 16")
    assert search(tab, "no such words anywhere") == set()
    assert count(tab) == f"0 of {len(worded.agreements)} agreements"


def test_filters_agree_with_the_dataset(visit, address, worded):
    tab = visit(address)
    overview = worded.overview
    tab.select_option("select[name=domain]", "training")
    tab.fill("input[name=from]", "2010")
    expected = overview[
        overview["domains"].map(lambda codes: "training" in codes) & (overview["year"] >= 2010)
    ]
    assert set(shown(tab)) == set(expected.index)
    assert count(tab) == f"{len(expected)} of {len(overview)} agreements"
    tab.click("button[type=reset]")
    for name, column in (("instrument", "instrument"), ("status", "status")):
        for code in overview[column].dropna().unique():
            tab.select_option(f"select[name={name}]", code)
            assert set(shown(tab)) == set(overview.index[overview[column] == code])
        tab.select_option(f"select[name={name}]", "")
    tab.select_option("select[name=confidence]", "low")
    assert set(shown(tab)) == set(overview.index[overview["confidence"] == "low"])


def test_partners_and_kinds_of_sources_can_be_chosen(visit, address, worded):
    tab = visit(address)
    parties = worded.parties
    tab.select_option("select[name=partner]", "TUR")
    assert set(shown(tab)) == set(parties.query("party_id == 'TUR'")["agreement_id"])
    tab.select_option("select[name=partner]", "FRA")
    tab.select_option("select[name=state]", "AZE")
    both = parties.groupby("agreement_id")["party_id"].agg(set)
    assert set(shown(tab)) == set(both.index[both.map(lambda ids: {"FRA", "AZE"} <= ids)])
    tab.click("button[type=reset]")
    tab.select_option("select[name=source]", "treaty-database")
    cited = worded.citations.query("subject == 'existence'").merge(worded.sources)
    assert set(shown(tab)) == set(cited.query("kind == 'treaty-database'")["agreement_id"])


def test_a_view_can_be_shared_by_its_address(visit, address, worded):
    tab = visit(address)
    tab.fill("input[name=q]", "military")
    tab.select_option("select[name=state]", "AZE")
    tab.fill("input[name=from]", "2010")
    tab.click("thead button >> text=Agreement")
    tab.wait_for_url("**sort=title")
    again = visit(tab.url)
    assert shown(again) == shown(tab)
    assert shown(tab)
    assert again.input_value("input[name=q]") == "military"
    again.click("button[type=reset]")
    again.wait_for_url("**#evidence")
    assert count(again) == f"All {len(worded.agreements)} agreements"


def test_what_an_address_asks_in_vain_is_named_and_left_out(visit, address, worded):
    strange = ["domain=nothing", "from=soon", "rows=zz-zzz", "sort=size", "x=1", "status=foo"]
    tab = visit(f"{address}#{'&'.join([*strange, 'confidence=low'])}")
    overview = worded.overview
    assert set(shown(tab)) == set(overview.index[overview["confidence"] == "low"])
    assert all(asked in tab.inner_text("#find output") for asked in strange)
    tab.click("button[type=reset]")
    assert count(tab) == f"All {len(overview)} agreements"
    assert not any(asked in tab.inner_text("#find output") for asked in strange)


@pytest.mark.parametrize("cut", ["%", "q=%E0%A4", "evidence%E0"])
def test_an_address_that_was_cut_off_leaves_the_page_alive(visit, address, worded, cut):
    tab = visit(f"{address}#{cut}")
    assert tab.text_content("#find output b") == f"All {len(worded.agreements)} agreements"
    assert tab.locator(".ag.signed").count() == 1


def open_number(tab) -> set[str]:
    """Follow the number in the text; give the ids of the agreements behind it."""
    tab.click(NUMBER)
    # The address changes at once, the rows when the browser tells of it.
    expect(tab.locator("#find .chip")).to_contain_text(tab.inner_text(NUMBER))
    return BEHIND


def test_a_number_in_the_text_opens_the_rows_behind_it(visit, address):
    tab = visit(address)
    assert open_number(tab) == set(shown(tab))
    assert tab.evaluate("document.activeElement.tagName") == "OUTPUT"
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.locator(NUMBER).evaluate("link => link.click()")
    assert tab.evaluate("document.querySelector('#find').getBoundingClientRect().top") < 900


def test_a_numbers_filter_is_taken_off_by_itself(visit, address):
    tab = visit(address)
    open_number(tab)
    tab.click("thead button >> text=Confidence")
    assert len(shown(tab)) == 4
    tab.focus("#find .chip")
    tab.keyboard.press("Enter")
    assert count(tab).startswith("All")
    assert not tab.is_visible("#find .chip")
    assert tab.get_attribute("thead th >> nth=6", "aria-sort") == "ascending"


def test_a_numbers_filter_goes_when_another_way_is_taken(visit, address):
    tab = visit(address)
    everywhere = search(tab, "Marrakech")
    tab.click("button[type=reset]")
    behind = open_number(tab)
    assert search(tab, "Marrakech") == everywhere
    assert everywhere - behind
    tab.click("button[type=reset]")
    open_number(tab)
    tab.locator("#chapter-text-menu").evaluate("link => link.click()")
    expect(tab.locator("#find .chip")).to_be_hidden()
    assert count(tab).startswith("All")


def test_a_title_keeps_the_rows_that_are_shown(visit, address):
    tab = visit(address)
    behind = open_number(tab)
    tab.click(".ev tbody tr:not([hidden]) th a >> nth=2")
    expect(tab.locator("article:target h3")).to_be_in_viewport()
    assert set(shown(tab)) == behind
    tab.go_back()
    expect(tab.locator(".ev tbody tr:not([hidden]) th a >> nth=2")).to_be_focused()
    assert set(shown(tab)) == behind


@pytest.mark.parametrize("before", ["", "#confidence=low", f"#{ACCORD}"])
def test_back_returns_to_the_sentence(visit, address, before):
    tab = visit(address + before)
    rows = shown(tab)
    frames(tab, 12)  # Until the page has come to rest at its address.
    link = tab.locator(FAR)
    link.evaluate("link => link.scrollIntoView({block: 'center'})")
    top = link.bounding_box()["y"]
    link.click()
    expect(tab.locator("#find .chip")).to_be_visible()
    assert tab.evaluate("document.querySelector('#find').getBoundingClientRect().top") < 900
    tab.go_back()
    expect(link).to_be_focused()
    assert link.bounding_box()["y"] == pytest.approx(top, abs=2)
    assert shown(tab) == rows
    assert not tab.is_visible("#find .chip")


def test_identifiers_phrases_and_look_alike_letters_are_found(visit, address, worded):
    tab = visit(address)
    overview = worded.overview
    assert ACCORD in search(tab, ACCORD)
    assert all(ACCORD in key for key in search(tab, f'"{ACCORD}"'))
    phrase = search(tab, '"military cooperation"')
    assert phrase == search(tab, "“Military  Cooperation”")
    assert set() != phrase < search(tab, "military cooperation") < set(overview.index)
    assert search(tab, '"military coop') >= phrase
    assert search(tab, "Azǝrbaycan") == search(tab, "Azәrbaycan") == search(tab, "Azərbaycan")
    assert search(tab, "соореrаtiоn") == search(tab, "cooperation") != set()


def test_an_empty_result_says_whether_the_partner_was_searched_for(visit, tmp_path):
    coverage = [
        {"focus": "AZE", "partner": "TCD", "search": "by-name"},
        {"focus": "MAR", "partner": "TCD", "search": "not-searched"},
        {"focus": "MAR", "partner": "ITA", "search": "combined"},
        {"focus": "AZE", "partner": "ITA", "search": "by-name", "records_found": 1},
    ]
    table = pd.DataFrame(coverage).reindex(columns=small().coverage.columns)
    dataset = replace(small(), tables={**small().tables, "coverage": table})
    tab = visit(write(dataset, tmp_path))

    def told() -> str:
        return tab.inner_text("#find output span")

    tab.select_option("select[name=partner]", "TCD")
    assert "Azerbaijan with Chad is on record; it was searched for by name." in told()
    assert "Morocco with Chad is on record; it was not searched for." in told()
    tab.select_option("select[name=state]", "AZE")
    assert "Morocco" not in told()
    tab.click("button[type=reset]")
    assert not told()
    assert search(tab, "chad") == set()
    assert "Azerbaijan with Chad" in told()
    tab.click("button[type=reset]")
    tab.select_option("select[name=partner]", "ITA")
    tab.fill("input[name=to]", "1990")
    assert "1 agreement of Azerbaijan with Italy is on record" in told()
    assert "No agreement of Morocco with Italy" in told()
    assert "With: Italy" in told()
    assert "To year: 1990" in told()


def test_an_empty_result_names_the_filters(visit, address):
    tab = visit(address)
    tab.fill("input[name=from]", "2099")
    search(tab, "drone")
    told = tab.inner_text("#find output span")
    assert "From year: 2099" in told
    assert "Search: drone" in told


def test_the_caption_counts_what_is_shown(visit, address, worded):
    tab = visit(address)
    total = len(worded.agreements)
    assert tab.text_content(".ev caption").startswith(f"{total:,} agreements, the newest first")
    found = search(tab, "military")
    tab.click("thead button >> text=Status")
    caption = f"{len(found)} of {total} agreements, by status"
    assert tab.text_content(".ev caption").startswith(caption)


def test_all_are_offered_only_where_some_are_hidden(visit, address):
    tab = visit(address)
    reset = tab.locator("button[type=reset]")
    assert not reset.is_visible()
    tab.click("thead button >> text=Agreement")
    assert reset.inner_text() == "Newest first"
    search(tab, "drone")
    assert reset.inner_text() == "Show all"
    reset.click()
    assert not reset.is_visible()
    assert "the newest first" in tab.text_content(".ev caption")


def test_columns_sort_both_ways_and_say_so(visit, address, worded):
    tab = visit(address)
    tab.click("thead button >> text=Date")
    dates = list(worded.overview.loc[shown(tab), "date"])
    dated = [date for date in dates if isinstance(date, str)]
    assert dates[: len(dated)] == dated
    years = [date.removeprefix("../")[:4] for date in dated]
    assert years == sorted(years)
    assert tab.get_attribute("thead th >> nth=0", "aria-sort") == "ascending"
    tab.click("thead button >> text=Confidence")
    grades = list(worded.overview.loc[shown(tab), "confidence"])
    assert grades == sorted(grades, key=["high", "medium", "low"].index)
    tab.click("thead button >> text=Confidence")
    assert tab.get_attribute("thead th >> nth=6", "aria-sort") == "descending"
    assert tab.get_attribute("thead th >> nth=0", "aria-sort") is None


def test_the_keyboard_is_enough(visit, address, worded):
    tab = visit(address)
    tab.focus("input[name=q]")
    tab.keyboard.type("military")
    assert 0 < len(shown(tab)) < len(worded.agreements)
    tab.focus("thead button >> nth=0")
    tab.keyboard.press("Enter")
    assert tab.get_attribute("thead th >> nth=0", "aria-sort") == "ascending"
    tab.focus("button[type=reset]")
    tab.keyboard.press("Space")
    expect(tab.locator("#find output")).to_contain_text("All")


def test_the_selection_is_saved_as_csv_and_json(visit, address, worded):
    tab = visit(address)
    tab.select_option("select[name=domain]", "training")
    rows = list(csv.DictReader(io.StringIO(saved(tab, "csv").removeprefix("\ufeff"))))
    overview = worded.overview
    assert [row["agreement_id"] for row in rows] == shown(tab)
    for row in rows:
        known = overview.loc[row["agreement_id"]]
        assert (row["title"], row["date"]) == (known["title"], known["date"])
        assert row["summary"] == " ".join(known["summary"].split())
        assert len(row["domains"].split("; ")) == len(known["domains"])
    data = json.loads(saved(tab, "json"))
    assert [record["agreement_id"] for record in data["agreements"]] == shown(tab)
    assert data["edition"] == worded.edition
    accord = next(r for r in data["agreements"] if r["agreement_id"] == ACCORD)
    cited = worded.citations.query("agreement_id == @ACCORD").merge(worded.sources)
    assert {source["url"] for source in accord["sources"]} == set(cited["url"])
    assert accord["title_original"] == overview.loc[ACCORD, "title_original"]


def test_no_saved_cell_is_a_formula(visit, tmp_path):
    dataset = small()
    titles = ["=1+1", "+1", "-1", "@x", "\tx", "=cmd|' /C calc'!A0", "plain", '=HYPERLINK("x")']
    table = dataset.agreements.assign(title=titles, summary=titles, notes=titles)
    tab = visit(write(replace(dataset, tables={**dataset.tables, "agreements": table}), tmp_path))
    rows = list(csv.reader(io.StringIO(saved(tab, "csv").removeprefix("\ufeff"))))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and cell]
    assert "'=1+1" in cells


def test_the_page_cites_as_the_library_does(visit, address, worded):
    tab = visit(address)
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    ids = shown(tab)
    assert saved(tab, "bib") == citations.cite(worded, "bib", ids)
    assert saved(tab, "ris").replace("\n", "\r\n").replace("\r\r", "\r") == citations.cite(
        worded, "ris", ids
    )


def test_a_title_in_the_table_leads_to_its_section(visit, long):
    tab = visit(long[1])
    for n in (0, 400, 1199):
        tab.evaluate(f"document.querySelectorAll('.ev tbody th a')[{n}].click()")
        target = tab.locator("article:target")
        expect(target.locator("h3")).to_be_in_viewport()
        assert f"#{target.get_attribute('id')}" == tab.evaluate("location.hash")


def test_without_scripts_a_title_leads_to_its_section(visit, long):
    tab = visit(long[1], java_script_enabled=False)
    for n in (40, 900):
        title = tab.locator(".ev tbody th a").nth(n)
        target = tab.locator(title.get_attribute("href"))
        title.click()
        expect(target.locator("h3")).to_be_in_viewport()


def test_paper_names_each_record_by_its_identifier(visit, address):
    tab = visit(f"{address}#{ACCORD}")
    tab.locator(f"[id='{ACCORD}'] .id").wait_for()
    tab.emulate_media(media="print")
    tab.evaluate("document.documentElement.dataset.print = 'register'")
    said = "getComputedStyle(document.getElementById(id), '::after').content"
    assert ACCORD in tab.evaluate(f"id => {said}", ACCORD)
    assert not tab.locator(f"[id='{ACCORD}'] .id").is_visible()


@pytest.mark.parametrize(("scripted", "width"), [(True, 360), (False, 1280)])
def test_a_permanent_address_opens_at_its_section(visit, long, scripted, width):
    for agreement in ("a0300", "a1199"):
        tab = visit(
            f"{long[1]}#{agreement}",
            java_script_enabled=scripted,
            viewport={"width": width, "height": 900},
        )
        expect(tab.locator(f"[id='{agreement}'] h3")).to_be_in_viewport()


def test_a_section_cites_itself(visit, address, worded):
    tab = visit(f"{address}#{ACCORD}")
    article = tab.locator(f"[id='{ACCORD}']")
    article.locator(".id button").click()
    shown_text = article.locator("pre").all_text_contents()
    assert shown_text[0] == citations.cite(worded, "txt", [ACCORD])
    assert shown_text[1] == citations.cite(worded, "bib", [ACCORD])
    article.locator(".id button").click()
    assert article.locator("pre").count() == 0


def test_outward_links_open_outside(visit, address):
    tab = visit(f"{address}#{ACCORD}")
    link = tab.locator(f"[id='{ACCORD}'] dd li > a").first
    link.evaluate("a => a.addEventListener('click', event => event.preventDefault())")
    link.click()
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")


def test_without_javascript_everything_is_there(visit, address, worded):
    tab = visit(address, java_script_enabled=False)
    assert tab.locator(".ev tbody tr:visible").count() == len(worded.agreements)
    assert tab.locator("article").count() == len(worded.agreements)
    assert not tab.locator("#find").is_visible()
    assert "Cite a record" in tab.text_content(".ag > p")
    assert tab.is_visible(".ag > p")


def test_text_in_the_data_never_runs(visit, tmp_path):
    tab = visit(write(hostile(), tmp_path))
    assert search(tab, "script") == set(small().agreements["agreement_id"])
    for kind in ("csv", "json", "bib", "ris"):
        assert "script" in saved(tab, kind)
    tab.locator("article").first.scroll_into_view_if_needed()
    tab.locator("article .id button").first.click()
    assert "<script>" in tab.inner_text(".cited pre >> nth=0")
    assert tab.title() != "run"
    assert tab.locator("img").count() == 0


@pytest.mark.slow
def test_more_than_a_thousand_rows_are_found_sorted_and_printed_whole(visit, long):
    dataset, address = long
    total = len(dataset.agreements)
    tab = visit(address)
    assert tab.locator(".ev tbody tr:not([hidden])").count() < total
    assert count(tab) == f"All {total} agreements"
    tab.select_option("select[name=domain]", "training")
    trained = dataset.domains.query("domain == 'training'")["agreement_id"].nunique()
    assert count(tab) == f"{trained} of {total} agreements"
    assert len(shown(tab)) == trained
    tab.click("button[type=reset]")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown(tab)) == total


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_no_barrier_is_found_and_no_page_scrolls_sideways(visit, address, barriers, scheme, width):
    tab = visit(
        address,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )
    tab.locator("article").first.scroll_into_view_if_needed()
    tab.locator("article .id button").first.click()
    tab.evaluate(
        "document.querySelectorAll('#comparison, .listed, .partner').forEach(d => d.open = true)"
    )
    expect(tab.locator("#comparison .side")).to_have_count(2)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(tab) == []


def test_on_a_phone_a_finger_meets_each_title(visit, address):
    tab = visit(address, viewport={"width": 360, "height": 900})
    tab.locator(".ev tbody tr").first.scroll_into_view_if_needed()
    links = tab.locator(".ev tbody tr:not([hidden]) th a")
    heights = links.evaluate_all("links => links.map(a => a.getBoundingClientRect().height)")
    assert min(heights) >= 24
