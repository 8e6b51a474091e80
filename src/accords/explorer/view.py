"""Exploring a dataset in a notebook: filters, charts, a table and records, all linked."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd
import plotly.graph_objects as go

from accords.charts import theme
from accords.dataset import Dataset, export, find, show
from accords.dataset import edtf as dates
from accords.dataset.find import FACETS, Criteria
from accords.errors import AccordsError
from accords.explorer.widgets import Chart, Page, Table

PARTNERS_SHOWN = 15
"""Bars in the partner chart."""

_FIRST_COLUMNS = (
    *("date", "title", "focus", "partners", "instrument", "domains"),
    *("status", "confidence", "sources", "summary"),
)

LABELS = {
    "state": "State",
    "partner": "Partner",
    "domain": "Domain",
    "instrument": "Instrument",
    "status": "Status",
    "confidence": "Confidence",
    "one_list": "From one list alone",
}


def explore(dataset: Dataset, text: str = "", **wanted: Any) -> Explorer:
    """Look around in a dataset: filters, a timeline, charts, a table and records, all linked.

    Narrow with the filters, a click on a bar, or a drag over the years; click a row or a dot to
    read its record. The selection is then an ordinary table in the next cell:

    >>> view = explore(load())  # doctest: +SKIP
    >>> view.selection  # doctest: +SKIP
    >>> view.save("selection.xlsx")  # doctest: +SKIP

    Parameters
    ----------
    dataset
        The dataset, or a part of it.
    text, **wanted
        Criteria to start with, as for :meth:`Dataset.find`: ``explore(ds, domain="cyber")``.
    """
    return Explorer(dataset, find.criteria(dataset, text, **wanted))


class Explorer:
    """A view of a dataset that can be narrowed by hand or by :meth:`narrow`.

    Attributes
    ----------
    whole
        All that is looked at.
    criteria
        What the selection is narrowed by now.
    """

    def __init__(self, dataset: Dataset, criteria: Criteria | None = None) -> None:
        self.whole = dataset
        self.criteria = Criteria()
        self._rows = _table_rows(dataset)
        self._haystack = find.searchable(dataset)
        self._met = find.masks(dataset, self.criteria, self._haystack)
        self._opened: str | None = None
        self._updating = False

        self._filters = _Filters(dataset, self._narrow)
        self._timeline = _Timeline(dataset, self._narrow, self._read)
        self._bars = {facet: _Bars(dataset, facet, self._toggle) for facet in ("domain", "partner")}
        self._table = Table(self._rows, **_TABLE)
        self._table.observe(self._row_clicked, "selected_rows")
        self._record = widgets.HTML(
            '<p class="accords-hint">Click a row or a dot to read its record.</p>'
        )
        self._record.add_class("accords-record")
        self._page = Page()
        self._page.on_msg(self._download)
        self._body = self._lay_out()
        self._apply(criteria or Criteria())

    @property
    def selection(self) -> pd.DataFrame:
        """The selected agreements: their rows of ``overview``, newest first, yours to change."""
        chosen = self._rows.index[self._selected.reindex(self._rows.index)]
        rows = self.whole.overview.loc[chosen]
        others = [column for column in rows.columns if column not in _FIRST_COLUMNS]
        return rows[[*_FIRST_COLUMNS, *others]].copy()

    @property
    def dataset(self) -> Dataset:
        """The dataset of the selected agreements, for every measure and chart."""
        return self.whole.select(self._selected.index[self._selected])

    @property
    def sources(self) -> pd.DataFrame:
        """The sources of what is selected; see :func:`accords.dataset.export.evidence`."""
        return self.dataset.sources_cited

    def narrow(self, text: str = "", **wanted: Any) -> Explorer:
        """Set the filters, as for :meth:`Dataset.find`; without any, show everything."""
        self._apply(find.criteria(self.whole, text, **wanted))
        return self

    def open(self, agreement_id: str) -> None:
        """Show the record of one agreement below the table."""
        self._record.value = show.record(self.whole, agreement_id).html
        self._opened = agreement_id
        self._timeline.mark(agreement_id)
        self._table.selected_rows = np.flatnonzero(self._rows.index == agreement_id).tolist()

    def save(self, path: str | Path) -> Path:
        """Write the selection as ``.csv``, ``.xlsx`` (with its sources) or ``.bib``."""
        return export.save(self.dataset, path, about=str(self.criteria))

    def __repr__(self) -> str:
        narrowed = str(self.criteria)
        return (
            f"<Explorer: {int(self._selected.sum()):,} of {len(self._selected):,} agreements"
            f"{f' ({narrowed})' if narrowed else ''}>"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self._body._repr_mimebundle_(**kwargs)

    @property
    def _selected(self) -> pd.Series:
        return self._met.all(axis=1)

    def _lay_out(self) -> widgets.VBox:
        head = widgets.HBox([self._filters.count, self._page])
        head.add_class("accords-head")
        charts = widgets.VBox([bars.widget for bars in self._bars.values()])
        charts.add_class("accords-charts")
        parts = widgets.GridBox([self._timeline.widget, charts, self._table, self._record])
        parts.add_class("accords-parts")
        body = widgets.VBox(
            [widgets.HTML(_STYLE), self._filters.widget, head, self._filters.chips, parts]
        )
        body.add_class("accords-explorer")
        return body

    def _narrow(self, **changes: Any) -> None:
        if not self._updating:
            self._apply(replace(self.criteria, **changes))

    def _toggle(self, facet: str, code: str) -> None:
        chosen: tuple[str, ...] = getattr(self.criteria, facet)
        left = tuple(c for c in chosen if c != code)
        self._narrow(**{facet: left if code in chosen else (*chosen, code)})

    def _apply(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self._met = find.masks(self.whole, criteria, self._haystack)
        self._updating = True
        try:
            self._filters.update(criteria, self._met)
            self._timeline.update(criteria, self._met)
            for bars in self._bars.values():
                bars.update(criteria, self._met)
            chosen = self._selected.reindex(self._rows.index).to_numpy()
            self._table.shown = np.flatnonzero(chosen).tolist()
        finally:
            self._updating = False

    def _row_clicked(self, change: dict[str, Any]) -> None:
        clicked = self._rows.index[change["new"]]
        if len(clicked) and clicked[0] != self._opened:
            self._read(clicked[0])

    def _read(self, agreement_id: str) -> None:
        self.open(agreement_id)
        self._page.send({"show": ".accords-record"})

    def _download(self, _: Any, form: str, __: Any) -> None:
        try:
            content = export.as_bytes(self.dataset, form, about=str(self.criteria))
        except AccordsError as error:
            self._page.send({"error": str(error)})
        else:
            self._page.send({"name": f"defence-agreements.{form}"}, buffers=[content])


class _Filters:
    """The row of filters, the count, and a chip for each choice, which takes it back."""

    def __init__(self, dataset: Dataset, narrow: Callable[..., None]) -> None:
        self._dataset = dataset
        self._narrow = narrow
        self._names = {facet: find.names(dataset, facet) for facet in FACETS}
        years = dataset.overview["year"].dropna()
        self._span = (int(years.min()), int(years.max())) if len(years) else (0, 0)
        self.text = widgets.Text(
            description="Search", placeholder="Titles, partners, places, sources …"
        )
        self.period = widgets.IntRangeSlider(
            value=self._span,
            min=self._span[0],
            max=self._span[1],
            description="Concluded",
            disabled=not len(years),
        )
        self.facets = {
            facet: widgets.Dropdown(options=[("Any", "")], description=LABELS[facet])
            for facet in FACETS
        }
        self.text.observe(lambda change: narrow(text=change["new"]), "value")
        self.period.observe(self._period_moved, "value")
        for facet, menu in self.facets.items():
            menu.observe(lambda change, facet=facet: self._picked(facet, change["new"]), "value")
        self.widget = widgets.GridBox([self.text, self.period, *self.facets.values()])
        self.widget.add_class("accords-filters")
        self.count = widgets.HTML()
        self.chips = widgets.HBox()
        self.chips.add_class("accords-chips")
        self._criteria = Criteria()

    def update(self, criteria: Criteria, met: pd.DataFrame) -> None:
        self._criteria = criteria
        self.text.value = criteria.text
        self.period.value = _slider(criteria, self._span)
        for facet, menu in self.facets.items():
            self._fill(menu, facet, getattr(criteria, facet), met)
        selected = int(met.all(axis=1).sum())
        undated = _others(met, "period") & self._dataset.overview["year"].isna()
        left_out = int((undated & ~met["period"]).sum())
        self.count.value = (
            f'<p class="accords-count" role="status"><b>{selected:,}</b> of {len(met):,} agreements'
            f"{f' <span>({left_out:,} undated left out)</span>' if left_out else ''}</p>"
        )
        self._set_chips(criteria)

    def _fill(
        self, menu: widgets.Dropdown, facet: str, chosen: tuple[str, ...], met: pd.DataFrame
    ) -> None:
        names = self._names[facet]
        counts = _counted(self._dataset, facet, _others(met, facet))
        head = names.get(chosen[0], chosen[0]) if len(chosen) == 1 else f"{len(chosen)} chosen"
        menu.options = [
            (head if chosen else "Any", ""),
            *(
                (f"{name} ({counts[code]:,})", code)
                for code, name in names.items()
                if code in counts and code not in chosen
            ),
        ]

    def _set_chips(self, criteria: Criteria) -> None:
        wanted = [
            (facet, code, self._names[facet].get(code, code))
            for facet in FACETS
            for code in getattr(criteria, facet)
        ]
        if criteria.since is not None or criteria.until is not None:
            first = self._span[0] if criteria.since is None else criteria.since
            last = self._span[1] if criteria.until is None else criteria.until
            wanted.append(("period", "", f"{first}–{last}" if first != last else str(first)))
        if criteria.text:
            wanted.append(("text", "", f"“{criteria.text}”"))
        old = self.chips.children
        chips = [self._chip(*choice) for choice in wanted]
        if len(chips) > 1:
            chips.append(self._chip("all", "", "Clear all"))
        self.chips.children = chips
        for chip in old:
            chip.close()

    def _chip(self, facet: str, code: str, name: str) -> widgets.Button:
        chip = widgets.Button(description=name, tooltip=f"Take back: {name}")
        chip.add_class("accords-chip")
        chip.add_class(f"accords-{facet}")
        chip.on_click(lambda _: self._take_back(facet, code))
        return chip

    def _take_back(self, facet: str, code: str) -> None:
        if facet == "all":
            self._narrow(**vars(Criteria()))
        elif facet == "period":
            self._narrow(since=None, until=None)
        elif facet == "text":
            self._narrow(text="")
        else:
            chosen = getattr(self._criteria, facet)
            self._narrow(**{facet: tuple(c for c in chosen if c != code)})

    def _picked(self, facet: str, code: str) -> None:
        if code:
            self._narrow(**{facet: (*getattr(self._criteria, facet), code)})

    def _period_moved(self, change: dict[str, Any]) -> None:
        whole = tuple(change["new"]) == self._span
        first, last = (None, None) if whole else change["new"]
        self._narrow(since=first, until=last)


class _Timeline:
    """A dot for each agreement, in a pile for each year."""

    HEIGHT = 206
    TOP, BOTTOM = 50, 24

    def __init__(
        self, dataset: Dataset, narrow: Callable[..., None], opened: Callable[[str], None]
    ) -> None:
        overview = dataset.overview
        self._years = overview["year"]
        colours = theme.state_colours(dataset.focus)
        self._colour = overview["focus"].map(
            lambda states: colours[states[0]] if len(states) == 1 else theme.colour("ink")
        )
        self._symbol = overview["concluded"].map({True: "circle", False: "circle-open"})
        self._order = overview["focus"].map(
            lambda states: dataset.focus.index(states[0]) if len(states) == 1 else 99
        )
        self._hover = _hover(dataset)
        self._narrow = narrow
        self._opened = opened
        self._marked: str | None = None
        self.widget = _figure(self._traces(), self.HEIGHT)
        self.widget.update_layout(
            margin={"l": 0, "r": 4, "t": self.TOP, "b": self.BOTTOM},
            dragmode="select",
            selectdirection="h",
            hovermode="closest",
            xaxis={"showgrid": False, "range": _span(self._years), "tickformat": "d"},
            yaxis={"visible": False},
            newselection={"line": {"color": theme.colour("muted"), "width": 1, "dash": "solid"}},
            annotations=_legend(dataset, colours),
        )
        dots = self.widget.data[0]
        dots.on_click(self._clicked)
        dots.on_selection(self._dragged)

    def update(self, criteria: Criteria, met: pd.DataFrame) -> None:
        here = self._years.index[_others(met, "period") & self._years.notna()]
        here = self._order[here].sort_values(kind="stable").index
        years = self._years[here].astype(int)
        pile = years.groupby(years).cumcount() + 1
        within = met.loc[here, "period"]
        self._dots = pd.DataFrame({"x": years, "y": pile}, index=here)
        top = max(12, int(pile.max()) if len(pile) else 0)
        with self.widget.batch_update():
            dots = self.widget.data[0]
            dots.x, dots.y = years.to_numpy(), pile.to_numpy()
            dots.customdata = here.to_numpy()
            dots.hovertext = self._hover[here].to_numpy()
            dots.marker.color = self._colour[here].where(within, theme.colour("soft")).tolist()
            dots.marker.symbol = self._symbol[here].tolist()
            room = self.HEIGHT - self.TOP - self.BOTTOM
            dots.marker.size = float(np.clip(room / top * 0.95, 2.5, 8))
            self.widget.layout.yaxis.range = [0, top + 1]
            self.widget.layout.shapes = self._band(criteria)
        self.mark(self._marked)

    def mark(self, agreement_id: str | None) -> None:
        """Put a ring round the dot of the open record."""
        self._marked = agreement_id
        dot = self._dots[self._dots.index == agreement_id]
        with self.widget.batch_update():
            ring = self.widget.data[1]
            ring.x, ring.y = dot["x"].tolist(), dot["y"].tolist()

    def _traces(self) -> list[go.Scatter]:
        ring = {"size": 13, "color": theme.colour("ink"), "symbol": "circle-open"}
        return [
            go.Scatter(
                mode="markers",
                hoverinfo="text",
                x=[],
                y=[],
                # What is dragged over becomes the period, and the dots are coloured by that:
                # Plotly's own shading would outlive it.
                selected={"marker": {"opacity": 1}},
                unselected={"marker": {"opacity": 1}},
            ),
            go.Scatter(
                mode="markers", hoverinfo="skip", x=[], y=[], marker={**ring, "line": {"width": 2}}
            ),
        ]

    def _band(self, criteria: Criteria) -> list[dict[str, Any]]:
        """Shade the period."""
        if criteria.since is None and criteria.until is None:
            return []
        first, last = self.widget.layout.xaxis.range
        sides = {
            "x0": first if criteria.since is None else criteria.since - 0.5,
            "x1": last if criteria.until is None else criteria.until + 0.5,
        }
        style = {"fillcolor": theme.colour("scale-0"), "line": {"width": 0}, "layer": "below"}
        return [{"type": "rect", "yref": "paper", "y0": 0, "y1": 1, **sides, **style}]

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


class _Bars:
    """How many agreements have each value of a facet: the selected, over a pale bar for all."""

    TOP, ROW, BOTTOM = 32, 16, 8

    def __init__(self, dataset: Dataset, facet: str, toggle: Callable[[str, str], None]) -> None:
        self._dataset = dataset
        self._facet = facet
        self._names = find.names(dataset, facet)
        self._totals = _counted(dataset, facet, dataset.overview["title"].notna())
        self._most = PARTNERS_SHOWN if facet == "partner" else len(self._totals)
        self._shown: list[str] = []
        rows = max(3, min(self._most, len(self._totals)))
        self.widget = _figure(
            [
                go.Bar(orientation="h", hovertemplate="%{hovertext}<extra></extra>"),
                go.Bar(
                    orientation="h",
                    hoverinfo="skip",
                    textposition="outside",
                    cliponaxis=False,
                    textfont={"color": theme.colour("muted")},
                ),
            ],
            height=self.TOP + self.ROW * rows + self.BOTTOM,
        )
        more = f", first {self._most} of {len(self._totals)}" if len(self._totals) > rows else ""
        self.widget.update_layout(
            title={"text": f"<b>{LABELS[facet]}s</b>{more}"},
            barmode="overlay",
            bargap=0.25,
            hovermode="y",
            dragmode=False,
            # A fixed margin: measuring the labels anew would take most of the time of an update.
            margin={"l": self._room(), "r": 32, "t": self.TOP, "b": self.BOTTOM},
            xaxis={"visible": False, "range": [0, max(self._totals.max(), 1) * 1.02]},
            yaxis={
                "automargin": False,
                "fixedrange": True,
                "range": [-0.6, rows - 0.4],
                "ticklabelstandoff": 4,
                "showline": False,
            },
        )
        self.widget.layout.xaxis.fixedrange = True
        self._toggle = toggle
        self.widget.data[0].on_click(self._clicked)

    def _clicked(self, _: Any, points: Any, __: Any) -> None:
        if points.point_inds:
            self._toggle(self._facet, self._shown[points.point_inds[0]])

    def _room(self) -> int:
        """Give the width in px that the longest name needs."""
        return 12 + round(5.5 * max((len(name) for name in self._names.values()), default=0))

    def update(self, criteria: Criteria, met: pd.DataFrame) -> None:
        counts = _counted(self._dataset, self._facet, met.all(axis=1))
        chosen = getattr(criteria, self._facet)
        bars = pd.DataFrame({"all": self._totals})
        bars["here"] = counts.reindex(bars.index).fillna(0).astype(int)
        bars["chosen"] = bars.index.isin(chosen)
        if len(bars) > self._most:
            bars = bars.sort_values(["chosen", "here", "all"], ascending=False, kind="stable")
        bars = bars.head(self._most)[::-1]
        self._shown = bars.index.tolist()
        names = [_plotly_text(self._names[code]) for code in bars.index]
        with self.widget.batch_update():
            everything, here = self.widget.data
            everything.y = here.y = list(range(len(bars)))
            everything.x, here.x = bars["all"].to_numpy(), bars["here"].to_numpy()
            everything.hovertext = [
                f"<b>{name}</b><br>{row.here:,} selected, {row.all:,} in all"
                for name, row in zip(names, bars.itertuples(), strict=True)
            ]
            here.text = [f"{n:,}" if n else "" for n in bars["here"]]
            # Plotly's widget drops a property of one trace when the batch sets it on the other.
            everything.marker.color = [theme.colour("scale-1")] * len(bars)
            here.marker.color = [
                theme.colour("scale-4" if one or not chosen else "scale-3")
                for one in bars["chosen"]
            ]
            self.widget.layout.yaxis.tickvals = list(range(len(bars)))
            self.widget.layout.yaxis.ticktext = [
                f"<b>{name}</b>" if one else name
                for name, one in zip(names, bars["chosen"], strict=True)
            ]


def _figure(traces: Iterable[go.Scatter | go.Bar], height: int) -> Chart:
    figure = Chart(list(traces))
    figure.update_layout(
        template="accords",
        height=height,
        autosize=True,
        showlegend=False,
        title={
            "font": {"size": 13},
            "x": 0,
            "xref": "container",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 6},
        },
        font={"size": 12},
    )
    figure._config = {"displayModeBar": False, "responsive": True, "doubleClick": False}
    return figure


def _slider(criteria: Criteria, span: tuple[int, int]) -> tuple[int, int]:
    """Give the period as far as the slider can show it."""
    wanted = (
        span[0] if criteria.since is None else criteria.since,
        span[1] if criteria.until is None else criteria.until,
    )
    first, last = sorted(min(max(year, span[0]), span[1]) for year in wanted)
    return first, last


def _others(met: pd.DataFrame, dimension: str) -> pd.Series:
    """Say which agreements meet everything but one dimension: what a choice in it would give."""
    return met.drop(columns=dimension).all(axis=1)


def _counted(dataset: Dataset, facet: str, mask: pd.Series) -> pd.Series:
    """Count the agreements by value of a facet, the most frequent first."""
    return dataset.overview.loc[mask, FACETS[facet]].explode().dropna().value_counts()


def _span(years: pd.Series) -> list[float]:
    known = years.dropna()
    return [int(known.min()) - 1, int(known.max()) + 1] if len(known) else [2000, 2001]


def _legend(dataset: Dataset, colours: dict[str, str]) -> list[dict[str, Any]]:
    entries = [
        f'<span style="color:{colour}">●</span> {_plotly_text(dataset.party_names.get(s, s))}'
        for s, colour in colours.items()
    ]
    if len(entries) > 1:
        entries.append(f'<span style="color:{theme.colour("ink")}">●</span> several')
    entries.append("○ announced only")
    text = f"<b>Agreements by year</b><br>{'   '.join(entries)}"
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left"}
    return [{**place, "text": text, "showarrow": False, "align": "left", "yanchor": "bottom"}]


def _hover(dataset: Dataset) -> pd.Series:
    overview = dataset.overview
    text = [
        f"<b>{'<br>'.join(_wrapped(row['title']))}</b><br>{dates.spoken(row['date'])}, "
        f"{_plotly_text(row['instrument_label'])}"
        for row in overview.to_dict("records")
    ]
    return pd.Series(text, index=overview.index, dtype=object)


def _wrapped(text: str) -> list[str]:
    return [_plotly_text(line) for line in textwrap.wrap(text, 60)] or [""]


def _plotly_text(text: Any) -> str:
    return theme.safe("" if pd.isna(text) else str(text))


def _table_rows(dataset: Dataset) -> pd.DataFrame:
    """Give what the table shows of each agreement, newest first."""
    flat = export.flat(dataset).set_index("agreement_id")
    parties = (flat["states"] + "; " + flat["partners"]).str.split("; ")
    return pd.DataFrame(
        {
            "Date": flat["date"].fillna("undated"),
            "Agreement": flat["title"],
            "Parties": parties.map(lambda names: _first(list(dict.fromkeys(names)), 3)),
            "Instrument": flat["instrument"],
            "Status": flat["status"].fillna(""),
            "Confidence": flat["confidence"],
        }
    )


def _first(names: list[str], most: int) -> str:
    """List names, the last of many as a number: 'Algeria, France, Italy + 7'."""
    shown = names if len(names) <= most + 1 else names[:most]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" + {more}" if more else "")


_TABLE: dict[str, Any] = {
    "showIndex": False,
    "select": {"style": "single", "info": False},
    "classes": "display compact",
    "style": "width:100%;margin:0",
    "pageLength": 8,
    "maxBytes": 0,
    "order": [],
    "autoWidth": False,
    "columnDefs": [
        # All is text: to find that out for each column would take most of the time of an update.
        {"targets": "_all", "type": "string"},
        {"targets": [0], "width": "6em"},
        {"targets": [1], "width": "38%"},
        {"targets": [2], "width": "20%"},
    ],
    "layout": {
        "topStart": None,
        "topEnd": None,
        "bottomStart": "info",
        "bottomEnd": "paging",
    },
    "language": {
        "zeroRecords": "No agreement meets all of this: take a choice back.",
        "emptyTable": "No agreements.",
        "info": "_START_ to _END_ of _TOTAL_; click a row to read its record",
        "infoEmpty": "",
        "infoFiltered": "",
    },
}


def _dark_colours() -> str:
    """Redraw Plotly's fixed colours for JupyterLab's dark theme."""
    rules = []
    for light, dark in theme.COLOURS.values():
        red, green, blue = (int(light[n : n + 2], 16) for n in (1, 3, 5))
        drawn = f"rgb({red}, {green}, {blue})"
        for property_ in ("fill", "stroke"):
            rules.append(
                f'[data-jp-theme-light="false"] .accords-explorer .main-svg '
                f'[style*="{property_}: {drawn}"]{{{property_}:{dark}!important}}'
            )
        # Words in an annotation keep their colour as it was written.
        rules.append(
            f'[data-jp-theme-light="false"] .accords-explorer tspan[style*="{light}"]'
            f"{{fill:{dark}!important}}"
        )
    return "".join(rules)


_STYLE = (
    """<style>
.accords-explorer{container-type:inline-size;max-width:1180px;overflow:visible;
color:var(--jp-ui-font-color0,CanvasText);font:13px/1.45 var(--jp-ui-font-family,sans-serif)}
.accords-explorer :is(p,h3,h4,ul,ol,dl,dd){margin:0;padding:0}
.accords-filters{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:8px 12px;
overflow:visible}
.accords-filters>*{flex-direction:column;align-items:stretch;width:auto;height:auto;margin:0;
min-width:0;overflow:visible}
.accords-filters>:nth-child(-n+2){grid-column:span 3}
.accords-filters .widget-label{width:auto;height:18px;line-height:18px;text-align:left;
font-size:12px;color:var(--jp-ui-font-color1)}
.accords-filters :is(select,input[type=text]){flex:none;height:28px}
.accords-filters .widget-slider{display:grid;grid-template-columns:1fr auto;column-gap:16px}
.accords-filters .widget-slider .widget-label{grid-column:1/-1}
.accords-filters .widget-slider .slider-container{height:28px;padding:0 8px;align-self:center}
.accords-filters .widget-slider .noUi-target{margin-top:12px}
.accords-filters .widget-readout{min-width:0;width:auto;text-align:right;overflow:visible;
font-variant-numeric:tabular-nums}
.accords-head{justify-content:space-between;align-items:baseline;flex-wrap:wrap;margin-top:14px;
overflow:visible}
.accords-count{font-size:17px}
.accords-count span{font-size:13px;color:var(--jp-ui-font-color1)}
.accords-files{color:var(--jp-ui-font-color1)}
.accords-chips{flex-wrap:wrap;gap:6px;overflow:visible}
.accords-explorer .accords-chip{width:auto;height:26px;line-height:24px;margin:0 0 0 6px;
padding:0 10px;border-radius:13px;border:1px solid var(--jp-border-color1);
background:none;color:var(--jp-ui-font-color1)}
.accords-explorer .accords-chips .accords-chip{margin:6px 0 0;max-width:100%;
background:color-mix(in srgb,var(--jp-brand-color1) 22%,transparent);
border-color:transparent;color:var(--jp-ui-font-color0)}
.accords-explorer .accords-chip:hover{border-color:var(--jp-brand-color1);box-shadow:none}
.accords-explorer .accords-chip:focus-visible{outline:2px solid var(--jp-brand-color1);
outline-offset:1px}
.accords-explorer .accords-chips .accords-chip{display:inline-flex;align-items:center;gap:8px}
.accords-chips .accords-chip:not(.accords-all)::after{content:"×";opacity:.7}
.accords-parts{display:grid;gap:4px 28px;overflow:visible;margin-top:4px;align-items:start;
grid-template:"time" "charts" "table" "record"/minmax(0,1fr)}
.accords-parts>*{min-width:0;margin:0;width:auto}
.accords-parts>:nth-child(1){grid-area:time}
.accords-parts>:nth-child(2){grid-area:charts}
.accords-parts>:nth-child(3){grid-area:table}
.accords-parts>:nth-child(4){grid-area:record}
.accords-charts{display:grid;gap:12px 28px;align-items:start;overflow:visible;
grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr))}
@container (min-width:940px){.accords-parts{
grid-template:"charts time" auto "charts table" 1fr "record record" auto
/minmax(0,22rem) minmax(0,1fr)}}
.accords-explorer :is(.hoverlayer .axistext,.selectionlayer){display:none}
.accords-explorer .hoverlayer .hovertext path{fill:var(--jp-layout-color1)!important;
stroke:var(--jp-border-color1)!important}
.accords-explorer .main-svg text{fill:var(--jp-ui-font-color0)!important}
.accords-explorer .main-svg .bars text{fill:var(--jp-ui-font-color1)!important}
.accords-explorer table.dataTable{font-size:13px;color:inherit}
.accords-explorer table.dataTable td{text-align:left!important;vertical-align:top;
cursor:pointer;white-space:normal}
.accords-explorer table.dataTable td:first-child{white-space:nowrap}
.accords-explorer table.dataTable th{text-align:left!important;white-space:nowrap}
.accords-explorer table.dataTable{--dt-row-selected:0,114,178}
.accords-record{margin-top:16px;padding-top:16px;border-top:1px solid var(--jp-border-color1)}
.accords-record .widget-html-content{white-space:normal}
.accords-hint{color:var(--jp-ui-font-color1)}
@container (max-width:700px){
.accords-filters{grid-template-columns:repeat(2,minmax(0,1fr))}
.accords-filters>:nth-child(-n+2){grid-column:1/-1}}
"""
    f"{_dark_colours()}</style>"
)
"""The look of the explorer, in the colours of JupyterLab's theme."""
