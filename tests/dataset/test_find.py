"""Finding agreements, and taking them away as files."""

from __future__ import annotations

import csv
import io
import unicodedata

import html5lib
import openpyxl
import pytest
from builders import empty, tiny
from hypothesis import given
from hypothesis import strategies as st

from accords.dataset import Dataset, export, find, names
from accords.errors import AccordsError
from accords.words import plain


def ids(dataset: Dataset) -> set[str]:
    return set(dataset.overview.index)


def test_without_criteria_everything_is_found(small: Dataset):
    assert ids(small.find()) == ids(small)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"state": "MAR"}, {"aze-mar", "fra-mar", "mar-usa-note", "many"}),
        ({"partner": "Italy"}, {"aze-ita"}),
        ({"partner": ["ITA", "usa"]}, {"aze-ita", "mar-usa-note"}),
        ({"domain": "industry"}, {"aze-ita", "aze-tur-new"}),
        ({"domain": ["industry", "procurement"]}, {"aze-ita", "aze-tur-new", "aze-isr-buy"}),
        ({"domain": "training", "state": "MAR"}, {"aze-mar", "fra-mar"}),
        ({"instrument": "Treaty"}, {"aze-tur-new"}),
        ({"status": "announced"}, {"mar-usa-note"}),
        ({"confidence": "low"}, {"fra-mar"}),
        ({"since": 2024}, {"aze-mar", "mar-usa-note"}),
        ({"until": 1994}, {"aze-tur-old", "fra-mar"}),
        ({"since": 2010, "until": 2012}, {"aze-tur-new", "aze-ita", "aze-isr-buy"}),
        ({"domain": "cyber"}, set()),
    ],
)
def test_agreements_that_meet_all_criteria_are_found(small: Dataset, wanted: dict, found: set):
    assert ids(small.find(**wanted)) == found


def test_a_period_leaves_out_what_is_undated():
    ds = tiny(
        parties=[{"agreement_id": i, "party_id": "AZE"} for i in ("dated", "undated")],
        events=[{"agreement_id": "dated", "date": "2012"}, {"agreement_id": "undated"}],
    )
    assert ids(ds.find(since=1900)) == {"dated"}
    assert ids(ds.find()) == {"dated", "undated"}


def test_cyber_defence_since_2020_is_found_with_its_sources(dataset: Dataset):
    overview = dataset.overview
    cyber = overview["domains"].map(lambda codes: "cyber" in codes)
    expected = set(overview.index[cyber & (overview["year"] >= 2020).fillna(False)])
    found = dataset.find(domain="cyber", since=2020)
    assert expected
    assert ids(found) == expected
    assert set(found.sources_cited["agreement_id"]) == expected
    assert found.sources_cited["url"].str.startswith("http").all()


def test_names_are_understood_in_english_and_french_and_any_case(dataset: Dataset):
    by_code = ids(dataset.find(partner="DEU"))
    assert by_code
    for name in ("Germany", "germany", "Allemagne", "deu"):
        assert ids(dataset.find(partner=name)) == by_code


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"partner": "Germny"}, "DEU"),
        ({"domain": "zzz"}, "training"),
        ({"state": "FRA"}, "AZE"),
        ({"since": "yesterday"}, "2020"),
        ({"colour": "blue"}, "domain"),
    ],
)
def test_what_is_not_known_is_said_with_what_is(dataset: Dataset, wanted: dict, said: str):
    with pytest.raises(AccordsError, match=said):
        find.criteria(dataset, **wanted)


def test_the_words_of_a_search_must_all_occur_somewhere():
    ds = tiny(
        agreements=[
            {"agreement_id": "a", "title": "Accord de coopération", "summary": "On drones."},
            {"agreement_id": "b", "title": "Accord", "title_original": "Müdafiə sahəsində"},
            {"agreement_id": "c", "title": "اتفاقية التعاون العسكري"},
        ],
        parties=[{"agreement_id": i, "party_id": p} for i in "abc" for p in ("AZE", "ITA")],
        events=[{"agreement_id": "a", "place": "Marrakech"}],
        domains=[{"agreement_id": "b", "domain": "cyber"}],
    )
    assert ids(ds.find("COOPERATION drones")) == {"a"}
    assert ids(ds.find("mudafie")) == {"b"}
    assert ids(ds.find("اتفاقيه")) == {"c"}
    assert ids(ds.find("marrakech")) == {"a"}
    assert ids(ds.find("cyber")) == {"b"}
    assert ids(ds.find("italie")) == {"a", "b", "c"}
    assert ids(ds.find("Publisher of press-a")) == {"a", "b", "c"}
    assert ids(ds.find("cooperation cyber")) == set()


def test_a_word_with_punctuation_is_looked_for_as_it_stands(dataset: Dataset):
    text = find.searchable(dataset)
    found = dataset.find("F-16").overview.index
    assert 0 < len(found) < len(dataset.find("f 16").overview)
    assert set(found) == set(text.index[text.str.contains("f 16", regex=False)])


def test_a_phrase_in_quotes_is_looked_for_as_a_phrase():
    ds = tiny(
        agreements=[
            {"agreement_id": "a", "title": "Military cooperation"},
            {"agreement_id": "b", "title": "Cooperation on military training"},
        ],
        parties=[{"agreement_id": i, "party_id": "AZE"} for i in "ab"],
    )
    assert ids(ds.find("military cooperation")) == {"a", "b"}
    for phrase in ('"military cooperation"', "“Military  cooperation”", '"military coop'):
        assert ids(ds.find(phrase)) == {"a"}
    assert ids(ds.find('training "cooperation on"')) == {"b"}


@pytest.mark.parametrize("written", ["Azərbaycan", "Azǝrbaycan", "Azәrbaycan", "Аzеrbаyсаn"])
def test_letters_that_look_alike_are_one(written: str):
    assert names.fold(written) == "azerbaycan"


@pytest.mark.parametrize(
    ("written", "folded"),
    [("Côte d’Ivoire", "cote divoire"), ("Sa'ar", "saar"), ("Œuvre", "oeuvre"), ("٢٠٢٤", "2024")],
)
def test_folding_leaves_what_one_would_type(written: str, folded: str):
    assert names.fold(written) == folded


@given(st.text())
def test_folding_is_stable_and_blind_to_case_and_form(text: str):
    folded = names.fold(text)
    assert names.fold(folded) == folded
    assert names.fold(unicodedata.normalize("NFD", text)) == folded


def test_what_is_computed_does_not_change_in_a_selection(small: Dataset):
    alone = small.select(["aze-tur-old"])
    assert alone.overview.loc["aze-tur-old", "status"] == "superseded"


def test_the_evidence_has_a_row_for_each_agreement_and_source(small: Dataset):
    rows = small.sources_cited
    assert not rows.duplicated(
        ["agreement_id", "source_id"] if "source_id" in rows else ["url", "agreement_id"]
    ).any()
    pairs = small.citations[["agreement_id", "source_id"]].drop_duplicates()
    assert len(rows) == len(pairs)
    of_accord = rows[rows["agreement_id"] == "aze-mar"]
    assert "existence" in of_accord["supports"].str.cat(sep=";")
    assert rows["agreement_id"].iloc[0] == "mar-usa-note"


def test_addresses_in_a_shown_table_are_links_and_all_else_is_text():
    ds = tiny(
        citations=[{"agreement_id": "a", "source_id": s} for s in ("press-a", "press-b")],
        sources=[
            {"source_id": "press-a", "url": "https://example.org/" + "long/" * 40},
            {"source_id": "press-b", "url": "javascript:alert(1)", "title": "<img src=x>"},
        ],
    )
    shown = ds.sources_cited[["source", "url"]].set_index("source", drop=False)
    parsed = html5lib.parse(shown._repr_html_(), namespaceHTMLElements=False)
    (link,) = parsed.iter("a")
    assert link.get("href") == ds.sources["url"].iloc[0]
    assert not list(parsed.iter("img"))


def test_of_a_long_table_the_first_and_the_last_rows_are_shown():
    table = export.LinkedTable({"number": range(1000)})
    text = plain(table._repr_html_())
    for number in ("0", "999", "1000 rows"):
        assert number in text
    assert "500" not in text


def test_a_saved_table_holds_the_selection(small: Dataset, tmp_path):
    found = small.find(state="MAR")
    file = export.save(found, tmp_path / "selection.csv")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert {row["agreement_id"] for row in rows} == ids(found)
    accord = next(row for row in rows if row["agreement_id"] == "aze-mar")
    assert accord["domains"].split("; ") == [
        "Education and training",
        "Joint exercises",
        "Military medicine",
    ]
    assert "https://example.org/official-aze" in accord["source_urls"].split()


def test_a_saved_workbook_holds_agreements_sources_and_what_was_selected(small: Dataset, tmp_path):
    found = small.find(state="MAR")
    file = export.save(found, tmp_path / "selection.xlsx")
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Agreements", "Sources", "About"]
    assert {row[0].value for row in book["Agreements"].iter_rows(min_row=2)} == ids(found)
    assert book["Sources"].max_row == 1 + len(found.sources_cited)
    assert "state Morocco" in [row[1].value for row in book["About"].iter_rows()]


def test_a_workbook_of_the_same_selection_is_the_same_bytes(small: Dataset):
    assert export.as_bytes(small, "xlsx") == export.as_bytes(small, "xlsx")


def test_no_text_becomes_a_formula(tmp_path):
    titles = [f"{start}HYPERLINK(1)" for start in "=+-@\t"]
    ids = [f"a{number}" for number in range(len(titles))]
    ds = tiny(
        agreements=[
            {"agreement_id": i, "title": title} for i, title in zip(ids, titles, strict=True)
        ],
        parties=[{"agreement_id": i, "party_id": "AZE"} for i in ids],
    )
    text = export.as_bytes(ds, "csv").decode("utf-8-sig")
    assert {row["title"] for row in csv.DictReader(io.StringIO(text))} == {f"'{t}" for t in titles}
    sheet = openpyxl.load_workbook(export.save(ds, tmp_path / "a.xlsx"))["Agreements"]
    cells = [cell for row in sheet for cell in row if str(cell.value).endswith("HYPERLINK(1)")]
    assert len(cells) >= len(titles)
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_bibliography_cites_each_agreement(small: Dataset, tmp_path):
    found = small.find(state="MAR")
    text = export.save(found, tmp_path / "selection.bib").read_text()
    assert text.count("@misc{") == len(found.agreements)


@pytest.mark.parametrize("form", ["csv", "xlsx", "bib"])
def test_an_empty_selection_can_be_saved(form: str, tmp_path):
    assert export.save(empty(), tmp_path / f"empty.{form}").exists()


def test_an_unknown_format_is_refused(small: Dataset, tmp_path):
    with pytest.raises(AccordsError, match=r"^\.pdf: no such format"):
        export.save(small, tmp_path / "selection.pdf")


def test_a_file_that_cannot_be_written_is_said(small: Dataset, tmp_path):
    with pytest.raises(AccordsError, match="cannot be written"):
        export.save(small, tmp_path / "nowhere" / "selection.csv")
