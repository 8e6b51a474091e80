"""How the lists of what is promised, open and new are introduced."""

from __future__ import annotations

from builders import tiny

from accords.analysis import relations as measures
from accords.prose import relations as prose
from accords.words import plain


def test_what_may_be_older_is_not_counted_with_what_is_new() -> None:
    ds = tiny(
        as_of="2025-06-30",
        focus=("AZE",),
        parties=[{"agreement_id": a, "party_id": p} for a in "abc" for p in ("AZE", "ITA")],
        events=[
            {"agreement_id": "a", "event": "signed", "date": "2025-06-01"},
            {"agreement_id": "b", "event": "signed", "date": "2025-05"},
            {"agreement_id": "c", "event": "signed", "date": "2024"},
        ],
    )
    said = plain(prose.introduction(ds, "recent", measures.recent(ds)))
    assert "2 and perhaps 1 more of Azerbaijan" in said
    sure = plain(prose.introduction(ds, "recent", measures.recent(ds.select(["a"]))))
    assert "1 of Azerbaijan" in sure


def test_an_empty_list_is_a_line() -> None:
    ds = tiny(parties=[{"agreement_id": "a", "party_id": "AZE"}])
    for name in prose.LISTS:
        assert "none on record" in prose.introduction(ds, name, getattr(measures, name)(ds))
