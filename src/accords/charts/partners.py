"""Charts of partners: how many, about what, how concentrated, whom the states share."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import partners as measures
from accords.charts import theme
from accords.charts.columns import annotate, columns, panels, write_behind
from accords.dataset import Dataset
from accords.prose.partners import named
from accords.words import listed, lowered, some


@theme.chart
def ranked(dataset: Dataset, counts: pd.DataFrame, top: int = 12) -> go.Figure:
    """Draw the partners with most agreements of each state as bars, those in force in full colour.

    Parameters
    ----------
    dataset
        For names.
    counts
        From :func:`accords.analysis.partners.partner_counts`.
    top
        Partners shown for each state.
    """
    name = "04-ranked"
    data = pd.DataFrame(
        {
            "State": counts["state"].map(dataset.party_names),
            "Partner": counts["name"],
            "Region": counts["subregion"].fillna("organisation"),
            "Agreements": counts["agreements"],
            "In force": counts["in_force"],
            "First": counts["first"],
            "Latest": counts["last"],
        }
    )
    states = theme.present(dataset, counts)
    if not states:
        return theme.too_little(
            name=name, title="No partner to rank", data=data, measure=measures.partner_counts
        )
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    titles = []
    for state in states:
        own = counts[counts["state"] == state]
        titles.append(f"{dataset.party_names[state]}: {some(len(own), 'partner')}")
    layout = columns(figure, titles, [colours[s] for s in states], gap=0.2)
    most = float(counts["agreements"].max())
    for state, (x, y) in zip(states, layout.axes, strict=True):
        own = counts[counts["state"] == state].head(top)
        rows = list(range(len(own)))[::-1]
        for values, opacity in (
            (own["in_force"], 1.0),
            (own["agreements"] - own["in_force"], 0.45),
        ):
            figure.add_bar(
                x=values, y=rows, orientation="h", xaxis=x, yaxis=y, width=0.72,
                marker={"color": colours[state], "opacity": opacity, "line": {"width": 0}},
                showlegend=False, hoverinfo="skip",
            )  # fmt: skip
        write_behind(
            figure, own["agreements"], rows, own["agreements"], xaxis=x, yaxis=y,
            hovertext=[
                f"{theme.safe(f'{dataset.party_names[state]} with {named(dataset, n)}')}: "
                f"{some(a, 'agreement')}, {f} in force"
                for n, a, f in zip(own["name"], own["agreements"], own["in_force"], strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        figure.update_layout(
            {
                f"xaxis{x[1:]}": {"visible": False, "range": [0, most * 1.1]},
                f"yaxis{y[1:]}": theme.row_axis(rows, [theme.safe(n) for n in own["name"]]),
            }
        )
    figure.update_layout(barmode="stack", margin={"b": 8})
    left_out = {s: int((counts["state"] == s).sum()) - top for s in states}
    more = listed(
        f"{n} more of {named(dataset, dataset.party_names[s])}"
        for s, n in left_out.items()
        if n > 0
    )
    below = f" ({more} below)" if more else ""
    return theme.finish(
        figure,
        name=name,
        title=_ranked_title(dataset, counts, states),
        subtitle=(
            f"Concluded bilateral agreements by partner, the {top} largest of each state"
            f"{below}; full colour: known to be in force."
        ),
        alt=_ranked_alt(dataset, counts, states),
        data=data,
        measure=measures.partner_counts,
        height=110 + 27 * top,
        narrow={"height": 100 + 27 * top * len(states), "margin": {"l": 4, "r": 20, "b": 4}}
        | layout.narrow,
    )


def _ranked_title(dataset: Dataset, counts: pd.DataFrame, states: list[str]) -> str:
    parts = []
    for state in states:
        own = counts[counts["state"] == state]
        first, total = own.iloc[0], int(own["agreements"].sum())
        parts.append(
            f"{named(dataset, first['name'])} is {dataset.party_names[state]}’s largest partner "
            f"({first['agreements']} of {some(total, 'agreement')})"
        )
    title = "; ".join(parts)
    return title[:1].upper() + title[1:]


def _ranked_alt(dataset: Dataset, counts: pd.DataFrame, states: list[str]) -> str:
    parts = []
    for state in states:
        own = counts[counts["state"] == state]
        most = own.head(5)
        top = listed(
            f"{named(dataset, n)} ({k})"
            for n, k in zip(most["name"], most["agreements"], strict=True)
        )
        parts.append(f"{dataset.party_names[state]}: {some(len(own), 'partner')}, most with {top}")
    return f"Bars of partners. {'. '.join(parts)}."


@theme.chart
def families(
    dataset: Dataset, table: pd.DataFrame, counts: pd.DataFrame, top: int = 8
) -> go.Figure:
    """Draw what the agreements with the largest partners are about, as a matrix.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.analysis.partners.partner_domains`, by families.
    counts
        From :func:`accords.analysis.partners.partner_counts`; gives the order.
    top
        Partners shown for each state.
    """
    name = "04-families"
    labels, names = dataset.labels("families"), dataset.party_names
    data = pd.DataFrame(
        {
            "State": table["state"].map(names),
            "Partner": table["partner"].map(names),
            "Subjects": table["code"].map(labels),
            "Agreements": table["agreements"],
            "Of": table["n"],
            "Share": table["share"].astype(float).round(3),
        }
    )
    states = theme.present(dataset, table)
    if not states:
        return theme.too_little(
            name=name,
            title="No source names a subject",
            data=data,
            measure=measures.partner_domains,
        )
    colours = theme.state_colours(dataset.focus)
    orders = [counts.loc[counts["state"] == s, "partner"].head(top).tolist() for s in states]
    figure = go.Figure()
    axes = panels(figure, [len(order) for order in orders], gap=0.07, head=0)
    for state, axis, order in zip(states, axes, orders, strict=True):
        own = table[(table["state"] == state) & table["partner"].isin(order)]
        rows = {partner: len(order) - 1 - n for n, partner in enumerate(order)}
        _cells(figure, dataset, own, axis, rows)
        total = own.groupby("partner")["n"].first()
        ticks = [f"{theme.safe(names[p])} ({total.get(p, 0)})" for p in order]
        figure.update_layout(
            {f"yaxis{axis[1:]}": theme.row_axis(list(rows.values()), ticks)}
        )  # fmt: skip
        figure.add_annotation(
            text=f"<b>{theme.safe(names[state])}</b>", showarrow=False, xanchor="right",
            x=0, xref="paper", xshift=-4, y=len(order) - 0.4, yref=axis, yanchor="bottom",
            font={"size": 13, "color": colours[state]},
        )  # fmt: skip
    headings = [
        ["<br>".join(map(theme.safe, textwrap.wrap(label, width))) for label in labels.values()]
        for width in (14, 18)
    ]
    figure.update_xaxes(
        side="top", anchor=axes[0], tickvals=list(range(len(labels))), ticktext=headings[0],
        tickangle=0, range=[-0.6, len(labels) - 0.4], showgrid=False, zeroline=False,
        tickfont={"size": 12, "color": theme.colour("ink")},
    )  # fmt: skip
    figure.update_layout(margin={"b": 8})
    drawn = sum(map(len, orders))
    title = _families_title(dataset, table, counts, states, top)
    return theme.finish(
        figure,
        name=name,
        title=title,
        subtitle=(
            f"The {top} largest partners of each state; in brackets n, their agreements with a "
            "known subject; in the cells how many of them name a subject of the group. The "
            "stronger the shade, the larger the share."
        ),
        alt=f"Matrix of partners and groups of subjects. {title}.",
        data=data,
        measure=measures.partner_domains,
        height=190 + 36 * drawn,
        narrow={
            "height": 190 + 36 * drawn,
            "margin": {"l": 4, "r": 4, "b": 4, "t": 10},
            "xaxis": {"ticktext": headings[1], "tickangle": -90, "tickfont": {"size": 11}},
        },
    )


def _families_title(
    dataset: Dataset, table: pd.DataFrame, counts: pd.DataFrame, states: list[str], top: int
) -> str:
    labels = dataset.labels("families")
    parts = []
    for state in states:
        order = counts.loc[counts["state"] == state, "partner"].head(top)
        own = table[(table["state"] == state) & table["partner"].isin(order)]
        best = own.groupby("partner")["agreements"].transform("max")
        leads = own.loc[own["agreements"] == best, "code"].value_counts()
        parts.append((labels[leads.index[0]], leads.iloc[0], dataset.party_names[state]))
    said = [f"{n} of {who}" for _, n, who in parts]
    if len({label for label, _, _ in parts}) == 1:
        return f"{parts[0][0]} leads with most of the {top} largest partners: {listed(said)}"
    said = [
        f"{lowered(label)} with {words}" for (label, _, _), words in zip(parts, said, strict=True)
    ]
    return f"What leads with most of the {top} largest partners: {listed(said)}"


def _cells(
    figure: go.Figure, dataset: Dataset, own: pd.DataFrame, axis: str, rows: dict[str, int]
) -> None:
    """Draw one state's cells, shaded by share and written with a count; empty ones as dots."""
    labels, names = dataset.labels("families"), dataset.party_names
    columns = {code: n for n, code in enumerate(labels)}
    figure.add_scatter(
        x=own["code"].map(columns), y=own["partner"].map(rows), yaxis=axis, mode="markers+text",
        marker={
            "symbol": "square", "size": 30, "color": [theme.scale(s) for s in own["share"]],
            "line": {"width": 0},
        },
        text=own["agreements"].astype(str),
        textfont={"size": 12, "color": [theme.on_scale(s) for s in own["share"]]},
        hovertext=[
            theme.safe(
                f"{names[r['state']]} with {named(dataset, names[r['partner']])}, "
                f"{lowered(labels[r['code']])}: {some(r['agreements'], 'agreement')} "
                f"({100 * r['share']:.0f} %)"
            )
            for r in own.to_dict("records")
        ],
        hovertemplate="%{hovertext}<extra></extra>", showlegend=False,
    )  # fmt: skip
    drawn = set(zip(own["partner"], own["code"], strict=True))
    empty = [(x, y) for p, y in rows.items() for c, x in columns.items() if (p, c) not in drawn]
    figure.add_scatter(
        x=[x for x, _ in empty], y=[y for _, y in empty], yaxis=axis, mode="markers",
        marker={"size": 3, "color": theme.colour("soft")}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip


@theme.chart
def concentration(dataset: Dataset, table: pd.DataFrame, window: int = 5) -> go.Figure:
    """Draw how concentrated each state's agreements were in rolling runs of years.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.partners.concentration_over_time`.
    window
        The window that the table was made with.
    """
    name = "04-concentration"
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Counted": _counted(dataset, table),
            "Years": [f"{y - window + 1}-{y}" for y in table["year"]],
            "Agreements": table["agreements"],
            "Partners": table["partners"],
            **{
                head: table[column].astype(float).round(3)
                for head, column in (
                    ("Herfindahl", "herfindahl"),
                    ("Low (95 %)", "herfindahl_low"),
                    ("High (95 %)", "herfindahl_high"),
                    ("Effective partners", "effective"),
                    ("Effective, low", "effective_low"),
                    ("Effective, high", "effective_high"),
                )
            },
        }
    )
    known = table[table["herfindahl"].notna()] if len(table) else table
    states = theme.present(dataset, known)
    if not states:
        return theme.too_little(
            name=name, title="Too few agreements to measure concentration", data=data,
            measure=measures.concentration_over_time,
        )  # fmt: skip
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    titles, inks = [dataset.party_names[s] for s in states], [colours[s] for s in states]
    layout = columns(figure, titles, inks, gap=0.08, room=0.13)
    first, last = int(known["year"].min()), int(known["year"].max())
    # Bands are wide where agreements are few, and may be cut; lines may not.
    top = max(0.5, math.ceil(10.5 * known["herfindahl"].max()) / 10)
    cut = f"; bands are cut at {100 * top:.0f} %" if (known["herfindahl_high"] > top).any() else ""
    for state, (x, y) in zip(states, layout.axes, strict=True):
        own = known[(known["state"] == state) & (known["counted"] == measures.ALL)]
        rest = known[(known["state"] == state) & (known["counted"] == measures.REST)]
        for run in _runs(own):
            figure.add_scatter(
                x=[*run["year"], *run["year"][::-1]],
                y=[*run["herfindahl_low"], *run["herfindahl_high"][::-1].clip(upper=top)],
                xaxis=x, yaxis=y, mode="lines", fill="toself", fillcolor=colours[state],
                opacity=0.2, line={"width": 0, "color": colours[state]}, hoverinfo="skip",
                showlegend=False,
            )  # fmt: skip
        for part, ink, width, dash in (
            (rest, theme.colour("ink"), 1.5, "dot"),
            (own, colours[state], 3, "solid"),
        ):
            lines = theme.strokes(
                zip(run["year"], run["herfindahl"], strict=True) for run in _runs(part)
            )
            figure.add_scatter(
                **lines, xaxis=x, yaxis=y, mode="lines", showlegend=False,
                line={"color": ink, "width": width, "dash": dash},
                hovertext=[
                    text
                    for run in _runs(part)
                    for text in (*_chances(dataset, run, window), "")
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )  # fmt: skip
        if len(rest):
            left_out = dataset.party_names[rest["left_out"].iloc[0]]
            annotate(
                figure, layout.narrow, x=1, y=1, xref=f"{x} domain", yref=f"{y} domain",
                xanchor="right", yanchor="top", align="right",
                text="shaded: 95 % interval<br>dotted: without "
                + theme.safe(named(dataset, left_out)),
            )  # fmt: skip
        figure.update_layout(
            {
                f"xaxis{x[1:]}": {"range": [first - 1, last + 1], "showgrid": False, "dtick": 10},
                f"yaxis{y[1:]}": {"range": [0, top], "tickformat": ".0%",
                                 "dtick": 0.1 if top == 0.5 else 0.2},
            }
        )  # fmt: skip
    title = _concentration_title(dataset, known, states, window)
    return theme.finish(
        figure,
        name=name,
        title=title,
        subtitle=(
            f"Herfindahl index of the {window} years that end with each year: the chance that two "
            "of the bilateral agreements, drawn at random, are with the same partner. Runs of "
            f"fewer than {measures.FEWEST} agreements are left out{cut}."
        ),
        alt=f"Lines with bands for each state. {title}.",
        data=data,
        measure=measures.concentration_over_time,
        height=400,
        narrow={"height": 540, "margin": {"l": 4, "r": 8}} | layout.narrow,
    )


def _chances(dataset: Dataset, run: pd.DataFrame, window: int) -> list[str]:
    """Say each point of a line, as escaped text."""
    return [
        theme.safe(
            f"{dataset.party_names[r['state']]}, {r['year'] - window + 1}–{r['year']}, {counted}: "
            f"the same partner in {100 * r['herfindahl']:.0f} % of pairs"
        )
        for r, counted in zip(run.to_dict("records"), _counted(dataset, run), strict=True)
    ]


def _runs(table: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut a table by year where years are missing."""
    group = (table["year"].diff() != 1).cumsum()
    return [run for _, run in table.groupby(group)]


def _concentration_title(
    dataset: Dataset, known: pd.DataFrame, states: list[str], window: int
) -> str:
    parts = []
    for state in states:
        own = known[(known["state"] == state) & (known["counted"] == measures.ALL)]
        end = own.iloc[-1]
        parts.append(
            f"{100 * end['herfindahl']:.0f} % for {dataset.party_names[state]} "
            f"({end['year'] - window + 1}–{end['year']})"
        )
    return f"The chance that two agreements are with the same partner: {listed(parts)}"


def _counted(dataset: Dataset, table: pd.DataFrame) -> list[str]:
    return [
        counted if pd.isna(left_out) else f"without {named(dataset, dataset.party_names[left_out])}"
        for counted, left_out in zip(table["counted"], table["left_out"], strict=True)
    ]


@theme.chart
def shared(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the agreements of each focus state with the partners that they share.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.partners.shared_partners`.
    """
    name = "04-shared"
    data = table[["name", *dataset.focus, "agreements"]].rename(
        columns={"name": "Partner", "agreements": "In all"} | dataset.party_names
    )
    if table.empty:
        return theme.too_little(
            name=name, title="No partner is shared", data=data, measure=measures.shared_partners
        )
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    rows = list(range(len(table)))[::-1]
    n = len(dataset.focus)
    width = 1 / n
    most = float(table[list(dataset.focus)].to_numpy().max())
    narrow: dict[str, Any] = {
        "height": 90 + 22 * len(rows), "margin": {"l": 4, "r": 4, "b": 4},
        "yaxis": {"tickfont": {"size": 11, "color": theme.colour("ink")}},
    }  # fmt: skip
    for k, state in enumerate(dataset.focus):
        suffix = "" if k == 0 else str(k + 1)
        figure.add_bar(
            x=table[state], y=rows, orientation="h", xaxis=f"x{suffix}", width=0.7,
            marker={"color": colours[state], "line": {"width": 0}}, showlegend=False,
            text=table[state], textposition="outside", textfont={"size": 12}, cliponaxis=False,
            hovertext=[
                theme.safe(
                    f"{dataset.party_names[state]} with {named(dataset, r['name'])}: "
                    f"{some(r[state], 'agreement')}"
                )
                for r in table.to_dict("records")
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        figure.update_layout(
            {
                f"xaxis{suffix}": {
                    "domain": [k * width, (k + 1) * width - 0.02], "anchor": "y",
                    "range": [0, most * 1.15], "visible": False,
                }
            }
        )  # fmt: skip
        annotate(
            figure, narrow, x=k * width, y=1, xref="paper", yref="paper", xanchor="left",
            yanchor="bottom", yshift=2, text=f"<b>{theme.safe(dataset.party_names[state])}</b>",
            font={"size": 13, "color": colours[state]},
        )  # fmt: skip
    figure.update_yaxes(**theme.row_axis(rows, [theme.safe(v) for v in table["name"]]))
    figure.update_layout(margin={"b": 8})
    return theme.finish(
        figure,
        name=name,
        title=_shared_title(dataset, table),
        subtitle=(
            "Concluded bilateral agreements of each state with the partners that "
            f"{'both have' if n == 2 else 'at least two states have'} (n = {len(table)})."
        ),
        alt="Bars side by side. "
        + "; ".join(
            f"{r['name']} " + " and ".join(str(r[s]) for s in dataset.focus)
            for _, r in table.iterrows()
        )
        + ".",
        data=data,
        measure=measures.shared_partners,
        height=110 + 23 * len(rows),
        narrow=narrow,
    )


def _shared_title(dataset: Dataset, table: pd.DataFrame) -> str:
    leads = table[list(dataset.focus)]
    parts = []
    for state in dataset.focus:
        more = (leads[state] > leads.drop(columns=state).max(axis=1)).sum()
        parts.append(f"{dataset.party_names[state]} has more with {more}")
    equal = len(table) - sum(
        int((leads[s] > leads.drop(columns=s).max(axis=1)).sum()) for s in dataset.focus
    )
    partners = some(len(table), "shared partner")
    return f"{partners}: {', '.join(parts)}; with {equal} they are level"
