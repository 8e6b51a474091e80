"""Pages of the report made of a few rows and a few lines of Markdown."""

from __future__ import annotations

from pathlib import Path

from nbformat import v4

from accords.dataset import Dataset
from accords.publish import notebooks, page, paper
from accords.publish.exporter import AccordsExporter, Context


def write_page(dataset: Dataset, file: Path, **chapters: str) -> str:
    """Write the page of a dataset and chapters, each of Markdown; give its address."""
    written = []
    for name, text in chapters.items():
        chapter = v4.new_notebook(cells=[v4.new_markdown_cell(text)])
        chapter.metadata["title"] = name
        page.identify(chapter)
        written.append(chapter)
    exporter = AccordsExporter()
    beside = {**paper.PRINTS, "report.xlsx": "all tables"}
    exporter.context = Context(dataset, {}, page.records(dataset), beside)
    markup, _ = exporter.from_notebook_node(notebooks.join(written))
    file.write_text(markup, encoding="utf-8")
    return file.as_uri()
