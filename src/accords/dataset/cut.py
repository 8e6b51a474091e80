"""Parts of a dataset for which other statements hold: of other states, and up to an earlier day."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from accords.dataset import edtf as dates
from accords.dataset.lifecycle import SIGNATURES
from accords.dataset.model import Dataset
from accords.dataset.tables import rows_of
from accords.errors import AccordsError

__all__ = ["of_states", "until"]


def of_states(dataset: Dataset, states: tuple[str, ...]) -> Dataset:
    """Return the dataset with other focus states.

    Where a state in focus until now is left out, only the agreements of the new ones are kept,
    and what is on record of these. What is computed of an agreement stays as it was, as in
    :meth:`Dataset.select`, and claims go: some are tested on all agreements of a state.
    """
    focused = replace(dataset, focus=states)
    if set(dataset.focus) <= set(states):
        return focused
    ours = focused.parties["party_id"].isin(states)
    kept = focused.select(focused.parties.loc[ours, "agreement_id"])
    tables = dict(kept.tables)
    tables["readings"] = _about(tables["readings"], kept.agreements)
    for name, column in (("coverage", "focus"), ("completeness", "state")):
        tables[name] = tables[name][tables[name][column].isin(states)].reset_index(drop=True)
    tables["claims"] = tables["claims"].iloc[:0]
    tables["sources"] = _cited(tables)
    narrowed = replace(kept, tables=tables)
    narrowed.__dict__["overview"] = kept.overview
    return narrowed


def until(dataset: Dataset, day: pd.Timestamp) -> Dataset:
    """Return the dataset as it would be, had sources been read until an earlier day alone.

    What is kept is what the sources of that day said had happened by then, so that every statement
    about the day is true of these sources:

    - sources published by that day, to the last day that their date can mean; an undated one stays;
    - events that a remaining source is cited for and that had surely happened: by the last day that
      their date can mean, or because a dated source of that day tells of them;
    - domains and values that a remaining source is cited for; a domain's basis becomes ``press``
      where no official source or voice remains;
    - parties, less those that joined or signed for themselves only later;
    - agreements with such an event, a remaining source for their existence, and a focus state;
    - disputes with two values left, and claims whose source and agreement remain.

    Status, dates and confidence follow from these. Notes on status go, for they explain a later
    one, and so do ``coverage``, ``completeness`` and ``readings``: what was done for the edition
    was not done by that day. Titles, summaries and notes stay in the edition's words, which may
    look ahead.

    Raises
    ------
    AccordsError
        When the day lies after the one until which sources were read.
    """
    if day > dataset.as_of:
        raise AccordsError(
            f"{day:%Y-%m-%d}: lies after {dataset.as_of:%Y-%m-%d}, the day until which sources "
            "were read. Name an earlier day, or none."
        )
    if day == dataset.as_of:
        return dataset
    published = dates.bounds(dataset.sources["published"])["latest"]
    sources = dataset.sources[~(published > day)]
    told = dataset.sources.loc[published <= day, "source_id"]
    citations = dataset.citations[dataset.citations["source_id"].isin(sources["source_id"])]
    events = _supported(dataset.events, "event:" + dataset.events["event_id"], citations)
    early = citations[citations["source_id"].isin(told)]
    surely = (events["latest"] <= day) | events.index.isin(
        _supported(events, "event:" + events["event_id"], early).index
    )
    tables = dict(dataset.tables) | {"sources": sources, "citations": citations}
    tables["events"] = events[surely & ~(events["earliest"] > day)]
    tables["parties"] = _joined_by(dataset, tables["events"])
    tables["domains"] = _domains(dataset, citations)
    tables["disputes"] = _open_disputes(dataset, sources)
    tables = rows_of(tables, _kept(dataset, tables))
    tables["agreements"] = _agreements(tables)
    tables["citations"] = _of_what_is_left(tables)
    claims = _about(tables["claims"], tables["agreements"])
    tables["claims"] = claims[claims["source_id"].isin(sources["source_id"])].reset_index(drop=True)
    for name in ("coverage", "completeness", "readings"):
        tables[name] = tables[name].iloc[:0]
    tables["sources"] = _cited(tables)
    descriptor = {**dataset.descriptor, "readUntil": f"{day:%Y-%m-%d}"}
    return replace(dataset, tables=tables, descriptor=descriptor, as_of=day)


def _supported(rows: pd.DataFrame, subjects: pd.Series, citations: pd.DataFrame) -> pd.DataFrame:
    """Return the rows for which a source is cited."""
    cited = pd.MultiIndex.from_frame(citations[["agreement_id", "subject"]])
    return rows[pd.MultiIndex.from_arrays([rows["agreement_id"], subjects]).isin(cited)]


def _joined_by(dataset: Dataset, events: pd.DataFrame) -> pd.DataFrame:
    """Return the parties without those whose own signature or accession has gone."""
    own = dataset.events[
        dataset.events["event"].isin(SIGNATURES) & dataset.events["party_id"].notna()
    ]
    left = pd.MultiIndex.from_frame(own.loc[own.index.isin(events.index), _PARTY])
    gone = pd.MultiIndex.from_frame(own[_PARTY]).difference(left)
    return dataset.parties[~pd.MultiIndex.from_frame(dataset.parties[_PARTY]).isin(gone)]


def _domains(dataset: Dataset, citations: pd.DataFrame) -> pd.DataFrame:
    """Return the domains that sources name, on the press's basis where no official one is left."""
    domains = dataset.domains
    kinds = dataset.sources.set_index("source_id")["kind"]
    tiers = citations["source_id"].map(kinds).map(dataset.codes("source_kinds")["tier"])
    voices = citations["voice"].map(dataset.codes("voices")["basis"])
    official = citations[(tiers == "official") | voices.isin(["official", "text"])]
    subjects = "domain:" + domains["domain"]
    named = domains.index.isin(_supported(domains, subjects, official).index)
    domains = domains.assign(basis=domains["basis"].where(named, "press"))
    return _supported(domains, subjects, citations)


def _open_disputes(dataset: Dataset, sources: pd.DataFrame) -> pd.DataFrame:
    disputes = dataset.disputes[dataset.disputes["source_id"].isin(sources["source_id"])]
    values = disputes.groupby(["agreement_id", "field"])["value"].transform("nunique")
    return disputes[values > 1]


def _kept(dataset: Dataset, tables: dict[str, pd.DataFrame]) -> pd.Index:
    """Return the agreements that exist, live and have a focus state as a party by the day."""
    citations, parties = tables["citations"], tables["parties"]
    existing = citations.loc[citations["subject"] == "existence", "agreement_id"]
    ours = parties.loc[parties["party_id"].isin(dataset.focus), "agreement_id"]
    return pd.Index(existing).intersection(ours).intersection(tables["events"]["agreement_id"])


def _agreements(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the agreements with what is left to say of them."""
    table, citations = tables["agreements"].copy(), tables["citations"]
    valued = citations.loc[citations["subject"] == "value", "agreement_id"]
    money = ["value_amount", "value_currency", "value_kind"]
    table.loc[~table["agreement_id"].isin(valued), money] = pd.NA
    for column in ("part_of", "supersedes"):
        table[column] = table[column].where(table[column].isin(table["agreement_id"]))
    return table.assign(status_note=pd.array([pd.NA] * len(table), dtype="str"))


def _of_what_is_left(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the citations without those for events and domains that have gone."""
    citations = tables["citations"]
    left = pd.concat(
        [
            tables[name][["agreement_id"]].assign(subject=prefix + tables[name][column])
            for name, prefix, column in (
                ("events", "event:", "event_id"),
                ("domains", "domain:", "domain"),
            )
        ]
    )
    gone = citations["subject"].str.match("event:|domain:")
    gone &= ~pd.MultiIndex.from_frame(citations[["agreement_id", "subject"]]).isin(
        pd.MultiIndex.from_frame(left)
    )
    return citations[~gone].reset_index(drop=True)


def _cited(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the sources that citations or disputes use."""
    used = pd.concat([tables["citations"]["source_id"], tables["disputes"]["source_id"]])
    return tables["sources"][tables["sources"]["source_id"].isin(used)].reset_index(drop=True)


def _about(rows: pd.DataFrame, agreements: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["agreement_id"].isin(agreements["agreement_id"])].reset_index(drop=True)


_PARTY = ["agreement_id", "party_id"]
