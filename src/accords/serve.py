"""Starting JupyterLab on the notebooks, and the explorer as a page of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from accords.dataset import find_data
from accords.errors import AccordsError

EXPLORER = "explore.ipynb"


def lab(options: Sequence[str] = ()) -> int:
    """Open the explorer's notebook in JupyterLab; gives its exit code when it is closed.

    Parameters
    ----------
    options
        Handed on to ``jupyter lab``, such as ``--no-browser`` or ``--port=8890``.
    """
    notebook = find_notebook()
    # Jupyter will not start as the root user unless told to, and in a container one is often root.
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    return _run("jupyterlab", [str(notebook), *root, *options])


def app(options: Sequence[str] = ()) -> int:
    """Open the explorer as a page without code; gives the exit code when it is closed.

    Parameters
    ----------
    options
        Handed on to ``voila``.

    Raises
    ------
    AccordsError
        When voila is not installed.
    """
    if importlib.util.find_spec("voila") is None:
        raise AccordsError("voila is not installed. Run: pip install 'accords[app]'")
    return _run("voila", [str(find_notebook()), *options])


def find_notebook() -> Path:
    """Find the explorer's notebook beside the nearest folder ``data``."""
    notebook = find_data().parent / "notebooks" / EXPLORER
    if not notebook.is_file():
        raise AccordsError(f"{notebook}: is missing. Restore it from the repository.")
    return notebook


def _run(module: str, arguments: Sequence[str]) -> int:
    try:
        return subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode
    except KeyboardInterrupt:
        return 0
