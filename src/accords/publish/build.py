"""From data to the finished report: check, execute, draw, export, put into place."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from accords import exchange
from accords.errors import AccordsError

if TYPE_CHECKING:
    from accords.dataset import Dataset
    from accords.publish.browser import Browser, BrowserError
    from accords.publish.notebooks import Runner
    from accords.publish.pictures import Picture, Pictures

PACKAGE = Path(__file__).parents[1]

PAGE, WORKBOOK, MANIFEST = "report.html", "report.xlsx", "manifest.json"

SHEET = "index.html"
"""The list of all pictures, beside them."""

NOT_FOR_NOTEBOOKS = ("checks/", "cli/", "curation/", "explorer/", "publish/")
"""Rooms that chapters do not use: a change there leaves executed notebooks valid."""

NO_BROWSER = "The charts are interactive only, and there are no pictures and no PDFs."
"""What a report is without a browser."""

BROWSER_FAILED = (
    "The browser failed, so that the report lacks its PDFs or some pictures; charts without one "
    "are interactive only. Build again; if it fails again, name another browser in BROWSER_PATH."
)

SHOWN_PROBLEMS = 8
"""Problems of the data that a failing build names; ``accords check`` names all."""

Told = Callable[[str, int, int], None]
"""Progress: what is being done, steps done, steps in all."""


class BuildError(AccordsError):
    """The report cannot be built."""


LONGEST_TMPDIR = 40
"""Letters of a folder's name at most, in which sockets still have names that the system takes."""

KERNELS = 2
"""Kernels that run the chapters side by side."""


@dataclass(frozen=True)
class Plan:
    """What is built from what, and where it goes.

    Attributes
    ----------
    root
        The project's folder, with ``notebooks``.
    data
        The dataset's folder.
    out
        Where the report goes.
    figures
        Where the pictures go.
    focus
        Focus states, or None for those that the data name.
    pdf
        Whether to print the page to PDFs too.
    """

    root: Path
    data: Path
    out: Path
    figures: Path
    focus: tuple[str, ...] | None = None
    pdf: bool = True
    since: str | None = None

    @property
    def notebooks(self) -> Path:
        """The chapters' folder."""
        return self.root / "notebooks"

    @property
    def cache(self) -> Path:
        """Where executed notebooks and pictures are kept, by content."""
        return self.root / ".cache"


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

    The project is the nearest folder, here or above, that has ``notebooks``; failing that, the
    folder that the package is installed from. With a folder ``out`` of its own, the pictures go
    there too.

    Raises
    ------
    BuildError
        There is no project here.
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
        figures=((root if place == usual else place) / "figures").resolve(),
        focus=tuple(focus) if focus else None,
        pdf=pdf,
        since=since,
    )


def build(job: Plan, told: Told = lambda *_: None) -> Result:
    """Build the report, or find that it is up to date.

    Everything is written beside its place and moved there at the end: on any failure the last good
    report stays as it was.

    Raises
    ------
    AccordsError
        The data have problems, a notebook failed, or a file cannot be read or written: what,
        where, and what to do.
    KeyboardInterrupt
        SIGINT or SIGTERM ended the build; what that left is said on the terminal.
    """
    if not (job.data / "datapackage.json").is_file():
        raise BuildError(
            f"{job.data}: no dataset. Give the folder that holds datapackage.json with --data."
        )
    exchange.settle(job.data)
    inputs: dict[str, str] = {}
    try:
        with _stoppable(), _short_names(), _explained(job.out), _locked(job.out, told):
            with _explained_reading(job.data):
                inputs = _inputs(job)
            if _up_to_date(job, inputs):
                return Result(job.out / PAGE, unchanged=True)
            return _completed(_build(job, inputs, told))
    except KeyboardInterrupt:
        done = _up_to_date(job, inputs)
        state = "The new report is in place" if done else "The last report is untouched"
        print(f"Stopped. {state}.", file=sys.stderr)
        raise


def _completed(work: Coroutine[Any, Any, Result]) -> Result:
    """Run the steps to their end, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM end a build as Ctrl-C does: kernels and browser with it."""

    def stop(number: int, frame: FrameType | None) -> None:
        # The event loop has a handler of its own while it runs.
        interrupt = signal.getsignal(signal.SIGINT)
        (interrupt if callable(interrupt) else signal.default_int_handler)(number, frame)

    if threading.current_thread() is not threading.main_thread():
        yield  # Signals are the main thread's.
        return
    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


@contextlib.contextmanager
def _short_names() -> Iterator[None]:
    """Make temporary folders where their names are short: kernels and browser open sockets there.

    A socket's name has at most a hundred letters or so.
    """
    named = os.environ.get("TMPDIR")
    if named is None or len(named) <= LONGEST_TMPDIR or not os.access("/tmp", os.W_OK):
        yield
        return
    tempfile.tempdir = os.environ["TMPDIR"] = "/tmp"
    try:
        yield
    finally:
        tempfile.tempdir, os.environ["TMPDIR"] = None, named


async def _build(job: Plan, inputs: dict[str, str], told: Told) -> Result:
    """Run all steps, each as early as what it needs is there.

    The kernels start while the data are checked; the page's parts are written while the notebooks
    run, and a chapter's pictures are drawn while the next one runs.
    """
    from accords.publish import browser, notebooks, paper
    from accords.publish.pictures import prune

    found = browser.find()
    notes = [] if found else [f"{browser.missing()} {NO_BROWSER}"]
    started = time.time()
    files = notebooks.chapters(job.notebooks)
    key = _digest([*(job.focus or ()), *(inputs[n] for n in ("data", "measures", "environment"))])
    parameters = {"DATA": str(job.data), "FOCUS": list(job.focus) if job.focus else None}
    runners = [notebooks.Runner(parameters, key, job.cache / "notebooks") for _ in range(KERNELS)]
    to_run = sum(not runners[0].kept(file).is_file() for file in files)
    async with contextlib.AsyncExitStack() as opened:
        running = opened.enter_context(browser.Browser(found)) if found else None
        workers = opened.enter_context(ThreadPoolExecutor(3))
        for runner in runners:
            opened.push_async_callback(runner.stop)
        told("checking the data", 0, 1)
        await asyncio.gather(*(runner.start() for runner in runners[:to_run]))
        dataset = await asyncio.get_running_loop().run_in_executor(workers, _checked, job)
        told("checking the data", 1, 1)
        exporter = workers.submit(_exporter, dataset, job.notebooks)
        workbook = workers.submit(_workbook, dataset)
        changes = workers.submit(_changes, job, dataset)
        charts = opened.enter_context(_Charts(running, job.cache / "pictures", dataset))
        pages = await _executed(files, runners, charts, told)
        if (changed := await asyncio.wrap_future(changes)) is not None:
            pages.append(changed)
        drawn = await charts.drawn(told)
        told("writing the page", 0, 1)
        with exchange.staged(job.out) as stage:
            export = await asyncio.wrap_future(exporter)
            page, report = stage / PAGE, notebooks.join(pages)
            printer = running if job.pdf else None
            await asyncio.to_thread(export, page, report, drawn, paper.PRINTS if printer else {})
            told("writing the page", 1, 1)
            asked = None
            if printer:
                asked = workers.submit(paper.prints, printer, page, dataset.released)
            pieces = await charts.files()
            sheets: bytes = await asyncio.wrap_future(workbook)
            (stage / WORKBOOK).write_bytes(sheets)
            if asked is not None:
                told("printing", 0, 1)
                printed = await charts.given(asked)
                for name, pdf in (printed or {}).items():
                    (stage / name).write_bytes(pdf)
                if printed is None:  # The page names what lies beside it.
                    await asyncio.to_thread(export, page, report, drawn, {})
                told("printing", 1, 1)
            if charts.failure:
                notes.append(f"{charts.failure} {BROWSER_FAILED}")
                # Not what these inputs give, so that the next build does not take it for that.
                inputs = {**inputs, "failure": str(charts.failure)}
            _place(job, stage, pieces, inputs, dataset)
        for cache in (job.cache / "notebooks", job.cache / "pictures"):
            prune(cache, started)
    return Result(job.out / PAGE, unchanged=False, notes=tuple(notes))


async def _executed(
    files: Sequence[Path], runners: Sequence[Runner], charts: _Charts, told: Told
) -> list[Any]:
    """Run the chapters side by side, and have the charts of each drawn while the next one runs."""
    executed: dict[Path, Any] = {}
    # The brief draws nothing and takes longest: run in the middle, it neither keeps the browser
    # waiting for its first charts nor holds up the end.
    first, *rest = files
    waiting = iter([*rest[:3], first, *rest[3:]])

    async def take_turns(runner: Runner) -> None:
        for file in waiting:
            executed[file] = await runner.run(file, told)
            charts.ask(executed[file])
        await runner.stop()

    try:
        async with asyncio.TaskGroup() as group:
            for runner in runners:
                group.create_task(take_turns(runner))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [executed[file] for file in files]


class _Charts:
    """The charts of a build: asked for as chapters are executed, waited for at the end.

    Attributes
    ----------
    failure
        Why the browser did not give all that it was asked for, where it did not.
    """

    def __init__(self, running: Browser | None, cache: Path, dataset: Dataset) -> None:
        from accords.publish import pictures

        self._studio = pictures.Pictures(running, cache) if running else None
        self._source = _source_line(dataset)
        self._drawings: dict[str, Future[Picture]] = {}
        self._files: list[Future[dict[str, bytes]]] = []
        self._shown: list[Mapping[str, Any]] = []
        self._workers = ThreadPoolExecutor(1)
        self.failure: BrowserError | None = None

    def __enter__(self) -> _Charts:
        return self

    def __exit__(self, *_: object) -> None:
        if self._studio is not None:
            self._studio.close()
        self._workers.shutdown(cancel_futures=True)

    def ask(self, notebook: Any) -> None:
        """Have the charts of one executed chapter drawn."""
        from accords.publish import notebooks, page

        if self._studio is None:
            return
        page.identify(notebook)
        for figure in notebooks.figures(notebook):
            drawing = self._studio.request(figure)
            self._drawings[page.figure_key(figure)] = drawing
            self._shown.append(figure["layout"]["meta"])
            self._files.append(self._workers.submit(self._files_of, self._studio, drawing, figure))

    async def drawn(self, told: Told) -> dict[str, Picture]:
        """Wait for all drawings; give those that were made by the figure's key."""
        ready: dict[str, Picture] = {}
        for key, drawing in self._drawings.items():
            told("drawing the charts", len(ready), len(self._drawings))
            if (picture := await self.given(drawing)) is not None:
                ready[key] = picture
        told("drawing the charts", len(ready), len(ready))
        return ready

    async def files(self) -> dict[str, bytes]:
        """Wait for all files, titled SVG and PNG; give those that were made by name, and a list."""
        from accords.publish import pictures

        made = [await self.given(files) for files in self._files]
        files = {name: content for each in made if each for name, content in each.items()}
        if files:
            shown = [meta for meta in self._shown if f"{meta['name']}.svg" in files]
            files[SHEET] = pictures.contact_sheet(shown, self._source).encode()
        return files

    async def given(self, asked: Future[Any]) -> Any:
        """Wait for what the browser was asked for; give nothing, and note it, where it failed."""
        from accords.publish.browser import BrowserError

        try:
            return await asyncio.wrap_future(asked)
        except BrowserError as error:
            self.failure = self.failure or error
            return None

    def _files_of(
        self, studio: Pictures, drawing: Future[Picture], figure: dict[str, Any]
    ) -> dict[str, bytes]:
        from accords.publish import pictures

        meta = figure["layout"]["meta"]
        markup = pictures.titled(drawing.result().wide, meta, self._source)
        return {
            f"{meta['name']}.svg": markup.encode(),
            f"{meta['name']}.png": studio.png(markup),
        }


def _checked(job: Plan) -> Dataset:
    """Load the dataset, or say all that is wrong with it."""
    from accords.checks import check
    from accords.dataset import load

    problems = [problem for problem in check(job.data) if problem.severity == "error"]
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems[:SHOWN_PROBLEMS])
        more = len(problems) - SHOWN_PROBLEMS
        rest = f"\n  and {more} more" if more > 0 else ""
        raise BuildError(
            f"{job.data}: the data have {len(problems)} problem(s); nothing was built.\n"
            f"{listed}{rest}\nSee all with: accords check {job.data}"
        )
    return load(job.data, focus=job.focus)


def _exporter(
    dataset: Dataset, folder: Path
) -> Callable[[Path, Any, dict[str, Picture], Mapping[str, str]], None]:
    """Prepare the page while the notebooks still run."""
    from accords.publish import page
    from accords.publish.exporter import AccordsExporter, Context

    records = page.records(dataset)
    exporter = AccordsExporter()

    def export(
        page: Path, notebook: Any, drawn: dict[str, Picture], prints: Mapping[str, str]
    ) -> None:
        beside = {**prints, WORKBOOK: "all tables, for a spreadsheet"}
        exporter.context = Context(dataset, drawn, records, beside)
        # Pictures beside the notebooks are found from their folder.
        place = {"metadata": {"path": str(folder)}}
        markup, _ = exporter.from_notebook_node(notebook, place)
        page.write_text(markup, encoding="utf-8", newline="\n")

    return export


def _workbook(dataset: Dataset) -> bytes:
    """Give the dataset as an Excel file."""
    from accords.curation.workbook import write_workbook

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / WORKBOOK
        write_workbook(dataset, file)
        return file.read_bytes()


def _changes(job: Plan, dataset: Dataset) -> Any:
    """Give the chapter on what changed since an earlier edition, where one is given or found."""
    from accords.curation import editions
    from accords.publish import changes

    if not set(dataset.descriptor.get("focus", ())) <= set(dataset.focus):
        return None  # Editions are compared whole, and this is a part of one.
    difference = (
        editions.compared(job.since, dataset, job.data)
        if job.since
        else editions.since_previous(dataset)
    )
    return changes.as_notebook(difference) if difference is not None else None


def _source_line(dataset: Dataset) -> str:
    from accords.publish.page import day

    title = dataset.descriptor.get("title", "Defence agreements")
    return f"Source: {title}, edition {dataset.edition} ({day(dataset.released)}). CC BY 4.0."


def _place(
    job: Plan, stage: Path, pieces: dict[str, bytes], inputs: dict[str, str], dataset: Dataset
) -> None:
    """Move everything into place, the manifest last; take away what a former build left."""
    for name, content in pieces.items():
        (stage / name).write_bytes(content)
    targets = {
        file: (job.figures if file.name in pieces else job.out) / file.name
        for file in sorted(stage.iterdir())
    }
    manifest = {
        "edition": dataset.edition,
        "released": dataset.released.date().isoformat(),
        "read_until": dataset.as_of.date().isoformat(),
        "focus": list(dataset.focus),
        "inputs": inputs,
        "outputs": {_relative(job, target): _hash(file) for file, target in targets.items()},
        "packages": _packages(),
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
    code = sorted(
        file
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
    )
    measures = [
        file
        for file in code
        if not file.relative_to(PACKAGE).as_posix().startswith(NOT_FOR_NOTEBOOKS)
    ]
    data = [file for file in _settled_files(job.data) if file.suffix in (".csv", ".json", ".md")]
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
    name = job.since or "edition-*"
    file = Path(name)
    if file.is_file():
        return _hash(file)
    if file.is_dir():
        return _hash_all((f for f in file.rglob("*") if f.is_file()), file)
    revisions = ["rev-parse", name]
    if not job.since:
        revisions = ["for-each-ref", "--format=%(refname) %(objectname)", f"refs/tags/{name}"]
    try:
        done = subprocess.run(
            ["git", "-C", str(job.data), *revisions], capture_output=True, text=True, check=False
        )
        found = done.stdout.strip()
    except OSError:
        found = ""
    # A name that git does not know is an input too: reading it says what is wrong with it.
    found = found or job.since or ""
    stored = [file for file in _settled_files(job.data) if file.suffix == ".zip"]
    return found if job.since else f"{found} {_hash_all(stored, job.data)}"


def _settled_files(folder: Path) -> list[Path]:
    """List the files below a folder, without those of a change that is being made ready."""
    return [file for file in folder.rglob("*") if exchange.ASIDE not in file.parts]


def _distributions() -> list[str]:
    """List what is installed, by the names of its folders: reading all metadata takes long."""
    folders = {Path(place) for place in sys.path if place.endswith("site-packages")}
    return sorted(info.name for folder in folders for info in folder.glob("*.dist-info"))


def _browser() -> str:
    """Tell one installed browser from another without starting it.

    The size alone does not: where the executable is a script that starts the browser, as on
    Debian, an upgrade changes only its time.
    """
    from accords.publish import browser

    found = browser.find()
    if found is None:
        return "none"
    file = Path(found).resolve()
    status = file.stat()
    return f"{file.name} {status.st_size} {status.st_mtime_ns}"


def _packages() -> dict[str, str]:
    """Give the versions that shape the report."""
    names = ("accords", "jinja2", "latex2mathml", "nbclient", "nbconvert", "numpy")
    more = ("pandas", "playwright", "plotly", "scipy", "statsmodels", "xlsxwriter")
    versions = {name: metadata.version(name) for name in sorted((*names, *more))}
    return {"python": sys.version.split()[0], **versions}


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


@contextlib.contextmanager
def _explained(out: Path) -> Iterator[None]:
    """Say of a file that cannot be written what to do about it."""
    try:
        yield
    except OSError as error:
        # A move has two names, of which the second is the target.
        where = error.filename2 or error.filename or out
        if exchange.ASIDE in str(where):
            where = out
        raise BuildError(
            f"{where}: cannot be written ({error.strerror or error}). Nothing was replaced. "
            "Free space, set its permissions, close it where it is open, or choose another folder "
            "with --out."
        ) from error


@contextlib.contextmanager
def _explained_reading(data: Path) -> Iterator[None]:
    """Say of a file that cannot be read what to do about it."""
    try:
        yield
    except OSError as error:
        raise BuildError(
            f"{error.filename or data}: cannot be read ({error.strerror or error}). "
            "Set its permissions or restore it, and build again."
        ) from error


@contextlib.contextmanager
def _locked(out: Path, told: Told) -> Iterator[None]:
    """Let one build at a time write to a folder; another waits its turn.

    A new folder in which nothing came to be is removed.
    """
    new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with exchange.locked(out, lambda: told("waiting for another build", 0, 1)):
            yield
    finally:
        if new and not any(out.iterdir()):
            out.rmdir()
