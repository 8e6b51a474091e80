"""A change to the data's folder happens in one step, whatever interrupts it."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from accords import exchange
from accords.curation import revision as module
from accords.curation.revision import revision
from accords.errors import AccordsError

TO_AND_FRO = """
import sys
from pathlib import Path
from accords.curation.revision import revision
text = "A"
while True:
    text = "B" if text == "A" else "A"
    with revision(Path(sys.argv[1])) as copy:
        for file in copy.iterdir():
            file.write_text(text * 20_000)
    print(flush=True)
"""


@contextmanager
def writer(folder: Path) -> Iterator[None]:
    """Change all files to and fro in another process, until the block ends: then kill it."""
    command = [sys.executable, "-c", TO_AND_FRO, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


def spoil(folder: Path, **files: str) -> None:
    """Begin a change, write elsewhere meanwhile, end it."""
    with revision(folder) as copy:
        (copy / "0.csv").write_text("mine")
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        if not files:
            raise RuntimeError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    for number in range(8):
        (made / f"{number}.csv").write_text("A" * 20_000)
    return made


def state(folder: Path) -> set[str]:
    return {file.read_text() for file in folder.glob("*.csv")}


def left(folder: Path) -> list[str]:
    """What lies about that is no table."""
    names = [path.name for place in (folder, folder.parent) for path in place.iterdir()]
    return [n for n in names if n != folder.name and not n.endswith(".csv")]


def test_a_change_is_put_in_place_whole(folder: Path) -> None:
    with revision(folder) as copy:
        (copy / "0.csv").write_text("new")
        (copy / "1.csv").unlink()
        (copy / "deep").mkdir()
        (copy / "deep" / "9.csv").write_text("more")
        assert (folder / "0.csv").read_text() == "A" * 20_000
    assert (folder / "0.csv").read_text() == "new"
    assert not (folder / "1.csv").exists()
    assert (folder / "deep" / "9.csv").read_text() == "more"
    assert left(folder) == ["deep"]


def test_files_elsewhere_change_with_the_folder(folder: Path) -> None:
    paper = folder.parent / "paper.csv"
    paper.write_text("old")
    beside: dict[Path, bytes] = {}
    with revision(folder, beside):
        beside[paper] = b"new"
        assert paper.read_text() == "old"
    assert paper.read_text() == "new"


def test_a_block_that_fails_changes_nothing(folder: Path) -> None:
    with pytest.raises(RuntimeError):
        spoil(folder)
    assert state(folder) == {"A" * 20_000}
    assert left(folder) == []


def test_files_that_do_not_change_are_left_alone(folder: Path) -> None:
    before = {file.name: file.stat().st_ino for file in folder.glob("*.csv")}
    with revision(folder) as copy:
        (copy / "0.csv").write_text("new")
    after = {file.name: file.stat().st_ino for file in folder.glob("*.csv")}
    assert {name for name in before if before[name] != after[name]} == {"0.csv"}


def test_what_someone_else_writes_meanwhile_is_not_lost(folder: Path) -> None:
    with pytest.raises(AccordsError, match="changed by someone else"):
        spoil(folder, one="theirs")
    assert (folder / "one.csv").read_text() == "theirs"
    assert (folder / "0.csv").read_text() == "A" * 20_000


def test_two_changes_at_once_are_kept_apart(folder: Path) -> None:
    with revision(folder) as copy:
        (copy / "0.csv").write_text("first")
        with pytest.raises(AccordsError, match="another command"), revision(folder):
            pass
    assert (folder / "0.csv").read_text() == "first"


def test_rights_and_files_of_ones_own_are_kept(folder: Path) -> None:
    folder.chmod(0o750)
    (folder / "0.csv").chmod(0o640)
    before = folder.stat().st_mode, (folder / "0.csv").stat().st_mode
    (folder / "notes.txt").write_text("mine")
    (folder / ".hidden").write_text("mine too")
    with revision(folder) as copy:
        (copy / "0.csv").write_text("new")
    assert (folder.stat().st_mode, (folder / "0.csv").stat().st_mode) == before
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / ".hidden").read_text() == "mine too"


def test_a_table_that_is_a_link_stays_one(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere.csv"
    (folder / "0.csv").rename(kept)
    try:
        (folder / "0.csv").symlink_to(kept)
    except OSError:
        pytest.skip("links may not be made here")
    with revision(folder) as copy:
        (copy / "0.csv").write_text("new")
    assert (folder / "0.csv").is_symlink()
    assert kept.read_text() == "new"


def test_a_change_killed_at_any_moment_leaves_one_state_or_the_other(folder: Path) -> None:
    chance = random.Random(6)
    for _ in range(3):
        with writer(folder):
            time.sleep(chance.uniform(0, 0.06))
        exchange.settle(folder)
        assert state(folder) in ({"A" * 20_000}, {"B" * 20_000})
        assert left(folder) == []


def test_a_full_disk_changes_nothing_and_is_named(folder: Path) -> None:
    pytest.importorskip("resource", reason="needs a system with limits")
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000));"
        "from pathlib import Path; from accords.curation.revision import revision\n"
        "with revision(Path(sys.argv[1])) as copy: (copy / '0.csv').write_text('B' * 20_000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, str(folder)], capture_output=True, text=True, check=False
    )
    assert "cannot be changed" in done.stderr
    assert "it is as it was. Make room on the disk" in done.stderr
    assert state(folder) == {"A" * 20_000}
    assert left(folder) == []


def test_a_read_only_folder_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as a user whom no permission binds.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(module.shutil, "copytree", refuse)
    with pytest.raises(AccordsError, match=r"Permission denied.*you may write"), revision(folder):
        pass
    assert state(folder) == {"A" * 20_000}


BOUND = """
set -e
mount --bind "$1" "$2"
exec "$3" -c "
import sys
from pathlib import Path
from accords.curation.revision import revision
with revision(Path(sys.argv[1])) as copy:
    (copy / '0.csv').write_text('new')
" "$2"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs Linux")
def test_a_folder_that_is_a_mount_of_its_own_is_changed_too(folder: Path, tmp_path: Path) -> None:
    mount = tmp_path / "mount"
    mount.mkdir()
    unshared = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*unshared, "true"], check=False, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    command = ["sh", "-c", BOUND, "sh", str(folder), str(mount), sys.executable]
    done = subprocess.run([*unshared, *command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (folder / "0.csv").read_text() == "new"
