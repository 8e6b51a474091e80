"""What a cell shows, as nbconvert marks it up, made fit to stand on a page with all others.

Nothing that it holds may break what stands after it. What the page cannot carry (programs, what
lies elsewhere) is named with its cell where it would stand.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter
from markupsafe import Markup

from accords.words import free, plain

ELSEWHERE = {
    "script": "a script, which this page does not run",
    "iframe": "another page, which is not in this file",
    **dict.fromkeys(("embed", "object"), "a file, which is not in this file"),
    "video": "a video, which is not in this file",
    "audio": "a sound, which is not in this file",
    "img": "a picture, which is not in this file",
}
"""Elements that need a program or what lies elsewhere, and how they are named."""

EMBEDDED = frozenset(("img", "video", "audio"))  # those of them that the page can carry whole
IDLE = ("base", "link", "meta")  # elements that show nothing, and would change the page
NO_ALT = "Picture without description"  # stands for a picture's description where there is none

Told = Callable[[str], str]  # takes what a page cannot carry, and returns the sentence on that

_FORMAT = HTMLFormatter(EntitySubstitution.substitute_xml, void_element_close_prefix="")
_HEADING = re.compile(r"h[1-6]")
_COLOURED = re.compile(r"""(?:style="|[;{\s])(?:color|background(?:-color)?)\s*:""", re.IGNORECASE)
_LINK = re.compile(r"(url\([\"']?#)([^\"')]+)")
_REFERENCES = ("for", "headers", "list", "aria-labelledby", "aria-describedby", "aria-controls")


class Section(NamedTuple):
    """A heading of a chapter that the contents list."""

    id: str
    title: str


def fitted(markup: str, chapter: str, lost: Told) -> Tag:
    """Return what one cell shows, whole, with nothing that the page cannot carry.

    ``markup`` is nbconvert's; ``chapter`` is the id of the chapter; ``lost`` is told what goes.
    """
    # As a browser reads it: whatever is left open ends with the cell.
    body = BeautifulSoup(f"<!doctype html><body>{markup}", "html5lib").body
    assert body is not None
    _name_what_is_lost(body, lost)
    for style in body.find_all("style"):
        if "scoped" in style.attrs or "data-jp-theme" in (style.string or ""):
            style.decompose()  # How things look in JupyterLab.
        else:
            style.string = f"@scope (#{chapter}) {{{style.string or ''}}}"
    for wrapper in body.find_all("div", class_=re.compile("^jp-")):
        if wrapper.get("data-mime-type") == "text/html" and _COLOURED.search(str(wrapper)):
            # Its author saw it on white; so does the reader, also in the dark.
            wrapper.attrs = {"class": "plate"}
        else:
            wrapper.unwrap()
    for image in body.find_all("img"):
        image["alt"] = image.get("alt") or NO_ALT
        image["class"] = "plate"
        image.attrs.pop("srcset", None)
    for table in body.find_all("table"):
        _settle(table)
    return body


def with_something_to_say(bodies: list[Tag]) -> list[Tag]:
    """Leave out each part of a chapter whose passages and charts are all left out.

    A part begins with a heading of the second rank. What a body ``data-shows`` is the type of its
    cell, or ``nothing`` where what it would show is left out.
    """
    parts: list[list[Tag]] = [[]]
    for body in bodies:
        if body.h2:
            parts.append([])
        parts[-1].append(body)

    def silent(part: list[Tag]) -> bool:
        shows = {str(body["data-shows"]) for body in part if written(body)}
        left_out = any(body["data-shows"] == "nothing" for body in part)
        return left_out and "code" not in shows and part[0].h2 is not None

    return [body for part in parts if not silent(part) for body in part]


def arranged(bodies: list[Tag], chapter: str) -> tuple[str, list[Section]]:
    """Rank the headings of a chapter below its own, and make all ids the chapter's.

    Returned are the one heading of the first rank, which is taken out, as title (empty where there
    is none, or several, which are sections then), and the headings that the contents list.
    """
    headings = [heading for body in bodies for heading in body.find_all(_HEADING)]
    tops = [heading for heading in headings if heading.name == "h1"]
    title = ""
    if len(tops) == 1:
        headings.remove(tops[0])
        title = written(tops[0].extract())
    ids: dict[str, str] = {}  # By the name that their author gave.
    taken: set[str] = set()

    def own(name: str, wanted: str) -> str:
        """Give an id that nothing else on the page has; the first of a name is its target."""
        found = free(f"{chapter}-{'-'.join(wanted.split())}", taken)
        taken.add(found)
        ids.setdefault(name, found)
        return found

    for element in (element for body in bodies for element in body.find_all(id=True)):
        element["id"] = own(str(element["id"]), str(element["id"]))
    sections = []
    # No rank is left out on the way from the chapter's own to the lowest.
    ranks = sorted({heading.name for heading in headings})
    for heading in headings:
        rank = 3 + ranks.index(heading.name)
        heading.name = f"h{min(6, rank)}"
        text = plain(heading.get_text())
        if not heading.get("id"):
            slug = re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "section"
            heading["id"] = own(text.replace(" ", "-"), slug)
        if rank == 3:
            sections.append(Section(str(heading["id"]), text))
    for body in bodies:
        _refer(body, ids)
    return title, sections


def _refer(body: Tag, ids: Mapping[str, str]) -> None:
    def linked(found: re.Match[str]) -> str:
        return f"{found[1]}{ids.get(found[2], found[2])}"

    for element in body.find_all(True):
        for name, value in element.attrs.items():
            if name in _REFERENCES:
                parts: Iterable[str] = value if isinstance(value, list) else value.split()
                element[name] = " ".join(ids.get(part, part) for part in parts)
            elif name.endswith("href") and str(value).startswith("#"):
                target = unquote(str(value)[1:])
                element[name] = f"#{ids.get(target, target)}"
            elif "url(" in str(value):
                element[name] = _LINK.sub(linked, str(value))
        if element.name == "style":
            element.string = re.sub(r"(#)([\w-]+)", linked, element.string or "")


def written(body: Tag) -> Markup:
    """Return what an element holds as HTML."""
    return Markup(body.decode_contents(formatter=_FORMAT).strip())


def _name_what_is_lost(body: Tag, lost: Told) -> None:
    """Put a sentence in the place of what needs a program or the network."""
    for element in body.find_all([*ELSEWHERE, *IDLE]):
        parts = (element, *element.find_all("source"))
        sources = [str(part[name]) for part in parts for name in ("src", "data") if part.get(name)]
        if element.name in IDLE:
            element.decompose()
        elif element.name not in EMBEDDED or not any(s.startswith("data:") for s in sources):
            notice = Tag(name="span", attrs={"class": "notice"})
            named = f" ({sources[0]})" if sources else ""
            notice.string = lost(f"{ELSEWHERE[element.name]}{named}")
            element.replace_with(notice)
    programs = False
    for element in body.find_all(True):
        for name, value in [*element.attrs.items()]:
            if name.startswith("on") or str(value).strip().lower().startswith("javascript:"):
                programs = True
                del element.attrs[name]
    if programs:
        lost(ELSEWHERE["script"])


def _settle(table: Tag) -> None:
    """Take the notebook's looks off a table, and let it scroll where it is wider than the page."""
    table.attrs.pop("border", None)
    classes = " ".join(name for name in table.attrs.pop("class", []) if name != "dataframe")
    if classes:
        table["class"] = classes
    if table.find_parent("table") is None and table.find_parent(class_="scroll") is None:
        region = {"class": "scroll", "role": "region", "aria-label": "Table", "tabindex": "0"}
        table.wrap(Tag(name="div", attrs=region))
