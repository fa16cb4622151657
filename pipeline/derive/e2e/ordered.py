"""Values in an order: what a test fills in by itself keeps the rules between values of a row.

An end lies after its start, a start in the future, a maximum above its minimum. Each rule says by
how much one value is at least the greater; values are raised until all rules hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from pipeline.asking.typed import schema_type
from pipeline.ast import expression as ex
from pipeline.ast.analysis import NOW, Ordering, Window
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.samples import sample, scalar
from pipeline.design import Design

MINUTES = {"minutes": 1, "hours": 60, "days": 1440}
DAY = MINUTES["days"]
STEP = {"date": DAY, "datetime": 60, "time": 60, "integer": 1, "number": 1}
"""By how much a value is the greater one, by its type: days and times in minutes."""
MOMENTS = frozenset({"date", "datetime"})
LAST_MINUTE = DAY - 1


@dataclass(frozen=True)
class _Gap:
    """One value is at least so much greater than another, both by their columns or `now`."""

    greater: str
    less: str
    least: int


def ordered(
    design: Design,
    operation: Operation,
    body: Iterable[SchemaProperty],
    given: Mapping[str, ex.Expression],
) -> dict[str, ex.Expression]:
    """Return the values that rules of the operation, which put them in an order, ask for, by name.

    `given` are values by property that a test speaks of; the others are raised above them.
    """
    known = _columns(design, operation, body)
    gaps = [gap for rule in _cited(design, operation) for gap in _gaps(rule, known)]
    free = {column: p for column, p in known.items() if p.name not in given}
    usual = {column: _height(sample(p)) for column, p in free.items()}
    raised = _raised(usual, gaps)
    found: dict[str, ex.Expression] = {}
    for column, property_ in free.items():
        value = _from_given(column, gaps, known, given)
        if value is None and raised[column] != usual[column]:
            value = _value(_kind(property_), raised[column])
        if value is not None:
            found[property_.name] = value
    return found


def keeps_order(design: Design, operation: Operation, body: Iterable[SchemaProperty]) -> bool:
    """Whether values that are filled in keep all rules of order that an operation cites."""
    known = _columns(design, operation, body)
    found = [list(_gaps(rule, known)) for rule in _cited(design, operation)]
    gaps = [gap for each in found for gap in each]
    raised = _raised({column: _height(sample(p)) for column, p in known.items()}, gaps)
    if not all(found) or any(raised[column] > _most(p) for column, p in known.items()):
        return False
    heights = raised | {NOW: 0}
    return all(heights[gap.greater] - heights[gap.less] >= gap.least for gap in gaps)


def _most(property_: SchemaProperty) -> float:
    """Return the greatest value that a property takes: a time ends with its day."""
    if _kind(property_) == "time":
        return LAST_MINUTE
    most = getattr(scalar(property_.schema_), "maximum", None)
    return inf if most is None else most


def _columns(
    design: Design, operation: Operation, body: Iterable[SchemaProperty]
) -> dict[str, SchemaProperty]:
    """Return the properties of a body that have an order, by the attributes that rules name."""
    entity = design.database.table(operation.table).entity
    return {f"{entity}.{p.column}": p for p in body if p.column and _kind(p) in STEP}


def _cited(design: Design, operation: Operation) -> list[Ordering | Window]:
    rules = design.analysis.rules
    return [r for r in rules if isinstance(r, Ordering | Window) and r.id in operation.rules]


def _kind(property_: SchemaProperty) -> str:
    type_ = schema_type(scalar(property_.schema_))
    return type_.kind if type_ is not None else ""


def _gaps(rule: Ordering | Window, known: Mapping[str, SchemaProperty]) -> Iterator[_Gap]:
    """Yield what a rule says of two columns of a body, or of one and now."""
    one, other = rule.attribute, rule.reference
    kinds = {_kind(known[side]) if side in known else "" for side in (one, other) if side != NOW}
    if len(kinds) != 1 or "" in kinds or (NOW in (one, other) and not kinds <= MOMENTS):
        return
    step = STEP[kinds.pop()]
    if isinstance(rule, Window):
        if isinstance(rule.amount, int):
            yield _window(rule, one, other, rule.amount * MINUTES[rule.unit], step)
        return
    least = step if rule.relation in ("before", "after") or NOW in (one, other) else 0
    if rule.relation in ("after", "not_before"):
        yield _Gap(one, other, least)
    else:
        yield _Gap(other, one, least)


def _window(rule: Window, one: str, other: str, amount: int, step: int) -> _Gap:
    later, earlier = (one, other) if rule.side == "after" else (other, one)
    if rule.bound == "at_least":
        return _Gap(later, earlier, amount + (step if NOW in (one, other) else 0))
    return _Gap(earlier, later, -amount)


def _raised(heights: Mapping[str, int], gaps: Iterable[_Gap]) -> dict[str, int]:
    """Return the least heights that keep all gaps, now being 0; of rules at odds, not all."""
    below = {gap.less: -gap.least for gap in gaps if gap.greater == NOW}
    found = {column: min(height, below.get(column, height)) for column, height in heights.items()}
    for _ in found:
        for gap in gaps:
            less = 0 if gap.less == NOW else found.get(gap.less)
            if gap.greater in found and less is not None:
                found[gap.greater] = max(found[gap.greater], less + gap.least)
    return found


def _from_given(
    column: str,
    gaps: Iterable[_Gap],
    known: Mapping[str, SchemaProperty],
    given: Mapping[str, ex.Expression],
) -> ex.Expression | None:
    """Return a column's value as near to a given one as the rules about both allow, if any are."""
    for name, other in known.items():
        value = given.get(other.name)
        if value is None or isinstance(value, ex.NullLiteral | ex.LeftOut):
            continue
        least = [gap.least for gap in gaps if (gap.greater, gap.less) == (column, name)]
        most = [-gap.least for gap in gaps if (gap.greater, gap.less) == (name, column)]
        if least or most:
            return _moved(_kind(other), value, min([max([0, *least]), *most]))
    return None


def _moved(kind: str, value: ex.Expression, amount: int) -> ex.Expression | None:
    """Return a value moved by an amount; None for one that can't be moved."""
    match value:
        case ex.TimeLiteral() | ex.IntegerLiteral() | ex.NumberLiteral():
            return _value(kind, _height(value) + amount)
        case _ if kind in MOMENTS:
            unit, count = ("days", amount // DAY) if kind == "date" else ("minutes", amount)
            return ex.Offset(kind="offset", moment=value, amount=count, unit=unit)
        case _:
            return None


def _height(value: ex.Expression) -> int:
    """Return a value as a number: moments as minutes from now, times as minutes of the day."""
    match value:
        case ex.TimeLiteral(value=time):
            hours, minutes = time.split(":")[:2]
            return int(hours) * 60 + int(minutes)
        case ex.IntegerLiteral(value=number) | ex.NumberLiteral(value=number):
            return int(number)
        case _:
            return 0


def _value(kind: str, height: int) -> ex.Expression:
    match kind:
        case "time":
            hours, minutes = divmod(min(max(height, 0), LAST_MINUTE), 60)
            return ex.TimeLiteral(kind="time", value=f"{hours:02}:{minutes:02}")
        case "date" | "datetime" if height % DAY == 0:
            return ex.Shifted(kind="shifted", amount=height // DAY, unit="days")
        case "date" | "datetime":
            return ex.Shifted(kind="shifted", amount=height, unit="minutes")
        case _:
            return ex.number_literal(height)
