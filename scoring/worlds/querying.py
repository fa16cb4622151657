"""Which rows a query finds in a world, in which order, and what it shows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Protocol

from scoring.symbolic.terms import (
    UNDEFINED,
    Aggregate,
    Choice,
    Column,
    First,
    Item,
    Op,
    Query,
    Rows,
    Term,
    Unknown,
)
from scoring.worlds.facts import Open, RowOf, World, plain, typical
from scoring.worlds.javascript import missing

Combined = Mapping[str, RowOf | None]
"""A row of each table that a query looks at; None where an outer join found none."""


@dataclass
class Scope:
    """The row of each table that a query looks at, and the elements that loops stand at."""

    rows: Combined = field(default_factory=lambda: {})
    items: Mapping[Item, object] = field(default_factory=lambda: {})
    group: Sequence[Combined] | None = None
    """The combinations of rows that an aggregate runs over."""


class Evaluates(Protocol):
    """What a query needs of the evaluation that it is part of."""

    world: World

    def holds(self, term: Term, scope: Scope) -> bool:
        """Whether a condition holds."""
        ...

    def value(self, term: Term, scope: Scope) -> object:
        """Return what a formula is worth."""
        ...

    def settled(self, value: object) -> bool:
        """Whether a value counts as true."""
        ...

    def column(self, term: Column, scope: Scope) -> object:
        """Return a column of a row in sight."""
        ...


class Querying:
    """Makes queries in the world of an evaluation."""

    def __init__(self, evaluation: Evaluates) -> None:
        self._evaluation = evaluation

    def rows(self, query: Query, scope: Scope) -> list[Combined]:
        """Return the combinations of rows that a query's conditions let through, in their order."""
        found: list[Combined] = []
        for row in self._evaluation.world.tables.get(query.table, ()):
            combined: list[dict[str, RowOf | None]] = [{**scope.rows, query.alias: row}]
            for joined in query.joins:
                wider: list[dict[str, RowOf | None]] = []
                for each in combined:
                    before = len(wider)
                    for other in self._evaluation.world.tables.get(joined.table, ()):
                        candidate = {**each, joined.alias: other}
                        if self._evaluation.holds(joined.on, Scope(candidate, scope.items)):
                            wider.append(candidate)
                    if joined.outer and len(wider) == before:
                        wider.append({**each, joined.alias: None})
                combined = wider
            for each in combined:
                # The innermost tables are looked at first where a column names none.
                ordered = {query.alias: each[query.alias], **each}
                here = Scope(ordered, scope.items)
                if all(self._evaluation.holds(condition, here) for condition in query.where):
                    found.append(ordered)
        return self._sorted(query, found, scope)

    def _sorted(self, query: Query, found: list[Combined], scope: Scope) -> list[Combined]:
        keys = [
            (expression, self._direction(self._evaluation.value(direction, scope)))
            for expression, direction in query.order
        ]
        if len(found) < 2 or not keys:
            return found

        def compare(left: Combined, right: Combined) -> int:
            for expression, sign in keys:
                first = self._sort_value(expression, Scope(left, scope.items))
                second = self._sort_value(expression, Scope(right, scope.items))
                difference = _difference(typical(first), typical(second))
                if difference:
                    return sign * difference
            return 0

        return sorted(found, key=cmp_to_key(compare))

    def _sort_value(self, expression: Term, scope: Scope) -> object:
        value = self._evaluation.value(expression, scope)
        if isinstance(value, str) and not isinstance(expression, Column):
            alias, dot, name = value.rpartition(".")
            return self._evaluation.column(Column(alias if dot else "", name), scope)
        if isinstance(value, Open) and value.opaque is not None:
            self._evaluation.settled(value)
        return value

    def _direction(self, value: object) -> int:
        value = typical(value)
        return -1 if isinstance(value, str) and value.lower().startswith("desc") else 1

    def find(self, term: First | Rows, scope: Scope) -> object:
        """Make a query and return what it finds."""
        query = term.query
        found = self.rows(query, scope)
        made: list[object]
        aggregates = any(holds_aggregate(each) for _, each in query.selected)
        if aggregates and not query.grouped:
            group = Scope(scope.rows, scope.items, found)
            made = [{name: self._evaluation.value(each, group) for name, each in query.selected}]
        elif query.grouped:
            made = self._groups(query, found, scope)
        else:
            found = self._page(query, found, scope)
            made = [self._shown(query, rows, scope) for rows in found]
        if isinstance(term, Rows):
            return made
        return made[0] if made else UNDEFINED

    def _page(self, query: Query, found: list[Combined], scope: Scope) -> list[Combined]:
        for bound, is_offset in ((query.offset, True), (query.limit, False)):
            if bound is None:
                continue
            number = typical(self._evaluation.value(bound, scope))
            if isinstance(number, int | float) and not isinstance(number, bool):
                found = found[int(number) :] if is_offset else found[: max(0, int(number))]
        return found

    def _shown(self, query: Query, rows: Combined, scope: Scope) -> object:
        row = rows[query.alias]
        computed = [each for each in query.selected if not isinstance(each[1], Column)]
        if row is None:
            return None
        if not computed and not query.joins:
            return row.copy()  # as it is now, whatever is written later
        here = Scope(rows, scope.items)
        named = {name: self._evaluation.value(each, here) for name, each in query.selected}
        if not query.everything:
            return named
        shown: dict[str, object] = {}
        for joined in query.joins:
            other = rows.get(joined.alias)
            shown |= other.values if other is not None else {}
        return {**shown, **row.values, **named}

    def _groups(self, query: Query, found: list[Combined], scope: Scope) -> list[object]:
        groups: dict[object, list[Combined]] = {}
        for rows in found:
            here = Scope(rows, scope.items)
            key = tuple(plain(self._evaluation.value(each, here)) for each in query.grouped)
            groups.setdefault(key, []).append(rows)
        return [
            {
                name: self._evaluation.value(each, Scope(rows[0], scope.items, rows))
                for name, each in query.selected
            }
            for rows in groups.values()
        ]

    def aggregate(self, term: Aggregate, scope: Scope) -> object:
        """Return a number over the rows of a group."""
        if scope.group is None:
            return Open(("aggregate", term.function), 0, Unknown("", 0, term.function))
        if term.of is None:
            return len(scope.group)
        held = [self._evaluation.value(term.of, Scope(rows, scope.items)) for rows in scope.group]
        known = [typical(value) for value in held if not missing(typical(value))]
        if term.function == "count":
            return len(known)
        numbers = [value for value in known if isinstance(value, int | float)]
        if not numbers:
            return None
        match term.function:
            case "sum":
                return sum(numbers)
            case "avg":
                return sum(numbers) / len(numbers)
            case "min":
                return min(numbers)
            case _:
                return max(numbers)


def holds_aggregate(term: Term) -> bool:
    """Whether a formula counts or adds up rows."""
    if isinstance(term, Aggregate):
        return True
    if isinstance(term, Op):
        return any(holds_aggregate(each) for each in term.operands)
    if isinstance(term, Choice):
        return any(holds_aggregate(t) for t in (term.condition, term.then, term.otherwise))
    return False


def _difference(left: object, right: object) -> int:
    if missing(left) or missing(right):
        return missing(left) - missing(right)
    if isinstance(left, bool | int | float) and isinstance(right, bool | int | float):
        return (left > right) - (left < right)
    first, second = str(left), str(right)
    return (first > second) - (first < second)
