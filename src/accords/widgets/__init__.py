"""The explorer's parts in the browser: charts, the table, and what only a page can do.

Each has a script of a few lines, which is there at once. anywidget gives a widget two seconds from
its creation to load its script and then answers it no more, and a slow machine needs longer for
the megabytes of Plotly and DataTables: these come as a library, once for all widgets of a kernel,
and nothing that changes meanwhile is lost.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import anywidget
import plotly.graph_objects as go
import traitlets
from itables.widget import ITable


def _text(package: str, *path: str) -> str:
    return files(package).joinpath(*path).read_text(encoding="utf-8")


class _Library(anywidget.AnyWidget):
    """JavaScript that other widgets run: an ES module."""

    _esm = "export default {};"
    code = traitlets.Unicode().tag(sync=True)


@cache
def _plotly() -> _Library:
    return _Library(code=_text("plotly", "package_data", "widgetbundle.js"))


@cache
def _datatables() -> _Library:
    return _Library(code=_text("itables", "html", "dt_bundle.js"))


class Chart(go.FigureWidget):
    """A Plotly figure as a widget."""

    _esm = _text(__name__, "library.js") + _text(__name__, "chart.js")
    library = traitlets.Unicode().tag(sync=True)

    @traitlets.default("library")
    def _name_library(self) -> str:
        return _plotly().model_id


class Table(ITable):
    """A table of all rows, made once, of which some are shown.

    Attributes
    ----------
    shown, selected_rows
        Rows, by their place in the table that it was made with, from 0.
    """

    _esm = _text(__name__, "library.js") + _text(__name__, "table.js")  # type: ignore[assignment]
    library = traitlets.Unicode().tag(sync=True)
    shown = traitlets.List(traitlets.Int()).tag(sync=True)

    @traitlets.default("library")
    def _name_library(self) -> str:
        return _datatables().model_id


class Page(anywidget.AnyWidget):
    """What only the browser can do: hand over files, scroll, tell charts how much room they have.

    Shows a button for each format; pressed, it sends the format and gets the file's bytes.
    """

    _esm = _text(__name__, "page.js")
