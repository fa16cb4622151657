"""Values that a function writes, and what takes the place of those that are absent.

A sketch speaks of optional properties, nullable columns and the row after a change as if they were
values; `completed` makes it explicit before the sketch is woven into a function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import (
    BooleanType,
    DatetimeType,
    DateType,
    DecimalType,
    EnumType,
    IntegerType,
    PhysicalColumn,
    Table,
    TextType,
)
from pipeline.ast.walk import transform
from pipeline.derive import generated
from pipeline.derive import statements as st
from pipeline.derive.context import Context
from pipeline.derive.dto import start
from pipeline.derive.interface import ROW_KINDS
from pipeline.derive.rows import CHANGED, CREATED, ROW, rows_of_each

T = TypeVar("T")

_ORDERS = ("lt", "le", "gt", "ge")


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
    return generated.slugged(context.table, values)


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
    """Return what a new row has in a column that nobody gives a value: its default, or null.

    A time that has to be there is the present one.
    """
    match column.type:
        case BooleanType(default=bool(value)):
            return ex.BooleanLiteral(kind="boolean", value=value)
        case IntegerType(default=int(number)):
            return ex.IntegerLiteral(kind="integer", value=number)
        case EnumType(default=str(word)):
            return ex.EnumLiteral(kind="enum", value=word)
        case TextType(generated="code" | "slug"):
            return generated.code(column.type)
        case DecimalType() if (amount := start(column)) is not None:
            return ex.number_literal(amount)
        case DateType() if not column.nullable:
            return ex.Today(kind="today")
        case DatetimeType() if not column.nullable:
            return ex.Now(kind="now")
        case _:
            return ex.NullLiteral(kind="null")


def completed(context: Context, sketch: pg.ProgramSketch) -> pg.ProgramSketch:
    """Return the sketch in which everything that may be absent says what takes its place."""
    filling = _Filling(context, sketch)
    sets = tuple(filling.assigned(item, context.table, filling.own_row) for item in sketch.sets)
    effects = sketch.effects
    if context.operation.kind == "action" and not (sketch.sets or context.body):
        effects = transform(effects, _unchanged)
    return sketch.model_copy(
        update={
            "checks": tuple(filling.check(check, sets) for check in sketch.checks),
            "sets": sets,
            "effects": tuple(filling.effect(effect) for effect in effects),
        }
    )


def _unchanged(node: BaseModel) -> BaseModel:
    """Return a column of the row after a change that does not happen: it is the row's."""
    if isinstance(node, ex.RowField) and node.row == CHANGED:
        return st.field(node.column)
    return node


class _Filling:
    """Fills in one sketch; `tables` are the tables of the rows at hand, by variable."""

    def __init__(self, context: Context, sketch: pg.ProgramSketch) -> None:
        self._context = context
        own = (ROW, CREATED, CHANGED)
        self._tables: Mapping[str, Table] = {
            **{row.variable: row.table for row in context.rows},
            **dict.fromkeys(own, context.table),
        }
        self.own_row = ROW if context.operation.kind in ROW_KINDS else None

    # --- the parts of a sketch

    def check(self, check: pg.Check, sets: tuple[pg.Assign, ...]) -> pg.Check:
        """Return a check; `changed` is what the row will be, as nothing is written yet."""
        written = {item.column: item.value for item in sets}

        def ahead(node: BaseModel) -> BaseModel:
            if isinstance(node, ex.RowField) and node.row == CHANGED:
                return self._after(node.column, written)
            return node

        seen = transform(check, ahead)
        if isinstance(seen, pg.Guard):
            condition = self._ordered(self._reckoned(seen.condition), absent_holds=True)
            return seen.model_copy(update={"condition": condition})
        update: dict[str, object] = {
            "where": self._reckoned(seen.where),
            "when": self._when(seen.when),
        }
        if isinstance(seen, pg.Total):
            update["plus"] = self._number(self._reckoned(seen.plus))
            update["when"] = self._limited(self._when(seen.when), seen.maximum)
        return seen.model_copy(update=update)

    def effect(self, effect: pg.Effect) -> pg.Effect:
        """Return an effect, with those of a repetition."""
        match effect:
            case pg.ForEachRow():
                return self._repeated(effect)
            case pg.InsertRow(table=name, values=values):
                table = self._context.database.table(name)
                new = {
                    column: self._value(value, table, column, None)
                    for column, value in values.items()
                }
                update: dict[str, object] = {"values": new}
            case pg.ChangeRow(row=row, sets=sets):
                table = self._tables[row]
                update = {"sets": tuple(self.assigned(item, table, row) for item in sets)}
            case pg.ChangeAll(table=name, sets=sets):
                table = self._context.database.table(name)
                update = {"sets": tuple(self.assigned(item, table, None) for item in sets)}
            case pg.RemoveAll():
                update = {}
        return effect.model_copy(update={**update, "when": self._when(effect.when)})

    def assigned(self, item: pg.Assign, table: Table, row: str | None) -> pg.Assign:
        """Return an assignment; without a value the row keeps its own, a new one its default."""
        value = self._value(item.value, table, item.column, row)
        return item if value is item.value else item.model_copy(update={"value": value})

    def _repeated(self, effect: pg.ForEachRow) -> pg.ForEachRow:
        outer = self._tables
        each = rows_of_each(self._context.database, self._context.database.table(effect.table))
        self._tables = {**outer, **{row.variable: row.table for row in each}}
        checks = tuple(
            check.model_copy(
                update={
                    "condition": self._ordered(self._reckoned(check.condition), absent_holds=True)
                }
            )
            for check in effect.checks
        )
        effects = tuple(self.effect(one) for one in effect.effects)
        self._tables = outer
        return effect.model_copy(update={"checks": checks, "effects": effects})

    def _when(self, condition: ex.Expression | None) -> ex.Expression | None:
        if condition is None:
            return None
        return self._ordered(self._reckoned(condition), absent_holds=False)

    def _limited(self, when: ex.Expression | None, maximum: ex.RowField) -> ex.Expression | None:
        """Return when a total is limited: where there is a maximum."""
        if not self._may_lack(maximum):
            return when
        absent = ex.IsNull(kind="is_null", operand=maximum)
        there = ex.Not(kind="not", operand=absent)
        conditions = when.operands if isinstance(when, ex.All) else (when,) if when else ()
        return ex.All(kind="all", operands=(*conditions, there)) if conditions else there

    # --- values

    def _value(
        self, value: ex.Expression, table: Table, column: str, row: str | None
    ) -> ex.Expression:
        if not (isinstance(value, ex.BodyProperty) and self._may_lack(value)):
            return self._reckoned(value)
        if row is not None:
            kept: ex.Expression = ex.RowField(kind="field", row=row, column=column)
        else:
            known = table.column(column)
            assert known is not None
            kept = default_value(known)
        return ex.Coalesce(kind="coalesce", operand=value, fallback=kept)

    def _after(self, column: str, written: Mapping[str, ex.Expression]) -> ex.Expression:
        """Return what a column of the operation's row will be."""
        old = st.field(column)
        if column in written:
            return written[column]
        given = self._context.body.get(column)
        if given is None:
            return old
        new = st.body_property(given.name)
        if st.is_certain(given):
            return new
        if not self._may_lack(old):
            return ex.Coalesce(kind="coalesce", operand=new, fallback=old)
        return ex.Conditional(
            kind="conditional",
            condition=ex.Provided(kind="provided", property=given.name),
            then=new,
            otherwise=old,
        )

    def _reckoned(self, node: T) -> T:
        """Put a number in the place of each operand of arithmetic that may be absent."""
        return transform(node, self._summed)

    def _summed(self, node: BaseModel) -> BaseModel:
        match node:
            case ex.Arithmetic(left=left, right=right) | ex.Quotient(left=left, right=right):
                update = {"left": self._number(left), "right": self._number(right)}
            case ex.Portion(of=of, percent=percent):
                update = {"of": self._number(of), "percent": self._number(percent)}
            case _:
                return node
        return node.model_copy(update=update)

    def _number(self, operand: ex.Expression) -> ex.Expression:
        if not self._may_lack(operand):
            return operand
        fallback: ex.Expression = ex.IntegerLiteral(kind="integer", value=0)
        column = self._column_of(operand)
        if column is not None and self.own_row is not None:
            old = st.field(column)
            fallback = self._number(old)
        elif column is not None:
            known = self._context.table.column(column)
            start = default_value(known) if known is not None else fallback
            fallback = fallback if isinstance(start, ex.NullLiteral) else start
        return ex.Coalesce(kind="coalesce", operand=operand, fallback=fallback)

    def _column_of(self, operand: ex.Expression) -> str | None:
        """Return the column that a property of the body writes."""
        if not isinstance(operand, ex.BodyProperty):
            return None
        body = self._context.body
        return next((c for c, p in body.items() if p.name == operand.property), None)

    # --- conditions

    def _ordered(self, condition: ex.Expression, *, absent_holds: bool) -> ex.Expression:
        """Say what an order means where something is absent: that it holds, or does not."""
        match condition:
            case ex.Compare(operator=operator) if operator in _ORDERS:
                return self._unless_absent(condition, absent_holds)
            case ex.Not(operand=operand):
                inner = self._ordered(operand, absent_holds=not absent_holds)
                return ex.Not(kind="not", operand=inner)
            case ex.All(operands=operands) | ex.AnyOf(operands=operands):
                parts = tuple(self._ordered(o, absent_holds=absent_holds) for o in operands)
                return condition.model_copy(update={"operands": parts})
            case _:
                return condition

    def _unless_absent(self, compare: ex.Compare, absent_holds: bool) -> ex.Expression:
        unsure = [side for side in (compare.left, compare.right) if self._may_lack(side)]
        if any(isinstance(side, ex.NullLiteral) for side in unsure):
            return ex.BooleanLiteral(kind="boolean", value=absent_holds)
        absent = [ex.IsNull(kind="is_null", operand=side) for side in unsure]
        if not absent:
            return compare
        if absent_holds:
            return ex.AnyOf(kind="any", operands=(*absent, compare))
        there = [ex.Not(kind="not", operand=each) for each in absent]
        return ex.All(kind="all", operands=(*there, compare))

    def _may_lack(self, expression: ex.Expression) -> bool:
        match expression:
            case ex.NullLiteral() | ex.QueryProperty():
                return True
            case ex.BodyProperty(property=name):
                return name in self._context.optional
            case ex.RowField(row=row, column=column):
                known = self._tables[row].column(column)
                return known is not None and known.nullable
            case ex.Conditional(then=then, otherwise=otherwise):
                return self._may_lack(then) or self._may_lack(otherwise)
            case ex.Coalesce(fallback=fallback):
                return self._may_lack(fallback)
            case _:
                return False
