"""What is said of partners, and of what is promised, open and new."""

from __future__ import annotations

import pandas as pd

from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.prose.names import phrase
from accords.words import count, listed, lowered, some

LISTS = {
    "pledges": "Mutual-defence pledges",
    "pending": "Pending",
    "outstanding": "Purchases outstanding",
    "recent": "Concluded in the last twelve months",
}
"""Titles of the lists, by the measure of :mod:`accords.analysis.relations`."""

_HOLDS = {
    "pledges": "Undertakings to assist one another, or to consult on assistance, in case of attack",
    "pending": "Signed, in approval on at least one side, and not known to be in force",
    "outstanding": "Ordered or in delivery, no source showing the whole order handed over",
    "recent": "Concluded in the twelve months before {day}",
}
_CAUTION = {
    "pledges": "What each promises is told as its record tells it.",
    "pending": "A step that no source shows may have been taken all the same.",
    "outstanding": "What was ordered or last seen more than ten years before that is left out.",
    "recent": "A question mark says that the day may lie earlier, or that it was first seen then.",
}


def introduction(dataset: Dataset, name: str, table: pd.DataFrame) -> str:
    """Introduce one of :data:`LISTS`, or say in a line that it is empty (HTML)."""
    holds = _HOLDS[name].format(day=dates.spoken(f"{dataset.as_of:%Y-%m-%d}"))
    if table.empty:
        return f"{holds}: none on record."
    by_state = listed(
        f"{_sure_of(of)} of {phrase(dataset, state)}" for state, of in table.groupby("state")
    )
    return f"{holds}: {by_state}. {_CAUTION[name]}"


def _sure_of(rows: pd.DataFrame) -> str:
    """Count what surely is of a list, and what may be beside it: '27 and perhaps 5 more'."""
    sure = rows["certain"] if "certain" in rows else pd.Series(True, index=rows.index)
    more = rows.loc[~sure, "agreement_id"]
    said = count(rows.loc[sure, "agreement_id"])
    return f"{said} and perhaps {count(more)} more" if len(more) else said


def step_taken(dataset: Dataset, party: str, event: str | None, date: str | None) -> str:
    """Say how far a party has come: 'Morocco: noted by government, May 2025 (inferred)'."""
    taken = "no step on record"
    if event is not None:
        taken = f"{lowered(dataset.labels('event_types')[event])}, {dates.spoken(date)}"
    return f"{dataset.party_names.get(party, party)}: {taken}"


def by_year(years: pd.Series) -> str:
    """Describe bars of agreements by year, for those who do not see them."""
    counts = years.dropna().value_counts()
    if counts.empty:
        return "No agreement is dated to a year."
    most = listed(str(year) for year in sorted(counts.index[counts == counts.max()]))
    span = f"{counts.index.min()} to {counts.index.max()}"
    return f"{some(int(counts.sum()), 'agreement')} by year, {span}, most in {most}."
