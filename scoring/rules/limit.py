"""Bounds of an attribute: in the body's schema, or in a condition with the number."""

from __future__ import annotations

from scoring.brief import Limit
from scoring.matching import find_property
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site
from scoring.typescript.sources import Given
from scoring.words import squeeze


def _problem(site: Site, rule: Limit) -> Problem | None:
    attribute = site.entity.attribute(rule.attribute)
    shape = site.subject.shape(site.operation.body)
    if attribute is None or shape is None:
        return Problem(1.0, "the body has no schema")
    member = find_property(shape, attribute.names)
    if member is None:
        return Problem(1.0, f"{shape.name} has no {rule.attribute}")
    wrong = [
        f"{bound} {'none' if shown is None else _digits(shown)}"
        for bound, wanted, shown in (
            ("minimum", rule.minimum, member.minimum),
            ("maximum", rule.maximum, member.maximum),
        )
        if wanted is not None
        and shown != wanted
        and not _refused_by_number(site, attribute.names, wanted)
    ]
    if not wrong:
        return None
    return Problem(
        len(wrong) / len(_bounds(rule)), f"{shape.name}.{member.name}: {', '.join(wrong)}"
    )


def _bounds(rule: Limit) -> list[float]:
    return [bound for bound in (rule.minimum, rule.maximum) if bound is not None]


def _refused_by_number(site: Site, names: tuple[str, ...], number: float) -> bool:
    """Whether the handler itself compares the member with the number."""
    keys = {squeeze(name) for name in names}
    return any(
        _digits(number) in r.condition.literals
        and {squeeze(n) for n in r.condition.names} & keys
        and Given.BODY in r.condition.sources
        for r in site.refusals((400, 422))
    )


def _digits(number: float) -> str:
    """Write a bound as code does, a whole number without a point."""
    return str(int(number)) if float(number).is_integer() else str(number)


LIMIT = Kind(Limit, _problem)
