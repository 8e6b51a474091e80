"""A citation names record, dataset and edition, whatever the text holds."""

from __future__ import annotations

import re

import pytest
from builders import small, tiny
from hypothesis import given
from hypothesis import strategies as st

from accords.dataset import citations
from accords.errors import DatasetError

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


def titled(title: str):
    return tiny(
        agreements=[{"agreement_id": "a", "title": title}],
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "date": "2012-11"}],
    )


def test_plain_text_names_the_record_and_the_edition():
    said = citations.plain(small(), ["aze-ita"])
    assert "“aze-ita”, 2012-11-06, record aze-ita." in said
    assert f"edition {small().edition} ({small().as_of.date()}).\n" in said


def test_all_agreements_are_cited_unless_some_are_chosen():
    assert citations.bibtex(small()).count("@misc{") == len(small().agreements)
    assert re.findall(r"@misc\{([\w-]+),", citations.bibtex(small(), ["many", "aze-ita"])) == [
        "many",
        "aze-ita",
    ]


def test_an_unknown_agreement_is_an_error_that_names_it():
    with pytest.raises(DatasetError, match="no such agreement: nowhere"):
        citations.plain(small(), ["aze-ita", "nowhere"])


def test_undated_agreements_are_cited_without_a_date():
    undated = tiny(agreements=["a"], events=[{"agreement_id": "a"}])
    assert "dated" not in citations.bibtex(undated)
    assert "N1" not in citations.ris(undated)
    assert "“a”, record a." in citations.plain(undated)


@given(title=TEXT)
def test_no_title_opens_or_closes_a_field_of_bibtex(title):
    entry = citations.bibtex(titled(title))
    depth = 0
    for n, character in enumerate(entry):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or n < entry.index("{") or n >= len(entry) - 2
    assert depth == 0
    assert entry.count("\n") == 7


@given(title=TEXT)
def test_no_title_begins_a_field_of_ris(title):
    lines = citations.ris(titled(title)).removesuffix("\r\n").split("\r\n")
    assert [line[:6] for line in lines] == [
        f"{tag}  - " for tag in ("TY", "AU", "TI", "T2", "ET", "PY", "DA", "ID", "N1", "ER")
    ]
    assert "\n" not in "".join(lines)
