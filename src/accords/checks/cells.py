"""Whether one value is what its column's schema and the rules for text ask for."""

import calendar
import difflib
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from babel import Locale

from accords.dataset import edtf as dates

EDTF = "http://id.loc.gov/datatypes/edtf"  # the ``rdfType`` of columns that hold EDTF dates
YEARS = range(1800, 2200)  # years in which anything in these data can lie
MOST = 1e15  # more than any number in these data can be

_PLACEHOLDERS = "n/a na n.a. none null nil nan tbd tba tbc xxx ? ?? - -- – — ... … . unknown"
PLACEHOLDERS = frozenset(_PLACEHOLDERS.split())
"""What people write, in small letters, where they should leave a cell empty."""

LANGUAGES = frozenset(code for code in map(str, Locale("en").languages) if len(code) == 2)
"""ISO 639-1, as Babel names them."""

Fault = tuple[str, dict[str, Any]]  # a key of ``rules.csv``, and the words for its sentences


def faults(field: Mapping[str, Any], values: Iterable[str]) -> dict[str, list[Fault]]:
    """Find what is wrong with the filled cells of one column, by value."""
    plain, examined = _form(field)
    odd = itertools.filterfalse(plain, values)
    return {value: found for value in odd if (found := list(examined(value)))}


def _form(
    field: Mapping[str, Any],
) -> tuple[Callable[[str], Any], Callable[[str], Iterator[Fault]]]:
    """Return what a column asks for: a quick test of what is plainly right, and one of the rest."""
    limits, kind = constraints(field), field["type"]
    none = ().__contains__
    if kind in _NUMBERS:
        return none, partial(_number, kind=kind, limits=limits)
    if kind == "boolean":
        return ("true", "false").__contains__, partial(_breach, "type.boolean")
    if kind == "date":
        return none, _day
    if field.get("rdfType") == EDTF:
        return none, _interval if "/" in limits.get("pattern", "") else _edtf
    if "enum" in limits:
        return limits["enum"].__contains__, partial(_one_of, allowed=[*map(str, limits["enum"])])
    if is_address(field):
        return _PLAIN.fullmatch, _address
    if field["name"].startswith("language"):
        return LANGUAGES.__contains__, partial(_breach, "language")
    if "pattern" in limits:
        pattern = re.compile(limits["pattern"], re.ASCII)
        return pattern.fullmatch, partial(_formed, pattern=pattern, field=field)
    most = limits.get("maxLength", 10**9)
    return (
        lambda value: not _odd(value) and len(value) <= most,
        partial(_text, most=most, is_title=field["name"] == "title"),
    )


def constraints(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints of a column that can be held to: those of a sound form."""
    given = field.get("constraints", {})
    sound = {key: value for key, value in given.items() if isinstance(value, _SOUND.get(key, ()))}
    try:
        re.compile(sound.get("pattern", ""))
    except (re.error, OverflowError, RecursionError):
        del sound["pattern"]
    return sound


def is_address(field: Mapping[str, Any]) -> bool:
    """Say whether a column holds web addresses."""
    return str(field.get("constraints", {}).get("pattern", "")).startswith("^https?:")


def plain_address(url: str) -> str:
    """Return an address without tracking parameters, and without a dot after its host."""
    url = _DOTTED.sub(r"\1", url)
    page, hash_mark, fragment = url.partition("#")
    base, _, query = page.partition("?")
    parts = query.split("&")
    kept = [part for part in parts if not _TRACKING.fullmatch(part)]
    if len(kept) < len(parts):
        page = f"{base}?{'&'.join(kept)}" if kept else base
    return page + hash_mark + fragment


def plain_digits(value: str) -> str:
    """Write the digits of any script as 0-9."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in value)


def nearest(value: str, valid: Mapping[str, str]) -> str | None:
    """Find the code that was most likely meant: by its label, or by its spelling.

    ``valid`` maps codes and labels, case-folded, to the code to write.
    """
    wanted = value.strip().casefold()
    if wanted in valid:
        return valid[wanted]
    close = difflib.get_close_matches(wanted, valid, n=1, cutoff=0.6)
    return valid[close[0]] if close else None


def readings(value: str) -> list[str]:
    """Return the EDTF dates that a date written otherwise may mean, the likeliest first."""
    value = plain_digits(value.strip())
    if _EDTF.fullmatch(value):
        return [value]
    if _SERIAL.fullmatch(value):
        # Excel counts days from 1900 and believes that 1900 was a leap year.
        return [(date(1899, 12, 30) + timedelta(days=int(value[:5]))).isoformat()]
    found = []
    for given in (*_DAYS, *_MONTHS):
        with suppress(ValueError):
            day = datetime.strptime(value, given).date().isoformat()
            found.append(day if given in _DAYS else day[:7])
    return list(dict.fromkeys(found))


_SOUND: dict[str, Any] = {
    **{"enum": list, "pattern": str, "required": bool, "unique": bool},
    **dict.fromkeys(("minimum", "maximum", "maxLength"), (int, float)),
}
_NUMBERS = {"integer": re.compile(r"-?[0-9]+"), "number": re.compile(r"-?[0-9]+(\.[0-9]+)?")}
_EDTF = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\??")
_SERIAL = re.compile(r"[0-9]{5}(\.0+)?")
_TRACKING = re.compile(
    r"(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|yclid|msclkid|igshid|mc_cid|mc_eid|ts_|random-post)"
    r"=.*|share=[a-z-]+|outputType=amp|amp(=1)?"
)
_DOTTED = re.compile(r"(https?://[^/?#:]+)\.(?=[:/?#]|$)", re.IGNORECASE)
_LABEL = r"[^\W_](?:(?:-|[^\W_]){0,61}[^\W_])?"
_ADDRESS = re.compile(
    rf"https?://(?:(?:{_LABEL}\.)+(?!\d+[:/?#]|\d+$){_LABEL}|(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}})"
    r"(?::[0-9]{1,5})?(?:[/?#](?:[^\s<>\"{}|\\^`%]++|%[0-9A-Fa-f]{2})*+)?",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9]+[.-])*[a-z0-9]+\.[a-z]{2,}"
    rf"(?:/(?:[\w./,:=~+-]++|[?&](?!{_TRACKING.pattern}))*+)?",
    re.ASCII,
)
"""An address without anything that needs a closer look, as most are."""
_DAYS = (
    *(sign.join(parts) for parts in (["%d", "%m", "%Y"], ["%m", "%d", "%Y"]) for sign in "/.-"),
    *("%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%y", "%m/%d/%y"),
    *("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y"),
)
_MONTHS = ("%B %Y", "%b %Y", "%b-%y", "%m/%Y", "%Y/%m")


# --- numbers, dates, codes and addresses


def _breach(breach: str, value: str) -> Iterator[Fault]:
    yield breach, {}


def _number(value: str, kind: str, limits: Mapping[str, Any]) -> Iterator[Fault]:
    low, high = limits.get("minimum", -MOST), limits.get("maximum", MOST)
    if not _NUMBERS[kind].fullmatch(value):
        meant = plain_digits(value)
        yield "type.digits" if _NUMBERS[kind].fullmatch(meant) else f"type.{kind}", {"meant": meant}
    elif float(value) < low:
        yield "range.low", {"bound": low}
    elif float(value) > high:
        yield "range.high", {"bound": high}


def _day(value: str) -> Iterator[Fault]:
    yield from _edtf(value)
    if _EDTF.fullmatch(value) and len(value) != len("2024-10-30"):
        yield "date.day", {}


def _edtf(value: str) -> Iterator[Fault]:
    if parts := _EDTF.fullmatch(value):
        year, month, day = (int(part) for part in parts.groups(default="1"))
        if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
            yield "date.calendar", {"day": value}
        elif year not in YEARS:
            yield "date.year", {"year": parts[1], "first": YEARS.start, "last": YEARS.stop - 1}
        return
    likely = [reading for reading in readings(value) if int(reading[:4]) in YEARS]
    way = ".serial" if _SERIAL.fullmatch(value) else ".otherwise"
    yield f"date{way if likely else ''}", {"meant": " or ".join(likely)}


def _interval(value: str) -> Iterator[Fault]:
    days = [part for part in value.split("/") if part != dates.OPEN]
    if value.count("/") != 1 or not all(_EDTF.fullmatch(day) for day in days):
        yield from _edtf(value)
    elif faults := [fault for day in days for fault in _edtf(day)]:
        yield faults[0]
    else:
        # Compared as far as both are precise.
        shared = min((len(day.rstrip("?")) for day in days), default=0)
        if not days or days[0][:shared] > days[-1][:shared]:
            yield "date.interval", {}


def _one_of(value: str, allowed: list[str]) -> Iterator[Fault]:
    meant = nearest(value, {one.casefold(): one for one in allowed})
    yield "enum.meant" if meant else "enum", {"meant": meant, "allowed": ", ".join(allowed)}


def _formed(value: str, pattern: re.Pattern[str], field: Mapping[str, Any]) -> Iterator[Fault]:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9:]+", "-", plain).strip("-")
    way = ".meant" if slug and pattern.fullmatch(slug) else ""
    yield f"pattern{way}", {"meant": slug, "description": field.get("description", "")}


def _address(value: str) -> Iterator[Fault]:
    plain = plain_address(value)
    if _DOTTED.match(value):
        yield "url.dot", {"plain": plain}
    elif entity := re.search(_ENTITY, value):
        yield "url.entity", {"found": entity[0]}
    elif not _ADDRESS.fullmatch(value) or not value.isprintable():
        yield "url", {}
    elif plain != value:
        yield "tracking", {"plain": plain}


# --- text


def _odd(value: str) -> bool:
    return (
        value[0] in "=+-@[ "
        or value[-1] == " "
        or "  " in value
        or "<" in value
        or "&" in value
        or len(value) < 8
        or not value.isprintable()
        or not (value.isascii() or unicodedata.is_normalized("NFC", value))
        or bool(_FOREIGN.search(value))
    )


def _text(value: str, most: int, is_title: bool) -> Iterator[Fault]:
    for breach, pattern in _TEXT.items():
        if match := pattern.search(value):
            yield breach, {"found": match[0]}
    if hidden := _hidden(value.strip()):
        yield "control", {"found": hidden}
    composed = unicodedata.normalize("NFC", value)
    if composed != value:
        both = zip(value, composed, strict=False)
        yield "letters.accent", {"found": next((one for one, other in both if one != other), "")}
    if _MEET.search(value) and (word := _MIXED.search(value)):
        yield "letters.mixed", {"found": word[0]}
    if value.casefold() in PLACEHOLDERS:
        yield "placeholder", {}
    if len(value) > most:
        yield "length", {"length": len(value), "most": most}
    if is_title and value[0] == "[" and value[-1] == "]":
        yield "brackets", {}


def _hidden(value: str) -> str:
    """Name the first character that nobody sees. Ordinary no-break spaces may stay."""
    for place, character in enumerate(value if not value.isprintable() else ""):
        if character.isprintable() or unicodedata.category(character) == "Zs":
            continue
        # Persian and Indic spelling needs the joiners.
        if character in "\u200c\u200d" and _JOINS.match(value[max(place - 1, 0) : place + 2]):
            continue
        name = unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"
        return "a line break" if character in "\n\r" else f"an invisible character ({name})"
    return ""


_JOINS = re.compile("[\u0600-\u0dff].[\u0600-\u0dff]", re.DOTALL)
_LATIN, _ALIKE = "A-Za-z\u00c0-\u024f\u0259", "\u0370-\u03ff\u0400-\u052f\u0531-\u058f"
_FOREIGN = re.compile(f"[{_ALIKE}\ufffdÃÂâÐ]")
_MEET = re.compile(rf"[{_LATIN}][{_ALIKE}]|[{_ALIKE}][{_LATIN}]")
_MIXED = re.compile(rf"\w*(?:{_MEET.pattern})\w*")
_ENTITY = r"&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z]{2,8});"
_ELEMENTS = (
    "a|abbr|b|blockquote|body|br|center|code|div|em|font|form|h[1-6]|head|hr|html|i|iframe|img|"
    "input|li|link|meta|object|ol|p|pre|script|small|span|strong|style|sub|sup|svg|table|tbody|"
    "td|th|thead|tr|u|ul|video"
)
_TEXT = {
    "formula": re.compile(r"^[=+\-@]"),
    "spaces": re.compile(r"^\s|\s$|  "),
    "html": re.compile(rf"[<&](?:/?({_ELEMENTS})([\s/][^<>]*)?>|!--|{_ENTITY[1:]})", re.IGNORECASE),
    "encoding.spoilt": re.compile("\ufffd|[ÃÂ][\u0080-\u00bf]|â€|Ð[\u0080-\u00bf°±²³´µ¶·¸¹º»¼½¾¿]"),
}
"""Ways in which a text is odd that a pattern finds."""
