"""What a kind of rule is to the rubric: how it is enforced, tested, and seen at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from scoring.brief import RuleRecord
from scoring.matching import Subject
from scoring.project.facts import Operation, TestFact
from scoring.rules.site import Problem, Site

R = TypeVar("R", bound=RuleRecord)


def _always(subject: Subject, rule: RuleRecord, operation: Operation) -> bool:
    return True


def in_worlds(site: Site, rule: RuleRecord) -> Problem | None:
    """Return None: whether an operation keeps the rule is decided in worlds."""
    return None


@dataclass(frozen=True)
class Kind(Generic[R]):
    """One kind of rule: `problem` is None where the operation keeps the rule.

    `tested` is the share of the rule, 0 to 1, without which a test would fail. `can_be_read` is
    False where something that the files don't show may keep the rule.
    """

    rule: type[R]
    problem: Callable[[Site, R], Problem | None]
    tested: Callable[[Subject, R], float]
    can_be_read: Callable[[Subject, R, Operation], bool] = _always


def by_one_test(
    guards: Callable[[Subject, R, TestFact], bool],
) -> Callable[[Subject, R], float]:
    """Return the share of a rule that one test covers whole, or none does."""

    def tested(subject: Subject, rule: R) -> float:
        return float(any(guards(subject, rule, test) for test in subject.facts.tests))

    return tested
