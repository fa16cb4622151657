"""Rows that are marked are there for nobody."""

from __future__ import annotations

from scoring.brief import LeftOut
from scoring.matching import Subject
from scoring.project.facts import TestFact
from scoring.rules.calls import compared, reaching, refused, routes_of, succeeded_before
from scoring.rules.kind import Kind, by_one_test, in_worlds
from scoring.typescript.sources import ResponseOf


def _guards(subject: Subject, rule: LeftOut, test: TestFact) -> bool:
    """Whether the test asks for the row after it was marked: in vain, or looking at a list."""
    marking, routes = _marking(subject, rule), routes_of(subject, rule.operations)
    if any(succeeded_before(subject, test, marking, c) for c in refused(subject, rule, test)):
        return True
    seen = compared(test)
    return any(
        call.route in routes
        and ResponseOf(call.id) in seen
        and succeeded_before(subject, test, marking, call)
        for call in test.calls
    )


def _marking(subject: Subject, rule: LeftOut) -> list[str]:
    """Return the operations that mark a row."""
    entity = subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None and rule.relation else None
    name = relation.target if relation is not None else rule.entity
    if rule.attribute is not None and rule.value is not None:
        return reaching(subject, name, rule.attribute, rule.value)
    return [o.id for o in subject.brief.operations if o.entity == name and o.action == "erase"]


LEFT_OUT = Kind(LeftOut, in_worlds, by_one_test(_guards))
