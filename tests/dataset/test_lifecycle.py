"""Status, dates of conclusion and confidence follow from events and sources by fixed rules."""

from __future__ import annotations

from typing import Any

import builders
import pandas as pd

from accords.dataset import Dataset

PAIR = ({"agreement_id": "a", "party_id": "AZE"}, {"agreement_id": "a", "party_id": "ITA"})


def lives(*cases: tuple[str, ...], **agreement: Any) -> Dataset:
    """Agreements '0', '1', ... of Azerbaijan and Italy with steps as 'ratified AZE 2013'."""
    ids, events = [str(number) for number in range(len(cases))], []
    for name, steps in zip(ids, cases, strict=True):
        for step in steps:
            event, *rest = step.split()
            party = rest.pop(0) if rest and rest[0].isalpha() else None
            date = rest[0] if rest else None
            row = {"agreement_id": name, "event": event, "party_id": party, "date": date}
            events.append(row)
    return builders.tiny(
        agreements=[{"agreement_id": name} | agreement for name in ids],
        parties=[{"agreement_id": name, "party_id": p} for name in ids for p in ("AZE", "ITA")],
        events=events,
        as_of="2026-11-24",
    )


def told(cases: list[tuple[tuple[str, ...], Any]], found: list[Any]) -> list[Any]:
    """Return what was found of each case beside what it is, missing values as None."""
    values = [None if pd.isna(value) else value for value in found]
    return [(steps, value) for (steps, _), value in zip(cases, values, strict=True)]


def status(*steps: str, **agreement: Any) -> str:
    return str(lives(steps, **agreement).overview["status"].iloc[0])


STATUSES = [
    (("announced 2025",), "announced"),
    (("negotiated 2025", "initialled 2026"), "announced"),
    (("signed 2020",), "signed"),
    (("accession AZE 2020",), "signed"),
    (("signed 2010",), "unknown"),
    (("signed",), "unknown"),
    (("signed 2010", "tabled AZE 2020"), "pending"),
    (("signed 2024", "parliament-approved AZE 2024-12"), "pending"),
    (("signed 2005", "ratified AZE 2006"), "pending"),
    (("signed 2024", "notified AZE 2025"), "pending"),
    (("signed 2024", "entered-into-force 2025"), "in-force"),
    (("signed 2004", "attested 2006"), "in-force"),
    (("attested 2006",), "in-force"),
    (("signed 2024", "rejected ITA 2025"), "rejected"),
    (("signed 2024", "ratified AZE 2025", "rejected ITA 2025"), "rejected"),
    (("signed 2014", "entered-into-force 2015", "expired 2020"), "expired"),
    (("signed 2014", "entered-into-force 2015", "terminated ITA 2020"), "terminated"),
    # Approval in advance of a signature that never came, or came only later.
    (("government-approved AZE 2024",), "announced"),
    (("government-approved AZE 2023", "signed 2024"), "signed"),
    (("signed 2023", "government-approved AZE 2024"), "pending"),
    # A cabinet that takes note has it in hand, as one that tables it.
    (("signed 2024", "noted AZE 2025"), "pending"),
    (("noted AZE 2024",), "announced"),
    ((), None),
]


def test_status_follows_from_the_events() -> None:
    found = lives(*(steps for steps, _ in STATUSES)).overview["status"]
    assert told(STATUSES, list(found)) == STATUSES


def test_a_declaration_stays_signed_at_any_age_unless_it_is_seen_applied() -> None:
    assert status("signed 1994", instrument="joint-declaration") == "signed"
    assert status("signed 1994", "attested 2001", instrument="joint-declaration") == "in-force"


PURCHASES = [
    (("announced 2025",), "announced"),
    (("government-approved ITA 2024",), "announced"),
    (("signed 2022",), "ordered"),
    (("signed 2022", "entered-into-force 2022"), "ordered"),
    (("signed 2012",), "unknown"),
    (("signed 2022", "attested 2024"), "in-delivery"),
    (("attested 2020",), "in-delivery"),
    (("signed 2022", "attested"), "in-delivery"),
    (("attested 2006",), "received"),
    (("attested ../2020",), "received"),
    (("attested 2010/2020",), "received"),
    (("attested 2018/2020",), "in-delivery"),
    (("attested",), "received"),
    (("signed 2012", "attested 2014", "delivered 2016"), "completed"),
    (("signed 2022", "terminated ITA 2024"), "cancelled"),
    (("signed 2022", "rejected ITA 2024"), "cancelled"),
    (("rejected ITA 1998", "attested 1999"), "received"),
]


def test_a_purchase_has_a_life_of_its_own_and_is_never_in_force() -> None:
    cases = (steps for steps, _ in PURCHASES)
    found = lives(*cases, instrument="procurement-contract").overview["status"]
    assert told(PURCHASES, list(found)) == PURCHASES


def test_delivery_says_nothing_of_what_is_no_purchase() -> None:
    assert status("signed 2020", "delivered 2021", instrument="agreement") == "signed"


def test_what_lies_after_the_edition_has_not_happened() -> None:
    made = lives(("signed 2024", "entered-into-force 2025-03"))
    events = made.events.assign(agreement_id="a")[["agreement_id", "event", "date"]]
    earlier = builders.tiny(parties=PAIR, events=events.to_dict("records"), as_of="2025-02-28")
    assert made.overview["status"].iloc[0] == "in-force"
    assert earlier.overview["status"].iloc[0] == "signed"


def test_the_deciding_event_is_named() -> None:
    made = lives(("signed 2012", "attested 2014", "attested 2020"))
    assert made.overview["status_event"].iloc[0] == "attested-2"


def replaced(newer: str, older: str = "signed 2020") -> pd.Series:
    event, date = newer.split()
    old_event, old_date = older.split()
    made = builders.tiny(
        agreements=[
            {"agreement_id": "old"},
            {"agreement_id": "new", "supersedes": "old"},
            {"agreement_id": "part", "part_of": "old"},
        ],
        parties=[
            {"agreement_id": name, "party_id": state}
            for name in ("old", "new", "part")
            for state in ("AZE", "ITA")
        ],
        events=[
            {"agreement_id": "old", "event": old_event, "date": old_date},
            {"agreement_id": "new", "event": event, "date": date},
            {"agreement_id": "part", "event": "signed", "date": "2021"},
        ],
    )
    return made.overview["status"]


def test_a_later_instrument_supersedes_the_earlier_one_and_its_parts() -> None:
    found = replaced("signed 2024")
    assert found["old"] == found["part"] == "superseded"
    assert found["new"] == "signed"


def test_an_instrument_that_is_only_announced_supersedes_nothing() -> None:
    assert replaced("announced 2026")["old"] == "signed"


def test_what_had_ended_before_is_not_superseded() -> None:
    assert replaced("signed 2024", older="expired 2021")["old"] == "expired"


def test_a_multilateral_instrument_enters_into_force_for_others_by_their_own_step() -> None:
    steps = ("signed 2019", "entered-into-force ITA 2021")
    assert status(*steps, scope="multilateral") == "signed"
    assert status(*steps, scope="bilateral") == "in-force"


def test_another_states_exit_ends_a_multilateral_instrument_only_for_that_state() -> None:
    def with_exit_of(state: str, scope: str) -> str:
        found = status(
            "signed 1993", "entered-into-force 1994", f"terminated {state} 1999", scope=scope
        )
        assert found is not None
        return found

    assert with_exit_of("ITA", "multilateral") == "in-force"
    assert with_exit_of("AZE", "multilateral") == "terminated"
    assert with_exit_of("ITA", "bilateral") == "terminated"


# --- when each focus state concluded it


def test_a_state_concludes_by_its_own_accession_before_all_else() -> None:
    made = builders.tiny(
        agreements=[{"agreement_id": "a", "scope": "multilateral"}],
        parties=[{"agreement_id": "a", "party_id": state} for state in ("AZE", "MAR", "ITA")],
        events=[
            {"agreement_id": "a", "event": "signed", "date": "1990"},
            {"agreement_id": "a", "event": "accession", "party_id": "AZE", "date": "2003"},
            {"agreement_id": "a", "event": "accession", "party_id": "ITA", "date": "1991"},
            {"agreement_id": "a", "event": "entered-into-force", "date": "1992"},
        ],
    )
    dated = made.memberships.set_index("state")["date"]
    assert dated.to_dict() == {"AZE": "2003", "MAR": "1990"}
    assert made.overview.loc["a", "date"] == "1990", "the first of the focus states"


def test_what_was_signed_before_a_state_could_sign_is_not_its_own() -> None:
    made = builders.tiny(
        agreements=[{"agreement_id": "a", "scope": "multilateral"}],
        parties=[{"agreement_id": "a", "party_id": state} for state in ("AZE", "MAR", "ITA")],
        events=[
            {"agreement_id": "a", "event": "signed", "date": "1990-11-19"},
            {"agreement_id": "a", "event": "ratified", "party_id": "AZE", "date": "1992-07-09"},
        ],
    )
    assert made.memberships.set_index("state")["date"].to_dict() == {
        "AZE": "1992-07-09",
        "MAR": "1990-11-19",
    }


def test_an_undated_signature_is_not_replaced_by_a_later_step() -> None:
    made = lives(("signed", "ratified AZE 2013"))
    (row,) = made.memberships.itertuples()
    assert row.event == "signed"
    assert pd.isna(row.date)
    assert row.concluded


DATES = [
    # Who took a later step does not matter: the earliest shows the instrument concluded.
    (("attested 2014", "attested AZE 2017"), "2014"),
    (("signed 2012", "attested AZE 2013", "delivered AZE 2014"), "2012"),
    (("signed 2012", "signed AZE 2013"), "2013"),
    (("announced 2010", "attested 2023"), "2010"),
    (("announced 2010", "signed 2012", "attested 2023"), "2012"),
    (("attested", "announced 2010"), "2010"),
]


def test_no_later_step_moves_the_date_of_conclusion() -> None:
    rows = lives(*(steps for steps, _ in DATES)).memberships
    assert rows["concluded"].all()
    assert told(DATES, list(rows["date"])) == DATES


def test_an_agreement_that_was_only_announced_is_dated_and_not_concluded() -> None:
    made = lives(("negotiated 2024", "announced 2025"))
    (row,) = made.memberships.itertuples()
    assert not row.concluded
    assert row.date == "2024"
    assert not made.overview["concluded"].iloc[0]


def test_the_focus_decides_whose_agreements_are_counted() -> None:
    made = builders.tiny(parties=PAIR, events=[{"agreement_id": "a", "date": "2012"}],
                         focus=("ITA",))  # fmt: skip
    assert list(made.memberships["state"]) == ["ITA"]
    assert made.overview.loc["a", "partners"] == ("AZE",)


def test_between_focus_states_each_is_the_others_partner(small: Dataset) -> None:
    assert small.overview.loc["aze-mar", "partners"] == ("AZE", "MAR")


# --- confidence


Sources = tuple[str | dict[str, str], ...]


def confidences(*cases: Sources, context: str | None = None) -> list[str]:
    """Grade agreements that such sources name; a context is cited by all of them."""
    citations, sources = [], []
    for number, of_case in enumerate(cases):
        rows = [s if isinstance(s, dict) else {"source_id": s} for s in of_case]
        sources += [row for row in rows if len(row) > 1]
        cited = {"agreement_id": str(number)}
        citations += [{**cited, "source_id": row["source_id"]} for row in rows]
        if context:
            citations.append({**cited, "source_id": context, "subject": "context"})
    agreements = [str(number) for number in range(len(cases))]
    made = builders.tiny(agreements=agreements, citations=citations, sources=sources)
    return list(made.overview["confidence"])


GRADES = [
    (("official-a",), "high"),
    (("treaty-database-a",), "high"),
    (("press-a", "press-b"), "high"),
    (("press-a", "academic-b"), "high"),
    (("press-a",), "medium"),
    (("press-a", "other-b"), "medium"),
    (("other-a", "encyclopedia-b"), "low"),
    ((), "low"),
]


def test_confidence_follows_from_the_sources() -> None:
    found = confidences(*(sources for sources, _ in GRADES))
    assert told(GRADES, list(found)) == GRADES


def test_a_report_that_two_publishers_carry_is_one_voice() -> None:
    agency = {"source_id": "press-a", "publisher": "Agency"}
    repost = {"source_id": "press-b", "publisher": "Paper", "origin": "agency"}
    assert confidences((agency, repost)) == ["medium"]
    assert confidences((agency, repost | {"origin": "Another agency"})) == ["high"]


def test_two_pages_of_one_publisher_are_one_voice() -> None:
    pages = [{"source_id": f"press-{n}", "publisher": "Paper"} for n in "ab"]
    assert confidences(tuple(pages)) == ["medium"]


def test_a_source_of_the_context_supports_nothing() -> None:
    assert confidences(("press-a",), context="official-b") == ["medium"]


# --- the shipped data obey the rules


def test_every_shipped_agreement_has_a_status_and_a_grade(dataset: Dataset) -> None:
    overview = dataset.overview
    assert overview["status"].isin(dataset.codes("statuses").index).all()
    assert overview["confidence"].isin(["high", "medium", "low"]).all()
    assert (overview.loc[overview["official"], "confidence"] == "high").all()
