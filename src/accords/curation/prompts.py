"""What a curator is asked: the annotated template of an entry, its schema, and a guided form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import yaml

from accords.curation.additions import drafted
from accords.curation.draft import is_dated
from accords.curation.entries import Entry
from accords.curation.fields import CITING, IDS, LISTED, PARTS, Answer, Field, fields
from accords.dataset import Dataset
from accords.templates import render

_MADE = (*IDS, "status_note")
"""What the form does not ask for: ids are made, and a status is a matter for reflection."""

_DEPENDS = {
    "language_original": "title_original",
    "value_currency": "value_amount",
    "value_kind": "value_amount",
}
"""Fields that make sense only where another is filled."""


def template(dataset: Dataset) -> str:
    """Return an empty entry in YAML, each field with what it means."""
    parts = {part: fields(dataset, part) for part in ("agreements", *PARTS)}
    return render("accords.curation", "entry.yaml.j2", parts=parts)


def schema(dataset: Dataset) -> dict[str, Any]:
    """Return the JSON Schema of an entry, for editors that complete and check while one types."""

    def rule(one: Field) -> dict[str, Any]:
        kind = one.declared["type"]
        if kind == "list":
            return {"type": "array", "items": {"type": "string"}}
        if one.choices and not one.on_record:
            return {"enum": list(one.choices)}
        if kind in ("integer", "number", "boolean"):
            return {"type": kind}
        return {"type": ["string", "integer"] if is_dated(one.declared) else "string"}

    def described(part: str) -> dict[str, Any]:
        properties = {
            one.name: {key: one.declared[key] for key in ("title", "description")} | rule(one)
            for one in fields(dataset, part).values()
        }
        return {"type": "object", "additionalProperties": False, "properties": properties}

    entry = described("agreements")
    for part in PARTS:
        entry["properties"][part] = {"type": "array", "items": described(part)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An agreement to add, or news of one",
        **entry,
    }


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

    def ask(
        self,
        prompt: str,
        read: Callable[[str], Answer],
        help_: Iterable[str] = (),
        codes: str = "",
    ) -> str:
        """Return what an answer means, once it is right; ``?`` explains, codes are shown once."""
        if self._at == len(self._given):
            if codes and codes not in self._shown:
                self._say(codes)
                self._shown.add(codes)
            while fault := self._fault(typed := self._ask(prompt).strip(), read, help_):
                self._say(fault)
            self._given.append(typed)
        self._at += 1
        return read(self._given[self._at - 1])[0]

    def field(self, one: Field, required: bool) -> str:
        """Ask for one field."""
        codes = "  ".join(f"{n} {code}" for n, code in enumerate(one.listed, start=1))
        prompt = f"{one.declared['title']}{' *' if required else ''}"
        return self.ask(prompt, partial(one.read, required=required), list(one.explained()), codes)

    def _fault(self, typed: str, read: Callable[[str], Answer], help_: Iterable[str]) -> str:
        if typed == "<":
            raise _Back
        return (typed == "?" and "\n".join(help_)) or read(typed)[1]


def fill_in(
    dataset: Dataset, ask: Callable[[str], str], say: Callable[[str], None], entry: Entry
) -> None:
    """Ask for one agreement with its parties, events, domains and sources, or for news of one.

    ``ask`` shows a question and returns the answer, which is checked and asked for again where it
    is wrong; ``<`` goes back to the question before. ``say`` shows a line. ``entry`` is filled as
    :func:`.additions.add` takes it; when ``ask`` raises, it holds what was answered so far.
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


def written(entry: Entry) -> str:
    """Return an entry as YAML, in the order in which it was filled in."""
    filled = {name: value for name, value in entry.items() if value}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=100)


def _fill_in(to: _Interview, dataset: Dataset, entry: Entry) -> None:
    """Ask for everything, in the order in which one knows it."""
    known = to.ask("Id of a known agreement, or Enter for a new one", partial(_known, dataset))
    if known:
        entry["agreement_id"] = known
        to.say(*_record(dataset, known))
    _ask_rows(to, dataset, entry, "parties")
    if not known:
        to.say(*_same_parties(dataset, {row["party_id"] for row in entry.get("parties", ())}))
        to.say("\nThe agreement:")
        for one in fields(dataset, "agreements").values():
            needs = _DEPENDS.get(one.name)
            few = one.name == "parties_total" and entry.get("scope") == "bilateral"
            if one.name in _MADE or few or (needs and needs not in entry):
                continue
            if value := to.field(one, one.required):
                entry[one.name] = value
    for table in ("events", "domains", "sources"):
        _ask_rows(to, dataset, entry, table)
    if not known:
        (proposed,) = drafted([entry], dataset).agreements
        prompt = f"\nId of the agreement (Enter for {proposed})"
        entry["agreement_id"] = to.ask(prompt, partial(_free, dataset, proposed))


def _ask_rows(to: _Interview, dataset: Dataset, entry: Entry, table: str) -> None:
    """Ask for rows until the first field is left empty."""
    to.say(f"\n{table.capitalize()}: one after another, Enter when done.")
    first, *others = [one for one in fields(dataset, table).values() if one.name not in _MADE]
    subjects = _subjects(entry, dataset) if table == "sources" else []
    pages = set(dataset.sources["url"])
    while answer := to.field(first, required=False):
        row: dict[str, Any] = {first.name: answer}
        entry.setdefault(table, []).append(row)
        known = table == "sources" and answer in pages
        if known:
            to.say("This source is known already; its particulars are taken from there.")
        for one in others:
            if one.name == "supports" or (known and one.name not in CITING):
                continue
            if value := to.field(one, one.required):
                row[one.name] = value
        if table == "sources":
            pages.add(answer)
            to.say("  ".join(f"{n} {subject}" for n, subject in enumerate(subjects, start=1)))
            prompt = "Supports (numbers, or Enter for all)"
            row["supports"] = to.ask(prompt, partial(_supported, subjects)).split()
        elif dates := _signatures(row, entry, dataset) if table == "events" else []:
            to.say(f"They have signed already: {', '.join(dates)}.")
            prompt = "Is this another signature? (y, or Enter to leave it out)"
            if to.ask(prompt, _yes_or_no) != "y":
                entry[table].pop()


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


def _signatures(row: Mapping[str, str], entry: Entry, dataset: Dataset) -> list[str]:
    """List the other dates on which the same have signed already."""
    table = dataset.events.fillna({"party_id": "", "date": ""})
    on_record = table[table["agreement_id"] == entry.get("agreement_id")].to_dict("records")
    return [
        other.get("date") or "undated"
        for other in (*on_record, *entry["events"][:-1])
        if row["event"] == other["event"] == "signed"
        and row.get("party_id", "") == other.get("party_id", "")
        and row.get("date", "") != other.get("date", "")
    ]


def _known(dataset: Dataset, typed: str) -> Answer:
    known = set(dataset.agreements["agreement_id"])
    if not typed or typed in known:
        return typed, ""
    near = difflib.get_close_matches(typed, known, n=3, cutoff=0.4)
    return "", f"No such agreement. {'Near it: ' + ', '.join(near) if near else ''}"


def _free(dataset: Dataset, proposed: str, typed: str) -> Answer:
    """Read the id of a new agreement."""
    if not typed or typed == proposed:
        return proposed, ""
    if typed in set(dataset.agreements["agreement_id"]):
        return typed, f"The dataset has an agreement '{typed}'. Choose another id."
    return fields(dataset, "agreements")["agreement_id"].read(typed, required=True)


def _supported(subjects: list[str], typed: str) -> Answer:
    """Read numbers of subjects."""
    numbers = [int(number) for number in re.findall(r"\d{1,6}", typed)]
    if typed and not (numbers and all(0 < number <= len(subjects) for number in numbers)):
        return "", f"Type numbers from 1 to {len(subjects)}, such as 1, 2."
    chosen = [subjects[number - 1] for number in numbers]
    return " ".join(chosen or [subject for subject in subjects if subject != "context"]), ""


def _yes_or_no(typed: str) -> Answer:
    return typed.lower(), "" if typed.lower() in ("", "y", "n") else "Type y or n."


def _record(dataset: Dataset, agreement: str) -> list[str]:
    """Say what is on record of an agreement."""
    parts = {"parties": ["party_id", "role"], "events": ["event_id", "date", "place"]}
    lines = {}
    for table, columns in (parts | {"domains": ["domain", "basis"]}).items():
        rows = dataset.tables[table]
        cells = rows.loc[rows["agreement_id"] == agreement, columns].to_numpy()
        lines[table] = [" ".join(str(cell) for cell in row if pd.notna(cell)) for row in cells]
    row = dataset.overview.loc[agreement]
    return render("accords.curation", "record.txt.j2", of=row, parts=lines).splitlines()


def _same_parties(dataset: Dataset, parties: set[str]) -> list[str]:
    """List the agreements of these parties that are on record, the newest first."""
    members = dataset.parties.groupby("agreement_id")["party_id"].agg(set)
    same = dataset.overview.loc[members.index[[own == parties for own in members]]]
    found = same.sort_values("earliest", ascending=False, na_position="last")
    columns = found[["date", "short_name"]].fillna({"date": "undated"})
    rows = columns.reset_index().to_dict("records")
    return render("accords.curation", "known.txt.j2", rows=rows, listed=LISTED).splitlines()
