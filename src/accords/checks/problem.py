"""What a check reports, in the words that ``rules.csv`` has for each rule."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

MOST = 10  # rows with one fault that are reported one by one; of more, the first speaks for all

with Path(__file__).with_name("rules.csv").open(encoding="utf-8", newline="") as _file:
    BREACHES = {row["rule"]: row for row in csv.DictReader(_file)}
"""Each way to break a rule, ``rule`` or ``rule.way``: where it is shown, and what is said of it."""

RULES = {name.partition(".")[0]: row["must"] for name, row in BREACHES.items() if row["must"]}
"""Each rule by its name, as what must be true."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, and what to do; a ``warning`` may be right.

    ``rule`` is a key of :data:`RULES`, ``file`` relative to the dataset's folder, ``row`` the line
    as an editor shows it (the header is row 1), if not the whole file is meant.
    """

    file: str
    rule: str
    message: str
    remedy: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row else None
        place = ", ".join(part for part in (self.file, row, self.column) if part)
        return f"{place}: {self.message} {self.remedy}"


def said(breach: str, words: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong and what to do, with these words in their places."""
    row = BREACHES[breach]
    return row["message"].format_map(words), row["remedy"].format_map(words)


def problem(
    breach: str,
    file: str,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    words: Mapping[str, Any] | None = None,
) -> Problem:
    """Return a breach of a rule at its place; ``words`` are what its sentences need beside."""
    place = {"file": file, "row": row, "column": column, "value": value}
    message, remedy = said(breach, place | dict(words or {}))
    severity: Any = BREACHES[breach]["severity"]
    rule = breach.partition(".")[0]
    return Problem(file, rule, message, remedy, row, column, value, severity)


def condensed(problems: Sequence[Problem], total: int | None = None) -> list[Problem]:
    """Return problems that may have one cause; where they are many, the first with their number.

    ``total`` is how many there are, where only the first of them are given.
    """
    others = (total or len(problems)) - 1
    if others < MOST:
        return list(problems)
    first, *listed = problems[: MOST + 1]
    rows = ", ".join(str(other.row) for other in listed)
    more = f"The same holds of {others} more rows: {rows}{' ...' * (others > MOST)}."
    return [replace(first, message=f"{first.message} {more}")]
