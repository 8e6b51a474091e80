"""Citing a record of the dataset: as plain text, BibTeX and RIS.

``static/table.js`` writes the same from the page; a test holds the two to each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import pandas as pd

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


class Work(NamedTuple):
    """What is cited: the dataset, in one edition of a day (ISO 8601)."""

    title: str
    author: str
    edition: str
    day: str


def work(dataset: Tables) -> Work:
    """Describe the dataset as the work that a record stands in."""
    described = dataset.descriptor
    authors = [str(person["title"]) for person in described.get("contributors", [])]
    return Work(
        title=_line(described.get("title", "Defence agreements")),
        author=_line(", ".join(authors) or "The curators"),
        edition=dataset.edition,
        day=dataset.released.date().isoformat(),
    )


def plain(dataset: Tables, agreement_ids: Iterable[str] | None = None) -> str:
    """Cite agreements as plain text, a line for each; all, or some in the order of their ids.

    A :class:`DatasetError` names the ids that are not in the dataset.
    """
    return _cite("citation.txt.j2", dataset, agreement_ids)


def bibtex(dataset: Tables, agreement_ids: Iterable[str] | None = None) -> str:
    """Cite agreements as BibTeX, an ``@misc`` entry for each; arguments as for :func:`plain`."""
    return _cite("citation.bib.j2", dataset, agreement_ids)


def ris(dataset: Tables, agreement_ids: Iterable[str] | None = None) -> str:
    """Cite agreements as RIS, for reference managers; arguments as for :func:`plain`."""
    return _cite("citation.ris.j2", dataset, agreement_ids).replace("\n", "\r\n")


def _cite(template: str, dataset: Tables, agreement_ids: Iterable[str] | None) -> str:
    entries = list(_entries(dataset, agreement_ids))
    more = {"tex": _tex, "handle": partial(re.sub, "[^A-Za-z0-9:.-]", "-")}
    return render("accords.dataset", template, work=work(dataset), entries=entries, **more)


def _entries(
    dataset: Tables, agreement_ids: Iterable[str] | None
) -> Iterable[tuple[str, str, str]]:
    overview = dataset.overview
    wanted = overview.index if agreement_ids is None else list(agreement_ids)
    if unknown := [str(key) for key in wanted if key not in overview.index]:
        raise DatasetError(
            f"no such agreement: {', '.join(unknown)}. Use ids that agreements.csv lists."
        )
    for key, row in overview.loc[wanted, ["title", "date"]].iterrows():
        yield str(key), _line(row["title"]), "" if pd.isna(row["date"]) else str(row["date"])


def _line(text: object) -> str:
    """Keep text on one line, so that it can neither end a field nor begin another."""
    return " ".join(str(text).split())


def _tex(text: str, braces: int = 1) -> str:
    """Write a text for TeX in braces; in two its capitals and the commas of names are kept."""
    return "{" * braces + "".join(_TEX.get(one, one) for one in text) + "}" * braces
