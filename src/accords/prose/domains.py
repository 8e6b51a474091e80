"""What is said of the domains, from the tables of :mod:`accords.analysis.domains`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.edtf import spoken
from accords.prose.names import each, phrase, rows
from accords.prose.passage import ANSWER, PLAIN, caption, passage, worded
from accords.templates import render
from accords.words import (
    Caption,
    agree,
    capital,
    escape,
    listed,
    lowered,
    portion,
    some,
)


@passage("What the agreements are about: no text or official source names a domain.", ANSWER)
def answer(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Answer what the agreements of each state are about most (``profiles``)."""
    tops = _tops(dataset, table)
    said = "; ".join(
        f"the agreements of {listed(phrase(dataset, state) for state in states)} deal most often "
        f"with {escape(listed(top))}"
        for top, states in tops.items()
        if top
    )
    if said:
        yield f"{capital(said)}, as far as their content is known{_span(table)}."


@passage("Domains: no concluded agreement is on record.")
def coverage(dataset: Dataset, agreements: pd.DataFrame, coded: pd.DataFrame) -> Iterator[str]:
    """Say for how many agreements a domain is known, and from what.

    Takes :func:`accords.analysis.common.by_state` and ``coded``.
    """
    states = []
    for state, own in each(dataset, agreements):
        firm = coded.loc[coded["state"] == state, "agreement_id"]
        named = own.loc[own["domains"].map(len) > 0, "agreement_id"]
        states.append((state, own["agreement_id"], firm, named[~named.isin(firm)]))
    if states:
        yield worded(dataset, "domains/coverage", states=states)


@passage("Profiles by domain: no text or official source names one.")
def profiles(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say what each state's agreements are about most (``profiles``)."""
    states = [
        (state, rows(own.nlargest(3, "count")))
        for state, own in each(dataset, table[table["count"] > 0])
    ]
    if states:
        labels, span = _labels(dataset), _span(table)
        yield worded(dataset, "domains/profiles", states=states, labels=labels, span=span)


@passage("Differences by domain: there are not two states to compare.", PLAIN)
def contrast(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """List the domains in which two states differ by more than chance (``contrast``)."""
    sure, labels = rows(table[table["sure"].astype(bool)]), _labels(dataset)
    pair, n = _pair(dataset), len(table)
    yield worded(dataset, "domains/contrast", sure=sure, n=n, labels=labels, pair=pair)


@passage("Changes by domain: no state has enough agreements on either side of a year.", PLAIN)
def shifts(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """List the domains whose share changed by more than chance (``change``)."""
    sure, labels = rows(table[table["sure"].astype(bool)]), _labels(dataset)
    yield worded(dataset, "domains/shifts", sure=sure, labels=labels)


@passage("First agreements by domain: no dated one names a domain for sure.", PLAIN)
def firsts(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Show the first agreement of each state in each domain, and its status (``firsts``)."""
    statuses, short = dataset.labels("statuses"), dataset.overview["short_name"]
    cells = {
        (row["domain"], row["state"]): {
            "id": row["agreement_id"],
            "name": short[row["agreement_id"]],
            "said": f"{spoken(row['date'])}; {statuses[row['status']].lower()}",
        }
        for row in rows(table)
    }
    order = table.groupby("domain")["latest"].min().sort_values(ascending=False).index
    yield render(
        "accords.prose", "firsts.html.j2", cells=cells, domains=list(order),
        labels=dataset.labels("domain_codes"),
        states={s: dataset.party_names[s] for s, _ in each(dataset, table)},
    )  # fmt: skip


def _pair(dataset: Dataset) -> str:
    """Name the two states that a contrast compares, where the report is about more."""
    if len(dataset.focus) == 2:
        return "the states"
    return listed(dataset.party_names[state] for state in dataset.focus[:2])


def _span(table: pd.DataFrame) -> str:
    """Say of which years a profile is, where not of all."""
    since, until = table[["since", "until"]].iloc[0]
    if pd.isna(since):
        return "" if pd.isna(until) else f" until {until}"
    return f" since {since}" if pd.isna(until) else f" in {since}–{until}"


def by_share(table: pd.DataFrame) -> list[str]:
    """List domains by the mean of the states' shares, the largest first; unnamed ones left out."""
    mean = table.groupby("domain", sort=False)["share"].mean()
    return mean[mean > 0].sort_values(ascending=False, kind="stable").index.tolist()


def profile_hover(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    """Say what a mark of a profile stands for."""
    label = lowered(dataset.labels("domain_codes")[row["domain"]])
    press = f"; {len(row['press_ids'])} more by the press alone" if row["press_ids"] else ""
    whole = portion(row["count"], row["of"], "agreement")
    return f"{dataset.party_names[row['state']]}, {label}: {whole}{press}"


def profiles_caption(dataset: Dataset, table: pd.DataFrame, contrast: pd.DataFrame) -> Caption:
    """Word the chart of profiles."""
    labels, names = dataset.labels("domain_codes"), dataset.party_names
    alt, sizes = [], []
    for state, own in each(dataset, table):
        sizes.append(f"{names[state]} n = {own['of'].iloc[0]}")
        shares = ", ".join(
            f"{lowered(labels[row['domain']])} {100 * row['share']:.0f} %"
            for row in rows(own[own["count"] > 0].nlargest(6, "share"))
        )
        alt.append(f"{names[state]}: {shares}")
    title = listed(
        f"{listed(top)} {agree('is', 'are', len(top))} named most often for "
        f"{listed(names[state] for state in states)}"
        for top, states in _tops(dataset, table).items()
        if top
    )
    differing = int(contrast["sure"].sum())
    if len(contrast):
        others = _span(contrast) or " in all years together"
        title += (
            f"; {_pair(dataset)} differ by more than chance in "
            f"{differing or 'none'} of {some(len(contrast), 'domain')}"
            f"{'' if _span(contrast) == _span(table) else others}"
        )
    return caption(
        "profiles", title=capital(title), span=_span(table), sizes=sizes, alt=alt,
        differing=differing, pair=_pair(dataset),
    )  # fmt: skip


def _tops(dataset: Dataset, table: pd.DataFrame) -> dict[tuple[str, ...], list[str]]:
    """Return the two domains named most often, and the states for which they are."""
    labels = _labels(dataset)
    found: dict[tuple[str, ...], list[str]] = {}
    for state, own in each(dataset, table):
        best = own[own["count"] > 0].sort_values("count", ascending=False, kind="stable").head(2)
        found.setdefault(tuple(best["domain"].map(labels)), []).append(state)
    return found


def _labels(dataset: Dataset) -> dict[str, str]:
    return {code: lowered(label) for code, label in dataset.labels("domain_codes").items()}
