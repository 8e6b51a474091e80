"""The dataset: tables in a folder, loaded, typed and joined."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from accords.dataset import edtf as dates
from accords.dataset import lifecycle as lives
from accords.dataset.descriptor import faults
from accords.errors import DatasetError, NoDataset
from accords.words import the

if TYPE_CHECKING:
    from accords.words import Text

DCAD = "kinne-2020-dcad"
"""Source id of the Defense Cooperation Agreement Dataset (Kinne 2020)."""

SMALL_GROUP = 20
"""Most parties of an instrument that still ties two of them to each other."""

MAIN_TABLES = (
    "agreements",
    "parties",
    "events",
    "domains",
    "sources",
    "citations",
    "disputes",
    "distinct",
    "claims",
    "coverage",
    "completeness",
    "readings",
)


@dataclass(frozen=True)
class Dataset:
    """Defence agreements, their parties, lives, domains and sources, as of one edition.

    Every table is a plain DataFrame with the columns that ``datapackage.json`` declares; events
    also carry ``earliest``, ``latest`` and ``uncertain``. What can be computed is in
    :attr:`overview` (one row an agreement) and :attr:`memberships` (one row an agreement and focus
    state).

    Attributes
    ----------
    tables
        All tables by their name in the descriptor.
    descriptor
        The data package descriptor.
    edition
        Version of the newest edition in ``CHANGELOG.md``.
    released
        The day on which that edition was published.
    as_of
        The day up to which sources were read. Status is computed as of this day, and whatever
        speaks of time ends there.
    focus
        The focus states, ISO 3166-1 alpha-3.
    path
        The folder that the tables came from.
    """

    tables: Mapping[str, pd.DataFrame]
    descriptor: Mapping[str, Any]
    edition: str
    released: pd.Timestamp
    as_of: pd.Timestamp
    focus: tuple[str, ...]
    path: Path

    @property
    def agreements(self) -> pd.DataFrame:
        """One row an instrument, as the file has it."""
        return self.tables["agreements"]

    @property
    def parties(self) -> pd.DataFrame:
        """Who concluded each instrument, and in which role."""
        return self.tables["parties"]

    @property
    def events(self) -> pd.DataFrame:
        """The life of each instrument, with the bounds of each date."""
        return self.tables["events"]

    @property
    def domains(self) -> pd.DataFrame:
        """The subjects of each instrument, and on what basis they are named."""
        return self.tables["domains"]

    @property
    def sources(self) -> pd.DataFrame:
        """Each cited page, once."""
        return self.tables["sources"]

    @property
    def citations(self) -> pd.DataFrame:
        """Which source supports which statement."""
        return self.tables["citations"]

    @property
    def disputes(self) -> pd.DataFrame:
        """What sources disagree about, a row for each value and source."""
        return self.tables["disputes"]

    @property
    def distinct(self) -> pd.DataFrame:
        """Pairs of agreements that look like one and were found to be two."""
        return self.tables["distinct"]

    @property
    def claims(self) -> pd.DataFrame:
        """The seed article's claims and the test of each."""
        return self.tables["claims"]

    @property
    def coverage(self) -> pd.DataFrame:
        """Which partners were searched for, and how."""
        return self.tables["coverage"]

    @property
    def completeness(self) -> pd.DataFrame:
        """How many entries of outside lists have a record here."""
        return self.tables["completeness"]

    @property
    def readings(self) -> pd.DataFrame:
        """Blind second readings of samples."""
        return self.tables["readings"]

    def codes(self, name: str) -> pd.DataFrame:
        """Give one code list, indexed by its code (``domain_codes``, ``instruments`` ...)."""
        table = self.tables[name]
        return table.set_index(table.columns[0])

    def labels(self, name: str) -> dict[str, str]:
        """Give the English label of each code of one list."""
        codes = self.codes(name)
        return dict(codes["name" if "name" in codes else "label"])

    @cached_property
    def party_names(self) -> dict[str, str]:
        """Short English name of each party: a state's name, an organisation's short name."""
        codes = self.codes("party_codes")
        names = codes["name"].where(codes["party_kind"] == "state", codes.index.to_series())
        return dict(names)

    @cached_property
    def party_phrases(self) -> dict[str, str]:
        """Each party's name, and how it stands in a sentence: ``the United States``."""
        article = self.codes("party_codes")["article"]
        return {
            name: the(name, None if pd.isna(article[party]) else article[party])
            for party, name in self.party_names.items()
        }

    @cached_property
    def memberships(self) -> pd.DataFrame:
        """One row for each agreement and focus state: when that state concluded it.

        See :func:`accords.dataset.lifecycle.conclusions` for the columns; ``year`` (Int64) is added
        where the date fixes one.
        """
        since = self.codes("party_codes")["since"]
        rows = lives.conclusions(self.events, self.parties, self.focus, since)
        rows["year"] = _year(rows)
        return rows

    @cached_property
    def overview(self) -> pd.DataFrame:
        """One row an agreement, indexed by ``agreement_id``, with all that is computed.

        The columns of ``agreements`` and: ``instrument_label``, ``instrument_family``; ``date``
        (EDTF, when the first focus state concluded it), ``date_event``, ``earliest``, ``latest``,
        ``uncertain``, ``year`` (Int64); ``status``, ``status_event``, ``concluded`` (bool: signed
        or later); ``confidence``, ``official``, ``publishers``, ``sources``; ``dcad`` (``only``,
        ``also`` or ``no``: known from the academic DCAD), ``one_list`` (the list from which alone
        it is known, else missing); ``worldwide`` (bool: more than twenty parties); ``focus``,
        ``partners``, ``domains``, ``press_domains``, ``families`` (tuples of codes; partners are
        the parties that are not focus states, or, in an agreement of the focus states alone, the
        focus states; press domains are those that only the press names); ``disputes`` (number of
        disputed facts).
        """
        table = self.agreements.set_index("agreement_id")
        instruments = self.codes("instruments")
        table["instrument_label"] = table["instrument"].map(instruments["label"])
        table["instrument_family"] = table["instrument"].map(instruments["instrument_family"])

        first = self.memberships.sort_values(
            ["agreement_id", "concluded", "earliest"], ascending=[True, False, True]
        ).drop_duplicates("agreement_id")
        first = first.set_index("agreement_id").reindex(table.index)
        table["date_event"] = first["event"]
        for column in ("date", "earliest", "latest", "year"):
            table[column] = first[column]
        table["uncertain"] = first["uncertain"].astype("boolean").fillna(False).astype(bool)

        status = lives.statuses(self.agreements, self.events, self.focus, self.as_of)
        table = table.join(status)
        concluded = self.codes("statuses")["concluded"].astype(bool)
        table["concluded"] = (
            table["status"].map(concluded).astype("boolean").fillna(False).astype(bool)
        )
        table = table.join(
            lives.confidences(
                self.citations, self.sources, self.codes("source_kinds").reset_index()
            ).reindex(table.index)
        )
        unsourced = {"confidence": "low", "official": False, "publishers": 0, "sources": 0}
        for column, nothing in unsourced.items():
            table[column] = table[column].astype(object).where(table[column].notna(), nothing)
        table = table.astype(
            {"confidence": "str", "official": bool, "publishers": int, "sources": int}
        )
        table["dcad"] = self._dcad().reindex(table.index).fillna("no")
        table["one_list"] = self._one_list().reindex(table.index)
        listed = self.parties.groupby("agreement_id").size().reindex(table.index).fillna(0)
        total = table["parties_total"].fillna(0).astype(int).clip(lower=listed)
        table["worldwide"] = (table["scope"] == "multilateral") & (total > SMALL_GROUP)

        focus_rows = self.parties[self.parties["party_id"].isin(self.focus)]
        others = self.parties[~self.parties["party_id"].isin(self.focus)]
        table["focus"] = _tuples(focus_rows, "party_id", table.index)
        table["partners"] = _tuples(others, "party_id", table.index)
        among = (table["partners"].map(len) == 0) & (table["focus"].map(len) > 1)
        table.loc[among, "partners"] = table.loc[among, "focus"]
        table["domains"] = _tuples(self.domains, "domain", table.index)
        press = self.domains[self.domains["basis"] == "press"]
        table["press_domains"] = _tuples(press, "domain", table.index)
        families = self.domains.assign(
            family=self.domains["domain"].map(self.codes("domain_codes")["family"])
        )
        table["families"] = _tuples(families, "family", table.index)
        disputed = self.disputes.groupby("agreement_id")["field"].nunique()
        table["disputes"] = disputed.reindex(table.index).fillna(0).astype(int)
        return table

    def select(self, agreement_ids: Iterable[str]) -> Dataset:
        """Give the dataset of some agreements only; code lists, sources and coverage stay whole.

        What is computed of an agreement stays as it was: one that another has superseded remains
        so where the other is left out.
        """
        wanted = pd.Index(list(agreement_ids))
        tables = dict(self.tables)
        for name in ("agreements", "parties", "events", "domains", "citations", "disputes"):
            table = tables[name]
            tables[name] = table[table["agreement_id"].isin(wanted)].reset_index(drop=True)
        if "distinct" in tables:  # Older editions do not have it.
            both = tables["distinct"][["agreement_id", "other_id"]].isin(wanted).all(axis=1)
            tables["distinct"] = tables["distinct"][both].reset_index(drop=True)
        selected = replace(self, tables=tables)
        selected.__dict__["overview"] = self.overview[self.overview.index.isin(wanted)]
        return selected

    def find(
        self,
        text: str = "",
        *,
        state: str | Iterable[str] | None = None,
        partner: str | Iterable[str] | None = None,
        domain: str | Iterable[str] | None = None,
        instrument: str | Iterable[str] | None = None,
        status: str | Iterable[str] | None = None,
        confidence: str | Iterable[str] | None = None,
        one_list: str | Iterable[str] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Dataset:
        """Give the dataset of the agreements that meet all criteria.

        >>> load().find(domain="cyber", since=2020).overview  # doctest: +SKIP
        >>> load().find("drones", partner=["Türkiye", "ISR"]).sources_cited  # doctest: +SKIP

        Parameters
        ----------
        text
            Words that must all occur in identifier, titles (any language), summary, notes, names of
            parties and instrument, codes of domains, places or sources; accents and case aside.
        state, partner, domain, instrument, status, confidence, one_list
            One value or several, any of which will do: codes (``TUR``, ``cyber``) or names
            (``Italy``, ``Cyber defence``). ``one_list`` is the list from which alone it is known.
        since, until
            Years in which it was concluded, both included. Either leaves out what is undated.

        Raises
        ------
        AccordsError
            When there is no such value; the message names the nearest one, or all.
        """
        from accords.dataset import selection

        return selection.find(
            self,
            text,
            state=state,
            partner=partner,
            domain=domain,
            instrument=instrument,
            status=status,
            confidence=confidence,
            one_list=one_list,
            since=since,
            until=until,
        )

    def record(self, agreement_id: str) -> Text:
        """Show all that is known of one agreement: its life, domains, disputes and sources."""
        from accords.dataset import show

        return show.record(self, agreement_id)

    @property
    def sources_cited(self) -> pd.DataFrame:
        """One row for each agreement and source; see :func:`accords.dataset.selection.evidence`."""
        from accords.dataset import selection

        return selection.evidence(self)

    def _repr_html_(self) -> str:
        from accords.dataset import show

        return show.dataset(self)

    def __repr__(self) -> str:
        from accords.dataset import show

        return show.summary(self)

    def _dcad(self) -> pd.Series:
        """Say of each cited agreement whether the academic DCAD is its only source."""
        cited = self.citations[self.citations["subject"] == "existence"]
        from_dcad = cited.assign(dcad=cited["source_id"] == DCAD).groupby("agreement_id")["dcad"]
        known = pd.Series("no", index=from_dcad.any().index)
        known[from_dcad.any()] = "also"
        known[from_dcad.all()] = "only"
        return known

    def _one_list(self) -> pd.Series:
        """Return the list from which alone a cited agreement is known; missing for all others."""
        cited = self.citations[self.citations["subject"] == "existence"]
        lists = cited["source_id"].map(self.sources.set_index("source_id")["list"]).fillna("")
        by = lists.groupby(cited["agreement_id"])
        return by.first().where((by.nunique() == 1) & (by.first() != ""))


def load(
    path: str | os.PathLike[str] | None = None,
    *,
    focus: Iterable[str] | None = None,
    as_of: str | pd.Timestamp | None = None,
) -> Dataset:
    """Load a dataset from its folder.

    Parameters
    ----------
    path
        Folder with ``datapackage.json``. By default the folder ``data`` here or in the nearest
        parent folder that has one.
    focus
        Focus states; by default those that the descriptor names. Without one of these, only the
        agreements to which a focus state is a party are kept, with what stands behind them, and
        no claims.
    as_of
        Day up to which sources count as read; by default what the descriptor says, else the date
        of the newest edition.

    Raises
    ------
    DatasetError
        When the folder, the descriptor, a table or a column is missing or cannot be read. Run
        ``accords check`` for all problems at once.
    """
    folder = Path(path) if path is not None else find_data()
    descriptor = read_descriptor(folder)
    edition, released = read_edition(folder)
    tables = {
        resource["name"]: typed(read_table(folder, resource), resource)
        for resource in descriptor["resources"]
    }
    tables["events"] = tables["events"].join(dates.bounds(tables["events"]["date"]))
    states = tuple(focus) if focus is not None else tuple(descriptor.get("focus", ()))
    unknown = [state for state in states if state not in set(tables["party_codes"]["party_id"])]
    if not states or unknown:
        listed = ", ".join(unknown) or "none given"
        raise DatasetError(
            f"{folder / 'codes/parties.csv'}: no such focus state: {listed}. "
            "Use ISO 3166-1 alpha-3 codes that the file lists, such as AZE."
        )
    dataset = Dataset(
        tables=tables,
        descriptor=descriptor,
        edition=edition,
        released=released,
        as_of=_as_of(as_of, descriptor, folder) or released,
        focus=states,
        path=folder,
    )
    return dataset if set(descriptor.get("focus", ())) <= set(states) else _narrowed(dataset)


def _narrowed(dataset: Dataset) -> Dataset:
    """Keep the agreements of the focus states and what is on record of these."""
    parties = dataset.parties
    kept = dataset.select(parties.loc[parties["party_id"].isin(dataset.focus), "agreement_id"])
    ids = kept.agreements["agreement_id"]
    tables = dict(kept.tables)
    readings, sources = tables["readings"], tables["sources"]
    tables["readings"] = readings[readings["agreement_id"].isin(ids)]
    for name, column in (("coverage", "focus"), ("completeness", "state")):
        tables[name] = tables[name][tables[name][column].isin(dataset.focus)]
    used = pd.concat([tables["citations"]["source_id"], tables["disputes"]["source_id"]])
    tables["sources"] = sources[sources["source_id"].isin(used)]
    # Some claims are tested on all agreements of a state, which may be left out.
    tables["claims"] = tables["claims"].iloc[:0]
    narrowed = replace(
        kept, tables={name: table.reset_index(drop=True) for name, table in tables.items()}
    )
    # As in select: what an agreement of others has superseded remains so.
    narrowed.__dict__["overview"] = kept.overview
    return narrowed


def save(dataset: Dataset, path: str | os.PathLike[str] | None = None) -> None:
    """Write all tables as UTF-8 CSV: declared columns in order, sorted by key, LF line ends.

    Saving what was loaded writes the same bytes.
    """
    folder = Path(path) if path is not None else dataset.path
    for resource in dataset.descriptor["resources"]:
        target = folder / resource["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(to_csv(dataset.tables[resource["name"]], resource))


def to_csv(table: pd.DataFrame, resource: Mapping[str, Any]) -> bytes:
    """Write one table as the dataset's files have it.

    Code lists keep their order, which is the order in which people read them.
    """
    fields = resource["schema"]["fields"]
    written = pd.DataFrame({f["name"]: _written(table[f["name"]], f["type"]) for f in fields})
    if not resource["path"].startswith("codes/"):
        written = written.sort_values(list(resource["schema"]["primaryKey"]), kind="stable")
    return written.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).encode()


def find_data(start: Path | None = None) -> Path:
    """Find the nearest folder ``data`` that holds a data package, here or above."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").is_file():
            return folder / "data"
    raise NoDataset(f"{here}: no folder 'data' with a datapackage.json here or above.")


def own_data() -> Path:
    """Return the project's own dataset, for what needs any: the nearest, else the package's."""
    try:
        return find_data()
    except NoDataset:
        beside = Path(__file__).resolve().parents[3] / "data"
        if not (beside / "datapackage.json").is_file():  # Installed without the repository.
            raise
        return beside


def read_descriptor(folder: Path) -> dict[str, Any]:
    """Read ``datapackage.json``."""
    file = folder / "datapackage.json"
    if folder.is_file():
        raise DatasetError(f"{folder}: is a file. Give the folder that holds datapackage.json.")
    if not folder.is_dir():
        raise DatasetError(
            f"{folder}: no such folder. Give the folder that holds datapackage.json."
        )
    try:
        descriptor: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(
            f"{file}: cannot be read ({error.strerror}). Restore the file."
        ) from error
    except ValueError as error:
        raise DatasetError(
            f"{file}: is not valid JSON ({error}). Mend or restore the file."
        ) from error
    if fault := next(faults(descriptor), None):
        raise DatasetError(f"{file}: {fault}")
    return descriptor


def read_edition(folder: Path) -> tuple[str, pd.Timestamp]:
    """Read the version and date of the newest edition from ``CHANGELOG.md``."""
    file = folder / "CHANGELOG.md"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise DatasetError(
            f"{file}: cannot be read ({error.strerror}). Restore the file."
        ) from error
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        raise DatasetError(f"{file}: line {line} is not UTF-8. Save it as UTF-8.") from error
    heading = re.search(r"^## (\S+) \((\d{4}-\d{2}-\d{2})\)$", text, flags=re.MULTILINE)
    if heading is None:
        raise DatasetError(
            f"{file}: no edition. Add a heading such as '## 1.0.0 (2026-11-24)', the newest first."
        )
    return heading[1], _day(heading[2], f"{file}: the date of edition {heading[1]}")


def _as_of(
    given: str | pd.Timestamp | None, descriptor: Mapping[str, Any], folder: Path
) -> pd.Timestamp | None:
    """Return the day that the caller gives, else the one that the descriptor does."""
    if given is not None:
        return pd.Timestamp(given)
    until = descriptor.get("readUntil")
    return _day(until, f"{folder / 'datapackage.json'}: readUntil") if until else None


def _day(written: object, what: str) -> pd.Timestamp:
    """Read a day, or raise :class:`DatasetError` with what it is the day of."""
    try:
        return pd.to_datetime(str(written), format="%Y-%m-%d")
    except ValueError as error:
        raise DatasetError(
            f"{what} is '{written}', which is not a day. Write it as 2026-11-24."
        ) from error


def read_table(folder: Path, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Read one table as text, empty cells as missing."""
    file = folder / resource["path"]
    try:
        table = pd.read_csv(file, dtype="str", keep_default_na=False, na_values=[""])
    except FileNotFoundError as error:
        raise DatasetError(
            f"{file}: is missing. Restore it, or take it out of datapackage.json."
        ) from error
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise DatasetError(f"{file}: cannot be read ({error}). Run 'accords check'.") from error
    wanted = [f["name"] for f in resource["schema"]["fields"]]
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise DatasetError(f"{file}: no column {', '.join(missing)}. Run 'accords check'.")
    return table[wanted]


def typed(table: pd.DataFrame, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Turn the text of one table into the types that its schema declares."""
    columns = {}
    for f in resource["schema"]["fields"]:
        name, kind = f["name"], f["type"]
        try:
            columns[name] = _typed(table[name], kind)
        except (ValueError, TypeError, OverflowError) as error:
            raise DatasetError(
                f"{resource['path']}: column {name} holds a value that is no {kind} ({error}). "
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


def _tuples(table: pd.DataFrame, column: str, index: pd.Index) -> pd.Series:
    """Collect the distinct values of a column by agreement, in order of appearance."""
    pairs = table[["agreement_id", column]].drop_duplicates()
    grouped = pairs.groupby("agreement_id")[column].agg(tuple)
    return grouped.reindex(index).map(lambda value: value if isinstance(value, tuple) else ())


def _year(rows: pd.DataFrame) -> pd.Series:
    """Give the year where the bounds of a date agree on one."""
    first, last = rows["earliest"].dt.year, rows["latest"].dt.year
    return first.where(first == last).astype("Int64")
