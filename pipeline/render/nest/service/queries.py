"""Conditions of queries as calls of Kysely, and the statuses and exceptions of refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from pipeline.ast import expression as ex
from pipeline.ast.analysis import CREATED_AT
from pipeline.ast.database import Table
from pipeline.derive.statements import alive
from pipeline.render.layout import LINE, SOFT_LINE, Doc, DocGroup, IfBroken, Indent, concat, join
from pipeline.render.nest.service.expressions import LocalScope, Nature, nature, write, write_solid
from pipeline.render.typescript import brackets, call, chain, quoted

_OPERATORS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SQL = "src/database/sql-expressions.ts"
_DISTINCT = "is distinct from"
_EXCEPTIONS = {
    400: "BadRequestException",
    401: "UnauthorizedException",
    403: "ForbiddenException",
    404: "NotFoundException",
    405: "MethodNotAllowedException",
    406: "NotAcceptableException",
    408: "RequestTimeoutException",
    409: "ConflictException",
    410: "GoneException",
    412: "PreconditionFailedException",
    413: "PayloadTooLargeException",
    415: "UnsupportedMediaTypeException",
    418: "ImATeapotException",
    421: "MisdirectedException",
    422: "UnprocessableEntityException",
}
_STATUS_NAMES = {
    200: "OK",
    201: "CREATED",
    202: "ACCEPTED",
    204: "NO_CONTENT",
    **{
        status: HTTPStatus(status).name
        for status in (400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 415, 422, 423)
    },
    429: "TOO_MANY_REQUESTS",
}


@dataclass(frozen=True)
class Source:
    """A table in a query: what it is called there, and what else is called in sight.

    `tables` are the names of all tables: an alias like one of them would hide its type.
    """

    table: Table
    alias: str
    taken: frozenset[str]
    tables: frozenset[str]

    @property
    def known(self) -> str:
        """What `selectFrom` takes: the table, and its alias if it has one."""
        name = self.table.plural
        return name if self.alias == name else f"{name} as {self.alias}"

    @property
    def is_inner(self) -> bool:
        """Whether it is part of a condition on another table."""
        return len(self.taken) > 1

    def column(self, name: str) -> str:
        """Name a column, with its table where there are several."""
        return f"{self.alias}.{name}" if self.is_inner else name

    def inner(self, table: Table, wanted: str) -> Source:
        """Return another table in a condition on this one; a table met again is called `wanted`."""
        alias, number = table.plural, 1
        while alias in self.taken or (number > 1 and alias in self.tables):
            alias = wanted if number == 1 else f"{wanted}{number}"
            number += 1
        return Source(table, alias, self.taken | {alias}, self.tables)


def where_calls(where: ex.Where | None, table: Table, scope: LocalScope) -> list[Doc]:
    """Write a condition as `where(…)` calls, one for each part that must hold."""
    tables = frozenset(each.plural for each in scope.database.tables)
    return _calls(where, Source(table, table.plural, frozenset((table.plural,)), tables), scope)


def _calls(where: ex.Where | None, source: Source, scope: LocalScope) -> list[Doc]:
    match where:
        case None:
            return []
        case ex.WhereAll(conditions=conditions):
            return [call for each in conditions for call in _calls(each, source, scope)]
        case ex.WhereAny(conditions=conditions) if len(conditions) == 1:
            return _calls(conditions[0], source, scope)
        case ex.WhereAny() | ex.ParentWhere() | ex.SomeWhere() | ex.NoneWhere() | ex.OldestWhere():
            body = Indent(concat(LINE, _nested(where, source, scope.closed())))
            return [DocGroup(concat("where((eb) =>", body, IfBroken(","), SOFT_LINE, ")"))]
        case ex.ColumnCompare() if not _fits(where, source.table, scope):
            return [call("where", concat(_raw(where, source, scope)))]
        case ex.SameText():
            return [call("where", _same_text(where, source, scope))]
        case ex.CallerIs():
            return [concat("where((eb) => ", _nested(where, source, scope), ")")]
        case ex.ColumnCompare() | ex.ColumnIsNull() | ex.ColumnIsNotNull():
            return [call("where", *_triple(where, source, scope))]


def _nested(where: ex.Where, source: Source, scope: LocalScope) -> Doc:
    match where:
        case ex.WhereAll(conditions=conditions) | ex.WhereAny(conditions=conditions):
            if len(conditions) == 1:
                return _nested(conditions[0], source, scope)
            parts = [_nested(each, source, scope) for each in conditions]
            return call("eb.and" if where.kind == "all" else "eb.or", brackets(parts))
        case ex.ColumnCompare() if not _fits(where, source.table, scope):
            return _raw(where, source, scope)
        case ex.SameText():
            return _same_text(where, source, scope)
        case ex.CallerIs(actors=actors):
            kinds = [f"{scope.caller_kind()} === {quoted(actor)}" for actor in actors]
            return call("eb.lit", join(" || ", kinds))
        case ex.ParentWhere(relation=name, where=(ex.SomeWhere() | ex.NoneWhere() as sibling,)) if (
            isinstance(sibling, ex.SomeWhere) or not _relation_nullable(source.table, name)
        ):
            relation = next(r for r in source.table.relations if r.name == name)
            return _hanging(sibling, source, f"{source.alias}.{relation.column}", scope)
        case ex.ParentWhere(relation=name, where=conditions):
            relation = next(r for r in source.table.relations if r.name == name)
            target = scope.database.table(relation.target)
            inner = source.inner(target, name)
            key = f"{inner.alias}.id", f"{source.alias}.{relation.column}"
            return call("eb.exists", _selection(inner, key, conditions, scope))
        case ex.SomeWhere() | ex.NoneWhere():
            return _hanging(where, source, f"{source.alias}.id", scope)
        case ex.OldestWhere():
            return _oldest(where, source, scope)
        case _:
            return call("eb", *_triple(where, source, scope))


def _hanging(
    where: ex.SomeWhere | ex.NoneWhere, source: Source, key: str, scope: LocalScope
) -> Doc:
    """Write that rows of another table hang on a row, or none do; `key` is where its key stands.

    Rows that hang on the same parent are found by the key of the parent, without the parent.
    """
    other = scope.database.table(where.table)
    inner = source.inner(other, f"other_{other.plural}")
    relation = next(r for r in other.relations if r.name == where.relation)
    selection = _selection(inner, (f"{inner.alias}.{relation.column}", key), where.where, scope)
    found = call("eb.exists", selection)
    return found if where.kind == "some" else call("eb.not", found)


def _oldest(where: ex.OldestWhere, source: Source, scope: LocalScope) -> Doc:
    """Write that no row beside this one was made before it; no two are made at one moment."""
    inner = source.inner(source.table, f"older_{source.table.plural}")
    relation = next(r for r in source.table.relations if r.name == where.relation)
    key = f"{inner.alias}.{relation.column}", f"{source.alias}.{relation.column}"
    made = f"{inner.alias}.{CREATED_AT}", f"{source.alias}.{CREATED_AT}"
    older = call("whereRef", quoted(made[0]), quoted("<"), quoted(made[1]))
    selection = _selection(inner, key, (*alive(inner.table), *where.where), scope, [older])
    return call("eb.not", call("eb.exists", selection))


def _relation_nullable(table: Table, name: str) -> bool:
    return any(r.name == name and _column_nullable(table, r.column) for r in table.relations)


def _selection(
    inner: Source,
    key: tuple[str, str],
    conditions: Sequence[ex.Where],
    scope: LocalScope,
    further: Sequence[Doc] = (),
) -> Doc:
    """Write the query for the rows of another table that hang together with the outer one's."""
    return chain(
        "eb",
        [
            call("selectFrom", quoted(inner.known)),
            call("select", quoted(f"{inner.alias}.id")),
            call("whereRef", quoted(key[0]), quoted("="), quoted(key[1])),
            *further,
            *(call for each in conditions for call in _calls(each, inner, scope)),
        ],
    )


def _triple(
    where: ex.ColumnCompare | ex.ColumnIsNull | ex.ColumnIsNotNull,
    source: Source,
    scope: LocalScope,
) -> tuple[Doc, Doc, Doc]:
    column = quoted(source.column(where.column))
    match where:
        case ex.ColumnIsNull():
            return column, quoted("is"), "null"
        case ex.ColumnIsNotNull():
            return column, quoted("is not"), "null"
        case ex.ColumnCompare(operator=operator, value=value):
            if isinstance(value, ex.NullLiteral):
                return column, quoted("is" if operator == "eq" else "is not"), "null"
            word = _OPERATORS[operator]
            if operator == "ne" and _column_nullable(source.table, where.column):
                word = _DISTINCT
            return column, quoted(word), write(value, scope)


def _same_text(where: ex.SameText, source: Source, scope: LocalScope) -> Doc:
    same = scope.common(_SQL, "sameText")
    place = quoted(f"{source.table.plural}.{where.column}")
    return call(same, place, write_solid(where.value, scope))


def _column_nullable(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.nullable


def _fits(where: ex.ColumnCompare, table: Table, scope: LocalScope) -> bool:
    """Whether Kysely's types take the value: no undefined, and null only where it may be."""
    if isinstance(where.value, ex.NullLiteral):
        return True
    found: Nature = nature(where.value, scope)
    return not found.optional and (not found.nullable or _column_nullable(table, where.column))


def _raw(where: ex.ColumnCompare, source: Source, scope: LocalScope) -> Doc:
    """Write a comparison with a value that may be null where the column may not: SQL decides."""
    sql = scope.imports.value("kysely", "sql")
    truth = scope.imports.type("kysely", "SqlBool")
    word = _DISTINCT if where.operator == "ne" else _OPERATORS[where.operator]
    column = f"${{{sql}.ref({quoted(source.column(where.column))})}}"
    return concat(f"{sql}<{truth}>`{column} {word} ${{", write(where.value, scope), " ?? null}`")


def status_code(status: int, scope: LocalScope) -> str:
    """Write a status by its name, or as a number if it has none."""
    name = _STATUS_NAMES.get(status)
    if name is None:
        return str(status)
    return f"{scope.imports.value('@nestjs/common', 'HttpStatus')}.{name}"


def new_exception(status: int, message: str, scope: LocalScope) -> Doc:
    """Write the exception that answers with a status."""
    name = _EXCEPTIONS.get(status)
    if name is not None:
        return call(f"new {scope.imports.value('@nestjs/common', name)}", quoted(message))
    base = scope.imports.value("@nestjs/common", "HttpException")
    return call(f"new {base}", quoted(message), str(status))
