"""What all passages are: sentences in one form, or what is missing, and of what choice."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, ParamSpec

import pandas as pd
from markupsafe import Markup

from accords.dataset import Dataset
from accords.prose.names import phrase, rows
from accords.templates import render
from accords.words import (
    Caption,
    LeftOut,
    Text,
    agree,
    capital,
    count,
    escape,
    filtered,
    interval,
    linked,
    listed,
    lowered,
    number,
    percent,
    some,
    within,
)

P = ParamSpec("P")

LINKING = (count, interval, linked, number, percent, within)
WORDS: dict[str, Callable[..., Any]] = {
    **{word.__name__: word for word in (agree, capital, listed, lowered, some)},
    **{word.__name__: lambda *of, w=word, **how: Markup(w(*of, **how)) for word in LINKING},
    "share": lambda row: f"{100 * row['share']:.0f} %",
}
"""The words that templates build sentences with; those that link to rows give markup."""

ANSWER = '<p class="answer">{}</p>'
"""The form of the sentence that answers a chapter's question."""

PLAIN = "{}"
"""The form of what brings its own markup."""


def passage(
    missing: str, form: str = "<p>{}</p>"
) -> Callable[
    [Callable[Concatenate[Dataset, P], Iterable[str]]], Callable[Concatenate[Dataset, P], Text]
]:
    """Make a passage of a function that takes the dataset and tables and yields sentences (HTML).

    Where the table that it is given is empty, or it yields nothing, it says instead what is
    ``missing``. It ends with what its agreements were chosen by (see :meth:`Dataset.find`).
    """

    def made(
        tell: Callable[Concatenate[Dataset, P], Iterable[str]],
    ) -> Callable[Concatenate[Dataset, P], Text]:
        @functools.wraps(tell)
        def told(dataset: Dataset, /, *args: P.args, **options: P.kwargs) -> Text:
            nothing = isinstance(args[0], pd.DataFrame) and args[0].empty if args else False
            sentences = [] if nothing else list(tell(dataset, *args, **options))
            only = filtered(dataset.choice) if dataset.choice else ""
            if not sentences:
                return LeftOut(f"{missing} {only}".rstrip())
            chosen = f'<p class="choice">{escape(only)}</p>' if only else ""
            return Text(form.format(" ".join(sentences)) + chosen)

        told.__annotations__ = {**tell.__annotations__, "return": "Text"}
        return told

    return made


def worded(dataset: Dataset, passage: str, **parts: Any) -> str:
    """Word a passage by its template (HTML); of its spaces and line breaks one space remains."""
    said = render(
        "accords.prose", f"{passage}.html.j2", told=_told, names=dataset.party_names,
        phrase=lambda party: Markup(phrase(dataset, party)), **WORDS, **parts,
    )  # fmt: skip
    return re.sub(r"[ \n]+", " ", said).strip()


def _told(items: pd.DataFrame | Iterable[Any], caller: Callable[[Any], Markup]) -> Markup:
    """Join what a template says of each row or item: 'a, b and c'."""
    items = rows(items) if isinstance(items, pd.DataFrame) else items
    return Markup(listed(map(caller, items)))


def caption(chart: str, **parts: Any) -> Caption:
    """Word a chart by its template: a line each for title, subtitle and alternative text."""
    said = render("accords.prose", f"captions/{chart}.txt.j2", **WORDS, **parts)
    return Caption(*said.strip().split("\n"))
