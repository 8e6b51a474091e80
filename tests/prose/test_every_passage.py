"""Every passage: whole sentences, linked to rows that exist, and nothing where nothing is known."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import builders
import pandas as pd
import pytest

from accords.analysis import accord as accord_measures
from accords.analysis import by_state
from accords.analysis import claims as claim_measures
from accords.analysis.accord import accord_id
from accords.dataset import Dataset, load
from accords.prose import accord, claims, domains, evidence, partners, time
from accords.publish.page import abstract
from accords.words import Text, plain


def _life(ds: Dataset) -> pd.DataFrame:
    return accord_measures.life(ds, accord_id(ds))


def _named(ds: Dataset) -> pd.DataFrame:
    return accord_measures.voices(ds, accord_id(ds))


def _disputed(ds: Dataset) -> pd.DataFrame:
    own = ds.disputes["agreement_id"] == accord_id(ds)
    return ds.disputes[own & ds.disputes["field"].str.startswith("event:")]


def _standing(ds: Dataset) -> Text:
    rows, found = by_state(ds), accord_id(ds)
    rows["same"] = rows["instrument"] == ds.overview["instrument"].get(found)
    others, places = accord_measures.between(ds, found), accord_measures.standing(ds, found)
    return accord.standing(ds, found, rows, others, places)


def _verdicts(ds: Dataset) -> pd.DataFrame:
    return claim_measures.verdicts(ds, accord_id(ds))


PASSAGES: dict[str, Callable[[Dataset], Text]] = {
    "accord.answer": lambda ds: accord.answer(ds, _life(ds), _named(ds)),
    "accord.accord_line": lambda ds: accord.accord_line(ds, _life(ds)),
    "accord.life": lambda ds: accord.life(ds, _life(ds)),
    "accord.disputes": lambda ds: accord.disputes(ds, _disputed(ds)),
    "accord.voices": lambda ds: accord.voices(ds, _named(ds)),
    "accord.standing": _standing,
    "claims.tally": lambda ds: claims.tally(ds, _verdicts(ds)),
    "claims.table": lambda ds: claims.table(ds, _verdicts(ds)),
    **{
        f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
        for module, names in (
            (time, "overview rates values breaks"),
            (domains, "coverage profiles"),
            (partners, "overview subjects concentrated diversifying sharing"),
            (
                evidence,
                "firmness sources disagreements known_lives searched own_lists outside_lists "
                "missing errors limits",
            ),
        )
        for name in names.split()
    },
}


def _no_count(ds: Dataset) -> bool:
    return not ds.completeness["state"].isin(ds.focus).any()


SILENT: dict[str, Callable[[Dataset], bool]] = {
    "evidence.outside_lists": _no_count,
}
"""The passages that are left out, and when; every other one says that nothing is known."""

NUMBERED: dict[str, Callable[[Dataset], str]] = {
    **{name: lambda ds, tell=tell: tell(ds).html for name, tell in PASSAGES.items()},
    "findings": lambda ds: "".join(f"<p>{f.sentence}</p>" for f in findings(ds, robust=False)),
    "abstract": abstract,
}
"""All that links numbers to rows."""

LINK = re.compile(r'<a class="rows"[^>]*data-rows="([^"]*)">(.*?)</a>')

COUNT = re.compile(r"(?:\d+ % \()?(\d[\d,]*)(?: of \d[\d,]*\)?)?(?: [a-z ]+| %)?")
"""A number in a link: '12', '12 agreements', '12 of 35', '34 % (12 of 35)', '34 %'."""

PARTNERS = re.compile(
    r"\[\d+ (?:partners|other parties)\]|\](?: to \d+| of(?: all)? \d+)? partners"
    r"|\] in the ten before[;.]|\] a bilateral agreement of that time"
)
"""Around a number of partners: it opens the agreements with just these."""

COUNTED_OTHERWISE = {
    "partners that were looked for or named, not all of them with a row": (
        r"with a result for \[|named \[\d+\] partners"
    ),
    "facts: the agreements that hold them": (
        r"\] facts|often about the .*\(\[|\] of them the tables|\] are left open|\] \(\d+\.\d %; "
    ),
    "codings: the agreements whose text was seen": r"\[\d+ %\] \(",
    "subjects: the agreements that name them": r"\](?: of \d+)? subjects differ",
    "comparisons and changes: the agreements compared": (
        r"\[\d comparisons\]|\] (?:of \d )?comparisons|\] changes? (?:is|are)"
    ),
    "a difference or rank: the agreements it was measured on": (
        r"\] percentage points|\] equal ones"
    ),
    "a chance: the agreements drawn from": (
        r"(?:chance was|%, after|from \d+ to) \[\d+\] %|from \[\d+\] to \d+ %"
    ),
    "an estimate: the agreements it rests on": r"\] exist|95 % interval (?:\d+ to )?\[",
    "years and days: the agreements dated": r"first (?:dated|year of the new rate is) \[|\] days",
}
"""What rightly counts something else than the agreements that it opens, by the words around it."""

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
        for module in (accord, claims, time, domains, partners, evidence)
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
    assert text.endswith(".")
    assert not {"nan", "None", "inf", "NaT"} & set(re.findall(r"\w+", text))
    assert "  " not in text
    assert "()" not in text


@every
def test_every_row_that_a_number_links_to_exists(passage: str) -> None:
    linked = re.findall(r'data-rows="([^"]*)"', told(passage, "shipped").html)
    ids = {i for rows in linked for i in rows.split()}
    # What was searched for are partners, what was counted are entries of others or claims.
    assert ids or passage in ("evidence.searched", "evidence.outside_lists", "claims.tally")
    assert ids <= set(builders.shipped().agreements["agreement_id"])


def numbers(passage: str) -> Iterator[tuple[int | None, str, list[str]]]:
    """Give each linked number, itself in the words around it, and what it opens.

    A share without its numerator is no number of anything.
    """
    markup = NUMBERED[passage](made("shipped"))
    for link in LINK.finditer(markup):
        shown = plain(link[2])
        found = COUNT.fullmatch(shown)
        if found is None:
            continue
        before, after = plain(f"{markup[: link.start()]}|"), plain(f"|{markup[link.end() :]}")
        share = shown.endswith(" %") or after.startswith("| %")
        n = None if share else int(found[1].replace(",", ""))
        yield n, f"{before[-41:-1]}[{shown}]{after[1:41]}", link[1].split()


def others(ids: list[str]) -> set[int]:
    """Count the partners in agreements: those of each focus state, and those of all of them."""
    ds = made("shipped")
    parties = set(ds.parties.loc[ds.parties["agreement_id"].isin(ids), "party_id"])
    return {len(parties - {state}) for state in ds.focus} | {len(parties - set(ds.focus))}


def otherwise(around: str) -> set[str]:
    return {why for why, words in COUNTED_OTHERWISE.items() if re.search(words, around)}


@pytest.mark.parametrize("passage", NUMBERED)
def test_a_linked_number_opens_what_it_counts(passage: str) -> None:
    wrong = []
    for n, around, ids in numbers(passage):
        # What is counted within the accord, as its sources, subjects and days, opens the accord.
        of_accord = ids == [accord_id(made("shipped"))]
        of_accord &= not re.search(r"\d\]? (?:[a-z]+ )?(?:agreement|record)", around)
        counted = others(ids) if PARTNERS.search(around) else {len(ids)}
        if not (n in counted or of_accord or otherwise(around)):
            wrong.append((around, len(ids)))
    assert wrong == []


def test_no_exception_is_without_use() -> None:
    used = [otherwise(around) for name in NUMBERED for _, around, _ in numbers(name)]
    assert set().union(*used) == set(COUNTED_OTHERWISE)


def test_a_number_without_a_link_counts_nothing_that_has_rows() -> None:
    nothing = re.compile(
        r"choices of records|possible partners|not searched for|of all \["
        r"|half of these between|\] days|\] % are on record|at least \["
    )
    for name, write in NUMBERED.items():
        markup = write(made("shipped"))
        for found in re.finditer(r'<span class="number">([\d,]+)</span>', markup):
            before, after = plain(f"{markup[: found.start()]}|"), plain(f"|{markup[found.end() :]}")
            around = f"{before[-31:-1]}[{found[1]}]{after[1:31]}"
            assert nothing.search(around), (name, around)


def test_all_that_the_abstract_counts_is_linked() -> None:
    text = plain(LINK.sub("", abstract(made("shipped"))))
    read_until = made("shipped").as_of
    text = text.replace(f"{read_until.day} {read_until:%B %Y}", "")
    years = re.findall(r"\b\d[\d,]*\b", text)
    assert len(years) == 2
    assert years == sorted(years)
