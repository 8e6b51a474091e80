"""What all that is said has in common: it is worded by a template, from tables.

The template is named as the function. It gets the dataset, the tables under the names of the
function's parameters, and what the function returns: the parts that take more than a template to
compute. A function that returns nothing leaves all to its template.
"""

import functools
import inspect
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Concatenate, ParamSpec

import pandas as pd
from markupsafe import Markup

from accords import words
from accords.analysis.common import together
from accords.dataset import Dataset
from accords.dataset.edtf import spoken
from accords.prose.names import day, each, most, phrase, rows
from accords.templates import render, template
from accords.words import Caption, LeftOut, Text, filtered, listed

P = ParamSpec("P")
Parts = dict[str, Any]
Tell = Callable[Concatenate[Dataset, P], Parts | None]

PLAIN = (
    *(words.agree, words.brief_sum, words.capital, words.figure, words.listed, words.lowered),
    *(words.out_of, words.plain, words.portion, words.some, spoken, together),
    *(day, most, rows),
)
LINKING = (words.count, words.interval, words.linked, words.number, words.percent, words.within)
WORDS: dict[str, Callable[..., Any]] = {
    **{word.__name__: word for word in PLAIN},
    **{word.__name__: lambda *of, w=word, **how: Markup(w(*of, **how)) for word in LINKING},
    "missing": pd.isna,
    "share": lambda row: f"{100 * row['share']:.0f} %",
}
"""What templates build sentences with; words that link to rows give markup."""

SENTENCES = "<p>{}</p>"
ANSWER = '<p class="answer">{}</p>'  # the form of the sentence that answers a chapter's question
BLOCK = "{}"  # the form of what brings its own markup


def passage(
    missing: str, form: str = SENTENCES
) -> Callable[[Tell[P]], Callable[Concatenate[Dataset, P], Text]]:
    """Make a passage (HTML) of a function that takes the dataset and tables.

    Where the first of these is empty, or there is nothing to say, it says instead what is
    ``missing``. It ends with what its agreements were chosen by (see :meth:`Dataset.find`).
    """

    def made(tell: Tell[P]) -> Callable[Concatenate[Dataset, P], Text]:
        name = f"{tell.__module__.rpartition('.')[2]}/{tell.__name__}"

        @functools.wraps(tell)
        def told(dataset: Dataset, /, *args: P.args, **options: P.kwargs) -> Text:
            nothing = args and (args[0] is None or len(args[0]) == 0)  # type: ignore[arg-type]
            text = "" if nothing else worded(dataset, name, **_parts(tell, dataset, args, options))
            only = filtered(dataset.choice) if dataset.choice else ""
            if not text:
                return LeftOut(f"{missing} {only}".rstrip())
            chosen = f'<p class="choice">{words.escape(only)}</p>' if only else ""
            return Text(form.format(text) + chosen)

        told.__annotations__ = {**tell.__annotations__, "return": "Text"}
        return told

    return made


def caption(tell: Tell[P]) -> Callable[Concatenate[Dataset, P], Caption]:
    """Make the words of a chart: a line each for title, subtitle and alternative text."""
    name = f"captions/{tell.__name__.removesuffix('_caption')}.txt.j2"

    @functools.wraps(tell)
    def told(dataset: Dataset, /, *args: P.args, **options: P.kwargs) -> Caption:
        parts = _known(dataset) | _parts(tell, dataset, args, options)
        return Caption(*render("accords.prose", name, **parts).strip().split("\n"))

    return told


def hover(mark: str) -> Callable[..., str]:
    """Return what says, by the macro of ``hovers.txt.j2``, what a mark of a chart stands for."""
    return partial(said, file="hovers.txt.j2", macro=mark)


def said(dataset: Dataset, *args: Any, file: str, macro: str, **options: Any) -> str:
    """Return what a macro of a template says of its arguments."""
    macros = template("accords.prose", file).make_module(_known(dataset))
    return str(getattr(macros, macro)(*args, **options))


def worded(dataset: Dataset, name: str, /, **parts: Any) -> str:
    """Fill in a template (HTML); of its spaces and line breaks one space remains."""
    text = render("accords.prose", f"{name}.html.j2", **(_known(dataset) | parts))
    return re.sub(r"[ \n]+", " ", text).strip()


def _parts(tell: Tell[...], dataset: Dataset, args: Any, options: Any) -> Parts:
    """Return what a template gets: what its function is given, by name, and what it computes."""
    given = inspect.signature(tell).bind(dataset, *args, **options)
    given.apply_defaults()
    del given.arguments["dataset"]
    return given.arguments | (tell(dataset, *args, **options) or {})


def _known(dataset: Dataset) -> Parts:
    return {
        **WORDS,
        "dataset": dataset,
        "names": dataset.party_names,
        "phrase": lambda party: Markup(phrase(dataset, party)),
        "each": partial(each, dataset),
        "told": _told,
    }


def _told(items: pd.DataFrame | Iterable[Any], by: str = "", *, caller: Callable[..., str]) -> str:
    """Join what a template says of each row or item: 'a, b and c', or ``by`` what is given."""
    items = rows(items) if isinstance(items, pd.DataFrame) else items
    each_said = [caller(*item) if isinstance(item, tuple) else caller(item) for item in items]
    return Markup(by.join(each_said) if by else listed(each_said))
