"""Queries of Drizzle: `db.select().from(todos).where(eq(todos.id, id))` and its like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scoring.project.facts import Table
from scoring.symbolic.mappers.revising import found_in, narrowed, rewritten, write_of
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Aggregate,
    Choice,
    Column,
    Const,
    Field,
    Joined,
    Listed,
    Op,
    Query,
    Record,
    Term,
    Written,
    both,
    either,
    negation,
)
from scoring.symbolic.values import Array, Built, Native, Object, field_of, term_of
from scoring.typescript.syntax import SyntaxNode
from scoring.words import squeeze

_TABLES = frozenset({"pgTable", "mysqlTable", "sqliteTable", "table"})
_COMPARED = {
    "eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "inArray": "in",
    "notInArray": "not in", "like": "sql contains", "ilike": "sql contains",
}  # fmt: skip
_AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "countDistinct"})
_FUNCTIONS = frozenset(
    {*_COMPARED, *_AGGREGATES, "and", "or", "not", "isNull", "isNotNull", "asc", "desc", "between"}
)
_JOINS = {"innerJoin": False, "leftJoin": True, "rightJoin": True, "fullJoin": True}
_NEUTRAL = frozenset({"execute", "$dynamic", "prepare", "for", "all", "run", "as", "groupBy"})
_STEPS = frozenset({"where", "orderBy", "limit", "offset", "get", *_JOINS, *_NEUTRAL})
_CONFLICTS = frozenset({"onConflictDoNothing", "onConflictDoUpdate", "onDuplicateKeyUpdate"})


@dataclass(frozen=True)
class Begun:
    """A statement of which the table, or what is written, is still to be said."""

    action: str
    table: Table | None = None
    fields: object = None


class Drizzle:
    """Reads statements; each is noted where its table is known, and narrowed by later calls."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader

    def function(
        self, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a function of the library makes; None for any other."""
        callee = node.get("function")
        link = frame.module.imports.get(callee.text) if callee is not None else None
        if link is None or not link.specifier.startswith("drizzle-orm"):
            return None
        if name in _TABLES and given and isinstance(given[0], Const):
            table = self._reader.tables.get(squeeze(str(given[0].value)))
            return _stand_in(table) if table is not None else None
        return self._expression(name, given) if name in _FUNCTIONS else None

    def query(
        self, base: object, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a call answers with; None for any other call."""
        if isinstance(base, Begun):
            return self._continued(base, name, given, node, frame)
        first = given[0] if given else NOTHING
        if name in ("select", "selectDistinct") and "drizzle" in frame.module.text:
            return Begun("read", fields=first)
        table = self._table(first)
        if table is not None and name in ("insert", "update"):
            return Begun(name, table)
        whole = Query(table.name, table.name) if table is not None else None
        if whole is not None and name == "delete":
            return self._reader.write("delete", whole, NOTHING, node, frame)
        if whole is not None and name == "$count":
            where = tuple(_conditions(given[1:]))
            counted = replace(whole, where=where, selected=(("count", Aggregate("count")),))
            return Field(self._reader.read(counted, True, node, frame), "count")
        if name in ("findFirst", "findMany"):
            return self._asked(base, name, first, node, frame)
        return self._step(base, name, given)

    def _table(self, value: object) -> Table | None:
        """Return the table that an object of columns stands for."""
        first = value.members[0][1] if isinstance(value, Object) and value.members else None
        if not isinstance(first, Column):
            return None
        return self._reader.tables.get(squeeze(first.table))

    def _continued(
        self, begun: Begun, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        first = given[0] if given else NOTHING
        if begun.table is not None and name in ("values", "set"):
            query = Query(begun.table.name, begun.table.name)
            return self._reader.write(begun.action, query, _values(first), node, frame)
        table = self._table(first)
        if name != "from" or table is None:
            return begun
        selected = tuple(_selected(begun.fields))
        query = Query(table.name, table.name, selected=selected, everything=not selected)
        return self._reader.read(query, False, node, frame)

    def _asked(
        self, base: object, name: str, options: object, node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Read `db.query.todos.findFirst({ where, orderBy, limit, offset })`."""
        named = base.name if isinstance(base, Native) else getattr(base, "text", None)
        named = named or (base.name if isinstance(base, Field) else "")
        table = self._reader.tables.get(squeeze(named.rsplit(".", 1)[-1]))
        if table is None or not self._is_ours(table.name):
            return None
        where, order = (self._built(table, field_of(options, n)) for n in ("where", "orderBy"))
        limit, offset = field_of(options, "limit"), field_of(options, "offset")
        query = Query(
            table.name,
            table.name,
            where=tuple(_conditions([where])),
            order=tuple(_order([order])),
            limit=None if limit is NOTHING else term_of(limit),
            offset=None if offset is NOTHING else term_of(offset),
            everything=True,
        )
        return self._reader.read(query, name == "findFirst", node, frame)

    def _built(self, table: Table, value: object) -> object:
        """Return what a function of the table and the operators says: `(t, { eq }) => …`."""
        if not isinstance(value, Closure):
            return value
        functions = Object(
            [(name, Built(lambda given, n=name: self._expression(n, given))) for name in _FUNCTIONS]
        )
        return self._reader.call(value, [_stand_in(table), functions])

    def _is_ours(self, name: str) -> bool:
        table = self._reader.tables.get(squeeze(name))
        module = self._reader.program.modules.get(table.file) if table is not None else None
        return module is not None and "drizzle-orm" in module.text

    def _step(self, base: object, name: str, given: list[object]) -> object | None:
        if isinstance(base, Written):
            return self._of_write(base, name, given)
        if isinstance(base, Array) and name in _NEUTRAL and base.items:
            return base if isinstance(base.items[0], Written | Op) else None
        found = found_in(base)
        if found is None or name not in _STEPS or not self._is_ours(found.query.table):
            return None
        query = found.query
        match name:
            case "where":
                query = replace(query, where=(*query.where, *_conditions(given)))
            case "orderBy":
                query = replace(query, order=(*query.order, *_order(given)))
            case "limit" | "offset":
                bound = term_of(given[0]) if given else NOTHING
                query = replace(query, **{name: bound})  # pyright: ignore[reportArgumentType]
            case "get":
                return Op("[]", (found, Const(0)))
            case _ if name in _JOINS:
                query = self._joined(query, name, given)
            case _:
                return base
        return narrowed(self._reader, found, query)

    def _joined(self, query: Query, name: str, given: list[object]) -> Query:
        table = self._table(given[0]) if given else None
        if table is None:
            return query
        on = both(*_conditions(given[1:]))
        return replace(
            query, joins=(*query.joins, Joined(table.name, table.name, on, _JOINS[name]))
        )

    def _of_write(self, base: Written, name: str, given: list[object]) -> object | None:
        noted = write_of(self._reader, base)
        if noted is None or not self._is_ours(noted.query.table):
            return None
        if name == "where":
            where = (*noted.query.where, *_conditions(given))
            return rewritten(self._reader, base, replace(noted.query, where=where))
        if name in ("returning", "$returningId"):
            if noted.action == "insert":
                return Array([base])
            none = Op("===", (base, NOTHING))
            return Array([Op("...", (Choice(none, Listed(()), Listed((base,))),))])
        if name in _CONFLICTS:
            return rewritten(self._reader, base, noted.query, ignores=True)
        return base if name in _NEUTRAL else None

    def _expression(self, name: str, given: list[object]) -> Term:
        terms = [term_of(each) for each in given]
        if name in ("and", "or"):
            parts = list(_conditions(given))
            return both(*parts) if name == "and" else either(*parts)
        if name in _AGGREGATES:
            function = "count" if name == "countDistinct" else name
            return Aggregate(function, terms[0] if terms else None)
        match name:
            case "not":
                return negation(terms[0])
            case "isNull" | "isNotNull":
                return Op("is" if name == "isNull" else "is not", (terms[0], Const(None)))
            case "asc" | "desc":
                return Op(f"order {name}", (terms[0],))
            case "between":
                column, low, high = terms[:3]
                return both(Op(">=", (column, low)), Op("<=", (column, high)))
            case _:
                wanted = _bare(terms[1]) if "like" in name else terms[1]
                return Op(_COMPARED[name], (terms[0], wanted))


def _stand_in(table: Table) -> Object:
    """Return what a table is in code: an object of its columns."""
    return Object([(each.name, Column(table.name, each.name)) for each in table.columns])


def _bare(pattern: Term) -> Term:
    """Strip the `%` around what a text is to contain."""
    if isinstance(pattern, Op) and pattern.name == "text":
        kept = tuple(part for part in pattern.operands if part != Const("%"))
        return kept[0] if len(kept) == 1 else Op("text", kept)
    if isinstance(pattern, Const) and isinstance(pattern.value, str):
        return Const(pattern.value.strip("%"))
    return pattern


def _conditions(given: Iterable[object]) -> Iterable[Term]:
    """Yield conditions; one that is undefined says nothing."""
    for each in given:
        if isinstance(each, Array):
            yield from _conditions(each.items)
            continue
        term = term_of(each)
        if isinstance(term, Op) and term.name == "...":
            yield _spread(term.operands[0])
        elif term is not NOTHING and term != NOTHING:
            yield _whole(term)


def _spread(term: Term) -> Term:
    if isinstance(term, Listed):
        return both(*_conditions(term.items))
    if isinstance(term, Choice):
        return Choice(term.condition, _spread(term.then), _spread(term.otherwise))
    return Op("unknown", (term,))


def _whole(term: Term) -> Term:
    """Return a condition of which `undefined` says nothing."""
    if isinstance(term, Choice):
        then, otherwise = _whole(term.then), _whole(term.otherwise)
        return Choice(term.condition, then, otherwise)
    if isinstance(term, Op) and term.name == "&&" and not _is_condition(term.operands[0]):
        return Op("=>", (term.operands[0], term.operands[1]))
    return TRUE if term == NOTHING else term


def _is_condition(term: Term) -> bool:
    """Whether a formula looks at the rows of a query."""
    if isinstance(term, Column):
        return True
    return isinstance(term, Op) and any(_is_condition(each) for each in term.operands)


def _values(value: object) -> Term:
    if isinstance(value, Array):
        return term_of(Array([_values(each) for each in value.items]))
    return term_of(value)


def _selected(fields: object) -> Iterable[tuple[str, Term]]:
    members = fields.members if isinstance(fields, Object | Record) else ()
    for name, held in members:
        if name is not None and not isinstance(held, Object):
            yield name, term_of(held)


def _order(given: Iterable[object]) -> Iterable[tuple[Term, Term]]:
    for each in given:
        if isinstance(each, Array):
            yield from _order(each.items)
            continue
        term = term_of(each)
        if isinstance(term, Op) and term.name.startswith("order "):
            yield term.operands[0], Const(term.name.removeprefix("order "))
        elif term != NOTHING:
            yield term, Const("asc")
