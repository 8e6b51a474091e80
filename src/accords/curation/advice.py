"""What to look at twice in rows that are new; what was judged once is not asked again.

Each rule takes the dataset after a change, and the rows that the change added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pandas as pd

from accords.checks.problem import Problem
from accords.curation.differences import RowChange
from accords.dataset import Dataset

SERVES_MANY = 10
"""A page that more agreements cite than this is a list or a book: a locator says where in it."""

_RELAYS = re.compile(r"[,;/]|\b(and|after|via|through|citing|quoting|by way of)\b")


class Advice(NamedTuple):
    """A question about a new row: where it stands, what is odd, and what to do."""

    table: str
    position: Any
    column: str
    message: str
    remedy: str


Added = Mapping[str, pd.DataFrame]
"""The new rows of each table, indexed by their positions in it."""

Rule = Callable[[Dataset, Added], Iterator[Advice]]


def advise(dataset: Dataset, changes: Iterable[RowChange]) -> list[Problem]:
    """Return warnings about the rows that a change added.

    Parameters
    ----------
    dataset
        The dataset after the change.
    changes
        What the change did.
    """
    keys = defaultdict(set)
    for change in changes:
        if change.kind == "added":
            keys[change.table].add(tuple(change.key.values()))
    added, paths = {}, {}
    for resource in dataset.descriptor["resources"]:
        name, primary = resource["name"], resource["schema"]["primaryKey"]
        table = dataset.tables[name]
        own = zip(*(table[column].astype("str") for column in primary), strict=True)
        paths[name] = resource["path"]
        added[name] = table.loc[[key in keys[name] for key in own]]
    return [
        Problem(
            file=paths[advice.table],
            rule=rule.__name__.replace("_", "-"),
            message=advice.message,
            remedy=advice.remedy,
            row=int(advice.position) + 2,
            column=advice.column,
            severity="warning",
        )
        for rule in RULES
        for advice in rule(dataset, added)
    ]


def second_signature(dataset: Dataset, added: Added) -> Iterator[Advice]:
    """Ask about a second signature of the same actors on another date."""
    new = added["events"]
    signed = dataset.events[
        (dataset.events["event"] == "signed")
        & dataset.events["agreement_id"].isin(new["agreement_id"])
    ]
    for (agreement, _), rows in signed.groupby(["agreement_id", signed["party_id"].fillna("")]):
        if rows["date"].nunique() > 1:
            days = " and on ".join(rows["date"].dropna())
            for position in new.index.intersection(rows.index):
                yield Advice(
                    "events",
                    position,
                    "date",
                    f"{agreement} is signed by the same on {days}.",
                    "If sources disagree on one signature, keep one date and enter a dispute.",
                )


def no_locator(dataset: Dataset, added: Added) -> Iterator[Advice]:
    """Ask where in a source that serves many agreements a statement stands."""
    serves = dataset.citations.groupby("source_id")["agreement_id"].nunique()
    rows = added["citations"]
    rows = rows[(rows["source_id"].map(serves) > SERVES_MANY) & rows["locator"].isna()]
    for row in rows.drop_duplicates(["agreement_id", "source_id"]).itertuples():
        yield Advice(
            "citations",
            row.Index,
            "locator",
            f"{row.source_id} serves {serves[str(row.source_id)]} agreements, and nothing says "
            f"where in it {row.agreement_id} stands.",
            "Give the row, article or page.",
        )


def two_origins(dataset: Dataset, added: Added) -> Iterator[Advice]:
    """Ask for the first source alone where an origin names a second one too."""
    voices = pd.concat([dataset.sources["origin"], dataset.sources["publisher"]]).dropna()
    known = {voice.casefold() for voice in voices if len(voice) > 2}
    for position, origin in added["sources"]["origin"].dropna().items():
        words = origin.casefold()
        within = any(
            re.search(rf"(?<!\w){re.escape(voice)}(?!\w)", words)
            for voice in known
            if voice in words and voice != words
        )
        if within and _RELAYS.search(words):
            yield Advice(
                "sources",
                position,
                "origin",
                f"'{origin}' names more than one source, and would count as another than each.",
                "Give the first source alone.",
            )


def mirror(dataset: Dataset, added: Added) -> Iterator[Advice]:
    """Ask whether two addresses that differ in their subdomain alone are one page."""
    places = dataset.sources["url"].map(_without_subdomain, na_action="ignore").dropna()
    for position, place in places[places.index.isin(added["sources"].index)].items():
        same = places.index[(places == place) & (places.index != position)]
        if len(same):
            other = str(dataset.sources.at[same[0], "source_id"])
            yield Advice(
                "sources",
                position,
                "url",
                f"The address differs in its subdomain alone from that of {other}.",
                "If it is the same page, cite that source.",
            )


def uncited_dispute(dataset: Dataset, added: Added) -> Iterator[Advice]:
    """Ask for a citation of a page that speaks in a dispute of an agreement."""
    pair = ["agreement_id", "source_id"]
    cited = pd.MultiIndex.from_frame(dataset.citations[pair])
    rows = added["disputes"].drop_duplicates(pair)
    for row in rows[~pd.MultiIndex.from_frame(rows[pair]).isin(cited)].itertuples():
        yield Advice(
            "disputes",
            row.Index,
            "source_id",
            f"No citation ties {row.source_id} to {row.agreement_id}.",
            "Cite it for what it supports, or as context.",
        )


def few_parties(dataset: Dataset, added: Added) -> Iterator[Advice]:
    """Ask for the other parties of a multilateral agreement that has two on record."""
    number = dataset.parties.groupby("agreement_id").size()
    rows = added["agreements"]
    rows = rows[(rows["scope"] == "multilateral") & rows["parties_total"].isna()]
    for row in rows[rows["agreement_id"].map(number) < 3].itertuples():
        yield Advice(
            "agreements",
            row.Index,
            "parties_total",
            f"{row.agreement_id} is multilateral and has two parties on record.",
            "Add the others or their number; if there are none, it is bilateral.",
        )


RULES: tuple[Rule, ...] = (
    second_signature,
    no_locator,
    two_origins,
    mirror,
    uncited_dispute,
    few_parties,
)


def _without_subdomain(address: str) -> str | None:
    """Return an address without scheme, subdomain and fragment; nothing where no path is left."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").split(".")
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    return f"{'.'.join(host[-2:])}{path}?{parts.query}" if path or parts.query else None
