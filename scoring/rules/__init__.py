"""Rules of a brief: whether an operation keeps one.

One module a kind of rule, or a family of kinds where each is a few lines; `KINDS` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.brief import Rule, RuleRecord
from scoring.matching import Subject
from scoring.project.facts import Operation
from scoring.rules import (
    default,
    effect,
    erasure,
    limit,
    membership,
    ownership,
    quota,
    reference,
    state,
    uniqueness,
    visibility,
    window,
)
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site

KINDS: Mapping[type[RuleRecord], Kind[Any]] = {
    kind.rule: kind
    for kind in (
        uniqueness.UNIQUENESS,
        ownership.OWNERSHIP,
        ownership.STRANGER,
        limit.LIMIT,
        quota.QUOTA,
        state.TRANSITION,
        state.STATE,
        default.DEFAULT,
        reference.REFERENCE,
        erasure.RESTRICT,
        erasure.DELETION,
        visibility.VISIBILITY,
        membership.MEMBERSHIP,
        effect.EFFECT,
        window.WINDOW,
    )
}


def find_problem(subject: Subject, rule: Rule, operation: Operation) -> Problem | None:
    """Return what is wrong where an operation should keep a rule; None if it does."""
    entity, table = subject.brief.entity(rule.entity), subject.tables.get(rule.entity)
    if entity is None or table is None:
        return Problem(1.0, f"there is no table for {rule.entity}")
    return KINDS[type(rule)].problem(Site(subject, operation, entity, table), rule)


def can_be_read(subject: Subject, rule: Rule, operation: Operation) -> bool:
    """Whether a lack of the rule can be known: False if it may be kept out of sight.

    Out of sight are statements of SQL, events, guards that speak of the membership, rows written
    with a relation, counters that no column holds, and times that are configured.
    """
    return KINDS[type(rule)].can_be_read(subject, rule, operation)
