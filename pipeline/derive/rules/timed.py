"""Rules about an order of values, and about the time between two moments."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.ast import expression as ex
from pipeline.ast.analysis import NOW, Ordering, Window
from pipeline.ast.base import TimeUnit
from pipeline.ast.database import (
    DatetimeType,
    DateType,
    DecimalType,
    IntegerType,
    PhysicalColumn,
    TimeType,
)
from pipeline.derive.context import Context
from pipeline.derive.rules.named import coming, compared, is_certain, named

_ORDERS: Mapping[str, ex.Operator] = {
    "not_before": "ge",
    "not_after": "le",
    "before": "lt",
    "after": "gt",
}
_MOMENTS = (DateType, DatetimeType)
_NUMBERS = (IntegerType, DecimalType)


def ordering(context: Context, rule: Ordering) -> ex.Expression | None:
    """Return the condition that one value is on the side of the other that the rule says."""
    sides = _sides(context, rule.attribute, rule.reference) or _times(context, rule)
    if sides is None:
        return None
    return compared(sides[0], _ORDERS[rule.relation], sides[1])


def _times(context: Context, rule: Ordering) -> tuple[ex.Expression, ex.Expression] | None:
    """Return both values where a moment is held against a time of day: by its own."""
    if NOW in (rule.attribute, rule.reference):
        found = coming(context, rule.reference if rule.attribute == NOW else rule.attribute)
        now: ex.Expression = ex.TimeOfDay(kind="time_of_day", moment=ex.Now(kind="now"))
        if found is None or not isinstance(found[1].type, TimeType):
            return None
        return (now, found[0]) if rule.attribute == NOW else (found[0], now)
    sides = [coming(context, word) for word in (rule.attribute, rule.reference)]
    times: list[ex.Expression] = []
    for side in sides:
        if side is None or not isinstance(side[1].type, TimeType | DatetimeType):
            return None
        if isinstance(side[1].type, TimeType):
            times.append(side[0])
        elif is_certain(context, side[0]):
            times.append(ex.TimeOfDay(kind="time_of_day", moment=side[0]))
    return (times[0], times[1]) if len(times) == len(sides) else None


def window(context: Context, rule: Window) -> ex.Expression | None:
    """Return the condition that a moment lies at least, or at most, so long from the other."""
    sides = _sides(context, rule.attribute, rule.reference)
    if sides is None or (isinstance(sides[2].type, DateType) and rule.unit != "days"):
        return None
    left, right, _ = sides
    is_later = rule.side == "after"
    operator: ex.Operator = "ge" if is_later == (rule.bound == "at_least") else "le"
    if not isinstance(rule.amount, int):
        return _by_attribute(context, rule, left, operator, right)
    if rule.attribute == NOW:
        # The moment of the call is what is moved: the other may be missing, and refuses nothing.
        left, operator, right = right, "le" if operator == "ge" else "ge", left
        is_later = not is_later
    if not is_certain(context, right):
        return None
    amount = rule.amount if is_later else -rule.amount
    return compared(left, operator, _moved(right, amount, rule.unit))


def _by_attribute(
    context: Context, rule: Window, left: ex.Expression, operator: ex.Operator, right: ex.Expression
) -> ex.Expression | None:
    """Return the condition where a row says how long: the earlier moment is moved forward."""
    found = named(context, str(rule.amount))
    if found is None or found.column.nullable or not isinstance(found.column.type, IntegerType):
        return None
    earlier = right if rule.side == "after" else left
    if not is_certain(context, earlier):
        return None
    moved = ex.Offset(kind="offset", moment=earlier, amount=found.value, unit=rule.unit)
    return compared(
        left if earlier is right else moved, operator, moved if earlier is right else right
    )


def _sides(
    context: Context, attribute: str, reference: str
) -> tuple[ex.Expression, ex.Expression, PhysicalColumn] | None:
    """Return both values, and the column of the reference (or of what is compared with now)."""
    is_call = NOW in (attribute, reference)
    left, right = (_side(context, word, is_call=is_call) for word in (attribute, reference))
    if attribute == reference:  # what it will be, and what it is
        before = named(context, reference)
        right = (before.value, before.column) if before is not None else None
    if left is None or right is None or left[0] == right[0]:
        return None
    known = right[1] or left[1]
    if known is None or not _are_alike(left[1] or known, known):
        return None
    now: ex.Expression = (
        ex.Today(kind="today") if isinstance(known.type, DateType) else ex.Now(kind="now")
    )
    return left[0] or now, right[0] or now, known


def _side(
    context: Context, word: str, *, is_call: bool
) -> tuple[ex.Expression | None, PhysicalColumn | None] | None:
    """Return the value of a word and its column, neither for the moment of the call.

    What is compared with that moment is what the body gives, or else the row as it is.
    """
    if word == NOW:
        return None, None
    entity, _, _ = word.partition(".")
    if not is_call or entity != context.table.entity:
        return coming(context, word)
    found = coming(context, word)
    given = context.body.get(found[1].name) if found is not None else None
    if found is not None and given is not None:
        return ex.BodyProperty(kind="body", property=given.name), found[1]
    before = named(context, word)
    return (before.value, before.column) if before is not None else found


def _are_alike(one: PhysicalColumn, other: PhysicalColumn) -> bool:
    if isinstance(one.type, _NUMBERS):
        return isinstance(other.type, _NUMBERS)
    return isinstance(one.type, (*_MOMENTS, TimeType)) and type(one.type) is type(other.type)


def _moved(moment: ex.Expression, amount: int, unit: TimeUnit) -> ex.Expression:
    if amount == 0:
        return moment
    if isinstance(moment, ex.Now):
        return ex.Shifted(kind="shifted", amount=amount, unit=unit)
    return ex.Offset(kind="offset", moment=moment, amount=amount, unit=unit)
