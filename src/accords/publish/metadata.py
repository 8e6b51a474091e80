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
    author = {"@type": "Organization", "name": work.author}
    first = dataset.overview["earliest"].min()
    start = dataset.as_of if pd.isna(first) else first
    shared = {
        "name": work.title,
        "description": str(described.get("description", work.title)),
        "datePublished": work.day,
        "version": work.edition,
        "inLanguage": "en",
        "author": author,
        "license": [x["path"] for x in described.get("licenses", []) if "path" in x],
        "isAccessibleForFree": True,
    }
    data = {
        "@type": "Dataset",
        "@id": "#dataset",
        **shared,
        "creator": author,
        "keywords": list(described.get("keywords", [])),
        "spatialCoverage": [dataset.party_names[state] for state in dataset.focus],
        "temporalCoverage": f"{start.year:04d}/{dataset.as_of.year:04d}",
        "variableMeasured": [r["title"] for r in described["resources"] if "title" in r],
    }
    report = {"@type": "Report", **shared, "isBasedOn": {"@id": "#dataset"}}
    return render(
        "accords.publish",
        "metadata.html.j2",
        work=work,
        description=shared["description"],
        colours=[colour("paper"), colour("state-1"), colour("state-2")],
        linked_data={"@context": "https://schema.org", "@graph": [data, report]},
    )
