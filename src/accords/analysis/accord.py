"""The accord at the centre: its life, who names its subjects, how it compares."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import pandas as pd

from accords.analysis.common import dyads
from accords.dataset import Dataset

CONSENT = ("parliament-approved", "ratified")
"""Steps whose absence leaves a state's consent open."""

APPROVALS = ("government-approved", "chamber-approved", *CONSENT)
"""Steps that count as a state's approval; a bill that is only tabled does not."""

MONTH = 31
"""Days that a date may span to be timed."""

UNRECORDED = "unrecorded"
"""Stands for the voice of a citation that has none recorded."""

TEXT, SEVERAL, ONE, PRESS = NAMED_BY = (
    "the text",
    "several official voices",
    "one official voice",
    "press alone",
)
"""On what a subject rests, the best first."""


def accord_id(dataset: Dataset) -> str | None:
    """Say which agreement is the accord that the report is about.

    The agreement that the claims are about, where all focus states are its parties; else the
    newest concluded bilateral instrument between two focus states; else None.
    """
    overview = dataset.overview
    all_in = overview["focus"].map(lambda states: set(dataset.focus) <= set(states)).astype(bool)
    whole = overview.index[all_in]
    for agreement_id in dataset.claims["agreement_id"].dropna().unique():
        if agreement_id in whole:
            return str(agreement_id)
    between = (overview["scope"] == "bilateral") & (overview["focus"].map(len) > 1)
    newest = overview[between & overview["concluded"]].sort_values("latest", na_position="first")
    return None if newest.empty else str(newest.index[-1])


def parties_of(dataset: Dataset, agreement_id: str) -> tuple[str, ...]:
    """Give the parties of one agreement, the focus states first and in their order."""
    parties = dataset.parties.loc[dataset.parties["agreement_id"] == agreement_id, "party_id"]
    order = {state: n for n, state in enumerate(dataset.focus)}
    return tuple(sorted(parties, key=lambda party: (order.get(party, len(order)), party)))


def life(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """List the recorded steps of one agreement, and the steps that would complete it.

    Steps to come are the common entry into force and, where approval has begun, each party's
    parliamentary approval and ratification, where none is recorded. That a step is not recorded
    does not show that it was not taken, nor that it is needed. Nothing is open once the agreement
    is in force or ended, or where it was only announced.

    Returns
    -------
    DataFrame
        In order of time, steps not found last: ``event_id``, ``event``, ``label``, ``party``
        (missing for a common step), ``date`` (EDTF), ``earliest``, ``latest``, ``uncertain``,
        ``place``, ``found`` (bool), ``sources`` (number of citing sources), ``disputed`` (tuple of
        what sources disagree about: ``date``, ``place`` ...).
    """
    steps = dataset.events[dataset.events["agreement_id"] == agreement_id]
    steps = steps.rename(columns={"party_id": "party"}).assign(found=True)
    open_steps = _open_steps(dataset, agreement_id, steps)
    steps = steps.sort_values("earliest", kind="stable", na_position="last")
    table = pd.concat([steps, open_steps], ignore_index=True)
    labels = dataset.labels("event_types")
    cited = dataset.citations[dataset.citations["agreement_id"] == agreement_id]
    counts = cited.groupby("subject")["source_id"].nunique()
    table["label"] = table["event"].map(labels)
    table["uncertain"] = table["uncertain"].astype("boolean").fillna(False).astype(bool)
    subject = "event:" + table["event_id"].astype("string")
    table["sources"] = subject.map(counts).astype("Int64").fillna(0).astype(int)
    fields = dataset.disputes.loc[dataset.disputes["agreement_id"] == agreement_id, "field"]
    table["disputed"] = [
        tuple(
            dict.fromkeys(
                f.rpartition(".")[2].split("#")[0] for f in fields if f.startswith(f"{s}.")
            )
        )
        if pd.notna(s)
        else ()
        for s in subject
    ]
    columns = ["event_id", "event", "label", "party", "date", "earliest", "latest", "uncertain"]
    return table[[*columns, "place", "found", "sources", "disputed"]]


def _open_steps(dataset: Dataset, agreement_id: str | None, steps: pd.DataFrame) -> pd.DataFrame:
    status = dataset.overview["status"].get(agreement_id)
    columns = ["event_id", "event", "party", "date", "earliest", "latest", "uncertain", "place"]
    rows: list[tuple[str, str | None]] = []
    if agreement_id is not None and status == "pending":
        done = set(zip(steps["event"], steps["party"].fillna(""), strict=True))
        rows = [
            (event, party)
            for party in parties_of(dataset, agreement_id)
            for event in CONSENT
            if (event, party) not in done
        ]
    if status in ("signed", "pending"):
        rows.append(("entered-into-force", None))
    table = pd.DataFrame(rows, columns=["event", "party"]).reindex(columns=columns)
    table = table.astype({"earliest": "datetime64[s]", "latest": "datetime64[s]"})
    return table.assign(found=False)


def voices(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """Say who names each subject of one agreement.

    Voices stay apart: a list that one side published is not merged with the other's, nor with what
    the press says. Each cell counts the sources in which that voice names the subject.

    Returns
    -------
    DataFrame
        Indexed by ``domain`` (those of the domains table), a column for each voice (official
        voices first; ``unrecorded`` where no voice is noted), then ``official`` (number of official
        voices), ``sources`` (number of sources) and ``named_by`` (one of :data:`NAMED_BY`).
        Subjects with most official voices come first.
    """
    rows = domain_citations(dataset, agreement_id)
    kinds = dataset.codes("voices")["basis"]
    counts = rows.pivot_table(
        index="domain", columns="voice", values="source_id", aggfunc="nunique", fill_value=0
    )
    order = [*kinds.index[kinds != "press"], *kinds.index[kinds == "press"], UNRECORDED]
    present = [voice for voice in order if voice in counts]
    basis = dataset.domains[dataset.domains["agreement_id"] == agreement_id]
    best = basis.set_index("domain")["basis"]
    table = counts.reindex(index=best.index, columns=present, fill_value=0).astype(int)
    official = [voice for voice in present if kinds.get(voice, "press") != "press"]
    sources = rows.groupby("domain")["source_id"].nunique()
    table["official"] = (table[official] > 0).sum(axis=1).astype(int)
    table["sources"] = sources.reindex(table.index, fill_value=0).astype(int)
    level = table["official"].clip(upper=2).where(best != "text", 3)
    level = level.where((best != "official") | (level > 0), 1)
    table["named_by"] = level.map(dict(enumerate(reversed(NAMED_BY))))
    table = table.assign(level=level, present=(table[present] > 0).sum(axis=1))
    table = table.sort_values(["level", "present", "sources"], ascending=False, kind="stable")
    return table.drop(columns=["level", "present"])


def joint_lists(dataset: Dataset, agreement_id: str | None) -> dict[str, tuple[str, ...]]:
    """Find the voices whose list of subjects was given for several agreements at once.

    A voice's list is joint where each source that relays it gives the very same subjects, two or
    more, for another agreement too. It is then weaker evidence for either.

    Returns
    -------
    dict
        By voice, the other agreements.
    """
    rows = dataset.citations[dataset.citations["subject"].str.startswith("domain:")]
    own = rows[rows["agreement_id"] == agreement_id]
    rows = rows[rows["source_id"].isin(own["source_id"])]
    given: dict[str, dict[str, set[str]]] = {}
    for source, agreement, subject in zip(
        rows["source_id"], rows["agreement_id"], rows["subject"], strict=True
    ):
        given.setdefault(source, {}).setdefault(agreement, set()).add(subject)
    found = {}
    for voice, sources in own.dropna(subset="voice").groupby("voice")["source_id"]:
        shared = []
        for lists in (given[source] for source in sources.unique()):
            named = lists[str(agreement_id)]
            same = [i for i, theirs in lists.items() if theirs == named and i != agreement_id]
            shared.append(same if len(named) > 1 else [])
        if all(shared):
            found[str(voice)] = tuple(dict.fromkeys(chain(*shared)))
    return found


def domain_citations(dataset: Dataset, agreement_id: str | None) -> pd.DataFrame:
    """Give the citations that name a subject of one agreement.

    Returns
    -------
    DataFrame
        ``domain``, ``source_id``, ``publisher``, ``origin``, ``voice`` (``unrecorded`` where none
        is noted).
    """
    rows = dataset.citations
    rows = rows[(rows["agreement_id"] == agreement_id) & rows["subject"].str.startswith("domain:")]
    rows = rows.assign(
        domain=rows["subject"].str.removeprefix("domain:"),
        voice=rows["voice"].fillna(UNRECORDED),
    )
    rows = rows.merge(dataset.sources[["source_id", "publisher", "origin"]], on="source_id")
    return rows[["domain", "source_id", "publisher", "origin", "voice"]]


class Rank(NamedTuple):
    """Where one value stands among others."""

    value: float
    """The value that is placed."""
    lower: tuple[str, ...] = ()
    """The other agreements that are lower."""
    same: tuple[str, ...] = ()
    """Those that cannot be told apart."""
    higher: tuple[str, ...] = ()
    """Those that are higher."""

    @property
    def rows(self) -> tuple[str, ...]:
        """The agreements that it is compared with."""
        return (*self.lower, *self.same, *self.higher)

    @property
    def below(self) -> int:
        """How many others are lower."""
        return len(self.lower)

    @property
    def above(self) -> int:
        """How many others are higher."""
        return len(self.higher)

    @property
    def n(self) -> int:
        """Number of others."""
        return len(self.rows)


def approval_times(dataset: Dataset) -> pd.DataFrame:
    """Measure the time from signature to each focus state's first recorded approval.

    Bilateral instruments with a signature and an approval (by government, a chamber, parliament
    or head of state) of that state's own, not before the signature, both dated to the month or
    better. Dates known to the month give a range. Agreements without a recorded approval are not
    here, so this describes only those whose approval somebody reported.

    Returns
    -------
    DataFrame
        ``agreement_id``, ``state``, ``event`` (the approval), ``days`` (middle of the range),
        ``low``, ``high`` (days, both inclusive), in order of ``days``.
    """
    overview = dataset.overview
    bilateral = overview.index[(overview["scope"] == "bilateral") & overview["concluded"]]
    events = dataset.events[dataset.events["agreement_id"].isin(bilateral)]
    events = events.dropna(subset=["earliest", "latest"])
    precise = (events["latest"] - events["earliest"]).dt.days <= MONTH
    events = events[precise & (events["earliest"] <= dataset.as_of)]
    signatures = events[events["event"] == "signed"].groupby("agreement_id")
    signed = signatures[["earliest", "latest"]].min()
    signed = signed.rename(columns={"earliest": "signed_from", "latest": "signed_to"})
    own = events[events["event"].isin(APPROVALS) & events["party_id"].isin(dataset.focus)]
    own = own.merge(signed, left_on="agreement_id", right_index=True)
    own = own[own["earliest"] >= own["signed_from"]]
    first = own.sort_values(["earliest", "latest"], ignore_index=True)
    first = first.drop_duplicates(["agreement_id", "party_id"], ignore_index=True)
    low = (first["earliest"] - first["signed_to"]).dt.days.clip(lower=0)
    high = (first["latest"] - first["signed_from"]).dt.days
    table = pd.DataFrame(
        {
            "agreement_id": first["agreement_id"],
            "state": first["party_id"],
            "event": first["event"],
            "days": (low + high) / 2,
            "low": low,
            "high": high,
        }
    )
    return table.sort_values(["days", "agreement_id"], ignore_index=True)


def approval_rank(dataset: Dataset, agreement_id: str | None, state: str) -> Rank:
    """Place one agreement's time to approval among a state's others.

    Lower is faster. Where ranges overlap the two cannot be told apart and count as equal.
    """
    rows = approval_times(dataset)
    rows = rows[rows["state"] == state]
    mine = rows[rows["agreement_id"] == agreement_id]
    if mine.empty:
        return Rank(float("nan"))
    others = rows[rows["agreement_id"] != agreement_id]
    lower, higher = others["high"] < mine["low"].iloc[0], others["low"] > mine["high"].iloc[0]
    return _ranked(float(mine["days"].iloc[0]), others, lower, higher)


def _ranked(value: float, others: pd.DataFrame, lower: pd.Series, higher: pd.Series) -> Rank:
    ids = others["agreement_id"]
    return Rank(value, tuple(ids[lower]), tuple(ids[~(lower | higher)]), tuple(ids[higher]))


def between(dataset: Dataset, agreement_id: str) -> pd.DataFrame:
    """Give the overview rows of all other agreements that share all parties of one agreement.

    Multilateral instruments are left out; ``when`` says whether each is ``earlier`` or ``later``
    than the agreement, or ``unknown`` where the dates do not tell.
    """
    parties = set(parties_of(dataset, agreement_id))
    by = dataset.parties.groupby("agreement_id")["party_id"].agg(set)
    shared = by.index[by.map(lambda members: parties <= members).astype(bool)]
    overview = dataset.overview
    rows = overview[overview.index.isin(shared) & (overview["scope"] == "bilateral")]
    rows = rows.drop(index=agreement_id, errors="ignore")
    mine = overview.loc[agreement_id]
    when = pd.Series("unknown", index=rows.index)
    when[rows["latest"] < mine["earliest"]] = "earlier"
    when[rows["earliest"] > mine["latest"]] = "later"
    return rows.assign(when=when)


class ShareChange(NamedTuple):
    """How a share of agreements changed from one run of years to the next."""

    span_before: str
    """The earlier run, such as ``2007-2016``."""
    span_after: str
    """The later run; it ends with the edition's year."""
    before: tuple[str, ...]
    """Agreements of the earlier run that count."""
    after: tuple[str, ...]
    """Agreements of the later run that count."""
    all_before: tuple[str, ...]
    """All agreements of the earlier run."""
    all_after: tuple[str, ...]
    """All agreements of the later run."""
    low: float
    """Lower end of the 95 % interval of the difference, in percentage points; NaN if unknown."""
    high: float
    """Upper end."""
    largest: str | None
    """The partner of most agreements that count, in both runs."""

    @property
    def total_before(self) -> int:
        """Number of agreements in the earlier run."""
        return len(self.all_before)

    @property
    def total_after(self) -> int:
        """Number of agreements in the later run."""
        return len(self.all_after)


def partner_share(dataset: Dataset, state: str, members: set[str], years: int = 10) -> ShareChange:
    """Compare the share of a state's bilateral agreements with some partners in two runs of years.

    The interval of the difference is Newcombe's hybrid score interval (1998).

    Parameters
    ----------
    dataset, state
        Whose agreements.
    members
        The partners that count.
    years
        Length of each run; the later ends with the edition's year.
    """
    rows = dyads(dataset)
    rows = rows[(rows["state"] == state) & rows["year"].notna()]
    end = dataset.as_of.year
    runs = [(end - 2 * years + 1, end - years), (end - years + 1, end)]
    within = [rows[rows["year"].between(first, last)] for first, last in runs]
    counted = [run[run["partner"].isin(members)] for run in within]
    low = high = float("nan")
    if all(len(run) for run in within):
        from statsmodels.stats.proportion import confint_proportions_2indep

        low, high = confint_proportions_2indep(
            len(counted[1]), len(within[1]), len(counted[0]), len(within[0]), method="newcomb"
        )
    partners = pd.concat(counted)["partner"].value_counts()
    span_before, span_after = (f"{first}-{last}" for first, last in runs)
    return ShareChange(
        span_before=span_before,
        span_after=span_after,
        before=tuple(counted[0]["agreement_id"]),
        after=tuple(counted[1]["agreement_id"]),
        all_before=tuple(within[0]["agreement_id"]),
        all_after=tuple(within[1]["agreement_id"]),
        low=100 * low,
        high=100 * high,
        largest=None if partners.empty else str(partners.index[0]),
    )
