"""The same measure under other choices of records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE

ALL = "all records"
"""The choice that leaves nothing out."""

WHEN = {
    "high confidence only": "only records of high confidence count",
    "official and treaty sources only": "only records with an official or treaty source count",
    "without procurement contracts": "procurement contracts are left out",
    "without yearly cooperation plans": "yearly cooperation plans are left out",
    "without records known from one list alone": "records known from one list alone are left out",
    "bilateral only": "only bilateral agreements count",
}
"""Each other choice, as it stands after 'when'."""


def choices(dataset: Dataset) -> dict[str, Dataset]:
    """Return the dataset under each choice of records, by the choice's name.

    The first is :data:`ALL`; the others leave some out, one reason at a time. They are made once
    for a dataset and kept with it, as what it computes is.
    """
    kept: dict[str, Dataset] = vars(dataset).setdefault("_choices", {})
    if not kept:
        overview = dataset.overview
        masks = (
            overview["confidence"] == "high",
            overview["official"].astype("boolean").fillna(False),
            overview["instrument"] != PURCHASE,
            overview["instrument"] != "cooperation-plan",
            overview["one_list"].isna(),
            overview["scope"] == "bilateral",
        )
        kept[ALL] = dataset
        for name, mask in zip(WHEN, masks, strict=True):
            kept[name] = dataset.select(overview.index[mask])
    return kept


def under_each_choice(
    dataset: Dataset, measure: Callable[..., pd.DataFrame], **options: Any
) -> pd.DataFrame:
    """Return one measure's tables under each choice of records, one below another.

    Gives ``choice`` (see :func:`choices`) and the columns of the measure.
    """
    tables = {name: measure(data, **options) for name, data in choices(dataset).items()}
    table = pd.concat(tables, names=["choice"]).reset_index(level="choice")
    return table.reset_index(drop=True)
