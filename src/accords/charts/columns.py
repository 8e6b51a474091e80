"""Panels that stand side by side at a desk and one above another on a phone."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from accords.charts import theme

NBSP = "\N{NO-BREAK SPACE}"
"""Keeps a label off its bar; an ordinary space at the start of a text is dropped in drawing."""


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
    weights: Sequence[float] | None = None,
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
    weights
        Relative heights of the panels where they are stacked.
    room
        Share of the height that a title takes where they are stacked.
    """
    n = len(titles)
    width = (1 - gap * (n - 1)) / n
    heights = [w / sum(weights or [1] * n) * (1 - room * n) for w in weights or [1] * n]
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
        bottom = max(0.0, top - heights[k])
        narrow[f"xaxis{suffix}"] = {"domain": [0, 1]}
        narrow[f"yaxis{suffix}"] = {"domain": [bottom, top]}
        note = {
            "text": f"<b>{html.escape(title)}</b>", "showarrow": False, "xref": "paper",
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


def annotate(figure: go.Figure, narrow: dict[str, Any], **note: Any) -> None:
    """Write one note at both widths; changes for the phone go under ``narrow_note``."""
    changes = note.pop("narrow_note", {})
    note = {"showarrow": False, "font": {"size": 12, "color": theme.colour("muted")}} | note
    figure.add_annotation(**note)
    narrow.setdefault("annotations", []).append(note | changes)


def each(
    narrow: dict[str, Any], axes: Sequence[tuple[str, str]], which: str, **change: Any
) -> None:
    """Change every ``x`` or ``y`` axis of the panels at phone width."""
    for x, y in axes:
        axis = x if which == "x" else y
        narrow.setdefault(f"{axis[0]}axis{axis[1:]}", {}).update(change)
