"""What ``datapackage.json`` declares, and the edition that ``CHANGELOG.md`` names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.problem import Problem, problem
from accords.dataset import read_edition
from accords.errors import DatasetError

FILE, LOG = "datapackage.json", "CHANGELOG.md"
TYPES = ("string", "integer", "number", "boolean", "date")


def faults(descriptor: Mapping[str, Any]) -> Iterator[Problem]:
    """Find types, constraints and references that cannot be meant."""
    fields = {r["name"]: r["schema"]["fields"] for r in descriptor["resources"]}
    columns = {table: [field["name"] for field in own] for table, own in fields.items()}
    for table, field in ((table, field) for table, own in fields.items() for field in own):
        name, kind = field["name"], field["type"]
        words: dict[str, Any] = {"place": f"{table}, {name}"}
        if kind not in TYPES:
            words |= {"type": kind, "types": ", ".join(TYPES)}
            yield problem("descriptor.type", FILE, None, name, words=words)
        given = field.get("constraints", {})
        for key in given.keys() - cells.constraints(field).keys():
            words |= {"key": key, "given": given[key]}
            yield problem("descriptor.constraint", FILE, None, name, words=words)
        if columns[table].count(name) > 1:
            yield problem("descriptor.twice", FILE, None, name, words=words)
    for resource in descriptor["resources"]:
        table = resource["name"]
        for foreign in resource["schema"].get("foreignKeys", ()):
            to = foreign["reference"]
            ends = ((table, foreign["fields"][0]), (to["resource"] or table, to["fields"][0]))
            for target, column in ends:
                if column not in columns.get(target, ()):
                    words = {"table": table, "target": target}
                    yield problem("descriptor.reference", FILE, None, column, words=words)


def edition(
    folder: Path, descriptor: Mapping[str, Any]
) -> tuple[pd.Timestamp | None, list[Problem]]:
    """Return the date of the newest edition; find what its two records do not agree on."""
    try:
        newest, released = read_edition(folder)
    except DatasetError as error:
        what, _, remedy = str(error).partition(". ")
        return None, [problem("edition", LOG, words={"error": f"{what}.", "advice": remedy})]
    version, until = descriptor.get("version"), descriptor.get("readUntil")
    words = {"version": version, "newest": newest, "until": until, "released": released}
    found = []
    if version != newest:
        found.append(problem("version", FILE, None, "version", words=words))
    day = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(until))
    # What is no day is missing (NaT), and no missing day is up to another.
    fits = day and pd.to_datetime(day[0], errors="coerce") <= released
    if until is not None and not fits:
        found.append(problem("read-until.day", FILE, None, "readUntil", words=words))
    log = (folder / LOG).read_text(encoding="utf-8").splitlines()
    start, end = [*(at for at, line in enumerate(log) if line.startswith("## ")), len(log)][:2]
    for row, line in enumerate(log[start:end], start=start + 1):
        stated = re.fullmatch(r"Sources read until (\S+)\.", line)
        if stated and stated[1] != until:
            words["until"] = until or "nothing of it"
            found.append(problem("read-until", LOG, row, value=stated[1], words=words))
    return released, found
