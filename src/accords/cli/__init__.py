"""The command line: a thin skin on the package's functions."""

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from accords.cli import curation as curate
from accords.errors import AccordsError, NoDataset

Focus = Annotated[
    str | None,
    typer.Option(help="Focus states, such as AZE,MAR; by default those that the data name."),
]
Pdf = Annotated[bool, typer.Option(help="Print brief.pdf, report.pdf and register.pdf too.")]
Json = Annotated[bool, typer.Option("--json", help="List the problems as JSON, for programs.")]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit code 1 where it is out of date.")
]


class _Commands(TyperGroup):
    """Turns the package's errors into one sentence and the exit code 2."""

    def main(self, *arguments: Any, **more: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A letter that the terminal's encoding lacks is a question mark, and not a failure.
                stream.reconfigure(errors="replace")
        sys.stdin = sys.stdin or io.StringIO()  # Where there is none, nobody answers.
        try:
            return super().main(*arguments, **more)
        except OSError as error:
            typer.echo(f"{error.filename or 'A file'}: {error.strerror or error}.", err=True)
            sys.exit(2)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except NoDataset as error:
            said = f"{error.missing} Go to the project's folder, or name the data's (see --help)."
        except AccordsError as error:
            said = str(error)
        typer.echo(said, err=True)
        raise typer.Exit(2)


# A blank line between the examples keeps each on a line of its own.
_EXAMPLES = """Examples:

accords check

accords build --focus TUR,PAK --out other

accords export-workbook agreements.xlsx
"""

app = typer.Typer(
    cls=_Commands,
    name="accords",
    epilog=_EXAMPLES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def main() -> None:
    """Defence agreements of Azerbaijan and Morocco: check the data, build the report."""


curate.register(app)


@app.command()
def build(
    data: curate.Data = None,
    out: curate.Out = None,
    focus: Focus = None,
    pdf: Pdf = True,
    since: curate.Since = None,
) -> None:
    """Build the report: check the data, run the notebooks, draw the charts, write the page.

    Example: accords build --focus AZE,MAR --out public
    """
    from accords.publish.build import build as build_report
    from accords.publish.build import plan

    states = focus and [state.strip().upper() for state in focus.split(",") if state.strip()]
    try:
        with _progress() as told:
            result = build_report(plan(data, out, states, pdf=pdf, since=since), told)
    except AccordsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for note in result.notes:
        typer.echo(note, err=True)
    typer.echo(f"{result.page} {'is up to date' if result.unchanged else 'is ready'}.")


@app.command()
def check(data: curate.Folder = None, as_json: Json = False) -> None:
    """Check the data: all problems at once, each with its place and what to do.

    Exit code 0: no errors (warnings do not count). 1: errors. 2: no dataset.
    """
    from rich.console import Console

    from accords.checks import check as find_problems
    from accords.checks.listing import listing

    problems = find_problems(data)
    if as_json:
        typer.echo(json.dumps([asdict(problem) for problem in problems], indent=2))
    else:
        for part in listing(problems):
            Console(highlight=False).print(part)
    raise typer.Exit(any(problem.severity == "error" for problem in problems))


@app.command()
def codebook(data: curate.Folder = None, only_check: Check = False) -> None:
    """Write CODEBOOK.md anew from the descriptor and the code lists."""
    from accords.curation import codebook as book
    from accords.dataset import find_data

    folder = data or find_data()
    if not only_check:
        typer.echo(f"{book.write(folder)} is up to date.")
    elif not book.is_current(folder):
        typer.echo(f"{folder / book.FILE} is out of date. Run 'accords codebook'.", err=True)
        raise typer.Exit(1)


_HANDED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=_HANDED_ON)
def lab(context: typer.Context) -> None:
    """Open the explorer's notebook in JupyterLab.

    Further options go to JupyterLab: accords lab --no-browser --port=8890
    """
    from accords.publish import serve

    serve.lab(context.args)


@app.command("app", context_settings=_HANDED_ON)
def open_app(context: typer.Context) -> None:
    """Open the explorer as a page of its own, without code.

    Further options go to voila: accords app --no-browser --port=8890
    """
    from accords.publish import serve

    serve.app(context.args)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show what a build is doing: a bar a step on a terminal, a line a step elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:28}"), BarColumn(24), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def told(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
                if not console.is_terminal:
                    console.print(step, highlight=False)
            bars.update(tasks[step], completed=done, total=total)

        yield told
