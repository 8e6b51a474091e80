"""Editions of the dataset: where each is kept, how an older one is read, and a new one released."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks import check
from accords.curation.changes import Difference, entry
from accords.curation.imports import read_workbook
from accords.curation.revision import renew_codebook, revision
from accords.dataset import Dataset, find_data, load, read_descriptor, read_edition, to_csv
from accords.dataset import edtf as dates
from accords.errors import AccordsError

STORED = "editions"
"""Folder of the dataset with a copy of each edition as it was released."""

_OF_AN_EDITION = ("version", "created", "readUntil")
"""What the descriptor says of one edition alone."""

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_HEADING = re.compile(r"^## (\S+) \(\d{4}-\d{2}-\d{2}\)$", flags=re.MULTILINE)
_ABOUT = re.compile(r"Edition (\S+ \(\d{4}-\d{2}-\d{2}\))")
"""How a workbook names the edition that it was made from."""


def read(name: str, folder: Path | None = None) -> Dataset:
    """Read a dataset from wherever it is kept: a folder as it is, all else by today's rules.

    Parameters
    ----------
    name
        An edition's version; a folder (of the dataset, or one that holds it as ``data``); a
        workbook; or a git revision.
    folder
        The dataset's folder today, where editions are kept, git is asked, and what a workbook does
        not say is found; by default the nearest folder ``data``.

    Raises
    ------
    AccordsError
        When there is no such thing, or it cannot be read.
    """
    if Path(name).is_dir():
        with _laid_out(name, folder) as (place, _):
            return load(place)
    return compared(name, load(folder)).old


def compared(name: str, new: Dataset, folder: Path | None = None) -> Difference:
    """Compare a dataset with an older one, whatever that is kept in.

    Parameters
    ----------
    name, folder
        The older one, as for :func:`read`; by default it is looked for where the newer one lies.
    new
        The newer one, by whose columns and codes the older one is read.
    """
    with _laid_out(name, folder or (new.path if new.path.is_dir() else None)) as (place, origin):
        return _difference(place, origin, new)


def since_previous(new: Dataset) -> Difference | None:
    """Compare the newest edition with the one before, where that is found."""
    versions = _HEADING.findall((new.path / "CHANGELOG.md").read_text(encoding="utf-8"))
    if len(versions) < 2:
        return None
    return _since(versions[1], new)


def release(
    version: str,
    folder: Path,
    *,
    date: pd.Timestamp,
    read_until: pd.Timestamp | None = None,
    since: str | None = None,
    build: Callable[[], object],
) -> Difference:
    """Make the dataset as it is a new edition, and build its report.

    A copy of the edition is stored with the data. README.md and CITATION.cff beside the data name
    the new edition from then on.

    Parameters
    ----------
    version
        The new edition's version, above the newest.
    folder
        The dataset's folder.
    date
        The edition's date.
    read_until
        The day up to which sources were read, as of which all is computed; by default that of the
        newest source.
    since
        The edition before, as :func:`read` takes it; by default the newest, as it was released.
    build
        Builds the report; when it raises, the edition is taken back.

    Raises
    ------
    AccordsError
        With the reason, when the edition cannot be released. The data are then as they were.
    """
    newest, newest_date = read_edition(folder)
    _refuse(version, newest, date, newest_date)
    until = read_until or newest_source(load(folder), date)
    if until > date:
        raise AccordsError(
            f"Sources cannot have been read until {until:%Y-%m-%d}, after the edition's date "
            f"({date:%Y-%m-%d}). Use an earlier --read-until, or a later --date."
        )
    new = replace(load(folder), as_of=until, edition=version, released=date)
    difference = compared(since, new, folder) if since else _since(newest, new)
    if difference is None:
        raise AccordsError(
            f"Edition {newest} is found neither in {folder / STORED} nor in git, so that what "
            "changed since cannot be said. "
            "Give its folder, workbook or git revision with --since."
        )
    if not difference:
        raise AccordsError(
            f"Nothing differs from edition {difference.old.edition} {difference.origin}; there is "
            "nothing to release. Where that is not the edition as it was released, name it with "
            "--since."
        )
    kept = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    papers = {file: file.read_bytes() for file in _papers(folder)}
    with revision(folder) as copy:
        _set_edition(copy, version, date, until, entry(difference))
        renew_codebook(copy)
        errors = [problem for problem in check(copy) if problem.severity == "error"]
        if errors:
            raise AccordsError(
                f"The data have {len(errors)} problems, so that they cannot be released. "
                "The first: "
                f"{errors[0].file}, row {errors[0].row}: {errors[0].message} "
                "Run 'accords check' to see all."
            )
        store(copy)
    try:
        for file, text in _papers(folder).items():
            file.write_text(text, encoding="utf-8")
        build()
    except BaseException:
        with revision(folder) as copy:
            for name, content in kept.items():
                (copy / name).write_bytes(content)
            _stored(copy, version).unlink()
        for file, content in papers.items():
            if file.read_bytes() != content:
                file.write_bytes(content)
        raise
    return difference


def store(folder: Path) -> Path:
    """Store a copy of the edition that a folder holds with the data; return its file.

    The same tables give the same bytes.
    """
    version, _ = read_edition(folder)
    tables = [resource["path"] for resource in read_descriptor(folder)["resources"]]
    target = _stored(folder, version)
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(target, "w") as copy:
        for name in sorted(["CHANGELOG.md", "datapackage.json", *tables]):
            entry_ = zipfile.ZipInfo(name)  # Its time is the earliest that a zip can hold.
            entry_.compress_type = zipfile.ZIP_DEFLATED
            entry_.create_system, entry_.external_attr = 3, 0o644 << 16
            copy.writestr(entry_, (folder / name).read_bytes())
    return target


def newest_source(dataset: Dataset, at_most: pd.Timestamp) -> pd.Timestamp:
    """Return the day of the newest source; where it has a month or year only, the last of its days.

    It is never after a given day, which also stands where no source is dated. A source of '2026' is
    older than one of '2026-02': a year says little about when sources were read.
    """
    days = dates.bounds(dataset.sources["published"]).sort_values(["earliest", "latest"])
    newest = days["latest"].dropna().tail(1)
    return min([*newest, at_most])


def _refuse(version: str, newest: str, date: pd.Timestamp, newest_date: pd.Timestamp) -> None:
    """Raise where a version or a date cannot follow the newest edition's."""
    new, old = _VERSION.fullmatch(version), _VERSION.fullmatch(newest)
    if new is None:
        raise AccordsError(f"'{version}' is no version. Use three numbers, such as 1.1.0.")
    if old is not None and tuple(map(int, new.groups())) <= tuple(map(int, old.groups())):
        raise AccordsError(
            f"Edition {newest} is the newest, and editions are never changed. "
            f"Use a version above {newest}."
        )
    if date < newest_date:
        raise AccordsError(
            f"{date:%Y-%m-%d} lies before edition {newest} ({newest_date:%Y-%m-%d}). "
            "Use a later --date."
        )


def _set_edition(
    folder: Path, version: str, date: pd.Timestamp, until: pd.Timestamp, text: str
) -> None:
    """Write an edition's heading and entry into the change log, and what it is into the descriptor.

    The rest of both files keeps its form.
    """
    log = folder / "CHANGELOG.md"
    before = log.read_text(encoding="utf-8")
    at = before.index("\n## ") + 1
    heading = f"## {version} ({date:%Y-%m-%d})\n\nSources read until {until:%Y-%m-%d}."
    log.write_text(f"{before[:at]}{heading}\n\n{text}\n\n{before[at:]}", encoding="utf-8")
    descriptor = folder / "datapackage.json"
    declared = descriptor.read_text(encoding="utf-8")
    values = (version, f"{date:%Y-%m-%d}T00:00:00Z", f"{until:%Y-%m-%d}")
    for name, value in zip(_OF_AN_EDITION, values, strict=True):
        # The first of each name is the package's own.
        declared, found = re.subn(rf'("{name}": )"[^"]*"', rf'\g<1>"{value}"', declared, count=1)
        if not found:
            after = r'"created": "[^"]*",' if '"created"' in declared else r"\{"
            declared = re.sub(after, rf'\g<0>\n  "{name}": "{value}",', declared, count=1)
    descriptor.write_text(declared, encoding="utf-8")


def _papers(folder: Path) -> dict[Path, str]:
    """Give the papers beside the data as they should be: CITATION.cff and the README.

    What does not bear the dataset's title, or has no place for an edition, is someone else's and
    stays as it is.
    """
    dataset = load(folder)
    version, date, title = dataset.edition, dataset.released, dataset.descriptor.get("title", "")
    rules = {
        "CITATION.cff": (
            (r"(?m)^version: .*$", f"version: {version}"),
            (r"(?m)^date-released: .*$", f'date-released: "{date:%Y-%m-%d}"'),
        ),
        "README.md": (
            (r"(?s)(<!-- edition.*?-->\n).*?(?=<!-- /edition -->)", rf"\g<1>{_sizes(dataset)}\n"),
            (
                rf"\(\d{{4}}\)(\. \*{re.escape(title)}\*, edition )\d+\.\d+\.\d+",
                rf"({date:%Y})\g<1>{version}",
            ),
        ),
    }
    papers = {}
    for name, replacements in rules.items():
        file = folder.resolve().parent / name
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if title and title in text:
            for pattern, words in replacements:
                text = re.sub(pattern, words, text)
            papers[file] = text
    return papers


def _sizes(dataset: Dataset) -> str:
    """Name the edition and its size, as the README does."""
    n = {name: f"{len(table):,}" for name, table in dataset.tables.items()}
    until = dataset.descriptor.get("readUntil")
    until = f"\nSources read until {until}." if until else ""
    return (
        f"Edition {dataset.edition} ({dataset.released:%Y-%m-%d}): "
        f"**{n['agreements']} agreements**, {n['events']} events, "
        f"{n['domains']} codings of subject,\n"
        f"{n['sources']} sources and {n['citations']} citations; "
        f"{n['disputes']} statements in which sources disagree.{until}"
    )


@contextmanager
def _laid_out(name: str, folder: Path | None) -> Iterator[tuple[Path, str]]:
    """Give a folder with a dataset that is kept somehow, and say where it was found."""
    path = Path(name)
    if path.is_dir():
        yield path if (path / "datapackage.json").exists() else path / "data", f"in {path.name}"
        return
    folder = folder or find_data()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "data"
        if path.is_file():
            _lay_out_workbook(path, folder, place)
            yield place, f"in {path.name}"
            return
        found = _released(name, folder) if _VERSION.fullmatch(name) else None
        if found is None and (archive := _archive(name, folder)) is not None:
            found = archive, f"in git ({name})"
        if found is None:
            raise AccordsError(
                f"{name}: no such folder, workbook, edition or git revision that holds the data. "
                "Name one of these, such as data, agreements.xlsx, 1.0.0 or HEAD~1."
            )
        _unpack(found[0], place)
        yield place, found[1]


def _since(version: str, new: Dataset) -> Difference | None:
    """Compare a dataset with an edition as it was released, where that is found."""
    found = _released(version, new.path)
    if found is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        _unpack(found[0], Path(scratch))
        return _difference(Path(scratch), found[1], new)


def _released(version: str, folder: Path) -> tuple[bytes, str] | None:
    """Find an edition as it was released: a zip of its folder, and where it was found.

    That is the copy that is stored with the data; else the revision tagged ``edition-VERSION``;
    else the last revision of which it is the newest edition.
    """
    file = _stored(folder, version)
    if file.is_file():
        return file.read_bytes(), "as stored with the data"
    tag = f"edition-{version}"
    if _newest(tag, folder) == version and (archive := _archive(tag, folder)) is not None:
        return archive, f"as tagged in git ({tag})"
    later = "HEAD"
    log = _git(folder, "log", "--format=%H", "--", "CHANGELOG.md") or b""
    for name in log.decode().split():
        if _newest(name, folder) == version:
            # What came after this revision and before the next heading still is that edition.
            last = later if _newest(later, folder) == version else name
            archive = _archive(last, folder)
            short = (_git(folder, "rev-parse", "--short", last) or b"").decode().strip()
            return (archive, f"in its last state in git ({short})") if archive else None
        later = f"{name}^"
    return None


def _difference(place: Path, origin: str, new: Dataset) -> Difference:
    """Compare a dataset with the older one in a folder, read by the newer one's rules.

    These are its columns and code lists. Columns that the older one lacks are empty, those that
    exist no more are left out, and codes that exist no more are kept as far as they are used.
    """
    descriptor = read_descriptor(place)
    own = {resource["name"]: resource for resource in descriptor["resources"]}
    rules: list[str] = []
    lacking: set[tuple[str, str]] = set()
    with tempfile.TemporaryDirectory() as scratch:
        laid = Path(scratch)
        for resource in new.descriptor["resources"]:
            name, path = resource["name"], resource["path"]
            columns = [field["name"] for field in resource["schema"]["fields"]]
            table = _text_of(place / own[name]["path"]) if name in own else pd.DataFrame()
            absent = [column for column in columns if column not in table]
            if path.startswith("codes/"):
                now = _text(to_csv(new.tables[name], resource))
                if not table.reindex(columns=columns, fill_value="").equals(now):
                    rules.append(name)
                table = _with_former_codes(now, table, resource)
            else:
                if absent or len(columns) < len(table.columns):
                    rules.append(name)
                lacking |= {(name, column) for column in absent}
            file = laid / path
            file.parent.mkdir(parents=True, exist_ok=True)
            table.reindex(columns=columns, fill_value="").to_csv(file, index=False)
        today = {k: v for k, v in new.descriptor.items() if k not in _OF_AN_EDITION}
        today |= {k: v for k, v in descriptor.items() if k in _OF_AN_EDITION}
        (laid / "datapackage.json").write_text(json.dumps(today), encoding="utf-8")
        shutil.copyfile(place / "CHANGELOG.md", laid / "CHANGELOG.md")
        old = load(laid)
        if "readUntil" not in descriptor and new.as_of < new.released:
            old = replace(old, as_of=newest_source(old, old.released))
    return Difference(old, new, origin, tuple(rules), frozenset(lacking))


def _with_former_codes(
    now: pd.DataFrame, former: pd.DataFrame, resource: dict[str, Any]
) -> pd.DataFrame:
    """Add to a code list the codes that it had formerly: older tables may use them."""
    code = now.columns[0]
    if code not in former:
        return now
    gone = former[~former[code].isin(now[code])].reindex(columns=now.columns, fill_value="")
    for field in resource["schema"]["fields"]:
        if field["type"] == "boolean":
            gone[field["name"]] = gone[field["name"]].replace("", "false")
    return pd.concat([now, gone])


def _text_of(file: Path) -> pd.DataFrame:
    """Read a table as text, whatever its columns; one that is not there is empty."""
    try:
        return _text(file.read_bytes()) if file.is_file() else pd.DataFrame()
    except (OSError, ValueError) as error:
        raise AccordsError(f"{file}: cannot be read ({error}). Run 'accords check'.") from error


def _text(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)


def _stored(folder: Path, version: str) -> Path:
    return folder / STORED / f"{version}.zip"


def _unpack(archive: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(folder)


def _lay_out_workbook(file: Path, folder: Path, place: Path) -> None:
    """Write a workbook's tables as a dataset's folder; what it does not say is as it is today."""
    import openpyxl

    descriptor = read_descriptor(folder)
    reading = read_workbook(file, descriptor)
    if reading.errors():
        said = "\n".join(str(remark) for remark in reading.errors())
        raise AccordsError(
            f"{said}\n{file}: is of another form than the data are today, or is damaged. Where it "
            "was made from an older edition, name that edition or its git revision instead."
        )
    for resource in descriptor["resources"]:
        target = place / resource["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        reading.tables[resource["name"]].to_csv(target, index=False, lineterminator="\n")
    shutil.copyfile(folder / "datapackage.json", place / "datapackage.json")
    book = openpyxl.load_workbook(file, read_only=True)
    heading = _ABOUT.search(book.properties.description or "")
    book.close()
    log = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    (place / "CHANGELOG.md").write_text(f"## {heading[1]}\n" if heading else log, encoding="utf-8")


def _archive(revision_name: str, folder: Path) -> bytes | None:
    """Zip the dataset's folder as a git revision has it; None where it has none."""
    place = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    if place is None:
        return None
    top, prefix = place.decode().split("\n")[:2]
    return _git(Path(top), "archive", "--format=zip", f"{revision_name}:{prefix}")


def _newest(revision_name: str, folder: Path) -> str | None:
    """Name the newest edition of a git revision."""
    log = _git(folder, "show", f"{revision_name}:./CHANGELOG.md") or b""
    heading = _HEADING.search(log.decode("utf-8", errors="replace"))
    return heading[1] if heading else None


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Run git in a folder; None where it fails, is missing, or says nothing."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout or None
