"""What becomes of the rows that refer to an erased one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.brief import Deletion, Restrict
from scoring.project.facts import ForeignKey, Table
from scoring.worlds.facts import World, typical
from scoring.worlds.javascript import same
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import no_breach
from scoring.worlds.play import Outcome
from scoring.worlds.scene import Scene


def _keep_childless(scene: Scene, world: World, rule: Restrict) -> None:
    child, parent = scene.subject.tables.get(rule.child), scene.table
    if child is None or parent is None or child is parent:
        return
    world.tables[child.name] = []
    link = _link(scene, child, parent)
    if link is not None:  # a child of another row, which does not count
        other = scene.add(world, parent)
        scene.distinguish(world, other)
        row = scene.add(world, child)
        row.values[link.columns[0]] = other.values.get(parent.key[0] if parent.key else "id")


def _with_child(scene: Scene, world: World, rule: Restrict | Deletion) -> World | None:
    child, parent = scene.subject.tables.get(rule.child), scene.table
    if child is None or parent is None:
        return None
    made = world.copy()
    row = scene.add(made, child)
    link = _link(scene, child, parent)
    target = scene.target(made)
    if link is None or target is None:
        return None
    row.values[link.columns[0]] = target.values.get(parent.key[0] if parent.key else "id")
    return made


def _link(scene: Scene, child: Table, parent: Table) -> ForeignKey | None:
    links = [link for link in child.foreign_keys if link.target == parent.name]
    return links[0] if links else None


def _child_there(scene: Scene, world: World, rule: Restrict) -> Sequence[Breach]:
    made = _with_child(scene, world, rule)
    return (Breach(made, f"there is a {rule.child} of it"),) if made is not None else ()


def _children_known(scene: Scene, rule: Restrict | Deletion) -> str | None:
    child, parent = scene.subject.tables.get(rule.child), scene.subject.tables.get(rule.entity)
    if child is None or parent is None:
        return f"there is no table for {rule.child}"
    if _link(scene, child, parent) is None:
        return f"{child.name} does not refer to {parent.name}"
    return None


def _add_child(scene: Scene, world: World, rule: Deletion) -> None:
    made = _with_child(scene, world, rule)
    if made is not None:
        world.tables = made.tables


def _as_it_should(scene: Scene, rule: Deletion) -> Mapping[tuple[str, str], str]:
    """Return the delete rule that the rule asks of the schema."""
    child, parent = scene.subject.tables.get(rule.child), scene.table
    link = _link(scene, child, parent) if child is not None and parent is not None else None
    if child is None or link is None:
        return {}
    wanted = "Cascade" if rule.effect == "erase" else "SetNull"
    return {(child.name, link.columns[0]): wanted}


def _wrongly_left(scene: Scene, rule: Deletion, before: World, outcome: Outcome) -> str | None:
    child, parent = scene.subject.tables.get(rule.child), scene.table
    if child is None or parent is None:
        return None
    link = _link(scene, child, parent)
    target = scene.target(before)
    if link is None or target is None:
        return None
    key = parent.key[0] if parent.key else "id"
    gone = not any(
        same(row.values.get(key), target.values.get(key))
        for row in outcome.world.tables[parent.name]
    )
    marked = any(c.table == parent.name and c.after is not None for c in outcome.changes)
    if not gone and not marked:
        return f"no row of {parent.name} is deleted"
    number = sum(
        same(typical(row.values.get(link.columns[0])), target.values.get(key))
        for row in before.tables[child.name]
    )
    left = len(outcome.world.tables[child.name]) - (
        len(before.tables[child.name]) - number - (child is parent)
    )
    kept = left >= number
    touched = any(c.table == child.name and c.after is not None for c in outcome.changes)
    if rule.effect == "keep":
        return None if kept else f"rows of {child.name} go with it"
    return None if not kept or touched or not gone else f"rows of {child.name} stay"


RESTRICT = Worlds(Restrict, _keep_childless, _child_there, ready=_children_known)
DELETION = Worlds(
    Deletion,
    _add_child,
    no_breach,
    _wrongly_left,
    _children_known,
    links=_as_it_should,
)
