"""What changed since an edition, and the release of the next."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import builders
import pandas as pd
import pytest
from typer.testing import CliRunner

from accords import editions
from accords.checks import check
from accords.cli import app
from accords.dataset import Dataset, load
from accords.editions import Difference, chapter, read, release, released, told
from accords.errors import AccordsError
from accords.findings import Finding
from accords.workbook import write_workbook

DAY = pd.Timestamp("2027-01-31")


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
    """The small dataset under version control, its first edition committed."""
    git(small_folder.parent, "init", "-q")
    git(small_folder.parent, "add", ".")
    git(small_folder.parent, "commit", "-q", "-m", "First edition")
    return small_folder


@pytest.fixture
def later(small_folder: Path) -> Path:
    """The small dataset after Morocco ratified the accord."""
    append(small_folder)
    return small_folder


def append(folder: Path) -> None:
    change(
        folder / "events.csv",
        "aze-mar,signed,signed,",
        "aze-mar,ratified-mar,ratified,MAR,2026-05-04,\naze-mar,signed,signed,",
    )
    change(
        folder / "citations.csv",
        "aze-mar,existence,official-aze",
        "aze-mar,event:ratified-mar,official-mar,,,\naze-mar,existence,official-aze",
    )
    change(
        folder / "events.csv",
        "aze-mar,signed,signed,",
        "aze-mar,entered-into-force,entered-into-force,,2026-06,\naze-mar,signed,signed,",
    )
    change(
        folder / "citations.csv",
        "aze-mar,existence,official-aze",
        "aze-mar,event:entered-into-force,official-mar,,,\naze-mar,existence,official-aze",
    )


def test_a_difference_goes_from_rows_to_what_follows_from_them(later: Path) -> None:
    difference = Difference(builders.small(), load(later))
    (changed,) = difference.agreements
    assert (changed.agreement_id, changed.kind) == ("aze-mar", "changed")
    assert changed.computed["status"] == ("pending", "in-force")
    assert {row.name for row in changed.rows if row.table == "events"} == {
        "ratified-mar",
        "entered-into-force",
    }
    assert difference.findings


def test_nothing_differs_from_itself() -> None:
    difference = Difference(builders.small(), builders.small())
    assert not difference
    assert difference.findings == []
    assert "Nothing differs." in told(difference)[0]
    assert "Nothing changed" in str(chapter(difference))


def test_new_and_lost_agreements_are_told_apart() -> None:
    whole = builders.small()
    part = whole.select([i for i in whole.overview.index if i != "fra-mar"])
    gone, come = Difference(whole, part), Difference(part, whole)
    assert [(c.agreement_id, c.kind) for c in gone.agreements] == [("fra-mar", "removed")]
    assert [(c.agreement_id, c.kind) for c in come.agreements] == [("fra-mar", "added")]
    assert "- fra-mar: fra-mar" in told(gone)
    assert "+ fra-mar: fra-mar" in told(come)


def test_the_chapter_links_what_is_there_and_names_what_is_gone() -> None:
    whole = builders.small()
    part = whole.select([i for i in whole.overview.index if i != "aze-mar"])
    come = chapter(Difference(part, whole)).html
    assert '<a href="#aze-mar">Agreement on &quot;military&quot;' in come
    assert 'data-rows="aze-mar">1</a> new' in come
    gone = chapter(Difference(whole, part)).html
    assert "#aze-mar" not in gone
    assert "&lt;defence&gt;" in gone


def test_the_chapter_marks_the_words_of_a_finding_that_differ(
    later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def findings(dataset: Dataset, *, robust: bool) -> list[Finding]:
        status = dataset.overview.loc["aze-mar", "status"]
        return [Finding("accord", "The accord.", f"The <b>status</b> is {status} & known.", ())]

    monkeypatch.setattr("accords.findings.findings", findings)
    text = chapter(Difference(builders.small(), load(later))).html
    assert (
        '<th scope="row">The accord.</th><td>The status is <strong>pending</strong> &amp; known.'
        "</td><td>The status is <strong>in-force</strong> &amp; known.</td>"
    ) in text


def test_editions_are_read_from_folders_workbooks_and_git(repository: Path, tmp_path: Path) -> None:
    write_workbook(load(repository), tmp_path / "first.xlsx")
    append(repository)
    for name in (str(tmp_path / "first.xlsx"), "HEAD"):
        assert Difference(read(name, repository), load(repository)).agreements
    for name in (str(repository), str(repository.parent)):
        assert not Difference(read(name, repository), load(repository))


def test_what_is_no_edition_is_named(small_folder: Path) -> None:
    with pytest.raises(AccordsError, match="no-such: no such folder, workbook or git revision"):
        read("no-such", small_folder)


def test_a_difference_is_printed_as_text_and_json(repository: Path) -> None:
    append(repository)
    run = CliRunner().invoke(app, ["diff", "HEAD", "--data", str(repository)])
    assert "~ aze-mar" in run.output
    assert "status from 'pending' to 'in-force'" in run.output
    assert "events ratified-mar added" in run.output
    run = CliRunner().invoke(app, ["diff", "HEAD", "--data", str(repository), "--json"])
    (changed,) = json.loads(run.output)["agreements"]
    assert changed["computed"]["status"] == {"from": "pending", "to": "in-force"}
    run = CliRunner().invoke(app, ["diff", "HEAD", "HEAD", "--data", str(repository)])
    assert "Nothing differs." in run.output


def test_a_release_describes_dates_and_builds(repository: Path) -> None:
    append(repository)
    built: list[str] = []

    def build() -> None:
        built.append(load(repository).edition)

    release("1.1.0", repository, date=DAY, build=build)
    dataset = load(repository)
    assert (dataset.edition, dataset.as_of) == ("1.1.0", DAY)
    assert dataset.descriptor["version"] == "1.1.0"
    assert built == ["1.1.0"]
    log = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"## 1\.1\.0 \(2027-01-31\)\n\nAgreements: 1 changed\.", log)
    assert "`aze-mar`: status from 'pending' to 'in-force'" in log
    assert log.index("## 1.1.0") < log.index("## 1.0.0")
    assert [p for p in check(repository) if p.severity == "error"] == []


def test_the_edition_before_is_found_again(repository: Path) -> None:
    append(repository)
    release("1.1.0", repository, date=DAY, build=lambda: None)
    git(repository.parent, "commit", "-q", "-a", "-m", "Second edition")
    before = editions.previous(repository)
    assert before is not None
    assert before.edition == "1.0.0"


def test_a_tag_says_which_revision_is_the_edition(repository: Path) -> None:
    append(repository)
    git(repository.parent, "commit", "-q", "-a", "-m", "First edition, mended before its release")
    git(repository.parent, "tag", "edition-1.0.0")
    tagged = released("1.0.0", repository)
    assert tagged is not None
    assert not Difference(tagged, load(repository))


def test_a_revision_that_holds_another_edition_is_not_taken_for_the_one_before(
    repository: Path, tmp_path: Path
) -> None:
    append(repository)
    release("1.1.0", repository, date=DAY, build=lambda: None)
    git(repository.parent, "commit", "-q", "-a", "-m", "Second edition")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository.parent}", str(shallow))
    assert editions.previous(shallow / repository.name) is None
    git(repository.parent, "tag", "edition-1.0.0")
    assert released("1.0.0", repository) is None, "the tag is on the second edition"


def test_a_first_edition_has_none_before(repository: Path) -> None:
    assert editions.previous(repository) is None


@pytest.mark.parametrize(
    ("version", "day", "said"),
    [
        ("1.0.0", DAY, "Edition 1.0.0 is the newest, and editions are never changed"),
        ("0.9.0", DAY, "Use a version above 1.0.0"),
        ("next", DAY, "'next' is no version"),
        ("1.1.0", pd.Timestamp("2020-01-01"), "2020-01-01 lies before edition 1.0.0"),
    ],
)
def test_a_release_is_refused_with_the_reason(
    repository: Path, version: str, day: pd.Timestamp, said: str
) -> None:
    append(repository)
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
    append(repository)
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


def test_the_papers_beside_the_data_name_the_new_edition(repository: Path) -> None:
    citation, readme = papers(repository, load(repository).descriptor["title"])
    append(repository)
    release("1.1.0", repository, date=DAY, build=lambda: None)
    assert 'version: 1.1.0\ndate-released: "2027-01-31"\n' in citation.read_text("utf-8")
    text = readme.read_text("utf-8")
    counted = len(load(repository).agreements)
    assert f"Edition 1.1.0 (2027-01-31): **{counted} agreements**" in text
    assert "The curators (2027)." in text
    assert "edition 1.1.0.\naccords release 1.0.0\n" in text, "the rest stays as it is"


def test_papers_of_something_else_are_left_alone(repository: Path) -> None:
    files = papers(repository, "A program that happens to lie beside the data")
    before = [file.read_bytes() for file in files]
    append(repository)
    release("1.1.0", repository, date=DAY, build=lambda: None)
    assert [file.read_bytes() for file in files] == before


def test_without_the_edition_before_a_release_asks_for_it(later: Path) -> None:
    with pytest.raises(AccordsError, match="--since"):
        release("1.1.0", later, date=DAY, build=lambda: None)
    release("1.1.0", later, date=DAY, since=builders.small(), build=lambda: None)
    assert load(later).edition == "1.1.0"
