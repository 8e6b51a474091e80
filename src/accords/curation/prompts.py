"""What a curator is asked: the annotated template of an entry, and a guided form."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import yaml

from accords.curation.additions import drafted
from accords.curation.entries import Entry
from accords.curation.fields import CITING, IDS, LISTED, PARTS, Field, columns, fields
from accords.dataset import Dataset
from accords.templates import render

_MADE = (*IDS, "status_note")
"""What the form does not ask for: ids are made, and a status is a matter for reflection."""


def template(dataset: Dataset) -> str:
    """Return an empty entry in YAML, each field with what it means."""
    parts = {part: fields(dataset, part) for part in ("agreements", *PARTS)}
    return render("accords.curation", "entry.yaml.j2", parts=parts)


def written(entry: Entry) -> str:
    """Return an entry as YAML, in the order in which it was filled in."""
    filled = {name: value for name, value in entry.items() if value}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=100)


def fill_in(
    dataset: Dataset, ask: Callable[[str], str], say: Callable[[str], None], entry: Entry
) -> None:
    """Ask for one agreement with its parties, events, domains and sources, or for news of one.

    ``ask`` shows a question and returns the answer, ``say`` shows a line. ``entry`` is filled as
    :func:`.additions.add` takes it, also where ``ask`` raises.
    """
    say("Enter leaves a field empty, ? explains it, < goes back to the question before.")
    say("Nothing is written before you confirm.")
    interview = _Interview(ask, say)
    while True:
        try:
            return _fill_in(interview, dataset, entry)
        except _Back:
            entry.clear()
            interview.back()


class _Back(Exception):
    """The curator goes back to the question before."""


class _Interview:
    """Asks, and gives once more what was answered before when a question is gone back to."""

    def __init__(self, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        self._ask, self._say = ask, say
        self._given: list[str] = []
        self._shown: set[str] = set()
        self._at = 0

    def back(self) -> None:
        """Begin again, up to the last question that was answered."""
        del self._given[-1:]
        self._at = 0

    def say(self, *lines: str) -> None:
        """Show lines, unless they were shown before."""
        if self._at == len(self._given):
            for line in lines:
                self._say(line)

    def ask(self, one: Field, required: bool = False, prompt: str = "") -> str:
        """Return what is filled in, once it is right; codes are shown once."""
        if self._at == len(self._given):
            codes = "  ".join(f"{n} {code}" for n, code in enumerate(one.listed, start=1))
            if codes and codes not in self._shown:
                self._say(codes)
                self._shown.add(codes)
            prompt = prompt or f"{one.declared['title']}{' *' if required else ''}"
            while fault := self._fault(typed := self._ask(prompt).strip(), one, required):
                self._say(fault)
            self._given.append(typed)
        self._at += 1
        return one.read(self._given[self._at - 1], required)[0]

    def _fault(self, typed: str, one: Field, required: bool) -> str:
        if typed == "<":
            raise _Back
        return "\n".join(one.explained()) if typed == "?" else one.read(typed, required)[1]


def _fill_in(to: _Interview, dataset: Dataset, entry: Entry) -> None:
    (agreement,) = (one for one in columns(dataset, "parties") if one.name == "agreement_id")
    known = to.ask(agreement, prompt="Id of a known agreement, or Enter for a new one")
    if known:
        entry["agreement_id"] = known
        to.say(*_record(dataset, known))
    _ask_rows(to, dataset, entry, "parties")
    if not known:
        to.say(*_same_parties(dataset, {row["party_id"] for row in entry.get("parties", ())}))
        to.say("\nThe agreement:")
        for one in fields(dataset, "agreements").values():
            if one.name not in _MADE and (value := to.ask(one, one.required)):
                entry[one.name] = value
    for table in ("events", "domains", "sources"):
        _ask_rows(to, dataset, entry, table)
    (entry["agreement_id"],) = drafted([entry], dataset).agreements


def _ask_rows(to: _Interview, dataset: Dataset, entry: Entry, table: str) -> None:
    to.say(f"\n{table.capitalize()}: one after another, Enter when done.")
    first, *others = [one for one in fields(dataset, table).values() if one.name not in _MADE]
    subjects = _subjects(entry, dataset) if table == "sources" else []
    pages = set(dataset.sources["url"])
    while answer := to.ask(first):
        row: dict[str, Any] = {first.name: answer}
        entry.setdefault(table, []).append(row)
        known = table == "sources" and answer in pages
        if known:
            to.say("This source is known already; its particulars are taken from there.")
        pages.add(answer)
        for one in others:
            if one.name == "supports":
                one = replace(one, choices={subject: subject for subject in subjects})
                chosen = to.ask(one, prompt="Supports (numbers, or Enter for all)").split()
                row["supports"] = chosen or [s for s in subjects if s != "context"]
            elif (not known or one.name in CITING) and (value := to.ask(one, one.required)):
                row[one.name] = value


def _subjects(entry: Entry, dataset: Dataset) -> list[str]:
    """List what a source of the entry can support: what is on record, and what the entry adds."""
    draft = drafted([entry], dataset)
    (agreement,) = draft.agreements
    named = ["existence"]
    for table, column, kind in (("events", "event_id", "event"), ("domains", "domain", "domain")):
        rows = draft.tables[table]
        own = rows.loc[rows["agreement_id"] == agreement, column]
        named += [f"{kind}:{code}" for code in own]
    return [*named, *(["value"] if entry.get("value_amount") else []), "context"]


def _record(dataset: Dataset, agreement: str) -> list[str]:
    parts = {"parties": ["party_id", "role"], "events": ["event_id", "date", "place"]}
    lines = {}
    for table, names in (parts | {"domains": ["domain", "basis"]}).items():
        rows = dataset.tables[table]
        cells = rows.loc[rows["agreement_id"] == agreement, names].to_numpy()
        lines[table] = [" ".join(str(cell) for cell in row if pd.notna(cell)) for row in cells]
    row = dataset.overview.loc[agreement]
    return render("accords.curation", "record.txt.j2", of=row, parts=lines).splitlines()


def _same_parties(dataset: Dataset, parties: set[str]) -> list[str]:
    members = dataset.parties.groupby("agreement_id")["party_id"].agg(set)
    same = dataset.overview.loc[members.index[[own == parties for own in members]]]
    found = same.sort_values("earliest", ascending=False, na_position="last")
    columns = found[["date", "short_name"]].fillna({"date": "undated"})
    rows = columns.reset_index().to_dict("records")
    return render("accords.curation", "known.txt.j2", rows=rows, listed=LISTED).splitlines()
