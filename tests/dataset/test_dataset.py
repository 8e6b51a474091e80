"""Loading gives typed tables or one clear sentence; saving gives back the bytes."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import builders
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import accords
from accords import dataset as tables
from accords.curation.editions import store
from accords.dataset import Dataset
from accords.dataset.older import older, stored
from accords.errors import AccordsError, DatasetError

# --- load


def test_every_declared_table_and_column_is_loaded_with_its_type(dataset: Dataset) -> None:
    kinds = {
        "integer": "Int64",
        "number": "Float64",
        "boolean": "boolean",
        "string": "str",
    }
    for resource in dataset.descriptor["resources"]:
        table = dataset.tables[resource["name"]]
        for field in resource["schema"]["fields"]:
            kind = str(table[field["name"]].dtype)
            assert kind == kinds.get(field["type"], kind)
            if field["type"] == "date":
                assert kind.startswith("datetime64")


def test_every_table_has_an_attribute_that_gives_it(dataset: Dataset) -> None:
    for name in tables.MAIN_TABLES:
        assert getattr(dataset, name) is dataset.tables[name]


def test_the_nearest_data_folder_is_found_from_below(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = small_folder.parent / "notebooks" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert accords.load().path == small_folder


def test_the_edition_is_the_newest_heading_of_the_changelog(small_folder: Path) -> None:
    text = "# Editions\n\n## 1.1.0 (2027-02-01)\n\n## 1.0.0 (2026-11-24)\n"
    (small_folder / "CHANGELOG.md").write_text(text)
    loaded = accords.load(small_folder)
    assert loaded.edition == "1.1.0"
    assert loaded.released == pd.Timestamp("2027-02-01")


def test_time_ends_on_the_day_up_to_which_sources_were_read(small_folder: Path) -> None:
    file = small_folder / "datapackage.json"
    descriptor = json.loads(file.read_text())
    file.write_text(json.dumps(descriptor | {"readUntil": "2026-05-01"}))
    assert accords.load(small_folder).as_of == pd.Timestamp("2026-05-01")
    assert accords.load(small_folder, as_of="2020-01-01").as_of == pd.Timestamp("2020-01-01")
    file.write_text(json.dumps({k: v for k, v in descriptor.items() if k != "readUntil"}))
    loaded = accords.load(small_folder)
    assert loaded.as_of == loaded.released


def test_other_focus_states_can_be_named(small_folder: Path) -> None:
    assert accords.load(small_folder, focus=["TUR", "ITA"]).focus == ("TUR", "ITA")


@pytest.mark.parametrize(
    "focus",
    ["TUR,ITA", " tur, Italy ,", ["Türkiye", "Italie"], "TUR,ITA,TUR", pd.Series(["TUR", "ITA"])],
)
def test_focus_states_are_taken_as_people_write_them(focus: Any, small_folder: Path) -> None:
    assert accords.load(small_folder, focus=focus).focus == ("TUR", "ITA")


@pytest.mark.parametrize("focus", ["", " , ", []])
def test_a_focus_without_a_state_is_refused(focus: Any, small_folder: Path) -> None:
    with pytest.raises(AccordsError, match="AZE,MAR"):
        accords.load(small_folder, focus=focus)


@pytest.mark.parametrize("focus", [("TUR", "PAK"), ("MAR",)])
def test_of_other_states_only_their_own_agreements_are_loaded(focus: tuple[str, ...]) -> None:
    loaded = accords.load(builders.SHIPPED, focus=focus)
    files = {name: pd.read_csv(builders.SHIPPED / f"{name}.csv") for name in tables.MAIN_TABLES}
    parties = files["parties"]
    own = set(parties.loc[parties["party_id"].isin(focus), "agreement_id"])
    for name in ("agreements", "parties", "events", "domains", "citations", "disputes", "readings"):
        rows = files[name]
        assert len(loaded.tables[name]) == rows["agreement_id"].isin(own).sum(), name
        assert set(loaded.tables[name]["agreement_id"]) <= own, name
    used = {*loaded.citations["source_id"], *loaded.disputes["source_id"]}
    assert set(loaded.sources["source_id"]) == used
    assert len(loaded.coverage) == files["coverage"]["focus"].isin(focus).sum()
    assert set(loaded.completeness["state"]) <= set(focus)
    assert loaded.claims.empty
    assert set(loaded.overview.index) == own
    assert (loaded.overview["focus"].map(len) > 0).all()


def test_what_an_agreement_of_others_has_superseded_remains_so(tmp_path: Path) -> None:
    made = builders.tiny(
        agreements=["old", {"agreement_id": "new", "supersedes": "old"}],
        parties=[
            {"agreement_id": i, "party_id": p} for i, p in (("old", "ITA"), ("old", "AZE"),
                                                            ("new", "AZE"), ("new", "FRA"))
        ],
        events=[{"agreement_id": i, "date": "2020"} for i in ("old", "new")],
    )  # fmt: skip
    loaded = accords.load(builders.write(made, tmp_path / "data"), focus=["ITA"])
    assert dict(loaded.overview["status"]) == {"old": "superseded"}


def test_all_is_loaded_where_no_focus_state_is_left_out(dataset: Dataset) -> None:
    loaded = accords.load(builders.SHIPPED, focus=[*dataset.focus, "TUR"])
    for name, table in dataset.tables.items():
        pd.testing.assert_frame_equal(loaded.tables[name], table)


def break_bool(folder: Path) -> None:
    file = folder / "disputes.csv"
    file.write_text(file.read_text().replace(",false,", ",FALSE,"))


def break_number(folder: Path) -> None:
    file = folder / "agreements.csv"
    file.write_text(file.read_text().replace("1600000000", "1.6 billion"))


def break_column(folder: Path) -> None:
    file = folder / "parties.csv"
    file.write_text(file.read_text().replace("role", "part", 1))


def repeat_code(folder: Path) -> None:
    file = folder / "codes" / "domains.csv"
    head, first, *rest = file.read_text().splitlines()
    assert first.startswith("policy,")
    file.write_text("\n".join([head, first, first, *rest]))


def blank(folder: Path, name: str, column: str) -> None:
    table = pd.read_csv(folder / name, dtype="str")
    table.loc[1, column] = None
    table.to_csv(folder / name, index=False)


def declare(folder: Path, **values: Any) -> None:
    file = folder / "datapackage.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: shutil.rmtree(f), ["no such folder", "datapackage.json"]),
        (lambda f: (f / "datapackage.json").unlink(), ["datapackage.json", "Restore"]),
        (lambda f: (f / "datapackage.json").write_text("{"), ["not valid JSON"]),
        (lambda f: (f / "datapackage.json").write_text("[]"), ["no tables"]),
        (lambda f: (f / "CHANGELOG.md").unlink(), ["CHANGELOG.md", "Restore"]),
        (lambda f: (f / "CHANGELOG.md").write_text("# None"), ["no edition", "## 1.0.0"]),
        (lambda f: (f / "events.csv").unlink(), ["events.csv", "accords check"]),
        (lambda f: (f / "events.csv").write_bytes(b""), ["events.csv", "accords check"]),
        (lambda f: (f / "events.csv").write_bytes(b"\xff\xfe\xe9"), ["events.csv"]),
        (break_column, ["parties.csv", "no column role"]),
        (break_bool, ["disputes.csv", "adopted", "FALSE"]),
        (break_number, ["agreements.csv", "value_amount"]),
        (repeat_code, ["codes/domains.csv", "'policy'", "twice", "accords check"]),
        (lambda f: blank(f, "codes/domains.csv", "label"), ["codes/domains.csv", "row 3", "label"]),
        (lambda f: blank(f, "parties.csv", "party_id"), ["parties.csv", "row 3", "party_id"]),
        (lambda f: declare(f, readUntil="x"), ["datapackage.json", "readUntil"]),
        (lambda f: declare(f, readUntil="2026-02-30"), ["datapackage.json", "readUntil"]),
        (lambda f: declare(f, readUntil="0001-01-01"), ["datapackage.json", "readUntil"]),
        (lambda f: declare(f, title=5), ["datapackage.json", "title"]),
        (lambda f: declare(f, licenses=[{}]), ["datapackage.json", "licenses 1 name"]),
    ],
)
def test_what_cannot_be_loaded_is_said_in_one_sentence(
    spoil: Any, words: list[str], small_folder: Path
) -> None:
    spoil(small_folder)
    with pytest.raises(DatasetError) as caught:
        accords.load(small_folder)
    message = str(caught.value)
    assert "\n" not in message.strip()
    for word in words:
        assert word in message


def test_an_unknown_focus_state_is_refused(small_folder: Path) -> None:
    with pytest.raises(AccordsError, match="XYZ"):
        accords.load(small_folder, focus=["AZE", "XYZ"])
    with pytest.raises(AccordsError, match="GEO"):
        accords.load(small_folder, focus="Georgja")


# --- stored editions


@pytest.fixture
def two_editions(small_folder: Path) -> Path:
    """The small dataset, stored as edition 1.0.0 and changed since."""
    store(small_folder)
    builders.ratify(small_folder)
    return small_folder


def test_a_stored_edition_is_loaded_by_its_version(two_editions: Path) -> None:
    now, then = accords.load(two_editions), accords.load(two_editions, as_of="1.0.0")
    assert then.edition == "1.0.0"
    assert (then.overview["status"]["aze-mar"], now.overview["status"]["aze-mar"]) == (
        "pending",
        "in-force",
    )
    assert then.path == two_editions


def test_an_older_edition_is_read_by_todays_columns_and_codes(two_editions: Path) -> None:
    file = two_editions / "datapackage.json"
    declared = json.loads(file.read_text())
    sources = next(r for r in declared["resources"] if r["name"] == "sources")
    sources["schema"]["fields"].append({"name": "shelf", "type": "string"})
    file.write_text(json.dumps(declared))
    rows = pd.read_csv(two_editions / "sources.csv", dtype="str")
    rows.assign(shelf="A1").to_csv(two_editions / "sources.csv", index=False)
    kinds = two_editions / "codes" / "source_kinds.csv"
    kinds.write_text("\n".join(r for r in kinds.read_text().splitlines() if r[:5] != "other"))
    found = older(stored(two_editions, "1.0.0"), accords.load(two_editions))
    assert found.dataset.sources["shelf"].isna().all()
    assert found.lacking == {("sources", "shelf")}
    assert set(found.rules) == {"sources", "source_kinds"}
    assert found.dataset.overview.loc["fra-mar", "confidence"] == "low"


@pytest.mark.parametrize(
    "wanted", ["9.9.9", "2015", "last year", "", "nan", "0001-01-01", pd.NaT, ["2015-01-01"]]
)
def test_what_is_neither_a_day_nor_a_stored_edition_is_refused(
    wanted: Any, two_editions: Path
) -> None:
    with pytest.raises(AccordsError, match=r"1\.0\.0") as caught:
        accords.load(two_editions, as_of=wanted)
    assert "\n" not in str(caught.value)


def test_a_day_is_taken_as_programs_have_it(two_editions: Path) -> None:
    moment = pd.Timestamp("2015-01-01 05:00", tz="UTC")
    for day in (moment, moment.to_pydatetime(), moment.date(), moment.to_numpy().astype("<M8[D]")):
        assert accords.load(two_editions, as_of=day).as_of == pd.Timestamp("2015-01-01")


def locked(archive: bytes) -> bytes:
    """Return a zip whose files say that they ask for a password."""
    return re.sub(rb"(PK\x03\x04..|PK\x01\x02....)\x00", b"\\1\x01", archive, flags=re.DOTALL)


@pytest.mark.parametrize("damage", [lambda archive: b"PK", locked])
def test_a_damaged_copy_of_an_edition_is_named(damage: Any, two_editions: Path) -> None:
    file = two_editions / "editions" / "1.0.0.zip"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(AccordsError, match=r"1\.0\.0\.zip"):
        accords.load(two_editions, as_of="1.0.0")


def test_where_there_is_no_dataset_load_says_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match="load\\('path/to/data'\\)"):
        accords.load()


def test_the_package_starts_without_the_libraries_of_the_tests() -> None:
    heavy = "frictionless", "edtf", "scipy", "statsmodels", "plotly"
    program = f"import sys, accords, accords.checks; print(set({heavy!r}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


# --- save


def test_saving_the_shipped_data_gives_the_same_bytes(dataset: Dataset, tmp_path: Path) -> None:
    accords.save(dataset, tmp_path)
    for resource in dataset.descriptor["resources"]:
        shipped = (builders.SHIPPED / resource["path"]).read_bytes()
        assert (tmp_path / resource["path"]).read_bytes() == shipped, resource["path"]


def test_rows_are_saved_by_key_and_code_lists_in_their_order(small_folder: Path) -> None:
    loaded = accords.load(small_folder)
    turned = {name: loaded.tables[name].iloc[::-1] for name in ("agreements", "events", "readings")}
    other = small_folder.parent / "turned"
    accords.save(dataclasses.replace(loaded, tables={**loaded.tables, **turned}), other)
    for file in ("agreements.csv", "events.csv", "codes/domains.csv", "codes/stages.csv"):
        assert (other / file).read_bytes() == (small_folder / file).read_bytes()


text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=20
) | st.sampled_from(
    [
        '"quoted"',
        "a,b",
        "  edges  ",
        "NA",
        "null",
        "-3",
        "1e5",
        "اتفاق \u200f",
        "=x",
        "'",
        "\n",
        ";",
    ]
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "title": text,
            "title_original": text,
            "notes": text,
            "parties_total": st.none() | st.integers(3, 2**53),
            "value_amount": st.none() | st.floats(0, 1e15).map(lambda x: round(x, 2)),
        }
    ),
    max_size=5,
)


@given(rows)
def test_what_is_saved_is_loaded_again(made: list[dict[str, Any]]) -> None:
    resource = builders.shipped().descriptor["resources"][0]
    agreements = builders.tiny(
        agreements=[{"agreement_id": f"a{n}"} | row for n, row in enumerate(made)]
    ).agreements
    # An empty text and a missing one are the same cell.
    agreements = agreements.replace({"title": {"": None}, "summary": {"": None}})
    written = tables.to_csv(agreements, resource)
    again = read_back(written, resource)
    for n, row in enumerate(made):
        for column, value in row.items():
            found = again.loc[n, column]
            assert (None if pd.isna(found) else found) == (value if value != "" else None)
    assert tables.to_csv(again, resource) == written


def read_back(written: bytes, resource: Any) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / resource["path"]).write_bytes(written)
        return tables.typed(tables.read_table(Path(folder), resource), resource)


# --- overview and select


def test_overview_has_one_row_an_agreement_in_the_order_of_the_file(dataset: Dataset) -> None:
    assert list(dataset.overview.index) == list(dataset.agreements["agreement_id"])


def test_partners_domains_and_disputes_are_those_of_the_tables(small: Dataset) -> None:
    row = small.overview.loc["aze-mar"]
    assert row["focus"] == ("AZE", "MAR")
    assert row["domains"] == ("training", "exercises", "medical")
    assert row["disputes"] == 1
    assert small.overview.loc["many", "partners"] == ("FRA",)
    assert small.overview.loc["mar-usa-note", "domains"] == ()


def test_what_only_the_academic_dataset_knows_is_marked() -> None:
    made = builders.tiny(
        citations=[
            {"agreement_id": "only", "source_id": tables.DCAD},
            {"agreement_id": "also", "source_id": tables.DCAD},
            {"agreement_id": "also", "source_id": "press-a"},
            {"agreement_id": "no", "source_id": "press-a"},
        ]
    )
    assert made.overview["dcad"].to_dict() == {name: name for name in ("only", "also", "no")}


def test_what_one_list_alone_knows_is_marked_with_its_name() -> None:
    sources = [
        {"source_id": "press-relay", "list": "sipri"},
        {"source_id": "press-other-relay", "list": "sipri"},
        {"source_id": "academic-list", "list": "atop"},
    ]
    cited = {
        "one": ["press-relay", "press-other-relay"],
        "two": ["press-relay", "academic-list"],
        "more": ["press-relay", "press-a"],
        "none": ["press-a"],
    }
    made = builders.tiny(
        sources=sources,
        citations=[{"agreement_id": a, "source_id": s} for a, of in cited.items() for s in of],
    )
    assert made.overview["one_list"].dropna().to_dict() == {"one": "sipri"}


@pytest.mark.parametrize(
    ("scope", "total", "worldwide"),
    [("multilateral", 190, True), ("multilateral", 20, False), ("bilateral", None, False)],
)
def test_a_treaty_of_the_whole_world_is_told_from_one_of_a_group(
    scope: str, total: int | None, worldwide: bool
) -> None:
    made = builders.tiny(
        agreements=[{"agreement_id": "a", "scope": scope, "parties_total": total}],
        parties=[{"agreement_id": "a", "party_id": state} for state in ("AZE", "MAR")],
    )
    assert made.overview.loc["a", "worldwide"] == worldwide


def test_subjects_that_only_the_press_names_are_kept_apart() -> None:
    made = builders.tiny(
        domains=[
            {"agreement_id": "a", "domain": "training", "basis": "official"},
            {"agreement_id": "a", "domain": "cyber", "basis": "press"},
        ]
    )
    assert made.overview.loc["a", "domains"] == ("training", "cyber")
    assert made.overview.loc["a", "press_domains"] == ("cyber",)


def test_select_keeps_all_that_belongs_to_some_agreements(small: Dataset) -> None:
    part = small.select(["aze-mar", "fra-mar"])
    for name in ("agreements", "parties", "events", "domains", "citations", "disputes"):
        whole = small.tables[name]
        expected = whole[whole["agreement_id"].isin(["aze-mar", "fra-mar"])]
        pd.testing.assert_frame_equal(part.tables[name], expected.reset_index(drop=True))
    assert len(part.overview) == 2
    assert part.overview.loc["aze-mar", "status"] == small.overview.loc["aze-mar", "status"]


def test_what_is_no_agreement_is_not_taken_for_none(small: Dataset) -> None:
    chosen = small.overview["concluded"]
    for mistake in (["aze-marr"], "aze-mar", chosen, small.overview[chosen]):
        with pytest.raises(AccordsError, match="no such agreement"):
            small.select(mistake)


def test_what_is_no_code_list_is_refused(small: Dataset) -> None:
    for name in ("domain", "domains"):
        with pytest.raises(AccordsError, match=f"{name}: no such code list.*domain_codes"):
            small.labels(name)


def test_a_dataset_without_agreements_has_an_empty_overview() -> None:
    empty = builders.empty()
    assert empty.overview.empty
    assert list(empty.overview.columns) == list(builders.small().overview.columns)
    assert empty.memberships.empty


def test_names_and_labels_come_from_the_code_lists(dataset: Dataset) -> None:
    assert dataset.party_names["AZE"] == "Azerbaijan"
    assert dataset.party_names["NATO"] == "NATO"
    assert dataset.labels("domain_codes")["training"]
