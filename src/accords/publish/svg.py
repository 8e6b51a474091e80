"""What Plotly draws, made lean: theme colours as CSS variables, stable ids, nothing unseen."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping

from lxml import etree

from accords.charts import theme

SVG = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"

ATTRIBUTES = frozenset(
    (
        *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
        *("stroke-linejoin", "stroke-linecap", "stroke-miterlimit", "font-size", "font-weight"),
        *("font-style", "font-family", "text-anchor", "opacity", "clip-path", "mask", "filter"),
        *("stop-color", "stop-opacity", "visibility", "display", "image-rendering"),
    )
)
"""Style properties that are written as attributes, which is shorter."""

UNSEEN = frozenset(
    (
        *("class", "pointer-events", "cursor", "vector-effect", "white-space", "user-select"),
        *("text-shadow", "{http://www.w3.org/XML/1998/namespace}space"),
        *("data-notex", "data-unformatted", "data-math", "data-index", "data-loading"),
    )
)
"""Attributes and style properties that change nothing in a picture."""

_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
_RGB = re.compile(r"rgba?\((\d+), ?(\d+), ?(\d+)(?:, ?([\d.]+))?\)")
_TOKENS = {light: token for token, (light, _) in theme.COLOURS.items()}
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_LINK = re.compile(r"""(url\(["']?#|^#)([\w-]+)""")
# XML has no place for these, and a page shows nothing for them.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def lean(markup: str) -> str:
    """Rewrite one drawn SVG so that it can stand inside a page.

    Theme colours become ``var(--token)``, ids are made from the picture's content, and the theme's
    font is left to the page.
    """
    root = etree.fromstring(
        _UNREADABLE.sub("", markup).encode(),
        etree.XMLParser(huge_tree=True, remove_blank_text=True),
    )
    _prune(root)
    for element in root.iter():
        _rewrite(element)
    for attribute in ("width", "height", "style"):
        root.attrib.pop(attribute, None)
    _name_ids(root)
    _drop_idle(root)
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", etree.tostring(root, encoding="unicode"))


def literal(markup: str) -> str:
    """Write the theme's light colours in place of CSS variables, for files that stand alone."""
    return _VARIABLE.sub(lambda match: theme.colour(match[1]), markup)


def view_box(markup: str) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a drawing."""
    match = re.search(r'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"', markup)
    if match is None:
        raise ValueError("an SVG without a view box")
    left, top, width, height = (float(part) for part in match.groups())
    return left, top, width, height


def _style(element: etree._Element) -> dict[str, str]:
    declarations = (part.partition(":") for part in element.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in declarations if value}


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _prune(root: etree._Element) -> None:
    """Take out what is not seen: drag layers, clear backgrounds, hidden things."""
    for element in [*root.iterdescendants()]:
        look = {**element.attrib, **_style(element)}
        name = _name(element)
        clear = look.get("fill-opacity") == "0" or look.get("fill") in ("none", "transparent")
        unstroked = (
            look.get("stroke", "none") in ("none", "")
            or look.get("stroke-opacity") == "0"
            or look.get("stroke-width") in ("0", "0px")
        )
        if (
            look.get("opacity") == "0"
            or look.get("display") == "none"
            or look.get("visibility") == "hidden"
            or "draglayer" in look.get("class", "")
            or (name in ("rect", "path") and clear and unstroked and not _in_clip(element))
            or (name == "path" and not look.get("d"))
            or (name == "rect" and "0" in (look.get("width"), look.get("height")))
        ):
            element.getparent().remove(element)


def _in_clip(element: etree._Element) -> bool:
    return any(_name(parent) in ("clipPath", "mask") for parent in element.iterancestors())


def _rewrite(element: etree._Element) -> None:
    """Turn a style into attributes, with round numbers and theme colours."""
    style = _style(element)
    if (link := element.attrib.pop(HREF, None)) is not None:
        element.set("href", link)
    rest = {name: style[name] for name in style if name not in ATTRIBUTES | UNSEEN}
    # In the order in which they are written, which is the same each time.
    for name in style:
        if name in ATTRIBUTES:
            element.set(name, style[name])
    element.set("style", ";".join(f"{name}:{value}" for name, value in rest.items()))
    for name, value in element.attrib.items():
        if name in UNSEEN or not value:
            del element.attrib[name]
        elif name in ("fill", "stroke", "stop-color"):
            _paint(element, name, value)
        elif name == "font-family" and re.sub("[\"']", "", value) == theme.FONT:
            # The page and the titled file set the theme's font once.
            del element.attrib[name]
        elif name in ("font-size", "stroke-dasharray"):
            element.set(name, value.replace("px", "").replace(", ", " "))
        elif name in ("d", "transform") or _NUMBER.fullmatch(value.removesuffix("px")):
            # Shares of a gradient and opacities are below one.
            digits = 1 if name in ("d", "transform", "x", "y") or value.endswith("px") else 3
            element.set(name, _rounded(value.removesuffix("px"), digits))


def _paint(element: etree._Element, name: str, value: str) -> None:
    match = _RGB.fullmatch(value)
    if match is None:
        return
    colour = "#{:02x}{:02x}{:02x}".format(*(int(part) for part in match.groups()[:3]))
    element.set(name, f"var(--{_TOKENS[colour]})" if colour in _TOKENS else colour)
    if match[4] is not None and float(match[4]) < 1:
        opacity = "stop-opacity" if name == "stop-color" else f"{name}-opacity"
        element.set(opacity, match[4])


def _rounded(text: str, digits: int) -> str:
    def short(match: re.Match[str]) -> str:
        number = f"{float(match[0]):.{digits}f}"
        if "." in number:
            number = number.rstrip("0").rstrip(".")
        return {"-0": "0", "": "0"}.get(number, number)

    return _NUMBER.sub(short, text)


def _name_ids(root: etree._Element) -> None:
    """Name what is referred to by the picture's content, and nothing else."""
    links = [(el, name) for el in root.iter() for name in el.attrib if _LINK.search(el.get(name))]
    used = {found[2] for element, name in links for found in _LINK.finditer(element.get(name))}
    named = [element for element in root.iter() if element.get("id") in used]
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
    # Plotly's ids are made by chance: the order stands for them in what is hashed.
    content = ""
    for stem in ("id-", "c{}"):
        names = {el.get("id"): f"{stem.format(content)}{n}" for n, el in enumerate(named)}
        for element in named:
            element.set("id", names[element.get("id")])
        for element, name in links:
            linked = functools.partial(_relinked, names)
            element.set(name, _LINK.sub(linked, element.get(name)))
        content = hashlib.sha256(etree.tostring(root)).hexdigest()[:6]


def _relinked(names: Mapping[str, str], link: re.Match[str]) -> str:
    return f"{link[1]}{names.get(link[2], link[2])}"


def _drop_idle(root: etree._Element) -> None:
    """Drop clips that nothing uses, and groups that hold or say nothing."""
    for element in [*root.iterdescendants()][::-1]:
        name, parent = _name(element), element.getparent()
        if name not in ("g", "defs", "clipPath"):
            continue
        if len(element) == 0 or (name == "clipPath" and not element.get("id")):
            parent.remove(element)
        elif name == "g" and not element.attrib:
            at = parent.index(element)
            parent[at : at + 1] = [*element]
