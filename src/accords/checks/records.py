"""What makes a record whole, sourced and in order.

Each rule takes the :class:`~accords.checks.data.Data` and yields problems.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from accords.checks import cells
from accords.checks.data import Data, bounds, codes_in, each, items, lacking, mapping, pairs
from accords.checks.problem import Problem
from accords.lives import SIGNATURES

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
    named = citations[speaks.to_numpy()][["agreement_id", "subject"]].dropna()
    known = pd.Index(citations["subject"].cat.categories)
    subject = press["domain"].cat.rename_categories(lambda code: f"domain:{code}")
    weak = pairs(press.assign(domain=subject), "domain", ids, known)
    strong = pairs(named, "subject", ids, known)
    for row, _, domain, basis in each(press[np.isin(weak, strong[strong >= 0])]):
        yield data.problem(
            "domains",
            "basis",
            f"The basis of '{domain}' is press, yet an official source is cited for it.",
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
    """Warn of agreements of one type and the same parties, signed within a week.

    Instruments of different types are often signed at one meeting and are not warned of.
    """
    ids = data.ids()
    events = data.rows("events", "agreement_id", "event", "date")
    signed = events[events["event"].isin(SIGNATURES)].dropna()
    earliest, latest = bounds(signed["date"])
    to_the_day = earliest == latest
    days = pd.Series(earliest[to_the_day], index=codes_in(signed["agreement_id"], ids)[to_the_day])
    days = days[days.index >= 0].groupby(level=0).min()

    parties = data.rows("parties", "agreement_id", "party_id").dropna()
    names = parties["party_id"].cat.categories
    hashed = pd.util.hash_array(names.to_numpy(dtype=object))
    together = np.zeros(len(ids), dtype="uint64")
    codes = codes_in(parties["agreement_id"], ids)
    np.add.at(together, codes[codes >= 0], hashed[parties["party_id"].cat.codes][codes >= 0])

    types = data.rows("agreements", "agreement_id", "instrument").dropna()
    kinds = pd.Series(
        types["instrument"].cat.codes.to_numpy(), index=codes_in(types["agreement_id"], ids)
    )
    kinds = kinds[~kinds.index.duplicated()]
    table = pd.DataFrame({"day": days, "kind": kinds.reindex(days.index)})
    table["together"] = together[table.index]
    table = table.sort_values(["together", "kind", "day"])
    earlier = table.shift(1)
    near = (
        (table["together"] == earlier["together"])
        & (table["kind"] == earlier["kind"])
        & (table["day"] - earlier["day"] <= NEAR)
    )
    at = data.agreement_rows()
    before = pd.Series(table.index, index=table.index).shift(1)
    for place, first in items(before[near]):
        yield data.problem(
            "agreements",
            "near-duplicate",
            f"{ids[place]} and {ids[int(first)]} are of one type, with the same parties, and "
            "signed within a week.",
            "If they are one instrument, merge them; if not, nothing is to be done.",
            row=at.get(place),
            column="agreement_id",
            value=ids[place],
            severity="warning",
        )


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
