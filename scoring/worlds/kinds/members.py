"""Who belongs."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Entity, Membership
from scoring.project.facts import Table
from scoring.worlds.facts import RowOf, World
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import put, said, set_state
from scoring.worlds.scene import CALLER, OTHER, Scene


def _keep_member(scene: Scene, world: World, rule: Membership) -> None:
    _member_row(scene, world, rule)


def _member_row(scene: Scene, world: World, rule: Membership) -> RowOf | None:
    """Give the caller a row of the table that membership is kept in."""
    through, table = (
        scene.subject.brief.entity(rule.through),
        scene.subject.tables.get(rule.through),
    )
    if through is None or table is None:
        return None
    person = _person(scene, through, table)
    if person is None:
        return None
    for row in world.tables.get(table.name, ()):
        if row.values.get(person) == CALLER and row is not scene.target(world):
            break
    else:
        row = scene.add(world, table)
        row.values[person] = CALLER
        rows = world.tables[table.name]
        if scene.table is table and not scene.creates:
            rows.sort(key=lambda each: each is row)
        if scene.table is table and len(rows) > 1 and rows[0].values.get(person) == CALLER:
            rows[0].values[person] = OTHER
    if rule.attribute is not None and rule.value is not None:
        set_state(scene, row, through, rule.attribute, rule.value)
    return row


def _person(scene: Scene, through: Entity, table: Table) -> str | None:
    """Return the column of a membership that names the account."""
    owners = scene.subject.owner_columns(through)
    relation = through.relation(through.owner) if through.owner else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    if owners and target is not None and target.account:
        return owners[0]
    accounts = {
        found.name
        for entity in scene.subject.brief.entities
        if entity.account and (found := scene.subject.tables.get(entity.name)) is not None
    }
    link = next((k for k in table.foreign_keys if k.target in accounts), None)
    return link.columns[0] if link is not None else None


def _no_member(scene: Scene, world: World, rule: Membership) -> Sequence[Breach]:
    through, table = (
        scene.subject.brief.entity(rule.through),
        scene.subject.tables.get(rule.through),
    )
    if through is None or table is None:
        return ()
    person = _person(scene, through, table)
    if person is None:
        return ()
    made = world.copy()
    row = _member_row(scene, made, rule)
    if row is None:
        return ()
    elsewhere = _elsewhere(scene, made, row, table, person)
    found = [Breach(made, f"the caller has no {rule.through} there")]
    if not elsewhere:
        made.tables[table.name] = [r for r in made.tables[table.name] if r is not row]
    other = scene.add(made, table)
    other.values[person] = OTHER
    if rule.attribute is not None and rule.value is not None:
        set_state(scene, other, through, rule.attribute, rule.value)
        lower = world.copy()
        mine = _member_row(scene, lower, rule)
        if mine is not None:
            for value in set_state(scene, mine, through, rule.attribute, rule.value):
                weak = lower.copy()
                held = weak.tables[table.name][lower.tables[table.name].index(mine)]
                put(scene, held, through, rule.attribute, value)
                found.append(Breach(weak, f"the caller's {rule.attribute} is {said(value)}"))
    return found


def _elsewhere(scene: Scene, world: World, row: RowOf, table: Table, person: str) -> bool:
    """Move a membership to another place of the same kind; False if it has no place."""
    for link in table.foreign_keys:
        place = scene.named_table(link.target)
        if place is None or person in link.columns or place is table:
            continue
        entity = scene.entities.get(place.name)
        if entity is not None and entity.account:
            continue
        other = scene.add(world, place)
        for own, column in zip(place.key, link.columns, strict=False):
            row.values[column] = other.values.get(own)
        return True
    return False


def _through_known(scene: Scene, rule: Membership) -> str | None:
    if scene.subject.tables.get(rule.through) is None:
        return f"there is no table for {rule.through}"
    return None


MEMBERSHIP = Worlds(Membership, _keep_member, _no_member, ready=_through_known)
