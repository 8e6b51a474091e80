"""What ``datapackage.json`` declares, and the edition that ``CHANGELOG.md`` names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.problem import Problem
from accords.dataset import read_edition
from accords.errors import DatasetError

FILE, LOG = "datapackage.json", "CHANGELOG.md"
TYPES = ("string", "integer", "number", "boolean", "date")


def faults(descriptor: Mapping[str, Any]) -> Iterator[Problem]:
    """Find types, constraints and references that cannot be meant."""
    columns = {
        resource["name"]: [field["name"] for field in resource["schema"]["fields"]]
        for resource in descriptor["resources"]
    }
    for resource in descriptor["resources"]:
        name = resource["name"]
        for field in resource["schema"]["fields"]:
            place = f"{name}, {field['name']}"
            if field["type"] not in TYPES:
                message = f"{place}: the type '{field['type']}' is unknown."
                yield _fault(message, f"Write one of: {', '.join(TYPES)}.", field["name"])
            given = field.get("constraints", {})
            for key in given.keys() - cells.constraints(field).keys():
                message = f"{place}: the constraint {key} ({given[key]}) cannot be held to."
                yield _fault(message, "Correct it, or remove it.", field["name"])
            if columns[name].count(field["name"]) > 1:
                yield _fault(f"{place} is declared twice.", "Remove one.", field["name"])
        for foreign in resource["schema"].get("foreignKeys", ()):
            target = foreign["reference"]["resource"] or name
            for table, column in (
                (name, foreign["fields"][0]),
                (target, foreign["reference"]["fields"][0]),
            ):
                if column not in columns.get(table, ()):
                    message = f"{name}: a foreign key leads to {table}.{column}, which is nowhere."
                    yield _fault(message, "Name a declared table and column.", column)


def edition(
    folder: Path, descriptor: Mapping[str, Any]
) -> tuple[pd.Timestamp | None, list[Problem]]:
    """Return the date of the newest edition; find what its two records do not agree on."""
    try:
        version, released = read_edition(folder)
    except DatasetError as error:
        what, _, remedy = str(error).partition(". ")
        return None, [Problem(LOG, "edition", f"{what}.", remedy)]
    found = []
    if descriptor.get("version") != version:
        message = f"The version is {descriptor.get('version')}, and {LOG} has {version} as newest."
        found.append(Problem(FILE, "version", message, "Write the same in both.", None, "version"))
    until = descriptor.get("readUntil")
    day = str(until)
    if until is not None and (
        not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day)
        or pd.isna(pd.to_datetime(day, errors="coerce"))
        or day > str(released)[:10]
    ):
        message = f"readUntil is '{until}', which is not a day up to the edition's ({released:%F})."
        found.append(Problem(FILE, "read-until", message, "Correct it.", None, "readUntil"))
    log = (folder / LOG).read_text(encoding="utf-8").splitlines()
    headings = [at for at, line in enumerate(log) if line.startswith("## ")]
    start, end = [*headings, len(log)][:2]
    for row, line in enumerate(log[start:end], start=start + 1):
        stated = re.fullmatch(r"Sources read until (\S+)\.", line)
        if stated and stated[1] != until:
            message = (
                f"The newest edition says that sources were read until {stated[1]}, and "
                f"{FILE} says {until or 'nothing of it'} (readUntil)."
            )
            remedy = "Write the same day in both."
            found.append(Problem(LOG, "read-until", message, remedy, row, value=stated[1]))
    return released, found


def _fault(message: str, remedy: str, column: str) -> Problem:
    return Problem(FILE, "descriptor", message, remedy, column=column)
