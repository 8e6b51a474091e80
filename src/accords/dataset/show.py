"""How a dataset and a record show themselves in a notebook: HTML that follows its theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from accords.dataset import edtf as dates
from accords.dataset.tables import Tables
from accords.errors import AccordsError
from accords.templates import render
from accords.words import Text, listed, money

STYLE = Markup("""<style>
.accords-card{font:14px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);max-width:64rem;
color:var(--jp-ui-font-color0,CanvasText)}
.accords-card :is(h3,h4,p,ul,ol,dl,dd){margin:0;padding:0}
.accords-card h3{font-size:17px;line-height:1.3;font-weight:600;text-wrap:balance}
.accords-card :is(h4,summary){font-size:12px;font-weight:600;margin:16px 0 4px;
color:var(--jp-ui-font-color1,GrayText)}
.accords-card summary{cursor:pointer}
.accords-card .quiet{color:var(--jp-ui-font-color1,GrayText)}
.accords-card .small{font-size:12.5px}
.accords-card p+p,.accords-card h3+p{margin-top:4px}
.accords-card p.summary{margin-top:10px}
.accords-card dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 16px;
margin-top:12px}
.accords-card dt{width:auto;float:none;color:var(--jp-ui-font-color1,GrayText);font-weight:400}
.accords-card ul,.accords-card ol{list-style:none}
.accords-card li+li{margin-top:4px}
.accords-card .life li{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:16px}
.accords-card .sources li+li{margin-top:8px}
.accords-card a{color:var(--jp-content-link-color,LinkText)}
.accords-card table{border-collapse:collapse;margin:12px 0 0;font-size:13px}
.accords-card :is(th,td){text-align:left!important;vertical-align:top!important;
padding:4px 20px 4px 0;background:none;white-space:normal;max-width:none}
.accords-card tbody tr{background:none!important;
border-top:1px solid var(--jp-border-color2,color-mix(in srgb,currentColor 18%,transparent))}
.accords-card .n{text-align:right!important;font-variant-numeric:tabular-nums}
.accords-card code{font-size:12.5px;background:none}
</style>""")
"""Style of the cards, in the colours of JupyterLab's theme, or the system's outside of it."""


def dataset(ds: Tables) -> str:
    """Show a dataset: its edition, what it counts, and its tables."""
    overview = ds.overview
    concluded = overview[overview["concluded"]]
    years = concluded["year"].dropna()
    span = f", {years.min()} to {years.max()}" if len(years) else ""
    names = [ds.party_names.get(state, state) for state in ds.focus]
    by_state = (sum(state in of for of in concluded["focus"]) for state in ds.focus)
    levels = overview["confidence"].value_counts()
    return render(
        "accords.dataset",
        "dataset.html.j2",
        style=STYLE,
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
            (
                resource["name"],
                len(ds.tables[resource["name"]]),
                str(resource.get("description", "")).split(". ")[0].rstrip("."),
            )
            for resource in ds.descriptor["resources"]
            if hasattr(type(ds), resource["name"])
        ],
    )


def summary(ds: Tables) -> str:
    """Say in one line what a dataset is."""
    return (
        f"<Dataset: {len(ds.agreements):,} agreements of {', '.join(ds.focus)}, "
        f"edition {ds.edition}, read until {ds.as_of:%Y-%m-%d}>"
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
            style=STYLE,
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
    """Return a table's rows, missing values as None."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def _domains(ds: Tables, agreement_id: str) -> dict[str, list[str]]:
    """Return the labels of the domains by the label of their basis, the best basis first."""
    rows = _of(ds.domains, agreement_id)
    labels = rows["domain"].map(ds.labels("domain_codes")).fillna(rows["domain"])
    by_basis = {
        label: list(labels[rows["basis"] == basis]) for basis, label in ds.labels("bases").items()
    }
    return {basis: named for basis, named in by_basis.items() if named}


def _sources(ds: Tables, agreement_id: str) -> Iterator[dict[Any, Any]]:
    """Return the cited sources, the oldest first, and what is noted of each."""
    rows = (
        _of(ds.citations, agreement_id)
        .merge(ds.sources, on="source_id")
        .sort_values(["published", "source_id"], na_position="last", kind="stable")
    )
    for _, of_source in rows.groupby("source_id", sort=False):
        notes = of_source[["locator", "evidence"]].stack().dropna()
        yield _plain(of_source)[0] | {"said": list(dict.fromkeys(notes))}


def _disputes(ds: Tables, agreement_id: str) -> Iterator[dict[str, Any]]:
    """Return each disputed fact with its values, who says so, and the reason for the choice."""
    publishers = ds.sources.set_index("source_id")["publisher"]
    rows = _of(ds.disputes, agreement_id)
    for field, values in rows.groupby(rows["field"].astype(str), sort=False):
        yield {
            "fact": _disputed(ds, str(field)),
            "options": [
                (
                    value,
                    [publishers.get(s, s) for s in dict.fromkeys(by["source_id"])],
                    by["adopted"].fillna(False).any(),
                )
                for value, by in values.groupby("value", sort=False)
            ],
            "reason": next(iter(values["reason"].dropna()), ""),
        }


def _disputed(ds: Tables, field: str) -> str:
    """Name a disputed field for readers: ``domain:cyber`` as its label, ``event:signed.date``."""
    kind, _, rest = field.partition("#")[0].partition(":")
    if kind == "domain":
        return ds.labels("domain_codes").get(rest, rest)
    event, _, what = rest.rpartition(".")
    return (f"{event.replace('-', ' ')}, {what}" if event else kind).capitalize()
