"""When something is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from scoring.brief import Window
from scoring.words import named, squeeze
from scoring.worlds.facts import NOW, World, typical
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.places import place_of
from scoring.worlds.kinds.rows import subject_row
from scoring.worlds.scene import Scene


def _in_time(scene: Scene, world: World, rule: Window) -> None:
    _set_time(scene, world, rule, within=not rule.beyond)


def _set_time(scene: Scene, world: World, rule: Window, within: bool) -> bool:
    """Put the time of a rule just inside or just outside its number of days."""
    if "." in rule.attribute:
        return _set_along(scene, world, rule, within)
    entity = scene.subject.brief.entity(rule.entity)
    attribute = entity.attribute(rule.attribute) if entity is not None else None
    names = attribute.names if attribute is not None else (rule.attribute,)
    away = timedelta(days=rule.days) + timedelta(hours=-1 if within else 1)
    now = datetime.fromisoformat(NOW)
    for name, value in world.body.items():
        if named(name, names):
            world.body[name] = _like(typical(value), now + away)
            return True
    row = subject_row(scene, world, rule.entity)
    if row is None:
        return False
    for name in row.values:
        if named(name, names):
            stamp = squeeze(rule.attribute).startswith(("creat", "updat"))
            held = typical(row.values[name])
            moment = now - away if stamp or _lies_back(held) else now + away
            row.values[name] = _like(held, moment)
            return True
    return False


def _set_along(scene: Scene, world: World, rule: Window, within: bool) -> bool:
    """Put the time of a related row, which lies back, just inside or outside."""
    place = place_of(scene, world, rule.entity, rule.attribute)
    if place is None:
        return False
    away = timedelta(days=rule.days) + timedelta(hours=-1 if within else 1)
    place.put(_like(place.held, datetime.fromisoformat(NOW) - away))
    return True


def _lies_back(held: object) -> bool:
    return isinstance(held, str) and held < NOW


def _like(held: object, moment: datetime) -> str:
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return text[: len("2026-03-14")] if isinstance(held, str) and len(held) == 10 else text


def _out_of_time(scene: Scene, world: World, rule: Window) -> Sequence[Breach]:
    made = world.copy()
    if not _set_time(scene, made, rule, within=rule.beyond):
        return ()
    side = "less" if rule.beyond else "more"
    return (Breach(made, f"{rule.attribute} is {side} than {rule.days} days away"),)


WINDOW = Worlds(Window, _in_time, _out_of_time)
