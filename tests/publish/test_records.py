"""The evidence in HTML: complete, linked, and never anything but text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import html5lib
import pandas as pd
import pytest
from builders import empty, small, tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from accords.dataset.lifecycle import PURCHASE
from accords.publish import page, records

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;"


def parse(markup: str):
    """Read HTML, and fail on any parse error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(markup)


def said(element) -> str:
    return " ".join("".join(element.itertext()).split())


def sections(dataset) -> dict[str, Any]:
    tree = parse(records.agreement_sections(dataset))
    return {article.get("id"): article for article in tree.iter("article")}


def fact(article, name: str):
    terms = list(article.find("dl"))
    return next(terms[n + 1] for n, term in enumerate(terms) if said(term) == name)


def hostile() -> Any:
    """The small dataset with hostile text in every column of text that is no key."""
    dataset = small()
    tables = dict(dataset.tables)
    for resource in dataset.descriptor["resources"]:
        schema, name = resource["schema"], resource["name"]
        keys = {
            *schema["primaryKey"],
            *(c for k in schema.get("foreignKeys", []) for c in k["fields"]),
        }
        table = tables[name].copy()
        for field in schema["fields"]:
            column = field["name"]
            if field["type"] == "string" and column not in keys:
                table[column] = pd.array([HOSTILE] * len(table), dtype="str")
        tables[name] = table
    descriptor = dict(dataset.descriptor)
    descriptor |= dict.fromkeys(("title", "description"), HOSTILE)
    descriptor["contributors"] = [{"title": HOSTILE}]
    return replace(dataset, tables=tables, descriptor=descriptor)


def test_sections_of_the_same_parties_stand_together_those_of_two_first():
    dataset = small()
    shown = [
        (dataset.overview.loc[key, "scope"] != "bilateral", said(article.find("p").find("b")))
        for key, article in sections(dataset).items()
    ]
    assert shown == sorted(shown)
    assert len(set(shown)) > 2


def test_among_the_same_parties_the_newest_stands_first():
    years = {"one": "2001", "three": "2003", "two": "2002"}
    dataset = tiny(
        parties=[{"agreement_id": key, "party_id": "AZE"} for key in years],
        events=[
            {"agreement_id": key, "event": "signed", "date": year} for key, year in years.items()
        ],
    )
    assert list(sections(dataset)) == ["three", "two", "one"]


def test_every_agreement_has_one_row_that_leads_to_its_section():
    table = parse(records.evidence_table(small())).find(".//table")
    links = [row.find("./th/a").get("href") for row in table.find("tbody")]
    known = sections(small())
    assert sorted(links) == sorted(f"#{key}" for key in known)
    assert sorted(known) == sorted(small().overview.index)
    assert all(len(row) == len(records.COLUMNS) for row in table.find("tbody"))


def test_rows_stand_newest_first_and_undated_last():
    days = [None, "2003", "2012-11", "2002/2004", "1999-01-02", None]
    dataset = tiny(
        parties=[{"agreement_id": f"a{n}", "party_id": "AZE"} for n in range(6)],
        events=[{"agreement_id": f"a{n}", "date": day} for n, day in enumerate(days) if day],
    )
    table = parse(records.evidence_table(dataset)).find(".//table")
    dates = [said(row[0]) for row in table.find("tbody")]
    assert dates == ["2012-11", "2003", "2002/2004", "1999-01-02", "undated", "undated"]


def test_a_row_says_what_the_overview_says():
    rows = parse(records.evidence_table(small())).findall(".//tbody/tr")
    cells = {said(row[1]): [said(cell) for cell in row] for row in rows}
    assert cells["aze-isr-buy"] == [
        *("2012?", "aze-isr-buy", "Azerbaijan · Israel", "Procurement contract"),
        *("Arms and equipment°", "Completed", "High", "2: press"),
    ]
    assert cells["many"][2] == "Azerbaijan · Morocco · France · 27 more"
    assert cells["fra-mar"][6:] == ["Low", "1: other"]


def test_filters_offer_what_occurs_and_nothing_else():
    form = parse(records.evidence_table(small())).find(".//form")
    offered = {
        select.get("name"): [option.get("value") for option in select][1:]
        for select in form.iter("select")
    }
    assert offered["state"] == ["AZE", "MAR"]
    assert offered["partner"] == ["AZE", "FRA", "ISR", "ITA", "MAR", "TUR", "USA"]
    assert set(offered["domain"]) == set(small().domains["domain"]) & set(
        small().tables["domain_codes"]["domain"]
    )
    assert offered["confidence"] == ["high", "medium", "low"]
    assert offered["source"] == ["official", "treaty-database", "press", "other"]
    assert offered["is"] == [
        *("bilateral", "multilateral", "worldwide", "binding", "purchase", "several"),
    ]
    assert form.get("hidden") is not None


def test_partners_carry_how_they_were_searched_for():
    made = tiny(
        parties=[{"agreement_id": "a", "party_id": party} for party in ("AZE", "MAR", "USA")],
        coverage=[
            {"focus": "AZE", "partner": "USA", "search": "by-name", "records_found": 1},
            {"focus": "MAR", "partner": "USA", "search": "combined", "records_found": 1},
            {"focus": "MAR", "partner": "TCD", "search": "not-searched"},
        ],
    )
    form = parse(records.evidence_table(made)).find(".//form")
    (partners,) = (select for select in form.iter("select") if select.get("name") == "partner")
    found = {option.get("value"): option for option in partners.findall("option")}
    assert found["USA"].get("data-searched") == "by-name combined"
    assert found["USA"].get("data-the") == "the United States"
    (none_found,) = partners.findall("optgroup/option")
    assert (none_found.get("value"), said(none_found)) == ("TCD", "Chad")
    assert none_found.get("data-searched") == "- not-searched"


def test_the_stages_of_a_delivery_are_statuses_to_filter_by():
    lives = {
        "ordered": [("signed", "2024")],
        "in-delivery": [("signed", "2023"), ("attested", "2024")],
        "received": [("signed", "2001"), ("attested", "2004")],
        "completed": [("signed", "2023"), ("delivered", "2024")],
    }
    made = tiny(
        as_of="2026-01-01",
        agreements=[{"agreement_id": key, "instrument": PURCHASE} for key in lives],
        parties=[{"agreement_id": key, "party_id": "AZE"} for key in lives],
        events=[
            {"agreement_id": key, "event": event, "date": date}
            for key, steps in lives.items()
            for event, date in steps
        ],
    )
    form = parse(records.evidence_table(made)).find(".//form")
    (statuses,) = (select for select in form.iter("select") if select.get("name") == "status")
    assert [option.get("value") for option in statuses][1:] == list(lives)


def test_a_row_carries_the_kinds_by_which_it_is_filtered():
    rows = parse(records.evidence_table(small())).findall(".//tbody/tr")
    kinds = {said(row[1]): row.get("data-is").split() for row in rows}
    assert kinds["aze-isr-buy"] == ["bilateral", "purchase", "several"]
    assert kinds["many"] == ["multilateral", "binding", "worldwide", "several"]


def test_a_sum_that_is_no_price_says_what_it_is():
    agreement = {"agreement_id": "a", "value_amount": 5e6, "value_currency": "USD"}
    made = tiny(
        agreements=[agreement | {"value_kind": "ceiling"}],
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
    )
    assert "ceiling" in said(fact(sections(made)["a"], "Value"))


def test_a_life_names_step_actor_place_and_sources():
    article = sections(small())["aze-mar"]
    life = [said(step).rstrip("0123456789,") for step in fact(article, "Life").iter("li")]
    assert life == [
        "30 October 2024 Signed, at Rabat",
        "27 December 2024 Approved by parliament, Azerbaijan",
        "29 May 2025 Approved by government, Morocco",
    ]
    number = int(fact(article, "Life").find(".//sup").text)
    cited = small().citations.query("agreement_id == 'aze-mar' and subject == 'event:signed'")
    source = said(list(fact(article, "Sources").iter("li"))[number - 1])
    assert cited["source_id"].iloc[0] in source


def test_undated_steps_stand_before_the_next_stage():
    life = [("parliament-approved", None), ("signed", "2006"), ("entered-into-force", "2008")]
    events = [{"agreement_id": "a", "event": event, "date": date} for event, date in life]
    article = sections(tiny(parties=[{"agreement_id": "a", "party_id": "AZE"}], events=events))["a"]
    assert [said(step) for step in fact(article, "Life").iter("li")] == [
        "2006 Signed",
        "undated Approved by parliament",
        "2008 Entered into force",
    ]


def test_a_dispute_gives_each_value_with_its_sources_and_marks_the_adopted_one():
    article = sections(small())["aze-mar"]
    (dispute,) = fact(article, "Disputed").iter("li")
    assert said(dispute).startswith("Signed, place: Rabat (adopted)")
    assert [adopted.text for adopted in dispute.iter("b")] == ["Rabat"]
    assert said(dispute).endswith("The host says so.")
    sources = [said(item) for item in fact(article, "Sources").iter("li")]
    backers = [sources[int(number.text) - 1] for number in dispute.iter("sup")]
    assert "official-mar" in backers[0]
    assert "press-b" in backers[1]


def test_the_step_that_decides_a_status_is_named_unless_it_is_the_last():
    life = [("signed", "2020"), ("entered-into-force", "2021"), ("amended", "2022")]
    events = [{"agreement_id": "a", "event": event, "date": date} for event, date in life]
    parties = [{"agreement_id": "a", "party_id": "AZE"}]
    changed = sections(tiny(parties=parties, events=events))["a"]
    assert said(fact(changed, "Status")) == "In force, by “Entered into force, 2021”"
    plain = sections(tiny(parties=parties, events=events[:2]))["a"]
    assert said(fact(plain, "Status")) == "In force"


def test_successors_and_parts_are_linked_both_ways():
    articles = sections(small())
    assert said(fact(articles["aze-tur-new"], "Related")) == "Replaces: aze-tur-old"
    back = fact(articles["aze-tur-old"], "Related")
    assert said(back) == "Replaced by: aze-tur-new"
    assert back.find("a").get("href") == "#aze-tur-new"


def test_a_value_keeps_its_currency_and_its_source():
    value = fact(sections(small())["aze-isr-buy"], "Value")
    assert (value.text, value.find("sup").text) == ("USD 1,600,000,000", "1")


def test_voices_that_name_domains_are_kept_apart():
    named = {"exercises": "mar-defence-administration", "medical": "aze-parliament"}
    dataset = tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        domains=[{"agreement_id": "a", "domain": domain} for domain in named],
        citations=[
            {"agreement_id": "a", "subject": f"domain:{domain}", "voice": voice}
            for domain, voice in named.items()
        ],
    )
    table = fact(sections(dataset)["a"], "Domains").find(".//table")
    head = [said(cell) for cell in table.find("thead/tr")]
    rows = {
        said(row[0]): dict(zip(head, map(said, row), strict=True)) for row in table.find("tbody")
    }
    words, voices = dataset.labels("domain_codes"), dataset.labels("voices")
    assert set(rows) == {words[domain] for domain in named}
    for domain in named:
        for other, voice in named.items():
            assert bool(rows[words[domain]][voices[voice]]) is (domain == other)


def test_original_titles_carry_their_language_and_direction():
    titles = {"az": "Müqavilə", "ar": "اتفاق"}
    dataset = tiny(
        agreements=[
            {"agreement_id": code, "title_original": title, "language_original": code}
            for code, title in titles.items()
        ],
        parties=[{"agreement_id": code, "party_id": "AZE"} for code in titles],
    )
    for code, article in sections(dataset).items():
        shown = article.find("p")
        assert said(shown) == titles[code]
        assert shown.get("lang") == code
        assert shown.get("dir") == ("rtl" if code == "ar" else None)


def test_every_cited_page_is_linked():
    articles = sections(small())
    for key, cited in (
        small().citations.merge(small().sources, on="source_id").groupby("agreement_id")
    ):
        links = fact(articles[key], "Sources").findall(".//a")
        assert {link.get("href") for link in links} >= set(cited["url"])


def test_languages_of_sources_are_named(dataset):
    codes = dataset.sources["language"].dropna().unique()
    assert not [code for code in codes if records.language(code) == code]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org"])
def test_only_web_addresses_become_links(url):
    dataset = tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        sources=[{"source_id": "press-a", "url": url}],
    )
    assert fact(sections(dataset)["a"], "Sources").find(".//a") is None


def test_hostile_text_in_any_column_is_shown_as_text():
    dataset = hostile()
    for write in (records.evidence_table, records.agreement_sections, records.source_list):
        tree = parse(write(dataset))
        assert not {"script", "img"} & {element.tag for element in tree.iter()}
        assert not [name for element in tree.iter() for name in element.attrib if name[:2] == "on"]
        assert HOSTILE in "".join(tree.itertext())
    head = parse(page._metadata(dataset))
    assert [script.get("type") for script in head.iter("script")] == ["application/ld+json"]
    assert not list(head.iter("img"))


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), min_size=1)


@settings(max_examples=2)
@given(titles=st.lists(TITLES, min_size=10, max_size=10))
def test_any_title_comes_back_as_it_was(titles):
    texts = ("title", "short_name", "summary", "notes")
    given = {f"a{n:02}": title for n, title in enumerate(titles)}
    dataset = tiny(
        agreements=[{"agreement_id": key} | dict.fromkeys(texts, t) for key, t in given.items()],
        parties=[{"agreement_id": key, "party_id": "AZE"} for key in given],
    )
    articles = sections(dataset)
    rows = parse(records.evidence_table(dataset)).findall(".//tbody/tr")
    for (key, title), row in zip(given.items(), rows, strict=True):
        assert "".join(articles[key].find("h3").itertext()) == title
        assert "".join(fact(articles[key], "Notes").itertext()) == title
        assert "".join(row[1].itertext()).removesuffix("\n") == title


@given(st.sets(st.integers(0, 5000)))
def test_a_row_set_holds_exactly_the_rows(positions):
    read: set[int] = set()
    for part in filter(None, page.row_set(positions).split(",")):
        first, _, last = part.partition("-")
        read |= set(range(int(first, 36), int(last or first, 36) + 1))
    assert read == positions


def test_publishers_count_pages_once_and_lead_to_their_agreements():
    cited = [("a", "press-a1"), ("b", "press-a1"), ("a", "press-a2"), ("b", "press-a3")]
    dataset = tiny(
        agreements=["a", "b", "c"],
        citations=[
            *({"agreement_id": key, "source_id": source} for key, source in cited),
            {"agreement_id": "c", "source_id": "official-b"},
        ],
        sources=[
            {"source_id": f"press-a{n}", "publisher": "Daily", "kind": "press"} for n in (1, 2, 3)
        ],
    )
    tree = parse(page.with_row_sets(records.source_list(dataset), dataset))
    (row,) = tree.findall(".//tbody/tr")
    assert [said(cell) for cell in row] == ["Daily", "Press", "English", "3", "2"]
    assert row.find(".//a").get("data-set") == "0-1"
    assert "Publishers of fewer than 3 pages (1) are left out" in said(tree)
    assert "4 pages of 2 publishers" in said(tree)


def test_metadata_describe_dataset_and_report(dataset):
    head = parse(page._metadata(dataset))
    graph = json.loads(head.find("script").text)["@graph"]
    assert [item["@type"] for item in graph] == ["Dataset", "Report"]
    assert graph[0]["version"] == dataset.edition
    assert graph[0]["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert graph[1]["isBasedOn"]["@id"] == graph[0]["@id"]
    assert head.find("link").get("href").startswith("data:image/svg+xml,")
    assert {meta.get("property") for meta in head.iter("meta")} >= {"og:title", "og:description"}


def test_an_empty_dataset_says_so():
    for write in (records.evidence_table, records.agreement_sections, records.source_list):
        assert "too few data" in said(parse(write(empty())))
    assert page._metadata(empty())


def test_nothing_missing_is_written_out(dataset):
    shown = records.agreement_sections(dataset) + records.evidence_table(dataset)
    assert not re.findall(r"[>( ](?:nan|NaT|NaN|&lt;NA)[<), ]|>None[< ]", shown)
