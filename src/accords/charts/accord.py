"""Charts of the accord: its life, and who names its domains."""

import math
import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from accords.analysis import accord as measures
from accords.charts import marks
from accords.charts.frame import chart
from accords.charts.theme import colour, safe, state_colours, wrapped
from accords.dataset import Dataset
from accords.prose import accord as prose
from accords.words import capital

LANE = 140  # height of a lane in px: its heading, and a mark with three lines above and below it


@chart(
    "01-accord-life", measures.life, prose.life_caption,
    "label party date place found days count disputed",
    count="Sources",
    empty="The life of the accord: no step of it is dated.",
)  # fmt: skip
def life(dataset: Dataset, steps: pd.DataFrame) -> go.Figure | None:
    """Draw the life of one agreement in lanes: common steps, then each party's own."""
    steps = steps.assign(at=steps["earliest"].fillna(steps["latest"]))
    dated = steps.dropna(subset="at")
    if dated.empty:
        return None
    start, newest = dated["at"].min(), dated["at"].max()
    # What was not found stands a little behind the newest step, at no date.
    behind = max((newest - start) * 0.25, pd.Timedelta(days=45))
    beyond = newest if steps["found"].all() else newest + behind
    known = steps["party"].dropna().unique()
    lanes = [None, *sorted(known, key=lambda p: (p not in dataset.focus, p))]
    names = [prose.lane(dataset, party) for party in lanes]
    inks = [state_colours(dataset.focus).get(party, colour("ink")) for party in lanes]
    figure, axes = marks.panels(names, inks=inks, height=LANE * len(lanes), gap=18)
    months = max(1, math.ceil((beyond - start).days / 30 / 8))
    room = max((beyond - start) * 0.04, pd.Timedelta(days=10))
    for party, who, panel in zip(lanes, names, axes, strict=True):
        own = steps[steps["party"].isna() if party is None else steps["party"] == party]
        _lane(panel, own, who, start, beyond)
        panel.settle(
            y={"visible": False, "range": [-1, 1]},
            x={"showgrid": True, "dtick": f"M{months}", "tickformat": "%b<br>%Y",
               "range": [start - room, beyond + room], "showticklabels": panel is axes[-1]},
            phone_x={"dtick": f"M{2 * months}"},
        )  # fmt: skip
    return figure


def _lane(
    panel: marks.Panel, own: pd.DataFrame, who: str, start: pd.Timestamp, beyond: pd.Timestamp
) -> None:
    """Draw one lane: solid to the newest dated step, dotted to what was not found."""
    dated, open_ = own.dropna(subset="at"), own[~own["found"]]
    last = dated["at"].max() if len(dated) else start
    panel.strokes([[(start, 0), (last, 0)]])
    if len(open_):
        panel.strokes([[(last, 0), (beyond, 0)]], width=1.5, dash="dot")
        wanted = ", ".join(prose.STEPS[event][0] for event in open_["event"])
        said = ["not found:", *textwrap.wrap(wanted, 26)]
        hollow = {"color": colour("paper"), "line": {"color": panel.ink, "width": 2}}
        _step(panel, beyond, said, f"{who}: {' '.join(said)}", "bottom left", hollow, "muted")
    for n, step in enumerate(dated.to_dict("records"), start=1):
        # The newest above its line, as what was not found stands below.
        late = step["at"] - start > (beyond - start) / 2
        side = f"{'bottom' if (len(dated) - n) % 2 else 'top'} {'left' if late else 'right'}"
        said = prose.step_lines(step)
        solid = {"color": panel.ink, "line": {"color": colour("paper"), "width": 2}}
        _step(panel, step["at"], said, f"{who}: {', '.join(said)}", side, solid, "ink")


def _step(
    panel: marks.Panel, at: pd.Timestamp, said: list[str], hover: str, side: str,
    marker: dict[str, Any], ink: str,
) -> None:  # fmt: skip
    panel.dots(
        [at], [0], hover=[hover], mode="markers+text", marker={"size": 13, **marker},
        text=["<br>".join(map(safe, said))], textposition=side,
        textfont={"size": 12, "color": colour(ink)},
    )  # fmt: skip


@chart(
    "01-accord-voices", measures.voices, prose.voices_caption,
    "domain voice official count named_by joint",
    count="Sources",
    empty="Who says what the accord covers: no source names a domain.",
)  # fmt: skip
def voices(dataset: Dataset, named: pd.DataFrame) -> go.Figure:
    """Draw which voice names which domain of an agreement, as a matrix."""
    labels, speakers = dataset.labels("domain_codes"), prose.voice_names(dataset)
    lines: list[str] = []
    at: dict[str, int] = {}
    for namer, group in named.drop_duplicates("domain").groupby("named_by", sort=False)["domain"]:
        lines.append(f"{capital(str(namer))}: {len(group)}")
        at |= {domain: len(lines) + n for n, domain in enumerate(group)}
        lines += [labels[domain] for domain in group]
    official = named.drop_duplicates("voice").set_index("voice")["official"]
    columns = sorted((v for v in speakers if v in official), key=lambda voice: not official[voice])
    height = 24 * len(lines)
    figure, (panel,) = marks.panels([""], height=height + 60, phone_height=height + 150)
    rows = panel.rows(lines, bold=[n not in at.values() for n in range(len(lines))])
    places = {domain: rows[n] for domain, n in at.items()}
    for n, voice in enumerate(columns):
        own = named[(named["voice"] == voice) & (named["count"] > 0)]
        _voice(dataset, panel, n, own, places, official=official[voice])
    texts = [wrapped(speakers[voice], 20) for voice in columns]
    panel.settle(
        x={"side": "top", "range": [-0.5, len(columns) - 0.5], "showgrid": False,
           "tickvals": list(range(len(columns))), "ticktext": texts, "zeroline": False,
           "tickfont": {"size": 12, "color": colour("ink")}},
        phone_x={"tickangle": -90, "tickfont": {"size": 11}},
    )  # fmt: skip
    return figure.update_layout(margin={"t": 36, "b": 8})


def _voice(
    dataset: Dataset, panel: marks.Panel, column: int, own: pd.DataFrame,
    places: dict[str, int], *, official: bool,
) -> None:  # fmt: skip
    """Draw what one voice names on a pale square for each domain; a joint list is hollow."""
    blank = {"size": 18, "symbol": "square", "color": colour("scale-0")}
    panel.dots([column] * len(places), [*places.values()], marker=blank)
    ink = colour("accent" if official else "accent-3")
    hollow = own["joint"].map(bool).any()
    mark = {
        "size": 18 if official else 14,
        "symbol": "square" if official else "diamond",
        "color": colour("scale-0") if hollow else ink,
        "line": {"color": ink, "width": 4 if hollow else 0},
    }
    panel.dots(
        [column] * len(own), [places[domain] for domain in own["domain"]], marker=mark,
        hover=[prose.voice_hover(dataset, row) for row in own.to_dict("records")],
    )  # fmt: skip
