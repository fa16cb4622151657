"""Programs: from a sketch and the design to the whole function of an operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.interface import Operation
from pipeline.derive import statements as st
from pipeline.derive.accounts import programs
from pipeline.derive.checks import sketched_checks, target_checks, unique_checks
from pipeline.derive.context import Context
from pipeline.derive.effects import changes_row, effects
from pipeline.derive.generated import ended_if_taken
from pipeline.derive.interface import ROW_KINDS, restricting
from pipeline.derive.nested.writes import stored_lists
from pipeline.derive.ownership import foreign_status
from pipeline.derive.rows import CHANGED, CREATED, RESULT, ROW
from pipeline.derive.rules.kept import with_kept
from pipeline.derive.values import change, completed, inserted
from pipeline.design import Design

EMPTY_SKETCH = pg.ProgramSketch(where=(), checks=(), sets=(), effects=())


def derive_function(
    design: Design, operation: Operation, sketch: pg.ProgramSketch = EMPTY_SKETCH
) -> pg.Function:
    """Return the function of an operation: the sketch woven into what derivation knows."""
    context = Context(design, operation)
    whole = completed(context, with_kept(context, sketch))
    statements = _WRITERS[operation.kind](context, whole)
    return pg.Function(operation=operation.id, statements=tuple(st.in_one_unit(statements)))


# --- one function a kind of operation


def _qualifying(context: Context, sketch: pg.ProgramSketch) -> ex.Where | None:
    """Return the condition on the rows of a list or a summary."""
    return st.any_of_rows(
        [
            *context.listed(),
            *st.alive(context.table),
            *st.living(context.database, sketch.where),
        ]
    )


def _summary(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    return [
        *_before(context, sketch),
        pg.ReturnSummary(
            kind="return_summary",
            table=context.table.name,
            where=_qualifying(context, sketch),
            response=context.response,
        ),
    ]


def _list(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    return [
        *_before(context, sketch),
        pg.FindPage(
            kind="find_page",
            variable="page",
            table=context.table.name,
            where=_qualifying(context, sketch),
        ),
        pg.ReturnPage(kind="return_page", page="page", response=context.response),
    ]


def _read(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    return _finished(context, _before(context, sketch), sketch, ROW)


def _batch(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    """Write into all rows that qualify, or erase them; without a change there is nothing to do."""
    table = context.table
    conditions = [*context.listed(), *st.alive(table), *st.living(context.database, sketch.where)]
    all_rows = ex.ColumnIsNotNull(kind="is_not_null", column="id")
    where = st.all_of(conditions or [all_rows])
    work: list[pg.Statement] = []
    if context.operation.erases:
        work.append(pg.RemoveWhere(kind="remove_where", table=table.name, where=where))
    elif sketch.sets:
        work.append(
            pg.UpdateWhere(kind="update_where", table=table.name, where=where, values=sketch.sets)
        )
    return [
        *_before(context, sketch),
        *work,
        *effects(context, sketch.effects),
        pg.ReturnNothing(kind="return_nothing"),
    ]


def _me(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    found = pg.Find(
        kind="find",
        variable=ROW,
        table=context.table.name,
        where=st.all_of(
            [
                st.equals("id", ex.ActorId(kind="actor")),
                *st.living(context.database, sketch.where),
            ]
        ),
        missing=401,
        message="The account is gone",
    )
    return [found, *_before(context, sketch), context.return_row(ROW)]


def _create(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    values = inserted(context, sketch)
    looked_up, settled = ended_if_taken(context.table, values)
    insert = pg.Insert(
        kind="insert", variable=CREATED, table=context.table.name, values=tuple(settled)
    )
    before = [
        *_before(context, sketch),
        *unique_checks(context, values, None),
        *looked_up,
        insert,
        *stored_lists(context, CREATED, replacing=False),
    ]
    return _finished(context, before, sketch, CREATED)


def _update(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    overridden = {item.column for item in sketch.sets}
    given = [
        pg.Assign(column=column, value=st.body_property(p.name))
        for column, p in context.body.items()
        if column not in overridden
    ]
    before = [
        *_before(context, sketch),
        *unique_checks(context, [*given, *sketch.sets], ROW),
        change(context, sketch.sets, given),
        *stored_lists(context, CHANGED, replacing=True),
    ]
    return _finished(context, before, sketch, CHANGED)


def _action(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    if sketch.sets or context.body:
        return _update(context, sketch)
    return _finished(context, _before(context, sketch), sketch, ROW)


def _restore(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    kept = [
        pg.Assign(column=column.name, value=st.field(column.name))
        for column in context.table.physical()
        if column.origin in ("own", "relation")
    ]
    back = pg.Assign(column="deleted_at", value=ex.NullLiteral(kind="null"))
    before = [
        *_before(context, sketch),
        *unique_checks(context, kept, ROW),
        change(context, [*sketch.sets, back], []),
    ]
    return _finished(context, before, sketch, CHANGED)


def _erase(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    return [
        *_before(context, sketch),
        *effects(context, sketch.effects),
        *_unrestricted(context),
        pg.Remove(kind="remove", row=ROW, table=context.table.name),
        pg.ReturnNothing(kind="return_nothing"),
    ]


_WRITERS: Mapping[str, Callable[[Context, pg.ProgramSketch], list[pg.Statement]]] = {
    "join": programs.join,
    "login": programs.login,
    "refresh": programs.refresh,
    "logout": programs.logout,
    "password": programs.changed_password,
    "reset_request": programs.requested_reset,
    "reset": programs.reset_password,
    "list": _list,
    "summary": _summary,
    "me": _me,
    "read": _read,
    "create": _create,
    "update": _update,
    "erase": _erase,
    "restore": _restore,
    "action": _action,
    "batch": _batch,
}
"""What writes the statements of each kind of operation."""


# --- what they have in common


def _before(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    """Find the row and those that it needs, and make the checks."""
    found: list[pg.Statement] = []
    if context.operation.kind in ROW_KINDS:
        found += _find(context, sketch)
    targets = target_checks(context, sketch)
    given = [one for one in targets if isinstance(one, pg.If)]
    checks = sketched_checks(context, sketch.checks)
    return [
        *found,
        *(one for one in targets if not isinstance(one, pg.If)),
        *_rows_needed(context, sketch),
        *st.joined([*given, *checks]),
    ]


def _finished(
    context: Context, before: list[pg.Statement], sketch: pg.ProgramSketch, row: str
) -> list[pg.Statement]:
    """Write what else there is to write, and answer with the row."""
    after = effects(context, sketch.effects)
    if changes_row(sketch.effects, context.table.name):
        again = pg.Find(
            kind="find",
            variable=RESULT,
            table=context.table.name,
            where=st.equals("id", ex.RowField(kind="field", row=row, column="id")),
            missing=404,
            message=f"{context.noun.capitalize()} not found",
        )
        after, row = [*after, again], RESULT
    return [*before, *after, context.return_row(row)]


def _rows_needed(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    """Find the rows that the sketch speaks of and that no check has found yet."""
    spoken = st.spoken_rows((sketch.checks, sketch.sets, sketch.effects))
    return st.finds(context.rows, spoken)


def _unrestricted(context: Context) -> list[pg.Statement]:
    """Return the checks that no row is left that keeps this one from being erased."""
    table = context.table
    found: list[pg.Statement] = []
    for other in restricting(context.database, table):
        for relation in other.relations:
            if relation.target == table.name and relation.on_delete == "restrict":
                where = st.all_of([st.equals(relation.column, st.field("id")), *st.alive(other)])
                message = f"The {context.noun} still has {names.words(other.plural)}"
                found.append(st.require_none(other, where, message))
    return found


def _find(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    (parameter,) = context.operation.parameters
    key = ex.Parameter(kind="parameter", name=parameter.name)
    hidden = foreign_status(context.design.analysis, context.table) == 404
    owned = context.owned() if hidden else []
    state = st.alive(context.table)
    if context.operation.kind == "restore":
        state = [ex.ColumnIsNotNull(kind="is_not_null", column="deleted_at")]
    where = st.all_of(
        [
            st.equals(parameter.column, key),
            *owned,
            *state,
            *st.living(context.database, sketch.where),
        ]
    )
    found = pg.Find(
        kind="find",
        variable=ROW,
        table=context.table.name,
        where=where,
        missing=404,
        message=f"{context.noun.capitalize()} not found",
    )
    if not context.owners or owned:
        return [found]
    return [found, _require_owner(context, 404 if hidden else 403)]


def _require_owner(context: Context, status: int) -> pg.Statement:
    noun, table = context.noun, context.table
    message = f"The {noun} is somebody else's" if status == 403 else f"{noun} not found"
    rules = [
        rule.id
        for rule in context.design.analysis.rules
        if rule.kind == "ownership" and rule.entity == table.entity
    ]
    options = _owning(context)
    return pg.Require(
        kind="require",
        condition=options[0] if len(options) == 1 else ex.AnyOf(kind="any", operands=options),
        status=status,
        message=message[:1].upper() + message[1:],
        rules=tuple(rules),
    )


def _owning(context: Context) -> tuple[ex.Expression, ...]:
    """Return the ways in which a caller may be in the right: as owner, or as who owns nothing."""
    several = len(context.operation.actors) > 1
    options: list[ex.Expression] = []
    for actor, column in context.owners.items():
        own = ex.Compare(
            kind="compare",
            left=st.field(column),
            operator="eq",
            right=ex.ActorId(kind="actor"),
        )
        as_actor = ex.ActorIs(kind="actor_is", actor=actor)
        options.append(ex.All(kind="all", operands=(as_actor, own)) if several else own)
    for actor in context.operation.actors:
        if actor not in context.owners:
            options.append(ex.ActorIs(kind="actor_is", actor=actor))
    return tuple(options)
