"""Charts over time: how often agreements are concluded, and what purchases cost."""

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import time as measures
from accords.charts import marks
from accords.charts.frame import chart
from accords.charts.theme import colour, safe, state_colours, state_symbols
from accords.dataset import Dataset
from accords.prose import time as prose
from accords.prose.names import each
from accords.words import brief_sum, some


@chart(
    "02-rates", measures.rates, prose.rates_caption,
    "state period observed count rate low high",
    empty="Agreements over time: none is dated to a year.",
)  # fmt: skip
def rates(
    dataset: Dataset, periods: pd.DataFrame, years: pd.DataFrame, breaks: pd.DataFrame
) -> go.Figure:
    """Draw the rate of each period over the agreements of each year, and where the rate broke.

    ``years`` and ``breaks`` are from :func:`accords.analysis.time.yearly` and
    :func:`~accords.analysis.time.breaks`.
    """
    broken = {b["state"]: b for b in breaks.to_dict("records") if b["probability"] >= 0.5}
    stacked = (years["count"] + years["spread"]).groupby(years["state"]).max()
    highest = periods.groupby("state")["high"].max()
    tops = {state: 1.12 * max(stacked[state], highest[state]) for state in stacked.index}
    figure, states = marks.state_panels(
        dataset, periods,
        [prose.rate_heading(dataset, s, own, broken.get(s)) for s, own in each(dataset, periods)],
        sizes=[tops[s] for s, _ in each(dataset, periods)], height=220 * len(tops), gap=24,
    )  # fmt: skip
    end = float(years["year"].max() - 0.5 + years["observed"].iloc[-1])
    span = [int(years["year"].min()) - 1, end + 0.2]
    steps = (m * 10**e for e in range(6) for m in (1, 2, 5))
    tick = next(step for step in steps if 6 * step >= max(tops.values()))
    for state, blocks, panel in states:
        who, own = dataset.party_names[state], years[years["state"] == state]
        if state in broken:
            _break(panel, broken[state], tops[state])
        _years(panel, own, who)
        line = broken[state]["year"] - 0.5 if state in broken else math.nan
        _periods(panel, blocks, own, who, end, line)
        panel.settle(
            y={"range": [0, tops[state]], "dtick": tick},
            x={"range": span, "dtick": 10, "showgrid": False,
               "showticklabels": panel is states[-1][2]},
            phone_x={"dtick": 20},
        )  # fmt: skip
    return figure.update_layout(barmode="overlay")


def _years(panel: marks.Panel, own: pd.DataFrame, who: str) -> None:
    """Draw a bar a year as wide as was observed; what is dated to a span stands pale on top."""
    spread = own[own["spread"] > 0]
    for part, height, base, ink, numbers, more in (
        (own, own["count"], 0, "soft", own["count"], ""),
        (spread, spread["spread"], spread["count"], "grid", spread["spread_ids"].map(len),
         " dated to a span of years with it"),
    ):  # fmt: skip
        panel.trace(
            go.Bar, x=part["year"] - 0.5 + part["observed"] / 2, y=height, base=base,
            width=0.8 * part["observed"], marker={"color": colour(ink)},
            hover=[f"{who}, {year}: {some(n, 'agreement')}{more}"
                   for year, n in zip(part["year"], numbers, strict=True)],
        )  # fmt: skip


def _periods(
    panel: marks.Panel, blocks: pd.DataFrame, years: pd.DataFrame, who: str, end: float, line: float
) -> None:
    """Draw rates as horizontal lines over their years, their intervals shaded, the mean above.

    A mean that the line of a break would strike through stands beside it.
    """
    rows = blocks.to_dict("records")
    sides = [(row["start"] - 0.5, min(row["end"] + 0.5, end), row) for row in rows]
    panel.band(
        [(a, row["low"]), (b, row["low"]), (b, row["high"]), (a, row["high"])]
        for a, b, row in sides
    )
    panel.strokes(
        ([(a, row["rate"]), (b, row["rate"])] for a, b, row in sides),
        hover=[[f"{who}, {row['period']}: {row['rate']:.1f} agreements a year"] * 2
               for row in rows],
    )  # fmt: skip
    tallest = [
        max(row["high"], years.loc[years["year"].between(row["start"], row["end"]), "count"].max())
        for row in rows
    ]
    middles = [(a + b) / 2 for a, b, _ in sides]
    panel.trace(
        go.Scatter, x=middles, y=tallest, mode="text",
        text=[f"{rate:.1f}" for rate in blocks["rate"]],
        textposition=["top right" if abs(x - line) < 1.5 else "top center" for x in middles],
        textfont={"size": 11, "color": panel.ink},
    )  # fmt: skip


def _break(panel: marks.Panel, found: Mapping[Any, Any], top: float) -> None:
    at = {"xref": panel.x, "yref": panel.y, "y0": 0, "y1": top}
    panel.figure.add_shape(
        type="rect", x0=found["low"] - 0.5, x1=found["high"] + 0.5, layer="below",
        fillcolor=colour("scale-1"), opacity=0.6, line={"width": 0}, **at,
    )  # fmt: skip
    panel.figure.add_shape(
        type="line", x0=found["year"] - 0.5, x1=found["year"] - 0.5,
        line={"color": colour("muted"), "width": 1.5, "dash": "dash"}, **at,
    )  # fmt: skip
    panel.note(
        f"<b>break likeliest in {found['year']}</b><br>90 %: {prose.span(found)}",
        x=found["low"] - 0.8, y=top, xref=panel.x, xanchor="right", yanchor="top", align="right",
        font={"size": 11, "color": colour("muted")},
    )  # fmt: skip


@chart(
    "02-contract-values", measures.contracts, prose.contracts_caption,
    "state date title currency amount low high figures agreement_id",
    low="Lowest", high="Highest",
    empty="Contract values: no source prices a contract.",
)  # fmt: skip
def contracts(dataset: Dataset, table: pd.DataFrame, most: int = 10) -> go.Figure | None:
    """Draw the dearest procurement contracts as a list with names, ``most`` of each currency."""
    lists = prose.dearest(table, most)
    if not lists:
        return None
    sizes = [len(rows) + 0.4 for rows in lists]
    counts = table["currency"].value_counts()
    figure, axes = marks.panels(
        [prose.currency_heading(dataset, rows, counts) for rows in lists], sizes=sizes,
        height=round(29 * sum(sizes)) + 40, phone_height=round(47 * sum(sizes)) + 40, gap=6,
    )  # fmt: skip
    # One scale for all: a bar of a small sum must not be as long as one of a hundred times as much.
    longest = 1.015 * max(rows["high"].max() for rows in lists)
    for rows, panel in zip(lists, axes, strict=True):
        _ranked(panel, dataset, rows)
        panel.settle(
            x={"visible": False, "range": [0, longest]},
            y={"visible": False, "range": [-0.4, len(rows)]},
        )
    return figure.update_layout(margin={"b": 8})


def _ranked(panel: marks.Panel, dataset: Dataset, rows: pd.DataFrame) -> None:
    rows = rows.assign(at=range(len(rows) - 1, -1, -1))
    inks, symbols = state_colours(dataset.focus), state_symbols(dataset.focus)
    for state, own in each(dataset, rows):
        ends = zip(own["amount"], own["at"], strict=True)
        panel.strokes(([(0, at), (x, at)] for x, at in ends), ink=inks[state], width=4)
        name = dataset.party_names[state]
        listed = any(trace.name == safe(name) for trace in panel.figure.data)
        panel.dots(
            own["amount"], own["at"].tolist(), within=own, ink=inks[state], symbol=symbols[state],
            customdata=own["agreement_id"], name="" if listed else name,
            hover=[prose.contract_hover(dataset, row) for row in own.to_dict("records")],
        )  # fmt: skip
    for row in rows.to_dict("records"):
        panel.note(
            _named(row, 125, 1), x=0, xref="paper", xanchor="left", y=row["at"], yshift=4,
            yanchor="bottom", align="left", font={"size": 12, "color": colour("ink")},
            narrow={"text": _named(row, 58, 2), "font": {"size": 11, "color": colour("ink")}},
        )  # fmt: skip


def _named(row: Mapping[Any, Any], width: int, lines: int) -> str:
    value, name = brief_sum(row["amount"]), str(row["short_name"])
    dated = pd.isna(row["earliest"]) or name[-4:].isdecimal()
    text = f"{value} {name}" if dated else f"{value} {name} ({row['earliest'].year})"
    said = textwrap.wrap(text, width, max_lines=lines, placeholder=" …", break_on_hyphens=False)
    return f"<b>{value}</b>{'<br>'.join(map(safe, said))[len(value) :]}"
