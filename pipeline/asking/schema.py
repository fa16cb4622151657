"""JSON schemas as plain data: their parts, their definitions, and a form's names left open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

Schema = dict[str, Any]
"""A JSON schema (2020-12) as plain data."""
NAME_BOUND = 65
"""Characters of a name that only narrowing bounds: two identifiers and a dot."""
_Data = TypeVar("_Data")


def copied(data: _Data) -> _Data:
    """Copy plain data deeply: a fifth of `copy.deepcopy`, which looks for circles."""
    if isinstance(data, dict):
        inner = cast("Schema", data)
        return cast("_Data", {key: copied(value) for key, value in inner.items()})
    if isinstance(data, list):
        return cast("_Data", [copied(value) for value in cast("list[Any]", data)])
    return data


def whole(root: Schema, definitions: dict[str, Schema]) -> Schema:
    """Put the root and the definitions that it refers to together; they share their parts."""
    used: dict[str, Schema] = {}
    seen: set[int] = set()
    pending = _references(root, seen)
    while pending:
        name = pending.pop()
        if name not in used:
            used[name] = definitions[name]
            pending += _references(definitions[name], seen)
    return {**root, "$defs": dict(sorted(used.items()))}


def open_names(full: Schema, narrowed: Schema) -> Schema:
    """Return a form's full schema, with only those kinds of nodes that its narrowed schema has.

    Which nodes may stand where by their kind is then as in the narrowed schema; which names and
    which types is open. Objects with a member for each name get the members of all names that the
    narrowed schema gives them, none required.
    """
    kinds: set[str] = set()
    members: dict[tuple[str, str], dict[str, None]] = {}
    for part in parts(narrowed):
        if part.get("type") == "object" and "title" in part:
            kinds.add(part["title"])
            for name, member in part.get("properties", {}).items():
                inner = member.get("properties", {})
                members.setdefault((part["title"], name), {}).update(dict.fromkeys(inner))
    out = copied(full)
    definitions: dict[str, Schema] = out.pop("$defs", {})

    def kept(options: list[Schema]) -> list[Schema]:
        return [
            each
            for each in options
            if "$ref" not in each or definitions[_target(each)].get("title") in kinds
        ]

    for part in parts([out, definitions]):
        if part.get("type") == "string" and not {"enum", "const"} & set(part):
            part.setdefault("maxLength", NAME_BOUND)
        for union in ("anyOf", "oneOf"):
            if union in part and kept(part[union]):
                part[union] = kept(part[union])
        items = part.get("items")
        if isinstance(items, dict):
            item = cast("Schema", items)
            options = item.get("anyOf") or item.get("oneOf") or [item]
            if not kept(options):
                part.update(items={"type": "null"}, minItems=0, maxItems=0)
        for name, member in part.get("properties", {}).items():
            if "propertyNames" in member:
                found = members.get((part["title"], name), {})
                value = next(iter(member["patternProperties"].values()))
                part["properties"][name] = {
                    "type": "object",
                    "properties": dict.fromkeys(found, value),
                    "required": [],
                    "additionalProperties": False,
                }
    return whole(out, definitions)


def parts(schema: Any) -> list[Schema]:
    """Return the schema and every object inside it, outermost first."""
    found: list[Schema] = []
    pending: list[Any] = [schema]
    while pending:
        part: Any = pending.pop()
        if isinstance(part, dict):
            inner = cast("Schema", part)
            found.append(inner)
            pending.extend(inner.values())
        elif isinstance(part, list):
            pending.extend(cast("list[Any]", part))
    return found


def _references(schema: Schema, seen: set[int]) -> list[str]:
    """Return what a schema refers to, but for the parts `seen` already, by their identity."""
    found: list[str] = []
    pending: list[Any] = [schema]
    while pending:
        part: Any = pending.pop()
        if isinstance(part, dict):
            if id(cast("Schema", part)) in seen:
                continue
            inner = cast("Schema", part)
            seen.add(id(inner))
            if "$ref" in inner:
                found.append(_target(inner))
            values: Iterable[Any] = inner.values()
        else:
            values = cast("list[Any]", part)
        pending += [value for value in values if isinstance(value, dict | list)]
    return found


def _target(reference: Schema) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]
