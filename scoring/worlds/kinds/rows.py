"""Rows that a rule is about: whose they are, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import (
    Default,
    Entity,
    Reference,
    RuleRecord,
    Stranger,
    Transition,
    Visibility,
)
from scoring.matching import find_property, member_names
from scoring.project.facts import Table
from scoring.words import named, squeeze
from scoring.worlds.facts import Open, RowOf, World, typical
from scoring.worlds.javascript import missing, same
from scoring.worlds.judging import Breach
from scoring.worlds.scene import CALLER, Scene, differing, fitting

THIRD = "a-third-account"
_OWN_MAX = 5
"""Owners of owners that are followed."""


def owned(scene: Scene, world: World, row: RowOf, entity: Entity, who: str, depth: int = 0) -> bool:
    """Make a row belong to somebody, by what it belongs to if need be; False if nothing says so."""
    subject = scene.subject
    columns = subject.owner_columns(entity)
    if entity.account:
        return True
    relation = entity.relation(entity.owner) if entity.owner else None
    target = subject.brief.entity(relation.target) if relation is not None else None
    if not columns or target is None or depth > _OWN_MAX:
        return False
    if target.account:
        row.values[columns[0]] = who
        return True
    table = subject.tables.get(target.name)
    parent = parent_of(scene, world, row, columns, table)
    return parent is not None and owned(scene, world, parent, target, who, depth + 1)


def parent_of(
    scene: Scene, world: World, row: RowOf, columns: tuple[str, ...], table: Table | None
) -> RowOf | None:
    """Return the row of a table that the columns of another row lead to."""
    if table is None or not columns:
        return None
    key = table.key[0] if table.key else "id"
    for candidate in world.tables.get(table.name, ()):
        if same(typical(candidate.values.get(key)), typical(row.values.get(columns[0]))):
            return candidate
    return None


def subject_row(scene: Scene, world: World, entity_name: str) -> RowOf | None:
    """Return the row that a rule about an entity is about."""
    table = scene.subject.tables.get(entity_name)
    if table is None:
        return None
    if table is scene.table and scene.creates:
        return None
    return scene.row(world, table)


def account_of(scene: Scene, entity: Entity, depth: int = 0) -> Entity | None:
    """Return the kind of account that a thing belongs to."""
    if entity.account:
        return entity
    relation = entity.relation(entity.owner) if entity.owner else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    if target is None or depth > _OWN_MAX:
        return None
    return account_of(scene, target, depth + 1)


def by_account(scene: Scene, entity: Entity) -> bool:
    """Whether a thing belongs to an account itself, and not to what belongs to one."""
    relation = entity.relation(entity.owner) if entity.owner else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    return target is not None and target.account


def related_row(scene: Scene, world: World, entity_name: str, name: str) -> RowOf | None:
    """Return the row that a relation of the row in question leads to."""
    entity = scene.subject.brief.entity(entity_name)
    relation = entity.relation(name) if entity is not None else None
    table = scene.subject.tables.get(relation.target) if relation is not None else None
    if entity is None or relation is None or table is None:
        return None
    row = subject_row(scene, world, entity_name)
    if row is not None and not takes(scene, name):
        found = parent_of(scene, world, row, scene.subject.foreign_key(entity, relation), table)
        if found is not None:
            return found
    return scene.row(world, table)


def takes(scene: Scene, relation: str) -> bool:
    """Whether the body names the related row."""
    entity = scene.entity
    shape = scene.subject.shape(scene.operation.body)
    if entity is None or shape is None:
        return False
    return find_property(shape, member_names(entity, relation)) is not None


def asked_for(scene: Scene, world: World, entity: Entity, attribute: str, column: str) -> object:
    """Return what the request gives for an attribute: in its body or path, or as the caller."""
    names = (*member_names(entity, attribute), column)
    for given in (world.body, world.path):
        for name, value in given.items():
            if named(name, names) or squeeze(name) == squeeze(column):
                return value
    relation = entity.relation(attribute)
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    if target is not None and target.account:
        return CALLER
    if target is not None and (table := scene.subject.tables.get(target.name)) is not None:
        return scene.row(world, table).values.get(table.key[0] if table.key else "id")
    row = scene.target(world)
    return row.values.get(column) if row is not None else Open(("asked", attribute), attribute)


def set_state(
    scene: Scene, row: RowOf | None, entity: Entity | None, attribute: str, value: str
) -> list[object]:
    """Set an attribute to a brief's word; returns what else it could be."""
    if row is None or entity is None:
        return []
    column, known = scene.subject.column(entity, attribute), entity.attribute(attribute)
    if column is None or known is None:
        return []
    row.values[column.name] = fitting(column, known, value)
    return differing(column, known, value)


def put(scene: Scene, row: RowOf, entity: Entity, attribute: str, value: object) -> None:
    """Let a row hold a value where its attribute has a column."""
    column = scene.subject.column(entity, attribute)
    if column is not None:
        row.values[column.name] = value


def said(value: object) -> str:
    """Return a value in words."""
    held = typical(value)
    return "empty" if missing(held) else str(held)


def no_breach(scene: Scene, world: World, rule: RuleRecord) -> Sequence[Breach]:
    """Return no world: some rules cannot be broken by a request."""
    return ()


def relation_known(scene: Scene, rule: Reference | Stranger) -> str | None:
    """Return what is missing where a relation leads to no table."""
    entity = scene.subject.brief.entity(rule.entity)
    for name in rule.relation.split("."):
        relation = entity.relation(name) if entity is not None else None
        entity = scene.subject.brief.entity(relation.target) if relation is not None else None
    if entity is None or scene.subject.tables.get(entity.name) is None:
        return f"there is no table for {rule.relation}"
    return None


def attribute_known(scene: Scene, rule: Transition | Visibility | Default) -> str | None:
    """Return what is missing where an attribute has no column."""
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None or scene.subject.column(entity, rule.attribute) is None:
        return f"there is no column for {rule.attribute}"
    return None
