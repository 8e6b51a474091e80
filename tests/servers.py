"""Starting the project's own servers for a test, and ending them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import builders

PATIENCE = 180_000
"""Milliseconds to wait for a server, a kernel or a chart: a busy machine is no failure."""


def analysts_folder(folder: Path) -> Path:
    """Lay out a folder as the repository has it, to work in."""
    shutil.copytree(builders.SHIPPED, folder / "data")
    shutil.copytree(builders.ROOT / "notebooks", folder / "notebooks")
    return folder


@contextlib.contextmanager
def serving(folder: Path, command: str, *options: str) -> Iterator[str]:
    """Run ``accords lab`` or ``accords app`` in a folder; gives the server's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("accords")),
                *(command, "--no-browser", f"--port={port}", *options),
            ],
            cwd=folder,
            env={**os.environ, **{name: str(folder / name.lower()) for name in own}},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server, folder)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(address: str, server: subprocess.Popen, folder: Path) -> None:
    for _ in range(PATIENCE // 500):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=60).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError((folder / "server.log").read_text())
