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
from collections.abc import Callable, Iterator
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
from accords.publish import browser, notebooks, paper, steps
from accords.publish import build as builder
from accords.publish.build import Result, build, plan
from accords.publish.job import BuildError

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template") / "project"
    builders.write(builders.small(), root / "data")
    _notebook(root / "notebooks" / "00-key-findings.ipynb", WORDS)
    _notebook(root / "notebooks" / "01-chapter.ipynb", WORDS, DRAW)
    return root


@pytest.fixture(scope="module")
def built_template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as machine:
        root = _on_a_machine(template, tmp_path_factory.mktemp("built"), machine)
        build(plan())
    return root


@pytest.fixture
def project(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of two chapters and eight agreements, on a machine without a browser."""
    return _on_a_machine(template, tmp_path, monkeypatch)


@pytest.fixture
def built(built_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That project when it has been built: ``plan(pdf=False)`` needs no kernel to build again."""
    return _on_a_machine(built_template, tmp_path, monkeypatch)


def _on_a_machine(template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(shutil.copytree(template, folder / "project"))
    monkeypatch.chdir(root)
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    # A second kernel takes longer to start than such short chapters to run.
    monkeypatch.setattr(steps, "KERNELS", 1)
    return root


def _outputs(root: Path) -> dict[str, bytes]:
    files = [*(root / "build").rglob("*"), *(root / "figures").rglob("*")]
    return {
        file.relative_to(root).as_posix(): file.read_bytes() for file in files if file.is_file()
    }


def _fail(*options: str) -> str:
    result = CliRunner().invoke(app, ["build", *options])
    assert result.exit_code == 1
    return result.stderr


@pytest.mark.browser
def test_one_command_makes_page_pictures_prints_workbook_and_manifest_everywhere_alike(
    project: Path, built_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROWSER_PATH")
    if browser.find() is None:
        pytest.skip("no Chrome, Chromium or Edge on this machine")
    # Its chapters were run in a third folder; all else is made anew.
    elsewhere = shutil.copytree(built_template, tmp_path / "a folder elsewhere")
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
    assert any(package.startswith("pandas-") for package in manifest["packages"])
    assert "is up to date" in CliRunner().invoke(app, ["build"]).output
    monkeypatch.chdir(elsewhere)
    build(plan())
    second = _outputs(Path(elsewhere))
    assert [name for name in first if first[name] != second.get(name)] == []


@pytest.fixture(scope="module")
def rebuilt(
    built_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Result]]:
    """That project with what was left of former builds, built again from within a notebook."""
    with pytest.MonkeyPatch.context() as machine:
        root = _on_a_machine(built_template, tmp_path_factory.mktemp("rebuilt"), machine)
        aside = root / "build" / exchange.ASIDE
        aside.mkdir()
        (aside / "report.html").write_text("half a report")
        (root / "figures" / "01-stale.svg").write_text("<svg/>")
        manifest = root / "build" / "manifest.json"
        told = json.loads(manifest.read_text())
        told["outputs"]["../figures/01-stale.svg"] = "0"
        manifest.write_text(json.dumps(told))
        (old := root / ".cache" / "notebooks" / "old.json").touch()
        os.utime(old, (1000, 1000))

        async def as_in_a_notebook() -> Result:
            return build(plan(pdf=False))

        # In a thread of its own, for the browser's tests leave an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            yield root, thread.submit(asyncio.run, as_in_a_notebook()).result()


def test_without_a_browser_the_report_is_whole_and_says_so_once(
    rebuilt: tuple[Path, Result],
) -> None:
    root, result = rebuilt
    (note,) = result.notes
    assert "BROWSER_PATH names no file: '/nowhere/chromium'" in note
    page = result.page.read_text(encoding="utf-8")
    assert page.count("No browser was there") == 1
    assert "8 agreements" in page
    assert 'id="fig-01-first"' in page
    assert not list((root / "figures").glob("*"))


def test_what_a_killed_build_left_is_cleared_away(rebuilt: tuple[Path, Result]) -> None:
    assert not (rebuilt[0] / "build" / exchange.ASIDE).exists()


def test_what_a_chapter_no_longer_draws_is_taken_away(rebuilt: tuple[Path, Result]) -> None:
    assert not (rebuilt[0] / "figures" / "01-stale.svg").exists()


def test_chapters_that_were_long_not_used_are_kept_no_more(rebuilt: tuple[Path, Result]) -> None:
    left = {file.stem for file in (rebuilt[0] / ".cache" / "notebooks").iterdir()}
    assert len(left) == 2
    assert "old" not in left


def test_only_chapters_that_changed_are_run_again(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _notebook(built / "notebooks" / "00-key-findings.ipynb", WORDS, "1 + 1")
    run: list[str] = []
    execute = notebooks.Runner._execute

    async def executed(runner: Any, notebook: Any, file: Path, told: Any) -> Any:
        run.append(file.name)
        return await execute(runner, notebook, file, told)

    monkeypatch.setattr(notebooks.Runner, "_execute", executed)
    build(plan())
    assert run == ["00-key-findings.ipynb"]
    assert build(plan()).unchanged


def test_a_failing_cell_ends_the_build_and_leaves_the_last_report(built: Path) -> None:
    before = _outputs(built)
    _notebook(built / "notebooks" / "01-chapter.ipynb", "1 + 1", "number = 1 / 0")
    said = _fail()
    assert "01-chapter.ipynb: cell 5 (cell-4) failed: ZeroDivisionError" in said
    assert "number = 1 / 0" in said
    assert "jupyter lab" in said
    assert _outputs(built) == before
    assert not (built / "build" / exchange.ASIDE).exists()


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
    assert "cannot be read or written" in said
    assert "Traceback" not in said


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="not everyone is bound by rights")
def test_a_read_only_folder_gives_one_clear_error(project: Path) -> None:
    (project / "build").mkdir()
    (project / "build").chmod(0o555)
    assert "cannot be read or written" in _fail()


def test_a_full_disk_leaves_the_last_report(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _outputs(built)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "report.html")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(BuildError, match="No space left on device"):
        build(plan(pdf=False))
    monkeypatch.undo()
    assert _outputs(built) == before
    assert not (built / "build" / exchange.ASIDE).exists()


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


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way")
def test_ctrl_c_ends_a_build_and_its_kernels_and_leaves_the_last_report(
    project: Path, tmp_path: Path
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
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 130
    assert said[-1] == "Stopped. The last report is untouched."
    assert not [line for line in said if "Traceback" in line or "failed" in line]
    assert _outputs(project) == before
    assert not [pid.name for pid in pids.iterdir() if Path("/proc", pid.name).exists()]


def test_a_signal_to_end_stops_a_build_as_ctrl_c_does() -> None:
    # Where tests run in the background, a shell has them ignore Ctrl-C.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), builder._stoppable():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, former)


def test_a_stop_that_comes_too_late_says_that_the_new_report_is_there(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = builder._place

    def placed(*arguments: Any) -> None:
        place(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(builder, "_place", placed)
    with pytest.raises(KeyboardInterrupt):
        build(plan(pdf=False))
    assert capsys.readouterr().err == "Stopped. The new report is in place.\n"


def test_where_one_file_cannot_be_replaced_none_is_and_it_is_named(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _outputs(built)
    move, target = exchange._move, built / "build" / "report.xlsx"

    def open_in_excel(file: Path, to: Path) -> None:
        if to == target:
            raise PermissionError(errno.EACCES, "Permission denied", str(file), None, str(to))
        move(file, to)

    monkeypatch.setattr(exchange, "_move", open_in_excel)
    said = _fail("--no-pdf")
    assert (
        f"\n{target}: cannot be read or written (Permission denied). Nothing was replaced." in said
    )
    assert _outputs(built) == before
    assert before["build/report.html"]


def test_a_folder_in_a_file_s_place_is_named_and_nothing_is_replaced(built: Path) -> None:
    before = _outputs(built)
    target = built / "build" / "report.xlsx"
    target.unlink()
    target.mkdir()
    said = _fail("--no-pdf")
    assert f"\n{target}: cannot be read or written (Is a directory). Nothing was replaced." in said
    del before["build/report.xlsx"]
    assert _outputs(built) == before


class _FailingBrowser(browser.Browser):
    """A browser that gives none of its PDFs, or nothing at all."""

    gives = ("draw", "photograph")

    async def pdf(self, file: Path, part: str, pages: Any = ()) -> bytes:
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


def test_where_the_browser_fails_the_report_is_built_with_one_note_and_built_again(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", sys.executable)
    monkeypatch.setattr(browser, "Browser", _FailingBrowser)
    monkeypatch.setattr(paper, "starts", lambda pdf: {})
    # Each build has the same inputs, and does not take the one before for what they give.
    for gives, pictures in ((), 0), (("draw",), 0), (("draw", "photograph"), 3):
        monkeypatch.setattr(_FailingBrowser, "gives", gives)
        result = build(plan())
        assert not result.unchanged
        (note,) = result.notes
        assert note.startswith("chromium: stopped answering. The browser failed")
        assert "Build again" in note
        page = result.page.read_text(encoding="utf-8")
        assert "8 agreements" in page
        assert ".pdf" not in page
        assert len(list((built / "figures").glob("*"))) == pictures
        assert not list((built / "build").glob("*.pdf"))
    monkeypatch.setattr(_FailingBrowser, "gives", ("draw", "photograph", "pdf"))
    assert not build(plan()).notes
    assert build(plan()).unchanged


@pytest.mark.parametrize("content", ["[]", "{}", "null", '{"inputs": 1, "outputs": []}'])
def test_a_manifest_that_is_none_counts_as_none(project: Path, content: str) -> None:
    (project / "build").mkdir()
    (project / "build" / "manifest.json").write_text(content)
    assert not builder._up_to_date(plan(), builder._inputs(plan()))
    assert not builder._manifest(plan())["outputs"]


@pytest.mark.parametrize("name", ["data/events.csv", "notebooks/01-chapter.ipynb"])
def test_an_input_that_cannot_be_read_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read = Path.read_bytes

    def denied(file: Path) -> bytes:
        if file == project / name:
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", denied)
    said = _fail()
    assert f"{project / name}: cannot be read or written (Permission denied)." in said


def test_a_project_that_cannot_be_written_is_built_elsewhere(project: Path, tmp_path: Path) -> None:
    (project / ".cache").write_text("no folder can be made here")
    job = plan(out=tmp_path / "elsewhere")
    assert build(job).page.is_file()
    assert build(job).unchanged


def test_the_usual_folder_named_is_the_usual_folder(project: Path) -> None:
    assert plan(out=Path("build")) == plan()
    assert plan(out=Path("other")).figures == project / "other" / "figures"


@pytest.mark.usefixtures("built")
def test_an_earlier_edition_that_is_nowhere_is_no_reason_to_be_up_to_date() -> None:
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
