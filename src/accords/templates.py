"""Jinja templates, in which everything that comes from the data is escaped.

Each room keeps its own in a folder ``templates``. Imports nothing of the package.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template


def render(package: str, name: str, /, **context: Any) -> str:
    """Write a template of a package, such as ``accords.publish``, as HTML.

    A template is laid out for its readers: its indentation, and the line break after a tag that
    ends its line, do not reach the page.

    Raises
    ------
    jinja2.UndefinedError
        Where the template uses what the context lacks.
    """
    return template(package, name).render(context)


@cache
def template(package: str, name: str) -> Template:
    """Return a template, read once."""
    return _environment(package).get_template(name)


@cache
def _environment(package: str) -> Environment:
    folder = files(package) / "templates"

    def read(name: str) -> str:
        source = re.sub(r"^[ \t]+", "", (folder / name).read_text(encoding="utf-8"), flags=re.M)
        return re.sub(r">\n+(?=<|\{%)", ">", source)

    environment = Environment(
        loader=FunctionLoader(read),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment
