"""Tables in, tables out: what is counted, compared and estimated.

A measure draws nothing and says nothing; its table is what a chart draws and a passage words. May
use the dataset alone. The columns of all tables share one vocabulary: ``count`` things counted,
``of`` things that could have been, their ``share``, ``low`` and ``high`` bounds of an interval,
``ids`` the agreements behind a row.
"""

from accords.analysis.common import by_state, choices, concluded, dyads, under_each_choice

__all__ = ["by_state", "choices", "concluded", "dyads", "under_each_choice"]
