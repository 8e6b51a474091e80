"""What is built from what, and where it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from accords.errors import AccordsError

PAGE, WORKBOOK, MANIFEST = "report.html", "report.xlsx", "manifest.json"

FIGURES = "figures"  # folder of the pictures

Told = Callable[[str, int, int], None]  # progress: what is being done, steps done, steps in all


class BuildError(AccordsError):
    """The report cannot be built."""


@dataclass(frozen=True)
class Plan:
    """What is built from what, and where it goes.

    ``cache`` keeps executed notebooks and pictures, by content; without ``focus`` the data name the
    states, without ``since`` the edition before is looked up.
    """

    notebooks: Path
    cache: Path
    data: Path
    out: Path
    figures: Path
    focus: tuple[str, ...] | None = None
    pdf: bool = True
    since: str | None = None
