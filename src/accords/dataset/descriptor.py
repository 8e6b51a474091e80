"""The form of ``datapackage.json`` without which no table can be found in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NEEDED = (
    *("agreements", "parties", "events", "domains", "sources", "citations", "disputes"),
    *("claims", "coverage", "readings", "party_codes", "domain_codes", "families", "instruments"),
    *("instrument_families", "event_types", "stages", "statuses", "source_kinds", "bases"),
    *("roles", "voices", "tests", "verdicts", "search_methods"),
)
"""Tables that every edition has."""

LOADED = {"events": "date", "party_codes": "party_id"}
"""Columns without which the tables cannot be loaded."""


def faults(descriptor: Any) -> Iterator[str]:
    """Find what keeps a descriptor from being read: each fault a sentence with its remedy."""
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not resources or not isinstance(resources, list):
        yield "declares no tables (resources). Restore the file."
        return
    names = []
    for number, resource in enumerate(resources, start=1):
        own = resource if isinstance(resource, dict) else {}
        names.append(own.get("name"))
        place = f"resource {own.get('name') or number}"
        lacking = [key for key in ("name", "path") if not _text(own.get(key))]
        if lacking:
            yield f"{place} has no {' and no '.join(lacking)}. Give it as text."
        elif names.count(own["name"]) > 1:
            yield f"{place} is declared twice. Remove one of the two."
        schema: Any = own.get("schema")
        fields = schema.get("fields") if isinstance(schema, dict) else None
        if not fields or not isinstance(fields, list):
            yield f"{place} has no schema with fields. Restore its columns."
            continue
        yield from (f"{place}: {fault}" for fault in _in_schema(schema, fields))
        column = LOADED.get(str(own.get("name")))
        if column and column not in [f.get("name") for f in fields if isinstance(f, dict)]:
            yield f"{place} has no field '{column}'. Restore it."
    if lacking := [name for name in NEEDED if name not in names]:
        yield f"declares no table {', '.join(lacking)}. Restore it."
    focus = descriptor.get("focus", [])
    if not isinstance(focus, list) or not all(map(_text, focus)):
        yield 'focus is not a list of codes. Write it as in ["AZE", "MAR"].'


def _in_schema(schema: dict[str, Any], fields: list[Any]) -> Iterator[str]:
    columns = []
    for number, field in enumerate(fields, start=1):
        own = field if isinstance(field, dict) else {}
        columns.append(own.get("name"))
        if lacking := [key for key in ("name", "type") if not _text(own.get(key))]:
            what = own.get("name") or number
            yield f"field {what} has no {' and no '.join(lacking)}. Give it as text."
        if not isinstance(own.get("constraints", {}), dict):
            yield f"field {own.get('name')}: its constraints are no object. Restore them."
    primary = schema.get("primaryKey")
    if not primary or not isinstance(primary, list) or any(key not in columns for key in primary):
        yield "the primaryKey is not a list of its fields. Name the columns that tell rows apart."
    foreign = schema.get("foreignKeys", [])
    if not isinstance(foreign, list) or not all(map(_refers, foreign)):
        yield "foreignKeys are not of the form {fields, reference: {resource, fields}}. Restore it."


def _refers(key: Any) -> bool:
    """Say whether a foreign key has the form that the Data Package standard gives it."""
    reference = key.get("reference") if isinstance(key, dict) else None
    return (
        isinstance(reference, dict)
        and isinstance(reference.get("resource"), str)
        and all(
            isinstance(one.get("fields"), list) and one["fields"] and all(map(_text, one["fields"]))
            for one in (key, reference)
        )
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
