"""What is said of the domains: passages and captions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.edtf import spoken
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
    portion,
    some,
)

__all__ = ["answer", "contrast", "coverage", "firsts", "profiles", "shifts"]


@passage
def answer(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Answer in one sentence what the agreements of each state are about most.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.domains.profiles`.
    """
    tops: dict[tuple[str, ...], list[str]] = {}
    for state, own in each(dataset, table[table["count"] > 0]):
        tops.setdefault(tuple(_top(dataset, own, 2)), []).append(phrase(dataset, state))
    if not tops:
        return LeftOut("What the agreements are about: no text or official source names a domain.")
    said = "; ".join(
        f"the agreements of {listed(states)} deal most often with {escape(listed(top))}"
        for top, states in tops.items()
    )
    known = f"as far as their content is known{_span(table)}"
    return Text(f'<p class="answer">{capital(said)}, {known}.</p>')


@passage
def coverage(dataset: Dataset, rows: pd.DataFrame, coded: pd.DataFrame) -> Text:
    """Say for how many agreements a domain is known, and from what.

    Parameters
    ----------
    dataset
        For names.
    rows, coded
        From :func:`accords.analysis.common.by_state` and :func:`accords.analysis.domains.coded`.
    """
    sentences = []
    for state, own in each(dataset, rows):
        firm = coded.loc[coded["state"] == state, "agreement_id"]
        named = own.loc[own["domains"].map(len) > 0, "agreement_id"]
        sentences.append(
            "The text or an official source names a domain for "
            f"{percent(firm, own['agreement_id'])} of the concluded agreements of "
            f"{phrase(dataset, state)}; for {count(named[~named.isin(firm)])} more the press alone "
            "does."
        )
    if not sentences:
        return LeftOut("Domains: no concluded agreement is on record.")
    return paragraph(*sentences)


@passage
def profiles(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say what each state's agreements are about most.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.domains.profiles`.
    """
    names = _names(dataset)
    sentences = []
    for state, own in each(dataset, table[table["count"] > 0]):
        said = listed(
            f"{names[row['domain']]} in {_share(row, 'share')}"
            for row in own.nlargest(3, "count").to_dict("records")
        )
        sentences.append(
            f"Of {some(int(own['of'].iloc[0]), 'agreement')} of {phrase(dataset, state)} with a "
            f"known domain{_span(table)}, most name {said}."
        )
    if not sentences:
        return LeftOut("Profiles by domain: no text or official source names one.")
    return paragraph(*sentences)


@passage
def contrast(dataset: Dataset, table: pd.DataFrame) -> Text:
    """List the domains in which two states differ by more than chance.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.domains.contrast`.
    """
    if table.empty:
        return LeftOut("Differences by domain: there are not two states to compare.")
    sure = table[table["sure"].astype(bool)]
    if sure.empty:
        return paragraph(
            f"In none of {some(len(table), 'domain')} do {_pair(dataset)} differ by more than "
            "chance, once the number of comparisons is allowed for."
        )
    names = _names(dataset)
    items = []
    for row in sure.to_dict("records"):
        low, high = sorted((100 * abs(row["low"]), 100 * abs(row["high"])))
        points = number(abs(100 * row["difference"]), ".0f", row["ids"])
        items.append(
            f"{capital(names[row['domain']])}: more often with {phrase(dataset, row['more'])}, by "
            f"{points} percentage points ({interval(low, high, '.0f')})"
        )
    verb = "domain differs" if len(sure) == 1 else "domains differ"
    return Text(
        f"<p>{len(sure)} of {len(table)} {verb} by more than chance, once the number of "
        f"comparisons is allowed for:</p>{_items(items)}"
    )


@passage
def shifts(dataset: Dataset, table: pd.DataFrame) -> Text:
    """List the domains whose share changed by more than chance.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.domains.change`.
    """
    if table.empty:
        return LeftOut(
            "Changes by domain: no state has enough agreements on either side of a year."
        )
    sure = table[table["sure"].astype(bool)]
    if sure.empty:
        return paragraph("No domain’s share has changed by more than chance.")
    names = _names(dataset)
    items = [
        f"{phrase(dataset, row['state'])}, {names[row['domain']]}: "
        f"{_share(row, 'first')} since {row['cut']}, "
        f"{100 * row['second']:.0f} % before"
        for row in sure.to_dict("records")
    ]
    verb = "share has" if len(sure) == 1 else "shares have"
    return Text(f"<p>{len(sure)} {verb} changed by more than chance:</p>{_items(items)}")


@passage
def firsts(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Show the first bilateral agreement of each state in each domain, and whether it is in force.

    Parameters
    ----------
    dataset
        For names.
    table
        From :func:`accords.analysis.domains.firsts`.
    """
    if table.empty:
        return LeftOut("First agreements by domain: no dated one names a domain for sure.")
    statuses, short = dataset.labels("statuses"), dataset.overview["short_name"]
    cells = {
        (row["domain"], row["state"]): {
            "id": row["agreement_id"],
            "name": short[row["agreement_id"]],
            "said": f"{spoken(row['date'])}; {statuses[row['status']].lower()}",
        }
        for row in table.to_dict("records")
    }
    order = table.groupby("domain")["latest"].min().sort_values(ascending=False).index
    return Text(
        render(
            "accords.prose", "firsts.html.j2", cells=cells, domains=list(order),
            labels=dataset.labels("domain_codes"),
            states={s: dataset.party_names[s] for s, _ in each(dataset, table)},
        )
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
    labels = dataset.labels("domain_codes")
    tops: dict[tuple[str, ...], list[str]] = {}
    told, sizes = [], []
    for state, own in each(dataset, table):
        who = dataset.party_names[state]
        tops.setdefault(tuple(_top(dataset, own, 2)), []).append(who)
        sizes.append(f"{who} n = {own['of'].iloc[0]}")
        spoken = ", ".join(
            f"{lowered(labels[row['domain']])} {100 * row['share']:.0f} %"
            for row in own[own["count"] > 0].nlargest(6, "share").to_dict("records")
        )
        told.append(f"{who}: {spoken}")
    title = listed(
        f"{listed(top)} {'is' if len(top) == 1 else 'are'} named most often for {listed(names)}"
        for top, names in tops.items()
        if top
    )
    bold = ""
    if len(contrast):
        differing = int(contrast["sure"].sum())
        others = _span(contrast) or " in all years together"
        title += (
            f"; {_pair(dataset)} differ by more than chance in "
            f"{differing or 'none'} of {some(len(contrast), 'domain')}"
            f"{'' if _span(contrast) == _span(table) else others}"
        )
        if differing:
            bold = f" Bold: {_pair(dataset)} differ after correction for the number of comparisons."
    return Caption(
        capital(title),
        f"Share of a state’s concluded agreements{_span(table)} with a domain that the text or an "
        f"official source names ({listed(sizes)}), with 95 % Wilson intervals.{bold}",
        f"Shares of agreements by domain, the largest first. {'. '.join(told)}.",
    )


def _top(dataset: Dataset, own: pd.DataFrame, most: int) -> list[str]:
    """List the domains named most often, as they stand inside a sentence."""
    best = own[own["count"] > 0].sort_values("count", ascending=False, kind="stable").head(most)
    return [lowered(dataset.labels("domain_codes")[domain]) for domain in best["domain"]]


def _names(dataset: Dataset) -> dict[str, str]:
    labels = dataset.labels("domain_codes")
    return {code: escape(lowered(label)) for code, label in labels.items()}


def _items(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _share(row: Mapping[Any, Any], column: str) -> str:
    return linked(f"{100 * row[column]:.0f} %", row["ids"])
