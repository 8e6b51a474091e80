"""Whatever is wrong with a dataset is said with its place: never a traceback, never a flood."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import builders
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from accords.checks import check
from accords.cli import app
from accords.dataset import load
from accords.errors import AccordsError, DatasetError

pytestmark = pytest.mark.slow

USUAL = settings.default.max_examples
FEW = settings(max_examples=USUAL // 8)
FILES = [r["path"] for r in builders.shipped().descriptor["resources"]]
MOST_PROBLEMS = 20

HOSTILE = st.sampled_from(
    ["", "N/A", "٢٠٢٤", "0204", "1" + "0" * 40, "-1", "1e5", "=1", "a,b", 'a"b', "\n", "\x00", "{}"]
) | st.text(max_size=8)
JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small dataset, which each example changes and leaves as it was."""
    return builders.write(builders.small(), tmp_path_factory.mktemp("faults") / "data")


@contextlib.contextmanager
def changed(file: Path, content: bytes) -> Iterator[None]:
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        yield
    finally:
        file.write_bytes(before)


def outcome(folder: Path) -> tuple[int, str]:
    """Check and load a folder: neither ends in a traceback."""
    result = CliRunner().invoke(app, ["check", str(folder), "--json"])
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    with contextlib.suppress(AccordsError):
        load(folder)
    return result.exit_code, result.output


def rows_of(file: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))


def written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", errors="replace")


@FEW
@given(path=st.sampled_from(FILES), data=st.data())
def test_a_fault_is_named_where_it_is(path: str, data: st.DataObject, folder: Path) -> None:
    """A bell is no part of a code, date, number, address or text."""
    head, *rows = rows_of(folder / path)
    assume(rows)
    number = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(head) - 1))
    rows[number][column] += "\a"
    with changed(folder / path, written([head, *rows])):
        problems = [p for p in check(folder) if p.severity == "error"]
    # Where a code is renamed in its list, what refers to it names the list.
    renamed = [p for p in problems if f"is not in {path}" in p.message]
    assert renamed or (path, number + 2, head[column]) in {
        (p.file, p.row, p.column) for p in problems
    }
    assert len(problems) <= MOST_PROBLEMS


@FEW
@given(path=st.sampled_from(FILES), data=st.data())
def test_cells_may_hold_anything(path: str, data: st.DataObject, folder: Path) -> None:
    rows = rows_of(folder / path)
    for _ in range(3):
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[0]) - 1))
        rows[row][column] = data.draw(HOSTILE)
    with changed(folder / path, written(rows)):
        outcome(folder)


@FEW
@given(path=st.sampled_from([*FILES, "CHANGELOG.md", "datapackage.json"]), data=st.data())
def test_any_file_may_be_cut_or_spoilt(path: str, data: st.DataObject, folder: Path) -> None:
    content = (folder / path).read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    with changed(folder / path, content[:start] + data.draw(st.binary(max_size=6)) + content[end:]):
        outcome(folder)


def nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """List every place in a tree of JSON, as its container and key."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from nodes(value[key])


@settings(max_examples=USUAL // 4)
@given(data=st.data())
def test_the_descriptor_may_say_anything(data: st.DataObject, folder: Path) -> None:
    file = folder / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    places = list(nodes(descriptor))
    container, key = places[data.draw(st.integers(0, len(places) - 1))]
    if data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(JSON)
    with changed(file, json.dumps(descriptor).encode()):
        code, said = outcome(folder)
    assert code < 2 or "datapackage.json" in said


@pytest.mark.parametrize(
    "broken",
    [
        {"resources": {}},
        {"resources": [{}]},
        {"resources": ["agreements.csv"]},
        {"resources": [{"name": "agreements", "path": "agreements.csv"}]},
        {"resources": [{"name": "a", "path": "a.csv", "schema": {"fields": [{"name": "a"}]}}]},
    ],
)
def test_a_descriptor_without_form_is_refused_in_a_sentence(
    broken: dict[str, Any], folder: Path
) -> None:
    with changed(folder / "datapackage.json", json.dumps(broken).encode()):
        for read in (check, load):
            with pytest.raises(DatasetError, match=r"datapackage\.json: "):
                read(folder)


@pytest.mark.parametrize("log", [b"## 1.0.0 (2026-02-30)\n", b"## 1.0.0 (2026-11-24)\n\xe9\n"])
def test_a_change_log_without_a_day_is_refused_in_a_sentence(log: bytes, folder: Path) -> None:
    with changed(folder / "CHANGELOG.md", log):
        with pytest.raises(DatasetError, match=r"CHANGELOG\.md: "):
            load(folder)
        assert {problem.file for problem in check(folder)} == {"CHANGELOG.md"}


@FEW
@given(path=st.sampled_from([path for path in FILES if "/" not in path]), kept=st.integers(0, 2))
def test_a_table_cut_short_is_no_flood(path: str, kept: int, folder: Path) -> None:
    rows = rows_of(folder / path)
    with changed(folder / path, written(rows[: kept + 1])):
        assert len(check(folder)) <= MOST_PROBLEMS


@pytest.mark.parametrize("path", ["agreements.csv", "codes/domains.csv"])
def test_commas_that_became_semicolons_are_said_once(path: str, folder: Path) -> None:
    file = folder / path
    with changed(file, file.read_bytes().replace(b",", b";")):
        problems = [p for p in check(folder) if p.severity == "error"]
    assert [(p.file, p.rule) for p in problems] == [(path, "delimiter")]
