"""Problems as people read them in a terminal."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from accords.checks.problem import Problem

LISTED = 10
"""Problems of one rule that are listed for a file; of the others only the number is said."""


def listing(problems: Sequence[Problem]) -> Iterator[Text | Padding]:
    """Give a heading and a table for each file with problems, and a last line that counts them."""
    for file, group in itertools.groupby(problems, key=lambda problem: problem.file):
        found = list(group)
        yield Text.assemble((file, "bold"), f"  {tally(found)}")
        table = Table.grid(padding=(0, 2))
        for style in ("cyan", "cyan", ""):
            table.add_column(style=style, overflow="fold")
        for rule in dict.fromkeys(problem.rule for problem in found):
            same = [problem for problem in found if problem.rule == rule]
            for problem in same[:LISTED]:
                table.add_row(
                    f"row {problem.row}" if problem.row else "",
                    problem.column or "",
                    _sentence(problem),
                )
            if len(same) > LISTED:
                table.add_row("", "", f"... and {len(same) - LISTED} more of '{rule}'.")
        yield Padding(table, (0, 0, 1, 2))
    yield Text(f"{tally(problems)} in all." if problems else "No problems.")


def tally(problems: Sequence[Problem]) -> str:
    """Count errors and warnings in words."""
    errors = sum(problem.severity == "error" for problem in problems)
    counts = ((errors, "error"), (len(problems) - errors, "warning"))
    return ", ".join(f"{n} {what}{'s' * (n != 1)}" for n, what in counts if n) or "no problems"


def _sentence(problem: Problem) -> Text:
    mark = "red" if problem.severity == "error" else "yellow"
    return Text.assemble(
        (f"{problem.rule}: ", mark), f"{problem.message} ", (problem.remedy, "dim")
    )
