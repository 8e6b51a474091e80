"""Agreements and their sources as tables for other programs, and as files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd

from accords.dataset.citations import cite
from accords.dataset.find import joined, names
from accords.dataset.tables import Tables
from accords.errors import AccordsError


class LinkedTable(pd.DataFrame):
    """A table whose web addresses are links where a notebook shows it."""

    @property
    def _constructor(self) -> type[LinkedTable]:
        return LinkedTable

    def _repr_html_(self) -> str:
        long = len(self) > pd.get_option("display.max_rows")
        most = pd.get_option("display.min_rows") if long else None
        with pd.option_context("display.max_colwidth", None):  # A cut address leads nowhere.
            return pd.DataFrame(self).to_html(
                render_links=True, na_rep="", max_rows=most, show_dimensions=True
            )


def evidence(dataset: Tables) -> LinkedTable:
    """Return one row for each agreement and source, the newest agreement first.

    ``agreement_id``, ``date``, ``agreement``, ``supports`` (what the source is cited for),
    ``source``, ``publisher``, ``published`` (EDTF), ``language``, ``kind``, ``url``.
    """
    cited = dataset.citations.groupby(["agreement_id", "source_id"], sort=False)["subject"]
    supports = cited.agg(lambda subjects: "; ".join(dict.fromkeys(subjects))).rename("supports")
    agreements = dataset.overview[["date", "title", "earliest"]]
    rows = supports.reset_index().merge(
        agreements.rename(columns={"title": "agreement"}), left_on="agreement_id", right_index=True
    )
    rows = rows.merge(dataset.sources.rename(columns={"title": "source"}), on="source_id")
    order = {"earliest": False, "agreement_id": True, "published": True, "source_id": True}
    rows = rows.sort_values([*order], ascending=[*order.values()], ignore_index=True)
    columns = ["agreement_id", "date", "agreement", "supports", "source"]
    return LinkedTable(rows[[*columns, "publisher", "published", "language", "kind", "url"]])


def flat(dataset: Tables) -> pd.DataFrame:
    """Return the agreements as a table for a spreadsheet: names for codes, no cell a list.

    Newest first, all text but ``year``, ``value_amount`` and the number of ``sources``.
    """
    table = dataset.overview.sort_values(["earliest", "title"], ascending=[False, True])
    cited = dataset.citations.merge(dataset.sources, on="source_id")
    table["source_urls"] = joined(cited, "url")
    table["instrument"], table["states"] = table["instrument_label"], table["focus"]
    facets = {"states": "state", "partners": "partner", "domains": "domain"}
    facets |= {"press_domains": "domain", "status": "status", "one_list": "one_list"}
    for column, facet in facets.items():
        values = table[column].explode().map(names(dataset, facet)).dropna()
        table[column] = values.groupby(level=0).agg("; ".join).astype("str")
    texts = ["states", "partners", "domains", "press_domains"]
    table[texts] = table[texts].fillna("")
    columns = [
        *("date", "year", "short_name", "title", "title_original", "states", "partners"),
        *("instrument", "domains", "press_domains", "status", "confidence"),
        *("value_amount", "value_currency", "value_kind", "one_list"),
        *("summary", "notes", "sources", "source_urls"),
    ]
    return table[columns].reset_index()


def save(dataset: Tables, path: str | Path) -> Path:
    """Write a dataset's agreements as ``.csv``, ``.xlsx``, ``.bib`` or ``.ris``, by the ending.

    An :class:`AccordsError` says that the ending is another one or the file cannot be written.
    """
    target = Path(path)
    return written(target, as_bytes(dataset, target.suffix.lower().lstrip(".")))


def written(target: Path, content: bytes) -> Path:
    """Write a file, or say that it cannot be written."""
    try:
        target.write_bytes(content)
    except OSError as error:
        raise AccordsError(
            f"{target}: cannot be written ({error.strerror}). Choose another folder, or close the "
            "file where it is open."
        ) from error
    return target


def as_bytes(dataset: Tables, form: str) -> bytes:
    """Return what :func:`save` writes; ``form`` is ``csv``, ``xlsx``, ``bib`` or ``ris``."""
    if form == "csv":
        # The mark lets Excel read the file as UTF-8.
        table = flat(dataset).map(_inert, na_action="ignore")
        return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    if form == "xlsx":
        return _workbook(dataset)
    if form in ("bib", "ris"):
        return cite(dataset, form).encode()
    raise AccordsError(f".{form}: no such format. Save as .csv, .xlsx, .bib or .ris.")


def _workbook(dataset: Tables) -> bytes:
    described = {
        "Dataset": dataset.descriptor.get("title", "Defence agreements"),
        "Edition": dataset.edition,
        "Sources read until": f"{dataset.as_of:%Y-%m-%d}",
        "Selection": dataset.choice or "all agreements",
        "Agreements": len(dataset.agreements),
    }
    sheets = {
        "Agreements": flat(dataset),
        "Sources": evidence(dataset),
        "About": pd.DataFrame(described.items(), columns=["item", "value"]),
    }
    file = io.BytesIO()
    # Text stays text: a cell that starts like a formula or an address is neither.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(file, engine="xlsxwriter", engine_kwargs={"options": options}) as book:
        book.book.set_properties({"created": dataset.released.to_pydatetime()})
        for name, table in sheets.items():
            table.to_excel(
                book, sheet_name=name, index=False, freeze_panes=(1, 0), autofilter=len(table) > 0
            )
            book.sheets[name].autofit(max_width=420)
    return file.getvalue()


def _inert(value: Any) -> Any:
    """Keep a spreadsheet from running a text that starts like a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
