"""Sentences by domain: which state names a subject more, and that no difference is clear."""

from __future__ import annotations

import builders

from accords.analysis import domains as measures
from accords.dataset import Dataset
from accords.prose import domains as prose


def test_a_clear_difference_is_told_with_the_state_that_names_it_more() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": f"a{n}", "party_id": "AZE"} for n in range(40)]
        + [{"agreement_id": f"m{n}", "party_id": "MAR"} for n in range(40)],
        events=[
            {"agreement_id": f"{s}{n}", "event": "signed", "date": "2020"}
            for s in "am"
            for n in range(40)
        ],
        domains=[{"agreement_id": f"a{n}", "domain": "cyber"} for n in range(40)]
        + [{"agreement_id": f"m{n}", "domain": "medical"} for n in range(40)],
    )
    said = str(prose.profiles(ds))
    assert "cyber defence (Azerbaijan more often, by 100 percentage points" in said
    assert "military medicine (Morocco more often, by 100 percentage points" in said


def test_no_clear_difference_is_said_to_be_none(small: Dataset) -> None:
    assert not measures.contrast(small)["sure"].any()
    assert "differs clearly between the two states" in str(prose.profiles(small))
    assert "Not one of the" in str(prose.profiles(small))
