"""The command line says what it does, and takes what people type."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from accords.cli import app
from accords.publish import build

COMMANDS: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]

RUN = "from accords.cli import app; app()"


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments], env={"COLUMNS": "300", "TERMINAL_WIDTH": "300"})


def test_the_command_alone_lists_all_commands_and_gives_examples() -> None:
    said = invoke().output
    examples = [line.strip() for line in said.splitlines() if line.strip().startswith("accords ")]
    assert len(examples) >= 3
    assert {example.split()[1] for example in examples} <= COMMANDS.keys()
    for name in COMMANDS:
        assert f" {name} " in said


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_that_is_seen_is_the_help_that_was_written(name: str) -> None:
    said = " ".join(invoke(name, "--help").output.split())
    for text in [COMMANDS[name].help, *(getattr(p, "help", "") for p in COMMANDS[name].params)]:
        assert " ".join((text or "").split()) in said


@pytest.mark.parametrize("typed", ["AZE,MAR", "aze, mar,", " Aze ,MAR", "aze,,mar"])
def test_focus_states_are_taken_as_people_type_them(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(job: build.Plan, *_: object) -> build.Result:
        assert job.focus == ("AZE", "MAR")
        return build.Result(Path("report.html"), unchanged=False)

    monkeypatch.setattr(build, "build", built)
    assert invoke("build", "--focus", typed).output == "report.html is ready.\n"


def test_a_focus_without_a_state_is_not_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def built(job: build.Plan, *_: object) -> build.Result:
        assert job.focus == (), "which loading refuses"
        return build.Result(Path("report.html"), unchanged=False)

    monkeypatch.setattr(build, "build", built)
    for typed in ("", " ", ","):
        assert invoke("build", "--focus", typed).output == "report.html is ready.\n"


@pytest.mark.slow
def test_a_letter_that_the_terminal_lacks_does_not_fail_a_command(small_folder: Path) -> None:
    file = small_folder / "events.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("signed", "imzalanmış ə 🕊", 1), encoding="utf-8")
    for command in (["check"], ["nonsense ə"]):
        done = subprocess.run(
            [sys.executable, "-c", RUN, *command, small_folder],
            env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, 1, 2), done.stderr
        assert b"Traceback" not in done.stderr
        if command == ["check"]:
            assert b"imzalanm" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
@pytest.mark.parametrize(
    ("command", "streams", "code"), [("--help", ">/dev/full", 2), ("add", "<&-", 1)]
)
def test_a_full_disk_and_a_missing_terminal_are_no_failure_of_the_program(
    command: str, streams: str, code: int, small_folder: Path
) -> None:
    data = ["--data", str(small_folder)] if command == "add" else []
    done = subprocess.run(
        ["sh", "-c", f'"$@" {streams}', "sh", sys.executable, "-c", RUN, command, *data],
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_is_one_sentence(small_folder: Path) -> None:
    (small_folder / "CODEBOOK.md").mkdir()
    done = invoke("codebook", str(small_folder))
    assert done.exit_code == 2
    assert done.output.startswith(f"{small_folder / 'CODEBOOK.md'}: ")
