"""The dataset as people use it: searched, narrowed, read record by record, shown."""

from collections.abc import Iterable
from typing import Self

from accords.dataset import export, show
from accords.dataset.find import criteria, in_words, masks
from accords.dataset.tables import Tables
from accords.words import Text

Wanted = str | Iterable[str] | None


class Dataset(Tables):
    """Defence agreements, their parties, lives, domains and sources, as of one edition.

    Every table is a plain DataFrame with the columns that ``datapackage.json`` declares; events
    also carry ``earliest``, ``latest`` and ``uncertain``. What can be computed is in
    :attr:`overview` (one row an agreement) and :attr:`memberships` (one row an agreement and focus
    state). ``edition`` and ``released`` are version and day of the newest edition, ``as_of`` is the
    day up to which sources were read and for which status is computed, ``focus`` the focus states
    (ISO 3166-1 alpha-3), ``choice`` by what the agreements were chosen, in words.
    """

    def find(
        self,
        text: str = "",
        *,
        state: Wanted = None,
        partner: Wanted = None,
        domain: Wanted = None,
        instrument: Wanted = None,
        status: Wanted = None,
        confidence: Wanted = None,
        one_list: Wanted = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Self:
        """Return the dataset of the agreements that meet all criteria.

        >>> load().find(domain="cyber", since=2020).overview  # doctest: +SKIP
        >>> load().find("drones", partner=["Türkiye", "ISR"]).sources_cited  # doctest: +SKIP

        ``text``: words, and phrases in double quotes, that must all occur in identifier, titles
        (any language), summary, notes, names of parties and instrument, codes of domains, places
        or sources, accents and case aside. ``since``, ``until``: years of conclusion, both
        included; either leaves out what is undated. All others: one value or several, any of which
        will do, as codes (``TUR``, ``cyber``) or names (``Italy``, ``Cyber defence``);
        ``one_list`` is the list from which alone it is known.

        An :class:`AccordsError` says that there is no such value, and names the nearest, or all.
        """
        wanted = {name: value for name, value in locals().items() if name not in ("self", "text")}
        chosen = criteria(self, text, **wanted)
        met = masks(self, chosen).all(axis=1)
        said = [part for part in (self.choice, in_words(self, chosen)) if part]
        return self.select(met.index[met], choice=" and ".join(said))

    def record(self, agreement_id: str) -> Text:
        """Show all that is known of one agreement: its life, domains, disputes and sources."""
        return show.record(self, agreement_id)

    @property
    def sources_cited(self) -> export.LinkedTable:
        """One row for each agreement and source; see :func:`accords.dataset.export.evidence`."""
        return export.evidence(self)

    def _repr_html_(self) -> str:
        return show.dataset(self)

    def __repr__(self) -> str:
        states = ", ".join(self.focus)
        edition = f"edition {self.edition}, read until {self.as_of:%Y-%m-%d}"
        return f"<Dataset: {len(self.agreements):,} agreements of {states}, {edition}>"
