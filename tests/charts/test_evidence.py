"""Charts of the evidence: they draw no open limit."""

from __future__ import annotations

from accords.analysis import evidence as measures
from accords.charts import evidence as charts
from accords.dataset import Dataset


def test_an_open_upper_limit_is_not_drawn(dataset: Dataset) -> None:
    table = measures.capture_recapture(dataset)
    figure = charts.missing(dataset, table.assign(high=float("inf")))
    assert "Two lists that overlap are needed" in figure.layout.meta["title"]
