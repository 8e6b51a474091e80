"""Change the dataset's folder in one step: all of a change, or none of it."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from accords import exchange
from accords.errors import AccordsError


@contextmanager
def revision(folder: Path, beside: Mapping[Path, bytes] | None = None) -> Iterator[Path]:
    """Yield a copy of a folder to change; put it in the folder's place when the block ends well.

    Whoever opens the folder afterwards sees all of the change or none of it, also when the process
    is killed midway. When the block raises, the folder stays as it was. ``beside`` are files
    elsewhere that change with it, and their new content; looked at when the block ends.

    Raises :class:`AccordsError` when another change is under way, the folder was changed meanwhile,
    or it cannot be written.
    """
    folder = folder.resolve()
    try:
        with exchange.locked(folder), exchange.staged(folder) as aside:
            copy = aside / folder.name
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*"))
            before = _state(copy)  # A copy has the times of its original.
            yield copy
            if _state(folder) != before:
                raise AccordsError(
                    f"{folder}: was changed by someone else meanwhile; nothing was written. "
                    "Run the command again."
                )
            changes = _differing(folder, copy)
            for number, (file, content) in enumerate((beside or {}).items()):
                new = changes[file] = copy.with_name(f"beside-{number}")
                new.write_bytes(content)
            if changes:
                exchange.replace(folder, changes)
    except (OSError, shutil.Error) as error:
        raise AccordsError(
            f"{folder}: cannot be changed ({_reason(error)}); it is as it was. Make room on the "
            "disk, see to it that you may write to this folder, and close its files elsewhere."
        ) from error


def _differing(folder: Path, copy: Path) -> dict[Path, Path | None]:
    """List each file of a folder that its copy has otherwise, and the copy's where it has one."""
    changes: dict[Path, Path | None] = {}
    ours, theirs = _files(folder), _files(copy)
    for name in sorted(ours | theirs):
        if name not in theirs:
            changes[folder / name] = None
        elif name not in ours or not filecmp.cmp(folder / name, copy / name, shallow=False):
            changes[folder / name] = copy / name
    return changes


def _files(folder: Path) -> set[Path]:
    """List the files of a folder, also behind links, that are not hidden."""
    found: set[Path] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found |= {Path(place, n).relative_to(folder) for n in names if not n.startswith(".")}
    return found


def _state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return size and time of each file: whether someone else wrote."""
    states = {name: (folder / name).stat() for name in _files(folder)}
    return {name: (state.st_size, state.st_mtime_ns) for name, state in states.items()}


def _reason(error: Exception) -> str:
    """Name what the system said; copying a folder collects several errors in one."""
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        return str(error.args[0][0][-1])
    return getattr(error, "strerror", None) or str(error)
