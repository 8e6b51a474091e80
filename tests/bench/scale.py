"""Build the report of 13,000 agreements and read it: memory, and how long the page stands still.

    python tests/bench/scale.py [20 [REPORT]]

The agreements are the shipped ones, so many times over (see data.py); a report that is given is
only read. Memory is the sum over the build and all that it starts, of each its share (PSS), sampled
twice a second. A task is one of the page's thread, in ms of processor time, so that what else runs
does not count; a wait is by the clock, from the act to the result on the screen.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

import data
from accords.publish import browser

ROOT = Path(__file__).resolve().parents[2]
TIMES = 20
ROOM = 2 * data.GIB
MOST = 200
"""Milliseconds for which the page may stand still after a key or a choice."""

SCREENS = {"desk": (1280, 900), "phone": (360, 780)}
WORDS = ("military azerbaycan", "“F-16”", "merakes")
KINDS = ("csv", "json", "bib", "ris")
QUIET = """() => new Promise((done) => {
  const said = document.querySelector("#find output b");
  const look = () => said.textContent.endsWith("…") ? setTimeout(look, 5) : shown();
  const shown = () => requestAnimationFrame(() => setTimeout(done));
  look();
})"""

Act = Callable[[Page], None]


def main(times: int, report: Path | None) -> None:
    """Print what the build took, and what each act on the page takes."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="accords-bench-") as name:
        if report is None:
            console.print(built(Path(name), times))
        page = report or Path(name) / "build" / "report.html"
        size = page.stat().st_size
        packed = len(gzip.compress(page.read_bytes(), 9))
        console.print(f"{page.name}: {size / 1e6:.1f} MB, {packed / 1e6:.1f} MB as gzip")
        for screen in SCREENS:
            console.print(read(page, screen))


def built(folder: Path, times: int) -> str:
    """Build a report of the enlarged data, and say what it took."""
    (folder / "data").mkdir()
    rows = data.enlarge(folder / "data", times)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    command = [sys.executable, "-c", "from accords.cli import app; app()", "build", "--no-pdf"]
    start, peak, largest = time.monotonic(), 0, 0
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as build:
        started = {build.pid}
        while build.poll() is None:
            started |= descendants(started)
            shares = [share(process) for process in started]
            peak, largest = max(peak, sum(shares)), max(largest, *shares)
            time.sleep(0.5)
    if build.returncode:
        sys.exit(f"The build failed ({build.returncode}).")
    return (
        f"{times} times, {rows:,} rows: built in {time.monotonic() - start:.0f} s; "
        f"at most {peak / 2**20:,.0f} MiB together ({ROOM / 2**20:,.0f} are allowed), "
        f"{largest / 2**20:,.0f} MiB the largest process"
    )


def descendants(processes: set[int]) -> set[int]:
    """Return the processes that some have started; those whose parent has ended are known."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # It has ended.
    found: set[int] = set()
    while new := {c for c, p in parents.items() if p in processes | found} - found:
        found |= new
    return found


def share(process: int) -> int:
    """Return the bytes of memory that a process holds, of what it shares its part."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(x.split()[1]) * 1024 for x in rollup.splitlines() if x[:4] == "Pss:"), 0)


def read(file: Path, screen: str) -> Table:
    """Open a report and do each act three times; give the longest task and wait of each."""
    table = Table(title=f"{screen}, {SCREENS[screen][0]} pixels wide")
    table.add_column("")
    for column in ("longest task, ms", "longest wait, ms"):
        table.add_column(column, justify="right")
    width, height = SCREENS[screen]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=browser.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = running.new_page(
            viewport={"width": width, "height": height}, is_mobile=screen == "phone"
        )
        tab.set_default_timeout(600_000)
        tab.goto(file.resolve().as_uri(), wait_until="load")
        table.add_row("load", "", f"{tab.evaluate(LOADED):.0f}")
        tab.evaluate(QUIET)
        table.add_row("the table answers", "", f"{tab.evaluate('performance.now()'):.0f}")
        tab.wait_for_timeout(2000)
        session = tab.context.new_cdp_session(tab)
        session.send("Performance.enable")
        held = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        for name, act in acts(tab):
            task, wait = taken(running, tab, act)
            mark = " (missed)" if task > MOST and not name.startswith("save") else ""
            table.add_row(name, f"{task:.0f}{mark}", f"{wait:.0f}")
        running.close()
    table.caption = f"{held['Nodes']:,.0f} nodes, {held['JSHeapUsedSize'] / 1e6:.0f} MB of scripts"
    return table


LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def acts(tab: Page) -> Iterator[tuple[str, list[Act]]]:
    """Name each act, and say how it is done; what filters is taken off by the next."""
    for words in WORDS:
        tab.evaluate("document.querySelector('[name=q]').focus()")
        yield f"type {words}", [partial(press, key=key) for key in words]
        yield "clear the search", [set_to("q", "")]
    for name, codes in tab.evaluate(CHOICES).items():
        yield f"filter by {name}", [set_to(name, code) for code in (*codes[1:4], "")]
    yield "filter by year", [set_to("from", year) for year in ("1", "19", "199", "1994", "")]
    for n, column in enumerate(tab.evaluate(HEADINGS)):
        yield f"sort by {column}", [script(f"{BUTTONS}[{n}].click()")] * 3
    numbers = "document.querySelectorAll('a[data-set]')"
    yield "follow a number", [script(f"{numbers}[{n}].click()") for n in (0, 9, 30)]
    sections = "[...document.querySelectorAll('.ag article')]"
    aims = [script(f"location.hash = {sections}.at({n}).id") for n in (5, -400, -1)]
    yield "open a section", aims
    yield "show all", [script("document.querySelector('[type=reset]').click()")]
    for kind in KINDS:
        yield f"save {kind}", [partial(save, kind=kind)] * 3


BUTTONS = "document.querySelectorAll('.ev thead button')"
HEADINGS = f"[...{BUTTONS}].map((button) => button.textContent)"
CHOICES = """Object.fromEntries([...document.querySelectorAll("#find select")].map(
  (select) => [select.name, [...select.options].map((option) => option.value)]))"""


def script(text: str) -> Act:
    """Do something by script: to find what to press, Playwright would look at every node."""
    return lambda tab: tab.evaluate(f"() => {{ {text}; }}")


def set_to(name: str, value: str) -> Act:
    """Fill in a field of the form, as a reader does."""
    field = f"document.getElementById('find').elements['{name}']"
    told = "dispatchEvent(new Event('input', { bubbles: true }))"
    return script(f"{field}.value = '{value}'; {field}.{told}")


def press(tab: Page, key: str) -> None:
    """Type one letter."""
    tab.keyboard.type(key)


def save(tab: Page, kind: str) -> None:
    """Take all agreements away."""
    with tab.expect_download() as download:
        script(f"document.querySelector('#find [value={kind}]').click()")(tab)
    assert download.value.path().stat().st_size


def taken(running: Browser, tab: Page, done: list[Act]) -> tuple[float, float]:
    """Do something several times; return the longest task and the longest wait for a result."""
    waits = []
    running.start_tracing(page=tab, categories=["devtools.timeline", "toplevel"])
    for act in done:
        start = time.perf_counter()
        act(tab)
        tab.evaluate(QUIET)
        waits.append(1000 * (time.perf_counter() - start))
        tab.wait_for_timeout(300)
    events = json.loads(running.stop_tracing())["traceEvents"]
    main_threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = (
        event.get("tdur", 0) / 1000
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in main_threads
    )
    return max(tasks, default=0), max(waits)


if __name__ == "__main__":
    times, *report = sys.argv[1:] or [TIMES]
    main(int(times), Path(report[0]) if report else None)
