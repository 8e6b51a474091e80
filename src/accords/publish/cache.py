"""What builds keep for one another: files named by the hash of all that they depend on."""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path


def digest(*parts: object) -> str:
    """Hash values that JSON knows."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


async def kept(file: Path, made: Callable[[], Awaitable[bytes]]) -> bytes:
    """Return what a cache keeps in a file, or what is made now and kept from now on.

    That it was used is marked for :func:`prune`. A cache that cannot be written keeps nothing.
    """
    with contextlib.suppress(OSError):
        os.utime(file)
        return file.read_bytes()
    content = await made()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.part")
        beside.write_bytes(content)
        beside.replace(file)
    return content


def prune(cache: Path, days: int = 30) -> None:
    """Take out of a cache what was not used for many days."""
    with contextlib.suppress(OSError):
        for file in cache.iterdir():
            if file.stat().st_mtime < time.time() - days * 24 * 60 * 60:
                file.unlink()
