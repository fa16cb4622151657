"""Rows that a request names."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Reference, Stranger
from scoring.matching import member_names
from scoring.words import named
from scoring.worlds.facts import World, typical
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.places import followed
from scoring.worlds.kinds.rows import (
    THIRD,
    asked_for,
    owned,
    relation_known,
    subject_row,
)
from scoring.worlds.scene import CALLER, OTHER, Scene


def _belong(scene: Scene, world: World, rule: Reference | Stranger, who: str) -> bool:
    entity = scene.subject.brief.entity(rule.entity)
    found = followed(scene, world, entity, rule.relation) if entity is not None else None
    target, row = found if found is not None else (None, None)
    if row is None or target is None:
        return False
    if target.account:
        return _name_account(scene, world, rule, who)
    table = scene.named_table(row.table)
    for link in table.foreign_keys if table is not None else ():
        account = scene.entities.get(link.target)
        if account is not None and account.account and named(world.caller.kind, account.names):
            row.values[link.columns[0]] = who
            return True
    return owned(scene, world, row, target, who)


def _name_account(scene: Scene, world: World, rule: Reference | Stranger, who: str) -> bool:
    """Let the request, or the row that it names, refer to an account."""
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    if entity is None or relation is None:
        return False
    names = member_names(entity, rule.relation)
    for name in world.body:
        if named(name, names):
            world.body[name] = who
            return True
    row = subject_row(scene, world, rule.entity)
    columns = scene.subject.foreign_key(entity, relation)
    if row is not None and columns:
        row.values[columns[0]] = who
        return True
    return False


def _keep_own(scene: Scene, world: World, rule: Reference) -> None:
    _belong(scene, world, rule, CALLER)


def _not_own(scene: Scene, world: World, rule: Reference) -> Sequence[Breach]:
    made = world.copy()
    if not _belong(scene, made, rule, OTHER):
        return ()
    return (Breach(made, f"the {rule.relation} is somebody else's"),)


def _keep_strange(scene: Scene, world: World, rule: Stranger) -> None:
    _belong(scene, world, rule, OTHER if rule.person is None else THIRD)


def _not_strange(scene: Scene, world: World, rule: Stranger) -> Sequence[Breach]:
    made = world.copy()
    who, said = CALLER, "the caller"
    entity = scene.subject.brief.entity(rule.entity)
    column = scene.subject.column(entity, rule.person) if entity and rule.person else None
    if entity is not None and rule.person is not None and column is not None:
        who = str(typical(asked_for(scene, made, entity, rule.person, column.name)))
        said = f"the {rule.person}"
    if not _belong(scene, made, rule, who):
        return ()
    return (Breach(made, f"the {rule.relation} is {said}'s own"),)


REFERENCE = Worlds(Reference, _keep_own, _not_own, ready=relation_known)
STRANGER = Worlds(Stranger, _keep_strange, _not_strange, ready=relation_known)
