"""What the tests say of the shipped data holds for the edition after them, too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import builders
import pandas as pd
import pytest

from accords.analysis.accord import accord_id
from accords.curation.editions import release
from accords.dataset import load, save

SUBSET = "shipped and not slow and not browser"
ASKING = re.compile(r"\bdef \w+\([^)]*\bdataset\b|\bmark\.shipped\b")
"""What a file says whose tests may be of the shipped data: no other need be collected."""

NINTH = 9
"""One agreement of so many is taken away."""


def asking() -> list[Path]:
    """List the files of tests of the shipped data."""
    files = sorted((builders.ROOT / "tests").rglob("test_*.py"))
    return [
        file
        for file in files
        if file.parent.name != "browser" and ASKING.search(file.read_text(encoding="utf-8"))
    ]


def project(folder: Path) -> Path:
    """Copy the data and the papers beside them; return the data's folder."""
    for name in ("README.md", "CITATION.cff"):
        shutil.copyfile(builders.SHIPPED.parent / name, folder / name)
    return shutil.copytree(builders.SHIPPED, folder / "data")


def add_agreement(folder: Path, day: str) -> None:
    """Add a plan of Georgia and Morocco, with the page that reports it."""
    name = {"agreement_id": "next-edition-plan"}
    title = {"title": "Plan for the next edition", "short_name": "Plan for the next edition"}
    kind = {"title_kind": "descriptive", "instrument": "cooperation-plan", "scope": "bilateral"}
    builders.add(folder, "agreements", **name, **title, **kind, summary="Made up.")
    for state in ("GEO", "MAR"):
        builders.add(folder, "parties", **name, party_id=state, role="party")
    builders.add(folder, "events", **name, event_id="signed", event="signed", date=day)
    builders.add(folder, "domains", **name, domain="exercises", basis="press")
    page = {"source_id": "next-edition-page", "url": "https://example.org/next-edition"}
    said = {"title": "A plan", "title_kind": "published", "publisher": "Example News"}
    builders.add(folder, "sources", **page, **said, language="en", published=day, kind="press")
    for subject in ("existence", "event:signed", "domain:exercises"):
        evidence = {"evidence": "Says so."} if subject == "existence" else {}
        builders.add(
            *(folder, "citations"), **name, subject=subject, source_id=page["source_id"], **evidence
        )


def change(folder: Path, day: str) -> None:
    """Add an agreement, take others away, and let Morocco ratify the accord."""
    dataset = load(folder)
    add_agreement(folder, day)
    accord = accord_id(dataset)
    if accord is not None:
        done = set(dataset.events.query("agreement_id == @accord")["event_id"])
        cited = dataset.citations.query("agreement_id == @accord and subject == 'existence'")
        if not {"ratified-mar", "entered-into-force"} & done:
            builders.ratify(folder, accord, cited["source_id"].iloc[0], day)
    told_of = (folder / "claims.csv").read_text(encoding="utf-8")
    others = [name for name in sorted(dataset.overview.index) if name not in told_of]
    builders.take_away(folder, *others[::NINTH])
    save(load(folder), folder)


@pytest.mark.slow
def test_the_tests_of_the_shipped_data_hold_for_the_next_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the report finds takes long to count, and is no matter here.
    monkeypatch.setattr("accords.prose.brief.messages", lambda dataset, *, robust: [])
    folder = project(tmp_path)
    newest = load(folder)
    day = newest.released + pd.Timedelta(days=40)
    change(folder, f"{day:%Y-%m-%d}")
    major, *_ = newest.edition.split(".")
    difference = release(f"{int(major) + 1}.0.0", folder, date=day, build=lambda: None)
    assert "next-edition-plan" in {new.agreement_id for new in difference.of("added")}
    assert len(difference.of("removed")) > len(difference.of("added"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", SUBSET, "-p", "no:cacheprovider", *asking()],
        cwd=builders.ROOT,
        env={**os.environ, "ACCORDS_SHIPPED": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
