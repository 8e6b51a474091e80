"""Keys that occur twice, and references to what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.data import Data, Unread, each
from accords.checks.problem import Problem

MANY = 50
"""Guessing what was meant is slow: beyond this many faults in a column none is guessed."""


def repeated(data: Data) -> Iterator[Problem]:
    """Find keys and unique values that occur twice."""
    for resource in data.descriptor["resources"]:
        name, schema = resource["name"], resource["schema"]
        unique = [f["name"] for f in schema["fields"] if f.get("constraints", {}).get("unique")]
        primary = schema["primaryKey"]
        for columns in (primary, *([c] for c in unique if [c] != primary)):
            try:
                rows = data.rows(name, *columns).dropna()
            except Unread:
                continue
            twice = rows[rows.duplicated(keep=False)]
            if twice.empty:
                continue
            first: dict[tuple[Any, ...], int] = {}
            for row, *values in each(twice):
                earlier = first.setdefault(tuple(values), row)
                if earlier != row:
                    rule = "duplicate-key" if columns is primary else "duplicate-value"
                    yield data.problem(
                        name,
                        rule,
                        f"The same {' and '.join(columns)} as in row {earlier}.",
                        "Take one of the two rows away, or correct the one that is wrong.",
                        row=row,
                        column=columns[-1],
                        value=" · ".join(map(str, values)),
                    )


def dangling(data: Data) -> Iterator[Problem]:
    """Find codes and ids that the table they refer to does not have."""
    resources = {resource["name"]: resource for resource in data.descriptor["resources"]}
    for name, resource in resources.items():
        for key in resource["schema"].get("foreignKeys", ()):
            column, target = key["fields"][0], key["reference"]["resource"] or name
            try:
                child = data.rows(name, column)[column]
                parents = data.rows(target, key["reference"]["fields"][0])
            except Unread:
                continue
            known = pd.Index(parents.iloc[:, 0].cat.categories)
            stray = child.cat.categories.difference(known)
            if stray.empty:
                continue
            path = resources[target]["path"]
            listed = path.startswith("codes/")
            valid = _spellings(data.all(target), key["reference"]["fields"][0], listed)
            meant = {value: cells.nearest(value, valid) for value in stray[:MANY]}
            for row, value in child[child.isin(stray)].items():
                likely = meant.get(value)
                yield data.problem(
                    name,
                    "unknown-code" if listed else "dangling",
                    f"'{value}' is not in {path}.",
                    f"Did you mean {likely}? Otherwise add it there."
                    if likely
                    else "Correct it, or add it there.",
                    row=row,
                    column=column,
                    value=value,
                )


def _spellings(parents: pd.DataFrame, key: str, listed: bool) -> dict[str, str]:
    """Map what people may write for a code, case-folded, to the code: the code and its labels."""
    codes = parents[key].dropna().astype(str)
    spellings: dict[str, str] = {}
    for column in ("name_fr", "label_fr", "name", "label") if listed else ():
        if column in parents:
            labels = parents[column].dropna().astype(str)
            spellings |= {labels[row].casefold(): codes[row] for row in labels.index}
    return spellings | {code.casefold(): code for code in codes}
