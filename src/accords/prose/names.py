"""How parties and days are named in a sentence, and which rows are told."""

from typing import Any

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.edtf import spoken
from accords.words import escape, listed

Row = dict[Any, Any]  # one row of a measure's table


def phrase(dataset: Dataset, party: Any) -> str:
    """Return a party's name as it stands in a sentence (HTML): ``the United States``."""
    name = dataset.party_names.get(party, party)
    return escape(dataset.party_phrases.get(name, name))


def few(names: list[str], shown: int, rest: str) -> str:
    """List names, of more than four the first: 'Azertac, MAP, Medi24 and 2 more'."""
    return listed([*names[:shown], f"{len(names) - shown} {rest}"] if len(names) > 4 else names)


def day(moment: pd.Timestamp) -> str:
    """Write a day: '30 October 2024'."""
    return spoken(str(moment.date()))


def each(dataset: Dataset, table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return each focus state's rows of a table, in order; states without any are left out."""
    parts = [(state, table[table["state"] == state]) for state in dataset.focus]
    return [(state, own) for state, own in parts if len(own)]


def most(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the highest count: more than one where they are level."""
    return table[table["count"] == table["count"].max()]


def rows(table: pd.DataFrame) -> list[Row]:
    """Return the rows of a table, to be told one by one."""
    return table.to_dict("records")
