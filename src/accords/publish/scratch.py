"""One temporary folder for all that a build starts, so that a killed build's can be found again."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

LONGEST = 30  # letters of a folder's name at most: below it, sockets have names the system takes


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make the temporary folder of this process and of what it starts; remove it at the end.

    It lies where names are short: kernels and browser open sockets in it. Those of processes that
    were killed go too.
    """
    usual = tempfile.gettempdir()
    place = "/tmp" if len(usual) > LONGEST and os.access("/tmp", os.W_OK) else usual
    _clear_away(Path(place))
    named, chosen = os.environ.get("TMPDIR"), tempfile.tempdir
    own = tempfile.TemporaryDirectory(
        prefix=f"accords-{os.getpid()}-", dir=place, ignore_cleanup_errors=True
    )
    with own as made:
        tempfile.tempdir = os.environ["TMPDIR"] = made
        try:
            yield Path(made)
        finally:
            tempfile.tempdir = chosen
            del os.environ["TMPDIR"]
            os.environ |= {"TMPDIR": named} if named else {}


def _clear_away(place: Path) -> None:
    if sys.platform == "win32":  # There nobody can be asked for without being ended.
        return
    for left in place.glob("accords-*-*"):
        owner = left.name.split("-")[1]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            shutil.rmtree(left, ignore_errors=True)
        except (ValueError, OSError):  # Another's folder, or a process of another's.
            continue
