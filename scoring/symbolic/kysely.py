"""Queries of Kysely: chains of calls, each a step that adds to a query."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Aggregate,
    Choice,
    Column,
    Const,
    Field,
    First,
    Found,
    Joined,
    Listed,
    Op,
    Query,
    Rows,
    Term,
    Written,
    both,
    either,
    negation,
)
from scoring.symbolic.values import (
    Array,
    Building,
    Built,
    Expressions,
    Method,
    Native,
    Object,
    Raised,
    term_of,
)
from scoring.typescript.syntax import SyntaxNode
from scoring.words import squeeze

if TYPE_CHECKING:
    from scoring.symbolic.reader import Reader

STARTS = {
    "selectFrom": "read",
    "insertInto": "insert",
    "replaceInto": "insert",
    "updateTable": "update",
    "deleteFrom": "delete",
}
ORDER = Const("order by")
"""What a function that says how to sort is given."""
_JOINS = {"innerJoin": False, "leftJoin": True, "rightJoin": True, "fullJoin": True}
_AGGREGATES = {"count": "count", "countAll": "count", "sum": "sum", "avg": "avg"} | {
    name: name for name in ("min", "max")
}
_COMPARED = {"=": "=", "==": "=", "!=": "<>", "<>": "<>", "is": "is", "is not": "is not"}
_CLEARED = {"clearSelect": "selected", "clearOrderBy": "order", "clearWhere": "where"}
_NEUTRAL = frozenset(
    """forUpdate forShare forNoKeyUpdate skipLocked noWait distinct distinctOn $castTo
    $assertType $narrowType $notNull modifyEnd modifyFront""".split()
)


class Kysely:
    """Reads the steps of queries."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def start(self, name: str, given: list[object], base: object) -> Building | None:
        """Begin a query; None for any other call."""
        if name not in STARTS or not given:
            return None
        first = given[0].items[0] if isinstance(given[0], Array) and given[0].items else given[0]
        if not isinstance(first, Const) or not isinstance(first.value, str):
            return None
        table, alias = self._table(first.value)
        return Building(STARTS[name], Query(table, alias))

    def step(
        self, built: Building, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        """Return what a method of a query returns: mostly the query, one step further."""
        query = built.query
        match name:
            case "where" | "having":
                return replace(built, query=self._where(query, given))
            case "whereRef":
                columns = [*given[:2], column_of(given[2]) if len(given) > 2 else NOTHING]
                return replace(built, query=self._where(query, columns))
            case "select" | "returning":
                selected = (*query.selected, *self._selected(given))
                made = replace(query, selected=selected if name == "select" else query.selected)
                return replace(built, query=made, returns=name == "returning" or built.returns)
            case "selectAll":
                return replace(built, query=replace(query, everything=True))
            case "returningAll":
                return replace(built, returns=True)
            case "set" | "values":
                return replace(built, values=self._values(built, given))
            case "orderBy":
                return replace(built, query=self._ordered(query, given))
            case "groupBy":
                grouped = tuple(column_of(each) for each in _listed(given))
                return replace(built, query=replace(query, grouped=grouped))
            case "limit" | "offset":
                bound = term_of(given[0]) if given else NOTHING
                made = (
                    replace(query, limit=bound) if name == "limit" else replace(query, offset=bound)
                )
                return replace(built, query=made)
            case "onConflict":
                return replace(built, ignores=True)
            case "$if" | "$call":
                return self._applied(built, name, given, node, frame)
            case "as":
                return Op("as", (scalar(query), *(term_of(each) for each in given)))
            case _ if name in _JOINS:
                return replace(built, query=self._joined(query, given, _JOINS[name]))
            case _ if name in _CLEARED:
                emptied: dict[str, tuple[()]] = {_CLEARED[name]: ()}
                made = replace(
                    query, **emptied, everything=query.everything and name != "clearSelect"
                )  # pyright: ignore[reportArgumentType]
                return replace(built, query=made)
            case _ if name in _NEUTRAL:
                return built
            case _ if name.startswith("execute"):
                return self._executed(built, name, given, node, frame)
            case _:
                return Op("unknown", (scalar(query),))

    def expressions(self) -> Expressions:
        """Return the builder of expressions that a function in a query is given."""
        return Expressions(self._expression)

    def _expression(self, name: str, given: list[object]) -> object:
        """Return what a method of the expression builder returns."""
        match name:
            case "":
                return self._condition(given)
            case "and" | "or":
                parts = self._conditions(given)
                return both(*parts) if name == "and" else either(*parts)
            case "not":
                return negation(term_of(given[0])) if given else TRUE
            case "exists":
                return Found(given[0].query) if given and isinstance(given[0], Building) else TRUE
            case "ref":
                return column_of(given[0]) if given else NOTHING
            case "val" | "lit" | "cast" | "parens":
                return term_of(given[0]) if given else NOTHING
            case "between":
                whole = [column_of(given[0]), *(term_of(each) for each in given[1:3])]
                return both(Op(">=", (whole[0], whole[1])), Op("<=", (whole[0], whole[2])))
            case "coalesce":
                return Op("coalesce", tuple(column_of(each) for each in given))
            case _ if name in _AGGREGATES:
                return Aggregate(_AGGREGATES[name], column_of(given[0]) if given else None)
            case _ if name in STARTS:
                return self.start(name, given, None) or NOTHING
            case _:
                return Op("unknown", tuple(term_of(each) for each in given))

    def _conditions(self, given: list[object]) -> list[Term]:
        found: list[Term] = []
        for each in _listed(given):
            if isinstance(each, Object):
                found += [
                    Op("=", (column_of(Const(key)), term_of(value)))
                    for key, value in each.members
                    if key is not None
                ]
            else:
                found.append(term_of(each))
        return found

    def _condition(self, given: list[object]) -> Term:
        """Return `column operator value` as a formula; a lone argument is one already."""
        if len(given) < 3:
            return term_of(given[0]) if given else TRUE
        left, operator = column_of(given[0]), given[1]
        name = str(operator.value) if isinstance(operator, Const) else "unknown"
        value = given[2]
        if isinstance(value, Closure):
            value = self._called(value)
        if isinstance(value, Building):
            listed = name in ("in", "not in")
            value = Rows(value.query) if listed else scalar(value.query)
        return Op(_COMPARED.get(name, name), (left, term_of(value)))

    def _called(self, function: object) -> object:
        given: list[object] = [self.expressions()]
        if isinstance(function, Closure):
            return self._reader.call(function, given)
        if isinstance(function, Method):
            return self._reader.run(function.function, function.this, given)
        return function

    def _where(self, query: Query, given: list[object]) -> Query:
        if len(given) == 1:
            made = self._called(given[0])
            if isinstance(made, Object):
                return replace(query, where=(*query.where, *self._conditions([made])))
            return replace(query, where=(*query.where, term_of(made)))
        return replace(query, where=(*query.where, self._condition(given)))

    def _selected(self, given: list[object]) -> list[tuple[str, Term]]:
        found: list[tuple[str, Term]] = []
        for each in given:
            made = self._called(each) if isinstance(each, Closure | Method) else each
            for one in made.items if isinstance(made, Array) else [made]:
                if isinstance(one, Const) and isinstance(one.value, str):
                    column, _, alias = one.value.partition(" as ")
                    found.append((alias.strip() or column.rsplit(".", 1)[-1], column_of(one)))
                elif (
                    isinstance(one, Op) and one.name == "as" and isinstance(one.operands[-1], Const)
                ):
                    found.append((str(one.operands[-1].value), one.operands[0]))
                elif isinstance(one, Column):
                    found.append((one.name, one))
        return found

    def _values(self, built: Building, given: list[object]) -> object:
        if len(given) == 2:
            name = given[0].value if isinstance(given[0], Const) else ""
            value = self._called(given[1]) if isinstance(given[1], Closure) else given[1]
            made = Object(list(built.values.members) if isinstance(built.values, Object) else [])
            made.members.append((str(name), value))
            return made
        return self._called(given[0]) if given else NOTHING

    def _ordered(self, query: Query, given: list[object]) -> Query:
        if not given:
            return query
        if isinstance(given[0], Array):
            for each in given[0].items:
                query = self._ordered(query, [each])
            return query
        first = self._called(given[0]) if isinstance(given[0], Closure) else given[0]
        direction: object = given[1] if len(given) > 1 else Const("asc")
        if isinstance(direction, Closure):
            direction = self._reader.call(direction, [ORDER])
        column = term_of(first)
        if isinstance(first, Const) and isinstance(first.value, str):
            name, _, said = first.value.partition(" ")
            column, direction = column_of(Const(name)), Const(said) if said else direction
        return replace(query, order=(*query.order, (column, term_of(direction))))

    def _joined(self, query: Query, given: list[object], outer: bool) -> Query:
        if not given or not isinstance(given[0], Const):
            return query
        table, alias = self._table(str(given[0].value))
        on: Term = TRUE
        if len(given) == 3:
            on = Op("=", (column_of(given[1]), column_of(given[2])))
        elif len(given) == 2 and isinstance(given[1], Closure):
            conditions: list[Term] = []

            def joining(name: str, asked: list[object]) -> object:
                if name == "onRef" and len(asked) > 2:
                    asked = [asked[0], asked[1], column_of(asked[2])]
                if name in ("on", "onRef"):
                    conditions.append(self._condition(asked))
                return Expressions(joining)

            self._reader.call(given[1], [Expressions(joining)])
            on = both(*conditions)
        return replace(query, joins=(*query.joins, Joined(table, alias, on, outer)))

    def _applied(
        self, built: Building, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        from scoring.symbolic import calls
        from scoring.symbolic.patterns import narrowed

        made = calls.invoke(self._reader, given[-1], [built], node, frame) if given else built
        if name == "$if" and isinstance(made, Building):
            return narrowed(term_of(given[0]), made, built)
        return made

    def _executed(
        self, built: Building, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        single = name != "execute"
        if built.action == "read":
            found: Term = self._reader.read(built.query, single, node, frame)
        else:
            values = term_of(built.values) if built.values is not None else NOTHING
            written = self._reader.write(
                built.action, built.query, values, node, frame, built.ignores
            )
            found = _left(written, built, single)
        if name == "executeTakeFirstOrThrow" and built.action != "insert":
            self._reader.refuse(
                self._thrown(given, node, frame), Op("===", (found, NOTHING)), node, frame
            )
        return found

    def _thrown(self, given: list[object], node: SyntaxNode, frame: Frame) -> Raised:
        if not given:
            return Raised(0)
        if isinstance(given[0], Closure | Method | Built):
            from scoring.symbolic import calls

            made = calls.invoke(self._reader, given[0], [], node, frame)
            return made if isinstance(made, Raised) else Raised(0)
        if isinstance(given[0], Native):
            return Raised(self._reader.exception_status(given[0].name, [], frame.module))
        return Raised(0)

    def _table(self, text: str) -> tuple[str, str]:
        name, _, alias = text.partition(" as ")
        bare = name.rsplit(".", 1)[-1].strip()
        found = self._reader.tables.get(squeeze(bare))
        return (found.name if found is not None else bare), alias.strip() or bare


def _left(written: Written, built: Building, single: bool) -> Term:
    """Return what a write answers with: the rows it leaves, or how many there are."""
    if built.returns:
        return written if single else Listed((written,))
    affected = Op("affected", (written,))
    return affected if single else Listed((affected,))


def column_of(value: object) -> Term:
    """Return the column that a text names; any other value as it is."""
    if isinstance(value, Const) and isinstance(value.value, str):
        name = value.value.split(" as ")[0].strip()
        table, dot, column = name.rpartition(".")
        return Column(table.rsplit(".", 1)[-1] if dot else "", column)
    if isinstance(value, Choice):
        return Choice(value.condition, column_of(value.then), column_of(value.otherwise))
    if isinstance(value, Building):
        return scalar(value.query)
    return term_of(value)


def scalar(query: Query) -> Term:
    """Return the only value of the only row of a query."""
    name = query.selected[0][0] if query.selected else ""
    return Field(First(query), name)


def _listed(given: list[object]) -> list[object]:
    found: list[object] = []
    for each in given:
        found += each.items if isinstance(each, Array) else [each]
    return found
