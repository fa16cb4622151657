"""Checks of program sketches: nothing said twice, nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.ast.expression import (
    ActorIs,
    All,
    AnyOf,
    BooleanLiteral,
    CallerIs,
    Compare,
    EnumLiteral,
    Expression,
    IntegerLiteral,
    NoneWhere,
    Not,
    OldestWhere,
    ParentWhere,
    SomeWhere,
    StringLiteral,
    Where,
    WhereAll,
    WhereAny,
)
from pipeline.ast.program import (
    Assign,
    ChangeAll,
    ChangeRow,
    Check,
    Effect,
    ForEachRow,
    Guard,
    ProgramSketch,
    RemoveAll,
)
from pipeline.settle.notes import Notes

_LITERALS = (StringLiteral, IntegerLiteral, BooleanLiteral, EnumLiteral)


def settle_sketch(sketch: ProgramSketch) -> tuple[ProgramSketch, Notes]:
    """Fold what is said twice, and leave out what contradicts what was said before.

    A column is set once; `a is 'open' and a is 'done'` can never hold. Each is a note.
    """
    notes = Notes()
    return (
        ProgramSketch(
            where=_fold(sketch.where),
            checks=tuple(_settle_checks(sketch.checks, "/checks", notes)),
            sets=_settle_sets(sketch.sets, "/sets", notes),
            effects=tuple(
                effect
                for number, one in enumerate(sketch.effects)
                for effect in _settle_effect(one, f"/effects/{number}", notes)
            ),
        ),
        notes,
    )


def _settle_checks(checks: Sequence[Check], place: str, notes: Notes) -> Iterator[Check]:
    for number, check in enumerate(checks):
        if isinstance(check, Guard):
            condition = _consistent(check.condition, f"{place}/{number}/condition", notes)
            if condition is not None:
                yield check.model_copy(update={"condition": condition})
        else:
            pointer = f"{place}/{number}/when"
            update = {"where": _fold(check.where), "when": _when(check.when, pointer, notes)}
            yield check.model_copy(update=update)


def _settle_sets(sets: Sequence[Assign], place: str, notes: Notes) -> tuple[Assign, ...]:
    settled: dict[str, Assign] = {}
    for number, item in enumerate(sets):
        if item.column in settled:
            pointer = f"{place}/{number}"
            notes.add(pointer, "a column that is not set yet", item.column, "left out")
        else:
            settled[item.column] = item
    return tuple(settled.values())


def _settle_effect(effect: Effect, place: str, notes: Notes) -> Iterator[Effect]:
    update: dict[str, object] = {}
    if isinstance(effect, ChangeRow | ChangeAll):
        update["sets"] = _settle_sets(effect.sets, f"{place}/sets", notes)
    if isinstance(effect, ChangeAll | RemoveAll | ForEachRow):
        update["where"] = _fold(effect.where)
    if isinstance(effect, ForEachRow):
        update["checks"] = tuple(_settle_checks(effect.checks, f"{place}/checks", notes))
        update["effects"] = tuple(
            inner
            for number, one in enumerate(effect.effects)
            for inner in _settle_effect(one, f"{place}/effects/{number}", notes)
        )
    else:
        update["when"] = _when(effect.when, f"{place}/when", notes)
    yield effect.model_copy(update=update)


def _when(condition: Expression | None, place: str, notes: Notes) -> Expression | None:
    return None if condition is None else _consistent(condition, place, notes)


def _consistent(condition: Expression, place: str, notes: Notes) -> Expression | None:
    """Leave out what can't hold beside what was said before it, and what compares with itself."""
    if isinstance(condition, All | AnyOf):
        kept: dict[Expression, None] = {}
        for number, operand in enumerate(condition.operands):
            pointer = f"{place}/operands/{number}"
            settled = _consistent(operand, pointer, notes)
            if settled is None:
                continue
            if isinstance(condition, All) and _contradicts(settled, kept):
                found = "two different values"
                notes.add(pointer, "one value for a field", found, "left out: it can't hold, too")
                continue
            kept[settled] = None
        return condition.model_copy(update={"operands": tuple(kept)}) if kept else None
    if isinstance(condition, Not):
        operand = _consistent(condition.operand, f"{place}/operand", notes)
        return None if operand is None else condition.model_copy(update={"operand": operand})
    if isinstance(condition, Compare) and condition.left == condition.right:
        notes.add(place, "two different operands", "an operand compared with itself", "left out")
        return None
    return condition


def _contradicts(operand: Expression, others: Collection[Expression]) -> bool:
    """Whether the operand wants another value, or another kind of caller, than one before it."""
    match operand:
        case ActorIs():
            return any(isinstance(other, ActorIs) for other in others)
        case Compare(left=left, operator="eq", right=right) if isinstance(right, _LITERALS):
            return any(
                isinstance(other, Compare)
                and (other.left, other.operator) == (left, "eq")
                and isinstance(other.right, _LITERALS)
                and other.right != right
                for other in others
            )
        case _:
            return False


def _fold(where: tuple[Where, ...]) -> tuple[Where, ...]:
    folded: list[Where] = []
    for item in where:
        folded.append(_fold_one(item))
    return tuple(dict.fromkeys(folded))


def _fold_one(where: Where) -> Where:
    if isinstance(where, CallerIs):
        return where.model_copy(update={"actors": tuple(dict.fromkeys(where.actors))})
    if isinstance(where, ParentWhere | SomeWhere | NoneWhere | OldestWhere):
        return where.model_copy(update={"where": _fold(where.where)})
    if isinstance(where, WhereAny | WhereAll):
        parts = dict.fromkeys(_fold_one(part) for part in where.conditions)
        return where.model_copy(update={"conditions": tuple(parts)})
    return where
