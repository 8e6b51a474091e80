"""What can be filled in: the columns of the tables, with their codes, and the parts of an entry."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accords.checks.cells import faults
from accords.checks.problem import said
from accords.curation.draft import cleaned
from accords.dataset import Dataset
from accords.dataset.names import fold

PARTS = ("parties", "events", "domains", "sources", "disputes", "distinct")
"""The lists of an entry, each with the columns of its table."""

CITING = ("supports", "voice", "locator", "evidence")
"""What an entry says of a source beside the particulars of the source itself."""

EXTRA = {"sources": CITING, "disputes": ("url",)}  # what their rows have beside the columns
IDS = ("agreement_id", "event_id", "source_id")  # may be left empty in an entry: they are made
LISTED = 30  # longest list of codes that is shown whole, with numbers

_SUPPORTS = {
    "name": "supports",
    "title": "Supports",
    "description": "What the source is cited for: existence, value, context, event:<event>, "
    "domain:<domain>. May be left out where the entry has one source, which then supports all of "
    "it.",
    "type": "list",
}

Answer = tuple[str, str]  # what an answer means, and what is wrong with it or nothing


@dataclass(frozen=True)
class Field:
    """One thing to fill in, as the descriptor declares it.

    ``codes``: the table and column of its values; ``choices`` and ``meanings``: by code.
    """

    declared: Mapping[str, Any]
    codes: tuple[str, str] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.declared["name"]

    @property
    def required(self) -> bool:
        """Whether its cells must be filled."""
        return bool(self.declared.get("constraints", {}).get("required"))

    @property
    def listed(self) -> list[str]:
        """The codes that are shown whole, with numbers, where there are few."""
        ids = self.codes is not None and self.codes[1] in IDS
        return list(self.choices) if len(self.choices) <= LISTED and not ids else []

    def explained(self) -> Iterator[str]:
        """Say what the field means, and which codes it takes."""
        needed = " Required." if self.required and self.name not in IDS else ""
        example = f" Example: {self.declared['example']}." if self.declared.get("example") else ""
        yield f"{self.declared['title']}: {self.declared['description']}{needed}{example}"
        if self.meanings:
            yield from (f"  {code}: {meaning}" for code, meaning in self.meanings.items())
        elif self.listed:
            yield f"  One of: {', '.join(self.listed)}."
        elif self.choices and self.codes and self.codes[1] not in IDS:
            few = ", ".join(list(self.choices)[:3])
            yield f"  One of {len(self.choices)} codes, such as {few}."

    def read(self, typed: str, required: bool) -> Answer:
        """Read an answer: a text, or a code by itself, its number, its label or words of that."""
        if self.declared["type"] == "list":
            one = replace(self, declared={**self.declared, "type": "string"})
            answers = [one.read(word, required) for word in typed.replace(",", " ").split()]
            return " ".join(answer for answer, _ in answers), "".join(f for _, f in answers)
        answer, _ = cleaned(typed, self.declared)
        meant = self._meant(answer)
        answer = meant[0] if len(meant) == 1 else answer
        if not answer:
            return "", "This must be filled in." if required else ""
        if self.choices and answer not in self.choices:
            words = [*self.choices, *self.choices.values()]
            near = meant[:5] or difflib.get_close_matches(answer, words, n=3, cutoff=0.5)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Type ? for the list."
            return answer, f"'{answer}' is not in the list. {hint}"
        for breach, more in faults(self.declared, [answer]).get(answer, ()):
            return answer, " ".join(said(breach, {"value": answer, **more}))
        return answer, ""

    def _meant(self, answer: str) -> list[str]:
        """List the codes that an answer may mean: by number, code, label, or words of these."""
        if answer.isdecimal() and 0 < int(answer) <= len(self.listed):
            return [self.listed[int(answer) - 1]]
        names = {code: (fold(code), fold(label)) for code, label in self.choices.items()}
        wanted = set(fold(answer).split())
        exact = [code for code, both in names.items() if fold(answer) in both]
        worded = (code for code, both in names.items() if wanted <= set(" ".join(both).split()))
        return exact or list(worded if wanted else ())


def columns(dataset: Dataset, table: str) -> list[Field]:
    """Return the columns of a table, in its order."""
    resource = next(r for r in dataset.descriptor["resources"] if r["name"] == table)
    codes = {
        key["fields"][0]: (key["reference"]["resource"] or table, key["reference"]["fields"][0])
        for key in resource["schema"].get("foreignKeys", ())
        if len(key["fields"]) == 1
    }
    return [_column(dataset, f, codes.get(f["name"])) for f in resource["schema"]["fields"]]


def fields(dataset: Dataset, part: str) -> dict[str, Field]:
    """Return the fields that an entry has of one table, by their names."""
    own = {one.name: one for one in columns(dataset, part)}
    if part in PARTS:
        own.pop("agreement_id", None)  # It is the entry's.
    if part in EXTRA:
        elsewhere = {"supports": Field(_SUPPORTS)}
        for table in ("sources", "citations"):
            elsewhere |= {one.name: one for one in columns(dataset, table)}
        own |= {name: elsewhere[name] for name in EXTRA[part]}
    return own


def _column(dataset: Dataset, declared: Mapping[str, Any], codes: tuple[str, str] | None) -> Field:
    if codes is None:
        allowed = declared.get("constraints", {}).get("enum", ())
        return Field(declared, choices={word: word for word in allowed})
    if codes[0] == "sources":
        return Field(declared, codes)  # One names a source by its address.
    listed = dataset.tables[codes[0]]
    if codes[1] in IDS:
        return Field(declared, codes, dict(zip(listed[codes[1]], listed["title"], strict=True)))
    choices = dataset.labels(codes[0])
    defined: Any = listed.get("definition", [])
    return Field(declared, codes, choices, dict(zip(choices, defined, strict=False)))
