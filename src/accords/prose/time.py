"""What is said of agreements over time, from the tables of :mod:`accords.analysis.time`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from accords.analysis.common import ALL
from accords.analysis.time import direction
from accords.dataset import Dataset
from accords.dataset.edtf import spoken
from accords.prose.names import Row, each, focus_names, rows
from accords.prose.passage import ANSWER, caption, passage, worded
from accords.words import (
    Caption,
    brief_sum,
)

CLEAR = 0.9
"""Probability from which a break is called one under a choice of records."""

NARROW = 5
"""Years that the range of a break may span for its likeliest year to stand for it."""

NO_PACE = "Change of pace: no state has enough earlier agreements."


@passage(NO_PACE, ANSWER)
def answer(dataset: Dataset, changes: pd.DataFrame) -> Iterator[str]:
    """Answer whether the states conclude more agreements than before (``rate_change``)."""
    measured = changes.dropna(subset="ratio")
    sure = (measured["low"] > 1) | (measured["high"] < 1)
    doubt = measured.loc[~sure, "state"].map(dataset.party_names)
    if len(measured):
        yield worded(dataset, "time/answer", measured=measured, doubt=list(doubt))


@passage("Agreements over time: no concluded agreement is on record.")
def counts(dataset: Dataset, agreements: pd.DataFrame, years: pd.DataFrame) -> Iterator[str]:
    """Say how many agreements each state concluded, since when, and in which year most.

    Takes :func:`accords.analysis.common.by_state` and ``yearly``.
    """
    states = []
    for state, who in focus_names(dataset).items():
        own = agreements[agreements["state"] == state]
        first = rows(own.sort_values("earliest", na_position="last").head(1).dropna(subset="date"))
        mine = years[(years["state"] == state) & (years["count"] > 1)]
        peak = rows(mine.nlargest(1, "count"))
        states.append((who, list(own["agreement_id"]), first, peak))
    yield worded(dataset, "time/counts", states=states, spoken=spoken)


@passage(NO_PACE)
def rate_change(dataset: Dataset, changes: pd.DataFrame) -> Iterator[str]:
    """Compare two spans of years, and say what turns it (``rate_change`` under each choice)."""
    if not changes["before"].any():
        return
    states = []
    for _, own in each(dataset, changes):
        base, measured = rows(own[own["choice"] == ALL])[0], own.dropna(subset="ratio")
        points = direction(measured)
        turned = measured.loc[~points.isin(points[measured["choice"] == ALL]), "choice"]
        states.append((base, len(measured), list(turned)))
    yield worded(dataset, "time/rate_change", states=states)


@passage("Breaks in the rate: no state has enough years.")
def breaks(dataset: Dataset, found: pd.DataFrame) -> Iterator[str]:
    """Say whether and when each rate broke, and what to beware of (``breaks`` by choice)."""
    states = []
    for row in rows(found[found["choice"] == ALL]):
        own = found[found["state"] == row["state"]]
        rises = own["rate_after"] > own["rate_before"]
        clear = own["probability"] >= CLEAR
        same = (clear == (row["probability"] >= CLEAR)) & (
            ~clear | (rises == (row["rate_after"] > row["rate_before"]))
        )
        chance = "above 99 %" if row["probability"] > 0.99 else f"{100 * row['probability']:.0f} %"
        states.append((row, chance, len(own), list(own.loc[~same, "choice"])))
    if states:
        yield worded(dataset, "time/breaks", states=states, span=span)


@passage("Contract values: no source prices a contract.")
def contracts(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say how many procurement contracts have a price, and where sources differ (``contracts``)."""
    priced = table["amount"].notna()
    ids = table["agreement_id"]
    if priced.any():
        yield worded(
            dataset, "time/contracts", priced=ids[priced], every=ids,
            disputed=list(ids[priced & table["disputed"]]), states=each(dataset, table),
        )  # fmt: skip


def span(row: Mapping[Any, Any]) -> str:
    """Write a range of years: ``2005 to 2008``, or one year."""
    return str(row["low"]) if row["low"] == row["high"] else f"{row['low']} to {row['high']}"


def rate_heading(dataset: Dataset, state: str, blocks: pd.DataFrame, found: Row | None) -> str:
    """Head one state's panel of the rates."""
    who = dataset.party_names[state]
    if found is None:
        return f"{who} (n = {blocks['count'].sum()})"
    return f"{who}: {found['rate_before']:.1f}, then {found['rate_after']:.1f} a year"


def rates_caption(
    dataset: Dataset, periods: pd.DataFrame, years: pd.DataFrame, breaks: pd.DataFrame
) -> Caption:
    """Word the chart of rates (see :func:`accords.charts.time.rates`)."""
    broken = {b["state"]: b for b in rows(breaks) if b["probability"] >= 0.5}
    parts, alt = [], []
    for state, own in each(dataset, periods):
        who, found = dataset.party_names[state], broken.get(state)
        alt.append(f"{who}: " + ", ".join(f"{p['period']} {p['rate']:.1f}" for p in rows(own)))
        if found is None:
            parts.append(f"{who}’s shows no break")
            continue
        verb = "rose" if found["rate_after"] > found["rate_before"] else "fell"
        wide = found["high"] - found["low"] > NARROW
        when = f"some time in {found['low']}–{found['high']}" if wide else f"around {found['year']}"
        parts.append(
            f"{who}’s {verb} {when}, from {found['rate_before']:.1f} to {found['rate_after']:.1f}"
        )
        alt.append(f"Its rate broke around {found['year']} ({span(found)})")
    return caption(
        "rates", parts=parts, alt=alt, broken=broken, n=periods["count"].sum(),
        years=periods["years"].iloc[0], spread=years["spread"].any(),
        day=spoken(str(dataset.as_of.date())),
    )  # fmt: skip


def dearest(table: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """List the dearest contracts of each currency, the currency with most contracts first."""
    priced = table[table["amount"].notna()].sort_values("amount", ascending=False, kind="stable")
    return [
        priced[priced["currency"] == currency].head(most)
        for currency in priced["currency"].value_counts().index
    ]


def currency_heading(contracts: pd.DataFrame, counts: pd.Series) -> str:
    """Head one currency's list of contracts."""
    currency, n = contracts["currency"].iloc[0], len(contracts)
    few = f"the {n} dearest of {counts[currency]}" if counts[currency] > n else f"n = {n}"
    return f"{currency} ({few})"


def dated_name(row: Mapping[Any, Any]) -> str:
    """Name a contract with its year, where the name does not end with one."""
    named = str(row["short_name"])
    if pd.isna(row["earliest"]) or re.search(r"\d{4}$", named):
        return named
    return f"{named} ({row['earliest'].year})"


def contract_hover(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    """Say what a mark of the contract values stands for."""
    said = f"{brief_sum(row['amount'])} {row['currency']}"
    if row["disputed"]:
        said += f" (sources: {brief_sum(row['low'])} to {brief_sum(row['high'])})"
    dated = f", {spoken(row['date'])}" if pd.notna(row["date"]) else ""
    return f"{row['title']}\n{dataset.party_names[row['state']]}{dated}: {said}"


def contracts_caption(dataset: Dataset, table: pd.DataFrame, most: int = 10) -> Caption:
    """Word the list of contract values (see :func:`accords.charts.time.contracts`)."""
    lists = []
    for dear in dearest(table, most):
        named = "; ".join(
            f"{row['short_name']} ({dataset.party_names[row['state']]}, {brief_sum(row['amount'])})"
            for row in rows(dear.head(3))
        )
        lists.append(f"In {dear['currency'].iloc[0]}: {named}")
    priced, disputed = table["amount"].notna().sum(), table["disputed"].sum()
    return caption(
        "contracts", n=len(table), priced=priced, disputed=disputed, most=most, lists=lists
    )
