"""What is said of the accord: passages and captions.

They take the tables of :mod:`accords.analysis.accord` by these names: ``steps`` (``life``),
``named`` (``voices``), ``others`` (``between``) and ``places`` (``standing``).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from accords.analysis.accord import PRESS, UNRECORDED, parties_of
from accords.dataset import Dataset
from accords.dataset import lifecycle as lives
from accords.dataset.edtf import precision, spoken
from accords.prose.names import few, phrase
from accords.prose.passage import ANSWER, Parts, caption, hover, passage
from accords.words import listed

STEPS = {
    "parliament-approved": ("approval by parliament", "that {}’s parliament has voted"),
    "ratified": ("ratification", "that {} has ratified"),
    "entered-into-force": ("entry into force", "that the agreement is in force"),
}
"""The steps that complete a life: as nouns, and what there is no sign of without them."""

NO_ACCORD = "no step of an agreement between these states is on record."


@passage(f"The accord: {NO_ACCORD}", ANSWER)
def answer(dataset: Dataset, steps: pd.DataFrame, named: pd.DataFrame) -> Parts:
    """Answer whether the accord is in force and what it is known to cover."""
    rests = named.drop_duplicates("domain")["named_by"]
    return {"rests": len(rests), "firm": (rests != PRESS).sum(), **_parties(dataset, steps)}


@passage(f"The accord in one line: {NO_ACCORD}")
def accord_line(dataset: Dataset, steps: pd.DataFrame) -> Parts:
    """Tell the accord in one sentence: place, date, last steps and next ones."""
    signed = steps[steps["found"] & steps["event"].isin(lives.SIGNATURES)].head(1)
    signed = signed.fillna({"place": "", "signatories": ""})
    return {"signed": signed, "when": when, **_parties(dataset, steps)}


def _parties(dataset: Dataset, steps: pd.DataFrame) -> Parts:
    accord = steps["ids"].iloc[0][0]
    return {"accord": accord, "pair": named_parties(dataset, accord), "nouns": STEPS}


@passage(f"How the accord is known: {NO_ACCORD}")
def life(dataset: Dataset, steps: pd.DataFrame) -> Parts:
    """Say how the accord is known, what its steps mean, and what an absence does not show."""
    # Taking note and tabling a bill sound like consent and are none.
    return {"unlike": [e for e in lives.APPROVALS if e not in lives.CONSENTS]}


@passage("Disputes about the accord: no two sources disagree about its steps.")
def disputes(dataset: Dataset, table: pd.DataFrame) -> Parts:
    """Say what sources disagree about in a life (rows of ``disputes`` about events)."""
    dated = table["field"].str.contains(".date", regex=False) & precision(table["value"]).notna()
    value = table["value"].mask(dated, table["value"][dated].map(spoken))
    return {"table": table.assign(value=value), "few": few}


@passage("What the accord covers: no source names a domain.")
def voices(dataset: Dataset, named: pd.DataFrame) -> Parts:
    """Say who names the domains, and which rest on the press alone."""
    alone = named[(named["named_by"] == PRESS) & ~named["domain"].duplicated(keep=False)]
    counts = alone.loc[alone["voice"] != UNRECORDED, "voice"].value_counts()
    return {"alone": counts, "speakers": voice_names(dataset)}


@passage("The accord beside other agreements: there is none to compare.")
def standing(
    dataset: Dataset, agreement_id: str | None, agreements: pd.DataFrame, others: pd.DataFrame,
    places: pd.DataFrame,
) -> Parts:  # fmt: skip
    """Say whether the accord stands out beside the other agreements of its states.

    ``agreements`` has ``state``, ``agreement_id`` and ``same`` (bool: of the accord's type).
    """
    return {"pair": named_parties(dataset, str(agreement_id))}


lane, voice_hover = hover("lane"), hover("voice")


def step_lines(step: Mapping[Any, Any]) -> list[str]:
    """Return what stands at the mark of a step, line by line."""
    place = "" if pd.isna(step["place"]) else f", {step['place']}"
    disputed = [f"{listed(step['disputed'])} disputed"] if step["disputed"] else []
    return [step["label"], f"{spoken(step['date'])}{place}", *disputed]


@caption
def life_caption(dataset: Dataset, steps: pd.DataFrame) -> Parts:
    """Word the chart of the life (see :func:`accords.charts.accord.life`)."""
    return {"nouns": STEPS, "step_lines": step_lines}


def voice_names(dataset: Dataset) -> dict[str, str]:
    """Name the voices that name domains."""
    return {**dataset.labels("voices"), UNRECORDED: "Voice not recorded"}


@caption
def voices_caption(dataset: Dataset, named: pd.DataFrame) -> Parts:
    """Word the matrix of domains and voices (see :func:`accords.charts.accord.voices`)."""
    domains = named.drop_duplicates("domain")
    press = (domains["named_by"] == PRESS).sum()
    return {"domains": domains, "press": press, "speakers": voice_names(dataset)}


def when(date: Any) -> str:
    """Write a date as an adverb: 'on 30 October 2024', 'in May 2025', '(undated)'."""
    if pd.isna(date):
        return "(undated)"
    exact = precision(pd.Series([date])).iloc[0] == "day"
    said = spoken(str(date)).replace("(inferred)", "(date inferred)")
    return f"{'on' if exact else 'in'} {said}"


def named_parties(dataset: Dataset, agreement_id: str) -> Markup:
    """Name the parties; of many, the first two, which are focus states where any are."""
    parties = parties_of(dataset, agreement_id)
    return Markup(few([phrase(dataset, party) for party in parties], 2, "others"))
