"""Files are exchanged all or none, at whatever step the process is killed."""

from __future__ import annotations

import errno
import gc
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from accords import exchange
from accords.errors import AccordsError


class Killed(BaseException):
    """Stands for the end of a process: whatever would touch a file from then on raises it again."""


class Steps:
    """Counts what is done to files below a folder, and kills whoever takes one step too many."""

    def __init__(self) -> None:
        self.folder = ""
        self.left = 0
        sys.addaudithook(self.count)

    def count(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.folder or event.split(".")[0] not in ("open", "os", "shutil"):
            return
        if self.folder in str(arguments):
            self.left -= 1
            if self.left < 0:
                raise Killed


STEPS = Steps()

OLD = {"one": "old", "two": "old", "gone": "old", "made": "old"}
NEW = {"one": "new", "two": "new"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fresh(tmp_path / "data")


def fresh(folder: Path) -> Path:
    """Make a folder with three files, and another beside it with one."""
    out = folder.with_name("out")
    for place, names in ((folder, ("one", "two", "gone")), (out, ("made",))):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for name in names:
            (place / name).write_text("old")
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wait neither for the disk, on which a kill does not depend, nor for garbage of others."""
    monkeypatch.setattr(os, "fsync", lambda file: None)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def state(folder: Path) -> dict[str, str]:
    places = (folder, folder.with_name("out"))
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    return {file.name: file.read_text() for file in files}


def change(folder: Path) -> None:
    """Replace two files, and take away one here and one in another folder."""
    with exchange.locked(folder), exchange.staged(folder) as aside:
        changes: dict[Path, Path | None] = {folder / "gone": None}
        changes[folder.with_name("out") / "made"] = None
        for name in ("one", "two"):
            (aside / name).write_text("new")
            changes[folder / name] = aside / name
        exchange.replace(folder, changes)


def killed_after(folder: Path, steps: int) -> bool:
    """Change a folder as a process does that is killed after so many steps; say whether it was."""
    STEPS.folder, STEPS.left = str(folder.parent), steps
    try:
        change(folder)
    except Killed:
        return True
    finally:
        STEPS.folder = ""
        gc.collect()  # The lock of whoever was killed ends with it.
    return False


def test_all_files_are_exchanged_and_nothing_is_left_over(folder: Path) -> None:
    change(folder)
    assert state(folder) == NEW


@pytest.mark.usefixtures("quick")
def test_killed_at_any_step_the_folder_is_all_old_or_all_new_when_it_is_opened(
    folder: Path,
) -> None:
    ends, steps = [], 0
    while killed_after(fresh(folder), steps):
        halfway = state(folder)
        exchange.settle(folder)
        after = state(folder)
        assert after in (OLD, NEW), f"killed after step {steps}, which left {halfway}"
        ends.append(after == NEW)
        steps += 1
    assert ends == sorted(ends), "once the journal stands, the change is made"
    assert 5 < sum(ends) < len(ends) - 5, "it was killed both before and after"


@pytest.mark.usefixtures("quick")
def test_what_settles_may_be_killed_itself(folder: Path) -> None:
    """Each run of a chain is killed a little later, and the last one comes through."""
    steps = 0
    while killed_after(folder, steps):
        steps += 3
    assert state(folder) == NEW


def test_nothing_is_settled_while_a_change_is_made_ready(folder: Path) -> None:
    with exchange.locked(folder), exchange.staged(folder) as aside:
        exchange.settle(folder)
        assert aside.is_dir()


def test_another_waits_or_is_refused(folder: Path) -> None:
    order: list[str] = []
    waited = threading.Event()

    def second() -> None:
        with exchange.locked(folder, waited.set):
            order.append("second")

    with exchange.locked(folder):
        with pytest.raises(exchange.Busy, match="another command"), exchange.locked(folder):
            pass
        other = threading.Thread(target=second)
        other.start()
        assert waited.wait(30)
        order.append("first")
    other.join(30)
    assert order == ["first", "second"]


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = exchange._move

    def open_in_excel(file: Path, target: Path) -> None:
        if target.name == "two":
            raise PermissionError(errno.EACCES, "Permission denied", str(file), None, str(target))
        move(file, target)

    monkeypatch.setattr(exchange, "_move", open_in_excel)
    with pytest.raises(PermissionError):
        change(folder)
    assert state(folder) == OLD


def test_what_cannot_be_put_back_either_is_named_and_finished_by_the_next_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move, moves = exchange._move, 0

    def fails_from_the_second_on(file: Path, target: Path) -> None:
        nonlocal moves
        moves += 1
        if moves > 1:
            raise OSError(errno.EIO, "Input/output error", str(target))
        move(file, target)

    with monkeypatch.context() as broken:
        broken.setattr(exchange, "_move", fails_from_the_second_on)
        with pytest.raises(AccordsError, match=r"cannot be written \(Input/output error\)"):
            change(folder)
        with pytest.raises(AccordsError, match="are partly changed"):
            exchange.settle(folder)
    exchange.settle(folder)
    assert state(folder) == OLD


def test_a_target_on_another_file_system_is_replaced_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def across(file: Path, target: Path) -> Path:
        if file.parent.name == exchange.ASIDE and target.parent == folder:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", across)
    change(folder)
    assert state(folder) == NEW


@pytest.mark.parametrize(
    "journal",
    ["", "[]", json.dumps({"folder": 0, "steps": [["../victim", ".accords-next/evil"]]})],
)
def test_a_journal_from_elsewhere_is_not_followed(folder: Path, journal: str) -> None:
    aside = folder / exchange.ASIDE
    aside.mkdir()
    (aside / "evil").write_text("evil")
    (aside / "journal.json").write_text(journal)
    with pytest.raises(AccordsError, match="another copy of this folder"):
        exchange.settle(folder)
    assert not folder.with_name("victim").exists()


def test_a_folder_without_traces_of_a_change_is_not_even_locked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "locked", lambda *_: pytest.fail("was locked"))
    exchange.settle(folder)
    assert state(folder) == OLD


def test_locks_that_come_and_go_let_one_in_at_a_time(folder: Path) -> None:
    """The lock's file is removed with each change, while others wait for it."""
    number = folder / "number"
    number.write_text("0")

    def count() -> None:
        for _ in range(25):
            with exchange.locked(folder, lambda: None):
                number.write_text(str(int(number.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert number.read_text() == "100"
    assert not (folder / exchange.LOCK).exists()
