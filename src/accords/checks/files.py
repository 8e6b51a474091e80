"""Read one table from its bytes, and find what is wrong with the file as a file.

A sound file is read by pandas in one go. Where a row has other cells than the header, or a
quotation mark has no pair, it is read again row by row, to say where.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.problem import Problem, condensed, problem

_PROSE = bytes(set(range(256)) - set(b',"\n'))  # all bytes but those that part cells and rows

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read(folder: Path, resource: Mapping[str, Any]) -> tuple[pd.DataFrame, bool, list[Problem]]:
    """Read one table: its declared columns as text, by the row that an editor shows.

    Returned besides: whether every row could be read, and what is wrong with file and header.
    """
    name = resource["path"]
    declared = [field["name"] for field in resource["schema"]["fields"]]
    raw, found = _content(folder / name, name)
    changed = bool(found)
    first = raw.partition(b"\n")[0].decode(errors="ignore")
    likely = max(_SEPARATORS, key=first.count)
    if len(declared) > 1 and "," not in first and likely in first:
        words = {"separator": _SEPARATORS[likely]}  # All else would follow from that.
        found.append(problem("delimiter", name, 1, words=words))
        raw = b""
    if not raw:
        return pd.DataFrame(), False, found
    header: list[str] = []
    with suppress(csv.Error):  # What cannot be a header has none of the declared columns.
        header = next(csv.reader([first]), [])
    found += _header(name, header, declared)
    whole = True
    try:
        # pandas reads a file faster than bytes in memory.
        rows = _at_once(raw, header, io.BytesIO(raw) if changed else folder / name)
    except ValueError:
        found += _spoilt(name, raw)
        rows, uneven, whole = _row_by_row(name, raw.decode(errors="ignore"), header)
        found += condensed(uneven)
    if not header or rows.iloc[:, 0].hasnans:
        blank = rows.index[rows.isna().all(axis=1)]
        found += condensed([problem("blank-row", name, row) for row in blank])
        rows = rows.drop(index=blank)
    if header != declared:
        rows = rows[[column for column in declared if column in header]]
    return rows, whole, found


def undeclared(folder: Path, resources: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """Find CSV files that the descriptor does not declare."""
    known = {folder / resource["path"] for resource in resources}
    for file in sorted({*folder.glob("*.csv"), *folder.glob("codes/*.csv")} - known):
        yield problem("undeclared-file", file.relative_to(folder).as_posix())


def _content(file: Path, name: str) -> tuple[bytes, list[Problem]]:
    """Return a file as UTF-8 with LF line ends, whatever it was, and what is odd about it."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return b"", [problem("missing-file", name)]
    except (OSError, ValueError) as error:
        way = ".folder" if file.is_dir() else ""
        return b"", [problem(f"not-a-file{way}", name, words={"error": error})]
    if not raw:
        return b"", [problem("empty-file", name)]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return b"", [problem("encoding.utf-16", name, 1)]
    found = []
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        found.append(problem("bom", name, 1))
    if b"\r" in raw:
        found.append(problem("line-ends", name, words={"number": raw.count(b"\r")}))
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw if raw.endswith(b"\n") else raw + b"\n", found


def _spoilt(name: str, raw: bytes) -> Iterator[Problem]:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        row = 1 + raw.count(b"\n", 0, error.start)
        place, byte = error.start - raw.rfind(b"\n", 0, error.start), raw[error.start]
        guess = bytes([byte]).decode("cp1252", errors="replace")
        words = {"place": place, "byte": byte}
        yield problem("encoding.byte", name, row, value=guess, words=words)


def _header(name: str, header: list[str], declared: list[str]) -> Iterator[Problem]:
    missing = [column for column in declared if column not in header]
    for column in missing:
        yield problem("missing-column", name, 1, column)
    absent = {column.casefold(): column for column in missing}
    for place, column in enumerate(header):
        again = column in header[:place]
        if again or column not in declared:
            meant = cells.nearest(column, absent)
            way = ".twice" if again else ".meant" if meant else ""
            words = {"name": column, "meant": meant}
            yield problem(f"extra-column{way}", name, 1, column or None, words=words)
    if not missing and len(header) == len(declared) and header != declared:
        yield problem("column-order", name, 1, words={"declared": ", ".join(declared)})


def _at_once(raw: bytes, header: list[str], source: Path | io.BytesIO) -> pd.DataFrame:
    """Read all rows; raise ValueError where they are not one a line and as wide as the header."""
    structure = raw.translate(None, _PROSE)
    parts = structure.split(b'"')
    bare = b"".join(parts[::2])  # What stands outside of quotation marks.
    lines, width = structure.count(b"\n"), len(header) - 1
    # pandas refuses rows that are longer than the first; where the sum is right, none is shorter.
    start = bare.find(b"\n") + 1
    first = bare.count(b",", start, bare.find(b"\n", start))
    even = first == width and bare.count(b",") == width * lines
    if len(parts) % 2 == 0 or bare.count(b"\n") != lines or not even:
        raise ValueError("not one row a line")
    rows = pd.read_csv(
        source,
        header=None,
        names=header,  # ValueError where one is there twice.
        skiprows=1,
        index_col=False,
        dtype="str",
        keep_default_na=False,
        na_values=[""],
        skip_blank_lines=False,
        low_memory=False,
    )
    rows.index += 2
    return rows


def _row_by_row(
    name: str, text: str, header: list[str]
) -> tuple[pd.DataFrame, list[Problem], bool]:
    """Read rows as wide as the header; return what was not, and whether all could be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: dict[int, list[str]] = {}
    found, width, number, whole = [], len(header), 1, True
    try:
        for row in reader:
            if len(row) != width and any(row):
                way = "long" if len(row) > width else "short"
                words = {"cells": len(row), "width": width}
                found.append(problem(f"row-width.{way}", name, number, words=words))
            rows[number] = (row + [""] * width)[:width]
            number = reader.line_num + 1
    except csv.Error as error:
        found.append(problem("quotes", name, number, words={"error": error}))
        whole = False
    rows.pop(1, None)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=header, dtype="str")
    return frame.loc[:, ~frame.columns.duplicated()].replace("", pd.NA), found, whole
