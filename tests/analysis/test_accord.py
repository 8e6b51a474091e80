"""The accord: which it is, its life, who names its subjects, how it compares."""

from __future__ import annotations

import builders
import pandas as pd

from accords.analysis import accord


def between(agreement: str, *states: str) -> list[dict[str, str]]:
    return [{"agreement_id": agreement, "party_id": state} for state in states]


def step(agreement: str, event: str, date: str | None, party: str | None = None) -> dict:
    return {"agreement_id": agreement, "event": event, "date": date, "party_id": party}


def named(agreement: str, domain: str, source: str, voice: str | None = None) -> dict:
    return {
        "agreement_id": agreement,
        "subject": f"domain:{domain}",
        "source_id": source,
        "voice": voice,
    }


def test_the_accord_is_the_agreement_that_the_claims_are_about():
    ds = builders.tiny(
        parties=[*between("told-of", "AZE", "MAR"), *between("newer", "AZE", "MAR")],
        events=[
            {"agreement_id": "told-of", "date": "2012"},
            {"agreement_id": "newer", "date": "2020"},
        ],
        claims=[{"claim_id": "c", "agreement_id": "told-of", "claim": "It is so."}],
    )
    assert accord.accord_id(ds) == "told-of"


def test_without_claims_the_newest_concluded_agreement_between_the_focus_states_is_taken():
    ds = builders.tiny(
        parties=[
            *between("old", "AZE", "MAR"),
            *between("new", "AZE", "MAR"),
            *between("planned", "AZE", "MAR"),
            *between("other", "AZE", "ITA"),
        ],
        events=[
            step("old", "signed", "2001"),
            step("new", "signed", "2011"),
            step("planned", "announced", "2020"),
            step("other", "signed", "2022"),
        ],
    )
    assert accord.accord_id(ds) == "new"


def test_claims_about_an_agreement_of_others_do_not_make_it_the_accord():
    ds = builders.tiny(
        parties=[*between("other", "AZE", "ITA")],
        events=[step("other", "signed", "2022")],
        claims=[{"claim_id": "c", "agreement_id": "other", "claim": "So."}],
    )
    assert accord.accord_id(ds) is None


def test_an_approved_agreement_waits_for_what_each_side_has_not_shown(small):
    steps = accord.life(small, "aze-mar")
    missing = steps[~steps["found"]]
    assert list(zip(missing["event"], missing["party"].fillna("all"), strict=True)) == [
        ("ratified", "AZE"),
        ("parliament-approved", "MAR"),
        ("ratified", "MAR"),
        ("entered-into-force", "all"),
    ]


def test_a_life_that_reached_its_end_waits_for_nothing(small):
    for agreement in ("aze-ita", "aze-isr-buy", "aze-tur-old", "mar-usa-note"):
        assert accord.life(small, agreement)["found"].all(), agreement


def test_a_signed_plan_waits_for_no_approval_that_nobody_began():
    ds = builders.tiny(
        parties=between("plan", "AZE", "MAR"), events=[step("plan", "signed", "2025")]
    )
    steps = accord.life(ds, "plan")
    assert list(steps.loc[~steps["found"], "event"]) == ["entered-into-force"]


def test_steps_stand_in_order_of_time_and_carry_what_is_disputed(small):
    steps = accord.life(small, "aze-mar")
    assert steps["earliest"].dropna().is_monotonic_increasing
    signed = steps.set_index("event_id").loc["signed"]
    assert signed["disputed"] == ("place",)
    assert signed["sources"] == 1


def test_voices_stay_apart_and_the_best_one_decides_on_what_a_subject_rests():
    ds = builders.tiny(
        parties=between("a", "AZE", "MAR"),
        domains=[
            {"agreement_id": "a", "domain": d, "basis": b}
            for d, b in [
                ("training", "official"),
                ("cyber", "official"),
                ("intelligence", "press"),
                ("medical", "text"),
            ]
        ],
        citations=[
            {"agreement_id": "a"},
            named("a", "training", "press-a", "mar-defence-administration"),
            named("a", "training", "press-b", "aze-parliament"),
            named("a", "training", "press-c", "aze-parliament"),
            named("a", "cyber", "press-a", "mar-defence-administration"),
            named("a", "intelligence", "press-d", "press"),
            named("a", "medical", "treaty-database-x"),
        ],
    )
    table = accord.voices(ds, "a")
    assert table["named_by"].to_dict() == {
        "medical": accord.TEXT,
        "training": accord.SEVERAL,
        "cyber": accord.ONE,
        "intelligence": accord.PRESS,
    }
    assert table.at["training", "aze-parliament"] == 2
    assert table.at["training", "mar-defence-administration"] == 1
    assert table.at["medical", accord.UNRECORDED] == 1
    assert table.index[0] == "medical"


def both(subjects: str, *others: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    """Joint lists where one source gives an official list of 'a', and the subjects of others."""
    named_there = [named("a", domain, "press-a", "mar-government") for domain in subjects.split()]
    named_there += [named(i, domain, "press-a") for i, codes in others for domain in codes.split()]
    ds = builders.tiny(
        parties=[p for i in ("a", *(i for i, _ in others)) for p in between(i, "AZE", "MAR")],
        citations=named_there,
    )
    return accord.joint_lists(ds, "a")


def test_a_list_that_a_source_gives_for_two_agreements_alike_is_a_joint_one():
    assert both("training cyber", ("b", "training cyber")) == {"mar-government": ("b",)}
    assert both("training cyber", ("b", "training")) == {}
    assert both("training", ("b", "training")) == {}, "one subject is no list"
    assert both("training cyber") == {}


def test_a_list_that_another_source_gives_for_one_agreement_alone_is_not_joint():
    ds = builders.tiny(
        parties=between("a", "AZE", "MAR") + between("b", "AZE", "MAR"),
        citations=[
            named(i, domain, "press-a", "mar-government")
            for i in "ab"
            for domain in ("training", "cyber")
        ]
        + [named("a", domain, "press-b", "mar-government") for domain in ("training", "cyber")],
    )
    assert accord.joint_lists(ds, "a") == {}


def test_no_accord_has_no_life_and_no_voices(small):
    assert accord.life(small, None).empty
    assert accord.voices(small, None).empty
    assert accord.joint_lists(small, None) == {}


def test_approval_is_timed_from_signature_to_the_states_own_first_step():
    ds = builders.tiny(
        parties=[p for a in ("a", "b", "c", "d") for p in between(a, "AZE", "ITA")],
        events=[
            step("a", "signed", "2020-01-01"),
            step("a", "tabled", "2020-01-05", "AZE"),
            step("a", "ratified", "2020-01-31", "ITA"),
            step("a", "parliament-approved", "2020-03-01", "AZE"),
            step("a", "ratified", "2020-04-01", "AZE"),
            step("b", "signed", "2020-01"),
            step("b", "ratified", "2020-03-01", "AZE"),
            step("c", "signed", "2020-01-01"),
            step("c", "ratified", "2020", "AZE"),
            step("d", "signed", "2020-01-01"),
            step("d", "government-approved", "2019-12-01", "AZE"),
        ],
    )
    times = accord.approval_times(ds).set_index("agreement_id")
    assert list(times.index) == ["b", "a"]
    assert (times.at["a", "low"], times.at["a", "high"]) == (60, 60)
    assert times.at["a", "event"] == "parliament-approved"
    assert (times.at["b", "low"], times.at["b", "high"]) == (30, 60)


def test_overlapping_waits_cannot_be_told_apart():
    ds = builders.tiny(
        parties=[p for a in "abcd" for p in between(a, "AZE", "ITA")],
        events=[
            *[step(a, "signed", "2020-01-01") for a in "acd"],
            step("b", "signed", "2020-01"),
            step("a", "ratified", "2020-02-10", "AZE"),
            step("b", "ratified", "2020-03-01", "AZE"),
            step("c", "ratified", "2020-01-02", "AZE"),
            step("d", "ratified", "2021-01-02", "AZE"),
        ],
    )
    rank = accord.approval_rank(ds, "a", "AZE")
    assert (rank.value, rank.below, rank.above, rank.n) == (40, 1, 1, 3)
    assert (rank.lower, rank.same, rank.higher) == (("c",), ("b",), ("d",))


def test_other_instruments_between_the_same_parties_are_earlier_later_or_unknown():
    ds = builders.tiny(
        agreements=[*"abcd", {"agreement_id": "m", "scope": "multilateral"}, "x"],
        parties=[p for a in "abcdm" for p in between(a, "AZE", "MAR")] + between("x", "AZE", "ITA"),
        events=[
            step("a", "signed", "2010-06-01"),
            step("b", "signed", "2009"),
            step("c", "signed", "2011"),
            step("d", "signed", "2010"),
            step("m", "signed", "2012"),
            step("x", "signed", "2012"),
        ],
    )
    others = accord.between(ds, "a")
    assert others["when"].to_dict() == {"b": "earlier", "c": "later", "d": "unknown"}


def test_a_share_is_compared_over_two_runs_of_years_with_an_interval():
    ds = builders.tiny(
        as_of="2020-12-31",
        parties=[p for n in range(20) for p in between(f"i{n}", "AZE", "ITA")]
        + [p for n in range(20) for p in between(f"t{n}", "AZE", "TUR")],
        events=[step(f"i{n}", "signed", "2005") for n in range(20)]
        + [step(f"t{n}", "signed", "2015") for n in range(20)],
    )
    change = accord.partner_share(ds, "AZE", {"TUR"})
    assert (change.span_before, change.span_after) == ("2001-2010", "2011-2020")
    assert (len(change.before), len(change.after)) == (0, 20)
    assert (change.total_before, change.total_after) == (20, 20)
    assert change.low > 50
    assert change.high <= 100
    assert change.largest == "TUR"


def test_a_share_of_nothing_has_no_interval():
    change = accord.partner_share(builders.empty(), "AZE", {"TUR"})
    assert pd.isna(change.low)
    assert change.largest is None
