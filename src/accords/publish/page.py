"""What stands on the page and in which order; the template says how it is marked up."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from accords.charts import theme
from accords.dataset import Dataset
from accords.publish import notebooks, pictures
from accords.publish.browser import BUNDLE
from accords.words import escape, linked, plain

if TYPE_CHECKING:
    from nbformat import NotebookNode

STATIC = Path(__file__).parent / "static"

MOST_COLUMNS = 16
"""Tables behind charts align their numbers in so many columns."""

LONG = 100
"""Rows from which a chart's table is shortened, and left out on paper."""

TRACES = frozenset({"bar", "scatter"})
"""Types of traces that the page's Plotly draws."""

SCRIPTS = ("head.js", "toc.js", "page.js", "table.js", "partners.js")
"""The page's own scripts, and all that may run."""

FRONT = "key-findings"
"""The chapter that is set before the table of contents, unnumbered."""


@dataclass(frozen=True)
class Figure:
    """One chart as the page shows it."""

    name: str
    number: int
    level: int
    meta: Mapping[str, Any]
    picture: pictures.Picture | None
    notebook: str
    known: Mapping[str, str]

    @property
    def listed(self) -> list[str]:
        """The agreements, each once, of a long table whose every row names one."""
        rows = self.meta["data"]["rows"]
        if len(rows) <= LONG:
            return []
        columns = zip(*rows, strict=True)
        named = (
            [self.known[value] for value in column if value in self.known] for column in columns
        )
        longest = max(named, key=len)
        return list(dict.fromkeys(longest)) if len(longest) == len(rows) else []

    @property
    def numbers(self) -> tuple[list[str], list[list[Any]]]:
        """Columns and rows of the table behind the chart.

        In a long table an agreement stands by its identifier, which is shorter than its title.
        """
        columns, rows = self.meta["data"]["columns"], self.meta["data"]["rows"]
        if len(rows) <= LONG:
            return columns, rows
        rows = [[self.known.get(value, value) for value in row] for row in rows]
        ids = set(self.known.values())
        cells = list(zip(*rows, strict=True))
        named = [column for column in cells if ids.issuperset(column)]

        def said_by(column: tuple[Any, ...], names: tuple[Any, ...]) -> bool:
            # A title that several agreements have is not known, and says less than the identifier.
            pairs = list(zip(column, names, strict=True))
            return any(a in ids for a in column) and all(a == b or a not in ids for a, b in pairs)

        told = [
            n
            for n, column in enumerate(cells)
            if column not in cells[:n]
            and (column in named or not any(said_by(column, names) for names in named))
        ]
        return [columns[n] for n in told], [[row[n] for n in told] for row in rows]

    @property
    def drawing(self) -> str:
        """The static drawing at desk width, named for those who do not see it."""
        if self.picture is None:
            return ""
        _, _, width, height = pictures.svg.view_box(self.picture.wide)
        label = escape(self.meta["alt"])
        opening = f'<svg role="img" aria-label="{label}" width="{width:g}" height="{height:g}"'
        return self.picture.wide.replace("<svg", opening, 1)

    @property
    def table(self) -> str:
        """The numbers behind the chart; cell end tags are left out, as HTML allows."""
        columns, rows = self.numbers
        numeric = [
            str(n + 1)
            for n in range(len(columns))
            if all(isinstance(row[n], int | float | None) for row in rows)
        ]
        head = "".join(f'<th scope="col">{escape(name)}' for name in columns)
        body = "\n".join("<tr>" + "".join(f"<td>{_cell(value)}" for value in row) for row in rows)
        long = ' class="long"' if len(rows) > LONG else ""
        return (
            f'<table{long} data-n="{" ".join(numeric)}"><thead><tr>{head}</thead><tbody>\n'
            f"{body}</tbody></table>"
        )


@dataclass
class Section:
    """A heading of the second rank in a chapter."""

    id: str
    title: str


@dataclass
class Chapter:
    """One notebook on the page."""

    id: str
    number: int | None
    title: str
    notebook: str
    blocks: list[str | Figure] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """What a page needs besides the notebooks.

    Attributes
    ----------
    dataset
        The dataset behind the notebooks, or None where there is none.
    pictures
        The static picture of each figure, by :func:`figure_key`; without it a
        figure is interactive only.
    records
        The parts of the page about the records, as :func:`records` gives them.
    """

    dataset: Dataset | None
    pictures: Mapping[str, pictures.Picture]
    records: Mapping[str, str]

    @cached_property
    def known(self) -> dict[str, str]:
        """The identifier of each agreement, by itself and by a title that no other has."""
        if self.dataset is None:
            return {}
        agreements = self.dataset.agreements
        alone = agreements.drop_duplicates("title", keep=False)
        titles = dict(zip(alone["title"], alone["agreement_id"], strict=True))
        return titles | {agreement_id: agreement_id for agreement_id in agreements["agreement_id"]}


def compose(nb: NotebookNode, context: Context, markdown: Callable[[str], str]) -> dict[str, Any]:
    """Give the template all it needs.

    Parameters
    ----------
    nb
        One notebook or several joined.
    context
        Dataset, pictures and records.
    markdown
        Turns the markdown of a cell into HTML.
    """
    rows = row_links(context.dataset)
    numbers = count(1)
    chapters = []
    titles = [cell.metadata.get("chapter", nb.metadata.get("title", "")) for cell in nb.cells]
    chapter_numbers = count(1)
    for name, cells in groupby(zip(titles, nb.cells, strict=True), key=lambda pair: pair[0]):
        slug = re.sub(r"^\d+-", "", name) or "notebook"
        number = None if slug == FRONT else next(chapter_numbers)
        chapter = Chapter(
            f"chapter-{slug}", number, slug.replace("-", " ").capitalize(), f"{name}.ipynb"
        )
        for _, cell in cells:
            _add(chapter, cell, context, rows, markdown, numbers)
        chapters.append(chapter)
    figures = [b for chapter in chapters for b in chapter.blocks if isinstance(b, Figure)]
    charts = {output["layout"]["meta"]["name"]: output for output in notebooks.figures(nb)}
    return {
        "chapters": chapters,
        "records": context.records,
        "title": report_title(context.dataset) if context.dataset else chapters[0].title,
        "dataset": context.dataset,
        "released": day(context.dataset.released) if context.dataset else "",
        "read_until": day(context.dataset.as_of) if context.dataset else "",
        "names": _names(context.dataset),
        "abstract": rows(abstract(context.dataset)) if context.dataset else "",
        "style": style(),
        "scripts": {name: script(name) for name in SCRIPTS},
        "static": all(figure.picture is not None for figure in figures),
        "charts": packed(_interactive(charts)),
        "narrow": packed({f.name: f.picture.narrow for f in figures if f.picture}),
        "bundle": base64.b85encode(BUNDLE.read_bytes()).decode(),
        "rows_of": lambda figure: rows(linked(f"{len(figure.listed):,} rows", figure.listed)),
        "definitions": definitions(context.dataset) if context.dataset else [],
    }


def identify(nb: NotebookNode) -> None:
    """Tell of each chart in a notebook what the page says of it, where the chart does not.

    What :func:`accords.charts.theme.finish` made has it all; any other chart is named after its
    cell and has the title of its layout. To do it again changes nothing.

    Raises
    ------
    NotebookError
        A chart that the page cannot draw, or one that is shown twice: which cell, and what to do.
    """
    cells: Counter[str] = Counter()
    places: dict[str, str] = {}
    for cell in nb.cells:
        notebook = cell.metadata.get("chapter", nb.metadata.get("title", ""))
        cells[notebook] += 1
        place = f"{notebook}.ipynb: cell {cells[notebook]}"
        alone = type(nb)(cells=[cell])
        for number, figure in enumerate(notebooks.figures(alone), start=1):
            _refuse_undrawable(figure, place)
            layout = figure.setdefault("layout", {})
            meta = layout.get("meta")
            if not isinstance(meta, Mapping) or "measure" not in meta:
                slug = re.sub(r"[^\w-]+", "-", notebook)
                name = f"{slug}-cell-{cells[notebook]}" + (f"-{number}" if number > 1 else "")
                layout["meta"] = _bare_meta(layout, name, cells[notebook])
                _keep_white(layout)
            name = layout["meta"]["name"]
            if name in places:
                raise notebooks.NotebookError(
                    f"{place} shows the chart '{name}' again, after {places[name]}. "
                    "Show it once, or give each its own name; then build again."
                )
            places[name] = place


def _refuse_undrawable(figure: Mapping[str, Any], place: str) -> None:
    others = {trace.get("type", "scatter") for trace in figure["data"]} - TRACES
    if others:
        raise notebooks.NotebookError(
            f"{place} shows a chart with traces of the type {', '.join(sorted(others))}; the "
            f"report's Plotly draws only {' and '.join(sorted(TRACES))}. Draw it with these "
            "(in Plotly Express with render_mode='svg' instead of scattergl), or make a picture "
            "of it with Matplotlib; then build again."
        )


def _bare_meta(layout: Mapping[str, Any], name: str, cell: int) -> dict[str, Any]:
    """Give what :func:`accords.charts.theme.finish` would, for a chart that it did not make."""
    title = layout.get("title") or {}
    text = title if isinstance(title, str) else title.get("text") or ""
    # A heading may not be empty.
    shown = plain(text.replace("<br>", " ")) or f"Chart of cell {cell}"
    return {
        "name": name,
        "title": shown,
        "subtitle": "",
        "alt": shown,
        "measure": "the notebook's own code",
        "method": "",
        "function": f"cell {cell}",
        "narrow": {},
        "data": {"columns": [], "rows": []},
    }


def _keep_white(layout: dict[str, Any]) -> None:
    """Keep a white ground light in dark mode: it alone would follow, and dark text vanish on it."""
    template = layout.get("template", {}).get("layout", {})
    ground = layout.get("paper_bgcolor", template.get("paper_bgcolor", "white"))
    if ground.lower() in ("white", "#fff", "#ffffff"):
        layout["paper_bgcolor"] = "#fefefe"


def _add(
    chapter: Chapter,
    cell: NotebookNode,
    context: Context,
    rows: Callable[[str], str],
    markdown: Callable[[str], str],
    numbers: Any,
) -> None:
    """Add what one cell shows to its chapter."""
    if cell.cell_type == "markdown":
        _add_text(chapter, rows(markdown(cell.source)))
    if cell.cell_type != "code":
        return
    if cell.source.strip():
        chapter.code.append(cell.source)
    for output in cell.outputs:
        data = output.get("data", {})
        image = next((media for media in data if media.startswith("image/")), None)
        if notebooks.PLOTLY in data:
            figure = data[notebooks.PLOTLY]
            meta = figure["layout"]["meta"]
            chapter.blocks.append(
                Figure(
                    name=meta["name"],
                    number=next(numbers),
                    level=4 if chapter.sections else 3,
                    meta=meta,
                    picture=context.pictures.get(figure_key(figure)),
                    notebook=chapter.notebook,
                    known=context.known,
                )
            )
        elif "text/html" in data:
            chapter.blocks.append(rows(_quiet_table(data["text/html"])))
        elif "text/markdown" in data:
            _add_text(chapter, rows(markdown(data["text/markdown"])))
        elif image is not None:
            told = output.metadata.get(image, {}).get("alt")
            chapter.blocks.append(_image(image, data[image], told or "Picture without description"))
        elif output.output_type == "error":
            error = re.sub(r"\x1b\[[\d;]*m", "", f"{output.ename}: {output.evalue}")
            chapter.blocks.append(f"<pre>{html.escape(error)}</pre>")
        elif output.output_type == "stream" and output.name == "stdout":
            chapter.blocks.append(f"<pre>{html.escape(output.text)}</pre>")
        elif "text/plain" in data:
            chapter.blocks.append(f"<pre>{html.escape(data['text/plain'])}</pre>")


def _add_text(chapter: Chapter, markup: str) -> None:
    """Take the first heading as the chapter's title; set the others one rank lower."""
    title = re.search(r"<h1[^>]*>(.*?)</h1>", markup, flags=re.DOTALL)
    if title is not None:
        chapter.title = _without_anchor(title[1])
        markup = markup.replace(title[0], "", 1)

    def lower(match: re.Match[str]) -> str:
        rank, text = int(match[1]) + 1, _without_anchor(match[2])
        if rank > 3:
            return f"<h{rank}>{text}</h{rank}>"
        slug = re.sub(r"[^a-z0-9]+", "-", plain(text).lower()).strip("-")
        section = Section(f"{chapter.id}-{slug}", plain(text))
        chapter.sections.append(section)
        return f'<h3 id="{section.id}">{text}</h3>'

    markup = re.sub(r"<h([1-5])[^>]*>(.*?)</h\1>", lower, markup, flags=re.DOTALL).strip()
    if markup:
        chapter.blocks.append(markup)


def _without_anchor(heading: str) -> str:
    return re.sub(r'<a class="anchor-link".*?</a>', "", heading, flags=re.DOTALL).strip()


def _quiet_table(markup: str) -> str:
    """Take the notebook's looks off a table that pandas wrote, so that the page's apply."""
    markup = re.sub(r"<style scoped>.*?</style>", "", markup, flags=re.DOTALL)
    # HTML lets these end tags be left out.
    markup = re.sub(r"</t[dhr]>\s*(?=<(?:t[dhr]|/t))", "", markup)
    markup = markup.replace('<table border="1" class="dataframe">', '<table class="data">')
    if '<table class="data">' in markup:
        return f'<div class="scroll" role="region" aria-label="Table" tabindex="0">{markup}</div>'
    return markup


def _image(media: str, content: str, alt: str) -> str:
    """Show a picture as an image, an SVG too: so nothing in it runs or bears an id of the page."""
    if media == "image/svg+xml":
        content = base64.b64encode(content.encode()).decode()
    source = f"data:{media};base64,{''.join(content.split())}"
    return f'<p><img src="{escape(source)}" alt="{escape(alt)}" style="max-width:100%"></p>'


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return escape(value)


def figure_key(figure: Mapping[str, Any]) -> str:
    """Name a figure by its content."""
    return pictures.digest(figure)


def row_links(dataset: Dataset | None) -> Callable[[str], str]:
    """Give the function that turns the rows behind a number into their place in the table."""
    order = sorted(dataset.overview.index) if dataset is not None else []
    position = {agreement_id: n for n, agreement_id in enumerate(order)}

    def shorten(match: re.Match[str]) -> str:
        from accords.publish.records import row_set

        known = [position[i] for i in html.unescape(match[2]).split() if i in position]
        return (match[1] or "").replace('"', "") + (f" data-set={row_set(known)}" if known else "")

    # The place of the link's set tells what it is: its class need not.
    return lambda markup: re.sub(
        r'(?: class="rows")?( href="[^"]*")? data-rows="([^"]*)"', shorten, markup
    )


def records(dataset: Dataset) -> dict[str, str]:
    """Write the parts of the page about the records and the partners."""
    from accords.publish import metadata, partners
    from accords.publish import records as written

    rows = row_links(dataset)
    return {
        "lists": rows(partners.lists(dataset)),
        "partners": rows(partners.partner_pages(dataset)),
        "table": written.evidence_table(dataset),
        "sections": written.agreement_sections(dataset),
        "sources": rows(written.source_list(dataset)),
        "metadata": metadata.tags(dataset),
    }


def report_title(dataset: Dataset) -> str:
    """Name the report after its focus states."""
    return f"Defence agreements of {_names(dataset)}"


def day(date: pd.Timestamp) -> str:
    """Write a day as '24 November 2026'."""
    return f"{date.day} {date:%B %Y}"


def abstract(dataset: Dataset) -> str:
    """Say in one paragraph what the report covers, counted from the data."""
    from accords.words import count as counted
    from accords.words import percent

    overview = dataset.overview
    concluded = overview[overview["concluded"]]
    if concluded.empty:
        return "<p>There are too few data: the dataset holds no concluded agreement.</p>"
    others = concluded["partners"].explode().dropna()
    others = others[~others.isin(dataset.focus)]
    n = others.nunique()
    parties = linked(f"{n:,} other {'party' if n == 1 else 'parties'}", others.index)
    if (concluded["scope"] != "bilateral").any():
        parties += " (those of multilateral agreements too)"
    years = concluded["year"].dropna()
    period = f" from {years.min()} to {years.max()}" if len(years) else ""
    pages = f"{len(dataset.sources):,} pages of {dataset.sources['publisher'].nunique():,}"
    cited = dataset.citations.loc[
        dataset.citations["source_id"].isin(dataset.sources["source_id"]), "agreement_id"
    ]
    announced = overview.index[overview["status"] == "announced"]
    apart = f" {counted(announced)} more are only announced and are shown apart."
    have = "has" if len(dataset.focus) == 1 else "have"
    official = concluded.index[concluded["official"].astype(bool)]
    return (
        f"<p>This report lists the defence agreements that {escape(_names(dataset))} {have} "
        "concluded, says what they cover, and shows how good the evidence is: "
        f"{counted(concluded.index, 'agreement')} with {parties}{period}, each traced to its "
        f"sources, {linked(f'{pages} publishers', cited)}. An official or treaty source speaks of "
        f"{percent(official, concluded.index)} of them.{apart if len(announced) else ''}"
        f"{_gathered_for_others(dataset)} Sources were read until {escape(day(dataset.as_of))}; "
        "what came later is not in it. All figures come from the dataset: click a linked number to "
        "see the agreements behind it.</p>"
    )


def _gathered_for_others(dataset: Dataset) -> str:
    """Say what the data hold of focus states for which they were not gathered."""
    gathered = dataset.descriptor.get("focus", ())
    others = [state for state in dataset.focus if state not in gathered]
    if not gathered or not others:
        return ""
    them, these = (
        word.join(escape(dataset.party_names[state]) for state in states)
        for word, states in ((" and ", others), (" or ", gathered))
    )
    return f" Of {them} the data hold only those agreements to which {these} is a party."


def _names(dataset: Dataset | None) -> str:
    from accords.words import listed

    return listed(dataset.party_names[state] for state in dataset.focus) if dataset else ""


def definitions(dataset: Dataset) -> list[dict[str, Any]]:
    """List the terms that the report uses, from the dataset's own code lists."""
    wanted = (
        ("instruments", "Instruments"),
        ("domain_codes", "Domains"),
        ("statuses", "Status"),
        ("source_kinds", "Kinds of sources"),
    )
    found = []
    for name, title in wanted:
        codes = dataset.codes(name)
        found.append(
            {
                "title": title,
                "terms": list(zip(codes["label"], codes["definition"], strict=True)),
            }
        )
    return found


def _interactive(charts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give the figures as the loader draws them, with the template that they share told once."""
    specifications = {}
    templates: list[Any] = []
    for name, figure in charts.items():
        sizes = [pictures.untitled(dict(figure), narrow=narrow) for narrow in (False, True)]
        layouts = []
        for size in sizes:
            layout = dict(size["layout"])
            template = layout.pop("template", None)
            if template not in templates:
                templates.append(template)
            layouts.append({**layout, "template": templates.index(template)})
        data = [_readable(trace) for trace in figure["data"]]
        specifications[name] = {"data": data, "wide": layouts[0], "narrow": layouts[1]}
    return {
        "templates": templates,
        "charts": specifications,
        "colours": {light: token for token, (light, _) in theme.COLOURS.items()},
    }


def _readable(value: Any) -> Any:
    """Write Plotly's packed arrays as lists, and numbers to five digits: both compress better."""
    if isinstance(value, dict):
        if "bdata" in value:
            import numpy as np

            array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
            shape = [int(size) for size in str(value.get("shape", array.size)).split(",")]
            return _readable(array.reshape(shape).tolist())
        return {name: _readable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_readable(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value


def packed(value: Any) -> str:
    """Pack a value for the page: JSON, gzip, base85. The same value gives the same text."""
    plain_json = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.b85encode(gzip.compress(plain_json.encode(), 9, mtime=0)).decode()


def style() -> str:
    """Give the page's style sheet, with the theme's colours as variables, light and dark."""
    from accords.publish.records import stylesheet

    light = "".join(f"--{token}:{pair[0]};" for token, pair in theme.COLOURS.items())
    dark = "".join(f"--{token}:{pair[1]};" for token, pair in theme.COLOURS.items())
    numeric = ",".join(f'[data-n~="{n}"] tr>:nth-child({n})' for n in range(1, MOST_COLUMNS + 1))
    own = (STATIC / "page.css").read_text(encoding="utf-8")
    own = own.replace("/*numeric*/", f"{numeric}{{text-align:right}}")
    sheet = own.replace("/*light*/", light).replace("/*dark*/", dark) + stylesheet()
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", sheet).strip()


@cache
def script(name: str) -> str:
    """Give one of the page's scripts, without its comment lines and indentation."""
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines()
    kept = (line.strip() for line in lines)
    return "\n".join(line for line in kept if line and not line.startswith("//"))


def lean(markup: str) -> str:
    """Leave out the quotes around values that HTML reads without them; scripts stay as they are."""

    def without_quotes(tag: re.Match[str]) -> str:
        if "='" in tag[0]:
            return tag[0]
        return re.sub(r'="([^\s"\'=<>`]*[^\s"\'=<>`/])"(?=[\s>])', r"=\1", tag[0])

    tags = r"""<[a-zA-Z](?:"[^"]*"|'[^']*'|[^'">])*>"""
    parts = re.split(r"(<script\b.*?</script>|<style\b.*?</style>)", markup, flags=re.DOTALL)
    parts[::2] = [re.sub(tags, without_quotes, part) for part in parts[::2]]
    return "".join(parts)


def secured(markup: str) -> str:
    """Allow exactly the page's own scripts, by their hashes, and nothing from anywhere else."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in map(script, SCRIPTS)
    )
    policy = (
        f"default-src 'none'; script-src 'strict-dynamic' {hashes}; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return markup.replace("%POLICY%", policy, 1)
