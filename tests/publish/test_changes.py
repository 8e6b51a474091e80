"""The chapter on what changed since the last edition."""

from __future__ import annotations

from pathlib import Path

import builders
import pandas as pd
import pytest

from accords.curation.changes import Difference
from accords.curation.telling import FOLDED
from accords.dataset import Dataset, load
from accords.prose.brief import Message
from accords.publish.changes import as_notebook, chapter


@pytest.fixture(autouse=True)
def _no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the report finds takes long to count; one test is about it."""
    monkeypatch.setattr("accords.prose.brief.messages", lambda dataset, *, robust: [])


def without(agreement: str) -> Dataset:
    whole = builders.small()
    return whole.select([i for i in whole.overview.index if i != agreement])


def test_where_nothing_changed_it_says_so() -> None:
    assert "Nothing changed" in str(chapter(Difference(builders.small(), builders.small())))


def test_the_chapter_links_what_is_there_and_names_what_is_gone() -> None:
    come = chapter(Difference(without("aze-mar"), builders.small())).html
    assert '<a href="#aze-mar">' in come
    assert 'data-rows="aze-mar">1</a> new' in come
    gone = chapter(Difference(builders.small(), without("aze-mar"))).html
    assert "#aze-mar" not in gone


def test_names_are_escaped() -> None:
    agreement = {"agreement_id": "a", "title": "Long", "short_name": "Short & <plain>"}
    parties = [{"agreement_id": "a", "party_id": state} for state in ("AZE", "ITA")]
    new = builders.tiny(agreements=[agreement], parties=parties)
    shown = chapter(Difference(new.select([]), new)).html
    assert '<a href="#a">Short &amp; &lt;plain&gt;</a>' in shown


def test_a_finding_is_shown_where_it_differs(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def findings(dataset: Dataset, *, robust: bool) -> list[Message]:
        status = dataset.overview.loc["aze-mar", "status"]
        padding = "and so on " * 20
        said = f"The <b>status</b> is {status} & {padding}"
        return [Message("accord", "The accord.", said, [], pd.DataFrame(), ())]

    monkeypatch.setattr("accords.prose.brief.messages", findings)
    builders.ratify(small_folder)
    text = chapter(Difference(builders.small(), load(small_folder))).html
    assert (
        '<th scope="row">The accord.</th><td>The status is <strong>pending</strong> &amp;' in text
    )
    assert "<td>The status is <strong>in-force</strong> &amp; and so" in text
    assert text.count("and so on") < 10


def many(count: int) -> Dataset:
    ids = [f"a{number}" for number in range(count)]
    return builders.tiny(
        agreements=[{"agreement_id": i} for i in ids],
        parties=[{"agreement_id": i, "party_id": p} for i in ids for p in ("AZE", "ITA")],
        events=[{"agreement_id": i, "date": "2012"} for i in ids],
    )


def test_a_long_list_is_folded_away() -> None:
    shown = chapter(Difference(many(0), many(FOLDED + 2))).html
    before, _, folded = shown.partition("<details>")
    assert ">a26<" not in before
    assert ">a26<" in folded
    assert "<details>" not in chapter(Difference(many(0), many(FOLDED))).html


def test_it_stands_beside_the_other_chapters() -> None:
    title, shown = as_notebook(Difference(without("aze-mar"), builders.small())).cells
    assert title.source.startswith("# ")
    assert "aze-mar" in shown.outputs[0].data["text/html"]
