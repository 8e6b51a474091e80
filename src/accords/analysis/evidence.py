"""How sure one can be: sources, disputes, complete lives, second readings, and what is missing.

Measures of sources cover every record, announced ones too; measures of lives cover concluded
instruments only. Shares have ``state``, their codes and the columns of
:func:`accords.analysis.common.shares`.
"""

import re
from bisect import bisect_left

import pandas as pd

from accords.analysis.common import by_state, distinct, dyads, shares, tuples, wilson
from accords.dataset import Dataset, edtf
from accords.dataset.lifecycle import CONSENTS, PURCHASE

TEXT_FAMILIES = ("frameworks", "agreements")
"""Instrument families that as a rule need approval; memoranda, plans and purchases seldom do."""

COMPARABLE = (
    *("framework-agreement", "agreement", "memorandum", "protocol"),
    *("classified-information-agreement", "joint-declaration"),
)
"""Instruments of the kinds that the academic dataset collects."""

LIFE_STEPS = {
    "day": "Conclusion dated to the day",
    "year": "Conclusion dated at least to the year",
    "approval": "A step of approval on record",
    "force": "Entry into force or operation on record",
    "end": "An end on record",
    "known": "Status known",
}
WAITS = {
    "parliament-approved": "Vote of parliament",
    "ratified": "First ratification",
    "entered-into-force": "Entry into force",
}
"""Steps whose waiting time from signature is measured."""

SUPPORT = {
    "official": "an official or treaty source",
    "several": "two or more independent publishers",
    "one": "one reputable publisher",
    "none": "no reputable publisher",
}
"""The best that says that an agreement exists, the firmest first."""

FACTS = (
    ("Date of signature", r"event:(?:signed|accession)[a-z0-9-]*\.date"),
    ("Date of another step", r"event:.*\.date"),
    ("Place", r"event:.*\.place"),
    ("What a step was", r"event:.*\.(?:type|party)"),
    ("Domain", r"domain:.*"),
    ("Value", r"value"),
    ("Quantity", r"quantity"),
    ("Content", r"content"),
    ("Existence", r"existence"),
    ("Title or instrument", r"title|instrument"),
    ("Status or duration", r"status|duration"),
    ("Parties or signatories", r"parties|signatories"),
    ("Other", r".*"),
)
"""Kinds of disputed fact, each with the pattern of its ``field``; the first that fits counts."""

WHOLE = "all"  # the group of an outside list, or of an estimate, that is all of it


def support(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's records by the best that says that the agreement exists.

    Each record counts once, by ``support`` (the first that it has of :data:`SUPPORT`, of which two
    make high confidence).
    """
    rows = by_state(dataset, concluded_only=False)
    grade = rows["confidence"].map({"high": "several", "medium": "one", "low": "none"})
    grade = grade.mask((grade == "several") & rows["official"].astype(bool), "official")
    return shares(dataset, rows, {code: grade == code for code in SUPPORT}, "support")


def source_kinds(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's records that rest on each kind of source, alone or with others.

    By ``kind``, of the sources that speak of a record's existence; a record can rest on several.
    Adds ``alone`` (records that rest on this kind only) and ``alone_ids``.
    """
    cited = dataset.citations[dataset.citations["subject"] == "existence"]
    kind = cited["source_id"].map(dataset.sources.set_index("source_id")["kind"])
    kinds = kind.groupby(cited["agreement_id"]).agg(set)
    rows = by_state(dataset, concluded_only=False)
    had = pd.Series([kinds.get(i, set()) for i in rows["agreement_id"]], dtype=object)
    codes = dataset.codes("source_kinds").index
    table = shares(dataset, rows, {k: had.map(lambda s, k=k: k in s) for k in codes}, "kind")
    alone = shares(dataset, rows, {k: had.map(lambda s, k=k: s == {k}) for k in codes}, "kind")
    return table.assign(alone=alone["count"], alone_ids=alone["ids"])


def domain_bases(dataset: Dataset) -> pd.DataFrame:
    """Share of codings of a domain by ``basis``: a text, an official statement or the press."""
    rows = by_state(dataset, concluded_only=False)[["agreement_id", "state"]]
    rows = rows.merge(dataset.domains, on="agreement_id")
    order = dataset.codes("bases")["rank"].sort_values().index
    return shares(dataset, rows, {basis: rows["basis"] == basis for basis in order}, "basis")


def disputes_by_fact(dataset: Dataset) -> pd.DataFrame:
    """Count the facts on which sources disagree, by kind of fact.

    Settled are those of which the tables carry a value. Gives, most first: ``fact``, ``count``,
    ``settled``, ``ids`` (agreements), ``settled_ids`` and ``open_ids`` (of these).
    """
    rows = dataset.disputes.assign(adopted=dataset.disputes["adopted"].fillna(False).astype(bool))
    each = rows.groupby(["agreement_id", "field"])["adopted"].any().reset_index()
    each["fact"] = [
        next(fact for fact, pattern in FACTS if re.fullmatch(pattern, field))
        for field in each["field"].str.replace(r"#\d+$", "", regex=True)
    ]
    table = each.groupby("fact").agg(count=("adopted", "size"), settled=("adopted", "sum"))
    settled, open_ = each[each["adopted"]], each[~each["adopted"]]
    for column, part in (("ids", each), ("settled_ids", settled), ("open_ids", open_)):
        ids = part.groupby("fact")["agreement_id"].agg(distinct)
        table[column] = tuples(ids.reindex(table.index))
    return table.reset_index().sort_values(
        ["count", "fact"], ascending=[False, True], ignore_index=True
    )


def whereabouts(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's concluded agreements by ``status``, purchases left out."""
    rows = by_state(dataset)
    rows = rows[rows["instrument"] != PURCHASE]
    codes = [code for code in dataset.codes("statuses").index if (rows["status"] == code).any()]
    return shares(dataset, rows, {code: rows["status"] == code for code in codes}, "status")


def life_cycles(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's concluded agreements whose life is on record, step by step.

    By ``step`` (codes of :data:`LIFE_STEPS`), purchases left out, whose lives run otherwise. Not
    every agreement needs every step, and one that was not found may well have been taken.
    """
    rows = by_state(dataset)
    rows = rows[rows["instrument"] != PURCHASE]
    stage = dataset.codes("event_types")["stage"]
    events = dataset.events.assign(stage=dataset.events["event"].map(stage))
    precision = edtf.precision(rows["date"])

    def seen(where: pd.Series) -> pd.Series:
        return rows["agreement_id"].isin(events.loc[where, "agreement_id"])

    groups = {
        "day": precision == "day",
        "year": precision.notna(),
        "approval": seen(events["event"].isin(CONSENTS)),
        "force": seen(events["stage"] == "force"),
        "end": seen(events["stage"] == "end"),
        "known": rows["status"] != "unknown",
    }
    return shares(dataset, rows, groups, "step")


def waiting_summary(dataset: Dataset) -> pd.DataFrame:
    """Sum up the times from signature to each later step, of the agreements that have it on record.

    Of concluded bilateral treaties and agreements signed in a known month or on a known day; what
    spans days counts as its middle. Gives by ``step`` of :data:`WAITS` that any has: ``count``,
    ``of`` (that could have it), ``low``, ``median``, ``high`` (days, with the quartiles), ``ids``.
    """
    treaties = dataset.overview.query(
        "concluded and scope == 'bilateral' and instrument_family in @TEXT_FAMILIES"
    )
    events = dataset.events[dataset.events["agreement_id"].isin(treaties.index)]
    events = events.assign(middle=events["earliest"] + (events["latest"] - events["earliest"]) / 2)
    events = events.sort_values("middle").set_index("agreement_id")
    signed = events[(events["event"] == "signed") & events["earliest"].notna()]
    signed = signed[edtf.precision(signed["date"]).isin(["day", "month"])]
    signed = signed[~signed.index.duplicated()]
    found = []
    for step in WAITS:
        taken = events[(events["event"] == step) & (events["middle"] <= dataset.as_of)]
        taken = taken[~taken.index.duplicated()].reindex(signed.index)
        possible = ~(taken["latest"] < signed["earliest"])
        waited = (taken["middle"] - signed["middle"])[possible].dropna()
        days = waited.dt.total_seconds().clip(lower=0) / 86400
        if len(days):
            low, median, high = days.quantile([0.25, 0.5, 0.75])
            found.append((step, len(days), possible.sum(), low, median, high, tuple(days.index)))
    return pd.DataFrame(found, columns=["step", "count", "of", "low", "median", "high", "ids"])


def coverage(dataset: Dataset) -> pd.DataFrame:
    """Count the partners that were searched for, for each state and kind of search.

    Gives ``state``, ``search``, ``count`` (partners with a record), ``of`` (partners), ``ids``.
    """
    members = dataset.parties.groupby("party_id")["agreement_id"].agg(set)
    found = []
    for state in dataset.focus:
        rows = dataset.coverage[dataset.coverage["focus"] == state]
        for search, part in rows.groupby("search"):
            partners = part.loc[part["records_found"] > 0, "partner"]
            theirs: set[str] = set().union(*(members.get(partner, set()) for partner in partners))
            ids = tuple(sorted(theirs & members.get(state, set())))
            found.append((state, search, len(partners), len(part), ids))
    return pd.DataFrame(found, columns=["state", "search", "count", "of", "ids"])


def completeness(dataset: Dataset) -> pd.DataFrame:
    """List how much of each outside list is on record, as it was counted for an edition.

    Gives for each ``list``, ``state`` and ``group`` (:data:`WHOLE`, a decade or a supplier)
    ``count`` (entries on record), ``of``, ``share``, ``low``, ``high``, ``independent`` (on record
    from another source, too) and ``edition``.
    """
    table = dataset.completeness[dataset.completeness["state"].isin(dataset.focus)]
    table = table.rename(columns={"found": "count", "listed": "of"})
    table["list"] = pd.Categorical(table["list"], dataset.codes("lists").index)
    table["state"] = pd.Categorical(table["state"], dataset.focus)
    table = table.sort_values(["list", "state", "group"], ignore_index=True)
    table = wilson(table.astype({"list": "str", "state": "str", "count": int, "of": int}))
    columns = ["list", "state", "group", "count", "of", "share", "low", "high"]
    return table[[*columns, "independent", "edition"]]


def partner_lists(dataset: Dataset) -> pd.DataFrame:
    """Hold the partners that a focus state itself has named against the records here.

    The lists are the tables whose descriptor entry has ``partnersOf`` (a state) and ``asOf`` (a
    year). Gives ``table``, ``state``, ``year``, ``partner``, ``ids`` (concluded bilateral
    agreements), ``ids_by_then`` (those dated up to that year or undated).
    """
    rows, found = dyads(dataset), []
    for resource in dataset.descriptor["resources"]:
        state, name = resource.get("partnersOf"), resource["name"]
        if state not in dataset.focus:
            continue
        year = int(resource["asOf"])
        own = rows[rows["state"] == state]
        early = own[own["year"].isna() | (own["year"] <= year)]
        ever, then = (
            part.groupby("partner")["agreement_id"].agg(tuple).to_dict() for part in (own, early)
        )
        for partner in dataset.tables[name]["partner"]:
            ids = ever.get(partner, ()), then.get(partner, ())
            found.append((name, state, year, partner, *ids))
    columns = ["table", "state", "year", "partner", "ids", "ids_by_then"]
    return pd.DataFrame(found, columns=columns)


def capture_recapture(dataset: Dataset, first: int = 1980, last: int = 2010) -> pd.DataFrame:
    """Estimate how many agreements exist from two lists: our own reading and the academic one.

    Chapman's estimate (1951) from bilateral instruments with a state, of the kinds that the Defense
    Cooperation Agreement Dataset (Kinne 2020) collects; it takes the lists to be independent.
    Gives for each ``group`` (:data:`WHOLE`, a state, ``framework-agreement``) ``first``, ``last``
    (years), ``own``, ``academic``, ``both``, ``count`` (in either), ``estimate``, ``low``, ``high``
    (infinite where nothing is in both, missing where a list is empty), and ids of each count.
    """
    kinds = dataset.codes("party_codes")["party_kind"]
    states = set(kinds.index[kinds == "state"])
    rows = dataset.overview.query(
        "concluded and scope == 'bilateral' and instrument in @COMPARABLE"
        " and earliest.dt.year >= @first and latest.dt.year <= @last"
    )
    rows = rows[rows["partners"].map(lambda codes: not states.isdisjoint(codes)).astype(bool)]
    groups = {WHOLE: rows}
    for state in dataset.focus:
        groups[state] = rows[rows["focus"].map(lambda focus, s=state: s in focus).astype(bool)]
    groups["framework-agreement"] = rows[rows["instrument"] == "framework-agreement"]
    found = []
    for group, part in groups.items():
        own, academic = part.index[part["dcad"] != "only"], part.index[part["dcad"] != "no"]
        both = own.intersection(academic)
        n, k, m = len(own), len(academic), len(both)
        estimate = low = high = float("nan")
        if n and k:
            estimate = (n + 1) * (k + 1) / (m + 1) - 1
            low, high = _population_interval(n, k, m)
        ids = [tuple(index) for index in (own, academic, both, own.union(academic, sort=False))]
        found.append((group, first, last, n, k, m, n + k - m, estimate, low, high, *ids))
    columns = ["group", "first", "last", "own", "academic", "both", "count", "estimate"]
    columns += ["low", "high", "own_ids", "academic_ids", "both_ids", "ids"]
    return pd.DataFrame(found, columns=columns)


def _population_interval(n: int, k: int, m: int) -> tuple[float, float]:
    """Find the totals under which an overlap of ``m`` is not unusual, at 95 %.

    This inverts the hypergeometric distribution of the overlap, and so is exact.
    """
    from scipy.stats import hypergeom

    totals = range(n + k - m, 1000 * (n + 1) * (k + 1))
    low = bisect_left(totals, True, key=lambda total: hypergeom.cdf(m, total, n, k) > 0.025)
    end = bisect_left(totals, True, key=lambda total: hypergeom.sf(m - 1, total, n, k) <= 0.025)
    return float(totals[low]), float(totals[end - 1]) if m else float("inf")


def reading_errors(dataset: Dataset) -> pd.DataFrame:
    """Share of facts that blind second readings found wrong or unsupported, each and together.

    Gives for every ``reading``, and last for all (missing then), by ``problem``: ``records``,
    ``count`` and ``of`` (facts), ``share``, ``low``, ``high``, ``ids``.
    """
    known = set(dataset.agreements["agreement_id"])
    readings = dataset.readings[dataset.readings["facts_checked"] > 0]
    parts = [*readings.groupby("reading"), *([(pd.NA, readings)] if len(readings) else [])]
    found = []
    for reading, rows in parts:
        for problem in ("wrong", "unsupported"):
            facts = rows[f"facts_{problem}"]
            ids = tuple(i for i in rows.loc[facts > 0, "agreement_id"] if i in known)
            counts = len(rows), int(facts.sum()), int(rows["facts_checked"].sum())
            found.append((reading, problem, *counts, ids))
    columns = ["reading", "problem", "records", "count", "of", "ids"]
    table = wilson(pd.DataFrame(found, columns=columns).astype({"reading": "Int64"}))
    return table[[*columns[:-1], "share", "low", "high", "ids"]]
