"""The brief: a bottom line, five messages, a card for each state, and what it all rests on.

Each message says one thing in one sentence, stands on a few readings of the data, and is tried
under other choices of records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from accords.analysis import accord, evidence, partners, relations, time
from accords.analysis.common import by_state, concluded, dyads
from accords.analysis.robustness import ALL, choices
from accords.dataset import Dataset
from accords.dataset.edtf import spoken
from accords.dataset.lifecycle import PURCHASE
from accords.prose.accord import named_parties
from accords.prose.names import each, phrase
from accords.prose.partners import MOST_LEVEL, first_of, largest
from accords.prose.passage import passage
from accords.templates import render
from accords.words import (
    LeftOut,
    Text,
    brief_sum,
    capital,
    count,
    escape,
    linked,
    listed,
    lowered,
    percent,
    some,
)

__all__ = ["Message", "about", "bottom_line", "cards", "key_messages", "messages"]


class Reading(NamedTuple):
    """One number of a message, and what it says."""

    label: str
    shown: str
    """As it is written, linked to its rows (HTML)."""
    says: str
    """The outcome in a few words: a message changes where this changes."""


Read = Callable[[Dataset], list[Reading]]
"""Takes the readings of a message; none where the data are too thin."""


@dataclass(frozen=True)
class Message:
    """One sentence, the numbers beside it, and how they fare under other choices of records.

    Attributes
    ----------
    key
        Stable identifier.
    lead
        What it is about, in a few words.
    sentence
        HTML with links to rows.
    readings
        Under all records.
    checks
        ``choice``, ``label``, ``shown``, ``says``: the readings under each other choice.
    tried
        The names of the other choices.
    """

    key: str
    lead: str
    sentence: str
    readings: list[Reading]
    checks: pd.DataFrame
    tried: tuple[str, ...]

    @property
    def changed(self) -> list[str]:
        """Choices of records under which a reading says something else."""
        base = {reading.label: reading.says for reading in self.readings}
        other = self.checks[self.checks["says"] != self.checks["label"].map(base)]
        return list(dict.fromkeys(other["choice"]))

    @property
    def untested(self) -> list[str]:
        """Choices of records that leave too little for a reading."""
        found = self.checks.groupby("choice")["label"].nunique()
        return [c for c in self.tried if found.get(c, 0) < len(self.readings)]

    @property
    def footnote(self) -> str:
        """Say whether the message holds under other choices of records."""
        if not self.tried:
            return ""
        if self.changed:
            said = f"Reads differently with {listed(self.changed)}."
        else:
            said = "The same in every subset of the records that could be tested."
        if missing := [c for c in self.untested if c not in self.changed]:
            said += f" Could not be tested with {listed(missing)}."
        return said


def messages(dataset: Dataset, *, robust: bool = True) -> list[Message]:
    """Compute the messages; one for which there are too few data is left out.

    Without ``robust`` they are taken under all records alone, which is quicker.
    """
    tried = {name: data for name, data in choices(dataset).items() if robust and name != ALL}
    found = []
    for key, lead, sentence, read in MESSAGES:
        readings = read(dataset)
        if not readings:
            continue
        rows = [
            {"choice": name, **reading._asdict()}
            for name, data in tried.items()
            for reading in read(data)
        ]
        checks = pd.DataFrame(rows, columns=["choice", *Reading._fields])
        found.append(Message(key, lead, sentence(dataset), readings, checks, tuple(tried)))
    return found


def _coverage(dataset: Dataset) -> list[Reading]:
    """Read how many of the accord's domains official statements name, and the press alone."""
    found = accord.accord_id(dataset)
    if found is None:
        return []
    own = dataset.domains[dataset.domains["agreement_id"] == found]
    if own.empty:
        return []
    press = int((own["basis"] == "press").sum())
    return [
        Reading("domains named officially", linked(len(own) - press, [found]), "official first"),
        Reading("by the press alone", linked(press, [found]), f"{press} on the press"),
    ]


def _coverage_words(dataset: Dataset) -> str:
    found = accord.accord_id(dataset)
    own = dataset.domains[dataset.domains["agreement_id"] == found]
    press, whole = int((own["basis"] == "press").sum()), some(len(own), "domain")
    reported = f"reported for the agreement between {named_parties(dataset, str(found))}"
    ids = [str(found)]
    if not press:
        return f"Official statements name each of the {linked(whole, ids)} {reported}."
    official = linked(len(own) - press, ids) if press < len(own) else "none"
    return (
        f"Official statements name {official} of the {linked(whole, ids)} {reported}; "
        f"{linked(press, ids)} {'rests' if press == 1 else 'rest'} on the press alone."
    )


def _pace(dataset: Dataset) -> list[Reading]:
    """Read how many times as many agreements the last ten full years have as the ten before."""
    table = time.rate_change(dataset).dropna(subset="ratio")
    return [
        Reading(
            f"as many by {dataset.party_names[row['state']]} as before",
            f"{linked(format(row['ratio'], '.1f'), (*row['ids'], *row['before_ids']))} ×",
            "faster" if row["low"] > 1 else "slower" if row["high"] < 1 else "no clear change",
        )
        for row in table.to_dict("records")
    ]


def _pace_words(dataset: Dataset) -> str:
    table = time.rate_change(dataset).dropna(subset="ratio")
    parts = [
        f"{escape(dataset.party_names[row['state']])} concluded {count(row['ids'], 'agreement')} "
        f"against {count(row['before_ids'])}"
        for row in table.to_dict("records")
    ]
    years = table.iloc[0]
    return (
        f"In {years['start']}–{years['end']}, compared with the {years['years']} years before, "
        f"{listed(parts)}; recent years are better covered, so part of a rise is a rise in what "
        "can be read."
    )


def _partners(dataset: Dataset) -> list[Reading]:
    """Read the largest partner of each state, or those that are level."""
    readings = []
    for state, own in each(dataset, partners.partner_counts(dataset)):
        first = first_of(own)
        names = listed(dataset.party_names[partner] for partner in first["partner"])
        ids = [i for ids in first["ids"] for i in ids]
        shown = f"{escape(names)} {linked(first['count'].iloc[0], ids)}"
        readings.append(Reading(f"largest partner of {dataset.party_names[state]}", shown, names))
    return readings


def _partners_words(dataset: Dataset) -> str:
    without = dict(each(dataset, partners.partner_counts(dataset, purchases=False)))
    parts = []
    for state, own in each(dataset, partners.partner_counts(dataset)):
        said = f"{largest(dataset, own)} of {phrase(dataset, state)} with {_with_each(own)}"
        if state in without:
            same = set(first_of(own)["partner"]) == set(first_of(without[state])["partner"])
            whom = "" if same else f"{_names(dataset, without[state])} with "
            said += f" (without purchases: {whom}{_with_each(without[state], noun='')})"
        parts.append(said)
    return f"{capital('; '.join(parts))}."


def _with_each(own: pd.DataFrame, noun: str = "bilateral agreement") -> str:
    """Count the agreements with the largest partner, or with each of those that are level."""
    first = first_of(own)
    if len(first) == 1:
        return count(first["ids"].iloc[0], noun)
    n = int(first["count"].iloc[0])
    ids = [i for ids in first["ids"] for i in ids]
    return f"{linked(some(n, noun) if noun else n, ids)} each"


def _names(dataset: Dataset, own: pd.DataFrame) -> str:
    first = first_of(own)["partner"]
    if len(first) > MOST_LEVEL:
        return some(len(first), "partner")
    return listed(phrase(dataset, partner) for partner in first)


UNKNOWN = ("signed", "unknown")
"""Statuses of what has left no trace since its signature or adoption."""


def _binding(dataset: Dataset) -> pd.DataFrame:
    """Return the concluded instruments that bind over time."""
    rows = concluded(dataset)
    return rows[(rows["instrument"] != PURCHASE) & (rows["focus"].map(len) > 0)]


def _share(part: pd.Index, whole: pd.Index) -> str:
    return linked(f"{100 * len(part) / len(whole):.0f} %", part)


def _lives(dataset: Dataset) -> list[Reading]:
    """Read how many instruments that bind over time are in force, and of how many none knows."""
    rows = _binding(dataset)
    if rows.empty:
        return []
    in_force = rows.index[rows["status"] == "in-force"]
    open_ = rows.index[rows["status"].isin(UNKNOWN)]
    more = "more known than not" if len(in_force) > len(open_) else "more unknown than known"
    return [
        Reading("known to be in force", _share(in_force, rows.index), more),
        Reading("nothing known after signature", _share(open_, rows.index), more),
    ]


def _lives_words(dataset: Dataset) -> str:
    rows = _binding(dataset)
    in_force = rows.index[rows["status"] == "in-force"]
    return (
        f"Of {count(rows.index, 'concluded agreement')}, purchases aside, "
        f"{count(in_force)} {'is' if len(in_force) < 2 else 'are'} known to be in force; of "
        f"{count(rows.index[rows['status'].isin(UNKNOWN)])} nothing is known after the signature."
    )


def _firmness(dataset: Dataset) -> list[Reading]:
    """Read how much rests on official sources."""
    rows = concluded(dataset)
    rows = rows[rows["focus"].map(len) > 0]
    if rows.empty:
        return []
    official = rows.index[rows["official"].astype(bool)]
    few = "most on the press" if len(official) * 2 < len(rows) else "most official"
    return [Reading("with an official or treaty source", _share(official, rows.index), few)]


def _firmness_words(dataset: Dataset) -> str:
    rows = concluded(dataset)
    official = rows.index[rows["official"].astype(bool)]
    said = (
        f"An official or treaty source confirms {percent(official, rows.index)} of the concluded "
        "agreements; the rest stand on the press and on lists"
    )
    errors = evidence.reading_errors(dataset)
    pooled = errors[errors["reading"].isna() & (errors["of"] > 0)].set_index("problem")
    if pooled.empty:
        return f"{said}."
    wrong, unsupported = (
        linked(f"{100 * row['share']:.1f} %", row["ids"])
        for row in (pooled.loc["wrong"], pooled.loc["unsupported"])
    )
    return (
        f"{said}, and readers who did not know our coding found {wrong} of the facts wrong and "
        f"{unsupported} without support."
    )


MESSAGES: tuple[tuple[str, str, Callable[[Dataset], str], Read], ...] = (
    ("coverage", "What the accord covers", _coverage_words, _coverage),
    ("pace", "How often", _pace_words, _pace),
    ("partners", "With whom", _partners_words, _partners),
    ("lives", "What became of them", _lives_words, _lives),
    ("firmness", "How sure we are", _firmness_words, _firmness),
)


@passage
def bottom_line(dataset: Dataset) -> Text:
    """Say in at most 150 words what the report comes to.

    How many agreements, whether the states' own is in force, who leads, and the doubt.
    """
    rows = by_state(dataset)
    if rows.empty:
        return LeftOut("The bottom line: no concluded agreement is on record.")
    numbers = listed(
        f"{count(own['agreement_id'])} of {phrase(dataset, state)}"
        for state, own in each(dataset, rows)
    )
    every = rows["agreement_id"].unique()
    sentences = []
    if (found := accord.accord_id(dataset)) is not None:
        status = str(dataset.overview.at[found, "status"])
        label = dataset.labels("statuses").get(status, status).lower()
        sentences.append(
            f"The agreement between {named_parties(dataset, found)} is {linked(label, [found])}."
        )
    sentences.append(
        f"Until {spoken(str(dataset.as_of.date()))} we found "
        f"{count(every, 'concluded defence agreement')}: {numbers}."
    )
    tied = concluded(dataset)
    tied = tied[(tied["focus"].map(len) > 1) & ~tied["worldwide"]]
    if len(dataset.focus) > 1 and len(tied):
        sentences.append(
            f"Only {count(tied.index)} {'ties' if len(tied) == 1 else 'tie'} the states to each "
            "other, large multilateral treaties aside."
        )
    sentences += [words(dataset) for _, _, words, read in MESSAGES[2:] if read(dataset)]
    return Text(f'<p class="bottom-line">{" ".join(sentences)}</p>')


@passage
def cards(dataset: Dataset) -> Text:
    """Show a card for each focus state: in force, pending, partners, pledges, purchases, news."""
    made = [card for state in dataset.focus if (card := _card(dataset, state))]
    if not made:
        return LeftOut("Cards of the states: no concluded agreement is on record.")
    return Text(render("accords.prose", "cards.html.j2", cards=made))


def _card(dataset: Dataset, state: str) -> dict[str, object] | None:
    rows = by_state(dataset)
    rows = rows[rows["state"] == state]
    if rows.empty:
        return None
    own = {
        table.__name__: found[found["state"] == state]
        for table in (relations.pledges, relations.pending, relations.recent, time.contracts)
        for found in [table(dataset)]
    }
    binding = rows.loc[rows["status"] == "in-force", "agreement_id"]
    with_whom = dyads(dataset)
    with_whom = with_whom[with_whom["state"] == state]
    top = {
        str(partner): tuple(ids) for partner, ids in with_whom.groupby("partner")["agreement_id"]
    }
    largest = sorted(top, key=lambda partner: -len(top[partner]))[:5]
    priced = own["contracts"].dropna(subset="amount").sort_values("amount", ascending=False)
    names = dataset.overview["short_name"]
    kept = own["pledges"][~own["pledges"]["ended"]]
    return {
        "name": dataset.party_names[state],
        "facts": [
            ("In force", count(binding)),
            ("Signed and pending", count(own["pending"]["agreement_id"])),
            ("Concluded in the last twelve months", count(own["recent"]["agreement_id"])),
        ],
        "lists": [
            ("Top partners", [
                f"{escape(dataset.party_names[partner])} {count(top[partner])}"
                for partner in largest
            ]),
            ("Pledges of mutual defence", [linked(names[i], [i]) for i in kept["agreement_id"]]),
            ("Dearest purchases with a price", [
                f"{linked(row['short_name'], [row['agreement_id']])}: "
                f"{escape(row['currency'])} {brief_sum(row['amount'])}"
                for row in priced.head(3).to_dict("records")
            ]),
            ("Newest", [linked(names[i], [i]) for i in own["recent"]["agreement_id"].head(4)]),
        ],
    }  # fmt: skip


@passage
def key_messages(dataset: Dataset) -> Text:
    """Show the messages, each with its numbers beside it and one footnote of its robustness."""
    found = messages(dataset)
    if not found:
        return LeftOut("Key messages: too few agreements are on record.")
    return Text(render("accords.prose", "messages.html.j2", messages=found))


def about(dataset: Dataset) -> Text:
    """Say what the brief rests on, who made it and where to write."""
    package = dataset.descriptor
    makers = [maker["title"] for maker in package.get("contributors", ()) if "title" in maker]
    return Text(
        render(
            "accords.prose", "about.html.j2", makers=listed(map(lowered, makers)), dataset=dataset,
            released=spoken(str(dataset.released.date())), read=spoken(str(dataset.as_of.date())),
            contact=package.get("contact"), homepage=package.get("homepage"),
            pages=some(len(dataset.sources), "page"),
            publishers=some(dataset.sources["publisher"].nunique(), "publisher"),
        )
    )  # fmt: skip
