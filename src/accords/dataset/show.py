"""How a dataset and a record show themselves in a notebook: HTML that follows its theme."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from accords.dataset import edtf as dates
from accords.dataset.tables import Tables
from accords.errors import AccordsError
from accords.templates import render
from accords.words import Text, listed, money


def dataset(ds: Tables) -> str:
    """Show a dataset: its edition, what it counts, and its tables."""
    overview, names = ds.overview, [ds.party_names.get(state, state) for state in ds.focus]
    concluded = overview[overview["concluded"]]
    years = concluded["year"].dropna()
    span = f", {years.min()} to {years.max()}" if len(years) else ""
    by_state = (sum(state in of for of in concluded["focus"]) for state in ds.focus)
    levels = overview["confidence"].value_counts()
    return render(
        "accords.dataset",
        "dataset.html.j2",
        states=listed(names),
        edition=ds.edition,
        read_until=dates.spoken(f"{ds.as_of:%Y-%m-%d}"),
        counts={
            "Concluded": f"{len(concluded):,} of {len(overview):,}{span}",
            "By state": "; ".join(f"{s} {n:,}" for s, n in zip(names, by_state, strict=True)),
            "Partners": f"{overview['partners'].explode().nunique():,} states and organisations",
            "Confidence": "; ".join(
                f"{level} {levels.get(level, 0):,}" for level in ("high", "medium", "low")
            ),
        },
        tables=[
            (one["name"], len(ds.tables[one["name"]]), one.get("description", ""))
            for one in ds.descriptor["resources"]
            if hasattr(type(ds), one["name"])
        ],
    )


def record(ds: Tables, agreement_id: str) -> Text:
    """Show all that the dataset holds of one agreement; see :meth:`Dataset.record`."""
    if agreement_id not in ds.overview.index:
        raise AccordsError(
            f"{agreement_id}: no such agreement here. Take an id from the index of .overview."
        )
    events = _of(ds.events, agreement_id).sort_values("earliest", na_position="last")
    return Text(
        render(
            "accords.dataset",
            "record.html.j2",
            row=_plain(ds.overview.loc[[agreement_id]].reset_index())[0],
            parties=_plain(_of(ds.parties, agreement_id)),
            domains=_domains(ds, agreement_id),
            life=_plain(events),
            sources=list(_sources(ds, agreement_id)),
            disputes=list(_disputes(ds, agreement_id)),
            short_names=ds.overview["short_name"],
            name=lambda party: ds.party_names.get(party, party),
            label=lambda codes, code: ds.labels(codes).get(code, code),
            spoken=dates.spoken,
            money=money,
        )
    )


def _of(table: pd.DataFrame, agreement_id: str) -> pd.DataFrame:
    return table[table["agreement_id"] == agreement_id]


def _plain(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.astype(object).where(table.notna(), None).to_dict("records")


def _domains(ds: Tables, agreement_id: str) -> dict[str, list[str]]:
    """Return the labels of the domains by the label of their basis, the best basis first."""
    rows = _of(ds.domains, agreement_id)
    labels = rows["domain"].map(ds.labels("domain_codes")).fillna(rows["domain"])
    bases = ds.labels("bases").items()
    return {label: list(labels[rows["basis"] == basis]) for basis, label in bases}


def _sources(ds: Tables, agreement_id: str) -> Iterator[dict[Any, Any]]:
    rows = _of(ds.citations, agreement_id).merge(ds.sources, on="source_id")
    rows = rows.sort_values(["published", "source_id"], kind="stable")
    for _, of_source in rows.groupby("source_id", sort=False):
        notes = of_source[["locator", "evidence"]].stack().dropna()
        yield _plain(of_source)[0] | {"said": list(dict.fromkeys(notes))}


def _disputes(ds: Tables, agreement_id: str) -> Iterator[dict[str, Any]]:
    publishers = ds.sources.set_index("source_id")["publisher"]
    rows = _of(ds.disputes, agreement_id)
    rows = rows.assign(by=rows["source_id"].map(publishers).fillna(rows["source_id"]))
    for field, values in rows.groupby("field", sort=False):
        options = values.groupby("value", sort=False).agg({"by": "unique", "adopted": "any"})
        reason = next(iter(values["reason"].dropna()), "")
        fact = _disputed(ds, str(field))
        yield {"fact": fact, "options": list(options.itertuples(name=None)), "reason": reason}


def _disputed(ds: Tables, field: str) -> str:
    """Name a disputed field for readers: ``domain:cyber`` as its label, ``event:signed.date``."""
    kind, _, rest = field.partition("#")[0].partition(":")
    if kind == "domain":
        return ds.labels("domain_codes").get(rest, rest)
    event, _, what = rest.rpartition(".")
    return (f"{event.replace('-', ' ')}, {what}" if event else kind).capitalize()
