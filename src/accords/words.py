"""Words that tables, charts, records and exports share. Imports nothing of the package."""

from __future__ import annotations

PRESS_MARK = "°"
"""Stands behind a domain that only the press names, wherever domains are listed."""

PRESS_MARK_MEANS = f"{PRESS_MARK} named by the press alone"

VALUE_KINDS = {
    "price": "",
    "ceiling": "ceiling notified to a parliament",
    "package": "for this and other things together",
    "estimate": "estimate",
}
"""What a sum is, by its kind; a plain price needs no words."""


def money(amount: float, currency: str, kind: str | None) -> str:
    """Return a sum with what it is: ``USD 1,600,000 (estimate)``."""
    shown = f"{currency} {amount:,.0f}".strip()
    means = VALUE_KINDS.get(kind or "price", "")
    return f"{shown} ({means})" if means else shown


def marked(label: str, *, press: bool) -> str:
    """Return the name of a domain, marked where only the press names it."""
    return f"{label}{PRESS_MARK}" if press else label


def the(name: str, article: str | None) -> str:
    """Return a party's name as it stands in a sentence: ``the United States``, ``Spain``."""
    return f"{article} {name}" if article else name
