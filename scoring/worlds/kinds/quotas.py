"""How many rows there may be."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Quota
from scoring.worlds.facts import World
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import by_account, owned
from scoring.worlds.scene import CALLER, OTHER, Scene


def _one_less(scene: Scene, world: World, rule: Quota) -> None:
    _fill(scene, world, rule, rule.maximum - 1)
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is not None and table is not None and by_account(scene, entity):
        for _ in range(2):  # rows of somebody else, which don't count
            owned(scene, world, scene.add(world, table), entity, OTHER)


def _fill(scene: Scene, world: World, rule: Quota, number: int) -> None:
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is None or table is None:
        return
    have = sum(
        not any(value == OTHER for value in row.values.values())
        for row in world.tables.setdefault(table.name, [])
    )
    for _ in range(number - have):
        owned(scene, world, scene.add(world, table), entity, CALLER)


def _full(scene: Scene, world: World, rule: Quota) -> Sequence[Breach]:
    made = world.copy()
    _fill(scene, made, rule, rule.maximum)
    return (Breach(made, f"there are {rule.maximum} already"),)


QUOTA = Worlds(Quota, _one_less, _full)
