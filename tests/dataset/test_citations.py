"""A citation names record, dataset and edition, whatever the text holds."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from builders import tiny
from hypothesis import given
from hypothesis import strategies as st

from accords.dataset import Dataset
from accords.dataset.citations import cite
from accords.errors import DatasetError

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@cache
def one():
    return tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "date": "2012-11"}],
    )


def cited(title: str, form: str) -> str:
    """Cite an agreement with a title."""
    dataset = replace(one())
    dataset.__dict__["overview"] = one().overview.assign(title=title)
    return cite(dataset, form)


def test_plain_text_names_the_record_and_the_edition(small: Dataset):
    said = cite(small, "txt", ["aze-ita"])
    assert "“aze-ita”, 2012-11-06, record aze-ita." in said
    assert f"edition {small.edition} ({small.as_of.date()}).\n" in said


def test_all_agreements_are_cited_unless_some_are_chosen(small: Dataset):
    assert cite(small, "bib").count("@misc{") == len(small.agreements)
    assert re.findall(r"@misc\{([\w-]+),", cite(small, "bib", ["many", "aze-ita"])) == [
        "many",
        "aze-ita",
    ]


def test_an_unknown_agreement_is_an_error_that_names_it(small: Dataset):
    with pytest.raises(DatasetError, match="no such agreement: nowhere"):
        cite(small, "txt", ["aze-ita", "nowhere"])


def test_undated_agreements_are_cited_without_a_date():
    undated = tiny(agreements=["a"], events=[{"agreement_id": "a"}])
    assert "dated" not in cite(undated, "bib")
    assert "N1" not in cite(undated, "ris")
    assert "“a”, record a." in cite(undated, "txt")


@pytest.mark.slow
@given(title=TEXT)
def test_no_title_opens_or_closes_a_field_of_bibtex(title):
    entry = cited(title, "bib")
    depth = 0
    for n, character in enumerate(entry):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or n < entry.index("{") or n >= len(entry) - 2
    assert depth == 0
    assert entry.count("\n") == 7


@given(title=TEXT)
def test_no_title_begins_a_field_of_ris(title):
    lines = cited(title, "ris").removesuffix("\r\n").split("\r\n")
    assert [line[:6] for line in lines] == [
        f"{tag}  - " for tag in ("TY", "AU", "TI", "T2", "ET", "PY", "DA", "ID", "N1", "ER")
    ]
    assert "\n" not in "".join(lines)
