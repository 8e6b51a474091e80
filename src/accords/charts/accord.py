"""Charts of the accord: its life, who names its subjects, how it compares."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from accords import claims, dates
from accords.charts import theme
from accords.charts.columns import panels
from accords.dataset import Dataset
from accords.measures import accord as measures
from accords.prose.accord import NOUNS
from accords.prose.text import listed, lowered, some

TOGETHER = "Together"


@theme.chart
def life(dataset: Dataset, steps: pd.DataFrame) -> go.Figure:
    """Draw the life of one agreement as lanes: common steps, then each party's own.

    Parameters
    ----------
    dataset
        For the names of parties and the edition date.
    steps
        From :func:`accords.measures.accord.life`.
    """
    names = dataset.party_names
    parties = [p for p in dict.fromkeys(steps["party"]) if pd.notna(p)]
    order = {state: n for n, state in enumerate(dataset.focus)}
    parties.sort(key=lambda p: (order.get(p, len(order)), p))
    lanes = [TOGETHER, *(names.get(p, p) for p in parties)]
    steps = steps.assign(lane=steps["party"].map(names).fillna(TOGETHER))
    colours = {names.get(s, s): c for s, c in theme.state_colours(dataset.focus).items()}
    found = steps[steps["found"] & steps["earliest"].notna()]
    figure = go.Figure()
    if found.empty:
        return _too_little("accord-life", "The life of this agreement is not dated", steps)

    start, end = found["earliest"].min(), dataset.as_of
    newest = found["latest"].max()
    figure.add_vrect(
        x0=newest, x1=end, fillcolor=theme.colour("scale-0"), line_width=0, layer="below"
    )
    silence = {
        "x": newest + (end - newest) / 2, "y": -0.72, "showarrow": False, "yanchor": "bottom",
        "text": f"nothing found after {_day(newest)}",
        "font": {"size": 11, "color": theme.colour("muted")},
    }  # fmt: skip
    figure.update_layout(annotations=[silence])
    for n, lane in enumerate(lanes):
        height = len(lanes) - 1 - n
        mine = found[found["lane"] == lane]
        to_come = steps[(steps["lane"] == lane) & ~steps["found"]]
        colour = colours.get(lane, theme.colour("ink"))
        last = mine["earliest"].max() if len(mine) else start
        figure.add_scatter(
            x=[start, last], y=[height, height], mode="lines", hoverinfo="skip",
            line={"color": colour, "width": 3}, showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=[last, end], y=[height, height], mode="lines", hoverinfo="skip",
            line={"color": colour, "width": 1.5, "dash": "dot"}, showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=mine["earliest"], y=[height] * len(mine), mode="markers+text", showlegend=False,
            marker={
                "size": 13, "color": colour, "symbol": "circle",
                "line": {"color": theme.colour("paper"), "width": 2},
            },
            text=[_step_label(row) for row in mine.itertuples()],
            textposition=["top right" if k % 2 == 0 else "bottom right" for k in range(len(mine))],
            textfont={"size": 12, "color": theme.colour("ink")},
            hovertemplate=f"{theme.safe(lane)}: %{{text}}<extra></extra>",
        )  # fmt: skip
        if len(to_come):
            wanted = ", ".join(NOUNS[event] for event in to_come["event"])
            figure.add_scatter(
                x=[end], y=[height], mode="markers+text", showlegend=False,
                hovertemplate=f"{theme.safe(lane)}: %{{text}}<extra></extra>",
                marker={
                    "size": 13, "color": theme.colour("paper"), "symbol": "circle",
                    "line": {"color": colour, "width": 2},
                },
                text=["<br>".join(["not found:", *textwrap.wrap(wanted, 26)])],
                textposition="bottom left", cliponaxis=False,
                textfont={"size": 12, "color": theme.colour("muted")},
            )  # fmt: skip
    figure.update_xaxes(
        range=[start - (end - start) * 0.03, end + (end - start) * 0.02],
        showgrid=True, dtick="M6", tickformat="%b<br>%Y",
    )  # fmt: skip
    figure.update_yaxes(
        range=[-0.75, len(lanes) - 0.4], tickvals=list(range(len(lanes))),
        ticktext=[f"<b>{theme.safe(lane)}</b>" for lane in reversed(lanes)],
        showgrid=False, zeroline=False, tickfont={"size": 13, "color": theme.colour("ink")},
    )  # fmt: skip
    return theme.finish(
        figure,
        name="01-accord-life",
        title=_life_title(steps, names),
        subtitle=(
            f"Dated steps found in the sources (n = {len(found)}), by who took them; hollow "
            f"circles are steps of which no source was found by {_day(end)}."
        ),
        alt=_life_alt(steps),
        data=_life_data(steps),
        measure=measures.life,
        height=225 + 110 * len(lanes),
        narrow={
            "height": 90 + 140 * len(lanes),
            "margin": {"l": 0, "r": 8, "t": 10},
            "yaxis": {"showticklabels": False, "range": [-0.75, len(lanes) - 0.25]},
            "annotations": [silence, *map(_lane_heading, lanes[::-1], range(len(lanes)))],
        },
    )  # fmt: skip


def _lane_heading(lane: str, height: int) -> dict[str, object]:
    return {
        "x": 0, "xref": "paper", "xanchor": "left", "y": height + 0.5, "yanchor": "middle",
        "text": f"<b>{theme.safe(lane)}</b>", "showarrow": False, "font": {"size": 13},
    }  # fmt: skip


def _step_label(step: object) -> str:
    label, date = str(step.label), dates.spoken(step.date)  # type: ignore[attr-defined]
    if pd.notna(step.place):  # type: ignore[attr-defined]
        date = f"{date}, {step.place}"  # type: ignore[attr-defined]
    disputed = theme.safe(listed(step.disputed))  # type: ignore[attr-defined]
    shown = f"{theme.safe(label)}<br>{theme.safe(date)}"
    return shown + (f"<br><i>{disputed} disputed</i>" if disputed else "")


def _life_title(steps: pd.DataFrame, names: Mapping[str, str]) -> str:
    missing = steps[~steps["found"]]
    if missing.empty:
        return "Every step of the agreement's life that can be expected is on record"
    waiting = [names.get(p, p) for p in dict.fromkeys(missing["party"].dropna())]
    parties = list(dict.fromkeys(steps["party"].dropna()))
    done = [names.get(p, p) for p in parties if names.get(p, p) not in waiting]
    if done and waiting:
        return (
            f"{listed(done)} completed {'its' if len(done) == 1 else 'their'} approval; that of "
            f"{listed(waiting)} is not shown to be complete"
        )
    if waiting:
        return f"No source shows that {listed(waiting)} completed the approval"
    begun = "Approved" if steps["event"].isin(measures.APPROVALS).any() else "Signed"
    return f"{begun}, but no source shows that the agreement entered into force"


def _life_alt(steps: pd.DataFrame) -> str:
    spoken = steps["label"] + " " + steps["date"].map(dates.spoken) + " (" + steps["lane"] + ")"
    found = spoken[steps["found"]]
    missing = (steps["label"] + " (" + steps["lane"] + ")")[~steps["found"]]
    text = f"Timeline. Found: {'; '.join(found)}."
    return f"{text} Not found: {'; '.join(missing)}." if len(missing) else text


def _life_data(steps: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Step": steps["label"],
            "By": steps["lane"],
            "Date": steps["date"].map(dates.spoken).where(steps["found"], "not found"),
            "Place": steps["place"],
            "Sources": steps["sources"],
            "Disputed": steps["disputed"].map(listed),
        }
    )


@theme.chart
def voices(dataset: Dataset, table: pd.DataFrame) -> go.Figure:
    """Draw which voice names which subject of an agreement, as a matrix.

    Parameters
    ----------
    dataset
        For the labels of voices and subjects.
    table
        From :func:`accords.measures.accord.voices`.
    """
    figure = go.Figure()
    labels = dataset.labels("domain_codes")
    title = "Who names the subjects of the agreement"
    if table.empty:
        return _too_little("accord-voices", f"{title}: no source names any", table)
    codes = dataset.codes("voices")
    heads = {**codes["label"], measures.UNRECORDED: "Voice not recorded"}
    columns = [c for c in table.columns if c not in ("official", "sources", "named_by")]
    official = {c: codes["basis"].get(c, "press") != "press" for c in columns}
    rows = [labels.get(domain, domain) for domain in table.index]
    y = list(range(len(rows)))[::-1]
    for n, voice in enumerate(columns):
        named = (table[voice] > 0).to_numpy()
        figure.add_scatter(
            x=[n] * len(rows), y=y, mode="markers", showlegend=False, hoverinfo="skip",
            marker={"symbol": "square", "size": 20, "color": theme.colour("scale-0")},
        )  # fmt: skip
        figure.add_scatter(
            x=[n] * int(named.sum()), y=[v for v, yes in zip(y, named, strict=True) if yes],
            mode="markers", showlegend=False,
            marker={
                "symbol": "square" if official[voice] else "diamond",
                "size": 20 if official[voice] else 15,
                "color": theme.colour("accent" if official[voice] else "contracts"),
            },
            customdata=[[theme.safe(row), theme.safe(heads.get(voice, voice))]
                        for row, yes in zip(rows, named, strict=True) if yes],
            hovertemplate="%{customdata[0]}<br>named by: %{customdata[1]}<extra></extra>",
        )  # fmt: skip
    groups = table["named_by"].to_numpy()
    annotations = []
    for group in measures.NAMED_BY:
        heights = [v for v, g in zip(y, groups, strict=True) if g == group]
        if not heights:
            continue
        if min(heights) > 0:
            figure.add_shape(
                type="line", x0=-0.5, x1=len(columns) + 1.05, y0=min(heights) - 0.5,
                y1=min(heights) - 0.5, line={"color": theme.colour("soft"), "width": 1},
            )  # fmt: skip
        annotations.append(
            {
                "x": len(columns) - 0.45, "y": (max(heights) + min(heights)) / 2,
                "text": "<br>".join(textwrap.wrap(f"{group}: {len(heights)}", 16)),
                "showarrow": False, "xanchor": "left", "align": "left",
                "font": {"size": 12, "color": theme.colour("ink")},
            }
        )  # fmt: skip
    figure.update_layout(annotations=annotations)
    shown = [_wrapped(heads.get(c, c), 20) for c in columns]
    figure.update_xaxes(
        side="top", range=[-0.5, len(columns) + 1.1], tickvals=list(range(len(columns))),
        ticktext=shown, showgrid=False, zeroline=False,
        tickfont={"size": 12, "color": theme.colour("ink")},
    )  # fmt: skip
    figure.update_yaxes(**theme.row_axis(y, [theme.safe(row) for row in rows]))
    press = [row for row, g in zip(rows, groups, strict=True) if g == measures.PRESS]
    rest = "rests" if len(press) == 1 else "rest"
    every = f"all {len(rows)} subjects" if len(rows) > 1 else "the only subject"
    title = (
        f"{len(press)} of the {some(len(rows), 'subject')} {rest} on the press alone"
        if press
        else f"Official statements name {every}"
    )
    return theme.finish(
        figure,
        name="01-accord-voices",
        title=title,
        subtitle=(
            f"Subjects named for this agreement (n = {len(rows)}), by whose statement names them; "
            "squares are official voices, diamonds the press."
        ),
        alt=_voices_alt(table, rows),
        data=table[columns]
        .rename(columns=heads)
        .assign(**{"Named by": table["named_by"]})
        .set_axis(pd.Index(rows, name="Subject"))
        .reset_index(),
        measure=measures.voices,
        height=220 + 27 * len(rows),
        narrow={
            "height": 230 + 27 * len(rows),
            "margin": {"l": 0, "r": 0, "t": 10},
            "xaxis": {
                "tickangle": -90, "range": [-0.5, len(columns) - 0.5],
                "tickfont": {"size": 11},
            },
            "yaxis": {"tickfont": {"size": 11}},
            "annotations": [],
        },
    )  # fmt: skip


def _voices_alt(table: pd.DataFrame, rows: list[str]) -> str:
    named = pd.Series(rows, index=table["named_by"].to_numpy())
    parts = [
        f"named by {group}: {listed(lowered(s) for s in named[named.index == group])}"
        for group in measures.NAMED_BY
        if (named.index == group).any()
    ]
    return f"Matrix of subjects and voices. {'; '.join(parts).capitalize()}."


@theme.chart
def breadth(dataset: Dataset, table: pd.DataFrame, agreement_id: str | None) -> go.Figure:
    """Draw how many subjects each agreement names, the accord marked, for each focus state.

    Parameters
    ----------
    dataset
        For the names of states.
    table
        From :func:`accords.measures.accord.breadths`.
    agreement_id
        The accord.
    """
    states = theme.present(dataset, table)
    figure = go.Figure()
    if not states:
        return _too_little("accord-breadth", "No agreement's subjects are known", table)
    colours = theme.state_colours(dataset.focus)
    names = dataset.party_names
    mine = table[table["agreement_id"] == agreement_id]
    widest = int(table["named"].max())
    axes = panels(figure, [1] * len(states), gap=0.16, head=0)
    for state, axis in zip(states, axes, strict=True):
        others = table[(table["state"] == state) & (table["agreement_id"] != agreement_id)]
        counts = others["named"].value_counts()
        tallest = max(1, *counts) if len(counts) else 1
        figure.update_layout(
            {
                "yaxis" + axis[1:]: {
                    "rangemode": "tozero", "nticks": 4, "range": [0, tallest * 1.25],
                }
            }
        )  # fmt: skip
        figure.add_bar(
            x=counts.index, y=counts.to_numpy(), yaxis=axis, showlegend=False,
            marker={"color": colours[state]},
            hovertext=[
                f"{theme.safe(names.get(state, state))}: {some(n, 'other agreement')} "
                f"{'names' if n == 1 else 'name'} {some(named, 'subject')}"
                for named, n in zip(counts.index, counts, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=1, xref="paper", y=1, yref=f"{axis} domain", xanchor="right", yanchor="top",
            text=f"<b>{theme.safe(names.get(state, state))}</b><br>"
                 f"{some(len(others), 'other agreement')}",
            align="right", showarrow=False, font={"color": colours[state]},
        )  # fmt: skip
        if (mine["state"] == state).any():
            for column, words, symbol, side, shift in (
                ("named", "the accord,<br>all sources", "circle", "right", 12),
                ("official", "the accord,<br>officially", "circle-open", "center", 0),
            ):
                value = int(mine[column].iloc[0])
                if column == "official" and value == int(mine["named"].iloc[0]):
                    continue
                figure.add_scatter(
                    x=[value], y=[tallest * 0.08], yaxis=axis, mode="markers",
                    showlegend=False,
                    marker={"symbol": symbol, "size": 12, "color": theme.colour("ink"),
                            "line": {"width": 2, "color": theme.colour("ink")}},
                    customdata=[agreement_id], cliponaxis=False,
                    hovertext=[f"{words.replace('<br>', ' ')}: {some(value, 'subject')}"],
                    hovertemplate="%{hovertext}<extra></extra>",
                )  # fmt: skip
                figure.add_annotation(
                    x=value, y=tallest * 0.17, yref=axis, text=f"{words}: {value}",
                    showarrow=False, xanchor=side, xshift=shift, yanchor="bottom", align=side,
                    font={"size": 11, "color": theme.colour("ink")},
                )  # fmt: skip
    figure.update_xaxes(
        range=[0.4, widest + 0.9], dtick=2, tick0=2, showgrid=False,
        title="subjects named for one agreement",
    )  # fmt: skip
    return theme.finish(
        figure,
        name="01-accord-breadth",
        title=_breadth_title(dataset, agreement_id, states),
        subtitle=(
            "Concluded agreements by the number of subjects that sources name for them, of those "
            f"with any (n = {table['agreement_id'].nunique()})."
        ),
        alt=_breadth_alt(dataset, table, agreement_id, states),
        data=table.assign(state=table["state"].map(names))[
            ["state", "title", "agreement_id", "year", "named", "official"]
        ].set_axis(
            ["State", "Agreement", "Record", "Year", "Subjects", "Subjects named officially"],
            axis=1,
        ),
        measure=measures.breadths,
        height=190 + 170 * len(states),
        narrow={"height": 110 + 170 * len(states), "margin": {"t": 10}},
    )  # fmt: skip


def _breadth_title(dataset: Dataset, agreement_id: str | None, states: list[str]) -> str:
    ranks = [measures.breadth_rank(dataset, agreement_id, s) for s in states]
    official = [measures.breadth_rank(dataset, agreement_id, s, count="official") for s in states]
    if any(pd.isna(rank.value) for rank in ranks):
        return "How many subjects agreements name"
    if all(rank.above + rank.equal == 0 for rank in ranks):
        title = "No other agreement is said to cover as many subjects"
        if all(pd.notna(r.value) and r.above for r in official):
            more = "another covers" if max(r.above for r in official) == 1 else "others cover"
            title += f"; counting official statements alone, {more} more"
        return title
    return (
        f"The accord names more subjects than {min(r.percentile for r in ranks):.0f} % or more of "
        "the other agreements"
    )


def _breadth_alt(
    dataset: Dataset, table: pd.DataFrame, agreement_id: str | None, states: list[str]
) -> str:
    parts = []
    for state in states:
        rank = measures.breadth_rank(dataset, agreement_id, state)
        named = table.loc[table["state"] == state, "named"]
        parts.append(
            f"{dataset.party_names.get(state, state)}: from {named.min()} to "
            f"{some(named.max(), 'subject')}, median {named.median():g}"
        )
        if rank.n:
            parts[-1] += (
                f"; {rank.below} of {some(rank.n, 'other')} "
                f"{'names' if 1 in (rank.below, rank.n) else 'name'} fewer than the accord"
            )
    return f"Bars of agreements by number of subjects. {'. '.join(parts)}."


@theme.chart
def approval(dataset: Dataset, table: pd.DataFrame, agreement_id: str | None) -> go.Figure:
    """Draw the time from signature to each state's first recorded approval, the accord marked.

    Parameters
    ----------
    dataset
        For the names of states.
    table
        From :func:`accords.measures.accord.approval_times`.
    agreement_id
        The accord.
    """
    states = theme.present(dataset, table)
    figure = go.Figure()
    if not states:
        title = "No approval is dated, so that none can be timed"
        return _too_little("accord-approval", title, table)
    colours, symbols = theme.state_colours(dataset.focus), theme.state_symbols(dataset.focus)
    names = dataset.party_names
    for k, state in enumerate(states):
        height = len(states) - 1 - k
        rows = table[table["state"] == state]
        for row in rows.itertuples():
            figure.add_scatter(
                x=[max(float(row.low), 1.0), max(float(row.high), 1.0)],  # type: ignore[arg-type]
                y=[height] * 2, mode="lines", hoverinfo="skip", showlegend=False, opacity=0.5,
                line={"color": colours[state], "width": 5},
            )  # fmt: skip
        figure.add_scatter(
            x=rows["days"].clip(lower=1), y=[height] * len(rows), mode="markers", showlegend=False,
            marker={
                "symbol": symbols[state], "size": 11, "color": colours[state],
                "line": {"width": 1.5, "color": theme.colour("paper")},
            },
            customdata=rows["agreement_id"],
            hovertext=[
                f"{_wrapped(title)}<br>{theme.safe(names.get(state, state))}: "
                f"approved after {some(round(days), 'day')}"
                for title, days in zip(rows["title"], rows["days"], strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        mine = rows[rows["agreement_id"] == agreement_id]
        if len(mine):
            days = float(mine["days"].iloc[0])
            figure.add_scatter(
                x=[days], y=[height], mode="markers", showlegend=False, hoverinfo="skip",
                marker={"symbol": "circle-open", "size": 21,
                        "line": {"width": 2, "color": theme.colour("ink")},
                        "color": theme.colour("ink")},
            )  # fmt: skip
            # Annotations on a logarithmic axis stand at the logarithm.
            figure.add_annotation(
                x=math.log10(max(days, 1)), y=height + 0.14, yanchor="bottom", showarrow=False,
                text=f"the accord: {some(round(days), 'day')}", xanchor="left", xshift=-12,
                font={"size": 12, "color": theme.colour("ink")},
            )  # fmt: skip
    low, high = max(1.0, float(table["low"].min())), float(table["high"].max())
    figure.update_xaxes(
        type="log", range=[math.log10(min(low, 30)) - 0.08, math.log10(max(high, 1000)) + 0.08],
        tickvals=[1, 7, 30, 91, 365, 1826, 3652],
        ticktext=["1 day", "1 week", "1 month", "3 months", "1 year", "5 years", "10 years"],
    )  # fmt: skip
    lanes = [
        f"<b>{theme.safe(names.get(s, s))}</b><br>n = {(table['state'] == s).sum()}" for s in states
    ]
    figure.update_yaxes(
        range=[-0.5, len(states) - 0.4], tickvals=list(range(len(states))),
        ticktext=lanes[::-1], showgrid=False, zeroline=False,
        tickfont={"size": 13, "color": theme.colour("ink")},
    )  # fmt: skip
    return theme.finish(
        figure,
        name="01-accord-approval",
        title=_approval_title(dataset, agreement_id, states),
        subtitle=(
            "Time from signature to the state's own first recorded approval, bilateral agreements "
            f"with both dates known to the month or better (n = {len(table)}), logarithmic scale."
        ),
        alt=_approval_alt(dataset, table, agreement_id, states),
        data=table.assign(
            state=table["state"].map(names), event=table["event"].map(dataset.labels("event_types"))
        )[["state", "title", "event", "days", "low", "high"]].set_axis(
            ["State", "Agreement", "First approval", "Days", "At least", "At most"], axis=1
        ),
        measure=measures.approval_times,
        height=180 + 95 * len(states),
        narrow={
            "height": 110 + 100 * len(states),
            "margin": {"l": 0, "r": 8, "t": 10},
            "xaxis": {"tickvals": [30, 91, 365, 1826],
                      "ticktext": ["1 mo.", "3 mo.", "1 yr", "5 yrs"]},
        },
    )  # fmt: skip


def _approval_title(dataset: Dataset, agreement_id: str | None, states: list[str]) -> str:
    parts = []
    for state in states:
        rank = measures.approval_rank(dataset, agreement_id, state)
        if rank.n:
            name = dataset.party_names.get(state, state)
            parts.append(f"{rank.above} of {some(rank.n, 'other')} in {name}")
    if not parts:
        return "How long the first approval took"
    return f"The first approval came sooner than with {listed(parts)}"


def _approval_alt(
    dataset: Dataset, table: pd.DataFrame, agreement_id: str | None, states: list[str]
) -> str:
    parts = []
    for state in states:
        days = table.loc[table["state"] == state, "days"]
        rank = measures.approval_rank(dataset, agreement_id, state)
        own = f"; the accord {some(round(rank.value), 'day')}" if pd.notna(rank.value) else ""
        parts.append(
            f"{dataset.party_names.get(state, state)}: n = {len(days)}, "
            f"{days.min():.0f} to {some(round(days.max()), 'day')}, "
            f"median {days.median():.0f}{own}"
        )
    return f"Dots on a scale of days. {'. '.join(parts)}."


@theme.chart
def verdicts(table: pd.DataFrame) -> go.Figure:
    """Draw how many claims have each verdict.

    Parameters
    ----------
    table
        From :func:`accords.claims.tally`.
    """
    figure = go.Figure()
    total = int(table["n"].sum())
    if not total:
        return _too_little("accord-verdicts", "No claims are on record", table)
    tokens = {
        claims.SUPPORTED: "scale-5", claims.PARTLY: "scale-3", claims.NOT_SHOWN: "soft",
        claims.CONTRADICTED: "contracts", claims.NOT_TESTABLE: "grid",
    }  # fmt: skip
    figure.add_bar(
        x=table["n"], y=table["label"].map(theme.safe), orientation="h", showlegend=False,
        marker={"color": [theme.colour(tokens[v]) for v in table["verdict"]]},
        text=[f"<b>{n}</b>" for n in table["n"]], textposition="outside", cliponaxis=False,
        textfont={"size": 14, "color": theme.colour("ink")},
        hovertext=[some(n, "claim") for n in table["n"]],
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0, table["n"].max() * 1.12])
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        ticklabelstandoff=8,
        tickfont={"size": 13, "color": theme.colour("ink")},
    )
    n = table.set_index("verdict")["n"]
    return theme.finish(
        figure,
        name="01-accord-verdicts",
        title=(
            f"{n[claims.SUPPORTED]} of {some(total, 'claim')} "
            f"{'is' if 1 in (n[claims.SUPPORTED], total) else 'are'} borne out in full, "
            f"{n[claims.PARTLY]} in part"
        ),
        subtitle=f"Claims of the article of which the report starts (n = {total}), by verdict.",
        alt="Bars of claims by verdict. "
        + "; ".join(f"{row['label']}: {row['n']}" for row in table.to_dict("records"))
        + ".",
        data=table[["label", "n"]].set_axis(["Verdict", "Claims"], axis=1),
        measure=claims.tally,
        height=310,
        narrow={"height": 220, "margin": {"l": 0, "r": 8, "t": 10}},
    )  # fmt: skip


def _wrapped(text: str, width: int = 60) -> str:
    return "<br>".join(map(theme.safe, textwrap.wrap(text, width)))


def _too_little(name: str, title: str, data: pd.DataFrame) -> go.Figure:
    return theme.too_little(name=f"01-{name}", title=title, data=data, measure=measures.life)


def _day(day: pd.Timestamp) -> str:
    return dates.spoken(day.strftime("%Y-%m-%d"))
