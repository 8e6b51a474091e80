"""Counting by domain: of what a share is taken, and what a difference is worth."""

from __future__ import annotations

import math

import builders
import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from accords.dataset import Dataset
from accords.measures import domains as measures


def named(*agreements: tuple[str, str, str, str]) -> Dataset:
    """Agreements as (id, state, year, domains separated by spaces)."""
    return builders.tiny(
        parties=[{"agreement_id": i, "party_id": state} for i, state, _, _ in agreements],
        events=[{"agreement_id": i, "event": "signed", "date": y} for i, _, y, _ in agreements],
        domains=[
            {"agreement_id": i, "domain": domain}
            for i, _, _, domains in agreements
            for domain in domains.split()
        ],
    )


def many(state: str, year: str, domains: str, n: int) -> list[tuple[str, str, str, str]]:
    tag = domains.replace(" ", "-")
    return [(f"{state}-{year}-{tag}-{k}", state, year, domains) for k in range(n)]


def test_shares_are_of_agreements_with_a_known_domain(small: Dataset) -> None:
    table = measures.profiles(small).set_index(["state", "domain"])
    training = table.loc[("AZE", "training")]
    # Five of Azerbaijan's six agreements have a domain; the multilateral one has none.
    assert (training["n"], training["total"]) == (4, 5)
    assert training["share"] == pytest.approx(0.8)
    assert set(training["agreements"]) == {"aze-ita", "aze-mar", "aze-tur-old", "aze-tur-new"}


def test_a_share_has_its_wilson_interval(small: Dataset) -> None:
    row = measures.profiles(small).set_index(["state", "domain"]).loc[("AZE", "training")]
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(4, 5, method="wilson"))


def test_every_domain_has_a_row_even_where_no_agreement_names_it(small: Dataset) -> None:
    table = measures.profiles(small)
    codes = set(small.codes("domain_codes").index)
    assert table.groupby("state")["domain"].agg(set).tolist() == [codes, codes]
    assert (table.loc[table["domain"] == "cyber", "share"] == 0).all()


def test_a_span_of_years_includes_both_its_ends(small: Dataset) -> None:
    table = measures.profiles(small, since=2010, until=2012)
    assert set(table["state"]) == {"AZE"}
    assert table["total"].iloc[0] == 3


def test_announcements_name_no_domain_that_counts() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "event": "announced", "date": "2020"}],
        domains=[{"agreement_id": "a", "domain": "cyber"}],
    )
    assert measures.profiles(ds).empty


def test_breadth_tells_how_much_is_known(small: Dataset) -> None:
    table = measures.breadth(small).set_index("state")
    assert table.loc["AZE", ["concluded", "coded"]].tolist() == [6, 5]
    assert table.loc["AZE", "mean"] == pytest.approx((2 + 3 + 1 + 4 + 1) / 5)


def test_a_large_difference_is_sure_and_a_small_one_is_not() -> None:
    ds = named(
        *many("AZE", "2020", "industry", 40),
        *many("AZE", "2020", "training", 2),
        *many("MAR", "2020", "training", 40),
        *many("MAR", "2020", "cyber", 3),
    )
    table = measures.contrast(ds).set_index("domain")
    assert table.loc["industry", "sure"]
    assert table.loc["industry", "difference"] == pytest.approx(40 / 42)
    assert table.loc["cyber", "difference"] == pytest.approx(-3 / 43)
    assert not table.loc["cyber", "sure"]


def test_corrected_p_values_are_never_smaller(dataset: Dataset) -> None:
    table = measures.contrast(dataset)
    assert (table["adjusted"] >= table["p"]).all()
    assert ((table["low"] <= table["difference"]) & (table["difference"] <= table["high"])).all()


def test_change_compares_later_with_earlier() -> None:
    ds = named(
        *many("AZE", "2005", "training", 20),
        *many("AZE", "2015", "industry", 20),
        *many("MAR", "2015", "industry", 20),
    )
    table = measures.change(ds, (2010,))
    assert set(table["state"]) == {"AZE"}, "a state with nothing before the cut is left out"
    by_domain = table.set_index("domain")["difference"]
    assert (by_domain["industry"], by_domain["training"]) == (1.0, -1.0)


def test_thin_early_decades_are_taken_together() -> None:
    ds = named(
        *many("AZE", "1974", "training", 2),
        *many("AZE", "1985", "training", 3),
        *many("AZE", "1995", "training", 10),
        *many("AZE", "2005", "training", 1),
    )
    found = [(era.label, era.since, era.until) for era in measures.eras(ds)]
    assert found[:3] == [
        ("before 1990", None, 1989),
        ("1990s", 1990, 1999),
        ("2000s", 2000, 2009),
    ]
    assert found[-1] == ("2020s", 2020, ds.as_of.year)


def test_data_too_thin_for_decades_are_one_era() -> None:
    ds = named(*many("AZE", "1995", "training", 3))
    assert [era.label for era in measures.eras(ds)] == ["all years"]


def test_eras_lose_no_dated_agreement(dataset: Dataset) -> None:
    table = measures.by_era(dataset).drop_duplicates(["state", "era"])
    rows = measures.coded(dataset)
    dated = rows[rows["earliest"].notna()].groupby("state").size()
    assert table.groupby("state")["total"].sum().to_dict() == dated.to_dict()


def test_spans_are_named_by_their_years(small: Dataset) -> None:
    table = measures.by_span(small)
    assert list(dict.fromkeys(table["span"])) == ["before 2010", "2010–19", "from 2020"]


def test_the_first_appearance_is_the_earliest_of_each_state(small: Dataset) -> None:
    table = measures.first_appearances(small).set_index(["state", "domain"])
    assert table.loc[("AZE", "training"), "agreement_id"] == "aze-tur-old"
    assert table.loc[("MAR", "training"), "year"] == 1994
    assert ("MAR", "industry") not in table.index


def test_domains_that_always_go_together_correlate_fully() -> None:
    ds = named(
        *many("AZE", "2020", "training exercises", 12),
        *many("AZE", "2021", "industry", 12),
    )
    table = measures.together(ds, draws=200)
    first = table.iloc[0]
    assert {first["domain_a"], first["domain_b"]} == {"training", "exercises"}
    assert (first["phi"], first["jaccard"]) == pytest.approx((1.0, 1.0))
    assert (first["both"], first["either"], len(first["agreements"])) == (12, 12, 12)
    assert table["phi"].iloc[-1] == pytest.approx(-1.0)


def test_a_shared_agreement_counts_once_among_pairs(small: Dataset) -> None:
    table = measures.together(small, fewest=2, draws=50)
    row = table[(table["domain_a"] == "training") & (table["domain_b"] == "exercises")].iloc[0]
    assert (row["both"], row["total"]) == (2, 6)


def test_the_interval_holds_the_correlation(dataset: Dataset) -> None:
    table = measures.together(dataset, draws=300)
    assert ((table["low"] <= table["phi"]) & (table["phi"] <= table["high"])).mean() > 0.95
    values = np.array(
        [[d in named for d in ("industry", "technology")] for named in _domains(dataset)], float
    )
    row = table[(table["domain_a"] == "industry") & (table["domain_b"] == "technology")]
    assert row["phi"].iloc[0] == pytest.approx(np.corrcoef(values.T)[0, 1])


def _domains(dataset: Dataset) -> list[tuple[str, ...]]:
    overview = dataset.overview
    return [d for d in overview.loc[overview["concluded"], "domains"] if d]


def test_equal_profiles_have_a_cosine_of_one() -> None:
    ds = named(
        *many("AZE", "2020", "training", 10),
        *many("AZE", "2020", "industry", 20),
        *many("MAR", "2020", "training", 20),
        *many("MAR", "2020", "industry", 40),
    )
    found = measures.similarity(ds, draws=200)
    assert found.cosine == pytest.approx(1.0)
    assert found.p > 0.5
    assert (found.n_first, found.n_second) == (30, 60)


def test_profiles_with_nothing_in_common_are_less_alike_than_by_chance() -> None:
    ds = named(*many("AZE", "2020", "training", 15), *many("MAR", "2020", "industry", 15))
    found = measures.similarity(ds, draws=200)
    assert found.cosine == 0
    assert found.chance_low > 0
    assert found.p < 0.05


def test_a_similarity_is_the_same_each_time(dataset: Dataset) -> None:
    assert measures.similarity(dataset, draws=100) == measures.similarity(dataset, draws=100)


def test_few_agreements_give_no_similarity() -> None:
    ds = named(*many("AZE", "2020", "training", 15), *many("MAR", "2020", "training", 3))
    found = measures.similarity(ds)
    assert math.isnan(found.cosine)
    assert (found.n_first, found.n_second) == (15, 3)


def test_one_focus_state_has_a_profile_but_no_comparison() -> None:
    ds = builders.tiny(
        focus=("AZE",),
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "event": "signed", "date": "2020"}],
        domains=[{"agreement_id": "a", "domain": "cyber"}],
    )
    assert measures.profiles(ds)["n"].sum() == 1
    assert measures.contrast(ds).empty
    assert math.isnan(measures.similarity(ds).cosine)


def test_no_agreement_gives_empty_tables() -> None:
    ds = builders.empty()
    assert measures.profiles(ds).empty
    assert measures.by_era(ds).empty
    assert measures.by_span(ds).empty
    assert measures.contrast(ds).empty
    assert measures.change(ds).empty
    assert measures.first_appearances(ds).empty
    assert measures.together(ds).empty
    assert measures.similarity_by_era(ds)["cosine"].isna().all()
    assert measures.breadth(ds)["share"].isna().all()
