"""How sure one can be: sources, disputes, complete lives, second readings, and what is missing.

Measures of sources cover every record, announced ones too; measures of lives cover concluded
instruments only. Each says so.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from accords.analysis.common import by_state, dyads
from accords.dataset import Dataset
from accords.dataset import edtf as dates
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
    "parliament-approved": "Vote of a parliament",
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
    high confidence, the others medium and low
    (:func:`accords.dataset.lifecycle.confidences`). Counts every record.

    Returns
    -------
    DataFrame
        ``state``, ``support`` (codes of :data:`SUPPORT`), ``agreements``, ``n``, ``share``,
        ``low``, ``high`` (Wilson, 95 %), ``agreement_ids``.
    """
    rows = by_state(dataset, concluded_only=False)
    high = rows["confidence"] == "high"
    groups = {
        "official": high & rows["official"],
        "several": high & ~rows["official"],
        "one": rows["confidence"] == "medium",
        "none": rows["confidence"] == "low",
    }
    return _by_state(dataset, rows, groups, "support")


def source_kinds(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's records that rest on each kind of source, alone or with others.

    Counts every record and the sources that speak of its existence; one record can rest on several
    kinds.

    Returns
    -------
    DataFrame
        ``state``, ``kind``, ``agreements``, ``n``, ``share``, ``low``, ``high`` (Wilson, 95 %),
        ``agreement_ids``, ``alone`` (number of records that rest on this kind only),
        ``alone_ids``.
    """
    cited = _existence(dataset)
    kinds = cited.groupby("agreement_id")["kind"].agg(tuple)
    rows = by_state(dataset, concluded_only=False)
    had = rows["agreement_id"].map(kinds).map(lambda k: set(k) if isinstance(k, tuple) else set())
    codes = list(dataset.codes("source_kinds").index)
    table = _by_state(dataset, rows, {k: had.map(lambda s, k=k: k in s) for k in codes}, "kind")
    alone = _by_state(dataset, rows, {k: had.map(lambda s, k=k: s == {k}) for k in codes}, "kind")
    table["alone"] = alone["agreements"]
    table["alone_ids"] = alone["agreement_ids"]
    return table


def domain_bases(dataset: Dataset) -> pd.DataFrame:
    """Share of domain codings that rest on a text, on an official statement or on the press.

    Counts every coding of a domain of every record, not agreements.

    Returns
    -------
    DataFrame
        ``state``, ``basis``, ``codings``, ``n``, ``share``, ``low``, ``high`` (Wilson, 95 %),
        ``agreement_ids`` (with at least one such coding).
    """
    rows = by_state(dataset, concluded_only=False)[["agreement_id", "state"]]
    rows = rows.merge(dataset.domains, on="agreement_id")
    order = dataset.codes("bases")["rank"].sort_values().index
    groups = {basis: rows["basis"] == basis for basis in order}
    return _by_state(dataset, rows, groups, "basis").rename(columns={"agreements": "codings"})


def disputes_by_fact(dataset: Dataset) -> pd.DataFrame:
    """Count the facts on which sources disagree, by kind of fact.

    A dispute is one fact of one agreement with at least two values; it is settled where the tables
    carry one of them. Counts every record.

    Returns
    -------
    DataFrame
        Most disputes first: ``fact``, ``disputes``, ``settled``, ``agreements``, ``agreement_ids``,
        ``settled_ids`` and ``open_ids`` (those with such a fact that is settled or open).
    """
    rows = dataset.disputes
    field = rows["field"].str.replace(r"#\d+$", "", regex=True)
    rows = rows.assign(fact="Other", adopted=rows["adopted"].fillna(False).astype(bool))
    for fact, pattern in reversed(FACTS):
        rows.loc[field.str.fullmatch(pattern), "fact"] = fact
    each = rows.groupby(["fact", "agreement_id", "field"])["adopted"].any().reset_index()
    by = each.groupby("fact")

    def ids(some: pd.DataFrame) -> pd.Series:
        return (
            some.drop_duplicates(["fact", "agreement_id"])
            .groupby("fact")["agreement_id"]
            .agg(tuple)
        )

    table = pd.DataFrame(
        {
            "disputes": by.size(),
            "settled": by["adopted"].sum().astype(int),
            "agreements": by["agreement_id"].nunique(),
            "agreement_ids": ids(each),
        }
    ).reset_index()
    table["settled_ids"] = _tuples(table["fact"].map(ids(each[each["adopted"]])))
    table["open_ids"] = _tuples(table["fact"].map(ids(each[~each["adopted"]])))
    return table.sort_values(["disputes", "fact"], ascending=[False, True], ignore_index=True)


def life_cycles(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's concluded agreements whose life is on record, step by step.

    Purchases are left out, whose lives run otherwise. Not every agreement needs every step: a plan
    is not ratified and a friendship treaty need not end. A step that is missing here was not found
    in a source, which does not mean that it did not happen.

    Returns
    -------
    DataFrame
        ``state``, ``step`` (codes of :data:`LIFE_STEPS`), ``agreements``, ``n``, ``share``,
        ``low``, ``high`` (Wilson, 95 %), ``agreement_ids``.
    """
    rows = by_state(dataset)
    rows = rows[rows["instrument"] != PURCHASE]
    stage = dataset.codes("event_types")["stage"]
    events = dataset.events.assign(stage=dataset.events["event"].map(stage))
    precision = dates.precision(rows["date"])

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
    return _by_state(dataset, rows, groups, "step")


def _with(dataset: Dataset, state: str, partners: Iterable[str]) -> tuple[str, ...]:
    """Find the agreements of any kind that a state has with any of these partners."""
    members = dataset.parties.groupby("party_id")["agreement_id"].agg(set)
    others = set().union(*(members.get(partner, set()) for partner in partners))
    return tuple(sorted(members.get(state, set()) & others))


def waits(dataset: Dataset) -> pd.DataFrame:
    """Measure the time from signature to each later step.

    Concluded bilateral treaties, framework and other agreements whose signature is known at least
    to the month. A date known only to the month or year counts as its middle. Steps dated before
    the signature are left out.

    Returns
    -------
    DataFrame
        One row an agreement and step: ``agreement_id``, ``step`` (codes of :data:`WAITS`),
        ``days`` (0 or more; missing where the step is not on record by the edition).
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
    signed = signed[dates.precision(signed["date"]).isin(["day", "month"])]
    signed = signed.drop_duplicates("agreement_id").set_index("agreement_id")

    tables = []
    for step in WAITS:
        reached = events[(events["event"] == step) & (events["middle"] <= dataset.as_of)]
        first = reached.drop_duplicates("agreement_id").set_index("agreement_id")
        first = first.reindex(signed.index)
        days = (first["middle"] - signed["middle"]).dt.total_seconds() / 86400
        table = pd.DataFrame(
            {"agreement_id": signed.index, "step": step, "days": days.clip(lower=0)}
        )
        tables.append(table[~(first["latest"] < signed["earliest"])])
    return pd.concat(tables, ignore_index=True)


def waiting_summary(dataset: Dataset) -> pd.DataFrame:
    """Sum up the times from signature to each later step, of the agreements that have it on record.

    Agreements without the step on record are in no median: the waits of all are longer. See
    :func:`waits` for which are counted and how.

    Returns
    -------
    DataFrame
        ``step``, ``n`` (agreements that could have it), ``seen`` (that have it on record),
        ``first_quartile``, ``median``, ``third_quartile`` (days), ``agreement_ids`` (those seen);
        no row for a step that none has on record.
    """
    rows = waits(dataset)
    records = []
    for step in WAITS:
        own = rows[rows["step"] == step]
        seen = own[own["days"].notna()]
        if seen.empty:
            continue
        first, median, third = seen["days"].quantile([0.25, 0.5, 0.75])
        records.append(
            {
                "step": step,
                "n": len(own),
                "seen": len(seen),
                "first_quartile": first,
                "median": median,
                "third_quartile": third,
                "agreement_ids": tuple(seen["agreement_id"]),
            }
        )
    columns = ["step", "n", "seen", "first_quartile", "median", "third_quartile", "agreement_ids"]
    return pd.DataFrame(records, columns=columns)


def coverage(dataset: Dataset) -> pd.DataFrame:
    """Count the partners that were searched for each state, by how, and with what result.

    Returns
    -------
    DataFrame
        For each state with a search on record and each method: ``state``, ``search``,
        ``partners``, ``found`` (with at least one record), ``agreement_ids`` (of the state with
        those found).
    """
    records = []
    for state in dataset.focus:
        own = dataset.coverage[dataset.coverage["focus"] == state]
        if own.empty:
            continue
        for search in dataset.codes("search_methods").index:
            part = own[own["search"] == search]
            found = part.loc[part["records_found"] > 0, "partner"]
            records.append(
                {
                    "state": state,
                    "search": search,
                    "partners": len(part),
                    "found": len(found),
                    "agreement_ids": _with(dataset, state, found),
                }
            )
    return pd.DataFrame(records, columns=["state", "search", "partners", "found", "agreement_ids"])


def completeness(dataset: Dataset) -> pd.DataFrame:
    """List how much of each outside list is on record, as it was counted for an edition.

    Returns
    -------
    DataFrame
        For each list, focus state and group (:data:`WHOLE`, a decade or a supplier): ``list``,
        ``state``, ``group``, ``listed`` (entries of the list), ``found`` (on record), ``share``,
        ``low``, ``high`` (Wilson, 95 %), ``independent`` (found that a source other than the list
        speaks of; missing where not counted), ``edition``. Lists in the order of their codes.
    """
    from statsmodels.stats.proportion import proportion_confint

    table = dataset.completeness[dataset.completeness["state"].isin(dataset.focus)]
    order = {"list": list(dataset.codes("lists").index), "state": list(dataset.focus)}
    table = table.sort_values(
        ["list", "state", "group"],
        key=lambda column: column.map(order[column.name].index) if column.name in order else column,
        ignore_index=True,
    )
    table["share"] = (table["found"] / table["listed"]).astype(float)
    table["low"], table["high"] = proportion_confint(
        table["found"].astype(int), table["listed"].astype(int), method="wilson"
    )
    columns = ["list", "state", "group", "listed", "found", "share", "low", "high"]
    return table[[*columns, "independent", "edition"]]


def partner_lists(dataset: Dataset) -> pd.DataFrame:
    """Hold the partners that a focus state itself has named against the records here.

    The lists are the tables whose descriptor entry has ``partnersOf``, the state that named the
    partners, and ``asOf``, the year in which it did.

    Returns
    -------
    DataFrame
        One row for each list and partner named: ``table``, ``state``, ``year``, ``partner``,
        ``name``, ``agreement_ids`` (concluded bilateral ones, of any year), ``ids_by_then`` (those
        dated up to that year or undated).
    """
    rows = dyads(dataset)
    columns = ["table", "state", "year", "partner", "name", "agreement_ids", "ids_by_then"]
    tables = [pd.DataFrame(columns=columns)]
    for resource in dataset.descriptor["resources"]:
        state = resource.get("partnersOf")
        if state not in dataset.focus:
            continue
        year = int(resource["asOf"])
        own = rows[rows["state"] == state]
        early = own[own["year"].isna() | (own["year"] <= year)]
        partners = dataset.tables[resource["name"]]["partner"]
        ids, by_then = (
            _tuples(partners.map(part.groupby("partner")["agreement_id"].agg(tuple)))
            for part in (own, early)
        )
        tables.append(
            pd.DataFrame(
                {
                    "table": resource["name"],
                    "state": state,
                    "year": year,
                    "partner": partners,
                    "name": partners.map(dataset.party_names),
                    "agreement_ids": ids,
                    "ids_by_then": by_then,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def capture_recapture(dataset: Dataset, first: int = 1980, last: int = 2010) -> pd.DataFrame:
    """Estimate how many agreements exist from two lists: our own reading and the academic one.

    Chapman's estimate from the records found by our own reading, those in the Defense Cooperation
    Agreement Dataset (Kinne 2020) and those in both, with the exact 95 % interval that inverts the
    hypergeometric distribution of the overlap. Counts concluded bilateral instruments with a state,
    of the kinds that the academic dataset collects, in the years that it covers.

    It assumes that both lists draw on the same instruments, that no pair is matched wrongly, that
    being in one list makes being in the other neither likelier nor less likely, and that each list
    finds all instruments equally easily. Well-known instruments are found by both: the true number
    is then higher than the estimate.

    Parameters
    ----------
    dataset
        The dataset.
    first, last
        The years that both lists cover.

    Returns
    -------
    DataFrame
        For all focus states together, for each, and for framework agreements alone: ``group``
        (``all``, a state's code, or ``framework-agreement``), ``own``, ``academic``, ``both``,
        ``seen`` (in either), ``estimate``, ``low``, ``high`` (agreements in all; infinite where
        nothing is in both, missing where a list is empty), ``missing`` (estimate less seen),
        ``own_ids``, ``academic_ids``, ``both_ids``. Source: Chapman 1951.
    """
    overview = dataset.overview
    kinds = dataset.codes("party_codes")["party_kind"]
    with_state = overview["partners"].map(
        lambda codes: any(kinds.get(code) == "state" for code in codes)
    )
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
    return pd.DataFrame([{"group": name, **_recaptured(part)} for name, part in groups.items()])


def reading_errors(dataset: Dataset) -> pd.DataFrame:
    """Share of facts that blind second readings found wrong or unsupported, each and together.

    Wilson intervals (95 %) take facts as independent; facts of one record are not quite, so the
    true intervals are somewhat wider.

    Returns
    -------
    DataFrame
        For every reading, and last for all of them (``reading`` is missing), two rows:
        ``reading`` (Int64), ``problem`` (``wrong``, ``unsupported``), ``records``, ``facts``
        (checked), ``found``, ``share``, ``low``, ``high``, ``agreement_ids`` (the records with such
        a fact that are in the dataset).
    """
    from statsmodels.stats.proportion import proportion_confint

    known = set(dataset.agreements["agreement_id"])
    records = []
    numbers = sorted(dataset.readings["reading"].unique())
    for reading in [*numbers, *([pd.NA] if numbers else [])]:
        rows = dataset.readings
        if pd.notna(reading):
            rows = rows[rows["reading"] == reading]
        checked = int(rows["facts_checked"].sum())
        for problem in ("wrong", "unsupported"):
            column = rows[f"facts_{problem}"]
            found = int(column.sum())
            low, high = (
                proportion_confint(found, checked, method="wilson") if checked else (np.nan, np.nan)
            )
            records.append(
                {
                    "reading": reading,
                    "problem": problem,
                    "records": len(rows),
                    "facts": checked,
                    "found": found,
                    "share": found / checked if checked else np.nan,
                    "low": low,
                    "high": high,
                    "agreement_ids": tuple(
                        i for i in rows.loc[column > 0, "agreement_id"] if i in known
                    ),
                }
            )
    columns = ["reading", "problem", "records", "facts", "found", "share", "low", "high"]
    table = pd.DataFrame(records, columns=[*columns, "agreement_ids"])
    return table.astype({"reading": "Int64"})


def _recaptured(rows: pd.DataFrame) -> dict[str, Any]:
    own = rows.index[rows["dcad"] != "only"]
    academic = rows.index[rows["dcad"] != "no"]
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
        "seen": n + k - m,
        "estimate": estimate,
        "low": low,
        "high": high,
        "missing": estimate - (n + k - m),
        "own_ids": tuple(own),
        "academic_ids": tuple(academic),
        "both_ids": tuple(both),
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


def _existence(dataset: Dataset) -> pd.DataFrame:
    cited = dataset.citations[dataset.citations["subject"] == "existence"]
    return cited[["agreement_id", "source_id"]].merge(dataset.sources, on="source_id")


def _by_state(
    dataset: Dataset, rows: pd.DataFrame, groups: dict[str, pd.Series], name: str
) -> pd.DataFrame:
    """Count the rows of every group for each focus state, with shares and Wilson intervals."""
    from statsmodels.stats.proportion import proportion_confint

    records = []
    for state in dataset.focus:
        own = rows["state"] == state
        n = int(own.sum())
        if not n:
            continue
        for code, mask in groups.items():
            inside = rows.loc[own & mask.fillna(False).astype(bool), "agreement_id"]
            low, high = proportion_confint(len(inside), n, method="wilson")
            records.append(
                {
                    "state": state,
                    name: code,
                    "agreements": len(inside),
                    "n": n,
                    "share": len(inside) / n,
                    "low": low,
                    "high": high,
                    "agreement_ids": tuple(dict.fromkeys(inside)),
                }
            )
    columns = ["state", name, "agreements", "n", "share", "low", "high", "agreement_ids"]
    return pd.DataFrame(records, columns=columns)


def _tuples(values: Iterable[Any]) -> list[tuple[str, ...]]:
    return [value if isinstance(value, tuple) else () for value in values]
