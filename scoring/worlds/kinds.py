"""Worlds for each kind of rule: how it is kept, and the ways in which it is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from scoring.brief import (
    Default,
    Deletion,
    Effect,
    Entity,
    Membership,
    Ownership,
    Quota,
    Reference,
    Restrict,
    RuleRecord,
    State,
    Stranger,
    Transition,
    Uniqueness,
    Visibility,
    Window,
)
from scoring.matching import find_property
from scoring.project.facts import ForeignKey, Table
from scoring.rules.calls import member_names
from scoring.symbolic.terms import UNDEFINED
from scoring.words import named, squeeze
from scoring.worlds.facts import NOW, Caller, Open, RowOf, World, typical
from scoring.worlds.javascript import missing, same
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.play import Outcome
from scoring.worlds.scene import CALLER, OTHER, Scene, differing, fitting

THIRD = "a-third-account"
_OWN_MAX = 5
"""Owners of owners that are followed."""


# Whose row it is


def _owned(
    scene: Scene, world: World, row: RowOf, entity: Entity, who: str, depth: int = 0
) -> bool:
    """Make a row belong to somebody, by what it belongs to if need be; False if nothing says so."""
    subject = scene.subject
    columns = subject.owner_columns(entity)
    if entity.account:
        return True
    relation = entity.relation(entity.owner) if entity.owner else None
    target = subject.brief.entity(relation.target) if relation is not None else None
    if not columns or target is None or depth > _OWN_MAX:
        return False
    if target.account:
        row.values[columns[0]] = who
        return True
    table = subject.tables.get(target.name)
    parent = _parent(scene, world, row, columns, table)
    return parent is not None and _owned(scene, world, parent, target, who, depth + 1)


def _parent(
    scene: Scene, world: World, row: RowOf, columns: tuple[str, ...], table: Table | None
) -> RowOf | None:
    if table is None or not columns:
        return None
    key = table.key[0] if table.key else "id"
    for candidate in world.tables.get(table.name, ()):
        if same(typical(candidate.values.get(key)), typical(row.values.get(columns[0]))):
            return candidate
    return None


def _subject_row(scene: Scene, world: World, entity_name: str) -> RowOf | None:
    """Return the row that a rule about an entity is about."""
    table = scene.subject.tables.get(entity_name)
    if table is None:
        return None
    if table is scene.table and scene.creates:
        return None
    return scene.row(world, table)


def _keep_owned(scene: Scene, world: World, rule: Ownership) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    row = _subject_row(scene, world, rule.entity)
    if row is None or entity is None:
        return
    _owned(scene, world, row, entity, CALLER)
    account = _account_of(scene, entity)
    for actor in scene.required.actors if account is not None else ():
        if account is not None and named(actor, account.names):
            world.caller = Caller(world.caller.key, actor)


def _account_of(scene: Scene, entity: Entity, depth: int = 0) -> Entity | None:
    """Return the kind of account that a thing belongs to."""
    if entity.account:
        return entity
    relation = entity.relation(entity.owner) if entity.owner else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    if target is None or depth > _OWN_MAX:
        return None
    return _account_of(scene, target, depth + 1)


def _foreign(scene: Scene, world: World, rule: Ownership) -> Sequence[Breach]:
    entity = scene.subject.brief.entity(rule.entity)
    made = world.copy()
    row = _subject_row(scene, made, rule.entity)
    if entity is None or row is None:
        return ()
    if entity.account:
        if not made.path:
            return ()
        for name in list(made.path):
            made.path[name] = OTHER
        table = scene.subject.tables[entity.name]
        rows = made.tables[table.name]
        rows.sort(key=lambda each: each.values.get(table.key[0]) == CALLER)
        return (Breach(made, "the account is somebody else's"),)
    _disown(scene, made, entity if _by_account(scene, entity) else None)
    if _by_account(scene, entity) and scene.table is not None and row.table == scene.table.name:
        _owned(scene, made, scene.add(made, scene.table), entity, CALLER)
    _owned(scene, made, row, entity, OTHER)
    return (Breach(made, "the row is somebody else's"),)


def _disown(scene: Scene, world: World, entity: Entity | None) -> None:
    """Let rows be somebody else's; of the entity's kind of account only if there is no entity."""
    account = _account_of(scene, entity) if entity is not None else None
    kept = scene.subject.tables.get(account.name) if account is not None else None
    for row in world.rows():
        table = scene.named_table(row.table)
        for link in table.foreign_keys if table is not None else ():
            column = link.columns[0] if link.columns else ""
            value = row.values.get(column)
            is_other = kept is None or link.target != kept.name
            if is_other and isinstance(value, Open) and value.typical == CALLER:
                row.values[column] = OTHER


def _by_account(scene: Scene, entity: Entity) -> bool:
    relation = entity.relation(entity.owner) if entity.owner else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    return target is not None and target.account


def _owner_known(scene: Scene, rule: Ownership) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None or not scene.subject.owner_columns(entity):
        return "there is no column that says whose row it is"
    return None


# Rows that a request names


def _related_row(scene: Scene, world: World, entity_name: str, name: str) -> RowOf | None:
    """Return the row that a relation of the row in question leads to."""
    entity = scene.subject.brief.entity(entity_name)
    relation = entity.relation(name) if entity is not None else None
    table = scene.subject.tables.get(relation.target) if relation is not None else None
    if entity is None or relation is None or table is None:
        return None
    row = _subject_row(scene, world, entity_name)
    if row is not None and not _takes(scene, name):
        found = _parent(scene, world, row, scene.subject.foreign_key(entity, relation), table)
        if found is not None:
            return found
    return scene.row(world, table)


def _takes(scene: Scene, relation: str) -> bool:
    """Whether the body names the related row."""
    entity = scene.entity
    shape = scene.subject.shape(scene.operation.body)
    if entity is None or shape is None:
        return False
    return find_property(shape, member_names(entity, relation)) is not None


def _relation_known(scene: Scene, rule: Reference | Stranger | State) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    if relation is None or scene.subject.tables.get(relation.target) is None:
        return f"there is no table for {rule.relation}"
    return None


def _belong(scene: Scene, world: World, rule: Reference | Stranger, who: str) -> bool:
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    row = _related_row(scene, world, rule.entity, rule.relation)
    if row is None or target is None:
        return False
    if target.account:
        return _name_account(scene, world, rule, who)
    table = scene.named_table(row.table)
    for link in table.foreign_keys if table is not None else ():
        account = scene.entities.get(link.target)
        if account is not None and account.account and named(world.caller.kind, account.names):
            row.values[link.columns[0]] = who
            return True
    return _owned(scene, world, row, target, who)


def _name_account(scene: Scene, world: World, rule: Reference | Stranger, who: str) -> bool:
    """Let the request, or the row that it names, refer to an account."""
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    if entity is None or relation is None:
        return False
    names = member_names(entity, rule.relation)
    for name in world.body:
        if named(name, names):
            world.body[name] = who
            return True
    row = _subject_row(scene, world, rule.entity)
    columns = scene.subject.foreign_key(entity, relation)
    if row is not None and columns:
        row.values[columns[0]] = who
        return True
    return False


def _keep_own(scene: Scene, world: World, rule: Reference) -> None:
    _belong(scene, world, rule, CALLER)


def _not_own(scene: Scene, world: World, rule: Reference) -> Sequence[Breach]:
    made = world.copy()
    if not _belong(scene, made, rule, OTHER):
        return ()
    return (Breach(made, f"the {rule.relation} is somebody else's"),)


def _keep_strange(scene: Scene, world: World, rule: Stranger) -> None:
    _belong(scene, world, rule, OTHER)


def _not_strange(scene: Scene, world: World, rule: Stranger) -> Sequence[Breach]:
    made = world.copy()
    if not _belong(scene, made, rule, CALLER):
        return ()
    return (Breach(made, f"the {rule.relation} is the caller's own"),)


# States


def _set_state(
    scene: Scene, row: RowOf | None, entity: Entity | None, attribute: str, value: str
) -> list[object]:
    """Set an attribute to a brief's word; returns what else it could be."""
    if row is None or entity is None:
        return []
    column, known = scene.subject.column(entity, attribute), entity.attribute(attribute)
    if column is None or known is None:
        return []
    row.values[column.name] = fitting(column, known, value)
    return differing(column, known, value)


def _put(scene: Scene, row: RowOf, entity: Entity, attribute: str, value: object) -> None:
    column = scene.subject.column(entity, attribute)
    if column is not None:
        row.values[column.name] = value


def _attribute_known(scene: Scene, rule: Transition | Visibility | Default) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None or scene.subject.column(entity, rule.attribute) is None:
        return f"there is no column for {rule.attribute}"
    return None


def _keep_source(scene: Scene, world: World, rule: Transition) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    row = _subject_row(scene, world, rule.entity)
    _set_state(scene, row, entity, rule.attribute, rule.source)
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
    others = _set_state(
        scene, _subject_row(scene, world.copy(), rule.entity), entity, rule.attribute, rule.source
    )
    for other in others:
        made = world.copy()
        row = _subject_row(scene, made, rule.entity)
        if row is not None and entity is not None:
            _put(scene, row, entity, rule.attribute, other)
            found.append(Breach(made, f"{rule.attribute} is {_said(other)}, not {rule.source}"))
    return found


def _not_moved(scene: Scene, rule: Transition, before: World, outcome: Outcome) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    known = entity.attribute(rule.attribute) if entity is not None else None
    row = _subject_row(scene, outcome.world, rule.entity)
    if column is None or known is None or row is None:
        return None
    held = typical(row.values.get(column.name))
    wanted = fitting(column, known, rule.target)
    if column.type == "DateTime":
        return None if missing(held) == missing(wanted) else f"{column.name} is not set"
    if same(held, wanted):
        return None
    return f"{column.name} is {_said(held)} afterwards, not {rule.target}"


def _keep_state(scene: Scene, world: World, rule: State) -> None:
    _set_related(scene, world, rule, rule.value)


def _set_related(scene: Scene, world: World, rule: State, value: str) -> list[object]:
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    row = _related_row(scene, world, rule.entity, rule.relation)
    return _set_state(scene, row, target, rule.attribute, value)


def _other_states(scene: Scene, world: World, rule: State) -> Sequence[Breach]:
    entity = scene.subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    found: list[Breach] = []
    for other in _set_related(scene, world.copy(), rule, rule.value):
        made = world.copy()
        row = _related_row(scene, made, rule.entity, rule.relation)
        if row is not None and target is not None:
            _put(scene, row, target, rule.attribute, other)
            how = f"{rule.attribute} of the {rule.relation} is {_said(other)}, not {rule.value}"
            found.append(Breach(made, how))
    return found


def _said(value: object) -> str:
    held = typical(value)
    return "empty" if missing(held) else str(held)


# Values


def _keep_unique(scene: Scene, world: World, rule: Uniqueness) -> None:
    """Let there be a row with other values, and for owners one of somebody else's with the same."""
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is None or table is None or (entity.account and not scene.creates):
        return
    other = scene.add(world, table)
    _differ(scene, world, rule, other, entity)
    if rule.scope == "owner":
        _owned(scene, world, other, entity, CALLER)
        if _by_account(scene, entity):
            same_value = scene.add(world, table)
            for name in rule.attributes:
                column = scene.subject.column(entity, name)
                if column is not None:
                    given = _asked_for(scene, world, entity, name, column.name)
                    same_value.values[column.name] = given
            _owned(scene, world, same_value, entity, OTHER)


def _differ(scene: Scene, world: World, rule: Uniqueness, row: RowOf, entity: Entity) -> None:
    """Let a row differ from the request in one of the values that are unique together."""
    if any(entity.relation(name) is None for name in rule.attributes):
        return  # texts and numbers of a new row are its own
    relation = entity.relation(rule.attributes[0])
    for name in rule.attributes:
        each = entity.relation(name)
        target = scene.subject.brief.entity(each.target) if each is not None else None
        if target is not None and target.account:
            relation = each
    column = scene.subject.column(entity, relation.name) if relation is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    table = scene.subject.tables.get(target.name) if target is not None else None
    if column is None or target is None or table is None:
        return
    if target.account:
        asked = _asked_for(scene, world, entity, relation.name if relation else "", column.name)
        row.values[column.name] = THIRD if typical(asked) == OTHER else OTHER
    else:
        row.values[column.name] = scene.add(world, table).values.get(table.key[0])


def _taken(scene: Scene, world: World, rule: Uniqueness) -> Sequence[Breach]:
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is None or table is None:
        return ()
    made = world.copy()
    row = scene.add(made, table)
    for name in rule.attributes:
        column = scene.subject.column(entity, name)
        if column is None:
            return ()
        row.values[column.name] = _asked_for(scene, made, entity, name, column.name)
    if rule.scope == "owner":
        _owned(scene, made, row, entity, CALLER)
    rows = made.tables[table.name]
    if not scene.creates and scene.table is table:
        rows.sort(key=lambda each: each is row)
    return (Breach(made, f"{' and '.join(rule.attributes)} is taken"),)


def _asked_for(scene: Scene, world: World, entity: Entity, attribute: str, column: str) -> object:
    """Return what the request gives for an attribute: in its body or path, or as the caller."""
    names = (*member_names(entity, attribute), column)
    for given in (world.body, world.path):
        for name, value in given.items():
            if named(name, names) or squeeze(name) == squeeze(column):
                return value
    relation = entity.relation(attribute)
    target = scene.subject.brief.entity(relation.target) if relation is not None else None
    if target is not None and target.account:
        return CALLER
    if target is not None and (table := scene.subject.tables.get(target.name)) is not None:
        return scene.row(world, table).values.get(table.key[0] if table.key else "id")
    row = scene.target(world)
    return row.values.get(column) if row is not None else Open(("asked", attribute), attribute)


def _columns_known(scene: Scene, rule: Uniqueness) -> str | None:
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None or any(scene.subject.column(entity, n) is None for n in rule.attributes):
        return "there is no such column"
    return None


def _leave_out(scene: Scene, world: World, rule: Default) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    for name in list(world.body):
        if named(name, member_names(entity, rule.attribute)):
            world.body[name] = _schema_default(scene, name)


def _schema_default(scene: Scene, name: str) -> object:
    shape = scene.subject.shape(scene.operation.body)
    member = shape.property(name) if shape is not None else None
    if member is None or member.default is None:
        return UNDEFINED
    bare = member.default.strip("\"'`")
    if bare in ("true", "false"):
        return bare == "true"
    return int(bare) if bare.lstrip("-").isdecimal() else bare


def _no_breach(scene: Scene, world: World, rule: RuleRecord) -> Sequence[Breach]:
    return ()


def _not_given(scene: Scene, rule: Default, before: World, outcome: Outcome) -> str | None:
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    known = entity.attribute(rule.attribute) if entity is not None else None
    if column is None or known is None or table is None:
        return None
    made = [c.after for c in outcome.changes if c.before is None and c.table == table.name]
    if not made or made[0] is None:
        return f"no row of {table.name} is made"
    held = typical(made[0].values.get(column.name))
    wanted = fitting(column, known, rule.value)
    if same(held, wanted) or (missing(held) and missing(wanted)):
        return None
    if column.type == "DateTime" and not missing(held) and not missing(wanted):
        return None
    return f"{column.name} starts as {_said(held)}, not {rule.value}"


def _one_less(scene: Scene, world: World, rule: Quota) -> None:
    _fill(scene, world, rule, rule.maximum - 1)
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is not None and table is not None and _by_account(scene, entity):
        for _ in range(2):  # rows of somebody else, which don't count
            _owned(scene, world, scene.add(world, table), entity, OTHER)


def _fill(scene: Scene, world: World, rule: Quota, number: int) -> None:
    entity, table = scene.subject.brief.entity(rule.entity), scene.subject.tables.get(rule.entity)
    if entity is None or table is None:
        return
    have = sum(
        not any(value == OTHER for value in row.values.values())
        for row in world.tables.setdefault(table.name, [])
    )
    for _ in range(number - have):
        _owned(scene, world, scene.add(world, table), entity, CALLER)


def _full(scene: Scene, world: World, rule: Quota) -> Sequence[Breach]:
    made = world.copy()
    _fill(scene, made, rule, rule.maximum)
    return (Breach(made, f"there are {rule.maximum} already"),)


# Rows beside


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
        _set_state(scene, row, through, rule.attribute, rule.value)
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
        _set_state(scene, other, through, rule.attribute, rule.value)
        lower = world.copy()
        mine = _member_row(scene, lower, rule)
        if mine is not None:
            for value in _set_state(scene, mine, through, rule.attribute, rule.value):
                weak = lower.copy()
                held = weak.tables[table.name][lower.tables[table.name].index(mine)]
                _put(scene, held, through, rule.attribute, value)
                found.append(Breach(weak, f"the caller's {rule.attribute} is {_said(value)}"))
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


def _ready_rows(scene: Scene, world: World, rule: Effect) -> None:
    """Let there be a row that the effect can change."""
    table = scene.subject.tables.get(rule.writes)
    if table is None or rule.change == "insert":
        return
    if not (table is scene.table and scene.creates):
        scene.row(world, table)


def _without_effect(scene: Scene, rule: Effect, before: World, outcome: Outcome) -> str | None:
    entity, table = scene.subject.brief.entity(rule.writes), scene.subject.tables.get(rule.writes)
    if entity is None or table is None:
        return f"there is no table for {rule.writes}"
    changes = [c for c in outcome.changes if c.table == table.name]
    column = scene.subject.column(entity, rule.attribute) if rule.attribute is not None else None
    if rule.attribute is not None and column is None:
        return f"there is no column for {rule.attribute}"
    for change in changes:
        match rule.change:
            case "insert":
                if change.before is None and change.after is not None:
                    return None
            case "delete":
                if change.after is None or _marked(change.before, change.after):
                    return None
            case _:
                if change.before is None or change.after is None:
                    continue
                if column is None or not same(
                    _key(change.before.values.get(column.name)),
                    _key(change.after.values.get(column.name)),
                ):
                    return None
    where = f".{column.name}" if column is not None else ""
    return f"no {rule.change} of {table.name}{where}"


def _key(value: object) -> object:
    return str(value.key) if isinstance(value, Open) else value


def _marked(before: RowOf | None, after: RowOf) -> bool:
    return before is not None and any(
        "delet" in name.lower()
        and missing(typical(before.values.get(name))) != missing(typical(value))
        for name, value in after.values.items()
    )


# Who sees what, and when


def _keep_shown(scene: Scene, world: World, rule: Visibility) -> None:
    entity = scene.subject.brief.entity(rule.entity)
    row = _subject_row(scene, world, rule.entity)
    column = scene.subject.column(entity, rule.attribute) if entity is not None else None
    known = entity.attribute(rule.attribute) if entity is not None else None
    if row is not None and column is not None and known is not None:
        row.values[column.name] = differing(column, known, rule.hidden)[0]


def _hidden(scene: Scene, world: World, rule: Visibility) -> Sequence[Breach]:
    entity = scene.subject.brief.entity(rule.entity)
    made = world.copy()
    row = _subject_row(scene, made, rule.entity)
    if row is None or entity is None:
        return ()
    _set_state(scene, row, entity, rule.attribute, rule.hidden)
    _owned(scene, made, row, entity, OTHER)
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
    _set_state(scene, _subject_row(scene, made, rule.entity), entity, rule.attribute, rule.hidden)
    made.caller = Caller(made.caller.key, rule.actors[0])
    how = f"{rule.attribute} is {rule.hidden} and a {rule.actors[0]} looks"
    return (Breach(made, how),)


def _past(scene: Scene, world: World, rule: Window) -> None:
    _set_time(scene, world, rule, within=True)


def _set_time(scene: Scene, world: World, rule: Window, within: bool) -> bool:
    """Put the time of a rule just inside or just outside its number of days."""
    entity = scene.subject.brief.entity(rule.entity)
    attribute = entity.attribute(rule.attribute) if entity is not None else None
    names = attribute.names if attribute is not None else (rule.attribute,)
    away = timedelta(days=rule.days) + timedelta(hours=-1 if within else 1)
    now = datetime.fromisoformat(NOW)
    for name, value in world.body.items():
        if named(name, names):
            world.body[name] = _like(typical(value), now + away)
            return True
    row = _subject_row(scene, world, rule.entity)
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


def _lies_back(held: object) -> bool:
    return isinstance(held, str) and held < NOW


def _like(held: object, moment: datetime) -> str:
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return text[: len("2026-03-14")] if isinstance(held, str) and len(held) == 10 else text


def _too_late(scene: Scene, world: World, rule: Window) -> Sequence[Breach]:
    made = world.copy()
    if not _set_time(scene, made, rule, within=False):
        return ()
    return (Breach(made, f"{rule.attribute} is more than {rule.days} days away"),)


KINDS: Mapping[type[RuleRecord], Worlds[Any]] = {
    kind.rule: kind
    for kind in (
        Worlds(Ownership, _keep_owned, _foreign, ready=_owner_known),
        Worlds(Reference, _keep_own, _not_own, ready=_relation_known),
        Worlds(Stranger, _keep_strange, _not_strange, ready=_relation_known),
        Worlds(Transition, _keep_source, _other_sources, _not_moved, _attribute_known),
        Worlds(State, _keep_state, _other_states, ready=_relation_known),
        Worlds(Uniqueness, _keep_unique, _taken, ready=_columns_known),
        Worlds(Default, _leave_out, _no_breach, _not_given, _attribute_known),
        Worlds(Quota, _one_less, _full),
        Worlds(Restrict, _keep_childless, _child_there, ready=_children_known),
        Worlds(
            Deletion,
            _add_child,
            _no_breach,
            _wrongly_left,
            _children_known,
            links=_as_it_should,
        ),
        Worlds(Membership, _keep_member, _no_member, ready=_through_known),
        Worlds(Effect, _ready_rows, _no_breach, _without_effect),
        Worlds(Visibility, _keep_shown, _hidden, ready=_attribute_known, also=_seen_anyway),
        Worlds(Window, _past, _too_late),
    )
}
