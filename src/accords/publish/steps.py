"""The steps of a build: check, execute, draw, write, print."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from accords.checks import check
from accords.curation import editions
from accords.curation.workbook import write_workbook
from accords.dataset import Dataset, load
from accords.publish import browser, cache, changes, notebooks, page, paper, pictures
from accords.publish.build import FIGURES, PAGE, WORKBOOK, BuildError, Plan, Told
from accords.publish.exporter import AccordsExporter, Context

T = TypeVar("T")

SHEET = "index.html"
"""The list of all pictures, beside them."""

NO_BROWSER = "The charts are interactive only, and there are no pictures and no PDFs."
"""What a report is without a browser."""

BROWSER_FAILED = (
    "The browser failed, so that the report lacks its PDFs or some pictures; charts without one "
    "are interactive only. Build again; if it fails again, name another browser in BROWSER_PATH."
)

SHOWN_PROBLEMS = 8
"""Problems of the data that a failing build names; ``accords check`` names all."""

KERNELS = 2
"""Kernels that run the chapters side by side."""


@dataclass(frozen=True)
class Made:
    """What the steps made beside the files: the dataset behind them, and why some are missing."""

    dataset: Dataset
    failure: browser.BrowserError | None
    notes: tuple[str, ...]


async def taken(job: Plan, key: str, stage: Path, told: Told) -> Made:
    """Take all steps, each as early as what it needs is there; leave the files in a folder.

    The kernels start while the data are checked; the page's parts are written while the notebooks
    run, and a chapter's pictures are drawn while the next one runs. ``key`` stands for all that
    executed notebooks depend on beside themselves.
    """
    started = time.time()
    try:
        async with contextlib.AsyncExitStack() as opened, asyncio.TaskGroup() as tasks:
            made = await _taken(job, key, stage, told, opened, tasks)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    for kept in ("notebooks", "pictures"):
        cache.prune(job.cache / kept, started)
    return made


async def _taken(
    job: Plan,
    key: str,
    stage: Path,
    told: Told,
    opened: contextlib.AsyncExitStack,
    tasks: asyncio.TaskGroup,
) -> Made:
    def aside(work: Callable[..., T], *arguments: Any) -> asyncio.Task[T]:
        return tasks.create_task(asyncio.to_thread(work, *arguments))

    files = notebooks.chapters(job.notebooks)
    parameters = {"DATA": str(job.data), "FOCUS": list(job.focus) if job.focus else None}
    runners = [notebooks.Runner(parameters, key, job.cache / "notebooks") for _ in range(KERNELS)]
    for runner in runners:
        opened.push_async_callback(runner.stop)
    told("checking the data", 0, 1)
    to_run = sum(not runners[0].kept(file).is_file() for file in files)
    await asyncio.gather(*(runner.start() for runner in runners[:to_run]))
    dataset = await asyncio.to_thread(_checked, job)
    told("checking the data", 1, 1)
    exporter = aside(_exporter, dataset, job.notebooks)
    workbook = aside(write_workbook, dataset, stage / WORKBOOK)
    changed = aside(_changes, job, dataset)
    found = browser.find()
    running = await opened.enter_async_context(browser.Browser(found)) if found else None
    charts = _Charts(running, job.cache / "pictures", stage / FIGURES, dataset, tasks)
    pages = [*await _executed(files, runners, charts, tasks, told)]
    if (chapter := await changed) is not None:
        pages.append(chapter)
    drawn = await charts.drawn(told)
    told("writing the page", 0, 1)
    export, report = await exporter, notebooks.join(pages)
    printer = running if job.pdf else None
    await asyncio.to_thread(export, stage, report, drawn, paper.PRINTS if printer else {})
    told("writing the page", 1, 1)
    if printer:
        told("printing", 0, 1)
        prints = await charts.given(paper.prints(printer, stage / PAGE, dataset.released))
        for name, pdf in (prints or {}).items():
            (stage / name).write_bytes(pdf)
        if prints is None:  # The page names what lies beside it.
            await asyncio.to_thread(export, stage, report, drawn, {})
        told("printing", 1, 1)
    await charts.filed()
    await workbook
    notes = [] if running else [f"{browser.missing()} {NO_BROWSER}"]
    if charts.failure:
        notes.append(f"{charts.failure} {BROWSER_FAILED}")
    return Made(dataset, charts.failure, tuple(notes))


async def _executed(
    files: Sequence[Path],
    runners: Sequence[notebooks.Runner],
    charts: _Charts,
    tasks: asyncio.TaskGroup,
    told: Told,
) -> list[Any]:
    """Run the chapters side by side, and have the charts of each drawn while the next one runs."""
    executed: dict[Path, Any] = {}
    # The brief draws nothing and takes longest: run in the middle, it neither keeps the browser
    # waiting for its first charts nor holds up the end.
    first, *rest = files
    waiting = iter([*rest[:3], first, *rest[3:]])

    async def take_turns(runner: notebooks.Runner) -> None:
        for file in waiting:
            executed[file] = await runner.run(file, told)
            charts.ask(executed[file])
        await runner.stop()

    for turns in [tasks.create_task(take_turns(runner)) for runner in runners]:
        await turns
    return [executed[file] for file in files]


class _Charts:
    """The charts of a build: asked for as chapters are executed, waited for at the end.

    ``failure`` is why the browser did not give all that it was asked for, where it did not.
    """

    def __init__(
        self,
        running: browser.Browser | None,
        kept: Path,
        folder: Path,
        dataset: Dataset,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._studio = pictures.Pictures(running, kept) if running else None
        self._folder = folder
        title = dataset.descriptor.get("title", "Defence agreements")
        edition = f"edition {dataset.edition} ({page.day(dataset.released)})"
        self._source = f"Source: {title}, {edition}. CC BY 4.0."
        self._tasks = tasks
        self._drawings: dict[str, asyncio.Task[pictures.Picture | None]] = {}
        self._files: list[asyncio.Task[None]] = []
        self._filed: list[Mapping[str, Any]] = []
        self.failure: browser.BrowserError | None = None

    def ask(self, notebook: Any) -> None:
        """Have the charts of one executed chapter drawn and filed."""
        if self._studio is None:
            return
        page.identify(notebook)
        for figure in notebooks.figures(notebook):
            drawing = self._tasks.create_task(self.given(self._studio.picture(figure)))
            self._drawings[page.figure_key(figure)] = drawing
            filed = self._file(self._studio, drawing, figure["layout"]["meta"])
            self._files.append(self._tasks.create_task(filed))

    async def drawn(self, told: Told) -> dict[str, pictures.Picture]:
        """Wait for all drawings; give those that were made by the figure's key."""
        ready: dict[str, pictures.Picture] = {}
        for key, drawing in self._drawings.items():
            told("drawing the charts", len(ready), len(self._drawings))
            if (picture := await drawing) is not None:
                ready[key] = picture
        told("drawing the charts", len(ready), len(ready))
        return ready

    async def filed(self) -> None:
        """Wait for all files, titled SVG and PNG, and list those that were made."""
        for filing in self._files:
            await filing
        if self._filed:
            sheet = pictures.contact_sheet(self._filed, self._source)
            (self._folder / SHEET).write_bytes(sheet.encode())

    async def given(self, asked: Coroutine[Any, Any, T]) -> T | None:
        """Wait for what the browser was asked for; give nothing, and note it, where it failed."""
        try:
            return await asked
        except browser.BrowserError as error:
            self.failure = self.failure or error
            return None

    async def _file(
        self,
        studio: pictures.Pictures,
        drawing: asyncio.Task[pictures.Picture | None],
        meta: dict[str, Any],
    ) -> None:
        if (picture := await drawing) is None:
            return
        markup = await asyncio.to_thread(pictures.titled, picture.wide, meta, self._source)
        if (png := await self.given(studio.png(markup))) is not None:
            self._folder.mkdir(exist_ok=True)
            (self._folder / f"{meta['name']}.svg").write_bytes(markup.encode())
            (self._folder / f"{meta['name']}.png").write_bytes(png)
            self._filed.append(meta)


def _checked(job: Plan) -> Dataset:
    """Load the dataset, or say all that is wrong with it."""
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
) -> Callable[[Path, Any, dict[str, pictures.Picture], Mapping[str, str]], None]:
    """Prepare the page while the notebooks still run."""
    records = page.records(dataset)
    exporter = AccordsExporter()

    def export(
        stage: Path,
        notebook: Any,
        drawn: dict[str, pictures.Picture],
        prints: Mapping[str, str],
    ) -> None:
        beside = {**prints, WORKBOOK: "all tables, for a spreadsheet"}
        exporter.context = Context(dataset, drawn, records, beside)
        # Pictures beside the notebooks are found from their folder.
        place = {"metadata": {"path": str(folder)}}
        markup, _ = exporter.from_notebook_node(notebook, place)
        (stage / PAGE).write_text(markup, encoding="utf-8", newline="\n")

    return export


def _changes(job: Plan, dataset: Dataset) -> Any:
    """Give the chapter on what changed since an earlier edition, where one is given or found."""
    if not set(dataset.descriptor.get("focus", ())) <= set(dataset.focus):
        return None  # Editions are compared whole, and this is a part of one.
    difference = (
        editions.compared(job.since, dataset, job.data)
        if job.since
        else editions.since_previous(dataset)
    )
    return changes.as_notebook(difference) if difference is not None else None
