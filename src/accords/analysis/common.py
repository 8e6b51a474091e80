"""Tables that several chapters count from."""

from __future__ import annotations

import pandas as pd

from accords.dataset import Dataset


def concluded(dataset: Dataset) -> pd.DataFrame:
    """Give the overview rows of concluded instruments (signed or later)."""
    overview = dataset.overview
    return overview[overview["concluded"]]


def by_state(dataset: Dataset, *, concluded_only: bool = True) -> pd.DataFrame:
    """Give one row for each agreement and focus state, dated by that state's own conclusion.

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
    """Give one row for each concluded agreement, focus state and partner.

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
