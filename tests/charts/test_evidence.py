"""Charts of the evidence: they draw no open limit, and show names from the data as text."""

from __future__ import annotations

import builders

from accords.charts import evidence as charts
from accords.dataset import Dataset
from accords.measures import evidence as measures


def test_an_open_upper_limit_is_not_drawn(dataset: Dataset) -> None:
    table = measures.capture_recapture(dataset)
    figure = charts.missing(dataset, table.assign(high=float("inf")))
    assert "Two lists that overlap are needed" in figure.layout.meta["title"]


def test_a_publisher_with_markup_in_its_name_is_shown_as_text() -> None:
    hostile = "<b onclick=alert(1)>Paper</b>"
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        sources=[{"source_id": "press-a", "publisher": hostile}],
    )
    figure = charts.origins(ds, measures.languages(ds), measures.publishers(ds))
    drawn = figure.to_plotly_json()
    drawn["layout"].pop("meta")
    drawn["layout"].pop("title")
    assert hostile not in str(drawn)
