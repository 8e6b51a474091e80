"""The brief: a bottom line, five messages, a card for each state, and what it all rests on.

Each message says one thing in one sentence, stands on a few readings of the data, and is tried
under other choices of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from accords.analysis import accord, evidence, partners, relations, time
from accords.analysis.common import ALL, WHEN, by_state, choices, concluded, together
from accords.dataset import Dataset
from accords.dataset.lifecycle import PURCHASE
from accords.prose.accord import day, named_parties
from accords.prose.names import each, phrase, rows
from accords.prose.partners import MOST_LEVEL, first_of, largest
from accords.prose.passage import PLAIN, passage, worded
from accords.templates import render
from accords.words import (
    Text,
    brief_sum,
    capital,
    count,
    escape,
    linked,
    listed,
    lowered,
    some,
)


class Reading(NamedTuple):
    """One number of a message, as it is written (HTML, linked), and what it says.

    A message changes where what a reading ``says``, the outcome in a few words, changes.
    """

    label: str
    shown: str
    says: str


Told = tuple[str, list[Reading]]
"""The sentence of a message (HTML), and the readings that it stands on."""


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
        changed, tested = self.changed, len(self.tried) - len(self.untested)
        if not tested:
            return ""
        held = f"{tested - len(changed)} of {tested}" if changed else f"all {tested}"
        said = f"Holds in {held} other choices of records"
        if tested == 1:
            said = f"{'Does not hold' if changed else 'Holds'} in the one other choice of records"
        if changed:
            said += f"; changes {listed(map(self._when_changed, changed))}"
        if self.untested:
            missing = listed(f"when {WHEN[choice]}" for choice in self.untested)
            said += f". Too little is left to try it {missing}"
        return f"{said}."

    def _when_changed(self, choice: str) -> str:
        """Say when it changes, and what it says then: for each reading, or once for all."""
        own = self.differences[self.differences["choice"] == choice]
        said = own["says"].unique()
        if len(own) < len(self.readings) or len(said) > 1:
            said = (own["label"] + ": " + own["says"]).to_numpy()
        return f"when {WHEN[choice]} ({'; '.join(said)})"


def messages(dataset: Dataset, *, robust: bool = True) -> list[Message]:
    """Compute the messages; one for which there are too few data is left out.

    Without ``robust`` they are taken under all records alone, which is quicker.
    """
    tried = {name: data for name, data in choices(dataset).items() if name != ALL} if robust else {}
    found = []
    for key, (lead, tell) in MESSAGES.items():
        message = tell(dataset)
        if message is None:
            continue
        sentence, readings = message
        other = [
            {"choice": name, **reading._asdict()}
            for name, data in tried.items()
            if name != ANSWERED.get(key)
            for reading in (tell(data) or ("", []))[1]
        ]
        checks = pd.DataFrame(other, columns=["choice", *Reading._fields])
        names = tuple(name for name in tried if name != ANSWERED.get(key))
        found.append(Message(key, lead, sentence, readings, checks, names))
    return found


def _coverage(dataset: Dataset) -> Told | None:
    """How many of the accord's domains official statements name, and how many the press alone."""
    found = accord.accord_id(dataset)
    own = dataset.domains[dataset.domains["agreement_id"] == found]
    if found is None or own.empty:
        return None
    ids, n, press = [found], len(own), int((own["basis"] == "press").sum())
    pair = Markup(named_parties(dataset, found))
    return worded(dataset, "brief/coverage", pair=pair, ids=ids, n=n, press=press), [
        Reading("domains named officially", linked(n - press, ids), "official first"),
        Reading("by the press alone", linked(press, ids), f"{press} on the press"),
    ]


def _pace(dataset: Dataset) -> Told | None:
    """How many times as many agreements the last ten full years have as the ten before."""
    found = time.rate_change(dataset).dropna(subset="ratio")
    if found.empty:
        return None
    return worded(dataset, "brief/pace", rows=rows(found)), [
        Reading(
            f"as many by {dataset.party_names[row['state']]} as before",
            f"{linked(format(row['ratio'], '.1f'), (*row['ids'], *row['before_ids']))} ×",
            says,
        )
        for row, says in zip(rows(found), time.direction(found), strict=True)
    ]


def _partners(dataset: Dataset) -> Told | None:
    """Who the largest partner of each state is, or who are level."""
    without = dict(each(dataset, partners.partner_counts(dataset, purchases=False)))
    parts, readings = [], []
    for state, own in each(dataset, partners.partner_counts(dataset)):
        first = first_of(own)
        said = f"{largest(dataset, own)} of {phrase(dataset, state)} with {_with_each(own)}"
        if state in without:
            same = set(first["partner"]) == set(first_of(without[state])["partner"])
            whom = "" if same else f"{_names(dataset, without[state])} with "
            said += f" (without purchases: {whom}{_with_each(without[state], noun='')})"
        parts.append(said)
        names = listed(dataset.party_names[partner] for partner in first["partner"])
        shown = f"{escape(names)} {linked(first['count'].iloc[0], together(first['ids']))}"
        readings.append(Reading(f"largest partner of {dataset.party_names[state]}", shown, names))
    return (f"{capital('; '.join(parts))}.", readings) if parts else None


def _with_each(own: pd.DataFrame, noun: str = "bilateral agreement") -> str:
    """Count the agreements with the largest partner, or with each of those that are level."""
    first = first_of(own)
    if len(first) == 1:
        return count(first["ids"].iloc[0], noun)
    n = int(first["count"].iloc[0])
    return f"{linked(some(n, noun) if noun else n, together(first['ids']))} each"


def _names(dataset: Dataset, own: pd.DataFrame) -> str:
    first = first_of(own)["partner"]
    if len(first) > MOST_LEVEL:
        return some(len(first), "partner")
    return listed(phrase(dataset, partner) for partner in first)


UNKNOWN = ("signed", "unknown")
"""Statuses of what has left no trace since its signature or adoption."""


def _of_states(dataset: Dataset) -> pd.DataFrame:
    """Return the concluded instruments of the focus states."""
    found = concluded(dataset)
    return found[found["focus"].map(len) > 0]


def _share(part: pd.Index, whole: pd.Index) -> str:
    return linked(f"{100 * len(part) / len(whole):.0f} %", part)


def _lives(dataset: Dataset) -> Told | None:
    """How many instruments that bind over time are in force, and of how many none knows."""
    binding = _of_states(dataset)
    binding = binding[binding["instrument"] != PURCHASE]
    if binding.empty:
        return None
    every, status = binding.index, binding["status"]
    in_force, open_ = every[status == "in-force"], every[status.isin(UNKNOWN)]
    more = "more known than not" if len(in_force) > len(open_) else "more unknown than known"
    return worded(dataset, "brief/lives", every=every, in_force=in_force, open=open_), [
        Reading("known to be in force", _share(in_force, every), more),
        Reading("nothing known after signature", _share(open_, every), more),
    ]


def _firmness(dataset: Dataset) -> Told | None:
    """How much rests on official sources, and how often readers found it wrong."""
    found = _of_states(dataset)
    if found.empty:
        return None
    every, official = found.index, found.index[found["official"].astype(bool)]
    errors = evidence.reading_errors(dataset)
    pooled = rows(errors[errors["reading"].isna() & (errors["of"] > 0)])
    wrong, unsupported = pooled or ({}, {})
    sentence = worded(
        dataset, "brief/firmness", every=every, official=official, wrong=wrong,
        unsupported=unsupported,
    )  # fmt: skip
    few = "most on the press" if len(official) * 2 < len(every) else "most official"
    label = "with an official or treaty source"
    return sentence, [Reading(label, _share(official, every), few)]


MESSAGES: dict[str, tuple[str, Callable[[Dataset], Told | None]]] = {
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
def bottom_line(dataset: Dataset) -> Iterator[str]:
    """Say in at most 150 words what the report comes to.

    How many agreements, whether the states' own is in force, what is known of them, and the doubt.
    """
    every, found = by_state(dataset), accord.accord_id(dataset)
    if every.empty:
        return
    pair = status = ""
    if found is not None:
        code = str(dataset.overview.at[found, "status"])
        status = dataset.labels("statuses").get(code, code).lower()
        pair = Markup(named_parties(dataset, found))
    tied = concluded(dataset)
    tied = tied[(tied["focus"].map(len) > 1) & ~tied["worldwide"]]
    yield worded(
        dataset, "brief/bottom_line", pair=pair, status=status, accord=found,
        every=every["agreement_id"], states=each(dataset, every), day=day(dataset.as_of),
        tied=list(tied.index) if len(dataset.focus) > 1 else [],
    )  # fmt: skip
    for key in ("lives", "firmness"):
        if message := MESSAGES[key][1](dataset):
            yield message[0]


@passage("Cards of the states: no concluded agreement is on record.", PLAIN)
def cards(dataset: Dataset) -> Iterator[str]:
    """Show a card for each focus state: in force, pending, partners, pledges, purchases, news."""
    made = [_card(dataset, state, own) for state, own in each(dataset, by_state(dataset))]
    if made:
        yield render("accords.prose", "cards.html.j2", cards=made)


def _card(dataset: Dataset, state: str, agreements: pd.DataFrame) -> dict[str, object]:
    pledges, pending, recent, purchases, top = (
        table[table["state"] == state]
        for table in (
            *(relations.pledges(dataset), relations.pending(dataset), relations.recent(dataset)),
            *(time.contracts(dataset), partners.partner_counts(dataset)),
        )
    )
    priced = purchases.dropna(subset="amount").sort_values("amount", ascending=False)
    names = dataset.overview["short_name"]
    ids, pledged, news = (table["agreement_id"] for table in (agreements, pledges, recent))

    def named(ids: pd.Series) -> list[str]:
        return [linked(names[i], [i]) for i in ids]

    return {
        "name": dataset.party_names[state],
        "facts": [
            ("In force, purchases aside", count(ids[agreements["status"] == "in-force"])),
            ("Signed and pending", count(pending["agreement_id"])),
            ("Concluded in the last twelve months", count(news[recent["certain"]])),
        ],
        "lists": [
            ("Top partners", [
                f"{escape(dataset.party_names[row['partner']])} {count(row['ids'])}"
                for row in rows(top.head(5))
            ]),
            ("Pledges of mutual defence not ended", named(pledged[~pledges["ended"]])),
            ("Dearest purchases with a price", [
                f"{linked(row['short_name'], [row['agreement_id']])}: "
                f"{escape(row['currency'])} {brief_sum(row['amount'])}"
                for row in rows(priced.head(3))
            ]),
            ("Newest", named(news.head(4))),
        ],
    }  # fmt: skip


@passage("Key messages: too few agreements are on record.", PLAIN)
def key_messages(dataset: Dataset) -> Iterator[str]:
    """Show the messages, each with its numbers beside it and one footnote of its robustness."""
    found = messages(dataset)
    if found:
        yield render("accords.prose", "messages.html.j2", messages=found)


def about(dataset: Dataset) -> Text:
    """Say what the brief rests on, who made it and where to write."""
    package = dataset.descriptor
    makers = [maker["title"] for maker in package.get("contributors", ()) if "title" in maker]
    return Text(
        render(
            "accords.prose", "about.html.j2", makers=listed(map(lowered, makers)), dataset=dataset,
            released=day(dataset.released), read=day(dataset.as_of),
            contact=package.get("contact"), homepage=package.get("homepage"),
            pages=some(len(dataset.sources), "page"),
            publishers=some(dataset.sources["publisher"].nunique(), "publisher"),
        )
    )  # fmt: skip
