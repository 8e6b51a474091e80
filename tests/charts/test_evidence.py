"""Charts of the evidence: they draw no open limit."""

from __future__ import annotations

import numpy as np
import pytest

from accords.analysis import evidence as measures
from accords.charts import evidence as charts
from accords.dataset import Dataset
from accords.words import LeftOut


def test_an_open_upper_limit_is_not_drawn(dataset: Dataset) -> None:
    table = measures.capture_recapture(dataset)
    assert isinstance(charts.missing(dataset, table.assign(high=np.inf)), LeftOut)
    assert isinstance(charts.missing(dataset, table.assign(estimate=np.nan)), LeftOut)


def test_the_parts_of_an_estimate_add_up_to_what_is_on_record(dataset: Dataset) -> None:
    table = measures.capture_recapture(dataset)
    bars = [trace for trace in charts.missing(dataset, table).data if trace.type == "bar"]
    drawn = [sum(lengths) for lengths in zip(*(bar.x for bar in bars), strict=True)]
    assert drawn == table["count"].tolist()


def test_the_support_of_each_state_is_all_of_its_records(dataset: Dataset) -> None:
    figure = charts.support(dataset, measures.support(dataset))
    bars = [trace for trace in figure.data if trace.type == "bar"]
    for shares in zip(*(bar.x for bar in bars), strict=True):
        assert sum(shares) == pytest.approx(1)
