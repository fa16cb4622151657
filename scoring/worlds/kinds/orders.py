"""What must not be less or more than something else, and times that lie ahead or back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scoring.brief import Ahead, Order
from scoring.worlds.asking import usual_world
from scoring.worlds.facts import NOW, World
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.places import DATE_LENGTH, Place, place_of
from scoring.worlds.scene import NEXT_WEEK, TOMORROW, Scene

_KEPT = {"<": -1, "<=": 0, ">": 1, ">=": 0, "=": 0, "!=": 1}
"""By how much the one differs from the other where the rule is just kept."""
_BROKEN = {"<": (0, 1), "<=": (1,), ">": (0, -1), ">=": (-1,), "=": (-1, 1), "!=": (0,)}
_SOME_NUMBER = 5
_ANOTHER = "another-row"


def _keep_order(scene: Scene, world: World, rule: Order) -> None:
    pair = _pair(scene, world, rule)
    if pair is None:
        return
    left, right = pair
    difference = _difference(left, right)
    if difference is None or difference in _BROKEN[rule.comparison] or _is_out(rule, difference):
        _arrange(left, right, _KEPT[rule.comparison])


def _is_out(rule: Order, difference: float) -> bool:
    match rule.comparison:
        case "<" | "<=":
            return difference > 0
        case ">" | ">=":
            return difference < 0
        case "=":
            return difference != 0
        case _:
            return difference == 0


def _out_of_order(scene: Scene, world: World, rule: Order) -> Sequence[Breach]:
    found: list[Breach] = []
    for difference in _BROKEN[rule.comparison]:
        made = world.copy()
        pair = _pair(scene, made, rule)
        if pair is None:
            return ()
        _arrange(*pair, difference)
        how = {-1: "less than", 0: "the same as", 1: "more than"}[difference]
        found.append(Breach(made, f"{rule.attribute} is {how} {rule.other}"))
    return found


def _at_the_bound(scene: Scene, world: World, rule: Order) -> Sequence[Breach]:
    made = world.copy()
    pair = _pair(scene, made, rule)
    if pair is None:
        return ()
    _arrange(*pair, _KEPT[rule.comparison])
    return (Breach(made, f"{rule.attribute} is just {rule.comparison} {rule.other}"),)


def _pair(scene: Scene, world: World, rule: Order) -> tuple[Place, Place | int] | None:
    left = place_of(scene, world, rule.entity, rule.attribute)
    if left is None:
        return None
    if rule.other.lstrip("-").isdecimal():
        return left, int(rule.other)
    itself = rule.other == rule.attribute
    right = place_of(scene, world, rule.entity, rule.other.lstrip("-"), stored=itself)
    if right is None:
        return None
    return left, replace(right, sign=-1) if rule.other.startswith("-") else right


def _difference(left: Place, right: Place | int) -> float | None:
    """Return by how much the left is more than the right, as far as both are known."""
    other = right.held if isinstance(right, Place) else right
    mine = left.held
    if left.is_key:
        return float(mine != other)
    if isinstance(mine, str) and isinstance(other, str):
        size = min(len(mine), len(other))
        return (mine[:size] > other[:size]) - (mine[:size] < other[:size])
    if isinstance(mine, int | float) and isinstance(other, int | float):
        return mine - other
    return None


def _arrange(left: Place, right: Place | int, difference: int) -> None:
    """Let the left be more than the right by a number, an hour or a day.

    What the row holds moves rather than what the request gives, which has bounds.
    """
    if isinstance(right, int):
        left.put(right + difference)
    elif left.is_key:
        moving, still = (right, left) if left.given else (left, right)
        moving.put(still.held if difference == 0 else _ANOTHER)
    elif left.given and not right.given:
        _settle(left)
        right.put(_moved(left, -difference, right))
    else:
        _settle(right)
        left.put(_moved(right, difference, left))


def _settle(place: Place) -> None:
    """Let a value be known."""
    held = place.held
    if place.is_time:
        text = held if isinstance(held, str) else TOMORROW
        place.put(NEXT_WEEK if place.is_date and len(text) != DATE_LENGTH else text)
    else:
        place.put(held if isinstance(held, int | float) else _SOME_NUMBER)


def _moved(place: Place, by: int, into: Place) -> object:
    held = place.held
    if isinstance(held, int | float):
        return held + by
    moment = datetime.fromisoformat(str(held))
    is_date = place.is_date or into.is_date
    return _written(moment + (timedelta(days=by) if is_date else timedelta(hours=by)), is_date)


def _written(moment: datetime, is_date: bool) -> str:
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return text[:DATE_LENGTH] if is_date else text


def _both_known(scene: Scene, rule: Order) -> str | None:
    if _pair(scene, usual_world(scene), rule) is None:
        return f"there is no {rule.attribute} to compare with {rule.other}"
    return None


def _keep_ahead(scene: Scene, world: World, rule: Ahead) -> None:
    _set_side(scene, world, rule, kept=True)


def _on_the_other_side(scene: Scene, world: World, rule: Ahead) -> Sequence[Breach]:
    made = world.copy()
    _set_side(scene, made, rule, kept=False)
    other = {"future": "past", "past": "future"}[rule.side]
    return (Breach(made, f"{rule.attribute} lies in the {other}"),)


def _set_side(scene: Scene, world: World, rule: Ahead, kept: bool) -> None:
    """Put a time an hour before or after now; a day is today where it may lie in the past."""
    place = place_of(scene, world, rule.entity, rule.attribute)
    if place is None:
        return
    ahead = (rule.side == "future") == kept
    now = datetime.fromisoformat(NOW)
    if place.is_date:
        away = timedelta(days=1 if ahead else 0 if kept else -1)
    else:
        away = timedelta(hours=1 if ahead else -1)
    place.put(_written(now + away, place.is_date))


def _time_known(scene: Scene, rule: Ahead) -> str | None:
    if place_of(scene, usual_world(scene), rule.entity, rule.attribute) is None:
        return f"there is no {rule.attribute}"
    return None


ORDER = Worlds(Order, _keep_order, _out_of_order, ready=_both_known, also=_at_the_bound, late=True)
AHEAD = Worlds(Ahead, _keep_ahead, _on_the_other_side, ready=_time_known)
