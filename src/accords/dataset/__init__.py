"""The tables: found, loaded, typed, joined, searched, shown and cited.

Everything else reads them from here. Imports nothing of the other rooms. Inside, one direction:
edtf, lifecycle, names, schema < tables < find, show, citations < export < model < cut, older <
files.
"""

from accords.dataset.files import (
    find_data,
    load,
    own_data,
    read_descriptor,
    read_edition,
    read_table,
    save,
)
from accords.dataset.model import Dataset
from accords.dataset.schema import to_csv, typed
from accords.dataset.tables import DCAD, MAIN_TABLES, SMALL_GROUP

__all__ = [
    "DCAD",
    "MAIN_TABLES",
    "SMALL_GROUP",
    "Dataset",
    "find_data",
    "load",
    "own_data",
    "read_descriptor",
    "read_edition",
    "read_table",
    "save",
    "to_csv",
    "typed",
]
