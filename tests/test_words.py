"""Numbers in sentences: tied to their units, with a true minus, linked to their rows."""

from __future__ import annotations

import pytest

from accords.words import Text, interval, number, paragraph, percent, plain, tied


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("95 % interval", "95~% interval"),
        ("58 days after", "58~days after"),
        ("(n = 31), by verdict", "(n~=~31), by verdict"),
        ('<a href="#evidence">12</a> % of', '<a href="#evidence">12</a>~% of'),
        ("in 2024 pointers", "in 2024 pointers"),
        ("4 man-months", "4 man-months"),
    ],
)
def test_a_number_and_its_unit_stay_on_one_line(loose: str, tight: str) -> None:
    assert tied(loose) == tight.replace("~", "\u00a0")


def test_a_passage_ties_its_numbers_once() -> None:
    text = paragraph(f"{number(12.3, '.0f')} % and {percent(['a'], ['a', 'b'])}")
    assert text.html.count("\u00a0%") == 2
    assert Text(text.html).html == text.html
    assert plain(text.html) == "12 % and 50 % (1 of 2)"


def test_a_fall_is_written_with_a_minus_sign() -> None:
    assert plain(number(-0.5, "+.1f")) == "−0.5"
    assert plain(interval(-1, 2, "+.0f")) == "−1 to +2"
