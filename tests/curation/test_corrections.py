"""Corrections: each names what stands there, and all are made or none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accords.cli import app
from accords.curation.corrections import COLUMNS, REASONS, correct
from accords.curation.draft import Refused
from accords.dataset import load
from accords.errors import AccordsError, DatasetError

PLACE = ("events", "aze-ita", "signed", "place", "Rome", "Milan")
Row = tuple[str, ...]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "corrections.csv"


def write(file: Path, *rows: Row) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([COLUMNS, *rows])
    return file


def fix(file: Path, folder: Path, *rows: Row) -> None:
    correct(write(file, *rows), folder)


def refused(file: Path, folder: Path, *rows: Row) -> str:
    before = {path: path.read_bytes() for path in folder.rglob("*.csv")}
    with pytest.raises(Refused) as refusal:
        fix(file, folder, *rows)
    assert {path: path.read_bytes() for path in folder.rglob("*.csv")} == before
    return str(refusal.value)


def cell(folder: Path, table: str, column: str, **key: str) -> list[object]:
    rows = load(folder).tables[table]
    for name, value in key.items():
        rows = rows[rows[name] == value]
    return list(rows[column].fillna(""))


def test_a_cell_of_any_table_is_corrected(small_folder: Path, file: Path) -> None:
    rows = [
        PLACE,
        ("agreements", "aze-isr-buy", "", "value_amount", "1600000000", "170000.5"),
        ("agreements", "fra-mar", "", "notes", "", 'Says "yes", twice.'),
        ("parties", "aze-isr-buy", "AZE", "role", "buyer", "party"),
        ("domains", "aze-ita", "training", "basis", "text", "official"),
        ("sources", "", "press-a", "publisher", "Publisher of press-a", "Example News"),
        ("citations", "aze-ita", "existence|press-a", "locator", "", "page 3"),
        (
            *("disputes", "aze-mar", "event:signed.place=Marrakech|press-b"),
            *("value", "Marrakech", "Fez"),
        ),
    ]
    fix(file, small_folder, *rows)
    for table, agreement, key, column, _, new in rows:
        by = {"source_id": key} if table == "sources" else {"agreement_id": agreement}
        assert new in map(str, cell(small_folder, table, column, **by))


def test_rows_are_named_as_they_stand_before_all_corrections(
    small_folder: Path, file: Path
) -> None:
    fix(
        file,
        small_folder,
        ("domains", "aze-ita", "industry", "DELETE", "", ""),
        ("citations", "aze-ita", "domain:industry|official-ita", "DELETE", "", ""),
        ("events", "aze-ita", "ratified-aze", "event", "ratified", "notified"),
        ("events", "aze-ita", "ratified-aze", "event_id", "ratified-aze", "notified-aze"),
        (
            *("citations", "aze-ita", "event:ratified-aze|official-ita"),
            *("subject", "event:ratified-aze", "event:notified-aze"),
        ),
    )
    assert cell(small_folder, "domains", "domain", agreement_id="aze-ita") == ["training"]
    assert "notified-aze" in cell(small_folder, "events", "event_id", event="notified")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((*PLACE[:4], "Turin", "Milan"), ["line 3", "aze-ita", "signed", "place", "Rome", "Turin"]),
        (("event", *PLACE[1:]), ["line 3", "Did you mean 'events'"]),
        (("events", "aze-itl", *PLACE[2:]), ["line 3", "Did you mean 'aze-ita'"]),
        (("events", "aze-ita", "singed", *PLACE[3:]), ["line 3", "Did you mean 'signed'"]),
        ((*PLACE[:3], "plce", "", ""), ["line 3", "Did you mean 'place'"]),
        (PLACE, ["line 3", "Line 2"]),
        ((*PLACE[:3], "DELETE", "", ""), ["line 3", "Line 2"]),
    ],
)
def test_a_correction_that_does_not_fit_keeps_all_out(
    small_folder: Path, file: Path, row: Row, said: list[str]
) -> None:
    message = refused(file, small_folder, PLACE, row)
    assert "line 2," not in message
    assert all(words in message for words in said)


def test_what_the_checks_find_is_told_by_line(small_folder: Path, file: Path) -> None:
    wrong = ("events", "aze-ita", "signed", "date", "2012-11-06", "06/11/2012")
    message = refused(file, small_folder, PLACE, wrong)
    assert message.startswith("line 3, events, aze-ita, signed, date: '06/11/2012'")
    gone = ("domains", "aze-ita", "industry", "DELETE", "", "")
    message = refused(file, small_folder, PLACE, gone)
    assert message.startswith("line 2, 3 (aze-ita), citations, subject")


@pytest.mark.slow
def test_the_command_corrects_and_says_what_changed(small_folder: Path, file: Path) -> None:
    file.write_text(
        ",".join([*COLUMNS, *REASONS]) + "\n" + ",".join(PLACE) + ",https://example.org,Why.\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(app, ["correct", str(file), "--data", str(small_folder)])
    assert done.exit_code == 0, done.output
    assert "events: 1 changed" in done.output
    again = CliRunner().invoke(app, ["correct", str(file), "--data", str(small_folder)])
    assert again.exit_code == 1
    assert "'Milan' stands there" in again.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: is ''. It must name the columns"),
        ("table;agreement_id;key;column;old;new\n", "separated by commas"),
        (",".join(COLUMNS) + "\n", "no rows"),
        (",".join([*COLUMNS, "colour"]) + "\n", "new,colour'"),
        (",".join(COLUMNS) + "\na,b\n", "line 2: has 2 cells"),
    ],
)
def test_a_file_of_another_form_is_refused(
    small_folder: Path, file: Path, text: str, said: str
) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AccordsError, match=said):
        correct(file, small_folder)


def test_where_there_is_no_dataset_nothing_is_made(tmp_path: Path) -> None:
    file = tmp_path / "corrections.csv"
    file.write_text(f"{','.join(COLUMNS)}\nagreements,a,,title,old,new\n")
    with pytest.raises(DatasetError, match="no such folder"):
        correct(file, tmp_path / "none")
    assert list(tmp_path.iterdir()) == [file]
