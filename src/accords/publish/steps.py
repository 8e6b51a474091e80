"""The steps of a build: check, execute, draw, write, print."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from markupsafe import Markup

from accords.checks import check
from accords.curation import editions
from accords.curation.workbook import write_workbook
from accords.dataset import Dataset, citations, load
from accords.prose import names
from accords.publish import browser, cache, changes, notebooks, page, paper
from accords.publish.exporter import AccordsExporter, Context
from accords.publish.job import FIGURES, PAGE, WORKBOOK, BuildError, Plan, Told
from accords.publish.pictures import Chart, Pictures
from accords.templates import render

T = TypeVar("T")

NO_BROWSER = "The charts are interactive only, and there are no pictures and no PDFs."
"""What a report is without a browser."""

BROWSER_FAILED = (
    "The browser failed, so that the report lacks its PDFs or some pictures; charts without one "
    "are interactive only. Build again; if it fails again, name another browser in BROWSER_PATH."
)

SHOWN_PROBLEMS = 8  # problems of the data that a failing build names; ``accords check`` names all
KERNELS = 2  # kernels that run the chapters side by side

Made = tuple[Dataset, tuple[str, ...], browser.BrowserError | None]
"""What the steps give beside the files: the dataset, notes, and the browser's failure."""


async def taken(job: Plan, key: str, stage: Path, told: Told) -> Made:
    """Take all steps, each as early as what it needs is there; leave the files in a folder.

    The kernels start while the data are checked; the page's parts are written while the notebooks
    run, and a chapter's pictures are drawn while the next one runs. ``key`` stands for all that
    executed notebooks depend on beside themselves.
    """
    try:
        async with contextlib.AsyncExitStack() as opened, asyncio.TaskGroup() as tasks:
            made = await _taken(job, key, stage, told, opened, tasks)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    for kept in ("notebooks", "pictures"):
        cache.prune(job.cache / kept)
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
    records = aside(_written, dataset, stage / WORKBOOK)
    changed = aside(_changes, job, dataset)
    found = browser.find()
    running = await opened.enter_async_context(browser.Browser(found)) if found else None
    studio = Pictures(running, job.cache / "pictures")
    title, day = citations.work(dataset)["title"], names.day(dataset.released)
    source = f"Source: {title}, edition {dataset.edition} ({day}). CC BY 4.0."
    executed: dict[Path, Any] = {}
    drawings: list[asyncio.Task[Chart]] = []

    async def take_turns(runner: notebooks.Runner) -> None:
        for file in waiting:
            executed[file] = await runner.run(file, told)
            page.identify(executed[file])
            for figure in notebooks.figures(executed[file]):
                drawings.append(tasks.create_task(studio.chart(figure, source)))
        await runner.stop()

    # The brief draws nothing and takes longest: run in the middle, it neither keeps the browser
    # waiting for its first charts nor holds up the end.
    waiting = iter([*files[1:4], files[0], *files[4:]])
    for turns in [tasks.create_task(take_turns(runner)) for runner in runners]:
        await turns
    report = notebooks.join([*(executed[file] for file in files), *await changed])
    for number, drawing in enumerate(drawings):
        told("drawing the charts", number, len(drawings))
        await drawing
    told("drawing the charts", len(drawings), len(drawings))
    charts = sorted((drawing.result() for drawing in drawings), key=lambda each: each.meta["name"])
    drawn = {each.meta["name"]: each.picture for each in charts if each.picture}
    context = Context(dataset, drawn, await records)
    printer = running if job.pdf else None
    told("writing the page", 0, 1)
    await asyncio.to_thread(_export, context, report, job, stage, paper.PRINTS if printer else {})
    told("writing the page", 1, 1)
    if printer:
        told("printing", 0, 1)
        prints = await studio.given(paper.prints(printer, stage / PAGE, dataset.released))
        for name, pdf in (prints or {}).items():
            (stage / name).write_bytes(pdf)
        if prints is None:  # The page names what lies beside it.
            await asyncio.to_thread(_export, context, report, job, stage, {})
        told("printing", 1, 1)
    _file([each for each in charts if each.files], stage / FIGURES, source)
    notes = [] if running else [f"{browser.missing()} {NO_BROWSER}"]
    if studio.failure:
        notes.append(f"{studio.failure} {BROWSER_FAILED}")
    return dataset, tuple(notes), studio.failure


def _export(
    context: Context, report: Any, job: Plan, stage: Path, prints: Mapping[str, str]
) -> None:
    exporter = AccordsExporter()
    beside = {**prints, WORKBOOK: "all tables, for a spreadsheet"}
    exporter.context = replace(context, beside=beside)
    # Pictures beside the notebooks are found from their folder.
    markup, _ = exporter.from_notebook_node(report, {"metadata": {"path": str(job.notebooks)}})
    (stage / PAGE).write_text(markup, encoding="utf-8", newline="\n")


def _file(charts: list[Chart], folder: Path, source: str) -> None:
    """Write the files of charts, and a page that shows them."""
    if charts:
        folder.mkdir()
        figures = [chart.meta for chart in charts]
        sheet = render("accords.publish", "contact.html.j2", figures=figures, source=source)
        (folder / "index.html").write_text(sheet, encoding="utf-8", newline="\n")
    for name, content in [file for chart in charts for file in chart.files.items()]:
        (folder / name).write_bytes(content)


def _checked(job: Plan) -> Dataset:
    problems = [problem for problem in check(job.data) if problem.severity == "error"]
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems[:SHOWN_PROBLEMS])
        raise BuildError(
            f"{job.data}: the data have {len(problems)} problem(s); nothing was built.\n"
            f"{listed}\nSee all with: accords check {job.data}"
        )
    return load(job.data, focus=job.focus)


def _written(dataset: Dataset, workbook: Path) -> dict[str, Markup]:
    """Write the workbook, and then the page's parts about the records: each can be large."""
    write_workbook(dataset, workbook)
    gc.collect()  # A book refers to its sheets and they to it, and would stay in memory.
    return page.records(dataset)


def _changes(job: Plan, dataset: Dataset) -> list[Any]:
    """Give the chapter on what changed since an earlier edition, where one is given or found."""
    if not set(dataset.descriptor.get("focus", ())) <= set(dataset.focus):
        return []  # Editions are compared whole, and this is a part of one.
    if job.since:
        return [changes.as_notebook(editions.compared(job.since, dataset, job.data))]
    difference = editions.since_previous(dataset)
    return [changes.as_notebook(difference)] if difference is not None else []
