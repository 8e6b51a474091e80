"""Everything that can be wrong with a dataset, found in one run.

``rules.csv`` has the rules: what must be true, where a breach is shown, and what is said of it.
``files`` reads bytes into tables, ``cells`` judges a value by its column's schema, ``keys`` finds
what occurs twice or is missing, and the ``CHECKS`` of ``records``, ``order``, ``likeness``,
``disputes`` and ``lists`` yield the rows that break a rule between rows and tables (see ``data``).
"""

import itertools
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from accords.checks import cells, descriptor, disputes, files, keys, likeness, lists, order, records
from accords.checks.data import Data, broken
from accords.checks.problem import MOST, RULES, Problem, condensed, problem
from accords.dataset import find_data, read_descriptor

BETWEEN = [c for room in (records, order, likeness, disputes, lists) for c in room.CHECKS]
"""The checks between rows and tables."""

__all__ = ["RULES", "Problem", "check"]


def check(path: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Find all problems of a dataset, by default the nearest, in the order of files and rows.

    Of many with one cause the first says how many. :class:`DatasetError`: there is no dataset.
    """
    folder = Path(path) if path is not None else find_data()
    declared = read_descriptor(folder)
    resources = declared["resources"]
    edition, problems = descriptor.edition(folder, declared)
    problems += [*descriptor.faults(declared), *files.undeclared(folder, resources)]
    tables: dict[str, pd.DataFrame] = {}
    distinct: dict[tuple[str, str], set[str]] = {}
    for resource in resources:
        rows, whole, found = files.read(folder, resource)
        problems += [*found, *_judged(resource, rows, distinct)]
        if whole:
            tables[resource["name"]] = rows
    notes = folder / "CURATION.md"
    curation = notes.read_text(encoding="utf-8", errors="replace") if notes.is_file() else ""
    data = Data(declared, tables, edition, curation, distinct)
    dangling, unsound = keys.dangling(data)
    problems += [*keys.repeated(data), *dangling, *broken(BETWEEN, data, unsound)]
    place = {resource["path"]: n for n, resource in enumerate(resources)}
    return sorted(problems, key=lambda p: (place.get(p.file, len(place)), p.file, p.row or 0))


def _judged(
    resource: Mapping[str, Any], rows: pd.DataFrame, distinct: dict[tuple[str, str], set[str]]
) -> Iterator[Problem]:
    """Judge each distinct value of a column once; dates and numbers that are none are emptied."""
    path, schema = resource["path"], resource["schema"]
    foreign = {key for entry in schema.get("foreignKeys", ()) for key in entry["fields"]}
    for field in (field for field in schema["fields"] if field["name"] in rows):
        name = field["name"]
        values = distinct[resource["name"], name] = set(rows[name].to_numpy(dtype=object))
        lacking = np.nan in values
        values.discard(np.nan)
        faults = cells.faults(field, values) if name not in foreign else {}
        if path.startswith("codes/"):  # 'unknown' and 'none' are codes there.
            faults = {v: f for v, f in faults.items() if v.casefold() not in cells.PLACEHOLDERS}
        if cells.constraints(field).get("required") and lacking:
            faults[""] = [("required", {})]
        if not faults:
            continue
        column = rows[name].fillna("")
        bad = column[column.isin(faults)]
        if field["type"] in ("integer", "date") or field.get("rdfType") == cells.EDTF:
            rows[name] = rows[name].drop(index=bad.index).reindex(rows.index)
        found = [
            problem(breach, path, int(str(row)), name, value, words)
            for row, value in bad.items()
            for breach, words in faults[value]
        ]
        # A column in which most is wrong holds something else altogether.
        if len(faults) > 2 * MOST and 2 * len(faults) > len(values):
            yield from condensed(found)
            continue
        found.sort(key=lambda p: (p.rule, p.value))
        for _, same in itertools.groupby(found, lambda p: (p.rule, p.value)):
            yield from condensed(list(same))
