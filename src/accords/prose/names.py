"""How parties are named in a sentence, and how rows are told state by state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from accords.dataset import Dataset
from accords.words import escape, listed

Row = dict[Any, Any]
"""One row of a measure's table."""


def phrase(dataset: Dataset, party: Any) -> str:
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


def rows(table: pd.DataFrame) -> list[Row]:
    """Return the rows of a table, to be told one by one."""
    return table.to_dict("records")


def told(table: pd.DataFrame, say: Callable[[Row], str]) -> str:
    """Join what is said of each row: 'a, b and c'."""
    return listed(map(say, rows(table)))
