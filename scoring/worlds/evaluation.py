"""What a formula is worth in a world, and which rows a query finds there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
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
    Query,
    Record,
    Rows,
    Term,
    Unknown,
    Written,
)
from scoring.words import squeeze
from scoring.worlds.facts import (
    NOW,
    Caller,
    Moment,
    Open,
    RowOf,
    World,
    is_sample,
    plain,
    typical,
)
from scoring.worlds.javascript import NotKnown, milliseconds, missing, same, truthy
from scoring.worlds.operators import operate

STEPS_MAX = 40_000
"""Formulas evaluated for one world; a handler of the golden projects needs 600."""
_KEYS = frozenset({"id", "sub", "userid", "uid", "accountid", "actorid"})


_DIFFER = frozenset({"!==", "<>", "is distinct from"})
_AFFECTED = frozenset(
    {"numDeletedRows", "numUpdatedRows", "numChangedRows", "numInsertedOrUpdatedRows", "count"}
)


class TooMuch(Exception):
    """A world takes too long to play."""


@dataclass
class Scope:
    """The row of each table that a query looks at, and the elements that loops stand at."""

    rows: Mapping[str, RowOf | None] = field(default_factory=lambda: {})
    items: Mapping[Item, object] = field(default_factory=lambda: {})
    group: Sequence[Mapping[str, RowOf | None]] | None = None
    """The combinations of rows that an aggregate runs over."""


Decide = Callable[[Open], bool]


class Evaluation:
    """Evaluates formulas in a world that writes may change; `decide` settles open conditions."""

    def __init__(self, world: World, tables: Mapping[str, Table], decide: Decide) -> None:
        self.world = world
        self.tables = tables
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
                return self._field(self.value(term.of, scope), term.name)
            case Column():
                return self._column(term, scope)
            case Given():
                return self._given(term)
            case First() | Rows():
                return self._queried(term, scope)
            case Found():
                return bool(self.rows(term.query, scope))
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
                return self._aggregate(term, scope)
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

    def rows(self, query: Query, scope: Scope) -> list[Mapping[str, RowOf | None]]:
        """Return the combinations of rows that a query's conditions let through, in their order."""
        found: list[Mapping[str, RowOf | None]] = []
        for row in self.world.tables.get(query.table, ()):
            combined: list[dict[str, RowOf | None]] = [{**scope.rows, query.alias: row}]
            for joined in query.joins:
                wider: list[dict[str, RowOf | None]] = []
                for each in combined:
                    before = len(wider)
                    for other in self.world.tables.get(joined.table, ()):
                        candidate = {**each, joined.alias: other}
                        if self.holds(joined.on, Scope(candidate, scope.items)):
                            wider.append(candidate)
                    if joined.outer and len(wider) == before:
                        wider.append({**each, joined.alias: None})
                combined = wider
            for each in combined:
                # The innermost tables are looked at first where a column names none.
                ordered = {query.alias: each[query.alias], **each}
                here = Scope(ordered, scope.items)
                if all(self.holds(condition, here) for condition in query.where):
                    found.append(ordered)
        return self._sorted(query, found, scope)

    def _sorted(
        self, query: Query, found: list[Mapping[str, RowOf | None]], scope: Scope
    ) -> list[Mapping[str, RowOf | None]]:
        keys = [
            (expression, self._direction(self.value(direction, scope)))
            for expression, direction in query.order
        ]
        if len(found) < 2 or not keys:
            return found

        def compare(left: Mapping[str, RowOf | None], right: Mapping[str, RowOf | None]) -> int:
            for expression, sign in keys:
                first = self._sort_value(expression, Scope(left, scope.items))
                second = self._sort_value(expression, Scope(right, scope.items))
                difference = _difference(typical(first), typical(second))
                if difference:
                    return sign * difference
            return 0

        return sorted(found, key=cmp_to_key(compare))

    def _sort_value(self, expression: Term, scope: Scope) -> object:
        value = self.value(expression, scope)
        if isinstance(value, str) and not isinstance(expression, Column):
            alias, dot, name = value.rpartition(".")
            return self._column(Column(alias if dot else "", name), scope)
        if isinstance(value, Open) and value.opaque is not None:
            self._decide(value)
        return value

    def _direction(self, value: object) -> int:
        value = typical(value)
        return -1 if isinstance(value, str) and value.lower().startswith("desc") else 1

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
        if name in _DIFFER and any(is_sample(typical(value)) for value in values):
            return True  # two texts of which nothing is said are never the same by chance
        try:
            held = operate(name, [typical(value) for value in values])
        except NotKnown:
            held, opaque = UNDEFINED, opaque or Unknown("", 0, name)
        return Open(key, held, opaque)

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

    def _field(self, base: object, name: str) -> object:
        if isinstance(base, Open):
            inner = base.typical
            held = UNDEFINED if isinstance(inner, Open) else typical(self._field(inner, name))
            return Open(("field", base.key, name), held, base.opaque)
        if isinstance(base, RowOf):
            return self._row_member(base, name)
        if isinstance(base, Caller):
            return base.key if squeeze(name) in _KEYS else base.kind
        if isinstance(base, Mapping):
            return cast("Mapping[str, object]", base).get(name, UNDEFINED)
        if name in _AFFECTED:
            return base if isinstance(base, int) else UNDEFINED
        return UNDEFINED

    def _row_member(self, row: RowOf, name: str) -> object:
        if name in row.values:
            return row.values[name]
        wanted = squeeze(name)
        for key, held in row.values.items():
            if squeeze(key) == wanted:
                return held
        table = self.tables.get(squeeze(row.table))
        for link in table.foreign_keys if table is not None else ():
            if link.name == name:
                return self._related(row, link.target, link.columns)
        return UNDEFINED

    def _related(self, row: RowOf, target: str, columns: tuple[str, ...]) -> object:
        other = self.tables.get(squeeze(target))
        keys = other.key if other is not None else ("id",)
        for candidate in self.world.tables.get(target, ()):
            pairs = zip(keys, columns, strict=False)
            if all(same(candidate.values.get(k), row.values.get(c)) for k, c in pairs):
                return candidate
        return None

    def _column(self, term: Column, scope: Scope) -> object:
        for alias, row in scope.rows.items():
            if term.table and squeeze(term.table) != squeeze(alias):
                continue
            if row is None:
                if term.table:
                    return None
                continue
            held = self._row_member(row, term.name)
            if held is not UNDEFINED:
                return held
        return Open(("column", term.table, term.name), None, Unknown("", 0, term.name))

    def _given(self, term: Given) -> object:
        match term.kind:
            case "actor":
                caller = self.world.caller
                return self._field(caller, term.name) if term.name else caller
            case "path" | "body" | "query":
                held: dict[str, object] = getattr(self.world, term.kind)
                if not term.name:
                    return held
                return held.get(term.name, UNDEFINED)
            case "request":
                whole = {"params": self.world.path, "body": self.world.body}
                caller = self.world.caller
                return {**whole, "query": self.world.query} | dict.fromkeys(
                    ("user", "actor", "member", "account", "auth", "session"), caller
                )
            case _:
                return Open(("given", term.kind, term.name), UNDEFINED)

    def _queried(self, term: First | Rows, scope: Scope) -> object:
        if term.read in self.read:
            return self.read[term.read]
        return self.find(term, scope)

    def find(self, term: First | Rows, scope: Scope) -> object:
        """Make a query and return what it finds."""
        query = term.query
        found = self.rows(query, scope)
        made: list[object]
        aggregates = any(holds_aggregate(each) for _, each in query.selected)
        if aggregates and not query.grouped:
            group = Scope(scope.rows, scope.items, found)
            made = [{name: self.value(each, group) for name, each in query.selected}]
        elif query.grouped:
            made = self._groups(query, found, scope)
        else:
            found = self._page(query, found, scope)
            made = [self._shown(query, rows, scope) for rows in found]
        if isinstance(term, Rows):
            return made
        return made[0] if made else UNDEFINED

    def _page(
        self, query: Query, found: list[Mapping[str, RowOf | None]], scope: Scope
    ) -> list[Mapping[str, RowOf | None]]:
        for bound, is_offset in ((query.offset, True), (query.limit, False)):
            if bound is None:
                continue
            number = typical(self.value(bound, scope))
            if isinstance(number, int | float) and not isinstance(number, bool):
                found = found[int(number) :] if is_offset else found[: max(0, int(number))]
        return found

    def _shown(self, query: Query, rows: Mapping[str, RowOf | None], scope: Scope) -> object:
        row = rows[query.alias]
        computed = [each for each in query.selected if not isinstance(each[1], Column)]
        if row is None:
            return None
        if not computed and not query.joins:
            return row
        here = Scope(rows, scope.items)
        named = {name: self.value(each, here) for name, each in query.selected}
        if not query.everything:
            return named
        shown: dict[str, object] = {}
        for joined in query.joins:
            other = rows.get(joined.alias)
            shown |= other.values if other is not None else {}
        return {**shown, **row.values, **named}

    def _groups(
        self, query: Query, found: list[Mapping[str, RowOf | None]], scope: Scope
    ) -> list[object]:
        groups: dict[object, list[Mapping[str, RowOf | None]]] = {}
        for rows in found:
            here = Scope(rows, scope.items)
            key = tuple(plain(self.value(each, here)) for each in query.grouped)
            groups.setdefault(key, []).append(rows)
        return [
            {
                name: self.value(each, Scope(rows[0], scope.items, rows))
                for name, each in query.selected
            }
            for rows in groups.values()
        ]

    def _aggregate(self, term: Aggregate, scope: Scope) -> object:
        if scope.group is None:
            return Open(("aggregate", term.function), 0, Unknown("", 0, term.function))
        if term.of is None:
            return len(scope.group)
        held = [self.value(term.of, Scope(rows, scope.items)) for rows in scope.group]
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


def holds_aggregate(term: Term) -> bool:
    """Whether a formula counts or adds up rows."""
    if isinstance(term, Aggregate):
        return True
    if isinstance(term, Op):
        return any(holds_aggregate(each) for each in term.operands)
    if isinstance(term, Choice):
        return any(holds_aggregate(t) for t in (term.condition, term.then, term.otherwise))
    return False


def _error(kind: str) -> dict[str, object]:
    code = "P2002" if kind == "unique" else "P2003"
    return {"code": code, "errno": 19, "message": "UNIQUE constraint failed", "name": "Error"}


def _difference(left: object, right: object) -> int:
    if missing(left) or missing(right):
        return missing(left) - missing(right)
    if isinstance(left, bool | int | float) and isinstance(right, bool | int | float):
        return (left > right) - (left < right)
    first, second = str(left), str(right)
    return (first > second) - (first < second)
