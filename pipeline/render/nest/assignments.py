"""What an insert or an update writes into each column."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import BooleanType, EnumType, IntegerType, PhysicalColumn, Table
from pipeline.render.layout import Doc, concat
from pipeline.render.nest.expressions import Scope, nature, write, write_solid
from pipeline.render.typescript import quoted


def inserted_values(insert: pg.Insert, table: Table, scope: Scope) -> list[Doc]:
    """Write `column: value` for each column of a new row.

    Raises ValueError if a column without a default, which cannot be null, gets no value.
    """
    assigned = {assign.column: assign.value for assign in insert.values}
    values: list[Doc] = []
    for column in table.physical():
        if column.name in assigned:
            value = _assigned(assigned[column.name], column, scope)
        elif column.origin == "key":
            value = f"{scope.imports.value('node:crypto', 'randomUUID')}()"
        elif column.name in ("created_at", "updated_at"):
            value = scope.moment()
        else:
            value = _default(column)
            if value is None:
                raise ValueError(
                    f"A program inserts into {table.name} without a value for {column.name},"
                    " which is neither nullable nor has a default."
                )
        values.append(concat(f"{column.name}: ", value))
    return values


def updated_values(update: pg.Update, table: Table, scope: Scope) -> list[Doc]:
    """Write `column: value` for each column that changes; Kysely leaves out what is undefined."""
    changes: dict[str, Doc] = {}
    for assign in (*update.optional, *update.values):
        column = table.column(assign.column)
        null_fits = column is None or column.nullable
        is_unfit = nature(assign.value, scope).nullable and not null_fits
        value = (write_solid if is_unfit else write)(assign.value, scope)
        changes[assign.column] = concat(f"{assign.column}: ", value)
    changes.setdefault("updated_at", concat("updated_at: ", scope.moment()))
    return list(changes.values())


def _assigned(value: ex.Expression, column: PhysicalColumn, scope: Scope) -> Doc:
    """Write the value of a new row's column; what was not given becomes the default."""
    found = nature(value, scope)
    default = _default(column)
    if found.solid or (found.nullable and column.nullable and not found.optional):
        return write(value, scope)
    if default is None:
        return write_solid(value, scope)
    doc = write(value, scope)
    if found.nullable and column.nullable and default != "null":
        return concat(doc, f" === undefined ? {default} : ", doc)
    return concat(doc, f" ?? {default}")


def _default(column: PhysicalColumn) -> str | None:
    """Write the value of a column that no one gave: its default, or null if it may be."""
    match column.type:
        case BooleanType(default=bool() as truth):
            return "true" if truth else "false"
        case IntegerType(default=int() as whole):
            return str(whole)
        case EnumType(default=str() as word):
            return quoted(word)
        case _:
            return "null" if column.nullable else None
