"""Where the operations of a project are played: rules decided, deeds looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scoring.brief import Attribute, Limit, Membership, RequiredOperation, Rule, RuleRecord
from scoring.limits import limit_problem
from scoring.matching import LIVE_SHARE, UNREAD, Subject
from scoring.project.controllers import table_keys
from scoring.project.facts import Operation
from scoring.words import contains, words
from scoring.worlds.acting import deeds
from scoring.worlds.facts import ESSENTIAL, Point
from scoring.worlds.judging import HOLDS, Judged, judge
from scoring.worlds.kinds import KINDS
from scoring.worlds.play import Player
from scoring.worlds.scene import Scene

WORKING_SHARE = 0.8
"""An operation that gets fewer of its members right does not work."""


def with_deeds(subject: Subject) -> Subject:
    """Look at what the required operations do; a project is only as alive as they are.

    Where data access or operations are not read, nothing is known of that.
    """
    if any(unread.layer in ("data", "api") for unread in subject.facts.unread):
        return subject
    stage, deeds = Stage(subject), dict[str, tuple[Point, ...]]()
    for required in subject.brief.operations:
        found = subject.found(required.id)
        if found is not None:
            deeds[required.id] = stage.deeds(required, found)
    known = [
        [p for p in points if p.wrong is None or p.opaque is None] for points in deeds.values()
    ]
    works = [_works(points) for points in known if points]
    share = sum(works) / len(works) if works else 0.0
    liveness = min(subject.liveness, min(1.0, share / LIVE_SHARE) ** 2)
    return replace(subject, deeds=deeds, liveness=liveness)


def _works(points: Sequence[Point]) -> bool:
    """Whether an operation is granted, writes its row, and gets most of its members right."""
    if any(point.wrong is not None for point in points if point.weight >= ESSENTIAL):
        return False
    right = sum(point.wrong is None for point in points)
    return right >= WORKING_SHARE * len(points)


class Stage:
    """Plays the operations of one project."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._tables = table_keys(subject.facts.tables)
        self._known: dict[tuple[str, str], Attribute | None] = {}

    def judged(self, rule: Rule, required: RequiredOperation, operation: Operation) -> Judged:
        """Decide a rule on an operation."""
        if self._subject.tables.get(rule.entity) is None:
            return Judged("too lax", f"there is no table for {rule.entity}")
        if isinstance(rule, Limit):
            return _as_judged(limit_problem(self._subject, rule, operation))
        beside = [other for other in self._rules(required) if other is not rule]
        scene, player = self._play(required, operation)
        said = judge(scene, player, rule, beside, KINDS)
        if said.said == "holds":
            return said
        hidden = operation.behaviour.called & UNREAD
        if hidden:
            names = ", ".join(sorted(hidden))
            return Judged("not readable", f"what {names} does could not be followed")
        if isinstance(rule, Membership) and self._is_guarded(rule, operation):
            return Judged("not readable", "a guard speaks of it")
        return said

    def deeds(self, required: RequiredOperation, operation: Operation) -> tuple[Point, ...]:
        """Look at what an operation does in the world that it is made for."""
        scene, player = self._play(required, operation)
        return deeds(scene, player, self._rules(required), KINDS)

    def _is_guarded(self, rule: Membership, operation: Operation) -> bool:
        """Whether a guard of the operation is named like the membership or its value."""
        entity = self._subject.brief.entity(rule.through)
        said = [*(entity.names if entity is not None else ()), *filter(None, [rule.value])]
        guards = [words(role) for role in operation.roles]
        return any(contains(guard, words(name)) for guard in guards for name in said)

    def _play(self, required: RequiredOperation, operation: Operation) -> tuple[Scene, Player]:
        scene = Scene(self._subject, required, operation, self._known)
        violated = self._subject.facts.violated
        player = Player(operation.behaviour.trace, self._tables, violated)
        links = {
            place: rule_of_delete
            for rule in self._rules(required)
            for place, rule_of_delete in KINDS[type(rule)].links(scene, rule).items()
        }
        return scene, player.assuming(links) if links else player

    def _rules(self, required: RequiredOperation) -> list[RuleRecord]:
        return [
            rule
            for rule in self._subject.brief.rules
            if required.id in rule.operations and not isinstance(rule, Limit)
        ]


def _as_judged(problem: str | None) -> Judged:
    return HOLDS if problem is None else Judged("too lax", problem)
