"""The commands that open the explorer."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import builders
import nbformat
import pytest
from typer.testing import CliRunner

from accords.cli import app
from accords.publish import serve


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """The command lines that would have replaced this process."""
    seen: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: seen.append(arguments))
    return seen


@pytest.fixture
def project(small_folder: Path, monkeypatch) -> Path:
    root = small_folder.parent
    (root / "notebooks").mkdir()
    for name in (serve.EXPLORER, serve.PAGE):
        shutil.copy(builders.ROOT / "notebooks" / name, root / "notebooks")
    monkeypatch.chdir(root / "notebooks")
    return root


def test_lab_opens_the_explorer_and_hands_options_on(project: Path, started):
    CliRunner().invoke(app, ["lab", "--no-browser", "--port=8890"])
    (command,) = started
    assert command[1:3] == ["-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/notebooks/explore.ipynb" in command
    assert f"--ServerApp.root_dir={project}" in command
    assert command[-2:] == ["--no-browser", "--port=8890"]


def test_app_opens_the_explorer_with_voila(project: Path, started, monkeypatch):
    monkeypatch.setattr(serve.importlib.util, "find_spec", lambda name: name)
    CliRunner().invoke(app, ["app", "--port=8890"])
    (command,) = started
    assert command[1:3] == ["-m", "voila"]
    assert command[3] == str(project / "notebooks" / "app.ipynb")
    assert command[-1] == "--port=8890"


def test_without_voila_app_says_how_to_get_it(project: Path, started, monkeypatch):
    monkeypatch.setattr(serve.importlib.util, "find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["app"])
    assert result.exit_code == 2
    assert "pip install" in result.output
    assert not started


def test_a_missing_notebook_is_said(project: Path, started):
    (project / "notebooks" / "explore.ipynb").unlink()
    result = CliRunner().invoke(app, ["lab"])
    assert result.exit_code == 2
    assert "explore.ipynb: is missing" in result.output
    assert not started


@pytest.mark.parametrize("name", [serve.EXPLORER, serve.PAGE])
def test_a_notebook_takes_parameters(name: str):
    notebook = nbformat.read(builders.ROOT / "notebooks" / name, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [c.source for c in cells if "parameters" in c.metadata.get("tags", ())] == [
        "DATA = None\nFOCUS = None\nEDITION = None"
    ]
