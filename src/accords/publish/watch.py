"""Rebuild the report while the data change, and show it in a browser on this machine."""

from __future__ import annotations

import json
import mimetypes
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from accords.checks import check
from accords.errors import AccordsError
from accords.publish.build import build, settled_files
from accords.publish.job import PAGE, Plan
from accords.templates import render

HOST = "127.0.0.1"

SHOWN = 30
"""How many problems are listed at a time."""

PAUSE = 0.3
"""Seconds between two looks at the files: what is the same in both is no longer being written."""


@dataclass
class State:
    """What a browser that looks on is told: ``problems`` are why there is no new report."""

    builds: int = 0
    building: bool = False
    problems: tuple[str, ...] = ()


def watch(job: Plan, *, port: int, say: Callable[[str], None]) -> None:
    """Build, show, and build again whenever the data or the notebooks change; until interrupted.

    Port 0 takes a free one; ``say`` shows a line in the terminal.
    """
    state = State()
    with served(job.out, state, port) as address:
        say(f"The report is shown at {address} (Ctrl-C ends).")
        try:
            for _ in changes((job.data, job.notebooks)):
                rebuild(job, state, say)
        except KeyboardInterrupt:
            say("Ended.")


def rebuild(job: Plan, state: State, say: Callable[[str], None]) -> None:
    """Check and build once, and tell what came of it; the last good report stays on failure."""
    state.building = True
    started = time.monotonic()
    problems = problems_of(job)
    if problems:
        say(f"{len(problems)} problem(s); the last good report stays:")
        for problem in problems[:SHOWN]:
            say(f"  {problem}")
    else:
        say(f"Built in {time.monotonic() - started:.1f} s.")
        state.builds += 1
    state.problems = tuple(problems[:SHOWN])
    state.building = False


def problems_of(job: Plan) -> list[str]:
    """Build the report, or say why there is none."""
    try:
        found = [str(p) for p in check(job.data) if p.severity == "error"]
        if not found:
            build(job)
    except AccordsError as error:
        return [line for line in str(error).splitlines() if line.strip()]
    return found


def changes(folders: tuple[Path, ...]) -> Iterator[None]:
    """Yield at once, and then each time that files in one of the folders have changed."""
    last: object = None
    while True:
        before, now = None, _looked(folders)
        while now in (last, None) or now != before:
            time.sleep(PAUSE)
            before, now = now, _looked(folders)
        last = now
        yield


@contextmanager
def served(out: Path, state: State, port: int) -> Iterator[str]:
    """Serve a report on this machine while the block runs; give its address."""
    frame = render("accords.publish", "watch.html.j2").encode()
    handler = type("Handler", (_Handler,), {"out": out, "state": state, "frame": frame})
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise AccordsError(
            f"Port {port} cannot be used ({error.strerror}). Choose another with --port."
        ) from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers with the frame, the report's files, and what is new."""

    out: Path
    state: State
    frame: bytes

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].removeprefix("/")
        files = {file.name: file for file in self.out.glob("[!.]*") if file.is_file()}
        if self.headers.get("Host", "").rpartition(":")[0] not in (HOST, "localhost"):
            # Another site's name that was made to point at this machine.
            self.send_error(HTTPStatus.FORBIDDEN)
        elif name == "":
            self._send(self.frame, "text/html")
        elif name == "state":
            self._send(json.dumps(asdict(self.state)).encode(), "application/json")
        elif name in files:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            self._send(files[name].read_bytes(), kind)
        elif name == PAGE:
            note = "There is no report yet. It appears here as soon as it is built."
            self._send(f"<!doctype html><title>Report</title><p>{note}".encode(), "text/html")
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "html" in kind else kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for what the curator should see."""


def _looked(folders: tuple[Path, ...]) -> dict[Path, tuple[int, int]]:
    """Return size and time of each file that is neither hidden nor of a change under way."""
    found = {}
    for file in (file for folder in folders for file in settled_files(folder)):
        if file.name[0] != "." and file.suffix:
            with suppress(FileNotFoundError):  # Gone since it was listed.
                status = file.stat()
                found[file] = (status.st_size, status.st_mtime_ns)
    return found
