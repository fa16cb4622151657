"""Checks of program sketches: nothing said twice, nothing that contradicts itself."""

from __future__ import annotations

from pipeline.ast.expression import (
    All,
    AnyOf,
    CallerIs,
    Expression,
    Where,
    WhereAll,
    WhereAny,
)
from pipeline.ast.program import Assign, Check, Guard, ProgramSketch
from pipeline.check.notes import Notes
from pipeline.typed import references_in


def settle_sketch(sketch: ProgramSketch) -> tuple[ProgramSketch, Notes]:
    """Drop what is repeated: a column set twice, an operand that speaks of the same twice.

    `a is 'open' and a is 'done'` can never hold, and TypeScript rightly refuses it; within one
    condition each field is spoken of once.
    """
    notes = Notes()
    checks: list[Check] = []
    for number, check in enumerate(sketch.checks):
        if isinstance(check, Guard):
            condition = _once(check.condition, f"/checks/{number}/condition", notes)
            if condition is None:
                continue
            checks.append(check.model_copy(update={"condition": condition}))
        else:
            checks.append(check.model_copy(update={"where": _fold(check.where)}))
    sets: dict[str, Assign] = {}
    for number, item in enumerate(sketch.sets):
        if item.column in sets:
            notes.add(f"/sets/{number}", "a column that is not set yet", item.column, "left out")
        else:
            sets[item.column] = item
    return (
        ProgramSketch(where=_fold(sketch.where), checks=tuple(checks), sets=tuple(sets.values())),
        notes,
    )


def _once(condition: Expression, place: str, notes: Notes) -> Expression | None:
    if isinstance(condition, All | AnyOf):
        seen: set[str] = set()
        kept: list[Expression] = []
        for operand in condition.operands:
            spoken = references_in(operand)
            if seen.intersection(spoken) or len(set(spoken)) < len(spoken):
                notes.add(place, "each field once", "a field twice", "the later one left out")
                continue
            seen.update(spoken)
            kept.append(operand)
        if not kept:
            return None
        return condition.model_copy(update={"operands": tuple(kept)})
    spoken = references_in(condition)
    if len(set(spoken)) < len(spoken):
        notes.add(place, "two different fields", "a field compared with itself", "left out")
        return None
    return condition


def _fold(where: tuple[Where, ...]) -> tuple[Where, ...]:
    folded: list[Where] = []
    for item in where:
        folded.append(_fold_one(item))
    return tuple(dict.fromkeys(folded))


def _fold_one(where: Where) -> Where:
    if isinstance(where, CallerIs):
        return where.model_copy(update={"actors": tuple(dict.fromkeys(where.actors))})
    if isinstance(where, WhereAny | WhereAll):
        parts = dict.fromkeys(_fold_one(part) for part in where.conditions)
        return where.model_copy(update={"conditions": tuple(parts)})
    return where
