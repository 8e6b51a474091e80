"""What a curator writes by hand: entries in YAML or JSON, rows in CSV, each with its line."""

import csv
import io
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from accords.errors import AccordsError

DISPUTE = ("agreement_id", "field", "value", "url", "adopted", "reason")
"""The columns of a CSV file of disputes."""

Entry = dict[str, Any]


class Written(dict[str, Any]):
    """A mapping as it stands in a file, with the line on which it begins."""

    def __init__(self, pairs: Any, line: int) -> None:
        super().__init__(pairs)
        self.line = line


def read_entries(file: str | os.PathLike[str]) -> list[Entry]:
    """Read entries from a YAML file (one or several documents, or a list), JSON, or CSV.

    A CSV file holds disputes. Everything is read as text, so that ``no`` stays a language. An
    :class:`AccordsError` says, with the line, what cannot be read.
    """
    path = Path(file)
    if path.suffix.lower() == ".csv":
        return _disputes(read_rows(path, DISPUTE))
    text = read_text(path)
    if path.suffix.lower() == ".json":
        text = text.replace("\t", " ")  # Else JSON is YAML.
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        words = f"{error.problem or error.context}. Compare with 'accords add --template'."
        raise AccordsError(f"{path}{line}: {words}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise AccordsError(f"{path}: {error}. Compare with 'accords add --template'.") from error
    lists = [document if isinstance(document, list) else [document] for document in documents]
    entries = [entry for entries in lists for entry in entries if entry]
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise AccordsError(f"{path}: holds no entry. Begin from 'accords add --template'.")
    return entries


def read_rows(
    file: str | os.PathLike[str], columns: Collection[str], optional: Collection[str] = ()
) -> list[Written]:
    """Read the rows of a CSV file as text; an :class:`AccordsError` says what is wrong with it."""
    path, known = Path(file), [*columns, *optional]
    lines = csv.reader(io.StringIO(read_text(path), newline=""))
    try:
        head = [name.strip() for name in next(lines, [])]
        if not set(columns) <= set(head) <= set(known) or len(set(head)) < len(head):
            raise AccordsError(
                f"{path}, line 1: is '{','.join(head)}'. It must name the columns, each once, "
                f"separated by commas: {','.join(known)}."
            )
        found, begins = [], lines.line_num + 1
        for cells in lines:
            if len(cells) not in (0, len(head)):
                raise AccordsError(
                    f"{path}, line {begins}: has {len(cells)} cells, and the header {len(head)}. "
                    'Put quotation marks (") around a text with commas.'
                )
            if any(cells):
                found.append(Written(zip(head, cells, strict=True), begins))
            begins = lines.line_num + 1
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


def _disputes(rows: list[Written]) -> list[Entry]:
    entries: dict[str, Entry] = {}
    for row in rows:
        agreement = row.pop("agreement_id")
        begun = Written({"agreement_id": agreement, "disputes": []}, row.line)
        entries.setdefault(agreement, begun)["disputes"].append(row)
    return list(entries.values())


class _Loader(yaml.BaseLoader):
    """Keeps every scalar as text, and the line of every mapping; refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        made = Written(super().construct_mapping(node, deep=True), node.start_mark.line + 1)
        keys = [key for key, _ in node.value]
        for number, key in enumerate(keys):
            if any(key.value == other.value for other in keys[:number]):
                twice = f"'{key.value}' is given twice in one entry"
                raise yaml.constructor.ConstructorError(None, None, twice, key.start_mark)
        return made


# A null, as programs write it, is an empty cell.
_Loader.add_implicit_resolver("null", re.compile("null$"), ["n"])
_Loader.add_constructor("null", lambda loader, node: "")
