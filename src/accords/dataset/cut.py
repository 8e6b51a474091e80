"""Parts of a dataset for which other statements hold: of other states, and up to an earlier day."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from accords.dataset import edtf as dates
from accords.dataset.lifecycle import SIGNATURES
from accords.dataset.model import Dataset
from accords.dataset.tables import rows_of
from accords.errors import AccordsError


def of_states(dataset: Dataset, states: tuple[str, ...]) -> Dataset:
    """Return the dataset with other focus states.

    Where a state in focus until now is left out, only the agreements of the new ones are kept, as
    by :meth:`Dataset.select`, and no claims: some are tested on all agreements of a state.
    """
    focused = replace(dataset, focus=states)
    if set(dataset.focus) <= set(states):
        return focused
    ours = focused.parties["party_id"].isin(states)
    kept = focused.select(focused.parties.loc[ours, "agreement_id"])
    tables = {
        **kept.tables,
        "readings": _of(kept.readings, "agreement_id", kept.agreements["agreement_id"]),
        "coverage": _of(kept.coverage, "focus", states),
        "completeness": _of(kept.completeness, "state", states),
        "claims": kept.claims.iloc[:0],
        "sources": _cited(kept.tables),
    }
    narrowed = replace(kept, tables=tables)
    narrowed.__dict__["overview"] = kept.overview
    return narrowed


def until(dataset: Dataset, day: pd.Timestamp) -> Dataset:
    """Return the dataset as of an earlier day: what had happened, by what was published until then.

    Kept are sources published by the last day that their date can mean, or undated; events that had
    surely happened by then, or of which a dated source tells; and what rests on these alone. Notes
    on status, ``coverage``, ``completeness`` and ``readings`` go, for they speak of the edition;
    titles and summaries stay in its words. An :class:`AccordsError` refuses a later day.
    """
    if day > dataset.as_of:
        raise AccordsError(
            f"{day:%Y-%m-%d}: lies after {dataset.as_of:%Y-%m-%d}, the day until which sources "
            "were read. Name an earlier day, or none."
        )
    if day == dataset.as_of:
        return dataset
    published = dates.bounds(dataset.sources["published"])["latest"]
    tables = dict(dataset.tables)
    tables["sources"] = dataset.sources[~(published > day)]
    for name in ("citations", "disputes", "claims"):
        tables[name] = _of(tables[name], "source_id", tables["sources"]["source_id"])
    dated = _of(dataset.citations, "source_id", dataset.sources.loc[published <= day, "source_id"])
    happened = (dataset.events["latest"] <= day) | _named(dataset.events, "event", dated)
    tables["events"] = dataset.events[happened & ~(dataset.events["earliest"] > day)]
    tables["parties"] = _joined(dataset, tables["events"])
    tables["domains"] = _domains(dataset, tables["citations"])
    values = tables["disputes"].groupby(["agreement_id", "field"])["value"].transform("nunique")
    tables["disputes"] = tables["disputes"][values > 1]

    kept = _of(tables["citations"], "subject", ["existence"])["agreement_id"]
    kept = kept[kept.isin(tables["events"]["agreement_id"])]
    ours = _of(tables["parties"], "party_id", dataset.focus)["agreement_id"]
    tables = rows_of(tables, pd.Index(kept[kept.isin(ours)]))
    tables["agreements"] = _agreements(tables)
    tables["claims"] = _of(tables["claims"], "agreement_id", tables["agreements"]["agreement_id"])
    tables["citations"] = _citations(tables)
    tables["sources"] = _cited(tables)
    for name in ("coverage", "completeness", "readings"):
        tables[name] = tables[name].iloc[:0]
    descriptor = {**dataset.descriptor, "readUntil": f"{day:%Y-%m-%d}"}
    return replace(dataset, tables=tables, descriptor=descriptor, as_of=day)


def _joined(dataset: Dataset, events: pd.DataFrame) -> pd.DataFrame:
    own = dataset.events[dataset.events["event"].isin(SIGNATURES)]
    left = _pairs(own[own.index.isin(events.index)], "party_id")
    gone = _pairs(own, "party_id").difference(left)
    return dataset.parties[~_pairs(dataset.parties, "party_id").isin(gone)]


def _domains(dataset: Dataset, citations: pd.DataFrame) -> pd.DataFrame:
    """Return the domains that sources name, on the press's basis where no official one is left."""
    kinds = citations["source_id"].map(dataset.sources.set_index("source_id")["kind"])
    voices = citations["voice"].map(dataset.codes("voices")["basis"])
    official = kinds.map(dataset.codes("source_kinds")["tier"]) == "official"
    official |= voices.isin(["official", "text"])
    firm = _named(dataset.domains, "domain", citations[official])
    domains = dataset.domains.assign(basis=dataset.domains["basis"].where(firm, "press"))
    return domains[_named(domains, "domain", citations)]


def _agreements(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    table = tables["agreements"].copy()
    valued = _of(tables["citations"], "subject", ["value"])["agreement_id"]
    unvalued = ~table["agreement_id"].isin(valued)
    table.loc[unvalued, ["value_amount", "value_currency", "value_kind"]] = pd.NA
    table.loc[:, "status_note"] = pd.NA
    for column in ("part_of", "supersedes"):
        table[column] = table[column].where(table[column].isin(table["agreement_id"]))
    return table


def _citations(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    citations = tables["citations"]
    left = [_subjects(tables[table], table.rstrip("s")) for table in ("events", "domains")]
    kept = _pairs(citations, "subject").isin(left[0].append(left[1]))
    kept |= ~citations["subject"].str.match("event:|domain:")
    return citations[kept].reset_index(drop=True)


def _cited(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    used = pd.concat([tables["citations"]["source_id"], tables["disputes"]["source_id"]])
    return _of(tables["sources"], "source_id", used)


def _named(rows: pd.DataFrame, kind: str, citations: pd.DataFrame) -> pd.Series:
    return pd.Series(_subjects(rows, kind).isin(_pairs(citations, "subject")), rows.index)


def _subjects(rows: pd.DataFrame, kind: str) -> pd.MultiIndex:
    """Name events or domains as citations do: ``event:signed``, ``domain:cyber``."""
    codes = rows["event_id" if kind == "event" else kind]
    return _pairs(rows.assign(subject=f"{kind}:" + codes), "subject")


def _pairs(rows: pd.DataFrame, column: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["agreement_id", column]])


def _of(rows: pd.DataFrame, column: str, values: pd.Series | tuple | list) -> pd.DataFrame:
    return rows[rows[column].isin(values)].reset_index(drop=True)
