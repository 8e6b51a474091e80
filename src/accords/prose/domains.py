"""What the measures by domain say."""

from __future__ import annotations

import pandas as pd

from accords import dates
from accords.dataset import Dataset
from accords.measures import domains as measures
from accords.measures import robustness
from accords.measures.common import by_state
from accords.prose.text import (
    Text,
    escape,
    interval,
    linked,
    listed,
    number,
    paragraph,
    percent,
)


def _names(dataset: Dataset) -> dict[str, str]:
    """Labels of the domains as they stand inside a sentence, escaped."""
    labels = dataset.labels("domain_codes")
    return {code: escape(label[:1].lower() + label[1:]) for code, label in labels.items()}


def coverage(dataset: Dataset) -> Text:
    """Say for how many agreements a domain is known, and how many each names."""
    table = measures.breadth(dataset)
    rows = by_state(dataset)
    sentences = []
    for state, mean in zip(table["state"], table["mean"], strict=True):
        own = rows[rows["state"] == state]
        some = own.loc[own["domains"].map(len) > 0, "agreement_id"]
        if own.empty:
            continue
        sentences.append(
            f"Sources name a subject for {percent(some, own['agreement_id'])} of the concluded "
            f"agreements of {escape(dataset.party_names[state])}, "
            f"{number(mean, '.1f', some)} each on average."
        )
    if not sentences:
        return paragraph("No concluded agreement is on record.")
    sentences.append(
        "Shares below are of these agreements. Where sources are terse, subjects go unnamed: a "
        "lower share can be a terser source and not a lesser interest. So the order of subjects "
        "within a state says more than the levels of two states."
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
    return paragraph(*sentences)


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


def eras(dataset: Dataset) -> Text:
    """Say which domain each state's agreements named most in each era that is thick enough."""
    table = measures.by_era(dataset)
    names = _names(dataset)
    sentences = []
    for state in dataset.focus:
        own = table[(table["state"] == state) & (table["total"] >= measures.FEWEST)]
        parts = []
        for era in dict.fromkeys(own["era"]):
            block = own[own["era"] == era]
            if not block["n"].sum():
                continue
            top = block[block["n"] == block["n"].max()]
            ids = [i for group in top["agreements"] for i in group]
            when = escape(era) if era.startswith("before") else f"in the {escape(era)}"
            when = "over all years" if era == "all years" else when
            most = linked(f"{top['n'].iloc[0]} of {top['total'].iloc[0]}", ids)
            each = " each" if len(top) > 1 else ""
            parts.append(f"{when} {listed(names[d] for d in top['domain'])} ({most}{each})")
        if parts:
            sentences.append(
                f"The subject named most for {escape(dataset.party_names[state])}: "
                f"{'; '.join(parts)}."
            )
    if not sentences:
        return paragraph("No era has enough agreements with a known subject to compare.")
    return paragraph(*sentences)


def first_appearances(dataset: Dataset) -> Text:
    """Say which subjects are newest in each state's agreements, and which only one state has."""
    table = measures.first_appearances(dataset)
    if table.empty:
        return paragraph("No dated agreement names a subject.")
    names = _names(dataset)
    sentences = []
    for state in dataset.focus:
        own = table[table["state"] == state].sort_values(["year", "domain"])
        if own.empty:
            continue
        latest = own.tail(2).iloc[::-1]
        said = listed(
            f"{names[domain]} (first dated {linked(dates.spoken(date), [agreement])})"
            for domain, date, agreement in zip(
                latest["domain"], latest["date"], latest["agreement_id"], strict=True
            )
        )
        sentences.append(
            f"The subjects that came last into {escape(dataset.party_names[state])}’s agreements "
            f"are {said}."
        )
    return paragraph(
        *sentences,
        "A first appearance is the first that a source names: an earlier text may have had the "
        "subject without any report of it. States whose record begins later can only be later.",
    )


def together(dataset: Dataset) -> Text:
    """Say which domains the same agreements name, and what does not go together."""
    table = measures.together(dataset)
    if table.empty:
        return paragraph("Too few agreements name the same subjects to say which go together.")
    names = _names(dataset)
    best = table.head(3)
    said = listed(
        f"{names[a]} with {names[b]} ({linked(f'{both} of {either}', ids)})"
        for a, b, both, either, ids in zip(
            best["domain_a"], best["domain_b"], best["both"], best["either"], best["agreements"],
            strict=True,
        )
    )  # fmt: skip
    apart = table[table["high"] < 0].tail(2).iloc[::-1]
    sentences = [
        f"Most closely tied are {said}; the numbers are the agreements that name both, of those "
        "that name either."
    ]
    if len(apart):
        seldom = listed(
            f"{names[a]} with {names[b]} ({linked(f'{both} of {either}', ids)})"
            for a, b, both, either, ids in zip(
                apart["domain_a"], apart["domain_b"], apart["both"], apart["either"],
                apart["agreements"], strict=True,
            )
        )  # fmt: skip
        sentences.append(f"Seldom together are {seldom}.")
    sentences.append(
        "Broad accords name many subjects at once, which ties most pairs a little; purchases name "
        "one or two."
    )
    return paragraph(*sentences)


def change(dataset: Dataset) -> Text:
    """Say which shares moved between the spans of years, and how sure that is."""
    table = measures.change(dataset)
    if table.empty:
        return paragraph("Too few agreements with a known subject to compare spans of years.")
    names = _names(dataset)
    dated = measures.profiles(dataset, since=0)
    whole = dated.set_index(["state", "domain"])["agreements"].to_dict()
    moved = table[(table["low"] > 0) | (table["high"] < 0)]
    sentences = []
    for state in dataset.focus:
        own = moved[moved["state"] == state]
        own = own.loc[own["difference"].abs().groupby(own["domain"]).idxmax().sort_values()]
        parts = []
        for direction, rows in (
            ("more often", own[own["difference"] > 0]),
            ("less often", own[own["difference"] < 0]),
        ):
            if len(rows):
                said = "; ".join(
                    f"{names[domain]} (from {cut}, {_points(difference, whole[state, domain])})"
                    for domain, cut, difference in zip(
                        rows["domain"], rows["cut"], rows["difference"], strict=True
                    )
                )
                parts.append(f"{direction} than before: {said}")
        who = escape(dataset.party_names[state])
        if parts:
            sentences.append(f"{who}’s agreements name {', and '.join(parts)}.")
        elif (table["state"] == state).any():
            sentences.append(f"No share of {who} clearly moved.")
    sure = table[table["sure"].astype(bool)]
    held = listed(
        f"{names[domain]} for {escape(dataset.party_names[state])}"
        for domain, state in zip(sure["domain"], sure["state"], strict=True)
    )
    verdict = f"only {held} holds" if len(sure) == 1 else f"{held} hold" if len(sure) else "none"
    sentences.append(
        "With so many comparisons some must look clear by chance. Once that is allowed for, of all "
        f"{number(len(table), '.0f')} {verdict}{' holds' if sure.empty else ''}; the rest is a "
        "pattern and not a proof, and newer agreements are better reported."
    )
    return paragraph(*sentences)


def _points(difference: float, ids: tuple[str, ...]) -> str:
    sign = "+" if difference > 0 else "−"
    return linked(f"{sign}{abs(100 * difference):.0f} points", ids)


def similarity(dataset: Dataset) -> Text:
    """Say how alike the two profiles are, whether they drew together, and how far that holds."""
    table = measures.similarity_by_era(dataset)
    known = table[table["cosine"].notna()]
    if known.empty:
        return paragraph("Too few agreements with a known subject to compare the two profiles.")
    rows = measures.coded(dataset)
    rows = rows[rows["state"].isin(dataset.focus[:2])]
    ids = list(rows["agreement_id"])
    whole = known.iloc[-1]
    sentences = [
        "How alike two profiles are is measured by the cosine of their shares: one for the same "
        "proportions, zero for no subject in common.",
        f"Over all years it is {number(whole['cosine'], '.2f', ids)} "
        f"(95 % interval {interval(whole['low'], whole['high'])}), "
        f"{'less' if whole['p'] < 0.05 else 'no less'} than two samples of the same agreements "
        f"would give ({interval(whole['chance_low'], whole['chance_high'])}).",
    ]
    spans = known[known["era"] != "all years"]
    if len(spans) > 1:
        sentences.append(_drift(dataset, spans.iloc[0], spans.iloc[-1]))
    others = robustness.across(
        dataset, lambda data: measures.similarity(data, draws=1).cosine
    ).dropna()
    if len(others):
        low, high = others.idxmin(), others.idxmax()
        sentences.append(
            "Under other choices of records the cosine over all years lies between "
            f"{number(others.min())} (‘{escape(low)}’) and {number(others.max())} "
            f"(‘{escape(high)}’)."
        )
    return paragraph(*sentences)


def _drift(dataset: Dataset, first: pd.Series, last: pd.Series) -> str:
    """Say whether the profiles drew together from one era to another, and under which records."""
    spans = {era.label: era for era in measures.eras(dataset)}
    a, b = spans[first["era"]], spans[last["era"]]
    rose = last["cosine"] > first["cosine"]

    def moved(data: Dataset) -> float:
        before = measures.similarity(data, since=a.since, until=a.until, draws=1)
        after = measures.similarity(data, since=b.since, until=b.until, draws=1)
        return after.cosine - before.cosine

    others = robustness.across(dataset, moved).dropna()
    same = int(((others > 0) == rose).sum())
    year = measures.coded(dataset).set_index("agreement_id")["earliest"].dt.year
    before_ids = year[year.between(a.since or 0, a.until)].index
    after_ids = year[year.between(b.since or 0, b.until)].index
    moved_by = (
        f"From the {escape(first['era'])} to the {escape(last['era'])} it "
        f"{'rose' if rose else 'fell'} from {number(first['cosine'], '.2f', before_ids)} to "
        f"{number(last['cosine'], '.2f', after_ids)}, a direction that is the same under "
        f"{number(same, '.0f')} of the {number(len(others), '.0f')} choices of records that have "
        "enough agreements."
    )
    by_chance = (
        f"(two samples of the same agreements would give "
        f"{interval(first['chance_low'], first['chance_high'])} then and "
        f"{interval(last['chance_low'], last['chance_high'])} now)"
    )
    if first["p"] >= 0.05 and last["p"] >= 0.05:
        return (
            f"{moved_by} Yet few agreements look less alike than many: at both ends the likeness "
            f"is no less than chance would give {by_chance}, so that the states need not have "
            "drawn together."
        )
    now = "no less" if last["p"] >= 0.05 else "still less"
    then = "no less" if first["p"] >= 0.05 else "less"
    return f"{moved_by} It was {then} than chance would give and is {now} {by_chance}."
