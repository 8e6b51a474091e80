"""What is said of claims: the sentences of their verdicts, the tally and the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml
from markupsafe import Markup

from accords.analysis.claims import CONTRADICTED, SUPPORTED
from accords.dataset import Dataset
from accords.dataset.edtf import spoken
from accords.prose.names import Row, phrase, rows
from accords.prose.passage import PLAIN, passage, worded
from accords.templates import render
from accords.words import (
    VERDICTS,
    count,
    figure,
    linked,
    listed,
    lowered,
    number,
    some,
)

NO_CLAIMS = "the data hold none about an agreement of these states."

SENTENCES: dict[str, str] = yaml.safe_load(
    (files("accords.prose") / "templates" / "verdicts.yaml").read_text(encoding="utf-8")
)
"""A sentence for each code of what a test found; :func:`_words` says what fills it."""


def reason(dataset: Dataset, row: Row) -> Markup:
    """Say what the test of one claim found (a row of :func:`accords.analysis.claims.verdicts`)."""
    own = dataset.claims.loc[dataset.claims["claim_id"] == row["claim_id"], "agreement_id"]
    words = _words(dataset, tuple(own))
    sentences = []
    for code, said in row["found"]:
        filled = {key: words[key](value) for key, value in said.items() if key in words}
        filled |= _change(said) if "before" in said else {}
        sentences.append(Markup(SENTENCES[code]).format_map({**said, **filled}))
    return Markup(" ").join(sentences)


def _words(dataset: Dataset, own: tuple[str, ...]) -> dict[str, Callable[[Any], str]]:
    """Return how each part of a finding is worded; what is not Markup is escaped when filled in."""
    voices = dataset.labels("voices")

    def name(party: str) -> str:
        return Markup(phrase(dataset, party))

    def counted(noun: str = "", none: str = "none") -> Callable[[tuple[str, ...]], str]:
        return lambda ids: Markup(count(ids, noun)) if ids else none

    def speakers(codes: tuple[str, ...]) -> str:
        return listed(voices.get(code, code) for code in codes)

    return {
        "event": lambda code: lowered(dataset.labels("event_types").get(code, code)),
        "domain": lambda code: dataset.labels("domain_codes").get(code, code),
        "organisation": lambda code: dataset.labels("party_codes").get(code, code),
        "party": name,
        "state": name,
        "parties": lambda codes: Markup(listed(map(name, codes))),
        "left_out": lambda code: "" if pd.isna(code) else Markup(f", without {name(code)},"),
        "speakers": speakers,
        "silent": speakers,
        "partners": lambda of: Markup(linked(some(of[0], "partner"), of[1])),
        "publishers": lambda names: Markup(listed(linked(n, own) for n in names)),
        "sources": lambda n: Markup(linked(some(n, "other source"), own)),
        "date": spoken,
        "claimed": spoken,
        "published": lambda day: "" if pd.isna(day) else f", one of them of {spoken(day)}",
        "days": lambda n: f"{some(abs(n), 'day')} {'later' if n > 0 else 'earlier'}",
        "value": lambda n: Markup(number(n, ".0f", own)),
        "later": counted("later instrument", "no other"),
        "older": counted("other bilateral instrument"),
        "shared": counted("instrument"),
        "below": counted(),
        "above": counted(),
    }


def _change(row: Mapping[str, Any]) -> dict[str, str]:
    """Word a change over two spans of years, in percent and points."""
    return {
        "early": f"{row['start'] - row['years']}–{row['start'] - 1}",
        "late": f"{row['start']}–{row['end']}",
        "before": Markup(number(100 * row["before"], ".1f", row["before_ids"])),
        "after": Markup(number(100 * row["after"], ".1f", row["ids"])),
        "low": figure(100 * row["low"], "+.1f"),
        "high": figure(100 * row["high"], "+.1f"),
    }


@passage(f"The claims: {NO_CLAIMS}")
def tally(dataset: Dataset, verdicts: pd.DataFrame) -> Iterator[str]:
    """Say whose claims are tested and how they fare (see :mod:`accords.analysis.claims`)."""
    labels, claims = dataset.labels("verdicts"), verdicts.groupby("verdict")["claim"].agg(list)
    yield worded(
        dataset, "tally", verdicts=verdicts, n=dict.fromkeys(VERDICTS, 0) | dict(claims.map(len)),
        pages=dataset.sources[dataset.sources["source_id"].isin(verdicts["source_id"])],
        clear=[(labels[v], claims.get(v)) for v in (SUPPORTED, CONTRADICTED)],
    )  # fmt: skip


@passage(f"The table of claims: {NO_CLAIMS}", PLAIN)
def table(dataset: Dataset, verdicts: pd.DataFrame) -> Iterator[str]:
    """Set out each claim, its verdict, and what the data show, folded under a heading."""
    labels = dataset.labels("verdicts")
    shown = [
        row
        | {"label": labels[row["verdict"]], "reason": reason(dataset, row)}
        | {"note": "" if pd.isna(row["note"]) else row["note"]}
        for row in rows(verdicts)
    ]
    title = f"{some(len(shown), 'claim')}, each with its verdict and the reason for it"
    yield render("accords.prose", "claims.html.j2", title=title, rows=shown)
