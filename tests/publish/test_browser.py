"""A browser that fails gives one clear error at once, and ends without one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
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


def test_a_browser_is_found_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "chromium"
    installed.write_text("#!/bin/sh\n")
    installed.chmod(0o755)
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() == str(installed)


def test_what_the_library_cancels_is_the_browser_s_failure() -> None:
    async def cancelled() -> None:
        async with browser.Browser("chromium")._answering():
            raise asyncio.CancelledError

    with pytest.raises(browser.BrowserError, match=r"chromium: failed"):
        browser.completed(cancelled())


def with_browser(work: Callable[[browser.Browser], Coroutine[Any, Any, None]]) -> None:
    """Do something with a browser of this machine, opened."""
    found = browser.find()
    if found is None:
        pytest.skip("no Chrome, Chromium or Edge on this machine")

    async def opened() -> None:
        async with browser.Browser(found) as running:
            await running.draw(FIGURE)
            await work(running)

    browser.completed(opened())


@pytest.mark.browser
def test_a_figure_that_cannot_be_drawn_fails_alone_and_one_of_any_type_is_drawn() -> None:
    async def draw(running: browser.Browser) -> None:
        with pytest.raises(browser.BrowserError):
            await running.draw({"data": [], "layout": None})
        assert (await running.draw(FIGURE))[0].startswith("<svg")
        heatmap = {"type": "heatmap", "z": [[1, 2], [3, 4]]}
        assert "<image" in (await running.draw({**FIGURE, "data": [heatmap]}))[0]

    with_browser(draw)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are found in /proc")
def test_a_browser_that_is_killed_fails_what_it_was_asked_and_is_closed(tmp_path: Path) -> None:
    async def kill(running: browser.Browser) -> None:
        for process in _descendants(os.getpid()):
            if b"--headless" in Path(f"/proc/{process}/cmdline").read_bytes():
                os.kill(process, signal.SIGKILL)
                break
        for _ in range(2):
            with pytest.raises(browser.BrowserError):
                await running.draw(FIGURE)
            with pytest.raises(browser.BrowserError):
                await running.pdf(tmp_path / "page.html", "report")

    started = time.monotonic()
    with_browser(kill)
    assert time.monotonic() - started < browser.TIMEOUT / 2


def _descendants(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))
