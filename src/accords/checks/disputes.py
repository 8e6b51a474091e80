"""Disputes: two values, one adopted at most, and the adopted one in the table."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal

import pandas as pd

from accords.checks import cells
from accords.checks.problem import MOST
from accords.checks.records import parties_of
from accords.checks.rules import Data, Rule, pair

FREE_FIELDS = ("parties", "signatories", "quantity", "duration", "status", "existence", "content")
"""Disputed facts that no single cell carries."""

_EVENT_CELLS = {"date": "date", "place": "place", "type": "event", "party": "party_id"}
_FIELD = r"^(?P<fact>(?P<kind>[a-z_]+)(?::[a-z0-9-]+)?)(?:\.(?P<cell>\w+))?(?:#\d+)?$"
_DATE = re.compile(r"\b[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\b")
_SUM = re.compile(r"([0-9][0-9.,]*)\s*(billion|million|thousand)?\s*([A-Z]{3})\b")
_TIMES = {"billion": 1e9, "million": 1e6, "thousand": 1e3, None: 1.0}


@lru_cache(maxsize=1)
def _carried(data: Data) -> pd.DataFrame:
    """Return the disputes, taken apart, with the cell that ``has`` the fact where one does."""
    rows = data["disputes"].dropna(subset=["agreement_id", "field", "value"])
    rows = rows.join(rows["field"].str.extract(_FIELD))
    rows = rows.assign(dispute=pair(rows, "agreement_id", "field"))
    rows["adopts"] = rows["adopted"] == "true"
    events = data["events"][data["events"]["agreement_id"].isin(rows["agreement_id"])]
    agreements = data["agreements"].dropna(subset=["agreement_id"])
    agreements = agreements[agreements["agreement_id"].isin(rows["agreement_id"])]
    agreements = agreements.set_index("agreement_id")
    sums = agreements["value_amount"] + " " + agreements["value_currency"].fillna("")
    columns = agreements.assign(value=sums, parties=parties_of(data))
    disputed = [column for column in columns if column in set(rows["kind"])]
    facts = [data["domains"].assign(has="named").set_index("fact")["has"]]
    facts += [events.set_index(events["fact"] + f".{c}")[of] for c, of in _EVENT_CELLS.items()]
    facts += [columns[column].set_axis(columns.index + f" {column}") for column in disputed]
    carried = pd.concat(facts)
    place = pair(rows, "agreement_id", "fact") + ("." + rows["cell"]).fillna("")
    return rows.assign(has=place.map(carried[~carried.index.duplicated()]).astype("str"))


def _counted(data: Data, column: str, how: Literal["count", "nunique"]) -> pd.DataFrame:
    """Return the first row of each dispute with the number of values in a column of all."""
    rows = _carried(data)
    number = rows.groupby("dispute")[column].transform(how)
    return rows.assign(number=number).drop_duplicates("dispute")


def _adopted_twice(data: Data) -> pd.DataFrame:
    rows = _carried(data)
    rows = rows[rows["adopts"]].drop_duplicates(["dispute", "value"])
    return rows[rows["dispute"].duplicated(keep=False) & ~rows["dispute"].duplicated()]


def _none_adopted(data: Data) -> pd.DataFrame:
    rows = _carried(data)
    settled = rows.groupby("dispute")["adopts"].transform("any")
    return rows[~settled & (rows["value"] == rows["has"])].drop_duplicates("dispute")


def _no_fact(data: Data) -> pd.DataFrame:
    """Find disputed fields that are not among the facts that the tables can carry."""
    rows = _carried(data).dropna(subset=["fact"])
    known = {*FREE_FIELDS, *data["agreements"].columns, "value"}
    known |= {f"domain:{code}" for code in data["domain_codes"]["domain"].dropna()}
    of_event = (rows["kind"] == "event") & rows["cell"].isin(_EVENT_CELLS)
    missing = ~pair(rows, "agreement_id", "fact").isin(data["events"]["fact"])
    rows = rows[missing.where(of_event, ~rows["fact"].isin(known))].drop_duplicates("dispute")
    spellings, facts = {one: one for one in known}, enumerate(rows["fact"])
    meant = [cells.nearest(fact, spellings) if n < MOST else None for n, fact in facts]
    named = ("Did you mean '" + pd.Series(meant, rows.index, "str") + "'?").fillna(
        "Name a column of agreements, domain:<domain>, or event:<event_id>.date, .place, .type or "
        ".party with an event of this agreement."
    )
    return rows.assign(meant=named)


def _not_carried(data: Data) -> pd.DataFrame:
    """Find adopted values that the table does not carry, where the words allow to tell."""
    rows = _carried(data)
    there = pair(rows, "agreement_id", "fact").isin(data["events"]["fact"])
    adopted = rows[rows["adopts"] & (there | (rows["kind"] != "event"))].drop_duplicates("dispute")
    titles = rows[rows["kind"] == "title"].groupby("dispute")["value"].agg(list).to_dict()
    names = data.lookup("party_codes", "party_id", "name").dropna().to_dict()
    lists = (("event_types", "event"), ("instruments", "instrument"))
    codes = {*names, *(code for table, key in lists for code in data[table][key].dropna())}

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
        if fact.kind == "parties":
            named = {code for code, name in names.items() if name in said}
            return bool(named) and named.isdisjoint(str(has).split())
        if pd.isna(has):
            return said in codes and fact.kind not in FREE_FIELDS
        if fact.kind == "title":
            return any(_shared(other, has) > _shared(said, has) for other in titles[fact.dispute])
        number = re.match(r"[0-9]+\b", said) if has.isdigit() else None
        return number[0] != has if number else said in codes and said != has

    wrong = [differs(fact) for fact in adopted.itertuples()]
    return adopted.assign(shown=("'" + adopted["has"] + "'").fillna("nothing"))[wrong]


def _shared(said: str, has: str) -> float:
    """Return the share of words that a title has too."""
    words, title = (set(re.findall(r"\w+", text.casefold())) for text in (said, has))
    return len(words & title) / max(len(words), 1)


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
    amount, _, currency = str(has).partition(" ")
    try:
        sum_named = float(named[1].replace(",", "").rstrip(".")) * _TIMES[named[2]]
        return named[3] != currency or abs(sum_named - float(amount)) > 0.005 * sum_named
    except ValueError:
        return True


# fmt: off
RULES = (
    Rule("dispute-single", "disputes.value",
         lambda data: _counted(data, "value", "nunique").query("number < 2"),
         "{field} of {agreement_id}: all sources of this dispute say the same.",
         "Add the other value with its source, or remove the dispute."),
    Rule("dispute-adopted", "disputes.adopted", _adopted_twice,
         "{field} of {agreement_id}: more than one value of this dispute is adopted.",
         "Set 'adopted' to true for the rows of one value alone."),
    Rule("dispute-reason", "disputes.reason",
         lambda data: _counted(data, "reason", "count").query("number != 1"),
         "{field} of {agreement_id}: a dispute has its reason in one row, and in one only.",
         "Say why the value is adopted, or why none is, in its first row."),
    Rule("dispute-field", "disputes.field", _no_fact,
         "{agreement_id} has no fact '{field}' that could be disputed.", "{meant}"),
    Rule("dispute-value", "disputes.value", _not_carried,
         "{field} of {agreement_id}: '{value}' is adopted, and the table has {shown}.",
         "Put the adopted value into the table, or adopt the value that it has."),
    Rule("dispute-open", "disputes.adopted", _none_adopted,
         "{field} of {agreement_id}: the table has '{has}', and no value is adopted.",
         "Set 'adopted' to true for that value, or change what the table has.", "warning"),
)
# fmt: on
