"""Charts over time: how often agreements are concluded, and what purchases cost."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import time as measures
from accords.charts import theme
from accords.charts.columns import annotate, panels
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.words import some

Breaks = Mapping[str, Mapping[Any, Any]]
"""By state, the break in its rate that is likelier than none."""


@theme.chart
def rates(
    dataset: Dataset,
    years: pd.DataFrame,
    periods: pd.DataFrame,
    breaks: pd.DataFrame,
    spans: pd.DataFrame,
) -> go.Figure:
    """Draw agreements a year, the rate of each period over them, and where the rate broke.

    Parameters
    ----------
    dataset
        For names and the edition date.
    years, periods, breaks, spans
        From :func:`accords.analysis.time.per_year`, :func:`accords.analysis.time.per_period`,
        :func:`accords.analysis.time.breaks` and :func:`accords.analysis.time.spread`.
    """
    name = "02-rates"
    data = _rates_data(dataset, years, periods, breaks)
    if years.empty:
        return theme.too_little(
            name=name, title="No agreement is dated", data=data, measure=measures.per_period
        )
    states = theme.present(dataset, years)
    colours = theme.state_colours(dataset.focus)
    broken = {b["state"]: b for b in breaks.to_dict("records") if b["probability"] >= 0.5}
    figure = go.Figure()
    tops = [
        1.12 * max(years.loc[years["state"] == state, "n"].max(),
                   periods.loc[periods["state"] == state, "high"].max())
        for state in states
    ]  # fmt: skip
    axes = panels(figure, tops)
    newest = years.iloc[-1]
    end = float(newest["year"] - 0.5 + newest["observed"])
    for state, axis, top in zip(states, axes, tops, strict=True):
        own, blocks = years[years["state"] == state], periods[periods["state"] == state]
        who, ink = dataset.party_names[state], colours[state]
        title = f"{who} (n = {own['n'].sum()})"
        if state in broken:
            found = broken[state]
            _break(figure, axis, found, top)
            title = f"{who}: {found['rate_before']:.1f}, then {found['rate_after']:.1f} a year"
        _year_bars(figure, own, axis, who)
        if (spans["state"] == state).any():
            _span_bars(figure, own, spans[spans["state"] == state], axis, who)
        _steps(figure, blocks, axis, ink, who, end)
        figure.add_scatter(
            x=(blocks["start"] + blocks["end"].clip(upper=end)) / 2, yaxis=axis, mode="text",
            y=[
                max(high, own.loc[own["year"].between(first, last), "n"].max())
                for first, last, high in zip(
                    blocks["start"], blocks["end"], blocks["high"], strict=True
                )
            ],
            text=[f"{rate:.1f}" for rate in blocks["rate"]], textposition="top center",
            textfont={"size": 11, "color": ink}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        figure.add_annotation(
            text=f"<b>{theme.safe(title)}</b>", showarrow=False, x=0, xref="paper",
            xanchor="left", y=1, yref=f"{axis} domain", yanchor="bottom",
            font={"size": 13, "color": ink},
        )  # fmt: skip
        figure.update_layout({"yaxis" + axis[1:]: {"range": [0, top], "dtick": _tick(max(tops))}})
    span = [int(years["year"].min()) - 1, end + 0.2]
    figure.update_xaxes(range=span, dtick=10, showgrid=False)
    figure.update_layout(barmode="overlay")
    length = int((periods["end"] - periods["start"]).mode().iloc[0]) + 1
    return theme.finish(
        figure,
        name=name,
        title=_rates_title(dataset, broken, states),
        subtitle=(
            f"Agreements concluded: bars a year; lines the mean of each {length}-year period, with "
            "the exact 95 % Poisson interval shaded and the mean written above. Dashed: the "
            "likeliest break in the rate, on the years that hold it with 90 % probability (Raftery "
            f"and Akman 1986). All to {dates.spoken(str(dataset.as_of.date()))}."
            + (
                " Pale, on top: agreements dated to a span of years, spread evenly over it and in "
                "no rate."
                if len(spans)
                else ""
            )
        ),
        alt=_rates_alt(dataset, periods, broken, states),
        data=data,
        measure=measures.per_period,
        height=520,
        narrow={"height": 520, "margin": {"l": 4, "r": 4, "t": 30}, "xaxis": {"dtick": 20}},
    )


def _tick(top: float) -> int:
    """Distance of gridlines: about five to the highest value."""
    steps = [m * 10**e for e in range(6) for m in (1, 2, 5)]
    return next((step for step in steps if step >= top / 6), steps[-1])


def _year_bars(figure: go.Figure, own: pd.DataFrame, axis: str, who: str) -> None:
    """Draw a bar a year, the edition's own year as wide as it has passed."""
    figure.add_bar(
        x=own["year"] - 0.5 + own["observed"] / 2, y=own["n"], width=0.8 * own["observed"],
        yaxis=axis, showlegend=False, marker={"color": theme.colour("soft"), "line": {"width": 0}},
        hovertext=[
            f"{theme.safe(who)}, {year}: {some(n, 'agreement')}"
            for year, n in zip(own["year"], own["n"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _span_bars(
    figure: go.Figure, own: pd.DataFrame, spans: pd.DataFrame, axis: str, who: str
) -> None:
    """Draw what is dated to a span of years on top of the bars of the years that it covers."""
    base = own.set_index("year")["n"].reindex(spans["year"]).fillna(0)
    figure.add_bar(
        x=spans["year"], y=spans["n"], base=base.to_numpy(), width=0.8, yaxis=axis,
        showlegend=False, marker={"color": theme.colour("grid"), "line": {"width": 0}},
        hovertext=[
            f"{theme.safe(who)}, {year}: {some(len(ids), 'agreement')} dated to a span with it"
            for year, ids in zip(spans["year"], spans["agreements"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _steps(
    figure: go.Figure, blocks: pd.DataFrame, axis: str, ink: str, who: str, end: float
) -> None:
    """Draw rates as horizontal lines over their years, with their intervals shaded."""
    means, bands, told = [], [], []
    for row in blocks.to_dict("records"):
        left, right = row["start"] - 0.5, min(row["end"] + 0.5, end)
        low, high, rate = row["low"], row["high"], row["rate"]
        means.append([(left, rate), (right, rate)])
        bands.append([(left, low), (right, low), (right, high), (left, high), (left, low)])
        said = f"{theme.safe(who)}, {row['period']}: {rate:.1f} agreements a year"
        told += [said, said, ""]
    figure.add_scatter(
        **theme.strokes(bands), yaxis=axis, mode="lines", fill="toself", fillcolor=ink,
        opacity=0.22, line={"color": ink, "width": 0}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        **theme.strokes(means), yaxis=axis, mode="lines", line={"color": ink, "width": 3},
        showlegend=False, hovertext=told, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _break(figure: go.Figure, axis: str, found: Mapping[Any, Any], top: float) -> None:
    """Draw the likeliest start of a new rate, on the years that may hold it."""
    low, high = found["low"], found["high"]
    figure.add_shape(
        type="rect", xref="x", yref=axis, layer="below", x0=low - 0.5, x1=high + 0.5, y0=0, y1=top,
        fillcolor=theme.colour("scale-1"), opacity=0.6, line={"width": 0},
    )  # fmt: skip
    figure.add_shape(
        type="line", xref="x", yref=axis, y0=0, y1=top,
        x0=found["year"] - 0.5, x1=found["year"] - 0.5,
        line={"color": theme.colour("muted"), "width": 1.5, "dash": "dash"},
    )  # fmt: skip
    figure.add_annotation(
        x=low - 0.8, y=top, xref="x", yref=axis, xanchor="right", yanchor="top", align="right",
        text=f"<b>break likeliest in {found['year']}</b><br>90 %: {_years(low, high)}",
        showarrow=False, font={"size": 11, "color": theme.colour("muted")},
    )  # fmt: skip


def _years(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _rates_title(dataset: Dataset, broken: Breaks, states: list[str]) -> str:
    parts = []
    for state in states:
        who = dataset.party_names[state]
        if state not in broken:
            parts.append(f"{who}’s shows no break")
            continue
        found = broken[state]
        parts.append(
            f"{who}’s {'rose' if found['rate_after'] > found['rate_before'] else 'fell'} around "
            f"{found['year']}, from {found['rate_before']:.1f} to {found['rate_after']:.1f}"
        )
    return f"Recorded agreements a year: {'; '.join(parts)}"


def _rates_alt(dataset: Dataset, periods: pd.DataFrame, broken: Breaks, states: list[str]) -> str:
    parts = []
    for state in states:
        own = periods[periods["state"] == state]
        said = ", ".join(
            f"{period} {rate:.1f}" for period, rate in zip(own["period"], own["rate"], strict=True)
        )
        parts.append(f"{dataset.party_names[state]}: {said}")
        if state in broken:
            found = broken[state]
            parts.append(
                f"Its rate broke around {found['year']} ({_years(found['low'], found['high'])})"
            )
    return f"Agreements a year by period. {'. '.join(parts)}."


def _rates_data(
    dataset: Dataset, years: pd.DataFrame, periods: pd.DataFrame, breaks: pd.DataFrame
) -> pd.DataFrame:
    single = years.assign(period=years["year"].astype(str), rate=years["n"] / years["observed"])
    table = pd.concat([periods, single], ignore_index=True)
    counted = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Period": table["period"],
            "Years observed": table["observed"].astype(float).round(2),
            "Agreements": table["n"],
            **theme.estimates(table, "rate", "A year", 2),
        }
    )
    found = pd.DataFrame(
        {
            "State": breaks["state"].map(dataset.party_names),
            "Period": "likeliest break",
            "Agreements": breaks["n"],
            "Year of the break": breaks["year"],
            "Earliest (90 %)": breaks["low"],
            "Latest (90 %)": breaks["high"],
            "Probability": breaks["probability"].astype(float).round(3),
            "A year before": breaks["rate_before"].astype(float).round(2),
            "A year after": breaks["rate_after"].astype(float).round(2),
        }
    )
    return pd.concat([counted, found], ignore_index=True)


@theme.chart
def contract_values(
    dataset: Dataset, table: pd.DataFrame, unvalued: pd.DataFrame, most: int = 10
) -> go.Figure:
    """Draw the dearest procurement contracts as a list with names, by currency.

    Parameters
    ----------
    dataset
        For names.
    table, unvalued
        From :func:`accords.analysis.time.contracts` and
        :func:`accords.analysis.time.unvalued_contracts`.
    most
        Contracts shown of each currency.
    """
    name = "02-contract-values"
    overview = dataset.overview
    table = table.assign(name=table["agreement_id"].map(overview["short_name"]))
    table = table.sort_values("amount", ascending=False, kind="stable")
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Date": table["date"].map(dates.spoken, na_action="ignore"),
            "Contract": table["title"],
            "Currency": table["currency"],
            "Value carried": table["amount"],
            "Lowest": table["low"],
            "Highest": table["high"],
            "Sources say": table["figures"],
            "Record": table["agreement_id"],
        }
    )
    if table.empty:
        return theme.too_little(
            name=name, title="No contract is priced", data=data, measure=measures.contracts
        )
    counts = table["currency"].value_counts()
    lists = [table[table["currency"] == currency].head(most) for currency in counts.index]
    sizes = [len(rows) + 0.4 for rows in lists]
    figure = go.Figure()
    narrow: dict[str, Any] = {
        "height": round(110 + 47 * sum(sizes)), "margin": {"l": 4, "r": 4, "t": 20, "b": 4},
    }  # fmt: skip
    pairs = zip(counts.items(), lists, panels(figure, sizes, gap=0.04, head=0.025), strict=True)
    for n, ((currency, count), rows, axis) in enumerate(pairs):
        x = "x" if n == 0 else f"x{n + 1}"
        few = f"the {len(rows)} dearest of {count}" if count > len(rows) else f"n = {count}"
        annotate(
            figure, narrow, text=f"<b>{theme.safe(str(currency))}</b> ({few})", x=0, xref="paper",
            xanchor="left", y=1, yref=f"{axis} domain", yanchor="bottom",
            font={"size": 13, "color": theme.colour("ink")},
        )  # fmt: skip
        _ranked(figure, dataset, rows, x, axis, narrow)
        figure.update_layout(
            {
                f"xaxis{x[1:]}": {
                    "visible": False, "anchor": axis,
                    "range": [0, 1.015 * rows["high"].max()],
                },
                f"yaxis{axis[1:]}": {"visible": False, "range": [-0.4, len(rows)]},
            }
        )  # fmt: skip
    figure.update_layout(
        margin={"b": 8},
        legend={"itemclick": False, "itemdoubleclick": False},
    )
    return theme.finish(
        figure,
        name=name,
        title=_values_title(table, unvalued),
        subtitle=(
            f"Procurement contracts with a price (n = {len(table)}), nominal, each in its own "
            "currency, the dearest first. The mark is the value that the dataset carries; a grey "
            f"line spans the figures where sources differ. No source prices "
            f"{some(len(unvalued), 'other')}."
        ),
        alt=_values_alt(dataset, lists),
        data=data,
        measure=measures.contracts,
        height=round(170 + 36 * sum(sizes)),
        narrow=narrow,
    )


def _ranked(
    figure: go.Figure,
    dataset: Dataset,
    rows: pd.DataFrame,
    x: str,
    y: str,
    narrow: dict[str, Any],
) -> None:
    """Draw one currency's contracts: the name on a line, the value on a line under it."""
    rows = rows.assign(at=range(len(rows) - 1, -1, -1))
    colours, symbols = theme.state_colours(dataset.focus), theme.state_symbols(dataset.focus)
    for state in theme.present(dataset, rows):
        own = rows[rows["state"] == state]
        places = list(zip(own["at"], own["amount"], own["low"], own["high"], strict=True))
        spans = theme.strokes(((low, at), (high, at)) for at, _, low, high in places if high > low)
        stems = theme.strokes(((0, at), (amount, at)) for at, amount, _, _ in places)
        for lines, ink, width in (
            (spans, theme.colour("muted"), 1.5),
            (stems, colours[state], 4),
        ):
            figure.add_scatter(
                **lines, xaxis=x, yaxis=y, mode="lines", hoverinfo="skip", showlegend=False,
                line={"color": ink, "width": width},
            )  # fmt: skip
        figure.add_scatter(
            x=own["amount"], y=own["at"], xaxis=x, yaxis=y, mode="markers",
            name=theme.safe(dataset.party_names[state]), legendgroup=state,
            showlegend=not any(trace.legendgroup == state for trace in figure.data),
            marker={"color": colours[state], "symbol": symbols[state], "size": 10,
                    "line": {"color": theme.colour("paper"), "width": 1}},
            customdata=own["agreement_id"],
            hovertext=[
                _value_hover(dataset.party_names[state], row) for row in own.to_dict("records")
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    for row in rows.to_dict("records"):
        year = f" ({row['earliest'].year})" if pd.notna(row["earliest"]) else ""
        if re.search(r"\d{4}$", row["name"]):
            year = ""  # The name ends with one.
        value = _money(row["amount"])
        wide, tall = (
            textwrap.wrap(
                f"{value} {row['name']}{year}", width, max_lines=lines, placeholder=" …",
                break_on_hyphens=False,
            )
            for width, lines in ((125, 1), (58, 2))
        )  # fmt: skip
        said = [
            f"<b>{value}</b>{'<br>'.join(map(theme.safe, lines))[len(value) :]}"
            for lines in (wide, tall)
        ]
        annotate(
            figure, narrow, text=said[0], x=0, xref="paper", xanchor="left", y=row["at"], yref=y,
            yanchor="bottom", yshift=4, align="left",
            font={"size": 12, "color": theme.colour("ink")},
            narrow_note={"text": said[1], "font": {"size": 11, "color": theme.colour("ink")}},
        )  # fmt: skip


def _value_hover(who: str, row: Mapping[Any, Any]) -> str:
    said = f"{_money(row['amount'])} {row['currency']}"
    if row["disputed"]:
        said += f" (sources: {_money(row['low'])} to {_money(row['high'])})"
    dated = f", {dates.spoken(row['date'])}" if pd.notna(row["date"]) else ""
    return f"{theme.safe(row['title'])}<br>{theme.safe(who)}{dated}: {said}"


def _money(amount: float) -> str:
    """Write an amount briefly: '300 m', '1.2 bn'."""
    if amount >= 1e9:
        return f"{amount / 1e9:.3g}{theme.NBSP}bn"
    if amount >= 1e6:
        return f"{amount / 1e6:.3g}{theme.NBSP}m"
    return f"{amount:,.0f}"


def _values_title(table: pd.DataFrame, unvalued: pd.DataFrame) -> str:
    priced, total = len(table), len(table) + len(unvalued)
    disputed = int(table["disputed"].sum())
    return (
        f"{priced} of {some(total, 'procurement contract')} "
        f"{'has' if 1 in (priced, total) else 'have'} a price, and for {disputed} of these "
        "sources give different figures"
    )


def _values_alt(dataset: Dataset, lists: list[pd.DataFrame]) -> str:
    parts = []
    for rows in lists:
        dearest = rows.head(3)
        named = "; ".join(
            f"{name} ({dataset.party_names[state]}, {_money(amount)})"
            for name, state, amount in zip(
                dearest["name"], dearest["state"], dearest["amount"], strict=True
            )
        )
        parts.append(f"In {rows['currency'].iloc[0]}: {named}")
    return f"List of contracts by value. {'. '.join(parts)}."
