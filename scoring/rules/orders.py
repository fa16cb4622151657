"""What must not be less or more than something else, and times that lie ahead or back."""

from __future__ import annotations

from scoring.brief import Ahead, Needed, Order
from scoring.matching import Subject, find_property
from scoring.project.facts import TestFact
from scoring.rules.calls import has_member, member_names, refused
from scoring.rules.kind import Kind, by_one_test, in_worlds


def _order_guards(subject: Subject, rule: Order, test: TestFact) -> bool:
    return _is_refused(subject, rule, test, (rule.attribute, rule.other))


def _needed_guards(subject: Subject, rule: Needed, test: TestFact) -> bool:
    """Whether a call is refused that does not give it."""
    names = member_names(subject.brief.entity(rule.entity), rule.attribute)
    return any(not has_member(call, names) for call in refused(subject, rule, test))


def _ahead_guards(subject: Subject, rule: Ahead, test: TestFact) -> bool:
    return _is_refused(subject, rule, test, (rule.attribute,))


def _is_refused(
    subject: Subject, rule: Order | Ahead, test: TestFact, paths: tuple[str, ...]
) -> bool:
    """Whether a call is refused that gives what is compared; any call if only rows hold it."""
    entity = subject.brief.entity(rule.entity)
    given = [member_names(entity, path) for path in paths if "." not in path]
    any_will_do = not _gives_any(subject, rule, given)
    return any(
        any_will_do or any(has_member(call, names) for names in given)
        for call in refused(subject, rule, test)
    )


def _gives_any(subject: Subject, rule: Order | Ahead, names: list[tuple[str, ...]]) -> bool:
    """Whether the bodies of the operations have a member of one of the names."""
    for id in rule.operations:
        found = subject.found(id)
        shape = subject.shape(found.body) if found is not None else None
        if shape is not None and any(find_property(shape, each) for each in names):
            return True
    return False


ORDER = Kind(Order, in_worlds, by_one_test(_order_guards))
NEEDED = Kind(Needed, in_worlds, by_one_test(_needed_guards))
AHEAD = Kind(Ahead, in_worlds, by_one_test(_ahead_guards))
