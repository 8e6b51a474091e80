"""Charts of partners: where they are, how many, about what, how concentrated, whom both share."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from accords.charts import theme
from accords.charts.columns import annotate, columns, each, state_columns, write_behind
from accords.dataset import Dataset
from accords.measures import partners as measures
from accords.prose.partners import named
from accords.prose.text import figure as signed
from accords.prose.text import listed, lowered, some

MANY = 5
"""Agreements from which a partner is drawn in full colour on the map."""

SEVERAL = "several"


@functools.cache
def _world() -> dict[str, Any]:
    """Read the map: Natural Earth's countries in the Equal Earth projection."""
    file = resources.files("accords.charts").joinpath("world.json")
    world: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return world


@theme.chart
def partner_map(dataset: Dataset, counts: pd.DataFrame) -> go.Figure:
    """Draw the partners on a map, by whose they are and by how many agreements.

    Parameters
    ----------
    dataset
        For names and codes.
    counts
        From :func:`accords.measures.partners.partner_counts`.
    """
    name = "04-map"
    data = _counts_data(dataset, counts)
    states = counts[counts["party_kind"] == "state"] if len(counts) else counts
    if states.empty:
        return theme.too_little(
            name=name,
            title="No partner to draw on a map",
            data=data,
            measure=measures.partner_counts,
        )
    world = _world()
    m49 = dataset.codes("party_codes")["m49"]
    places = _places(dataset, states)
    figure = go.Figure()
    _fill(figure, world["land"], theme.colour("grid"), border=0)
    colours = theme.state_colours(dataset.focus) | {SEVERAL: theme.colour("accent")}
    words = {s: f"{dataset.party_names[s]} alone" for s in dataset.focus}
    words[SEVERAL] = "both" if len(dataset.focus) == 2 else "several"
    for whose, colour in colours.items():
        own = places[places["whose"] == whose]
        if own.empty:
            continue
        label = theme.safe(f"{words[whose]} ({len(own)})")
        for many in (True, False):
            part = own[(own["agreements"] >= MANY) == many]
            rings = [r for p in part.index for r in world["countries"].get(m49[p], [])]
            _fill(figure, rings, colour, opacity=1.0 if many else 0.5)
        figure.add_scatter(
            x=[None], y=[None], mode="markers", name=label,
            marker={"symbol": "square", "size": 12, "color": colour},
        )  # fmt: skip
        small = [p for p in own.index if m49[p] not in world["countries"]]
        _dots(figure, [world["points"][m49[p]] for p in small if m49[p] in world["points"]], colour)
    home = [r for s in dataset.focus for r in world["countries"].get(m49[s], [])]
    _fill(figure, home, theme.colour("ink"))
    _hover(figure, world, m49, states, dataset)
    narrow: dict[str, Any] = {"height": 240, "margin": {"l": 0, "r": 0, "t": 10, "b": 66}}
    for k, state in enumerate(dataset.focus):
        if m49.get(state) in world["points"]:
            x, y = world["points"][m49[state]]
            annotate(
                figure, narrow, x=x, y=y, text=f"<b>{theme.safe(dataset.party_names[state])}</b>",
                showarrow=True, arrowhead=0, arrowwidth=1, ax=-60, ay=40,
                arrowcolor=theme.colour("ink"),
                font={"size": 12, "color": theme.colour("ink")},
                bgcolor=theme.colour("paper"), opacity=0.9, borderpad=1,
                narrow_note={
                    "ax": -28, "ay": 14 + 16 * k,
                    "font": {"size": 10, "color": theme.colour("ink")},
                },
            )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0, world["width"]])
    figure.update_yaxes(
        visible=False, range=[0, world["height"]], scaleanchor="x", constrain="domain"
    )
    legend = {"y": 0, "yanchor": "bottom", "x": 0, "orientation": "v", "itemclick": False,
              "itemdoubleclick": False, "font": {"size": 12}}  # fmt: skip
    figure.update_layout(legend=legend, margin={"l": 0, "r": 0, "b": 8})
    narrow["legend"] = legend | {"font": {"size": 11}, "yanchor": "top"}
    organisations = counts.loc[counts["party_kind"] != "state", "name"].unique()
    apart = f" Not on the map: {listed(sorted(organisations))}." if len(organisations) else ""
    return theme.finish(
        figure,
        name=name,
        title=_map_title(dataset, counts),
        subtitle=(
            f"States with a concluded bilateral agreement (n = {len(places)}), by whose partners "
            f"they are; full colour from {MANY} agreements in all.{apart} Boundaries are Natural "
            "Earth’s and imply no position on the status of any territory."
        ),
        alt=_map_alt(dataset, counts),
        data=data,
        measure=measures.partner_counts,
        height=490,
        narrow=narrow,
    )


def _places(dataset: Dataset, counts: pd.DataFrame) -> pd.DataFrame:
    """Say of each partner state whose partner it is, and how many agreements there are."""
    foreign = counts[~counts["partner"].isin(dataset.focus)]
    by = foreign.groupby("partner")
    return pd.DataFrame(
        {
            "name": by["name"].first(),
            "agreements": by["agreements"].sum(),
            "whose": by["state"].first().where(by["state"].nunique() == 1, SEVERAL),
        }
    )


def _fill(
    figure: go.Figure,
    rings: Iterable[list[float]],
    colour: str,
    *,
    opacity: float = 1.0,
    border: float = 0.5,
) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in rings:
        x += [*ring[::2], ring[0], None]
        y += [*ring[1::2], ring[1], None]
    if not x:
        return
    figure.add_scatter(
        x=x[:-1], y=y[:-1], mode="lines" if border else "none", fill="toself", fillcolor=colour,
        opacity=opacity, line={"color": theme.colour("paper"), "width": border},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _dots(figure: go.Figure, points: Sequence[Sequence[float]], colour: str) -> None:
    figure.add_scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="markers", hoverinfo="skip",
        marker={"size": 7, "color": colour, "line": {"color": theme.colour("paper"), "width": 1}},
        showlegend=False,
    )  # fmt: skip


def _hover(
    figure: go.Figure,
    world: dict[str, Any],
    m49: pd.Series,
    counts: pd.DataFrame,
    dataset: Dataset,
) -> None:
    """Put an unseen mark on every partner that tells its numbers where charts are interactive."""
    foreign = counts[~counts["partner"].isin(dataset.focus)]
    told = {
        str(partner): listed(
            f"{some(n, 'agreement')} with {named(dataset.party_names[state])}"
            for state, n in zip(own["state"], own["agreements"], strict=True)
        )
        for partner, own in foreign.groupby("partner")
    }
    known = [p for p in told if m49[p] in world["points"]]
    figure.add_scatter(
        x=[world["points"][m49[p]][0] for p in known],
        y=[world["points"][m49[p]][1] for p in known],
        mode="markers", marker={"size": 14, "opacity": 0, "color": theme.colour("ink")},
        hovertext=[
            theme.safe(f"{dataset.party_names[p]}: {told[p]}") for p in known
        ],
        hovertemplate="%{hovertext}<extra></extra>", showlegend=False,
    )  # fmt: skip


def _map_title(dataset: Dataset, counts: pd.DataFrame) -> str:
    states = counts[counts["party_kind"] == "state"]
    parts = []
    for state in dataset.focus:
        regions = states.loc[states["state"] == state, "region"].value_counts()
        if len(regions):
            most = listed(f"{region} ({n})" for region, n in regions.head(2).items())
            parts.append(f"{dataset.party_names[state]}’s partners lie mostly in {most}")
    shared = (states.groupby("partner")["state"].nunique() > 1).sum()
    are = "is" if shared == 1 else "are"
    tail = f"; {shared} {are} shared" if len(dataset.focus) > 1 else ""
    return "; ".join(parts) + tail


def _map_alt(dataset: Dataset, counts: pd.DataFrame) -> str:
    parts = []
    for state in dataset.focus:
        own = counts[counts["state"] == state]
        if len(own):
            most = own.head(5)
            top = listed(
                f"{named(n)} ({k})" for n, k in zip(most["name"], most["agreements"], strict=True)
            )
            partners = some(len(own), "partner")
            parts.append(f"{dataset.party_names[state]}: {partners}, most with {top}")
    return f"World map of partner states. {'. '.join(parts)}."


def _counts_data(dataset: Dataset, counts: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
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


@theme.chart
def ranked(dataset: Dataset, counts: pd.DataFrame, top: int = 12) -> go.Figure:
    """Draw the partners with most agreements of each state as bars, those in force in full colour.

    Parameters
    ----------
    dataset
        For names.
    counts
        From :func:`accords.measures.partners.partner_counts`.
    top
        Partners shown for each state.
    """
    name = "04-ranked"
    data = _counts_data(dataset, counts)
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
                f"{theme.safe(f'{dataset.party_names[state]} with {named(n)}')}: "
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
        f"{n} more of {named(dataset.party_names[s])}" for s, n in left_out.items() if n > 0
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
        alt=_map_alt(dataset, counts).replace("World map of partner states", "Bars of partners"),
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
            f"{named(first['name'])} is {dataset.party_names[state]}’s largest partner "
            f"({first['agreements']} of {some(total, 'agreement')})"
        )
    return _capital("; ".join(parts))


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
        From :func:`accords.measures.partners.partner_domains`, by families.
    counts
        From :func:`accords.measures.partners.partner_counts`; gives the order.
    top
        Partners shown for each state.
    """
    name = "04-families"
    labels = dataset.labels("families")
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Partner": table["partner"].map(dataset.party_names),
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
    codes = list(labels)
    figure = go.Figure()
    layout = state_columns(figure, dataset, states, gap=0.2, room=0.1)
    for state, (x, y) in zip(states, layout.axes, strict=True):
        order = counts.loc[counts["state"] == state, "partner"].head(top)
        own = table[table["state"] == state].set_index(["partner", "code"])
        rows = list(range(len(order)))[::-1]
        cells = [
            (
                codes.index(c),
                row,
                own["share"].get((p, c), 0.0),
                int(own["agreements"].get((p, c), 0)),
                f"{dataset.party_names[state]} with {named(dataset.party_names[p])}, "
                f"{lowered(labels[c])}",
            )
            for p, row in zip(order, rows, strict=True)
            for c in codes
        ]
        _cells(figure, cells, x, y, size=28)
        total = own["n"].groupby(level=0).first()
        names = [f"{theme.safe(dataset.party_names[p])} ({total.get(p, 0)})" for p in order]
        figure.update_layout(
            {
                f"xaxis{x[1:]}": {
                    "tickvals": list(range(len(codes))), "range": [-0.6, len(codes) - 0.4],
                    "ticktext": [theme.safe(_first_word(labels[c])) for c in codes],
                    "tickangle": -30, "showgrid": False, "zeroline": False,
                    "tickfont": {"size": 11},
                },
                f"yaxis{y[1:]}": theme.row_axis(rows, names),
            }
        )  # fmt: skip
    each(layout.narrow, layout.axes, "x", tickfont={"size": 10})
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
        height=170 + 33 * top,
        narrow={"height": 190 + 36 * top * len(states), "margin": {"l": 4, "r": 4, "b": 4}}
        | layout.narrow,
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
    figure: go.Figure,
    cells: Sequence[tuple[float, float, float, int, str]],
    x: str,
    y: str,
    size: int,
) -> None:
    """Draw cells as squares, shaded by a share and written with a count; empty ones as dots.

    A cell is its place (x, y), its share and count of agreements, and what it stands for in words.
    """
    full = [cell for cell in cells if cell[3]]
    empty = [cell for cell in cells if not cell[3]]
    figure.add_scatter(
        x=[c[0] for c in full], y=[c[1] for c in full], xaxis=x, yaxis=y, mode="markers+text",
        marker={
            "symbol": "square", "size": size, "color": [theme.scale(c[2]) for c in full],
            "line": {"width": 0},
        },
        text=[str(c[3]) for c in full],
        textfont={"size": 11, "color": [theme.on_scale(c[2]) for c in full]},
        hovertext=[
            f"{theme.safe(said)}: {some(n, 'agreement')} ({100 * share:.0f} %)"
            for _, _, share, n, said in full
        ],
        hovertemplate="%{hovertext}<extra></extra>", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=[c[0] for c in empty], y=[c[1] for c in empty], xaxis=x, yaxis=y, mode="markers",
        marker={"size": 3, "color": theme.colour("soft")}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _first_word(label: str) -> str:
    """Shorten a family's name to where its list begins: ``Peace, crisis and ...`` to ``Peace``."""
    return label.partition(" and ")[0].partition(",")[0]


@theme.chart
def regions(dataset: Dataset, table: pd.DataFrame, least: int = 5) -> go.Figure:
    """Draw the share of each region among a state's agreements, by run of years.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.partners.region_share`, of all subregions.
    least
        Regions with fewer agreements than this, over all states and years, are left to the table.
    """
    name = "04-regions"
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Years": table["period"],
            "Region": table["region"],
            "Agreements": table["agreements"],
            "Of": table["n"],
            **theme.estimates(table, "share", "Share", 3),
        }
    )
    states = theme.present(dataset, table)
    if not states:
        return theme.too_little(
            name=name, title="No agreement is dated", data=data, measure=measures.region_share
        )
    end = dataset.as_of.year
    recent = table[table["start"] > end - 40]
    totals = recent.groupby("region")["agreements"].sum()
    order = totals[totals >= least].sort_values(ascending=False).index.tolist()
    periods = sorted(recent["period"].unique())
    figure = go.Figure()
    layout = state_columns(figure, dataset, states, gap=0.05, room=0.08)
    rows = {region: n for n, region in enumerate(order[::-1])}
    for k, (state, (x, y)) in enumerate(zip(states, layout.axes, strict=True)):
        own = recent[recent["state"] == state]
        n = own.groupby("period")["n"].first()
        own = own.set_index(["period", "region"])[["share", "agreements"]]
        own = own.reindex([(p, r) for p in periods for r in order]).fillna(0)
        cells = [
            (
                periods.index(p),
                rows[r],
                share,
                int(agreements),
                f"{dataset.party_names[state]}, {p.replace('-', '–')}, {r}",
            )
            for (p, r), share, agreements in zip(
                own.index, own["share"], own["agreements"], strict=True
            )
        ]
        _cells(figure, cells, x, y, size=24)
        figure.update_layout(
            {
                f"xaxis{x[1:]}": {
                    "tickvals": list(range(len(periods))), "range": [-0.5, len(periods) - 0.5],
                    "ticktext": [
                        f"{p.replace('-', '–')}<br>n = {n.get(p, 0)}" for p in periods
                    ],
                    "showgrid": False, "zeroline": False, "tickfont": {"size": 11},
                },
                f"yaxis{y[1:]}": {
                    **theme.row_axis(list(rows.values()), [theme.safe(region) for region in rows]),
                    "showticklabels": k == 0,
                },
            }
        )  # fmt: skip
    each(layout.narrow, layout.axes, "y", showticklabels=True, tickfont={"size": 11})
    each(layout.narrow, layout.axes, "x", tickfont={"size": 9})
    return theme.finish(
        figure,
        name=name,
        title=_regions_title(dataset, table, states),
        subtitle=(
            "Concluded bilateral agreements by the partner’s UN region and ten-year run, counted "
            "back from the edition; the stronger the shade, the larger the share of the run’s "
            f"agreements (n below). Western Asia takes in Türkiye, Israel, the Caucasus "
            f"and the Gulf. Regions with fewer than {least} agreements are in the table only."
        ),
        alt=f"Matrix of regions and periods. {_regions_title(dataset, table, states)}.",
        data=data,
        measure=measures.region_share,
        height=max(270, 190 + 29 * len(rows)),
        narrow={"height": 220 + 29 * len(rows) * len(states), "margin": {"l": 4, "r": 4, "b": 4}}
        | layout.narrow,
    )


def _regions_title(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> str:
    last = table[(table["start"] == table["start"].max()) & (table["agreements"] > 0)]
    first = last.sort_values("agreements", ascending=False).drop_duplicates("state")
    first = first.set_index("state").reindex([s for s in states if s in set(first["state"])])
    years = str(table["period"].max()).replace("-", "–")
    if first.empty:
        return f"No dated agreement in {years}"
    parts = [
        f"{100 * row['share']:.0f} % of {dataset.party_names[str(state)]}’s"
        for state, row in first.iterrows()
    ]
    if first["region"].nunique() == 1:
        return f"{first['region'].iloc[0]} leads in {years}, with {listed(parts)} agreements"
    parts = [f"{region} ({part})" for region, part in zip(first["region"], parts, strict=True)]
    return f"The regions that lead in {years}: {listed(parts)} agreements"


@theme.chart
def distinct(dataset: Dataset, table: pd.DataFrame, window: int = 5) -> go.Figure:
    """Draw the distinct partners and the agreements of each state in rolling runs of years.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.partners.distinct_partners`.
    window
        The window that the table was made with.
    """
    name = "04-distinct"
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Years": [f"{y - window + 1}-{y}" for y in table["year"]],
            "Partners": table["partners"],
            "Agreements": table["agreements"],
        }
    )
    states = theme.present(dataset, table)
    if not states:
        return theme.too_little(
            name=name, title="No agreement is dated", data=data, measure=measures.distinct_partners
        )
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    layout = state_columns(figure, dataset, states, gap=0.16, room=0.13)
    top = float(table["agreements"].max()) * 1.06
    for state, (x, y) in zip(states, layout.axes, strict=True):
        own = table[table["state"] == state]
        end = own.iloc[-1]
        ends = theme.spread([float(end["partners"]), float(end["agreements"])], 0.07 * top)
        placed = dict(zip(("partner", "agreement"), ends, strict=True))
        for noun, ink, width in (
            ("agreement", theme.colour("muted"), 1.5),
            ("partner", colours[state], 3),
        ):
            counts = own[f"{noun}s"]
            said = [some(n, noun) for n in counts]
            figure.add_scatter(
                x=own["year"], y=counts, xaxis=x, yaxis=y, mode="lines", showlegend=False,
                line={"color": ink, "width": width},
                hovertext=[
                    f"{theme.safe(dataset.party_names[state])}, {year - window + 1}–{year}: {words}"
                    for year, words in zip(own["year"], said, strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )  # fmt: skip
            annotate(
                figure, layout.narrow, x=end["year"], y=placed[noun], xref=x, yref=y, xshift=4,
                xanchor="left", text="<b>{}</b> {}".format(*said[-1].split()),
                font={"size": 12, "color": ink},
            )  # fmt: skip
        figure.update_layout(
            {
                f"xaxis{x[1:]}": {
                    "range": [own["year"].min() - 1, end["year"] + 1], "showgrid": False,
                    "dtick": 10,
                },
                f"yaxis{y[1:]}": {"range": [0, top], "nticks": 6},
            }
        )  # fmt: skip
    figure.update_layout(margin={"r": 100})
    each(layout.narrow, layout.axes, "x", dtick=20)
    each(layout.narrow, layout.axes, "y", nticks=4)
    return theme.finish(
        figure,
        name=name,
        title=_distinct_title(dataset, table, states, window),
        subtitle=(
            f"Concluded bilateral agreements (grey) and distinct partners in the {window} years "
            "that end with each year. More agreements reach more partners by number alone; the "
            "next charts ask how they are spread."
        ),
        alt=f"Two lines for each state. {_distinct_title(dataset, table, states, window)}.",
        data=data,
        measure=measures.distinct_partners,
        height=400,
        narrow={"height": 520, "margin": {"l": 4, "r": 96}} | layout.narrow,
    )


def _distinct_title(dataset: Dataset, table: pd.DataFrame, states: list[str], window: int) -> str:
    parts = []
    for state in states:
        own = table[table["state"] == state].set_index("year")["partners"]
        end = int(own.index.max())
        then = own.get(end - 10)
        before = f", against {then} ten years before" if then is not None else ""
        parts.append(f"{dataset.party_names[state]} {own[end]}{before}")
    return f"Partners of the last {window} years: {'; '.join(parts)}"


@theme.chart
def concentration(dataset: Dataset, table: pd.DataFrame, window: int = 5) -> go.Figure:
    """Draw how concentrated each state's agreements were in rolling runs of years.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.partners.concentration_over_time`.
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
    layout = state_columns(figure, dataset, states, gap=0.08, room=0.13)
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
                text=f"shaded: 95 % interval<br>dotted: without {theme.safe(named(left_out))}",
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
        counted if pd.isna(left_out) else f"without {named(dataset.party_names[left_out])}"
        for counted, left_out in zip(table["counted"], table["left_out"], strict=True)
    ]


@theme.chart
def diversification(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the change in concentration between two runs of years, with its interval.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.partners.diversification_by_length`.
    """
    name = "04-diversification"
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Counted": _counted(dataset, table),
            "Before": table["before"],
            "After": table["after"],
            "Agreements before": table["agreements_before"],
            "Agreements after": table["agreements_after"],
            "Partners before": table["partners_before"],
            "Partners after": table["partners_after"],
            "Partners among as many, before": table["expected_before"].astype(float).round(1),
            "Partners among as many, after": table["expected_after"].astype(float).round(1),
            "Herfindahl before": table["herfindahl_before"].astype(float).round(3),
            "Herfindahl after": table["herfindahl_after"].astype(float).round(3),
            **theme.estimates(table, "change", "Change", 3),
            "Finding": table["finding"],
        }
    )
    order = {state: n for n, state in enumerate(dataset.focus)}
    known = table[table["change"].notna()] if len(table) else table
    known = known.sort_values("state", key=lambda states: states.map(order), kind="stable")
    if known.empty:
        return theme.too_little(
            name=name, title="Too few agreements to compare two runs of years", data=data,
            measure=measures.diversification_by_length,
        )  # fmt: skip
    colours, symbols = theme.state_colours(dataset.focus), theme.state_symbols(dataset.focus)
    figure = go.Figure()
    rows = list(range(len(known)))[::-1]
    compared = _counted(dataset, known)
    labels = [
        f"<b>{theme.safe(dataset.party_names[r['state']])}</b>, {r['after'].replace('-', '–')}<br>"
        f"{theme.safe(c)}<br>{100 * r['herfindahl_before']:.1f} → "
        f"{100 * r['herfindahl_after']:.1f} %"
        for r, c in zip(known.to_dict("records"), compared, strict=True)
    ]
    figure.add_scatter(
        x=[0, 0], y=[-0.6, len(rows) + 0.05], mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": theme.colour("muted"), "width": 1.5},
    )  # fmt: skip
    for row, r, counted in zip(rows, known.to_dict("records"), compared, strict=True):
        ink = colours[r["state"]]
        figure.add_scatter(
            x=[r['low'], r['high']], y=[row, row], mode="lines", line={"color": ink, "width": 3},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=[r['change']], y=[row], mode="markers", showlegend=False,
            marker={
                "size": 12, "color": ink, "symbol": symbols[r["state"]],
                "line": {"color": theme.colour("paper"), "width": 1.5},
            },
            hovertext=[
                theme.safe(
                    f"{dataset.party_names[r['state']]}, {r['before'].replace('-', '–')} to "
                    f"{r['after'].replace('-', '–')}, {counted}: {_points(r['change'])} points "
                    f"(95 % interval {_points(r['low'])} to {_points(r['high'])})"
                )
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    reach = 1.1 * float(np.abs(known[["low", "high"]].to_numpy()).max())
    narrow: dict[str, Any] = {"height": 120 + 62 * len(rows), "margin": {"l": 4, "r": 8}}
    for side, words in ((-1, "← less concentrated"), (1, "more concentrated →")):
        annotate(
            figure, narrow, x=side * reach, y=len(rows) - 0.35, xref="x", yref="y", text=words,
            xanchor="left" if side < 0 else "right", yanchor="bottom",
            narrow_note={"font": {"size": 11, "color": theme.colour("muted")}},
        )  # fmt: skip
    step = 1 if reach < 0.2 else 2 if reach < 0.45 else 4
    ticks = [k / 20 for k in range(-20, 21, step) if abs(k / 20) < reach]
    short = [f"{100 * t:+.0f}".replace("-", "−") if t else "0" for t in ticks]
    figure.update_xaxes(
        range=[-reach, reach], zeroline=False, tickvals=ticks,
        ticktext=["no change" if said == "0" else f"{said} points" for said in short],
    )  # fmt: skip
    figure.update_yaxes(**theme.row_axis(rows, labels) | {"range": [-0.6, len(rows) + 0.05]})
    narrow["yaxis"] = {"tickfont": {"size": 11, "color": theme.colour("ink")}}
    narrow["xaxis"] = {"ticktext": short}
    return theme.finish(
        figure,
        name=name,
        title=_diversification_title(dataset, known),
        subtitle=(
            "Change in the chance that two agreements are with the same partner, in the years "
            "named against as many years before, with 95 % bootstrap interval; at the left "
            "the chance before and after "
            f"(n = {some(_least(known), 'agreement')} or more in each run)."
        ),
        alt=_diversification_alt(dataset, known),
        data=data,
        measure=measures.diversification_by_length,
        height=max(360, 140 + 62 * len(rows)),
        narrow=narrow,
    )


def _points(share: float) -> str:
    """Write a change of a share in percentage points, with its sign."""
    return signed(100 * share, "+.0f")


def _least(known: pd.DataFrame) -> int:
    return int(known[["agreements_before", "agreements_after"]].min().min())


def _diversification_title(dataset: Dataset, known: pd.DataFrame) -> str:
    parts = []
    for state in theme.present(dataset, known):
        found = set(known.loc[known["state"] == state, "finding"])
        who = dataset.party_names[state]
        if found == {"diversifies"}:
            parts.append(f"{who} spreads its agreements more widely than before")
        elif found == {"concentrates"}:
            parts.append(f"{who} concentrates its agreements more than before")
        elif found == {"no clear change"}:
            parts.append(f"{who} shows no clear change")
        else:
            parts.append(f"the answer for {who} depends on what is compared")
    return f"Spread over partners: {listed(parts)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _diversification_alt(dataset: Dataset, known: pd.DataFrame) -> str:
    parts = [
        f"{dataset.party_names[r['state']]}, {r['after']}, {counted}: "
        f"{r['herfindahl_before']:.3f} before, "
        f"{r['herfindahl_after']:.3f} after, change {r['change']:+.3f} "
        f"({r['low']:+.3f} to {r['high']:+.3f})"
        for r, counted in zip(known.to_dict("records"), _counted(dataset, known), strict=True)
    ]
    return f"Changes in the Herfindahl index with intervals. {'; '.join(parts)}."


@theme.chart
def shared(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the agreements of each focus state with the partners that they share.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.partners.shared_partners`.
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
                    f"{dataset.party_names[state]} with {named(r['name'])}: "
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


@theme.chart
def network(dataset: Dataset, net: measures.Network, accord: str | None = None) -> go.Figure:
    """Draw two focus states, their own partners outside, the shared ones between them.

    Parameters
    ----------
    dataset
        For names.
    net
        From :func:`accords.measures.partners.network`.
    accord
        The agreement to name on the link between the two focus states.
    """
    name = "04-network"
    data = pd.DataFrame(
        {
            "State": net.edges["state"].map(dataset.party_names),
            "Partner": net.edges["partner"].map(dataset.party_names),
            "Agreements": net.edges["agreements"],
        }
    )
    if len(dataset.focus) != 2 or net.edges.empty:
        return theme.too_little(
            name=name, title="The network is drawn for two states that have partners", data=data,
            measure=measures.network,
        )  # fmt: skip
    one, two = dataset.focus
    outside = net.nodes[~net.nodes["focus"]].sort_values(
        ["agreements", "party_id"], ascending=[False, True]
    )
    both = outside[outside["states"].map(len) == 2]["party_id"].tolist()
    own = {
        state: outside[outside["states"].map(lambda s, k=state: s == (k,))]["party_id"].tolist()
        for state in (one, two)
    }
    rows = max(len(both) + 2, *(len(v) for v in own.values()))
    middle = (rows - 1) / 2
    at = {one: (1.0, middle), two: (3.0, middle)}
    at |= _column(own[one], 0.0, rows) | _column(own[two], 4.0, rows)
    upper, lower = both[: (len(both) + 1) // 2], both[(len(both) + 1) // 2 :]
    at |= {p: (2.0, middle + len(upper) - k) for k, p in enumerate(upper)}
    at |= {p: (2.0, middle - 1 - k) for k, p in enumerate(lower)}
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    for state in (one, two):
        for low, high, width in ((1, 1, 1.0), (2, 4, 2.0), (5, 9, 4.0), (10, 10**6, 7.0)):
            links = net.edges[
                (net.edges["state"] == state)
                & net.edges["agreements"].between(low, high)
                & ~net.edges["between_focus"]
            ]
            figure.add_scatter(
                **theme.strokes((at[state], at[partner]) for partner in links["partner"]),
                mode="lines", opacity=0.4, hoverinfo="skip", showlegend=False,
                line={"color": colours[state], "width": width},
            )  # fmt: skip
    between = net.edges[net.edges["between_focus"]]
    narrow: dict[str, Any] = {"height": 90 + 20 * rows, "margin": {"l": 4, "r": 4, "b": 4}}
    if len(between):
        ids = between["agreement_ids"].iloc[0]
        figure.add_scatter(
            x=[1, 3], y=[middle, middle], mode="lines", showlegend=False,
            line={"color": theme.colour("ink"), "width": 3}, hoverinfo="skip",
        )  # fmt: skip
        shown = _accord_words(dataset, accord, ids)
        annotate(
            figure, narrow, x=2, y=middle, text=f"<b>{theme.safe(shown)}</b>",
            bgcolor=theme.colour("paper"), borderpad=2,
            font={"size": 12, "color": theme.colour("ink")},
            narrow_note={"font": {"size": 10, "color": theme.colour("ink")}},
        )  # fmt: skip
    sizes = net.nodes.set_index("party_id")["agreements"]
    names = dataset.party_names
    for whose, colour, whom in (
        (own[one], colours[one], [one]),
        (own[two], colours[two], [two]),
        (both, theme.colour("accent"), [one, two]),
    ):
        figure.add_scatter(
            x=[at[p][0] for p in whose], y=[at[p][1] for p in whose], mode="markers",
            marker={"size": 8, "color": colour, "line": {"width": 0}}, showlegend=False,
            hovertext=[
                theme.safe(
                    f"{names[p]}: {some(sizes[p], 'agreement')} with "
                    f"{listed(named(names[state]) for state in whom)}"
                )
                for p in whose
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    for state, symbol in theme.state_symbols(dataset.focus).items():
        figure.add_scatter(
            x=[at[state][0]], y=[at[state][1]], mode="markers", showlegend=False,
            marker={"size": 20, "color": colours[state], "symbol": symbol,
                    "line": {"color": theme.colour("paper"), "width": 2}},
            hovertext=[
                theme.safe(
                    f"{names[state]}: {some(len(own[state]), 'partner')} alone, {len(both)} shared"
                )
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        annotate(
            figure, narrow, x=at[state][0], y=middle, yshift=-20,
            text=f"<b>{theme.safe(dataset.party_names[state])}</b>",
            bgcolor=theme.colour("paper"), borderpad=1, opacity=0.92,
            font={"size": 13, "color": colours[state]},
            narrow_note={"font": {"size": 11, "color": colours[state]}},
        )  # fmt: skip
    for group, anchor, shift in (
        (own[one], "right", -7),
        (own[two], "left", 7),
        (both, "center", 0),
    ):
        for p in group:
            annotate(
                figure, narrow, x=at[p][0], y=at[p][1], xanchor=anchor, xshift=shift,
                text=theme.safe(dataset.party_names[p]),
                font={"size": 11, "color": theme.colour("ink")},
                narrow_note={
                    "text": theme.safe(str(p)),
                    "font": {"size": 10, "color": theme.colour("ink")},
                },
                **({"bgcolor": theme.colour("paper"), "borderpad": 1} if group is both else {}),
            )  # fmt: skip
    heads = (
        (0.0, "right", f"{dataset.party_names[one]} alone ({len(own[one])})", colours[one]),
        (2.0, "center", f"both ({len(both)})", theme.colour("accent")),
        (4.0, "left", f"{dataset.party_names[two]} alone ({len(own[two])})", colours[two]),
    )
    for where, anchor, words, ink in heads:
        annotate(
            figure, narrow, x=where, y=rows + 0.1, xanchor=anchor, yanchor="bottom",
            text=f"<b>{theme.safe(words)}</b>", font={"size": 12, "color": ink},
            narrow_note={
                "font": {"size": 10, "color": ink},
                "xanchor": {"right": "left", "left": "right"}.get(anchor, anchor),
                "xshift": {"right": -30, "left": 30}.get(anchor, 0),
            },
        )  # fmt: skip
    figure.update_xaxes(visible=False, range=[-1.1, 5.1])
    figure.update_yaxes(visible=False, range=[-0.8, rows + 1.0])
    narrow["xaxis"] = {"range": [-0.42, 4.42]}
    figure.update_layout(margin={"l": 0, "r": 0, "b": 8})
    return theme.finish(
        figure,
        name=name,
        title=_network_title(dataset, net),
        subtitle=(
            "Partners by concluded bilateral agreements "
            f"(n = {some(int(net.edges['agreements'].sum()), 'agreement')}, "
            f"{some(len(outside), 'partner')}); the thicker a line, the more "
            "agreements (one, two to four, five to nine, ten or more). A phone shows codes for "
            "names."
        ),
        alt=(
            f"Network. {_network_title(dataset, net)}. Shared: "
            f"{listed(dataset.party_names[p] for p in both) or 'none'}."
        ),
        data=data,
        measure=measures.network,
        height=120 + 20 * rows,
        narrow=narrow,
    )


def _column(parties: list[str], x: float, rows: int) -> dict[str, tuple[float, float]]:
    top = (rows - 1) / 2 + (len(parties) - 1) / 2
    return {p: (x, top - k) for k, p in enumerate(parties)}


def _accord_words(dataset: Dataset, accord: str | None, ids: tuple[str, ...]) -> str:
    if accord in ids:
        date = dataset.overview["date"].get(accord)
        if isinstance(date, str):
            return f"the accord of {date[:4]}"
    return some(len(ids), "agreement")


def _network_title(dataset: Dataset, net: measures.Network) -> str:
    one, two = dataset.focus
    outside = net.nodes[~net.nodes["focus"]]
    both = int((outside["states"].map(len) == 2).sum())
    between = int(net.edges.loc[net.edges["between_focus"], "agreements"].sum())
    tie = {0: "no agreement ties", 1: "one agreement ties"}.get(
        between, f"{between} agreements tie"
    )
    return (
        f"{dataset.party_names[one]} and {dataset.party_names[two]} share {both} of "
        f"{some(len(outside), 'partner')}; {tie} them to each other"
    )
