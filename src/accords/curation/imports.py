"""Take an edited workbook back into the dataset: read, checked whole, then put in place at once."""

from __future__ import annotations

import difflib
import os
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from accords.checks import Problem
from accords.checks.cells import EDTF, is_address, plain_address
from accords.curation.differences import RowChange
from accords.curation.revision import Rejected, Remark, examine, located, revise
from accords.curation.workbook import CODEBOOK, GUIDE, STATE, fingerprint
from accords.dataset import load
from accords.errors import AccordsError

_EDGES = " \t\r\n\u00a0\u2007\u202f\u200b\u200c\u200d\u200e\u200f\u061c\ufeff"
"""What is trimmed from the ends of a cell: spaces of all kinds and marks that nobody sees."""

_INVISIBLE = str.maketrans("", "", "\u200b\u200e\u200f\u061c\ufeff")
_SPACES = str.maketrans("", "", " \u00a0\u2007\u202f\u066c")
_DECIMAL = str.maketrans("\u066b", ".")


@dataclass
class Reading:
    """What a workbook holds.

    Attributes
    ----------
    tables
        The tables as text, columns as declared, rows in the sheet's order.
    places
        For each table, the sheet's row number of each row, and the letter of each column.
    remarks
        Errors and warnings.
    state
        Which state of the data the workbook was made from, where it says so.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    places: dict[str, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    state: str | None = None

    def errors(self) -> list[Remark]:
        """Give the remarks that keep the workbook out."""
        return [remark for remark in self.remarks if remark.severity == "error"]


class Import(NamedTuple):
    """What an import did.

    Attributes
    ----------
    changes
        The rows that it changed; none where nothing differed.
    remarks
        Everything to tell about cells; if one is an error, nothing was written.
    """

    changes: list[RowChange]
    remarks: list[Remark]

    @property
    def accepted(self) -> bool:
        """Whether the workbook passed all checks."""
        return all(remark.severity != "error" for remark in self.remarks)


def import_workbook(
    file: str | os.PathLike[str], folder: str | os.PathLike[str], *, discard_newer: bool = False
) -> Import:
    """Put the tables of a workbook in the place of the dataset's, if they pass every check.

    Parameters
    ----------
    file
        A workbook that :func:`accords.curation.workbook.write_workbook` made, edited since.
    folder
        The dataset's folder.
    discard_newer
        Go on although the dataset was changed after the workbook was made, which undoes those
        changes.

    Raises
    ------
    AccordsError
        When the file is no workbook, or the folder cannot be read or written.
    """
    dataset = load(folder)
    reading = read_workbook(file, dataset.descriptor)
    current = fingerprint(dataset.tables, dataset.descriptor)
    if reading.state is None:
        reading.remarks.append(
            Remark(
                Path(file).name,
                "does not say which data it was made from; compare what the import changed with "
                "what you meant to change.",
                "warning",
            )
        )
    elif reading.state != current and not discard_newer:
        reading.remarks.append(
            Remark(
                Path(file).name,
                "the dataset was changed after this workbook was made, and importing it would undo "
                "that. Export a new workbook and copy your rows into it, or import with "
                "--discard-newer to undo the newer changes.",
            )
        )
    changes: list[RowChange] = []
    if len(reading.tables) < len(dataset.descriptor["resources"]):
        return Import([], reading.remarks)
    if reading.errors():
        problems = examine(Path(folder), reading.tables)
    else:
        try:
            changes, problems = revise(Path(folder), reading.tables)
        except Rejected as rejected:
            problems = rejected.problems
    # A cell that could not be read was explained already.
    said = {remark.place for remark in reading.errors()}
    found = [_placed(problem, reading, dataset.descriptor) for problem in problems]
    found = [remark for remark in found if remark.place not in said]
    return Import(changes, [*reading.remarks, *found])


def read_workbook(file: str | os.PathLike[str], descriptor: Mapping[str, Any]) -> Reading:
    """Read every table of a workbook as text.

    Spaces around a text are trimmed, digits of other scripts in dates and numbers become 0-9, a
    cell that a spreadsheet turned into a date becomes the date that it shows; all of it with a
    warning. A formula is an error, for its value is not a fact that anybody typed.

    Raises
    ------
    AccordsError
        When the file is missing or no workbook.
    """
    book = _open(Path(file))
    reading = Reading(state=_state(book))
    sheets = {name.strip().casefold(): book[name] for name in book.sheetnames}
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    strange = [
        name
        for name in book.sheetnames
        if name.strip().casefold() not in {*resources, GUIDE, CODEBOOK}
    ]
    for name, resource in resources.items():
        if name in sheets:
            _read_sheet(sheets[name], resource, reading)
            continue
        renamed = _renamed(resource, [book[other] for other in strange])
        remedy = f"rename the sheet '{renamed}' to '{name}'" if renamed else "restore it"
        reading.remarks.append(
            Remark(name, f"no such sheet; {remedy}, or export a new workbook and start from that.")
        )
        if renamed:
            strange.remove(renamed)
    for name in strange:
        reading.remarks.append(
            Remark(name, "is no table of the dataset; the sheet was not read.", "warning")
        )
    return reading


def _open(file: Path) -> Any:
    import openpyxl

    if not file.is_file():
        raise AccordsError(f"{file}: no such file. Name the workbook to read.")
    try:
        with warnings.catch_warnings():
            # Whatever a spreadsheet adds that openpyxl does not know is not data.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise AccordsError(
            f"{file}: cannot be read as a workbook ({error}). "
            "Save it as an Excel workbook (.xlsx) without a password."
        ) from error


def _state(book: Any) -> str | None:
    properties = {p.name: p.value for p in book.custom_doc_props.props}
    return properties.get(STATE)


def _renamed(resource: Mapping[str, Any], others: list[Any]) -> str | None:
    """Find the sheet that has a missing table's columns, or nearly its name."""
    wanted = {f["name"] for f in resource["schema"]["fields"]}
    for sheet in others:
        head = {str(cell.value).strip() for cell in sheet[1] if cell.value is not None}
        if wanted <= head:
            return str(sheet.title)
    near = difflib.get_close_matches(resource["name"], [sheet.title for sheet in others], n=1)
    return near[0] if near else None


def _read_sheet(sheet: Any, resource: Mapping[str, Any], reading: Reading) -> None:
    from openpyxl.utils import get_column_letter

    name, title = resource["name"], sheet.title
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    head = [(cell.column, _plain(cell.value)) for cell in sheet[1] if _plain(cell.value)]
    columns: dict[str, int] = {}
    for at, word in head:
        place = f"{title}!{get_column_letter(at)}1"
        if word in columns:
            reading.remarks.append(Remark(place, f"a second column '{word}'. Delete one."))
        elif word in fields:
            columns[word] = at
        elif any(sheet.cell(row, at).value is not None for row in range(2, sheet.max_row + 1)):
            near = difflib.get_close_matches(word, fields.keys() - columns.keys(), n=1)
            hint = f" Is it '{near[0]}'?" if near else ""
            reading.remarks.append(
                Remark(
                    place,
                    f"'{word}' is no column of this table.{hint} Name it as the table "
                    "does, or delete it; remarks of your own belong in a sheet of their own.",
                )
            )
    missing = [word for word in fields if word not in columns]
    for word in missing:
        reading.remarks.append(
            Remark(title, f"no column '{word}'. Restore it, or export a new workbook.")
        )
    for block in sheet.merged_cells.ranges:
        reading.remarks.append(
            Remark(
                f"{title}!{block.coord}",
                "merged cells hold one value for several. Unmerge them and fill in each cell.",
            )
        )
    if missing:
        return
    hidden = [row for row, shape in sheet.row_dimensions.items() if shape.hidden and row > 1]
    rows: list[list[str]] = []
    numbers: list[int] = []
    for cells in sheet.iter_rows(min_row=2):
        texts = [_text(cells[at - 1], fields[word], reading, title) for word, at in columns.items()]
        if any(texts):
            rows.append(texts)
            numbers.append(cells[0].row)
    hidden = sorted(set(hidden) & set(numbers))
    if hidden:
        reading.remarks.append(
            Remark(
                title,
                f"{len(hidden)} hidden or filtered rows were read like the others "
                f"(the first is row {hidden[0]}).",
                "warning",
            )
        )
    table = pd.DataFrame(rows, columns=list(columns), dtype="str")
    reading.tables[name] = table[list(fields)]
    reading.places[name] = (numbers, {w: get_column_letter(at) for w, at in columns.items()})


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip(_EDGES)


def _text(cell: Any, column: Mapping[str, Any], reading: Reading, sheet: str) -> str:
    """Give a cell's content as the dataset's files write it; remark on what was done to it."""
    value = cell.value
    if value is None:
        return ""
    place = f"{sheet}!{cell.coordinate}"
    remark: Remark | None = None
    dated = column["type"] == "date" or column.get("rdfType") == EDTF
    if cell.data_type == "f":
        formula = getattr(value, "text", value)
        remark = Remark(place, f"holds a formula ({formula}). Type the value itself.")
        text = ""
    elif cell.data_type == "e":
        remark = Remark(place, f"holds the error {value}. Type the value itself.")
        text = ""
    elif isinstance(value, datetime | date | time | timedelta):
        text, remark = _from_date(value, cell.number_format, dated, place)
    elif isinstance(value, bool):
        return str(value).lower()
    elif isinstance(value, int | float):
        return _number(float(value))
    else:
        text, words = _from_text(str(value), column["type"], dated)
        plain = plain_address(text) if is_address(column) else text
        if plain != text:
            text, words = plain, f"{words}, cleared of what does not belong to it".strip(", ")
        remark = Remark(place, f"{words}; read as '{text}'.", "warning") if words else None
    if remark is not None:
        reading.remarks.append(remark)
    return text


def _from_date(
    value: datetime | date | time | timedelta, shown_as: str, dated: bool, place: str
) -> tuple[str, Remark | None]:
    """Write a typed date as EDTF, as precise as the cell shows it."""
    if not dated or not isinstance(value, date):
        return "", Remark(place, f"the spreadsheet made a date of it ({value}). Type it as text.")
    letters = shown_as.split(";")[0].casefold()
    form = "%Y-%m-%d" if "d" in letters else "%Y-%m" if "m" in letters else "%Y"
    text = value.strftime(form)
    return text, Remark(place, f"the spreadsheet made a date of it; read as '{text}'.", "warning")


def _from_text(value: str, kind: str, dated: bool) -> tuple[str, str]:
    """Mend a typed text; say what was mended, if anything."""
    done = []
    text = value.replace("_x000D_", "").replace("\r\n", "\n").strip(_EDGES)
    if text != value:
        done.append("spaces around it trimmed")
    if kind in ("integer", "number") or dated:
        digits = "".join(_digit(character) for character in text.translate(_INVISIBLE))
        if digits != text:
            done.append("digits written as 0-9")
        text = digits
    if kind in ("integer", "number"):
        number = text.translate(_SPACES).translate(_DECIMAL)
        if number != text:
            done.append("spaces between digits removed")
        text = _canonical(number)
    if kind == "boolean":
        text = text.lower()
    return text, ", ".join(done)


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _canonical(text: str) -> str:
    try:
        return _number(float(text))
    except (ValueError, OverflowError):
        return text


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() else repr(value)


def _placed(problem: Problem, reading: Reading, descriptor: Mapping[str, Any]) -> Remark:
    """Say of a problem in a file where it is in the workbook."""
    table, row = located(problem, reading.tables, descriptor)
    words = f"{problem.message} {problem.remedy}"
    for resource in descriptor["resources"]:
        words = words.replace(resource["path"], f"the sheet '{resource['name']}'")
    if table is None:
        return Remark(problem.file, words, problem.severity)
    numbers, letters = reading.places[table]
    letter = letters.get(problem.column or "", "A")
    place = f"{table}!{letter}{numbers[row]}" if row is not None else table
    return Remark(place, words, problem.severity)
