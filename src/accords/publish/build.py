"""From data to the finished report: found up to date, or made anew and put into place."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accords import exchange
from accords.publish import browser, scratch
from accords.publish.cache import digest
from accords.publish.job import FIGURES, MANIFEST, PAGE, BuildError, Plan, Told

PACKAGE = Path(__file__).parents[1]

NOT_FOR_NOTEBOOKS = ("checks/", "cli/", "curation/", "explorer/", "publish/")
"""Rooms that chapters do not use: a change there leaves executed notebooks valid."""


@dataclass(frozen=True)
class Result:
    """What a build did."""

    page: Path
    unchanged: bool
    notes: tuple[str, ...] = ()


def plan(
    data: Path | None = None,
    out: Path | None = None,
    focus: Sequence[str] | None = None,
    *,
    pdf: bool = True,
    since: str | None = None,
) -> Plan:
    """Find the project and say what would be built.

    The project is the nearest folder, here or above, that has chapters; failing that, the folder
    that the package is installed from. With a folder ``out`` of its own, the pictures go there too.
    A :class:`BuildError` says that there is none.
    """
    here = Path.cwd()
    places = (here, *here.parents, PACKAGE.parent.parent)
    root = next((place for place in places if any((place / "notebooks").glob("0*.ipynb"))), None)
    if root is None:
        raise BuildError(
            f"{here}: no folder 'notebooks' with chapters here or above. "
            "Go to the project's folder and build there."
        )
    usual = (root / "build").resolve()
    place = out.resolve() if out else usual
    return Plan(
        notebooks=root / "notebooks",
        cache=root / ".cache",
        data=(data or root / "data").resolve(),
        out=place,
        figures=((root if place == usual else place) / FIGURES).resolve(),
        focus=None if focus is None else tuple(focus),
        pdf=pdf,
        since=since,
    )


def build(job: Plan, told: Told = lambda *_: None) -> Result:
    """Build the report, or find that it is up to date.

    Everything is written beside its place and moved there at the end: on any failure (an
    :class:`AccordsError` says which, and what to do) the last good report stays as it was. Where
    SIGINT or SIGTERM ends the build, what that left is said on the terminal.
    """
    if not (job.data / "datapackage.json").is_file():
        raise BuildError(
            f"{job.data}: no dataset. Give the folder that holds datapackage.json with --data."
        )
    exchange.settle(job.data)
    inputs: dict[str, str] = {}
    try:
        with _stoppable(), scratch.folder():
            job.out.mkdir(parents=True, exist_ok=True)
            with exchange.locked(job.out, lambda: told("waiting for another build", 0, 1)):
                inputs = _inputs(job)
                if _up_to_date(job, inputs):
                    return Result(job.out / PAGE, unchanged=True)
                return _made(job, inputs, told)
    except OSError as error:
        # A move has two names, of which the second is the target.
        where = error.filename2 or error.filename or job.out
        raise BuildError(
            f"{job.out if exchange.ASIDE in str(where) else where}: cannot be read or written "
            f"({error.strerror or error}). Nothing was replaced. Free space, set its permissions, "
            "close it where it is open, or choose another folder with --out."
        ) from error
    except KeyboardInterrupt:
        done = _up_to_date(job, inputs)
        state = "The new report is in place" if done else "The last report is untouched"
        print(f"Stopped. {state}.", file=sys.stderr)
        raise


def _made(job: Plan, inputs: dict[str, str], told: Told) -> Result:
    # jsonschema would build a grammar of web addresses, of which notebooks have none, for seconds.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from accords.publish import steps

    # Of the inputs, those on which an executed notebook depends beside itself.
    key = digest(job.focus, *(inputs[name] for name in ("data", "measures", "environment")))
    with exchange.staged(job.out) as stage:
        dataset, notes, failure = browser.completed(steps.taken(job, key, stage, told))
        if failure:
            # Not what these inputs give, so that the next build does not take it for that.
            inputs = {**inputs, "failure": str(failure)}
        described = {
            "edition": dataset.edition,
            "released": dataset.released.date().isoformat(),
            "read_until": dataset.as_of.date().isoformat(),
            "focus": list(dataset.focus),
            "inputs": inputs,
        }
        _place(job, stage, described)
    return Result(job.out / PAGE, unchanged=False, notes=notes)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM end a build as Ctrl-C does: kernels and browser with it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals are the main thread's.
        return
    former = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _place(job: Plan, stage: Path, described: Mapping[str, Any]) -> None:
    """Move everything into place, the manifest last; take away what a former build left."""
    changes: dict[Path, Path | None] = {
        (job.out if file.parent == stage else job.figures) / file.name: file
        for file in sorted(stage.rglob("*"))
        if file.is_file()
    }
    outputs = {
        Path(os.path.relpath(target, job.out)).as_posix(): _hash(file)
        for target, file in changes.items()
        if file
    }
    packages = [sys.version.split()[0], *_distributions()]
    stale = set(_manifest(job)["outputs"]) - set(outputs)
    manifest = stage / MANIFEST
    told = {**described, "outputs": outputs, "packages": packages}
    manifest.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    job.figures.mkdir(parents=True, exist_ok=True)
    changes |= dict.fromkeys(job.out / name for name in stale)
    exchange.replace(job.out, {**changes, job.out / MANIFEST: manifest})


def _inputs(job: Plan) -> dict[str, str]:
    code = {
        file.relative_to(PACKAGE).as_posix(): file
        for file in PACKAGE.rglob("*")
        if file.is_file() and file.parent.name != "__pycache__"
    }
    measures = [file for name, file in code.items() if not name.startswith(NOT_FOR_NOTEBOOKS)]
    data = [file for file in settled_files(job.data) if file.suffix in (".csv", ".json", ".md")]
    return {
        "data": _hash_all(data, job.data),
        "notebooks": _hash_all(job.notebooks.glob("[0-9]*.ipynb"), job.notebooks),
        "measures": _hash_all(measures, PACKAGE),
        "code": _hash_all(code.values(), PACKAGE),
        "environment": digest(sys.version, _distributions()),
        "browser": _browser(),
        "options": " ".join([",".join(job.focus or ()), "pdf" if job.pdf else "no pdf"]),
        "since": _since(job),
    }


def _since(job: Plan) -> str:
    """Name the earlier edition by its content: what a revision's name means can change."""
    if job.since and (file := Path(job.since)).exists():
        files = [file] if file.is_file() else [f for f in file.rglob("*") if f.is_file()]
        return _hash_all(files, file.parent)
    tags = ["for-each-ref", "--format=%(refname) %(objectname)", "refs/tags/edition-*"]
    asked = ["git", "-C", str(job.data), *(["rev-parse", job.since] if job.since else tags)]
    found = job.since or ""
    with contextlib.suppress(OSError):
        # A name that git does not know is an input too: reading it says what is wrong with it.
        found += subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    stored = [file for file in settled_files(job.data) if file.suffix == ".zip"]
    return f"{found.strip()} {_hash_all(stored, job.data)}"


def settled_files(folder: Path) -> list[Path]:
    """List the files below a folder, without those of a change that is being made ready."""
    return [file for file in folder.rglob("*") if exchange.ASIDE not in file.parts]


def _distributions() -> list[str]:
    """List what is installed, by the names of its folders: reading all metadata takes long."""
    folders = {Path(place) for place in sys.path if place.endswith("site-packages")}
    return sorted(info.stem for folder in folders for info in folder.glob("*.dist-info"))


def _browser() -> str:
    """Tell one installed browser from another without starting it."""
    if (found := browser.find()) is None:
        return "none"
    file = Path(found).resolve()
    # Of a script that starts the browser, as on Debian, an upgrade changes the time alone.
    return f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}"


def _up_to_date(job: Plan, inputs: dict[str, str]) -> bool:
    manifest = _manifest(job)
    return (
        bool(inputs)
        and manifest["inputs"] == inputs
        and all(
            (job.out / name).is_file() and _hash(job.out / name) == content
            for name, content in manifest["outputs"].items()
        )
    )


def _manifest(job: Plan) -> dict[str, Any]:
    try:
        manifest = json.loads((job.out / MANIFEST).read_text(encoding="utf-8"))
        return {"inputs": dict(manifest["inputs"]), "outputs": dict(manifest["outputs"])}
    except (OSError, ValueError, TypeError, KeyError):
        return {"inputs": {}, "outputs": {}}


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _hash_all(files: Iterable[Path], folder: Path) -> str:
    return digest([[file.relative_to(folder).as_posix(), _hash(file)] for file in sorted(files)])
