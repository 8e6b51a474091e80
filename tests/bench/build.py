"""The report beside nbconvert's own page of the same notebooks: bytes, load time, build time.

Run with ``make bench``. Both are built and opened in the same run on the same machine; times are
medians. Nothing here is a test: a table is printed to be read.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
OPENINGS = 7
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


def main() -> None:
    """Build both, open both, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        project = place / "project"
        for name in ("data", "notebooks"):
            shutil.copytree(ROOT / name, project / name)
        baseline, baseline_time = build_baseline(project, place / "baseline")
        cold = accords(project, "--no-pdf")
        unchanged = accords(project, "--no-pdf")
        chapters = export_chapters(project, place / "chapters.html")
        report = place / "report.html"
        shutil.copy(project / "build" / "report.html", report)
        change_one_row(project / "data" / "agreements.csv")
        one_row = accords(project, "--no-pdf")
        printed = accords(project)
        loads = {file: opened(file) for file in (baseline, chapters, report)}

    size = baseline.name
    rows: list[tuple[str, str, str, float, float]] = []
    base_bytes, base_load = SIZES[size], loads[baseline]["load"]
    for name, file, most_bytes, most_load in (
        ("chapters", chapters, 0.20, 0.05),
        ("whole report", report, 0.35, 0.12),
    ):
        rows += [
            (
                f"{name}: bytes",
                _mb(SIZES[file.name]),
                _mb(base_bytes),
                SIZES[file.name] / base_bytes,
                most_bytes,
            ),
            (
                f"{name}: load",
                _ms(loads[file]["load"]),
                _ms(base_load),
                loads[file]["load"] / base_load,
                most_load,
            ),
            (
                f"{name}: first paint",
                _ms(loads[file]["paint"]),
                _ms(loads[baseline]["paint"]),
                loads[file]["paint"] / loads[baseline]["paint"],
                float("nan"),
            ),
        ]
    rows += [
        ("cold build, page and pictures", _s(cold), _s(baseline_time), cold / baseline_time, 1.0),
        ("unchanged rebuild (of cold)", _s(unchanged), _s(cold), unchanged / cold, 0.15),
        ("one row changed (of cold)", _s(one_row), _s(cold), one_row / cold, 0.7),
        ("PDF on top", _s(printed), _s(cold), printed / cold, float("nan")),
    ]
    table = Table(title=f"The report beside nbconvert's page, {os.cpu_count()} cores")
    for column in ("", "report", "compared with", "ratio", "at most"):
        table.add_column(column, justify="left" if column == "" else "right")
    for name, ours, other, ratio, most in rows:
        mark = "" if most != most else f"{most:.2f}" + ("" if ratio <= most else " (missed)")
        table.add_row(name, ours, other, f"{ratio:.3f}", mark)
    console = Console()
    console.print(table)
    for file, measured in loads.items():
        console.print(f"{file.name}: {measured['requests']:.0f} requests to the network")


SIZES: dict[str, int] = {}


def build_baseline(project: Path, folder: Path) -> tuple[Path, float]:
    """Join the chapters into one notebook and convert it as Jupyter users do."""
    folder.mkdir()
    source = join(project)
    started = time.perf_counter()
    run(
        [
            *(sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "html"),
            *("--output-dir", str(folder), "--output", "baseline.html", str(source)),
        ],
        project,
        PLOTLY_RENDERER="notebook",
    )
    taken = time.perf_counter() - started
    source.unlink()
    page = folder / "baseline.html"
    SIZES[page.name] = page.stat().st_size
    return page, taken


def join(project: Path) -> Path:
    """Join the chapters into one notebook."""
    joined: dict[str, Any] = {}
    for file in sorted((project / "notebooks").glob("[0-9]*.ipynb")):
        notebook = json.loads(file.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["id"] = f"{file.stem}-{cell['id']}"[:64]
            cell["metadata"]["chapter"] = file.stem
        joined = {**notebook, "cells": [*joined.get("cells", []), *notebook["cells"]]}
    source = project / "notebooks" / "joined.ipynb"
    source.write_text(json.dumps(joined), encoding="utf-8")
    return source


def accords(project: Path, *options: str) -> float:
    """Run ``accords build`` and give the seconds it took."""
    started = time.perf_counter()
    run([str(Path(sys.executable).with_name("accords")), "build", *options], project)
    SIZES["report.html"] = (project / "build" / "report.html").stat().st_size
    return time.perf_counter() - started


def export_chapters(project: Path, page: Path) -> Path:
    """Write the page of the chapters alone, by nbconvert's own command."""
    source = join(project)
    run(
        [
            *(sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "accords"),
            *("--AccordsExporter.records=False", "--output-dir", str(page.parent)),
            *("--output", page.name, str(source)),
        ],
        project,
        PLOTLY_RENDERER="plotly_mimetype",
    )
    source.unlink()
    SIZES[page.name] = page.stat().st_size
    return page


def change_one_row(file: Path) -> None:
    """Change the summary of one agreement."""
    with file.open(encoding="utf-8", newline="") as opened_file:
        rows = list(csv.DictReader(opened_file))
    rows[0]["summary"] += " Changed."
    with file.open("w", encoding="utf-8", newline="") as opened_file:
        writer = csv.DictWriter(opened_file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def opened(page: Path) -> dict[str, float]:
    """Open a page several times, each in a fresh browser context; give medians in ms."""
    from playwright.sync_api import sync_playwright

    measured: list[dict[str, float]] = []
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )
        for _ in range(OPENINGS):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            tab = context.new_page()
            tab.on("request", lambda request: requests.append(request.url))
            tab.goto(page.as_uri(), wait_until="load", timeout=120_000)
            tab.wait_for_timeout(300)
            measured.append(tab.evaluate(_TIMES))
            context.close()
        browser.close()
    outside = [url for url in requests if url.startswith("http")]
    return {
        **{name: statistics.median(m[name] for m in measured) for name in ("load", "paint")},
        "requests": len(outside) / OPENINGS,
    }


_TIMES = """() => ({
  load: performance.getEntriesByType("navigation")[0].loadEventEnd,
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
})"""


def run(command: list[str], folder: Path, **variables: str) -> None:
    """Run a command quietly; show what it said where it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def _mb(size: float) -> str:
    return f"{size / 1e6:.2f} MB"


def _ms(time_taken: float) -> str:
    return f"{time_taken:.0f} ms"


def _s(time_taken: float) -> str:
    return f"{time_taken:.1f} s"


if __name__ == "__main__":
    main()
