"""Agreements from a small file: ids made, sources found again, faults named by entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import builders
import pytest

from accords.additions import Refused, add, read_entries, rows
from accords.dataset import load
from accords.errors import AccordsError

NEW = """
title: Memorandum of understanding on cyber defence between Azerbaijan and Morocco
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
            "entry 1: 'title_knid' is no field here. Is it 'title_kind'",
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
            "entry 1, domains 1: 'colour' is no field",
        ),
        (("parties:\n  - {party_id: AZE, role: party}\n  - ", "parties: "), "parties: is no list"),
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
    with pytest.raises(Refused, match="aze-mar is in the dataset already"):
        add(write(file, f"title: Another\n{NEWS}"), small_folder)


def test_with_several_sources_each_says_what_it_supports(small_folder: Path, file: Path) -> None:
    entries = write(file, NEW)
    second = {"url": "https://example.org/press-a"}
    entries[0]["sources"].append(second)
    with pytest.raises(Refused, match=r"sources 2, supports: is empty.*event:signed"):
        add(entries, small_folder)


def test_everything_in_yaml_is_text(file: Path) -> None:
    (entry,) = write(file, "a: 2024-10\nb: no\nc: 2024-10-30\nd: 1_000\ne: 0123\n")
    assert entry == {"a": "2024-10", "b": "no", "c": "2024-10-30", "d": "1_000", "e": "0123"}


def test_json_is_read_too(small_folder: Path, tmp_path: Path, file: Path) -> None:
    entries = write(file, NEW)
    other = tmp_path / "new.json"
    other.write_text(json.dumps(entries), encoding="utf-8")
    assert read_entries(other) == entries
    add(read_entries(other), small_folder)
    assert len(load(small_folder).agreements) == 9


@pytest.mark.parametrize("text", ["", "- 1\n- 2\n", "just words", "a: [", "a: b: c"])
def test_a_file_without_entries_is_refused(file: Path, text: str) -> None:
    with pytest.raises(AccordsError, match="template"):
        write(file, text)


def test_ids_are_readable_and_free() -> None:
    dataset = builders.small()
    entry = {
        "title": "Agreement between the Government of Italy and the Government of Azerbaijan on "
        "military cooperation in the field of defence",
        "parties": [{"party_id": "ITA"}, {"party_id": "AZE"}],
        "events": [{"event": "signed", "date": "2027-02"}, {"event": "announced", "date": "2026"}],
    }
    made = rows([entry, entry], dataset).tables["agreements"]
    assert [row["agreement_id"] for row in made] == [
        "aze-ita-2027-military-cooperation",
        "aze-ita-2027-military-cooperation-2",
    ]
    undated = {**entry, "events": [], "parties": [*entry["parties"], {"party_id": "FRA"}]}
    (row,) = rows([undated], dataset).tables["agreements"]
    assert row["agreement_id"] == "multi-nd-military-cooperation"
