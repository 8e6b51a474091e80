"""Jinja templates; in those of markup everything that comes from the data is escaped.

Each room keeps its own in a folder ``templates``. Imports nothing of the package.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

MARKUP = (".html.j2", ".svg.j2")  # how the name of a template of markup ends


def render(package: str, name: str, /, **context: Any) -> str:
    """Fill in a template of a package, such as ``accords.publish``, with all that it uses.

    A template of markup (``.html.j2``, ``.svg.j2``) is laid out for its readers: its indentation,
    and the line break after a tag that ends its line, do not reach the page. Of any other
    (``.md.j2``, ``.txt.j2``) nothing is escaped, and line breaks stay as they are.
    """
    return template(package, name).render(context)


def template(package: str, name: str) -> Template:
    """Return a template."""
    return _environment(package).get_template(name)


@cache
def _environment(package: str) -> Environment:
    folder = files(package) / "templates"

    def read(name: str) -> str:
        source = (folder / name).read_text(encoding="utf-8")
        if not name.endswith(MARKUP):
            return source
        source = re.sub(r"^[ \t]+", "", source, flags=re.M)
        return re.sub(r">\n+(?=<|\{%)", ">", source)

    environment = Environment(
        loader=FunctionLoader(read),
        autoescape=lambda name: name is None or name.endswith(MARKUP),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment
