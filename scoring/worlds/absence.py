"""Whether an operation refuses what is not there: the row that the path names, an account."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.symbolic.terms import UNDEFINED
from scoring.words import squeeze
from scoring.worlds.asking import link_of
from scoring.worlds.facts import ESSENTIAL, Point, World, typical
from scoring.worlds.judging import shown_status
from scoring.worlds.play import Played, Player
from scoring.worlds.scene import Scene


def absences(scene: Scene, player: Player, world: World, played: Played) -> Iterator[Point]:
    """Ask of a request that is granted whether it is refused where there is no such row."""
    action = scene.required.action
    if action == "login":
        yield _unknown_address(scene, player, world)
    elif action in ("read", "update", "erase", "act") and 404 in scene.required.errors:
        yield from _unknown_row(scene, player, world, played)
    elif action == "create" and 404 in scene.required.errors:
        yield from _unknown_parents(scene, player, world, played)


def _unknown_parents(scene: Scene, player: Player, world: World, played: Played) -> Iterator[Point]:
    """Let the body name rows that are not there."""
    for name, given in world.body.items():
        link = link_of(scene, scene.table, name) if scene.table is not None else None
        if link is None or typical(given) is None or given is UNDEFINED:
            continue
        made = world.copy()
        made.body[name] = "no-such-row"
        outcome = player.play(made, played.choices).outcome
        expected = f"{scene.required.id} refuses a {link.name} that is not there"
        wrong = None
        # A foreign key refuses the row where the handler doesn't.
        status = scene.subject.facts.violated if outcome.succeeded else outcome.status
        if status not in {*scene.required.errors, 400, 422}:
            wrong = f"it answers {shown_status(status)}"
        yield Point(expected, wrong, outcome.opaque)


def _unknown_row(scene: Scene, player: Player, world: World, played: Played) -> Iterator[Point]:
    target = scene.target(world)
    table = scene.table
    if target is None or table is None or not world.path or scene.entity is None:
        return
    key = target.values.get(table.key[0] if table.key else "id")
    if scene.entity.account or key not in world.path.values():
        return
    made = world.copy()
    del made.tables[table.name][0]
    outcome = player.play(made, played.choices).outcome
    expected = f"{scene.required.id} answers 404 where there is no such {scene.required.entity}"
    wrong = None
    if outcome.succeeded:
        wrong = "the request is granted"
    elif outcome.status != 404:
        wrong = f"it answers {shown_status(outcome.status)}"
    yield Point(expected, wrong, outcome.opaque)


def _unknown_address(scene: Scene, player: Player, world: World) -> Point:
    """Let the accounts that there are have other addresses and names than the request gives."""
    made = world.copy()
    known = scene.table.columns if scene.table is not None else ()
    columns = {squeeze(column.name) for column in known}
    for member in [name for name in made.body if squeeze(name) in columns]:
        made.body[member] = "somebody@example.org"
        for number, row in enumerate(made.tables.get(scene.table.name, ()) if scene.table else ()):
            for name in row.values:
                if squeeze(name) == squeeze(member):
                    row.values[name] = f"another-{number}@example.org"
    outcome = player.succeed(made).outcome
    expected = f"{scene.required.id} refuses whoever has no account"
    wrong = "it is granted" if outcome.succeeded else None
    return Point(expected, wrong, None, ESSENTIAL)
