"""Charts of the evidence: sources, disputes, complete lives, coverage, errors, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from accords.charts import theme
from accords.charts.columns import annotate, columns, state_columns, write_behind
from accords.dataset import Dataset
from accords.measures import evidence as measures
from accords.prose.text import listed, lowered, portion, some

SHADES = ("scale-5", "scale-2", "scale-1")
"""Colours of three ordered levels, the firmest first."""

PERCENT = {"range": [-0.012, 1.03], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}


@theme.chart
def confidence(dataset: Dataset, levels: pd.DataFrame, bases: pd.DataFrame) -> go.Figure:
    """Draw how well the existence of agreements and their domains are supported.

    Parameters
    ----------
    dataset
        For names and labels.
    levels, bases
        From :func:`accords.measures.evidence.confidence` and
        :func:`accords.measures.evidence.domain_bases`.
    """
    name = "05-confidence"
    basis_labels = dataset.labels("bases")
    data = pd.concat(
        [
            _share_data(dataset, levels, "What", levels["confidence"] + " confidence"),
            _share_data(
                dataset,
                bases.rename(columns={"codings": "agreements"}),
                "What",
                "subject named by: " + bases["basis"].map(basis_labels).str.lower(),
            ),
        ],
        ignore_index=True,
    ).rename(columns={"Agreements": "Number"})
    if levels.empty:
        return theme.too_little(
            name=name, title="No record to grade", data=data, measure=measures.confidence
        )
    figure = go.Figure()
    layout = columns(
        figure,
        ["That the agreement exists", "What it is about"],
        [theme.colour("ink")] * 2,
        gap=0.16,
        room=0.16,
    )
    titles = ({"high": "high", "medium": "medium", "low": "low"}, basis_labels)
    for (x, y), table, code, column, words, said in zip(
        layout.axes,
        (levels, bases),
        ("confidence", "basis"),
        ("agreements", "codings"),
        titles,
        (("{} confidence", "record"), ("named by {}", "subject")),
        strict=True,
    ):
        _stack(figure, dataset, table, code, column, words, said, x, y)
    figure.update_layout(barmode="stack", margin={"b": 12})
    return theme.finish(
        figure,
        name=name,
        title=_confidence_title(dataset, levels),
        subtitle=(
            "Left, records by confidence: high with an official or treaty source or two "
            "independent publishers, medium with one reputable publisher "
            f"(n = {_sizes(dataset, levels)}). Right, subjects by what names them "
            f"(n = {int(bases['codings'].sum())})."
        ),
        alt=(
            f"Stacked bars. {_confidence_title(dataset, levels)}. Subjects named: "
            + "; ".join(
                f"{dataset.party_names[r['state']]} {basis_labels[r['basis']].lower()} "
                f"{100 * r['share']:.0f} %"
                for r in bases.to_dict("records")
            )
            + "."
        ),
        data=data,
        measure=measures.confidence,
        height=260,
        narrow={"height": 450, "margin": {"l": 4, "r": 4, "b": 8}} | layout.narrow,
    )


def _stack(
    figure: go.Figure,
    dataset: Dataset,
    table: pd.DataFrame,
    code: str,
    column: str,
    words: Mapping[str, str],
    said: tuple[str, str],
    x: str,
    y: str,
) -> None:
    """Draw stacked shares; ``said`` is how a label names a level, and what is counted."""
    states = theme.present(dataset, table)[::-1]
    rows = {state: n for n, state in enumerate(states)}
    for shade, level in zip(SHADES, table[code].unique(), strict=False):
        own = table[table[code] == level]
        ink = theme.colour("paper" if shade == SHADES[0] else "ink")
        label = theme.safe(words[level])
        figure.add_bar(
            x=own["share"], y=[rows[s] for s in own["state"]], orientation="h", xaxis=x, yaxis=y,
            width=0.62, marker={"color": theme.colour(shade), "line": {"width": 0}},
            text=[
                f"{label.lower()}<br>{100 * v:.0f} %" if v >= 0.13 else ""
                for v in own["share"]
            ],
            textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
            textfont={"size": 11, "color": ink}, showlegend=False,
            hovertext=[
                f"{theme.safe(dataset.party_names[r['state']])}, {said[0].format(label.lower())}: "
                f"{portion(r[column], r['n'], said[1])}"
                for r in own.to_dict("records")
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        {
            f"xaxis{x[1:]}": {"range": [0, 1], "visible": False},
            f"yaxis{y[1:]}": {
                **theme.row_axis(
                    list(rows.values()), [theme.safe(dataset.party_names[s]) for s in rows]
                ),
                "range": [-0.5, len(rows) - 0.5],
            },
        }
    )  # fmt: skip


def _confidence_title(dataset: Dataset, levels: pd.DataFrame) -> str:
    high = levels[levels["confidence"] == "high"]
    parts = [
        f"{100 * r['share']:.0f} % of {dataset.party_names[r['state']]}’s"
        for r in high.to_dict("records")
    ]
    return f"That they exist is well supported for {listed(parts)} agreements"


@theme.chart
def source_kinds(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the share of records that rest on each kind of source.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.measures.evidence.source_kinds`.
    """
    name = "05-sources"
    labels = dataset.labels("source_kinds")
    data = _share_data(dataset, table, "Kind of source", table["kind"].map(labels))
    data["On this kind alone"] = table["alone"]
    if table.empty:
        return theme.too_little(
            name=name, title="No source is cited", data=data, measure=measures.source_kinds
        )
    order = list(labels)
    names = {k: theme.safe(labels[k]) for k in order}
    figure = go.Figure()
    narrow: dict[str, Any] = {"height": 90 + 44 * len(order), "margin": {"l": 4, "r": 8, "b": 30}}
    _points(figure, dataset, table, "kind", "record", order, names, narrow)
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
        height=130 + 36 * len(order),
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
    order: Sequence[str],
    names: Mapping[str, str],
    narrow: dict[str, Any],
) -> None:
    """Draw shares with intervals, a row for each code and a mark for each state."""
    states = theme.present(dataset, table)
    colours, symbols = theme.state_colours(dataset.focus), theme.state_symbols(dataset.focus)
    rows = {c: n for n, c in enumerate(list(order)[::-1])}
    step = 0.36 / max(1, len(states) - 1) if len(states) > 1 else 0.0
    for k, state in enumerate(states):
        own = table[table["state"] == state]
        shift = 0.18 - k * step if len(states) > 1 else 0.0
        y = [rows[c] + shift for c in own[code]]
        lines = theme.strokes(
            ((low, at), (high, at))
            for low, high, at in zip(own["low"], own["high"], y, strict=True)
        )
        figure.add_scatter(
            **lines, mode="lines", opacity=0.5, hoverinfo="skip", showlegend=False,
            line={"color": colours[state], "width": 3},
        )  # fmt: skip
        figure.add_scatter(
            x=own["share"], y=y, mode="markers", name=theme.safe(dataset.party_names[state]),
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
    figure.update_xaxes(**PERCENT, zeroline=False)
    figure.update_yaxes(**theme.row_axis(list(rows.values()), [names[c] for c in rows]))
    figure.update_layout(legend={"itemclick": False, "itemdoubleclick": False})
    narrow["yaxis"] = {"tickfont": {"size": 11, "color": theme.colour("ink")}}


def _point_words(
    dataset: Dataset, table: pd.DataFrame, code: str, labels: Mapping[str, str]
) -> str:
    return "; ".join(
        f"{dataset.party_names[r['state']]}, {labels[r[code]].lower()}: {100 * r['share']:.0f} %"
        for r in table.to_dict("records")
    )


@theme.chart
def origins(
    dataset: Dataset, spoken: pd.DataFrame, printed: pd.DataFrame, top: int = 10
) -> go.Figure:
    """Draw the languages of the sources and the publishers that support most records.

    Parameters
    ----------
    dataset
        For the number of records.
    spoken, printed
        From :func:`accords.measures.evidence.languages` and
        :func:`accords.measures.evidence.publishers`.
    top
        Rows shown of each.
    """
    name = "05-origins"
    data = pd.concat(
        [
            pd.DataFrame(
                {
                    "What": "language", "Name": spoken["name"], "Sources": spoken["sources"],
                    "Records": spoken["agreements"],
                }
            ),
            pd.DataFrame(
                {
                    "What": "publisher", "Name": printed["publisher"],
                    "Sources": printed["sources"], "Records": printed["agreements"],
                }
            ).head(60),
        ],
        ignore_index=True,
    )  # fmt: skip
    if spoken.empty:
        return theme.too_little(
            name=name, title="No source is cited", data=data, measure=measures.publishers
        )
    figure = go.Figure()
    layout = columns(
        figure,
        [f"Sources by language ({len(spoken)})", f"Records by publisher ({len(printed)})"],
        [theme.colour("ink")] * 2,
        gap=0.3,
    )
    for (x, y), names, values, noun in (
        (layout.axes[0], spoken["name"], spoken["sources"], "source"),
        (layout.axes[1], printed["publisher"], printed["agreements"], "record"),
    ):
        _bars(figure, list(names)[:top], list(values)[:top], noun, x, y)
    figure.update_layout(margin={"b": 8})
    reach = 100 * printed["agreements"].iloc[0] / len(dataset.overview)
    total = int(spoken["sources"].sum())
    first = 100 * spoken["sources"].iloc[0] / total
    return theme.finish(
        figure,
        name=name,
        title=(
            f"{first:.0f} % of the sources are in {spoken['name'].iloc[0]}; no publisher speaks of "
            f"more than {reach:.0f} % of the records"
        ),
        subtitle=(
            f"Sources that speak of an agreement’s existence (n = {total}) by language, and the "
            f"publishers that speak of most of the {some(len(dataset.overview), 'record')}, at "
            f"most {top}."
        ),
        alt="Bars. Languages: "
        + listed(f"{n} {k}" for n, k in zip(spoken["name"][:top], spoken["sources"], strict=False))
        + ". Publishers: "
        + listed(
            f"{n} {k}"
            for n, k in zip(printed["publisher"][:top], printed["agreements"], strict=False)
        )
        + ".",
        data=data,
        measure=measures.publishers,
        height=110 + 25 * top,
        narrow={"height": 150 + 24 * 2 * top, "margin": {"l": 4, "r": 8, "b": 4}} | layout.narrow,
    )


def _bars(
    figure: go.Figure,
    names: Sequence[str],
    values: Sequence[int],
    noun: str,
    x: str,
    y: str,
    *,
    longest: int = 26,
) -> None:
    rows = list(range(len(names)))[::-1]
    figure.add_bar(
        x=list(values), y=rows, orientation="h", xaxis=x, yaxis=y, width=0.7,
        marker={"color": theme.colour("scale-4"), "line": {"width": 0}},
        text=list(values), textposition="outside", textfont={"size": 12}, cliponaxis=False,
        hovertext=[
            f"{theme.safe(name)}: {some(n, noun)}" for name, n in zip(names, values, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>", showlegend=False,
    )  # fmt: skip
    shown = [n if len(n) <= longest else f"{n[: longest - 1].rstrip(' ,')}…" for n in names]
    figure.update_layout(
        {
            f"xaxis{x[1:]}": {"visible": False, "range": [0, max(values) * 1.18]},
            f"yaxis{y[1:]}": theme.row_axis(rows, [theme.safe(n) for n in shown]),
        }
    )


@theme.chart
def disputes(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the facts on which sources disagree, settled ones in full colour.

    Parameters
    ----------
    dataset
        For the number of records.
    table
        From :func:`accords.measures.evidence.disputes_by_fact`.
    """
    name = "05-disputes"
    data = table[["fact", "disputes", "settled", "agreements"]].rename(columns=str.capitalize)
    if table.empty:
        return theme.too_little(
            name=name, title="No dispute is recorded", data=data, measure=measures.disputes_by_fact
        )
    rows = list(range(len(table)))[::-1]
    figure = go.Figure()
    for values, token in (
        (table["settled"], "scale-5"),
        (table["disputes"] - table["settled"], "scale-2"),
    ):
        figure.add_bar(
            x=values, y=rows, orientation="h", width=0.7, showlegend=False, hoverinfo="skip",
            marker={"color": theme.colour(token), "line": {"width": 0}},
        )  # fmt: skip
    ends = table["disputes"]
    write_behind(
        figure, ends, rows, ends,
        hovertext=[
            f"{theme.safe(r['fact'])}: {some(r['disputes'], 'dispute')}, {r['settled']} settled"
            for r in table.to_dict("records")
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0, float(table["disputes"].max()) * 1.12])
    figure.update_yaxes(**theme.row_axis(rows, [theme.safe(f) for f in table["fact"]]))
    figure.update_layout(barmode="stack", margin={"b": 8})
    total, settled = int(table["disputes"].sum()), int(table["settled"].sum())
    touched = int((dataset.overview["disputes"] > 0).sum())
    return theme.finish(
        figure,
        name=name,
        title=(
            f"Sources disagree on {some(total, 'fact')} of {some(touched, 'agreement')}, most "
            f"often on the {table['fact'].iloc[0].lower()}"
        ),
        subtitle=(
            "Facts for which sources give different values, by kind; strong: settled, the tables "
            f"carry the better-sourced value ({settled}); faint: open ({total - settled})."
        ),
        alt="Bars. "
        + "; ".join(
            f"{r['fact']}: {r['disputes']}, {r['settled']} settled"
            for r in table.to_dict("records")
        )
        + ".",
        data=data,
        measure=measures.disputes_by_fact,
        height=110 + 26 * len(rows),
        narrow={
            "height": 90 + 26 * len(rows),
            "margin": {"l": 4, "r": 16, "b": 4},
            "yaxis": {"tickfont": {"size": 11, "color": theme.colour("ink")}},
        },
    )


@theme.chart
def lives(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw how complete the lives of concluded agreements are on record.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.evidence.life_cycles`.
    """
    name = "05-lives"
    data = _share_data(dataset, table, "Step", table["step"].map(measures.LIFE_STEPS))
    if table.empty:
        return theme.too_little(
            name=name, title="No agreement is concluded", data=data, measure=measures.life_cycles
        )
    order = list(measures.LIFE_STEPS)
    names = {c: _broken(label, 26) for c, label in measures.LIFE_STEPS.items()}
    figure = go.Figure()
    narrow: dict[str, Any] = {"height": 90 + 52 * len(order), "margin": {"l": 4, "r": 8, "b": 30}}
    _points(figure, dataset, table, "step", "agreement", order, names, narrow)
    known = table[table["step"] == "known"]
    unknown = [
        f"{r['n'] - r['agreements']} of {dataset.party_names[r['state']]}’s {r['n']}"
        for r in known.to_dict("records")
    ]
    noun = "agreement" if known["n"].iloc[-1] == 1 else "agreements"
    return theme.finish(
        figure,
        name=name,
        title=f"Where they stand is unknown for {listed(unknown)} {noun}",
        subtitle=(
            "Share of concluded agreements with each step on record, with 95 % Wilson interval "
            f"(n = {_sizes(dataset, table)}). Not every instrument needs every step."
        ),
        alt=f"Points with intervals. {_point_words(dataset, table, 'step', measures.LIFE_STEPS)}.",
        data=data,
        measure=measures.life_cycles,
        height=140 + 44 * len(order),
        narrow=narrow,
    )


@theme.chart
def waits(curves: pd.DataFrame, summary: pd.DataFrame) -> go.Figure:
    """Draw the share of agreements that reached each step by the years since signature.

    Parameters
    ----------
    curves, summary
        From :func:`accords.measures.evidence.waiting_curves` and
        :func:`accords.measures.evidence.waiting_summary`.
    """
    name = "05-waits"
    data = pd.DataFrame(
        {
            "Step": curves["step"].map(measures.WAITS),
            "Days": curves["days"],
            "Years": curves["years"].astype(float).round(2),
            **theme.estimates(curves, "share", "Share reached", 3),
            "At risk": curves["at_risk"],
        }
    )
    if curves.empty:
        return theme.too_little(
            name=name, title="No step after signature is dated", data=data,
            measure=measures.waiting_curves,
        )  # fmt: skip
    span = 8.0
    inks = dict(zip(measures.WAITS, ("plans", "memoranda", "accent"), strict=True))
    figure = go.Figure()
    narrow: dict[str, Any] = {"height": 420, "margin": {"l": 4, "r": 128}}
    top = min(1.0, 1.15 * float(curves["high"].max()))
    ends = {}
    for step in dict.fromkeys(curves["step"]):
        own = curves[curves["step"] == step]
        ends[step] = float(own.loc[own["years"] <= span, "share"].iloc[-1])
    longest = max(ends, key=lambda step: ends[step])
    for step in ends:
        own = curves[(curves["step"] == step) & (curves["years"] <= span)]
        ink = theme.colour(inks[step])
        years = [*own["years"], span]
        if step == longest:
            up = _steps(years, [*own["high"], own["high"].iloc[-1]])
            down = _steps(years, [*own["low"], own["low"].iloc[-1]])
            figure.add_scatter(
                x=[*up[0], *down[0][::-1]], y=[*up[1], *down[1][::-1]], mode="lines",
                fill="toself", fillcolor=ink, opacity=0.18, line={"width": 0, "color": ink},
                hoverinfo="skip", showlegend=False,
            )  # fmt: skip
        x, y = _steps(years, [*own["share"], own["share"].iloc[-1]])
        figure.add_scatter(
            x=x, y=y, mode="lines", line={"color": ink, "width": 3}, showlegend=False,
            hovertext=[
                f"{theme.safe(measures.WAITS[step])}: {100 * share:.0f} % after {after:.1f} years"
                for after, share in zip(x, y, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    placed = dict(zip(ends, theme.spread(list(ends.values()), top * 0.14), strict=True))
    for step, y in placed.items():
        row = summary[summary["step"] == step].iloc[0]
        annotate(
            figure, narrow, x=span, y=y, xshift=6, xanchor="left", align="left",
            text=f"<b>{theme.safe(measures.WAITS[step])}</b><br>{row['seen']} of {row['n']}",
            font={"size": 12, "color": theme.colour(inks[step])},
            narrow_note={"font": {"size": 11, "color": theme.colour(inks[step])}},
        )  # fmt: skip
    figure.update_xaxes(range=[0, span], dtick=1, showgrid=False, title="years since signature")
    figure.update_yaxes(range=[0, top], tickformat=".0%", zeroline=False, nticks=6)
    figure.update_layout(margin={"r": 150})
    first = summary[summary["step"] == longest].iloc[0]
    return theme.finish(
        figure,
        name=name,
        title=(
            f"{measures.WAITS[longest]} is on record for {first['seen']} of "
            f"{some(first['n'], 'agreement')}; half of these took up to {_span(first['middle'])}"
        ),
        subtitle=(
            "Share that had taken a step by then (Kaplan-Meier estimate), of concluded bilateral "
            "treaties, framework and other agreements whose signature is dated "
            f"(n = {first['n']}); lives without the step count "
            "until their end or the edition. A step that no source reports counts as not reached: "
            f"the curves are lower bounds. Band: 95 %, for {measures.WAITS[longest].lower()}."
        ),
        alt="Step curves. "
        + "; ".join(
            f"{measures.WAITS[step]}: {100 * share:.0f} % within {span:.0f} years"
            for step, share in ends.items()
        )
        + ".",
        data=data,
        measure=measures.waiting_curves,
        height=440,
        narrow=narrow,
    )


def _steps(x: Sequence[float], y: Sequence[float]) -> tuple[list[float], list[float]]:
    """Turn points into the corners of a step line."""
    xs, ys = [x[0]], [y[0]]
    for k in range(1, len(x)):
        xs += [x[k], x[k]]
        ys += [y[k - 1], y[k]]
    return xs, ys


def _span(days: float) -> str:
    months = days / 30.44
    return some(round(months), "month") if months < 24 else f"{days / 365.25:.1f} years"


@theme.chart
def coverage(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw which partners were searched for, how, and how often something was found.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.measures.evidence.coverage`.
    """
    name = "05-coverage"
    labels = dataset.labels("search_methods")
    names = dataset.party_names
    data = pd.DataFrame(
        {
            "State": table["state"].map(names),
            "Search": table["search"].map(labels),
            "Partners": table["partners"],
            "With a record": table["found"],
            "Found": [listed(names.get(c, c) for c in codes) for codes in table["codes_found"]],
            "Nothing found": [
                listed(names.get(c, c) for c in codes) for codes in table["codes_empty"]
            ],
        }
    )
    states = theme.present(dataset, table)
    if not states:
        return theme.too_little(
            name=name, title="No search is recorded", data=data, measure=measures.coverage
        )
    figure = go.Figure()
    colours = theme.state_colours(dataset.focus)
    layout = state_columns(figure, dataset, states, gap=0.18, room=0.12)
    most = float(table["partners"].max())
    for state, (x, y) in zip(states, layout.axes, strict=True):
        own = table[table["state"] == state]
        rows = list(range(len(own)))[::-1]
        for values, opacity in ((own["found"], 1.0), (own["partners"] - own["found"], 0.4)):
            figure.add_bar(
                x=values, y=rows, orientation="h", xaxis=x, yaxis=y, width=0.66,
                marker={"color": colours[state], "opacity": opacity, "line": {"width": 0}},
                showlegend=False, hoverinfo="skip",
            )  # fmt: skip
        texts = [f"{f} of {n}" for f, n in zip(own["found"], own["partners"], strict=True)]
        write_behind(
            figure, own["partners"], rows, texts, xaxis=x, yaxis=y,
            hovertext=[
                theme.safe(
                    f"{names[state]}, {labels[r['search']].lower()}: {r['found']} of "
                    f"{some(r['partners'], 'partner')} with a record"
                )
                for r in own.to_dict("records")
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        figure.update_layout(
            {
                f"xaxis{x[1:]}": {"visible": False, "range": [0, most * 1.3]},
                f"yaxis{y[1:]}": theme.row_axis(
                    rows, [theme.safe(labels[s]) for s in own["search"]]
                ),
            }
        )
    figure.update_layout(barmode="stack", margin={"b": 8})
    by_name = table[table["search"] == "by-name"]
    parts = [
        f"{r['partners'] - r['found']} of {r['partners']} for {names[r['state']]}"
        for r in by_name.to_dict("records")
    ]
    return theme.finish(
        figure,
        name=name,
        title=f"Searched for by name and not found: {listed(parts)}",
        subtitle=(
            "Possible partners by how they were searched for; full colour and the first number: at "
            "least one record was found, those of many parties included. Nothing found does not "
            "mean that nothing exists."
        ),
        alt="Bars. "
        + "; ".join(
            f"{names[r['state']]}, {labels[r['search']].lower()}: {r['found']} of {r['partners']}"
            for r in table.to_dict("records")
        )
        + ".",
        data=data,
        measure=measures.coverage,
        height=240,
        narrow={"height": 320, "margin": {"l": 4, "r": 8, "b": 4}} | layout.narrow,
    )


@theme.chart
def partner_list(dataset: Dataset, table: pd.DataFrame, wide: int = 4) -> go.Figure:
    """Draw the partners that a state named itself as tiles, by whether a record was found.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.evidence.partner_lists`, of one list.
    wide
        Tiles in a row.
    """
    name = "05-partner-list"
    data = pd.DataFrame(
        {
            "Partner": table["name"],
            "Named by the state": table["named"].map({True: "yes", False: "no"}),
            "Agreements": table["agreements"],
            "By the year of the list": table["by_then"],
        }
    )
    named = table[table["named"].astype(bool)] if len(table) else table
    if named.empty:
        return theme.too_little(
            name=name, title="No list of partners to compare with", data=data,
            measure=measures.partner_lists,
        )  # fmt: skip
    year = int(named["year"].iloc[0])
    state = dataset.party_names[named["state"].iloc[0]]
    kinds = (
        (f"a record by {year}", "scale-5", "paper"),
        ("later records only", "scale-2", "ink"),
        ("no bilateral record", "paper", "ink"),
    )
    level = np.where(named["by_then"] > 0, 0, np.where(named["agreements"] > 0, 1, 2))
    named = named.assign(level=level).sort_values(["level", "name"], ignore_index=True)
    high = -(-len(named) // wide)
    figure = go.Figure()
    for k, (label, fill, ink) in enumerate(kinds):
        own = named[named["level"] == k]
        if own.empty:
            continue
        at = [(n % wide, high - 1 - n // wide) for n in own.index]
        figure.add_bar(
            x=[x for x, _ in at], y=[0.86] * len(at), base=[y - 0.43 for _, y in at], width=0.95,
            marker={
                "color": theme.colour(fill),
                "line": {"color": theme.colour("soft" if fill == "paper" else fill), "width": 1},
            },
            name=f"{label} ({len(own)})",
            hovertext=[
                theme.safe(f"{name}: {some(n, 'agreement')} with {state} ({label})")
                for name, n in zip(own["name"], own["agreements"], strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=[x for x, _ in at], y=[y for _, y in at], mode="text",
            text=[theme.safe(n) for n in own["name"]], showlegend=False, hoverinfo="skip",
            textfont={"size": 11, "color": theme.colour(ink)},
        )  # fmt: skip
    figure.update_xaxes(visible=False, range=[-0.52, wide - 0.48])
    figure.update_yaxes(visible=False, range=[-0.55, high - 0.45])
    figure.update_layout(
        barmode="overlay", margin={"b": 8},
        legend={"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
    )  # fmt: skip
    counts = [int((named["level"] == k).sum()) for k in range(3)]
    here, more = counts[0] + counts[1], int((~table["named"].astype(bool)).sum())
    titles = {r["name"]: r["title"] for r in dataset.descriptor["resources"]}
    stated = table["stated"].iloc[0]
    said = "" if pd.isna(stated) else f" The list spoke of agreements with {some(stated, 'state')}."
    return theme.finish(
        figure,
        name=name,
        title=(
            f"Of {some(len(named), 'partner')} that {state} named in {year}, {here} "
            f"{'has' if here == 1 else 'have'} a record here, {counts[0]} of them dated by then"
        ),
        subtitle=(
            f"{titles[table['table'].iloc[0]]} (n = {len(named)}), by our concluded bilateral "
            f"records.{said} {more} more {'has' if more == 1 else 'have'} a record by {year} and "
            f"{'was' if more == 1 else 'were'} not named."
        ),
        alt=(
            f"Tiles. No bilateral record: {listed(named.loc[named['level'] == 2, 'name'])}. Later "
            f"records only: {listed(named.loc[named['level'] == 1, 'name'])}."
        ),
        data=data,
        measure=measures.partner_lists,
        height=150 + 34 * high,
        narrow={
            "height": 170 + 32 * high,
            "margin": {"l": 0, "r": 0, "b": 4},
            "legend": {"font": {"size": 10}, "orientation": "h", "x": 0},
        },
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
        From :func:`accords.measures.evidence.capture_recapture`.
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
            text=[str(v) if v > 0.05 * known["high"].max() else "" for v in values],
            textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
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
        "uniformtext": {"minsize": 11, "mode": "hide"},
        "xaxis": {"range": [0, float(known["high"].max()) * 1.45], "nticks": 5},
        "yaxis": {"tickfont": {"size": 11, "color": theme.colour("ink")}},
        "legend": {"font": {"size": 11}},
    }
    figure.update_xaxes(range=[0, float(known["high"].max()) * 1.2], zeroline=False, nticks=6)
    ticks = [_broken(labels[g], 12) for g in known["group"]]
    figure.update_yaxes(**theme.row_axis(rows, ticks) | {"range": [-0.6, len(rows) - 0.3]})
    figure.update_layout(
        barmode="stack",
        legend={"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
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


@theme.chart
def readings(table: pd.DataFrame) -> go.Figure:
    """Draw the share of facts that second readings found wrong or unsupported.

    Parameters
    ----------
    table
        From :func:`accords.measures.evidence.reading_errors`.
    """
    name = "05-readings"
    data = pd.DataFrame(
        {
            "Reading": table["reading"],
            "Problem": table["problem"],
            "Records": table["records"],
            "Facts checked": table["facts"],
            "Found": table["found"],
            **theme.estimates(table, "share", "Share", 4),
        }
    )
    known = table[table["share"].notna()] if len(table) else table
    if known.empty:
        return theme.too_little(
            name=name, title="No second reading is recorded", data=data,
            measure=measures.reading_errors,
        )  # fmt: skip
    rows = list(range(len(known)))[::-1]
    inks = {"wrong": theme.colour("ink"), "unsupported": theme.colour("muted")}
    figure = go.Figure()
    narrow: dict[str, Any] = {"height": 110 + 50 * len(rows), "margin": {"l": 4, "r": 60}}
    for row, r in zip(rows, known.to_dict("records"), strict=True):
        figure.add_scatter(
            x=[r["low"], r["high"]], y=[row, row], mode="lines", showlegend=False, opacity=0.5,
            line={"color": inks[r["problem"]], "width": 4}, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=[r["share"]], y=[row], mode="markers", showlegend=False,
            marker={"size": 11, "color": inks[r["problem"]],
                    "symbol": "circle" if r["problem"] == "wrong" else "square"},
            hovertext=[
                f"Reading {r['reading']}, {r['problem']}: {r['found']} of "
                f"{some(r['facts'], 'fact')} ({100 * r['share']:.1f} %)"
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        annotate(
            figure, narrow, x=r["high"], y=row, xanchor="left", xshift=8,
            text=f"<b>{100 * r['share']:.1f} %</b> ({r['found']} of {r['facts']})",
            font={"size": 12, "color": theme.colour("ink")},
            narrow_note={"text": f"<b>{100 * r['share']:.1f} %</b>"},
        )  # fmt: skip
    figure.update_xaxes(
        range=[0, float(known["high"].max()) * 1.45], tickformat=".0%", zeroline=False, nticks=6
    )
    ticks = [f"Reading {n}: {p}" for n, p in zip(known["reading"], known["problem"], strict=True)]
    figure.update_yaxes(**theme.row_axis(rows, ticks))
    wrong = known[known["problem"] == "wrong"]
    said = [
        f"{100 * s:.1f} % in reading {n}"
        for s, n in zip(wrong["share"], wrong["reading"], strict=True)
    ]
    sizes = [
        f"{some(r['facts'], 'fact')} of {some(r['records'], 'record')} in reading {r['reading']}"
        for r in wrong.to_dict("records")
    ]
    return theme.finish(
        figure,
        name=name,
        title=f"Facts that a second reader found wrong: {listed(said)}",
        subtitle=(
            f"Blind second readings of random samples ({listed(sizes)}), with 95 % Wilson "
            "intervals; what they found wrong has been mended since. Unsupported: not in what the "
            "second reader could see."
        ),
        alt="Points with intervals. "
        + "; ".join(
            f"reading {r['reading']}, {r['problem']}: {r['found']} of {r['facts']}, "
            f"{100 * r['low']:.1f} to {100 * r['high']:.1f} %"
            for r in known.to_dict("records")
        )
        + ".",
        data=data,
        measure=measures.reading_errors,
        height=150 + 44 * len(rows),
        narrow=narrow,
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
