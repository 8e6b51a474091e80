"""The charts and passages of the chapters, each with the tables that it takes.

And the datasets that they are tried on: shipped and made up, thin and filtered, of other states.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import builders
import other_states
import pandas as pd
import plotly.graph_objects as go

from accords.analysis import accord as accord_measures
from accords.analysis import by_state, under_each_choice
from accords.analysis import claims as claim_measures
from accords.analysis import domains as domain_measures
from accords.analysis import evidence as evidence_measures
from accords.analysis import partners as partner_measures
from accords.analysis import time as time_measures
from accords.analysis.accord import accord_id
from accords.charts import accord as accord_charts
from accords.charts import domains as domain_charts
from accords.charts import evidence as evidence_charts
from accords.charts import partners as partner_charts
from accords.charts import time as time_charts
from accords.dataset import DCAD, Dataset
from accords.prose import accord, claims, domains, evidence, partners, time
from accords.words import Text


class Telling(NamedTuple):
    """A chart or passage, the tables that it takes, and what a reader may change of them."""

    tell: Callable[..., Any]
    tables: Callable[..., tuple[Any, ...]]
    changed: dict[str, Any] = {}  # noqa: RUF012 - read only


def _one(measure: Callable[..., pd.DataFrame], **changed: Any) -> dict[str, Any]:
    return {"tables": lambda ds, **options: (measure(ds, **options),), "changed": changed}


def _life(ds: Dataset) -> pd.DataFrame:
    return accord_measures.life(ds, accord_id(ds))


def _voices(ds: Dataset) -> pd.DataFrame:
    return accord_measures.voices(ds, accord_id(ds))


def _disputed(ds: Dataset) -> pd.DataFrame:
    own = ds.disputes["agreement_id"] == accord_id(ds)
    return ds.disputes[own & ds.disputes["field"].str.startswith("event:")]


def _standing(ds: Dataset) -> tuple[Any, ...]:
    rows, found = by_state(ds), accord_id(ds)
    rows = rows[rows["state"].isin(accord_measures.parties_of(ds, found))]
    rows["same"] = rows["instrument"] == ds.overview["instrument"].get(found)
    return (
        *(found, rows, accord_measures.between(ds, found)),
        accord_measures.standing(ds, found),
    )


def _verdicts(ds: Dataset) -> pd.DataFrame:
    return claim_measures.verdicts(ds, accord_id(ds))


def _changes(ds: Dataset, years: int = 10) -> tuple[pd.DataFrame]:
    return (under_each_choice(ds, time_measures.rate_change, years=years),)


def _diversification(ds: Dataset, lengths: tuple[int, ...] = (10, 5)) -> tuple[pd.DataFrame]:
    return (pd.concat([partner_measures.diversification(ds, years) for years in lengths]),)


CHARTS: dict[str, Telling] = {
    "accord.life": Telling(accord_charts.life, **_one(_life)),
    "accord.voices": Telling(accord_charts.voices, **_one(_voices)),
    "time.rates": Telling(
        time_charts.rates,
        lambda ds, years=5: (
            time_measures.rates(ds, years),
            time_measures.yearly(ds),
            time_measures.breaks(ds),
        ),
        {"years": 7},
    ),
    "time.contracts": Telling(
        time_charts.contracts, lambda ds, most=10: (time_measures.contracts(ds), most), {"most": 3}
    ),
    "domains.profiles": Telling(
        domain_charts.profiles,
        lambda ds, **span: (
            domain_measures.profiles(ds, **span),
            domain_measures.contrast(ds, **span),
        ),
        {"since": 1998, "until": 2013},
    ),
    "partners.ranked": Telling(
        partner_charts.ranked,
        lambda ds, top=12, **of: (partner_measures.partner_counts(ds, **of), top),
        {"top": 3, "purchases": False},
    ),
    "partners.families": Telling(
        partner_charts.families, **_one(partner_measures.partner_families, top=4)
    ),
    "partners.concentration": Telling(
        partner_charts.concentration,
        lambda ds, window=5: (partner_measures.concentration(ds, window),),
        {"window": 9},
    ),
    "partners.shared": Telling(partner_charts.shared, **_one(partner_measures.shared)),
    "evidence.support": Telling(evidence_charts.support, **_one(evidence_measures.support)),
    "evidence.source_kinds": Telling(
        evidence_charts.source_kinds, **_one(evidence_measures.source_kinds)
    ),
    "evidence.lives": Telling(
        evidence_charts.lives,
        lambda ds: (evidence_measures.life_cycles(ds), evidence_measures.waiting_summary(ds)),
    ),
    "evidence.missing": Telling(
        evidence_charts.missing,
        **_one(evidence_measures.capture_recapture, first=1993, last=2007),
    ),
}

PASSAGES: dict[str, Telling] = {
    "accord.answer": Telling(accord.answer, lambda ds: (_life(ds), _voices(ds))),
    "accord.accord_line": Telling(accord.accord_line, **_one(_life)),
    "accord.life": Telling(accord.life, **_one(_life)),
    "accord.disputes": Telling(accord.disputes, **_one(_disputed)),
    "accord.voices": Telling(accord.voices, **_one(_voices)),
    "accord.standing": Telling(accord.standing, _standing),
    "claims.tally": Telling(claims.tally, **_one(_verdicts)),
    "claims.table": Telling(claims.table, **_one(_verdicts)),
    "time.answer": Telling(time.answer, **_one(time_measures.rate_change, years=7)),
    "time.counts": Telling(time.counts, lambda ds: (by_state(ds), time_measures.yearly(ds))),
    "time.rate_change": Telling(time.rate_change, _changes, {"years": 7}),
    "time.breaks": Telling(time.breaks, lambda ds: (under_each_choice(ds, time_measures.breaks),)),
    "time.contracts": Telling(time.contracts, **_one(time_measures.contracts)),
    "domains.answer": Telling(
        domains.answer, **_one(domain_measures.profiles, since=1998, until=2013)
    ),
    "domains.coverage": Telling(
        domains.coverage, lambda ds: (by_state(ds), domain_measures.coded(ds))
    ),
    "domains.profiles": Telling(
        domains.profiles, **_one(domain_measures.profiles, since=1998, until=2013)
    ),
    "domains.contrast": Telling(domains.contrast, **_one(domain_measures.contrast)),
    "domains.shifts": Telling(domains.shifts, **_one(domain_measures.change, cuts=(2007, 2013))),
    "domains.firsts": Telling(domains.firsts, **_one(domain_measures.firsts)),
    **{
        f"partners.{tell.__name__}": Telling(
            tell, **_one(partner_measures.partner_counts, purchases=False)
        )
        for tell in (partners.answer, partners.overview, partners.regions)
    },
    "partners.top_partners": Telling(
        partners.top_partners,
        lambda ds: tuple(
            partner_measures.partner_counts(ds, purchases=purchases) for purchases in (True, False)
        ),
    ),
    "partners.families": Telling(partners.families, **_one(partner_measures.partner_families)),
    "partners.concentration": Telling(
        partners.concentration, **_one(partner_measures.concentration)
    ),
    "partners.diversification": Telling(
        partners.diversification, _diversification, {"lengths": (7, 3)}
    ),
    "partners.shared": Telling(partners.shared, **_one(partner_measures.shared)),
    "evidence.answer": Telling(
        evidence.answer,
        lambda ds: (evidence_measures.support(ds), evidence_measures.reading_errors(ds)),
    ),
    "evidence.firmness": Telling(
        evidence.firmness,
        lambda ds: (evidence_measures.support(ds), evidence_measures.domain_bases(ds)),
    ),
    "evidence.sources": Telling(evidence.sources, **_one(evidence_measures.source_kinds)),
    "evidence.disagreements": Telling(
        evidence.disagreements, **_one(evidence_measures.disputes_by_fact)
    ),
    "evidence.known_lives": Telling(
        evidence.known_lives,
        lambda ds: (evidence_measures.whereabouts(ds), evidence_measures.waiting_summary(ds)),
    ),
    "evidence.searched": Telling(evidence.searched, **_one(evidence_measures.coverage)),
    "evidence.own_lists": Telling(evidence.own_lists, **_one(evidence_measures.partner_lists)),
    "evidence.outside_lists": Telling(
        evidence.outside_lists, **_one(evidence_measures.completeness)
    ),
    "evidence.missing": Telling(
        evidence.missing, **_one(evidence_measures.capture_recapture, first=1993, last=2007)
    ),
    "evidence.errors": Telling(evidence.errors, **_one(evidence_measures.reading_errors)),
    "evidence.limits": Telling(evidence.limits, lambda ds: ()),
}


def _one_state(*partners: str, **domains: str) -> Dataset:
    return builders.tiny(
        focus=("TUR",),
        parties=[{"agreement_id": i, "party_id": p} for i in "abc" for p in ("TUR", *partners)],
        events=[
            {"agreement_id": i, "event": "signed", "date": d}
            for i, d in (("a", "2001"), ("b", "2020-05"), ("c", None))
        ],
        domains=[{"agreement_id": i, "domain": d} for i, d in domains.items()],
    )


def _one_of_each() -> Dataset:
    """Two states with one agreement between them and one each with Italy, and one of all else."""
    pairs = {"accord": ("AZE", "MAR"), "north": ("AZE", "ITA"), "south": ("ITA", "MAR")}
    steps = [
        *(("accord", "signed", "2002-05-02", None), ("accord", "ratified", "2002-05-03", "AZE")),
        *(("north", "signed", "2012-05-02", None), ("north", "ratified", "2012-05-03", "AZE")),
        *(("north", "entered-into-force", "2012-06", None), ("south", "signed", "2020", None)),
    ]
    return builders.tiny(
        agreements=[
            *({"agreement_id": "accord"}, {"agreement_id": "north"}),
            {"agreement_id": "south", "instrument": "procurement-contract"}
            | {"value_amount": 1_000_000, "value_currency": "USD"},
        ],
        parties=[{"agreement_id": i, "party_id": p} for i, pair in pairs.items() for p in pair],
        events=[
            {"agreement_id": i, "event": event, "date": date, "party_id": party}
            for i, event, date, party in steps
        ],
        domains=[{"agreement_id": i} for i in pairs],
        citations=[
            {"agreement_id": i, "source_id": source} for i in pairs for source in ("press-a", DCAD)
        ],
        claims=[
            {"claim_id": "claim", "agreement_id": "accord", "claim": "It was ratified."}
            | {"argument": "ratified,AZE,2002-05-03,own-day"}
        ],
        disputes=[
            {"agreement_id": "accord", "field": "title", "value": value, "adopted": value == "a"}
            for value in "ab"
        ],
        coverage=[{"focus": "AZE", "partner": "ITA", "records_found": 1}],
        readings=[{"agreement_id": "accord", "facts_wrong": 1}],
    )


DATASETS: dict[str, Callable[[], Dataset]] = {
    "shipped": builders.shipped,
    "small": builders.small,
    "one of each": _one_of_each,
    "made up": other_states.dataset,
    "one state without domains": lambda: _one_state("NATO"),
    "one state without partners": lambda: _one_state(a="cyber", b="legal"),
    "one of two": lambda: replace(builders.small(), focus=("MAR",)),
    "one of few agreements": lambda: replace(builders.small(), focus=("TUR",)),
    "three states": lambda: replace(builders.small(), focus=("AZE", "MAR", "TUR")),
    "with one partner": lambda: builders.shipped().find(partner="TUR"),
    "of one partner of late": lambda: builders.shipped().find(partner="ITA", since=2012),
    "of a few years": lambda: builders.small().find(since=2005, until=2015),
    "no agreement": builders.empty,
}


@cache
def made(case: str) -> Dataset:
    """Return one of :data:`DATASETS`, made once: read it, do not change it."""
    return DATASETS[case]()


@cache
def _tables(telling: str, name: str, case: str, options: str) -> tuple[Any, ...]:
    how = {"chart": CHARTS, "passage": PASSAGES}[telling][name]
    return how.tables(made(case), **json.loads(options))


def tables(telling: str, name: str, case: str, **options: Any) -> tuple[Any, ...]:
    """Return what a chart or passage is given, made once."""
    return _tables(telling, name, case, json.dumps(options))


@cache
def _told(telling: str, name: str, case: str, options: str) -> Any:
    how = {"chart": CHARTS, "passage": PASSAGES}[telling][name]
    return how.tell(made(case), *_tables(telling, name, case, options))


def drawn(name: str, case: str, **options: Any) -> go.Figure | Text:
    """Draw a chart once for all that is said of it: a figure, or what was left out."""
    return _told("chart", name, case, json.dumps(options))


def told(name: str, case: str, **options: Any) -> Text:
    """Write a passage once for all that is said of it."""
    return _told("passage", name, case, json.dumps(options))
