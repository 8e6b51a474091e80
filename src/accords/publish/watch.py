"""Rebuild the report while the data change, and show it in a browser on this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from accords import exchange
from accords.errors import AccordsError
from accords.publish.build import build
from accords.publish.job import PAGE, Plan
from accords.templates import render

HOST = "127.0.0.1"

PAUSE = 0.3  # seconds between two looks: what is the same in both is no longer being written


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
    """Build once, and tell what came of it; the last good report stays on failure."""
    state.building = True
    started = time.monotonic()
    try:
        build(job)
    except AccordsError as error:
        state.problems = tuple(line for line in str(error).splitlines() if line.strip())
        say(f"The last good report stays. {error}")
    else:
        state.problems = ()
        state.builds += 1
        say(f"Built in {time.monotonic() - started:.1f} s.")
    state.building = False


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
    try:
        server = ThreadingHTTPServer((HOST, port), partial(_Handler, state, directory=str(out)))
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


class _Handler(SimpleHTTPRequestHandler):
    """Answers with the frame, the report's files, and what is new."""

    def __init__(self, state: State, *arguments: Any, **options: Any) -> None:
        self.state = state
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        is_shown = file.parent == Path(self.directory) and not file.name.startswith(".")
        if self.headers.get("Host", "").rpartition(":")[0] not in (HOST, "localhost"):
            # Another site's name that was made to point at this machine.
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._send(render("accords.publish", "watch.html.j2"), "text/html")
        elif self.path == "/state":
            self._send(json.dumps(asdict(self.state)), "application/json")
        elif is_shown and file.is_file():
            super().do_GET()
        elif file.name == PAGE:
            note = "There is no report yet. It appears here as soon as it is built."
            self._send(f"<!doctype html><title>Report</title><p>{note}", "text/html")
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send(self, content: str, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(content.encode())

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for what the curator should see."""


def _looked(folders: tuple[Path, ...]) -> object:
    looks = [exchange.state(folder).items() for folder in folders]
    # What has no ending is an editor's.
    return [{file: state for file, state in look if file.suffix} for look in looks]
