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


def test_a_cache_loses_what_was_not_used_for_long(tmp_path: Path) -> None:
    for name in ("old", "old-but-used"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000, 1000))
    completed(cache.kept(tmp_path / "old-but-used", never))
    cache.prune(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"old-but-used"}


def test_a_cache_that_cannot_be_written_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    assert completed(cache.kept(tmp_path / "cache" / "x.svg", made)) == b"made"
    cache.prune(tmp_path / "cache")
