"""Taking an edited workbook back: all of it or nothing, and every fault named by its cell."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import builders
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange

from accords.curation.draft import Outcome, Refused
from accords.curation.imports import Reading, import_workbook, read_workbook
from accords.curation.workbook import write_workbook
from accords.dataset import load
from accords.errors import AccordsError

Edit = Callable[[openpyxl.Workbook], object]

COLOURED = PatternFill("solid", fgColor="FFFF00")


def letter(sheet: str, column: str) -> str:
    """Return the letter under which a sheet has a column; the first free one for a new column."""
    resource = next(r for r in builders.shipped().descriptor["resources"] if r["name"] == sheet)
    names = [field["name"] for field in resource["schema"]["fields"]]
    return get_column_letter((names.index(column) if column in names else len(names)) + 1)


INSTRUMENT, SUMMARY, VALUE, OWN = (
    letter("agreements", column) for column in ("instrument", "summary", "value_amount", "my own")
)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.fixture
def saved(small_workbook: Path, tmp_path: Path) -> Callable[[Edit], Path]:
    """Save the workbook of the small dataset, edited with the function given."""

    def save(edit: Edit) -> Path:
        book = openpyxl.load_workbook(small_workbook)
        edit(book)
        book.save(tmp_path / "edited.xlsx")
        return tmp_path / "edited.xlsx"

    return save


@pytest.fixture
def read(saved: Callable[[Edit], Path]) -> Callable[[Edit], Reading]:
    """Edit the workbook and read it, without taking it into the dataset."""
    return lambda edit: read_workbook(saved(edit), builders.small().descriptor)


@pytest.fixture
def edited(saved: Callable[[Edit], Path], small_folder: Path) -> Callable[[Edit], Outcome]:
    """Edit the workbook and import it."""
    return lambda edit: import_workbook(saved(edit), small_folder)


def messages(done: Outcome | Reading | Refused) -> str:
    return "\n".join(map(str, done.remarks))


def refusal(edited: Callable[[Edit], Outcome], edit: Edit) -> Refused:
    """Import an edited workbook that is to be refused."""
    with pytest.raises(Refused) as refused:
        edited(edit)
    return refused.value


def row_of(book: openpyxl.Workbook, sheet: str, *key: str) -> int:
    for row in book[sheet].iter_rows(min_row=2):
        if [cell.value for cell in row[: len(key)]] == list(key):
            return row[0].row
    raise AssertionError(key)


def test_a_round_trip_without_edits_changes_no_byte(
    small_folder: Path, small_workbook: Path
) -> None:
    before = contents(small_folder)
    inode = small_folder.stat().st_ino
    assert import_workbook(small_workbook, small_folder) == Outcome([], [])
    assert contents(small_folder) == before
    assert small_folder.stat().st_ino == inode


def test_the_shipped_data_survive_the_round_trip(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(builders.SHIPPED, folder)
    before = contents(folder)
    write_workbook(load(folder), tmp_path / "shipped.xlsx")
    done = import_workbook(tmp_path / "shipped.xlsx", folder)
    assert not done.changes
    assert contents(folder) == before


def test_a_corrected_cell_is_written_and_told(
    edited: Callable[[Edit], Outcome], small_folder: Path
) -> None:
    def correct(book: openpyxl.Workbook) -> None:
        book["events"].cell(row_of(book, "events", "aze-ita", "signed"), 6).value = "Milan"

    done = edited(correct)
    (change,) = done.changes
    assert (change.table, *change.key.values()) == ("events", "aze-ita", "signed")
    assert change.fields == {"place": ("Rome", "Milan")}
    assert load(small_folder).events.query("event_id == 'signed'")["place"].tolist().count("Milan")


def test_rows_may_come_in_any_order_and_columns_too(edited: Callable[[Edit], Outcome]) -> None:
    def shuffle(book: openpyxl.Workbook) -> None:
        sheet = book["parties"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        turned = [rows[0], *reversed(rows[1:])]
        for n, row in enumerate(turned, start=1):
            for m, value in enumerate(reversed(row), start=1):
                sheet.cell(n, m).value = value

    assert edited(shuffle) == Outcome([], [])


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            lambda book: setattr(book["agreements"], "title", "Agreemnts"),
            "agreements: no such sheet. Did you mean 'Agreemnts'",
            id="renamed sheet",
        ),
        pytest.param(
            lambda book: book.remove(book["domains"]),
            "domains: no such sheet. Restore it",
            id="deleted sheet",
        ),
        pytest.param(
            lambda book: book.create_sheet("events ", 1).append(["agreement_id"]),
            "events : a second sheet of this name",
            id="sheet twice",
        ),
        pytest.param(
            lambda book: book["agreements"].delete_cols(column_index_from_string(SUMMARY)),
            "agreements: no column 'summary'",
            id="deleted column",
        ),
        pytest.param(
            lambda book: setattr(book["events"]["E1"], "value", "Date of event"),
            "events!E1: 'Date of event' is not a column of this table.",
            id="renamed column",
        ),
        pytest.param(
            lambda book: setattr(book["events"]["F1"], "value", "date"),
            "events!F1: a second column 'date'",
            id="column twice",
        ),
        pytest.param(
            lambda book: book["domains"].merge_cells("A3:A4"),
            "domains!A3:A4: merged cells",
            id="merged cells",
        ),
        pytest.param(
            lambda book: setattr(book["agreements"]["B3"], "value", "=B2"),
            "agreements!B3: holds a formula (=B2). Type the value itself.",
            id="formula",
        ),
        pytest.param(
            lambda book: setattr(book["agreements"]["B3"], "value", datetime.date(2024, 1, 2)),
            "agreements!B3: the spreadsheet made a date of it",
            id="date where a text belongs",
        ),
    ],
)
def test_what_cannot_be_read_is_named_by_its_sheet_or_cell(
    read: Callable[[Edit], Reading], edit: Edit, said: str
) -> None:
    reading = read(edit)
    assert said in messages(reading)
    assert reading.errors()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            lambda book: setattr(book["agreements"][f"{INSTRUMENT}3"], "value", "memorandm"),
            f"agreements!{INSTRUMENT}3: 'memorandm' is not in the sheet 'instruments'. "
            "Did you mean memorandum?",
            id="unknown code",
        ),
        pytest.param(
            lambda book: setattr(book["events"]["E3"], "value", 45595),
            "events!E3: '45595' is the number that Excel made of a date. Write 2024-10-30",
            id="serial number of a date",
        ),
        pytest.param(
            lambda book: setattr(book["agreements"][f"{SUMMARY}4"], "value", None),
            f"agreements!{SUMMARY}4: 'summary' is empty",
            id="required cell emptied",
        ),
        pytest.param(
            lambda book: setattr(book["parties"]["A2"], "value", "no-such-agreement"),
            "parties!A2: ",
            id="dangling reference",
        ),
    ],
)
def test_a_fault_keeps_the_workbook_out_and_is_named_by_its_cell(
    edited: Callable[[Edit], Outcome], small_folder: Path, edit: Edit, said: str
) -> None:
    before = contents(small_folder)
    assert said in messages(refusal(edited, edit))
    assert contents(small_folder) == before
    assert [f.name for f in small_folder.parent.iterdir() if f.name.startswith(".")] == []


def test_all_faults_are_told_at_once(edited: Callable[[Edit], Outcome]) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        book["agreements"]["B3"] = "=B2"
        book["agreements"][f"{INSTRUMENT}4"] = "memorandm"
        book["events"]["E3"] = "30/10/2024"

    told = messages(refusal(edited, spoil))
    assert "agreements!B3" in told
    assert f"agreements!{INSTRUMENT}4" in told
    assert "events!E3" in told


def test_a_cell_is_not_faulted_twice(edited: Callable[[Edit], Outcome]) -> None:
    done = refusal(edited, lambda book: setattr(book["agreements"]["B3"], "value", "=B2"))
    assert [remark.place for remark in done.remarks] == ["agreements!B3"]


@pytest.mark.parametrize(
    ("cell", "value", "written"),
    [
        ("events!E", "  2012-11-07\u00a0", "2012-11-07"),
        ("events!E", "٢٠١٢-١١-٠٧", "2012-11-07"),
        ("events!E", "\u200e2012-11-07", "2012-11-07"),
        ("events!F", "\u00a0Milan ", "Milan"),
        ("events!F", "Città di\u00a0Castello", "Città di\u00a0Castello"),
        (f"agreements!{VALUE}", "1 600 000", "1600000"),
        (f"agreements!{VALUE}", "١٦٠٠٠٠٠٫٥", "1600000.5"),
        (f"agreements!{VALUE}", 1600000.5, "1600000.5"),
        (f"agreements!{VALUE}", 1600000, "1600000"),
    ],
)
def test_what_a_hand_or_a_spreadsheet_did_to_a_cell_is_mended(
    read: Callable[[Edit], Reading], cell: str, value: object, written: str
) -> None:
    sheet, letter = cell.split("!")
    key = ("aze-ita", "signed") if sheet == "events" else ("aze-isr-buy",)

    def edit(book: openpyxl.Workbook) -> None:
        book[sheet][f"{letter}{row_of(book, sheet, *key)}"] = value

    done = read(edit)
    assert written in set(done.tables[sheet].iloc[:, column_index_from_string(letter) - 1])
    assert ("read as" in messages(done)) is (isinstance(value, str) and value != written)


def test_new_rows_that_deserve_a_second_look_are_told_of(edited: Callable[[Edit], Outcome]) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["events"].append(["aze-ita", "signed-2", "signed", None, "2012-12-24"])
        book["citations"].append(["aze-ita", "event:signed-2", "official-ita"])

    done = edited(edit)
    last = len(builders.small().events) + 2
    (remark,) = done.remarks
    assert (remark.place, remark.severity) == (f"events!E{last}", "warning")


@pytest.mark.parametrize(
    ("shown_as", "written"),
    [
        ("yyyy-mm-dd", "2012-11-07"),
        ("d.m.yyyy", "2012-11-07"),
        ("mmm-yy", "2012-11"),
        ("yyyy", "2012"),
        ("[$-de-DE]mmm yyyy;@", "2012-11"),
        ("[Red]mmmm yyyy", "2012-11"),
        ('"dated" mmm\\d yyyy', "2012-11"),
        ("[$-F800]dddd, mmmm dd, yyyy", "2012-11-07"),
    ],
)
def test_a_cell_that_became_a_date_is_read_as_precise_as_it_shows(
    read: Callable[[Edit], Reading], shown_as: str, written: str
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        cell = book["events"].cell(row_of(book, "events", "aze-ita", "signed"), 5)
        cell.value = datetime.datetime(2012, 11, 7)
        cell.number_format = shown_as

    done = read(edit)
    assert written in set(done.tables["events"]["date"])
    assert f"read as '{written}'" in messages(done)


def test_hidden_and_filtered_rows_are_read_with_a_warning(
    read: Callable[[Edit], Reading],
) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        sheet = book["parties"]
        sheet.auto_filter.add_filter_column(2, ["buyer"])
        for row in range(2, sheet.max_row + 1):
            sheet.row_dimensions[row].hidden = sheet.cell(row, 3).value != "buyer"

    done = read(hide)
    assert len(done.tables["parties"]) == len(builders.small().parties)
    assert "hidden or filtered rows were read like the others (the first is row 3)" in messages(
        done
    )


def test_a_sheet_of_ones_own_is_left_alone_with_a_warning(
    read: Callable[[Edit], Reading],
) -> None:
    done = read(lambda book: book.create_sheet("my remarks"))
    assert "my remarks: is not a table of the dataset" in messages(done)


def test_an_empty_column_of_ones_own_is_no_matter(read: Callable[[Edit], Reading]) -> None:
    done = read(lambda book: setattr(book["agreements"][f"{OWN}1"], "value", "mine"))
    assert done.remarks == []


def test_a_workbook_older_than_the_data_does_not_undo_them(
    small_folder: Path, small_workbook: Path
) -> None:
    events = small_folder / "events.csv"
    events.write_text(events.read_text(encoding="utf-8").replace("Rome", "Milan"), encoding="utf-8")
    with pytest.raises(Refused, match="changed after this workbook was made"):
        import_workbook(small_workbook, small_folder)
    assert "Milan" in events.read_text(encoding="utf-8")
    import_workbook(small_workbook, small_folder, discard_newer=True)
    assert "Rome" in events.read_text(encoding="utf-8")


def test_a_workbook_of_unknown_origin_is_read_with_a_warning(
    edited: Callable[[Edit], Outcome],
) -> None:
    done = edited(lambda book: book.custom_doc_props.props.clear())
    assert "does not say which data it was made from" in messages(done)


def test_what_happened_after_the_edition_waits_for_the_next(
    edited: Callable[[Edit], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Today(datetime.date):
        @classmethod
        def today(cls) -> datetime.date:
            return datetime.date(2027, 1, 31)

    monkeypatch.setattr("accords.curation.draft.date", Today)

    def news(day: str) -> Edit:
        return lambda book: (
            book["events"].append(["aze-mar", "ratified-mar", "ratified", "MAR", day, None])
            or book["citations"].append(["aze-mar", "event:ratified-mar", "official-mar"])
        )

    refusal(edited, news("2027-02-01"))
    done = edited(news("2027-01-30"))
    assert "The next edition will hold it." in messages(done)


def test_coloured_cells_far_away_are_no_matter(saved: Callable[[Edit], Path]) -> None:
    def colour(book: openpyxl.Workbook) -> None:
        book.create_sheet("my remarks")
        for sheet, cell in (
            ("parties", "XFD1500"),
            ("parties", "A1048576"),
            ("my remarks", "XFD1048576"),
        ):
            book[sheet][cell].fill = COLOURED

    file = saved(colour)
    tracemalloc.start()
    reading = read_workbook(file, builders.small().descriptor)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 64 * 2**20
    assert len(reading.tables["parties"]) == len(builders.small().parties)


def test_merged_cells_of_a_whole_sheet_are_told_of(read: Callable[[Edit], Reading]) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["parties"].merged_cells = MultiCellRange(["A2:XFD1048576"])

    assert "parties!A2:XFD1048576" in messages(read(merge))


def test_a_chart_beside_a_missing_table_is_left_alone(read: Callable[[Edit], Reading]) -> None:
    def draw(book: openpyxl.Workbook) -> None:
        book.create_chartsheet("Chart1").add_chart(BarChart())
        del book["claims"]

    done = read(draw)
    assert [remark.place for remark in done.errors()] == ["claims"]


def strict(content: bytes) -> bytes:
    """Return a part of a workbook as Excel's Strict Open XML has it."""
    return content.replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ).replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
        b"http://purl.oclc.org/ooxml/officeDocument/",
    )


def test_strict_open_xml_is_refused_with_the_remedy(small_workbook: Path, tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(small_workbook) as usual,
        zipfile.ZipFile(tmp_path / "strict.xlsx", "w") as other,
    ):
        for name in usual.namelist():
            other.writestr(name, strict(usual.read(name)))
    with pytest.raises(AccordsError, match="Save it as an Excel workbook"):
        read_workbook(tmp_path / "strict.xlsx", builders.small().descriptor)


@pytest.mark.parametrize("name", ["x.xlsx", "x.ods", "x.xls", "x"])
@pytest.mark.parametrize(
    "content",
    [b"", b"agreement_id,title\n", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
)
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AccordsError, match="Save it as an Excel workbook") as refused:
        read_workbook(tmp_path / name, builders.shipped().descriptor)
    assert str(tmp_path / name) in str(refused.value)


def test_a_workbook_may_have_any_name(small_workbook: Path, tmp_path: Path) -> None:
    file = shutil.copyfile(small_workbook, tmp_path / "agreements")
    assert read_workbook(file, builders.small().descriptor).remarks == []


def test_a_missing_workbook_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccordsError, match=r"x\.xlsx: no such file"):
        read_workbook(tmp_path / "x.xlsx", builders.shipped().descriptor)


# What checks and trimming leave alone: no control characters, no spaces at the ends.
texts = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=60
).filter(lambda text: text == text.strip())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(texts, min_size=1, max_size=5))
def test_any_text_survives_the_workbook(tmp_path: Path, written: list[str]) -> None:
    dataset = builders.tiny(
        agreements=[{"agreement_id": f"a{n}", "title": t} for n, t in enumerate(written)]
    )
    write_workbook(dataset, tmp_path / "texts.xlsx")
    reading = read_workbook(tmp_path / "texts.xlsx", dataset.descriptor)
    assert reading.tables["agreements"]["title"].tolist() == written


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(builders.SHIPPED, folder)
    before = contents(folder)
    write_workbook(load(folder), tmp_path / "dataset.xlsx")
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "xlsx:Calc MS Excel 2007 XML"),
            *("--outdir", str(tmp_path / "saved"), str(tmp_path / "dataset.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    done = import_workbook(tmp_path / "saved" / "dataset.xlsx", folder)
    assert done == Outcome([], [])
    assert contents(folder) == before
