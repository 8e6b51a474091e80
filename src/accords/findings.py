"""The report's key findings: computed sentences, each with what other choices of records give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from accords import claims
from accords.dataset import Dataset
from accords.measures import accord, domains, evidence, partners, robustness, time
from accords.measures.common import by_state, concluded
from accords.prose.accord import kind_of, missing_steps, when
from accords.prose.text import (
    count,
    escape,
    interval,
    linked,
    listed,
    number,
    percent,
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
        if changes:
            parts = [f"{name} ({listed(dict.fromkeys(says))})" for name, says in changes.items()]
            text = f"Changes under other choices of records: {'; '.join(parts)}."
        elif unknown:
            text = "Holds under every other choice of records that allows it."
        else:
            text = "Holds under every other choice of records."
        if unknown:
            text += f" Too few records to tell: {'; '.join(unknown)}."
        return escape(text)

    def _repr_html_(self) -> str:
        return (
            f'<div class="finding" id="finding-{escape(self.key)}"><p>'
            f"<strong>{escape(self.lead)}.</strong> {self.sentence} "
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
            '<div class="scroll" role="region" aria-label="Other choices" tabindex="0">'
            f'<table class="variants"><thead><tr><th scope="col">Records</th>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div></details>"
        )


def _shown(check: Check, name: str) -> str:
    reading = check.readings[name]
    if not reading.says:
        return "–"
    mark = "*" if name in check.changed else ""
    return f"{format(reading.value, check.form)}{mark}"


def findings(dataset: Dataset, *, robust: bool = True) -> list[Finding]:
    """Compute the key findings, in the order of the chapters.

    A finding for which there are too few data is left out; where all are, one says so. Without
    ``robust`` they are taken under all records alone, which is quicker.
    """
    choices = robustness.variants(dataset) if robust else {"all records": dataset}
    makers = (
        _agreed, _press_alone, _claims, _numbers, _rhythm, _subjects, _alike, _partners,
        _diversification, _shared, _status, _missing,
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
    label = dataset.labels("statuses").get(row["status"], "not known").lower()
    sentence = (
        f"{parties} concluded {linked(kind_of(row['instrument_label']), rows)} "
        f"{when(row['date']) if pd.notna(row['date']) else 'undated'}; its status is "
        f"<strong>{escape(label)}</strong>."
    )
    if done:
        sentence += f" The newest step of each side on record: {'; '.join(done)}."
    if missing:
        sentence += f" Not found: {missing}."

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
    rows = (agreement_id,)
    named = "; ".join(escape(labels.get(code, code).lower()) for code in press)
    sentence = (
        f"Of the {number(len(table), 'd', rows)} subjects that sources name for it, "
        f"{number(len(press), 'd', rows) if len(press) else 'none'} "
        f"{'rest' if len(press) > 1 else 'rests'} on the press "
        f"alone{f': {named}' if named else ''}."
    )

    def measure(data: Dataset) -> Reading:
        found = accord.voices(data, agreement_id)
        if found.empty:
            return NOTHING
        alone = int((found["named_by"] == accord.PRESS).sum())
        return Reading(alone, f"{alone} on the press alone")

    return Finding(
        "press-alone",
        "Its subjects",
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
        f"Of {number(len(table), 'd', rows)} claims that the article on the accord makes or "
        f"implies, {number(n.get(claims.SUPPORTED, 0), 'd', rows)} are supported in full and "
        f"{number(n.get(claims.PARTLY, 0), 'd', rows)} in part; "
        f"{number(n.get(claims.NOT_SHOWN, 0), 'd', rows)} are not shown by any other source, "
        f"{number(n.get(claims.CONTRADICTED, 0), 'd', rows)} contradicted and "
        f"{number(n.get(claims.NOT_TESTABLE, 0), 'd', rows)} not testable with these data."
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
        apart = f" ({count(announced)} more only announced)" if len(announced) else ""
        parts.append(
            f"{escape(names.get(state, state))} "
            f"{count(own.index[own['concluded']], 'agreement')}{apart}"
        )
    together = concluded(dataset)
    shared = together.index[together["focus"].map(len) > 1]
    sentence = f"On record as concluded: {listed(parts)}"
    sentence += (
        f"; {count(shared, 'agreement')} {'has' if len(shared) == 1 else 'have'} more than one of "
        "them as parties."
        if len(dataset.focus) > 1
        else "."
    )
    sentence += " What was not found may still exist."

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
            f"{name}, on record from {own['year'].min()}, concluded "
            f"{number(change.rate_after, '.1f', change.after_rows)} agreements a year in "
            f"{end - 9}–{end} against {number(change.rate_before, '.1f', change.before_rows)} in "
            f"the ten years before"
        )
        if pd.notna(change.ratio):
            sentence += (
                f" (ratio {number(change.ratio, '.1f', change.after_rows)}, 95 % interval "
                f"{interval(change.low, change.high, '.1f')})"
            )
        sentences.append(f"{sentence}.")
        checks.append(_check(choices, f"ratio, {names.get(state, state)}", ".2f", _rate(state)))
    sentences.append("Sources may cover recent years better, which would raise the ratio.")
    return Finding("rhythm", "How often", " ".join(sentences), tuple(checks))


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
            f"{escape(labels[row['domain']].lower())} "
            f"({number(100 * row['share'], '.0f', row['agreements'])} %)"
            for row in ranked.to_dict("records")
        )
        name = names.get(str(state), str(state))
        coded = domains.coded(dataset)
        total = number(
            own["total"].iloc[0], "d", coded.loc[coded["state"] == state, "agreement_id"]
        )
        parts.append(f"{escape(name)}'s {total} are most often about {shown}")
        checks.append(
            _check(choices, f"share of {labels[code].lower()}, {name}", ".0%", _first(str(state)))
        )
    if not parts:
        return None
    sentence = f"Of agreements whose subjects are known, {'; '.join(parts)}."
    return Finding("subjects", "About what", sentence, tuple(checks))


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
        label = data.labels("domain_codes")[code].lower()
        return Reading(float(own["share"].max()), f"{label} first for {name}")

    return measure


def _alike(dataset: Dataset, choices: Choices) -> Finding | None:
    similar = domains.similarity(dataset)
    if pd.isna(similar.cosine):
        return None
    first, second = (dataset.party_names.get(s, s) for s in dataset.focus[:2])
    labels = dataset.labels("domain_codes")
    contrast = domains.contrast(dataset)
    coded = domains.coded(dataset)
    rows = coded.loc[coded["state"].isin(dataset.focus[:2]), "agreement_id"]
    sure = contrast[contrast["sure"]].sort_values("difference", key=abs, ascending=False)
    sentence = (
        f"The subjects of {escape(first)} and {escape(second)} are alike to "
        f"{number(similar.cosine, '.2f', rows)} on a scale from 0 to 1 (95 % interval "
        f"{interval(similar.low, similar.high)}); chance alone would give "
        f"{interval(similar.chance_low, similar.chance_high)}."
    )
    sentence += (
        " They differ beyond chance on "
        + "; ".join(
            f"{escape(labels[row['domain']].lower())} "
            f"({number(100 * row['first'], '.0f', rows)} against "
            f"{number(100 * row['second'], '.0f', rows)} %)"
            for row in sure.head(3).to_dict("records")
        )
        + "."
        if len(sure)
        else " On no single subject do they differ beyond chance."
    )

    def measure(data: Dataset) -> Reading:
        found = domains.similarity(data, draws=500)
        if pd.isna(found.cosine):
            return NOTHING
        less = found.cosine < found.chance_low
        return Reading(found.cosine, "less alike than by chance" if less else "as alike as chance")

    return Finding("alike", "How alike", sentence, (_check(choices, "likeness", ".2f", measure),))


def _partners(dataset: Dataset, choices: Choices) -> Finding | None:
    table = partners.concentration(dataset)
    if table.empty:
        return None
    names = dataset.party_names
    counts = partners.partner_counts(dataset)
    parts, checks = [], []
    for state, own in table.groupby("state", sort=False):
        by = {row["counted"]: row for row in own.to_dict("records")}
        whole, rest = by[partners.ALL], by[partners.REST]
        if pd.isna(whole["effective"]):
            continue
        first = counts[(counts["state"] == state) & (counts["rank"] == 1)]
        largest = first.to_dict("records")[0]
        name = names.get(str(state), str(state))
        largest_name = escape(_the(largest["name"]))
        part = (
            f"{escape(name)} has bilateral agreements with "
            f"{number(whole['partners'], 'd', whole['agreement_ids'])} partners; "
            f"{largest_name} has "
            f"{percent(largest['agreement_ids'], whole['agreement_ids'])}. They are as widely "
            f"spread as over {number(whole['effective'], '.0f', whole['agreement_ids'])} partners "
            "of equal weight (95 % interval "
            f"{interval(whole['effective_low'], whole['effective_high'], '.0f')})"
        )
        if pd.notna(rest["effective"]):
            part += (
                f", without {largest_name} over "
                f"{number(rest['effective'], '.0f', rest['agreement_ids'])}"
            )
        parts.append(f"{part}.")
        checks.append(_check(choices, f"share of the largest, {name}", ".0%", _leader(str(state))))
    return Finding("partners", "With whom", " ".join(parts), tuple(checks)) if parts else None


def _leader(state: str) -> Measure:
    def measure(data: Dataset) -> Reading:
        counts = partners.partner_counts(data)
        own = counts[counts["state"] == state]
        if own.empty:
            return NOTHING
        row = own[own["rank"] == 1].to_dict("records")[0]
        share = row["agreements"] / own["agreements"].sum()
        name = data.party_names.get(state, state)
        return Reading(share, f"{_the(row['name'])} largest for {name}")

    return measure


def _diversification(dataset: Dataset, choices: Choices) -> Finding | None:
    table = partners.diversification(dataset)
    table = table[table["finding"] != "too few"]
    if table.empty:
        return None
    names = dataset.party_names
    parts, checks = [], []
    for state, own in table.groupby("state", sort=False):
        by = {row["counted"]: row for row in own.to_dict("records")}
        if partners.ALL not in by:
            continue
        whole = by[partners.ALL]
        name = names.get(str(state), str(state))
        rows = whole["agreement_ids"]
        part = (
            f"{escape(name)}: {_DIVERSITY[whole['finding']]} from {_span(whole['before'])} to "
            f"{_span(whole['after'])} (change in the chance that two agreements are with the same "
            f"partner: {number(whole['change'], '+.3f', rows)}, 95 % interval "
            f"{interval(whole['low'], whole['high'], '+.3f')}"
        )
        if partners.REST in by:
            rest = by[partners.REST]
            part += (
                f"; without {escape(_the(names.get(rest['left_out'], rest['left_out'])))} "
                f"{number(rest['change'], '+.3f', rest['agreement_ids'])}, "
                f"{_DIVERSITY[rest['finding']]}"
            )
        part += ")"
        parts.append(f"{part}.")
        checks.append(_check(choices, f"change, {name}", "+.3f", _spread(str(state))))
    return (
        Finding("diversification", "Spread over partners", " ".join(parts), tuple(checks))
        if parts
        else None
    )


_DIVERSITY = {
    "diversifies": "more widely spread",
    "concentrates": "less widely spread",
    "no clear change": "no clear change",
    "too few": "too few agreements to tell",
}


def _spread(state: str) -> Measure:
    def measure(data: Dataset) -> Reading:
        table = partners.diversification(data)
        own = table[(table["state"] == state) & (table["counted"] == partners.ALL)]
        if own.empty or own["finding"].iloc[0] == "too few":
            return NOTHING
        row = own.to_dict("records")[0]
        name = data.party_names.get(state, state)
        return Reading(row["change"], f"{name}: {row['finding']}")

    return measure


def _shared(dataset: Dataset, choices: Choices) -> Finding | None:
    if len(dataset.focus) < 2:
        return None
    counts = partners.partner_counts(dataset)
    counts = counts[~counts["partner"].isin(dataset.focus)]
    if counts.empty:
        return None
    table = partners.shared_partners(dataset)
    rows = tuple(i for ids in table["agreement_ids"] for i in ids)
    total = counts["partner"].nunique()
    sentence = (
        f"{number(len(table), 'd', rows)} of {number(total, 'd')} partners have bilateral "
        f"agreements with more than one of {listed(escape(n) for n in _names(dataset))}"
    )
    most = [
        f"{escape(_the(row['name']))} ({count(row['agreement_ids'])})"
        for row in table.head(4).to_dict("records")
    ]
    sentence += f", most of all {listed(most)}." if most else "."

    def measure(data: Dataset) -> Reading:
        every = partners.partner_counts(data)
        every = every[~every["partner"].isin(data.focus)]
        if every.empty:
            return NOTHING
        share = len(partners.shared_partners(data)) / every["partner"].nunique()
        return Reading(share, "less than half shared" if share < 0.5 else "half or more shared")

    return Finding(
        "shared-partners",
        "Shared partners",
        sentence,
        (_check(choices, "share of partners", ".0%", measure),),
    )


def _status(dataset: Dataset, choices: Choices) -> Finding | None:
    rows = _own(concluded(dataset))
    if rows.empty:
        return None
    sentence = (
        f"Of {count(rows.index, 'concluded agreement')}, "
        f"{percent(rows.index[rows['status'] == 'in-force'], rows.index)} are in force as far as "
        f"is known; of {percent(rows.index[rows['status'] == 'unknown'], rows.index)}, signed more "
        "than ten years ago, nothing later is known."
    )

    def measure(data: Dataset) -> Reading:
        found = _own(concluded(data))["status"]
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


def _missing(dataset: Dataset, choices: Choices) -> Finding | None:
    every = _own(dataset.overview)
    if every.empty:
        return None
    sure = every.index[every["confidence"] == "high"]
    sentence = (
        f"{percent(sure, every.index)} of the records are of high confidence: an official or "
        "treaty source, or two independent publishers."
    )
    table = evidence.capture_recapture(dataset)
    whole = table[table["group"] == "all"].to_dict("records")[0]
    checks: tuple[Check, ...] = ()
    if pd.notna(whole["estimate"]) and whole["seen"]:
        seen = (*whole["own_ids"], *whole["academic_ids"])
        upper = (
            "no upper limit"
            if whole["high"] == float("inf")
            else number(whole["high"], ",.0f", seen)
        )
        sentence += (
            f" For {_RECAPTURED[0]}–{_RECAPTURED[1]} two lists, our own "
            "reading and the academic DCAD, hold "
            f"{number(whole['seen'], 'd', seen)} comparable agreements, and their overlap suggests "
            f"that about {number(whole['estimate'], ',.0f', seen)} exist (95 % interval "
            f"{number(whole['low'], ',.0f', seen)} to {upper}), if the lists are independent."
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
    return Finding("missing", "How sure", sentence, checks)


_RECAPTURED = (1980, 2010)
_ARTICLES = ("Central African Republic", "Comoros", "Dominican Republic", "Gambia", "Maldives",
             "Netherlands", "Philippines")  # fmt: skip


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


def _the(name: str) -> str:
    """Put the article before the names that take one."""
    return f"the {name}" if name.startswith("United ") or name in _ARTICLES else name
