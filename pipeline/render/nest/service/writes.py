"""Statements that write: inserts, updates and removals, of one row or of all that match."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.render.layout import Doc
from pipeline.render.nest.service.assignments import (
    changed_values,
    inserted_values,
    updated_values,
)
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.flow import uses_variable
from pipeline.render.nest.service.method import Method, Spot
from pipeline.render.nest.service.queries import where_calls
from pipeline.render.typescript import braces, call, chain, quoted


def write_insert(method: Method, insert: pg.Insert, spot: Spot) -> tuple[str, LocalScope]:
    """Write a new row."""
    table = method.table(insert.table)
    values = call("values", braces(inserted_values(insert, table, spot.scope)))
    head = call("insertInto", quoted(table.plural))
    return _bound(method, [head, values], insert.variable, table, spot)


def write_update(method: Method, update: pg.Update, spot: Spot) -> tuple[str, LocalScope]:
    """Write the change of a row."""
    table = method.table(update.table)
    calls = [
        call("updateTable", quoted(table.plural)),
        call("set", updated_values(update, table, spot.scope)),
        call("where", quoted("id"), quoted("="), f"{spot.scope.local(update.row)}.id"),
    ]
    return _bound(method, calls, update.variable, table, spot)


def write_remove(method: Method, remove: pg.Remove, spot: Spot) -> str:
    """Write that a row is erased, or marked deleted."""
    table = method.table(remove.table)
    key = call("where", quoted("id"), quoted("="), f"{spot.scope.local(remove.row)}.id")
    return _executed([*_removal(table, spot.scope), key], spot)


def write_update_where(method: Method, update: pg.UpdateWhere, spot: Spot) -> str:
    """Write the change of all rows that match."""
    table = method.table(update.table)
    changing = [
        call("updateTable", quoted(table.plural)),
        call("set", changed_values(update.values, table, spot.scope)),
        *where_calls(update.where, table, spot.scope),
    ]
    return _executed(changing, spot)


def write_remove_where(method: Method, remove: pg.RemoveWhere, spot: Spot) -> str:
    """Write that all rows that match are erased, or marked deleted."""
    table = method.table(remove.table)
    removing = [*_removal(table, spot.scope), *where_calls(remove.where, table, spot.scope)]
    return _executed(removing, spot)


def _bound(
    method: Method, calls: Sequence[Doc], variable: str, table: Table, spot: Spot
) -> tuple[str, LocalScope]:
    """Write an insert or update, and bind the row if anything later needs it."""
    scope = spot.scope
    if not uses_variable(spot.after, variable):
        return _executed(calls, spot), scope
    query = chain(scope.db, [*calls, "returningAll()", "executeTakeFirstOrThrow()"])
    name, bound = method.variables.bind(variable, scope, table)
    return spot.line(f"const {name} = await ", query, ";"), bound


def _executed(calls: Sequence[Doc], spot: Spot) -> str:
    return spot.line("await ", chain(spot.scope.db, [*calls, "execute()"]), ";")


def _removal(table: Table, scope: LocalScope) -> list[Doc]:
    """Write what erases rows, or marks them deleted."""
    if not table.soft_delete:
        return [call("deleteFrom", quoted(table.plural))]
    mark = call("set", braces([f"deleted_at: {scope.moment()}"]))
    return [call("updateTable", quoted(table.plural)), mark]
