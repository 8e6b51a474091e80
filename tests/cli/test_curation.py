"""The curator's loop on the command line, from a spreadsheet to an edition."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import builders
import openpyxl
import pytest
from typer.testing import CliRunner

from accords import exchange
from accords.cli import app
from accords.curation.imports import import_workbook
from accords.curation.workbook import write_workbook
from accords.dataset import load


def accords(*arguments: object) -> tuple[int, str]:
    run = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return run.exit_code, run.output


def append_agreements(file: Path, count: int) -> None:
    """Type new agreements into a workbook, as a curator does below the last row."""
    book = openpyxl.load_workbook(file)
    for number in range(1, count + 1):
        name = f"made-up-{number}"
        rows = {
            "agreements": {
                "agreement_id": name,
                "title": f"Made-up agreement {number}",
                "short_name": f"Made-up {number}",
                "title_kind": "descriptive",
                "instrument": "agreement",
                "scope": "bilateral",
                "summary": "Made up.",
            },
            "events": {
                "agreement_id": name,
                "event_id": "signed",
                "event": "signed",
                "date": f"20{10 + number}-03",
            },
            "domains": {"agreement_id": name, "domain": "training", "basis": "press"},
            "sources": {
                "source_id": f"made-up-{number}",
                "url": f"https://example.org/made-up/{number}",
                "title": f"Made-up article {number}",
                "title_kind": "published",
                "publisher": "Example News",
                "language": "en",
                "kind": "press",
            },
        }
        for sheet, row in rows.items():
            append(book, sheet, row)
        for state in ("AZE", "CHL"):
            append(book, "parties", {"agreement_id": name, "party_id": state, "role": "party"})
        for subject in ("existence", "event:signed", "domain:training"):
            evidence = "Made up." if subject == "existence" else None
            citation = {"subject": subject, "source_id": f"made-up-{number}", "evidence": evidence}
            append(book, "citations", {"agreement_id": name, **citation})
    book.save(file)


def append(book: openpyxl.Workbook, sheet: str, row: dict[str, object]) -> None:
    head = [cell.value for cell in book[sheet][1]]
    book[sheet].append([row.get(column) for column in head])


def put(file: Path, sheet: str, column: str, key: str, value: object) -> str:
    """Type into a cell of the row with this key; give the cell's name."""
    book = openpyxl.load_workbook(file)
    head = [cell.value for cell in book[sheet][1]]
    for row in book[sheet].iter_rows(min_row=2):
        if row[0].value == key:
            cell = row[head.index(column)]
            cell.value = value
            book.save(file)
            return f"{sheet}!{cell.coordinate}"
    raise AssertionError(key)


def test_ten_agreements_of_which_two_are_rejected_and_mended(
    small_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "work.xlsx"
    assert accords("export-workbook", file, "--data", small_folder)[0] == 0
    append_agreements(file, 10)
    first = put(file, "agreements", "instrument", "made-up-3", "agrement")
    second = put(file, "events", "date", "made-up-7", "March 2017")
    code, said = accords("import-workbook", file, "--data", small_folder)
    assert code == 1
    assert f"{first}: 'agrement' is not in the sheet 'instruments'. Did you mean agreement?" in said
    assert f"{second}: 'March 2017' is not written as EDTF. Write 2017-03." in said
    assert "2 problems. Nothing was written" in said
    assert len(load(small_folder).agreements) == 8
    put(file, "agreements", "instrument", "made-up-3", "agreement")
    put(file, "events", "date", "made-up-7", "2017-03")
    code, said = accords("import-workbook", file, "--data", small_folder)
    assert code == 0, said
    assert "agreements: 10 added" in said
    assert "parties: 20 added" in said
    assert len(load(small_folder).agreements) == 18
    code, said = accords("import-workbook", file, "--data", small_folder)
    assert (code, "made after" in said or "changed after" in said) == (1, True)


@pytest.mark.slow
def test_the_new_edition_says_what_is_new(tmp_path: Path) -> None:
    builders.write(builders.small(), tmp_path / "data")
    shutil.copytree(builders.ROOT / "notebooks", tmp_path / "notebooks")
    write_workbook(load(tmp_path / "data"), tmp_path / "first.xlsx")
    shutil.copyfile(tmp_path / "first.xlsx", tmp_path / "work.xlsx")
    append_agreements(tmp_path / "work.xlsx", 10)
    for command in (
        ("import-workbook", "work.xlsx"),
        ("release", "1.1.0", "--date", "2027-02-15", "--since", "first.xlsx"),
    ):
        done = subprocess.run(
            [Path(sys.executable).with_name("accords"), *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    report = (tmp_path / "build" / "report.html").read_text(encoding="utf-8")
    assert "What changed since the last edition" in report
    assert ">10</a> new" in report
    assert 'href="#made-up-10">Made-up 10</a>' in report


TO_AND_FRO = """
import sys
from accords.curation.imports import import_workbook
while True:
    for file in sys.argv[2:]:
        import_workbook(file, sys.argv[1], discard_newer=True)
        print(flush=True)
"""


def test_an_import_killed_at_any_moment_leaves_one_state_or_the_other(
    small_folder: Path, tmp_path: Path
) -> None:
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for file in files:
        write_workbook(load(small_folder), file)
    append_agreements(files[1], 3)

    def state() -> dict[str, bytes]:
        load(small_folder)  # Whoever opens the data finds them settled.
        return {f.name: f.read_bytes() for f in small_folder.rglob("*.csv")}

    states = []
    for file in reversed(files):
        import_workbook(file, small_folder, discard_newer=True)
        states.append(state())
    chance = random.Random(6)
    command = [sys.executable, "-c", TO_AND_FRO, small_folder, *reversed(files)]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 1.5))
            process.kill()
        assert state() in states
    assert not (small_folder / exchange.ASIDE).exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx", "data"]


def test_an_error_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["export-workbook", "x.xlsx", "--data", str(tmp_path / "none")])
    assert run.exit_code == 2
    assert "no such folder" in run.output
    assert "Traceback" not in run.output
