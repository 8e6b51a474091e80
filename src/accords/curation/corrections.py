"""Corrections of what the dataset has, from a CSV file: all of them at once, or none."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from accords.curation.changes import texts
from accords.curation.draft import Draft, Outcome, change, near
from accords.curation.entries import Written, read_rows
from accords.dataset import Dataset

COLUMNS = ("table", "agreement_id", "key", "column", "old", "new")
REASONS = ("url", "why")
"""Columns for those who read the file; they are not written to the tables."""

DELETE = "DELETE"
"""What stands in ``column`` where the row is to go."""

Names = Mapping[str, Mapping[tuple[str, str], Any]]
"""The position of each row, by its table, its agreement and the rest of its key."""


def read_corrections(file: str | os.PathLike[str]) -> list[Written]:
    """Read a CSV file of corrections; see :func:`correct`."""
    return read_rows(file, COLUMNS, REASONS)


def correct(corrections: Iterable[Written], folder: str | os.PathLike[str]) -> Outcome:
    """Correct cells of the dataset, and delete rows, if each is as its correction says.

    ``table``, ``agreement_id`` and ``key`` name a row as it stands before any of the corrections,
    ``column`` its cell (``DELETE`` deletes the row), ``old`` what stands there and ``new`` what is
    to. The key is what names the row beside its agreement: nothing in agreements, ``event_id``,
    ``domain``, ``party_id``, ``subject|source_id`` in citations, ``field=value|source_id`` in
    disputes.

    Raises :class:`Refused` when a correction names no cell, an old value that differs, or a cell
    that another one corrects, or when the whole does not pass the checks; nothing was written.
    """
    return change(Path(folder), lambda dataset: _corrected(corrections, dataset))


def _corrected(corrections: Iterable[Written], dataset: Dataset) -> Draft:
    draft = Draft(texts(dataset), dataset.descriptor)
    resources = {resource["name"]: resource for resource in dataset.descriptor["resources"]}
    names = {name: _names(draft.tables[name], resource) for name, resource in resources.items()}
    wanted: dict[tuple[str, Any], dict[str, Written]] = defaultdict(dict)
    for one in corrections:
        if fault := _fault(one, draft.tables, names):
            draft.object(_place(one), fault)
            continue
        cells = wanted[one["table"], names[one["table"]][one["agreement_id"], one["key"]]]
        for column, other in cells.items():
            if column == one["column"] or DELETE in (column, one["column"]):
                draft.object(_place(one), f"Line {other.line} corrects the same. Keep one of them.")
        cells.setdefault(one["column"], one)
    lines = defaultdict(list)
    gone = {row for row, cells in wanted.items() if DELETE in cells}
    for table, at in gone:
        draft.tables[table] = draft.tables[table].drop(index=at)
    for (table, at), cells in wanted.items():
        fields = {field["name"]: field for field in resources[table]["schema"]["fields"]}
        for column, one in cells.items():
            lines[one["agreement_id"]].append(str(one.line))
            if (table, at) not in gone:
                new = draft.clean(one["new"], fields[column], _place(one))
                draft.tables[table].at[at, column] = new
                position: Any = draft.tables[table].index.get_loc(at)
                draft.cells[table, position, column] = _place(one)
    for agreement, numbers in lines.items():
        draft.agreements[agreement] = f"line {', '.join(numbers)} ({agreement})"
    return draft


def _names(table: pd.DataFrame, resource: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    keys = table[resource["schema"]["primaryKey"]].copy()
    owners = keys.pop("agreement_id") if "agreement_id" in keys else [""] * len(keys)
    joined = ["|".join(key) for key in keys.to_numpy()]
    if resource["name"] == "disputes":
        joined = [key.replace("|", "=", 1) for key in joined]
    return {name: at for at, name in enumerate(zip(owners, joined, strict=True))}


def _fault(one: Written, tables: Mapping[str, pd.DataFrame], names: Names) -> str | None:
    """Return what keeps a correction from fitting to a cell, if anything."""
    table, agreement, key, column = (one[c] for c in ("table", "agreement_id", "key", "column"))
    if table not in tables:
        return f"There is no table '{table}'.{near(table, tables)}"
    keys = [name for owner, name in names[table] if owner == agreement]
    if not keys:
        owners = {owner for owner, _ in names[table]}
        return f"No row of this table is of '{agreement}'.{near(agreement, owners)}"
    if key not in keys:
        return f"The table has no row '{key}' there.{near(key, keys)}"
    if column == DELETE:
        return None
    if column not in tables[table]:
        return f"The table has no column '{column}'.{near(column, map(str, tables[table]))}"
    stands: Any = tables[table].at[names[table][agreement, key], column]
    if stands == (old := one["old"]):
        return None
    given = f"stands there, and the old value is given as '{old or 'nothing'}'. Look at the row"
    return f"'{stands or 'nothing'}' {given} again, and write what stands there as 'old'."


def _place(one: Written) -> str:
    row = (one["table"], one["agreement_id"], one["key"], one["column"])
    return ", ".join(filter(None, (f"line {one.line}", *row)))
