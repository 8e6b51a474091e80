"""What changed since an edition, and the release of the next."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import builders
import pandas as pd
import pytest
from typer.testing import CliRunner

from accords.checks import check
from accords.cli import app
from accords.curation import editions
from accords.curation.editions import compared, read, release, since_previous
from accords.curation.telling import told
from accords.dataset import load
from accords.dataset.older import STORED, newest_source
from accords.errors import AccordsError

pytestmark = pytest.mark.slow

DAY = pd.Timestamp("2027-01-31")


@pytest.fixture(autouse=True)
def _no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the report finds takes long to count, and is no matter here."""
    monkeypatch.setattr("accords.prose.brief.messages", lambda dataset, *, robust: [])


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=A curator", "-c", "user.email=curator@example.org")
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True
    ).stdout


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def repository(small_folder: Path) -> Path:
    """The small dataset under version control, its first edition committed and tagged."""
    git(small_folder.parent, "init", "-q")
    git(small_folder.parent, "add", ".")
    git(small_folder.parent, "commit", "-q", "-m", "First edition")
    git(small_folder.parent, "tag", "edition-1.0.0")
    return small_folder


def stored_then_changed(folder: Path) -> None:
    """Keep the first edition with the data, and change them afterwards."""
    editions.store(folder)
    builders.ratify(folder)


def test_editions_are_read_from_folders_and_git(repository: Path) -> None:
    stored_then_changed(repository)
    new = load(repository)
    assert compared("HEAD", new).agreements
    assert not compared(str(repository), new)


def test_a_difference_is_printed(repository: Path) -> None:
    builders.ratify(repository)
    run = CliRunner().invoke(app, ["diff", "HEAD", "--data", str(repository)])
    assert "in force, was pending" in run.output
    run = CliRunner().invoke(app, ["diff", "HEAD", "HEAD", "--data", str(repository)])
    assert "Nothing differs." in run.output


def test_two_folders_are_compared_anywhere(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = shutil.copytree(small_folder, tmp_path / "elsewhere" / "other")
    builders.ratify(other)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    monkeypatch.setattr(editions, "find_data", lambda: pytest.fail("a data folder was looked for"))
    run = CliRunner().invoke(app, ["diff", str(small_folder), str(other)])
    assert "in force, was pending" in run.output


def test_where_git_gives_nothing_its_reason_is_given_and_stored_editions_are_read(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_then_changed(repository)
    new = load(repository)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # As in somebody else's clone.
    assert compared("1.0.0", new).agreements
    with pytest.raises(AccordsError, match=r"HEAD: no such folder.*dubious ownership"):
        compared("HEAD", new)
    monkeypatch.setenv("PATH", "")
    for name in ("HEAD", "0.9.0"):
        with pytest.raises(AccordsError, match=rf"{name}: no such folder.*git is not installed"):
            compared(name, new)


def test_a_stored_edition_that_is_damaged_is_named(small_folder: Path) -> None:
    editions.store(small_folder)
    new, files = load(small_folder), zipped(small_folder)
    for name in ("CHANGELOG.md", "datapackage.json", "events.csv"):
        with zipfile.ZipFile(small_folder / STORED / "1.0.0.zip", "w") as archive:
            for file, content in files.items():
                archive.writestr(file, b"\xff\xfe" if file == name else content)
        with pytest.raises(AccordsError, match="as stored with the data cannot be read"):
            compared("1.0.0", new)
    (small_folder / STORED / "1.0.0.zip").write_bytes(b"no archive")
    with pytest.raises(AccordsError, match="as stored with the data cannot be read"):
        compared("1.0.0", new)


# --- an older edition is read by today's rules


def declare(folder: Path, table: str, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the columns that a descriptor declares for a table."""
    file = folder / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    (resource,) = (r for r in descriptor["resources"] if r["name"] == table)
    change(resource["schema"]["fields"])
    file.write_text(json.dumps(descriptor, indent=2), encoding="utf-8")


def add_column(folder: Path, table: str, column: str, value: str = "") -> None:
    field = {"name": column, "type": "string", "title": column, "description": column}
    declare(folder, table, lambda fields: fields.append(field))
    rows = pd.read_csv(folder / f"{table}.csv", dtype="str", keep_default_na=False)
    rows.assign(**{column: value}).to_csv(folder / f"{table}.csv", index=False)


def drop_column(folder: Path, table: str, column: str) -> None:
    declare(folder, table, lambda f: f.remove(next(x for x in f if x["name"] == column)))
    rows = pd.read_csv(folder / f"{table}.csv", dtype="str", keep_default_na=False)
    rows.drop(columns=column).to_csv(folder / f"{table}.csv", index=False)


def drop_code(folder: Path, table: str, code: str) -> None:
    file = folder / "codes" / f"{table}.csv"
    rows = pd.read_csv(file, dtype="str", keep_default_na=False)
    rows[rows.iloc[:, 0] != code].to_csv(file, index=False)


def test_only_facts_count_as_changes(small_folder: Path) -> None:
    editions.store(small_folder)
    add_column(small_folder, "agreements", "nickname", "Old friend")
    drop_column(small_folder, "agreements", "notes")
    drop_code(small_folder, "parties", "AFG")
    difference = compared("1.0.0", load(small_folder))
    assert difference.rows == []
    assert difference.rules == ("agreements", "party_codes")
    builders.ratify(small_folder)
    (changed,) = compared("1.0.0", load(small_folder)).agreements
    assert changed.agreement_id == "aze-mar"


def test_rows_with_codes_that_are_no_more_are_still_read(small_folder: Path) -> None:
    editions.store(small_folder)
    agreements = set(builders.small().agreements["agreement_id"])
    builders.take_away(small_folder, *agreements - {"mar-usa-note"})
    for table, code in {  # Nothing uses them any more.
        "domains": "procurement",
        "event_types": "delivered",
        "instruments": "treaty",
        "parties": "FRA",
        "roles": "supplier",
        "source_kinds": "official",
        "bases": "press",
    }.items():
        drop_code(small_folder, table, code)
    difference = compared("1.0.0", load(small_folder))
    assert len(difference.of("removed")) == len(agreements) - 1
    assert told(difference)


def test_two_older_editions_are_compared_by_todays_rules_too(repository: Path) -> None:
    editions.store(repository)
    drop_column(repository, "events", "place")
    builders.ratify(repository)
    git(repository.parent, "commit", "-q", "-a", "-m", "Places were never known")
    (changed,) = compared("1.0.0", read("HEAD", repository), repository).agreements
    assert changed.agreement_id == "aze-mar"


def test_a_table_that_is_new_is_no_change(small_folder: Path) -> None:
    editions.store(small_folder)
    old = zipped(small_folder)
    old.pop("readings.csv")
    descriptor = json.loads(old["datapackage.json"])
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] != "readings"]
    old["datapackage.json"] = json.dumps(descriptor).encode()
    with zipfile.ZipFile(small_folder / STORED / "1.0.0.zip", "w") as archive:
        for name, content in old.items():
            archive.writestr(name, content)
    builders.add(
        *(small_folder, "readings"),
        **{"reading": "1", "agreement_id": "aze-ita", "verdict": "correct"},
        **{"facts_checked": "3", "facts_wrong": "0"},
    )
    difference = compared("1.0.0", load(small_folder))
    assert (difference.rows, difference.rules) == ([], ("readings",))


# --- a release


def zipped(folder: Path, version: str = "1.0.0") -> dict[str, bytes]:
    with zipfile.ZipFile(folder / STORED / f"{version}.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_edition_is_stored_as_it_was_released(small_folder: Path) -> None:
    first = editions.store(small_folder).read_bytes()
    stored = zipped(small_folder)
    assert list(stored) == sorted(stored)
    assert all((small_folder / name).read_bytes() == content for name, content in stored.items())
    assert {"CHANGELOG.md", "datapackage.json", "events.csv", "codes/parties.csv"} <= set(stored)
    for file in small_folder.rglob("*"):
        os.utime(file, (0, 0))
    assert editions.store(small_folder).read_bytes() == first, "whatever the time"


def test_a_release_describes_dates_stores_and_builds(repository: Path) -> None:
    """The next one is compared with the copy that is stored of it."""
    citation, readme = papers(repository, load(repository).descriptor["title"])
    dated(repository, "official-mar", "2026-10-09")
    builders.ratify(repository)
    built: list[str] = []
    release("1.1.0", repository, date=DAY, build=lambda: built.append(load(repository).edition))
    dataset = load(repository)
    assert (dataset.edition, dataset.released, built) == ("1.1.0", DAY, ["1.1.0"])
    assert dataset.descriptor["version"] == "1.1.0"
    assert dataset.descriptor["readUntil"] == "2026-10-09", "the day of the newest source"
    log = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "\n## 1.1.0 (2027-01-31)\n\nSources read until 2026-10-09.\n\nCompared with" in log
    assert "Agreements: 1 changed." in log
    assert ": in force, was pending" in log
    assert log.index("## 1.1.0") < log.index("## 1.0.0")
    assert 'version: 1.1.0\ndate-released: "2027-01-31"\n' in citation.read_text("utf-8")
    text = readme.read_text("utf-8")
    assert f"Edition 1.1.0 (2027-01-31): **{len(dataset.agreements)} agreements**" in text
    assert "Sources read until 2026-10-09." in text.splitlines()
    assert "The curators (2027)." in text
    assert "edition 1.1.0.\naccords release 1.0.0\n" in text, "the rest stays as it is"
    assert [p for p in check(repository) if p.severity == "error" or p.rule == "read-until"] == []
    before = since_previous(dataset)
    assert before is not None
    assert (before.old.edition, before.origin) == ("1.0.0", "in git (edition-1.0.0)")
    assert before.agreements
    assert read("1.1.0", repository).edition == "1.1.0"
    builders.take_away(repository, "fra-mar")
    difference = compared("1.1.0", load(repository))
    assert difference.origin == "as stored with the data"
    assert [c.agreement_id for c in difference.agreements] == ["fra-mar"]


def dated(folder: Path, source: str, day: str) -> None:
    rows = pd.read_csv(folder / "sources.csv", dtype="str", keep_default_na=False)
    rows.loc[rows["source_id"] == source, "published"] = day
    rows.to_csv(folder / "sources.csv", index=False, lineterminator="\n")


@pytest.mark.parametrize(
    ("days", "until"),
    [
        (("2026-10-09", "2026-10"), "2026-10-09"),
        (("2026-10-09", "2026-11"), "2026-11-30"),
        (("2026-10-09", "2026"), "2026-10-09"),
        (("2027-01", "2027-02"), "2027-01-31"),
        (("", ""), "2027-01-31"),
    ],
)
def test_sources_were_read_until_the_newest_was_published(
    days: tuple[str, str], until: str
) -> None:
    sources = [{"source_id": f"s{n}", "published": day or None} for n, day in enumerate(days)]
    assert newest_source(builders.tiny(sources=sources), DAY) == pd.Timestamp(until)


def test_a_curator_may_say_until_when_sources_were_read(repository: Path) -> None:
    """Papers of something else that happens to lie beside the data are left alone."""
    files = papers(repository, "A program")
    before = [file.read_bytes() for file in files]
    builders.ratify(repository)
    late, day = pd.Timestamp("2027-02-01"), pd.Timestamp("2026-12-24")
    with pytest.raises(AccordsError, match="until 2027-02-01, after the edition's date"):
        release("1.1.0", repository, date=DAY, read_until=late, build=lambda: None)
    release("1.1.0", repository, date=DAY, read_until=day, build=lambda: None)
    dataset = load(repository)
    assert (dataset.as_of, dataset.released) == (day, DAY)
    assert [file.read_bytes() for file in files] == before


def test_a_tag_that_is_on_another_edition_is_not_taken_for_the_one_before(
    repository: Path,
) -> None:
    change(repository / "CHANGELOG.md", "## 1.0.0", "## 1.1.0 (2027-01-31)\n\nNew.\n\n## 1.0.0")
    git(repository.parent, "commit", "-q", "-a", "-m", "Second edition")
    git(repository.parent, "tag", "--force", "edition-1.0.0")
    assert since_previous(load(repository)) is None
    with pytest.raises(AccordsError, match=r"tag edition-1\.0\.0 is on another edition"):
        compared("1.0.0", load(repository))


def test_a_first_edition_has_none_before(repository: Path) -> None:
    assert since_previous(load(repository)) is None


@pytest.mark.parametrize(
    ("version", "day", "said"),
    [
        ("1.0.0", DAY, "Edition 1.0.0 is the newest, and editions are never changed"),
        ("0.9.0", DAY, "Use a version above 1.0.0"),
        ("next", DAY, "'next' is not a version"),
        ("01.1.0", DAY, "'01.1.0' is not a version"),
        ("١.1.0", DAY, "'١.1.0' is not a version"),
        ("1.1.0", pd.Timestamp("2020-01-01"), "2020-01-01 lies before edition 1.0.0"),
    ],
)
def test_a_release_is_refused_with_the_reason(
    repository: Path, version: str, day: pd.Timestamp, said: str
) -> None:
    builders.ratify(repository)
    with pytest.raises(AccordsError, match=re.escape(said)):
        release(version, repository, date=day, build=lambda: None)
    assert load(repository).edition == "1.0.0"


def test_an_edition_without_changes_is_refused(repository: Path) -> None:
    with pytest.raises(AccordsError, match="Nothing differs from edition"):
        release("1.1.0", repository, date=DAY, build=lambda: None)


def test_data_with_problems_are_not_released(repository: Path) -> None:
    change(repository / "events.csv", "2012-11-06", "2012-13-06")
    with pytest.raises(AccordsError, match=r"1 problem.*events\.csv, row \d+.*2012-13-06"):
        release("1.1.0", repository, date=DAY, build=lambda: None)
    assert load(repository).edition == "1.0.0"


def test_a_release_whose_build_fails_is_taken_back(repository: Path) -> None:
    builders.ratify(repository)
    papers(repository, load(repository).descriptor["title"])
    before = {f: f.read_bytes() for f in repository.parent.rglob("*") if f.is_file()}

    def fail() -> None:
        assert "1.1.0" in (repository.parent / "CITATION.cff").read_text("utf-8")
        raise AccordsError("no browser")

    with pytest.raises(AccordsError, match="no browser"):
        release("1.1.0", repository, date=DAY, build=fail)
    assert {f: f.read_bytes() for f in repository.parent.rglob("*") if f.is_file()} == before


PAPERS = {
    "CITATION.cff": 'title: {title}\nversion: 1.0.0\ndate-released: "2026-11-24"\n',
    "README.md": (
        "<!-- edition -->\nEdition 1.0.0 (2026-11-24): **2 agreements**\n<!-- /edition -->\n"
        "> The curators (2026). *{title}*, edition 1.0.0.\n"
        "accords release 1.0.0\n"
    ),
}


def papers(folder: Path, title: str) -> list[Path]:
    """Write the papers of a dataset with this title beside its folder."""
    files = [folder.parent / name for name in PAPERS]
    for file in files:
        file.write_text(PAPERS[file.name].format(title=title), encoding="utf-8")
    return files


def test_without_the_edition_before_a_release_asks_for_it(
    small_folder: Path, tmp_path: Path
) -> None:
    first = shutil.copytree(small_folder, tmp_path / "first")
    builders.ratify(small_folder)
    with pytest.raises(AccordsError, match="--since"):
        release("1.1.0", small_folder, date=DAY, build=lambda: None)
    release("1.1.0", small_folder, date=DAY, since=str(first), build=lambda: None)
    assert load(small_folder).edition == "1.1.0"
