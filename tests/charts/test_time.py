"""Charts over time: nothing stands after the edition, breaks and dearest purchases are named."""

from __future__ import annotations

import builders
import pandas as pd
import plotly.graph_objects as go
import pytest

from accords.analysis import time as measures
from accords.charts import time as charts
from accords.dataset import Dataset
from accords.words import LeftOut


def signed(counts: dict[int, int], *, as_of: str = "2026-07-02") -> Dataset:
    """So many agreements of one state signed in each year."""
    names = [(f"a-{year}-{n}", year) for year, count in counts.items() for n in range(count)]
    return builders.tiny(
        focus=("AZE",),
        as_of=as_of,
        parties=[{"agreement_id": name, "party_id": "AZE"} for name, _ in names],
        events=[{"agreement_id": name, "event": "signed", "date": year} for name, year in names],
    )


def rates(ds: Dataset, years: int = 5) -> go.Figure:
    return charts.rates(ds, measures.rates(ds, years), measures.yearly(ds), measures.breaks(ds))


def test_no_rate_and_no_bar_is_drawn_after_the_edition() -> None:
    figure = rates(signed({2019: 3, 2026: 3}))
    edge = 2025.5 + 183 / 365
    bars = next(trace for trace in figure.data if trace.type == "bar")
    assert max(bars.x + bars.width / 2) < edge
    drawn = [x for trace in figure.data if trace.type == "scatter" for x in trace.x]
    assert max(x for x in drawn if x is not None and x == x) == pytest.approx(edge)


def dashed(figure: go.Figure) -> list[float]:
    return [shape.x0 for shape in figure.layout.shapes if shape.type == "line"]


def test_a_break_is_drawn_where_it_is_likelier_than_none() -> None:
    clear = rates(signed({year: 2 if year < 2010 else 8 for year in range(1996, 2026)}))
    assert "2010" in clear.layout.meta["title"]
    assert dashed(clear) == [2009.5]
    steady = rates(signed(dict.fromkeys(range(1996, 2026), 4)))
    assert dashed(steady) == []


def test_periods_are_as_long_as_they_are_asked_for() -> None:
    ds = signed(dict.fromkeys(range(1996, 2026), 4))
    for years in (3, 10):
        assert f"each {years}-year period" in rates(ds, years).layout.meta["subtitle"]


def purchases(*values: tuple[float, str]) -> go.Figure:
    """Contracts with these values and currencies, drawn two a currency."""
    ids = [f"buy-{n}" for n in range(len(values))]
    ds = builders.tiny(
        focus=("AZE",),
        agreements=[
            {"agreement_id": i, "instrument": "procurement-contract", "short_name": f"Contract {i}"}
            | {"value_amount": value, "value_currency": currency}
            for i, (value, currency) in zip(ids, values, strict=True)
        ],
        parties=[{"agreement_id": i, "party_id": "AZE", "role": "buyer"} for i in ids],
        events=[{"agreement_id": i, "event": "signed", "date": "2020"} for i in ids],
    )
    return charts.contracts(ds, measures.contracts(ds), most=2)


def test_the_dearest_contracts_stand_by_name_in_their_currency_the_commonest_first() -> None:
    figure = purchases((2e9, "EUR"), (1e6, "USD"), (3e6, "USD"), (2e6, "USD"))
    names = pd.Series([note.text for note in figure.layout.annotations])
    assert names[0] == "<b>USD (the 2 dearest of 3)</b>"
    assert names[1] == "<b>EUR (n = 1)</b>"
    assert "Contract buy-2 (2020)" in names[2]
    assert "Contract buy-3 (2020)" in names[3]
    assert "Contract buy-0 (2020)" in names[4]
    marks = [trace.customdata for trace in figure.data if trace.customdata is not None]
    opened = [i for ids in marks for i in ids]
    assert opened == ["buy-2", "buy-3", "buy-0"]


def test_without_a_price_the_list_of_contracts_is_left_out() -> None:
    assert isinstance(purchases(), LeftOut)
