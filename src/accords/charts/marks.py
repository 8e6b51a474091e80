"""The marks that charts are made of, each drawn once, at desk and at phone width.

A mark takes a figure, the panel that it is drawn in and columns of a table; texts are escaped here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from accords.charts.frame import phone
from accords.charts.theme import (
    NBSP,
    colour,
    on_scale,
    safe,
    scale,
    state_colours,
    state_symbols,
)

Panel = dict[str, str]
"""The axes that a mark is drawn on: ``{"xaxis": "x2", "yaxis": "y2"}``."""

HEAD = 26
"""Height in px of a panel's title."""


def panels(
    titles: Sequence[str],
    *,
    inks: Sequence[str] | None = None,
    sizes: Sequence[float] | None = None,
    across: bool = False,
    height: int,
    phone_height: int | None = None,
    gap: int = 20,
) -> tuple[go.Figure, list[Panel]]:
    """Lay out one panel for each title: one above another, or side by side on a desk.

    Parameters
    ----------
    titles
        Written over each panel; an empty text takes no room.
    inks
        Colours of the titles; by default that of text.
    sizes
        Relative heights of stacked panels, so that one unit is as long in all.
    across
        Side by side at desk width; at phone width panels are always stacked.
    height, phone_height
        Of the drawing in px, without the chart's own heading.
    gap
        Px between panels, besides their titles: what the labels of an axis need.
    """
    n = len(titles)
    inks = inks or [colour("ink")] * n
    head = HEAD if any(titles) else 0
    phone_height = phone_height or height

    def stacked(total: int) -> go.Figure:
        spacing = (gap + head) / total if n > 1 else 0
        return make_subplots(rows=n, cols=1, row_heights=sizes, vertical_spacing=spacing)

    figure = make_subplots(rows=1, cols=n, horizontal_spacing=0.08) if across else stacked(height)
    small = stacked(phone_height)
    axes = [{"xaxis": f"x{k or ''}", "yaxis": f"y{k or ''}"} for k in (0, *range(2, n + 1))]
    for layout, drawing in ((figure.layout, figure), (None, small)):
        notes = [
            {
                "text": f"<b>{safe(title)}</b>", "showarrow": False, "xref": "paper",
                "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 4,
                "x": drawing.layout[f"xaxis{axis['xaxis'][1:]}"].domain[0],
                "y": drawing.layout[f"yaxis{axis['yaxis'][1:]}"].domain[1],
                "font": {"size": 13, "color": ink},
            }
            for title, ink, axis in zip(titles, inks, axes, strict=True)
            if title
        ]  # fmt: skip
        if layout is not None:
            layout.annotations = notes
            layout.height = height
            layout.margin.t = head
            layout.legend.y = 1 + (head + 4) / height
        else:
            domains = {
                f"{name}{axis[f'{name[0]}axis'][1:]}": {
                    "domain": list(small.layout[f"{name}{axis[f'{name[0]}axis'][1:]}"].domain)
                }
                for axis in axes
                for name in ("xaxis", "yaxis")
            }
            phone(
                figure, annotations=notes, height=phone_height + head + 20,
                legend={"y": 1 + (head + 4) / phone_height},
                margin={"l": 4, "r": 8, "t": head + 4, "b": 8}, **domains,
            )  # fmt: skip
    return figure, axes


def settle(figure: go.Figure, panel: Panel, *, x: Any = None, y: Any = None) -> None:
    """Set the axes of one panel."""
    for name, settings in (("xaxis", x), ("yaxis", y)):
        if settings:
            figure.update_layout({f"{name}{panel[name][1:]}": settings})


def rows(
    figure: go.Figure,
    panel: Panel,
    labels: Sequence[str],
    *,
    short: Sequence[str] | None = None,
    bold: Sequence[bool] | None = None,
) -> list[int]:
    """Name one row of marks for each label, the first at the top; return their places.

    ``short`` labels stand at phone width. A no-break space before each keeps it off the edge.
    """
    places = list(range(len(labels)))[::-1]
    strong = bold or [False] * len(labels)

    def named(texts: Sequence[str]) -> list[str]:
        lines = ["<br>".join(map(safe, text.split("\n"))) for text in texts]
        return [
            f"{NBSP}<b>{line}</b>" if b else f"{NBSP}{line}"
            for line, b in zip(lines, strong, strict=True)
        ]

    axis = {
        "tickvals": places, "ticktext": named(labels), "range": [-0.6, len(labels) - 0.4],
        "showgrid": False, "zeroline": False, "tickfont": {"size": 12, "color": colour("ink")},
    }  # fmt: skip
    settle(figure, panel, y=axis)
    narrow = {"tickfont": {"size": 11, "color": colour("ink")}, "ticktext": named(short or labels)}
    phone(figure, **{f"yaxis{panel['yaxis'][1:]}": narrow})
    return places


def bars(
    figure: go.Figure,
    panel: Panel,
    lengths: Iterable[float],
    places: Iterable[float],
    *,
    ink: str,
    hover: Iterable[str] | None = None,
    **trace: Any,
) -> None:
    """Draw horizontal bars, one a row."""
    figure.add_bar(
        x=list(lengths), y=list(places), orientation="h", showlegend=False, **panel,
        **_told(hover), **{"width": 0.72, "marker": {"color": ink}, **trace},
    )  # fmt: skip


def written(
    figure: go.Figure, panel: Panel, ends: Iterable[float], places: Iterable[float],
    texts: Iterable[object], **trace: Any,
) -> None:  # fmt: skip
    """Write a text behind the end of each row's bar."""
    figure.add_scatter(
        x=list(ends), y=list(places), mode="text", text=[f"{NBSP}{safe(text)}" for text in texts],
        textposition="middle right", showlegend=False, cliponaxis=False, hoverinfo="skip",
        **panel, **trace,
    )  # fmt: skip


def stacked(
    figure: go.Figure,
    panel: Panel,
    parts: Mapping[str, Sequence[float]],
    places: Sequence[float],
    *,
    inks: Mapping[str, tuple[str, str]],
    text: Mapping[str, Sequence[str]],
    hover: Mapping[str, Sequence[str]],
) -> None:
    """Draw parts of a whole as stacked bars, a legend entry a part.

    Parameters
    ----------
    figure, panel
        Where they are drawn.
    parts
        Lengths of each part, by its name, one for each of ``places``.
    places
        Rows.
    inks
        Colours of each part and of the text on it.
    text, hover
        What is written on and said of each length; a text that does not fit is hidden.
    """
    for part, lengths in parts.items():
        ink, on = inks[part]
        bars(
            figure, panel, lengths, places, ink=ink, hover=hover[part], name=safe(part),
            marker={"color": ink, "line": {"color": colour("paper"), "width": 1}},
            text=text[part], textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"size": 12, "color": on},
        )  # fmt: skip
        figure.data[-1].showlegend = len(parts) > 1
    figure.update_layout(
        barmode="stack", uniformtext={"minsize": 11, "mode": "hide"},
        legend={"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
    )  # fmt: skip


def dots(
    figure: go.Figure,
    panel: Panel,
    values: pd.Series,
    places: Sequence[float],
    *,
    low: pd.Series | None = None,
    high: pd.Series | None = None,
    ink: str,
    symbol: str = "circle",
    name: str = "",
    hover: Iterable[str] | None = None,
    **trace: Any,
) -> None:
    """Draw a value a row, with a line over its interval; named, it stands in the legend."""
    if low is not None and high is not None:
        strokes(
            figure, panel,
            ([(a, y), (b, y)] for a, b, y in zip(low, high, places, strict=True)),
            ink=ink, width=3, opacity=0.5,
        )  # fmt: skip
    figure.add_scatter(
        x=list(values), y=list(places), name=safe(name), showlegend=bool(name), cliponaxis=False,
        **panel, **_told(hover),
        **{
            "mode": "markers",
            "marker": {"size": 10, "color": ink, "symbol": symbol,
                       "line": {"color": colour("paper"), "width": 1}},
            **trace,
        },
    )  # fmt: skip
    figure.update_layout(legend={"itemclick": False, "itemdoubleclick": False})


def points(
    figure: go.Figure,
    panel: Panel,
    table: pd.DataFrame,
    code: str,
    places: Mapping[str, int],
    *,
    names: Mapping[str, str],
    hover: Callable[[Mapping[Any, Any]], str],
) -> None:
    """Draw shares with their intervals: a row a code, and in it a mark for each state.

    Parameters
    ----------
    figure, panel
        Where they are drawn.
    table
        ``state``, the codes, ``share``, ``low`` and ``high``.
    code
        Column of the codes.
    places
        Row of each code.
    names
        Names of the focus states, in the order of their colours.
    hover
        Says what a mark stands for, from its row of the table.
    """
    states = [state for state in names if (table["state"] == state).any()]
    inks, symbols = state_colours(list(names)), state_symbols(list(names))
    for k, state in enumerate(states):
        own = table[table["state"] == state]
        shift = 0.36 * ((len(states) - 1) / 2 - k) / max(1, len(states) - 1)
        dots(
            figure, panel, own["share"], [places[c] + shift for c in own[code]], low=own["low"],
            high=own["high"], ink=inks[state], symbol=symbols[state], name=names[state],
            hover=[hover(row) for row in own.to_dict("records")],
        )  # fmt: skip
    settle(
        figure, panel,
        x={"range": [-0.012, 1.03], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1],
           "zeroline": False},
    )  # fmt: skip


def cells(
    figure: go.Figure,
    panel: Panel,
    x: Sequence[float],
    y: Sequence[float],
    *,
    shares: Sequence[float],
    text: Sequence[object],
    hover: Iterable[str],
    size: int = 26,
) -> None:
    """Draw squares shaded by a share, each with a text on it."""
    figure.add_scatter(
        x=list(x), y=list(y), mode="markers+text", showlegend=False, **panel, **_told(hover),
        marker={"symbol": "square", "size": size, "color": [scale(s) for s in shares]},
        text=[safe(t) for t in text],
        textfont={"size": 12, "color": [on_scale(s) for s in shares]},
    )  # fmt: skip


def band(
    figure: go.Figure, panel: Panel, edges: Iterable[Sequence[tuple[Any, Any]]], ink: str
) -> None:
    """Shade areas, each given by the points of its edge."""
    figure.add_scatter(
        **_points(edges), **panel, mode="lines", fill="toself", fillcolor=ink, opacity=0.2,
        line={"color": ink, "width": 0}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def strokes(
    figure: go.Figure,
    panel: Panel,
    lines: Iterable[Sequence[tuple[Any, Any]]],
    *,
    ink: str,
    width: float = 3,
    dash: str = "solid",
    hover: Iterable[Sequence[str]] | None = None,
    **trace: Any,
) -> None:
    """Draw lines, each through its points, and say something of each point."""
    said = None if hover is None else [text for line in hover for text in (*line, "")]
    figure.add_scatter(
        **_points(lines), **panel, **_told(said), mode="lines", showlegend=False,
        line={"color": ink, "width": width, "dash": dash}, **trace,
    )  # fmt: skip


def note(figure: go.Figure, text: str, narrow: Mapping[str, Any] | None = None, **at: Any) -> None:
    """Write a note at both widths (Plotly's markup; escape what comes from the data).

    ``narrow`` changes it at phone width.
    """
    at = {"text": text, "showarrow": False, "font": {"size": 12, "color": colour("muted")}, **at}
    figure.add_annotation(**at)
    notes = (figure.layout.meta or {}).get("narrow", {}).get("annotations", [])
    phone(figure, annotations=[*notes, {**at, **(narrow or {})}])


def _points(lines: Iterable[Sequence[tuple[Any, Any]]]) -> dict[str, list[Any]]:
    """Put lines of points (x, y) into one trace, a gap after each."""
    points = [point for line in lines for point in (*line, (None, None))]
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}


def _told(hover: Iterable[str] | None) -> dict[str, Any]:
    if hover is None:
        return {"hoverinfo": "skip"}
    return {
        "hovertext": [safe(text).replace("\n", "<br>") for text in hover],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
