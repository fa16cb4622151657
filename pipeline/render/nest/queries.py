"""Conditions of queries as calls of Kysely, and the statuses and exceptions of refusals."""

from __future__ import annotations

from http import HTTPStatus

from pipeline.ast import expression as ex
from pipeline.ast.database import Table
from pipeline.render.layout import LINE, SOFT_LINE, Doc, Group, IfBroken, Indent, concat, join
from pipeline.render.nest.expressions import Nature, Scope, nature, write
from pipeline.render.typescript import brackets, call, quoted

_OPERATORS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
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


def where_calls(where: ex.Where | None, table: Table, scope: Scope) -> list[Doc]:
    """Write a condition as `where(…)` calls, one for each part that must hold."""
    match where:
        case None:
            return []
        case ex.WhereAll(conditions=conditions):
            return [call for each in conditions for call in where_calls(each, table, scope)]
        case ex.WhereAny(conditions=conditions) if len(conditions) == 1:
            return where_calls(conditions[0], table, scope)
        case ex.WhereAny():
            body = Indent(concat(LINE, _nested(where, table, scope.closed())))
            return [Group(concat("where((eb) =>", body, IfBroken(","), SOFT_LINE, ")"))]
        case ex.ColumnCompare() if not _fits(where, table, scope):
            return [call("where", concat(_raw(where, scope)))]
        case ex.CallerIs():
            return [concat("where((eb) => ", _nested(where, table, scope), ")")]
        case ex.ColumnCompare() | ex.ColumnIsNull() | ex.ColumnIsNotNull():
            return [call("where", *_triple(where, table, scope))]


def _nested(where: ex.Where, table: Table, scope: Scope) -> Doc:
    match where:
        case ex.WhereAll(conditions=conditions) | ex.WhereAny(conditions=conditions):
            if len(conditions) == 1:
                return _nested(conditions[0], table, scope)
            parts = [_nested(each, table, scope) for each in conditions]
            return call("eb.and" if where.kind == "all" else "eb.or", brackets(parts))
        case ex.ColumnCompare() if not _fits(where, table, scope):
            return _raw(where, scope)
        case ex.CallerIs(actors=actors):
            kinds = [f"{scope.caller_kind()} === {quoted(actor)}" for actor in actors]
            return call("eb.lit", join(" || ", kinds))
        case _:
            return call("eb", *_triple(where, table, scope))


def _triple(
    where: ex.ColumnCompare | ex.ColumnIsNull | ex.ColumnIsNotNull, table: Table, scope: Scope
) -> tuple[Doc, Doc, Doc]:
    column = quoted(where.column)
    match where:
        case ex.ColumnIsNull():
            return column, quoted("is"), "null"
        case ex.ColumnIsNotNull():
            return column, quoted("is not"), "null"
        case ex.ColumnCompare(operator=operator, value=value):
            if isinstance(value, ex.NullLiteral):
                return column, quoted("is" if operator == "eq" else "is not"), "null"
            word = _OPERATORS[operator]
            if operator == "ne" and _column_nullable(table, where.column):
                word = _DISTINCT
            return column, quoted(word), write(value, scope)


def _column_nullable(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.nullable


def _fits(where: ex.ColumnCompare, table: Table, scope: Scope) -> bool:
    """Tell whether Kysely's types take the value: no undefined, and null only where it may be."""
    if isinstance(where.value, ex.NullLiteral):
        return True
    found: Nature = nature(where.value, scope)
    return not found.optional and (not found.nullable or _column_nullable(table, where.column))


def _raw(where: ex.ColumnCompare, scope: Scope) -> Doc:
    """Write a comparison with a value that may be null where the column may not: SQL decides."""
    sql = scope.imports.value("kysely", "sql")
    truth = scope.imports.type("kysely", "SqlBool")
    word = _DISTINCT if where.operator == "ne" else _OPERATORS[where.operator]
    column = f"${{{sql}.ref({quoted(where.column)})}}"
    return concat(f"{sql}<{truth}>`{column} {word} ${{", write(where.value, scope), " ?? null}`")


def status_code(status: int, scope: Scope) -> str:
    """Write a status by its name, or as a number if it has none."""
    name = _STATUS_NAMES.get(status)
    if name is None:
        return str(status)
    return f"{scope.imports.value('@nestjs/common', 'HttpStatus')}.{name}"


def new_exception(status: int, message: str, scope: Scope) -> Doc:
    """Write the exception that answers with a status."""
    name = _EXCEPTIONS.get(status)
    if name is not None:
        return call(f"new {scope.imports.value('@nestjs/common', name)}", quoted(message))
    base = scope.imports.value("@nestjs/common", "HttpException")
    return call(f"new {base}", quoted(message), str(status))
