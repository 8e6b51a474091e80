"""Editions of the dataset: where each is kept, how an older one is read, and a new one released."""

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
from accords.curation.revision import revision
from accords.curation.telling import entry
from accords.dataset import Dataset, find_data, load, older, read_descriptor, read_edition
from accords.errors import AccordsError
from accords.templates import render

_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}")


class NoEdition(AccordsError):
    """An edition is found nowhere."""


def read(name: str, folder: Path | None = None) -> Dataset:
    """Read a dataset by version, folder (as it is) or git revision; by default of today's data.

    An :class:`AccordsError` says that there is no such thing, or it cannot be read.
    """
    return load(name) if Path(name).is_dir() else compared(name, load(folder)).old


def compared(name: str, new: Dataset, folder: Path | None = None) -> Difference:
    """Compare a dataset with an older one, by default kept where it lies itself."""
    copy = _copy(name, folder or (new.path if new.path.is_dir() else None))
    then = older.older(copy, new)
    return Difference(then.dataset, new, copy.origin, then.rules, then.lacking)


def since_previous(new: Dataset) -> Difference | None:
    """Compare the newest edition with the one before, where that is found."""
    editions = older.HEADING.findall((new.path / older.LOG).read_text(encoding="utf-8"))
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
    """Make the dataset as it is a new edition: described, stored, named by README.md, and built.

    ``read_until`` is by default the day of the newest source; ``since`` the edition before, as
    :func:`read` takes it. An :class:`AccordsError` says why it cannot be released; the data are
    then as they were, as when ``build`` raises.
    """
    today = load(folder)
    until = read_until or older.newest_source(today, date)
    _refuse(version, date, until, today)
    new = replace(today, as_of=until, edition=version, released=date)
    difference = compared(since or today.edition, new, folder)
    if not difference:
        raise AccordsError(
            f"Nothing differs from edition {difference.old.edition} {difference.origin}; there is "
            "nothing to release. Where that is not the edition as it was released, name it with "
            "--since."
        )
    changing = [folder / name for name in (older.LOG, older.DESCRIPTOR, codebook.FILE)]
    former = {file: file.read_bytes() for file in changing if file.is_file()}
    papers: dict[Path, bytes] = {}
    with revision(folder, papers) as copy:
        _describe(copy, new, entry(difference))
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
    """Store a copy of the edition that a folder holds; the same tables give the same bytes."""
    target = _stored(folder, read_edition(folder)[0])
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(target, "w") as copy:
        for name, content in sorted(_files(folder).items()):
            entry_ = zipfile.ZipInfo(name)  # Its time is the earliest that a zip can hold.
            entry_.compress_type = zipfile.ZIP_DEFLATED
            entry_.create_system, entry_.external_attr = 3, 0o644 << 16
            copy.writestr(entry_, content)
    return target


def _refuse(version: str, date: pd.Timestamp, until: pd.Timestamp, newest: Dataset) -> None:
    number, last = ([int(n) for n in re.findall(r"\d+", v)] for v in (version, newest.edition))
    if not _VERSION.fullmatch(version):
        said = f"'{version}' is not a version. Use three numbers, such as 1.1.0."
    elif number <= last:
        said = f"Edition {newest.edition} is the newest, and editions are never changed. "
        said += f"Use a version above {newest.edition}."
    elif date < newest.released:
        day = f"{newest.released:%F}"
        said = f"{date:%F} lies before edition {newest.edition} ({day}). Use a later --date."
    elif until > date:
        said = f"Sources cannot have been read until {until:%F}, after the edition's date "
        said += f"({date:%F}). Use an earlier --read-until, or a later --date."
    else:
        return
    raise AccordsError(said)


def _describe(folder: Path, new: Dataset, text: str) -> None:
    log, descriptor = folder / older.LOG, folder / older.DESCRIPTOR
    before = log.read_text(encoding="utf-8")
    at = before.index("\n## ") + 1
    heading = f"## {new.edition} ({new.released:%Y-%m-%d})\n\nSources read until {new.as_of:%F}."
    log.write_text(f"{before[:at]}{heading}\n\n{text}\n\n{before[at:]}", "utf-8", newline="\n")
    values = (new.edition, f"{new.released:%Y-%m-%d}T00:00:00Z", f"{new.as_of:%Y-%m-%d}")
    declared = read_descriptor(folder) | dict(zip(older.OF_AN_EDITION, values, strict=True))
    written = json.dumps(declared, indent=2, ensure_ascii=False)
    descriptor.write_text(f"{written}\n", "utf-8", newline="\n")


def _papers(dataset: Dataset, place: Path) -> dict[Path, bytes]:
    """Return what is to stand beside the data; papers without the dataset's title stay."""
    version, day = dataset.edition, f"{dataset.released:%Y-%m-%d}"
    title, until = (dataset.descriptor.get(key) for key in ("title", "readUntil"))
    sizes = {name: f"{len(table):,}" for name, table in dataset.tables.items()}
    stated = render(
        "accords.curation", "edition.md.j2", edition=version, day=day, n=sizes, until=until
    )
    cited = rf"\(\d{{4}}\)(\. \*{re.escape(str(title))}\*, edition )\d+\.\d+\.\d+"
    rules = [
        ("CITATION.cff", r"(?m)^version: .*$", f"version: {version}"),
        ("CITATION.cff", r"(?m)^date-released: .*$", f'date-released: "{day}"'),
        ("README.md", r"(?s)(<!-- edition.*?-->\n).*?(?=<!-- /edition -->)", rf"\g<1>{stated}"),
        ("README.md", cited, rf"({day[:4]})\g<1>{version}"),
    ]
    papers = {name: place / name for name, *_ in rules if (place / name).is_file()}
    texts = {name: file.read_text(encoding="utf-8") for name, file in papers.items()}
    for name, pattern, words in rules:
        if title and title in texts.get(name, ""):
            texts[name] = re.sub(pattern, words, texts[name])
    return {papers[name]: text.encode() for name, text in texts.items()}


def _stored(folder: Path, version: str) -> Path:
    return folder / older.STORED / f"{version}.zip"


def _files(folder: Path) -> dict[str, bytes]:
    paths = [resource["path"] for resource in read_descriptor(folder)["resources"]]
    files = {name: folder / name for name in (older.LOG, older.DESCRIPTOR, *paths)}
    return {name: file.read_bytes() for name, file in files.items() if file.is_file()}


def _copy(name: str, folder: Path | None) -> older.Copy:
    path = Path(name)
    if path.is_dir():
        return older.copy_of(_files(path), f"in {path.name}")
    folder = folder or find_data()
    if (stored := _stored(folder, name)).is_file():
        return older.unzipped(stored.read_bytes(), "as stored with the data")
    try:
        return _from_git(name, folder)
    except NoEdition as error:
        raise NoEdition(
            f"{name}: no such folder, edition or git revision that holds the data ({error}). Name "
            "one of these, such as data, 1.0.0 or HEAD~1; when you build or release, with --since."
        ) from error


def _from_git(name: str, folder: Path) -> older.Copy:
    """Read the dataset's folder as a git revision has it; a version names its tag."""
    is_version = _VERSION.fullmatch(name)
    revision_name = f"edition-{name}" if is_version else name
    asked = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix").decode()
    top, prefix = asked.split("\n")[:2]
    archive = _git(Path(top), "archive", "--format=zip", f"{revision_name}:{prefix}")
    copy = older.unzipped(archive, f"in git ({revision_name})")
    if is_version and copy.newest[0] != name:
        raise NoEdition(f"the tag {revision_name} is on another edition")
    return copy


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True)
    except OSError as error:
        raise NoEdition("git is not installed") from error
    if done.returncode:
        raise NoEdition(" ".join(done.stderr.decode(errors="replace").split()))
    return done.stdout
