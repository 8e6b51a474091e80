"""Charts of partners: what they count, and that nothing leaves the picture."""

from __future__ import annotations

import builders
import pytest

from accords.analysis import partners as measures
from accords.charts import partners as charts
from accords.dataset import Dataset


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


def test_no_line_of_concentration_leaves_its_picture() -> None:
    ds = with_partners(*["ITA"] * 8, "FRA")
    table = measures.concentration(ds, window=5)
    figure = charts.concentration(ds, table)
    assert table["chance"].max() > 0.7
    assert figure.layout.yaxis.range[1] >= table["chance"].max()
    lines = [y for t in figure.data if not t.fill for y in t.y if y is not None and y == y]
    assert max(lines) == pytest.approx(table["chance"].max())


def test_one_partner_is_written_in_the_singular() -> None:
    ds = with_partners("NATO", "ITA", focus=("AZE", "TUR"))
    alt = charts.ranked(ds, measures.partner_counts(ds)).layout.meta["alt"]
    assert "Azerbaijan: 2 partners, most with" in alt
    assert "Türkiye: 1 partner, most with NATO 1" in alt


def test_a_ranking_counts_the_partners_left_out_of_those_states_that_have_any() -> None:
    ds = with_partners("FRA", "ITA", "NATO", focus=("USA", "TUR"))
    counts = measures.partner_counts(ds)

    def subtitle(top: int) -> str:
        return charts.ranked(ds, counts, top=top).layout.meta["subtitle"]

    assert "2 more of the United States" in subtitle(1)
    assert "more of" not in subtitle(3)


def test_a_ranking_without_purchases_says_so() -> None:
    ds = with_partners("FRA", "ITA")
    said = [
        charts.ranked(ds, measures.partner_counts(ds, purchases=purchases)).layout.meta["subtitle"]
        for purchases in (True, False)
    ]
    assert ["purchases" in subtitle for subtitle in said] == [False, True]
