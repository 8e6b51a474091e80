"""New rows that deserve a second look are asked about; old ones are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import builders
import pytest

from accords.curation.advice import SERVES_MANY, advise
from accords.curation.changes import compare
from accords.dataset import Dataset

LIST = [{"agreement_id": f"a{n}", "source_id": "other-list"} for n in range(SERVES_MANY + 1)]
PARTIES = [{"agreement_id": "a", "party_id": state} for state in ("AZE", "MAR")]


def asked(old: Dataset, new: Dataset) -> list[tuple[str, str | None]]:
    """Return the rule and column of all that is asked when one dataset becomes the other."""
    return [(problem.rule, problem.column) for problem in advise(new, compare(old, new))]


def grown(**tables: Any) -> tuple[Dataset, Dataset]:
    """Return a dataset without the last row of its first table, and the whole."""
    new = builders.tiny(**tables)
    name = next(iter(tables))
    return replace(new, tables={**new.tables, name: new.tables[name].iloc[:-1]}), new


def signed(date: str | None, **more: str) -> Mapping[str, Any]:
    return {"agreement_id": "a", "event": "signed", "date": date, **more}


@pytest.mark.parametrize(
    ("tables", "about"),
    [
        ({"events": [signed("2001"), signed("2002")]}, ("second-signature", "date")),
        (
            {"citations": [*LIST, {"agreement_id": "z", "source_id": "other-list"}]},
            ("no-locator", "locator"),
        ),
        (
            {"disputes": [{"agreement_id": "a", "source_id": "press-z", "value": "Baku"}]},
            ("uncited-dispute", "source_id"),
        ),
        (
            {
                "agreements": [{"agreement_id": "a", "scope": "multilateral"}],
                "parties": PARTIES,
            },
            ("few-parties", "parties_total"),
        ),
    ],
)
def test_a_new_row_is_asked_about_and_an_old_one_is_not(
    tables: dict[str, Any], about: tuple[str, str]
) -> None:
    old, new = grown(**tables)
    assert asked(old, new) == [about]
    assert asked(new, new) == []


@pytest.mark.parametrize(
    "tables",
    [
        {"events": [signed("2001"), signed("2002", party_id="AZE")]},
        {"events": [signed("2001"), signed("2001")]},
        {
            "citations": [
                *LIST,
                {"agreement_id": "z", "source_id": "other-list", "locator": "row 7"},
            ]
        },
        {
            "disputes": [{"agreement_id": "a", "source_id": "press-z", "value": "Baku"}],
            "citations": [{"agreement_id": "a", "source_id": "press-z", "subject": "context"}],
        },
        {
            "agreements": [
                {"agreement_id": "a", "scope": "multilateral", "parties_total": 30},
            ],
            "parties": PARTIES,
        },
    ],
)
def test_what_is_as_it_should_be_is_not_asked_about(tables: dict[str, Any]) -> None:
    assert asked(*grown(**tables)) == []


def test_a_question_names_the_line_of_the_row() -> None:
    old, new = grown(events=[signed("2001"), signed("2002")])
    (problem,) = advise(new, compare(old, new))
    assert (problem.file, problem.row, problem.severity) == ("events.csv", 3, "warning")
