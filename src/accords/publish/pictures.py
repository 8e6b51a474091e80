"""Static pictures: drawn once by the browser, kept by their content, written for page and file."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import json
import math
import os
import re
import textwrap
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from accords.charts import theme
from accords.publish import svg
from accords.publish.browser import BUNDLE, Browser
from accords.templates import render

MARGIN = 8
"""Room in px left above and below what is seen."""

EDGE = 16
"""Room in px at the sides of a file that stands alone."""

Figure = dict[str, Any]
"""A Plotly figure as it stands in a notebook's output."""


class Picture(NamedTuple):
    """One chart, drawn for a desk and for a phone: SVG without title, for inside a page."""

    wide: str
    narrow: str


class Pictures:
    """Draws figures in the background and keeps what was drawn.

    Parameters
    ----------
    browser
        The browser that draws.
    cache
        Folder to keep drawings in, by the hash of all that they depend on.
    """

    def __init__(self, browser: Browser, cache: Path) -> None:
        self.browser = browser
        self.cache = cache
        self._pool = ThreadPoolExecutor(2)

    def request(self, figure: Figure) -> Future[Picture]:
        """Ask for the picture of a figure; the future gives it."""
        return self._pool.submit(self._picture, figure)

    def png(self, titled_svg: str) -> bytes:
        """Return a titled SVG as a PNG of twice its size: kept from before, or drawn now."""
        kept = self.cache / f"{digest(titled_svg, self.browser.version, _own_code())}.png"
        if holds(kept):
            return kept.read_bytes()
        _, _, width, height = svg.view_box(titled_svg)
        content = self.browser.photograph(titled_svg, width, height).result()
        write(kept, content)
        return content

    def close(self) -> None:
        """Drop what is still waiting to be drawn."""
        self._pool.shutdown(cancel_futures=True)

    def _picture(self, figure: Figure) -> Picture:
        sizes = [untitled(figure, narrow=narrow) for narrow in (False, True)]
        # Both are asked for before either is waited for, so that the browser is never idle.
        drawings = [self._drawing(size) for size in sizes]
        return Picture(*(drawing() for drawing in drawings))

    def _drawing(self, figure: Figure) -> functools.partial[str]:
        key = digest(figure, BUNDLE.name, self.browser.version, _own_code())
        kept = self.cache / f"{key}.svg"
        if holds(kept):
            return functools.partial(kept.read_text, encoding="utf-8")
        return functools.partial(self._drawn, self.browser.draw(figure), figure, kept)

    def _drawn(self, drawing: Future[tuple[str, float, float]], figure: Figure, kept: Path) -> str:
        markup, top, bottom = drawing.result()
        width, height = figure["layout"]["width"], figure["layout"]["height"]
        above = max(0, int(top) - MARGIN)
        below = min(height, int(bottom) + 1 + MARGIN)
        cropped = re.sub(
            r'viewBox="[^"]*"',
            f'viewBox="0 {above} {width} {below - above}"',
            svg.lean(markup),
            count=1,
        )
        write(kept, cropped.encode())
        return cropped


def untitled(figure: Figure, *, narrow: bool) -> Figure:
    """Return the figure as it is drawn: without its title, at the width of a desk or of a phone."""
    layout = figure["layout"]
    if narrow:
        layout = _updated(layout, layout["meta"]["narrow"])
    kept = {name: value for name, value in layout.items() if name not in ("title", "meta")}
    kept["width"] = theme.NARROW if narrow else theme.WIDE
    kept.setdefault("height", 420)
    return {"data": figure["data"], "layout": kept}


def titled(picture: str, meta: dict[str, Any], source: str) -> str:
    """Compose the file that stands alone: title, subtitle, drawing and source, on white.

    Parameters
    ----------
    picture
        The drawing as the page has it.
    meta
        What :func:`accords.charts.theme.finish` put on the figure.
    source
        The line at the foot: source, edition and licence.
    """
    left, top, width, height = svg.view_box(picture)
    lines: list[dict[str, Any]] = []
    y = 8.0
    for text, size, token, columns in (
        (meta["title"], 18, "ink", 80),
        (meta["subtitle"], 13, "muted", 112),
    ):
        for line in textwrap.wrap(text, columns):
            y += size * 1.3
            lines.append({"text": line, "y": f"{y:g}", "size": size, "token": token})
        y += 4
    foot = y + 8 + height
    feet = textwrap.wrap(source, 132)
    for number, line in enumerate(feet, start=1):
        place = f"{foot + 15 * number:g}"
        lines.append({"text": line, "y": place, "size": 11, "token": "muted"})
    markup = render(
        "accords.publish",
        "titled.svg.j2",
        namespace=svg.SVG,
        font=theme.FONT,
        meta=meta,
        lines=lines,
        titles=len(textwrap.wrap(meta["title"], 80)),
        edge=EDGE,
        width=round(width),
        # A whole number of px: browsers round the last row of a picture in different ways.
        height=math.ceil(foot + 15 * len(feet) + 10),
        left=round(left),
        down=f"{y + 8 - top:g}",
        drawing=Markup(re.sub(r"^<svg[^>]*>|</svg>$", "", picture)),
    )
    return svg.literal(markup)


def contact_sheet(shown: Iterable[Mapping[str, Any]], source: str) -> str:
    """Write the page that shows all figures, smaller, with their titles and files.

    Parameters
    ----------
    shown
        What the page says of each figure; its ``name`` is that of its files.
    source
        The line at the foot, as for :func:`titled`.
    """
    figures = sorted(shown, key=lambda meta: str(meta["name"]))
    return render("accords.publish", "contact.html.j2", figures=figures, source=source)


def digest(*parts: object) -> str:
    """Hash texts and JSON values."""
    hashed = hashlib.sha256()
    for part in parts:
        text = part if isinstance(part, str) else json.dumps(part, sort_keys=True)
        hashed.update(text.encode())
        hashed.update(b"\0")
    return hashed.hexdigest()[:32]


def write(file: Path, content: bytes) -> None:
    """Keep a file in a cache, written beside itself and moved into place.

    A cache that cannot be written keeps nothing: whoever writes has the content at hand.
    """
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.part")
        beside.write_bytes(content)
        beside.replace(file)


def holds(file: Path) -> bool:
    """Say whether a cache has a file, and mark it as used: see :func:`prune`."""
    with contextlib.suppress(OSError):
        os.utime(file)
    return file.is_file()


def prune(cache: Path, since: float, builds: int = 4) -> None:
    """Keep of a cache what was used since a time, and what few builds of that size used before."""
    with contextlib.suppress(OSError):
        ages = sorted(((file.stat().st_mtime, file) for file in cache.iterdir()), reverse=True)
        used = sum(time >= since for time, _ in ages)
        for _, file in ages[builds * used :]:
            file.unlink(missing_ok=True)


@functools.cache
def _own_code() -> str:
    files = (Path(__file__), Path(svg.__file__), Path(theme.__file__))
    return digest(*(file.read_text(encoding="utf-8") for file in files))


def _updated(layout: Any, changes: Any) -> Any:
    """Change parts of a layout as ``go.Layout.update`` does, without its validation.

    Objects are changed property by property, lists of objects item by item; the rest is replaced.
    """
    if isinstance(changes, Mapping) and isinstance(layout, Mapping):
        changed = {name: _updated(layout.get(name), part) for name, part in changes.items()}
        return {**layout, **changed}
    if isinstance(layout, list) and any(isinstance(part, Mapping) for part in changes):
        unchanged: Figure = {}
        pairs = itertools.zip_longest(layout, changes, fillvalue=unchanged)
        return [_updated(item, part) for item, part in pairs]
    return changes
