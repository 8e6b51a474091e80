"""Starting JupyterLab on the notebooks, and the explorer as a page of its own."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from accords.dataset import find_data
from accords.errors import AccordsError

EXPLORER = "explore.ipynb"  # the analyst's notebook
PAGE = "app.ipynb"  # the notebook that is shown as a page: the explorer alone

# A page fetches from its own server only: voila's would ask others for an icon font.
_POLICY = "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'"
OFFLINE = {"headers": {"Content-Security-Policy": _POLICY}}


def lab(options: Sequence[str] = ()) -> NoReturn:
    """Become a JupyterLab that opens the explorer's notebook; options are handed on to it."""
    root_dir = find_notebook(EXPLORER).parents[1]
    # Jupyter will not start as the root user unless told to, and in a container one is often root.
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    first = f"--LabApp.default_url=/lab/tree/notebooks/{EXPLORER}"
    _become("jupyterlab", f"--ServerApp.root_dir={root_dir}", first, *root, *options)


def app(options: Sequence[str] = ()) -> NoReturn:
    """Become a voila that shows the explorer as a page without code, if it is installed."""
    if importlib.util.find_spec("voila") is None:
        raise AccordsError("voila is not installed. Run: pip install 'accords[app]'")
    _become("voila", find_notebook(PAGE), f"--Voila.tornado_settings={OFFLINE}", *options)


def find_notebook(name: str) -> Path:
    """Find a notebook beside the nearest folder ``data``."""
    notebook = find_data().parent / "notebooks" / name
    if not notebook.is_file():
        raise AccordsError(f"{notebook}: is missing. Restore it from the repository.")
    return notebook


def _become(module: str, *arguments: object) -> NoReturn:
    """Replace this process, so that an interrupt or a kill reaches the server itself."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    if sys.platform == "win32":  # A process cannot be replaced there, only waited for.
        raise SystemExit(subprocess.run(command).returncode)
    os.execv(sys.executable, command)
