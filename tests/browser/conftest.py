"""A real Chromium, and the report built from the shipped data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import builders
import pytest
from filelock import FileLock

from accords.publish import browser
from accords.publish.build import build, plan

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


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
    """The whole report of the shipped data, built once for all tests of all workers."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with FileLock(shared / "report.lock"):
        return build(plan(builders.SHIPPED, shared / "report")).page
