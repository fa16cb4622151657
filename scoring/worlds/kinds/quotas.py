"""How many rows there may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from scoring.brief import Quota
from scoring.words import squeeze
from scoring.worlds.facts import NOW, RowOf, World, typical
from scoring.worlds.javascript import same
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import asked_for, by_account, owned, put, set_state
from scoring.worlds.scene import CALLER, OTHER, Scene


def _one_less(scene: Scene, world: World, rule: Quota) -> None:
    """Let there be one row less than may be, and rows that do not count."""
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is None or table is None:
        return
    rows = world.tables.setdefault(table.name, [])
    counted = [row for row in rows if _may_count(scene, world, rule, row)]
    for row in counted:
        _count(scene, world, rule, row)
    for _ in range(rule.maximum - 1 - len(counted)):
        _count(scene, world, rule, scene.add(world, table))
    if by_account(scene, entity):
        for _ in range(2):  # rows of somebody else
            owned(scene, world, scene.add(world, table), entity, OTHER)
    _add_old(scene, world, rule)
    _add_of_another(scene, world, rule)
    if rule.attribute is not None and rule.value is not None:
        others = set_state(
            scene, scene.add(world.copy(), table), entity, rule.attribute, rule.value
        )
        for value in others:
            row = scene.add(world, table)
            _count(scene, world, rule, row)
            put(scene, row, entity, rule.attribute, value)


def _may_count(scene: Scene, world: World, rule: Quota, row: RowOf) -> bool:
    """Whether a row is nobody else's and within what the new one is in."""
    entity = scene.subject.brief.entity(rule.entity)
    column = scene.subject.column(entity, rule.within) if entity and rule.within else None
    if any(value == OTHER for value in row.values.values()):
        return False
    if entity is None or rule.within is None or column is None:
        return True
    asked = asked_for(scene, world, entity, rule.within, column.name)
    return same(typical(row.values.get(column.name)), typical(asked))


def _count(scene: Scene, world: World, rule: Quota, row: RowOf) -> None:
    """Let a row be one that counts."""
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None:
        return
    owned(scene, world, row, entity, CALLER)
    if rule.attribute is not None and rule.value is not None:
        set_state(scene, row, entity, rule.attribute, rule.value)
    _date(row, rule, timedelta(hours=1))


def _date(row: RowOf, rule: Quota, younger: timedelta) -> bool:
    """Let a row be this much younger than the days in which rows count."""
    made = next((name for name in row.values if squeeze(name).startswith("creat")), None)
    if rule.days is None or made is None:
        return False
    moment = datetime.fromisoformat(NOW) - timedelta(days=rule.days) + younger
    row.values[made] = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return True


def _add_old(scene: Scene, world: World, rule: Quota) -> None:
    """Add a row that is too old to count."""
    table = scene.subject.tables.get(rule.entity)
    if table is not None and rule.days is not None:
        row = scene.add(world, table)
        _count(scene, world, rule, row)
        _date(row, rule, -timedelta(hours=1))


def _add_of_another(scene: Scene, world: World, rule: Quota) -> None:
    """Add a row that belongs to something else than the new one."""
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    relation = entity.relation(rule.within) if entity is not None and rule.within else None
    target = scene.subject.tables.get(relation.target) if relation is not None else None
    if entity is None or table is None or relation is None or target is None:
        return
    row = scene.add(world, table)
    _count(scene, world, rule, row)
    scene.row(world, target)
    other = scene.add(world, target)
    for column, key in zip(scene.subject.foreign_key(entity, relation), target.key, strict=False):
        row.values[column] = other.values.get(key)


def _full(scene: Scene, world: World, rule: Quota) -> Sequence[Breach]:
    made = world.copy()
    table = scene.subject.tables.get(rule.entity)
    if table is None:
        return ()
    _count(scene, made, rule, scene.add(made, table))
    return (Breach(made, f"there are {rule.maximum} already"),)


QUOTA = Worlds(Quota, _one_less, _full)
