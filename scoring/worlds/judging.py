"""Decide a rule: what its operation does in a world that keeps it, and in worlds that break it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

from scoring.brief import Quota, RuleRecord
from scoring.project.facts import Table
from scoring.symbolic.terms import Unknown
from scoring.words import squeeze
from scoring.worlds.asking import usual_world
from scoring.worlds.facts import Open, RowOf, World
from scoring.worlds.play import Outcome, Played, Player
from scoring.worlds.scene import Scene

R = TypeVar("R", bound=RuleRecord)
Accepts = Callable[[Outcome], bool]
Said = Literal["holds", "too strict", "too lax", "inverted", "wrong status", "not readable"]


@dataclass(frozen=True)
class Judged:
    """What is said of a rule at an operation, and where."""

    said: Said
    detail: str = ""
    file: str = ""
    line: int = 0


HOLDS = Judged("holds")


@dataclass(frozen=True)
class Breach:
    """A world in which the rule is broken, and in words how."""

    world: World
    how: str


def _none_more(scene: Scene, world: World, rule: RuleRecord) -> Sequence[Breach]:
    return ()


def _nothing(scene: Scene, rule: RuleRecord, before: World, outcome: Outcome) -> str | None:
    return None


@dataclass(frozen=True)
class Worlds(Generic[R]):
    """How a kind of rule is kept and broken.

    `keep` makes a world obey, `breaches` returns worlds that don't, and `lacks` says what a granted
    request has not done, or what could not be followed; None if nothing. `ready` is
    what the schema must have for any of this.
    """

    rule: type[R]
    keep: Callable[[Scene, World, R], None]
    breaches: Callable[[Scene, World, R], Sequence[Breach]]
    lacks: Callable[[Scene, R, World, Outcome], str | Unknown | None] = _nothing
    ready: Callable[[Scene, R], str | None] = lambda scene, rule: None
    also: Callable[[Scene, World, R], Sequence[Breach]] = _none_more
    """Further worlds in which the request must be granted."""
    links: Callable[[Scene, R], Mapping[tuple[str, str], str]] = lambda scene, rule: {}
    """Delete rules that the schema should have; where it has others, the schema is to blame."""
    late: bool = False
    """Whether it is kept after the others, as it compares what they put into the world."""


def judge(
    scene: Scene,
    player: Player,
    rule: RuleRecord,
    beside: Sequence[RuleRecord],
    kinds: Mapping[type[RuleRecord], Worlds[Any]],
) -> Judged:
    """Decide whether an operation keeps a rule; `beside` are its other rules, which are kept."""
    kind = kinds[type(rule)]
    unready = kind.ready(scene, rule)
    if unready is not None:
        return Judged("too lax", unready)
    others = [each for each in beside if not isinstance(each, Quota)]
    world, kept = granting(scene, player, kept_world(scene, [*others, rule], kinds))
    breaches = kind.breaches(scene, world, rule)
    granted = is_granted(scene, world, kept.outcome)
    for breach in breaches:
        said = _breach(scene, player, rule, breach, kept, granted)
        if said is not None:
            return said
    if not granted:
        return _unreadable(kept.outcome) or Judged(
            "too strict",
            f"refused with {shown_status(kept.outcome.status)} though nothing forbids it",
            kept.outcome.file,
            kept.outcome.line,
        )
    for other in kind.also(scene, world, rule):
        outcome = player.succeed(other.world).outcome
        if not is_granted(scene, other.world, outcome):
            shown = f"refused with {shown_status(outcome.status)} where {other.how}"
            return _unreadable(outcome) or Judged("too strict", shown, outcome.file, outcome.line)
    missing = kind.lacks(scene, rule, world, kept.outcome)
    if isinstance(missing, str):
        done = player.search(world, _does(kind, scene, rule, world), kept.choices).outcome
        missing = kind.lacks(scene, rule, world, done) if done.succeeded else missing
    if isinstance(missing, Unknown):
        return _not_readable(missing)
    if missing is not None:
        return _unreadable(kept.outcome) or Judged("too lax", missing)
    return HOLDS


def _does(kind: Worlds[Any], scene: Scene, rule: RuleRecord, world: World) -> Accepts:
    """Return what accepts a granted request that does what the rule says should follow."""
    return lambda outcome: outcome.succeeded and kind.lacks(scene, rule, world, outcome) is None


def _breach(
    scene: Scene, player: Player, rule: RuleRecord, breach: Breach, kept: Played, granted: bool
) -> Judged | None:
    played = player.play(breach.world, kept.choices)
    outcome = played.outcome
    if is_granted(scene, breach.world, outcome):
        unread = _unreadable(outcome)
        if unread is not None:
            return unread
        if granted:
            return Judged("too lax", f"granted though {breach.how}")
        return Judged("inverted", f"granted where {breach.how}, refused where not")
    if not granted or outcome.succeeded:
        return None
    if outcome.half_done:
        shown = f"refused where {breach.how}, after rows were written in no transaction"
        return Judged("too lax", shown, outcome.file, outcome.line)
    if rule.statuses and outcome.status not in rule.statuses:
        return _unreadable(outcome) or Judged(
            "wrong status",
            f"refused with {shown_status(outcome.status)} where {breach.how}",
            outcome.file,
            outcome.line,
        )
    return None


def shown_status(status: int) -> str:
    """Return a status in words."""
    return str(status) if status > 0 else "an error of no status"


def _unreadable(outcome: Outcome) -> Judged | None:
    place = outcome.opaque
    if place is None:
        return None
    return _not_readable(place)


def _not_readable(place: Unknown) -> Judged:
    where = f"{place.file}:{place.line}" if place.file else place.text
    return Judged("not readable", f"{where} could not be followed", place.file, place.line)


def kept_world(
    scene: Scene, rules: Sequence[RuleRecord], kinds: Mapping[type[RuleRecord], Worlds[Any]]
) -> World:
    """Return a world in which an operation keeps its rules."""
    world = usual_world(scene)
    known = [rule for rule in rules if type(rule) in kinds]
    for rule in sorted(known, key=lambda each: kinds[type(each)].late):
        kind = kinds[type(rule)]
        if kind.ready(scene, rule) is None:
            kind.keep(scene, world, rule)
    return world


def granting(scene: Scene, player: Player, world: World) -> tuple[World, Played]:
    """Play a world until the request is granted, rows that are looked for supplied if need be."""
    played = player.succeed(world)
    if is_granted(scene, world, played.outcome):
        return world, played
    for richer in scene.supplies(world):
        again = player.succeed(richer)
        if is_granted(scene, richer, again.outcome):
            return richer, again
    return world, played


def is_granted(scene: Scene, world: World, outcome: Outcome) -> bool:
    """Whether a request was granted; of a list, whether it shows the row in question."""
    if not outcome.succeeded:
        return False
    if scene.required.action != "list":
        return True
    row = scene.target(world)
    return row is None or mentions(outcome.answer, row, scene.table)


def mentions(answer: object, row: RowOf, table: Table | None) -> bool:
    """Whether an answer shows a row: itself, or its key."""
    keys = [row.values.get(name) for name in table.key] if table is not None else []

    def shows(value: object) -> bool:
        if isinstance(value, RowOf):
            return value.table == row.table and all(
                value.values.get(name) == key
                for name, key in zip(table.key if table is not None else (), keys, strict=True)
            )
        if isinstance(value, Mapping):
            return any(shows(each) for each in cast("Mapping[str, object]", value).values())
        if isinstance(value, list):
            return any(shows(each) for each in cast("list[object]", value))
        return isinstance(value, str) and value in keys

    return shows(answer)


def plain_key(value: object) -> object:
    """Return what an open value hangs on, or the value."""
    return value.key if isinstance(value, Open) else value


def column_named(row: RowOf, name: str) -> str:
    """Return a row's own spelling of a column."""
    return next((key for key in row.values if squeeze(key) == squeeze(name)), name)
