"""Finding agreements by what they are."""

import re
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import pandas as pd

from accords.dataset.names import fold, resolve
from accords.dataset.tables import Tables
from accords.errors import AccordsError


class Facet(NamedTuple):
    """What can be filtered by value: a column of the overview, its code list, and its name."""

    column: str
    codes: str
    label: str


FACETS = {
    "state": Facet("focus", "party_codes", "State"),
    "partner": Facet("partners", "party_codes", "Partner"),
    "domain": Facet("domains", "domain_codes", "Domain"),
    "instrument": Facet("instrument", "instruments", "Instrument"),
    "status": Facet("status", "statuses", "Status"),
    "confidence": Facet("confidence", "", "Confidence"),
    "one_list": Facet("one_list", "lists", "From one list alone"),
}

CONFIDENCES = {"high": "High", "medium": "Medium", "low": "Low"}
"""Readers' names of how sure it is that an agreement exists."""

# A phrase in double quotes, closed or not yet, or a word.
_SOUGHT = re.compile(r'"([^"]+)"?|([^\s"]+)')


@dataclass(frozen=True)
class Criteria:
    """What a selection is narrowed by, as :meth:`Dataset.find` takes it; codes alone.

    An empty field narrows nothing.
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


def criteria(dataset: Tables, text: str = "", **wanted: Any) -> Criteria:
    """Read criteria as people write them: one value or several, codes or names in any case.

    An :class:`AccordsError` names the criterion or value that is not known, and what there is.
    """
    known = {f.name for f in fields(Criteria)}
    for name in wanted.keys() - known:
        raise AccordsError(f"{name}: no such criterion. Use {', '.join(sorted(known))}.")
    values: dict[str, Any] = {n: value for n, value in wanted.items() if value is not None}
    for name, value in values.items():
        if name in FACETS:
            values[name] = resolve(name, value, _known(dataset, name))
        else:
            values[name] = _year(name, value)
    return Criteria(text=text, **values)


def in_words(dataset: Tables, chosen: Criteria) -> str:
    """Return criteria as readers name them: ``partner Türkiye or Israel and since 2020``."""
    said = [f"the words “{chosen.text}”"] if chosen.text else []
    for facet in FACETS:
        if values := getattr(chosen, facet):
            known = _known(dataset, facet).iloc[:, 0]
            said.append(f"{facet.replace('_', ' ')} {' or '.join(known[v] for v in values)}")
    years = {"since": chosen.since, "until": chosen.until}
    said += [f"{name} {year}" for name, year in years.items() if year is not None]
    return " and ".join(said)


def names(dataset: Tables, facet: str) -> dict[str, str]:
    """Return the readers' name of each value of a facet that the data hold, in reading order.

    Parties and domains go by name, instruments and statuses as their code lists have them.
    """
    known = _known(dataset, facet)
    held = known.iloc[:, 0][known.index.isin(dataset.overview[FACETS[facet].column].explode())]
    if facet in ("state", "partner", "domain"):
        held = held.sort_values(key=lambda column: column.map(fold))
    return dict(held)


def masks(dataset: Tables, chosen: Criteria, haystack: pd.Series | None = None) -> pd.DataFrame:
    """Return which criteria each agreement meets: a column of bool for each facet, period and text.

    ``haystack`` is what :func:`searchable` returns for the dataset, to save doing it again.
    """
    overview = dataset.overview
    met: dict[str, Any] = {
        name: _holds(overview[facet.column], getattr(chosen, name))
        for name, facet in FACETS.items()
    }
    met["period"] = True
    if (chosen.since, chosen.until) != (None, None):
        dated = overview["year"].between(chosen.since or -9999, chosen.until or 9999)
        met["period"] = dated.fillna(False).astype(bool)
    met["text"] = _contains(dataset, chosen.text, haystack)
    return pd.DataFrame(met, index=overview.index)


def searchable(dataset: Tables) -> pd.Series:
    """Return the folded text in which the words of a search are looked for, by agreement."""
    overview = dataset.overview
    columns = ["short_name", "title", "title_original", "summary", "notes", "instrument_label"]
    parties = dataset.parties.merge(dataset.codes("party_codes"), on="party_id")
    cited = dataset.citations.merge(dataset.sources, on="source_id")
    texts = [
        overview.index.to_series(),
        *(overview[column] for column in columns),
        *(joined(parties, column) for column in ("name", "name_fr", "party_id")),
        # Their codes and not their labels: 'drones' is to find drones, and not all that is coded as
        # 'Aviation, drones and space'.
        joined(dataset.domains, "domain"),
        joined(dataset.events, "place"),
        *(joined(cited, column) for column in ("title", "publisher")),
    ]
    found = pd.Series("", index=overview.index)
    for text in texts:
        found = found + " " + text.reindex(overview.index).fillna("").astype(str)
    return found.map(fold)


def joined(rows: pd.DataFrame, column: str) -> pd.Series:
    """Join the distinct texts of each agreement."""
    distinct = rows[["agreement_id", column]].dropna().drop_duplicates()
    return distinct.groupby("agreement_id")[column].agg(" ".join)


def _holds(column: pd.Series, wanted: tuple[str, ...]) -> pd.Series:
    if not wanted:
        return pd.Series(True, index=column.index)
    return column.explode().isin(wanted).groupby(level=0, sort=False).any().reindex(column.index)


def _contains(dataset: Tables, text: str, haystack: pd.Series | None) -> pd.Series:
    # 'F-16' is looked for as it stands, and not as 'f' and '16' anywhere.
    pieces = _SOUGHT.findall(re.sub("[“”„«»]", '"', text))
    words = [word for phrase, piece in pieces if (word := fold(phrase or piece))]
    if not words:
        return pd.Series(True, index=dataset.overview.index)
    where = searchable(dataset) if haystack is None else haystack
    return where.map(lambda folded: all(word in folded for word in words)).astype(bool)


def _known(dataset: Tables, facet: str) -> pd.DataFrame:
    """Return the names of each code that a facet can have, held by an agreement or not."""
    if facet == "confidence":
        return pd.DataFrame({"name": CONFIDENCES})
    known = dataset.names(FACETS[facet].codes)
    if FACETS[facet].codes == "party_codes":
        known.insert(0, "short", pd.Series(dataset.party_names))
    return known.loc[list(dataset.focus)] if facet == "state" else known


def _year(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise AccordsError(
            f"{name}: '{value}' is not a year. Write a number such as 2020."
        ) from None
