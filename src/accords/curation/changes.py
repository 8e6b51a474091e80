"""What changed from one state of the dataset to the next: rows, agreements and findings.

:mod:`.telling` says it in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Literal, NamedTuple

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.schema import as_text, is_codes
from accords.words import plain

Kind = Literal["added", "removed", "changed"]

COMPUTED = ("status", "confidence", "date")
"""What is computed for each agreement and compared between editions."""

_ASIDE = ("claims", "readings", "distinct")
"""Tables that speak about agreements without being part of their record."""

_KINDS: dict[str, Kind] = {"left_only": "removed", "right_only": "added", "both": "changed"}


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

    @property
    def agreement(self) -> str:
        """The agreement that the row belongs to, or empty text."""
        return self.key.get("agreement_id", "")


def texts(dataset: Dataset) -> dict[str, pd.DataFrame]:
    """Return all tables as their files write them: text, empty where there is nothing."""
    resources = dataset.descriptor["resources"]
    return {r["name"]: as_text(dataset.tables[r["name"]], r) for r in resources}


def compare(old: Dataset, new: Dataset) -> list[RowChange]:
    """Return the rows that differ, by table in the descriptor's order, then by key.

    A table or a column that one side lacks counts as empty there.
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


class FindingChange(NamedTuple):
    """One finding of the report that reads differently; None where there is none."""

    key: str
    lead: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AgreementChange:
    """All that changed about one agreement, in its rows or in what follows from them.

    ``name`` and ``date`` (EDTF, empty where unknown) are those of the newer edition that has it;
    ``computed`` has the old and new value of what is computed: status, confidence, date.
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

    ``origin`` says where the older one was found; ``rules`` names the tables whose columns, and the
    code lists whose rows, are not what they were; ``lacking`` the tables and columns that the older
    one does not have: what stands there is no change.
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
                rows[row.agreement].append(row)
        old, new = (facts(side).reset_index() for side in (self.old, self.new))
        both = old.merge(new, "outer", "agreement_id", suffixes=("_was", "_now"), indicator="kind")
        changes = []
        for fact in both.astype("str").fillna("").sort_values("agreement_id").to_dict("records"):
            name, kind = fact["agreement_id"], _KINDS[fact["kind"]]
            side = "was" if kind == "removed" else "now"
            pairs = {c: (fact[f"{c}_was"], fact[f"{c}_now"]) for c in COMPUTED}
            computed = {c: p for c, p in pairs.items() if kind == "changed" and p[0] != p[1]}
            if computed or name in rows:
                here = fact[f"name_{side}"], kind, fact[f"date_{side}"]
                changes.append(AgreementChange(name, *here, rows[name], computed))
        return changes

    @cached_property
    def others(self) -> list[RowChange]:
        """Rows that belong to no agreement: sources, the record of the search, readings."""
        return [row for row in self.rows if not row.agreement or row.table in _ASIDE]

    @cached_property
    def findings(self) -> list[FindingChange]:
        """Every finding of the report that reads differently."""
        from accords.prose.brief import messages

        found = [messages(side, robust=False) for side in (self.old, self.new)]
        leads = {f.key: f.lead for side in found for f in side}
        old, new = ({f.key: plain(f.sentence) for f in side} for side in found)
        return [
            FindingChange(key, leads[key], old.get(key), new.get(key))
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
    name = table["short_name"].fillna(table["title"]) if "short_name" in table else table["title"]
    return table[list(COMPUTED)].assign(name=name).astype("str").fillna("")


def as_json(difference: Difference) -> dict[str, Any]:
    """Return the difference as plain data, for other programs."""
    return {
        "from": {**_edition(difference.old), "origin": difference.origin},
        "to": _edition(difference.new),
        "rules": list(difference.rules),
        "agreements": [
            {
                **{name: value for name, value in asdict(change).items() if name != "date"},
                "computed": _pairs(change.computed),
                "rows": [_row(row) for row in change.rows],
            }
            for change in difference.agreements
        ],
        "others": [_row(row) for row in difference.others],
        "findings": [
            {"key": f.key, "lead": f.lead, "from": f.before, "to": f.after}
            for f in difference.findings
        ],
    }


def _row(row: RowChange) -> dict[str, Any]:
    key, fields = dict(row.key), _pairs(row.fields)
    return {"table": row.table, "key": key, "kind": row.kind, "fields": fields}


def _pairs(values: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {name: {"from": before, "to": after} for name, (before, after) in values.items()}


def _edition(dataset: Dataset) -> dict[str, str]:
    return {"edition": dataset.edition, "date": f"{dataset.released:%Y-%m-%d}"}
