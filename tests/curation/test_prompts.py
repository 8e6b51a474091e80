"""Template and guided form follow the descriptor, and give what can be added."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import builders
import pytest
import typer
import yaml
from typer.testing import CliRunner

from accords import exchange
from accords.cli import app
from accords.curation import prompts
from accords.curation.additions import add
from accords.curation.entries import read_entries
from accords.curation.fields import EXTRA, PARTS
from accords.dataset import Dataset, load

NEW = {
    "Party": ["Azerbijan", "Azerbaijan", "mar"],
    "Role": ["party", "1"],
    "Title": ["Memorandum on cyber defence", "Ministers met"],
    "Short name": ["Azerbaijan–Morocco cyber 2026"],
    "Kind of title": ["official", "published"],
    "Instrument": ["memorandum"],
    "Scope": ["1"],
    "Value": ["yes", "1600000"],
    "Currency": ["USD"],
    "Kind of value": ["price"],
    "Summary": ["Both will exchange experience."],
    "Event type": ["signed"],
    "Date": ["2026-02-31", "2026-02-03"],
    "Place": ["Baku"],
    "Domain": ["?", "cyber"],
    "Basis": ["official"],
    "Address": ["https://example.org/1?utm_source=x"],
    "Publisher": ["Ministry of Defence"],
    "Language": ["en"],
    "Published": ["2026-02-03"],
    "Kind": ["official"],
    "Evidence": ["Names it."],
    "Supports": ["1, 2, 9", "1 2 3 4"],
}
"""What a curator answers, by the question; Enter where nothing is left to say."""


KNOWN = "Id of a known agreement, or Enter for a new one"


class Curator:
    """Answers questions by their names; ``lines`` is what was seen and typed."""

    def __init__(self, answers: dict[str, list[str]]) -> None:
        self.answers = {question: list(given) for question, given in answers.items()}
        self.lines: list[str] = []

    def ask(self, question: str) -> str:
        name = question.strip().removesuffix(" *").partition(" (")[0]
        assert len(self.lines) < 500, f"asked without end: {self.lines[-5:]}"
        given = self.answers.get(name, [])
        answer = given.pop(0) if given else ""
        if answer == "STOP":
            raise typer.Abort
        self.lines.append(f"{name}: {answer}")
        return answer

    @property
    def asked(self) -> list[str]:
        return [line.partition(": ")[0] for line in self.lines]


def fill(dataset: Dataset, **changes: list[str]) -> tuple[dict[str, Any], Curator]:
    """Fill in the form; what differs from the usual answers is given by question."""
    curator = Curator(NEW | {name.replace("_", " "): given for name, given in changes.items()})
    entry: dict[str, Any] = {}
    with suppress(typer.Abort):
        prompts.fill_in(dataset, curator.ask, curator.lines.append, entry)
    return entry, curator


@pytest.mark.slow
def test_the_form_asks_again_until_right_and_adds(small_folder: Path, small: Dataset) -> None:
    entry, curator = fill(small)
    assert not any(curator.answers.values()), "every answer was asked for"
    add([entry], small_folder)
    row = load(small_folder).overview.loc["aze-mar-2026-memorandum-cyber"]
    assert (row["status"], row["instrument"], row["value_amount"]) == (
        "signed",
        "memorandum",
        1.6e6,
    )
    assert row["partners"] == ("AZE", "MAR")
    assert "https://example.org/1" in set(load(small_folder).sources["url"])


@pytest.mark.parametrize(
    ("question", "field", "wrong", "right"),
    [
        ("Part of", "part_of", "aze-itl", "aze-ita"),
        ("Supersedes", "supersedes", "nothing", ""),
        ("Short name", "short_name", "x" * 61, "Short"),
        ("Original language", "language_original", "english", "en"),
    ],
)
def test_each_answer_is_checked_when_it_is_given(
    small: Dataset, question: str, field: str, wrong: str, right: str
) -> None:
    entry, curator = fill(small, **{"Original title": ["Memorandum"], question: [wrong, right]})
    assert curator.asked.count(question) == 2
    assert entry.get(field, "") == right


@pytest.mark.parametrize(
    ("question", "typed", "field", "code"),
    [
        ("Domain", "history", "domains", "culture"),
        ("Domain", "cyber defence", "domains", "cyber"),
        ("Part_of", "military cooperation", "part_of", "aze-mar"),
    ],
)
def test_words_of_a_label_are_understood(
    small: Dataset, question: str, typed: str, field: str, code: str
) -> None:
    entry, _ = fill(small, **{question: [typed]})
    assert code in str(entry[field])


def test_words_that_several_labels_have_are_asked_for_again(small: Dataset) -> None:
    entry, curator = fill(small, Domain=["defence", "cyber"])
    assert [row["domain"] for row in entry["domains"]] == ["cyber"]
    (hint,) = [line for line in curator.lines if "Did you mean" in line and "defence'" in line]
    assert "cyber" in hint


def test_one_can_go_back(small: Dataset) -> None:
    plain, _ = fill(small)
    # Back from the second party's role to the party, and from the title of the page to its address.
    entry, curator = fill(
        small,
        Party=["Azerbaijan", "ita", "mar"],
        Role=["party", "<", "party"],
        Title=["Wrong", "Memorandum on cyber defence", "Ministers met"],
        Short_name=["<", "Azerbaijan–Morocco cyber 2026"],
        Summary=["<", "Both will exchange experience."],
    )
    assert entry == plain
    assert curator.asked.count("Title") == 3


def test_back_at_the_first_question_asks_it_again(small: Dataset) -> None:
    entry, _ = fill(small, **{KNOWN: ["<"]})
    assert entry["title"]


def test_the_agreements_of_the_same_parties_are_shown_once_these_are_typed(small: Dataset) -> None:
    _, curator = fill(small)
    shown = next(n for n, line in enumerate(curator.lines) if "aze-mar" in line)
    assert (
        curator.lines.index("Role: 1")
        < shown
        < curator.lines.index("Title: Memorandum on cyber defence")
    )
    assert not any("aze-ita" in line for line in curator.lines)


def news(dataset: Dataset, **changes: list[str]) -> tuple[dict[str, Any], Curator]:
    """Fill in news of the agreement of Azerbaijan and Morocco."""
    curator = Curator(
        {
            KNOWN: ["aze-mra", "aze-mar"],
            "Event type": ["signed"],
            "Date": ["2024-11-02"],
            "Address": ["https://example.org/press-b"],
            "Evidence": ["Says so."],
            "Supports": ["1 2"],
        }
        | changes
    )
    entry: dict[str, Any] = {}
    prompts.fill_in(dataset, curator.ask, curator.lines.append, entry)
    return entry, curator


def test_a_known_agreement_is_shown_and_its_facts_can_be_supported(small: Dataset) -> None:
    entry, curator = news(small, **{"Event type": []})
    seen = "\n".join(curator.lines)
    assert all(
        words in seen for words in ("2024-10-30", "medical", "disputes: 1", "Did you mean aze-mar")
    )
    assert "Title" not in curator.asked
    assert entry["sources"][0]["supports"][0] == "existence"
    assert entry["sources"][0]["supports"][1].startswith("event:")


def test_what_was_typed_until_it_was_broken_off_is_there(small: Dataset) -> None:
    entry, _ = fill(small, Place=["STOP"])
    assert entry["title"] == "Memorandum on cyber defence"
    assert entry["events"] == [{"event": "signed", "date": "2026-02-03"}]


def run(folder: Path, *lines: str) -> str:
    """Answer the command on a terminal; it ends where the lines do."""
    typed = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(app, ["add", "--data", str(folder)], input=typed).output


NEWS = ("aze-ita", "", "", "", "https://example.org/press-b", "", "", "", "Says so.", "")


@pytest.mark.slow
@pytest.mark.parametrize("lines", [(*NEWS, "n"), NEWS[:-1]])
def test_what_is_not_confirmed_is_kept_in_a_file(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new-agreement-1.yaml").write_text("mine")
    before = {f.name: f.read_bytes() for f in small_folder.rglob("*.csv")}
    said = run(small_folder, *lines)
    assert {f.name: f.read_bytes() for f in small_folder.rglob("*.csv")} == before
    assert "accords add --from new-agreement-2.yaml" in said
    assert (tmp_path / "new-agreement-1.yaml").read_text() == "mine"
    (entry,) = read_entries(tmp_path / "new-agreement-2.yaml")
    assert entry["agreement_id"] == "aze-ita"
    assert entry["sources"][0]["evidence"] == "Says so."


def test_what_is_confirmed_is_added(small_folder: Path) -> None:
    said = run(small_folder, *NEWS, "y")
    assert "citations: " in said
    assert "press-b" in set(
        load(small_folder).citations.set_index("agreement_id").loc["aze-ita", "source_id"]
    )


@pytest.mark.slow
def test_what_the_checks_refuse_is_kept_as_a_file(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(small_folder, *[line.replace("Says so.", "") for line in NEWS], "y")
    assert "Nothing was written to the data." in said
    assert read_entries(tmp_path / "new-agreement-1.yaml")


@pytest.mark.slow
def test_what_finds_the_data_locked_is_kept_as_a_file(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with exchange.locked(small_folder):
        said = run(small_folder, *NEWS, "y")
    assert "another command is changing the files here" in said
    assert read_entries(tmp_path / "new-agreement-1.yaml")


def test_the_template_needs_no_dataset_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["add", "--template"])
    assert done.exit_code == 0
    assert "short_name" in done.output
    done = CliRunner().invoke(app, ["add"])
    assert done.exit_code == 2
    assert "name the data's" in done.output
    assert "load(" not in done.output


def test_the_template_names_every_field_of_the_descriptor() -> None:
    dataset = builders.shipped()
    template = yaml.safe_load(prompts.template(dataset))
    by_table = {r["name"]: r["schema"]["fields"] for r in dataset.descriptor["resources"]}
    assert set(template) == {f["name"] for f in by_table["agreements"]} | set(PARTS)
    for part in PARTS:
        wanted = {f["name"] for f in by_table[part]} - {"agreement_id"}
        assert wanted | set(EXTRA.get(part, ())) == set(template[part][0])
    assert "memorandum: Memorandum of understanding" not in template


def test_the_template_explains_codes() -> None:
    text = prompts.template(builders.shipped())
    assert "#   memorandum: Memorandum or protocol of understanding" in text
    assert "# Title: The instrument's title in English" in text


@pytest.mark.slow
def test_an_empty_template_is_refused_field_by_field(small_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(prompts.template(builders.shipped()), encoding="utf-8")
    done = CliRunner().invoke(
        app, ["add", "--data", str(small_folder), "--from", str(tmp_path / "t.yaml")]
    )
    assert done.exit_code == 1
    assert "entry 1, title: 'title' is empty" in done.output
    assert "Nothing was written to the data." in done.output
