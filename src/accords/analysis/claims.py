"""Claims about an agreement, each put to a test; a verdict never says more than the data.

What the claim's own source says is no support for the claim, nor is what its publisher says
elsewhere. A list that one side published supports a domain; the press alone does so in part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from accords.analysis import accord, partners
from accords.analysis.common import dyads, two_spans
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.errors import AccordsError
from accords.words import VERDICTS

SUPPORTED, PARTLY, CONTRADICTED, NOT_SHOWN, NOT_TESTABLE = VERDICTS


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


def verdicts(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """Put every claim about one agreement to its test.

    Gives ``claim_id``, ``claim``, ``source_id``, ``test``, ``argument``, ``verdict``, ``count``
    (sources, voices or agreements that bear it out) and ``of`` (those looked at; Int64), ``ids``,
    ``found`` (pairs of a code, for which prose has a sentence, and what fills it), ``note``. A
    claim marked as not testable keeps that verdict; its test gives the nearest observation. Raises
    :class:`AccordsError` where a claim names a test that does not exist.
    """
    rows = dataset.claims[dataset.claims["agreement_id"] == agreement_id]
    rows = rows[rows["agreement_id"].isin(dataset.overview.index)].reset_index(drop=True)
    for row in rows[~rows["test"].isin(TESTS)].to_dict("records"):
        raise AccordsError(
            f"claims.csv: {row['claim_id']}: no such test: {row['test']}. "
            f"Use one of {', '.join(sorted(TESTS))}."
        )
    own = str(agreement_id)
    support = {source: supporting(dataset, own, source) for source in rows["source_id"].unique()}
    outcomes = [
        TESTS[test](dataset, Claim(own, "" if pd.isna(argument) else argument, support[source]))
        for test, argument, source in rows[["test", "argument", "source_id"]].to_numpy()
    ]
    found = pd.DataFrame(outcomes, columns=["verdict", "count", "of", "ids", "found"])
    found = found.astype({"count": "Int64", "of": "Int64"})
    found["verdict"] = found["verdict"].where(rows["testable"].astype(bool), NOT_TESTABLE)
    found["ids"] = found["ids"].map(lambda ids: ids or (own,))
    return pd.concat(
        [rows[["claim_id", "claim", "source_id", "test", "argument"]], found, rows["note"]], axis=1
    )


def supporting(dataset: Dataset, agreement_id: str, source_id: str) -> pd.DataFrame:
    """Return the citations of an agreement that can support what one source claims about it.

    The claim's own source, and other pages of its publisher, cannot. Adds ``publisher``,
    ``published`` and ``official`` (an official voice speaks, or the source is official itself).
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


def _outcome(
    verdict: str,
    *found: tuple[str, dict[str, Any]],
    count: int | None = None,
    of: int | None = None,
    ids: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return what a test gives; without ids it rests on the claim's own agreement."""
    return {"verdict": verdict, "count": count, "of": of, "ids": ids, "found": found}


def _event(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Is an event on record with the claimed date? Argument: event, party, date[, own-day]."""
    event, party, date, *own_day = _parts(claim.argument)
    steps = dataset.events
    steps = steps[(steps["agreement_id"] == claim.agreement_id) & (steps["event"] == event)]
    steps = steps[steps["party_id"] == party]
    said: dict[str, Any] = {"event": event, "party": party, "claimed": date}
    if steps.empty:
        return _outcome(NOT_SHOWN, ("no-step", said))
    step = steps.iloc[0]
    support = claim.about(f"event:{step['event_id']}")
    claimed = dates.bounds(pd.Series([date])).iloc[0]
    said |= {"date": step["date"], "sources": len(support), "published": support["published"].min()}
    if support.empty:
        verdict, code = NOT_SHOWN, "own-step"
    elif pd.isna(step["earliest"]):
        verdict, code = PARTLY, "undated-step"
    elif step["latest"] < claimed["earliest"] or step["earliest"] > claimed["latest"]:
        verdict, code = CONTRADICTED, "other-date"
        said["days"] = (step["earliest"] - claimed["earliest"]).days
    elif own_day:
        verdict, code = PARTLY, "own-day"
    else:
        within = step["earliest"] >= claimed["earliest"] and step["latest"] <= claimed["latest"]
        verdict, code = SUPPORTED if within else PARTLY, "dated-step"
    return _outcome(verdict, (code, said), count=len(support))


def _wording(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Does the official title, or another source, use the words? Argument: the words."""
    words = claim.argument
    record = dataset.overview.loc[claim.agreement_id]
    heard, using = claim.about("existence"), claim.using(words)
    official = heard[heard["official"]]
    titled = words.casefold() in str(record["title"]).casefold()
    said: dict[str, Any] = {"words": words, "speakers": _speakers(official)}
    if titled and record["title_kind"] == "official" and len(official):
        return _outcome(SUPPORTED, ("title", said), count=len(official), of=len(heard))
    said |= {"publishers": tuple(using["publisher"].unique()), "sources": len(heard)}
    verdict = SUPPORTED if using["official"].any() else PARTLY if len(using) else NOT_SHOWN
    code = "used" if len(using) else "unused"
    return _outcome(verdict, (code, said), count=len(using), of=len(heard))


def _statement(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """What do other sources say? Argument: source ids. They support at most a part."""
    known = claim.about("existence").dropna(subset=["evidence"])
    known = known[known["source_id"].isin(_parts(claim.argument))]
    told = zip(known["publisher"], known["evidence"].str.rstrip("."), strict=True)
    found = [("statement", {"publishers": (who,), "words": words}) for who, words in told]
    if not found:
        return _outcome(NOT_SHOWN, ("no-statement", {}))
    return _outcome(PARTLY, *found, count=len(found))


def _domain(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Who names the domains? Argument: codes; after '+', words that go further than the code."""
    codes, _, further = map(str.strip, claim.argument.partition("+"))
    named = pd.DataFrame([_named(dataset, claim, code) for code in _parts(codes)])
    grades = named["verdict"].unique()
    verdict = grades[0] if len(grades) == 1 else PARTLY
    found = named["found"].explode().tolist()
    if further and verdict != NOT_SHOWN and claim.using(further).empty:
        verdict = PARTLY
        found.append(("no-further", {"words": further}))
    return _outcome(verdict, *found, count=named["count"].min(), of=named["of"].max())


def _named(dataset: Dataset, claim: Claim, code: str) -> dict[str, Any]:
    """Grade by whom one domain is named: all official lists, some, the press, the claim's own."""
    named = claim.about(f"domain:{code}")
    lists = claim.support[claim.support["subject"].str.startswith("domain:")]
    speakers, every = (_speakers(rows[rows["official"]]) for rows in (named, lists))
    silent = tuple(speaker for speaker in every if speaker not in speakers)
    publishers = tuple(named["publisher"].unique())
    own = dataset.citations[dataset.citations["agreement_id"] == claim.agreement_id]
    if speakers:
        verdict, kind = (PARTLY, "some-lists") if silent else (SUPPORTED, "all-lists")
    elif publishers:
        verdict, kind = PARTLY, "press-list"
    else:
        verdict = NOT_SHOWN
        kind = "own-list" if (own["subject"] == f"domain:{code}").any() else "no-list"
    said = {"domain": code, "speakers": speakers, "silent": silent, "publishers": publishers}
    return _outcome(verdict, (kind, said), count=len(speakers), of=len(every))


def _followed_up(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Do later instruments of these kinds exist? Argument: instruments or domains, or nothing."""
    wanted = set(_parts(claim.argument))
    others = accord.between(dataset, claim.agreement_id)
    later = others[others["when"] == "later"]
    kinds = zip(later.index, later["instrument"], later["domains"], strict=True)
    ids = tuple(i for i, kind, named in kinds if not wanted or {kind, *named} & wanted)
    said = {"parties": accord.parties_of(dataset, claim.agreement_id), "later": ids}
    verdict, code = (PARTLY, "later") if ids else (NOT_SHOWN, "none-later")
    return _outcome(verdict, (code, said), count=len(ids), of=len(others), ids=ids)


def _first_between(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Is it the first instrument between its parties?"""
    others = accord.between(dataset, claim.agreement_id)
    later = others["when"] == "later"
    older, after = tuple(others.index[~later]), tuple(others.index[later])
    parties = accord.parties_of(dataset, claim.agreement_id)
    said = {"parties": parties, "older": older, "later": after}
    verdict, code = (NOT_SHOWN, "older") if older else (PARTLY, "first")
    ids = older or (claim.agreement_id, *after)
    return _outcome(verdict, (code, said), count=len(older), of=len(others), ids=ids)


def _diversifies(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Do a state's partners diversify, with and without the largest? Argument: the state."""
    table = partners.diversification(dataset)
    table = table[table["state"] == claim.argument]
    if table.empty or (table["finding"] == "too few").any():
        return _outcome(NOT_SHOWN, ("too-few", {"state": claim.argument}))
    table = table.rename(columns={"chance": "after", "before": "n", "chance_before": "before"})
    finding = table["finding"]
    return _change("spread", table, finding == "diversifies", finding == "concentrates")


def _region(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Does a region's share grow, with and without the largest partner there?

    Argument: state, then M49 subregions and party codes, '-' before those left out.
    """
    state, *region = _parts(claim.argument)
    subregions = dataset.codes("party_codes")["subregion"]
    members: set[str] = set()
    for part in region:
        name = part.removeprefix("-")
        some = set(subregions.index[subregions == name]) or {name}
        members = members - some if part.startswith("-") else members | some
    table = region_share(dataset, state, members - {state})
    if table["low"].isna().any():
        return _outcome(NOT_SHOWN, ("too-few", {"state": state}))
    return _change("share", table, table["low"] > 0, table["high"] < 0)


def _change(code: str, table: pd.DataFrame, up: pd.Series, down: pd.Series) -> dict[str, Any]:
    """Judge changes that the claim expects to go up: all do, all go down, or neither."""
    verdict = PARTLY if up.all() else CONTRADICTED if down.all() else NOT_SHOWN
    columns = ["state", "left_out", "years", "start", "end", "before", "after", "low", "high"]
    rows: list[Any] = table[[*columns, "before_ids", "ids"]].to_dict("records")
    found = [(code, row) for row in rows]
    ids = (*table["before_ids"].iloc[0], *table["ids"].iloc[0])
    return _outcome(verdict, *found, (f"change-{verdict}", {}), ids=ids)


def region_share(dataset: Dataset, state: str, members: set[str], years: int = 10) -> pd.DataFrame:
    """Compare the share of some partners in a state's bilateral agreements over two spans of years.

    The interval of the difference is Newcombe's hybrid score interval (1998).

    Gives a row with all ``members``, and one without the largest where any is a partner: ``state``,
    ``left_out``, ``years``, ``start``, ``end`` (of the later span), ``before`` and ``after``
    (shares), ``low``, ``high`` (95 % interval of the difference), ``before_ids``, ``ids``.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    rows = dyads(dataset)
    rows = rows[rows["state"] == state]
    last = dataset.as_of.year
    spans = two_spans(rows, last, years)
    n, m = map(len, spans)
    theirs = pd.concat(spans)["partner"].value_counts()
    largest = [partner for partner in theirs.index if partner in members][:1]
    found = []
    for left_out in (None, *largest):
        inside = [span[span["partner"].isin(members - {left_out})] for span in spans]
        a, b = map(len, inside)
        numbers: tuple[float, ...] = (float("nan"),) * 4
        if n and m:
            numbers = a / n, b / m, *confint_proportions_2indep(b, m, a, n, method="newcomb")
        ids = [tuple(span["agreement_id"]) for span in inside]
        found.append((state, left_out, years, last - years + 1, last, *numbers, *ids))
    columns = ["state", "left_out", "years", "start", "end", "before", "after", "low", "high"]
    return pd.DataFrame(found, columns=[*columns, "before_ids", "ids"])


def _network(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """How many partners has a state, beside the other focus states? Argument: the state."""
    rows = dyads(dataset)
    rows = rows[rows["year"] > dataset.as_of.year - 10]
    found: list[tuple[str, dict[str, Any]]] = []
    for state in sorted(dataset.focus, key=lambda state: state != claim.argument):
        own = rows[rows["state"] == state]
        counted = own["partner"].nunique(), tuple(own["agreement_id"])
        found.append(("partners", {"state": state, "years": 10, "partners": counted}))
    return _outcome(
        NOT_TESTABLE, *found, ("no-neighbours", {}), ids=tuple(rows["agreement_id"].unique())
    )


def _compared(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """How fast did a state approve the agreement, beside its others? Argument: the state."""
    table = accord.standing(dataset, claim.agreement_id)
    table = table[(table["state"] == claim.argument) & (table["aspect"] == "days")]
    others = accord.between(dataset, claim.agreement_id)
    later = tuple(others.index[others["when"] == "later"])
    said: dict[str, Any] = {"state": claim.argument, "later": later}
    if not table["of"].any():
        return _outcome(NOT_TESTABLE, ("no-pace", said), ids=later)
    row = table.iloc[0]
    said |= {key: row[key] for key in ("value", "below", "above", "of")}
    ids = (claim.agreement_id, *row["ids"])
    return _outcome(NOT_TESTABLE, ("pace", said), count=row["count"], of=row["of"], ids=ids)


def _membership(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Do instruments of an organisation have all parties? Argument: the organisation."""
    members = dataset.parties.groupby("agreement_id")["party_id"].agg(set)
    theirs = members[[claim.argument in parties for parties in members]]
    wanted = set(accord.parties_of(dataset, claim.agreement_id))
    shared = tuple(theirs.index[[wanted <= parties for parties in theirs]])
    said = {"organisation": claim.argument, "shared": shared}
    verdict, code = (PARTLY, "members") if shared else (NOT_SHOWN, "no-members")
    if theirs.empty:
        verdict, code = NOT_TESTABLE, "no-instruments"
    return _outcome(verdict, (code, said), count=len(shared), of=len(theirs), ids=shared)


def _outside(dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Say that the claim is outside these data."""
    return _outcome(NOT_TESTABLE, ("outside", {}))


TESTS: dict[str, Callable[[Dataset, Claim], dict[str, Any]]] = {
    "event": _event,
    "wording": _wording,
    "statement": _statement,
    "domain": _domain,
    "followed-up": _followed_up,
    "first-between": _first_between,
    "diversifies": _diversifies,
    "region-share": _region,
    "network-position": _network,
    "compared": _compared,
    "membership": _membership,
    "none": _outside,
}
"""The test of each kind of claim, by its code in ``claims.csv``."""


def _speakers(rows: pd.DataFrame) -> tuple[str, ...]:
    """List who speaks officially: the voice, or the publisher of an official source."""
    return tuple(rows["voice"].fillna(rows["publisher"]).unique())


def _parts(argument: str) -> list[str]:
    return [part.strip() for part in argument.split(",") if part.strip()]
