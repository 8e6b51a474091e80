"""From data to the finished report: found up to date, or made anew and put into place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from accords import exchange
from accords.publish import browser
from accords.publish.job import FIGURES, MANIFEST, PAGE, BuildError, Plan, Told

PACKAGE = Path(__file__).parents[1]

NOT_FOR_NOTEBOOKS = ("checks/", "cli/", "curation/", "explorer/", "publish/")
"""Rooms that chapters do not use: a change there leaves executed notebooks valid."""

LONGEST_TMPDIR = 40
"""Letters of a folder's name at most, in which sockets still have names that the system takes."""

PACKAGES = (
    *("accords", "jinja2", "latex2mathml", "nbclient", "nbconvert", "numpy", "pandas"),
    *("playwright", "plotly", "scipy", "statsmodels", "xlsxwriter"),
)
"""Packages that shape the report, whose versions the manifest names."""


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
        root=root,
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
    to_write = (
        "Nothing was replaced. Free space, set its permissions, close it where it is open, or "
        "choose another folder with --out."
    )
    to_read = "Set its permissions or restore it, and build again."
    try:
        writing = _explained(job.out, "written", to_write)
        with _stoppable(), _short_names(), writing, _locked(job.out, told):
            with _explained(job.data, "read", to_read):
                inputs = _inputs(job)
            if _up_to_date(job, inputs):
                return Result(job.out / PAGE, unchanged=True)
            return _made(job, inputs, told)
    except KeyboardInterrupt:
        done = _up_to_date(job, inputs)
        state = "The new report is in place" if done else "The last report is untouched"
        print(f"Stopped. {state}.", file=sys.stderr)
        raise


def _made(job: Plan, inputs: dict[str, str], told: Told) -> Result:
    # jsonschema would build a grammar of web addresses, of which notebooks have none, for seconds.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from accords.publish import steps

    key = _digest([*(job.focus or ()), *(inputs[n] for n in ("data", "measures", "environment"))])
    with exchange.staged(job.out) as stage:
        made = browser.completed(steps.taken(job, key, stage, told))
        if made.failure:
            # Not what these inputs give, so that the next build does not take it for that.
            inputs = {**inputs, "failure": str(made.failure)}
        described = {
            "edition": made.dataset.edition,
            "released": made.dataset.released.date().isoformat(),
            "read_until": made.dataset.as_of.date().isoformat(),
            "focus": list(made.dataset.focus),
            "inputs": inputs,
        }
        _place(job, stage, described)
    return Result(job.out / PAGE, unchanged=False, notes=made.notes)


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


@contextlib.contextmanager
def _short_names() -> Iterator[None]:
    """Make temporary folders where names are short: kernels and browser open sockets there."""
    named = os.environ.get("TMPDIR")
    if named is None or len(named) <= LONGEST_TMPDIR or not os.access("/tmp", os.W_OK):
        yield
        return
    tempfile.tempdir = os.environ["TMPDIR"] = "/tmp"
    try:
        yield
    finally:
        tempfile.tempdir, os.environ["TMPDIR"] = None, named


@contextlib.contextmanager
def _explained(place: Path, done: str, remedy: str) -> Iterator[None]:
    """Say of a file that cannot be read or written what to do about it."""
    try:
        yield
    except OSError as error:
        # A move has two names, of which the second is the target.
        where = error.filename2 or error.filename or place
        if exchange.ASIDE in str(where):
            where = place
        reason = error.strerror or error
        raise BuildError(f"{where}: cannot be {done} ({reason}). {remedy}") from error


@contextlib.contextmanager
def _locked(out: Path, told: Told) -> Iterator[None]:
    """Let one build at a time write to a folder; a new one in which nothing came to be goes."""
    new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with exchange.locked(out, lambda: told("waiting for another build", 0, 1)):
            yield
    finally:
        if new and not any(out.iterdir()):
            out.rmdir()


def _place(job: Plan, stage: Path, described: Mapping[str, Any]) -> None:
    """Move everything into place, the manifest last; take away what a former build left."""
    staged = sorted(file for file in stage.rglob("*") if file.is_file())
    targets = {
        file: (job.out if file.parent == stage else job.figures) / file.name for file in staged
    }
    manifest = {
        **described,
        "outputs": {_relative(job, target): _hash(file) for file, target in targets.items()},
        "packages": {"python": sys.version.split()[0]}
        | {name: metadata.version(name) for name in PACKAGES},
    }
    last = stage / MANIFEST
    last.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    stale = set(_manifest(job).get("outputs", {})) - set(manifest["outputs"])
    job.figures.mkdir(parents=True, exist_ok=True)
    changes: dict[Path, Path | None] = {target: file for file, target in targets.items()}
    changes |= dict.fromkeys(job.out / name for name in stale)
    exchange.replace(job.out, {**changes, job.out / MANIFEST: last})


def _relative(job: Plan, target: Path) -> str:
    return Path(os.path.relpath(target, job.out)).as_posix()


def _inputs(job: Plan) -> dict[str, str]:
    """Hash all that the report depends on."""
    code = [
        file
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
    ]
    measures = [
        file
        for file in code
        if not file.relative_to(PACKAGE).as_posix().startswith(NOT_FOR_NOTEBOOKS)
    ]
    data = [file for file in settled_files(job.data) if file.suffix in (".csv", ".json", ".md")]
    return {
        "data": _hash_all(data, job.data),
        "notebooks": _hash_all(job.notebooks.glob("[0-9]*.ipynb"), job.notebooks),
        "measures": _hash_all(measures, PACKAGE),
        "code": _hash_all(code, PACKAGE),
        "environment": _digest([sys.version, *_distributions(), _browser()]),
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
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        found = ""
    if job.since:
        # A name that git does not know is an input too: reading it says what is wrong with it.
        return found or job.since
    stored = [file for file in settled_files(job.data) if file.suffix == ".zip"]
    return f"{found} {_hash_all(stored, job.data)}"


def settled_files(folder: Path) -> list[Path]:
    """List the files below a folder, without those of a change that is being made ready."""
    return [file for file in folder.rglob("*") if exchange.ASIDE not in file.parts]


def _distributions() -> list[str]:
    """List what is installed, by the names of its folders: reading all metadata takes long."""
    folders = {Path(place) for place in sys.path if place.endswith("site-packages")}
    return sorted(info.name for folder in folders for info in folder.glob("*.dist-info"))


def _browser() -> str:
    """Tell one installed browser from another without starting it."""
    found = browser.find()
    if found is None:
        return "none"
    file = Path(found).resolve()
    # Of a script that starts the browser, as on Debian, an upgrade changes the time alone.
    status = file.stat()
    return f"{file.name} {status.st_size} {status.st_mtime_ns}"


def _up_to_date(job: Plan, inputs: dict[str, str]) -> bool:
    """Say whether the last build had the same inputs and its files are as it left them."""
    manifest = _manifest(job)
    return manifest.get("inputs") == inputs and all(
        (job.out / name).is_file() and _hash(job.out / name) == content
        for name, content in manifest["outputs"].items()
    )


def _manifest(job: Plan) -> dict[str, Any]:
    """Give the last build's manifest; one that cannot be used counts as none."""
    try:
        manifest = json.loads((job.out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    usable = isinstance(manifest, dict) and isinstance(manifest.get("outputs"), dict)
    return manifest if usable else {}


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _hash_all(files: Iterable[Path], folder: Path) -> str:
    return _digest(f"{file.relative_to(folder).as_posix()} {_hash(file)}" for file in sorted(files))


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
