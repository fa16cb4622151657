"""Tests: judged by what they would catch if the service were another than the brief describes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from scoring.brief import (
    Default,
    Entity,
    Limit,
    Ownership,
    Quota,
    RequiredOperation,
    Rule,
    Transition,
    Uniqueness,
)
from scoring.checks.verdict import Check, Verdict, good, lost, partly
from scoring.matching import Subject
from scoring.trials.changes import (
    ALL,
    ANSWERS,
    ANYONE,
    DROPPED,
    FAILS,
    FLOOR_HIGHER,
    FLOOR_LOWER,
    HIGHER,
    LOWER,
    OPEN,
    OTHER,
    SIZE,
    STAYS,
    ignoring,
)
from scoring.trials.modelled import is_played
from scoring.trials.trial import Trial, Trials, play_tests

PLACE = "test"
_SAID = {
    DROPPED: "it is not kept",
    f"{DROPPED} {ALL}": "everybody's rows are listed",
    HIGHER: "the maximum is one more",
    LOWER: "the maximum is one less",
    FLOOR_HIGHER: "the minimum is one more",
    FLOOR_LOWER: "the minimum is one less",
    STAYS: "the state stays as it is",
    OTHER: "it starts with another value",
    FAILS: "it refuses everything",
    ANSWERS: "it answers with other values",
    OPEN: "it asks nobody who they are",
    ANYONE: "it is for accounts of every kind",
    SIZE: "it shows all rows at once",
}


class _Held:
    """A subject by its identity."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.subject is self.subject

    def __hash__(self) -> int:
        return id(self.subject)


@lru_cache(maxsize=1)
def _play(held: _Held) -> Trials:
    return play_tests(held.subject)


def _trials(subject: Subject) -> Trials:
    """Return the tests of a project, played once for all checks."""
    return _play(_Held(subject))


def aspects(rule: Rule) -> tuple[str, ...]:
    """Return the changes of a rule that its tests must notice."""
    match rule:
        case Limit():
            least = (FLOOR_LOWER, FLOOR_HIGHER) if rule.minimum is not None else ()
            return (*least, *((HIGHER, LOWER) if rule.maximum is not None else ()))
        case Quota():
            return (HIGHER, LOWER)
        case Transition():
            return (DROPPED, STAYS)
        case Default():
            return (OTHER,)
        case _:
            return (DROPPED,)


def _follows_by_itself(subject: Subject, rule: Rule) -> bool:
    """Whether a test of the rule can be written down from the schema: bounds, owners, keys."""
    if isinstance(rule, Limit | Ownership):
        return True
    entity = subject.brief.entity(rule.entity)
    return (
        isinstance(rule, Uniqueness)
        and entity is not None
        and all(entity.attribute(name) is not None for name in rule.attributes)
    )


def rules(subject: Subject) -> tuple[Verdict, ...]:
    """Look for a test of each rule that fails if the rule is dropped or turned round."""
    played = [rule for rule in subject.brief.rules if is_played(subject.brief, rule)]
    thought = [rule for rule in played if not _follows_by_itself(subject, rule)]
    return tuple(_rule(subject, rule) for rule in thought or played)


def _rule(subject: Subject, rule: Rule) -> Verdict:
    expected = f"a test that fails unless: {rule.text}"
    return _noticed(subject, rule.id, aspects(rule), expected)


def _noticed(
    subject: Subject, of: str, whats: Sequence[str], expected: str, weight: float = 1.0
) -> Verdict:
    """Judge whether the tests notice all changes of one thing."""
    played = _trials(subject)
    missed = [what for what in whats if not played.catches(of, what)]
    if not missed:
        return good(weight)
    found = f"no test notices if {_SAID.get(missed[0], missed[0])}"
    return partly(len(missed) / len(whats), expected, found, PLACE, weight=weight)


def actions(subject: Subject) -> tuple[Verdict, ...]:
    """Look for a test of each action that fails if it is not done, or answers with other values."""
    listed = [o for o in subject.brief.operations if o.action == "act"]
    return tuple(_operation(subject, o) for o in listed or subject.brief.operations) or (
        lost("tests of the operations", "no operation", PLACE),
    )


def _operation(subject: Subject, required: RequiredOperation) -> Verdict:
    found = subject.found(required.id)
    expected = f"a test that calls {required.id} and compares what it answers or brings about"
    if found is None:
        return lost(expected, "no such operation", PLACE)
    whats = (FAILS,) if found.returns_nothing else (FAILS, ANSWERS)
    return _noticed(subject, found.key, whats, expected)


def lists(subject: Subject) -> tuple[Verdict, ...]:
    """Look for tests of lists that compare rows which would differ without the filter."""
    thought = [each for each in _filters(subject) if _is_thought(*each[1:])]
    return tuple(
        _noticed(
            subject,
            key,
            (ignoring("filter", name),),
            f"a test that fails unless the {entity.name} list is filtered by {name}",
        )
        for key, entity, name in thought or _filters(subject)
    ) or (good(),)


def _filters(subject: Subject) -> list[tuple[str, Entity, str]]:
    found: list[tuple[str, Entity, str]] = []
    for required in subject.brief.operations:
        operation, entity = subject.found(required.id), subject.entity_of(required)
        if required.action == "list" and entity is not None:
            key = operation.key if operation is not None else ""
            found += [(key, entity, name) for name in entity.filters]
    return found


def _is_thought(entity: Entity, name: str) -> bool:
    """Whether a test of a filter needs rows of different states, or of different parents."""
    attribute = entity.attribute(name)
    return attribute is None or (bool(attribute.values) and attribute.name == "status")


def routine(subject: Subject) -> tuple[Verdict, ...]:
    """Look for the tests that follow from the schema: bounds, owners, keys, callers, pages."""
    found = [_rule(subject, r) for r in subject.brief.rules if _follows_by_itself(subject, r)]
    for required in subject.brief.operations:
        if required.action != "act":
            found.append(_operation(subject, required))
        found += _callers(subject, required)
        if required.action == "list":
            found += _pages(subject, required)
    return tuple(found)


def _callers(subject: Subject, required: RequiredOperation) -> Iterable[Verdict]:
    operation = subject.found(required.id)
    guests = {actor.name for actor in subject.brief.actors if actor.kind == "guest"}
    if operation is None or not required.actors or guests & set(required.actors):
        return
    expected = f"a test that {required.id} needs a signed-in caller (401)"
    yield _noticed(subject, operation.key, (OPEN,), expected, weight=0.5)


def _pages(subject: Subject, required: RequiredOperation) -> Iterable[Verdict]:
    operation, entity = subject.found(required.id), subject.entity_of(required)
    if operation is None or entity is None:
        return
    shown = f"the {entity.name} list"
    yield _noticed(subject, operation.key, (SIZE,), f"a test of the pages of {shown}", 0.5)
    for name in entity.sorts:
        expected = f"a test that fails unless {shown} is sorted by {name}"
        yield _noticed(subject, operation.key, (ignoring("sort", name),), expected, 0.5)
    for name in entity.filters:
        if not _is_thought(entity, name):
            expected = f"a test that fails unless {shown} is filtered by {name}"
            yield _noticed(subject, operation.key, (ignoring("filter", name),), expected, 0.5)


def sound(subject: Subject) -> tuple[Verdict, ...]:
    """Ask that each test passes against the brief, arranges its own data, and can fail."""
    return tuple(_test(trial) for trial in _trials(subject).each) or (lost("tests", "none", PLACE),)


def _test(trial: Trial) -> Verdict:
    test = trial.test
    if trial.vacuous:
        (file, line, _), text = trial.vacuous[0]
        return lost("an assertion about the answer", text, file, line)
    if test.shared_state:
        expected = f"{test.name} arranges its own data"
        return lost(expected, "it shares variables", test.file, test.line)
    if trial.passes is False:
        expected = f"{test.name} passes if the service is as the brief wants it"
        return lost(expected, trial.why or "it fails", test.file, test.line)
    if not trial.calls:
        return lost(f"{test.name} calls the service", "it calls nothing", test.file, test.line)
    if not trial.notices:
        expected = f"{test.name} notices if something is wrong"
        return lost(expected, "it would notice nothing", test.file, test.line)
    return good()


CHECKS = (
    Check("tests.rules", 13, "each rule tested", rules, needs_brief=True, needs_life=True),
    Check(
        "tests.actions",
        3,
        "actions and their outcome",
        actions,
        needs_brief=True,
        needs_life=True,
        needs_topic=True,
    ),
    Check("tests.lists", 1, "filters of lists", lists, needs_brief=True, needs_life=True),
    Check(
        "tests.routine",
        2,
        "bounds, owners, keys, callers, pages",
        routine,
        needs_brief=True,
        needs_life=True,
    ),
    Check(
        "tests.sound",
        1,
        "assertions that can fail",
        sound,
        needs_brief=True,
        needs_life=True,
        needs_topic=True,
    ),
)
