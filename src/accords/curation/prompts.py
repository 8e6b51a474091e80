"""What a curator is asked: the annotated template of an entry, its schema, and a guided form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import yaml

from accords.curation.additions import drafted
from accords.curation.draft import is_dated
from accords.curation.entries import Entry
from accords.curation.fields import CITING, IDS, LISTED, PARTS, Answer, Field, fields
from accords.dataset import Dataset

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
    lines = [
        "# One agreement. Several follow one another with a line '---' between them.",
        "# Leave out or leave empty what no source says. Ids that are left empty are made.",
        "# To add news of an agreement that the dataset has, give its agreement_id and the rows",
        "# that are new; a source may support events and domains that are on record.",
    ]
    for part in ("agreements", *PARTS):
        indent, lead = ("", "") if part == "agreements" else ("    ", "  - ")
        lines += [] if part == "agreements" else ["", f"{part}:"]
        for one in fields(dataset, part).values():
            lines += [f"{indent}# {line}" for line in one.explained()]
            lines.append(f"{lead}{one.name}:")
            lead = indent
    return "\n".join(lines) + "\n"


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


class Question(NamedTuple):
    """What is asked: the prompt, how an answer is read, what ``?`` explains, codes to choose from.

    The codes are shown before the first question that has them.
    """

    prompt: str
    read: Callable[[str], Answer]
    help: tuple[str, ...] = ()
    codes: str = ""


Steps = Generator[Question | str, str, None]
"""Questions, each of which is sent what was answered, and lines to show between them."""


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
    given: list[str] = []
    shown: set[str] = set()

    def asked(question: Question) -> Answer | None:
        """Return what was typed and what it means, once it is right; nothing to go back."""
        if question.codes and question.codes not in shown:
            say(question.codes)
            shown.add(question.codes)
        while (typed := ask(question.prompt).strip()) != "<":
            meant, fault = question.read(typed)
            if typed == "?" and question.help:
                fault = "\n".join(question.help)
            if not fault:
                return typed, meant
            say(fault)
        return None

    def walked(steps: Steps) -> bool:
        """Give once more what was answered before, and ask the rest; return False to go back."""
        again, reply = list(given), ""
        try:
            step = next(steps)
            while True:
                if isinstance(step, str):
                    if not again:
                        say(step)
                    step = next(steps)
                    continue
                if again:
                    reply, _ = step.read(again.pop(0))
                elif answer := asked(step):
                    given.append(answer[0])
                    reply = answer[1]
                else:
                    return False
                step = steps.send(reply)
        except StopIteration:
            return True

    say("Enter leaves a field empty, ? explains it, < goes back to the question before.")
    say("Nothing is written before you confirm.")
    while not walked(_entry(dataset, entry)):
        entry.clear()
        del given[-1:]


def written(entry: Entry) -> str:
    """Return an entry as YAML, in the order in which it was filled in."""
    filled = {name: value for name, value in entry.items() if value}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=100)


def _entry(dataset: Dataset, entry: Entry) -> Steps:
    """Ask for everything, in the order in which one knows it."""
    known = yield Question(
        "Id of a known agreement, or Enter for a new one", partial(_known, dataset)
    )
    if known:
        entry["agreement_id"] = known
        yield from _record(dataset, known)
    yield from _rows(dataset, entry, "parties")
    if not known:
        yield from _same_parties(dataset, {row["party_id"] for row in entry.get("parties", ())})
        yield "\nThe agreement:"
        for one in fields(dataset, "agreements").values():
            needs = _DEPENDS.get(one.name)
            few = one.name == "parties_total" and entry.get("scope") == "bilateral"
            if one.name in _MADE or few or (needs and needs not in entry):
                continue
            if value := (yield _question(one)):
                entry[one.name] = value
    for table in ("events", "domains", "sources"):
        yield from _rows(dataset, entry, table)
    if not known:
        (proposed,) = drafted([entry], dataset).places.agreements
        entry["agreement_id"] = yield Question(
            f"\nId of the agreement (Enter for {proposed})", partial(_free, dataset, proposed)
        )


def _question(one: Field, required: bool | None = None) -> Question:
    needed = one.required if required is None else required
    return Question(
        f"{one.declared['title']}{' *' if needed else ''}",
        partial(one.read, required=needed),
        tuple(one.explained()),
        "  ".join(f"{n} {code}" for n, code in enumerate(one.listed, start=1)),
    )


def _rows(dataset: Dataset, entry: Entry, table: str) -> Steps:
    """Ask for rows until the first field is left empty."""
    yield f"\n{table.capitalize()}: one after another, Enter when done."
    first, *others = [one for one in fields(dataset, table).values() if one.name not in _MADE]
    subjects = _subjects(entry, dataset) if table == "sources" else []
    pages = set(dataset.sources["url"])
    while answer := (yield _question(first, required=False)):
        row: dict[str, Any] = {first.name: answer}
        entry.setdefault(table, []).append(row)
        known = table == "sources" and answer in pages
        if known:
            yield "This source is known already; its particulars are taken from there."
        for one in others:
            if one.name == "supports" or (known and one.name not in CITING):
                continue
            if value := (yield _question(one)):
                row[one.name] = value
        if table == "sources":
            pages.add(answer)
            yield "  ".join(f"{n} {subject}" for n, subject in enumerate(subjects, start=1))
            chosen = yield Question(
                "Supports (numbers, or Enter for all)", partial(_supported, subjects)
            )
            row["supports"] = chosen.split()
        elif dates := _signatures(row, entry, dataset) if table == "events" else []:
            yield f"They have signed already: {', '.join(dates)}."
            prompt = "Is this another signature? (y, or Enter to leave it out)"
            if (yield Question(prompt, _yes_or_no)) != "y":
                entry[table].pop()


def _subjects(entry: Entry, dataset: Dataset) -> list[str]:
    """List what a source of the entry can support: what is on record, and what the entry adds."""
    draft = drafted([entry], dataset)
    (agreement,) = draft.places.agreements
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


def _record(dataset: Dataset, agreement: str) -> Iterator[str]:
    """Say what is on record of an agreement."""
    row = dataset.overview.loc[agreement]
    yield f"{row['title']} ({row['status']})"
    for table, columns in (
        ("parties", ["party_id", "role"]),
        ("events", ["event_id", "date", "place"]),
        ("domains", ["domain", "basis"]),
    ):
        own = dataset.tables[table]
        own = own.loc[own["agreement_id"] == agreement, columns]
        lines = [" ".join(str(cell) for cell in r if pd.notna(cell)) for r in own.to_numpy()]
        yield f"  {table}: {'; '.join(lines) or 'none'}"
    yield f"  sources: {row['sources']}; disputes: {row['disputes']}"


def _same_parties(dataset: Dataset, parties: set[str]) -> Iterator[str]:
    """List the agreements of these parties that are on record, the newest first."""
    members = dataset.parties.groupby("agreement_id")["party_id"].agg(set)
    same = dataset.overview.loc[members.index[[own == parties for own in members]]]
    found = same.sort_values("earliest", ascending=False, na_position="last")
    if found.empty:
        yield "No agreement of these parties is on record."
        return
    yield f"\nOn record of these parties: {len(found)}."
    for name, row in found.head(LISTED).iterrows():
        date = row["date"] if pd.notna(row["date"]) else "undated"
        yield f"  {date}  {row['short_name']}  ({name})"
    if len(found) > LISTED:
        yield f"  and {len(found) - LISTED} older or undated ones"
    yield "If it is one of these, go back (<) and give its id."
