"""Charts of partners: the map, the network, and what a title may claim."""

from __future__ import annotations

import json
import re

import builders
import plotly.graph_objects as go

from accords.charts import partners as charts
from accords.dataset import Dataset, load
from accords.measures import partners as measures
from accords.measures.accord import accord_id


def test_each_partner_state_is_once_on_the_map(dataset: Dataset) -> None:
    counts = measures.partner_counts(dataset)
    figure = charts.partner_map(dataset, counts)
    states = counts[(counts["party_kind"] == "state") & ~counts["partner"].isin(dataset.focus)]
    told = [text for trace in figure.data for text in trace.hovertext or ()]
    assert len(told) == len(set(told)) == states["partner"].nunique()
    legend = [int(re.findall(r"\((\d+)\)", t.name)[0]) for t in figure.data if t.marker.symbol]
    assert sum(legend) == states["partner"].nunique()


def test_the_map_says_what_it_leaves_out_and_that_borders_are_no_position(
    dataset: Dataset,
) -> None:
    figure = charts.partner_map(dataset, measures.partner_counts(dataset))
    subtitle = figure.layout.meta["subtitle"]
    assert "NATO" in subtitle
    assert "imply no position" in subtitle


def test_every_state_has_a_place_on_the_map(dataset: Dataset) -> None:
    codes = dataset.codes("party_codes")
    states = codes.loc[codes["party_kind"] == "state", "m49"]
    assert set(states) <= set(charts._world()["points"])


def test_the_map_is_small_enough_to_carry() -> None:
    figure = charts.partner_map(builders.shipped(), measures.partner_counts(builders.shipped()))
    shapes = [trace for trace in figure.data if trace.fill == "toself"]
    assert sum(len(trace.x) for trace in shapes) < 5000
    assert len(json.dumps(charts._world())) < 60_000


def test_the_accord_is_named_on_the_link_between_the_two_states(dataset: Dataset) -> None:
    figure = charts.network(dataset, measures.network(dataset), accord_id(dataset))
    assert any("the accord of 2024" in note.text for note in figure.layout.annotations)


def test_all_partners_stand_in_the_network(dataset: Dataset) -> None:
    net = measures.network(dataset)
    figure = charts.network(dataset, net)
    words = " ".join(note.text for note in figure.layout.annotations)
    names = [dataset.party_names[party] for party in net.nodes["party_id"]]
    assert all(name in words for name in names)


def test_a_title_claims_diversification_only_where_every_comparison_shows_it() -> None:
    table = measures.diversification_by_length(builders.shipped())
    ds = builders.shipped()
    table = table[table["state"] == ds.focus[0]]

    def title(*findings: str) -> str:
        figure = charts.diversification(ds, table.assign(finding=list(findings)))
        return figure.layout.meta["title"]

    assert "spreads its agreements more widely" in title(*["diversifies"] * 4)
    assert "depends on what is compared" in title("diversifies", *["no clear change"] * 3)
    assert "no clear change" in title(*["no clear change"] * 4)


def test_no_line_of_concentration_leaves_its_picture() -> None:
    for focus in (("TUR", "PAK"), ("MAR",)):
        ds = load(builders.SHIPPED, focus=focus)
        table = measures.concentration_over_time(ds)
        figure = charts.concentration(ds, table)
        assert figure.layout.yaxis.range[1] >= table["herfindahl"].max()
        drawn = [y for trace in figure.data if not trace.fill for y in trace.y if y is not None]
        assert max(drawn) == table["herfindahl"].max()


def with_partners(*partners: str, focus: tuple[str, ...] = ("USA",)) -> Dataset:
    """An agreement of the first focus state with each partner, and of the others with NATO."""
    pairs = [(focus[0], partner) for partner in partners]
    pairs += [(state, "NATO") for state in focus[1:]]
    return builders.tiny(
        focus=focus,
        parties=[
            {"agreement_id": f"a-{n}", "party_id": party}
            for n, pair in enumerate(pairs)
            for party in pair
        ],
        events=[
            {"agreement_id": f"a-{n}", "event": "signed", "date": "2020"} for n in range(len(pairs))
        ],
    )


def test_one_partner_is_written_in_the_singular() -> None:
    ds = with_partners("NATO", "ITA", focus=("AZE", "TUR"))
    figure = charts.ranked(ds, measures.partner_counts(ds))
    assert "Azerbaijan: 2 partners, most with" in figure.layout.meta["alt"]
    assert "Türkiye: 1 partner, most with NATO (1)." in figure.layout.meta["alt"]
    headings = " ".join(note.text for note in figure.layout.annotations)
    assert "<b>Türkiye: 1 partner</b>" in headings


def test_a_ranking_counts_the_partners_left_out_of_those_states_that_have_any() -> None:
    ds = with_partners("FRA", "ITA", "NATO", focus=("USA", "TUR"))
    counts = measures.partner_counts(ds)

    def subtitle(top: int) -> str:
        return charts.ranked(ds, counts, top=top).layout.meta["subtitle"]

    assert "of each state (2 more of the United States below); full colour" in subtitle(1)
    assert "of each state; full colour" in subtitle(3)


def row_height(figure: go.Figure) -> float:
    """Give the px of one row; the theme leaves 40 px under a drawing."""
    low, high = figure.layout.yaxis.range
    return (figure.layout.height - figure.layout.margin.t - 40) / (high - low)


def test_few_rows_have_room_for_their_labels() -> None:
    ds = load(builders.SHIPPED, focus=("TUR", "PAK"))
    spread = charts.diversification(ds, measures.diversification_by_length(ds))
    assert row_height(spread) > 48, "three lines"
    assert len(spread.layout.xaxis.tickvals) <= 9
    assert row_height(charts.regions(ds, measures.region_share(ds))) > 24, "a cell"


def test_the_ends_of_two_lines_at_one_value_are_named_apart() -> None:
    ds = with_partners("FRA", "ITA")
    figure = charts.distinct(ds, measures.distinct_partners(ds))
    ends = {note.text.split()[-1]: note.y for note in figure.layout.annotations}
    assert ends["agreements"] > ends["partners"]
