"""The page that shows the report while its data change."""

from __future__ import annotations

from pathlib import Path

import pytest

from accords.publish import steps, watch
from accords.publish.build import plan
from accords.publish.job import PAGE, Plan
from accords.publish.watch import State, rebuild, served


@pytest.mark.browser
def test_the_banner_and_the_new_report_appear_by_themselves(
    chromium, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playwright.sync_api import expect

    def build(job: Plan) -> None:
        steps._checked(job)
        job.out.mkdir(exist_ok=True)
        (job.out / PAGE).write_text((job.data / "events.csv").read_text(encoding="utf-8"))

    monkeypatch.setattr(watch, "build", build)
    job, state = plan(small_folder, tmp_path / "build"), State()
    rebuild(job, state, lambda line: None)
    events = job.data / "events.csv"
    text = events.read_text(encoding="utf-8")
    with served(job.out, state, 0) as address:
        page = chromium.new_page()
        page.goto(address, wait_until="domcontentloaded")
        report = page.frame_locator("#report").locator("body")
        expect(report).to_contain_text("Rome")
        events.write_text(text.replace("2012-11-06", "06/11/2012"), encoding="utf-8")
        rebuild(job, state, lambda line: None)
        expect(page.get_by_role("alert")).to_contain_text("06/11/2012")
        expect(report).to_contain_text("Rome")
        events.write_text(text.replace("Rome", "Milan"), encoding="utf-8")
        rebuild(job, state, lambda line: None)
        expect(report).to_contain_text("Milan")
        expect(page.get_by_role("alert")).to_be_hidden()
        page.close()
