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

from accords.curation.changes import texts
from accords.curation.draft import Draft, Outcome, Refused
from accords.curation.imports import import_workbook, read_workbook
from accords.curation.workbook import write_workbook
from accords.dataset import load
from accords.errors import AccordsError

pytestmark = pytest.mark.slow

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


def saved(small_workbook: Path, folder: Path, edit: Edit) -> Path:
    """Save the workbook of the small dataset, edited."""
    book = openpyxl.load_workbook(small_workbook)
    edit(book)
    book.save(folder / "edited.xlsx")
    return folder / "edited.xlsx"


@pytest.fixture
def edited(small_workbook: Path, small_folder: Path, tmp_path: Path) -> Callable[[Edit], Outcome]:
    """Edit the workbook and import it."""
    return lambda edit: import_workbook(saved(small_workbook, tmp_path, edit), small_folder)


def messages(done: Outcome | Draft | Refused) -> str:
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
    whole = builders.shipped()
    dataset = whole.select(whole.overview.index[::4])
    write_workbook(dataset, tmp_path / "shipped.xlsx")
    read = read_workbook(tmp_path / "shipped.xlsx", dataset)
    assert read.remarks == []
    for name, table in texts(dataset).items():
        assert read.tables[name].equals(table), name


# --- what is mended, all in one workbook

MENDED = {
    "trimmed": ("events!F", ("aze-ita", "signed"), "\u00a0Milan ", "Milan"),
    "inner": (
        "events!F",
        ("aze-mar", "signed"),
        "Città di\u00a0Castello",
        "Città di\u00a0Castello",
    ),
    "date": ("events!E", ("aze-tur-old", "signed"), "  2012-11-07\u00a0", "2012-11-07"),
    "digits": ("events!E", ("fra-mar", "signed"), "٢٠١١-١١-٠٧", "2011-11-07"),
    "mark": ("events!E", ("mar-usa-note", "announced"), "\u200e2010-11-07", "2010-11-07"),
    "spaces": (f"agreements!{VALUE}", ("aze-isr-buy",), "1 600 000", "1600000"),
    "decimal": (f"agreements!{VALUE}", ("aze-ita",), "١٦٠٠٠٠٠٫٥", "1600000.5"),
    "fraction": (f"agreements!{VALUE}", ("aze-mar",), 1600002.5, "1600002.5"),
    "integer": (f"agreements!{VALUE}", ("fra-mar",), 1600001, "1600001"),
}
"""What a hand or a spreadsheet did to a cell, and how it is read: cell, its row, value, text."""

SHOWN = {
    ("aze-ita", "signed"): ("yyyy-mm-dd", "2012-11-07"),
    ("aze-ita", "ratified-aze"): ("d.m.yyyy", "2012-11-07"),
    ("aze-ita", "entered-into-force"): ("mmm-yy", "2012-11"),
    ("aze-mar", "signed"): ("yyyy", "2012"),
    ("aze-mar", "parliament-approved-aze"): ("[$-de-DE]mmm yyyy;@", "2012-11"),
    ("aze-mar", "government-approved-mar"): ("[Red]mmmm yyyy", "2012-11"),
    ("many", "accession-aze"): ('"dated" mmm\\d yyyy', "2012-11"),
    ("many", "accession-mar"): ("[$-F800]dddd, mmmm dd, yyyy", "2012-11-07"),
}
"""How a cell shows a day that a spreadsheet made of it, and how it is read."""


def mend(book: openpyxl.Workbook) -> None:
    for cell, key, value, _ in MENDED.values():
        sheet, column = cell.split("!")
        book[sheet][f"{column}{row_of(book, sheet, *key)}"] = value
    for key, (shown, _) in SHOWN.items():
        cell = book["events"].cell(row_of(book, "events", *key), 5)
        cell.value, cell.number_format = datetime.datetime(2012, 11, 7), shown
    turned = [[cell.value for cell in row][::-1] for row in book["parties"].iter_rows()]
    for number, row in enumerate([turned[0], *reversed(turned[1:])], start=1):
        for column, value in enumerate(row, start=1):
            book["parties"].cell(number, column).value = value
    book["domains"].auto_filter.add_filter_column(2, ["text"])
    for number in (3, 4):
        book["domains"].row_dimensions[number].hidden = True
    book.create_sheet("my remarks")["XFD1048576"].fill = COLOURED
    book["parties"]["XFD1500"].fill = COLOURED
    book["agreements"][f"{OWN}1"] = "mine"
    book.custom_doc_props.props.clear()


@pytest.fixture(scope="module")
def mended(small_workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """A workbook to which everything was done that is mended or left alone, as it is read."""
    file = saved(small_workbook, tmp_path_factory.mktemp("mended"), mend)
    tracemalloc.start()
    read = read_workbook(file, builders.small())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 64 * 2**20, "coloured cells far away are no matter"
    assert read.errors() == []
    return read


@pytest.mark.parametrize("case", MENDED)
def test_what_a_hand_or_a_spreadsheet_did_to_a_cell_is_mended(mended: Draft, case: str) -> None:
    cell, key, value, written = MENDED[case]
    sheet, column = cell.split("!")
    rows = mended.tables[sheet]
    own = rows[(rows.iloc[:, : len(key)] == list(key)).all(axis=1)]
    assert own.iloc[0, column_index_from_string(column) - 1] == written
    assert (f"read as '{written}'" in messages(mended)) is (
        isinstance(value, str) and value != written
    )


@pytest.mark.parametrize("key", SHOWN, ids="-".join)
def test_a_cell_that_became_a_date_is_read_as_precise_as_it_shows(
    mended: Draft, key: tuple[str, str]
) -> None:
    events = mended.tables["events"].set_index(["agreement_id", "event_id"])
    assert events.loc[key, "date"] == SHOWN[key][1]
    assert f"made a date of it; read as '{SHOWN[key][1]}'" in messages(mended)


def test_order_hidden_rows_and_what_is_ones_own_are_no_matter(mended: Draft) -> None:
    parties = texts(builders.small())["parties"]
    assert mended.tables["parties"].iloc[::-1].reset_index(drop=True).equals(parties)
    assert len(mended.tables["domains"]) == len(builders.small().domains)
    said = messages(mended)
    assert "2 hidden or filtered rows were read like the others (the first is row 3)" in said
    assert "my remarks: is not a table of the dataset" in said
    assert "mine" not in said
    assert "does not say which data it was made from" in said


# --- what is refused


def spoil(book: openpyxl.Workbook) -> None:
    book["coverage"].title = "Coverge"
    book.create_chartsheet("Chart1").add_chart(BarChart())
    del book["claims"]
    book.create_sheet("events ", 1).append(["agreement_id"])
    book["agreements"].delete_cols(column_index_from_string(SUMMARY))
    book["events"]["E1"] = "Date of event"
    book["events"]["F1"] = "event"
    book["domains"].merge_cells("A3:A4")
    book["readings"].merged_cells = MultiCellRange(["A2:XFD1048576"])
    book["parties"]["C3"] = "=B2"
    book["parties"]["C4"] = datetime.date(2024, 1, 2)


@pytest.fixture(scope="module")
def spoilt(small_workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a workbook of which much cannot be read."""
    file = saved(small_workbook, tmp_path_factory.mktemp("spoilt"), spoil)
    return "\n".join(map(str, read_workbook(file, builders.small()).errors()))


@pytest.mark.parametrize(
    "said",
    [
        "coverage: no such sheet. Did you mean 'Coverge'",
        "claims: no such sheet.",
        "events: a second sheet of this name",
        "agreements: no column 'summary'",
        "events : no column 'date'",
        "domains!A3:A4: merged cells",
        "readings!A2:XFD1048576: merged cells",
        "parties!C3: holds a formula (=B2). Type the value itself.",
        "parties!C4: the spreadsheet made a date of it",
    ],
)
def test_what_cannot_be_read_is_named_by_its_sheet_or_cell(spoilt: str, said: str) -> None:
    assert said in spoilt


def test_all_faults_are_told_at_once_by_their_cells_and_keep_the_workbook_out(
    edited: Callable[[Edit], Outcome], small_folder: Path
) -> None:
    def err(book: openpyxl.Workbook) -> None:
        book["agreements"]["B3"] = "=B2"
        book["agreements"][f"{INSTRUMENT}4"] = "memorandm"
        book["agreements"][f"{SUMMARY}4"] = None
        book["events"]["E3"] = 45595
        book["parties"]["A2"] = "no-such-agreement"

    before = contents(small_folder)
    refused = refusal(edited, err)
    said = messages(refused)
    for words in (
        f"agreements!{INSTRUMENT}4: 'memorandm' is not in the table 'instruments'. "
        "Did you mean memorandum?",
        "events!E3: '45595' is the number that Excel made of a date. Write 2024-10-30",
        f"agreements!{SUMMARY}4: 'summary' is empty",
        "parties!A2: ",
    ):
        assert words in said
    assert [remark.place for remark in refused.remarks].count("agreements!B3") == 1
    assert contents(small_folder) == before
    assert [f.name for f in small_folder.parent.iterdir() if f.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"E1": "Date of event"}, "events!E1: 'Date of event' is not a column of this table."),
        ({"F1": "date"}, "events!F1: a second column 'date'"),
    ],
)
def test_a_column_that_is_renamed_or_there_twice_is_named(
    small_workbook: Path, tmp_path: Path, head: dict[str, str], said: str
) -> None:
    def rename(book: openpyxl.Workbook) -> None:
        for cell, word in head.items():
            book["events"][cell] = word

    read = read_workbook(saved(small_workbook, tmp_path, rename), builders.small())
    assert said in messages(read)


# --- what is taken in


def test_what_was_edited_is_written_and_told(
    edited: Callable[[Edit], Outcome], small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Today(datetime.date):
        @classmethod
        def today(cls) -> datetime.date:
            return datetime.date(2027, 1, 31)

    monkeypatch.setattr("accords.curation.draft.date", Today)

    def edit(book: openpyxl.Workbook, day: str) -> None:
        book["events"].cell(row_of(book, "events", "aze-ita", "signed"), 6).value = "Milan"
        book["events"].append(["aze-ita", "signed-2", "signed", None, "2012-12-24"])
        book["events"].append(["aze-mar", "ratified-mar", "ratified", "MAR", day])
        book["citations"].append(["aze-ita", "event:signed-2", "official-ita"])
        book["citations"].append(["aze-mar", "event:ratified-mar", "official-mar"])

    refusal(edited, lambda book: edit(book, "2027-02-01"))
    done = edited(lambda book: edit(book, "2027-01-30"))
    changed = {tuple(change.key.values()): change for change in done.changes}
    assert changed["aze-ita", "signed"].fields == {"place": ("Rome", "Milan")}
    assert "Milan" in set(load(small_folder).events["place"])
    last = len(builders.small().events) + 2
    notes = {remark.place: remark for remark in done.remarks}
    assert {remark.severity for remark in done.remarks} == {"warning"}
    assert "is signed by the same" in notes[f"events!E{last}"].message
    assert "The next edition will hold it." in notes[f"events!E{last + 1}"].message


def test_a_workbook_older_than_the_data_does_not_undo_them(
    small_folder: Path, small_workbook: Path
) -> None:
    events = small_folder / "events.csv"
    events.write_text(events.read_text(encoding="utf-8").replace("Rome", "Milan"), encoding="utf-8")
    with pytest.raises(Refused, match="changed after this workbook was made"):
        import_workbook(small_workbook, small_folder)
    assert "Milan" in events.read_text(encoding="utf-8")
    meant = read_workbook(small_workbook, load(small_folder), discard_newer=True)
    assert meant.errors() == []
    assert "Rome" in set(meant.tables["events"]["place"])


# --- what is no workbook


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
        read_workbook(tmp_path / "strict.xlsx", builders.small())


@pytest.mark.parametrize("name", ["x.xlsx", "x.ods", "x"])
@pytest.mark.parametrize("content", [b"", b"agreement_id,title\n", b"PK\x03\x04 not a zip"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AccordsError, match="Save it as an Excel workbook") as refused:
        read_workbook(tmp_path / name, builders.small())
    assert str(tmp_path / name) in str(refused.value)


def test_a_missing_workbook_is_named_and_any_name_will_do(
    small_workbook: Path, tmp_path: Path
) -> None:
    with pytest.raises(AccordsError, match=r"x\.xlsx: no such file"):
        read_workbook(tmp_path / "x.xlsx", builders.small())
    file = shutil.copyfile(small_workbook, tmp_path / "agreements")
    assert read_workbook(file, builders.small()).remarks == []


# What checks and trimming leave alone: no control characters, no spaces at the ends.
words = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=60
).filter(lambda text: text == text.strip())


@settings(max_examples=2, suppress_health_check=list(HealthCheck))
@given(st.lists(words, min_size=40, max_size=60))
def test_any_text_survives_the_workbook(tmp_path: Path, written: list[str]) -> None:
    dataset = builders.tiny(
        agreements=[{"agreement_id": f"a{n}", "title": t} for n, t in enumerate(written)]
    )
    write_workbook(dataset, tmp_path / "texts.xlsx")
    read = read_workbook(tmp_path / "texts.xlsx", dataset)
    by_id = read.tables["agreements"].set_index("agreement_id")["title"]
    assert [by_id[f"a{n}"] for n in range(len(written))] == written


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_is_read(small_folder: Path, tmp_path: Path) -> None:
    before = contents(small_folder)
    write_workbook(load(small_folder), tmp_path / "dataset.xlsx")
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
    done = import_workbook(tmp_path / "saved" / "dataset.xlsx", small_folder)
    assert done == Outcome([], [])
    assert contents(small_folder) == before
