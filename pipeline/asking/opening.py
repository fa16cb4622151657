"""A form with the same kinds of nodes as a narrowed one, but its names and types open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engines.schema import (
    EMPTY_ARRAY,
    Array,
    Dictionary,
    FormSchema,
    Named,
    Object,
    SchemaNode,
    Text,
    Union,
    parts,
    rebuilt,
    used,
)

NAME_BOUND = 65
"""Characters of a name that only narrowing bounds: two identifiers and a dot."""


def whole(root: SchemaNode, definitions: Mapping[str, SchemaNode]) -> FormSchema:
    """Put the root and the definitions that it refers to together."""
    return FormSchema(root, {name: definitions[name] for name in sorted(used(root, definitions))})


def open_names(full: FormSchema, narrowed: FormSchema) -> FormSchema:
    """Return a form's full schema, with only those kinds of nodes that its narrowed schema has.

    Which nodes may stand where by their kind is then as in the narrowed schema; which names and
    which types is open. Objects with a member for each name get the members of all names that the
    narrowed schema gives them, none required.
    """
    return _Opening(full, narrowed).whole()


class _Opening:
    """The nodes opened so far; each is opened once."""

    def __init__(self, full: FormSchema, narrowed: FormSchema) -> None:
        self._full = full
        self._kinds: set[str] = set()
        """Titles of the objects that the narrowed form has."""
        self._names: dict[tuple[str, str], dict[str, None]] = {}
        """Names inside a member of an object, by the object's title and the member."""
        for part in parts([narrowed.root, *narrowed.definitions.values()]):
            if isinstance(part, Object) and part.title:
                self._kinds.add(part.title)
                self._note_names(part)
        self._opened: dict[int, SchemaNode] = {}

    def _note_names(self, part: Object) -> None:
        for name, member in part.members.items():
            inner = member.members if isinstance(member, Object) else ()
            self._names.setdefault((part.title, name), {}).update(dict.fromkeys(inner))

    def whole(self) -> FormSchema:
        """Open the full form."""
        definitions = {name: self._open(each) for name, each in self._full.definitions.items()}
        return whole(self._open(self._full.root), definitions)

    def _open(self, node: SchemaNode) -> SchemaNode:
        if id(node) not in self._opened:
            self._opened[id(node)] = self._open_parts(node)
        return self._opened[id(node)]

    def _open_parts(self, node: SchemaNode) -> SchemaNode:
        match node:
            case Text(most=None):
                return replace(node, most=NAME_BOUND)
            case Union(options):
                kept = self._kept(options)
                return rebuilt(Union(kept) if kept else node, self._open)
            case Array(items) if items is not None and not self._may_hold(items):
                return replace(node, items=EMPTY_ARRAY.items, least=0, most=0)
            case Object(members, title=title):
                opened = {name: self._member(title, name, each) for name, each in members.items()}
                return replace(node, members=opened)
            case _:
                return rebuilt(node, self._open)

    def _kept(self, options: tuple[SchemaNode, ...]) -> tuple[SchemaNode, ...]:
        """Return the options of kinds that the narrowed form has, and those of no kind."""
        return tuple(
            each for each in options if not isinstance(each, Named) or self._has_kind(each.name)
        )

    def _has_kind(self, name: str) -> bool:
        definition = self._full.definitions[name]
        return isinstance(definition, Object) and definition.title in self._kinds

    def _may_hold(self, items: SchemaNode) -> bool:
        return bool(self._kept(items.options if isinstance(items, Union) else (items,)))

    def _member(self, title: str, name: str, member: SchemaNode) -> SchemaNode:
        if not isinstance(member, Dictionary):
            return self._open(member)
        values = self._open(member.values)
        return Object(dict.fromkeys(self._names.get((title, name), ()), values))
