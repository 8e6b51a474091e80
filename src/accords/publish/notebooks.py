"""Chapters: read, run in one kernel, kept by their content, joined into one document."""

import asyncio
import contextlib
import copy
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from accords.errors import AccordsError
from accords.publish.cache import digest, kept
from accords.publish.job import Told
from accords.words import PASSAGE

PLOTLY = "application/vnd.plotly.v1+json"  # media type of a Plotly figure in a notebook's output

SHOWN = (
    *(PLOTLY, "text/html", "text/markdown", "image/svg+xml", "text/latex"),
    *("image/png", "image/jpeg", "text/plain"),
)
"""Media types that a page shows, the first of an output's before the others."""

UNDRAWABLE = frozenset(
    (
        *("scatter3d", "surface", "mesh3d", "cone", "streamtube", "isosurface", "volume", "splom"),
        *("parcoords", "scattergeo", "choropleth", "scattermap", "choroplethmap", "densitymap"),
        *("scattermapbox", "choroplethmapbox", "densitymapbox"),
    )
)
"""Types of Plotly's traces that need WebGL or the network, so that there is no picture of them."""

HIDDEN, HIDDEN_CODE, HIDDEN_OUTPUT = (
    {"analyst", "remove_cell", "hide_cell"},
    {"remove_input", "hide_input"},
    {"remove_output", "hide_output"},
)
"""Tags, written with ``_`` or ``-``, of cells that stay out of the report, whole or in part."""

# Neither a page nor a picture has a place for these; ANSI's escape stays.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

CELL_TIMEOUT = 600  # seconds that one cell may take

# Imports that every chapter needs; they are paid for while the data are being checked. What they
# made stays for good, so that the collection of garbage between chapters need not look at it.
_WARM_UP = """
import gc, sys
sys.modules.setdefault("rfc3987_syntax", None)
import accords.charts.theme, nbformat, statsmodels.stats.proportion
gc.collect()
gc.freeze()
"""


class NotebookError(AccordsError):
    """A notebook cannot be read or run."""


def chapters(folder: Path) -> list[Path]:
    """List the report's chapters, in order: the notebooks whose names start with a number."""
    found = sorted(file for file in folder.glob("*.ipynb") if file.name[0].isdigit())
    if not found:
        raise NotebookError(
            f"{folder}: no chapters. Notebooks are named like 01-accord.ipynb; restore the folder."
        )
    return found


def read(file: Path) -> NotebookNode:
    """Read one notebook, without outputs; a :class:`NotebookError` says that it is none."""
    with _named(file):
        notebook = nbformat.read(file, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebook.metadata["title"] = file.stem
    return notebook


@contextlib.contextmanager
def _named(file: Path) -> Iterator[None]:
    """Say of a file that it cannot be read, whatever nbformat or the system raises of it."""
    try:
        yield
    except Exception as error:
        raise NotebookError(
            f"{file}: cannot be read as a notebook ({error}). Mend or restore it."
        ) from error


class Runner:
    """Runs chapters in one kernel, each in an empty namespace, and keeps what they gave.

    ``parameters`` are values for the cell tagged so; ``key`` is the hash of all that results depend
    on besides the notebook itself; ``cache`` is the folder that keeps executed notebooks.
    """

    def __init__(self, parameters: Mapping[str, Any], key: str, cache: Path) -> None:
        self.parameters = parameters
        self.key = key
        self.cache = cache
        self._kernel = contextlib.AsyncExitStack()
        self._manager: Any = None
        self._client: Any = None

    def kept(self, file: Path) -> Path:
        """Name the file that keeps this notebook executed."""
        with _named(file):
            return self.cache / f"{digest(file.read_text(encoding='utf-8'), self.key)}.json"

    async def start(self) -> None:
        """Start the kernel, and in it the imports that every chapter needs."""
        # A folder of its own: kernels that share one would hear each other.
        folder = tempfile.TemporaryDirectory()
        self._manager = AsyncKernelManager(
            kernel_name="python3",
            # Sockets in the file system: open to no one else, and quicker than the network's.
            transport="tcp" if sys.platform == "win32" else "ipc",
            connection_file=str(Path(self._kernel.enter_context(folder)) / "kernel.json"),
        )
        self._kernel.push_async_callback(self._manager.shutdown_kernel, now=True)
        environment = {**os.environ, "PLOTLY_RENDERER": "plotly_mimetype", "PYTHONHASHSEED": "0"}
        await self._manager.start_kernel(env=environment)
        self._client = self._manager.client()
        self._client.start_channels()
        self._kernel.callback(self._client.stop_channels)
        self._client.execute(_WARM_UP, silent=True, store_history=False)

    async def stop(self) -> None:
        """End the kernel, if one is running."""
        await self._kernel.aclose()

    async def run(self, file: Path, told: Told) -> NotebookNode:
        """Give one notebook executed: kept from before, or run now.

        A :class:`NotebookError` says which cell failed, why, and what to do.
        """

        async def executed() -> bytes:
            return json.dumps(await self._execute(read(file), file, told)).encode()

        notebook = nbformat.from_dict(json.loads(await kept(self.kept(file), executed)))
        told(file.stem, len(notebook.cells), len(notebook.cells))
        return notebook

    async def _execute(self, notebook: NotebookNode, file: Path, told: Told) -> NotebookNode:
        if self._client is None:
            await self.start()
        self._client.execute("%reset -f", silent=True, store_history=False)
        sources = [cell.source for cell in notebook.cells]
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source += "".join(f"\n{n} = {v!r}" for n, v in self.parameters.items())
        at = 0

        def started(cell: NotebookNode, cell_index: int) -> None:
            nonlocal at
            at = cell_index
            told(file.stem, cell_index, len(notebook.cells))

        client = NotebookClient(
            notebook,
            km=self._manager,
            timeout=CELL_TIMEOUT,
            record_timing=False,
            store_widget_state=False,
            on_cell_start=started,
        )
        client.kc = self._client
        # The kernel is there, and is ended here; what nbclient sets up beside it are handlers of
        # SIGINT and SIGTERM that would keep a signal from ending the whole build.
        client.async_setup_kernel = lambda **_: contextlib.nullcontext()  # type: ignore[assignment,method-assign]
        try:
            await client.async_execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            if (task := asyncio.current_task()) and task.cancelling():
                # nbclient takes being cancelled for the kernel's death.
                raise asyncio.CancelledError from error
            raise NotebookError(_failure(file, notebook, at, error)) from error
        for cell, source in zip(notebook.cells, sources, strict=True):
            # The stored source stays as its author wrote it, without this machine's paths.
            cell.source = source
            for output in cell.get("outputs", []):
                output.pop("execution_count", None)
                if output.output_type == "execute_result":
                    output["output_type"] = "display_data"
        return notebook


def join(notebooks: Iterable[NotebookNode]) -> NotebookNode:
    """Join executed chapters into one notebook; each cell remembers the chapter it came from."""
    joined = nbformat.v4.new_notebook()
    for notebook in notebooks:
        for cell in notebook.cells:
            cell = copy.deepcopy(cell)
            cell.metadata["chapter"] = notebook.metadata["title"]
            cell.id = f"{notebook.metadata['title']}-{cell.id}"[:64]
            joined.cells.append(cell)
    return joined


def publish(notebook: NotebookNode, name: str = "") -> None:
    """Leave of an executed notebook what readers are to see; to do it again changes nothing.

    Each cell is told its notebook (``name``, by default its title) and its number, cells and parts
    of cells go that their tags hide, and texts lose what no page can hold.
    """
    kept = []
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("metadata", NotebookNode())
        cell.metadata.setdefault("chapter", name or notebook.metadata.get("title", "notebook"))
        cell.metadata.setdefault("number", number)
        tags = {tag.replace("-", "_") for tag in cell.metadata.get("tags", [])}
        if tags & HIDDEN:
            continue
        if tags & HIDDEN_CODE:
            cell.metadata["transient"] = {"remove_source": True}
        cell.source = _readable(cell.source)
        if cell.cell_type == "code":
            cell.outputs = [] if tags & HIDDEN_OUTPUT else _readable(cell.outputs)
            for output in cell.outputs:
                if "data" in output:
                    output.setdefault("metadata", NotebookNode())
                # A passage stands for its unfolding twin, which is made for notebooks.
                if PASSAGE in output.get("data", {}):
                    output["data"] = {"text/html": output["data"][PASSAGE]}
        kept.append(cell)
    notebook.cells = kept


def place(cell: NotebookNode) -> str:
    """Return where a cell stands, for whoever is to look at it."""
    return f"{cell.metadata['chapter']}.ipynb: cell {cell.metadata['number']}"


def unshown(output: NotebookNode) -> str:
    """Return what an output is that no page can show; nothing where it can."""
    media = set(output.get("data", {}))
    if PLOTLY in media and (types := trace_types(output.data[PLOTLY]) & UNDRAWABLE):
        return (
            f"a chart of the type {', '.join(sorted(types))}, which Plotly draws by WebGL or from "
            "the network: draw it with another type, or make a picture of it with Matplotlib"
        )
    # Plain text beside a program, such as a widget, says what it is and not what it shows.
    rich = media - {"text/plain"}
    if rich and not rich.intersection(SHOWN):
        return f"an output of the type {', '.join(sorted(rich))}, which no page shows"
    return ""


def _readable(value: Any) -> Any:
    """Take out of all texts what cannot be written: control characters, halves of characters."""
    if isinstance(value, str):
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _UNREADABLE.sub("", value))
    if isinstance(value, list):
        return [_readable(part) for part in value]
    if isinstance(value, dict):
        value.update({name: _readable(part) for name, part in value.items()})
    return value


def figures(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Collect the Plotly figures of an executed notebook, in order."""
    return [
        output.data[PLOTLY]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if PLOTLY in output.get("data", {}) and not unshown(output)
    ]


def trace_types(figure: Mapping[str, Any]) -> set[str]:
    """Return the types of a figure's traces."""
    return {trace.get("type", "scatter") for trace in figure["data"]}


def _failure(file: Path, notebook: NotebookNode, at: int, error: Exception) -> str:
    cell = notebook.cells[at]
    lines = cell.source.splitlines()
    # The first place in a cell is the failing cell's own; what it called comes after.
    place = re.search(r"Cell In\[\d+\], line (\d+)", _uncoloured(getattr(error, "traceback", "")))
    failing = lines[int(place[1]) - 1] if place else next(filter(str.strip, lines), "")
    name = getattr(error, "ename", type(error).__name__)
    value = _uncoloured(getattr(error, "evalue", str(error)))
    return (
        f"{file}: cell {at + 1} ({cell.get('id', 'without id')}) failed: {name}: {value}\n"
        f"    {failing.strip()}\n"
        f"Open it with 'jupyter lab {file}', run it to that cell and mend it; "
        "then build again. The last good report is untouched."
    )


def _uncoloured(said: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", said).strip()
