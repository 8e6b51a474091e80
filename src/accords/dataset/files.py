"""Reading a dataset from its folder, whole, in part or in an older edition, and writing it."""

from __future__ import annotations

import csv
import json
import os
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from accords import exchange
from accords.dataset import cut
from accords.dataset import edtf as dates
from accords.dataset.descriptor import faults
from accords.dataset.model import Dataset
from accords.dataset.names import resolve
from accords.errors import AccordsError, DatasetError, NoDataset

__all__ = [
    *("Older", "find_data", "load", "newest_source", "older", "own_data", "read_descriptor"),
    *("read_edition", "read_table", "save", "stored", "to_csv", "typed"),
]

EDITIONS = "editions"
"""Folder of the dataset with a copy of each edition as it was released."""

OF_AN_EDITION = ("version", "created", "readUntil")
"""What the descriptor says of one edition alone."""

Place = Path | zipfile.Path
"""A folder, or a zip of one."""


def load(
    path: str | os.PathLike[str] | None = None,
    *,
    focus: str | Iterable[str] | None = None,
    as_of: str | date | None = None,
) -> Dataset:
    """Load a dataset from its folder.

    >>> load(focus="GEO, Ukraine")  # doctest: +SKIP
    >>> load(as_of="2015-12-31")  # doctest: +SKIP
    >>> load(as_of="1.0.0")  # doctest: +SKIP

    Parameters
    ----------
    path
        Folder with ``datapackage.json``. By default the folder ``data`` here or in the nearest
        parent folder that has one.
    focus
        Focus states, codes or names, as a list or separated by commas; by default those that the
        descriptor names. Without one of these, only the agreements to which a focus state is a
        party are kept, with what stands behind them, and no claims.
    as_of
        The version of a stored edition, which is read by today's columns and codes. Or a day: the
        data are then what they would be, had sources been read until that day alone; see
        :func:`accords.dataset.cut.until` for what goes. By default all that the folder holds, as
        of the day that the descriptor names in ``readUntil``, else the date of the newest edition.

    Raises
    ------
    AccordsError
        When there is no such state or edition, or the day lies after that until which sources were
        read.
    DatasetError
        When the folder, the descriptor, a table or a column is missing or cannot be read. Run
        ``accords check`` for all problems at once.
    """
    folder = Path(path) if path is not None else find_data()
    dataset = _read(folder)
    if isinstance(as_of, str) and re.fullmatch(r"\d+(\.\d+)+", as_of.strip()):
        dataset = older(stored(folder, as_of.strip()), dataset).dataset
    elif as_of is not None:
        dataset = cut.until(dataset, _day(as_of, folder))
    wanted = dataset.focus if focus is None else focus
    if isinstance(wanted, str):
        wanted = [state for state in wanted.split(",") if state.strip()]
    if not wanted:
        raise AccordsError("focus: no state is given. Name some, such as 'AZE,MAR' or 'Georgia'.")
    return cut.of_states(dataset, resolve("focus", wanted, dataset.names("party_codes")))


def save(dataset: Dataset, path: str | os.PathLike[str] | None = None) -> None:
    """Write all tables as UTF-8 CSV: declared columns in order, sorted by key, LF line ends.

    Saving what was loaded writes the same bytes.
    """
    folder = Path(path) if path is not None else dataset.path
    for resource in dataset.descriptor["resources"]:
        target = folder / resource["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(to_csv(dataset.tables[resource["name"]], resource))


def to_csv(table: pd.DataFrame, resource: Mapping[str, Any]) -> bytes:
    """Write one table as the dataset's files have it.

    Code lists keep their order, which is the order in which people read them.
    """
    fields = resource["schema"]["fields"]
    written = pd.DataFrame({f["name"]: _written(table[f["name"]], f["type"]) for f in fields})
    if not resource["path"].startswith("codes/"):
        written = written.sort_values(list(resource["schema"]["primaryKey"]), kind="stable")
    return written.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).encode()


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


def read_descriptor(folder: Place) -> dict[str, Any]:
    """Read ``datapackage.json``; a change of the folder that was cut off is finished first."""
    if not folder.is_dir():
        wrong = "is a file" if folder.is_file() else "no such folder"
        raise DatasetError(f"{folder}: {wrong}. Give the folder that holds datapackage.json.")
    if isinstance(folder, Path):
        exchange.settle(folder)
    file = folder / "datapackage.json"
    text = _text(file)
    try:
        descriptor: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise DatasetError(
            f"{file}: is not valid JSON ({error}). Correct or restore the file."
        ) from error
    if fault := next(faults(descriptor), None):
        raise DatasetError(f"{file}: {fault}")
    return descriptor


def read_edition(folder: Place) -> tuple[str, pd.Timestamp]:
    """Read the version and date of the newest edition from ``CHANGELOG.md``."""
    file = folder / "CHANGELOG.md"
    heading = re.search(r"^## (\S+) \((\d{4}-\d{2}-\d{2})\)$", _text(file), flags=re.MULTILINE)
    if heading is None:
        raise DatasetError(
            f"{file}: no edition. Add a heading such as '## 1.0.0 (2026-11-24)', the newest first."
        )
    return heading[1], _calendar_day(heading[2], f"{file}: the date of edition {heading[1]}")


def _calendar_day(written: object, what: str) -> pd.Timestamp:
    """Read a day, or raise :class:`DatasetError` with what it is the day of."""
    try:
        return pd.to_datetime(str(written), format="%Y-%m-%d")
    except ValueError as error:
        raise DatasetError(
            f"{what} is '{written}', which is not a day. Write it as 2026-11-24."
        ) from error


def read_table(folder: Place, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Read one table as text, empty cells as missing."""
    file = folder / resource["path"]
    table = _cells(file)
    wanted = [f["name"] for f in resource["schema"]["fields"]]
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise DatasetError(f"{file}: no column {', '.join(missing)}. Run 'accords check'.")
    return table[wanted]


def typed(table: pd.DataFrame, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Turn the text of one table into the types that its schema declares."""
    columns = {}
    for f in resource["schema"]["fields"]:
        name, kind = f["name"], f["type"]
        try:
            columns[name] = _typed(table[name], kind)
        except (ValueError, TypeError, OverflowError) as error:
            raise DatasetError(
                f"{resource['path']}: column {name} holds a value that is not a {kind} ({error}). "
                "Run 'accords check'."
            ) from error
    return pd.DataFrame(columns, index=table.index)


class Older(NamedTuple):
    """An older edition, read by the columns and codes of a newer one."""

    dataset: Dataset
    rules: tuple[str, ...]
    """Tables whose columns or codes have changed since."""
    lacking: frozenset[tuple[str, str]]
    """Tables and columns that it did not have."""


def stored(folder: Path, version: str) -> zipfile.Path:
    """Return the copy of an edition that is stored with the data.

    Raises
    ------
    AccordsError
        When there is none, or it cannot be read; the message lists those that there are.
    """
    file = folder / EDITIONS / f"{version}.zip"
    try:
        return zipfile.Path(file)
    except FileNotFoundError:
        raise AccordsError(f"{version}: no such edition. {_stored_versions(folder)}") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise AccordsError(f"{file}: cannot be read ({error}). Restore the file.") from error


def older(place: Place, today: Dataset) -> Older:
    """Read an older edition by the newer one's rules, its columns and code lists.

    Columns that the older one lacks are empty, those that exist no more are left out, and codes
    that exist no more are kept: older rows use them.
    """
    descriptor = read_descriptor(place)
    own = {resource["name"]: resource for resource in descriptor["resources"]}
    tables: dict[str, pd.DataFrame] = {}
    rules: list[str] = []
    lacking: set[tuple[str, str]] = set()
    for resource in today.descriptor["resources"]:
        name = resource["name"]
        columns = [f["name"] for f in resource["schema"]["fields"]]
        table = _cells(place / own[name]["path"]) if name in own else pd.DataFrame()
        read = table.reindex(columns=columns).astype("str")
        if resource["path"].startswith("codes/"):
            now = pd.DataFrame({f: _written(today.tables[name][f], k) for f, k in _kinds(resource)})
            changed = not read.equals(now.astype("str"))
            read = pd.concat([now, read[~read[columns[0]].isin(now[columns[0]])]])
            flags = [f for f, kind in _kinds(resource) if kind == "boolean"]
            read[flags] = read[flags].fillna("false")
        else:
            absent = [column for column in columns if column not in table]
            changed = bool(absent) or len(columns) < len(table.columns)
            lacking |= {(name, column) for column in absent}
        if changed:
            rules.append(name)
        tables[name] = typed(read.reset_index(drop=True), resource)
    said = {k: v for k, v in today.descriptor.items() if k not in OF_AN_EDITION}
    said |= {k: v for k, v in descriptor.items() if k in OF_AN_EDITION}
    dataset = _dataset(tables, said, place, today.path)
    if "readUntil" not in descriptor and today.as_of < today.released:
        dataset = replace(dataset, as_of=newest_source(dataset, dataset.released))
    return Older(dataset, tuple(rules), frozenset(lacking))


def newest_source(dataset: Dataset, at_most: pd.Timestamp) -> pd.Timestamp:
    """Return the day of the newest source; where it has a month or year only, the last of its days.

    It is never after a given day, which also stands where no source is dated. A source of '2026' is
    older than one of '2026-02': a year says little about when sources were read.
    """
    days = dates.bounds(dataset.sources["published"]).sort_values(["earliest", "latest"])
    return min([*days["latest"].dropna().tail(1), at_most])


def _read(folder: Path) -> Dataset:
    """Read all that a folder holds."""
    descriptor = read_descriptor(folder)
    tables = {
        resource["name"]: typed(read_table(folder, resource), resource)
        for resource in descriptor["resources"]
    }
    return _dataset(tables, descriptor, folder, folder)


def _dataset(
    tables: dict[str, pd.DataFrame], descriptor: Mapping[str, Any], place: Place, folder: Path
) -> Dataset:
    """Put tables together with what a place says of their edition."""
    version, released = read_edition(place)
    tables["events"] = tables["events"].join(dates.bounds(tables["events"]["date"]))
    states = list(descriptor.get("focus", ()))
    return Dataset(
        tables=tables,
        descriptor=descriptor,
        edition=version,
        released=released,
        as_of=pd.Timestamp(descriptor.get("readUntil") or released),
        focus=tuple(states),
        path=folder,
    )


def _day(as_of: str | date, folder: Path) -> pd.Timestamp:
    try:
        return pd.to_datetime(as_of, format="%Y-%m-%d")
    except (ValueError, TypeError):
        raise AccordsError(
            f"{as_of}: is neither a day, such as 2015-12-31, nor an edition. "
            f"{_stored_versions(folder)}"
        ) from None


def _stored_versions(folder: Path) -> str:
    """Return a sentence that names the editions that are stored with the data."""
    versions = sorted(
        (file.stem for file in (folder / EDITIONS).glob("*.zip")),
        key=lambda version: [int(n) for n in re.findall(r"\d+", version)],
    )
    return f"Stored editions: {', '.join(versions) or 'none'}."


def _text(file: Place) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{file}: cannot be read ({reason}). Restore the file.") from error


def _cells(file: Place) -> pd.DataFrame:
    try:
        with file.open("rb") as stream:
            return pd.read_csv(stream, dtype="str", keep_default_na=False, na_values=[""])
    except FileNotFoundError as error:
        raise DatasetError(
            f"{file}: is missing. Restore it, or take it out of datapackage.json."
        ) from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"{file}: cannot be read ({error}). Run 'accords check'.") from error


def _kinds(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(f["name"], f["type"]) for f in resource["schema"]["fields"]]


def _typed(column: pd.Series, kind: str) -> pd.Series:
    if kind == "integer":
        return pd.to_numeric(column).astype("Int64")
    if kind == "number":
        return pd.to_numeric(column).astype("Float64")
    if kind == "boolean":
        strange = column.dropna()[~column.dropna().isin(["true", "false"])]
        if not strange.empty:
            raise ValueError(f"'{strange.iloc[0]}' is neither true nor false")
        return column.map({"true": True, "false": False}, na_action="ignore").astype("boolean")
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d")
    return column


def _written(column: pd.Series, kind: str) -> pd.Series:
    if kind == "number":
        return column.map(lambda n: np.format_float_positional(n, trim="-"), na_action="ignore")
    if kind == "boolean":
        return column.astype("boolean").map({True: "true", False: "false"}, na_action="ignore")
    if kind == "date":
        return column.dt.strftime("%Y-%m-%d")
    return column
