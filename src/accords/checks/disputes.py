"""Disputes: two values, one adopted at most, and the adopted one in the table."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.problem import MOST
from accords.checks.records import parties_of
from accords.checks.rules import Data, rule

FREE_FIELDS = ("parties", "signatories", "quantity", "duration", "status", "existence", "content")
"""Disputed facts that no single cell carries."""

_EVENT_CELLS = {"date": "date", "place": "place", "type": "event", "party": "party_id"}
_FIELD = r"^(?P<fact>(?P<kind>[a-z_]+)(?::[a-z0-9-]+)?)(?:\.(?P<cell>\w+))?(?:#\d+)?$"
_DATE = re.compile(r"\b[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\b")
_SUM = re.compile(r"([0-9][0-9.,]*)\s*(billion|million|thousand)?\s*([A-Z]{3})\b")
_TIMES = {"billion": 1e9, "million": 1e6, "thousand": 1e3, None: 1.0}


@lru_cache(maxsize=1)
def _disputes(data: Data) -> pd.DataFrame:
    """Return the disputes with ``dispute``, what tells them apart, and ``has``, what is adopted."""
    rows = data["disputes"].dropna(subset=["agreement_id", "field", "value"])
    parts = rows["field"].str.extract(_FIELD)
    is_adopted = rows["adopted"] == "true"
    dispute = rows["agreement_id"] + " " + rows["field"]
    return rows.assign(dispute=dispute, is_adopted=is_adopted, **parts)


@rule(
    *("dispute-single", "disputes", "value"),
    "{field} of {agreement_id}: all sources of this dispute say the same.",
    "Add the other value with its source, or remove the dispute.",
)
def single(data: Data) -> pd.DataFrame:
    """Find disputes with one value."""
    rows = _disputes(data)
    values = rows.groupby("dispute")["value"].transform("nunique")
    return rows[(values < 2) & ~rows["dispute"].duplicated()]


@rule(
    *("dispute-adopted", "disputes", "adopted"),
    "{field} of {agreement_id}: more than one value of this dispute is adopted.",
    "Set 'adopted' to true for the rows of one value alone.",
)
def adopted_twice(data: Data) -> pd.DataFrame:
    """Find disputes of which two values are adopted."""
    rows = _disputes(data)
    rows = rows[rows["is_adopted"]].drop_duplicates(["dispute", "value"])
    return rows[rows["dispute"].duplicated() & ~rows["dispute"][::-1].duplicated()[::-1]]


@rule(
    *("dispute-reason", "disputes", "reason"),
    "{field} of {agreement_id}: the reason must be given in one row of a dispute, and in only one.",
    "Say why the value is adopted, or why none is, in its first row.",
)
def reasons(data: Data) -> pd.DataFrame:
    """Find disputes without a reason, and with two."""
    rows = _disputes(data)
    given = rows.groupby("dispute")["reason"].transform("count")
    return rows[(given != 1) & ~rows["dispute"].duplicated()]


@rule(
    *("dispute-field", "disputes", "field"),
    "{agreement_id} has no fact '{field}' that could be disputed.",
    "{meant}",
)
def fields(data: Data) -> pd.DataFrame:
    """Find disputed fields that are not among the facts that the tables can carry."""
    rows = _disputes(data).dropna(subset=["fact"])
    resource = next(r for r in data.descriptor["resources"] if r["name"] == "agreements")
    known = {field["name"] for field in resource["schema"]["fields"]} | {*FREE_FIELDS, "value"}
    known |= {f"domain:{code}" for code in data["domain_codes"]["domain"].dropna()}
    of_event = (rows["kind"] == "event") & rows["cell"].isin(_EVENT_CELLS)
    missing = ~(rows["agreement_id"] + " " + rows["fact"]).isin(data["events"]["fact"])
    rows = rows[missing.where(of_event, ~rows["fact"].isin(known))].drop_duplicates("dispute")
    meant = [cells.nearest(f, {k: k for k in known}) for f in rows["fact"][:MOST]]
    likely = pd.Series(meant, index=rows.index[:MOST], dtype="str").where(rows["kind"] != "event")
    named = "Did you mean '" + likely + "'?"
    other = (
        "Name a column of agreements, domain:<domain>, or event:<event_id>.date, .place, .type or "
        ".party with an event of this agreement."
    )
    return rows.assign(meant=named.reindex(rows.index).fillna(other))


@lru_cache(maxsize=1)
def _carried(data: Data) -> pd.DataFrame:
    """Return the disputes with the cell that ``has`` the disputed fact, where one does."""
    rows = _disputes(data)
    events = data["events"][data["events"]["agreement_id"].isin(rows["agreement_id"])]
    agreements = data["agreements"].dropna(subset=["agreement_id"])
    agreements = agreements[agreements["agreement_id"].isin(rows["agreement_id"])]
    names = agreements["agreement_id"]
    value = agreements["value_amount"] + " " + agreements["value_currency"].fillna("")
    parts = [
        *(events.set_index(events["fact"] + "." + cell)[column]
          for cell, column in _EVENT_CELLS.items()),
        *(agreements[column].set_axis(names + " " + column)
          for column in agreements.columns.intersection(rows["kind"].dropna().unique())),
        value.set_axis(names + " value"),
        data["domains"].assign(has="named").set_index("fact")["has"],
        parties_of(data).rename(lambda agreement: f"{agreement} parties"),
    ]  # fmt: skip
    carried = pd.concat(parts)
    place = rows["agreement_id"] + " " + rows["fact"] + ("." + rows["cell"]).fillna("")
    return rows.assign(has=place.map(carried[~carried.index.duplicated()]))


@rule(
    *("dispute-value", "disputes", "value"),
    "{field} of {agreement_id}: '{value}' is adopted, and the table has {shown}.",
    "Put the adopted value into the table, or adopt the value that it has.",
)
def adopted_values(data: Data) -> pd.DataFrame:
    """Find adopted values that the table does not carry, where the words allow to tell."""
    rows = _carried(data)
    known = (rows["agreement_id"] + " " + rows["fact"]).isin(data["events"]["fact"])
    adopted = rows[rows["is_adopted"] & (known | (rows["kind"] != "event"))]
    adopted = adopted.drop_duplicates("dispute")
    codes = {
        code
        for table, key in (
            *(("event_types", "event"), ("party_codes", "party_id")),
            *(("instruments", "instrument"), ("statuses", "status")),
        )
        for code in data[table][key].dropna()
    }
    names = data.lookup("party_codes", "party_id", "name").dropna().to_dict()
    values = rows[rows["kind"] == "title"].groupby("dispute")["value"].unique()

    def differs(fact: Any) -> bool:
        said, has = fact.value, fact.has
        if fact.kind == "domain":
            return said.startswith("not ") if has == "named" else said == "named"
        if fact.kind == "value":
            return _other_sum(said, has)
        if fact.cell == "place":
            return pd.isna(has) or has.casefold() not in said.casefold()
        if fact.cell == "date":
            return _other_date(said, has)
        if pd.isna(has):
            return said in codes and fact.kind not in FREE_FIELDS
        if fact.kind == "title":
            return any(_shared(other, has) > _shared(said, has) for other in values[fact.dispute])
        if fact.kind == "parties":
            named = {code for code, name in names.items() if name in said}
            return bool(named) and not named & set(has.split())
        if has.isdigit():
            number = re.match(r"[0-9]+\b", said)
            return number is not None and number[0] != has
        return said in codes and said != has

    wrong = [differs(fact) for fact in adopted.itertuples()]
    shown = ("'" + adopted["has"] + "'").fillna("nothing")
    return adopted.assign(shown=shown)[wrong]


@rule(
    *("dispute-open", "disputes", "adopted"),
    "{field} of {agreement_id}: no value is adopted, and the table has '{has}', which is one of "
    "them.",
    "Set 'adopted' to true for that value, or change what the table has.",
    "warning",
)
def none_adopted(data: Data) -> pd.DataFrame:
    """Find disputes of which no value is adopted although the table carries one."""
    rows = _carried(data)
    is_open = ~rows.groupby("dispute")["is_adopted"].transform("any")
    return rows[is_open & (rows["value"] == rows["has"])].drop_duplicates("dispute")


def _shared(said: str, has: str) -> float:
    """Return the share of words that a title has too."""
    words = set(re.findall(r"\w+", said.casefold()))
    return len(words & set(re.findall(r"\w+", has.casefold()))) / max(len(words), 1)


def _other_date(said: str, has: Any) -> bool:
    """Say whether words name a date other than the cell's."""
    named = _DATE.search(said)
    if named is None:
        return False
    return pd.isna(has) or (named[0] != has.rstrip("?") and has not in said)


def _other_sum(said: str, has: Any) -> bool:
    """Say whether words name a sum other than the cells'."""
    named = _SUM.search(said)
    if named is None:
        return False
    sum_named = float(named[1].replace(",", "").rstrip(".") or "nan") * _TIMES[named[2]]
    amount, _, currency = ("" if pd.isna(has) else has).partition(" ")
    try:
        same = abs(sum_named - float(amount)) <= 0.005 * sum_named
    except ValueError:
        return True
    return not same or named[3] != currency
