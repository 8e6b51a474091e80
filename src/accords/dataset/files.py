"""Reading a dataset from its folder, whole, in part or in an older edition, and writing it."""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from accords import exchange
from accords.dataset import cut, older
from accords.dataset.descriptor import faults
from accords.dataset.model import Dataset
from accords.dataset.names import resolve
from accords.dataset.older import DESCRIPTOR, LOG
from accords.dataset.schema import to_csv, typed
from accords.errors import AccordsError, DatasetError, NoDataset


def load(
    path: str | os.PathLike[str] | None = None,
    *,
    focus: str | Iterable[str] | None = None,
    as_of: str | date | None = None,
) -> Dataset:
    """Load a dataset from its folder, by default the nearest folder ``data`` here or above.

    >>> load(focus="GEO, Ukraine")  # doctest: +SKIP
    >>> load(as_of="2015-12-31")  # doctest: +SKIP
    >>> load(as_of="1.0.0")  # doctest: +SKIP

    ``focus``: states, codes or names, as a list or separated by commas, instead of those that the
    descriptor names (:func:`accords.dataset.cut.of_states`). ``as_of``: the version of a stored
    edition, read by today's columns and codes, or a day until which sources are to have been read
    (:func:`accords.dataset.cut.until`); by default ``readUntil``, else the newest edition's day.
    An :class:`AccordsError` says what there is not, or what cannot be read.
    """
    folder = Path(path) if path is not None else find_data()
    descriptor, edition = read_descriptor(folder), read_edition(folder)
    tables = {
        resource["name"]: typed(read_table(folder, resource), resource)
        for resource in descriptor["resources"]
    }
    dataset = older.assembled(tables, descriptor, edition, folder)
    if as_of is not None:
        if copy := older.stored(folder, str(as_of).strip()):
            dataset = older.older(copy, dataset).dataset
        else:
            dataset = cut.until(dataset, _day(as_of, folder))
    wanted = dataset.focus if focus is None else focus
    named = wanted.split(",") if isinstance(wanted, str) else wanted
    states = [state for state in named if str(state).strip()]
    if not states:
        raise AccordsError("focus: no state is given. Name some, such as 'AZE,MAR' or 'Georgia'.")
    return cut.of_states(dataset, resolve("focus", states, dataset.names("party_codes")))


def save(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write all tables as UTF-8 CSV: declared columns in order, sorted by key, LF line ends.

    Saving what was loaded writes the same bytes. The folder is always named: a selection, or an
    older edition, would else take the place of the data from which it was made.
    """
    folder = Path(path)
    for resource in dataset.descriptor["resources"]:
        target = folder / resource["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(to_csv(dataset.tables[resource["name"]], resource))


def find_data(start: Path | None = None) -> Path:
    """Find the nearest folder ``data`` that holds a data package, here or above."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").is_file():
            return folder / "data"
    raise NoDataset(f"{here}: no folder 'data' with a datapackage.json here or above.")


def own_data() -> Path:
    """Return the project's own dataset, for what needs any: the nearest, else the package's."""
    try:
        return find_data()
    except NoDataset:
        beside = Path(__file__).resolve().parents[3] / "data"
        if not (beside / "datapackage.json").is_file():  # Installed without the repository.
            raise
        return beside


def read_descriptor(folder: Path) -> dict[str, Any]:
    """Read ``datapackage.json``; a change of the folder that was cut off is finished first."""
    if not folder.is_dir():
        wrong = "is a file" if folder.is_file() else "no such folder"
        raise DatasetError(f"{folder}: {wrong}. Give the folder that holds {DESCRIPTOR}.")
    exchange.settle(folder)
    file = folder / DESCRIPTOR
    try:
        descriptor: dict[str, Any] = json.loads(_text(file))
    except ValueError as error:
        raise DatasetError(f"{file}: is not valid JSON ({error}). Restore the file.") from error
    if fault := next(faults(descriptor), None):
        raise DatasetError(f"{file}: {fault}")
    return descriptor


def read_edition(folder: Path) -> tuple[str, pd.Timestamp]:
    """Read the version and date of the newest edition from ``CHANGELOG.md``."""
    return older.newest_edition(_text(folder / LOG), str(folder / LOG))


def read_table(folder: Path, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Read one table as text, empty cells as missing."""
    file = folder / resource["path"]
    try:
        table = pd.read_csv(file, dtype="str", keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise DatasetError(f"{file}: cannot be read ({error}). Run 'accords check'.") from error
    wanted = [f["name"] for f in resource["schema"]["fields"]]
    if missing := [name for name in wanted if name not in table]:
        raise DatasetError(f"{file}: no column {', '.join(missing)}. Run 'accords check'.")
    return table[wanted]


def _day(as_of: str | date, folder: Path) -> pd.Timestamp:
    day = older.day_of(as_of.isoformat()[:10] if isinstance(as_of, date) else as_of)
    if pd.isna(day):
        raise AccordsError(
            f"{as_of}: is neither a day, such as 2015-12-31, nor a stored edition. Stored are: "
            f"{', '.join(older.stored_versions(folder)) or 'none'}."
        )
    return day


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{file}: cannot be read ({reason}). Restore the file.") from error
