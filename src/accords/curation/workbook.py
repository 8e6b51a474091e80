"""The dataset as one Excel workbook, to edit and to hand on: a sheet for each table."""

import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from accords.curation.changes import texts
from accords.curation.fields import Field, columns
from accords.dataset import Dataset, to_csv
from accords.dataset.export import written
from accords.errors import AccordsError

GUIDE = "read me"
STATE = "accords-data"  # the document property that says from which data a workbook was made
CELL_LIMIT = 32_767  # characters that a cell of Excel can hold
NEW_ROWS = 1_000  # empty rows below each table that offer the drop-downs too

_NOTE_LIMIT = 4_000

_ABOUT = {
    "Editing": "One row is one fact. Add rows below the last one of a sheet. Dates are typed as "
    "2024-10-30, 2024-10 or 2024, with a question mark where they were inferred. Point at a header "
    "to read what the column means; dark headers must be filled.",
    "Protection": "Headers, and identifiers that other sheets refer to (grey), are protected "
    "without a password. To delete a row that has one, lift the protection of the sheet (Review, "
    "Unprotect Sheet).",
    "Taking it back": "accords import-workbook FILE.xlsx checks all of it, then updates.",
}

_ALLOWED = "format_cells format_columns format_rows insert_rows delete_rows sort autofilter"
"""What the protection of a sheet leaves free."""


def write_workbook(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write all tables of a dataset, or of a selection, as one Excel workbook.

    Every text is a text cell, dates too; nothing runs as a formula. The same tables give the same
    bytes. An :class:`AccordsError` says that a cell is too long or the file cannot be written.
    """
    import xlsxwriter

    if Path(path).suffix.lower() != ".xlsx":  # What lies there may be a table.
        raise AccordsError(f"{path}: is no name of a workbook. Let it end in .xlsx.")
    stream, tables = io.BytesIO(), texts(dataset)
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, plain) as book:
        book.set_properties(
            {
                "title": dataset.descriptor.get("title", ""),
                "comments": f"Edition {dataset.edition} ({dataset.released:%Y-%m-%d})",
                "created": dataset.released.to_pydatetime(),
            }
        )
        book.set_custom_property(STATE, fingerprint(dataset))
        formats = _formats(book)
        _write_guide(book.add_worksheet(GUIDE), dataset, formats)
        for resource in dataset.descriptor["resources"]:
            sheet = book.add_worksheet(resource["name"])
            _write_table(sheet, resource, tables, dataset, formats)

    written(Path(path), stream.getvalue())


def fingerprint(dataset: Dataset) -> str:
    """Return a hash of the content of all tables."""
    resources = dataset.descriptor["resources"]
    content = (r["name"].encode() + b"\0" + to_csv(dataset.tables[r["name"]], r) for r in resources)
    return hashlib.sha256(b"".join(content)).hexdigest()[:32]


def _formats(book: Any) -> dict[str, Any]:
    text = {"num_format": "@", "valign": "top", "font_name": "Calibri", "font_size": 10}
    head = {**text, "bold": True, "bg_color": "#E8EDF2", "bottom": 1, "locked": True}
    prose = {"text_wrap": True, "valign": "top", "font_name": "Calibri"}
    shapes = {
        "text": {**text, "locked": False},
        "number": {**text, "num_format": "General", "locked": False},
        "key": {**text, "bg_color": "#F4F4F2", "locked": True},
        "head": head,
        "required": {**head, "bg_color": "#D3DFEA"},
        "title": {"bold": True, "font_size": 16, "font_name": "Calibri"},
        "prose": prose,
        "link": {"font_color": "#0B5394", "underline": 1, "valign": "top"},
    }
    return {name: book.add_format(shape) for name, shape in shapes.items()}


def _write_table(
    sheet: Any,
    resource: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    dataset: Dataset,
    formats: Mapping[str, Any],
) -> None:
    table = tables[resource["name"]]
    for at, one in enumerate(columns(dataset, resource["name"])):
        lengths = table[one.name].str.len()
        for row in lengths.index[lengths > CELL_LIMIT]:
            raise AccordsError(
                f"{resource['path']}: row {row + 2}, column {one.name}: {lengths[row]:,} "
                f"characters, and a cell of Excel holds {CELL_LIMIT:,}. Shorten the text."
            )
        numeric = one.declared["type"] in ("integer", "number")
        plain = formats["number" if numeric else "text"]
        width = max([*lengths, len(one.name) + 4])
        sheet.set_column(at, at, min(60, width), plain)
        sheet.write_string(0, at, one.name, formats["required" if one.required else "head"])
        note = "\n".join(one.explained())[:_NOTE_LIMIT]
        lines = note.count("\n") + sum(len(line) // 70 for line in note.split("\n")) + 2
        size = {"width": 420, "height": min(640, 16 * lines), "font_size": 9, "visible": False}
        sheet.write_comment(0, at, note, {"author": "accords", **size})
        # What other rows refer to must not change.
        unique = one.declared.get("constraints", {}).get("unique")
        key = unique or (resource["name"], one.name) == ("events", "event_id")
        cells = [float(text) if numeric and text else text for text in table[one.name]]
        sheet.write_column(1, at, cells, formats["key"] if key else plain)
        if choices := _choices(one, tables):
            rule = {
                "validate": "list",
                "source": choices,
                "error_type": "warning",
                "error_title": "Not in the list",
                "error_message": "The import accepts only codes that their sheet lists.",
            }
            sheet.data_validation(1, at, len(table) + NEW_ROWS, at, rule)
    sheet.freeze_panes(1, 1)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    sheet.protect("", dict.fromkeys(_ALLOWED.split(), True))


def _choices(one: Field, tables: Mapping[str, pd.DataFrame]) -> str | list[str]:
    from xlsxwriter.utility import xl_col_to_name

    if one.codes is None or tables[one.codes[0]].empty:
        return ["true", "false"] if one.declared["type"] == "boolean" else list(one.choices)
    table, column = one.codes
    letter = xl_col_to_name(tables[table].columns.get_loc(column))
    return f"='{table}'!${letter}$2:${letter}${len(tables[table]) + 1}"


def _write_guide(sheet: Any, dataset: Dataset, formats: Mapping[str, Any]) -> None:
    described = dataset.descriptor
    about = {
        "Edition": f"{dataset.edition} ({dataset.released:%Y-%m-%d})",
        "Sources read until": f"{dataset.as_of:%Y-%m-%d}",
        "About": described.get("description", ""),
        "Licence": ", ".join(licence["name"] for licence in described.get("licenses", ())),
    }
    sheet.hide_gridlines(2)
    for at, width in enumerate((26, 96, 10)):
        sheet.set_column(at, at, width)
    sheet.write_string(0, 0, described.get("title", ""), formats["title"])
    for row, line in enumerate((about | _ABOUT).items(), start=2):
        sheet.write_row(row, 0, line, formats["prose"])
    top = len(about | _ABOUT) + 3
    sheet.write_row(top, 0, ("sheet", "what one row is", "rows"), formats["head"])
    for row, resource in enumerate(described["resources"], start=top + 1):
        name = resource["name"]
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], string=name)
        rows = len(dataset.tables[name])
        sheet.write_row(row, 1, (resource.get("description", ""), rows), formats["prose"])
