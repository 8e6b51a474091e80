"""A figure becomes a picture of a chosen size and resolution."""

from __future__ import annotations

import struct
from pathlib import Path

import plotly.graph_objects as go
import pytest

import accords
from accords.errors import AccordsError
from accords.publish import browser


@pytest.fixture
def figure() -> go.Figure:
    return go.Figure(go.Bar(y=[1, 2]), layout={"title": "Of one's own"})


@pytest.mark.skipif(browser.find() is None, reason="no browser on this machine")
@pytest.mark.browser
def test_a_png_has_the_size_and_resolution_asked_for_and_an_svg_the_figures_own_size(
    figure: go.Figure, tmp_path: Path
) -> None:
    file = accords.save_figure(figure, tmp_path / "a.png", width=400, height=200, dpi=192)
    content = file.read_bytes()
    assert struct.unpack(">II", content[16:24]) == (800, 400)
    at = content.index(b"pHYs") + 4
    assert round(struct.unpack(">I", content[at : at + 4])[0] * 0.0254) == 192
    figure.update_layout(width=500, height=300)
    markup = accords.save_figure(figure, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert 'width="500" height="300"' in markup
    assert "Of one's own" in markup
    # The figure stays as it was.
    assert figure.layout.paper_bgcolor is None


def test_another_format_is_refused(figure: go.Figure, tmp_path: Path) -> None:
    with pytest.raises(AccordsError, match=r"\.png or \.svg"):
        accords.save_figure(figure, tmp_path / "a.pdf")


def test_without_a_browser_one_sentence_says_what_to_do(
    figure: go.Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    with pytest.raises(AccordsError, match="BROWSER_PATH"):
        accords.save_figure(figure, tmp_path / "a.png")


def test_a_file_that_cannot_be_written_is_named(
    figure: go.Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "find", lambda: "chromium")
    monkeypatch.setattr(browser, "completed", lambda work: work.close() or b"")
    with pytest.raises(AccordsError, match=r"nowhere.*cannot be written"):
        accords.save_figure(figure, tmp_path / "nowhere" / "a.svg")
