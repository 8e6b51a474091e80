"""Partner pages and lists: complete for any states, linked, and never anything but text."""

from __future__ import annotations

from dataclasses import replace

import html5lib
import pandas as pd
import pytest
from builders import empty, small, tiny

from accords.analysis import relations
from accords.dataset import load
from accords.prose.relations import LISTS
from accords.publish import partners
from accords.words import partner_anchor

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;"


def parse(markup: str):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(markup)


def said(element) -> str:
    return " ".join("".join(element.itertext()).split())


def ids(tree) -> list[str]:
    return [element.get("id") for element in tree.iter() if element.get("id")]


def facts(side) -> dict[str, str]:
    return {said(each[0]): said(each[1]) for each in side.findall("dl/div")}


def several(n: int, **more):
    """A dataset of n agreements of Azerbaijan with Italy, and one of Morocco with it."""
    pairs = [(f"a{k}", "AZE") for k in range(n)] + [("b", "MAR")]
    return tiny(
        parties=[
            {"agreement_id": key, "party_id": party} for key, own in pairs for party in (own, "ITA")
        ],
        events=[{"agreement_id": key, "date": f"{2000 + k}"} for k, (key, _) in enumerate(pairs)],
        **more,
    )


def test_every_partner_has_one_place_to_link_to(dataset):
    found = ids(parse(partners.partner_pages(dataset)))
    assert len(found) == len(set(found))
    held = dataset.overview["partners"].explode().dropna().unique()
    assert {partner_anchor(code) for code in held} <= set(found)


@pytest.mark.parametrize(("n", "full"), [(1, False), (2, True), (5, True)])
def test_agreements_of_all_states_decide_on_a_page(n, full):
    tree = parse(partners.partner_pages(several(n)))
    (place,) = (each for each in tree.iter() if each.get("id") == partner_anchor("ITA"))
    assert place.tag == ("div" if full else "li")
    assert len(place.findall("div[@class='side']")) == (2 if full else 0)


def test_a_page_tells_each_states_own_part():
    tree = parse(partners.partner_pages(several(3)))
    first, second = tree.findall(".//div[@class='side']")
    assert facts(first)["Agreements"].startswith("3 ")
    assert facts(second)["Agreements"].startswith("1 ")
    assert list(facts(first)) == list(facts(second))
    links = [link.get("href") for link in first.findall(".//ol/li/a")]
    assert links == ["#a2", "#a1", "#a0"]


def test_the_bars_of_a_page_say_what_they_show():
    tree = parse(partners.partner_pages(several(3)))
    drawn = next(element for element in tree.iter() if str(element.tag).endswith("svg"))
    label = drawn.get("aria-label")
    assert "3 agreements" in label
    assert "2000 to 2002" in label


def test_every_entry_of_a_list_leads_to_its_record(dataset):
    tree = parse(partners.lists(dataset))
    found = {name: set() for name in LISTS}
    name = None
    for element in tree:
        name = (element.get("id") or name or "").removeprefix("list-")
        for item in element.iter("li"):
            found[name].add(item.find(".//b/a").get("href").removeprefix("#"))
    for name, links in found.items():
        assert links == set(getattr(relations, name)(dataset)["agreement_id"])


def test_an_empty_list_is_one_line():
    tree = parse(partners.lists(empty()))
    assert not list(tree.iter("details"))
    assert [said(p).endswith("none on record.") for p in tree.iter("p")] == [True] * len(LISTS)


def test_what_waits_for_a_state_stands_apart_from_what_waits_for_others():
    made = tiny(
        parties=[
            {"agreement_id": key, "party_id": party}
            for key in ("own", "other")
            for party in ("MAR", "ITA")
        ],
        events=[
            {"agreement_id": "own", "event": "signed", "date": "2024"},
            {"agreement_id": "own", "event": "ratified", "party_id": "ITA", "date": "2025"},
            {"agreement_id": "other", "event": "signed", "date": "2024"},
            {"agreement_id": "other", "event": "ratified", "party_id": "MAR", "date": "2025"},
        ],
    )
    tree = parse(partners.lists(made))
    groups = [[item.find(".//a").get("href") for item in of.iter("li")] for of in tree.iter("ul")]
    assert groups[:2] == [["#own"], ["#other"]]


@pytest.mark.parametrize("focus", [["GEO"], ["AZE", "MAR", "TUR"]])
def test_any_focus_states_have_pages_and_lists(dataset, focus):
    other = load(dataset.path, focus=focus)
    for write in (partners.partner_pages, partners.lists):
        shown = said(parse(write(other)))
        assert not {"nan", "NaT", "None", "<NA>"} & set(shown.split())


def test_an_empty_dataset_says_so():
    assert "too few data" in said(parse(partners.partner_pages(empty())))


def test_markup_in_the_data_is_shown_as_text():
    ds = several(3, domains=[{"agreement_id": "a0", "domain": relations.PLEDGE}])
    tables = dict(ds.tables)
    for table, column in (
        *(("agreements", name) for name in ("short_name", "summary", "title")),
        ("party_codes", "name"),
        ("domain_codes", "label"),
        ("statuses", "label"),
    ):
        texts = pd.array([HOSTILE] * len(tables[table]), dtype="str")
        tables[table] = tables[table].assign(**{column: texts})
    ds = replace(ds, tables=tables)
    for write in (partners.partner_pages, partners.lists):
        tree = parse(write(ds))
        assert not {"script", "img"} & {element.tag for element in tree.iter()}
        assert HOSTILE in "".join(tree.itertext())


def test_small_numbers_read_well():
    shown = partners.partner_pages(small())
    assert "1 pages" not in shown
    assert "1 agreements" not in shown


def test_a_list_counts_the_other_parties_that_it_does_not_name():
    dataset = tiny(
        agreements=[{"agreement_id": "a", "parties_total": 30, "scope": "multilateral"}],
        parties=[{"agreement_id": "a", "party_id": party} for party in ("AZE", "ITA")],
        events=[{"agreement_id": "a", "date": "2025-12-01"}],
        as_of="2026-01-01",
    )
    (entry,) = parse(partners.lists(dataset)).iter("li")
    assert "28 more" in said(entry)
    parties = dataset.parties[dataset.parties["party_id"] == "AZE"]
    alone = replace(dataset, tables={**dataset.tables, "parties": parties})
    (entry,) = parse(partners.lists(alone)).iter("li")
    assert "29 others" in said(entry)
