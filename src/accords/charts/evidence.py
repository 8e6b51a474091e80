"""Charts of the evidence: what supports the records, how far lives are known, what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from accords.analysis import evidence as measures
from accords.charts import marks
from accords.charts.frame import chart, phone
from accords.charts.theme import colour, present
from accords.dataset import Dataset
from accords.prose import evidence as prose
from accords.prose.names import focus_names

SHARES = {"count": "Records", "of": "Of", "share": "Share", "low": "Low (95 %)", "high": "High"}


@chart(
    "05-support",
    method=measures.support,
    caption=prose.support_caption,
    columns={"state": "State", "support": "Supported by", **SHARES},
    labels={"support": measures.SUPPORT},
    empty="Support of the records: there is no record to grade.",
)
def support(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw what supports the records of each state, the firmest first."""
    states = present(dataset, table)
    figure, (panel,) = marks.panels([""], height=20 + 52 * len(states))
    places = panel.rows([dataset.party_names[state] for state in states])
    shades = [("scale-5", "paper"), ("scale-4", "paper"), ("scale-2", "ink"), ("scale-1", "ink")]
    for (code, name), (shade, on) in zip(measures.SUPPORT.items(), shades, strict=True):
        part = table[table["support"] == code]
        panel.part(
            name, part["share"], places, ink=colour(shade), on=colour(on),
            text=[f"{100 * share:.0f} %" for share in part["share"]],
            hover=[prose.share_hover(dataset, row, name, "record")
                   for row in part.to_dict("records")],
        )  # fmt: skip
    panel.settle(x={"range": [0, 1], "visible": False})
    phone(figure, height=90 + 52 * len(states), legend={"font": {"size": 11}})
    return figure


@chart(
    "05-sources",
    method=measures.source_kinds,
    caption=prose.sources_caption,
    columns={"state": "State", "kind": "Kind of source", **SHARES, "alone": "On this kind alone"},
    empty="Kinds of source: none is cited.",
)
def source_kinds(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the share of records that rest on each kind of source."""
    labels = dataset.labels("source_kinds")
    figure, (panel,) = marks.panels(
        [""], height=40 + 36 * len(labels), phone_height=40 + 44 * len(labels)
    )
    places = panel.rows(list(labels.values()))
    panel.points(
        table, "kind", dict(zip(labels, places, strict=True)), names=focus_names(dataset),
        hover=lambda row: prose.share_hover(dataset, row, labels[row["kind"]], "record"),
    )  # fmt: skip
    return figure


@chart(
    "05-lives",
    method=measures.life_cycles,
    caption=prose.lives_caption,
    columns={"state": "State", "step": "Step", **SHARES},
    labels={"step": measures.LIFE_STEPS},
    empty="Lives of agreements: none but purchases is concluded.",
)
def lives(dataset: Dataset, table: pd.DataFrame, waits: pd.DataFrame) -> go.Figure:
    """Draw how complete the lives of agreements are on record, and how long their steps took.

    ``waits`` is from :func:`accords.analysis.evidence.waiting_summary`.
    """
    titles, steps = ["On record", "Days from signature"], measures.LIFE_STEPS
    figure, (panel, *rest) = marks.panels(
        titles if len(waits) else [""], across=True, height=330, phone_height=590, gap=50
    )
    places = panel.rows([prose.broken(label, 26) for label in steps.values()])
    panel.points(
        table, "step", dict(zip(steps, places, strict=True)), names=focus_names(dataset),
        hover=lambda row: prose.share_hover(dataset, row, steps[row["step"]], "agreement"),
    )  # fmt: skip
    for other in rest:
        rows = [(dataset, row, measures.WAITS[row["step"]]) for row in waits.to_dict("records")]
        other.dots(
            waits["median"], other.rows([prose.wait_tick(*row) for row in rows]), within=waits,
            ink=colour("muted"), symbol="square", mode="markers+text",
            text=[f"{days:.0f}" for days in waits["median"]], textposition="top center",
            hover=[prose.wait_hover(*row) for row in rows],
        )  # fmt: skip
        other.settle(x={"rangemode": "tozero", "nticks": 5})
        figure.update_layout(xaxis={"domain": [0, 0.5]}, xaxis2={"domain": [0.72, 1]})
        figure.layout.annotations[1].x = 0.72
    return figure


@chart(
    "05-missing",
    method=measures.capture_recapture,
    caption=prose.missing_caption,
    columns={
        "group": "Group", "own": "Our reading", "academic": "Academic list", "both": "Both",
        "count": "Seen", "estimate": "Estimate", "low": "Low (95 %)", "high": "High (95 %)",
    },
    labels={"group": prose.GROUPS},
    empty="What is missing: two lists that overlap are needed for an estimate.",
)  # fmt: skip
def missing(dataset: Dataset, table: pd.DataFrame) -> go.Figure | None:
    """Draw what two independent lists found, and how many agreements they imply."""
    known = table[table["estimate"].notna() & np.isfinite(table["high"].astype(float))]
    if known.empty:
        return None
    names = [prose.group_name(dataset, group) for group in known["group"]]
    figure, (panel,) = marks.panels([""], height=40 + 66 * len(known))
    places = panel.rows([prose.broken(name, 12) for name in names])
    for part, values, ink, on in (
        ("our reading alone", known["own"] - known["both"], "scale-4", "paper"),
        ("both", known["both"], "scale-5", "paper"),
        ("academic list alone", known["academic"] - known["both"], "scale-2", "ink"),
    ):
        counts = zip(names, values, strict=True)
        said = [prose.found_hover(dataset, name, part, n) for name, n in counts]
        panel.part(
            part, values, places, ink=colour(ink), on=colour(on), text=values.map(str).tolist(),
            hover=said,
        )  # fmt: skip
    rows = zip(names, known.to_dict("records"), strict=True)
    panel.dots(
        known["estimate"], places, within=known, ink=colour("accent"),
        hover=[prose.estimate_hover(dataset, name, row) for name, row in rows],
    )  # fmt: skip
    panel.written(
        known["high"], places, [f"{r.estimate:.0f} ({r.low:.0f}–{r.high:.0f})"
                                for r in known.itertuples()],
        textfont={"size": 12, "color": colour("accent")},
    )  # fmt: skip
    top = float(known["high"].max())
    panel.settle(x={"range": [0, top * 1.2], "zeroline": False, "nticks": 6})
    phone(figure, xaxis={"range": [0, top * 1.45], "nticks": 5}, legend={"font": {"size": 11}})
    return figure
