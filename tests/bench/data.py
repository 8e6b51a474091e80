"""Load and check the dataset at a multiple of its size: time and peak memory of each.

python tests/bench/data.py [1 10 100 1000]

The larger datasets are made up from the shipped one, copy by copy: every copy has agreements,
sources and partners of its own, so that keys grow as they would in truth. Each measurement runs in
a fresh process; what importing the package takes is said apart.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "data"
OWN = (
    *("agreement_id", "short_name", "part_of", "supersedes", "other_id"),
    *("source_id", "event_id", "claim_id", "name", "name_fr"),
)
EVENT_OF = ("subject", "field")
PARTIES = ("party_id", "partner")
GIB = 2**30

MEASURE = """
import json, resource, sys, time
start = time.perf_counter()
from accords import checks, dataset
imported = time.perf_counter() - start
folder, task = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_AS, (int({limit}), int({limit})))
start, started = time.perf_counter(), time.process_time()
try:
    result = checks.check(folder) if task == "check" else dataset.load(folder)
    found = sum(p.severity == "error" for p in result) if task == "check" else 0
except MemoryError:
    found = None
seconds, busy = time.perf_counter() - start, time.process_time() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([imported, seconds, busy, peak, found]))
"""


def enlarge(folder: Path, times: int) -> int:
    """Write the shipped dataset ``times`` over, and give the number of its rows."""
    descriptor = json.loads((SHIPPED / "datapackage.json").read_text(encoding="utf-8"))
    focus = set(descriptor["focus"])
    with (SHIPPED / "parties.csv").open(encoding="utf-8", newline="") as source:
        members = [(row["agreement_id"], row["party_id"]) for row in csv.DictReader(source)]
    # A copy of what only focus states have concluded would be between the same parties.
    alone = {agreement for agreement, _ in members}
    alone -= {agreement for agreement, party in members if party not in focus}
    for file in ("datapackage.json", "CHANGELOG.md", "CURATION.md"):
        shutil.copyfile(SHIPPED / file, folder / file)
    written = 0
    for resource in descriptor["resources"]:
        target = folder / resource["path"]
        target.parent.mkdir(exist_ok=True)
        grows = "/" not in resource["path"] or resource["name"] == "party_codes"
        with (
            (SHIPPED / resource["path"]).open(encoding="utf-8", newline="") as source,
            target.open("w", encoding="utf-8", newline="") as file,
        ):
            header, *rows = csv.reader(source)
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for copy in range(times if grows else 1):
                for row in _renamed(header, rows, copy, focus, alone):
                    writer.writerow(row)
                    written += 1
    return written


def _renamed(
    header: list[str], rows: Iterable[list[str]], copy: int, focus: set[str], alone: set[str]
) -> Iterator[list[str]]:
    """Give each row with ids of its own; rows about the focus states alone stay with copy 0."""
    if copy == 0:
        yield from rows
        return
    if "counted_on" in header:  # What outside lists have of a focus state is counted once.
        return
    if "finding" in header:  # A reading may be of a record that CURATION.md says is left out.
        return
    own = [n for n, column in enumerate(header) if column in OWN]
    events = [n for n, column in enumerate(header) if column in EVENT_OF]
    parties = [n for n, column in enumerate(header) if column in PARTIES]
    address = header.index("url") if "url" in header else None
    for number, row in enumerate(rows):
        if row[header.index("agreement_id") if "agreement_id" in header else 0] in alone:
            continue
        if "adopted" in header and row[header.index("field")] == "parties":
            continue  # Its value is a sentence that names parties of copy 0.
        new = list(row)
        for n in own:
            new[n] = f"{row[n]}-copy{copy}" if row[n] and row[n] not in alone else row[n]
            if header[n] == "short_name":
                new[n] = f"{row[n][:44].rstrip()} {copy}-{number}"
            elif header[n] in ("name", "name_fr"):
                new[n] = f"{row[n]} {copy}"
        for n in parties:
            new[n] = row[n] if row[n] in focus or not row[n] else f"{row[n]}-copy{copy}"
        for n in events:
            new[n] = re.sub(r"^event:([\w-]+)", rf"event:\1-copy{copy}", row[n])
        if address is not None:
            new[address] = f"{row[address]}{'&' if '?' in row[address] else '?'}copy={copy}"
        if "name_fr" in header and new[0] in focus:
            continue
        if "searched_on" in header and new[1] in focus:
            continue
        yield new


def measure(folder: Path, task: str, limit: float) -> list[float]:
    """Run one task in a fresh process.

    Gives the seconds to import, the seconds of the task, by the clock and of the processor, the
    peak of memory in bytes, and the number of errors found.
    """
    script = MEASURE.format(limit=limit)
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), task],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def main(sizes: list[int]) -> None:
    """Print one line for each size and task."""
    line = "{:>6} {:>10} {:<6} {:>8} {:>7} {:>9} {:>8}"
    print(line.format("size", "rows", "task", "seconds", "cpu s", "peak MiB", "errors"))
    for times in sizes:
        with tempfile.TemporaryDirectory(prefix="accords-bench-") as name:
            rows = enlarge(Path(name), times)
            for task in ("load", "check"):
                imported, seconds, busy, peak, found = measure(Path(name), task, limit=6 * GIB)
                errors = "no room" if found is None else found
                figures = (f"{seconds:.2f}", f"{busy:.2f}", f"{peak / 2**20:.0f}", errors)
                print(line.format(f"{times}x", f"{rows:,}", task, *figures), flush=True)
    print(f"importing the package: {imported:.2f} s")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1, 10, 100, 1000])
