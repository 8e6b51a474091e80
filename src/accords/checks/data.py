"""What the rules between tables ask of the tables that were read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from accords.checks.files import Table
from accords.checks.problem import Problem
from accords.dataset import edtf as dates


class Unread(Exception):
    """A table or column that a rule needs could not be read."""


class Data:
    """The tables as they were read, for rules to ask for.

    Attributes
    ----------
    descriptor
        The data package descriptor.
    edition
        Date of the edition, or None.
    """

    def __init__(
        self,
        descriptor: Mapping[str, Any],
        tables: Mapping[str, Table],
        edition: pd.Timestamp | None,
    ) -> None:
        self.descriptor = descriptor
        self.edition = edition
        self._tables = tables
        self._paths = {r["name"]: r["path"] for r in descriptor["resources"]}

    def rows(self, table: str, *columns: str) -> pd.DataFrame:
        """Give some columns of a table, or raise :class:`Unread`."""
        if table not in self._tables or not self._tables[table].whole:
            raise Unread(table)
        rows = self._tables[table].rows
        if not set(columns) <= set(rows.columns):
            raise Unread(table)
        return rows[list(columns)]

    def all(self, table: str) -> pd.DataFrame:
        """Give all that was kept of a table."""
        return self.rows(table, *self._tables[table].rows.columns)

    def ids(self) -> pd.Index:
        """Give the ids of all agreements."""
        return pd.Index(self.rows("agreements", "agreement_id")["agreement_id"].cat.categories)

    def agreement_rows(self) -> pd.Series:
        """Give the row of each agreement in its file, by the place of its id in :meth:`ids`."""
        column = self.rows("agreements", "agreement_id")["agreement_id"].dropna()
        first = column[~column.duplicated()]
        return pd.Series(first.index, index=codes_in(first, self.ids())).sort_index()

    def problem(
        self,
        table: str,
        rule: str,
        message: str,
        remedy: str,
        *,
        row: Any = None,
        column: str | None = None,
        value: Any = None,
        severity: Any = "error",
    ) -> Problem:
        """Make a problem of a row of a table."""
        text = None if value is None or pd.isna(value) else str(value)
        row = None if row is None else int(row)
        return Problem(self._paths[table], rule, message, remedy, row, column, text, severity)


Rule = Callable[[Data], Iterator[Problem]]
"""Takes the data and yields problems; raises :class:`Unread` where it cannot tell."""


def codes_in(column: pd.Series, vocabulary: pd.Index, *, absent: bool = True) -> np.ndarray:
    """Give the place of each value in a vocabulary; -1 where it is not there, or left out."""
    places = np.append(vocabulary.get_indexer(column.cat.categories), -1)
    codes = places[column.cat.codes]
    return codes if absent else codes[codes >= 0]


def pairs(rows: pd.DataFrame, column: str, ids: pd.Index, vocabulary: pd.Index) -> np.ndarray:
    """Give one number for each pair of an agreement and a value.

    -1 stands where the agreement is unknown, -2 where the value is not in the vocabulary.
    """
    agreements, values = codes_in(rows["agreement_id"], ids), codes_in(rows[column], vocabulary)
    numbers = agreements.astype("int64") * len(vocabulary) + values
    return np.select([agreements < 0, values < 0], [-1, -2], numbers)


def lacking(wanted: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Mark the pairs of known agreements that are not among others (see :func:`pairs`)."""
    return (wanted != -1) & ~np.isin(wanted, among[among >= 0])


def bounds(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Give the first and last day of dates, worked out once for each distinct date."""
    days = dates.bounds(pd.Series(column.cat.categories, dtype="str"))
    nowhere = np.array(["NaT"], dtype="datetime64[s]")
    earliest = np.append(days["earliest"].to_numpy(), nowhere)
    latest = np.append(days["latest"].to_numpy(), nowhere)
    return earliest[column.cat.codes], latest[column.cat.codes]


def mapping(data: Data, table: str, key: str, column: str) -> dict[str, str]:
    """Map the keys of a table to the values of one of its columns."""
    rows = data.rows(table, key, column).dropna()
    return dict(zip(rows[key], rows[column], strict=True))


def each(rows: pd.DataFrame) -> Iterator[Any]:
    """Give the rows one by one, as named tuples that start with the row's number."""
    return rows.itertuples()


def items(column: pd.Series) -> Iterator[tuple[Any, Any]]:
    """Give the values one by one, each with the row's number."""
    return column.items()
