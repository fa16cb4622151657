"""Who belongs."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Bar, Entity, Membership, Shared
from scoring.project.facts import Table
from scoring.words import squeeze
from scoring.worlds.facts import Caller, RowOf, World, typical
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.places import followed
from scoring.worlds.kinds.rows import THIRD, asked_for, put, said, set_state
from scoring.worlds.scene import CALLER, HOUR_AGO, OTHER, TOMORROW, Scene


def _keep_member(scene: Scene, world: World, rule: Membership) -> None:
    _member_row(scene, world, rule)


def _member_row(scene: Scene, world: World, rule: Membership) -> RowOf | None:
    """Return the caller's row of the table that membership is kept in, made if need be."""
    through, table = (
        scene.subject.brief.entity(rule.through),
        scene.subject.tables.get(rule.through),
    )
    if through is None or table is None:
        return None
    person = _person(scene, through, table, rule.person)
    if person is None:
        return None
    who = _whom(scene, world, rule)
    for row in world.tables.get(table.name, ()):
        if row.values.get(person) == who and row is not scene.target(world):
            break
    else:
        row = scene.add(world, table)
        row.values[person] = who
        rows = world.tables[table.name]
        if scene.table is table and not scene.creates:
            rows.sort(key=lambda each: each is row)
        if scene.table is table and len(rows) > 1 and typical(rows[0].values.get(person)) == CALLER:
            rows[0].values[person] = OTHER
    if rule.attribute is not None and rule.value is not None:
        set_state(scene, row, through, rule.attribute, rule.value)
    return row


def _whom(scene: Scene, world: World, rule: Membership) -> object:
    """Return who must be a member."""
    entity = scene.subject.brief.entity(rule.entity)
    column = scene.subject.column(entity, rule.whom) if entity is not None and rule.whom else None
    if entity is None or rule.whom is None or column is None:
        return CALLER
    return typical(asked_for(scene, world, entity, rule.whom, column.name))


def _person(scene: Scene, through: Entity, table: Table, name: str | None = None) -> str | None:
    """Return the column of a membership that names the account."""
    if name is not None:
        column = scene.subject.column(through, name)
        return column.name if column is not None else None
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
    person = _person(scene, through, table, rule.person)
    if person is None:
        return ()
    made = world.copy()
    row = _member_row(scene, made, rule)
    if row is None:
        return ()
    place = scene.subject.column(through, rule.place) if rule.place is not None else None
    column = place.name if place is not None else None
    elsewhere = _elsewhere(scene, made, row, table, person, column)
    who = "the caller" if rule.whom is None else f"the {rule.whom}"
    found = [Breach(made, f"{who} has no {rule.through} there")]
    if not elsewhere:
        made.tables[table.name] = [r for r in made.tables[table.name] if r is not row]
    _add_another(scene, made, rule, through, table, person)
    if rule.attribute is not None and rule.value is not None:
        allowed = {squeeze(each) for each in rule.or_values}
        lower = world.copy()
        _add_another(scene, lower, rule, through, table, person)
        mine = _member_row(scene, lower, rule)
        if mine is not None:
            for value in set_state(scene, mine, through, rule.attribute, rule.value):
                if isinstance(value, str) and squeeze(value) in allowed:
                    continue
                weak = lower.copy()
                held = weak.tables[table.name][lower.tables[table.name].index(mine)]
                put(scene, held, through, rule.attribute, value)
                found.append(Breach(weak, f"{who}'s {rule.attribute} is {said(value)}"))
    return found


def _add_another(
    scene: Scene, world: World, rule: Membership, through: Entity, table: Table, person: str
) -> None:
    """Let somebody else be a member."""
    other = scene.add(world, table)
    other.values[person] = OTHER if rule.whom is None else THIRD
    if rule.attribute is not None and rule.value is not None:
        set_state(scene, other, through, rule.attribute, rule.value)


def _elsewhere(
    scene: Scene, world: World, row: RowOf, table: Table, person: str, column: str | None = None
) -> bool:
    """Move a membership to another place of the same kind; False if it has no place."""
    for link in table.foreign_keys:
        if column is not None and column not in link.columns:
            continue
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


def _other_members(scene: Scene, world: World, rule: Membership) -> Sequence[Breach]:
    found: list[Breach] = []
    through = scene.subject.brief.entity(rule.through)
    for value in rule.or_values:
        made = world.copy()
        row = _member_row(scene, made, rule)
        if row is not None and through is not None and rule.attribute is not None:
            set_state(scene, row, through, rule.attribute, value)
            found.append(Breach(made, f"the caller's {rule.attribute} is {value}"))
    return found


def excepted(scene: Scene, world: World, rule: Shared) -> Sequence[Breach]:
    """Return worlds like one in which a rule refuses, but with callers that it excepts."""
    found: list[Breach] = []
    for actor in rule.or_actors:
        made = world.copy()
        made.caller = Caller(made.caller.key, actor)
        found.append(Breach(made, f"a {actor} calls"))
    belongs = _alternative(rule)
    if belongs is not None:
        made = world.copy()
        _call_as(scene, made, scene.subject.brief.entity(belongs.through))
        if _member_row(scene, made, belongs) is not None:
            found.append(Breach(made, f"the caller has such a {belongs.through}"))
    if rule.or_relation is not None:
        made = world.copy()
        if relate(scene, made, rule.entity, rule.or_relation, CALLER):
            found.append(Breach(made, f"the caller is the {rule.or_relation}"))
    return found


def _call_as(scene: Scene, world: World, through: Entity | None) -> None:
    """Let somebody call who can have such a row."""
    relation = through.relation(through.owner) if through is not None and through.owner else None
    relations = through.relations if through is not None else ()
    for each in (relation, *relations):
        target = scene.subject.brief.entity(each.target) if each is not None else None
        if target is not None and target.account and target.name in scene.required.actors:
            world.caller = Caller(world.caller.key, target.name)
            return


def relate(scene: Scene, world: World, entity_name: str, path: str, who: str) -> bool:
    """Let a path lead to an account; if it is the caller's, an account of that kind calls."""
    entity = scene.subject.brief.entity(entity_name)
    before, _, last = path.rpartition(".")
    row = scene.target(world)
    if before and entity is not None:
        found = followed(scene, world, entity, before)
        entity, row = found if found is not None else (None, None)
    relation = entity.relation(last) if entity is not None else None
    column = scene.subject.column(entity, last) if entity is not None else None
    if row is None or relation is None or column is None:
        return False
    row.values[column.name] = who
    if who == CALLER and relation.target in scene.required.actors:
        world.caller = Caller(world.caller.key, relation.target)
    return True


def except_others(scene: Scene, world: World, rule: Shared) -> None:
    """Let a rule except somebody else here, and the caller elsewhere."""
    if rule.or_relation is not None:
        relate(scene, world, rule.entity, rule.or_relation, OTHER)
    belongs = _alternative(rule)
    through = scene.subject.brief.entity(belongs.through) if belongs is not None else None
    table = scene.subject.tables.get(belongs.through) if belongs is not None else None
    person = _person(scene, through, table) if through is not None and table is not None else None
    if belongs is None or through is None or table is None or person is None:
        return
    for who in (THIRD, CALLER):
        row = scene.add(world, table)
        row.values[person] = who
        if belongs.attribute is not None and belongs.value is not None:
            set_state(scene, row, through, belongs.attribute, belongs.value)
        if who == CALLER and not _elsewhere(scene, world, row, table, person):
            row.values[person] = THIRD


def _alternative(rule: Shared) -> Membership | None:
    """Return the membership that a rule excepts."""
    if rule.or_through is None:
        return None
    return Membership(
        kind="membership",
        id=rule.id,
        text=rule.text,
        operations=rule.operations,
        entity=rule.entity,
        through=rule.or_through,
        attribute=rule.or_attribute,
        value=rule.or_value,
    )


def _through_known(scene: Scene, rule: Membership | Bar) -> str | None:
    if scene.subject.tables.get(rule.through) is None:
        return f"there is no table for {rule.through}"
    return None


def _keep_free(scene: Scene, world: World, rule: Bar) -> None:
    """Let rows of the kind be somebody else's, elsewhere, over or of another value."""
    through, table = (
        scene.subject.brief.entity(rule.through),
        scene.subject.tables.get(rule.through),
    )
    column = scene.subject.column(through, rule.person) if through is not None else None
    if through is None or table is None or column is None:
        return
    rows = world.tables.setdefault(table.name, [])
    world.tables[table.name] = [r for r in rows if typical(r.values.get(column.name)) != CALLER]
    _barring(scene, world, rule, THIRD)
    moved = _barring(scene, world, rule, CALLER)
    if moved is not None and not _elsewhere(scene, world, moved, table, column.name):
        world.tables[table.name] = [r for r in world.tables[table.name] if r is not moved]
    if rule.until is not None:
        over = _barring(scene, world, rule, CALLER)
        if over is not None:
            put(scene, over, through, rule.until, HOUR_AGO)
    if rule.attribute is not None and rule.value is not None:
        weak = _barring(scene, world, rule, CALLER)
        if weak is not None:
            others = set_state(scene, weak, through, rule.attribute, rule.value)
            put(scene, weak, through, rule.attribute, others[0] if others else None)


def _barring(scene: Scene, world: World, rule: Bar, who: str) -> RowOf | None:
    """Add a row that keeps somebody from it."""
    through, table = (
        scene.subject.brief.entity(rule.through),
        scene.subject.tables.get(rule.through),
    )
    column = scene.subject.column(through, rule.person) if through is not None else None
    if through is None or table is None or column is None:
        return None
    row = scene.add(world, table)
    row.values[column.name] = who
    if rule.until is not None:
        put(scene, row, through, rule.until, TOMORROW)
    if rule.attribute is not None and rule.value is not None:
        set_state(scene, row, through, rule.attribute, rule.value)
    return row


def _barred(scene: Scene, world: World, rule: Bar) -> Sequence[Breach]:
    made = world.copy()
    if _barring(scene, made, rule, CALLER) is None:
        return ()
    return (Breach(made, f"the caller has a {rule.through} there"),)


MEMBERSHIP = Worlds(Membership, _keep_member, _no_member, ready=_through_known, also=_other_members)
BAR = Worlds(Bar, _keep_free, _barred, ready=_through_known)
