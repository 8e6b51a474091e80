"""A made-up dataset of other states and another time: Turkey and Pakistan, 1961 to 1988.

Nothing in it happened. Its claims and disputes are empty, nobody searched or read again, and most
measures have little to go by.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import builders

from accords.dataset import Dataset

FOCUS = ("TUR", "PAK")
PARTNERS = ("IRN", "USA", "GBR", "DEU", "SAU", "CHN", "JOR")
DOMAINS = ("training", "exercises", "procurement", "logistics", "policy", "intelligence")
INSTRUMENTS = ("agreement", "framework-agreement", "protocol", "memorandum", "procurement-contract")


def dataset() -> Dataset:
    """Make the dataset; the same each time."""
    chance = random.Random(1961)
    parties, events, domains, agreements = [], [], [], []
    pairs = [
        *(("TUR", "PAK") for _ in range(3)),
        *(("TUR", chance.choice(PARTNERS)) for _ in range(14)),
        *(("PAK", chance.choice(PARTNERS[:4])) for _ in range(9)),
    ]
    for number, pair in enumerate(pairs, start=1):
        name = "-".join((*sorted(state.lower() for state in pair), f"made-up-{number}"))
        agreements.append(
            {
                "agreement_id": name,
                "title": f"Made-up instrument {number} of {pair[0]} and {pair[1]}",
                "instrument": chance.choice(INSTRUMENTS),
            }
        )
        parties += [{"agreement_id": name, "party_id": state} for state in pair]
        year = chance.randint(1961, 1984)
        date = chance.choice([f"{year}", f"{year}-05", f"{year}-05-17", f"{year}?"])
        events.append({"agreement_id": name, "event": "signed", "date": date})
        if chance.random() < 0.4:
            later = {"agreement_id": name, "event": "entered-into-force", "date": f"{year + 1}"}
            events.append(later)
        for domain in chance.sample(DOMAINS, chance.randint(0, 3)):
            domains.append({"agreement_id": name, "domain": domain})
    cited = [
        *({"agreement_id": row["agreement_id"], "evidence": "Made up."} for row in agreements),
        *(
            {"agreement_id": row["agreement_id"], "subject": f"event:{row['event']}"}
            for row in events
        ),
        *(
            {"agreement_id": row["agreement_id"], "subject": f"domain:{row['domain']}"}
            for row in domains
        ),
    ]
    return builders.tiny(
        focus=FOCUS,
        as_of="1988-06-30",
        agreements=agreements,
        parties=parties,
        events=events,
        domains=domains,
        citations=cited,
        sources=[{"source_id": "press-a", "published": "1988-01"}],
    )


def write(folder: Path, data: Dataset | None = None) -> Path:
    """Write it, or another dataset of these states, as a folder of its own."""
    made = data if data is not None else dataset()
    builders.write(made, folder)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    descriptor |= {
        "name": "made-up",
        "title": "Made-up agreements of Turkey and Pakistan",
        "description": "A dataset for tests.",
        "version": "0.3.0",
        "keywords": ["made up"],
        "focus": list(FOCUS),
    }
    foreign = [r for r in descriptor["resources"] if r["path"].startswith("external/")]
    for resource in foreign:
        descriptor["resources"].remove(resource)
        (folder / resource["path"]).unlink()
    (folder / "datapackage.json").write_text(json.dumps(descriptor, indent=2), encoding="utf-8")
    log = "# Editions of the dataset\n\n## 0.3.0 (1988-06-30)\n\nMade up.\n"
    (folder / "CHANGELOG.md").write_text(log, encoding="utf-8")
    return folder
