"""Everything that can be wrong with a dataset, found in one run.

``descriptor`` holds what is declared, ``files`` reads bytes into tables, ``cells`` judges one value
by its column's schema, ``keys`` finds what occurs twice or is missing. ``records``, ``order``,
``likeness``, ``disputes`` and ``lists`` hold the rules between rows and tables (see ``rules``).
What is declared in ``datapackage.json`` is nowhere repeated here. Nothing here changes the data,
and nothing above ``dataset`` is imported.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks import (
    cells,
    descriptor,
    disputes,
    files,
    keys,
    likeness,
    lists,
    order,
    records,
)
from accords.checks.problem import MOST, RULES, Problem, condensed
from accords.checks.rules import Data, broken
from accords.dataset import find_data, read_descriptor

BETWEEN = (
    *(*records.RULES, *order.RULES, *likeness.RULES),
    *(*disputes.RULES, *lists.RULES),
)
"""The rules between rows and tables."""

__all__ = ["RULES", "Problem", "check"]


def check(path: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Find all problems of the dataset in a folder.

    Parameters
    ----------
    path
        Folder with ``datapackage.json``; by default the nearest folder ``data``.

    Returns
    -------
    list of Problem
        By file and row, in the order of the descriptor; empty when nothing is wrong. Only those
        of severity ``error`` keep the dataset from being published. Of many problems with one
        cause the first says how many there are.

    Raises
    ------
    DatasetError
        When the folder or its descriptor cannot be read, so that there is nothing to check.
    """
    folder = Path(path) if path is not None else find_data()
    declared = read_descriptor(folder)
    resources = declared["resources"]
    edition, problems = descriptor.edition(folder, declared)
    problems += [*descriptor.faults(declared), *files.undeclared(folder, resources)]
    tables = {}
    for resource in resources:
        rows, whole, found = files.read(folder, resource)
        for _, same in itertools.groupby(found, key=lambda problem: problem.rule):
            problems += condensed(list(same))
        problems += _judged(resource, rows)
        if whole:
            tables[resource["name"]] = rows
    notes = folder / "CURATION.md"
    curation = notes.read_text(encoding="utf-8", errors="replace") if notes.is_file() else ""
    data = Data(declared, tables, edition, curation)
    dangling, unsound = keys.dangling(data)
    problems += [*keys.repeated(data), *dangling, *broken(BETWEEN, data, unsound)]
    place = {resource["path"]: n for n, resource in enumerate(resources)}
    return sorted(problems, key=lambda p: (place.get(p.file, len(place)), p.file, p.row or 0))


def _judged(resource: dict[str, Any], rows: pd.DataFrame) -> list[Problem]:
    """Judge each distinct value of each column once, and report the rows that hold a bad one.

    Dates and numbers that are none are emptied, so that nothing else is made of them.
    """
    schema = resource["schema"]
    foreign = {key for entry in schema.get("foreignKeys", ()) for key in entry["fields"]}
    problems = []
    for field in schema["fields"]:
        name = field["name"]
        if name not in rows:
            continue
        values, form = pd.unique(rows[name].to_numpy(dtype=object)), cells.form(field)
        faults: dict[str, list[cells.Fault]] = {}
        if cells.constraints(field).get("required") and pd.isna(values).any():
            faults[""] = [cells.Fault("required", f"'{name}' is empty.", "Fill it in.")]
        if name not in foreign:
            filled = (value for value in values if isinstance(value, str))
            faults |= {v: list(form.faults(v)) for v in filled if not form.plain(v)}
        bad = {value for value, found in faults.items() if found}
        if resource["path"].startswith("codes/"):  # 'unknown' and 'none' are codes there.
            bad -= {value for value in bad if value.casefold() in cells.PLACEHOLDERS}
        if not bad:
            continue
        column = rows[name].fillna("")
        if field["type"] in ("integer", "date") or field.get("rdfType") == cells.EDTF:
            rows[name] = rows[name].mask(column.isin(bad))
        found = [
            Problem(resource["path"], rule, message, remedy, int(row), name, value, severity)
            for row, value in column[column.isin(bad)].items()
            for rule, message, remedy, severity in faults[str(value)]
        ]
        if len(bad) > 2 * MOST and 2 * len(bad) > len(values):
            problems += condensed(found)  # The column holds something else altogether.
            continue
        found.sort(key=lambda problem: (problem.rule, problem.value, problem.row))
        for _, same in itertools.groupby(found, key=lambda problem: (problem.rule, problem.value)):
            problems += condensed(list(same))
    return problems
