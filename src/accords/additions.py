"""New agreements, and news of known ones, from a small file: named, cited, checked and added."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from accords.dataset import Dataset, load
from accords.differences import texts
from accords.entries import Entry
from accords.revision import Outcome, Places, Refused, Remark, apply
from accords.selection import fold

PARTS = ("parties", "events", "domains", "sources", "disputes")
"""The lists of an entry, each with the columns of its table."""

CITING = ("supports", "voice", "locator", "evidence")
"""What an entry says of a source beside the particulars of the source itself."""

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
    agreements
        The place of the entry that speaks of each agreement.
    remarks
        What is wrong with the entries themselves.
    """

    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    origins: dict[str, list[str]] = field(default_factory=dict)
    agreements: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, table: str, row: Mapping[str, str], origin: str) -> None:
        """Take one more row."""
        self.tables.setdefault(table, []).append(dict(row))
        self.origins.setdefault(table, []).append(origin)


def add(entries: Iterable[Entry], folder: str | os.PathLike[str]) -> Outcome:
    """Add entries to the dataset, all of them or none.

    Parameters
    ----------
    entries
        What :func:`accords.entries.read_entries` returns. An entry whose ``agreement_id`` the
        dataset has adds its events, domains, parties, sources and disputes to that agreement.
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
    tables, places = texts(dataset), Places(agreements=made.agreements)
    for name, new in made.tables.items():
        known, head = len(tables[name]), tables[name].columns
        added = pd.DataFrame([[row.get(c, "") for c in head] for row in new], columns=head)
        tables[name] = pd.concat([tables[name], added.astype("str")], ignore_index=True)
        places.rows |= {(name, known + n): at for n, at in enumerate(made.origins[name])}
    return apply(Path(folder), tables, places)


def rows(entries: Iterable[Entry], dataset: Dataset) -> Rows:
    """Make table rows of entries; ids that an entry leaves out are made."""
    made = Rows()
    for number, entry in enumerate(entries, start=1):
        _Maker(dataset, made, entry, f"entry {number}").take(entry)
    return made


class _Maker:
    """Makes the rows of one entry."""

    def __init__(self, dataset: Dataset, made: Rows, entry: Entry, words: str) -> None:
        self.dataset, self.made = dataset, made
        self.words, self.place = words, _place(entry, words)
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
        self.made.agreements[agreement] = f"{self.place} ({agreement})"
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
        self._dispute(agreement, parts["disputes"])

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
        extra = CITING if name == "sources" else ("url",) if name == "disputes" else ()
        columns = [*(c for c in self.columns[name] if c != "agreement_id"), *extra]
        for number, row in enumerate(given, start=1):
            place = _place(row, f"{self.words}, {name} {number}")
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

    def _dispute(self, agreement: str, disputes: Iterable[tuple[dict[str, str], str]]) -> None:
        """Take what sources say where they disagree; the sources are found by their address."""
        new = self.made.tables.get("sources", [])
        for row, place in disputes:
            url = row.pop("url")
            if url:
                known = self.dataset.sources
                ids = dict(zip(known["url"], known["source_id"], strict=True))
                ids |= {source["url"]: source["source_id"] for source in new}
                if url not in ids:
                    self._object(
                        f"{place}, url",
                        f"no source has the address {url}. Add it to the sources of the entry.",
                    )
                row["source_id"] = ids.get(url, "")
            self.made.add("disputes", {**row, "agreement_id": agreement}, place)

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


def _place(row: Any, words: str) -> str:
    """Return where a row was typed, with its line where the file tells it."""
    line = getattr(row, "line", 0)
    return f"line {line}, {words}" if line else words


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
