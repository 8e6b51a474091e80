"""Static pictures: drawn once by the browser, kept by their content, written for page and file."""

import asyncio
import functools
import math
import re
import textwrap
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup

from accords.charts import theme
from accords.charts.frame import updated
from accords.publish import svg
from accords.publish.browser import BUNDLE, Browser, BrowserError
from accords.publish.cache import digest, kept
from accords.templates import render

T = TypeVar("T")

MARGIN = 8  # room in px left above and below what is seen
EDGE = 16  # room in px at the sides of a file that stands alone

Figure = dict[str, Any]  # a Plotly figure as it stands in a notebook's output


class Picture(NamedTuple):
    """One chart, drawn for a desk and for a phone: SVG without title, for inside a page."""

    wide: str
    narrow: str


class Chart(NamedTuple):
    """One chart as it is published; its files are a titled SVG and a PNG of twice its size."""

    meta: dict[str, Any]
    picture: Picture | None
    files: dict[str, bytes]


class Pictures:
    """Draws figures with a browser, and keeps what was drawn in a folder by what it depends on.

    ``failure`` is why the browser, where there is one, did not give all that it was asked for.
    """

    def __init__(self, browser: Browser | None, cache: Path) -> None:
        self.browser = browser
        self.cache = cache
        self.failure: BrowserError | None = None
        # As many as keep the browser busy, so that none waits for its answer too long.
        self._turns = asyncio.Semaphore(4)

    async def given(self, asked: Awaitable[T]) -> T | None:
        """Wait for what a browser is asked for; give nothing, and note it, where it fails."""
        try:
            return await asked
        except BrowserError as error:
            self.failure = self.failure or error
            return None

    async def picture(self, figure: Figure) -> Picture | None:
        """Return the picture of a figure, where there is a browser that draws it."""
        if (browser := self.browser) is None:
            return None
        sizes = [untitled(figure, narrow=narrow) for narrow in (False, True)]
        drawn = await self.given(asyncio.gather(*(self._drawing(browser, size) for size in sizes)))
        return Picture(*drawn) if drawn else None

    async def chart(self, figure: Figure, source: str) -> Chart:
        """Return the picture of a figure and its files, where there is a browser that draws it."""
        meta = figure["layout"]["meta"]
        picture = await self.picture(figure)
        if picture is None or self.browser is None:
            return Chart(meta, None, {})
        markup = await asyncio.to_thread(titled, picture.wide, meta, source)
        _, _, width, height = svg.view_box(markup)
        photograph = functools.partial(self.browser.photograph, markup, width, height)
        file = self.cache / f"{digest(markup, self.browser.version, _own_code())}.png"
        png = await self.given(kept(file, photograph))
        name = meta["name"]
        files = {f"{name}.svg": markup.encode(), f"{name}.png": png} if png else {}
        return Chart(meta, picture, files)

    async def _drawing(self, browser: Browser, figure: Figure) -> str:
        async def drawn() -> bytes:
            async with self._turns:
                markup, top, bottom = await browser.draw(figure)
            cropped = await asyncio.to_thread(_cropped, markup, figure["layout"], top, bottom)
            return cropped.encode()

        key = digest(figure, BUNDLE.name, browser.version, _own_code())
        return (await kept(self.cache / f"{key}.svg", drawn)).decode()


def _cropped(markup: str, layout: Mapping[str, Any], top: float, bottom: float) -> str:
    """Return a drawing made lean, without the room that nothing takes above and below."""
    above = max(0, int(top) - MARGIN)
    below = min(layout["height"], int(bottom) + 1 + MARGIN)
    seen = f'viewBox="0 {above} {layout["width"]} {below - above}"'
    return re.sub(r'viewBox="[^"]*"', seen, svg.lean(markup), count=1)


def untitled(figure: Figure, *, narrow: bool) -> Figure:
    """Return the figure as it is drawn: without its title, at the width of a desk or of a phone."""
    layout = figure["layout"]
    if narrow:
        layout = updated(layout, layout["meta"]["narrow"])
    kept = {name: value for name, value in layout.items() if name not in ("title", "meta")}
    kept["width"] = theme.NARROW if narrow else theme.WIDE
    kept.setdefault("height", 420)
    return {"data": figure["data"], "layout": kept}


def titled(picture: str, meta: dict[str, Any], source: str) -> str:
    """Compose the file that stands alone: title, subtitle, drawing and source, on white.

    ``meta`` is what :func:`accords.charts.frame.chart` put on the figure.
    """
    left, top, width, height = svg.view_box(picture)
    title, subtitle = textwrap.wrap(meta["title"], 80), textwrap.wrap(meta["subtitle"], 112)
    feet = textwrap.wrap(source, 132)
    below_title = 8 + 18 * 1.3 * len(title) + 4
    start = below_title + 13 * 1.3 * len(subtitle) + 12
    foot = start + height
    markup = render(
        "accords.publish",
        "titled.svg.j2",
        namespace=svg.SVG,
        font=theme.FONT,
        meta=meta,
        # Lines, where the room before the first begins, how far they are apart, and their look.
        blocks=[
            (title, 8, 18 * 1.3, 'font-size="18" font-weight="bold" fill="var(--ink)"'),
            (subtitle, below_title, 13 * 1.3, 'font-size="13" fill="var(--muted)"'),
            (feet, foot, 15, 'font-size="11" fill="var(--muted)"'),
        ],
        edge=EDGE,
        width=round(width),
        # A whole number of px: browsers round the last row of a picture in different ways.
        height=math.ceil(foot + 15 * len(feet) + 10),
        left=round(left),
        down=f"{start - top:g}",
        drawing=Markup(re.sub(r"^<svg[^>]*>|</svg>$", "", picture)),
    )
    return svg.literal(markup)


@functools.cache
def _own_code() -> str:
    files = (Path(__file__), Path(svg.__file__), Path(theme.__file__))
    return digest(*(file.read_text(encoding="utf-8") for file in files))
