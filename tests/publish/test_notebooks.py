"""Chapters are read with one clear error, and kept for as long as they are used."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from accords.publish import notebooks, pictures


@pytest.mark.parametrize(
    "content", ["[1,2]", "{}", "null", '{"cells": [1], "nbformat": 4, "metadata": {}}', "\udcff"]
)
def test_a_file_that_holds_no_notebook_is_named_with_the_remedy(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "01-x.ipynb"
    file.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(notebooks.NotebookError, match=r"01-x\.ipynb: cannot be read.*restore it"):
        notebooks.read(file)


def test_a_notebook_that_is_no_text_is_named_before_it_is_run(tmp_path: Path) -> None:
    file = tmp_path / "01-x.ipynb"
    file.write_bytes(b"\xff")
    with pytest.raises(notebooks.NotebookError, match=r"01-x\.ipynb: cannot be read.*restore it"):
        notebooks.Runner({}, "", tmp_path).kept(file)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("x = 1\ny = 1 / 0\nz = 3", "y = 1 / 0"),
        ("x = 1\ny = = 2", "y = = 2"),
        ("def half(n):\n    return n / 0\n\nhalf(1)", "half(1)"),
    ],
)
def test_the_line_that_failed_is_shown_and_not_the_cell_s_first(
    tmp_path: Path, source: str, shown: str
) -> None:
    file = tmp_path / "01-x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), file)

    async def run() -> None:
        runner = notebooks.Runner({}, "", tmp_path / "cache")
        try:
            await runner.run(file, lambda *_: None)
        finally:
            await runner.stop()

    # In a thread of its own: the browser tests leave an event loop running in this one.
    with (
        ThreadPoolExecutor(1) as thread,
        pytest.raises(notebooks.NotebookError, match="failed: ") as failed,
    ):
        thread.submit(asyncio.run, run()).result()
    assert str(failed.value).splitlines()[-2].strip() == shown


def test_a_cache_keeps_what_was_used_last(tmp_path: Path) -> None:
    for age in range(9):
        file = tmp_path / str(age)
        file.touch()
        os.utime(file, (1000 - age, 1000 - age))
    # The oldest is needed once more.
    assert pictures.holds(tmp_path / "8")
    assert not pictures.holds(tmp_path / "9")
    pictures.prune(tmp_path, since=1001, builds=4)
    assert {file.name for file in tmp_path.iterdir()} == {"8", "0", "1", "2"}


def test_a_cache_that_cannot_be_written_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    pictures.write(tmp_path / "cache" / "x.svg", b"x")
    pictures.prune(tmp_path / "cache", since=0)
    assert not pictures.holds(tmp_path / "cache" / "x.svg")
