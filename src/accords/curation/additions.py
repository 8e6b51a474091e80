"""New agreements, and news of known ones: entries become rows, and join those on record."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from accords.curation.changes import texts
from accords.curation.draft import Draft, Outcome, change, near, plain
from accords.curation.entries import Entry
from accords.curation.fields import PARTS, fields
from accords.dataset import Dataset
from accords.dataset.names import fold
from accords.words import free

SAME = {
    "events": ["agreement_id", "event_id", "event", "party_id", "date"],
    "sources": ["source_id", "url"],
}
"""What makes two rows one, where the key is not enough: one id for two things is an error."""

_EMPTY_WORDS = (
    "a an and agreement between concerning defence defense field for from government in "
    "governments kingdom ministries ministry of on republic state states the their to with"
)
"""Words of a title that say nothing of what an agreement is about."""

Row = dict[str, str]  # a row of a table as text; ``at`` is the place where a new one was typed


def add(entries: Iterable[Entry], folder: str | os.PathLike[str]) -> Outcome:
    """Add entries, as :func:`.entries.read_entries` returns them, to the dataset; all or none.

    An entry whose ``agreement_id`` the dataset has adds rows to that agreement, and fills what was
    empty. :class:`Refused` says what is wrong; then nothing was written.
    """
    return change(Path(folder), lambda dataset: drafted(entries, dataset))


def drafted(entries: Iterable[Entry], dataset: Dataset) -> Draft:
    """Return the tables with what entries add; ids that an entry leaves out are made.

    The draft's ``agreements`` are those of which the entries speak, in order.
    """
    additions = _Additions(dataset)
    for number, entry in enumerate(entries, start=1):
        additions.take(entry, f"entry {number}")
    draft = additions.draft
    for name, rows in additions.rows.items():
        draft.tables[name] = pd.DataFrame(rows, columns=draft.tables[name].columns, dtype="str")
        draft.rows |= {(name, n): row["at"] for n, row in enumerate(rows) if "at" in row}
    return draft


class _Additions:
    """Makes rows of entries; what an earlier entry brought is on record for the later ones."""

    def __init__(self, dataset: Dataset) -> None:
        self.draft = Draft(texts(dataset), dataset.descriptor)
        self.party_names = dataset.party_names
        self.bases = {basis: n for n, basis in enumerate(dataset.codes("bases").index)}
        self.fields = {name: fields(dataset, name) for name in ("agreements", *PARTS)}
        self.rows: dict[str, list[Row]] = {}
        self.known: dict[tuple[str, ...], Row] = {}
        self.told: set[str] = set()
        keys = {r["name"]: r["schema"]["primaryKey"] for r in dataset.descriptor["resources"]}
        self.same = {name: SAME.get(name, keys[name]) for name in (*self.fields, "citations")}
        for name, same in self.same.items():
            rows: Any = self.draft.tables[name].to_dict("records")
            self.rows[name] = rows
            self.known |= {(name, *(row[column] for column in same)): row for row in rows}

    def take(self, entry: Entry, words: str) -> None:
        own = self._row(entry, "agreements", _place(entry, words))
        parts = {name: self._part(entry, name, words) for name in PARTS}
        agreement = self._agreement(own, parts)
        if agreement is None:
            return
        spoken, said = self.draft.agreements, f"{own['at']} ({agreement})"
        spoken[agreement] = f"{spoken[agreement]}; {said}" if agreement in spoken else said
        for name, row in ((name, row) for name, rows in parts.items() for row in rows):
            row["agreement_id"] = agreement
            if name == "events":
                self._name_event(row)
            elif name == "sources":
                self._name_source(row)
            elif name == "disputes":
                self._locate(row, parts["events"])
            self._put(name, row)
        subjects = [
            "existence",
            *(f"event:{row['event_id']}" for row in parts["events"]),
            *(f"domain:{row['domain']}" for row in parts["domains"]),
            *(["value"] if own["value_amount"] else []),
        ]
        for row in parts["sources"]:
            if not row["supports"] and len(parts["sources"]) > 1:
                words = "is empty. With several sources, say which supports what: "
                self.draft.object(f"{row['at']}, supports", f"{words}{', '.join(subjects)}.")
            supports = row["supports"].split("\n") if row["supports"] else subjects
            # Whoever tells of an event of an agreement tells that the agreement exists.
            said_in = "context" if supports == ["context"] else "existence"
            meant = [self._fact(subject, agreement, parts["events"]) for subject in supports]
            for subject in dict.fromkeys([said_in, *meant]):
                evidence = row["evidence"] if subject == said_in else ""
                self._put("citations", {**row, "subject": subject, "evidence": evidence})

    def _put(self, name: str, row: Row) -> None:
        """Add a row; one on record has its gaps filled and its basis bettered instead."""
        old = self.known.setdefault((name, *(row[column] for column in self.same[name])), row)
        if old is row:
            self.rows[name].append(row)
            return
        said = []
        for column in map(str, self.draft.tables[name]):
            new, former = row[column], old[column]
            rank = self.bases.get(new, len(self.bases)) - self.bases.get(former, 0)
            if (name == "agreements" and not former) or (column == "basis" and rank < 0):
                old[column] = new
            elif new and new != former:
                said.append(f"{column} '{new}' (on record: '{former}')")
        words = ", ".join(said)
        if words and name == "agreements":
            remedy = "Leave that out, or change it with 'accords correct'."
            self.draft.object(
                row["at"], f"is in the dataset already, with another {words}. {remedy}"
            )
        elif words and words not in self.told:
            self.told.add(words)
            self.draft.note(row["at"], f"not taken: {words}.")

    def _row(self, given: Mapping[str, Any], table: str, place: str) -> Row:
        known, lists = self.fields[table], PARTS if table == "agreements" else ()
        for name in (name for name in given if name not in (*known, *lists)):
            hint = near(str(name), [*known, *lists]) or " See 'accords add --template'."
            self.draft.object(place, f"'{name}' is not a field here.{hint}")
        row = {"at": place} | dict.fromkeys(known, "")
        for name, field in known.items():
            value, several = given.get(name), field.declared["type"] == "list"
            items = value if several and isinstance(value, list) else [value]
            if any(isinstance(item, list | dict) for item in items):
                self.draft.object(f"{place}, {name}", "holds several values. Write one text.")
            else:
                text = "\n".join(plain(item).strip() for item in items)
                row[name] = self.draft.clean(text, field.declared, f"{place}, {name}")
        return row

    def _part(self, entry: Entry, name: str, words: str) -> list[Row]:
        given = entry.get(name) or []
        if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
            place = _place(entry, f"{words}, {name}")
            self.draft.object(place, "is not a list of rows. See 'accords add --template'.")
            return []
        rows = [
            self._row(row, name, _place(row, f"{words}, {name} {number}"))
            for number, row in enumerate(given, start=1)
        ]
        # A row without any text is a part of the template that was left as it was.
        return [row for row in rows if any(row[column] for column in row.keys() - {"at"})]

    def _agreement(self, own: Row, parts: Mapping[str, list[Row]]) -> str | None:
        agreement = own["agreement_id"]
        known = {row["agreement_id"] for row in self.rows["agreements"]}
        says_more = any(own[column] for column in own.keys() - {"agreement_id", "at"})
        if agreement and agreement not in known and not says_more:
            hint = near(agreement, known) or " A new one needs at least its title."
            words = f"the dataset has no agreement '{agreement}'.{hint}"
            self.draft.object(f"{own['at']}, agreement_id", words)
            return None
        own["agreement_id"] = agreement or self._agreement_id(own, parts, known)
        if says_more or not agreement:
            self._put("agreements", own)
        return own["agreement_id"]

    def _agreement_id(self, own: Row, parts: Mapping[str, list[Row]], taken: set[str]) -> str:
        states = sorted({row["party_id"].lower() for row in parts["parties"]})
        dated = [row for row in parts["events"] if row["date"][:1].isdigit()]
        signed = [row["date"] for row in dated if row["event"] == "signed"]
        named = {word for s in states for word in fold(self.party_names.get(s.upper(), s)).split()}
        named |= set(_EMPTY_WORDS.split())
        subject = [word for word in _slug(own["title"]).split("-") if word not in named]
        who = "multi" if len(states) > 2 else "-".join(map(_slug, states))
        year = min(signed or [row["date"] for row in dated], default="nd")[:4]
        return free("-".join(filter(None, (who, year, *subject[:4]))), taken)

    def _name_event(self, row: Row) -> None:
        known = [old for old in self.rows["events"] if old["agreement_id"] == row["agreement_id"]]
        what = ("event", "party_id", "date")
        same = [old["event_id"] for old in known if all(old[c] == row[c] for c in what)]
        made = "-".join(filter(None, (row["event"], _slug(row["party_id"]))))
        new = free(made, {old["event_id"] for old in known})
        row["event_id"] = row["event_id"] or (same or [new])[0]

    def _name_source(self, row: Row) -> None:
        by = "url" if row["url"] else "source_id"
        same = [old for old in self.rows["sources"] if row[by] and old[by] == row[by]]
        if same:
            row |= {column: same[0][column] for column in SAME["sources"]}
        elif not row["source_id"]:
            publisher, title = _slug(row["publisher"])[:24], _slug(row["title"])[:30]
            parts = (publisher, row["published"][:4] or "nd", title)
            made = "-".join(filter(None, (part.strip("-") for part in parts)))
            row["source_id"] = free(made, {old["source_id"] for old in self.rows["sources"]})

    def _locate(self, row: Row, events: list[Row]) -> None:
        row["field"] = self._fact(row["field"], row["agreement_id"], events)
        if url := row["url"]:
            found = [old["source_id"] for old in self.rows["sources"] if old["url"] == url]
            row["source_id"] = next(iter(found), "")
            if not found:
                words = f"no source has the address {url}. Add it to the sources of the entry."
                self.draft.object(f"{row['at']}, url", words)

    def _fact(self, fact: str, agreement: str, own: list[Row]) -> str:
        """Return what is supported or disputed, an event's id for a type that is of one only."""
        named = re.fullmatch(r"event:([a-z0-9-]+)(\..*)?", fact)
        known = [row for row in self.rows["events"] if row["agreement_id"] == agreement]
        if not named or any(row["event_id"] == named[1] for row in known):
            return fact
        typed = [row["event_id"] for row in own if row["event"] == named[1]]
        typed = typed or [row["event_id"] for row in known if row["event"] == named[1]]
        return f"event:{typed[0]}{named[2] or ''}" if len(set(typed)) == 1 else fact


def _place(row: Any, words: str) -> str:
    line = getattr(row, "line", 0)
    return f"line {line}, {words}" if line else words


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", fold(text)))
