"""Charts of partners and of the evidence: they say what they show, and stand thin data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import builders
import plotly.graph_objects as go
import pytest

from accords.charts import evidence as evidence_charts
from accords.charts import partners as partner_charts
from accords.charts import theme
from accords.charts.columns import annotate, columns
from accords.dataset import Dataset
from accords.measures import evidence, partners
from accords.measures.accord import accord_id

Draw = Callable[[Dataset], go.Figure]

CHARTS: dict[str, Draw] = {
    "map": lambda ds: partner_charts.partner_map(ds, partners.partner_counts(ds)),
    "ranked": lambda ds: partner_charts.ranked(ds, partners.partner_counts(ds)),
    "families": lambda ds: partner_charts.families(
        ds, partners.partner_domains(ds), partners.partner_counts(ds)
    ),
    "regions": lambda ds: partner_charts.regions(ds, partners.region_share(ds)),
    "distinct": lambda ds: partner_charts.distinct(ds, partners.distinct_partners(ds)),
    "concentration": lambda ds: partner_charts.concentration(
        ds, partners.concentration_over_time(ds)
    ),
    "diversification": lambda ds: partner_charts.diversification(
        ds, partners.diversification_by_length(ds)
    ),
    "shared": lambda ds: partner_charts.shared(ds, partners.shared_partners(ds)),
    "network": lambda ds: partner_charts.network(ds, partners.network(ds), accord_id(ds)),
    "confidence": lambda ds: evidence_charts.confidence(
        ds, evidence.confidence(ds), evidence.domain_bases(ds)
    ),
    "source kinds": lambda ds: evidence_charts.source_kinds(ds, evidence.source_kinds(ds)),
    "origins": lambda ds: evidence_charts.origins(
        ds, evidence.languages(ds), evidence.publishers(ds)
    ),
    "disputes": lambda ds: evidence_charts.disputes(ds, evidence.disputes_by_fact(ds)),
    "lives": lambda ds: evidence_charts.lives(ds, evidence.life_cycles(ds)),
    "waits": lambda ds: evidence_charts.waits(
        evidence.waiting_curves(ds), evidence.waiting_summary(ds)
    ),
    "coverage": lambda ds: evidence_charts.coverage(ds, evidence.coverage(ds)),
    "partner list": lambda ds: evidence_charts.partner_list(ds, evidence.partner_lists(ds)),
    "missing": lambda ds: evidence_charts.missing(ds, evidence.capture_recapture(ds)),
    "readings": lambda ds: evidence_charts.readings(evidence.reading_errors(ds)),
}


def _one_state() -> Dataset:
    return builders.tiny(
        focus=("TUR",),
        parties=[{"agreement_id": i, "party_id": p} for i in "abc" for p in ("TUR", "NATO")],
        events=[
            {"agreement_id": i, "event": "signed", "date": d}
            for i, d in (("a", "2001"), ("b", "2020-05"), ("c", None))
        ],
    )


DATASETS: dict[str, Callable[[], Dataset]] = {
    "shipped": builders.shipped,
    "small": builders.small,
    "one state": _one_state,
    "two others": lambda: replace(builders.shipped(), focus=("TUR", "USA")),
    "three states": lambda: replace(builders.small(), focus=("AZE", "MAR", "TUR")),
    "no agreement": builders.empty,
}

every = pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
everywhere = pytest.mark.parametrize("make", DATASETS.values(), ids=DATASETS)


@every
@everywhere
def test_a_chart_says_in_words_what_it_shows(draw: Draw, make: Callable[[], Dataset]) -> None:
    meta = draw(make()).layout.meta
    for part in ("name", "title", "subtitle", "alt", "measure", "method", "function"):
        assert meta[part]
        assert not {"nan", "None", "inf"} & set(re.findall(r"\w+", str(meta[part])))
    assert meta["alt"] != meta["title"]


@every
@everywhere
def test_a_chart_is_drawn_with_lines_bars_and_theme_colours_alone(
    draw: Draw, make: Callable[[], Dataset]
) -> None:
    figure = draw(make())
    assert {trace.type for trace in figure.data} <= {"scatter", "bar"}
    drawn = figure.to_plotly_json()
    drawn["layout"] = {k: v for k, v in drawn["layout"].items() if k not in ("template", "meta")}
    colours = set(re.findall(r"#[0-9a-fA-F]{6}\b|rgba?\([^)]*\)", str(drawn)))
    assert colours <= {light for light, _ in theme.COLOURS.values()}


@every
@everywhere
def test_the_changes_for_a_phone_fit_the_figure(draw: Draw, make: Callable[[], Dataset]) -> None:
    figure = draw(make())
    narrow = dict(figure.layout.meta["narrow"])
    notes = narrow.get("annotations")
    if notes is not None:
        assert len(notes) == len(figure.layout.annotations), "an old note would stay behind"
    figure.update_layout(narrow)
    assert figure.layout.height == narrow["height"]


@every
def test_a_chart_is_the_same_each_time(draw: Draw) -> None:
    assert draw(builders.shipped()) == draw(builders.shipped())


def test_each_partner_state_is_once_on_the_map(dataset: Dataset) -> None:
    counts = partners.partner_counts(dataset)
    figure = partner_charts.partner_map(dataset, counts)
    states = counts[(counts["party_kind"] == "state") & ~counts["partner"].isin(dataset.focus)]
    told = [text for trace in figure.data for text in trace.hovertext or ()]
    assert len(told) == len(set(told)) == states["partner"].nunique()
    legend = [int(re.findall(r"\((\d+)\)", t.name)[0]) for t in figure.data if t.marker.symbol]
    assert sum(legend) == states["partner"].nunique()


def test_the_map_says_what_it_leaves_out_and_that_borders_are_no_position(
    dataset: Dataset,
) -> None:
    figure = partner_charts.partner_map(dataset, partners.partner_counts(dataset))
    subtitle = figure.layout.meta["subtitle"]
    assert "NATO" in subtitle
    assert "imply no position" in subtitle


def test_every_state_has_a_place_on_the_map(dataset: Dataset) -> None:
    codes = dataset.codes("party_codes")
    states = codes.loc[codes["party_kind"] == "state", "m49"]
    assert set(states) <= set(partner_charts._world()["points"])


def test_the_map_is_small_enough_to_carry() -> None:
    figure = partner_charts.partner_map(
        builders.shipped(), partners.partner_counts(builders.shipped())
    )
    shapes = [trace for trace in figure.data if trace.fill == "toself"]
    assert sum(len(trace.x) for trace in shapes) < 5000
    assert len(json.dumps(partner_charts._world())) < 60_000


def test_the_accord_is_named_on_the_link_between_the_two_states(dataset: Dataset) -> None:
    figure = partner_charts.network(dataset, partners.network(dataset), accord_id(dataset))
    assert any("the accord of 2024" in note.text for note in figure.layout.annotations)


def test_all_partners_stand_in_the_network(dataset: Dataset) -> None:
    net = partners.network(dataset)
    figure = partner_charts.network(dataset, net)
    words = " ".join(note.text for note in figure.layout.annotations)
    names = [dataset.party_names[party] for party in net.nodes["party_id"]]
    assert all(name.replace("'", "&#x27;") in words for name in names)


def test_a_title_claims_diversification_only_where_every_comparison_shows_it() -> None:
    table = partners.diversification_by_length(builders.shipped())
    ds = builders.shipped()
    table = table[table["state"] == ds.focus[0]]

    def title(*findings: str) -> str:
        figure = partner_charts.diversification(ds, table.assign(finding=list(findings)))
        return figure.layout.meta["title"]

    assert "spreads its agreements more widely" in title(*["diversifies"] * 4)
    assert "depends on what is compared" in title("diversifies", *["no clear change"] * 3)
    assert "no clear change" in title(*["no clear change"] * 4)


def test_an_open_upper_limit_is_not_drawn(dataset: Dataset) -> None:
    table = evidence.capture_recapture(dataset)
    figure = evidence_charts.missing(dataset, table.assign(high=float("inf")))
    assert "Two lists that overlap are needed" in figure.layout.meta["title"]


def test_a_publisher_with_markup_in_its_name_is_shown_as_text() -> None:
    hostile = "<b onclick=alert(1)>Paper</b>"
    ds = builders.tiny(
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        sources=[{"source_id": "press-a", "publisher": hostile}],
    )
    figure = CHARTS["origins"](ds)
    drawn = figure.to_plotly_json()
    drawn["layout"].pop("meta")
    drawn["layout"].pop("title")
    assert hostile not in str(drawn)


def test_panels_stand_side_by_side_and_stack_on_a_phone() -> None:
    figure = go.Figure()
    layout = columns(figure, ["one", "two"], [theme.colour("ink")] * 2, weights=[1, 3])
    assert layout.axes == [("x", "y"), ("x2", "y2")]
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    upper, lower = layout.narrow["yaxis"]["domain"], layout.narrow["yaxis2"]["domain"]
    assert lower[1] < upper[0] < upper[1] <= 1
    assert lower[1] - lower[0] == pytest.approx(3 * (upper[1] - upper[0]))
    annotate(figure, layout.narrow, text="wide", x=0, y=0, narrow_note={"text": "narrow"})
    assert figure.layout.annotations[-1].text == "wide"
    assert layout.narrow["annotations"][-1]["text"] == "narrow"
