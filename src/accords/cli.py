"""The command line: a thin skin on the package's functions."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from accords import curate
from accords.errors import AccordsError


class _Commands(TyperGroup):
    """Turns the package's errors into one sentence and the exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except AccordsError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error


app = typer.Typer(
    cls=_Commands,
    name="accords",
    help="Defence agreements of Azerbaijan and Morocco: check the data, build the report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def main() -> None:
    """Defence agreements: check the data, build the report."""


curate.register(app)
