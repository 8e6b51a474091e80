"""The chart by domain: the profiles of the states side by side."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import domains as measures
from accords.charts import theme
from accords.dataset import Dataset
from accords.words import listed, lowered, portion, some


@theme.chart
def profiles(dataset: Dataset, table: pd.DataFrame, contrast: pd.DataFrame) -> go.Figure:
    """Draw the profiles of the focus states side by side, with the interval of each share.

    Parameters
    ----------
    dataset
        For names and labels.
    table, contrast
        From :func:`accords.analysis.domains.profiles` and
        :func:`accords.analysis.domains.contrast`.
    """
    name = "03-profiles"
    labels = dataset.labels("domain_codes")
    short = dataset.codes("domain_codes")["short_label"]
    data = pd.DataFrame(
        {
            "State": table["state"].map(dataset.party_names),
            "Domain": table["domain"].map(labels),
            "Agreements": table["n"],
            "Of": table["total"],
            **theme.estimates(table, "share", "Share", 3),
            "Named by the press alone": table["press"].map(len),
        }
    )
    if table.empty or not table["n"].sum():
        return theme.too_little(
            name=name, title="No source names a subject", data=data, measure=measures.profiles
        )
    order = _order(table)
    rows = list(range(len(order)))[::-1]
    sure = set(contrast.loc[contrast["sure"].astype(bool), "domain"])
    states = theme.present(dataset, table)
    colours, symbols = theme.state_colours(dataset.focus), theme.state_symbols(dataset.focus)
    figure = go.Figure()
    for n, state in enumerate(states):
        own = table[table["state"] == state].set_index("domain").loc[order]
        shift = (n - (len(states) - 1) / 2) * 0.34
        who, share = dataset.party_names[state], own["share"]
        figure.add_scatter(
            x=share, y=[row - shift for row in rows], mode="markers",
            name=theme.safe(who),
            marker={"color": colours[state], "symbol": symbols[state], "size": 9},
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 0,
                "array": own["high"] - share, "arrayminus": share - own["low"],
                "color": colours[state],
            },
            hovertext=[
                theme.safe(
                    f"{who}, {lowered(labels[domain])}: {portion(count, total, 'agreement')}"
                    + (f"; {len(press)} more by the press alone" if press else "")
                )
                for domain, count, total, press in zip(
                    order, own["n"], own["total"], own["press"], strict=True
                )
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    for row in rows[::2]:
        figure.add_shape(
            type="rect", xref="paper", x0=0, x1=1, y0=row - 0.5, y1=row + 0.5, layer="below",
            fillcolor=theme.colour("scale-0"), line={"width": 0},
        )  # fmt: skip
    top = 1.04 * float(table["high"].max())
    steps = [n / 10 for n in range(int(top * 10) + 1)]
    figure.update_xaxes(
        range=[0, top], side="top", zeroline=True, showline=False, tickvals=steps,
        ticktext=[percent(step) for step in steps],
    )  # fmt: skip
    wide, narrow = (
        [f"<b>{theme.safe(label)}</b>" if domain in sure else theme.safe(label)
         for domain, label in zip(order, shown, strict=True)]
        for shown in (
            [labels[domain] for domain in order],
            [short[domain] for domain in order],
        )
    )  # fmt: skip
    figure.update_yaxes(**theme.row_axis(rows, wide), domain=[0, 0.915])
    # In the head that the drawing keeps free above its rows.
    figure.update_layout(legend={"traceorder": "normal", "x": 0, "y": 1, "yanchor": "top"})
    height = 130 + 28 * len(order)
    sizes = listed(
        f"{dataset.party_names[state]} n = {total}"
        for state, total in table.drop_duplicates("state")[["state", "total"]].to_numpy()
    )
    return theme.finish(
        figure,
        name=name,
        title=_profiles_title(dataset, table, contrast, states),
        subtitle=(
            "Share of a state’s concluded agreements with a subject that the text or an official "
            f"source names ({sizes}), with 95 % Wilson intervals. Bold: the states "
            "differ after correction for the number of comparisons. What the press alone names is "
            "in the table behind the chart."
        ),
        alt=_profiles_alt(dataset, table, states),
        data=data,
        measure=measures.profiles,
        height=height,
        narrow={
            "height": height,
            "margin": {"l": 4, "r": 6, "t": 30},
            "yaxis": {**theme.row_axis(rows, narrow), "tickfont": {"size": 10.5}},
        },
    )


def _order(table: pd.DataFrame) -> list[str]:
    """Domains by the mean of the states' shares, the most named first; unnamed ones left out."""
    shares = table.groupby("domain", sort=False)["share"].mean()
    return [str(d) for d in shares[shares > 0].sort_values(ascending=False, kind="stable").index]


def percent(share: float) -> str:
    """Write a share as '34 %'."""
    return f"{100 * share:.0f} %"


def _top(dataset: Dataset, table: pd.DataFrame, state: str, most: int = 3) -> list[str]:
    own = table[(table["state"] == state) & (table["n"] > 0)]
    labels = dataset.labels("domain_codes")
    best = own.sort_values("n", ascending=False, kind="stable").head(most)
    return [lowered(labels[domain]) for domain in best["domain"]]


def _profiles_title(
    dataset: Dataset, table: pd.DataFrame, contrast: pd.DataFrame, states: list[str]
) -> str:
    tops = {state: tuple(_top(dataset, table, state, 2)) for state in states}
    who = {top: [] for top in tops.values()}  # type: dict[tuple[str, ...], list[str]]
    for state, top in tops.items():
        who[top].append(dataset.party_names[state])
    text = listed(
        " and ".join(
            f"{subject} {place}"
            for subject, place in zip(top, ("comes first", "second"), strict=False)
        )
        + f" for {listed(names)}"
        for top, names in who.items()
        if top
    )
    if len(states) > 1:
        sure = int(contrast["sure"].sum())
        text += f"; the profiles clearly differ in {sure} of {some(len(contrast), 'subject')}"
    return text[0].upper() + text[1:]


def _profiles_alt(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> str:
    labels = dataset.labels("domain_codes")
    parts = []
    for state in states:
        own = table[(table["state"] == state) & (table["n"] > 0)]
        own = own.sort_values("share", ascending=False, kind="stable").head(6)
        named = ", ".join(
            f"{lowered(labels[domain])} {percent(share)}"
            for domain, share in zip(own["domain"], own["share"], strict=True)
        )
        parts.append(f"{dataset.party_names[state]}: {named}")
    return f"Shares of agreements by subject, the largest first. {'. '.join(parts)}."
