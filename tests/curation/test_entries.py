"""What curators write by hand is read as text, with its lines; a field given twice is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accords.curation.entries import DISPUTE, read_entries, read_rows
from accords.errors import AccordsError

TWO = """\
# News of two.
agreement_id: a
events:
  - event: signed
  - {event: ratified,
     party_id: AZE}
---
agreement_id: b
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new.yaml"


def write(file: Path, text: str) -> list[Any]:
    file.write_text(text, encoding="utf-8")
    return read_entries(file)


def test_everything_in_yaml_is_text(file: Path) -> None:
    (entry,) = write(file, "a: 2024-10\nb: no\nc: 2024-10-30\nd: 1_000\ne: 0123\n")
    assert entry == {"a": "2024-10", "b": "no", "c": "2024-10-30", "d": "1_000", "e": "0123"}


def test_the_line_of_each_row_is_known(file: Path) -> None:
    first, second = write(file, TWO)
    assert (first.line, second.line) == (2, 8)
    assert [event.line for event in first["events"]] == [4, 5]


def test_json_gives_the_same(file: Path, tmp_path: Path) -> None:
    entries = write(file, TWO)
    other = tmp_path / "new.json"
    other.write_text(json.dumps(entries), encoding="utf-8")
    assert read_entries(other) == entries


@pytest.mark.parametrize("text", ["", "- 1\n- 2\n", "just words", "a: [", "a: b: c", "[a]: b"])
def test_a_file_without_entries_is_refused(file: Path, text: str) -> None:
    with pytest.raises(AccordsError, match="template"):
        write(file, text)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yaml", "title: A\nsources:\n  - {url: x}\nsources:\n  - {url: y}\n", "line 4"),
        ("a.yaml", "title: A\nsources:\n  - {url: x, kind: press, url: y}\n", "line 3"),
        ("a.json", '{"title": "A", "title": "B"}', "a.json"),
    ],
)
def test_a_field_given_twice_is_refused_with_its_line(
    tmp_path: Path, name: str, text: str, line: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(AccordsError, match="given twice") as refusal:
        read_entries(tmp_path / name)
    assert name in str(refusal.value)
    assert line in str(refusal.value)


def test_a_table_of_disputes_gives_an_entry_for_each_agreement(tmp_path: Path) -> None:
    file = tmp_path / "disputes.csv"
    rows = [
        ("a", "place", "Baku", "https://example.org/1", "true", "Why,\nat length."),
        ("b", "place", "Fez", "https://example.org/2", "false", ""),
        ("a", "place", "Rome", "https://example.org/3", "false", ""),
    ]
    lines = [",".join(f'"{cell}"' for cell in row) for row in (DISPUTE, *rows)]
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    first, second = read_entries(file)
    assert [row["value"] for row in first["disputes"]] == ["Baku", "Rome"]
    assert [row.line for row in first["disputes"]] == [2, 5]
    assert second["agreement_id"] == "b"


def test_letters_that_other_programs_take_for_line_ends_stay_in_their_cell(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("a,b\nx\u2028y,z\n", encoding="utf-8")
    assert read_rows(file, ["a", "b"]) == [{"a": "x\u2028y", "b": "z"}]
