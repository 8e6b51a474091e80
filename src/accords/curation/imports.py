"""Take an edited workbook back into the dataset: read, checked whole, then put in place at once."""

from __future__ import annotations

import os
import re
import warnings
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pandas as pd

from accords.checks import Problem
from accords.curation.draft import EDGES, Draft, Outcome, Remark, change, is_dated, near, plain
from accords.curation.workbook import CODEBOOK, GUIDE, STATE, fingerprint
from accords.dataset import Dataset
from accords.errors import AccordsError

_BESIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""What a number format shows or sets beside the date itself: words, signs, colours, a locale."""


@dataclass
class Reading(Draft):
    """What a workbook holds, and of which ``state`` of the data it was made, if it says so.

    A place is a sheet where a file is meant, a cell where a row and column are.
    """

    state: str | None = None

    def remark(self, problem: Problem) -> Remark:
        """Return a problem of the changed tables in the terms of the workbook."""
        place, words, severity = super().remark(problem)
        for resource in self.descriptor["resources"]:
            place = place.replace(resource["path"], resource["name"])
            words = words.replace(resource["path"], f"the sheet '{resource['name']}'")
        return Remark(place, words, severity)


def import_workbook(
    file: str | os.PathLike[str], folder: str | os.PathLike[str], *, discard_newer: bool = False
) -> Outcome:
    """Put the tables of an edited workbook in the place of the dataset's, if they pass all checks.

    ``discard_newer`` goes on although the dataset was changed after the workbook was made, which
    undoes those changes.

    Raises :class:`Refused` with everything that is wrong, by sheet and cell; nothing was written.
    Raises :class:`AccordsError` when the file is not a workbook, or the folder cannot be read or
    written.
    """
    return change(Path(folder), lambda dataset: _edited(Path(file), dataset, discard_newer))


def _edited(file: Path, dataset: Dataset, discard_newer: bool) -> Reading:
    reading = read_workbook(file, dataset.descriptor)
    if reading.state is None:
        reading.note(
            file.name,
            "does not say which data it was made from; compare what the import changed with what "
            "you meant to change.",
        )
    elif reading.state != fingerprint(dataset.tables, dataset.descriptor) and not discard_newer:
        reading.object(
            file.name,
            "the dataset was changed after this workbook was made, and importing it would undo "
            "that. Export a new workbook and copy your rows into it, or import with "
            "--discard-newer to undo the newer changes.",
        )
    reading.whole = len(reading.tables) == len(dataset.descriptor["resources"])
    return reading


def read_workbook(file: str | os.PathLike[str], descriptor: Mapping[str, Any]) -> Reading:
    """Read every table of a workbook as text.

    Texts are cleaned (:func:`.draft.cleaned`), and a cell that a spreadsheet turned into a date
    becomes the date that it shows; all of it with a note. A formula is an error, for its value is
    not a fact that anybody typed.

    Raises :class:`AccordsError` when the file is missing or not a workbook.
    """
    path = Path(file)
    if not path.is_file():
        raise AccordsError(f"{path}: no such file. Name the workbook to read.")
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    try:
        with warnings.catch_warnings():
            # Whatever a spreadsheet adds that openpyxl does not know is not data.
            warnings.simplefilter("ignore")
            state, sheets = _contents(path, resources)
    except Exception as error:  # A damaged file lets its parsers raise anything.
        raise AccordsError(
            f"{path}: cannot be read as a workbook ({error}). Save it as an Excel workbook (.xlsx, "
            "not 'Strict Open XML') without a password."
        ) from error
    reading = Reading({}, descriptor, state=state)
    named = {_folded(sheet.title): sheet for sheet in sheets}
    for sheet in sheets:
        if _folded(sheet.title) in resources and named[_folded(sheet.title)] is not sheet:
            reading.object(sheet.title, "a second sheet of this name. Delete one.")
    strange = [sheet for name, sheet in named.items() if name not in {*resources, GUIDE, CODEBOOK}]
    for name, resource in resources.items():
        if name in named:
            _read_sheet(named[name], resource, reading)
        else:
            hint = near(name, [sheet.title for sheet in strange])
            remedy = "Restore it, or export a new workbook and start from that."
            reading.object(name, f"no such sheet.{hint} {remedy}")
    for sheet in strange:
        reading.note(sheet.title, "is not a table of the dataset; the sheet was not read.")
    return reading


class _Sheet(NamedTuple):
    """A sheet as it stands in the file: the words of its first row, and the other rows by number.

    ``merged`` are the ranges of merged cells, ``hidden`` the numbers of hidden rows.
    """

    title: str
    head: Sequence[str] = ()
    rows: Mapping[int, tuple[Any, ...]] = {}
    merged: Sequence[str] = ()
    hidden: Sequence[int] = ()


def _contents(path: Path, tables: Collection[str]) -> tuple[str | None, list[_Sheet]]:
    """Read the state and all sheets of a workbook; of those that are no tables the head alone.

    Cells are read one after another: laid out, a sheet in which one cell far away has a colour
    would take gigabytes.
    """
    import openpyxl

    with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        book = openpyxl.load_workbook(stream, read_only=True)
        if not book.worksheets:
            raise ValueError("no sheet is found in it")
        sheets = [_Sheet(sheet.title) for sheet in book.chartsheets]
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            head = [plain(value).strip(EDGES) for value in next(sheet.values, ())]
            while head and not head[-1]:
                head.pop()
            made = _Sheet(sheet.title, head)
            if head and _folded(sheet.title) in tables:
                cells = enumerate(sheet.iter_rows(min_row=2, max_col=len(head)), start=2)
                rows = {n: row for n, row in cells if any(c.value is not None for c in row)}
                made = _Sheet(sheet.title, head, rows, *_shape(archive, sheet._worksheet_path))
            sheets.append(made)
        return {p.name: p.value for p in book.custom_doc_props.props}.get(STATE), sheets


def _shape(archive: zipfile.ZipFile, part: str) -> tuple[list[str], list[int]]:
    """Return the merged ranges and the hidden rows of a sheet, which cells do not tell."""
    merged, hidden = [], []
    with archive.open(part) as xml:
        for _, element in ElementTree.iterparse(xml):
            tag = element.tag.rpartition("}")[2]
            if tag == "mergeCell":
                merged.append(element.get("ref", ""))
            elif tag == "row":
                if element.get("hidden") in ("1", "true"):
                    hidden.append(int(element.get("r", 0)))
                element.clear()
    return merged, hidden


def _read_sheet(sheet: _Sheet, resource: Mapping[str, Any], reading: Reading) -> None:
    from openpyxl.utils import get_column_letter

    name, title = resource["name"], sheet.title
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    columns: dict[str, int] = {}
    for at, word in ((at, word) for at, word in enumerate(sheet.head) if word):
        place = f"{title}!{get_column_letter(at + 1)}1"
        if word in columns:
            reading.object(place, f"a second column '{word}'. Delete one.")
        elif word in fields:
            columns[word] = at
        elif any(row[at].value is not None for row in sheet.rows.values()):
            reading.object(
                place,
                f"'{word}' is not a column of this table.{near(word, fields.keys() - columns)} "
                "Name it as the table does, or delete it; remarks of your own belong in a sheet of "
                "their own.",
            )
    for word in fields.keys() - columns:
        reading.object(title, f"no column '{word}'. Restore it, or export a new workbook.")
    for block in sheet.merged:
        words = "merged cells hold one value for several. Unmerge them and fill in each cell."
        reading.object(f"{title}!{block}", words)
    if len(columns) < len(fields):
        return
    rows: list[list[str]] = []
    letters = {word: get_column_letter(columns[word] + 1) for word in fields}
    for number, cells in sheet.rows.items():
        places = {word: f"{title}!{letter}{number}" for word, letter in letters.items()}
        row = [_text(cells[columns[w]], fields[w], reading, places[w]) for w in fields]
        if any(row):
            reading.rows[name, len(rows)] = f"{title}!A{number}"
            reading.cells |= {(name, len(rows), word): at for word, at in places.items()}
            rows.append(row)
    if hidden := sorted(set(sheet.hidden) & sheet.rows.keys()):
        words = f"{len(hidden)} hidden or filtered rows were read like the others "
        reading.note(title, f"{words}(the first is row {hidden[0]}).")
    reading.tables[name] = pd.DataFrame(rows, columns=list(fields), dtype="str")


def _text(cell: Any, column: Mapping[str, Any], reading: Reading, place: str) -> str:
    """Return a cell's content as the dataset's files write it; remark on what was done to it."""
    value = cell.value
    if cell.data_type in ("f", "e") and value is not None:
        what = "a formula" if cell.data_type == "f" else "the error"
        shown = getattr(value, "text", value)
        reading.object(place, f"holds {what} ({shown}). Type the value itself.")
        return ""
    if isinstance(value, datetime | date | time | timedelta):
        if not is_dated(column) or not isinstance(value, date):
            reading.object(place, f"the spreadsheet made a date of it ({value}). Type it as text.")
            return ""
        text = value.strftime(_precision(cell.number_format))
        reading.note(place, f"the spreadsheet made a date of it; read as '{text}'.")
        return text
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return reading.clean(plain(value).replace("_x000D_", ""), column, place)


def _precision(shown_as: str) -> str:
    """Return the form in which a date is as precise as a number format shows it."""
    letters = _BESIDE.sub("", shown_as).split(";")[0].casefold()
    return "%Y-%m-%d" if "d" in letters else "%Y-%m" if "m" in letters else "%Y"


def _folded(title: str) -> str:
    return title.strip().casefold()
