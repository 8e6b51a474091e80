"""One browser for a whole build: it draws the pictures and prints the page."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

from accords.errors import AccordsError

T = TypeVar("T")

STATIC = Path(__file__).parent / "static"

BUNDLE = STATIC / "plotly-bars-lines-4.1.1.min.js.gz"
"""The plotly.js that draws the pictures and that the page carries."""

LIVE = frozenset({"bar", "scatter"})
"""Types of traces that :data:`BUNDLE` draws; of others the page has a picture alone."""

TIMEOUT = 120
"""Seconds that one answer of the browser may take."""

PRINTING = 900
"""Seconds that printing may take: thousands of agreements make a thousand pages."""

PAPER = {"width": 672, "height": 1000}
"""The room on a page in px: A4 without its margins."""

COMMANDS = (
    *("google-chrome", "google-chrome-stable", "chrome", "chromium", "chromium-browser"),
    *("msedge", "microsoft-edge", "microsoft-edge-stable"),
)
"""Names under which browsers are on the path."""

PLACES = {
    "win32": (
        r"Google\Chrome\Application\chrome.exe",
        r"Chromium\Application\chrome.exe",
        r"Microsoft\Edge\Application\msedge.exe",
    ),
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
}
"""Where browsers are that are not on the path; on Windows below the folders of programs."""


class BrowserError(AccordsError):
    """The browser cannot be found, started or used."""


def missing() -> str:
    """Return why :func:`find` finds none, and what to do."""
    chosen = os.environ.get("BROWSER_PATH")
    if chosen is None:
        return (
            "No Chrome, Chromium or Edge was found. Install one, or name it in BROWSER_PATH, "
            "and build again."
        )
    return f"BROWSER_PATH names no file: {chosen!r}. Correct or unset it, and build again."


def find() -> str | None:
    """Find an installed Chrome, Chromium or Edge; ``BROWSER_PATH`` goes before all others."""
    chosen = os.environ.get("BROWSER_PATH")
    if chosen is not None:
        return chosen if Path(chosen).is_file() else None
    variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
    # A place that is whole already stays as it is, whatever folder it is joined to.
    folders = [Path(os.environ[name]) for name in variables if name in os.environ] or [Path()]
    usual = [folder / place for place in PLACES.get(sys.platform, ()) for folder in folders]
    on_path = (shutil.which(command) for command in COMMANDS)
    return next((found for found in on_path if found), None) or next(
        (str(file) for file in usual if file.is_file()), None
    )


def completed(work: Coroutine[Any, Any, T]) -> T:
    """Run work to its end, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Browser:
    """A headless browser, opened by the first request, as whose end it is closed.

    A build that finds all its pictures kept needs none. Each request raises a
    :class:`BrowserError` where the browser does not answer it.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._stack = contextlib.AsyncExitStack()
        self._opened: dict[str, asyncio.Task[Any]] = {}
        self._picture_lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        # One that has ended by itself is no error.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(TIMEOUT):
                await asyncio.gather(*self._opened.values(), return_exceptions=True)
                await self._stack.aclose()

    @cached_property
    def version(self) -> str:
        """What the browser says of its version; pictures depend on it."""
        try:
            answer = subprocess.run(
                [self.path, "--version"], capture_output=True, text=True, timeout=30, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise BrowserError(f"{self.path}: cannot be run ({error}).") from error
        return answer.stdout.strip()

    async def draw(self, figure: dict[str, Any]) -> tuple[str, float, float]:
        """Draw one Plotly figure: the SVG, and the top and bottom of what is seen in it."""
        return await self._answered(self._draw(figure))

    async def photograph(self, markup: str, width: float, height: float, scale: float = 2) -> bytes:
        """Return an SVG of so many px as a PNG of ``scale`` times its size."""
        return await self._answered(self._photograph(markup, width, height, scale))

    async def pdf(self, page: Path, part: str, pages: Mapping[str, int] = {}) -> bytes:
        """Print a part of a page (see ``data-print`` in its style sheet), tagged, with an outline.

        ``pages`` names the page that each link of the contents leads to, by the link's target.
        """
        return await self._answered(self._pdf(page, part, dict(pages)), PRINTING)

    async def _answered(self, work: Awaitable[T], limit: float = TIMEOUT) -> T:
        try:
            return await asyncio.wait_for(work, limit)
        except (Exception, asyncio.CancelledError) as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise  # By whoever asked. What is cancelled otherwise is the library's.
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise BrowserError(f"{self.path}: failed ({reason}).") from error

    async def _once(self, name: str, opening: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return what is opened once: the first to ask opens it, the others wait for it."""
        if name not in self._opened:
            self._opened[name] = asyncio.create_task(opening())
        return await asyncio.shield(self._opened[name])

    async def _launched(self) -> Any:
        from playwright.async_api import async_playwright

        driver = await self._stack.enter_async_context(async_playwright())
        browser = await driver.chromium.launch(
            executable_path=self.path,
            args=["--disable-gpu"],
            # A signal ends the build, which closes the browser.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
        self._stack.push_async_callback(browser.close)
        return browser

    async def _page(
        self, name: str, plotly: Callable[[], str] | None = None, scale: float = 1
    ) -> Any:
        """Return the page of a name, opened once, with the plotly.js that it needs."""

        async def opened() -> Any:
            browser = await self._once("browser", self._launched)
            page = await browser.new_page(device_scale_factor=scale)
            if plotly is not None:
                await page.add_script_tag(content=plotly())
            return page

        return await self._once(f"page {name}", opened)

    async def _draw(self, figure: dict[str, Any]) -> tuple[str, float, float]:
        if {trace.get("type", "scatter") for trace in figure["data"]} <= LIVE:
            page = await self._page("live", lambda: gzip.decompress(BUNDLE.read_bytes()).decode())
        else:
            from plotly.offline import get_plotlyjs

            page = await self._page("every type", get_plotlyjs)
        markup, top, bottom = await page.evaluate(_script("draw.js"), figure)
        return markup, top, bottom

    async def _photograph(self, markup: str, width: float, height: float, scale: float) -> bytes:
        page = await self._page(f"pictures at {scale}", scale=scale)
        # One picture stands on the page at a time.
        async with self._picture_lock:
            await page.set_viewport_size({"width": round(width), "height": round(height)})
            await page.set_content(f'<!doctype html><body style="margin:0">{markup}</body>')
            return bytes(await page.screenshot(scale="device"))

    async def _pdf(self, file: Path, part: str, pages: dict[str, int]) -> bytes:
        page = await self._page(f"{file} {part}")
        await page.set_viewport_size(PAPER)
        await page.goto(file.resolve().as_uri())
        await page.emulate_media(media="print")
        await page.evaluate(_script("prepare.js"), {"part": part, "pages": pages})
        return bytes(
            await page.pdf(
                prefer_css_page_size=True, print_background=True, tagged=True, outline=True
            )
        )


@cache
def _script(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
