"""What every passage carries: of a choice of agreements, by what they were chosen."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from accords.dataset import Dataset
from accords.words import LeftOut, Text, escape, filtered

P = ParamSpec("P")


def passage(
    tell: Callable[Concatenate[Dataset, P], Text],
) -> Callable[Concatenate[Dataset, P], Text]:
    """Let a passage end with what its agreements were chosen by (see :meth:`Dataset.find`)."""

    @functools.wraps(tell)
    def told(dataset: Dataset, /, *args: P.args, **options: P.kwargs) -> Text:
        said = tell(dataset, *args, **options)
        if not dataset.choice:
            return said
        only = filtered(dataset.choice)
        if isinstance(said, LeftOut):
            return LeftOut(f"{said} {only}")
        return Text(f'{said.html}<p class="choice">{escape(only)}</p>')

    return told
