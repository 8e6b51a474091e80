"""What each focus state has with each of its partners, and what is promised, open and new.

Everything on record counts, what is only announced too. A list has a row for each agreement and
focus state, newest first: ``agreement_id``, ``state``, ``partners`` (tuple), ``date`` (EDTF, when
that state concluded it), ``status``, and what its function names.
"""

import pandas as pd

from accords.analysis.common import by_state, counted, with_partners
from accords.dataset import Dataset
from accords.dataset.lifecycle import APPROVALS, PURCHASE, SIGNS

PLEDGE = "mutual-defence"  # to assist one another in case of attack, or to consult on it
ENDED = ("expired", "terminated", "superseded", "rejected", "cancelled")  # or never binding
OUTSTANDING = ("ordered", "in-delivery")  # no source shows the whole order handed over
DONE = ("ratified", "notified")  # a party has done its part
_LISTED = ["agreement_id", "state", "partners", "date", "status"]


def relations(dataset: Dataset) -> pd.DataFrame:
    """List what ties each focus state to each party: a row for each agreement of theirs.

    Gives the columns of :func:`accords.analysis.common.by_state` with ``partner`` in place of
    ``partners``, and ``worldwide`` (bool).
    """
    rows = _newest_first(by_state(dataset, concluded_only=False))
    return with_partners(rows.join(dataset.overview["worldwide"], on="agreement_id"))


def profiles(dataset: Dataset) -> pd.DataFrame:
    """Count what each focus state has with each partner, in bilateral agreements on record.

    Gives, most first within an aspect: ``state``, ``partner``, ``aspect``, ``code``, ``count`` (of
    ``sources`` the pages cited, else agreements), ``of`` (the pair's bilateral agreements),
    ``share``, ``ids``. Aspects (and codes): ``agreements`` (``all``, ``concluded``), ``status``,
    ``domain``, ``press`` (domains that the press alone names), ``pledge`` (:data:`PLEDGE`),
    ``purchase`` (its status), ``official`` (``official``), ``sources`` (``cited``).
    """
    rows = relations(dataset)
    rows = rows[rows["scope"] == "bilateral"].assign(unit=rows["agreement_id"])
    cited = dataset.citations.loc[dataset.citations["subject"] != "context"]
    cited = rows.merge(cited[["agreement_id", "source_id"]], on="agreement_id")
    domain = rows.assign(code=rows["domains"]).explode("code")
    of_aspect = {
        "agreements": pd.concat(
            [rows.assign(code="all"), rows[rows["concluded"]].assign(code="concluded")]
        ),
        "status": rows.assign(code=rows["status"]),
        "domain": domain,
        "press": rows.assign(code=rows["press_domains"]).explode("code"),
        "pledge": domain[domain["code"] == PLEDGE],
        "purchase": rows[rows["instrument"] == PURCHASE].assign(code=rows["status"]),
        "official": rows[rows["official"].astype(bool)].assign(code="official"),
        "sources": cited.assign(code="cited", unit=cited["source_id"]),
    }
    facts = pd.concat([table.assign(aspect=aspect) for aspect, table in of_aspect.items()])
    facts["aspect"] = pd.Categorical(facts["aspect"], categories=list(of_aspect), ordered=True)
    keys = ["state", "partner", "aspect", "code"]
    table = counted(facts, keys, units=("unit", "nunique"))
    table["count"] = table["units"]
    whole = rows.groupby(["state", "partner"])["agreement_id"].nunique().rename("of")
    table = table.join(whole, on=["state", "partner"])
    table["share"] = (table["count"] / table["of"]).where(table["aspect"] != "sources")
    order = ["state", "partner", "aspect", "count", "code"]
    table = table.sort_values(order, ascending=[True, True, True, False, True], ignore_index=True)
    return table[["state", "partner", "aspect", "code", "count", "of", "share", "ids"]]


def pledges(dataset: Dataset) -> pd.DataFrame:
    """List the undertakings of mutual defence, what has not ended first.

    A list with ``ended`` (bool), ``basis`` (of the pledge) and ``promise`` (the record's summary).
    """
    coded = dataset.domains[dataset.domains["domain"] == PLEDGE].set_index("agreement_id")
    rows = by_state(dataset, concluded_only=False).join(coded["basis"], on="agreement_id")
    rows = rows.dropna(subset="basis").assign(ended=lambda table: table["status"].isin(ENDED))
    rows["promise"] = rows["agreement_id"].map(dataset.overview["summary"])
    rows = _newest_first(rows).sort_values("ended", kind="stable", ignore_index=True)
    return rows[[*_LISTED, "ended", "basis", "promise"]]


def pending(dataset: Dataset) -> pd.DataFrame:
    """List what is signed, in approval and not in force, with how far each side has come.

    A list with ``steps`` (party, event and date of the furthest step of its approval on record: the
    state first, with None where it has none, then the others that have one) and ``done`` (bool: the
    state ratified or gave notice). None on record does not show that none was taken, nor needed.
    """
    events = dataset.events[dataset.events["event"].isin(APPROVALS)].dropna(subset="party_id")
    events = events[events["earliest"].isna() | (events["earliest"] <= dataset.as_of)]
    events = events.assign(
        rank=events["event"].map(APPROVALS.index),
        date=events["date"].astype(object).where(events["date"].notna(), None),
    )
    events = events.sort_values(["rank", "latest"], na_position="first")
    rows = by_state(dataset)
    rows = _newest_first(rows[rows["status"] == "pending"])
    steps = []
    for key, state in zip(rows["agreement_id"], rows["state"], strict=True):
        taken = events.loc[events["agreement_id"] == key, ["party_id", "event", "date"]].to_numpy()
        of = {state: (state, None, None)} | {step[0]: tuple(step) for step in taken}
        steps.append(tuple(of.values()))
    done = [own[1] in DONE for own, *_ in steps]
    return rows[_LISTED].assign(steps=pd.Series(steps, dtype=object), done=done)


def outstanding(dataset: Dataset) -> pd.DataFrame:
    """List the purchases of each state that no source shows handed over whole.

    Only what was ordered, or seen to arrive, within ten years of the day of reading. A list with
    ``seen`` (EDTF, when a part last was), ``value_amount``, ``value_currency``, ``value_kind``.
    """
    rows = by_state(dataset)
    rows = rows[(rows["instrument"] == PURCHASE) & rows["status"].isin(OUTSTANDING)]
    roles = dataset.parties.rename(columns={"party_id": "state"})
    attested = dataset.events[dataset.events["event"] == "attested"].sort_values("latest")
    seen = attested.groupby("agreement_id")["date"].last().rename("seen")
    values = dataset.overview[["value_amount", "value_currency", "value_kind"]]
    rows = rows.merge(roles, on=["agreement_id", "state"]).join(seen, on="agreement_id")
    rows = rows[rows["role"] != "supplier"]
    rows = _newest_first(rows.join(values, on="agreement_id"))
    return rows[[*_LISTED, "seen", *values.columns]]


def recent(dataset: Dataset, months: int = 12) -> pd.DataFrame:
    """List what was concluded in the last months before the day up to which sources were read.

    A list with ``event`` (what dates it) and ``certain`` (bool: all of the date lies in these
    months, and it is not merely first seen then).
    """
    since = dataset.as_of - pd.DateOffset(months=months)
    dated_by = dataset.memberships.set_index(["agreement_id", "state"])["event"]
    rows = by_state(dataset).join(dated_by, on=["agreement_id", "state"])
    rows = rows[(rows["latest"] > since) & (rows["earliest"] <= dataset.as_of)]
    rows["certain"] = (rows["earliest"] > since) & ~rows["event"].isin(SIGNS)
    return _newest_first(rows)[[*_LISTED, "event", "certain"]]


def _newest_first(rows: pd.DataFrame) -> pd.DataFrame:
    order = ["earliest", "agreement_id", "state"]
    return rows.sort_values(order, ascending=[False, True, True], ignore_index=True)
