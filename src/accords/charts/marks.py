"""The panels of a chart and the marks in them, each drawn once, at desk and at phone width.

A mark takes columns of a table; texts are escaped here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from accords.charts.frame import phone
from accords.charts.theme import NBSP, colour, safe, state_colours, state_symbols
from accords.dataset import Dataset
from accords.prose.names import each

HEAD = 26  # height in px of a panel's title
Lines = Iterable[Sequence[tuple[Any, Any]]]  # or edges, each as its points (x, y)


@dataclass(frozen=True)
class Panel:
    """Two axes of a figure (``x2``, ``y2``), their ink, and what can be drawn on them."""

    figure: go.Figure
    x: str
    y: str
    ink: str

    def settle(self, *, x: Any = None, y: Any = None, phone_x: Any = None) -> None:
        """Set the axes; ``phone_x`` is what differs at phone width."""
        self.figure.update_layout({_axis(self.x): x or {}, _axis(self.y): y or {}})
        if phone_x:
            phone(self.figure, **{_axis(self.x): phone_x})

    def rows(
        self, labels: Sequence[str], *, short: Sequence[str] | None = None,
        bold: Sequence[bool] | None = None,
    ) -> list[int]:  # fmt: skip
        """Name one row of marks for each label, the first at the top; return their places.

        ``short`` labels stand at phone width. A no-break space before each keeps it off the edge.
        """
        places = list(range(len(labels)))[::-1]
        strong = bold or [False] * len(labels)

        def named(texts: Sequence[str]) -> list[str]:
            lines = [safe(text).replace("\n", "<br>") for text in texts]
            return [
                f"{NBSP}<b>{line}</b>" if b else f"{NBSP}{line}"
                for line, b in zip(lines, strong, strict=True)
            ]

        ink = colour("ink")
        self.settle(
            y={"tickvals": places, "ticktext": named(labels), "range": [-0.6, len(labels) - 0.4],
               "showgrid": False, "zeroline": False, "tickfont": {"size": 12, "color": ink}}
        )  # fmt: skip
        narrow = {"tickfont": {"size": 11, "color": ink}, "ticktext": named(short or labels)}
        phone(self.figure, **{_axis(self.y): narrow})
        return places

    def trace(
        self, kind: type[go.Bar | go.Scatter], *, hover: Iterable[str] | None = None, **trace: Any
    ) -> None:
        """Draw any trace, and say something of each of its points, or nothing."""
        told: dict[str, Any] = {"hoverinfo": "skip"}
        if hover is not None:
            told = {
                "hovertext": [safe(text).replace("\n", "<br>") for text in hover],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        place = {"xaxis": self.x, "yaxis": self.y, "showlegend": False}
        self.figure.add_trace(kind(**{**place, **told, **trace}))

    def bars(self, lengths: Iterable[float], places: Iterable[float], **trace: Any) -> None:
        """Draw horizontal bars, one a row."""
        look = {"width": 0.72, "marker": {"color": self.ink}, **trace}
        self.trace(go.Bar, x=list(lengths), y=list(places), orientation="h", **look)

    def part(
        self, name: str, lengths: Iterable[float], places: Iterable[float], *, ink: str, on: str,
        **trace: Any,
    ) -> None:  # fmt: skip
        """Draw a part of a whole, stacked on what stands in each row, and list it in the legend.

        Its ``ink``, and that of its ``text``, ``on``, are tokens; a text that does not fit hides.
        """
        self.bars(
            lengths, places, name=safe(name), showlegend=True,
            marker={"color": colour(ink), "line": {"color": colour("paper"), "width": 1}},
            textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"size": 12, "color": colour(on)}, **trace,
        )  # fmt: skip
        self.figure.update_layout(barmode="stack", uniformtext={"minsize": 11, "mode": "hide"})

    def written(
        self, ends: Iterable[float], places: Iterable[float], texts: Iterable[object], **trace: Any
    ) -> None:
        """Write a text behind the end of each row's bar."""
        said = [f"{NBSP}{safe(text)}" for text in texts]
        self.trace(
            go.Scatter, x=list(ends), y=list(places), mode="text", text=said,
            textposition="middle right", cliponaxis=False, **trace,
        )  # fmt: skip

    def dots(
        self, values: Iterable[Any], places: Sequence[float], *, ink: str = "",
        within: pd.DataFrame | None = None, symbol: str = "circle", name: str = "", **trace: Any,
    ) -> None:  # fmt: skip
        """Draw a value a row, with a line from ``low`` to ``high``; named, it is in the legend."""
        ink = ink or self.ink
        if within is not None:
            ends = zip(within["low"], within["high"], places, strict=True)
            self.strokes(([(a, y), (b, y)] for a, b, y in ends), ink=ink, opacity=0.5)
        edge = {"color": colour("paper"), "width": 1}
        look = {"marker": {"size": 10, "color": ink, "symbol": symbol, "line": edge}, **trace}
        self.trace(
            go.Scatter, x=list(values), y=list(places), name=safe(name), showlegend=bool(name),
            cliponaxis=False, **{"mode": "markers", **look},
        )  # fmt: skip

    def points(
        self, dataset: Dataset, table: pd.DataFrame, code: str, labels: Mapping[str, str],
        hover: Callable[[Mapping[Any, Any]], str], **rows: Any,
    ) -> list[int]:  # fmt: skip
        """Draw shares with their intervals: a row a code, and in it a mark for each state.

        ``table`` has ``state``, the codes, ``share``, ``low`` and ``high``; ``hover`` speaks of one
        of its rows; ``rows`` are further options of :meth:`rows`, whose places it returns.
        """
        places = self.rows(list(labels.values()), **rows)
        at = dict(zip(labels, places, strict=True))
        states = each(dataset, table)
        inks, symbols = state_colours(dataset.focus), state_symbols(dataset.focus)
        for k, (state, own) in enumerate(states):
            shift = 0.36 * ((len(states) - 1) / 2 - k) / max(1, len(states) - 1)
            self.dots(
                own["share"], [at[c] + shift for c in own[code]], within=own, ink=inks[state],
                symbol=symbols[state], name=dataset.party_names[state],
                hover=[hover(row) for row in own.to_dict("records")],
            )  # fmt: skip
        self.settle(
            x={"range": [-0.012, 1.03], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1],
               "zeroline": False}
        )  # fmt: skip
        return places

    def band(self, edges: Lines) -> None:
        """Shade areas, each within its edge."""
        self.trace(
            go.Scatter, **_points(edges), mode="lines", fill="toself", fillcolor=self.ink,
            opacity=0.2, line={"color": self.ink, "width": 0},
        )  # fmt: skip

    def strokes(
        self, lines: Lines, *, ink: str = "", width: float = 3, dash: str = "solid",
        hover: Iterable[Sequence[str]] | None = None, **trace: Any,
    ) -> None:  # fmt: skip
        """Draw lines, each through its points, and say something of each point."""
        said = None if hover is None else [text for line in hover for text in (*line, "")]
        look = {"color": ink or self.ink, "width": width, "dash": dash}
        self.trace(go.Scatter, **_points(lines), mode="lines", line=look, hover=said, **trace)

    def note(self, text: str, narrow: Mapping[str, Any] | None = None, **at: Any) -> None:
        """Write a note in Plotly's markup (escape data), which ``narrow`` changes on a phone."""
        at = {"text": text, "yref": self.y, **at}
        self.figure.add_annotation(**at)
        notes = (self.figure.layout.meta or {}).get("narrow", {}).get("annotations", [])
        phone(self.figure, annotations=[*notes, {**at, **(narrow or {})}])


def panels(
    titles: Sequence[str], *, height: int, phone_height: int | None = None, gap: int = 20,
    inks: Sequence[str] | None = None, sizes: Sequence[float] | None = None, across: bool = False,
) -> tuple[go.Figure, list[Panel]]:  # fmt: skip
    """Lay out a panel for each title, in its ink: one above another, or ``across`` on a desk.

    ``height`` and ``phone_height`` are those of the drawing in px, without the chart's heading;
    ``gap`` is what the labels of an axis need between panels, whose heights go by ``sizes``.
    """
    n, head = len(titles), HEAD if any(titles) else 0
    phone_height, inks = phone_height or height, inks or [colour("ink")] * n

    def stacked(total: int) -> go.Figure:
        spacing = (gap + head) / total if n > 1 else 0
        return make_subplots(rows=n, row_heights=sizes, vertical_spacing=spacing)

    def headed(drawing: go.Figure) -> list[dict[str, Any]]:
        axes = zip(drawing.select_xaxes(), drawing.select_yaxes(), strict=True)
        return [
            {"text": f"<b>{safe(title)}</b>", "xref": "paper", "yref": "paper", "xanchor": "left",
             "yanchor": "bottom", "yshift": 4, "x": x.domain[0], "y": y.domain[1],
             "font": {"size": 13, "color": ink}}
            for title, ink, (x, y) in zip(titles, inks, axes, strict=True)
            if title
        ]  # fmt: skip

    figure = make_subplots(cols=n, horizontal_spacing=0.08) if across else stacked(height)
    steady = {"itemclick": False, "itemdoubleclick": False, "traceorder": "normal"}
    figure.update_layout(
        annotations=headed(figure), height=height, margin={"t": head},
        legend={"y": 1 + (head + 4) / height, **steady},
    )  # fmt: skip
    small = stacked(phone_height)
    pairs = zip(small.select_xaxes(), small.select_yaxes(), strict=True)
    domains = {a.plotly_name: {"domain": list(a.domain)} for pair in pairs for a in pair}
    phone(
        figure, annotations=headed(small), height=phone_height + head + 20,
        legend={"y": 1 + (head + 4) / phone_height},
        margin={"l": 4, "r": 8, "t": head + 4, "b": 8}, **domains,
    )  # fmt: skip
    axes = zip(("", *range(2, n + 1)), inks, strict=True)
    return figure, [Panel(figure, f"x{k}", f"y{k}", ink) for k, ink in axes]


def state_panels(
    dataset: Dataset, table: pd.DataFrame, titles: Sequence[str] = (), **layout: Any
) -> tuple[go.Figure, list[tuple[str, pd.DataFrame, Panel]]]:
    """Lay out a panel for each focus state that a table has rows of: its code, rows and panel."""
    states, inks = each(dataset, table), state_colours(dataset.focus)
    figure, axes = panels(
        titles or [dataset.party_names[state] for state, _ in states],
        inks=[inks[state] for state, _ in states], **layout,
    )  # fmt: skip
    return figure, [(*of, panel) for of, panel in zip(states, axes, strict=True)]


def _axis(name: str) -> str:
    return f"{name[0]}axis{name[1:]}"


def _points(lines: Lines) -> dict[str, list[Any]]:
    """Put lines into one trace, a gap after each."""
    points = [point for line in lines for point in (*line, (None, None))]
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}
