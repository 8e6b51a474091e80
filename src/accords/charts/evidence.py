"""Charts of the evidence: what supports the records, how far lives are known, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from accords.analysis import evidence as measures
from accords.charts import theme
from accords.charts.columns import write_behind
from accords.dataset import Dataset
from accords.words import listed, lowered, portion, some

PERCENT = {"range": [-0.012, 1.03], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}

FIXED = {"itemclick": False, "itemdoubleclick": False}
"""A legend that explains and switches nothing off."""

FITTING = {"minsize": 11, "mode": "hide"}
"""Numbers stand in those bars that they fit into."""


@theme.chart
def support(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw what supports the records of each state, the firmest first.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.evidence.support`.
    """
    name = "05-support"
    data = _share_data(dataset, table, "Supported by", table["support"].map(measures.SUPPORT))
    if table.empty:
        return theme.too_little(
            name=name, title="No record to grade", data=data, measure=measures.support
        )
    states = theme.present(dataset, table)[::-1]
    rows = {state: n for n, state in enumerate(states)}
    shades = dict(zip(measures.SUPPORT, ("scale-5", "scale-4", "scale-2", "scale-1"), strict=True))
    figure = go.Figure()
    for code, label in measures.SUPPORT.items():
        own = table[table["support"] == code]
        ink = "paper" if code in ("official", "several") else "ink"
        figure.add_bar(
            x=own["share"], y=own["state"].map(rows), orientation="h", width=0.66, name=label,
            marker={
                "color": theme.colour(shades[code]),
                "line": {"color": theme.colour("paper"), "width": 1},
            },
            text=[f"{100 * share:.0f} %" for share in own["share"]],
            textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"size": 12, "color": theme.colour(ink)},
            hovertext=[
                f"{theme.safe(dataset.party_names[r['state']])}, {label}: "
                f"{portion(r['agreements'], r['n'], 'record')}"
                for r in own.to_dict("records")
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1], visible=False)
    figure.update_yaxes(
        **theme.row_axis(
            list(rows.values()), [theme.safe(dataset.party_names[state]) for state in rows]
        )
        | {"range": [-0.5, len(rows) - 0.5]}
    )
    figure.update_layout(
        barmode="stack",
        margin={"b": 12},
        legend={"traceorder": "normal", **FIXED},
        uniformtext=FITTING,
    )
    official = table[table["support"] == "official"]
    shares = [
        f"{100 * r['share']:.0f} % of {dataset.party_names[r['state']]}’s"
        for r in official.to_dict("records")
    ]
    height = 150 + 52 * len(rows)
    return theme.finish(
        figure,
        name=name,
        title=f"An official or treaty source stands behind {listed(shares)} records",
        subtitle=(
            "Records by the best that says that the agreement exists "
            f"(n = {_sizes(dataset, table)}). The first two are held with high confidence."
        ),
        alt="Stacked bars. "
        + "; ".join(
            f"{dataset.party_names[r['state']]}, {measures.SUPPORT[r['support']]}: "
            f"{100 * r['share']:.0f} %"
            for r in table.to_dict("records")
        )
        + ".",
        data=data,
        measure=measures.support,
        height=height,
        narrow={
            "height": height + 40,
            "margin": {"l": 4, "r": 4, "b": 8},
            "legend": {"font": {"size": 11}},
        },
    )


@theme.chart
def source_kinds(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the share of records that rest on each kind of source.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.analysis.evidence.source_kinds`.
    """
    name = "05-sources"
    labels = dataset.labels("source_kinds")
    data = _share_data(dataset, table, "Kind of source", table["kind"].map(labels))
    data["On this kind alone"] = table["alone"]
    if table.empty:
        return theme.too_little(
            name=name, title="No source is cited", data=data, measure=measures.source_kinds
        )
    names = {kind: theme.safe(label) for kind, label in labels.items()}
    figure = go.Figure()
    narrow: dict[str, Any] = {"height": 90 + 44 * len(names), "margin": {"l": 4, "r": 8, "b": 30}}
    narrow["yaxis"] = _points(figure, dataset, table, "kind", "record", names)
    return theme.finish(
        figure,
        name=name,
        title=_kinds_title(dataset, table),
        subtitle=(
            "Share of records that cite at least one source of the kind for the agreement’s "
            f"existence, with 95 % Wilson interval (n = {_sizes(dataset, table)})."
        ),
        alt=f"Points with intervals. {_point_words(dataset, table, 'kind', labels)}.",
        data=data,
        measure=measures.source_kinds,
        height=130 + 36 * len(names),
        narrow=narrow,
    )


def _kinds_title(dataset: Dataset, table: pd.DataFrame) -> str:
    press = table[table["kind"] == "press"]
    parts = [
        f"{100 * r['alone'] / r['n']:.0f} % of {dataset.party_names[r['state']]}’s"
        for r in press.to_dict("records")
    ]
    return f"The press is the only kind of source for {listed(parts)} records"


def _points(
    figure: go.Figure,
    dataset: Dataset,
    table: pd.DataFrame,
    code: str,
    noun: str,
    names: Mapping[str, str],
    x: str = "x",
    y: str = "y",
) -> dict[str, Any]:
    """Draw shares with intervals, a row for each code and a mark for each state.

    Gives the changes to the axis of the rows at phone width.
    """
    states = theme.present(dataset, table)
    colours, symbols = theme.state_colours(dataset.focus), theme.state_symbols(dataset.focus)
    rows = {c: n for n, c in enumerate(list(names)[::-1])}
    step = 0.36 / max(1, len(states) - 1) if len(states) > 1 else 0.0
    for k, state in enumerate(states):
        own = table[table["state"] == state]
        shift = 0.18 - k * step if len(states) > 1 else 0.0
        at = [rows[c] + shift for c in own[code]]
        lines = theme.strokes(
            ((low, row), (high, row))
            for low, high, row in zip(own["low"], own["high"], at, strict=True)
        )
        figure.add_scatter(
            **lines, xaxis=x, yaxis=y, mode="lines", opacity=0.5, hoverinfo="skip",
            showlegend=False, line={"color": colours[state], "width": 3},
        )  # fmt: skip
        figure.add_scatter(
            x=own["share"], y=at, xaxis=x, yaxis=y, mode="markers",
            name=theme.safe(dataset.party_names[state]),
            marker={
                "size": 10, "color": colours[state], "symbol": symbols[state],
                "line": {"color": theme.colour("paper"), "width": 1},
            },
            hovertext=[
                f"{theme.safe(dataset.party_names[state])}, "
                f"{lowered(names[r[code]].replace('<br>', ' '))}: "
                f"{portion(r['agreements'], r['n'], noun)}"
                for r in own.to_dict("records")
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    axis = theme.row_axis(list(rows.values()), [names[c] for c in rows])
    figure.update_layout(
        {
            f"xaxis{x[1:]}": {**PERCENT, "zeroline": False},
            f"yaxis{y[1:]}": axis,
            "legend": FIXED,
        }
    )
    return {"tickfont": {"size": 11, "color": theme.colour("ink")}}


def _point_words(
    dataset: Dataset, table: pd.DataFrame, code: str, labels: Mapping[str, str]
) -> str:
    return "; ".join(
        f"{dataset.party_names[r['state']]}, {labels[r[code]].lower()}: {100 * r['share']:.0f} %"
        for r in table.to_dict("records")
    )


@theme.chart
def lives(dataset: Dataset, table: pd.DataFrame, summary: pd.DataFrame) -> go.Figure:
    """Draw how complete the lives of agreements are on record, and how long their steps took.

    Parameters
    ----------
    dataset
        For names.
    table, summary
        From :func:`accords.analysis.evidence.life_cycles` and
        :func:`accords.analysis.evidence.waiting_summary`.
    """
    name = "05-lives"
    waited = summary["step"].map(measures.WAITS)
    data = pd.concat(
        [
            _share_data(dataset, table, "Step", table["step"].map(measures.LIFE_STEPS)),
            pd.DataFrame(
                {
                    "State": "all",
                    "Step": waited,
                    "Agreements": summary["seen"],
                    "Of": summary["n"],
                    "Median days from signature": summary["median"].astype(float).round(),
                    "First quartile": summary["first_quartile"].astype(float).round(),
                    "Third quartile": summary["third_quartile"].astype(float).round(),
                }
            ),
        ],
        ignore_index=True,
    )
    if table.empty:
        return theme.too_little(
            name=name, title="No agreement is concluded", data=data, measure=measures.life_cycles
        )
    figure = go.Figure()
    names = {code: _broken(label, 26) for code, label in measures.LIFE_STEPS.items()}
    small = _points(figure, dataset, table, "step", "agreement", names)
    narrow: dict[str, Any] = {
        "height": 400, "margin": {"l": 4, "r": 8, "b": 44}, "yaxis": small,
    }  # fmt: skip
    figure.update_xaxes(title={"text": "share of agreements", "standoff": 6})
    if len(summary):
        _quartiles(figure, summary, "x2", "y2")
        figure.update_layout(
            xaxis={"domain": [0, 0.5]}, xaxis2={"domain": [0.72, 1]}, yaxis2={"anchor": "x2"}
        )
        narrow |= {
            "height": 640,
            "xaxis": {"domain": [0, 1]},
            "xaxis2": {"domain": [0, 1]},
            "yaxis": {**small, "domain": [0.45, 1]},
            "yaxis2": {**small, "domain": [0, 0.29]},
        }
    known = table[table["step"] == "known"]
    unknown = [
        f"{r['n'] - r['agreements']} of {dataset.party_names[r['state']]}’s {r['n']}"
        for r in known.to_dict("records")
    ]
    noun = "agreement" if known["n"].iloc[-1] == 1 else "agreements"
    spoken = [
        f"{label}: {some(n, 'agreement')}, median {some(round(days), 'day')}"
        for label, n, days in zip(waited, summary["seen"], summary["median"], strict=True)
    ]
    return theme.finish(
        figure,
        name=name,
        title=f"Where they stand is unknown for {listed(unknown)} {noun}",
        subtitle=(
            "Share of concluded agreements with each step on record, with 95 % Wilson interval "
            f"(n = {_sizes(dataset, table)}); not every instrument needs every step. Days: median "
            "and middle half of the waits on record."
        ),
        alt=". ".join(
            [
                "Points with intervals",
                _point_words(dataset, table, "step", measures.LIFE_STEPS),
                *spoken,
                "",
            ]
        ).strip(),
        data=data,
        measure=measures.life_cycles,
        height=150 + 46 * len(names),
        narrow=narrow,
    )


def _quartiles(figure: go.Figure, summary: pd.DataFrame, x: str, y: str) -> None:
    """Draw each wait's median with a line over its middle half."""
    ink = theme.colour("muted")
    rows = list(range(len(summary)))[::-1]
    lines = theme.strokes(
        ((first, row), (third, row))
        for first, third, row in zip(
            summary["first_quartile"], summary["third_quartile"], rows, strict=True
        )
    )
    figure.add_scatter(
        **lines, xaxis=x, yaxis=y, mode="lines", opacity=0.5, hoverinfo="skip", showlegend=False,
        line={"color": ink, "width": 3},
    )  # fmt: skip
    figure.add_scatter(
        x=summary["median"], y=rows, xaxis=x, yaxis=y, mode="markers+text", showlegend=False,
        marker={"size": 10, "color": ink, "symbol": "square"}, cliponaxis=False,
        text=[f"{days:.0f}" for days in summary["median"]], textposition="top center",
        textfont={"size": 12, "color": theme.colour("ink")},
        hovertext=[
            f"{measures.WAITS[r['step']]}: median of {some(round(r['median']), 'day')}, half "
            f"between {r['first_quartile']:.0f} and {r['third_quartile']:.0f}"
            for r in summary.to_dict("records")
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    ticks = [
        f"{measures.WAITS[step]}<br>({seen} of {n})"
        for step, seen, n in zip(summary["step"], summary["seen"], summary["n"], strict=True)
    ]
    figure.update_layout(
        {
            f"xaxis{x[1:]}": {
                "rangemode": "tozero",
                "nticks": 5,
                "anchor": y,
                "title": {"text": "days from signature", "standoff": 6},
            },
            f"yaxis{y[1:]}": theme.row_axis(rows, ticks),
        }
    )


@theme.chart
def missing(
    dataset: Dataset, table: pd.DataFrame, first: int = 1980, last: int = 2010
) -> go.Figure:
    """Draw what two independent lists found, and how many agreements they imply.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.evidence.capture_recapture`.
    first, last
        The years that the table was made for.
    """
    name = "05-missing"
    labels = {"all": "All", "framework-agreement": "Framework agreements"} | {
        s: dataset.party_names[s] for s in dataset.focus
    }
    data = pd.DataFrame(
        {
            "Group": table["group"].map(labels),
            "Our reading": table["own"],
            "Academic list": table["academic"],
            "Both": table["both"],
            "Seen": table["seen"],
            "Estimate": table["estimate"].astype(float).round(1),
            "Low (95 %)": table["low"],
            "High (95 %)": table["high"],
        }
    ).replace(np.inf, np.nan)
    known = table[table["estimate"].notna() & np.isfinite(table["high"].astype(float))]
    if known.empty:
        return theme.too_little(
            name=name, title="Two lists that overlap are needed to estimate what is missing",
            data=data, measure=measures.capture_recapture,
        )  # fmt: skip
    rows = list(range(len(known)))[::-1]
    figure = go.Figure()
    parts = (
        ("our reading alone", known["own"] - known["both"], "scale-4", "paper"),
        ("both", known["both"], "scale-5", "paper"),
        ("academic list alone", known["academic"] - known["both"], "scale-2", "ink"),
    )
    for label, values, fill, ink in parts:
        figure.add_bar(
            x=values, y=rows, orientation="h", width=0.5, name=label,
            marker={
                "color": theme.colour(fill),
                "line": {"color": theme.colour("paper"), "width": 1},
            },
            text=[str(v) for v in values],
            textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"size": 11, "color": theme.colour(ink)},
            hovertext=[
                f"{theme.safe(labels[group])}, {label}: {some(n, 'agreement')}"
                for group, n in zip(known["group"], values, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    for row, r in zip(rows, known.to_dict("records"), strict=True):
        figure.add_scatter(
            x=[r["low"], r["high"]], y=[row, row], mode="lines", showlegend=False,
            line={"color": theme.colour("accent"), "width": 3}, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=[r["estimate"]], y=[row], mode="markers", showlegend=False,
            marker={"size": 11, "color": theme.colour("accent"), "symbol": "circle",
                    "line": {"color": theme.colour("paper"), "width": 1.5}},
            hovertext=[
                f"{theme.safe(labels[r['group']])}: estimate {r['estimate']:.0f} "
                f"(95 % interval {r['low']:.0f} to {r['high']:.0f})"
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    texts = [
        f"<b>{e:.0f}</b> ({low:.0f}–{high:.0f})"
        for e, low, high in zip(known["estimate"], known["low"], known["high"], strict=True)
    ]
    write_behind(
        figure, known["high"], rows, texts, hoverinfo="skip",
        textfont={"size": 12, "color": theme.colour("accent")},
    )  # fmt: skip
    narrow: dict[str, Any] = {
        "height": 150 + 66 * len(rows),
        "margin": {"l": 4, "r": 8},
        "xaxis": {"range": [0, float(known["high"].max()) * 1.45], "nticks": 5},
        "yaxis": {"tickfont": {"size": 11, "color": theme.colour("ink")}},
        "legend": {"font": {"size": 11}},
    }
    figure.update_xaxes(range=[0, float(known["high"].max()) * 1.2], zeroline=False, nticks=6)
    ticks = [_broken(labels[g], 12) for g in known["group"]]
    figure.update_yaxes(**theme.row_axis(rows, ticks) | {"range": [-0.6, len(rows) - 0.3]})
    figure.update_layout(
        barmode="stack",
        legend={"traceorder": "normal", **FIXED},
        uniformtext=FITTING,
    )
    whole = known[known["group"] == "all"]
    return theme.finish(
        figure,
        name=name,
        title=_missing_title(whole if len(whole) else known, first, last),
        subtitle=(
            f"Bilateral agreements of {first}–{last} of the kinds that the academic list (DCAD) "
            "collects: found by our reading, by the list or by both; green: Chapman’s estimate of "
            "all there are, with exact 95 % interval. It assumes lists that are independent of "
            "each other."
        ),
        alt="Bars and estimates. "
        + "; ".join(
            f"{labels[r['group']]}: ours {r['own']}, academic {r['academic']}, both {r['both']}, "
            f"estimate {r['estimate']:.0f} ({r['low']:.0f} to {r['high']:.0f})"
            for r in known.to_dict("records")
        )
        + ".",
        data=data,
        measure=measures.capture_recapture,
        height=150 + 66 * len(rows),
        narrow=narrow,
    )


def _missing_title(table: pd.DataFrame, first: int, last: int) -> str:
    r = table.iloc[0]
    return (
        f"{some(r['seen'], 'agreement')} of {first}–{last} {'is' if r['seen'] == 1 else 'are'} on "
        f"record where two lists together imply about {r['estimate']:.0f} "
        f"({r['low']:.0f} to {r['high']:.0f})"
    )


def _share_data(
    dataset: Dataset, table: pd.DataFrame, head: str, labels: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            head: labels,
            "Agreements": table["agreements"],
            "Of": table["n"],
            **theme.estimates(table, "share", "Share", 3),
        }
    )


def _sizes(dataset: Dataset, table: pd.DataFrame) -> str:
    first = table.drop_duplicates("state")
    return listed(
        f"{n} for {dataset.party_names[s]}" for s, n in zip(first["state"], first["n"], strict=True)
    )


def _broken(text: str, width: int) -> str:
    """Break a label into two lines where it is longer than a width, and escape it."""
    if len(text) <= width:
        return theme.safe(text)
    words = text.split(" ")
    half = min(
        range(1, len(words)), key=lambda k: abs(len(" ".join(words[:k])) - len(text) / 2), default=0
    )
    lines = [" ".join(words[:half]), " ".join(words[half:])] if half else [text]
    return "<br>".join(map(theme.safe, lines))
