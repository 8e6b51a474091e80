"""What the measures over time say."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from accords.analysis import robustness
from accords.analysis import time as measures
from accords.analysis.common import by_state, concluded
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.words import (
    Text,
    count,
    escape,
    interval,
    linked,
    listed,
    number,
    paragraph,
    percent,
)


def overview(dataset: Dataset) -> Text:
    """Say how many agreements each state concluded, since when, and what is announced only."""
    rows = by_state(dataset, concluded_only=False)
    sentences = []
    for state in dataset.focus:
        own = rows[rows["state"] == state]
        done = own.loc[own["concluded"], "agreement_id"]
        who = escape(dataset.party_names[state])
        if done.empty:
            sentences.append(f"No concluded agreement of {who} is on record.")
            continue
        first = own[own["concluded"]].sort_values("earliest", na_position="last").iloc[0]
        sentence = f"{who} has concluded {count(done, 'agreement')}"
        if pd.notna(first["date"]):
            since = linked(dates.spoken(first["date"]), [first["agreement_id"]])
            sentence += f", the first dated {since}"
        apart = own.loc[~own["concluded"], "agreement_id"]
        if len(apart):
            verb = "is" if len(apart) == 1 else "are"
            sentence += f"; {count(apart)} more {verb} announced only and not counted"
        sentences.append(sentence + ".")
    if said := together(dataset):
        sentences.append(f"{said[0].upper()}{said[1:]}.")
    return paragraph(*sentences)


def together(dataset: Dataset) -> str:
    """Say how many agreements tie focus states to each other (HTML), or nothing.

    A treaty of more than twenty parties is no such tie and is counted apart.
    """
    rows = concluded(dataset)
    rows = rows[rows["focus"].map(len) > 1]
    if rows.empty:
        return ""
    tied, worldwide = rows.index[~rows["worldwide"]], rows.index[rows["worldwide"]]
    whom = "both" if len(dataset.focus) == 2 else "more than one of them"
    have = "has" if len(tied) == 1 else "have"
    said = f"{count(tied, 'agreement') if len(tied) else 'no agreement'} {have} {whom} as parties"
    if len(worldwide):
        said += f", {count(worldwide, 'treaty', 'treaties')} of more than twenty parties aside"
    return said


def rates(dataset: Dataset) -> Text:
    """Compare the last ten full years with the ten before, with the ratio's interval."""
    choices = robustness.variants(dataset)
    sentences = []
    for state in dataset.focus:
        found = measures.rate_change(dataset, state)
        who = escape(dataset.party_names[state])
        if not found.before:
            sentences.append(f"{who} has too few earlier agreements for a comparison.")
            continue
        sentences.append(
            f"{who} concluded {count(found.after_rows, 'agreement')} in the last ten full years "
            f"and {count(found.before_rows)} in the ten before: "
            f"{number(found.ratio, '.1f', (*found.after_rows, *found.before_rows))} times as many "
            f"(95 % interval {interval(found.low, found.high, '.1f')}). "
            + _robust(choices, state, found.ratio)
        )
    return paragraph(*sentences)


def _robust(choices: Mapping[str, Dataset], state: str, found: float) -> str:
    """Say whether the ratio stays on its side of one under every choice of records."""
    values = pd.Series(
        {name: measures.rate_change(data, state).ratio for name, data in choices.items()}
    ).dropna()
    other = values[(values > 1) != (found > 1)]
    side = "above one" if found > 1 else "not above one"
    if other.empty:
        all_ = number(len(values), ".0f")
        return f"The ratio is {side} under each of the {all_} choices of records."
    exceptions = listed(f"‘{escape(name)}’ ({value:.1f} times)" for name, value in other.items())
    return f"That does not hold under every choice of records: it turns with {exceptions}."


def values(dataset: Dataset) -> Text:
    """Say how many procurement contracts are priced, disputed, and between which bounds."""
    table = measures.contracts(dataset)
    missing = measures.unvalued_contracts(dataset)
    if table.empty:
        return paragraph("No source prices a procurement contract on record.")
    every = [*table["agreement_id"], *missing["agreement_id"]]
    disputed = table.loc[table["disputed"], "agreement_id"]
    sentences = [
        f"Sources price {percent(table['agreement_id'], every)} of the procurement contracts; for "
        f"{count(disputed)} of these their figures differ, and the range is shown, not an average."
    ]
    for state in dataset.focus:
        own = table[table["state"] == state]
        without = missing.loc[missing["state"] == state, "agreement_id"]
        if own.empty and without.empty:
            continue
        sentences.append(
            f"{escape(dataset.party_names[state])}: {count(own['agreement_id'], 'priced contract')}"
            f", {count(without)} without a price."
        )
    sentences.append(
        "Which contracts are priced depends on the seller’s rules of disclosure; the sums can be "
        "neither added up nor compared between the states."
    )
    return paragraph(*sentences)


def breaks(dataset: Dataset) -> Text:
    """Say whether and when each state's rate broke, under which records, and what to beware of."""
    breaks_found = [measures.rate_break(dataset, state) for state in dataset.focus]
    known = [found for found in breaks_found if found is not None]
    if not known:
        return paragraph("No state has enough years for a break in its rate to be sought.")
    years = measures.per_year(dataset)
    choices = robustness.variants(dataset)
    sentences = []
    for found in known:
        who = escape(dataset.party_names[found.state])
        ids = [i for group in years.loc[years["state"] == found.state, "agreements"] for i in group]
        chance = "above 99 %" if found.probability > 0.99 else f"{100 * found.probability:.0f} %"
        sentences.append(
            f"For {who} the probability that the rate broke once is {linked(chance, ids)}; the "
            f"likeliest first year of the new rate is {linked(found.year, ids)} (90 % range "
            f"{linked(_years(found.low, found.high), ids)}), from "
            f"{number(found.rate_before, '.1f', ids)} to {number(found.rate_after, '.1f', ids)} "
            f"agreements a year. {_break_robustness(choices, found.state)}"
        )
    spread = listed(
        f"{found.dispersion:.1f} for {escape(dataset.party_names[found.state])}" for found in known
    )
    sentences.append(
        "Two cautions. Sources are uneven: news on the web begins late, so a rise in recorded "
        "agreements is in part a rise in records. And counts vary from year to year more than "
        f"the model allows (their variance over their mean is {spread}, where the model takes "
        "one), as delegations sign several texts at once, which makes a break look surer than it "
        "is."
    )
    return paragraph(*sentences)


def _years(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _break_robustness(choices: Mapping[str, Dataset], state: str) -> str:
    found = {name: measures.rate_break(data, state) for name, data in choices.items()}
    known = {name: b for name, b in found.items() if b is not None}
    base = next(iter(known.values()))
    up = base.rate_after > base.rate_before
    turned = {
        name: b
        for name, b in known.items()
        if b.probability < 0.9 or (b.rate_after > b.rate_before) != up
    }
    span = _years(min(b.year for b in known.values()), max(b.year for b in known.values()))
    if not turned:
        return (
            f"Each of the {number(len(known), '.0f')} choices of records shows such a break, the "
            f"likeliest year between them from {span}."
        )
    exceptions = listed(
        f"‘{escape(name)}’ ({'a rise' if b.rate_after > b.rate_before else 'a fall'} around "
        f"{b.year}, probability {100 * b.probability:.0f} %)"
        for name, b in turned.items()
    )
    return (
        f"{number(len(known) - len(turned), '.0f')} of {number(len(known), '.0f')} choices of "
        f"records show the same; it is not shown with {exceptions}."
    )
