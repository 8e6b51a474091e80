"""Charts by domain: names from the data are shown as text."""

from __future__ import annotations

import builders

from accords.charts import domains as charts
from accords.measures import domains as measures


def test_names_from_the_data_are_shown_as_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    ds = builders.tiny(
        agreements=[{"agreement_id": "a", "title": hostile}],
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "event": "signed", "date": "2020"}],
        domains=[{"agreement_id": "a", "domain": "cyber"}],
    )
    figure = charts.first_appearances(ds, measures.first_appearances(ds))
    assert not any(hostile in str(trace.hovertext) for trace in figure.data)
