"""The accord: which it is, its life, who names its domains, how it compares."""

from __future__ import annotations

import builders

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
    assert signed["count"] == 1


def test_days_are_counted_from_the_signature_between_dates_known_to_the_day_only(small):
    days = accord.life(small, "aze-mar").set_index("event_id")["days"]
    assert days["parliament-approved-aze"] == 58
    ds = builders.tiny(
        parties=between("a", "AZE", "MAR"),
        events=[step("a", "signed", "2024-10"), step("a", "ratified", "2025-01-10", "AZE")],
    )
    assert accord.life(ds, "a")["days"].isna().all()


def test_voices_stay_apart_and_the_best_one_decides_on_what_a_domain_rests():
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
    rests_on = table.drop_duplicates("domain").set_index("domain")["named_by"]
    assert rests_on.to_dict() == {
        "medical": accord.TEXT,
        "training": accord.SEVERAL,
        "cyber": accord.ONE,
        "intelligence": accord.PRESS,
    }
    counts = table.set_index(["domain", "voice"])["count"]
    assert counts["training", "aze-parliament"] == 2
    assert counts["training", "mar-defence-administration"] == 1
    assert counts["medical", accord.UNRECORDED] == 1
    assert table["domain"].iloc[0] == "medical"


def test_a_domain_that_no_source_is_cited_for_still_stands_on_its_basis():
    ds = builders.tiny(
        parties=between("a", "AZE", "MAR"), domains=[{"agreement_id": "a", "domain": "cyber"}]
    )
    (row,) = accord.voices(ds, "a").to_dict("records")
    assert (row["named_by"], row["count"]) == (accord.ONE, 0)


def both(domains: str, *others: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    """Joint lists where one source gives an official list of 'a', and the domains of others."""
    named_there = [named("a", domain, "press-a", "mar-government") for domain in domains.split()]
    named_there += [named(i, domain, "press-a") for i, codes in others for domain in codes.split()]
    ds = builders.tiny(
        parties=[p for i in ("a", *(i for i, _ in others)) for p in between(i, "AZE", "MAR")],
        domains=[{"agreement_id": "a", "domain": domain} for domain in domains.split()],
        citations=named_there,
    )
    return joint_lists(ds)


def joint_lists(ds) -> dict[str, tuple[str, ...]]:
    """The voices with a joint list of 'a', and the other agreements that it was given for."""
    rows = accord.voices(ds, "a").drop_duplicates("voice")
    return {voice: ids for voice, ids in zip(rows["voice"], rows["joint"], strict=True) if ids}


def test_a_list_that_a_source_gives_for_two_agreements_alike_is_a_joint_one():
    assert both("training cyber", ("b", "training cyber")) == {"mar-government": ("b",)}
    assert both("training cyber", ("b", "training")) == {}
    assert both("training", ("b", "training")) == {}, "one domain is not a list"
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
        domains=[{"agreement_id": "a", "domain": domain} for domain in ("training", "cyber")],
    )
    assert joint_lists(ds) == {}


def test_no_accord_has_no_life_and_no_voices(small):
    assert accord.life(small, None).empty
    assert accord.voices(small, None).empty
    assert accord.between(small, None).empty
    assert accord.standing(small, None).empty


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
    table = accord.standing(ds, "a").set_index("aspect")
    assert table.loc["days", ["state", "value", "count", "of"]].to_list() == ["AZE", 40, 1, 3]
    assert table.loc["days", ["below", "same", "above"]].to_list() == [("c",), ("b",), ("d",)]


def test_domains_that_only_the_press_names_do_not_raise_an_agreement_among_others():
    ds = builders.tiny(
        parties=[p for a in "abc" for p in between(a, "AZE", "ITA")],
        events=[step(a, "signed", "2020-01-01") for a in "abc"],
        domains=[
            {"agreement_id": i, "domain": domain, "basis": basis}
            for i, domain, basis in [
                *(("a", "cyber", "official"), ("a", "medical", "press"), ("a", "legal", "press")),
                *(("b", "cyber", "text"), ("b", "legal", "official"), ("c", "cyber", "press")),
            ]
        ],
    )
    (row,) = accord.standing(ds, "a").to_dict("records")
    assert (row["aspect"], row["value"]) == ("domains", 1)
    assert (row["below"], row["above"]) == ((), ("b",))


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
