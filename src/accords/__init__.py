"""Defence agreements of Azerbaijan and Morocco: dataset, measures, charts and report."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from accords.errors import AccordsError, DatasetError

if TYPE_CHECKING:
    from accords.dataset import Dataset, load, save
    from accords.explorer.view import explore
    from accords.publish.save import save_figure

__all__ = ["AccordsError", "Dataset", "DatasetError", "explore", "load", "save", "save_figure"]

_HOMES = {
    "Dataset": "accords.dataset",
    "load": "accords.dataset",
    "save": "accords.dataset",
    "explore": "accords.explorer.view",
    "save_figure": "accords.publish.save",
}


def __getattr__(name: str) -> Any:
    # Widgets cost more to import than the rest of the package, and tables more than a command's
    # help: only those who use them pay.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
