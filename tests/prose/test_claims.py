"""The table of claims: a sentence for all that a test finds, escaped, and a tally that counts."""

from __future__ import annotations

import re

import builders
import pytest

from accords.analysis import claims
from accords.analysis.accord import accord_id
from accords.prose import claims as prose
from accords.templates import template
from accords.words import LeftOut, plain


def case(test: str, argument: str = "", **tables):
    """One claim about the agreement 'a' of AZE and MAR, and how it was judged."""
    claim = {"claim_id": "c", "agreement_id": "a", "source_id": "press-own", "claim": "<b>So."}
    ds = builders.tiny(
        **{
            "agreements": ["a"],
            "parties": [{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR")],
            "events": [{"agreement_id": "a", "date": "2024-10-30"}],
            "claims": [{**claim, "test": test, "argument": argument, "note": "<i>why"}],
            **tables,
        }
    )
    return ds, claims.verdicts(ds, "a")


def said(ds, verdicts) -> str:
    (row,) = verdicts.to_dict("records")
    return plain(str(prose.reason(ds, row)))


def step(event: str, date: str | None, *sources: str) -> dict:
    """A step of AZE in the life of 'a', and the sources that report it."""
    row = {"agreement_id": "a", "event": event, "party_id": "AZE", "date": date}
    cited = [
        {"agreement_id": "a", "subject": f"event:{event}-aze", "source_id": source}
        for source in sources
    ]
    return {"events": [{"agreement_id": "a", "date": "2024-10-30"}, row], "citations": cited}


def cited(subject: str, *sources: tuple[str, str | None]) -> dict:
    return {
        "citations": [
            {"agreement_id": "a", "subject": subject, "source_id": source, "voice": voice}
            for source, voice in sources
        ]
    }


def others(*dated: tuple[str, str], organisation: str = "") -> dict:
    """Other agreements of AZE: with whom and when; an organisation is a further party of all."""
    ids = [f"x{n}" for n in range(len(dated))]
    rows = [("a", "AZE"), ("a", "MAR"), *((i, "AZE") for i in ids)]
    rows += [(i, partner) for i, (partner, _) in zip(ids, dated, strict=True)]
    rows += [(i, organisation) for i in ids if organisation]
    return {
        "agreements": ["a", *ids],
        "parties": [{"agreement_id": i, "party_id": party} for i, party in rows],
        "events": [{"agreement_id": "a", "date": "2024-10-30"}]
        + [{"agreement_id": i, "date": year} for i, (_, year) in zip(ids, dated, strict=True)],
    }


def at(year: str, **partners: int) -> list[tuple[str, str]]:
    """So many agreements with each partner in a year."""
    return [(partner, year) for partner, n in partners.items() for _ in range(n)]


TITLED = {"agreement_id": "a", "title": "On cyber defence", "title_kind": "official"}
PARLIAMENT = ("press-a", "aze-parliament")
WAITED = {
    **others(("ITA", "2010-01-01")),
    "events": [
        {"agreement_id": i, "event": event, "party_id": party, "date": date}
        for i, year in (("a", 2024), ("x0", 2010))
        for event, party, date in (
            ("signed", None, f"{year}-01-01"),
            ("ratified", "AZE", f"{year}-03-01"),
        )
    ],
}

FINDINGS: list[tuple[str, str, dict]] = [
    ("event", "ratified,AZE,2025", {}),
    ("event", "ratified,AZE,2025", step("ratified", "2025", "press-own")),
    ("event", "ratified,AZE,2025", step("ratified", None, "press-a")),
    ("event", "ratified,AZE,2025", step("ratified", "2025", "press-a")),
    ("event", "ratified,AZE,2024", step("ratified", "2025-01-10", "press-a")),
    ("event", "ratified,AZE,2025-01-10,own-day", step("ratified", "2025", "press-a")),
    ("wording", "cyber", {"agreements": [TITLED], **cited("existence", PARLIAMENT)}),
    ("wording", "says so", cited("existence", PARLIAMENT)),
    ("wording", "unanimous", cited("existence", PARLIAMENT)),
    ("statement", "press-a", cited("existence", PARLIAMENT)),
    ("statement", "press-b", {}),
    ("domain", "cyber + advanced", cited("domain:cyber", PARLIAMENT)),
    ("domain", "cyber", cited("domain:legal", PARLIAMENT)),
    ("domain", "cyber", cited("domain:cyber", ("press-a", "press"))),
    ("domain", "cyber", cited("domain:cyber", ("press-own", "press"))),
    (
        "domain",
        "cyber",
        {
            "citations": cited("domain:cyber", PARLIAMENT)["citations"]
            + cited("domain:legal", ("press-b", "mar-government"))["citations"]
        },
    ),
    ("followed-up", "", {}),
    ("followed-up", "", others(("MAR", "2025"))),
    ("first-between", "", {}),
    ("first-between", "", others(("MAR", "2010"))),
    ("diversifies", "AZE", {}),
    ("diversifies", "AZE", others(*at("2010", TUR=6, ITA=6), *at("2020", TUR=6, ITA=6))),
    ("region-share", "AZE,TUN,EGY", others(*at("2010", ITA=20), *at("2020", TUN=15, EGY=15))),
    ("region-share", "AZE,TUN,EGY", others(*at("2010", TUN=15, EGY=15), *at("2020", ITA=20))),
    ("network-position", "AZE", {}),
    ("compared", "AZE", {}),
    ("compared", "AZE", WAITED),
    ("membership", "OIC", {}),
    ("membership", "OIC", others(("MAR", "2010"), organisation="OIC")),
    ("membership", "OIC", others(("ITA", "2010"), organisation="OIC")),
    ("none", "", {}),
]


@pytest.mark.slow
def test_all_that_a_test_can_find_is_said_in_whole_sentences():
    seen = set()
    for test, argument, tables in FINDINGS:
        ds, verdicts = case(test, argument, **tables)
        seen |= {code for code, _ in verdicts["found"].iloc[0]}
        text = said(ds, verdicts)
        assert text.endswith(".")
        assert not re.search(r"[{}()]\)|\bnan\b|\bNone\b|  ", text), text
    sentences = vars(template("accords.prose", prose.VERDICT).module)
    assert {code.replace("-", "_") for code in seen} == {
        name for name in sentences if not name.startswith("_")
    }


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("ratified,AZE,2025-01-10", "on no record"),
        ("signed,AZE,2024-10-30", "30 October 2024"),
    ],
)
def test_a_step_is_told_in_words(argument, words):
    event = {"agreement_id": "a", "event": "signed", "party_id": "AZE", "date": "2024-10-30"}
    told = {"agreement_id": "a", "subject": "event:signed-aze", "source_id": "press-a"}
    text = said(*case("event", argument, events=[event], citations=[told]))
    assert words in text
    assert "Azerbaijan" in text


def test_a_day_that_is_off_says_by_how_much():
    event = {"agreement_id": "a", "event": "ratified", "party_id": "AZE", "date": "2025-01-10"}
    told = {"agreement_id": "a", "subject": "event:ratified-aze", "source_id": "press-a"}
    text = said(*case("event", "ratified,AZE,2024-12-27", events=[event], citations=[told]))
    assert "14 days later" in text
    assert "27 December 2024" in text


def test_texts_of_the_data_are_escaped():
    told = {"agreement_id": "a", "source_id": "press-a", "evidence": "It was <debated>."}
    ds, verdicts = case("statement", "press-a", citations=[told])
    html = prose.table(ds, verdicts).html
    for text in ("&lt;debated&gt;", "&lt;b&gt;So", "&lt;i&gt;why"):
        assert text in html


def test_a_change_over_time_gives_both_shares_and_the_interval_of_the_difference():
    dated = [*at("2010", TUN=2, ITA=2), *at("2020", TUN=3)]
    ds, verdicts = case("region-share", "AZE,Northern Africa", **others(*dated))
    text = said(ds, verdicts)
    assert "50.0 % in 2007–2016 to 100.0 % in 2017–2026" in text
    assert "without Tunisia" in text


def test_every_shipped_claim_has_its_row_with_verdict_and_reason(dataset):
    verdicts = claims.verdicts(dataset, accord_id(dataset))
    html = prose.table(dataset, verdicts).html
    for claim in dataset.claims["claim_id"]:
        assert f'<tr id="{claim}">' in html
    for row in verdicts.to_dict("records"):
        assert plain(str(prose.reason(dataset, row))).endswith(".")


def test_the_tally_counts_each_verdict(dataset):
    verdicts = claims.verdicts(dataset, accord_id(dataset))
    text = str(prose.tally(dataset, verdicts))
    assert f"{len(verdicts)} claims" in text
    for n in verdicts["verdict"].value_counts():
        assert re.search(rf"\b{n}\b", text)


def test_without_claims_the_section_is_left_out():
    ds = builders.empty()
    verdicts = claims.verdicts(ds, None)
    assert isinstance(prose.tally(ds, verdicts), LeftOut)
    assert isinstance(prose.table(ds, verdicts), LeftOut)
