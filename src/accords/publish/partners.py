"""A page for each partner, and lists of what is promised, open and new.

``static/partners.js`` puts any two pairs of a state and a partner side by side by copying this.
"""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from accords.analysis import relations
from accords.dataset import Dataset
from accords.dataset import edtf as dates
from accords.dataset.lifecycle import PURCHASE
from accords.prose import relations as prose
from accords.publish.records import grouped, plain_rows
from accords.templates import render
from accords.words import PRESS_MARK, count, linked, money, partner_anchor

FULL = 3  # bilateral agreements from which a partner has a page of its own; the others have a line
SHORT = 12  # entries up to which a list is open from the start


def partner_pages(dataset: Dataset) -> str:
    """Write a page for each partner: what each focus state has with it, side by side."""
    rows = relations.relations(dataset)
    bilateral = rows[rows["scope"] == "bilateral"]
    own, others, profiles = (
        grouped(plain_rows(table), "state", "partner")
        for table in (
            bilateral,
            rows[(rows["scope"] != "bilateral") & ~rows["worldwide"]],
            relations.profiles(dataset),
        )
    )
    instruments = dataset.overview["instrument"]
    years = bilateral.groupby(["state", "partner"])["year"]
    shown = years.agg(prose.by_year).to_dict()
    bars: dict[Any, dict[Any, int]] = {
        pair: of.value_counts().sort_index().to_dict() for pair, of in years
    }

    def side(state: str, partner: Any) -> SimpleNamespace:
        pair = state, partner
        ids = [row.agreement_id for row in own[pair]]
        facts = grouped(profiles[pair], "aspect")
        return SimpleNamespace(
            state=state,
            own=own[pair],
            others=[row.agreement_id for row in others[pair]],
            bought=[each for each in ids if instruments[each] == PURCHASE],
            facts=defaultdict(dict, {a: {row.code: row for row in of} for a, of in facts.items()}),
            bars=bars.get(pair),
            shown=shown.get(pair),
        )

    pages = [
        SimpleNamespace(
            partner=partner,
            full=bilateral.loc[bilateral["partner"] == partner, "agreement_id"].nunique() >= FULL,
            sides=[side(state, partner) for state in dataset.focus if state in set(of["state"])],
        )
        for partner, of in rows.groupby("partner")
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
