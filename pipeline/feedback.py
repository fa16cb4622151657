"""Feedback: a form printed back to the model, each wrong line with a comment that says why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from pydantic import ValidationError

from pipeline.records import Diagnostic

MAX_COMMENTS = 12
"""A longer list of errors only buries the first ones."""


class FormError(Exception):
    """A form that can't be used as it is; carries every diagnostic."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(d.why for d in diagnostics))
        self.diagnostics = tuple(diagnostics)


def diagnose(error: ValidationError) -> tuple[Diagnostic, ...]:
    """Turn pydantic's errors into diagnostics with JSON pointers."""
    return tuple(
        Diagnostic(
            pointer=pointer(part for part in item["loc"]),
            expected=item["msg"],
            found=json.dumps(item["input"], default=str)[:80],
            why=f"{item['msg']} ({item['type']})",
            suggestion="Write the value the form asks for.",
        )
        for item in error.errors(include_url=False)
    )


def pointer(path: Iterable[object]) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def annotate(form: Any, diagnostics: Sequence[Diagnostic]) -> str:
    """Print a form as indented JSON; lines that a diagnostic points at end in `// expected …`.

    A diagnostic whose place the form does not have is told at the nearest place that it has.
    """
    lines: list[tuple[str, str]] = []
    _print(form, "", "", "", lines)
    places = [place for place, _ in lines]
    comments: dict[int, list[str]] = {}
    for diagnostic in diagnostics[:MAX_COMMENTS]:
        target = diagnostic.pointer
        while target not in places:
            target = target.rpartition("/")[0]
        comment = (
            f"expected {diagnostic.expected}, found {diagnostic.found}: {diagnostic.suggestion}"
        )
        comments.setdefault(places.index(target), []).append(comment)
    return "\n".join(
        text + (f"  // {'; '.join(comments[number])}" if number in comments else "")
        for number, (_, text) in enumerate(lines)
    )


def _print(
    value: Any, place: str, indent: str, label: str, lines: list[tuple[str, str]], end: str = ""
) -> None:
    if isinstance(value, dict) and value:
        members = cast("dict[str, Any]", value)
        lines.append((place, f"{indent}{label}{{"))
        for number, (key, item) in enumerate(members.items(), start=1):
            comma = "," if number < len(members) else ""
            name = f"{json.dumps(key)}: "
            _print(item, place + pointer([key]), indent + " ", name, lines, comma)
        lines.append((f"{place}/", f"{indent}}}{end}"))
    elif isinstance(value, list) and value:
        lines.append((place, f"{indent}{label}["))
        items = cast("list[Any]", value)
        for number, item in enumerate(items, start=1):
            comma = "," if number < len(items) else ""
            _print(item, f"{place}/{number - 1}", indent + " ", "", lines, comma)
        lines.append((f"{place}/", f"{indent}]{end}"))
    else:
        text = json.dumps(value, ensure_ascii=False)
        lines.append((place, f"{indent}{label}{text}{end}"))
