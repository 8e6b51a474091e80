"""Agreements of the same parties that may be one instrument."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from accords.checks.records import parties_of
from accords.checks.rules import Data, Rule
from accords.dataset.lifecycle import SIGNATURES

NEAR = pd.Timedelta(days=7)
MONTHS = pd.Timedelta(days=100)
"""What is longer than this says no more than a year."""

ALIKE = 0.7
"""Share of their words that two titles have in common where they are alike."""


def _near_duplicates(data: Data) -> pd.DataFrame:
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
    return rows.assign(other=rows["agreement_id"].map(found)).dropna(subset=["other"])


def _instruments(data: Data) -> pd.DataFrame:
    """Return what tells agreements apart, by ``agreement_id``.

    ``together`` (the parties), ``kind``, ``list`` (the list from which alone it is known),
    ``words`` (of the title), ``first`` and ``last`` (bounds of the first signature, where dated).
    """
    rows = data["agreements"].dropna(subset=["agreement_id", "instrument", "title"])
    table = rows.drop_duplicates("agreement_id").set_index("agreement_id")
    cited = data["citations"]
    cited = cited[cited["subject"] == "existence"]
    lists = cited["source_id"].map(data.lookup("sources", "source_id", "list")).astype("str")
    pairs = cited[["agreement_id"]].assign(list=lists.fillna("")).drop_duplicates()
    alone = pairs.drop_duplicates("agreement_id", keep=False).set_index("agreement_id")["list"]
    events = data["events"]
    signed = events[events["event"].isin(SIGNATURES)].dropna(subset=["agreement_id", "date"])
    # Of an interval that is open on one side the known end is compared.
    first = signed["earliest"].fillna(signed["latest"])
    days = signed.assign(first=first, last=signed["latest"].fillna(first)).dropna(subset=["first"])
    days = days.sort_values(["first", "last"]).drop_duplicates("agreement_id")
    return pd.DataFrame(
        {
            "kind": table["instrument"],
            "words": table["title"].str.casefold().str.findall(r"\w+").map(frozenset),
            "together": parties_of(data).reindex(table.index),
            "list": alone.reindex(table.index).fillna(""),
        }
    ).join(days.set_index("agreement_id")[["first", "last"]])


def _at_one_time(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Find pairs of the same parties whose first signatures may be of one week."""
    dated = table.dropna(subset=["first", "together"]).sort_values(["together", "first", "last"])
    vague = (dated["last"] - dated["first"] > MONTHS).to_numpy()
    dated["until"] = dated["last"].where(vague, dated["last"] + NEAR)
    dated["together"] = dated["together"].astype("category").cat.codes
    columns = ("together", "kind", "list", "first", "until", "words")
    together, kind, of_list, first, until, words = (dated[c].to_numpy() for c in columns)
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
            if clear[place] or _alike(words[place], words[place + step]):
                yield dated.index[place], dated.index[place + step]


def _undated(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Find pairs of the same parties and type of which one has no date, by their titles."""
    known = table.dropna(subset=["together"]).rename_axis("id").reset_index()
    pairs = known[known["first"].isna()].merge(known, on=["together", "kind"], suffixes=("", "_2"))
    # Of two undated ones each meets the other.
    pairs = pairs[(pairs["id"] < pairs["id_2"]) | pairs["first_2"].notna()]
    for one, other, *words in pairs[["id", "id_2", "words", "words_2"]].to_numpy():
        if _alike(*words):
            yield one, other


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two titles have the same numbers and nearly the same words."""
    alike = len(one & other) >= ALIKE * len(one | other)
    return alike and not any(character.isdigit() for word in one ^ other for character in word)


# fmt: off
RULES = (
    Rule("near-duplicate", "agreements.agreement_id", _near_duplicates,
         "{agreement_id} and {other} may be one instrument: they have the same parties, and their "
         "dates or titles do not tell them apart.",
         "If they are one, merge them; if not, say so in distinct.csv.", "warning"),
)
# fmt: on
