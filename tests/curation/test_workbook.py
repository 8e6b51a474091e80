"""The workbook that is handed out: whole, protected, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import builders
import openpyxl
import pytest

from accords.curation.changes import texts
from accords.curation.workbook import GUIDE, write_workbook
from accords.dataset import load
from accords.errors import AccordsError


@pytest.fixture(scope="module")
def book(small_workbook: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(small_workbook)


def test_every_table_is_a_sheet_with_all_its_cells(book: openpyxl.Workbook) -> None:
    for name, table in texts(builders.small()).items():
        rows = [
            ["" if value is None else str(value) for value in row]
            for row in book[name].iter_rows(values_only=True)
        ]
        assert rows == [list(table), *table.to_numpy().tolist()]
    assert book.sheetnames[0] == GUIDE


def test_dates_and_texts_are_text_cells(book: openpyxl.Workbook) -> None:
    sheet = book["events"]
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            assert cell.number_format == "@"
            assert cell.value is None or cell.data_type == "s"


def test_no_text_runs_as_a_formula(tmp_path: Path) -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "http://example.org"]
    dataset = builders.tiny(
        agreements=[{"agreement_id": f"a{n}", "title": t} for n, t in enumerate(hostile)]
    )
    write_workbook(dataset, tmp_path / "hostile.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "hostile.xlsx")["agreements"]
    assert [cell.value for cell in sheet["B"][1:]] == hostile
    assert {cell.data_type for cell in sheet["B"][1:]} == {"s"}
    assert not any(cell.hyperlink for cell in sheet["B"])


def test_code_columns_offer_their_codes(book: openpyxl.Workbook) -> None:
    offered = {
        str(rule.sqref): rule.formula1 for rule in book["parties"].data_validations.dataValidation
    }
    assert any("'roles'!$A$2" in formula for formula in offered.values())
    assert any("'party_codes'!$A$2" in formula for formula in offered.values())
    assert any("'agreements'!$A$2" in formula for formula in offered.values())


def test_headers_explain_their_column_and_its_codes(book: openpyxl.Workbook) -> None:
    note = book["parties"]["C1"].comment.text
    assert "supplier: The state that sells" in note
    assert all(cell.comment for cell in book["agreements"][1])


def test_identifiers_and_headers_are_protected_and_nothing_else(book: openpyxl.Workbook) -> None:
    for name in ("agreements", "events", "parties"):
        assert book[name].protection.sheet
    assert all(cell.protection.locked for cell in book["agreements"][1])
    assert book["agreements"]["A2"].protection.locked
    assert book["events"]["B2"].protection.locked
    assert not book["agreements"]["B2"].protection.locked
    assert not book["parties"]["B2"].protection.locked


def test_the_row_after_the_last_can_be_filled(book: openpyxl.Workbook) -> None:
    sheet = book["agreements"]
    letter = sheet.column_dimensions["A"]
    assert not letter.protection.locked


def test_the_same_tables_give_the_same_bytes(small_workbook: Path, tmp_path: Path) -> None:
    write_workbook(builders.small(), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == small_workbook.read_bytes()


def test_a_text_too_long_for_excel_is_named(tmp_path: Path) -> None:
    dataset = builders.tiny(agreements=[{"agreement_id": "a", "notes": "x" * 40_000}])
    with pytest.raises(AccordsError, match=r"agreements\.csv: row 2, column notes: 40,000"):
        write_workbook(dataset, tmp_path / "long.xlsx")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccordsError, match="cannot be written"):
        write_workbook(builders.small(), tmp_path / "no-such-folder" / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_not_taken_for_the_workbook_to_write(small_folder: Path) -> None:
    table = small_folder / "agreements.csv"
    before = table.read_bytes()
    with pytest.raises(AccordsError, match=r"agreements\.csv.*\.xlsx"):
        write_workbook(load(small_folder), table)
    assert table.read_bytes() == before


def test_an_empty_dataset_gives_sheets_with_headers_alone(tmp_path: Path) -> None:
    write_workbook(builders.empty(), tmp_path / "empty.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "empty.xlsx")["agreements"]
    assert sheet.max_row == 1
