"""What code lists, claims and the tables about the search itself must have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from accords.checks.rules import Data, Rule, pair
from accords.dataset.lifecycle import OUTCOMES, PURCHASE_OUTCOMES
from accords.words import VERDICTS

COMPUTED = {
    "statuses.status": (
        *dict.fromkeys(status for status, _ in (*OUTCOMES, *PURCHASE_OUTCOMES)),
        *("unknown", "received", "superseded"),
    ),
    "verdicts.verdict": VERDICTS,
    "bases.basis": ("text", "official", "press"),
}
"""Codes that the program computes or tells apart."""

TOGETHER = ("title_original language_original", "value_amount value_currency",
            "value_amount value_kind")  # fmt: skip
"""Columns of agreements that are filled both or neither."""

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

MAY_LACK = {"event": 1, "followed-up": 1}
"""How many arguments may be left out."""


def _gone(data: Data, table: str, column: str) -> pd.DataFrame:
    """Find codes that the program needs and a list does not have; they have no row."""
    known = set(data[table][column])
    missing = [code for code in COMPUTED[f"{table}.{column}"] if code not in known]
    return pd.DataFrame({column: missing, "needed": missing}, index=[0] * len(missing))


def _stateless(data: Data, column: str) -> pd.DataFrame:
    rows = data["party_codes"]
    return rows[(rows["party_kind"] == "state") & rows[column].isna()]


def _one_alone(data: Data, given: str, lacking: str) -> pd.DataFrame:
    rows = data["agreements"]
    return rows[rows[given].notna() & rows[lacking].isna()]


def _too_many(data: Data, table: str, parts: list[str], whole: str) -> pd.DataFrame:
    rows = data[table]
    numbers = rows[[*parts, whole]].apply(pd.to_numeric, errors="coerce")
    return rows[numbers[parts].sum(axis=1) > numbers[whole]]


def _other_sum(data: Data, column: str) -> pd.DataFrame:
    """Find lists whose decades do not add up to all of it."""
    rows = data["completeness"].dropna(subset=["group"])
    number, key = pd.to_numeric(rows[column], errors="coerce"), pair(rows, "list", "state")
    added = key.map(number[rows["group"].str.endswith("0s")].groupby(key).sum(min_count=1))
    wrong = (rows["group"] == "all") & (added != number) & added.notna() & number.notna()
    return rows.assign(added=added)[wrong]


def _lost(data: Data) -> pd.DataFrame:
    """Find readings of records that are not there, without a word on where they went."""
    rows = data["readings"].dropna(subset=["agreement_id"])
    rows = rows[~rows["agreement_id"].isin(data["agreements"]["agreement_id"])]
    return rows[[one not in data.curation for one in rows["agreement_id"]]]


def _found_more(data: Data) -> pd.DataFrame:
    """Find searches that found more than is on record."""
    rows = data["coverage"]
    parties = data["parties"][["agreement_id", "party_id"]].drop_duplicates()
    focus = parties[parties["party_id"].isin(rows["focus"])]
    pairs = focus.merge(parties, on="agreement_id", suffixes=("", "_other"))
    number = pair(pairs, "party_id", "party_id_other").value_counts()
    rows = rows[rows["partner"].isin(data["party_codes"]["party_id"])]
    rows = rows.assign(now=pair(rows, "focus", "partner").map(number).fillna(0))
    return rows[pd.to_numeric(rows["records_found"], errors="coerce") > rows["now"]]


def _unfit(data: Data) -> pd.DataFrame:
    """Find claims whose test is given what it cannot take."""
    lists = ("event_types", "party_codes", "sources", "domain_codes", "instruments")
    known = {name: set(data[name].iloc[:, 0].dropna()) for name in lists}
    regions = data["party_codes"][["region", "subregion"]].stack()
    known |= {"focus": set(data.focus), "own-day": {"own-day"}}
    known["instruments or domains"] = known["instruments"] | known["domain_codes"]
    known["regions or parties"] = known["party_codes"] | set(regions)
    rows = data["claims"].dropna(subset=["test"])
    rows = rows.assign(argument=rows["argument"].fillna(""))
    both = rows[["test", "argument"]].to_numpy()
    misfits = [_misfit(test, argument, known) for test, argument in both]
    return rows.assign(misfit=pd.Series(misfits, rows.index, "str")).dropna(subset=["misfit"])


def _misfit(test: str, argument: str, known: Mapping[Any, set[str]]) -> str | None:
    """Say what is wrong with the argument of a test; None where nothing is."""
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


# fmt: off
RULES = (
    *(Rule("code", place, partial(_gone, table=table, column=column),
           "There is no code '{needed}', which the program uses.", "Restore its row.")
      for place in COMPUTED for table, _, column in [place.partition(".")]),
    *(Rule("code", f"party_codes.{column}", partial(_stateless, column=column),
           f"{{party_id}} is a state and has no {column}.",
           "Fill it in from the United Nations' M49 standard.")
      for column in ("m49", "region", "subregion")),
    *(Rule("together", f"agreements.{lacking}", partial(_one_alone, given=given, lacking=lacking),
           f"'{given}' is given without '{lacking}'.", f"Give '{lacking}' too, or neither.")
      for both in TOGETHER for given, lacking in (both.split(), both.split()[::-1])),
    *(Rule("sum", f"{table}.{parts[0]}", partial(_too_many, table=table, parts=parts, whole=whole),
           f"{' and '.join(f'{part} ({{{part}}})' for part in parts)} are more than {whole} "
           f"({{{whole}}}).", "Correct one of them.")
      for table, parts, whole in NO_MORE),
    *(Rule("sum", f"completeness.{column}", partial(_other_sum, column=column),
           f"{{{column}}} in all, but {{added:.0f}} in the decades of {{state}} in {{list}}.",
           "Correct one of them.")
      for column in ("listed", "found", "independent")),
    Rule("reading", "readings.agreement_id", _lost,
         "{agreement_id} is neither on record nor spoken of in CURATION.md.",
         "Correct it, or say in CURATION.md why the record was left out."),
    Rule("coverage", "coverage.partner",
         lambda data: data["coverage"][data["coverage"]["focus"] == data["coverage"]["partner"]],
         "{partner} is the state for which partners were searched.", "Name the partner."),
    Rule("coverage", "coverage.records_found", _found_more,
         "{records_found} agreements of {focus} with {partner} were found, {now:.0f} are there.",
         "Correct the number: there may be more by now, but not fewer.", "warning"),
    Rule("argument", "claims.argument", _unfit,
         "The test '{test}' cannot take '{argument}': {misfit}.",
         "It takes what codes/tests.csv says."),
)
# fmt: on
