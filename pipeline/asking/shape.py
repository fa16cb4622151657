"""A form's schema for a model to read: as a TypeScript type, or as a smaller JSON schema."""

from __future__ import annotations

import json
from collections.abc import Mapping

from engines.schema import (
    Array,
    Boolean,
    Const,
    Dictionary,
    Enum,
    FormSchema,
    Json,
    Named,
    Null,
    Number,
    Object,
    SchemaNode,
    Text,
    Union,
    rebuilt,
)

INLINE_OPTIONS = 3
"""A union of this many branches or more is written once, under a name."""


def as_type(schema: FormSchema) -> str:
    """Write a schema as TypeScript types, the form first; bounds stand in comments.

    About a quarter as long as the JSON schema.
    """
    writer = _Writer(schema.definitions)
    root = writer.text(schema.root)
    lines = [f"type Form = {root}"]
    lines += [f"type {name} = {text}" for name, text in writer.named.items()]
    return "\n".join(lines)


class _Writer:
    """Writes definitions as they are referred to."""

    def __init__(self, definitions: Mapping[str, SchemaNode]) -> None:
        self.named: dict[str, str] = {}
        self._definitions = definitions
        self._unions: dict[str, str] = {}

    def text(self, node: SchemaNode) -> str:
        match node:
            case Named(name):
                if name not in self.named:
                    self.named[name] = ""
                    self.named[name] = self.text(self._definitions[name])
                return name
            case Union(options):
                return self._union(options)
            case Const(value):
                return json.dumps(value)
            case Enum(values):
                return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
            case Object(members, required):
                written = (self._member(n, m, n in required) for n, m in members.items())
                return "{ " + "; ".join(written) + " }"
            case Dictionary(values):
                return f"{{ [name: string]: {self.text(values)} }}"
            case Array(items, least, most):
                item = "unknown" if items is None else self.text(items)
                item = f"({item})" if " | " in item else item
                return f"{item}[]{_bounds(least, most)}"
            case Text(least, most):
                return f"string{_bounds(least, most)}"
            case Number("integer", minimum, maximum):
                return f"integer{_bounds(minimum, maximum)}"
            case Number() | Boolean() | Null():
                return node.kind

    def _member(self, name: str, node: SchemaNode, is_required: bool) -> str:
        """Write a member; one that may be left out is never null."""
        if is_required:
            return f"{name}: {self.text(node)}"
        if isinstance(node, Union):
            node = any_but_null(node)
        return f"{name}?: {self.text(node)}"

    def _union(self, options: tuple[SchemaNode, ...]) -> str:
        """Write a union; pydantic repeats long ones wherever they stand, here they get a name."""
        parts = [self.text(option) for option in options]
        text = " | ".join(dict.fromkeys(parts))
        if len(parts) < INLINE_OPTIONS:
            return text
        if text not in self._unions:
            name = f"Any{len(self._unions) + 1}"
            self._unions[text] = name
            self.named[name] = text
        return self._unions[text]


def any_but_null(node: Union) -> SchemaNode:
    """Return a union without null, or the only option that is left."""
    kept = tuple(option for option in node.options if not isinstance(option, Null))
    return kept[0] if len(kept) == 1 else Union(kept)


def _bounds(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return f" /*{'' if low is None else low}..{'' if high is None else high}*/"


def as_parameters(schema: FormSchema) -> Json:
    """Return a schema as a tool's parameters, unions that repeat written once."""
    unions: dict[SchemaNode, Named] = {}
    definitions: dict[str, SchemaNode] = {}

    def small(node: SchemaNode) -> SchemaNode:
        node = rebuilt(node, small)
        if not isinstance(node, Union) or len(node.options) < INLINE_OPTIONS:
            return node
        if node not in unions:
            unions[node] = Named(f"Any{len(unions) + 1}")
            definitions[unions[node].name] = node
        return unions[node]

    root = small(schema.root)
    for name, each in schema.definitions.items():
        definitions[name] = small(each)
    return FormSchema(root, definitions).as_json()
