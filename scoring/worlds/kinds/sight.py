"""Who sees which rows."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Visibility
from scoring.worlds.facts import Caller, World
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.members import except_others, excepted
from scoring.worlds.kinds.rows import attribute_known, owned, set_state, subject_row
from scoring.worlds.scene import CALLER, OTHER, Scene, differing


def _keep_shown(scene: Scene, world: World, rule: Visibility) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    row = subject_row(scene, world, rule.entity)
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    known = entity.attribute(rule.attribute) if entity is not None else None
    if row is not None and column is not None and known is not None:
        row.values[column.name] = differing(column, known, rule.hidden)[0]
    if rule.or_owner and row is not None and entity is not None:
        owned(scene, world, row, entity, OTHER)


def _hidden(scene: Scene, world: World, rule: Visibility) -> Sequence[Breach]:
    made = _hidden_world(scene, world, rule)
    if made is None:
        return ()
    except_others(scene, made, rule)
    return (Breach(made, f"{rule.attribute} is {rule.hidden} and the caller may not see that"),)


def _hidden_world(scene: Scene, world: World, rule: Visibility) -> World | None:
    entity = scene.subject.brief.entity(rule.entity)
    made = world.copy()
    row = subject_row(scene, made, rule.entity)
    if row is None or entity is None:
        return None
    set_state(scene, row, entity, rule.attribute, rule.hidden)
    owned(scene, made, row, entity, OTHER)
    strangers = _strangers(scene, rule)
    if strangers:
        made.caller = Caller(made.caller.key, strangers[0])
    return made


def _strangers(scene: Scene, rule: Visibility) -> list[str]:
    """Return the kinds of callers that may not see hidden rows."""
    if not scene.required.actors:
        return [] if "guest" in rule.actors else ["guest"]
    return [actor for actor in scene.required.actors if actor not in rule.actors]


def _seen_anyway(scene: Scene, world: World, rule: Visibility) -> Sequence[Breach]:
    """Show a hidden row to callers that may see it."""
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None:
        return ()
    found: list[Breach] = []
    if rule.actors and _strangers(scene, rule):
        made = world.copy()
        set_state(scene, subject_row(scene, made, rule.entity), entity, rule.attribute, rule.hidden)
        made.caller = Caller(made.caller.key, rule.actors[0])
        found.append(
            Breach(made, f"{rule.attribute} is {rule.hidden} and a {rule.actors[0]} looks")
        )
    hidden = _hidden_world(scene, world, rule)
    if hidden is None:
        return found
    if rule.or_owner:
        made = hidden.copy()
        row = subject_row(scene, made, rule.entity)
        if row is not None:
            owned(scene, made, row, entity, CALLER)
        found.append(Breach(made, f"{rule.attribute} is {rule.hidden} and the owner looks"))
    return [*found, *excepted(scene, hidden, rule)]


VISIBILITY = Worlds(Visibility, _keep_shown, _hidden, ready=attribute_known, also=_seen_anyway)
