"""Rules by which rows that take a time do not overlap."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.analysis import OWNER, Overlap
from pipeline.derive import statements as st
from pipeline.derive.context import Context
from pipeline.derive.keys import main_table
from pipeline.derive.rows import CHANGED
from pipeline.derive.rules.counted import in_state
from pipeline.derive.rules.named import attribute_column, coming, compared, is_certain


def overlap(context: Context, rule: Overlap) -> pg.Check | None:
    """Return the check that no other row takes a part of the row's time; None if that is open."""
    table = main_table(context.database.tables, rule.entity)
    if table is None or table != context.table:
        return None
    start, end = coming(context, rule.start), coming(context, rule.end)
    shared = _held(context, rule.per)
    state = in_state(context, table, rule)
    if start is None or end is None or shared is None or state is None:
        return None
    if not (is_certain(context, start[0]) and is_certain(context, end[0])):
        return None
    is_new = context.operation.kind == "create"
    conditions = [
        shared,
        *state,
        _compared(start[1].name, "lt", end[0]),
        _compared(end[1].name, "gt", start[0]),
        *([] if is_new else [_compared("id", "ne", st.field("id"))]),
    ]
    return pg.Absent(
        kind="absent",
        table=table.name,
        where=(st.all_of(conditions),),
        when=None if is_new else _when_changed(state),
        message=rule.statement,
        rules=(rule.id,),
    )


def _held(context: Context, per: str) -> ex.Where | None:
    """Return the condition that a row has the same owner or related row as the operation's."""
    table = context.table
    if per == OWNER:
        column = attribute_column(context, table, OWNER)
    else:
        relations = [r for r in table.relations if context.database.table(r.target).entity == per]
        column = table.column(relations[0].column) if len(relations) == 1 else None
    value = coming(context, f"{table.entity}.{column.name}") if column is not None else None
    if column is None or value is None or not is_certain(context, value[0]):
        return None
    return st.equals(column.name, value[0])


def _when_changed(state: tuple[ex.Where, ...]) -> ex.Expression | None:
    """Return the condition that the row will be in the state in which rows count."""
    for each in state:
        if isinstance(each, ex.ColumnCompare):
            left = ex.RowField(kind="field", row=CHANGED, column=each.column)
            return compared(left, "eq", each.value)
    return None


def _compared(column: str, operator: ex.Operator, value: ex.Expression) -> ex.Where:
    return ex.ColumnCompare(kind="compare", column=column, operator=operator, value=value)
