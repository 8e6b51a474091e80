"""Text that is written from a template, which lies in the folder ``templates`` of its room."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def render(template: str, room: str = "curation", **values: Any) -> str:
    """Fill in a template; one of HTML escapes whatever is not marked as HTML.

    Parameters
    ----------
    template
        Its file's name, such as ``codebook.md.jinja``.
    room
        The folder of the package that has it.
    values
        What the template calls by name.
    """
    return _environment(room).get_template(template).render(values)


@cache
def _environment(room: str) -> Environment:
    return Environment(
        loader=PackageLoader(f"accords.{room}"),
        autoescape=select_autoescape(["html.jinja"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
