"""What the chapter on the accord says, computed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from accords.analysis import accord as measures
from accords.analysis.claims import CONTRADICTED, NOT_SHOWN, NOT_TESTABLE, PARTLY, SUPPORTED
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.dataset import lifecycle as lives
from accords.words import (
    Text,
    count,
    escape,
    linked,
    listed,
    lowered,
    number,
    paragraph,
    percent,
)

NOUNS = {
    "parliament-approved": "approval by parliament",
    "ratified": "ratification",
    "entered-into-force": "entry into force",
}
"""The steps that complete a life, as nouns."""


def opening(dataset: Dataset, agreement_id: str | None) -> Text:
    """Say which agreement this chapter is about, and what is known of it in short."""
    names = [escape(dataset.party_names.get(s, s)) for s in dataset.focus]
    if agreement_id is None:
        if len(names) < 2:
            return paragraph(f"The report is about {listed(names)} alone; it has no accord.")
        return paragraph(
            f"No bilateral agreement between {listed(names)} is on record as concluded, so that "
            "this chapter has nothing to tell."
        )
    row = _record(dataset, agreement_id)
    rows = (agreement_id,)
    title = linked(row["title"], rows)
    dated = f", {_day_words(row)}" if pd.notna(row["date"]) else ""
    basis = dataset.domains.loc[dataset.domains["agreement_id"] == agreement_id, "basis"]
    text = (
        "Its text is on record."
        if (basis == "text").any()
        else "No source on record carries its text, so that what it covers is known from "
        "statements about it."
    )
    return paragraph(
        f"At the centre of this report is the {title}, {kind_of(row['instrument_label'])}{dated}.",
        f"Its status on {escape(_day_of(dataset.as_of))} is "
        f"{status_words(dataset, row['status'])}.",
        f"It is known from {linked(_n(row['sources'], 'source'), rows)} of "
        f"{number(row['publishers'], 'd', rows)} independent publishers; that it exists is of "
        f"{escape(row['confidence'])} confidence.",
        text,
    )


def life(dataset: Dataset, agreement_id: str | None) -> Text:
    """Tell what was done on each side, what is pending and what is not known."""
    if agreement_id is None:
        return Text("")
    steps = measures.life(dataset, agreement_id)
    found, missing = steps[steps["found"]], steps[~steps["found"]]
    rows = (agreement_id,)
    exact = found[found["earliest"] == found["latest"]]
    signed = exact.loc[exact["event"].isin(lives.SIGNATURES), "earliest"].min()
    sentences = []
    for party in dict.fromkeys(found["party"].dropna()):
        parts = []
        for step in found[found["party"] == party].to_dict("records"):
            label = step["label"].lower()
            after = ""
            if step["earliest"] == step["latest"] and step["earliest"] > signed:
                days = (step["earliest"] - signed).days
                after = f", {number(days, 'd', rows)} days after signature"
            dated = f" {when(step['date'])}" if pd.notna(step["date"]) else " (undated)"
            parts.append(f"{escape(label)}{dated}{after}")
        sentences.append(f"{escape(dataset.party_names.get(party, party))}: {'; '.join(parts)}.")
    if len(missing):
        newest = found["latest"].max()
        since = f" Nothing on record is newer than {_day_of(newest)}." if pd.notna(newest) else ""
        sentences.append(f"Not found: {'; '.join(missing_steps(dataset, steps))}.{since}")
        sentences.append("That no source was found does not show that the step was not taken.")
    if not sentences:
        sentences.append("No step of either side is on record.")
    return paragraph(*sentences)


def missing_steps(dataset: Dataset, steps: pd.DataFrame) -> list[str]:
    """List the steps of a life that no source shows, by who has to take them (HTML)."""
    gaps = []
    for party, own in steps[~steps["found"]].groupby("party", sort=False, dropna=False):
        words = listed(NOUNS[event] for event in own["event"])
        who = dataset.party_names.get(str(party), str(party))
        gaps.append(f"{words} by {escape(who)}" if pd.notna(party) else words)
    return gaps


def status_words(dataset: Dataset, status: str) -> str:
    """Write a status with what it means (HTML): 'pending (signed and in approval …)'."""
    if pd.isna(status):
        return "not known"
    code = dataset.codes("statuses").loc[[status]].to_dict("records")[0]
    meaning = code["definition"].rstrip(".")
    return (
        f"<strong>{escape(code['label'].lower())}</strong> "
        f"({escape(meaning[0].lower() + meaning[1:])})"
    )


def disputes(dataset: Dataset, agreement_id: str | None) -> Text:
    """List what sources disagree about in the life of the accord, and what was adopted."""
    table = dataset.disputes
    table = table[table["agreement_id"] == agreement_id]
    table = table[table["field"].str.startswith("event:")]
    if table.empty:
        return Text("")
    labels = dataset.labels("event_types")
    events = dataset.events[dataset.events["agreement_id"] == agreement_id]
    kinds = events.set_index("event_id")["event"]
    items = []
    for field, rows in table.groupby("field", sort=False):
        event, _, column = str(field).removeprefix("event:").partition(".")
        label = labels.get(kinds.get(event, event), event)
        values = []
        for value, group in rows.groupby("value", sort=False):
            shown = _spoken(str(value)) if column.startswith("date") else str(value)
            mark = ", adopted" if group["adopted"].any() else ""
            sources = linked(_n(group["source_id"].nunique(), "source"), (str(agreement_id),))
            values.append((not group["adopted"].any(), f"{escape(shown)} ({sources}{mark})"))
        reasons = " ".join(escape(reason) for reason in rows["reason"].dropna().unique())
        column = escape(column.split("#")[0])
        against = " against ".join(text for _, text in sorted(values))
        items.append(f"<li>{escape(label)}, {column}: {against}. {reasons}</li>")
    return Text(f"<p>Where sources disagree:</p><ul>{''.join(items)}</ul>")


def voices(dataset: Dataset, agreement_id: str | None) -> Text:
    """Say who names the subjects, and which rest on the press alone."""
    table = measures.voices(dataset, agreement_id)
    if table.empty:
        return paragraph("No source names a subject of the accord.") if agreement_id else Text("")
    rows = (str(agreement_id),)
    labels = dataset.labels("domain_codes")
    text, several, one, press = (
        [lowered(labels.get(d, d)) for d in table.index[table["named_by"] == group]]
        for group in measures.NAMED_BY
    )
    sentences = [
        f"Sources name {linked(_n(len(table), 'subject'), rows)}. Official statements are kept "
        "apart from one another and from the press."
    ]
    if text:
        sentences.append(f"{_are(text, rows)} named by its text: {_list(text)}.")
    if several:
        sentences.append(
            f"{_are(several, rows)} named by more than one official voice: {_list(several)}."
        )
    if one:
        sentences.append(f"{_are(one, rows)} named by one official voice alone: {_list(one)}.")
    for speaker, others in measures.joint_lists(dataset, agreement_id).items():
        sentences.append(
            f"The list of the {escape(dataset.labels('voices')[speaker])} was given for this and "
            f"{count(others, 'other agreement')} together, so that it is weaker evidence for each."
        )
    if press:
        rest = "rests" if len(press) == 1 else "rest"
        sentences.append(
            f"{number(len(press), 'd', rows)} {rest} on the press alone: {_list(press)}."
        )
        alone = table[table["named_by"] == measures.PRESS]
        columns = [c for c in alone.columns if c not in ("official", "sources", "named_by")]
        single = alone[(alone[columns] > 0).sum(axis=1) == 1]
        for voice, group in single.groupby(single[columns].gt(0).idxmax(axis=1), sort=False):
            if voice == measures.UNRECORDED:
                continue
            label = dataset.labels("voices")[str(voice)]
            sentences.append(
                f"Of these, {number(len(group), 'd', rows)} "
                f"{'is' if len(group) == 1 else 'are'} on record from one voice: {escape(label)}."
            )
    else:
        sentences.append("None rests on the press alone.")
    return paragraph(*sentences)


def instrument(dataset: Dataset, agreement_id: str | None) -> Text:
    """Say how usual the accord's type of instrument is for each state."""
    if agreement_id is None:
        return Text("")
    row = _record(dataset, agreement_id)
    overview = dataset.overview
    concluded = overview[overview["concluded"]]
    parts = []
    for state in dataset.focus:
        own = concluded[concluded["focus"].map(lambda f, s=state: s in f).astype(bool)]
        if len(own):
            share = percent(own.index[own["instrument"] == row["instrument"]], own.index)
            parts.append(f"{share} of {escape(dataset.party_names.get(state, state))}'s")
    between = measures.between(dataset, agreement_id)
    parties = measures.parties_of(dataset, agreement_id)
    pair = listed(escape(dataset.party_names.get(p, p)) for p in parties)
    others = (
        f"Between {pair} there {'is' if len(between) == 1 else 'are'} "
        f"{count(between.index, 'other bilateral instrument')} on record."
        if len(between)
        else f"It is the only bilateral defence instrument between {pair} on record."
    )
    label = escape(row["instrument_label"].lower())
    usual = f"Its type, {label}, is that of {listed(parts)} concluded agreements." if parts else ""
    return paragraph(others, usual)


def claims_opening(dataset: Dataset, table: pd.DataFrame) -> Text:
    """Head the section on the claims and say how they fare; nothing where there are none."""
    if table.empty:
        return Text("")
    agreement_id = measures.accord_id(dataset)
    rows = () if agreement_id is None else (agreement_id,)
    n = table["verdict"].value_counts()

    def some(verdict: str) -> str:
        return number(int(n.get(verdict, 0)), "d", rows)

    sources = dataset.sources.set_index("source_id")
    claimed = dataset.claims.loc[dataset.claims["claim_id"].isin(table["claim_id"]), "source_id"]
    papers = listed(escape(p) for p in sources.loc[claimed.unique(), "publisher"].unique())
    return Text(
        '<h3 id="accord-claims">What is claimed, and what is shown</h3>'
        + paragraph(
            f"The article by {papers} from which this report starts makes or implies "
            f"{linked(_n(len(table), 'claim'), rows)}. {some(SUPPORTED)} "
            f"{'is' if n.get(SUPPORTED, 0) == 1 else 'are'} supported, {some(PARTLY)} in part, "
            f"{some(NOT_SHOWN)} not shown by any other source, {some(CONTRADICTED)} contradicted, "
            f"and {some(NOT_TESTABLE)} cannot be tested with these data.",
            "What the article or its publisher says is no support for its own claims, and a claim "
            "that is not shown is not thereby false.",
        ).html
    )


def claims_table(table: pd.DataFrame) -> Text:
    """Set out each claim, its verdict, and what the data show."""
    if table.empty:
        return Text("")
    rows = "".join(
        f'<tr id="{escape(row["claim_id"])}"><th scope="row">{escape(row["claim"])}</th>'
        f'<td><strong class="verdict {escape(row["verdict"])}">{escape(row["label"])}</strong>'
        f"<br>{row['sentence']}{_note(row['note'])}</td></tr>"
        for row in table.to_dict("records")
    )
    return Text(
        '<div class="scroll" role="region" aria-label="Claims" tabindex="0">'
        '<table class="claims"><caption>Each claim in our words, its verdict and what the data '
        'show</caption><thead><tr><th scope="col">Claim</th><th scope="col">Verdict, and what the '
        f"data show</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _note(note: Any) -> str:
    return f'<br><small class="reason">{escape(note)}</small>' if pd.notna(note) else ""


def _record(dataset: Dataset, agreement_id: str) -> dict[str, Any]:
    record = dataset.overview.loc[[agreement_id]].to_dict("records")[0]
    return {str(column): value for column, value in record.items()}


def _day_words(row: dict[str, Any]) -> str:
    words = "signed" if row["date_event"] == "signed" else "concluded"
    return f"{words} {when(row['date'])}"


def kind_of(label: str) -> str:
    """Write a type of instrument with its article (HTML): 'an agreement'."""
    return f"{'an' if label[0] in 'AEIO' else 'a'} {escape(label.lower())}"


def when(date: str) -> str:
    """Write a date as an adverb (HTML): 'on 30 October 2024', 'in May 2025'."""
    precise = dates.precision(pd.Series([date])).iloc[0] == "day"
    return f"{'on' if precise else 'in'} {escape(dates.spoken(date))}"


def _day_of(day: pd.Timestamp) -> str:
    return dates.spoken(day.strftime("%Y-%m-%d"))


def _spoken(value: str) -> str:
    return dates.spoken(value) if pd.Series([value]).str.match(dates.PATTERN).all() else value


def _n(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _are(names: list[str], rows: tuple[str, ...]) -> str:
    return f"{number(len(names), 'd', rows)} {'is' if len(names) == 1 else 'are'}"


def _list(names: list[str]) -> str:
    # Some labels hold commas or 'and' themselves.
    return "; ".join(escape(name) for name in names)
