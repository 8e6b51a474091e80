"""What code lists, claims and the tables about the search itself must have."""

from __future__ import annotations

import re
from functools import partial

import pandas as pd

from accords.checks.rules import Data, rule
from accords.dataset.lifecycle import OUTCOMES, PURCHASE_OUTCOMES

COMPUTED = {
    "statuses": (
        *dict.fromkeys(status for status, _ in (*OUTCOMES, *PURCHASE_OUTCOMES)),
        *("unknown", "received", "superseded"),
    ),
    "verdicts": ("supported", "partly", "contradicted", "not-shown", "not-testable"),
    "bases": ("text", "official", "press"),
}
"""Codes that the program computes or tells apart, by their list."""

TOGETHER = (
    ("agreements", "title_original", "language_original"),
    ("agreements", "value_amount", "value_currency"),
    ("agreements", "value_amount", "value_kind"),
)
"""Columns that are filled both or neither."""

NO_MORE = (
    ("readings", ("facts_wrong", "facts_unsupported"), "facts_checked"),
    ("completeness", ("found",), "listed"),
    ("completeness", ("independent",), "found"),
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


def gone(data: Data, table: str) -> pd.DataFrame:
    """Find codes that the program needs and a list does not have; they have no row."""
    column = data[table].columns[0]
    missing = [code for code in COMPUTED[table] if code not in set(data[table][column])]
    return pd.DataFrame({column: missing, "needed": missing}, index=[0] * len(missing))


for _table, _column in (("statuses", "status"), ("verdicts", "verdict"), ("bases", "basis")):
    rule(
        *("code", _table, _column),
        "There is no code '{needed}', which the program uses.",
        "Restore its row.",
    )(partial(gone, table=_table))


def stateless(data: Data, column: str) -> pd.DataFrame:
    """Find states without what only a state has."""
    rows = data["party_codes"]
    return rows[(rows["party_kind"] == "state") & rows[column].isna()]


for _column in ("m49", "region", "subregion"):
    rule(
        *("code", "party_codes", _column),
        f"{{party_id}} is a state and has no {_column}.",
        "Fill it in from the United Nations' M49 standard.",
    )(partial(stateless, column=_column))


def one_alone(data: Data, table: str, given: str, lacking: str) -> pd.DataFrame:
    """Find rows in which one of two columns that go together is empty."""
    rows = data[table]
    return rows[rows[given].notna() & rows[lacking].isna()]


for _table, *_pair in TOGETHER:
    for _given, _lacking in (_pair, _pair[::-1]):
        rule(
            *("together", _table, _lacking),
            f"'{_given}' is given without '{_lacking}'.",
            f"Give '{_lacking}' too, or neither.",
        )(partial(one_alone, table=_table, given=_given, lacking=_lacking))


def too_many(data: Data, table: str, parts: tuple[str, ...], whole: str) -> pd.DataFrame:
    """Find rows whose parts are more than the whole."""
    rows = data[table]
    numbers = rows[[*parts, whole]].apply(pd.to_numeric, errors="coerce")
    return rows[numbers[list(parts)].sum(axis=1) > numbers[whole]]


for _table, _parts, _whole in NO_MORE:
    rule(
        *("sum", _table, _parts[0]),
        f"{' and '.join(f'{part} ({{{part}}})' for part in _parts)} are more than {_whole} "
        f"({{{_whole}}}).",
        "Correct one of them.",
    )(partial(too_many, table=_table, parts=_parts, whole=_whole))


def decades(data: Data, column: str) -> pd.DataFrame:
    """Find lists whose decades do not add up to all of it."""
    rows = data["completeness"].dropna(subset=["list", "state", "group"])
    number, key = pd.to_numeric(rows[column], "coerce"), rows["list"] + " " + rows["state"]
    decade = rows["group"].str.endswith("0s")
    added = key.map(number[decade].groupby(key).sum(min_count=1))
    wrong = (rows["group"] == "all") & (added != number) & added.notna() & number.notna()
    return rows.assign(added=added)[wrong]


for _column in ("listed", "found", "independent"):
    rule(
        *("sum", "completeness", _column),
        f"{{{_column}}} in all, but {{added:.0f}} in the decades of {{state}} in {{list}}.",
        "Correct one of them.",
    )(partial(decades, column=_column))


@rule(
    *("reading", "readings", "agreement_id"),
    "{agreement_id} is neither on record nor spoken of in CURATION.md.",
    "Correct it, or say in CURATION.md why the record was left out.",
)
def lost(data: Data) -> pd.DataFrame:
    """Find readings of records that are not there, without a word on where they went."""
    rows = data["readings"].dropna(subset=["agreement_id"])
    rows = rows[~rows["agreement_id"].isin(data["agreements"]["agreement_id"])]
    return rows[[one not in data.curation for one in rows["agreement_id"]]]


@rule(
    *("coverage", "coverage", "partner"),
    "{partner} is the state for which partners were searched.",
    "Name the partner.",
)
def own_partner(data: Data) -> pd.DataFrame:
    """Find states that were searched for as partners of themselves."""
    return data["coverage"][data["coverage"]["focus"] == data["coverage"]["partner"]]


@rule(
    *("coverage", "coverage", "records_found"),
    "{records_found} agreements of {focus} with {partner} were found, and {now:.0f} are on record.",
    "Correct the number. That there are more by now would be in order, but not that there are "
    "fewer.",
    "warning",
)
def found_more(data: Data) -> pd.DataFrame:
    """Find searches that found more than is on record."""
    parties = data["parties"][["agreement_id", "party_id"]].drop_duplicates()
    focus = parties[parties["party_id"].isin(data["coverage"]["focus"])]
    pairs = focus.merge(parties, on="agreement_id")
    number = (pairs["party_id_x"] + " " + pairs["party_id_y"]).value_counts()
    rows = data["coverage"]
    rows = rows[rows["partner"].isin(data["party_codes"]["party_id"])]
    now = (rows["focus"] + " " + rows["partner"]).map(number).fillna(0)
    return rows.assign(now=now)[pd.to_numeric(rows["records_found"], "coerce") > now]


@rule(
    *("argument", "claims", "argument"),
    "The test '{test}' cannot take '{argument}': {misfit}.",
    "It takes what codes/tests.csv says.",
)
def arguments(data: Data) -> pd.DataFrame:
    """Find claims whose test is given what it cannot take."""
    codes = {name: set(data[name].iloc[:, 0].dropna())
             for name in ("event_types", "party_codes", "sources", "domain_codes", "instruments")}
    regions = data["party_codes"][["region", "subregion"]].stack()
    known = {
        **codes,
        "focus": set(data.focus),
        "own-day": {"own-day"},
        "instruments or domains": codes["instruments"] | codes["domain_codes"],
        "regions or parties": codes["party_codes"] | set(regions),
    }  # fmt: skip
    rows = data["claims"].dropna(subset=["test"])
    given = rows["argument"].fillna("")
    misfit = [_misfit(*pair, known) for pair in zip(rows["test"], given, strict=True)]
    return rows.assign(argument=given, misfit=misfit)[[one is not None for one in misfit]]


def _misfit(test: str, argument: str, known: dict[str, set[str]]) -> str | None:
    """Say what is wrong with the argument of a test; None where nothing is."""
    if test not in TAKES:
        return None if argument or test != "wording" else "it needs words"
    takes = list(TAKES[test])
    given = [part.strip().removeprefix("-") for part in argument.partition("+")[0].split(",")]
    given = given if given != [""] else []
    if ... in takes:
        takes = takes[:-1] + takes[-2:-1] * (len(given) - len(takes) + 1)
    if not len(takes) - MAY_LACK.get(test, 0) <= len(given) <= len(takes):
        return f"it needs {len(takes)} parts"
    for part, kind in zip(given, takes, strict=False):
        fits = re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", part) if kind == "date" else part in known[kind]
        if not fits:
            return f"'{part}' is not among {kind}"
    return None
