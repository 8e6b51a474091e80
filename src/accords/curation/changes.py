"""What changed from one edition to the next, and how readers are told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from accords.curation.differences import Kind, RowChange, compare, summary
from accords.dataset import Dataset
from accords.words import Text, escape, linked, listed, lowered, plain, some

COMPUTED = ("status", "confidence", "date")
"""What is computed for each agreement and compared between editions."""

KINDS: tuple[Kind, ...] = ("added", "changed", "removed")

FOLDED = 25
"""A list of more lines than this is folded away, or counted where it cannot be folded."""

_ASIDE = ("claims", "readings", "distinct")
"""Tables that speak about agreements without being part of their record."""

_AROUND = 5
"""Words that are shown on either side of what differs in a text."""

_AT_MOST = 20
"""Words of one stretch that differs which are shown before it is cut."""

_TITLES = {
    "added": "New agreements",
    "removed": "No longer listed",
    "status": "Status changed",
    "date": "Date changed",
    "confidence": "Confidence changed",
    "events": "Steps added or corrected",
    "domains": "Domains added or corrected",
    "parties": "Parties added or corrected",
    "citations": "Sources added",
    "agreements": "Other corrections",
}
"""The kinds of change, in the order in which readers are told of them."""

_LISTED = tuple(_TITLES[kind] for kind in ("added", "removed", "status", "date"))
"""Kinds that the change log and the report list; the others are many, and are counted there."""


class FindingChange(NamedTuple):
    """One finding of the report that reads differently; None where there is none."""

    key: str
    lead: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AgreementChange:
    """All that changed about one agreement.

    Attributes
    ----------
    agreement_id, name
        The agreement, and the name that readers know it by in the newer edition.
    kind
        Whether it is new, gone, or changed in its rows or in what follows from them.
    rows
        The rows that changed.
    computed
        Old and new value of what is computed: status, confidence, date.
    """

    agreement_id: str
    name: str
    kind: Kind
    rows: list[RowChange]
    computed: dict[str, tuple[str, str]]


class Line(NamedTuple):
    """One change of one agreement, in words (plain text); empty where the kind says it all."""

    change: AgreementChange
    said: str


@dataclass(frozen=True)
class Difference:
    """What differs between two editions.

    Attributes
    ----------
    old, new
        The editions; the older one in the form of the newer, so that only facts can differ.
    origin
        Where the older one was found, as it follows its name.
    rules
        Tables whose columns, and code lists whose rows, are not what they were.
    lacking
        Columns that the older one does not have, by table: what stands there is no change.
    """

    old: Dataset
    new: Dataset
    origin: str = ""
    rules: tuple[str, ...] = ()
    lacking: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def rows(self) -> list[RowChange]:
        """Every row of facts that differs."""
        lists = {r["name"] for r in self.new.descriptor["resources"] if _is_codes(r["path"])}
        changes = []
        for row in compare(self.old, self.new):
            known = {c: v for c, v in row.fields.items() if (row.table, c) not in self.lacking}
            if known and row.table not in lists:
                changes.append(RowChange(row.table, row.key, row.kind, known))
        return changes

    @cached_property
    def agreements(self) -> list[AgreementChange]:
        """Every agreement that is new, gone or changed, by id."""
        before, after = _overview(self.old), _overview(self.new)
        rows: dict[str, list[RowChange]] = {}
        for row in self.rows:
            if row.agreement and row.table not in _ASIDE:
                rows.setdefault(row.agreement, []).append(row)
        computed = {i: _computed(before[i], after[i]) for i in before.keys() & after.keys()}
        changes = []
        for name in sorted(rows.keys() | {i for i, values in computed.items() if values}):
            here = after.get(name) or before.get(name) or {}
            kind: Kind = "changed"
            if name not in before:
                kind = "added"
            elif name not in after:
                kind = "removed"
            changes.append(
                AgreementChange(
                    name, here.get("name", ""), kind, rows.get(name, []), computed.get(name, {})
                )
            )
        return changes

    @cached_property
    def others(self) -> list[RowChange]:
        """Rows that belong to no agreement: sources, the record of the search, readings."""
        return [row for row in self.rows if not row.agreement or row.table in _ASIDE]

    @cached_property
    def findings(self) -> list[FindingChange]:
        """Every finding of the report that reads differently."""
        before, after = _findings(self.old), _findings(self.new)
        leads = {key: lead for side in (before, after) for key, (lead, _) in side.items()}
        old, new = ({key: text for key, (_, text) in side.items()} for side in (before, after))
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


def told(difference: Difference) -> list[str]:
    """Say what differs, line by line, for a terminal."""
    new = f"Edition {difference.new.edition} ({difference.new.released:%Y-%m-%d})"
    lines = [f"{new}, compared with {_compared(difference)}. {_counted(difference)}"]
    for title, changes in _groups(difference).items():
        lines.append(f"{title} ({len(changes)})")
        if title == _TITLES["added"] and len(changes) > FOLDED:
            lines += [f"  {sentence}" for sentence in _spread(difference)]
        lines += [f"  {_line(line)}" for line in changes[:FOLDED]]
        if len(changes) > FOLDED:
            lines.append(f"  and {len(changes) - FOLDED} more, which --json lists")
    lines += _beside(difference)
    lines.append(f"Findings that read differently ({len(difference.findings)})")
    return [*lines, *(f"  {_finding(finding)}" for finding in difference.findings)]


def entry(difference: Difference) -> str:
    """Write what changed as the change log has it (Markdown)."""
    lines = [f"Compared with {_compared(difference)}. {_counted(difference)}", ""]
    for title, changes in _groups(difference).items():
        if title not in _LISTED:
            lines += [f"{title}: {some(len(changes), 'agreement')}.", ""]
            continue
        items = [f"- {_line(line)}" for line in changes]
        if len(changes) > FOLDED:
            counts = _spread(difference) if title == _TITLES["added"] else []
            summed = f"<summary>All {len(changes)}</summary>"
            items = [*counts, "", "<details>", summed, "", *items, "", "</details>"]
        lines += [f"{title} ({len(changes)}):", "", *items, ""]
    if difference.others:
        lines += [*_beside(difference), ""]
    if difference.findings:
        lines += ["Findings that read differently:", ""]
        lines += [f"- {_finding(finding)}" for finding in difference.findings]
    return "\n".join(lines).strip()


def chapter(difference: Difference) -> Text:
    """Write the chapter 'What changed since the last edition', without its heading."""
    since = escape(_compared(difference, "%-d %B %Y"))
    if not difference:
        return Text(f"<p>Nothing changed since {since}.</p>")
    parts = [f"<p>Compared with {since}. {_counted(difference, linked)}</p>"]
    for title, changes in _groups(difference).items():
        if title not in _LISTED:
            parts.append(f"<p>{title}: {some(len(changes), 'agreement')}.</p>")
            continue
        shown = f"<ul>{''.join(_item(line) for line in changes)}</ul>"
        if len(changes) > FOLDED:
            counts = _spread(difference) if title == _TITLES["added"] else []
            counted = f"<p>{escape(' '.join(counts))}</p>" if counts else ""
            shown = f"{counted}<details><summary>All {len(changes)}</summary>{shown}</details>"
        parts.append(f"<h3>{title} ({len(changes)})</h3>{shown}")
    parts += [f"<p>{escape(sentence)}</p>" for sentence in _beside(difference)]
    parts.append("<h3>Findings that read differently</h3>")
    if difference.findings:
        rows = "".join(_finding_row(finding) for finding in difference.findings)
        parts.append(
            "<p>Where they differ, in bold.</p><table><thead><tr>"
            '<th scope="col">Finding</th><th scope="col">Before</th><th scope="col">Now</th>'
            "</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
    else:
        parts.append("<p>No finding of the report does.</p>")
    return Text("".join(parts))


def as_notebook(difference: Difference) -> Any:
    """Return the chapter as an executed notebook, for the report to set beside the others."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    shown = new_output("display_data", {"text/html": chapter(difference).html})
    cells = [
        new_markdown_cell("# What changed since the last edition", id="title"),
        new_code_cell("", outputs=[shown], id="changes"),
    ]
    return new_notebook(cells=cells, metadata={"title": "what-changed"})


def as_json(difference: Difference) -> dict[str, Any]:
    """Return the difference as plain data, for other programs."""

    def row(change: RowChange) -> dict[str, Any]:
        fields = {name: {"from": a, "to": b} for name, (a, b) in change.fields.items()}
        return {
            "table": change.table,
            "key": dict(change.key),
            "kind": change.kind,
            "fields": fields,
        }

    return {
        "from": {**_edition(difference.old), "origin": difference.origin},
        "to": _edition(difference.new),
        "rules": list(difference.rules),
        "agreements": [
            {
                "agreement_id": change.agreement_id,
                "name": change.name,
                "kind": change.kind,
                "computed": {n: {"from": a, "to": b} for n, (a, b) in change.computed.items()},
                "rows": [row(r) for r in change.rows],
            }
            for change in difference.agreements
        ],
        "others": [row(r) for r in difference.others],
        "findings": [
            {"key": f.key, "lead": f.lead, "from": f.before, "to": f.after}
            for f in difference.findings
        ],
    }


def excerpts(before: str, after: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Cut two texts around what differs between them, word by word.

    Returns
    -------
    tuple
        For each text its stretches in order, each with whether it differs from the other text. What
        is far from any difference is left out, with an ellipsis in its place.
    """
    old, new = before.split(), after.split()
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    sides: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for number, (tag, i, j, k, m) in enumerate(steps):
        for side, words in zip(sides, (old[i:j], new[k:m]), strict=True):
            if tag == "equal":
                head = 0 if number == 0 else _AROUND
                tail = 0 if number == len(steps) - 1 else _AROUND
            else:
                head, tail = _AT_MOST, 0
            if len(words) > head + tail:
                words = [*words[:head], "…", *words[len(words) - tail :]]
            if words:
                side.append((" ".join(words), tag != "equal"))
    return sides


def _groups(difference: Difference) -> dict[str, list[Line]]:
    """Sort the changes of agreements by kind, one line for each agreement and kind."""
    words = _Words(difference)
    lines: dict[str, list[Line]] = {kind: [] for kind in _TITLES}
    for change in difference.agreements:
        if change.kind != "changed":
            lines[change.kind].append(Line(change, words.concluded(change)))
            continue
        for kind, said in words.changes(change):
            lines[kind].append(Line(change, said))
    return {_TITLES[kind]: found for kind, found in lines.items() if found}


class _Words:
    """Say in words what happened to an agreement's rows: names and labels in place of codes."""

    def __init__(self, difference: Difference) -> None:
        old, new = _labels(difference.old), _labels(difference.new)
        self.labels = {name: old.get(name, {}) | labels for name, labels in new.items()}
        self.titles: dict[tuple[str, str], str] = {}
        self.lists: dict[tuple[str, str], str] = {}
        for resource in difference.new.descriptor["resources"]:
            for field in resource["schema"]["fields"]:
                title = lowered(field.get("title", field["name"]))
                self.titles[resource["name"], field["name"]] = title
            for key in resource["schema"].get("foreignKeys", ()):
                for column in key["fields"]:
                    self.lists[resource["name"], column] = key["reference"]["resource"]
        events = difference.new.events
        at = zip(events["agreement_id"], events["event_id"], strict=True)
        self.events = dict(zip(at, events["event"], strict=True))
        self.dates = {
            name: row["date"]
            for side in (difference.old, difference.new)
            for name, row in _overview(side).items()
        }
        self.cited = [
            side.citations.groupby("agreement_id")["source_id"].agg(set)
            for side in (difference.old, difference.new)
        ]

    def concluded(self, change: AgreementChange) -> str:
        """Return when an agreement was concluded, where that is known."""
        return self.dates[change.agreement_id]

    def changes(self, change: AgreementChange) -> Iterator[tuple[str, str]]:
        """Say each kind of change of one agreement, and what it is."""
        for name, pair in change.computed.items():
            labels = self.labels["statuses"] if name == "status" else {}
            yield name, _now(*(lowered(labels.get(value, value)) for value in pair))
        rows: dict[str, list[RowChange]] = {}
        for row in change.rows:
            rows.setdefault(row.table, []).append(row)
        dated = change.computed.get("date")
        # Where the agreement's date says it already, the date of a step is not said again.
        steps = [row for row in rows.get("events", ()) if row.fields != {"date": dated}]
        if steps:
            yield "events", "; ".join(self._step(row) for row in steps)
        for table, column in (("domains", "domain"), ("parties", "party_id")):
            if table in rows:
                yield table, "; ".join(self._member(row, column) for row in rows[table])
        before, after = (cited.get(change.agreement_id, set()) for cited in self.cited)
        if after - before:
            yield "citations", self._publishers(after - before)
        others = [said for row in rows.get("agreements", ()) for said in self._fields(row)]
        if before - after:
            others.append(f"no longer cited: {self._publishers(before - after)}")
        known = [row for row in rows.get("citations", ()) if row.key["source_id"] in before & after]
        if known:
            others.append(f"what its sources are cited for ({some(len(known), 'citation')})")
        if "disputes" in rows:
            number = some(len(rows["disputes"]), "statement")
            others.append(f"what its sources disagree about ({number})")
        if others:
            yield "agreements", "; ".join(others)

    def _publishers(self, sources: Iterable[str]) -> str:
        names = self.labels["sources"]
        return listed(dict.fromkeys(names.get(source, source) for source in sorted(sources)))

    def _step(self, row: RowChange) -> str:
        """Say what happened to one event."""
        if row.kind == "changed":
            event = self.events[row.agreement, row.key["event_id"]]
            label = lowered(self._shown("events", "event", event))
            return f"{label}: {', '.join(self._fields(row))}"
        side = 0 if row.kind == "removed" else 1
        values = {
            column: self._shown("events", column, v[side]) for column, v in row.fields.items()
        }
        known = [values[column] for column in ("party_id", "date") if values.get(column)]
        step = lowered(values["event"]) + (f" ({', '.join(known)})" if known else "")
        return f"no longer {step}" if row.kind == "removed" else step

    def _member(self, row: RowChange, column: str) -> str:
        """Say what happened to one domain or party."""
        name = self._shown(row.table, column, row.key[column])
        name = lowered(name) if column == "domain" else name
        if row.kind == "changed":
            return f"{name}: {', '.join(self._fields(row))}"
        return f"no longer {name}" if row.kind == "removed" else name

    def _fields(self, row: RowChange) -> list[str]:
        """Say each field of a row that differs, long texts cut around the difference."""
        said = []
        for column, pair in row.fields.items():
            before, after = excerpts(*(self._shown(row.table, column, value) for value in pair))
            said.append(f"{self.titles[row.table, column]} {_now(_joined(before), _joined(after))}")
        return said

    def _shown(self, table: str, column: str, value: str) -> str:
        """Return a value as readers know it."""
        return self.labels.get(self.lists.get((table, column), ""), {}).get(value, value)


def _labels(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Return what readers call the rows of each table that others refer to."""
    lists = [r["name"] for r in dataset.descriptor["resources"] if _is_codes(r["path"])]
    sources = dataset.sources.dropna(subset="publisher")
    return {
        **{name: dataset.labels(name) for name in lists},
        "party_codes": dataset.party_names,
        "agreements": {name: row["name"] for name, row in _overview(dataset).items()},
        "sources": dict(zip(sources["source_id"], sources["publisher"], strict=True)),
    }


def _now(before: str, after: str) -> str:
    before, after = (f"'{text}'" if text.count(" ") > 2 else text for text in (before, after))
    if not before:
        return f"{after}, was not given"
    return f"{after}, was {before}" if after else f"not given, was {before}"


def _joined(stretches: Iterable[tuple[str, bool]]) -> str:
    return " ".join(text for text, _ in stretches)


def _line(line: Line) -> str:
    if line.change.kind == "changed":
        return f"{line.change.name}: {line.said}"
    return f"{line.change.name} ({line.said})" if line.said else line.change.name


def _item(line: Line) -> str:
    name = escape(line.change.name)
    if line.change.kind != "removed":
        name = f'<a href="#{escape(line.change.agreement_id)}">{name}</a>'
    said = escape(line.said)
    if line.change.kind != "changed" and said:
        said = f"({said})"
    return f"<li>{name}{': ' if line.change.kind == 'changed' else ' '}{said}</li>"


def _finding(finding: FindingChange) -> str:
    """Say in one line where a finding reads differently."""
    if finding.before is None or finding.after is None:
        return f"{finding.lead}: {'no longer there' if finding.after is None else 'new'}."
    before, after = (_joined(side) for side in excerpts(finding.before, finding.after))
    return f"{finding.lead}: '{after}', was '{before}'"


def _finding_row(finding: FindingChange) -> str:
    """Set both sentences beside each other, with the words that differ in bold."""
    if finding.before is None or finding.after is None:
        cells = [escape(text or "No such finding.") for text in (finding.before, finding.after)]
    else:
        cells = [
            " ".join(
                f"<strong>{escape(text)}</strong>" if differs else escape(text)
                for text, differs in side
            )
            for side in excerpts(finding.before, finding.after)
        ]
    before, after = cells
    return f'<tr><th scope="row">{escape(finding.lead)}</th><td>{before}</td><td>{after}</td></tr>'


def _spread(difference: Difference) -> list[str]:
    """Count the new agreements by state, decade and kind, a sentence for each."""
    new = difference.new
    ids = [change.agreement_id for change in difference.of("added")]
    rows = new.overview.loc[ids]
    states = rows["focus"].explode().dropna().map(new.party_names)
    decades = (rows["year"] // 10 * 10).map("{:.0f}s".format, na_action="ignore")
    kinds = rows["instrument_family"].map(new.labels("instrument_families"))
    return [
        _tally("By state", states.value_counts()),
        _tally("By decade", decades.fillna("undated").value_counts().sort_index()),
        _tally("By kind", kinds.value_counts()),
    ]


def _tally(what: str, counts: pd.Series) -> str:
    return f"{what}: {', '.join(f'{name} {count}' for name, count in counts.items())}."


def _beside(difference: Difference) -> list[str]:
    """Count what changed in tables that belong to no agreement, in a sentence, if anything did."""
    counts = summary(difference.others)
    return [f"Beside the agreements: {'; '.join(counts)}."] if counts else []


def _counted(difference: Difference, shown: Any = lambda number, _: str(number)) -> str:
    said = {"added": "new", "changed": "changed", "removed": "no longer listed"}
    counts = []
    for kind in KINDS:
        changes = difference.of(kind)
        ids = [] if kind == "removed" else [change.agreement_id for change in changes]
        if changes:
            counts.append(f"{shown(len(changes), ids)} {said[kind]}")
    if not counts:
        return "No agreement differs." if difference else "Nothing differs."
    return f"Agreements: {listed(counts)}."


def _compared(difference: Difference, day: str = "%Y-%m-%d") -> str:
    """Name the older edition, where it was found, and how it was read."""
    origin = f" {difference.origin}" if difference.origin else ""
    named = f"edition {difference.old.edition} ({difference.old.released.strftime(day)}){origin}"
    if not difference.rules:
        return named
    return f"{named}, read by today's rules, so that only facts count as changes"


def _edition(dataset: Dataset) -> dict[str, str]:
    return {"edition": dataset.edition, "date": f"{dataset.released:%Y-%m-%d}"}


def _is_codes(path: str) -> bool:
    return path.startswith("codes/")


def _findings(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """Return the lead and the plain sentence of each finding."""
    from accords.prose.brief import messages

    found = messages(dataset, robust=False)
    return {message.key: (message.lead, plain(message.sentence)) for message in found}


def _overview(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Return the name and the computed facts of each agreement as text."""
    table = dataset.overview
    name = table["title"]
    if "short_name" in table:
        name = table["short_name"].fillna(name)
    facts = table[list(COMPUTED)].assign(name=name).astype("string").fillna("")
    columns = zip(*(facts[column].tolist() for column in facts), strict=True)
    return {
        str(name): dict(zip(facts.columns, values, strict=True))
        for name, values in zip(facts.index, columns, strict=True)
    }


def _computed(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    pairs = {name: (before[name], after[name]) for name in COMPUTED}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
