"""What changed between two editions, in words: for a terminal, the change log and the report."""

import difflib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from accords.curation import changes
from accords.curation.changes import AgreementChange, Difference, FindingChange, Kind, RowChange
from accords.curation.fields import columns
from accords.dataset import Dataset
from accords.dataset.schema import is_codes
from accords.templates import render
from accords.words import listed, lowered, some

FOLDED = 25  # a list of more lines than this is folded away where it can be unfolded
_AROUND = 5  # words that are shown on either side of what differs in a text
_AT_MOST = 20  # words of one stretch that differs which are shown before it is cut

_TITLES = {
    "added": "New agreements",
    "removed": "No longer listed",
    "status": "Status changed",
    "date": "Date changed",
    "confidence": "Confidence changed",
    "events": "Steps added or corrected",
    "domains": "Domains added or corrected",
    "parties": "Parties added or corrected",
    "citations": "Citations added or corrected",
    "disputes": "Disputes added or corrected",
    "agreements": "Wording, notes and values corrected",
}
"""The kinds of change, in the order in which readers are told of them."""

_LISTED = ("added", "removed", "status", "date")
"""Kinds that the change log and the report list; the others are many, and are counted there."""

_NAMED = {
    "events": ("event", "party_id", "date"),
    "domains": ("domain",),
    "parties": ("party_id",),
    "citations": ("source_id",),
    "disputes": ("source_id", "value"),
    "agreements": (),
}
"""What names a row of a table to readers: its head, and what follows in brackets."""


class Line(NamedTuple):
    """One change of one agreement, in words (plain text); empty where the kind says it all."""

    change: AgreementChange
    said: str

    def __str__(self) -> str:
        if self.change.kind == "changed":
            return f"{self.change.name}: {self.said}"
        return f"{self.change.name} ({self.said})" if self.said else self.change.name


class Group(NamedTuple):
    """All changes of one kind; where ``listed``, readers see its lines and not the number alone."""

    title: str
    lines: list[Line]
    listed: bool


def told(difference: Difference) -> list[str]:
    """Return what differs, line by line, for a terminal."""
    new = f"Edition {difference.new.edition} ({difference.new.released:%Y-%m-%d})"
    return render(
        "accords.curation", "difference.txt.j2", new=new, **account(difference)
    ).splitlines()


def entry(difference: Difference) -> str:
    """Return what changed as the change log has it (Markdown)."""
    return render("accords.curation", "changelog.md.j2", **account(difference)).strip()


def account(difference: Difference, day: Callable[[str], str] = str) -> dict[str, Any]:
    """Return all that is told of a difference; ``day`` writes an EDTF day for readers."""
    origin = f" {difference.origin}" if difference.origin else ""
    released = day(f"{difference.old.released:%Y-%m-%d}")
    since = f"edition {difference.old.edition} ({released}){origin}"
    if difference.rules:
        since += ", read by today's rules, so that only facts count as changes"
    return {
        "since": since,
        "counted": counted(difference),
        "groups": groups(difference),
        "beside": "; ".join(changes.summary(difference.others)),
        "findings": difference.findings,
        "finding": finding,
        "folded": FOLDED,
        "some": some,
    }


def counted(difference: Difference, shown: Callable[..., str] = lambda n, _: str(n)) -> str:
    """Count the agreements that are new, changed and gone; ``shown`` writes a number of ids."""
    said: dict[Kind, str] = {"added": "new", "changed": "changed", "removed": "no longer listed"}
    found = {kind: [change.agreement_id for change in difference.of(kind)] for kind in said}
    counts = [
        f"{shown(len(ids), ids if kind != 'removed' else [])} {said[kind]}"
        for kind, ids in found.items()
        if ids
    ]
    if counts:
        return f"Agreements: {listed(counts)}."
    return "No agreement differs." if difference else "Nothing differs."


def groups(difference: Difference) -> list[Group]:
    """Sort the changes of agreements by kind, one line for each agreement and kind."""
    words = _Words(difference)
    lines: dict[str, list[Line]] = {kind: [] for kind in _TITLES}
    for change in difference.agreements:
        if change.kind == "changed":
            for kind, said in words.changes(change):
                lines[kind].append(Line(change, said))
        else:
            lines[change.kind].append(Line(change, change.date))
    return [Group(_TITLES[kind], lines[kind], kind in _LISTED) for kind in _TITLES if lines[kind]]


def finding(change: FindingChange) -> str:
    """Return in one line where a finding reads differently."""
    if change.before is None or change.after is None:
        return f"{change.lead}: {'no longer there' if change.after is None else 'new'}."
    before, after = (_joined(side) for side in excerpts(change.before, change.after))
    return f"{change.lead}: '{after}', was '{before}'"


def excerpts(before: str, after: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Cut two texts around what differs between them, word by word.

    Returns the stretches of each, with whether they differ; an ellipsis for what is far from that.
    """
    old, new = before.split(), after.split()
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    sides: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for number, (tag, i, j, k, m) in enumerate(steps):
        head, tail = _AT_MOST, 0
        if tag == "equal":
            head = _AROUND if number else 0
            tail = _AROUND if number < len(steps) - 1 else 0
        for side, words in zip(sides, (old[i:j], new[k:m]), strict=True):
            if len(words) > head + tail:
                words = [*words[:head], "…", *words[len(words) - tail :]]
            if words:
                side.append((" ".join(words), tag != "equal"))
    return sides


class _Words:
    def __init__(self, difference: Difference) -> None:
        old, new = _labels(difference.old), _labels(difference.new)
        self.labels = {name: old.get(name, {}) | labels for name, labels in new.items()}
        tables = [resource["name"] for resource in difference.new.descriptor["resources"]]
        self.columns = {(t, one.name): one for t in tables for one in columns(difference.new, t)}

    def changes(self, change: AgreementChange) -> Iterator[tuple[str, str]]:
        """Yield each kind of change of one agreement, and what it is."""
        for name, pair in change.computed.items():
            labels = self.labels["statuses"] if name == "status" else {}
            yield name, _now(*(lowered(labels.get(value, value)) for value in pair))
        # Where the agreement's date says it already, the date of a step is not said again.
        moved = {"date": change.computed.get("date")}
        rows = [row for row in change.rows if row.table != "events" or row.fields != moved]
        for table, own in groupby(rows, lambda row: row.table):
            yield table, "; ".join(dict.fromkeys(self._row(row) for row in own))

    def _row(self, row: RowChange) -> str:
        shown = (self._shown(row.table, c, row.cells[c]) for c in _NAMED[row.table])
        name, *more = (*shown, "")
        name = lowered(name) if row.table in ("events", "domains") else name
        if row.kind == "changed":
            return f"{name}: {self._fields(row)}" if name else self._fields(row)
        known = ", ".join(filter(None, more))
        name = f"{name} ({known})" if known else name
        return f"no longer {name}" if row.kind == "removed" else name

    def _fields(self, row: RowChange) -> str:
        said = []
        for column, pair in row.fields.items():
            before, after = excerpts(*(self._shown(row.table, column, value) for value in pair))
            title = lowered(self.columns[row.table, column].declared["title"])
            said.append(f"{title} {_now(_joined(before), _joined(after))}")
        return ", ".join(said)

    def _shown(self, table: str, column: str, value: str) -> str:
        codes = self.columns[table, column].codes
        return self.labels.get(codes[0], {}).get(value, value) if codes else value


def _labels(dataset: Dataset) -> dict[str, dict[str, str]]:
    lists = [r["name"] for r in dataset.descriptor["resources"] if is_codes(r)]
    return {
        **{name: dataset.labels(name) for name in lists},
        "party_codes": dataset.party_names,
        "agreements": dict(changes.facts(dataset)["name"]),
        "sources": dict(dataset.sources.set_index("source_id")["publisher"].dropna()),
    }


def _now(before: str, after: str) -> str:
    before, after = (f"'{text}'" if text.count(" ") > 2 else text for text in (before, after))
    if not before:
        return f"{after}, was not given"
    return f"{after}, was {before}" if after else f"not given, was {before}"


def _joined(stretches: Iterable[tuple[str, bool]]) -> str:
    return " ".join(text for text, _ in stretches)
