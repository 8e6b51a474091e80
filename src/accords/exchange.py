"""Exchange files of a folder all at once: whoever opens it next sees all of a change, or none.

A change is made ready in a hidden folder inside. A journal then lists which file takes whose place,
and the files are moved one by one. A process that is killed before the journal stands has changed
nothing; one that is killed after it is finished by whoever opens the folder next.
"""

from __future__ import annotations

import errno
import filecmp
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from accords.errors import AccordsError

ASIDE = ".accords-next"
"""Folder inside the one that changes, in which a change is made ready."""

LOCK = ".lock"
"""File in a folder that changes, while it does."""

_JOURNAL = "journal.json"


class Busy(AccordsError):
    """Another process is changing the folder."""


@contextmanager
def locked(
    folder: Path, waiting: Callable[[], None] | None = None, patience: float = 0.2
) -> Iterator[None]:
    """Keep every other process from changing a folder, and settle what a killed one left.

    Parameters
    ----------
    folder
        The folder. Its lock ends with the block, and also when the process is killed.
    waiting
        Called where another process has the lock, before waiting for it.
    patience
        Seconds after which the lock counts as another's: whoever settles a folder before reading
        it has the lock for a moment.

    Raises
    ------
    Busy
        Another process has the lock, and ``waiting`` is not given.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=patience)
    except Timeout as error:
        if waiting is None:
            raise Busy(
                f"{folder}: another command is changing the files here. Wait until it is done."
            ) from error
        waiting()
        lock.acquire()
    try:
        _recover(folder)
        yield
    finally:
        # Here a file that others wait for may be removed while it is locked, and only then; Windows
        # removes none that is open.
        if sys.platform != "win32":
            (folder / LOCK).unlink(missing_ok=True)
        lock.release()
        if sys.platform == "win32":
            with suppress(OSError):
                (folder / LOCK).unlink()


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield an empty folder inside a locked one, to make a change ready in."""
    aside = folder / ASIDE
    aside.mkdir()
    try:
        yield aside
    finally:
        # A journal that still stands is a change that was neither finished nor taken back.
        if not (aside / _JOURNAL).exists():
            shutil.rmtree(aside, ignore_errors=True)


def replace(folder: Path, changes: Mapping[Path, Path | None]) -> None:
    """Put files in the place of others; on any failure all are left as they were.

    Parameters
    ----------
    folder
        The folder, locked and staged.
    changes
        For each target the file from the staged folder that takes its place, or None where the
        target goes. A target that is a link stays one: the file that it leads to is replaced.

    Raises
    ------
    OSError
        A file cannot be written. All are as they were.
    AccordsError
        Nor could all be put back; the next command that opens the folder tries again.
    """
    aside = folder / ASIDE
    former: dict[Path, Path | None] = {}
    for number, (target, file) in enumerate(changes.items()):
        former[target] = None
        if target.exists():
            former[target] = Path(shutil.copy2(target, aside / f"former-{number}"))
        if file is not None:
            _flush(file)
    _write_journal(folder, changes)
    try:
        _follow_journal(folder)
    except BaseException:
        # What could not be replaced because it is open elsewhere could not be put back either.
        back = {target: kept for target, kept in former.items() if not _alike(target, kept)}
        try:
            _write_journal(folder, back)
            _follow_journal(folder)
        except OSError as error:
            raise AccordsError(_stuck(folder, error)) from error
        raise


def settle(folder: Path) -> None:
    """Finish a change that was cut off after its journal stood; clear away what another left.

    Cheap where there is nothing to settle, so that whoever reads the folder may call it first.

    Raises
    ------
    AccordsError
        The files are partly changed, and the rest cannot be written.
    """
    aside = folder / ASIDE
    if not aside.is_dir() and not (folder / LOCK).exists():
        return
    halfway = (aside / _JOURNAL).exists()
    try:
        with locked(folder, (lambda: None) if halfway else None, patience=0):
            pass
    except Busy:
        return  # Another process is still making its change ready.
    except OSError as error:
        if halfway:
            raise AccordsError(_stuck(folder, error)) from error


def _recover(folder: Path) -> None:
    aside = folder / ASIDE
    if (aside / _JOURNAL).exists():
        try:
            _follow_journal(folder)
        except OSError as error:
            raise AccordsError(_stuck(folder, error)) from error
    shutil.rmtree(aside, ignore_errors=True)


def _write_journal(folder: Path, changes: Mapping[Path, Path | None]) -> None:
    """Write down which file takes whose place; from then on the change counts as made."""
    aside = folder / ASIDE
    steps = [
        [_relative(target, folder), file and _relative(file, folder)]
        for target, file in changes.items()
    ]
    draft = aside / f"{_JOURNAL}.part"
    # The number of the folder in its file system tells a copy of it, where what the journal names
    # may be something else, from the folder itself.
    draft.write_text(json.dumps({"folder": aside.stat().st_ino, "steps": steps}), encoding="utf-8")
    _flush(draft)
    draft.replace(aside / _JOURNAL)


def _follow_journal(folder: Path) -> None:
    """Move each file that still waits to its target, and end the journal."""
    aside = folder / ASIDE
    journal = aside / _JOURNAL
    try:
        told = json.loads(journal.read_text(encoding="utf-8"))
        own, steps = told["folder"] == aside.stat().st_ino, told["steps"]
    except (ValueError, KeyError, TypeError):
        own, steps = False, []
    if not own:
        raise AccordsError(
            f"{aside}: is left of a change that was cut off in another copy of this folder. "
            "Restore the files here from a whole copy, and delete that folder."
        )
    for target, file in steps:
        place = folder / target
        if file is None:
            place.unlink(missing_ok=True)
        elif (folder / file).exists():
            _move(folder / file, place)
    journal.unlink()


def _move(file: Path, target: Path) -> None:
    place = target.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = place.with_name(f".{place.name}.part")
        shutil.copy2(file, beside)
        _flush(beside)
        beside.replace(place)
        file.unlink()


def _alike(file: Path, other: Path | None) -> bool:
    if other is None or not file.exists():
        return other is None and not file.exists()
    return filecmp.cmp(file, other, shallow=False)


def _flush(file: Path) -> None:
    """Make sure that a file is on the disk, and not only on its way there."""
    with file.open("r+b") as written:
        os.fsync(written.fileno())


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # On another drive of Windows.
        return path.as_posix()


def _stuck(folder: Path, error: OSError) -> str:
    where = error.filename2 or error.filename or folder
    return (
        f"{where}: cannot be written ({error.strerror or error}), so that the files of {folder} "
        "are partly changed. Free it, and run the command again: the rest is changed first."
    )
