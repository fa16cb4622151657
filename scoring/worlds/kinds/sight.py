"""Who sees which rows."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Visibility
from scoring.worlds.facts import Caller, World
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import attribute_known, owned, set_state, subject_row
from scoring.worlds.scene import OTHER, Scene, differing


def _keep_shown(scene: Scene, world: World, rule: Visibility) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    row = subject_row(scene, world, rule.entity)
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    known = entity.attribute(rule.attribute) if entity is not None else None
    if row is not None and column is not None and known is not None:
        row.values[column.name] = differing(column, known, rule.hidden)[0]


def _hidden(scene: Scene, world: World, rule: Visibility) -> Sequence[Breach]:
    entity = scene.subject.brief.entity(rule.entity)
    made = world.copy()
    row = subject_row(scene, made, rule.entity)
    if row is None or entity is None:
        return ()
    set_state(scene, row, entity, rule.attribute, rule.hidden)
    owned(scene, made, row, entity, OTHER)
    strangers = _strangers(scene, rule)
    if strangers:
        made.caller = Caller(made.caller.key, strangers[0])
    return (Breach(made, f"{rule.attribute} is {rule.hidden} and the caller may not see that"),)


def _strangers(scene: Scene, rule: Visibility) -> list[str]:
    """Return the kinds of callers that may not see hidden rows."""
    if not scene.required.actors:
        return [] if "guest" in rule.actors else ["guest"]
    return [actor for actor in scene.required.actors if actor not in rule.actors]


def _seen_anyway(scene: Scene, world: World, rule: Visibility) -> Sequence[Breach]:
    """Show a hidden row to a kind of caller that may see it, where that depends on nothing else."""
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None or not rule.actors or not _strangers(scene, rule):
        return ()
    made = world.copy()
    set_state(scene, subject_row(scene, made, rule.entity), entity, rule.attribute, rule.hidden)
    made.caller = Caller(made.caller.key, rule.actors[0])
    how = f"{rule.attribute} is {rule.hidden} and a {rule.actors[0]} looks"
    return (Breach(made, how),)


VISIBILITY = Worlds(Visibility, _keep_shown, _hidden, ready=attribute_known, also=_seen_anyway)
