"""Read one table from its bytes, and find what is wrong with the file as a file.

A sound file is read by pandas in one go. Where a row has other cells than the header, or a
quotation mark has no pair, it is read again row by row, to say where.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.problem import Problem

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read(folder: Path, resource: Mapping[str, Any]) -> tuple[pd.DataFrame, bool, list[Problem]]:
    """Read one table and find the problems of its file and header.

    Parameters
    ----------
    folder
        The dataset's folder.
    resource
        The table's entry in the descriptor.

    Returns
    -------
    tuple
        The declared columns that the file has, as text, empty cells missing, indexed by the row
        that an editor shows; whether every row could be read, so that what is not there is truly
        missing; and what is wrong with the file.
    """
    name, file = resource["path"], folder / resource["path"]
    problem = partial(Problem, name)
    declared = [field["name"] for field in resource["schema"]["fields"]]
    try:
        raw = file.read_bytes()
        fault = problem("empty-file", f"{name} is empty.", "Restore it; keep at least its header.")
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            message = "The file is UTF-16 (Excel's 'Unicode text'), not UTF-8."
            raw, fault = b"", problem("encoding", message, "Save it as UTF-8.", 1)
    except FileNotFoundError:
        remedy = "Restore the file, or remove it from datapackage.json."
        raw, fault = b"", problem("missing-file", f"{name} is missing.", remedy)
    except IsADirectoryError:
        message = f"{name} is a folder, not a file."
        raw, fault = b"", problem("not-a-file", message, "Put the table there.")
    except (OSError, ValueError) as error:
        message, remedy = f"{name} cannot be read ({error}).", "Correct its name or permissions."
        raw, fault = b"", problem("not-a-file", message, remedy)
    if not raw:
        return pd.DataFrame(), False, [fault]
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
    blank = rows.index[rows.iloc[:, 0].isna()] if header else rows.index
    blank = blank[rows.loc[blank].isna().all(axis=1)] if len(blank) else blank
    found += [problem("blank-row", "The row is empty.", "Remove it.", int(row)) for row in blank]
    columns = [column for column in declared if column in header]
    rows = rows.drop(index=blank) if len(blank) else rows
    return rows if columns == header else rows[columns], not torn, found


def undeclared(folder: Path, resources: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """Find CSV files that the descriptor does not declare."""
    known = {folder / resource["path"] for resource in resources}
    for file in sorted({*folder.glob("*.csv"), *folder.glob("codes/*.csv")} - known):
        name, message = file.relative_to(folder).as_posix(), "datapackage.json does not declare it."
        remedy = "Remove it, or declare it."
        yield Problem(name, "undeclared-file", message, remedy, severity="warning")


def _cleaned(name: str, raw: bytes) -> tuple[bytes, list[Problem]]:
    """Return a file as UTF-8 with LF line ends, whatever it was, and what is odd about it."""
    found, problem = [], partial(Problem, name)
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        message = "The file starts with a byte order mark, which spoils the first column's name."
        remedy = (
            "Save it as UTF-8 without BOM (an editor can; Excel's 'CSV UTF-8' always adds one)."
        )
        found.append(problem("bom", message, remedy, 1))
    if returns := raw.count(b"\r"):
        message = f"{returns} lines end as on Windows or old Macs (CRLF or CR)."
        found.append(problem("line-ends", message, "Save the file with LF line ends."))
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        row = 1 + raw.count(b"\n", 0, error.start)
        place, byte = error.start - raw.rfind(b"\n", 0, error.start), raw[error.start]
        guess = bytes([byte]).decode("cp1252", errors="replace")
        message = f"Byte {place} of row {row} (0x{byte:02x}) is not UTF-8; Windows means '{guess}'."
        remedy = "Save the file as UTF-8 from the program that wrote it."
        found.append(problem("encoding", message, remedy, row, value=guess))
        raw = raw.decode(errors="ignore").encode()
    return raw if raw.endswith(b"\n") else raw + b"\n", found


def _separator(first: str, declared: list[str]) -> str:
    """Guess what separates the cells of a header: a comma, unless it has none."""
    likely = max(_SEPARATORS, key=first.count)
    return likely if len(declared) > 1 and "," not in first and likely in first else ","


def _split(first: str, separator: str) -> list[str]:
    with suppress(csv.Error):  # What cannot be a header has none of the declared columns.
        return next(csv.reader([first], delimiter=separator), [])
    return []


def _header(name: str, header: list[str], separator: str, declared: list[str]) -> list[Problem]:
    """Compare the columns with the declared ones."""
    found, problem = [], partial(Problem, name, row=1)
    if separator != ",":
        message = f"Cells are separated by {_SEPARATORS[separator]}."
        found.append(problem("delimiter", message, "Save the file with commas between cells."))
    missing = [column for column in declared if column not in header]
    for column in missing:
        remedy = "Restore it; where nothing is known its cells stay empty."
        message = f"There is no column '{column}'."
        found.append(problem("missing-column", message, remedy, column=column))
    absent = {column.casefold(): column for column in missing}
    for place, column in enumerate(header):
        again = column in header[:place]
        if column in declared and not again:
            continue
        meant = cells.nearest(column, absent)
        what = "is there twice" if again else "is not declared"
        remedy = f"Name it '{meant}'." if meant else "Remove it, or declare it."
        message = f"The column '{column}' {what}."
        found.append(problem("extra-column", message, remedy, column=column or None))
    if not missing and len(header) == len(declared) and header != declared:
        remedy = f"Put them in this order: {', '.join(declared)}."
        message = "The columns are not in the declared order."
        found.append(problem("column-order", message, remedy))
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
    width, number, torn = len(header), 1, False
    try:
        for row in reader:
            if len(row) != width and any(row):
                message = f"The row has {len(row)} cells, the header {width}."
                commas = "Add the missing commas, also for empty cells."
                marks = 'Put a cell with a comma in it into double quotes: "Baku, Azerbaijan".'
                remedy = marks if len(row) > width else commas
                found.append(Problem(name, "row-width", message, remedy, number))
            rows[number] = (row + [""] * width)[:width]
            number = reader.line_num + 1
    except csv.Error as error:
        message = f"From this row on the file cannot be split into cells ({error})."
        remedy = 'Look for a quotation mark without its pair; inside a cell write it twice: "".'
        found.append(Problem(name, "quotes", message, remedy, number))
        torn = True
    rows.pop(1, None)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=header, dtype="str")
    return frame.loc[:, ~frame.columns.duplicated()].replace("", pd.NA), torn
