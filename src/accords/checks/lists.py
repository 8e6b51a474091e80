"""What code lists, claims and the tables about the search itself must have."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from accords.checks.data import Broken, Data, pair
from accords.dataset.lifecycle import OUTCOMES, PURCHASE_OUTCOMES
from accords.words import VERDICTS

COMPUTED = {
    "status": (
        *dict.fromkeys(status for status, _ in (*OUTCOMES, *PURCHASE_OUTCOMES)),
        *("unknown", "received", "superseded"),
    ),
    "verdict": VERDICTS,
    "basis": ("text", "official", "press"),
}
"""Codes that the program computes or tells apart."""

NO_MORE = (
    ("readings", ["facts_wrong", "facts_unsupported"], "facts_checked"),
    ("completeness", ["found"], "listed"),
    ("completeness", ["independent"], "found"),
)
"""Columns whose sum is no more than another column."""

TAKES = {
    "event": ("event_types", "party_codes", "date", "own-day"),
    "statement": ("sources", ...),
    "domain": ("domain_codes", ...),
    "followed-up": ("instruments or domains", ...),
    "first-between": (),
    "diversifies": ("focus",),
    "region-share": ("focus", "regions or parties", ...),
    "network-position": ("focus",),
    "compared": ("focus",),
    "membership": ("party_codes",),
    "none": (),
}
"""What the tests of claims are given, separated by commas; ... stands for more of the last."""

MAY_LACK = {"event": 1, "followed-up": 1}  # how many arguments may be left out


def codes(data: Data) -> Broken:
    """Find codes that the program needs and a list does not have, and states without a region."""
    for table, column in (("statuses", "status"), ("verdicts", "verdict"), ("bases", "basis")):
        known = data.values(table, column)
        missing = [code for code in COMPUTED[column] if code not in known]
        rows = pd.DataFrame({"needed": missing, column: missing}, [0] * len(missing))
        yield f"code.{column}", rows  # They stand in no row.
    rows = data["party_codes"]
    for column in ("m49", "region", "subregion"):
        yield f"code.{column}", rows[(rows["party_kind"] == "state") & rows[column].isna()]


def sums(data: Data) -> Broken:
    """Find parts that are more than the whole, and decades that do not add up to all of it."""
    for table, parts, whole in NO_MORE:
        rows = data[table]
        numbers = rows[[*parts, whole]].apply(pd.to_numeric, errors="coerce")
        yield f"sum.{whole}", rows[numbers[parts].sum(axis=1) > numbers[whole]]
    rows = data["completeness"].dropna(subset=["group"])
    key, decade = pair(rows, "list", "state"), rows["group"].str.endswith("0s")
    for column in ("listed", "found", "independent"):
        number = pd.to_numeric(rows[column], errors="coerce")
        added = key.map(number[decade].groupby(key).sum(min_count=1))
        wrong = (rows["group"] == "all") & (added != number) & added.notna() & number.notna()
        yield f"sum.decades-{column}", rows.assign(added=added)[wrong]


def searches(data: Data) -> Broken:
    """Find searches of a state for itself, and those that found more than is on record."""
    rows = data["coverage"]
    yield "coverage.self", rows[rows["focus"] == rows["partner"]]
    parties = data["parties"][["agreement_id", "party_id"]].drop_duplicates()
    focus = parties[parties["party_id"].isin(data.values("coverage", "focus"))]
    pairs = focus.merge(parties, on="agreement_id", suffixes=("", "_other"))
    number = pairs.groupby(["party_id", "party_id_other"]).size()
    rows = rows[rows["partner"].isin(data["party_codes"]["party_id"])]
    rows = rows.join(number.rename("now"), on=["focus", "partner"]).fillna({"now": 0})
    yield "coverage.more", rows[pd.to_numeric(rows["records_found"], errors="coerce") > rows["now"]]


def readings(data: Data) -> Broken:
    """Find readings of records that are not there, without a word on where they went."""
    known = data.values("agreements", "agreement_id")
    rows = data.strangers("readings", "agreement_id", known)
    yield "reading", rows[[one not in data.curation for one in rows["agreement_id"]]]


def claims(data: Data) -> Broken:
    """Find claims whose test is given what it cannot take."""
    known: dict[Any, set[str]] = {"focus": set(data.focus), "own-day": {"own-day"}}
    for name in ("event_types", "party_codes", "sources", "domain_codes", "instruments"):
        known[name] = set(data.values(name, data[name].columns[0]))
    regions = data.values("party_codes", "region") | data.values("party_codes", "subregion")
    known["instruments or domains"] = known["instruments"] | known["domain_codes"]
    known["regions or parties"] = known["party_codes"] | regions
    rows = data["claims"].dropna(subset=["test"]).fillna({"argument": ""})
    both = zip(rows["test"], rows["argument"], strict=True)
    misfits = [_misfit(test, argument, known) for test, argument in both]
    misfit = pd.Series(misfits, rows.index, "str")
    yield "argument", rows.assign(misfit=misfit)[misfit.notna()]


def _misfit(test: str, argument: str, known: Mapping[Any, set[str]]) -> str | None:
    if test not in TAKES:
        return None if argument or test != "wording" else "it needs words"
    takes = list(TAKES[test])
    before = argument.partition("+")[0].strip()
    given = [part.strip().removeprefix("-") for part in before.split(",")] if before else []
    if ... in takes:
        takes = takes[:-1] + takes[-2:-1] * (len(given) - len(takes) + 1)
    if not len(takes) - MAY_LACK.get(test, 0) <= len(given) <= len(takes):
        return f"it needs {len(takes)} parts"
    for part, kind in zip(given, takes, strict=False):
        day = kind == "date" and re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", part)
        if not day and part not in known.get(kind, ()):
            return f"'{part}' is not among {kind}"
    return None


CHECKS = (codes, sums, searches, readings, claims)
