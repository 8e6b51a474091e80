"""A page for each partner, and lists of what is promised, open and new.

``static/partners.js`` puts any two pairs of a state and a partner side by side by copying this.
"""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pandas as pd
from markupsafe import Markup

from accords.analysis import relations
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.dataset.lifecycle import PURCHASE
from accords.prose import relations as prose
from accords.publish.records import plain_rows
from accords.templates import render
from accords.words import PRESS_MARK, count, linked, money, partner_anchor

FULL = 3
"""Bilateral agreements from which a partner has a page of its own; the others have a line."""

SHORT = 12
"""Entries up to which a list is open from the start."""


def partner_pages(dataset: Dataset) -> str:
    """Write a page for each partner: what each focus state has with it, side by side."""
    rows = relations.relations(dataset)
    bilateral = rows[rows["scope"] == "bilateral"]
    profiles = relations.profiles(dataset)
    own = _by_pair(bilateral)
    bought = dataset.overview["instrument"] == PURCHASE
    others = _by_pair(rows[(rows["scope"] != "bilateral") & ~rows["worldwide"]])
    facts = {pair: _by_aspect(counts) for pair, counts in _by_pair(profiles).items()}
    years = bilateral.groupby(["state", "partner"])["year"]
    shown = years.agg(prose.by_year).to_dict()
    bars: dict[Any, dict[int, int]] = {
        pair: of.value_counts().sort_index().to_dict()  # type: ignore[misc]
        for pair, of in years
    }
    pages = [
        SimpleNamespace(
            partner=partner,
            full=len({row.agreement_id for s in states for row in own[s, partner]}) >= FULL,
            sides=[
                SimpleNamespace(
                    state=state,
                    own=own[state, partner],
                    others=[row.agreement_id for row in others[state, partner]],
                    facts=facts.get((state, partner)),
                    bars=bars.get((state, partner)),
                    bought=[
                        row.agreement_id for row in own[state, partner] if bought[row.agreement_id]
                    ],
                    shown=shown.get((state, partner)),
                )
                for state in sorted(states, key=dataset.focus.index)
            ],
        )
        for partner, states in rows.groupby("partner")["state"].unique().to_dict().items()
    ]
    return _write(
        dataset,
        "partners.html.j2",
        pages=sorted(pages, key=lambda page: dataset.party_names[page.partner]),
        least=FULL,
        first=min((year for of in bars.values() for year in of), default=dataset.as_of.year),
        last=dataset.as_of.year,
        most=max((n for of in bars.values() for n in of.values()), default=1),
    )


def lists(dataset: Dataset) -> str:
    """Write the lists of pledges, of what is pending, outstanding and new; empty ones as a line."""
    tables = {name: getattr(relations, name)(dataset) for name in prose.LISTS}
    overview = dataset.overview
    parties = overview["focus"].map(len) + overview["partners"].map(len)
    total = overview["parties_total"].fillna(0).astype(int).clip(lower=parties)
    others = total - overview["focus"].map(len)
    return _write(
        dataset,
        "lists.html.j2",
        others=lambda row: others[row.agreement_id],
        titles=prose.LISTS,
        short=SHORT,
        introduction=lambda name: Markup(prose.introduction(dataset, name, tables[name])),
        by_state={
            name: {state: plain_rows(of) for state, of in table.groupby("state")}
            for name, table in tables.items()
        },
        step=lambda *taken: prose.step_taken(dataset, *taken),
    )


def _write(dataset: Dataset, template: str, **context: Any) -> str:
    return render(
        "accords.publish",
        template,
        names=dataset.overview["short_name"],
        parties=dataset.party_names,
        anchor=partner_anchor,
        statuses=dataset.labels("statuses"),
        domains=dataset.labels("domain_codes"),
        count=lambda ids: Markup(count(ids)),
        linked=lambda shown, ids: Markup(linked(shown, ids)),
        spoken=dates.spoken,
        money=money,
        mark=PRESS_MARK,
        **context,
    )


def _by_pair(table: pd.DataFrame) -> dict[Any, list[SimpleNamespace]]:
    """Return rows by state and partner, for a template."""
    pairs = defaultdict(list)
    for row in plain_rows(table):
        pairs[row.state, row.partner].append(row)
    return pairs


def _by_aspect(profile: list[SimpleNamespace]) -> dict[str, dict[str, SimpleNamespace]]:
    """Return a profile's rows by aspect and code."""
    facts: dict[str, dict[str, SimpleNamespace]] = defaultdict(dict)
    for row in profile:
        facts[row.aspect][row.code] = row
    return facts
