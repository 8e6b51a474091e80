"""Partners: who counts, how concentrated they are, and when a change is called one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import builders
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accords.analysis import partners as measures
from accords.dataset import Dataset

PARTNERS = st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=12)


def dealings(
    years: Mapping[str, list[int | None]], *, state: str = "AZE", as_of: str = "2020-12-31"
) -> Dataset:
    """Agreements of one state with each partner, signed in the years given."""
    named = [
        (f"{partner.lower()}-{n}", partner, year)
        for partner, signed in years.items()
        for n, year in enumerate(signed)
    ]
    return builders.tiny(
        as_of=as_of,
        parties=[
            {"agreement_id": name, "party_id": party}
            for name, partner, _ in named
            for party in (state, partner)
        ],
        events=[{"agreement_id": name, "event": "signed", "date": year} for name, _, year in named],
    )


def test_partners_are_counted_in_concluded_bilateral_agreements_alone(small: Dataset) -> None:
    counts = measures.partner_counts(small).set_index(["state", "partner"])["count"]
    assert counts.to_dict() == {
        ("AZE", "TUR"): 2,
        ("AZE", "ISR"): 1,
        ("AZE", "ITA"): 1,
        ("AZE", "MAR"): 1,
        ("MAR", "AZE"): 1,
        ("MAR", "FRA"): 1,
    }


def test_the_largest_partner_comes_first_and_knows_its_years(small: Dataset) -> None:
    first = measures.partner_counts(small).iloc[0]
    assert (first["partner"], first["rank"], first["first"], first["last"]) == (
        "TUR", 1, 1992, 2010,
    )  # fmt: skip
    assert (first["count"], first["in_force"]) == (2, 1)
    assert set(first["ids"]) == {"aze-tur-old", "aze-tur-new"}


def test_a_seller_is_a_smaller_partner_without_purchases() -> None:
    ds = dealings({"TUR": [2001], "ISR": [2002, 2003]})
    bought = ds.agreements["agreement_id"].str.startswith("isr")
    ds.agreements.loc[bought, "instrument"] = "procurement-contract"
    assert measures.partner_counts(ds)["partner"].tolist() == ["ISR", "TUR"]
    without = measures.partner_counts(ds, purchases=False)
    assert without[["partner", "count", "of"]].to_numpy().tolist() == [["TUR", 1, 1]]


def test_a_domains_share_is_of_the_agreements_with_any_domain() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": a, "party_id": p} for a in "abc" for p in ("AZE", "ITA")],
        events=[{"agreement_id": a, "date": "2012"} for a in "abc"],
        domains=[
            {"agreement_id": "a", "domain": "training"},
            {"agreement_id": "a", "domain": "exercises"},
            {"agreement_id": "b", "domain": "procurement"},
        ],
    )
    table = measures.partner_families(ds).set_index("family")
    assert table.loc["people", ["count", "of", "share"]].tolist() == [1, 2, 0.5]


def test_a_run_of_years_counts_each_partner_once() -> None:
    ds = dealings({"TUR": [2011, 2012, 2018], "ITA": [2013], "GEO": [2016]})
    runs = measures.concentration(ds, window=5)
    runs = runs[runs["counted"] == measures.ALL].set_index("end")
    assert runs.loc[2015, ["start", "partners", "count"]].tolist() == [2011, 2, 3]
    assert runs.loc[2020, ["start", "partners", "count"]].tolist() == [2016, 2, 2]
    assert runs.index.tolist() == list(range(2015, 2021))


def test_undated_agreements_count_in_all_but_in_no_run() -> None:
    ds = dealings({"TUR": [2019, None], "ITA": [None]})
    assert measures.partner_counts(ds)["count"].tolist() == [2, 1]
    runs = measures.concentration(ds, window=2)
    assert runs.loc[runs["counted"] == measures.ALL, "count"].tolist() == [1]


@pytest.mark.parametrize(
    ("counts", "index"),
    [([10], 1.0), ([1, 1, 1], 0.0), ([2, 2], 1 / 3), ([3, 1], 0.5), ([1], math.nan)],
)
def test_the_index_is_the_chance_that_two_agreements_share_a_partner(
    counts: list[int], index: float
) -> None:
    assert float(measures.herfindahl(np.array(counts))) == pytest.approx(index, nan_ok=True)


@given(PARTNERS, st.integers(min_value=1, max_value=5))
def test_the_index_does_not_fall_because_more_agreements_are_drawn(
    shares: list[int], draw: int
) -> None:
    """Over all ways to draw some of the agreements the mean index is that of all of them."""
    counts = np.array(shares)
    if counts.sum() <= draw + 1:
        return
    rng = np.random.default_rng(1)
    drawn = rng.multivariate_hypergeometric(counts, draw + 1, size=4000)
    assert measures.herfindahl(drawn).mean() == pytest.approx(
        float(measures.herfindahl(counts)), abs=0.05
    )


@given(PARTNERS, st.data())
def test_partners_to_be_expected_agree_with_drawing_them(
    counts: list[int], data: st.DataObject
) -> None:
    draw = data.draw(st.integers(min_value=1, max_value=sum(counts)))
    drawn = np.random.default_rng(2).multivariate_hypergeometric(counts, draw, size=3000)
    seen = (drawn > 0).sum(axis=1).mean()
    assert measures.expected_partners(np.array(counts), draw) == pytest.approx(seen, abs=0.25)


def test_as_many_agreements_as_there_are_reach_all_partners() -> None:
    assert measures.expected_partners(np.array([3, 2, 1]), 6) == pytest.approx(3)
    assert math.isnan(measures.expected_partners(np.array([3, 2, 1]), 7))


def test_concentration_is_told_with_and_without_the_largest_partner() -> None:
    ds = dealings({"TUR": [2001] * 6, "ITA": [2002] * 2, "GEO": [2003] * 2, "IRN": [2004]})
    table = measures.concentration(ds).set_index("counted")
    assert table.loc[measures.REST, "left_out"] == "TUR"
    assert table["count"].tolist() == [11, 5]
    assert table.at[measures.ALL, "chance"] == pytest.approx((6 * 5 + 2 + 2) / (11 * 10))
    assert table.at[measures.REST, "chance"] == pytest.approx((2 + 2) / (5 * 4))


def test_the_interval_holds_the_estimate_and_keeps_within_bounds() -> None:
    ds = dealings({"TUR": [2001] * 6, "ITA": [2002] * 2, "GEO": [2003] * 2, "IRN": [2004]})
    for row in measures.concentration(ds).to_dict("records"):
        assert 0 <= row["low"] <= row["chance"] <= row["high"] <= 1


def test_the_same_data_give_the_same_interval(small: Dataset) -> None:
    ds = dealings({"TUR": [2001] * 6, "ITA": [2002] * 2})
    pd.testing.assert_frame_equal(measures.concentration(ds), measures.concentration(ds))


def test_few_agreements_have_no_concentration(small: Dataset) -> None:
    rolling = measures.concentration(small, window=5)
    assert (rolling["count"] < measures.FEWEST).all()
    assert rolling["chance"].isna().all()
    assert set(measures.diversification(small)["finding"]) == {"too few"}


def test_a_state_that_leaves_its_one_partner_for_many_diversifies() -> None:
    many = ["ITA", "GEO", "IRN", "KAZ", "UKR", "POL", "ROU", "SRB", "CHN", "PAK", "GBR", "ESP"]
    ds = dealings({"TUR": [2005] * 14, "USA": [2006] * 12} | {p: [2015] for p in many})
    table = measures.diversification(ds).set_index("counted")
    found = table.loc[measures.ALL]
    assert found["finding"] == "diversifies"
    assert (found["start"], found["end"], found["years"]) == (2011, 2020, 10)
    assert (found["before"], found["count"]) == (26, 12)
    assert (len(found["before_ids"]), len(found["ids"])) == (26, 12)
    assert found["high"] < 0 < found["expected"] - found["expected_before"]


def test_a_state_that_goes_back_to_one_partner_concentrates() -> None:
    many = ["ITA", "GEO", "IRN", "KAZ", "UKR", "POL", "ROU", "SRB", "CHN", "PAK", "GBR", "ESP"]
    ds = dealings({p: [2005] for p in many} | {"TUR": [2015] * 14})
    found = measures.diversification(ds).set_index("counted")["finding"]
    assert found[measures.ALL] == "concentrates"
    assert found[measures.REST] == "too few"


def test_twice_the_same_spread_is_no_change() -> None:
    both = {p: [2005, 2015] for p in ("ITA", "GEO", "IRN", "KAZ", "UKR", "POL", "ROU")}
    found = measures.diversification(dealings({"TUR": [2005, 2005, 2015, 2015]} | both))
    assert found["finding"].tolist() == ["no clear change"] * 2
    assert found["change"].tolist() == pytest.approx([0, 0])


def test_shared_partners_are_those_of_two_states(small: Dataset) -> None:
    assert measures.shared(small).empty
    ds = builders.tiny(
        parties=[
            {"agreement_id": a, "party_id": p}
            for a, pair in (("a", ("AZE", "ITA")), ("b", ("MAR", "ITA")), ("c", ("MAR", "ESP")))
            for p in pair
        ],
        events=[{"agreement_id": a, "date": "2012"} for a in "abc"],
    )
    shared = measures.shared(ds)
    assert shared[["partner", "AZE", "MAR", "count"]].to_numpy().tolist() == [["ITA", 1, 1, 2]]
    assert shared["ids"].tolist() == [("a", "b")]


@pytest.mark.parametrize(
    "measure",
    [
        measures.partner_counts,
        measures.partner_families,
        measures.concentration,
        measures.diversification,
        measures.shared,
    ],
)
def test_without_agreements_there_is_an_empty_table(measure) -> None:
    assert measure(builders.empty()).empty


@pytest.mark.parametrize("focus", [("AZE",), ("ITA", "TUR", "FRA")])
def test_other_focus_states_are_counted_the_same_way(focus: tuple[str, ...]) -> None:
    ds = builders.shipped()
    ds = replace(ds, focus=focus)
    counts = measures.partner_counts(ds)
    assert set(counts["state"]) == set(focus)
