"""What differs between two states of the tables, field by field."""

from __future__ import annotations

import builders

from accords.curation.differences import compare, summary


def test_nothing_differs_from_itself() -> None:
    assert compare(builders.small(), builders.small()) == []


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
    assert {change.agreement for change in changes.values()} == {"a"}


def test_a_summary_counts_by_table() -> None:
    lines = summary(compare(builders.empty(), builders.small()))
    assert "agreements: 8 added" in lines
    assert "parties: 17 added" in lines
