"""The same measure under other choices of records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

__all__ = ["ALL", "choices", "under_each_choice"]

ALL = "all records"
"""The choice that leaves nothing out."""


def choices(dataset: Dataset) -> dict[str, Dataset]:
    """Return the dataset under each choice of records, by the choice's name.

    The first is :data:`ALL`; the others leave some out, one reason at a time.
    """
    overview = dataset.overview
    kept = {
        ALL: overview["title"].notna(),
        "high confidence only": overview["confidence"] == "high",
        "official and treaty sources only": overview["official"].astype("boolean").fillna(False),
        "without procurement contracts": overview["instrument"] != PURCHASE,
        "without yearly cooperation plans": overview["instrument"] != "cooperation-plan",
        "without records known from one list alone": overview["one_list"].isna(),
        "bilateral only": overview["scope"] == "bilateral",
    }
    return {name: dataset.select(overview.index[mask]) for name, mask in kept.items()}


def under_each_choice(
    dataset: Dataset, measure: Callable[..., pd.DataFrame], **options: Any
) -> pd.DataFrame:
    """Return one measure's tables under each choice of records, one below another.

    Returns
    -------
    DataFrame
        ``choice`` (see :func:`choices`) and the columns of the measure.
    """
    tables = {name: measure(data, **options) for name, data in choices(dataset).items()}
    table = pd.concat(tables, names=["choice"]).reset_index(level="choice")
    return table.reset_index(drop=True)
