"""Outputs stay in the analyst's file and out of the history."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import builders
import nbformat
import pytest

from accords.publish.stored import stored

SOURCE = "display(1 + 1)"


def run_notebook() -> nbformat.NotebookNode:
    """A notebook as JupyterLab saves it after a run."""
    cell = nbformat.v4.new_code_cell(SOURCE, id="one", execution_count=7)
    cell.outputs = [nbformat.v4.new_output("stream", text="2\n")]
    cell.metadata = {"tags": ["parameters"], "execution": {"shell.execute_reply": "now"}}
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python",
              "name": "python3"}, "language_info": {"name": "python", "version": "3.11.2"},
              "title": "Ö", "widgets": {"state": {}}}  # fmt: skip
    return nbformat.v4.new_notebook(cells=[cell], metadata=kernel)


def test_outputs_counts_and_versions_go_and_all_else_stays() -> None:
    kept = json.loads(stored(nbformat.writes(run_notebook())))
    (cell,) = kept["cells"]
    assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert "".join(cell["source"]) == SOURCE
    assert cell["metadata"] == {"tags": ["parameters"]}
    assert kept["metadata"].keys() == {"kernelspec", "language_info", "title"}
    assert "3.11" not in json.dumps(kept)


def test_what_is_stored_is_written_as_jupyter_writes_it_and_stays_so() -> None:
    once = stored(nbformat.writes(run_notebook()))
    assert stored(once) == once
    assert nbformat.writes(nbformat.reads(once, 4)) + "\n" == once


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"cells": 1}', '{"cells": [1]}'])
def test_what_is_not_a_notebook_is_stored_as_it_is(text: str) -> None:
    assert stored(text) == text


def test_git_stores_a_saved_notebook_without_its_outputs(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    file = tmp_path / "notebooks" / "a.ipynb"
    nbformat.write(run_notebook(), file)
    saved = file.read_bytes()
    attributes = (builders.ROOT / ".gitattributes").read_text(encoding="utf-8")
    (tmp_path / ".gitattributes").write_text(attributes, encoding="utf-8")
    git("init", "-q", folder=tmp_path)
    # As `make setup` says it, with the Python that runs this.
    makefile = (builders.ROOT / "Makefile").read_text(encoding="utf-8")
    name, command = re.search(r"git config (\S+) \\\n\s*'(.+)'", makefile).groups()
    command = command.replace("$(BIN)/python", shlex.quote(sys.executable))
    git("config", name, command, folder=tmp_path)
    git("add", ".", folder=tmp_path)
    assert git("show", ":notebooks/a.ipynb", folder=tmp_path) == stored(saved.decode())
    assert file.read_bytes() == saved
    assert git("status", "--porcelain", "notebooks", folder=tmp_path).startswith("A ")


def git(*arguments: str, folder: Path) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode()
