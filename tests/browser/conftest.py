"""A real Chromium, the report built from the shipped data, and a small page of made-up rows."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders
import pandas as pd
import pytest
from filelock import FileLock
from pages import write_page

from accords.dataset import Dataset
from accords.publish import browser, paper
from accords.publish.build import build, plan
from accords.words import partner_anchor

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)

WORDS = {
    "aze-ita": {"summary": "Military co-operation, also in cyber defence.\n\nC-27J aircraft."},
    "aze-mar": {
        "title_original": "Azərbaycan ilə Mərakeş arasında hərbi əməkdaşlıq",
        "language_original": "az",
        "summary": "Military cooperation; Hasanov signed it in Marrakech.",
    },
    "aze-tur-old": {"summary": "Cooperation of the military schools."},
    "fra-mar": {"title_original": "اتفاق مع المغرب", "language_original": "ar"},
    "mar-usa-note": {"summary": "F-16 aircraft, to be based near Marrakech."},
    "many": {"summary": "Exercises with 16 F planes and drones."},
}
"""What readers search for, by agreement."""

NUMBER = ("aze-isr-buy", "aze-ita", "aze-mar", "aze-tur-old")
"""The agreements behind the number in the page's text."""

MORE = (
    *(("aze-tur-more", "AZE", "TUR"),),
    *(("mar-usa-one", "MAR", "USA"), ("mar-usa-two", "MAR", "USA")),
)
"""Agreements with which Türkiye and the United States have enough for pages of their own."""

TEXT = f"""# Text

See <a href="#evidence" data-rows="{" ".join(NUMBER)}" id="number">these</a>, or
<a href="#records" id="menu">the table</a>, or
<a href="#{partner_anchor("TUR")}" id="name">Türkiye</a>.

<p style="margin-block: 150rem">See
<a href="#evidence" data-rows="aze-mar" id="far">this</a>.</p>
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """One browser for all tests; each test opens its own context."""
    from playwright.sync_api import sync_playwright

    found = browser.find()
    if found is None:
        pytest.skip("no Chrome, Chromium or Edge on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the shipped data, built once for all tests of all workers.

    It has no print of the register, which takes longer than all else, and which tests of the
    prints make of a small page.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with FileLock(shared / "report.lock"), pytest.MonkeyPatch.context() as machine:
        machine.delitem(paper.PRINTS, "register.pdf")
        return build(plan(builders.SHIPPED, shared / "report")).page


@pytest.fixture(scope="session")
def worded() -> Dataset:
    """The small dataset with words to search for, and a few agreements more."""
    more = builders.tiny(
        parties=[{"agreement_id": a, "party_id": party} for a, *two in MORE for party in two],
        events=[{"agreement_id": a, "date": f"201{n}"} for n, (a, *_) in enumerate(MORE)],
    )
    tables = dict(builders.small().tables)
    for name in ("agreements", "parties", "events", "citations"):
        tables[name] = pd.concat([tables[name], more.tables[name]], ignore_index=True)
    agreements = tables["agreements"].set_index("agreement_id")
    for agreement, words in WORDS.items():
        for column, text in words.items():
            agreements.loc[agreement, column] = text
    tables["agreements"] = agreements.reset_index()
    return replace(builders.small(), tables=tables)


@pytest.fixture(scope="session")
def address(worded: Dataset, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of that dataset, under the report's policy."""
    return write_page(worded, tmp_path_factory.mktemp("page") / "page.html", **{"01-text": TEXT})


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, str]:
    """A dataset of so many agreements that the table holds some back, and its page."""
    ids = [f"a{n:04}" for n in range(1200)]
    dataset = builders.tiny(
        agreements=[
            {"agreement_id": key, "notes": "At length. " * (n * n % 97)}
            for n, key in enumerate(ids)
        ],
        parties=[{"agreement_id": key, "party_id": p} for key in ids for p in ("AZE", "ITA")],
        domains=[{"agreement_id": key, "domain": "training"} for key in ids[::3]],
    )
    file = tmp_path_factory.mktemp("long") / "page.html"
    return dataset, write_page(dataset, file, **{"01-text": "# Text"})


@pytest.fixture(scope="session")
def tabs(chromium: Any) -> dict[str, list[Any]]:
    """Tabs that are free, by the options of their context: a new one takes longer than a page."""
    return defaultdict(list)


@pytest.fixture
def visit(chromium: Any, tabs: dict[str, list[Any]]) -> Iterator[Callable]:
    """Open an address in a tab with options of its own; fail on any error in the console."""
    problems: list[str] = []
    used: list[tuple[str, Any]] = []

    def say(message: Any) -> None:
        problems.append(message.text)

    def fail(error: Any) -> None:
        problems.append(str(error))

    def open_page(url: str, **options: Any) -> Any:
        options = {"viewport": {"width": 1280, "height": 900}} | options
        name = json.dumps(options, sort_keys=True)
        tab = tabs[name].pop() if tabs[name] else chromium.new_context(**options).new_page()
        used.append((name, tab))
        tab.on("console", say)
        tab.on("pageerror", fail)
        tab.goto(url)
        return tab

    yield open_page
    for name, tab in used:
        tab.emulate_media(media="screen")
        tab.goto("about:blank")
        tab.remove_listener("console", say)
        tab.remove_listener("pageerror", fail)
        tabs[name].append(tab)
    assert not problems


@pytest.fixture(scope="session")
def barriers() -> Callable[..., list[tuple[str, str]]]:
    """Ask axe what keeps people out of an open page; ``options`` are those of ``axe.run``."""
    import axe_playwright_python

    axe = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    source = axe.read_text(encoding="utf-8")

    def found(tab: Any, **options: Any) -> list[tuple[str, str]]:
        tab.evaluate(source)
        told = tab.evaluate("asked => axe.run(asked)", {"resultTypes": ["violations"], **options})
        return [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in told["violations"]]

    return found
