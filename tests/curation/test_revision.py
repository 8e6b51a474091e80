"""A change to the data's folder happens in one step, whatever interrupts it."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from accords.curation import revision as module
from accords.curation.revision import exchange, revision
from accords.errors import AccordsError

FORK = multiprocessing.get_context("fork")


def write_on(folder: Path) -> None:
    """Change all files to and fro until killed."""
    text = "A"
    while True:
        text = "B" if text == "A" else "A"
        with revision(folder) as copy:
            for file in copy.iterdir():
                file.write_text(text * 20_000)


@contextmanager
def writer(folder: Path) -> Iterator[None]:
    process = FORK.Process(target=write_on, args=(folder,))
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


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
    return {file.read_text() for file in folder.iterdir()}


def beside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)


def test_a_change_is_put_in_place_whole(folder: Path) -> None:
    with revision(folder) as copy:
        (copy / "0.csv").write_text("new")
        assert (folder / "0.csv").read_text() == "A" * 20_000
    assert (folder / "0.csv").read_text() == "new"
    assert beside(folder) == []


def test_a_block_that_fails_changes_nothing(folder: Path) -> None:
    with pytest.raises(RuntimeError):
        spoil(folder)
    assert state(folder) == {"A" * 20_000}
    assert beside(folder) == []


def test_a_block_that_changes_nothing_leaves_the_folder_alone(folder: Path) -> None:
    before = folder.stat().st_ino
    with revision(folder):
        pass
    assert folder.stat().st_ino == before


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
    (folder / "notes.txt").write_text("mine")
    with revision(folder) as copy:
        (copy / "0.csv").write_text("new")
    assert folder.stat().st_mode & 0o777 == 0o750
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_change_killed_at_any_moment_leaves_one_state_or_the_other(folder: Path) -> None:
    chance = random.Random(6)
    for _ in range(50):
        with writer(folder):
            time.sleep(chance.uniform(0, 0.06))
        assert state(folder) in ({"A" * 20_000}, {"B" * 20_000})
    with revision(folder):
        pass
    assert beside(folder) == [], "what the killed ones left is cleared away"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs a system with rlimits")
def test_a_full_disk_changes_nothing_and_is_named(folder: Path) -> None:
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
    assert beside(folder) == []


def test_a_read_only_folder_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as a user whom no permission binds.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(module.tempfile, "mkdtemp", refuse)
    with pytest.raises(AccordsError, match=r"Permission denied.*you may write"), revision(folder):
        pass
    assert state(folder) == {"A" * 20_000}


def test_where_folders_cannot_be_exchanged_they_are_renamed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Old:
        def renameat2(self, *_: object) -> int:
            return -1

        renamex_np = renameat2

    monkeypatch.setattr(module.ctypes, "CDLL", lambda *_, **__: Old())
    monkeypatch.setattr(module.ctypes, "get_errno", lambda: errno.ENOSYS)
    other = folder.with_name("other")
    other.mkdir()
    exchange(folder, other)
    assert list(folder.iterdir()) == []
    assert len(list(other.iterdir())) == 8


def test_a_folder_that_was_set_aside_comes_back(folder: Path) -> None:
    aside = folder.with_name(".data-pending-x-old")
    folder.rename(aside)
    module._clear(folder)
    assert state(folder) == {"A" * 20_000}
