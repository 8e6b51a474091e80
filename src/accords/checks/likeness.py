"""Agreements of the same parties that may be one instrument."""

import functools
import re

import pandas as pd

from accords.checks.data import Broken, Data, as_lists
from accords.dataset.lifecycle import SIGNATURES

NEAR = pd.Timedelta(days=7)
MONTHS = pd.Timedelta(days=100)  # what is longer than this says no more than a year
ALIKE = 0.7  # share of their words that two titles have in common where they are alike


def near_duplicates(data: Data) -> Broken:
    """Find agreements of the same parties that may be one instrument.

    They are of one type (or one is known from a list alone, whose types are coarse) and signed
    within a week; vague dates need titles that are alike besides. Two rows of one list are two, as
    are an agreement and its part or successor, and what ``distinct.csv`` tells apart.
    """
    table, rows = _instruments(data), data["agreements"]
    groups = table["together"].reset_index()
    pairs = groups.merge(groups, on="together", suffixes=("", "_2"))
    pairs = pairs[pairs["row"] < pairs["row_2"]]
    one = table.loc[pairs["row"]].set_index(pairs.index)
    two = table.loc[pairs["row_2"]].set_index(pairs.index)
    one_type, listed = one["kind"] == two["kind"], (one["list"] >= 0) | (two["list"] >= 0)
    dated = one["first"].notna() & two["first"].notna()
    near = (one["first"] <= two["until"]) & (two["first"] <= one["until"])
    near &= ~listed | (one["list"] != two["list"])
    clear = near & (listed | (one_type & ~one["vague"] & ~two["vague"]))
    likely = pairs.assign(clear=clear)[clear | (one_type & (near | ~dated))]
    names = rows[["agreement_id", "title"]]
    both = (as_lists(names.loc[likely[row]], *names) for row in ("row", "row_2"))
    (ids, titles), (other_ids, other_titles) = both
    told = zip(likely["row_2"], ids, other_ids, titles, other_titles, likely["clear"], strict=True)
    links = [rows[["agreement_id", column]] for column in ("part_of", "supersedes")]
    if "distinct" in data.tables:  # An older edition does not have the table.
        links.append(data["distinct"][["agreement_id", "other_id"]])
    apart = {frozenset(both) for link in links for both in link.dropna().to_numpy().tolist()}
    found: dict[int, str] = {}
    for row, first, second, title, other, sure in told:
        if (sure or _alike(title, other)) and frozenset((first, second)) not in apart:
            found.setdefault(row, first)
    yield "near-duplicate", rows.loc[list(found)].assign(other=list(found.values()))


def _instruments(data: Data) -> pd.DataFrame:
    """Return what tells agreements apart that share their parties with others, by row.

    Numbers for parties, ``kind`` and ``list`` (-1: several); signed from ``first`` to ``until``.
    """
    rows = data["agreements"].dropna(subset=["agreement_id", "instrument", "title"])
    rows = rows.assign(row=rows.index, together=rows["agreement_id"].map(data.parties))
    rows = rows.drop_duplicates("agreement_id").dropna(subset=["together"])
    rows = rows[rows["together"].duplicated(keep=False)].set_index("agreement_id")
    cited = data["citations"][["agreement_id", "subject", "source_id"]]
    cited = cited[(cited["subject"] == "existence") & cited["agreement_id"].isin(rows.index)]
    of = cited["source_id"].map(data.lookup("sources", "source_id", "list")).fillna("")
    pairs = cited[["agreement_id"]].assign(list=of.astype("str")).drop_duplicates()
    alone = pairs.drop_duplicates("agreement_id", keep=False).set_index("agreement_id")["list"]
    events = data["events"]
    signed = events[events["event"].isin(SIGNATURES) & events["agreement_id"].isin(rows.index)]
    # Of an interval that is open on one side the known end is compared.
    first = signed["earliest"].fillna(signed["latest"])
    last = signed["latest"].fillna(first)
    vague = last - first > MONTHS
    days = signed[["agreement_id"]].assign(first=first, until=last.where(vague, last + NEAR))
    days = days.assign(vague=vague).dropna(subset=["first"]).sort_values(["first", "until"])
    days = days.drop_duplicates("agreement_id").set_index("agreement_id")
    table = rows[["together"]].assign(kind=rows["instrument"], list=alone.where(alone != ""))
    codes = {column: table[column].factorize()[0] for column in table}
    table = pd.DataFrame(codes, table.index).join(days).set_index(pd.Index(rows["row"], name="row"))
    return table.fillna({"vague": False}).astype({"vague": bool})


def _alike(one: str, other: str) -> bool:
    """Say whether two titles have the same numbers and nearly the same words."""
    words, more = _words(one), _words(other)
    shared = len(words & more)
    alike = shared >= ALIKE * (len(words) + len(more) - shared)
    return alike and not any(sign.isdigit() for word in words ^ more for sign in word)


@functools.cache
def _words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", title.casefold()))


CHECKS = (near_duplicates,)
