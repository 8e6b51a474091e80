"""The explorer: the agreements as a page of one's own, in a notebook or alone."""

from accords.explorer.view import explore

__all__ = ["explore"]
