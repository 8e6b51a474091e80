"""The brief: few messages, each tried under other choices, and a bottom line that stays short."""

from __future__ import annotations

import re
from dataclasses import replace

import builders
import html5lib
import pandas as pd
import pytest
from chapters import made

from accords.analysis import by_state
from accords.analysis.common import ALL, WHEN, choices
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE
from accords.prose import brief
from accords.prose.brief import Message, Reading
from accords.words import LeftOut, plain


@pytest.mark.parametrize(
    "case", ["shipped", "one of each", "made up", "three states", "of one partner of late"]
)
def test_what_the_brief_says_is_short_and_whole(case: str) -> None:
    ds = made(case)
    bottom = brief.bottom_line(ds)
    # What a notebook's choice of agreements adds is no part of it.
    assert len(plain(bottom.html.partition('<p class="choice">')[0]).split()) <= 150
    said = [str(bottom), str(brief.about(ds))]
    said += [plain(message.sentence) for message in brief.messages(ds, robust=False)]
    for text in said:
        assert text.endswith(".")
        assert not {"nan", "None", "inf", "NaT"} & set(re.findall(r"\w+", text))
        assert not re.search(r"\(\)|(?<![\d.,])0 of|\bof 0 ?[^\d %]", text)
        assert not re.search(r"\b(?:1|none) (?:agreements|pages|publishers|are)\b", text)
        assert not re.search(r"(?<![\d.,])1 of the domains reported[^;]*; \S+ rest\b", text)


def test_without_agreements_the_brief_is_left_out() -> None:
    ds = builders.empty()
    assert isinstance(brief.bottom_line(ds), LeftOut)
    assert isinstance(brief.key_messages(ds, brief.messages(ds)), LeftOut)
    assert isinstance(brief.cards(ds), LeftOut)
    assert brief.messages(ds) == []


def test_a_message_that_the_data_are_too_thin_for_is_left_out(small: Dataset) -> None:
    keys = [message.key for message in brief.messages(small, robust=False)]
    assert "coverage" in keys
    without = replace(small, tables=small.tables | {"domains": small.domains.head(0)})
    assert "coverage" not in [m.key for m in brief.messages(without, robust=False)]


@pytest.fixture(scope="module")
def found() -> list[Message]:
    return brief.messages(builders.small())


def test_messages_are_tried_under_every_other_choice_of_records(found: list[Message]) -> None:
    other = [name for name in choices(builders.small()) if name != ALL]
    assert found
    for message in found:
        assert [name for name in other if name != brief.ANSWERED.get(message.key)] == [
            *message.tried
        ]
        assert set(message.checks["choice"]) <= set(other)
        assert set(message.checks["label"]) <= {reading.label for reading in message.readings}


SURE, BILATERAL = "high confidence only", "bilateral only"


def message(*checks: tuple[str, str], tried: tuple[str, ...] = (SURE, BILATERAL)) -> Message:
    """One reading that says 'up', and what it says under other choices."""
    rows = [{"choice": c, "label": "pace", "shown": "2", "says": says} for c, says in checks]
    table = pd.DataFrame(rows, columns=["choice", *Reading._fields])
    return Message("key", "Lead", "A sentence.", [Reading("pace", "2", "up")], table, tried)


def test_a_message_that_holds_says_so() -> None:
    steady = message((SURE, "up"), (BILATERAL, "up"))
    assert (steady.changed, steady.untested) == ([], [])
    assert steady.footnote


def test_a_message_names_the_choices_that_change_it() -> None:
    turned = message((SURE, "up"), (BILATERAL, "down"))
    assert turned.changed == [BILATERAL]
    assert [int(n) for n in re.findall(r"\d+", turned.footnote)] == [2, 1]
    assert f"when {WHEN[BILATERAL]} (down)" in turned.footnote
    assert WHEN[SURE] not in turned.footnote
    both = message((SURE, "down"), (BILATERAL, "down"))
    assert all(f"when {WHEN[choice]} (down)" in both.footnote for choice in (SURE, BILATERAL))


def test_a_choice_that_leaves_too_little_is_not_taken_for_one_that_agrees() -> None:
    thin = message((SURE, "up"))
    assert thin.untested == [BILATERAL]
    assert thin.footnote.endswith(f"when {WHEN[BILATERAL]}.")
    assert thin.footnote != message((SURE, "up"), (BILATERAL, "up")).footnote


def test_without_other_choices_there_is_no_footnote() -> None:
    assert message(tried=()).footnote == ""


def cards(ds: Dataset) -> list[str]:
    page = html5lib.parse(brief.cards(ds).html, namespaceHTMLElements=False)
    return [" ".join(" ".join(card.itertext()).split()) for card in page.iter("section")]


def test_each_state_has_a_card_with_its_own_counts(small: Dataset) -> None:
    shown = cards(small)
    rows = by_state(small)
    assert len(shown) == len(small.focus)
    for state, card in zip(small.focus, shown, strict=True):
        own = rows[rows["state"] == state]
        assert card.startswith(small.party_names[state])
        assert f"purchases aside {(own['status'] == 'in-force').sum() or 'none'}" in card
        assert f"Signed and pending {(own['status'] == 'pending').sum() or 'none'}" in card


def test_a_list_without_entries_is_not_on_a_card() -> None:
    ds = builders.tiny(
        focus=("AZE",),
        parties=[{"agreement_id": "a", "party_id": party} for party in ("AZE", "ITA")],
        events=[{"agreement_id": "a", "event": "signed", "date": "2001"}],
    )
    (card,) = cards(ds)
    assert "Italy 1" in card
    assert "Newest" not in card
    assert "Dearest" not in card


def test_prices_are_ranked_within_the_currency_that_most_have() -> None:
    prices = {"Tanks": (5, "USD"), "Trucks": (2, "USD"), "Ships": (9, "EUR")}
    ds = builders.tiny(
        focus=("AZE",),
        agreements=[
            {
                "agreement_id": name,
                "short_name": name,
                "instrument": PURCHASE,
                "value_amount": amount,
                "value_currency": currency,
                "value_kind": "price",
            }
            for name, (amount, currency) in prices.items()
        ],
        parties=[{"agreement_id": name, "party_id": p} for name in prices for p in ("AZE", "ITA")],
        events=[{"agreement_id": name, "event": "signed", "date": "2001"} for name in prices],
    )
    (card,) = cards(ds)
    assert card.index("Tanks") < card.index("Trucks")
    assert "Ships" not in card


def test_a_state_without_agreements_has_no_card(small: Dataset) -> None:
    assert len(cards(replace(small, focus=("AZE", "PAK")))) == 1


def test_names_from_the_data_cannot_break_the_page() -> None:
    ds = builders.tiny(
        focus=("AZE",),
        agreements=[{"agreement_id": "a", "short_name": "<script>x</script>"}],
        parties=[{"agreement_id": "a", "party_id": party} for party in ("AZE", "CIV")],
        events=[{"agreement_id": "a", "event": "signed", "date": "2026-10"}],
    )
    codes = ds.tables["party_codes"].copy()
    codes.loc[codes["party_id"] == "CIV", "name"] = "<script>y</script>"
    ds = replace(ds, tables={**ds.tables, "party_codes": codes})
    for said in (
        brief.bottom_line(ds),
        brief.cards(ds),
        brief.key_messages(ds, brief.messages(ds)),
    ):
        assert "<script" not in said.html
