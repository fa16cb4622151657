"""Lists: what a query filters by, and the order it asks for."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.ast.database import Table
from pipeline.ast.interface import Filter, Operation
from pipeline.derive.reads.lists import SEARCH
from pipeline.derive.statements import alive, any_of_rows
from pipeline.render.layout import LINE, Doc, DocGroup, Indent, concat, join, layout
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.queries import where_calls
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
    if each.through is not None and each.link is not None:
        junction = scope.database.table(each.through)
        steps = [
            call("selectFrom", quoted(junction.plural)),
            call("select", quoted(f"{each.link}_id")),
            call("where", quoted(each.column), quoted("="), value),
            *where_calls(any_of_rows(alive(junction)), junction, scope),
        ]
        return join(", ", [quoted("id"), quoted("in"), chain(scope.db, steps)])
    if each.match == "contains":
        contains = scope.common(_SQL_EXPRESSIONS, "contains")
        return call(contains, quoted(f"{table.plural}.{each.column}"), value)
    return join(", ", [quoted(each.column), quoted(_OPERATORS[each.match]), value])


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
