"""Corrections of what the dataset has, from a CSV file: all of them at once, or none."""

from __future__ import annotations

import difflib
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from accords.curation.differences import texts
from accords.curation.entries import Written, read_rows
from accords.curation.revision import Outcome, Places, Refused, Remark, apply
from accords.dataset import Dataset, load

COLUMNS = ("table", "agreement_id", "key", "column", "old", "new")
REASONS = ("url", "why")
"""Columns for those who read the file; they are not written to the tables."""

DELETE = "DELETE"
"""What stands in ``column`` where the row is to go."""

Row = tuple[str, int]
"""A table, and the position of a row in it."""


class _Wrong(Exception):
    """What is wrong with a correction, as a sentence."""


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
    tables = texts(dataset)
    rows = _rows(dataset, tables)
    remarks: list[Remark] = []
    wanted: dict[Row, dict[str, Written]] = defaultdict(dict)
    for one in corrections:
        try:
            row = _row(one, tables, rows)
            _once(one, wanted[row])
        except _Wrong as wrong:
            remarks.append(Remark(_place(one), str(wrong)))
    if remarks:
        raise Refused(remarks)
    return apply(Path(folder), *_corrected(tables, wanted))


def _rows(dataset: Dataset, tables: Mapping[str, pd.DataFrame]) -> dict[tuple[str, str, str], int]:
    """Find each row by how corrections name it: its table, its agreement, the rest of its key."""
    found = {}
    for resource in dataset.descriptor["resources"]:
        table, primary = resource["name"], resource["schema"]["primaryKey"]
        others = [column for column in primary if column != "agreement_id"]
        for position, row in enumerate(tables[table].to_dict("records")):
            key = "|".join(row[column] for column in others)
            if table == "disputes":
                key = key.replace("|", "=", 1)
            owner = row["agreement_id"] if "agreement_id" in primary else ""
            found[table, owner, key] = position
    return found


def _row(
    one: Written, tables: Mapping[str, pd.DataFrame], rows: Mapping[tuple[str, str, str], int]
) -> Row:
    """Find the row that a correction is about, and see that the cell is as it says."""
    table, agreement, key = one["table"], one["agreement_id"], one["key"]
    column, old = one["column"], one["old"]
    if table not in tables:
        raise _Wrong(f"There is no table '{table}'.{_near(table, tables)}")
    if (table, agreement, key) not in rows:
        owners = {owner: "" for name, owner, _ in rows if name == table}
        if agreement not in owners:
            raise _Wrong(f"No row of this table is of '{agreement}'.{_near(agreement, owners)}")
        keys = [k for name, owner, k in rows if (name, owner) == (table, agreement)]
        raise _Wrong(f"The table has no row '{key}' there.{_near(key, keys)}")
    position = rows[table, agreement, key]
    if column == DELETE:
        return table, position
    columns = list(map(str, tables[table]))
    if column not in columns:
        raise _Wrong(f"The table has no column '{column}'.{_near(column, columns)}")
    stands = str(tables[table].at[position, column])
    if stands != old:
        raise _Wrong(
            f"'{stands or 'nothing'}' stands there, and the old value is given as "
            f"'{old or 'nothing'}'. Look at the row again, and write what stands there as 'old'."
        )
    return table, position


def _once(one: Written, others: dict[str, Written]) -> None:
    """Note a correction of a row; refuse a second one of the same cell, or of a row that goes."""
    for column, other in others.items():
        if column == one["column"] or DELETE in (column, one["column"]):
            raise _Wrong(f"Line {other.line} corrects the same. Keep one of the two.")
    others[one["column"]] = one


def _corrected(
    tables: Mapping[str, pd.DataFrame], wanted: Mapping[Row, Mapping[str, Written]]
) -> tuple[dict[str, pd.DataFrame], Places]:
    """Return the tables with all corrections, and where each was written."""
    changed = {name: table.copy() for name, table in tables.items()}
    places = Places()
    gone: dict[str, list[int]] = defaultdict(list)
    lines: dict[str, list[str]] = defaultdict(list)
    for (table, position), cells in wanted.items():
        for column, one in cells.items():
            lines[one["agreement_id"]].append(str(one.line))
            if column == DELETE:
                gone[table].append(position)
            else:
                changed[table].at[position, column] = one["new"]
    for table, kept in changed.items():
        changed[table] = kept.drop(index=gone[table])
        for position, before in enumerate(changed[table].index):
            for column, one in wanted.get((table, before), {}).items():
                places.cells[table, position, column] = _place(one)
    for agreement, numbers in lines.items():
        places.agreements[agreement] = f"line {', '.join(numbers)} ({agreement})"
    return changed, places


def _place(one: Written) -> str:
    row = (one["table"], one["agreement_id"], one["key"], one["column"])
    return ", ".join(filter(None, (f"line {one.line}", *row)))


def _near(word: str, words: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(words), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
