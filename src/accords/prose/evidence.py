"""Sentences about the evidence: how firm it is, what is missing, what it cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from accords.dataset import Dataset
from accords.measures import evidence as measures
from accords.measures.common import concluded
from accords.prose.partners import named
from accords.prose.text import Text, count, escape, interval, linked, listed, number, paragraph

_STEPS = {
    "parliament-approved": "The vote of a parliament",
    "ratified": "A ratification by either side",
    "entered-into-force": "Entry into force",
}


def firmness(dataset: Dataset) -> Text:
    """Say how many records are firm, and on what their domains rest."""
    levels = measures.confidence(dataset)
    if levels.empty:
        return paragraph("There is no record to grade.")
    high = levels[levels["confidence"] == "high"]
    low = levels[levels["confidence"] == "low"]
    lone = _ids(low["agreement_ids"])
    heard = measures.independence(dataset)
    several = _ids(heard.loc[~heard["publishers"].isin(["none", "1"]), "agreement_ids"])
    bases = measures.domain_bases(dataset)
    texts = bases[bases["basis"] == "text"]
    sentences = [
        "A record is held with high confidence where an official or treaty source says that the "
        "agreement exists, or two publishers that do not repeat each other: "
        f"{_by_state(dataset, high)}. {count(several, 'record')} of "
        f"{count(dataset.overview.index)} have at least two independent publishers; "
        f"{count(lone, 'record')} "
        f"{'has' if len(lone) == 1 else 'have'} no reputable publisher behind "
        f"{'it' if len(lone) == 1 else 'them'}.",
    ]
    if len(texts):
        sentences.append(
            "What an agreement is about is less firm than that it exists: the text itself, or an "
            f"official summary of its articles, was seen for {_codings(dataset, texts)} of the "
            "subjects that agreements are said to have."
        )
    return paragraph(*sentences)


def sources(dataset: Dataset) -> Text:
    """Say what kinds of source there are and how many records rest on the press alone."""
    table = measures.source_kinds(dataset)
    press = table[table["kind"] == "press"]
    if press.empty:
        return paragraph("No source is cited.")
    official = table[table["kind"].isin(["official", "treaty-database"])]
    ids = _ids(official["agreement_ids"])
    alone = _ids(press["alone_ids"])
    return paragraph(
        f"{count(ids, 'record')} of {count(dataset.overview.index)} cite an official source "
        f"or a treaty database, {count(alone, 'record')} the press and nothing else.",
        "One record can cite several kinds of source, so that the shares do not add up.",
    )


def tongues(dataset: Dataset) -> Text:
    """Say in which languages was read, and how many records hang on one publisher."""
    spoken = measures.languages(dataset)
    if spoken.empty:
        return paragraph("No source is cited.")
    printed = measures.publishers(dataset)
    alone = _ids(printed["alone_ids"])
    top = spoken.head(3)
    names = listed(
        f"{escape(n)} ({number(k, 'd', i)})"
        for n, k, i in zip(top["name"], top["sources"], top["agreement_ids"], strict=True)
    )
    return paragraph(
        f"Sources in {number(len(spoken), 'd', _ids(spoken['agreement_ids']))} languages were "
        f"read, most of them in {names}, by "
        f"{number(len(printed), 'd', _ids(printed['agreement_ids']))} publishers.",
        f"{count(alone, 'record')} {'hangs' if len(alone) == 1 else 'hang'} on a single publisher: "
        "if it is wrong, so are we.",
    )


def disagreements(dataset: Dataset) -> Text:
    """Say how often sources disagree and how many disputes are open."""
    table = measures.disputes_by_fact(dataset)
    if table.empty:
        return paragraph("No dispute between sources is recorded.")
    ids = _ids(table["agreement_ids"])
    total, settled = int(table["disputes"].sum()), int(table["settled"].sum())
    agreed, left = _ids(table["settled_ids"]), _ids(table["open_ids"])
    return paragraph(
        f"Sources give different values for {number(total, 'd', ids)} facts of "
        f"{count(ids, 'agreement')}. For {number(settled, 'd', agreed)} of them the tables carry "
        f"the value of the better source and say why; {number(total - settled, 'd', left)} are "
        "left open. All values are kept with their sources, and none is averaged.",
    )


def known_lives(dataset: Dataset) -> Text:
    """Say how far the later life of agreements is known."""
    table = measures.life_cycles(dataset)
    if table.empty:
        return paragraph("No agreement is concluded.")
    rows = concluded(dataset)
    unknown = rows.index[rows["status"] == "unknown"]
    signed = rows.index[rows["status"] == "signed"]
    return paragraph(
        f"A signature is news; what follows seldom is. Of {count(rows.index, 'agreement')} "
        f"concluded, {linked(len(unknown), unknown)} were signed more than ten years before the "
        f"edition without any later trace, and of {linked(len(signed), signed)} more nothing is "
        "known but the signature or adoption.",
        "Steps that are missing here were not found; they may well have happened.",
    )


def waiting(dataset: Dataset) -> Text:
    """Say how long the steps after signature take where they are on record."""
    summary = measures.waiting_summary(dataset)
    waits = measures.waits(dataset).groupby("step")["agreement_id"]
    sentences = []
    for row in summary.to_dict("records"):
        if not row["seen"]:
            continue
        sentences.append(
            f"{_STEPS[row['step']]} is on record for "
            f"{count(row['agreement_ids'])} of {count(waits.get_group(row['step']))} agreements, "
            f"after {number(row['middle'], '.0f', row['agreement_ids'])} days in the middle case "
            f"(half of these between {number(row['first_quartile'], '.0f')} and "
            f"{number(row['third_quartile'], '.0f')} days)."
        )
    if not sentences:
        return paragraph("No step after signature is dated.")
    if summary["median"].isna().all():
        sentences.append(
            "No step is on record for half of the agreements, so that no median can be given for "
            "all of them."
        )
    sentences.append(
        "Where a date is known only to the month or year, its middle is taken; lives without the "
        "step count up to their end or the edition."
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
    for key in dict.fromkeys(table["table"]):
        own = table[table["table"] == key]
        mine = own[own["named"].astype(bool)]
        year = int(mine["year"].iloc[0])
        lost = mine[~mine["found"].astype(bool)]
        late = mine[mine["found"].astype(bool) & (mine["by_then"] == 0)]
        early = mine[mine["by_then"] > 0]
        gone = listed(escape(named(n)) for n in lost["name"])
        after = listed(escape(named(n)) for n in late["name"])
        sentences.append(
            f"In {year}, {_who(dataset, mine['state'].iloc[0])} named "
            f"{number(len(mine), 'd', _ids(mine['agreement_ids']))} partners. For "
            f"{linked(len(early), _ids(early['ids_by_then']))} a bilateral agreement of that "
            "time is on record here"
            + (f", for {after} only later ones" if after else "")
            + (f", for {gone} none" if gone else "")
            + "."
        )
        more = own[~own["named"].astype(bool)]
        if len(more):
            sentences.append(
                f"Conversely {linked(len(more), _ids(more['ids_by_then']))} partners with a "
                "record by then were not named: a list of partners is no list of agreements."
            )
    return paragraph(*sentences)


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
    """Say what share of facts the second readings found wrong."""
    table = measures.reading_errors(dataset)
    wrong = table[(table["problem"] == "wrong") & (table["facts"] > 0)]
    if wrong.empty:
        return paragraph("No second reading is recorded.")
    said = listed(
        f"{number(100 * r['share'], '.1f', r['agreement_ids'])} % "
        f"({r['found']} of {r['facts']}; {interval(100 * r['low'], 100 * r['high'], '.1f')}) in "
        f"reading {r['reading']}"
        for r in wrong.to_dict("records")
    )
    return paragraph(
        "Random samples of records were read a second time by readers who did not know what the "
        f"first had coded. They found wrong {said}.",
        "What they found was mended, in their samples; the rest of the records was checked against "
        "the rules that the first reading led to, not read again. The rate of the last reading is "
        "the best guess for records that were not read again.",
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
    return escape(named(dataset.party_names[state]))


def _ids(tuples: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(i for ids in tuples for i in ids))
