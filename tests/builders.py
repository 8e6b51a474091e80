"""Hand-made datasets for tests: name only what the test is about, the rest is filled in."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from accords.dataset import MAIN_TABLES, Dataset, load, save, typed
from accords.dataset import edtf as dates

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = Path(os.environ.get("ACCORDS_SHIPPED", ROOT / "data"))
"""The shipped data; another edition of them where the environment names its folder."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "agreements": {"title_kind": "descriptive", "instrument": "agreement", "scope": "bilateral"},
    "parties": {"role": "party"},
    "events": {"event": "signed"},
    "domains": {"domain": "training", "basis": "official"},
    "sources": {"title_kind": "published", "language": "en", "kind": "press"},
    "citations": {"subject": "existence", "source_id": "press-a"},
    "disputes": {"field": "place", "source_id": "press-a", "adopted": False},
    "distinct": {"reason": "Two texts."},
    "claims": {"source_id": "press-a", "testable": True, "test": "event"},
    "coverage": {"search": "by-name", "records_found": 0, "searched_on": "2026-11-24"},
    "completeness": {
        "group": "all",
        "edition": "1.0.0",
        "counted_on": "2026-11-24",
        "method": "Counted by hand.",
    },
    "readings": {"reading": 1, "verdict": "correct", "facts_checked": 1, "facts_wrong": 0},
}

AS_OF = "2026-11-24"
"""The day as of which a made-up dataset is read, where a test names none."""

Rows = Iterable[Mapping[str, Any] | str]


@cache
def shipped() -> Dataset:
    """The shipped dataset, loaded once; do not change its tables."""
    return load(SHIPPED)


def tiny(
    *, focus: tuple[str, ...] | None = None, as_of: str | None = None, **tables: Rows
) -> Dataset:
    """Make a dataset of a few rows with the shipped descriptor and code lists.

    Each keyword is a table, each row a mapping of the columns that matter; the others take
    defaults. A table that is not given is empty, but:

    - agreements, where not given, are those that the other tables name (a row may be just an id);
      those with no row in ``parties`` are not given any;
    - citations, where not given, cite ``press-a`` for the existence of every agreement;
    - sources that are cited and not given are made up: their kind is what the id starts with
      (``official-a``, ``think-tank-b``), or ``press``; each has its own publisher;
    - ``event_id`` is made from type and party as in the shipped data (``ratified-aze``), ``-2``
      added where it repeats.

    >>> ds = tiny(
    ...     parties=[
    ...         {"agreement_id": "a", "party_id": "AZE"},
    ...         {"agreement_id": "a", "party_id": "ITA"},
    ...     ],
    ...     events=[{"agreement_id": "a", "event": "signed", "date": "2012"}],
    ... )
    >>> ds.overview.loc["a", "status"]
    'unknown'
    """
    base = shipped()
    unknown = set(tables) - set(base.tables)
    if unknown:
        raise TypeError(f"no such table: {', '.join(sorted(unknown))}")
    given = {name: [_row(row, name) for row in rows] for name, rows in tables.items()}
    if "agreements" not in given:
        owned = ("parties", "events", "domains", "citations", "disputes")
        ids = [row["agreement_id"] for name in owned for row in given.get(name, [])]
        given["agreements"] = [{"agreement_id": i} for i in dict.fromkeys(ids)]
    if "citations" not in given:
        given["citations"] = [{"agreement_id": row["agreement_id"]} for row in given["agreements"]]
    made = {name: [DEFAULTS.get(name, {}) | row for row in rows] for name, rows in given.items()}
    for row in made["citations"]:
        if row["subject"] in ("existence", "context"):
            row.setdefault("evidence", f"{row['source_id']} says so.")
    for row in made["agreements"]:
        row.setdefault("title", row["agreement_id"])
        row.setdefault("short_name", row["agreement_id"])
        row.setdefault("summary", row["title"])
        if row.get("value_amount") is not None:
            row.setdefault("value_kind", "price")
    _name_events(made.get("events", []))
    made["sources"] = _sources(made)
    built = dict(base.tables)
    for resource in base.descriptor["resources"]:
        name = resource["name"]
        if name in MAIN_TABLES or name in made:
            built[name] = _table(rows, resource) if (rows := made.get(name)) else _empty(name)
    built["events"] = built["events"].join(dates.bounds(built["events"]["date"]))
    return Dataset(
        tables=built,
        descriptor=base.descriptor,
        edition="1.0.0",
        released=pd.Timestamp(as_of or AS_OF),
        as_of=pd.Timestamp(as_of or AS_OF),
        focus=focus if focus is not None else base.focus,
        path=Path("tiny"),
    )


def empty() -> Dataset:
    """A dataset without a single agreement."""
    return tiny()


def small() -> Dataset:
    """Eight agreements, chosen so that every kind of row occurs.

    ============== ================= ============ ==========
    agreement      between           signed       status
    ============== ================= ============ ==========
    aze-ita        AZE, ITA          2012-11-06   in-force
    aze-mar        AZE, MAR          2024-10-30   pending
    aze-tur-old    AZE, TUR          1992-08      superseded
    aze-tur-new    AZE, TUR          2010-08-16   in-force
    aze-isr-buy    AZE, ISR (buys)   2012?        completed
    fra-mar        FRA, MAR          1994         unknown
    mar-usa-note   MAR, USA          2026-01      announced
    many           AZE, MAR, FRA     2003, 2005   unknown
    ============== ================= ============ ==========
    """

    def between(agreement: str, *states: str) -> list[dict[str, str]]:
        return [{"agreement_id": agreement, "party_id": state} for state in states]

    def step(agreement: str, event: str, date: str | None = None, party: str | None = None, **more):
        return {"agreement_id": agreement, "event": event, "date": date, "party_id": party, **more}

    def about(agreement: str, basis: str, *domains: str) -> list[dict[str, str]]:
        return [{"agreement_id": agreement, "domain": d, "basis": basis} for d in domains]

    def cited(agreement: str, *sources: str) -> list[dict[str, str]]:
        return [{"agreement_id": agreement, "source_id": source} for source in sources]

    events = [
        step("aze-ita", "signed", "2012-11-06", place="Rome"),
        step("aze-ita", "ratified", "2013-02-05", "AZE"),
        step("aze-ita", "entered-into-force", "2015-07-01"),
        step("aze-mar", "signed", "2024-10-30", place="Rabat"),
        step("aze-mar", "parliament-approved", "2024-12-27", "AZE"),
        step("aze-mar", "government-approved", "2025-05-29", "MAR"),
        step("aze-tur-old", "signed", "1992-08"),
        step("aze-tur-new", "signed", "2010-08-16", place="Baku"),
        step("aze-tur-new", "entered-into-force", "2011"),
        step("aze-isr-buy", "signed", "2012?"),
        step("aze-isr-buy", "delivered", "2016"),
        step("fra-mar", "signed", "1994"),
        step("mar-usa-note", "announced", "2026-01"),
        step("many", "accession", "2003", "AZE"),
        step("many", "accession", "2005-03", "MAR"),
    ]
    domains = [
        *about("aze-ita", "text", "training", "industry"),
        *about("aze-mar", "official", "training", "exercises", "medical"),
        *about("aze-tur-old", "press", "training"),
        *about("aze-tur-new", "text", "policy", "training", "industry", "exercises"),
        *about("aze-isr-buy", "press", "procurement"),
        *about("fra-mar", "press", "training"),
    ]
    citations = [
        *cited("aze-ita", "official-ita", "press-a"),
        *cited("aze-mar", "official-aze", "official-mar", "press-a", "press-b"),
        *cited("aze-tur-old", "press-a"),
        *cited("aze-tur-new", "treaty-database-un"),
        *cited("aze-isr-buy", "press-a", "press-b"),
        *cited("fra-mar", "other-blog"),
        *cited("mar-usa-note", "press-b"),
        *cited("many", "official-mar"),
    ]
    # The first source of each agreement supports all that is recorded of it.
    first = {row["agreement_id"]: row["source_id"] for row in reversed(citations)}
    facts = [(row["agreement_id"], f"event:{event_id(row)}") for row in events]
    facts += [(row["agreement_id"], f"domain:{row['domain']}") for row in domains]
    facts += [("aze-isr-buy", "value")]
    support = [
        {"agreement_id": agreement, "subject": subject, "source_id": first[agreement]}
        for agreement, subject in facts
    ]
    return tiny(
        agreements=[
            {"agreement_id": "aze-ita", "instrument": "framework-agreement"},
            {
                "agreement_id": "aze-mar",
                "instrument": "framework-agreement",
                "title": 'Agreement on "military" cooperation, <defence> & more',
            },
            {"agreement_id": "aze-tur-old", "instrument": "agreement"},
            {"agreement_id": "aze-tur-new", "instrument": "treaty", "supersedes": "aze-tur-old"},
            {
                "agreement_id": "aze-isr-buy",
                "instrument": "procurement-contract",
                "value_amount": 1600000000,
                "value_currency": "USD",
            },
            {"agreement_id": "fra-mar", "instrument": "agreement"},
            {"agreement_id": "mar-usa-note", "instrument": "memorandum"},
            {
                "agreement_id": "many",
                "instrument": "multilateral-framework",
                "scope": "multilateral",
                "parties_total": 30,
            },
        ],
        parties=[
            *between("aze-ita", "AZE", "ITA"),
            *between("aze-mar", "AZE", "MAR"),
            *between("aze-tur-old", "AZE", "TUR"),
            *between("aze-tur-new", "AZE", "TUR"),
            {"agreement_id": "aze-isr-buy", "party_id": "AZE", "role": "buyer"},
            {"agreement_id": "aze-isr-buy", "party_id": "ISR", "role": "supplier"},
            *between("fra-mar", "FRA", "MAR"),
            *between("mar-usa-note", "MAR", "USA"),
            *between("many", "AZE", "FRA", "MAR"),
        ],
        events=events,
        domains=domains,
        citations=[*citations, *support],
        disputes=[
            {
                "agreement_id": "aze-mar",
                "field": "event:signed.place",
                "value": "Rabat",
                "source_id": "official-mar",
                "adopted": True,
                "reason": "The host says so.",
            },
            {
                "agreement_id": "aze-mar",
                "field": "event:signed.place",
                "value": "Marrakech",
                "source_id": "press-b",
                "adopted": False,
            },
        ],
    )


def write(dataset: Dataset, folder: Path) -> Path:
    """Write a dataset as a folder that ``accords.load`` and ``accords.checks.check`` read.

    It has one edition, whatever editions the shipped data have seen.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = {key: v for key, v in dataset.descriptor.items() if key != "readUntil"}
    descriptor["version"] = dataset.edition
    (folder / "datapackage.json").write_text(json.dumps(descriptor, indent=2), encoding="utf-8")
    log = f"# Editions\n\n## {dataset.edition} ({dataset.released:%Y-%m-%d})\n\nMade up.\n"
    (folder / "CHANGELOG.md").write_text(log, encoding="utf-8")
    save(dataset, folder)
    return folder


def add(folder: Path, table: str, **cells: str) -> None:
    """Add a row to a table of a folder; what is not given stays empty."""
    file = folder / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        columns = next(csv.reader(stream))
    if strange := cells.keys() - set(columns):
        raise TypeError(f"{table} has no column {', '.join(sorted(strange))}")
    with file.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, columns, lineterminator="\n").writerow(cells)


def take_away(folder: Path, *agreements: str) -> None:
    """Take agreements out of all tables of a folder, and the sources that they alone cite."""
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    kept = {}
    for resource in descriptor["resources"]:
        rows = pd.read_csv(folder / resource["path"], dtype="str", keep_default_na=False)
        names = {"agreement_id", "other_id"} & set(rows.columns)
        rows = rows[~rows[list(names)].isin(agreements).any(axis=1)]
        for column in {"part_of", "supersedes"} & set(rows.columns):
            rows[column] = rows[column].where(~rows[column].isin(agreements), "")
        kept[resource["name"]] = folder / resource["path"], rows
    cited = pd.concat([kept[n][1]["source_id"] for n in ("citations", "disputes", "claims")])
    file, sources = kept["sources"]
    kept["sources"] = file, sources[sources["source_id"].isin(cited)]
    for file, rows in kept.values():
        rows.to_csv(file, index=False, lineterminator="\n")


def ratify(
    folder: Path,
    agreement: str = "aze-mar",
    source: str = "official-mar",
    day: str = "2026-02-04",
) -> None:
    """Let Morocco ratify an agreement in a folder, which brings it into force."""
    event = {"agreement_id": agreement, "event_id": "ratified-mar", "event": "ratified"}
    add(folder, "events", **event, party_id="MAR", date=day)
    force = {"event_id": "entered-into-force", "event": "entered-into-force"}
    add(folder, "events", agreement_id=agreement, **force, date=day)
    for name in ("ratified-mar", "entered-into-force"):
        cited = {"subject": f"event:{name}", "source_id": source}
        add(folder, "citations", agreement_id=agreement, **cited)


def _row(row: Mapping[str, Any] | str, table: str) -> dict[str, Any]:
    if isinstance(row, str):
        return {"agreement_id" if table == "agreements" else "source_id": row}
    return dict(row)


def event_id(event: Mapping[str, Any]) -> str:
    """The usual id of an event: its type and who acted."""
    return "-".join(filter(None, (event["event"], (event.get("party_id") or "").lower())))


def _name_events(events: list[dict[str, Any]]) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for row in events:
        if row.get("event_id"):
            continue
        name = event_id(row)
        seen[row["agreement_id"], name] += 1
        repeats = seen[row["agreement_id"], name]
        row["event_id"] = name if repeats == 1 else f"{name}-{repeats}"


def _sources(made: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    rows = {row["source_id"]: row for row in made.get("sources", [])}
    kinds = sorted(shipped().tables["source_kinds"]["source_kind"], key=len, reverse=True)
    for table in ("citations", "disputes", "claims"):
        for cited in made.get(table, []):
            name = cited["source_id"]
            kind = next((kind for kind in kinds if name.startswith(kind)), "press")
            rows.setdefault(name, DEFAULTS["sources"] | {"source_id": name, "kind": kind})
    for name, row in rows.items():
        row.setdefault("url", f"https://example.org/{name}")
        row.setdefault("title", f"Title of {name}")
        row.setdefault("publisher", f"Publisher of {name}")
    return list(rows.values())


def _table(rows: list[dict[str, Any]], resource: Mapping[str, Any]) -> pd.DataFrame:
    names = [field["name"] for field in resource["schema"]["fields"]]
    strange = {column for row in rows for column in row} - set(names)
    if strange:
        raise TypeError(f"{resource['name']} has no column {', '.join(sorted(strange))}")
    text = {name: pd.array([_text(row.get(name)) for row in rows], dtype="str") for name in names}
    return typed(pd.DataFrame(text), resource)


@cache
def _empty(name: str) -> pd.DataFrame:
    """A table without rows, made once for all datasets that leave it empty."""
    resources = shipped().descriptor["resources"]
    return _table([], next(r for r in resources if r["name"] == name))


def _text(value: object) -> object:
    if value is None:
        return pd.NA
    return str(value).lower() if isinstance(value, bool) else str(value)
