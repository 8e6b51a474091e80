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

__all__ = ["lives", "missing", "source_kinds", "support"]

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
    """Draw what supports the records of each state, the firmest first.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.evidence.support`.
    """
    states = present(dataset, table)
    figure, (panel,) = marks.panels([""], height=20 + 52 * len(states))
    places = marks.rows(figure, panel, [dataset.party_names[state] for state in states])
    shades = dict(zip(measures.SUPPORT, ("scale-5", "scale-4", "scale-2", "scale-1"), strict=True))
    own = {code: table[table["support"] == code] for code in measures.SUPPORT}
    marks.stacked(
        figure, panel,
        {measures.SUPPORT[code]: part["share"].tolist() for code, part in own.items()}, places,
        inks={
            measures.SUPPORT[code]: (colour(shade), colour("paper" if n < 2 else "ink"))
            for n, (code, shade) in enumerate(shades.items())
        },
        text={
            measures.SUPPORT[code]: [f"{100 * share:.0f} %" for share in part["share"]]
            for code, part in own.items()
        },
        hover={
            measures.SUPPORT[code]: [
                prose.share_hover(dataset, row, measures.SUPPORT[code], "record")
                for row in part.to_dict("records")
            ]
            for code, part in own.items()
        },
    )  # fmt: skip
    marks.settle(figure, panel, x={"range": [0, 1], "visible": False})
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
    """Draw the share of records that rest on each kind of source.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.analysis.evidence.source_kinds`.
    """
    labels = dataset.labels("source_kinds")
    figure, (panel,) = marks.panels(
        [""], height=40 + 36 * len(labels), phone_height=40 + 44 * len(labels)
    )
    places = marks.rows(figure, panel, list(labels.values()))
    marks.points(
        figure, panel, table, "kind", dict(zip(labels, places, strict=True)),
        names=focus_names(dataset),
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

    Parameters
    ----------
    dataset
        For names.
    table, waits
        From :func:`accords.analysis.evidence.life_cycles` and
        :func:`accords.analysis.evidence.waiting_summary`.
    """
    titles = ["On record", "Days from signature"] if len(waits) else [""]
    figure, (panel, *rest) = marks.panels(titles, across=True, height=330, phone_height=590, gap=50)
    labels = [prose.broken(label, 26) for label in measures.LIFE_STEPS.values()]
    places = marks.rows(figure, panel, labels)
    marks.points(
        figure, panel, table, "step", dict(zip(measures.LIFE_STEPS, places, strict=True)),
        names=focus_names(dataset),
        hover=lambda row: prose.share_hover(
            dataset, row, measures.LIFE_STEPS[row["step"]], "agreement"
        ),
    )  # fmt: skip
    for other in rest:
        ticks = [prose.wait_tick(row) for row in waits.to_dict("records")]
        at = marks.rows(figure, other, ticks)
        marks.dots(
            figure, other, waits["median"], at, low=waits["low"], high=waits["high"],
            ink=colour("muted"), symbol="square", mode="markers+text",
            text=[f"{days:.0f}" for days in waits["median"]], textposition="top center",
            hover=[prose.wait_hover(row) for row in waits.to_dict("records")],
        )  # fmt: skip
        marks.settle(figure, other, x={"rangemode": "tozero", "nticks": 5})
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
    """Draw what two independent lists found, and how many agreements they imply.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.evidence.capture_recapture`.
    """
    known = table[table["estimate"].notna() & np.isfinite(table["high"].astype(float))]
    if known.empty:
        return None
    names = [prose.group_name(dataset, group) for group in known["group"]]
    figure, (panel,) = marks.panels([""], height=40 + 66 * len(known))
    places = marks.rows(figure, panel, [prose.broken(name, 12) for name in names])
    parts = {
        "our reading alone": known["own"] - known["both"],
        "both": known["both"],
        "academic list alone": known["academic"] - known["both"],
    }
    marks.stacked(
        figure, panel, {part: values.tolist() for part, values in parts.items()}, places,
        inks={
            "our reading alone": (colour("scale-4"), colour("paper")),
            "both": (colour("scale-5"), colour("paper")),
            "academic list alone": (colour("scale-2"), colour("ink")),
        },
        text={part: [str(n) for n in values] for part, values in parts.items()},
        hover={
            part: [prose.found_hover(name, part, n) for name, n in zip(names, values, strict=True)]
            for part, values in parts.items()
        },
    )  # fmt: skip
    marks.dots(
        figure, panel, known["estimate"], places, low=known["low"], high=known["high"],
        ink=colour("accent"),
        hover=[prose.estimate_hover(n, row) for n, row in zip(names, known.to_dict("records"),
                                                               strict=True)],
    )  # fmt: skip
    marks.written(
        figure, panel, known["high"], places,
        [f"{r.estimate:.0f} ({r.low:.0f}–{r.high:.0f})" for r in known.itertuples()],
        textfont={"size": 12, "color": colour("accent")},
    )  # fmt: skip
    top = float(known["high"].max())
    marks.settle(figure, panel, x={"range": [0, top * 1.2], "zeroline": False, "nticks": 6})
    phone(figure, xaxis={"range": [0, top * 1.45], "nticks": 5}, legend={"font": {"size": 11}})
    return figure
