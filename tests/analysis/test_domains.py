"""Counting by domain: of what a share is taken, and what a difference is worth."""

from __future__ import annotations

import builders
import pytest
from statsmodels.stats.proportion import proportion_confint

from accords.analysis import domains as measures
from accords.dataset import Dataset


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
    # Of Azerbaijan's six agreements three have a domain that the text or an official source names.
    assert (training["count"], training["of"]) == (3, 3)
    assert training["share"] == 1
    assert set(training["ids"]) == {"aze-ita", "aze-mar", "aze-tur-new"}


def test_what_the_press_alone_names_is_counted_apart(small: Dataset) -> None:
    table = measures.profiles(small).set_index(["state", "domain"])
    assert table.at[("AZE", "training"), "press_ids"] == ("aze-tur-old",)
    assert table.at[("AZE", "procurement"), "press_ids"] == ("aze-isr-buy",)
    assert table.at[("AZE", "procurement"), "count"] == 0


def test_a_share_has_its_wilson_interval(small: Dataset) -> None:
    row = measures.profiles(small).set_index(["state", "domain"]).loc[("AZE", "exercises")]
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(2, 3, method="wilson"))


def test_every_domain_has_a_row_even_where_no_agreement_names_it(small: Dataset) -> None:
    table = measures.profiles(small)
    codes = set(small.codes("domain_codes").index)
    assert table.groupby("state")["domain"].agg(set).tolist() == [codes, codes]
    assert (table.loc[table["domain"] == "cyber", "share"] == 0).all()


def test_a_span_of_years_includes_both_its_ends(small: Dataset) -> None:
    table = measures.profiles(small, since=2010, until=2012)
    assert set(table["state"]) == {"AZE"}
    assert table["of"].iloc[0] == 2


def test_announcements_name_no_domain_that_counts() -> None:
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "event": "announced", "date": "2020"}],
        domains=[{"agreement_id": "a", "domain": "cyber"}],
    )
    assert measures.profiles(ds).empty


def test_the_first_agreement_of_a_domain_is_bilateral_dated_and_firmly_named() -> None:
    dates = {"press": "1999", "many": "2000", "early": "2001/2003", "late": "2002"}
    ds = builders.tiny(
        agreements=[
            {"agreement_id": i, "scope": "multilateral" if i == "many" else "bilateral"}
            for i in dates
        ],
        parties=[{"agreement_id": i, "party_id": p} for i in dates for p in ("AZE", "ITA")],
        events=[{"agreement_id": i, "event": "signed", "date": d} for i, d in dates.items()],
        domains=[
            {"agreement_id": i, "domain": "cyber", "basis": "press" if i == "press" else "official"}
            for i in dates
        ],
    )
    row = measures.firsts(ds).set_index(["state", "domain"]).loc[("AZE", "cyber")]
    assert row["agreement_id"] == "late", "a span counts by its end"


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


def test_one_focus_state_has_a_profile_but_no_comparison() -> None:
    ds = builders.tiny(
        focus=("AZE",),
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "event": "signed", "date": "2020"}],
        domains=[{"agreement_id": "a", "domain": "cyber"}],
    )
    assert measures.profiles(ds)["count"].sum() == 1
    assert measures.contrast(ds).empty


def test_no_agreement_gives_empty_tables() -> None:
    ds = builders.empty()
    assert measures.profiles(ds).empty
    assert measures.contrast(ds).empty
    assert measures.change(ds).empty
    assert measures.firsts(ds).empty
