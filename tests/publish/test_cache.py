"""A cache keeps what is used, and is never a reason to fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from accords.publish import cache
from accords.publish.browser import completed


async def made() -> bytes:
    """Make what is not there yet."""
    return b"made"


async def never() -> bytes:
    """Be no needed maker."""
    pytest.fail("was made again")


def test_what_is_kept_is_made_once(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "x.svg"
    assert completed(cache.kept(file, made)) == b"made"
    assert completed(cache.kept(file, never)) == b"made"


def test_a_cache_keeps_what_was_used_last(tmp_path: Path) -> None:
    for age in range(9):
        file = tmp_path / str(age)
        file.touch()
        os.utime(file, (1000 - age, 1000 - age))
    # The oldest is needed once more.
    completed(cache.kept(tmp_path / "8", never))
    cache.prune(tmp_path, since=1001, builds=4)
    assert {file.name for file in tmp_path.iterdir()} == {"8", "0", "1", "2"}


def test_a_cache_that_cannot_be_written_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    assert completed(cache.kept(tmp_path / "cache" / "x.svg", made)) == b"made"
    cache.prune(tmp_path / "cache", since=0)
