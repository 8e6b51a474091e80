"""The evidence behind the report: a table of all agreements, a section for each, the publishers.

Everything here is plain HTML that is complete without a script. ``static/table.js`` adds search,
filters, sorting, row sets, downloads and ready-made citations by reading this same markup, so that
nothing is said twice: the report holds several hundred sections and has to stay small. For the same
reason end tags that HTML lets one omit (``li``, ``td``, ``dd`` ...) are omitted.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pandas as pd

from accords import dates
from accords.charts.theme import colour
from accords.dataset import Dataset
from accords.prose.text import escape

MANY_PARTIES = 6
"""A table cell names at most this many parties; the section names them all."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})

LANGUAGES = {
    "ar": "Arabic",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bs": "Bosnian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hr": "Croatian",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "ko": "Korean",
    "ky": "Kyrgyz",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "tg": "Tajik",
    "tk": "Turkmen",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "zh": "Chinese",
}

NOTHING = "<p>There are too few data: the dataset holds no agreement.</p>"


def evidence_table(dataset: Dataset) -> str:
    """Write the table of all agreements, the newest first, within its search and filters.

    The controls are hidden until ``table.js`` has made them work.

    Parameters
    ----------
    dataset
        The dataset.

    Returns
    -------
    str
        HTML, complete without a script: date, title (a link to the section), parties, instrument,
        domains, status, confidence and the kinds of sources of every agreement.
    """
    records = _Records(dataset)
    if not records.ids:
        return f'<div id="evidence">{NOTHING}</div>'
    head = "".join(f'<th scope="col">{name}' for name in COLUMNS)
    rows = "\n".join(_row(records, agreement_id) for agreement_id in records.ids)
    return (
        '<div id="evidence">'
        f"{_controls(records)}"
        '<div class="ev-scroll" role="region" aria-label="Evidence table" tabindex="0">'
        '<table class="ev">'
        f"<caption>{len(records.ids):,} agreements, the newest first</caption>"
        f"<thead><tr>{head}</thead>\n<tbody>\n{rows}\n</tbody></table></div></div>"
    )


def agreement_sections(dataset: Dataset) -> str:
    """Write a section for each agreement: what it is, its life, subjects, disputes and sources.

    Returns
    -------
    str
        One ``<article>`` for each agreement in the order of :func:`evidence_table`; its ``id`` is
        the agreement's, so that ``report.html#<agreement_id>`` is its permanent address.
    """
    records = _Records(dataset)
    if not records.ids:
        return NOTHING
    return "\n".join(_section(records, agreement_id) for agreement_id in records.ids)


def source_list(dataset: Dataset) -> str:
    """Write the publishers that the dataset rests on, those cited most first.

    The cited pages themselves stand with the agreements that they support.
    """
    records = _Records(dataset)
    cited = dataset.citations[["agreement_id", "source_id"]].drop_duplicates()
    cited = cited.merge(dataset.sources, on="source_id")
    if cited.empty:
        return NOTHING
    kinds = dataset.labels("source_kinds")
    rows = []
    groups = [
        (publisher, group["source_id"].nunique(), group)
        for publisher, group in cited.groupby("publisher")
    ]
    for publisher, pages, group in sorted(groups, key=lambda g: (-g[1], str(g[0]).casefold())):
        kind = ", ".join(kinds.get(k, k) for k in dict.fromkeys(group["kind"].dropna()))
        spoken = ", ".join(_language(code) for code in sorted(group["language"].dropna().unique()))
        backed = records.link(group["agreement_id"].unique())
        rows.append(
            f'<tr><th scope="row">{escape(publisher)}<td>{escape(kind)}<td>{escape(spoken)}'
            f"<td>{pages}<td>{backed}"
        )
    head = "".join(
        f'<th scope="col">{name}'
        for name in ("Publisher", "Kind", "Languages", "Pages cited", "Agreements")
    )
    return (
        '<div class="ev-scroll" role="region" aria-label="Publishers" tabindex="0">'
        f'<table class="pub"><caption>{len(rows):,} publishers of '
        f"{cited['source_id'].nunique():,} cited pages, those cited most first</caption>"
        f"<thead><tr>{head}</thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody></table></div>"
    )


def metadata(dataset: Dataset) -> str:
    """Write the tags of ``<head>`` by which others find and show the report.

    Returns
    -------
    str
        Description, Open Graph, favicon (a data URI), referrer policy, and JSON-LD of schema.org's
        ``Dataset`` and ``Report``.
    """
    described = dataset.descriptor
    title = str(described.get("title", "Defence agreements"))
    description = str(described.get("description", title))
    day = dataset.as_of.date().isoformat()
    data = {
        "@type": "Dataset",
        "@id": "#dataset",
        "name": title,
        "description": description,
        "version": dataset.edition,
        "datePublished": day,
        "keywords": list(described.get("keywords", [])),
        "license": [x["path"] for x in described.get("licenses", []) if "path" in x],
        "creator": [
            {"@type": "Organization", "name": x["title"]} for x in described.get("contributors", [])
        ],
        "spatialCoverage": [dataset.party_names[state] for state in dataset.focus],
        "temporalCoverage": _period(dataset),
        "isAccessibleForFree": True,
        "variableMeasured": [
            resource["title"] for resource in described["resources"] if "title" in resource
        ],
    }
    report = {
        "@type": "Report",
        "name": title,
        "description": description,
        "inLanguage": "en",
        "datePublished": day,
        "isBasedOn": {"@id": "#dataset"},
    }
    graph = {"@context": "https://schema.org", "@graph": [data, report]}
    linked_data = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    # Within a script only the end tag and comments could break out.
    linked_data = linked_data.replace("<", "\\u003c")
    return "\n".join(
        [
            f'<meta name="description" content="{escape(description)}">',
            '<meta name="referrer" content="no-referrer">',
            '<meta property="og:type" content="article">',
            f'<meta property="og:title" content="{escape(title)}">',
            f'<meta property="og:description" content="{escape(description)}">',
            f'<meta property="article:published_time" content="{day}">',
            f'<link rel="icon" href="{_favicon()}">',
            f'<script type="application/ld+json">{linked_data}</script>',
        ]
    )


def stylesheet() -> str:
    """Give the CSS of the table and the sections."""
    return (files("accords.report") / "static" / "records.css").read_text(encoding="utf-8")


def script() -> str:
    """Give the JavaScript that makes the table live; it needs no eval and no inline handler."""
    return (files("accords.report") / "static" / "table.js").read_text(encoding="utf-8")


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
    return ",".join(
        _base36(first) if first == last else f"{_base36(first)}-{_base36(last)}"
        for first, last in ranges
    )


COLUMNS = (
    "Date",
    "Agreement",
    "Parties",
    "Instrument",
    "Domains",
    "Status",
    "Confidence",
    "Sources",
)


class _Records:
    """The tables as rows by agreement, and the words for their codes."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.names = dataset.party_names
        overview = dataset.overview
        newest = overview.assign(id=overview.index).sort_values(
            ["earliest", "id"], ascending=[False, True], na_position="last"
        )
        self.ids = list(newest.index)
        self.agreements = {row.agreement_id: row for row in _rows(overview.reset_index())}
        self.positions = {key: n for n, key in enumerate(sorted(self.ids))}
        self.parties = _by_agreement(dataset.parties)
        self.events = _by_agreement(dataset.events.sort_values("earliest", na_position="first"))
        self.domains = _by_agreement(dataset.domains)
        self.citations = _by_agreement(dataset.citations)
        self.disputes = _by_agreement(dataset.disputes)
        self.sources = {row.source_id: row for row in _rows(dataset.sources)}
        self.parts = _children(overview["part_of"])
        self.successors = _children(overview["supersedes"])

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """Labels of every code list, by list."""
        lists = (
            "domain_codes",
            "instruments",
            "statuses",
            "event_types",
            "bases",
            "roles",
            "voices",
            "source_kinds",
        )
        return {name: self.dataset.labels(name) for name in lists}

    @cached_property
    def stages(self) -> dict[str, str]:
        """The stage of each event type."""
        return self.dataset.codes("event_types")["stage"].to_dict()

    def word(self, name: str, code: str | None) -> str:
        """Give the escaped label of a code."""
        return escape(self.words[name].get(code, code)) if code else ""

    def party(self, code: str | None) -> str:
        """Give the escaped name of a party."""
        return escape(self.names.get(code, code)) if code else ""

    def to(self, agreement_id: str) -> str:
        """Link to the section of an agreement."""
        row = self.agreements.get(agreement_id)
        if row is None:
            return escape(agreement_id)
        return f'<a href="#{escape(agreement_id)}">{escape(row.title)}</a>'

    def link(self, ids: Iterable[str]) -> str:
        """Write the number of agreements as a link to their rows in the table."""
        known = [self.positions[key] for key in ids if key in self.positions]
        return f'<a href="#evidence" data-set="{row_set(known)}">{len(known):,}</a>'

    def ordered_parties(self, agreement_id: str) -> list[SimpleNamespace]:
        """Give an agreement's parties, the focus states first."""
        focus = self.dataset.focus
        return sorted(
            self.parties[agreement_id],
            key=lambda p: (p.party_id not in focus, self.names.get(p.party_id, p.party_id)),
        )


def _row(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    parties = records.ordered_parties(agreement_id)
    names = [records.party(p.party_id) for p in parties[:MANY_PARTIES]]
    total = max(len(parties), row.parties_total or 0)
    if total > len(names):
        names.append(f"{total - len(names)} more")
    domains = [records.word("domain_codes", code) for code in row.domains]
    kinds = dict.fromkeys(
        records.sources[c.source_id].kind
        for c in records.citations[agreement_id]
        if c.subject == "existence" and c.source_id in records.sources
    )
    kind = ", ".join(records.word("source_kinds", code).lower() for code in kinds)
    return (
        f"<tr><td>{_time(row.date)}"
        f'<th scope="row"><a href="#{escape(agreement_id)}">{escape(row.title)}</a>'
        f"<td>{' · '.join(names)}"
        f"<td>{records.word('instruments', row.instrument)}"
        f"<td>{' · '.join(domains)}"
        f"<td>{records.word('statuses', row.status) or 'Not yet'}"
        f"<td>{escape(row.confidence or 'none').capitalize()}"
        f"<td>{int(row.sources or 0)} {kind}"
    )


def _section(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    cited = _cited(records, agreement_id)
    number = {source_id: n for n, source_id in enumerate(cited, start=1)}
    supports: dict[str, list[int]] = defaultdict(list)
    for citation in records.citations[agreement_id]:
        if citation.source_id in number:
            supports[citation.subject].append(number[citation.source_id])
    facts = [
        ("Parties", _parties(records, agreement_id)),
        ("Life", _life(records, agreement_id, supports)),
        ("Status", _status(records, agreement_id)),
        ("Domains", _domains(records, agreement_id, supports)),
        ("Value", _value(row, supports)),
        ("Confidence", _confidence(row)),
        ("Related", _related(records, agreement_id)),
        ("Disputed", _disputes(records, agreement_id, number)),
        ("Notes", escape(row.notes) if row.notes else ""),
        ("Sources", _sources(records, agreement_id, cited)),
        ("Record", f'<a href="#{escape(agreement_id)}">{escape(agreement_id)}</a>'),
    ]
    listed = "".join(f"<dt>{name}<dd>{fact}" for name, fact in facts if fact)
    original = ""
    if row.title_original:
        original = f'<p class="o"{_in_language(row.language_original)}>{escape(row.title_original)}'
    same = row.summary and row.summary.rstrip(".") == row.title.rstrip(".")
    summary = "" if same or not row.summary else f"<p>{escape(row.summary)}"
    return (
        f'<article id="{escape(agreement_id)}"><h3>{escape(row.title)}</h3>'
        f"{original}{summary}<dl>{listed}</dl></article>"
    )


def _parties(records: _Records, agreement_id: str) -> str:
    said = []
    for party in records.ordered_parties(agreement_id):
        role = "" if party.role in (None, "party") else records.word("roles", party.role).lower()
        said.append(records.party(party.party_id) + (f" ({role})" if role else ""))
    total = records.agreements[agreement_id].parties_total
    if total and total > len(said):
        said.append(f"{total} parties in all")
    return " · ".join(said)


def _life(records: _Records, agreement_id: str, supports: dict[str, list[int]]) -> str:
    steps = []
    for event in records.events[agreement_id]:
        where = ", ".join(
            part for part in (records.party(event.party_id), escape(event.place or "")) if part
        )
        stage = escape(records.stages.get(event.event, ""))
        steps.append(
            f'<li class="{stage}">{_time(event.date)} {records.word("event_types", event.event)}'
            f"{f': {where}' if where else ''}{_refs(supports[f'event:{event.event_id}'])}"
        )
    return f'<ol class="l">{"".join(steps)}</ol>' if steps else ""


def _status(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    status = records.word("statuses", row.status) or "Not yet concluded at the edition date"
    reason = ""
    deciding = [e for e in records.events[agreement_id] if e.event_id == row.status_event]
    if deciding:
        event = deciding[0]
        actor = f" ({records.party(event.party_id)})" if event.party_id else ""
        when = "undated" if not event.date else escape(dates.spoken(event.date))
        reason = f", by: {records.word('event_types', event.event).lower()}{actor}, {when}"
    note = f"<br>{escape(row.status_note)}" if row.status_note else ""
    return f"<b>{status}</b>{reason}{note}"


def _domains(records: _Records, agreement_id: str, supports: dict[str, list[int]]) -> str:
    named = [
        f"<li>{records.word('domain_codes', d.domain)}: {records.word('bases', d.basis).lower()}"
        f"{_refs(supports[f'domain:{d.domain}'])}"
        for d in records.domains[agreement_id]
    ]
    return f"<ul>{''.join(named)}</ul>" if named else ""


def _value(row: SimpleNamespace, supports: dict[str, list[int]]) -> str:
    if row.value_amount is None:
        return ""
    amount = f"{escape(row.value_currency or '')} {row.value_amount:,.0f}".strip()
    return f"{amount}{_refs(supports['value'])}"


def _confidence(row: SimpleNamespace) -> str:
    if not row.confidence:
        return "None: no source says that it exists"
    n = int(row.publishers or 0)
    reason = (
        "an official or treaty source"
        if row.official
        else f"{n} independent publisher{'' if n == 1 else 's'}"
        if n
        else "no official or reputable source"
    )
    return f"{escape(row.confidence).capitalize()}: {reason}"


def _related(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    related = [
        *([("Part of", row.part_of)] if row.part_of else []),
        *([("Replaces", row.supersedes)] if row.supersedes else []),
        *(("Has as a part", key) for key in records.parts[agreement_id]),
        *(("Replaced by", key) for key in records.successors[agreement_id]),
    ]
    return "<br>".join(f"{how}: {records.to(key)}" for how, key in related)


def _disputes(records: _Records, agreement_id: str, number: dict[str, int]) -> str:
    fields: dict[str, list[SimpleNamespace]] = defaultdict(list)
    for dispute in records.disputes[agreement_id]:
        fields[dispute.field].append(dispute)
    said = []
    for field, rows in fields.items():
        values: dict[str, list[SimpleNamespace]] = defaultdict(list)
        for dispute in sorted(rows, key=lambda d: not d.adopted):
            values[dispute.value or "no value"].append(dispute)
        options = []
        for value, backers in values.items():
            refs = _refs([number[d.source_id] for d in backers if d.source_id in number])
            shown = escape(dates.spoken(value) if re.fullmatch(dates.PATTERN, value) else value)
            options.append(
                f"<b>{shown}</b> (adopted){refs}" if backers[0].adopted else f"{shown}{refs}"
            )
        reason = next((d.reason for d in rows if d.reason), "")
        said.append(
            f"<li>{_field(records, agreement_id, field)}: {'; '.join(options)}. {escape(reason)}"
        )
    return f"<ul>{''.join(said)}</ul>" if said else ""


def _field(records: _Records, agreement_id: str, field: str) -> str:
    """Name what is disputed: ``event:signed-aze.date`` is 'signed (Azerbaijan), date'."""
    subject = field.split("#")[0]
    if subject.startswith("domain:"):
        return records.word("domain_codes", subject.removeprefix("domain:"))
    if subject.startswith("event:"):
        event_id, _, column = subject.removeprefix("event:").partition(".")
        event = next((e for e in records.events[agreement_id] if e.event_id == event_id), None)
        if event is None:
            return escape(f"{event_id} {column}").strip()
        actor = f" ({records.party(event.party_id)})" if event.party_id else ""
        return f"{records.word('event_types', event.event)}{actor}, {escape(column)}"
    return escape(subject.replace("_", " ")).capitalize()


def _cited(records: _Records, agreement_id: str) -> list[str]:
    """List the sources of an agreement, those that speak of its existence first."""
    order = {"existence": 0, "context": 2}
    rows = sorted(records.citations[agreement_id], key=lambda c: order.get(c.subject, 1))
    ids = [c.source_id for c in rows] + [d.source_id for d in records.disputes[agreement_id]]
    return [key for key in dict.fromkeys(ids) if key in records.sources]


def _sources(records: _Records, agreement_id: str, cited: Sequence[str]) -> str:
    said = defaultdict(list)
    for citation in records.citations[agreement_id]:
        said[citation.source_id].append(citation)
    return "".join(
        ["<ol>", *(_source(records, records.sources[key], said[key]) for key in cited), "</ol>"]
    )


def _source(
    records: _Records, source: SimpleNamespace, citations: Sequence[SimpleNamespace]
) -> str:
    title = escape(source.title or source.url)
    if source.title_kind == "described":
        title = f"[{title}]"
    language = source.language if source.title_kind != "described" else None
    link = title
    if re.match(r"https?://", source.url or ""):
        link = (
            f'<a href="{escape(source.url)}" rel="noopener noreferrer"'
            f"{_in_language(language)}>{title}</a>"
        )
    about = [
        escape(source.publisher or "publisher not known"),
        *([f"after {escape(source.origin)}"] if source.origin else []),
        _time(source.published),
        records.word("source_kinds", source.kind).lower(),
        *([_language(source.language)] if source.language else []),
        *(escape(c.locator) for c in citations if c.locator),
    ]
    evidence = " ".join(escape(c.evidence) for c in citations if c.evidence)
    return f"<li>{link} {', '.join(about)}. {evidence}"


def _controls(records: _Records) -> str:
    return ""


def _refs(numbers: Iterable[int]) -> str:
    shown = ",".join(map(str, sorted(set(numbers))))
    return f" <sup>{shown}</sup>" if shown else ""


def _time(date: str | None) -> str:
    if not date:
        return "undated"
    return f'<time datetime="{escape(date.rstrip("?"))}">{escape(dates.spoken(date))}</time>'


def _in_language(code: str | None) -> str:
    if not code or code == "en":
        return ""
    return f' lang="{escape(code)}"' + (' dir="rtl"' if code in RIGHT_TO_LEFT else "")


def _language(code: str) -> str:
    return escape(LANGUAGES.get(code, code))


def _period(dataset: Dataset) -> str:
    first = dataset.overview["earliest"].min()
    start = "" if pd.isna(first) else f"{first.year:04d}"
    return f"{start}/{dataset.as_of.year:04d}"


def _favicon() -> str:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="6" fill="{colour("paper")}"/>'
        f'<circle cx="12" cy="16" r="8" fill="{colour("state-1")}"/>'
        f'<circle cx="20" cy="16" r="8" fill="{colour("state-2")}" fill-opacity=".8"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    shown = ""
    while True:
        number, digit = divmod(number, 36)
        shown = digits[digit] + shown
        if not number:
            return shown


def _rows(table: pd.DataFrame) -> list[SimpleNamespace]:
    """Give a table as plain rows, missing values as None."""
    plain: dict[str, list[Any]] = {}
    for name in table.columns:
        column = table[name].astype(object)
        plain[str(name)] = column.where(column.notna(), None).tolist()
    keys = list(plain)
    return [
        SimpleNamespace(**dict(zip(keys, values, strict=True)))
        for values in zip(*plain.values(), strict=True)
    ]


def _by_agreement(table: pd.DataFrame) -> defaultdict[str, list[SimpleNamespace]]:
    grouped: defaultdict[str, list[SimpleNamespace]] = defaultdict(list)
    for row in _rows(table):
        grouped[row.agreement_id].append(row)
    return grouped


def _children(parents: pd.Series) -> defaultdict[str, list[str]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for child, parent in parents.dropna().items():
        grouped[parent].append(str(child))
    return grouped
