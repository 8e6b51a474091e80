"""Datasets that all tests share."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import builders

from accords.curation.workbook import write_workbook
from accords.dataset import Dataset, load

# As in a build: else jsonschema makes a grammar of web addresses, for seconds in each process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# The same examples in every run, and no verdict by the clock. Whoever wants to hunt for faults asks
# for other and more of them: pytest --hypothesis-profile=hunt
hypothesis.settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, max_examples=25
)
hypothesis.settings.register_profile("hunt", deadline=None, database=None, max_examples=500)
hypothesis.settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that asks for the shipped data: it must hold for their next edition, too."""
    for item in items:
        if "dataset" in getattr(item, "fixturenames", ()):
            item.add_marker("shipped")


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The shipped dataset: read it, do not change it."""
    return builders.shipped()


@pytest.fixture(scope="session")
def small() -> Dataset:
    """Eight hand-made agreements (see :func:`builders.small`)."""
    return builders.small()


@pytest.fixture(scope="session")
def _small_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return builders.write(builders.small(), tmp_path_factory.mktemp("small") / "data")


@pytest.fixture(scope="session")
def small_workbook(_small_template: Path) -> Path:
    """The small dataset as a workbook: copy it, do not change it."""
    file = _small_template.with_name("small.xlsx")
    write_workbook(load(_small_template), file)
    return file


@pytest.fixture
def small_folder(tmp_path: Path, _small_template: Path) -> Path:
    """The small dataset as a folder of one's own, to change or break."""
    return Path(shutil.copytree(_small_template, tmp_path / "data"))
