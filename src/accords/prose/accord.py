"""What is said of the accord: passages and captions.

They take the tables of :mod:`accords.analysis.accord` by these names: ``steps`` (``life``),
``named`` (``voices``), ``others`` (``between``) and ``places`` (``standing``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from accords.analysis.accord import PRESS, UNRECORDED, parties_of
from accords.dataset import Dataset
from accords.dataset import lifecycle as lives
from accords.dataset.edtf import precision, spoken
from accords.prose.names import phrase, rows
from accords.prose.passage import ANSWER, caption, passage, worded
from accords.words import (
    Caption,
    capital,
    escape,
    linked,
    listed,
    lowered,
    out_of,
    some,
)

STEPS = {
    "parliament-approved": ("approval by parliament", "that {}’s parliament has voted"),
    "ratified": ("ratification", "that {} has ratified"),
    "entered-into-force": ("entry into force", "that the agreement is in force"),
}
"""The steps that complete a life: as nouns, and what there is no sign of without them."""

NO_ACCORD = "no step of an agreement between these states is on record."


@passage(f"The accord: {NO_ACCORD}", ANSWER)
def answer(dataset: Dataset, steps: pd.DataFrame, named: pd.DataFrame) -> Iterator[str]:
    """Answer whether the accord is in force and what it is known to cover."""
    ids = steps["ids"].iloc[0]
    rests = named.drop_duplicates("domain")["named_by"]
    yield worded(
        dataset, "accord/answer", ids=ids, pair=_pair(dataset, ids[0]), steps=STEPS,
        status=_status(dataset, ids[0]), open=rows(steps[~steps["found"]]), rests=list(rests),
        firm=(rests != PRESS).sum(),
    )  # fmt: skip


@passage(f"The accord in one line: {NO_ACCORD}")
def accord_line(dataset: Dataset, steps: pd.DataFrame) -> Iterator[str]:
    """Tell the accord in one sentence: place, date, last steps and next ones."""
    ids, found = steps["ids"].iloc[0], steps[steps["found"]]
    first = found[found["event"].isin(lives.SIGNATURES)].head(1)
    signed = rows(first.fillna({"place": "", "signatories": ""}))
    ahead = steps[~steps["found"]].fillna({"party": ""}).groupby("party", sort=False)["event"]
    kind = lowered(str(dataset.overview.at[ids[0], "instrument_label"]))
    yield worded(
        dataset, "accord/accord_line", kind=Markup(linked(kind, ids)), steps=STEPS, when=when,
        pair=_pair(dataset, ids[0]), signed=next(iter(signed), None),
        status=_status(dataset, ids[0]), ahead=list(ahead),
        last=rows(found.dropna(subset="party").groupby("party", sort=False).tail(1)),
    )  # fmt: skip


@passage(f"How the accord is known: {NO_ACCORD}")
def life(dataset: Dataset, steps: pd.DataFrame) -> Iterator[str]:
    """Say how the accord is known, what its steps mean, and what an absence does not show."""
    ids, found = steps["ids"].iloc[0], steps[steps["found"]]
    # Taking note and tabling a bill sound like consent and are none.
    unlike = [e for e in lives.APPROVALS if e not in lives.CONSENTS]
    events = found.loc[found["event"].isin(unlike), "event"].unique()
    meanings = dataset.codes("event_types").loc[events, ["label", "definition"]].to_numpy()
    newest = found["latest"].max()
    recent = pd.notna(newest) and not steps["found"].all()
    yield worded(
        dataset, "accord/life", row=dataset.overview.loc[ids[0]], ids=ids, meanings=meanings,
        newest=day(newest) if recent else "",
    )  # fmt: skip


@passage("Disputes about the accord: no two sources disagree about its steps.")
def disputes(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say what sources disagree about in a life (rows of ``disputes`` about events)."""
    kinds = dataset.events.set_index(["agreement_id", "event_id"])["event"]
    labels = dataset.labels("event_types")
    for (agreement, field), own in table.groupby(["agreement_id", "field"], sort=False):
        event, _, column = str(field).removeprefix("event:").partition(".")
        label = labels.get(kinds.get((agreement, event), event), event)
        values = listed(
            f"{_value(column, value)} ({linked(_publishers(dataset, by), [str(agreement)])})"
            for value, by in own.groupby("value", sort=False)["source_id"]
        )
        chosen = [_value(column, v) for v in own.loc[own["adopted"].astype(bool), "value"]]
        reasons = " ".join(escape(reason) for reason in own["reason"].dropna().unique())
        yield (
            f"Sources compared on the {escape(column.split('#')[0])} of the step "
            f"‘{escape(lowered(label))}’ disagree: {values}"
            f"{f'; we adopt {chosen[0]}' if chosen else ''}. {reasons}".rstrip()
        )


def _publishers(dataset: Dataset, sources: pd.Series) -> str:
    """Name who publishes some sources, three at most: 'Azertac, MAP, Medi24 and 2 more'."""
    publishers = dataset.sources.set_index("source_id")["publisher"]
    names = list(dict.fromkeys(publishers.reindex(sources.unique())))
    more = [f"{len(names) - 3} more"] if len(names) > 4 else []
    return listed([*(names[:3] if more else names), *more])


@passage("What the accord covers: no source names a domain.")
def voices(dataset: Dataset, named: pd.DataFrame) -> Iterator[str]:
    """Say who names the domains, and which rest on the press alone."""
    domains = named.drop_duplicates("domain")
    labels = domains["domain"].map(dataset.labels("domain_codes")).map(lowered)
    alone = named[(named["named_by"] == PRESS) & ~named["domain"].duplicated(keep=False)]
    counts = alone.loc[alone["voice"] != UNRECORDED, "voice"].value_counts()
    # Some labels hold commas or 'and' themselves, so that they are not listed with these.
    yield worded(
        dataset, "accord/voices", n=len(domains), ids=named["ids"].iloc[0],
        named=list(labels.groupby(domains["named_by"], sort=False)), alone=list(counts.items()),
        joint=named.drop_duplicates("voice")[["voice", "joint"]].to_numpy(),
        speakers=voice_names(dataset),
    )  # fmt: skip


@passage("The accord beside other agreements: there is none to compare.")
def standing(
    dataset: Dataset, agreement_id: str | None, agreements: pd.DataFrame, others: pd.DataFrame,
    places: pd.DataFrame,
) -> Iterator[str]:  # fmt: skip
    """Say whether the accord stands out beside the other agreements of its states.

    ``agreements`` has ``state``, ``agreement_id`` and ``same`` (bool: of the accord's type).
    """
    if agreement_id is None:
        return
    yield worded(
        dataset, "accord/standing", row=dataset.overview.loc[agreement_id],
        pair=_pair(dataset, agreement_id), others=list(others.index),
        types=list(agreements.groupby("state", sort=False)),
        places=places[places["of"] > 1].groupby("aspect", sort=False),
    )  # fmt: skip


def lane(dataset: Dataset, party: Any) -> str:
    """Head the lane of one party's steps, or of the common ones."""
    return "Together" if pd.isna(party) else dataset.party_names.get(str(party), str(party))


def step_lines(step: Mapping[Any, Any]) -> list[str]:
    """Return what stands at the mark of a step, line by line."""
    place = "" if pd.isna(step["place"]) else f", {step['place']}"
    disputed = [f"{listed(step['disputed'])} disputed"] if step["disputed"] else []
    return [step["label"], f"{spoken(step['date'])}{place}", *disputed]


def life_caption(dataset: Dataset, steps: pd.DataFrame) -> Caption:
    """Word the chart of the life (see :func:`accords.charts.accord.life`)."""
    found, open_ = steps[steps["found"]], steps[~steps["found"]]
    waiting = open_["party"].dropna().unique()
    parties = steps["party"].dropna().unique()
    done = listed(lane(dataset, party) for party in parties if party not in waiting)
    late = listed(lane(dataset, party) for party in waiting)
    seen = [f"{', '.join(step_lines(s)[:2])} ({lane(dataset, s['party'])})" for s in rows(found)]
    wanted = [f"{STEPS[s['event']][0]} ({lane(dataset, s['party'])})" for s in rows(open_)]
    dated, until = found["earliest"].notna().sum(), day(dataset.as_of)
    return caption("life", late=late, done=done, wanted=wanted, dated=dated, day=until, seen=seen)


def voice_names(dataset: Dataset) -> dict[str, str]:
    """Name the voices that name domains."""
    return {**dataset.labels("voices"), UNRECORDED: "Voice not recorded"}


def voice_hover(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    """Say what a mark of the matrix stands for."""
    label = dataset.labels("domain_codes")[row["domain"]]
    speaker = voice_names(dataset)[row["voice"]]
    return f"{label}\nnamed by: {speaker} ({some(row['count'], 'source')})"


def voices_caption(dataset: Dataset, named: pd.DataFrame) -> Caption:
    """Word the matrix of domains and voices (see :func:`accords.charts.accord.voices`)."""
    labels, domains = dataset.labels("domain_codes"), named.drop_duplicates("domain")
    press = int((domains["named_by"] == PRESS).sum())
    joint = named.loc[named["joint"].map(bool), "voice"].unique()
    shared = listed(voice_names(dataset)[voice] for voice in joint)
    alt = [
        f"Named by {namer}: {listed(lowered(labels[domain]) for domain in own)}"
        for namer, own in domains.groupby("named_by", sort=False)["domain"]
    ]
    n = len(domains)
    title = capital(out_of(press, n, "domain"))
    return caption("voices", title=title, press=press, n=n, shared=shared, alt=alt)


def when(date: Any) -> str:
    """Write a date as an adverb: 'on 30 October 2024', 'in May 2025', '(undated)'."""
    if pd.isna(date):
        return "(undated)"
    exact = precision(pd.Series([date])).iloc[0] == "day"
    said = spoken(str(date)).replace("(inferred)", "(date inferred)")
    return f"{'on' if exact else 'in'} {said}"


def _status(dataset: Dataset, agreement_id: str) -> Markup:
    """Write a status with what it means: 'pending (signed and in approval …)'."""
    statuses = dataset.codes("statuses")
    status = str(dataset.overview.at[agreement_id, "status"])
    if status not in statuses.index:
        return Markup("of unknown status")
    meaning = escape(lowered(str(statuses.at[status, "definition"]).partition(". ")[0].rstrip(".")))
    label = linked(lowered(str(statuses.at[status, "label"])), [agreement_id])
    return Markup(f"{label} ({meaning})")


def _pair(dataset: Dataset, agreement_id: str) -> Markup:
    return Markup(named_parties(dataset, agreement_id))


def named_parties(dataset: Dataset, agreement_id: str) -> str:
    """Name the parties; of many, the first two, which are focus states where any are."""
    names = [phrase(dataset, party) for party in parties_of(dataset, agreement_id)]
    more = [f"{len(names) - 2} others"] if len(names) > 4 else []
    return listed([*names[:2], *more] if more else names)


def _value(column: str, value: Any) -> str:
    dated = column.startswith("date") and precision(pd.Series([value])).notna().all()
    return escape(spoken(value) if dated else value)


def day(moment: pd.Timestamp) -> str:
    """Write a day: '30 October 2024'."""
    return spoken(str(moment.date()))
