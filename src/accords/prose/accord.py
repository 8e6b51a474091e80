"""What is said of the accord: passages and captions.

They take the tables of :mod:`accords.analysis.accord` by these names: ``steps`` (``life``),
``named`` (``voices``), ``others`` (``between``) and ``places`` (``standing``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from accords.analysis.accord import PRESS, UNRECORDED, parties_of
from accords.dataset import Dataset
from accords.dataset import lifecycle as lives
from accords.dataset.edtf import precision, spoken
from accords.prose.names import phrase, rows, told
from accords.prose.passage import ANSWER, caption, passage
from accords.words import (
    Caption,
    agree,
    capital,
    count,
    escape,
    linked,
    listed,
    lowered,
    out_of,
    percent,
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
    unseen = told(
        steps[~steps["found"]],
        lambda step: STEPS[step["event"]][1].format(phrase(dataset, step["party"])),
    )
    doubt = f": we found no sign {unseen.replace(' and that', ' or that')}" if unseen else ""
    rests = named.drop_duplicates("domain")["named_by"]
    covers = (
        f"its text or official voices name {linked((rests != PRESS).sum(), ids)} of the "
        f"{linked(some(len(rests), 'domain'), ids)} that sources report for it"
        if len(rests)
        else "no source says what it covers"
    )
    status = _status(dataset, ids[0])
    yield f"The agreement between {named_parties(dataset, ids[0])} is {status}{doubt}; {covers}."


@passage(f"The accord in one line: {NO_ACCORD}")
def accord_line(dataset: Dataset, steps: pd.DataFrame) -> Iterator[str]:
    """Tell the accord in one sentence: place, date, last steps and next ones."""
    ids, found = steps["ids"].iloc[0], steps[steps["found"]]
    kind = linked(lowered(dataset.overview.at[ids[0], "instrument_label"]), ids)
    said = f"The {kind} between {named_parties(dataset, ids[0])}"
    signed = rows(found[found["event"].isin(lives.SIGNATURES)])
    if signed:
        said += f" was signed{_place(signed[0])} {when(signed[0]['date'])}"
    else:
        said += f" is {_status(dataset, ids[0])}, with no signature on record"
    last = [
        f"{phrase(dataset, step['party'])}: {escape(lowered(step['label']))} {when(step['date'])}"
        for step in rows(found.dropna(subset="party").groupby("party", sort=False).tail(1))
    ]
    said += f"; last steps on record – {', '.join(last)}" if last else ""
    ahead = [
        listed(STEPS[event][0] for event in own["event"])
        + ("" if pd.isna(party) else f" by {phrase(dataset, party)}")
        for party, own in steps[~steps["found"]].groupby("party", sort=False, dropna=False)
    ]
    yield f"{said}; next would come {', then '.join(ahead)}." if ahead else f"{said}."


@passage(f"How the accord is known: {NO_ACCORD}")
def life(dataset: Dataset, steps: pd.DataFrame) -> Iterator[str]:
    """Say how the accord is known, what its steps mean, and what an absence does not show."""
    ids, found = steps["ids"].iloc[0], steps[steps["found"]]
    row, events = dataset.overview.loc[ids[0]], dataset.codes("event_types")
    pages = "among them an official page" if row["official"] else "none of them an official page"
    yield (
        f"The {row['title_kind']} title is “{linked(row['title'], ids)}”. It is known from "
        f"{linked(some(row['sources'], 'source'), ids)}, {pages}."
    )
    # Taking note and tabling a bill sound like consent and are none.
    for event in found.loc[found["event"].isin(lives.APPROVALS), "event"].unique():
        if event not in lives.CONSENTS:
            label, meaning = events.loc[event, ["label", "definition"]]
            yield f"‘{escape(label)}’ means: {escape(lowered(meaning))}"
    newest = found["latest"].max()
    if pd.notna(newest) and not steps["found"].all():
        yield (
            f"No step on record is newer than {_day(newest)}. That no source was found does not "
            "show that a step was not taken."
        )


@passage("Disputes about the accord: no two sources disagree about its steps.")
def disputes(dataset: Dataset, table: pd.DataFrame) -> Iterator[str]:
    """Say what sources disagree about in a life (rows of ``disputes`` about events)."""
    kinds = dataset.events.set_index(["agreement_id", "event_id"])["event"]
    labels = dataset.labels("event_types")
    for (agreement, field), own in table.groupby(["agreement_id", "field"], sort=False):
        event, _, column = str(field).removeprefix("event:").partition(".")
        label = labels.get(kinds.get((agreement, event), event), event)
        values = listed(
            f"{_value(column, value)} in {linked(some(n, 'source'), [str(agreement)])}"
            for value, n in own.groupby("value", sort=False)["source_id"].nunique().items()
        )
        chosen = [_value(column, v) for v in own.loc[own["adopted"].astype(bool), "value"]]
        reasons = " ".join(escape(reason) for reason in own["reason"].dropna().unique())
        yield (
            f"Sources compared on the {escape(column.split('#')[0])} of the step "
            f"‘{escape(lowered(label))}’ disagree: {values}"
            f"{f'; we adopt {chosen[0]}' if chosen else ''}. {reasons}".rstrip()
        )


@passage("What the accord covers: no source names a domain.")
def voices(dataset: Dataset, named: pd.DataFrame) -> Iterator[str]:
    """Say who names the domains, and which rest on the press alone."""
    ids, domains = named["ids"].iloc[0], named.drop_duplicates("domain")
    labels, speakers = dataset.labels("domain_codes"), voice_names(dataset)
    yield f"Sources name {linked(some(len(domains), 'domain'), ids)}."
    for namer, own in domains.groupby("named_by", sort=False)["domain"]:
        # Some labels hold commas or 'and' themselves.
        names = "; ".join(escape(lowered(labels[domain])) for domain in own)
        yield f"{_are(len(own), ids)} named by {namer}: {names}."
    for voice, others in named.drop_duplicates("voice")[["voice", "joint"]].to_numpy():
        if others:
            yield (
                f"The list of the {escape(speakers[voice])} was given for this and "
                f"{count(others, 'other agreement')} together, so that it is weaker evidence for "
                "each."
            )
    alone = named[(named["named_by"] == PRESS) & ~named["domain"].duplicated(keep=False)]
    for voice, n in alone.loc[alone["voice"] != UNRECORDED, "voice"].value_counts().items():
        yield f"{_are(n, ids)} named by one voice alone, {escape(speakers[str(voice)])}."


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
    pair, row = named_parties(dataset, agreement_id), dataset.overview.loc[agreement_id]
    if len(others):
        found = count(others.index, "other bilateral defence instrument")
        yield f"Between {pair} we found {found}."
    elif row["scope"] == "bilateral":
        yield f"It is the only bilateral defence instrument between {pair} on record."
    shares = listed(
        f"{percent(own.loc[own['same'], 'agreement_id'], own['agreement_id'])} of the concluded "
        f"agreements of {phrase(dataset, state)}"
        for state, own in agreements.groupby("state", sort=False)
    )
    if shares:
        yield f"Its type, {escape(lowered(row['instrument_label']))}, is that of {shares}."
    for aspect, own in places[places["of"] > 1].groupby("aspect", sort=False):
        ranks = told(
            own,
            lambda place: (
                (linked(place["count"], place["below"]) if place["count"] else "none")
                + f" of {linked(some(place['of'], 'other'), place['ids'])} of "
                f"{phrase(dataset, place['state'])}"
            ),
        )
        value = int(own["value"].iloc[0])
        yield (
            f"Its text or official voices name {linked(some(value, 'domain'), [agreement_id])}, "
            f"more than for {ranks}."
            if aspect == "domains"
            else f"The first consent came {linked(some(value, 'day'), [agreement_id])} after the "
            f"signature, later than in {ranks} whose dates are known."
        )


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
    dated, day = found["earliest"].notna().sum(), _day(dataset.as_of)
    return caption("life", late=late, done=done, wanted=wanted, dated=dated, day=day, seen=seen)


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
    """Write a date as an adverb (HTML): 'on 30 October 2024', 'in May 2025', '(undated)'."""
    if pd.isna(date):
        return "(undated)"
    exact = precision(pd.Series([date])).iloc[0] == "day"
    said = escape(spoken(str(date))).replace("(inferred)", "(date inferred)")
    return f"{'on' if exact else 'in'} {said}"


def _place(step: Mapping[Any, Any]) -> str:
    disputed = " (place disputed)" if "place" in step["disputed"] else ""
    return "" if pd.isna(step["place"]) else f" in {escape(step['place'])}{disputed}"


def _status(dataset: Dataset, agreement_id: str) -> str:
    """Write a status with what it means: 'pending (signed and in approval …)'."""
    statuses = dataset.codes("statuses")
    status = str(dataset.overview.at[agreement_id, "status"])
    if status not in statuses.index:
        return "of unknown status"
    meaning = escape(lowered(str(statuses.at[status, "definition"]).partition(". ")[0].rstrip(".")))
    return f"{linked(lowered(str(statuses.at[status, 'label'])), [agreement_id])} ({meaning})"


def named_parties(dataset: Dataset, agreement_id: str) -> str:
    """Name the parties; of many, the first two, which are focus states where any are."""
    names = [phrase(dataset, party) for party in parties_of(dataset, agreement_id)]
    more = [f"{len(names) - 2} others"] if len(names) > 4 else []
    return listed([*names[:2], *more] if more else names)


def _value(column: str, value: Any) -> str:
    dated = column.startswith("date") and precision(pd.Series([value])).notna().all()
    return escape(spoken(value) if dated else value)


def _are(n: int, ids: tuple[str, ...]) -> str:
    return f"{linked(n, ids)} {agree('is', 'are', n)}"


def _day(day: pd.Timestamp) -> str:
    return spoken(str(day.date()))
