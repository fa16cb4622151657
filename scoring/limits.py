"""Bounds of an attribute: in the body's schema, or in a condition with the number."""

from __future__ import annotations

from scoring.brief import Limit
from scoring.matching import Subject, find_property
from scoring.project.facts import Operation
from scoring.typescript.sources import Given
from scoring.words import squeeze

_STATUSES = frozenset({400, 422})


def limit_problem(subject: Subject, rule: Limit, operation: Operation) -> str | None:
    """Return what is wrong with a bound where an operation should keep it; None if it does."""
    entity = subject.brief.entity(rule.entity)
    attribute = entity.attribute(rule.attribute) if entity is not None else None
    shape = subject.shape(operation.body)
    if attribute is None or shape is None:
        return "the body has no schema"
    member = find_property(shape, attribute.names)
    if member is None:
        return f"{shape.name} has no {rule.attribute}"
    wrong = [
        f"{bound} {'none' if shown is None else _digits(shown)}"
        for bound, wanted, shown in (
            ("minimum", rule.minimum, member.minimum),
            ("maximum", rule.maximum, member.maximum),
        )
        if wanted is not None
        and shown != wanted
        and not _refused_by_number(operation, attribute.names, wanted)
    ]
    return f"{shape.name}.{member.name}: {', '.join(wrong)}" if wrong else None


def _refused_by_number(operation: Operation, names: tuple[str, ...], number: float) -> bool:
    """Whether the handler itself compares the member with the number."""
    keys = {squeeze(name) for name in names}
    return any(
        _digits(number) in refusal.condition.literals
        and {squeeze(name) for name in refusal.condition.names} & keys
        and Given.BODY in refusal.condition.sources
        for refusal in operation.behaviour.refusals
        if refusal.statuses & _STATUSES
    )


def _digits(number: float) -> str:
    """Write a bound as code does, a whole number without a point."""
    return str(int(number)) if float(number).is_integer() else str(number)
