"""The chart by domain: the profiles of the states side by side."""

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import domains as measures
from accords.charts import marks
from accords.charts.frame import chart
from accords.charts.theme import colour
from accords.dataset import Dataset
from accords.prose import domains as prose


@chart(
    "03-profiles", measures.profiles, prose.profiles_caption,
    "state domain count of share low high",
    empty="Profiles by domain: no text or official source names one.",
)  # fmt: skip
def profiles(dataset: Dataset, table: pd.DataFrame, contrast: pd.DataFrame) -> go.Figure | None:
    """Draw the profiles of the focus states side by side, with the interval of each share.

    ``contrast`` is from :func:`accords.analysis.domains.contrast`.
    """
    mean = table.groupby("domain", sort=False)["share"].mean()
    order = mean[mean > 0].sort_values(ascending=False, kind="stable").index.tolist()
    if not order:
        return None
    codes = dataset.codes("domain_codes")
    sure = set(contrast.loc[contrast["sure"].astype(bool), "domain"])
    figure, (panel,) = marks.panels(
        [""], height=40 + 25 * len(order), phone_height=40 + 28 * len(order)
    )
    places = panel.points(
        dataset, table[table["domain"].isin(order)], "domain", dict(codes.loc[order, "label"]),
        lambda row: prose.profile_hover(dataset, row),
        short=codes.loc[order, "short_label"].tolist(), bold=[code in sure for code in order],
    )  # fmt: skip
    top = 1.04 * float(table["high"].max())
    panel.settle(x={"range": [-0.012, top], "tickvals": [n / 10 for n in range(11)]})
    for row in places[::2]:
        figure.add_shape(
            type="rect", xref="paper", x0=0, x1=1, y0=row - 0.5, y1=row + 0.5, layer="below",
            fillcolor=colour("scale-0"), line={"width": 0},
        )  # fmt: skip
    return figure
