"""What every chart carries: texts from the data are measured as they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import builders
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
import pytest

from accords.charts import theme
from accords.charts.frame import chart
from accords.dataset import Dataset
from accords.errors import AccordsError
from accords.words import Caption, LeftOut


def measured() -> pd.DataFrame:
    """Count things."""
    return pd.DataFrame({"state": ["AZE"], "count": [2]})


def drawn(title: str = "A title", *legend: str, ds: Dataset | None = None, **of: Any) -> Any:
    """Draw a made-up chart with these words and names in the legend."""

    @chart(
        "a",
        measured,
        lambda *_: Caption(title, title, title),
        "state count",
        count="Things",
        empty="Things: there are none.",
    )
    def draw(dataset: Dataset, table: pd.DataFrame) -> go.Figure | None:
        names = [theme.safe(name) for name in legend]
        return go.Figure([go.Scatter(x=[0], y=[0], name=n, showlegend=True) for n in names])

    return draw(ds or builders.empty(), of.get("table", measured()))


def test_a_heading_is_wrapped_before_it_is_escaped() -> None:
    plain, strange = drawn("it is so " * 20), drawn("a & b so " * 20)
    assert plain.layout.margin.t == strange.layout.margin.t
    assert strange.layout.title.text.count("<br>") == plain.layout.title.text.count("<br>")
    assert strange.layout.title.text.startswith("<b>a &amp; b so")
    assert strange.layout.meta["title"].startswith("a & b so")


def test_a_legend_takes_the_room_of_the_names_as_seen() -> None:
    plain, strange = (drawn("A title", *(sign * 12 + n for n in "abcd")) for sign in "x&")
    assert plain.layout.margin.t == strange.layout.margin.t
    assert plain.layout.margin.t > drawn("A title").layout.margin.t


def test_a_chart_without_rows_is_left_out_and_says_what_is_missing() -> None:
    found = drawn(table=measured().head(0))
    assert isinstance(found, LeftOut)
    assert str(found) == "Things: there are none."


def test_the_numbers_behind_a_chart_are_those_of_its_table_by_their_names() -> None:
    meta = drawn().layout.meta
    assert meta["data"] == {"columns": ["State", "Things"], "rows": [["Azerbaijan", 2]]}
    assert meta["method"] == "Count things."


def test_a_chart_of_a_choice_of_agreements_says_so() -> None:
    chosen = builders.small().find(partner="ITA")
    assert chosen.choice in drawn(ds=chosen).layout.meta["subtitle"]
    assert chosen.choice not in drawn().layout.meta["subtitle"]


def test_states_are_told_apart_without_colour() -> None:
    assert len(set(theme.state_symbols(["AZE", "MAR", "TUR"]).values())) == 3


@pytest.fixture
def _restored() -> Iterator[None]:
    """The theme as it was before the test."""
    before, default = dict(theme.COLOURS), pio.templates.default
    yield
    theme.COLOURS.update(before)
    pio.templates["accords"], pio.templates.default = theme._template(), default


@pytest.mark.usefixtures("_restored")
def test_another_colour_holds_for_marks_template_and_dark_mode() -> None:
    theme.use({"state-1": ("#7b2d8b", "#c58fd0")})
    assert theme.state_colours(["AZE"]) == {"AZE": "#7b2d8b"}
    assert pio.templates["accords"].layout.colorway[0] == "#7b2d8b"
    assert "#c58fd0" in theme.dark_rules()
    assert "rgb(123, 45, 139)" in theme.dark_rules()


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        ({"state-9": ("#000000", "#ffffff")}, "state-9: .* one of paper, ink"),
        ({"ink": ("black", "white")}, "ink: .* two colours, as .*#1b1f23"),
    ],
)
@pytest.mark.usefixtures("_restored")
def test_a_colour_that_is_none_is_named(colours: dict[str, tuple[str, str]], said: str) -> None:
    with pytest.raises(AccordsError, match=said):
        theme.use(colours)
