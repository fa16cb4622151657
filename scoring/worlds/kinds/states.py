"""What the state of a row allows."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Entity, State, Transition
from scoring.words import named, squeeze
from scoring.worlds.asking import usual_world
from scoring.worlds.facts import RowOf, World, typical
from scoring.worlds.javascript import missing, same
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.places import followed
from scoring.worlds.kinds.rows import (
    attribute_known,
    put,
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
    allowed = {squeeze(each) for each in rule.or_sources}
    for other in others:
        if isinstance(other, str) and squeeze(other) in allowed:
            continue
        made = world.copy()
        row = subject_row(scene, made, rule.entity)
        if row is not None and entity is not None:
            put(scene, row, entity, rule.attribute, other)
            found.append(Breach(made, f"{rule.attribute} is {said(other)}, not {rule.source}"))
    return found


def _from_another(scene: Scene, world: World, rule: Transition) -> Sequence[Breach]:
    entity = scene.subject.brief.entity(rule.entity)
    found: list[Breach] = []
    for source in rule.or_sources:
        made = world.copy()
        set_state(scene, subject_row(scene, made, rule.entity), entity, rule.attribute, source)
        found.append(Breach(made, f"{rule.attribute} is {source}"))
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


def _related(scene: Scene, world: World, rule: State) -> tuple[Entity, RowOf] | None:
    """Return the row whose state counts."""
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None:
        return None
    if rule.relation is None:
        row = subject_row(scene, world, rule.entity)
        return (entity, row) if row is not None else None
    return followed(scene, world, entity, rule.relation)


def _set_related(scene: Scene, world: World, rule: State, value: str) -> list[object]:
    found = _related(scene, world, rule)
    return set_state(scene, found[1], found[0], rule.attribute, value) if found is not None else []


def _other_states(scene: Scene, world: World, rule: State) -> Sequence[Breach]:
    found: list[Breach] = []
    whose = f" of the {rule.relation}" if rule.relation is not None else ""
    allowed = _allowed(scene, world, rule)
    for other in _set_related(scene, world.copy(), rule, rule.value):
        made = world.copy()
        held = _related(scene, made, rule)
        if held is not None and other not in allowed:
            put(scene, held[1], held[0], rule.attribute, other)
            how = f"{rule.attribute}{whose} is {said(other)}, not {rule.value}"
            found.append(Breach(made, how))
    return found


def _allowed(scene: Scene, world: World, rule: State) -> list[object]:
    """Return the other values that will do."""
    made = world.copy()
    held = _related(scene, made, rule)
    column = scene.subject.column(held[0], rule.attribute) if held is not None else None
    known = held[0].attribute(rule.attribute) if held is not None else None
    return [fitting(column, known, each) for each in rule.or_values] if column is not None else []


def _other_allowed(scene: Scene, world: World, rule: State) -> Sequence[Breach]:
    found: list[Breach] = []
    for value in rule.or_values:
        made = world.copy()
        if _set_related(scene, made, rule, value):
            found.append(Breach(made, f"{rule.attribute} is {value}"))
    return found


def _state_known(scene: Scene, rule: State) -> str | None:
    found = _related(scene, usual_world(scene), rule)
    if found is None:
        return f"there is no table for {rule.relation or rule.entity}"
    if scene.subject.column(found[0], rule.attribute) is None:
        return f"there is no column for {rule.attribute}"
    return None


TRANSITION = Worlds(
    Transition, _keep_source, _other_sources, _not_moved, attribute_known, _from_another
)
STATE = Worlds(State, _keep_state, _other_states, ready=_state_known, also=_other_allowed)
