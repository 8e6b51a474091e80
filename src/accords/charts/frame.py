"""What every chart carries: a name, a caption, the numbers behind it, and how they were made."""

import functools
import html
import itertools
import math
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from accords.charts.theme import WIDE, wrapped
from accords.dataset import Dataset, edtf
from accords.words import Caption, LeftOut, filtered, tied

Draw = Callable[..., go.Figure | None]

HEADINGS = {
    "academic": "Academic list", "agreement_id": "Record", "alone": "On this kind alone",
    "amount": "Value carried", "chance": "Same partner", "count": "Agreements",
    "days": "Days after signature", "end": "To", "family": "Domains", "figures": "Sources say",
    "high": "High (95 %)", "joint": "Same list given for", "kind": "Kind of source",
    "label": "Step", "last": "Latest", "low": "Low (95 %)", "observed": "Years observed",
    "official": "Official voice", "own": "Our reading", "party": "By", "rate": "A year",
    "start": "From", "subregion": "Region", "support": "Supported by", "title": "Contract",
}  # fmt: skip
"""What readers call the columns of the measures, where not by the column's own name."""


def chart(
    name: str,
    method: Callable[..., pd.DataFrame],
    caption: Callable[..., Caption],
    columns: str,
    *,
    empty: str,
    labels: Mapping[str, Mapping[str, str]] | None = None,
    **headings: str,
) -> Callable[[Draw], Callable[..., go.Figure | LeftOut]]:
    """Make a chart of a function that draws a table; its file is called ``name``.

    The function takes the dataset, for names, and the table that ``method`` makes, whose docstring
    says how; further tables and options follow. It returns a figure of ``scatter`` and ``bar``
    traces in the theme's colours, or None where nothing could be drawn: then ``empty`` says what
    is missing. ``caption`` writes title, subtitle and alternative text from the same arguments.
    Readers get the ``columns`` of the table that are named, under their :data:`HEADINGS` or those
    given here; ``labels`` names codes, by column, that the dataset's code lists do not.
    """

    def made(draw: Draw) -> Callable[..., go.Figure | LeftOut]:
        @functools.wraps(draw)
        def drawn(dataset: Dataset, table: pd.DataFrame, *more: Any, **options: Any) -> Any:
            figure = None if table.empty else draw(dataset, table, *more, **options)
            if figure is None:
                return LeftOut(empty)
            meta = {
                "name": name,
                **caption(dataset, table, *more, **options)._asdict(),
                "measure": f"{method.__module__}.{method.__qualname__}",
                "method": " ".join((method.__doc__ or "").strip().split("\n\n")[0].split()),
                "function": f"{draw.__module__}.{draw.__qualname__}",
                "narrow": {},
                "data": {
                    "columns": [
                        {**HEADINGS, **headings}.get(c, c.replace("_", " ").capitalize())
                        for c in columns.split()
                    ],
                    "rows": _rows(dataset, table[columns.split()], labels or {}),
                },
            }
            if dataset.choice:
                meta["subtitle"] += f" {filtered(dataset.choice)}"
            return _framed(figure, meta)

        return drawn

    return made


def _rows(
    dataset: Dataset, table: pd.DataFrame, labels: Mapping[str, Mapping[str, str]]
) -> list[list[Any]]:
    """Return the rows of a table for readers: codes as names, dates in words, plain numbers."""
    names = {
        **dict.fromkeys(("state", "partner", "party"), dataset.party_names),
        "domain": dataset.labels("domain_codes"),
        "family": dataset.labels("families"),
        "kind": dataset.labels("source_kinds"),
        "voice": dataset.labels("voices"),
        **labels,
    }

    def plain(column: Hashable, value: Any) -> Any:
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        if pd.isna(value) or value in (math.inf, -math.inf):
            return None
        if column == "date":
            return edtf.spoken(value)
        value = names.get(str(column), {}).get(value, value)
        return value.item() if hasattr(value, "item") else value

    return [[plain(c, v) for c, v in row.items()] for row in table.to_dict("records")]


def phone(figure: go.Figure, **layout: Any) -> None:
    """Change the layout at phone width, as ``figure.update_layout`` does for all widths."""
    meta = figure.layout.meta or {}
    figure.layout.meta = {**meta, "narrow": updated(meta.get("narrow"), layout)}


def updated(layout: Any, changes: Any) -> Any:
    """Change parts of a layout as ``go.Layout.update`` does, without its slow validation."""
    if isinstance(changes, Mapping) and isinstance(layout, Mapping):
        changed = {name: updated(layout.get(name), part) for name, part in changes.items()}
        return {**layout, **changed}
    if isinstance(layout, list) and any(isinstance(part, Mapping) for part in changes):
        unchanged: dict[str, Any] = {}
        pairs = itertools.zip_longest(layout, changes, fillvalue=unchanged)
        return [updated(item, part) for item, part in pairs]
    return changes


def _framed(figure: go.Figure, meta: dict[str, Any]) -> go.Figure:
    narrow = (figure.layout.meta or {}).get("narrow", {})
    meta["title"], meta["subtitle"] = tied(meta["title"]), tied(meta["subtitle"])
    heading = f"<b>{wrapped(meta['title'], 78)}</b><br>"
    heading += f"<span style='font-size:12px'>{wrapped(meta['subtitle'], 104)}</span>"
    room = 61 + 21 * heading.count("<br>") + 24 * _legend_rows(figure)
    room += figure.layout.margin.t or 0
    height = room + (figure.layout.height or 360)
    figure.update_layout(
        template="accords",
        height=height,
        title={"text": heading, "y": 1 - 14 / height},
        margin={"t": room},
        meta={**meta, "narrow": narrow},
    )
    return figure


def _legend_rows(figure: go.Figure) -> int:
    """Estimate the rows that the legend above the plot takes at the wide width."""
    named = {html.unescape(trace.name) for trace in figure.data if trace.showlegend and trace.name}
    if len(named) < 2:
        return 0
    return math.ceil(len(named) * (max(map(len, named)) * 7 + 50) / WIDE)
