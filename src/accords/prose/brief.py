"""The brief: a bottom line, five messages, a card for each state, and what it all rests on.

Each message says one thing in one sentence, stands on a few readings of the data, and is tried
under other choices of records.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from accords.analysis import accord, evidence, partners, relations, time
from accords.analysis.common import ALL, WHEN, by_state, choices, concluded, together
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE
from accords.prose.accord import named_parties
from accords.prose.names import each, most, rows
from accords.prose.passage import BLOCK, Parts, passage, worded
from accords.templates import render
from accords.words import Text, escape, linked, listed, lowered


class Reading(NamedTuple):
    """One number of a message, as it is written (HTML, linked), and what it says.

    A message changes where what a reading ``says``, the outcome in a few words, changes.
    """

    label: str
    shown: str
    says: str


Told = tuple[Parts, list[Reading]]  # what its template gets, and the readings that it stands on


@dataclass(frozen=True)
class Message:
    """One sentence, the numbers beside it, and how they fare under other choices of records.

    ``lead`` says what it is about; ``readings`` are those under all records, ``checks`` (``choice``
    and the fields of a reading) those under each other choice, of which ``tried`` has the names.
    """

    key: str
    lead: str
    sentence: str
    readings: list[Reading]
    checks: pd.DataFrame
    tried: tuple[str, ...]

    @property
    def differences(self) -> pd.DataFrame:
        """Rows of ``checks`` that say something else than under all records."""
        base = {reading.label: reading.says for reading in self.readings}
        return self.checks[self.checks["says"] != self.checks["label"].map(base)]

    @property
    def changed(self) -> list[str]:
        """Choices of records under which a reading says something else."""
        return list(dict.fromkeys(self.differences["choice"]))

    @property
    def untested(self) -> list[str]:
        """Choices of records that leave too little for a reading, and show no other."""
        found = self.checks.groupby("choice")["label"].nunique()
        short = [c for c in self.tried if found.get(c, 0) < len(self.readings)]
        return [choice for choice in short if choice not in self.changed]

    @property
    def footnote(self) -> str:
        """Say under how many other choices of records the message holds, and what changes it."""
        said = render("accords.prose", "brief/footnote.txt.j2", of=self, when=WHEN, listed=listed)
        return said.strip()


def messages(dataset: Dataset, *, robust: bool = True) -> list[Message]:
    """Compute the messages; one for which there are too few data is left out.

    Without ``robust`` they are taken under all records alone, which is quicker.
    """
    others = choices(dataset) if robust else {}
    found = []
    for key, (lead, tell) in MESSAGES.items():
        parts, readings = tell(dataset)
        if not readings:
            continue
        tried = {c: data for c, data in others.items() if c not in (ALL, ANSWERED.get(key))}
        checks = [(c, *reading) for c, data in tried.items() for reading in tell(data)[1]]
        table = pd.DataFrame(checks, columns=["choice", *Reading._fields])
        sentence = worded(dataset, f"brief/{key}", **parts)
        found.append(Message(key, lead, sentence, readings, table, tuple(tried)))
    return found


def _coverage(dataset: Dataset) -> Told:
    found = accord.accord_id(dataset)
    own = dataset.domains[dataset.domains["agreement_id"] == found]
    if found is None or own.empty:
        return {}, []
    ids, n, press = [found], len(own), int((own["basis"] == "press").sum())
    relayed = not dataset.overview["official"][found]
    parts = {"pair": named_parties(dataset, found), "ids": ids, "n": n, "press": press}
    return {**parts, "relayed": relayed}, [
        Reading("domains named officially", linked(n - press, ids), "official first"),
        Reading("by the press alone", linked(press, ids), f"{press} on the press"),
    ]


def _pace(dataset: Dataset) -> Told:
    found = time.rate_change(dataset).dropna(subset="ratio")
    return {"found": found}, [
        Reading(
            f"as many by {dataset.party_names[row['state']]} as before",
            f"{linked(format(row['ratio'], '.1f'), (*row['ids'], *row['before_ids']))} ×",
            says,
        )
        for row, says in zip(rows(found), time.direction(found), strict=True)
    ]


def _partners(dataset: Dataset) -> Told:
    counts, readings = partners.partner_counts(dataset), []
    for state, own in each(dataset, counts):
        first = most(own)
        names = listed(first["partner"].map(dataset.party_names))
        shown = f"{escape(names)} {linked(first['count'].iloc[0], together(first['ids']))}"
        readings.append(Reading(f"largest partner of {dataset.party_names[state]}", shown, names))
    without = dict(each(dataset, partners.partner_counts(dataset, purchases=False)))
    return {"counts": counts, "without": without}, readings


UNKNOWN = ("signed", "unknown")  # statuses of what left no trace since its signature or adoption


def _of_states(dataset: Dataset) -> pd.DataFrame:
    found = concluded(dataset)
    return found[found["focus"].map(len) > 0]


def _share(part: pd.Index, whole: pd.Index) -> str:
    return linked(f"{100 * len(part) / len(whole):.0f} %", part)


def _lives(dataset: Dataset) -> Told:
    """How many instruments that bind over time are in force, and of how many none knows."""
    binding = _of_states(dataset)
    binding = binding[binding["instrument"] != PURCHASE]
    if binding.empty:
        return {}, []
    every, status = binding.index, binding["status"]
    in_force, open_ = every[status == "in-force"], every[status.isin(UNKNOWN)]
    steps = dataset.events[dataset.events["event"] == "entered-into-force"]
    entered = in_force[in_force.isin(steps["agreement_id"])]
    rest = every.difference(in_force.union(open_), sort=False)
    more = "more known than not" if len(in_force) > len(open_) else "more unknown than known"
    parts = {"every": every, "in_force": in_force, "entered": entered, "open": open_, "rest": rest}
    return parts, [
        Reading("in force or seen at work", _share(in_force, every), more),
        Reading("nothing known after signature", _share(open_, every), more),
    ]


def _firmness(dataset: Dataset) -> Told:
    """How much rests on official sources, and how often readers found it wrong."""
    found, errors = _of_states(dataset), evidence.reading_errors(dataset)
    if found.empty:
        return {}, []
    every, official = found.index, found.index[found["official"].astype(bool)]
    pooled = rows(errors[errors["reading"].isna() & (errors["of"] > 0)])
    few = "most on the press" if len(official) * 2 < len(every) else "most official"
    label = "with an official or treaty source"
    return {"every": every, "official": official, "pooled": pooled}, [
        Reading(label, _share(official, every), few)
    ]


MESSAGES: dict[str, tuple[str, Callable[[Dataset], Told]]] = {
    "coverage": ("What the accord covers", _coverage),
    "pace": ("How often", _pace),
    "partners": ("With whom", _partners),
    "lives": ("What became of them", _lives),
    "firmness": ("How sure we are", _firmness),
}
"""What each message is about, and who tells it, by its stable key."""

ANSWERED = {"firmness": "official and treaty sources only"}
"""Choices of records that answer a message by themselves, and are no test of it."""


@passage("The bottom line: no concluded agreement is on record.", '<p class="bottom-line">{}</p>')
def bottom_line(dataset: Dataset) -> Parts:
    """Say in at most 150 words what the report comes to.

    How many agreements, whether the states' own is in force, what is known of them, and the doubt.
    """
    found, tied = accord.accord_id(dataset), concluded(dataset)
    tied = tied[(tied["focus"].map(len) > 1) & ~tied["worldwide"]]
    said = {message.key: message.sentence for message in messages(dataset, robust=False)}
    return {
        "agreements": by_state(dataset),
        "accord": found,
        "pair": named_parties(dataset, found) if found else "",
        "tied": list(tied.index) if len(dataset.focus) > 1 else [],
        "further": [Markup(said[key]) for key in ("lives", "firmness") if key in said],
    }


@passage("Cards of the states: no concluded agreement is on record.", BLOCK)
def cards(dataset: Dataset) -> Parts:
    """Show a card for each focus state: in force, pending, partners, pledges, purchases, news."""
    return {
        "agreements": by_state(dataset),
        "pending": relations.pending(dataset),
        "recent": relations.recent(dataset),
        "partners": partners.partner_counts(dataset),
        "pledges": relations.pledges(dataset),
        "purchases": time.contracts(dataset),
    }


@passage("Key messages: too few agreements are on record.", BLOCK)
def key_messages(dataset: Dataset, found: list[Message]) -> Parts:
    """Show :func:`messages`, each with its numbers beside it and one footnote of robustness."""
    return {"messages": found}


def about(dataset: Dataset) -> Text:
    """Say what the brief rests on, who made it and where to write."""
    package = dataset.descriptor
    titles = (maker.get("title") for maker in package.get("contributors", ()))
    makers = listed(map(lowered, filter(None, titles)))
    return Text(worded(dataset, "brief/about", makers=makers, package=package))
