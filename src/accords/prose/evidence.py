"""Sentences about the evidence: how firm it is, what is missing, what it cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis import evidence as measures
from accords.analysis.common import concluded
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE
from accords.prose.partners import named
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
    some,
)


def firmness(dataset: Dataset) -> Text:
    """Say what supports the records, and on what their domains rest."""
    table = measures.support(dataset)
    if table.empty:
        return paragraph("There is no record to grade.")
    best = dict(iter(table.groupby("support")))
    several, one, none = (_ids(best[c]["agreement_ids"]) for c in ("several", "one", "none"))
    bases = measures.domain_bases(dataset)
    texts, press = (bases[bases["basis"] == basis] for basis in ("text", "press"))
    sentences = [
        "That an agreement exists is said by an official or treaty source for "
        f"{_by_state(dataset, best['official'])} records. {count(several, 'record')} more "
        f"{'has' if len(several) == 1 else 'have'} two or more publishers that do not repeat each "
        f"other; these, too, are held with high confidence. {count(one, 'record')} "
        f"{'hangs' if len(one) == 1 else 'hang'} on a single publisher: if it is wrong, so are we. "
        f"{count(none, 'record')} {'has' if len(none) == 1 else 'have'} no reputable publisher "
        f"behind {'it' if len(none) == 1 else 'them'}.",
    ]
    if len(bases):
        sentences.append(
            "What an agreement is about is less firm than that it exists: the text itself, or an "
            f"official summary of its articles, was seen for {_codings(dataset, texts)} of the "
            "subjects that agreements are said to have; the press alone names "
            f"{_codings(dataset, press)}."
        )
    return paragraph(*sentences)


def sources(dataset: Dataset) -> Text:
    """Say how many records rest on the press alone."""
    table = measures.source_kinds(dataset)
    if table.empty:
        return paragraph("No source is cited.")
    alone = _ids(table.loc[table["kind"] == "press", "alone_ids"])
    return paragraph(
        f"{count(alone, 'record')} of {count(dataset.overview.index)} cite the press and nothing "
        "else. One record can cite several kinds of source, so that the shares do not add up.",
    )


def disagreements(dataset: Dataset) -> Text:
    """Say how often sources disagree, about what most, and how many disputes are open."""
    table = measures.disputes_by_fact(dataset)
    if table.empty:
        return paragraph("No dispute between sources is recorded.")
    ids = _ids(table["agreement_ids"])
    total, settled = int(table["disputes"].sum()), int(table["settled"].sum())
    agreed, left = _ids(table["settled_ids"]), _ids(table["open_ids"])
    first = table.iloc[0]
    return paragraph(
        f"Sources give different values for {number(total, 'd', ids)} facts of "
        f"{count(ids, 'agreement')}, most often about the {escape(lowered(first['fact']))} "
        f"({number(first['disputes'], 'd', first['agreement_ids'])}). For "
        f"{number(settled, 'd', agreed)} of them the tables carry "
        f"the value of the better source and say why; {number(total - settled, 'd', left)} are "
        "left open. All values are kept with their sources, and none is averaged.",
    )


def known_lives(dataset: Dataset) -> Text:
    """Say how far the later life of agreements is known, and how long its steps took."""
    rows = concluded(dataset)
    rows = rows[rows["instrument"] != PURCHASE]
    if rows.empty:
        return paragraph("No agreement is concluded.")
    force, signed, unknown = (
        rows.index[rows["status"] == status] for status in ("in-force", "signed", "unknown")
    )
    sentences = [
        f"A signature is news; what follows seldom is. Of {count(rows.index, 'agreement')} "
        f"concluded, purchases aside, {linked(len(force), force)} are known to be in force, "
        f"{linked(len(unknown), unknown)} were signed more than ten years before sources were last "
        f"read without any later trace, and of {linked(len(signed), signed)} more nothing is "
        "known but the signature or adoption. Steps that are missing here were not found; they "
        "may well have happened.",
    ]
    waited = [
        f"{lowered(measures.WAITS[row['step']])} for {count(row['agreement_ids'])} of {row['n']}, "
        f"after a median of {number(row['median'], '.0f', row['agreement_ids'])} days"
        for row in measures.waiting_summary(dataset).to_dict("records")
    ]
    if waited:
        sentences.append(
            "Of bilateral treaties, framework and other agreements whose signature is dated, on "
            f"record are: {'; '.join(waited)}. Waits that nobody reported are in no median."
        )
    return paragraph(*sentences)


def searched(dataset: Dataset) -> Text:
    """Say which partners were searched for, and that nothing found is no proof of absence."""
    table = measures.coverage(dataset)
    if table.empty:
        return paragraph("No search is recorded for these states.")
    sentences = []
    for state in dict.fromkeys(table["state"]):
        own = table[table["state"] == state].set_index("search")
        named_search = own.loc["by-name"]
        blank = own.loc["not-searched"]
        sentences.append(
            f"For {_who(dataset, state)}, {number(named_search['partners'], 'd')} possible "
            "partners were searched for by name, with a result for "
            f"{number(named_search['found'], 'd', named_search['agreement_ids'])}; "
            f"{number(blank['partners'], 'd')} were not searched for."
        )
    sentences.append(
        "A search without a result says that we found nothing, not that nothing is there."
    )
    return paragraph(*sentences)


def own_lists(dataset: Dataset) -> Text:
    """Say how the partners that a state named itself compare with those on record."""
    table = measures.partner_lists(dataset)
    if table.empty:
        return paragraph("No focus state has named its partners in a list that these data hold.")
    sentences = []
    for _, own in table.groupby("table", sort=False):
        any_, early = own["agreement_ids"].map(len) > 0, own["ids_by_then"].map(len) > 0
        after = listed(escape(named(dataset, n)) for n in own.loc[any_ & ~early, "name"])
        gone = listed(escape(named(dataset, n)) for n in own.loc[~any_, "name"])
        sentences.append(
            f"In {own['year'].iloc[0]}, {_who(dataset, own['state'].iloc[0])} named "
            f"{number(len(own), 'd', _ids(own['agreement_ids']))} partners. For "
            f"{linked(early.sum(), _ids(own['ids_by_then']))} a bilateral agreement of that "
            "time is on record here"
            + (f", for {after} only later ones" if after else "")
            + (f", for {gone} none" if gone else "")
            + "."
        )
    return paragraph(*sentences)


ENOUGH = 10
"""Fewest entries of a part of a list of which it is said that little of it is on record."""


def outside_lists(dataset: Dataset) -> Text:
    """Say how much of each outside list is on record, with a table; nothing without a count."""
    table = measures.completeness(dataset)
    whole = table[table["group"] == measures.WHOLE]
    if whole.empty:
        return Text("")
    labels = dataset.labels("lists")
    rows = [
        (
            escape(labels[row["list"]]),
            _who(dataset, row["state"]),
            f"{row['found']} of {row['listed']} ({100 * row['share']:.0f} %; "
            f"{100 * row['low']:.0f} to {100 * row['high']:.0f})",
            "not counted" if pd.isna(row["independent"]) else str(row["independent"]),
            escape(row["edition"]),
        )
        for row in whole.to_dict("records")
    ]
    each = table.groupby(["list", "state"], sort=False)
    thin = filter(None, (_thin(dataset, own) for _, own in each))
    return Text(
        "<p>Lists that others keep can be held against the records. One that was itself taken over "
        "is on record in full, so that only the records with another source as well show how much "
        "of it was found without it.</p>"
        + _table(
            "Outside lists",
            "Entries of outside lists that are on record, with 95 % Wilson intervals",
            ("List", "State", "On record", "Also from another source", "Counted for edition"),
            rows,
        )
        + f"<p>{' '.join([*thin, 'How each was counted is in completeness.csv.'])}</p>"
    )


def _thin(dataset: Dataset, table: pd.DataFrame) -> str:
    """Say of which decade and supplier least of one state's part of a list is on record."""
    whole = table.loc[table["group"] == measures.WHOLE, "share"].max()
    parts = table[(table["listed"] >= ENOUGH) & (table["share"] < whole)]
    suppliers = parts["group"].isin(list(dataset.party_names))
    least = [
        (f"from {_who(dataset, row['group'])}" if supplier else f"of the {row['group']}")
        + f" ({row['found']} of {row['listed']})"
        for supplier in (False, True)
        for row in parts[suppliers == supplier].nsmallest(1, "share").to_dict("records")
    ]
    if not least:
        return ""
    name = escape(dataset.labels("lists")[table["list"].iloc[0]])
    state = _who(dataset, table["state"].iloc[0])
    return f"Of {state}’s entries in {name}, least is on record {listed(least)}."


def missing(dataset: Dataset, first: int = 1980, last: int = 2010) -> Text:
    """Say how many agreements two lists imply, and what that assumes."""
    table = measures.capture_recapture(dataset, first, last)
    whole = table.iloc[0]
    if pd.isna(whole["estimate"]) or not np.isfinite(whole["high"]):
        return paragraph("Two lists that overlap are needed to estimate how much is missing.")
    seen = _ids([whole["own_ids"], whole["academic_ids"]])
    share = 100 * whole["seen"] / whole["estimate"]
    return paragraph(
        f"For {first} to {last} two lists can be held against each other: our own reading found "
        f"{linked(whole['own'], whole['own_ids'])} bilateral agreements of the kinds that the "
        "Defense Cooperation Agreement Dataset (Kinne 2020) collects, that dataset has "
        f"{linked(whole['academic'], whole['academic_ids'])}, and "
        f"{linked(whole['both'], whole['both_ids'])} are in both. The smaller the overlap, the "
        "more must have escaped both: this is a capture-recapture estimate.",
        f"If each list found agreements independently of the other, about "
        f"{number(whole['estimate'], '.0f', seen)} exist (95 % interval "
        f"{interval(whole['low'], whole['high'], '.0f')}), of which {count(seen, 'agreement')} or "
        f"{number(share, '.0f')} % are on record.</p><p>",
        "The estimate rests on four assumptions: both lists mean the same kinds of instrument; no "
        "pair is matched wrongly or missed; being in one list makes being in the other neither "
        "likelier nor less likely; and within a list every agreement is as easily found. The "
        "last two hardly hold: well-reported agreements are found by everyone, which makes the "
        "true number higher; a pair that was not recognised as one makes it lower.",
        "It says nothing about purchases, plans or secret agreements, nor about later years.",
    )


def errors(dataset: Dataset) -> Text:
    """Say what share of facts the second readings found wrong or unsupported, with a table."""
    table = measures.reading_errors(dataset)
    table = table[table["facts"] > 0]
    if table.empty:
        return paragraph("No second reading is recorded.")
    names = table["reading"].astype("string").fillna("All")
    rows = [
        (
            name,
            f"{some(own['facts'].iloc[0], 'fact')} of {some(own['records'].iloc[0], 'record')}",
            *map(_found, own.to_dict("records")),
        )
        for name, own in table.groupby(names, sort=False)
    ]
    return Text(
        "<p>Random samples of records were read a second time by readers who did not know what the "
        "first had coded. What they found was mended, in their samples; the rest of the records "
        "was checked against the rules that the first reading led to, not read again.</p>"
        + _table(
            "Second readings",
            "Facts that a second reader found wrong, or not in what that reader could see, with "
            "95 % Wilson intervals",
            ("Reading", "Checked", "Wrong", "Unsupported"),
            rows,
        )
        + "<p>Each reading found the data as they stood then. The rate of the last is the best "
        "guess for records that were not read again; the rate of all is the cautious one.</p>"
    )


def _found(row: Mapping[Any, Any]) -> str:
    """Write a cell of the table of errors: number, share and interval."""
    found = number(row["found"], "d", row["agreement_ids"])
    within = interval(100 * row["low"], 100 * row["high"], ".1f")
    return f"{found} ({100 * row['share']:.1f} %; {within})"


def _table(label: str, caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table of cells of HTML; the first of a row is its head."""
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table>'
        f"<caption>{caption}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def limits(dataset: Dataset) -> Text:
    """Say what these data cannot say."""
    overview = dataset.overview
    official = overview.index[overview["official"].astype("boolean").fillna(False)]
    undated = overview.index[overview["date"].isna()]
    announced = overview.index[~overview["concluded"]]
    plans = overview.index[overview["instrument"] == "cooperation-plan"]
    items = [
        "What is secret, or was never put on the web, is not here. Zero is never proof of absence.",
        f"Few texts were seen. {count(official, 'record')} of {count(overview.index)} have an "
        "official source for their existence; what the articles say is known for fewer.",
        "An agreement is a promise. Whether it is carried out, and how much it matters, is outside "
        "these data; each counts as one, a treaty as much as a plan.",
        f"Whether an agreement binds today is often unknown, because no one reports it; "
        f"{count(announced, 'record')} never got beyond an announcement that we could find.",
        "Recent years leave more traces on the web than early ones. A rise over time is in part a "
        "rise of what can be read.",
        f"Yearly plans ({count(plans, 'record')}) are known for some partners and not for others; "
        "purchases are known best where the seller’s side publishes.",
        f"{count(undated, 'record')} cannot be dated and "
        f"{'is' if len(undated) == 1 else 'are'} left out of everything that runs over time.",
        "Motives are not in these data: not what an agreement was meant to achieve, nor against "
        "whom.",
    ]
    return Text(f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>")


def _by_state(dataset: Dataset, table: pd.DataFrame) -> str:
    parts = []
    for row in table.to_dict("records"):
        part = linked(f"{row['agreements']} of {row['n']}", row["agreement_ids"])
        parts.append(f"{100 * row['share']:.0f} % of {_who(dataset, row['state'])}’s ({part})")
    return listed(parts)


def _codings(dataset: Dataset, table: pd.DataFrame) -> str:
    return listed(f"{_share(r)} ({_who(dataset, r['state'])})" for r in table.to_dict("records"))


def _share(row: Mapping[Any, Any]) -> str:
    return linked(f"{100 * row['share']:.0f} %", row["agreement_ids"])


def _who(dataset: Dataset, state: str) -> str:
    return escape(named(dataset, dataset.party_names[state]))


def _ids(tuples: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(i for ids in tuples for i in ids))
