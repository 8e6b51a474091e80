"""Read one table from its bytes, and find what is wrong with the file and with its cells.

Rows pass in batches and only the columns that the rules between tables need are kept, as
categories, so that memory grows with the keys and not with the text.
"""

from __future__ import annotations

import csv
import itertools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from accords.checks import cells
from accords.checks.problem import Problem

BATCH = 20_000
"""Rows that are held as text at a time."""

KEPT = {
    "agreements": ("title", "scope", "instrument", "value_amount", "value_currency"),
    "parties": ("role",),
    "events": ("event", "party_id", "date", "place"),
    "domains": ("basis",),
    "sources": ("kind", "published"),
    "citations": ("voice",),
    "disputes": ("adopted",),
    "distinct": (),
    "claims": (),
    "coverage": (),
    "completeness": (),
    "readings": (),
}
"""Columns that the rules between tables need beyond the keys."""

FLAGS = {"citations": ("evidence",), "disputes": ("reason",)}
"""Columns of which they need only whether a cell is filled."""

TOGETHER = {
    "agreements": (
        ("title_original", "language_original"),
        ("value_amount", "value_currency"),
        ("value_amount", "value_kind"),
    )
}
"""Columns that are filled both or neither."""


class Table(NamedTuple):
    """What is kept of a table: columns as categories, indexed by the row an editor shows."""

    rows: pd.DataFrame
    whole: bool
    """Whether all rows could be read, so that what is not there is truly missing."""


def read(folder: Path, resource: Mapping[str, Any]) -> tuple[Table, list[Problem]]:
    """Read one table and find the problems of its file, header and cells.

    Parameters
    ----------
    folder
        The dataset's folder.
    resource
        The table's entry in the descriptor.

    Returns
    -------
    tuple of Table and list of Problem
        What later rules need of the table, and what is wrong in it.
    """
    name, file = resource["path"], folder / resource["path"]
    nothing = Table(pd.DataFrame(), whole=False)
    if file.is_dir():
        message, remedy = "is a folder, not a file.", "Put the table there."
        return nothing, [Problem(name, "not-a-file", f"{name} {message}", remedy)]
    if not file.exists():
        remedy = "Restore the file, or take it out of datapackage.json."
        return nothing, [Problem(name, "missing-file", f"{name} is missing.", remedy)]
    try:
        with file.open("rb") as stream:
            return _read(name, stream, resource["schema"], resource["name"])
    except OSError as error:
        message = f"{name} cannot be read ({error.strerror})."
        return nothing, [Problem(name, "not-a-file", message, "Mend the file's permissions.")]


def undeclared(folder: Path, resources: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """Find CSV files that the descriptor does not declare."""
    known = {folder / resource["path"] for resource in resources}
    for file in sorted({*folder.glob("*.csv"), *folder.glob("codes/*.csv")} - known):
        yield Problem(
            file.relative_to(folder).as_posix(),
            "undeclared-file",
            "datapackage.json does not declare this file: nothing reads it.",
            "Take it away, or declare it.",
            severity="warning",
        )


def read_until(folder: Path, descriptor: Mapping[str, Any]) -> Iterator[Problem]:
    """Find that the newest edition and the descriptor name other days until which was read."""
    log = (folder / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    headings = [at for at, line in enumerate(log) if line.startswith("## ")]
    start, end = [*headings, len(log)][:2]
    declared = descriptor.get("readUntil")
    for number, line in enumerate(log[start:end], start=start + 1):
        stated = re.fullmatch(r"Sources read until (\S+)\.", line)
        if stated and stated[1] != declared:
            yield Problem(
                "CHANGELOG.md",
                "read-until",
                f"The newest edition says that sources were read until {stated[1]}, and "
                f"datapackage.json says {declared or 'nothing of it'} (readUntil).",
                "Write the same day in both.",
                row=number,
                value=stated[1],
            )


def _read(
    name: str, stream: Iterable[bytes], schema: Mapping[str, Any], table: str
) -> tuple[Table, list[Problem]]:
    text = _Lines(name, stream)
    first = next(text, None)
    if first is None:
        found = text.problems() or [
            Problem(
                name, "empty-file", f"{name} is empty.", "Restore it; keep at least its header."
            )
        ]
        return Table(pd.DataFrame(), whole=False), found
    fields = {field["name"]: field for field in schema["fields"]}
    header, separator, found = _header(name, first, list(fields))
    columns = [column for column in fields if column in header]
    places = [header.index(column) for column in columns]
    keys = {key for foreign in schema.get("foreignKeys", ()) for key in foreign["fields"]}
    judges = {column: cells.judge(fields[column]) for column in columns if column not in keys}
    required = {c for c in columns if fields[c].get("constraints", {}).get("required")}
    kept = [column for column in columns if column in _kept(table, schema)]
    flags = [column for column in FLAGS.get(table, ()) if column in columns]
    reader = csv.reader(itertools.chain([first], text), delimiter=separator, strict=True)
    with suppress(csv.Error):  # What is wrong with the header is found by its columns.
        next(reader, None)
    parts: list[pd.DataFrame] = []
    rows = _rows(name, reader, len(header), found)
    while batch := list(itertools.islice(rows, BATCH)):
        numbers = [number for number, _ in batch]
        values = list(zip(*(row for _, row in batch), strict=True))
        by_name = {column: values[place] for column, place in zip(columns, places, strict=True)}
        for column in columns:
            found += _judged(
                name, column, by_name[column], numbers, judges.get(column), column in required
            )
        found += _together(name, by_name, numbers, TOGETHER.get(table, ()))
        parts.append(_part(by_name, numbers, kept, flags))
    whole = not any(problem.rule == "quotes" for problem in found)
    return Table(_joined(parts, kept, flags), whole), [*text.problems(), *found]


class _Lines:
    """The lines of a file as text, whatever its encoding and line ends, noting what is odd."""

    def __init__(self, name: str, stream: Iterable[bytes]) -> None:
        self.name = name
        self.found: list[Problem] = []
        self.undecodable: list[tuple[int, int, bytes]] = []
        self.returns = 0
        self._lines = self._decoded(stream)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def __next__(self) -> str:
        return next(self._lines)

    def _decoded(self, stream: Iterable[bytes]) -> Iterator[str]:
        for number, raw in enumerate(stream, start=1):
            if number == 1:
                if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                    self.found.append(
                        Problem(
                            self.name,
                            "encoding",
                            "The file is UTF-16 (Excel's 'Unicode text'), not UTF-8.",
                            "Save it as UTF-8.",
                            row=1,
                        )
                    )
                    return
                if raw.startswith(b"\xef\xbb\xbf"):
                    raw = raw[3:]
                    self.found.append(
                        Problem(
                            self.name,
                            "bom",
                            "The file starts with a byte order mark, which other programs read "
                            "as a part of the first column's name.",
                            "Save it as UTF-8 without BOM (Excel: 'CSV UTF-8' always adds one; "
                            "an editor takes it away).",
                            row=1,
                        )
                    )
            try:
                line = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                self.undecodable.append((number, error.start + 1, raw[error.start : error.end]))
                line = raw.decode("cp1252", errors="replace")
            if "\r" in line:
                self.returns += 1
                line = line.replace("\r\n", "\n").replace("\r", "\n")
                yield from line.splitlines(keepends=True) if line.count("\n") > 1 else [line]
            else:
                yield line

    def problems(self) -> list[Problem]:
        """Give what was noted, once for the file."""
        found = list(self.found)
        if self.undecodable:
            number, place, byte = self.undecodable[0]
            guess = byte[:1].decode("cp1252", errors="replace")
            more = len(self.undecodable) - 1
            others = f" {more} more rows are so." if more else ""
            found.append(
                Problem(
                    self.name,
                    "encoding",
                    f"Byte {place} of row {number} (0x{byte[0]:02x}) is not UTF-8; "
                    f"in Windows-1252 it is '{guess}'.{others}",
                    "Save the file as UTF-8 from the program that wrote it.",
                    row=number,
                    value=guess,
                )
            )
        if self.returns:
            found.append(
                Problem(
                    self.name,
                    "line-ends",
                    f"{self.returns} lines end as on Windows or old Macs (CRLF or CR).",
                    "Save the file with LF line ends.",
                )
            )
        return found


def _header(name: str, first: str, declared: list[str]) -> tuple[list[str], str, list[Problem]]:
    """Read the header, guess the separator, and compare the columns with the declared ones."""
    found = []
    separator = ","
    if "," not in first and len(declared) > 1:
        separator = max(";\t|", key=first.count)
        if separator in first:
            spoken = {";": "semicolons", "\t": "tabs", "|": "bars"}[separator]
            found.append(
                Problem(
                    name,
                    "delimiter",
                    f"Cells are separated by {spoken}.",
                    "Save the file with commas between cells.",
                    row=1,
                )
            )
        else:
            separator = ","
    header = next(csv.reader([first.rstrip("\n")], delimiter=separator), [])
    missing = [column for column in declared if column not in header]
    for column in missing:
        found.append(
            Problem(
                name,
                "missing-column",
                f"There is no column '{column}'.",
                "Restore it; where nothing is known its cells stay empty.",
                row=1,
                column=column,
            )
        )
    absent = {column.casefold(): column for column in missing}
    for place, column in enumerate(header):
        again = column in header[:place]
        if column in declared and not again:
            continue
        meant = cells.nearest(column, absent)
        what = "stands there twice" if again else "is not declared"
        found.append(
            Problem(
                name,
                "extra-column",
                f"The column '{column}' {what}.",
                f"Name it '{meant}'." if meant else "Take it away, or declare it.",
                row=1,
                column=column or None,
            )
        )
    both = [column for column in header if column in declared]
    if not found and both != declared:
        found.append(
            Problem(
                name,
                "column-order",
                "The columns do not stand in the declared order.",
                f"Put them in this order: {', '.join(declared)}.",
                row=1,
            )
        )
    return header, separator, found


def _rows(
    name: str, reader: Any, width: int, found: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    """Give each row with its number, as wide as the header; note those that were not."""
    number = reader.line_num + 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            found.append(_unpaired(name, number, error))
            return
        if row is None:
            return
        if not any(row):
            found.append(
                Problem(name, "blank-row", "The row is empty.", "Take it away.", row=number)
            )
        else:
            if len(row) != width:
                found.append(_uneven(name, number, len(row), width))
                row = (row + [""] * width)[:width]
            yield number, row
        number = reader.line_num + 1


def _uneven(name: str, number: int, cells_: int, width: int) -> Problem:
    return Problem(
        name,
        "row-width",
        f"The row has {cells_} cells, the header {width}.",
        'Put a cell with a comma in it into double quotes: "Baku, Azerbaijan".'
        if cells_ > width
        else "Add the missing commas, also for empty cells.",
        row=number,
    )


def _unpaired(name: str, number: int, error: csv.Error) -> Problem:
    return Problem(
        name,
        "quotes",
        f"From this row on the file cannot be split into cells ({error}).",
        "Look for a quotation mark without its pair; inside a quoted cell a mark is written "
        'twice: "".',
        row=number,
    )


def _judged(
    name: str,
    column: str,
    values: tuple[str, ...],
    numbers: list[int],
    judge: cells.Judge | None,
    required: bool,
) -> Iterator[Problem]:
    """Judge each distinct value of a column once, and report the rows that hold a bad one."""
    distinct = set(values)
    bad: dict[str, list[cells.Fault]] = {}
    if "" in distinct:
        distinct.discard("")
        if required:
            bad[""] = [cells.Fault("required", f"'{column}' is empty.", "Fill it in.")]
    if judge is not None:
        for value in distinct:
            if faults := list(judge(value)):
                bad[value] = faults
    if not bad:
        return
    for number, value in zip(numbers, values, strict=True):
        for fault in bad.get(value, ()):
            yield Problem(name, *fault, row=number, column=column, value=value)


def _together(
    name: str,
    values: Mapping[str, tuple[str, ...]],
    numbers: list[int],
    pairs: Iterable[tuple[str, str]],
) -> Iterator[Problem]:
    for one, other in pairs:
        if one not in values or other not in values:
            continue
        for number, first, second in zip(numbers, values[one], values[other], strict=True):
            if bool(first) != bool(second):
                given, lacking = (one, other) if first else (other, one)
                yield Problem(
                    name,
                    "together",
                    f"'{given}' is given without '{lacking}'.",
                    f"Give '{lacking}' too, or neither.",
                    row=number,
                    column=lacking,
                )


def _kept(table: str, schema: Mapping[str, Any]) -> set[str]:
    """Name the columns that later rules need: keys, what is unique, and those of ``KEPT``.

    Code lists are kept whole: they are small, and their labels help to guess what was meant.
    """
    if table not in KEPT:
        return {field["name"] for field in schema["fields"]}
    unique = {f["name"] for f in schema["fields"] if f.get("constraints", {}).get("unique")}
    foreign = {key for entry in schema.get("foreignKeys", ()) for key in entry["fields"]}
    return {*schema["primaryKey"], *KEPT[table], *unique, *foreign}


def _part(
    values: Mapping[str, tuple[str, ...]], numbers: list[int], kept: list[str], flags: list[str]
) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for column in kept:
        # Interned, so that tables share the text of their common keys.
        shared = [sys.intern(value) if value else None for value in values[column]]
        columns[column] = pd.Categorical(pd.Series(shared, dtype="str"))
    for column in flags:
        columns[column] = np.array([bool(value) for value in values[column]])
    return pd.DataFrame(columns, index=pd.Index(numbers, dtype="int32"))


def _joined(parts: list[pd.DataFrame], kept: list[str], flags: list[str]) -> pd.DataFrame:
    if not parts:
        empty = {column: pd.Categorical(pd.Series([], dtype="str")) for column in kept}
        return pd.DataFrame(empty | {column: np.array([], dtype=bool) for column in flags})
    columns: dict[str, Any] = {
        column: union_categoricals([part[column] for part in parts]) for column in kept
    }
    columns |= {column: np.concatenate([part[column] for part in parts]) for column in flags}
    index = np.concatenate([part.index for part in parts])
    return pd.DataFrame(columns, index=pd.Index(index, dtype="int32"))
