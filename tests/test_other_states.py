"""The same report for other states and another time, and for hardly any data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import builders
import other_states
import pytest
from lxml import html
from typer.testing import CliRunner

from accords.analysis import time
from accords.analysis.common import by_state
from accords.checks import check
from accords.cli import app
from accords.dataset import load
from accords.prose import brief
from accords.prose import time as prose
from accords.publish.build import build, plan
from accords.words import plain

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _no_browser() -> Iterator[None]:
    """Without pictures, which say nothing of the states."""
    with pytest.MonkeyPatch.context() as machine:
        machine.setenv("BROWSER_PATH", "/nowhere/chromium")
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return other_states.write(tmp_path_factory.mktemp("other") / "data")


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    """The report of the made-up dataset, compared with what it was three agreements ago."""
    whole = other_states.dataset()
    part = whole.select(whole.overview.index[:-3])
    earlier = other_states.write(folder.parent / "earlier", part)
    job = plan(folder, folder.parent / "build", pdf=False, since=str(earlier))
    return html.parse(build(job).page).getroot()


def read(element: html.HtmlElement) -> str:
    """Give what a reader sees, the code aside."""
    copy = html.fromstring(html.tostring(element))
    for unseen in copy.xpath("//script | //style | //pre"):
        unseen.drop_tree()
    return " ".join(copy.text_content().split())


def test_the_made_up_data_pass_the_checks(folder: Path) -> None:
    assert [problem for problem in check(folder) if problem.severity == "error"] == []
    dataset = load(folder)
    assert dataset.focus == ("TUR", "PAK")
    assert dataset.claims.empty
    assert dataset.disputes.empty


def test_names_and_sentences_follow_the_states(page: html.HtmlElement) -> None:
    assert page.findtext(".//title") == "Defence agreements of Türkiye and Pakistan"
    text = read(page)
    for chapter in ("brief", "accord", "time", "domains", "partners"):
        said = read(page.get_element_by_id(f"chapter-{chapter}"))
        assert "Türkiye" in said
        assert "Pakistan" in said
    for other in ("Azerbaijan", "Morocc", "Barlamane"):
        assert other not in text


def test_no_sentence_holds_a_number_that_is_none(page: html.HtmlElement) -> None:
    assert not re.findall(r"\b(?:nan|NaN|inf|None|NaT)\b", read(page))


def test_the_claims_appear_only_where_there_are_claims(page: html.HtmlElement) -> None:
    assert not page.xpath('//*[@id="chapter-accord"]//table[.//th[contains(., "Verdict")]]')


def test_what_has_too_few_data_is_left_out_and_named(page: html.HtmlElement) -> None:
    assert "What is missing: two lists that overlap" in read(page)


def test_what_changed_since_is_a_chapter(page: html.HtmlElement) -> None:
    text = read(page.get_element_by_id("chapter-what-changed"))
    assert "Compared with edition 0.3.0 (30 June 1988) in earlier. Agreements: 3 new." in text


def counted(*states: str, purchases: bool = True) -> int:
    """Count the shipped concluded agreements to which one of some states is a party."""
    whole = builders.shipped()
    counts = whole.overview["concluded"]
    if not purchases:
        counts = counts & (whole.overview["instrument"] != "procurement-contract")
    concluded = whole.overview.index[counts]
    own = whole.parties.loc[whole.parties["party_id"].isin(states), "agreement_id"]
    return len(set(own) & set(concluded))


@pytest.mark.parametrize("focus", [("TUR", "PAK"), ("MAR",)])
def test_the_shipped_data_can_be_asked_about_other_states(focus: tuple[str, ...]) -> None:
    dataset = load(builders.SHIPPED, focus=focus)
    rows, years = by_state(dataset), time.yearly(dataset)
    told = prose.counts(dataset, rows, years)
    line = brief.bottom_line(dataset)
    for state in focus:
        assert (rows["state"] == state).sum() == counted(state)
        assert len(told.rows(f"{counted(state)} agreements")) == counted(state)
        assert len(line.rows(f"{counted(state)}")) == counted(state)
    said = {message.key: message for message in brief.messages(dataset, robust=False)}
    assert f"{counted(*focus, purchases=False)} concluded" in plain(said["lives"].sentence)


def test_a_dataset_without_agreements_still_gives_a_report(tmp_path: Path) -> None:
    folder = builders.write(builders.empty(), tmp_path / "data")
    done = build(plan(folder, tmp_path / "build", pdf=False))
    text = read(html.parse(done.page).getroot())
    assert str(brief.bottom_line(builders.empty())) in text
    assert not re.findall(r"\b(?:nan|NaN|inf|None|NaT)\b", text)


def test_states_are_chosen_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    arguments = ["build", "--data", str(folder), "--out", str(tmp_path), "--focus", "TUR,XXX"]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 1
    assert "focus: there is no 'XXX'" in run.output
