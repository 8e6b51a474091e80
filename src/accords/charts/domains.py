"""Charts by domain: profiles, their change, first appearances, pairs, similarity."""

from __future__ import annotations

import html

import pandas as pd
import plotly.graph_objects as go

from accords import dates
from accords.charts import theme
from accords.dataset import Dataset
from accords.measures import domains as measures
from accords.prose.text import listed, lowered, portion, some

ROW = 25
"""Height of a row of a domain in px."""


LEGEND = {"traceorder": "normal", "x": 0, "y": 1, "yanchor": "top"}
"""In the head that a drawing keeps free above its rows."""


def _labels(dataset: Dataset) -> dict[str, str]:
    return {code: theme.safe(label) for code, label in dataset.labels("domain_codes").items()}


def _marks(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Colour and symbol of each focus state."""
    symbols = theme.state_symbols(dataset.focus)
    return {
        state: {"color": colour, "symbol": symbols[state]}
        for state, colour in theme.state_colours(dataset.focus).items()
    }


def _order(table: pd.DataFrame) -> list[str]:
    """Domains by the mean of the states' shares, the most named first; unnamed ones left out."""
    sums = table.groupby(["domain", "state"], sort=False)[["n", "total"]].sum()
    shares = (sums["n"] / sums["total"]).groupby("domain", sort=False).mean()
    return [str(d) for d in shares[shares > 0].sort_values(ascending=False, kind="stable").index]


def percent(share: float) -> str:
    """Write a share as '34 %'."""
    return f"{100 * share:.0f} %"


def _percent_ticks(top: float, step: float) -> dict[str, object]:
    ticks = [n * step for n in range(int(top / step) + 1)]
    return {"tickvals": ticks, "ticktext": [percent(tick) for tick in ticks]}


def _domain_axis(labels: list[str]) -> dict[str, object]:
    """Describe a y axis of domains, the first at the top."""
    n = len(labels)
    return {
        "tickvals": list(range(n)), "ticktext": labels, "range": [n - 0.4, -0.6],
        "showgrid": False, "zeroline": False, "tickfont": {"color": theme.colour("ink")},
    }  # fmt: skip


def _error(values: pd.Series, table: pd.DataFrame, ink: str) -> dict[str, object]:
    """Describe bars from the low to the high end of each value's interval."""
    return {
        "type": "data", "symmetric": False, "thickness": 1.5, "width": 0,
        "array": table["high"] - values, "arrayminus": values - table["low"], "color": ink,
    }  # fmt: skip


NARROW_LABELS = {
    "Protection of classified information": "Classified information",
    "Law and status of personnel": "Law, status of forces",
    "Aviation, drones and space": "Aviation and space",
    "Work in international forums": "International forums",
    "Crisis, relief and demining": "Crisis and relief",
    "History, culture and sport": "Culture and sport",
    "Arms control and CBRN": "Arms control",
}
"""Shorter names where a phone leaves little room."""


def _narrow_axis(labels: list[str]) -> dict[str, object]:
    return {
        "ticktext": [NARROW_LABELS.get(html.unescape(label), label) for label in labels],
        "tickfont": {"size": 10.5},
    }


def _profile_data(dataset: Dataset, table: pd.DataFrame, extra: dict[str, str]) -> pd.DataFrame:
    columns = {
        "State": table["state"].map(dataset.party_names),
        **{head: table[column] for column, head in extra.items()},
        "Domain": table["domain"].map(dataset.labels("domain_codes")),
        "Agreements": table["n"],
        "Of": table["total"],
        **theme.estimates(table, "share", "Share", 3),
    }
    return pd.DataFrame(columns)


def _told(dataset: Dataset, table: pd.DataFrame, when: str | None = None) -> list[str]:
    """Say each share: 'Morocco, 1990s, cyber defence: 6 of 30 agreements (20 %)'."""
    labels = dataset.labels("domain_codes")
    return [
        theme.safe(
            f"{dataset.party_names[r['state']]}, {f'{r[when]}, ' if when else ''}"
            f"{lowered(labels[r['domain']])}: {portion(r['n'], r['total'], 'agreement')}"
        )
        for r in table.to_dict("records")
    ]


def _sizes(dataset: Dataset, table: pd.DataFrame) -> str:
    """Give the number of coded agreements of each state: 'Azerbaijan n = 10, Morocco n = 12'."""
    totals = table.drop_duplicates("state").set_index("state")["total"]
    return listed(f"{dataset.party_names[str(state)]} n = {n}" for state, n in totals.items())


@theme.chart
def profiles(dataset: Dataset, table: pd.DataFrame, contrast: pd.DataFrame) -> go.Figure:
    """Draw the profiles of the focus states side by side, with the interval of each share.

    Parameters
    ----------
    dataset
        For names and labels.
    table, contrast
        From :func:`accords.measures.domains.profiles` and
        :func:`accords.measures.domains.contrast`.
    """
    name = "03-profiles"
    data = _profile_data(dataset, table, {})
    if table.empty or not table["n"].sum():
        return theme.too_little(
            name=name, title="No source names a subject", data=data, measure=measures.profiles
        )
    order = _order(table)
    labels = _labels(dataset)
    sure = set(contrast.loc[contrast["sure"].astype(bool), "domain"])
    ticks = [f"<b>{labels[d]}</b>" if d in sure else labels[d] for d in order]
    states, marks = theme.present(dataset, table), _marks(dataset)
    figure = go.Figure()
    for n, state in enumerate(states):
        own = table[table["state"] == state].set_index("domain").loc[order]
        shift = (n - (len(states) - 1) / 2) * 0.34
        y = [row + shift for row in range(len(order))]
        figure.add_scatter(
            x=own["share"], y=y, mode="markers", name=theme.safe(dataset.party_names[state]),
            marker={**marks[state], "size": 9},
            error_x=_error(own["share"], own, marks[state]["color"]),
            hovertext=_told(dataset, own.reset_index()),
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    for row in range(0, len(order), 2):
        figure.add_shape(
            type="rect", xref="paper", x0=0, x1=1, y0=row - 0.5, y1=row + 0.5, layer="below",
            fillcolor=theme.colour("scale-0"), line={"width": 0},
        )  # fmt: skip
    top = 1.04 * float(table["high"].max())
    figure.update_xaxes(
        range=[0, top], side="top", zeroline=True, showline=False, **_percent_ticks(top, 0.1)
    )
    figure.update_yaxes(**_domain_axis(ticks))
    figure.update_layout(legend=LEGEND)
    figure.update_yaxes(domain=[0, 0.915])
    height = 130 + 28 * len(order)
    return theme.finish(
        figure,
        name=name,
        title=_profiles_title(dataset, table, contrast, states),
        subtitle=(
            "Share of a state’s concluded agreements with a known subject that name the "
            f"subject ({_sizes(dataset, table)}), with 95 % Wilson intervals. Bold: the states "
            "differ after correction for the number of comparisons."
        ),
        alt=_profiles_alt(dataset, table, states),
        data=data,
        measure=measures.profiles,
        height=height,
        narrow={
            "height": height,
            "margin": {"l": 0, "r": 6, "t": 30},
            "yaxis": _narrow_axis(ticks),
        },
    )


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


@theme.chart
def heat(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw domain by era for each state: the share of agreements that name the domain.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.measures.domains.by_era`.
    """
    name = "03-heat"
    data = _profile_data(dataset, table, {"era": "Era"})
    if table.empty or not table["n"].sum():
        return theme.too_little(
            name=name, title="No source names a subject", data=data, measure=measures.by_era
        )
    labels, order = _labels(dataset), _order(table)
    ticks = [labels[domain] for domain in order]
    states = theme.present(dataset, table)
    colours = theme.state_colours(dataset.focus)
    figure = go.Figure()
    eras = list(dict.fromkeys(table["era"]))
    height, narrow_height = 150 + ROW * len(order), (110 + 22 * len(order)) * len(states)
    wide, tall = _grids(len(states), 70 / height, 70 / narrow_height)
    most = float(table["share"].max())
    for n, state in enumerate(states):
        own = table[table["state"] == state]
        axes = {"xaxis": "x" if n == 0 else f"x{n + 1}", "yaxis": "y" if n == 0 else f"y{n + 1}"}
        for era in eras:
            cells = own[own["era"] == era]
            if cells.empty:
                continue
            cells = cells.set_index("domain").loc[order]
            figure.add_bar(
                x=[0.94] * len(order), base=[eras.index(era) - 0.47] * len(order), orientation="h",
                y=list(range(len(order))), width=0.92, **axes,
                marker={
                    "color": [theme.scale(s / most) for s in cells["share"]], "line": {"width": 0}
                },
                text=[f"{100 * s:.0f}" if c else "" for s, c in
                      zip(cells["share"], cells["n"], strict=True)],
                textposition="inside", insidetextanchor="middle", textangle=0,
                textfont={"size": 11, "color": [theme.on_scale(s / most) for s in cells["share"]]},
                hovertext=_told(dataset, cells.reset_index(), "era"),
                hovertemplate="%{hovertext}<extra></extra>",
                showlegend=False,
            )  # fmt: skip
        totals = own.drop_duplicates("era").set_index("era")["total"]
        number = "" if n == 0 else str(n + 1)
        figure.update_layout(
            {
                f"xaxis{number}": {
                    **wide[n][0], "range": [-0.5, len(eras) - 0.5], "side": "top",
                    "tickvals": list(range(len(eras))), "anchor": axes["yaxis"],
                    "ticktext": [f"{_era(era)}<br>n = {totals.get(era, 0)}" for era in eras],
                    "showgrid": False, "zeroline": False, "tickfont": {"size": 11},
                },
                f"yaxis{number}": {
                    **wide[n][1], **_domain_axis(ticks), "anchor": axes["xaxis"],
                    "showticklabels": n == 0,
                },
            }
        )  # fmt: skip
        figure.add_annotation(
            text=f"<b>{theme.safe(dataset.party_names[state])}</b>", showarrow=False,
            xref=f"{axes['xaxis']} domain", yref=f"{axes['yaxis']} domain", x=0, y=1,
            xanchor="left", yanchor="bottom", yshift=38,
            font={"size": 13, "color": colours[state]},
        )  # fmt: skip
    figure.update_layout(barmode="overlay")
    narrow: dict[str, object] = {"height": narrow_height}
    for n in range(len(states)):
        number = "" if n == 0 else str(n + 1)
        narrow[f"xaxis{number}"] = {**tall[n][0], "tickfont": {"size": 10}}
        narrow[f"yaxis{number}"] = {
            **tall[n][1], **_narrow_axis(ticks), "showticklabels": True,
        }  # fmt: skip
    return theme.finish(
        figure,
        name=name,
        title=_heat_title(dataset, table, states, eras),
        subtitle=(
            "Per cent of a state’s agreements of an era that name the subject; n is the number of "
            "agreements with a known subject. Blank: none. With a small n a single agreement moves "
            "a cell far."
        ),
        alt=_heat_alt(dataset, table, states, eras),
        data=data,
        measure=measures.by_era,
        height=height,
        narrow={**narrow, "margin": {"l": 0, "r": 4, "t": 30}},
    )


def _era(label: str) -> str:
    """Shorten the name of an era for a column: 'before 1990' is 'to 1989'."""
    head, _, year = label.partition("before ")
    return f"to {int(year) - 1}" if not head and year else label


Axes = tuple[dict[str, object], dict[str, object]]


def _grids(count: int, head: float, narrow_head: float) -> tuple[list[Axes], list[Axes]]:
    """Axis domains of panels side by side, and of the same panels one under another.

    Above each panel a share of the drawing's height stays free for its heading.
    """
    gap = 0.03
    width = (1 - gap * (count - 1)) / count
    height = (1 - narrow_head * count - 0.02 * (count - 1)) / count
    wide: list[Axes] = []
    tall: list[Axes] = []
    for n in range(count):
        left = n * (width + gap)
        top = 1 - narrow_head - n * (height + narrow_head + 0.02)
        wide.append(({"domain": [left, left + width]}, {"domain": [0.0, 1 - head]}))
        tall.append(({"domain": [0.0, 1.0]}, {"domain": [max(0.0, top - height), top]}))
    return wide, tall


def _heat_title(dataset: Dataset, table: pd.DataFrame, states: list[str], eras: list[str]) -> str:
    newest = table[table["era"] == eras[-1]]
    labels = dataset.labels("domain_codes")
    when = f"In the {eras[-1]}" if eras[-1].endswith("0s") else "Over all years"
    leaders: dict[str, list[str]] = {}
    for state in states:
        own = newest[newest["state"] == state]
        if own.empty or not own["n"].sum():
            continue
        top = own.loc[own["n"] == own["n"].max()].iloc[0]
        leaders.setdefault(str(top["domain"]), []).append(
            f"{dataset.party_names[state]} ({percent(top['share'])})"
        )
    named = listed(f"{lowered(labels[d])} for {listed(who)}" for d, who in leaders.items())
    return f"{when} the subject named most often is {named}"


def _heat_alt(dataset: Dataset, table: pd.DataFrame, states: list[str], eras: list[str]) -> str:
    labels = dataset.labels("domain_codes")
    parts = []
    for state in states:
        for era in eras:
            own = table[(table["state"] == state) & (table["era"] == era) & (table["n"] > 0)]
            if own.empty:
                continue
            best = own.sort_values("n", ascending=False, kind="stable").head(3)
            named = ", ".join(
                f"{lowered(labels[d])} {percent(s)}"
                for d, s in zip(best["domain"], best["share"], strict=True)
            )
            parts.append(
                f"{dataset.party_names[state]} {era} (n = {own['total'].iloc[0]}): {named}"
            )
    return f"Table of shares by subject and era. {'. '.join(parts)}."


@theme.chart
def first_appearances(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw the year in which each domain first appears in an agreement of each state.

    Parameters
    ----------
    dataset
        For names, labels and the edition date.
    table
        From :func:`accords.measures.domains.first_appearances`.
    """
    name = "03-first-appearances"
    names, labels = dataset.party_names, _labels(dataset)
    data = pd.DataFrame(
        {
            "Domain": table["domain"].map(dataset.labels("domain_codes")),
            "State": table["state"].map(names),
            "Date": table["date"].map(dates.spoken),
            "Agreement": table["title"],
            "Record": table["agreement_id"],
        }
    )
    if table.empty:
        return theme.too_little(
            name=name, title="No dated agreement names a subject", data=data,
            measure=measures.first_appearances,
        )  # fmt: skip
    order = list(table.groupby("domain")["year"].min().sort_values(kind="stable").index)
    row = {domain: n for n, domain in enumerate(order)}
    states, marks = theme.present(dataset, table), _marks(dataset)
    figure = go.Figure()
    spans = table.groupby("domain")["year"].agg(["min", "max"]).loc[order]
    lines = theme.strokes(
        ((first, row[domain]), (last, row[domain]))
        for domain, first, last in zip(spans.index, spans["min"], spans["max"], strict=True)
    )
    figure.add_scatter(
        **lines, mode="lines", line={"color": theme.colour("soft"), "width": 2},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    for state in states:
        own = table[table["state"] == state]
        figure.add_scatter(
            x=own["year"], y=own["domain"].map(row), mode="markers", name=theme.safe(names[state]),
            marker={
                **marks[state], "size": 10, "line": {"color": theme.colour("paper"), "width": 1}
            },
            customdata=own["agreement_id"],
            hovertext=[
                f"{labels[domain]}, {theme.safe(names[state])}: {dates.spoken(date)}<br>"
                f"{theme.safe(title)}"
                for domain, date, title in own[["domain", "date", "title"]].to_numpy()
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    first = int(table["year"].min())
    figure.update_xaxes(range=[first - 2, dataset.as_of.year + 1], side="top", dtick=10)
    ticks = [labels[domain] for domain in order]
    figure.update_yaxes(**_domain_axis(ticks))
    figure.update_layout(legend=LEGEND)
    figure.update_yaxes(showgrid=True, domain=[0, 0.915])
    height = 130 + ROW * len(order)
    return theme.finish(
        figure,
        name=name,
        title=_first_title(dataset, table, states),
        subtitle=(
            "Year of the first dated agreement that names the subject, by state "
            f"({listed(_named_count(dataset, table, states))} of "
            f"{len(dataset.codes('domain_codes'))} subjects)."
        ),
        alt=_first_alt(dataset, table, states, order),
        data=data,
        measure=measures.first_appearances,
        height=height,
        narrow={
            "height": height,
            "margin": {"l": 0, "r": 6, "t": 30},
            "xaxis": {"dtick": 20},
            "yaxis": _narrow_axis(ticks),
        },
    )


def _named_count(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> list[str]:
    counts = table.groupby("state").size()
    return [f"{dataset.party_names[state]} {counts[state]}" for state in states]


def _first_title(dataset: Dataset, table: pd.DataFrame, states: list[str]) -> str:
    labels = dataset.labels("domain_codes")
    parts, newest = [], []
    for state in states:
        own = table[table["state"] == state]
        year = int(own["year"].max())
        newest = [lowered(labels[d]) for d in own.loc[own["year"] == year, "domain"]]
        parts.append(f"{listed(newest)} for {dataset.party_names[state]} ({year})")
    are = "subject is" if len(parts) == len(newest) == 1 else "subjects are"
    return f"The newest {are} {listed(parts)}"


def _first_alt(dataset: Dataset, table: pd.DataFrame, states: list[str], order: list[str]) -> str:
    labels = dataset.labels("domain_codes")
    years = table.set_index(["domain", "state"])["year"].to_dict()
    parts = []
    for domain in order:
        said = ", ".join(
            f"{dataset.party_names[state]} {years.get((domain, state), 'never')}"
            for state in states
        )
        parts.append(f"{labels[domain]}: {said}")
    return f"First agreement that names each subject. {'. '.join(parts)}."


@theme.chart
def pairs(dataset: Dataset, table: pd.DataFrame, most: int = 15) -> go.Figure:
    """Draw the pairs of domains that the same agreements name most often for their size.

    Parameters
    ----------
    dataset
        For labels.
    table
        From :func:`accords.measures.domains.together`.
    most
        Number of pairs drawn, the most closely tied first.
    """
    name = "03-pairs"
    names = dataset.labels("domain_codes")
    data = pd.DataFrame(
        {
            "Domain": table["domain_a"].map(names),
            "With": table["domain_b"].map(names),
            **theme.estimates(table, "phi", "Phi", 2),
            "Both": table["both"],
            "Either": table["either"],
            "Jaccard": table["jaccard"].astype(float).round(2),
        }
    )
    if table.empty:
        return theme.too_little(
            name=name, title="Too few agreements name the same subjects", data=data,
            measure=measures.together,
        )  # fmt: skip
    best = table.head(most).reset_index(drop=True)
    labels = _labels(dataset)
    short = {code: NARROW_LABELS.get(names[code], labels[code]) for code in labels}
    wide_text = [f"{labels[a]} + {lowered(labels[b])}" for a, b in
                 zip(best["domain_a"], best["domain_b"], strict=True)]  # fmt: skip
    narrow_text = [f"{short[a]}<br>+ {lowered(short[b])}" for a, b in
                   zip(best["domain_a"], best["domain_b"], strict=True)]  # fmt: skip
    figure = go.Figure()
    figure.add_scatter(
        x=best["phi"], y=list(best.index), mode="markers", showlegend=False,
        marker={"color": theme.colour("accent"), "size": 10, "symbol": "circle"},
        error_x=_error(best["phi"], best, theme.colour("accent")),
        hovertext=[
            f"{pair}: both in {both} of {some(either, 'agreement')}, phi {phi:.2f}"
            for pair, both, either, phi in zip(
                wide_text, best["both"], best["either"], best["phi"], strict=True
            )
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    top = max(0.1, float(best["high"].max()))
    for n, both, either in zip(best.index, best["both"], best["either"], strict=True):
        figure.add_annotation(
            x=1, xref="paper", y=n, xanchor="left", showarrow=False, text=f"{both} of {either}",
            font={"size": 11, "color": theme.colour("muted")},
        )  # fmt: skip
    low = min(0.0, float(best["low"].min()))
    figure.update_xaxes(range=[low, 1.04 * top], side="top", dtick=0.2, zeroline=True)
    figure.update_yaxes(**_domain_axis(wide_text))
    figure.update_layout(margin={"r": 62})
    first = best.iloc[0]
    return theme.finish(
        figure,
        name=name,
        title=(
            f"{names[first['domain_a']]} and {lowered(names[first['domain_b']])} go together most: "
            f"{first['both']} of the {first['either']} agreements that name either "
            f"{'names' if first['both'] == 1 else 'name'} both"
        ),
        subtitle=(
            f"The {len(best)} closest of {some(len(table), 'pair')} of subjects, by how far naming "
            "one goes with naming the other (phi: one for always, zero for no tie) over "
            f"{first['total']} concluded agreements with a known subject, "
            "with 95 % bootstrap intervals; at the right how many agreements name both, of those "
            "that name either."
        ),
        alt="Closest pairs of subjects. "
        + ". ".join(
            f"{names[a]} with {lowered(names[b])}: phi {phi:.2f}, {both} of {either}"
            for a, b, phi, both, either in zip(
                best["domain_a"], best["domain_b"], best["phi"], best["both"], best["either"],
                strict=True,
            )
        )
        + ".",
        data=data,
        measure=measures.together,
        height=110 + 28 * len(best),
        narrow={
            "height": 110 + 34 * len(best),
            "margin": {"l": 0, "r": 56, "t": 30},
            "yaxis": {"ticktext": narrow_text, "tickfont": {"size": 10.5}},
            "xaxis": {"dtick": 0.4},
        },
    )  # fmt: skip


@theme.chart
def change(dataset: Dataset, table: pd.DataFrame, changes: pd.DataFrame) -> go.Figure:
    """Draw how each state's shares moved from span to span.

    Parameters
    ----------
    dataset
        For names and labels.
    table
        From :func:`accords.measures.domains.by_span`.
    changes
        From :func:`accords.measures.domains.change`.
    """
    name = "03-change"
    data = _profile_data(dataset, table, {"span": "Years"})
    if table.empty or not table["n"].sum():
        return theme.too_little(
            name=name, title="No source names a subject", data=data, measure=measures.by_span
        )
    spans = list(dict.fromkeys(table["span"]))
    if len(spans) < 2:
        only = "All agreements on record fall into one span of years"
        return theme.too_little(name=name, title=only, data=data, measure=measures.by_span)
    labels, order = _labels(dataset), _order(table)
    ticks = [labels[domain] for domain in order]
    states, marks = theme.present(dataset, table), _marks(dataset)
    figure = go.Figure()
    height, narrow_height = 150 + ROW * len(order), (120 + 22 * len(order)) * len(states)
    wide, tall = _grids(len(states), 70 / height, 70 / narrow_height)
    moved = changes[(changes["low"] > 0) | (changes["high"] < 0)]
    narrow: dict[str, object] = {"height": narrow_height}
    for n, state in enumerate(states):
        own = table[table["state"] == state]
        told = own.assign(told=_told(dataset, own, "span"))
        shares, said = (
            told.pivot(index="domain", columns="span", values=column).reindex(
                index=order, columns=spans
            )
            for column in ("share", "told")
        )
        number = "" if n == 0 else str(n + 1)
        axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        clear = set(moved.loc[moved["state"] == state, "domain"])
        for loud in (False, True):
            rows = [row for row, d in enumerate(order) if (d in clear) == loud]
            ink = marks[state]["color"] if loud else theme.colour("soft")
            lines = theme.strokes(
                [(share, row) for share in shares.iloc[row].dropna()] for row in rows
            )
            figure.add_scatter(
                **lines, mode="lines", line={"color": ink, "width": 1.5}, **axes,
                hoverinfo="skip", showlegend=False,
            )  # fmt: skip
            for k, span in enumerate(spans):
                last = k == len(spans) - 1
                figure.add_scatter(
                    x=shares[span].iloc[rows], y=rows, mode="markers", **axes, showlegend=False,
                    marker={
                        "symbol": marks[state]["symbol"], "size": (5, 7, 10)[min(k, 2)],
                        "color": ink if last or k else theme.colour("paper"),
                        "line": {"color": ink, "width": 1.5},
                    },
                    hovertext=said[span].iloc[rows].astype(object).fillna(""),
                    hovertemplate="%{hovertext}<extra></extra>",
                )  # fmt: skip
        totals = own.drop_duplicates("span").set_index("span")["total"]
        sizes = "n = " + ", ".join(str(totals.get(span, 0)) for span in spans)
        figure.add_annotation(
            text=f"<b>{theme.safe(dataset.party_names[state])}</b> ({sizes})", showarrow=False,
            xref=f"{axes['xaxis']} domain", yref=f"{axes['yaxis']} domain", x=0, y=1,
            xanchor="left", yanchor="bottom", yshift=26, align="left",
            font={"size": 13, "color": marks[state]["color"]},
        )  # fmt: skip
        top = 1.06 * float(table["share"].max())
        figure.update_layout(
            {
                f"xaxis{number}": {
                    **wide[n][0], "range": [-0.02, top], "side": "top",
                    **_percent_ticks(top, 0.2), "anchor": axes["yaxis"], "zeroline": True,
                },
                f"yaxis{number}": {
                    **wide[n][1], **_domain_axis(ticks), "anchor": axes["xaxis"],
                    "showgrid": True, "showticklabels": n == 0,
                },
            }
        )  # fmt: skip
        narrow[f"xaxis{number}"] = tall[n][0]
        narrow[f"yaxis{number}"] = {
            **tall[n][1], **_narrow_axis(ticks), "showticklabels": True,
        }  # fmt: skip
    return theme.finish(
        figure,
        name=name,
        title=_change_title(dataset, changes, states),
        subtitle=(
            "Share of agreements with a known subject that name the subject: "
            f"{_span_key(spans)} (n in this order). In colour: the 95 % interval of a difference "
            "before and after a cut excludes zero, taken one by one."
        ),
        alt=_change_alt(dataset, moved, states),
        data=data,
        measure=measures.by_span,
        height=height,
        narrow={**narrow, "margin": {"l": 0, "r": 6, "t": 30}},
    )


def _span_key(spans: list[str]) -> str:
    sizes = ["small hollow mark", *["middle mark"] * (len(spans) - 2), "large mark"]
    return listed(f"{size} {span}" for size, span in zip(sizes, spans, strict=True))


def _change_title(dataset: Dataset, changes: pd.DataFrame, states: list[str]) -> str:
    sure = changes[changes["sure"].astype(bool)]
    if changes.empty:
        return "Too few agreements on either side of a cut to compare"
    labels = dataset.labels("domain_codes")
    if sure.empty:
        return "No change of a single subject is sure once the number of comparisons is allowed for"
    parts = [
        f"{lowered(labels[row['domain']])} {'rose' if row['difference'] > 0 else 'fell'} for "
        f"{dataset.party_names[row['state']]}, from {percent(row['second'])} before {row['cut']} "
        f"to {percent(row['first'])}"
        for row in sure.to_dict("records")
    ]
    changed = "change is" if len(sure) == 1 else "changes are"
    compared = some(len(changes), "comparison")
    return f"Of {compared} only {len(sure)} {changed} sure: {'; '.join(parts)}"


def _change_alt(dataset: Dataset, moved: pd.DataFrame, states: list[str]) -> str:
    labels = dataset.labels("domain_codes")
    parts = [
        f"{dataset.party_names[row['state']]}, {lowered(labels[row['domain']])}: "
        f"{percent(row['second'])} before {row['cut']}, {percent(row['first'])} from then on"
        for row in moved.to_dict("records")
    ]
    return f"Shares by subject in three spans of years. Changes: {'; '.join(parts) or 'none'}."


@theme.chart
def similarity(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw how alike the two profiles are in each era, beside what chance would give.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.measures.domains.similarity_by_era`.
    """
    name = "03-similarity"
    data = pd.DataFrame(
        {
            "Era": table["era"],
            **theme.estimates(table, "cosine", "Cosine", 2),
            "By chance from": table["chance_low"].astype(float).round(2),
            "By chance to": table["chance_high"].astype(float).round(2),
            "p": table["p"].astype(float).round(4),
            "n, first state": table["n_first"],
            "n, second state": table["n_second"],
        }
    )
    known = table[table["cosine"].notna()].reset_index(drop=True)
    if known.empty:
        return theme.too_little(
            name=name, title="Too few agreements with a known subject to compare the profiles",
            data=data, measure=measures.similarity_by_era,
        )  # fmt: skip
    figure = go.Figure()
    for n, low, high in zip(known.index, known["chance_low"], known["chance_high"], strict=True):
        figure.add_shape(
            type="rect", x0=low, x1=high, y0=n - 0.28, y1=n + 0.28, layer="below",
            fillcolor=theme.colour("scale-1"), line={"width": 0},
        )  # fmt: skip
    figure.add_scatter(
        x=known["cosine"], y=list(known.index), mode="markers+text", showlegend=False,
        marker={"color": theme.colour("accent"), "size": 12, "symbol": "circle"},
        text=[f"{c:.2f}" for c in known["cosine"]], textposition="top center",
        textfont={"size": 12, "color": theme.colour("accent")},
        error_x=_error(known["cosine"], known, theme.colour("accent")) | {"thickness": 2},
        hovertext=[
            f"{theme.safe(_pair(dataset))}, {r['era']}: similarity {r['cosine']:.2f} "
            f"(95 % interval {r['low']:.2f} to {r['high']:.2f})"
            for r in known.to_dict("records")
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    labels = [
        f"{era}<br><span style='font-size:11px'>n = {a} and {b}</span>"
        for era, a, b in zip(known["era"], known["n_first"], known["n_second"], strict=True)
    ]
    low = max(0.0, float(known["low"].min()) - 0.05)
    figure.update_xaxes(range=[low, 1.005], tickformat=".1f", dtick=0.2)
    figure.update_yaxes(**_domain_axis(labels))
    height = 70 + 62 * len(known)
    return theme.finish(
        figure,
        name=name,
        title=_similarity_title(dataset, known),
        subtitle=(
            f"Cosine of the two states’ shares of subjects ({_pair(dataset)}; n at the left): one "
            "for the same proportions, zero for nothing in common, with 95 % bootstrap intervals. "
            "Grey: where it would lie with 95 % probability if both drew from the same agreements."
        ),
        alt=(
            "Similarity of the two profiles. "
            + ". ".join(
                f"{era}: {c:.2f}, interval {lo:.2f} to {hi:.2f}, by chance {cl:.2f} to {ch:.2f}"
                for era, c, lo, hi, cl, ch in zip(
                    known["era"], known["cosine"], known["low"], known["high"],
                    known["chance_low"], known["chance_high"], strict=True,
                )
            )
            + "."
        ),
        data=data,
        measure=measures.similarity_by_era,
        height=height,
        narrow={"height": height, "margin": {"l": 0, "r": 8, "t": 30}},
    )  # fmt: skip


def _pair(dataset: Dataset) -> str:
    return listed(dataset.party_names[state] for state in dataset.focus[:2])


def _similarity_title(dataset: Dataset, known: pd.DataFrame) -> str:
    eras = known[known["era"] != "all years"]
    if len(eras) < 2:
        only = known.iloc[-1]
        return f"The two profiles have a similarity of {only['cosine']:.2f} over all years"
    first, last = eras.iloc[0], eras.iloc[-1]
    verb = "rose" if last["cosine"] > first["cosine"] else "fell"
    if first["p"] >= 0.05 and last["p"] >= 0.05:
        tail = "at both ends no less than chance would give"
    elif last["p"] >= 0.05:
        tail = "by now no less than chance would give"
    else:
        tail = "still less than chance would give"
    return (
        f"The likeness of the profiles {verb} from {first['cosine']:.2f} in the {first['era']} to "
        f"{last['cosine']:.2f} in the {last['era']}, {tail}"
    )
