"""The codebook: every table, column and code in words, generated from what declares them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from accords.checks.cells import EDTF
from accords.dataset import read_descriptor, read_table

FILE = "CODEBOOK.md"

COLUMN_HEADS = ("column", "type", "must be", "what it holds", "example")


def codebook(path: str | os.PathLike[str] = "data") -> str:
    """Write the codebook of a dataset as Markdown.

    It follows from ``datapackage.json`` and the code lists alone, so that rows can be added
    without touching it.

    Parameters
    ----------
    path
        The dataset's folder.

    Raises
    ------
    DatasetError
        When the descriptor or a code list cannot be read.
    """
    folder = Path(path)
    descriptor = read_descriptor(folder)
    resources = descriptor["resources"]
    lists = [resource for resource in resources if _is_list(resource)]
    outside = [resource for resource in resources if resource["path"].startswith("external/")]
    tables = [r for r in resources if r not in lists and r not in outside]
    parts = [
        _opening(descriptor),
        _how_to_read(descriptor, tables),
        *_worked_example(descriptor, folder),
        "## Tables\n",
        *(_described(resource, _columns(resource, resources)) for resource in tables),
        "## Code lists\n",
        *(_described(r, _rows(read_table(folder, r).fillna(""))) for r in lists),
    ]
    if outside:
        parts += [
            "## Lists of others\n\nWhat the report measures itself against; each with its own "
            "licence.\n",
            *(_described(resource, _columns(resource, resources)) for resource in outside),
        ]
    return "\n".join(parts).rstrip() + "\n"


def write(path: str | os.PathLike[str] = "data") -> Path:
    """Write ``CODEBOOK.md`` into the dataset's folder and give its path."""
    file = Path(path) / FILE
    file.write_text(codebook(path), encoding="utf-8", newline="\n")
    return file


def is_current(path: str | os.PathLike[str] = "data") -> bool:
    """Say whether ``CODEBOOK.md`` is what the descriptor and the code lists make it."""
    file = Path(path) / FILE
    return file.is_file() and file.read_text(encoding="utf-8") == codebook(path)


def examples(text: str) -> list[str]:
    """Give the Python examples of a codebook."""
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def _opening(descriptor: Mapping[str, Any]) -> str:
    return (
        f"# Codebook: {descriptor['title']}\n\n"
        f"{descriptor['description']}\n\n"
        "*Generated from `datapackage.json` and `codes/` by `accords codebook`; edit those, not "
        "this page.*\n"
    )


def _how_to_read(descriptor: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> str:
    listed = "\n".join(
        f"- [{r['name']}](#{r['name']}): {_lowered(r['description'])}" for r in tables
    )
    return f"""## How to read the tables

One row is one fact, and a fact has a source. The files are UTF-8 text, cells separated by commas;
pandas, R and any spreadsheet open them.

{listed}

**What an empty cell means.** No source says it. An empty cell is never a no: that two states have
no agreement here means that none was found, and [coverage](#coverage) says how it was looked for.

**Dates** are as precise as the source: `2024-10-30`, `2024-10` or `2024` (EDTF, ISO 8601-2). A
question mark (`2024?`) marks a date that was inferred and is not printed in a source. `2002/2012`
is a day between the two, `../2012` one not after and `2012/..` one not before. An event without a
date happened on a day that no source gives.

**What says so.** [citations](#citations) ties every agreement to its sources with the subject
`existence`, every event with `event:<event_id>`, every domain with `domain:<domain>` and the value
with `value`. The address and publisher of each source are in [sources](#sources).

**Where sources disagree**, [disputes](#disputes) keeps what each of them says; `adopted` marks the
value that the tables carry, and `reason` says why.

**What is computed, not stored.** Status (signed, in force ...) follows from the events as of the
day up to which sources were read (`readUntil` in `datapackage.json`; the newest heading in
`CHANGELOG.md` has the edition's own date); its rules are in [statuses](#statuses). A purchase has a
life of its own and is never in force.
Confidence follows from the sources of an agreement's existence: high where one is official or two
reputable publishers are independent of each other, medium where there is one reputable publisher,
low otherwise (tiers are in [source_kinds](#source_kinds)). `accords.load().overview` has both.
"""


def _worked_example(descriptor: Mapping[str, Any], folder: Path) -> Iterator[str]:
    if "example" not in descriptor:
        return
    one, other = descriptor["example"]
    states = next(r for r in descriptor["resources"] if r["name"] == "party_codes")
    names = read_table(folder, states).set_index("party_id")["name"]
    yield f"""### An example

Which agreements do {names[one]} and {names[other]} have, what is each about, what says so, and what
do sources dispute? The codes of states, {one} and {other}, are in [party_codes](#party_codes). In a
spreadsheet, filter `parties.csv` by each state, note which `agreement_id` both have, and filter the
other files by it. In Python:

```python
import pandas as pd


def table(name):
    return pd.read_csv(f"data/{{name}}.csv", dtype=str)


parties = table("parties")
with_one = parties.loc[parties["party_id"] == "{one}", "agreement_id"]
with_other = parties.loc[parties["party_id"] == "{other}", "agreement_id"]
shared = set(with_one) & set(with_other)


def theirs(name):
    rows = table(name)
    return rows[rows["agreement_id"].isin(shared)]


which = theirs("agreements")[["agreement_id", "title", "instrument", "scope"]]
lives = theirs("events")[["agreement_id", "event", "party_id", "date", "place"]]
about = theirs("domains").merge(table("codes/domains")[["domain", "label"]])
says_so = theirs("citations").merge(table("sources"), on="source_id")
says_so = says_so[["agreement_id", "subject", "publisher", "title", "url", "evidence"]]
disputed = theirs("disputes")[["agreement_id", "field", "value", "source_id", "adopted", "reason"]]
```

The same with what is computed:

```python
import accords

ds = accords.load("data")
ds.select(shared).overview[["title", "date", "status", "confidence", "domains", "disputes"]]
```
"""


def _described(resource: Mapping[str, Any], table: Iterable[str]) -> str:
    lines = [f"### {resource['name']}", "", f"`{resource['path']}`: {resource['description']}"]
    for source in resource.get("sources", ()):
        where = f", <{source['path']}>" if "path" in source else ""
        lines += ["", f"Source: {source['title']}{where}."]
    for licence in resource.get("licenses", ()):
        lines += ["", f"Licence: {licence['title']}."]
    if not _is_list(resource):
        keys = ", ".join(f"`{key}`" for key in resource["schema"]["primaryKey"])
        lines += ["", f"Key: {keys}."]
    return "\n".join([*lines, "", *table, ""])


def _columns(resource: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Give the table of a table's columns, line by line."""
    targets = {
        key["fields"][0]: (
            key["reference"]["resource"] or resource["name"],
            key["reference"]["fields"][0],
        )
        for key in resource["schema"].get("foreignKeys", ())
    }
    rows = [
        {
            "column": f"`{field['name']}`",
            "type": field["type"],
            "must be": "; ".join(_rules(field, targets.get(field["name"]))),
            "what it holds": _escaped(field["description"]),
            "example": f"`{_escaped(str(field['example']))}`" if "example" in field else "",
        }
        for field in resource["schema"]["fields"]
    ]
    return _rows(pd.DataFrame(rows, columns=list(COLUMN_HEADS)), escape=False)


def _rules(field: Mapping[str, Any], target: tuple[str, str] | None) -> Iterator[str]:
    """Say what a column's constraints ask, in words."""
    constraints = field.get("constraints", {})
    if constraints.get("required"):
        yield "filled"
    if constraints.get("unique"):
        yield "unique"
    if target is not None:
        yield f"in [{target[0]}](#{target[0]})"
    if "enum" in constraints:
        yield "one of " + ", ".join(f"`{value}`" for value in constraints["enum"])
    if field.get("rdfType") == EDTF:
        yield "an EDTF date"
    elif "pattern" in constraints:
        yield f"like `{_escaped(constraints['pattern'])}`"
    for bound, words in (("minimum", "at least"), ("maximum", "at most")):
        if bound in constraints:
            yield f"{words} {constraints[bound]}"


def _rows(table: pd.DataFrame, *, escape: bool = True) -> Iterator[str]:
    """Write a table as Markdown; a column in which nothing stands is left out."""
    table = table.loc[:, (table != "").any()]
    yield "| " + " | ".join(table.columns) + " |"
    yield "| " + " | ".join("---" for _ in table.columns) + " |"
    for row in table.itertuples(index=False):
        cells = [_escaped(cell) if escape else cell for cell in row]
        if escape:
            cells[0] = f"`{cells[0]}`"
        yield "| " + " | ".join(cells) + " |"


def _is_list(resource: Mapping[str, Any]) -> bool:
    return str(resource["path"]).startswith("codes/")


def _escaped(text: str) -> str:
    """Keep text from ending a table cell or starting HTML."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
