"""New agreements, and news of known ones, from a small file: named, cited, checked and added."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from accords.dataset import Dataset, load
from accords.differences import cells
from accords.errors import AccordsError
from accords.revision import Rejected, Remark, Revised, located, revise
from accords.selection import fold

PARTS = ("parties", "events", "domains", "sources")
"""The lists of an entry, each with the columns of its table."""

CITING = ("supports", "voice", "locator", "evidence")
"""What an entry says of a source beside the particulars of the source itself."""

Entry = Mapping[str, Any]

_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and agreement between concerning defence defense field for from government in "
        "governments kingdom ministries ministry of on republic state states the their to with",
    )
)
"""Words of a title that say nothing of what an agreement is about."""


@dataclass
class Rows:
    """Rows that entries make, as text, and where each was typed.

    Attributes
    ----------
    tables
        For each table, the rows as mappings of column to text.
    origins
        For each table, the place of each row in the file: ``entry 2, events 1``.
    remarks
        What is wrong with the entries themselves.
    """

    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    origins: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, table: str, row: Mapping[str, str], origin: str) -> None:
        """Take one more row."""
        self.tables.setdefault(table, []).append(dict(row))
        self.origins.setdefault(table, []).append(origin)


class Refused(AccordsError):
    """Entries that cannot be added; ``remarks`` says why, entry by entry."""

    def __init__(self, remarks: list[Remark]) -> None:
        self.remarks = remarks
        super().__init__("\n".join(str(remark) for remark in remarks))


def add(entries: Iterable[Entry], folder: str | os.PathLike[str]) -> Revised:
    """Add entries to the dataset, all of them or none.

    Parameters
    ----------
    entries
        What :func:`read_entries` gives. An entry whose ``agreement_id`` the dataset has adds its
        events, domains, parties and sources to that agreement.
    folder
        The dataset's folder.

    Raises
    ------
    Refused
        When an entry is wrong or does not pass the checks; nothing was written.
    """
    dataset = load(folder)
    made = rows(entries, dataset)
    if made.remarks:
        raise Refused(made.remarks)
    resources = {r["name"]: r for r in dataset.descriptor["resources"]}
    tables, known = {}, {}
    for name, new in made.tables.items():
        head, *old = cells(dataset.tables[name], resources[name])
        known[name] = len(old)
        added = [[row.get(column, "") for column in head] for row in new]
        tables[name] = pd.DataFrame([*old, *added], columns=head, dtype="str")
    try:
        return revise(Path(folder), tables)
    except Rejected as rejected:
        remarks = []
        for problem in rejected.problems:
            table, row = located(problem, tables, dataset.descriptor)
            new_row = None if row is None or table is None else row - known[table]
            place = problem.file if table is None else table
            if table is not None and new_row is not None and new_row >= 0:
                place = made.origins[table][new_row]
            column = f", {problem.column}" if problem.column else ""
            words = f"{problem.message} {problem.remedy}"
            remarks.append(Remark(f"{place}{column}", words, problem.severity))
        raise Refused([r for r in remarks if r.severity == "error"]) from rejected


def read_entries(file: str | os.PathLike[str]) -> list[Entry]:
    """Read entries from a YAML file (one or several documents, or a list) or a JSON file.

    Everything is read as text, so that ``no`` stays a language and ``2024-10`` a date.

    Raises
    ------
    AccordsError
        When the file cannot be read, with the line.
    """
    path = Path(file)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AccordsError(f"{path}: cannot be read ({error}). Save it as UTF-8 text.") from error
    try:
        if path.suffix.lower() == ".json":
            documents = [json.loads(text)]
        else:
            documents = list(yaml.load_all(text, Loader=yaml.BaseLoader))
    except (yaml.YAMLError, ValueError) as error:
        raise AccordsError(f"{path}: {error}. Compare with 'accords add --template'.") from error
    entries = [
        entry
        for document in documents
        for entry in (document if isinstance(document, list) else [document])
        if entry
    ]
    wrong = [entry for entry in entries if not isinstance(entry, dict)]
    if wrong or not entries:
        raise AccordsError(f"{path}: holds no entry. Begin from 'accords add --template'.")
    return entries


def rows(entries: Iterable[Entry], dataset: Dataset) -> Rows:
    """Make table rows of entries; ids that an entry leaves out are made."""
    made = Rows()
    for number, entry in enumerate(entries, start=1):
        _Maker(dataset, made, f"entry {number}").take(entry)
    return made


class _Maker:
    """Makes the rows of one entry."""

    def __init__(self, dataset: Dataset, made: Rows, place: str) -> None:
        self.dataset, self.made, self.place = dataset, made, place
        self.columns = {
            r["name"]: [f["name"] for f in r["schema"]["fields"]]
            for r in dataset.descriptor["resources"]
        }

    def take(self, entry: Entry) -> None:
        """Make all rows of the entry."""
        self._known(entry, [*self.columns["agreements"], *PARTS], self.place)
        own = {c: _text(entry.get(c)) for c in self.columns["agreements"]}
        parts = {name: list(self._part(entry, name)) for name in PARTS}
        agreement = own["agreement_id"]
        if agreement in set(self.dataset.agreements["agreement_id"]):
            changed = [c for c, value in own.items() if value and c != "agreement_id"]
            if changed:
                self._object(
                    f"{self.place}, {changed[0]}",
                    f"{agreement} is in the dataset already; here one adds to its events, domains, "
                    "parties and sources. Leave its other particulars out, or change them in the "
                    "workbook.",
                )
        else:
            agreement = own["agreement_id"] = agreement or self._agreement_id(own, parts)
            self.made.add("agreements", own, self.place)
        for name in ("parties", "domains"):
            for row, place in parts[name]:
                self.made.add(name, {**row, "agreement_id": agreement}, place)
        events = self._events(agreement, parts["events"])
        subjects = [
            "existence",
            *events,
            *(f"domain:{row['domain']}" for row, _ in parts["domains"]),
        ]
        self._cite(agreement, parts["sources"], subjects)

    def _object(self, place: str, message: str) -> None:
        self.made.remarks.append(Remark(place, message))

    def _known(self, row: Mapping[str, Any], columns: Iterable[str], place: str) -> None:
        for name in row:
            if name not in columns:
                near = difflib.get_close_matches(str(name), columns, n=1)
                hint = f"Is it '{near[0]}'?" if near else "See 'accords add --template'."
                self._object(place, f"'{name}' is no field here. {hint}")

    def _part(self, entry: Entry, name: str) -> Iterator[tuple[dict[str, str], str]]:
        """Give the rows of one list of the entry, as text, and where each stands."""
        given = entry.get(name) or []
        if not isinstance(given, list):
            self._object(f"{self.place}, {name}", "is no list. Begin each of its lines with '- '.")
            return
        extra = CITING if name == "sources" else ()
        columns = [*(c for c in self.columns[name] if c != "agreement_id"), *extra]
        for number, row in enumerate(given, start=1):
            place = f"{self.place}, {name} {number}"
            if not isinstance(row, dict):
                self._object(place, "is no row of fields. See 'accords add --template'.")
                continue
            self._known(row, columns, place)
            yield {c: _text(row.get(c)) for c in columns}, place

    def _agreement_id(self, own: Mapping[str, str], parts: Mapping[str, Any]) -> str:
        states = sorted({row["party_id"].lower() for row, _ in parts["parties"]})
        dates = [row["date"] for row, _ in parts["events"] if row["date"]]
        signed = [r["date"] for r, _ in parts["events"] if r["date"] and r["event"] == "signed"]
        named = {
            word
            for s in states
            for word in fold(self.dataset.party_names.get(s.upper(), s)).split()
        }
        subject = [
            word for word in _words(own["title"]) if word not in _EMPTY_WORDS and word not in named
        ]
        who = "multi" if len(states) > 2 else "-".join(map(_slug, states))
        year = min(signed or dates, default="nd")[:4]
        taken = {
            *self.dataset.agreements["agreement_id"],
            *(row["agreement_id"] for row in self.made.tables.get("agreements", ())),
        }
        return _free("-".join(filter(None, (who, year, *subject[:4]))), taken)

    def _events(self, agreement: str, events: Iterable[tuple[dict[str, str], str]]) -> list[str]:
        """Take the events, named; give the subjects that sources can support."""
        known = self.dataset.events
        taken = set(known.loc[known["agreement_id"] == agreement, "event_id"])
        subjects = []
        for row, place in events:
            made_id = "-".join(filter(None, (row["event"], _slug(row["party_id"]))))
            row["event_id"] = row["event_id"] or _free(made_id, taken)
            taken.add(row["event_id"])
            subjects.append(f"event:{row['event_id']}")
            self.made.add("events", {**row, "agreement_id": agreement}, place)
        return subjects

    def _cite(
        self,
        agreement: str,
        sources: list[tuple[dict[str, str], str]],
        subjects: list[str],
    ) -> None:
        """Take the sources that are new, and what each supports."""
        keys = self.dataset.citations[["agreement_id", "subject", "source_id"]]
        cited = set(keys.itertuples(index=False, name=None))
        for row, place in sources:
            supports = row["supports"].split("\n") if row["supports"] else []
            if not supports and len(sources) == 1:
                supports = subjects
            if not supports:
                self._object(
                    f"{place}, supports",
                    "is empty. With several sources, say which supports what: "
                    f"{', '.join(subjects)}.",
                )
            source = self._source(row, place)
            # Whoever tells of an event of an agreement tells that the agreement exists.
            said_in = "context" if supports == ["context"] else "existence"
            for subject in dict.fromkeys([said_in, *supports]):
                if (agreement, subject, source) in cited:
                    continue
                citation = {"agreement_id": agreement, "subject": subject, "source_id": source}
                citation |= {"voice": row["voice"], "locator": row["locator"]}
                if subject == said_in:
                    citation["evidence"] = row["evidence"]
                self.made.add("citations", citation, place)

    def _source(self, row: Mapping[str, str], place: str) -> str:
        """Give the id of a source; take it where the dataset does not have it."""
        table = self.dataset.sources
        new = self.made.tables.get("sources", [])
        by_url = dict(zip(table["url"], table["source_id"], strict=True))
        by_url |= {r["url"]: r["source_id"] for r in new}
        if row["url"] in by_url:
            return by_url[row["url"]]
        taken = {*table["source_id"], *(r["source_id"] for r in new)}
        if row["source_id"] in taken and not row["url"]:
            return row["source_id"]
        year = row["published"][:4] or "nd"
        title = _slug(row["title"])[:30].strip("-")
        made_id = "-".join(filter(None, (_slug(row["publisher"]), year, title)))
        source = {c: row[c] for c in self.columns["sources"]}
        source["source_id"] = row["source_id"] or _free(made_id, taken)
        self.made.add("sources", source, place)
        return source["source_id"]


def _text(value: Any) -> str:
    """Give a scalar as text, a list of words as lines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "\n".join(_text(item) for item in value)
    return str(value).strip()


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text))


def _slug(text: str) -> str:
    return "-".join(_words(text))


def _free(name: str, taken: set[str]) -> str:
    """Give the name, numbered where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
