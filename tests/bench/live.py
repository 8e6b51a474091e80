"""Measure how long the built page is blocked while all its charts are made interactive.

    python tests/bench/live.py [build/report.html]

Tells each task of the page's thread that took more than 50 ms of processor time, so that what else
runs on this machine does not count.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from accords.publish import browser

MOST = 200
"""Milliseconds for which the page may be blocked at a time."""

LIVE = """() => document.querySelectorAll(".js-plotly-plot .main-svg").length > 0 &&
  document.querySelectorAll(".js-plotly-plot").length ===
  document.querySelectorAll("figure.chart:not(.still)").length"""


def measure(file: Path) -> list[float]:
    """Return the ms of the long tasks from the press of the switch to the last chart."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.find())
        # The page's policy forbids to evaluate text, which waiting for a condition does.
        page = running.new_page(bypass_csp=True)
        page.goto(file.resolve().as_uri())
        page.wait_for_timeout(2000)
        running.start_tracing(page=page, categories=["devtools.timeline", "toplevel"])
        page.locator("#live-switch").click()
        page.wait_for_function(LIVE, timeout=120_000)
        page.wait_for_timeout(1000)
        events = json.loads(running.stop_tracing())["traceEvents"]
        running.close()
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    times = [
        event["tdur"] / 1000
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in threads
        if "tdur" in event
    ]
    return sorted((time for time in times if time > 50), reverse=True)


if __name__ == "__main__":
    tasks = measure(Path(sys.argv[1] if len(sys.argv) > 1 else "build/report.html"))
    print("Tasks in ms of processor time:", " ".join(f"{task:.0f}" for task in tasks))
    print(f"Longest {max(tasks, default=0):.0f} ms; {MOST} ms are allowed.")
    sys.exit(max(tasks, default=0) > MOST)
