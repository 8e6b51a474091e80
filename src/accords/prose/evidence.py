"""What is said of the evidence: how firm it is, what is missing, what it cannot say.

Passages take the tables of :mod:`accords.analysis.evidence`.
"""

import numpy as np
import pandas as pd

from accords.analysis import evidence as measures
from accords.analysis.common import together
from accords.dataset import Dataset
from accords.prose.names import rows
from accords.prose.passage import ANSWER, BLOCK, Parts, caption, hover, passage

GROUPS = {"all": "All", "framework-agreement": "Framework agreements"}
"""Names of the groups of the missing estimate that are not states."""

ENOUGH = 10  # fewest entries of a part of a list of which it is said that little of it is on record


@passage("How sure one can be: there is no record to grade.", ANSWER)
def answer(dataset: Dataset, support: pd.DataFrame, errors: pd.DataFrame) -> None:
    """Answer how sure one can be (``support`` and ``reading_errors``)."""


@passage("Support of the records: there is no record to grade.")
def firmness(dataset: Dataset, support: pd.DataFrame, bases: pd.DataFrame) -> None:
    """Say what supports the records, and their domains (``support`` and ``domain_bases``)."""


@passage("Kinds of source: none is cited.")
def sources(dataset: Dataset, kinds: pd.DataFrame) -> None:
    """Say how many records rest on the press alone (``source_kinds``)."""


@passage("Disputes: none between sources is recorded.")
def disagreements(dataset: Dataset, disputes: pd.DataFrame) -> None:
    """Say how often sources disagree, about what most, and what is open (``disputes_by_fact``)."""


@passage("Lives of agreements: none but purchases is concluded.")
def known_lives(dataset: Dataset, status: pd.DataFrame, waits: pd.DataFrame) -> Parts:
    """Say what became of agreements, and when (``whereabouts`` and ``waiting_summary``)."""
    codes = {"in_force": "in-force", "pending": "pending", "unknown": "unknown", "signed": "signed"}
    ids = {key: together(status.loc[status["status"] == s, "ids"]) for key, s in codes.items()}
    return {"steps": measures.WAITS, **ids}


@passage("Searches: none is recorded for these states.")
def searched(dataset: Dataset, coverage: pd.DataFrame) -> None:
    """Say which partners were searched for, and what that does not show (``coverage``)."""


@passage("Partners that a state named itself: no list names one with an agreement on record.")
def own_lists(dataset: Dataset, lists: pd.DataFrame) -> Parts:
    """Hold the partners that a state named itself against the record (``partner_lists``)."""
    ever, early = (lists[ids].map(len) > 0 for ids in ("ids", "ids_by_then"))
    return {"lists": lists.assign(early=early, later=ever & ~early, gone=~ever)}


@passage("Outside lists: none was counted.", BLOCK)
def outside_lists(dataset: Dataset, lists: pd.DataFrame) -> Parts:
    """Tabulate how much of each outside list is on record, and of what least (``completeness``)."""
    whole = lists["group"] == measures.WHOLE
    lists = lists.assign(supplier=lists["group"].isin(list(dataset.party_names)))
    share = lists["share"].where(whole).groupby([lists["list"], lists["state"]]).transform("max")
    parts = lists[(lists["of"] >= ENOUGH) & (lists["share"] < share)]
    least = parts.loc[parts.groupby(["list", "state", "supplier"])["share"].idxmin()]
    return {"whole": lists[whole], "least": least.groupby(["list", "state"])}


@passage("What is missing: two lists that overlap are needed for an estimate.")
def missing(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Say how many agreements two lists imply, and what that assumes (``capture_recapture``)."""
    whole = rows(table)[0]
    return {"all": whole if np.isfinite([whole["estimate"], whole["high"]]).all() else None}


@passage("Second readings: none is recorded.", BLOCK)
def errors(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Tabulate what the second readings found wrong or unsupported (``reading_errors``).

    Say how many records were read, and how much of what has no support rests on one list alone.
    """
    readings, overview = dataset.readings, dataset.overview
    read = overview.index[overview.index.isin(readings["agreement_id"])]
    unsupported = readings.set_index("agreement_id")["facts_unsupported"]
    listed = unsupported.index.isin(overview.index[overview["one_list"].notna()])
    alone = {"count": int(unsupported[listed].sum()), "of": int(unsupported.sum())}
    return {"read": read, "alone": alone}


@passage("What these data cannot say.", BLOCK)
def limits(dataset: Dataset) -> None:
    """Say what these data cannot say."""


share_hover, wait_tick, wait_hover = hover("part"), hover("wait_tick"), hover("wait")
found_hover, estimate_hover = hover("found"), hover("estimate")


@caption
def support_caption(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Word the chart of what supports the records."""
    return {"labels": measures.SUPPORT}


@caption
def sources_caption(dataset: Dataset, table: pd.DataFrame) -> None:
    """Word the chart of kinds of source."""


@caption
def lives_caption(dataset: Dataset, table: pd.DataFrame, waits: pd.DataFrame) -> Parts:
    """Word the chart of lives and waits."""
    return {"steps": measures.LIFE_STEPS, "between": measures.WAITS}


@caption
def missing_caption(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Word the chart of what is missing."""
    known = table[table["estimate"].notna() & np.isfinite(table["high"].astype(float))]
    return {"known": known, "groups": dataset.party_names | GROUPS}
