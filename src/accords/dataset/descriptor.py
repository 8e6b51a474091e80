"""The form of ``datapackage.json`` without which no table can be found in it."""

from collections.abc import Iterator
from typing import Any

NEEDED = (
    *("agreements", "parties", "events", "domains", "sources", "citations", "disputes"),
    *("claims", "coverage", "readings", "party_codes", "domain_codes", "families", "instruments"),
    *("instrument_families", "event_types", "stages", "statuses", "source_kinds", "bases"),
    *("roles", "voices", "tests", "verdicts", "search_methods"),
)
"""Tables that every edition has."""

LOADED = {"events": "date", "party_codes": "party_id"}  # columns without which none can be loaded


FORM: dict[str, Any] = {
    "title?": str,
    "description?": str,
    "keywords?": [str],
    "contributors?": [{"title": str}],
    "licenses?": [{"name": str}],
    "focus?": [str],
    "resources": [
        {
            "name": str,
            "path": str,
            "schema": {
                "fields": [{"name": str, "type": str, "constraints?": {}}],
                "primaryKey": [str],
                "foreignKeys?": [
                    {"fields": [str], "reference": {"resource?": str, "fields": [str]}}
                ],
            },
        }
    ],
}
"""Objects, lists and texts of the Data Package standard; what has a ``?`` may lack or be empty."""


def faults(descriptor: Any) -> Iterator[str]:
    """Find what keeps a descriptor from being read: each fault a sentence with its remedy."""
    if not isinstance(descriptor, dict) or not descriptor.get("resources"):
        yield "declares no tables (resources). Restore the file."
        return
    if misshapen := list(_misshapen(descriptor, FORM, "")):
        yield from misshapen
        return
    names = [resource["name"] for resource in descriptor["resources"]]
    for resource in descriptor["resources"]:
        name, schema = resource["name"], resource["schema"]
        columns = [field["name"] for field in schema["fields"]]
        if names.count(name) > 1:
            yield f"resource {name} is declared more than once. Keep one of them."
        if LOADED.get(name, columns[0]) not in columns:
            yield f"resource {name} has no field '{LOADED[name]}'. Restore it."
        if not set(schema["primaryKey"]) <= set(columns):
            yield f"resource {name}: its primaryKey is not of its fields. Restore it."
    if lacking := [name for name in NEEDED if name not in names]:
        yield f"declares no table {', '.join(lacking)}. Restore it."


def _misshapen(value: Any, form: Any, place: str) -> Iterator[str]:
    """Find what has another form, inside of what has the right one."""
    kind: Any = form if isinstance(form, type) else type(form)
    if not isinstance(value, kind):
        what = {dict: "an object", list: "a list", str: "a text"}[kind]
        yield f"{place.strip()} is missing or not {what}. Restore it."
    elif isinstance(form, dict):
        for key, inner in form.items():
            name = key.removesuffix("?")
            if name == key and not value.get(name):
                yield f"{place} {name} is missing or empty. Restore it.".strip()
            elif name in value:
                yield from _misshapen(value[name], inner, f"{place} {name}")
    elif isinstance(form, list):
        for number, part in enumerate(value, start=1):
            called = part.get("name") if isinstance(part, dict) else None
            yield from _misshapen(part, form[0], f"{place} {called or number}")
