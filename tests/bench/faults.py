"""Put single faults into copies of the data, and see whether the check names them and their place.

``python tests/bench/faults.py [FAULTS] [SEED]`` prints, for each kind, how many were noticed, how
many were named at the exact file, row and column, and the most problems that one fault gave.
"""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import sys
import tempfile
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import builders
from rich.console import Console
from rich.table import Table

from accords.checks import Problem, check
from accords.dataset import load
from accords.errors import AccordsError

FAULTS = 1500
MOST_PROBLEMS = 20

Rows = list[list[str]]
Place = tuple[int | None, str | None]
"""Row as an editor counts, and column; None where the whole file or row is meant."""


def texts(own: str) -> dict[str, str]:
    """List what no text may be."""
    return {
        "control sign": f"{own}\a",
        "zero width": f"{own[:1]}\u200b{own[1:]}",
        "line break": f"{own}\nmore",
        "leading space": f" {own}",
        "two spaces": f"{own}  more",
        "decomposed letter": f"{own} Cafe\u0301",
        "letter of another script": f"{own} M\u043erocco",
        "markup": f"{own}<br>",
        "formula": f"=1+{len(own)}",
        "spoilt letter": f"{own}\ufffd",
    }


DATES = {
    "month 13": "2024-13",
    "30 February": "2024-02-30",
    "written in words": "30 October 2024",
    "slashes": "30/10/2024",
    "Arabic digits": "\u0662\u0660\u0662\u0664",
    "absurd year": "0204",
    "open at both ends": "../..",
    "ends before it begins": "2012/2002",
    "a time of day": "2024-10-30T10:00",
}
ADDRESSES = {
    "no scheme": "www.example.org/a",
    "space": "https://example.org/a b",
    "no host": "https://",
    "impossible host": "https://-example-.org/a",
    "entity": "https://example.org/a?b=1&amp;c=2",
    "bad escape": "https://example.org/%zz",
    "tracking": "https://example.org/a?utm_source=x",
    "another scheme": "ftp://example.org/a",
}
NUMBERS = {
    "words": "many",
    "negative": "-7",
    "Arabic digits": "\u0663",
    "not finite": "inf",
    "thousands apart": "1,000",
}
DATE_COLUMNS = {("events", "date"), ("sources", "published")}


def faults(resource: dict[str, Any], column: dict[str, Any], own: str) -> dict[str, str]:
    """List the faulty values of one cell, by kind."""
    limits = column.get("constraints", {})
    keys = resource["schema"].get("foreignKeys", [])
    found: dict[str, str] = {}
    if limits.get("required"):
        found["empty"] = ""
    if "maxLength" in limits:
        found["too long"] = "x" * (limits["maxLength"] + 1)
    if column["type"] in ("integer", "number"):
        return found | {f"number, {kind}": value for kind, value in NUMBERS.items()}
    if column["type"] == "boolean":
        return found | {"neither true nor false": "yes"}
    if column["type"] == "date" or (resource["name"], column["name"]) in DATE_COLUMNS:
        return found | {f"date, {kind}": value for kind, value in DATES.items()}
    if column["name"] == "url":
        return found | {f"address, {kind}": value for kind, value in ADDRESSES.items()}
    if "enum" in limits or any(key["fields"] == [column["name"]] for key in keys):
        return found | {"unknown code": "no-such-code"}
    if "pattern" in limits:
        return found | {"out of form": f"{own} !"}
    return found | texts(own) if own else found


@dataclass
class Fault:
    """One fault: what a file becomes, and where the check is to point."""

    kind: str
    path: str
    content: bytes | None
    place: Place


def in_cell(folder: Path, resource: dict[str, Any], pick: random.Random) -> Fault | None:
    """Spoil one cell."""
    head, *rows = read(folder / resource["path"])
    number = pick.randrange(len(rows))
    column = pick.choice(resource["schema"]["fields"])
    at = head.index(column["name"])
    possible = faults(resource, column, rows[number][at])
    if not possible:
        return None
    kind = pick.choice(sorted(possible))
    rows[number][at] = possible[kind]
    return Fault(kind, resource["path"], written([head, *rows]), (number + 2, column["name"]))


def in_rows(folder: Path, resource: dict[str, Any], pick: random.Random) -> Fault:
    """Spoil a row, or the file."""
    head, *rows = read(folder / resource["path"])
    number = pick.randrange(len(rows))
    column = pick.choice(head)
    kinds: dict[str, Callable[[], tuple[Rows | bytes | None, Place]]] = {
        "row twice": lambda: ([head, *rows, rows[number]], (len(rows) + 2, None)),
        "blank row": lambda: ([head, *rows[:number], [], *rows[number:]], (number + 2, None)),
        "a cell too many": lambda: (
            [head, *rows[:number], [*rows[number], "x"], *rows[number + 1 :]],
            (number + 2, None),
        ),
        "column gone": lambda: (
            [[cell for cell, name in zip(row, head, strict=True) if name != column]
             for row in (head, *rows)],
            (None, column),
        ),
        "column too many": lambda: (
            [[*head, "mine"], *([*row, ""] for row in rows)], (None, "mine"),
        ),
        "file gone": lambda: (None, (None, None)),
        "file empty": lambda: (b"", (None, None)),
        "file not UTF-8": lambda: (
            written([head, *rows]) + b"\xe9\n", (None, None),
        ),
        "semicolons": lambda: (
            written([head, *rows]).replace(b",", b";"), (None, None),
        ),
    }  # fmt: skip
    kind = pick.choice(sorted(kinds))
    content, place = kinds[kind]()
    bytes_ = written(content) if isinstance(content, list) else content
    return Fault(kind, resource["path"], bytes_, place)


def read(file: Path) -> Rows:
    """Read a table as its file has it."""
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))


def written(rows: Rows) -> bytes:
    """Write a table as its file has it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", errors="surrogatepass")


@dataclass
class Tally:
    """What became of the faults of one kind."""

    made: int = 0
    noticed: int = 0
    placed: int = 0
    most: int = 0
    lost: list[str] = field(default_factory=list)


def judged(fault: Fault, problems: list[Problem], tally: Tally) -> None:
    """Count a fault, and write down what went wrong with it."""
    row, column = fault.place
    here = [p for p in problems if p.file == fault.path]
    exact = [
        p
        for p in here
        if (row is None or p.row == row) and (column is None or column in (p.column or column))
    ]
    tally.made += 1
    tally.noticed += bool(problems)
    tally.placed += bool(exact)
    tally.most = max(tally.most, len([p for p in problems if p.severity == "error"]))
    if not exact:
        said = str(problems[0]) if problems else "nothing"
        tally.lost.append(f"{fault.kind} at {fault.path}, {fault.place}: {said}")


def single(folder: Path, number: int, pick: random.Random) -> Iterator[Fault]:
    """Make faults, three of four in a cell."""
    resources = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    while number:
        resource = pick.choice(resources)
        make = in_cell if pick.random() < 0.75 else in_rows
        if fault := make(folder, resource, pick):
            number -= 1
            yield fault


def main(number: int, seed: int) -> None:
    """Make faults one by one, check and load after each, and print what was noticed."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    crashes = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(builders.SHIPPED, Path(temporary) / "data"))
        before = {(p.file, p.row, p.rule) for p in check(folder)}
        for fault in single(folder, number, random.Random(seed)):
            file = folder / fault.path
            kept = file.read_bytes()
            file.unlink() if fault.content is None else file.write_bytes(fault.content)
            try:
                found = check(folder)
                problems = [p for p in found if (p.file, p.row, p.rule) not in before]
                judged(fault, problems, tallies[fault.kind])
                load(folder)
            except AccordsError:
                pass
            except Exception:
                crashes.append(f"{fault.kind} at {fault.path}: {traceback.format_exc(limit=-1)}")
            file.write_bytes(kept)
    table = Table(title=f"{number} single faults, seed {seed}")
    for heading in ("kind", "made", "noticed", "placed", "most problems"):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind, tally in sorted(tallies.items()):
        counts = (tally.made, tally.noticed, tally.placed, tally.most)
        table.add_row(kind, *map(str, counts))
    every = tallies.values()
    table.add_section()
    table.add_row(
        "all",
        *(str(sum(getattr(t, name) for t in every)) for name in ("made", "noticed", "placed")),
        str(max(t.most for t in every)),
    )
    console = Console(width=160)
    console.print(table)
    for line in [*(line for tally in every for line in tally.lost), *crashes]:
        console.print(line, markup=False)
    flooded = sorted(kind for kind, tally in tallies.items() if tally.most > MOST_PROBLEMS)
    console.print(f"{len(crashes)} tracebacks; more than {MOST_PROBLEMS} problems: {flooded}")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(*arguments, *(FAULTS, 1)[len(arguments) :]))
