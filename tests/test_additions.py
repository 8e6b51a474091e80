"""Agreements from a small file: ids made, sources found again, faults named by entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import builders
import pytest

from accords.additions import add, rows
from accords.dataset import load
from accords.entries import read_entries
from accords.revision import Refused

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
