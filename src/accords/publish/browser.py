"""One browser for a whole build: it draws the pictures and prints the page."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import json
import logging
import os
import subprocess
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import Any

from accords.errors import AccordsError

BUNDLE = Path(__file__).parent / "static" / "plotly-basic-4.1.1.min.js.gz"
"""The plotly.js that draws the pictures and that the page carries."""

TIMEOUT = 120
"""Seconds that one answer of the browser may take."""

# Draws a figure off screen and says where its first and last visible marks are, so that the room
# that a title would take can be cut off.
_DRAW = """
async ({data, layout}) => {
  const {width, height} = layout;
  const markup = await Plotly.toImage(
    {data, layout}, {format: "svg", width, height, imageDataOnly: true});
  const host = document.createElement("div");
  host.style.cssText = "position:absolute;left:0;top:0";
  host.innerHTML = markup;
  document.body.append(host);
  let top = height, bottom = 0;
  for (const mark of host.querySelectorAll("text,path,rect,circle,line")) {
    if (mark.closest("defs,clipPath,.draglayer")) continue;
    const style = getComputedStyle(mark);
    const filled = style.fill !== "none" && style.fillOpacity !== "0" && style.opacity !== "0";
    if (!filled && style.stroke === "none") continue;
    const box = mark.getBoundingClientRect();
    if (!box.width && !box.height) continue;
    top = Math.min(top, box.top);
    bottom = Math.max(bottom, box.bottom);
  }
  host.remove();
  return [markup, Math.max(0, top), Math.min(height, bottom)];
}
"""


class BrowserError(AccordsError):
    """The browser cannot be found, started or used."""


def missing() -> str:
    """Say why :func:`find` finds none, and what to do."""
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
    from choreographer.browsers.chromium import Chromium

    return Chromium.find_browser(skip_local=False)


class Browser:
    """A headless browser in a thread of its own; every request gives a future at once.

    It is opened by the first request: a build that finds all its pictures kept needs none.

    Parameters
    ----------
    path
        The browser's executable, as :func:`find` gives it.
    full
        Whether it draws all of Plotly's traces, and not only those of the report.
    """

    def __init__(self, path: str, *, full: bool = False) -> None:
        self.path = path
        self._full = full
        self._loop = asyncio.new_event_loop()
        self._picture_tab: Any = None
        self._picture_lock = asyncio.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._opened: asyncio.Task[Any] | None = None
        self._lost: BrowserError | None = None

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

    def draw(self, figure: dict[str, Any]) -> Future[tuple[str, float, float]]:
        """Draw one Plotly figure: the SVG, and the top and bottom of what is seen in it."""
        return self._submit(self._draw(figure))

    def photograph(self, markup: str, width: float, height: float, scale: float) -> Future[bytes]:
        """Give an SVG of so many px as a PNG of ``scale`` times its size."""
        return self._submit(self._photograph(markup, width, height, scale))

    def pdf(self, page: Path) -> Future[bytes]:
        """Print one page of the file system, tagged, with an outline."""
        return self._submit(self._pdf(page))

    def close(self) -> None:
        """End the browser and its thread; one that has ended by itself is no error."""
        try:
            with contextlib.suppress(Exception):
                asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(TIMEOUT)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(self._answered(work), self._loop)

    async def _answered(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Give what a request gives; a browser that is lost fails all others at once."""
        if self._lost is not None:
            work.close()
            raise self._lost
        try:
            return await work
        except BrowserError:
            raise
        except (Exception, asyncio.CancelledError) as error:
            # The library raises many kinds, and cancels what waits when its browser ends.
            self._lost = BrowserError(f"{self.path}: stopped answering ({error!r}).")
            raise self._lost from error

    async def _open(self) -> Any:
        import choreographer

        logging.getLogger("choreographer").setLevel(logging.ERROR)
        try:
            self._browser = choreographer.Browser(
                path=self.path, headless=True, enable_gpu=False, enable_sandbox=False
            )
            await self._browser.open()
            tab = await self._browser.create_tab("about:blank")
        except (Exception, asyncio.CancelledError) as error:
            # The library raises many kinds: whatever it is, this browser cannot be used.
            raise BrowserError(f"{self.path}: cannot be started ({error}).") from error
        if self._full:
            from plotly.offline import get_plotlyjs

            bundle = get_plotlyjs()
        else:
            bundle = gzip.decompress(BUNDLE.read_bytes()).decode()
        await self._ask(tab, "Runtime.evaluate", {"expression": f"{bundle};0"})
        return tab

    async def _ready(self) -> Any:
        """Give the tab that draws; the first to ask opens the browser, the others wait for it."""
        if self._opened is None:
            self._opened = asyncio.create_task(self._open())
        return await asyncio.shield(self._opened)

    async def _ask(self, tab: Any, method: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = await asyncio.wait_for(tab.send_command(method, params), TIMEOUT)
        failure = answer.get("error") or answer["result"].get("exceptionDetails")
        if failure:
            raise BrowserError(f"{self.path}: {json.dumps(failure)[:500]}")
        result: dict[str, Any] = answer["result"]
        return result

    async def _draw(self, figure: dict[str, Any]) -> tuple[str, float, float]:
        tab = await self._ready()
        answer = await self._ask(
            tab,
            "Runtime.evaluate",
            {
                "expression": f"({_DRAW})({json.dumps(figure)})",
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        markup, top, bottom = answer["result"]["value"]
        return markup, top, bottom

    async def _photograph(self, markup: str, width: float, height: float, scale: float) -> bytes:
        await self._ready()
        # One picture stands in the tab at a time.
        async with self._picture_lock:
            if self._picture_tab is None:
                self._picture_tab = await self._browser.create_tab("about:blank")
            body = f'<body style="margin: 0">{markup}</body>'
            show = f"document.documentElement.innerHTML = {json.dumps(body)}; 0"
            await self._ask(self._picture_tab, "Runtime.evaluate", {"expression": show})
            answer = await self._ask(
                self._picture_tab,
                "Page.captureScreenshot",
                {
                    "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": scale},
                    "captureBeyondViewport": True,
                    "optimizeForSpeed": True,
                },
            )
        return base64.b64decode(answer["data"])

    async def _pdf(self, page: Path) -> bytes:
        await self._ready()
        tab = await self._browser.create_tab("about:blank")
        loaded = tab.subscribe_once("Page.loadEventFired")
        await self._ask(tab, "Page.enable", {})
        await self._ask(tab, "Page.navigate", {"url": page.resolve().as_uri()})
        await asyncio.wait_for(loaded, TIMEOUT)
        answer = await self._ask(
            tab,
            "Page.printToPDF",
            {
                "preferCSSPageSize": True,
                "printBackground": True,
                "generateTaggedPDF": True,
                "generateDocumentOutline": True,
            },
        )
        return base64.b64decode(answer["data"])

    async def _close(self) -> None:
        if self._opened is None:
            return
        with contextlib.suppress(BrowserError):
            await self._ready()
            await self._browser.close()
