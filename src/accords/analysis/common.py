"""Tables that several chapters count from, and shares with their intervals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from accords.dataset import Dataset


def concluded(dataset: Dataset) -> pd.DataFrame:
    """Return the overview rows of concluded instruments (signed or later)."""
    overview = dataset.overview
    return overview[overview["concluded"]]


def by_state(dataset: Dataset, *, concluded_only: bool = True) -> pd.DataFrame:
    """Return one row for each agreement and focus state, dated by that state's own conclusion.

    Returns
    -------
    DataFrame
        ``agreement_id``, ``state``, ``date``, ``earliest``, ``latest``, ``uncertain``, ``year``,
        ``concluded`` and, from the overview, ``title``, ``instrument``, ``instrument_family``,
        ``scope``, ``status``, ``confidence``, ``official``, ``dcad``, ``partners``, ``domains``,
        ``press_domains``, ``families``.
    """
    rows = dataset.memberships.drop(columns=["event_id", "event", "concluded"])
    columns = [
        *("title", "instrument", "instrument_family", "scope", "status", "concluded"),
        *("confidence", "official", "dcad", "partners", "domains"),
        *("press_domains", "families"),
    ]
    rows = rows.merge(dataset.overview[columns], left_on="agreement_id", right_index=True)
    if concluded_only:
        rows = rows[rows["concluded"]]
    return rows.reset_index(drop=True)


def dyads(dataset: Dataset, *, scope: str | None = "bilateral") -> pd.DataFrame:
    """Return one row for each concluded agreement, focus state and partner.

    An agreement between two focus states counts once for each of them, with the other as partner.

    Parameters
    ----------
    dataset
        The dataset.
    scope
        ``bilateral``, ``multilateral``, or None for both. Instruments of many parties would
        otherwise make partners of states that never dealt with the focus state alone.

    Returns
    -------
    DataFrame
        The columns of :func:`by_state` less ``partners``, and ``partner``.
    """
    rows = by_state(dataset)
    if scope is not None:
        rows = rows[rows["scope"] == scope]
    rows = rows.explode("partners").rename(columns={"partners": "partner"})
    rows = rows[rows["partner"].notna() & (rows["partner"] != rows["state"])]
    return rows.reset_index(drop=True)


def shares(
    dataset: Dataset, rows: pd.DataFrame, groups: Mapping[str, pd.Series], name: str
) -> pd.DataFrame:
    """Count the rows of every group for each focus state, as shares with intervals.

    Parameters
    ----------
    dataset
        For the order of the states.
    rows
        With ``state`` and ``agreement_id``.
    groups
        Which rows belong to each group, by its code; a row may belong to several.
    name
        Of the column of codes.

    Returns
    -------
    DataFrame
        ``state``, the codes, ``count``, ``of`` (all rows of the state), ``share``, ``low``,
        ``high`` (Wilson, 95 %), ``ids`` (tuple); states without a row are left out.
    """
    records = []
    for state in dataset.focus:
        own = rows["state"] == state
        for code, mask in groups.items():
            inside = rows.loc[own & mask.fillna(False).astype(bool), "agreement_id"]
            records.append(
                {
                    "state": state,
                    name: code,
                    "count": len(inside),
                    "of": int(own.sum()),
                    "ids": tuple(dict.fromkeys(inside)),
                }
            )
    table = pd.DataFrame(records, columns=["state", name, "count", "of", "ids"])
    table = wilson(table[table["of"] > 0].reset_index(drop=True))
    return table[["state", name, "count", "of", "share", "low", "high", "ids"]]


def wilson(table: pd.DataFrame) -> pd.DataFrame:
    """Add ``share``, ``low``, ``high`` (Wilson 1927, 95 %) to a table of ``count`` and ``of``."""
    from statsmodels.stats.proportion import proportion_confint

    table = table.assign(share=(table["count"] / table["of"]).astype(float))
    if table.empty:
        return table.assign(low=[], high=[])
    low, high = proportion_confint(table["count"], table["of"], method="wilson")
    return table.assign(low=low, high=high)
