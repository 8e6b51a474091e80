"""What every chart carries: a name, a caption, the numbers behind it, and how they were made."""

from __future__ import annotations

import functools
import html
import math
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from accords.charts.theme import WIDE, safe
from accords.dataset import Dataset, edtf
from accords.words import Caption, LeftOut, filtered, tied

Draw = Callable[..., go.Figure | None]


def chart(
    name: str,
    *,
    method: Callable[..., pd.DataFrame],
    caption: Callable[..., Caption],
    columns: Mapping[str, str],
    labels: Mapping[str, Mapping[str, str]] | None = None,
    empty: str,
) -> Callable[[Draw], Callable[..., go.Figure | LeftOut]]:
    """Make a chart of a function that draws a table; its file is called ``name``.

    The function takes the dataset, for names, and the table that ``method`` makes, whose docstring
    says how; further tables and options follow. It returns a figure of ``scatter`` and ``bar``
    traces in the theme's colours, or None where nothing could be drawn: then ``empty`` says what
    is missing. ``caption`` writes title, subtitle and alternative text from the same arguments;
    ``columns`` and ``labels`` say what readers get of the table (see :func:`readable`).
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
                "data": _listed(readable(dataset, table, columns, labels)),
            }
            if dataset.choice:
                meta["subtitle"] += f" {filtered(dataset.choice)}"
            return _framed(figure, meta)

        return drawn

    return made


def readable(
    dataset: Dataset, table: pd.DataFrame, columns: Mapping[str, str],
    labels: Mapping[str, Mapping[str, str]] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return a table for readers: codes as names, dates in words, infinite numbers as missing.

    ``columns`` has the wanted ones, in order, and their headings; ``labels`` the names of codes, by
    column, that the dataset's code lists do not name.
    """
    names = {
        **dict.fromkeys(("state", "partner", "party"), dataset.party_names),
        "domain": dataset.labels("domain_codes"),
        "family": dataset.labels("families"),
        "kind": dataset.labels("source_kinds"),
        "voice": dataset.labels("voices"),
        **(labels or {}),
    }
    shown = {}
    for column, heading in columns.items():
        values = table[column]
        if column in names:
            values = values.map(names[column]).fillna(values)
        elif column == "date":
            values = values.map(edtf.spoken, na_action="ignore")
        elif pd.api.types.is_float_dtype(values):
            values = values.astype(float).replace([math.inf, -math.inf], math.nan)
        shown[heading] = values
    return pd.DataFrame(shown)


def phone(figure: go.Figure, **layout: Any) -> None:
    """Change the layout at phone width, as ``figure.update_layout`` does for all widths."""
    meta = figure.layout.meta or {}
    narrow = go.Layout(meta.get("narrow"))
    narrow.update(layout)
    figure.layout.meta = {**meta, "narrow": narrow.to_plotly_json()}


def _framed(figure: go.Figure, meta: dict[str, Any]) -> go.Figure:
    """Set the heading over the drawing and make room for it and for the legend."""
    narrow = (figure.layout.meta or {}).get("narrow", {})
    meta["title"], meta["subtitle"] = tied(meta["title"]), tied(meta["subtitle"])
    title, small = textwrap.wrap(meta["title"], 78), textwrap.wrap(meta["subtitle"], 104)
    room = 40 + 21 * len(title) + 21 * len(small) + 24 * _legend_rows(figure)
    room += figure.layout.margin.t or 0
    height = room + (figure.layout.height or 360)
    figure.update_layout(
        template="accords",
        height=height,
        title={
            "text": f"<b>{'<br>'.join(map(safe, title))}</b><br>"
            f"<span style='font-size:12px'>{'<br>'.join(map(safe, small))}</span>",
            "y": 1 - 14 / height,
        },
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


def _listed(data: pd.DataFrame) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return ", ".join(map(str, value))
        if pd.isna(value):
            return None
        return value.item() if hasattr(value, "item") else value

    rows = [[plain(value) for value in row] for row in data.itertuples(index=False, name=None)]
    return {"columns": list(map(str, data.columns)), "rows": rows}
