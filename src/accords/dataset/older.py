"""An older edition: a copy of it, wherever that was kept, read by the rules of a newer one."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from accords.dataset import edtf as dates
from accords.dataset.model import Dataset
from accords.dataset.schema import as_text, is_codes, text_of, typed
from accords.errors import AccordsError, DatasetError

STORED = "editions"  # folder of the dataset with a copy of each edition as it was released

LOG, DESCRIPTOR = "CHANGELOG.md", "datapackage.json"

HEADING = re.compile(r"^## (\S+) \((\d{4}-\d{2}-\d{2})\)\s*$", flags=re.MULTILINE)
"""How the change log heads an edition, the newest first."""

OF_AN_EDITION = ("version", "created", "readUntil")  # what the descriptor says of one edition alone


class Copy(NamedTuple):
    """An edition as it was kept: tables as text, descriptor, change log, and where it was found."""

    tables: Mapping[str, pd.DataFrame]
    descriptor: Mapping[str, Any]
    log: str
    origin: str

    @property
    def newest(self) -> tuple[str, pd.Timestamp]:
        """Version and date of the newest edition in the change log."""
        return newest_edition(self.log, f"{LOG} {self.origin}")


class Older(NamedTuple):
    """An older edition, read by the columns and codes of a newer one."""

    dataset: Dataset
    rules: tuple[str, ...]
    """Tables whose columns or codes have changed since."""
    lacking: frozenset[tuple[str, str]]
    """Tables and columns that it did not have."""


def newest_edition(log: str, where: str) -> tuple[str, pd.Timestamp]:
    """Read the version and date of the newest edition from the text of a change log."""
    heading = HEADING.search(log)
    day = day_of(heading[2] if heading else "")
    if heading is None or pd.isna(day):
        raise DatasetError(
            f"{where}: no edition with a day. Write a heading such as '## 1.0.0 (2026-11-24)', the "
            "newest first."
        )
    return heading[1], day


def day_of(value: object) -> pd.Timestamp:
    """Return a day, written as 2026-02-27; missing (NaT) where it is none."""
    text = str(value)  # Years before 1000 are beyond what can be reckoned with.
    day: Any = pd.to_datetime(text if text >= "1000" else "", format="%Y-%m-%d", errors="coerce")
    return day


def read_until(descriptor: Mapping[str, Any], released: pd.Timestamp) -> pd.Timestamp:
    """Return the day until which sources were read: by default that of the edition."""
    return day_of(descriptor.get("readUntil") or f"{released:%Y-%m-%d}")


def assembled(
    tables: dict[str, pd.DataFrame], descriptor: Mapping[str, Any],
    edition: tuple[str, pd.Timestamp], path: Path,
) -> Dataset:  # fmt: skip
    """Return the dataset of typed tables, with the bounds of its dates."""
    tables["events"] = tables["events"].join(dates.bounds(tables["events"]["date"]))
    until = read_until(descriptor, edition[1])
    if pd.isna(until):
        raise DatasetError(
            f"{DESCRIPTOR}: readUntil is not a day. Write the day until which sources were read, "
            "such as 2026-02-27."
        )
    focus = tuple(descriptor.get("focus", ()))
    return Dataset(tables, descriptor, *edition, until, focus, path)


def copy_of(files: Mapping[str, bytes], origin: str) -> Copy:
    """Read an edition from the content of its files; a table that is not there is empty."""
    try:
        descriptor = json.loads(files[DESCRIPTOR])
        tables = {
            r["name"]: text_of(files[r["path"]])
            for r in descriptor["resources"]
            if r["path"] in files
        }
        return Copy(tables, descriptor, files[LOG].decode(), origin)
    except (KeyError, TypeError, ValueError) as error:
        raise AccordsError(f"The edition {origin} cannot be read ({error}). Restore it.") from error


def unzipped(archive: bytes, origin: str) -> Copy:
    """Read an edition from a zip of its files."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            files = {name: zipped.read(name) for name in zipped.namelist()}
    except Exception as error:  # A damaged file lets its parsers raise anything.
        raise AccordsError(f"The edition {origin} cannot be read ({error}). Restore it.") from error
    return copy_of(files, origin)


def stored(folder: Path, version: str) -> Copy | None:
    """Read the copy of an edition that is stored with the data, where there is one."""
    file = folder / STORED / f"{version}.zip"
    return unzipped(file.read_bytes(), f"as stored in {file}") if file.is_file() else None


def stored_versions(folder: Path) -> list[str]:
    """List the editions of which a copy is stored with the data, the oldest first."""
    versions = (file.stem for file in (folder / STORED).glob("*.zip"))
    return sorted(versions, key=lambda version: [int(n) for n in re.findall(r"\d+", version)])


def older(copy: Copy, today: Dataset) -> Older:
    """Read an older edition by a newer one's columns and codes.

    Columns that it lacks are empty, those that exist no more left out; its codes are kept.
    """
    rules: list[str] = []
    lacking: set[tuple[str, str]] = set()
    tables = {}
    for resource in today.descriptor["resources"]:
        name, columns = resource["name"], [f["name"] for f in resource["schema"]["fields"]]
        former = copy.tables.get(name, pd.DataFrame())
        table = former.reindex(columns=columns, fill_value="")
        if is_codes(resource):
            now = as_text(today.tables[name], resource)
            changed = not table.equals(now)
            # The older tables may use codes that the list had formerly.
            gone = ~table[columns[0]].isin([*now[columns[0]], ""])
            table = pd.concat([now, table[gone]], ignore_index=True)
        else:
            changed = set(columns) != set(former.columns)
            lacking |= {(name, column) for column in set(columns).difference(former.columns)}
        if changed:
            rules.append(name)
        tables[name] = typed(table.where(table != ""), resource)
    descriptor = {k: v for k, v in today.descriptor.items() if k not in OF_AN_EDITION}
    descriptor |= {k: v for k, v in copy.descriptor.items() if k in OF_AN_EDITION}
    dataset = assembled(tables, descriptor, copy.newest, today.path)
    if "readUntil" not in descriptor and today.as_of < today.released:
        dataset = replace(dataset, as_of=newest_source(dataset, dataset.released))
    return Older(dataset, tuple(rules), frozenset(lacking))


def newest_source(dataset: Dataset, at_most: pd.Timestamp) -> pd.Timestamp:
    """Return the last day of the newest source, or a given day, whichever is earlier.

    A source of '2026' is older than one of '2026-02': a year says little on when it was read.
    """
    days = dates.bounds(dataset.sources["published"]).sort_values(["earliest", "latest"])
    return min([*days["latest"].dropna().tail(1), at_most])
