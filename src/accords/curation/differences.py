"""What differs between two states of the dataset, row by row and field by field."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import pandas as pd

from accords.dataset import Dataset, to_csv

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class RowChange:
    """One row that is new, gone or different.

    Attributes
    ----------
    table
        Name of the table.
    key
        The row's key, column by column.
    kind
        ``added``, ``removed`` or ``changed``.
    fields
        Old and new text of each column that differs; empty text where there was or is no row.
    cells
        The whole row as it is now, or as it was where it is gone.
    """

    table: str
    key: Mapping[str, str]
    kind: Kind
    fields: Mapping[str, tuple[str, str]]
    cells: Mapping[str, str]

    @property
    def agreement(self) -> str:
        """The agreement that the row belongs to, or empty text."""
        return self.key.get("agreement_id", "")

    @property
    def name(self) -> str:
        """The row's key in words, without the agreement unless that is all of it."""
        parts = [value for column, value in self.key.items() if column != "agreement_id"]
        return ", ".join(parts) or self.agreement


def cells(table: pd.DataFrame, resource: Mapping[str, Any]) -> list[list[str]]:
    """Return the rows of one table as its file writes them, header first."""
    return list(csv.reader(io.StringIO(to_csv(table, resource).decode(), newline="")))


def texts(dataset: Dataset) -> dict[str, pd.DataFrame]:
    """Return all tables as their files write them: text, empty where there is nothing."""
    tables = {}
    for resource in dataset.descriptor["resources"]:
        head, *rows = cells(dataset.tables[resource["name"]], resource)
        tables[resource["name"]] = pd.DataFrame(rows, columns=head, dtype="str")
    return tables


def compare(old: Dataset, new: Dataset) -> list[RowChange]:
    """Compare two states of the dataset by the keys of its tables.

    A table or a column that one side lacks counts as empty there.

    Returns
    -------
    list of RowChange
        By table in the descriptor's order, then by key.
    """
    before, after = texts(old), texts(new)
    declared = {r["name"]: r for side in (old, new) for r in side.descriptor["resources"]}
    changes: list[RowChange] = []
    for name, resource in declared.items():
        key = resource["schema"]["primaryKey"]
        none = pd.DataFrame(columns=key, dtype="str")
        changes += _compare(name, key, before.get(name, none), after.get(name, none))
    return changes


def _compare(
    table: str, key: list[str], old: pd.DataFrame, new: pd.DataFrame
) -> Iterator[RowChange]:
    # Where a key is there twice, which the checks refuse, the last of its rows stands.
    sides = [side.drop_duplicates(key, keep="last") for side in (old, new)]
    differing = pd.concat(sides, keys=("was", "now")).fillna("").drop_duplicates(keep=False)
    found: dict[tuple[str, ...], dict[str, dict[str, str]]] = {}
    rows: list[Any] = differing.to_dict("records")
    for side, row in zip(differing.index.get_level_values(0), rows, strict=True):
        found.setdefault(tuple(row[column] for column in key), {})[side] = row
    for at, states in sorted(found.items()):
        was, now = (states.get(side, {}) for side in ("was", "now"))
        kind: Kind = "changed" if was and now else "added" if now else "removed"
        pairs = {c: (was.get(c, ""), now.get(c, "")) for c in now or was}
        fields = {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}
        yield RowChange(table, dict(zip(key, at, strict=True)), kind, fields, now or was)


def summary(changes: Iterable[RowChange]) -> list[str]:
    """Return a line for each table: how many of its rows were added, removed and changed."""
    lines = []
    for table, rows in groupby(changes, key=lambda change: change.table):
        kinds = [change.kind for change in rows]
        counts = [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "changed")]
        lines.append(f"{table}: {', '.join(c for c in counts if not c.startswith('0 '))}")
    return lines
