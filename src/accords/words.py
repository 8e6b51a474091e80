"""Words that everything above shares: numbers that link to their rows, sums, marks, lists.

Imports nothing of the package.
"""

import html
import itertools
import re
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

PRESS_MARK = "°"  # stands behind a domain that only the press names, wherever domains are listed

PRESS_MARK_MEANS = f"{PRESS_MARK} named by the press alone"

VALUE_KINDS = {
    "price": "",
    "ceiling": "ceiling notified to a parliament",
    "package": "for this and other things together",
    "estimate": "estimate",
}
"""What a sum is, by its kind; a plain price needs no words."""

VERDICTS = ("supported", "partly", "contradicted", "not-shown", "not-testable")
"""What the test of a claim can find."""


def money(amount: float, currency: str, kind: str | None) -> str:
    """Return a sum with what it is: ``USD 1,600,000 (estimate)``."""
    shown = f"{currency} {amount:,.0f}".strip()
    means = VALUE_KINDS.get(kind or "price", "")
    return f"{shown} ({means})" if means else shown


def marked(label: str, *, press: bool) -> str:
    """Return the name of a domain, marked where only the press names it."""
    return f"{label}{PRESS_MARK}" if press else label


PASSAGE = "application/vnd.accords.passage+html"
"""Media type in which a passage keeps the rows behind its numbers for the report's exporter."""

MOST_UNFOLDED = 40  # agreements that a number lists in a notebook; :meth:`Text.rows` returns all

_LINK = re.compile(r'<a class="rows" href="#evidence" data-rows="([^"]*)">(.*?)</a>')

_UNFOLDING = f"<style>\n{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>"


class Text:
    """A passage of HTML that shows itself in a notebook and in the report.

    In the report its numbers are links to the agreements that they count. In a notebook, and in
    what other tools make of one, a number unfolds their identifiers; on paper it is a number.
    """

    def __init__(self, markup: str) -> None:
        self.html = tied(markup)

    def rows(self, number: str) -> list[str]:
        """Return the agreements behind a number: ``ds.select(passage.rows("12 agreements"))``.

        The beginning of a number will do ("12"); the first that reads so is taken. Raises
        LookupError, with the numbers that there are, where none does.
        """
        links = [
            (plain(words), html.unescape(ids).split()) for ids, words in _LINK.findall(self.html)
        ]
        for words, ids in links:
            if words == number or words.startswith(f"{number} "):
                return ids
        there_are = ", ".join(words for words, _ in links) or "none"
        raise LookupError(f"'{number}' is not a number of this passage. There are: {there_are}.")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {PASSAGE: self.html}

    def _repr_html_(self) -> str:
        if not _LINK.search(self.html):
            return self.html
        # What unfolds may not stand in a paragraph.
        blocks = re.sub(r"<(/?)p\b", r"<\1div", _LINK.sub(_unfolding, self.html))
        return f'{_UNFOLDING}<div class="accords-passage">{blocks}</div>'

    def __str__(self) -> str:
        return plain(re.sub(r"<style>.*?</style>", "", self.html, flags=re.DOTALL))

    __repr__ = __str__


def _unfolding(link: re.Match[str]) -> str:
    ids = html.unescape(link[1]).split()
    items = Markup().join(Markup("<li>{}</li>").format(one) for one in ids[:MOST_UNFOLDED])
    if len(ids) > MOST_UNFOLDED:
        items += Markup("<li>and {} more</li>").format(len(ids) - MOST_UNFOLDED)
    words = Markup(link[2])
    return Markup('<details class="rows"><summary>{}</summary><ul>{}</ul></details>').format(
        words, items
    )


class LeftOut(Text):
    """What stands where the data have nothing to say; the report names it at its end."""

    def __init__(self, what: str) -> None:
        super().__init__(f'<p class="left-out">{escape(what)}</p>')


class Caption(NamedTuple):
    """What a chart says in words (plain text), computed from the table that it draws.

    The title is the finding, without a full stop; the subtitle says what is counted, with n; the
    alternative text what a reader who does not see the chart must know.
    """

    title: str
    subtitle: str
    alt: str


def filtered(choice: str) -> str:
    """Say by what agreements were chosen, where not all are meant (plain text)."""
    return f"Filtered: {choice}."


def paragraph(*sentences: str) -> Text:
    """Join sentences (HTML) into one paragraph."""
    return Text(f"<p>{' '.join(sentences)}</p>")


def escape(text: object) -> str:
    """Make any text from the data safe to put between tags or in an attribute."""
    return html.escape(str(text), quote=True)


_UNITS = "%|percentage points?|points?|days?|months?|years?|times|bn|m"
_TIES = re.compile(rf"(?<=\d)(</a>|</span>)? (?=(?:{_UNITS})(?![\w-]))")
_SIZE = re.compile(r"\bn = (?=\d)")


def tied(text: str) -> str:
    """Keep a number and its unit, and 'n = 12', on one line (text or HTML)."""
    text = _TIES.sub(lambda found: f"{found[1] or ''}\u00a0", text)
    return _SIZE.sub("n\u00a0=\u00a0", text)


def figure(value: float, form: str) -> str:
    """Write a number, with a true minus sign."""
    return format(value, form).replace("-", "−")


def plain(markup: str) -> str:
    """Strip tags, resolve entities, and write no-break spaces as plain ones."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).replace("\u00a0", " ").strip()


def linked(shown: object, rows: Iterable[str]) -> str:
    """Write a number or words, escaped, as a link to the agreements that stand behind it, if any.

    The exporter turns ``data-rows`` into an address in the evidence table, :class:`Text` in a
    notebook into what unfolds.
    """
    ids = " ".join(dict.fromkeys(rows))
    if not ids:
        return str(Markup('<span class="number">{}</span>').format(shown))
    link = Markup('<a class="rows" href="#evidence" data-rows="{}">{}</a>')
    return str(link.format(ids, shown))


def count(rows: Iterable[str], noun: str = "", plural: str = "") -> str:
    """Count agreements and link to them: ``count(ids, "agreement")`` gives '12 agreements'.

    Without any it gives 'no agreements', or 'none' where there is no noun.
    """
    ids, many = list(dict.fromkeys(rows)), plural or f"{noun}s"
    if not ids:
        return linked(f"no {many}" if noun else "none", ids)
    word = noun if len(ids) == 1 or not noun else many
    return linked(f"{len(ids):,} {word}".strip(), ids)


def some(n: int, noun: str) -> str:
    """Write a number of things without a link: '1 partner', '3 partners'."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def out_of(n: int, whole: int, noun: str) -> str:
    """Write how many of some things, without a link: '3 of 8 partners', 'none of 1 partner'."""
    return f"{n or 'none'} of {some(whole, noun)}"


def portion(n: int, whole: int, noun: str) -> str:
    """Write a share of things without a link: '12 of 35 agreements (34 %)'."""
    return f"{n} of {some(whole, noun)} ({100 * n / whole:.0f} %)"


def percent(part: Iterable[str], whole: Iterable[str]) -> str:
    """Write the share of agreements as '34 % (12 of 35)', linked to the part's rows."""
    some, every = set(part), set(whole)
    if not every:
        return "no share (of none)"
    share = f"{100 * len(some) / len(every):.0f} % ({len(some) or 'none'} of {len(every)})"
    return linked(share, sorted(some))


def number(value: float, form: str = ".2f", rows: Iterable[str] = ()) -> str:
    """Write a measured value, linked to the rows it was measured on."""
    return linked("not measurable" if pd.isna(value) else figure(value, form), rows)


def interval(low: float, high: float, form: str = ".2f") -> str:
    """Write an interval: '0.10 to 0.21'."""
    if pd.isna(low) or pd.isna(high):
        return "no interval"
    return f'<span class="number">{figure(low, form)} to {figure(high, form)}</span>'


def within(row: Mapping[Any, Any] | pd.Series, form: str = ".2f", *, times: float = 1) -> str:
    """Write the interval of a row, ``low`` to ``high``: '(95 % interval 0.10 to 0.21)'."""
    return f"(95 % interval {interval(times * row['low'], times * row['high'], form)})"


def agree(one: str, many: str, *n: int) -> str:
    """Return the form of a verb that goes with its numbers: ``one`` where any is one."""
    return one if 1 in n else many


def lowered(label: str) -> str:
    """Write a label as it stands inside a sentence; its abbreviations stay as they are."""
    return label[:1].lower() + label[1:]


def listed(items: Iterable[str]) -> str:
    """Join words: 'a, b and c'."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def brief_sum(amount: float) -> str:
    """Write an amount briefly: '300 m', '1.2 bn'."""
    if amount >= 1e9:
        return f"{amount / 1e9:.3g}\u00a0bn"
    if amount >= 1e6:
        return f"{amount / 1e6:.3g}\u00a0m"
    return f"{amount:,.0f}"


def capital(sentence: str) -> str:
    """Begin a sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def free(name: str, taken: Container[str]) -> str:
    """Return a name that is not taken: itself, or with a number behind it."""
    numbered = itertools.chain([name], (f"{name}-{n}" for n in itertools.count(2)))
    return next(each for each in numbered if each not in taken)


def partner_anchor(code: str) -> str:
    """Return the id of a partner's page in the report: ``partner-TUR``."""
    return f"partner-{code}"
