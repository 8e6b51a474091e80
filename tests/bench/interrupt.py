"""Kill builds and imports at random moments, and see that the last good report and data stand.

``python tests/bench/interrupt.py [ROUNDS]`` prints how many of each were found whole.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import builders
import openpyxl

from accords.curation.workbook import write_workbook
from accords.dataset import load

ACCORDS = Path(sys.executable).with_name("accords")
ROUNDS = 50


def run(project: Path, *arguments: str, until: float | None = None) -> float:
    """Run a command, or kill it and all that it started after some seconds; give its time."""
    started = time.monotonic()
    with subprocess.Popen(
        [ACCORDS, *arguments],
        cwd=project,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            _, said = process.communicate(timeout=until)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        else:
            if process.returncode:
                raise SystemExit(f"{' '.join(arguments)}: {said.decode()}")
    return time.monotonic() - started


def builds(project: Path, rounds: int, chance: random.Random) -> tuple[float, int]:
    """Kill builds; give the seconds of a whole one, and how many left a whole report."""
    page, events = project / "build" / "report.html", project / "data" / "events.csv"
    command = ("build", "--no-pdf")
    whole = run(project, *command)
    text, intact = events.read_text(encoding="utf-8"), 0
    for number in range(rounds):
        good = page.read_bytes()
        events.write_text(text.replace("Rome", f"Rome {number}"), encoding="utf-8")
        run(project, *command, until=chance.uniform(0, whole))
        found = page.read_bytes()
        if found != good:
            # The new report was in place already: is it what an undisturbed build gives?
            run(project, *command)
            good = page.read_bytes()
        intact += found == good
    run(project, *command)
    return whole, intact


def imports(project: Path, rounds: int, chance: random.Random) -> tuple[float, int]:
    """Kill imports; give the seconds of a whole one, and how many left whole data."""
    data = project / "data"
    files = [project / "one.xlsx", project / "two.xlsx"]
    for file in files:
        write_workbook(load(data), file)
    book = openpyxl.load_workbook(files[1])
    for row in book["agreements"].iter_rows(min_row=2):
        row[1].value = f"{row[1].value} again"
    book.save(files[1])

    def state() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in data.rglob("*") if file.is_file()}

    def take(file: Path, until: float | None = None) -> float:
        return run(project, "import-workbook", file.name, "--discard-newer", until=until)

    states, whole = [], 0.0
    for file in files:
        whole = take(file)
        states.append(state())
    intact = 0
    for number in range(rounds):
        take(files[number % 2], chance.uniform(0, whole))
        intact += state() in states
    return whole, intact


def main(rounds: int) -> None:
    """Measure both and print a table."""
    chance = random.Random(50)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        builders.write(builders.small(), project / "data")
        shutil.copytree(builders.ROOT / "notebooks", project / "notebooks")
        print(f"{'killed':<10}{'whole takes':>14}{'found whole':>16}")
        steps: dict[str, Callable[[Path, int, random.Random], tuple[float, int]]] = {
            "imports": imports,
            "builds": builds,
        }
        for name, step in steps.items():
            seconds, intact = step(project, rounds, chance)
            print(f"{name:<10}{seconds:>12.1f} s{intact:>10} of {rounds}", flush=True)
        left = [
            path.name for path in project.rglob(".*") if path.name.startswith((".data-", ".next"))
        ]
        print(f"left over: {', '.join(left) or 'nothing'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
