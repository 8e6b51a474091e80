"""The nbconvert exporter ``accords``: executed notebooks in, one page that needs nothing else.

``accords build`` uses it, and so can anyone: ``jupyter nbconvert --to accords --execute X.ipynb``.
"""

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from latex2mathml.converter import convert
from markupsafe import Markup
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets import Bool, Unicode
from traitlets.config import Config

from accords.dataset import find_data, load
from accords.errors import DatasetError
from accords.publish import browser, notebooks, page
from accords.publish.page import Context
from accords.publish.pictures import Picture, Pictures

_MATH = re.compile(r"^\s*(\$\$?|\\\[|\\\()(.*?)(\$\$?|\\\]|\\\))\s*$", re.DOTALL)

_IMAGE = re.compile(r"""(<img\b[^>]*?\bsrc=["'])([^"']+)""", re.IGNORECASE)


class AccordsExporter(HTMLExporter):
    """Exports executed notebooks to the report's page, what each cell shows by nbconvert."""

    export_from_notebook = "Accords report"

    data = Unicode(
        "", help="Folder of the dataset; by default the nearest folder 'data' of the notebook."
    ).tag(config=True)
    records = Bool(True, help="Whether the page carries the records behind its numbers.").tag(
        config=True
    )

    context: Context | None = None
    """What the page needs; without it, it is found and drawn when the page is made."""

    @property
    def default_config(self) -> Any:
        """nbconvert's, with ours; of an output, charts go before all, and programs are none."""
        ours = {
            **{"optimistic_validation": True, "embed_images": True, "exclude_anchor_links": True},
            "template_name": "accords",
            "template_file": "cells.html.j2",
            "extra_template_basedirs": [str(Path(__file__).parent / "template")],
        }
        config = super().default_config
        shown = {"display_data_priority": [*notebooks.SHOWN]}
        config.merge(Config(AccordsExporter=ours, NbConvertBase=shown))
        return config

    def default_filters(self) -> Any:
        """Yield nbconvert's filters, and ours."""
        yield from super().default_filters()
        yield ("math", mathml)

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Write Markdown as nbconvert does, and its LaTeX as MathML."""
        renderer = _Renderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=self.embed_images,
            path=context.get("resources", {}).get("metadata", {}).get("path", ""),
            exclude_anchor_links=self.exclude_anchor_links,
            **self.lexer_options,
        )
        return MarkdownWithMath(renderer=renderer).render(source)

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        # The last of all: the page is begun when the notebook has been executed.
        self.register_preprocessor(self._begin)

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Export one notebook, or several joined by :func:`accords.publish.notebooks.join`.

        Without a :attr:`context` the dataset is looked for beside the notebook and the pictures
        are drawn here and now. For errors see :func:`accords.publish.page.identify`.
        """
        _, resources = super().from_notebook_node(nb, resources, **kw)
        return resources["page"].write(), resources

    def _begin(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        name = resources["metadata"].get("name", "notebook")
        # Before anything is drawn: a picture is found by the chart's name.
        page.identify(nb, name)
        context = self.context or self._alone(nb, resources)
        title = nb.metadata.get("title", "")
        resources["page"] = page.Page(name, title, context, self.log.warning)
        return nb, resources

    def _alone(self, nb: NotebookNode, resources: Any) -> Context:
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        if code and not any(cell.outputs or cell.execution_count for cell in code):
            self.log.warning("The notebook has not been run and shows nothing: give --execute.")
        dataset = None
        try:
            dataset = load(self.data or find_data(Path(resources["metadata"].get("path") or ".")))
        except DatasetError as error:
            self.log.warning("Without the records: %s", error)
        records = page.records(dataset) if dataset is not None and self.records else {}
        figures = notebooks.figures(nb)
        found = browser.find()
        if figures and found is None:
            self.log.warning("No browser: the charts are interactive only.")
        drawn = browser.completed(self._drawn(figures, found)) if figures and found else {}
        return Context(dataset=dataset, pictures=drawn, records=records)

    async def _drawn(self, figures: list[Any], found: str) -> dict[str, Picture]:
        with tempfile.TemporaryDirectory() as cache:
            async with browser.Browser(found) as running:
                studio = Pictures(running, Path(cache))
                drawn = await asyncio.gather(*map(studio.picture, figures))
        if studio.failure:
            self.log.warning("Charts are interactive only: the browser failed. %s", studio.failure)
        names = [figure["layout"]["meta"]["name"] for figure in figures]
        return {name: each for name, each in zip(names, drawn, strict=True) if each}


class _Renderer(IPythonRenderer):
    """Writes Markdown as nbconvert does, but LaTeX for a page that loads no MathJax."""

    def block_math(self, body: str) -> str:
        return mathml(f"$${body}$$")

    def inline_math(self, body: str) -> str:
        return mathml(f"${body}$")

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(f"$$\\begin{{{name}}}{body}\\end{{{name}}}$$")

    def _html_embed_images(self, html: str) -> str:
        # Not as nbconvert does, whose parser closes at once what a later part of the cell closes.
        return _IMAGE.sub(lambda tag: tag[1] + (self._src_to_base64(tag[2]) or tag[2]), html)

    def _embed_image_or_attachment(self, src: str) -> str:
        try:
            return super()._embed_image_or_attachment(src)
        except (InvalidNotebook, OSError):
            return src  # An attachment that is not there: the page names the picture.


def mathml(source: str) -> str:
    """Write LaTeX between its delimiters as MathML; what cannot be read stays readable source."""
    found = _MATH.match(source)
    block = found is not None and found[1] in ("$$", "\\[")
    try:
        return str(convert(found[2] if found else source, display="block" if block else "inline"))
    except Exception:
        # The library raises whatever the first thing it misses gives.
        return str(Markup("<code>{}</code>").format(source))
