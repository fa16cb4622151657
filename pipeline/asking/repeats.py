"""What a form says twice: an object that its list has already is left out, and noted.

So an entity that a model repeats does not become several tables, each with its operations and
tests.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, cast

from pipeline.records.calls import Diagnostic

REPEATABLE = frozenset({"steps", "effects", "items"})
"""Lists in which equal objects mean something.

A call made twice, a stock lowered twice, a row that a test gives twice in a list.
"""
BY_PLACE = frozenset({"requirements"})
"""Lists whose objects are cited by their place, which must stay."""


def without_repeats(document: Any) -> tuple[Any, tuple[Diagnostic, ...]]:
    """Return a form without the objects that stand in their list already, and a note for each."""
    notes: list[Diagnostic] = []
    return _cleaned(document, "", "", notes), tuple(notes)


def _cleaned(value: Any, name: str, pointer: str, notes: list[Diagnostic]) -> Any:
    """Clean a value; `name` is the member it stands in."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {
            key: _cleaned(each, key, f"{pointer}/{key}", notes) for key, each in members.items()
        }
    if isinstance(value, list):
        items = cast("list[Any]", value)
        repeated = set[int]() if name in REPEATABLE | BY_PLACE else set(_repeated(items))
        notes += [_note(f"{pointer}/{place}", name) for place in sorted(repeated)]
        return [
            _cleaned(item, name, f"{pointer}/{place}", notes)
            for place, item in enumerate(items)
            if place not in repeated
        ]
    return value


def _repeated(items: Collection[Any]) -> Iterator[int]:
    """Yield the places of objects that are equal to one before."""
    seen: set[str] = set()
    for place, item in enumerate(items):
        if isinstance(item, dict):
            text = json.dumps(item)
            if text in seen:
                yield place
            seen.add(text)


def _note(pointer: str, name: str) -> Diagnostic:
    return Diagnostic(
        pointer=pointer,
        expected=f"something that {name} do not say yet",
        found="an equal one",
        why=f"one of the {name} is said twice",
        suggestion="left out",
        severity="adjusted",
    )
