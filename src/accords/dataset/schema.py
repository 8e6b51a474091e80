"""The tables as their files write them, and in the types that their schema declares."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from accords.errors import DatasetError


def is_codes(resource: Mapping[str, Any]) -> bool:
    """Return whether a table is a code list: a rule, and no fact."""
    return str(resource["path"]).startswith("codes/")


def to_csv(table: pd.DataFrame, resource: Mapping[str, Any]) -> bytes:
    """Write one table as the dataset's files have it."""
    return as_text(table, resource).to_csv(index=False, lineterminator="\n").encode()


def as_text(table: pd.DataFrame, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Return one table as its file writes it: text, empty where there is nothing.

    Code lists keep their order, which is the order in which people read them.
    """
    fields = resource["schema"]["fields"]
    written = pd.DataFrame({f["name"]: _written(table[f["name"]], f["type"]) for f in fields})
    if not is_codes(resource):
        written = written.sort_values(list(resource["schema"]["primaryKey"]), kind="stable")
    return written.astype("str").fillna("").reset_index(drop=True)


def text_of(content: bytes) -> pd.DataFrame:
    """Return the table of a CSV file as text, empty where there is nothing."""
    return pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)


def typed(table: pd.DataFrame, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Turn the text of one table into the types that its schema declares.

    What others refer to by one key cannot be joined where it is there twice, or not named.
    """
    columns, key = {}, resource["schema"]["primaryKey"]
    for f in resource["schema"]["fields"]:
        needed = is_codes(resource) or f["name"] in key
        if needed and f.get("constraints", {}).get("required") and table[f["name"]].isna().any():
            row = table[f["name"]].isna().to_numpy().argmax() + 2
            raise DatasetError(
                f"{resource['path']}: row {row}, column {f['name']}: is empty. Run 'accords check'."
            )
    if len(key) == 1 and len(twice := table.loc[table[key[0]].duplicated(), key[0]]):
        raise DatasetError(
            f"{resource['path']}: '{twice.iloc[0]}' stands in column {key[0]} twice. "
            "Run 'accords check'."
        )
    for f in resource["schema"]["fields"]:
        name, kind = f["name"], f["type"]
        try:
            columns[name] = _typed(table[name], kind)
        except (ValueError, TypeError, OverflowError) as error:
            raise DatasetError(
                f"{resource['path']}: column {name} holds a value that is not a {kind} ({error}). "
                "Run 'accords check'."
            ) from error
    return pd.DataFrame(columns, index=table.index)


def _typed(column: pd.Series, kind: str) -> pd.Series:
    if kind == "integer":
        return pd.to_numeric(column).astype("Int64")
    if kind == "number":
        return pd.to_numeric(column).astype("Float64")
    if kind == "boolean":
        strange = column.dropna()[~column.dropna().isin(["true", "false"])]
        if not strange.empty:
            raise ValueError(f"'{strange.iloc[0]}' is neither true nor false")
        return column.map({"true": True, "false": False}, na_action="ignore").astype("boolean")
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d")
    return column


def _written(column: pd.Series, kind: str) -> pd.Series:
    if kind == "number":
        return column.map(lambda n: np.format_float_positional(n, trim="-"), na_action="ignore")
    if kind == "boolean":
        return column.astype("boolean").map({True: "true", False: "false"}, na_action="ignore")
    if kind == "date":
        return column.dt.strftime("%Y-%m-%d")
    return column
