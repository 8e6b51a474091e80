"""What a dataset and a record show of themselves in a notebook."""

from __future__ import annotations

from dataclasses import replace

import html5lib
import pytest
from builders import empty, small, tiny

from accords.dataset import Dataset
from accords.errors import AccordsError
from accords.words import plain

HOSTILE = '<img src=x onerror="alert(1)">\'&'


def hostile() -> Dataset:
    """The small dataset with markup in every text that is not a code."""
    ds = small()
    free = {
        "agreements": ("title", "title_original", "summary", "status_note", "notes"),
        "events": ("place",),
        "sources": ("title", "publisher", "origin"),
        "citations": ("locator", "evidence"),
        "disputes": ("value", "reason", "field"),
    }
    tables = dict(ds.tables)
    for name, columns in free.items():
        tables[name] = tables[name].assign(**dict.fromkeys(columns, HOSTILE))
    tables["sources"] = tables["sources"].assign(url="javascript:alert(1)")
    return replace(ds, tables=tables)


def elements(markup: str) -> list:
    return list(html5lib.parse(markup, namespaceHTMLElements=False).iter())


def test_a_dataset_says_its_edition_counts_and_tables(small: Dataset):
    text = plain(small._repr_html_())
    assert small.edition in text
    assert "7 of 8" in text
    assert "Azerbaijan 6; Morocco 3" in text
    for table in ("agreements", "events", "citations"):
        assert f".{table}" in text


def test_a_dataset_is_one_line_as_text(small: Dataset):
    for part in ("8 agreements", "AZE, MAR", "1.0.0", "2026-11-24"):
        assert part in repr(small)
    assert "\n" not in repr(small)


def test_a_dataset_without_agreements_shows_itself():
    assert "0 of 0" in plain(empty()._repr_html_())


def test_a_record_shows_life_domains_disputes_and_sources(small: Dataset):
    shown = small.record("aze-mar")
    text = str(shown)
    assert "30 October 2024" in text
    assert "Approved by parliament, Azerbaijan" in text
    assert "Joint exercises" in text
    assert "Sources (4)" in text
    assert "Where sources differ (1)" in text
    assert "The host says so." in text
    assert 'href="https://example.org/official-aze"' in shown.html


def test_a_record_of_a_purchase_names_roles_and_value(small: Dataset):
    text = str(small.record("aze-isr-buy"))
    assert "Azerbaijan (buyer)" in text
    assert "USD 1,600,000,000" in text


def test_a_record_with_next_to_nothing_shows_itself():
    ds = tiny(parties=[{"agreement_id": "a", "party_id": "AZE"}])
    assert "Azerbaijan" in str(ds.record("a"))


def test_links_leave_safely(small: Dataset):
    links = [e for e in elements(small.record("aze-mar").html) if e.tag == "a"]
    assert links
    assert {link.get("rel") for link in links} == {"noopener noreferrer"}


def test_markup_in_the_data_is_shown_as_text():
    ds = hostile()
    for agreement_id in ds.overview.index:
        found = elements(ds.record(agreement_id).html)
        assert not [e for e in found if e.tag in ("img", "script", "a")]
        assert not [k for e in found for k in e.attrib if k.startswith("on")]
    assert HOSTILE in str(ds.record("aze-mar"))


def test_a_record_that_is_not_there_is_said(small: Dataset):
    with pytest.raises(AccordsError, match="no such agreement"):
        small.record("nowhere")
