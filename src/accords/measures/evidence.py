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

from accords import dates
from accords.dataset import Dataset
from accords.measures.common import by_state

CONFIDENCES = ("high", "medium", "low")
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


def confidence(dataset: Dataset) -> pd.DataFrame:
    """Share of each state's records whose existence is well supported.

    high: an official or treaty source, or two independent publishers; medium: one reputable
    publisher; low: less (:func:`accords.lives.confidences`). Counts every record.

    Returns
    -------
    DataFrame
        ``state``, ``confidence``, ``agreements``, ``n``, ``share``, ``low``, ``high`` (Wilson,
        95 %), ``agreement_ids``; the three levels for each state that has records.
    """
    rows = by_state(dataset, concluded_only=False)
    groups = {level: rows["confidence"] == level for level in CONFIDENCES}
    return _by_state(dataset, rows, groups, "confidence")


def independence(dataset: Dataset) -> pd.DataFrame:
    """Number of independent reputable publishers that say that each record exists.

    A page that relays another publisher's report counts as that publisher's. Counts every record.

    Returns
    -------
    DataFrame
        ``state``, ``publishers`` (``none``, ``1``, ``2``, ``3``, ``4 or more``), ``agreements``,
        ``n``, ``share``, ``low``, ``high`` (Wilson, 95 %), ``agreement_ids``.
    """
    rows = by_state(dataset, concluded_only=False)
    n = rows["agreement_id"].map(dataset.overview["publishers"]).fillna(0).astype(int)
    groups = {
        "none": n == 0,
        **{str(k): n == k for k in (1, 2, 3)},
        "4 or more": n >= 4,
    }
    return _by_state(dataset, rows, groups, "publishers")


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


def languages(dataset: Dataset) -> pd.DataFrame:
    """Count sources and records by the language of the source.

    Counts sources that speak of an agreement's existence, each once, and every record.

    Returns
    -------
    DataFrame
        Most sources first: ``language`` (ISO 639-1), ``name``, ``sources``, ``agreements``,
        ``agreement_ids``.
    """
    table = _by_source(dataset, "language")
    table.insert(1, "name", table["language"].map(_language_names()).fillna(table["language"]))
    return table


def publishers(dataset: Dataset) -> pd.DataFrame:
    """Count sources and records by publisher.

    Counts sources that speak of an agreement's existence, each once, and every record.

    Returns
    -------
    DataFrame
        Most records first: ``publisher``, ``sources``, ``agreements``, ``agreement_ids``,
        ``share`` (of all records, 0 to 1), ``alone`` (number of records that no other publisher
        supports), ``alone_ids``.
    """
    table = _by_source(dataset, "publisher")
    cited = _existence(dataset)
    single = cited.groupby("agreement_id")["publisher"].nunique()
    lone = cited[cited["agreement_id"].isin(single.index[single == 1])]
    ids = lone.drop_duplicates("agreement_id").groupby("publisher")["agreement_id"].agg(tuple)
    total = len(dataset.overview)
    table["share"] = table["agreements"] / total if total else np.nan
    table["alone_ids"] = _tuples(table["publisher"].map(ids))
    table["alone"] = table["alone_ids"].map(len)
    return table.sort_values(
        ["agreements", "publisher"], ascending=[False, True], ignore_index=True
    )


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

    Not every agreement needs every step: a plan is not ratified and a friendship treaty need not
    end. A step that is missing here was not found in a source, which does not mean that it did not
    happen.

    Returns
    -------
    DataFrame
        ``state``, ``step`` (codes of :data:`LIFE_STEPS`), ``agreements``, ``n``, ``share``,
        ``low``, ``high`` (Wilson, 95 %), ``agreement_ids``.
    """
    rows = by_state(dataset)
    stage = dataset.codes("event_types")["stage"]
    events = dataset.events.assign(stage=dataset.events["event"].map(stage))
    precision = dates.precision(rows["date"])

    def seen(name: str) -> pd.Series:
        return rows["agreement_id"].isin(events.loc[events["stage"] == name, "agreement_id"])

    groups = {
        "day": precision == "day",
        "year": precision.notna(),
        "approval": seen("approval"),
        "force": seen("force"),
        "end": seen("end"),
        "known": rows["status"] != "unknown",
    }
    return _by_state(dataset, rows, groups, "step")


def waits(dataset: Dataset) -> pd.DataFrame:
    """Measure the time from signature to each later step, unfinished lives as censored.

    Concluded bilateral treaties, framework and other agreements whose signature is known at least
    to the month. A date known only to the month or year counts as its middle. A life without the
    step is censored at its end, or else at the edition date. Steps dated before the signature are
    left out.

    Returns
    -------
    DataFrame
        One row an agreement and step: ``agreement_id``, ``step`` (codes of :data:`WAITS`),
        ``days`` (float, 0 or more), ``seen`` (bool: False is censored).
    """
    overview = dataset.overview
    eligible = overview[
        overview["concluded"]
        & (overview["scope"] == "bilateral")
        & overview["instrument_family"].isin(TEXT_FAMILIES)
    ]
    events = dataset.events[dataset.events["agreement_id"].isin(eligible.index)].copy()
    events["middle"] = events["earliest"] + (events["latest"] - events["earliest"]) / 2
    stage = events["event"].map(dataset.codes("event_types")["stage"])

    signed = events[(events["event"] == "signed") & events["earliest"].notna()]
    signed = signed[dates.precision(signed["date"]).isin(["day", "month"])]
    signed = signed.sort_values("middle").drop_duplicates("agreement_id").set_index("agreement_id")
    start = signed["middle"]
    ended = events[stage == "end"].groupby("agreement_id")["middle"].min().reindex(start.index)
    last = ended.where(ended < dataset.as_of, dataset.as_of)

    tables = []
    for step in WAITS:
        reached = events[(events["event"] == step) & (events["middle"] <= dataset.as_of)]
        first = (
            reached.sort_values("middle").drop_duplicates("agreement_id").set_index("agreement_id")
        )
        when = first["middle"].reindex(start.index)
        before = first["latest"].reindex(start.index) < signed["earliest"]
        table = pd.DataFrame(
            {
                "agreement_id": start.index,
                "step": step,
                "days": ((when.fillna(last) - start).dt.total_seconds() / 86400).clip(lower=0),
                "seen": when.notna(),
            }
        )
        tables.append(table[~before.to_numpy()])
    return pd.concat(tables, ignore_index=True)


def waiting_curves(dataset: Dataset) -> pd.DataFrame:
    """Share of agreements that have reached each step by the time since signature (Kaplan-Meier).

    One minus the Kaplan-Meier estimate of :func:`waits`, with pointwise 95 % intervals on the
    log-log scale. Because a step that no source reports counts as not reached, the curves are
    lower bounds.

    Returns
    -------
    DataFrame
        ``step``, ``days``, ``years``, ``share``, ``low``, ``high`` (0 to 1), ``at_risk``; a row
        for every day on which the step was reached, after one at day 0. Steps that no agreement
        reached are left out.
    """
    from scipy.stats import norm
    from statsmodels.duration.survfunc import SurvfuncRight

    columns = ["step", "days", "years", "share", "low", "high", "at_risk"]
    rows = waits(dataset)
    tables = [pd.DataFrame(columns=columns).astype({"days": float})]
    for step in WAITS:
        own = rows[rows["step"] == step]
        if not own["seen"].any():
            continue
        curve = SurvfuncRight(own["days"].to_numpy(), own["seen"].to_numpy(dtype=int))
        left = np.clip(np.asarray(curve.surv_prob), 0, 1)
        inside = (left > 0) & (left < 1)
        spread = np.zeros_like(left)
        spread[inside] = norm.ppf(0.975) * np.asarray(curve.surv_prob_se)[inside]
        spread[inside] /= left[inside] * np.abs(np.log(left[inside]))
        table = pd.DataFrame(
            {
                "step": step,
                "days": curve.surv_times,
                "share": 1 - left,
                "low": 1 - left ** np.exp(-spread),
                "high": 1 - left ** np.exp(spread),
                "at_risk": curve.n_risk,
            }
        )
        start = pd.DataFrame(
            {"step": [step], "days": 0.0, "share": 0.0, "low": 0.0, "high": 0.0}
        ).assign(at_risk=len(own))
        tables.append(pd.concat([start, table], ignore_index=True))
    result = pd.concat([t for t in tables if len(t)] or tables, ignore_index=True)
    return result.assign(years=result["days"] / 365.25)[columns]


def waiting_summary(dataset: Dataset) -> pd.DataFrame:
    """Sum up the waiting times: how many reached each step, and how long half of them took.

    The median of all comes from the Kaplan-Meier estimate with the 95 % interval that inverts its
    log-log bands (Brookmeyer and Crowley 1982); it is missing where fewer than half reach the step.
    The quartiles are of those that reached it, so that they describe no others.

    Returns
    -------
    DataFrame
        ``step``, ``n``, ``seen``, ``median``, ``low``, ``high`` (days, missing where open),
        ``first_quartile``, ``middle``, ``third_quartile`` (days, of those seen),
        ``agreement_ids`` (that reached it).
    """
    rows = waits(dataset)
    curves = waiting_curves(dataset)
    records = []
    for step in WAITS:
        own = rows[rows["step"] == step]
        curve = curves[curves["step"] == step]
        reached = own.loc[own["seen"], "days"]
        quartiles = reached.quantile([0.25, 0.5, 0.75]).to_numpy()
        records.append(
            {
                "step": step,
                "n": len(own),
                "seen": len(reached),
                "median": _first_day(curve, "share"),
                "low": _first_day(curve, "high"),
                "high": _first_day(curve, "low"),
                "first_quartile": quartiles[0],
                "middle": quartiles[1],
                "third_quartile": quartiles[2],
                "agreement_ids": tuple(own.loc[own["seen"], "agreement_id"]),
            }
        )
    return pd.DataFrame(records)


def coverage(dataset: Dataset) -> pd.DataFrame:
    """Count the partners that were searched for each state, by how, and with what result.

    Returns
    -------
    DataFrame
        For each state with a search on record and each method: ``state``, ``search``,
        ``partners``, ``found`` (with at least one record), ``codes_found``, ``codes_empty``
        (tuples of partners), ``agreement_ids`` (of the state with those found).
    """
    records = []
    for state in dataset.focus:
        own = dataset.coverage[dataset.coverage["focus"] == state]
        if own.empty:
            continue
        for search in dataset.codes("search_methods").index:
            part = own[own["search"] == search]
            found = part["records_found"] > 0
            records.append(
                {
                    "state": state,
                    "search": search,
                    "partners": len(part),
                    "found": int(found.sum()),
                    "codes_found": tuple(part.loc[found, "partner"]),
                    "codes_empty": tuple(part.loc[~found, "partner"]),
                    "agreement_ids": _with(dataset, state, part.loc[found, "partner"]),
                }
            )
    columns = ["state", "search", "partners", "found", "codes_found", "codes_empty"]
    return pd.DataFrame(records, columns=[*columns, "agreement_ids"])


def _with(dataset: Dataset, state: str, partners: Iterable[str]) -> tuple[str, ...]:
    """Find the agreements of any kind that a state has with any of these partners."""
    members = dataset.parties.groupby("party_id")["agreement_id"].agg(set)
    others = set().union(*(members.get(partner, set()) for partner in partners))
    return tuple(sorted(members.get(state, set()) & others))


def partner_lists(dataset: Dataset) -> pd.DataFrame:
    """Hold the partners that a focus state itself has named against those with a record here.

    The lists are the tables whose descriptor entry has ``partnersOf``, the state that named the
    partners, and ``asOf``, the year in which it did; ``statedNumber`` is the number of partners
    that it said it has agreements with, where it gave one.

    Returns
    -------
    DataFrame
        One row for each list and partner, named or on record by that year: ``table``, ``state``,
        ``year``, ``stated`` (Int64), ``partner``, ``name``, ``named`` (bool), ``agreements``
        (concluded bilateral ones, of any year), ``by_then`` (those dated up to that year or
        undated), ``found`` (bool: any agreement), ``agreement_ids`` (of any year),
        ``ids_by_then``.
    """
    from accords.measures.common import dyads

    rows = dyads(dataset)
    tables = []
    for resource in dataset.descriptor["resources"]:
        state = resource.get("partnersOf")
        if state not in dataset.focus:
            continue
        year = int(resource["asOf"])
        own = rows[rows["state"] == state]
        early = own[own["year"].isna() | (own["year"] <= year)]
        named = list(dataset.tables[resource["name"]]["partner"])
        partners = pd.Index(dict.fromkeys([*named, *sorted(early["partner"].unique())]))
        ids = own.groupby("partner")["agreement_id"].agg(tuple).reindex(partners)
        table = pd.DataFrame(
            {
                "table": resource["name"],
                "state": state,
                "year": year,
                "stated": pd.array([resource.get("statedNumber")] * len(partners), dtype="Int64"),
                "partner": partners,
                "name": partners.map(dataset.party_names),
                "named": partners.isin(named),
                "by_then": early["partner"].value_counts().reindex(partners, fill_value=0),
                "agreement_ids": _tuples(ids),
                "ids_by_then": _tuples(
                    early.groupby("partner")["agreement_id"].agg(tuple).reindex(partners)
                ),
            }
        )
        table["agreements"] = table["agreement_ids"].map(len)
        table["found"] = table["agreements"] > 0
        tables.append(table)
    columns = [
        *("table", "state", "year", "stated", "partner", "name", "named"),
        *("agreements", "by_then", "found", "agreement_ids", "ids_by_then"),
    ]
    if not tables:
        return pd.DataFrame(columns=columns)
    return pd.concat(tables, ignore_index=True)[columns]


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
    """Share of facts that blind second readings found wrong or unsupported.

    Wilson intervals (95 %) take facts as independent; facts of one record are not quite, so the
    true intervals are somewhat wider.

    Returns
    -------
    DataFrame
        For every reading, two rows: ``reading``, ``problem`` (``wrong``, ``unsupported``),
        ``records``, ``facts`` (checked), ``found``, ``share``, ``low``, ``high``,
        ``agreement_ids`` (the records with such a fact that are in the dataset).
    """
    from statsmodels.stats.proportion import proportion_confint

    known = set(dataset.agreements["agreement_id"])
    records = []
    for reading in sorted(dataset.readings["reading"].unique()):
        rows = dataset.readings[dataset.readings["reading"] == reading]
        checked = int(rows["facts_checked"].sum())
        for problem in ("wrong", "unsupported"):
            column = rows[f"facts_{problem}"]
            found = int(column.sum())
            low, high = (
                proportion_confint(found, checked, method="wilson") if checked else (np.nan, np.nan)
            )
            records.append(
                {
                    "reading": int(reading),
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
    return pd.DataFrame(
        records,
        columns=[
            *("reading", "problem", "records", "facts", "found", "share", "low", "high"),
            "agreement_ids",
        ],
    )


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


def _by_source(dataset: Dataset, column: str) -> pd.DataFrame:
    cited = _existence(dataset)
    by = cited.groupby(column)
    pairs = cited.drop_duplicates([column, "agreement_id"]).groupby(column)["agreement_id"]
    table = pd.DataFrame(
        {
            "sources": by["source_id"].nunique(),
            "agreements": by["agreement_id"].nunique(),
            "agreement_ids": pairs.agg(tuple),
        }
    ).reset_index()
    return table.sort_values(["sources", column], ascending=[False, True], ignore_index=True)


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


def _first_day(curve: pd.DataFrame, column: str) -> float:
    """Find the first day on which half have reached the step, by one column of the curve."""
    reached = curve.loc[curve[column] >= 0.5, "days"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


def _language_names() -> dict[str, str]:
    from babel import Locale

    return {str(code): str(name) for code, name in Locale("en").languages.items()}
