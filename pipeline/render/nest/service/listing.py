"""Lists: what a query filters by, and the order it asks for."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.ast.database import Table
from pipeline.ast.interface import Filter, Operation, Related
from pipeline.derive.reads.lists import SEARCH
from pipeline.render.layout import LINE, Doc, DocGroup, Indent, concat, join, layout
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.typescript import brackets, call, chain, quoted

_SQL_EXPRESSIONS = "src/database/sql-expressions.ts"
_OPERATORS = {"equals": "=", "at_least": ">=", "at_most": "<="}


def filters(operation: Operation, rows: str, table: Table, scope: LocalScope, indent: int) -> str:
    """Write a line for the search and each filter that narrows the list's query called `rows`."""
    query = operation.query
    if query is None:
        return ""
    conditions: list[tuple[str, Doc]] = []
    if query.search:
        columns = brackets([quoted(f"{table.plural}.{name}") for name in query.search])
        found = scope.common(_SQL_EXPRESSIONS, "containsWords")
        conditions.append((SEARCH, call(found, columns, f"query.{SEARCH}")))
    conditions += [(each.property, _arguments(each, table, scope)) for each in query.filters]
    return "".join(_narrowing(rows, name, condition, indent) for name, condition in conditions)


def _narrowing(rows: str, name: str, condition: Doc, indent: int) -> str:
    """Write that the condition holds if the query has the property."""
    assignment = concat(f"{rows} = {rows}.where(", condition, ");")
    test = f"if (query.{name} !== undefined)"
    return layout(DocGroup(concat(test, Indent(concat(LINE, assignment)))), indent) + "\n"


def _arguments(each: Filter, table: Table, scope: LocalScope) -> Doc:
    """Write the condition of a filter: a call, or what Kysely's `where` takes."""
    value = f"query.{each.property}"
    if each.related is not None:
        return join(", ", [quoted("id"), quoted("in"), _related(each, each.related, scope)])
    if each.match == "contains":
        contains = scope.common(_SQL_EXPRESSIONS, "contains")
        return call(contains, quoted(f"{table.plural}.{each.column}"), value)
    return join(", ", [quoted(each.column), quoted(_OPERATORS[each.match]), value])


def _related(each: Filter, related: Related, scope: LocalScope) -> Doc:
    """Write the selection of what the related rows that qualify point at."""
    other = scope.database.table(related.table)
    condition = _arguments(each.model_copy(update={"related": None}), other, scope)
    kept = [call("where", quoted("deleted_at"), quoted("is"), "null")] if other.soft_delete else []
    steps = [
        call("selectFrom", quoted(other.plural)),
        call("select", quoted(f"{related.relation}_id")),
        call("where", condition),
        *kept,
    ]
    return chain(scope.db, steps)


def ordered(
    rows: str, orders: Mapping[str, tuple[str, str]], first: tuple[str, str]
) -> tuple[Doc, Doc]:
    """Write the choice of an order (empty if there is none), and the query in that order.

    `first` is the column and direction where none is asked for.
    """
    if not orders:
        column, direction = first
        return "", chain(rows, [call("orderBy", quoted(column), quoted(direction))])
    choice: Doc = " ORDERS[query.sort]"
    if first not in orders.values():
        begin = "([{}, {}] as const)".format(*map(quoted, first))
        options = concat(
            "query.sort === undefined", LINE, "? ", begin, LINE, ": ORDERS[query.sort]"
        )
        choice = DocGroup(Indent(concat(LINE, DocGroup(options))))
    by_choice = call("orderBy", "column", "(order) => order[direction]().nullsLast()")
    tie_break = call("orderBy", quoted("id"))
    line = concat("const [column, direction] =", choice, ";")
    return line, chain(rows, [by_choice, tie_break])
