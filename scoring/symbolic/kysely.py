"""Queries of Kysely: chains of calls, each a step that adds to a query."""

from __future__ import annotations

from dataclasses import replace

from scoring.symbolic.builder import ExpressionBuilder, column_of, listed, scalar
from scoring.symbolic.patterns import narrowed
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Column,
    Const,
    Joined,
    Listed,
    Op,
    Query,
    Term,
    Written,
    both,
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

ORDER = Const("order by")
"""What a function that says how to sort is given."""
_JOINS = {"innerJoin": False, "leftJoin": True, "rightJoin": True, "fullJoin": True}
_CLEARED = {"clearSelect": "selected", "clearOrderBy": "order", "clearWhere": "where"}
_NEUTRAL = frozenset(
    """forUpdate forShare forNoKeyUpdate skipLocked noWait distinct distinctOn $castTo
    $assertType $narrowType $notNull modifyEnd modifyFront""".split()
)


class Kysely:
    """Reads the steps of queries."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader
        self._builder = ExpressionBuilder(reader)

    def start(self, name: str, given: list[object]) -> Building | None:
        """Begin a query; None for any other call."""
        return self._builder.start(name, given)

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
                grouped = tuple(column_of(each) for each in listed(given))
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

    def _where(self, query: Query, given: list[object]) -> Query:
        if len(given) == 1:
            made = self._builder.called(given[0])
            if isinstance(made, Object):
                return replace(query, where=(*query.where, *self._builder.conditions([made])))
            return replace(query, where=(*query.where, term_of(made)))
        return replace(query, where=(*query.where, self._builder.condition(given)))

    def _selected(self, given: list[object]) -> list[tuple[str, Term]]:
        found: list[tuple[str, Term]] = []
        for each in given:
            made = self._builder.called(each) if isinstance(each, Closure | Method) else each
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
            value = self._builder.called(given[1]) if isinstance(given[1], Closure) else given[1]
            made = Object(list(built.values.members) if isinstance(built.values, Object) else [])
            made.members.append((str(name), value))
            return made
        return self._builder.called(given[0]) if given else NOTHING

    def _ordered(self, query: Query, given: list[object]) -> Query:
        if not given:
            return query
        if isinstance(given[0], Array):
            for each in given[0].items:
                query = self._ordered(query, [each])
            return query
        first = self._builder.called(given[0]) if isinstance(given[0], Closure) else given[0]
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
        table, alias = self._builder.table(str(given[0].value))
        on: Term = TRUE
        if len(given) == 3:
            on = Op("=", (column_of(given[1]), column_of(given[2])))
        elif len(given) == 2 and isinstance(given[1], Closure):
            conditions: list[Term] = []

            def joining(name: str, asked: list[object]) -> object:
                if name == "onRef" and len(asked) > 2:
                    asked = [asked[0], asked[1], column_of(asked[2])]
                if name in ("on", "onRef"):
                    conditions.append(self._builder.condition(asked))
                return Expressions(joining)

            self._reader.call(given[1], [Expressions(joining)])
            on = both(*conditions)
        return replace(query, joins=(*query.joins, Joined(table, alias, on, outer)))

    def _applied(
        self, built: Building, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        made = self._reader.invoke(given[-1], [built], node, frame) if given else built
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
            made = self._reader.invoke(given[0], [], node, frame)
            return made if isinstance(made, Raised) else Raised(0)
        if isinstance(given[0], Native):
            return Raised(self._reader.exception_status(given[0].name, [], frame.module))
        return Raised(0)


def _left(written: Written, built: Building, single: bool) -> Term:
    """Return what a write answers with: the rows it leaves, or how many there are."""
    if built.returns:
        return written if single else Listed((written,))
    affected = Op("affected", (written,))
    return affected if single else Listed((affected,))
