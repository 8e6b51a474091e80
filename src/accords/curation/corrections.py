"""Corrections of what the dataset has, from a CSV file: all of them at once, or none."""

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
REASONS = ("url", "why")  # columns for those who read the file; they are not written to the tables
DELETE = "DELETE"  # what stands in ``column`` where the row is to go


def correct(file: str | os.PathLike[str], folder: str | os.PathLike[str]) -> Outcome:
    """Correct cells of the dataset, and delete rows, if each is as a CSV file says.

    ``table``, ``agreement_id`` and ``key`` name a row as it stands before any of the corrections,
    ``column`` its cell (``DELETE`` deletes the row), ``old`` what stands there and ``new`` what is
    to. The key is what names the row beside its agreement: ``subject|source_id`` in citations,
    ``field=value|source_id`` in disputes. :class:`Refused` says what does not fit; then nothing was
    written.
    """
    corrections = read_rows(file, COLUMNS, REASONS)
    return change(Path(folder), lambda dataset: _corrected(corrections, dataset))


def _corrected(corrections: Iterable[Written], dataset: Dataset) -> Draft:
    draft = Draft(texts(dataset), dataset.descriptor)
    declared: dict[tuple[str, str], Mapping[str, Any]] = {}
    for resource in dataset.descriptor["resources"]:
        name = resource["name"]
        _name_rows(draft.tables[name], resource)
        declared |= {(name, field["name"]): field for field in resource["schema"]["fields"]}
    wanted: dict[tuple[str, str, str], dict[str, Written]] = defaultdict(dict)
    for one in corrections:
        if fault := _fault(one, draft.tables):
            draft.object(_place(one), fault)
            continue
        cells = wanted[one["table"], one["agreement_id"], one["key"]]
        for column, other in cells.items():
            if column == one["column"] or DELETE in (column, one["column"]):
                draft.object(_place(one), f"Line {other.line} corrects the same. Keep one of them.")
        cells.setdefault(one["column"], one)
    for table, *row in (row for row, cells in wanted.items() if DELETE in cells):
        draft.tables[table] = draft.tables[table].drop(index=[tuple(row)])
    lines: dict[str, list[str]] = defaultdict(list)
    for (table, agreement, key), cells in wanted.items():
        lines[agreement] += [str(one.line) for one in cells.values()]
        for column, one in cells.items() if DELETE not in cells else ():
            rows, at = draft.tables[table], (agreement, key)
            rows.at[at, column] = draft.clean(one["new"], declared[table, column], _place(one))
            position: Any = rows.index.get_loc(at)
            draft.cells[table, position, column] = _place(one)
    for agreement, numbers in lines.items():
        draft.agreements[agreement] = f"line {', '.join(numbers)} ({agreement})"
    return draft


def _name_rows(table: pd.DataFrame, resource: Mapping[str, Any]) -> None:
    keys = table[resource["schema"]["primaryKey"]].copy()
    owners = keys.pop("agreement_id") if "agreement_id" in keys else [""] * len(keys)
    joined = ["|".join(key) for key in keys.to_numpy()]
    if resource["name"] == "disputes":
        joined = [key.replace("|", "=", 1) for key in joined]
    table.index = pd.MultiIndex.from_arrays([owners, joined])


def _fault(one: Written, tables: Mapping[str, pd.DataFrame]) -> str | None:
    table, agreement, key, column = (one[c] for c in ("table", "agreement_id", "key", "column"))
    if table not in tables:
        return f"There is no table '{table}'.{near(table, tables)}"
    owners, names = (tables[table].index.get_level_values(level) for level in (0, 1))
    keys = list(names[owners == agreement])
    if not keys:
        return f"No row of this table is of '{agreement}'.{near(agreement, set(owners))}"
    if keys.count(key) != 1:
        number = "two rows" if key in keys else "no row"
        return f"The table has {number} '{key}' there.{near(key, keys)}"
    if column == DELETE:
        return None
    if column not in tables[table]:
        return f"The table has no column '{column}'.{near(column, map(str, tables[table]))}"
    stands: Any = tables[table].at[(agreement, key), column]
    old = one["old"]
    if stands == old:
        return None
    return (
        f"'{stands or 'nothing'}' stands there, and the old value is given as '{old or 'nothing'}'."
        " Look at the row again, and write what stands there as 'old'."
    )


def _place(one: Written) -> str:
    row = (one["table"], one["agreement_id"], one["key"], one["column"])
    return ", ".join(filter(None, (f"line {one.line}", *row)))
