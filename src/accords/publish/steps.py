"""The steps of a build: check, execute, draw, write, print."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from accords.checks import check
from accords.curation import editions
from accords.curation.workbook import write_workbook
from accords.dataset import Dataset, load
from accords.publish import browser, cache, changes, notebooks, page, paper, pictures
from accords.publish.exporter import AccordsExporter, Context
from accords.publish.job import FIGURES, PAGE, WORKBOOK, BuildError, Plan, Told

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
    studio = pictures.Pictures(running, job.cache / "pictures")
    drawings: dict[str, asyncio.Task[pictures.Picture | None]] = {}
    filings: list[tuple[Mapping[str, Any], asyncio.Task[dict[str, bytes]]]] = []
    source = _source(dataset)

    async def take_turns(runner: notebooks.Runner) -> None:
        for file in waiting:
            executed[file] = await runner.run(file, told)
            page.identify(executed[file])
            for figure in notebooks.figures(executed[file]):
                meta = figure["layout"]["meta"]
                drawing = tasks.create_task(studio.picture(figure))
                drawings[cache.digest(figure)] = drawing
                filing = tasks.create_task(studio.files(drawing, meta, source))
                filings.append((meta, filing))
        await runner.stop()

    executed: dict[Path, Any] = {}
    # The brief draws nothing and takes longest: run in the middle, it neither keeps the browser
    # waiting for its first charts nor holds up the end.
    waiting = iter([*files[1:4], files[0], *files[4:]])
    for turns in [tasks.create_task(take_turns(runner)) for runner in runners]:
        await turns
    report = notebooks.join([*(executed[file] for file in files), *await changed])
    drawn: dict[str, pictures.Picture] = {}
    for number, (name, drawing) in enumerate(drawings.items()):
        told("drawing the charts", number, len(drawings))
        if (picture := await drawing) is not None:
            drawn[name] = picture
    told("drawing the charts", len(drawn), len(drawn))
    told("writing the page", 0, 1)
    export, printer = await exporter, running if job.pdf else None
    await asyncio.to_thread(export, stage, report, drawn, paper.PRINTS if printer else {})
    told("writing the page", 1, 1)
    if printer:
        told("printing", 0, 1)
        prints = await studio.given(paper.prints(printer, stage / PAGE, dataset.released))
        for name, pdf in (prints or {}).items():
            (stage / name).write_bytes(pdf)
        if prints is None:  # The page names what lies beside it.
            await asyncio.to_thread(export, stage, report, drawn, {})
        told("printing", 1, 1)
    _file([(meta, await filing) for meta, filing in filings], stage / FIGURES, source)
    await workbook
    notes = [] if running else [f"{browser.missing()} {NO_BROWSER}"]
    if studio.failure:
        notes.append(f"{studio.failure} {BROWSER_FAILED}")
    return Made(dataset, studio.failure, tuple(notes))


def _file(
    made: Sequence[tuple[Mapping[str, Any], Mapping[str, bytes]]], folder: Path, source: str
) -> None:
    """Write the files of all charts that have any, and a list of them."""
    shown = [meta for meta, files in made if files]
    if shown:
        folder.mkdir()
        sheet = pictures.contact_sheet(shown, source).encode()
        for name, content in [(SHEET, sheet), *(f for _, files in made for f in files.items())]:
            (folder / name).write_bytes(content)


def _source(dataset: Dataset) -> str:
    title = dataset.descriptor.get("title", "Defence agreements")
    edition = f"edition {dataset.edition} ({page.day(dataset.released)})"
    return f"Source: {title}, {edition}. CC BY 4.0."


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


def _exporter(dataset: Dataset, folder: Path) -> Callable[..., None]:
    """Prepare the page while the notebooks still run."""
    records = page.records(dataset)
    exporter = AccordsExporter()

    def export(stage: Path, notebook: Any, drawn: Any, prints: Mapping[str, str]) -> None:
        beside = {**prints, WORKBOOK: "all tables, for a spreadsheet"}
        exporter.context = Context(dataset, drawn, records, beside)
        # Pictures beside the notebooks are found from their folder.
        place = {"metadata": {"path": str(folder)}}
        markup, _ = exporter.from_notebook_node(notebook, place)
        (stage / PAGE).write_text(markup, encoding="utf-8", newline="\n")

    return export


def _changes(job: Plan, dataset: Dataset) -> list[Any]:
    """Give the chapter on what changed since an earlier edition, where one is given or found."""
    if not set(dataset.descriptor.get("focus", ())) <= set(dataset.focus):
        return []  # Editions are compared whole, and this is a part of one.
    difference = (
        editions.compared(job.since, dataset, job.data)
        if job.since
        else editions.since_previous(dataset)
    )
    return [changes.as_notebook(difference)] if difference is not None else []
