"""What makes a record whole, sourced and coded as its sources allow."""

from __future__ import annotations

import re

import pandas as pd

from accords.checks import cells
from accords.checks.data import Broken, Data, lists, pair
from accords.checks.problem import MOST
from accords.dataset import lifecycle

OFFICIAL = ("text", "official")
"""Bases that are better than the press."""

GENERAL = ("existence", "context")
"""Subjects of the row that says what a source says of an agreement."""

TOGETHER = (
    ("title_original", "language_original"),
    ("value_amount", "value_currency"),
    ("value_amount", "value_kind"),
)
"""Columns of agreements that are filled both or neither."""


def whole(data: Data) -> Broken:
    """Find agreements without a part that each must have."""
    rows = data["agreements"]
    for both in TOGETHER:
        for given, lacking in (both, both[::-1]):
            yield f"together.{given}-{lacking}", rows[rows[given].notna() & rows[lacking].isna()]
    ids, parties, citations = rows["agreement_id"], data["parties"], data["citations"]
    of_focus = parties.loc[parties["party_id"].isin(data.focus), "agreement_id"]
    yield "focus-party", rows[~ids.isin(of_focus)]
    yield "no-event", rows[~ids.isin(data["events"]["agreement_id"])]
    shown = citations.loc[citations["subject"] == "existence", "agreement_id"]
    yield "no-source", rows[~ids.isin(shown)]


def parties(data: Data) -> Broken:
    """Compare scope, roles, events, titles and parts of agreements with their parties."""
    members, agreements, events = data["parties"], data["agreements"], data["events"]
    total = pd.to_numeric(agreements["parties_total"], errors="coerce")
    number = agreements["agreement_id"].map(members["agreement_id"].value_counts())
    bilateral = agreements["scope"] == "bilateral"
    rows = agreements.assign(parties=number)
    yield "scope.bilateral", rows[bilateral & (number != 2) & number.notna()]
    yield "scope.total", rows[(total < number) | (total.notna() & bilateral)]
    sides = members[members["role"].isin(["buyer", "supplier"])]
    sides = sides.drop_duplicates(["agreement_id", "role"])
    yield "roles", sides[~sides["agreement_id"].duplicated(keep=False)]
    acting, known = events.dropna(subset=["party_id"]), pair(members, "agreement_id", "party_id")
    yield "acting-party", acting[~pair(acting, "agreement_id", "party_id").isin(known)]
    titles = agreements["title"].str.casefold()
    titles = (titles + agreements["agreement_id"].map(data.parties)).dropna()
    yield "same-title", rows.loc[titles.index[titles.duplicated()]]
    # A part of an agreement of others, where all parties of that are on record.
    of_whole = agreements.loc[bilateral | (number >= total), "agreement_id"]
    parts = agreements[agreements["part_of"].isin(of_whole)]
    of_parts = parts[["agreement_id", "part_of"]].merge(members, on="agreement_id")
    strange = of_parts.loc[~pair(of_parts, "part_of", "party_id").isin(known), "agreement_id"]
    yield "succession.part", parts[parts["agreement_id"].isin(strange)]
    # Of an instrument of the many only the focus states are on record, and maybe an organisation.
    kind = members["party_id"].map(data.lookup("party_codes", "party_id", "party_kind"))
    others = members[(kind == "state") & ~members["party_id"].isin(data.focus)]
    few = total.isna() & (number == 2) & (agreements["scope"] == "multilateral")
    yield "scope.multilateral", rows[few & rows["agreement_id"].isin(others["agreement_id"])]


def event_ids(data: Data) -> Broken:
    """Find identifiers of events that name another type or another party than the event has."""
    rows = data["events"].dropna(subset=["event_id", "event"])
    both = zip(*lists(rows, "event_id", "event"), strict=True)
    tails = [f"{name}-".removeprefix(f"{kind}-") for name, kind in both]
    rest = pd.Series(tails, rows.index, "str")
    other_type = rest == rows["event_id"] + "-"
    named = rest.str.replace("-?[0-9]*-$", "", regex=True)
    acting = rows["party_id"].str.lower()
    known = named.isin(data["party_codes"]["party_id"].str.lower()) & acting.notna()
    yield "event-id", rows[other_type | (known & (named != acting))]


def citations(data: Data) -> Broken:
    """Hold facts to their citations, and citations to the facts."""
    rows = data["citations"].dropna(subset=["fact", "source_id"])
    general = rows["subject"].isin(GENERAL)
    yield "evidence", rows[general & rows["evidence"].isna()]
    of_source = pair(rows, "agreement_id", "source_id")
    said = of_source[general]
    wrong = pd.concat([said[said.duplicated()], of_source[~of_source.isin(said)]])
    yield "evidence.once", rows.loc[wrong.drop_duplicates().index]
    facts = []
    for table in ("agreements", "events", "domains"):
        own = data[table].dropna(subset=["fact"])
        facts.append(own["fact"])
        own = own[~own["fact"].isin(rows["fact"])]
        yield f"uncited.{table}", own.assign(subject=own["fact"].str.split(" ", n=1).str[1])
    known = pd.concat(facts)
    adrift = rows[~rows["fact"].isin(known)]
    adrift = adrift[adrift["subject"].str.match("event:|domain:|value$")]
    meant = [_meant(fact, known) if n < MOST else "" for n, fact in enumerate(adrift["fact"])]
    yield "subject", adrift.assign(meant=meant)
    cited = [data[table]["source_id"] for table in ("citations", "disputes", "claims")]
    yield "unused-source", data["sources"][~data["sources"]["source_id"].isin(pd.concat(cited))]


def _meant(fact: str, facts: pd.Series) -> str:
    agreement, _, subject = fact.partition(" ")
    own = facts[facts.str.startswith(f"{agreement} ", na=False)].str.partition(" ")[2]
    kind = subject.partition(":")[0]
    likely = cells.nearest(subject, {one: one for one in own if one.startswith(kind)})
    return f"Did you mean '{likely}'?" if likely else "Add what it supports, or correct it."


def bases(data: Data) -> Broken:
    """Compare the bases of domains with the sources that are cited for them."""
    rows, domains = data["citations"], data["domains"]
    rows = rows[rows["fact"].isin(domains["fact"].dropna())]
    kind = rows["source_id"].map(data.lookup("sources", "source_id", "kind"))
    tier = kind.map(data.lookup("source_kinds", "source_kind", "tier"))
    voice = rows["voice"].map(data.lookup("voices", "voice", "basis"))
    official = voice.isin(OFFICIAL) | ((tier == "official") & rows["voice"].isna())
    named = rows[official].drop_duplicates("fact").set_index("fact")[["source_id", "voice"]]
    yield "basis.press", domains[domains["basis"] == "press"].join(named, on="fact", how="inner")
    unknown = ~kind.isin(data["source_kinds"]["source_kind"])
    better = rows.loc[voice.isin(OFFICIAL) | (tier == "official") | unknown, "fact"]
    strong = domains[domains["basis"].isin(OFFICIAL) & domains["fact"].isin(rows["fact"])]
    yield "basis.official", strong[~strong["fact"].isin(better)]


def statuses(data: Data) -> Broken:
    """Find notes on the status that name another than the one that follows from the events."""
    rows = data["agreements"].dropna(subset=["agreement_id"]).drop_duplicates("agreement_id")
    labels = data.lookup("statuses", "status", "label").dropna().str.lower()
    form = rf"\b(?:counted|taken|read|coded) as ({'|'.join(map(re.escape, labels))})\b"
    said = rows["status_note"].str.lower().str.extract(form)[0]
    if said.isna().all() or data.edition is None:
        return
    of_these = said.notna() | rows["agreement_id"].isin(rows.loc[said.notna(), "part_of"])
    of_these |= rows["supersedes"].isin(rows.loc[of_these, "agreement_id"])
    day = pd.Timestamp(data.descriptor.get("readUntil") or data.edition)
    found = lifecycle.statuses(rows[of_these], data["events"], data.focus, day)["status"]
    status = rows["agreement_id"].map(found).map(labels)
    wrong = said.notna() & status.notna() & (status != said)
    yield "status-note", rows.assign(said=said, status=status)[wrong]


CHECKS = (whole, parties, event_ids, citations, bases, statuses)
