"""Exploring a dataset in a notebook: filters, charts, a table and records, all linked."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd

from accords.charts import theme
from accords.dataset import Dataset, export, find
from accords.dataset.find import Criteria
from accords.errors import AccordsError
from accords.explorer.charts import Bars, Timeline
from accords.explorer.filters import Filters
from accords.explorer.widgets import Page, Table
from accords.prose.names import few

_FIRST_COLUMNS = [
    *("date", "title", "focus", "partners", "instrument", "domains"),
    *("status", "confidence", "sources", "summary"),
]


def explore(dataset: Dataset, text: str = "", **wanted: Any) -> Explorer:
    """Look around in a dataset: filters, a timeline, charts, a table and records, all linked.

    Narrow with the filters, a click on a bar, or a drag over the years; click a row or a dot to
    read its record. The selection is then an ordinary table in the next cell:

    >>> view = explore(load())  # doctest: +SKIP
    >>> view.selection  # doctest: +SKIP
    >>> view.save("selection.xlsx")  # doctest: +SKIP

    Criteria to start with are those of :meth:`Dataset.find`: ``explore(ds, domain="cyber")``.
    """
    return Explorer(dataset, find.criteria(dataset, text, **wanted))


class Explorer:
    """A view of a dataset, ``whole``, that can be narrowed by hand or by :meth:`narrow`.

    ``criteria`` are what the selection is narrowed by now.
    """

    def __init__(self, dataset: Dataset, criteria: Criteria | None = None) -> None:
        self.whole = dataset
        self.criteria = Criteria()
        self._rows = _table_rows(dataset)
        self._haystack = find.searchable(dataset)
        self._opened: str | None = None
        self._updating = False

        self._filters = Filters(dataset, self._narrow)
        self._timeline = Timeline(dataset, self._narrow, self._read)
        self._bars = {facet: Bars(dataset, facet, self._narrow) for facet in ("domain", "partner")}
        # All columns are text: to find that out would take most of the time of an update.
        self._table = Table(self._rows, **json.loads(_file("table.json")))
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
        return rows[[*_FIRST_COLUMNS, *rows.columns.difference(_FIRST_COLUMNS, sort=False)]]

    @property
    def dataset(self) -> Dataset:
        """The dataset of the selected agreements, for every measure and chart."""
        choice = find.in_words(self.whole, self.criteria)
        return self.whole.select(self._selected.index[self._selected], choice=choice)

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
        self._record.value = self.whole.record(agreement_id).html
        self._opened = agreement_id
        self._timeline.mark(agreement_id)
        self._table.selected_rows = np.flatnonzero(self._rows.index == agreement_id).tolist()

    def save(self, path: str | Path) -> Path:
        """Write the selection as ``.csv``, ``.xlsx`` (with its sources), ``.bib`` or ``.ris``."""
        return export.save(self.dataset, path)

    def __repr__(self) -> str:
        return f"<Explorer: {self._selected.sum():,} of {len(self._selected):,} agreements>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self._body._repr_mimebundle_(**kwargs)

    @property
    def _selected(self) -> pd.Series:
        return self._met.all(axis=1)

    def _lay_out(self) -> widgets.VBox:
        filters, bars = self._filters, [bars.widget for bars in self._bars.values()]
        head = widgets.HBox([filters.count, self._page]).add_class("accords-head")
        charts = widgets.VBox(bars).add_class("accords-charts")
        parts = widgets.GridBox([self._timeline.widget, charts, self._table, self._record])
        parts.add_class("accords-parts")
        style = widgets.HTML(f"<style>{_file('explorer.css')}{theme.dark_rules()}</style>")
        body = widgets.VBox([style, filters.widget, head, filters.chips, parts])
        return body.add_class("accords-explorer")

    def _narrow(self, **changes: Any) -> None:
        if not self._updating:
            self._apply(replace(self.criteria, **changes))

    def _apply(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self._met = find.masks(self.whole, criteria, self._haystack)
        self._updating = True
        try:
            self._filters.update(criteria, self._met)
            self._timeline.update(self._met)
            for bars in self._bars.values():
                bars.update(criteria, self._met)
            chosen = self._selected.reindex(self._rows.index).to_numpy()
            self._table.shown = np.flatnonzero(chosen).tolist()
        finally:
            self._updating = False

    def _row_clicked(self, change: dict[str, Any]) -> None:
        for clicked in self._rows.index[change["new"]][:1]:
            if clicked != self._opened:
                self._read(clicked)

    def _read(self, agreement_id: str) -> None:
        self.open(agreement_id)
        self._page.send({"show": ".accords-record"})

    def _download(self, _: Any, form: str, __: Any) -> None:
        try:
            content = export.as_bytes(self.dataset, form)
        except AccordsError as error:
            self._page.send({"error": str(error)})
        else:
            self._page.send({"name": f"defence-agreements.{form}"}, buffers=[content])


def _table_rows(dataset: Dataset) -> pd.DataFrame:
    flat = export.flat(dataset).set_index("agreement_id")
    parties = (flat["states"] + "; " + flat["partners"]).str.strip("; ").str.split("; ")
    return pd.DataFrame(
        {
            "Date": flat["date"].fillna("undated"),
            "Agreement": flat["title"],
            "Parties": parties.map(lambda names: few(list(dict.fromkeys(names)), 3, "more")),
            "Instrument": flat["instrument"],
            "Status": flat["status"].fillna(""),
            "Confidence": flat["confidence"],
        }
    )


def _file(name: str) -> str:
    return files("accords.explorer").joinpath(name).read_text(encoding="utf-8")
