"""What Lighthouse says of the report, on a desk and on a phone.

Run with ``make lighthouse`` after ``make report``; it needs npm. Lighthouse either simulates a slow
network from one quick opening, and then counts the page as painted when the whole file is there, or
slows the network down for real. Both are shown. The page's policy forbids every request, also
Lighthouse's own for robots.txt, which costs it points for SEO. It gives up where the machine is
busy: let it run alone. Nothing here is a test: a table is printed to be read.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from accords.publish import browser

ROOT = Path(__file__).resolve().parents[2]
LIGHTHOUSE = ("--package=node@22", "--package=lighthouse@13", "lighthouse")
"""Lighthouse, with the Node that it needs."""
CATEGORIES = "performance,accessibility,best-practices,seo"
FORMS = {"desk": ("--preset=desktop",), "phone": ("--form-factor=mobile",)}
NETWORKS = {
    "simulated": ("--throttling-method=simulate",),
    "slowed down": ("--throttling-method=devtools",),
}


def main() -> None:
    """Serve the report compressed, as hosts do, and print Lighthouse's scores."""
    page = ROOT / "build" / "report.html"
    found = browser.find()
    if not page.is_file() or found is None:
        sys.exit("Lighthouse needs build/report.html (make report) and a browser.")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/report.html"
    table = Table(title="Lighthouse")
    lost: set[str] = set()
    for form, form_options in FORMS.items():
        for network, network_options in NETWORKS.items():
            answer = ask(address, found, *form_options, *network_options)
            scores = {c["title"]: c["score"] for c in answer["categories"].values()}
            if not table.columns:
                for column in ("", "network", *scores):
                    numeric = column in scores
                    table.add_column(column, justify="right" if numeric else "left")
            table.add_row(form, network, *(f"{100 * score:.0f}" for score in scores.values()))
            lost |= {f"{form}, {network}: {audit}" for audit in below(answer)}
    console = Console()
    console.print(table)
    for line in sorted(lost):
        console.print(line)


def ask(address: str, path: str, *options: str) -> dict[str, Any]:
    """Return Lighthouse's answer on one page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        command = (
            *("npx", "--yes", *LIGHTHOUSE, address, "--quiet", "--output=json"),
            *(f"--only-categories={CATEGORIES}", f"--output-path={file}"),
            "--chrome-flags=--headless --no-sandbox --disable-gpu",
        )
        try:
            subprocess.run(
                [*command, *options], check=True, env={**os.environ, "CHROME_PATH": path}
            )
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"Lighthouse did not run ({error}). It needs Node and npm.")
        answer: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return answer


def below(answer: dict[str, Any]) -> list[str]:
    """List the audits that cost points, with what Lighthouse says of each."""
    audits = answer["audits"]
    counted = {
        part["id"]
        for category in answer["categories"].values()
        for part in category["auditRefs"]
        if part["weight"] > 0
    }
    return [
        f"{audits[name]['title']} {audits[name].get('displayValue') or ''}".strip()
        for name in counted
        if audits[name]["score"] is not None and audits[name]["score"] < 0.9
    ]


def _handler(page: Path) -> type[BaseHTTPRequestHandler]:
    files = {
        "/report.html": ("text/html; charset=utf-8", page.read_bytes()),
        "/robots.txt": ("text/plain", b"User-agent: *\nAllow: /\n"),
    }
    packed = {name: (kind, gzip.compress(body, 9)) for name, (kind, body) in files.items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path not in packed:
                self.send_error(404)
                return
            kind, body = packed[self.path]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


if __name__ == "__main__":
    main()
