"""What each state has with each partner, and what is promised, open and new."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import empty, small, tiny

from accords.analysis import relations
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

LISTS = ("pledges", "pending", "outstanding", "recent")


def between(agreement: str, *parties: str) -> list[dict[str, str]]:
    return [{"agreement_id": agreement, "party_id": party} for party in parties]


def partner_profile(ds: Dataset, state: str, partner: str) -> pd.DataFrame:
    table = relations.profiles(ds)
    return table[(table["state"] == state) & (table["partner"] == partner)]


def counted(profile: pd.DataFrame) -> dict[tuple[str, str], int]:
    return profile.set_index(["aspect", "code"])["count"].to_dict()


def test_a_profile_counts_bilateral_agreements_on_record():
    profile = partner_profile(small(), "AZE", "TUR")
    counts = counted(profile)
    assert counts["agreements", "all"] == counts["agreements", "concluded"] == 2
    assert counts["status", "in-force"] == counts["status", "superseded"] == 1
    assert counts["domain", "training"] == 2
    assert counts["press", "training"] == 1
    assert counts["official", "official"] == 1
    assert counts["sources", "cited"] == 2
    whole = profile[profile["aspect"] == "agreements"].iloc[0]
    assert whole["ids"] == ("aze-tur-new", "aze-tur-old")
    assert set(profile["of"]) == {2}


def test_what_is_only_announced_counts_and_is_not_concluded():
    counts = counted(partner_profile(small(), "MAR", "USA"))
    assert counts["agreements", "all"] == 1
    assert ("agreements", "concluded") not in counts


def test_agreements_of_many_are_no_part_of_a_profile():
    assert "many" not in {i for ids in relations.profiles(small())["ids"] for i in ids}


def test_a_pair_without_agreements_has_an_empty_profile():
    assert partner_profile(small(), "AZE", "CHN").empty


def test_two_focus_states_are_partners_of_each_other():
    rows = relations.relations(small())
    pairs = rows[rows["agreement_id"] == "aze-mar"][["state", "partner"]]
    assert set(pairs.itertuples(index=False, name=None)) == {("AZE", "MAR"), ("MAR", "AZE")}


def test_purchases_are_counted_by_how_far_they_have_come():
    profile = partner_profile(small(), "AZE", "ISR")
    assert counted(profile)["purchase", "completed"] == 1


def test_pledges_that_have_ended_come_last():
    made = tiny(
        parties=[*between("old", "AZE", "TUR"), *between("new", "AZE", "TUR")],
        agreements=[
            {"agreement_id": "old", "summary": "They aid each other."},
            {"agreement_id": "new"},
        ],
        events=[
            {"agreement_id": "old", "event": "entered-into-force", "date": "2020"},
            {"agreement_id": "old", "event": "terminated", "date": "2024"},
            {"agreement_id": "new", "event": "entered-into-force", "date": "1995"},
        ],
        domains=[{"agreement_id": key, "domain": relations.PLEDGE} for key in ("old", "new")],
    )
    pledges = relations.pledges(made)
    assert list(pledges["agreement_id"]) == ["new", "old"]
    assert list(pledges["ended"]) == [False, True]
    assert pledges["promise"].iloc[1] == "They aid each other."


def test_what_is_pending_names_the_furthest_step_of_each_side():
    pending = relations.pending(small()).set_index("state")
    assert list(pending["agreement_id"]) == ["aze-mar", "aze-mar"]
    assert pending.loc["MAR", "steps"] == (
        ("MAR", "government-approved", "2025-05-29"),
        ("AZE", "parliament-approved", "2024-12-27"),
    )
    assert pending.loc["AZE", "date"] == "2024-10-30"
    assert not pending["done"].any()


def test_a_side_that_took_no_step_says_so_and_one_that_ratified_is_done():
    made = tiny(
        parties=[*between("a", "AZE", "ITA"), *between("b", "MAR", "ITA")],
        events=[
            {"agreement_id": "a", "event": "signed", "date": "2024"},
            {"agreement_id": "a", "event": "ratified", "party_id": "ITA", "date": "2025"},
            {"agreement_id": "b", "event": "signed", "date": "2024"},
            {"agreement_id": "b", "event": "ratified", "party_id": "MAR", "date": None},
        ],
    )
    pending = relations.pending(made).set_index("state")
    assert pending.loc["AZE", "steps"] == (("AZE", None, None), ("ITA", "ratified", "2025"))
    assert pending.loc["MAR", "steps"] == (("MAR", "ratified", None),)
    assert dict(pending["done"]) == {"AZE": False, "MAR": True}


def test_steps_after_the_day_of_reading_are_not_taken_yet():
    made = tiny(
        as_of="2025-06-30",
        parties=between("a", "AZE", "ITA"),
        events=[
            {"agreement_id": "a", "event": "signed", "date": "2024"},
            {"agreement_id": "a", "event": "tabled", "party_id": "AZE", "date": "2025-02"},
            {"agreement_id": "a", "event": "ratified", "party_id": "AZE", "date": "2025-09"},
        ],
    )
    ((own,),) = relations.pending(made)["steps"]
    assert own == ("AZE", "tabled", "2025-02")


def test_purchases_are_outstanding_until_the_whole_order_is_handed_over():
    lives = {
        "ordered": [("signed", "2024")],
        "arriving": [("signed", "2022"), ("attested", "2023"), ("attested", "2024-05")],
        "delivered": [("signed", "2022"), ("delivered", "2024")],
        "text": [("signed", "2024")],
        "sold": [("signed", "2024")],
    }
    made = tiny(
        agreements=[
            {"agreement_id": key, "instrument": "agreement" if key == "text" else PURCHASE}
            for key in lives
        ],
        parties=[
            {"agreement_id": key, "party_id": party, "role": role}
            for key in lives
            for party, role in (
                (("ITA", "buyer"), ("MAR", "supplier"))
                if key == "sold"
                else (("MAR", "buyer"), ("USA", "supplier"))
            )
        ],
        events=[
            {"agreement_id": key, "event": event, "date": date}
            for key, steps in lives.items()
            for event, date in steps
        ],
    )
    rows = relations.outstanding(made).set_index("agreement_id")
    assert set(rows.index) == {"ordered", "arriving"}
    assert rows.loc["arriving", "seen"] == "2024-05"
    assert pd.isna(rows.loc["ordered", "seen"])


@pytest.mark.parametrize(
    ("event", "date", "certain"),
    [
        ("signed", "2025-06-01", True),
        ("signed", "2024-06-30", None),
        ("signed", "2024-07-01", True),
        ("signed", "2024", False),
        ("signed", "2025-07-01", None),
        ("attested", "2025-06-01", False),
        ("announced", "2025-06-01", None),
    ],
)
def test_recent_is_what_was_concluded_in_the_last_months(event, date, certain):
    made = tiny(
        as_of="2025-06-30",
        parties=between("a", "AZE", "ITA"),
        events=[{"agreement_id": "a", "event": event, "date": date}],
    )
    assert list(relations.recent(made)["certain"]) == ([] if certain is None else [certain])


def test_fewer_months_hold_fewer(dataset):
    year = set(relations.recent(dataset)["agreement_id"])
    assert set(relations.recent(dataset, months=3)["agreement_id"]) < year


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_dataset_has_empty_lists_of_the_same_columns(name, dataset):
    measure = getattr(relations, name)
    assert list(measure(empty()).columns) == list(measure(dataset).columns)
    assert measure(empty()).empty
    assert relations.profiles(empty()).empty
