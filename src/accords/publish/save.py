"""Saving a figure for a paper or a slide, drawn by the browser that draws the report's."""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from accords.dataset.export import written
from accords.errors import AccordsError
from accords.publish import browser

if TYPE_CHECKING:
    import plotly.graph_objects as go


def save_figure(
    figure: go.Figure,
    path: str | os.PathLike[str],
    *,
    width: float | None = None,
    height: float | None = None,
    dpi: int = 300,
) -> Path:
    """Save a Plotly figure as PNG or SVG, by the file's ending; return the file.

    ``width`` and ``height`` are in px of 1/96 inch, to which text and lines keep their proportion:
    605 px fill the 16 cm of a page, and have 1,891 dots in a PNG of 300 dpi. By default they are
    the figure's own, else 760 by 420. An :class:`AccordsError` says what keeps it from being drawn.
    """
    target = Path(path)
    form = target.suffix.lower()
    if form not in (".png", ".svg"):
        raise AccordsError(f"{target}: no such format. Save as .png or .svg.")
    if (found := browser.find()) is None:
        raise AccordsError(f"{target}: cannot be drawn. {browser.missing()}")
    drawn = json.loads(figure.to_json())
    layout = drawn["layout"]
    layout["width"] = width or layout.get("width") or 760
    layout["height"] = height or layout.get("height") or 420
    # A picture stands on paper, whatever the page was on which the chart was seen.
    layout.setdefault("paper_bgcolor", "white")

    async def drawing() -> bytes:
        async with browser.Browser(found) as running:
            markup, _, _ = await running.draw(drawn)
            if form == ".svg":
                return markup.encode()
            png = await running.photograph(markup, layout["width"], layout["height"], dpi / 96)
            return _with_resolution(png, dpi)

    return written(target, browser.completed(drawing()))


def _with_resolution(png: bytes, dpi: int) -> bytes:
    """Write into a PNG how many dots a metre has (its chunk ``pHYs``), behind the header."""
    per_metre = round(dpi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    sized = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:33] + sized + png[33:]
