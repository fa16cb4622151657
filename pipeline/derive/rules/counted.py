"""Rules about a number of rows: how many there may be for an owner or for a related row, if any."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.analysis import CREATED_AT, OWNER, Overlap, Quota, Restriction
from pipeline.ast.base import CalendarPeriod
from pipeline.ast.database import (
    BooleanType,
    ColumnType,
    EnumType,
    IntegerType,
    PhysicalColumn,
    Table,
)
from pipeline.derive import statements as st
from pipeline.derive.context import Context
from pipeline.derive.keys import main_table
from pipeline.derive.rules.named import attribute_column, certain_caller, named, row_of

PERIODS = {
    "hour": pg.Period(amount=1, unit="hours"),
    "day": pg.Period(amount=1, unit="days"),
    "week": pg.Period(amount=7, unit="days"),
    "month": pg.Period(amount=30, unit="days"),
}
"""How far each period of a rule goes back from now."""
CALENDAR: Mapping[str, CalendarPeriod] = {
    "calendar_day": "day",
    "calendar_week": "week",
    "calendar_month": "month",
    "calendar_year": "year",
}
"""Periods that begin where the calendar's do."""


def quota(context: Context, rule: Quota) -> pg.Check | None:
    """Return the check that there are fewer rows than the rule allows; None if that is open."""
    table = main_table(context.database.tables, rule.entity)
    if table is None or rule.sum is not None or not _adds(context, table, rule):
        return None
    counted = _per(context, table, rule.per)
    state = in_state(context, table, rule)
    most = _maximum(context, rule.maximum)
    if counted is None or state is None or most is None:
        return None
    others: list[ex.Where] = []
    if table == context.table and context.operation.kind != "create":
        is_other = ex.ColumnCompare(
            kind="compare", column="id", operator="ne", value=st.field("id")
        )
        others.append(is_other)
    return pg.Quota(
        kind="quota",
        table=table.name,
        where=(*counted, *state, *_since(rule), *others),
        within=PERIODS.get(rule.period),
        maximum=most,
        message=rule.statement,
        rules=(rule.id,),
    )


def _since(rule: Quota) -> tuple[ex.Where, ...]:
    """Return the condition that a row was made in the present period of the calendar."""
    if rule.period not in CALENDAR:
        return ()
    now = ex.Now(kind="now")
    start = ex.StartOf(kind="start_of", unit=CALENDAR[rule.period], moment=now)
    since = ex.ColumnCompare(kind="compare", column=CREATED_AT, operator="ge", value=start)
    return (since,)


def restriction(context: Context, rule: Restriction) -> pg.Check | None:
    """Return the check that no row in the rule's state hangs on the one that is erased."""
    table = main_table(context.database.tables, rule.dependent)
    if table is None or context.operation.kind != "erase" or context.table.entity != rule.entity:
        return None
    relations = [r for r in table.relations if r.target == context.table.name]
    state = in_state(context, table, rule)
    if len(relations) != 1 or not state:
        return None
    return pg.Absent(
        kind="absent",
        table=table.name,
        where=(st.equals(relations[0].column, st.field("id")), *state),
        message=rule.statement,
        rules=(rule.id,),
    )


def _adds(context: Context, table: Table, rule: Quota) -> bool:
    """Whether the operation may add a row that counts: a new one, or one that reaches a state."""
    if table != context.table or context.operation.kind == "create":
        return True
    return context.operation.kind == "restore" or (
        context.operation.kind == "action" and rule.attribute is not None
    )


def literal(type_: ColumnType, word: str) -> ex.BooleanLiteral | ex.EnumLiteral | None:
    """Return a rule's word as a value of a column, None if the column has no such value."""
    match type_:
        case EnumType(values=values) if word in values:
            return ex.EnumLiteral(kind="enum", value=word)
        case BooleanType() if word in ("true", "false"):
            return ex.BooleanLiteral(kind="boolean", value=word == "true")
        case _:
            return None


def in_state(
    context: Context, table: Table, rule: Overlap | Quota | Restriction
) -> tuple[ex.Where, ...] | None:
    """Return the condition that rows are in the state of a rule, if it has one; None if open."""
    if rule.attribute is None or rule.value is None:
        return ()
    entity, _, word = rule.attribute.partition(".")
    column = attribute_column(context, table, word) if entity == table.entity else None
    value = literal(column.type, rule.value) if column is not None else None
    return None if column is None or value is None else (st.equals(column.name, value),)


def _per(context: Context, table: Table, per: str) -> tuple[ex.Where, ...] | None:
    """Return the condition that rows belong to the same owner or related row as the new one."""
    if per == OWNER:
        column = attribute_column(context, table, OWNER)
    else:
        relations = [r for r in table.relations if context.database.table(r.target).entity == per]
        column = table.column(relations[0].column) if len(relations) == 1 else None
    if column is None:
        return None
    if column.name == context.owner_in(table) and table == context.table:
        return ()  # what is counted of the operation's own table is the caller's anyway
    value = _shared(context, table, column, per)
    return None if value is None else (st.equals(column.name, value),)


def _shared(
    context: Context, table: Table, column: PhysicalColumn, per: str
) -> ex.Expression | None:
    """Return the key of what the counted rows have in common."""
    relation = table.relation_of(column.name)
    target = relation.target if relation is not None else None
    if table == context.table:
        if context.operation.kind != "create":
            return st.field(column.name)
        given = context.body.get(column.name)
        is_given = given is not None and st.is_certain(given)
        return st.body_property(given.name) if given is not None and is_given else None
    if target == certain_caller(context):
        return ex.ActorId(kind="actor")
    row = row_of(context, per) if per != OWNER else None
    if row is None or row.given is not None:
        return None
    return ex.RowField(kind="field", row=row.variable, column="id")


def _maximum(context: Context, maximum: int | str) -> int | ex.RowField | None:
    if isinstance(maximum, int):
        return maximum
    found = named(context, maximum)
    if found is None or found.column.nullable or not isinstance(found.column.type, IntegerType):
        return None
    return found.value if found.row.given is None else None
