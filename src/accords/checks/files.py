"""Read one table from its bytes, and find what is wrong with the file as a file.

A sound file is read by pandas in one go. Where a row has other cells than the header, or a
quotation mark has no pair, it is read again row by row, to say where.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from accords.checks import cells
from accords.checks.problem import Problem

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class Read(NamedTuple):
    """A table as text, empty cells missing, indexed by the row that an editor shows.

    Columns are the declared ones that the file has. It is ``whole`` where it has all of them and
    every row could be read, so that what is not there is truly missing.
    """

    rows: pd.DataFrame
    whole: bool


def read(folder: Path, resource: Mapping[str, Any]) -> tuple[Read, list[Problem]]:
    """Read one table and find the problems of its file and header.

    Parameters
    ----------
    folder
        The dataset's folder.
    resource
        The table's entry in the descriptor.
    """
    name, file = resource["path"], folder / resource["path"]
    declared = [field["name"] for field in resource["schema"]["fields"]]
    fault = None
    raw = b""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        message, remedy = "is missing.", "Restore the file, or remove it from datapackage.json."
        fault = Problem(name, "missing-file", f"{name} {message}", remedy)
    except IsADirectoryError:
        message, remedy = "is a folder, not a file.", "Put the table there."
        fault = Problem(name, "not-a-file", f"{name} {message}", remedy)
    except (OSError, ValueError) as error:
        message, remedy = f"cannot be read ({error}).", "Correct its name or its permissions."
        fault = Problem(name, "not-a-file", f"{name} {message}", remedy)
    if not raw and fault is None:
        remedy = "Restore it; keep at least its header."
        fault = Problem(name, "empty-file", f"{name} is empty.", remedy)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "The file is UTF-16 (Excel's 'Unicode text'), not UTF-8."
        fault = Problem(name, "encoding", message, "Save it as UTF-8.", row=1)
    if fault is not None:
        return Read(pd.DataFrame(), whole=False), [fault]
    raw, found = _cleaned(name, raw)
    first = raw.partition(b"\n")[0].decode()
    separator = _separator(first, declared)
    header = _split(first, separator)
    found += _header(name, header, separator, declared)
    torn = False
    try:
        rows = _at_once(raw, separator, header)
    except ValueError:
        rows, torn = _row_by_row(name, raw.decode(), separator, header, found)
    headless = rows[rows.iloc[:, 0].isna()] if header else rows
    if len(blank := headless.index[headless.isna().all(axis=1)]):
        rows = rows.drop(index=blank)
        message, remedy = "The row is empty.", "Remove it."
        found += [Problem(name, "blank-row", message, remedy, row=int(row)) for row in blank]
    columns = [column for column in declared if column in header]
    return Read(rows if columns == header else rows[columns], whole=not torn), found


def undeclared(folder: Path, resources: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """Find CSV files that the descriptor does not declare."""
    known = {folder / resource["path"] for resource in resources}
    for file in sorted({*folder.glob("*.csv"), *folder.glob("codes/*.csv")} - known):
        yield Problem(
            file.relative_to(folder).as_posix(),
            "undeclared-file",
            "datapackage.json does not declare this file: nothing reads it.",
            "Remove it, or declare it.",
            severity="warning",
        )


def _cleaned(name: str, raw: bytes) -> tuple[bytes, list[Problem]]:
    """Return a file as UTF-8 with LF line ends, whatever it was, and what is odd about it."""
    found = []
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        message = "The file starts with a byte order mark, which other programs read as a part "
        remedy = "Save it as UTF-8 without BOM (Excel: 'CSV UTF-8' always adds one; an editor "
        message, remedy = f"{message}of the first column's name.", f"{remedy}removes it)."
        found.append(Problem(name, "bom", message, remedy, row=1))
    if returns := raw.count(b"\r"):
        message = f"{returns} lines end as on Windows or old Macs (CRLF or CR)."
        found.append(Problem(name, "line-ends", message, "Save the file with LF line ends."))
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        row = 1 + raw.count(b"\n", 0, error.start)
        place = error.start - raw.rfind(b"\n", 0, error.start)
        guess = raw[error.start : error.start + 1].decode("cp1252", errors="replace")
        message = (
            f"Byte {place} of row {row} (0x{raw[error.start]:02x}) is not UTF-8; "
            f"in Windows-1252 it is '{guess}'."
        )
        remedy = "Save the file as UTF-8 from the program that wrote it."
        found.append(Problem(name, "encoding", message, remedy, row=row, value=guess))
        raw = raw.decode(errors="ignore").encode()
    return raw if raw.endswith(b"\n") else raw + b"\n", found


def _separator(first: str, declared: list[str]) -> str:
    """Return what separates the cells of a header: a comma, unless it has none."""
    likely = max(_SEPARATORS, key=first.count)
    return likely if len(declared) > 1 and "," not in first and likely in first else ","


def _split(first: str, separator: str) -> list[str]:
    with suppress(csv.Error):  # What cannot be a header has none of the declared columns.
        return next(csv.reader([first], delimiter=separator), [])
    return []


def _header(name: str, header: list[str], separator: str, declared: list[str]) -> list[Problem]:
    """Compare the columns with the declared ones."""
    found = []

    def add(rule: str, message: str, remedy: str, column: str | None = None) -> None:
        found.append(Problem(name, rule, message, remedy, row=1, column=column))

    if separator != ",":
        message = f"Cells are separated by {_SEPARATORS[separator]}."
        add("delimiter", message, "Save the file with commas between cells.")
    missing = [column for column in declared if column not in header]
    for column in missing:
        remedy = "Restore it; where nothing is known its cells stay empty."
        add("missing-column", f"There is no column '{column}'.", remedy, column)
    absent = {column.casefold(): column for column in missing}
    for place, column in enumerate(header):
        again = column in header[:place]
        if column in declared and not again:
            continue
        meant = cells.nearest(column, absent)
        what = "is there twice" if again else "is not declared"
        remedy = f"Name it '{meant}'." if meant else "Remove it, or declare it."
        add("extra-column", f"The column '{column}' {what}.", remedy, column or None)
    if not missing and len(header) == len(declared) and header != declared:
        remedy = f"Put them in this order: {', '.join(declared)}."
        add("column-order", "The columns are not in the declared order.", remedy)
    return found


def _at_once(raw: bytes, separator: str, header: list[str]) -> pd.DataFrame:
    """Read all rows; raise ValueError where they are not one a line and as wide as the header."""
    parts = raw.split(b'"')
    bare = b"".join(parts[::2])  # What stands outside of quotation marks.
    widths = {line.count(separator.encode()) for line in bare.split(b"\n")[:-1]}
    if len(parts) % 2 == 0 or len(widths) > 1 or bare.count(b"\n") != raw.count(b"\n"):
        raise ValueError("not one row a line")
    rows = pd.read_csv(
        io.BytesIO(raw),
        sep=separator,
        header=None,
        names=header,  # ValueError where one is there twice.
        skiprows=1,
        index_col=False,
        dtype="str",
        keep_default_na=False,
        na_values=[""],
        skip_blank_lines=False,
    )
    return rows.set_axis(range(2, len(rows) + 2), axis=0)


def _row_by_row(
    name: str, text: str, separator: str, header: list[str], found: list[Problem]
) -> tuple[pd.DataFrame, bool]:
    """Read rows as wide as the header and note those that were not; say whether reading broke."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: dict[int, list[str]] = {}
    width = len(header)
    number, torn = 1, False
    while not torn:
        try:
            row = next(reader, None)
        except csv.Error as error:
            message = f"From this row on the file cannot be split into cells ({error})."
            remedy = 'Look for a quotation mark without its pair; inside a cell write it twice: "".'
            found.append(Problem(name, "quotes", message, remedy, row=number))
            torn = True
            continue
        if row is None:
            break
        if len(row) != width and any(row):
            message = f"The row has {len(row)} cells, the header {width}."
            remedy = (
                'Put a cell with a comma in it into double quotes: "Baku, Azerbaijan".'
                if len(row) > width
                else "Add the missing commas, also for empty cells."
            )
            found.append(Problem(name, "row-width", message, remedy, row=number))
        rows[number] = (row + [""] * width)[:width]
        number = reader.line_num + 1
    rows.pop(1, None)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=header, dtype="str")
    return frame.loc[:, ~frame.columns.duplicated()].replace("", pd.NA), torn
