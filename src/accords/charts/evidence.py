"""Charts of the evidence: what supports the records, how far lives are known, what is missing."""

import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from accords.analysis import evidence as measures
from accords.charts import marks
from accords.charts.frame import chart, phone
from accords.charts.theme import colour
from accords.dataset import Dataset
from accords.prose import evidence as prose
from accords.prose.names import each


@chart(
    "05-support", measures.support, prose.support_caption,
    "state support count of share low high",
    count="Records", labels={"support": measures.SUPPORT},
    empty="Support of the records: there is no record to grade.",
)  # fmt: skip
def support(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw what supports the records of each state, the firmest first."""
    names = [dataset.party_names[state] for state, _ in each(dataset, table)]
    figure, (panel,) = marks.panels([""], height=20 + 52 * len(names))
    places = panel.rows(names)
    shades = [("scale-5", "paper"), ("scale-4", "paper"), ("scale-2", "ink"), ("scale-1", "ink")]
    for (code, name), (shade, on) in zip(measures.SUPPORT.items(), shades, strict=True):
        part = table[table["support"] == code]
        panel.part(
            name, part["share"], places, ink=shade, on=on,
            text=[f"{100 * share:.0f} %" for share in part["share"]],
            hover=[prose.share_hover(dataset, row, name, "record")
                   for row in part.to_dict("records")],
        )  # fmt: skip
    panel.settle(x={"range": [0, 1], "visible": False})
    phone(figure, height=90 + 52 * len(names), legend={"font": {"size": 11}})
    return figure


@chart(
    "05-sources", measures.source_kinds, prose.sources_caption,
    "state kind count of share low high alone",
    count="Records",
    empty="Kinds of source: none is cited.",
)  # fmt: skip
def source_kinds(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the share of records that rest on each kind of source."""
    labels = dataset.labels("source_kinds")
    figure, (panel,) = marks.panels(
        [""], height=40 + 36 * len(labels), phone_height=40 + 44 * len(labels)
    )
    panel.points(
        dataset, table, "kind", labels,
        lambda row: prose.share_hover(dataset, row, labels[row["kind"]], "record"),
    )  # fmt: skip
    return figure


@chart(
    "05-lives", measures.life_cycles, prose.lives_caption,
    "state step count of share low high",
    count="Records", labels={"step": measures.LIFE_STEPS},
    empty="Lives of agreements: none but purchases is concluded.",
)  # fmt: skip
def lives(dataset: Dataset, table: pd.DataFrame, waits: pd.DataFrame) -> go.Figure:
    """Draw how complete the lives of agreements are on record, and how long their steps took.

    ``waits`` is from :func:`accords.analysis.evidence.waiting_summary`.
    """
    titles, steps = ["On record", "Days from signature"], measures.LIFE_STEPS
    figure, (panel, *rest) = marks.panels(
        titles if len(waits) else [""], across=True, height=330, phone_height=590, gap=50
    )
    panel.points(
        dataset, table, "step", {code: textwrap.fill(name, 20) for code, name in steps.items()},
        lambda row: prose.share_hover(dataset, row, steps[row["step"]], "agreement"),
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
    "05-missing", measures.capture_recapture, prose.missing_caption,
    "group own academic both count estimate low high",
    count="Seen", labels={"group": prose.GROUPS},
    empty="What is missing: two lists that overlap are needed for an estimate.",
)  # fmt: skip
def missing(dataset: Dataset, table: pd.DataFrame) -> go.Figure | None:
    """Draw what two independent lists found, and how many agreements they imply."""
    known = table[table["estimate"].notna() & np.isfinite(table["high"].astype(float))]
    if known.empty:
        return None
    names = known["group"].map(dataset.party_names | prose.GROUPS).tolist()
    figure, (panel,) = marks.panels([""], height=40 + 66 * len(known))
    places = panel.rows([textwrap.fill(name, 12) for name in names])
    for part, values, ink, on in (
        ("our reading alone", known["own"] - known["both"], "scale-4", "paper"),
        ("both", known["both"], "scale-5", "paper"),
        ("academic list alone", known["academic"] - known["both"], "scale-2", "ink"),
    ):
        counts = zip(names, values, strict=True)
        panel.part(
            part, values, places, ink=ink, on=on, text=values.map(str).tolist(),
            hover=[prose.found_hover(dataset, name, part, n) for name, n in counts],
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
