"""Lists: what a query filters by, and the order it asks for."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.ast.database import Table
from pipeline.ast.interface import Operation
from pipeline.render.layout import LINE, Doc, DocGroup, Indent, concat, layout
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.typescript import call, chain, quoted


def filters(operation: Operation, rows: str, table: Table, scope: LocalScope, indent: int) -> str:
    """Write a line for each filter of the list that narrows the query called `rows`."""
    text = ""
    for each in operation.query.filters if operation.query is not None else ():
        value = f"query.{each.property}"
        if each.match == "contains":
            contains = scope.common("src/database/sql-expressions.ts", "contains")
            condition = call(
                "where", call(contains, quoted(f"{table.plural}.{each.column}"), value)
            )
        else:
            condition = call("where", quoted(each.column), quoted("="), value)
        assignment = concat(f"{rows} = {rows}.", condition, ";")
        line = DocGroup(concat(f"if ({value} !== undefined)", Indent(concat(LINE, assignment))))
        text += layout(line, indent) + "\n"
    return text


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
