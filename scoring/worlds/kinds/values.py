"""Values that no two rows share, and values that rows start with."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Default, Entity, Needed, Uniqueness
from scoring.matching import find_property, member_names
from scoring.project.facts import Table
from scoring.symbolic.terms import UNDEFINED
from scoring.words import named
from scoring.worlds.facts import RowOf, World, typical
from scoring.worlds.javascript import missing, same
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import (
    THIRD,
    asked_for,
    attribute_known,
    by_account,
    no_breach,
    owned,
    said,
)
from scoring.worlds.play import Outcome
from scoring.worlds.scene import CALLER, OTHER, Scene, fitting


def _keep_unique(scene: Scene, world: World, rule: Uniqueness) -> None:
    """Let there be a row with other values, and for owners one of somebody else's with the same."""
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is None or table is None or (entity.account and not scene.creates):
        return
    columns = [scene.subject.column(entity, name) for name in rule.attributes]
    world.distinct |= {(table.name, column.name) for column in columns if column is not None}
    other = scene.add(world, table)
    _differ(scene, world, rule, other, entity)
    _apart(scene, world, rule, other, entity)
    _same_elsewhere(scene, world, rule, entity, table)
    if rule.scope == "owner":
        owned(scene, world, other, entity, CALLER)
        if by_account(scene, entity):
            same_value = scene.add(world, table)
            _apart(scene, world, rule, same_value, entity)
            for name in rule.attributes:
                column = scene.subject.column(entity, name)
                if column is not None:
                    given = asked_for(scene, world, entity, name, column.name)
                    same_value.values[column.name] = given
            owned(scene, world, same_value, entity, OTHER)


def _same_elsewhere(
    scene: Scene, world: World, rule: Uniqueness, entity: Entity, table: Table
) -> None:
    """Let there be a row with the same texts and numbers that belongs to something else."""
    relations = [each for name in rule.attributes if (each := entity.relation(name)) is not None]
    texts = [name for name in rule.attributes if entity.relation(name) is None]
    target = scene.subject.tables.get(relations[0].target) if relations else None
    account = scene.subject.brief.entity(relations[0].target) if relations else None
    if not texts or target is None or account is None or account.account:
        return
    scene.row(world, target)
    row = scene.add(world, table)
    for name in rule.attributes:
        column = scene.subject.column(entity, name)
        if column is not None:
            row.values[column.name] = asked_for(scene, world, entity, name, column.name)
    column = scene.subject.column(entity, relations[0].name)
    if column is not None:
        row.values[column.name] = scene.add(world, target).values.get(target.key[0])


def _apart(scene: Scene, world: World, rule: Uniqueness, row: RowOf, entity: Entity) -> None:
    """Let a row keep the other rules by which rows differ."""
    for other in scene.subject.brief.rules:
        shared = other.entity == rule.entity and set(other.operations) & set(rule.operations)
        if isinstance(other, Uniqueness) and other is not rule and shared:
            _differ(scene, world, other, row, entity)


def _differ(scene: Scene, world: World, rule: Uniqueness, row: RowOf, entity: Entity) -> None:
    """Let a row differ from the request in one of the values that are unique together."""
    if any(entity.relation(name) is None for name in rule.attributes):
        return  # texts and numbers of a new row are its own
    relation = entity.relation(rule.attributes[0])
    for name in rule.attributes:
        each = entity.relation(name)
        target = scene.subject.brief.entity(each.target) if each is not None else None
        if target is not None and target.account:
            relation = each
    column = scene.subject.column(entity, relation.name) if relation is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    table = scene.subject.tables.get(target.name) if target is not None else None
    if column is None or target is None or table is None:
        return
    if target.account:
        asked = asked_for(scene, world, entity, relation.name if relation else "", column.name)
        row.values[column.name] = THIRD if typical(asked) == OTHER else OTHER
    else:
        row.values[column.name] = scene.add(world, table).values.get(table.key[0])


def _taken(scene: Scene, world: World, rule: Uniqueness) -> Sequence[Breach]:
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is None or table is None:
        return ()
    made = world.copy()
    row = scene.add(made, table)
    _apart(scene, made, rule, row, entity)
    for name in rule.attributes:
        column = scene.subject.column(entity, name)
        if column is None:
            return ()
        row.values[column.name] = asked_for(scene, made, entity, name, column.name)
    if rule.scope == "owner":
        owned(scene, made, row, entity, CALLER)
    rows = made.tables[table.name]
    if not scene.creates and scene.table is table:
        rows.sort(key=lambda each: each is row)
    return (Breach(made, f"{' and '.join(rule.attributes)} is taken"),)


def _its_own(scene: Scene, world: World, rule: Uniqueness) -> Sequence[Breach]:
    """Let a row that is changed have the values already that the request gives it."""
    entity = scene.subject.brief.entity(rule.entity)
    made = world.copy()
    row = scene.target(made)
    if entity is None or row is None or scene.creates or scene.required.entity != rule.entity:
        return ()
    for name in rule.attributes:
        column = scene.subject.column(entity, name)
        if column is not None:
            row.values[column.name] = asked_for(scene, made, entity, name, column.name)
    return (Breach(made, "the row keeps the values that it has"),)


def _columns_known(scene: Scene, rule: Uniqueness) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None or any(scene.subject.column(entity, n) is None for n in rule.attributes):
        return "there is no such column"
    return None


def _leave_out(scene: Scene, world: World, rule: Default) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    for name in list(world.body):
        if named(name, member_names(entity, rule.attribute)):
            world.body[name] = _schema_default(scene, name)


def _schema_default(scene: Scene, name: str) -> object:
    shape = scene.subject.shape(scene.operation.body)
    member = shape.property(name) if shape is not None else None
    if member is None or member.default is None:
        return UNDEFINED
    bare = member.default.strip("\"'`")
    if bare in ("true", "false"):
        return bare == "true"
    return int(bare) if bare.lstrip("-").isdecimal() else bare


def _not_given(scene: Scene, rule: Default, before: World, outcome: Outcome) -> str | None:
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    known = entity.attribute(rule.attribute) if entity is not None else None
    if column is None or known is None or table is None:
        return None
    made = [c.after for c in outcome.changes if c.before is None and c.table == table.name]
    if not made or made[0] is None:
        return f"no row of {table.name} is made"
    held = typical(made[0].values.get(column.name))
    wanted = fitting(column, known, rule.value)
    if same(held, wanted) or (missing(held) and missing(wanted)):
        return None
    if column.type == "DateTime" and not missing(held) and not missing(wanted):
        return None
    return f"{column.name} starts as {said(held)}, not {rule.value}"


def _not_needed(scene: Scene, world: World, rule: Needed) -> Sequence[Breach]:
    """Leave out what the body's schema allows to be left out."""
    shape = scene.subject.shape(scene.operation.body)
    names = member_names(scene.subject.brief.entity(rule.entity), rule.attribute)
    member = find_property(shape, names) if shape is not None else None
    if member is None or not (member.optional or member.nullable):
        return ()
    made = world.copy()
    made.body[member.name] = UNDEFINED if member.optional else None
    return (Breach(made, f"{member.name} is not given"),)


def _as_given(scene: Scene, world: World, rule: Needed) -> None:
    """Leave the request as it is: it gives all that it can."""


def _member_known(scene: Scene, rule: Needed) -> str | None:
    shape = scene.subject.shape(scene.operation.body)
    names = member_names(scene.subject.brief.entity(rule.entity), rule.attribute)
    known = shape is not None and find_property(shape, names) is not None
    return None if known else f"the body has no {rule.attribute}"


UNIQUENESS = Worlds(Uniqueness, _keep_unique, _taken, ready=_columns_known, also=_its_own)
DEFAULT = Worlds(Default, _leave_out, no_breach, _not_given, attribute_known)
NEEDED = Worlds(Needed, _as_given, _not_needed, ready=_member_known)
