"""Panels of one figure: side by side at a desk, one above another on a phone."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from accords.charts import theme
from accords.charts.columns import annotate, columns


def test_panels_stand_side_by_side_and_stack_on_a_phone() -> None:
    figure = go.Figure()
    layout = columns(figure, ["one", "two"], [theme.colour("ink")] * 2)
    assert layout.axes == [("x", "y"), ("x2", "y2")]
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    upper, lower = layout.narrow["yaxis"]["domain"], layout.narrow["yaxis2"]["domain"]
    assert lower[1] < upper[0] < upper[1] <= 1
    assert lower[1] - lower[0] == pytest.approx(upper[1] - upper[0])
    annotate(figure, layout.narrow, text="wide", x=0, y=0, narrow_note={"text": "narrow"})
    assert figure.layout.annotations[-1].text == "wide"
    assert layout.narrow["annotations"][-1]["text"] == "narrow"
