"""Claims about an agreement, each put to a test; a verdict never says more than the data.

What the claim's own source says is no support for the claim, nor is what its publisher says
elsewhere. A list that one side published supports a domain; the press alone does so in part.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from accords.analysis import accord, partners
from accords.analysis.common import dyads, two_spans
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.words import VERDICTS

SUPPORTED, PARTLY, CONTRADICTED, NOT_SHOWN, NOT_TESTABLE = VERDICTS


YEARS = 10  # in each of the two spans over which a change is looked for
NAMED_BY = {"all-lists": SUPPORTED, "some-lists": PARTLY, "press-list": PARTLY}
Finding = tuple[str, dict[Any, Any]]  # a code, for which prose has a sentence, and what fills it


class Claim(NamedTuple):
    """One claim, and the citations that can support it (see :func:`supporting`)."""

    agreement_id: str
    argument: str
    support: pd.DataFrame

    def about(self, subject: str) -> pd.DataFrame:
        """Return the citations of one subject."""
        return self.support[self.support["subject"] == subject]

    def using(self, words: str) -> pd.DataFrame:
        """Return the sources whose evidence, as recorded, uses some words."""
        rows = self.about("existence")
        said = rows["evidence"].astype("str").str.casefold()
        return rows[said.str.contains(words.casefold(), regex=False)]


@dataclass(frozen=True)
class Outcome:
    """What a test gives: ``count`` sources, voices or agreements of those looked at bear it out.

    Without ``ids`` it rests on the claim's own agreement.
    """

    verdict: str
    found: list[Finding]
    count: int | None = None
    of: int | None = None
    ids: tuple[str, ...] = ()


def verdicts(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """Put every claim about one agreement to its test.

    Gives the columns of ``claims`` and of an :class:`Outcome`. A claim marked as not testable keeps
    that verdict; its test gives the nearest observation.
    """
    rows = dataset.claims[dataset.claims["agreement_id"] == agreement_id]
    rows = rows[rows["agreement_id"].isin(dataset.overview.index)].reset_index(drop=True)
    own = str(agreement_id)
    support = {source: supporting(dataset, own, source) for source in rows["source_id"].unique()}
    asked = rows[["test", "argument", "source_id"]].fillna({"argument": ""}).to_numpy()
    found = pd.DataFrame(
        [TESTS[test](dataset, Claim(own, argument, support[by])) for test, argument, by in asked],
        columns=["verdict", "found", "count", "of", "ids"],
    )
    found = found.astype({"count": "Int64", "of": "Int64"})
    found["verdict"] = found["verdict"].where(rows["testable"].astype(bool), NOT_TESTABLE)
    found["ids"] = found["ids"].map(lambda ids: ids or (own,))
    return rows.drop(columns=["agreement_id", "testable"]).join(found)


def supporting(dataset: Dataset, agreement_id: str, source_id: str) -> pd.DataFrame:
    """Return the citations of an agreement that can support what one source claims about it.

    Not the claim's own source, nor other pages of its publisher. Adds ``publisher``, ``published``
    and ``official`` (an official voice speaks, or the source is official itself).
    """
    rows = dataset.citations[dataset.citations["agreement_id"] == agreement_id]
    sources = dataset.sources.set_index("source_id")
    own = sources["publisher"].get(source_id)
    carries = sources["origin"].fillna(sources["publisher"])
    mine = (sources["publisher"] == own) | (carries == own) | (sources.index == source_id)
    rows = rows.join(sources.loc[~mine, ["publisher", "published", "kind"]], "source_id", "inner")
    speaks = rows["voice"].map(dataset.codes("voices")["basis"]).fillna("press") != "press"
    tier = rows["kind"].map(dataset.codes("source_kinds")["tier"])
    return rows.assign(official=speaks | (tier == "official"))


def _parts(argument: str) -> list[str]:
    return [part.strip() for part in argument.split(",") if part.strip()]


def _speakers(rows: pd.DataFrame) -> tuple[str, ...]:
    """List who speaks officially: the voice, or the publisher of an official source."""
    rows = rows[rows["official"]]
    return tuple(rows["voice"].fillna(rows["publisher"]).unique())


def _event(dataset: Dataset, claim: Claim) -> Outcome:
    """Is an event on record with the claimed date? Argument: event, party, date[, own-day]."""
    event, party, date, *own_day = _parts(claim.argument)
    steps = dataset.events
    steps = steps[(steps["agreement_id"] == claim.agreement_id) & (steps["event"] == event)]
    steps = steps[steps["party_id"] == party]
    said: dict[str, Any] = {"event": event, "party": party, "claimed": date}
    if steps.empty:
        return Outcome(NOT_SHOWN, [("no-step", said)])
    step = steps.iloc[0]
    support = claim.about(f"event:{step['event_id']}")
    first, last = dates.bounds(pd.Series([date])).loc[0, ["earliest", "latest"]]
    said |= {"date": step["date"], "sources": len(support), "published": support["published"].min()}
    if support.empty:
        verdict, code = NOT_SHOWN, "own-step"
    elif pd.isna(step["earliest"]):
        verdict, code = PARTLY, "undated-step"
    elif step["latest"] < first or step["earliest"] > last:
        verdict, code = CONTRADICTED, "other-date"
        said["days"] = (step["earliest"] - first).days
    elif own_day:
        verdict, code = PARTLY, "own-day"
    else:
        within = first <= step["earliest"] and step["latest"] <= last
        verdict, code = SUPPORTED if within else PARTLY, "dated-step"
    return Outcome(verdict, [(code, said)], len(support))


def _wording(dataset: Dataset, claim: Claim) -> Outcome:
    """Does the official title, or another source, use the words? Argument: the words."""
    words = claim.argument
    record = dataset.overview.loc[claim.agreement_id]
    heard, using = claim.about("existence"), claim.using(words)
    speakers, official = _speakers(heard), int(heard["official"].sum())
    titled = words.casefold() in str(record["title"]).casefold()
    if titled and record["title_kind"] == "official" and official:
        title = ("title", {"words": words, "speakers": speakers})
        return Outcome(SUPPORTED, [title], official, len(heard))
    said = {"publishers": tuple(using["publisher"].unique()), "sources": len(heard)}
    verdict = SUPPORTED if using["official"].any() else PARTLY if len(using) else NOT_SHOWN
    code = "used" if len(using) else "unused"
    return Outcome(verdict, [(code, said)], len(using), len(heard))


def _statement(dataset: Dataset, claim: Claim) -> Outcome:
    """What do other sources say? Argument: source ids. They support at most a part."""
    known = claim.about("existence").dropna(subset=["evidence"])
    known = known[known["source_id"].isin(_parts(claim.argument))]
    told = zip(known["publisher"], known["evidence"].str.rstrip("."), strict=True)
    found = [("statement", {"publishers": (who,), "words": words}) for who, words in told]
    if not found:
        return Outcome(NOT_SHOWN, [("no-statement", {})])
    return Outcome(PARTLY, found, len(found))


def _domain(dataset: Dataset, claim: Claim) -> Outcome:
    """Who names the domains? Argument: codes; after '+', words that go further than the code."""
    codes, _, further = map(str.strip, claim.argument.partition("+"))
    every = _speakers(claim.support[claim.support["subject"].str.startswith("domain:")])
    own = dataset.citations.loc[dataset.citations["agreement_id"] == claim.agreement_id, "subject"]
    found: list[Finding] = []
    for code in _parts(codes):
        named = claim.about(f"domain:{code}")
        speakers, publishers = _speakers(named), tuple(named["publisher"].unique())
        silent = tuple(speaker for speaker in every if speaker not in speakers)
        if speakers:
            kind = "some-lists" if silent else "all-lists"
        elif publishers:
            kind = "press-list"
        else:
            kind = "own-list" if (own == f"domain:{code}").any() else "no-list"
        said = {"domain": code, "speakers": speakers, "silent": silent, "publishers": publishers}
        found.append((kind, said))
    count = min(len(said["speakers"]) for _, said in found)
    grades = {NAMED_BY.get(kind, NOT_SHOWN) for kind, _ in found}
    verdict = grades.pop() if len(grades) == 1 else PARTLY
    if further and verdict != NOT_SHOWN and claim.using(further).empty:
        verdict = PARTLY
        found.append(("no-further", {"words": further}))
    return Outcome(verdict, found, count, len(every))


def _followed_up(dataset: Dataset, claim: Claim) -> Outcome:
    """Do later instruments of these kinds exist? Argument: instruments or domains, or nothing."""
    wanted = set(_parts(claim.argument))
    others = accord.between(dataset, claim.agreement_id)
    later = others[others["when"] == "later"]
    kinds = zip(later.index, later["instrument"], later["domains"], strict=True)
    ids = tuple(i for i, kind, named in kinds if not wanted or {kind, *named} & wanted)
    said = {"parties": accord.parties_of(dataset, claim.agreement_id), "later": ids}
    verdict, code = (PARTLY, "later") if ids else (NOT_SHOWN, "none-later")
    return Outcome(verdict, [(code, said)], len(ids), len(others), ids)


def _first_between(dataset: Dataset, claim: Claim) -> Outcome:
    """Is it the first instrument between its parties?"""
    others = accord.between(dataset, claim.agreement_id)
    later = others["when"] == "later"
    older, after = tuple(others.index[~later]), tuple(others.index[later])
    parties = accord.parties_of(dataset, claim.agreement_id)
    said = {"parties": parties, "older": older, "later": after}
    verdict, code = (NOT_SHOWN, "older") if older else (PARTLY, "first")
    ids = older or (claim.agreement_id, *after)
    return Outcome(verdict, [(code, said)], len(older), len(others), ids)


def _diversifies(dataset: Dataset, claim: Claim) -> Outcome:
    """Do a state's partners diversify, with and without the largest? Argument: the state."""
    table = partners.diversification(dataset)
    table = table[table["state"] == claim.argument]
    if table.empty or (table["finding"] == "too few").any():
        return Outcome(NOT_SHOWN, [("too-few", {"state": claim.argument})])
    columns = {"chance_before": "before", "chance": "after"}
    rows = table.drop(columns="before").rename(columns=columns).to_dict("records")
    signs = {"diversifies": 1, "concentrates": -1}
    return _change("spread", rows, {signs.get(row["finding"], 0) for row in rows})


def _region_share(dataset: Dataset, claim: Claim) -> Outcome:
    """Does a region's share grow, with and without the largest partner there?

    Argument: state, then M49 subregions and party codes, '-' before those left out. The interval of
    the change over two spans of years is Newcombe's hybrid score interval (1998), 95 %.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    state, *region = _parts(claim.argument)
    subregions = dataset.codes("party_codes")["subregion"]
    members: set[str] = set()
    for part in region:
        name = part.removeprefix("-")
        some = set(subregions.index[subregions == name]) or {name}
        members = members - some if part.startswith("-") else members | some
    rows, end = dyads(dataset), dataset.as_of.year
    spans = two_spans(rows[rows["state"] == state], end, YEARS)
    n, m = map(len, spans)
    if not n or not m:
        return Outcome(NOT_SHOWN, [("too-few", {"state": state})])
    theirs = pd.concat(spans)["partner"].value_counts()
    largest = [p for p in theirs.index if p in members - {state}][:1]
    found: list[dict[Any, Any]] = []
    for left_out in (None, *largest):
        inside = [span[span["partner"].isin(members - {state, left_out})] for span in spans]
        before_ids, ids = (tuple(span["agreement_id"]) for span in inside)
        a, b = len(before_ids), len(ids)
        low, high = confint_proportions_2indep(b, m, a, n, method="newcomb")
        span = {"state": state, "years": YEARS, "start": end - YEARS + 1, "end": end}
        change = {"before": a / n, "after": b / m, "low": low, "high": high}
        found.append({**span, **change, "left_out": left_out, "before_ids": before_ids, "ids": ids})
    return _change("share", found, {int(row["low"] > 0) - int(row["high"] < 0) for row in found})


def _change(code: str, rows: list[dict[Any, Any]], signs: set[int]) -> Outcome:
    """Judge changes that the claim expects to go up: all do, all go down, or neither."""
    verdict = PARTLY if signs == {1} else CONTRADICTED if signs == {-1} else NOT_SHOWN
    ids = (*rows[0]["before_ids"], *rows[0]["ids"])
    return Outcome(verdict, [*((code, row) for row in rows), (f"change-{verdict}", {})], ids=ids)


def _network_position(dataset: Dataset, claim: Claim) -> Outcome:
    """How many partners has a state, beside the other focus states? Argument: the state."""
    rows = dyads(dataset)
    rows = rows[rows["year"] > dataset.as_of.year - YEARS]
    found: list[Finding] = []
    for state in sorted(dataset.focus, key=lambda state: state != claim.argument):
        own = rows[rows["state"] == state]
        counted = own["partner"].nunique(), tuple(own["agreement_id"])
        found.append(("partners", {"state": state, "years": YEARS, "partners": counted}))
    ids = tuple(rows["agreement_id"].unique())
    return Outcome(NOT_TESTABLE, [*found, ("no-neighbours", {})], ids=ids)


def _compared(dataset: Dataset, claim: Claim) -> Outcome:
    """How fast did a state approve the agreement, beside its others? Argument: the state."""
    table = accord.standing(dataset, claim.agreement_id)
    table = table[(table["state"] == claim.argument) & (table["aspect"] == "days")]
    others = accord.between(dataset, claim.agreement_id)
    later = tuple(others.index[others["when"] == "later"])
    if not table["of"].any():
        return Outcome(NOT_TESTABLE, [("no-pace", {"state": claim.argument, "later": later})])
    row = table.iloc[0]
    ids = (claim.agreement_id, *row["ids"])
    return Outcome(
        NOT_TESTABLE, [("pace", {**row.to_dict(), "later": later})], row["count"], row["of"], ids
    )


def _membership(dataset: Dataset, claim: Claim) -> Outcome:
    """Do instruments of an organisation have all parties? Argument: the organisation."""
    members = dataset.parties.groupby("agreement_id")["party_id"].agg(set)
    theirs = members[[claim.argument in parties for parties in members]]
    wanted = set(accord.parties_of(dataset, claim.agreement_id))
    shared = tuple(theirs.index[[wanted <= parties for parties in theirs]])
    said = {"organisation": claim.argument, "shared": shared}
    verdict, code = (PARTLY, "members") if shared else (NOT_SHOWN, "no-members")
    if theirs.empty:
        verdict, code = NOT_TESTABLE, "no-instruments"
    return Outcome(verdict, [(code, said)], len(shared), len(theirs), shared)


TESTS: dict[str, Callable[[Dataset, Claim], Outcome]] = {
    "event": _event,
    "wording": _wording,
    "statement": _statement,
    "domain": _domain,
    "followed-up": _followed_up,
    "first-between": _first_between,
    "diversifies": _diversifies,
    "region-share": _region_share,
    "network-position": _network_position,
    "compared": _compared,
    "membership": _membership,
    "none": lambda *_: Outcome(NOT_TESTABLE, [("outside", {})]),
}
"""The test of each kind of claim, by its code in ``claims.csv``."""
