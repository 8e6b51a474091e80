"""Which numbers words may hold: those that a table gives, as they are written for readers."""

from __future__ import annotations

import datetime
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from numbers import Number
from typing import Any

import pandas as pd

from accords.dataset import Dataset
from accords.words import brief_sum

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?: (?:%|bn|m)(?!\w))?")

METHODS = re.compile(
    r"9[05] %:? (?=\w*[ -]?(?:interval|range|probability))|\bwith 9[05] % probability"
    r"|\([A-Z][a-z]+ and [A-Z][a-z]+ \d{4}\)|; [A-Z][a-z]+ \d{4}\)"
)
"""Levels of intervals and years of literature: numbers of a method, not of the data."""

SHARE = re.compile(
    r"(?:(?P<before>\d+) % \()?(?P<n>\d+) of (?P<of>\d+)(?: [a-z]+)?(?: \((?P<after>\d+) %)?"
)
"""A share with its counts: '34 % (12 of 35)' or '12 of 35 agreements (34 %)'."""

FEW_ROWS = 60

MISSING = "missing"

MOST_VALUES = 20
"""Different values up to which a column of numbers is taken to tell groups apart."""


def numbers(words: str) -> list[str]:
    """List the numbers of a text as they are written: '12', '1,234', '34 %', '2.5', '1.2 bn'."""
    text = METHODS.sub("", words.replace("\u00a0", " "))
    return [found.rstrip(",") for found in NUMBER.findall(text)]


def unknown(words: str, dataset: Dataset, *given: Any) -> list[str]:
    """List the numbers of a text that what it was told from does not give."""
    written = numbers(SHARE.sub(_without_a_true_share, words.replace("\u00a0", " ")))
    # Most are found in the cells; groups are counted only where some are not.
    for deep in (False, True):
        said = known(dataset, *given, deep=deep)
        written = [n for n in written if n not in said]
        if not written:
            break
    return written


def _without_a_true_share(found: re.Match[str]) -> str:
    """Leave the counts of a share, which are looked for; the percent must follow from them."""
    shown, n, of = found["before"] or found["after"], int(found["n"]), int(found["of"])
    if shown is None:
        return found[0]
    true = of and f"{100 * n / of:.0f}" == shown
    return f"{n} of {of}" if true else found[0]


def known(dataset: Dataset, *given: Any, deep: bool = True) -> set[str]:
    """Write every number that tables and options give a chart or passage.

    Of each table: its cells, rounded; what is named in its texts; the number of its rows, of
    different values, of agreements behind them and the sums of its counts, in all and in every
    group that columns make; differences and shares of two of its counts. Cells alone
    where it need not be ``deep``.
    """
    said = set(_of_dataset(dataset))
    for part in given:
        table = isinstance(part, pd.DataFrame)
        said |= set(_of_table(dataset, part, deep=deep) if table else _cell(part))
    return said


def _of_dataset(dataset: Dataset) -> Iterator[str]:
    yield from _cell(dataset.as_of)
    yield from _cell(dataset.choice)
    yield from _cell(len(dataset.overview))
    for name in dataset.party_names.values():
        yield from _cell(name)


def _of_table(dataset: Dataset, table: pd.DataFrame, *, deep: bool) -> Iterator[str]:
    for column in table:
        for value in table[column]:
            yield from _cell(value)
    yield str(len(table))
    if not deep:
        return
    counts = [c for c in table if pd.api.types.is_integer_dtype(table[c])]
    sizes = [c for c in table if pd.api.types.is_numeric_dtype(table[c])]
    for a, b in combinations(sizes, 2):
        for x, y in table[[a, b]].dropna().astype(float).itertuples(index=False):
            yield from _percent(min(x, y) / max(x, y) if x and y else 0)
    for a, b in combinations(counts, 2):
        for x, y in table[[a, b]].dropna().itertuples(index=False):
            yield from _cell(abs(int(x) - int(y)))
        for more in (table[a] > table[b], table[a] < table[b], table[a] == table[b]):
            yield from _cell(int(more.sum()))
    for group in _groups(table):
        yield from _of_group(group, counts)
    agreements = {i for ids in table.get("ids", ()) for i in ids}
    agreements |= set(table.get("agreement_id", ()))
    for agreement in agreements if len(agreements) == 1 else ():
        yield from _each(dataset.overview.loc[agreement])


Row = dict[Any, Any]


def _groups(table: pd.DataFrame) -> Iterator[list[Row]]:
    """Return the rows of a table, and of its parts by one and by two columns, each part once."""
    rows, seen = table.to_dict("records"), set()
    yield rows
    keys: list[list[Any]] = []
    for column in table:
        values = [_key(row[column]) for row in rows]
        if any(value == MISSING for value in values):
            keys.append([value != MISSING for value in values])
        if 1 < len(set(values)) <= MOST_VALUES:
            keys.append(values)
        elif pd.api.types.is_integer_dtype(table[column]):
            keys.append([value == 1 for value in values])
        once = Counter(values)
        keys.append([once[value] == 1 for value in values])
    # A large table is parted by state besides, a small one by any two columns.
    whole, states = [None] * len(rows), [row.get("state") for row in rows]
    others = [whole, *keys] if len(rows) <= FEW_ROWS else [whole, states]
    for key in [states, *keys]:
        for within in others:
            parts: dict[Any, list[Row]] = {}
            for row, *both in zip(rows, key, within, strict=True):
                parts.setdefault(tuple(both), []).append(row)
            for part in parts.values():
                # The same rows hold the same numbers, whatever set them apart.
                if (which := frozenset(map(id, part))) not in seen:
                    seen.add(which)
                    yield part


def _key(value: Any) -> Any:
    """Return by what rows are told apart; of several things, whether there are any."""
    if isinstance(value, tuple | list | dict):
        return bool(value)
    return MISSING if pd.isna(value) else value


def _of_group(group: list[Row], counts: list[Any]) -> Iterator[str]:
    yield str(len(group))
    sums = [sum(int(row[c]) for row in group if pd.notna(row[c])) for c in counts]
    yield from _each(sums)
    yield from _each(abs(a - b) for a, b in combinations(sums, 2))
    for column, value in group[0].items() if group else ():
        if isinstance(value, str):
            yield str(len({row[column] for row in group if isinstance(row[column], str)}))
    for ids in zip(*map(_ids, group), strict=True):
        every = [i for own in ids for i in own]
        yield from (str(len(set(every))), str(len(every) - len(set(every))))


def _ids(row: Row) -> list[tuple[Any, ...]]:
    """Return what stands behind a row, by column."""
    return [
        (value,) if column == "agreement_id" else value if isinstance(value, tuple) else ()
        for column, value in row.items()
    ]


def _cell(value: Any) -> Iterator[str]:
    if isinstance(value, tuple | list | set | frozenset):
        yield str(len(value))
        yield from _each(value)
    elif isinstance(value, dict):
        yield from _each(value.values())
    elif value is None or value is pd.NA or value is pd.NaT or isinstance(value, bool):
        return
    elif isinstance(value, pd.Timestamp | datetime.date):
        yield from _each((value.year, value.day))
    elif isinstance(value, Number):
        yield from _number(float(value))
    else:
        # EDTF writes the second of May as 02-05.
        for digits in re.findall(r"\d[\d,]*(?:\.\d+)?", str(value)):
            yield from (digits.rstrip(","), digits.lstrip("0") or "0")


def _each(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _cell(value)


def _number(value: float) -> Iterator[str]:
    if not math.isfinite(value):
        return
    size = abs(value)
    if size.is_integer():
        yield f"{size:.0f}"
        yield f"{size:,.0f}"
        yield from (brief_sum(size).replace("\u00a0", " "), f"{size:.1f}")
        if size <= 1:
            yield from _percent(size)
        return
    yield from (f"{size:.0f}", f"{size:,.0f}", f"{size:.1f}", f"{size:.2f}")
    if size >= 1e6:
        yield brief_sum(size).replace("\u00a0", " ")
    if size <= 1:
        yield from _percent(size)


def _percent(share: float) -> Iterator[str]:
    """Write a share in percent, with its sign and, as a bound of an interval, without."""
    for form in (".0f", ".1f"):
        shown = format(100 * abs(share), form)
        yield from (shown, f"{shown} %")
    yield f"{math.floor(100 * abs(share))} %"
