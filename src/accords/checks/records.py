"""What makes a record whole, sourced and coded as its sources allow."""

from __future__ import annotations

import re
from functools import lru_cache, partial

import pandas as pd

from accords.checks import cells
from accords.checks.problem import MOST
from accords.checks.rules import Data, Rule, pair
from accords.dataset import lifecycle

OFFICIAL = ("text", "official")
"""Bases that are better than the press."""

GENERAL = ("existence", "context")
"""Subjects of the row that says what a source says of an agreement."""


def _others(rows: pd.DataFrame, having: pd.DataFrame) -> pd.DataFrame:
    """Return the agreements that have none of some rows."""
    return rows[~rows["agreement_id"].isin(having["agreement_id"])]


def _without_focus(data: Data) -> pd.DataFrame:
    parties = data["parties"]
    return _others(data["agreements"], parties[parties["party_id"].isin(data.focus)])


def _without_source(data: Data) -> pd.DataFrame:
    citations = data["citations"]
    return _others(data["agreements"], citations[citations["subject"] == "existence"])


# --- parties


@lru_cache(maxsize=1)
def parties_of(data: Data) -> pd.Series:
    """Return the parties of each agreement as one text, by agreement."""
    rows = data["parties"].dropna(subset=["agreement_id", "party_id"])
    rows = rows.sort_values(["agreement_id", "party_id"])
    return (" " + rows["party_id"]).groupby(rows["agreement_id"]).sum()


@lru_cache(maxsize=1)
def _counted(data: Data) -> pd.DataFrame:
    """Return the agreements with the number of their ``parties`` on record and in ``total``."""
    rows = data["agreements"]
    parties = rows["agreement_id"].map(data["parties"]["agreement_id"].value_counts())
    total = pd.to_numeric(rows["parties_total"], errors="coerce")
    return rows.assign(parties=parties, total=total, bilateral=rows["scope"] == "bilateral")


def _not_two(data: Data) -> pd.DataFrame:
    rows = _counted(data)
    return rows[rows["bilateral"] & (rows["parties"] != 2) & rows["parties"].notna()]


def _other_total(data: Data) -> pd.DataFrame:
    rows = _counted(data)
    return rows[(rows["total"] < rows["parties"]) | (rows["total"].notna() & rows["bilateral"])]


def _few_parties(data: Data) -> pd.DataFrame:
    """Find multilateral agreements that look like bilateral ones.

    Of an instrument of the many only the focus states are on record, and maybe an organisation.
    """
    rows, parties = _counted(data), data["parties"]
    kind = parties["party_id"].map(data.lookup("party_codes", "party_id", "party_kind"))
    others = parties[(kind == "state") & ~parties["party_id"].isin(data.focus)]
    few = rows["total"].isna() & (rows["parties"] == 2) & (rows["scope"] == "multilateral")
    return rows[few & rows["agreement_id"].isin(others["agreement_id"])]


def _one_sided(data: Data) -> pd.DataFrame:
    rows = data["parties"]
    sides = rows[rows["role"].isin(["buyer", "supplier"])].drop_duplicates(["agreement_id", "role"])
    return sides[~sides["agreement_id"].duplicated(keep=False)]


def _strangers(data: Data) -> pd.DataFrame:
    acting = data["events"].dropna(subset=["party_id"])
    members = pair(data["parties"], "agreement_id", "party_id")
    return acting[~pair(acting, "agreement_id", "party_id").isin(members)]


def _misnamed(data: Data) -> pd.DataFrame:
    """Find identifiers of events that name another type or another party than the event has."""
    rows = data["events"].dropna(subset=["event_id", "event"])
    both = rows[["event_id", "event"]].to_numpy()
    tails = [f"{name}-".removeprefix(f"{kind}-") for name, kind in both]
    rest = pd.Series(tails, rows.index, "str")
    other_type = rest == rows["event_id"] + "-"
    named = rest.str.replace("-?[0-9]*-$", "", regex=True)
    acting = rows["party_id"].str.lower()
    known = named.isin(data["party_codes"]["party_id"].str.lower()) & acting.notna()
    return rows[other_type | (known & (named != acting))]


def _same_title(data: Data) -> pd.DataFrame:
    rows = data["agreements"]
    key = (rows["title"].str.casefold() + rows["agreement_id"].map(parties_of(data))).dropna()
    return rows.loc[key.index[key.duplicated()]]


def _foreign_part(data: Data) -> pd.DataFrame:
    """Find parts of an agreement of others, where all parties of that are on record."""
    rows = _counted(data)
    whole = rows[rows["bilateral"] | (rows["parties"] >= rows["total"])]
    parts = rows[rows["part_of"].isin(whole["agreement_id"])]
    members = parts[["agreement_id", "part_of"]].merge(data["parties"], on="agreement_id")
    known = pair(data["parties"], "agreement_id", "party_id")
    return parts[parts["agreement_id"].isin(
        members.loc[~pair(members, "part_of", "party_id").isin(known), "agreement_id"]
    )]  # fmt: skip


# --- citations


def _uncited(data: Data, table: str) -> pd.DataFrame:
    rows = data[table].dropna(subset=["fact"])
    rows = rows[~rows["fact"].isin(data["citations"]["fact"])]
    return rows.assign(subject=rows["fact"].str.partition(" ")[2])


def _adrift(data: Data) -> pd.DataFrame:
    """Find citations that support what is not in the tables."""
    rows = data["citations"].dropna(subset=["fact"])
    facts = pd.concat([data[table]["fact"] for table in ("agreements", "events", "domains")])
    rows = rows[rows["subject"].str.match("event:|domain:|value$") & ~rows["fact"].isin(facts)]
    meant = [_meant(fact, facts) if n < MOST else "" for n, fact in enumerate(rows["fact"])]
    return rows.assign(meant=meant)


def _meant(fact: str, facts: pd.Series) -> str:
    agreement, _, subject = fact.partition(" ")
    own = facts[facts.str.startswith(f"{agreement} ", na=False)].str.partition(" ")[2]
    kind = subject.partition(":")[0]
    likely = cells.nearest(subject, {one: one for one in own if one.startswith(kind)})
    return f"Did you mean '{likely}'?" if likely else "Add what it supports, or correct it."


def _not_once(data: Data) -> pd.DataFrame:
    """Find sources of an agreement that do not have exactly one row that says what they say."""
    rows = data["citations"]
    of_source = pair(rows, "agreement_id", "source_id").dropna()
    general = of_source[rows["subject"].isin(GENERAL)]
    wrong = general[general.duplicated()], of_source[~of_source.isin(general)]
    return rows.loc[pd.concat(wrong).drop_duplicates().index]


def _unused(data: Data) -> pd.DataFrame:
    cited = pd.concat([data[t]["source_id"] for t in ("citations", "disputes", "claims")])
    return data["sources"][~data["sources"]["source_id"].isin(cited)]


@lru_cache(maxsize=1)
def _graded(data: Data) -> pd.DataFrame:
    """Return citations of domains: is the source ``official``, and what does its voice ``give``."""
    rows = data["citations"]
    rows = rows[rows["fact"].isin(data["domains"]["fact"].dropna())]
    kind = rows["source_id"].map(data.lookup("sources", "source_id", "kind"))
    return rows.assign(
        official=kind.map(data.lookup("source_kinds", "source_kind", "tier")) == "official",
        unknown=~kind.isin(data["source_kinds"]["source_kind"]),
        gives=rows["voice"].map(data.lookup("voices", "voice", "basis")).isin(OFFICIAL),
    )


def _weak_basis(data: Data) -> pd.DataFrame:
    """Find domains on the basis of the press that an official source or voice names."""
    rows, domains = _graded(data), data["domains"]
    named = rows[rows["gives"] | (rows["official"] & rows["voice"].isna())]
    named = named.drop_duplicates("fact").set_index("fact")[["source_id", "voice"]]
    return domains[domains["basis"] == "press"].join(named, on="fact", how="inner")


def _strong_basis(data: Data) -> pd.DataFrame:
    """Find domains on an official basis for which no official source or voice is cited."""
    rows, domains = _graded(data), data["domains"]
    better = rows[rows["gives"] | rows["official"] | rows["unknown"]]
    strong = domains[domains["basis"].isin(OFFICIAL) & domains["fact"].isin(rows["fact"])]
    return strong[~strong["fact"].isin(better["fact"])]


def _other_status(data: Data) -> pd.DataFrame:
    """Find notes on the status that name another than the one that follows from the events."""
    rows = data["agreements"].dropna(subset=["agreement_id"]).drop_duplicates("agreement_id")
    labels = data.lookup("statuses", "status", "label").str.lower()
    form = rf"\b(?:counted|taken|read|coded) as ({'|'.join(map(re.escape, labels))})\b"
    said = rows["status_note"].str.lower().str.extract(form)[0]
    if said.isna().all() or data.edition is None:
        return rows[:0]
    of_these = said.notna() | rows["agreement_id"].isin(rows.loc[said.notna(), "part_of"])
    of_these |= rows["supersedes"].isin(rows.loc[of_these, "agreement_id"])
    day = pd.Timestamp(data.descriptor.get("readUntil") or data.edition)
    found = lifecycle.statuses(rows[of_these], data["events"], tuple(data.focus), day)["status"]
    status = rows["agreement_id"].map(found).map(labels)
    return rows.assign(said=said, status=status)[said.notna() & status.notna() & (status != said)]


# fmt: off
RULES = (
    Rule("focus-party", "agreements.agreement_id", _without_focus,
         "{agreement_id} has no focus state among its parties.",
         "Add its row to parties.csv, or remove the agreement."),
    Rule("no-event", "agreements.agreement_id",
         lambda data: _others(data["agreements"], data["events"]), "{agreement_id} has no event.",
         "Add a row to events.csv; leave its date empty where no source gives one."),
    Rule("no-source", "agreements.agreement_id", _without_source,
         "{agreement_id} has no source that says it exists.",
         "Add a row with the subject 'existence' to citations.csv."),
    Rule("scope", "agreements.scope", _not_two,
         "The agreement is bilateral, and the number of its parties on record is {parties:.0f}.",
         "Make it multilateral, or correct its rows in parties.csv."),
    Rule("scope", "agreements.parties_total", _other_total,
         "The agreement is {scope} with {parties:.0f} parties here, and {parties_total} in all.",
         "Correct the number, or the scope, or the rows in parties.csv."),
    Rule("scope", "agreements.scope", _few_parties,
         "The agreement is multilateral, but beside a focus state only one state is on record.",
         "Add the other parties or their number, or make it bilateral.", "warning"),
    Rule("roles", "parties.role", _one_sided,
         "The agreement has a {role}, but nobody on the other side.",
         "Give the other party its role, buyer or supplier.", "warning"),
    Rule("acting-party", "events.party_id", _strangers,
         "{party_id} acts here, and is not a party of this agreement.",
         "Add it to parties.csv, or correct one of the two."),
    Rule("event-id", "events.event_id", _misnamed,
         "The identifier names another type or party than {event} and {party_id}.",
         "Write the type, the party that acted in small letters, and a number where they repeat."),
    Rule("same-title", "agreements.title", _same_title,
         "Another agreement of the same parties has this title.",
         "Tell the two apart in their titles, or merge them.", "warning"),
    Rule("succession", "agreements.part_of", _foreign_part,
         "Not all parties of the agreement are parties of {part_of}, of which it is a part.",
         "Correct part_of, or the parties of one of the two.", "warning"),
    *(Rule("uncited", place, partial(_uncited, table=place.partition(".")[0]),
           "No source is cited for '{subject}' of {agreement_id}.",
           "Add a row with the subject '{subject}' to citations.csv.")
      for place in ("events.event_id", "domains.domain", "agreements.value_amount")),
    Rule("subject", "citations.subject", _adrift, "{agreement_id} has no '{subject}'.", "{meant}"),
    Rule("evidence", "citations.evidence",
         lambda data: data["citations"][data["citations"]["subject"].isin(GENERAL)
                                        & data["citations"]["evidence"].isna()],
         "The row does not say what {source_id} says of {agreement_id}.",
         "Put it into 'evidence', in our own words."),
    Rule("evidence", "citations.subject", _not_once,
         "{source_id} does not have one row 'existence' or 'context' for {agreement_id}.",
         "Give it one: 'existence' where it speaks of this instrument, else 'context'."),
    Rule("unused-source", "sources.source_id", _unused, "Nothing cites {source_id}.",
         "Cite it in citations.csv, or remove it.", "warning"),
    Rule("basis", "domains.basis", _weak_basis,
         "The basis of '{domain}' of {agreement_id} is press, yet {source_id} is cited for it and "
         "speaks officially (voice: {voice}).",
         "Make the basis official (or text), or correct the citation."),
    Rule("basis", "domains.basis", _strong_basis,
         "The basis of '{domain}' of {agreement_id} is {basis}; only the press is cited for it.",
         "Cite the official source or give the press's voice, or make the basis press.", "warning"),
    Rule("status-note", "agreements.status_note", _other_status,
         "The note says '{said}', and the status that follows from the events is {status}.",
         "Correct the note, or the events.", "warning"),
)
# fmt: on
