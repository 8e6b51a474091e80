"""Change the dataset's folder in one step: all of a change, or none of it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from accords import exchange
from accords.errors import AccordsError


@contextmanager
def revision(folder: Path, beside: Mapping[Path, bytes] | None = None) -> Iterator[Path]:
    """Yield a copy of a folder to change; put it in the folder's place when the block ends well.

    Whoever opens the folder sees all of the change or none, also when the process is killed midway.
    ``beside`` is the content of files elsewhere that change with it, looked at when the block ends.
    An :class:`AccordsError` says that the folder is or was changed meanwhile, or cannot be written.
    """
    folder = folder.resolve()
    try:
        with exchange.locked(folder), exchange.staged(folder) as aside:
            copy = aside / folder.name
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*"))
            before = exchange.state(copy)  # A copy has the times of its original.
            yield copy
            now = exchange.state(folder)
            if now != before:
                raise AccordsError(
                    f"{folder}: was changed by someone else meanwhile; nothing was written. "
                    "Run the command again."
                )
            new = {name: copy / name for name in exchange.state(copy)}
            changes = {
                folder / name: new.get(name)
                for name in sorted(now.keys() | new.keys())
                if not exchange.alike(folder / name, new.get(name))
            }
            for number, (file, content) in enumerate((beside or {}).items()):
                changes[file] = copy.with_name(f"beside-{number}")
                copy.with_name(f"beside-{number}").write_bytes(content)
            if changes:
                exchange.replace(folder, changes)
    except OSError as error:
        raise AccordsError(
            f"{folder}: cannot be changed ({error.strerror or error}); it is as it was. Make room "
            "on the disk, see to it that you may write to this folder, and close its files "
            "elsewhere."
        ) from error
