"""Disputes: two values, one adopted at most, and the adopted one in the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from accords.checks import cells
from accords.checks.data import Data, each, items, lacking, pairs
from accords.checks.problem import Problem

FREE_FIELDS = ("parties", "signatories", "quantity", "duration", "status", "existence", "content")
"""Disputed facts that no single cell carries."""

_EVENT_CELLS = {"date": "date", "place": "place", "type": "event", "party": "party_id"}
_FIELD = r"^(?P<kind>[a-z_]+)(?::(?P<code>[a-z0-9-]+))?(?:\.(?P<cell>\w+))?(?:#\d+)?$"
_DATE = re.compile(r"\b\d{4}(-\d{2}(-\d{2})?)?\b")
_SUM = re.compile(r"(\d[\d.,]*)\s*(billion|million|thousand)?\s*([A-Z]{3})\b")
_TIMES = {"billion": 1e9, "million": 1e6, "thousand": 1e3, None: 1.0}


def whole(data: Data) -> Iterator[Problem]:
    """Hold each dispute to its rules: two values, one adopted at most, one reason."""
    rows = data.rows(
        "disputes", "agreement_id", "field", "value", "source_id", "adopted", "reason"
    ).dropna(subset=["agreement_id", "field", "value"])
    if rows.empty:
        return
    grouped = rows.groupby(["agreement_id", "field"], observed=True, sort=False)
    adopted = rows[(rows["adopted"] == "true").to_numpy()]
    first = pd.Series(rows.index, index=rows.index).groupby(
        [rows["agreement_id"], rows["field"]], observed=True, sort=False
    )
    table = pd.DataFrame(
        {
            "row": first.min(),
            "values": grouped["value"].nunique(),
            "reasons": grouped["reason"].sum(),
        }
    )
    table["adopted"] = (
        adopted.groupby(["agreement_id", "field"], observed=True)["value"]
        .nunique()
        .reindex(table.index)
        .fillna(0)
    )
    faults = (
        (
            "dispute-single",
            table["values"] < 2,
            "value",
            "All sources of this dispute say the same.",
            "Add the other value with its source, or take the dispute away.",
        ),
        (
            "dispute-adopted",
            table["adopted"] > 1,
            "adopted",
            "More than one value of this dispute is adopted.",
            "Set 'adopted' to true for the rows of one value alone.",
        ),
        (
            "dispute-reason",
            table["reasons"] != 1,
            "reason",
            "The reason must be given in one row of a dispute, and in one only.",
            "Say why the value is adopted, or why none is, in its first row.",
        ),
    )
    for rule, wrong, column, message, remedy in faults:
        for (agreement, field), at in items(table.loc[wrong, "row"]):
            yield data.problem(
                "disputes",
                rule,
                f"{field} of {agreement}: {message}",
                remedy,
                row=at,
                column=column,
            )


def fields(data: Data) -> Iterator[Problem]:
    """Hold disputed fields to the facts that the tables can carry."""
    rows = data.rows("disputes", "agreement_id", "field").dropna()
    events = data.rows("events", "agreement_id", "event_id").dropna()
    domains = data.rows("domain_codes", "domain")["domain"].cat.categories
    columns = next(r for r in data.descriptor["resources"] if r["name"] == "agreements")
    known = {f["name"] for f in columns["schema"]["fields"]} | {*FREE_FIELDS, "value"}
    known |= {f"domain:{domain}" for domain in domains}
    parsed = _parsed(rows["field"])
    fact = parsed["kind"].where(parsed["code"].isna(), parsed["kind"] + ":" + parsed["code"])
    of_event = parsed["kind"] == "event"
    of_cell = of_event & parsed["cell"].isin([*_EVENT_CELLS])
    formed = parsed["kind"].notna()  # The form of the others is reported already.
    names = fact.index[formed & ~of_cell & ~fact.isin(known)]
    ids, codes = data.ids(), pd.Index(events["event_id"].cat.categories)
    have = pairs(events, "event_id", ids, codes)
    in_event = rows[rows["field"].isin(fact.index[of_cell]).to_numpy()]
    event_of = in_event["field"].astype(str).map(parsed["code"]).astype("category")
    missing = lacking(pairs(in_event.assign(field=event_of), "field", ids, codes), have)
    strays = pd.concat([rows[rows["field"].isin(names).to_numpy()], in_event[missing]])
    spellings = {name.casefold(): name for name in known}
    for row, agreement, field in each(strays.drop_duplicates()):
        meant = None if str(field).startswith("event:") else cells.nearest(field, spellings)
        yield data.problem(
            "disputes",
            "dispute-field",
            f"{agreement} has no fact '{field}' that could be disputed.",
            f"Did you mean '{meant}'?"
            if meant
            else "Name a column of agreements, domain:<domain>, or event:<event_id>.date, .place, "
            ".type or .party with an event of this agreement.",
            row=row,
            column="field",
            value=field,
        )


def adopted_values(data: Data) -> Iterator[Problem]:
    """Hold adopted values to the cells that carry them, where the words allow it."""
    rows = data.rows("disputes", "agreement_id", "field", "value", "adopted").dropna()
    rows = rows[(rows["adopted"] == "true").to_numpy()].drop_duplicates(["agreement_id", "field"])
    if rows.empty:
        return
    parsed = _parsed(rows["field"]).reindex(rows["field"].astype(str))
    adopted = pd.DataFrame(
        {
            "agreement_id": rows["agreement_id"].astype(str).to_numpy(),
            "field": rows["field"].astype(str).to_numpy(),
            "value": rows["value"].astype(str).to_numpy(),
            "kind": parsed["kind"].to_numpy(),
            "code": parsed["code"].to_numpy(),
            "cell": parsed["cell"].to_numpy(),
            "row": rows.index,
        }
    )
    concerned = adopted["agreement_id"].unique()

    def carried(table: str, *columns: str) -> pd.DataFrame:
        kept = data.rows(table, "agreement_id", *columns)
        return kept[kept["agreement_id"].isin(concerned).to_numpy()].astype(object)

    steps = carried("events", "event_id", *_EVENT_CELLS.values())
    of_events = adopted.merge(
        steps, left_on=["agreement_id", "code"], right_on=["agreement_id", "event_id"]
    )
    domains = carried("domains", "domain")
    coded = set(zip(domains["agreement_id"], domains["domain"], strict=True))
    facts = carried("agreements", "instrument", "value_amount", "value_currency")
    of_agreements = adopted.merge(facts, on="agreement_id")
    codes = {
        code
        for table, key in (("event_types", "event"), ("party_codes", "party_id"))
        for code in data.rows(table, key)[key].cat.categories
    }
    codes |= set(data.rows("instruments", "instrument")["instrument"].cat.categories)
    disagreeing = []
    for fact in each(of_events[of_events["cell"].isin(_EVENT_CELLS)]):
        has = getattr(fact, _EVENT_CELLS[fact.cell])
        if fact.cell == "date":
            differs = _other_date(fact.value, has)
        elif fact.cell == "place":
            differs = pd.isna(has) or has.casefold() not in fact.value.casefold()
        else:  # Types and parties are disputed in words: only a bare code can be compared.
            differs = fact.value in codes and fact.value != has
        if differs:
            disagreeing.append((fact, has))
    for fact in each(of_agreements):
        if fact.kind == "instrument" and fact.value in codes and fact.value != fact.instrument:
            disagreeing.append((fact, fact.instrument))
        elif fact.kind == "value" and _other_sum(
            fact.value, fact.value_amount, fact.value_currency
        ):
            disagreeing.append((fact, fact.value_amount))
        elif fact.kind == "domain":
            is_coded = (fact.agreement_id, fact.code) in coded
            if (is_coded and fact.value.startswith("not ")) or (
                not is_coded and fact.value == "named"
            ):
                disagreeing.append((fact, "the domain" if is_coded else None))
    for fact, has in disagreeing:
        yield data.problem(
            "disputes",
            "dispute-value",
            f"{fact.field} of {fact.agreement_id}: '{fact.value}' is adopted, and the table has "
            f"{'nothing' if pd.isna(has) else repr(has)}.",
            "Put the adopted value into the table, or adopt the value that it has.",
            row=fact.row,
            column="value",
            value=fact.value,
        )


def _parsed(fields: pd.Series) -> pd.DataFrame:
    """Split disputed fields into kind, code and cell; one row a distinct field."""
    names = pd.Series(fields.cat.categories, dtype="str")
    return names.str.extract(_FIELD).set_axis(pd.Index(names), axis=0)


def _other_date(said: str, has: Any) -> bool:
    """Say whether words name a date other than the cell's."""
    named = _DATE.search(said)
    if named is None:
        return False
    return pd.isna(has) or (named[0] != has.rstrip("?") and has not in said)


def _other_sum(said: str, amount: Any, currency: Any) -> bool:
    """Say whether words name a sum other than the cells'."""
    named = _SUM.search(said)
    if named is None:
        return False
    sum_named = float(named[1].replace(",", "").rstrip(".")) * _TIMES[named[2]]
    try:
        same = abs(sum_named - float(amount)) <= 0.005 * sum_named
    except (TypeError, ValueError):
        return True
    return not same or named[3] != currency
