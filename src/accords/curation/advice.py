"""What to look at twice in rows that are new; what was judged once is not asked again."""

from collections.abc import Callable, Iterable

import pandas as pd

from accords.checks.problem import Problem
from accords.curation.changes import RowChange
from accords.dataset import Dataset

SERVES_MANY = 10  # agreements from which a page is a list or a book: a locator says where in it


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

RULES: dict[str, tuple[Ask, str]] = {
    "events.date": (second_signature, "If sources disagree, keep one date and enter a dispute."),
    "citations.locator": (no_locator, "Give the row, article or page."),
    "disputes.source_id": (uncited_dispute, "Cite it for what it supports, or as context."),
    "agreements.parties_total": (few_parties, "Add them or their number; else it is bilateral."),
}
"""What is asked about a column: the question about each row (by its position), and what to do."""
