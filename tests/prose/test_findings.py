"""Key findings: sentences with the other choices under which they hold or change."""

from __future__ import annotations

import math
import re

import builders
import pytest

from accords.analysis import partners, robustness
from accords.dataset import load
from accords.prose.findings import NOTHING, Check, Finding, Reading, findings
from accords.words import plain


@pytest.fixture(scope="module")
def found(dataset):
    return findings(dataset)


def check(**readings: tuple[float, str]) -> Check:
    return Check("n", ".0f", {name: Reading(*reading) for name, reading in readings.items()})


def test_a_finding_that_says_the_same_everywhere_holds():
    finding = Finding("k", "It", "So.", (check(all=(1, "more"), strict=(9, "more")),))
    assert finding.robustness == "Holds under every other choice of records."


def test_a_finding_that_turns_names_the_choice_and_what_it_then_says():
    finding = Finding(
        "k", "It", "So.", (check(all=(1, "more"), strict=(-1, "less"), again=(2, "more")),)
    )
    assert "strict (less)." in finding.robustness
    assert "again" not in finding.robustness
    assert "−1*" in finding._repr_html_()


def test_a_choice_under_which_nothing_can_be_measured_is_not_called_a_change():
    finding = Finding("k", "It", "So.", (check(all=(1, "more"), strict=tuple(NOTHING)),))
    assert "that allows it" in finding.robustness
    assert "Cannot be measured with: strict." in finding.robustness
    assert "–" in finding._repr_html_()


def test_one_number_that_turns_is_enough_for_the_finding_to_change():
    steady = check(all=(1, "a"), strict=(1, "a"))
    turning = check(all=(1, "b"), strict=(1, "c"))
    assert "Changes" in Finding("k", "It", "So.", (steady, turning)).robustness


def test_what_cannot_be_measured_on_all_records_says_nothing_of_the_others():
    finding = Finding("k", "It", "So.", (check(all=tuple(NOTHING), strict=(1, "a")),))
    assert finding.robustness == ""
    assert "<table" not in finding._repr_html_()


def test_without_other_choices_nothing_is_said_of_them(dataset):
    for finding in findings(dataset, robust=False):
        assert finding.robustness == "", finding.key


def test_there_are_eight_to_twelve_findings_each_with_its_robustness(found):
    assert 8 <= len(found) <= 12
    assert len({finding.key for finding in found}) == len(found)
    for finding in found:
        assert finding.robustness, finding.key


def test_every_finding_is_taken_under_every_choice_of_records(found, dataset):
    names = list(robustness.variants(dataset))
    for finding in found:
        for checked in finding.checks:
            assert list(checked.readings) == names, finding.key


def test_an_unknown_reading_has_no_number_and_a_known_one_has(found):
    for finding in found:
        for checked in finding.checks:
            for name, reading in checked.readings.items():
                assert bool(reading.says) != math.isnan(reading.value), (finding.key, name)


def test_numbers_lead_to_rows_of_the_dataset(found, dataset):
    ids = set(dataset.overview.index)
    for finding in found:
        rows = re.findall(r'data-rows="([^"]*)"', finding.sentence)
        assert rows, finding.key
        for each in rows:
            assert set(each.split()) <= ids


def test_the_counts_in_the_sentence_are_those_of_the_dataset(found, dataset):
    sentence = plain(next(f for f in found if f.key == "numbers").sentence)
    overview = dataset.overview
    for state in dataset.focus:
        own = overview[overview["focus"].map(lambda f, s=state: s in f)]
        done = own["concluded"].sum()
        assert f"{done} concluded agreements of {dataset.party_names[state]}" in sentence
        announced = (own["status"] == "announced").sum()
        assert f"{announced} only announced" in sentence


def test_a_reader_learns_what_was_agreed_and_what_is_only_claimed(small_folder):
    row = {"agreement_id": "aze-mar", "domain": "intelligence"}
    builders.add(small_folder, "domains", **row, basis="press")
    ds = load(small_folder)
    said = {finding.key: plain(finding.sentence) for finding in findings(ds, robust=False)}
    assert "signed a framework agreement on 30 October 2024" in said["agreed"]
    labels = ds.labels("domain_codes")
    assert labels["training"].lower() in said["press-alone"]
    assert said["press-alone"].index(labels["training"].lower()) < said["press-alone"].index(
        labels["intelligence"].lower()
    ), "what officials name comes before what only the press does"


def test_an_answer_that_depends_on_the_years_compared_says_so(dataset, monkeypatch):
    measured = partners.diversification_by_length

    def mixed(data):
        table = measured(data)
        first = ~table.duplicated("state")
        return table.assign(finding=first.map({True: "diversifies", False: "unclear"}))

    monkeypatch.setattr(partners, "diversification_by_length", mixed)
    found = findings(dataset, robust=False)
    said = plain(next(f for f in found if f.key == "diversification").sentence)
    assert said.count("depends on what is compared") == len(dataset.focus)


def test_thin_data_give_fewer_findings_and_no_crash(small):
    keys = [finding.key for finding in findings(small)]
    assert "numbers" in keys
    assert "claims" not in keys


def test_no_data_give_one_sentence_that_says_so():
    (only,) = findings(builders.empty())
    assert "too few data" in only.sentence


@pytest.mark.parametrize("focus", [("MAR",), ("ITA", "TUR"), ("AZE", "MAR", "TUR")])
def test_other_focus_states_get_findings_of_their_own(dataset, focus):
    from dataclasses import replace

    made = findings(replace(dataset, focus=focus), robust=False)
    names = " ".join(dataset.party_names[state] for state in focus)
    text = " ".join(plain(finding.sentence) for finding in made)
    assert len(made) >= 5
    assert all(name in text for name in names.split())
