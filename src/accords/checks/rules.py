"""What a rule between rows and tables is, and the tables that it is given.

A rule is a small function that takes the tables and returns the rows of one table that break it.
What is said of each row is declared with the rule, and filled in from the row's own cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pandas as pd

from accords.checks.problem import MOST, Problem, condensed
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

    Attributes
    ----------
    descriptor
        The data package descriptor.
    tables
        Each table of which all rows could be read. Columns that serve several rules are added:
        ``fact`` in agreements, events, domains and citations (what a citation can support), and
        the bounds ``earliest`` and ``latest`` of the dates of events and sources.
    edition
        Date of the newest edition, or None where it cannot be read.
    curation
        Text of ``CURATION.md``, which says what became of records that were left out.
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
                fact = rows["agreement_id"] + f" {kind}" + code
                self.tables[table] = rows.assign(fact=fact)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    @property
    def focus(self) -> list[str]:
        """The focus states."""
        return list(self.descriptor.get("focus", ()))

    def lookup(self, table: str, key: str, column: str) -> pd.Series:
        """Return a column of a table by its key; of a key that occurs twice the first row."""
        rows = self[table].dropna(subset=[key]).drop_duplicates(key)
        return rows.set_index(key)[column].astype("str")


class Rule(NamedTuple):
    """A rule, where its breach is shown, and what is said of it.

    Attributes
    ----------
    name
        The rule's name.
    place
        Table and column in which it is broken, as ``events.date``.
    find
        Returns the rows of the table that break it, with what the sentences need beside.
    message, remedy
        Sentences with ``{column}`` for a cell.
    severity
        ``error``, or ``warning`` for what may be right.
    """

    name: str
    place: str
    find: Callable[[Data], pd.DataFrame]
    message: str
    remedy: str
    severity: Literal["error", "warning"] = "error"


def broken(rules: Iterable[Rule], data: Data, unsound: set[str]) -> Iterator[Problem]:
    """Hold the tables to rules.

    What the agreements with an unsound key break is left out: it mostly follows from the key. A
    rule of which a table or column could not be read is left out too, as that is reported.
    """
    paths = {resource["name"]: resource["path"] for resource in data.descriptor["resources"]}
    for rule in rules:
        table, _, column = rule.place.partition(".")
        try:
            rows = rule.find(data)
        except KeyError:
            continue
        if rows.empty:
            continue
        if "agreement_id" in rows:
            rows = rows[rows["agreement_id"].notna() & ~rows["agreement_id"].isin(unsound)]
        found, listed = [], rows[: MOST + 1]
        for row, of in zip(listed.index, listed.to_dict("records"), strict=True):
            value = None if pd.isna(of.get(column)) else str(of[column])
            message, remedy = rule.message.format_map(of), rule.remedy.format_map(of)
            place, said = (paths[table], rule.name), (message, remedy)
            found.append(Problem(*place, *said, int(row), column, value, rule.severity))
        yield from condensed(found, len(rows))


def pair(rows: pd.DataFrame, one: str, other: str) -> pd.Series:
    """Return two columns as one key; missing where either is."""
    return rows[one] + " " + rows[other]
