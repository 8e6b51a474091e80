"""The project's papers agree with one another."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import builders
import pytest
import yaml

from accords.curation.editions import read
from accords.publish.stored import stored

ROOT = Path(__file__).parents[1]
PAPERS = builders.SHIPPED.parent
"""Where the papers lie that name the edition of the data beside them."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GROUPS = PROJECT["optional-dependencies"]


def test_environment_lists_what_pyproject_requires():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    listed = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    wanted = [*PROJECT["dependencies"], *GROUPS["app"], *GROUPS["test"]]
    assert sorted(listed) == sorted([*wanted, "-e ."])
    assert f"python{PROJECT['requires-python']}" in environment["dependencies"]


def test_lock_pins_every_requirement_with_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, flags=re.MULTILINE))
    wanted = [*PROJECT["dependencies"], *GROUPS["app"], *GROUPS["test"]]
    names = {re.match(r"[A-Za-z0-9._-]+", w)[0].lower().replace("_", "-") for w in wanted}
    assert names <= pinned
    assert "://" not in lock
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", lock.strip()))


def test_version_is_the_same_everywhere(dataset):
    citation = yaml.safe_load((PAPERS / "CITATION.cff").read_text(encoding="utf-8"))
    descriptor = json.loads((PAPERS / "data/datapackage.json").read_text(encoding="utf-8"))
    assert citation["version"] == dataset.edition == descriptor["version"]
    assert citation["date-released"] == f"{dataset.released:%Y-%m-%d}"
    readme = (PAPERS / "README.md").read_text(encoding="utf-8")
    cited = re.search(r"^> .*\((\d{4})\)\. \*.*\*, edition (.+)\.$", readme, flags=re.MULTILINE)
    assert cited.groups() == (f"{dataset.released:%Y}", dataset.edition)


@pytest.mark.parametrize("workflow", ["test", "publish"])
def test_a_workflow_fetches_the_history_in_which_editions_are_found(workflow):
    steps = yaml.safe_load((ROOT / f".github/workflows/{workflow}.yml").read_text("utf-8"))
    (job,) = steps["jobs"].values()
    (checkout,) = (s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"]["fetch-depth"] == 0


def test_notebooks_are_stored_without_outputs():
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        # An analyst's file may hold outputs; what git has of it may not.
        asked = ["git", "-C", str(ROOT), "show", f":notebooks/{path.name}"]
        known = subprocess.run(asked, capture_output=True, check=False).stdout
        text = (known or path.read_bytes()).decode("utf-8")
        assert stored(text) == text, path


def test_no_number_is_typed_into_a_notebook():
    allowed = r"\b(?:1[89]|20)\d\d\b|^#+ \d+\.?\s|`[^`]*`|\]\([^)]*\)"
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                text = re.sub(allowed, "", "".join(cell["source"]), flags=re.MULTILINE)
                assert not re.search(r"\d", text), f"{path.name}: {text}"


def test_the_readme_names_the_edition_and_its_size(dataset):
    readme = (PAPERS / "README.md").read_text(encoding="utf-8")
    stated = re.search(r"<!-- edition.*?-->(.*?)<!-- /edition -->", readme, flags=re.DOTALL)[1]
    released = read(dataset.edition, PAPERS / "data").tables
    sizes = [len(released[t]) for t in ("agreements", "events", "domains", "sources")]
    sizes += [len(released["citations"]), len(released["disputes"])]
    numbers = re.findall(r"\d[\d,]*(?= )", stated.split(")")[1])
    assert [int(number.replace(",", "")) for number in numbers] == sizes
    assert f"Edition {dataset.edition} ({dataset.released:%Y-%m-%d})" in stated
