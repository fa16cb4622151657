"""Checks of program sketches: nothing said twice, nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.asking.typed import references_in
from pipeline.ast.expression import (
    All,
    AnyOf,
    CallerIs,
    Expression,
    NoneWhere,
    ParentWhere,
    SomeWhere,
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
    InsertRow,
    ProgramSketch,
    RemoveAll,
)
from pipeline.settle.notes import Notes


def settle_sketch(sketch: ProgramSketch) -> tuple[ProgramSketch, Notes]:
    """Drop what is repeated: a column set twice, an operand that speaks of the same twice.

    `a is 'open' and a is 'done'` can never hold, and TypeScript rightly refuses it; within one
    condition each field is spoken of once.
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
            condition = _once(check.condition, f"{place}/{number}/condition", notes)
            if condition is not None:
                yield check.model_copy(update={"condition": condition})
        else:
            yield check.model_copy(update={"where": _fold(check.where)})


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
    match effect:
        case ChangeRow(sets=sets):
            yield effect.model_copy(update={"sets": _settle_sets(sets, f"{place}/sets", notes)})
        case ChangeAll(where=where, sets=sets):
            settled = _settle_sets(sets, f"{place}/sets", notes)
            yield effect.model_copy(update={"where": _fold(where), "sets": settled})
        case RemoveAll(where=where):
            yield effect.model_copy(update={"where": _fold(where)})
        case ForEachRow(where=where):
            checks = _settle_checks(effect.checks, f"{place}/checks", notes)
            effects = (
                inner
                for number, one in enumerate(effect.effects)
                for inner in _settle_effect(one, f"{place}/effects/{number}", notes)
            )
            update = {"where": _fold(where), "checks": tuple(checks), "effects": tuple(effects)}
            yield effect.model_copy(update=update)
        case InsertRow():
            yield effect


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
    if isinstance(where, ParentWhere | SomeWhere | NoneWhere):
        return where.model_copy(update={"where": _fold(where.where)})
    if isinstance(where, WhereAny | WhereAll):
        parts = dict.fromkeys(_fold_one(part) for part in where.conditions)
        return where.model_copy(update={"conditions": tuple(parts)})
    return where
