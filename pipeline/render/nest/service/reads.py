"""Statements that read: look-ups, checks that no row is there, counts, sums and pages."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.interface import NEWEST_FIRST
from pipeline.ast.walk import walk
from pipeline.names import camel, pascal
from pipeline.project import Project
from pipeline.render.layout import INDENT_COLUMNS, Doc, concat
from pipeline.render.nest.places import sorted_by
from pipeline.render.nest.reading import list_orders
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.flow import uses_variable
from pipeline.render.nest.service.listing import filters, ordered
from pipeline.render.nest.service.method import Method, Spot
from pipeline.render.nest.service.queries import new_exception, where_calls
from pipeline.render.typescript import call, chain, quoted


def find_query(project: Project, find: pg.Find, scope: LocalScope, columns: str) -> Doc:
    """Write a look-up of one row that throws if there is none."""
    table = project.database.table(find.table)
    error = concat("() => ", new_exception(find.missing, find.message, scope))
    return chain(
        scope.db,
        [
            call("selectFrom", quoted(table.plural)),
            columns,
            *where_calls(find.where, table, scope),
            call("executeTakeFirstOrThrow", error),
        ],
    )


def write_find(method: Method, find: pg.Find, spot: Spot) -> tuple[str, LocalScope]:
    """Write a look-up, by the service's shared one if it has it, and bind the row if it is used."""
    scope = spot.scope
    finder = method.finders.get(find.model_copy(update={"variable": camel(find.table)}))
    is_used = uses_variable(spot.after, find.variable)
    if finder is not None:
        arguments = [scope.db] + ["actor"] * finder.actor + list(finder.parameters)
        looking = call(f"await this.{finder.name}", *arguments)
    else:
        columns = "selectAll()" if is_used else 'select("id")'
        looking = concat("await ", find_query(method.project, find, scope, columns))
    comment = method.citation(find.rules, spot.indent)
    if not is_used:
        return comment + spot.line(looking, ";"), scope
    name, bound = method.variables.bind(find.variable, scope, method.table(find.table))
    return comment + spot.line(f"const {name} = ", looking, ";"), bound


def write_require_none(method: Method, check: pg.RequireNone, spot: Spot) -> str:
    """Write the check that no such row is there, in an `if` where the body need not have it all."""
    inner = spot
    for name in check.given:
        scope = inner.scope.assuming(ex.Provided(kind="provided", property=name))
        inner = Spot(scope, spot.indent + INDENT_COLUMNS)
    table = method.table(check.table)
    name = method.variables.fresh(_conflict_name(method, check))
    query = chain(
        inner.scope.db,
        [
            call("selectFrom", quoted(table.plural)),
            'select("id")',
            *where_calls(check.where, table, inner.scope),
            "executeTakeFirst()",
        ],
    )
    text = inner.line(f"const {name} = await ", query, ";")
    text += method.ensure(f"{name} === undefined", check.status, check.message, inner)
    comment = method.citation(check.rules, spot.indent)
    if not check.given:
        return comment + text
    condition = " && ".join(f"{spot.scope.given(name)} !== undefined" for name in check.given)
    return f"{comment}{spot.line(f'if ({condition}) {{')}{text}{spot.line('}')}"


def write_count(method: Method, count: pg.Count, spot: Spot) -> tuple[str, LocalScope]:
    """Write a count, under the rules of the check that it is for."""
    return _write_figure(method, count, "eb.fn.countAll<number>()", spot)


def write_sum(method: Method, total: pg.Sum, spot: Spot) -> tuple[str, LocalScope]:
    """Write a sum, under the rules of the check that it is for."""
    added = f"eb.fn.sum<number>({quoted(total.column)})"
    return _write_figure(method, total, f"eb.fn.coalesce({added}, eb.lit(0))", spot)


def _write_figure(
    method: Method, statement: pg.Count | pg.Sum, figure: str, spot: Spot
) -> tuple[str, LocalScope]:
    scope, limit = spot.scope, spot.after[0] if spot.after else None
    comment = method.citation(limit.rules, spot.indent) if isinstance(limit, pg.Require) else ""
    table = method.table(statement.table)
    wanted = statement.variable.rstrip("0123456789")
    name, bound = method.variables.bind(statement.variable, scope, wanted=wanted)
    query = chain(
        scope.db,
        [
            call("selectFrom", quoted(table.plural)),
            f'select((eb) => {figure}.as("{name}"))',
            *where_calls(statement.where, table, scope),
            "executeTakeFirstOrThrow()",
        ],
    )
    return comment + spot.line(f"const {{ {name} }} = await ", query, ";"), bound


def write_find_page(method: Method, find: pg.FindPage, spot: Spot) -> tuple[str, LocalScope]:
    """Write a page of rows: filtered, sorted, and cut as the query asks."""
    scope, operation = spot.scope, method.operation
    table = method.table(find.table)
    rows = method.variables.fresh(camel(table.plural))
    selection = chain(
        scope.db,
        [
            call("selectFrom", quoted(table.plural)),
            "selectAll()",
            *method.details(),
            *where_calls(find.where, table, scope),
        ],
    )
    narrowing = filters(operation, rows, table, scope, spot.indent)
    keyword = "let" if narrowing else "const"
    text = spot.line(f"{keyword} {rows} = ", selection, ";") + narrowing
    query = operation.query
    first = sorted_by(NEWEST_FIRST if query is None else query.first)
    choice, sorted_rows = ordered(rows, list_orders(method.project, operation), first)
    text += spot.line(choice) if choice else ""
    name, bound = method.variables.bind(find.variable, scope, table)
    paginate = scope.common("src/database/paginate.ts", "paginate")
    window = "query" if operation.query_schema is not None else "{ page: 1, limit: 100 }"
    page = call(f"await {paginate}", sorted_rows, window)
    return text + spot.line(f"const {name} = ", page, ";"), bound


def _conflict_name(method: Method, check: pg.RequireNone) -> str:
    """Name the row that must not exist: a row elsewhere, or what it has in common."""
    if check.table != method.operation.table:
        return camel(check.table)
    columns = [
        node.column
        for node in walk(check.where)
        if isinstance(node, ex.ColumnCompare)
        and node.operator == "eq"
        and not node.column.endswith("_id")
    ]
    return f"same{pascal(columns[0])}" if len(columns) == 1 else "existing"
