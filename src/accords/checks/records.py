"""What makes a record whole, sourced and in order.

Each rule takes the :class:`~accords.checks.data.Data` and yields problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pandas as pd

from accords.checks import cells
from accords.checks.data import Data, Unread, bounds, codes_in, each, items, lacking, mapping, pairs
from accords.checks.problem import Problem
from accords.dataset.lifecycle import SIGNATURES

LIFE = (
    ("signed",),
    ("chamber-approved",),
    ("parliament-approved",),
    ("ratified",),
    ("entered-into-force",),
    ("terminated", "expired"),
)
"""The order of a life. What may precede the signature (tabled, approved by government) is not in
it, nor what is said or done at any time (announced, attested, amended)."""

DOMESTIC = ("chamber-approved", "parliament-approved", "ratified")
"""Steps of one party, which say nothing about the other's."""

AFTER_SIGNATURE = ("attested", "delivered", "amended", "renewed", "suspended")
"""Events that have no other place in the order than after the signature."""

NEAR = np.timedelta64(7, "D")
MONTHS = np.timedelta64(100, "D")
"""What is longer than this says no more than a year."""

ALIKE = 0.7
"""Share of their words that two titles have in common where they are alike."""

_WORD = re.compile(r"\w+")
MANY = 50
"""Guessing what was meant is slow: beyond this many faults none is guessed."""


def whole(data: Data) -> Iterator[Problem]:
    """Find agreements without a focus party, an event or a source that says they exist."""
    ids, at = data.ids(), data.agreement_rows()
    parties = data.rows("parties", "agreement_id", "party_id")
    focus = list(data.descriptor.get("focus", ()))
    # A party that no list knows may be a focus state misspelt.
    perhaps = parties["party_id"].isin(focus) | _unknown(data, parties["party_id"])
    citations = data.rows("citations", "agreement_id", "subject")
    demands = (
        (
            "focus-party",
            parties.loc[perhaps, "agreement_id"],
            f"has no focus state ({', '.join(focus)}) among its parties.",
            "Add its row to parties.csv, or take the agreement out.",
        ),
        (
            "no-event",
            data.rows("events", "agreement_id")["agreement_id"],
            "has no event.",
            "Add a row to events.csv; leave its date empty where no source gives one.",
        ),
        (
            "no-source",
            citations.loc[citations["subject"] == "existence", "agreement_id"],
            "has no source that says it exists.",
            "Add a row with the subject 'existence' to citations.csv.",
        ),
    )
    for rule, having, message, remedy in demands:
        present = np.zeros(len(ids), dtype=bool)
        present[codes_in(having, ids, absent=False)] = True
        for place, row in items(at[~present[at.index]]):
            yield data.problem(
                "agreements",
                rule,
                f"{ids[place]} {message}",
                remedy,
                row=row,
                column="agreement_id",
                value=ids[place],
            )


def scope(data: Data) -> Iterator[Problem]:
    """Find bilateral agreements that do not have two parties."""
    rows = data.rows("agreements", "agreement_id", "scope")
    ids = data.ids()
    parties = data.rows("parties", "agreement_id")["agreement_id"]
    number = np.bincount(codes_in(parties, ids, absent=False), minlength=len(ids))
    bilateral = rows[(rows["scope"] == "bilateral") & rows["agreement_id"].notna()]
    counted = number[codes_in(bilateral["agreement_id"], ids)]
    for (row, *_), has in zip(each(bilateral), counted, strict=True):
        if has not in (0, 2):
            yield data.problem(
                "agreements",
                "scope",
                f"The agreement is bilateral and has {has} part{'y' if has == 1 else 'ies'}.",
                "Make it multilateral, or correct its rows in parties.csv.",
                row=row,
                column="scope",
                value="bilateral",
            )


def actors(data: Data) -> Iterator[Problem]:
    """Find events of states that are no parties."""
    parties = data.rows("parties", "agreement_id", "party_id")
    misspelt = parties.loc[_unknown(data, parties["party_id"]), "agreement_id"]
    events = data.rows("events", "agreement_id", "party_id").dropna()
    events = events[~events["agreement_id"].isin(misspelt.dropna().unique())]
    known = pd.Index(parties["party_id"].cat.categories)
    members = pairs(parties, "party_id", data.ids(), known)
    acting = pairs(events, "party_id", data.ids(), known)
    for row, _, party in each(events[lacking(acting, members)]):
        yield data.problem(
            "events",
            "acting-party",
            f"{party} acts here, and is no party of this agreement.",
            "Add it to parties.csv, or correct one of the two.",
            row=row,
            column="party_id",
            value=party,
        )


def subjects(data: Data) -> Iterator[Problem]:
    """Hold citations to events, domains and values, in both directions."""
    ids = data.ids()
    citations = data.rows("citations", "agreement_id", "subject").dropna()
    known = pd.Index(citations["subject"].cat.categories)
    cited = pairs(citations, "subject", ids, known)
    facts = []
    for table, column, kind in (("events", "event_id", "event"), ("domains", "domain", "domain")):
        rows = data.rows(table, "agreement_id", column).dropna()
        named = [f"{kind}:{code}" for code in rows[column].cat.categories]
        rows[column] = rows[column].cat.rename_categories(named)
        facts.append((table, column, rows))
    values = data.rows("agreements", "agreement_id", "value_amount").dropna()
    valued = pd.Categorical(["value"] * len(values), ["value"])
    facts.append(("agreements", "value_amount", values.assign(value_amount=valued)))

    recorded = []
    for table, column, rows in facts:
        stated = pairs(rows, column, ids, known)
        recorded.append(stated)
        for row, agreement, subject in each(rows[lacking(stated, cited)]):
            yield data.problem(
                table,
                "uncited",
                f"No source is cited for '{subject}' of {agreement}.",
                f"Add a row with the subject '{subject}' to citations.csv.",
                row=row,
                column=column,
                value=str(subject).partition(":")[2] or None,
            )
    special = ~citations["subject"].isin(["existence", "context"]).to_numpy()
    adrift = special & lacking(cited, np.concatenate(recorded))
    for n, (row, agreement, subject) in enumerate(each(citations[adrift])):
        kind, _, code = str(subject).partition(":")
        if kind not in ("event", "domain", "value"):
            continue  # The form of the subject is reported already.
        meant = None
        if code and n < MANY:
            rows = facts[kind == "domain"][2]
            own = rows.iloc[:, 1][(rows["agreement_id"] == agreement).to_numpy()]
            meant = cells.nearest(str(subject), {s.casefold(): s for s in own})
        yield data.problem(
            "citations",
            "subject",
            f"{agreement} has no '{subject}'.",
            f"Did you mean '{meant}'?" if meant else "Add what it supports, or correct it.",
            row=row,
            column="subject",
            value=subject,
        )


def evidence(data: Data) -> Iterator[Problem]:
    """Ask of each source of an agreement for one row that says what it says."""
    ids = data.ids()
    rows = data.rows("citations", "agreement_id", "subject", "source_id", "evidence").dropna()
    known = pd.Index(rows["source_id"].cat.categories)
    of_source = pairs(rows, "source_id", ids, known)
    general = rows["subject"].isin(["existence", "context"]).to_numpy()
    for row, agreement, _, source, _ in each(rows[general & ~rows["evidence"].to_numpy()]):
        yield data.problem(
            "citations",
            "evidence",
            f"The row does not say what {source} says of {agreement}.",
            "Put it into 'evidence', in our own words.",
            row=row,
            column="evidence",
        )
    once, counts = np.unique(of_source[general], return_counts=True)
    wrong = np.concatenate([once[counts > 1], np.setdiff1d(of_source, once)])
    strange = rows[np.isin(of_source, wrong[wrong >= 0])]
    strange = strange.drop_duplicates(["agreement_id", "source_id"])
    for row, agreement, _, source, _ in each(strange):
        yield data.problem(
            "citations",
            "evidence",
            f"{source} has no single row 'existence' or 'context' for {agreement}.",
            "Give it one: 'existence' where it speaks of this instrument, else 'context'.",
            row=row,
            column="subject",
        )


def unused(data: Data) -> Iterator[Problem]:
    """Warn of sources that nothing cites."""
    sources = data.rows("sources", "source_id")["source_id"]
    cited = set()
    for table in ("citations", "disputes", "claims"):
        cited |= set(data.rows(table, "source_id")["source_id"].cat.categories)
    for row, source in items(sources[~sources.isin(cited)].dropna()):
        yield data.problem(
            "sources",
            "unused-source",
            f"Nothing cites {source}.",
            "Cite it in citations.csv, or take it away.",
            row=row,
            column="source_id",
            value=source,
            severity="warning",
        )


def bases(data: Data) -> Iterator[Problem]:
    """Find domains on the basis of the press that an official source or voice names."""
    ids = data.ids()
    domains = data.rows("domains", "agreement_id", "domain", "basis")
    press = domains[domains["basis"] == "press"]
    tier = mapping(data, "source_kinds", "source_kind", "tier")
    kind = mapping(data, "sources", "source_id", "kind")
    voices = mapping(data, "voices", "voice", "basis")
    citations = data.rows("citations", "agreement_id", "subject", "source_id", "voice")
    official = {source for source, k in kind.items() if tier.get(k) == "official"}
    state = [voice for voice, basis in voices.items() if basis in ("text", "official")]
    speaks = citations["voice"].isin(state) | (
        citations["voice"].isna() & citations["source_id"].isin(official)
    )
    named = citations[speaks.to_numpy()].dropna(subset=["agreement_id", "subject"])
    known = pd.Index(citations["subject"].cat.categories)
    subject = press["domain"].cat.rename_categories(lambda code: f"domain:{code}")
    weak = pairs(press.assign(domain=subject), "domain", ids, known)
    strong = pairs(named, "subject", ids, known)
    citing = dict(zip(strong[::-1], each(named[::-1]), strict=True))
    found = np.isin(weak, strong[strong >= 0])
    for place, (row, agreement, domain, basis) in zip(weak[found], each(press[found]), strict=True):
        source = citing[place]
        voice = "" if pd.isna(source.voice) else f" with the voice of {source.voice}"
        yield data.problem(
            "domains",
            "basis",
            f"The basis of '{domain}' of {agreement} is press, yet {source.source_id} is cited for "
            f"it{voice}, which is official.",
            "Make the basis official (or text), or correct the citation.",
            row=row,
            column="basis",
            value=basis,
        )


def edition(data: Data) -> Iterator[Problem]:
    """Find dates after the edition."""
    if data.edition is None:
        return
    for table, column in (("events", "date"), ("sources", "published")):
        days = data.rows(table, column)[column]
        earliest, _ = bounds(days)
        for row, value in items(days[earliest > np.datetime64(data.edition)]):
            yield data.problem(
                table,
                "after-edition",
                f"{value} lies after the edition ({data.edition:%Y-%m-%d}).",
                "Correct the date, or add the new edition to CHANGELOG.md.",
                row=row,
                column=column,
                value=value,
            )


def order(data: Data) -> Iterator[Problem]:
    """Find lives out of order, where the bounds of two dates leave no other reading.

    In a bilateral agreement the parties' domestic steps are compared party by party; in a
    multilateral one all steps are, as it is in force before the later members join.
    """
    events = data.rows("events", "agreement_id", "event_id", "event", "party_id", "date")
    agreements = data.rows("agreements", "agreement_id", "scope")
    ids = data.ids()
    rank = {event: n for n, events in enumerate(LIFE) for event in events}
    rank |= dict.fromkeys(AFTER_SIGNATURE, len(LIFE))
    ranked = events[events["event"].isin(rank) & events["date"].notna()].dropna(
        subset=["agreement_id", "event_id"]
    )
    earliest, latest = bounds(ranked["date"])
    bilateral = agreements.loc[agreements["scope"] == "bilateral", "agreement_id"]
    parties = ranked["party_id"].cat.codes.to_numpy()
    steps = pd.DataFrame(
        {
            "agreement": codes_in(ranked["agreement_id"], ids),
            "rank": ranked["event"].astype(str).map(rank).to_numpy(dtype=int),
            "party": parties,
            "bilateral": ranked["agreement_id"].isin(bilateral).to_numpy(),
            "earliest": earliest,
            "latest": latest,
            "row": ranked.index,
        }
    ).dropna()
    steps = steps[steps["agreement"] >= 0]
    both = steps.merge(steps, on="agreement", suffixes=("", "_later"))
    domestic = [rank[event] for event in DOMESTIC]
    other = both["party"] != both["party_later"]
    apart = both["rank"].isin(domestic) & both["rank_later"].isin(domestic)
    comparable = ~other | (both["bilateral"] & ~(apart & other))
    ordered = (both["rank"] < both["rank_later"]) & (
        (both["rank_later"] < len(LIFE)) | (both["rank"] == 0)
    )
    wrong = both[comparable & ordered & (both["earliest"] > both["latest_later"])]
    for step in each(wrong):
        before, after = ranked.loc[step.row], ranked.loc[step.row_later]
        yield data.problem(
            "events",
            "life-order",
            f"'{after['event_id']}' ({after['date']}) lies before '{before['event_id']}' "
            f"({before['date']}) of {after['agreement_id']}.",
            "Correct one of the two dates, or the type of the event.",
            row=step.row_later,
            column="date",
            value=after["date"],
        )


def near_duplicates(data: Data) -> Iterator[Problem]:
    """Warn of agreements of the same parties that may be one instrument.

    They are of one type, or one of them is known from a list alone, whose types are coarse; and
    their dates of signature overlap or lie within a week. Dates that say no more than a year, and
    none at all, need titles that are alike besides. Two rows of one list are two instruments, as
    are an agreement and what is part of it or replaces it, and what ``distinct.csv`` tells apart.
    """
    ids, at = data.ids(), data.agreement_rows()
    table = _instruments(data)
    apart = _told_apart(data)
    for one, other in sorted({*_at_one_time(table), *_undated(table)}):
        first, second = sorted((one, other), key=lambda place: at[place])
        if frozenset((ids[first], ids[second])) in apart:
            continue
        yield data.problem(
            "agreements",
            "near-duplicate",
            f"{ids[second]} and {ids[first]} may be one instrument: they have the same parties, "
            "and their dates or titles do not tell them apart.",
            "If they are one, merge them; if not, say so in distinct.csv.",
            row=at[second],
            column="agreement_id",
            value=ids[second],
            severity="warning",
        )


def _instruments(data: Data) -> pd.DataFrame:
    """Return what tells agreements apart, by their places among the ids.

    ``together`` (a number for the parties), ``kind``, ``list`` (the list from which alone it is
    known), ``words`` (of the title), ``first`` and ``last`` (bounds of the first signature, where
    dated).
    """
    ids = data.ids()
    rows = data.rows("agreements", "agreement_id", "instrument", "title").dropna()
    table = pd.DataFrame(
        {
            "kind": rows["instrument"].cat.codes.to_numpy(),
            "words": [frozenset(_WORD.findall(title.casefold())) for title in rows["title"]],
        },
        index=codes_in(rows["agreement_id"], ids),
    )
    table = table[~table.index.duplicated()]

    parties = data.rows("parties", "agreement_id", "party_id").dropna()
    hashed = pd.util.hash_array(parties["party_id"].cat.categories.to_numpy(dtype=object))
    together = np.zeros(len(ids), dtype="uint64")
    codes = codes_in(parties["agreement_id"], ids)
    np.add.at(together, codes[codes >= 0], hashed[parties["party_id"].cat.codes][codes >= 0])
    table["together"] = together[table.index]

    lists = mapping(data, "sources", "source_id", "list")
    cited = data.rows("citations", "agreement_id", "subject", "source_id").dropna()
    cited = cited[(cited["subject"] == "existence").to_numpy()]
    of_list = cited["source_id"].astype(object).map(lists).astype(object).fillna("")
    by_agreement = of_list.groupby(codes_in(cited["agreement_id"], ids))
    alone = by_agreement.first().where(by_agreement.nunique() == 1, "")
    table["list"] = alone.reindex(table.index).fillna("")

    events = data.rows("events", "agreement_id", "event", "date")
    signed = events[events["event"].isin(SIGNATURES)].dropna()
    earliest, latest = bounds(signed["date"])
    days = pd.DataFrame(
        {"first": earliest, "last": latest}, index=codes_in(signed["agreement_id"], ids)
    ).dropna(how="all")
    # Of an interval that is open on one side the known end is compared.
    days = days.assign(
        first=days["first"].fillna(days["last"]), last=days["last"].fillna(days["first"])
    ).sort_values(["first", "last"])
    return table.join(days[~days.index.duplicated()])


def _at_one_time(table: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Find pairs of the same parties whose first signatures may be of one week."""
    dated = table.dropna(subset=["first"]).sort_values(["together", "first", "last"])
    vague = ((dated["last"] - dated["first"]) > MONTHS).to_numpy()
    together, kind, of_list, first, last = (
        dated[column].to_numpy() for column in ("together", "kind", "list", "first", "last")
    )
    last = np.where(vague, last, last + NEAR)
    # Within one group the first days ascend: once none is near at some distance, none is beyond.
    for step in range(1, len(dated)):
        one, other = slice(None, -step), slice(step, None)
        near = (together[one] == together[other]) & (first[other] <= last[one])
        if not near.any():
            return
        listed = (of_list[one] != "") | (of_list[other] != "")
        of_one_list = listed & (of_list[one] == of_list[other])
        near &= ~of_one_list & (listed | (kind[one] == kind[other]))
        clear = listed | ~(vague[one] | vague[other])
        for place in np.flatnonzero(near).tolist():
            pair = dated.iloc[[place, place + step]]
            if clear[place] or _alike(*pair["words"]):
                yield pair.index[0], pair.index[1]


def _undated(table: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Find pairs of the same parties and type of which one has no date, by their titles."""
    kinds = ["together", "kind"]
    undated = table[table["first"].isna()]
    crossed = undated.reset_index(names="one").merge(
        table.reset_index(names="other"), on=kinds, suffixes=("", "_other")
    )
    # Of two undated ones each meets the other.
    once = (crossed["one"] < crossed["other"]) | crossed["first_other"].notna()
    for pair in each(crossed[once & (crossed["one"] != crossed["other"])]):
        if _alike(pair.words, pair.words_other):
            yield pair.one, pair.other


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two titles have the same numbers and nearly the same words."""
    alike = len(one & other) >= ALIKE * len(one | other)
    return alike and not any(character.isdigit() for word in one ^ other for character in word)


def _told_apart(data: Data) -> set[frozenset[str]]:
    """Return the pairs of agreements that the tables say are two instruments."""
    links = [
        data.rows("agreements", "agreement_id", "part_of"),
        data.rows("agreements", "agreement_id", "supersedes"),
    ]
    with suppress(Unread):  # An older edition does not have the table.
        links.append(data.rows("distinct", "agreement_id", "other_id"))
    return {
        frozenset(pair)
        for rows in links
        for pair in rows.dropna().astype(str).itertuples(index=False, name=None)
    }


def cycles(data: Data) -> Iterator[Problem]:
    """Find agreements that are part of themselves or replace themselves."""
    for column in ("part_of", "supersedes"):
        rows = data.rows("agreements", "agreement_id", column).dropna()
        link: dict[str, str] = dict(zip(rows["agreement_id"], rows[column], strict=True))
        row_of = dict(zip(rows["agreement_id"], rows.index, strict=True))
        done: set[str] = set()
        for start in link:
            path: dict[str, None] = {}
            here = start
            while here in link and here not in done and here not in path:
                path[here] = None
                here = link[here]
            if here in path:
                ring = [*list(path)[list(path).index(here) :], here]
                yield data.problem(
                    "agreements",
                    "cycle",
                    f"{column} leads back to where it began: {' → '.join(ring)}.",
                    "Empty the cell that is wrong.",
                    row=row_of[here],
                    column=column,
                    value=link[here],
                )
            done.update(path)


def _unknown(data: Data, parties: pd.Series) -> pd.Series:
    """Mark party codes that no list knows; they are reported already."""
    return ~parties.isin(data.rows("party_codes", "party_id")["party_id"].cat.categories)
