"""A browser that fails gives one clear error at once, and ends without one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from accords.publish import browser

FIGURE: dict[str, Any] = {"data": [], "layout": {"width": 90, "height": 90}}


def test_why_there_is_no_browser_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chrome")
    assert browser.find() is None
    assert "BROWSER_PATH names no file: '/nowhere/chrome'" in browser.missing()
    monkeypatch.delenv("BROWSER_PATH")
    assert "Install one, or name it in BROWSER_PATH" in browser.missing()


def test_what_the_library_cancels_is_the_browser_s_failure_and_fails_all_that_follows() -> None:
    running = browser.Browser("chromium")

    async def cancelled() -> None:
        raise asyncio.CancelledError

    async def asked() -> None:
        raise AssertionError("a browser that is lost is asked again")

    for work in (cancelled(), asked()):
        with pytest.raises(browser.BrowserError, match=r"chromium: stopped answering"):
            running._submit(work).result(30)
    running.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are found in /proc")
def test_a_browser_that_is_killed_fails_what_it_was_asked_and_is_closed(tmp_path: Path) -> None:
    found = browser.find()
    if found is None:
        pytest.skip("no Chrome, Chromium or Edge on this machine")
    with browser.Browser(found) as running:
        running.draw(FIGURE).result(60)
        started = time.monotonic()
        os.killpg(running._browser.subprocess.pid, signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(browser.BrowserError):
                running.draw(FIGURE).result(60)
            with pytest.raises(browser.BrowserError):
                running.pdf(tmp_path / "page.html").result(60)
    assert time.monotonic() - started < browser.TIMEOUT / 2
