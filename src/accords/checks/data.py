"""The tables as they were read, and how they are held to the rules between rows and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from accords.checks.problem import BREACHES, MOST, Problem, condensed, problem
from accords.dataset import edtf

_DATES = {"events": "date", "sources": "published"}
_FACTS = {
    "agreements": ("value_amount", "value"),
    "events": ("event_id", "event:"),
    "domains": ("domain", "domain:"),
    "citations": ("subject", ""),
}
"""The column that names what a citation can support, and how its subject begins."""


@dataclass(frozen=True, eq=False)
class Data:
    """The tables as they were read: text, empty cells missing, indexed by the editor's rows.

    ``tables`` has each of which all rows could be read, and columns that serve several rules
    beside: ``fact`` in agreements, events, domains and citations (what a citation can support, of
    which agreement), and the bounds ``earliest`` and ``latest`` of the dates of events and sources.
    ``edition`` is the date of the newest one, None where it cannot be read; ``curation`` the text
    of ``CURATION.md``, which says what became of records that were left out.
    """

    descriptor: Mapping[str, Any]
    tables: dict[str, pd.DataFrame]
    edition: pd.Timestamp | None = None
    curation: str = ""

    def __post_init__(self) -> None:
        dated = {t: c for t, c in _DATES.items() if c in self.tables.get(t, ())}
        written = [self.tables[table][column] for table, column in dated.items()]
        distinct = pd.concat([pd.Series(dtype="str"), *written]).dropna().drop_duplicates()
        days = edtf.bounds(distinct)[["earliest", "latest"]].set_axis(distinct, axis=0)
        for table, column in dated.items():
            self.tables[table] = self.tables[table].join(days, on=column)
        for table, (column, kind) in _FACTS.items():
            rows = self.tables.get(table, pd.DataFrame())
            if {"agreement_id", column} <= set(rows.columns):
                code = rows[column] if kind != "value" else rows[column].str[:0]
                self.tables[table] = rows.assign(fact=rows["agreement_id"] + f" {kind}" + code)

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
        together: dict[str, str] = {}
        both = lists(rows, "agreement_id", "party_id")
        for agreement, party in sorted(zip(*both, strict=True)):
            together[agreement] = f"{together.get(agreement, '')} {party}"
        return pd.Series(together, dtype="str")

    def path(self, table: str) -> str:
        """Return the file of a table."""
        return next(r["path"] for r in self.descriptor["resources"] if r["name"] == table)

    def lookup(self, table: str, key: str, column: str) -> pd.Series:
        """Return a column of a table by its key; of a key that occurs twice the first row."""
        rows = self[table].dropna(subset=[key]).drop_duplicates(key)
        return rows.set_index(key)[column].astype("str")


Broken = Iterator[tuple[str, pd.DataFrame]]
"""Ways to break a rule (keys of ``rules.csv``), each with the rows that do, and what is said of
them in columns beside."""


def broken(
    checks: Iterable[Callable[[Data], Broken]], data: Data, unsound: set[str]
) -> Iterator[Problem]:
    """Hold the tables to the rules of some checks.

    What the agreements with an unsound key break is left out: it mostly follows from the key. A
    check ends where a table or column could not be read, as that is reported.
    """
    found: list[tuple[str, pd.DataFrame]] = []
    for check in checks:
        with suppress(KeyError):
            for breach, rows in check(data):
                found.append((breach, rows))
    for breach, rows in found:
        table, _, column = BREACHES[breach]["place"].partition(".")
        if "agreement_id" in rows and len(rows):
            rows = rows[rows["agreement_id"].notna() & ~rows["agreement_id"].isin(unsound)]
        listed, problems = rows[: MOST + 1], []
        for row, of in zip(listed.index, listed.to_dict("records"), strict=True):
            words = {str(name): cell for name, cell in of.items()}
            value = None if pd.isna(words.get(column)) else str(words[column])
            problems.append(problem(breach, data.path(table), int(row), column, value, words))
        yield from condensed(problems, len(rows))


def lists(rows: pd.DataFrame, *columns: str) -> list[list[str]]:
    """Return columns as lists, over which Python goes much faster than over text columns."""
    return [rows[column].to_numpy(dtype=object).tolist() for column in columns]


def pair(rows: pd.DataFrame, one: str, other: str) -> pd.Series:
    """Return two columns as one key; missing where either is."""
    return rows[one] + " " + rows[other]
