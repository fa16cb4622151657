"""Effects: what a function writes beside its own row."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import TextType
from pipeline.ast.walk import walk
from pipeline.derive import statements as st
from pipeline.derive.checks import sketched_checks
from pipeline.derive.context import Context
from pipeline.derive.generated import code, slugged
from pipeline.derive.rows import CREATED, EACH, ROW, RowAtHand, rows_of_each


def effects(
    context: Context, sketched: Sequence[pg.Effect], each: Sequence[RowAtHand] = ()
) -> list[pg.Statement]:
    """Return the statements of a sketch's effects; `each` are the rows of a repetition."""
    found: list[pg.Statement] = []
    for number, one in enumerate(sketched, start=1):
        made = [_effect(context, one, number, each)]
        if not isinstance(one, pg.ForEachRow):
            made = st.when(one.when, made)
        found += made if each else context.where_given(one, made)
    return st.joined(found)


def changes_row(sketched: Sequence[pg.Effect], table: str) -> bool:
    """Whether an effect changes the operation's row, by its variable or among others."""
    return any(
        node.row in (ROW, CREATED) if isinstance(node, pg.ChangeRow) else node.table == table
        for node in walk(tuple(sketched))
        if isinstance(node, pg.ChangeRow | pg.ChangeAll)
    )


def _effect(
    context: Context, effect: pg.Effect, number: int, each: Sequence[RowAtHand]
) -> pg.Statement:
    match effect:
        case pg.InsertRow():
            return _insert(context, effect, number)
        case pg.ChangeRow():
            return _change_row(context, effect, number, each)
        case pg.ChangeAll(table=table, where=where, sets=sets):
            return pg.UpdateWhere(
                kind="update_where",
                table=table,
                where=context.alive_in(table, where),
                values=sets,
            )
        case pg.RemoveAll(table=table, where=where):
            return pg.RemoveWhere(
                kind="remove_where", table=table, where=context.alive_in(table, where)
            )
        case pg.ForEachRow():
            return _for_each(context, effect)


def _insert(context: Context, effect: pg.InsertRow, number: int) -> pg.Statement:
    table = context.database.table(effect.table)
    left_out = {c for c, value in effect.values.items() if isinstance(value, ex.ColumnDefault)}
    assigned = [
        pg.Assign(column=column, value=value)
        for column, value in effect.values.items()
        if column not in left_out
    ]
    assigned += [
        pg.Assign(column=column.name, value=code(column.type))
        for column in table.columns
        if column.is_generated and isinstance(column.type, TextType)
        if column.name in left_out or column.name not in effect.values
    ]
    return pg.Insert(
        kind="insert",
        variable=f"{names.camel(effect.table)}{number}",
        table=effect.table,
        values=tuple(slugged(table, assigned)),
    )


def _change_row(
    context: Context, effect: pg.ChangeRow, number: int, each: Sequence[RowAtHand]
) -> pg.Statement:
    own = RowAtHand(CREATED, context.table, None)
    known = (own, *context.rows, *each)
    tables = {row.variable: row.table.name for row in known}
    return pg.Update(
        kind="update",
        variable=f"{effect.row}{number}",
        row=effect.row,
        table=tables[effect.row],
        values=effect.sets,
        optional=(),
    )


def _for_each(context: Context, effect: pg.ForEachRow) -> pg.Statement:
    each = rows_of_each(context.database, context.database.table(effect.table))
    body = (
        *st.finds(each, st.spoken_rows((effect.checks, effect.effects))),
        *sketched_checks(context, effect.checks, repeated=True),
        *effects(context, effect.effects, each),
    )
    return pg.ForEach(
        kind="for_each",
        variable=EACH,
        table=effect.table,
        where=context.alive_in(effect.table, effect.where),
        body=body,
    )
