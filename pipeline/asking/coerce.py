"""Coercion: a document bent towards its form where only the writing is off, not the meaning.

Numbers and booleans in quotes, texts without, objects and lists written as texts inside the
document, one item where a list of them belongs, a name in another case, a wrapper around the form,
members the form does not have. Nothing is invented: what is missing stays missing, unless the form
leaves only one value for it.
"""

from __future__ import annotations

import math
import re
from typing import Any, cast

from pipeline.asking.conform import branches, choices, conform, is_kind, missed_tags, nearest, same
from pipeline.asking.lenient import NotFoundError, recover
from pipeline.asking.narrow import Schema

YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
NULL = ("null", "none", "nil", "undefined")
CONTAINERS = {"object": "{", "array": "["}


def coerce(schema: Schema, document: object) -> Any:
    """Return the document as the schema would have it, as far as its meaning is plain."""
    definitions: dict[str, Schema] = schema.get("$defs", {})
    return _Bending(definitions).bent(schema, _unwrapped(schema, document))


def _unwrapped(schema: Schema, document: object) -> object:
    """Take a form out of a text, a list of one, or an object that only names it."""
    members = set(schema.get("properties", ()))
    while True:
        inner: object = None
        if isinstance(document, str):
            inner = _parsed(document, "{")
        elif isinstance(document, list):
            items = cast("list[object]", document)
            inner = items[0] if len(items) == 1 else None
        elif isinstance(document, dict) and not members & set(cast("Schema", document)):
            inner = next(iter(cast("Schema", document).values())) if len(document) == 1 else None
        if not isinstance(inner, str | list | dict):
            return cast("object", document)
        document = cast("object", inner)


def _parsed(text: str, bracket: str) -> Any:
    if not text.lstrip().startswith(bracket):
        return None
    try:
        return recover(text)
    except NotFoundError:
        return None


class _Bending:
    """Walks a document along a schema and builds it anew."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions

    def bent(self, schema: Schema, document: object) -> Any:
        options = branches(schema, self._definitions)
        is_nullable = any(option.get("type") == "null" for option in options)
        if is_nullable and isinstance(document, str) and document.strip().casefold() in NULL:
            return None
        tries = [self._to_branch(option, document) for option in self._likely(options, document)]
        if len(tries) == 1:
            return tries[0]
        whole = {"anyOf": options, "$defs": self._definitions}
        return min(tries, key=lambda tried: len(conform(whole, tried)))

    def _likely(self, options: list[Schema], document: object) -> list[Schema]:
        """Return the branches that may be meant."""
        if len(options) == 1:
            return options
        if isinstance(document, str) and not any(is_kind(o.get("type"), document) for o in options):
            inner = _parsed(document, "{")
            document = document if inner is None else inner
        objects = [option for option in options if option.get("type") == "object"]
        if not isinstance(document, dict) or not objects:
            document = cast("object", document)
            near = nearest(options, document, self._definitions)
            return near if any(is_kind(o.get("type"), document) for o in near) else options
        missed = [self._missed(option, cast("Schema", document)) for option in objects]
        return [o for o, count in zip(objects, missed, strict=True) if count == min(missed)]

    def _missed(self, option: Schema, document: Schema) -> int:
        """Count the tags that speak against a branch once they are spelled as it spells them."""
        spelled: Schema = {}
        for name, value in _named(option.get("properties", {}), document).items():
            found = branches(option.get("properties", {})[name], self._definitions)
            fixed = choices(found[0]) if len(found) == 1 else None
            spelled[name] = value if fixed is None else _chosen(fixed, value)
        return len(missed_tags(option, spelled, self._definitions))

    def _to_branch(self, schema: Schema, document: object) -> Any:
        fixed = choices(schema)
        if fixed is not None:
            return _chosen(fixed, document)
        kind = schema.get("type")
        if isinstance(document, str) and kind in CONTAINERS:
            inner = _parsed(document, CONTAINERS[kind])
            document = document if inner is None else cast("object", inner)
        if kind == "array":
            return self._to_list(schema, document)
        if isinstance(document, list):
            items = cast("list[object]", document)
            document = items[0] if len(items) == 1 else items
        return self._to_object(schema, document) if kind == "object" else _scalar(kind, document)

    def _to_object(self, schema: Schema, document: object) -> Any:
        if not isinstance(document, dict):
            return document
        members: dict[str, Schema] = schema.get("properties", {})
        given = _named(members, cast("Schema", document))
        out: Schema = {}
        for name, member in members.items():
            if name in given:
                out[name] = self.bent(member, given[name])
            elif name in schema.get("required", ()):
                found = branches(member, self._definitions)
                if len(found) == 1 and "const" in found[0]:
                    out[name] = found[0]["const"]
                elif len(found) == 1 and found[0].get("maxItems") == 0:
                    out[name] = []
        return out

    def _to_list(self, schema: Schema, document: object) -> Any:
        if document is None:
            return []
        items = cast("list[object]", document if isinstance(document, list) else [document])
        if schema.get("maxItems") == 0:
            return items
        return [self.bent(schema["items"], item) for item in items]


def _named(members: dict[str, Schema], document: Schema) -> Schema:
    """Return the members that the schema knows, under its own spelling."""
    spelling = {_plain(name): name for name in members}
    loose = {spelling[_plain(k)]: v for k, v in document.items() if _plain(k) in spelling}
    return {**loose, **{name: value for name, value in document.items() if name in members}}


def _chosen(values: list[Any], document: object) -> object:
    """Return the value that is meant, if it is one of them but for its writing."""
    for value in values:
        if same(value, document):
            return value
    if isinstance(document, str | int | float) and not isinstance(document, bool):
        meant = [value for value in values if _plain(value) == _plain(document)]
        if len(meant) == 1:
            return meant[0]
    return document


def _plain(word: object) -> str:
    """Fold what only writing differs in: case, spaces, dashes, underscores."""
    return re.sub(r"[\W_]+", "", str(word)).casefold()


def _scalar(kind: object, document: object) -> object:
    if is_kind(kind, document):
        return document
    text = document.strip() if isinstance(document, str) else None
    match kind:
        case "string" if isinstance(document, bool):
            return "true" if document else "false"
        case "string" if isinstance(document, int | float):
            return str(document)
        case "null" if text is not None and text.casefold() in NULL:
            return None
        case "boolean":
            word = str(document).casefold()
            return True if word in YES else False if word in NO else document
        case "integer" | "number":
            return _number(kind, text if text is not None else document)
        case _:
            return document


def _number(kind: object, document: object) -> object:
    if isinstance(document, bool) or not isinstance(document, str | int | float):
        return document
    try:
        number = float(document)
    except ValueError:
        return document
    if math.isfinite(number) and number.is_integer():
        return int(document) if isinstance(document, str) and document.isdigit() else int(number)
    return number if kind == "number" and math.isfinite(number) else document
