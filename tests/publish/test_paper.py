"""The three prints of the page: what each holds, where its links lead, and that none is cut off."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import builders
import pandas as pd
import pytest
from pages import write_page
from pypdf import PdfReader

from accords.publish import browser, page, paper

RELEASED = pd.Timestamp("2026-01-02")

WIDE = "".join(f"<td>{'Unbroken' * 4}{n}</td>" for n in range(12))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a brief and two chapters, one with a fold-out and a table wider than paper."""
    folded = "<details><summary>More</summary>\n\nFolded away.\n\n</details>"
    table = f"<table><thead><tr><th>Head</th></tr></thead><tbody><tr>{WIDE}</tr></tbody></table>"
    last = sorted(builders.small().overview.index)[0]
    made = tmp_path_factory.mktemp("paper") / "report.html"
    write_page(
        builders.small(),
        made,
        **{
            "00-brief": f"# The brief\n\nIn short. See [one](#{last}).",
            "01-first": f"# The first\n\n## A part\n\nAt length.\n\n{folded}\n\n{table}",
            "02-second": "# The second\n\n" + "\n\n".join(["A long passage. " * 40] * 30),
        },
    )
    return made


@pytest.fixture(scope="module")
def printed(file: Path) -> dict[str, bytes]:
    """The three prints of that page."""
    found = browser.find()
    if found is None:
        pytest.skip("no Chrome, Chromium or Edge on this machine")

    async def prints() -> dict[str, bytes]:
        async with browser.Browser(found) as running:
            return await paper.prints(running, file, RELEASED)

    return browser.completed(prints())


def _read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def _text(pdf: bytes) -> str:
    return " ".join(" ".join(each.extract_text() for each in _read(pdf).pages).split())


@pytest.mark.browser
def test_each_print_holds_its_part_of_the_page_under_the_same_masthead(
    printed: dict[str, bytes],
) -> None:
    small = builders.small()
    titles = list(small.overview["title"])
    texts = {Path(name).stem: _text(pdf) for name, pdf in printed.items()}
    assert set(printed) == set(paper.PRINTS)
    for text in texts.values():
        assert page.report_title(small) in text
        assert f"Edition {small.edition}" in text
    assert [part for part, text in texts.items() if "In short." in text] == ["brief", "report"]
    assert [part for part, text in texts.items() if "At length." in text] == ["report"]
    assert all(title in texts["register"] for title in titles)
    assert not any(title in texts["report"] for title in titles)
    assert not any("Folded away" in text for text in texts.values())
    assert not any("Beside this page" in text for text in texts.values())


@pytest.mark.browser
def test_the_contents_of_the_report_name_the_pages_on_which_its_parts_begin(
    printed: dict[str, bytes],
) -> None:
    reader = _read(printed["report.pdf"])
    begins = paper.starts(printed["report.pdf"])
    assert begins["chapter-second"] == begins["chapter-first"]
    assert begins["method"] > begins["chapter-second"]
    for title, target in {
        "The brief": "chapter-brief",
        "The first": "chapter-first",
        "Terms and method": "method",
    }.items():
        assert f"{title} {begins[target]}" in " ".join(reader.pages[0].extract_text().split())
        assert title in reader.pages[begins[target] - 1].extract_text()


@pytest.mark.browser
def test_every_print_is_tagged_has_an_outline_and_no_link_that_leads_nowhere(
    printed: dict[str, bytes],
) -> None:
    for pdf in printed.values():
        reader = _read(pdf)
        assert reader.outline
        assert "/StructTreeRoot" in reader.trailer["/Root"]
        for link in _links(reader):
            assert "file:" not in json.dumps(str(link))
            if "/Dest" in link:
                assert link["/Dest"] in reader.named_destinations
    assert not list(_links(_read(printed["brief.pdf"])))
    assert list(_links(_read(printed["report.pdf"])))


def _links(reader: PdfReader) -> Iterator[Any]:
    for each in reader.pages:
        for note in each.get("/Annots", ()):
            yield note.get_object()


@pytest.mark.browser
def test_a_table_wider_than_the_paper_is_printed_whole_and_no_word_of_it_broken(
    printed: dict[str, bytes],
) -> None:
    text = "\n".join(each.extract_text() for each in _read(printed["report.pdf"]).pages)
    assert all(f"{'Unbroken' * 4}{n}" in text for n in range(12))


def test_a_settled_print_has_the_edition_s_date_and_counts_its_marks_from_one() -> None:
    pdf = b"/CreationDate (D:20250505050505+00'00') (node00000042) (node00000007) (node00000042)"
    assert paper.settled(pdf, RELEASED) == (
        b"/CreationDate (D:20260102000000+00'00') (node00000002) (node00000001) (node00000002)"
    )
