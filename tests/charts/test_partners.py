"""Charts of partners: what they count, and that nothing leaves the picture."""

from __future__ import annotations

import builders

from accords.analysis import partners as measures
from accords.charts import partners as charts
from accords.dataset import Dataset, load


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
