"""The curator's commands: workbooks out and in, additions, differences, releases, watching."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as day
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accords.errors import AccordsError

if TYPE_CHECKING:
    from accords.curation.draft import Outcome

# What the commands take; arguments first.
_DATA = "The dataset's folder; by default the nearest folder 'data'."
_ROWS = "A CSV file: table, agreement_id, key, column, old, new; url and why if you like."
_ENTRIES = "Add the entries of a YAML or JSON file, or the disputes of a CSV file."
_NEWER = "Undo what was changed in the data since the workbook was made."
_SINCE = "The edition before: its version, folder or git revision; else looked up."
_UNTIL = "Until when sources were read; by default the newest source's day."
_DATE = "The edition's date; by default today."
_DAY = ["%Y-%m-%d"]

Folder = Annotated[Path | None, typer.Argument(help=_DATA)]
NewWorkbook = Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")]
Workbook = Annotated[Path, typer.Argument(help="The edited workbook.")]
Corrections = Annotated[Path, typer.Argument(help=_ROWS)]
Old = Annotated[str, typer.Argument(help="An edition, a folder or a git revision.")]
New = Annotated[str | None, typer.Argument(help="The same; by default the data as they are.")]
Version = Annotated[str, typer.Argument(help="Three numbers, such as 1.1.0.")]
Data = Annotated[Path | None, typer.Option(help=_DATA)]
Out = Annotated[Path | None, typer.Option(help="The report's folder; by default 'build'.")]
Since = Annotated[str | None, typer.Option(metavar="EDITION", help=_SINCE)]
Newer = Annotated[bool, typer.Option("--discard-newer", help=_NEWER)]
Source = Annotated[Path | None, typer.Option("--from", metavar="FILE", help=_ENTRIES)]
Template = Annotated[bool, typer.Option("--template", help="Print an empty entry, explained.")]
Date = Annotated[datetime | None, typer.Option(metavar="DAY", formats=_DAY, help=_DATE)]
Until = Annotated[datetime | None, typer.Option(metavar="DAY", formats=_DAY, help=_UNTIL)]
Port = Annotated[int, typer.Option(help="Port on this machine; 0 takes a free one.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (export_workbook, import_workbook, add, correct, diff, release, watch):
        app.command(command.__name__.replace("_", "-"))(command)


def export_workbook(file: NewWorkbook, data: Data = None) -> None:
    """Write all tables as one Excel workbook, to edit or to hand on."""
    from accords.curation.workbook import write_workbook
    from accords.dataset import load

    dataset = load(data)
    write_workbook(dataset, file)
    typer.echo(f"{file}: {len(dataset.agreements)} agreements, edition {dataset.edition}.")


def import_workbook(file: Workbook, data: Data = None, discard_newer: Newer = False) -> None:
    """Check an edited workbook and, if it is whole and right, put its tables into the data."""
    from accords.curation import imports
    from accords.dataset import find_data

    _take(
        lambda: imports.import_workbook(file, data or find_data(), discard_newer=discard_newer),
        end=": fix the workbook and import again",
    )


def add(data: Data = None, source: Source = None, template: Template = False) -> None:
    """Add an agreement, or news of one: asked for on the terminal, or read from a file."""
    from accords.curation import additions, prompts
    from accords.curation.entries import Entry, read_entries
    from accords.dataset import find_data, load, own_data

    if template:
        typer.echo(prompts.template(load(data or own_data())), nl=False)
    elif source is not None:
        entries = read_entries(source)
        _take(lambda: additions.add(entries, data or find_data()))
    else:
        folder, entry = data or find_data(), Entry()
        ask = partial(typer.prompt, default="", show_default=False)
        try:
            prompts.fill_in(load(folder), ask, typer.echo, entry)
            typer.echo(f"\n{prompts.written(entry)}")
            typer.confirm("Add this to the data?", abort=True)
            _take(lambda: additions.add([entry], folder))
        except (typer.Abort, typer.Exit, AccordsError):
            if entry:
                names = (Path(f"new-agreement-{number}.yaml") for number in count(1))
                draft = next(file for file in names if not file.exists())
                draft.write_text(prompts.written(entry), encoding="utf-8", newline="\n")
                typer.echo("\nNothing was written to the data.")
                typer.echo(f"What you typed is in {draft}. To go on: accords add --from {draft}")
            raise


def correct(file: Corrections, data: Data = None) -> None:
    """Correct cells that the data have, or delete rows: all that the file says, or nothing.

    Each correction names what stands in the cell, and is refused where something else does.
    """
    from accords.curation import corrections
    from accords.dataset import find_data

    _take(lambda: corrections.correct(file, data or find_data()))


def diff(old: Old, new: New = None, data: Data = None) -> None:
    """List the agreements, and the findings of the report, that differ, field by field."""
    from accords.curation import editions, telling
    from accords.dataset import load

    difference = editions.compared(old, editions.read(new, data) if new else load(data), data)
    typer.echo("\n".join(telling.told(difference)))


def release(
    version: Version,
    date: Date = None,
    read_until: Until = None,
    since: Since = None,
    data: Data = None,
) -> None:
    """Make the data as they are a new edition: checked, described, dated, stored and built."""
    import pandas as pd

    from accords.curation import editions, telling
    from accords.dataset import find_data
    from accords.publish import build

    folder, dated = data or find_data(), pd.Timestamp(date or day.today())
    difference = editions.release(
        version,
        folder,
        date=dated,
        read_until=pd.Timestamp(read_until) if read_until else None,
        since=since,
        build=lambda: build.build(build.plan(folder, since=since)),
    )
    typer.echo("\n".join(telling.told(difference)))
    typer.echo(f"Edition {version} ({dated:%Y-%m-%d}) is released.")


def watch(data: Data = None, port: Port = 8765, out: Out = None) -> None:
    """Rebuild the report whenever the data or notebooks change, and show it in the browser.

    The PDFs are left to accords build.
    """
    from accords.publish import build
    from accords.publish import watch as watching

    watching.watch(build.plan(data, out, pdf=False), port=port, say=typer.echo)


def _take(change: Callable[[], Outcome], end: str = " to the data") -> None:
    from accords.curation.changes import summary
    from accords.curation.draft import Refused

    try:
        changes, remarks = change()
    except Refused as error:
        number = len(error.remarks)
        typer.echo(str(error))
        typer.echo(f"{number} problem{'s' * (number != 1)}. Nothing was written{end}.")
        raise typer.Exit(1) from error
    for remark in remarks:
        typer.echo(f"Note: {remark}")
    if changes:
        typer.echo("The data were updated:")
        typer.echo("\n".join(f"  {line}" for line in summary(changes)))
    else:
        typer.echo("Nothing differs from the data; nothing was written.")
