"""What must come before what: the steps of a life, sources and what they report, the edition."""

from __future__ import annotations

from functools import lru_cache, partial

import pandas as pd

from accords.checks.rules import Data, Rule
from accords.dataset.lifecycle import SIGNATURES

DOMESTIC = ("chamber-approved", "parliament-approved", "ratified")
"""Steps of one party, which say nothing about the other's."""

LIFE = (*("signed", *DOMESTIC), "entered-into-force", "terminated")
"""The order of a life. What may precede the signature (approved by government) is not in it, nor
what is said or done at any time (announced)."""

AFTER_SIGNATURE = ("attested", "delivered", "amended", "renewed", "suspended", "expired")
"""Events that have no other place in the order than after the signature."""

FIRM = frozenset(
    [(before, after) for n, before in enumerate(LIFE) for after in LIFE[n + 1 :]]
    + [(before, "expired") for before in LIFE[:-1]]
    + [("signed", after) for after in AFTER_SIGNATURE]
)
"""Pairs of steps of which the first cannot be the later."""

USUAL = frozenset(
    [("initialled", "signed"), ("signed", "tabled"), ("signed", "notified")]
    + [(before, "parliament-approved") for before in ("tabled", "government-approved")]
)
"""Pairs of steps of which the first is seldom the later."""


@lru_cache(maxsize=1)
def _earlier(data: Data) -> pd.DataFrame:
    """Return steps with another that lies later, where the dates leave no other reading.

    In a bilateral agreement the parties' domestic steps are compared party by party; in a
    multilateral one all steps are, as it is in force before the later members join.
    """
    rows = data["events"].dropna(subset=["agreement_id", "event_id", "date"])
    rows = rows[rows["event"].isin({step for pair in FIRM | USUAL for step in pair})]
    scope = data.lookup("agreements", "agreement_id", "scope")
    steps = rows.assign(
        row=rows.index,
        party=rows["party_id"].fillna(""),
        bilateral=rows["agreement_id"].map(scope) == "bilateral",
        domestic=rows["event"].isin([*DOMESTIC, "tabled", "government-approved"]),
    )
    both = steps.merge(steps, on="agreement_id", suffixes=("", "_before"))
    both = both[both["latest"] < both["earliest_before"]]
    apart = both["domestic"] & both["domestic_before"] | ~both["bilateral"]
    return both[~apart | (both["party"] == both["party_before"])].set_index("row")


def _out_of_order(data: Data, pairs: frozenset[tuple[str, str]]) -> pd.DataFrame:
    """Find steps that lie before one that they follow."""
    both = _earlier(data)
    ordered = [tuple(pair) in pairs for pair in both[["event_before", "event"]].to_numpy()]
    return both[ordered]


def _ahead(data: Data, table: str, column: str) -> pd.DataFrame:
    """Find dates after the edition; of an interval the first is compared."""
    day = "9999" if data.edition is None else str(data.edition)[:10]
    begins = data[table][column].str.extract("^([0-9-]+)")[0]
    rows = data[table][begins > day]
    return rows.assign(day=rows[column], released=day)


def _early_sources(data: Data) -> pd.DataFrame:
    """Find sources that are older than the event for which they are cited.

    Left out is what a page can know beforehand or be brought up to date with: the end of a term,
    a date that was inferred, the page of a treaty database.
    """
    events, sources = data["events"], data["sources"]
    events = events[(events["event"] != "expired") & ~events["date"].str.contains("?", regex=False)]
    sources = sources[(sources["kind"] != "treaty-database") & sources["latest"].notna()]
    rows = data["citations"].dropna(subset=["fact"])
    rows = rows[rows["source_id"].isin(sources["source_id"])]
    rows = rows.assign(row=rows.index).merge(events[["fact", "date", "earliest"]], on="fact")
    rows = rows.merge(sources[["source_id", "published", "latest"]], on="source_id")
    return rows[rows["latest"] < rows["earliest"]].set_index("row")


def _replaced_later(data: Data) -> pd.DataFrame:
    """Find agreements that replace one that was signed later."""
    signed = data["events"][data["events"]["event"].isin(SIGNATURES)].sort_values("earliest")
    first = signed.drop_duplicates("agreement_id").set_index("agreement_id")
    first = first[["date", "earliest", "latest"]]
    rows = data["agreements"].dropna(subset=["supersedes"]).join(first, on="agreement_id")
    rows = rows.join(first.add_suffix("_older"), on="supersedes")
    return rows[rows["latest"] < rows["earliest_older"]]


def _ring(data: Data, column: str) -> pd.DataFrame:
    """Find agreements that are part of themselves or replace themselves, by whatever detour."""
    rows = data["agreements"].dropna(subset=["agreement_id", column])
    rows = rows.drop_duplicates("agreement_id")
    before = len(rows) + 1
    while len(rows) < before:  # What leads nowhere, and what nothing leads to, is in no ring.
        before = len(rows)
        rows = rows[rows[column].isin(rows["agreement_id"])]
        rows = rows[rows["agreement_id"].isin(rows[column])]
    return rows


# fmt: off
RULES = (
    *(Rule(name, "events.date", partial(_out_of_order, pairs=pairs),
           "'{event_id}' ({date}) of {agreement_id} lies before '{event_id_before}' "
           "({date_before}).",
           "Correct one of the two dates, or the type of the event.",
           "error" if pairs is FIRM else "warning")
      for name, pairs in (("life-order", FIRM), ("early-step", USUAL))),
    *(Rule("after-edition", f"{table}.{column}", partial(_ahead, table=table, column=column),
           "{day} lies after the edition ({released}).",
           "Correct the date, or add the new edition to CHANGELOG.md.")
      for table, column in (("events", "date"), ("sources", "published"),
                            ("coverage", "searched_on"), ("completeness", "counted_on"))),
    Rule("early-source", "citations.source_id", _early_sources,
         "{source_id} of {published} is cited for '{subject}' of {date}, which is later.",
         "Correct one of the two dates, or cite a source that could know it.", "warning"),
    Rule("succession", "agreements.supersedes", _replaced_later,
         "{supersedes} was signed ({date_older}) after this agreement, which is to replace it.",
         "Correct supersedes, or turn it round."),
    *(Rule("cycle", f"agreements.{column}", partial(_ring, column=column),
           f"{column} leads back to where it began: {{agreement_id}} → {{{column}}} → ...",
           "Empty the cell that is wrong.")
      for column in ("part_of", "supersedes")),
)
# fmt: on
