"""Charts of the accord: what they show, claim, mark and open."""

from __future__ import annotations

import builders

from accords.analysis import accord as measures
from accords.charts import accord as charts
from accords.charts import theme
from accords.words import LeftOut


def accord_of(*steps: tuple[str, str | None, str]):
    """One agreement 'a' of AZE and MAR with these steps: event, who, date."""
    return builders.tiny(
        as_of="2026-12-31",
        parties=[{"agreement_id": "a", "party_id": state} for state in ("AZE", "MAR")],
        events=[
            {"agreement_id": "a", "event": event, "party_id": party, "date": date}
            for event, party, date in steps
        ],
    )


def life(ds, agreement: str = "a"):
    return charts.life(ds, measures.life(ds, agreement))


def texts(figure) -> str:
    return " ".join(str(t) for trace in figure.data for t in (trace.text or ()))


def test_the_life_shows_each_sides_steps_and_names_what_is_not_found(small):
    figure = life(small, "aze-mar")
    assert "Rabat" in texts(figure)
    assert "place disputed" in texts(figure)
    assert "not found:" in texts(figure)
    headings = " ".join(note.text for note in figure.layout.annotations)
    assert all(name in headings for name in ("Azerbaijan", "Morocco"))


def test_only_what_is_not_found_is_hollow():
    figure = life(accord_of(("signed", None, "2024-10-30"), ("ratified", "AZE", "2025-01-10")))
    hollow = [t.text[0] for t in figure.data if t.marker.color == theme.colour("paper")]
    assert hollow
    assert all("not found" in text for text in hollow)


def test_the_title_of_a_life_claims_approval_only_for_sides_that_completed_it(small):
    done = life(
        accord_of(
            ("signed", None, "2024-10-30"),
            ("parliament-approved", "AZE", "2024-12-27"),
            ("ratified", "AZE", "2025-01-10"),
        )
    )
    assert done.layout.meta["title"].startswith("Azerbaijan completed")
    neither = life(small, "aze-mar").layout.meta["title"]
    assert "Azerbaijan and Morocco" in neither
    assert "No source shows" in neither


def test_a_life_is_drawn_over_its_own_years_only():
    figure = life(accord_of(("signed", None, "2001-01-01"), ("ratified", "AZE", "2002-01-01")))
    first, last = figure.layout.xaxis.range
    assert "2000-12-01" < str(first) < "2001-01-01"
    assert "2002-01-01" < str(last) < "2002-12-31"
    whole = life(accord_of(("signed", None, "2001-01-01"), ("entered-into-force", None, "2001-03")))
    assert str(whole.layout.xaxis.range[1]) < "2001-04"


def test_a_life_without_a_date_is_left_out():
    assert isinstance(life(accord_of(("signed", None, None))), LeftOut)


def marks(figure) -> list:
    """The marks that stand for a voice naming a domain, a trace a voice."""
    return [trace for trace in figure.data if trace.hovertext]


def test_the_matrix_marks_official_voices_and_the_press_by_shape(dataset):
    table = measures.voices(dataset, measures.accord_id(dataset))
    figure = charts.voices(dataset, table)
    assert {trace.marker.symbol for trace in marks(figure)} == {"square", "diamond"}
    assert sum(len(trace.x) for trace in marks(figure)) == len(table)
    domains = table.drop_duplicates("domain")
    press = int((domains["named_by"] == measures.PRESS).sum())
    assert figure.layout.meta["title"].startswith(f"{press} of {len(domains)} domains")


def test_a_list_that_was_given_for_several_agreements_is_hollow(small):
    table = measures.voices(small, "aze-mar")
    own = charts.voices(small, table)
    joint = charts.voices(small, table.assign(joint=[("aze-ita",)] * len(table)))
    assert all(trace.marker.line.width == 0 for trace in marks(own))
    assert all(trace.marker.color != trace.marker.line.color for trace in marks(joint))
    assert own.layout.meta["subtitle"] != joint.layout.meta["subtitle"]
