"""What is said of partners, from the tables of :mod:`accords.analysis.partners`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from accords.analysis.common import together
from accords.analysis.partners import ALL, FEWEST
from accords.dataset import Dataset
from accords.prose.names import each, phrase, rows, told
from accords.prose.passage import ANSWER, PLAIN, caption, passage, worded
from accords.templates import render
from accords.words import (
    Caption,
    agree,
    capital,
    linked,
    listed,
    lowered,
    plain,
    some,
)

MOST_LEVEL = 3
"""Partners that are named where they are level as the largest."""

NO_PARTNERS = "Partners: no concluded bilateral agreement is on record."


@passage(NO_PARTNERS, ANSWER)
def answer(dataset: Dataset, counts: pd.DataFrame) -> Iterator[str]:
    """Answer who the largest partner of each state is (``partner_counts``)."""
    parts = [
        f"{largest(dataset, own)} of {phrase(dataset, state)} "
        f"({linked(own['count'].iloc[0], together(first_of(own)['ids']))} of "
        f"{some(own['of'].iloc[0], 'bilateral agreement')}{_aside(counts)}{_with_each(own)})"
        for state, own in each(dataset, counts)
    ]
    yield f"{capital('; '.join(parts))}."


@passage(NO_PARTNERS)
def overview(dataset: Dataset, counts: pd.DataFrame) -> Iterator[str]:
    """Say how many partners each state has, and how many are shared (``partner_counts``)."""
    states = [
        (state, len(own), together(own["ids"]), together(own.loc[own["count"] == 1, "ids"]))
        for state, own in each(dataset, counts)
    ]
    others = counts[~counts["partner"].isin(dataset.focus)]
    twice = others[others["partner"].duplicated(keep=False)]
    yield worded(
        dataset, "partners/overview", states=states, aside=_aside(counts),
        twice=twice["partner"].nunique(), twice_ids=together(twice["ids"]),
        whole=others["partner"].nunique(),
    )  # fmt: skip


@passage("Largest partners: none is on record.", PLAIN)
def top_partners(dataset: Dataset, counts: pd.DataFrame, without: pd.DataFrame) -> Iterator[str]:
    """Show the five largest partners of each state, with and without purchases."""
    states = [state for state, _ in each(dataset, counts)]
    tables = [
        {state: rows(table[table["state"] == state].head(5)) for state in states}
        for table in (counts, without)
    ]
    names = dataset.party_names
    yield render("accords.prose", "top-partners.html.j2", names=names, states=states, tables=tables)


@passage("Regions: no partner is on record.")
def regions(dataset: Dataset, counts: pd.DataFrame) -> Iterator[str]:
    """Say from which part of the world most partners' agreements come (``partner_counts``)."""
    states = []
    for state, own in each(dataset, counts):
        by = own.assign(subregion=own["subregion"].fillna("organisations")).groupby("subregion")
        ids = by["ids"].agg(together)
        most = ids.loc[ids.map(len).nlargest(3).index]
        states.append((state, together(own["ids"]), list(most.items())))
    yield worded(dataset, "partners/regions", states=states, aside=_aside(counts))


@passage("What partners agree on: not known.")
def families(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say what the agreements with each largest partner are about (``partner_families``)."""
    states = [
        (state, rows(own[own["rank"] == own["rank"].min()].nlargest(2, "count")))
        for state, own in each(dataset, table)
    ]
    labels = dataset.labels("families")
    yield worded(dataset, "partners/families", states=states, labels=labels)


@passage(f"Spread over partners: no state has {FEWEST} bilateral agreements.")
def concentration(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say how concentrated each state's agreements are (``concentration`` without a window)."""
    states = each(dataset, table.dropna(subset="chance"))
    if states:
        yield worded(
            dataset, "partners/concentration", states=states, counted=partial(_counted, dataset)
        )


@passage("Change in the spread over partners: too few agreements in either span.")
def diversification(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say whether agreements spread more widely (one or several of ``diversification``)."""
    states = [
        (state, len(own), rows(own[own["finding"] != "no clear change"]))
        for state, own in each(dataset, table[table["finding"] != "too few"])
    ]
    if states:
        yield worded(
            dataset, "partners/diversification", states=states, counted=partial(_counted, dataset)
        )


@passage("Shared partners: there is none.")
def shared(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say how many partners the states share, and with whom each has many (``shared``)."""
    least = table[list(dataset.focus)].min(axis=1)
    yield worded(
        dataset, "partners/shared", n=len(table), ids=together(table["ids"]),
        total=rows(table)[0], least=least.max(), close=table["partner"][least == least.max()],
    )  # fmt: skip


def first_of(own: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a state's largest partners: more than one where they are level."""
    return own[own["count"] == own["count"].max()]


def largest(dataset: Dataset, own: pd.DataFrame) -> str:
    """Name a state's largest partner or partners as the subject of a sentence (HTML)."""
    names = [phrase(dataset, partner) for partner in first_of(own)["partner"]]
    if len(names) > MOST_LEVEL:
        return f"{len(names)} partners are level as the largest"
    are = agree("is the largest partner", "are the largest partners", len(names))
    return f"{listed(names)} {are}"


def _with_each(own: pd.DataFrame) -> str:
    return " with each" if len(first_of(own)) > 1 else ""


def _aside(counts: pd.DataFrame) -> str:
    """Say so where purchases are not counted."""
    return "" if counts["purchases"].all() else " (purchases aside)"


def _counted(dataset: Dataset, row: Mapping[Any, Any]) -> Markup:
    if row["counted"] == ALL:
        return Markup("with all partners")
    return Markup(f"without {phrase(dataset, row['left_out'])}")


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
    names = dataset.party_names
    title, alt, more = [], [], []
    for state, own in each(dataset, counts):
        whose, first = plain(phrase(dataset, state)), own.iloc[0]
        title.append(
            f"{plain(largest(dataset, own))} of {whose} "
            f"({first['count']} of {some(first['of'], 'agreement')}{_with_each(own)})"
        )
        best = told(own.head(5), lambda row: f"{names[row['partner']]} {row['count']}")
        alt.append(f"{names[state]}: {some(len(own), 'partner')}, most with {best}")
        if len(own) > top:
            more.append(f"{len(own) - top} more of {whose}")
    return caption(
        "ranked", title=capital("; ".join(title)), aside=_aside(counts), top=top, more=more,
        n=counts["count"].sum(), alt=alt,
    )  # fmt: skip


def families_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the matrix of partners and families of domains."""
    labels, names = dataset.labels("families"), dataset.party_names
    leading = []
    for state, own in each(dataset, table):
        best = own[own["count"] == own.groupby("partner")["count"].transform("max")]
        leads = best["family"].value_counts()
        share = f"{leads.iloc[0]} of {names[state]}’s {some(own['partner'].nunique(), 'partner')}"
        leading.append((labels[leads.index[0]], share))
    alt = [
        f"{names[row['state']]} with {names[row['partner']]}, {lowered(labels[row['family']])} "
        f"{row['count']} of {row['of']}"
        for row in rows(table)
    ]
    if len({label for label, _ in leading}) == 1:
        title = f"{leading[0][0]}: first with {listed(share for _, share in leading)}"
    else:
        title = "; ".join(f"{label}: first with {share}" for label, share in leading)
    return caption("families", title=title, top=table["top"].iloc[0], alt=alt)


def concentration_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the concentration over time."""
    known = table.dropna(subset="chance")
    last = [own.iloc[-1] for _, own in each(dataset, known[known["counted"] == ALL])]
    said = listed(
        f"{100 * row['chance']:.0f} % for {dataset.party_names[row['state']]} "
        f"({row['start']}–{row['end']})"
        for row in last
    )
    window = known["window"].iloc[0]
    return caption("concentration", said=said, window=window, fewest=FEWEST)


def shared_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the chart of shared partners."""
    names, focus = dataset.party_names, dataset.focus
    counts = table[list(focus)]
    leads = {s: int((counts[s] > counts.drop(columns=s).max(axis=1)).sum()) for s in focus}
    parts = [f"{names[s]} has more with {n or 'none'}" for s, n in leads.items()]
    alt = [
        f"{names[row['partner']]} " + " and ".join(f"{row[s]} ({names[s]})" for s in focus)
        for row in rows(table)
    ]
    n, level = len(table), len(table) - sum(leads.values())
    return caption("shared", n=n, states=len(focus), parts=parts, level=level, alt=alt)
