"""Sentences about partners: how many, who, how concentrated, who is shared."""

from __future__ import annotations

import pandas as pd

from accords.dataset import Dataset
from accords.measures import partners as measures
from accords.prose.text import Text, count, escape, interval, linked, listed, number, paragraph

_WITH_ARTICLE = (
    *("United ", "Netherlands", "Comoros", "Maldives", "Gambia", "Philippines"),
    *("Central African", "Dominican", "European Union", "African Union", "EU", "UN", "AU", "CIS"),
)


def named(name: str) -> str:
    """Write a party's name as it stands in a sentence: ``the United States``, ``Spain``."""
    if name.startswith(_WITH_ARTICLE[:-4]) or name in _WITH_ARTICLE[-4:]:
        return f"the {name}"
    return name
