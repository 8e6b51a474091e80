"""Whether one value is what its column's schema and the rules for text ask for."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from accords.dataset import edtf as dates

EDTF = "http://id.loc.gov/datatypes/edtf"
"""The ``rdfType`` of columns that hold EDTF dates."""


class Fault(NamedTuple):
    """What is wrong with a value: the rule, a sentence, and what to do."""

    rule: str
    message: str
    remedy: str


Judge = Callable[[str], Iterator[Fault]]


def judge(field: Mapping[str, Any]) -> Judge:
    """Give the function that finds the faults of a filled cell of one column."""
    constraints = field.get("constraints", {})
    kind = field["type"]
    if kind in NUMBERS:
        return _number(kind, constraints)
    if kind == "boolean":
        return _boolean
    if kind == "date":
        return _day
    if field.get("rdfType") == EDTF:
        return _edtf_interval if "/" in constraints.get("pattern", "") else _edtf
    if "enum" in constraints:
        return _one_of(constraints["enum"])
    if is_address(field):
        return _address
    if field["name"] == "title":
        return _title
    if "maxLength" in constraints:
        return _short(constraints["maxLength"])
    if "pattern" in constraints:
        return _formed(re.compile(constraints["pattern"]), field["description"])
    return text


def text(value: str) -> Iterator[Fault]:
    """Find what does not belong into plain text: markup, formulas, invisible characters."""
    if value[0] in "=+-@":
        yield Fault(
            "formula",
            f"The text starts with '{value[0]}', which a spreadsheet takes for a formula.",
            "Begin with a word, or put the sign inside quotation marks.",
        )
    if value[0].isspace() or value[-1].isspace():
        yield Fault("spaces", "The text starts or ends with a space.", "Take the space away.")
    if ("<" in value and _TAG.search(value)) or ("&" in value and _ENTITY.search(value)):
        yield Fault("html", "The text holds HTML.", "Write plain text: no tags, '&' for '&amp;'.")
    if not value.isprintable() and (hidden := _hidden(value.strip())):
        yield Fault("control", f"The text holds {hidden}.", "Take it away, or write a space.")
    if spoilt := _SPOILT.search(value):
        yield Fault(
            "encoding",
            f"Letters were spoilt by a wrong encoding (at '{spoilt[0]}').",
            "Type them again, or take the text from a copy saved as UTF-8.",
        )


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
    """Give the EDTF dates that a date written otherwise may mean, the likeliest first."""
    value = value.strip()
    if re.fullmatch(r"\d{5}(\.0+)?", value):
        # Excel counts days from 1900 and believes that 1900 was a leap year.
        return [(date(1899, 12, 30) + timedelta(days=int(value[:5]))).isoformat()]
    found = []
    for form, written in _FORMS:
        try:
            found.append(datetime.strptime(value, form).strftime(written))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


NUMBERS = {"integer": re.compile(r"-?\d+"), "number": re.compile(r"-?\d+(\.\d+)?")}

_EDTF = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\??")
_ELEMENTS = (
    "a|abbr|b|blockquote|body|br|center|code|div|em|font|form|h[1-6]|head|hr|html|i|iframe|img|"
    "input|li|link|meta|object|ol|p|pre|script|small|span|strong|style|sub|sup|svg|table|tbody|"
    "td|th|thead|tr|u|ul|video"
)
_TAG = re.compile(rf"</?({_ELEMENTS})([\s/][^<>]*)?>|<!--", re.IGNORECASE)
_ENTITY = re.compile(r"&(#\d+|#x[0-9A-Fa-f]+|[A-Za-z]{2,8});")
_SPOILT = re.compile("\ufffd|[ÃÂ][\u0080-\u00bf]|â€|Ð[\u0080-\u00bf°±²³´µ¶·¸¹º»¼½¾¿]")
_TRACKING = re.compile(
    r"(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|yclid|msclkid|igshid|mc_cid|mc_eid|ts_|random-post)"
    r"=.*|share=[a-z-]+|outputType=amp|amp(=1)?"
)
_DOTTED = re.compile(r"(https?://[^/?#:]+)\.(?=[:/?#]|$)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://([\w-]+\.)+[\w-]{2,}(:\d{1,5})?([/?#][^\s<>\"{}|\\^`]*)?", re.IGNORECASE
)
_FORMS = (
    *((f"%d{s}%m{s}%Y", "%Y-%m-%d") for s in "/.-"),
    *((f"%m{s}%d{s}%Y", "%Y-%m-%d") for s in "/.-"),
    *((f"%Y{s}%m{s}%d", "%Y-%m-%d") for s in "/.-"),
    ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"),
    ("%d/%m/%y", "%Y-%m-%d"),
    ("%m/%d/%y", "%Y-%m-%d"),
    *((f, "%Y-%m-%d") for f in ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y")),
    *((f, "%Y-%m") for f in ("%B %Y", "%b %Y", "%b-%y", "%m/%Y", "%Y/%m")),
)


def _hidden(value: str) -> str | None:
    """Name the first character that nobody sees. Ordinary no-break spaces may stay."""
    for character in value:
        if character in "\n\r":
            return "a line break"
        category = unicodedata.category(character)
        joins = character in "\u200c\u200d"  # Persian and Indic spelling needs the joiners.
        if category in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") and not joins:
            name = unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"
            return f"an invisible character ({name})"
    return None


def _number(kind: str, constraints: Mapping[str, Any]) -> Judge:
    form = NUMBERS[kind]
    low, high = constraints.get("minimum"), constraints.get("maximum")

    def number(value: str) -> Iterator[Fault]:
        if not form.fullmatch(value):
            yield Fault(
                "type",
                f"'{value}' is no {kind}.",
                "Write digits alone, with a point for decimals: no thousands separators, units "
                "or exponents.",
            )
        elif low is not None and float(value) < low:
            yield Fault("range", f"{value} is below {low}.", f"Give {low} or more.")
        elif high is not None and float(value) > high:
            yield Fault("range", f"{value} is above {high}.", f"Give {high} or less.")

    return number


def _boolean(value: str) -> Iterator[Fault]:
    if value not in ("true", "false"):
        yield Fault("type", f"'{value}' is neither true nor false.", "Write true or false.")


def _day(value: str) -> Iterator[Fault]:
    yield from _edtf(value)
    if _EDTF.fullmatch(value) and len(value) != len("2024-10-30"):
        yield Fault("date", f"'{value}' is no day.", "Write the day as in 2024-10-30.")


def _edtf(value: str) -> Iterator[Fault]:
    parts = _EDTF.fullmatch(value)
    if parts and _exists(*parts.groups(default="1")):
        return
    likely = [reading for reading in readings(value) if reading[:1] in "12"]
    if parts:
        message = f"There is no day {value} in the calendar."
        remedy = "Correct it, or give the month or year alone."
    elif re.fullmatch(r"\d{5}(\.0+)?", value) and likely:
        message = f"'{value}' is the number that Excel made of a date."
        remedy = f"Write {likely[0]}, and format the column as text in Excel."
    elif likely:
        message = f"'{value}' is not written as EDTF."
        remedy = f"Write {' or '.join(likely)}."
    else:
        message = f"'{value}' is no EDTF date."
        remedy = "Write 2024-10-30, 2024-10 or 2024; add ? where the date was inferred."
    yield Fault("date", message, remedy)


def _edtf_interval(value: str) -> Iterator[Fault]:
    days = [part for part in value.split("/") if part != dates.OPEN]
    if value.count("/") != 1 or not all(_EDTF.fullmatch(day) for day in days):
        yield from _edtf(value)
        return
    faults = [fault for day in days for fault in _edtf(day)]
    if faults:
        yield faults[0]
    elif not days or _later(days[0], days[-1]):
        yield Fault(
            "date",
            f"'{value}' is no interval.",
            "Write the earlier date first, as in 2002/2012; .. on one side leaves it open.",
        )


def _later(one: str, other: str) -> bool:
    """Say whether a date is later than another, as far as both are precise."""
    shared = min(len(date.rstrip("?")) for date in (one, other))
    return one[:shared] > other[:shared]


def _short(most: int) -> Judge:
    def short(value: str) -> Iterator[Fault]:
        yield from text(value)
        if len(value) > most:
            yield Fault(
                "length", f"The text has {len(value)} characters.", f"Write at most {most}."
            )

    return short


def _exists(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _one_of(allowed: list[str]) -> Judge:
    valid = {value.casefold(): value for value in allowed}

    def one_of(value: str) -> Iterator[Fault]:
        if value not in allowed:
            meant = nearest(value, valid)
            remedy = f"Write {meant}." if meant else f"Write one of: {', '.join(allowed)}."
            yield Fault("enum", f"'{value}' is not allowed here.", remedy)

    return one_of


def _formed(form: re.Pattern[str], description: str) -> Judge:
    def formed(value: str) -> Iterator[Fault]:
        if not form.fullmatch(value):
            slug = _slug(value)
            remedy = f"Write {slug}." if slug and form.fullmatch(slug) else f"It is: {description}"
            yield Fault("pattern", f"'{value}' does not have the form of this column.", remedy)

    return formed


def _slug(value: str) -> str:
    """Write a value as an identifier: small letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9:]+", "-", plain).strip("-")


def _title(value: str) -> Iterator[Fault]:
    yield from text(value)
    if value[0] == "[" and value[-1] == "]":
        yield Fault(
            "brackets",
            "The whole title is in brackets.",
            "Take the brackets away, and say in title_kind that the title is our description.",
        )


def _address(value: str) -> Iterator[Fault]:
    plain = plain_address(value)
    if _DOTTED.match(value):
        yield Fault("url", "The host ends with a dot.", f"Write {plain}")
    elif not _ADDRESS.fullmatch(value) or not value.isprintable():
        yield Fault(
            "url",
            f"'{value}' is no plain web address.",
            "Give it as the browser shows it: http:// or https://, a host, no spaces, no user.",
        )
    elif plain != value:
        yield Fault("tracking", "The address carries tracking parameters.", f"Write {plain}")
