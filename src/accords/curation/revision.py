"""Change the dataset's folder in one step: all of a change, or none of it."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from accords import exchange
from accords.checks import Problem, check
from accords.curation import codebook
from accords.curation.advice import advise
from accords.curation.differences import RowChange, compare
from accords.dataset import load, read_descriptor, to_csv
from accords.errors import AccordsError


class Remark(NamedTuple):
    """Something about a change that its author should know.

    Attributes
    ----------
    place
        Where its author finds it: ``agreements!F17``, ``entry 2, events 1``.
    message
        What is wrong or was fixed, and what to do.
    severity
        ``error`` keeps the change out; a ``warning`` does not.
    """

    place: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Rejected(AccordsError):
    """A change does not pass the checks.

    Attributes
    ----------
    problems
        Everything that the checks found, by file and row of the changed tables: row 2 is the first
        of the rows that were given.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        errors = sum(problem.severity == "error" for problem in problems)
        super().__init__(f"{errors} problems; nothing was written.")


class Refused(AccordsError):
    """What a curator wrote cannot be taken; ``remarks`` says why, in the terms of the file."""

    def __init__(self, remarks: list[Remark]) -> None:
        self.remarks = remarks
        super().__init__("\n".join(str(remark) for remark in remarks))


class Outcome(NamedTuple):
    """What a change did.

    Attributes
    ----------
    changes
        The rows that are different now; where nothing is, no file was touched.
    remarks
        What its author should know beside: warnings, each with its place.
    """

    changes: list[RowChange]
    remarks: list[Remark]


@dataclass
class Places:
    """Where the author of a change wrote what.

    Attributes
    ----------
    rows
        The place of a row, by its table and its position in the changed table.
    cells
        The place of a single cell, by table, position and column.
    agreements
        Where an agreement is spoken of, for faults in rows that the change left as they were.
    """

    rows: dict[tuple[str, int], str] = field(default_factory=dict)
    cells: dict[tuple[str, int, str], str] = field(default_factory=dict)
    agreements: dict[str, str] = field(default_factory=dict)

    def remark(
        self,
        problem: Problem,
        tables: Mapping[str, pd.DataFrame],
        descriptor: Mapping[str, Any],
    ) -> Remark:
        """Return a problem of the changed tables in the terms of their author."""
        table, row = located(problem, tables, descriptor)
        column = f", {problem.column}" if problem.column else ""
        place = f"{problem.file}{column}"
        if table is not None and row is not None:
            cell, whole = (table, row, problem.column or ""), (table, row)
            agreement = str(tables[table].iloc[row].get("agreement_id"))
            if cell in self.cells:
                place = self.cells[cell]
            elif whole in self.rows:
                place = f"{self.rows[whole]}{column}"
            elif agreement in self.agreements:
                place = f"{self.agreements[agreement]}, {table}{column}"
            else:
                primary = next(r for r in descriptor["resources"] if r["name"] == table)
                key = tables[table].iloc[row][primary["schema"]["primaryKey"]]
                place = f"{problem.file}, {', '.join(key)}{column}"
        return Remark(place, f"{problem.message} {problem.remedy}", problem.severity)


def apply(folder: Path, tables: Mapping[str, pd.DataFrame], places: Places) -> Outcome:
    """Put tables in the place of the dataset's as :func:`revise` does; tell it to their author.

    Raises
    ------
    Refused
        With all errors, where their author finds them. Nothing was written then.
    """
    descriptor = read_descriptor(folder)
    try:
        changes, warnings = revise(folder, tables)
    except Rejected as rejected:
        remarks = [places.remark(p, tables, descriptor) for p in rejected.problems]
        raise Refused([r for r in remarks if r.severity == "error"]) from rejected
    return Outcome(changes, [places.remark(p, tables, descriptor) for p in warnings])


def revise(
    folder: Path, tables: Mapping[str, pd.DataFrame]
) -> tuple[list[RowChange], list[Problem]]:
    """Put tables in the place of the dataset's, if the whole then passes every check.

    Parameters
    ----------
    folder
        The dataset's folder.
    tables
        The tables to replace, as text, with the columns that the descriptor declares.

    Returns
    -------
    tuple
        The rows that are different now (where nothing is, no file was touched), and what to look
        at twice: what the checks remark without objecting, and did not before, and advice about
        new rows.

    Raises
    ------
    Rejected
        With all problems, when there is an error among them. Nothing was written then.
    """
    before = load(folder)
    with revision(folder) as copy:
        _write(tables, copy, before.descriptor)
        problems = _checked(copy, before=folder)
        if any(problem.severity == "error" for problem in problems):
            raise Rejected(problems)
        after = load(copy)
        changes = compare(before, after)
        changed = {change.table for change in changes}
        for resource in before.descriptor["resources"]:
            # What did not change keeps its bytes; what did is written as all files are.
            name, path = resource["name"], resource["path"]
            content = to_csv(after.tables[name], resource) if name in changed else None
            (copy / path).write_bytes(content or (folder / path).read_bytes())
        if changes:
            renew_codebook(copy)
    return changes, [*problems, *advise(after, changes)]


def renew_codebook(folder: Path) -> None:
    """Write the codebook anew where the folder has one."""
    if (folder / codebook.FILE).is_file():
        codebook.write(folder)


def examine(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Return what the checks would find if these tables took the place of the dataset's."""
    with _copied(folder.resolve()) as copy:
        _write(tables, copy, read_descriptor(folder))
        return _checked(copy, before=folder)


def located(
    problem: Problem, tables: Mapping[str, pd.DataFrame], descriptor: Mapping[str, Any]
) -> tuple[str | None, int | None]:
    """Return the table and the position of the row that a problem is about, where it is one."""
    names = {resource["path"]: resource["name"] for resource in descriptor["resources"]}
    table = names.get(problem.file)
    if table is None or table not in tables:
        return None, None
    if problem.row is None or problem.row < 2 or tables[table].empty:
        return table, None
    # A text with line breaks takes several lines of the file.
    breaks = tables[table].apply(lambda column: column.str.count("\n")).sum(axis=1)
    lines = 2 + np.arange(len(breaks)) + breaks.cumsum().to_numpy() - breaks.to_numpy()
    return table, int(np.searchsorted(lines, problem.row, side="right")) - 1


def _checked(folder: Path, before: Path) -> list[Problem]:
    """Check a changed folder; leave out the warnings that it gave before the change.

    What happened since the newest edition is no error, for it waits for the next.
    """
    known = {problem.message for problem in check(before) if problem.severity == "warning"}
    problems = [
        replace(problem, severity="warning", remedy="The next edition will hold it.")
        if problem.rule == "after-edition" and str(problem.value)[:10] <= str(date.today())
        else problem
        for problem in check(folder)
    ]
    return [p for p in problems if p.severity == "error" or p.message not in known]


def _write(tables: Mapping[str, pd.DataFrame], folder: Path, descriptor: Mapping[str, Any]) -> None:
    for resource in descriptor["resources"]:
        if resource["name"] in tables:
            table = tables[resource["name"]]
            table.to_csv(folder / resource["path"], index=False, lineterminator="\n")


@contextmanager
def revision(folder: Path, beside: Mapping[Path, bytes] | None = None) -> Iterator[Path]:
    """Yield a copy of a folder to change; put it in the folder's place when the block ends well.

    Whoever opens the folder afterwards sees all of the change or none of it, also when the process
    is killed midway. When the block raises, the folder stays as it was.

    Parameters
    ----------
    folder
        The dataset's folder.
    beside
        Files elsewhere that change with it, and their new content; looked at when the block ends.

    Raises
    ------
    AccordsError
        When another change is under way, the folder was changed meanwhile, or it cannot be written.
    """
    folder = folder.resolve()
    with _copied(folder) as copy:
        before = _state(copy)  # A copy has the times of its original.
        yield copy
        if _state(folder) != before:
            raise AccordsError(
                f"{folder}: was changed by someone else meanwhile; nothing was written. "
                "Run the command again."
            )
        changes = _differing(folder, copy)
        for number, (file, content) in enumerate((beside or {}).items()):
            new = changes[file] = copy.with_name(f"beside-{number}")
            new.write_bytes(content)
        if changes:
            exchange.replace(folder, changes)


@contextmanager
def _copied(folder: Path) -> Iterator[Path]:
    """Lock a folder, and yield a copy of it, inside it and without hidden files."""
    try:
        with exchange.locked(folder), exchange.staged(folder) as aside:
            copy = aside / folder.name
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*"))
            yield copy
    except (OSError, shutil.Error) as error:
        raise AccordsError(
            f"{folder}: cannot be changed ({_reason(error)}); it is as it was. Make room on the "
            "disk, see to it that you may write to this folder, and close its files elsewhere."
        ) from error


def _differing(folder: Path, copy: Path) -> dict[Path, Path | None]:
    """List each file of a folder that its copy has otherwise, and the copy's where it has one."""
    changes: dict[Path, Path | None] = {}
    ours, theirs = _files(folder), _files(copy)
    for name in sorted(ours | theirs):
        if name not in theirs:
            changes[folder / name] = None
        elif name not in ours or not filecmp.cmp(folder / name, copy / name, shallow=False):
            changes[folder / name] = copy / name
    return changes


def _files(folder: Path) -> set[Path]:
    """List the files of a folder, also behind links, that are not hidden."""
    found: set[Path] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found |= {Path(place, n).relative_to(folder) for n in names if not n.startswith(".")}
    return found


def _state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return size and time of each file: whether someone else wrote."""
    states = {name: (folder / name).stat() for name in _files(folder)}
    return {name: (state.st_size, state.st_mtime_ns) for name, state in states.items()}


def _reason(error: Exception) -> str:
    """Name what the system said; copying a folder collects several errors in one."""
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        return str(error.args[0][0][-1])
    return getattr(error, "strerror", None) or str(error)
