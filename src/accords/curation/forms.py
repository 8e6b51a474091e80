"""What a curator fills in: the annotated template of an entry, its schema, and a guided form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from accords.checks.cells import EDTF, is_address, plain_address
from accords.curation.additions import CITING, EXTRA, PARTS, rows
from accords.curation.entries import Entry
from accords.dataset import Dataset
from accords.dataset.edtf import bounds
from accords.dataset.names import fold

_DEPENDS = {
    "language_original": "title_original",
    "value_currency": "value_amount",
    "value_kind": "value_amount",
}
"""Fields that make sense only where another is filled."""

_SUPPORTS = (
    "What the source is cited for: existence, value, context, event:<event>, domain:<domain>. "
    "May be left out where the entry has one source, which then supports all of it."
)


@dataclass(frozen=True)
class Field:
    """One thing to fill in.

    Attributes
    ----------
    name, title, description
        From the descriptor.
    kind
        The descriptor's type.
    required
        Whether it must be filled.
    pattern
        What a text must look like, or empty.
    choices
        Codes and their labels, where only these may be used.
    meanings
        Definitions of the codes.
    example
        An example, or empty.
    dated
        Whether it takes a date.
    longest
        The most characters that it takes, or None.
    taken
        Values that other rows have, where each must be another.
    on_record
        Whether the choices are the agreements on record, to which a file can add.
    """

    name: str
    title: str
    description: str
    kind: str
    required: bool
    pattern: str
    choices: Mapping[str, str]
    meanings: Mapping[str, str]
    example: str
    dated: bool
    longest: int | None = None
    taken: frozenset[str] = frozenset()
    on_record: bool = False

    @property
    def listed(self) -> list[str]:
        """The codes that are shown whole, with numbers, where there are few."""
        few = len(self.choices) <= _LISTED and not self.on_record
        return list(self.choices) if few else []

    def resolve(self, answer: str) -> str:
        """Return the code that an answer means: a code, its number, its label or words of that."""
        if not self.choices or not answer:
            return answer
        if answer.isdigit() and 0 < int(answer) <= len(self.listed):
            return self.listed[int(answer) - 1]
        named = {fold(word): code for code, label in self.choices.items() for word in (label, code)}
        if fold(answer) in named:
            return named[fold(answer)]
        worded = self.worded(answer)
        return worded[0] if len(worded) == 1 else answer

    def worded(self, answer: str) -> list[str]:
        """Return the codes of which the label or the code itself has every word of an answer."""
        wanted = _words(answer)
        return [
            code
            for code, label in self.choices.items()
            if wanted and wanted <= _words(f"{code} {label}")
        ]

    def fault(self, answer: str) -> str:
        """Say what is wrong with an answer and how to mend it, or nothing."""
        if not answer:
            return "This must be filled in." if self.required else ""
        if self.choices and answer not in self.choices:
            words = [*self.choices, *self.choices.values()]
            near = self.worded(answer)[:5]
            near = near or difflib.get_close_matches(answer, words, n=3, cutoff=0.5)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Type ? for the list."
            return f"'{answer}' is not in the list. {hint}"
        if answer in self.taken:
            return f"'{answer}' is taken already. Choose another."
        if self.longest and len(answer) > self.longest:
            return f"That has {len(answer)} characters. Write at most {self.longest}."
        if self.kind in ("integer", "number"):
            form = r"\d+" if self.kind == "integer" else r"\d+(\.\d+)?"
            if not re.fullmatch(form, answer):
                return f"'{answer}' is no number. Type digits alone, such as 1600000."
        if self.pattern and not re.fullmatch(self.pattern, answer):
            example = f" such as {self.example}" if self.example else ""
            return f"'{answer}' does not have the right form{example}. {self.description}"
        if self.dated and bounds(pd.Series([answer]))[["earliest", "latest"]].isna().all(axis=None):
            return f"'{answer}' is no day of the calendar."
        return ""


_LISTED = 30
"""Longest list of codes that is shown whole, with numbers."""


def fields(dataset: Dataset, table: str) -> list[Field]:
    """Give the fields that an entry has of one table."""
    resource = next(r for r in dataset.descriptor["resources"] if r["name"] == table)
    extra = [_extra(dataset, name) for name in EXTRA.get(table, ())]
    own = [
        _field(dataset, resource, f)
        for f in resource["schema"]["fields"]
        if f["name"] != "agreement_id" or table == "agreements"
    ]
    return [*own, *extra]


def template(dataset: Dataset) -> str:
    """Write an empty entry in YAML, each field with what it means."""
    lines = [
        "# One agreement. Several follow one another with a line '---' between them.",
        "# Leave out or leave empty what no source says. Ids that are left empty are made.",
        "# To add news of an agreement that the dataset has, give its agreement_id and the rows",
        "# that are new; a source may support events and domains that are on record.",
    ]
    for part in ("agreements", *PARTS):
        if part != "agreements":
            lines += ["", f"{part}:"]
        for number, one in enumerate(fields(dataset, part)):
            indent = "" if part == "agreements" else "    "
            lines += [f"{indent}# {line}" for line in _explained(one)]
            lead = indent if number or part == "agreements" else "  - "
            lines.append(f"{lead}{one.name}:")
    return "\n".join(lines) + "\n"


def schema(dataset: Dataset) -> dict[str, Any]:
    """Give the JSON Schema of an entry, for editors that complete and check while one types."""

    def one(part: str) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for f in fields(dataset, part):
            rule: dict[str, Any] = {"title": f.title, "description": f.description}
            if f.name == "supports":
                rule |= {"type": "array", "items": {"type": "string"}}
            elif f.choices and not f.on_record:
                rule["enum"] = list(f.choices)
            elif f.kind in ("integer", "number", "boolean"):
                rule["type"] = f.kind
            elif f.dated:
                rule["type"] = ["string", "integer"]
            else:
                rule["type"] = "string"
            properties[f.name] = rule
        return {"type": "object", "additionalProperties": False, "properties": properties}

    entry = one("agreements")
    for part in PARTS:
        entry["properties"][part] = {"type": "array", "items": one(part)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An agreement to add, or news of one",
        **entry,
    }


def fill_in(
    dataset: Dataset, ask: Callable[[str], str], say: Callable[[str], None], entry: Entry
) -> None:
    """Ask for one agreement with its parties, events, domains and sources, or for news of one.

    Each answer is checked as it is given, and asked for again where it is wrong; ``<`` goes back to
    the question before.

    Parameters
    ----------
    dataset
        The dataset that the agreement is for.
    ask
        Shows a question and returns the answer.
    say
        Shows a line.
    entry
        Is filled with an entry as :func:`accords.curation.additions.add` takes it. When ``ask``
        raises, it holds what was answered so far.
    """
    form = _Form(dataset, ask, say)
    say("Enter leaves a field empty, ? explains it, < goes back to the question before.")
    say("Nothing is written before you confirm.")
    while True:
        entry.clear()
        try:
            form.fill(entry)
        except _Back:
            form.step_back()
        else:
            return


def written(entry: Entry) -> str:
    """Return an entry as YAML, in the order in which it was filled in."""
    filled = {name: value for name, value in entry.items() if value}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=100)


class _Back(Exception):
    """The question before is to be answered anew."""


class _Form:
    """A conversation that can be gone through again: to go back, all but the last answer is given
    once more without asking."""

    def __init__(
        self, dataset: Dataset, ask: Callable[[str], str], say: Callable[[str], None]
    ) -> None:
        self.dataset, self.ask, self.say = dataset, ask, say
        self.given: list[str] = []
        self.at = 0
        self.shown: set[str] = set()

    def fill(self, entry: Entry) -> None:
        """Ask for everything, in the order in which one knows it."""
        self.at = 0
        known = self.answer("Id of a known agreement, or Enter for a new one", self._known)
        if known:
            entry["agreement_id"] = known
            self.show_record(known)
        self.rows(entry, "parties")
        if not known:
            self.show_same_parties({row["party_id"] for row in entry.get("parties", ())})
            self.particulars(entry)
        self.rows(entry, "events")
        self.rows(entry, "domains")
        self.sources(entry)
        if not known:
            entry["agreement_id"] = self.identifier(entry)

    def step_back(self) -> None:
        """Forget the last answer."""
        self.given = self.given[:-1]

    def tell(self, line: str) -> None:
        """Show a line, unless what follows it was answered before."""
        if self.at >= len(self.given):
            self.say(line)

    def answer(
        self,
        question: str,
        read: Callable[[str], tuple[str, str]],
        explanation: Iterable[str] = (),
    ) -> str:
        """Ask until the answer is right.

        ``read`` returns what an answer means, and what is wrong with it or nothing.
        """
        if self.at < len(self.given):
            self.at += 1
            return read(self.given[self.at - 1])[0]
        while True:
            typed = self.ask(question).strip()
            if typed == "<":
                raise _Back
            if typed == "?" and explanation:
                for line in explanation:
                    self.say(line)
                continue
            meant, fault = read(typed)
            if not fault:
                self.given.append(typed)
                self.at += 1
                return meant
            self.say(fault)

    def value(self, one: Field, *, required: bool | None = None) -> str:
        """Ask for one field."""
        needed = one.required if required is None else required
        if one.listed and one.name not in self.shown:
            self.tell("  ".join(f"{n} {code}" for n, code in enumerate(one.listed, start=1)))
            if self.at >= len(self.given):
                self.shown.add(one.name)

        def read(typed: str) -> tuple[str, str]:
            meant = one.resolve(typed)
            return meant, one.fault(meant) if meant or needed else ""

        return self.answer(f"{one.title}{' *' if needed else ''}", read, list(_explained(one)))

    def particulars(self, entry: Entry) -> None:
        """Ask for what the agreement itself is."""
        self.tell("\nThe agreement:")
        for one in fields(self.dataset, "agreements"):
            needs = _DEPENDS.get(one.name)
            few = one.name == "parties_total" and entry.get("scope") == "bilateral"
            if one.name in _MADE or few or (needs and needs not in entry):
                continue
            if value := self.value(one):
                entry[one.name] = value

    def rows(self, entry: Entry, table: str) -> None:
        """Ask for rows until the first field is left empty."""
        self.tell(f"\n{table.capitalize()}: one after another, Enter when done.")
        first, *others = [f for f in fields(self.dataset, table) if f.name not in _MADE]
        while answer := self.value(first, required=False):
            row = {first.name: answer}
            entry.setdefault(table, []).append(row)
            for other in others:
                if value := self.value(other):
                    row[other.name] = value
            if table == "events" and not self.is_another(row, entry):
                entry["events"].remove(row)

    def is_another(self, row: Mapping[str, str], entry: Entry) -> bool:
        """Ask about a signature where the same have signed on another date already."""
        table = self.dataset.events
        on_record = table[table["agreement_id"] == entry.get("agreement_id")].fillna(
            {"party_id": ""}
        )
        earlier = [*on_record.to_dict("records"), *entry["events"][:-1]]
        dates = [
            other.get("date")
            for other in earlier
            if row["event"] == other["event"] == "signed"
            and row.get("party_id", "") == other.get("party_id", "")
            and row.get("date") != other.get("date")
        ]
        if not dates:
            return True
        self.tell(
            f"They have signed already: {', '.join(str(date or 'undated') for date in dates)}."
        )
        yes = self.answer(
            "Is this another signature? (y, or Enter to leave it out)",
            lambda typed: (
                typed.lower(),
                "" if typed.lower() in ("", "y", "n") else "Type y or n.",
            ),
        )
        return yes == "y"

    def sources(self, entry: Entry) -> None:
        """Ask for sources, each with what it supports."""
        self.tell("\nSources: one after another, Enter when done.")
        subjects = _subjects(entry, self.dataset)
        by_name = {f.name: f for f in fields(self.dataset, "sources") if f.name not in _MADE}
        urls = set(self.dataset.sources["url"])
        while url := plain_address(self.value(by_name["url"], required=False)):
            row: dict[str, Any] = {"url": url}
            known = url in urls
            entry.setdefault("sources", []).append(row)
            urls.add(url)
            if known:
                self.tell("This source is known already; its particulars are taken from there.")
            for name, one in by_name.items():
                if name in ("url", "supports") or (known and name not in CITING):
                    continue
                if value := self.value(one):
                    row[name] = value
            row["supports"] = self.supports(subjects)

    def supports(self, subjects: list[str]) -> list[str]:
        """Ask which of the agreement's statements a source supports."""
        self.tell("  ".join(f"{n} {subject}" for n, subject in enumerate(subjects, start=1)))

        def read(typed: str) -> tuple[str, str]:
            numbers = re.findall(r"\d+", typed)
            if typed and not (numbers and all(0 < int(n) <= len(subjects) for n in numbers)):
                return "", f"Type numbers from 1 to {len(subjects)}, such as 1, 2."
            chosen = [subjects[int(n) - 1] for n in numbers]
            return " ".join(chosen or [s for s in subjects if s != "context"]), ""

        return self.answer("Supports (numbers, or Enter for all)", read).split()

    def identifier(self, entry: Entry) -> str:
        """Propose an id; take another if the curator likes."""
        proposed = rows([entry], self.dataset).tables["agreements"][0]["agreement_id"]
        one = fields(self.dataset, "agreements")[0]
        taken = set(self.dataset.agreements["agreement_id"])

        def read(typed: str) -> tuple[str, str]:
            name = typed or proposed
            there = f"The dataset has an agreement '{name}'. Choose another id."
            return name, one.fault(name) or (there if name in taken else "")

        return self.answer(f"\nId of the agreement (Enter for {proposed})", read)

    def _known(self, typed: str) -> tuple[str, str]:
        known = set(self.dataset.agreements["agreement_id"])
        if not typed or typed in known:
            return typed, ""
        near = difflib.get_close_matches(typed, known, n=3, cutoff=0.4)
        return "", f"No such agreement. {'Near it: ' + ', '.join(near) if near else ''}"

    def show_record(self, agreement: str) -> None:
        """Show what is on record of an agreement."""
        row = self.dataset.overview.loc[agreement]
        self.tell(f"{row['title']} ({row['status']})")
        for table, columns in (
            ("parties", ["party_id", "role"]),
            ("events", ["event_id", "date", "place"]),
            ("domains", ["domain", "basis"]),
        ):
            own = self.dataset.tables[table]
            own = own.loc[own["agreement_id"] == agreement, columns]
            lines = [" ".join(str(cell) for cell in r if pd.notna(cell)) for r in own.to_numpy()]
            self.tell(f"  {table}: {'; '.join(lines) or 'none'}")
        self.tell(f"  sources: {row['sources']}; disputes: {row['disputes']}")

    def show_same_parties(self, parties: set[str]) -> None:
        """Show the agreements of these parties that are on record, the newest first."""
        members = self.dataset.parties.groupby("agreement_id")["party_id"].agg(set)
        same = members.index[[own == parties for own in members]]
        found = self.dataset.overview.loc[same].sort_values(
            "earliest", ascending=False, na_position="last"
        )
        if found.empty:
            self.tell("No agreement of these parties is on record.")
            return
        self.tell(f"\nOn record of these parties: {len(found)}.")
        for name, row in found.head(_LISTED).iterrows():
            date = row["date"] if pd.notna(row["date"]) else "undated"
            self.tell(f"  {date}  {row['short_name']}  ({name})")
        if len(found) > _LISTED:
            self.tell(f"  and {len(found) - _LISTED} older or undated ones")
        self.tell("If it is one of these, go back (<) and give its id.")


_MADE = ("agreement_id", "event_id", "source_id", "status_note")
"""What the form does not ask for: ids are made, and a status is a matter for reflection."""


def _subjects(entry: Entry, dataset: Dataset) -> list[str]:
    """List what a source of the entry can support: what is on record, and what the entry adds."""
    made = rows([{**entry, "sources": []}], dataset).tables
    named = []
    for table, column, kind in (("events", "event_id", "event"), ("domains", "domain", "domain")):
        on_record = dataset.tables[table]
        own = on_record.loc[on_record["agreement_id"] == entry.get("agreement_id"), column]
        new = [row[column] for row in made.get(table, ())]
        named += [f"{kind}:{code}" for code in (*own, *new)]
    value = ["value"] if entry.get("value_amount") else []
    return ["existence", *named, *value, "context"]


def _field(dataset: Dataset, resource: Mapping[str, Any], declared: Mapping[str, Any]) -> Field:
    rules = declared.get("constraints", {})
    choices: dict[str, str] = {word: word for word in rules.get("enum", ())}
    meanings: dict[str, str] = {}
    on_record = False
    for key in resource["schema"].get("foreignKeys", ()):
        target = key["reference"]["resource"] or resource["name"]
        if key["fields"] != [declared["name"]] or target == "sources":
            continue
        codes = dataset.tables[target]
        on_record = target == "agreements"
        if on_record:
            choices = dict(zip(codes["agreement_id"], codes["title"], strict=True))
        else:
            choices = dataset.labels(target)
        if "definition" in codes:
            meanings = dict(zip(choices, codes["definition"], strict=True))
    made = declared["name"] in ("agreement_id", "event_id", "source_id")
    known = dataset.tables[resource["name"]][declared["name"]].dropna()
    once = rules.get("unique") and not made and not is_address(declared)
    return Field(
        name=declared["name"],
        title=declared["title"],
        description=declared["description"],
        kind=declared["type"],
        required=bool(rules.get("required")) and not made,
        pattern=rules.get("pattern", ""),
        choices=choices,
        meanings=meanings,
        example=str(declared.get("example") or ""),
        dated=declared.get("rdfType") == EDTF,
        longest=rules.get("maxLength"),
        taken=frozenset(known) if once else frozenset(),
        on_record=on_record,
    )


def _extra(dataset: Dataset, name: str) -> Field:
    """Return a field that a part has beside the columns of its own table."""
    if name == "supports":
        return Field(name, "Supports", _SUPPORTS, "list", False, "", {}, {}, "", False)
    table = "sources" if name == "url" else "citations"
    resource = next(r for r in dataset.descriptor["resources"] if r["name"] == table)
    declared = next(f for f in resource["schema"]["fields"] if f["name"] == name)
    return _field(dataset, resource, declared)


def _explained(one: Field) -> Iterator[str]:
    """Say what a field means, and which codes it takes."""
    needed = "" if not one.required else " Required."
    example = f" Example: {one.example}." if one.example else ""
    yield f"{one.title}: {one.description}{needed}{example}"
    if one.on_record:
        return
    if one.meanings:
        for code in one.choices:
            yield f"  {code}: {one.meanings[code]}"
    elif one.listed:
        yield f"  One of: {', '.join(one.listed)}."
    elif one.choices:
        yield f"  One of {len(one.choices)} codes, such as {', '.join(list(one.choices)[:3])}."


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))
