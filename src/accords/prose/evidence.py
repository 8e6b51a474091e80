"""What is said of the evidence: how firm it is, what is missing, what it cannot say.

Passages take the tables of :mod:`accords.analysis.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis import evidence as measures
from accords.analysis.common import together
from accords.dataset import Dataset
from accords.prose.names import Row, phrase, rows, told
from accords.prose.passage import ANSWER, PLAIN, caption, passage, worded
from accords.templates import render
from accords.words import (
    Caption,
    escape,
    listed,
    lowered,
    portion,
    some,
)

GROUPS = {"all": "All", "framework-agreement": "Framework agreements"}
"""Names of the groups of the missing estimate that are not states."""

MOST_NAMED = 12
"""Partners that are named one by one."""

ENOUGH = 10
"""Fewest entries of a part of a list of which it is said that little of it is on record."""


@passage("How sure one can be: there is no record to grade.", ANSWER)
def answer(dataset: Dataset, support: pd.DataFrame, errors: pd.DataFrame) -> Iterator[str]:
    """Answer how sure one can be (``support`` and ``reading_errors``)."""
    pooled = rows(errors[errors["reading"].isna()]) or (None, None)
    parts = dict(zip(("wrong", "unsupported"), pooled, strict=True))
    official = support[support["support"] == "official"]
    yield worded(dataset, "evidence/answer", official=official, **parts)


@passage("Support of the records: there is no record to grade.")
def firmness(dataset: Dataset, support: pd.DataFrame, bases: pd.DataFrame) -> Iterator[str]:
    """Say what supports the records, and their domains (``support`` and ``domain_bases``)."""
    best = dict(iter(support.groupby("support")))
    several, one, none = (together(best[code]["ids"]) for code in ("several", "one", "none"))
    yield worded(
        dataset, "evidence/firmness", official=best["official"], several=several, one=one,
        unsupported=none, bases=dict(iter(bases.groupby("basis"))),
    )  # fmt: skip


@passage("Kinds of source: none is cited.")
def sources(dataset: Dataset, kinds: pd.DataFrame) -> Iterator[str]:
    """Say how many records rest on the press alone (``source_kinds``)."""
    alone = together(kinds.loc[kinds["kind"] == "press", "alone_ids"])
    yield worded(dataset, "evidence/sources", alone=alone, every=dataset.overview.index)


@passage("Disputes: none between sources is recorded.")
def disagreements(dataset: Dataset, disputes: pd.DataFrame) -> Iterator[str]:
    """Say how often sources disagree, about what most, and what is open (``disputes_by_fact``)."""
    ids = {name: together(disputes[name]) for name in ("ids", "settled_ids", "open_ids")}
    total, settled = int(disputes["count"].sum()), int(disputes["settled"].sum())
    first = rows(disputes)[0]
    yield worded(
        dataset, "evidence/disagreements", first=first, total=total, settled=settled, **ids
    )


@passage("Lives of agreements: none but purchases is concluded.")
def known_lives(dataset: Dataset, status: pd.DataFrame, waits: pd.DataFrame) -> Iterator[str]:
    """Say what became of agreements, and when (``whereabouts`` and ``waiting_summary``)."""
    by = status.groupby("status")["ids"].agg(together)
    ids = {code: by.get(code, ()) for code in ("in-force", "pending", "unknown", "signed")}
    force = rows(status[status["status"] == "in-force"])
    yield worded(
        dataset, "evidence/known_lives", every=together(status["ids"]), force=force,
        both=sum(row["count"] for row in force) - len(ids["in-force"]),
        in_force=ids.pop("in-force"), **ids, waits=rows(waits), steps=measures.WAITS,
    )  # fmt: skip


@passage("Searches: none is recorded for these states.")
def searched(dataset: Dataset, coverage: pd.DataFrame) -> Iterator[str]:
    """Say which partners were searched for, and what that does not show (``coverage``)."""
    searches = []
    for state, own in coverage.groupby("state", sort=False):
        by = {row["search"]: row for row in rows(own)}
        if "by-name" in by:
            searches.append((state, by["by-name"], by.get("not-searched", {"of": 0})["of"]))
    yield worded(dataset, "evidence/searched", searches=searches)


@passage("Partners that a state named itself: no list names one with an agreement on record.")
def own_lists(dataset: Dataset, lists: pd.DataFrame) -> Iterator[str]:
    """Hold the partners that a state named itself against the record (``partner_lists``)."""
    if not lists["ids"].map(len).any():
        return
    found = []
    for _, own in lists.groupby("table", sort=False):
        ever, early = own["ids"].map(len) > 0, own["ids_by_then"].map(len) > 0
        found.append(
            {
                **{"year": own["year"].iloc[0], "state": own["state"].iloc[0], "named": len(own)},
                **{"ids": together(own["ids"]), "early_ids": together(own["ids_by_then"])},
                **{"early": early.sum(), "after": list(own.loc[ever & ~early, "partner"])},
                "gone": list(own.loc[~ever, "partner"]),
            }
        )
    yield worded(dataset, "evidence/own_lists", lists=found, most=MOST_NAMED)


@passage("Outside lists: none was counted.", PLAIN)
def outside_lists(dataset: Dataset, lists: pd.DataFrame) -> Iterator[str]:
    """Say how much of each outside list is on record, with a table (``completeness``)."""
    whole = lists[lists["group"] == measures.WHOLE]
    if whole.empty:
        return
    labels = dataset.labels("lists")
    cells = [
        (
            labels[row["list"]],
            dataset.party_names[row["state"]],
            f"{row['count']} of {row['of']} ({_range(row, '.0f')})",
            "not counted" if pd.isna(row["independent"]) else row["independent"],
        )
        for row in rows(whole)
    ]
    table = render(
        "accords.prose", "table.html.j2", rows=cells,
        caption="Entries of outside lists that are on record, with 95 % Wilson intervals",
        heads=("List", "State", "On record", "Also from another source"),
    )  # fmt: skip
    thin = [_thin(dataset, own) for _, own in lists.groupby(["list", "state"], sort=False)]
    yield f"{table}<p>{' '.join(filter(None, thin))}</p>"


def _thin(dataset: Dataset, table: pd.DataFrame) -> str:
    """Say of which decade and supplier least of one state's part of a list is on record."""
    whole = table.loc[table["group"] == measures.WHOLE, "share"].max()
    parts = table[(table["of"] >= ENOUGH) & (table["share"] < whole)]
    suppliers = parts["group"].isin(list(dataset.party_names))
    least = [
        (f"from {phrase(dataset, row['group'])}" if supplier else f"of the {row['group']}")
        + f" ({row['count']} of {row['of']})"
        for supplier in (False, True)
        for row in rows(parts[suppliers == supplier].nsmallest(1, "share"))
    ]
    if not least:
        return ""
    name = escape(dataset.labels("lists")[table["list"].iloc[0]])
    state = phrase(dataset, table["state"].iloc[0])
    return f"Of {state}’s entries in {name}, least is on record {listed(least)}."


@passage("What is missing: two lists that overlap are needed for an estimate.")
def missing(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say how many agreements two lists imply, and what that assumes (``capture_recapture``)."""
    whole = rows(table)[0]
    if np.isfinite([whole["estimate"], whole["high"]]).all():
        yield worded(dataset, "evidence/missing", all=whole)


@passage("Second readings: none is recorded.", PLAIN)
def errors(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Tabulate what the second readings found wrong or unsupported (``reading_errors``)."""
    names = table["reading"].astype("string").fillna("All")
    cells = [
        (
            name,
            f"{some(own['of'].iloc[0], 'fact')} of {some(own['records'].iloc[0], 'record')}",
            *(f"{row['count']} ({_range(row, '.1f')})" for row in rows(own)),
        )
        for name, own in table.groupby(names, sort=False)
    ]
    yield render(
        "accords.prose", "table.html.j2", rows=cells,
        caption="Facts that a second reader found wrong, or without support in what that "
        "reader could see, with 95 % Wilson intervals",
        heads=("Reading", "Checked", "Wrong", "Unsupported"),
    )  # fmt: skip


@passage("What these data cannot say.", PLAIN)
def limits(dataset: Dataset) -> Iterator[str]:
    """Say what these data cannot say."""
    overview = dataset.overview
    ids = {
        "undated": overview["date"].isna(),
        "never": ~overview["concluded"],
        "plans": overview["instrument"] == "cooperation-plan",
    }
    parts = {name: list(overview.index[mask]) for name, mask in ids.items()}
    yield worded(dataset, "evidence/limits", **parts)


def share_hover(dataset: Dataset, row: Mapping[Any, Any], label: str, noun: str) -> str:
    """Say what a mark of a share stands for."""
    whole = portion(row["count"], row["of"], noun)
    return f"{dataset.party_names[row['state']]}, {lowered(label)}: {whole}"


def wait_tick(row: Mapping[Any, Any]) -> str:
    """Name a wait, with the agreements that it was measured on."""
    return f"{measures.WAITS[row['step']]}\n({row['count']} of {row['of']})"


def wait_hover(row: Mapping[Any, Any]) -> str:
    """Say what the mark of a wait stands for."""
    return (
        f"{measures.WAITS[row['step']]}: median of {some(round(row['median']), 'day')}, half "
        f"between {row['low']:.0f} and {row['high']:.0f}"
    )


def group_name(dataset: Dataset, group: str) -> str:
    """Name a group of the missing estimate."""
    return GROUPS.get(group) or dataset.party_names[group]


def found_hover(name: str, part: str, n: int) -> str:
    """Say what a bar of the missing estimate stands for."""
    return f"{name}, {part}: {some(n, 'agreement')}"


def estimate_hover(name: str, row: Mapping[Any, Any]) -> str:
    """Say what the mark of an estimate stands for."""
    bounds = f"{row['low']:.0f} to {row['high']:.0f}"
    return f"{name}: estimate {row['estimate']:.0f} (95 % interval {bounds})"


def broken(text: str, width: int) -> str:
    """Break a label into two lines where it is longer than a width."""
    words = text.split(" ")
    if len(text) <= width or len(words) < 2:
        return text
    half = min(range(1, len(words)), key=lambda k: abs(len(" ".join(words[:k])) - len(text) / 2))
    return f"{' '.join(words[:half])}\n{' '.join(words[half:])}"


def support_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the chart of what supports the records."""
    official = table[table["support"] == "official"]
    return caption(
        "support", official=_owned(dataset, official, "count"), sizes=_sizes(dataset, table),
        spoken=_spoken(dataset, table, table["support"].map(measures.SUPPORT)),
    )  # fmt: skip


def sources_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the chart of kinds of source."""
    press = table[table["kind"] == "press"]
    return caption(
        "sources", press=_owned(dataset, press, "alone"), sizes=_sizes(dataset, table),
        spoken=_spoken(dataset, table, table["kind"].map(dataset.labels("source_kinds"))),
    )  # fmt: skip


def lives_caption(dataset: Dataset, table: pd.DataFrame, waits: pd.DataFrame) -> Caption:
    """Word the chart of lives and waits."""
    known = table[table["step"] == "known"]
    unknown = told(
        known,
        lambda row: (
            f"{row['of'] - row['count'] or 'none'} of "
            f"{dataset.party_names[row['state']]}’s {row['of']}"
        ),
    )
    waited = [f"{wait_hover(row)} ({row['count']})" for row in rows(waits)]
    steps = _spoken(dataset, table, table["step"].map(measures.LIFE_STEPS))
    return caption(
        "lives", unknown=unknown, last=known["of"].iloc[-1], sizes=_sizes(dataset, table),
        waits=len(waits), spoken=[steps, *waited],
    )  # fmt: skip


def missing_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the chart of what is missing."""
    known = table[table["estimate"].notna() & np.isfinite(table["high"].astype(float))]
    first = known.iloc[0]
    alt = [
        f"{group_name(dataset, row['group'])}: ours {row['own']}, academic {row['academic']}, both "
        f"{row['both']}, estimate {_estimate(row)}"
        for row in rows(known)
    ]
    years = f"{first['first']}–{first['last']}"
    return caption("missing", first=first, years=years, estimate=_estimate(first), alt=alt)


def _estimate(row: Mapping[Any, Any] | pd.Series) -> str:
    return f"{row['estimate']:.0f} ({row['low']:.0f} to {row['high']:.0f})"


def _spoken(dataset: Dataset, table: pd.DataFrame, labels: pd.Series) -> str:
    return "; ".join(
        f"{dataset.party_names[row['state']]}, {lowered(row['label'])}: {100 * row['share']:.0f} %"
        for row in rows(table.assign(label=labels))
    )


def _sizes(dataset: Dataset, table: pd.DataFrame) -> str:
    first = table.drop_duplicates("state")
    return told(first, lambda row: f"{row['of']} for {dataset.party_names[row['state']]}")


def _owned(dataset: Dataset, table: pd.DataFrame, part: str) -> str:
    """Write a part of each state's records (plain text): '34 % of Morocco’s'."""
    return told(
        table,
        lambda row: f"{100 * row[part] / row['of']:.0f} % of {dataset.party_names[row['state']]}’s",
    )


def _range(row: Row, form: str) -> str:
    """Write a share with its bounds, for a cell of a table: '25 %; 15 to 39'."""
    share, low, high = (format(100 * row[key], form) for key in ("share", "low", "high"))
    return f"{share} %; {low} to {high}"
