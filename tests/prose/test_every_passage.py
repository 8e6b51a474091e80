"""Every passage: whole sentences, linked to rows that exist, and nothing where nothing is known."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import builders
import pytest

from accords import claims
from accords.dataset import Dataset, load
from accords.measures.accord import accord_id
from accords.prose import accord, domains, evidence, partners, time
from accords.prose.text import Text


def _of_accord(name: str) -> Callable[[Dataset], Text]:
    return lambda ds: getattr(accord, name)(ds, accord_id(ds))


PASSAGES: dict[str, Callable[[Dataset], Text]] = {
    **{
        f"accord.{name}": _of_accord(name)
        for name in ("opening", "life", "disputes", "voices", "instrument", "breadth", "approval")
    },
    "accord.claims_opening": lambda ds: accord.claims_opening(ds, claims.verdicts(ds)),
    "accord.claims_table": lambda ds: accord.claims_table(claims.verdicts(ds)),
    **{
        f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
        for module, names in (
            (time, "overview undated rates stock instruments values breaks"),
            (domains, "coverage profiles eras first_appearances together change similarity"),
            (
                partners,
                "overview subjects geography spread concentrated diversifying deepening sharing "
                "tie",
            ),
            (
                evidence,
                "firmness sources tongues disagreements known_lives waiting searched own_lists "
                "missing errors limits",
            ),
        )
        for name in names.split()
    },
}


def _no_accord(ds: Dataset) -> bool:
    return accord_id(ds) is None


def _no_dispute(ds: Dataset) -> bool:
    return accord_id(ds) not in set(ds.disputes["agreement_id"])


def _no_claim(ds: Dataset) -> bool:
    return claims.of_accord(ds).empty


SILENT: dict[str, Callable[[Dataset], bool]] = {
    "accord.life": _no_accord,
    "accord.voices": _no_accord,
    "accord.instrument": _no_accord,
    "accord.breadth": _no_accord,
    "accord.approval": _no_accord,
    "accord.disputes": _no_dispute,
    "accord.claims_opening": _no_claim,
    "accord.claims_table": _no_claim,
}
"""The passages that are left out, and when; every other one says that nothing is known."""

DATASETS: dict[str, Callable[[], Dataset]] = {
    "shipped": builders.shipped,
    "small": builders.small,
    "one of two": lambda: load(builders.SHIPPED, focus=("MAR",)),
    "two other states": lambda: load(builders.SHIPPED, focus=("TUR", "PAK")),
    "one other state": lambda: load(builders.SHIPPED, focus=("TUR",)),
    "one state of few agreements": lambda: replace(builders.small(), focus=("TUR",)),
    "three states": lambda: replace(builders.shipped(), focus=("AZE", "MAR", "TUR")),
    "no agreement": builders.empty,
}

every = pytest.mark.parametrize("passage", PASSAGES)
everywhere = pytest.mark.parametrize("case", DATASETS)


@cache
def made(case: str) -> Dataset:
    return DATASETS[case]()


@cache
def told(passage: str, case: str) -> Text:
    """Write a passage once for all that is said of it."""
    return PASSAGES[passage](made(case))


def test_every_passage_of_the_source_is_tried() -> None:
    passages = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (accord, time, domains, partners, evidence)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if function.__annotations__["return"] == "Text"
    }
    assert passages == set(PASSAGES)


@every
@everywhere
def test_a_passage_is_whole_sentences_without_gaps(passage: str, case: str) -> None:
    said = told(passage, case)
    if passage in SILENT and SILENT[passage](made(case)):
        assert said.html == ""
        return
    text = str(said)
    for paragraph, items in re.findall(r"<p\b[^>]*>(.*?)</p>(<ul>)?", said.html, re.DOTALL):
        assert str(Text(paragraph)).endswith((".", ":") if items else ".")
    # The list of agreements without a date ends with a title.
    assert text.endswith(".") or (passage == "time.undated" and said.html.endswith("</ul>"))
    # In one sentence 'None' is a word of English.
    words = re.findall(r"\w+", text.replace("None rests on the press alone.", ""))
    assert not {"nan", "None", "inf", "NaT"} & set(words)
    assert "  " not in text
    assert "()" not in text


@every
def test_every_row_that_a_number_links_to_exists(passage: str) -> None:
    linked = re.findall(r'data-rows="([^"]*)"', told(passage, "shipped").html)
    ids = {i for rows in linked for i in rows.split()}
    # What was searched for are partners; no row of an agreement stands behind that.
    assert ids or passage == "evidence.searched"
    assert ids <= set(builders.shipped().agreements["agreement_id"])
