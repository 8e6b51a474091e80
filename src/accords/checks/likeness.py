"""Agreements of the same parties that may be one instrument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from accords.checks.data import Broken, Data, lists
from accords.dataset.lifecycle import SIGNATURES

NEAR = pd.Timedelta(days=7)
MONTHS = pd.Timedelta(days=100)
"""What is longer than this says no more than a year."""

ALIKE = 0.7
"""Share of their words that two titles have in common where they are alike."""


def near_duplicates(data: Data) -> Broken:
    """Find agreements of the same parties that may be one instrument.

    They are of one type, or one of them is known from a list alone, whose types are coarse; and
    their dates of signature overlap or lie within a week. Dates that say no more than a year, and
    none at all, need titles that are alike besides. Two rows of one list are two instruments, as
    are an agreement and what is part of it or replaces it, and what ``distinct.csv`` tells apart.
    """
    table, rows = _instruments(data), data["agreements"]
    links = [rows[["agreement_id", column]] for column in ("part_of", "supersedes")]
    if "distinct" in data.tables:  # An older edition does not have the table.
        links.append(data["distinct"][["agreement_id", "other_id"]])
    apart = {frozenset(both) for link in links for both in link.dropna().to_numpy().tolist()}
    place = {agreement: n for n, agreement in enumerate(table.index)}
    found: dict[str, str] = {}
    for both in (*_at_one_time(table), *_undated(table)):
        if frozenset(both) not in apart:
            first, second = sorted(both, key=place.__getitem__)
            found.setdefault(second, first)
    other = rows["agreement_id"].map(found)
    yield "near-duplicate", rows.assign(other=other)[other.notna()]


def _instruments(data: Data) -> pd.DataFrame:
    """Return what tells agreements apart that share their parties with others, by their id.

    ``together`` (the parties), ``kind``, ``list`` (the list from which alone it is known),
    ``title``, ``first`` and ``last`` (bounds of the first signature, where dated).
    """
    rows = data["agreements"].dropna(subset=["agreement_id", "instrument", "title"])
    table = rows.drop_duplicates("agreement_id").set_index("agreement_id")
    together = data.parties.reindex(table.index).dropna()
    table = table.loc[together.index[together.duplicated(keep=False)]]
    cited = data["citations"]
    cited = cited[(cited["subject"] == "existence") & cited["agreement_id"].isin(table.index)]
    lists = cited["source_id"].map(data.lookup("sources", "source_id", "list")).astype("str")
    pairs = cited[["agreement_id"]].assign(list=lists.fillna("")).drop_duplicates()
    alone = pairs.drop_duplicates("agreement_id", keep=False).set_index("agreement_id")["list"]
    events = data["events"]
    signed = events[events["event"].isin(SIGNATURES) & events["agreement_id"].isin(table.index)]
    # Of an interval that is open on one side the known end is compared.
    first = signed["earliest"].fillna(signed["latest"])
    days = signed.assign(first=first, last=signed["latest"].fillna(first)).dropna(subset=["first"])
    days = days.sort_values(["first", "last"]).drop_duplicates("agreement_id")
    return pd.DataFrame(
        {
            "kind": table["instrument"],
            "title": table["title"],
            "together": together.reindex(table.index),
            "list": alone.reindex(table.index).fillna(""),
        }
    ).join(days.set_index("agreement_id")[["first", "last"]])


def _at_one_time(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Find pairs of the same parties whose first signatures may be of one week."""
    dated = table.dropna(subset=["first"]).sort_values(["together", "first", "last"])
    vague = (dated["last"] - dated["first"] > MONTHS).to_numpy()
    dated["until"] = dated["last"].where(vague, dated["last"] + NEAR)
    dated["together"] = dated["together"].astype("category").cat.codes
    columns = ("together", "kind", "list", "first", "until", "title")
    together, kind, of_list, first, until, titles = (dated[c].to_numpy() for c in columns)
    # Within one group the first days ascend: once none is near at some distance, none is beyond.
    for step in range(1, len(dated)):
        one, other = slice(None, -step), slice(step, None)
        near = (together[one] == together[other]) & (first[other] <= until[one])
        if not near.any():
            return
        listed = (of_list[one] != "") | (of_list[other] != "")
        of_one_list = listed & (of_list[one] == of_list[other])
        near &= ~of_one_list & (listed | (kind[one] == kind[other]))
        clear = listed | ~(vague[one] | vague[other])
        for place in np.flatnonzero(near).tolist():
            if clear[place] or _alike(titles[place], titles[place + step]):
                yield dated.index[place], dated.index[place + step]


def _undated(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Find pairs of the same parties and type of which one has no date, by their titles."""
    known = table.rename_axis("id").reset_index()
    pairs = known[known["first"].isna()].merge(known, on=["together", "kind"], suffixes=("", "_2"))
    # Of two undated ones each meets the other.
    pairs = pairs[(pairs["id"] < pairs["id_2"]) | pairs["first_2"].notna()]
    columns = lists(pairs, "id", "id_2", "title", "title_2")
    for one, other, *titles in zip(*columns, strict=True):
        if _alike(*titles):
            yield one, other


def _alike(one: str, other: str) -> bool:
    """Say whether two titles have the same numbers and nearly the same words."""
    words, more = _words(one), _words(other)
    alike = len(words & more) >= ALIKE * len(words | more)
    return alike and not any(sign.isdigit() for word in words ^ more for sign in word)


@lru_cache(maxsize=10_000)
def _words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", title.casefold()))


CHECKS = (near_duplicates,)
