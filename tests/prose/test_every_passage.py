"""Every passage: whole sentences, linked to rows that exist, and nothing where nothing is known."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import builders
import pandas as pd
import pytest
from chapters import PASSAGES, made, tables, told
from known_numbers import unknown

from accords.analysis.accord import accord_id
from accords.dataset import Dataset
from accords.prose import accord, brief, claims, domains, evidence, partners, time
from accords.words import LeftOut, Text, plain

pytestmark = pytest.mark.slow

every = pytest.mark.parametrize("passage", PASSAGES)
FILTERED = "of one partner of late"
everywhere = pytest.mark.parametrize(
    "case",
    [
        *("shipped", "one of each", "made up"),
        *("one state without domains", "three states", FILTERED),
    ],
)
"""Real and made-up data, of one, two and three states, and of a reader's choice."""


def test_every_passage_of_the_source_is_tried() -> None:
    passages = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (accord, claims, time, domains, partners, evidence)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if function.__annotations__["return"] == "Text"
    }
    assert passages == set(PASSAGES)


ONE_OF_MANY = re.compile(
    r"(?<![\d.,])1 (?:(?:other|dated|shared|bilateral|possible) )*(?:agreements|partners|states"
    r"|domains|claims|facts|records|sources|days|years|contracts|comparisons|are|have|were|name"
    r"|hang)\b"
)


@every
@everywhere
def test_a_passage_is_whole_sentences_with_the_numbers_of_its_tables(
    passage: str, case: str
) -> None:
    said = told(passage, case)
    text = str(said)
    for paragraph, items in re.findall(r"<p\b[^>]*>(.*?)</p>(<ul>)?", said.html, re.DOTALL):
        assert str(Text(paragraph)).endswith((".", ":") if items else ".")
    assert not re.search(r"\b(?:nan|NaN|NaT|inf|None(?! of))\b", text)
    assert not re.search(
        r"  +\S|\(\)|\bof 0\b|[,;:] ?\.|\bfor \.|, and \.", re.sub(r"\n\s*", "", text)
    )
    assert ONE_OF_MANY.findall(text) == []
    assert isinstance(said, LeftOut) or unfounded(passage, case) == []


@every
def test_without_an_agreement_a_passage_is_left_out_and_says_what_is_missing(passage: str) -> None:
    said = told(passage, "no agreement")
    # What the data cannot say holds of none, too.
    assert isinstance(said, LeftOut) or passage == "evidence.limits"
    assert str(said).endswith(".")


def unfounded(passage: str, case: str, **options: Any) -> list[str]:
    """List the numbers of a passage that none of its tables gives."""
    # Cells of a table and items of a list stand apart.
    said = Text(re.sub(r"(?=</(?:td|th|li|caption|p)>)", " ", told(passage, case, **options).html))
    whole = made(case).overview[["date", "concluded", "instrument"]]
    given = tables("passage", passage, case, **options)
    return unknown(str(said), made(case), *(given or (whole,)))


@pytest.mark.parametrize("passage", [name for name, how in PASSAGES.items() if how.changed])
def test_a_passage_follows_what_a_reader_changes(passage: str) -> None:
    changed = PASSAGES[passage].changed
    assert unfounded(passage, "shipped", **changed) == []
    assert str(told(passage, "shipped", **changed)) != str(told(passage, "shipped"))


@every
def test_a_passage_of_a_choice_says_by_what_it_was_chosen(passage: str) -> None:
    assert made(FILTERED).choice in str(told(passage, FILTERED))


@every
def test_every_row_that_a_number_links_to_exists(passage: str) -> None:
    linked = re.findall(r'data-rows="([^"]*)"', told(passage, "shipped").html)
    ids = {i for rows in linked for i in rows.split()}
    assert ids <= set(builders.shipped().agreements["agreement_id"])


LINK = re.compile(r'<a class="rows"[^>]*data-rows="([^"]*)">(.*?)</a>')

COUNT = re.compile(r"(?:\d+ % \()?(\d[\d,]*)(?: of \d[\d,]*\)?)?(?: [a-z ]+)?")
"""A count in a link: '12', '12 agreements', '12 of 35', '34 % (12 of 35)'."""


def counts(markup: str) -> Iterator[tuple[int, frozenset[str]]]:
    """Return each count that is linked, and the agreements that it opens."""
    for ids, shown in LINK.findall(markup):
        if found := COUNT.fullmatch(plain(shown)):
            yield int(found[1].replace(",", "")), frozenset(ids.split())


def behind(table: pd.DataFrame) -> Iterator[frozenset[str]]:
    """Return which agreements stand behind rows: behind one, those of a state, and all of them."""
    columns = [c for c in table if all(isinstance(ids, tuple) for ids in table[c])]
    columns = [c for c in columns if all(isinstance(i, str) for ids in table[c] for i in ids)]
    rows = [[row[c] for c in columns] for row in table.to_dict("records")]
    yield from (frozenset(ids) for row in rows for ids in (*row, chain(*row)))
    for _, part in [("all", table), *(table.groupby("state") if "state" in table else ())]:
        for column in columns:
            yield frozenset(chain(*part[column]))


def partners_in(ids: frozenset[str]) -> set[int]:
    """Count the partners in agreements: those of each focus state, and those of all of them."""
    ds = made("shipped")
    parties = set(ds.parties.loc[ds.parties["agreement_id"].isin(ids), "party_id"])
    return {len(parties - {state}) for state in ds.focus} | {len(parties - set(ds.focus))}


@every
def test_a_linked_number_opens_what_it_counts(passage: str) -> None:
    # As many agreements as it says; a number of something else those of the rows that give it.
    given = tables("passage", passage, "shipped")
    rows = {ids for part in given if isinstance(part, pd.DataFrame) for ids in behind(part)}
    rows.add(frozenset([accord_id(made("shipped"))]))
    linked = counts(told(passage, "shipped").html)
    other = [(n, ids) for n, ids in linked if n != len(ids) and ids not in rows]
    assert [(n, len(ids)) for n, ids in other if n not in partners_in(ids)] == []


WHOLE: dict[str, Callable[[Dataset], str]] = {
    "bottom line": lambda ds: brief.bottom_line(ds).html,
    "messages": lambda ds: "".join(m.sentence for m in brief.messages(ds, robust=False)),
}
"""What is said of the whole dataset."""


@pytest.mark.parametrize("what", WHOLE)
def test_what_is_said_of_the_whole_opens_what_it_counts(what: str) -> None:
    ds = made("shipped")
    accord = frozenset([accord_id(ds)])
    linked = list(counts(WHOLE[what](ds)))
    assert linked
    assert [(n, len(ids)) for n, ids in linked if n != len(ids) and ids != accord] == []
