"""Sentences about partners: how many, who, how concentrated, who is shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from accords.analysis import partners as measures
from accords.dataset import Dataset
from accords.words import (
    Text,
    count,
    escape,
    interval,
    linked,
    listed,
    lowered,
    number,
    paragraph,
    percent,
    some,
)

TOO_LITTLE = "There are too few agreements to say more."


def named(dataset: Dataset, name: str) -> str:
    """Return a party's name as it stands in a sentence: ``the United States``, ``Spain``."""
    return dataset.party_phrases.get(name, name)


def overview(dataset: Dataset) -> Text:
    """Say how many partners each state has, who the largest are and how many have but one."""
    counts = measures.partner_counts(dataset)
    sentences = [
        "Only concluded bilateral agreements are counted in this chapter, so that a treaty of many "
        "parties makes no partners of states that never dealt with each other alone."
    ]
    for state, own in _each(dataset, counts):
        ids = _ids(own["agreement_ids"])
        top = own.head(3)
        single = own[own["agreements"] == 1]
        largest = listed(
            f"{escape(named(dataset, n))} ({number(k, 'd', i)})"
            for n, k, i in zip(top["name"], top["agreements"], top["agreement_ids"], strict=True)
        )
        sentences.append(
            f"{_who(dataset, state)} has {count(ids, 'agreement')} with "
            f"{linked(some(len(own), 'partner'), ids)}; the largest are {largest}, which "
            f"together make up {percent(_ids(top['agreement_ids']), ids)}. With "
            f"{linked(some(len(single), 'partner'), _ids(single['agreement_ids']))} a single "
            "agreement is on record."
        )
    return _told(sentences, counts)


def subjects(dataset: Dataset) -> Text:
    """Say what the agreements with the largest partner of each state are about."""
    table = measures.partner_domains(dataset)
    labels = dataset.labels("families")
    largest = measures.largest_partners(dataset)
    sentences = []
    for state, own in _each(dataset, table):
        mine = own[own["partner"] == largest[state]].sort_values(
            "agreements", ascending=False, kind="stable"
        )
        if mine.empty:
            continue
        said = listed(
            f"{escape(lowered(labels[code]))} ({number(k, 'd', ids)})"
            for code, k, ids in zip(
                mine["code"][:2], mine["agreements"][:2], mine["agreement_ids"][:2], strict=True
            )
        )
        partner = escape(named(dataset, dataset.party_names[largest[state]]))
        sentences.append(
            f"Of the agreements of {_who(dataset, state)} with {partner}, "
            f"{count(_ids(mine['agreement_ids']))} name a subject; the most frequent are {said}."
        )
    sentences.append(
        "An agreement can name several subjects, so the cells of a row do not add up to its total."
    )
    return _told(sentences, table)


def concentrated(dataset: Dataset) -> Text:
    """Say how concentrated each state's agreements are over all years, with intervals."""
    table = measures.concentration(dataset)
    sentences = []
    for state, own in _each(dataset, table):
        by = {row["counted"]: row for row in own.to_dict("records")}
        whole, rest = by[measures.ALL], by[measures.REST]
        if pd.isna(whole["herfindahl"]):
            sentences.append(f"{_who(dataset, state)} has too few agreements to measure.")
            continue
        ids = whole["agreement_ids"]
        said = (
            f"Over all years, two agreements of {_who(dataset, state)} drawn at random are with "
            f"the same partner with a chance of {number(100 * whole['herfindahl'], '.1f', ids)} % "
            f"(95 % interval {_percents(whole)})"
        )
        if pd.notna(rest["herfindahl"]):
            left_out = escape(named(dataset, dataset.party_names[str(rest["left_out"])]))
            said += (
                f", without {left_out} of "
                f"{number(100 * rest['herfindahl'], '.1f', rest['agreement_ids'])} % "
                f"({_percents(rest)})"
            )
        sentences.append(
            f"{said}; its {number(whole['partners'], 'd', ids)} partners are as diverse as "
            f"{number(whole['effective'], '.0f', ids)} equal ones "
            f"({interval(whole['effective_low'], whole['effective_high'], '.0f')})."
        )
    sentences.append(
        "The first measure is the Herfindahl index, corrected for the number of agreements; the "
        "second the exponential of Shannon’s entropy."
    )
    return _told(sentences, table)


def diversifying(dataset: Dataset) -> Text:
    """Say whether each state's agreements spread more widely, and on what the answer hangs."""
    table = measures.diversification_by_length(dataset)
    sentences = [
        "A state diversifies, for this report, if the chance that two of its agreements are with "
        "the same partner falls by more than chance allows, and as many agreements reach more "
        "partners. The last ten years are held against the ten before, and the last five against "
        "the five before, each with the largest partner and without it."
    ]
    for state, own in _each(dataset, table):
        found = own["finding"].value_counts()
        ids = _ids(own["agreement_ids"])
        who = _who(dataset, state)
        holding = own[own["finding"].isin(["diversifies", "concentrates"])]
        if found.get("too few", 0) == len(own):
            sentences.append(f"For {who} there are too few agreements to tell.")
        elif holding.empty:
            sentences.append(
                f"For {who} none of {linked(some(len(own), 'comparison'), ids)} shows a clear "
                "change."
            )
        else:
            said = listed(
                f"in {_years(r['after'])} {_counted(dataset, r)} the chance was "
                f"{number(100 * r['herfindahl_after'], '.0f', r['ids_after'])} %, after "
                f"{number(100 * r['herfindahl_before'], '.0f', r['ids_before'])} % in "
                f"{_years(r['before'])} (95 % interval of the change "
                f"{interval(100 * r['low'], 100 * r['high'], '+.0f')} points)"
                for r in holding.to_dict("records")
            )
            word = " and ".join(f"it {f}" for f in dict.fromkeys(holding["finding"]))
            only = " only" if len(holding) < len(own) else ""
            sentences.append(
                f"For {who} {linked(len(holding), _ids(holding['agreement_ids']))} of "
                f"{linked(some(len(own), 'comparison'), ids)} "
                f"{'says' if len(holding) == 1 else 'say'} that {word}: {said}. "
                + (
                    "A finding that hangs on the choice of years or on one partner is not firm."
                    if only
                    else "It holds in every comparison."
                )
            )
    return _told(sentences, table)


def sharing(dataset: Dataset) -> Text:
    """Say how many partners the focus states share and with whom both have most agreements."""
    table = measures.shared_partners(dataset)
    counts = measures.partner_counts(dataset)
    others = counts[~counts["partner"].isin(dataset.focus)]
    if table.empty:
        return paragraph("No partner is shared.")
    ids = _ids(table["agreement_ids"])
    both = table[list(dataset.focus)].min(axis=1)
    close = table.loc[both == both.max()]
    names = listed(escape(named(dataset, n)) for n in close["name"])
    return paragraph(
        f"{linked(len(table), ids)} of "
        f"{number(others['partner'].nunique(), 'd', _ids(others['agreement_ids']))} partners are "
        "shared.",
        f"The ties that are strong on every side are with {names} (at least "
        f"{number(both.max(), 'd')} agreements each, "
        f"{count(_ids(close['agreement_ids']))} in all).",
        "That a partner is shared does not show that the states act together with it: the "
        "agreements are separate.",
    )


def _told(sentences: list[str], table: pd.DataFrame) -> Text:
    return paragraph(*sentences) if len(table) else paragraph(TOO_LITTLE)


def _each(dataset: Dataset, table: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    for state in dataset.focus:
        own = table[table["state"] == state]
        if len(own):
            yield state, own


def _who(dataset: Dataset, state: str) -> str:
    return escape(named(dataset, dataset.party_names[state]))


def _ids(tuples: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(i for ids in tuples for i in ids))


def _percents(row: Mapping[Any, Any]) -> str:
    return interval(100 * row["herfindahl_low"], 100 * row["herfindahl_high"], ".1f")


def _years(period: str) -> str:
    return period.replace("-", "–")


def _counted(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    if row["counted"] == measures.ALL:
        return "with all partners"
    return f"without {escape(named(dataset, dataset.party_names[str(row['left_out'])]))}"
