"""What is said of the accord: passages and captions.

They take the tables of :mod:`accords.analysis.accord` by these names: ``steps`` (``life``),
``named`` (``voices``), ``others`` (``between``) and ``places`` (``standing``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from accords.analysis.accord import PRESS, UNRECORDED, parties_of
from accords.dataset import Dataset
from accords.dataset import lifecycle as lives
from accords.dataset.edtf import precision, spoken
from accords.prose.names import phrase
from accords.prose.passage import passage
from accords.words import (
    Caption,
    LeftOut,
    Text,
    capital,
    count,
    escape,
    linked,
    listed,
    lowered,
    out_of,
    paragraph,
    percent,
    some,
)

__all__ = ["accord_line", "answer", "disputes", "life", "standing", "voices"]

STEPS = {
    "parliament-approved": ("approval by parliament", "that {}’s parliament has voted"),
    "ratified": ("ratification", "that {} has ratified"),
    "entered-into-force": ("entry into force", "that the agreement is in force"),
}
"""The steps that complete a life: as nouns, and what there is no sign of without them."""

SIGNATORIES = re.compile(r"\bsigned\b[^.;]* by (ministers \w+ and \w+)")
"""Who signed, as the summaries of records name them."""

NO_ACCORD = "no step of an agreement between these states is on record."


@passage
def answer(dataset: Dataset, steps: pd.DataFrame, named: pd.DataFrame) -> Text:
    """Answer in one sentence whether the accord is in force and what it is known to cover."""
    if steps.empty:
        return LeftOut(f"The accord: {NO_ACCORD}")
    ids = steps["ids"].iloc[0]
    unseen = [
        STEPS[step["event"]][1].format(phrase(dataset, str(step["party"])))
        for step in _rows(steps[~steps["found"]])
    ]
    doubt = (
        f": we found no sign {listed(unseen).replace(' and that', ' or that')}" if unseen else ""
    )
    rests = named.drop_duplicates("domain")["named_by"]
    covers = (
        f"its text or official voices name {linked((rests != PRESS).sum(), ids)} of the "
        f"{linked(some(len(rests), 'domain'), ids)} that sources report for it"
        if len(rests)
        else "no source says what it covers"
    )
    status = _status(dataset, ids[0])
    said = f"The agreement between {named_parties(dataset, ids[0])} is {status}{doubt}; {covers}."
    return Text(f'<p class="answer">{said}</p>')


@passage
def accord_line(dataset: Dataset, steps: pd.DataFrame) -> Text:
    """Tell the accord in one sentence: place, date, signatories, last steps and next ones."""
    if steps.empty:
        return LeftOut(f"The accord in one line: {NO_ACCORD}")
    ids = steps["ids"].iloc[0]
    row, found = dataset.overview.loc[ids[0]], steps[steps["found"]]
    kind = linked(lowered(row["instrument_label"]), ids)
    told = f"The {kind} between {named_parties(dataset, ids[0])}"
    signed = _rows(found[found["event"].isin(lives.SIGNATURES)])
    if signed:
        ministers = SIGNATORIES.search(str(row["summary"]))
        by = f" by {escape(ministers[1])}" if ministers else ""
        told += f" was signed{_place(signed[0])} {when(signed[0]['date'])}{by}"
    else:
        told += f" is {_status(dataset, ids[0])}, with no signature on record"
    last = [
        f"{phrase(dataset, step['party'])}: {escape(lowered(step['label']))} {when(step['date'])}"
        for step in _rows(found.dropna(subset="party").groupby("party", sort=False).tail(1))
    ]
    told += f"; last steps on record – {', '.join(last)}" if last else ""
    ahead = [
        listed(STEPS[event][0] for event in own["event"])
        + ("" if pd.isna(party) else f" by {phrase(dataset, str(party))}")
        for party, own in steps[~steps["found"]].groupby("party", sort=False, dropna=False)
    ]
    return paragraph(f"{told}; next would come {', then '.join(ahead)}." if ahead else f"{told}.")


@passage
def life(dataset: Dataset, steps: pd.DataFrame) -> Text:
    """Say how the accord is known, what its steps mean, and what an absence does not show."""
    if steps.empty:
        return LeftOut(f"How the accord is known: {NO_ACCORD}")
    ids, found = steps["ids"].iloc[0], steps[steps["found"]]
    row, events = dataset.overview.loc[ids[0]], dataset.codes("event_types")
    pages = "among them an official page" if row["official"] else "none of them an official page"
    sentences = [
        f"The {row['title_kind']} title is “{linked(row['title'], ids)}”. It is known from "
        f"{linked(some(row['sources'], 'source'), ids)}, {pages}."
    ]
    # Taking note and tabling a bill sound like consent and are none.
    for event in found.loc[found["event"].isin(lives.APPROVALS), "event"].unique():
        if event not in lives.CONSENTS:
            label, meaning = events.loc[event, ["label", "definition"]]
            sentences.append(f"‘{escape(label)}’ means: {escape(lowered(meaning))}")
    newest = found["latest"].max()
    if pd.notna(newest) and not steps["found"].all():
        sentences.append(
            f"No step on record is newer than {_day(newest)}. That no source was found does not "
            "show that a step was not taken."
        )
    return paragraph(*sentences)


@passage
def disputes(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Say what sources disagree about in a life (rows of ``disputes`` about events)."""
    if table.empty:
        return LeftOut("Disputes about the accord: no two sources disagree about its steps.")
    kinds = dataset.events.set_index(["agreement_id", "event_id"])["event"]
    labels, sentences = dataset.labels("event_types"), []
    for (agreement, field), rows in table.groupby(["agreement_id", "field"], sort=False):
        event, _, column = str(field).removeprefix("event:").partition(".")
        label = labels.get(kinds.get((agreement, event), event), event)
        values = [
            f"{_value(column, value)} in {linked(some(n, 'source'), [str(agreement)])}"
            for value, n in rows.groupby("value", sort=False)["source_id"].nunique().items()
        ]
        chosen = [_value(column, v) for v in rows.loc[rows["adopted"].astype(bool), "value"]]
        reasons = " ".join(escape(reason) for reason in rows["reason"].dropna().unique())
        sentences.append(
            f"Sources compared on the {escape(column.split('#')[0])} of the step "
            f"‘{escape(lowered(label))}’ disagree: {listed(values)}"
            f"{f'; we adopt {chosen[0]}' if chosen else ''}. {reasons}".rstrip()
        )
    return paragraph(*sentences)


@passage
def voices(dataset: Dataset, named: pd.DataFrame) -> Text:
    """Say who names the domains, and which rest on the press alone."""
    if named.empty:
        return LeftOut("What the accord covers: no source names a domain.")
    ids, domains = named["ids"].iloc[0], named.drop_duplicates("domain")
    labels, speakers = dataset.labels("domain_codes"), voice_names(dataset)
    sentences = [f"Sources name {linked(some(len(domains), 'domain'), ids)}."]
    for namer, own in domains.groupby("named_by", sort=False)["domain"]:
        # Some labels hold commas or 'and' themselves.
        names = "; ".join(escape(lowered(labels[domain])) for domain in own)
        sentences.append(f"{_are(len(own), ids)} named by {namer}: {names}.")
    for voice, others in named.drop_duplicates("voice")[["voice", "joint"]].to_numpy():
        if others:
            sentences.append(
                f"The list of the {escape(speakers[voice])} was given for this and "
                f"{count(others, 'other agreement')} together, so that it is weaker evidence for "
                "each."
            )
    alone = named[(named["named_by"] == PRESS) & ~named["domain"].duplicated(keep=False)]
    for voice, n in alone.loc[alone["voice"] != UNRECORDED, "voice"].value_counts().items():
        sentences.append(
            f"{_are(n, ids)} named by one voice alone, {escape(speakers[str(voice)])}."
        )
    return paragraph(*sentences)


@passage
def standing(
    dataset: Dataset, agreement_id: str | None, rows: pd.DataFrame, others: pd.DataFrame,
    places: pd.DataFrame,
) -> Text:  # fmt: skip
    """Say whether the accord stands out beside the other agreements of its states.

    ``rows`` has ``state``, ``agreement_id`` and ``same`` (bool: of the accord's type).
    """
    if agreement_id is None:
        return LeftOut("The accord beside other agreements: there is none to compare.")
    pair, row = named_parties(dataset, agreement_id), dataset.overview.loc[agreement_id]
    sentences = []
    if len(others):
        found = count(others.index, "other bilateral defence instrument")
        sentences.append(f"Between {pair} we found {found}.")
    elif row["scope"] == "bilateral":
        sentences.append(f"It is the only bilateral defence instrument between {pair} on record.")
    shares = [
        f"{percent(own.loc[own['same'], 'agreement_id'], own['agreement_id'])} of the concluded "
        f"agreements of {phrase(dataset, str(state))}"
        for state, own in rows.groupby("state", sort=False)
    ]
    if shares:
        label = escape(lowered(str(row["instrument_label"])))
        sentences.append(f"Its type, {label}, is that of {listed(shares)}.")
    for aspect, own in places[places["of"] > 1].groupby("aspect", sort=False):
        ranks = listed(
            f"{linked(place['count'], place['below']) if place['count'] else 'none'} of "
            f"{linked(some(place['of'], 'other'), place['ids'])} of "
            f"{phrase(dataset, place['state'])}"
            for place in _rows(own)
        )
        value = int(own["value"].iloc[0])
        sentences.append(
            f"Its text or official voices name {linked(some(value, 'domain'), [agreement_id])}, "
            f"more than for {ranks}."
            if aspect == "domains"
            else f"The first consent came {linked(some(value, 'day'), [agreement_id])} after the "
            f"signature, later than in {ranks} whose dates are known."
        )
    return paragraph(*sentences)


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
    title = "Every step of the agreement’s life that can be expected is on record"
    if late:
        title = f"No source shows that {late} completed the approval"
        title = f"{done} completed the approval; no source shows that {late} did" if done else title
    elif len(open_):
        title = "No source shows that the agreement entered into force"
    dated = int(found["earliest"].notna().sum())
    subtitle = f"Dated steps on record (n = {dated}), by who took them"
    if len(open_):
        day = _day(dataset.as_of)
        subtitle += f"; hollow, at no date: steps of which no source was found until {day}"
    told = [f"{', '.join(step_lines(s)[:2])} ({lane(dataset, s['party'])})" for s in _rows(found)]
    wanted = [f"{STEPS[s['event']][0]} ({lane(dataset, s['party'])})" for s in _rows(open_)]
    missing = f" Not found: {'; '.join(wanted)}." if wanted else ""
    return Caption(title, f"{subtitle}.", f"Timeline. Found: {'; '.join(told)}.{missing}")


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
    hollow = f" Hollow: a list that the {shared} gave for several agreements at once."
    told = [
        f"Named by {namer}: {listed(lowered(labels[domain]) for domain in own)}"
        for namer, own in domains.groupby("named_by", sort=False)["domain"]
    ]
    return Caption(
        f"{capital(out_of(press, len(domains), 'domain'))} "
        f"{'rests' if 1 in (press, len(domains)) else 'rest'} on the press alone",
        f"Domains named for this agreement (n = {len(domains)}), by whose statement names them; "
        f"squares are official voices, diamonds the press.{hollow if shared else ''}",
        f"Matrix of domains and voices. {'. '.join(told)}.",
    )


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
    return f"{linked(n, ids)} {'is' if n == 1 else 'are'}"


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _day(day: pd.Timestamp) -> str:
    return spoken(str(day.date()))
