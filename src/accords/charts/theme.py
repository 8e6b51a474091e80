"""One visual language: colours by name, the Plotly template, and what every chart carries.

Only the colours below may be used. The report's exporter replaces each by a CSS variable, which is
how charts follow the reader's light or dark mode. Only ``scatter`` and ``bar`` traces may be used:
they draw as vectors (Plotly's heatmap becomes a bitmap) and keep the shipped bundle small.
"""

from __future__ import annotations

import functools
import html
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from accords.dataset import Dataset
from accords.words import tied

FONT = "Liberation Sans, Arimo, Arial, Helvetica, sans-serif"
NBSP = "\N{NO-BREAK SPACE}"
"""Keeps a text off what it stands next to; an ordinary space at an end is dropped in drawing."""

WIDE, NARROW = 760, 360
"""Widths in px that charts are drawn at for a desk and for a phone."""

COLOURS: dict[str, tuple[str, str]] = {
    # token: (light, dark)
    "paper": ("#ffffff", "#15181b"),
    "ink": ("#1b1f23", "#e9e7e2"),
    "muted": ("#59626c", "#a6aeb6"),
    "grid": ("#e2e5e8", "#2d343a"),
    "soft": ("#c3c9cf", "#4b545c"),
    "state-1": ("#0072b2", "#56b4e9"),
    "state-2": ("#c45500", "#f28e4b"),
    "accent": ("#00795a", "#33c69b"),
    "accent-2": ("#b0568c", "#d98cba"),
    "accent-3": ("#9f6b00", "#e0a52e"),
    "scale-0": ("#eef1f4", "#20262b"),
    "scale-1": ("#d0dae3", "#2f3d49"),
    "scale-2": ("#a3b8ca", "#3e5163"),
    "scale-3": ("#7796b1", "#4d6880"),
    "scale-4": ("#3f6688", "#86a8c4"),
    "scale-5": ("#1c3f5e", "#b5d0e6"),
}


def colour(token: str) -> str:
    """Give the light colour of a token."""
    return COLOURS[token][0]


def state_colours(states: Sequence[str]) -> dict[str, str]:
    """Give each focus state its colour, in the order in which the dataset names them."""
    tokens = ["state-1", "state-2", "accent", "accent-2", "accent-3"]
    return {state: colour(tokens[n % len(tokens)]) for n, state in enumerate(states)}


def state_symbols(states: Sequence[str]) -> dict[str, str]:
    """Give each focus state its marker, so that colour is never alone."""
    symbols = ["circle", "diamond", "square", "triangle-up", "cross"]
    return {state: symbols[n % len(symbols)] for n, state in enumerate(states)}


def present(dataset: Dataset, table: pd.DataFrame) -> list[str]:
    """List the focus states that a table has rows of, in the dataset's order."""
    return [state for state in dataset.focus if (table["state"] == state).any()]


def scale(share: float) -> str:
    """Give the step of the sequential scale for a share from 0 to 1 (0 alone is step 0)."""
    if pd.isna(share) or share <= 0:
        return colour("scale-0")
    return colour(f"scale-{min(5, 1 + int(share * 5))}")


def on_scale(share: float) -> str:
    """Give the text colour that reads on :func:`scale` of the same share."""
    return colour("paper") if pd.notna(share) and share >= 0.6 else colour("ink")


def safe(text: str) -> str:
    """Write text from the data so that Plotly shows it as it is.

    Plotly takes ``%{`` for the start of a placeholder and reads texts as HTML, whose entities it
    resolves last. Wrap, shorten and sort before: the result is longer than what is seen.
    """
    return html.escape(text, quote=False).replace("%{", "%&#123;")


def strokes(lines: Iterable[Iterable[tuple[Any, Any]]]) -> dict[str, list[Any]]:
    """Put lines of points (x, y) into one trace, a gap after each."""
    points = [point for line in lines for point in (*line, (None, None))]
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}


def row_axis(rows: Sequence[float], labels: Sequence[str]) -> dict[str, Any]:
    """Describe a y axis that names one row of marks at each place.

    A no-break space before each name keeps it off the edge of the picture.
    """
    return {
        "tickvals": rows, "ticktext": [f"{NBSP}{label}" for label in labels],
        "range": [-0.6, len(rows) - 0.4],
        "showgrid": False, "zeroline": False, "tickfont": {"size": 12, "color": colour("ink")},
    }  # fmt: skip


def estimates(table: pd.DataFrame, column: str, head: str, digits: int) -> dict[str, pd.Series]:
    """Give the columns for readers of a measured value and of its 95 % interval."""
    columns = {head: column, "Low (95 %)": "low", "High (95 %)": "high"}
    return {shown: table[name].astype(float).round(digits) for shown, name in columns.items()}


def chart(draw: Callable[..., go.Figure]) -> Callable[..., go.Figure]:
    """Mark a function that draws a chart: the figure remembers which function drew it."""

    @functools.wraps(draw)
    def drawn(*args: Any, **kwargs: Any) -> go.Figure:
        figure = draw(*args, **kwargs)
        figure.layout.meta["function"] = f"{draw.__module__}.{draw.__qualname__}"
        return figure

    return drawn


def finish(
    figure: go.Figure,
    *,
    name: str,
    title: str,
    subtitle: str,
    alt: str,
    data: pd.DataFrame,
    measure: Callable[..., Any],
    height: int = 420,
    narrow: Mapping[str, Any] | None = None,
) -> go.Figure:
    """Give a figure what every chart carries.

    Parameters
    ----------
    figure
        The drawn figure, of ``scatter`` and ``bar`` traces in the theme's colours.
    name
        Stable file name, such as ``02-signed-per-year``.
    title
        The finding, as a sentence computed from the data.
    subtitle
        What is counted, with n.
    alt
        Alternative text: what a reader who does not see the chart must know. Computed.
    data
        The numbers behind the chart, with column names for readers.
    measure
        The function that made the numbers; its docstring says how.
    height
        Height in px at the wide width.
    narrow
        Changes to the layout at phone width (``NARROW`` px), as for ``figure.update_layout``;
        ``height`` among them.
    """
    figure.update_layout(template="accords", height=height)
    title, subtitle = tied(title), tied(subtitle)
    heading, room = _heading(title, subtitle)
    room += 24 * _legend_rows(figure)
    figure.update_layout(title={"text": heading, "y": 1 - 14 / height}, margin={"t": room})
    figure.layout.meta = {
        "name": name,
        "title": title,
        "subtitle": subtitle,
        "alt": alt,
        "measure": f"{measure.__module__}.{measure.__qualname__}",
        "method": _first_paragraph(measure.__doc__ or ""),
        "narrow": dict(narrow or {}),
        "data": {"columns": [str(c) for c in data.columns], "rows": _rows(data)},
    }
    return figure


def too_little(
    *, name: str, title: str, data: pd.DataFrame, measure: Callable[..., Any]
) -> go.Figure:
    """Give the figure that stands where the data are too thin for a chart."""
    figure = go.Figure(layout={"margin": {"b": 8}})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(
        text="Too little data to draw.",
        showarrow=False,
        font={"color": colour("muted")},
        **{"xref": "paper", "yref": "paper", "x": 0, "y": 0.5, "xanchor": "left"},
    )
    return finish(
        figure,
        name=name,
        title=title,
        subtitle="Too little data to draw.",
        alt=f"{title}. Too little data to draw.",
        data=data,
        measure=measure,
        height=200,
        narrow={"height": 200},
    )


def _heading(title: str, subtitle: str) -> tuple[str, int]:
    """Wrap title and subtitle for the figure's own heading; give it and the px it needs."""
    lines = textwrap.wrap(title, 78)
    small = textwrap.wrap(subtitle, 104)
    text = (
        f"<b>{'<br>'.join(map(safe, lines))}</b><br>"
        f"<span style='font-size:12px'>{'<br>'.join(map(safe, small))}</span>"
    )
    return text, 40 + 21 * len(lines) + 21 * len(small)


def _legend_rows(figure: go.Figure) -> int:
    """Estimate the rows that the legend above the plot takes at the wide width."""
    named = {
        html.unescape(trace.name or "") for trace in figure.data if trace.showlegend is not False
    }
    if figure.layout.showlegend is False or (len(named) < 2 and not figure.layout.showlegend):
        return 0
    return math.ceil(len(named) * (max(map(len, named)) * 7 + 50) / WIDE)


def _first_paragraph(docstring: str) -> str:
    return " ".join(docstring.strip().split("\n\n")[0].split())


def _rows(data: pd.DataFrame) -> list[list[Any]]:
    def plain(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return ", ".join(map(str, value))
        if pd.isna(value):
            return None
        if isinstance(value, pd.Timestamp):
            return value.date().isoformat()
        if hasattr(value, "item"):
            value = value.item()
        return round(value, 6) if isinstance(value, float) else value

    return [[plain(value) for value in row] for row in data.itertuples(index=False, name=None)]


def _template() -> go.layout.Template:
    axis = {
        "gridcolor": colour("grid"),
        "linecolor": colour("soft"),
        "zerolinecolor": colour("soft"),
        "tickcolor": colour("soft"),
        "automargin": True,
        "title": {"font": {"size": 12, "color": colour("muted")}},
        "tickfont": {"size": 12, "color": colour("muted")},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": colour("ink")},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colour(t) for t in ("state-1", "state-2", "muted", "accent")],
            "title": {
                "x": 0,
                "xref": "container",
                "xanchor": "left",
                "yref": "container",
                "yanchor": "top",
                "pad": {"l": 8},
                "font": {"size": 16},
            },
            "margin": {"l": 8, "r": 12, "t": 90, "b": 40},
            "xaxis": axis,
            "yaxis": axis,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": ""},
            "hoverlabel": {"font": {"family": FONT, "size": 13}},
            "bargap": 0.25,
        }
    )


pio.templates["accords"] = _template()
