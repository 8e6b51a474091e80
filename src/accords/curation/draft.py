"""What all ways of changing the data have in common: tables as text, and where each was written.

Workbooks, entries and corrections are read into a :class:`Draft`, which puts itself in the
dataset's place, or is refused in the terms of whoever wrote it.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks.cells import EDTF, is_address, plain_address
from accords.curation.revision import Outcome, Places, Refused, Remark, apply

EDGES = " \t\r\n\u00a0\u2007\u202f\u200b\u200c\u200d\u200e\u200f\u061c\ufeff"
"""What is trimmed from the ends of a cell: spaces of all kinds and marks that nobody sees."""

_INVISIBLE = str.maketrans("", "", "\u200b\u200e\u200f\u061c\ufeff")
_SPACES = str.maketrans("", "", " \u00a0\u2007\u202f\u066c")
_DECIMAL = str.maketrans("\u066b", ".")
_NUMBER = re.compile(r"(-?\d+)(?:\.(\d*?)0*)?")
_HALVES = re.compile("[\ud800-\udfff]")


@dataclass
class Draft:
    """The tables as their author wants them.

    Attributes
    ----------
    tables
        The tables as text, with the columns that the descriptor declares.
    places
        Where the author wrote what.
    remarks
        What is wrong with what was written, and what of it was cleaned or not taken.
    """

    tables: dict[str, pd.DataFrame]
    places: Places = field(default_factory=Places)
    remarks: list[Remark] = field(default_factory=list)

    def object(self, place: str, message: str) -> None:
        """Keep the draft out, with the reason."""
        self.remarks.append(Remark(place, message))

    def note(self, place: str, message: str) -> None:
        """Tell the author of something that keeps nothing out."""
        self.remarks.append(Remark(place, message, "warning"))

    def clean(self, value: str, column: Mapping[str, Any], place: str) -> str:
        """Return a text as :func:`cleaned` writes it, and note what was done to it."""
        text, done = cleaned(value, column)
        if done:
            self.note(place, f"{done}; read as '{text}'.")
        return text

    def errors(self) -> list[Remark]:
        """Return the remarks that keep the draft out."""
        return [remark for remark in self.remarks if remark.severity == "error"]

    def put(self, folder: Path) -> Outcome:
        """Put the tables in the place of the dataset's.

        Raises
        ------
        Refused
            With all errors of the draft or, where it has none, of the checks. Nothing was written.
        """
        if errors := self.errors():
            raise Refused(errors)
        changes, remarks = apply(folder, self.tables, self.places)
        return Outcome(changes, [*self.remarks, *remarks])


def cleaned(value: str, column: Mapping[str, Any]) -> tuple[str, str]:
    """Return a typed text as the dataset's files write it, and what was done to it, if anything.

    Spaces around it are trimmed, digits of other scripts in dates and numbers become 0-9, and an
    address is cleared of what only tracks.
    """
    kind, done = column["type"], []
    # Half a character cannot be written; the checks refuse the sign that stands for it.
    whole = _HALVES.sub("\ufffd", value.replace("\r\n", "\n"))
    text = whole.strip(EDGES)
    if text != whole:
        done.append("spaces around it trimmed")
    if kind in ("integer", "number") or is_dated(column):
        digits = "".join(_digit(character) for character in text.translate(_INVISIBLE))
        if digits != text:
            done.append("digits written as 0-9")
        text = digits
    if kind in ("integer", "number"):
        number = text.translate(_SPACES).translate(_DECIMAL)
        if number != text:
            done.append("spaces between digits removed")
        parts = _NUMBER.fullmatch(number)
        text = ".".join(filter(None, parts.groups())) if parts else number
    elif kind == "boolean":
        text = text.lower()
    elif is_address(column) and (plain := plain_address(text)) != text:
        done.append("cleared of what does not belong to it")
        text = plain
    return text, ", ".join(done)


def is_dated(column: Mapping[str, Any]) -> bool:
    """Return whether a column holds dates."""
    return column["type"] == "date" or column.get("rdfType") == EDTF


def near(word: str, words: Iterable[str]) -> str:
    """Return a question for the nearest of some words, to add to a sentence; else nothing."""
    found = difflib.get_close_matches(word, list(words), n=1)
    return f" Did you mean '{found[0]}'?" if found else ""


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
