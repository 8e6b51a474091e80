"""The dataset as one Excel workbook, to edit and to hand on: a sheet for each table."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from accords.curation.differences import cells
from accords.dataset import Dataset, to_csv
from accords.errors import AccordsError

GUIDE = "read me"
CODEBOOK = "codebook"
STATE = "accords-data"
"""Name of the document property that says which state of the data a workbook was made from."""

CELL_LIMIT = 32_767
"""Characters that a cell of Excel can hold."""

NEW_ROWS = 1_000
"""Empty rows below each table that offer the drop-downs too."""

_NOTE_LIMIT = 4_000


def write_workbook(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write all tables as one Excel workbook.

    Every text is a text cell, dates too, so that no spreadsheet turns one into something else and
    none runs as a formula. Columns of codes have drop-downs, and each header a note that defines
    the column and its codes. Identifiers that other rows refer to, and the headers, are protected
    without a password. The same tables give the same bytes.

    Parameters
    ----------
    dataset
        The dataset, or a selection of it.
    path
        The file to write; written beside and moved into place.

    Raises
    ------
    AccordsError
        When a cell is too long for Excel, or the file cannot be written.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties(
        {
            "title": dataset.descriptor.get("title", ""),
            "comments": f"Edition {dataset.edition} ({dataset.released:%Y-%m-%d})",
            "created": dataset.released.to_pydatetime(),
        }
    )
    book.set_custom_property(STATE, fingerprint(dataset.tables, dataset.descriptor))
    resources = dataset.descriptor["resources"]
    texts = {r["name"]: cells(dataset.tables[r["name"]], r) for r in resources}
    formats = _formats(book)
    _write_guide(book.add_worksheet(GUIDE), dataset, texts, formats)
    for resource in resources:
        sheet = book.add_worksheet(resource["name"])
        _write_table(sheet, resource, texts, resources, formats)
    _write_codebook(book.add_worksheet(CODEBOOK), resources, formats)
    book.close()

    file = Path(path)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_bytes(stream.getvalue())
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise AccordsError(
            f"{file}: cannot be written ({error.strerror}). Close it where it is open, "
            "or name a file in a folder that you may write to."
        ) from error


def fingerprint(tables: Mapping[str, pd.DataFrame], descriptor: Mapping[str, Any]) -> str:
    """Give a hash of the content of all tables."""
    content = hashlib.sha256()
    for resource in descriptor["resources"]:
        content.update(resource["name"].encode() + b"\0")
        content.update(to_csv(tables[resource["name"]], resource))
    return content.hexdigest()[:32]


def identifiers(resources: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Name the columns that other rows refer to, as (table, column): they must not change."""
    unique = {
        (resource["name"], field["name"])
        for resource in resources
        for field in resource["schema"]["fields"]
        if field.get("constraints", {}).get("unique")
    }
    return unique | {("events", "event_id")}


def _formats(book: Any) -> dict[str, Any]:
    text = {"num_format": "@", "valign": "top", "font_name": "Calibri", "font_size": 10}
    head = {**text, "bold": True, "bg_color": "#E8EDF2", "bottom": 1, "locked": True}
    return {
        "text": book.add_format({**text, "locked": False}),
        "number": book.add_format({**text, "num_format": "General", "locked": False}),
        "key": book.add_format({**text, "bg_color": "#F4F4F2", "locked": True}),
        "head": book.add_format(head),
        "required": book.add_format({**head, "bg_color": "#D3DFEA"}),
        "title": book.add_format({"bold": True, "font_size": 16, "font_name": "Calibri"}),
        "prose": book.add_format({"text_wrap": True, "valign": "top", "font_name": "Calibri"}),
        "link": book.add_format({"font_color": "#0B5394", "underline": 1, "valign": "top"}),
    }


def _write_table(
    sheet: Any,
    resource: Mapping[str, Any],
    texts: Mapping[str, list[list[str]]],
    resources: list[Mapping[str, Any]],
    formats: Mapping[str, Any],
) -> None:
    name, fields = resource["name"], resource["schema"]["fields"]
    rows = texts[name][1:]
    locked = identifiers(resources)
    for column, field in enumerate(fields):
        numeric = field["type"] in ("integer", "number")
        plain = formats["number" if numeric else "text"]
        values = [row[column] for row in rows]
        width = max((len(value) for value in values), default=0)
        sheet.set_column(column, column, min(60, max(width, len(field["name"]) + 4)), plain)
        required = field.get("constraints", {}).get("required")
        sheet.write_string(0, column, field["name"], formats["required" if required else "head"])
        note = _note(field, resource, texts, resources)
        lines = note.count("\n") + sum(len(line) // 70 for line in note.split("\n")) + 2
        size = {"width": 420, "height": min(640, 16 * lines), "font_size": 9, "visible": False}
        sheet.write_comment(0, column, note, {"author": "accords", **size})
        style = formats["key"] if (name, field["name"]) in locked else plain
        for row, value in enumerate(values, start=1):
            if len(value) > CELL_LIMIT:
                raise AccordsError(
                    f"{resource['path']}: row {row + 1}, column {field['name']}: {len(value):,} "
                    f"characters, and a cell of Excel holds {CELL_LIMIT:,}. Shorten the text."
                )
            if not value:
                sheet.write_blank(row, column, None, style)
            elif numeric:
                sheet.write_number(row, column, float(value), style)
            else:
                sheet.write_string(row, column, value, style)
        choices = _choices(field, resource, texts)
        if choices:
            sheet.data_validation(
                *(1, column, len(rows) + NEW_ROWS, column),
                {
                    "validate": "list",
                    "source": choices,
                    "error_type": "warning",
                    "error_title": "Not in the list",
                    "error_message": "The import accepts only codes that their sheet lists.",
                },
            )
    sheet.freeze_panes(1, 1)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(fields) - 1)
    allowed = (
        *("format_cells", "format_columns", "format_rows"),
        *("insert_rows", "delete_rows", "sort", "autofilter"),
    )
    sheet.protect("", dict.fromkeys(allowed, True))


def _reference(field: str, resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """Name the table and column that a column's values must come from."""
    for key in resource["schema"].get("foreignKeys", ()):
        if key["fields"] == [field]:
            target = key["reference"]
            return target["resource"] or resource["name"], target["fields"][0]
    return None


def _choices(
    field: Mapping[str, Any], resource: Mapping[str, Any], texts: Mapping[str, list[list[str]]]
) -> str | list[str] | None:
    """Give what a column's drop-down offers: a range of another sheet, or a short list."""
    if field["type"] == "boolean":
        return ["true", "false"]
    if "enum" in field.get("constraints", {}):
        return list(field["constraints"]["enum"])
    reference = _reference(field["name"], resource)
    if reference is None or len(texts[reference[0]]) < 2:
        return None
    from xlsxwriter.utility import xl_col_to_name

    table, column = reference
    letter = xl_col_to_name(texts[table][0].index(column))
    return f"='{table}'!${letter}$2:${letter}${len(texts[table])}"


def _note(
    field: Mapping[str, Any],
    resource: Mapping[str, Any],
    texts: Mapping[str, list[list[str]]],
    resources: Iterable[Mapping[str, Any]],
) -> str:
    """Define a column and, where they are few, its codes."""
    required = field.get("constraints", {}).get("required")
    lines = [f"{field['title']} ({'required' if required else 'may be empty'})"]
    lines.append(field["description"])
    if field.get("example"):
        lines.append(f"Example: {field['example']}")
    reference = _reference(field["name"], resource)
    if reference is not None:
        table, _ = reference
        paths = {r["name"]: r["path"] for r in resources}
        head, *rows = texts[table]
        if paths[table].startswith("codes/") and "definition" in head:
            code, meaning = 0, head.index("definition")
            lines += [f"{row[code]}: {row[meaning]}" for row in rows]
        else:
            lines.append(f"One of the sheet '{table}'.")
    return "\n".join(lines)[:_NOTE_LIMIT]


def _write_guide(
    sheet: Any,
    dataset: Dataset,
    texts: Mapping[str, list[list[str]]],
    formats: Mapping[str, Any],
) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 96)
    sheet.set_column(2, 2, 10)
    sheet.write_string(0, 0, dataset.descriptor.get("title", ""), formats["title"])
    about = [
        ("Edition", f"{dataset.edition} ({dataset.released:%Y-%m-%d})"),
        ("Sources read until", f"{dataset.as_of:%Y-%m-%d}"),
        ("About", dataset.descriptor.get("description", "")),
        ("Licence", ", ".join(x["name"] for x in dataset.descriptor.get("licenses", ()))),
        (
            "Editing",
            "One row is one fact. Add rows below the last one of a sheet. Dates are typed as "
            "2024-10-30, 2024-10 or 2024, with a question mark where they were inferred. "
            "Point at a header to read what the column means; dark headers must be filled.",
        ),
        (
            "Protection",
            "Headers, and identifiers that other sheets refer to (grey), are protected without a "
            "password. To delete a row that has one, lift the protection of the sheet (Review, "
            "Unprotect Sheet).",
        ),
        ("Taking it back", "accords import-workbook FILE.xlsx checks all of it, then updates."),
    ]
    for row, (word, meaning) in enumerate(about, start=2):
        sheet.write_string(row, 0, word, formats["prose"])
        sheet.write_string(row, 1, meaning, formats["prose"])
    top = len(about) + 3
    for column, word in enumerate(("sheet", "what one row is", "rows")):
        sheet.write_string(top, column, word, formats["head"])
    for row, resource in enumerate(dataset.descriptor["resources"], start=top + 1):
        name = resource["name"]
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], string=name)
        sheet.write_string(row, 1, resource.get("description", ""), formats["prose"])
        sheet.write_number(row, 2, len(texts[name]) - 1, formats["prose"])


def _write_codebook(
    sheet: Any, resources: list[Mapping[str, Any]], formats: Mapping[str, Any]
) -> None:
    head = ("table", "column", "title", "type", "required", "values", "description", "example")
    widths = (24, 20, 22, 10, 9, 40, 90, 44)
    for column, (word, width) in enumerate(zip(head, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, word, formats["head"])
    for row, line in enumerate(_codebook_rows(resources), start=1):
        for column, word in enumerate(line):
            sheet.write_string(row, column, word, formats["prose"])
    sheet.freeze_panes(1, 0)


def _codebook_rows(resources: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for resource in resources:
        for field in resource["schema"]["fields"]:
            rules = field.get("constraints", {})
            reference = _reference(field["name"], resource)
            values = ", ".join(rules.get("enum", ())) or rules.get("pattern", "")
            if reference is not None:
                values = f"{reference[0]}.{reference[1]}"
            yield (
                *(resource["name"], field["name"], field["title"], field["type"]),
                "yes" if rules.get("required") else "",
                *(values, field["description"], str(field.get("example") or "")),
            )
