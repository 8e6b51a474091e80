"""The explorer's charts, which are filters too: agreements by year, by domain and by partner."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from accords.charts import theme
from accords.dataset import Dataset, find
from accords.dataset import edtf as dates
from accords.dataset.find import FACETS, Criteria
from accords.explorer.filters import counted, left, others
from accords.explorer.widgets import Chart

PARTNERS_SHOWN = 15  # bars in the partner chart


class Timeline:
    """A dot for each agreement, in a pile for each year; a drag narrows, a click opens a record."""

    HEIGHT = 206
    TOP, BOTTOM = 50, 24

    def __init__(
        self, dataset: Dataset, narrow: Callable[..., None], opened: Callable[[str], None]
    ) -> None:
        overview, colours = dataset.overview, theme.state_colours(dataset.focus)
        alone = overview["focus"].map(lambda states: states[0] if len(states) == 1 else None)
        self._years = overview["year"]
        known = self._years.dropna().tolist() or [2001]
        self._looks = pd.DataFrame(
            {
                "colour": alone.map(colours).fillna(theme.colour("ink")),
                "symbol": overview["concluded"].map({True: "circle", False: "circle-open"}),
                "order": alone.map({state: n for n, state in enumerate(colours)}).fillna(99),
                "hover": _hover(dataset),
            }
        )
        self._narrow = narrow
        self._opened = opened
        self._marked: str | None = None
        ring = {"size": 13, "color": theme.colour("ink"), "symbol": "circle-open"}
        # What is dragged over becomes the period, and the dots are coloured by that: Plotly's own
        # shading would outlive it.
        kept = {"marker": {"opacity": 1}}
        self.widget = _figure(
            [
                go.Scatter(mode="markers", hoverinfo="text", selected=kept, unselected=kept),
                go.Scatter(mode="markers", hoverinfo="skip", marker={**ring, "line_width": 2}),
            ],
            height=self.HEIGHT, margin={"l": 0, "r": 4, "t": self.TOP, "b": self.BOTTOM},
            dragmode="select", selectdirection="h", hovermode="closest", yaxis={"visible": False},
            xaxis={"showgrid": False, "range": [min(known) - 1, max(known) + 1], "tickformat": "d"},
            newselection={"line": {"color": theme.colour("muted"), "width": 1, "dash": "solid"}},
            annotations=[_legend(dataset, colours)],
        )  # fmt: skip
        self.widget.data[0].on_click(self._clicked)
        self.widget.data[0].on_selection(self._dragged)

    def update(self, met: pd.DataFrame) -> None:
        """Show what meets the criteria; what lies outside their period alone is pale."""
        here = self._looks[others(met, "period") & self._years.notna()]
        here = here.sort_values("order", kind="stable")
        years = self._years[here.index].astype(int)
        pile = years.groupby(years).cumcount() + 1
        self._dots = pd.DataFrame({"x": years, "y": pile}, index=here.index)
        top = max([12, *pile])
        room = self.HEIGHT - self.TOP - self.BOTTOM
        within = met.loc[here.index, "period"]
        with self.widget.batch_update():
            dots = self.widget.data[0]
            dots.x, dots.y = years.to_numpy(), pile.to_numpy()
            dots.customdata = here.index.to_numpy()
            dots.hovertext = here["hover"].to_numpy()
            dots.marker.color = here["colour"].where(within, theme.colour("soft")).tolist()
            dots.marker.symbol = here["symbol"].tolist()
            dots.marker.size = float(np.clip(room / top * 0.95, 2.5, 8))
            self.widget.layout.yaxis.range = [0, top + 1]
        self.mark(self._marked)

    def mark(self, agreement_id: str | None) -> None:
        """Put a ring round the dot of the open record."""
        self._marked = agreement_id
        dot = self._dots[self._dots.index == agreement_id]
        self.widget.data[1].update(x=dot["x"].tolist(), y=dot["y"].tolist())

    def _clicked(self, _: Any, points: Any, __: Any) -> None:
        if points.point_inds:
            self._opened(self._dots.index[points.point_inds[0]])

    def _dragged(self, _: Any, __: Any, selector: Any) -> None:
        # A press without a drag is no selection of years.
        if selector is None or not getattr(selector, "xrange", None):
            return
        first, last = sorted(selector.xrange)
        since, until = np.ceil(first - 0.4), np.floor(last + 0.4)
        if since <= until:
            # The axis goes on where there is no agreement any more.
            held = self._years.min(), self._years.max()
            since, until = np.clip((since, until), *held).astype(int).tolist()
            self._narrow(since=since, until=until)


class Bars:
    """How many agreements have each value of a facet: the selected, over a pale bar for all.

    A click on a bar narrows to its value, a second one takes that back; so does the keyboard.
    """

    TOP, ROW, BOTTOM = 32, 16, 8

    def __init__(self, dataset: Dataset, facet: str, narrow: Callable[..., None]) -> None:
        self._dataset = dataset
        self._facet = facet
        self._narrow = narrow
        self._names = find.names(dataset, facet)
        self._totals = counted(dataset, facet, dataset.overview["title"].notna())
        self._most = PARTNERS_SHOWN if facet == "partner" else len(self._totals)
        self._shown: list[str] = []
        self._chosen: tuple[str, ...] = ()
        rows = max(3, min(self._most, len(self._totals)))
        more = f", first {self._most} of {len(self._totals)}" if len(self._totals) > rows else ""
        # A fixed margin: measuring the labels anew would take most of the time of an update.
        room = 12 + round(5.5 * max((len(name) for name in self._names.values()), default=0))
        self.widget = _figure(
            [
                go.Bar(orientation="h", hovertemplate="%{hovertext}<extra></extra>"),
                go.Bar(orientation="h", hoverinfo="skip", textposition="outside",
                       cliponaxis=False, textfont={"color": theme.colour("muted")}),
            ],
            height=self.TOP + self.ROW * rows + self.BOTTOM,
            title={"text": f"<b>{FACETS[facet].label}s</b>{more}"},
            barmode="overlay", bargap=0.25, hovermode="y", dragmode=False,
            margin={"l": room, "r": 32, "t": self.TOP, "b": self.BOTTOM},
            xaxis={"visible": False, "fixedrange": True,
                   "range": [0, max([1, *self._totals]) * 1.02]},
            yaxis={"automargin": False, "fixedrange": True, "range": [-0.6, rows - 0.4],
                   "ticklabelstandoff": 4, "showline": False},
        )  # fmt: skip
        self.widget.data[0].on_click(self._clicked)

    def update(self, criteria: Criteria, met: pd.DataFrame) -> None:
        """Show how many of what meets the criteria have each value."""
        self._chosen = getattr(criteria, self._facet)
        bars = pd.DataFrame({"all": self._totals})
        here = counted(self._dataset, self._facet, met.all(axis=1))
        bars["here"] = here.reindex(bars.index).fillna(0).astype(int)
        bars["chosen"] = bars.index.isin(self._chosen)
        if len(bars) > self._most:
            bars = bars.sort_values(["chosen", "here", "all"], ascending=False, kind="stable")
        bars = bars.head(self._most)[::-1]
        self._shown = bars.index.tolist()
        names = [theme.safe(self._names[code]) for code in bars.index]
        strong = [bool(one or not self._chosen) for one in bars["chosen"]]
        with self.widget.batch_update():
            everything, selected = self.widget.data
            everything.y = selected.y = list(range(len(bars)))
            everything.x, selected.x = bars["all"].to_numpy(), bars["here"].to_numpy()
            everything.hovertext = [
                f"<b>{name}</b><br>{row.here:,} selected, {row.all:,} in all"
                for name, row in zip(names, bars.itertuples(), strict=True)
            ]
            everything.customdata = bars["chosen"].tolist()
            selected.text = [f"{n:,}" if n else "" for n in bars["here"]]
            # Plotly's widget drops a property of one trace when the batch sets it on the other.
            everything.marker.color = [theme.colour("scale-1")] * len(bars)
            selected.marker.color = [theme.colour("scale-4" if s else "scale-3") for s in strong]
            self.widget.layout.yaxis.tickvals = list(range(len(bars)))
            self.widget.layout.yaxis.ticktext = [
                f"<b>{name}</b>" if one else name
                for name, one in zip(names, bars["chosen"], strict=True)
            ]

    def _clicked(self, _: Any, points: Any, __: Any) -> None:
        for number in points.point_inds[:1]:
            code = self._shown[number]
            rest = left(self._chosen, code)
            self._narrow(**{self._facet: rest if code in self._chosen else (*rest, code)})


def _figure(traces: Iterable[go.Scatter | go.Bar], **layout: Any) -> Chart:
    figure = Chart(list(traces))
    figure.update_layout(
        template="accords", autosize=True, showlegend=False, font={"size": 12},
        title={"font": {"size": 13}, "x": 0, "xref": "container", "y": 1, "yanchor": "top",
               "pad": {"t": 6}},
    )  # fmt: skip
    figure.update_layout(**layout)
    figure._config = {"displayModeBar": False, "responsive": True, "doubleClick": False}
    return figure


def _legend(dataset: Dataset, colours: dict[str, str]) -> dict[str, Any]:
    entries = [
        f'<span style="color:{colour}">●</span> {theme.safe(dataset.party_names.get(s, s))}'
        for s, colour in colours.items()
    ]
    if len(entries) > 1:
        entries.append(f'<span style="color:{theme.colour("ink")}">●</span> several')
    entries.append("○ announced only")
    return {
        "text": f"<b>Agreements by year</b><br>{'   '.join(entries)}", "showarrow": False,
        "align": "left", "xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left",
        "yanchor": "bottom",
    }  # fmt: skip


def _hover(dataset: Dataset) -> pd.Series:
    rows = dataset.overview.fillna({"instrument_label": ""})
    titles = rows["title"].map(lambda title: theme.wrapped(title, 60))
    said = rows["date"].map(dates.spoken) + ", " + rows["instrument_label"].map(theme.safe)
    return "<b>" + titles + "</b><br>" + said
