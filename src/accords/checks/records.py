"""What makes a record whole, sourced and coded as its sources allow."""

from __future__ import annotations

import re
from functools import lru_cache, partial

import pandas as pd

from accords.checks import cells
from accords.checks.problem import MOST
from accords.checks.rules import Data, rule
from accords.dataset import lifecycle

OFFICIAL = ("text", "official")
"""Bases that are better than the press."""


def without(data: Data, table: str, column: str, wanted: str | None) -> pd.DataFrame:
    """Find agreements without a row in a table; with a value in a column, where one is wanted."""
    rows, allowed = data[table], data.focus if wanted == "focus" else [wanted]
    having = rows if wanted is None else rows[rows[column].isin(allowed)]
    agreements = data["agreements"]
    return agreements[~agreements["agreement_id"].isin(having["agreement_id"])]


for _name, _table, _column, _wanted, _message, _remedy in (
    (
        *("focus-party", "parties", "party_id", "focus", "no focus state among its parties"),
        "Add its row to parties.csv, or remove the agreement.",
    ),
    (
        *("no-event", "events", "event", None, "no event"),
        "Add a row to events.csv; leave its date empty where no source gives one.",
    ),
    (
        *("no-source", "citations", "subject", "existence", "no source that says it exists"),
        "Add a row with the subject 'existence' to citations.csv.",
    ),
):
    rule(_name, "agreements", "agreement_id", f"{{agreement_id}} has {_message}.", _remedy)(
        partial(without, table=_table, column=_column, wanted=_wanted)
    )


# --- parties


def _counted(data: Data) -> pd.DataFrame:
    """Return the agreements with the number of their ``parties`` on record and in ``total``."""
    rows = data["agreements"]
    parties = rows["agreement_id"].map(data["parties"]["agreement_id"].value_counts())
    return rows.assign(parties=parties, total=pd.to_numeric(rows["parties_total"], "coerce"))


@rule(
    *("scope", "agreements", "scope"),
    "The agreement is bilateral, and the number of its parties on record is {parties:.0f}.",
    "Make it multilateral, or correct its rows in parties.csv.",
)
def two_parties(data: Data) -> pd.DataFrame:
    """Find bilateral agreements that do not have two parties."""
    rows = _counted(data)
    return rows[(rows["scope"] == "bilateral") & (rows["parties"] != 2) & rows["parties"].notna()]


@rule(
    *("scope", "agreements", "parties_total"),
    "{parties_total} parties in all are too few or too many: the agreement is {scope}, and "
    "{parties:.0f} are on record.",
    "Correct the number, or the scope, or the rows in parties.csv.",
)
def total(data: Data) -> pd.DataFrame:
    """Find a number of parties that is below those on record, or given for a bilateral one."""
    rows = _counted(data)
    return rows[(rows["total"] < rows["parties"]) | (rows["total"] > 2) & _is_bilateral(rows)]


def _is_bilateral(rows: pd.DataFrame) -> pd.Series:
    return rows["scope"] == "bilateral"


@rule(
    *("scope", "agreements", "scope"),
    "The agreement is multilateral, and has two parties on record, a state beside the focus state.",
    "Add the other parties or their number, or make it bilateral.",
    "warning",
)
def few_parties(data: Data) -> pd.DataFrame:
    """Find multilateral agreements that look like bilateral ones.

    Of an instrument of the many only the focus states are on record, and maybe an organisation.
    """
    rows, parties = _counted(data), data["parties"]
    kind = parties["party_id"].map(data.lookup("party_codes", "party_id", "party_kind"))
    foreign = (kind == "state") & ~parties["party_id"].isin(data.focus)
    others = parties.loc[foreign, "agreement_id"]
    few = rows["total"].isna() & (rows["parties"] == 2) & rows["agreement_id"].isin(others)
    return rows[(rows["scope"] == "multilateral") & few]


@rule(
    *("roles", "parties", "role"),
    "The agreement has a {role}, but nobody on the other side.",
    "Give the other party its role, buyer or supplier.",
    "warning",
)
def one_sided(data: Data) -> pd.DataFrame:
    """Find buyers without a supplier, and the reverse."""
    rows = data["parties"]
    sides = rows[rows["role"].isin(["buyer", "supplier"])].drop_duplicates(["agreement_id", "role"])
    return sides[~sides["agreement_id"].duplicated(keep=False)]


@rule(
    *("acting-party", "events", "party_id"),
    "{party_id} acts here, and is not a party of this agreement.",
    "Add it to parties.csv, or correct one of the two.",
)
def actors(data: Data) -> pd.DataFrame:
    """Find events of states that are not parties."""
    acting, parties = data["events"].dropna(subset=["party_id"]), data["parties"]
    who = acting["agreement_id"] + " " + acting["party_id"]
    return acting[~who.isin(parties["agreement_id"] + " " + parties["party_id"])]


@rule(
    *("event-id", "events", "event_id"),
    "The identifier names another type or party than {event} and {party_id}.",
    "Begin it with the type, then the party that acted in small letters, then a number if needed.",
)
def event_ids(data: Data) -> pd.DataFrame:
    """Find identifiers of events that name another type or another party than the event has."""
    rows = data["events"].dropna(subset=["event_id", "event"])
    rest = pd.Series(
        [i.removeprefix(e) if f"{i}-".startswith(f"{e}-") else None for i, e in
         rows[["event_id", "event"]].to_numpy()],
        index=rows.index, dtype="str",
    )
    named = rest.str.strip("-").str.replace(r"-?[0-9]+$", "", regex=True)
    known = data["party_codes"]["party_id"].str.lower()
    acting = rows["party_id"].str.lower()
    return rows[rest.isna() | (named.isin(known) & acting.notna() & (named != acting))]


@rule(
    *("same-title", "agreements", "title"),
    "Another agreement of the same parties has this title.",
    "Tell the two apart in their titles, or merge them.",
    "warning",
)
def same_title(data: Data) -> pd.DataFrame:
    """Find agreements of one title between the same parties."""
    rows = data["agreements"]
    together = rows["agreement_id"].map(parties_of(data))
    return rows[(rows["title"].str.casefold() + together).dropna().duplicated().reindex(
        rows.index, fill_value=False)]


@lru_cache(maxsize=1)
def parties_of(data: Data) -> pd.Series:
    """Return the parties of each agreement as one text, by agreement."""
    rows = data["parties"].dropna(subset=["agreement_id", "party_id"])
    rows = rows.sort_values(["agreement_id", "party_id"])
    return (" " + rows["party_id"]).groupby(rows["agreement_id"]).sum()


@rule(
    *("succession", "agreements", "part_of"),
    "Not all parties of the agreement are parties of {part_of}, of which it is a part.",
    "Correct part_of, or the parties of one of the two.",
    "warning",
)
def foreign_part(data: Data) -> pd.DataFrame:
    """Find parts of an agreement of others, where all parties of that are on record."""
    rows, parties = _counted(data), data["parties"]
    whole = rows[_is_bilateral(rows) | (rows["parties"] >= rows["total"])]
    parts = rows[rows["part_of"].isin(whole["agreement_id"])]
    members = parts[["agreement_id", "part_of"]].merge(parties, on="agreement_id")
    known = parties["agreement_id"] + " " + parties["party_id"]
    others = members[~(members["part_of"] + " " + members["party_id"]).isin(known)]
    return parts[parts["agreement_id"].isin(others["agreement_id"])]


# --- citations


def uncited(data: Data, table: str) -> pd.DataFrame:
    """Find events, domains and values for which no source is cited."""
    rows = data[table].dropna(subset=["fact"])
    rows = rows[~rows["fact"].isin(data["citations"]["fact"])]
    return rows.assign(subject=rows["fact"].str.partition(" ")[2])


for _table, _column in (("events", "event_id"), ("domains", "domain"), ("agreements", "value_amount")):
    rule(
        *("uncited", _table, _column),
        "No source is cited for '{subject}' of {agreement_id}.",
        "Add a row with the subject '{subject}' to citations.csv.",
    )(partial(uncited, table=_table))


@rule("subject", "citations", "subject", "{agreement_id} has no '{subject}'.", "{meant}")
def adrift(data: Data) -> pd.DataFrame:
    """Find citations that support what is not in the tables."""
    rows = data["citations"].dropna(subset=["fact"])
    facts = pd.concat([data[table]["fact"] for table in ("agreements", "events", "domains")])
    rows = rows[rows["subject"].str.match("event:|domain:|value$") & ~rows["fact"].isin(facts)]
    return rows.assign(meant=[
        _meant(one, facts) if n < MOST else "" for n, one in enumerate(rows["fact"])
    ])


def _meant(fact: str, facts: pd.Series) -> str:
    agreement, _, subject = fact.partition(" ")
    own = facts[facts.str.startswith(f"{agreement} ", na=False)].str.partition(" ")[2]
    kind = subject.partition(":")[0]
    likely = cells.nearest(subject, {one: one for one in own if one.startswith(kind)})
    return f"Did you mean '{likely}'?" if likely else "Add what it supports, or correct it."


@rule(
    *("evidence", "citations", "evidence"),
    "The row does not say what {source_id} says of {agreement_id}.",
    "Put it into 'evidence', in our own words.",
)
def silent(data: Data) -> pd.DataFrame:
    """Find sources of which nothing is said."""
    rows = data["citations"]
    return rows[rows["subject"].isin(["existence", "context"]) & rows["evidence"].isna()]


@rule(
    *("evidence", "citations", "subject"),
    "{source_id} does not have one row 'existence' or 'context' for {agreement_id}.",
    "Give it one: 'existence' where it speaks of this instrument, else 'context'.",
)
def not_once(data: Data) -> pd.DataFrame:
    """Find sources of an agreement that do not have exactly one row that says what they say."""
    rows = data["citations"]
    pair = (rows["agreement_id"] + " " + rows["source_id"]).dropna()
    general = pair[rows["subject"].isin(["existence", "context"])]
    wrong = general[general.duplicated()], pair[~pair.isin(general)]
    return rows.loc[pd.concat(wrong).drop_duplicates().index]


@rule(
    *("unused-source", "sources", "source_id"),
    "Nothing cites {source_id}.",
    "Cite it in citations.csv, or remove it.",
    "warning",
)
def unused(data: Data) -> pd.DataFrame:
    """Find sources that nothing cites."""
    cited = pd.concat([data[t]["source_id"] for t in ("citations", "disputes", "claims")])
    return data["sources"][~data["sources"]["source_id"].isin(cited)]


@lru_cache(maxsize=1)
def _graded(data: Data) -> pd.DataFrame:
    """Return citations with their ``tier`` and with the basis that their voice ``gives``."""
    rows = data["citations"]
    rows = rows[rows["fact"].isin(data["domains"]["fact"].dropna())]
    kind = rows["source_id"].map(data.lookup("sources", "source_id", "kind"))
    return rows.assign(
        tier=kind.map(data.lookup("source_kinds", "source_kind", "tier")),
        gives=rows["voice"].map(data.lookup("voices", "voice", "basis")),
    )


@rule(
    *("basis", "domains", "basis"),
    "The basis of '{domain}' of {agreement_id} is press, yet {source_id} is cited for it and "
    "speaks officially (voice: {voice}).",
    "Make the basis official (or text), or correct the citation.",
)
def weak_basis(data: Data) -> pd.DataFrame:
    """Find domains on the basis of the press that an official source or voice names."""
    rows, domains = _graded(data), data["domains"]
    own = rows["voice"].isna() & (rows["tier"] == "official")
    named = rows[own | rows["gives"].isin(OFFICIAL)].drop_duplicates("fact").set_index("fact")
    weak = domains[(domains["basis"] == "press") & domains["fact"].isin(named.index)]
    return weak.assign(**{c: weak["fact"].map(named[c]) for c in ("source_id", "voice")})


@rule(
    *("basis", "domains", "basis"),
    "The basis of '{domain}' of {agreement_id} is {basis}, but only the press is cited for it.",
    "Cite the official source or give the press's voice, or make the basis press.",
    "warning",
)
def strong_basis(data: Data) -> pd.DataFrame:
    """Find domains on an official basis for which no official source or voice is cited."""
    rows, domains = _graded(data), data["domains"]
    press = rows["tier"].isin(["reputable", "other"]) & ~rows["gives"].isin(OFFICIAL)
    strong = domains[domains["basis"].isin(OFFICIAL) & domains["fact"].isin(rows["fact"])]
    return strong[~strong["fact"].isin(rows.loc[~press, "fact"])]


@rule(
    *("status-note", "agreements", "status_note"),
    "The note says '{said}', and the status that follows from the events is {status}.",
    "Correct the note, or the events.",
    "warning",
)
def status_notes(data: Data) -> pd.DataFrame:
    """Find notes on the status that name another than the one that is computed."""
    rows = data["agreements"].dropna(subset=["agreement_id"])
    labels = data["statuses"].set_index("status")["label"].str.lower()
    said = rows["status_note"].str.lower().str.extract(
        rf"\b(?:counted|taken|read|coded) as ({'|'.join(map(re.escape, labels))})\b"
    )[0]
    noted = rows.loc[said.notna(), "agreement_id"]
    if noted.empty or data.edition is None:
        return rows[:0]
    parents = rows["agreement_id"].isin(rows.loc[said.notna(), "part_of"])
    of_these = rows["agreement_id"].isin(noted) | parents
    of_these |= rows["supersedes"].isin(rows.loc[of_these, "agreement_id"])
    day = pd.Timestamp(data.descriptor.get("readUntil") or data.edition)
    status = lifecycle.statuses(
        rows[of_these].drop_duplicates("agreement_id"), data["events"], tuple(data.focus), day
    )["status"]
    rows = rows.assign(said=said, status=rows["agreement_id"].map(status).map(labels))
    return rows[said.notna() & rows["status"].notna() & (rows["status"] != said)]
