"""What an operation changes beside its own row."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.brief import Effect, Entity
from scoring.project.facts import Table
from scoring.symbolic.terms import UNDEFINED, Unknown
from scoring.worlds.facts import Open, RowOf, World, typical
from scoring.worlds.javascript import same
from scoring.worlds.judging import Worlds
from scoring.worlds.kinds.marks import mark, mark_of
from scoring.worlds.kinds.rows import THIRD, asked_for, no_breach, related_row, said
from scoring.worlds.kinds.worth import Spoken, fits, settle, spoken, worth
from scoring.worlds.play import Change, Outcome
from scoring.worlds.scene import Scene, differing


def _ready_rows(scene: Scene, world: World, rule: Effect) -> None:
    """Let there be a row that the effect can change, and rows that it must leave alone."""
    entity, table = scene.subject.brief.entity(rule.writes), scene.subject.tables.get(rule.writes)
    if entity is None or table is None:
        return
    row = None if rule.change == "insert" else _affected(scene, world, rule)
    for word in _words(scene, rule):
        settle(scene, world, rule, word, row)
    if row is None:
        return
    if rule.change == "restore":
        mark(scene, row, deleted=True)
    for name in rule.where:
        _other_row(scene, world, entity, table, row, name)
    if not rule.where and _relation(scene, rule) is not None and table is not scene.table:
        scene.distinguish(world, scene.add(world, table))


def _other_row(
    scene: Scene, world: World, entity: Entity, table: Table, row: RowOf, name: str
) -> None:
    """Add a row that differs in one of the things by which the effect finds its rows."""
    column = scene.subject.column(entity, name)
    if column is None:
        return
    other = scene.add(world, table)
    kept = {k.columns[0] for k in table.foreign_keys if k.columns}
    kept |= {c.name for n in entity.attributes if (c := scene.subject.column(entity, n.name))}
    other.values |= {key: value for key, value in row.values.items() if key in kept}
    relation, attribute = entity.relation(name), entity.attribute(name)
    if relation is not None:
        target = scene.subject.brief.entity(relation.target)
        place = scene.subject.tables.get(relation.target)
        if target is not None and place is not None:
            key = place.key[0] if place.key else "id"
            made = THIRD if target.account else scene.add(world, place).values.get(key)
            other.values[column.name] = made
    elif attribute is not None:
        other.values[column.name] = differing(column, attribute, str(row.values[column.name]))[0]


def _affected(scene: Scene, world: World, rule: Effect) -> RowOf | None:
    """Return the row that the effect should change; made if there is none."""
    entity, table = scene.subject.brief.entity(rule.writes), scene.subject.tables.get(rule.writes)
    if entity is None or table is None:
        return None
    if rule.where:
        wanted = _wanted(scene, world, rule, entity)
        for row in world.tables.get(table.name, ()):
            if all(fits(row.values.get(name), value) for name, value in wanted.items()):
                return row
        made = scene.add(world, table)
        made.values |= wanted
        return made
    if rule.writes == scene.required.entity:
        return scene.target(world)
    relation = _relation(scene, rule)
    if relation is None:
        return scene.row(world, table)
    return _named_account(scene, world, rule, relation) or related_row(
        scene, world, rule.entity, relation
    )


def _named_account(scene: Scene, world: World, rule: Effect, relation: str) -> RowOf | None:
    """Return the account that the request names, if what is changed is an account."""
    entity, target = (
        scene.subject.brief.entity(rule.entity),
        scene.subject.brief.entity(rule.writes),
    )
    column = scene.subject.column(entity, relation) if entity is not None else None
    table = scene.subject.tables.get(rule.writes)
    if entity is None or target is None or column is None or table is None or not target.account:
        return None
    row = scene.target(world)
    asked = asked_for(scene, world, entity, relation, column.name)
    key = row.values.get(column.name) if row is not None else asked
    rows = world.tables.get(table.name, ())
    return next((r for r in rows if same(r.values.get(table.key[0]), typical(key))), None)


def _relation(scene: Scene, rule: Effect) -> str | None:
    """Return the relation that leads to the row that is changed."""
    entity = scene.subject.brief.entity(rule.entity)
    relations = entity.relations if entity is not None else ()
    found = [relation.name for relation in relations if relation.target == rule.writes]
    return found[0] if len(found) == 1 else None


def _wanted(scene: Scene, world: World, rule: Effect, entity: Entity) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, text in rule.where.items():
        word = spoken(scene, entity, name, text)
        value = worth(scene, world, world, rule, word, None) if word is not None else UNDEFINED
        if word is not None and value is not UNDEFINED:
            found[word.column.name] = typical(value)
    return found


def _words(scene: Scene, rule: Effect) -> Iterator[Spoken]:
    """Yield what is said of the attributes of the changed row."""
    entity = scene.subject.brief.entity(rule.writes)
    said_of = dict(rule.sets)
    if rule.attribute is not None and rule.value is not None:
        said_of = {rule.attribute: rule.value, **said_of}
    for name, text in said_of.items() if entity is not None else ():
        word = spoken(scene, entity, name, text) if entity is not None else None
        if word is not None:
            yield word


def _without_effect(
    scene: Scene, rule: Effect, before: World, outcome: Outcome
) -> str | Unknown | None:
    entity, table = scene.subject.brief.entity(rule.writes), scene.subject.tables.get(rule.writes)
    if entity is None or table is None:
        return f"there is no table for {rule.writes}"
    for name in filter(None, (rule.attribute, *rule.sets)):
        if spoken(scene, entity, name, "") is None:
            return f"there is no column for {name}"
    column = scene.subject.column(entity, rule.attribute) if rule.attribute is not None else None
    changes = [c for c in outcome.changes if c.table == table.name]
    name = column.name if column is not None else None
    done = [change for change in changes if _is_done(change, rule, name)]
    where = f".{name}" if name is not None else ""
    if not done:
        return f"no {rule.change} of {table.name}{where}"
    if rule.change == "insert":
        wrong = [_wrongly(scene, rule, before, outcome, None, change.after) for change in done]
        return None if None in wrong else wrong[0]
    row, key = _affected(scene, before.copy(), rule), table.key[0] if table.key else "id"
    mine = [c for c in done if row is not None and _is_row(c, row, key)]
    known = bool(rule.where) or _relation(scene, rule) is not None
    if known and not mine:
        return f"the {rule.change} of {table.name}{where} is of another row"
    if known and rule.writes != scene.required.entity and len(mine) < len(done):
        return f"the {rule.change} of {table.name}{where} is of other rows, too"
    last = mine[-1] if mine else done[-1]
    return _wrongly(scene, rule, before, outcome, last.before if not mine else row, last.after)


def _is_row(change: Change, row: RowOf, key: str) -> bool:
    held = change.before.values.get(key) if change.before is not None else None
    return same(typical(held), typical(row.values.get(key)))


def _is_done(change: Change, rule: Effect, name: str | None) -> bool:
    match rule.change:
        case "insert":
            return change.before is None and change.after is not None
        case "delete":
            return change.after is None or _is_marked(change.before, change.after, gone=True)
        case "restore":
            return change.after is not None and _is_marked(change.before, change.after, gone=False)
        case _:
            if change.before is None or change.after is None:
                return False
            return name is None or not same(
                _key(change.before.values.get(name)), _key(change.after.values.get(name))
            )


def _wrongly(
    scene: Scene,
    rule: Effect,
    before: World,
    outcome: Outcome,
    old: RowOf | None,
    made: RowOf | None,
) -> str | Unknown | None:
    """Return what the changed row should hold and doesn't, or code that could not be followed."""
    for word in _words(scene, rule):
        wanted = worth(scene, before, outcome.world, rule, word, old)
        held = made.values.get(word.column.name) if made is not None else None
        if isinstance(held, Open) and held.opaque is not None and wanted is not UNDEFINED:
            return held.opaque
        if not fits(held, wanted):
            return f"{word.column.name} of {rule.writes} is {said(held)}, not {said(wanted)}"
    return None


def _key(value: object) -> object:
    return str(value.key) if isinstance(value, Open) else value


def _is_marked(before: RowOf | None, after: RowOf, gone: bool) -> bool:
    return before is not None and any(
        "delet" in name.lower()
        and bool(typical(before.values.get(name))) != gone
        and bool(typical(value)) == gone
        for name, value in after.values.items()
    )


def _marked_if_need_be(scene: Scene, rule: Effect) -> str | None:
    table = scene.subject.tables.get(rule.writes)
    if rule.change == "restore" and (table is None or mark_of(table) is None):
        return f"no column of {rule.writes} says that a row is deleted"
    return None


EFFECT = Worlds(Effect, _ready_rows, no_breach, _without_effect, _marked_if_need_be)
