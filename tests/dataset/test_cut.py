"""As of an earlier day: what had happened, by what was published until then, and nothing later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import builders
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import accords
from accords.dataset import Dataset, cut
from accords.dataset import edtf as dates
from accords.errors import AccordsError

DAY = pd.Timestamp("2015-12-31")


def made(**tables: Any) -> Dataset:
    """One agreement of Azerbaijan and Italy, signed in 2012, reported by a page of 2013."""
    return builders.tiny(
        **{
            "agreements": [{"agreement_id": "a", "status_note": "Explained by what came later."}],
            "parties": [{"agreement_id": "a", "party_id": party} for party in ("AZE", "ITA")],
            "events": [{"agreement_id": "a", "event": "signed", "date": "2012"}],
            "citations": [*cited("press-early"), *cited("press-early", "event:signed")],
            "sources": [{"source_id": "press-early", "published": "2013-05"}],
            **tables,
        }
    )


def cited(source: str, *subjects: str, **more: str) -> list[dict[str, str]]:
    subjects = subjects or ("existence",)
    return [{"agreement_id": "a", "source_id": source, "subject": s, **more} for s in subjects]


def step(event: str, date: str | None, party: str | None = None) -> dict[str, str | None]:
    return {"agreement_id": "a", "event": event, "date": date, "party_id": party}


def ids(dataset: Dataset) -> list[str]:
    return list(dataset.overview.index)


def test_what_happened_later_goes_and_status_is_that_of_the_day() -> None:
    events = [step("signed", "2014"), step("entered-into-force", "2016-02")]
    whole = made(events=events)
    then = cut.until(whole, DAY)
    assert (whole.overview["status"]["a"], then.overview["status"]["a"]) == ("in-force", "signed")
    assert list(then.events["event"]) == ["signed"]
    assert then.as_of == DAY
    assert then.descriptor["readUntil"] == "2015-12-31"
    assert then.agreements["status_note"].isna().all()


def test_an_agreement_of_which_nothing_had_happened_is_not_on_record() -> None:
    assert ids(cut.until(made(events=[step("signed", "2016")]), DAY)) == []


@pytest.mark.parametrize(
    ("date", "told", "kept"),
    [
        ("2015", True, True),
        ("2015/2016", False, False),
        ("../2020", False, False),
        (None, False, False),
        # A page of 2013 tells of it, so that it had happened, whatever its date leaves open.
        ("2012/2016", True, True),
        ("../2020", True, True),
        (None, True, True),
        # A page cannot tell of what was still to come: then it told of a plan.
        ("2016-02", True, False),
    ],
)
def test_what_may_have_happened_later_counts_only_if_a_page_of_the_day_tells_of_it(
    date: str | None, told: bool, kept: bool
) -> None:
    citations = [*cited("press-early"), *(cited("press-early", "event:signed") if told else [])]
    then = cut.until(made(events=[step("signed", date)], citations=citations), DAY)
    assert ids(then) == (["a"] if kept else [])


@pytest.mark.parametrize(
    ("published", "kept"), [("2015", True), ("2015/2016", False), ("2016", False), (None, True)]
)
def test_an_agreement_that_only_later_pages_name_is_not_on_record(
    published: str | None, kept: bool
) -> None:
    then = cut.until(made(sources=[{"source_id": "press-early", "published": published}]), DAY)
    assert ids(then) == (["a"] if kept else [])
    assert len(then.sources) == kept


def test_confidence_domains_and_values_rest_on_the_pages_of_the_day() -> None:
    whole = made(
        agreements=[{"agreement_id": "a", "value_amount": 5, "value_currency": "USD"}],
        domains=[
            {"agreement_id": "a", "domain": "training", "basis": "official"},
            {"agreement_id": "a", "domain": "cyber", "basis": "official"},
            {"agreement_id": "a", "domain": "medical", "basis": "official"},
        ],
        citations=[
            *cited("press-early", "existence", "domain:training"),
            *cited("press-early", "domain:cyber", voice="aze-parliament"),
            *cited("official-late", "existence", "domain:training", "domain:medical", "value"),
        ],
        sources=[
            {"source_id": "press-early", "published": "2013"},
            {"source_id": "official-late", "published": "2020", "kind": "official"},
        ],
    )
    then = cut.until(whole, DAY)
    before, after = whole.overview.loc["a"], then.overview.loc["a"]
    assert (before["confidence"], after["confidence"]) == ("high", "medium")
    assert dict(zip(then.domains["domain"], then.domains["basis"], strict=True)) == {
        "training": "press",
        "cyber": "official",
    }
    assert pd.isna(after["value_amount"])
    assert set(then.citations["subject"]) == {"existence", "domain:training", "domain:cyber"}


def test_a_party_that_acceded_later_is_not_yet_one() -> None:
    whole = made(
        agreements=[{"agreement_id": "a", "scope": "multilateral"}],
        parties=[{"agreement_id": "a", "party_id": p} for p in ("AZE", "MAR", "ITA")],
        events=[step("signed", "1990"), step("accession", "2010", "AZE"),
                step("accession", "2018", "MAR")],
    )  # fmt: skip
    then = cut.until(whole, DAY)
    assert list(then.memberships["state"]) == ["AZE"]
    assert ids(cut.until(whole, pd.Timestamp("2009-12-31"))) == []


def test_a_dispute_needs_two_values_and_a_link_the_other_agreement() -> None:
    row = {"agreement_id": "a", "field": "event:signed.place"}
    whole = made(
        agreements=[
            {"agreement_id": "a", "part_of": "later", "supersedes": "later"},
            {"agreement_id": "later"},
        ],
        disputes=[
            {**row, "value": "Rome", "source_id": "press-early"},
            {**row, "value": "Baku", "source_id": "press-late"},
        ],
        sources=[
            {"source_id": "press-early", "published": "2013"},
            {"source_id": "press-late", "published": "2019"},
        ],
    )
    then = cut.until(whole, DAY)
    assert then.disputes.empty
    assert then.agreements[["part_of", "supersedes"]].isna().all(axis=None)
    assert list(then.sources["source_id"]) == ["press-early"]


def test_what_was_done_for_the_edition_was_not_done_by_the_day(small: Dataset) -> None:
    then = cut.until(builders.shipped(), DAY)
    for name in ("coverage", "completeness", "readings"):
        assert then.tables[name].empty
    assert not then.overview.empty


def test_the_day_itself_cuts_nothing_and_a_later_one_is_refused(small: Dataset) -> None:
    assert cut.until(small, small.as_of) is small
    with pytest.raises(AccordsError, match=f"{small.as_of:%Y-%m-%d}"):
        cut.until(small, small.as_of + pd.Timedelta(days=1))


@pytest.mark.slow
@settings(max_examples=4)
@given(st.dates(pd.Timestamp("1950-01-01").date(), pd.Timestamp("2026-02-26").date()))
def test_nothing_of_the_shipped_data_lies_after_the_day(day: Any) -> None:
    then = cut.until(builders.shipped(), pd.Timestamp(day))
    assert not (then.events["earliest"] > pd.Timestamp(day)).any()
    assert not (dates.bounds(then.sources["published"])["latest"] > pd.Timestamp(day)).any()
    assert then.overview["status"].notna().all()
    assert (then.overview["sources"] > 0).all()
    assert not (then.memberships["year"] > day.year).any()
    for name, owner in (
        ("citations", "sources"),
        ("disputes", "sources"),
        ("events", "agreements"),
    ):
        key = f"{owner[:-1]}_id"
        assert set(then.tables[name][key]) <= set(then.tables[owner][key])


def test_a_day_is_named_when_loading(tmp_path: Path) -> None:
    folder = builders.write(made(events=[step("signed", "2012"), step("ratified", "2017")]),
                            tmp_path / "data")  # fmt: skip
    assert list(accords.load(folder, as_of="2015-12-31").events["event"]) == ["signed"]
    assert accords.load(folder, as_of=DAY).as_of == DAY
