"""What a check reports, and the rules it reports on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

MOST = 10
"""Rows with one fault that are reported one by one; of more, the first speaks for all."""

RULES = {
    # the file
    "missing-file": "Every table that the descriptor declares has its file.",
    "not-a-file": "A table is a file that can be read, not a folder.",
    "empty-file": "A file has at least its header.",
    "encoding": "Files are UTF-8, and no letter was spoilt on the way.",
    "bom": "Files do not start with a byte order mark.",
    "line-ends": "Lines end with LF alone.",
    "delimiter": "Cells are separated by commas.",
    "quotes": "Quotation marks around cells come in pairs.",
    "undeclared-file": "No CSV file lies in the folder that the descriptor does not know.",
    "descriptor": "datapackage.json declares types, constraints and references that there are.",
    "edition": "CHANGELOG.md names the newest edition and its date.",
    "version": "CHANGELOG.md and datapackage.json name one edition.",
    "read-until": "CHANGELOG.md and datapackage.json name one day until which sources were read.",
    # the table
    "missing-column": "Every declared column is there.",
    "extra-column": "No column is there that is not declared.",
    "column-order": "Columns stand in the declared order.",
    "row-width": "Every row has as many cells as the header.",
    "blank-row": "No row is empty.",
    # the cell
    "required": "Cells of required columns are not empty.",
    "type": "Numbers, dates and true or false are written as such.",
    "date": "Dates are EDTF, exist in the calendar and lie between 1800 and 2199.",
    "pattern": "Identifiers and codes have their form.",
    "enum": "A value is one of those that its column allows.",
    "range": "A number lies within its bounds.",
    "length": "A text is no longer than its column allows.",
    "language": "A language is a code of ISO 639-1.",
    "url": "Addresses are plain http or https.",
    "tracking": "Addresses carry no tracking parameters.",
    "html": "Text holds no HTML.",
    "formula": "Text does not start as a spreadsheet formula.",
    "control": "Text holds no line breaks and no invisible characters.",
    "spaces": "Text does not start or end with a space, and has no two in a row.",
    "letters": "Text is in the normal form NFC, and a word in one alphabet.",
    "placeholder": "An empty cell is empty, and not 'N/A'.",
    "brackets": "Titles of our own are marked by title_kind, not by brackets.",
    # the keys
    "duplicate-key": "The key of a row occurs once.",
    "duplicate-value": "A value of a unique column occurs once.",
    "unknown-code": "A code is in its code list.",
    "dangling": "What a row refers to exists.",
    "code": "The codes that the program computes or relies on are there, with what they need.",
    # the record
    "together": "An original title has its language, a value its currency and kind; and so back.",
    "focus-party": "An agreement has a focus state among its parties.",
    "scope": "A bilateral agreement has two parties, a multilateral one may have more.",
    "roles": "Who buys buys from somebody.",
    "same-title": "No two agreements of the same parties have the same title.",
    "succession": "An agreement replaces an older one, and is part of one of its own parties.",
    "event-id": "The identifier of an event names its type, and no other party than its own.",
    "acting-party": "Who acts in an event is a party.",
    "no-event": "An agreement has an event; one without a date where it is undated.",
    "no-source": "A source says that the agreement exists.",
    "uncited": "Every event, domain and value cites a source.",
    "subject": "What a citation supports is in the tables.",
    "evidence": "A source that is cited has one row that says what it says.",
    "unused-source": "Every source is cited.",
    "basis": "A domain that an official source names does not rest on the press; and so back.",
    "early-source": "A source is not older than what it reports.",
    "after-edition": "Nothing lies after the date of the edition.",
    "life-order": "Signed, approved, ratified, in force, ended: in this order.",
    "early-step": "Nothing is tabled or notified before it is signed, nor initialled after.",
    "status-note": "A note on the status says what is computed.",
    "near-duplicate": "No two agreements of the same parties look like one instrument.",
    "cycle": "No agreement is part of itself or replaces itself, not even by a detour.",
    "dispute-field": "A disputed field is a fact of the agreement.",
    "dispute-single": "A dispute has two values or more.",
    "dispute-adopted": "A dispute has one adopted value at most.",
    "dispute-value": "The adopted value is the one that the table carries.",
    "dispute-open": "A value that the table carries is adopted.",
    "dispute-reason": "A dispute gives its reason once.",
    # the other tables
    "argument": "A claim's test has the arguments that it needs.",
    "coverage": "A partner that was searched for is another state, with as many records as found.",
    "sum": "Parts are no more than the whole, and decades add up.",
    "reading": "A record that was read again is there, or CURATION.md says where it went.",
}
"""Each rule by its name, as what must be true."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, and what to do.

    Attributes
    ----------
    file
        The file, relative to the dataset's folder.
    rule
        The rule that is broken (a key of :data:`RULES`).
    message
        What is wrong, as a sentence.
    remedy
        What to do, as a sentence.
    row
        The line as an editor shows it: the header is row 1. None where the whole file is meant.
    column
        The column, where one is meant.
    value
        What the cell holds.
    severity
        ``error``, or ``warning`` for what may be right.
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
