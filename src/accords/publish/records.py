"""The evidence behind the report: a table of all agreements, a section for each, the publishers.

Everything here is plain HTML that is complete without a script. ``static/table.js`` adds search,
filters, sorting, row sets, downloads and ready-made citations by reading this same markup, so that
nothing is said twice: the report holds several hundred sections and has to stay small. For the same
reason end tags that HTML lets one omit (``li``, ``td``, ``dd`` ...) are omitted.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pandas as pd

from accords.charts.theme import colour
from accords.dataset import Dataset, citations
from accords.dataset import edtf as dates
from accords.dataset.lifecycle import PURCHASE
from accords.words import PRESS_MARK_MEANS, marked, money
from accords.words import escape as attribute

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
CODE_LISTS = (
    "bases",
    "domain_codes",
    "event_types",
    "instruments",
    "lists",
    "roles",
    "source_kinds",
    "statuses",
    "voices",
)
SAVED_AS = (("csv", "CSV"), ("json", "JSON"), ("bib", "BibTeX"), ("ris", "RIS"))
CONFIDENCE = {"high": "High", "medium": "Medium", "low": "Low"}
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
    "mr": "Marathi",
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
    """Write the table of all agreements, the newest first, with its search and filters.

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
    work = citations.work(dataset)
    rows = [_row(records, agreement_id) for agreement_id in records.ids]
    return (
        f'<div id="evidence" data-title="{attribute(work.title)}"'
        f' data-author="{attribute(work.author)}" data-edition="{attribute(work.edition)}"'
        f' data-day="{work.day}">{_controls(records)}'
        + _table(
            "ev",
            "Evidence table",
            f"<span>{len(rows):,} agreements, the newest first</span>. {PRESS_MARK_MEANS}.",
            COLUMNS,
            rows,
        )
        + "</div>"
    )


def agreement_sections(dataset: Dataset) -> str:
    """Write a section for each agreement: what it is, its life, subjects, disputes and sources.

    Returns
    -------
    str
        How to cite a record, then one ``<article>`` for each agreement in the order of
        :func:`evidence_table`; its ``id`` is the agreement's, so that
        ``report.html#<agreement_id>`` is its permanent address.
    """
    records = _Records(dataset)
    if not records.ids:
        return NOTHING
    work = citations.work(dataset)
    how = (
        "<p>A status follows from the last step of a life, unless another is named. Small numbers "
        "are those of the sources below; these are press reports in English unless they say "
        "otherwise. Only independent publishers are counted. Cite a record by its title and the "
        "identifier below it: “<i>title</i>”. In "
        f"{text(work.author)}, {text(work.title)}, edition {text(work.edition)} ({work.day}), "
        "record <i>identifier</i>.</p>"
    )
    sections = [_section(records, agreement_id) for agreement_id in records.ids]
    return f'<div class="ag">{how}\n' + "\n".join(sections) + "</div>"


def source_list(dataset: Dataset) -> str:
    """Write the publishers that the dataset rests on, those cited most first.

    The cited pages themselves stand with the agreements that they support. Publishers of few
    pages are counted only.
    """
    records = _Records(dataset)
    cited = dataset.citations[["agreement_id", "source_id"]].drop_duplicates()
    cited = cited.merge(dataset.sources, on="source_id")
    if cited.empty:
        return NOTHING
    groups = [(str(name), group) for name, group in cited.groupby("publisher")]
    pages = {name: group["source_id"].nunique() for name, group in groups}
    groups.sort(key=lambda item: (-pages[item[0]], item[0].casefold()))
    rows = []
    for name, group in groups:
        if pages[name] < OFTEN:
            break
        kinds = dict.fromkeys(records.word("source_kinds", k) for k in group["kind"].dropna())
        languages = sorted({_language(code) for code in group["language"].dropna()})
        rows.append(
            f'<tr><th scope="row">{text(name)}<td>{", ".join(kinds)}<td>{", ".join(languages)}'
            f"<td>{pages[name]}<td>{records.link(group['agreement_id'])}"
        )
    columns = ("Publisher", "Kind", "Languages", "Pages", "Agreements")
    caption = f"Publishers of {OFTEN} or more cited pages"
    few = len(groups) - len(rows)
    return (
        f"<p>{cited['source_id'].nunique():,} pages of {len(groups):,} publishers are cited; each "
        f"page stands with the agreements that it supports. Publishers of fewer than {OFTEN} pages "
        f"({few:,}) are left out below.</p>"
        + (_table("pub", "Publishers", caption, columns, rows) if rows else "")
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
    work = citations.work(dataset)
    description = str(described.get("description", work.title))
    author = {"@type": "Organization", "name": work.author}
    licences = [x["path"] for x in described.get("licenses", []) if "path" in x]
    shared = {
        "name": work.title,
        "description": description,
        "datePublished": work.day,
        "version": work.edition,
        "inLanguage": "en",
        "author": author,
        "license": licences,
        "isAccessibleForFree": True,
    }
    data = {
        "@type": "Dataset",
        "@id": "#dataset",
        **shared,
        "creator": author,
        "keywords": list(described.get("keywords", [])),
        "spatialCoverage": [dataset.party_names[state] for state in dataset.focus],
        "temporalCoverage": _period(dataset),
        "variableMeasured": [r["title"] for r in described["resources"] if "title" in r],
    }
    report = {"@type": "Report", **shared, "isBasedOn": {"@id": "#dataset"}}
    graph = {"@context": "https://schema.org", "@graph": [data, report]}
    # Within a script element only '<' could begin an end tag or a comment.
    linked_data = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    linked_data = linked_data.replace("<", "\\u003c")
    return "\n".join(
        [
            f'<meta name="description" content="{attribute(description)}">',
            '<meta name="referrer" content="no-referrer">',
            '<meta property="og:type" content="article">',
            f'<meta property="og:title" content="{attribute(work.title)}">',
            f'<meta property="og:description" content="{attribute(description)}">',
            '<meta property="og:locale" content="en_GB">',
            f'<meta property="article:published_time" content="{work.day}">',
            f'<link rel="icon" href="{_favicon()}">',
            f'<script type="application/ld+json">{linked_data}</script>',
        ]
    )


def stylesheet() -> str:
    """Give the CSS of the table and the sections."""
    return (files("accords.publish") / "static" / "records.css").read_text(encoding="utf-8")


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


def text(said: object) -> str:
    """Make any text from the data safe between tags; quotation marks may stay as they are."""
    return html.escape(str(said), quote=False)


def quoted(value: str) -> str:
    """Write the value of an attribute, in quotation marks where HTML wants them."""
    return value if re.fullmatch(r"[\w#./:-]*\w", value, re.ASCII) else f'"{attribute(value)}"'


class _Records:
    """The tables as rows by agreement, and the words for their codes."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        overview = dataset.overview
        newest = overview.assign(key=overview.index).sort_values(
            ["earliest", "key"], ascending=[False, True], na_position="last"
        )
        self.ids = list(newest.index)
        self.agreements = {row.agreement_id: row for row in _rows(overview.reset_index())}
        self.positions = {key: n for n, key in enumerate(sorted(self.ids))}
        self.parties = _by_agreement(dataset.parties)
        self.events = _by_agreement(dataset.events.sort_values("earliest"))
        self.domains = _by_agreement(dataset.domains)
        self.citations = _by_agreement(dataset.citations)
        self.disputes = _by_agreement(dataset.disputes)
        self.sources = {row.source_id: row for row in _rows(dataset.sources)}
        self.parts = _children(overview["part_of"])
        self.successors = _children(overview["supersedes"])
        self.words = {name: dataset.labels(name) for name in CODE_LISTS}
        self.voices = list(dataset.codes("voices").index)
        stages = dataset.codes("stages")["order"]
        self.stages = dataset.codes("event_types")["stage"].map(stages).to_dict()

    def life(self, agreement_id: str) -> list[SimpleNamespace]:
        """Give an agreement's events in order, what is undated before the next stage."""
        events = self.events[agreement_id]
        life = [event for event in events if event.date]
        for event in events:
            if not event.date:
                stage = self.stages.get(event.event, 0)
                later = (n for n, e in enumerate(life) if self.stages.get(e.event, 0) > stage)
                life.insert(next(later, len(life)), event)
        return life

    def word(self, name: str, code: str | None) -> str:
        """Give the label of a code, escaped."""
        return text(self.words[name].get(code, code)) if code else ""

    def party(self, code: str | None) -> str:
        """Give the name of a party, escaped."""
        return text(self.dataset.party_names.get(code, code)) if code else ""

    def step(self, event: SimpleNamespace) -> str:
        """Name an event and who acted: 'Ratified, Azerbaijan'."""
        named = (self.word("event_types", event.event), self.party(event.party_id))
        return ", ".join(filter(None, named))

    def to(self, agreement_id: str) -> str:
        """Link to the section of an agreement."""
        row = self.agreements.get(agreement_id)
        if row is None:
            return text(agreement_id)
        return f"<a href={quoted('#' + agreement_id)}>{text(row.short_name)}</a>"

    def link(self, ids: Iterable[str]) -> str:
        """Write the number of agreements as a link to their rows in the table."""
        known = {self.positions[key] for key in ids if key in self.positions}
        return f'<a href="#evidence" data-set="{row_set(known)}">{len(known):,}</a>'

    def ordered_parties(self, agreement_id: str) -> list[SimpleNamespace]:
        """Give an agreement's parties, the focus states first."""
        return sorted(
            self.parties[agreement_id],
            key=lambda p: (p.party_id not in self.dataset.focus, self.party(p.party_id)),
        )

    def kinds(self, agreement_id: str) -> list[str]:
        """Name the kinds of sources that say that an agreement exists, the best first."""
        cited = {
            self.sources[c.source_id].kind
            for c in self.citations[agreement_id]
            if c.subject == "existence" and c.source_id in self.sources
        }
        return [text(word) for code, word in self.words["source_kinds"].items() if code in cited]


def _table(name: str, label: str, caption: str, columns: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{column}' for column in columns)
    return (
        f'<div class="wide-table" role="region" aria-label="{label}" tabindex="0">'
        f'<table class="{name}"><caption>{caption}</caption><thead><tr>{head}</thead>\n<tbody>\n'
        + "\n".join(rows)
        + "\n</tbody></table></div>"
    )


def _controls(records: _Records) -> str:
    """Write search and filters; the options are those that occur."""
    overview = records.dataset.overview
    names = records.dataset.party_names

    def options(column: str, words: Mapping[str, str]) -> list[tuple[str, str]]:
        values = overview[column].explode() if column in LISTED else overview[column]
        occurring = set(values.dropna())
        return [(code, word) for code, word in words.items() if code in occurring]

    by_name = dict(sorted(names.items(), key=lambda item: item[1]))
    cited = records.dataset.citations.query("subject == 'existence'")["source_id"]
    kinds = {records.sources[key].kind for key in cited if key in records.sources}
    kinds_of_record = {token for row in records.agreements.values() for token in _tokens(row)}
    states = options("focus", {s: names[s] for s in records.dataset.focus})
    filters = [
        ("state", "State", states),
        ("partner", "With", options("partners", by_name)),
        ("domain", "Domain", options("domains", records.words["domain_codes"])),
        ("instrument", "Instrument", options("instrument", records.words["instruments"])),
        ("status", "Status", options("status", records.words["statuses"])),
        ("confidence", "Confidence", options("confidence", CONFIDENCE)),
        ("basis", "Domain named by", [("firm", "official sources or the text")]),
        ("is", "Kind", [(t, w) for t, w in TOKENS.items() if t in kinds_of_record]),
        (
            "source",
            "Source",
            [(c, w) for c, w in records.words["source_kinds"].items() if c in kinds],
        ),
    ]
    searched = _searched(records, [state for state, _ in states])
    occurring = {code for code, _ in options("partners", by_name)}
    blank = [(code, word) for code, word in by_name.items() if code in searched.keys() - occurring]

    def listed(name: str, choices: Iterable[tuple[str, str]]) -> str:
        about = searched if name == "partner" else {}
        return "".join(
            f"<option value={quoted(code)}{about.get(code, '')}>{text(word)}"
            for code, word in choices
        )

    none_found = f'<optgroup label="none on record">{listed("partner", blank)}' if blank else ""
    selects = "".join(
        f'<label>{label}<select name="{name}"><option value="">any{listed(name, choices)}'
        f"{none_found if name == 'partner' else ''}</select></label>"
        for name, label, choices in filters
    )
    years = "".join(
        f'<label>{label}<input name="{name}" type="number" min="1900" max="2100"></label>'
        for name, label in (("from", "From year"), ("to", "To year"))
    )
    saves = "".join(
        f'<button type="button" value="{kind}">{label}</button>' for kind, label in SAVED_AS
    )
    return (
        '<form id="find" role="search" hidden><label class="q">Search titles, partners, places, '
        f'firms, summaries<input name="q" type="search" autocomplete="off"></label>{selects}{years}'
        '<p><output></output><button type="reset">Show all</button>'
        f"<span>Save as {saves}</span></p></form>"
    )


def _searched(records: _Records, states: Sequence[str]) -> dict[str, str]:
    """Return, by partner, the attributes that say how it stands in a sentence and was searched for.

    ``data-searched`` holds a code for each of the states, in their order; ``table.js`` words it.
    """
    dataset = records.dataset
    how: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows(dataset.coverage):
        how[row.partner][row.focus] = row.search
    said = {}
    for partner, codes in how.items():
        name = dataset.party_names.get(partner, partner)
        phrase = dataset.party_phrases.get(name, name)
        searched = " ".join(codes.get(state, "-") for state in states)
        said[partner] = f" data-searched={quoted(searched)}"
        if phrase != name:
            said[partner] += f" data-the={quoted(phrase)}"
    return said


def _tokens(row: SimpleNamespace) -> list[str]:
    """Name the kinds by which the table can be filtered beside what its cells show."""
    return [
        row.scope,
        "purchase" if row.instrument == PURCHASE else "binding",
        *(["worldwide"] if row.worldwide else []),
        *(["one-list"] if row.one_list else ["several"]),
    ]


def _row(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    parties = records.ordered_parties(agreement_id)
    names = [records.party(p.party_id) for p in parties[:MANY_PARTIES]]
    total = max(len(parties), row.parties_total or 0)
    if total > len(names):
        names.append(f"{total - len(names)} more")
    cells = [
        f"<th scope=row><a href={quoted('#' + agreement_id)}>{text(row.short_name)}</a>",
        " · ".join(names),
        records.word("instruments", row.instrument),
        " · ".join(
            marked(records.word("domain_codes", code), press=code in row.press_domains)
            for code in row.domains
        ),
        records.word("statuses", row.status) or "Not yet",
        CONFIDENCE.get(row.confidence, "None"),
        f"{row.sources or 0}: {', '.join(records.kinds(agreement_id)).lower()}",
    ]
    kinds = " ".join(_tokens(row))
    date = text(row.date or "undated").replace("/", "/<wbr>")
    return f"<tr data-is={quoted(kinds)}><td>{date}" + "<td>".join(cells)


def _section(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    cited = _cited(records, agreement_id)
    number = {source_id: n for n, source_id in enumerate(cited, start=1)}
    facts = [
        ("Life", _life(records, agreement_id, number)),
        ("Status", _status(records, agreement_id)),
        ("Domains", _domains(records, agreement_id, number)),
        ("Value", _value(records, agreement_id, number)),
        ("Related", _related(records, agreement_id)),
        ("Disputed", _disputes(records, agreement_id, number)),
        ("Notes", text(row.notes or "")),
        ("Sources", _sources(records, agreement_id, cited)),
    ]
    listed = "".join(f"<dt>{name}<dd>{fact}" for name, fact in facts if fact)
    original = ""
    if row.title_original:
        original = f"<p class=o{_in_language(row.language_original)}>{text(row.title_original)}"
    repeats = (row.summary or "").rstrip(".") == row.title.rstrip(".")
    summary = "" if repeats or not row.summary else f"<p>{text(row.summary)}"
    return (
        f"<article id={quoted(agreement_id)}><h3>{text(row.title)}</h3>"
        f"{original}<p>{_kind(records, agreement_id)}{summary}<dl>{listed}</dl></article>"
    )


def _kind(records: _Records, agreement_id: str) -> str:
    """Say in a line what it is, between whom, and how sure that is."""
    row = records.agreements[agreement_id]
    named = []
    for party in records.ordered_parties(agreement_id):
        role = "" if party.role in (None, "party") else records.word("roles", party.role).lower()
        named.append(records.party(party.party_id) + (f" ({role})" if role else ""))
    total = row.parties_total
    if total and total > len(named):
        named.append(f"{total} parties in all")
    publishers = row.publishers or 0
    if row.official:
        reason = "an official source"
    elif publishers:
        reason = f"{publishers} publisher{'' if publishers == 1 else 's'}"
    else:
        reason = "no reputable source"
    alone = f" Known from one list alone: {records.word('lists', row.one_list)}."
    return (
        f"{records.word('instruments', row.instrument)} of <b>{' · '.join(named)}</b>. "
        f"Confidence {CONFIDENCE.get(row.confidence, 'none').lower()}: {reason}."
        f"{alone if row.one_list else ''}"
    )


def _life(records: _Records, agreement_id: str, number: Mapping[str, int]) -> str:
    steps = [
        f"<li class=s{records.stages.get(event.event, 0)}>"
        f"<b>{_when(event.date)}</b> "
        f"{records.step(event)}{f', at {text(event.place)}' if event.place else ''}"
        f"{_refs(records, agreement_id, f'event:{event.event_id}', number)}"
        for event in records.life(agreement_id)
    ]
    return f"<ol>{''.join(steps)}</ol>" if steps else ""


def _status(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    status = records.word("statuses", row.status) or "Not yet concluded when sources were last read"
    life = records.life(agreement_id)
    # The last step of the life above needs no mention.
    deciding = [e for e in life[:-1] if e.event_id == row.status_event]
    reason = "".join(f", by “{records.step(e)}, {_when(e.date)}”" for e in deciding)
    note = f". {text(row.status_note)}" if row.status_note else ""
    return f"<b>{status}</b>{reason}{note}"


def _domains(records: _Records, agreement_id: str, number: Mapping[str, int]) -> str:
    """List the domains; where several voices name them, keep the voices apart in columns."""
    named = records.domains[agreement_id]
    spoken = [c for c in records.citations[agreement_id] if c.subject.startswith("domain:")]
    voices = [voice for voice in records.voices if any(c.voice == voice for c in spoken)]
    if len(voices) < 2:
        listed = (
            f"<li>{records.word('domain_codes', d.domain)} "
            f"({records.word('bases', d.basis).lower()})"
            f"{_refs(records, agreement_id, f'domain:{d.domain}', number)}"
            for d in named
        )
        return f"<ul>{''.join(listed)}</ul>" if named else ""
    columns = [*voices, *([None] if any(c.voice is None for c in spoken) else [])]
    rows = []
    for domain in named:
        cells = []
        for voice in columns:
            numbers = sorted(
                number[c.source_id]
                for c in spoken
                if c.subject == f"domain:{domain.domain}" and c.voice == voice
            )
            cells.append("<td>" + ", ".join(map(str, numbers)))
        rows.append(
            f'<tr><th scope="row">{records.word("domain_codes", domain.domain)}'
            f"<td>{records.word('bases', domain.basis)}{''.join(cells)}"
        )
    head = ["Domain", "Basis", *(records.word("voices", v) or "Voice not noted" for v in columns)]
    caption = "Who names which domain: the numbers of the sources that carry each voice"
    return _table("voices", "Domains by voice", caption, head, rows)


def _value(records: _Records, agreement_id: str, number: Mapping[str, int]) -> str:
    row = records.agreements[agreement_id]
    if row.value_amount is None:
        return ""
    amount = money(row.value_amount, row.value_currency or "", row.value_kind)
    return text(amount) + _refs(records, agreement_id, "value", number)


def _related(records: _Records, agreement_id: str) -> str:
    row = records.agreements[agreement_id]
    related = [
        *([("Part of", row.part_of)] if row.part_of else []),
        *([("Replaces", row.supersedes)] if row.supersedes else []),
        *(("Has as a part", key) for key in records.parts[agreement_id]),
        *(("Replaced by", key) for key in records.successors[agreement_id]),
    ]
    return "<br>".join(f"{how}: {records.to(key)}" for how, key in related)


def _disputes(records: _Records, agreement_id: str, number: Mapping[str, int]) -> str:
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
            shown = _when(value)
            if backers[0].adopted:
                shown = f"<b>{shown}</b> (adopted)"
            options.append(shown + _sup(number[d.source_id] for d in backers))
        reasons = " ".join(dict.fromkeys(text(d.reason) for d in rows if d.reason))
        said.append(f"<li>{_field(records, agreement_id, field)}: {'; '.join(options)}. {reasons}")
    return f"<ul>{''.join(said)}</ul>" if said else ""


def _field(records: _Records, agreement_id: str, field: str) -> str:
    """Name what is disputed: ``event:signed-aze.date`` is 'Signed, Azerbaijan: date'."""
    subject = field.split("#")[0]
    if subject.startswith("domain:"):
        return records.word("domain_codes", subject.removeprefix("domain:"))
    if subject.startswith("event:"):
        event_id, _, column = subject.removeprefix("event:").partition(".")
        steps = [e for e in records.events[agreement_id] if e.event_id == event_id]
        return f"{records.step(steps[0]) if steps else text(event_id)}, {text(column)}"
    return text(subject.replace("_", " ").capitalize())


def _cited(records: _Records, agreement_id: str) -> list[str]:
    """List the sources of an agreement, those that speak of its existence first."""
    order = {"existence": 0, "context": 2}
    rows = sorted(records.citations[agreement_id], key=lambda c: order.get(c.subject, 1))
    return list(dict.fromkeys(c.source_id for c in [*rows, *records.disputes[agreement_id]]))


def _sources(records: _Records, agreement_id: str, cited: Sequence[str]) -> str:
    said: dict[str, list[SimpleNamespace]] = defaultdict(list)
    for citation in records.citations[agreement_id]:
        said[citation.source_id].append(citation)
    listed = [_source(records, key, said[key]) for key in cited]
    return f"<ol>{''.join(listed)}</ol>" if listed else ""


def _source(records: _Records, key: str, cited: Sequence[SimpleNamespace]) -> str:
    source = records.sources.get(key)
    if source is None:
        return f"<li>{text(key)}"
    title = text(source.title or source.url)
    described = source.title_kind == "described"
    if re.match(r"https?://", source.url or ""):
        language = "" if described else _in_language(source.language)
        title = f"<a href={quoted(source.url)} rel=noopener{language}>{title}</a>"
    about = [
        f"[{title}]" if described else title,
        text(source.publisher or "publisher not known"),
        f"after {text(source.origin)}" if source.origin else "",
        _when(source.published) if source.published else "",
        records.word("source_kinds", source.kind).lower() if source.kind != "press" else "",
        _language(source.language) if source.language not in (None, "en") else "",
        *(text(c.locator) for c in cited if c.locator),
        "context only" if cited and all(c.subject == "context" for c in cited) else "",
    ]
    evidence = " ".join(text(c.evidence) for c in cited if c.evidence)
    return f"<li>{', '.join(filter(None, about))}. {evidence}"


def _refs(records: _Records, agreement_id: str, subject: str, number: Mapping[str, int]) -> str:
    cited = (c for c in records.citations[agreement_id] if c.subject == subject)
    return _sup(number[c.source_id] for c in cited)


def _sup(numbers: Iterable[int]) -> str:
    shown = ",".join(map(str, sorted(set(numbers))))
    return f"<sup>{shown}</sup>" if shown else ""


def _when(date: str | None) -> str:
    """Write a date as prose; what is no date stays as it is."""
    try:
        return text(dates.spoken(date))
    except (ValueError, IndexError):
        return text(date)


def _in_language(code: str | None) -> str:
    if not code or code == "en":
        return ""
    return f" lang={quoted(code)}" + (" dir=rtl" if code in RIGHT_TO_LEFT else "")


def _language(code: str) -> str:
    return text(LANGUAGES.get(code, code))


def _period(dataset: Dataset) -> str:
    first = dataset.overview["earliest"].min()
    start = dataset.as_of if pd.isna(first) else first
    return f"{start.year:04d}/{dataset.as_of.year:04d}"


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
    return [
        SimpleNamespace(**dict(zip(plain, values, strict=True)))
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
        grouped[str(parent)].append(str(child))
    return grouped
