"""Charts of partners: how many, about what, how concentrated, whom the states share."""

import math

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import partners as measures
from accords.charts import marks
from accords.charts.frame import chart, phone
from accords.charts.theme import colour, safe, state_colours, wrapped
from accords.dataset import Dataset
from accords.prose import partners as prose
from accords.prose.names import each


@chart(
    "04-ranked", measures.partner_counts, prose.ranked_caption,
    "state partner subregion count in_force first last",
    empty="Ranking of partners: no concluded bilateral agreement is on record.",
)  # fmt: skip
def ranked(dataset: Dataset, counts: pd.DataFrame, top: int = 12) -> go.Figure:
    """Draw the ``top`` partners of each state as bars, agreements in force in full colour."""
    figure, states = marks.state_panels(
        dataset, counts, across=True, height=20 + 27 * top, gap=8,
        phone_height=(26 * top + 30) * counts["state"].nunique(),
    )  # fmt: skip
    for _, own, panel in states:
        own = own.head(top)
        places = panel.rows([dataset.party_names[p] for p in own["partner"]])
        rest = own["count"] - own["in_force"]
        for lengths, opacity in ((own["in_force"], 1.0), (rest, 0.45)):
            panel.bars(
                lengths, places, opacity=opacity,
                hover=[prose.bar_hover(dataset, row, in_force=opacity == 1.0)
                       for row in own.to_dict("records")],
            )  # fmt: skip
        panel.written(own["count"], places, own["count"])
        panel.settle(x={"visible": False, "range": [0, counts["count"].max() * 1.12]})
    return figure.update_layout(barmode="stack", margin={"b": 8})


@chart(
    "04-families", measures.partner_families, prose.families_caption,
    "state partner family count of share",
    empty="What partners agree on: no source names a domain.",
)  # fmt: skip
def families(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw what the agreements with the largest partners are about, as a matrix."""
    labels = dataset.labels("families")
    sizes = [own["partner"].nunique() for _, own in each(dataset, table)]
    rows = sum(sizes)
    figure, states = marks.state_panels(dataset, table, sizes=sizes, height=100 + 31 * rows, gap=12)
    wide, narrow = ([wrapped(label, width) for label in labels.values()] for width in (14, 18))
    for _, own, panel in states:
        _matrix(dataset, panel, own)
        panel.settle(
            x={"side": "top", "tickvals": list(range(len(labels))), "showgrid": False,
               "range": [-0.6, len(labels) - 0.4], "zeroline": False,
               "showticklabels": panel is states[0][2], "ticktext": wide, "tickangle": 0,
               "tickfont": {"size": 12, "color": colour("ink")}},
            phone_x={"ticktext": narrow, "tickangle": -90, "tickfont": {"size": 11}},
        )  # fmt: skip
    # The headings of the columns stand where the first panel's title would, so all stand beside.
    beside = {"x": 0, "xanchor": "right", "xshift": -4, "yshift": 2}
    figure.update_annotations(beside)
    phone(
        figure, margin={"t": 140}, height=260 + 38 * rows,
        annotations=[{**n, **beside} for n in figure.layout.meta["narrow"]["annotations"]],
    )  # fmt: skip
    return figure.update_layout(margin={"t": figure.layout.margin.t + 40, "b": 8})


def _matrix(dataset: Dataset, panel: marks.Panel, own: pd.DataFrame) -> None:
    columns = {code: n for n, code in enumerate(dataset.labels("families"))}
    order = own.drop_duplicates("partner")
    ticks = [
        f"{dataset.party_names[p]} ({of})"
        for p, of in zip(order["partner"], order["of"], strict=True)
    ]
    at = dict(zip(order["partner"], panel.rows(ticks), strict=True))
    shades = (1 + (own["share"] * 5).astype(int)).clip(upper=5)
    panel.trace(
        go.Scatter, x=[*own["family"].map(columns)], y=[*own["partner"].map(at)],
        mode="markers+text",
        marker={"symbol": "square", "size": 26, "color": [colour(f"scale-{n}") for n in shades]},
        text=own["count"].map(str),
        textfont={"size": 12, "color": [colour("paper" if n > 3 else "ink") for n in shades]},
        hover=[prose.cell_hover(dataset, row) for row in own.to_dict("records")],
    )  # fmt: skip
    drawn = set(zip(own["partner"], own["family"], strict=True))
    empty = [(x, y) for p, y in at.items() for c, x in columns.items() if (p, c) not in drawn]
    panel.trace(
        go.Scatter, x=[x for x, _ in empty], y=[y for _, y in empty], mode="markers",
        marker={"size": 3, "color": colour("soft")},
    )  # fmt: skip


@chart(
    "04-concentration", measures.concentration, prose.concentration_caption,
    "state counted start end count partners chance low high",
    empty=f"Spread over partners: no run of years has {measures.FEWEST} bilateral agreements.",
)  # fmt: skip
def concentration(dataset: Dataset, table: pd.DataFrame) -> go.Figure | None:
    """Draw how concentrated each state's agreements were in rolling runs of years."""
    known = table.dropna(subset=["chance", "end"])
    if known.empty:
        return None
    figure, states = marks.state_panels(
        dataset, known, across=True, height=270, phone_height=460, gap=24
    )
    # Bands are wide where agreements are few, and may be cut; lines may not.
    top = max(0.5, math.ceil(10.5 * known["chance"].max()) / 10)
    span = [int(known["end"].min()) - 1, int(known["end"].max()) + 1]
    for _, own, panel in states:
        _runs(dataset, panel, own.assign(high=own["high"].clip(upper=top)))
        panel.settle(
            x={"range": span, "showgrid": False, "dtick": 10},
            y={"range": [0, 1.3 * top], "tickformat": ".0%", "dtick": 0.1 if top == 0.5 else 0.2},
        )
    return figure


def _runs(dataset: Dataset, panel: marks.Panel, own: pd.DataFrame) -> None:
    """Draw one state's lines, a gap where years are missing: of all, and without the largest."""
    whole, rest = (
        [run for _, run in part.groupby((part["end"].diff() != 1).cumsum())]
        for part in (own[own["counted"] == counted] for counted in (measures.ALL, measures.REST))
    )
    panel.band(
        [*zip(run["end"], run["low"], strict=True),
         *zip(run["end"][::-1], run["high"][::-1], strict=True)] for run in whole
    )  # fmt: skip
    for runs, ink, width, dash in ((rest, colour("ink"), 1.5, "dot"), (whole, "", 3, "solid")):
        panel.strokes(
            [list(zip(run["end"], run["chance"], strict=True)) for run in runs],
            ink=ink, width=width, dash=dash,
            hover=[[prose.chance_hover(dataset, row) for row in run.to_dict("records")]
                   for run in runs],
        )  # fmt: skip
    if rest:
        said = safe(prose.left_out_note(dataset, rest[0]["left_out"].iloc[0]))
        panel.note(
            said.replace("\n", "<br>"), x=1, y=1, xref=f"{panel.x} domain",
            yref=f"{panel.y} domain", xanchor="right", yanchor="top", align="right",
        )  # fmt: skip


@chart(
    "04-shared", measures.shared, prose.shared_caption,
    "partner count",
    count="In all",
    empty="Shared partners: there is none.",
)  # fmt: skip
def shared(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the agreements of each focus state with the partners that they share."""
    inks, n = state_colours(dataset.focus), len(dataset.focus)
    figure, (panel,) = marks.panels([""], height=26 + 23 * len(table))
    places = panel.rows([dataset.party_names[p] for p in table["partner"]])
    most = float(table[list(dataset.focus)].to_numpy().max())
    for k, state in enumerate(dataset.focus):
        own = marks.Panel(figure, f"x{k + 1 if k else ''}", "y", inks[state])
        rows = table.assign(state=state, count=table[state])
        own.bars(
            table[state], places, text=table[state].tolist(), textposition="outside",
            cliponaxis=False,
            hover=[prose.pair_hover(dataset, row) for row in rows.to_dict("records")],
        )  # fmt: skip
        room = {"domain": [k / n, (k + 1) / n - 0.02]}
        own.settle(
            x={**room, "anchor": "y", "visible": False, "range": [0, most * 1.15]}, phone_x=room
        )
        own.note(
            f"<b>{safe(dataset.party_names[state])}</b>", x=k / n, y=1, xref="paper",
            yref="paper", xanchor="left", yanchor="bottom", yshift=2,
            font={"size": 13, "color": own.ink},
        )  # fmt: skip
    phone(figure, margin={"t": marks.HEAD + 4})
    return figure.update_layout(margin={"t": marks.HEAD, "b": 8})
