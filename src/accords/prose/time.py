"""What is said of agreements over time: passages and captions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from accords.analysis.robustness import ALL
from accords.dataset import Dataset
from accords.dataset.edtf import spoken
from accords.prose.passage import passage
from accords.words import (
    Caption,
    LeftOut,
    Text,
    brief_sum,
    count,
    escape,
    interval,
    linked,
    listed,
    number,
    paragraph,
    percent,
    some,
)

CLEAR = 0.9
"""Probability from which a break is called one under a choice of records."""

__all__ = ["answer", "breaks", "contracts", "counts", "rate_change"]


@passage
def answer(dataset: Dataset, changes: pd.DataFrame) -> Text:
    """Answer in one sentence whether the states conclude more agreements than before.

    Parameters
    ----------
    dataset
        For names.
    changes
        From :func:`accords.analysis.time.rate_change`.
    """
    measured = changes.dropna(subset="ratio")
    if measured.empty:
        return LeftOut("Change of pace: no state has enough earlier agreements.")
    parts = [
        f"{escape(dataset.party_names[row['state']])} concluded "
        f"{number(row['ratio'], '.1f', (*row['ids'], *row['before_ids']))} times as many "
        f"agreements in {row['start']}–{row['end']} as in the {row['years']} years before"
        for row in measured.to_dict("records")
    ]
    sure = (measured["low"] > 1) | (measured["high"] < 1)
    doubt = listed(escape(dataset.party_names[s]) for s in measured.loc[~sure, "state"])
    chance = f"; for {doubt} chance alone could explain it" if doubt else ""
    return Text(f'<p class="answer">{listed(parts)}{chance}.</p>')


@passage
def counts(dataset: Dataset, rows: pd.DataFrame, years: pd.DataFrame) -> Text:
    """Say how many agreements each state concluded, since when, and in which year most.

    Parameters
    ----------
    dataset
        For names.
    rows, years
        From :func:`accords.analysis.common.by_state` and :func:`accords.analysis.time.yearly`.
    """
    if rows.empty:
        return LeftOut("Agreements over time: no concluded agreement is on record.")
    sentences = []
    for state in dataset.focus:
        own, mine = rows[rows["state"] == state], years[years["state"] == state]
        who = escape(dataset.party_names[state])
        if own.empty:
            sentences.append(f"No concluded agreement of {who} is on record.")
            continue
        said = f"{who} has concluded {count(own['agreement_id'], 'agreement')}"
        first = own.sort_values("earliest", na_position="last").iloc[0]
        if pd.notna(first["date"]):
            since = linked(spoken(first["date"]), [first["agreement_id"]])
            said += f", the first dated {since}"
        if len(mine) and mine["count"].max() > 1:
            peak = mine.nlargest(1, "count").iloc[0]
            said += f" and most in {peak['year']} ({count(peak['ids'])})"
        sentences.append(f"{said}.")
    return paragraph(*sentences)


@passage
def rate_change(dataset: Dataset, changes: pd.DataFrame) -> Text:
    """Compare two spans of years, and say under which choices of records the ratio turns.

    Parameters
    ----------
    dataset
        For names.
    changes
        :func:`accords.analysis.time.rate_change` under each choice of records.
    """
    if not changes["before"].any():
        return LeftOut("Change of pace: no state has enough earlier agreements.")
    sentences = []
    for state in dataset.focus:
        own = changes[changes["state"] == state]
        base = own[own["choice"] == ALL].iloc[0]
        who = escape(dataset.party_names[state])
        if not base["before"]:
            sentences.append(f"{who} has too few earlier agreements for a comparison.")
            continue
        measured = own.dropna(subset="ratio")
        turned = measured.loc[(measured["ratio"] > 1) != (base["ratio"] > 1), "choice"]
        sentences.append(
            f"{who} concluded {count(base['ids'], 'agreement')} in the last {base['years']} full "
            f"years and {count(base['before_ids'])} in the {base['years']} before: "
            f"{number(base['ratio'], '.1f', (*base['ids'], *base['before_ids']))} times as many "
            f"(95 % interval {interval(base['low'], base['high'], '.1f')}). "
            + _holds(len(measured), turned)
        )
    return paragraph(*sentences)


def _holds(measured: int, turned: pd.Series) -> str:
    """Say whether a comparison points the same way under every choice of records."""
    if turned.empty:
        return f"The finding is the same in all {measured} choices of records."
    other = listed(f"‘{escape(name)}’" for name in turned)
    return f"The finding is another in {len(turned)} of {measured} choices of records: {other}."


@passage
def breaks(dataset: Dataset, found: pd.DataFrame) -> Text:
    """Say whether and when each state's rate broke, and what to beware of.

    Parameters
    ----------
    dataset
        For names.
    found
        :func:`accords.analysis.time.breaks` under each choice of records.
    """
    base = found[found["choice"] == ALL]
    if base.empty:
        return LeftOut("Breaks in the rate: no state has enough years.")
    sentences = []
    for row in base.to_dict("records"):
        own = found[found["state"] == row["state"]]
        up = row["rate_after"] > row["rate_before"]
        clear = own["probability"] >= CLEAR
        same = (clear == (row["probability"] >= CLEAR)) & (
            ~clear | ((own["rate_after"] > own["rate_before"]) == up)
        )
        chance = "above 99 %" if row["probability"] > 0.99 else f"{100 * row['probability']:.0f} %"
        ids = row["ids"]
        sentences.append(
            f"For {escape(dataset.party_names[row['state']])} the probability that the rate "
            f"changed once is {linked(chance, ids)}; the likeliest first year of the new rate is "
            f"{linked(row['year'], ids)} (90 % range {span(row)}), from "
            f"{number(row['rate_before'], '.1f', ids)} to {number(row['rate_after'], '.1f', ids)} "
            "agreements a year. " + _holds(len(own), own.loc[~same, "choice"])
        )
    spread = listed(
        f"{row['dispersion']:.1f} for {escape(dataset.party_names[row['state']])}"
        for row in base.to_dict("records")
    )
    sentences.append(
        "Counts vary from year to year more than the model allows where their variance over their "
        f"mean is above one (here {spread}): delegations sign several texts at once, which makes a "
        "break look surer than it is."
    )
    return paragraph(*sentences)


@passage
def contracts(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say how many procurement contracts have a price, and for how many sources differ.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.time.contracts`.
    """
    priced = table[table["amount"].notna()]
    if priced.empty:
        return LeftOut("Contract values: no source prices a contract.")
    disputed = priced.loc[priced["disputed"], "agreement_id"]
    differ, theirs = count(disputed), "their figures differ, and the range is shown, not an average"
    sentences = [
        f"Sources price {percent(priced['agreement_id'], table['agreement_id'])} of the "
        f"procurement contracts{f'; for {differ} of these {theirs}' if len(disputed) else ''}."
    ]
    for state in dataset.focus:
        own = table[table["state"] == state]
        if len(own):
            with_price = own.loc[own["amount"].notna(), "agreement_id"]
            sentences.append(
                f"{escape(dataset.party_names[state])}: "
                f"{count(with_price, 'contract')} with a price, "
                f"{count(own.loc[own['amount'].isna(), 'agreement_id'])} without."
            )
    return paragraph(*sentences)


def span(row: Mapping[Any, Any]) -> str:
    """Write a range of years: ``2005 to 2008``, or one year."""
    return str(row["low"]) if row["low"] == row["high"] else f"{row['low']} to {row['high']}"


def rate_heading(
    dataset: Dataset, state: str, blocks: pd.DataFrame, found: Mapping[Any, Any] | None
) -> str:
    """Head one state's panel of the rates."""
    who = dataset.party_names[state]
    if found is None:
        return f"{who} (n = {blocks['count'].sum()})"
    return f"{who}: {found['rate_before']:.1f}, then {found['rate_after']:.1f} a year"


def rates_caption(
    dataset: Dataset, periods: pd.DataFrame, years: pd.DataFrame, breaks: pd.DataFrame
) -> Caption:
    """Word the chart of rates (see :func:`accords.charts.time.rates`)."""
    broken = {b["state"]: b for b in breaks.to_dict("records") if b["probability"] >= 0.5}
    parts, told = [], []
    for state in periods["state"].unique():
        who, found = dataset.party_names[state], broken.get(state)
        own = periods[periods["state"] == state]
        told.append(
            f"{who}: "
            + ", ".join(f"{p} {r:.1f}" for p, r in zip(own["period"], own["rate"], strict=True))
        )
        if found is None:
            parts.append(f"{who}’s shows no break")
            continue
        verb = "rose" if found["rate_after"] > found["rate_before"] else "fell"
        parts.append(
            f"{who}’s {verb} around {found['year']}, from {found['rate_before']:.1f} to "
            f"{found['rate_after']:.1f}"
        )
        told.append(f"Its rate broke around {found['year']} ({span(found)})")
    subtitle = (
        f"Agreements concluded (n = {periods['count'].sum()}): bars a year; lines the mean of each "
        f"{periods['years'].iloc[0]}-year period, with the exact 95 % Poisson interval shaded and "
        "the mean written above."
    )
    if broken:
        subtitle += (
            " Dashed: the likeliest break in the rate, on the years that hold it with 90 % "
            "probability (Raftery and Akman 1986)."
        )
    if years["spread"].any():
        subtitle += " Pale: dated to a span of years, spread evenly over it and in no rate."
    return Caption(
        f"Recorded agreements a year: {'; '.join(parts)}",
        f"{subtitle} All to {spoken(str(dataset.as_of.date()))}.",
        f"Agreements a year by period. {'. '.join(told)}.",
    )


def dearest(table: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """List the dearest contracts of each currency, the currency with most contracts first."""
    priced = table[table["amount"].notna()].sort_values("amount", ascending=False, kind="stable")
    return [
        priced[priced["currency"] == currency].head(most)
        for currency in priced["currency"].value_counts().index
    ]


def currency_heading(rows: pd.DataFrame, counts: pd.Series) -> str:
    """Head one currency's list of contracts."""
    currency = rows["currency"].iloc[0]
    n = counts[currency]
    few = f"the {len(rows)} dearest of {n}" if n > len(rows) else f"n = {n}"
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
    priced = int(table["amount"].notna().sum())
    unpriced = f" No source prices {some(len(table) - priced, 'other')}."
    lists = []
    for rows in dearest(table, most):
        named = "; ".join(
            f"{row['short_name']} ({dataset.party_names[row['state']]}, {brief_sum(row['amount'])})"
            for row in rows.head(3).to_dict("records")
        )
        lists.append(f"In {rows['currency'].iloc[0]}: {named}")
    return Caption(
        f"{priced} of {some(len(table), 'procurement contract')} "
        f"{'has' if 1 in (priced, len(table)) else 'have'} a price, and for "
        f"{table['disputed'].sum() or 'none'} of these sources give different figures",
        f"Procurement contracts with a price (n = {priced}), nominal, each in its own currency, "
        f"the {most} dearest of each at most. The mark is the value that the dataset carries; a "
        "pale line spans the figures where sources differ."
        f"{unpriced if priced < len(table) else ''}",
        f"List of contracts by value. {'. '.join(lists)}.",
    )
