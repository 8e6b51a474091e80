"""Claims about an agreement, each put to a test; a verdict never says more than the data.

What the claim's own source says is no support for the claim, nor is what its publisher says
elsewhere. A list that one side published supports a subject; the press alone does so in part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from accords.analysis import accord, partners
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.errors import AccordsError
from accords.words import count, escape, interval, linked, listed, number, percent

SUPPORTED, PARTLY = "supported", "partly"
CONTRADICTED, NOT_SHOWN, NOT_TESTABLE = "contradicted", "not-shown", "not-testable"

OWN_DAY = "own-day"
"""Last part of an ``event`` argument where only the claim's own source gives the day."""


class Claim(NamedTuple):
    """One row of the claims table."""

    claim_id: str
    agreement_id: str
    source_id: str
    argument: str
    support: pd.DataFrame
    """The citations that can support it; see :func:`supporting`."""


class Verdict(NamedTuple):
    """The outcome of a test."""

    verdict: str
    """A code of ``verdicts``."""
    sentence: str
    """What the data show, as HTML with links to rows."""
    rows: tuple[str, ...]
    """The agreements that the verdict rests on."""


Test = Callable[[Dataset, Claim], Verdict]
TESTS: dict[str, Test] = {}
"""Each test by its code in ``claims.csv``."""


def registered(code: str) -> Callable[[Test], Test]:
    """Register a test under its code."""

    def register(test: Test) -> Test:
        TESTS[code] = test
        return test

    return register


def of_accord(dataset: Dataset) -> pd.DataFrame:
    """Give the claims about the accord (see :func:`accords.analysis.accord.accord_id`)."""
    claims = dataset.claims
    return claims[claims["agreement_id"] == accord.accord_id(dataset)]


def verdicts(dataset: Dataset) -> pd.DataFrame:
    """Put every claim about the accord to its test.

    Returns
    -------
    DataFrame
        In the claims' order: ``claim_id``, ``claim``, ``test``, ``verdict``, ``label`` (of the
        verdict), ``sentence`` (HTML), ``rows`` (tuple of agreement ids), ``note``. A claim that
        is marked as not testable keeps that verdict; its test gives the nearest observation.

    Raises
    ------
    AccordsError
        When a claim names a test that is not registered.
    """
    labels = dataset.labels("verdicts")
    records = []
    support: dict[tuple[str, str], pd.DataFrame] = {}
    for row in of_accord(dataset).to_dict("records"):
        if row["test"] not in TESTS:
            raise AccordsError(
                f"claims.csv: {row['claim_id']}: no such test: {row['test']}. "
                f"Use one of {', '.join(sorted(TESTS))}."
            )
        argument = "" if pd.isna(row["argument"]) else str(row["argument"])
        about = (row["agreement_id"], row["source_id"])
        if about not in support:
            support[about] = supporting(dataset, *about)
        claim = Claim(row["claim_id"], *about, argument, support[about])
        outcome = TESTS[row["test"]](dataset, claim)
        verdict = outcome.verdict if row["testable"] else NOT_TESTABLE
        records.append(
            {
                **{key: row[key] for key in ("claim_id", "claim", "test")},
                "verdict": verdict,
                "label": labels[verdict],
                "sentence": outcome.sentence,
                "rows": outcome.rows,
                "note": row["note"],
            }
        )
    columns = ["claim_id", "claim", "test", "verdict", "label", "sentence", "rows", "note"]
    return pd.DataFrame(records, columns=columns)


@registered("event")
def event(dataset: Dataset, claim: Claim) -> Verdict:
    """Test whether an event is on record with the claimed date. Argument: event, party, date."""
    kind, party, date, *own_day = _parts(claim.argument)
    label = dataset.labels("event_types").get(kind, kind).lower()
    who = _name(dataset, party)
    claimed = _bounds(date)
    steps = dataset.events
    steps = steps[
        (steps["agreement_id"] == claim.agreement_id)
        & (steps["event"] == kind)
        & (steps["party_id"] == party)
    ]
    rows = (claim.agreement_id,)
    step_of = f"({escape(label)}, {escape(who)})"
    if steps.empty:
        return Verdict(NOT_SHOWN, f"The step {step_of} is on no record.", rows)
    step = steps.iloc[0]
    support = _on(claim, f"event:{step['event_id']}")
    if support.empty:
        return Verdict(
            NOT_SHOWN, f"The step {step_of} is on record from the claim's own source alone.", rows
        )
    sources = linked(_n(len(support), "other source"), rows)
    if pd.isna(step["earliest"]):
        return Verdict(PARTLY, f"The step {step_of} is reported by {sources}, undated.", rows)
    first, last = claimed["earliest"], claimed["latest"]
    if step["latest"] < first or step["earliest"] > last:
        days = (step["earliest"] - first).days
        return Verdict(
            CONTRADICTED,
            f"The step {step_of} is on record from {sources} and dated "
            f"{escape(dates.spoken(step['date']))}, {number(abs(days), 'd', rows)} days "
            f"{'later' if days > 0 else 'earlier'} than the {escape(dates.spoken(date))} of the "
            "claim.",
            rows,
        )
    if own_day:
        newest = _known_by(support)
        by = f", one of them published on {escape(newest)}" if newest else ""
        return Verdict(
            PARTLY,
            f"The step {step_of} is reported by {sources}{by}. The day itself, "
            f"{escape(first.day_name())} {escape(dates.spoken(date))}, "
            "is given by the claim's own source alone.",
            rows,
        )
    within = step["earliest"] >= first and step["latest"] <= last
    return Verdict(
        SUPPORTED if within else PARTLY,
        f"The step {step_of} is on record from {sources} and dated "
        f"{escape(dates.spoken(step['date']))}.",
        rows,
    )


@registered("wording")
def wording(dataset: Dataset, claim: Claim) -> Verdict:
    """Test whether the title or another source on record uses the wording. Argument: the words."""
    rows = (claim.agreement_id,)
    words = claim.argument
    record = dataset.overview.loc[claim.agreement_id]
    official = _on(claim, "existence")
    official = official[official["official"]]
    titled = words.casefold() in str(record["title"]).casefold()
    if titled and record["title_kind"] == "official" and len(official):
        voices = listed(escape(v) for v in official["voice_label"].unique())
        return Verdict(
            SUPPORTED,
            f"The words “{escape(words)}” are in the {linked('official title', rows)}; the "
            f"instrument is on record through official voices ({voices}).",
            rows,
        )
    total = dataset.citations
    total = total[(total["agreement_id"] == claim.agreement_id) & (total["subject"] == "existence")]
    others = using(claim, words)
    if others.empty:
        sources = linked(_n(len(total), "source"), rows)
        return Verdict(NOT_SHOWN, f"Of {sources} on record, none but the claim's own has it.", rows)
    verdict = SUPPORTED if others["official"].any() else PARTLY
    return Verdict(verdict, f"{_publishers(others, rows)} {_say(others)} so.", rows)


@registered("statement")
def statement(dataset: Dataset, claim: Claim) -> Verdict:
    """Show what other sources on record say. Argument: source ids. At most partly supported."""
    rows = (claim.agreement_id,)
    known = _on(claim, "existence")
    known = known[known["source_id"].isin(_parts(claim.argument))].dropna(subset=["evidence"])
    if known.empty:
        return Verdict(NOT_SHOWN, "No source but the claim's own shows it.", rows)
    said = "; ".join(
        f"{linked(row.publisher, rows)}: {escape(str(row.evidence).rstrip('.'))}"
        for row in known.itertuples()
    )
    return Verdict(PARTLY, f"Other sources bear out a part. {said}.", rows)


@registered("domain")
def domain(dataset: Dataset, claim: Claim) -> Verdict:
    """Test who names the subjects. Argument: domain codes; after '+', words that go further."""
    codes, _, further = claim.argument.partition("+")
    further = further.strip()
    rows = (claim.agreement_id,)
    graded = [_domain(dataset, claim, code) for code in _parts(codes)]
    found = {grade for grade, _ in graded}
    verdict = found.pop() if len(found) == 1 else PARTLY
    sentence = " ".join(text for _, text in graded)
    if further and verdict != NOT_SHOWN and using(claim, further).empty:
        verdict = PARTLY
        sentence += f" No other source on record goes as far as “{escape(further)}”."
    return Verdict(verdict, sentence, rows)


def _domain(dataset: Dataset, claim: Claim, code: str) -> tuple[str, str]:
    rows = (claim.agreement_id,)
    label = escape(dataset.labels("domain_codes").get(code, code))
    named = _on(claim, f"domain:{code}")
    official = named[named["official"]]
    field = f"domain:{code}"
    if len(official):
        voices = listed(escape(v) for v in official["voice_label"].unique())
        who = linked(_n(official["voice"].nunique(), "official voice"), rows)
        text = f"{label}: named by {who} ({voices})"
        silent = _listing(claim) - set(official["voice_label"])
        if silent:
            return (
                PARTLY,
                f"{text}; missing from the list of {listed(map(escape, sorted(silent)))}.",
            )
        return SUPPORTED, f"{text}."
    if len(named):
        return PARTLY, f"{label}: named by {_publishers(named, rows)}, by no official voice."
    own = dataset.citations
    own = own[(own["agreement_id"] == claim.agreement_id) & (own["subject"] == field)]
    if len(own):
        only = linked("the claim's own publisher alone", rows)
        return NOT_SHOWN, f"{label}: named by {only}, by no official voice."
    return NOT_SHOWN, f"{label}: {linked('no source on record', rows)} names it."


def _listing(claim: Claim) -> set[str]:
    """Give the official voices that name any subject of the agreement."""
    rows = claim.support
    rows = rows[rows["subject"].str.startswith("domain:") & rows["official"]]
    return set(rows["voice_label"])


@registered("followed-up")
def followed_up(dataset: Dataset, claim: Claim) -> Verdict:
    """Test whether later instruments of these kinds exist. Argument: instruments or domains."""
    wanted = set(_parts(claim.argument))
    others = accord.between(dataset, claim.agreement_id)
    later = others[others["when"] == "later"]
    if wanted:
        kinds = later["instrument"].isin(wanted)
        later = later[kinds | later["domains"].map(lambda d: bool(wanted & set(d)))]
    parties = _between(dataset, claim)
    if later.empty:
        return Verdict(
            NOT_SHOWN,
            f"No later {linked('instrument', (claim.agreement_id,))} of that kind between "
            f"{parties} is on record.",
            (claim.agreement_id,),
        )
    rows = tuple(later.index)
    return Verdict(
        PARTLY,
        f"{count(rows, 'later instrument')} between {parties} "
        f"{'is' if len(rows) == 1 else 'are'} on record; what came of "
        f"{'it' if len(rows) == 1 else 'them'} is outside these data.",
        rows,
    )


@registered("first-between")
def first_between(dataset: Dataset, claim: Claim) -> Verdict:
    """Test whether it is the first instrument between its parties."""
    others = accord.between(dataset, claim.agreement_id)
    earlier = tuple(others.index[others["when"] != "later"])
    parties = _between(dataset, claim)
    if earlier:
        return Verdict(
            NOT_SHOWN,
            f"{count(earlier, 'other bilateral instrument')} between {parties} may be older.",
            earlier,
        )
    later = tuple(others.index)
    after = f"{count(later, 'later one')} followed" if later else "none has followed"
    return Verdict(
        PARTLY,
        f"It is the {linked('first', (claim.agreement_id,))} defence instrument between "
        f"{parties} on record, and {after}. Whether that is significant is a judgement.",
        (claim.agreement_id, *later),
    )


@registered("diversifies")
def diversifies(dataset: Dataset, claim: Claim) -> Verdict:
    """Test whether a state's partners diversify. Argument: the state."""
    table = partners.diversification(dataset)
    table = table[table["state"] == claim.argument]
    who = escape(_name(dataset, claim.argument))
    if table.empty or (table["finding"] == "too few").any():
        return Verdict(NOT_SHOWN, f"{who} has too few dated agreements to tell.", ())
    by = {row["counted"]: row for row in table.to_dict("records")}
    whole, rest = by[partners.ALL], by[partners.REST]
    rows = tuple(whole["agreement_ids"])
    findings = {whole["finding"], rest["finding"]}
    if findings == {"diversifies"}:
        verdict = PARTLY
    elif findings == {"concentrates"}:
        verdict = CONTRADICTED
    else:
        verdict = NOT_SHOWN
    largest = escape(_name(dataset, str(rest["left_out"])))
    sentence = (
        f"From {_span(whole['before'])} to {_span(whole['after'])} {who} went from "
        f"{number(whole['partners_before'], 'd', whole['ids_before'])} to "
        f"{number(whole['partners_after'], 'd', whole['ids_after'])} partners, with "
        f"{count(whole['ids_before'])} and {count(whole['ids_after'])} agreements. The chance that "
        f"two of them are with the same partner went {_chances(whole)}; without {largest} "
        f"{_chances(rest)}. {_FINDINGS[verdict]}{_shorter(dataset, claim.argument, table)}"
    )
    return Verdict(verdict, sentence, rows)


def _chances(row: Mapping[Any, Any]) -> str:
    return (
        f"from {number(100 * row['herfindahl_before'], '.1f', row['ids_before'])} to "
        f"{number(100 * row['herfindahl_after'], '.1f', row['ids_after'])} % (95 % interval of "
        f"the change {interval(100 * row['low'], 100 * row['high'], '+.1f')} points)"
    )


def _shorter(dataset: Dataset, state: str, table: pd.DataFrame, years: int = 5) -> str:
    """Say where shorter runs of years find something else than the runs of the test."""
    other = partners.diversification(dataset, years)
    other = other[other["state"] == state]
    found = dict(zip(table["counted"], table["finding"], strict=True))
    said = {"diversifies": "a wider spread", "concentrates": "a narrower one"}
    turned = [
        f"{said[finding]} {'with ' if counted == partners.ALL else ''}{counted}"
        for counted, finding in zip(other["counted"], other["finding"], strict=True)
        if finding in said and finding != found[counted]
    ]
    if not turned:
        return ""
    spans = other.iloc[0]
    return (
        f" It depends on the years: {_span(spans['after'])} against {_span(spans['before'])} show "
        f"{listed(turned)}."
    )


_FINDINGS = {
    PARTLY: "The pattern fits the claim; what was intended is outside these data.",
    CONTRADICTED: "The pattern runs against the claim.",
    NOT_SHOWN: "That is no clear change.",
}


@registered("region-share")
def region_share(dataset: Dataset, claim: Claim) -> Verdict:
    """Test whether the share of a region grows.

    Argument: state, then M49 subregions and party codes, '-' before those left out.
    """
    state, *region = _parts(claim.argument)
    members = _members(dataset, region) - {state}
    who = escape(_name(dataset, state))
    whole = accord.partner_share(dataset, state, members)
    if not whole.total_before or not whole.total_after:
        return Verdict(NOT_SHOWN, f"{who} has too few dated agreements to tell.", ())
    rest = accord.partner_share(dataset, state, members - {str(whole.largest)})
    if whole.low > 0 and rest.low > 0:
        verdict = PARTLY
    elif whole.high < 0 and rest.high < 0:
        verdict = CONTRADICTED
    else:
        verdict = NOT_SHOWN
    apart = (
        f" Without {escape(_name(dataset, whole.largest))}, its largest partner there, the share "
        f"went from {percent(rest.before, rest.all_before)} to "
        f"{percent(rest.after, rest.all_after)}."
        if whole.largest
        else ""
    )
    return Verdict(
        verdict,
        f"Of {who}'s bilateral agreements, {percent(whole.before, whole.all_before)} were with "
        f"states of the region in {_span(whole.span_before)} and "
        f"{percent(whole.after, whole.all_after)} in {_span(whole.span_after)}; the difference in "
        f"percentage points has the 95 % interval {interval(whole.low, whole.high, '+.0f')}."
        f"{apart} {_FINDINGS[verdict]}",
        (*whole.before, *whole.after),
    )


@registered("network-position")
def network_position(dataset: Dataset, claim: Claim) -> Verdict:
    """Count a state's partners beside the other focus states'. Argument: the state."""
    table = partners.distinct_partners(dataset, 10)
    end = dataset.as_of.year
    shown = []
    rows: tuple[str, ...] = ()
    order = sorted(dataset.focus, key=lambda state: state != claim.argument)
    for state in order:
        own = table[table["state"] == state].to_dict("records")
        mine = {int(row["year"]): row for row in own}
        if end not in mine:
            continue
        now, then = mine[end], "none"
        if end - 10 in mine:
            before = mine[end - 10]
            then = number(before["partners"], "d", before["agreement_ids"])
        rows = (*rows, *now["agreement_ids"])
        shown.append(
            f"{escape(_name(dataset, state))} had "
            f"{number(now['partners'], 'd', now['agreement_ids'])} partners in the last ten years "
            f"and {then} in the ten before"
        )
    if not shown:
        return Verdict(NOT_TESTABLE, "There are too few dated agreements to count partners.", ())
    return Verdict(
        NOT_TESTABLE,
        f"{'; '.join(shown)}. The data hold no neighbours to compare with, so that a position "
        "among them cannot be seen.",
        rows,
    )


@registered("compared")
def compared(dataset: Dataset, claim: Claim) -> Verdict:
    """Show how fast a state approved the agreement beside its others. Argument: the state."""
    rank = accord.approval_rank(dataset, claim.agreement_id, claim.argument)
    who = escape(_name(dataset, claim.argument))
    follow = accord.between(dataset, claim.agreement_id)
    later = tuple(follow.index[follow["when"] == "later"])
    after = count(later, "later instrument") if later else "no later instrument"
    if not rank.n:
        return Verdict(
            NOT_TESTABLE,
            f"{who}'s approval cannot be compared with its others; {after} followed.",
            later,
        )
    rows = (claim.agreement_id, *rank.rows)
    return Verdict(
        NOT_TESTABLE,
        f"A motive cannot be observed. Nearest to it: {who}'s first approval came "
        f"{number(rank.value, '.0f', (claim.agreement_id,))} days after signature, faster than "
        f"{number(rank.above, 'd', rank.higher)} and slower than "
        f"{number(rank.below, 'd', rank.lower)} of {number(rank.n, 'd', rank.rows)} others with "
        f"known dates; {after} followed.",
        rows,
    )


@registered("membership")
def membership(dataset: Dataset, claim: Claim) -> Verdict:
    """Test whether all parties take part in an organisation's instruments. Argument: its code."""
    parties = dataset.parties
    instruments = parties.loc[parties["party_id"] == claim.argument, "agreement_id"]
    wanted = set(accord.parties_of(dataset, claim.agreement_id))
    by = parties[parties["agreement_id"].isin(instruments)].groupby("agreement_id")["party_id"]
    shared = tuple(str(i) for i, members in by if wanted <= set(members))
    name = escape(dataset.labels("party_codes").get(claim.argument, claim.argument))
    if not len(instruments):
        return Verdict(NOT_TESTABLE, f"The data hold no defence instrument of the {name}.", ())
    if shared:
        return Verdict(
            PARTLY,
            f"Both are parties to {count(shared, 'instrument')} of the {name}; shared concerns "
            "are a judgement.",
            shared,
        )
    return Verdict(NOT_SHOWN, f"No instrument of the {name} has both as parties.", ())


@registered("none")
def none(dataset: Dataset, claim: Claim) -> Verdict:
    """Say that the claim is outside these data."""
    return Verdict(NOT_TESTABLE, "These data cannot test it.", ())


def supporting(dataset: Dataset, agreement_id: str, source_id: str) -> pd.DataFrame:
    """Give the citations of an agreement that can support what one source claims about it.

    The claim's own source, and other pages of its publisher, cannot.

    Returns
    -------
    DataFrame
        ``subject``, ``source_id``, ``publisher``, ``published``, ``voice``, ``voice_label``,
        ``official`` (an official voice speaks, or the source is official itself), ``evidence``.
    """
    rows = dataset.citations[dataset.citations["agreement_id"] == agreement_id]
    cited = dataset.sources["source_id"].isin([*rows["source_id"], source_id])
    sources = dataset.sources[cited].set_index("source_id")
    own = sources["publisher"].get(source_id)
    carries = sources["origin"].fillna(sources["publisher"])
    mine = (sources["publisher"] == own) | (carries == own) | (sources.index == source_id)
    rows = rows.join(sources.loc[~mine, ["publisher", "published", "kind"]], "source_id", "inner")
    voices = dataset.codes("voices")
    speaks = rows["voice"].map(voices["basis"]).fillna("press") != "press"
    tier = rows["kind"].map(dataset.codes("source_kinds")["tier"])
    rows = rows.assign(
        voice=rows["voice"].fillna(rows["source_id"]),
        voice_label=rows["voice"].map(voices["label"]).fillna(rows["publisher"]),
        official=speaks | (tier == "official"),
    )
    return rows[
        [
            *("subject", "source_id", "publisher", "published", "voice", "voice_label"),
            *("official", "evidence"),
        ]
    ]


def using(claim: Claim, words: str) -> pd.DataFrame:
    """Give the independent sources whose evidence, as recorded, uses some words."""
    rows = _on(claim, "existence")
    said = rows["evidence"].astype("string").str.casefold()
    return rows[said.str.contains(words.casefold(), regex=False, na=False)]


def _on(claim: Claim, subject: str) -> pd.DataFrame:
    return claim.support[claim.support["subject"] == subject]


def _parts(argument: str) -> list[str]:
    return [part.strip() for part in argument.split(",") if part.strip()]


def _members(dataset: Dataset, region: Iterable[str]) -> set[str]:
    subregions = dataset.codes("party_codes")["subregion"]
    members: set[str] = set()
    for part in region:
        name = part.removeprefix("-")
        some = set(subregions.index[subregions == name]) or {name}
        members = members - some if part.startswith("-") else members | some
    return members


def _bounds(date: str) -> pd.Series:
    return dates.bounds(pd.Series([date])).iloc[0]


def _known_by(support: pd.DataFrame) -> str:
    known = support.dropna(subset=["published"])["published"].astype(str)
    return dates.spoken(known.min()) if len(known) else ""


def _span(years: str) -> str:
    return years.replace("-", "–")


def _n(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _name(dataset: Dataset, party: str) -> str:
    return dataset.party_names.get(party, party)


def _between(dataset: Dataset, claim: Claim) -> str:
    parties = accord.parties_of(dataset, claim.agreement_id)
    return listed(escape(_name(dataset, party)) for party in parties)


def _publishers(rows: pd.DataFrame, agreements: tuple[str, ...]) -> str:
    return listed(linked(name, agreements) for name in rows["publisher"].unique())


def _say(rows: pd.DataFrame) -> str:
    return "says" if rows["publisher"].nunique() == 1 else "say"
