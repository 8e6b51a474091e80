"""The evidence: what supports the records, how complete they are, how much is missing."""

from __future__ import annotations

import math

import builders
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from accords.analysis import evidence as measures
from accords.dataset import DCAD, Dataset


def two_lists(own: int, academic: int, both: int, **change: object) -> Dataset:
    """Agreements of 1995 that only our reading, only the academic list, or both have."""
    names = [
        *(f"own-{n}" for n in range(own)),
        *(f"academic-{n}" for n in range(academic)),
        *(f"both-{n}" for n in range(both)),
    ]
    cited = [
        *({"agreement_id": n, "source_id": "press-a"} for n in names if n[:3] != "aca"),
        *({"agreement_id": n, "source_id": DCAD} for n in names if n[:3] != "own"),
    ]
    return builders.tiny(
        agreements=[
            {"agreement_id": n, "instrument": change.get("instrument", "agreement")} for n in names
        ],
        parties=[
            {"agreement_id": n, "party_id": p}
            for n in names
            for p in ("AZE", str(change.get("partner", "TUR")))
        ],
        events=[
            {"agreement_id": n, "event": "signed", "date": change.get("date", "1995")}
            for n in names
        ],
        citations=cited,
    )


def lives(
    *events: tuple[str, str, str | None], as_of: str = "2020-01-01", **agreement: str
) -> Dataset:
    """Bilateral agreements with the events given as (agreement, event, date)."""
    names = list(dict.fromkeys(name for name, _, _ in events))
    return builders.tiny(
        as_of=as_of,
        agreements=[{"agreement_id": name, **agreement} for name in names],
        parties=[{"agreement_id": n, "party_id": p} for n in names for p in ("AZE", "ITA")],
        events=[{"agreement_id": a, "event": e, "date": d} for a, e, d in events],
    )


def test_each_record_counts_under_the_best_that_supports_it(small: Dataset) -> None:
    table = measures.support(small).set_index(["state", "support"])
    assert table["count"]["AZE"].to_dict() == {
        "official": 4, "several": 1, "one": 1, "none": 0,
    }  # fmt: skip
    assert table.at[("AZE", "several"), "ids"] == ("aze-isr-buy",)
    assert table.at[("MAR", "none"), "ids"] == ("fra-mar",)


def test_a_relayed_report_is_no_second_publisher() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        sources=[
            {"source_id": "press-a", "publisher": "Agency"},
            {"source_id": "press-b", "publisher": "Paper", "origin": "Agency"},
        ],
        citations=[{"agreement_id": "a", "source_id": s} for s in ("press-a", "press-b")],
    )
    table = measures.support(ds).set_index("support")["count"]
    assert table.to_dict() == {"official": 0, "several": 0, "one": 1, "none": 0}


def test_kinds_of_source_are_told_alone_and_together(small: Dataset) -> None:
    table = measures.source_kinds(small).set_index(["state", "kind"])
    assert table.at[("AZE", "press"), "count"] == 4
    assert set(table.at[("AZE", "press"), "alone_ids"]) == {"aze-tur-old", "aze-isr-buy"}
    assert table.at[("MAR", "other"), "alone_ids"] == ("fra-mar",)


def test_background_is_no_source_of_existence() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        citations=[
            {"agreement_id": "a", "source_id": "press-a"},
            {"agreement_id": "a", "source_id": "official-b", "subject": "context"},
        ],
    )
    table = measures.source_kinds(ds).set_index("kind")["count"]
    assert (table["press"], table["official"]) == (1, 0)


def test_domain_bases_count_codings(small: Dataset) -> None:
    table = measures.domain_bases(small).set_index(["state", "basis"])["count"]
    assert table["AZE"].to_dict() == {"text": 6, "official": 3, "press": 2}
    assert table["MAR"].to_dict() == {"text": 0, "official": 3, "press": 1}


@pytest.mark.parametrize(
    ("field", "fact"),
    [
        ("event:signed.date", "Date of signature"),
        ("event:signed-aze.date", "Date of signature"),
        ("event:ratified-mar.date", "Date of another step"),
        ("event:signed.place", "Place"),
        ("event:signed.type", "What a step was"),
        ("domain:training", "Domain"),
        ("value", "Value"),
        ("content#2", "Content"),
        ("something_new", "Other"),
    ],
)
def test_disputes_are_sorted_by_what_they_are_about(field: str, fact: str) -> None:
    ds = builders.tiny(
        disputes=[
            {"agreement_id": "a", "field": field, "value": v, "adopted": v == "x"} for v in "xy"
        ]
    )
    table = measures.disputes_by_fact(ds)
    assert table[["fact", "count", "settled"]].to_numpy().tolist() == [[fact, 1, 1]]


def test_a_dispute_without_an_adopted_value_is_open() -> None:
    ds = builders.tiny(disputes=[{"agreement_id": "a", "field": "value", "value": v} for v in "xy"])
    table = measures.disputes_by_fact(ds)
    assert table[["settled", "settled_ids", "open_ids"]].to_numpy().tolist() == [[0, (), ("a",)]]


def test_life_cycles_count_what_is_on_record(small: Dataset) -> None:
    table = measures.life_cycles(small).set_index(["state", "step"])["count"]
    # The purchase from Israel has a life of its own.
    assert table["AZE"].to_dict() == {
        "day": 3, "year": 5, "approval": 2, "force": 2, "end": 0, "known": 4,
    }  # fmt: skip


def waited(*events: tuple[str, str, str | None], **agreement: str) -> dict[str, tuple[int, int]]:
    """How many have each step on record, and after how many days half of them."""
    table = measures.waiting_summary(lives(*events, **agreement)).set_index("step")
    return dict(zip(table.index, zip(table["of"], table["median"], strict=True), strict=True))


def test_a_wait_runs_from_signature_to_the_step_where_that_is_on_record() -> None:
    events = [("a", "signed", "2010-01-01"), ("a", "entered-into-force", "2010-03-02")]
    assert waited(*events) == {"entered-into-force": (1, 60)}


def test_a_month_counts_as_its_middle_and_a_year_is_too_vague_to_start_from() -> None:
    events = [
        *(("month", "signed", "2010-01"), ("month", "ratified", "2010-03-17")),
        *(("year", "signed", "2010"), ("year", "ratified", "2011")),
    ]
    assert waited(*events) == {"ratified": (1, 60)}


def test_a_step_dated_before_the_signature_is_left_out() -> None:
    assert waited(("a", "signed", "2010-06-01"), ("a", "ratified", "2010-01-01")) == {}


@pytest.mark.parametrize("instrument", ["procurement-contract", "cooperation-plan", "memorandum"])
def test_instruments_that_need_no_approval_do_not_wait(instrument: str) -> None:
    events = [("a", "signed", "2010-01-01"), ("a", "ratified", "2010-01-11")]
    assert waited(*events, instrument=instrument) == {}


def test_a_median_is_of_the_waits_on_record_alone() -> None:
    signed = [(name, "signed", "2010-01-01") for name in "abcd"]
    reached = [("a", "ratified", "2010-01-11"), ("b", "ratified", "2010-01-31")]
    (row,) = measures.waiting_summary(lives(*signed, *reached)).to_dict("records")
    assert (row["step"], row["of"], row["count"], row["median"]) == ("ratified", 4, 2, 20)
    assert row["ids"] == ("a", "b")


def test_coverage_tells_searched_from_not_searched() -> None:
    ds = builders.tiny(
        parties=[
            {"agreement_id": i, "party_id": p}
            for i, pair in (("a", ("AZE", "TUR")), ("b", ("MAR", "TUR")), ("c", ("AZE", "ITA")))
            for p in pair
        ],
        coverage=[
            {"focus": "AZE", "partner": "TUR", "records_found": 3},
            {"focus": "AZE", "partner": "SWE", "records_found": 0},
            {"focus": "AZE", "partner": "PER", "search": "not-searched"},
        ],
    )
    table = measures.coverage(ds).set_index("search")
    assert table.loc["by-name", ["of", "count"]].tolist() == [2, 1]
    assert table["ids"].to_dict() == {"by-name": ("a",), "not-searched": ()}
    assert table.at["not-searched", "of"] == 1


def test_an_outside_list_has_a_share_with_its_interval() -> None:
    ds = builders.tiny(
        completeness=[
            {"list": "sipri", "state": "MAR", "listed": 40, "found": 10},
            {"list": "sipri", "state": "AZE", "listed": 5, "found": 5, "independent": 2},
            {"list": "dcad", "state": "MAR", "listed": 1, "found": 0},
            {"list": "sipri", "state": "AZE", "group": "2010s", "listed": 2, "found": 2},
        ],
    )
    table = measures.completeness(ds)
    assert list(zip(table["list"], table["state"], table["group"], strict=True)) == [
        ("dcad", "MAR", "all"),
        ("sipri", "AZE", "2010s"),
        ("sipri", "AZE", "all"),
        ("sipri", "MAR", "all"),
    ]
    assert table["share"].tolist() == [0, 1, 1, 0.25]
    assert table["low"].iloc[-1] == pytest.approx(0.1419, abs=1e-4)
    assert table["high"].iloc[-1] == pytest.approx(0.4019, abs=1e-4)
    assert table["independent"].tolist() == [pd.NA, pd.NA, 2, pd.NA]


def test_what_was_counted_of_other_states_is_left_out() -> None:
    counted = [{"list": "atop", "state": "MAR", "listed": 8, "found": 7}]
    assert measures.completeness(builders.tiny(focus=("AZE",), completeness=counted)).empty


def test_a_states_own_list_is_held_against_the_records() -> None:
    ds = builders.tiny(
        parties=[
            {"agreement_id": a, "party_id": p}
            for a, pair in (("old", ("AZE", "ITA")), ("new", ("AZE", "ESP")), ("c", ("AZE", "ARM")))
            for p in pair
        ],
        events=[
            {"agreement_id": "old", "date": "2012"},
            {"agreement_id": "new", "date": "2023"},
            {"agreement_id": "c", "date": "1994"},
        ],
    )
    table = measures.partner_lists(ds).set_index("partner")
    assert table.loc["ITA", ["ids", "ids_by_then"]].tolist() == [("old",), ("old",)]
    assert table.loc["ESP", ["ids", "ids_by_then"]].tolist() == [("new",), ()]
    assert table.loc["CHE", ["ids", "ids_by_then"]].tolist() == [(), ()]
    assert "ARM" not in table.index, "not named by the state"


def test_a_list_of_a_state_out_of_focus_is_left_alone() -> None:
    assert measures.partner_lists(builders.tiny(focus=("MAR",))).empty


def test_two_lists_imply_a_number() -> None:
    """Chapman: (10 + 1) (8 + 1) / (4 + 1) - 1."""
    row = measures.capture_recapture(two_lists(own=6, academic=4, both=4)).iloc[0]
    assert row[["own", "academic", "both", "count"]].tolist() == [10, 8, 4, 14]
    assert row["estimate"] == pytest.approx(18.8)
    assert row["low"] <= row["estimate"] <= row["high"]


@pytest.mark.parametrize(
    "change",
    [
        {"instrument": "procurement-contract"},
        {"instrument": "cooperation-plan"},
        {"partner": "NATO"},
        {"date": "1979"},
        {"date": "2011"},
    ],
)
def test_only_what_both_lists_could_hold_is_compared(change: dict[str, str]) -> None:
    row = measures.capture_recapture(two_lists(own=3, academic=2, both=2, **change)).iloc[0]
    assert row["count"] == 0
    assert math.isnan(row["estimate"])


def test_lists_without_overlap_set_no_upper_limit() -> None:
    row = measures.capture_recapture(two_lists(own=3, academic=2, both=0)).iloc[0]
    assert row["high"] == math.inf
    assert row["low"] >= row["count"]


@given(
    n=st.integers(min_value=1, max_value=60),
    k=st.integers(min_value=1, max_value=60),
    data=st.data(),
)
def test_the_interval_holds_the_totals_that_the_overlap_allows(
    n: int, k: int, data: st.DataObject
) -> None:
    m = data.draw(st.integers(min_value=1, max_value=min(n, k)))
    low, high = measures._population_interval(n, k, m)
    assert low >= n + k - m
    for total, inside in ((low, True), (high, True), (high + 1, False)):
        few = stats.hypergeom.sf(m - 1, total, n, k) > 0.025
        many = stats.hypergeom.cdf(m, total, n, k) > 0.025
        assert bool(few and many) is inside
    if low > n + k - m:
        assert stats.hypergeom.cdf(m, low - 1, n, k) <= 0.025


def test_readings_give_a_rate_with_its_interval() -> None:
    ds = builders.tiny(
        agreements=["a"],
        readings=[
            {"agreement_id": "a", "facts_checked": 30, "facts_wrong": 1, "facts_unsupported": 3},
            {"agreement_id": "gone", "facts_checked": 20, "facts_wrong": 1, "facts_unsupported": 0},
        ],
    )
    table = measures.reading_errors(ds)
    table = table[table["reading"] == 1].set_index("problem")
    assert table.loc["wrong", ["records", "of", "count"]].tolist() == [2, 50, 2]
    assert table.at["wrong", "share"] == pytest.approx(0.04)
    assert 0 < table.at["wrong", "low"] < 0.04 < table.at["wrong", "high"] < 0.15
    assert table.at["wrong", "ids"] == ("a",)


def test_all_readings_together_have_a_rate_of_their_own() -> None:
    ds = builders.tiny(
        agreements=["a"],
        readings=[
            {"reading": n, "agreement_id": "a", "facts_checked": 10, "facts_wrong": wrong,
             "facts_unsupported": 0}
            for n, wrong in ((1, 4), (2, 0))
        ],
    )  # fmt: skip
    table = measures.reading_errors(ds)
    pooled = table[table["reading"].isna()].set_index("problem")
    assert pooled.loc["wrong", ["records", "of", "count"]].tolist() == [2, 20, 4]
    assert table["reading"].dropna().tolist() == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "measure",
    [
        measures.support,
        measures.source_kinds,
        measures.domain_bases,
        measures.disputes_by_fact,
        measures.life_cycles,
        measures.waiting_summary,
        measures.whereabouts,
        measures.coverage,
        measures.completeness,
        measures.reading_errors,
    ],
)
def test_without_records_there_is_an_empty_table(measure) -> None:
    assert measure(builders.empty()).empty


def test_without_records_there_is_no_estimate() -> None:
    table = measures.capture_recapture(builders.empty())
    assert table["estimate"].isna().all()


def test_shares_are_never_outside_their_intervals(dataset: Dataset) -> None:
    tables = pd.concat(
        [
            measures.support(dataset),
            measures.source_kinds(dataset),
            measures.life_cycles(dataset),
            measures.domain_bases(dataset),
        ]
    )
    assert (tables["low"] <= tables["share"] + 1e-12).all()
    assert (tables["share"] <= tables["high"] + 1e-12).all()
