"""Write once what a form's schema repeats, so that a grammar compiles it once.

Pydantic repeats a union wherever it is used, and narrowing repeats objects. Each gets a definition
that its places refer to.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from engines.protocol import GrammarError
from engines.schema import (
    Dictionary,
    FormSchema,
    Named,
    Object,
    SchemaNode,
    Text,
    Union,
    inside,
    rebuilt,
    used,
)

SHARED_OPTIONS = 3
"""A union of at least this many branches is written once and referred to."""
CLASS = r"\[(?:[^]\\]|\\.)+\]"
ONE_THEN_ANY = re.compile(rf"\^({CLASS})?({CLASS})([*+])\$")
"""A pattern such as `^[a-z][a-z0-9_]*$` or `^[a-z]+$`."""


def share(schema: FormSchema) -> FormSchema:
    """Return the schema with large unions, and objects that stand in several places, named.

    Unions of one branch become that branch, and definitions that nothing refers to are left out.
    Raises GrammarError if an object has open names.
    """
    return _Sharing().whole(schema)


class _Sharing:
    """The nodes united so far: equal ones are one from then on, known by identity."""

    def __init__(self) -> None:
        self._united: dict[int, SchemaNode] = {}
        self._known: dict[SchemaNode, SchemaNode] = {}
        self._unions: dict[int, tuple[Named, Union]] = {}
        self._places: Counter[int] = Counter()
        self._objects: dict[int, tuple[Named, Object]] = {}

    def whole(self, schema: FormSchema) -> FormSchema:
        root = self._unite(schema.root)
        definitions = {name: self._unite(each) for name, each in schema.definitions.items()}
        definitions |= {named.name: union for named, union in self._unions.values()}
        for each in (*inside(root), *definitions.values()):
            self._count(each)
        root = rebuilt(root, self._refer)
        definitions = {name: self._refer(each) for name, each in definitions.items()}
        definitions |= {named.name: each for named, each in self._objects.values()}
        kept = used(root, definitions)
        return FormSchema(root, {name: definitions[name] for name in definitions if name in kept})

    def _unite(self, node: SchemaNode) -> SchemaNode:
        """Return the one node for all that are equal; for a large union its name."""
        if id(node) not in self._united:
            self._united[id(node)] = self._unite_parts(node)
        return self._united[id(node)]

    def _unite_parts(self, node: SchemaNode) -> SchemaNode:
        match rebuilt(node, self._unite):
            case Dictionary():
                raise GrammarError(
                    "The form's schema can't be enforced: keys that are not named are allowed; "
                    "use a list of name and value."
                )
            case Union((only,)):
                return only
            case Text() as text:
                new: SchemaNode = _bounded(text)
            case other:
                new = other
        one = self._known.setdefault(new, new)
        if not isinstance(one, Union) or len(one.options) < SHARED_OPTIONS:
            return one
        name = Named(f"union_{len(self._unions)}")
        return self._unions.setdefault(id(one), (name, one))[0]

    def _count(self, node: SchemaNode) -> None:
        """Count in how many places each object stands."""
        if isinstance(node, Object):
            self._places[id(node)] += 1
            if self._places[id(node)] > 1:
                return
        for each in inside(node):
            self._count(each)

    def _refer(self, node: SchemaNode) -> SchemaNode:
        """Return a united node with references to the objects that stand in several places."""
        if id(node) in self._objects:
            return self._objects[id(node)][0]
        new = rebuilt(node, self._refer)
        if not isinstance(new, Object) or self._places[id(node)] < 2:
            return new
        name = Named(f"object_{len(self._objects)}")
        self._objects[id(node)] = name, new
        return name


def _bounded(text: Text) -> Text:
    """Return a text with its greatest length within its pattern, where that repeats one class.

    It is the same language. Kept apart, the two are intersected character by character, and a mask
    inside such a text takes twenty times as long.
    """
    found = ONE_THEN_ANY.fullmatch(text.pattern or "")
    if found is None or text.most is None or text.least is not None:
        return text
    first, later, repeated = found.groups(default="")
    least, most = int(repeated == "+"), text.most - bool(first)
    if most < least:
        return text
    return replace(text, most=None, pattern=f"^{first}{later}{{{least},{most}}}$")
