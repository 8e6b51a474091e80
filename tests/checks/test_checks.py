"""Every rule finds what breaks it, says where and what to do, and lets everything else pass."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import builders
import frictionless
import pandas as pd
import pytest
from typer.testing import CliRunner

from accords.checks import BETWEEN, RULES, Problem, cells, check, files, lists
from accords.checks.data import Data
from accords.checks.listing import LISTED, listing, tally
from accords.checks.problem import BREACHES
from accords.checks.problem import said as sentences
from accords.cli import app
from accords.dataset import read_descriptor
from accords.errors import DatasetError

Change = Callable[[Path], object]


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def columns_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()[0].split(",")


def put(file: Path, rows: list[dict[str, str]], columns: list[str] | None = None) -> None:
    columns = columns or list(dict.fromkeys(column for row in rows for column in row))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class Edit:
    """Change cells of the first row that starts with the key ('agreement,event')."""

    table: str
    key: str
    cells: dict[str, str]

    def __call__(self, folder: Path) -> None:
        rows = rows_of(folder / self.table)
        wanted = self.key.split(",")
        row = next(row for row in rows if list(row.values())[: len(wanted)] == wanted)
        assert self.cells.keys() <= row.keys()
        row.update(self.cells)
        put(folder / self.table, rows)


def edit(table: str, key: str, **cells_: str) -> Edit:
    return Edit(table, key, cells_)


def drop(table: str, key: str) -> Change:
    """Take away the rows that start with the key."""

    def change(folder: Path) -> None:
        rows = rows_of(folder / table)
        wanted = key.split(",")
        kept = [row for row in rows if list(row.values())[: len(wanted)] != wanted]
        assert len(kept) < len(rows)
        put(folder / table, kept, list(rows[0]))

    return change


def add(table: str, **cells_: str) -> Change:
    """Add a row at the end."""

    def change(folder: Path) -> None:
        columns = columns_of(folder / table)
        row = dict.fromkeys(columns, "") | cells_
        put(folder / table, [*rows_of(folder / table), row], columns)

    return change


def rewrite(table: str, turn: Callable[[bytes], bytes]) -> Change:
    """Change the bytes of a file."""
    return lambda folder: (folder / table).write_bytes(turn((folder / table).read_bytes()))


def both(*changes: Change) -> Change:
    """Make several changes."""
    return lambda folder: [change(folder) for change in changes]


def into_a_folder(folder: Path) -> None:
    (folder / "domains.csv").unlink()
    (folder / "domains.csv").mkdir()


@dataclass(frozen=True)
class Broken:
    """A way to break a rule, and what must be said about it."""

    rule: str
    change: Change
    file: str
    column: str | None = None
    value: str | None = None
    row: int | None = None
    says: str = ""


SIGNED = "aze-ita,signed"

BROKEN = [
    Broken("missing-file", lambda f: (f / "events.csv").unlink(), "events.csv", says="Restore"),
    Broken("not-a-file", into_a_folder, "domains.csv", says="folder"),
    Broken("empty-file", rewrite("parties.csv", lambda b: b""), "parties.csv", says="header"),
    Broken(
        "encoding",
        both(
            edit("events.csv", SIGNED, place="Orléans"),
            rewrite("events.csv", lambda b: b.decode().encode("cp1252")),
        ),
        "events.csv",
        value="é",
        says="Byte 38 of row 6",
    ),
    Broken(
        "encoding",
        rewrite("events.csv", lambda b: b.decode().encode("utf-16")),
        "events.csv",
        says="UTF-16",
    ),
    Broken(
        "encoding",
        edit("events.csv", SIGNED, place="OrlÃ©ans"),
        "events.csv",
        "place",
        says="spoilt",
    ),
    Broken(
        "date",
        edit("events.csv", SIGNED, date="2013/2012"),
        "events.csv",
        "date",
        says="the earlier date first",
    ),
    Broken(
        "date",
        edit("events.csv", SIGNED, date="2012-02-30/2013"),
        "events.csv",
        "date",
        says="no day 2012-02-30",
    ),
    Broken(
        "date",
        edit("sources.csv", "press-a", published="2012/2013"),
        "sources.csv",
        "published",
    ),
    Broken(
        "length",
        edit("agreements.csv", "aze-ita", short_name="x" * 61),
        "agreements.csv",
        "short_name",
        says="at most 60",
    ),
    Broken(
        "together",
        edit("agreements.csv", "aze-ita", value_kind="price"),
        "agreements.csv",
        "value_amount",
    ),
    Broken("bom", rewrite("events.csv", lambda b: b"\xef\xbb\xbf" + b), "events.csv", row=1),
    Broken("line-ends", rewrite("events.csv", lambda b: b.replace(b"\n", b"\r\n")), "events.csv"),
    Broken("line-ends", rewrite("events.csv", lambda b: b.replace(b"\n", b"\r")), "events.csv"),
    Broken(
        "delimiter",
        rewrite("parties.csv", lambda b: b.replace(b",", b";")),
        "parties.csv",
        says="semicolons",
    ),
    Broken("delimiter", rewrite("parties.csv", lambda b: b.replace(b",", b"\t")), "parties.csv"),
    Broken("quotes", rewrite("events.csv", lambda b: b + b'"aze-ita,x\n'), "events.csv"),
    Broken(
        "undeclared-file",
        lambda f: shutil.copyfile(f / "events.csv", f / "events (1).csv"),
        "events (1).csv",
    ),
    Broken("edition", lambda f: (f / "CHANGELOG.md").unlink(), "CHANGELOG.md", says="Restore"),
    Broken("edition", rewrite("CHANGELOG.md", lambda b: b"# Editions"), "CHANGELOG.md", says="## "),
    Broken(
        "read-until",
        rewrite(
            "CHANGELOG.md", lambda b: b"## 1.0.0 (2026-11-24)\n\nSources read until 2026-02-27.\n"
        ),
        "CHANGELOG.md",
        row=3,
        value="2026-02-27",
        says="Write the same day in both.",
    ),
    Broken(
        "missing-column",
        lambda f: put(f / "parties.csv", rows_of(f / "parties.csv"), ["agreement_id", "party_id"]),
        "parties.csv",
        "role",
    ),
    Broken(
        "extra-column",
        rewrite("sources.csv", lambda b: b.replace(b"\n", b",\n").replace(b",\n", b",mood\n", 1)),
        "sources.csv",
        "mood",
        says="Remove it",
    ),
    Broken(
        "column-order",
        rewrite(
            "parties.csv",
            lambda b: "\n".join(
                ",".join(line.split(",")[::-1]) for line in b.decode().splitlines()
            ).encode(),
        ),
        "parties.csv",
        says="agreement_id, party_id, role",
    ),
    Broken(
        "row-width",
        rewrite("parties.csv", lambda b: b.replace(b"AZE,party", b"AZE,party,", 1)),
        "parties.csv",
        row=4,
        says="double quotes",
    ),
    Broken(
        "row-width",
        rewrite("coverage.csv", lambda b: b + b"AZE,ITA\n"),
        "coverage.csv",
        says="missing commas",
    ),
    Broken("blank-row", rewrite("parties.csv", lambda b: b + b",,\n"), "parties.csv"),
    Broken("blank-row", rewrite("parties.csv", lambda b: b + b"\n"), "parties.csv"),
    Broken("required", edit("agreements.csv", "aze-ita", summary=""), "agreements.csv", "summary"),
    Broken(
        "required", edit("codes/statuses.csv", "signed", label=""), "codes/statuses.csv", "label"
    ),
    Broken(
        "type",
        edit("agreements.csv", "aze-isr-buy", value_amount="1,600,000,000"),
        "agreements.csv",
        "value_amount",
        says="separators",
    ),
    Broken(
        "type",
        edit("agreements.csv", "many", parties_total="about 30"),
        "agreements.csv",
        "parties_total",
    ),
    Broken(
        "type",
        edit("disputes.csv", "aze-mar,event:signed.place,Marrakech", adopted="FALSE"),
        "disputes.csv",
        "adopted",
        says="true or false",
    ),
    Broken(
        "date", edit("events.csv", SIGNED, date="45595"), "events.csv", "date", says="2024-10-30"
    ),
    Broken(
        "date",
        edit("events.csv", SIGNED, date="30/10/2012"),
        "events.csv",
        "date",
        "30/10/2012",
        says="Write 2012-10-30.",
    ),
    Broken(
        "date",
        edit("events.csv", SIGNED, date="03/04/2012"),
        "events.csv",
        "date",
        says="2012-04-03 or 2012-03-04",
    ),
    Broken("date", edit("events.csv", SIGNED, date="Oct-12"), "events.csv", "date", says="2012-10"),
    Broken(
        "date",
        edit("events.csv", SIGNED, date="2012-02-30"),
        "events.csv",
        "date",
        says="no day 2012-02-30",
    ),
    Broken("date", edit("events.csv", SIGNED, date="spring"), "events.csv", "date", says="EDTF"),
    Broken(
        "date",
        add(
            "coverage.csv",
            focus="AZE",
            partner="ITA",
            search="by-name",
            records_found="1",
            searched_on="2026-11",
        ),
        "coverage.csv",
        "searched_on",
        says="day",
    ),
    Broken(
        "pattern",
        edit("agreements.csv", "aze-isr-buy", value_currency="Dollars"),
        "agreements.csv",
        "value_currency",
    ),
    Broken(
        "enum",
        edit("agreements.csv", "aze-ita", title_kind="Descriptiv"),
        "agreements.csv",
        "title_kind",
        says="Write descriptive.",
    ),
    Broken(
        "range",
        edit("agreements.csv", "many", parties_total="2"),
        "agreements.csv",
        "parties_total",
        says="3 or more",
    ),
    Broken("range", edit("codes/bases.csv", "press", rank="-7"), "codes/bases.csv", "rank"),
    Broken("range", edit("codes/stages.csv", "end", order="-7"), "codes/stages.csv", "order"),
    Broken("url", edit("sources.csv", "press-a", url="www.example.org"), "sources.csv", "url"),
    Broken("url", edit("sources.csv", "press-a", url="https://example"), "sources.csv", "url"),
    Broken("url", edit("sources.csv", "press-a", url="https://a.org/b c"), "sources.csv", "url"),
    Broken(
        "url",
        edit("sources.csv", "press-a", url="https://a.org./b"),
        "sources.csv",
        "url",
        says="Write https://a.org/b",
    ),
    Broken(
        "tracking",
        edit("sources.csv", "press-a", url="https://a.org/?id=7&utm_source=x&fbclid=y"),
        "sources.csv",
        "url",
        says="Write https://a.org/?id=7",
    ),
    *(
        Broken("html", edit("agreements.csv", "aze-ita", notes=text), "agreements.csv", "notes")
        for text in ("An <b>important</b> text", "A &amp; B", "<img/src=x/onerror=y> text")
    ),
    *(
        Broken(
            "formula",
            edit("agreements.csv", "aze-ita", notes=f"{sign}cmd"),
            "agreements.csv",
            "notes",
            says=f"'{sign}'",
        )
        for sign in "=+-@"
    ),
    Broken(
        "control",
        edit("agreements.csv", "aze-ita", notes="One line\nand another"),
        "agreements.csv",
        "notes",
        says="line break",
    ),
    Broken(
        "control",
        edit("agreements.csv", "aze-ita", notes="zero\u200bwidth"),
        "agreements.csv",
        "notes",
        says="zero width space",
    ),
    Broken("spaces", edit("agreements.csv", "aze-ita", notes=" notes"), "agreements.csv", "notes"),
    Broken(
        "brackets",
        edit("sources.csv", "press-a", title="[A page about it]"),
        "sources.csv",
        "title",
        says="title_kind",
    ),
    Broken(
        "duplicate-key",
        add("domains.csv", agreement_id="aze-ita", domain="training", basis="text"),
        "domains.csv",
        "domain",
        says="in row",
    ),
    Broken(
        "duplicate-value",
        edit("sources.csv", "press-a", url="https://example.org/press-b"),
        "sources.csv",
        "url",
    ),
    Broken(
        "unknown-code",
        edit("agreements.csv", "aze-ita", instrument="agrement"),
        "agreements.csv",
        "instrument",
        "agrement",
        says="Did you mean agreement?",
    ),
    Broken(
        "unknown-code",
        add(
            "coverage.csv",
            focus="AZE",
            partner="italy",
            search="by-name",
            records_found="1",
            searched_on="2026-11-24",
        ),
        "coverage.csv",
        "partner",
        says="Did you mean ITA?",
    ),
    Broken(
        "dangling",
        edit("agreements.csv", "aze-ita", part_of="aze-mart"),
        "agreements.csv",
        "part_of",
        says="Did you mean aze-mar?",
    ),
    Broken(
        "together",
        edit("agreements.csv", "aze-ita", title_original="Accordo"),
        "agreements.csv",
        "language_original",
    ),
    Broken(
        "together",
        edit("agreements.csv", "aze-isr-buy", value_currency=""),
        "agreements.csv",
        "value_currency",
    ),
    Broken(
        "focus-party",
        edit("parties.csv", "fra-mar,MAR", party_id="USA"),
        "agreements.csv",
        "agreement_id",
        "fra-mar",
    ),
    Broken(
        "scope",
        add("parties.csv", agreement_id="fra-mar", party_id="USA", role="party"),
        "agreements.csv",
        "scope",
        says="is 3",
    ),
    Broken(
        "acting-party",
        edit("events.csv", "aze-ita,ratified-aze", party_id="TUR"),
        "events.csv",
        "party_id",
        "TUR",
    ),
    Broken(
        "no-event",
        both(drop("events.csv", "fra-mar"), drop("citations.csv", "fra-mar,event:signed")),
        "agreements.csv",
        "agreement_id",
        "fra-mar",
        says="leave its date empty",
    ),
    Broken(
        "no-source",
        edit("citations.csv", "fra-mar,existence", subject="context"),
        "agreements.csv",
        "agreement_id",
        "fra-mar",
    ),
    Broken(
        "uncited",
        drop("citations.csv", "aze-ita,event:ratified-aze"),
        "events.csv",
        "event_id",
        "ratified-aze",
    ),
    Broken(
        "uncited",
        drop("citations.csv", "aze-ita,domain:industry"),
        "domains.csv",
        "domain",
        "industry",
    ),
    Broken("uncited", drop("citations.csv", "aze-isr-buy,value"), "agreements.csv", "value_amount"),
    Broken(
        "subject",
        add(
            "citations.csv",
            agreement_id="aze-ita",
            subject="event:ratified-aza",
            source_id="press-a",
        ),
        "citations.csv",
        "subject",
        says="Did you mean 'event:ratified-aze'?",
    ),
    Broken(
        "subject",
        add("citations.csv", agreement_id="aze-ita", subject="value", source_id="press-a"),
        "citations.csv",
        "subject",
    ),
    Broken(
        "evidence",
        edit("citations.csv", "fra-mar,existence", evidence=""),
        "citations.csv",
        "evidence",
    ),
    Broken(
        "evidence",
        add("citations.csv", agreement_id="fra-mar", subject="event:signed", source_id="press-a"),
        "citations.csv",
        "subject",
        says="existence",
    ),
    Broken(
        "unused-source",
        add(
            "sources.csv",
            source_id="spare",
            url="https://example.org/spare",
            title="Spare",
            title_kind="published",
            publisher="Spare",
            language="en",
            kind="press",
        ),
        "sources.csv",
        "source_id",
        "spare",
    ),
    Broken(
        "basis",
        edit("domains.csv", "aze-mar,training", basis="press"),
        "domains.csv",
        "basis",
        "press",
        says="'training' of aze-mar is press, yet official-aze is",
    ),
    Broken(
        "basis",
        edit("citations.csv", "fra-mar,domain:training,other-blog", voice="aze-parliament"),
        "domains.csv",
        "basis",
        "press",
        says="aze-parliament",
    ),
    Broken(
        "after-edition",
        edit("events.csv", "mar-usa-note,announced", date="2099"),
        "events.csv",
        "date",
    ),
    Broken(
        "after-edition",
        edit("sources.csv", "press-a", published="2099-01"),
        "sources.csv",
        "published",
    ),
    Broken(
        "life-order",
        edit("events.csv", "aze-ita,ratified-aze", date="2012-10"),
        "events.csv",
        "date",
        "2012-10",
    ),
    Broken(
        "life-order",
        edit("events.csv", "aze-ita,entered-into-force", date="2013-01"),
        "events.csv",
        "date",
        "2013-01",
    ),
    Broken(
        "near-duplicate",
        both(
            edit("events.csv", "aze-tur-old,signed", date="2010-08-20"),
            edit("agreements.csv", "aze-tur-old", instrument="treaty"),
            edit("agreements.csv", "aze-tur-new", supersedes=""),
        ),
        "agreements.csv",
        "agreement_id",
        says="distinct.csv",
    ),
    Broken(
        "cycle",
        edit("agreements.csv", "aze-tur-old", supersedes="aze-tur-new"),
        "agreements.csv",
        "supersedes",
        says="→",
    ),
    Broken(
        "cycle", edit("agreements.csv", "aze-ita", part_of="aze-ita"), "agreements.csv", "part_of"
    ),
    Broken(
        "dispute-field",
        both(
            edit("disputes.csv", "aze-mar,event:signed.place,Rabat", field="quantiti"),
            edit("disputes.csv", "aze-mar,event:signed.place,Marrakech", field="quantiti"),
        ),
        "disputes.csv",
        "field",
        says="Did you mean 'quantity'?",
    ),
    Broken(
        "dispute-field",
        both(
            edit("disputes.csv", "aze-mar,event:signed.place,Rabat", field="event:sealed.place"),
            edit("disputes.csv", "aze-mar,event:signed.place", field="event:sealed.place"),
        ),
        "disputes.csv",
        "field",
        says="an event of this agreement",
    ),
    Broken(
        "dispute-single",
        drop("disputes.csv", "aze-mar,event:signed.place,Marrakech"),
        "disputes.csv",
        "value",
    ),
    Broken(
        "dispute-adopted",
        edit("disputes.csv", "aze-mar,event:signed.place,Marrakech", adopted="true"),
        "disputes.csv",
        "adopted",
    ),
    Broken(
        "dispute-value",
        edit("events.csv", "aze-mar,signed", place="Casablanca"),
        "disputes.csv",
        "value",
        "Rabat",
        says="'Casablanca'",
    ),
    Broken(
        "dispute-reason",
        edit("disputes.csv", "aze-mar,event:signed.place,Rabat", reason=""),
        "disputes.csv",
        "reason",
    ),
]


def at(rule: str, place: str, change: Change, says: str = "") -> Broken:
    """A way to break a rule, with its place as 'table.column'."""
    table, _, column = place.partition(".")
    if column.startswith(("json", "md")):
        file, _, column = place.partition(": ")
        return Broken(rule, change, file, column or None, says=says)
    return Broken(rule, change, f"{table}.csv", column, says=says)


def declare(turn: Callable[[dict[str, Any]], object]) -> Change:
    """Change the descriptor."""

    def change(folder: Path) -> None:
        file = folder / "datapackage.json"
        descriptor = json.loads(file.read_text(encoding="utf-8"))
        turn(descriptor)
        file.write_text(json.dumps(descriptor), encoding="utf-8")

    return change


def field(descriptor: dict[str, Any], table: str, name: str) -> dict[str, Any]:
    """Find a field of a descriptor."""
    resource = next(r for r in descriptor["resources"] if r["name"] == table)
    return next(f for f in resource["schema"]["fields"] if f["name"] == name)


def foreign_key(descriptor: dict[str, Any], table: str, number: int) -> dict[str, Any]:
    """Find a foreign key of a descriptor."""
    resource = next(r for r in descriptor["resources"] if r["name"] == table)
    return resource["schema"]["foreignKeys"][number]


def said(**cells_: str) -> Change:
    """Change cells of the first agreement's texts."""
    return edit("agreements.csv", "aze-ita", **cells_)


def claim(test: str, argument: str) -> Change:
    about = {"claim_id": "c", "agreement_id": "aze-mar", "source_id": "press-a", "claim": "It is."}
    return add("claims.csv", **about, testable="true", test=test, argument=argument)


def search(focus: str, partner: str, found: str, day: str = "2026-11-24") -> Change:
    how = {"focus": focus, "partner": partner, "search": "by-name"}
    return add("coverage.csv", **how, records_found=found, searched_on=day)


def counted(group: str, listed: str, found: str, independent: str = "") -> Change:
    of = {"list": "sipri", "state": "AZE", "group": group, "edition": "1.0.0", "method": "By hand."}
    numbers = {"listed": listed, "found": found, "independent": independent}
    return add("completeness.csv", **of, **numbers, counted_on="2026-11-24")


def reading(agreement: str, checked: str, wrong: str, unsupported: str) -> Change:
    of = {"reading": "1", "agreement_id": agreement, "verdict": "correct"}
    facts = {"facts_checked": checked, "facts_wrong": wrong, "facts_unsupported": unsupported}
    return add("readings.csv", **of, **facts)


def step(event_id: str, event: str, date: str, party_id: str = "") -> Change:
    """Add an event of an agreement, with a citation."""
    of = {"agreement_id": "aze-ita"}
    return both(
        add("events.csv", **of, event_id=event_id, event=event, date=date, party_id=party_id),
        add("citations.csv", **of, subject=f"event:{event_id}", source_id="press-a"),
    )


PLACE = "aze-mar,event:signed.place"

MORE = [
    # digits of other scripts, absurd years and numbers
    at("date", "events.date", edit("events.csv", SIGNED, date="٢٠١٢-١١-٠٦"), "Write 2012-11-06."),
    at("type", "agreements.value_amount",
       edit("agreements.csv", "aze-isr-buy", value_amount="١٦٠٠"), "Write 1600."),
    at("date", "events.date", edit("events.csv", SIGNED, date="0204-11-06"), "0204"),
    at("date", "coverage.searched_on", search("AZE", "ITA", "1", "0226-11-24")),
    at("range", "agreements.value_amount",
       edit("agreements.csv", "aze-isr-buy", value_amount="1" + "0" * 30)),
    # text and addresses
    at("spaces", "agreements.notes", said(notes="Two  spaces"), "two in a row"),
    at("letters", "agreements.notes", said(notes="Cafe\u0301"), "NFC"),
    at("letters", "agreements.notes", said(notes="қатынастар жөніндегi шарт"), "жөніндегi"),
    at("letters", "agreements.notes", said(notes="Azәrbaycan"), "Azәrbaycan"),
    at("control", "agreements.notes", said(notes="join\u200der"), "joiner"),
    at("placeholder", "agreements.notes", said(notes="N/A")),
    at("language", "sources.language", edit("sources.csv", "press-a", language="xx")),
    *(
        at("url", "sources.url", edit("sources.csv", "press-a", url=f"https://{address}"))
        for address in ("-a.org/b", "a..org", "a.o_g/b", "a.org/b&amp;c", "a.org/%zz", "a.123/b")
    ),
    # parties
    at("scope", "agreements.parties_total",
       edit("agreements.csv", "aze-ita", parties_total="5"), "bilateral"),
    at("scope", "agreements.scope", edit("agreements.csv", "aze-ita", scope="multilateral")),
    at("roles", "parties.role", edit("parties.csv", "aze-isr-buy,ISR", role="buyer")),
    at("event-id", "events.event_id", both(
        edit("events.csv", "aze-ita,ratified-aze", event_id="notified-aze"),
        edit("citations.csv", "aze-ita,event:ratified-aze", subject="event:notified-aze"))),
    at("event-id", "events.event_id", edit("events.csv", "aze-ita,ratified-aze", party_id="ITA")),
    at("same-title", "agreements.title", both(
        edit("agreements.csv", "aze-tur-old", title="Accord"),
        edit("agreements.csv", "aze-tur-new", title="Accord"))),
    at("succession", "agreements.supersedes", both(
        edit("agreements.csv", "aze-tur-new", supersedes=""),
        edit("agreements.csv", "aze-tur-old", supersedes="aze-tur-new"))),
    at("succession", "agreements.part_of", edit("agreements.csv", "aze-ita", part_of="fra-mar")),
    # lives and sources
    at("life-order", "events.date",
       step("terminated", "terminated", "2014"), "entered-into-force"),
    at("early-step", "events.date", step("tabled-aze", "tabled", "2011", "AZE")),
    at("early-step", "events.date", step("notified", "notified", "2011-02")),
    at("early-source", "citations.source_id",
       edit("sources.csv", "official-ita", published="2012-11-05")),
    at("basis", "domains.basis", edit("domains.csv", "aze-isr-buy,procurement", basis="text"),
       "only the press"),
    at("status-note", "agreements.status_note",
       said(status_note="Counted as expired, since its term was five years."), "in force"),
    # disputes
    at("dispute-value", "disputes.value", both(
        add("disputes.csv", agreement_id="aze-ita", field="title", value="Treaty of friendship",
            source_id="press-a", adopted="true", reason="It is printed."),
        add("disputes.csv", agreement_id="aze-ita", field="title", value="aze ita",
            source_id="official-ita", adopted="false"))),
    at("dispute-value", "disputes.value", both(
        add("disputes.csv", agreement_id="aze-ita", field="parties", value="France",
            source_id="press-a", adopted="true", reason="It is printed."),
        add("disputes.csv", agreement_id="aze-ita", field="parties", value="Italy",
            source_id="official-ita", adopted="false"))),
    at("dispute-value", "disputes.value", both(
        add("disputes.csv", agreement_id="many", field="parties_total", value="31 states",
            source_id="press-a", adopted="true", reason="It is printed."),
        add("disputes.csv", agreement_id="many", field="parties_total", value="30",
            source_id="official-mar", adopted="false"))),
    at("dispute-open", "disputes.adopted", edit("disputes.csv", f"{PLACE},Rabat", adopted="false")),
    # claims, searches, counts and readings
    at("argument", "claims.argument", claim("domain", "cooking")),
    at("coverage", "coverage.partner", search("AZE", "AZE", "0")),
    at("coverage", "coverage.records_found", search("AZE", "ITA", "2")),
    at("after-edition", "coverage.searched_on", search("AZE", "ITA", "1", "2026-11-25")),
    at("sum", "completeness.found", counted("all", "3", "4")),
    at("sum", "completeness.independent", counted("all", "3", "2", "3")),
    at("sum", "completeness.listed", both(
        counted("all", "3", "0"), counted("1990s", "1", "0"), counted("2000s", "1", "0"))),
    at("sum", "readings.facts_wrong", reading("aze-ita", "2", "2", "1")),
    at("reading", "readings.agreement_id", reading("aze-nobody", "2", "0", "0")),
    # code lists
    at("code", "codes/statuses.status", drop("codes/statuses.csv", "superseded")),
    at("code", "codes/verdicts.verdict", drop("codes/verdicts.csv", "partly")),
    at("code", "codes/parties.region", edit("codes/parties.csv", "ITA", region="")),
    at("enum", "codes/parties.party_kind", edit("codes/parties.csv", "ITA", party_kind="land")),
    at("enum", "codes/source_kinds.tier", edit("codes/source_kinds.csv", "press", tier="good")),
    at("pattern", "codes/parties.m49", edit("codes/parties.csv", "ITA", m49="38")),
    at("duplicate-value", "codes/statuses.label",
       edit("codes/statuses.csv", "ordered", label="Signed"), "label"),
    # the descriptor and the change log
    *(
        Broken("descriptor", declare(turn), "datapackage.json", column)
        for column, turn in (
            ("place", lambda d: field(d, "events", "place").update(type="location")),
            ("place", lambda d: field(d, "events", "place").update(constraints={"pattern": "("})),
            ("party", lambda d: foreign_key(d, "events", 2)["reference"].update(fields=["party"])),
        )
    ),
    at("version", "datapackage.json: version", declare(lambda d: d.update(version="9.9.9"))),
    *(
        Broken("read-until", declare(lambda d, day=day: d.update(readUntil=day)),
               "datapackage.json", "readUntil")
        for day in ("2026-02-30", "2026-11-25", "soon")
    ),
    at("edition", "CHANGELOG.md", rewrite("CHANGELOG.md", lambda b: b"## 1.0.0 (2026-13-24)\n")),
    at("edition", "CHANGELOG.md", rewrite("CHANGELOG.md", lambda b: b"\xff" + b)),
]  # fmt: skip


COMPANIONS = {
    # A rule that cannot be broken alone, with what breaks along with it.
    "dispute-adopted": {"dispute-value"},
    "row-width": {"required"},
    "acting-party": {"event-id"},
    "cycle": {"succession"},
}


OF_A_CELL = {
    *("date", "type", "pattern", "enum", "range", "length", "language", "url", "tracking", "html"),
    *("formula", "control", "spaces", "letters", "placeholder", "brackets", "encoding"),
}
"""Rules that a value breaks by itself, wherever it stands."""

CELLS = [b for b in (*BROKEN, *MORE) if b.rule in OF_A_CELL and isinstance(b.change, Edit)]


@pytest.mark.parametrize("broken", CELLS, ids=lambda broken: broken.rule)
def test_a_value_that_breaks_a_rule_is_told_by_its_column(broken: Broken) -> None:
    assert isinstance(broken.change, Edit)
    resources = builders.shipped().descriptor["resources"]
    resource = next(r for r in resources if r["path"] == broken.file)
    column = next(f for f in resource["schema"]["fields"] if f["name"] == broken.column)
    value = broken.change.cells[column["name"]]
    ((breach, words),) = cells.faults(column, [value])[value]
    assert breach.partition(".")[0] == broken.rule
    assert broken.says in " ".join(sentences(breach, {"value": value, **words}))


WHOLE = [*(broken for broken in (*BROKEN, *MORE) if broken not in CELLS), CELLS[0], CELLS[-1]]
ALONE = {
    *("missing-file", "not-a-file", "empty-file", "encoding", "quotes", "delimiter", "descriptor"),
    *("missing-column", "column-order", "row-width", "blank-row", "edition", "version"),
    "dangling",
}
"""Rules whose breach keeps a file or record, or what it says, from being judged further."""


def grouped() -> list[list[Broken]]:
    """Group the broken rules of rows, one of each rule and file, that one check finds all."""
    groups: list[list[Broken]] = []
    for broken in WHOLE:
        fitting = (
            group
            for group in groups
            if ALONE.isdisjoint({broken.rule, group[0].rule})
            if not any(b.file == broken.file or b.rule == broken.rule for b in group)
        )
        if group := next(fitting, None):
            group.append(broken)
        else:
            groups.append([broken])
    return groups


# Those that stand alone take most of the time: the quick set tries those that share a check.
GROUPS = [
    pytest.param(group, id=group[0].rule, marks=pytest.mark.slow if len(group) == 1 else ())
    for group in grouped()
]


@pytest.mark.parametrize("group", GROUPS)
def test_a_broken_rule_is_reported_where_it_is_broken(
    group: list[Broken], small_folder: Path
) -> None:
    for broken in group:
        broken.change(small_folder)
    problems = check(small_folder)
    for broken in group:
        found = [p for p in problems if (p.rule, p.file) == (broken.rule, broken.file)]
        assert found, [str(problem) for problem in problems]
        problem = found[0]
        assert problem.column == broken.column
        assert broken.row in (None, problem.row)
        assert broken.value in (None, problem.value)
        assert broken.says in str(problem)
    allowed = {broken.rule for broken in group}
    allowed |= {rule for broken in group for rule in COMPANIONS.get(broken.rule, ())}
    assert {p.rule for p in problems} <= allowed, "one fault, one kind of message"


def test_every_rule_has_a_failing_example() -> None:
    assert {broken.rule for broken in [*BROKEN, *MORE]} == set(RULES)


MISFITS = [
    ("domain", "cooking"), ("domain", "cyber,cooking + it"), ("event", "sealed,AZE,2024"),
    ("event", "signed,AZE,soon"), ("event", "signed,AZE"), ("diversifies", "ITA"),
    ("region-share", "AZE,Middle Earth"), ("statement", "no-such-source"),
    ("statement", ""), ("wording", ""), ("membership", "EFTA"), ("none", "AZE"),
    ("followed-up", "cooking"),
]  # fmt: skip


def test_every_test_of_a_claim_needs_arguments_of_its_own(small_folder: Path) -> None:
    for number, (test, argument) in enumerate(MISFITS):
        row = {"claim_id": str(number), "test": test, "argument": argument}
        builders.add(small_folder, "claims", **row)
    for number, right in enumerate(("cyber,training", "AZE,Northern Africa"), len(MISFITS)):
        row = {"test": "domain" if number == len(MISFITS) else "region-share", "argument": right}
        builders.add(small_folder, "claims", claim_id=str(number), **row)
    ((_, found),) = lists.claims(Data(builders.small().descriptor, read_all(small_folder)))
    assert list(found["claim_id"]) == [str(number) for number in range(len(MISFITS))]


def test_a_sound_dataset_has_no_problems(small_folder: Path) -> None:
    assert check(small_folder) == []


HARMLESS = [
    edit("agreements.csv", "aze-ita", notes="5 < 7 and R&D; see <defence>, a-b, x=y, a@b"),
    edit("agreements.csv", "aze-mar", notes='He said "yes", and left'),
    edit("agreements.csv", "aze-tur-old", notes="«\u00a0oui\u00a0» — اتفاق"),
    edit("agreements.csv", "aze-ita", title_original="Accordo", language_original="it"),
    edit("sources.csv", "press-a", title="Signed [update]"),
    edit("sources.csv", "press-a", url="http://пример.рф:8080/a?x=утм&id=utm_source#b"),
    edit("sources.csv", "press-a", published="2024-02-29"),
    edit("events.csv", SIGNED, date="2012-11?"),
    edit("events.csv", "fra-mar,signed", date=""),
    # Parliament approved in the month of the signature: the bounds leave room.
    edit("events.csv", "aze-mar,parliament-approved-aze", date="2024-10"),
    # A cabinet may approve before the signature.
    edit("events.csv", "aze-mar,government-approved-mar", date="2023"),
    # A later member joins what is in force already.
    both(
        add("events.csv", agreement_id="many", event_id="entered-into-force",
            event="entered-into-force", date="1996"),
        add("citations.csv", agreement_id="many", subject="event:entered-into-force",
            source_id="official-mar"),
    ),
    # Instruments of different types are often signed on one day.
    edit("events.csv", "aze-tur-old,signed", date="2010-08-16"),
    edit("disputes.csv", "aze-mar,event:signed.place,Rabat", value="Rabat (said the host)"),
]  # fmt: skip


def test_what_only_looks_wrong_passes(small_folder: Path) -> None:
    both(*HARMLESS)(small_folder)
    assert [str(problem) for problem in check(small_folder)] == []


def test_one_run_finds_all_problems_in_the_order_of_the_files(small_folder: Path) -> None:
    both(
        edit("events.csv", SIGNED, date="45595"),
        edit("agreements.csv", "many", instrument="frame"),
        rewrite("agreements.csv", lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n")),
        rewrite("sources.csv", lambda b: b.replace(b",", b";")),
        edit("parties.csv", "aze-ita,ITA", party_id="Italy"),
    )(small_folder)
    problems = check(small_folder)
    assert [(problem.file, problem.rule) for problem in problems] == [
        ("agreements.csv", "line-ends"),
        ("agreements.csv", "bom"),
        ("agreements.csv", "unknown-code"),
        ("parties.csv", "unknown-code"),
        ("events.csv", "date"),
        ("sources.csv", "delimiter"),
    ]


def test_rows_are_numbered_as_an_editor_shows_them(small_folder: Path) -> None:
    edit("agreements.csv", "aze-isr-buy", notes="a break\nin a cell")(small_folder)
    edit("agreements.csv", "many", scope="wide")(small_folder)
    text = (small_folder / "agreements.csv").read_text(encoding="utf-8").splitlines()
    scope = next(problem for problem in check(small_folder) if problem.rule == "enum")
    assert scope.row is not None
    assert text[scope.row - 1].startswith("many,")


def test_a_missing_table_is_one_problem_and_not_many(small_folder: Path) -> None:
    (small_folder / "agreements.csv").unlink()
    assert [problem.rule for problem in check(small_folder)] == ["missing-file"]


def test_a_day_that_is_none_is_one_problem_also_where_a_status_waits_for_it(
    small_folder: Path,
) -> None:
    edit("agreements.csv", "aze-mar", status_note="Counted as expired, by its term.")(small_folder)
    declare(lambda descriptor: descriptor.update(readUntil="soon"))(small_folder)
    assert [problem.rule for problem in check(small_folder)] == ["read-until"]


def test_a_misspelt_party_is_one_problem_and_not_many(small_folder: Path) -> None:
    edit("parties.csv", "aze-ita,AZE", party_id="Azerbaijan")(small_folder)
    (problem,) = check(small_folder)
    assert problem.rule == "unknown-code"
    assert "Did you mean AZE?" in problem.remedy


def test_an_empty_dataset_and_the_edges_of_small_ones_do_not_crash(tmp_path: Path) -> None:
    assert check(builders.write(builders.empty(), tmp_path / "empty")) == []
    lonely = builders.tiny(agreements=["a"], citations=[])
    rules = {problem.rule for problem in check(builders.write(lonely, tmp_path / "lonely"))}
    assert rules == {"focus-party", "no-event", "no-source"}


@pytest.mark.parametrize("make", [lambda p: p / "none", lambda p: p, lambda p: p / "file"])
def test_what_is_no_dataset_is_said_at_once(make: Change, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError):
        check(make(tmp_path))


def test_a_descriptor_without_tables_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text("{}")
    with pytest.raises(DatasetError, match="declares no tables"):
        check(tmp_path)


# --- the shipped data, and Frictionless as the yardstick of the schema


def test_the_shipped_data_pass() -> None:
    problems = check(builders.SHIPPED)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


def test_no_check_ends_early_where_every_table_is_there() -> None:
    data = Data(builders.small().descriptor, read_all(builders.SHIPPED), pd.Timestamp("2026-11-27"))
    for between in BETWEEN:
        assert all(breach in BREACHES for breach, _ in between(data))


def read_all(folder: Path) -> dict[str, pd.DataFrame]:
    resources = read_descriptor(folder)["resources"]
    return {resource["name"]: files.read(folder, resource)[0] for resource in resources}


@pytest.mark.slow
def test_frictionless_passes_the_shipped_data_without_a_warning() -> None:
    report = frictionless.validate(str(builders.SHIPPED / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])
    assert report.warnings == []
    assert [warning for task in report.tasks for warning in task.warnings] == []


BY_SCHEMA = (
    *("extra-column", "row-width", "required", "pattern", "enum", "range", "duplicate-value"),
    *("duplicate-key", "unknown-code", "dangling"),
)
"""Rules that Frictionless knows too. It takes FALSE for a boolean and 'www' for an address."""


@pytest.mark.slow
def test_frictionless_gives_the_same_verdict(small_folder: Path) -> None:
    broken = {b.file: b for b in BROKEN if b.rule in BY_SCHEMA}
    for each in broken.values():
        each.change(small_folder)
    report = frictionless.validate(str(small_folder / "datapackage.json"))
    found = {Path(task.place).name for task in report.tasks if not task.valid}
    errors = {p.file for p in check(small_folder) if p.severity == "error"}
    assert found >= {Path(file).name for file in broken}
    assert errors >= broken.keys()


# --- single values


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("45595", ["2024-10-30"]),
        ("45595.0", ["2024-10-30"]),
        ("30/10/2024", ["2024-10-30"]),
        ("30.10.2024", ["2024-10-30"]),
        ("10/30/2024", ["2024-10-30"]),
        ("03-04-2024", ["2024-04-03", "2024-03-04"]),
        ("2024/10/30", ["2024-10-30"]),
        ("2024-10-30 00:00:00", ["2024-10-30"]),
        ("30 October 2024", ["2024-10-30"]),
        ("October 2024", ["2024-10"]),
        ("Oct-24", ["2024-10"]),
        ("soon", []),
    ],
)
def test_dates_written_otherwise_are_understood(written: str, meant: list[str]) -> None:
    assert cells.readings(written) == meant


def test_the_nearest_code_is_found_by_spelling_and_by_label() -> None:
    valid = {"tur": "TUR", "türkiye": "TUR", "ita": "ITA", "italy": "ITA"}
    assert cells.nearest("Italy ", valid) == "ITA"
    assert cells.nearest("Itali", valid) == "ITA"
    assert cells.nearest("Paraguay", valid) is None


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("https://a.org./b?c#d", "https://a.org/b?c#d"),
        ("http://a.org.:80", "http://a.org:80"),
        ("https://a.org/b?utm_source=x&id=7&fbclid=y#c", "https://a.org/b?id=7#c"),
        ("https://a.org/b?amp=1", "https://a.org/b"),
        ("https://a.org/b?outputType=amp&amp&ts_=22&random-post=1", "https://a.org/b"),
        ("https://a.org/b?share=twitter", "https://a.org/b"),
        ("https://a.org/b?share=7f2c", "https://a.org/b?share=7f2c"),
        ("https://a.org/b?", "https://a.org/b?"),
        (
            "https://a.org/b.?x=utm_source#?utm_source=x",
            "https://a.org/b.?x=utm_source#?utm_source=x",
        ),
    ],
)
def test_an_address_is_cleared_of_what_does_not_belong_to_it(given: str, plain: str) -> None:
    assert cells.plain_address(given) == plain


# --- the command


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    return result.exit_code, result.output


def test_the_command_says_by_its_exit_code_what_it_found(small_folder: Path) -> None:
    assert run(small_folder) == (0, "No problems.\n")
    add(
        "sources.csv", source_id="spare", url="https://example.org/spare", title="Spare",
        title_kind="published", publisher="Spare", language="en", kind="press",
    )(small_folder)  # fmt: skip
    code, output = run(small_folder)
    assert code == 0, "warnings alone are no failure"
    assert "1 warning in all." in output
    edit("events.csv", SIGNED, date="45595")(small_folder)
    code, output = run(small_folder)
    assert code == 1
    assert "1 error, 1 warning in all." in output
    assert run(small_folder / "nowhere")[0] == 2


def test_the_command_lists_problems_as_json(small_folder: Path) -> None:
    edit("events.csv", SIGNED, date="45595")(small_folder)
    code, output = run(small_folder, "--json")
    assert code == 1
    (problem,) = json.loads(output)
    assert problem["file"] == "events.csv"
    assert problem["value"] == "45595"
    assert problem["severity"] == "error"
    assert set(problem) == set(Problem.__dataclass_fields__)


def test_a_listing_does_not_drown_the_reader() -> None:
    many = [Problem("a.csv", "type", "No.", "Mend.", row=n) for n in range(1, LISTED + 11)]
    assert tally(many) == f"{len(many)} errors"
    padded = list(listing(many))[1]
    assert padded.renderable.row_count == LISTED + 1
