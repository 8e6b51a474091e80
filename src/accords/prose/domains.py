"""What the measures by domain say."""

from __future__ import annotations

import pandas as pd

from accords.analysis import domains as measures
from accords.analysis.common import by_state
from accords.dataset import Dataset
from accords.words import Text, count, escape, interval, listed, number, paragraph, percent


def _names(dataset: Dataset) -> dict[str, str]:
    """Labels of the domains as they stand inside a sentence, escaped."""
    labels = dataset.labels("domain_codes")
    return {code: escape(label[:1].lower() + label[1:]) for code, label in labels.items()}


def coverage(dataset: Dataset) -> Text:
    """Say for how many agreements a domain is known, and how many each names."""
    table = measures.breadth(dataset)
    rows, firm = by_state(dataset), measures.coded(dataset)
    sentences = []
    for state, mean in zip(table["state"], table["mean"], strict=True):
        own = rows[rows["state"] == state]
        if own.empty:
            continue
        some = firm.loc[firm["state"] == state, "agreement_id"]
        named = own.loc[own["domains"].map(len) > 0, "agreement_id"]
        alone = named[~named.isin(some)]
        sentences.append(
            "The text or an official source names a subject for "
            f"{percent(some, own['agreement_id'])} of the concluded agreements of "
            f"{escape(dataset.party_names[state])}, {number(mean, '.1f', some)} each on average; "
            f"for {count(alone)} more the press alone does."
        )
    if not sentences:
        return paragraph("No concluded agreement is on record.")
    sentences.append(
        "Shares below are of the former; what the press alone names is shown apart. Where sources "
        "are terse, subjects go unnamed: a lower share can be a terser source and not a lesser "
        "interest. So the order of subjects within a state says more than the levels of two states."
    )
    return paragraph(
        "This chapter asks what the agreements are about. Their subjects are called domains in the "
        "dataset and in the evidence table.",
        *sentences,
    )


def profiles(dataset: Dataset) -> Text:
    """Say what each state's agreements are about most, and where the states clearly differ."""
    table = measures.profiles(dataset)
    if table.empty or not table["n"].sum():
        return paragraph("No source names a subject.")
    names = _names(dataset)
    rows = measures.coded(dataset)
    sentences = []
    for state in dataset.focus:
        own = table[(table["state"] == state) & (table["n"] > 0)]
        if own.empty:
            continue
        whole = rows.loc[rows["state"] == state, "agreement_id"]
        best = own.sort_values("n", ascending=False, kind="stable").head(3)
        said = listed(
            f"{names[domain]} in {percent(ids, whole)}"
            for domain, ids in zip(best["domain"], best["agreements"], strict=True)
        )
        sentences.append(f"{escape(dataset.party_names[state])}’s agreements name {said}.")
    contrast = measures.contrast(dataset)
    if len(contrast):
        sentences.append(_contrast(dataset, contrast, table, names))
    return paragraph(*sentences, *filter(None, [shifts(dataset)]))


def _contrast(
    dataset: Dataset, contrast: pd.DataFrame, table: pd.DataFrame, names: dict[str, str]
) -> str:
    sure = contrast[contrast["sure"].astype(bool)]
    named = table.groupby("domain")["agreements"].agg(lambda ids: [i for own in ids for i in own])
    tested = number(len(contrast), ".0f", named.explode().dropna())
    if sure.empty:
        return (
            f"Not one of the {tested} subjects differs clearly between the two states once the "
            "number of comparisons is allowed for."
        )
    first, second = dataset.focus[:2]
    parts = []
    for domain, difference, low, high in zip(
        sure["domain"], sure["difference"], sure["low"], sure["high"], strict=True
    ):
        more = first if difference > 0 else second
        bounds = sorted((abs(low), abs(high)))
        points = number(abs(100 * difference), ".0f", named[domain])
        parts.append(
            f"{names[domain]} ({escape(dataset.party_names[more])} more often, by {points} "
            f"percentage points, 95 % interval {interval(100 * bounds[0], 100 * bounds[1], '.0f')})"
        )
    are = "subject differs" if len(sure) == 1 else "subjects differ"
    return (
        f"{number(len(sure), '.0f', named[sure['domain']].explode())} of {tested} {are} clearly "
        f"once the number of comparisons is allowed for: {listed(parts)}. The others may "
        "differ or not: the samples are too small to say."
    )


def shifts(dataset: Dataset) -> str:
    """Say which shares of subjects changed for sure between spans of years (HTML)."""
    table = measures.change(dataset)
    if table.empty:
        return ""
    sure = table[table["sure"].astype(bool)]
    if sure.empty:
        return "No single subject's share has changed for sure."
    names = _names(dataset)
    dated = measures.profiles(dataset, since=0)
    said: list[str] = []
    rows: list[str] = []
    for state, code, cut in zip(sure["state"], sure["domain"], sure["cut"], strict=True):
        before = _named_by(measures.profiles(dataset, until=cut - 1), state, code)
        since = _named_by(measures.profiles(dataset, since=cut), state, code)
        said.append(
            f"{names[code]}, named by {before} of {escape(dataset.party_names[state])}'s "
            f"before {cut} and by {since} since"
        )
        rows += _naming(dated, state)[code]
    are = "change is" if len(sure) == 1 else "changes are"
    return f"Only {number(len(sure), 'd', rows)} {are} sure: {'; '.join(said)}."


def _naming(profile: pd.DataFrame, state: str) -> dict[str, tuple[str, ...]]:
    """Give the agreements of a state that name each subject."""
    own = profile[profile["state"] == state]
    return dict(zip(own["domain"], own["agreements"], strict=True))


def _named_by(profile: pd.DataFrame, state: str, code: str) -> str:
    """Write the share of a state's agreements that name a subject."""
    naming = _naming(profile, state)
    return percent(naming[code], [i for ids in naming.values() for i in ids])
