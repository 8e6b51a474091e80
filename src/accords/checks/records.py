"""What makes a record whole, sourced and coded as its sources allow."""

import re

import pandas as pd

from accords.checks import cells
from accords.checks.data import Broken, Data, as_lists, distinct, pair
from accords.checks.problem import MOST
from accords.dataset import lifecycle, older

OFFICIAL = ("text", "official")  # bases that are better than the press
GENERAL = ("existence", "context")  # subjects of the row with what a source says of an agreement

_SUPPORTED = re.compile("[^ ]* (event:|domain:|value$)")

FACTUAL = ("agreements", "events", "domains")  # tables with what a citation can support

TOGETHER = (
    ("title_original", "language_original"),
    ("value_amount", "value_currency"),
    ("value_amount", "value_kind"),
)
"""Columns of agreements that are filled both or neither."""


def whole(data: Data) -> Broken:
    """Find agreements without a part that each must have."""
    rows, parties = data["agreements"], data["parties"]
    for both in TOGETHER:
        for given, lacking in (both, both[::-1]):
            yield f"together.{given}-{lacking}", rows[rows[given].notna() & rows[lacking].isna()]
    of_focus = distinct(parties.loc[parties["party_id"].isin(data.focus), "agreement_id"])
    yield "focus-party", data.strangers("agreements", "agreement_id", of_focus)
    dated = data.values("events", "agreement_id")
    yield "no-event", data.strangers("agreements", "agreement_id", dated)
    citations = data["citations"]
    shown = distinct(citations.loc[citations["subject"] == "existence", "agreement_id"])
    yield "no-source", data.strangers("agreements", "agreement_id", shown)


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
    few = rows[total.isna() & (number == 2) & (agreements["scope"] == "multilateral")]
    others = members[members["agreement_id"].isin(few["agreement_id"])]
    kind = others["party_id"].map(data.lookup("party_codes", "party_id", "party_kind"))
    others = others[(kind == "state") & ~others["party_id"].isin(data.focus)]
    yield "scope.multilateral", few[few["agreement_id"].isin(others["agreement_id"])]


def event_ids(data: Data) -> Broken:
    """Find identifiers of events that name another type or another party than the event has."""
    rows = data["events"].dropna(subset=["event_id", "event"])
    both = zip(*as_lists(rows, "event_id", "event"), strict=True)
    rest = pd.Series([f"{n}-".removeprefix(f"{kind}-") for n, kind in both], rows.index, "str")
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
    said = general.groupby([rows["agreement_id"], rows["source_id"]], sort=False).transform("sum")
    wrong = rows[(said == 0) | (general & (said > 1))]
    yield "evidence.once", wrong.drop_duplicates(["agreement_id", "source_id"], keep="last")
    for table in FACTUAL:
        own = data.strangers(table, "fact", data.values("citations", "fact"))
        yield f"uncited.{table}", own.assign(subject=own["fact"].str.split(" ", n=1).str[1])
    known = {fact for table in FACTUAL for fact in data.values(table, "fact")}
    strange = filter(_SUPPORTED.match, data.values("citations", "fact") - known)
    adrift = rows[rows["fact"].isin(list(strange))]
    meant = [_meant(fact, known) if n < MOST else "" for n, fact in enumerate(adrift["fact"])]
    yield "subject", adrift.assign(meant=meant)
    cited = [data.values(table, "source_id") for table in ("citations", "disputes", "claims")]
    yield "unused-source", data.strangers("sources", "source_id", set().union(*cited))


def _meant(fact: str, facts: set[str]) -> str:
    alike = fact.partition(":")[0]
    own = [one.partition(" ")[2] for one in sorted(facts) if one.startswith(alike)]
    likely = cells.nearest(fact.partition(" ")[2], {one: one for one in own})
    return f"Did you mean '{likely}'?" if likely else "Add what it supports, or correct it."


def bases(data: Data) -> Broken:
    """Compare the bases of domains with the sources that are cited for them."""
    domains, rows = data["domains"], data["citations"]
    rows = rows[rows["fact"].isin(data.values("domains", "fact"))]
    kind = rows["source_id"].map(data.lookup("sources", "source_id", "kind"))
    tier = kind.map(data.lookup("source_kinds", "source_kind", "tier"))
    voice = rows["voice"].map(data.lookup("voices", "voice", "basis"))
    official = voice.isin(OFFICIAL) | ((tier == "official") & rows["voice"].isna())
    named = rows[official].drop_duplicates("fact").set_index("fact")[["source_id", "voice"]]
    yield "basis.press", domains[domains["basis"] == "press"].join(named, on="fact", how="inner")
    unknown = ~kind.isin(data.values("source_kinds", "source_kind"))
    better = rows.loc[voice.isin(OFFICIAL) | (tier == "official") | unknown, "fact"]
    strong = domains[domains["basis"].isin(OFFICIAL) & domains["fact"].isin(rows["fact"])]
    yield "basis.official", strong[~strong["fact"].isin(better)]


def statuses(data: Data) -> Broken:
    """Find notes on the status that name another than the one that follows from the events."""
    rows = data["agreements"].dropna(subset=["agreement_id"]).drop_duplicates("agreement_id")
    labels = data.lookup("statuses", "status", "label").dropna().str.lower()
    form = rf"(?:[Cc]ounted|[Tt]aken|[Rr]ead|[Cc]oded) as ({'|'.join(map(re.escape, labels))})\b"
    notes = rows["status_note"].dropna()
    said = notes[notes.str.contains(" as ", regex=False)].str.extract(form)[0].dropna()
    noted = rows.loc[said.index]
    day = pd.NaT if data.edition is None else older.read_until(data.descriptor, data.edition)
    if noted.empty or pd.isna(day):
        return
    of_these = rows["agreement_id"].isin([*noted["agreement_id"], *noted["part_of"]])
    of_these |= rows["supersedes"].isin(rows.loc[of_these, "agreement_id"])
    rows, events = rows[of_these], data["events"]
    events = events[events["agreement_id"].isin(rows["agreement_id"])]
    found = lifecycle.statuses(rows, events, data.focus, day)["status"]
    noted = noted.assign(said=said, status=noted["agreement_id"].map(found).map(labels))
    yield "status-note", noted[noted["status"].notna() & (noted["status"] != said)]


CHECKS = (whole, parties, event_ids, citations, bases, statuses)
