"""Exchange files of a folder all at once: whoever opens it next sees all of a change, or none.

A change is made ready in a hidden folder inside; then a journal lists which file takes whose place.
Killed before the journal stands, it never was; after it, whoever opens the folder finishes it.
"""

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

ASIDE = ".accords-next"  # folder inside the one that changes, in which a change is made ready
LOCK = ".lock"  # file in a folder that changes, while it does

_JOURNAL = "journal.json"


class Busy(AccordsError):
    """Another process is changing the folder."""


@contextmanager
def locked(
    folder: Path, waiting: Callable[[], None] | None = None, patience: float = 0.2
) -> Iterator[None]:
    """Keep every other process from changing a folder, and settle what a killed one left.

    Where another has the lock for more than ``patience`` seconds (whoever settles a folder has it
    for a moment), ``waiting`` is called and the lock waited for; without it, :class:`Busy` is
    raised. The lock ends with the process, however that ends.
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
        if (folder / ASIDE / _JOURNAL).exists():
            with _halfway(folder):
                _follow_journal(folder)
        shutil.rmtree(folder / ASIDE, ignore_errors=True)
        yield
    finally:
        # A file that others wait for may be removed while it is locked, and only then; Windows
        # removes none that is open, but there the lock does so itself.
        if sys.platform != "win32":
            (folder / LOCK).unlink(missing_ok=True)
        lock.release()


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

    ``folder`` is locked and staged; ``changes`` has for each target the staged file that takes its
    place, or None where the target goes. Of a target that is a link, the file it leads to changes.
    An OSError says what cannot be written, an :class:`AccordsError` that it cannot be put back
    either; the next command that opens the folder tries again.
    """
    aside = folder / ASIDE
    former: dict[Path, Path | None] = dict.fromkeys(changes)
    for number, target in enumerate(changes):
        if target.exists():
            former[target] = Path(shutil.copy2(target, aside / f"former-{number}"))
    for file in filter(None, changes.values()):
        _flush(file)
    _write_journal(folder, changes)
    try:
        _follow_journal(folder)
    except BaseException:
        # What could not be replaced because it is open elsewhere could not be put back either.
        back = {target: kept for target, kept in former.items() if not alike(target, kept)}
        with _halfway(folder):
            _write_journal(folder, back)
            _follow_journal(folder)
        raise


def settle(folder: Path) -> None:
    """Finish a change that was cut off after its journal stood; clear away what another left.

    Whoever reads the folder may call it first: it is cheap where nothing is to be settled. An
    :class:`AccordsError` says that the files are partly changed and the rest cannot be written.
    """
    if (folder / ASIDE / _JOURNAL).exists():
        with _halfway(folder), locked(folder, lambda: None, patience=0):
            return
    if (folder / ASIDE).is_dir() or (folder / LOCK).exists():
        # Another process may still be making its change ready.
        with suppress(Busy, OSError), locked(folder, patience=0):
            return


def _write_journal(folder: Path, changes: Mapping[Path, Path | None]) -> None:
    """Write down which file takes whose place; from then on the change counts as made."""
    aside = folder / ASIDE
    steps = [
        [file and Path(os.path.relpath(file, folder)).as_posix() for file in step]
        for step in changes.items()
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
    try:
        told = json.loads((aside / _JOURNAL).read_text(encoding="utf-8"))
        own, steps = told["folder"] == aside.stat().st_ino, told["steps"]
    except (ValueError, KeyError, TypeError):
        own, steps = False, []
    if not own:
        raise AccordsError(
            f"{aside}: is left of a change that was cut off in another copy of this folder. "
            "Restore the files here from a whole copy, and delete that folder."
        )
    for target, file in steps:
        if file is None:
            (folder / target).unlink(missing_ok=True)
        elif (folder / file).exists():
            _move(folder / file, folder / target)
    (aside / _JOURNAL).unlink()


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


def state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return size and time of each file, also behind links, that is not hidden."""
    states = {}
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in (Path(place, name) for name in names if not name.startswith(".")):
            with suppress(FileNotFoundError):  # Gone since it was listed.
                stat = file.stat()
                states[file.relative_to(folder)] = (stat.st_size, stat.st_mtime_ns)
    return states


def alike(file: Path, other: Path | None) -> bool:
    """Return whether two files have the same content, or neither is there."""
    if other is None or not file.exists():
        return other is None and not file.exists()
    return filecmp.cmp(file, other, shallow=False)


def _flush(file: Path) -> None:
    with file.open("r+b") as written:
        os.fsync(written.fileno())


@contextmanager
def _halfway(folder: Path) -> Iterator[None]:
    """Say of a file that cannot be written that others are already."""
    try:
        yield
    except OSError as error:
        where = error.filename2 or error.filename or folder
        raise AccordsError(
            f"{where}: cannot be written ({error.strerror or error}), so that the files of "
            f"{folder} are partly changed. Free it, and run the command again: the rest is "
            "changed first."
        ) from error
