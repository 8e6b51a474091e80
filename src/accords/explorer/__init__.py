"""The explorer: the agreements as a page of one's own, in a notebook or alone.

May use the dataset, the charts' theme and how the prose lists names; nothing of the report.
"""

from accords.explorer.view import Explorer, explore

__all__ = ["Explorer", "explore"]
