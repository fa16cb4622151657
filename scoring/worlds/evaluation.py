"""What a formula is worth in a world, and which rows a query finds there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from scoring.project.facts import Table
from scoring.symbolic.terms import (
    UNDEFINED,
    Aggregate,
    Caught,
    Choice,
    Column,
    Const,
    Each,
    Field,
    First,
    Found,
    Fresh,
    Given,
    Item,
    Listed,
    Op,
    Present,
    Record,
    Rows,
    Term,
    Unknown,
    Written,
)
from scoring.words import squeeze
from scoring.worlds.facts import (
    NOW,
    Moment,
    Open,
    RowOf,
    World,
    is_sample,
    plain,
    typical,
)
from scoring.worlds.javascript import NotKnown, milliseconds, missing, truthy
from scoring.worlds.members import Members
from scoring.worlds.operators import operate
from scoring.worlds.querying import Querying, Scope

STEPS_MAX = 40_000
"""Formulas evaluated for one world; a handler of the golden projects needs 600."""


_SAME = frozenset({"===", "=", "is"})
_DIFFER = frozenset({"!==", "<>", "is distinct from"})


class TooMuch(Exception):
    """A world takes too long to play."""


Decide = Callable[[Open], bool]


class Evaluation:
    """Evaluates formulas in a world that writes may change; `decide` settles open conditions."""

    def __init__(self, world: World, tables: Mapping[str, Table], decide: Decide) -> None:
        self.world = world
        self.queries = Querying(self)
        self._members = Members(world, tables)
        self._decide = decide
        self.read: dict[int, object] = {}
        """What each query found when it was made."""
        self.written: dict[int, object] = {}
        """The row that each write left."""
        self.affected: dict[int, int] = {}
        """How many rows each update or delete met."""
        self.failed: dict[int, str] = {}
        """Why a write failed whose error is caught: `unique` or `reference`."""
        self._steps = 0

    def holds(self, term: Term, scope: Scope) -> bool:
        """Whether a condition holds; an open one is settled."""
        return self.settled(self.value(term, scope))

    def settled(self, value: object) -> bool:
        """Whether a value counts as true; an open one is settled."""
        return self._decide(value) if isinstance(value, Open) else truthy(value)

    def value(self, term: Term, scope: Scope) -> object:
        """Return what a formula is worth."""
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise TooMuch
        match term:
            case Const():
                return term.value
            case Op():
                return self._operation(term, scope)
            case Field():
                return self._members.member(self.value(term.of, scope), term.name)
            case Column():
                return self.column(term, scope)
            case Given():
                return self._members.given(term)
            case First() | Rows():
                return self._queried(term, scope)
            case Found():
                return bool(self.queries.rows(term.query, scope))
            case Choice():
                held = self.holds(term.condition, scope)
                return self.value(term.then if held else term.otherwise, scope)
            case Record():
                return self._record(term, scope)
            case Listed():
                return self._list(term, scope)
            case Written():
                return self.written.get(term.write, UNDEFINED)
            case Item():
                return scope.items.get(term, Open(("item", term.number), UNDEFINED))
            case Each():
                return self._each(term, scope)
            case Aggregate():
                return self.queries.aggregate(term, scope)
            case Present():
                return milliseconds(NOW)
            case Fresh():
                return f"fresh-{term.site}"
            case Caught():
                kinds = [self.failed[n] for n in term.writes if n in self.failed]
                return _error(kinds[0]) if kinds else UNDEFINED
            case Unknown():
                return Open(("unknown", term.file, term.line, term.text), UNDEFINED, term)
            case _:
                return Open(("?", repr(term)), UNDEFINED, Unknown("", 0))

    def _operation(self, term: Op, scope: Scope) -> object:
        name, operands = term.name, term.operands
        if name in ("&&", "||", "??", "=>", "!"):
            return self._logical(name, operands, scope)
        if name == "failed":
            return self.value(operands[0], scope) is not UNDEFINED
        if name == "affected" and isinstance(operands[0], Written):
            return self.affected.get(operands[0].write, 1)
        if name == "nonempty":
            held = self.value(operands[0], scope)
            return held != [] if isinstance(held, list) else True
        if name in (".nullsLast", ".nullsFirst", ".desc", ".asc"):
            return (
                "desc"
                if name == ".desc"
                else ("asc" if name == ".asc" else self.value(operands[0], scope))
            )
        if name == "instanceof":
            return self._instance(operands, scope)
        values = [self.value(each, scope) for each in operands]
        if name == "sql join":
            return values[0]
        opaque = next((v.opaque for v in values if isinstance(v, Open) and v.opaque), None)
        if any(isinstance(value, Open) for value in values) and name != "text":
            return self._open(name, values, opaque)
        try:
            return operate(name, [typical(value) for value in values])
        except NotKnown:
            place = next((o for o in operands if isinstance(o, Unknown)), None)
            key = ("op", name, *(plain(value) for value in values))
            return Open(key, UNDEFINED, opaque or place or Unknown("", 0, name))

    def _open(self, name: str, values: list[object], opaque: Unknown | None) -> object:
        key = ("op", name, *(plain(value) for value in values))
        if name in ("===", "=", "is") and plain(values[0]) == plain(values[1]):
            return True
        if name in ("!==", "<>", "is not") and plain(values[0]) == plain(values[1]):
            return False
        if name in _SAME and self._are_told_apart(values):
            return False
        if name in _DIFFER and any(is_sample(typical(value)) for value in values):
            return True  # two texts of which nothing is said are never the same by chance
        try:
            held = operate(name, [typical(value) for value in values])
        except NotKnown:
            held, opaque = UNDEFINED, opaque or Unknown("", 0, name)
        return Open(key, held, opaque)

    def _are_told_apart(self, values: list[object]) -> bool:
        """Whether texts of which nothing is said stand in a column that tells rows apart."""
        columns = [_column_of(value.key) for value in values if isinstance(value, Open)]
        return all(is_sample(typical(value)) for value in values) and any(
            column in self.world.distinct for column in columns
        )

    def _logical(self, name: str, operands: tuple[Term, ...], scope: Scope) -> object:
        first = self.value(operands[0], scope)
        match name:
            case "!":
                return not self.settled(first)
            case "??":
                if isinstance(first, Open):
                    absent = Open(("absent", first.key), missing(first.typical), first.opaque)
                    return self.value(operands[1], scope) if self._decide(absent) else first
                return self.value(operands[1], scope) if missing(first) else first
            case "=>":
                return self.value(operands[1], scope) if self.settled(first) else True
            case "&&":
                return (
                    self.value(operands[1], scope)
                    if self.settled(first)
                    else (first if not isinstance(first, Open) else False)
                )
            case _:
                return first if self.settled(first) else self.value(operands[1], scope)

    def _instance(self, operands: tuple[Term, ...], scope: Scope) -> bool:
        held = self.value(operands[0], scope)
        named = operands[1].value if isinstance(operands[1], Const) else ""
        if isinstance(held, Mapping) and "code" in held:
            return "Http" not in str(named)
        return isinstance(held, Moment) and named == "Date"

    def column(self, term: Column, scope: Scope) -> object:
        """Return a column of a row in sight: of the innermost table that has it."""
        for alias, row in scope.rows.items():
            if term.table and squeeze(term.table) != squeeze(alias):
                continue
            if row is None:
                if term.table:
                    return None
                continue
            held = self._members.of_row(row, term.name)
            if held is not UNDEFINED:
                return held
        return Open(("column", term.table, term.name), None, Unknown("", 0, term.name))

    def _queried(self, term: First | Rows, scope: Scope) -> object:
        if term.read in self.read:
            return self.read[term.read]
        return self.queries.find(term, scope)

    def _record(self, term: Record, scope: Scope) -> object:
        made: dict[str, object] = {}
        for key, held in term.members:
            value = self.value(held, scope)
            if key is not None:
                made[key] = value
            elif isinstance(value, RowOf):
                made |= value.values
            elif isinstance(value, Mapping):
                made |= cast("Mapping[str, object]", value)
        return made

    def _list(self, term: Listed, scope: Scope) -> object:
        made: list[object] = []
        for each in term.items:
            if isinstance(each, Op) and each.name == "...":
                spread = self.value(each.operands[0], scope)
                made += cast("list[object]", spread) if isinstance(spread, list) else [spread]
            else:
                made.append(self.value(each, scope))
        return made

    def _each(self, term: Each, scope: Scope) -> object:
        source = self.value(term.source, scope)
        if not isinstance(source, list):
            opaque = source.opaque if isinstance(source, Open) else None
            return Open(("each", term.method, plain(source)), UNDEFINED, opaque)
        elements = cast("list[object]", source)

        def body(index: int, element: object) -> object:
            position = Item(term.item.number, position=True)
            items = {**scope.items, term.item: element, position: index}
            return self.value(term.body, Scope(scope.rows, items, scope.group))

        if term.method in ("map", "flatMap", "forEach"):
            made = [body(index, element) for index, element in enumerate(elements)]
            return operate(".flat", [made]) if term.method == "flatMap" else made
        kept = [e for i, e in enumerate(elements) if self.settled(body(i, e))]
        match term.method:
            case "filter":
                return kept
            case "some":
                return bool(kept)
            case "every":
                return len(kept) == len(elements)
            case "find":
                return kept[0] if kept else UNDEFINED
            case _:
                return Open(("each", term.method), UNDEFINED)


def _error(kind: str) -> dict[str, object]:
    code = "P2002" if kind == "unique" else "P2003"
    return {"code": code, "errno": 19, "message": "UNIQUE constraint failed", "name": "Error"}


def _column_of(key: object) -> tuple[str, str] | None:
    """Return table and column of an open value that stands in a row."""
    parts = (
        [str(part) for part in cast("tuple[object, ...]", key)] if isinstance(key, tuple) else []
    )
    return (parts[1], parts[3]) if len(parts) > 3 and parts[0] == "free" else None
