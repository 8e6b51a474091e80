"""Finding agreements by what they are, and taking the selection away as a file."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from accords.errors import AccordsError

if TYPE_CHECKING:
    from accords.dataset import Dataset

FACETS: Mapping[str, str] = {
    "state": "focus",
    "partner": "partners",
    "domain": "domains",
    "instrument": "instrument",
    "status": "status",
    "confidence": "confidence",
    "one_list": "one_list",
}
"""What can be filtered by value, and the column of the overview that holds it."""

DIMENSIONS = (*FACETS, "period", "text")
"""Everything that a selection can be narrowed by."""

_CODE_LISTS = {
    "state": "party_codes",
    "partner": "party_codes",
    "domain": "domain_codes",
    "instrument": "instruments",
    "status": "statuses",
    "one_list": "lists",
}

CONFIDENCES = {"high": "High", "medium": "Medium", "low": "Low"}

# Letters that carry no separable mark, yet are typed without it, and Cyrillic ones that look Latin.
# As in the report's own search (report/static/table.js).
_LETTERS = str.maketrans(
    {"ə": "e", "ǝ": "e", "ә": "e", "ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"}
    | dict(zip("аеорсх", "aeopcx", strict=True))
    | {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا"}
    | dict.fromkeys("'’ʼـ", "")
    | {digit: str(n % 10) for n, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
)


# A phrase in double quotes, closed or not yet, or a word.
_SOUGHT = re.compile(r'"([^"]+)"?|([^\s"]+)')


@dataclass(frozen=True)
class Criteria:
    """What a selection is narrowed by; an empty field narrows nothing.

    Attributes
    ----------
    text
        Words, and phrases in double quotes, that must all occur, accents and case aside.
    state, partner, domain, instrument, status, confidence, one_list
        Codes, any of which will do; ``one_list`` is the list from which alone it is known.
    since, until
        Years in which the agreement was concluded, both included. Either leaves out what is
        undated.
    """

    text: str = ""
    state: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    one_list: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None

    def __str__(self) -> str:
        set_fields = {f.name: getattr(self, f.name) for f in fields(self)}
        return ", ".join(
            f"{name}: {' or '.join(value) if isinstance(value, tuple) else value}"
            for name, value in set_fields.items()
            if value not in ("", (), None)
        )


def find(dataset: Dataset, text: str = "", **wanted: Any) -> Dataset:
    """Give the dataset of the agreements that meet all criteria; see :meth:`Dataset.find`."""
    chosen = criteria(dataset, text, **wanted)
    mask = matches(dataset, chosen)
    said = [part for part in (dataset.choice, in_words(dataset, chosen)) if part]
    return dataset.select(mask.index[mask], choice=" and ".join(said))


def in_words(dataset: Dataset, chosen: Criteria) -> str:
    """Return criteria as readers name them: ``partner Türkiye or Israel and since 2020``."""
    said = [f"the words “{chosen.text}”"] if chosen.text else []
    for facet in FACETS:
        known = _known(dataset, facet)
        if values := getattr(chosen, facet):
            said.append(f"{facet.replace('_', ' ')} {' or '.join(known[v] for v in values)}")
    for name in ("since", "until"):
        if (year := getattr(chosen, name)) is not None:
            said.append(f"{name} {year}")
    return " and ".join(said)


def criteria(dataset: Dataset, text: str = "", **wanted: Any) -> Criteria:
    """Read criteria as people write them: one value or several, codes or names in any case.

    Raises
    ------
    AccordsError
        When a criterion or a value is not known; the message names the nearest one or all.
    """
    known = {f.name for f in fields(Criteria)}
    for name in wanted:
        if name not in known:
            raise AccordsError(f"{name}: no such criterion. Use {', '.join(sorted(known))}.")
    values: dict[str, Any] = {
        name: _codes(dataset, name, wanted[name]) for name in FACETS if wanted.get(name) is not None
    }
    for name in ("since", "until"):
        if wanted.get(name) is not None:
            values[name] = _year(name, wanted[name])
    return Criteria(text=text, **values)


def names(dataset: Dataset, facet: str) -> dict[str, str]:
    """Give the readers' name of each value of a facet that the data hold, in reading order.

    Parties and domains go by name, instruments and statuses as their code lists have them.
    """
    held = set(dataset.overview[FACETS[facet]].explode().dropna())
    return {code: name for code, name in _known(dataset, facet).items() if code in held}


def masks(dataset: Dataset, chosen: Criteria, haystack: pd.Series | None = None) -> pd.DataFrame:
    """Say of every agreement which dimensions of the criteria it meets.

    Parameters
    ----------
    dataset
        The dataset.
    chosen
        The criteria.
    haystack
        What :func:`searchable` gave for the dataset, to save doing it again.

    Returns
    -------
    DataFrame
        Boolean, indexed by ``agreement_id``, a column for each of :data:`DIMENSIONS`.
    """
    overview = dataset.overview
    met = {
        facet: _holds(overview[column], getattr(chosen, facet)) for facet, column in FACETS.items()
    }
    met["period"] = _between(overview["year"], chosen.since, chosen.until)
    met["text"] = _contains(dataset, chosen.text, haystack)
    return pd.DataFrame(met, index=overview.index)


def matches(dataset: Dataset, chosen: Criteria, haystack: pd.Series | None = None) -> pd.Series:
    """Say of every agreement whether it meets all criteria."""
    return masks(dataset, chosen, haystack).all(axis=1)


def searchable(dataset: Dataset) -> pd.Series:
    """Give the folded text in which the words of a search are looked for, by agreement.

    Identifier, short name, titles in every language, summary and notes, the names of parties and
    instrument, the codes of domains, places, and the titles and publishers of the sources.
    """
    overview = dataset.overview
    written = ("short_name", "title", "title_original", "summary", "notes")
    parts = [overview[c] for c in written]
    parts.append(overview.index.to_series())
    parts.append(overview["instrument_label"])
    parties = dataset.codes("party_codes")
    for column in ("name", "name_fr"):
        named = dataset.parties["party_id"].map(parties[column])
        parts.append(_joined(dataset.parties.assign(text=named)))
    parts.append(_joined(dataset.parties.assign(text=dataset.parties["party_id"])))
    # Their codes and not their labels: 'drones' is to find drones, and not all that is coded as
    # 'Aviation, drones and space'.
    parts.append(_joined(dataset.domains.assign(text=dataset.domains["domain"])))
    parts.append(_joined(dataset.events.assign(text=dataset.events["place"])))
    cited = dataset.citations.merge(dataset.sources, on="source_id")
    for column in ("title", "publisher"):
        parts.append(_joined(cited.assign(text=cited[column])))
    text = pd.Series("", index=overview.index)
    for part in parts:
        text = text + " " + part.reindex(overview.index).fillna("").astype(str)
    return text.map(fold)


def fold(text: str) -> str:
    """Take case, accents and punctuation off, so that 'Müdafiə' is found as 'mudafie'."""
    bare = text.casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", bare.casefold().translate(_LETTERS)).split())


def evidence(dataset: Dataset) -> pd.DataFrame:
    """Give the sources of each agreement.

    Returns
    -------
    DataFrame
        One row for each agreement and source, newest agreement first: ``agreement_id``, ``date``,
        ``agreement``, ``supports`` (what the source is cited for), ``source``, ``publisher``,
        ``published`` (EDTF), ``language``, ``kind``, ``url``.
    """
    supports = (
        dataset.citations.assign(order=range(len(dataset.citations)))
        .sort_values("order")
        .groupby(["agreement_id", "source_id"], sort=False)["subject"]
        .agg(lambda subjects: "; ".join(dict.fromkeys(subjects)))
        .rename("supports")
        .reset_index()
    )
    agreements = dataset.overview[["date", "title", "earliest"]].rename(
        columns={"title": "agreement"}
    )
    rows = supports.merge(agreements, left_on="agreement_id", right_index=True)
    rows = rows.merge(dataset.sources.rename(columns={"title": "source"}), on="source_id")
    rows = rows.sort_values(
        ["earliest", "agreement_id", "published", "source_id"],
        ascending=[False, True, True, True],
        na_position="last",
        ignore_index=True,
    )
    columns = ["agreement_id", "date", "agreement", "supports", "source"]
    return rows[[*columns, "publisher", "published", "language", "kind", "url"]]


def flat(dataset: Dataset) -> pd.DataFrame:
    """Give the agreements as a table for a spreadsheet: names for codes, no cell a list.

    Returns
    -------
    DataFrame
        One row an agreement, newest first, all text but ``year``, ``value_amount`` and the number
        of ``sources``; ``source_urls`` are separated by spaces.
    """
    overview = dataset.overview.sort_values(["earliest", "title"], ascending=[False, True])
    cited = dataset.citations.merge(dataset.sources, on="source_id")
    urls = _joined(cited.assign(text=cited["url"]))

    def named(facet: str) -> pd.Series:
        shown = names(dataset, facet)
        return overview[FACETS[facet]].map(
            lambda value: (
                "; ".join(shown[code] for code in value)
                if isinstance(value, tuple)
                else shown.get(value)
            )
        )

    domains = names(dataset, "domain")
    return pd.DataFrame(
        {
            "agreement_id": overview.index,
            "date": overview["date"],
            "year": overview["year"],
            "short_name": overview["short_name"],
            "title": overview["title"],
            "title_original": overview["title_original"],
            "states": named("state"),
            "partners": named("partner"),
            "instrument": overview["instrument_label"],
            "domains": named("domain"),
            "press_domains": overview["press_domains"].map(
                lambda codes: "; ".join(domains[code] for code in codes)
            ),
            "status": named("status"),
            "confidence": overview["confidence"],
            "value_amount": overview["value_amount"],
            "value_currency": overview["value_currency"],
            "value_kind": overview["value_kind"],
            "one_list": named("one_list"),
            "summary": overview["summary"],
            "notes": overview["notes"],
            "sources": overview["sources"],
            "source_urls": urls.reindex(overview.index),
        }
    ).reset_index(drop=True)


def save(dataset: Dataset, path: str | Path, about: str = "") -> Path:
    """Write a dataset's agreements as ``.csv``, ``.xlsx`` or ``.bib``, by the file's ending.

    Parameters
    ----------
    dataset
        The agreements to write, all of the dataset.
    path
        The file.
    about
        What was selected, for the workbook's sheet 'About'.

    Raises
    ------
    AccordsError
        When the ending is another one, or the file cannot be written.
    """
    target = Path(path)
    content = as_bytes(dataset, target.suffix.lower().lstrip("."), about)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise AccordsError(
            f"{target}: cannot be written ({error.strerror}). Choose another folder, or close the "
            "file where it is open."
        ) from error
    return target


def as_bytes(dataset: Dataset, form: str, about: str = "") -> bytes:
    """Give what :func:`save` writes; ``form`` is ``csv``, ``xlsx`` or ``bib``."""
    if form == "csv":
        table = flat(dataset)
        text = table.select_dtypes(exclude="number").columns
        table[text] = table[text].map(_inert, na_action="ignore")
        # The mark lets Excel read the file as UTF-8.
        return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    if form == "xlsx":
        return _workbook(dataset, about)
    if form == "bib":
        from accords.dataset import citations

        return citations.bibtex(dataset).encode()
    raise AccordsError(f".{form}: no such format. Save as .csv, .xlsx or .bib.")


def _workbook(dataset: Dataset, about: str) -> bytes:
    import io

    import xlsxwriter

    sheets = {
        "Agreements": flat(dataset),
        "Sources": evidence(dataset),
        "About": pd.DataFrame(
            {
                "item": ["Dataset", "Edition", "Sources read until", "Selection", "Agreements"],
                "value": [
                    dataset.descriptor.get("title", "Defence agreements"),
                    dataset.edition,
                    f"{dataset.as_of:%Y-%m-%d}",
                    about or "all agreements",
                    len(dataset.agreements),
                ],
            }
        ),
    }
    file = io.BytesIO()
    # Text stays text: a cell that starts like a formula or an address is neither.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": dataset.released.to_pydatetime()})
        head = book.add_format({"bold": True, "bottom": 1})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, list(table.columns), head)
            for number, row in enumerate(table.itertuples(index=False, name=None), start=1):
                for column, value in enumerate(row):
                    if pd.notna(value):
                        sheet.write(number, column, value)
            for column, title in enumerate(table.columns):
                wide = title in ("title", "agreement", "summary", "notes", "source", "value")
                sheet.set_column(column, column, 60 if wide else 18)
            sheet.freeze_panes(1, 0)
            if len(table):
                sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    return file.getvalue()


def _holds(column: pd.Series, wanted: tuple[str, ...]) -> pd.Series:
    if not wanted:
        return pd.Series(True, index=column.index)
    if column.map(lambda value: isinstance(value, tuple)).all():
        return column.map(lambda value: not set(wanted).isdisjoint(value)).astype(bool)
    return column.isin(wanted)


def _between(years: pd.Series, since: int | None, until: int | None) -> pd.Series:
    if since is None and until is None:
        return pd.Series(True, index=years.index)
    low = since if since is not None else -9999
    high = until if until is not None else 9999
    return years.between(low, high).fillna(False).astype(bool)


def _contains(dataset: Dataset, text: str, haystack: pd.Series | None) -> pd.Series:
    found = pd.Series(True, index=dataset.overview.index)
    # 'F-16' is looked for as it stands, and not as 'f' and '16' anywhere.
    pieces = _SOUGHT.findall(re.sub("[“”„«»]", '"', text))
    words = [word for phrase, piece in pieces if (word := fold(phrase or piece))]
    if not words:
        return found
    where = searchable(dataset) if haystack is None else haystack
    for word in words:
        found &= where.map(lambda folded, word=word: word in folded).astype(bool)
    return found.astype(bool)


def _joined(rows: pd.DataFrame) -> pd.Series:
    """Join the distinct texts of each agreement."""
    distinct = rows[["agreement_id", "text"]].dropna().drop_duplicates()
    return distinct.groupby("agreement_id")["text"].agg(" ".join)


def _inert(value: Any) -> Any:
    """Keep a spreadsheet from running a text that starts like a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def _known(dataset: Dataset, facet: str) -> dict[str, str]:
    """Give the name of each code that a facet can have, held by an agreement or not."""
    if facet == "confidence":
        return CONFIDENCES
    if facet == "state":
        return _by_name({state: dataset.party_names.get(state, state) for state in dataset.focus})
    if facet == "partner":
        return _by_name(dataset.party_names)
    labels = dataset.labels(_CODE_LISTS[facet])
    return _by_name(labels) if facet == "domain" else labels


def _codes(dataset: Dataset, facet: str, wanted: str | Iterable[str]) -> tuple[str, ...]:
    known = _known(dataset, facet)
    by_fold = {fold(name): code for code, name in _french(dataset, facet).items() if code in known}
    by_fold |= {fold(name): code for code, name in known.items()}
    by_fold |= {fold(code): code for code in known}
    values = [wanted] if isinstance(wanted, str) else list(wanted)
    for value in values:
        if fold(str(value)) not in by_fold:
            near = difflib.get_close_matches(fold(str(value)), by_fold, n=1)
            remedy = (
                f"Did you mean {by_fold[near[0]]} ({known[by_fold[near[0]]]})?"
                if near
                else f"Use one of: {', '.join(known)}."
            )
            raise AccordsError(f"{facet}: there is no '{value}'. {remedy}")
    return tuple(dict.fromkeys(by_fold[fold(str(value))] for value in values))


def _french(dataset: Dataset, facet: str) -> dict[str, str]:
    if facet not in _CODE_LISTS:
        return {}
    codes = dataset.codes(_CODE_LISTS[facet])
    column = "name_fr" if "name_fr" in codes else "label_fr"
    if column not in codes:
        return {}
    return {str(code): name for code, name in codes[column].dropna().items()}


def _year(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise AccordsError(f"{name}: '{value}' is no year. Write a number such as 2020.") from None


def _by_name(labels: dict[str, str]) -> dict[str, str]:
    return dict(sorted(labels.items(), key=lambda item: fold(item[1])))
