"""Charts over time: each agreement, rates, stock in force, instruments, values, breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from accords import dates
from accords.charts import theme
from accords.charts.columns import panels
from accords.dataset import Dataset
from accords.measures import time as measures
from accords.prose.text import listed, lowered, portion, some

LEGEND = {"traceorder": "normal", "x": 0, "y": 1, "yanchor": "top", "font": {"size": 12}}
"""In the head that a drawing keeps free above its first panel."""

NARROW_LEGEND = {"font": {"size": 10}, "entrywidth": 0.49, "entrywidthmode": "fraction"}
"""Two columns on a phone."""


def panel_title(figure: go.Figure, axis: str, text: str, ink: str) -> None:
    """Write a panel's name above its left edge."""
    top = figure.layout["yaxis" + axis[1:]].domain[1]
    figure.add_annotation(
        text=f"<b>{theme.safe(text)}</b>", showarrow=False,
        x=0, xref="paper", xanchor="left", y=top, yref="paper", yanchor="bottom",
        font={"size": 13, "color": ink},
    )  # fmt: skip


@theme.chart
def timeline(dataset: Dataset, rows: pd.DataFrame, accord: str | None = None) -> go.Figure:
    """Draw every dated agreement as one mark in the lane of its state.

    Parameters
    ----------
    dataset
        For names, labels and the edition date.
    rows
        From :func:`accords.measures.time.timeline`.
    accord
        The agreement to point out.
    """
    name, names = "02-timeline", dataset.party_names
    data = _timeline_data(dataset, rows)
    if rows.empty:
        return theme.too_little(
            name=name, title="No agreement is dated", data=data, measure=measures.timeline
        )
    families = dataset.labels("instrument_families")
    rank = {code: n for n, code in enumerate(families)}
    marks = rows.assign(
        rank=rows["instrument_family"].map(rank),
        marked=rows["agreement_id"] == accord,
        told=[
            f"{theme.safe(title)}<br>{theme.safe(names[state])}: {dates.spoken(date)}"
            for title, state, date in zip(rows["title"], rows["state"], rows["date"], strict=True)
        ],
    ).sort_values(
        ["state", "year", "concluded", "marked", "rank", "earliest"],
        ascending=[True, True, False, True, True, True],
    )
    marks["level"] = marks.groupby(["state", "year"]).cumcount()
    states = theme.present(dataset, marks)
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    tallest = marks.groupby("state")["level"].max() + 1.5
    axes = panels(figure, [float(tallest[state]) for state in states], gap=0.1, head=0.17)
    for code, label in families.items():
        for state, axis in zip(states, axes, strict=True):
            own = marks[(marks["state"] == state) & (marks["instrument_family"] == code)]
            _units(
                figure, own[own["concluded"]], axis, theme.safe(label),
                fill=theme.colour(code), line=theme.colour("paper"), legend=state == states[0],
            )  # fmt: skip
    for state, axis in zip(states, axes, strict=True):
        own = marks[(marks["state"] == state) & ~marks["concluded"]]
        _units(
            figure, own, axis, "Announced only",
            fill=theme.colour("paper"), line=theme.colour("muted"), legend=state == states[0],
        )  # fmt: skip
        concluded = int(marks.loc[marks["state"] == state, "concluded"].sum())
        panel_title(figure, axis, f"{names[state]}: {concluded} concluded", colours[state])
        figure.update_layout(
            {
                "yaxis" + axis[1:]: {
                    "range": [0, float(tallest[state])], "dtick": 5, "zeroline": False,
                }
            }
        )  # fmt: skip
    wide_notes = list(figure.layout.annotations)
    narrow_notes = list(wide_notes)
    for state, axis in zip(states, axes, strict=True):
        hit = marks[marks["marked"] & (marks["state"] == state)]
        for year, level, date in zip(hit["year"], hit["level"], hit["date"], strict=True):
            figure.add_shape(
                type="rect", xref="x", yref=axis, layer="above",
                x0=year - 0.5, x1=year + 0.5, y0=level - 0.04, y1=level + 0.96,
                line={"color": theme.colour("accent"), "width": 2},
            )  # fmt: skip
            note = {
                "x": year - 0.6, "y": level + 0.5, "xref": "x", "yref": axis, "ay": 0,
                "xanchor": "right", "align": "right", "arrowhead": 0, "arrowwidth": 1.5,
                "arrowcolor": theme.colour("accent"),
                "font": {"size": 12, "color": theme.colour("accent")},
            }  # fmt: skip
            said = dates.spoken(date)
            wide_notes.append({**note, "ax": -36, "text": f"<b>The accord</b>, {said}"})
            narrow_notes.append({**note, "ax": -16, "text": f"<b>The accord</b><br>{said}"})
    figure.update_layout(annotations=wide_notes)
    first = int(marks["year"].min())
    figure.update_xaxes(range=[first - 1, dataset.as_of.year + 1], dtick=10, showgrid=False)
    figure.update_layout(barmode="overlay", legend=LEGEND)
    announced = int((~rows["concluded"]).sum())
    both = " An agreement of both states stands in both lanes." if len(states) > 1 else ""
    return theme.finish(
        figure,
        name=name,
        title=_timeline_title(dataset, rows, states),
        subtitle=(
            "Each mark is a dated agreement, in the year in which the state concluded it "
            f"(n = {int(rows['concluded'].sum())}); hollow marks were only announced "
            f"(n = {announced}).{both}"
        ),
        alt=_timeline_alt(dataset, rows, states),
        data=data,
        measure=measures.timeline,
        height=690,
        narrow={
            "height": 600,
            "margin": {"l": 0, "r": 4, "t": 30},
            "xaxis": {"dtick": 20},
            "annotations": narrow_notes,
            "legend": NARROW_LEGEND,
        },
    )


def _units(
    figure: go.Figure, rows: pd.DataFrame, axis: str, label: str, *, fill: str, line: str,
    legend: bool,
) -> None:  # fmt: skip
    figure.add_bar(
        x=rows["year"], y=[0.84] * len(rows), base=rows["level"] + 0.04, width=0.8, yaxis=axis,
        name=label, legendgroup=label, showlegend=legend,
        marker={"color": fill, "line": {"color": line, "width": 1}},
        customdata=rows["agreement_id"],
        hovertext=rows["told"],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _timeline_title(dataset: Dataset, rows: pd.DataFrame, states: list[str]) -> str:
    done = rows[rows["concluded"]]
    parts = []
    for state in states:
        years = done.loc[done["state"] == state, "year"]
        if years.empty:
            continue
        recent = int((years > dataset.as_of.year - 10).sum())
        parts.append(
            f"{recent} of {some(len(years), 'dated agreement')} of {dataset.party_names[state]} "
            f"{'is' if 1 in (recent, len(years)) else 'are'} from the last ten years"
        )
    if not parts:
        return "No dated agreement was concluded; all are announced only"
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def _timeline_alt(dataset: Dataset, rows: pd.DataFrame, states: list[str]) -> str:
    parts = []
    for state in states:
        own = rows[(rows["state"] == state) & rows["concluded"]]
        if own.empty:
            continue
        busiest = own["year"].value_counts().sort_index().idxmax()
        most = int((own["year"] == busiest).sum())
        parts.append(
            f"{dataset.party_names[state]}: {some(len(own), 'dated agreement')} from "
            f"{own['year'].min()} to {own['year'].max()}, most in {busiest} ({most})"
        )
    return f"Timeline with one mark an agreement. {'. '.join(parts)}."


def _timeline_data(dataset: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "State": rows["state"].map(dataset.party_names),
            "Date": rows["date"],
            "Agreement": rows["title"],
            "Instrument": rows["instrument"].map(dataset.labels("instruments")),
            "Status": rows["status"].map(dataset.labels("statuses")),
            "Record": rows["agreement_id"],
        }
    )


@theme.chart
def rates(dataset: Dataset, years: pd.DataFrame, periods: pd.DataFrame) -> go.Figure:
    """Draw agreements per year, with the rate and interval of each period over them.

    Parameters
    ----------
    dataset
        For names and the edition date.
    years, periods
        From :func:`accords.measures.time.per_year` and :func:`accords.measures.time.per_period`.
    """
    name = "02-rates"
    data = _rates_data(dataset, years, periods)
    if years.empty:
        return theme.too_little(
            name=name, title="No agreement is dated", data=data, measure=measures.per_period
        )
    states = theme.present(dataset, years)
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    tops = [
        1.12 * max(years.loc[years["state"] == state, "n"].max(),
                   periods.loc[periods["state"] == state, "high"].max())
        for state in states
    ]  # fmt: skip
    axes = panels(figure, tops)
    for state, axis, top in zip(states, axes, tops, strict=True):
        own = years[years["state"] == state]
        blocks = periods[periods["state"] == state]
        who = dataset.party_names[state]
        _year_bars(figure, own, axis, who)
        _steps(
            figure, axis, colours[state], who,
            zip(blocks["start"], blocks["end"], blocks["rate"], blocks["low"], blocks["high"],
                strict=True),
        )  # fmt: skip
        figure.add_scatter(
            x=(blocks["start"] + blocks["end"]) / 2, yaxis=axis, mode="text",
            y=[
                max(high, own.loc[own["year"].between(start, end), "n"].max())
                for start, end, high in zip(
                    blocks["start"], blocks["end"], blocks["high"], strict=True
                )
            ],
            text=[f"{rate:.1f}" for rate in blocks["rate"]], textposition="top center",
            textfont={"size": 11, "color": colours[state]}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        panel_title(
            figure, axis, f"{dataset.party_names[state]} (n = {own['n'].sum()})", colours[state]
        )
        figure.update_layout({"yaxis" + axis[1:]: {"range": [0, top], "dtick": _tick(max(tops))}})
    first = int(years["year"].min())
    figure.update_xaxes(range=[first - 1, dataset.as_of.year + 1.2], dtick=10, showgrid=False)
    figure.update_layout(bargap=0.2)
    return theme.finish(
        figure,
        name=name,
        title=_rates_title(dataset, states),
        subtitle=(
            "Agreements concluded: bars a year; lines the mean of each five-year period, with the "
            "exact 95 % Poisson interval shaded and the mean written above. The newest period "
            f"ends with the edition, {dates.spoken(str(dataset.as_of.date()))}."
        ),
        alt=_rates_alt(dataset, periods, states),
        data=data,
        measure=measures.per_period,
        height=520,
        narrow={
            "height": 520,
            "margin": {"l": 0, "r": 4, "t": 30},
            "xaxis": {"dtick": 20, "range": [first - 1, dataset.as_of.year + 2.5]},
        },
    )


def _tick(top: float) -> int:
    """Distance of gridlines: about five to the highest value."""
    steps = [m * 10**e for e in range(6) for m in (1, 2, 5)]
    return next((step for step in steps if step >= top / 6), steps[-1])


def _year_bars(figure: go.Figure, own: pd.DataFrame, axis: str, who: str) -> None:
    figure.add_bar(
        x=own["year"], y=own["n"], yaxis=axis, showlegend=False,
        marker={"color": theme.colour("soft"), "line": {"width": 0}},
        hovertext=[
            f"{theme.safe(who)}, {year}: {some(n, 'agreement')}"
            for year, n in zip(own["year"], own["n"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _steps(
    figure: go.Figure,
    axis: str,
    ink: str,
    who: str,
    blocks: Iterable[tuple[float, float, float, float, float]],
) -> None:
    """Draw rates as horizontal lines over their years, with their intervals shaded."""
    means, bands, told = [], [], []
    for start, end, rate, low, high in blocks:
        left, right = start - 0.5, end + 0.5
        means.append([(left, rate), (right, rate)])
        bands.append([(left, low), (right, low), (right, high), (left, high), (left, low)])
        said = f"{theme.safe(who)}, {start:.0f}–{end:.0f}: {rate:.1f} agreements a year"
        told += [said, said, ""]
    figure.add_scatter(
        **theme.strokes(bands), yaxis=axis, mode="lines", fill="toself", fillcolor=ink,
        opacity=0.22, line={"color": ink, "width": 0}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        **theme.strokes(means), yaxis=axis, mode="lines", line={"color": ink, "width": 3},
        showlegend=False, hovertext=told, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _rates_title(dataset: Dataset, states: list[str]) -> str:
    parts = []
    for state in states:
        found = measures.rate_change(dataset, state)
        who = dataset.party_names[state]
        if pd.isna(found.ratio):
            parts.append(f"{who} has no agreement to compare with")
        elif found.low > 1:
            parts.append(f"{found.ratio:.1f} times as many agreements for {who}")
        elif found.high < 1:
            parts.append(f"fewer for {who} ({found.ratio:.1f} times)")
        else:
            parts.append(f"no clear change for {who}")
    return f"The last ten full years against the ten before: {listed(parts)}"


def _rates_alt(dataset: Dataset, periods: pd.DataFrame, states: list[str]) -> str:
    parts = []
    for state in states:
        own = periods[periods["state"] == state]
        rates_said = ", ".join(
            f"{period} {rate:.1f}" for period, rate in zip(own["period"], own["rate"], strict=True)
        )
        parts.append(f"{dataset.party_names[state]}: {rates_said}")
    return f"Agreements a year by period. {'. '.join(parts)}."


def _rates_data(dataset: Dataset, years: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    single = years.assign(period=years["year"].astype(str), rate=years["n"] / years["observed"])
    table = pd.concat([periods, single], ignore_index=True)
    return pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Period": table["period"],
            "Years observed": table["observed"].astype(float).round(2),
            "Agreements": table["n"],
            **theme.estimates(table, "rate", "A year", 2),
        }
    )


@theme.chart
def stock(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the running total and what of it is, or may be, in force.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.time.stock`.
    """
    name = "02-stock"
    heads = {
        **{"state": "State", "year": "Year", "concluded": "Concluded so far"},
        **{"in_force": "Known in force", "pending": "Pending", "signed": "Signed"},
        **{"unknown": "Unknown", "ended": "Ended", "most": "In force at most"},
    }
    data = table.assign(state=table["state"].map(dataset.party_names))[list(heads)].rename(
        columns=heads
    )
    if table.empty:
        return theme.too_little(
            name=name, title="No agreement is dated", data=data, measure=measures.stock
        )
    states = theme.present(dataset, table)
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    tops = [1.08 * float(table.loc[table["state"] == state, "concluded"].max()) for state in states]
    axes = panels(figure, tops)
    last = int(table["year"].max())
    narrow_notes = []
    for state, axis, top in zip(states, axes, tops, strict=True):
        own = table[table["state"] == state]
        ink = colours[state]
        figure.add_scatter(
            x=[*own["year"], *own["year"][::-1]], y=[*own["most"], *own["in_force"][::-1]],
            yaxis=axis, mode="lines", fill="toself", fillcolor=ink, opacity=0.22,
            line={"width": 0, "color": ink}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        for column, colour, width in (
            ("concluded", theme.colour("muted"), 1.5),
            ("most", ink, 1),
            ("in_force", ink, 3),
        ):
            figure.add_scatter(
                x=own["year"], y=own[column], yaxis=axis, mode="lines", showlegend=False,
                line={"color": colour, "width": width},
                hovertext=[
                    f"{theme.safe(dataset.party_names[state])}, {year}: {some(n, 'agreement')} "
                    f"{heads[column].lower()}"
                    for year, n in zip(own["year"], own[column], strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )  # fmt: skip
        end = own.iloc[-1]
        labels = [
            ("in_force", "known in force", ink),
            ("most", "in force at most", ink),
            ("concluded", "concluded", theme.colour("muted")),
        ]
        placed = theme.spread([float(end[column]) for column, _, _ in labels], 0.05 * sum(tops))
        panel_title(figure, axis, dataset.party_names[state], ink)
        for (column, words, colour), y in zip(labels, placed, strict=True):
            figure.add_annotation(
                x=last + 0.5, y=y, xref="x", yref=axis, xanchor="left", showarrow=False,
                text=f"<b>{end[column]}</b> {words}", font={"size": 12, "color": colour},
            )  # fmt: skip
        figure.update_layout({"yaxis" + axis[1:]: {"range": [0, top], "dtick": _tick(max(tops))}})
    for note in figure.layout.annotations:
        words = note.text.replace(" known in force", " known").replace("in force at", "at")
        narrow_notes.append({**note.to_plotly_json(), "text": words})
    first = int(table["year"].min())
    figure.update_xaxes(range=[first - 1, last + 0.5], dtick=10, showgrid=False)
    figure.update_layout(margin={"r": 138})
    return theme.finish(
        figure,
        name=name,
        title=_stock_title(dataset, table, states),
        subtitle=(
            "At each year's end, from what had happened by then: all dated agreements concluded "
            "(grey), those known to be in force (thick line), and the band of those whose later "
            "life no source tells; declarations, which do not enter into force, are outside it."
        ),
        alt=f"Lines over time. {_stock_title(dataset, table, states)}.",
        data=data,
        measure=measures.stock,
        height=500,
        narrow={
            "height": 520,
            "margin": {"l": 0, "r": 88, "t": 30},
            "xaxis": {"dtick": 20},
            "annotations": narrow_notes,
        },
    )


def _stock_title(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> str:
    parts = []
    for state in states:
        end = table[table["state"] == state].iloc[-1]
        parts.append(
            f"{end['in_force']} of {dataset.party_names[state]}’s "
            f"{some(end['concluded'], 'dated agreement')} "
            f"{'is' if 1 in (end['in_force'], end['concluded']) else 'are'} known to be in force, "
            f"{end['most'] - end['in_force']} more may be"
        )
    return "; ".join(parts)


@theme.chart
def instruments(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the mix of instruments in each period as bars of equal length.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.measures.time.instrument_mix`.
    """
    name = "02-instruments"
    families = dataset.labels("instrument_families")
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Period": table["period"],
            "Instruments": table["family"].map(families),
            "Agreements": table["n"],
            "Of": table["total"],
            "Share": table["share"].astype(float).round(3),
        }
    )
    if table.empty:
        return theme.too_little(
            name=name, title="No agreement is dated", data=data, measure=measures.instrument_mix
        )
    states = theme.present(dataset, table)
    colours = theme.state_colours(dataset.focus)
    periods = table.drop_duplicates(["state", "period"])[["state", "period", "start", "total"]]
    figure = go.Figure()
    y, ticks, at = {}, [], 0.0
    for state in states:
        at -= 1.0
        figure.add_annotation(
            text=f"<b>{theme.safe(dataset.party_names[state])}</b>", showarrow=False,
            x=0, xref="x", xanchor="left", y=at + 0.1, font={"size": 13, "color": colours[state]},
        )  # fmt: skip
        for period, total in periods.loc[periods["state"] == state, ["period", "total"]].to_numpy():
            at -= 1.0
            y[state, period] = at
            ticks.append((at, str(period)))
            figure.add_annotation(
                text=f"n = {total}", showarrow=False, x=1, xref="paper", xanchor="left", y=at,
                font={"size": 11, "color": theme.colour("muted")},
            )  # fmt: skip
        at -= 0.3
    for code, label in families.items():
        own, shown = table[table["family"] == code], theme.safe(label)
        figure.add_bar(
            x=own["share"], y=[y[key] for key in zip(own["state"], own["period"], strict=True)],
            orientation="h", name=shown, width=0.78,
            marker={
                "color": theme.colour(code), "line": {"color": theme.colour("paper"), "width": 1}
            },
            text=[str(n) if share >= 0.06 else "" for n, share in
                  zip(own["n"], own["share"], strict=True)],
            textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"size": 11, "color": theme.colour("paper")},
            hovertext=[
                theme.safe(
                    f"{dataset.party_names[r['state']]}, {r['period']}, {lowered(label)}: "
                    f"{portion(r['n'], r['total'], 'agreement')}"
                )
                for r in own.to_dict("records")
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1], visible=False)
    figure.update_yaxes(
        tickvals=[v for v, _ in ticks], ticktext=[t for _, t in ticks], showgrid=False,
        zeroline=False, range=[at - 0.3, -0.4], domain=[0, 0.86],
    )  # fmt: skip
    figure.update_layout(barmode="stack", legend=LEGEND, margin={"r": 56})
    return theme.finish(
        figure,
        name=name,
        title=_instruments_title(dataset, table, states),
        subtitle=(
            "Share of each family of instruments among the agreements that a state concluded in a "
            f"decade; numbers are agreements (n = {int(table['n'].sum())})."
        ),
        alt=_instruments_alt(dataset, table, states),
        data=data,
        measure=measures.instrument_mix,
        height=240 + 29 * (len(ticks) + len(states)),
        narrow={
            "height": 150 + 32 * (len(ticks) + len(states)),
            "margin": {"l": 0, "r": 46, "t": 30},
            "legend": {"font": {"size": 11}},
            "yaxis": {"domain": [0, 0.8]},
        },
    )


def _leading(table: pd.DataFrame, state: str) -> tuple[str, list[str], int, int]:
    """Families with the most agreements in a state's newest period."""
    own = table[table["state"] == state]
    newest = own[own["start"] == own["start"].max()]
    most = int(newest["n"].max())
    top = newest.loc[newest["n"] == most, "family"]
    return str(newest["period"].iloc[0]), list(top), most, int(newest["total"].iloc[0])


def _instruments_title(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> str:
    families = dataset.labels("instrument_families")
    parts = []
    for state in states:
        period, top, n, total = _leading(table, state)
        names = listed(families[family].lower() for family in top)
        each = " each" if len(top) > 1 else ""
        parts.append(
            f"{names} lead for {dataset.party_names[state]} in {period} ({n} of {total}{each})"
        )
    text = listed(parts)
    return text[0].upper() + text[1:]


def _instruments_alt(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> str:
    families = dataset.labels("instrument_families")
    parts = []
    for state in states:
        own = table[table["state"] == state]
        for period, block in own.groupby("period", sort=False):
            counted = ", ".join(
                f"{families[family].lower()} {n}"
                for family, n in zip(block["family"], block["n"], strict=True)
                if n
            )
            parts.append(f"{dataset.party_names[state]} {period}: {counted}")
    return f"Stacked bars by decade. {'. '.join(parts)}."


@theme.chart
def contract_values(dataset: Dataset, table: pd.DataFrame, unvalued: pd.DataFrame) -> go.Figure:
    """Draw the priced procurement contracts on a log scale, disputed values as ranges.

    Parameters
    ----------
    dataset
        For names and the edition date.
    table, unvalued
        From :func:`accords.measures.time.contracts` and
        :func:`accords.measures.time.unvalued_contracts`.
    """
    name = "02-contract-values"
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Date": table["date"].map(dates.spoken),
            "Contract": table["title"],
            "Currency": table["currency"],
            "Value carried": table["amount"],
            "Lowest": table["low"],
            "Highest": table["high"],
            "Sources say": table["figures"],
            "Record": table["agreement_id"],
        }
    )
    drawn = table[table["earliest"].notna() & (table["amount"] > 0)]
    if drawn.empty:
        return theme.too_little(
            name=name, title="No dated contract is priced", data=data, measure=measures.contracts
        )
    colours = theme.state_colours(dataset.focus)
    currencies = list(drawn["currency"].value_counts().index)
    figure = go.Figure()
    lanes = [drawn[drawn["currency"] == currency] for currency in currencies]
    reach = [(lane["low"].min() / 1.6, lane["high"].max() * 2) for lane in lanes]
    axes = panels(figure, [log10(top / bottom) for bottom, top in reach], head=0.13)
    partners = {
        str(agreement): listed(dataset.party_names[code] for code in codes)
        for agreement, codes in dataset.overview["partners"].items()
    }
    for currency, lane, axis, (bottom, top) in zip(currencies, lanes, axes, reach, strict=True):
        for state, symbol in theme.state_symbols(dataset.focus).items():
            own = lane[lane["state"] == state]
            if own.empty:
                continue
            _ranges(figure, own[own["disputed"]], axis, colours[state])
            figure.add_scatter(
                x=own["earliest"], y=own["amount"], yaxis=axis, mode="markers",
                name=theme.safe(dataset.party_names[state]), legendgroup=state,
                showlegend=not any(trace.legendgroup == state for trace in figure.data),
                marker={"color": colours[state], "symbol": symbol, "size": 9,
                        "line": {"color": theme.colour("paper"), "width": 1}},
                customdata=own["agreement_id"],
                hovertext=[
                    _value_hover(dataset.party_names[state], row) for row in own.to_dict("records")
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )  # fmt: skip
        _value_labels(figure, lane, axis, partners)
        panel_title(figure, axis, f"{currency} (n = {len(lane)})", theme.colour("ink"))
        figure.update_layout(
            {
                "yaxis" + axis[1:]: {
                    "type": "log", "tickvals": _log_ticks(bottom, top),
                    "ticktext": [_money(v) for v in _log_ticks(bottom, top)],
                    "range": [log10(bottom), log10(top)], "zeroline": False,
                }
            }
        )  # fmt: skip
    span = dataset.as_of - drawn["earliest"].min()
    figure.update_xaxes(
        range=[drawn["earliest"].min() - 0.03 * span, dataset.as_of + 0.06 * span], type="date",
        showgrid=False, tickformat="%Y",
    )  # fmt: skip
    figure.update_layout(legend=LEGEND)
    wide_notes = list(figure.layout.annotations)
    hidden = [{} if note.text.startswith("<b>") else {"visible": False} for note in wide_notes]
    return theme.finish(
        figure,
        name=name,
        title=_values_title(table, unvalued),
        subtitle=(
            f"Procurement contracts with a date and a price (n = {len(drawn)}), nominal, each in "
            "its own currency, log scale. A line spans the figures where sources differ; the mark "
            "is the value that the dataset carries. No source prices "
            f"{some(len(unvalued), 'other')}."
        ),
        alt=_values_alt(dataset, table, unvalued),
        data=data,
        measure=measures.contracts,
        height=560,
        narrow={"height": 620, "margin": {"l": 0, "r": 4, "t": 30}, "annotations": hidden},
    )


def _ranges(figure: go.Figure, rows: pd.DataFrame, axis: str, ink: str) -> None:
    lines = theme.strokes(
        ((when, low), (when, high))
        for when, low, high in zip(rows["earliest"], rows["low"], rows["high"], strict=True)
    )
    figure.add_scatter(
        **lines, yaxis=axis, mode="lines+markers", showlegend=False, hoverinfo="skip",
        line={"color": ink, "width": 2}, marker={"symbol": "line-ew-open", "size": 8, "color": ink},
    )  # fmt: skip


def _value_labels(
    figure: go.Figure, lane: pd.DataFrame, axis: str, partners: Mapping[str, str]
) -> None:
    """Name the partner of the dearest contracts where the name has room above the mark."""
    span = lane["earliest"].max() - lane["earliest"].min()
    named: list[Mapping[Any, Any]] = []
    for row in lane.sort_values("high", ascending=False).head(8).to_dict("records"):
        beside = (lane["earliest"] - row["earliest"]).abs() < 0.06 * span
        under = (lane["low"] < 1.8 * row["high"]) & (lane["high"] > row["high"])
        near = any(
            abs(other["earliest"] - row["earliest"]) < 0.12 * span
            and abs(log10(other["high"] / row["high"])) < 0.3
            for other in named
        )
        if near or (beside & under).any():
            continue
        named.append(row)
        figure.add_annotation(
            x=row["earliest"], y=log10(row["high"]), xref="x", yref=axis, showarrow=False,
            text=theme.safe(partners[row["agreement_id"]]), yshift=12,
            font={"size": 11, "color": theme.colour("muted")},
        )  # fmt: skip


def _value_hover(who: str, row: Mapping[str, Any]) -> str:
    said = f"{_money(row['amount'])} {row['currency']}"
    if row["disputed"]:
        said += f" (sources: {_money(row['low'])} to {_money(row['high'])})"
    return f"{theme.safe(row['title'])}<br>{theme.safe(who)}, {dates.spoken(row['date'])}: {said}"


def _log_ticks(bottom: float, top: float) -> list[float]:
    steps = [m * 10**e for e in range(3, 13) for m in (1, 3)]
    return [float(step) for step in steps if bottom <= step <= top / 1.5]


def _money(amount: float) -> str:
    """Write an amount briefly: '300 m', '1.2 bn'."""
    if amount >= 1e9:
        return f"{amount / 1e9:.3g} bn"
    if amount >= 1e6:
        return f"{amount / 1e6:.3g} m"
    return f"{amount:,.0f}"


def _values_title(table: pd.DataFrame, unvalued: pd.DataFrame) -> str:
    priced, total = len(table), len(table) + len(unvalued)
    disputed = int(table["disputed"].sum())
    return (
        f"{priced} of {some(total, 'procurement contract')} "
        f"{'has' if 1 in (priced, total) else 'have'} a price, and for {disputed} of these "
        "sources give different figures"
    )


def _values_alt(dataset: Dataset, table: pd.DataFrame, unvalued: pd.DataFrame) -> str:
    parts = []
    for currency in table["currency"].unique():
        lane = table[table["currency"] == currency]
        dearest = lane.loc[lane["amount"].idxmax()]
        parts.append(
            f"{currency}: {some(len(lane), 'contract')}, the dearest {_money(dearest['amount'])} "
            f"({dataset.party_names[dearest['state']]}, {dates.spoken(dearest['date'])})"
        )
    return f"Contracts by date and value. {_values_title(table, unvalued)}. {'. '.join(parts)}."


@theme.chart
def breaks(dataset: Dataset, years: pd.DataFrame, table: pd.DataFrame) -> go.Figure:
    """Draw yearly counts with the rate before and after the likeliest break.

    Parameters
    ----------
    dataset
        For names.
    years, table
        From :func:`accords.measures.time.per_year` and :func:`accords.measures.time.breaks`.
    """
    name = "02-breaks"
    heads = {
        **{"state": "State", "first": "From", "last": "To", "n": "Agreements"},
        **{"probability": "Probability of a break", "year": "Likeliest year"},
        **{"low": "Earliest (90 %)", "high": "Latest (90 %)"},
        **{"rate_before": "A year before", "rate_after": "A year after"},
        "dispersion": "Dispersion",
    }
    data = table.assign(state=table["state"].map(dataset.party_names))[list(heads)].rename(
        columns=heads
    )
    if table.empty:
        return theme.too_little(
            name=name, title="Too few years to seek a break", data=data, measure=measures.rate_break
        )
    states = theme.present(dataset, table)
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    tops = [1.15 * float(years.loc[years["state"] == state, "n"].max()) for state in states]
    axes = panels(figure, tops)
    for state, axis, top in zip(states, axes, tops, strict=True):
        found = table[table["state"] == state].iloc[0]
        own = years[(years["state"] == state) & (years["year"] <= found["last"])]
        ink, who = colours[state], dataset.party_names[state]
        figure.add_shape(
            type="rect", xref="x", yref=axis, layer="below", y0=0, y1=top,
            x0=found["low"] - 0.5, x1=found["high"] + 0.5,
            fillcolor=theme.colour("scale-0"), line={"width": 0},
        )  # fmt: skip
        _year_bars(figure, own, axis, who)
        _steps(
            figure, axis, ink, who,
            [
                (found["first"], found["year"] - 1, found["rate_before"], found["before_low"],
                 found["before_high"]),
                (found["year"], found["last"], found["rate_after"], found["after_low"],
                 found["after_high"]),
            ],
        )  # fmt: skip
        panel_title(
            figure, axis,
            f"{dataset.party_names[state]}: {found['rate_before']:.1f}, then "
            f"{found['rate_after']:.1f} a year", ink,
        )  # fmt: skip
        figure.add_annotation(
            x=found["low"] - 0.8, y=top, xref="x", yref=axis, xanchor="right", yanchor="top",
            showarrow=False, align="right", bgcolor=theme.colour("paper"), borderpad=2,
            text=f"<b>break likeliest in {found['year']}</b><br>90 %: {_span(found)}<br>"
                 f"{_sureness(found['probability'])}",
            font={"size": 11, "color": theme.colour("muted")},
        )  # fmt: skip
        figure.update_layout({"yaxis" + axis[1:]: {"range": [0, top], "dtick": _tick(max(tops))}})
    first = int(years["year"].min())
    figure.update_xaxes(range=[first - 1, dataset.as_of.year + 0.5], dtick=10, showgrid=False)
    return theme.finish(
        figure,
        name=name,
        title=_breaks_title(dataset, table, states),
        subtitle=(
            "Agreements concluded a year (bars, full years only) and the mean rate before and "
            "after the likeliest break, with 90 % intervals; shaded years hold the break with a "
            "probability of 90 %. Bayesian change-point of a Poisson rate (Raftery and Akman 1986)."
        ),
        alt=f"Bars a year with two rates. {_breaks_title(dataset, table, states)}.",
        data=data,
        measure=measures.rate_break,
        height=500,
        narrow={"height": 500, "margin": {"l": 0, "r": 4, "t": 30}, "xaxis": {"dtick": 20}},
    )


def _sureness(probability: float) -> str:
    if probability > 0.995:
        return "all but certain"
    return f"probability {probability:.0%}"


def _span(found: pd.Series) -> str:
    low, high = int(found["low"]), int(found["high"])
    return str(low) if low == high else f"{low} to {high}"


def _breaks_title(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> str:
    parts = []
    for state in states:
        found = table[table["state"] == state].iloc[0]
        who = dataset.party_names[state]
        if found["probability"] < 0.5:
            parts.append(f"{who}’s shows no break")
        else:
            parts.append(
                f"{who}’s broke around {found['year']}, from {found['rate_before']:.1f} to "
                f"{found['rate_after']:.1f} a year"
            )
    return f"Of the recorded rates, {listed(parts)}"
