"""Bound the recursion of a form's schema, so that every document ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from engines.protocol import GrammarError
from engines.schema import Array, FormSchema, Named, Object, SchemaNode, Union, inside, rebuilt

NEVER = 1 << 30
"""Height of a node that no finite document satisfies."""


def unroll(schema: FormSchema, depth: int) -> FormSchema:
    """Return a schema with at most `depth` rounds inside any one recursion.

    Each definition of a cycle becomes one copy per remaining depth. Branches and optional members
    that can't end within it are dropped, lists that can't hold an item become empty. A schema
    without recursion is returned unchanged. Raises GrammarError if nothing finite is left.
    """
    cycles = _Cycles(schema)
    if not cycles.heads:
        return schema
    return _Unrolling(schema.definitions, cycles, depth).whole(schema.root)


class _Cycles:
    """The recursion of a schema, by strongly connected components (Tarjan 1972)."""

    def __init__(self, schema: FormSchema) -> None:
        self.number: dict[str, int] = {}
        """The cycle of each definition that is in one."""
        self.heads: set[str] = set()
        """Targets of back edges of a depth-first walk, so that every cycle passes one."""
        self._definitions = schema.definitions
        self._order: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._stack: list[str] = []
        self._active: set[str] = set()
        for name in _references(schema.root):
            if name not in self._order:
                self._visit(name)

    def _visit(self, name: str) -> None:
        order, low, stack = self._order, self._low, self._stack
        order[name] = low[name] = len(order)
        stack.append(name)
        self._active.add(name)
        for target in _references(self._definitions[name]):
            if target not in order:
                self._visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], order[target])
            if target in self._active:
                self.heads.add(target)
        self._active.discard(name)
        if low[name] == order[name]:
            component = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(component) > 1 or name in self.heads:
                self.number.update(dict.fromkeys(component, order[name]))


def _references(node: SchemaNode) -> Iterator[str]:
    """Yield the definitions that a node refers to, in order."""
    if isinstance(node, Named):
        yield node.name
    for each in inside(node):
        yield from _references(each)


class _Unrolling:
    """The copies made so far, and how deep every definition at least goes."""

    def __init__(self, definitions: Mapping[str, SchemaNode], cycles: _Cycles, depth: int) -> None:
        self._definitions = definitions
        self._cycle = cycles.number
        self._heads = cycles.heads
        self._depth = depth
        self._heights = dict.fromkeys(definitions, NEVER)
        self._made: dict[str, SchemaNode] = {}
        self._wanted: list[tuple[str, int]] = []
        while self._lowers_heights():
            pass

    def _lowers_heights(self) -> bool:
        before = dict(self._heights)
        for name, each in self._definitions.items():
            self._heights[name] = min(self._heights[name], self._height(each, name))
        return self._heights != before

    def whole(self, root: SchemaNode) -> FormSchema:
        """Copy the root and, from it, every definition at every depth it is reached with."""
        root = self._copied(root, None, self._depth)
        while self._wanted:
            name, left = self._wanted.pop()
            key = self._key(name, left)
            if key not in self._made:
                self._made[key] = self._copied(self._definitions[name], name, left)
        return FormSchema(root, self._made)

    def _key(self, name: str, left: int) -> str:
        return f"{name}__{left}" if name in self._cycle else name

    def _stays(self, target: str, home: str | None) -> bool:
        """Whether a reference inside the definition `home` stays in its cycle."""
        return target in self._cycle and self._cycle[target] == self._cycle.get(home or "")

    def _left_after(self, target: str, home: str | None, left: int) -> int:
        """Return the depth left behind a reference; another recursion has the whole depth."""
        if not self._stays(target, home):
            return self._depth
        return left - 1 if target in self._heads else left

    def _height(self, node: SchemaNode, home: str | None) -> int:
        """Return the rounds a document of this node needs at least."""
        match node:
            case Named(target):
                height = self._heights[target]
                if not self._stays(target, home):
                    return 0 if height <= self._depth else NEVER
                return min(NEVER, height + (target in self._heads))
            case Union(options):
                return min(self._height(each, home) for each in options)
            case Object(required=required):
                return self._highest((node.members[name] for name in required), home)
            case Array(items, least, first=first):
                parts = list(first[: least or 0])
                if items is not None and (least or 0) > len(parts):
                    parts.append(items)
                return self._highest(parts, home)
            case _:
                return 0

    def _highest(self, nodes: Iterable[SchemaNode], home: str | None) -> int:
        return max((self._height(each, home) for each in nodes), default=0)

    def _copied(self, node: SchemaNode, home: str | None, left: int) -> SchemaNode:
        def fits(each: SchemaNode) -> bool:
            return self._height(each, home) <= left

        def copy(each: SchemaNode) -> SchemaNode:
            return self._copied(each, home, left)

        if not fits(node):
            raise GrammarError(
                f"The form's schema has no document that ends within {self._depth} levels "
                "of recursion. Give every recursive union a branch without recursion."
            )
        match node:
            case Named(target):
                after = self._left_after(target, home, left)
                self._wanted.append((target, after))
                return Named(self._key(target, after))
            case Union(options):
                return Union(tuple(copy(each) for each in options if fits(each)))
            case Object(members):
                kept = {name: each for name, each in members.items() if fits(each)}
                return rebuilt(
                    node if len(kept) == len(members) else replace(node, members=kept), copy
                )
            case Array():
                return rebuilt(_shortened(node, fits), copy)
            case _:
                return node


def _shortened(node: Array, fits: Callable[[SchemaNode], bool]) -> Array:
    """Return a list without the items that do not fit."""
    first = tuple(each for each in node.first if fits(each))
    most = node.most
    if len(first) < len(node.first):
        most = len(first)
    elif node.items is not None and not fits(node.items):
        most = len(node.first)
    ends = most is not None and most <= len(node.first)
    items = None if ends else node.items
    kept = most == node.most and items is node.items and len(first) == len(node.first)
    return node if kept else Array(items, node.least, most, first)
