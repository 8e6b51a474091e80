"""What all passages are: sentences in one form, or what is missing, and of what choice."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, ParamSpec

import pandas as pd

from accords.dataset import Dataset
from accords.templates import render
from accords.words import Caption, LeftOut, Text, agree, escape, filtered, listed, some

P = ParamSpec("P")

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


def caption(chart: str, **parts: Any) -> Caption:
    """Word a chart by its template: a line each for title, subtitle and alternative text."""
    words = {"agree": agree, "listed": listed, "some": some}
    said = render("accords.prose", f"captions/{chart}.txt.j2", **words, **parts)
    return Caption(*said.strip().split("\n"))
