"""Summaries: figures of all rows that qualify, in one query."""

from __future__ import annotations

from pipeline.ast import program as pg
from pipeline.ast.database import DateType, DecimalType, PhysicalColumn, Table
from pipeline.ast.interface import Figure, SummaryQuery
from pipeline.derive.reads.summaries import COUNT, is_time, may_lack
from pipeline.names import camel
from pipeline.render.layout import Doc, concat
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.listing import filters
from pipeline.render.nest.service.method import Method, Spot
from pipeline.render.nest.service.queries import where_calls
from pipeline.render.typescript import braces, brackets, call, chain, quoted

_FUNCTIONS = {"sum": "sum", "average": "avg", "minimum": "min", "maximum": "max"}


def write_return_summary(method: Method, statement: pg.ReturnSummary, spot: Spot) -> str:
    """Write the query for the figures, and the answer with them."""
    table, query = method.table(statement.table), method.operation.summary
    if query is None:
        raise ValueError(f"{method.operation.id} is no summary.")
    scope = spot.scope
    rows = method.variables.fresh(camel(table.plural))
    selected = [call("selectFrom", quoted(table.plural))]
    selection = chain(scope.db, [*selected, *where_calls(statement.where, table, scope)])
    narrowing = filters(method.operation, rows, table, scope, spot.indent)
    keyword = "let" if narrowing else "const"
    text = spot.line(f"{keyword} {rows} = ", selection, ";") + narrowing
    key = _key(query, table, scope)
    figures = brackets(_selected(query, table, key))
    steps: list[Doc] = [concat("select((eb) => ", figures, ")")]
    if key is None:
        one = method.variables.fresh("figures")
        reading = chain(f"await {rows}", [*steps, "executeTakeFirstOrThrow()"])
        text += spot.line(f"const {one} = ", reading, ";")
        return text + spot.line("return ", _shown(query, table, one, scope), ";")
    most = [call("orderBy", quoted(COUNT), quoted("desc"))] if query.most_first else []
    steps += [call("groupBy", key), *most, call("orderBy", key), "execute()"]
    groups = method.variables.fresh("groups")
    text += spot.line(f"const {groups} = ", chain(f"await {rows}", steps), ";")
    presented = concat(f"{groups}.map((group) => (", _shown(query, table, "group", scope), "))")
    return text + spot.line("return ", braces([concat("data: ", presented)]), ";")


def _key(query: SummaryQuery, table: Table, scope: LocalScope) -> Doc | None:
    """Write what rows are grouped by, None if they are not."""
    if query.group is None:
        return None
    if query.period is None:
        return quoted(query.group)
    column = table.column(query.group)
    is_day = column is not None and isinstance(column.type, DateType)
    period = scope.common("src/database/sql-expressions.ts", "dayPeriod" if is_day else "period")
    return call(period, quoted(f"{table.plural}.{query.group}"), quoted(query.period))


def _selected(query: SummaryQuery, table: Table, key: Doc | None) -> list[Doc]:
    found: list[Doc] = []
    if key is not None:
        is_named = query.period is not None and query.property is not None
        found.append(concat(key, f".as({quoted(query.property or '')})") if is_named else key)
    found.append(f'eb.fn.countAll<number>().as("{COUNT}")')
    for figure in query.figures:
        column = _column(table, figure)
        kind = "string" if is_time(column.type) else "number"
        absent = " | null" if _is_nullable(query, figure, column) else ""
        function = f"eb.fn.{_FUNCTIONS[figure.function]}<{kind}{absent}>"
        found.append(
            concat(call(function, quoted(figure.column)), f".as({quoted(figure.property)})")
        )
    return found


def _is_nullable(query: SummaryQuery, figure: Figure, column: PhysicalColumn) -> bool:
    """Whether the database may answer null: it does for the sum of no values, too."""
    return may_lack(query, figure, column) or (
        figure.function == "sum" and (query.group is None or column.nullable)
    )


def _shown(query: SummaryQuery, table: Table, row: str, scope: LocalScope) -> Doc:
    """Write the answer with what was read: an object of the key and the figures."""
    members: list[Doc] = []
    if query.group is not None and query.property is not None:
        source = query.property if query.period is not None else query.group
        members.append(f"{query.property}: {row}.{source}")
    members.append(f"{COUNT}: {row}.{COUNT}")
    for figure in query.figures:
        members.append(concat(f"{figure.property}: ", _value(query, figure, table, row, scope)))
    return braces(members)


def _value(query: SummaryQuery, figure: Figure, table: Table, row: str, scope: LocalScope) -> Doc:
    column = _column(table, figure)
    value = f"{row}.{figure.property}"
    if figure.function == "sum" and _is_nullable(query, figure, column):
        value = f"{value} ?? 0"
    is_reckoned = figure.function in ("sum", "average")
    if not is_reckoned or not isinstance(column.type, DecimalType):
        return value
    rounded = call(scope.common("src/common/money.ts", "toCents"), value)
    if may_lack(query, figure, column):
        return concat(f"{value} === null ? null : ", rounded)
    return rounded


def _column(table: Table, figure: Figure) -> PhysicalColumn:
    column = table.column(figure.column)
    if column is None:
        raise ValueError(f"{table.name} has no column {figure.column} to make a figure of.")
    return column
