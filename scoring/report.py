"""The scorecard: frozen records, and the one way they become bytes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Literal, get_args

from scoring.anchors import Anchors
from scoring.brief import Brief
from scoring.checks.verdict import Check, Verdict, lost
from scoring.project.facts import ProjectFacts
from scoring.record import ScoringRecord

AxisName = Literal["requirements", "database", "api", "tests", "implementation", "sdk"]
AXIS_NAMES: tuple[AxisName, ...] = get_args(AxisName)
"""The axes of the rubric, in the order in which they are shown."""

NEEDS_BRIEF = "there is no brief for this request, so nothing says what it demands"
"""Why a check that needs a brief is missing without one."""
_WORKSPACE = re.compile(r"[^\s\"'(]*sixfold-compile-[^/]*/(project/)?")
_DIAGNOSTICS_MAX = 500
_HOLLOW = lost(
    "operations that do real work",
    "too many handlers read and write nothing; this counts in proportion",
)
_OFF_TOPIC = lost(
    "what the request asks for",
    "most of it is not there; the quality of other things counts in proportion",
)


class RubricRef(ScoringRecord):
    """Which rubric gave the points; cards of different versions are not compared."""

    id: str
    version: int
    sha256: str
    """Digest of the definition: checks, points, gate, grades."""


class BriefRef(ScoringRecord):
    """Which brief the project was held to."""

    name: str
    sha256: str


class CompileDiagnostic(ScoringRecord):
    """One error that the TypeScript compiler reports."""

    file: str
    line: int
    code: int
    message: str
    environment: bool
    """Whether only a package is not installed, which counts against nobody."""


class CompileResult(ScoringRecord):
    """The gate: units without a type error ÷ units."""

    units: int
    failed: int
    diagnostics: tuple[CompileDiagnostic, ...]
    missing_packages: tuple[str, ...]
    """Packages that are not installed here; what is taken from them is of type `any`."""

    @property
    def share(self) -> float | None:
        """Return the share of the units, 0 to 1, that have no type error; None without a unit."""
        return (self.units - self.failed) / self.units if self.units else None


class Finding(ScoringRecord):
    """Why points were lost."""

    check: str
    points: float
    file: str
    line: int
    """Counted from 1; 0 if the finding is about no line."""
    expected: str
    found: str


class CheckScore(ScoringRecord):
    """One line of the rubric; `points` is null if it could not be measured."""

    id: str
    title: str
    points: float | None
    max: int
    looked_at: int = 0
    """How many things the check looked at: what its points are shared out over."""
    right: int = 0
    """How many of them are as they should be."""
    missing: str | None = None

    @property
    def lost(self) -> float:
        """Return the points that are lost here; 0 if the check could not be measured."""
        return self.max - self.points if self.points is not None else 0.0


class AxisScore(ScoringRecord):
    """One axis; `max` counts the checks that could be measured, null if none could."""

    points: float | None
    max: int
    checks: tuple[CheckScore, ...]
    findings: tuple[Finding, ...]
    """The most expensive first; their points sum up to `max` minus `points`."""

    @property
    def share(self) -> float | None:
        """Return the points as a share of the maximum, 0 to 1; None if nothing was measured."""
        return self.points / self.max if self.points is not None and self.max else None

    @property
    def lost(self) -> float:
        """Return the points that are lost on this axis; 0 if nothing was measured."""
        return self.max - self.points if self.points is not None else 0.0


class Missing(ScoringRecord):
    """Something that could not be measured, and why."""

    what: str
    reason: str


class Matched(ScoringRecord):
    """What of the project was taken for what of the brief; empty if nothing was."""

    tables: dict[str, str]
    """Entity → table."""
    operations: dict[str, str]
    """Required operation → method and path."""


class Counted(ScoringRecord):
    """How much of each kind was found in the project."""

    tables: int
    columns: int
    operations: int
    queries: int
    refusals: int
    shapes: int
    clients: int
    tests: int
    statements: int
    functions: int


class Oddity(ScoringRecord):
    """Something in a project that makes no sense by itself, and where."""

    part: str
    found: str
    file: str
    line: int


class WellFormedPart(ScoringRecord):
    """One aspect of how well-formed a project is: how many things were looked at."""

    name: str
    title: str
    asks: str
    """What things are right, in words."""
    looked_at: int
    right: int
    share: float | None
    """From what random forms reach (0) to what golden projects reach (1); null without things."""


class WellFormed(ScoringRecord):
    """Whether a project's own parts make sense and agree, where nothing says what is demanded."""

    value: float | None
    """From 0 to 100 on a scale of its own; null where its words can't be held to its data."""
    parts: tuple[WellFormedPart, ...]
    oddities: tuple[Oddity, ...]
    """The first of each part."""


class Scorecard(ScoringRecord):
    """The whole result. `score` is null without a brief, or if the gate could not be measured."""

    rubric: RubricRef
    brief: BriefRef | None
    score: float | None
    ungated: float | None
    grade: str | None
    measured: int
    """Points of the checks that could be measured, of 100; score and sum are scaled to 100."""
    compile: CompileResult | None
    axes: dict[AxisName, AxisScore]
    matched: Matched
    counted: Counted
    missing: tuple[Missing, ...]
    notes: tuple[Missing, ...]
    """Files that were not read, and why."""
    anchors: Anchors | None = None
    """What others score with this brief; None if nobody has measured it."""
    well_formed: WellFormed | None = None
    """What is said instead of a score where no brief says what is demanded; else None."""

    def canonical_json(self) -> str:
        """Return the one spelling of the card: sorted keys, two spaces, ends with a line feed."""
        data = self.model_dump(mode="json")
        return json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def brief_ref(brief: Brief | None) -> BriefRef | None:
    """Name a brief in a card."""
    return BriefRef(name=brief.name, sha256=brief.sha256) if brief is not None else None


def counted(facts: ProjectFacts) -> Counted:
    """Count what was read."""
    return Counted(
        tables=len(facts.tables),
        columns=sum(len(table.columns) for table in facts.tables),
        operations=len(facts.operations),
        queries=sum(len(o.behaviour.accesses) for o in facts.operations),
        refusals=sum(len(o.behaviour.refusals) for o in facts.operations),
        shapes=len(facts.shapes),
        clients=len(facts.clients),
        tests=len(facts.tests),
        statements=len(facts.statements),
        functions=facts.functions,
    )


def without_workspace(message: str) -> str:
    """Strip the compiler's temporary folder from a message."""
    return _WORKSPACE.sub("", message)


def bounded(diagnostics: Sequence[CompileDiagnostic]) -> tuple[CompileDiagnostic, ...]:
    """Keep the first 500 errors; a project with more says nothing new."""
    return tuple(diagnostics[:_DIAGNOSTICS_MAX])


def score_check(
    check: Check, verdicts: Sequence[Verdict], life: float = 1.0, topic: float = 1.0
) -> tuple[float, tuple[Finding, ...]]:
    """Turn verdicts into points and findings, in hundredths that add up.

    What the verdicts leave of a strict check is the share of what is right, raised to its power. It
    is multiplied by `life` and `topic` (0 to 1), if the check needs them;
    each difference is a finding of its own. Hundredths are dealt out by cumulative rounding, so
    that the findings' points sum up to the check's loss exactly.
    """
    total = math.fsum(verdict.weight for verdict in verdicts)
    bad = sorted(
        (verdict for verdict in verdicts if verdict.loss > 0 and verdict.weight > 0),
        key=lambda v: (-v.loss * v.weight, v.file, v.line, v.expected, v.found),
    )
    wrong = math.fsum(verdict.loss * verdict.weight for verdict in bad) / total if bad else 0.0
    lost_share = 1.0 - (1.0 - wrong) ** check.strict
    losses = [
        (100 * check.points * lost_share * (v.loss * v.weight / total) / wrong, v) for v in bad
    ]
    left = 100 * check.points - math.fsum(loss for loss, _ in losses)
    for needed, share, verdict in (
        (check.needs_life, life, _HOLLOW),
        (check.needs_topic, topic, _OFF_TOPIC),
    ):
        if needed and share < 1.0 and left > 0.0:
            losses.append((left * (1.0 - share), verdict))
            left *= share
    running, dealt = 0.0, 0
    findings: list[Finding] = []
    for loss, verdict in losses:
        running += loss
        points = round(running) - dealt
        dealt += points
        findings.append(
            Finding(
                check=check.id,
                points=points / 100,
                file=verdict.file,
                line=verdict.line,
                expected=verdict.expected,
                found=verdict.found,
            )
        )
    return (100 * check.points - dealt) / 100, tuple(findings)
