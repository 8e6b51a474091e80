"""The page on paper: the brief, the report and the register, each a PDF of its own.

The style sheet ``print.css`` says how each looks, ``data-in`` in the templates what each holds.
"""

import asyncio
import io
import re
from pathlib import Path

import pandas as pd
from pypdf import PdfReader

from accords.publish.browser import Browser

PRINTS = {
    "brief.pdf": "the brief alone, to hand on",
    "report.pdf": "the brief and the chapters",
    "register.pdf": "every partner, agreement and source",
}
"""The PDFs that lie beside the page, and what each holds."""

NUMBERED = "report.pdf"  # whose contents have page numbers; the register, long to print, has links


async def prints(running: Browser, page: Path, released: pd.Timestamp) -> dict[str, bytes]:
    """Print a page in its three parts, side by side; see :class:`Browser` for what is raised."""

    async def made(name: str) -> bytes:
        part = Path(name).stem
        pdf = await running.pdf(page, part)
        if name == NUMBERED:
            pdf = await running.pdf(page, part, await asyncio.to_thread(starts, pdf))
        return await asyncio.to_thread(settled, pdf, released)

    return dict(zip(PRINTS, await asyncio.gather(*map(made, PRINTS)), strict=True))


def starts(pdf: bytes) -> dict[str, int]:
    """Find the page on which each target of a link stands, by the target's identifier."""
    reader = PdfReader(io.BytesIO(pdf))
    found = {
        name.removeprefix("/"): reader.get_destination_page_number(place)
        for name, place in reader.named_destinations.items()
    }
    return {name: number + 1 for name, number in found.items() if number is not None}


def settled(pdf: bytes, released: pd.Timestamp) -> bytes:
    """Put the edition's date for the clock's and count marks from one; no length changes."""
    stamp = f"{released:%Y%m%d%H%M%S}+00'00'".encode()
    pdf = re.sub(
        rb"/(CreationDate|ModDate) \(D:[^)]*\)",
        lambda match: b"/%s (D:%s)" % (match[1], stamp),
        pdf,
    )
    marks = sorted(set(re.findall(rb"\(node(\d{8})\)", pdf)))
    number = {mark: b"(node%08d)" % n for n, mark in enumerate(marks, start=1)}
    return re.sub(rb"\(node(\d{8})\)", lambda match: number[match[1]], pdf)
