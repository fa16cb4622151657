"""What a check is, and its verdicts, each with a weight and a share that is lost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoring.matching import Subject


@dataclass(frozen=True)
class Verdict:
    """One thing looked at: `loss` 0 means as it should be, 1 that nothing of it is there."""

    loss: float
    expected: str
    found: str
    file: str = ""
    line: int = 0
    weight: float = 1.0
    unread: bool = False
    """Whether nobody can say, as the code could not be followed: nothing is won or lost."""


@dataclass(frozen=True)
class Check:
    """A line of the rubric; `judge` returns all verdicts, the good ones too.

    `needs_brief` checks are missing without one. `needs_life` ones count only as far as the
    project's operations do real work, `needs_topic` ones (about quality of any kind of project)
    only as far as it is the project that the brief asks for. A `strict` check keeps the share of
    what is right to this power: 5 means that one wrong thing of a hundred costs 4.9 %, and half of
    them 97 %.
    """

    id: str
    points: int
    title: str
    judge: Callable[[Subject], tuple[Verdict, ...]]
    needs_brief: bool = False
    needs_life: bool = False
    needs_topic: bool = False
    strict: float = 1.0


def good(weight: float = 1.0) -> Verdict:
    """Return that one thing is as it should be."""
    return Verdict(0.0, "", "", weight=weight)


def lost(
    expected: str, found: str, file: str = "", line: int = 0, *, weight: float = 1.0
) -> Verdict:
    """Return that one thing is missing or wrong altogether."""
    return Verdict(1.0, expected, found, file, line, weight)


def partly(
    loss: float, expected: str, found: str, file: str = "", line: int = 0, *, weight: float = 1.0
) -> Verdict:
    """Return that a share of one thing is missing or wrong."""
    return Verdict(loss, expected, found, file, line, weight)


def unread(expected: str, found: str, file: str = "", line: int = 0) -> Verdict:
    """Return that nobody can say whether one thing is as it should be."""
    return Verdict(0.0, expected, found, file, line, weight=0.0, unread=True)


def kept_share(verdicts: Sequence[Verdict]) -> float:
    """Return the share, 0 to 1, that is as it should be."""
    total = math.fsum(verdict.weight for verdict in verdicts)
    lost_weight = math.fsum(verdict.weight * verdict.loss for verdict in verdicts)
    return 1.0 - lost_weight / total if total else 0.0
