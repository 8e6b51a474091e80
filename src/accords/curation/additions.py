"""New agreements, and news of known ones, from a small file: named, cited, checked and added."""

from __future__ import annotations

import difflib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks.cells import is_address, plain_address
from accords.curation.differences import texts
from accords.curation.entries import Entry
from accords.curation.revision import Outcome, Places, Refused, Remark, apply
from accords.dataset import Dataset, load
from accords.dataset.names import fold

PARTS = ("parties", "events", "domains", "sources", "disputes", "distinct")
"""The lists of an entry, each with the columns of its table."""

CITING = ("supports", "voice", "locator", "evidence")
"""What an entry says of a source beside the particulars of the source itself."""

EXTRA = {"sources": CITING, "disputes": ("url",)}
"""What the rows of a part have beside the columns of their table."""

_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and agreement between concerning defence defense field for from government in "
        "governments kingdom ministries ministry of on republic state states the their to with",
    )
)
"""Words of a title that say nothing of what an agreement is about."""

Row = dict[str, str]


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
    bases
        Better bases of domains that are on record, by agreement and domain.
    filled
        Particulars of agreements on record that were empty, by agreement and column.
    remarks
        What is wrong with the entries themselves, and what of them was mended or not taken.
    """

    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    origins: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    agreements: dict[str, str] = field(default_factory=dict)
    bases: dict[tuple[str, str], str] = field(default_factory=dict)
    filled: dict[tuple[str, str], str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def add(entries: Iterable[Entry], folder: str | os.PathLike[str]) -> Outcome:
    """Add entries to the dataset, all of them or none.

    Parameters
    ----------
    entries
        What :func:`accords.curation.entries.read_entries` returns. An entry whose
        ``agreement_id`` the dataset has adds its events, domains, parties, sources and disputes to
        that agreement, and fills particulars that were empty.
    folder
        The dataset's folder.

    Raises
    ------
    Refused
        When an entry is wrong or does not pass the checks; nothing was written.
    """
    dataset = load(folder)
    made = rows(entries, dataset)
    if faults := [remark for remark in made.remarks if remark.severity == "error"]:
        raise Refused(faults)
    tables, places = texts(dataset), Places(agreements=made.agreements)
    for name, new in made.tables.items():
        known, head = len(tables[name]), tables[name].columns
        added = pd.DataFrame([[row.get(c, "") for c in head] for row in new], columns=head)
        tables[name] = pd.concat([tables[name], added.astype("str")], ignore_index=True)
        places.rows |= {(name, known + n): at for n, at in enumerate(made.origins[name])}
    domains = tables["domains"]
    for (agreement, domain), basis in made.bases.items():
        there = (domains["agreement_id"] == agreement) & (domains["domain"] == domain)
        domains.loc[there, "basis"] = basis
    agreements = tables["agreements"]
    for (agreement, column), value in made.filled.items():
        agreements.loc[agreements["agreement_id"] == agreement, column] = value
    changes, remarks = apply(Path(folder), tables, places)
    return Outcome(changes, [*made.remarks, *remarks])


def rows(entries: Iterable[Entry], dataset: Dataset) -> Rows:
    """Make table rows of entries; ids that an entry leaves out are made."""
    maker = _Maker(dataset)
    for number, entry in enumerate(entries, start=1):
        maker.take(entry, f"entry {number}")
    return maker.made


class _Maker:
    """Makes rows of entries; what an earlier entry brought is on record for the later ones."""

    def __init__(self, dataset: Dataset) -> None:
        self.made, self.said = Rows(), set[str]()
        self.party_names = dataset.party_names
        self.ranks = {basis: n for n, basis in enumerate(dataset.codes("bases").index)}
        self.fields, self.keys = {}, {}
        self.record: dict[str, dict[tuple[str, ...], Row]] = {}
        tables = texts(dataset)
        for resource in dataset.descriptor["resources"]:
            name, schema = resource["name"], resource["schema"]
            if name in ("agreements", "citations", *PARTS):
                self.fields[name] = {f["name"]: f for f in schema["fields"]}
                self.keys[name] = schema["primaryKey"]
                on_record: Any = tables[name].to_dict("records")
                self.record[name] = {self._key(name, row): row for row in on_record}
        self.pages = {row["url"]: row for row in self.record["sources"].values() if row["url"]}

    def take(self, entry: Entry, words: str) -> None:
        """Make all rows of an entry."""
        place = _place(entry, words)
        columns = list(self.fields["agreements"])
        self._known(entry, [*columns, *PARTS], place)
        own = {c: _text(entry.get(c)) for c in columns}
        parts = {name: list(self._part(entry, name, words)) for name in PARTS}
        agreement = self._agreement(own, parts, place)
        if agreement is None:
            return
        earlier = self.made.agreements.get(agreement)
        said = f"{place} ({agreement})"
        self.made.agreements[agreement] = f"{earlier}; {said}" if earlier else said
        for name in ("parties", "distinct"):
            for row, at in parts[name]:
                self._put(name, {**row, "agreement_id": agreement}, at)
        for row, at in parts["domains"]:
            self._domain({**row, "agreement_id": agreement}, at)
        events = self._events(agreement, parts["events"])
        subjects = [
            "existence",
            *(f"event:{event_id}" for event_id in events),
            *(f"domain:{row['domain']}" for row, _ in parts["domains"]),
            *(["value"] if own.get("value_amount") else []),
        ]
        for row, at in parts["sources"]:
            supports = row["supports"].split("\n") if row["supports"] else []
            if not supports and len(parts["sources"]) == 1:
                supports = subjects
            if not supports:
                self._object(
                    f"{at}, supports",
                    "is empty. With several sources, say which supports what: "
                    f"{', '.join(subjects)}.",
                )
            meant = [self._subject(s, agreement, events, f"{at}, supports") for s in supports]
            self._cite(agreement, row, [subject for subject in meant if subject], at)
        for row, at in parts["disputes"]:
            self._dispute(agreement, row, events, at)

    def _object(self, place: str, message: str) -> None:
        self.made.remarks.append(Remark(place, message))

    def _note(self, place: str, message: str) -> None:
        self.made.remarks.append(Remark(place, message, "warning"))

    def _known(self, row: Mapping[str, Any], columns: Iterable[str], place: str) -> None:
        for name in row:
            if name not in columns:
                near = difflib.get_close_matches(str(name), columns, n=1)
                hint = f"Is it '{near[0]}'?" if near else "See 'accords add --template'."
                self._object(place, f"'{name}' is no field here. {hint}")

    def _part(self, entry: Entry, name: str, words: str) -> Iterator[tuple[Row, str]]:
        """Return the rows of one list of an entry, as text, and where each stands."""
        given = entry.get(name) or []
        if not isinstance(given, list):
            place = _place(entry, f"{words}, {name}")
            self._object(place, "is no list. Begin each of its lines with '- '.")
            return
        extra = EXTRA.get(name, ())
        columns = [*(c for c in self.fields[name] if c != "agreement_id"), *extra]
        addresses = {c for c, f in self.fields["sources"].items() if is_address(f)}
        for number, row in enumerate(given, start=1):
            place = _place(row, f"{words}, {name} {number}")
            if not isinstance(row, dict):
                self._object(place, "is no row of fields. See 'accords add --template'.")
                continue
            self._known(row, columns, place)
            texted = {c: _text(row.get(c)) for c in columns}
            if not any(texted.values()):
                continue  # A part of the template that was left as it was.
            for column in addresses & texted.keys():
                plain = plain_address(texted[column])
                if plain != texted[column]:
                    self._note(f"{place}, {column}", f"{texted[column]} is taken as {plain}.")
                    texted[column] = plain
            yield texted, place

    def _agreement(self, own: Row, parts: Mapping[str, Any], place: str) -> str | None:
        """Find the agreement that an entry speaks of, or take it; name it where it has no id."""
        agreement = own["agreement_id"]
        particulars = [c for c, value in own.items() if value and c != "agreement_id"]
        if (agreement,) in self.record["agreements"]:
            there = self.record["agreements"][(agreement,)]
            for column in particulars:
                if not there[column]:
                    self.made.filled[agreement, column] = own[column]
                elif there[column] != own[column]:
                    self._object(
                        f"{place}, {column}",
                        f"{agreement} is in the dataset already, with another {column}. Leave it "
                        "out, or change it with 'accords correct'.",
                    )
            return agreement
        if agreement and not particulars:
            known = [key[0] for key in self.record["agreements"]]
            near = difflib.get_close_matches(agreement, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "A new one needs at least its title."
            self._object(
                f"{place}, agreement_id", f"the dataset has no agreement '{agreement}'. {hint}"
            )
            return None
        own["agreement_id"] = agreement or self._agreement_id(own, parts)
        self._put("agreements", own, place)
        return own["agreement_id"]

    def _agreement_id(self, own: Row, parts: Mapping[str, Any]) -> str:
        states = sorted({row["party_id"].lower() for row, _ in parts["parties"]})
        dated = [row for row, _ in parts["events"] if row["date"][:1].isdigit()]
        signed = [row["date"] for row in dated if row["event"] == "signed"]
        named = {word for s in states for word in fold(self.party_names.get(s.upper(), s)).split()}
        subject = [
            word for word in _words(own["title"]) if word not in _EMPTY_WORDS and word not in named
        ]
        who = "multi" if len(states) > 2 else "-".join(map(_slug, states))
        year = min(signed or [row["date"] for row in dated], default="nd")[:4]
        taken = {key[0] for key in self.record["agreements"]}
        return _free("-".join(filter(None, (who, year, *subject[:4]))), taken)

    def _key(self, table: str, row: Row) -> tuple[str, ...]:
        return tuple(row[column] for column in self.keys[table])

    def _put(self, table: str, row: Row, place: str) -> None:
        """Take a row; where it is on record, say what of it differs and is not taken."""
        key = self._key(table, row)
        if key in self.record[table]:
            self._not_taken(row, self.record[table][key], place)
        else:
            self._add(table, row, place)

    def _add(self, table: str, row: Row, place: str) -> None:
        self.record[table].setdefault(self._key(table, row), row)
        self.made.tables[table].append(row)
        self.made.origins[table].append(place)

    def _not_taken(self, row: Row, old: Row, place: str) -> None:
        """Say once what of a row is not taken because the one on record says otherwise."""
        differing = [
            f"{column} '{value}' (on record: '{old[column]}')"
            for column, value in row.items()
            if value and column in old and value != old[column]
        ]
        message = f"not taken: {', '.join(differing)}."
        if differing and message not in self.said:
            self.said.add(message)
            self._note(place, message)

    def _domain(self, row: Row, place: str) -> None:
        """Take a domain; where it is on record on a weaker basis, raise that."""
        old = self.record["domains"].get(self._key("domains", row))
        ranks = self.ranks
        if old and ranks.get(row["basis"], len(ranks)) < ranks.get(old["basis"], len(ranks)):
            self.made.bases[row["agreement_id"], row["domain"]] = row["basis"]
            old["basis"] = row["basis"]
        else:
            self._put("domains", row, place)

    def _events(self, agreement: str, events: Iterable[tuple[Row, str]]) -> dict[str, str]:
        """Take the events that are not on record, named; return the type of each by its id."""
        earlier = [e for e in self.record["events"].values() if e["agreement_id"] == agreement]
        named: dict[str, str] = {}
        for row, place in events:
            row["agreement_id"] = agreement
            for old in earlier:
                same = all(row[c] == old[c] for c in ("event", "party_id", "date"))
                if same and row["event_id"] in ("", old["event_id"]):
                    row["event_id"] = old["event_id"]
                    self._not_taken(row, old, place)
                    break
            else:
                made_id = "-".join(filter(None, (row["event"], _slug(row["party_id"]))))
                taken = {key[1] for key in self.record["events"] if key[0] == agreement}
                row["event_id"] = row["event_id"] or _free(made_id, taken)
                self._add("events", row, place)
            named[row["event_id"]] = row["event"]
        return named

    def _event(self, code: str, agreement: str, events: Mapping[str, str]) -> list[str]:
        """Find the events that a code means: by id, or by the type that one event has."""
        on_record = {
            row["event_id"]: row["event"]
            for row in self.record["events"].values()
            if row["agreement_id"] == agreement
        }
        if code in on_record:
            return [code]
        own = [event_id for event_id, event in events.items() if event == code]
        return own or [event_id for event_id, event in on_record.items() if event == code]

    def _subject(
        self, subject: str, agreement: str, events: Mapping[str, str], place: str
    ) -> str | None:
        """Return what a source supports as the tables name it, or object."""
        kind, _, code = subject.partition(":")
        if kind == "event":
            meant = self._event(code, agreement, events)
            if len(meant) == 1:
                return f"event:{meant[0]}"
            known = [f"event:{k[1]}" for k in self.record["events"] if k[0] == agreement]
            what = "several events" if meant else "no event"
        elif kind == "domain":
            if (agreement, code) in self.record["domains"]:
                return subject
            known = [f"domain:{k[1]}" for k in self.record["domains"] if k[0] == agreement]
            what = "no domain"
        else:
            return subject
        listed = f"It has {', '.join(known)}." if known else "It has none."
        self._object(place, f"'{subject}' names {what} of {agreement}. {listed}")
        return None

    def _cite(self, agreement: str, row: Row, supports: Iterable[str], place: str) -> None:
        """Take a source where it is new, and what it supports."""
        source = self._source(row, place)
        # Whoever tells of an event of an agreement tells that the agreement exists.
        said_in = "context" if supports == ["context"] else "existence"
        for subject in dict.fromkeys([said_in, *supports]):
            citation = {"agreement_id": agreement, "subject": subject, "source_id": source}
            citation |= {"voice": row["voice"], "locator": row["locator"]}
            citation["evidence"] = row["evidence"] if subject == said_in else ""
            self._put("citations", citation, place)

    def _source(self, row: Row, place: str) -> str:
        """Return the id of a source; take it where the dataset does not have it."""
        source = {column: row[column] for column in self.fields["sources"]}
        old = self.pages.get(row["url"]) or self.record["sources"].get((row["source_id"],))
        if old and row["url"] in ("", old["url"]):
            self._not_taken(source | {"source_id": ""}, old, place)
            return old["source_id"]
        year = row["published"][:4] or "nd"
        publisher, title = _slug(row["publisher"])[:24], _slug(row["title"])[:30]
        made_id = "-".join(part.strip("-") for part in (publisher, year, title) if part)
        taken = {key[0] for key in self.record["sources"]}
        source["source_id"] = row["source_id"] or _free(made_id, taken)
        self._add("sources", source, place)
        if row["url"]:
            self.pages[row["url"]] = source
        return source["source_id"]

    def _dispute(self, agreement: str, row: Row, events: Mapping[str, str], place: str) -> None:
        """Take what a source says where sources disagree; the source is found by its address."""
        row["agreement_id"] = agreement
        url = row.pop("url")
        if url and url not in self.pages:
            self._object(
                f"{place}, url",
                f"no source has the address {url}. Add it to the sources of the entry.",
            )
            return
        if url:
            row["source_id"] = self.pages[url]["source_id"]
        event = re.fullmatch(r"event:([a-z0-9-]+)(\..*)?", row["field"])
        meant = self._event(event[1], agreement, events) if event else []
        if event and len(meant) == 1:
            row["field"] = f"event:{meant[0]}{event[2] or ''}"
        self._put("disputes", row, place)


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
