"""The accord at the centre: which it is, its life, who names its domains, how it compares."""

import numpy as np
import pandas as pd

from accords.analysis.common import by_state, together
from accords.dataset import Dataset
from accords.dataset import lifecycle as lives

CONSENT = ("parliament-approved", "ratified")  # steps whose absence leaves a state's consent open
UNRECORDED = "unrecorded"  # stands for the voice of a citation that has none recorded
TEXT, SEVERAL, ONE, PRESS = NAMED_BY = (
    "the text",
    "several official voices",
    "one official voice",
    "the press alone",
)
"""What names a domain, the best first."""


def accord_id(dataset: Dataset) -> str | None:
    """Return the agreement of all focus states that the claims are about, which the report is on.

    Else the newest concluded bilateral instrument between two focus states, else None.
    """
    overview = dataset.overview
    all_in = overview["focus"].map(lambda states: set(dataset.focus) <= set(states)).astype(bool)
    told_of = dataset.claims["agreement_id"].dropna()
    told_of = told_of[told_of.isin(overview.index[all_in])]
    if len(told_of):
        return str(told_of.iloc[0])
    among = (overview["scope"] == "bilateral") & (overview["focus"].map(len) > 1)
    newest = overview[among & overview["concluded"]].sort_values("latest", na_position="first")
    return None if newest.empty else str(newest.index[-1])


def parties_of(dataset: Dataset, agreement_id: str | None) -> tuple[str, ...]:
    """Return the parties of one agreement, the focus states first and in their order."""
    parties = dataset.parties.loc[dataset.parties["agreement_id"] == agreement_id, "party_id"]
    order = {state: n for n, state in enumerate(dataset.focus)}
    return tuple(sorted(parties, key=lambda party: (order.get(party, len(order)), party)))


def life(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """List the recorded steps of one agreement, and the steps that would complete it.

    Gives, in order of time: ``event_id``, ``event``, ``label``, ``party`` (missing for a common
    step), ``date`` with its bounds, ``place``, ``signatories``, ``days`` (after the signature),
    ``found`` (those that are not stand last), ``count`` (sources), ``disputed`` (fields), ``ids``.
    """
    steps = dataset.events[dataset.events["agreement_id"] == agreement_id]
    steps = steps.rename(columns={"party_id": "party"}).assign(found=True)
    steps = steps.sort_values("earliest", kind="stable", na_position="last")
    table = pd.concat([steps, _open_steps(dataset, agreement_id, steps)], ignore_index=True)
    table["label"] = table["event"].map(dataset.labels("event_types"))
    exact = table["earliest"].where(table["earliest"] == table["latest"])
    signed = exact[table["event"].isin(lives.SIGNATURES)].min()
    table["days"] = (exact - signed).dt.days.astype("Int64")
    cited = dataset.citations[dataset.citations["agreement_id"] == agreement_id]
    counts = cited.groupby("subject")["source_id"].nunique()
    table["count"] = ("event:" + table["event_id"].astype("str")).map(counts).fillna(0).astype(int)
    fields = dataset.disputes.loc[dataset.disputes["agreement_id"] == agreement_id, "field"]
    about = fields.str.extract(r"^event:(?P<event_id>[^.]+)\.(?P<what>\w+)").dropna()
    disputed = about.drop_duplicates().groupby("event_id")["what"].agg(tuple)
    table["disputed"] = [disputed.get(event_id, ()) for event_id in table["event_id"]]
    table["ids"] = [(agreement_id,)] * len(table)
    columns = [
        *("event_id", "event", "label", "party", "date", "earliest", "latest", "place"),
        *("signatories", "days", "found", "count", "disputed", "ids"),
    ]
    return table[columns]


def _open_steps(dataset: Dataset, agreement_id: str | None, steps: pd.DataFrame) -> pd.DataFrame:
    """List the steps that would complete a life and that no source shows.

    The common entry into force and, once approval has begun, each party's consent; nothing where
    the agreement is in force, has ended or was only announced.
    """
    status = dataset.overview["status"].get(agreement_id)
    rows: list[tuple[str, str | None]] = []
    if status == "pending":
        done = set(zip(steps["event"], steps["party"], strict=True))
        every = [(e, party) for party in parties_of(dataset, agreement_id) for e in CONSENT]
        rows = [step for step in every if step not in done]
    if status in ("signed", "pending"):
        rows.append(("entered-into-force", None))
    table = pd.DataFrame(rows, columns=["event", "party"]).reindex(columns=steps.columns)
    return table.astype(steps.dtypes[["earliest", "latest"]].to_dict()).assign(found=False)


def voices(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """List who names each domain of one agreement.

    Gives, the best basis and most voices first: ``domain``, ``voice``, ``official``, ``count``
    (sources), ``named_by`` (of :data:`NAMED_BY`), ``joint`` (other agreements that every source
    gives the voice's whole list for, of two domains or more), ``ids``.
    """
    cited = dataset.citations[dataset.citations["agreement_id"] == agreement_id]
    cited = cited[cited["subject"].str.startswith("domain:")]
    domain = cited["subject"].str.removeprefix("domain:")
    cited = cited.assign(domain=domain, voice=cited["voice"].fillna(UNRECORDED))
    counts = cited.groupby(["domain", "voice"])["source_id"].nunique().rename("count")
    table = dataset.domains.loc[
        dataset.domains["agreement_id"] == agreement_id, ["domain", "basis"]
    ]
    table = table.merge(counts.reset_index(), on="domain", how="left")
    table = table.fillna({"voice": UNRECORDED, "count": 0}).astype({"count": int})
    kinds = dataset.codes("voices")["basis"]
    table["official"] = table["voice"].map(kinds).fillna("press") != "press"
    by = table.groupby("domain")
    # A domain on official basis rests on an official voice even where none is noted.
    least = (table["basis"] == "official").astype(int)
    level = by["official"].transform("sum").clip(least, 2).mask(table["basis"] == "text", 3)
    table["named_by"] = level.astype(int).map(dict(enumerate(reversed(NAMED_BY))))
    joint = _joint_lists(dataset, agreement_id, cited)
    table["joint"] = [joint.get(voice, ()) for voice in table["voice"]]
    table["ids"] = [(agreement_id,)] * len(table)
    order = [*kinds.index[kinds != "press"], *kinds.index[kinds == "press"], UNRECORDED]
    table = table.assign(
        level=level,
        voices=by["voice"].transform("nunique"),
        sources=by["count"].transform("sum"),
        place=table["voice"].map(order.index),
    )
    keys = {"level": False, "voices": False, "sources": False, "domain": True, "place": True}
    table = table.sort_values(list(keys), ascending=list(keys.values()), ignore_index=True)
    return table[["domain", "voice", "official", "count", "named_by", "joint", "ids"]]


def _joint_lists(
    dataset: Dataset, agreement_id: str | None, cited: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Return, by voice, the other agreements that its whole list was given for."""
    rows = dataset.citations[dataset.citations["subject"].str.startswith("domain:")]
    lists = rows.groupby(["source_id", "agreement_id"])["subject"].agg(frozenset).reset_index()
    own = lists[(lists["agreement_id"] == agreement_id) & (lists["subject"].map(len) > 1)]
    alike = own.merge(lists, on=["source_id", "subject"], suffixes=("_own", ""))
    alike = alike[alike["agreement_id"] != agreement_id]
    others = alike.groupby("source_id")["agreement_id"].agg(tuple)
    known = cited[cited["voice"] != UNRECORDED].groupby("voice")["source_id"].unique()
    return {
        str(voice): together(others[list(sources)])
        for voice, sources in known.items()
        if set(sources) <= set(others.index)
    }


def between(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """Return the overview rows of all other bilateral agreements of one agreement's parties.

    ``when`` is ``earlier`` or ``later`` than the agreement, or ``unknown`` by the dates.
    """
    overview = dataset.overview
    parties = set(parties_of(dataset, agreement_id))
    by = dataset.parties.groupby("agreement_id")["party_id"].agg(set)
    shared = by.index[[bool(parties) and parties <= members for members in by]]
    rows = overview[overview.index.isin(shared) & (overview["scope"] == "bilateral")]
    rows = rows.drop(index=[agreement_id], errors="ignore")
    mine = overview.reindex([agreement_id]).iloc[0]
    cases = [rows["latest"] < mine["earliest"], rows["earliest"] > mine["latest"]]
    return rows.assign(when=np.select(cases, ["earlier", "later"], "unknown"))


def approval_times(dataset: Dataset) -> pd.DataFrame:
    """Measure the time from signature to each focus state's first recorded consent.

    Of bilateral instruments with both dated to the month or better, the consent not before the
    signature. Gives, shortest first: ``agreement_id``, ``state``, ``event`` (the consent), ``days``
    (middle of the range that the dates allow), ``low``, ``high`` (days, both inclusive).
    """
    overview = dataset.overview
    bilateral = overview.index[(overview["scope"] == "bilateral") & overview["concluded"]]
    events = dataset.events[dataset.events["agreement_id"].isin(bilateral)]
    events = events.dropna(subset=["earliest", "latest"])
    precise = (events["latest"] - events["earliest"]).dt.days <= 31
    events = events[precise & (events["earliest"] <= dataset.as_of)]
    signatures = events[events["event"] == "signed"].groupby("agreement_id")
    signed = signatures[["earliest", "latest"]].min().add_prefix("signed_")
    own = events[events["event"].isin(lives.CONSENTS) & events["party_id"].isin(dataset.focus)]
    own = own.merge(signed, left_on="agreement_id", right_index=True)
    own = own[own["earliest"] >= own["signed_earliest"]]
    own = own.sort_values(["earliest", "latest"], ignore_index=True)
    first = own.drop_duplicates(["agreement_id", "party_id"]).rename(columns={"party_id": "state"})
    low = (first["earliest"] - first["signed_latest"]).dt.days.clip(lower=0)
    high = (first["latest"] - first["signed_earliest"]).dt.days
    first = first.assign(days=(low + high) / 2, low=low, high=high)
    columns = ["agreement_id", "state", "event", "days", "low", "high"]
    return first.sort_values(["days", "agreement_id"], ignore_index=True)[columns]


def standing(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """Place one agreement among the others of each focus state that is its party.

    By ``aspect``: ``domains`` (that text or official voices name, of agreements with any) and
    ``days`` (:func:`approval_times`). Gives ``state``, ``aspect``, ``value``, ``below``, ``same``,
    ``above`` (ids: lower, not told apart, higher), ``count`` (below), ``of``, ``ids`` (all others).
    """
    rows = by_state(dataset)
    named = rows["domains"].map(len) - rows["press_domains"].map(len)
    domains = rows.assign(days=named, low=named, high=named)[named > 0]
    found = []
    for aspect, table in (("domains", domains), ("days", approval_times(dataset))):
        for state in dataset.focus:
            own = table[table["state"] == state].set_index("agreement_id")
            if agreement_id not in own.index:
                continue
            mine, others = own.loc[[agreement_id]].iloc[0], own.drop(index=agreement_id)
            lower, higher = others["high"] < mine["low"], others["low"] > mine["high"]
            parts = [tuple(others.index[m]) for m in (lower, ~(lower | higher), higher)]
            sizes = len(parts[0]), len(others)
            found.append((state, aspect, float(mine["days"]), *parts, *sizes, together(parts)))
    columns = ["state", "aspect", "value", "below", "same", "above", "count", "of", "ids"]
    return pd.DataFrame(found, columns=columns)
