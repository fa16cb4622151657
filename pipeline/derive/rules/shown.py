"""Rules about who is shown which rows, as conditions of the query."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.analysis import Visibility
from pipeline.ast.database import Relation, Table
from pipeline.derive import statements as st
from pipeline.derive.context import Context
from pipeline.derive.interface import ROW_KINDS
from pipeline.derive.keys import main_table
from pipeline.derive.ownership import owner_column
from pipeline.derive.rules.counted import literal
from pipeline.derive.rules.named import attribute_column, path_to

CALLER_ID = ex.ActorId(kind="actor")


def shown_rows(context: Context, rule: Visibility) -> tuple[ex.Where, ...] | None:
    """Return the conditions of the rows that the operation reaches; None if that is open."""
    ways = _ways(context, rule)
    if ways is None or context.operation.kind == "create":
        return None
    return () if _is_forbidden(context, rule) else ways


def shown_row(context: Context, rule: Visibility) -> pg.Check | None:
    """Return the check that the operation's row is shown, where others learn that it exists."""
    ways = _ways(context, rule)
    if not ways or not _is_forbidden(context, rule):
        return None
    return pg.Exists(
        kind="exists",
        table=context.table.name,
        where=(st.equals("id", st.field("id")), *ways),
        message=rule.statement,
        rules=(rule.id,),
    )


def _is_forbidden(context: Context, rule: Visibility) -> bool:
    return rule.others_see == "forbidden" and context.operation.kind in ROW_KINDS


def _ways(context: Context, rule: Visibility) -> tuple[ex.Where, ...] | None:
    """Return the condition on rows; none where every row is meant, or the scope says it."""
    operation = context.operation
    if rule.entity != context.table.entity or operation.guests:
        return None
    if rule.actor not in operation.actors or "all" in rule.shows:
        return () if "all" in rule.shows else None
    if rule.shows == ("own",) and rule.actor in context.owners:
        return ()
    found: list[ex.Where] = []
    for shown in rule.shows:
        if shown != "none":
            way = _way(context, rule, shown)
            if way is None:
                return None
            found.append(way)
    others = tuple(actor for actor in operation.actors if actor != rule.actor)
    if others:
        found.append(ex.CallerIs(kind="caller_is", actors=others))
    if not found:
        return None
    return (found[0] if len(found) == 1 else ex.WhereAny(kind="any", conditions=tuple(found)),)


def _way(context: Context, rule: Visibility, shown: str) -> ex.Where | None:
    match shown:
        case "own":
            column = owner_column(context.table, rule.actor)
            return None if column is None else st.equals(column, CALLER_ID)
        case "related" if rule.person is not None:
            return _of_person(context, rule.person, rule.actor)
        case "member" if rule.through is not None:
            return _of_member(context, rule, rule.through)
        case _:
            return None


def _of_person(context: Context, person: str, actor: str) -> ex.Where | None:
    """Return the condition that the one in an attribute, of a row above, is the caller."""
    entity, _, word = person.partition(".")
    path = path_to(context.database, context.table, entity)
    if path is None:
        return None
    end = _end(context, path)
    column = attribute_column(context, end, word)
    relation = end.relation_of(column.name) if column is not None else None
    if column is None or relation is None or relation.target != actor:
        return None
    return _above(path, st.equals(column.name, CALLER_ID))


def _of_member(context: Context, rule: Visibility, through: str) -> ex.Where | None:
    """Return the condition that a row of another table ties the caller to it or to what it is of.

    The table has one relation to the account, and one that leads to where the row belongs.
    """
    joining = main_table(context.database.tables, through)
    if joining is None:
        return None
    people = [r for r in joining.relations if r.target == rule.actor]
    role = _role(context, rule, joining)
    if len(people) != 1 or role is None:
        return None
    found = [
        (path, relation)
        for relation in joining.relations
        if relation.target != rule.actor
        for path in [_path(context, relation)]
        if path is not None
    ]
    if len(found) != 1:
        return None
    path, relation = found[0]
    tied = ex.SomeWhere(
        kind="some",
        table=joining.name,
        relation=relation.name,
        where=(st.equals(people[0].column, CALLER_ID), *role),
    )
    return _above(path, tied)


def _path(context: Context, relation: Relation) -> tuple[str, ...] | None:
    target = context.database.table(relation.target)
    return path_to(context.database, context.table, target.entity)


def _role(context: Context, rule: Visibility, joining: Table) -> tuple[ex.Where, ...] | None:
    if rule.attribute is None and rule.value is None:
        return ()
    if rule.attribute is None or rule.value is None:
        return None
    entity, _, word = rule.attribute.partition(".")
    column = attribute_column(context, joining, word) if entity == joining.entity else None
    value = literal(column.type, rule.value) if column is not None else None
    return None if column is None or value is None else (st.equals(column.name, value),)


def _end(context: Context, path: tuple[str, ...]) -> Table:
    """Return the table that relations lead to from the operation's own."""
    end = context.table
    for name in path:
        relation = next(r for r in end.relations if r.name == name)
        end = context.database.table(relation.target)
    return end


def _above(path: tuple[str, ...], where: ex.Where) -> ex.Where:
    """Return a condition on the row that relations lead to."""
    for name in reversed(path):
        where = ex.ParentWhere(kind="parent", relation=name, where=(where,))
    return where
