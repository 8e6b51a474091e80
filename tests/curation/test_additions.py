"""Agreements from a small file: ids made, sources found again, faults named by entry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import builders
import pytest

from accords.curation.additions import add, drafted
from accords.curation.draft import Draft, Refused
from accords.curation.entries import read_entries
from accords.dataset import Dataset, load
from accords.errors import AccordsError

NEW = """
title: Memorandum of understanding on cyber defence between Azerbaijan and Morocco
short_name: Azerbaijan–Morocco cyber memorandum 2026
title_kind: official
instrument: memorandum
scope: bilateral
summary: The two ministries will exchange experience.
parties:
  - {party_id: AZE, role: party}
  - {party_id: MAR, role: party}
events:
  - {event: signed, date: 2026-02-03, place: Baku}
domains:
  - {domain: cyber, basis: official}
sources:
  - url: https://example.org/news/1
    title: Ministers met in Baku
    title_kind: published
    publisher: Ministry of Defence
    language: en
    published: 2026-02-03
    kind: official
    evidence: Names the memorandum.
"""

NEWS = """
agreement_id: aze-mar
events:
  - {event: ratified, party_id: MAR, date: 2026-05}
sources:
  - url: https://example.org/official-mar
    supports: [event:ratified-mar]
"""


DISPUTED = """
agreement_id: aze-ita
sources:
  - url: https://example.org/new
    title: Signed in Milan
    title_kind: published
    publisher: Example News
    language: en
    kind: press
    evidence: Says so.
    supports: [existence]
disputes:
  - {field: event:signed.place, value: Milan, url: https://example.org/new, adopted: false}
  - field: event:signed.place
    value: Rome
    url: https://example.org/official-ita
    adopted: true
    reason: The host says so.
"""

Reader = Callable[[str], list[Any]]


@pytest.fixture
def entries(tmp_path: Path) -> Reader:
    """Write entries into a file and read them."""

    def read(text: str) -> list[Any]:
        (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
        return read_entries(tmp_path / "new.yaml")

    return read


@pytest.fixture
def draft(entries: Reader) -> Callable[[str], Draft]:
    """Make the tables that would take the place of the small dataset's."""
    return lambda text: drafted(entries(text), builders.small())


def of(draft: Draft, table: str, agreement: str, column: str) -> list[str]:
    rows = draft.tables[table]
    return list(rows.loc[rows["agreement_id"] == agreement, column])


def cited(draft: Draft, agreement: str, source: str) -> list[str]:
    rows = draft.tables["citations"]
    own = (rows["agreement_id"] == agreement) & (rows["source_id"] == source)
    return list(rows.loc[own, "subject"])


def said(remarks: list[Any]) -> str:
    return "\n".join(map(str, remarks))


# --- added, with all checks


def test_an_agreement_is_added_with_its_life_and_sources(
    small_folder: Path, entries: Reader
) -> None:
    done = add(entries(NEW), small_folder)
    name = "aze-mar-2026-memorandum-understanding-cyber"
    dataset = load(small_folder)
    assert dataset.overview.loc[name, "status"] == "signed"
    assert dataset.overview.loc[name, "confidence"] == "high"
    assert dataset.overview.loc[name, "domains"] == ("cyber",)
    cited = dataset.citations[dataset.citations["agreement_id"] == name]
    assert set(cited["subject"]) == {"existence", "event:signed", "domain:cyber"}
    assert set(cited["source_id"]) == {"ministry-of-defence-2026-ministers-met-in-baku"}
    assert cited["evidence"].notna().sum() == 1
    assert {change.kind for change in done.changes} == {"added"}


@pytest.mark.slow
def test_nobody_adds_to_tables_that_another_is_changing(
    small_folder: Path, entries: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever had read the tables without the first one's rows would write them away again."""
    first, second = entries(NEWS), entries(NEW)

    def meanwhile(entries: Any, dataset: Dataset) -> Draft:
        with pytest.raises(AccordsError, match="another command"):
            add(second, small_folder)
        return drafted(entries, dataset)

    monkeypatch.setattr("accords.curation.additions.drafted", meanwhile)
    add(first, small_folder)
    assert "ratified-mar" in set(load(small_folder).events["event_id"])


def test_disputes_find_their_sources_by_address(small_folder: Path, entries: Reader) -> None:
    add(entries(DISPUTED), small_folder)
    disputes = load(small_folder).disputes.set_index("agreement_id").loc["aze-ita"]
    assert dict(zip(disputes["value"], disputes["source_id"], strict=True)) == {
        "Milan": "example-news-nd-signed-in-milan",
        "Rome": "official-ita",
    }


def test_all_faults_are_named_by_entry_and_field_and_keep_all_out(
    small_folder: Path, entries: Reader
) -> None:
    faults = {
        "event: signed": "event: sgned",
        "2026-02-03, place": "03/02/2026, place",
        "party_id: MAR": "party_id: MRC",
        "kind: official\n    ev": "kind: offical\n    ev",
        "summary: The two": "notes: The two",
    }
    assert all(right in NEW for right in faults)
    wrong = [
        NEW.replace(right, slip)
        .replace("news/1", f"news/{n}")
        .replace("cyber defence", f"cyber defence {n}")
        for n, (right, slip) in enumerate(faults.items())
    ]
    with pytest.raises(Refused) as refused:
        add(entries("---".join([NEWS, *wrong])), small_folder)
    for words in (
        "entry 2, events 1, event: 'sgned' is not in",
        "entry 3, events 1, date: '03/02/2026'",
        "entry 4, parties 2, party_id: 'MRC' is not in",
        "entry 5, sources 1, kind: 'offical'",
        "entry 6, summary: 'summary' is empty",
    ):
        assert words in str(refused.value)
    assert len(load(small_folder).agreements) == 8
    assert len(load(small_folder).events) == 15


def test_what_a_source_cannot_support_is_said_once(small_folder: Path, entries: Reader) -> None:
    supports = "event:ratified, event:renewed, domain:cyber"
    several = NEWS.replace("aze-mar", "many").replace("ratified-mar", "accession")
    text = NEWS.replace("event:ratified-mar", supports) + "---" + several
    with pytest.raises(Refused) as refused:
        add(entries(text), small_folder)
    for words in ("'event:renewed'", "'domain:cyber'", "'event:accession'"):
        (remark,) = (remark for remark in refused.value.remarks if words in remark.message)
        assert remark.place.endswith("sources 1, subject")
    assert "event:accession-" in str(refused.value)


def test_an_error_in_a_row_on_record_names_the_entry(small_folder: Path, entries: Reader) -> None:
    text = """
agreement_id: fra-mar
sources:
  - {url: https://example.org/official-mar, evidence: Names it., supports: [domain:training]}
"""
    with pytest.raises(Refused, match=r"^line 2, entry 1 \(fra-mar\), domains, basis"):
        add(entries(text), small_folder)


# --- how an entry is understood


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ("title_kind:", "title_knid:"),
            "entry 1: 'title_knid' is not a field here. Did you mean 'title_kind'",
        ),
        (
            ("domain: cyber", "domain: cyber, colour: red"),
            "entry 1, domains 1: 'colour' is not a field",
        ),
        (
            ("parties:\n  - {party_id: AZE, role: party}\n  - ", "parties: "),
            "parties: is not a list",
        ),
        (
            ("    evidence:", "  - url: https://example.org/press-a\n    evidence:"),
            "sources 1, supports: is empty. With several sources",
        ),
    ],
)
def test_an_entry_of_another_form_is_refused(
    draft: Callable[[str], Draft], change: tuple[str, str], words: str
) -> None:
    assert change[0] in NEW
    assert words in said(draft(NEW.replace(*change)).errors())


def test_news_is_added_to_a_known_agreement_and_source(draft: Callable[[str], Draft]) -> None:
    done = draft(NEWS)
    assert "ratified-mar" in of(done, "events", "aze-mar", "event_id")
    assert len(done.tables["sources"]) == len(builders.small().sources)
    keys = ["agreement_id", "subject", "source_id"]
    assert not done.tables["citations"].duplicated(keys).any()
    assert done.remarks == []


def test_what_a_known_agreement_is_cannot_be_changed_here(draft: Callable[[str], Draft]) -> None:
    assert "is in the dataset already" in said(draft(f"title: Another\n{NEWS}").errors())


def test_what_was_empty_of_a_known_agreement_is_filled_with_what_says_so(
    draft: Callable[[str], Draft],
) -> None:
    text = """
agreement_id: fra-mar
value_amount: 5000000
value_currency: EUR
value_kind: price
sources:
  - {url: https://example.org/press-a, supports: [value], evidence: Gives the price.}
"""
    done = draft(text)
    assert of(done, "agreements", "fra-mar", "value_amount") == ["5000000"]
    assert "value" in cited(done, "fra-mar", "press-a")
    assert done.remarks == []


def test_a_made_id_of_a_source_is_short(draft: Callable[[str], Draft]) -> None:
    long = "Office of the Historian of the Department of State of the United States"
    sources = draft(NEW.replace("Ministry of Defence\n", f"{long}\n")).tables["sources"]
    (made,) = set(sources["source_id"]) - set(builders.small().sources["source_id"])
    assert made.startswith("office-of-the-historian-")
    assert len(made) < 64


def test_an_event_is_known_by_its_type_where_one_has_it(draft: Callable[[str], Draft]) -> None:
    own = NEWS.replace("event:ratified-mar", "event:ratified")
    on_record = NEWS.replace("event:ratified-mar", "event:ratified, event:parliament-approved")
    done = draft(f"{own}---{on_record.replace('official-mar', 'press-b')}")
    assert "event:ratified-mar" in cited(done, "aze-mar", "official-mar")
    assert "event:parliament-approved-aze" in cited(done, "aze-mar", "press-b")


def test_an_event_on_record_is_not_added_again(draft: Callable[[str], Draft]) -> None:
    text = """
agreement_id: aze-mar
events:
  - {event: signed, date: 2024-10-30, place: Fez}
sources:
  - {url: https://example.org/press-b, supports: [event:signed]}
"""
    done = draft(text)
    assert len(of(done, "events", "aze-mar", "event_id")) == 3
    assert "event:signed" in cited(done, "aze-mar", "press-b")
    (note,) = map(str, done.remarks)
    assert "line 4, entry 1, events 1: not taken: place 'Fez' (on record: 'Rabat')" in note


def test_a_better_basis_is_taken_and_a_weaker_one_is_not(draft: Callable[[str], Draft]) -> None:
    text = """
agreement_id: fra-mar
domains:
  - {domain: training, basis: official}
sources:
  - {url: https://example.org/official-mar, evidence: Names it., supports: [domain:training]}
"""
    done = draft(text + "---" + text.replace("basis: official", "basis: press"))
    assert of(done, "domains", "fra-mar", "basis") == ["official"]
    (note,) = map(str, done.remarks)
    assert "basis 'press' (on record: 'official')" in note


def test_what_is_on_record_of_a_page_stays_and_is_said_once(draft: Callable[[str], Draft]) -> None:
    told = "official-mar\n    kind: press\n    title: Another\n    evidence: Says more.\n"
    text = NEWS.replace("official-mar\n", told)
    notes = [str(remark) for remark in draft(f"{text}---{text}").remarks]
    assert [note.partition(": ")[0] for note in notes] == ["line 6, entry 1, sources 1"] * 2
    assert "kind 'press' (on record: 'official')" in notes[0]
    assert "title 'Another'" in notes[0]
    assert "evidence 'Says more.'" in notes[1]


def test_an_address_is_cleared_of_tracking_with_a_note(draft: Callable[[str], Draft]) -> None:
    done = draft(NEWS.replace("org/official-mar", "org./official-mar?amp=1"))
    (note,) = map(str, done.remarks)
    assert "'https://example.org/official-mar'" in note
    assert "event:ratified-mar" in cited(done, "aze-mar", "official-mar")


def test_news_of_an_unknown_agreement_is_refused_with_the_nearest(
    draft: Callable[[str], Draft],
) -> None:
    (error,) = map(str, draft(NEWS.replace("aze-mar", "aze-mra")).errors())
    assert "no agreement 'aze-mra'. Did you mean 'aze-mar'" in error


def test_a_later_entry_adds_to_what_an_earlier_one_brought(draft: Callable[[str], Draft]) -> None:
    first = f"agreement_id: aze-mar-2026-cyber{NEW}"
    done = draft(f"{first}---{NEWS.replace('aze-mar', 'aze-mar-2026-cyber')}")
    assert of(done, "events", "aze-mar-2026-cyber", "event_id") == ["signed", "ratified-mar"]


def test_a_table_of_disputes_is_added_like_entries(tmp_path: Path) -> None:
    file = tmp_path / "disputes.csv"
    rows = [
        "agreement_id,field,value,url,adopted,reason",
        "aze-ita,event:signed.place,Rome,https://example.org/official-ita,true,The host says so.",
        "aze-ita,event:signed.place,Milan,https://example.org/press-zz,false,",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    done = drafted(read_entries(file), builders.small())
    assert of(done, "disputes", "aze-ita", "value") == ["Rome", "Milan"]
    (error,) = map(str, done.errors())
    assert "line 3, entry 1, disputes 2, url: " in error
    assert "press-zz" in error


def named(*entries: dict[str, Any]) -> list[str]:
    return list(drafted(entries, builders.small()).agreements)


def test_ids_are_readable_and_free() -> None:
    entry = {
        "title": "Agreement between the Government of Italy and the Government of Azerbaijan on "
        "military cooperation in the field of defence",
        "parties": [{"party_id": "ITA"}, {"party_id": "AZE"}],
        "events": [{"event": "signed", "date": "2027-02"}, {"event": "announced", "date": "2026"}],
    }
    assert named(entry, entry) == [
        "aze-ita-2027-military-cooperation",
        "aze-ita-2027-military-cooperation-2",
    ]
    undated = {**entry, "events": [], "parties": [*entry["parties"], {"party_id": "FRA"}]}
    assert named(undated) == ["multi-nd-military-cooperation"]
    bounded = {**entry, "events": [{"event": "signed", "date": "../2012"}]}
    assert named(bounded) == ["aze-ita-nd-military-cooperation"]
