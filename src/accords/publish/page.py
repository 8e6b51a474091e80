"""What stands on the page and in which order; the templates say how it is marked up."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from bs4 import Tag
from markupsafe import Markup
from nbformat import NotebookNode

from accords import words
from accords.charts import theme
from accords.dataset import Dataset, citations
from accords.prose.names import day
from accords.publish import cells, notebooks, partners, pictures
from accords.publish import records as evidence
from accords.publish.browser import BUNDLE, LIVE, STATIC
from accords.templates import render
from accords.words import free, partner_anchor, plain

LONG = 100  # rows from which a chart's table is left out on paper

SCRIPTS = ("head.js", "toc.js", "page.js", "table.js", "partners.js")
"""The page's own scripts, and all that may run."""

FRONT = "00-"  # how the name of the chapter starts that stands before all others, unnumbered
OWN = "the notebook's own code"  # the measure behind a chart that ``frame.chart`` did not make


@dataclass
class Chapter:
    """One notebook on the page."""

    id: str
    number: int | None
    notebook: str
    title: str = ""
    bodies: list[Tag] = field(default_factory=list)
    sections: list[cells.Section] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """What a page needs besides the notebooks.

    ``pictures`` are by the chart's name; a chart without one is interactive only. ``records`` are
    as :func:`records` returns them; ``beside`` says what the files beside the page hold.
    """

    dataset: Dataset | None
    pictures: Mapping[str, pictures.Picture]
    records: Mapping[str, Markup]
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Page:
    """One page in the making: nbconvert's template hands it each cell, and then it is written.

    ``name`` is that of the notebook's file, without ending; several notebooks joined have no title.
    ``warn`` is told what the page cannot carry.
    """

    name: str
    title: str
    context: Context
    warn: Callable[[str], None]
    chapters: dict[str, Chapter] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def code(self, cell: NotebookNode) -> str:
        """Take the code of a cell, which stands at the end of its chapter."""
        if cell.source.strip():
            self._chapter(cell).code.append(cell.source)
        return ""

    def chart(self, cell: NotebookNode, output: NotebookNode) -> Markup:
        """Take a chart; return what stands for it until the page is written."""
        figure = output.data[notebooks.PLOTLY]
        name = figure["layout"]["meta"]["name"]
        self.figures[name] = {
            "number": len(self.figures) + 1,
            "notebook": self._chapter(cell).notebook,
            **_shown(figure, self.context.pictures.get(name)),
        }
        return Markup('<figure data-chart="{}"></figure>').format(name)

    def lost(self, cell: NotebookNode, output: NotebookNode) -> Markup | None:
        """Name an output that the page cannot show; return nothing where it can."""
        what = notebooks.unshown(output)
        return Markup('<p class="notice">{}</p>').format(self._told(cell, what)) if what else None

    def take(self, cell: NotebookNode, markup: str) -> str:
        """Take what a cell shows."""
        chapter = self._chapter(cell)
        body = cells.fitted(markup, chapter.id, lambda what: self._told(cell, what))
        left_out = [passage.extract().get_text() for passage in body.select("p.left-out")]
        self.left_out += left_out
        silent = left_out and not cells.written(body)
        body["data-shows"] = "nothing" if silent else cell.cell_type
        chapter.bodies.append(body)
        return ""

    def write(self) -> str:
        """Return the whole page."""
        dataset = self.context.dataset
        for chapter in self.chapters.values():
            chapter.bodies = cells.with_something_to_say(chapter.bodies)
            title, chapter.sections = cells.arranged(chapter.bodies, chapter.id)
            chapter.title = title or chapter.title
        changed = self.chapters.get("what-changed")
        paragraphs = [cells.written(body.p) for body in changed.bodies if body.p] if changed else []
        titles = [self.title, *(plain(each.title) for each in self.chapters.values()), self.name]
        figures = self.figures.items()
        narrow = {name: each["picture"].narrow for name, each in figures if each["picture"]}
        live = {name: _live(each["drawn"]) for name, each in figures if each["live"]}
        colours = {light: token for token, (light, _) in theme.COLOURS.items()}
        scripts = {name: _static(name) for name in SCRIPTS}
        report = {
            "chapters": [*self.chapters.values()],
            "shown": self.shown,
            "title": report_title(dataset) if dataset else next(filter(None, titles)),
            "dataset": dataset,
            "day": day,
            "left_out": self.left_out,
            "changed": paragraphs[0] if paragraphs else "",
            "records": self.context.records,
            "beside": self.context.beside,
            "style": Markup(style()),
            "scripts": {name: Markup(text) for name, text in scripts.items()},
            # No script runs but these.
            "hashes": [
                base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
                for text in scripts.values()
            ],
            "static": len(narrow) == len(self.figures),
            "charts": packed({"charts": live, "colours": colours}),
            "narrow": packed(narrow),
            "bundle": Markup(base64.b85encode(BUNDLE.read_bytes()).decode()),
            "states": _states(dataset) if dataset else "",
            "work": citations.work(dataset) if dataset else None,
        }
        return with_row_sets(render("accords.publish", "page.html.j2", report=report), dataset)

    def shown(self, chapter: Chapter) -> Markup:
        """Return what the cells of a chapter show, its charts in their places."""
        dataset = self.context.dataset
        about: dict[str, Any] = {"level": 4 if chapter.sections else 3, "day": day, "pages": {}}
        if dataset:  # In a table behind a chart the name of a partner leads to its page.
            known = dataset.overview["partners"].explode().dropna().unique()
            about["pages"] = {dataset.party_names[each]: partner_anchor(each) for each in known}

        def figure(found: re.Match[str]) -> str:
            shown = self.figures[Markup(found[1]).unescape()]
            return render(
                "accords.publish", "figure.html.j2", figure=shown, dataset=dataset, **about
            )

        markup = Markup("\n").join(filter(None, map(cells.written, chapter.bodies)))
        return Markup(re.sub(r'<figure data-chart="([^"]*)"></figure>', figure, markup))

    def _told(self, cell: NotebookNode, what: str) -> str:
        sentence = f"{notebooks.place(cell)} shows {what}."
        self.warn(sentence)
        return sentence

    def _chapter(self, cell: NotebookNode) -> Chapter:
        name = cell.metadata["chapter"]
        if name not in self.chapters:
            stem = re.sub(r"^\d+-", "", name) or "notebook"
            numbered = [chapter for chapter in self.chapters.values() if chapter.number]
            slug = re.sub(r"[^\w-]+", "-", stem)
            self.chapters[name] = Chapter(
                id=f"chapter-{slug}",
                number=None if name.startswith(FRONT) else len(numbered) + 1,
                notebook=f"{name}.ipynb",
                title=self.title or stem.replace("-", " ").capitalize(),
            )
        return self.chapters[name]


def identify(nb: NotebookNode, name: str = "") -> None:
    """Make an executed notebook ready for the page; to do it again changes nothing.

    See :func:`accords.publish.notebooks.publish`. Beside that, a chart that is not made by
    :func:`accords.charts.frame.chart` is named after its cell and has the title of its layout. A
    :class:`NotebookError` says that two chapters show one chart: its file would stand for both.
    """
    notebooks.publish(nb, name)
    shown: dict[str, NotebookNode] = {}
    for cell in nb.cells:
        for figure in notebooks.figures(NotebookNode(cells=[cell])):
            for trace in figure["data"]:
                # Plotly Express draws more than 1,000 points by WebGL, which is no picture.
                trace["type"] = trace.get("type", "scatter").removesuffix("gl")
            layout = figure.setdefault("layout", {})
            if not isinstance(layout.get("meta"), Mapping) or "measure" not in layout["meta"]:
                layout["meta"] = _bare_meta(layout, cell)
            stem = layout["meta"]["name"]
            if stem in shown and shown[stem].metadata["chapter"] != cell.metadata["chapter"]:
                raise notebooks.NotebookError(
                    f"{notebooks.place(cell)} shows the chart '{stem}' again, after "
                    f"{notebooks.place(shown[stem])}. Show it once, or give each its own name; "
                    "then build again."
                )
            chart = free(stem, shown)
            layout["meta"] = {**layout["meta"], "name": chart}
            shown[chart] = cell


def _bare_meta(layout: Mapping[str, Any], cell: NotebookNode) -> dict[str, Any]:
    """Return what :func:`accords.charts.frame.chart` would, for a chart that it did not make."""
    title = layout.get("title") or {}
    text = title if isinstance(title, str) else title.get("text") or ""
    at = cell.metadata["number"]
    # A heading may not be empty.
    shown = plain(text.replace("<br>", " ")) or f"Chart of cell {at}"
    slug = re.sub(r"[^\w-]+", "-", cell.metadata["chapter"])
    return {
        **{"name": f"{slug}-cell-{at}", "title": shown, "subtitle": "", "alt": shown},
        **{"measure": OWN, "method": "", "narrow": {}, "data": {"columns": [], "rows": []}},
    }


def _shown(figure: Mapping[str, Any], picture: pictures.Picture | None) -> dict[str, Any]:
    meta = figure["layout"]["meta"]
    columns, rows = meta["data"]["columns"], meta["data"]["rows"]
    kinds = [{type(value) for value in column} for column in zip(*rows, strict=True)]
    numbers = [kind <= {int, float, type(None)} for kind in kinds]
    return {
        "meta": meta,
        "drawn": figure,
        "picture": picture,
        "drawing": _drawing(picture.wide, meta["alt"]) if picture else "",
        # A picture shows the first of several frames.
        "frames": len(figure.get("frames") or ()),
        "live": notebooks.trace_types(figure) <= LIVE,
        # A chart whose colours are not the page's needs a light ground.
        "plate": meta["measure"] == OWN,
        "columns": [*zip(columns, numbers, strict=False)],
        "rows": [[_cell(value) for value in row] for row in rows],
        "long": len(rows) > LONG,
    }


def _drawing(markup: str, alt: str) -> Markup:
    _, _, width, height = pictures.svg.view_box(markup)
    opening = Markup('<svg role="img" aria-label="{}" width="{:g}" height="{:g}"')
    return Markup(markup.replace("<svg", opening.format(alt, width, height), 1))


def _cell(value: Any) -> tuple[str, str | None]:
    """Return a value as readers see it, and in full where that says more."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value], None
    if isinstance(value, float):
        shown = f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
        full = repr(value).removesuffix(".0")
        return shown, None if full == shown else full
    return str(value), None


def with_row_sets(page: str, dataset: Dataset | None) -> str:
    """Write the rows behind each number of a page as their places in the sorted list of all ids."""
    ids = sorted(dataset.overview.index) if dataset is not None else []
    position = {agreement_id: n for n, agreement_id in enumerate(ids)}

    def placed(rows: re.Match[str]) -> str:
        known = [position[each] for each in rows[1].split() if each in position]
        return f' data-set="{row_set(known)}"' if known else ""

    # The set of a link tells what it is: its class need not.
    page = page.replace('<a class="rows"', "<a")
    return re.sub(r' data-rows="([^"]*)"', placed, page)


def row_set(positions: Iterable[int]) -> str:
    """Write places as base-36 ranges, for ``table.js``: ``0-3,7``."""
    ranges: list[list[int]] = []
    for position in sorted(set(positions)):
        if ranges and position == ranges[-1][1] + 1:
            ranges[-1][1] = position
        else:
            ranges.append([position, position])
    written = ([np.base_repr(end, 36).lower() for end in dict.fromkeys(each)] for each in ranges)
    return ",".join("-".join(ends) for ends in written)


def records(dataset: Dataset) -> dict[str, Markup]:
    """Write the parts of the page about the records and the partners."""
    parts = {
        "table": evidence.evidence_table(dataset),
        "sections": evidence.agreement_sections(dataset),
        "sources": evidence.source_list(dataset),
        "lists": partners.lists(dataset),
        "partners": partners.partner_pages(dataset),
        "metadata": _metadata(dataset),
    }
    return {name: Markup(part) for name, part in parts.items()}


def _metadata(dataset: Dataset) -> str:
    """Write description, Open Graph, favicon, referrer policy, and JSON-LD of schema.org."""
    described = dataset.descriptor
    work = citations.work(dataset)
    first = dataset.overview["earliest"].min()
    return render(
        "accords.publish",
        "metadata.html.j2",
        work=work,
        description=str(described.get("description", work["title"])),
        colours=[theme.colour("paper"), theme.colour("state-1"), theme.colour("state-2")],
        licences=[x["path"] for x in described.get("licenses", []) if "path" in x],
        keywords=list(described.get("keywords", [])),
        states=[dataset.party_names[state] for state in dataset.focus],
        first=dataset.as_of if pd.isna(first) else first,
        last=dataset.as_of,
        tables=[table["title"] for table in described["resources"] if "title" in table],
    )


def report_title(dataset: Dataset) -> str:
    """Name the report after its focus states."""
    return f"Defence agreements of {_states(dataset)}"


def _states(dataset: Dataset) -> str:
    return words.listed(dataset.party_names[state] for state in dataset.focus)


def _live(figure: dict[str, Any]) -> dict[str, Any]:
    wide, narrow = (pictures.untitled(figure, narrow=narrow) for narrow in (False, True))
    parts = {name: figure[name] for name in ("data", "frames") if figure.get(name) is not None}
    return {**parts, "wide": wide["layout"], "narrow": narrow["layout"]}


def packed(value: Any) -> Markup:
    """Pack a value for the page: JSON, gzip, base85. The same value gives the same text."""
    # What JSON has no word for is nothing.
    value = json.loads(json.dumps(value), parse_constant=lambda _: None)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return Markup(base64.b85encode(gzip.compress(text.encode(), 9, mtime=0)).decode())


def style() -> str:
    """Return the page's style sheet, with the theme's colours as variables, light and dark."""
    sheets = ("page.css", "records.css", "print.css")
    sheet = "".join(map(_static, sheets))
    for n, mode in enumerate(("light", "dark")):
        tokens = "".join(f"--{token}:{pair[n]};" for token, pair in theme.COLOURS.items())
        sheet = sheet.replace(f"/*{mode}*/", tokens)
    return re.sub(r"/\*.*?\*/\n?", "", sheet, flags=re.DOTALL)


def _static(name: str) -> str:
    """Return a style sheet or script without indentation and lines of comment."""
    lines = map(str.strip, (STATIC / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
