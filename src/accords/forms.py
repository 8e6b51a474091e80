"""What a curator fills in: the annotated template of an entry, its schema, and a guided form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from accords.additions import CITING, PARTS, rows
from accords.checks.cells import EDTF
from accords.dataset import Dataset
from accords.dates import bounds
from accords.entries import Entry
from accords.selection import fold

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

    def resolve(self, answer: str) -> str:
        """Give the code that an answer means: a code, its number, or its label."""
        if not self.choices or not answer:
            return answer
        codes = list(self.choices)
        if answer.isdigit() and 0 < int(answer) <= len(codes) and len(codes) <= _LISTED:
            return codes[int(answer) - 1]
        named = {fold(word): code for code, label in self.choices.items() for word in (label, code)}
        return named.get(fold(answer), answer)

    def fault(self, answer: str) -> str:
        """Say what is wrong with an answer and how to mend it, or nothing."""
        if not answer:
            return "This must be filled in." if self.required else ""
        if self.choices and answer not in self.choices:
            words = [*self.choices, *self.choices.values()]
            near = difflib.get_close_matches(answer, words, n=3, cutoff=0.5)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Type ? for the list."
            return f"'{answer}' is not in the list. {hint}"
        if self.kind in ("integer", "number"):
            form = r"\d+" if self.kind == "integer" else r"\d+(\.\d+)?"
            if not re.fullmatch(form, answer):
                return f"'{answer}' is no number. Type digits alone, such as 1600000."
        if self.pattern and not re.fullmatch(self.pattern, answer):
            example = f" such as {self.example}" if self.example else ""
            return f"'{answer}' does not have the right form{example}. {self.description}"
        if self.dated and bounds(pd.Series([answer]))["earliest"].isna().any():
            return f"'{answer}' is no day of the calendar."
        return ""


_LISTED = 30
"""Longest list of codes that is shown whole, with numbers."""


def fields(dataset: Dataset, table: str) -> list[Field]:
    """Give the fields that an entry has of one table."""
    resource = next(r for r in dataset.descriptor["resources"] if r["name"] == table)
    citing = [_citing(dataset, name) for name in CITING] if table == "sources" else []
    own = [
        _field(dataset, resource, f)
        for f in resource["schema"]["fields"]
        if f["name"] != "agreement_id" or table == "agreements"
    ]
    return [*own, *citing]


def template(dataset: Dataset) -> str:
    """Write an empty entry in YAML, each field with what it means."""
    lines = [
        "# One agreement. Several follow one another with a line '---' between them.",
        "# Leave out or leave empty what no source says. Ids that are left empty are made.",
        "# To add news to an agreement that the dataset has, give its agreement_id and leave out",
        "# the other particulars.",
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
            elif f.choices:
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


def fill_in(dataset: Dataset, ask: Callable[[str], str], say: Callable[[str], None]) -> Entry:
    """Ask for one agreement with its parties, events, domains and sources.

    Each answer is checked as it is given, and asked for again where it is wrong.

    Parameters
    ----------
    dataset
        The dataset that the agreement is for.
    ask
        Shows a question and gives the answer.
    say
        Shows a line.

    Returns
    -------
    Mapping
        An entry as :func:`accords.additions.add` takes it.
    """
    form = _Form(dataset, ask, say)
    say("Enter leaves a field empty, ? explains it. Nothing is written before you confirm.")
    known = form.known_agreement()
    entry: dict[str, Any] = {"agreement_id": known} if known else form.row("agreements")
    for part in ("parties", "events", "domains"):
        entry[part] = form.rows(part)
    entry["sources"] = form.sources(entry)
    if not known:
        entry["agreement_id"] = form.identifier(entry)
    return {name: value for name, value in entry.items() if value}


def written(entry: Entry) -> str:
    """Write an entry as YAML, in the order in which it was filled in."""
    return yaml.safe_dump(dict(entry), sort_keys=False, allow_unicode=True, width=100)


class _Form:
    def __init__(
        self, dataset: Dataset, ask: Callable[[str], str], say: Callable[[str], None]
    ) -> None:
        self.dataset, self.ask, self.say = dataset, ask, say
        self.shown: set[str] = set()

    def known_agreement(self) -> str:
        """Ask whether this is news of an agreement that the dataset has."""
        known = set(self.dataset.agreements["agreement_id"])
        while True:
            answer = self.ask("Id of a known agreement, or Enter for a new one").strip()
            if not answer or answer in known:
                return answer
            near = difflib.get_close_matches(answer, known, n=3, cutoff=0.4)
            self.say(f"No such agreement. {'Near it: ' + ', '.join(near) if near else ''}")

    def row(self, table: str) -> dict[str, str]:
        """Ask for all fields of one row, the ids aside."""
        answers: dict[str, str] = {}
        for one in fields(self.dataset, table):
            if one.name in _MADE or not answers.get(_DEPENDS.get(one.name, ""), "x"):
                continue
            if one.name == "parties_total" and answers["scope"] == "bilateral":
                continue
            answers[one.name] = self.value(one)
        return {name: value for name, value in answers.items() if value}

    def rows(self, table: str) -> list[dict[str, str]]:
        """Ask for rows until the first field is left empty."""
        self.say(f"\n{table.capitalize()}: one after another, Enter when done.")
        first, *others = [f for f in fields(self.dataset, table) if f.name not in _MADE]
        found: list[dict[str, str]] = []
        while True:
            answer = self.value(first, required=False)
            if not answer:
                return found
            row = {first.name: answer} | {other.name: self.value(other) for other in others}
            found.append({name: value for name, value in row.items() if value})

    def sources(self, entry: Entry) -> list[dict[str, Any]]:
        """Ask for sources, each with what it supports."""
        self.say("\nSources: one after another, Enter when done.")
        subjects = _subjects(entry, self.dataset)
        by_name = {f.name: f for f in fields(self.dataset, "sources") if f.name not in _MADE}
        urls = set(self.dataset.sources["url"])
        found: list[dict[str, Any]] = []
        while True:
            url = self.value(by_name["url"], required=False)
            if not url:
                return found
            row: dict[str, Any] = {"url": url}
            known = url in urls or any(url == other["url"] for other in found)
            if known:
                self.say("This source is known already; its particulars are taken from there.")
            for name, one in by_name.items():
                if name in ("url", "supports") or (known and name not in CITING):
                    continue
                row[name] = self.value(one)
            row["supports"] = self.supports(subjects)
            found.append({name: value for name, value in row.items() if value})

    def supports(self, subjects: list[str]) -> list[str]:
        """Ask which of the entry's statements a source supports."""
        self.say("  ".join(f"{n} {subject}" for n, subject in enumerate(subjects, start=1)))
        while True:
            answer = self.ask("Supports (numbers, or Enter for all)").strip()
            if not answer:
                return [subject for subject in subjects if subject != "context"]
            numbers = re.findall(r"\d+", answer)
            if numbers and all(0 < int(n) <= len(subjects) for n in numbers):
                return [subjects[int(n) - 1] for n in numbers]
            self.say(f"Type numbers from 1 to {len(subjects)}, such as 1, 2.")

    def identifier(self, entry: Entry) -> str:
        """Propose an id; take another if the curator likes."""
        proposed = rows([entry], self.dataset).tables["agreements"][0]["agreement_id"]
        one = fields(self.dataset, "agreements")[0]
        while True:
            answer = self.ask(f"\nId of the agreement (Enter for {proposed})").strip() or proposed
            fault = one.fault(answer)
            if not fault and answer not in set(self.dataset.agreements["agreement_id"]):
                return answer
            self.say(fault or f"The dataset has an agreement '{answer}'. Choose another id.")

    def value(self, one: Field, *, required: bool | None = None) -> str:
        """Ask for one field until the answer is right."""
        needed = one.required if required is None else required
        if one.choices and len(one.choices) <= _LISTED and one.name not in self.shown:
            self.shown.add(one.name)
            self.say("  ".join(f"{n} {code}" for n, code in enumerate(one.choices, start=1)))
        while True:
            answer = self.ask(f"{one.title}{' *' if needed else ''}").strip()
            if answer == "?":
                for line in _explained(one):
                    self.say(line)
                continue
            answer = one.resolve(answer)
            fault = one.fault(answer) if answer or needed else ""
            if not fault:
                return answer
            self.say(fault)


_MADE = ("agreement_id", "event_id", "source_id", "status_note")
"""What the form does not ask for: ids are made, and a status is a matter for reflection."""


def _subjects(entry: Entry, dataset: Dataset) -> list[str]:
    made = rows([{**entry, "sources": []}], dataset).tables
    events = [f"event:{row['event_id']}" for row in made.get("events", ())]
    domains = [f"domain:{row['domain']}" for row in made.get("domains", ())]
    value = ["value"] if entry.get("value_amount") else []
    return ["existence", *events, *domains, *value, "context"]


def _field(dataset: Dataset, resource: Mapping[str, Any], declared: Mapping[str, Any]) -> Field:
    rules = declared.get("constraints", {})
    choices: dict[str, str] = {word: word for word in rules.get("enum", ())}
    meanings: dict[str, str] = {}
    for key in resource["schema"].get("foreignKeys", ()):
        target = key["reference"]["resource"]
        if key["fields"] != [declared["name"]] or target in ("", "agreements", "sources"):
            continue
        choices = dataset.labels(target)
        codes = dataset.tables[target]
        if "definition" in codes:
            meanings = dict(zip(choices, codes["definition"], strict=True))
    made = declared["name"] in ("agreement_id", "event_id", "source_id")
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
    )


def _citing(dataset: Dataset, name: str) -> Field:
    if name == "supports":
        return Field(name, "Supports", _SUPPORTS, "list", False, "", {}, {}, "", False)
    resource = next(r for r in dataset.descriptor["resources"] if r["name"] == "citations")
    declared = next(f for f in resource["schema"]["fields"] if f["name"] == name)
    return _field(dataset, resource, declared)


def _explained(one: Field) -> Iterator[str]:
    """Say what a field means, and which codes it takes."""
    needed = "" if not one.required else " Required."
    example = f" Example: {one.example}." if one.example else ""
    yield f"{one.title}: {one.description}{needed}{example}"
    if one.meanings:
        for code in one.choices:
            yield f"  {code}: {one.meanings[code]}"
    elif one.choices and len(one.choices) <= _LISTED:
        yield f"  One of: {', '.join(one.choices)}."
    elif one.choices:
        yield f"  One of {len(one.choices)} codes, such as {', '.join(list(one.choices)[:3])}."
