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
    _drop_repeated_clips(root)
    _hoist(root)
    _flatten(root)
    _merge_paths(root)
    _drop_idle_strokes(root)
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
            or (name == "rect" and "0" in (element.get("width"), element.get("height")))
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
        elif name in ("font-size", "stroke-dasharray"):
            element.set(name, value.replace("px", "").replace(", ", " "))
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


def _drop_repeated_clips(root: etree._Element) -> None:
    """Clip once what a group around it clips in the same place."""
    for element in root.xpath("//*[@clip-path]"):
        around = element
        while not around.get("transform"):
            around = around.getparent()
            if around is None:
                break
            if around.get("clip-path") == element.get("clip-path"):
                del element.attrib["clip-path"]
                break


def _flatten(root: etree._Element, *, single: bool = False) -> None:
    """Replace groups that say nothing (with ``single``: and have one child) by their children."""
    for element in [*root.iter(f"{{{SVG}}}g")][::-1]:
        parent = element.getparent()
        if parent is not None and not element.attrib and (len(element) == 1 or not single):
            at = parent.index(element)
            parent[at : at + 1] = [*element]


def _place(root: etree._Element) -> None:
    """Write the place of a marker or a label into its coordinates instead of a transform."""
    for element in [*root.iter()][::-1]:
        transform = re.sub(r"rotate\(0,[^)]*\)", "", element.get("transform", ""))
        if not transform:
            element.attrib.pop("transform", None)
            continue
        match = re.fullmatch(r"translate\((-?[\d.]+),(-?[\d.]+)\)", transform)
        if match is None:
            continue
        moved = [element]
        if _local(element) == "g" and not element.get("clip-path"):
            moved = [*element]
        if not all(_movable(child) for child in moved):
            continue
        del element.attrib["transform"]
        for child in moved:
            _move(child, float(match[1]), float(match[2]))


def _movable(element: etree._Element) -> bool:
    name = _local(element)
    if element.get("clip-path") or (name != "path" and name != "text"):
        return False
    return name == "text" or _shifted(element.get("d", ""), 0, 0) is not None


def _move(element: etree._Element, dx: float, dy: float) -> None:
    if element.get("transform"):
        element.set("transform", f"translate({dx:g},{dy:g}){element.get('transform')}")
    elif _local(element) == "path":
        element.set("d", _shifted(element.get("d", ""), dx, dy) or "")
        _as_circle(element)
    else:
        for part in element.iter():
            for name, move in (("x", dx), ("y", dy)):
                if part.get(name) is not None or part is element:
                    place = float(part.get(name, "0")) + move
                    part.set(name, _rounded(f"{place:f}", 0))


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


_LINES = re.compile(r"(?:[MLHVZlhvz][-\d., ]*)+")


def _merge_paths(root: etree._Element) -> None:
    """Draw neighbouring lines of one look, and bars of one colour, as one path; shorten all."""
    for parent in root.iter(f"{{{SVG}}}g", f"{{{SVG}}}svg"):
        last: etree._Element | None = None
        for element in [*parent]:
            looks = {name: value for name, value in element.attrib.items() if name != "d"}
            if (
                last is not None
                and _local(element) == "path"
                and looks == {name: value for name, value in last.attrib.items() if name != "d"}
                and _mergeable(element)
                and _mergeable(last)
            ):
                last.set("d", last.get("d", "") + element.get("d", ""))
                parent.remove(element)
            else:
                last = element if _local(element) == "path" else None
    for element in root.iter(f"{{{SVG}}}path"):
        element.set("d", _short(element.get("d", "")))


def _mergeable(path: etree._Element) -> bool:
    """Say whether a path may be drawn with its neighbour: a line, or a bar."""
    if path.get("opacity") or path.get("transform") or path.get("clip-path"):
        return False
    d = path.get("d", "")
    unfilled = path.get("fill") == "none" or any(
        parent.get("fill") == "none" for parent in path.iterancestors()
    )
    return (
        _LINES.fullmatch(d) is not None
        and (unfilled or re.fullmatch(r"M[^A-Za-z]*[hvHVL][^A-Za-z]*", d) is not None)
    ) or re.fullmatch(r"(?:M[^A-Za-z]*[HV][^A-Za-z]*[HV][^A-Za-z]*[HV][^A-Za-z]*Z)+", d) is not None


def _short(path: str) -> str:
    """Write a path of straight lines with relative steps, in tenths of a pixel."""
    if not path or _LINES.fullmatch(path) is None:
        return path
    written: list[str] = []
    x = y = start_x = start_y = 0
    for command, arguments in _COMMAND.findall(path):
        numbers = [round(float(n) * 10) for n in _NUMBER.findall(arguments)]
        if command in "Zz":
            x, y = start_x, start_y
            written.append("z")
            continue
        size = 1 if command in "HhVv" else 2
        for number in range(0, len(numbers), size):
            step = tuple(numbers[number : number + size])
            to_x, to_y = _target(command, step, x, y)
            dx, dy = to_x - x, to_y - y
            if command == "M" and number == 0:
                written.append(f"M{_tenths(to_x)}{_next(to_y)}")
                start_x, start_y = to_x, to_y
            elif dx == dy == 0:
                continue
            elif dy == 0:
                written.append(f"h{_tenths(dx)}")
            elif dx == 0:
                written.append(f"v{_tenths(dy)}")
            else:
                again = bool(written) and written[-1][0] == "l"
                first = _next(dx) if again else f"l{_tenths(dx)}"
                if again:
                    written[-1] += f"{first}{_next(dy)}"
                else:
                    written.append(f"{first}{_next(dy)}")
            x, y = to_x, to_y
    return "".join(written)


def _target(command: str, step: tuple[int, ...], x: int, y: int) -> tuple[int, int]:
    match command:
        case "H":
            return step[0], y
        case "V":
            return x, step[0]
        case "h":
            return x + step[0], y
        case "v":
            return x, y + step[0]
        case "l":
            return x + step[0], y + step[1]
        case _:
            return step[0], step[1]


def _tenths(number: int) -> str:
    text = f"{abs(number) // 10}" + (f".{abs(number) % 10}" if number % 10 else "")
    text = text[1:] if text.startswith("0.") else text
    return f"-{text}" if number < 0 else text


def _next(number: int) -> str:
    text = _tenths(number)
    return text if text.startswith("-") else f" {text}"


def _drop_idle_strokes(root: etree._Element) -> None:
    """Drop how a stroke looks where nothing is stroked."""
    for element in root.xpath("//*[@stroke-miterlimit or @stroke-width or @stroke-dasharray]"):
        within = (*element.iter(), *element.iterancestors())
        if not any(other.get("stroke") for other in within):
            for name in ("stroke-miterlimit", "stroke-width", "stroke-dasharray"):
                element.attrib.pop(name, None)


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
