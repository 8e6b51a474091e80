"""What Plotly draws, made lean: theme colours as CSS variables, stable ids, nothing unseen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

from lxml import etree

from accords.charts import theme

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
HREF = f"{{{XLINK}}}href"

INHERITED = (
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
    *("stroke-linejoin", "stroke-linecap", "stroke-miterlimit", "font-size", "font-weight"),
    *("font-style", "font-family", "text-anchor"),
)
"""Properties that a group hands down, so that they can be written once on the group."""

KEPT = frozenset((*INHERITED, "opacity", "clip-path", "display", "visibility"))
"""Style properties that change what is seen; all others are dropped."""

DEFAULTS = {
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "stroke-dasharray": "none",
    "stroke-miterlimit": "4",
    "stroke-linejoin": "miter",
    "stroke-linecap": "butt",
    "opacity": "1",
    "font-weight": "normal",
    "font-style": "normal",
    "text-anchor": "start",
    "stroke": "none",
    "visibility": "visible",
    "display": "inline",
}

ATTRIBUTES = frozenset(
    (
        *KEPT,
        *("d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "width", "height", "transform"),
        *("cx", "cy", "r", "rx", "ry", "points", "id", "href", "viewBox"),
    )
)
SHAPES = frozenset(("path", "rect", "circle", "line", "text", "tspan", "use", "image", "polygon"))

_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
_RGB = re.compile(r"rgba?\((\d+), ?(\d+), ?(\d+)(?:, ?([\d.]+))?\)")
_TOKENS = {light: token for token, (light, _) in theme.COLOURS.items()}
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")


def lean(markup: str) -> str:
    """Rewrite one drawn SVG so that it can stand inside a page.

    Theme colours become ``var(--token)``; ids are made from the picture's content, so that the
    same chart gives the same bytes and two charts on one page never share an id. The font is left
    to the page.
    """
    root = etree.fromstring(
        markup.encode(), etree.XMLParser(huge_tree=True, remove_blank_text=True)
    )
    _prune(root)
    for element in root.iter():
        _rewrite(element)
    _drop_unused_clips(root)
    _place(root)
    _flatten(root, single=True)
    _hoist(root)
    _flatten(root)
    for attribute in ("width", "height", "style"):
        root.attrib.pop(attribute, None)
    _name_ids(root)
    text = etree.tostring(root, encoding="unicode")
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text).replace("xlink:href", "href")
    return re.sub(r"<(\w+)([^<>]*)></\1>", r"<\1\2/>", text)


def literal(markup: str) -> str:
    """Write the theme's light colours in place of CSS variables, for files that stand alone."""
    return _VARIABLE.sub(lambda match: theme.colour(match[1]), markup)


def view_box(markup: str) -> tuple[float, float, float, float]:
    """Read left, top, width and height of a drawing."""
    match = re.search(r'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"', markup)
    if match is None:
        raise ValueError("an SVG without a view box")
    left, top, width, height = (float(part) for part in match.groups())
    return left, top, width, height


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _style(element: etree._Element) -> dict[str, str]:
    declarations = (part.partition(":") for part in element.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in declarations if value}


def _prune(root: etree._Element) -> None:
    """Take out what is not seen: drag layers, clear backgrounds, hidden things, empty groups."""
    for element in [*root.iter()]:
        style = _style(element)
        name = _local(element)
        clear = style.get("fill-opacity") == "0" or style.get("fill") in ("none", "transparent")
        unstroked = (
            style.get("stroke", "none") in ("none", "")
            or style.get("stroke-opacity") == "0"
            or style.get("stroke-width") in ("0", "0px")
        )
        if (
            style.get("opacity") == "0"
            or style.get("display") == "none"
            or style.get("visibility") == "hidden"
            or "draglayer" in element.get("class", "")
            or (name in ("rect", "path") and clear and unstroked and not _in_clip(element))
            or (name == "path" and not element.get("d"))
        ):
            _remove(element)
    for element in [*root.iter()][::-1]:
        if _local(element) in ("g", "defs") and len(element) == 0:
            _remove(element)


def _in_clip(element: etree._Element) -> bool:
    return any(_local(parent) == "clipPath" for parent in element.iterancestors())


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _rewrite(element: etree._Element) -> None:
    """Turn a style into the attributes that matter, with round numbers and theme colours."""
    for name, value in _style(element).items():
        if name in KEPT:
            element.set(name, value)
    for name in [*element.attrib]:
        value = element.attrib[name]
        if name == HREF:
            continue
        if name not in ATTRIBUTES:
            del element.attrib[name]
        elif name in ("fill", "stroke"):
            _paint(element, name, value)
        elif name == "font-family":
            # The page and the titled file set the theme's font once.
            del element.attrib[name]
        elif name == "font-size":
            element.set(name, value.removesuffix("px"))
        elif name == "d" or name == "transform" or _NUMBER.fullmatch(value.removesuffix("px")):
            element.set(name, _rounded(value.removesuffix("px"), 2 if "opacity" in name else 1))
        if name in DEFAULTS and DEFAULTS[name] == element.get(name):
            del element.attrib[name]
    if element.get("transform") == "translate(0,0)":
        del element.attrib["transform"]
    if element.get("stroke") is None:
        for name in ("stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-miterlimit"):
            if _local(element) in SHAPES:
                element.attrib.pop(name, None)


def _paint(element: etree._Element, name: str, value: str) -> None:
    match = _RGB.fullmatch(value)
    if match is None:
        return
    colour = "#{:02x}{:02x}{:02x}".format(*(int(part) for part in match.groups()[:3]))
    element.set(name, f"var(--{_TOKENS[colour]})" if colour in _TOKENS else colour)
    if match[4] is not None and float(match[4]) < 1:
        element.set(f"{name}-opacity", match[4])


def _rounded(text: str, digits: int) -> str:
    def short(match: re.Match[str]) -> str:
        number = f"{float(match[0]):.{digits}f}"
        if "." in number:
            number = number.rstrip("0").rstrip(".")
        return {"-0": "0", "": "0"}.get(number, number)

    return _NUMBER.sub(short, text)


def _drop_unused_clips(root: etree._Element) -> None:
    used = set(re.findall(r"#([\w-]+)", " ".join(el.get(n, "") for el, n in _references(root))))
    for clip in root.xpath("//*[local-name()='clipPath']"):
        if clip.get("id") not in used:
            _remove(clip)
    for element in root.xpath("//*[local-name()='defs' or local-name()='g']")[::-1]:
        if len(element) == 0:
            _remove(element)


def _flatten(root: etree._Element, *, single: bool = False) -> None:
    """Replace groups that say nothing (with ``single``: and have one child) by their children."""
    for element in [*root.iter(f"{{{SVG}}}g")][::-1]:
        parent = element.getparent()
        if parent is not None and not element.attrib and (len(element) == 1 or not single):
            at = parent.index(element)
            parent[at : at + 1] = [*element]


def _place(root: etree._Element) -> None:
    """Write the place of a marker or a label into its coordinates instead of a transform."""
    for element in root.iter():
        match = re.fullmatch(r"translate\((-?[\d.]+),(-?[\d.]+)\)", element.get("transform", ""))
        if match is None:
            continue
        dx, dy = float(match[1]), float(match[2])
        if _local(element) == "path":
            shifted = _shifted(element.get("d", ""), dx, dy)
            if shifted is not None:
                del element.attrib["transform"]
                element.set("d", shifted)
                _as_circle(element)
        elif _local(element) == "text":
            del element.attrib["transform"]
            for part in element.iter():
                for name, move in (("x", dx), ("y", dy)):
                    if part.get(name) is not None or part is element:
                        place = float(part.get(name, "0")) + move
                        part.set(name, _rounded(f"{place:f}", 1))


_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_CIRCLE = re.compile(
    r"M(-?[\d.]+),(-?[\d.]+)A(-?[\d.]+),\3 0 1,1 (-?[\d.]+),(-?[\d.]+)A\3,\3 0 0,1 \1,\2Z"
)


def _shifted(path: str, dx: float, dy: float) -> str | None:
    """Move a path by writing its coordinates anew; None where it has a command not known here."""
    moved = []
    for command, arguments in _COMMAND.findall(path):
        numbers = [float(n) for n in _NUMBER.findall(arguments)]
        if command in "ML" and len(numbers) % 2 == 0:
            numbers = [n + (dy if i % 2 else dx) for i, n in enumerate(numbers)]
        elif command == "H":
            numbers = [n + dx for n in numbers]
        elif command == "V":
            numbers = [n + dy for n in numbers]
        elif command == "A" and len(numbers) == 7:
            x, y = numbers[5] + dx, numbers[6] + dy
            moved.append(
                "A" + _rounded("{:f},{:f} {:f} {:f},{:f} {:f},{:f}".format(*numbers[:5], x, y), 1)
            )
            continue
        elif command not in "Zzlhvmacsqt" or (command not in "Zz" and not moved):
            return None
        moved.append(command + _rounded(",".join(f"{n:f}" for n in numbers), 1))
    return "".join(moved)


def _as_circle(element: etree._Element) -> None:
    match = _CIRCLE.fullmatch(element.get("d", ""))
    if match is None:
        return
    x, y, radius = float(match[1]), float(match[2]), float(match[3])
    element.tag = f"{{{SVG}}}circle"
    del element.attrib["d"]
    for name, value in (("cx", x - radius), ("cy", y), ("r", radius)):
        element.set(name, _rounded(f"{value:f}", 1))


def _hoist(root: etree._Element) -> None:
    """Write a property that all children of a group share on the group instead."""
    for group in [*root.iter(f"{{{SVG}}}g")][::-1]:
        children = [*group]
        if not children:
            continue
        for name in INHERITED:
            values = {child.get(name) for child in children}
            if len(values) == 1 and None not in values and group.get(name) is None:
                group.set(name, values.pop() or "")
                for child in children:
                    del child.attrib[name]


def _name_ids(root: etree._Element) -> None:
    used = {
        old
        for element, name in _references(root)
        for old in re.findall(r"#([\w-]+)", element.get(name, ""))
    }
    named = {}
    for element in root.iter():
        if element.get("id") in used:
            named[element.get("id")] = element
        else:
            element.attrib.pop("id", None)
    for number, element in enumerate(named.values()):
        element.set("id", f"id-{number}")
    order = {old: f"id-{number}" for number, old in enumerate(named)}
    _refer(root, lambda old: order.get(old, old))
    content = hashlib.sha256(etree.tostring(root)).hexdigest()[:6]
    for number, element in enumerate(named.values()):
        element.set("id", f"c{content}{number}")
    _refer(root, lambda old: old.replace("id-", f"c{content}"))


def _refer(root: etree._Element, rename: Callable[[str], str]) -> None:
    for element, name in _references(root):
        element.set(name, re.sub(r"#([\w-]+)", lambda m: f"#{rename(m[1])}", element.get(name, "")))


def _references(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for element in root.iter():
        for name in ("clip-path", HREF):
            if element.get(name):
                yield element, name
