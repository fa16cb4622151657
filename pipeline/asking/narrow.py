"""Narrowing: a form's schema specialised for one call.

A form starts as the schema of its pydantic model. Every reference in it then becomes an enum of
the names that exist at that point, members that are derived are taken out, and expressions are
split by type, so that what the grammar accepts can neither dangle nor be ill-typed.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from engines.schema import (
    EMPTY_ARRAY,
    Array,
    Const,
    Enum,
    FormSchema,
    Named,
    Object,
    SchemaNode,
    Union,
    parse_schema,
)
from pipeline.asking.opening import open_names, whole


@dataclass(frozen=True, eq=False)
class NarrowedSchema(FormSchema):
    """A form's narrowed schema, with the same form before it was narrowed beside it."""

    full: FormSchema

    @functools.cached_property
    def open(self) -> FormSchema:
        """The form with the same kinds of nodes, but its names and types open."""
        return open_names(self.full, self)


def opened(schema: FormSchema) -> FormSchema:
    """Return a form's schema with its names open; a schema that was never narrowed as it is."""
    return schema.open if isinstance(schema, NarrowedSchema) else schema


class Form:
    """The schema of one call; each method narrows it and returns it.

    Nodes are shared, never changed: what is narrowed is a new node around old ones.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        raw = _parsed(model)
        self._root, self._definitions = raw.root, dict(raw.definitions)
        self._open_root, self._open_definitions = raw.root, dict(raw.definitions)
        self._root_name = model.__name__

    def omit(self, model: type[BaseModel], *fields: str) -> Form:
        """Take out fields that the stage fills in itself."""
        self._put(model, without(self.node(model), fields))
        if model.__name__ == self._root_name:
            self._open_root = without(self._open_root, fields)
        else:
            name = model.__name__
            self._open_definitions[name] = without(self._open_definitions[name], fields)
        return self

    def choose(self, model: type[BaseModel], field: str, values: Iterable[str | int]) -> Form:
        """Let a field, or each item of a list, be one of `values`.

        A list without any value to choose must be empty. Raises ValueError if a single value has
        none to choose from.
        """
        node = self.node(model).members[field]
        options = tuple(dict.fromkeys(values))
        if isinstance(node, Array):
            if not options:
                return self.set(model, field, EMPTY_ARRAY)
            most = len(options) if node.most is None else min(node.most, len(options))
            least = min(node.least or 0, len(options))
            return self.set(model, field, Array(Enum(options), least, most))
        if not options:
            raise ValueError(f"{model.__name__}.{field} has nothing to choose from")
        return self.set(model, field, Enum(options))

    def at_least(self, model: type[BaseModel], field: str, items: int) -> Form:
        """Let a list have at least `items` items."""
        return self.set(model, field, replace(self._list(model, field), least=items))

    def at_most(self, model: type[BaseModel], field: str, items: int) -> Form:
        """Let a list have at most `items` items, or fewer if it was bounded so already."""
        node = self._list(model, field)
        most = items if node.most is None else min(node.most, items)
        return self.set(model, field, replace(node, most=max(most, node.least or 0)))

    def set(self, model: type[BaseModel], field: str, node: SchemaNode) -> Form:
        """Replace the node of a field."""
        self._put(model, self.node(model, {field: node}))
        return self

    def list_of(self, model: type[BaseModel], field: str, options: Sequence[SchemaNode]) -> Form:
        """Let each item of a list be one of the nodes; without any the list must be empty."""
        node = self._list(model, field)
        return self.set(
            model, field, replace(node, items=any_of(options)) if options else EMPTY_ARRAY
        )

    def define(self, name: str, options: Sequence[SchemaNode]) -> Named:
        """Name a union of the nodes and return the reference to it."""
        self._definitions[name] = any_of(options)
        return Named(name)

    def node(
        self, model: type[BaseModel], fields: Mapping[str, SchemaNode] | None = None
    ) -> Object:
        """Return a model's node with some of its fields replaced."""
        name = model.__name__
        node = _object(self._root if name == self._root_name else self._definitions[name])
        if not fields:
            return node
        return Object({**node.members, **fields}, node.required, node.title)

    def schema(self) -> NarrowedSchema:
        """Return the whole schema; definitions that nothing refers to any more are left out."""
        narrowed = whole(self._root, self._definitions)
        full = FormSchema(self._open_root, self._open_definitions)
        return NarrowedSchema(narrowed.root, narrowed.definitions, full)

    def _list(self, model: type[BaseModel], field: str) -> Array:
        node = self.node(model).members[field]
        assert isinstance(node, Array)
        return node

    def _put(self, model: type[BaseModel], node: Object) -> None:
        if model.__name__ == self._root_name:
            self._root = node
        else:
            self._definitions[model.__name__] = node


def _object(node: SchemaNode) -> Object:
    assert isinstance(node, Object)
    return node


def without(node: SchemaNode, fields: Collection[str]) -> Object:
    """Return the node of an object without some of its members."""
    whole = _object(node)
    members = {name: each for name, each in whole.members.items() if name not in fields}
    required = tuple(name for name in whole.required if name in members)
    return Object(members, required, whole.title)


def any_of(options: Sequence[SchemaNode]) -> SchemaNode:
    """Return the union of the nodes, or the only one."""
    return options[0] if len(options) == 1 else Union(tuple(options))


def one_of(values: Iterable[str | int]) -> Enum:
    """Return the node of one of the values."""
    return Enum(tuple(dict.fromkeys(values)))


@functools.cache
def _parsed(model: type[BaseModel]) -> FormSchema:
    """Return a model's schema, parsed once."""
    schema = parse_schema(model.model_json_schema(by_alias=True))
    definitions = {name: _tag_first(each) for name, each in schema.definitions.items()}
    return FormSchema(schema.root, definitions)


def _tag_first(node: SchemaNode) -> SchemaNode:
    """Put the tag of a union's member before what it inherits, so that it is decided first."""
    if not isinstance(node, Object):
        return node
    tags = {name: each for name, each in node.members.items() if isinstance(each, Const)}
    return replace(node, members={**tags, **node.members})
