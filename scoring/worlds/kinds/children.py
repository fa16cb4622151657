"""What becomes of the rows that refer to an erased one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.brief import Deletion, Filled, Restrict
from scoring.project.facts import ForeignKey, Table
from scoring.worlds.facts import RowOf, World, typical
from scoring.worlds.javascript import same
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import asked_for, no_breach, put, set_state
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
        others = _set_counted(scene, row, rule)
        target, entity = scene.target(world), scene.subject.brief.entity(rule.child)
        if others and target is not None and entity is not None and rule.attribute is not None:
            own = scene.add(world, child)  # one of this row, in a state in which it doesn't count
            own.values[link.columns[0]] = target.values.get(parent.key[0] if parent.key else "id")
            put(scene, own, entity, rule.attribute, others[0])


def _set_counted(scene: Scene, row: RowOf, rule: Restrict) -> list[object]:
    """Let a child be in the state in which it counts; returns the states in which it does not."""
    if rule.attribute is None or rule.value is None:
        return []
    child = scene.subject.brief.entity(rule.child)
    return set_state(scene, row, child, rule.attribute, rule.value)


def _with_child(
    scene: Scene, world: World, rule: Restrict | Deletion
) -> tuple[World, RowOf] | None:
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
    return made, row


def _link(scene: Scene, child: Table, parent: Table) -> ForeignKey | None:
    links = [link for link in child.foreign_keys if link.target == parent.name]
    return links[0] if links else None


def _child_there(scene: Scene, world: World, rule: Restrict) -> Sequence[Breach]:
    made = _with_child(scene, world, rule)
    if made is None:
        return ()
    _set_counted(scene, made[1], rule)
    return (Breach(made[0], f"there is a {rule.child} of it"),)


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
        world.tables = made[0].tables


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


def _keep_filled(scene: Scene, world: World, rule: Filled) -> None:
    _child_of(scene, world, rule)


def _child_of(scene: Scene, world: World, rule: Filled) -> RowOf | None:
    """Return a row that refers to what the relation leads to; made if there is none."""
    child, table = scene.subject.brief.entity(rule.child), scene.subject.tables.get(rule.child)
    column = _to_same(scene, rule)
    key = _key_of(scene, world, rule)
    if child is None or table is None or column is None:
        return None
    rows = world.tables.setdefault(table.name, [])
    row = next((r for r in rows if same(typical(r.values.get(column)), key)), None)
    if row is None:
        row = scene.add(world, table)
        row.values[column] = key
    if rule.attribute is not None and rule.value is not None:
        set_state(scene, row, child, rule.attribute, rule.value)
    return row


def _to_same(scene: Scene, rule: Filled) -> str | None:
    """Return the column of the child that leads where the relation does."""
    entity, child = scene.subject.brief.entity(rule.entity), scene.subject.brief.entity(rule.child)
    relation = entity.relation(rule.relation) if entity is not None else None
    links = child.relations if child is not None else ()
    found = [each for each in links if relation is not None and each.target == relation.target]
    column = scene.subject.column(child, found[0].name) if child is not None and found else None
    return column.name if column is not None else None


def _key_of(scene: Scene, world: World, rule: Filled) -> object:
    entity = scene.subject.brief.entity(rule.entity)
    column = scene.subject.column(entity, rule.relation) if entity is not None else None
    if entity is None or column is None:
        return None
    return typical(asked_for(scene, world, entity, rule.relation, column.name))


def _empty(scene: Scene, world: World, rule: Filled) -> Sequence[Breach]:
    """Leave rows of something else, and rows of another value."""
    made = world.copy()
    child = scene.subject.brief.entity(rule.child)
    row, column = _child_of(scene, made, rule), _to_same(scene, rule)
    if row is None or column is None or child is None:
        return ()
    key = row.values[column]
    for each in made.tables[row.table]:
        if same(typical(each.values.get(column)), typical(key)):
            each.values[column] = "another-row"
    found = [Breach(made, f"it has no {rule.child}")]
    if rule.attribute is not None and rule.value is not None:
        others = set_state(scene, row.copy(), child, rule.attribute, rule.value)
        for value in others[:1]:
            other = world.copy()
            for each in other.tables[row.table]:
                put(scene, each, child, rule.attribute, value)
            found.append(Breach(other, f"no {rule.child} is {rule.value}"))
    return found


def _child_known(scene: Scene, rule: Filled) -> str | None:
    if scene.subject.tables.get(rule.child) is None or _to_same(scene, rule) is None:
        return f"there is no table for {rule.child} that refers to the {rule.relation}"
    return None


FILLED = Worlds(Filled, _keep_filled, _empty, ready=_child_known)
RESTRICT = Worlds(Restrict, _keep_childless, _child_there, ready=_children_known)
DELETION = Worlds(
    Deletion,
    _add_child,
    no_breach,
    _wrongly_left,
    _children_known,
    links=_as_it_should,
)
