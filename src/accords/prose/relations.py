"""What is said of partners, and of what is promised, open and new."""

import pandas as pd

from accords.dataset import Dataset
from accords.prose.passage import hover, worded
from accords.words import listed, some

LISTS = {
    "pledges": "Mutual-defence pledges",
    "pending": "Pending",
    "outstanding": "Purchases outstanding",
    "recent": "Concluded in the last twelve months read",
}
"""Titles of the lists, by the measure of :mod:`accords.analysis.relations`."""


def introduction(dataset: Dataset, name: str, table: pd.DataFrame) -> str:
    """Introduce one of :data:`LISTS`, or say in a line that it is empty (HTML)."""
    return worded(dataset, "relations/introduction", name=name, table=table)


step_taken = hover("step_taken")
"""Says how far a party has come: 'Morocco: noted by government, May 2025 (inferred)'."""


def by_year(years: pd.Series) -> str:
    """Describe bars of agreements by year, for those who do not see them."""
    counts = years.dropna().value_counts()
    if counts.empty:
        return "No agreement is dated to a year."
    most = listed(str(year) for year in sorted(counts.index[counts == counts.max()]))
    span = f"{counts.index.min()} to {counts.index.max()}"
    return f"{some(int(counts.sum()), 'agreement')} by year, {span}, most in {most}."
