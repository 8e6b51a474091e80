"""The same measure under other choices of records."""

from __future__ import annotations

from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE


def variants(dataset: Dataset) -> dict[str, Dataset]:
    """Give the dataset under each choice of records, by the choice's name.

    The first is all records; the others leave some out, one reason at a time.
    """
    overview = dataset.overview
    kept = {
        "all records": overview["title"].notna(),
        "high confidence only": overview["confidence"] == "high",
        "official and treaty sources only": overview["official"].astype("boolean").fillna(False),
        "without procurement contracts": overview["instrument"] != PURCHASE,
        "without yearly cooperation plans": overview["instrument"] != "cooperation-plan",
        "without records known from one list alone": overview["one_list"].isna(),
        "bilateral only": overview["scope"] == "bilateral",
    }
    return {name: dataset.select(overview.index[mask]) for name, mask in kept.items()}
