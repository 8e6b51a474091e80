"""Counting over time: what is counted, in which year, and how sure a rate is."""

from __future__ import annotations

import math

import builders
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from accords.analysis import time as measures
from accords.dataset import Dataset


def series(counts: dict[int, int], *, state: str = "AZE", as_of: str = "2026-12-31") -> Dataset:
    """So many agreements of one state signed in each year."""
    names = [(f"a-{year}-{n}", year) for year, count in counts.items() for n in range(count)]
    return builders.tiny(
        as_of=as_of,
        parties=[{"agreement_id": name, "party_id": state} for name, _ in names],
        events=[{"agreement_id": name, "event": "signed", "date": year} for name, year in names],
    )


def test_an_agreement_counts_for_each_state_in_the_year_of_its_own_accession(
    small: Dataset,
) -> None:
    counts = measures.yearly(small).explode("ids").dropna(subset="ids")
    many = counts[counts["ids"] == "many"].set_index("state")["year"]
    assert many.to_dict() == {"AZE": 2003, "MAR": 2005}
    assert set(counts.loc[counts["ids"] == "aze-mar", "state"]) == {"AZE", "MAR"}


def test_what_is_only_announced_is_in_no_count(small: Dataset) -> None:
    counts = measures.yearly(small)
    assert all("mar-usa-note" not in ids for ids in counts["ids"])


def test_what_is_dated_to_a_span_of_years_is_spread_over_it_and_in_no_count() -> None:
    ds = builders.tiny(
        as_of="2026-11-24",
        parties=[{"agreement_id": i, "party_id": "AZE"} for i in ("span", "bound", "day")],
        events=[
            {"agreement_id": "span", "event": "signed", "date": "2002/2005"},
            {"agreement_id": "bound", "event": "signed", "date": "../2005"},
            {"agreement_id": "day", "event": "signed", "date": "2004-01-01"},
        ],
    )
    years = measures.yearly(ds).set_index("year")
    # Years before the first dated agreement have no row.
    assert years.loc[2004:2005, "spread"].tolist() == [0.25, 0.25]
    assert years.loc[2004:2005, "spread_ids"].tolist() == [("span",), ("span",)]
    assert years["count"].sum() == 1


def test_years_without_an_agreement_are_rows_too() -> None:
    counts = measures.yearly(series({2020: 2, 2023: 1}, as_of="2024-12-31"))
    assert counts.set_index("year")["count"].to_dict() == {
        2020: 2,
        2021: 0,
        2022: 0,
        2023: 1,
        2024: 0,
    }


def test_the_editions_own_year_is_observed_in_part() -> None:
    counts = measures.yearly(series({2020: 1}, as_of="2021-07-02"))
    assert counts["observed"].tolist() == pytest.approx([1.0, 183 / 365])


def test_a_rate_is_taken_over_the_years_that_have_passed() -> None:
    periods = measures.rates(series({2015: 5, 2020: 3}, as_of="2022-12-31"))
    assert periods["period"].tolist() == ["2015–19", "2020–22"]
    assert periods["rate"].tolist() == pytest.approx([1.0, 1.0])


def test_less_than_half_a_period_at_either_end_joins_its_neighbour() -> None:
    joined = measures.rates(series({1999: 1, 2003: 1}, as_of="2006-12-31"))
    assert joined["period"].tolist() == ["1999–2006"]
    kept = measures.rates(series({1997: 1, 2003: 1}, as_of="2007-12-31"))
    assert kept["period"].tolist() == ["1997–99", "2000–04", "2005–07"]


@given(st.integers(min_value=0, max_value=400))
def test_the_poisson_interval_is_the_exact_one(n: int) -> None:
    low, high = measures.poisson_interval(n)
    assert stats.poisson.sf(n - 1, low) == pytest.approx(0.025) if n else low == 0
    assert stats.poisson.cdf(n, high) == pytest.approx(0.025)


def test_a_rate_ratio_has_its_exact_conditional_interval() -> None:
    found = measures.rate_change(series({2010: 10, 2020: 30})).iloc[0]
    assert found[["before", "count", "ratio"]].tolist() == [10, 30, 3.0]
    low, high = stats.binomtest(30, 40).proportion_ci(method="exact")
    assert (found["low"], found["high"]) == pytest.approx((low / (1 - low), high / (1 - high)))


def test_a_rate_ratio_needs_something_to_compare_with() -> None:
    found = measures.rate_change(series({2020: 3})).iloc[0]
    assert math.isnan(found["ratio"])
    assert math.isnan(found["low"])


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("300 million USD", (3e8, 3e8, "USD")),
        ("1.6 to 4.6 billion USD", (1.6e9, 4.6e9, "USD")),
        ("700 million to 1 billion USD", (7e8, 1e9, "USD")),
        ("more than 500 million USD", (5e8, 5e8, "USD")),
        ("200000000 EUR", (2e8, 2e8, "EUR")),
        ("260000000 EUR (two ships)", (2.6e8, 2.6e8, "EUR")),
        ("50 million USD for this order", (5e7, 5e7, "USD")),
        ("7 million USD a year", None),
        ("hundreds of millions USD each", None),
        ("up to 5 billion USD for all contracts", None),
        ("nearly 250 million USD (several contracts)", None),
        ("50 million USD for the earlier purchase of 2021", None),
        ("none; a frame for supply contracts", None),
    ],
)
def test_only_a_figure_for_this_contract_is_read(
    said: str, read: tuple[float, float, str] | None
) -> None:
    assert measures.figures(said) == read


def contract(**more: object) -> Dataset:
    values = [("300 million USD", True), ("450 million USD", False), ("400 million EUR", False)]
    return builders.tiny(
        agreements=[
            {
                "agreement_id": "a",
                "instrument": "procurement-contract",
                "value_amount": 300000000,
                "value_currency": "USD",
                **more,
            }
        ],
        parties=[{"agreement_id": "a", "party_id": "AZE", "role": "buyer"}],
        events=[{"agreement_id": "a", "event": "signed", "date": "2020"}],
        disputes=[
            {
                "agreement_id": "a",
                "field": "value",
                "value": value,
                "source_id": f"press-{n}",
                "adopted": adopted,
            }
            for n, (value, adopted) in enumerate(values)
        ],
    )


def test_a_disputed_value_spans_what_sources_say_in_the_same_currency() -> None:
    row = measures.contracts(contract()).iloc[0]
    assert (row["amount"], row["low"], row["high"], row["disputed"]) == (3e8, 3e8, 4.5e8, True)
    assert "400 million EUR" in row["figures"]


@pytest.mark.parametrize("kind", ["ceiling", "package", "estimate"])
def test_what_is_not_a_price_leaves_a_contract_without_one(kind: str) -> None:
    row = measures.contracts(contract(value_kind=kind)).iloc[0]
    assert (row["agreement_id"], row["disputed"]) == ("a", False)
    assert math.isnan(row["amount"])


def test_a_clear_break_is_found_where_it_is() -> None:
    ds = series({year: 2 if year < 2010 else 8 for year in range(1996, 2026)})
    found = measures.breaks(ds).iloc[0]
    assert found["probability"] > 0.99
    assert found["year"] == 2010
    assert found["low"] <= 2010 <= found["high"]
    assert (found["rate_before"], found["rate_after"]) == pytest.approx((2, 8), rel=0.15)


def test_a_steady_rate_shows_no_break() -> None:
    found = measures.breaks(series(dict.fromkeys(range(1996, 2026), 4)))
    assert found["probability"].max() < 0.2


def test_the_posterior_is_that_of_the_model() -> None:
    """Against the marginal likelihood integrated numerically, year by year."""
    counts = [1, 0, 2, 1, 1, 4, 3, 5, 4, 6, 3]
    table = measures.break_years(pd.DataFrame({"year": range(2010, 2021), "count": counts}))

    rates = np.arange(0.01, 20, 0.02)
    prior = stats.gamma(1, scale=sum(counts) / len(counts)).pdf(rates)

    def marginal(part: list[int]) -> float:
        return float((prior * stats.poisson.pmf(np.array(part)[:, None], rates).prod(axis=0)).sum())

    ratios = [marginal(counts[:k]) * marginal(counts[k:]) for k in (4, 5, 6)]
    found = table.set_index("year")["probability"]
    assert found[2015] / found[2014] == pytest.approx(ratios[1] / ratios[0], rel=0.02)
    assert found[2016] / found[2015] == pytest.approx(ratios[2] / ratios[1], rel=0.02)
    assert table["probability"].sum() == pytest.approx(1)


def test_a_break_is_not_sought_in_a_handful_of_years() -> None:
    assert measures.breaks(series({2023: 3, 2024: 9})).empty


def test_the_editions_unfinished_year_does_not_count_as_a_fall() -> None:
    ds = series(dict.fromkeys(range(2000, 2026), 4), as_of="2026-01-31")
    found = measures.breaks(ds).iloc[0]
    assert found["last"] == 2025
    assert found["probability"] < 0.2


def test_no_agreement_gives_empty_tables() -> None:
    ds = builders.empty()
    tables = [
        measures.yearly(ds),
        measures.rates(ds),
        measures.contracts(ds),
        measures.breaks(ds),
    ]
    assert [len(table) for table in tables] == [0] * len(tables)
