"""What to look at twice in rows that are new; what was judged once is not asked again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import pandas as pd

from accords.checks.problem import Problem
from accords.curation.changes import RowChange
from accords.dataset import Dataset

SERVES_MANY = 10
"""A page that more agreements cite than this is a list or a book: a locator says where in it."""

_RELAYS = re.compile(r"[,;/]|\b(and|after|via|through|citing|quoting|by way of)\b")


def advise(dataset: Dataset, changes: Iterable[RowChange]) -> list[Problem]:
    """Return warnings about the rows that a change added, given the dataset after it."""
    added = {(c.table, *c.key.values()) for c in changes if c.kind == "added"}
    resources = {resource["name"]: resource for resource in dataset.descriptor["resources"]}
    problems = []
    for place, (ask, remedy) in RULES.items():
        table, _, column = place.partition(".")
        rows, path = dataset.tables[table], resources[table]["path"]
        keys = rows[resources[table]["schema"]["primaryKey"]].astype("str")
        new = rows.loc[[(table, *key) in added for key in keys.itertuples(index=False)]]
        rule = ask.__name__.replace("_", "-")
        for at, message in ask(dataset, new).dropna().items():
            row = int(str(at)) + 2
            problems.append(Problem(path, rule, message, remedy, row, column, severity="warning"))
    return problems


def second_signature(dataset: Dataset, new: pd.DataFrame) -> pd.Series:
    """Ask about a second signature of the same actors on another date."""
    events = dataset.events
    signed = events[events["event"] == "signed"]
    signed = signed[signed["agreement_id"].isin(new["agreement_id"])]
    dates = signed.groupby(["agreement_id", signed["party_id"].fillna("")])["date"]
    days = dates.transform(lambda d: " and on ".join(d.dropna())).astype("str")
    said = signed["agreement_id"] + " is signed by the same on " + days + "."
    return said[(dates.transform("nunique") > 1) & signed.index.isin(new.index)]


def no_locator(dataset: Dataset, new: pd.DataFrame) -> pd.Series:
    """Ask where in a source that serves many agreements a statement stands."""
    serves = dataset.citations.groupby("source_id")["agreement_id"].nunique()
    many = new["source_id"].map(serves)
    rows = new[(many > SERVES_MANY) & new["locator"].isna()]
    rows = rows.drop_duplicates(["agreement_id", "source_id"])
    number = many[rows.index].astype("str")
    where = " agreements, and nothing says where in it " + rows["agreement_id"] + " stands."
    return rows["source_id"] + " serves " + number + where


def two_origins(dataset: Dataset, new: pd.DataFrame) -> pd.Series:
    """Ask for the first source alone where an origin names a second one too."""
    voices = pd.concat([dataset.sources["origin"], dataset.sources["publisher"]]).dropna()
    known = {voice.casefold() for voice in voices if len(voice) > 2}

    def several(origin: str) -> bool:
        words = origin.casefold()
        within = (v for v in known if v in words and v != words)
        named = any(re.search(rf"(?<!\w){re.escape(voice)}(?!\w)", words) for voice in within)
        return named and _RELAYS.search(words) is not None

    origins = new["origin"].dropna()
    origins = origins[origins.map(several).astype(bool)]
    return "'" + origins + "' names more than one source, and would count as another than each."


def mirror(dataset: Dataset, new: pd.DataFrame) -> pd.Series:
    """Ask whether two addresses that differ in their subdomain alone are one page."""
    pages = dataset.sources.assign(
        at=dataset.sources.index,
        page=dataset.sources["url"].map(_without_subdomain, na_action="ignore"),
    ).dropna(subset=["page"])
    both = pages.merge(pages, on="page", suffixes=("", "_other"))
    both = both[(both["at"] != both["at_other"]) & both["at"].isin(new.index)]
    other = both.drop_duplicates("at").set_index("at")["source_id_other"]
    return "The address differs in its subdomain alone from that of " + other + "."


def _without_subdomain(address: str) -> str | None:
    """Return an address without scheme, subdomain and fragment; nothing where no path is left."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").split(".")
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    return f"{'.'.join(host[-2:])}{path}?{parts.query}" if path or parts.query else None


def uncited_dispute(dataset: Dataset, new: pd.DataFrame) -> pd.Series:
    """Ask for a citation of a page that speaks in a dispute of an agreement."""
    pair = ["agreement_id", "source_id"]
    cited = pd.MultiIndex.from_frame(dataset.citations[pair])
    rows = new.drop_duplicates(pair)
    rows = rows[~pd.MultiIndex.from_frame(rows[pair]).isin(cited)]
    return "No citation ties " + rows["source_id"] + " to " + rows["agreement_id"] + "."


def few_parties(dataset: Dataset, new: pd.DataFrame) -> pd.Series:
    """Ask for the other parties of a multilateral agreement that has two on record."""
    number = new["agreement_id"].map(dataset.parties.groupby("agreement_id").size())
    rows = new[(new["scope"] == "multilateral") & new["parties_total"].isna() & (number < 3)]
    return rows["agreement_id"] + " is multilateral and has two parties on record."


Ask = Callable[[Dataset, pd.DataFrame], pd.Series]

# fmt: off
RULES: dict[str, tuple[Ask, str]] = {
    "events.date": (second_signature,
        "If sources disagree on one signature, keep one date and enter a dispute."),
    "citations.locator": (no_locator, "Give the row, article or page."),
    "sources.origin": (two_origins, "Give the first source alone."),
    "sources.url": (mirror, "If it is the same page, cite that source."),
    "disputes.source_id": (uncited_dispute, "Cite it for what it supports, or as context."),
    "agreements.parties_total": (few_parties,
        "Add the others or their number; if there are none, it is bilateral."),
}
"""What is asked about a column: the question about each row (by its position), and what to do."""
# fmt: on
