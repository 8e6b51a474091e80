"""Citing a record of the dataset: as plain text, BibTeX and RIS.

``static/table.js`` writes the same from the page; a test holds the two to each other.
"""

import re
from collections.abc import Iterable
from functools import partial

from accords.dataset.tables import Tables
from accords.errors import DatasetError
from accords.templates import render

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}


def work(dataset: Tables) -> dict[str, str]:
    """Describe the work that a record stands in: its title, author, edition and ISO 8601 day."""
    described = dataset.descriptor
    authors = [str(person["title"]) for person in described.get("contributors", [])]
    return {
        "title": _line(described.get("title", "Defence agreements")),
        "author": _line(", ".join(authors) or "The curators"),
        "edition": dataset.edition,
        "day": dataset.released.date().isoformat(),
    }


def cite(dataset: Tables, form: str, agreement_ids: Iterable[str] | None = None) -> str:
    """Cite agreements as plain text (``txt``), BibTeX (``bib``) or RIS (``ris``).

    All of them, or some in the order of their ids; a :class:`DatasetError` names unknown ones.
    """
    overview = dataset.overview
    wanted = overview.index if agreement_ids is None else list(agreement_ids)
    if unknown := [str(key) for key in wanted if key not in overview.index]:
        raise DatasetError(
            f"no such agreement: {', '.join(unknown)}. Use ids that agreements.csv lists."
        )
    rows = overview.loc[wanted, ["title", "date"]].fillna({"date": ""})
    text = render(
        "accords.dataset",
        f"citation.{form}.j2",
        work=work(dataset),
        entries=[(key, _line(title), date) for key, title, date in rows.itertuples()],
        tex=_tex,
        handle=partial(re.sub, "[^A-Za-z0-9:.-]", "-"),
    )
    return text.replace("\n", "\r\n") if form == "ris" else text


def _line(text: object) -> str:
    """Keep text on one line, so that it can neither end a field nor begin another."""
    return " ".join(str(text).split())


def _tex(text: str, braces: int = 1) -> str:
    """Write a text for TeX in braces; in two its capitals and the commas of names are kept."""
    return "{" * braces + "".join(_TEX.get(one, one) for one in text) + "}" * braces
