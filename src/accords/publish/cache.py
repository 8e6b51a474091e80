"""What builds keep for one another: files named by the hash of all that they depend on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path


def digest(*parts: object) -> str:
    """Hash texts and JSON values."""
    hashed = hashlib.sha256()
    for part in parts:
        text = part if isinstance(part, str) else json.dumps(part, sort_keys=True)
        hashed.update(text.encode())
        hashed.update(b"\0")
    return hashed.hexdigest()[:32]


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


def prune(cache: Path, since: float, builds: int = 4) -> None:
    """Keep of a cache what was used since a time, and what few builds of that size used before."""
    with contextlib.suppress(OSError):
        ages = sorted(((file.stat().st_mtime, file) for file in cache.iterdir()), reverse=True)
        used = sum(time >= since for time, _ in ages)
        for _, file in ages[builds * used :]:
            file.unlink(missing_ok=True)
