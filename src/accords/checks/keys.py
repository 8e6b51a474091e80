"""Keys that occur twice, and references to what is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pandas as pd

from accords.checks import cells
from accords.checks.problem import MOST, Problem, condensed
from accords.checks.rules import Data

LABELS = ("label", "name", "label_fr", "name_fr")
"""Columns of code lists that name a code: no two codes have the same name."""


def repeated(data: Data) -> Iterator[Problem]:
    """Find keys, unique values and labels that occur twice."""
    for resource in data.descriptor["resources"]:
        rows, primary = data.tables.get(resource["name"]), resource["schema"]["primaryKey"]
        fields = resource["schema"]["fields"]
        unique = [f["name"] for f in fields if cells.constraints(f).get("unique")]
        if resource["path"].startswith("codes/"):
            unique += [name for name in LABELS if name not in unique]
        for columns in (primary, *([column] for column in unique if [column] != primary)):
            if rows is None or not set(columns) <= set(rows.columns):
                continue
            if not rows.duplicated(columns).any():
                continue
            keys = rows[columns].dropna()
            once = keys.drop_duplicates()
            first = dict(zip(once.itertuples(index=False, name=None), once.index, strict=True))
            yield from condensed(
                [
                    Problem(
                        resource["path"],
                        "duplicate-key" if columns is primary else "duplicate-value",
                        f"The same {' and '.join(columns)} as in row {first[tuple(values)]}.",
                        "Remove one of the two rows, or correct the one that is wrong.",
                        row=int(row),
                        column=columns[-1],
                        value=" · ".join(values),
                    )
                    for row, *values in keys[keys.duplicated()].itertuples()
                ]
            )


def dangling(data: Data) -> tuple[list[Problem], set[str]]:
    """Find codes and ids that the table they refer to does not have.

    Returns
    -------
    tuple of list of Problem and set of str
        One problem for each thing that is missing, at the first row that refers to it, and the
        agreements to which a row with one belongs.
    """
    paths = {resource["name"]: resource["path"] for resource in data.descriptor["resources"]}
    problems: list[Problem] = []
    unsound: set[str] = set()
    for (target, key), referring in _references(data).items():
        with suppress(KeyError):  # It is reported already that these cannot be read.
            parents = data[target][key]
            missing: dict[str, list[tuple[str, str, int]]] = {}
            for table, column, rows in referring:
                filled = rows[column].dropna()
                stray = filled[~filled.isin(parents)]
                if len(stray) and "agreement_id" in rows:
                    unsound |= set(rows.loc[stray.index, "agreement_id"].dropna())
                for row, value in stray.items():
                    missing.setdefault(str(value), []).append((table, column, int(str(row))))
            if not missing:
                continue
            listed = paths[target].startswith("codes/")
            spellings = _spellings(data[target], key, listed)
            found: list[Problem] = []
            for value, places in missing.items():
                table, column, row = places[0]
                meant = cells.nearest(value, spellings) if len(found) < MOST else None
                remedy = f"Did you mean {meant}? Otherwise add" if meant else "Correct it, or add"
                by = Counter(paths[place[0]] for place in places)
                where = ", ".join(f"{path} {number}" for path, number in by.items())
                hang = f" {len(places)} rows hang on it ({where})." if len(places) > 1 else ""
                found.append(
                    Problem(
                        paths[table],
                        "unknown-code" if listed else "dangling",
                        f"'{value}' is not in {paths[target]}.{hang}",
                        f"{remedy} it there.",
                        row,
                        column,
                        value,
                    )
                )
            problems += condensed(found)
    return problems, unsound


def _references(data: Data) -> dict[tuple[str, str], list[tuple[str, str, pd.DataFrame]]]:
    """List the columns that refer to each key, with their tables' rows."""
    references: dict[tuple[str, str], list[tuple[str, str, pd.DataFrame]]] = {}
    for resource in data.descriptor["resources"]:
        name = resource["name"]
        for foreign in resource["schema"].get("foreignKeys", ()):
            to, column = foreign["reference"], foreign["fields"][0]
            if column in data.tables.get(name, ()):
                key = to["resource"] or name, to["fields"][0]
                references.setdefault(key, []).append((name, column, data[name]))
    return references


def _spellings(parents: pd.DataFrame, key: str, listed: bool) -> dict[str, str]:
    """Map what people may write for a code, case-folded, to the code: the code and its labels."""
    named = parents.dropna(subset=[key])
    spellings: dict[str, str] = {}
    for column in (key, *LABELS) if listed else (key,):
        for label, code in zip(named.get(column, ()), named[key], strict=False):
            spellings.setdefault(str(label).casefold(), code)
    return spellings
