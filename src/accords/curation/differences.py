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
    """

    table: str
    key: Mapping[str, str]
    kind: Kind
    fields: Mapping[str, tuple[str, str]]

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
    """Give the rows of one table as its file writes them, header first."""
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
    declared = {r["name"]: r for side in (old, new) for r in side.descriptor["resources"]}
    return [
        change
        for name, resource in declared.items()
        for change in _compare(name, resource["schema"]["primaryKey"], old, new)
    ]


def _compare(table: str, key: list[str], old: Dataset, new: Dataset) -> Iterator[RowChange]:
    before, after = (_keyed(side, table, key) for side in (old, new))
    for at in sorted(before.keys() | after.keys()):
        was, now = before.get(at), after.get(at)
        if was == now:
            continue
        kind: Kind = "added" if was is None else "removed" if now is None else "changed"
        columns = dict.fromkeys([*(was or {}), *(now or {})])
        values = {c: ((was or {}).get(c, ""), (now or {}).get(c, "")) for c in columns}
        differing = {c: pair for c, pair in values.items() if pair[0] != pair[1]}
        if differing:
            yield RowChange(table, dict(zip(key, at, strict=True)), kind, differing)


def _keyed(dataset: Dataset, table: str, key: list[str]) -> dict[tuple[str, ...], dict[str, str]]:
    resource = next((r for r in dataset.descriptor["resources"] if r["name"] == table), None)
    if resource is None:
        return {}
    head, *lines = cells(dataset.tables[table], resource)
    rows = (dict(zip(head, line, strict=True)) for line in lines)
    return {tuple(row.get(column, "") for column in key): row for row in rows}


def summary(changes: Iterable[RowChange]) -> list[str]:
    """Say in a line for each table how many rows were added, removed and changed."""
    lines = []
    for table, rows in groupby(changes, key=lambda change: change.table):
        kinds = [change.kind for change in rows]
        counts = [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "changed")]
        lines.append(f"{table}: {', '.join(c for c in counts if not c.startswith('0 '))}")
    return lines
