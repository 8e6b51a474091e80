"""The tables as they were read, and how they are held to the rules between rows and tables."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from accords.checks.problem import BREACHES, MOST, Problem, condensed, problem
from accords.dataset import edtf

_DATES = {"events": "date", "sources": "published"}
_FACTS = {
    "agreements": ("value_amount", " value"),
    "events": ("event_id", " event:"),
    "domains": ("domain", " domain:"),
    "citations": ("subject", " "),
}
"""The column that names what a citation can support, and how its subject begins."""


@dataclass(frozen=True, eq=False)
class Data:
    """The tables of which all rows could be read: text, indexed by the editor's rows.

    With columns that serve several rules: ``fact`` (what a citation can support, of which
    agreement), and the bounds ``earliest`` and ``latest`` of events and sources. ``curation`` is
    the text of ``CURATION.md``, ``distinct`` has the values of columns that are known already.
    """

    descriptor: Mapping[str, Any]
    tables: dict[str, pd.DataFrame]
    edition: pd.Timestamp | None = None
    curation: str = ""
    distinct: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dated = {t: c for t, c in _DATES.items() if c in self.tables.get(t, ())}
        written = list({day for place in dated.items() for day in self.values(*place)})
        days = edtf.bounds(pd.Series(written, written, "str"))
        for table, column in dated.items():
            self.tables[table] = self[table].join(days[["earliest", "latest"]], on=column)
        for table, (column, kind) in _FACTS.items():
            rows = self.tables.get(table, pd.DataFrame())
            if {"agreement_id", column} <= set(rows.columns):
                codes = rows[column] if table != "agreements" else rows[column].str[:0]
                self.tables[table] = rows.assign(fact=rows["agreement_id"].str.cat(codes, kind))

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    @property
    def focus(self) -> tuple[str, ...]:
        """The focus states."""
        return tuple(self.descriptor.get("focus", ()))

    @cached_property
    def parties(self) -> pd.Series:
        """The parties of each agreement as one text, by agreement."""
        rows = self["parties"].dropna(subset=["agreement_id", "party_id"])
        pairs = sorted(zip(*as_lists(rows, "agreement_id", "party_id"), strict=True))
        by = itertools.groupby(pairs, key=lambda pair: pair[0])
        return pd.Series({one: " ".join(party for _, party in own) for one, own in by}, dtype="str")

    def path(self, table: str) -> str:
        """Return the file of a table."""
        return next(r["path"] for r in self.descriptor["resources"] if r["name"] == table)

    def values(self, table: str, column: str) -> set[str]:
        """Return the distinct values of a column, those that are missing aside."""
        cells, place = self[table][column], (table, column)
        if place not in self.distinct:
            self.distinct[place] = distinct(cells)
        return self.distinct[place]

    def strangers(self, table: str, column: str, known: Set[str]) -> pd.DataFrame:
        """Return the rows with a value that is not among the known ones."""
        strange = self.values(table, column) - known
        rows = self[table]
        return rows[rows[column].isin(strange)] if strange else rows.iloc[:0]

    def lookup(self, table: str, key: str, column: str) -> pd.Series:
        """Return a column of a table by its key; of a key that occurs twice the first row."""
        rows = self[table][[key, column]]
        if len(self.values(table, key)) < len(rows):
            rows = rows.dropna(subset=[key]).drop_duplicates(key)
        return rows.set_index(key)[column].astype("str")


Broken = Iterator[tuple[str, pd.DataFrame]]
"""Ways to break a rule (keys of ``rules.csv``), each with the rows that do, and what is said of
them in columns beside."""


def broken(
    checks: Iterable[Callable[[Data], Broken]], data: Data, unsound: set[str]
) -> Iterator[Problem]:
    """Hold the tables to the rules of some checks; what follows from an unsound key is left out.

    A check ends where a table or column could not be read, as that is reported.
    """
    found: list[tuple[str, pd.DataFrame]] = []
    for check in checks:
        with suppress(KeyError):
            for breach, rows in check(data):
                if not rows.empty:
                    found.append((breach, rows))
    for breach, rows in found:
        table, _, column = BREACHES[breach]["place"].partition(".")
        if "agreement_id" in rows:
            rows = rows[rows["agreement_id"].notna() & ~rows["agreement_id"].isin(unsound)]
        first, problems = rows[: MOST + 1], []
        records: list[dict[Any, Any]] = first.to_dict("records")
        for row, words in zip(first.index, records, strict=True):
            value = None if pd.isna(words.get(column)) else str(words[column])
            problems.append(problem(breach, data.path(table), int(row), column, value, words))
        yield from condensed(problems, len(rows))


def as_lists(rows: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """Return columns as lists, over which Python goes much faster than over text columns."""
    return [rows[column].to_numpy(dtype=object).tolist() for column in columns]


def distinct(column: pd.Series) -> set[str]:
    """Return the distinct texts of a column."""
    return set(column.to_numpy(dtype=object)) - {np.nan}


def pair(rows: pd.DataFrame, one: str, other: str) -> pd.Series:
    """Return two columns as one key; missing where either is."""
    return rows[one].str.cat(rows[other], " ")
