"""Corrections of what the dataset has, from a CSV file: all of them at once, or none."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from accords.curation.differences import texts
from accords.curation.draft import Draft, near
from accords.curation.entries import Written, read_rows
from accords.curation.revision import Outcome
from accords.dataset import Dataset, load

COLUMNS = ("table", "agreement_id", "key", "column", "old", "new")
REASONS = ("url", "why")
"""Columns for those who read the file; they are not written to the tables."""

DELETE = "DELETE"
"""What stands in ``column`` where the row is to go."""

Row = tuple[str, int]
"""A table, and the position of a row in it."""

Rows = Mapping[tuple[str, str, str], int]
"""The position of each row, by how corrections name it: table, agreement, the rest of its key."""


def read_corrections(file: str | os.PathLike[str]) -> list[Written]:
    """Read a CSV file of corrections; see :func:`correct`."""
    return read_rows(file, COLUMNS, REASONS)


def correct(corrections: Iterable[Written], folder: str | os.PathLike[str]) -> Outcome:
    """Correct cells of the dataset, and delete rows, if each is as its correction says.

    Parameters
    ----------
    corrections
        What :func:`read_corrections` returns. ``table``, ``agreement_id`` and ``key`` name a row as
        it stands before any of the corrections, ``column`` its cell, ``old`` what stands there and
        ``new`` what is to stand there. The key is what names the row beside its agreement: nothing
        in agreements, ``event_id``, ``domain``, ``party_id``, ``subject|source_id`` in citations,
        ``field=value|source_id`` in disputes. ``DELETE`` as the column deletes the row.
    folder
        The dataset's folder.

    Raises
    ------
    Refused
        When a correction names no cell, an old value that differs, or a cell that another one
        corrects, or when the whole does not pass the checks; nothing was written.
    """
    dataset = load(folder)
    draft = Draft(texts(dataset))
    rows = _rows(dataset, draft.tables)
    wanted: dict[Row, dict[str, Written]] = defaultdict(dict)
    for one in corrections:
        if fault := _fault(one, draft.tables, rows):
            draft.object(_place(one), fault)
            continue
        cells = wanted[one["table"], rows[one["table"], one["agreement_id"], one["key"]]]
        for column, other in cells.items():
            if column == one["column"] or DELETE in (column, one["column"]):
                draft.object(_place(one), f"Line {other.line} corrects the same. Keep one of them.")
        cells.setdefault(one["column"], one)
    _make(wanted, draft, dataset)
    return draft.put(Path(folder))


def _rows(dataset: Dataset, tables: Mapping[str, pd.DataFrame]) -> Rows:
    found = {}
    for resource in dataset.descriptor["resources"]:
        name, primary = resource["name"], resource["schema"]["primaryKey"]
        table = tables[name]
        owners = table["agreement_id"] if "agreement_id" in primary else [""] * len(table)
        others = table[[column for column in primary if column != "agreement_id"]]
        for position, (owner, key) in enumerate(zip(owners, others.to_numpy(), strict=True)):
            words = "|".join(key)
            found[name, owner, words.replace("|", "=", 1) if name == "disputes" else words] = (
                position
            )
    return found


def _fault(one: Written, tables: Mapping[str, pd.DataFrame], rows: Rows) -> str:
    """Say what keeps a correction from fitting to a cell, or nothing."""
    table, agreement, key = one["table"], one["agreement_id"], one["key"]
    if table not in tables:
        return f"There is no table '{table}'.{near(table, tables)}"
    if (table, agreement, key) not in rows:
        own = [(owner, words) for name, owner, words in rows if name == table]
        owners, keys = {o for o, _ in own}, [words for o, words in own if o == agreement]
        if not keys:
            return f"No row of this table is of '{agreement}'.{near(agreement, owners)}"
        return f"The table has no row '{key}' there.{near(key, keys)}"
    column, columns = one["column"], list(tables[table])
    if column == DELETE:
        return ""
    if column not in columns:
        return f"The table has no column '{column}'.{near(column, columns)}"
    stands = tables[table].at[rows[table, agreement, key], column]
    if stands == one["old"]:
        return ""
    return (
        f"'{stands or 'nothing'}' stands there, and the old value is given as "
        f"'{one['old'] or 'nothing'}'. Look at the row again, and write what stands there as 'old'."
    )


def _make(wanted: Mapping[Row, Mapping[str, Written]], draft: Draft, dataset: Dataset) -> None:
    """Write all corrections into the draft's tables, and where each was written."""
    fields = {
        (resource["name"], field["name"]): field
        for resource in dataset.descriptor["resources"]
        for field in resource["schema"]["fields"]
    }
    gone: dict[str, list[int]] = defaultdict(list)
    lines: dict[str, list[str]] = defaultdict(list)
    for (table, at), cells in wanted.items():
        for column, one in cells.items():
            lines[one["agreement_id"]].append(str(one.line))
            if column == DELETE:
                gone[table].append(at)
            else:
                new = draft.mend(one["new"], fields[table, column], _place(one))
                draft.tables[table].at[at, column] = new
    for table, positions in gone.items():
        draft.tables[table] = draft.tables[table].drop(index=positions)
    for (table, at), cells in wanted.items():
        if at not in gone[table]:
            position = int(draft.tables[table].index.get_loc(at))
            draft.places.cells |= {(table, position, c): _place(one) for c, one in cells.items()}
    for agreement, numbers in lines.items():
        draft.places.agreements[agreement] = f"line {', '.join(numbers)} ({agreement})"


def _place(one: Written) -> str:
    row = (one["table"], one["agreement_id"], one["key"], one["column"])
    return ", ".join(filter(None, (f"line {one.line}", *row)))
