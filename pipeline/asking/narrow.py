"""Narrowing: a form's JSON schema specialised for one call.

A form starts as the schema of its pydantic model. Every reference in it then becomes an enum of
the names that exist at that point, members that are derived are taken out, and expressions are
split by type, so that what the grammar accepts can neither dangle nor be ill-typed.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence

from pydantic import BaseModel

from pipeline.asking.schema import Schema, open_names, whole

EMPTY_LIST: Schema = {"items": {"type": "null"}, "minItems": 0, "maxItems": 0}


class FormSchema(Schema):
    """A form's narrowed schema, with the same form before it was narrowed beside it."""

    def __init__(self, narrowed: Schema, root: Schema, definitions: dict[str, Schema]) -> None:
        super().__init__(narrowed)
        self._full = root, definitions

    @functools.cached_property
    def open(self) -> Schema:
        """The form with the same kinds of nodes, but its names and types open."""
        return open_names(whole(*self._full), self)


def opened(schema: Schema) -> Schema:
    """Return a form's schema with its names open; a schema that was never narrowed as it is."""
    return schema.open if isinstance(schema, FormSchema) else schema


class Form:
    """The schema of one call; each method narrows it and returns it.

    Schemas are shared, never changed: what is narrowed is a new dictionary around old parts.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        root, definitions = _raw(model)
        self._root, self._defs = root, dict(definitions)
        self._open_root, self._open_defs = root, dict(definitions)
        self._root_name = model.__name__

    def omit(self, node: type[BaseModel], *fields: str) -> Form:
        """Take out fields that the stage fills in itself."""
        is_root = node.__name__ == self._root_name
        open_ = self._open_root if is_root else self._open_defs[node.__name__]
        self._put(node, _without(self._node(node), fields))
        if is_root:
            self._open_root = _without(open_, fields)
        else:
            self._open_defs[node.__name__] = _without(open_, fields)
        return self

    def choose(self, node: type[BaseModel], field: str, values: Iterable[str | int]) -> Form:
        """Let a field, or each item of a list, be one of `values`.

        A list without any value to choose must be empty. Raises ValueError if a single value has
        none to choose from.
        """
        schema: Schema = self._node(node)["properties"][field]
        options = list(dict.fromkeys(values))
        if schema.get("type") == "array":
            if not options:
                return self.set(node, field, {**schema, **EMPTY_LIST})
            bounds = {
                "maxItems": min(schema.get("maxItems", len(options)), len(options)),
                "minItems": min(schema.get("minItems", 0), len(options)),
            }
            return self.set(node, field, {**schema, "items": {"enum": options}, **bounds})
        if not options:
            raise ValueError(f"{node.__name__}.{field} has nothing to choose from")
        return self.set(node, field, {"enum": options})

    def at_least(self, node: type[BaseModel], field: str, items: int) -> Form:
        """Let a list have at least so many items."""
        schema: Schema = self._node(node)["properties"][field]
        return self.set(node, field, {**schema, "minItems": items})

    def set(self, node: type[BaseModel], field: str, schema: Schema) -> Form:
        """Replace the schema of a field."""
        self._put(node, self.node(node, {field: schema}))
        return self

    def list_of(self, node: type[BaseModel], field: str, options: Sequence[Schema]) -> Form:
        """Let each item of a list be one of the schemas; without any the list must be empty."""
        schema: Schema = self._node(node)["properties"][field]
        items = {"items": any_of(options)} if options else EMPTY_LIST
        return self.set(node, field, {**schema, **items})

    def define(self, name: str, options: Sequence[Schema]) -> Schema:
        """Name a union of the schemas and return the reference to it."""
        self._defs[name] = any_of(options)
        return {"$ref": f"#/$defs/{name}"}

    def node(self, node: type[BaseModel], fields: Mapping[str, Schema] | None = None) -> Schema:
        """Return a node's schema with some of its fields replaced."""
        schema = self._node(node)
        if not fields:
            return schema
        return {**schema, "properties": {**schema["properties"], **fields}}

    def schema(self) -> FormSchema:
        """Return the whole schema; definitions that nothing refers to any more are left out."""
        narrowed = whole(self._root, self._defs)
        return FormSchema(narrowed, self._open_root, self._open_defs)

    def _node(self, node: type[BaseModel]) -> Schema:
        return self._root if node.__name__ == self._root_name else self._defs[node.__name__]

    def _put(self, node: type[BaseModel], schema: Schema) -> None:
        if node.__name__ == self._root_name:
            self._root = schema
        else:
            self._defs[node.__name__] = schema


def _without(schema: Schema, fields: Collection[str]) -> Schema:
    properties = {name: value for name, value in schema["properties"].items() if name not in fields}
    return {**schema, "properties": properties, "required": list(properties)}


def any_of(options: Sequence[Schema]) -> Schema:
    """Return the union of the schemas, or the only one."""
    return options[0] if len(options) == 1 else {"anyOf": list(options)}


def one_of(values: Iterable[str | int]) -> Schema:
    """Return the schema of one of the values."""
    return {"enum": list(dict.fromkeys(values))}


@functools.cache
def _raw(model: type[BaseModel]) -> tuple[Schema, dict[str, Schema]]:
    """Return a model's schema and its definitions, not to be changed: pydantic takes its time."""
    root = model.model_json_schema(by_alias=True)
    definitions: dict[str, Schema] = root.pop("$defs", {})
    for schema in definitions.values():
        _tag_first(schema)
    return root, definitions


def _tag_first(schema: Schema) -> None:
    """Put the tag of a union's member before what it inherits, so that it is decided first."""
    properties: dict[str, Schema] = schema.get("properties", {})
    tags = {name: value for name, value in properties.items() if "const" in value}
    if tags:
        schema["properties"] = tags | {n: v for n, v in properties.items() if n not in tags}
