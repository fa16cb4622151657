"""What a kind of rule is to the rubric: how it is enforced, and seen at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from scoring.brief import RuleRecord
from scoring.matching import Subject
from scoring.project.facts import Operation
from scoring.rules.site import Problem, Site

R = TypeVar("R", bound=RuleRecord)


def _always(subject: Subject, rule: RuleRecord, operation: Operation) -> bool:
    return True


@dataclass(frozen=True)
class Kind(Generic[R]):
    """One kind of rule: `problem` is None where the operation keeps the rule.

    `can_be_read` is False where something that the files don't show may keep the rule.
    """

    rule: type[R]
    problem: Callable[[Site, R], Problem | None]
    can_be_read: Callable[[Subject, R, Operation], bool] = _always
