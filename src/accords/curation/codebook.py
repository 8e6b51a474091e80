"""The codebook: every table, column and code in words, generated from what declares them."""

import os
from pathlib import Path

import pandas as pd
from jinja2 import UndefinedError

from accords.checks.cells import EDTF
from accords.dataset import read_descriptor, read_table
from accords.errors import DatasetError
from accords.templates import render
from accords.words import lowered

FILE = "CODEBOOK.md"


def codebook(path: str | os.PathLike[str] = "data") -> str:
    """Return the codebook of a dataset's folder as Markdown: of its descriptor and code lists.

    A :class:`DatasetError` says that one of these cannot be read.
    """
    folder = Path(path)
    descriptor = read_descriptor(folder)
    try:
        tables = {resource["name"]: resource for resource in descriptor["resources"]}
        book = render(
            "accords.curation",
            "codebook.md.j2",
            about=descriptor,
            tables=tables.values(),
            place=lambda table: str(table["path"]).partition("/")[0],
            states=lambda: read_table(folder, tables["party_codes"]).set_index("party_id")["name"],
            codes=lambda table: _codes(read_table(folder, table)),
            cell=_cell,
            lowered=lowered,
            edtf=EDTF,
        )
        return book.rstrip() + "\n"
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


def _codes(table: pd.DataFrame) -> list[list[str]]:
    cells = table.fillna("").map(_cell)
    cells = cells.assign(**{cells.columns[0]: "`" + cells.iloc[:, 0] + "`"})
    cells = cells.loc[:, (cells != "").any()]
    return [cells.columns.tolist(), ["---"] * cells.shape[1], *cells.to_numpy().tolist()]


def _cell(text: object) -> str:
    """Keep text from ending a table cell or starting HTML."""
    return str(text).replace("|", "\\|").replace("<", "&lt;")
