"""Whether an operation refuses what is not there: the row that the path names, an account."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.words import squeeze
from scoring.worlds.facts import ESSENTIAL, Point, World, typical
from scoring.worlds.judging import shown_status
from scoring.worlds.play import Played, Player
from scoring.worlds.scene import Scene


def absences(scene: Scene, player: Player, world: World, played: Played) -> Iterator[Point]:
    """Ask of a request that is granted whether it is refused where there is no such row."""
    action = scene.required.action
    if action == "login":
        yield _unknown_address(scene, player, world, played)
    elif action in ("read", "update", "erase", "act") and 404 in scene.required.errors:
        yield from _unknown_row(scene, player, world, played)


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


def _unknown_address(scene: Scene, player: Player, world: World, played: Played) -> Point:
    """Let the accounts that there are have other addresses and names than the request gives."""
    made = world.copy()
    given = {squeeze(name) for name in world.body}
    for number, row in enumerate(made.tables.get(scene.table.name, ()) if scene.table else ()):
        for name, held in row.values.items():
            if squeeze(name) in given and typical(held) is not None:
                row.values[name] = f"another-{number}@example.org"
    outcome = player.play(made, played.choices).outcome
    expected = f"{scene.required.id} refuses whoever has no account"
    wrong = "it is granted" if outcome.succeeded else None
    return Point(expected, wrong, outcome.opaque, ESSENTIAL)
