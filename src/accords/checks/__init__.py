"""Everything that can be wrong with a dataset, found in one run.

``files`` reads bytes into rows and columns, ``cells`` judges one value by its column's schema,
``keys``, ``records`` and ``disputes`` hold the rules between rows and tables. What is declared in
``datapackage.json`` is nowhere repeated here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from accords.checks import disputes, files, keys, records
from accords.checks.data import Data, Rule, Unread
from accords.checks.problem import RULES, Problem
from accords.dataset import find_data, read_descriptor, read_edition
from accords.errors import DatasetError

BETWEEN: tuple[Rule, ...] = (
    keys.repeated,
    keys.dangling,
    records.whole,
    records.scope,
    records.actors,
    records.subjects,
    records.evidence,
    records.unused,
    records.bases,
    records.edition,
    records.order,
    records.near_duplicates,
    records.cycles,
    disputes.whole,
    disputes.fields,
    disputes.adopted_values,
)
"""The rules between rows and tables."""

__all__ = ["RULES", "Problem", "check"]


def check(path: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Find all problems of the dataset in a folder.

    Parameters
    ----------
    path
        Folder with ``datapackage.json``; by default the nearest folder ``data``.

    Returns
    -------
    list of Problem
        By file and row, in the order of the descriptor; empty when nothing is wrong. Only those
        of severity ``error`` keep the dataset from being published.

    Raises
    ------
    DatasetError
        When the folder or its descriptor cannot be read, so that there is nothing to check.
    """
    folder = Path(path) if path is not None else find_data()
    descriptor = read_descriptor(folder)
    problems: list[Problem] = []
    tables = {}
    for resource in descriptor["resources"]:
        tables[resource["name"]], found = files.read(folder, resource)
        problems += found
    problems += files.undeclared(folder, descriptor["resources"])
    try:
        edition = read_edition(folder)[1]
        problems += files.read_until(folder, descriptor)
    except DatasetError as error:
        what, _, remedy = str(error).partition(". ")
        problems.append(Problem("CHANGELOG.md", "edition", what + ".", remedy))
        edition = None
    data = Data(descriptor, tables, edition)
    for rule in BETWEEN:
        # What a rule cannot read is reported already.
        with suppress(Unread):
            problems += list(rule(data))
    place = {resource["path"]: n for n, resource in enumerate(descriptor["resources"])}
    return sorted(problems, key=lambda p: (place.get(p.file, len(place)), p.file, p.row or 0))
