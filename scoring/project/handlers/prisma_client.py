"""Read queries of the Prisma client: one call each, its options an object."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from scoring.project.facts import Table, Where
from scoring.project.handlers.queries import Queries, answer
from scoring.typescript.callees import arguments_of, callee_name
from scoring.typescript.evaluation import Evaluator
from scoring.typescript.frames import Frame
from scoring.typescript.syntax import SyntaxNode, unwrap
from scoring.typescript.value import EMPTY, Value

_ACTIONS = {
    "findMany": "read", "findFirst": "read", "findFirstOrThrow": "read", "findUnique": "read",
    "findUniqueOrThrow": "read", "count": "count", "aggregate": "count", "groupBy": "count",
    "create": "insert", "createMany": "insert", "createManyAndReturn": "insert",
    "upsert": "insert", "update": "update", "updateMany": "update",
    "updateManyAndReturn": "update", "delete": "delete", "deleteMany": "delete",
}  # fmt: skip
_SINGLE = re.compile(r"^find(Unique|First)")
_LEVELS = frozenset({"AND", "OR", "NOT", "is", "isNot", "some", "every", "none"})
_OPERATORS = frozenset(
    """equals not in notIn lt lte gt gte contains startsWith endsWith mode search has hasSome
    hasEvery isEmpty increment decrement set connect""".split()
)
_WHERE_DEPTH_MAX = 8
_WHERES_MAX = 500
"""Conditions read of one query, and how deep; a condition that holds itself twice would double."""


class PrismaClient:
    """Reads calls such as `….prisma.todos.findMany(…)`."""

    def __init__(self, evaluator: Evaluator, queries: Queries) -> None:
        self._evaluator = evaluator
        self._queries = queries

    def read(self, callee: SyntaxNode, node: SyntaxNode, frame: Frame) -> Value | None:
        """Read a query; None for any other call."""
        name = callee_name(callee)
        target = callee.get("object")
        if callee.type != "member_expression" or target is None or name not in _ACTIONS:
            return None
        table = self._delegate(unwrap(target))
        if table is None or self._evaluator.callees.function(callee, frame) is not None:
            return None
        return self._query(name, table, node, frame)

    def _delegate(self, target: SyntaxNode) -> Table | None:
        """Return the table of `….prisma.todos`, which a schema of Prisma's declares."""
        if target.type != "member_expression":
            return None
        name = target.get("property")
        table = self._queries.table(name.text) if name is not None else None
        return table if table is not None and table.file.endswith(".prisma") else None

    def _query(self, name: str, table: Table, node: SyntaxNode, frame: Frame) -> Value:
        access = self._queries.add(table.name, _ACTIONS[name], frame, node)
        access.single = _SINGLE.match(name) is not None
        self._evaluator.called.add(name)
        given = arguments_of(node.get("arguments"))
        options = self._evaluator.evaluate(given[0], frame) if given else EMPTY
        for key, value in options.members:
            match key:
                case "where":
                    access.wheres += islice(_wheres(value, False), _WHERES_MAX)
                case "data" | "create" | "update":
                    access.sets |= dict(value.members) or {"*": value}
                case "select":
                    access.selects |= _chosen(value)
                case "omit":
                    omitted = _chosen(value)
                    access.selects |= {c.name for c in table.columns if c.name not in omitted}
                case "orderBy":
                    access.ordered = True
                case "take" | "skip" | "cursor":
                    access.limited = True
                case _:
                    pass
        return answer(access).detached()


def _chosen(value: Value) -> set[str]:
    """Return the members of `{ id: true, name: true }`."""
    return {name for name, held in value.members if "true" in held.literals}


def _wheres(value: Value, conditional: bool, depth: int = 0) -> Iterable[Where]:
    for key, held in value.members:
        if depth > _WHERE_DEPTH_MAX:
            return
        if key in _LEVELS:
            yield from _wheres(held, conditional or key == "OR", depth + 1)
        elif held.members and not all(k in _OPERATORS for k, _ in held.members):
            yield Where(key, "=", held.flat(), conditional)
            yield from _wheres(held, conditional, depth + 1)
        else:
            yield Where(key, "=", held.flat(), conditional)
