"""The codebook is current, complete, and answers a newcomer's questions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import builders
import pytest
from typer.testing import CliRunner

from accords.cli import app
from accords.curation import codebook
from accords.dataset import Dataset


@pytest.fixture(scope="module")
def book() -> str:
    return codebook.codebook(builders.SHIPPED)


def test_the_shipped_codebook_is_current() -> None:
    assert codebook.is_current(builders.SHIPPED), "run 'accords codebook'"


def test_it_names_every_table_and_every_column(book: str, dataset: Dataset) -> None:
    for resource in dataset.descriptor["resources"]:
        assert f"### {resource['name']}\n" in book
        if not resource["path"].startswith("codes/"):
            for field in resource["schema"]["fields"]:
                assert f"| `{field['name']}` | {field['type']} |" in book


def test_it_defines_every_code(book: str, dataset: Dataset) -> None:
    for name in ("domain_codes", "instruments", "event_types", "statuses", "source_kinds"):
        for code, definition in dataset.codes(name)["definition"].items():
            assert f"| `{code}` |" in book
            assert definition in book
    for rule in ("includes", "excludes", "example"):
        assert dataset.codes("domain_codes")[rule].map(lambda text: text in book).all()


def test_its_tables_are_well_formed(book: str) -> None:
    width = None
    for line in book.splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = line.replace("\\|", "").count("|")
        width = width or cells
        assert cells == width, line


def test_its_links_lead_somewhere(book: str) -> None:
    targets = {link.split(")")[0] for link in book.split("](#")[1:]}
    assert targets
    for target in targets:
        assert f"\n### {target}\n" in book


def test_its_example_answers_a_newcomers_questions(
    book: str, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(builders.SHIPPED.parent)
    found: dict = {}
    for example in re.findall(r"^```python\n(.*?)^```", book, flags=re.DOTALL | re.MULTILINE):
        exec(example, found)
    one, other = dataset.descriptor["example"]
    shared = set(found["which"]["agreement_id"])
    expected = dataset.overview.index[
        [
            {one, other} <= {*row.focus, *row.partners}
            for row in dataset.overview[["focus", "partners"]].itertuples()
        ]
    ]
    assert shared == set(expected)
    assert shared, "the example has something to show"
    assert set(
        found["says_so"].loc[found["says_so"]["subject"] == "existence", "agreement_id"]
    ) == (shared)
    for answer in ("lives", "about", "disputed"):
        assert not found[answer].empty
        assert set(found[answer]["agreement_id"]) <= shared
    assert found["about"]["label"].notna().all()


def test_it_follows_the_descriptor(small_folder: Path) -> None:
    descriptor = small_folder / "datapackage.json"
    text = descriptor.read_text(encoding="utf-8")
    descriptor.write_text(text.replace("Town or place, in English.", "A place | a <town>."))
    assert "A place \\| a &lt;town>." in codebook.codebook(small_folder)
    descriptor.write_text(text.replace('"example": [', '"elsewhere": [', 1))
    assert "### An example" not in codebook.codebook(small_folder)


def test_the_command_writes_it_and_tells_when_it_is_out_of_date(small_folder: Path) -> None:
    run = CliRunner().invoke
    assert run(app, ["codebook", str(small_folder), "--check"]).exit_code == 1
    assert run(app, ["codebook", str(small_folder)]).exit_code == 0
    assert run(app, ["codebook", str(small_folder), "--check"]).exit_code == 0
    assert codebook.is_current(small_folder)


@pytest.mark.parametrize("lost", ["title", "description", "name", "path", "schema"])
def test_a_descriptor_that_is_not_whole_is_named(small_folder: Path, lost: str) -> None:
    file = small_folder / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    for place in (descriptor, descriptor["resources"][3]):
        place.pop(lost, None)
    file.write_text(json.dumps(descriptor), encoding="utf-8")
    run = CliRunner().invoke(app, ["codebook", str(small_folder)])
    assert run.exit_code == 2
    assert "datapackage.json: " in run.output
