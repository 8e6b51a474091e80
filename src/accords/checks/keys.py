"""Keys that occur twice, and references to what is not there."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.data import Data
from accords.checks.problem import MOST, Problem, condensed, problem

LABELS = ("label", "name", "label_fr", "name_fr")
"""Columns of code lists that name a code: no two codes have the same name."""


def repeated(data: Data) -> Iterator[Problem]:
    """Find keys, unique values and labels that occur twice."""
    for resource in data.descriptor["resources"]:
        rows = data.tables.get(resource["name"], pd.DataFrame())
        for breach, columns in _unique(resource):
            if not set(columns) <= set(rows.columns):
                continue
            if not rows.duplicated(columns).any():
                continue
            again = rows[columns].dropna()
            again = again[again.duplicated(keep=False)]
            first = again.index.to_series().groupby([again[c] for c in columns]).transform("min")
            found = []
            for row, *cells_ in again[first < again.index].itertuples():
                words = {"columns": " and ".join(columns), "first": first[row]}
                place = resource["path"], row, columns[-1], " · ".join(cells_)
                found.append(problem(breach, *place, words=words))
            yield from condensed(found)


def _unique(resource: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """List the columns that are unique, alone or together, with the rule that says so."""
    primary, fields = resource["schema"]["primaryKey"], resource["schema"]["fields"]
    yield "duplicate-key", primary
    alone = [f["name"] for f in fields if cells.constraints(f).get("unique")]
    alone += LABELS if resource["path"].startswith("codes/") else ()
    for name in dict.fromkeys(alone):
        if [name] != primary:
            yield "duplicate-value", [name]


def dangling(data: Data) -> tuple[list[Problem], set[str]]:
    """Find codes and ids that the table they refer to does not have, each where it occurs first.

    Returned besides are the agreements to which a row with one belongs.
    """
    problems: list[Problem] = []
    strays = _strays(data)
    for (target, key), missing in strays.groupby(["target", "key"], sort=False):
        parents, path = data[str(target)], data.path(str(target))
        listed = path.startswith("codes/")
        spellings: dict[str, str] = {}
        for column in (c for c in (*LABELS[::-1], key) if c == key or (listed and c in parents)):
            labelled = parents.dropna(subset=[key, column])
            spellings |= dict(zip(labelled[column].str.casefold(), labelled[key], strict=True))
        found: list[Problem] = []
        for value, rows in missing.groupby("value", sort=False):
            meant = cells.nearest(str(value), spellings) if len(found) < MOST else None
            by = rows["file"].value_counts(sort=False)
            where = ", ".join(f"{file} {number}" for file, number in by.items())
            hang = f" {len(rows)} rows hang on it ({where})." if len(rows) > 1 else ""
            breach = f"{'unknown-code' if listed else 'dangling'}{'.meant' if meant else ''}"
            first, words = rows.iloc[0], {"target": path, "meant": meant, "hang": hang}
            place = first["file"], int(first["row"]), first["column"], str(value)
            found.append(problem(breach, *place, words=words))
        problems += condensed(found)
    return problems, set(strays["agreement_id"].dropna())


def _strays(data: Data) -> pd.DataFrame:
    columns = ["agreement_id", "target", "key", "file", "column", "row", "value"]
    found = [pd.DataFrame(columns=columns)]
    for resource in data.descriptor["resources"]:
        rows = data.tables.get(resource["name"], pd.DataFrame())
        for foreign in resource["schema"].get("foreignKeys", ()):
            column, to = foreign["fields"][0], foreign["reference"]
            target, key = to["resource"] or resource["name"], to["fields"][0]
            if column not in rows or key not in data.tables.get(target, ()):
                continue  # It is reported already that these cannot be read.
            stray = data.strangers(resource["name"], column, data.values(target, key))
            if not stray.empty:
                place = {"target": target, "key": key, "file": resource["path"], "column": column}
                own = stray.reindex(columns=["agreement_id"])
                found.append(own.assign(**place, row=stray.index, value=stray[column]))
    return pd.concat(found, ignore_index=True)
