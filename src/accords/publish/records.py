"""The evidence behind the report: a table of all agreements, a section for each, the publishers.

Everything here is plain HTML that is complete without a script. ``static/table.js`` adds search,
filters, sorting, row sets, downloads and ready-made citations by reading this same markup, so that
nothing is said twice: the report holds several hundred sections and has to stay small.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from babel import Locale
from markupsafe import Markup

from accords.dataset import Dataset, citations
from accords.dataset import edtf as dates
from accords.dataset.find import CONFIDENCES
from accords.dataset.lifecycle import PURCHASE
from accords.templates import render
from accords.words import PRESS_MARK, PRESS_MARK_MEANS, count, money, partner_anchor

COLUMNS = (
    *("Date", "Agreement", "Parties", "Instrument"),
    *("Domains", "Status", "Confidence", "Sources"),
)
SAVED_AS = {"csv": "CSV", "json": "JSON", "bib": "BibTeX", "ris": "RIS"}
TOKENS = {
    "bilateral": "bilateral",
    "multilateral": "multilateral",
    "worldwide": "of more than twenty parties",
    "binding": "without purchases",
    "purchase": "purchases alone",
    "several": "not from one list alone",
    "one-list": "known from one list alone",
}
"""Kinds by which the table can be filtered beside what its cells show."""

LISTED = frozenset({"focus", "partners", "domains"})
"""Columns of the overview that hold several codes."""

OFTEN = 3
"""Publishers of this many cited pages have a row of their own in the list of publishers."""

MANY_PARTIES = 6
"""A table cell names at most this many parties; the section names them all."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})

write = partial(render, "accords.publish")


def evidence_table(dataset: Dataset) -> str:
    """Write the table of all agreements, the newest first, with its search and filters.

    The title of an agreement links to its section, a partner to its page. The controls are hidden
    until ``table.js`` has made them work.
    """
    records = _Records(dataset)
    return write(
        "table.html.j2",
        work=citations.work(dataset),
        columns=COLUMNS,
        rows=[_row(records, key) for key in records.ids],
        mark=PRESS_MARK,
        mark_means=PRESS_MARK_MEANS,
        filters=_filters(records) if records.ids else {},
        none_found=_none_found(records),
        searched=_searched(records),
        saved_as=SAVED_AS,
        party=records.party,
        anchor=partner_anchor,
    )


def agreement_sections(dataset: Dataset) -> str:
    """Write a section for each agreement: what it is, its life, subjects, disputes and sources.

    Each is an ``<article>``, in the order of :func:`evidence_table`; its ``id`` is the agreement's,
    so that ``report.html#<agreement_id>`` is its permanent address.
    """
    records = _Records(dataset)
    return write(
        "sections.html.j2",
        work=citations.work(dataset),
        records=(_Record(records, key) for key in records.ids),
        empty=not records.ids,
        word=records.word,
        party=records.party,
        anchor=partner_anchor,
        stages=records.stages,
        money=money,
        when=_when,
        language=language,
        right_to_left=RIGHT_TO_LEFT,
    )


def source_list(dataset: Dataset) -> str:
    """Write the publishers that the dataset rests on, those cited most first.

    The cited pages themselves stand with the agreements that they support. Publishers of few
    pages are counted only. Numbers carry ``data-rows``, as those of a notebook do.
    """
    cited = dataset.citations[["agreement_id", "source_id"]].drop_duplicates()
    cited = cited.merge(dataset.sources, on="source_id")
    pages = cited.groupby("publisher")["source_id"].nunique()
    often = cited[cited["publisher"].map(pages) >= OFTEN]
    kinds = dataset.labels("source_kinds")
    publishers = [
        SimpleNamespace(
            name=name,
            pages=pages[name],
            kinds=[kinds.get(kind, kind) for kind in dict.fromkeys(group["kind"].dropna())],
            languages=sorted({language(code) for code in group["language"].dropna()}),
            agreements=Markup(count(group["agreement_id"])),
        )
        for name, group in often.groupby("publisher")
    ]
    publishers.sort(key=lambda each: (-each.pages, each.name.casefold()))
    return write(
        "sources.html.j2",
        publishers=publishers,
        pages=cited["source_id"].nunique(),
        total=len(pages),
        often=OFTEN,
    )


def row_set(positions: Iterable[int]) -> str:
    """Write row numbers as base-36 ranges: ``0-3,7,9``.

    Positions are those of agreements in the sorted list of all ids; ``table.js`` reads the set from
    ``data-set`` and from the address ``#rows=``.
    """
    ranges: list[list[int]] = []
    for position in sorted(set(positions)):
        if ranges and position == ranges[-1][1] + 1:
            ranges[-1][1] = position
        else:
            ranges.append([position, position])
    written = ([np.base_repr(end, 36).lower() for end in dict.fromkeys(each)] for each in ranges)
    return ",".join("-".join(ends) for ends in written)


def language(code: str) -> str:
    """Return the English name of a language by its ISO 639-1 code."""
    return str(Locale("en").languages.get(code, code))


class _Records:
    """The tables as rows by agreement, and the words for their codes."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        overview = dataset.overview
        newest = overview.assign(key=overview.index).sort_values(
            ["earliest", "key"], ascending=[False, True], na_position="last"
        )
        self.ids = list(newest.index)
        self.agreements = {row.agreement_id: row for row in plain_rows(overview.reset_index())}
        self.parties = _by_agreement(dataset.parties)
        self.events = _by_agreement(dataset.events.sort_values("earliest"))
        self.domains = _by_agreement(dataset.domains)
        self.citations = _by_agreement(dataset.citations)
        self.disputes = _by_agreement(dataset.disputes)
        self.sources = {row.source_id: row for row in plain_rows(dataset.sources)}
        self.parts = overview.groupby("part_of").groups
        self.successors = overview.groupby("supersedes").groups
        self.words: dict[str, dict[str, str]] = defaultdict(dict)
        for name, table in dataset.tables.items():
            if {"label", "name"} & set(table.columns):
                self.words[name] = dataset.labels(name)
        stages = dataset.codes("stages")["order"]
        self.stages = dataset.codes("event_types")["stage"].map(stages).to_dict()

    def word(self, name: str, code: str | None) -> str:
        """Return the label of a code."""
        return self.words[name].get(code, code) if code else ""

    def party(self, code: str | None) -> str:
        """Return the name of a party."""
        return self.dataset.party_names.get(code, code) if code else ""

    def ordered_parties(self, agreement_id: str) -> list[SimpleNamespace]:
        """List an agreement's parties, the focus states first."""
        return sorted(
            self.parties[agreement_id],
            key=lambda p: (p.party_id not in self.dataset.focus, self.party(p.party_id)),
        )


class _Record:
    """One agreement, as its section shows it; ``row`` has the columns of the overview."""

    def __init__(self, records: _Records, agreement_id: str) -> None:
        self.records = records
        self.id = agreement_id
        self.row = records.agreements[agreement_id]
        self.parties = records.ordered_parties(agreement_id)
        self.domains = records.domains[agreement_id]
        self.citations = records.citations[agreement_id]
        self.said = _grouped(self.citations, "source_id")
        order = {"existence": 0, "context": 2}
        cited = sorted(self.citations, key=lambda c: order.get(c.subject, 1))
        cited += records.disputes[agreement_id]
        keys = dict.fromkeys(each.source_id for each in cited)
        self.number = {key: n for n, key in enumerate(keys, start=1)}
        subjects = _grouped(self.citations, "subject")
        self.refs: dict[str, list[int]] = defaultdict(list)
        self.refs |= {subject: self.numbers(rows) for subject, rows in subjects.items()}

    def numbers(self, cited: Iterable[SimpleNamespace]) -> list[int]:
        """Number the sources of some citations as they are listed below the record."""
        return sorted({self.number[each.source_id] for each in cited})

    @property
    def life(self) -> list[SimpleNamespace]:
        """Events in order, what is undated before the next stage."""
        events = self.records.events[self.id]
        stages = self.records.stages
        life = [event for event in events if event.date]
        for event in events:
            if not event.date:
                stage = stages.get(event.event, 0)
                later = (n for n, e in enumerate(life) if stages.get(e.event, 0) > stage)
                life.insert(next(later, len(life)), event)
        return life

    def step(self, event: SimpleNamespace) -> str:
        """Name an event and who acted: 'Ratified, Azerbaijan'."""
        named = self.records.word("event_types", event.event), self.records.party(event.party_id)
        return ", ".join(filter(None, named))

    @property
    def voices(self) -> list[str | None]:
        """The voices that name domains, where they are several; None where none is noted."""
        spoken = {c.voice for c in self.citations if c.subject.startswith("domain:")}
        voices = [voice for voice in self.records.words["voices"] if voice in spoken]
        if len(voices) < 2:
            return []
        return [*voices, *([None] if None in spoken else [])]

    def spoken(self, domain: str, voice: str | None) -> list[int]:
        """Number the sources in which a voice names a domain."""
        subject = f"domain:{domain}"
        named = (c for c in self.citations if c.subject == subject and c.voice == voice)
        return self.numbers(named)

    @property
    def related(self) -> Iterator[tuple[str, str, str | None]]:
        """How other agreements relate to this one, their ids, and names where they are here."""
        ways = {
            "Part of": filter(None, [self.row.part_of]),
            "Replaces": filter(None, [self.row.supersedes]),
            "Has as a part": self.records.parts.get(self.id, ()),
            "Replaced by": self.records.successors.get(self.id, ()),
        }
        for how, keys in ways.items():
            for key in keys:
                known = self.records.agreements.get(key)
                yield how, key, known.short_name if known else None

    @property
    def disputes(self) -> Iterator[tuple[str, list[tuple[str, bool, list[int]]], str]]:
        """Each disputed fact: its name, values (adopted ones first, with sources), reasons."""
        for field, rows in _grouped(self.records.disputes[self.id], "field").items():
            values = _grouped(sorted(rows, key=lambda d: not d.adopted), "value")
            options = [
                (value or "no value", bool(backers[0].adopted), self.numbers(backers))
                for value, backers in values.items()
            ]
            reasons = " ".join(dict.fromkeys(d.reason for d in rows if d.reason))
            yield self.fact(field), options, reasons

    def fact(self, field: str) -> str:
        """Name what is disputed: ``event:signed-aze.date`` is 'Signed, Azerbaijan, date'."""
        kind, _, rest = field.split("#")[0].partition(":")
        if kind == "domain":
            return self.records.word("domain_codes", rest)
        if kind == "event":
            event_id, _, column = rest.partition(".")
            steps = [e for e in self.records.events[self.id] if e.event_id == event_id]
            return f"{self.step(steps[0]) if steps else event_id}, {column}"
        return kind.replace("_", " ").capitalize()

    @property
    def sources(self) -> Iterator[tuple[str, SimpleNamespace | None, list[SimpleNamespace]]]:
        """The cited sources, those that speak of existence first, and what each is cited for."""
        for key in self.number:
            yield key, self.records.sources.get(key), self.said.get(key, [])


def _filters(records: _Records) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the label of each filter, and its choices, which are those that occur."""
    overview, names = records.dataset.overview, records.dataset.party_names
    words, states = records.words, {state: names[state] for state in records.dataset.focus}

    def occurring(column: str, words: Mapping[str, str]) -> dict[str, str]:
        values = overview[column].explode() if column in LISTED else overview[column]
        held = set(values.dropna())
        return {code: word for code, word in words.items() if code in held}

    cited = records.dataset.citations.query("subject == 'existence'")["source_id"]
    kinds = {records.sources[key].kind for key in cited if key in records.sources}
    tokens = {token for row in records.agreements.values() for token in _tokens(row)}
    return {
        "state": ("State", occurring("focus", states)),
        "partner": ("With", occurring("partners", _by_name(names))),
        "domain": ("Domain", occurring("domains", words["domain_codes"])),
        "instrument": ("Instrument", occurring("instrument", words["instruments"])),
        "status": ("Status", occurring("status", words["statuses"])),
        "confidence": ("Confidence", occurring("confidence", CONFIDENCES)),
        "basis": ("Domain named by", {"firm": "official sources or the text"}),
        "is": ("Kind", {token: word for token, word in TOKENS.items() if token in tokens}),
        "source": ("Source", {k: w for k, w in words["source_kinds"].items() if k in kinds}),
    }


def _none_found(records: _Records) -> dict[str, str]:
    """Return the partners that were searched for and have nothing on record."""
    held = set(records.dataset.overview["partners"].explode())
    wanted = set(records.dataset.coverage["partner"]) - held
    return {k: name for k, name in _by_name(records.dataset.party_names).items() if k in wanted}


def _searched(records: _Records) -> dict[str, tuple[str, str]]:
    """Return, by partner, how it was searched for and how it stands in a sentence.

    The first holds a code for each focus state, in their order; ``table.js`` words it.
    """
    dataset = records.dataset
    held = set(dataset.overview["focus"].explode())
    how = dataset.coverage.pivot(index="partner", columns="focus", values="search")
    how = how.reindex(columns=[state for state in dataset.focus if state in held]).fillna("-")
    return {
        code: (" ".join(codes), dataset.party_phrases.get(records.party(code), records.party(code)))
        for code, *codes in how.itertuples(name=None)
    }


def _tokens(row: SimpleNamespace) -> list[str]:
    """Name the kinds by which the table can be filtered beside what its cells show."""
    return [
        row.scope,
        "purchase" if row.instrument == PURCHASE else "binding",
        *(["worldwide"] if row.worldwide else []),
        "one-list" if row.one_list else "several",
    ]


def _row(records: _Records, agreement_id: str) -> SimpleNamespace:
    """Return the cells of an agreement's row in the table."""
    row = records.agreements[agreement_id]
    parties = records.ordered_parties(agreement_id)
    cited = {
        records.sources[c.source_id].kind
        for c in records.citations[agreement_id]
        if c.subject == "existence" and c.source_id in records.sources
    }
    return SimpleNamespace(
        id=agreement_id,
        tokens=" ".join(_tokens(row)),
        date=row.date or "undated",
        name=row.short_name,
        parties=[party.party_id for party in parties[:MANY_PARTIES]],
        more=max(len(parties), row.parties_total or 0) - min(len(parties), MANY_PARTIES),
        partners=row.partners,
        instrument=records.word("instruments", row.instrument),
        domains=[
            (records.word("domain_codes", code), code in row.press_domains) for code in row.domains
        ],
        status=records.word("statuses", row.status) or "Not yet",
        confidence=CONFIDENCES.get(row.confidence, "None"),
        sources=row.sources or 0,
        kinds=[word for code, word in records.words["source_kinds"].items() if code in cited],
    )


def _when(date: str | None) -> str:
    """Write a date as prose; what is no date stays as it is."""
    try:
        return str(dates.spoken(date))
    except (ValueError, IndexError):
        return str(date)


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda item: item[1]))


def plain_rows(table: pd.DataFrame) -> list[SimpleNamespace]:
    """Return a table as plain rows, missing values as None."""
    plain = table.astype(object).where(table.notna(), None)
    names = [str(name) for name in table.columns]
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in plain.to_numpy()]


def _by_agreement(table: pd.DataFrame) -> dict[str, list[SimpleNamespace]]:
    return _grouped(plain_rows(table), "agreement_id")


def _grouped(rows: Iterable[SimpleNamespace], key: str) -> dict[Any, list[SimpleNamespace]]:
    grouped: defaultdict[Any, list[SimpleNamespace]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped
