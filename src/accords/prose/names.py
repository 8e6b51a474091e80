"""How parties are named in a sentence."""

from __future__ import annotations

import pandas as pd

from accords.dataset import Dataset
from accords.words import escape


def phrase(dataset: Dataset, party: str) -> str:
    """Return a party's name as it stands in a sentence (HTML): ``the United States``."""
    name = dataset.party_names.get(party, party)
    return escape(dataset.party_phrases.get(name, name))


def focus_names(dataset: Dataset) -> dict[str, str]:
    """Return the names of the focus states, in their order."""
    return {state: dataset.party_names[state] for state in dataset.focus}


def each(dataset: Dataset, table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return each focus state's rows of a table, in order; states without any are left out."""
    parts = [(state, table[table["state"] == state]) for state in dataset.focus]
    return [(state, own) for state, own in parts if len(own)]
