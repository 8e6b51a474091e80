"""How a dataset and a record show themselves in a notebook: HTML that follows its theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from accords.dataset import edtf as dates
from accords.dataset.tables import Tables
from accords.errors import AccordsError
from accords.words import Text, escape, money

STYLE = """<style>
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
</style>"""
"""Style of the cards, in the colours of JupyterLab's theme, or the system's outside of it."""


def dataset(ds: Tables) -> str:
    """Show a dataset: its edition, what it counts, and its tables."""
    overview = ds.overview
    concluded = overview[overview["concluded"]]
    years = concluded["year"].dropna()
    span = f", {years.min()} to {years.max()}" if len(years) else ""
    states = " and ".join(ds.party_names.get(s, s) for s in ds.focus)
    counts = {
        "Concluded": f"{len(concluded):,} of {len(overview):,}{span}",
        "By state": "; ".join(
            f"{ds.party_names.get(s, s)} {sum(s in of for of in concluded['focus']):,}"
            for s in ds.focus
        ),
        "Partners": f"{overview['partners'].explode().nunique():,} states and organisations",
        "Confidence": "; ".join(
            f"{level} {(overview['confidence'] == level).sum():,}"
            for level in ("high", "medium", "low")
        ),
    }
    facts = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in counts.items())
    return (
        f'{STYLE}<div class="accords-card"><h3>Defence agreements of {escape(states)}</h3>'
        f'<p class="quiet">Edition {escape(ds.edition)}, sources read until '
        f"{dates.spoken(f'{ds.as_of:%Y-%m-%d}')}.</p><dl>{facts}</dl>{_tables(ds)}"
        '<p class="quiet small">Computed: <code>.overview</code> (one row an agreement) and '
        "<code>.memberships</code> (one row an agreement and state). Narrow with "
        '<code>.find("drones", state="AZE", since=2020)</code>, read one with '
        "<code>.record(agreement_id)</code>, look around with <code>explore(ds)</code>.</p></div>"
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
    row: pd.Series = ds.overview.loc[agreement_id]  # type: ignore[assignment]
    original = ""
    if pd.notna(row["title_original"]):
        original = (
            f'<p class="quiet" lang="{_text(row["language_original"])}" dir="auto">'
            f"{_text(row['title_original'])}</p>"
        )
    return Text(
        f'{STYLE}<article class="accords-card"><h3>{_text(row["title"])}</h3>{original}'
        f'<p class="summary">{_text(row["summary"])}</p>'
        f"{_facts(ds, agreement_id, row)}{_life(ds, agreement_id)}{_sources(ds, agreement_id)}"
        f"{_disputes(ds, agreement_id)}{_section('Notes', _paragraph(row['notes']))}"
        f'<p class="quiet small"><code>{_text(agreement_id)}</code></p></article>'
    )


def _tables(ds: Tables) -> str:
    rows = "".join(
        f'<tr><td><code>.{escape(resource["name"])}</code></td><td class="n">'
        f"{len(ds.tables[resource['name']]):,}</td><td>{escape(_sentence(resource))}</td></tr>"
        for resource in ds.descriptor["resources"]
        if hasattr(type(ds), resource["name"])
    )
    return (
        '<table><thead><tr><th>Table</th><th class="n">Rows</th><th>What a row is</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _sentence(resource: Mapping[str, Any]) -> str:
    return str(resource.get("description", "")).split(". ")[0].rstrip(".")


def _facts(ds: Tables, agreement_id: str, row: pd.Series) -> str:
    facts = {
        "Parties": _parties(ds, agreement_id),
        "Instrument": _text(row["instrument_label"]),
        "Status": _status(ds, row),
        "Confidence": f"{_text(row['confidence'])} ({_text(row['publishers'])} independent "
        f"publishers{', an official source' if row['official'] else ''})",
        "Domains": _domains(ds, agreement_id),
        "Value": _value(row),
        "Part of": _named(ds, row["part_of"]),
        "Supersedes": _named(ds, row["supersedes"]),
        "Known from": _one_list(ds, row),
    }
    return f"<dl>{''.join(f'<dt>{k}</dt><dd>{v}</dd>' for k, v in facts.items() if v)}</dl>"


def _parties(ds: Tables, agreement_id: str) -> str:
    rows = ds.parties[ds.parties["agreement_id"] == agreement_id]
    roles = ds.labels("roles")
    return _listed(
        escape(ds.party_names.get(party, party))
        + ("" if role == "party" else f" ({_text(roles.get(role, role)).lower()})")
        for party, role in zip(rows["party_id"], rows["role"], strict=True)
    )


def _status(ds: Tables, row: pd.Series) -> str:
    if pd.isna(row["status"]):
        return ""
    label = _text(ds.labels("statuses").get(row["status"], row["status"]))
    reason = _text(row["status_note"])
    return label + (f'<br><span class="quiet small">{reason}</span>' if reason else "")


def _domains(ds: Tables, agreement_id: str) -> str:
    rows = ds.domains[ds.domains["agreement_id"] == agreement_id]
    labels = ds.labels("domain_codes")
    rows = rows.assign(label=rows["domain"].map(labels).fillna(rows["domain"]))
    bases = ds.labels("bases")
    return "<br>".join(
        f'<span class="quiet">{_text(label)}:</span> {_listed(map(escape, named))}'
        for basis, label in bases.items()
        if len(named := rows.loc[rows["basis"] == basis, "label"])
    )


def _one_list(ds: Tables, row: pd.Series) -> str:
    if pd.isna(row["one_list"]):
        return ""
    return f"{_text(ds.labels('lists')[row['one_list']])} alone"


def _value(row: pd.Series) -> str:
    if pd.isna(row["value_amount"]):
        return ""
    return escape(money(row["value_amount"], row["value_currency"], row["value_kind"]))


def _named(ds: Tables, agreement_id: Any) -> str:
    if pd.isna(agreement_id):
        return ""
    names = ds.overview["short_name"]
    return _text(names.get(agreement_id, agreement_id))


def _life(ds: Tables, agreement_id: str) -> str:
    events = ds.events[ds.events["agreement_id"] == agreement_id]
    events = events.sort_values("earliest", na_position="last")
    labels = ds.labels("event_types")
    items = []
    for event in events.to_dict("records"):
        what = _text(labels.get(event["event"], event["event"]))
        if pd.notna(event["party_id"]):
            what += f", {escape(ds.party_names.get(event['party_id'], event['party_id']))}"
        if pd.notna(event["place"]):
            what += f'<span class="quiet">, {_text(event["place"])}</span>'
        when = dates.spoken(event["date"])
        items.append(f'<li><span class="quiet">{_text(when)}</span><span>{what}</span></li>')
    return _section("Life", f'<ol class="life">{"".join(items)}</ol>' if items else "")


def _disputes(ds: Tables, agreement_id: str) -> str:
    rows = ds.disputes[ds.disputes["agreement_id"] == agreement_id]
    publishers = ds.sources.set_index("source_id")["publisher"]
    items = []
    for field, values in rows.groupby(rows["field"].astype(str), sort=False):
        said = []
        for value, by in values.groupby("value", sort=False):
            who = _listed(escape(publishers.get(s, s)) for s in dict.fromkeys(by["source_id"]))
            kept = " <b>adopted</b>" if by["adopted"].fillna(False).any() else ""
            said.append(f'{_text(value)} <span class="quiet">({who})</span>{kept}')
        reason = _text(next(iter(values["reason"].dropna()), ""))
        items.append(
            f'<li><span class="quiet">{_disputed(ds, str(field))}:</span> {"; ".join(said)}'
            + (f'<br><span class="quiet small">{reason}</span>' if reason else "")
            + "</li>"
        )
    if not items:
        return ""
    return (
        f"<details><summary>Where sources differ ({len(items)})</summary>"
        f"<ul>{''.join(items)}</ul></details>"
    )


def _disputed(ds: Tables, field: str) -> str:
    """Name a disputed field for readers: ``domain:cyber`` as its label, ``event:signed.date``."""
    kind, _, rest = field.partition("#")[0].partition(":")
    if kind == "domain":
        return _text(ds.labels("domain_codes").get(rest, rest))
    event, _, what = rest.rpartition(".")
    return _text(f"{event.replace('-', ' ')}, {what}" if event else kind).capitalize()


def _sources(ds: Tables, agreement_id: str) -> str:
    cited = ds.citations[ds.citations["agreement_id"] == agreement_id]
    rows = cited.merge(ds.sources, on="source_id").sort_values(
        ["published", "source_id"], na_position="last", kind="stable"
    )
    kinds = ds.labels("source_kinds")
    items = []
    for _, of_source in rows.groupby("source_id", sort=False):
        source = of_source.iloc[0]
        when = "" if pd.isna(source["published"]) else dates.spoken(source["published"])
        kind = kinds.get(source["kind"], source["kind"])
        about = (source["publisher"], when, kind, source["language"])
        shown = " · ".join(_text(part) for part in about if _text(part))
        notes = of_source[["locator", "evidence"]].stack().dropna()
        said = " ".join(_text(note) for note in dict.fromkeys(notes))
        items.append(
            f'<li>{_link(source["url"], source["title"])} <span class="quiet">{shown}</span>'
            + (f'<br><span class="quiet small">{said}</span>' if said else "")
            + "</li>"
        )
    return _section(
        f"Sources ({len(items)})", f'<ol class="sources">{"".join(items)}</ol>' if items else ""
    )


def _link(url: Any, title: Any) -> str:
    """Link to a web address; anything else is shown as text and cannot run."""
    shown = _text(title) or _text(url)
    if not str(url).startswith(("https://", "http://")):
        return f'<span dir="auto">{shown}</span>'
    return (
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer" dir="auto">{shown}</a>'
    )


def _section(title: str, content: str) -> str:
    return f"<h4>{title}</h4>{content}" if content else ""


def _paragraph(text: Any) -> str:
    return f"<p>{_text(text)}</p>" if _text(text) else ""


def _text(value: Any) -> str:
    return "" if pd.isna(value) else escape(value)


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)
