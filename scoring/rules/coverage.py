"""Whether a test would fail without a rule: one function per kind of rule, giving a share."""

from __future__ import annotations

from scoring.brief import (
    Default,
    Deletion,
    Effect,
    Entity,
    Limit,
    Membership,
    Ownership,
    Quota,
    Reference,
    Relation,
    Restrict,
    Rule,
    State,
    Stranger,
    Transition,
    Uniqueness,
    Visibility,
    Window,
)
from scoring.matching import Subject
from scoring.project.facts import TestCall, TestFact
from scoring.words import named, squeeze


def rule_tested(subject: Subject, rule: Rule) -> float:
    """Return the share of the rule that the tests cover, 0 to 1."""
    match rule:
        case Ownership():
            return _ownership(subject, rule)
        case Limit():
            return _limit(subject, rule)
        case _:
            return float(any(_guards(subject, rule, test) for test in subject.facts.tests))


def _guards(subject: Subject, rule: Rule, test: TestFact) -> bool:
    """Tell whether the test would fail if nothing enforced the rule."""
    match rule:
        case Uniqueness():
            return _uniqueness(subject, rule, test)
        case Quota():
            return _quota(subject, rule, test)
        case Transition():
            return _transition(subject, rule, test)
        case Default():
            return _default(subject, rule, test)
        case Reference():
            return _reference(subject, rule, test)
        case State():
            return _state(subject, rule, test)
        case Restrict():
            return _restrict(subject, rule, test)
        case Visibility():
            return _visibility(subject, rule, test)
        case Deletion():
            return _deletion(subject, rule, test)
        case Membership():
            return _membership(subject, rule, test)
        case Effect():
            return _effect(subject, rule, test)
        case Stranger():
            return _stranger(subject, rule, test)
        case Window():
            return _window(subject, rule, test)
        case Ownership() | Limit():
            return False


def _routes(subject: Subject, ids: tuple[str, ...]) -> set[str]:
    return {found.key for id in ids if (found := subject.found(id)) is not None}


def _refused(test: TestFact, routes: set[str], statuses: tuple[int, ...]) -> list[TestCall]:
    """Return the calls that must be refused with one of the statuses."""
    return [
        call
        for call in test.calls
        if call.route in routes
        and call.expected is not None
        and (not call.expected or call.expected & set(statuses))
    ]


def _made(subject: Subject, test: TestFact, entity: str, before: TestCall) -> list[TestCall]:
    """Return the calls before one that made a row of the entity."""
    routes = _routes(subject, (f"{entity}.create", f"{entity}.join"))
    return [
        call
        for call in test.calls
        if call.id < before.id and call.route in routes and call.expected is None
    ]


def _succeeded(
    subject: Subject, test: TestFact, ids: tuple[str, ...], before: TestCall
) -> list[TestCall]:
    routes = _routes(subject, ids)
    return [c for c in test.calls if c.id < before.id and c.route in routes and c.expected is None]


def _has_member(call: TestCall, names: tuple[str, ...]) -> bool:
    return any(named(member.name, names) for member in call.members)


def _names(entity: Entity | None, attribute: str) -> tuple[str, ...]:
    """Return the words for an attribute, or for the key of a relation."""
    relation = entity.relation(attribute) if entity is not None else None
    if relation is not None:
        return _key_names(relation)
    found = entity.attribute(attribute) if entity is not None else None
    return found.names if found is not None else (attribute,)


def _key_names(relation: Relation) -> tuple[str, ...]:
    return (*relation.names, *(f"{name} id" for name in relation.names))


def _ownership(subject: Subject, rule: Ownership) -> float:
    """Count the operations on one row that somebody else tries in vain."""
    ids = [id for id in rule.operations if not id.endswith(".list")] or list(rule.operations)
    tested = 0
    for id in ids:
        routes = _routes(subject, (id,))
        for test in subject.facts.tests:
            if any(
                call.caller and made.caller and not (call.caller & made.caller)
                for call in _refused(test, routes, rule.statuses)
                for made in _made(subject, test, rule.entity, call)
            ) or _tries_another(subject, rule, test, routes):
                tested += 1
                break
    return tested / len(ids)


def _tries_another(subject: Subject, rule: Ownership, test: TestFact, routes: set[str]) -> bool:
    """Tell whether a refused call names what somebody else signed up as, or was shown."""
    shown = _routes(subject, (f"{rule.entity}.list", f"{rule.entity}.read"))
    joined = _routes(subject, (f"{rule.entity}.join",))
    for call in _refused(test, routes, rule.statuses):
        for made in test.calls:
            if not call.caller or made.id >= call.id or made.expected is not None:
                continue
            if f"response:{made.id}" not in _given(call):
                continue
            if made.route in joined and made.id not in call.caller:
                return True
            if made.route in shown and made.caller and not (made.caller & call.caller):
                return True
    return False


def _given(call: TestCall) -> set[str]:
    """Return where everything that is handed to a call comes from."""
    return {*call.arguments.sources, *(s for m in call.members for s in m.value.sources)}


def _limit(subject: Subject, rule: Limit) -> float:
    """Count the bounds beyond which a test goes."""
    names = _names(subject.brief.entity(rule.entity), rule.attribute)
    routes = _routes(subject, rule.operations)
    bounds = [b for b in ("minimum", "maximum") if getattr(rule, b) is not None]
    beyond: set[str] = set()
    for test in subject.facts.tests:
        for call in _refused(test, routes, rule.statuses):
            for member in call.members:
                if not named(member.name, names):
                    continue
                for bound in bounds:
                    limit = getattr(rule, bound)
                    size = member.number if member.number is not None else member.length
                    sizes = [s for s in (member.length, member.number) if s is not None]
                    if size is None or any(
                        s < limit if bound == "minimum" else s > limit for s in sizes
                    ):
                        beyond.add(bound)
    return len(beyond) / len(bounds)


def _uniqueness(subject: Subject, rule: Uniqueness, test: TestFact) -> bool:
    entity = subject.brief.entity(rule.entity)
    routes = _routes(subject, rule.operations)
    return any(
        all(_has_member(call, _names(entity, name)) for name in rule.attributes)
        and _made(subject, test, rule.entity, call)
        for call in _refused(test, routes, rule.statuses)
    )


def _quota(subject: Subject, rule: Quota, test: TestFact) -> bool:
    routes = _routes(subject, rule.operations)
    return any(
        sum(made.repeated for made in _made(subject, test, rule.entity, call)) >= rule.maximum
        for call in _refused(test, routes, rule.statuses)
    )


def _transition(subject: Subject, rule: Transition, test: TestFact) -> bool:
    routes = _routes(subject, rule.operations)
    return any(
        _made(subject, test, rule.entity, call) for call in _refused(test, routes, rule.statuses)
    )


def _default(subject: Subject, rule: Default, test: TestFact) -> bool:
    names = {squeeze(n) for n in _names(subject.brief.entity(rule.entity), rule.attribute)}
    routes = _routes(subject, rule.operations)
    for call in test.calls:
        if call.route not in routes or call.expected is not None:
            continue
        if any(squeeze(member.name) in names for member in call.members):
            continue
        for assertion in test.assertions:
            value = assertion.value
            if (
                not assertion.vacuous
                and value.sources & {f"response:{c.id}" for c in test.calls if c.id >= call.id}
                and names & {squeeze(n) for n in value.names}
                and value.literals & _default_literals(rule)
            ):
                return True
    return False


def _default_literals(rule: Default) -> set[str]:
    return {rule.value, "null", "false", "0", "1"}


def _reference(subject: Subject, rule: Reference, test: TestFact) -> bool:
    entity = subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    if relation is None:
        return False
    names = _key_names(relation)
    for call in _refused(test, _routes(subject, rule.operations), rule.statuses):
        for member in call.members:
            if named(member.name, names) and any(
                f"response:{made.id}" in member.value.sources and not (made.caller & call.caller)
                for made in _made(subject, test, relation.target, call)
            ):
                return True
    return False


def _movers(subject: Subject, entity: str, attribute: str, away_from: str) -> tuple[str, ...]:
    """Return the operations that move the attribute away from a value."""
    return tuple(
        id
        for rule in subject.brief.rules
        if isinstance(rule, Transition)
        and (rule.entity, rule.attribute, rule.source) == (entity, attribute, away_from)
        for id in rule.operations
    )


def _state(subject: Subject, rule: State, test: TestFact) -> bool:
    entity = subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    if relation is None:
        return False
    movers = _movers(subject, relation.target, rule.attribute, rule.value)
    return any(
        _succeeded(subject, test, movers, call)
        for call in _refused(test, _routes(subject, rule.operations), rule.statuses)
    )


def _restrict(subject: Subject, rule: Restrict, test: TestFact) -> bool:
    return any(
        _made(subject, test, rule.child, call)
        for call in _refused(test, _routes(subject, rule.operations), rule.statuses)
    )


def _visibility(subject: Subject, rule: Visibility, test: TestFact) -> bool:
    movers = tuple(
        id
        for other in subject.brief.rules
        if isinstance(other, Transition)
        and (other.entity, other.attribute, other.target)
        == (rule.entity, rule.attribute, rule.hidden)
        for id in other.operations
    )
    routes = _routes(subject, rule.operations)
    if any(_succeeded(subject, test, movers, c) for c in _refused(test, routes, rule.statuses)):
        return True
    compared = {s for a in test.assertions if not a.vacuous for s in a.value.sources}
    return any(
        call.route in routes
        and f"response:{call.id}" in compared
        and _succeeded(subject, test, movers, call)
        for call in test.calls
    )


def _deletion(subject: Subject, rule: Deletion, test: TestFact) -> bool:
    routes = _routes(subject, rule.operations)
    children = _routes(subject, (f"{rule.child}.read", f"{rule.child}.list"))
    compared = {s for a in test.assertions if not a.vacuous for s in a.value.sources}
    for erased in test.calls:
        if erased.route not in routes or erased.expected is not None:
            continue
        if not _made(subject, test, rule.child, erased):
            continue
        for call in test.calls:
            if call.id > erased.id and call.route in children:
                if rule.effect == "erase" and call.expected is not None:
                    return True
                if call.expected is None and f"response:{call.id}" in compared:
                    return True
    return False


def _membership(subject: Subject, rule: Membership, test: TestFact) -> bool:
    """Look for a signed-in caller who is refused what somebody else has made."""
    for call in _refused(test, _routes(subject, rule.operations), rule.statuses):
        others = [
            made
            for made in test.calls
            if made.id < call.id
            and made.expected is None
            and made.caller
            and not (made.caller & call.caller)
            and f"response:{made.id}" in _given(call)
        ]
        if call.caller and others:
            return True
    return False


def _effect(subject: Subject, rule: Effect, test: TestFact) -> bool:
    """Look for the operation, and a later answer about the other entity that is looked at."""
    routes = _routes(subject, rule.operations)
    about = _routes(
        subject, tuple(o.id for o in subject.brief.operations if o.entity == rule.writes)
    )
    names: set[str] = set()
    if rule.attribute is not None:
        entity = subject.brief.entity(rule.writes)
        names = {squeeze(name) for name in _names(entity, rule.attribute)}
    for done in test.calls:
        if done.route not in routes or done.expected is not None:
            continue
        for later in test.calls:
            if later.route not in about or later.id <= done.id:
                continue
            if later.expected is not None and rule.change == "delete":
                return True
            if any(
                f"response:{later.id}" in a.value.sources
                and (not names or names & {squeeze(n) for n in a.value.names})
                for a in test.assertions
                if not a.vacuous
            ):
                return True
    return False


def _stranger(subject: Subject, rule: Stranger, test: TestFact) -> bool:
    """Look for a caller who is refused what he has made himself."""
    entity = subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = relation.target if relation is not None else ""
    return any(
        made.caller & call.caller and f"response:{made.id}" in _given(call)
        for call in _refused(test, _routes(subject, rule.operations), rule.statuses)
        for made in _made(subject, test, target, call)
    )


def _window(subject: Subject, rule: Window, test: TestFact) -> bool:
    """Look for a call that is refused though the same caller was let through, or by its time."""
    entity = subject.brief.entity(rule.entity)
    names = _names(entity, rule.attribute)
    routes = _routes(subject, rule.operations)
    return any(
        _has_member(call, names)
        or any(
            done.route == call.route and done.caller == call.caller and done.expected is None
            for done in test.calls
            if done.id < call.id
        )
        for call in _refused(test, routes, rule.statuses)
    )
