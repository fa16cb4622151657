"""An attribute starts with a value: in the insert, in the column, or in the body's schema."""

from __future__ import annotations

from scoring.brief import Default
from scoring.matching import Subject, find_property
from scoring.project.facts import TestCall, TestFact
from scoring.rules.calls import member_names, routes_of
from scoring.rules.kind import Kind, by_one_test
from scoring.rules.site import Problem, Site
from scoring.typescript.sources import ResponseOf, Source
from scoring.words import squeeze

_TYPED = ("Boolean", "DateTime", "Int")
"""Types of columns whose literals say the same as a word of the brief: `false`, `null`, 0."""
_ABSENT = frozenset({"null", "false", "0", "1"})


def _problem(site: Site, rule: Default) -> Problem | None:
    column = site.column(rule.attribute)
    attribute = site.entity.attribute(rule.attribute)
    if column is None or attribute is None:
        return Problem(1.0, f"there is no column for {rule.attribute}")
    wanted = squeeze(rule.value)
    for access in site.queries_of(site.table):
        if access.action != "insert":
            continue
        value = access.value_set(column)
        if value is None:
            if column.default is not None and "*" not in access.sets:
                return None
        elif wanted in {squeeze(text) for text in value.literals} or (
            column.type in _TYPED and value.literals
        ):
            return None
    shape = site.subject.shape(site.operation.body)
    member = find_property(shape, attribute.names) if shape is not None else None
    if member is not None and member.default is not None and squeeze(member.default) == wanted:
        return None
    return Problem(1.0, f"{column.name} is not {rule.value} where the caller gives none")


def _guards(subject: Subject, rule: Default, test: TestFact) -> bool:
    """Whether the value is compared after a call that does not give it."""
    entity = subject.brief.entity(rule.entity)
    names = {squeeze(name) for name in member_names(entity, rule.attribute)}
    routes = routes_of(subject, rule.operations)
    return any(
        _compares(test, call, names, {rule.value, *_ABSENT})
        for call in test.calls
        if call.route in routes
        and call.expected is None
        and not any(squeeze(member.name) in names for member in call.members)
    )


def _compares(test: TestFact, call: TestCall, names: set[str], values: set[str]) -> bool:
    """Whether the call's answer, or a later one, is compared with one of the values."""
    answers: set[Source] = {ResponseOf(c.id) for c in test.calls if c.id >= call.id}
    return any(
        not assertion.vacuous
        and assertion.value.sources & answers
        and names & {squeeze(name) for name in assertion.value.names}
        and assertion.value.literals & values
        for assertion in test.assertions
    )


DEFAULT = Kind(Default, _problem, by_one_test(_guards))
