"""Defence agreements of Azerbaijan and Morocco: dataset, measures, charts and report."""

from accords.dataset import Dataset, load, save
from accords.errors import AccordsError, DatasetError

__all__ = ["AccordsError", "Dataset", "DatasetError", "load", "save"]
