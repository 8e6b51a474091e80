"""The documentation keeps its promises: its commands run, and none is missing from it.

Run this file to write ``docs/commands.md`` anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import builders
import openpyxl
import pytest
import typer

from accords.cli import app

ROOT = builders.ROOT
HANDBOOK = ROOT / "docs" / "updating.md"
COMMANDS = ROOT / "docs" / "commands.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands() -> dict[str, Any]:
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def reference() -> str:
    """Write the list of commands from the command line itself."""
    parts = [
        "# Commands",
        "Each is run in the project's folder, or anywhere with `--data`. `accords COMMAND --help` "
        "says the same.",
    ]
    for name, command in sorted(commands().items()):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join(
            ["accords", name, *(_optional(p.name.upper(), p.required) for p in arguments)]
        )
        parts += [f"## {name}", f"`{usage}`", re.sub(r"\s*\n\s*", " ", command.help).strip()]
        lines = [f"- `{p.name.upper()}`: {_help(p)}" for p in arguments]
        for option in (p for p in command.params if p.param_type_name == "option"):
            names = ", ".join(f"`{n}`" for n in (*option.opts, *option.secondary_opts))
            lines.append(f"- {names}: {_help(option)}")
        if lines:
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _optional(name: str, required: bool) -> str:
    return name if required else f"[{name}]"


def _help(parameter: Any) -> str:
    return (getattr(parameter, "help", None) or "").replace("\n", " ")


def test_the_list_of_commands_is_current() -> None:
    assert COMMANDS.read_text(encoding="utf-8") == reference(), f"run python {Path(__file__).name}"


def test_every_option_says_what_it_does() -> None:
    for name, command in commands().items():
        assert command.help, name
        for parameter in command.params:
            assert _help(parameter) or parameter.name == "help", f"{name} {parameter.name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_pages_name_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = commands()
    for line in re.findall(r"^(?:\$ )?accords (.+)$|`accords ([^`]+)`", text, flags=re.MULTILINE):
        words = shlex.split(line[0] or line[1], comments=True)
        if not words or words[0].isupper():
            continue
        assert words[0] in known, f"{page.name}: no command {words[0]}"
        options = {o for p in known[words[0]].params for o in (*p.opts, *p.secondary_opts)}
        if known[words[0]].ignore_unknown_options:
            continue
        for word in words[1:]:
            if word.startswith("--") and word != "--help":
                assert word.partition("=")[0] in options, f"{page.name}: {words[0]} {word}"
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)", text):
        assert (page.parent / target).exists(), f"{page.name}: no {target}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project as a curator has it: data and notebooks under version control."""
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "As it was"]):
        run("git " + shlex.join(arguments), tmp_path)
    return tmp_path


def run(command: str, folder: Path) -> str:
    """Run one line of a page as it stands there; give all that it said."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "200",
        **{f"GIT_{who}_NAME": "A curator" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "curator@example.org" for who in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(
        shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def edit(folder: Path, directive: str) -> None:
    """Do to a workbook what the page says that the curator does."""
    name, _, cells = directive.partition(": ")
    book = openpyxl.load_workbook(folder / name)
    for cell in cells.split("; "):
        place, _, value = cell.partition(" = ")
        sheet, _, at = place.partition("!")
        book[sheet][at] = value
    book.save(folder / name)


@pytest.mark.slow
def test_the_handbook_can_be_followed_from_article_to_edition(project: Path) -> None:
    text = HANDBOOK.read_text(encoding="utf-8")
    steps = re.finditer(
        r"^```console\n(?P<console>.*?)^```|^<!-- edit (?P<edit>.*?) -->"
        r"|as `(?P<file>[\w.-]+)`:\n\n```yaml\n(?P<content>.*?)^```",
        text,
        flags=re.DOTALL | re.MULTILINE,
    )
    for step in steps:
        if step["edit"]:
            edit(project, step["edit"])
        elif step["file"]:
            (project / step["file"]).write_text(step["content"], encoding="utf-8")
        else:
            said = ""
            for line in step["console"].splitlines():
                if line.startswith("$ "):
                    said = run(line[2:], project)
                else:
                    assert line.strip() in said, f"{line!r} is not in:\n{said}"
    assert "## 1.1.0 (2027-02-15)" in (project / "data" / "CHANGELOG.md").read_text("utf-8")
    report = (project / "build" / "report.html").read_text(encoding="utf-8")
    assert "What changed since the last edition" in report
    assert "geo-mar-2026-plan-bilateral-cooperation-2027" in report
    assert "edition-1.1.0" in run("git tag", project)


if __name__ == "__main__":
    COMMANDS.write_text(reference(), encoding="utf-8")
