"""The curator's loop on the command line, from a spreadsheet to an edition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from accords.cli import app
from accords.dataset import load


def accords(*arguments: object) -> tuple[int, str]:
    run = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return run.exit_code, run.output


def append_agreements(book: openpyxl.Workbook, count: int) -> None:
    """Type new agreements into a workbook, as a curator does below the last row."""
    for number in range(1, count + 1):
        name = {"agreement_id": f"made-up-{number}"}
        title = {"title": f"Made-up {number}", "title_kind": "descriptive", "summary": "Made up."}
        kind = {"short_name": f"Short {number}", "instrument": "agreement", "scope": "bilateral"}
        append(book, "agreements", name | title | kind)
        event = {"event_id": "signed", "event": "signed", "date": f"20{10 + number}-03"}
        append(book, "events", name | event)
        append(book, "domains", name | {"domain": "training", "basis": "press"})
        page = {"source_id": f"made-up-{number}", "url": f"https://example.org/made-up/{number}"}
        said = {"title": f"Article {number}", "title_kind": "published", "kind": "press"}
        append(book, "sources", page | said | {"publisher": "Example News", "language": "en"})
        for state in ("AZE", "CHL"):
            append(book, "parties", name | {"party_id": state, "role": "party"})
        for subject in ("existence", "event:signed", "domain:training"):
            evidence = "Made up." if subject == "existence" else None
            cited = {"subject": subject, "source_id": f"made-up-{number}", "evidence": evidence}
            append(book, "citations", name | cited)


def append(book: openpyxl.Workbook, sheet: str, row: dict[str, Any]) -> None:
    head = [cell.value for cell in book[sheet][1]]
    book[sheet].append([row.get(column) for column in head])


def put(book: openpyxl.Workbook, sheet: str, column: str, key: str, value: object) -> str:
    """Type into a cell of the row with this key; give the cell's name."""
    head = [cell.value for cell in book[sheet][1]]
    row = next(row for row in book[sheet].iter_rows(min_row=2) if row[0].value == key)
    row[head.index(column)].value = value
    return f"{sheet}!{row[head.index(column)].coordinate}"


@pytest.mark.slow
def test_new_agreements_of_which_two_are_rejected_and_mended(
    small_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "work.xlsx"
    assert accords("export-workbook", file, "--data", small_folder)[0] == 0
    book = openpyxl.load_workbook(file)
    append_agreements(book, 7)
    first = put(book, "agreements", "instrument", "made-up-3", "agrement")
    second = put(book, "events", "date", "made-up-7", "March 2017")
    book.save(file)
    code, said = accords("import-workbook", file, "--data", small_folder)
    assert code == 1
    assert f"{first}: 'agrement' is not in the table 'instruments'. Did you mean agreement?" in said
    assert f"{second}: 'March 2017' is not written as EDTF. Write 2017-03." in said
    assert "2 problems. Nothing was written" in said
    assert len(load(small_folder).agreements) == 8
    put(book, "agreements", "instrument", "made-up-3", "agreement")
    put(book, "events", "date", "made-up-7", "2017-03")
    book.save(file)
    code, said = accords("import-workbook", file, "--data", small_folder)
    assert code == 0, said
    assert "agreements: 7 added" in said
    assert "parties: 14 added" in said
    assert len(load(small_folder).agreements) == 15
    code, said = accords("import-workbook", file, "--data", small_folder)
    assert (code, "changed after" in said) == (1, True)


def test_an_error_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["export-workbook", "x.xlsx", "--data", str(tmp_path / "none")])
    assert run.exit_code == 2
    assert "no such folder" in run.output
    assert "Traceback" not in run.output
