"""The report's key findings: computed sentences, each with what other choices of records give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from accords.analysis import accord, claims, domains, evidence, partners, robustness, time
from accords.analysis.common import by_state, concluded
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE
from accords.prose.accord import kind_of, missing_steps, status_words, when
from accords.prose.domains import shifts
from accords.prose.partners import named
from accords.prose.time import together
from accords.words import (
    count,
    escape,
    figure,
    interval,
    linked,
    listed,
    lowered,
    number,
    percent,
    tied,
)


class Reading(NamedTuple):
    """One number, and what it says."""

    value: float
    """NaN where it cannot be taken."""
    says: str
    """The outcome in a few words; a finding changes where this changes. Empty where unknown."""


Measure = Callable[[Dataset], Reading]

NOTHING = Reading(float("nan"), "")


@dataclass(frozen=True)
class Check:
    """One number under every choice of records.

    Attributes
    ----------
    label
        What the number is.
    form
        How it is written, as for ``format``.
    readings
        By the name of the choice, all records first.
    """

    label: str
    form: str
    readings: Mapping[str, Reading]

    @property
    def unknown(self) -> list[str]:
        """Choices under which the number cannot be taken."""
        return [name for name, reading in self.readings.items() if not reading.says]

    @property
    def changed(self) -> dict[str, str]:
        """Choices that say something else than all records do, and what they say."""
        base = next(iter(self.readings.values())).says
        return {
            name: reading.says
            for name, reading in self.readings.items()
            if reading.says and reading.says != base
        }


@dataclass(frozen=True)
class Finding:
    """A sentence, and how it fares under other choices of records.

    Attributes
    ----------
    key
        Stable identifier.
    lead
        What it is about, in a word or two.
    sentence
        HTML with links to rows.
    checks
        The numbers that it stands on.
    """

    key: str
    lead: str
    sentence: str
    checks: tuple[Check, ...]

    @property
    def robustness(self) -> str:
        """Say whether it holds under all choices, or which change it (HTML)."""
        checks = [check for check in self.checks if next(iter(check.readings.values())).says]
        checks = [check for check in checks if len(check.readings) > 1]
        if not checks:
            return ""
        changes: dict[str, list[str]] = {}
        for check in checks:
            for name, says in check.changed.items():
                changes.setdefault(name, []).append(says)
        unknown = list(dict.fromkeys(name for check in checks for name in check.unknown))
        unknown = [name for name in unknown if name not in changes]
        if changes:
            parts = [f"{name} ({listed(dict.fromkeys(says))})" for name, says in changes.items()]
            text = f"Changes with other choices of records: {'; '.join(parts)}."
        elif unknown:
            text = "Holds under every other choice of records that allows it."
        else:
            text = "Holds under every other choice of records."
        if unknown:
            text += f" Cannot be measured with: {'; '.join(unknown)}."
        return escape(text)

    def _repr_html_(self) -> str:
        return (
            f'<div class="finding" id="finding-{escape(self.key)}"><p>'
            f"<strong>{escape(self.lead)}.</strong> {tied(self.sentence)} "
            f'<span class="robustness">{self.robustness}</span></p>{self._variants()}</div>'
        )

    def _variants(self) -> str:
        if not self.robustness:
            return ""
        head = "".join(f'<th scope="col">{escape(check.label)}</th>' for check in self.checks)
        names = list(self.checks[0].readings)
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th>'
            + "".join(f"<td>{_shown(check, name)}</td>" for check in self.checks)
            + "</tr>"
            for name in names
        )
        return (
            "<details><summary>Under other choices of records</summary>"
            '<div class="scroll" role="region" tabindex="0" '
            f'aria-label="Other choices: {escape(self.lead)}">'
            f'<table class="variants"><thead><tr><th scope="col">Records</th>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div></details>"
        )


def _shown(check: Check, name: str) -> str:
    reading = check.readings[name]
    if not reading.says:
        return "–"
    mark = "*" if name in check.changed else ""
    return tied(f"{figure(reading.value, check.form)}{mark}")


def findings(dataset: Dataset, *, robust: bool = True) -> list[Finding]:
    """Compute the key findings, in the order of the chapters.

    A finding for which there are too few data is left out; where all are, one says so. Without
    ``robust`` they are taken under all records alone, which is quicker.
    """
    choices = robustness.variants(dataset) if robust else {"all records": dataset}
    makers = (
        _agreed, _press_alone, _claims, _numbers, _rhythm, _subjects, _partners,
        _diversification, _status, _sure, _missing,
    )  # fmt: skip
    made = [make(dataset, choices) for make in makers]
    found = [finding for finding in made if finding is not None]
    return found or [Finding("none", "Too few data", "There are too few data for any finding.", ())]


Choices = Mapping[str, Dataset]


def _check(choices: Choices, label: str, form: str, measure: Measure) -> Check:
    return Check(label, form, {name: measure(data) for name, data in choices.items()})


def _agreed(dataset: Dataset, choices: Choices) -> Finding | None:
    agreement_id = accord.accord_id(dataset)
    if agreement_id is None:
        return None
    row = dataset.overview.loc[[agreement_id]].to_dict("records")[0]
    rows = (agreement_id,)
    steps = accord.life(dataset, agreement_id)
    names = dataset.party_names
    done = [
        f"{escape(names.get(str(party), str(party)))}, {escape(own['label'].iloc[-1].lower())} "
        f"{when(own['date'].iloc[-1])}"
        for party, own in steps[steps["found"] & steps["date"].notna()].groupby("party", sort=False)
    ]
    missing = missing_steps(dataset, steps)
    parties = listed(escape(names.get(p, p)) for p in accord.parties_of(dataset, agreement_id))
    verb = "signed" if row["date_event"] == "signed" else "concluded"
    sentence = (
        f"{parties} {verb} {linked(kind_of(row['instrument_label']), rows)} "
        f"{when(row['date']) if pd.notna(row['date']) else 'undated'}; its status is "
        f"{status_words(dataset, row['status'])}."
    )
    if done:
        sentence += f" The newest step of each side on record: {'; '.join(done)}"
        sentence += f"; no source shows {' or '.join(missing)}." if missing else "."
    elif missing:
        sentence += f" No source shows {' or '.join(missing)}."

    def measure(data: Dataset) -> Reading:
        if agreement_id not in data.overview.index:
            return NOTHING
        status = str(data.overview.at[agreement_id, "status"])
        return Reading(
            float((~accord.life(data, agreement_id)["found"]).sum()),
            data.labels("statuses").get(status, status).lower(),
        )

    return Finding(
        "agreed", "The accord", sentence, (_check(choices, "steps not found", ".0f", measure),)
    )


def _press_alone(dataset: Dataset, choices: Choices) -> Finding | None:
    agreement_id = accord.accord_id(dataset)
    table = accord.voices(dataset, agreement_id)
    if agreement_id is None or table.empty:
        return None
    labels = dataset.labels("domain_codes")
    press = table.index[table["named_by"] == accord.PRESS]
    official = table.index[table["named_by"] != accord.PRESS]
    rows = (agreement_id,)

    def subjects(codes: pd.Index) -> str:
        return "; ".join(escape(lowered(labels.get(code, code))) for code in codes)

    text = (dataset.domains.loc[dataset.domains["agreement_id"] == agreement_id, "basis"]) == "text"
    seen = "" if text.any() else "Its text was not seen. "
    sentence = seen + (
        f"Official statements name {number(len(official), 'd', rows)} of its "
        f"{number(len(table), 'd', rows)} reported subjects ({subjects(official)})"
        if len(official)
        else f"No official statement names any of its {number(len(table), 'd', rows)} reported "
        "subjects"
    )
    sentence += (
        f"; {number(len(press), 'd', rows)} {'rest' if len(press) > 1 else 'rests'} on the press "
        f"alone ({subjects(press)})."
        if len(press)
        else "; none rests on the press alone."
    )

    def measure(data: Dataset) -> Reading:
        found = accord.voices(data, agreement_id)
        if found.empty:
            return NOTHING
        alone = int((found["named_by"] == accord.PRESS).sum())
        return Reading(alone, f"{alone} on the press alone")

    return Finding(
        "press-alone",
        "What it covers",
        sentence,
        (_check(choices, "subjects on the press alone", ".0f", measure),),
    )


def _claims(dataset: Dataset, choices: Choices) -> Finding | None:
    table = claims.verdicts(dataset)
    if table.empty:
        return None
    agreement_id = accord.accord_id(dataset)
    rows = () if agreement_id is None else (agreement_id,)
    n = table["verdict"].value_counts()
    sentence = (
        f"Of {number(len(table), 'd', rows)} claims that the article behind this report makes or "
        f"implies, other sources support {number(n.get(claims.SUPPORTED, 0), 'd', rows)} in full "
        f"and {number(n.get(claims.PARTLY, 0), 'd', rows)} in part, and contradict "
        f"{number(n.get(claims.CONTRADICTED, 0), 'd', rows)}. "
        f"{number(n.get(claims.NOT_SHOWN, 0), 'd', rows)} are shown by no other source, which does "
        f"not make them false, and {number(n.get(claims.NOT_TESTABLE, 0), 'd', rows)} cannot be "
        "tested with these data."
    )

    def measure(data: Dataset) -> Reading:
        found = claims.verdicts(data)["verdict"]
        if found.empty:
            return NOTHING
        borne = int(found.isin([claims.SUPPORTED, claims.PARTLY]).sum())
        open_ = int(found.isin([claims.NOT_SHOWN, claims.CONTRADICTED]).sum())
        return Reading(borne, "fewer borne out than not" if borne < open_ else "as many or more")

    label = "claims supported, in full or in part"
    return Finding("claims", "The claims", sentence, (_check(choices, label, ".0f", measure),))


def _numbers(dataset: Dataset, choices: Choices) -> Finding | None:
    overview = dataset.overview
    if not overview["concluded"].any():
        return None
    names = dataset.party_names
    parts = []
    for state in dataset.focus:
        own = overview[overview["focus"].map(lambda f, s=state: s in f).astype(bool)]
        announced = own.index[own["status"] == "announced"]
        apart = f" (and {count(announced)} only announced)" if len(announced) else ""
        done = count(own.index[own["concluded"]], "concluded agreement")
        parts.append(f"{done} of {escape(named(dataset, names.get(state, state)))}{apart}")
    tied = together(dataset)
    sentence = f"On record are {listed(parts)}{f'; {tied}' if tied else ''}"
    sentence += ". There may be more that we did not find."

    def measure(data: Dataset) -> Reading:
        n = by_state(data)["state"].value_counts()
        return _ranked(data, {s: float(n.get(s, 0)) for s in data.focus})

    return Finding(
        "numbers", "How many", sentence, (_check(choices, *_between(dataset, ".0f"), measure),)
    )


def _rhythm(dataset: Dataset, choices: Choices) -> Finding | None:
    dated = time.timeline(dataset)
    dated = dated[dated["concluded"]]
    if dated.empty:
        return None
    end = dataset.as_of.year - 1
    names = dataset.party_names
    sentences, checks = [], []
    for state in dataset.focus:
        own = dated[dated["state"] == state]
        if own.empty:
            continue
        change = time.rate_change(dataset, state)
        name = escape(names.get(state, state))
        sentence = (
            f"{name} concluded {count(change.after_rows, 'agreement')} in {end - 9}–{end} against "
            f"{count(change.before_rows)} in the ten years before"
        )
        if pd.notna(change.ratio):
            sentence += (
                f", {number(change.ratio, '.1f', (*change.after_rows, *change.before_rows))} "
                f"times as many (95 % interval {interval(change.low, change.high, '.1f')})"
            )
        sentences.append(sentence)
        checks.append(_check(choices, f"ratio, {names.get(state, state)}", ".2f", _rate(state)))
    sentence = (
        f"{'; '.join(sentences)}. Sources cover recent years better, so that part of a rise is a "
        "rise of what can be read."
    )
    return Finding("rhythm", "How often", sentence, tuple(checks))


def _rate(state: str) -> Measure:
    def measure(data: Dataset) -> Reading:
        change = time.rate_change(data, state)
        if pd.isna(change.ratio):
            return NOTHING
        name = data.party_names.get(state, state)
        if change.low > 1:
            return Reading(change.ratio, f"{name} faster")
        if change.high < 1:
            return Reading(change.ratio, f"{name} slower")
        return Reading(change.ratio, f"{name} without a clear change")

    return measure


def _subjects(dataset: Dataset, choices: Choices) -> Finding | None:
    table = domains.profiles(dataset)
    if table.empty:
        return None
    names, labels = dataset.party_names, dataset.labels("domain_codes")
    parts, checks = [], []
    for state, own in table.groupby("state", sort=False):
        code = _top(own)
        if code is None:
            continue
        ranked = own.sort_values("n", ascending=False, kind="stable").head(3)
        shown = listed(
            f"{escape(lowered(labels[row['domain']]))} "
            f"({count(row['agreements'])} or {100 * row['share']:.0f} %)"
            for row in ranked.to_dict("records")
        )
        name = names.get(str(state), str(state))
        coded = domains.coded(dataset)
        total = count(coded.loc[coded["state"] == state, "agreement_id"])
        parts.append(f"{escape(name)}'s {total} are most often about {shown}")
        checks.append(
            _check(choices, f"share of {lowered(labels[code])}, {name}", ".0%", _first(str(state)))
        )
    if not parts:
        return None
    sentence = f"Of agreements whose subjects are known, {'; '.join(parts)}. {shifts(dataset)}"
    return Finding("subjects", "About what", sentence.strip(), tuple(checks))


def _top(profile: pd.DataFrame) -> str | None:
    if profile.empty or not profile["n"].max():
        return None
    return str(profile["domain"].iloc[int(profile["n"].argmax())])


def _first(state: str) -> Measure:
    def measure(data: Dataset) -> Reading:
        table = domains.profiles(data)
        own = table[table["state"] == state]
        code = _top(own)
        if code is None:
            return NOTHING
        name = data.party_names.get(state, state)
        label = lowered(data.labels("domain_codes")[code])
        return Reading(float(own["share"].max()), f"{label} first for {name}")

    return measure


def _partners(dataset: Dataset, choices: Choices) -> Finding | None:
    counts = partners.partner_counts(dataset)
    if counts.empty:
        return None
    names = dataset.party_names
    parts, checks = [], []
    for state in dataset.focus:
        own = counts[counts["state"] == state]
        if own.empty:
            continue
        rows = [i for ids in own["agreement_ids"] for i in ids]
        largest = own[own["rank"] == 1].to_dict("records")[0]
        name = names.get(state, state)
        noun = "partner" if len(own) == 1 else "partners"
        first = escape(named(dataset, largest["name"]))
        parts.append(
            f"{escape(named(dataset, name))} has {count(rows, 'bilateral agreement')} with "
            f"{number(len(own), 'd', rows)} {noun}, most with {first} "
            f"({count(largest['agreement_ids'])})"
        )
        checks.append(_check(choices, f"share of the largest, {name}", ".0%", _leader(state)))
    sentence = f"{_capital('; '.join(parts))}.{_shared(dataset, counts)}"
    return Finding("partners", "With whom", sentence, tuple(checks))


def _shared(dataset: Dataset, counts: pd.DataFrame) -> str:
    """Say how many partners the focus states have in common."""
    others = counts[~counts["partner"].isin(dataset.focus)]
    if len(dataset.focus) < 2 or others.empty:
        return ""
    table = partners.shared_partners(dataset)
    rows = [i for ids in table["agreement_ids"] for i in ids]
    every = [i for ids in others["agreement_ids"] for i in ids]
    most = listed(escape(named(dataset, name)) for name in table["name"].head(4))
    whom = "both" if len(dataset.focus) == 2 else "more than one of them"
    have = "has" if len(table) == 1 else "have"
    return (
        f" {number(len(table), 'd', rows)} of all "
        f"{number(others['partner'].nunique(), 'd', every)} partners {have} agreements with "
        f"{whom}{f', most of all {most}' if most else ''}."
    )


def _leader(state: str) -> Measure:
    def measure(data: Dataset) -> Reading:
        counts = partners.partner_counts(data)
        own = counts[counts["state"] == state]
        if own.empty:
            return NOTHING
        row = own[own["rank"] == 1].to_dict("records")[0]
        share = row["agreements"] / own["agreements"].sum()
        name = data.party_names.get(state, state)
        return Reading(share, f"{named(data, row['name'])} largest for {name}")

    return measure


def _diversification(dataset: Dataset, choices: Choices) -> Finding | None:
    table = partners.diversification_by_length(dataset)
    table = table[table["finding"] != "too few"]
    if table.empty:
        return None
    names = dataset.party_names
    # One table serves the columns of every state and length.
    tables = {id(data): partners.diversification_by_length(data) for data in choices.values()}
    sentences, checks = [], []
    for state in dataset.focus:
        own = table[table["state"] == state]
        if own.empty:
            continue
        name = names.get(state, state)
        sentences.append(_spread_words(dataset, named(dataset, name), own))
        for years in dict.fromkeys(own["after"]):
            label = f"{name}, {_span(years)}: points"
            checks.append(_check(choices, label, "+.1f", _spread(tables, state, years)))
    return Finding("diversification", "Spread over partners", " ".join(sentences), tuple(checks))


def _spread_words(dataset: Dataset, name: str, own: pd.DataFrame) -> str:
    """Say in words which comparisons of two runs of years show a change in the spread."""
    clear = own[own["finding"].isin(_DIVERSITY)]
    rows = [i for ids in own["agreement_ids"] for i in ids]
    total = number(len(own), "d", rows)
    if clear.empty:
        noun = "comparison" if len(own) == 1 else "comparisons"
        return (
            f"For {escape(name)} none of {total} {noun} shows agreements spread over partners "
            "more or less widely than before."
        )
    said = "; ".join(
        f"{_DIVERSITY[row['finding']]} in {_span(row['after'])} than in {_span(row['before'])} "
        f"{_counted(dataset, row)} (the chance that two agreements are with the same partner went "
        f"from {number(100 * row['herfindahl_before'], '.0f', row['ids_before'])} to "
        f"{number(100 * row['herfindahl_after'], '.0f', row['ids_after'])} %)"
        for row in clear.to_dict("records")
    )
    if len(clear) == len(own):
        return f"Every comparison shows {escape(name)} {said}."
    left = len(own) - len(clear)
    unclear = own.loc[own.index.difference(clear.index), "agreement_ids"]
    of_these = [i for ids in unclear for i in ids]
    others = "comparison" if left == 1 else f"{number(left, 'd', of_these)} comparisons"
    return (
        f"Whether {escape(name)} spreads its agreements over partners more widely than before "
        f"depends on what is compared: {said}. The other {others}, of other years or "
        f"without the largest partner, {'shows' if left == 1 else 'show'} no clear change."
    )


def _counted(dataset: Dataset, row: Mapping[Any, Any]) -> str:
    if row["counted"] == partners.ALL:
        return "with all partners"
    left_out = str(row["left_out"])
    return f"without {escape(named(dataset, dataset.party_names.get(left_out, left_out)))}"


_DIVERSITY = {"diversifies": "more widely", "concentrates": "less widely"}


def _spread(tables: Mapping[int, pd.DataFrame], state: str, years: str) -> Measure:
    def measure(data: Dataset) -> Reading:
        table = tables[id(data)]
        table = table[(table["state"] == state) & (table["after"] == years)]
        table = table[table["counted"] == partners.ALL]
        if table.empty or table["finding"].iloc[0] == "too few":
            return NOTHING
        row = table.to_dict("records")[0]
        name = data.party_names.get(state, state)
        return Reading(100 * row["change"], f"{name} {_span(years)}: {row['finding']}")

    return measure


def _status(dataset: Dataset, choices: Choices) -> Finding | None:
    rows = _own(concluded(dataset))
    bought = rows[rows["instrument"] == PURCHASE]
    rows = rows[rows["instrument"] != PURCHASE]
    if rows.empty:
        return None
    sentence = (
        f"Of {count(rows.index, 'concluded agreement')}, purchases aside, "
        f"{percent(rows.index[rows['status'] == 'in-force'], rows.index)} are known to be in "
        f"force. Of {percent(rows.index[rows['status'] == 'signed'], rows.index)} nothing is known "
        "but that they were signed or adopted, and of "
        f"{percent(rows.index[rows['status'] == 'unknown'], rows.index)}, signed more than ten "
        "years ago, no later trace was found."
    )
    if len(bought):
        whole = bought.index[bought["status"] == "completed"]
        part = bought.index[bought["status"].isin(["in-delivery", "received"])]
        sentence += (
            f" Of {count(bought.index, 'purchase')}, {percent(whole, bought.index)} are known to "
            f"be handed over whole, and {percent(part, bought.index)} at least in part."
        )

    def measure(data: Dataset) -> Reading:
        own = _own(concluded(data))
        found = own.loc[own["instrument"] != PURCHASE, "status"]
        if found.empty:
            return NOTHING
        known, unknown = (found == "in-force").sum(), (found == "unknown").sum()
        more = "more in force" if known > unknown else "no more in force"
        return Reading(unknown / len(found), f"{more} than unknown")

    return Finding(
        "status",
        "What became of them",
        sentence,
        (_check(choices, "share unknown", ".0%", measure),),
    )


def _sure(dataset: Dataset, choices: Choices) -> Finding | None:
    every = _own(dataset.overview)
    if every.empty:
        return None
    sure = every.index[every["confidence"] == "high"]
    sentence = (
        f"That an agreement exists is of high confidence for {percent(sure, every.index)} of the "
        "records: an official or treaty source says so, or two independent publishers."
    )
    sentence += _errors(dataset)

    def measure(data: Dataset) -> Reading:
        found = _own(data.overview)["confidence"]
        if found.empty:
            return NOTHING
        share = float((found == "high").mean())
        return Reading(share, "most of high confidence" if share > 0.5 else "most not")

    label = "share of high confidence"
    return Finding("sure", "How sure", sentence, (_check(choices, label, ".0%", measure),))


def _errors(dataset: Dataset) -> str:
    """Say what blind second readings found: all of them together, and the latest (HTML)."""
    table = evidence.reading_errors(dataset)
    table = table[table["facts"] > 0]
    if table.empty:
        return ""
    last = table["reading"].max()
    rates = {
        (when, row["problem"]): (
            f"{number(100 * row['share'], '.1f', row['agreement_ids'])} % "
            f"(95 % interval {interval(100 * row['low'], 100 * row['high'], '.1f')})"
        )
        for when, mask in (("all", table["reading"].isna()), ("last", table["reading"] == last))
        for row in table[mask].to_dict("records")
    }
    sentence = (
        " Readers who did not know the first result found "
        f"{rates['all', 'wrong']} of facts wrong and {rates['all', 'unsupported']} unsupported by "
        "what they could see"
    )
    if table["reading"].nunique() > 1:
        sentence += (
            f"; in the latest of their samples {rates['last', 'wrong']} and "
            f"{rates['last', 'unsupported']}"
        )
    return f"{sentence}."


def _missing(dataset: Dataset, choices: Choices) -> Finding | None:
    table = evidence.capture_recapture(dataset)
    whole = table[table["group"] == "all"].to_dict("records")[0]
    checks: tuple[Check, ...] = ()
    sentence = ""
    if pd.notna(whole["estimate"]) and whole["seen"]:
        seen = (*whole["own_ids"], *whole["academic_ids"])
        upper = (
            "no upper limit"
            if whole["high"] == float("inf")
            else number(whole["high"], ",.0f", seen)
        )
        sentence = (
            f"For {_RECAPTURED[0]}–{_RECAPTURED[1]} our own reading and the academic list DCAD "
            f"together hold {number(whole['seen'], 'd', seen)} comparable bilateral agreements, "
            f"and their overlap suggests that about {number(whole['estimate'], ',.0f', seen)} "
            f"exist (95 % interval {number(whole['low'], ',.0f', seen)} to {upper}), if the lists "
            "are independent. "
        )

        def measure(data: Dataset) -> Reading:
            found = evidence.capture_recapture(data)
            row = found[found["group"] == "all"].to_dict("records")[0]
            # A list that holds nothing of its own is not independent of the other.
            alone = min(row["academic"], row["own"]) - row["both"]
            if pd.isna(row["estimate"]) or alone <= 0:
                return NOTHING
            share = row["seen"] / row["estimate"]
            return Reading(share, "most are missing" if share < 0.5 else "most are found")

        checks = (_check(choices, "share found, estimated", ".0%", measure),)
    else:
        return None
    sentence += (
        "Purchases, plans, secret agreements and later years are outside this estimate, and "
        "motives and effects outside the data."
    )
    return Finding("missing", "What is missing", sentence, checks)


_RECAPTURED = (1980, 2010)


def _own(overview: pd.DataFrame) -> pd.DataFrame:
    """Leave out agreements to which no focus state is a party."""
    return overview[overview["focus"].map(len) > 0]


def _names(dataset: Dataset) -> list[str]:
    return [dataset.party_names.get(state, state) for state in dataset.focus]


def _between(dataset: Dataset, form: str) -> tuple[str, str]:
    names = _names(dataset)
    if len(names) < 2:
        return names[0], form
    return f"{names[0]} less {names[1]}", f"+{form}"


def _ranked(dataset: Dataset, values: Mapping[str, float]) -> Reading:
    """Read the order of the first two focus states, or one state's value alone."""
    numbers = [values[state] for state in dataset.focus[:2]]
    if any(pd.isna(n) for n in numbers) or not any(numbers):
        return NOTHING
    if len(numbers) < 2:
        return Reading(numbers[0], "on record")
    first, second = _names(dataset)[:2]
    return Reading(numbers[0] - numbers[1], _order(first, numbers[0], second, numbers[1]))


def _order(first: str, a: float, second: str, b: float) -> str:
    if a == b:
        return f"{first} and {second} equal"
    return f"more for {first if a > b else second} than for {second if a > b else first}"


def _span(years: str) -> str:
    return years.replace("-", "–")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
