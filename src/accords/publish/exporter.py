"""The nbconvert exporter ``accords``: executed notebooks in, one page that needs nothing else.

``accords build`` uses it, and so can anyone: ``jupyter nbconvert --to accords --execute X.ipynb``.
"""

from __future__ import annotations

import contextlib
import tempfile
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode
from traitlets import Bool, Unicode, default

from accords.dataset import find_data, load
from accords.errors import DatasetError
from accords.publish import browser, notebooks, page
from accords.publish.page import Context
from accords.publish.pictures import Picture, Pictures, digest


class AccordsExporter(TemplateExporter):
    """Exports executed notebooks to the report's page."""

    export_from_notebook = "Accords report"
    output_mimetype = "text/html"

    data = Unicode(
        "", help="Folder of the dataset; by default the nearest folder 'data' of the notebook."
    ).tag(config=True)
    records = Bool(True, help="Whether the page carries the records behind its numbers.").tag(
        config=True
    )

    @default("optimistic_validation")
    def _optimistic_validation_default(self) -> bool:
        return True

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "accords"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(Path(__file__).parent / "template")]

    context: Context | None = None
    """What the page needs; without it, it is found and drawn when the page is made."""

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        # The last of all: the page is composed when the notebook has been executed.
        self.register_preprocessor(self._compose)

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Export one notebook, or several joined by :func:`accords.publish.notebooks.join`.

        Without a :attr:`context` the dataset is looked for beside the notebook and the pictures
        are drawn here and now.

        Raises
        ------
        NotebookError
            A chart cannot be shown (see :func:`accords.publish.page.identify`).
        """
        html, resources = super().from_notebook_node(nb, resources, **kw)
        return page.lean(page.secured(html)), resources

    def _compose(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb.metadata.setdefault("title", resources["metadata"].get("name", "Notebook"))
        # Before anything is drawn: a picture is found by the figure's content, its name included.
        page.identify(nb)
        context = self.context or self._alone(nb, resources)
        resources["report"] = page.compose(nb, context, markdown2html_mistune)
        return nb, resources

    def _alone(self, nb: NotebookNode, resources: Any) -> Context:
        metadata = resources["metadata"]
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        if code and not any(cell.outputs or cell.execution_count for cell in code):
            self.log.warning("The notebook has not been run and shows nothing: give --execute.")
        dataset = None
        try:
            dataset = load(self.data or find_data(Path(metadata.get("path") or ".")))
        except DatasetError as error:
            self.log.warning("Without the records: %s", error)
        records = page.records(dataset) if dataset is not None and self.records else {}
        return Context(dataset=dataset, pictures=self._draw(nb), records=records)

    def _draw(self, nb: NotebookNode) -> dict[str, Picture]:
        found = browser.find()
        if found is None:
            self.log.warning("No browser: the charts are interactive only.")
            return {}
        with (
            tempfile.TemporaryDirectory() as cache,
            browser.Browser(found) as running,
            contextlib.closing(Pictures(running, Path(cache))) as pictures,
        ):
            asked: dict[str, Future[Picture]] = {
                digest(figure): pictures.request(figure) for figure in notebooks.figures(nb)
            }
            try:
                return {key: future.result() for key, future in asked.items()}
            except browser.BrowserError as error:
                self.log.warning("The charts are interactive only: the browser failed. %s", error)
                return {}
