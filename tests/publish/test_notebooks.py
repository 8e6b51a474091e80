"""Chapters are read and run with one clear error."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from accords.publish import browser, notebooks


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


@pytest.mark.slow
def test_the_line_that_failed_is_shown_and_each_chapter_runs_in_an_empty_namespace(
    tmp_path: Path,
) -> None:
    sources = {
        "x = 1\ny = 1 / 0\nz = 3": "y = 1 / 0",
        "x = 1\ny = = 2": "y = = 2",
        "def half(n):\n    return n / 0\n\nhalf(1)": "half(1)",
        "x": "x",
    }
    said: list[str] = []

    async def run() -> None:
        runner = notebooks.Runner({}, "", tmp_path / "cache")
        try:
            for number, source in enumerate(sources):
                file = tmp_path / f"{number}.ipynb"
                cell = nbformat.v4.new_code_cell(source)
                nbformat.write(nbformat.v4.new_notebook(cells=[cell]), file)
                with pytest.raises(notebooks.NotebookError, match="failed: ") as failed:
                    await runner.run(file, lambda *_: None)
                said.append(str(failed.value))
        finally:
            await runner.stop()

    browser.completed(run())
    assert [each.splitlines()[-2].strip() for each in said] == list(sources.values())
    assert "NameError: name 'x' is not defined" in said[-1]
