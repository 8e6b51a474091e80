"""Editions of the dataset: what changed from one to the next, and how a new one is released."""

from __future__ import annotations

import difflib
import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

import pandas as pd

from accords.checks import check
from accords.dataset import Dataset, load, read_edition
from accords.differences import Kind, RowChange, compare
from accords.errors import AccordsError
from accords.imports import read_workbook
from accords.prose.text import Text, escape, linked, listed, plain
from accords.revision import renew_codebook, revision

COMPUTED = ("status", "confidence", "date")
"""What is computed for each agreement and compared between editions."""

KINDS: tuple[Kind, ...] = ("added", "changed", "removed")

_ASIDE = ("claims", "readings")
"""Tables that speak about agreements without being part of their record."""

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


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
    agreement_id, title
        The agreement, by its newer title.
    kind
        Whether it is new, gone, or changed in its rows or in what follows from them.
    rows
        The rows that changed.
    computed
        Old and new value of what is computed: status, confidence, date.
    """

    agreement_id: str
    title: str
    kind: Kind
    rows: list[RowChange]
    computed: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    """What differs between two editions."""

    old: Dataset
    new: Dataset

    @cached_property
    def rows(self) -> list[RowChange]:
        """Every row that differs."""
        return compare(self.old, self.new)

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
                    name, here.get("title", ""), kind, rows.get(name, []), computed.get(name, {})
                )
            )
        return changes

    @cached_property
    def others(self) -> list[RowChange]:
        """Rows that belong to no agreement: sources, code lists, the record of the search."""
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
        """Give the agreements that are new, gone or changed."""
        return [change for change in self.agreements if change.kind == kind]

    def __bool__(self) -> bool:
        return bool(self.rows)


def read(name: str, folder: Path) -> Dataset:
    """Read a dataset from wherever it is kept.

    Parameters
    ----------
    name
        A folder (of the dataset, or one that holds it as ``data``), a workbook, or a git revision.
    folder
        The dataset's folder today: what a workbook does not say, and where git has it.

    Raises
    ------
    AccordsError
        When there is no such thing, or it cannot be read.
    """
    path = Path(name)
    if path.is_dir():
        return load(path if (path / "datapackage.json").exists() else path / "data")
    if path.is_file():
        return _from_workbook(path, folder)
    return _from_git(name, folder)


def previous(folder: Path) -> Dataset | None:
    """Find the edition before the newest, where git has it."""
    headings = _headings(folder)
    if len(headings) < 2:
        return None
    return released(headings[1], folder)


def released(version: str, folder: Path) -> Dataset | None:
    """Find an edition as it was released, where git has it.

    That is the revision tagged ``edition-VERSION``, or the one that added its heading to the
    change log. In a shallow clone the oldest revision seems to have added all headings; a revision
    that holds another edition is therefore not taken.
    """
    tagged = _git(folder, "rev-parse", "--verify", "--quiet", f"edition-{version}^{{commit}}")
    heading = f"## {version} ("
    found = tagged or _git(
        folder, "log", "--reverse", "--format=%H", f"-S{heading}", "--", "CHANGELOG.md"
    )
    edition = _from_git(found.decode().split()[0], folder) if found else None
    return edition if edition and edition.edition == version else None


def release(
    version: str,
    folder: Path,
    *,
    date: pd.Timestamp,
    since: Dataset | None = None,
    build: Callable[[], object],
) -> Difference:
    """Make the dataset as it is a new edition, and build its report.

    README.md and CITATION.cff beside the data name the new edition from then on.

    Parameters
    ----------
    version
        The new edition's version, above the newest.
    folder
        The dataset's folder.
    date
        The edition's date: what is computed is computed as of this day.
    since
        The edition before; by default looked up in git.
    build
        Builds the report; when it raises, the edition is taken back.

    Raises
    ------
    AccordsError
        With the reason, when the edition cannot be released. The data are then as they were.
    """
    newest, newest_date = read_edition(folder)
    _refuse(version, newest, date, newest_date)
    old = since or released(newest, folder)
    if old is None:
        raise AccordsError(
            f"Edition {newest} is not found in git, so that what changed since cannot be said. "
            "Give its folder, workbook or git revision with --since."
        )
    difference = Difference(old, load(folder, as_of=date))
    if not difference:
        raise AccordsError(f"Nothing differs from edition {newest}; there is nothing to release.")
    kept = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    papers = {file: file.read_bytes() for file in _papers(folder)}
    with revision(folder) as copy:
        _set_edition(copy, version, date, entry(difference))
        renew_codebook(copy)
        errors = [problem for problem in check(copy) if problem.severity == "error"]
        if errors:
            raise AccordsError(
                f"The data have {len(errors)} problems, so that they cannot be released. "
                "The first: "
                f"{errors[0].file}, row {errors[0].row}: {errors[0].message} "
                "Run 'accords check' to see all."
            )
    try:
        for file, text in _papers(folder).items():
            file.write_text(text, encoding="utf-8")
        build()
    except BaseException:
        with revision(folder) as copy:
            for name, content in kept.items():
                (copy / name).write_bytes(content)
        for file, content in papers.items():
            if file.read_bytes() != content:
                file.write_bytes(content)
        raise
    return difference


def entry(difference: Difference) -> str:
    """Write what changed as the change log has it (Markdown)."""
    lines = [_counted(difference), ""]
    for kind, head in zip(KINDS, ("Added", "Changed", "Removed"), strict=True):
        changes = difference.of(kind)
        if not changes:
            continue
        lines += [f"{head}:", ""]
        for change in changes:
            said = f"`{change.agreement_id}`: {change.title}"
            if kind == "changed":
                said = f"`{change.agreement_id}`: {'; '.join(_said(change))}"
            lines.append(f"- {said}")
        lines.append("")
    if difference.findings:
        lines += ["Findings that read differently:", ""]
        for finding in difference.findings:
            lines.append(f"- {finding.lead}: {_from_to(finding.before, finding.after)}")
        lines.append("")
    return "\n".join(lines).strip()


def told(difference: Difference) -> list[str]:
    """Say what differs, line by line, for a terminal."""
    lines = [f"From {_named(difference.old)} to {_named(difference.new)}: {_counted(difference)}"]
    marks = {"added": "+", "changed": "~", "removed": "-"}
    for change in difference.agreements:
        lines.append(f"{marks[change.kind]} {change.agreement_id}: {change.title}")
        if change.kind == "changed":
            lines += [f"    {words}" for words in _said(change)]
    if difference.others:
        lines += ["Beside the agreements:"]
        lines += [f"    {phrase}" for row in difference.others for phrase in _phrases(row)]
    lines.append(f"Findings that read differently: {len(difference.findings)}")
    for finding in difference.findings:
        lines += [f"  {finding.lead}", f"    was: {finding.before or '(none)'}"]
        lines += [f"    is:  {finding.after or '(none)'}"]
    return lines


def as_json(difference: Difference) -> dict[str, Any]:
    """Give the difference as plain data, for other programs."""

    def row(change: RowChange) -> dict[str, Any]:
        fields = {name: {"from": a, "to": b} for name, (a, b) in change.fields.items()}
        return {
            "table": change.table,
            "key": dict(change.key),
            "kind": change.kind,
            "fields": fields,
        }

    return {
        "from": _edition(difference.old),
        "to": _edition(difference.new),
        "agreements": [
            {
                "agreement_id": change.agreement_id,
                "title": change.title,
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


def chapter(difference: Difference) -> Text:
    """Write the chapter 'What changed since the last edition', without its heading."""
    since = f"edition {escape(difference.old.edition)} of {difference.old.as_of:%-d %B %Y}"
    if not difference:
        return Text(f"<p>Nothing changed since {since}.</p>")
    counts = []
    for kind, done in zip(KINDS, ("new", "changed", "left out"), strict=True):
        changes = difference.of(kind)
        here = [] if kind == "removed" else [change.agreement_id for change in changes]
        if changes:
            counts.append(f"{linked(len(changes), here)} {done}")
    said = f": {listed(counts)}" if counts else ": none new, changed or left out"
    parts = [f"<p>Agreements, against {since}{said}.</p>"]
    for kind, head in zip(KINDS, ("New", "Changed", "Left out"), strict=True):
        items = "".join(_item(change) for change in difference.of(kind))
        if items:
            parts.append(f"<h3>{head}</h3><ul>{items}</ul>")
    parts.append("<h3>Findings that read differently</h3>")
    if difference.findings:
        rows = "".join(_finding_row(finding) for finding in difference.findings)
        parts.append(
            "<p>In bold, the words that differ.</p><table><thead><tr>"
            '<th scope="col">Finding</th><th scope="col">Before</th><th scope="col">Now</th>'
            "</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
    else:
        parts.append("<p>No finding of the report does.</p>")
    return Text("".join(parts))


def _item(change: AgreementChange) -> str:
    title = escape(change.title)
    if change.kind != "removed":
        title = f'<a href="#{escape(change.agreement_id)}">{title}</a>'
    said = _said(change) if change.kind == "changed" else []
    details = "".join(f"<li>{escape(words)}</li>" for words in said)
    return f"<li>{title}{f'<ul>{details}</ul>' if details else ''}</li>"


def _finding_row(finding: FindingChange) -> str:
    """Set both sentences beside each other, with the words that differ in bold."""
    before, after = _marked(finding.before, finding.after)
    return f'<tr><th scope="row">{escape(finding.lead)}</th><td>{before}</td><td>{after}</td></tr>'


def _marked(before: str | None, after: str | None) -> tuple[str, str]:
    if before is None or after is None:
        return escape(before or "No such finding."), escape(after or "No such finding.")
    old, new = before.split(), after.split()
    sides: tuple[list[str], list[str]] = ([], [])
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for step, i, j, k, m in steps:
        for side, words in zip(sides, (old[i:j], new[k:m]), strict=True):
            text = escape(" ".join(words))
            if text:
                side.append(text if step == "equal" else f"<strong>{text}</strong>")
    return " ".join(sides[0]), " ".join(sides[1])


def as_notebook(difference: Difference) -> Any:
    """Give the chapter as an executed notebook, for the report to set beside the others."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    shown = new_output("display_data", {"text/html": chapter(difference).html})
    cells = [
        new_markdown_cell("# What changed since the last edition", id="title"),
        new_code_cell("", outputs=[shown], id="changes"),
    ]
    return new_notebook(cells=cells, metadata={"title": "what-changed"})


def _refuse(version: str, newest: str, date: pd.Timestamp, newest_date: pd.Timestamp) -> None:
    """Raise where a version or a date cannot follow the newest edition's."""
    new, old = _VERSION.fullmatch(version), _VERSION.fullmatch(newest)
    if new is None:
        raise AccordsError(f"'{version}' is no version. Use three numbers, such as 1.1.0.")
    if old is not None and tuple(map(int, new.groups())) <= tuple(map(int, old.groups())):
        raise AccordsError(
            f"Edition {newest} is the newest, and editions are never changed. "
            f"Use a version above {newest}."
        )
    if date < newest_date:
        raise AccordsError(
            f"{date:%Y-%m-%d} lies before edition {newest} ({newest_date:%Y-%m-%d}). "
            "Use a later --date."
        )


def _set_edition(folder: Path, version: str, date: pd.Timestamp, text: str) -> None:
    """Write an edition's heading and entry into the change log, and its version and date."""
    log = folder / "CHANGELOG.md"
    before = log.read_text(encoding="utf-8")
    at = before.index("\n## ") + 1
    heading = f"## {version} ({date:%Y-%m-%d})"
    log.write_text(f"{before[:at]}{heading}\n\n{text}\n\n{before[at:]}", encoding="utf-8")
    descriptor = folder / "datapackage.json"
    declared = descriptor.read_text(encoding="utf-8")
    for name, value in (("version", version), ("created", f"{date:%Y-%m-%d}T00:00:00Z")):
        # The first of each name is the package's own; the rest of the file keeps its form.
        declared = re.sub(rf'("{name}": )"[^"]*"', rf'\g<1>"{value}"', declared, count=1)
    descriptor.write_text(declared, encoding="utf-8")


def _papers(folder: Path) -> dict[Path, str]:
    """Give the papers beside the data as they should be: CITATION.cff and the README.

    What does not bear the dataset's title, or has no place for an edition, is someone else's and
    stays as it is.
    """
    dataset = load(folder)
    version, date, title = dataset.edition, dataset.as_of, dataset.descriptor.get("title", "")
    rules = {
        "CITATION.cff": (
            (r"(?m)^version: .*$", f"version: {version}"),
            (r"(?m)^date-released: .*$", f'date-released: "{date:%Y-%m-%d}"'),
        ),
        "README.md": (
            (r"(?s)(<!-- edition.*?-->\n).*?(?=<!-- /edition -->)", rf"\g<1>{_sizes(dataset)}\n"),
            (
                rf"\(\d{{4}}\)(\. \*{re.escape(title)}\*, edition )\d+\.\d+\.\d+",
                rf"({date:%Y})\g<1>{version}",
            ),
        ),
    }
    papers = {}
    for name, replacements in rules.items():
        file = folder.resolve().parent / name
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if title and title in text:
            for pattern, words in replacements:
                text = re.sub(pattern, words, text)
            papers[file] = text
    return papers


def _sizes(dataset: Dataset) -> str:
    """Name the edition and its size, as the README does."""
    n = {name: f"{len(table):,}" for name, table in dataset.tables.items()}
    return (
        f"Edition {dataset.edition} ({dataset.as_of:%Y-%m-%d}): **{n['agreements']} agreements**, "
        f"{n['events']} events, {n['domains']} codings of subject,\n"
        f"{n['sources']} sources and {n['citations']} citations; "
        f"{n['disputes']} statements in which sources disagree."
    )


def _headings(folder: Path) -> list[str]:
    text = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(r"^## (\S+) \(\d{4}-\d{2}-\d{2}\)$", text, flags=re.MULTILINE)


def _from_workbook(file: Path, folder: Path) -> Dataset:
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "data"
        shutil.copytree(folder, copy)
        descriptor = load(folder).descriptor
        reading = read_workbook(file, descriptor)
        if reading.errors():
            raise AccordsError("\n".join(str(remark) for remark in reading.errors()))
        for resource in descriptor["resources"]:
            table = reading.tables[resource["name"]]
            table.to_csv(copy / resource["path"], index=False, lineterminator="\n")
        return load(copy)


def _from_git(revision_name: str, folder: Path) -> Dataset:
    place = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    archive = None
    if place is not None:
        top, prefix = place.decode().split("\n")[:2]
        archive = _git(Path(top), "archive", "--format=zip", f"{revision_name}:{prefix}")
    if archive is None:
        raise AccordsError(
            f"{revision_name}: no such folder, workbook or git revision that holds the data. "
            "Name one of these, such as data, agreements.xlsx or HEAD~1."
        )
    with tempfile.TemporaryDirectory() as scratch:
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            files.extractall(scratch)
        return load(scratch)


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Run git in a folder; None where it fails, is missing, or says nothing."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout or None


def _findings(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """Give the lead and the plain sentence of each finding."""
    from accords.findings import findings

    found = findings(dataset, robust=False)
    return {finding.key: (finding.lead, plain(finding.sentence)) for finding in found}


def _overview(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Give title and computed facts of each agreement as text."""
    table = dataset.overview[["title", *COMPUTED]].astype("string").fillna("")
    columns = zip(*(table[column].tolist() for column in table), strict=True)
    return {
        str(name): dict(zip(table.columns, values, strict=True))
        for name, values in zip(table.index, columns, strict=True)
    }


def _computed(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    pairs = {name: (before[name], after[name]) for name in COMPUTED}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _edition(dataset: Dataset) -> dict[str, str]:
    return {"edition": dataset.edition, "date": f"{dataset.as_of:%Y-%m-%d}"}


def _named(dataset: Dataset) -> str:
    return f"{dataset.edition} ({dataset.as_of:%Y-%m-%d})"


def _counted(difference: Difference) -> str:
    counts = {kind: len(difference.of(kind)) for kind in KINDS}
    said = [f"{n} {kind}" for kind, n in counts.items() if n]
    if not said:
        return "No agreement differs." if difference else "Nothing differs."
    return f"Agreements: {listed(said)}."


def _said(change: AgreementChange) -> list[str]:
    computed = [f"{name} {_from_to(*pair)}" for name, pair in change.computed.items()]
    return [*computed, *(phrase for row in change.rows for phrase in _phrases(row))]


def _phrases(row: RowChange) -> Iterator[str]:
    """Say what happened to one row."""
    name = "" if row.table == "agreements" else f"{row.table} {row.name}"
    if row.kind != "changed":
        yield f"{name or row.name} {row.kind}"
        return
    for column, pair in row.fields.items():
        yield f"{name}: {column} {_from_to(*pair)}" if name else f"{column} {_from_to(*pair)}"


def _from_to(before: str | None, after: str | None) -> str:
    before, after = (shorten(text or "", 160, placeholder=" …") for text in (before, after))
    if not before:
        return f"now '{after}'"
    return f"from '{before}' to '{after}'" if after else f"no longer '{before}'"
