"""The evidence behind the report: a table of all agreements, a section for each, the publishers.

All is complete without a script. ``static/table.js`` adds search, filters, sorting, row sets,
downloads and citations by reading this same markup, so that nothing is said twice.
"""

import functools
import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

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

OFTEN = 3  # publishers of this many cited pages have a row of their own in the list of publishers
MANY_PARTIES = 6  # a table cell names at most this many parties; the section names them all

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})


def evidence_table(dataset: Dataset) -> str:
    """Write the table of all agreements, the newest first, with its search and filters.

    The controls are hidden until ``table.js`` has made them work.
    """
    records, names = _Records(dataset), _by_name(dataset.party_names)
    searched, found = set(dataset.coverage["partner"]), set(dataset.overview["partners"].explode())
    return records.write(
        "table.html.j2",
        columns=COLUMNS,
        many=MANY_PARTIES,
        mark=PRESS_MARK,
        mark_means=PRESS_MARK_MEANS,
        confidences=CONFIDENCES,
        filters=_filters(records) if records.all else {},
        # Partners that were searched for and have nothing on record.
        none_found={c: n for c, n in names.items() if c in searched and c not in found},
        searched=_searched(dataset),
        saved_as=SAVED_AS,
    )


def agreement_sections(dataset: Dataset) -> str:
    """Write a section for each agreement: what it is, its life, subjects, disputes and sources.

    Each is an ``<article>``; its ``id`` is the agreement's, so that ``report.html#<agreement_id>``
    is its permanent address. Those of the same parties stand together, the newest first: so the
    register is read, and what they share, such as their sources, is packed once.
    """
    records = _Records(dataset)
    return records.write(
        "sections.html.j2",
        records=sorted(records.all.values(), key=lambda record: record.place),
        stages=records.stages,
        money=money,
        when=_when,
        language=language,
        right_to_left=RIGHT_TO_LEFT,
    )


def source_list(dataset: Dataset) -> str:
    """Write the publishers that the dataset rests on, those cited most first.

    Those of few pages are counted only. Numbers carry ``data-rows``, as those of a notebook do.
    """
    cited = dataset.citations[["agreement_id", "source_id"]].drop_duplicates()
    cited = cited.merge(dataset.sources, on="source_id")
    pages = cited.groupby("publisher")["source_id"].nunique()
    kinds = dataset.labels("source_kinds")
    publishers: list[dict[str, Any]] = [
        {
            "name": str(name),
            "pages": pages[name],
            "kinds": [kinds.get(kind, kind) for kind in group["kind"].dropna().unique()],
            "languages": sorted({language(code) for code in group["language"].dropna()}),
            "agreements": Markup(count(group["agreement_id"])),
        }
        for name, group in cited[cited["publisher"].map(pages) >= OFTEN].groupby("publisher")
    ]
    publishers.sort(key=lambda each: (-each["pages"], each["name"].casefold()))
    return render(
        "accords.publish",
        "sources.html.j2",
        publishers=publishers,
        pages=cited["source_id"].nunique(),
        total=len(pages),
        often=OFTEN,
    )


def language(code: str) -> str:
    """Return the English name of a language by its ISO 639-1 code."""
    return str(Locale("en").languages.get(code, code))


class _Records:
    """The tables as rows by agreement, and the words for their codes."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.words = functools.cache(dataset.labels)
        tables = {
            name: getattr(dataset, name) for name in ("parties", "domains", "citations", "disputes")
        }
        tables["events"] = dataset.events.sort_values("earliest")
        self.rows = {name: grouped(plain_rows(of), "agreement_id") for name, of in tables.items()}
        self.sources = {row.source_id: row for row in plain_rows(dataset.sources)}
        stages = dataset.codes("stages")["order"]
        self.stages = dataset.codes("event_types")["stage"].map(stages).to_dict()
        newest = dataset.overview.reset_index().sort_values(
            ["earliest", "agreement_id"], ascending=[False, True], na_position="last"
        )
        self.all = {row.agreement_id: _Record(self, row) for row in plain_rows(newest)}
        self.parts = dataset.overview.groupby("part_of").groups
        self.successors = dataset.overview.groupby("supersedes").groups

    def write(self, template: str, **context: Any) -> str:
        """Fill in a template of all agreements."""
        return render(
            "accords.publish",
            template,
            **{"records": self.all.values(), **context},
            work=citations.work(self.dataset),
            word=self.word,
            party=self.party,
            anchor=partner_anchor,
        )

    def word(self, name: str, code: str | None) -> str:
        """Return the label of a code."""
        return self.words(name).get(code, code) if code else ""

    def party(self, code: str | None) -> str:
        """Return the name of a party."""
        return self.dataset.party_names.get(code, code) if code else ""


class _Record:
    """One agreement, as its row and its section show it; ``row`` is that of the overview."""

    def __init__(self, records: _Records, row: SimpleNamespace) -> None:
        self.records = records
        self.id = row.agreement_id
        self.row = row
        self.domains, self.events, self.citations, self.disputed = (
            records.rows[name][self.id] for name in ("domains", "events", "citations", "disputes")
        )
        # The focus states stand first.
        self.parties = sorted(
            records.rows["parties"][self.id],
            key=lambda p: (p.party_id not in records.dataset.focus, records.party(p.party_id)),
        )
        # Sources are numbered as they are listed, those that speak of existence first.
        self.said = grouped(self.citations, "source_id")
        order = {"existence": 0, "context": 2}
        cited = sorted(self.citations, key=lambda c: order.get(c.subject, 1))
        keys = dict.fromkeys(each.source_id for each in [*cited, *self.disputed])
        self.sources = {key: records.sources.get(key) for key in keys}
        self.number = {key: n for n, key in enumerate(keys, start=1)}

    def numbers(self, cited: Iterable[SimpleNamespace]) -> list[int]:
        """Number the sources of some citations as they are listed below the record."""
        return sorted({self.number[each.source_id] for each in cited})

    def refs(self, subject: str, *voices: str | None) -> list[int]:
        """Number the sources that support one fact, or those of them that carry a voice."""
        supporting = (c for c in self.citations if c.subject == subject)
        return self.numbers(c for c in supporting if not voices or c.voice in voices)

    @property
    def place(self) -> tuple[bool, list[str]]:
        """Where it stands among the sections: those of two parties first, by name."""
        return self.row.scope != "bilateral", [self.records.party(p.party_id) for p in self.parties]

    @property
    def tokens(self) -> list[str]:
        """The kinds by which the table can be filtered beside what its cells show."""
        return [
            self.row.scope,
            "purchase" if self.row.instrument == PURCHASE else "binding",
            *(["worldwide"] if self.row.worldwide else []),
            "one-list" if self.row.one_list else "several",
        ]

    @property
    def kinds(self) -> list[str]:
        """The kinds of the sources that support its existence."""
        known = [self.sources[c.source_id] for c in self.citations if c.subject == "existence"]
        cited = {source.kind for source in known if source}
        return [word for code, word in self.records.words("source_kinds").items() if code in cited]

    @property
    def life(self) -> list[SimpleNamespace]:
        """Events in order, what is undated before the next stage."""
        stages = self.records.stages
        life = [event for event in self.events if event.date]
        for event in (event for event in self.events if not event.date):
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
        voices = [voice for voice in self.records.words("voices") if voice in spoken]
        return [*voices, *([None] if None in spoken else [])] if len(voices) > 1 else []

    @property
    def related(self) -> list[tuple[str, str, str | None]]:
        """How other agreements relate to this one, their ids, and names where they are here."""
        ways = {
            "Part of": filter(None, [self.row.part_of]),
            "Replaces": filter(None, [self.row.supersedes]),
            "Has as a part": self.records.parts.get(self.id, ()),
            "Replaced by": self.records.successors.get(self.id, ()),
        }
        known = self.records.all
        return [
            (how, key, known[key].row.short_name if key in known else None)
            for how, keys in ways.items()
            for key in keys
        ]

    @property
    def disputes(self) -> Iterator[tuple[str, list[tuple[str, bool, list[int]]], str]]:
        """Each disputed fact: its name, values (adopted ones first, with sources), reasons."""
        for field, rows in grouped(self.disputed, "field").items():
            values = grouped(sorted(rows, key=lambda d: not d.adopted), "value")
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
            steps = {event.event_id: self.step(event) for event in self.events}
            return f"{steps.get(event_id, event_id)}, {column}"
        return kind.replace("_", " ").capitalize()


def _filters(records: _Records) -> dict[str, tuple[str, dict[str, str]]]:
    overview, words = records.dataset.overview, records.words
    names = records.dataset.party_names
    states = {state: names[state] for state in records.dataset.focus}
    kinds = {word for record in records.all.values() for word in record.kinds}
    tokens = {token for record in records.all.values() for token in record.tokens}

    def among(column: str, words: Mapping[str, str]) -> dict[str, str]:
        # Some columns of the overview hold several codes.
        held = set(overview[column].explode().dropna())
        return {code: word for code, word in words.items() if code in held}

    return {
        "state": ("State", among("focus", states)),
        "partner": ("With", among("partners", _by_name(names))),
        "domain": ("Domain", among("domains", words("domain_codes"))),
        "instrument": ("Instrument", among("instrument", words("instruments"))),
        "status": ("Status", among("status", words("statuses"))),
        "confidence": ("Confidence", among("confidence", CONFIDENCES)),
        "basis": ("Domain named by", {"firm": "official sources or the text"}),
        "is": ("Kind", {token: word for token, word in TOKENS.items() if token in tokens}),
        "source": ("Source", {c: w for c, w in words("source_kinds").items() if w in kinds}),
    }


def _searched(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """Return, by partner, how it was searched for and how it stands in a sentence.

    The first holds a code for each focus state, in their order; ``table.js`` words it.
    """
    held = set(dataset.overview["focus"].explode())
    how = dataset.coverage.pivot(index="partner", columns="focus", values="search")
    how = how.reindex(columns=[state for state in dataset.focus if state in held]).fillna("-")
    names = {code: dataset.party_names.get(code, code) for code in how.index}
    return {
        code: (" ".join(codes), dataset.party_phrases.get(names[code], names[code]))
        for code, *codes in how.itertuples(name=None)
    }


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


def grouped(rows: Iterable[SimpleNamespace], *columns: str) -> dict[Any, list[SimpleNamespace]]:
    """Return rows by their value in a column, or their values in several."""
    found: defaultdict[Any, list[SimpleNamespace]] = defaultdict(list)
    for row in rows:
        found[operator.attrgetter(*columns)(row)].append(row)
    return found
