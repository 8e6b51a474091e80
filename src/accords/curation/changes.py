"""What changed from one state of the dataset to the next: rows, agreements and findings.

:mod:`.telling` says it in words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Literal, NamedTuple

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.schema import as_text, is_codes
from accords.words import plain

Kind = Literal["added", "removed", "changed"]

COMPUTED = ("status", "confidence", "date")  # what is computed of each agreement and compared
_ASIDE = ("claims", "readings", "distinct")  # speak of agreements, no part of their record


@dataclass(frozen=True)
class RowChange:
    """One row that is new, gone or different.

    ``fields`` has the old and new text of each column that differs, empty where there was or is no
    row; ``cells`` the whole row as it is now, or as it was where it is gone.
    """

    table: str
    key: Mapping[str, str]
    kind: Kind
    fields: Mapping[str, tuple[str, str]]
    cells: Mapping[str, str]


def texts(dataset: Dataset) -> dict[str, pd.DataFrame]:
    """Return all tables as their files write them: text, empty where there is nothing."""
    resources = dataset.descriptor["resources"]
    return {r["name"]: as_text(dataset.tables[r["name"]], r) for r in resources}


def compare(old: Dataset, new: Dataset) -> list[RowChange]:
    """Return the rows that differ, by table in the descriptor's order, then by key."""
    before, after = texts(old), texts(new)
    changes = []
    for resource in new.descriptor["resources"]:
        table, key = resource["name"], resource["schema"]["primaryKey"]
        # Where a key is there twice, which the checks refuse, the last of its rows stands.
        sides = {"was": before[table], "now": after[table]}
        rows = pd.concat({side: t.drop_duplicates(key, keep="last") for side, t in sides.items()})
        differing = rows.fillna("").drop_duplicates(keep=False)
        found: dict[tuple[str, ...], dict[str, Any]] = defaultdict(dict)
        records = differing.to_dict("records")
        for side, row in zip(differing.index.get_level_values(0), records, strict=True):
            found[tuple(row[column] for column in key)][side] = row
        for at, states in sorted(found.items()):
            was, now = states.get("was", {}), states.get("now", {})
            pairs = {c: (was.get(c, ""), now.get(c, "")) for c in now or was}
            fields = {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}
            named = dict(zip(key, at, strict=True))
            changes.append(RowChange(table, named, _kind(was, now), fields, now or was))
    return changes


def _kind(was: object, now: object) -> Kind:
    return "changed" if was and now else "added" if now else "removed"


def summary(changes: Iterable[RowChange]) -> list[str]:
    """Return a line for each table: how many of its rows were added, removed and changed."""
    lines = []
    for table, rows in groupby(changes, key=lambda change: change.table):
        kinds = [change.kind for change in rows]
        counts = [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "changed")]
        lines.append(f"{table}: {', '.join(c for c in counts if not c.startswith('0 '))}")
    return lines


class FindingChange(NamedTuple):
    """One finding of the report that reads differently; None where there is none."""

    lead: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AgreementChange:
    """All that changed about one agreement: its rows, and old and new of what is ``computed``.

    ``name`` and ``date`` (EDTF, empty where unknown) are those of the newer edition that has it.
    """

    agreement_id: str
    name: str
    kind: Kind
    date: str
    rows: list[RowChange]
    computed: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    """What differs between two editions, the older one in the form of the newer.

    ``origin`` is where the older one was found; ``rules`` the tables whose columns or codes differ;
    ``lacking`` the tables and columns that the older one lacks: what stands there is no change.
    """

    old: Dataset
    new: Dataset
    origin: str = ""
    rules: tuple[str, ...] = ()
    lacking: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def rows(self) -> list[RowChange]:
        """Every row of facts that differs."""
        lists = {r["name"] for r in self.new.descriptor["resources"] if is_codes(r)}
        changes = []
        for row in compare(self.old, self.new):
            known = {c: v for c, v in row.fields.items() if (row.table, c) not in self.lacking}
            if known and row.table not in lists:
                changes.append(RowChange(row.table, row.key, row.kind, known, row.cells))
        return changes

    @cached_property
    def agreements(self) -> list[AgreementChange]:
        """Every agreement that is new, gone or changed, by id."""
        rows = defaultdict(list)
        for row in self.rows:
            if row.table not in _ASIDE:
                rows[row.key.get("agreement_id")].append(row)
        old, new = (facts(side).to_dict("index") for side in (self.old, self.new))
        changes = []
        for name in sorted(map(str, old.keys() | new.keys())):
            was, now = old.get(name, {}), new.get(name, {})
            pairs = {c: (was[c], now[c]) for c in COMPUTED if was and now and was[c] != now[c]}
            if pairs or name in rows:
                fact = now or was
                of_it = fact["name"], _kind(was, now), fact["date"], rows[name], pairs
                changes.append(AgreementChange(name, *of_it))
        return changes

    @cached_property
    def others(self) -> list[RowChange]:
        """Rows that belong to no agreement: sources, the record of the search, readings."""
        return [r for r in self.rows if "agreement_id" not in r.key or r.table in _ASIDE]

    @cached_property
    def findings(self) -> list[FindingChange]:
        """Every finding of the report that reads differently."""
        from accords.prose.brief import messages

        found = [messages(side, robust=False) for side in (self.old, self.new)]
        leads = {f.key: f.lead for side in found for f in side}
        old, new = ({f.key: plain(f.sentence) for f in side} for side in found)
        return [
            FindingChange(leads[key], old.get(key), new.get(key))
            for key in dict.fromkeys([*new, *old])
            if old.get(key) != new.get(key)
        ]

    def of(self, kind: Kind) -> list[AgreementChange]:
        """Return the agreements that are new, gone or changed."""
        return [change for change in self.agreements if change.kind == kind]

    def __bool__(self) -> bool:
        return bool(self.rows or self.rules)


def facts(dataset: Dataset) -> pd.DataFrame:
    """Return name, status, confidence and date of each agreement as text, indexed by its id."""
    table = dataset.overview
    name = table["short_name"].fillna(table["title"])
    return table[list(COMPUTED)].assign(name=name).astype("str").fillna("")
