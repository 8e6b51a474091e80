"""What the chapters share: tables to count from, shares, and other choices of records."""

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any, TypeVar

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE
from accords.errors import AccordsError

T = TypeVar("T")

ALL = "all records"
WHEN = {
    "high confidence only": "only records of high confidence count",
    "official and treaty sources only": "only records with an official or treaty source count",
    "without procurement contracts": "procurement contracts are left out",
    "without yearly cooperation plans": "yearly cooperation plans are left out",
    "without records known from one list alone": "records known from one list alone are left out",
    "bilateral only": "only bilateral agreements count",
}
"""Each choice of records but :data:`ALL`, as it stands after 'when'."""


def concluded(dataset: Dataset) -> pd.DataFrame:
    """Return the overview rows of concluded instruments (signed or later)."""
    overview = dataset.overview
    return overview[overview["concluded"]]


def by_state(dataset: Dataset, *, concluded_only: bool = True) -> pd.DataFrame:
    """Return one row for each agreement and focus state, dated by that state's own conclusion.

    Gives ``agreement_id``, ``state``, ``date``, ``earliest``, ``latest``, ``uncertain``, ``year``
    and from the overview what it is, how sure, with whom and about what.
    """
    rows = kept_with(dataset, _memberships)
    return (rows[rows["concluded"]] if concluded_only else rows).reset_index(drop=True)


def _memberships(dataset: Dataset) -> pd.DataFrame:
    rows = dataset.memberships.drop(columns=["event_id", "event", "concluded"])
    columns = [
        *("title", "instrument", "instrument_family", "scope", "status", "concluded"),
        *("confidence", "official", "dcad", "partners", "domains", "press_domains", "families"),
    ]
    return rows.merge(dataset.overview[columns], left_on="agreement_id", right_index=True)


def kept_with(dataset: Dataset, make: Callable[[Dataset], T]) -> T:
    """Make something of a dataset once, and keep it with it, as what it computes itself is."""
    kept: dict[str, T] = vars(dataset)
    if make.__qualname__ not in kept:
        kept[make.__qualname__] = make(dataset)
    return kept[make.__qualname__]


def dyads(dataset: Dataset) -> pd.DataFrame:
    """Return one row for each concluded bilateral agreement, focus state and partner.

    Gives the columns of :func:`by_state` with ``partner`` in place of ``partners``. An agreement
    between two focus states counts once for each of them, with the other as partner.
    """
    rows = by_state(dataset)
    return with_partners(rows[rows["scope"] == "bilateral"])


def with_partners(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each partner of each row of :func:`by_state`."""
    rows = rows.explode("partners").rename(columns={"partners": "partner"})
    others = rows["partner"].notna() & (rows["partner"] != rows["state"])
    return rows[others].reset_index(drop=True)


def in_years(number: Any) -> int:
    """Return a length of time that a measure was asked for, if it can be one."""
    if not isinstance(number, Integral) or number is True or number < 1:
        raise AccordsError(f"{number!r}: is no number of years. Give a whole one, such as 5.")
    return int(number)


def two_spans(rows: pd.DataFrame, end: int, years: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the years up to ``end``, and before these of as many years before."""
    length = in_years(years)
    before, after = (
        rows[rows["year"].between(last - length + 1, last)] for last in (end - length, end)
    )
    return before, after


def counted(rows: pd.DataFrame, by: list[str], **more: tuple[str, str]) -> pd.DataFrame:
    """Count the agreements of each group: the keys, ``count``, ``ids``, and ``more`` as in agg."""
    ids = {"count": ("agreement_id", "nunique"), "ids": ("agreement_id", distinct)}
    return rows.groupby(by, as_index=False, observed=True).agg(**ids, **more)


def distinct(ids: Iterable[str]) -> tuple[str, ...]:
    """Return each identifier once, in order."""
    return tuple(dict.fromkeys(ids))


def together(ids: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the identifiers of several rows, each once."""
    return distinct(i for own in ids for i in own)


def tuples(values: Iterable[object]) -> list[tuple[str, ...]]:
    """Return tuples of identifiers, empty where a join found none."""
    return [value if isinstance(value, tuple) else () for value in values]


def shares(
    dataset: Dataset, rows: pd.DataFrame, groups: Mapping[str, pd.Series], name: str
) -> pd.DataFrame:
    """Count the rows of every group for each focus state, as shares with intervals.

    ``groups`` says by code which rows belong, to several perhaps. Gives ``state``, the codes as
    ``name``, ``count``, ``of`` (all rows of the state), ``share``, ``low``, ``high`` (see
    :func:`wilson`), ``ids``; states without a row are left out.
    """
    found = []
    for state in dataset.focus:
        own = rows["state"] == state
        for code, mask in groups.items() if own.any() else ():
            inside = rows.loc[own & mask.fillna(False).astype(bool), "agreement_id"]
            found.append((state, code, len(inside), int(own.sum()), distinct(inside)))
    table = wilson(pd.DataFrame(found, columns=["state", name, "count", "of", "ids"]))
    return table[["state", name, "count", "of", "share", "low", "high", "ids"]]


def wilson(table: pd.DataFrame) -> pd.DataFrame:
    """Add ``share``, ``low``, ``high`` (Wilson 1927, 95 %) to a table of ``count`` and ``of``."""
    from statsmodels.stats.proportion import proportion_confint

    count, of = table["count"].astype(float), table["of"].astype(float)
    low, high = proportion_confint(count, of, method="wilson")
    return table.assign(share=count / of, low=low, high=high)


def choices(dataset: Dataset) -> dict[str, Dataset]:
    """Return the dataset under each choice of records, by its name: :data:`ALL`, then :data:`WHEN`.

    They are made once for a dataset.
    """
    return kept_with(dataset, _choices)


def _choices(dataset: Dataset) -> dict[str, Dataset]:
    overview = dataset.overview
    masks = (
        overview["confidence"] == "high",
        overview["official"].astype("boolean").fillna(False),
        overview["instrument"] != PURCHASE,
        overview["instrument"] != "cooperation-plan",
        overview["one_list"].isna(),
        overview["scope"] == "bilateral",
    )
    parts = [dataset, *(dataset.select(overview.index[mask]) for mask in masks)]
    return dict(zip((ALL, *WHEN), parts, strict=True))


def under_each_choice(
    dataset: Dataset, measure: Callable[..., pd.DataFrame], **options: Any
) -> pd.DataFrame:
    """Return one measure's table under each of the :func:`choices`, named by ``choice``."""
    tables = {name: measure(data, **options) for name, data in choices(dataset).items()}
    table = pd.concat(tables, names=["choice"]).reset_index(level="choice")
    return table.reset_index(drop=True)
