"""Panels: side by side at a desk and one above another on a phone, or stacked over one x axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from accords.charts import theme


class Columns(NamedTuple):
    """Axes of the panels, and the changes to the layout that stack them."""

    axes: list[tuple[str, str]]
    narrow: dict[str, Any]


def columns(
    figure: go.Figure,
    titles: Sequence[str],
    inks: Sequence[str],
    *,
    gap: float = 0.06,
    room: float = 0.07,
) -> Columns:
    """Lay out one panel for each title, with the title above it.

    Parameters
    ----------
    figure
        The figure; its axes ``x``, ``x2`` ... and ``y``, ``y2`` ... become the panels.
    titles, inks
        Text and colour of each panel's title.
    gap
        Share of the width between panels, which the labels of an axis can take.
    room
        Share of the height that a title takes where they are stacked.
    """
    n = len(titles)
    width = (1 - gap * (n - 1)) / n
    height = 1 / n - room
    axes: list[tuple[str, str]] = []
    narrow: dict[str, Any] = {}
    wide_notes, narrow_notes = [], []
    top = 1.0
    for k, (title, ink) in enumerate(zip(titles, inks, strict=True)):
        suffix = "" if k == 0 else str(k + 1)
        left = k * (width + gap)
        figure.update_layout(
            {
                f"xaxis{suffix}": {"domain": [left, left + width], "anchor": f"y{suffix}"},
                f"yaxis{suffix}": {"domain": [0, 1], "anchor": f"x{suffix}"},
            }
        )
        top -= room
        bottom = max(0.0, top - height)
        narrow[f"xaxis{suffix}"] = {"domain": [0, 1]}
        narrow[f"yaxis{suffix}"] = {"domain": [bottom, top]}
        note = {
            "text": f"<b>{theme.safe(title)}</b>", "showarrow": False, "xref": "paper",
            "yref": "paper", "xanchor": "left", "yanchor": "bottom",
            "font": {"size": 13, "color": ink},
        }  # fmt: skip
        wide_notes.append({**note, "x": left, "y": 1.0, "yshift": 4})
        narrow_notes.append({**note, "x": 0, "y": top, "yshift": 2})
        top = bottom
        axes.append((f"x{suffix}", f"y{suffix}"))
    figure.update_layout(annotations=wide_notes)
    narrow["annotations"] = narrow_notes
    return Columns(axes, narrow)


def panels(
    figure: go.Figure, sizes: Sequence[float], *, gap: float = 0.12, head: float = 0.06
) -> list[str]:
    """Stack y axes over one x axis and give their names from the top.

    Each is as high as its size in proportion, so that one unit has the same length in all. ``gap``
    is the space between two and ``head`` that above the first, as shares of the drawing's height.
    """
    free = 1 - head - gap * (len(sizes) - 1)
    top, names = 1 - head, []
    for n, size in enumerate(sizes):
        height = free * size / sum(sizes)
        number = "" if n == 0 else str(n + 1)
        figure.update_layout({f"yaxis{number}": {"domain": [max(0.0, top - height), top]}})
        names.append(f"y{number}")
        top -= height + gap
    figure.update_xaxes(anchor=names[-1])
    return names


def write_behind(
    figure: go.Figure,
    ends: Sequence[float] | pd.Series,
    rows: Sequence[float],
    texts: Iterable[object],
    **trace: Any,
) -> None:
    """Write a text behind the end of each row's bar."""
    trace = {"textfont": {"size": 12}} | trace
    figure.add_scatter(
        x=ends, y=rows, mode="text", text=[f"{theme.NBSP}{text}" for text in texts],
        textposition="middle right", showlegend=False, cliponaxis=False, **trace,
    )  # fmt: skip


def annotate(figure: go.Figure, narrow: dict[str, Any], **note: Any) -> None:
    """Write one note at both widths; changes for the phone go under ``narrow_note``."""
    changes = note.pop("narrow_note", {})
    note = {"showarrow": False, "font": {"size": 12, "color": theme.colour("muted")}} | note
    figure.add_annotation(**note)
    narrow.setdefault("annotations", []).append(note | changes)
