"""What Plotly draws, made lean: theme colours as CSS variables, round numbers, stable ids."""

import hashlib
import re

from lxml import etree

from accords.charts import theme

SVG = "http://www.w3.org/2000/svg"

UNSEEN = frozenset(
    (
        *("class", "pointer-events", "cursor", "vector-effect", "white-space", "user-select"),
        *("text-shadow", "{http://www.w3.org/XML/1998/namespace}space"),
        *("data-notex", "data-unformatted", "data-math", "data-index", "data-loading"),
    )
)
"""Attributes that change nothing in a picture."""

_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
_RGB = re.compile(r"rgb\((\d+), ?(\d+), ?(\d+)\)")
_TOKENS = {light: token for token, (light, _) in theme.COLOURS.items()}
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")


def lean(markup: str) -> str:
    """Rewrite one drawn SVG so that it can stand inside a page.

    Theme colours become ``var(--token)``, ids are made from the picture's content, and the theme's
    font is left to the page.
    """
    # What XML has no place for, such as control characters, is passed over.
    parser = etree.XMLParser(huge_tree=True, remove_blank_text=True, recover=True)
    root = etree.fromstring(markup.encode(errors="ignore"), parser)
    for element in root.iter():
        # As attributes, which are shorter.
        for declaration in element.attrib.pop("style", "").split(";"):
            name, _, value = declaration.partition(":")
            if value:
                element.set(name.strip(), value.strip())
    for element in [*root.iterdescendants()]:
        if "draglayer" in element.get("class", "") or element.get("display") == "none":
            element.getparent().remove(element)
    for element in root.iter():
        _tidy(element)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    drawing = etree.tostring(root, encoding="unicode").replace(" xlink:href=", " href=")
    return _with_own_ids(re.sub(r' xmlns(:\w+)?="[^"]*"', "", drawing))


def literal(markup: str) -> str:
    """Write the theme's light colours in place of CSS variables, for files that stand alone."""
    return _VARIABLE.sub(lambda match: theme.colour(match[1]), markup)


def view_box(markup: str) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a drawing."""
    left, top, width, height = map(float, re.findall(r'viewBox="([^"]*)"', markup)[0].split())
    return left, top, width, height


def _tidy(element: etree._Element) -> None:
    for name, value in element.attrib.items():
        # The page and the titled file set the theme's font once.
        house = name == "font-family" and re.sub("[\"']", "", value) == theme.FONT
        if name in UNSEEN or not value or house:
            del element.attrib[name]
        elif found := _RGB.fullmatch(value):
            colour = "#{:02x}{:02x}{:02x}".format(*map(int, found.groups()))
            element.set(name, f"var(--{_TOKENS[colour]})" if colour in _TOKENS else colour)
        elif name in ("font-size", "stroke-dasharray"):
            element.set(name, value.replace("px", "").replace(", ", " "))
        elif name in ("d", "transform") or _NUMBER.fullmatch(value.removesuffix("px")):
            # Shares of a gradient and opacities are below one.
            digits = 1 if name in ("d", "transform", "x", "y") or value.endswith("px") else 3
            element.set(name, _rounded(value.removesuffix("px"), digits))


def _rounded(text: str, digits: int) -> str:
    # What is added makes 0 of -0.
    return _NUMBER.sub(lambda n: f"{round(float(n[0]), digits) + 0.0:.12g}", text)


def _with_own_ids(drawing: str) -> str:
    """Name what is referred to by the picture's content: Plotly's ids are made by chance."""
    ids = re.findall(r' id="([^"]+)"', drawing)

    def named(stem: str) -> str:
        names = {name: f"{stem}{n}" for n, name in enumerate(ids)}
        return re.sub(
            r'( id="|#)([\w-]+)', lambda found: found[1] + names.get(found[2], found[2]), drawing
        )

    content = hashlib.sha256(named("id-").encode()).hexdigest()
    return named(f"c{content[:6]}")
