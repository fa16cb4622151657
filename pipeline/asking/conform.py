"""Whether a document is one that the grammar of its form could have written, and if not, where.

The schemas are those of `pipeline.asking.narrow`. At the levels that do not decode under the
narrowed grammar an answer is held against it here, so that what counts as valid is the same at
every level.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Iterator
from typing import Any, cast

from pipeline.asking.feedback import pointer
from pipeline.asking.narrow import Schema
from pipeline.records.calls import Diagnostic

SHOWN_CHOICES = 30
"""Names that a diagnostic lists; of more, those that come nearest to what was written."""
SHOWN_CHARACTERS = 60
FAR = 1 << 16  # more tags than any branch has
NEAR = 0.6  # share of characters in common from which a name counts as meant


def conform(schema: Schema, document: object) -> tuple[Diagnostic, ...]:
    """Return every place where a document leaves its schema; empty if it does not."""
    return tuple(_Reader(schema.get("$defs", {})).errors(schema, document, ()))


def branches(schema: Schema, definitions: dict[str, Schema]) -> list[Schema]:
    """Return the alternatives of a schema, references and unions inside unions resolved."""
    if "$ref" in schema:
        return branches(definitions[str(schema["$ref"]).rsplit("/", 1)[-1]], definitions)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return [one for each in schema[union] for one in branches(each, definitions)]
    return [schema]


def choices(schema: Schema) -> list[object] | None:
    """Return the values that a schema fixes, None if it leaves them open."""
    if "const" in schema:
        return [schema["const"]]
    return cast("list[object] | None", schema.get("enum"))


def same(one: object, other: object) -> bool:
    """Compare two scalars as JSON does: `true` is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def nearest(
    options: list[Schema], document: object, definitions: dict[str, Schema]
) -> list[Schema]:
    """Return the branches of a union that a document comes nearest to, by kind and by tags."""
    scored = [(_distance(option, document, definitions), option) for option in options]
    least = min(distance for distance, _ in scored)
    return [option for distance, option in scored if distance == least]


def _distance(option: Schema, document: object, definitions: dict[str, Schema]) -> int:
    """Count the tags that speak against a branch; another kind of value outweighs them all."""
    fixed = choices(option)
    if fixed is not None:
        return 0 if any(same(value, document) for value in fixed) else FAR // 2
    if not is_kind(option.get("type"), document):
        return FAR
    if option.get("type") != "object":
        return 0
    return len(missed_tags(option, cast("Schema", document), definitions))


def missed_tags(
    option: Schema, document: Schema, definitions: dict[str, Schema]
) -> dict[str, list[object]]:
    """Return the fixed members whose value in the document is another, with what they may be."""
    missed: dict[str, list[object]] = {}
    for name, member in option.get("properties", {}).items():
        found = branches(member, definitions)
        fixed = choices(found[0]) if len(found) == 1 else None
        if fixed is None:
            continue
        present = name in document
        if not present and len(fixed) == 1 and "const" in found[0]:
            missed[name] = fixed
        if present and not any(same(value, document[name]) for value in fixed):
            missed[name] = fixed
    return missed


def is_kind(kind: object, document: object) -> bool:
    """Say whether a value is of a JSON schema's type."""
    match kind:
        case "object":
            return isinstance(document, dict)
        case "array":
            return isinstance(document, list)
        case "string":
            return isinstance(document, str)
        case "boolean":
            return isinstance(document, bool)
        case "integer":
            return isinstance(document, int) and not isinstance(document, bool)
        case "number":
            return isinstance(document, int | float) and not isinstance(document, bool)
        case "null":
            return document is None
        case _:
            return True


Path = tuple[object, ...]


class _Reader:
    """Walks a document along a schema."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions

    def errors(self, schema: Schema, document: object, path: Path) -> Iterator[Diagnostic]:
        """Yield what is wrong at `path` and below."""
        options = branches(schema, self._definitions)
        near = nearest(options, document, self._definitions)
        if len(options) > 1 and isinstance(document, dict):
            members = cast("Schema", document)
            for name, values in self._common_tags(near, members).items():
                if name in members:
                    yield _unknown(values, members[name], (*path, name))
                else:
                    yield _missing(name, values, path)
                return
        found = [list(self._of_branch(option, cast("object", document), path)) for option in near]
        best = min(found, key=len)
        scalars = [value for option in near for value in choices(option) or ()]
        if best and len(near) > 1 and scalars:
            yield _unknown(scalars, cast("object", document), path)
        elif best and len(near) == len(options) > 1:
            words = " or ".join(dict.fromkeys(map(_said, options)))
            yield _wrong(path, words, cast("object", document))
        else:
            yield from best

    def _common_tags(self, near: list[Schema], document: Schema) -> dict[str, list[object]]:
        """Return the first tag that no branch agrees with, and all values it may have there."""
        if any("properties" not in option for option in near):
            return {}
        missed = [missed_tags(option, document, self._definitions) for option in near]
        if not all(missed):
            return {}
        name = next(iter(missed[0]))
        values = [value for each in missed for value in each.get(name, [])]
        return {name: list(dict.fromkeys(cast("list[Any]", values)))}

    def _of_branch(self, schema: Schema, document: object, path: Path) -> Iterator[Diagnostic]:
        fixed = choices(schema)
        if fixed is not None:
            if not any(same(value, document) for value in fixed):
                yield _unknown(fixed, document, path)
        elif not is_kind(schema.get("type"), document):
            yield _wrong(path, _said(schema), document)
        elif isinstance(document, dict):
            yield from self._of_object(schema, cast("Schema", document), path)
        elif isinstance(document, list):
            yield from self._of_list(schema, cast("list[object]", document), path)
        elif isinstance(document, str):
            if not _fits_text(schema, document):
                yield _wrong(path, _said(schema), document)
        elif document is not None and not _in_bounds(schema, cast("float", document)):
            yield _wrong(path, _said(schema), document)

    def _of_object(self, schema: Schema, document: Schema, path: Path) -> Iterator[Diagnostic]:
        members: dict[str, Schema] = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in document:
                yield _missing(name, None, path)
        for name, value in document.items():
            if name in members:
                yield from self.errors(members[name], value, (*path, name))
            else:
                yield _unknown(list(members), name, (*path, name), "one member")

    def _of_list(self, schema: Schema, document: list[object], path: Path) -> Iterator[Diagnostic]:
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if len(document) < least or (most is not None and len(document) > most):
            bound = f"{least} items or more" if most is None else f"{least} to {most} items"
            yield _wrong(path, "an empty list" if most == 0 else bound, f"{len(document)} items")
            return
        for index, item in enumerate(document):
            yield from self.errors(schema["items"], item, (*path, index))


def _fits_text(schema: Schema, text: str) -> bool:
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return False
    pattern = schema.get("pattern")
    return pattern is None or _compiled(pattern).search(text) is not None


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _in_bounds(schema: Schema, number: float) -> bool:
    return not (
        number < schema.get("minimum", number)
        or number > schema.get("maximum", number)
        or ("exclusiveMinimum" in schema and number <= schema["exclusiveMinimum"])
        or ("exclusiveMaximum" in schema and number >= schema["exclusiveMaximum"])
    )


def _said(schema: Schema) -> str:
    """Say in words what a branch takes."""
    fixed = choices(schema)
    if fixed is not None:
        return _listed(fixed)
    kind = str(schema.get("type", "a value"))
    if kind == "string":
        length = f" of {schema.get('minLength', 0)} to {schema.get('maxLength', 'any')} characters"
        return f"a text{length}" + (f" like {schema['pattern']}" if "pattern" in schema else "")
    if kind in ("integer", "number"):
        low = schema.get("minimum", schema.get("exclusiveMinimum", "any"))
        high = schema.get("maximum", schema.get("exclusiveMaximum", "any"))
        return f"{'an integer' if kind == 'integer' else 'a number'} from {low} to {high}"
    words = {"object": "an object", "array": "a list", "boolean": "true or false", "null": "null"}
    return words.get(kind, kind)


def _listed(values: list[Any]) -> str:
    shown = ", ".join(str(value) for value in values[:SHOWN_CHOICES])
    more = len(values) - SHOWN_CHOICES
    return f"{shown} and {more} more" if more > 0 else shown


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def _missing(name: str, values: list[object] | None, path: Path) -> Diagnostic:
    needed = name if values is None else f"{name}: {_listed(values)}"
    return Diagnostic(
        pointer=pointer(path),
        expected=f"the member {needed}",
        found="nothing",
        why=f"{name} is missing",
        suggestion=f"Add {name}.",
    )


def _wrong(path: Path, expected: str, found: object) -> Diagnostic:
    shown = _shown(found)
    return Diagnostic(
        pointer=pointer(path),
        expected=expected,
        found=shown,
        why=f"{pointer(path) or 'The form'} is {shown}, not {expected}",
        suggestion="Write what is expected.",
    )


def _unknown(values: list[Any], found: object, path: Path, what: str = "one") -> Diagnostic:
    """Complain about a name that does not exist; the list of what does exist comes with it."""
    words = [str(value) for value in values]
    close = difflib.get_close_matches(str(found), words, n=SHOWN_CHOICES, cutoff=NEAR)
    if len(values) > SHOWN_CHOICES:
        values = [*close, *(word for word in words if word not in close)]
    meant = f"Did you mean {close[0]}?" if close else "Choose one of them."
    return Diagnostic(
        pointer=pointer(path),
        expected=f"{what} of {_listed(values)}",
        found=_shown(found),
        why=f"{_shown(found)} does not exist here",
        suggestion=meant,
    )
