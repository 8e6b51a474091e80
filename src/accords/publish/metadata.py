"""What the page says of itself in ``<head>``, for search engines, other pages and browsers."""

from __future__ import annotations

import pandas as pd

from accords.charts.theme import colour
from accords.dataset import Dataset, citations
from accords.templates import render


def tags(dataset: Dataset) -> str:
    """Write description, Open Graph, favicon, referrer policy, and JSON-LD of schema.org."""
    described = dataset.descriptor
    work = citations.work(dataset)
    first = dataset.overview["earliest"].min()
    return render(
        "accords.publish",
        "metadata.html.j2",
        work=work,
        description=str(described.get("description", work["title"])),
        colours=[colour("paper"), colour("state-1"), colour("state-2")],
        licences=[x["path"] for x in described.get("licenses", []) if "path" in x],
        keywords=list(described.get("keywords", [])),
        states=[dataset.party_names[state] for state in dataset.focus],
        first=dataset.as_of if pd.isna(first) else first,
        last=dataset.as_of,
        tables=[table["title"] for table in described["resources"] if "title" in table],
    )
