"""What must come before what: the steps of a life, sources and what they report, the edition."""

import pandas as pd

from accords.checks.data import Broken, Data, as_lists
from accords.checks.problem import BREACHES
from accords.dataset.lifecycle import SIGNATURES

DOMESTIC = ("chamber-approved", "parliament-approved", "ratified")
"""Steps of one party, which say nothing about the other's."""

LIFE = (*("signed", *DOMESTIC), "entered-into-force", "terminated")
"""The order of a life. What may precede the signature (approved by government) is not in it, nor
what is said or done at any time (announced)."""

AFTER_SIGNATURE = ("attested", "delivered", "amended", "renewed", "suspended", "expired")
"""Events that have no other place in the order than after the signature."""

FIRM = {
    *((before, after) for n, before in enumerate(LIFE) for after in LIFE[n + 1 :]),
    *((before, "expired") for before in LIFE[:-1]),
    *(("signed", after) for after in AFTER_SIGNATURE),
}
"""Pairs of steps of which the first cannot be the later."""

USUAL = {
    *(("initialled", "signed"), ("signed", "tabled"), ("signed", "notified")),
    *((before, "parliament-approved") for before in ("tabled", "government-approved")),
}
"""Pairs of steps of which the first is seldom the later."""


def steps(data: Data) -> Broken:
    """Find steps that lie before one that they follow, where the dates leave no other reading.

    In a bilateral agreement the parties' domestic steps are compared party by party; in a
    multilateral one all steps are, as it is in force before the later members join.
    """
    columns = ["agreement_id", "event_id", "event", "party_id", "date", "earliest", "latest"]
    rows = data["events"][columns].dropna(subset=["agreement_id", "event_id", "date"])
    rows = rows[rows["event"].isin({step for pair in FIRM | USUAL for step in pair})]
    rows = rows.assign(
        row=rows.index,
        party=rows["party_id"].fillna(""),
        domestic=rows["event"].isin([*DOMESTIC, "tabled", "government-approved"]),
    )
    both = rows.merge(rows, on="agreement_id", suffixes=("", "_before"))
    both = both[both["latest"] < both["earliest_before"]].set_index("row")
    scope = both["agreement_id"].map(data.lookup("agreements", "agreement_id", "scope"))
    apart = both["domestic"] & both["domestic_before"] | (scope != "bilateral")
    both = both[~apart | (both["party"] == both["party_before"])]
    kinds = [*zip(*as_lists(both, "event_before", "event"), strict=True)]
    yield "life-order", both[[kind in FIRM for kind in kinds]]
    yield "early-step", both[[kind in USUAL for kind in kinds]]


def successors(data: Data) -> Broken:
    """Find agreements that replace a later one, or lead back to themselves by whatever detour."""
    agreements, events = data["agreements"].dropna(subset=["agreement_id"]), data["events"]
    for column in ("part_of", "supersedes"):
        rows = agreements.dropna(subset=[column]).drop_duplicates("agreement_id")
        before = len(rows) + 1
        while len(rows) < before:  # What leads nowhere, and what nothing leads to, is in no ring.
            before = len(rows)
            rows = rows[rows[column].isin(rows["agreement_id"])]
            rows = rows[rows["agreement_id"].isin(rows[column])]
        yield f"cycle.{column}", rows
    rows = agreements.dropna(subset=["supersedes"])
    both = pd.concat([rows["agreement_id"], rows["supersedes"]])
    signed = events[events["agreement_id"].isin(both) & events["event"].isin(SIGNATURES)]
    first = signed.sort_values("earliest").drop_duplicates("agreement_id")
    first = first.set_index("agreement_id")[["date", "earliest", "latest"]]
    rows = rows.join(first, on="agreement_id").join(first.add_suffix("_older"), on="supersedes")
    yield "succession", rows[rows["latest"] < rows["earliest_older"]]


def edition(data: Data) -> Broken:
    """Find dates after the edition; of an interval the first is compared."""
    day = "9999" if data.edition is None else str(data.edition)[:10]
    for table in ("events", "sources", "coverage", "completeness"):
        column = BREACHES[f"after-edition.{table}"]["place"].partition(".")[2]
        later = {
            date for date in data.values(table, column) if date.partition("/")[0].rstrip("?") > day
        }
        rows = data[table][data[table][column].isin(later)]
        yield f"after-edition.{table}", rows.assign(day=rows[column], released=day)


def sources(data: Data) -> Broken:
    """Find sources that are older than the event for which they are cited.

    Not of what a page can know beforehand (ends, inferred dates) nor pages of treaty databases.
    """
    events, pages = data["events"], data["sources"]
    sure = ~events["date"].str.contains("?", regex=False) & events["fact"].notna()
    events = events[sure & (events["event"] != "expired")]
    pages = pages[(pages["kind"] != "treaty-database") & pages["latest"].notna()]
    rows = data["citations"][["agreement_id", "subject", "source_id", "fact"]]
    rows = rows.assign(row=rows.index).merge(events[["fact", "date", "earliest"]], on="fact")
    rows = rows.merge(pages[["source_id", "published", "latest"]], on="source_id")
    yield "early-source", rows[rows["latest"] < rows["earliest"]].set_index("row")


CHECKS = (steps, successors, edition, sources)
