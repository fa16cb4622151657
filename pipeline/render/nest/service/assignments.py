"""What an insert or an update writes into each column."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import (
    BooleanType,
    DecimalType,
    EnumType,
    IntegerType,
    JsonType,
    PhysicalColumn,
    Table,
)
from pipeline.render.layout import Doc, concat
from pipeline.render.nest.service.expressions import LocalScope, nature, write, write_solid
from pipeline.render.typescript import Bracketed, braces, call, quoted


def inserted_values(insert: pg.Insert, table: Table, scope: LocalScope) -> list[Doc]:
    """Write `column: value` for each column of a new row.

    Raises ValueError if a column without a default, which cannot be null, gets no value.
    """
    assigned = {assign.column: assign.value for assign in insert.values}
    values: list[Doc] = []
    for column in table.physical():
        if column.name in assigned:
            value = _assigned(assigned[column.name], column, scope)
            if isinstance(assigned[column.name], ex.Arithmetic):
                value = _rounded(value, column, scope)
            value = _stored(value, assigned[column.name], column, scope)
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


def updated_values(update: pg.Update, table: Table, scope: LocalScope) -> Doc:
    """Write the argument of `set`: a value for each column that changes.

    Kysely leaves out what is undefined. A column that is counted up or down is so in SQL, so that
    changes made at the same time add up.
    """
    return _changes((*update.optional, *update.values), table, scope, update.row)


def changed_values(values: Sequence[pg.Assign], table: Table, scope: LocalScope) -> Doc:
    """Write the argument of `set` for a change of many rows."""
    return _changes(values, table, scope, None)


def _changes(values: Sequence[pg.Assign], table: Table, scope: LocalScope, row: str | None) -> Doc:
    changes: dict[str, Doc] = {}
    counts = any(_counted(assign, row) for assign in values)
    for assign in values:
        column = table.column(assign.column)
        null_fits = column is None or column.nullable
        is_unfit = nature(assign.value, scope).nullable and not null_fits
        value = (write_solid if is_unfit else write)(assign.value, scope)
        if isinstance(assign.value, ex.Arithmetic) and column is not None:
            value = _reckoned(assign, assign.value, column, scope, row)
        if column is not None:
            value = _stored(value, assign.value, column, scope)
        changes[assign.column] = concat(f"{assign.column}: ", value)
    changes.setdefault("updated_at", concat("updated_at: ", scope.moment()))
    written = braces(list(changes.values()))
    return Bracketed(concat("(eb) => (", written, ")")) if counts else written


def _counted(assign: pg.Assign, row: str | None) -> bool:
    """Whether the column is changed by sums and differences that start with its own value."""
    value: ex.Expression = assign.value
    while isinstance(value, ex.Arithmetic) and value.operator != "multiply":
        value = value.left
    own = ex.RowField(kind="field", row=row, column=assign.column) if row is not None else None
    return isinstance(assign.value, ex.Arithmetic) and value == own


def _reckoned(
    assign: pg.Assign,
    value: ex.Arithmetic,
    column: PhysicalColumn,
    scope: LocalScope,
    row: str | None,
) -> Doc:
    if not _counted(assign, row):
        return _rounded(write(value, scope), column, scope)
    sign, change = _change(value)
    step = _rounded(write(change, scope), column, scope, plain=change)
    counted = call("eb", quoted(assign.column), quoted("+" if sign == "add" else "-"), step)
    if not isinstance(column.type, DecimalType):
        return counted
    # SQLite keeps decimals as binary fractions, whose sums are a little off.
    return call(scope.common("src/database/sql-expressions.ts", "cents"), counted)


def _change(value: ex.Arithmetic) -> tuple[ex.ArithmeticOperator, ex.Expression]:
    """Return by what a column is counted up or down: `own - old + new` is `own - (old - new)`."""
    if not isinstance(value.left, ex.Arithmetic):
        return value.operator, value.right
    sign, first = _change(value.left)
    operator: ex.ArithmeticOperator = "add" if value.operator == sign else "subtract"
    both = ex.Arithmetic(kind="arithmetic", left=first, operator=operator, right=value.right)
    return sign, both


def _rounded(
    doc: Doc, column: PhysicalColumn, scope: LocalScope, *, plain: ex.Expression | None = None
) -> Doc:
    """Round what was reckoned to the two decimals that the column has."""
    exact = plain is not None and not isinstance(plain, ex.Arithmetic)
    if exact or not isinstance(column.type, DecimalType):
        return doc
    return call(scope.common("src/common/money.ts", "toCents"), doc)


def _assigned(value: ex.Expression, column: PhysicalColumn, scope: LocalScope) -> Doc:
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


def _stored(
    value: Doc, expression: ex.Expression, column: PhysicalColumn, scope: LocalScope
) -> Doc:
    """Write an object that a body gives as the text that is stored."""
    if not isinstance(column.type, JsonType) or isinstance(expression, ex.NullLiteral):
        return value
    return call(scope.common("src/common/json.ts", "toJson"), value)


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
