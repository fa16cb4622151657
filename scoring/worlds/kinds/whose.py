"""Whose row it is."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Entity, Ownership
from scoring.words import named
from scoring.worlds.facts import Caller, Open, World
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.members import except_others, excepted, relate
from scoring.worlds.kinds.rows import account_of, by_account, owned, subject_row
from scoring.worlds.scene import CALLER, OTHER, Scene


def _keep_owned(scene: Scene, world: World, rule: Ownership) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    row = subject_row(scene, world, rule.entity)
    if row is None or entity is None:
        return
    owned(scene, world, row, entity, CALLER)
    if rule.or_relation is not None:
        relate(scene, world, rule.entity, rule.or_relation, OTHER)
    account = account_of(scene, entity)
    for actor in scene.required.actors if account is not None else ():
        if account is not None and named(actor, account.names):
            world.caller = Caller(world.caller.key, actor)


def _foreign(scene: Scene, world: World, rule: Ownership) -> Sequence[Breach]:
    made = _foreign_world(scene, world, rule)
    if made is None:
        return ()
    except_others(scene, made, rule)
    return (Breach(made, f"the {rule.entity} is somebody else's"),)


def _foreign_world(scene: Scene, world: World, rule: Ownership) -> World | None:
    entity = scene.subject.brief.entity(rule.entity)
    made = world.copy()
    row = subject_row(scene, made, rule.entity)
    if entity is None or row is None:
        return None
    if entity.account:
        if not made.path:
            return None
        for name in list(made.path):
            made.path[name] = OTHER
        table = scene.subject.tables[entity.name]
        rows = made.tables[table.name]
        rows.sort(key=lambda each: each.values.get(table.key[0]) == CALLER)
        return made
    free = [actor for actor in scene.required.actors if actor not in rule.or_actors]
    if made.caller.kind in rule.or_actors and free:
        made.caller = Caller(made.caller.key, free[0])
    _disown(scene, made, entity if by_account(scene, entity) else None)
    if by_account(scene, entity) and scene.table is not None and row.table == scene.table.name:
        owned(scene, made, scene.add(made, scene.table), entity, CALLER)
    owned(scene, made, row, entity, OTHER)
    return made


def _disown(scene: Scene, world: World, entity: Entity | None) -> None:
    """Let rows be somebody else's; of the entity's kind of account only if there is no entity."""
    account = account_of(scene, entity) if entity is not None else None
    kept = scene.subject.tables.get(account.name) if account is not None else None
    for row in world.rows():
        table = scene.named_table(row.table)
        for link in table.foreign_keys if table is not None else ():
            column = link.columns[0] if link.columns else ""
            value = row.values.get(column)
            is_other = kept is None or link.target != kept.name
            if is_other and isinstance(value, Open) and value.typical == CALLER:
                row.values[column] = OTHER


def _owner_known(scene: Scene, rule: Ownership) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None or not scene.subject.owner_columns(entity):
        return "there is no column that says whose row it is"
    return None


def _who_else(scene: Scene, world: World, rule: Ownership) -> Sequence[Breach]:
    """Return worlds in which the row is somebody else's, and the caller is excepted."""
    made = _foreign_world(scene, world, rule)
    return excepted(scene, made, rule) if made is not None else ()


OWNERSHIP = Worlds(Ownership, _keep_owned, _foreign, ready=_owner_known, also=_who_else)
