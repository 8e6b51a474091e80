"""What a build and all that it starts put down lies in one folder, and goes with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from accords.publish import scratch


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(scratch, "LONGEST", 1000)
    return tmp_path


def test_what_a_process_and_those_it_starts_put_down_goes_at_the_end(place: Path) -> None:
    make = "import tempfile; print(tempfile.mkdtemp())"
    with scratch.folder() as own:
        assert own.parent == place
        asked = subprocess.run([sys.executable, "-c", make], capture_output=True, text=True)
        made = [Path(tempfile.mkdtemp()), Path(asked.stdout.strip())]
        assert [folder.parent for folder in made] == [own, own]
    assert list(place.iterdir()) == []
    assert os.environ["TMPDIR"] == tempfile.gettempdir() == str(place)


def test_without_a_folder_named_by_the_environment_none_is_named_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TMPDIR")
    with scratch.folder():
        assert "TMPDIR" in os.environ
    assert "TMPDIR" not in os.environ


@pytest.mark.skipif(not os.access("/tmp", os.W_OK), reason="there is no short name")
def test_a_temporary_folder_with_a_long_name_is_no_matter(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "LONGEST", len(str(place)) - 1)
    with scratch.folder() as own:
        assert own.parent == Path("/tmp")


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can be asked for there")
def test_folders_of_killed_builds_go_and_those_of_running_ones_stay(place: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    names = (f"accords-{ended.pid}-a", f"accords-{os.getpid()}-b", "mine-1-c")
    for name in names:
        (place / name).mkdir()
    with scratch.folder():
        assert [(place / name).exists() for name in names] == [False, True, True]
