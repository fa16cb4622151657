"""What the state of a row allows."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Entity, State, Transition
from scoring.words import named
from scoring.worlds.facts import World, typical
from scoring.worlds.javascript import missing, same
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import (
    attribute_known,
    put,
    related_row,
    relation_known,
    said,
    set_state,
    subject_row,
)
from scoring.worlds.play import Outcome
from scoring.worlds.scene import Scene, fitting


def _keep_source(scene: Scene, world: World, rule: Transition) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    row = subject_row(scene, world, rule.entity)
    set_state(scene, row, entity, rule.attribute, rule.source)
    _ask_target(scene, world, rule, entity)


def _ask_target(scene: Scene, world: World, rule: Transition, entity: Entity | None) -> None:
    """Let an update that stands for the action ask for the target."""
    known = entity.attribute(rule.attribute) if entity is not None else None
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    if known is None or column is None:
        return
    for name in world.body:
        if named(name, known.names):
            world.body[name] = fitting(column, known, rule.target)


def _other_sources(scene: Scene, world: World, rule: Transition) -> Sequence[Breach]:
    entity = scene.subject.brief.entity(rule.entity)
    found: list[Breach] = []
    others = set_state(
        scene, subject_row(scene, world.copy(), rule.entity), entity, rule.attribute, rule.source
    )
    for other in others:
        made = world.copy()
        row = subject_row(scene, made, rule.entity)
        if row is not None and entity is not None:
            put(scene, row, entity, rule.attribute, other)
            found.append(Breach(made, f"{rule.attribute} is {said(other)}, not {rule.source}"))
    return found


def _not_moved(scene: Scene, rule: Transition, before: World, outcome: Outcome) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    known = entity.attribute(rule.attribute) if entity is not None else None
    row = subject_row(scene, outcome.world, rule.entity)
    if column is None or known is None or row is None:
        return None
    held = typical(row.values.get(column.name))
    wanted = fitting(column, known, rule.target)
    if column.type == "DateTime":
        return None if missing(held) == missing(wanted) else f"{column.name} is not set"
    if same(held, wanted):
        return None
    return f"{column.name} is {said(held)} afterwards, not {rule.target}"


def _keep_state(scene: Scene, world: World, rule: State) -> None:
    _set_related(scene, world, rule, rule.value)


def _set_related(scene: Scene, world: World, rule: State, value: str) -> list[object]:
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    row = related_row(scene, world, rule.entity, rule.relation)
    return set_state(scene, row, target, rule.attribute, value)


def _other_states(scene: Scene, world: World, rule: State) -> Sequence[Breach]:
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    found: list[Breach] = []
    for other in _set_related(scene, world.copy(), rule, rule.value):
        made = world.copy()
        row = related_row(scene, made, rule.entity, rule.relation)
        if row is not None and target is not None:
            put(scene, row, target, rule.attribute, other)
            how = f"{rule.attribute} of the {rule.relation} is {said(other)}, not {rule.value}"
            found.append(Breach(made, how))
    return found


TRANSITION = Worlds(Transition, _keep_source, _other_sources, _not_moved, attribute_known)
STATE = Worlds(State, _keep_state, _other_states, ready=relation_known)
