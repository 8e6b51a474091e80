"""Every passage: whole sentences, linked to rows that exist, and nothing where nothing is known."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import builders
import pytest
from chapters import DATASETS, PASSAGES, made, tables, told
from known_numbers import unknown

from accords.analysis.accord import accord_id
from accords.prose import accord, brief, claims, domains, evidence, partners, time
from accords.publish.page import abstract
from accords.words import LeftOut, Text, plain

NUMBERED: dict[str, Callable[[], str]] = {
    **{name: lambda name=name: told(name, "shipped").html for name in PASSAGES},
    "bottom line": lambda: brief.bottom_line(made("shipped")).html,
    "messages": lambda: "".join(
        f"<p>{message.sentence}</p>" for message in brief.messages(made("shipped"), robust=False)
    ),
    "abstract": lambda: abstract(made("shipped")),
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

every = pytest.mark.parametrize("passage", PASSAGES)
everywhere = pytest.mark.parametrize("case", DATASETS)


def telling(passage: str, case: str, **options: Any) -> Text:
    """Return a passage; where it is left out, there is nothing more to test."""
    said = told(passage, case, **options)
    if isinstance(said, LeftOut):
        pytest.skip("left out")
    return said


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
    text = str(said)
    for paragraph, items in re.findall(r"<p\b[^>]*>(.*?)</p>(<ul>)?", said.html, re.DOTALL):
        assert str(Text(paragraph)).endswith((".", ":") if items else ".")
    assert not {"nan", "None", "inf", "NaT"} & set(re.findall(r"\w+", text))
    assert not re.search(
        r"  +\S|\(\)|\bof 0\b|[,;:] ?\.|\bfor \.|, and \.", re.sub(r"\n\s*", "", text)
    )


@every
def test_without_an_agreement_a_passage_is_left_out_and_says_what_is_missing(passage: str) -> None:
    said = told(passage, "no agreement")
    # What the data cannot say holds of none, too.
    assert isinstance(said, LeftOut) or passage == "evidence.limits"
    assert str(said).endswith(".")


@every
@everywhere
def test_each_number_of_a_passage_is_one_of_its_tables(passage: str, case: str) -> None:
    said = str(telling(passage, case))
    assert unknown(said, made(case), *tables("passage", passage, case)) == []


@pytest.mark.parametrize("passage", [name for name, how in PASSAGES.items() if how.changed])
@pytest.mark.parametrize("case", ["shipped", "small", "two others", "with one partner"])
def test_a_passage_follows_what_a_reader_changes(passage: str, case: str) -> None:
    changed = PASSAGES[passage].changed
    said = str(telling(passage, case, **changed))
    assert unknown(said, made(case), *tables("passage", passage, case, **changed)) == []
    assert said != str(told(passage, case)) or case != "shipped"


ONE_OF_MANY = re.compile(
    r"(?<![\d.,])1 (?:(?:other|dated|shared|bilateral|possible) )*(?:agreements|partners|states"
    r"|domains|claims|facts|records|sources|days|years|contracts|comparisons|are|have|were|name"
    r"|hang)\b"
)


@every
@everywhere
def test_what_is_one_is_written_in_the_singular(passage: str, case: str) -> None:
    assert ONE_OF_MANY.findall(str(told(passage, case))) == []


@every
@pytest.mark.parametrize("case", ["with one partner", "of late"])
def test_a_passage_of_a_choice_says_by_what_it_was_chosen(passage: str, case: str) -> None:
    assert made(case).choice in str(told(passage, case))


@every
def test_every_row_that_a_number_links_to_exists(passage: str) -> None:
    linked = re.findall(r'data-rows="([^"]*)"', told(passage, "shipped").html)
    ids = {i for rows in linked for i in rows.split()}
    assert ids <= set(builders.shipped().agreements["agreement_id"])


def numbers(passage: str) -> Iterator[tuple[int | None, str, list[str]]]:
    """Give each linked number, itself in the words around it, and what it opens.

    A share without its numerator is no number of anything.
    """
    markup = NUMBERED[passage]()
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
        markup = write()
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
