"""Sentences on the accord: computed, escaped, and careful with what is not found."""

from __future__ import annotations

import builders
import pytest

from accords.analysis import accord as measures
from accords.analysis.common import by_state
from accords.prose import accord as prose
from accords.words import LeftOut


def made(*steps: tuple[str, str | None, str | None], **agreement: str):
    """One agreement 'a' of AZE and MAR with these steps: event, who, date."""
    return builders.tiny(
        agreements=[{"agreement_id": "a", **agreement}],
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR")],
        events=[
            {"agreement_id": "a", "event": event, "party_id": party, "date": date}
            for event, party, date in steps
        ],
    )


SIGNED = ("signed", None, "2024-10-30")


def line(ds, agreement: str = "a") -> str:
    return str(prose.accord_line(ds, measures.life(ds, agreement)))


def test_one_sentence_tells_place_date_last_steps_and_what_would_come_next(small):
    said = line(small, "aze-mar")
    for part in ("Rabat (place disputed)", "30 October 2024", "27 December 2024", "29 May 2025"):
        assert part in said
    assert said.index("next would come") < said.index("entry into force")
    assert said.count(".") == 1


def test_an_accord_without_a_signature_is_not_said_to_be_signed():
    assert "was signed" not in line(made(("ratified", "AZE", "2025")))


def test_the_answer_names_the_status_and_each_step_that_is_not_found(small):
    steps, named = measures.life(small, "aze-mar"), measures.voices(small, "aze-mar")
    said = str(prose.answer(small, steps, named))
    assert "is pending" in said
    assert said.count("that ") >= (~steps["found"]).sum()
    assert "3 of the 3 domains" in said
    over = made(SIGNED, ("entered-into-force", None, "2025"))
    said = str(prose.answer(over, measures.life(over, "a"), measures.voices(over, "a")))
    assert "no sign" not in said


def test_what_is_no_consent_is_explained():
    ds = made(SIGNED, ("noted", "MAR", "2025-05-29"))
    meaning = ds.codes("event_types").at["noted", "definition"]
    assert meaning[1:] in str(prose.life(ds, measures.life(ds, "a")))
    ds = made(SIGNED, ("ratified", "MAR", "2025-05-29"))
    assert "means" not in str(prose.life(ds, measures.life(ds, "a")))


def test_what_is_not_found_is_not_said_to_be_missing(small):
    assert "does not show" in str(prose.life(small, measures.life(small, "aze-mar")))


def test_a_title_from_the_data_cannot_break_the_page(small):
    html = prose.life(small, measures.life(small, "aze-mar")).html
    assert "&lt;defence&gt; &amp; more" in html
    assert "<defence>" not in html


def test_disputes_name_all_values_and_the_one_adopted(small):
    text = str(prose.disputes(small, small.disputes))
    assert "Rabat (Publisher of official-mar) and Marrakech (Publisher of press-b)" in text
    assert "we adopt Rabat" in text
    assert "The host says so." in text


def test_a_domain_label_with_commas_stays_one_item(dataset):
    text = str(prose.voices(dataset, measures.voices(dataset, measures.accord_id(dataset))))
    assert "aviation, drones and space; " in text


def test_a_list_given_for_several_agreements_is_called_weaker(small):
    table = measures.voices(small, "aze-mar")
    assert "weaker" not in str(prose.voices(small, table))
    table = table.assign(voice="aze-parliament", joint=[("aze-ita",)] * len(table))
    assert "weaker" in str(prose.voices(small, table))


def test_the_accord_is_compared_with_the_states_others(small):
    rows = by_state(small)
    rows["same"] = rows["instrument"] == "framework-agreement"
    others, places = measures.between(small, "aze-mar"), measures.standing(small, "aze-mar")
    said = str(prose.standing(small, "aze-mar", rows, others, places))
    assert "only bilateral" in said
    assert "(2 of 6)" in said
    assert "1 of 2 others of Azerbaijan" in said


def test_a_rank_is_told_in_words_where_none_is_below_and_not_among_one(small):
    places = measures.standing(small, "aze-mar")
    one, none = places.assign(of=1, count=0), places.assign(of=3, count=0, below=[()] * len(places))
    rows = by_state(small).assign(same=False)
    told = [
        str(prose.standing(small, "aze-mar", rows, rows.head(0), table)) for table in (one, none)
    ]
    assert "other of" not in told[0]
    assert "none of 3 others of Azerbaijan" in told[1]


def test_of_many_parties_two_are_named():
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR", "ITA", "TUR", "USA")],
        events=[{"agreement_id": "a", "date": "2020"}],
    )
    assert "Azerbaijan, Morocco and 3 others" in line(ds)


def test_without_an_accord_each_passage_is_left_out():
    ds = builders.empty()
    steps, named = measures.life(ds, None), measures.voices(ds, None)
    places = measures.standing(ds, None)
    for said in (
        prose.answer(ds, steps, named),
        prose.accord_line(ds, steps),
        prose.life(ds, steps),
        prose.disputes(ds, ds.disputes),
        prose.voices(ds, named),
        prose.standing(ds, None, by_state(ds), measures.between(ds, None), places),
    ):
        assert isinstance(said, LeftOut)


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2024-10-30", "on 30 October 2024"),
        ("2024-10", "in October 2024"),
        ("2024?", "in 2024 (date inferred)"),
        (None, "(undated)"),
    ],
)
def test_a_date_takes_the_preposition_of_its_precision(date, words):
    assert prose.when(date) == words
