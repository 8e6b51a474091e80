"""Editions of the dataset: where each is kept, how an older one is read, and a new one released."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from accords.checks import check
from accords.curation import codebook
from accords.curation.changes import Difference
from accords.curation.imports import read_workbook
from accords.curation.revision import revision
from accords.curation.telling import entry
from accords.dataset import Dataset, find_data, load, read_descriptor, read_edition
from accords.dataset.older import (
    DESCRIPTOR,
    HEADING,
    LOG,
    OF_AN_EDITION,
    STORED,
    Copy,
    copy_of,
    newest_source,
    older,
    unzipped,
)
from accords.errors import AccordsError
from accords.templates import render

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_ABOUT = re.compile(r"Edition (\S+ \(\d{4}-\d{2}-\d{2}\))")
"""How a workbook names the edition that it was made from."""


class NoEdition(AccordsError):
    """An edition is found nowhere."""


class GitError(AccordsError):
    """Git does not give what it was asked for: why, in its own words."""


def read(name: str, folder: Path | None = None) -> Dataset:
    """Read a dataset from wherever it is kept: a folder as it is, all else by today's rules.

    ``name`` is an edition's version; a folder (of the dataset, or one that holds it as ``data``); a
    workbook; or a git revision. ``folder`` is the dataset's today, where editions are kept, git is
    asked, and what a workbook does not say is found; by default the nearest folder ``data``.

    Raises :class:`AccordsError` when there is no such thing, or it cannot be read.
    """
    path = Path(name)
    return load(_inside(path)) if path.is_dir() else compared(name, load(folder)).old


def compared(name: str, new: Dataset, folder: Path | None = None) -> Difference:
    """Compare a dataset with an older one, read by its columns and codes.

    ``name`` and ``folder`` are as for :func:`read`; by default the older one is looked for where
    the newer one lies.
    """
    path = Path(name)
    if path.is_dir():
        return _difference(_from_folder(_inside(path)), new)
    folder = folder or (new.path if new.path.is_dir() else find_data())
    if path.is_file():
        return _difference(_from_workbook(path, folder), new)
    if (stored := _stored(folder, name)).is_file():
        return _difference(unzipped(stored.read_bytes(), "as stored with the data"), new)
    try:
        return _difference(_from_git(name, folder), new)
    except GitError as error:
        raise NoEdition(
            f"{name}: no such folder, workbook, edition or git revision that holds the data "
            f"({error}). Name one of these, such as data, agreements.xlsx, 1.0.0 or HEAD~1; when "
            "you build or release, with --since."
        ) from error


def since_previous(new: Dataset) -> Difference | None:
    """Compare the newest edition with the one before, where that is found."""
    editions = HEADING.findall((new.path / LOG).read_text(encoding="utf-8"))
    try:
        return compared(editions[1][0], new) if len(editions) > 1 else None
    except NoEdition:
        return None


def release(
    version: str,
    folder: Path,
    *,
    date: pd.Timestamp,
    read_until: pd.Timestamp | None = None,
    since: str | None = None,
    build: Callable[[], object],
) -> Difference:
    """Make the dataset as it is a new edition above the newest, and build its report.

    A copy of the edition is stored with the data. README.md and CITATION.cff beside the data name
    the new edition from then on. All is computed as of ``read_until``, by default the day of the
    newest source. ``since`` is the edition before, as :func:`read` takes it, by default the newest
    as it was released. When ``build`` raises, the edition is taken back.

    Raises :class:`AccordsError` with the reason, when the edition cannot be released. The data are
    then as they were.
    """
    newest, newest_date = read_edition(folder)
    until = read_until or newest_source(load(folder), date)
    _refuse(version, newest, date, newest_date, until)
    new = replace(load(folder), as_of=until, edition=version, released=date)
    difference = compared(since or newest, new, folder)
    if not difference:
        raise AccordsError(
            f"Nothing differs from edition {difference.old.edition} {difference.origin}; there is "
            "nothing to release. Where that is not the edition as it was released, name it with "
            "--since."
        )
    changing = [folder / name for name in (LOG, DESCRIPTOR, codebook.FILE)]
    former = {file: file.read_bytes() for file in changing if file.is_file()}
    papers: dict[Path, bytes] = {}
    with revision(folder, papers) as copy:
        _set_edition(copy, version, date, until, entry(difference))
        codebook.renew(copy)
        errors = [problem for problem in check(copy) if problem.severity == "error"]
        if errors:
            raise AccordsError(
                f"The data have {len(errors)} problem(s), so that they cannot be released. The "
                f"first: {errors[0]} Run 'accords check' to see all."
            )
        store(copy)
        papers |= _papers(load(copy), folder.resolve().parent)
        former |= {file: file.read_bytes() for file in papers}
    try:
        build()
    except BaseException:
        with revision(folder, former) as copy:
            _stored(copy, version).unlink()
        raise
    return difference


def store(folder: Path) -> Path:
    """Store a copy of the edition that a folder holds with the data; return its file.

    The same tables give the same bytes.
    """
    target = _stored(folder, read_edition(folder)[0])
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(target, "w") as copy:
        for name in sorted(_parts(folder)):
            entry_ = zipfile.ZipInfo(name)  # Its time is the earliest that a zip can hold.
            entry_.compress_type = zipfile.ZIP_DEFLATED
            entry_.create_system, entry_.external_attr = 3, 0o644 << 16
            copy.writestr(entry_, (folder / name).read_bytes())
    return target


def _refuse(
    version: str, newest: str, date: pd.Timestamp, newest_date: pd.Timestamp, until: pd.Timestamp
) -> None:
    """Raise where a version or a date cannot follow the newest edition's."""
    new, old = _VERSION.fullmatch(version), _VERSION.fullmatch(newest)
    if new is None:
        said = f"'{version}' is not a version. Use three numbers, such as 1.1.0."
    elif old is not None and [*map(int, new.groups())] <= [*map(int, old.groups())]:
        said = f"Edition {newest} is the newest, and editions are never changed. "
        said += f"Use a version above {newest}."
    elif date < newest_date:
        said = f"{date:%F} lies before edition {newest} ({newest_date:%F}). Use a later --date."
    elif until > date:
        said = f"Sources cannot have been read until {until:%F}, after the edition's date "
        said += f"({date:%F}). Use an earlier --read-until, or a later --date."
    else:
        return
    raise AccordsError(said)


def _set_edition(
    folder: Path, version: str, date: pd.Timestamp, until: pd.Timestamp, text: str
) -> None:
    """Write an edition's entry into the change log, and what it is into the descriptor."""
    log, descriptor = folder / LOG, folder / DESCRIPTOR
    before = log.read_text(encoding="utf-8")
    at = before.index("\n## ") + 1
    heading = f"## {version} ({date:%Y-%m-%d})\n\nSources read until {until:%Y-%m-%d}."
    log.write_text(f"{before[:at]}{heading}\n\n{text}\n\n{before[at:]}", "utf-8", newline="\n")
    values = (version, f"{date:%Y-%m-%d}T00:00:00Z", f"{until:%Y-%m-%d}")
    declared = read_descriptor(folder) | dict(zip(OF_AN_EDITION, values, strict=True))
    written = json.dumps(declared, indent=2, ensure_ascii=False)
    descriptor.write_text(f"{written}\n", "utf-8", newline="\n")


def _papers(dataset: Dataset, place: Path) -> dict[Path, bytes]:
    """Return the papers beside the data that must name a new edition: CITATION.cff and the README.

    What does not bear the dataset's title, or has no place for an edition, is someone else's and
    stays as it is.
    """
    version, day = dataset.edition, f"{dataset.released:%Y-%m-%d}"
    title, until = (dataset.descriptor.get(key) for key in ("title", "readUntil"))
    sizes = {name: f"{len(table):,}" for name, table in dataset.tables.items()}
    stated = render(
        "accords.curation", "edition.md.j2", edition=version, day=day, n=sizes, until=until
    )
    cited = rf"\(\d{{4}}\)(\. \*{re.escape(str(title))}\*, edition )\d+\.\d+\.\d+"
    rules = {
        "CITATION.cff": {
            r"(?m)^version: .*$": f"version: {version}",
            r"(?m)^date-released: .*$": f'date-released: "{day}"',
        },
        "README.md": {
            r"(?s)(<!-- edition.*?-->\n).*?(?=<!-- /edition -->)": rf"\g<1>{stated}",
            cited: rf"({day[:4]})\g<1>{version}",
        },
    }
    papers = {}
    for file in (place / name for name in rules if (place / name).is_file()):
        before = text = file.read_text(encoding="utf-8")
        for pattern, words in rules[file.name].items() if title and title in text else ():
            text = re.sub(pattern, words, text)
        if text != before:
            papers[file] = text.encode()
    return papers


def _difference(copy: Copy, new: Dataset) -> Difference:
    """Compare a dataset with an older one, read by the newer one's rules."""
    then = older(copy, new)
    return Difference(then.dataset, new, copy.origin, then.rules, then.lacking)


def _stored(folder: Path, version: str) -> Path:
    return folder / STORED / f"{version}.zip"


def _parts(folder: Path) -> list[str]:
    """List the files of which an edition consists."""
    return [LOG, DESCRIPTOR, *(r["path"] for r in read_descriptor(folder)["resources"])]


def _inside(folder: Path) -> Path:
    """Return the dataset's folder: this one, or the one that it holds as ``data``."""
    return folder if (folder / DESCRIPTOR).exists() else folder / "data"


def _from_folder(folder: Path) -> Copy:
    paths = [folder / name for name in _parts(folder)]
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths if p.is_file()}
    return copy_of(files, f"in {folder.name}")


def _from_workbook(file: Path, folder: Path) -> Copy:
    """Read a workbook; what it does not say is as it is in the dataset's folder today."""
    import openpyxl

    descriptor = read_descriptor(folder)
    reading = read_workbook(file, descriptor)
    if reading.errors():
        said = "\n".join(str(remark) for remark in reading.errors())
        raise AccordsError(
            f"{said}\n{file}: is of another form than the data are today, or is damaged. Where it "
            "was made from an older edition, name that edition or its git revision instead."
        )
    book = openpyxl.load_workbook(file, read_only=True)
    heading = _ABOUT.search(book.properties.description or "")
    book.close()
    log = f"## {heading[1]}\n" if heading else (folder / LOG).read_text(encoding="utf-8")
    return Copy(reading.tables, descriptor, log, f"in {file.name}")


def _from_git(name: str, folder: Path) -> Copy:
    """Read the dataset's folder as a git revision has it; a version names its tag.

    Raises :class:`GitError` when Git has no such revision, or it holds another edition.
    """
    is_version = _VERSION.fullmatch(name)
    revision_name = f"edition-{name}" if is_version else name
    asked = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix").decode()
    top, prefix = asked.split("\n")[:2]
    archive = _git(Path(top), "archive", "--format=zip", f"{revision_name}:{prefix}")
    copy = unzipped(archive, f"in git ({revision_name})")
    if is_version and copy.newest[0] != name:
        raise GitError(f"the tag {revision_name} is on another edition")
    return copy


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True)
    except OSError as error:
        raise GitError("git is not installed") from error
    if done.returncode:
        raise GitError(" ".join(done.stderr.decode(errors="replace").split()))
    return done.stdout
