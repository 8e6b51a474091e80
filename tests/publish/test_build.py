"""A build gives a whole report or leaves the last good one, and says what went wrong where."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import builders
import nbformat
import pytest
from typer.testing import CliRunner

from accords import exchange
from accords.cli import app
from accords.errors import AccordsError
from accords.publish import browser, notebooks, paper
from accords.publish import build as builder
from accords.publish.build import build, plan
from accords.publish.job import BuildError

LOAD = """from accords import load
ds = load(DATA, focus=FOCUS, as_of=EDITION)"""
DRAW = """import plotly.graph_objects as go
from accords.charts import theme

def draw(year):
    fig = go.Figure(go.Bar(x=[1, 2], y=[3, len(ds.overview)]), layout={"template": "accords"})
    fig.update_traces(marker={"color": theme.colour("ink")})
    data = {"columns": ["Title"], "rows": [[title] for title in ds.agreements["title"]]}
    fig.layout.meta = {"name": f"01-{year}", "title": f"It is {year}", "subtitle": "n = 2",
        "alt": "Bars.", "measure": "len", "method": "", "narrow": {}, "data": data}
    return fig

draw("first")"""
WORDS = """from accords.words import count, paragraph
paragraph("On record:", count(ds.overview.index, "agreement"))"""


def _notebook(file: Path, *cells: str) -> None:
    parameters = nbformat.v4.new_code_cell("DATA = None\nFOCUS = None\nEDITION = None")
    parameters.metadata["tags"] = ["parameters"]
    title = nbformat.v4.new_markdown_cell(f"# {file.stem}")
    code = [nbformat.v4.new_code_cell(source) for source in (LOAD, *cells)]
    written = nbformat.v4.new_notebook(cells=[title, parameters, *code])
    for number, cell in enumerate(written.cells):
        cell.id = f"cell-{number}"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(written, file)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of two chapters and eight agreements."""
    root = tmp_path / "project"
    builders.write(builders.small(), root / "data")
    _notebook(root / "notebooks" / "00-key-findings.ipynb", WORDS)
    _notebook(root / "notebooks" / "01-chapter.ipynb", WORDS, DRAW)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a browser."""
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")


@pytest.fixture
def with_browser() -> None:
    """A machine with a browser."""
    if browser.find() is None:
        pytest.skip("no Chrome, Chromium or Edge on this machine")


def _outputs(root: Path) -> dict[str, bytes]:
    files = [*(root / "build").rglob("*"), *(root / "figures").rglob("*")]
    return {
        file.relative_to(root).as_posix(): file.read_bytes() for file in files if file.is_file()
    }


def _fail() -> str:
    result = CliRunner().invoke(app, ["build"])
    assert result.exit_code == 1
    return result.stderr


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("with_browser")
def test_one_command_makes_page_pictures_prints_workbook_and_manifest_twice_alike(
    project: Path,
) -> None:
    said = CliRunner().invoke(app, ["build"])
    assert said.exit_code == 0, said.output
    first = _outputs(project)
    assert set(first) == {
        *("build/report.html", "build/report.xlsx", "build/manifest.json"),
        *("build/brief.pdf", "build/report.pdf", "build/register.pdf"),
        *("figures/01-first.svg", "figures/01-first.png", "figures/index.html"),
    }
    for name in ("brief.pdf", "report.pdf", "register.pdf"):
        assert first[f"build/{name}"].startswith(b"%PDF")
        assert f"href={name}" in first["build/report.html"].decode().replace('"', "")
    assert "It is first" in first["figures/index.html"].decode()
    manifest = json.loads(first["build/manifest.json"])
    assert manifest["edition"] == builders.small().edition
    assert set(manifest["inputs"]) >= {"data", "notebooks", "code", "environment"}
    assert manifest["packages"]["pandas"]

    assert "is up to date" in CliRunner().invoke(app, ["build"]).output
    for folder in ("build", "figures", ".cache"):
        shutil.rmtree(project / folder)
    build(plan())
    second = _outputs(project)
    assert [name for name in first if first[name] != second.get(name)] == []


@pytest.mark.usefixtures("no_browser")
def test_without_a_browser_the_report_is_whole_and_says_so_once(project: Path) -> None:
    result = build(plan())
    assert len(result.notes) == 1
    assert "BROWSER_PATH" in result.notes[0]
    page = (project / "build" / "report.html").read_text(encoding="utf-8")
    assert page.count("No browser was there") == 1
    assert "8 agreements" in page
    assert 'id="fig-01-first"' in page
    assert not list((project / "figures").glob("*"))


@pytest.mark.usefixtures("no_browser")
def test_a_failing_cell_ends_the_build_and_leaves_the_last_report(project: Path) -> None:
    build(plan())
    before = _outputs(project)
    _notebook(project / "notebooks" / "01-chapter.ipynb", "1 + 1", "number = 1 / 0")
    said = _fail()
    assert "01-chapter.ipynb: cell 5 (cell-4) failed: ZeroDivisionError" in said
    assert "number = 1 / 0" in said
    assert "jupyter lab" in said
    assert _outputs(project) == before
    assert not (project / "build" / exchange.ASIDE).exists()


@pytest.mark.usefixtures("no_browser")
def test_what_a_chapter_no_longer_draws_is_taken_away(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(plan())
    manifest = project / "build" / "manifest.json"
    stale = project / "figures" / "01-stale.svg"
    stale.write_text("<svg/>")
    told = json.loads(manifest.read_text())
    told["outputs"]["../figures/01-stale.svg"] = "0"
    manifest.write_text(json.dumps(told))
    build(plan())
    assert not stale.exists()


@pytest.mark.usefixtures("no_browser")
def test_a_chapter_runs_in_an_empty_namespace(project: Path) -> None:
    _notebook(project / "notebooks" / "00-key-findings.ipynb", "left_over = 1")
    _notebook(project / "notebooks" / "01-chapter.ipynb", "left_over")
    assert "NameError: name 'left_over'" in _fail()


def test_a_missing_data_folder_is_named_with_the_remedy(project: Path) -> None:
    result = CliRunner().invoke(app, ["build", "--data", "elsewhere"])
    assert result.exit_code == 1
    assert "elsewhere: no dataset" in result.stderr
    assert "--data" in result.stderr


def test_data_with_problems_are_not_built_from(project: Path) -> None:
    events = project / "data" / "events.csv"
    events.write_text(events.read_text(encoding="utf-8").replace("signed", "singed"), "utf-8")
    said = _fail()
    assert "events.csv" in said
    assert "singed" in said
    assert not (project / "build" / "report.html").exists()


def test_a_place_that_cannot_be_written_gives_one_clear_error(project: Path) -> None:
    (project / "build").write_text("a file in the way")
    said = _fail()
    assert "cannot be written" in said
    assert "Traceback" not in said


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="not everyone is bound by rights")
def test_a_read_only_folder_gives_one_clear_error(project: Path) -> None:
    (project / "build").mkdir()
    (project / "build").chmod(0o555)
    assert "cannot be written" in _fail()


@pytest.mark.usefixtures("no_browser")
def test_a_full_disk_leaves_the_last_report(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(plan())
    before = _outputs(project)
    changelog = project / "data" / "CHANGELOG.md"
    changelog.write_text(changelog.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "report.html")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(BuildError, match="No space left on device"):
        build(plan())
    monkeypatch.undo()
    assert _outputs(project) == before
    assert not (project / "build" / exchange.ASIDE).exists()


@pytest.mark.usefixtures("no_browser")
def test_what_a_killed_build_left_is_cleared_away(project: Path) -> None:
    aside = project / "build" / exchange.ASIDE
    aside.mkdir(parents=True)
    (aside / "report.html").write_text("half a report")
    build(plan())
    assert not aside.exists()


def test_a_changed_output_is_built_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = plan()
    page = job.out / "report.html"
    page.parent.mkdir()
    page.write_text("good")
    manifest = {"inputs": builder._inputs(job), "outputs": {"report.html": builder._hash(page)}}
    (job.out / "manifest.json").write_text(json.dumps(manifest))
    assert build(job).unchanged
    page.write_text("changed")
    assert not builder._up_to_date(job, builder._inputs(job))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("data", lambda root: (root / "data" / "claims.csv").write_text("x")),
        ("notebooks", lambda root: _notebook(root / "notebooks" / "02-new.ipynb")),
    ],
)
def test_whatever_the_report_depends_on_is_hashed(
    project: Path, name: str, change: Callable[[Path], None]
) -> None:
    before = builder._inputs(plan())
    change(project)
    after = builder._inputs(plan())
    assert {key for key in before if before[key] != after[key]} == {name}


def test_outside_a_project_the_shipped_notebooks_are_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    job = plan(tmp_path / "data", tmp_path / "out", ["TUR", "PAK"])
    assert job.notebooks == builders.ROOT / "notebooks"
    assert job.figures == tmp_path / "out" / "figures"
    assert job.focus == ("TUR", "PAK")


def test_a_folder_without_chapters_is_named(tmp_path: Path) -> None:
    with pytest.raises(notebooks.NotebookError, match="no chapters"):
        notebooks.chapters(tmp_path)


def test_a_notebook_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "01-x.ipynb"
    file.write_text("{")
    with pytest.raises(notebooks.NotebookError, match=r"01-x\.ipynb"):
        notebooks.read(file)


def test_parameters_are_written_after_the_defaults() -> None:
    source = notebooks.with_parameters("DATA = None", {"DATA": "x y", "FOCUS": ["AZE"]})
    told: dict[str, Any] = {}
    exec(source, told)
    assert (told["DATA"], told["FOCUS"]) == ("x y", ["AZE"])


def test_a_build_works_where_an_event_loop_runs(project: Path, no_browser: None) -> None:
    async def as_in_a_notebook() -> Path:
        return build(plan()).page

    # In a thread of its own, for the browser's tests leave an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, as_in_a_notebook()).result().is_file()


def _change(project: Path) -> None:
    """Give the next build another page to make."""
    _notebook(project / "notebooks" / "01-chapter.ipynb", WORDS, WORDS)


def _command(project: Path, **environment: str) -> subprocess.Popen[str]:
    """Start ``accords build`` as from a terminal, in a group of processes of its own."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("accords"), "build"],
        cwd=project,
        env={**os.environ, "BROWSER_PATH": "/nowhere/chromium", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        # Where tests run in the background, a shell has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_build_and_its_kernels_and_leaves_the_last_report(
    project: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    (project / "build").mkdir()
    (project / "build" / "report.html").write_text("the last report")
    before = _outputs(project)
    # Both kernels say where they are, and would go on for as long as a notebook may.
    pids = tmp_path / "pids"
    pids.mkdir()
    for file in (project / "notebooks").glob("*.ipynb"):
        wait = f"import os, pathlib, time\n(pathlib.Path({str(pids)!r}) / str(os.getpid())).touch()"
        _notebook(file, f"{wait}\ntime.sleep(300)")
    with _command(project) as process:
        while len(list(pids.iterdir())) < 2:
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
        # A terminal's Ctrl-C reaches all that the command started in its group.
        os.killpg(process.pid, sent)
        said = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 130
    assert said[-1] == "Stopped. The last report is untouched."
    assert not [line for line in said if "Traceback" in line or "failed" in line]
    assert _outputs(project) == before
    assert not [pid.name for pid in pids.iterdir() if Path("/proc", pid.name).exists()]


@pytest.mark.usefixtures("no_browser")
def test_a_stop_that_comes_too_late_says_that_the_new_report_is_there(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = builder._place

    def placed(*arguments: Any) -> None:
        place(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(builder, "_place", placed)
    with pytest.raises(KeyboardInterrupt):
        build(plan())
    assert capsys.readouterr().err == "Stopped. The new report is in place.\n"


@pytest.mark.usefixtures("no_browser")
def test_where_one_file_cannot_be_replaced_none_is_and_it_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(plan())
    before = _outputs(project)
    _change(project)
    move, target = exchange._move, project / "build" / "report.xlsx"

    def open_in_excel(file: Path, to: Path) -> None:
        if to == target:
            raise PermissionError(errno.EACCES, "Permission denied", str(file), None, str(to))
        move(file, to)

    monkeypatch.setattr(exchange, "_move", open_in_excel)
    said = _fail()
    assert f"\n{target}: cannot be written (Permission denied). Nothing was replaced." in said
    assert _outputs(project) == before
    assert before["build/report.html"]


@pytest.mark.usefixtures("no_browser")
def test_a_folder_in_a_file_s_place_is_named_and_nothing_is_replaced(project: Path) -> None:
    build(plan())
    before = _outputs(project)
    _change(project)
    target = project / "build" / "report.xlsx"
    target.unlink()
    target.mkdir()
    said = _fail()
    assert f"\n{target}: cannot be written (Is a directory). Nothing was replaced." in said
    del before["build/report.xlsx"]
    assert _outputs(project) == before


class _FailingBrowser(browser.Browser):
    """A browser that gives none of its PDFs, or nothing at all."""

    gives = ("draw", "photograph")

    async def pdf(self, page: Path, part: str, pages: Any = ()) -> bytes:
        return self._given("pdf", b"PDF")

    async def draw(self, figure: dict[str, Any]) -> tuple[str, float, float]:
        box = f"0 0 {figure['layout']['width']} {figure['layout']['height']}"
        return self._given("draw", (f'<svg viewBox="{box}"><path d="M0,0h9"/></svg>', 0.0, 400.0))

    async def photograph(self, *arguments: Any, **_: Any) -> bytes:
        return self._given("photograph", b"PNG")

    def _given(self, name: str, made: Any) -> Any:
        if name not in self.gives:
            raise browser.BrowserError("chromium: stopped answering.")
        return made


@pytest.mark.parametrize(
    ("gives", "pictures"), [(("draw", "photograph"), 3), (("draw",), 0), ((), 0)]
)
def test_where_the_browser_fails_the_report_is_built_with_one_note_and_built_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, gives: tuple[str, ...], pictures: int
) -> None:
    monkeypatch.setenv("BROWSER_PATH", sys.executable)
    monkeypatch.setattr(browser, "Browser", _FailingBrowser)
    monkeypatch.setattr(_FailingBrowser, "gives", gives)
    for _ in range(2):
        # The second build has the same inputs, and does not take the first for what they give.
        result = build(plan())
        assert not result.unchanged
        (note,) = result.notes
        assert note.startswith("chromium: stopped answering. The browser failed")
        assert "Build again" in note
    assert "8 agreements" in result.page.read_text(encoding="utf-8")
    assert ".pdf" not in result.page.read_text(encoding="utf-8")
    assert len(list((project / "figures").glob("*"))) == pictures
    assert not list((project / "build").glob("*.pdf"))
    monkeypatch.setattr(_FailingBrowser, "gives", ("draw", "photograph", "pdf"))
    monkeypatch.setattr(paper, "starts", lambda pdf: {})
    assert not build(plan()).notes
    assert build(plan()).unchanged


@pytest.mark.usefixtures("no_browser")
def test_a_browser_path_that_names_no_file_is_named(project: Path) -> None:
    (note,) = build(plan()).notes
    assert "BROWSER_PATH names no file: '/nowhere/chromium'" in note


@pytest.mark.usefixtures("no_browser")
@pytest.mark.parametrize("content", ["[]", "{}", "null", '{"inputs": 1, "outputs": []}'])
def test_a_manifest_that_is_none_counts_as_none(project: Path, content: str) -> None:
    (project / "build").mkdir()
    (project / "build" / "manifest.json").write_text(content)
    assert builder._manifest(plan()) == {}
    assert not builder._up_to_date(plan(), {})


@pytest.mark.parametrize("name", ["data/events.csv", "notebooks/01-chapter.ipynb"])
def test_an_input_that_cannot_be_read_is_said_to_be_that(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read = Path.read_bytes

    def denied(file: Path) -> bytes:
        if file == project / name:
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", denied)
    said = _fail()
    assert said.startswith(f"{project / name}: cannot be read (Permission denied).")
    assert "--out" not in said


@pytest.mark.usefixtures("no_browser")
def test_a_project_that_cannot_be_written_is_built_elsewhere(project: Path, tmp_path: Path) -> None:
    (project / ".cache").write_text("no folder can be made here")
    job = plan(out=tmp_path / "elsewhere")
    assert build(job).page.is_file()
    assert build(job).unchanged


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are not files there")
@pytest.mark.usefixtures("no_browser")
def test_a_temporary_folder_with_a_long_name_is_no_matter(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("long" * 30)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert build(plan()).page.is_file()
    assert os.environ["TMPDIR"] == str(long)
    assert list(long.iterdir()) == []


def test_the_usual_folder_named_is_the_usual_folder(project: Path) -> None:
    assert plan(out=Path("build")) == plan()
    assert plan(out=Path("other")).figures == project / "other" / "figures"


@pytest.mark.usefixtures("no_browser")
def test_an_earlier_edition_that_is_nowhere_is_no_reason_to_be_up_to_date(project: Path) -> None:
    build(plan())
    with pytest.raises(AccordsError, match="nonsense"):
        build(plan(since="nonsense"))


def test_a_browser_that_was_upgraded_is_told_from_the_former(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "chromium"
    script.write_text("exec /usr/lib/chromium/chromium")
    monkeypatch.setenv("BROWSER_PATH", str(script))
    before = builder._browser()
    assert builder._browser() == before
    os.utime(script, (1, 1))
    assert builder._browser() != before


def test_a_failed_build_leaves_no_new_folder_but_an_old_one(project: Path) -> None:
    (project / "data" / "events.csv").write_text("x")
    (project / "old").mkdir()
    for name in ("new", "old"):
        with pytest.raises(BuildError):
            build(plan(out=Path(name)))
    assert not (project / "new").exists()
    assert (project / "old").exists()


@pytest.mark.usefixtures("no_browser")
def test_builds_keep_no_chapters_that_many_builds_have_not_used(project: Path) -> None:
    kept = project / ".cache" / "notebooks"
    kept.mkdir(parents=True)
    for age in range(9):
        (kept / f"{age}.json").touch()
        os.utime(kept / f"{age}.json", (1000 - age, 1000 - age))
    build(plan())
    # Two chapters are used, and as much is kept from three builds before.
    left = {file.stem for file in kept.iterdir()}
    assert len(left) == 8
    assert left > {str(age) for age in range(6)}
