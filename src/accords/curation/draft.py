"""What all ways of changing the data have in common: tables as text, and where each was written.

Workbooks, entries and corrections are read into a :class:`Draft`, which takes the dataset's place,
or is refused in the terms of whoever wrote it.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from accords.checks import Problem, check
from accords.checks.cells import EDTF, is_address, plain_address, plain_digits
from accords.curation import codebook
from accords.curation.advice import advise
from accords.curation.changes import RowChange, compare
from accords.curation.revision import revision
from accords.dataset import Dataset, load, read_descriptor, to_csv
from accords.errors import AccordsError

EDGES = " \t\r\n\u00a0\u2007\u202f\u200b\u200c\u200d\u200e\u200f\u061c\ufeff"
"""What is trimmed from the ends of a cell: spaces of all kinds and marks that nobody sees."""

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u061c\ufeff"))
_IN_NUMBERS = str.maketrans("\u066b", ".", " \u00a0\u2007\u202f\u066c")
_NUMBER = re.compile(r"(-?\d+)(?:\.(\d*?)0*)?")


class Remark(NamedTuple):
    """Something about a change that its author should know, and where its author finds it.

    An ``error`` keeps the change out; a ``warning`` does not.
    """

    place: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Refused(AccordsError):
    """What a curator wrote cannot be taken; ``remarks`` says why, in the terms of the file."""

    def __init__(self, remarks: list[Remark]) -> None:
        self.remarks = remarks
        super().__init__("\n".join(str(remark) for remark in remarks))


class Outcome(NamedTuple):
    """The rows that a change made different (none: no file was touched), and warnings beside."""

    changes: list[RowChange]
    remarks: list[Remark]


@dataclass
class Draft:
    """The tables as their author wants them: text, with the columns that are declared.

    ``rows``, ``cells`` and ``agreements`` say where the author wrote them: a row by its table and
    position, a cell by its column too. A draft that is ``whole`` is checked also where something is
    wrong with it.
    """

    tables: dict[str, pd.DataFrame]
    descriptor: Mapping[str, Any]
    rows: dict[tuple[str, int], str] = field(default_factory=dict)
    cells: dict[tuple[str, int, str], str] = field(default_factory=dict)
    agreements: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    whole: bool = False

    def object(self, place: str, message: str) -> None:
        """Keep the draft out, with the reason."""
        self.remarks.append(Remark(place, message))

    def note(self, place: str, message: str) -> None:
        """Tell the author of something that keeps nothing out."""
        self.remarks.append(Remark(place, message, "warning"))

    def clean(self, value: str, column: Mapping[str, Any], place: str) -> str:
        """Return a text as :func:`cleaned` writes it, and note what was done to it."""
        text, done = cleaned(value, column)
        if done:
            self.note(place, f"{done}; read as '{text}'.")
        return text

    def errors(self) -> list[Remark]:
        """Return the remarks that keep the draft out."""
        return [remark for remark in self.remarks if remark.severity == "error"]

    def remark(self, problem: Problem) -> Remark:
        """Return a problem of the changed tables in the terms of their author."""
        resources = {resource["path"]: resource for resource in self.descriptor["resources"]}
        name = resources.get(problem.file, {}).get("name", problem.file)
        column = f", {problem.column}" if problem.column else ""
        place, words = f"{name}{column}", f"{problem.message} {problem.remedy}"
        for path in sorted(resources, key=len, reverse=True):
            words = words.replace(path, f"the table '{resources[path]['name']}'")
        table = self.tables.get(name)
        if table is not None and problem.row is not None and problem.row > 1:
            # A text with line breaks takes several lines of the file.
            breaks = table.apply(lambda cells: cells.str.count("\n")).sum(axis=1)
            row = int(((breaks + 1).cumsum() + 1 < problem.row).sum())
            cells = table.iloc[row]
            agreement = self.agreements.get(str(cells.get("agreement_id")))
            key = ", ".join(cells[resources[problem.file]["schema"]["primaryKey"]])
            where = f"{agreement}, {name}" if agreement else f"{name}, {key}"
            place = f"{self.rows.get((name, row), where)}{column}"
            place = self.cells.get((name, row, problem.column or ""), place)
        return Remark(place, words, problem.severity)


def change(folder: Path, make: Callable[[Dataset], Draft]) -> Outcome:
    """Put what is made of a dataset in its place, if the whole then passes every check.

    Warnings are those that the checks did not give before, and advice about new rows.
    :class:`Refused` has all errors of the draft and the checks; then nothing was written. An
    :class:`AccordsError` says that the folder cannot be changed, or is being changed.
    """
    read_descriptor(folder)  # Where there is no dataset, nothing is made.
    with revision(folder) as copy:
        before = load(copy)
        draft = make(before)
        if (errors := draft.errors()) and not draft.whole:
            raise Refused(errors)
        resources = {resource["name"]: resource for resource in before.descriptor["resources"]}
        for name, table in draft.tables.items():
            table.to_csv(copy / resources[name]["path"], index=False, lineterminator="\n")
        problems = [_of_today(problem) for problem in check(copy)]
        said = {error.place for error in errors}  # A cell that could not be read was explained.
        wrong = [draft.remark(p) for p in problems if p.severity == "error"]
        if errors or wrong:
            raise Refused([*errors, *(remark for remark in wrong if remark.place not in said)])
        after = load(copy)
        changes = compare(before, after)
        changed = {change.table for change in changes}
        for name, resource in resources.items():
            # What did not change keeps its bytes; what did is written as all files are.
            file, written = resource["path"], to_csv(after.tables[name], resource)
            (copy / file).write_bytes(written if name in changed else (folder / file).read_bytes())
        if changes:
            codebook.renew(copy)
        known = {problem.message for problem in check(folder)} if problems else ()
        warnings = [p for p in problems if p.message not in known] + advise(after, changes)
        return Outcome(changes, [*draft.remarks, *map(draft.remark, warnings)])


def _of_today(problem: Problem) -> Problem:
    """Return a problem; what happened since the newest edition is none: it waits for the next."""
    if problem.rule == "after-edition" and str(problem.value)[:10] <= str(date.today()):
        return replace(problem, severity="warning", remedy="The next edition will hold it.")
    return problem


def cleaned(value: str, column: Mapping[str, Any]) -> tuple[str, str]:
    """Return a typed text as the dataset's files write it, and what was done to it, if anything.

    Spaces around it go, digits become 0-9, and an address is cleared of what only tracks.
    """
    kind, done = column["type"], []
    # Half a character cannot be written; the checks refuse the sign that stands for it.
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    whole = whole.replace("\r\n", "\n")
    text = whole.strip(EDGES)
    if text != whole:
        done.append("spaces around it trimmed")
    if kind in ("integer", "number"):
        number = plain_digits(text.translate(_INVISIBLE | _IN_NUMBERS))
        if number != text:
            done.append("digits written as 0-9 without spaces")
        parts = _NUMBER.fullmatch(number)
        text = ".".join(filter(None, parts.groups())) if parts else number
    elif is_dated(column):
        digits = plain_digits(text.translate(_INVISIBLE))
        if digits != text:
            done.append("digits written as 0-9")
        text = digits
    elif kind == "boolean":
        text = text.lower()
    elif is_address(column) and (address := plain_address(text)) != text:
        done.append("cleared of what does not belong to it")
        text = address
    return text, ", ".join(done)


def plain(value: object) -> str:
    """Return a cell or scalar as text: nothing where there is none, true or false in small."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def is_dated(column: Mapping[str, Any]) -> bool:
    """Return whether a column holds dates."""
    return column["type"] == "date" or column.get("rdfType") == EDTF


def near(word: str, words: Iterable[str]) -> str:
    """Return a question for the nearest of some words, to add to a sentence; else nothing."""
    found = difflib.get_close_matches(word, list(words), n=1)
    return f" Did you mean '{found[0]}'?" if found else ""
