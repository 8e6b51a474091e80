"""What ``datapackage.json`` declares, and the edition that ``CHANGELOG.md`` names."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.problem import Problem, problem
from accords.dataset import older, read_edition
from accords.errors import DatasetError

FILE, LOG = "datapackage.json", "CHANGELOG.md"
TYPES = ("string", "integer", "number", "boolean", "date")


def faults(descriptor: Mapping[str, Any]) -> Iterator[Problem]:
    """Find types, constraints and references that cannot be meant."""
    resources = descriptor["resources"]
    columns = {r["name"]: [f["name"] for f in r["schema"]["fields"]] for r in resources}
    for table, schema in ((resource["name"], resource["schema"]) for resource in resources):
        for field in schema["fields"]:
            name, given = field["name"], field.get("constraints", {})
            words: dict[str, Any] = {"place": f"{table}, {name}", "types": ", ".join(TYPES)}
            if field["type"] not in TYPES:
                words["type"] = field["type"]
                yield problem("descriptor.type", FILE, None, name, words=words)
            for key in given.keys() - cells.constraints(field).keys():
                words |= {"key": key, "given": given[key]}
                yield problem("descriptor.constraint", FILE, None, name, words=words)
            if columns[table].count(name) > 1:
                yield problem("descriptor.twice", FILE, None, name, words=words)
        for foreign in schema.get("foreignKeys", ()):
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
    # What is no day is missing (NaT), and no missing day is up to another.
    if until is not None and not older.day_of(until) <= released:
        found.append(problem("read-until.day", FILE, None, "readUntil", words=words))
    log = (folder / LOG).read_text(encoding="utf-8").splitlines()
    start, end = [*(at for at, line in enumerate(log) if line.startswith("## ")), len(log)][:2]
    for row, line in enumerate(log[start:end], start=start + 1):
        stated = re.fullmatch(r"Sources read until (\S+)\.", line)
        if stated and stated[1] != until:
            words["until"] = until or "nothing of it"
            found.append(problem("read-until", LOG, row, value=stated[1], words=words))
    return released, found
