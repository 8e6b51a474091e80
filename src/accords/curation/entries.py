"""What a curator writes by hand: entries in YAML or JSON, rows in CSV, each with its line."""

from __future__ import annotations

import csv
import difflib
import io
import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import yaml

from accords.errors import AccordsError

DISPUTE = ("agreement_id", "field", "value", "url", "adopted", "reason")
"""The columns of a CSV file of disputes."""

Entry = dict[str, Any]


class Written(dict[str, Any]):
    """A mapping as it stands in a file, with the line on which it begins; 0 where none is known."""

    line: int = 0


def read_entries(file: str | os.PathLike[str]) -> list[Entry]:
    """Read entries from a YAML file (one or several documents, or a list), JSON, or CSV.

    A CSV file holds disputes; its rows become entries of their agreements. Everything is read as
    text, so that ``no`` stays a language and ``2024-10`` a date.

    Raises
    ------
    AccordsError
        When the file cannot be read, or names a field twice, with the line.
    """
    path = Path(file)
    kind = path.suffix.lower()
    if kind == ".csv":
        return _disputes(read_rows(path, DISPUTE))
    text = read_text(path)
    try:
        if kind == ".json":
            documents = [json.loads(text, object_pairs_hook=_once)]
        else:
            documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        words = error.problem or error.context
        raise AccordsError(
            f"{path}{line}: {words}. Compare with 'accords add --template'."
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise AccordsError(f"{path}: {error}. Compare with 'accords add --template'.") from error
    entries = [
        entry
        for document in documents
        for entry in (document if isinstance(document, list) else [document])
        if entry
    ]
    wrong = [entry for entry in entries if not isinstance(entry, dict)]
    if wrong or not entries:
        raise AccordsError(f"{path}: holds no entry. Begin from 'accords add --template'.")
    return entries


def read_rows(
    file: str | os.PathLike[str], columns: Collection[str], optional: Collection[str] = ()
) -> list[Written]:
    """Read the rows of a CSV file as text.

    Raises
    ------
    AccordsError
        When the file cannot be read, has no rows or other columns than these, or a row is too
        short or too long.
    """
    path = Path(file)
    lines = csv.reader(io.StringIO(read_text(path), newline=""))
    try:
        head = [name.strip() for name in next(lines, [])]
        _right_columns(path, head, columns, optional)
        found, begins = [], lines.line_num + 1
        for cells in lines:
            if len(cells) not in (0, len(head)):
                raise AccordsError(
                    f"{path}, line {begins}: has {len(cells)} cells, and the header {len(head)}. "
                    'Put quotation marks (") around a text with commas.'
                )
            row = Written(zip(head, cells, strict=False))
            row.line, begins = begins, lines.line_num + 1
            if any(row.values()):
                found.append(row)
    except csv.Error as error:
        raise AccordsError(f"{path}, line {lines.line_num}: {error}. Save it as CSV.") from error
    if not found:
        raise AccordsError(f"{path}: holds no rows below its header.")
    return found


def read_text(path: Path) -> str:
    """Read a file as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AccordsError(f"{path}: cannot be read ({error}). Save it as UTF-8 text.") from error


def _right_columns(
    path: Path, head: list[str], columns: Collection[str], optional: Collection[str]
) -> None:
    known = [*columns, *optional]
    missing = [name for name in columns if name not in head]
    strange = [name for name in head if name not in known or head.count(name) > 1]
    if not missing and not strange:
        return
    faults = [f"has no column '{name}'" for name in missing]
    for name in dict.fromkeys(strange):
        near = difflib.get_close_matches(name, missing, n=1)
        hint = f" (is it '{near[0]}'?)" if near else ""
        faults.append(f"has a column '{name}' that is not known or there twice{hint}")
    raise AccordsError(
        f"{path}: {', '.join(faults)}. The first line names the columns, separated by commas: "
        f"{','.join(known)}."
    )


def _disputes(rows: Iterable[Written]) -> list[Entry]:
    """Gather rows of disputes into an entry for each agreement."""
    entries: dict[str, Written] = {}
    for row in rows:
        agreement = row.pop("agreement_id")
        if agreement not in entries:
            entries[agreement] = Written(agreement_id=agreement, disputes=[])
            entries[agreement].line = row.line
        entries[agreement]["disputes"].append(row)
    return list(entries.values())


class _Loader(yaml.BaseLoader):
    """Keeps every scalar as text, and the line of every mapping; refuses a key given twice."""

    def construct_written(self, node: yaml.MappingNode) -> Any:
        made = Written()
        made.line = node.start_mark.line + 1
        yield made
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, "a list or mapping cannot name a field", key_node.start_mark
                )
            if key in made:
                raise yaml.constructor.ConstructorError(
                    None, None, f"'{key}' is given twice in one entry", key_node.start_mark
                )
            made[key] = self.construct_object(value_node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_written)


def _once(pairs: list[tuple[str, Any]]) -> Written:
    """Make a JSON object; refuse a key given twice."""
    made = Written()
    for key, value in pairs:
        if key in made:
            raise ValueError(f"'{key}' is given twice in one entry")
        made[key] = value
    return made
