"""Kill builds, imports, additions and releases at random moments, and see what the next run finds.

``python tests/bench/interrupt.py [ROUNDS]`` prints how many of each left data and papers all old or
all new, and a report whose files are those that its manifest names; then how many left something
over once the next build was done, how many temporary folders, and how many left a browser or kernel
running. The command alone is killed: what it started must notice.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import builders
import openpyxl
import yaml

from accords import exchange
from accords.curation.editions import store
from accords.curation.workbook import write_workbook
from accords.dataset import load
from accords.publish import browser

ACCORDS = [sys.executable, "-c", "from accords.cli import app; app()"]
ROUNDS = 50
GRACE = 20
"""Seconds within which a killed command's browser and kernels must have ended."""

CHAPTERS = ("00-brief.ipynb", "01-accord.ipynb")
"""Enough for kernels, pictures and a page; all six would only take longer."""

COMMANDS = {
    "imports": ("import-workbook", "edited.xlsx"),
    "additions": ("add", "--from", "entry.yaml"),
    "builds": ("build", "--no-pdf"),
    "builds with PDF": ("build",),
    "releases": ("release", "1.1.0", "--date", "2027-02-15"),
}

ENTRY = {
    "title": "Plan of Georgia and Morocco",
    "short_name": "Georgia–Morocco plan",
    "title_kind": "descriptive",
    "instrument": "cooperation-plan",
    "scope": "bilateral",
    "summary": "Made up.",
    "parties": [{"party_id": state, "role": "party"} for state in ("GEO", "MAR")],
    "events": [{"event": "signed", "date": "2020-10-08"}],
    "domains": [{"domain": "training", "basis": "press"}],
    "sources": [
        {
            "url": "https://example.org/plan",
            "title": "A plan",
            "title_kind": "published",
            "publisher": "Example News",
            "language": "en",
            "kind": "press",
            "supports": ["existence", "event:signed", "domain:training"],
            "evidence": "Made up.",
        }
    ],
}


def project(place: Path) -> Path:
    """Make a project whose report is built, and what each command is given."""
    store(builders.write(builders.small(), place / "data"))
    (place / "notebooks").mkdir()
    for name in CHAPTERS:
        shutil.copyfile(builders.ROOT / "notebooks" / name, place / "notebooks" / name)
    for name in ("README.md", "CITATION.cff"):
        shutil.copyfile(builders.ROOT / name, place / name)
    run(place, "build", "--no-pdf")
    # A change that waits for the next build and the next edition.
    builders.ratify(place / "data")
    write_workbook(load(place / "data"), place / "edited.xlsx")
    book = openpyxl.load_workbook(place / "edited.xlsx")
    for row in book["agreements"].iter_rows(min_row=2):
        row[1].value = f"{row[1].value} again"
    book.save(place / "edited.xlsx")
    (place / "entry.yaml").write_text(yaml.safe_dump(ENTRY, allow_unicode=True), encoding="utf-8")
    return place


def run(place: Path, *arguments: str) -> float:
    """Run a command; return its time in seconds."""
    started = time.monotonic()
    done = subprocess.run([*ACCORDS, *arguments], **_within(place), stderr=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr.decode()}")
    return time.monotonic() - started


def interrupt(place: Path, *arguments: str, after: float) -> bool:
    """Kill a command after some seconds; return whether what it started ended too."""
    with subprocess.Popen(
        [*ACCORDS, *arguments], **_within(place), stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
    end = time.monotonic() + GRACE
    while survivors := _session(process.pid):
        if time.monotonic() > end:
            for survivor in survivors:
                os.kill(survivor, signal.SIGKILL)
            return False
        time.sleep(0.1)
    return True


def _within(place: Path) -> dict[str, Any]:
    """What each command runs in: a session of its own, and a temporary folder of its own."""
    environment = {**os.environ, "TMPDIR": str(place / "tmp")}
    return {
        "cwd": place,
        "env": environment,
        "start_new_session": True,
        "stdout": subprocess.DEVNULL,
    }


def _session(leader: int) -> list[int]:
    """List the processes of a session that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold spaces.
            condition, _, _, session = status.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and condition != "Z":
            found.append(int(status.parent.name))
    return found


def state(place: Path) -> dict[str, bytes]:
    """Return data and papers, as whoever opens the data finds them."""
    exchange.settle(place / "data")
    files = [*(place / "data").rglob("*"), place / "README.md", place / "CITATION.cff"]
    return {
        file.relative_to(place).as_posix(): file.read_bytes() for file in files if file.is_file()
    }


def report_is_whole(place: Path) -> bool:
    """Return whether the report and its pictures are those of one build."""
    exchange.settle(place / "build")
    manifest = json.loads((place / "build" / "manifest.json").read_text(encoding="utf-8"))
    return all(
        hashlib.sha256((place / "build" / name).read_bytes()).hexdigest() == content
        for name, content in manifest["outputs"].items()
    )


def kill(template: Path, command: tuple[str, ...], rounds: int, chance: random.Random) -> str:
    """Kill one command again and again, each time in a fresh project."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "project"

        def fresh() -> None:
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(template, place)
            (place / "tmp").mkdir()

        fresh()
        old, whole = state(place), run(place, *command)
        new, intact, left, temporary, running = state(place), 0, 0, 0, 0
        for _ in range(rounds):
            fresh()
            running += not interrupt(place, *command, after=chance.uniform(0, whole))
            intact += state(place) in (old, new) and report_is_whole(place)
            run(place, "build", "--no-pdf")
            left += any((*place.rglob(exchange.ASIDE), *place.rglob(exchange.LOCK)))
            temporary += len(list((place / "tmp").iterdir()))
    return f"{whole:>12.1f} s{intact:>10} of {rounds}{left:>12}{temporary:>20}{running:>16}"


def main(rounds: int) -> None:
    """Kill each command and print a table."""
    chance = random.Random(50)
    with tempfile.TemporaryDirectory() as folder:
        template = project(Path(folder) / "project")
        heads = f"{'whole takes':>14}{'found whole':>16}{'left over':>12}"
        print(f"{'killed':<18}{heads}{'temporary folders':>20}{'still running':>16}", flush=True)
        for name, command in COMMANDS.items():
            if browser.find() or name != "builds with PDF":
                print(f"{name:<18}{kill(template, command, rounds, chance)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
