"""Numbers in sentences: tied to their units, with a true minus, linked to their rows."""

from __future__ import annotations

import html5lib
import pytest
from IPython.core.formatters import DisplayFormatter

from accords.words import (
    MOST_UNFOLDED,
    PASSAGE,
    Text,
    count,
    interval,
    linked,
    number,
    paragraph,
    percent,
    plain,
    tied,
)


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


def outputs(passage: Text) -> dict[str, str]:
    """What a notebook stores of a passage."""
    return DisplayFormatter().format(passage)[0]


def elements(markup: str, tag: str) -> list:
    return html5lib.parse(markup, namespaceHTMLElements=False).findall(f".//{tag}")


def test_a_number_unfolds_its_agreements_in_a_notebook() -> None:
    passage = paragraph(f"Of {count(['a', 'b'], 'agreement')}, {count(['b'])} is in force.")
    (two, one) = elements(outputs(passage)["text/html"], "details")
    assert two.find("summary").text == "2 agreements"
    assert [item.text for item in two.iter("li")] == ["a", "b"]
    assert [item.text for item in one.iter("li")] == ["b"]
    assert not elements(outputs(passage)["text/html"], "a")


def test_what_unfolds_stays_inside_its_sentence() -> None:
    passage = Text(f"<p>Of {count(['a'])} much.</p><ul><li>{count(['b'])} more</li></ul>")
    markup = outputs(passage)["text/html"]
    parsed = html5lib.parse(markup, namespaceHTMLElements=False)
    assert [child.tag for child in parsed.find(".//div")] == ["div", "ul"]
    assert "".join(parsed.find(".//div/div").itertext()) == "Of 1a much."


def test_the_exporter_gets_the_links_to_rows() -> None:
    passage = paragraph(count(["a", "b"]))
    assert 'data-rows="a b"' in outputs(passage)[PASSAGE]
    assert "<details" not in outputs(passage)[PASSAGE]


def test_a_long_list_is_cut_in_the_notebook_and_whole_in_python() -> None:
    ids = [f"agreement-{n}" for n in range(10 * MOST_UNFOLDED)]
    passage = paragraph(count(ids, "agreement"))
    items = elements(outputs(passage)["text/html"], "li")
    assert len(items) == MOST_UNFOLDED + 1
    assert str(len(ids) - MOST_UNFOLDED) in items[-1].text
    assert passage.rows(f"{len(ids)} agreements") == ids


def test_a_number_gives_its_rows_by_what_is_shown() -> None:
    passage = paragraph(count(["a"], "agreement"), linked("95 %", ["b"]), count(["c"]))
    assert passage.rows("1 agreement") == passage.rows("1") == ["a"]
    assert passage.rows("95 %") == ["b"]
    with pytest.raises(LookupError, match="1 agreement"):
        passage.rows("2")


def test_a_passage_without_numbers_is_shown_as_it_is() -> None:
    assert outputs(Text("<p>Nothing.</p>"))["text/html"] == "<p>Nothing.</p>"


def test_as_text_a_passage_is_its_words() -> None:
    assert str(Text("<style>.a{color:red}</style><p>Words &amp; more</p>")) == "Words & more"


def test_what_the_data_say_is_shown_as_text() -> None:
    hostile = '<img src="x">'
    passage = paragraph(linked(hostile, [hostile]), linked(hostile, []))
    for kind in ("text/html", PASSAGE):
        assert not elements(outputs(passage)[kind], "img")
    assert passage.rows(hostile) == hostile.split()
