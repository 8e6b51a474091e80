"""What differs between two editions, and how readers are told."""

from __future__ import annotations

from pathlib import Path

import builders
import pytest

from accords.curation.changes import Difference, compare, summary
from accords.curation.telling import FOLDED, entry, excerpts, told
from accords.dataset import Dataset, load


@pytest.fixture
def later(small_folder: Path) -> Dataset:
    """The small dataset after Morocco ratified the accord."""
    builders.ratify(small_folder)
    return load(small_folder)


@pytest.fixture(autouse=True)
def _no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the report finds takes long to count; few tests are about it."""
    monkeypatch.setattr("accords.prose.brief.messages", lambda dataset, *, robust: [])


def test_rows_are_added_removed_and_changed_by_their_key() -> None:
    old = builders.tiny(
        events=[
            {"agreement_id": "a", "event": "signed", "date": "2012"},
            {"agreement_id": "a", "event": "ratified", "party_id": "AZE", "date": "2013"},
        ]
    )
    new = builders.tiny(
        events=[
            {"agreement_id": "a", "event": "signed", "date": "2012-11", "place": "Rome"},
            {"agreement_id": "a", "event": "entered-into-force", "date": "2015"},
        ]
    )
    changes = {change.key["event_id"]: change for change in compare(old, new)}
    assert changes["signed"].kind == "changed"
    assert changes["signed"].fields == {"date": ("2012", "2012-11"), "place": ("", "Rome")}
    assert changes["ratified-aze"].kind == "removed"
    assert changes["entered-into-force"].kind == "added"
    assert {change.key["agreement_id"] for change in changes.values()} == {"a"}


def test_a_summary_counts_by_table() -> None:
    lines = summary(compare(builders.empty(), builders.small()))
    assert "agreements: 8 added" in lines
    assert "parties: 17 added" in lines


def without(agreement: str) -> Dataset:
    whole = builders.small()
    return whole.select([i for i in whole.overview.index if i != agreement])


def test_a_difference_goes_from_rows_to_what_follows_from_them(later: Dataset) -> None:
    difference = Difference(builders.small(), later)
    (changed,) = difference.agreements
    assert (changed.agreement_id, changed.kind) == ("aze-mar", "changed")
    assert changed.computed["status"] == ("pending", "in-force")
    assert {row.key["event_id"] for row in changed.rows if row.table == "events"} == {
        "ratified-mar",
        "entered-into-force",
    }


def test_nothing_differs_from_itself() -> None:
    difference = Difference(builders.small(), builders.small())
    assert not difference
    assert difference.findings == []
    assert "Nothing differs." in told(difference)[0]


def test_new_and_lost_agreements_are_told_apart() -> None:
    gone = Difference(builders.small(), without("fra-mar"))
    come = Difference(without("fra-mar"), builders.small())
    assert [(c.agreement_id, c.kind) for c in gone.agreements] == [("fra-mar", "removed")]
    assert [(c.agreement_id, c.kind) for c in come.agreements] == [("fra-mar", "added")]
    lines = told(come)
    assert lines[lines.index("New agreements (1)") + 1] == "  fra-mar (1994)"
    lines = told(gone)
    assert lines[lines.index("No longer listed (1)") + 1] == "  fra-mar (1994)"


def named(title: str, short_name: str | None) -> Dataset:
    agreement = {"agreement_id": "a", "title": title, "short_name": short_name}
    parties = [{"agreement_id": "a", "party_id": state} for state in ("AZE", "ITA")]
    return builders.tiny(agreements=[agreement], parties=parties)


@pytest.mark.parametrize(("short", "shown"), [("Short & plain", "Short & plain"), ("", "Long <1>")])
def test_an_agreement_is_named_as_readers_know_it(short: str, shown: str) -> None:
    nothing, something = named("Long <1>", short).select([]), named("Long <1>", short or None)
    difference = Difference(nothing, something)
    assert f"  {shown}" in told(difference)
    assert f"- {shown}" in entry(difference).splitlines()


def test_what_happened_is_said_in_labels_and_names(later: Dataset) -> None:
    lines = "\n".join(told(Difference(builders.small(), later)))
    assert ": in force, was pending" in lines
    assert "ratified (Morocco, 2026-02-04)" in lines
    assert "  aze-mar: Publisher of official-mar" in lines
    for code in ("in-force", "ratified-mar", "entered-into-force", "MAR"):
        assert code not in lines


def test_each_kind_of_change_has_its_line(small_folder: Path) -> None:
    row = {"agreement_id": "aze-ita"}
    builders.add(small_folder, "domains", **row, domain="cyber", basis="press")
    source = {"source_id": "press-new", "url": "https://example.org/new", "title": "New"}
    described = {"title_kind": "published", "language": "en", "kind": "press"}
    builders.add(small_folder, "sources", **source, **described, publisher="New Gazette")
    builders.add(small_folder, "citations", **row, subject="domain:cyber", source_id="press-new")
    lines = told(Difference(builders.small(), load(small_folder)))
    for title, said in (
        ("Domains added or corrected (1)", "  aze-ita: cyber defence"),
        ("Citations added or corrected (1)", "  aze-ita: New Gazette"),
    ):
        assert lines[lines.index(title) + 1] == said
    assert "Beside the agreements: sources: 1 added." in lines


def test_a_date_that_moves_with_its_step_is_told_once(small_folder: Path) -> None:
    file = small_folder / "events.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2012-11-06", "2012-11-07"), encoding="utf-8")
    lines = told(Difference(builders.small(), load(small_folder)))
    assert [line for line in lines if "2012-11-07" in line] == [
        "  aze-ita: 2012-11-07, was 2012-11-06"
    ]


def test_long_texts_are_cut_around_what_differs() -> None:
    words = [f"word{number}" for number in range(100)]
    other = [*words[:50], "another", *words[51:]]
    before, after = excerpts(" ".join(words), " ".join(other))
    assert [text for text, differs in before if differs] == ["word50"]
    assert [text for text, differs in after if differs] == ["another"]
    shown = " ".join(text for text, _ in after)
    assert shown.startswith("… word")
    assert "word49 another word51" in shown
    assert shown.endswith("…")
    assert len(shown.split()) < 20


def test_texts_with_nothing_in_common_are_not_shown_for_ever() -> None:
    before, after = excerpts("a " * 500, "b " * 500)
    assert len(" ".join(text for text, _ in [*before, *after]).split()) < 100


def many(count: int) -> Dataset:
    ids = [f"a{number}" for number in range(count)]
    return builders.tiny(
        agreements=[{"agreement_id": i} for i in ids],
        parties=[{"agreement_id": i, "party_id": p} for i in ids for p in ("AZE", "ITA")],
        events=[{"agreement_id": i, "date": "2012" if n else "1999"} for n, i in enumerate(ids)],
    )


def test_a_long_list_is_folded_away() -> None:
    long = Difference(many(0), many(FOLDED + 2))
    before, _, folded = entry(long).partition("<details>")
    assert "a26" not in before
    assert "a26" in folded
    assert "  a26 (2012)" in told(long)
    short = Difference(many(0), many(FOLDED))
    assert "<details>" not in entry(short)


def test_columns_that_the_older_edition_lacks_are_no_change() -> None:
    bare, filled = named("Title", None), named("Title", "Short")
    assert Difference(bare, filled).agreements
    lacking = frozenset({("agreements", "short_name")})
    difference = Difference(bare, filled, rules=("agreements",), lacking=lacking)
    assert difference.agreements == []
    assert difference, "the rules differ all the same"
    assert "read by today's rules" in told(difference)[0]
