"""What is said of agreements over time, from the tables of :mod:`accords.analysis.time`."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from accords.analysis.common import ALL
from accords.analysis.time import direction
from accords.dataset import Dataset
from accords.prose.names import rows
from accords.prose.passage import ANSWER, Parts, caption, hover, passage

CLEAR = 0.9  # probability from which a break is called one under a choice of records

NO_PACE = "Change of pace: no state has enough earlier agreements."


@passage(NO_PACE, ANSWER)
def answer(dataset: Dataset, changes: pd.DataFrame) -> Parts:
    """Answer whether the states conclude more agreements than before (``rate_change``)."""
    measured = changes.dropna(subset="ratio")
    unclear = measured.loc[direction(measured) == "no clear change", "state"]
    return {"measured": measured, "doubt": list(unclear.map(dataset.party_names))}


@passage("Agreements over time: no concluded agreement is on record.")
def counts(dataset: Dataset, agreements: pd.DataFrame, years: pd.DataFrame) -> None:
    """Say how many agreements each state concluded, since when, and in which year most.

    Takes :func:`accords.analysis.common.by_state` and ``yearly``.
    """


@passage(NO_PACE)
def rate_change(dataset: Dataset, changes: pd.DataFrame) -> Parts:
    """Compare two spans of years, and say what turns it (``rate_change`` under each choice)."""
    return {"changes": changes.assign(turned=_turned(changes, direction(changes)))}


@passage("Breaks in the rate: no state has enough years.")
def breaks(dataset: Dataset, found: pd.DataFrame) -> Parts:
    """Say whether and when each rate broke, and what to beware of (``breaks`` by choice)."""
    rises = (found["rate_after"] > found["rate_before"]).map({True: "rises", False: "falls"})
    outcome = rises.where(found["probability"] >= CLEAR, "no clear break")
    return {"found": found.assign(turned=_turned(found, outcome)), "span": span}


def _turned(table: pd.DataFrame, outcome: pd.Series) -> pd.Series:
    """Return which rows have another outcome than all records of their state."""
    whole = outcome[table["choice"] == ALL].set_axis(table.loc[table["choice"] == ALL, "state"])
    return outcome != table["state"].map(whole)


@passage("Contract values: no source prices a contract.")
def contracts(dataset: Dataset, table: pd.DataFrame) -> None:
    """Say how many procurement contracts have a price, and where sources differ (``contracts``)."""


def span(row: Mapping[Any, Any]) -> str:
    """Write a range of years: ``2005 to 2008``, or one year."""
    return str(row["low"]) if row["low"] == row["high"] else f"{row['low']} to {row['high']}"


rate_heading, currency_heading = hover("rate_heading"), hover("currency_heading")
contract_hover = hover("contract")


@caption
def rates_caption(
    dataset: Dataset, periods: pd.DataFrame, years: pd.DataFrame, breaks: pd.DataFrame
) -> Parts:
    """Word the chart of rates (see :func:`accords.charts.time.rates`)."""
    broken = {found["state"]: found for found in rows(breaks) if found["probability"] >= 0.5}
    return {"broken": broken, "span": span}


@caption
def contracts_caption(dataset: Dataset, table: pd.DataFrame, most: int = 10) -> Parts:
    """Word the list of contract values (see :func:`accords.charts.time.contracts`)."""
    return {"lists": dearest(table, most)}


def dearest(table: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """List the dearest contracts of each currency, the currency with most contracts first."""
    priced = table[table["amount"].notna()].sort_values("amount", ascending=False, kind="stable")
    return [
        priced[priced["currency"] == currency].head(most)
        for currency in priced["currency"].value_counts().index
    ]
