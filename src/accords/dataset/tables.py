"""The tables of one edition, joined, with what is computed of each agreement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd

from accords.dataset import lifecycle as lives
from accords.dataset.schema import is_codes
from accords.errors import AccordsError

DCAD = "kinne-2020-dcad"  # source id of the Defense Cooperation Agreement Dataset (Kinne 2020)
SMALL_GROUP = 20  # most parties of an instrument that still ties two of them to each other


class _Table:
    def __init__(self, doc: str) -> None:
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, tables: Tables | None, owner: type) -> pd.DataFrame:
        return self if tables is None else tables.tables[self.name]  # type: ignore[return-value]


@dataclass(frozen=True)
class Tables:
    """Tables by name, and what follows from them; see :class:`accords.dataset.Dataset`."""

    tables: Mapping[str, pd.DataFrame]
    descriptor: Mapping[str, Any]
    edition: str
    released: pd.Timestamp
    as_of: pd.Timestamp
    focus: tuple[str, ...]
    path: Path
    choice: str = ""

    agreements = _Table("One row an instrument, as the file has it.")
    parties = _Table("Who concluded each instrument, and in which role.")
    events = _Table("The life of each instrument, with the bounds of each date.")
    domains = _Table("The domains of each instrument, and on what basis they are named.")
    sources = _Table("Each cited page, once.")
    citations = _Table("Which source supports which statement.")
    disputes = _Table("What sources disagree about, a row for each value and source.")
    distinct = _Table("Pairs of agreements that look like one and were found to be two.")
    claims = _Table("The seed article's claims and the test of each.")
    coverage = _Table("Which partners were searched for, and how.")
    completeness = _Table("How many entries of outside lists have a record here.")
    readings = _Table("Blind second readings of samples.")

    def codes(self, name: str) -> pd.DataFrame:
        """Return one code list, indexed by its code (``domain_codes``, ``instruments`` ...)."""
        lists = [one["name"] for one in self.descriptor["resources"] if is_codes(one)]
        if name not in lists:
            raise AccordsError(f"{name}: no such code list. Use {', '.join(lists)}.")
        table = self.tables[name]
        return table.set_index(table.columns[0])

    def names(self, name: str) -> pd.DataFrame:
        """Return the names of each code of one list: in English, and in French where it has any."""
        codes = self.codes(name)
        named = [c for c in ("name", "label", "name_fr", "label_fr") if c in codes]
        return codes[named]

    def labels(self, name: str) -> dict[str, str]:
        """Return the English label of each code of one list."""
        return dict(self.names(name).iloc[:, 0])

    @cached_property
    def party_names(self) -> dict[str, str]:
        """Short English name of each party: a state's name, an organisation's short name."""
        codes = self.codes("party_codes")
        names = codes["name"].where(codes["party_kind"] == "state", codes.index.to_series())
        return dict(names)

    @cached_property
    def party_phrases(self) -> dict[str, str]:
        """Each party's name, and how it stands in a sentence: ``the United States``."""
        articles = self.codes("party_codes")["article"].dropna()
        named = self.party_names.items()
        return {name: f"{articles.get(party, '')} {name}".lstrip() for party, name in named}

    @cached_property
    def memberships(self) -> pd.DataFrame:
        """One row an agreement and focus state (``state``): the event that concluded it, its dates.

        ``date`` with its bounds, ``year`` (Int64) where these agree on one, and ``concluded``.
        """
        since = self.codes("party_codes")["since"]
        rows = lives.conclusions(self.events, self.parties, self.focus, since)
        first, last = rows["earliest"].dt.year, rows["latest"].dt.year
        rows["year"] = first.where(first == last).astype("Int64")
        return rows

    @cached_property
    def overview(self) -> pd.DataFrame:
        """One row an agreement, indexed by ``agreement_id``, with all that is computed.

        The columns of ``agreements`` and: ``instrument_label``, ``instrument_family``; ``date``
        (EDTF, when the first focus state concluded it), ``date_event``, ``earliest``, ``latest``,
        ``uncertain``, ``year`` (Int64); ``status``, ``status_event``, ``concluded`` (signed or
        later); ``confidence``, ``official``, ``publishers``, ``sources``; ``dcad`` (``only``,
        ``also`` or ``no``), ``one_list`` (from which alone it is known); ``worldwide`` (more than
        twenty parties); ``focus``, ``partners`` (the others; among focus states alone, these),
        ``domains``, ``press_domains``, ``families`` (tuples of codes); ``disputes`` (number).
        """
        table = self.agreements.set_index("agreement_id")
        instruments = self.codes("instruments")
        table["instrument_label"] = table["instrument"].map(instruments["label"])
        table["instrument_family"] = table["instrument"].map(instruments["instrument_family"])
        status = lives.statuses(self.agreements, self.events, self.focus, self.as_of)
        concluded = self.codes("statuses")["concluded"]
        status["concluded"] = status["status"].map(concluded).fillna(False).astype(bool)
        support = lives.confidences(
            table.index, self.citations, self.sources, self.codes("source_kinds")["tier"]
        )
        computed = [
            *(self._dates(table.index), status, support, self._lists(table.index)),
            *(self._parties(table), self._subjects(table.index)),
        ]
        table = pd.concat([table, *computed], axis=1)
        disputed = self.disputes.groupby("agreement_id")["field"].nunique()
        table["disputes"] = disputed.reindex(table.index, fill_value=0).astype(int)
        return table

    def select(self, agreement_ids: Iterable[str], *, choice: str | None = None) -> Self:
        """Return the dataset of some agreements only; what is computed of them stays as it was.

        Code lists, sources and coverage stay whole. ``choice`` says by what they were chosen.
        """
        wanted = pd.Index(list(agreement_ids))
        for name in wanted.difference(self.overview.index):
            raise AccordsError(f"{name}: no such agreement. Take ids from the index of .overview.")
        choice = self.choice if choice is None else choice
        selected = replace(self, tables=rows_of(self.tables, wanted), choice=choice)
        selected.__dict__["overview"] = self.overview[self.overview.index.isin(wanted)]
        return selected

    def _dates(self, index: pd.Index) -> pd.DataFrame:
        """Return when the first focus state concluded each agreement, and by which event."""
        order = {"agreement_id": True, "concluded": False, "earliest": True}
        rows = self.memberships.sort_values(list(order), ascending=list(order.values()))
        first = rows.drop_duplicates("agreement_id").set_index("agreement_id").reindex(index)
        first["uncertain"] = first["uncertain"].astype("boolean").fillna(False).astype(bool)
        dated = first[["event", "date", "earliest", "latest", "year", "uncertain"]]
        return dated.rename(columns={"event": "date_event"})

    def _lists(self, index: pd.Index) -> pd.DataFrame:
        """Return from which list alone each agreement is known, and whether from DCAD."""
        cited = self.citations[self.citations["subject"] == "existence"]
        from_dcad = (cited["source_id"] == DCAD).groupby(cited["agreement_id"])
        dcad = pd.Series("no", index=index)
        dcad[from_dcad.any().reindex(index, fill_value=False)] = "also"
        dcad[from_dcad.all().reindex(index, fill_value=False)] = "only"
        lists = cited["source_id"].map(self.sources.set_index("source_id")["list"]).fillna("")
        by = lists.groupby(cited["agreement_id"])
        alone = by.first().where((by.nunique() == 1) & (by.first() != ""))
        return pd.DataFrame({"dcad": dcad, "one_list": alone.reindex(index)}, index=index)

    def _parties(self, agreements: pd.DataFrame) -> pd.DataFrame:
        """Return who is party to each agreement, and whether it is one of the whole world."""
        index, parties = agreements.index, self.parties
        listed = parties.groupby("agreement_id").size().reindex(index, fill_value=0)
        total = agreements["parties_total"].fillna(0).astype(int).clip(lower=listed)
        ours = parties["party_id"].isin(self.focus)
        focus = tuples(parties[ours], "party_id", index)
        partners = tuples(parties[~ours], "party_id", index)
        among = (partners.map(len) == 0) & (focus.map(len) > 1)
        return pd.DataFrame(
            {
                "worldwide": (agreements["scope"] == "multilateral") & (total > SMALL_GROUP),
                "focus": focus,
                "partners": partners.where(~among, focus),
            }
        )

    def _subjects(self, index: pd.Index) -> pd.DataFrame:
        """Return the domains of each agreement, those of the press alone, and their families."""
        rows = self.domains
        rows = rows.assign(family=rows["domain"].map(self.codes("domain_codes")["family"]))
        return pd.DataFrame(
            {
                "domains": tuples(rows, "domain", index),
                "press_domains": tuples(rows[rows["basis"] == "press"], "domain", index),
                "families": tuples(rows, "family", index),
            }
        )


MAIN_TABLES = tuple(name for name, table in vars(Tables).items() if isinstance(table, _Table))


def rows_of(tables: Mapping[str, pd.DataFrame], agreements: pd.Index) -> dict[str, pd.DataFrame]:
    """Return all tables, of those about agreements the rows about some."""
    kept = dict(tables)
    for name in ("agreements", "parties", "events", "domains", "citations", "disputes"):
        kept[name] = kept[name][kept[name]["agreement_id"].isin(agreements)].reset_index(drop=True)
    both = kept["distinct"][["agreement_id", "other_id"]].isin(agreements).all(axis=1)
    kept["distinct"] = kept["distinct"][both].reset_index(drop=True)
    return kept


def tuples(rows: pd.DataFrame, column: str, index: pd.Index) -> pd.Series:
    """Collect the distinct values of a column by agreement, in order of appearance."""
    pairs = rows[["agreement_id", column]].drop_duplicates()
    grouped = pairs.groupby("agreement_id")[column].agg(tuple)
    return grouped.reindex(index).map(lambda value: value if isinstance(value, tuple) else ())
