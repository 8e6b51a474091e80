"""What follows from the events and sources of an agreement: status, dates, confidence.

Pure functions on tables. Nothing here is ever typed into the data.
"""

import pandas as pd

SIGNATURES = ("accession", "signed")
PREPARATIONS = ("noted", "tabled", "government-approved")
"""Steps that can precede a signature: alone, they do not show that an instrument was concluded."""

_BINDING = ("chamber-approved", "parliament-approved", "ratified", "notified")

CONSENTS = ("government-approved", *_BINDING)
"""Steps by which a party consents to be bound; taking note and tabling a bill are none."""

APPROVALS = ("noted", "tabled", *CONSENTS)  # steps that show an instrument in approval

CONCLUSIONS = (*SIGNATURES, *_BINDING, "entered-into-force", "attested", "delivered")
"""Events that show an instrument to be concluded, in the order in which they date it."""

SIGNS = ("attested", "delivered", "announced")
"""What shows that an instrument was concluded without saying when: the earliest dates it."""

INTENTIONS = ("initialled", "negotiated", "announced", *PREPARATIONS)
"""Events that date an instrument that is not concluded, in order."""

PURCHASE = "procurement-contract"  # a life of its own: ordered, in delivery, completed, cancelled

OUTCOMES = (
    ("terminated", ("terminated",)),
    ("expired", ("expired",)),
    ("in-force", ("entered-into-force", "attested")),
    ("rejected", ("rejected",)),
    ("pending", APPROVALS),
    ("signed", ("signed", "accession")),
    ("announced", ("announced", "negotiated", "initialled")),
)
"""Each status and the events that bring it about, the strongest first."""

PURCHASE_OUTCOMES = (
    ("cancelled", ("terminated",)),
    ("expired", ("expired",)),
    ("completed", ("delivered",)),
    ("in-delivery", ("attested",)),
    ("cancelled", ("rejected",)),
    ("ordered", (*SIGNATURES, *APPROVALS, "entered-into-force")),
    ("announced", ("announced", "negotiated", "initialled")),
)
"""The same for purchases, which are never in force."""

YEARS_UNTIL_UNKNOWN = 10


def statuses(
    agreements: pd.DataFrame, events: pd.DataFrame, focus: tuple[str, ...], as_of: pd.Timestamp
) -> pd.DataFrame:
    """Compute the status of every agreement as of a day, by its events until then and undated ones.

    By ``agreement_id``: ``status`` (missing where nothing has happened), ``status_event`` (an id).
    """
    happened = _happened(agreements, events, focus, as_of)
    purchase = happened["instrument"] == PURCHASE
    result = pd.concat(
        [_decided(happened[~purchase], OUTCOMES), _decided(happened[purchase], PURCHASE_OUTCOMES)]
    ).reindex(pd.Index(agreements["agreement_id"]))

    # A span of years counts as recent only where all of it is.
    span = happened["date"].str.contains("/", regex=False).fillna(False).astype(bool)
    surely = happened["latest"].where(~span, happened["earliest"])
    newest = surely.groupby(happened["agreement_id"]).max().reindex(result.index)
    recent = newest >= as_of - pd.DateOffset(years=YEARS_UNTIL_UNKNOWN)
    declared = (agreements["instrument"] == "joint-declaration").to_numpy()
    silent = result["status"].isin(["signed", "ordered"]) & ~recent & ~declared
    result.loc[silent, "status"] = "unknown"
    result.loc[(result["status"] == "in-delivery") & ~recent, "status"] = "received"
    superseded = _superseded(agreements.set_index("agreement_id"), result["status"])
    result.loc[superseded, ["status", "status_event"]] = "superseded", pd.NA
    return result


def _happened(
    agreements: pd.DataFrame, events: pd.DataFrame, focus: tuple[str, ...], as_of: pd.Timestamp
) -> pd.DataFrame:
    # Another state's step neither begins nor ends a multilateral instrument for the focus states.
    happened = events[events["earliest"].isna() | (events["earliest"] <= as_of)]
    kinds = agreements[["agreement_id", "scope", "instrument"]]
    happened = happened.merge(kinds, on="agreement_id")
    of_another = (
        happened["event"].isin(["entered-into-force", "terminated"])
        & (happened["scope"] == "multilateral")
        & happened["party_id"].notna()
        & ~happened["party_id"].isin(focus)
    )
    return happened[~of_another]


def _superseded(agreements: pd.DataFrame, status: pd.Series) -> pd.Series:
    """Mark what a concluded instrument replaces, with its parts, unless it had ended before."""
    concluded = status.notna() & (status != "announced")
    ended = status.isin(["terminated", "expired", "completed", "cancelled", "announced"])
    replaced = agreements.index.to_series().isin(agreements.loc[concluded, "supersedes"]) & ~ended
    return replaced | (agreements["part_of"].isin(agreements.index[replaced]) & ~ended)


def _decided(
    happened: pd.DataFrame, outcomes: tuple[tuple[str, tuple[str, ...]], ...]
) -> pd.DataFrame:
    """Return the strongest outcome of each agreement's events, and the event that brings it."""
    rank = {event: n for n, (_, kinds) in enumerate(outcomes) for event in kinds}
    announced = next(n for n, (status, _) in enumerate(outcomes) if status == "announced")
    decisive = happened.assign(rank=happened["event"].map(rank)).dropna(subset=["rank"])
    decisive.loc[_before_signature(decisive), "rank"] = announced
    decisive = decisive.sort_values(["agreement_id", "rank", "latest"], na_position="first")
    best = decisive[
        decisive["rank"] == decisive.groupby("agreement_id")["rank"].transform("min")
    ].drop_duplicates("agreement_id", keep="last")
    names = {n: status for n, (status, _) in enumerate(outcomes)}
    return pd.DataFrame(
        {"status": best["rank"].map(names).to_numpy(), "status_event": best["event_id"].to_numpy()},
        index=pd.Index(best["agreement_id"], name="agreement_id"),
    )


def _before_signature(events: pd.DataFrame) -> pd.Series:
    """Mark preparatory approvals of an instrument that is not signed, or was signed only later."""
    signed = events[events["event"].isin(CONCLUSIONS)]
    first = signed.groupby("agreement_id")["earliest"].min()
    concluded = events["agreement_id"].isin(signed["agreement_id"])
    earlier = events["latest"] < first.reindex(events["agreement_id"]).to_numpy()
    return events["event"].isin(PREPARATIONS) & (~concluded | earlier)


def conclusions(
    events: pd.DataFrame, parties: pd.DataFrame, focus: tuple[str, ...], since: pd.Series
) -> pd.DataFrame:
    """Find the event by which each focus state concluded each agreement: one row for each pair.

    Its own accession or signature, the common one, or the first later step of anyone, in this
    order; what was merely announced or prepared takes the first such event and is not concluded.
    What happened before a state could sign (``since``, by party) is not its own.
    """
    members = parties.loc[parties["party_id"].isin(focus), ["agreement_id", "party_id"]]
    members = members.rename(columns={"party_id": "state"})
    order = {event: n for n, event in enumerate((*CONCLUSIONS, *INTENTIONS))}
    steps = members.merge(events, on="agreement_id", how="left")
    steps["rank"] = steps["event"].map(order)
    steps = steps[steps["rank"].notna()]
    own = steps["party_id"] == steps["state"]
    common = steps["party_id"].isna()
    signature = steps["event"].isin(SIGNATURES)
    before = steps["latest"] < steps["state"].map(since)
    steps = steps[(own | common | ~signature) & (own | ~before)].assign(
        # A signature of one's own outranks the common one.
        rank=steps["rank"] - 0.5 * (own & signature),
        concludes=steps["event"].isin(CONCLUSIONS),
    )
    by = steps.groupby(["agreement_id", "state"])
    steps["concluded"] = by["concludes"].transform("any")
    signs = steps["event"].isin(SIGNS) & steps["concluded"]
    steps.loc[signs, "rank"] = order[SIGNS[0]]
    # What dates nothing comes after what does, among signs of one rank.
    steps = steps.sort_values(["agreement_id", "state", "rank", "earliest"], na_position="last")
    first = steps.drop_duplicates(["agreement_id", "state"])
    columns = ["event_id", "event", "date", "earliest", "latest", "uncertain", "concluded"]
    result = members.merge(
        first[["agreement_id", "state", *columns]], on=["agreement_id", "state"], how="left"
    )
    result["concluded"] = result["concluded"].astype("boolean").fillna(False).astype(bool)
    result["uncertain"] = result["uncertain"].astype("boolean").fillna(False).astype(bool)
    return result.sort_values(["agreement_id", "state"], ignore_index=True)


def confidences(
    agreements: pd.Index, citations: pd.DataFrame, sources: pd.DataFrame, tiers: pd.Series
) -> pd.DataFrame:
    """Grade how sure one can be that each agreement exists.

    high: an official source, or two independent publishers, of which neither carries the other's
    report (``origin``). medium: one reputable publisher. low: anything less. By ``agreement_id``:
    ``confidence``, ``official``, numbers of independent ``publishers`` and of ``sources``.
    """
    cited = citations[citations["subject"] == "existence"].merge(sources, on="source_id")
    tier = cited["kind"].map(tiers)
    voice = cited["origin"].fillna(cited["publisher"]).str.casefold()
    independent = voice.where(tier.isin(["official", "reputable"])).groupby(cited["agreement_id"])
    official = (tier == "official").groupby(cited["agreement_id"]).any()
    counts = {
        "publishers": independent.nunique(),
        "sources": cited.groupby("agreement_id")["source_id"].nunique(),
    }
    result = pd.DataFrame({"confidence": "low"}, index=agreements, dtype="str")
    result["official"] = official.reindex(agreements, fill_value=False).astype(bool)
    for name, number in counts.items():
        result[name] = number.reindex(agreements, fill_value=0).astype(int)
    result.loc[result["publishers"] == 1, "confidence"] = "medium"
    result.loc[result["official"] | (result["publishers"] > 1), "confidence"] = "high"
    return result
