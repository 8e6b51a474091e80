"""Verdicts: what supports a claim, what does not, and that none says more than the data."""

from __future__ import annotations

import builders
import pytest

from accords.analysis import claims
from accords.analysis.accord import accord_id

OWN = "press-own"


def case(test: str, argument: str = "", *, testable: bool = True, **tables):
    """One claim about the agreement 'a' of AZE and MAR, made by press-own."""
    parties = [{"agreement_id": "a", "party_id": state} for state in ("AZE", "MAR")]
    return builders.tiny(
        **{
            "agreements": ["a"],
            "parties": parties,
            "events": [{"agreement_id": "a", "date": "2024-10-30"}],
            "claims": [
                {
                    **{"claim_id": "claim", "agreement_id": "a", "claim": "So it is."},
                    **{"source_id": OWN, "test": test, "argument": argument, "testable": testable},
                }
            ],
            **tables,
        }
    )


def judged(dataset) -> dict:
    """The row of the claim's verdict."""
    (row,) = claims.verdicts(dataset, "a").to_dict("records")
    return row


def verdict(dataset) -> str:
    return judged(dataset)["verdict"]


def found(dataset) -> dict:
    """What the test found, by its code."""
    return dict(judged(dataset)["found"])


def cited(subject: str, *sources: tuple[str, str | None], evidence: str | None = None):
    return [
        {
            **{"agreement_id": "a", "subject": subject, "source_id": source},
            **{"voice": voice, "evidence": evidence},
        }
        for source, voice in sources
    ]


ADMINISTRATION, PARLIAMENT = "mar-defence-administration", "aze-parliament"


# Domains


def domain(*sources: tuple[str, str | None], code: str = "cyber", more=(), **tables):
    return case("domain", code, citations=[*cited("domain:cyber", *sources), *more], **tables)


def test_a_domain_that_every_official_list_names_is_supported():
    assert verdict(domain(("press-a", ADMINISTRATION), ("press-b", PARLIAMENT))) == "supported"


def test_a_domain_that_one_official_list_lacks_is_supported_in_part():
    other = cited("domain:training", ("press-b", PARLIAMENT))
    ds = domain(("press-a", ADMINISTRATION), more=other)
    assert verdict(ds) == "partly"
    assert found(ds)["some-lists"]["silent"] == (PARLIAMENT,)
    assert (judged(ds)["count"], judged(ds)["of"]) == (1, 2)


def test_a_domain_that_only_the_press_names_is_supported_in_part():
    assert verdict(domain(("press-a", "press"))) == "partly"


def test_what_the_claims_own_source_says_is_no_support():
    assert verdict(domain((OWN, "seed-article"))) == "not-shown"
    assert verdict(domain((OWN, PARLIAMENT))) == "not-shown"


def test_what_the_same_publisher_says_elsewhere_is_no_support():
    page = {"source_id": "press-again", "publisher": f"Publisher of {OWN}"}
    relayed = {"source_id": "press-relay", "origin": f"Publisher of {OWN}"}
    own = {"source_id": OWN, "publisher": f"Publisher of {OWN}"}
    for source in (page, relayed):
        ds = domain((source["source_id"], "press"), sources=[source, own])
        assert verdict(ds) == "not-shown", source


def test_a_domain_that_nobody_names_is_not_shown():
    ds = domain(("press-a", ADMINISTRATION), code="border")
    assert verdict(ds) == "not-shown"
    assert set(found(ds)) == {"no-list"}


def test_a_claim_of_two_domains_of_which_one_is_shown_is_supported_in_part():
    assert verdict(domain(("press-a", ADMINISTRATION), code="cyber, border")) == "partly"


def test_a_claim_that_goes_further_than_the_domain_is_supported_in_part():
    ds = domain(("press-a", ADMINISTRATION), code="cyber + advanced")
    assert verdict(ds) == "partly"
    assert found(ds)["no-further"] == {"words": "advanced"}
    told = cited("existence", ("press-b", "press"), evidence="Speaks of advanced networks.")
    assert verdict(domain(("press-a", ADMINISTRATION), code="cyber + advanced", more=told)) == (
        "supported"
    )


# Events


def vote(date: str | None, *sources: str, argument: str = "parliament-approved,AZE,2024-12-27"):
    return case(
        "event",
        argument,
        events=[
            {"agreement_id": "a", "date": "2024-10-30"},
            {"agreement_id": "a", "event": "parliament-approved", "party_id": "AZE", "date": date},
        ],
        citations=cited("event:parliament-approved-aze", *[(s, None) for s in sources]),
    )


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-12-27", "supported"),
        ("2024-12", "partly"),
        ("2024", "partly"),
        (None, "partly"),
        ("2025-01-10", "contradicted"),
        ("2025", "contradicted"),
    ],
)
def test_an_event_is_supported_only_where_its_date_confirms_the_claim(date, expected):
    assert verdict(vote(date, "press-a")) == expected


def test_an_event_known_from_the_claims_own_source_alone_is_not_shown():
    assert verdict(vote("2024-12-27", OWN)) == "not-shown"


def test_an_event_that_is_not_on_record_is_not_shown():
    assert verdict(vote("2024-12-27", "press-a", argument="ratified,MAR,2024-12-27")) == "not-shown"


def test_a_day_that_only_the_claims_own_source_prints_is_supported_in_part():
    ds = vote("2024-12-27", "press-a", OWN, argument="parliament-approved,AZE,2024-12-27,own-day")
    assert verdict(ds) == "partly"
    assert set(found(ds)) == {"own-day"}


def test_a_contradicted_date_says_how_far_off_it_is():
    assert found(vote("2025-01-10", "press-a"))["other-date"]["days"] == 14
    assert found(vote("2024-12", "press-a"))["dated-step"]["sources"] == 1


# Words


def test_words_of_an_official_title_support_a_claim_where_an_official_voice_is_on_record():
    agreement = {"agreement_id": "a", "title": "Accord on Defence", "title_kind": "official"}
    told = cited("existence", ("press-a", ADMINISTRATION))
    ds = case("wording", "accord on defence", agreements=[agreement], citations=told)
    assert verdict(ds) == "supported"
    described = [{**agreement, "title_kind": "descriptive"}]
    assert verdict(case("wording", "accord on defence", agreements=described, citations=told)) == (
        "not-shown"
    )


@pytest.mark.parametrize(
    ("source", "voice", "expected"),
    [
        ("press-a", PARLIAMENT, "supported"),
        ("official-a", None, "supported"),
        ("press-a", "press", "partly"),
        (OWN, "seed-article", "not-shown"),
    ],
)
def test_words_are_as_good_as_who_uses_them(source, voice, expected):
    told = cited("existence", (source, voice), evidence="The vote was unanimous.")
    assert verdict(case("wording", "unanimous", citations=told)) == expected


def test_statements_of_others_support_at_most_a_part():
    told = cited("existence", ("press-a", PARLIAMENT), (OWN, None), evidence="It was <debated>.")
    assert verdict(case("statement", "press-a", citations=told)) == "partly"
    assert verdict(case("statement", OWN, citations=told)) == "not-shown"
    said = found(case("statement", "press-a", citations=told))["statement"]
    assert said == {"publishers": ("Publisher of press-a",), "words": "It was <debated>"}


# Other agreements


def second(date: str, instrument: str = "agreement"):
    return {
        "agreements": ["a", {"agreement_id": "b", "instrument": instrument}],
        "parties": [
            {"agreement_id": i, "party_id": state} for i in "ab" for state in ("AZE", "MAR")
        ],
        "events": [
            {"agreement_id": "a", "date": "2024-10-30"},
            {"agreement_id": "b", "date": date},
        ],
    }


def test_the_first_instrument_between_two_states_shows_a_step_up_in_part():
    assert verdict(case("first-between")) == "partly"
    assert verdict(case("first-between", **second("2025"))) == "partly"
    assert verdict(case("first-between", **second("2010"))) == "not-shown"
    assert verdict(case("first-between", **second("2024"))) == "not-shown"


def test_only_later_instruments_of_the_kind_follow_up():
    contract = "procurement-contract"
    assert verdict(case("followed-up", contract)) == "not-shown"
    assert verdict(case("followed-up", contract, **second("2025", contract))) == "partly"
    assert verdict(case("followed-up", contract, **second("2025"))) == "not-shown"
    assert verdict(case("followed-up", contract, **second("2010", contract))) == "not-shown"


def many(before: list[str], after: list[str]):
    """Agreements of AZE with these partners in the last two runs of ten years."""
    dated = [(p, "2010", n) for n, p in enumerate(before)]
    dated += [(p, "2020", n) for n, p in enumerate(after)]
    ids = [f"{p.lower()}-{year}-{n}" for p, year, n in dated]
    pairs = list(zip(ids, dated, strict=True))
    parties = [{"agreement_id": i, "party_id": s} for i, (p, *_) in pairs for s in ("AZE", p)]
    return {
        "agreements": ["a", *ids],
        "parties": [{"agreement_id": "a", "party_id": s} for s in ("AZE", "MAR")] + parties,
        "events": [{"agreement_id": "a"}]
        + [{"agreement_id": i, "date": year} for i, (_, year, _) in pairs],
    }


PARTNERS = ["TUR", "ITA", "FRA", "PAK", "GEO", "UKR", "ISR", "POL", "ROU", "BGR"]


def test_partners_diversify_only_with_and_without_the_largest():
    spread = many(["TUR"] * 10 + ["ITA"] * 10, PARTNERS * 2)
    assert verdict(case("diversifies", "AZE", **spread)) == "partly"
    assert verdict(case("diversifies", "AZE", **many(PARTNERS, PARTNERS))) == "not-shown"
    assert verdict(case("diversifies", "AZE", **many([], []))) == "not-shown"
    narrowed = many(PARTNERS * 2, ["TUR"] * 10 + ["ITA"] * 10)
    assert verdict(case("diversifies", "AZE", **narrowed)) == "contradicted"


def test_a_regions_share_grows_only_with_and_without_the_largest_partner_there():
    region = "AZE,Northern Africa,-DZA"
    grown = many(["ITA"] * 20, ["TUN"] * 16 + ["EGY"] * 14)
    ds = case("region-share", region, **grown)
    assert verdict(ds) == "partly"
    whole, rest = (said for code, said in judged(ds)["found"] if code == "share")
    assert (whole["years"], whole["start"], whole["end"]) == (10, 2017, 2026)
    assert (whole["before"], whole["after"], len(whole["ids"])) == (0, 1, 30)
    assert 0.5 < whole["low"] < whole["high"] <= 1
    assert (rest["left_out"], len(rest["ids"])) == ("TUN", 14)
    one = many(["ITA"] * 20, ["TUN"] * 20 + ["ITA"] * 5)
    assert verdict(case("region-share", region, **one)) == "not-shown"
    fallen = many(["TUN"] * 15 + ["EGY"] * 15, ["ITA"] * 20)
    assert verdict(case("region-share", region, **fallen)) == "contradicted"
    left_out = many(["ITA"] * 20, ["DZA"] * 30)
    assert verdict(case("region-share", region, **left_out)) == "not-shown"
    assert verdict(case("region-share", region)) == "not-shown"


def test_membership_is_seen_only_in_instruments_of_the_organisation():
    assert verdict(case("membership", "OIC")) == "not-testable"
    shared = [{"agreement_id": "b", "party_id": p} for p in ("AZE", "MAR", "OIC")]
    own = [{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR")]
    tables = {"agreements": ["a", "b"], "parties": [*own, *shared]}
    assert verdict(case("membership", "OIC", **tables)) == "partly"
    tables["parties"] = [*own, *shared[1:]]
    assert verdict(case("membership", "OIC", **tables)) == "not-shown"


# All claims


@pytest.mark.parametrize("test", ["network-position", "compared", "none"])
def test_observations_give_no_verdict(test):
    assert verdict(case(test, "MAR")) == "not-testable"


def test_a_claim_marked_as_not_testable_stays_so_whatever_its_test_finds():
    told = cited("domain:cyber", ("press-a", ADMINISTRATION))
    ds = case("domain", "cyber", testable=False, citations=told)
    assert verdict(ds) == "not-testable"
    assert set(found(ds)) == {"all-lists"}


def test_every_test_of_the_code_list_is_registered_and_the_other_way_round(dataset):
    assert set(claims.TESTS) == set(dataset.codes("tests").index)
    verdicts = {claims.SUPPORTED, claims.PARTLY, claims.NOT_SHOWN, claims.CONTRADICTED}
    assert verdicts | {claims.NOT_TESTABLE} == set(dataset.codes("verdicts").index)


def test_without_claims_about_an_agreement_there_are_no_verdicts(small):
    assert claims.verdicts(small, "aze-mar").empty
    assert claims.verdicts(case("none"), "another").empty
    assert claims.verdicts(case("none"), None).empty


def test_claims_about_an_agreement_that_was_not_selected_are_left_out():
    assert claims.verdicts(case("none").select([]), "a").empty


def test_the_shipped_claims_are_all_judged_on_agreements_that_exist(dataset):
    table = claims.verdicts(dataset, accord_id(dataset))
    assert list(table["claim_id"]) == list(dataset.claims["claim_id"])
    assert set(table["ids"].explode()) <= set(dataset.overview.index)
