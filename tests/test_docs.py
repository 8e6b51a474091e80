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
import test_project
import typer

from accords.cli import app
from accords.curation.editions import store
from accords.dataset import load

ROOT = builders.ROOT
HANDBOOK = ROOT / "docs" / "updating.md"
COMMANDS = ROOT / "docs" / "commands.md"
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands() -> dict[str, Any]:
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def reference() -> str:
    """Write the list of commands from the command line itself."""
    parts = [
        "# Commands",
        "Each is run in the project's folder, or anywhere with `--data`. `accords COMMAND --help` "
        "says the same. After `make report`, and in each new terminal, this makes `accords` known:",
        "```sh\n. .venv/bin/activate   # on Windows: .venv\\Scripts\\activate\n```",
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


def named(text: str) -> list[tuple[str, list[str]]]:
    """Give each command that a page names, in a line of its own or in code, with its options."""
    lines = re.findall(r"^ *(?:\$ )?accords (.+)$|`accords ([^`]+)`", text, flags=re.MULTILINE)
    calls = [(line or code).partition("#")[0].split(maxsplit=1) for line, code in lines]
    return [
        (name, re.findall(r"--[\w-]+", "".join(rest)))
        for name, *rest in calls
        if not name.isupper()
    ]


def unknown(text: str) -> list[str]:
    """Give the commands and options that a page names and the command line does not have."""
    options = {
        name: {"--help"}.union(*((*p.opts, *p.secondary_opts) for p in command.params))
        for name, command in commands().items()
    }
    wrong = [name for name, _ in named(text) if name not in options]
    for name, used in named(text):
        if name in options and not commands()[name].ignore_unknown_options:
            wrong += [f"{name} {option}" for option in used if option not in options[name]]
    alone = re.findall(r"`(--[\w-]+)[^`]*`", text)
    return wrong + [option for option in alone if option not in set().union(*options.values())]


def forgotten(text: str) -> set[str]:
    """Give the commands that a page does not name."""
    return commands().keys() - {name for name, _ in named(text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_pages_name_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert unknown(text) == []
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)", text):
        assert (page.parent / target).exists(), f"{page.name}: no {target}"


def test_the_readme_names_every_command() -> None:
    assert forgotten(README.read_text(encoding="utf-8")) == set()


def test_the_docs_name_every_option() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES if page != README)
    for name, command in commands().items():
        for option in (o for p in command.params for o in (*p.opts, *p.secondary_opts)):
            assert not option.startswith("--") or f"`{option}`" in text, f"{name} {option}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[--since EDITION] [--no-pdf]", "[--sinze EDITION] [--no-pdf]"),
        ("`--since` adds", "`--sinze` adds"),
        ("    accords release 1.1.0 ", "    accords relaese 1.1.0 "),
        ("| `accords watch [--data", "| `watch [--data"),
    ],
)
def test_a_slip_in_the_readme_is_found(old: str, new: str) -> None:
    text = README.read_text(encoding="utf-8")
    assert old in text
    slipped = text.replace(old, new)
    assert unknown(slipped) or forgotten(slipped)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_makes_the_commands_known_before_it_uses_them(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    first = re.search(r"^ *(?:\$ )?accords ", text, flags=re.MULTILINE)
    before = text[: first.start()] if first else text
    assert re.search(r"^ *\. \.venv/bin/activate", before, flags=re.MULTILINE)
    assert r".venv\Scripts\activate" in before


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project as a curator has it: data, a chapter and papers under version control.

    The data are made up: the handbook's example is an edition after 1.0.0, whatever is shipped.
    """
    store(builders.write(builders.small(), tmp_path / "data"))
    (tmp_path / "notebooks").mkdir()
    for name in ("README.md", "CITATION.cff", "notebooks/00-brief.ipynb"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "As it was"]):
        run("git " + shlex.join(arguments), tmp_path)
    return tmp_path


def run(command: str, folder: Path) -> str:
    """Run one line of a page as it stands there; give all that it said."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "200",
        # Pictures are tried with the build; here they would take longer than all else.
        "BROWSER_PATH": "/nowhere/chromium",
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
def test_the_handbook_can_be_followed_from_article_to_edition(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    assert ">1</a> new" in report
    assert '<a href="#geo-mar-2026-plan-bilateral-cooperation-2027">' in report
    assert "edition-1.1.0" in run("git tag", project)
    assert run("git status --short --untracked-files=no", project) == "", "all is committed"
    monkeypatch.setattr(test_project, "PAPERS", project)
    released = load(project / "data")
    test_project.test_version_is_the_same_everywhere(released)
    test_project.test_the_readme_names_the_edition_and_its_size(released)


if __name__ == "__main__":
    COMMANDS.write_text(reference(), encoding="utf-8")
