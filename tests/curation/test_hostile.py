"""Whatever stands in a file, each way of changing the data answers in sentences, loses nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import builders
import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from accords.cli import app
from accords.curation.changes import texts
from accords.curation.corrections import COLUMNS
from accords.curation.entries import DISPUTE
from accords.curation.fields import PARTS, fields

pytestmark = pytest.mark.slow

SMALL = builders.small()
FIELDS = {name: list(fields(SMALL, name)) for name in ("agreements", *PARTS)}
TABLES = texts(SMALL)
KNOWN = sorted({cell for name in FIELDS for cell in TABLES[name].to_numpy().ravel()} - {""})
"""What stands in the tables: so that some of what is made up fits."""

odd = st.sampled_from(
    [
        "",
        " ",
        "1" * 400,
        "-1e999",
        "\x00",
        "\ud800",
        "٢٠٢٤-١٠",
        "=1+1",
        "0000-00-00",
        "a\nb",
        "\\u2028",
    ]
)
scalars = st.one_of(
    st.sampled_from(KNOWN),
    odd,
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)


def rows(part: str) -> st.SearchStrategy[Any]:
    """Make a row of a part, in a right shape or in a wrong one."""
    return st.dictionaries(st.sampled_from(FIELDS[part]), scalars | values, max_size=6)


shaped = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS["agreements"], scalars | values),
        **{part: st.lists(rows(part), max_size=3) | values for part in PARTS},
    },
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return builders.write(builders.small(), tmp_path_factory.mktemp("hostile") / "data")


@pytest.fixture(scope="module")
def answer(folder: Path) -> Callable[..., None]:
    """Hand a file to a command; see that it answers, and that what it refuses changes nothing."""
    good = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def run(command: str, name: str, content: bytes, *options: str) -> None:
        file = folder.parent / name
        file.write_bytes(content)
        done = CliRunner().invoke(app, [command, *options, str(file), "--data", str(folder)])
        after = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code in (0, 1, 2)
        assert done.output.strip()
        assert "Traceback" not in done.output
        if done.exit_code:
            assert after == good
        for file, bytes_ in good.items():
            file.write_bytes(bytes_)

    return run


bounded = settings(
    max_examples=settings.default.max_examples // 8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@bounded
@given(entries=st.lists(shaped, min_size=1, max_size=2), kind=st.sampled_from(["yaml", "json"]))
def test_any_entry(answer: Callable[..., None], entries: list[Any], kind: str) -> None:
    text = json.dumps(entries) if kind == "json" else yaml.safe_dump(entries, allow_unicode=True)
    answer("add", f"new.{kind}", text.encode("utf-8", "surrogatepass"), "--from")


@bounded
@given(
    name=st.sampled_from(["new.yaml", "new.json", "new.csv", "new.xlsx", "new"]),
    content=st.binary(max_size=40)
    | st.text(st.sampled_from("{}[]:,-&*!|>'\"\n\t #a0"), max_size=40).map(str.encode)
    | st.sampled_from(
        [b"[" * 5000, b"a: &a [*a]", b"\xef\xbb\xbf", b"a\r\nb", b"? [a]\n: b", b"1" * 5000]
    ),
)
def test_any_file(answer: Callable[..., None], name: str, content: bytes) -> None:
    answer("add", name, content, "--from")
    answer("correct", name, content)
    answer("import-workbook", name, content)


def csv_of(columns: tuple[str, ...], lines: list[list[Any]]) -> bytes:
    return "\n".join(
        [",".join(columns), *(",".join(f'"{c}"' for c in line) for line in lines)]
    ).encode("utf-8", "surrogatepass")


cells = st.sampled_from([*KNOWN, *FIELDS, "DELETE", "date", "url"]) | scalars


@bounded
@given(lines=st.lists(st.lists(cells, min_size=6, max_size=6), min_size=1, max_size=3))
def test_any_correction(answer: Callable[..., None], lines: list[list[Any]]) -> None:
    answer("correct", "some.csv", csv_of(COLUMNS, lines))
    answer("add", "disputes.csv", csv_of(DISPUTE, lines), "--from")


@bounded
@given(new=odd | st.text(max_size=12), at=st.integers(0, 7))
def test_any_text_in_a_known_cell(answer: Callable[..., None], new: str, at: int) -> None:
    table, column, agreement, key, old = [
        ("agreements", "value_amount", "aze-isr-buy", "", "1600000000"),
        ("agreements", "parties_total", "many", "", "30"),
        ("agreements", "agreement_id", "fra-mar", "", "fra-mar"),
        ("events", "date", "aze-ita", "signed", "2012-11-06"),
        ("events", "event_id", "aze-ita", "signed", "signed"),
        ("sources", "url", "", "press-a", "https://example.org/press-a"),
        ("disputes", "adopted", "aze-mar", "event:signed.place=Marrakech|press-b", "false"),
        ("event_types", "event", "", "signed", "signed"),
    ][at]
    line = [table, agreement, key, column, old, new.replace('"', '""')]
    answer("correct", "one.csv", csv_of(COLUMNS, [line]))


@bounded
@given(
    edits=st.lists(
        st.tuples(
            st.sampled_from(list(TABLES)),
            st.integers(1, 5),
            st.integers(1, 8),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
            | st.integers(-(10**300), 10**300)
            | st.floats(allow_nan=False)
            | st.datetimes()
            | st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_any_workbook(answer: Callable[..., None], small_workbook: Path, edits: list[Any]) -> None:
    book = openpyxl.load_workbook(small_workbook)
    for sheet, row, column, value in edits:
        book[sheet].cell(row, column).value = value
    edited = io.BytesIO()
    book.save(edited)
    answer("import-workbook", "edited.xlsx", edited.getvalue(), "--discard-newer")


@pytest.mark.parametrize("command", [["add", "--from"], ["correct"], ["import-workbook"]])
def test_a_folder_is_not_a_file(folder: Path, command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, str(folder), "--data", str(folder)])
    assert done.exit_code == 2
    assert str(folder) in done.output
