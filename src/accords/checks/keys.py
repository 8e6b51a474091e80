"""Keys that occur twice, and references to what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
    problems = []
    strays = pd.concat([pd.DataFrame(columns=_COLUMNS), *_strays(data)])
    for (target, key), missing in strays.groupby(["target", "key"], sort=False):
        spellings = _spellings(data.tables[target], key, paths[target].startswith("codes/"))
        found = []
        for value, rows in missing.groupby("value", sort=False):
            meant = cells.nearest(str(value), spellings) if len(found) < MOST else None
            first, more = rows.iloc[0], len(rows) - 1
            where = ", ".join(f"{paths[t]} {n}" for t, n in rows["table"].value_counts().items())
            hanging = f" {more} more rows hang on it ({where})." if more else ""
            found.append(
                Problem(
                    paths[first["table"]],
                    "unknown-code" if paths[target].startswith("codes/") else "dangling",
                    f"'{value}' is not in {paths[target]}.{hanging}",
                    f"Did you mean {meant}? Otherwise add it there."
                    if meant
                    else "Correct it, or add it there.",
                    row=int(first["row"]),
                    column=first["column"],
                    value=str(value),
                )
            )
        problems += condensed(found)
    return problems, set(strays["agreement_id"].dropna())


_COLUMNS = ["value", "row", "agreement_id", "table", "column", "target", "key"]


def _strays(data: Data) -> Iterator[pd.DataFrame]:
    """List the cells that refer to what is not there, and where they belong."""
    for resource in data.descriptor["resources"]:
        name = resource["name"]
        for foreign in resource["schema"].get("foreignKeys", ()):
            reference = foreign["reference"]
            column, target, key = (
                foreign["fields"][0],
                reference["resource"] or name,
                reference["fields"][0],
            )
            try:
                child, parents = data[name][column].dropna(), data[target][key]
            except KeyError:
                continue  # It is reported already that these cannot be read.
            stray = child[~child.isin(parents)]
            if stray.empty:
                continue
            owner = data[name].get("agreement_id")
            yield pd.DataFrame(
                {
                    "value": stray,
                    "row": stray.index,
                    "agreement_id": None if owner is None else owner[stray.index],
                    "table": name,
                    "column": column,
                    "target": target,
                    "key": key,
                }
            )


def _spellings(parents: pd.DataFrame, key: str, listed: bool) -> dict[str, str]:
    """Map what people may write for a code, case-folded, to the code: the code and its labels."""
    named = parents.dropna(subset=[key])
    spellings: dict[str, str] = {}
    for column in (key, *LABELS) if listed else (key,):
        for label, code in zip(named.get(column, ()), named[key], strict=False):
            spellings.setdefault(str(label).casefold(), code)
    return spellings
