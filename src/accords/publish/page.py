"""What stands on the page and in which order; the templates say how it is marked up."""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup
from nbformat import NotebookNode

from accords import words
from accords.charts import theme
from accords.dataset import Dataset, citations
from accords.publish import cells, metadata, notebooks, partners, pictures
from accords.publish import records as evidence
from accords.publish.browser import BUNDLE, LIVE, STATIC
from accords.publish.cache import digest
from accords.templates import render
from accords.words import partner_anchor, plain

LONG = 100
"""Rows from which a chart's table is left out on paper."""

SCRIPTS = ("head.js", "toc.js", "page.js", "table.js", "partners.js")
"""The page's own scripts, and all that may run."""

FRONT = "00-"
"""How the name of the chapter starts that stands before all others, unnumbered."""

HOUSE_GROUNDS = ("rgba(0,0,0,0)", theme.colour("paper"))
"""Grounds of charts that may follow the reader's light or dark mode."""


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

    ``pictures`` are by the digest of their figure; one without one is interactive only. ``records``
    are as :func:`records` returns them; ``beside`` says what the files beside the page hold.
    """

    dataset: Dataset | None
    pictures: Mapping[str, pictures.Picture]
    records: Mapping[str, str]
    beside: Mapping[str, str] = field(default_factory=dict)


class Page:
    """One page in the making: nbconvert's template hands it each cell, and then it is written.

    ``name`` is that of the notebook's file, without ending; several notebooks joined have no title.
    ``warn`` is told what the page cannot carry.
    """

    def __init__(
        self, name: str, title: str, context: Context, warn: Callable[[str], None]
    ) -> None:
        self.name = name
        self.title = title
        self.context = context
        self.warn = warn
        self.chapters: dict[str, Chapter] = {}
        self.figures: dict[str, dict[str, Any]] = {}
        self.left_out: list[str] = []

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
            **_shown(figure, self.context.pictures.get(digest(figure))),
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
            for body in chapter.bodies:
                _settle_row_sets(body, dataset)
        titles = [self.title, *(plain(each.title) for each in self.chapters.values()), self.name]
        figures = self.figures.items()
        narrow = {name: each["picture"].narrow for name, each in figures if each["picture"]}
        live = {name: each["drawn"] for name, each in figures if each["live"]}
        report = {
            "chapters": [*self.chapters.values()],
            "shown": self.shown,
            "title": report_title(dataset) if dataset else next(filter(None, titles)),
            "dataset": dataset,
            "day": day,
            "left_out": self.left_out,
            "changed": self._first_of("what-changed"),
            "records": {name: Markup(part) for name, part in self.context.records.items()},
            "beside": self.context.beside,
            "style": Markup(style()),
            "scripts": {name: Markup(script(name)) for name in SCRIPTS},
            "policy": Markup(policy()),
            "static": len(narrow) == len(self.figures),
            "charts": packed(_interactive(live)),
            "narrow": packed(narrow),
            "bundle": Markup(base64.b85encode(BUNDLE.read_bytes()).decode()),
            "states": _states(dataset) if dataset else "",
            "work": citations.work(dataset) if dataset else None,
        }
        return render("accords.publish", "page.html.j2", report=report)

    def _first_of(self, name: str) -> Markup:
        """Return the first paragraph of a chapter, or nothing where there is no such chapter."""
        bodies = self.chapters[name].bodies if name in self.chapters else []
        found = next(filter(None, (body.find("p") for body in bodies)), None)
        return cells.written(found) if isinstance(found, Tag) else Markup("")

    def shown(self, chapter: Chapter) -> Markup:
        """Return what the cells of a chapter show, its charts in their places."""
        dataset = self.context.dataset
        about = {
            **{"level": 4 if chapter.sections else 3, "dataset": dataset, "day": day},
            "pages": _partner_pages(dataset) if dataset else {},
        }

        def figure(found: re.Match[str]) -> str:
            shown = self.figures[Markup(found[1]).unescape()]
            return render("accords.publish", "figure.html.j2", figure=shown, **about)

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
        for number, figure in enumerate(notebooks.figures(type(nb)(cells=[cell])), start=1):
            for trace in figure["data"]:
                # Plotly Express draws more than 1,000 points by WebGL, which is no picture.
                trace["type"] = trace.get("type", "scatter").removesuffix("gl")
            layout = figure.setdefault("layout", {})
            if not isinstance(layout.get("meta"), Mapping) or "measure" not in layout["meta"]:
                layout["meta"] = _bare_meta(layout, cell, number)
            chart = stem = layout["meta"]["name"]
            if stem in shown and shown[stem].metadata["chapter"] != cell.metadata["chapter"]:
                raise notebooks.NotebookError(
                    f"{notebooks.place(cell)} shows the chart '{chart}' again, after "
                    f"{notebooks.place(shown[stem])}. Show it once, or give each its own name; "
                    "then build again."
                )
            again = count(2)
            while chart in shown:
                chart = f"{stem}-{next(again)}"
            layout["meta"] = {**layout["meta"], "name": chart}
            shown[chart] = cell


def _bare_meta(layout: Mapping[str, Any], cell: NotebookNode, number: int) -> dict[str, Any]:
    """Return what :func:`accords.charts.frame.chart` would, for a chart that it did not make."""
    title = layout.get("title") or {}
    text = title if isinstance(title, str) else title.get("text") or ""
    at = cell.metadata["number"]
    # A heading may not be empty.
    shown = plain(text.replace("<br>", " ")) or f"Chart of cell {at}"
    slug = re.sub(r"[^\w-]+", "-", cell.metadata["chapter"])
    return {
        "name": f"{slug}-cell-{at}" + (f"-{number}" if number > 1 else ""),
        "title": shown,
        "subtitle": "",
        "alt": shown,
        "measure": "the notebook's own code",
        "method": "",
        "narrow": {},
        "data": {"columns": [], "rows": []},
    }


def _shown(figure: Mapping[str, Any], picture: pictures.Picture | None) -> dict[str, Any]:
    """Return what the page shows of a chart, and of the table behind it."""
    meta = figure["layout"]["meta"]
    columns, rows = meta["data"]["columns"], meta["data"]["rows"]
    numbers = map(_are_numbers, zip(*rows, strict=True))
    return {
        "meta": meta,
        "drawn": figure,
        "picture": picture,
        "drawing": _drawing(picture.wide, meta["alt"]) if picture else "",
        # A picture shows the first of several frames.
        "frames": len(figure.get("frames") or ()),
        "live": notebooks.trace_types(figure) <= LIVE,
        "plate": _has_own_colours(figure["layout"]),
        "columns": [*zip(columns, numbers, strict=False)],
        "rows": [[_cell(value) for value in row] for row in rows],
        "long": len(rows) > LONG,
    }


def _drawing(markup: str, alt: str) -> Markup:
    """Return a drawing at desk width, named for those who do not see it."""
    _, _, width, height = pictures.svg.view_box(markup)
    opening = Markup('<svg role="img" aria-label="{}" width="{:g}" height="{:g}"')
    return Markup(markup.replace("<svg", opening.format(alt, width, height), 1))


def _has_own_colours(layout: Mapping[str, Any]) -> bool:
    """Say whether a chart needs a light ground, for its colours are not the page's."""
    template = (layout.get("template") or {}).get("layout", {})
    ground = layout.get("paper_bgcolor", template.get("paper_bgcolor", "white"))
    font = {**template.get("font", {}), **layout.get("font", {})}
    return ground not in HOUSE_GROUNDS or font.get("color") != theme.colour("ink")


def _are_numbers(column: Iterable[Any]) -> bool:
    return all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        for value in column
    )


def _cell(value: Any) -> tuple[str, str | None]:
    """Return a value as readers see it, and in full where that says more."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value], None
    if isinstance(value, float):
        shown = f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
        full = repr(value).removesuffix(".0")
        return shown, None if full == shown else full
    return str(value), None


def with_row_sets(markup: str, dataset: Dataset) -> Markup:
    """Let the numbers of markup of our own, which is whole, lead to their rows in the table."""
    body = BeautifulSoup(markup, "lxml").body
    assert body is not None
    _settle_row_sets(body, dataset)
    return cells.written(body)


def _settle_row_sets(body: Tag, dataset: Dataset | None) -> None:
    """Turn the rows behind each number into their place in the table."""
    position = _positions(dataset)
    for link in body.select("[data-rows]"):
        ids = str(link.attrs.pop("data-rows")).split()
        # The place of the link's set tells what it is: its class need not.
        link.attrs.pop("class", None)
        if known := [position[i] for i in ids if i in position]:
            link["data-set"] = evidence.row_set(known)


def _positions(dataset: Dataset | None) -> dict[str, int]:
    order = sorted(dataset.overview.index) if dataset is not None else []
    return {agreement_id: n for n, agreement_id in enumerate(order)}


def records(dataset: Dataset) -> dict[str, str]:
    """Write the parts of the page about the records and the partners."""
    return {
        "table": evidence.evidence_table(dataset),
        "sections": evidence.agreement_sections(dataset),
        "sources": with_row_sets(evidence.source_list(dataset), dataset),
        "lists": with_row_sets(partners.lists(dataset), dataset),
        "partners": with_row_sets(partners.partner_pages(dataset), dataset),
        "metadata": metadata.tags(dataset),
    }


def _partner_pages(dataset: Dataset) -> dict[str, str]:
    """Return the id of each partner's page, by the name that tables call the partner by."""
    partners = dataset.overview["partners"].explode().dropna().unique()
    return {dataset.party_names[partner]: partner_anchor(partner) for partner in partners}


def report_title(dataset: Dataset) -> str:
    """Name the report after its focus states."""
    return f"Defence agreements of {_states(dataset)}"


def _states(dataset: Dataset) -> str:
    return words.listed(dataset.party_names[state] for state in dataset.focus)


def day(date: pd.Timestamp) -> str:
    """Write a day as '24 November 2026'."""
    return f"{date.day} {date:%B %Y}"


def _interactive(charts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures as the loader draws them, each template that they share once."""
    specifications = {}
    templates: list[Any] = []
    for name, figure in charts.items():
        layouts = []
        for narrow in (False, True):
            layout = dict(pictures.untitled(dict(figure), narrow=narrow)["layout"])
            template = layout.pop("template", None)
            if template not in templates:
                templates.append(template)
            layouts.append({**layout, "template": templates.index(template)})
        specifications[name] = {"data": figure["data"], "wide": layouts[0], "narrow": layouts[1]}
        if figure.get("frames"):
            specifications[name]["frames"] = figure["frames"]
    colours = {light: token for token, (light, _) in theme.COLOURS.items()}
    return {"templates": templates, "charts": specifications, "colours": colours}


def packed(value: Any) -> Markup:
    """Pack a value for the page: JSON, gzip, base85. The same value gives the same text."""
    # What JSON has no word for is nothing.
    value = json.loads(json.dumps(value), parse_constant=lambda _: None)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return Markup(base64.b85encode(gzip.compress(text.encode(), 9, mtime=0)).decode())


def style() -> str:
    """Return the page's style sheet, with the theme's colours as variables, light and dark."""
    sheets = ("page.css", "records.css", "print.css")
    sheet = "".join((STATIC / name).read_text(encoding="utf-8") for name in sheets)
    for n, mode in enumerate(("light", "dark")):
        tokens = "".join(f"--{token}:{pair[n]};" for token, pair in theme.COLOURS.items())
        sheet = sheet.replace(f"/*{mode}*/", tokens)
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", sheet).strip()


@functools.cache
def script(name: str) -> str:
    """Return one of the page's scripts, without its comment lines and indentation."""
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines()
    kept = (line.strip() for line in lines)
    return "\n".join(line for line in kept if line and not line.startswith("//"))


def policy() -> str:
    """Allow exactly the page's own scripts, by their hashes, and nothing from anywhere else."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in map(script, SCRIPTS)
    )
    return (
        f"default-src 'none'; script-src 'strict-dynamic' {hashes}; "
        "style-src 'unsafe-inline'; img-src data: blob:; media-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
