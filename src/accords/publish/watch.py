"""Rebuild the report while the data change, and show it in a browser on this machine."""

from __future__ import annotations

import html
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from accords import exchange
from accords.checks import check
from accords.errors import AccordsError
from accords.publish.build import PAGE, Plan, build

HOST = "127.0.0.1"

SHOWN = 30
"""How many problems are listed at a time."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# The report forbids scripts that it does not know and connections of any kind, so that what
# reloads it sits in a page around it.
_FRAME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Report (live)</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark }
body { margin: 0; display: flex; flex-direction: column; height: 100vh;
  font: 15px/1.45 system-ui, sans-serif }
#banner { padding: .7em 1em; background: #7a2e00; color: #fff; max-height: 40vh; overflow: auto }
#banner[hidden] { display: none }
#banner ul { margin: .3em 0 0; padding-left: 1.2em }
#state { position: fixed; right: .8em; bottom: .8em; padding: .2em .7em; border-radius: 1em;
  background: #222d; color: #fff }
#state:empty { display: none }
iframe { flex: 1; border: 0 }
</style>
<div id="banner" role="alert" hidden></div>
<iframe id="report" title="Report" src="/report.html"></iframe>
<div id="state" role="status"></div>
<script>
const banner = document.getElementById("banner");
const frame = document.getElementById("report");
let shown = null;
new EventSource("/events").onmessage = (event) => {
  const now = JSON.parse(event.data);
  document.getElementById("state").textContent = now.building ? "Building the report…" : "";
  banner.hidden = !now.problems.length;
  banner.replaceChildren();
  if (now.problems.length) {
    banner.append("This is the last good report. The data have problems:");
    const list = banner.appendChild(document.createElement("ul"));
    for (const problem of now.problems)
      list.appendChild(document.createElement("li")).textContent = problem;
  }
  if (shown !== null && shown !== now.builds) frame.contentWindow.location.reload();
  shown = now.builds;
};
</script>
</html>
"""


@dataclass(frozen=True)
class State:
    """What a browser that looks on is told.

    Attributes
    ----------
    builds
        How many reports were built.
    building
        Whether one is being built.
    problems
        Why the data give no new report; empty when all is well.
    """

    builds: int = 0
    building: bool = False
    problems: tuple[str, ...] = ()


class Board:
    """The newest state, on which many wait."""

    def __init__(self) -> None:
        self.state = State()
        self._changed = threading.Condition()

    def post(self, state: State) -> None:
        """Tell everyone a new state."""
        with self._changed:
            self.state = state
            self._changed.notify_all()

    def after(self, seen: State | None, timeout: float) -> State:
        """Give the state, as soon as it is another than the one seen or time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self.state is not seen, timeout)
            return self.state


def watch(job: Plan, *, port: int, say: Callable[[str], None]) -> None:
    """Build, show, and build again whenever the data or the notebooks change; until interrupted.

    Parameters
    ----------
    job
        What to build from what, see :func:`accords.publish.build.plan`.
    port
        Port on this machine; 0 takes a free one.
    say
        Shows a line in the terminal.
    """
    board = Board()
    with served(job.out, board, port) as address:
        say(f"The report is shown at {address} (Ctrl-C ends).")
        try:
            for _ in changes((job.data, job.notebooks)):
                rebuild(job, board, say)
        except KeyboardInterrupt:
            say("Ended.")


def rebuild(job: Plan, board: Board, say: Callable[[str], None]) -> None:
    """Check and build once, and post what came of it; the last good report stays on failure."""
    before = board.state
    board.post(State(before.builds, building=True, problems=before.problems))
    started = time.monotonic()
    problems = problems_of(job)
    if problems:
        say(f"{len(problems)} problem(s); the last good report stays:")
        for problem in problems[:SHOWN]:
            say(f"  {problem}")
    else:
        say(f"Built in {time.monotonic() - started:.1f} s.")
    board.post(State(before.builds + (not problems), problems=tuple(problems[:SHOWN])))


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
    """Yield at once, and then each time that a file in one of the folders has changed.

    A folder may be replaced as a whole, so that its surroundings are watched too, and what the
    files are is looked at, not which event came.
    """
    from watchfiles import watch as events

    while True:
        seen = _state(folders)
        yield
        places = [p for folder in folders for p in (folder.parent, folder, *_below(folder))]
        for _ in events(
            *places,
            watch_filter=None,
            recursive=False,
            step=50,
            debounce=400,
            rust_timeout=1000,
            yield_on_timeout=True,
        ):
            if _state(folders) != seen:
                break
        else:
            return


@contextmanager
def served(out: Path, board: Board, port: int) -> Iterator[str]:
    """Serve a report on this machine while the block runs; give its address."""

    class Handler(_Handler):
        pass

    Handler.out, Handler.board = out, board
    try:
        server = ThreadingHTTPServer((HOST, port), Handler)
    except OSError as error:
        raise AccordsError(
            f"Port {port} cannot be used ({error.strerror}). Choose another with --port."
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers with the frame, the report's files, and what is new."""

    out: Path
    board: Board

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in (HOST, "localhost"):
            # Another site's name that was made to point at this machine.
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._send(_FRAME.encode(), _TYPES[".html"])
        elif self.path == "/events":
            self._events()
        else:
            self._file(self.path.partition("?")[0].removeprefix("/"))

    def _file(self, name: str) -> None:
        files = {file.name: file for file in self.out.glob("*") if file.suffix in _TYPES}
        if name in files:
            self._send(files[name].read_bytes(), _TYPES[files[name].suffix])
        elif name == PAGE:
            note = html.escape("There is no report yet. It appears here as soon as it is built.")
            self._send(f"<!doctype html><title>Report</title><p>{note}".encode(), _TYPES[".html"])
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        seen: State | None = None
        try:
            while True:
                now = self.board.after(seen, timeout=15)
                words = ":" if now is seen else f"data: {json.dumps(asdict(now))}"
                self.wfile.write(f"{words}\n\n".encode())
                self.wfile.flush()
                seen = now
        except OSError:
            return  # The browser has gone.

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for what the curator should see."""


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_dir() and path.name[0] != ".")


def _state(folders: tuple[Path, ...]) -> dict[Path, tuple[int, int]]:
    """Return size and time of each file that is neither hidden nor of a change under way."""
    found = {}
    for folder in folders:
        for file in folder.rglob("[!.]*.*"):
            if exchange.ASIDE in file.parts:
                continue
            try:
                status = file.stat()
            except FileNotFoundError:
                continue  # Gone since it was listed.
            found[file] = (status.st_size, status.st_mtime_ns)
    return found
