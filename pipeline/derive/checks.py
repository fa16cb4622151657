"""Checks that a function makes before it writes: the sketch's own, and those that are derived."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import IntegerType, Relation, Table
from pipeline.ast.interface import SchemaProperty
from pipeline.ast.walk import transform, walk
from pipeline.derive import statements as st
from pipeline.derive.context import Context
from pipeline.derive.keys import conflict, unique_rules
from pipeline.derive.ownership import reserving, sees_foreign
from pipeline.derive.refusal import check_status
from pipeline.derive.rows import given_row


def sketched_checks(
    context: Context, checks: Sequence[pg.Check], *, repeated: bool = False
) -> list[pg.Statement]:
    """Return the statements of a sketch's checks, which may be `repeated` for several rows.

    A check that speaks of something optional is made only if that is given; a repetition is.
    """
    statements: list[pg.Statement] = []
    for number, check in enumerate(checks, start=1):
        made = _made(context, check, number)
        if not isinstance(check, pg.Guard):
            made = st.when(check.when, made)
        statements += made if repeated else context.where_given(check, made)
    return st.joined(statements)


def _made(context: Context, check: pg.Check, number: int) -> list[pg.Statement]:
    status = check_status(context.design.analysis, check)
    match check:
        case pg.Guard(condition=condition):
            return [st.require(condition, check, status)]
        case pg.Quota():
            return _quota(context, check, f"count{number}", status)
        case pg.Total():
            return _total(context, check, f"total{number}", status)
        case pg.Exists():
            return _exists(context, check, f"needed{number}", status)
        case pg.Absent(table=table):
            none = st.require_none(
                context.database.table(table),
                context.alive_in(table, check.where),
                check.message,
                tuple(each.property for each in _given(context, check) if each.kind == "body"),
                check.rules,
            )
            queried = (each for each in _given(context, check) if each.kind == "query")
            return st.if_given(queried, [none.model_copy(update={"status": status})])


def target_checks(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    """Return the checks that rows named in the body exist and are the caller's to use.

    A row of somebody else's is to be used where its caller is shown such rows: one comments
    on the articles of others, but sorts todos only into one's own lists.
    """
    overridden = {item.column for item in sketch.sets}
    found: list[pg.Statement] = []
    for relation in context.table.relations:
        given = context.body.get(relation.column)
        if given is not None and relation.column not in overridden:
            find = _find_target(context, relation, given)
            is_optional = not st.is_certain(given)
            found += st.if_given([st.body_property(given.name)] * is_optional, [find])
    return found


def unique_checks(
    context: Context, values: Sequence[pg.Assign], row: str | None
) -> list[pg.Statement]:
    """Return a check per unique key that these values could break.

    On a change (`row` is the row) columns that are not written keep their value, and the row
    itself does not count.
    """
    written = {item.column: item.value for item in values}
    statements: list[pg.Statement] = []
    for key in context.table.unique_keys():
        found = _same_key(context, key, written, row)
        if found is None:
            continue
        conditions, given = found
        statements.append(
            st.require_none(
                context.table,
                st.all_of(conditions),
                conflict(context.table, key),
                given,
                unique_rules(context.table, key),
            )
        )
    return statements


def _same_key(
    context: Context, key: tuple[str, ...], written: dict[str, ex.Expression], row: str | None
) -> tuple[list[ex.Where], tuple[str, ...]] | None:
    """Return the conditions of a row with the same key, and the properties that they need.

    None if what is written cannot make such a row.
    """
    if not any(column in written for column in key):
        return None
    conditions: list[ex.Where] = []
    given: list[str] = []
    for column in key:
        value = written.get(column, st.field(column) if row else None)
        if isinstance(value, ex.Coalesce) and isinstance(value.fallback, ex.NullLiteral):
            value = value.operand
        if isinstance(value, ex.Coalesce) and isinstance(value.fallback, ex.GeneratedText):
            value = value.operand
        if value is None or isinstance(value, ex.NullLiteral | ex.GeneratedText):
            return None
        if isinstance(value, ex.BodyProperty):
            property_ = context.body.get(column)
            if property_ is not None and not st.is_certain(property_):
                given.append(value.property)
        folded = column in context.table.folded(key)
        conditions.append(st.same_text(column, value) if folded else st.equals(column, value))
    if row:
        other = ex.ColumnCompare(kind="compare", column="id", operator="ne", value=st.field("id"))
        conditions.append(other)
    return conditions, tuple(given)


def _find_target(context: Context, relation: Relation, given: SchemaProperty) -> pg.Find:
    target = context.database.table(relation.target)
    conditions: list[ex.Where] = [
        st.equals("id", st.body_property(given.name)),
        *st.alive(target),
    ]
    if target.stance != "actor":
        owner = context.owner_in(target)
        if owner is not None and (
            is_reserved(context, target)
            or not sees_foreign(context.design.interface, target, context.operation.actors[0])
        ):
            conditions.append(st.equals(owner, ex.ActorId(kind="actor")))
    return pg.Find(
        kind="find",
        variable=names.camel(relation.name) if st.is_certain(given) else given_row(relation),
        table=target.name,
        where=st.all_of(conditions),
        missing=404,
        message=f"{names.words(relation.name).capitalize()} not found",
    )


def is_reserved(context: Context, target: Table) -> bool:
    """Whether a rule of the operation says that only a row of the caller's may be named."""
    analysis, cited = context.design.analysis, context.operation.rules
    return bool(reserving(analysis, context.table, target, cited))


def _exists(context: Context, check: pg.Exists, variable: str, status: int) -> list[pg.Statement]:
    found = pg.Find(
        kind="find",
        variable=variable,
        table=check.table,
        where=context.alive_in(check.table, check.where),
        missing=status,
        message=check.message,
        rules=check.rules,
    )
    return st.if_given(_given(context, check), [found])


def _given(
    context: Context, check: pg.Exists | pg.Absent
) -> tuple[ex.BodyProperty | ex.QueryProperty, ...]:
    """Return the properties that a check speaks of, that need not be given and have no stand-in."""
    spoken = [
        node
        for node in walk(transform(check.where, _without_stand_ins))
        if isinstance(node, ex.QueryProperty)
        or (isinstance(node, ex.BodyProperty) and node.property in context.optional)
    ]
    return tuple(dict.fromkeys(spoken))


def _without_stand_ins(node: BaseModel) -> BaseModel:
    """Put null in the place of what has a value whether or not a property is given."""
    always = isinstance(node, ex.Coalesce | ex.Conditional)
    return ex.NullLiteral(kind="null") if always else node


def _quota(context: Context, quota: pg.Quota, variable: str, status: int) -> list[pg.Statement]:
    """Count the rows; of the operation's own table only the caller's, if it is about them."""
    table = context.database.table(quota.table)
    column = context.owner_in(table) if table == context.table else None
    where = list(quota.where)
    if quota.within is not None:
        period = quota.within
        start = ex.Shifted(kind="shifted", amount=-period.amount, unit=period.unit)
        where.append(
            ex.ColumnCompare(kind="compare", column="created_at", operator="ge", value=start)
        )
    owned = [st.equals(column, ex.ActorId(kind="actor"))] if column else []
    conditions = [*owned, *st.alive(table), *st.living(context.database, where)]
    count = pg.Count(
        kind="count", variable=variable, table=quota.table, where=st.any_of_rows(conditions)
    )
    most = quota.maximum
    below = ex.Compare(
        kind="compare",
        left=st.variable(variable),
        operator="lt",
        right=ex.IntegerLiteral(kind="integer", value=most) if isinstance(most, int) else most,
    )
    return [count, st.require(below, quota, status)]


def _total(context: Context, total: pg.Total, variable: str, status: int) -> list[pg.Statement]:
    """Add up what there is, and compare it, with what the operation adds, to the maximum."""
    column = context.database.table(total.table).column(total.column)
    adding = pg.Sum(
        kind="sum",
        variable=variable,
        table=total.table,
        column=total.column,
        where=context.alive_in(total.table, total.where),
    )
    whole: ex.Expression = ex.Arithmetic(
        kind="arithmetic", left=st.variable(variable), operator="add", right=total.plus
    )
    if column is not None and not isinstance(column.type, IntegerType):
        one = ex.IntegerLiteral(kind="integer", value=1)
        whole = ex.Quotient(kind="quotient", left=whole, right=one, rounding="half_up", places=2)
    within = ex.Compare(kind="compare", left=whole, operator="le", right=total.maximum)
    return [adding, st.require(within, total, status)]
