"""Values that derivation writes into the operation's own row."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import BooleanType, DecimalType, EnumType, IntegerType, PhysicalColumn
from pipeline.derive import statements as st
from pipeline.derive.context import Context
from pipeline.derive.dto import start
from pipeline.derive.rows import CHANGED, ROW


def inserted(context: Context, sketch: pg.ProgramSketch) -> list[pg.Assign]:
    """Return a value for each column of a new row: the sketch's, the caller, the body's, or none.

    Columns that no one writes get their default.
    """
    own = {item.column: item for item in sketch.sets}
    owner = next(iter(context.owners.values()), None)
    values: list[pg.Assign] = []
    for column in context.table.physical():
        if column.origin not in ("own", "relation"):
            continue
        if column.name in own:
            values.append(own[column.name])
        elif column.name == owner:
            values.append(pg.Assign(column=column.name, value=ex.ActorId(kind="actor")))
        elif column.name in context.body:
            given = context.body[column.name]
            value: ex.Expression = st.body_property(given.name)
            if not given.required:
                value = ex.Coalesce(kind="coalesce", operand=value, fallback=default_value(column))
            values.append(pg.Assign(column=column.name, value=value))
        else:
            values.append(pg.Assign(column=column.name, value=default_value(column)))
    return values


def change(
    context: Context, sets: Sequence[pg.Assign], optional: Sequence[pg.Assign]
) -> pg.Statement:
    """Write `sets` into the operation's row, and those `optional` ones that the body has."""
    return pg.Update(
        kind="update",
        variable=CHANGED,
        row=ROW,
        table=context.table.name,
        values=tuple(sets),
        optional=tuple(optional),
    )


def default_value(column: PhysicalColumn) -> ex.Expression:
    """Return what a new row has in a column that nobody gives a value: its default, or null."""
    match column.type:
        case BooleanType(default=bool(value)):
            return ex.BooleanLiteral(kind="boolean", value=value)
        case IntegerType(default=int(number)):
            return ex.IntegerLiteral(kind="integer", value=number)
        case EnumType(default=str(word)):
            return ex.EnumLiteral(kind="enum", value=word)
        case DecimalType():
            return ex.IntegerLiteral(kind="integer", value=start(column) or 0)
        case _:
            return ex.NullLiteral(kind="null")
