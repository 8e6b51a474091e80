"""The codebook: every table, column and code in words, generated from what declares them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import UndefinedError

from accords.checks.cells import EDTF
from accords.dataset import read_descriptor, read_table
from accords.errors import DatasetError
from accords.templates import render
from accords.words import lowered

FILE = "CODEBOOK.md"


def codebook(path: str | os.PathLike[str] = "data") -> str:
    """Return the codebook of a dataset's folder as Markdown.

    It follows from ``datapackage.json`` and the code lists alone, so that rows can be added without
    touching it.

    Raises :class:`DatasetError` when the descriptor or a code list cannot be read.
    """
    folder = Path(path)
    descriptor = read_descriptor(folder)
    try:
        return _filled_in(folder, descriptor).rstrip() + "\n"
    except (AttributeError, KeyError, TypeError, UndefinedError) as error:
        raise DatasetError(
            f"{folder / 'datapackage.json'}: lacks something ({error}). Run 'accords check'."
        ) from error


def write(path: str | os.PathLike[str] = "data") -> Path:
    """Write ``CODEBOOK.md`` into the dataset's folder and return its path."""
    file = Path(path) / FILE
    file.write_text(codebook(path), encoding="utf-8", newline="\n")
    return file


def renew(folder: Path) -> None:
    """Write the codebook anew where the folder has one."""
    if (folder / FILE).is_file():
        write(folder)


def is_current(path: str | os.PathLike[str] = "data") -> bool:
    """Return whether ``CODEBOOK.md`` is what the descriptor and the code lists make it."""
    file = Path(path) / FILE
    return file.is_file() and file.read_text(encoding="utf-8") == codebook(path)


def _filled_in(folder: Path, descriptor: Mapping[str, Any]) -> str:
    by_place: dict[str, list[Mapping[str, Any]]] = {"codes": [], "external": [], "": []}
    for resource in descriptor["resources"]:
        place = str(resource["path"]).rpartition("/")[0]
        by_place.setdefault(place, by_place[""]).append(resource)
    return render(
        "accords.curation",
        "codebook.md.j2",
        title=descriptor["title"],
        description=descriptor["description"],
        example=descriptor.get("example"),
        named=lambda party: _name(folder, by_place["codes"], party),
        tables=by_place[""],
        lists=by_place["codes"],
        outside=by_place["external"],
        columns=_columns,
        codes=lambda resource: _codes(read_table(folder, resource)),
        lowered=lowered,
    )


def _name(folder: Path, lists: list[Mapping[str, Any]], party: str) -> str:
    states = next(resource for resource in lists if resource["name"] == "party_codes")
    return str(read_table(folder, states).set_index("party_id")["name"][party])


def _columns(resource: Mapping[str, Any]) -> list[list[str]]:
    """Return what a table's columns hold, a row each, under a head."""
    targets = {
        key["fields"][0]: key["reference"]["resource"] or resource["name"]
        for key in resource["schema"].get("foreignKeys", ())
    }
    rows = [
        {
            "column": f"`{field['name']}`",
            "type": field["type"],
            "must be": "; ".join(_rules(field, targets.get(field["name"]))),
            "what it holds": _cell(field["description"]),
            "example": f"`{_cell(str(field['example']))}`" if "example" in field else "",
        }
        for field in resource["schema"]["fields"]
    ]
    return _grid(pd.DataFrame(rows))


def _codes(table: pd.DataFrame) -> list[list[str]]:
    """Return the rows of a code list, under a head."""
    cells = table.fillna("").map(_cell)
    return _grid(cells.assign(**{cells.columns[0]: "`" + cells.iloc[:, 0] + "`"}))


def _grid(cells: pd.DataFrame) -> list[list[str]]:
    """Return head, rule and rows of a Markdown table, without columns in which nothing stands."""
    cells = cells.loc[:, (cells != "").any()]
    return [cells.columns.tolist(), ["---"] * cells.shape[1], *cells.to_numpy().tolist()]


def _rules(field: Mapping[str, Any], target: str | None) -> Iterator[str]:
    """Yield what a column's constraints ask, in words."""
    constraints = field.get("constraints", {})
    if constraints.get("required"):
        yield "filled"
    if constraints.get("unique"):
        yield "unique"
    if target is not None:
        yield f"in [{target}](#{target})"
    if "enum" in constraints:
        yield "one of " + ", ".join(f"`{value}`" for value in constraints["enum"])
    if field.get("rdfType") == EDTF:
        yield "an EDTF date"
    elif "pattern" in constraints:
        yield f"like `{_cell(constraints['pattern'])}`"
    for bound, words in (("minimum", "at least"), ("maximum", "at most")):
        if bound in constraints:
            yield f"{words} {constraints[bound]}"


def _cell(text: str) -> str:
    """Keep text from ending a table cell or starting HTML."""
    return text.replace("|", "\\|").replace("<", "&lt;")
