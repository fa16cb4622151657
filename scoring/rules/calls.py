"""The calls of a test, as far as they show that it would fail without a rule."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.brief import Entity, Relation, RuleRecord, Transition
from scoring.matching import Subject
from scoring.project.facts import TestCall, TestFact
from scoring.typescript.sources import Source
from scoring.words import named


def routes_of(subject: Subject, ids: Iterable[str]) -> set[str]:
    """Return the routes of required operations, as far as the project has them."""
    return {found.key for id in ids if (found := subject.found(id)) is not None}


def refused(
    subject: Subject, rule: RuleRecord, test: TestFact, routes: set[str] | None = None
) -> list[TestCall]:
    """Return the calls that must be refused as the rule says: of `routes`, by default all of it."""
    wanted = routes if routes is not None else routes_of(subject, rule.operations)
    return [
        call
        for call in test.calls
        if call.route in wanted
        and call.expected is not None
        and (not call.expected or call.expected & set(rule.statuses))
    ]


def made_before(subject: Subject, test: TestFact, entity: str, before: TestCall) -> list[TestCall]:
    """Return the calls before one that made a row of the entity."""
    routes = {operation.key for operation in subject.performing(entity, "create", "join")}
    return [call for call in _earlier(test, before) if call.route in routes]


def succeeded_before(
    subject: Subject, test: TestFact, ids: Iterable[str], before: TestCall
) -> list[TestCall]:
    """Return the calls of required operations that succeeded before one."""
    routes = routes_of(subject, ids)
    return [call for call in _earlier(test, before) if call.route in routes]


def _earlier(test: TestFact, before: TestCall) -> list[TestCall]:
    return [call for call in test.calls if call.id < before.id and call.expected is None]


def leaving(subject: Subject, entity: str, attribute: str, value: str) -> list[str]:
    """Return the operations that move an attribute away from a value."""
    found = [rule for rule in _transitions(subject, entity, attribute) if rule.source == value]
    return [id for rule in found for id in rule.operations]


def reaching(subject: Subject, entity: str, attribute: str, value: str) -> list[str]:
    """Return the operations that move an attribute to a value."""
    found = [rule for rule in _transitions(subject, entity, attribute) if rule.target == value]
    return [id for rule in found for id in rule.operations]


def _transitions(subject: Subject, entity: str, attribute: str) -> list[Transition]:
    return [
        rule
        for rule in subject.brief.rules
        if isinstance(rule, Transition) and (rule.entity, rule.attribute) == (entity, attribute)
    ]


def given_to(call: TestCall) -> set[Source]:
    """Return where everything that is handed to a call has its source."""
    return {*call.arguments.sources, *(s for m in call.members for s in m.value.sources)}


def compared(test: TestFact) -> set[Source]:
    """Return the sources of all that the test compares with something."""
    return {s for a in test.assertions if not a.vacuous for s in a.value.sources}


def has_member(call: TestCall, names: tuple[str, ...]) -> bool:
    """Whether a member of the call's body has one of the names."""
    return any(named(member.name, names) for member in call.members)


def member_names(entity: Entity | None, attribute: str) -> tuple[str, ...]:
    """Return the words for an attribute, or for the key of a relation."""
    relation = entity.relation(attribute) if entity is not None else None
    if relation is not None:
        return key_names(relation)
    found = entity.attribute(attribute) if entity is not None else None
    return found.names if found is not None else (attribute,)


def key_names(relation: Relation) -> tuple[str, ...]:
    """Return the words for the key that names a related row: `author`, `author id`."""
    return (*relation.names, *(f"{name} id" for name in relation.names))
