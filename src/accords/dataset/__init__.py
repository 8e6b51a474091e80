"""The tables: found, loaded, typed, joined, searched, shown and cited.

Everything else reads them from here. Imports nothing of the other rooms.
"""

from accords.dataset.model import (
    DCAD,
    MAIN_TABLES,
    SMALL_GROUP,
    Dataset,
    find_data,
    load,
    own_data,
    read_descriptor,
    read_edition,
    read_table,
    save,
    to_csv,
    typed,
)

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
