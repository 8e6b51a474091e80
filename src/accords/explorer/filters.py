"""The explorer's filters: a search, a period, a menu for each facet, and a chip for each choice."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd

from accords.dataset import Dataset, find
from accords.dataset.find import FACETS, Criteria


class Filters:
    """Shows the criteria and how many agreements meet them; hands changes to ``narrow``."""

    def __init__(self, dataset: Dataset, narrow: Callable[..., None]) -> None:
        self._dataset = dataset
        self._narrow = narrow
        self._criteria = Criteria()
        self._names = {facet: find.names(dataset, facet) for facet in FACETS}
        years = dataset.overview["year"].dropna()
        self._span = (int(years.min()), int(years.max())) if len(years) else (0, 0)
        first, last = self._span
        self.text = widgets.Text(
            description="Search", placeholder="Titles, partners, places, sources …"
        )
        self.period = widgets.IntRangeSlider(
            value=self._span, min=first, max=last, description="Concluded", disabled=years.empty
        )
        self.facets = {
            name: widgets.Dropdown(options=[("Any", "")], description=facet.label)
            for name, facet in FACETS.items()
        }
        self.text.observe(lambda change: narrow(text=change["new"]), "value")
        self.period.observe(self._period_moved, "value")
        for facet, menu in self.facets.items():
            menu.observe(lambda change, facet=facet: self._picked(facet, change["new"]), "value")
        menus = [self.text, self.period, *self.facets.values()]
        self.widget = widgets.GridBox(menus).add_class("accords-filters")
        self.count = widgets.HTML()
        self.chips = widgets.HBox().add_class("accords-chips")

    def update(self, criteria: Criteria, met: pd.DataFrame) -> None:
        """Show criteria, and by :func:`accords.dataset.find.masks` what meets them."""
        self._criteria = criteria
        self.text.value = criteria.text
        self.period.value = tuple(sorted(np.clip(self._years(), *self._span).tolist()))
        for facet, menu in self.facets.items():
            menu.options = self._options(facet, getattr(criteria, facet), met)
        undated = others(met, "period") & self._dataset.overview["year"].isna()
        left_out = int((undated & ~met["period"]).sum())
        self.count.value = (
            f'<p class="accords-count" role="status"><b>{met.all(axis=1).sum():,}</b> of '
            f"{len(met):,} agreements"
            f"{f' <span>({left_out:,} undated left out)</span>' if left_out else ''}</p>"
        )
        old = self.chips.children
        self.chips.children = self._chips()
        for chip in old:
            chip.close()

    def _options(
        self, facet: str, chosen: tuple[str, ...], met: pd.DataFrame
    ) -> list[tuple[str, str]]:
        names = self._names[facet]
        counts = counted(self._dataset, facet, others(met, facet))
        head = names.get(chosen[0], chosen[0]) if len(chosen) == 1 else f"{len(chosen)} chosen"
        offered = [
            (f"{name} ({counts[code]:,})", code)
            for code, name in names.items()
            if code in counts and code not in chosen
        ]
        return [(head if chosen else "Any", ""), *offered]

    def _chips(self) -> list[widgets.Button]:
        criteria = self._criteria
        chips = [
            self._chip(self._names[facet].get(code, code), facet, **{facet: left(chosen, code)})
            for facet in FACETS
            for chosen in [getattr(criteria, facet)]
            for code in chosen
        ]
        if criteria.since is not None or criteria.until is not None:
            years = dict.fromkeys(map(str, self._years()))
            chips.append(self._chip("–".join(years), "period", since=None, until=None))
        if criteria.text:
            chips.append(self._chip(f"“{criteria.text}”", "text", text=""))
        if len(chips) > 1:
            chips.append(self._chip("Clear all", "all", **vars(Criteria())))
        return chips

    def _chip(self, name: str, kind: str, **without: Any) -> widgets.Button:
        chip = widgets.Button(description=name, tooltip=f"Take back: {name}")
        chip.add_class("accords-chip").add_class(f"accords-{kind}")
        chip.on_click(lambda _: self._narrow(**without))
        return chip

    def _years(self) -> tuple[int, int]:
        since, until = self._criteria.since, self._criteria.until
        first, last = self._span
        return first if since is None else since, last if until is None else until

    def _picked(self, facet: str, code: str) -> None:
        if code:
            self._narrow(**{facet: (*getattr(self._criteria, facet), code)})

    def _period_moved(self, change: dict[str, Any]) -> None:
        whole = tuple(change["new"]) == self._span
        since, until = (None, None) if whole else change["new"]
        self._narrow(since=since, until=until)


def left(chosen: tuple[str, ...], code: str) -> tuple[str, ...]:
    """Return what is chosen without one code."""
    return tuple(other for other in chosen if other != code)


def others(met: pd.DataFrame, dimension: str) -> pd.Series:
    """Return which agreements meet all but one dimension: what a choice in it would give."""
    return met.drop(columns=dimension).all(axis=1)


def counted(dataset: Dataset, facet: str, mask: pd.Series) -> pd.Series:
    """Count the agreements by value of a facet, the most frequent first."""
    return dataset.overview.loc[mask, FACETS[facet].column].explode().dropna().value_counts()
