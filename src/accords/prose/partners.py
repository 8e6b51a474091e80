"""What is said of partners: passages and captions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from accords.analysis.partners import ALL, FEWEST
from accords.dataset import Dataset
from accords.prose.names import each, phrase
from accords.prose.passage import passage
from accords.templates import render
from accords.words import (
    Caption,
    LeftOut,
    Text,
    capital,
    count,
    escape,
    interval,
    linked,
    listed,
    lowered,
    number,
    paragraph,
    percent,
    plain,
    some,
)

MOST_LEVEL = 3
"""Partners that are named where they are level as the largest."""

__all__ = [
    "answer",
    "concentration",
    "diversification",
    "families",
    "overview",
    "regions",
    "shared",
    "top_partners",
]


@passage
def answer(dataset: Dataset, counts: pd.DataFrame) -> Text:
    """Answer in one sentence who the largest partner of each state is.

    Parameters
    ----------
    dataset
        For names.
    counts
        From :func:`accords.analysis.partners.partner_counts`.
    """
    parts = [
        f"{largest(dataset, own)} of {phrase(dataset, state)} "
        f"({linked(own['count'].iloc[0], _ids(first_of(own)))} of "
        f"{some(own['of'].iloc[0], 'bilateral agreement')}{_aside(counts)}"
        f"{' with each' if len(first_of(own)) > 1 else ''})"
        for state, own in each(dataset, counts)
    ]
    if not parts:
        return LeftOut("Partners: no concluded bilateral agreement is on record.")
    return Text(f'<p class="answer">{capital("; ".join(parts))}.</p>')


@passage
def overview(dataset: Dataset, counts: pd.DataFrame) -> Text:
    """Say how many partners each state has, how many have but one agreement, and the sum of all.

    Parameters
    ----------
    dataset
        For names.
    counts
        From :func:`accords.analysis.partners.partner_counts`.
    """
    sentences = []
    for state, own in each(dataset, counts):
        single = own[own["count"] == 1]
        sentences.append(
            f"{capital(phrase(dataset, state))} has {count(_ids(own), 'bilateral agreement')}"
            f"{_aside(counts)} with {linked(some(len(own), 'partner'), _ids(own))}; with "
            f"{linked(len(single) or 'none', _ids(single))} of them it is a single one."
        )
    if not sentences:
        return LeftOut("Partners: no concluded bilateral agreement is on record.")
    others = counts[~counts["partner"].isin(dataset.focus)]
    twice = others[others["partner"].duplicated(keep=False)]
    if len(twice):
        both = some(twice["partner"].nunique(), "partner")
        sentences.append(
            f"{linked(both, _ids(twice))} {'is' if both.startswith('1 ') else 'are'} shared; "
            "counted once, and without the states that this report is about, they have "
            f"{some(others['partner'].nunique(), 'partner')} in all."
        )
    return paragraph(*sentences)


@passage
def top_partners(dataset: Dataset, counts: pd.DataFrame, without: pd.DataFrame) -> Text:
    """Show the five largest partners of each state, with and without purchases.

    Parameters
    ----------
    dataset
        For names.
    counts, without
        From :func:`accords.analysis.partners.partner_counts`, with and without purchases.
    """
    if counts.empty:
        return LeftOut("Largest partners: none is on record.")
    rows = [
        (
            dataset.party_names[state],
            *(
                [(dataset.party_names[r["partner"]], r["count"], r["ids"])
                 for r in table[(table["state"] == state)].head(5).to_dict("records")]
                for table in (counts, without)
            ),
        )
        for state, _ in each(dataset, counts)
    ]  # fmt: skip
    return Text(render("accords.prose", "top-partners.html.j2", rows=rows))


@passage
def regions(dataset: Dataset, counts: pd.DataFrame) -> Text:
    """Say from which part of the world most partners' agreements come.

    Parameters
    ----------
    dataset
        For names.
    counts
        From :func:`accords.analysis.partners.partner_counts`.
    """
    sentences = []
    for state, own in each(dataset, counts):
        by = own.assign(subregion=own["subregion"].fillna("organisations")).groupby("subregion")
        ids = by["ids"].agg(lambda ids: [i for group in ids for i in group])
        most = ids.loc[ids.map(len).nlargest(3).index]
        said = listed(f"{escape(region)} {percent(i, _ids(own))}" for region, i in most.items())
        sentences.append(f"Of the agreements of {phrase(dataset, state)}{_aside(counts)}: {said}.")
    return paragraph(*sentences) if sentences else LeftOut("Regions: no partner is on record.")


@passage
def families(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say what the agreements with the largest partner of each state are about.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.partners.partner_families`.
    """
    labels = dataset.labels("families")
    sentences = []
    for state, own in each(dataset, table):
        mine = own[own["rank"] == own["rank"].min()].nlargest(2, "count")
        said = listed(
            f"{escape(lowered(labels[row['family']]))} in {number(row['count'], 'd', row['ids'])}"
            for row in mine.to_dict("records")
        )
        sentences.append(
            f"Of {some(mine['of'].iloc[0], 'agreement')} of {phrase(dataset, state)} with "
            f"{phrase(dataset, mine['partner'].iloc[0])} whose domains are known, most name {said}."
        )
    return paragraph(*sentences) if sentences else LeftOut("What partners agree on: not known.")


@passage
def concentration(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say how concentrated each state's agreements are over all years, with intervals.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.partners.concentration`, without a window.
    """
    sentences = []
    for state, own in each(dataset, table.dropna(subset="chance")):
        said = [
            f"{number(100 * row['chance'], '.1f', row['ids'])} % "
            f"{_counted(dataset, row)} (95 % interval "
            f"{interval(100 * row['low'], 100 * row['high'], '.1f')})"
            for row in own.to_dict("records")
        ]
        sentences.append(
            f"Two agreements of {phrase(dataset, state)} drawn at random are with the same partner "
            f"with a chance of {listed(said)}."
        )
    if not sentences:
        return LeftOut(f"Spread over partners: no state has {FEWEST} bilateral agreements.")
    return paragraph(*sentences)


@passage
def diversification(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say whether each state's agreements spread more widely, and on what the answer hangs.

    Parameters
    ----------
    dataset
        For names.
    table
        One or several of :func:`accords.analysis.partners.diversification`, of different lengths.
    """
    sentences = []
    for state, own in each(dataset, table[table["finding"] != "too few"]):
        clear = own[own["finding"] != "no clear change"]
        who = phrase(dataset, state)
        if clear.empty:
            tried = {1: "the one comparison shows no clear change"}.get(
                len(own), f"none of {len(own)} comparisons shows a clear change"
            )
            sentences.append(f"For {who}, {tried}.")
            continue
        said = listed(
            f"it {row['finding']} {_counted(dataset, row)} in {row['start']}–{row['end']} "
            f"(chance {number(100 * row['chance'], '.0f', row['ids'])} %, before "
            f"{number(100 * row['chance_before'], '.0f', row['before_ids'])} %)"
            for row in clear.to_dict("records")
        )
        verb = "shows" if len(clear) == 1 else "show"
        sentences.append(f"For {who}, {len(clear)} of {len(own)} {verb} a clear change: {said}.")
    if not sentences:
        return LeftOut("Change in the spread over partners: too few agreements in either span.")
    return paragraph(*sentences)


@passage
def shared(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say how many partners the focus states share and with whom each of them has many agreements.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.partners.shared`.
    """
    if table.empty:
        return LeftOut("Shared partners: there is none.")
    least = table[list(dataset.focus)].min(axis=1)
    close = table[least == least.max()]
    names = listed(phrase(dataset, partner) for partner in close["partner"])
    total = table.iloc[0]
    return paragraph(
        f"{linked(some(len(table), 'partner'), _ids(table))} {'is' if len(table) == 1 else 'are'} "
        f"shared. Most agreements in all are with {phrase(dataset, total['partner'])} "
        f"({linked(total['count'], total['ids'])}); most on every side, at least {least.max()} "
        f"each, with {names}."
    )


def first_of(own: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a state's largest partners: more than one where they are level."""
    return own[own["count"] == own["count"].max()]


def largest(dataset: Dataset, own: pd.DataFrame) -> str:
    """Name a state's largest partner or partners as the subject of a sentence (HTML)."""
    names = [phrase(dataset, partner) for partner in first_of(own)["partner"]]
    if len(names) > MOST_LEVEL:
        return f"{len(names)} partners are level as the largest"
    if len(names) > 1:
        return f"{listed(names)} are the largest partners"
    return f"{names[0]} is the largest partner"


def _aside(counts: pd.DataFrame) -> str:
    """Say so where purchases are not counted."""
    return "" if counts["purchases"].all() else " (purchases aside)"


def _ids(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(i for ids in table["ids"] for i in ids))


def _counted(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    if row["counted"] == ALL:
        return "with all partners"
    return f"without {phrase(dataset, row['left_out'])}"


def bar_hover(dataset: Dataset, row: Mapping[Any, Any], *, in_force: bool) -> str:
    """Say what either part of a partner's bar stands for."""
    known = row["in_force"] if in_force else row["count"] - row["in_force"]
    said = "known to be in force" if in_force else "not known to be in force"
    return f"{_pair(dataset, row)}: {known} of {row['count']} {said}"


def pair_hover(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    """Say what the bar of a shared partner stands for."""
    return f"{_pair(dataset, row)}: {some(row['count'], 'agreement')}"


def cell_hover(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    """Say what a cell of the matrix of partners and families stands for."""
    label = lowered(dataset.labels("families")[row["family"]])
    share = f"{100 * row['share']:.0f} %"
    return f"{_pair(dataset, row)}, {label}: {some(row['count'], 'agreement')} ({share})"


def chance_hover(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    """Say what a point of the concentration stands for."""
    return (
        f"{dataset.party_names[row['state']]}, {row['start']}–{row['end']}, "
        f"{plain(_counted(dataset, row))}: the same partner in {100 * row['chance']:.0f} % of pairs"
    )


def _pair(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    partner = plain(phrase(dataset, row["partner"]))
    return f"{dataset.party_names[row['state']]} with {partner}"


def left_out_note(dataset: Dataset, partner: str) -> str:
    """Explain the marks of the concentration, in two lines."""
    return f"shaded: 95 % interval\ndotted: without {plain(phrase(dataset, partner))}"


def ranked_caption(dataset: Dataset, counts: pd.DataFrame, top: int = 12) -> Caption:
    """Word the ranking of partners."""
    title, told, more = [], [], []
    for state, own in each(dataset, counts):
        who, first = dataset.party_names[state], own.iloc[0]
        title.append(
            f"{plain(largest(dataset, own))} of {plain(phrase(dataset, state))} "
            f"({first['count']} of {some(first['of'], 'agreement')}"
            f"{' with each' if len(first_of(own)) > 1 else ''})"
        )
        best = listed(
            f"{dataset.party_names[row['partner']]} {row['count']}"
            for row in own.head(5).to_dict("records")
        )
        told.append(f"{who}: {some(len(own), 'partner')}, most with {best}")
        if len(own) > top:
            more.append(f"{len(own) - top} more of {plain(phrase(dataset, state))}")
    few = f"the {top} largest of each state" if more else "all of them"
    rest = f"; {listed(more)} are in the data behind the chart" if more else ""
    return Caption(
        capital("; ".join(title)),
        f"Concluded bilateral agreements{_aside(counts)} by partner, {few} "
        f"(n = {counts['count'].sum()}){rest}. Full colour: known to be in force.",
        f"Bars of partners. {'. '.join(told)}.",
    )


def families_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the matrix of partners and families of domains."""
    labels = dataset.labels("families")
    parts = []
    for state, own in each(dataset, table):
        best = own[own["count"] == own.groupby("partner")["count"].transform("max")]
        leads = best["family"].value_counts()
        parts.append(
            f"{lowered(labels[leads.index[0]])} with {leads.iloc[0]} of "
            f"{own['partner'].nunique()} of {dataset.party_names[state]}’s"
        )
    told = "; ".join(
        f"{dataset.party_names[s]} with {dataset.party_names[p]}, {lowered(labels[f])} {n} of {of}"
        for s, p, f, n, of in table[["state", "partner", "family", "count", "of"]].to_numpy()
    )
    return Caption(
        f"What leads with most of the largest partners: {listed(parts)}",
        f"Up to {table['top'].iloc[0]} largest partners of each state; in brackets n, their "
        "agreements with a known domain; in the cells how many of them name a domain of the "
        "family. The stronger the shade, the larger the share.",
        f"Matrix of partners and families of domains. {told}.",
    )


def concentration_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the concentration over time."""
    known = table.dropna(subset="chance")
    parts = []
    for state, own in each(dataset, known[known["counted"] == ALL]):
        end = own.iloc[-1]
        parts.append(
            f"{100 * end['chance']:.0f} % for {dataset.party_names[state]} "
            f"({end['start']}–{end['end']})"
        )
    title = f"The chance that two agreements are with the same partner: {listed(parts)}"
    return Caption(
        title,
        f"In the {known['window'].iloc[0]} years that end with each year: the chance that two "
        "bilateral agreements drawn at random are with the same partner (Herfindahl index). Runs "
        f"of fewer than {FEWEST} agreements are left out.",
        f"Lines with bands for each state. {title}.",
    )


def shared_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the chart of shared partners."""
    counts = table[list(dataset.focus)]
    leads = {s: int((counts[s] > counts.drop(columns=s).max(axis=1)).sum()) for s in dataset.focus}
    parts = [f"{dataset.party_names[s]} has more with {n or 'none'}" for s, n in leads.items()]
    told = "; ".join(
        f"{dataset.party_names[row['partner']]} "
        + " and ".join(f"{row[s]} ({dataset.party_names[s]})" for s in dataset.focus)
        for row in table.to_dict("records")
    )
    have = "both have" if len(dataset.focus) == 2 else "at least two states have"
    return Caption(
        f"{some(len(table), 'shared partner')}: {', '.join(parts)}; with "
        f"{len(table) - sum(leads.values()) or 'none'} they are level",
        f"Concluded bilateral agreements of each state with the partners that {have} "
        f"(n = {len(table)}).",
        f"Bars side by side. {told}.",
    )
