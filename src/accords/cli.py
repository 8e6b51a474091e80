"""The command line: a thin skin on the package's functions."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="accords",
    help="Defence agreements of Azerbaijan and Morocco: check the data, build the report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def main() -> None:
    """Defence agreements: check the data, build the report."""
