"""What is said of the evidence: how firm it is, what is missing, what it cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis import evidence as measures
from accords.dataset import Dataset
from accords.prose.names import phrase
from accords.prose.passage import passage
from accords.templates import render
from accords.words import (
    Caption,
    LeftOut,
    Text,
    count,
    escape,
    interval,
    linked,
    listed,
    lowered,
    number,
    paragraph,
    portion,
    some,
)

__all__ = [
    "answer",
    "disagreements",
    "errors",
    "firmness",
    "known_lives",
    "limits",
    "missing",
    "outside_lists",
    "own_lists",
    "searched",
    "sources",
]

GROUPS = {"all": "All", "framework-agreement": "Framework agreements"}
"""Names of the groups of the missing estimate that are not states."""

MOST_NAMED = 12
"""Partners that are named one by one."""

ENOUGH = 10
"""Fewest entries of a part of a list of which it is said that little of it is on record."""


@passage
def answer(dataset: Dataset, support: pd.DataFrame, errors: pd.DataFrame) -> Text:
    """Answer in one sentence how sure one can be.

    Parameters
    ----------
    dataset
        For names.
    support, errors
        From :func:`accords.analysis.evidence.support` and
        :func:`~accords.analysis.evidence.reading_errors`.
    """
    if support.empty:
        return LeftOut("How sure one can be: there is no record to grade.")
    official = support[support["support"] == "official"]
    said = f"An official or treaty source confirms {_by_state(dataset, official)} records"
    pooled = errors[errors["reading"].isna()].to_dict("records")
    if pooled:
        wrong, unsupported = pooled
        said += (
            f"; of {some(wrong['of'], 'fact')} that readers checked without knowing our coding, "
            f"{_percent(wrong)} {'was' if wrong['of'] == 1 else 'were'} wrong and "
            f"{_percent(unsupported)} more without support"
        )
    return Text(f'<p class="answer">{said}.</p>')


@passage
def firmness(dataset: Dataset, support: pd.DataFrame, bases: pd.DataFrame) -> Text:
    """Say what supports the records, and on what their domains rest.

    Parameters
    ----------
    dataset
        For names.
    support, bases
        From :func:`accords.analysis.evidence.support` and
        :func:`~accords.analysis.evidence.domain_bases`.
    """
    if support.empty:
        return LeftOut("Support of the records: there is no record to grade.")
    best = dict(iter(support.groupby("support")))
    several, one, none = (_ids(best[c]["ids"]) for c in ("several", "one", "none"))
    sentences = [
        f"An official or treaty source says that the agreement exists for "
        f"{_by_state(dataset, best['official'])} records."
    ]
    if several:
        sentences.append(
            f"{_have(several, 'more record')} two or more publishers that do not repeat each "
            "other; these, too, are held with high confidence."
        )
    if one:
        sentences.append(
            f"{count(one, 'record')} {'hangs' if len(one) == 1 else 'hang'} on a single "
            "publisher: if it is wrong, so are we."
        )
    if none:
        sentences.append(f"{_have(none, 'record')} no reputable publisher at all.")
    if len(bases):
        texts, press = (bases[bases["basis"] == basis] for basis in ("text", "press"))
        sentences.append(
            "What an agreement is about is less firm than that it exists: the text itself, or an "
            f"official summary of its articles, bears out {_shares(dataset, texts)} of the domains "
            f"recorded; the press alone names {_shares(dataset, press)}."
        )
    return paragraph(*sentences)


@passage
def sources(dataset: Dataset, kinds: pd.DataFrame) -> Text:
    """Say how many records rest on the press alone.

    Parameters
    ----------
    dataset
        For the number of records.
    kinds
        From :func:`accords.analysis.evidence.source_kinds`.
    """
    if kinds.empty:
        return LeftOut("Kinds of source: none is cited.")
    alone = _ids(kinds.loc[kinds["kind"] == "press", "alone_ids"])
    return paragraph(
        f"{count(alone, 'record')} of {count(dataset.overview.index)} "
        f"{'cites' if len(alone) == 1 else 'cite'} the press and nothing "
        "else. A record can cite several kinds of source, so the shares do not add up to one."
    )


@passage
def disagreements(dataset: Dataset, disputes: pd.DataFrame) -> Text:
    """Say how often sources disagree, about what most, and how many disputes are open.

    Parameters
    ----------
    dataset
        Not used but for the order of all passages' arguments.
    disputes
        From :func:`accords.analysis.evidence.disputes_by_fact`.
    """
    if disputes.empty:
        return LeftOut("Disputes: none between sources is recorded.")
    ids = _ids(disputes["ids"])
    total, settled = int(disputes["count"].sum()), int(disputes["settled"].sum())
    first = disputes.iloc[0]
    return paragraph(
        f"Sources give different values for {linked(some(total, 'fact'), ids)} of "
        f"{count(ids, 'agreement')}, most often for the {escape(lowered(first['fact']))} "
        f"({number(first['count'], 'd', first['ids'])}). For "
        f"{number(settled, 'd', _ids(disputes['settled_ids']))} of them the tables carry the "
        "better-sourced value and say why; "
        f"{number(total - settled, 'd', _ids(disputes['open_ids']))} "
        f"{'is' if total - settled == 1 else 'are'} left open. All values "
        "are kept with their sources, and none is averaged."
    )


@passage
def known_lives(dataset: Dataset, status: pd.DataFrame, waits: pd.DataFrame) -> Text:
    """Say how many agreements are in force, of how many nothing is known, and the median waits.

    Parameters
    ----------
    dataset
        For names.
    status, waits
        From :func:`accords.analysis.evidence.whereabouts` and
        :func:`~accords.analysis.evidence.waiting_summary`.
    """
    if status.empty:
        return LeftOut("Lives of agreements: none but purchases is concluded.")
    by = {code: _ids(part["ids"]) for code, part in status.groupby("status")}
    every = _ids(status["ids"])
    force = status[status["status"] == "in-force"]
    each = listed(
        f"{linked(row['count'], row['ids'])} of {phrase(dataset, row['state'])}’s"
        for row in force.to_dict("records")
    )
    both = sum(force["count"]) - len(by.get("in-force", ()))
    shared = f", {both} of them shared" if both else ""
    sentences = [
        f"A signature is news; what follows seldom is. Of {count(every, 'agreement')} concluded, "
        f"purchases aside, {_are(by.get('in-force', ()))} known to be in force or at work"
        f"{f' ({each}{shared})' if each else ''}, {_are(by.get('pending', ()))} pending, "
        f"{_were(by.get('unknown', ()))} signed more than ten years before sources were last "
        f"read without a later trace, and of {count(by.get('signed', ()))} more only the "
        "signature or adoption is known. A step that is missing here was not found; it may well "
        "have happened."
    ]
    waited = [
        f"the {lowered(measures.WAITS[row['step']])} for {count(row['ids'])} of {row['of']} "
        f"(median wait {linked(some(round(row['median']), 'day'), row['ids'])})"
        for row in waits.to_dict("records")
    ]
    if waited:
        sentences.append(
            "Of bilateral treaties and agreements whose signature is dated, we know the date of "
            f"{listed(waited)}."
        )
    return paragraph(*sentences)


@passage
def searched(dataset: Dataset, coverage: pd.DataFrame) -> Text:
    """Say which partners were searched for, and that nothing found is no proof of absence.

    Parameters
    ----------
    dataset
        For names.
    coverage
        From :func:`accords.analysis.evidence.coverage`.
    """
    if coverage.empty:
        return LeftOut("Searches: none is recorded for these states.")
    sentences = []
    for state, own in coverage.groupby("state", sort=False):
        by = {row["search"]: row for row in own.to_dict("records")}
        if "by-name" not in by:
            continue
        named, blank = by["by-name"], by.get("not-searched", {"of": 0})["of"]
        sentences.append(
            f"For {phrase(dataset, str(state))}, {some(named['of'], 'possible partner')} "
            f"{'was' if named['of'] == 1 else 'were'} searched for by name, "
            f"{number(named['count'], 'd', named['ids'])} with a result; {blank} "
            f"{'was' if blank == 1 else 'were'} not searched for."
        )
    sentences.append("A search without a result shows only that we found nothing.")
    return paragraph(*sentences)


@passage
def own_lists(dataset: Dataset, lists: pd.DataFrame) -> Text:
    """Say how the partners that a state named itself compare with those on record.

    Parameters
    ----------
    dataset
        For names.
    lists
        From :func:`accords.analysis.evidence.partner_lists`.
    """
    if lists.empty:
        return LeftOut("Partners that a state named itself: no list is in the data.")
    if not lists["ids"].map(len).any():
        return LeftOut("Partners that a state named itself: none is in an agreement on record.")
    sentences = []
    for _, own in lists.groupby("table", sort=False):
        ever, early = own["ids"].map(len) > 0, own["ids_by_then"].map(len) > 0
        after = listed(phrase(dataset, p) for p in own.loc[ever & ~early, "partner"])
        without = own.loc[~ever, "partner"]
        gone = listed(phrase(dataset, p) for p in without)
        if len(without) > MOST_NAMED:
            gone = some(len(without), "other")
        sentences.append(
            f"In {own['year'].iloc[0]}, {phrase(dataset, own['state'].iloc[0])} named "
            f"{linked(some(len(own), 'partner'), _ids(own['ids']))}. For "
            f"{linked(early.sum() or 'none', _ids(own['ids_by_then']))} a bilateral agreement of "
            "that time is on record here"
            + (f", for {after} only later ones" if after else "")
            + (f", for {gone} none" if gone else "")
            + "."
        )
    return paragraph(*sentences)


@passage
def outside_lists(dataset: Dataset, lists: pd.DataFrame) -> Text:
    """Say how much of each outside list is on record, with a table.

    Parameters
    ----------
    dataset
        For names and labels.
    lists
        From :func:`accords.analysis.evidence.completeness`.
    """
    whole = lists[lists["group"] == measures.WHOLE]
    if whole.empty:
        return LeftOut("Outside lists: none was counted.")
    labels = dataset.labels("lists")
    rows = [
        (
            labels[row["list"]],
            dataset.party_names[row["state"]],
            f"{row['count']} of {row['of']} ({100 * row['share']:.0f} %; "
            f"{100 * row['low']:.0f} to {100 * row['high']:.0f})",
            "not counted" if pd.isna(row["independent"]) else row["independent"],
        )
        for row in whole.to_dict("records")
    ]
    table = render(
        "accords.prose", "table.html.j2", rows=rows,
        caption="Entries of outside lists that are on record, with 95 % Wilson intervals",
        heads=("List", "State", "On record", "Also from another source"),
    )  # fmt: skip
    thin = [_thin(dataset, own) for _, own in lists.groupby(["list", "state"], sort=False)]
    return Text(f"{table}<p>{' '.join(filter(None, thin))}</p>")


def _thin(dataset: Dataset, table: pd.DataFrame) -> str:
    """Say of which decade and supplier least of one state's part of a list is on record."""
    whole = table.loc[table["group"] == measures.WHOLE, "share"].max()
    parts = table[(table["of"] >= ENOUGH) & (table["share"] < whole)]
    suppliers = parts["group"].isin(list(dataset.party_names))
    least = [
        (f"from {phrase(dataset, row['group'])}" if supplier else f"of the {row['group']}")
        + f" ({row['count']} of {row['of']})"
        for supplier in (False, True)
        for row in parts[suppliers == supplier].nsmallest(1, "share").to_dict("records")
    ]
    if not least:
        return ""
    name = escape(dataset.labels("lists")[table["list"].iloc[0]])
    state = phrase(dataset, table["state"].iloc[0])
    return f"Of {state}’s entries in {name}, least is on record {listed(least)}."


@passage
def missing(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say how many agreements two lists imply, and what that assumes.

    Parameters
    ----------
    dataset
        Not used but for the order of all passages' arguments.
    table
        From :func:`accords.analysis.evidence.capture_recapture`.
    """
    whole = table.iloc[0]
    if pd.isna(whole["estimate"]) or not np.isfinite(whole["high"]):
        return LeftOut("What is missing: two lists that overlap are needed for an estimate.")
    share = 100 * whole["count"] / whole["estimate"]
    return paragraph(
        f"For {whole['first']} to {whole['last']} two lists can be compared: our own reading found "
        f"{linked(some(whole['own'], 'bilateral agreement'), whole['own_ids'])} of the kinds that "
        "the Defense Cooperation Agreement Dataset (DCAD; Kinne 2020) collects, that dataset has "
        f"{linked(whole['academic'], whole['academic_ids'])}, and "
        f"{linked(whole['both'], whole['both_ids'])} "
        f"{'is' if whole['both'] == 1 else 'are'} in both. If each list found agreements "
        f"independently of the other, about {number(whole['estimate'], '.0f', whole['ids'])} exist "
        f"(95 % interval {interval(whole['low'], whole['high'], '.0f')}), of which "
        f"{count(whole['ids'], 'agreement')} or {number(share, '.0f')} % are on record."
    )


@passage
def errors(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say what share of facts the second readings found wrong or unsupported, with a table.

    Parameters
    ----------
    dataset
        Not used but for the order of all passages' arguments.
    table
        From :func:`accords.analysis.evidence.reading_errors`.
    """
    if table.empty:
        return LeftOut("Second readings: none is recorded.")
    names = table["reading"].astype("string").fillna("All")
    rows = [
        (
            name,
            f"{some(own['of'].iloc[0], 'fact')} of {some(own['records'].iloc[0], 'record')}",
            *(
                f"{row['count']} ({100 * row['share']:.1f} %; {100 * row['low']:.1f} to "
                f"{100 * row['high']:.1f})"
                for row in own.to_dict("records")
            ),
        )
        for name, own in table.groupby(names, sort=False)
    ]
    return Text(
        render(
            "accords.prose", "table.html.j2", rows=rows,
            caption="Facts that a second reader found wrong, or without support in what that "
            "reader could see, with 95 % Wilson intervals",
            heads=("Reading", "Checked", "Wrong", "Unsupported"),
        )
    )  # fmt: skip


@passage
def limits(dataset: Dataset) -> Text:
    """Say what these data cannot say."""
    overview = dataset.overview
    undated = overview.index[overview["date"].isna()]
    announced = overview.index[~overview["concluded"]]
    plans = overview.index[overview["instrument"] == "cooperation-plan"]
    never = (
        f"{_have(announced, 'record')} never been seen to be concluded, announced ones and those "
        "rejected or cancelled together."
    )
    left_out = (
        f"{count(undated, 'record')} without any date {'is' if len(undated) == 1 else 'are'} left "
        "out of everything that runs over time; those"
    )
    items = [
        "What is secret, or was never put on the web, is not here. Zero is never proof of absence.",
        "An agreement is a promise. Whether it is carried out, and how much it matters, is outside "
        "these data; each counts as one, a treaty as much as a plan.",
        "Whether an agreement binds today is often unknown, because no one reports it. "
        f"{never if len(announced) else ''}".rstrip(),
        "Recent years leave more traces on the web than early ones.",
        f"Yearly plans{f' ({count(plans)} on record)' if len(plans) else ''} are known for some "
        "partners and not for others; purchases are known best where the seller’s side publishes.",
        f"{left_out if len(undated) else 'Records'} dated to a span of years are in no rate.",
        "Motives are not in these data: not what an agreement was meant to achieve, nor against "
        "whom.",
    ]
    return Text(f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>")


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
    within = f"{row['low']:.0f} to {row['high']:.0f}"
    return f"{name}: estimate {row['estimate']:.0f} (95 % interval {within})"


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
    shares = listed(
        f"{100 * row['share']:.0f} % of {dataset.party_names[row['state']]}’s"
        for row in official.to_dict("records")
    )
    return Caption(
        f"An official or treaty source stands behind {shares} records",
        f"Records by the best that says that the agreement exists (n = {_sizes(dataset, table)}). "
        "The first two are held with high confidence.",
        f"Stacked bars. {_spoken(dataset, table, table['support'].map(measures.SUPPORT))}.",
    )


def sources_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the chart of kinds of source."""
    press = table[table["kind"] == "press"]
    parts = listed(
        f"{100 * row['alone'] / row['of']:.0f} % of {dataset.party_names[row['state']]}’s"
        for row in press.to_dict("records")
    )
    labels = table["kind"].map(dataset.labels("source_kinds"))
    return Caption(
        f"The press is the only kind of source for {parts} records",
        "Share of records that cite at least one source of the kind for the agreement’s "
        f"existence, with 95 % Wilson interval (n = {_sizes(dataset, table)}).",
        f"Points with intervals. {_spoken(dataset, table, labels)}.",
    )


def lives_caption(dataset: Dataset, table: pd.DataFrame, waits: pd.DataFrame) -> Caption:
    """Word the chart of lives and waits."""
    known = table[table["step"] == "known"]
    unknown = listed(
        f"{row['of'] - row['count'] or 'none'} of {dataset.party_names[row['state']]}’s {row['of']}"
        for row in known.to_dict("records")
    )
    noun = "agreement" if known["of"].iloc[-1] == 1 else "agreements"
    days = " Days: median and middle half of the waits on record." if len(waits) else ""
    spoken = [f"{wait_hover(row)} ({row['count']})" for row in waits.to_dict("records")]
    steps = _spoken(dataset, table, table["step"].map(measures.LIFE_STEPS))
    return Caption(
        f"Where they stand is unknown for {unknown} {noun}",
        "Share of concluded agreements, purchases aside, with each step on record, with 95 % "
        f"Wilson interval (n = {_sizes(dataset, table)}); not every agreement needs every "
        f"step.{days}",
        ". ".join(["Points with intervals", steps, *spoken]) + ".",
    )


def missing_caption(dataset: Dataset, table: pd.DataFrame) -> Caption:
    """Word the chart of what is missing."""
    known = table[table["estimate"].notna() & np.isfinite(table["high"].astype(float))]
    first = known.iloc[0]
    years = f"{first['first']}–{first['last']}"
    told = "; ".join(
        f"{group_name(dataset, r['group'])}: ours {r['own']}, academic {r['academic']}, both "
        f"{r['both']}, estimate {r['estimate']:.0f} ({r['low']:.0f} to {r['high']:.0f})"
        for r in known.to_dict("records")
    )
    return Caption(
        f"{some(first['count'], 'agreement')} of {years} {'is' if first['count'] == 1 else 'are'} "
        f"on record where two lists together imply about {first['estimate']:.0f} "
        f"({first['low']:.0f} to {first['high']:.0f})",
        f"Bilateral agreements of {years} of the kinds that the academic list (DCAD) collects: "
        "found by our reading, by the list or by both; green: Chapman’s estimate of all there "
        "are, with exact 95 % interval. It assumes lists that are independent of each other.",
        f"Bars and estimates. {told}.",
    )


def _spoken(dataset: Dataset, table: pd.DataFrame, labels: pd.Series) -> str:
    return "; ".join(
        f"{dataset.party_names[state]}, {lowered(label)}: {100 * share:.0f} %"
        for state, label, share in zip(table["state"], labels, table["share"], strict=True)
    )


def _sizes(dataset: Dataset, table: pd.DataFrame) -> str:
    first = table.drop_duplicates("state")
    return listed(
        f"{n} for {dataset.party_names[s]}"
        for s, n in zip(first["state"], first["of"], strict=True)
    )


def _by_state(dataset: Dataset, table: pd.DataFrame) -> str:
    return listed(
        f"{100 * row['share']:.0f} % of {phrase(dataset, row['state'])}’s "
        f"({linked(row['count'], row['ids'])} of {row['of']})"
        for row in table.to_dict("records")
    )


def _shares(dataset: Dataset, table: pd.DataFrame) -> str:
    return listed(
        f"{linked(format(row['share'], '.0%').replace('%', ' %'), row['ids'])} "
        f"({phrase(dataset, row['state'])})"
        for row in table.to_dict("records")
    )


def _percent(row: Mapping[Any, Any]) -> str:
    within = interval(100 * row["low"], 100 * row["high"], ".1f")
    return f"{number(100 * row['share'], '.1f', row['ids'])} % (95 % interval {within})"


def _are(ids: Iterable[str]) -> str:
    ids = list(ids)
    return f"{count(ids)} {'is' if len(ids) < 2 else 'are'}"


def _were(ids: Iterable[str]) -> str:
    ids = list(ids)
    return f"{count(ids)} {'was' if len(ids) < 2 else 'were'}"


def _have(ids: Iterable[str], noun: str) -> str:
    ids = list(ids)
    return f"{count(ids, noun)} {'has' if len(ids) == 1 else 'have'}"


def _ids(tuples: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(i for ids in tuples for i in ids))
