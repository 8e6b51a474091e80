"""Template, schema and guided form follow the descriptor, and give what can be added."""

from __future__ import annotations

import json
from pathlib import Path

import builders
import pytest
import yaml
from typer.testing import CliRunner

from accords import forms
from accords.additions import PARTS
from accords.cli import app
from accords.dataset import load
from accords.entries import read_entries

ANSWERS = [
    *("", "Memorandum on cyber defence", "official", "", "9", "1", "yes", "1600000", "USD"),
    *("", "", "Both will exchange experience.", ""),
    *("Azerbijan", "Azerbaijan", "party", "mar", "1", ""),
    *("signed", "", "2026-02-31", "2026-02-03", "Baku", ""),
    *("?", "cyber", "official", ""),
    *("https://example.org/1", "Ministers met", "published", "Ministry of Defence", "", "en"),
    *("2026-02-03", "official", "", "", "Names it.", "1, 2, 9", "1 2 3 4", ""),
    *("", "y"),
]


def run(folder: Path, answers: list[str]) -> str:
    lines = "".join(f"{answer}\n" for answer in answers)
    done = CliRunner().invoke(app, ["add", "--data", str(folder)], input=lines)
    return done.output


def test_the_form_asks_again_until_right_and_adds(small_folder: Path) -> None:
    said = run(small_folder, ANSWERS)
    assert "'yes' is no number" in said
    assert "Did you mean Azerbaijan" in said
    assert "'2026-02-31' is no day of the calendar" in said
    assert "cyber: Protection of military or state networks" in said
    assert "Type numbers from 1 to 5" in said
    row = load(small_folder).overview.loc["aze-mar-2026-memorandum-cyber"]
    assert (row["status"], row["instrument"], row["value_amount"]) == (
        "signed",
        "memorandum",
        1.6e6,
    )
    assert row["partners"] == ("AZE", "MAR")


def test_nothing_is_written_without_confirmation(small_folder: Path) -> None:
    before = {f.name: f.read_bytes() for f in small_folder.rglob("*.csv")}
    said = run(small_folder, [*ANSWERS[:-1], "n"])
    assert "Nothing was written." in said
    run(small_folder, ANSWERS[:20])
    assert {f.name: f.read_bytes() for f in small_folder.rglob("*.csv")} == before


def test_what_the_checks_refuse_is_kept_as_a_file(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(small_folder, ["2999" if a == "2026-02-03" else a for a in ANSWERS])
    assert "Nothing was written to the data." in said
    (entry,) = read_entries(tmp_path / "new-agreement.yaml")
    assert entry["title"] == "Memorandum on cyber defence"
    assert len(load(small_folder).agreements) == 8


def test_the_template_names_every_field_of_the_descriptor() -> None:
    dataset = builders.shipped()
    template = yaml.safe_load(forms.template(dataset))
    by_table = {r["name"]: r["schema"]["fields"] for r in dataset.descriptor["resources"]}
    assert set(template) == {f["name"] for f in by_table["agreements"]} | set(PARTS)
    for part in PARTS:
        wanted = {f["name"] for f in by_table[part]} - {"agreement_id"}
        assert wanted <= set(template[part][0])
    assert "memorandum: Memorandum of understanding" not in template


def test_the_template_explains_codes() -> None:
    text = forms.template(builders.shipped())
    assert "#   memorandum: Memorandum or protocol of understanding" in text
    assert "# Title: The instrument's title in English" in text


def test_an_empty_template_is_refused_field_by_field(small_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(forms.template(builders.shipped()), encoding="utf-8")
    done = CliRunner().invoke(
        app, ["add", "--data", str(small_folder), "--from", str(tmp_path / "t.yaml")]
    )
    assert done.exit_code == 1
    assert "entry 1, title: 'title' is empty" in done.output
    assert "Nothing was written to the data." in done.output


def test_the_schema_lists_the_codes(small_folder: Path) -> None:
    done = CliRunner().invoke(app, ["add", "--schema", "--data", str(small_folder)])
    schema = json.loads(done.output)
    assert "memorandum" in schema["properties"]["instrument"]["enum"]
    party = schema["properties"]["parties"]["items"]["properties"]["party_id"]
    assert "AZE" in party["enum"]
    assert schema["properties"]["sources"]["items"]["properties"]["supports"]["type"] == "array"
