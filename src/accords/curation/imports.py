"""Take an edited workbook back into the dataset: read, checked whole, then put in place at once."""

import os
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from accords.curation.draft import EDGES, Draft, Outcome, change, is_dated, near, plain
from accords.curation.workbook import GUIDE, STATE, fingerprint
from accords.dataset import Dataset
from accords.errors import AccordsError

_BESIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""What a number format shows or sets beside the date itself: words, signs, colours, a locale."""


def import_workbook(
    file: str | os.PathLike[str], folder: str | os.PathLike[str], *, discard_newer: bool = False
) -> Outcome:
    """Put the tables of an edited workbook in the place of the dataset's, if they pass all checks.

    ``discard_newer`` undoes what was changed in the dataset after the workbook was made.
    :class:`Refused` says all that is wrong, by sheet and cell; then nothing was written.
    """
    return change(Path(folder), lambda dataset: read_workbook(file, dataset, discard_newer))


def read_workbook(
    file: str | os.PathLike[str], dataset: Dataset, discard_newer: bool = False
) -> Draft:
    """Read every table of a workbook as text.

    A cell that a spreadsheet turned into a date becomes the date that it shows; a formula is an
    error. An :class:`AccordsError` says that the file is missing or not a workbook.
    """
    import openpyxl

    path, draft = Path(file), Draft({}, dataset.descriptor)
    if not path.is_file():
        raise AccordsError(f"{path}: no such file. Name the workbook to read.")
    try:
        with (
            warnings.catch_warnings(),
            path.open("rb") as stream,
            zipfile.ZipFile(stream) as archive,
        ):
            # Whatever a spreadsheet adds that openpyxl does not know is not data.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True)
            if not book.worksheets:
                raise ValueError("no sheet is found in it")
            _read_sheets([*book.chartsheets, *book.worksheets], archive, draft)
            state = {prop.name: prop.value for prop in book.custom_doc_props.props}.get(STATE)
    except Exception as error:  # A damaged file lets its parsers raise anything.
        raise AccordsError(
            f"{path}: cannot be read as a workbook ({error}). Save it as an Excel workbook (.xlsx, "
            "not 'Strict Open XML') without a password."
        ) from error
    draft.whole = len(draft.tables) == len(dataset.descriptor["resources"])
    if state is None:
        draft.note(
            path.name,
            "does not say which data it was made from; compare what the import changed with what "
            "you meant to change.",
        )
    elif state != fingerprint(dataset) and not discard_newer:
        draft.object(
            path.name,
            "the dataset was changed after this workbook was made, and importing it would undo "
            "that. Export a new workbook and copy your rows into it, or import with "
            "--discard-newer to undo the newer changes.",
        )
    return draft


def _read_sheets(sheets: Sequence[Any], archive: zipfile.ZipFile, draft: Draft) -> None:
    resources = {resource["name"]: resource for resource in draft.descriptor["resources"]}
    named: dict[str, Any] = {}
    for sheet in sheets:
        name = sheet.title.strip().casefold()
        if name in named and name in resources:
            draft.object(sheet.title, "a second sheet of this name. Delete one.")
        named.setdefault(name, sheet)
    own = [sheet.title for name, sheet in named.items() if name not in {*resources, GUIDE}]
    for name, resource in resources.items():
        if name in named:
            _read_sheet(named[name], archive, resource, draft)
        else:
            remedy = "Restore it, or export a new workbook and start from that."
            draft.object(name, f"no such sheet.{near(name, own)} {remedy}")
    for title in own:
        draft.note(title, "is not a table of the dataset; the sheet was not read.")


def _read_sheet(
    sheet: Any, archive: zipfile.ZipFile, resource: Mapping[str, Any], draft: Draft
) -> None:
    from openpyxl.utils import get_column_letter

    # Cells are read one after another: laid out, a sheet in which one cell far away has a colour
    # would take gigabytes.
    name, title = resource["name"], sheet.title
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    sheet.reset_dimensions()
    head = [plain(value).strip(EDGES) for value in next(sheet.values, ())]
    width = max((at for at, word in enumerate(head, start=1) if word), default=1)
    sheet_rows = enumerate(sheet.iter_rows(min_row=2, max_col=width), start=2)
    filled = {n: row for n, row in sheet_rows if any(cell.value is not None for cell in row)}
    columns: dict[str, int] = {}
    for at, word in ((at, word) for at, word in enumerate(head) if word):
        place = f"{title}!{get_column_letter(at + 1)}1"
        if word in columns:
            draft.object(place, f"a second column '{word}'. Delete one.")
        elif word in fields:
            columns[word] = at
        elif any(row[at].value is not None for row in filled.values()):
            draft.object(
                place,
                f"'{word}' is not a column of this table.{near(word, fields.keys() - columns)} "
                "Name it as the table does, or delete it; remarks of your own belong in a sheet of "
                "their own.",
            )
    for word in fields.keys() - columns:
        draft.object(title, f"no column '{word}'. Restore it, or export a new workbook.")
    merged, hidden = _shape(archive, sheet._worksheet_path)
    for block in merged:
        words = "merged cells hold one value for several. Unmerge them and fill in each cell."
        draft.object(f"{title}!{block}", words)
    if len(columns) < len(fields):
        return
    rows: list[list[str]] = []
    letters = {word: get_column_letter(columns[word] + 1) for word in fields}
    for number, cells in filled.items():
        places = {word: f"{title}!{letter}{number}" for word, letter in letters.items()}
        row = [_text(cells[columns[w]], fields[w], draft, places[w]) for w in fields]
        if any(row):
            draft.rows[name, len(rows)] = f"{title}!A{number}"
            draft.cells |= {(name, len(rows), word): at for word, at in places.items()}
            rows.append(row)
    if hidden := sorted(filled.keys() & set(hidden)):
        words = f"{len(hidden)} hidden or filtered rows were read like the others "
        draft.note(title, f"{words}(the first is row {hidden[0]}).")
    draft.tables[name] = pd.DataFrame(rows, columns=list(fields), dtype="str")


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


def _text(cell: Any, column: Mapping[str, Any], draft: Draft, place: str) -> str:
    value = cell.value
    if cell.data_type in ("f", "e") and value is not None:
        what = "a formula" if cell.data_type == "f" else "the error"
        shown = getattr(value, "text", value)
        draft.object(place, f"holds {what} ({shown}). Type the value itself.")
        return ""
    if isinstance(value, datetime | date | time | timedelta):
        if not is_dated(column) or not isinstance(value, date):
            draft.object(place, f"the spreadsheet made a date of it ({value}). Type it as text.")
            return ""
        # As precise as it is shown.
        letters = _BESIDE.sub("", cell.number_format).split(";")[0].casefold()
        text = value.strftime("%Y-%m-%d" if "d" in letters else "%Y-%m" if "m" in letters else "%Y")
        draft.note(place, f"the spreadsheet made a date of it; read as '{text}'.")
        return text
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return draft.clean(plain(value).replace("_x000D_", ""), column, place)
