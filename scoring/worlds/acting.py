"""Whether an operation does what its action means, and nothing else, in the world it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from scoring.brief import Effect, Entity, RuleRecord
from scoring.matching import member_names
from scoring.project.facts import Property, Table
from scoring.symbolic.terms import UNDEFINED, Unknown
from scoring.words import named, squeeze, words
from scoring.worlds.absence import absences
from scoring.worlds.facts import ESSENTIAL, Point, RowOf, World, plain, typical
from scoring.worlds.javascript import missing, same
from scoring.worlds.judging import (
    Worlds,
    granting,
    is_granted,
    kept_world,
    mentions,
    shown_status,
)
from scoring.worlds.play import Change, Outcome, Played, Player
from scoring.worlds.scene import Scene

_BY_TOKEN = ("login", "refresh", "reset")
"""Actions of accounts that a password or a token finds, which no path names."""


def deeds(
    scene: Scene,
    player: Player,
    rules: Sequence[RuleRecord],
    kinds: Mapping[type[RuleRecord], Worlds[Any]],
) -> tuple[Point, ...]:
    """Play an operation in the world where it keeps all its rules, and look at what it did."""
    world = kept_world(scene, rules, kinds)
    decoy = _decoy(scene, world)
    world, played = granting(scene, player, world)
    outcome = played.outcome
    id = scene.required.id
    expected = f"{id} is granted where nothing forbids it"
    if not is_granted(scene, world, outcome):
        if scene.required.action in ("refresh", "reset"):
            return ()  # whether a token is good, its library or a table of its own says
        wrong = f"refused with {shown_status(outcome.status)}"
        return (Point(expected, wrong, outcome.opaque, ESSENTIAL),)
    if scene.required.action == "act" and not outcome.changes:
        written = player.search(world, lambda o: o.succeeded and bool(o.changes), played.choices)
        outcome = written.outcome if written.outcome.succeeded else outcome
    points = [Point(expected, None, weight=ESSENTIAL)]
    points += _written(scene, world, decoy, outcome)
    points += _shown(scene, world, outcome)
    points += _beside(scene, rules, outcome)
    if scene.required.action == "login":
        points.append(_asks_password(scene, player, world, played))
    points += absences(scene, player, world, played)
    if scene.required.action == "list":
        points += _listed(scene, player, world, played)
    return tuple(points)


def _decoy(scene: Scene, world: World) -> RowOf | None:
    """Add a row beside the one that the request names."""
    if scene.table is None or scene.creates or scene.required.action in _BY_TOKEN:
        return None
    made = scene.add(world, scene.table)
    scene.distinguish(world, made)
    return made


def _written(scene: Scene, world: World, decoy: RowOf | None, outcome: Outcome) -> Iterator[Point]:
    table, action = scene.table, scene.required.action
    if table is None or action in (*_BY_TOKEN, "list", "read"):
        return
    changes = [change for change in outcome.changes if change.table == table.name]
    expected = f"{scene.required.id} writes its row of {table.name} and no other"
    opaque = outcome.opaque
    if action in ("create", "join"):
        made = [change.after for change in changes if change.before is None]
        count = len([row for row in made if row is not None])
        yield Point(expected, None if count == 1 else f"{count} rows are made", opaque, ESSENTIAL)
        if made and made[0] is not None:
            yield from _kept_values(scene, world, made[0], opaque)
        return
    target = scene.target(world)
    key = table.key[0] if table.key else "id"
    others = [
        c
        for c in changes
        if c.before is not None
        and target is not None
        and not same(typical(c.before.values.get(key)), typical(target.values.get(key)))
    ]
    mine = [c for c in changes if c not in others and c.before is not None]
    wrong = None
    if others and decoy is not None and world.path:
        wrong = f"{len(others)} other rows are written"
    elif not mine and action in ("update", "erase"):
        wrong = "the row is not written"
    elif action == "erase" and not any(c.after is None or _is_marked(c) for c in mine):
        wrong = "the row is still there"
    elif action == "act" and not outcome.changes:
        wrong = "nothing is written"
    yield Point(expected, wrong, opaque, ESSENTIAL)
    if action == "update" and mine and mine[-1].after is not None:
        yield from _kept_values(scene, world, mine[-1].after, opaque)


def _asks_password(scene: Scene, player: Player, world: World, played: Played) -> Point:
    """Ask whether anything that could not be followed, such as a hash, decides who signs in."""
    expected = f"{scene.required.id} refuses a wrong password"
    for key, held in played.choices.items():
        other = player.play(world, {**played.choices, key: not held}).outcome
        if not other.succeeded and "password" in str(key).lower():
            return Point(expected, None)
    return Point(expected, "any password will do", None, ESSENTIAL)


def _is_marked(change: Change) -> bool:
    """Whether a row is marked as deleted."""
    return (
        change.after is not None
        and change.before is not None
        and any(
            ("delet" in name.lower() or "active" in name.lower() or "status" in name.lower())
            and plain(change.before.values.get(name)) != plain(value)
            for name, value in change.after.values.items()
        )
    )


def _kept_values(scene: Scene, world: World, row: RowOf, opaque: Unknown | None) -> Iterator[Point]:
    """Ask whether each value of the body stands in its own column."""
    columns = {squeeze(name): name for name in row.values}
    for member, given in world.body.items():
        name = columns.get(squeeze(member))
        if name is None or given is UNDEFINED:
            continue
        held = row.values[name]
        fits = plain(held) == plain(given) or same(typical(held), typical(given))
        shown = f"{name} holds {_said(held)}"
        expected = f"{scene.required.id} keeps {member} in {name}"
        yield Point(expected, None if fits else shown, opaque)


def _said(value: object) -> str:
    held = typical(value)
    return "nothing" if missing(held) else str(held)[:40]


def _shown(scene: Scene, world: World, outcome: Outcome) -> Iterator[Point]:
    """Ask whether each member of the answer is its own column."""
    table, action = scene.table, scene.required.action
    if table is None or action in (*_BY_TOKEN, "join", "erase"):
        return
    shown = _object_of(outcome.answer, table)
    rows = outcome.world.tables.get(table.name, [])
    if shown is None or not rows:
        return
    row = _row_of(shown, rows, table, made=scene.creates)
    columns = {squeeze(name): name for name in row.values}
    for member, held in shown.items():
        name = columns.get(squeeze(member))
        if name is None:
            continue
        value = row.values[name]
        fits = plain(held) == plain(value) or same(typical(held), typical(value))
        expected = f"{scene.required.id} answers with {name} as {member}"
        yield Point(expected, None if fits else f"{member} is {_said(held)}", outcome.opaque)


def _row_of(shown: Mapping[str, object], rows: Sequence[RowOf], table: Table, made: bool) -> RowOf:
    key = table.key[0] if table.key else "id"
    said = next((value for name, value in shown.items() if squeeze(name) == squeeze(key)), None)
    for row in rows:
        if same(typical(row.values.get(key)), typical(said)):
            return row
    return rows[-1] if made else rows[0]


def _object_of(answer: object, table: Table) -> Mapping[str, object] | None:
    """Return the first object in an answer that shows a row of the table."""
    columns = {squeeze(column.name) for column in table.columns}
    waiting: list[object] = [answer]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, RowOf):
            return value.values if value.table == table.name else None
        if isinstance(value, Mapping):
            held = cast("Mapping[str, object]", value)
            if sum(squeeze(name) in columns for name in held) >= min(2, len(columns)):
                return held
            waiting += held.values()
        elif isinstance(value, list):
            waiting += cast("list[object]", value)
    return None


def _beside(scene: Scene, rules: Sequence[RuleRecord], outcome: Outcome) -> Iterator[Point]:
    """Ask whether somebody who only looks changes something that no rule speaks of."""
    if scene.required.action not in ("list", "read"):
        return
    asked = {
        table.name
        for rule in rules
        if isinstance(rule, Effect) and (table := scene.subject.tables.get(rule.writes)) is not None
    }
    strange = sorted({change.table for change in outcome.changes} - asked)
    expected = f"{scene.required.id} changes nothing"
    wrong = f"it writes {', '.join(strange)}" if strange else None
    yield Point(expected, wrong, outcome.opaque, ESSENTIAL)


# Lists


def _listed(scene: Scene, player: Player, world: World, played: Played) -> Iterator[Point]:
    entity, table = scene.entity, scene.table
    if entity is None or table is None:
        return
    yield from _filtered(scene, player, world, played, entity)
    yield from _sorted(scene, player, world, played, entity)
    yield from _paged(scene, player, world, played)


def _asked(scene: Scene) -> tuple[str, Sequence[Property]]:
    """Return where a list takes its parameters from, and the parameters."""
    for place, name in (("query", scene.operation.query), ("body", scene.operation.body)):
        shape = scene.subject.shape(name)
        if shape is not None and shape.properties:
            return place, shape.properties
    return "query", ()


def _ask(world: World, place: str, name: str, value: object) -> World:
    made = world.copy()
    getattr(made, place)[name] = value
    return made


def _filtered(
    scene: Scene, player: Player, world: World, played: Played, entity: Entity
) -> Iterator[Point]:
    place, members = _asked(scene)
    table, target = scene.table, scene.target(world)
    if table is None or target is None:
        return
    for name in entity.filters:
        column = scene.subject.column(entity, name)
        wanted = (*member_names(entity, name), column.name if column is not None else name)
        member = next((m for m in members if named(m.name, wanted)), None)
        if column is None or member is None:
            continue
        pair = _two_values(column.type, column.values, target.values.get(column.name))
        for value, other in (pair, pair[::-1]):
            made = world.copy()
            rows = made.tables[table.name]
            for row in rows:
                row.values[column.name] = value if row is rows[0] else other
            if value is None or not _all_shown(player, made, played, table):
                continue
            outcome = player.play(_ask(made, place, member.name, value), played.choices).outcome
            expected = f"{scene.required.id} filters by {name}"
            wrong = _filter_fault(outcome, rows[0], rows[1:], table)
            yield Point(expected, wrong, outcome.opaque)
            break


def _all_shown(player: Player, world: World, played: Played, table: Table) -> bool:
    """Whether a list shows all rows of its table if it is asked for all."""
    rows = world.tables[table.name]
    outcome = player.play(world, played.choices).outcome
    return len(rows) > 1 and all(mentions(outcome.answer, row, table) for row in rows)


def _two_values(kind: str, values: Sequence[str], held: object) -> tuple[object, object]:
    """Return a value to filter by, and another one."""
    if kind == "enum" and len(values) > 1:
        return values[0], values[1]
    if kind == "Boolean":
        return True, False
    if kind in ("String", "Uuid"):
        known = typical(held)
        text = known if isinstance(known, str) else "something to look for"
        return text, "else"
    if kind in ("Int", "BigInt", "Float", "Decimal"):
        return 7, 8
    return None, None


def _filter_fault(
    outcome: Outcome, row: RowOf, others: Sequence[RowOf], table: Table
) -> str | None:
    if not outcome.succeeded:
        return f"refused with status {outcome.status}"
    if not mentions(outcome.answer, row, table):
        return "the row that matches is not shown"
    if any(mentions(outcome.answer, other, table) for other in others):
        return "a row that does not match is shown"
    return None


def _sorted(
    scene: Scene, player: Player, world: World, played: Played, entity: Entity
) -> Iterator[Point]:
    place, members = _asked(scene)
    member = next(
        (m for m in members if squeeze(m.name) in ("sort", "orderby", "sortby", "order")), None
    )
    table = scene.table
    if member is None or table is None or not member.values:
        return
    for name in entity.sorts:
        column = scene.subject.column(entity, name)
        if column is None:
            column = next((c for c in table.columns if squeeze(c.name) == squeeze(name)), None)
        if column is None:
            continue
        for value in member.values:
            direction = _direction(value, (*member_names(entity, name), column.name))
            if direction == 0:
                continue
            asked = _ask(world, place, member.name, value)
            rows = asked.tables[table.name]
            low, high = _ordered_values(column.type, column.values)
            if len(rows) < 2 or low is None:
                continue
            rows[0].values[column.name], rows[1].values[column.name] = high, low
            for each in rows[2:]:
                each.values[column.name] = high
            if not _all_shown(player, asked, played, table):
                continue
            outcome = player.play(asked, played.choices).outcome
            order = _places(outcome.answer, rows[:2], table)
            wanted = [1, 0] if direction > 0 else [0, 1]
            wrong = None if order == wanted else f"{value} shows another order"
            yield Point(f"{scene.required.id} sorts by {value}", wrong, outcome.opaque)


def _direction(value: str, names: Sequence[str]) -> int:
    """Return 1 for an ascending order by one of the names, -1 for a descending, 0 for another."""
    parts = words(value)
    if len(parts) < 2 or parts[-1] not in ("asc", "desc", "ascending", "descending"):
        return 0
    if not any(squeeze("".join(parts[:-1])) == squeeze(name) for name in names):
        return 0
    return 1 if parts[-1].startswith("asc") else -1


def _ordered_values(kind: str, values: Sequence[str]) -> tuple[object, object]:
    match kind:
        case "enum" if len(values) > 1:
            return values[0], values[1]
        case "String":
            return "aaa", "bbb"
        case "DateTime":
            return "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
        case "Int" | "BigInt" | "Float" | "Decimal":
            return 1, 2
        case _:
            return None, None


def _places(answer: object, rows: Sequence[RowOf], table: Table) -> list[int]:
    """Return which of the rows are shown, in their order."""
    found: list[int] = []
    lists = _lists_of(answer)
    for element in lists[0] if lists else ():
        for index, row in enumerate(rows):
            if index not in found and mentions(element, row, table):
                found.append(index)
    return found


def _lists_of(answer: object) -> list[list[object]]:
    waiting: list[object] = [answer]
    found: list[list[object]] = []
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            found.append(cast("list[object]", value))
        elif isinstance(value, Mapping):
            waiting += cast("Mapping[str, object]", value).values()
    return found


def _paged(scene: Scene, player: Player, world: World, played: Played) -> Iterator[Point]:
    place, members = _asked(scene)
    size = next(
        (m for m in members if squeeze(m.name) in ("limit", "size", "pagesize", "perpage", "take")),
        None,
    )
    page = next((m for m in members if squeeze(m.name) == "page"), None)
    table = scene.table
    if size is None or page is None or table is None:
        return
    if not _all_shown(player, world, played, table):
        return
    first = _ask(_ask(world, place, size.name, 1), place, page.name, 1)
    second = _ask(first, place, page.name, 2)
    shown = [player.play(each, played.choices).outcome for each in (first, second)]
    rows = world.tables[table.name]
    pages = [
        [i for i, row in enumerate(rows) if mentions(outcome.answer, row, table)]
        for outcome in shown
    ]
    wrong = None
    if any(len(each) != 1 for each in pages):
        wrong = f"pages of one row show {len(pages[0])} and {len(pages[1])}"
    elif pages[0] == pages[1]:
        wrong = "page 2 shows what page 1 shows"
    yield Point(f"{scene.required.id} shows pages", wrong, shown[1].opaque)
