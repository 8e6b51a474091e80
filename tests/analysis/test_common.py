"""What the chapters share: other choices of records."""

from __future__ import annotations

from typing import Any

import builders
import pytest

from accords import AccordsError
from accords.analysis import by_state, choices, partners, time, under_each_choice
from accords.analysis.common import ALL, WHEN


def test_the_choices_of_a_dataset_are_made_once_and_the_first_leaves_nothing_out() -> None:
    ds = builders.small()
    first, again = choices(ds), choices(ds)
    assert list(first) == [ALL, *WHEN]
    assert first[ALL] is ds
    assert all(first[name] is again[name] for name in first)


def test_a_measure_is_taken_under_each_choice() -> None:
    ds = builders.small()
    table = under_each_choice(ds, by_state)
    assert len(table[table["choice"] == ALL]) == len(by_state(ds))
    bilateral = table.loc[table["choice"] == "bilateral only", "agreement_id"]
    assert set(ds.overview.loc[bilateral, "scope"]) == {"bilateral"}


@pytest.mark.parametrize("years", [0, -1, 2.5, float("nan"), "5", True])
def test_a_measure_of_no_number_of_years_is_refused(years: Any) -> None:
    ds = builders.small()
    measures = time.rates, time.rate_change, partners.diversification, partners.concentration
    for measure in measures:
        with pytest.raises(AccordsError, match="no number of years"):
            measure(ds, years)  # type: ignore[operator]
