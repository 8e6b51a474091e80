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
from accords.publish.changes import as_notebook


@pytest.fixture(autouse=True)
def _no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the report finds takes long to count; one test is about it."""
    monkeypatch.setattr("accords.prose.brief.messages", lambda dataset, *, robust: [])


def chapter(difference: Difference) -> str:
    title, shown = as_notebook(difference).cells
    assert title.source.startswith("# ")
    return str(shown.outputs[0].data["text/html"])


def test_where_nothing_changed_it_says_so() -> None:
    nothing = builders.tiny()
    assert "Nothing changed" in chapter(Difference(nothing, nothing))


def test_the_chapter_links_what_is_there_and_names_what_is_gone() -> None:
    agreement = {"agreement_id": "a", "title": "Long", "short_name": "Short & <plain>"}
    parties = [{"agreement_id": "a", "party_id": state} for state in ("AZE", "ITA")]
    new = builders.tiny(agreements=[agreement], parties=parties)
    come = chapter(Difference(new.select([]), new))
    assert '<a href="#a">Short &amp; &lt;plain&gt;</a>' in come
    assert 'data-rows="a">1</a> new' in come
    assert "#a" not in chapter(Difference(new, new.select([])))


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
    text = chapter(Difference(builders.small(), load(small_folder)))
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
    shown = chapter(Difference(many(0), many(FOLDED + 2)))
    before, _, folded = shown.partition("<details>")
    assert ">a26<" not in before
    assert ">a26<" in folded
    assert "<details>" not in chapter(Difference(many(0), many(FOLDED)))
