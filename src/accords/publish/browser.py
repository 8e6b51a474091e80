"""One browser for a whole build: it draws the pictures and prints the page."""

import asyncio
import contextlib
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, Self, TypeVar

from accords.errors import AccordsError

T = TypeVar("T")

STATIC = Path(__file__).parent / "static"

BUNDLE = STATIC / "plotly-bars-lines-4.1.1.min.js.gz"
"""The plotly.js that draws the pictures and that the page carries."""

LIVE = frozenset({"bar", "scatter"})
"""Types of traces that :data:`BUNDLE` draws; of others the page has a picture alone."""

TIMEOUT = 120  # seconds that one answer of the browser may take
PRINTING = 900  # seconds that printing may take: thousands of agreements make a thousand pages
PAPER = {"width": 672, "height": 1000}  # the room on a page in px: A4 without its margins

COMMANDS = (
    *("google-chrome", "google-chrome-stable", "chrome", "chromium", "chromium-browser"),
    *("msedge", "microsoft-edge", "microsoft-edge-stable"),
)
"""Names under which browsers are on the path."""

PLACES = {
    "win32": [
        rf"{folder}\{program}.exe"
        for program in (r"Google\Chrome\Application\chrome", r"Microsoft\Edge\Application\msedge")
        for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        if (folder := os.environ.get(name))
    ],
    "darwin": [
        f"/Applications/{name}.app/Contents/MacOS/{name}"
        for name in ("Google Chrome", "Chromium", "Microsoft Edge")
    ],
}
"""Where browsers are that are not on the path."""


class BrowserError(AccordsError):
    """The browser cannot be found, started or used."""


def missing() -> str:
    """Return why :func:`find` finds none, and what to do."""
    chosen = os.environ.get("BROWSER_PATH")
    if chosen is None:
        return (
            "No Chrome, Chromium or Edge was found. Install one, or name it in BROWSER_PATH, "
            "and try again."
        )
    return f"BROWSER_PATH names no file: {chosen!r}. Correct or unset it, and try again."


def find() -> str | None:
    """Find an installed Chrome, Chromium or Edge; ``BROWSER_PATH`` goes before all others."""
    if (chosen := os.environ.get("BROWSER_PATH")) is not None:
        return chosen if Path(chosen).is_file() else None
    usual = (place for place in PLACES.get(sys.platform, ()) if Path(place).is_file())
    return next(filter(None, map(shutil.which, COMMANDS)), None) or next(usual, None)


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
        # A page for each picture would take longer than the picture.
        self._one_picture = asyncio.Lock()

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
        live = {trace.get("type", "scatter") for trace in figure["data"]} <= LIVE

        async def with_plotly() -> Any:
            from plotly.offline import get_plotlyjs

            page = await self._page()
            script = gzip.decompress(BUNDLE.read_bytes()).decode() if live else get_plotlyjs()
            await page.add_script_tag(content=script)
            return page

        async with self._answering():
            page = await self._once("live" if live else "every type", with_plotly)
            markup, top, bottom = await page.evaluate(_script("draw.js"), figure)
            return markup, top, bottom

    async def photograph(self, markup: str, width: float, height: float, scale: float = 2) -> bytes:
        """Return an SVG of so many px as a PNG of ``scale`` times its size."""
        size = {"width": round(width), "height": round(height)}
        async with self._answering(), self._one_picture:
            page = await self._once(
                f"pictures at {scale}", partial(self._page, device_scale_factor=scale)
            )
            await page.set_viewport_size(size)
            await page.set_content(f'<!doctype html><body style="margin:0">{markup}</body>')
            return bytes(await page.screenshot(scale="device"))

    async def pdf(self, file: Path, part: str, pages: Mapping[str, int] = {}) -> bytes:
        """Print a part of a page (see ``data-print`` in its style sheet), tagged, with an outline.

        ``pages`` names the page that each link of the contents leads to, by the link's target.
        """

        async def loaded() -> Any:
            page = await self._page(viewport=PAPER)
            await page.goto(file.resolve().as_uri())
            await page.emulate_media(media="print")
            return page

        async with self._answering(PRINTING):
            page = await self._once(f"{file} {part}", loaded)
            await page.evaluate(_script("prepare.js"), {"part": part, "pages": dict(pages)})
            pdf = await page.pdf(
                prefer_css_page_size=True, print_background=True, tagged=True, outline=True
            )
            return bytes(pdf)

    @contextlib.asynccontextmanager
    async def _answering(self, limit: float = TIMEOUT) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(limit):
                yield
        except (Exception, asyncio.CancelledError) as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise  # By whoever asked. What is cancelled otherwise is the library's.
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise BrowserError(f"{self.path}: failed ({reason}).") from error

    async def _page(self, **options: Any) -> Any:
        browser = await self._once("browser", self._launched)
        return await browser.new_page(**options)

    async def _once(self, name: str, opening: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return what is opened once: the first to ask opens it, the others wait for it."""
        if name not in self._opened:
            self._opened[name] = asyncio.create_task(opening())
        return await asyncio.shield(self._opened[name])

    async def _launched(self) -> Any:
        from playwright.async_api import async_playwright

        driver = await self._stack.enter_async_context(async_playwright())
        # A signal ends the build, which closes the browser.
        signals: Any = dict.fromkeys(("handle_sigint", "handle_sigterm", "handle_sighup"), False)
        browser = await driver.chromium.launch(
            executable_path=self.path, args=["--disable-gpu"], **signals
        )
        self._stack.push_async_callback(browser.close)
        return browser


@cache
def _script(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
