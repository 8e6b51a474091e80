"""Problems as people read them in a terminal."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from accords.checks.problem import Problem

LISTED = 10  # problems of a rule that are listed for a file; of others only the number is said


def listing(problems: Sequence[Problem]) -> Iterator[Text | Padding]:
    """Give a heading and a table for each file with problems, and a last line that counts them."""
    for file, group in itertools.groupby(problems, key=lambda problem: problem.file):
        found, of_rule = list(group), Counter[str]()
        yield Text.assemble((file, "bold"), f"  {tally(found)}")
        table = Table.grid(padding=(0, 2))
        for style in ("cyan", "cyan", ""):
            table.add_column(style=style, overflow="fold")
        for one in found:
            of_rule[one.rule] += 1
            if of_rule[one.rule] <= LISTED:
                rule = (f"{one.rule}: ", "red" if one.severity == "error" else "yellow")
                said = Text.assemble(rule, f"{one.message} ", (one.remedy, "dim"))
                table.add_row(f"row {one.row}" if one.row else "", one.column or "", said)
        for name, number in of_rule.items():
            if number > LISTED:
                table.add_row("", "", f"... and {number - LISTED} more of '{name}'.")
        yield Padding(table, (0, 0, 1, 2))
    yield Text(f"{tally(problems)} in all." if problems else "No problems.")


def tally(problems: Sequence[Problem]) -> str:
    """Count errors and warnings in words."""
    counts = Counter[str](problem.severity for problem in problems)
    kinds = [kind for kind in ("error", "warning") if counts[kind]]
    said = (f"{counts[kind]} {kind}{'s' * (counts[kind] != 1)}" for kind in kinds)
    return ", ".join(said) or "no problems"
