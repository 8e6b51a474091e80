"""What is said of the domains, from the tables of :mod:`accords.analysis.domains`."""

import pandas as pd

from accords.dataset import Dataset
from accords.prose.names import each
from accords.prose.passage import ANSWER, BLOCK, Parts, caption, hover, passage
from accords.words import lowered


@passage("What the agreements are about: no text or official source names a domain.", ANSWER)
def answer(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Answer what the agreements of each state are about most (``profiles``)."""
    return {"tops": _tops(dataset, table), "span": _span(table)}


@passage("Domains: no concluded agreement is on record.")
def coverage(dataset: Dataset, agreements: pd.DataFrame, coded: pd.DataFrame) -> None:
    """Say for how many agreements a domain is known, and from what.

    Takes :func:`accords.analysis.common.by_state` and ``coded``.
    """


@passage("Profiles by domain: no text or official source names one.")
def profiles(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Say what each state's agreements are about most (``profiles``)."""
    return {"span": _span(table)}


@passage("Differences by domain: there are not two states to compare.", BLOCK)
def contrast(dataset: Dataset, table: pd.DataFrame) -> None:
    """List the domains in which two states differ by more than chance (``contrast``)."""


@passage("Changes by domain: no state has enough agreements on either side of a year.", BLOCK)
def shifts(dataset: Dataset, table: pd.DataFrame) -> None:
    """List the domains whose share changed by more than chance (``change``)."""


@passage("First agreements by domain: no dated one names a domain for sure.", BLOCK)
def firsts(dataset: Dataset, table: pd.DataFrame) -> None:
    """Show the first agreement of each state in each domain, and its status (``firsts``)."""


profile_hover = hover("profile")


@caption
def profiles_caption(dataset: Dataset, table: pd.DataFrame, contrast: pd.DataFrame) -> Parts:
    """Word the chart of profiles."""
    span = _span(table)
    compared = _span(contrast) if len(contrast) else span
    others = "" if compared == span else compared or " in all years together"
    return {"tops": _tops(dataset, table), "span": span, "others": others}


def _span(table: pd.DataFrame) -> str:
    """Say of which years a profile is, where not of all."""
    since, until = table[["since", "until"]].iloc[0]
    if pd.isna(since):
        return "" if pd.isna(until) else f" until {until}"
    return f" since {since}" if pd.isna(until) else f" in {since}–{until}"


def _tops(dataset: Dataset, table: pd.DataFrame) -> dict[tuple[str, ...], list[str]]:
    """Return the two domains named most often, and the states for which they are."""
    labels = dataset.labels("domain_codes")
    found: dict[tuple[str, ...], list[str]] = {}
    for state, own in each(dataset, table[table["count"] > 0]):
        best = own.sort_values("count", ascending=False, kind="stable").head(2)
        found.setdefault(tuple(lowered(labels[code]) for code in best["domain"]), []).append(state)
    return found
