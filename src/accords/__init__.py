"""Defence agreements of Azerbaijan and Morocco: dataset, measures, charts and report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accords.dataset import Dataset, load, save
from accords.errors import AccordsError, DatasetError

if TYPE_CHECKING:
    from accords.explorer import explore

__all__ = ["AccordsError", "Dataset", "DatasetError", "explore", "load", "save"]


def __getattr__(name: str) -> Any:
    # Widgets cost more to import than the rest of the package: only those who explore pay.
    if name == "explore":
        from accords.explorer import explore

        return explore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
