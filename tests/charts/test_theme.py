"""What every chart carries: texts from the data are measured as they are seen."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from accords.charts import theme


def finished(title: str, *legend: str) -> go.Figure:
    figure = go.Figure([go.Scatter(x=[0], y=[0], name=theme.safe(name)) for name in legend])
    return theme.finish(
        figure, name="a", title=title, subtitle=title, alt="", data=pd.DataFrame(), measure=finished
    )


def test_a_heading_is_wrapped_before_it_is_escaped() -> None:
    plain, strange = finished("it is so " * 20), finished("a & b so " * 20)
    assert plain.layout.margin.t == strange.layout.margin.t
    assert strange.layout.title.text.count("<br>") == plain.layout.title.text.count("<br>")
    assert strange.layout.title.text.startswith("<b>a &amp; b so")
    assert strange.layout.meta["title"].startswith("a & b so")


def test_a_legend_takes_the_room_of_the_names_as_seen() -> None:
    plain, strange = (finished("A title", *(sign * 12 + n for n in "abcd")) for sign in "x&")
    assert plain.layout.margin.t == strange.layout.margin.t


def test_states_are_told_apart_without_colour() -> None:
    assert len(set(theme.state_symbols(["AZE", "MAR", "TUR"]).values())) == 3
