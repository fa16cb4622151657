"""Tests: judged by what they would catch if the service were another than the brief describes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from scoring.brief import Default, Limit, Ownership, Quota, Rule, Transition
from scoring.checks.verdict import Check, Verdict, good, lost, partly
from scoring.matching import Subject
from scoring.project.facts import Operation
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
from scoring.trials.trial import Trial, Trials, play_tests
from scoring.words import squeeze

PLACE = "test"
_DERIVED = 0.25
"""What a rule weighs whose test follows from it without a thought: its bounds, its owner, its key."""


@lru_cache(maxsize=1)
def _played(key: int, held: tuple[Subject]) -> Trials:
    return play_tests(held[0])


def trials(subject: Subject) -> Trials:
    """Return the tests of a project, played once for all checks."""
    raise NotImplementedError
