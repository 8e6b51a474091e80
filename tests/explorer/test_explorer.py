"""The explorer: what its filters, charts, table and records do, short of a browser."""

from __future__ import annotations

import subprocess
import sys

import ipywidgets
import pandas as pd
import pytest
from builders import empty, tiny

from accords import explore
from accords.dataset import Dataset
from accords.explorer import Explorer


@pytest.fixture(scope="module")
def shared(small: Dataset) -> Explorer:
    return explore(small)


@pytest.fixture
def view(shared: Explorer) -> Explorer:
    """An explorer of the small dataset that shows everything; to make one takes long."""
    return shared.narrow()


def widgets_in(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    inner = getattr(widget, "children", ())
    return [widget, *(found for child in inner for found in widgets_in(child))]


def menu(view: Explorer, name: str) -> ipywidgets.Dropdown:
    return next(
        w
        for w in widgets_in(view._body)
        if isinstance(w, ipywidgets.Dropdown) and w.description == name
    )


def count_shown(view: Explorer) -> str:
    texts = [w.value for w in widgets_in(view._body) if isinstance(w, ipywidgets.HTML)]
    return next(text for text in texts if 'role="status"' in text)


def rows_shown(view: Explorer) -> list[str]:
    return view._table.df.index[view._table.shown].tolist()


def chips(view: Explorer) -> dict[str, ipywidgets.Button]:
    found = [w for w in widgets_in(view._body) if isinstance(w, ipywidgets.Button)]
    return {chip.description: chip for chip in found}


class Points:
    def __init__(self, *numbers: int) -> None:
        self.point_inds = list(numbers)


class Box:
    def __init__(self, first: float, last: float) -> None:
        self.xrange = (first, last)


def bar_clicked(view: Explorer, facet: str, code: str) -> None:
    bars = view._bars[facet]
    bars._clicked(None, Points(bars._shown.index(code)), None)


def test_importing_the_package_does_not_import_widgets():
    program = (
        "import sys, accords; assert 'explore' in dir(accords); "
        "assert not {'ipywidgets', 'anywidget', 'itables'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_explore_is_the_function_however_the_module_was_imported():
    import accords.explorer

    assert callable(explore)
    assert accords.explore is accords.explorer.explore


def test_at_first_everything_is_selected(view: Explorer, small: Dataset):
    assert isinstance(view.selection, pd.DataFrame)
    assert set(view.selection.index) == set(small.overview.index)
    assert "<b>8</b> of 8" in count_shown(view)


def test_the_selection_is_a_table_of_ones_own_newest_first(view: Explorer, small: Dataset):
    assert view.selection.index[0] == "mar-usa-note"
    own = view.selection
    own["title"] = "changed"
    assert "changed" not in small.overview["title"].tolist()
    assert set(view.selection.columns) == set(small.overview.columns)


def test_it_can_start_narrowed(small: Dataset):
    view = explore(small, state="MAR", since=2024)
    assert set(view.selection.index) == {"aze-mar", "mar-usa-note"}
    assert set(view.dataset.agreements["agreement_id"]) == {"aze-mar", "mar-usa-note"}
    assert set(view.sources["agreement_id"]) == {"aze-mar", "mar-usa-note"}


def test_choosing_in_a_menu_narrows_and_a_chip_takes_it_back(view: Explorer):
    menu(view, "Domain").value = "industry"
    assert set(view.selection.index) == {"aze-ita", "aze-tur-new"}
    menu(view, "Domain").value = "procurement"
    assert set(view.selection.index) == {"aze-ita", "aze-tur-new", "aze-isr-buy"}
    chips(view)["Defence industry"].click()
    assert set(view.selection.index) == {"aze-isr-buy"}
    chips(view)["Arms and equipment"].click()
    assert len(view.selection) == 8


def test_a_menu_says_how_many_each_choice_would_give(view: Explorer):
    view.narrow(state="MAR")
    labels = [label for label, _ in menu(view, "Domain").options]
    assert "Education and training (2)" in labels
    assert not any(label.startswith("Defence industry") for label in labels)


def test_search_and_period_narrow(view: Explorer):
    view._filters.text.value = "rome"
    assert set(view.selection.index) == {"aze-ita"}
    view._filters.text.value = ""
    view._filters.period.value = (2010, 2012)
    assert set(view.selection.index) == {"aze-tur-new", "aze-ita", "aze-isr-buy"}


def test_clear_all_takes_everything_back(view: Explorer):
    view.narrow("agreement", state="MAR", since=2000)
    chips(view)["Clear all"].click()
    assert len(view.selection) == 8
    assert view._filters.text.value == ""
    assert not chips(view)


def test_a_click_on_a_bar_narrows_and_a_second_one_takes_it_back(view: Explorer):
    bar_clicked(view, "partner", "TUR")
    assert set(view.selection.index) == {"aze-tur-old", "aze-tur-new"}
    bar_clicked(view, "domain", "industry")
    assert set(view.selection.index) == {"aze-tur-new"}
    bar_clicked(view, "partner", "TUR")
    assert set(view.selection.index) == {"aze-ita", "aze-tur-new"}


def test_dragging_over_years_narrows_to_them(view: Explorer):
    view._timeline._dragged(None, Points(), Box(2009.7, 2012.2))
    assert (view.criteria.since, view.criteria.until) == (2010, 2012)
    assert set(view.selection.index) == {"aze-tur-new", "aze-ita", "aze-isr-buy"}


def test_a_drag_beyond_the_last_year_takes_the_last_year(view: Explorer, small: Dataset):
    last = int(small.overview["year"].max())
    view._timeline._dragged(None, Points(), Box(last + 0.7, last + 1))
    assert (view.criteria.since, view.criteria.until) == (last, last)
    assert len(view.selection)


def test_what_no_agreement_meets_is_shown_as_nothing(view: Explorer):
    for wanted in (
        {"partner": "TUR", "state": "MAR"},
        {"since": 2090},
        {"until": 1900},
        {"since": 2025, "until": 2020},
    ):
        assert view.narrow(**wanted).selection.empty
        assert "<b>0</b>" in count_shown(view)
    assert len(view.narrow().selection) == 8


def test_the_charts_count_the_selection(view: Explorer):
    view.narrow(state="MAR", since=2024)
    bars = view._bars["domain"]
    drawn = dict(zip(bars._shown, bars.widget.data[1].x, strict=True))
    counted = view.selection["domains"].explode().value_counts()
    assert {code: n for code, n in drawn.items() if n} == counted.to_dict()
    dots = view._timeline.widget.data[0]
    within = [i for i, y in zip(dots.customdata, dots.x, strict=True) if y >= 2024]
    assert set(within) == set(view.selection.index)


def test_the_table_lists_the_selection(view: Explorer):
    view.narrow(state="MAR")
    assert rows_shown(view) == view.selection.index.tolist()


def test_a_click_on_a_row_opens_its_record_and_rings_its_dot(view: Explorer):
    view.narrow(state="MAR")
    row = view._table.df.index.get_loc("aze-mar")
    view._table.selected_rows = [row]
    assert "30 October 2024" in view._record.value
    assert "https://example.org/official-aze" in view._record.value
    assert view._timeline.widget.data[1].x == (2024,)


def test_a_click_on_a_dot_opens_its_record_and_marks_its_row(view: Explorer):
    number = view._timeline.widget.data[0].customdata.tolist().index("aze-ita")
    view._timeline._clicked(None, Points(number), None)
    assert "6 November 2012" in view._record.value
    (row,) = view._table.selected_rows
    assert view._table.df.index[row] == "aze-ita"


def test_an_open_record_stays_open_when_the_selection_changes(view: Explorer):
    view.open("aze-ita")
    view.narrow(state="MAR")
    assert "6 November 2012" in view._record.value
    assert "aze-ita" not in rows_shown(view)
    view.narrow()
    (row,) = view._table.selected_rows
    assert view._table.df.index[row] == "aze-ita"
    assert row in view._table.shown


def test_the_selection_can_be_saved_and_downloaded(view: Explorer, tmp_path, monkeypatch):
    view.narrow(state="MAR")
    saved = view.save(tmp_path / "selection.csv")
    sent = []
    monkeypatch.setattr(view._page, "send", lambda content, buffers=(): sent.append(buffers[0]))
    view._download(view._page, "csv", [])
    assert sent == [saved.read_bytes()]
    assert sent[0].count(b"\n") == 1 + len(view.selection)


def test_it_says_what_it_shows(view: Explorer):
    assert repr(view.narrow(state="MAR")) == "<Explorer: 4 of 8 agreements>"
    assert "application/vnd.jupyter.widget-view+json" in view._repr_mimebundle_()


def test_a_page_that_asks_for_the_state_gets_the_present_one(view: Explorer):
    state = view.narrow(state="MAR")._timeline.widget.get_state()
    assert len(state["_widget_data"][0]["hovertext"]) == 4


@pytest.mark.parametrize(
    "ds",
    [
        empty(),
        tiny(parties=[{"agreement_id": "undated", "party_id": "AZE"}]),
        tiny(parties=[{"agreement_id": "a", "party_id": "FRA"}], focus=("FRA",)),
    ],
    ids=["empty", "undated", "one-focus-state"],
)
def test_thin_data_are_no_obstacle(ds: Dataset):
    view = explore(ds)
    assert len(view.selection) == len(ds.agreements)
    view.narrow("nothing like this")
    assert view.selection.empty


def test_markup_in_the_data_is_shown_as_text():
    hostile = "<img src=x onerror=alert(1)>"
    ds = tiny(
        agreements=[{"agreement_id": "a", "title": hostile}],
        parties=[{"agreement_id": "a", "party_id": "AZE"}],
        events=[{"agreement_id": "a", "date": "2012"}],
    )
    view = explore(ds, text="img")
    view.open("a")
    shown = [w.value for w in widgets_in(view._body) if isinstance(w, ipywidgets.HTML)]
    shown += [*view._timeline.widget.data[0].hovertext, view._table._dt_args["data_json"]]
    assert len(view.selection) == 1
    assert not any("<img" in text for text in shown)


def test_it_works_after_all_widgets_were_closed(small: Dataset):
    ipywidgets.Widget.close_all()
    assert len(explore(small).selection) == 8
