"""How sure one can be: sources, disputes, complete lives, second readings, and what is missing.

Measures of sources cover every record, announced ones too; measures of lives cover concluded
instruments only. Each says so.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import pandas as pd

from accords.analysis.common import by_state, distinct, dyads, in_order, shares, tuples, wilson
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
)
"""Kinds of disputed fact, each with the pattern of its ``field``; the first that fits counts."""

WHOLE = "all"
"""The group of an outside list that is all of it."""


def support(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's records by the best that says that the agreement exists.

    Each record counts once, under the first that it has of: an official or treaty source; two or
    more independent publishers; one reputable publisher; none. The first two are what is called
    high confidence. Counts every record. Gives ``support`` (codes of :data:`SUPPORT`) and the
    columns of :func:`accords.analysis.common.shares`, as do the other shares of this module.
    """
    rows = by_state(dataset, concluded_only=False)
    grade = rows["confidence"].map({"high": "several", "medium": "one", "low": "none"})
    grade = grade.mask((grade == "several") & rows["official"].astype(bool), "official")
    return shares(dataset, rows, {code: grade == code for code in SUPPORT}, "support")


def source_kinds(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's records that rest on each kind of source, alone or with others.

    Counts every record and the sources that speak of its existence; one record can rest on several
    kinds. Gives shares by ``kind``, with ``alone`` (records that rest on this kind only) and
    ``alone_ids``.
    """
    cited = dataset.citations[dataset.citations["subject"] == "existence"]
    kind = cited["source_id"].map(dataset.sources.set_index("source_id")["kind"])
    kinds = kind.groupby(cited["agreement_id"]).agg(frozenset)
    rows = by_state(dataset, concluded_only=False)
    had = rows["agreement_id"].map(kinds).map(lambda k: k if isinstance(k, frozenset) else set())
    codes = dataset.codes("source_kinds").index
    table = shares(dataset, rows, {k: had.map(lambda s, k=k: k in s) for k in codes}, "kind")
    alone = shares(dataset, rows, {k: had == frozenset([k]) for k in codes}, "kind")
    return table.assign(alone=alone["count"], alone_ids=alone["ids"])


def domain_bases(dataset: Dataset) -> pd.DataFrame:
    """Share of domain codings that rest on a text, on an official statement or on the press.

    Counts every coding of a domain of every record, not agreements. Gives shares by ``basis``.
    """
    rows = by_state(dataset, concluded_only=False)[["agreement_id", "state"]]
    rows = rows.merge(dataset.domains, on="agreement_id")
    order = dataset.codes("bases")["rank"].sort_values().index
    return shares(dataset, rows, {basis: rows["basis"] == basis for basis in order}, "basis")


def disputes_by_fact(dataset: Dataset) -> pd.DataFrame:
    """Count the facts on which sources disagree, by kind of fact.

    A dispute is one fact of one agreement with at least two values; it is settled where the tables
    carry one of them. Counts every record. Gives, most first: ``fact``, ``count`` (disputed facts),
    ``settled``, ``ids`` (agreements), ``settled_ids`` and ``open_ids`` (of these).
    """
    rows = dataset.disputes
    field = rows["field"].str.replace(r"#\d+$", "", regex=True)
    rows = rows.assign(fact="Other", adopted=rows["adopted"].fillna(False).astype(bool))
    for fact, pattern in reversed(FACTS):
        rows.loc[field.str.fullmatch(pattern), "fact"] = fact
    each = rows.groupby(["fact", "agreement_id", "field"])["adopted"].any().reset_index()
    table = each.groupby("fact").agg(
        count=("adopted", "size"), settled=("adopted", "sum"), ids=("agreement_id", distinct)
    )
    for column, mask in (("settled_ids", each["adopted"]), ("open_ids", ~each["adopted"])):
        found = each[mask].groupby("fact")["agreement_id"].agg(distinct)
        table[column] = tuples(found.reindex(table.index))
    table = table.reset_index().astype({"settled": int})
    return table.sort_values(["count", "fact"], ascending=[False, True], ignore_index=True)


def whereabouts(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's concluded agreements by ``status``, purchases left out.

    Statuses are in their order; those that none has are left out.
    """
    rows = _lasting(dataset)
    codes = [code for code in dataset.codes("statuses").index if (rows["status"] == code).any()]
    return shares(dataset, rows, {code: rows["status"] == code for code in codes}, "status")


def life_cycles(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's concluded agreements whose life is on record, step by step.

    Purchases are left out, whose lives run otherwise. Not every agreement needs every step: a plan
    is not ratified and a friendship treaty need not end. A step that is missing here was not found
    in a source, which does not mean that it did not happen. Gives shares by ``step`` (codes of
    :data:`LIFE_STEPS`).
    """
    rows = _lasting(dataset)
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


def _lasting(dataset: Dataset) -> pd.DataFrame:
    """Return the concluded agreements that bind over time, which purchases do not."""
    rows = by_state(dataset)
    return rows[rows["instrument"] != PURCHASE]


def waits(dataset: Dataset) -> pd.DataFrame:
    """Measure the time from signature to each later step.

    Concluded bilateral treaties, framework and other agreements whose signature is known at least
    to the month. A date known only to the month or year counts as its middle. Steps dated before
    the signature are left out. Gives ``agreement_id``, ``step`` (codes of :data:`WAITS`), ``days``
    (0 or more; missing where the step is not on record by the edition).
    """
    overview = dataset.overview
    eligible = overview[
        overview["concluded"]
        & (overview["scope"] == "bilateral")
        & overview["instrument_family"].isin(TEXT_FAMILIES)
    ]
    events = dataset.events[dataset.events["agreement_id"].isin(eligible.index)].copy()
    events["middle"] = events["earliest"] + (events["latest"] - events["earliest"]) / 2
    events = events.sort_values("middle")

    signed = events[(events["event"] == "signed") & events["earliest"].notna()]
    signed = signed[edtf.precision(signed["date"]).isin(["day", "month"])]
    signed = signed.drop_duplicates("agreement_id")

    steps = pd.DataFrame({"step": list(WAITS)}).merge(signed, how="cross")
    reached = events[events["middle"] <= dataset.as_of].drop_duplicates(["agreement_id", "event"])
    reached = reached[["agreement_id", "event", "middle", "latest"]]
    both = steps.merge(
        reached, how="left", left_on=["agreement_id", "step"], right_on=["agreement_id", "event"]
    )
    days = (both["middle_y"] - both["middle_x"]).dt.total_seconds() / 86400
    both["days"] = days.clip(lower=0)
    possible = ~(both["latest_y"] < both["earliest"])
    return both.loc[possible, ["agreement_id", "step", "days"]].reset_index(drop=True)


def waiting_summary(dataset: Dataset) -> pd.DataFrame:
    """Sum up the times from signature to each later step, of the agreements that have it on record.

    Agreements without the step on record are in no median: the waits of all are longer. See
    :func:`waits` for which are counted and how. Gives for each ``step`` that any has on record
    ``count`` (agreements), ``of`` (that could have it), ``low``, ``median``, ``high`` (days: first
    quartile, median, third quartile), ``ids``.
    """
    rows = waits(dataset)
    seen = rows.dropna(subset="days").groupby("step")
    table = seen["days"].describe(percentiles=[0.25, 0.5, 0.75])[["count", "25%", "50%", "75%"]]
    table = table.set_axis(["count", "low", "median", "high"], axis="columns")
    table = table.join(rows.groupby("step").size().rename("of"))
    table = table.join(seen["agreement_id"].agg(tuple).rename("ids"))
    table = table.reindex([step for step in WAITS if step in table.index]).rename_axis("step")
    columns = ["step", "count", "of", "low", "median", "high", "ids"]
    return table.reset_index().astype({"count": int, "of": int})[columns]


def coverage(dataset: Dataset) -> pd.DataFrame:
    """Count the partners that were searched for, for each state and kind of search.

    Gives ``state``, ``search`` (code), ``count`` (partners with at least one record), ``of``
    (partners), ``ids`` (agreements of the state with those found).
    """
    rows = dataset.coverage[dataset.coverage["focus"].isin(dataset.focus)]
    members = dataset.parties.groupby("party_id")["agreement_id"].agg(set)
    found = []
    for (state, search), part in rows.groupby(["focus", "search"]):
        partners = part.loc[part["records_found"] > 0, "partner"]
        theirs: set[str] = set().union(*(members.get(partner, set()) for partner in partners))
        ids = tuple(sorted(theirs & members.get(state, set())))
        found.append((state, search, len(partners), len(part), ids))
    table = pd.DataFrame(found, columns=["state", "search", "count", "of", "ids"])
    return table.sort_values(
        "state", key=lambda states: in_order(dataset, states), kind="stable", ignore_index=True
    )


def completeness(dataset: Dataset) -> pd.DataFrame:
    """List how much of each outside list is on record, as it was counted for an edition.

    Gives for each ``list`` (in the order of their codes), ``state`` and ``group`` (:data:`WHOLE`, a
    decade or a supplier) ``count`` (entries on record), ``of`` (the list's), ``share``, ``low``,
    ``high`` (Wilson, 95 %), ``independent`` (found that a source other than the list speaks of;
    missing where not counted), ``edition``.
    """
    table = dataset.completeness[dataset.completeness["state"].isin(dataset.focus)]
    order = {"list": list(dataset.codes("lists").index), "state": list(dataset.focus)}
    table = table.sort_values(
        ["list", "state", "group"],
        key=lambda column: column.map(order[column.name].index) if column.name in order else column,
        ignore_index=True,
    )
    table = table.rename(columns={"found": "count", "listed": "of"})
    table = wilson(table.astype({"count": int, "of": int}))
    columns = ["list", "state", "group", "count", "of", "share", "low", "high"]
    return table[[*columns, "independent", "edition"]]


def partner_lists(dataset: Dataset) -> pd.DataFrame:
    """Hold the partners that a focus state itself has named against the records here.

    The lists are the tables whose descriptor entry has ``partnersOf``, the state that named the
    partners, and ``asOf``, the year in which it did. Gives ``table``, ``state``, ``year``,
    ``partner``, ``ids`` (concluded bilateral agreements, of any year), ``ids_by_then`` (those dated
    up to that year or undated).
    """
    rows = dyads(dataset)
    columns = ["table", "state", "year", "partner", "ids", "ids_by_then"]
    tables = [pd.DataFrame(columns=columns)]
    for resource in dataset.descriptor["resources"]:
        state = resource.get("partnersOf")
        if state not in dataset.focus:
            continue
        year = int(resource["asOf"])
        own = rows[rows["state"] == state]
        early = own[own["year"].isna() | (own["year"] <= year)]
        table = dataset.tables[resource["name"]][["partner"]].copy()
        table["table"], table["state"], table["year"] = resource["name"], state, year
        for column, part in (("ids", own), ("ids_by_then", early)):
            ids = part.groupby("partner")["agreement_id"].agg(tuple)
            table[column] = tuples(table["partner"].map(ids))
        tables.append(table[columns])
    return pd.concat(tables, ignore_index=True)


def capture_recapture(dataset: Dataset, first: int = 1980, last: int = 2010) -> pd.DataFrame:
    """Estimate how many agreements exist from two lists: our own reading and the academic one.

    Chapman's estimate from the records found by our own reading, those in the Defense Cooperation
    Agreement Dataset (Kinne 2020) and those in both, with the exact 95 % interval that inverts the
    hypergeometric distribution of the overlap. Counts concluded bilateral instruments with a state,
    of the kinds that the academic dataset collects, in the years that it covers.

    It assumes lists of the same instruments, matched rightly and independent of each other, which
    find all equally easily (Chapman 1951); where both find the well-known, there are more.

    Gives for each ``group`` (``all``, a state's code, ``framework-agreement``) ``first``, ``last``
    (years), ``own``, ``academic``, ``both``, ``count`` (in either), ``estimate``, ``low``, ``high``
    (infinite where nothing is in both, missing where a list is empty) and ids of each count.
    """
    overview = dataset.overview
    kinds = dataset.codes("party_codes")["party_kind"]
    states = set(kinds.index[kinds == "state"])
    with_state = overview["partners"].map(lambda codes: bool(states & set(codes)))
    rows = overview[
        overview["concluded"]
        & (overview["scope"] == "bilateral")
        & with_state.astype(bool)
        & overview["instrument"].isin(COMPARABLE)
        & (overview["earliest"].dt.year >= first)
        & (overview["latest"].dt.year <= last)
    ]
    groups = {"all": rows}
    for state in dataset.focus:
        groups[state] = rows[rows["focus"].map(lambda states, s=state: s in states).astype(bool)]
    groups["framework-agreement"] = rows[rows["instrument"] == "framework-agreement"]
    return pd.DataFrame(
        [
            {"group": name, "first": first, "last": last, **_recaptured(part)}
            for name, part in groups.items()
        ]
    )


def reading_errors(dataset: Dataset) -> pd.DataFrame:
    """Share of facts that blind second readings found wrong or unsupported, each and together.

    Wilson intervals (95 %) take facts as independent; facts of one record are not quite, so the
    true intervals are somewhat wider.

    Gives for every ``reading``, and last for all (missing then), by ``problem`` (``wrong``,
    ``unsupported``): ``records``, ``count`` and ``of`` (facts), ``share``, ``low``, ``high``,
    ``ids`` (records with such a fact).
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


def _recaptured(rows: pd.DataFrame) -> dict[str, Any]:
    own, academic = rows.index[rows["dcad"] != "only"], rows.index[rows["dcad"] != "no"]
    both = own.intersection(academic)
    n, k, m = len(own), len(academic), len(both)
    estimate, low, high = float("nan"), float("nan"), float("nan")
    if n and k:
        estimate = (n + 1) * (k + 1) / (m + 1) - 1
        low, high = _population_interval(n, k, m)
    return {
        "own": n,
        "academic": k,
        "both": m,
        "count": n + k - m,
        "estimate": estimate,
        "low": low,
        "high": high,
        "own_ids": tuple(own),
        "academic_ids": tuple(academic),
        "both_ids": tuple(both),
        "ids": tuple(own.union(academic, sort=False)),
    }


def _population_interval(n: int, k: int, m: int) -> tuple[float, float]:
    """Find the totals under which an overlap of ``m`` is not unusual, at 95 %."""
    from scipy.stats import hypergeom

    candidates = range(n + k - m, 1000 * (n + 1) * (k + 1))
    low = bisect_left(candidates, True, key=lambda total: hypergeom.cdf(m, total, n, k) > 0.025)
    if m == 0:
        return float(candidates[low]), float("inf")
    high = bisect_left(
        candidates, True, key=lambda total: hypergeom.sf(m - 1, total, n, k) <= 0.025
    )
    return float(candidates[low]), float(candidates[high - 1])
