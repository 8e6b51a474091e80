"""Charts of the accord: its life, and who names its subjects."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import accord as measures
from accords.charts import theme
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.prose.accord import NOUNS
from accords.words import listed, lowered, some

TOGETHER = "Together"


@theme.chart
def life(dataset: Dataset, steps: pd.DataFrame) -> go.Figure:
    """Draw the life of one agreement as lanes: common steps, then each party's own.

    Parameters
    ----------
    dataset
        For the names of parties and the edition date.
    steps
        From :func:`accords.analysis.accord.life`.
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

    start, newest = found["earliest"].min(), found["latest"].max()
    # What was not found stands a little behind the newest step, at no date.
    beyond = newest + max((newest - start) * 0.25, pd.Timedelta(days=45))
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
            x=[last, beyond], y=[height, height], mode="lines", hoverinfo="skip",
            line={"color": colour, "width": 1.5, "dash": "dot"}, showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=mine["earliest"], y=[height] * len(mine), mode="markers+text", showlegend=False,
            marker={
                "size": 13, "color": colour, "symbol": "circle",
                "line": {"color": theme.colour("paper"), "width": 2},
            },
            text=[_step_label(row) for row in mine.itertuples()],
            # The last above its line, as what was not found stands below.
            textposition=[
                f"{'bottom' if (len(mine) - k) % 2 == 0 else 'top'} "
                f"{'left' if when - start > (beyond - start) / 2 else 'right'}"
                for k, when in enumerate(mine["earliest"])
            ],
            textfont={"size": 12, "color": theme.colour("ink")},
            hovertemplate=f"{theme.safe(lane)}: %{{text}}<extra></extra>",
        )  # fmt: skip
        if len(to_come):
            wanted = ", ".join(NOUNS[event] for event in to_come["event"])
            figure.add_scatter(
                x=[beyond], y=[height], mode="markers+text", showlegend=False,
                hovertemplate=f"{theme.safe(lane)}: %{{text}}<extra></extra>",
                marker={
                    "size": 13, "color": theme.colour("paper"), "symbol": "circle",
                    "line": {"color": colour, "width": 2},
                },
                text=["<br>".join(["not found:", *textwrap.wrap(wanted, 26)])],
                textposition="bottom left", cliponaxis=False,
                textfont={"size": 12, "color": theme.colour("muted")},
            )  # fmt: skip
    room = (beyond - start) * 0.04
    step = math.ceil((beyond - start).days / 30 / 8)
    figure.update_xaxes(
        range=[start - room, beyond + room], showgrid=True, dtick=f"M{step}",
        tickformat="%b<br>%Y",
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
            f"circles are steps of which no source was found by {_day(dataset.as_of)}. Nothing "
            f"found is newer than {_day(newest)}."
        ),
        alt=_life_alt(steps),
        data=_life_data(steps),
        measure=measures.life,
        height=225 + 110 * len(lanes),
        narrow={
            "height": 90 + 140 * len(lanes),
            "margin": {"l": 4, "r": 8, "t": 10},
            "xaxis": {"dtick": f"M{2 * step}"},
            "yaxis": {"showticklabels": False, "range": [-0.75, len(lanes) - 0.25]},
            "annotations": [*map(_lane_heading, lanes[::-1], range(len(lanes)))],
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
def voices(
    dataset: Dataset, table: pd.DataFrame, joint: Mapping[str, tuple[str, ...]]
) -> go.Figure:
    """Draw which voice names which subject of an agreement, as a matrix.

    Parameters
    ----------
    dataset
        For the labels of voices and subjects.
    table, joint
        From :func:`accords.analysis.accord.voices` and
        :func:`accords.analysis.accord.joint_lists`.
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
        ink = theme.colour("accent" if official[voice] else "accent-3")
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
                "color": theme.colour("scale-0") if voice in joint else ink,
                "line": {"color": ink, "width": 4 if voice in joint else 0},
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
    shown = ["<br>".join(map(theme.safe, textwrap.wrap(heads.get(c, c), 20))) for c in columns]
    figure.update_xaxes(
        side="top", range=[-0.5, len(columns) + 1.1], tickvals=list(range(len(columns))),
        ticktext=shown, showgrid=False, zeroline=False,
        tickfont={"size": 12, "color": theme.colour("ink")},
    )  # fmt: skip
    figure.update_yaxes(**theme.row_axis(y, [theme.safe(row) for row in rows]))
    press = [row for row, g in zip(rows, groups, strict=True) if g == measures.PRESS]
    rest = "rests" if len(press) == 1 else "rest"
    every = f"all {len(rows)} subjects" if len(rows) > 1 else "the only subject"
    shared = [heads.get(voice, voice) for voice in columns if voice in joint]
    apart = (
        f" Hollow: a list that the {listed(shared)} gave for several agreements at once."
        if shared
        else ""
    )
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
            f"squares are official voices, diamonds the press.{apart}"
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
            "margin": {"l": 4, "r": 0, "t": 20},
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


def _too_little(name: str, title: str, data: pd.DataFrame) -> go.Figure:
    return theme.too_little(name=f"01-{name}", title=title, data=data, measure=measures.life)


def _day(day: pd.Timestamp) -> str:
    return dates.spoken(day.strftime("%Y-%m-%d"))
