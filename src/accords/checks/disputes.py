"""Disputes: two values, one adopted at most, and the adopted one in the table."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.data import Broken, Data
from accords.checks.problem import MOST

FREE_FIELDS = ("parties", "signatories", "quantity", "duration", "status", "existence", "content")
"""Disputed facts that no single cell carries."""

_EVENT_CELLS = {"date": "date", "place": "place", "type": "event", "party": "party_id"}
_FIELD = r"^(?P<what>(?P<kind>[a-z_]+)(?::[a-z0-9-]+)?)(?:\.(?P<cell>\w+))?(?:#\d+)?$"
_DATE = re.compile(r"\b[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\b")
_SUM = re.compile(r"([0-9][0-9.,]*)\s*(billion|million|thousand)?\s*([A-Z]{3})\b")
_TIMES = {"billion": 1e9, "million": 1e6, "thousand": 1e3, None: 1.0}
_NAME_ONE = (
    "Name a column of agreements, domain:<domain>, or event:<event_id>.date, .place, .type or "
    ".party with an event of this agreement."
)


def disputes(data: Data) -> Broken:
    """Find disputes that are none, are settled twice, or not as the tables have it."""
    rows = _carried(data)
    by, first = rows.groupby("dispute", sort=False), ~rows["dispute"].duplicated()
    yield "dispute-single", rows[first & (by["value"].transform("nunique") < 2)]
    yield "dispute-reason", rows[first & (by["reason"].transform("count") != 1)]
    settled = by["adopts"].transform("any")
    open_ = rows[~settled & (rows["value"] == rows["has"])]
    yield "dispute-open", open_.drop_duplicates("dispute")
    adopted = rows[rows["adopts"]].drop_duplicates(["dispute", "value"])
    once = ~adopted["dispute"].duplicated()
    yield "dispute-adopted", adopted[once & adopted["dispute"].duplicated(keep=False)]
    there = rows["fact"].isin(data["events"]["fact"])
    codes = data.values("party_codes", "party_id") | data.values("event_types", "event")
    codes |= data.values("instruments", "instrument")
    names = data.lookup("party_codes", "party_id", "name").dropna().to_dict()
    titles = rows[rows["kind"] == "title"].groupby("dispute")["value"].agg(list).to_dict()
    adopted = adopted[once & (there | (rows["kind"] != "event"))[adopted.index]]
    wrong = [_differs(fact, codes, names, titles) for fact in adopted.astype(object).itertuples()]
    shown = ("'" + adopted["has"] + "'").fillna("nothing")
    yield "dispute-value", adopted.assign(shown=shown)[wrong]
    known = {*FREE_FIELDS, *data["agreements"].columns, "value"}
    known |= {f"domain:{code}" for code in data.values("domain_codes", "domain")}
    of_event = (rows["kind"] == "event") & rows["cell"].isin(_EVENT_CELLS)
    missing = (~there).where(of_event, ~rows["what"].isin(known))
    nowhere = rows[first & missing & rows["what"].notna()]
    spellings, meant = {one: one for one in known}, []
    for n, what in enumerate(nowhere["what"]):
        near = cells.nearest(what, spellings) if n < MOST else None
        meant.append(f"Did you mean '{near}'?" if near else _NAME_ONE)
    yield "dispute-field", nowhere.assign(meant=meant)


def _carried(data: Data) -> pd.DataFrame:
    """Return the disputes, taken apart, with the cell that ``has`` the fact where one does."""
    rows = data["disputes"].dropna(subset=["agreement_id", "field", "value"])
    fields = rows["field"].drop_duplicates()
    rows = rows.join(fields.str.extract(_FIELD).set_axis(fields), on="field")
    rows["dispute"] = rows.groupby(["agreement_id", "field"], sort=False).ngroup()
    rows["fact"] = rows["agreement_id"] + " " + rows["what"]
    rows["adopts"] = rows["adopted"] == "true"
    agreements = data["agreements"]
    agreements = agreements[agreements["agreement_id"].isin(rows["agreement_id"])]
    agreements = agreements.drop_duplicates("agreement_id").set_index("agreement_id")
    sums = agreements["value_amount"] + " " + agreements["value_currency"].fillna("")
    columns = agreements.assign(value=sums, parties=data.parties)
    events = data["events"][data["events"]["fact"].isin(rows["fact"])]
    events = events.drop_duplicates("fact").set_index("fact")
    has = pd.Series(pd.NA, index=rows.index, dtype="str")
    for (kind, cell), own in rows.fillna({"cell": ""}).groupby(["kind", "cell"]):
        if kind == "event" and cell in _EVENT_CELLS:
            found = own["fact"].map(events[_EVENT_CELLS[cell]])
        elif kind == "domain" and not cell:
            found = own["fact"].isin(data["domains"]["fact"]).map({True: "named"})
        elif kind in columns and not cell:
            found = own["agreement_id"].map(columns[kind])
        else:
            continue
        has[own.index] = found.astype("str")  # Of nothing at all pandas makes numbers.
    return rows.assign(has=has)


def _differs(
    fact: Any, codes: set[str], names: Mapping[Any, str], titles: Mapping[Any, list[str]]
) -> bool:
    """Say whether the table does not carry an adopted value, where the words allow to tell."""
    said, has = fact.value, fact.has
    if fact.kind == "domain":
        return said.startswith("not ") if has == "named" else said == "named"
    if fact.kind == "value":
        return _other_sum(said, has)
    if fact.cell == "place":
        return pd.isna(has) or has.casefold() not in said.casefold()
    if fact.cell == "date":
        named_day = _DATE.search(said)
        if named_day is None or pd.isna(has):
            return named_day is not None
        return named_day[0] != has.rstrip("?") and has not in said
    if fact.kind == "parties":
        carried = (names[code] for code in str(has).split() if code in names)
        return not any(map(said.count, carried)) and any(map(said.count, names.values()))
    if pd.isna(has):
        return said in codes and fact.kind not in FREE_FIELDS
    if fact.kind == "title":
        return any(_shared(other, has) > _shared(said, has) for other in titles[fact.dispute])
    number = re.match(r"[0-9]+\b", said) if has.isdigit() else None
    return number[0] != has if number else said in codes and said != has


def _shared(said: str, has: str) -> float:
    words, title = (set(re.findall(r"\w+", text.casefold())) for text in (said, has))
    return len(words & title) / max(len(words), 1)


def _other_sum(said: str, has: Any) -> bool:
    named = _SUM.search(said)
    if named is None:
        return False
    amount, _, currency = str(has).partition(" ")
    try:
        sum_named = float(named[1].replace(",", "").rstrip(".")) * _TIMES[named[2]]
        return named[3] != currency or abs(sum_named - float(amount)) > 0.005 * sum_named
    except ValueError:
        return True


CHECKS = (disputes,)
