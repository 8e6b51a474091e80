"""The explorer's parts in the browser: charts, the table, and what only a page can do.

Each has a script of a few lines, which is there at once. anywidget gives a widget two seconds from
its creation to load its script and then answers it no more, and a slow machine needs longer for
the megabytes of Plotly and DataTables: these come as a library, once for all widgets of a kernel,
and nothing that changes meanwhile is lost.
"""

from importlib.resources import files
from typing import Any

import anywidget
import plotly.graph_objects as go
import traitlets
from itables.widget import ITable
from plotly.serializers import custom_serializers


def _text(package: str, *path: str) -> str:
    return files(package).joinpath(*path).read_text(encoding="utf-8")


class _Library(anywidget.AnyWidget):
    """JavaScript that other widgets run: an ES module."""

    _esm = "export default {};"
    code = traitlets.Unicode().tag(sync=True)


_LIBRARIES: dict[tuple[str, ...], _Library] = {}


def _library(package: str, *path: str) -> str:
    """Give the id of the one widget that holds a file of a package, made when there is none."""
    held = _LIBRARIES.get((package, *path))
    if held is None or held.comm is None:
        held = _LIBRARIES[package, *path] = _Library(code=_text(package, *path))
    return held.model_id


class Chart(go.FigureWidget):
    """A Plotly figure as a widget, whose bars can be reached and pressed by the keyboard."""

    _esm = _text(__name__, "library.js") + _text(__name__, "chart.js")
    library = traitlets.Unicode().tag(sync=True)

    @traitlets.default("library")
    def _name_library(self) -> str:
        return _library("plotly", "package_data", "widgetbundle.js")

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Give the state; to a page that asks for all of it, as a loaded one does, as it is now.

        Plotly's widget would give it as it was when last displayed by itself.
        """
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is None and self.comm is not None:
            write = custom_serializers["to_json"]
            state["_widget_data"] = write(self._data, self)
            state["_widget_layout"] = write(self._layout, self)
        return state


class Table(ITable):
    """A table of all rows, made once, of which some are ``shown`` (by their place, from 0)."""

    _esm = _text(__name__, "library.js") + _text(__name__, "table.js")  # type: ignore[assignment]
    library = traitlets.Unicode().tag(sync=True)
    shown = traitlets.List(traitlets.Int()).tag(sync=True)

    @traitlets.default("library")
    def _name_library(self) -> str:
        return _library("itables", "html", "dt_bundle.js")


class Page(anywidget.AnyWidget):
    """What only the browser can do: hand over files, scroll, tell charts how much room they have.

    Shows a button for each format; pressed, it sends the format and gets the file's bytes.
    """

    _esm = _text(__name__, "page.js")
