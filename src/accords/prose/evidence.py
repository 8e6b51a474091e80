"""What is said of the evidence: how firm it is, what is missing, what it cannot say.

Passages take the tables of :mod:`accords.analysis.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis import evidence as measures
from accords.analysis.common import together
from accords.dataset import Dataset
from accords.prose.names import Row, phrase, rows, told
from accords.prose.passage import ANSWER, PLAIN, caption, passage
from accords.templates import render
from accords.words import (
    Caption,
    agree,
    count,
    escape,
    linked,
    listed,
    lowered,
    number,
    portion,
    some,
    within,
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
    official = support[support["support"] == "official"]
    said = f"An official or treaty source confirms {_by_state(dataset, official)} records"
    pooled = rows(errors[errors["reading"].isna()])
    if pooled:
        wrong, unsupported = pooled
        said += (
            f"; of {some(wrong['of'], 'fact')} that readers checked without knowing our coding, "
            f"{_percent(wrong)} {agree('was', 'were', wrong['of'])} wrong and "
            f"{_percent(unsupported)} more without support"
        )
    yield f"{said}."


@passage("Support of the records: there is no record to grade.")
def firmness(dataset: Dataset, support: pd.DataFrame, bases: pd.DataFrame) -> Iterator[str]:
    """Say what supports the records, and their domains (``support`` and ``domain_bases``)."""
    best = dict(iter(support.groupby("support")))
    several, one, none = (together(best[code]["ids"]) for code in ("several", "one", "none"))
    yield (
        "An official or treaty source says that the agreement exists for "
        f"{_by_state(dataset, best['official'])} records."
    )
    if several:
        yield (
            f"{_have(several, 'more record')} two or more publishers that do not repeat each "
            "other; these, too, are held with high confidence."
        )
    if one:
        yield (
            f"{count(one, 'record')} {agree('hangs', 'hang', len(one))} on a single publisher: if "
            "it is wrong, so are we."
        )
    if none:
        yield f"{_have(none, 'record')} no reputable publisher at all."
    if len(bases):
        texts, press = (bases[bases["basis"] == basis] for basis in ("text", "press"))
        yield (
            "What an agreement is about is less firm than that it exists: the text itself, or an "
            f"official summary of its articles, bears out {_shares(dataset, texts)} of the domains "
            f"recorded; the press alone names {_shares(dataset, press)}."
        )


@passage("Kinds of source: none is cited.")
def sources(dataset: Dataset, kinds: pd.DataFrame) -> Iterator[str]:
    """Say how many records rest on the press alone (``source_kinds``)."""
    alone = together(kinds.loc[kinds["kind"] == "press", "alone_ids"])
    yield (
        f"{count(alone, 'record')} of {count(dataset.overview.index)} "
        f"{agree('cites', 'cite', len(alone))} the press and nothing else. A record can cite "
        "several kinds of source, so the shares do not add up to one."
    )


@passage("Disputes: none between sources is recorded.")
def disagreements(dataset: Dataset, disputes: pd.DataFrame) -> Iterator[str]:
    """Say how often sources disagree, about what most, and what is open (``disputes_by_fact``)."""
    ids, first = together(disputes["ids"]), disputes.iloc[0]
    total, settled = int(disputes["count"].sum()), int(disputes["settled"].sum())
    left = number(total - settled, "d", together(disputes["open_ids"]))
    yield (
        f"Sources give different values for {linked(some(total, 'fact'), ids)} of "
        f"{count(ids, 'agreement')}, most often for the {escape(lowered(first['fact']))} "
        f"({number(first['count'], 'd', first['ids'])}). For "
        f"{number(settled, 'd', together(disputes['settled_ids']))} of them the tables carry the "
        f"better-sourced value and say why; {left} {agree('is', 'are', total - settled)} left "
        "open. All values are kept with their sources, and none is averaged."
    )


@passage("Lives of agreements: none but purchases is concluded.")
def known_lives(dataset: Dataset, status: pd.DataFrame, waits: pd.DataFrame) -> Iterator[str]:
    """Say what became of agreements, and when (``whereabouts`` and ``waiting_summary``)."""
    by = status.groupby("status")["ids"].agg(together)
    force, pending, unknown, signed = (
        by.get(code, ()) for code in ("in-force", "pending", "unknown", "signed")
    )
    own = status[status["status"] == "in-force"]
    each = told(
        own, lambda row: f"{linked(row['count'], row['ids'])} of {phrase(dataset, row['state'])}’s"
    )
    both = sum(own["count"]) - len(force)
    shared = f", {both} of them shared" if both else ""
    yield (
        "A signature is news; what follows seldom is. Of "
        f"{count(together(status['ids']), 'agreement')} concluded, purchases aside, "
        f"{count(force)} {_is(force)} known to be in force or at work"
        f"{f' ({each}{shared})' if each else ''}, {count(pending)} {_is(pending)} pending, "
        f"{count(unknown)} {agree('was', 'were', len(unknown) or 1)} signed more than ten years "
        "before sources were last read without a later trace, and of "
        f"{count(signed)} more only the signature or adoption is known. A step that is missing "
        "here was not found; it may well have happened."
    )
    waited = told(
        waits,
        lambda row: (
            f"the {lowered(measures.WAITS[row['step']])} for {count(row['ids'])} of "
            f"{row['of']} (median wait {linked(some(round(row['median']), 'day'), row['ids'])})"
        ),
    )
    if waited:
        yield (
            "Of bilateral treaties and agreements whose signature is dated, we know the date of "
            f"{waited}."
        )


@passage("Searches: none is recorded for these states.")
def searched(dataset: Dataset, coverage: pd.DataFrame) -> Iterator[str]:
    """Say which partners were searched for, and what that does not show (``coverage``)."""
    for state, own in coverage.groupby("state", sort=False):
        by = {row["search"]: row for row in rows(own)}
        if "by-name" in by:
            named, blank = by["by-name"], by.get("not-searched", {"of": 0})["of"]
            yield (
                f"For {phrase(dataset, state)}, {some(named['of'], 'possible partner')} "
                f"{agree('was', 'were', named['of'])} searched for by name, "
                f"{number(named['count'], 'd', named['ids'])} with a result; {blank} "
                f"{agree('was', 'were', blank)} not searched for."
            )
    yield "A search without a result shows only that we found nothing."


@passage("Partners that a state named itself: no list names one with an agreement on record.")
def own_lists(dataset: Dataset, lists: pd.DataFrame) -> Iterator[str]:
    """Hold the partners that a state named itself against the record (``partner_lists``)."""
    if not lists["ids"].map(len).any():
        return
    for _, own in lists.groupby("table", sort=False):
        ever, early = own["ids"].map(len) > 0, own["ids_by_then"].map(len) > 0
        after = listed(phrase(dataset, p) for p in own.loc[ever & ~early, "partner"])
        without = own.loc[~ever, "partner"]
        gone = listed(phrase(dataset, p) for p in without)
        if len(without) > MOST_NAMED:
            gone = some(len(without), "other")
        yield (
            f"In {own['year'].iloc[0]}, {phrase(dataset, own['state'].iloc[0])} named "
            f"{linked(some(len(own), 'partner'), together(own['ids']))}. For "
            f"{linked(early.sum() or 'none', together(own['ids_by_then']))} a bilateral agreement "
            "of that time is on record here"
            + (f", for {after} only later ones" if after else "")
            + (f", for {gone} none" if gone else "")
            + "."
        )


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
    whole = table.iloc[0]
    if pd.isna(whole["estimate"]) or not np.isfinite(whole["high"]):
        return
    share = 100 * whole["count"] / whole["estimate"]
    yield (
        f"For {whole['first']} to {whole['last']} two lists can be compared: our own reading found "
        f"{linked(some(whole['own'], 'bilateral agreement'), whole['own_ids'])} of the kinds that "
        "the Defense Cooperation Agreement Dataset (DCAD; Kinne 2020) collects, that dataset has "
        f"{linked(whole['academic'], whole['academic_ids'])}, and "
        f"{linked(whole['both'], whole['both_ids'])} {agree('is', 'are', whole['both'])} in both. "
        "If each list found agreements independently of the other, about "
        f"{number(whole['estimate'], '.0f', whole['ids'])} exist {within(whole, '.0f')}, of which "
        f"{count(whole['ids'], 'agreement')} or {number(share, '.0f')} % are on record."
    )


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
    undated = overview.index[overview["date"].isna()]
    never = overview.index[~overview["concluded"]]
    plans = overview.index[overview["instrument"] == "cooperation-plan"]
    yield render(
        "accords.prose", "limits.html.j2",
        never=_have(never, "record") if len(never) else "",
        plans=count(plans) if len(plans) else "",
        undated=count(undated, "record") if len(undated) else "",
        are=agree("is", "are", len(undated)),
    )  # fmt: skip


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


def _by_state(dataset: Dataset, table: pd.DataFrame) -> str:
    return told(
        table,
        lambda row: (
            f"{100 * row['share']:.0f} % of {phrase(dataset, row['state'])}’s "
            f"({linked(row['count'], row['ids'])} of {row['of']})"
        ),
    )


def _shares(dataset: Dataset, table: pd.DataFrame) -> str:
    return told(
        table,
        lambda row: (
            linked(f"{100 * row['share']:.0f} %", row["ids"])
            + f" ({phrase(dataset, row['state'])})"
        ),
    )


def _percent(row: Row) -> str:
    """Write a share with its interval: '3.2 % (95 % interval 1.0 to 5.1)'."""
    return f"{number(100 * row['share'], '.1f', row['ids'])} % {within(row, '.1f', times=100)}"


def _range(row: Row, form: str) -> str:
    """Write a share with its bounds, for a cell of a table: '25 %; 15 to 39'."""
    share, low, high = (format(100 * row[key], form) for key in ("share", "low", "high"))
    return f"{share} %; {low} to {high}"


def _is(ids: Iterable[str]) -> str:
    return agree("is", "are", len(list(ids)) or 1)


def _have(ids: Iterable[str], noun: str) -> str:
    ids = list(ids)
    return f"{count(ids, noun)} {agree('has', 'have', len(ids))}"
