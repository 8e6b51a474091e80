"""Watching: a change gives a new report, a problem keeps the last good one and is shown."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from accords.curation.revision import revision
from accords.publish import steps, watch
from accords.publish.build import plan
from accords.publish.job import PAGE, Plan
from accords.publish.watch import State, changes, rebuild, served

WAIT = 60
"""Seconds after which a test that waits has failed."""


@pytest.fixture
def job(small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan whose building takes no time."""

    def build(job: Plan) -> None:
        steps._checked(job)
        job.out.mkdir(exist_ok=True)
        events = (job.data / "events.csv").read_text(encoding="utf-8")
        (job.out / PAGE).write_text(f"<title>Report</title>{events}", encoding="utf-8")

    monkeypatch.setattr(watch, "build", build)
    return plan(small_folder, tmp_path / "build")


def get(address: str, **headers: str) -> str:
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=WAIT) as answer:
        return str(answer.read().decode())


def test_a_good_change_gives_a_new_report(job: Plan) -> None:
    state, said = State(), list[str]()
    rebuild(job, state, said.append)
    assert state == State(builds=1)
    assert (job.out / PAGE).exists()
    assert said[0].startswith("Built in")


def test_a_problem_is_shown_and_the_last_good_report_stays(job: Plan) -> None:
    state, said = State(), list[str]()
    rebuild(job, state, said.append)
    good = (job.out / PAGE).read_bytes()
    events = job.data / "events.csv"
    text = events.read_text(encoding="utf-8")
    events.write_text(text.replace("2012-11-06", "06/11/2012"), encoding="utf-8")
    rebuild(job, state, said.append)
    assert state.builds == 1
    problem = next(line for line in state.problems if "events.csv, row" in line)
    assert "06/11/2012" in problem
    assert said[-1].startswith("The last good report stays.")
    assert problem in said[-1]
    assert (job.out / PAGE).read_bytes() == good
    events.write_text(text, encoding="utf-8")
    rebuild(job, state, said.append)
    assert state == State(builds=2)


def test_data_that_cannot_be_read_do_not_end_the_watch(job: Plan) -> None:
    state = State()
    (job.data / "datapackage.json").write_text("{", encoding="utf-8")
    rebuild(job, state, lambda line: None)
    assert any("datapackage.json" in problem for problem in state.problems)


def test_the_report_and_what_is_new_are_served_on_this_machine(job: Plan) -> None:
    state = State()
    with served(job.out, state, 0) as address:
        assert address.startswith("http://127.0.0.1:")
        assert "There is no report yet" in get(f"{address}report.html")
        rebuild(job, state, lambda line: None)
        assert "aze-ita" in get(f"{address}report.html")
        assert "/report.html" in get(address)
        assert json.loads(get(f"{address}state")) == {
            "builds": 1,
            "building": False,
            "problems": [],
        }
        state.problems = ("<b>row 2</b>",)
        assert json.loads(get(f"{address}state"))["problems"] == ["<b>row 2</b>"]


def test_nothing_but_the_report_is_served(job: Plan) -> None:
    job.out.mkdir()
    for name in (PAGE, ".lock"):
        (job.out / name).write_text("x")
    (job.out / "folder").mkdir()
    with served(job.out, State(), 0) as address:
        assert get(f"{address}{PAGE}") == "x"
        for path in (
            *("../data/events.csv", "%2e%2e/data/events.csv", "nothing.html"),
            *(".lock", "%2elock", "folder/", "folder"),
        ):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                get(address + path)


def test_another_site_cannot_read_it(job: Plan) -> None:
    with (
        served(job.out, State(), 0) as address,
        pytest.raises(urllib.error.HTTPError, match="403"),
    ):
        get(address, Host="attacker.example:8765")


@pytest.fixture
def noticed(small_folder: Path) -> Iterator[Callable[[], None]]:
    """Watch a folder; the function given waits for the next notice."""
    queue: Queue[None] = Queue()
    ended = threading.Event()

    def look() -> None:
        for _ in changes((small_folder,)):
            if ended.is_set():
                return
            queue.put(None)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield lambda: queue.get(timeout=WAIT)
    ended.set()
    (small_folder / "end.csv").write_text("")
    thread.join(WAIT)


@pytest.mark.slow
def test_every_change_is_noticed_also_after_an_import(
    small_folder: Path, noticed: Callable[[], None]
) -> None:
    noticed()
    (small_folder / "events.csv").write_text("a")
    noticed()
    (small_folder / "codes" / "roles.csv").write_text("b")
    noticed()
    with revision(small_folder) as copy:
        (copy / "events.csv").write_text("c")
    noticed()
    (small_folder / "events.csv").write_text("d")
    noticed()
