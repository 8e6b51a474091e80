"""Agreements from a small file: ids made, sources found again, faults named by entry."""

from __future__ import annotations

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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new.yaml"


def write(file: Path, text: str) -> list[Any]:
    file.write_text(text, encoding="utf-8")
    return read_entries(file)


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    return load(folder).tables[name].fillna("").astype(str).to_dict("records")


def test_an_agreement_is_added_with_its_life_and_sources(small_folder: Path, file: Path) -> None:
    done = add(write(file, NEW), small_folder)
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


def test_nobody_adds_to_tables_that_another_is_changing(
    small_folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever had read the tables without the first one's rows would write them away again."""
    first, second = write(file, NEW), write(file, NEWS)

    def meanwhile(entries: Any, dataset: Dataset) -> Draft:
        with pytest.raises(AccordsError, match="another command"):
            add(second, small_folder)
        return drafted(entries, dataset)

    with monkeypatch.context() as patched:
        patched.setattr("accords.curation.additions.drafted", meanwhile)
        add(first, small_folder)
    add(second, small_folder)
    on_record = {row["event_id"] for row in table(small_folder, "events")}
    assert "ratified-mar" in on_record
    assert "aze-mar-2026-memorandum-understanding-cyber" in load(small_folder).overview.index


def test_news_is_added_to_a_known_agreement_and_source(small_folder: Path, file: Path) -> None:
    before = len(table(small_folder, "sources"))
    add(write(file, NEWS), small_folder)
    dataset = load(small_folder)
    events = dataset.events[dataset.events["agreement_id"] == "aze-mar"]
    assert "ratified-mar" in set(events["event_id"])
    assert len(dataset.sources) == before
    assert not dataset.citations.duplicated(["agreement_id", "subject", "source_id"]).any()


def test_several_entries_are_added_together_or_not_at_all(small_folder: Path, file: Path) -> None:
    wrong = NEW.replace("memorandum\n", "memorandm\n")
    before = load(small_folder).agreements
    with pytest.raises(Refused, match=r"entry 2, instrument: 'memorandm' is not in"):
        add(write(file, f"{NEWS}---{wrong}"), small_folder)
    assert load(small_folder).agreements.equals(before)
    assert len(load(small_folder).events) == 15


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("title_kind:", "title_knid:"),
            "entry 1: 'title_knid' is not a field here. Did you mean 'title_kind'",
        ),
        (("event: signed", "event: sgned"), "entry 1, events 1, event: 'sgned' is not in"),
        (("2026-02-03, place", "03/02/2026, place"), "entry 1, events 1, date: '03/02/2026'"),
        (("party_id: MAR", "party_id: MRC"), "entry 1, parties 2, party_id: 'MRC' is not in"),
        (
            ("kind: official\n    ev", "kind: offical\n    ev"),
            "entry 1, sources 1, kind: 'offical'",
        ),
        (("summary: The two", "notes: The two"), "entry 1, summary: 'summary' is empty"),
        (
            ("domain: cyber", "domain: cyber, colour: red"),
            "entry 1, domains 1: 'colour' is not a field",
        ),
        (
            ("parties:\n  - {party_id: AZE, role: party}\n  - ", "parties: "),
            "parties: is not a list",
        ),
    ],
)
def test_a_fault_is_named_by_entry_and_field(
    small_folder: Path, file: Path, change: tuple[str, str], said: str
) -> None:
    assert change[0] in NEW
    with pytest.raises(Refused) as refused:
        add(write(file, NEW.replace(*change)), small_folder)
    assert said in str(refused.value)
    assert len(load(small_folder).agreements) == 8


def test_what_a_known_agreement_is_cannot_be_changed_here(small_folder: Path, file: Path) -> None:
    with pytest.raises(Refused, match="is in the dataset already"):
        add(write(file, f"title: Another\n{NEWS}"), small_folder)


def test_what_was_empty_of_a_known_agreement_is_filled_with_what_says_so(
    small_folder: Path, file: Path
) -> None:
    entry = """
agreement_id: fra-mar
value_amount: 5000000
value_currency: EUR
value_kind: price
sources:
  - {url: https://example.org/press-a, supports: [value], evidence: Gives the price.}
"""
    add(write(file, entry), small_folder)
    loaded = load(small_folder)
    assert loaded.overview.loc["fra-mar", "value_amount"] == 5e6
    cited = loaded.citations[loaded.citations["agreement_id"] == "fra-mar"]
    assert "value" in set(cited["subject"])


def test_with_several_sources_each_says_what_it_supports(small_folder: Path, file: Path) -> None:
    entries = write(file, NEW)
    second = {"url": "https://example.org/press-a"}
    entries[0]["sources"].append(second)
    with pytest.raises(Refused, match=r"sources 2, supports: is empty.*event:signed"):
        add(entries, small_folder)


def test_a_made_id_of_a_source_is_short(small_folder: Path, file: Path) -> None:
    long = "Office of the Historian of the Department of State of the United States"
    add(write(file, NEW.replace("Ministry of Defence\n", f"{long}\n")), small_folder)
    (made,) = set(load(small_folder).sources["source_id"]) - set(
        builders.small().sources["source_id"]
    )
    assert made.startswith("office-of-the-historian-")
    assert len(made) < 64


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


def said(folder: Path, file: Path, text: str) -> list[str]:
    """Add entries, and return the notes that were given."""
    return [str(remark) for remark in add(write(file, text), folder).remarks]


def events(folder: Path, agreement: str) -> set[str]:
    table = load(folder).events
    return set(table.loc[table["agreement_id"] == agreement, "event_id"])


def cited(folder: Path, agreement: str, source: str) -> set[str]:
    table = load(folder).citations
    own = (table["agreement_id"] == agreement) & (table["source_id"] == source)
    return set(table.loc[own, "subject"])


def test_an_event_is_known_by_its_type_where_one_has_it(small_folder: Path, file: Path) -> None:
    add(write(file, NEWS.replace("event:ratified-mar", "event:ratified")), small_folder)
    assert "event:ratified-mar" in cited(small_folder, "aze-mar", "official-mar")
    on_record = NEWS.replace("event:ratified-mar", "event:ratified, event:parliament-approved")
    add(write(file, on_record.replace("official-mar", "press-b")), small_folder)
    assert "event:parliament-approved-aze" in cited(small_folder, "aze-mar", "press-b")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("event:renewed", "'event:renewed'.*event:signed"),
        ("domain:cyber", "'domain:cyber'.*domain:"),
    ],
)
def test_what_a_source_cannot_support_is_said_once(
    small_folder: Path, file: Path, subject: str, said: str
) -> None:
    with pytest.raises(Refused, match=f"line 6, entry 1, sources 1, .*{said}") as refusal:
        add(
            write(file, NEWS.replace("event:ratified-mar", f"event:ratified, {subject}")),
            small_folder,
        )
    assert len(refusal.value.remarks) == 1


def test_a_type_that_several_events_have_is_no_name(small_folder: Path, file: Path) -> None:
    text = NEWS.replace("aze-mar", "many").replace("ratified-mar", "accession")
    with pytest.raises(Refused, match=r"line 6, entry 1, sources 1, .*event:accession-"):
        add(write(file, text), small_folder)


def test_an_event_on_record_is_not_added_again(small_folder: Path, file: Path) -> None:
    text = """
agreement_id: aze-mar
events:
  - {event: signed, date: 2024-10-30, place: Fez}
sources:
  - {url: https://example.org/press-b, supports: [event:signed]}
"""
    before = events(small_folder, "aze-mar")
    (note,) = said(small_folder, file, text)
    assert events(small_folder, "aze-mar") == before
    assert "event:signed" in cited(small_folder, "aze-mar", "press-b")
    assert "line 4, entry 1, events 1: not taken: place 'Fez' (on record: 'Rabat')" in note


def test_a_better_basis_is_taken_and_a_weaker_one_is_not(small_folder: Path, file: Path) -> None:
    text = """
agreement_id: fra-mar
domains:
  - {domain: training, basis: official}
sources:
  - {url: https://example.org/official-mar, evidence: Names it., supports: [domain:training]}
"""
    done = add(write(file, text), small_folder)
    (change,) = [change for change in done.changes if change.kind == "changed"]
    assert change.fields == {"basis": ("press", "official")}
    (note,) = said(small_folder, file, text.replace("basis: official", "basis: press"))
    assert "basis 'press' (on record: 'official')" in note


def test_what_is_on_record_of_a_page_stays_and_is_said_once(small_folder: Path, file: Path) -> None:
    told = "official-mar\n    kind: press\n    title: Another\n    evidence: Says more.\n"
    text = NEWS.replace("official-mar\n", told)
    notes = said(small_folder, file, text + "---" + text.replace("Says more", "Says more"))
    assert [note.partition(": ")[0] for note in notes] == ["line 6, entry 1, sources 1"] * 2
    assert "kind 'press' (on record: 'official')" in notes[0]
    assert "title 'Another'" in notes[0]
    assert "evidence 'Says more.'" in notes[1]


def test_an_address_is_cleared_of_tracking_with_a_note(small_folder: Path, file: Path) -> None:
    text = NEWS.replace(
        "https://example.org/official-mar", "https://example.org./official-mar?amp=1"
    )
    (note,) = said(small_folder, file, text)
    assert "'https://example.org/official-mar'" in note
    assert "event:ratified-mar" in cited(small_folder, "aze-mar", "official-mar")


def test_an_error_in_a_row_on_record_names_the_entry(small_folder: Path, file: Path) -> None:
    text = """
agreement_id: fra-mar
sources:
  - {url: https://example.org/official-mar, evidence: Names it., supports: [domain:training]}
"""
    with pytest.raises(Refused, match=r"^line 2, entry 1 \(fra-mar\), domains, basis"):
        add(write(file, text), small_folder)


def test_news_of_an_unknown_agreement_is_refused_with_the_nearest(
    small_folder: Path, file: Path
) -> None:
    with pytest.raises(Refused, match=r"no agreement 'aze-mra'. Did you mean 'aze-mar'") as refusal:
        add(write(file, NEWS.replace("aze-mar", "aze-mra")), small_folder)
    assert len(refusal.value.remarks) == 1


def test_a_later_entry_adds_to_what_an_earlier_one_brought(small_folder: Path, file: Path) -> None:
    first = f"agreement_id: aze-mar-2026-cyber{NEW}"
    second = NEWS.replace("aze-mar", "aze-mar-2026-cyber").replace(
        "official-mar\n", "official-mar\n    evidence: Says so.\n"
    )
    add(write(file, f"{first}---{second}"), small_folder)
    assert events(small_folder, "aze-mar-2026-cyber") == {"signed", "ratified-mar"}


def test_disputes_find_their_sources_by_address(small_folder: Path, file: Path) -> None:
    add(write(file, DISPUTED), small_folder)
    disputes = load(small_folder).disputes.set_index("agreement_id").loc["aze-ita"]
    assert dict(zip(disputes["value"], disputes["source_id"], strict=True)) == {
        "Milan": "example-news-nd-signed-in-milan",
        "Rome": "official-ita",
    }


def test_a_table_of_disputes_is_added_like_entries(small_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "disputes.csv"
    head = "agreement_id,field,value,url,adopted,reason\n"
    rows = [
        "aze-ita,event:signed.place,Rome,https://example.org/official-ita,true,The host says so.",
        "aze-ita,event:signed.place,Milan,https://example.org/press-a,false,",
    ]
    add(write(file, head + "\n".join(rows)), small_folder)
    assert load(small_folder).overview.loc["aze-ita", "disputes"] == 1
    rows[1] = rows[1].replace("press-a", "press-zz")
    with pytest.raises(Refused, match=r"line 3, entry 1, disputes 2, url: .*press-zz"):
        add(write(file, head + "\n".join(rows)), small_folder)


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
