"""The rubric `sixfold-2`: 100 points, the compile gate, the grades."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.node.compile import CompileReport, CompilerFailure
from pipeline.node.toolchain import ToolchainError
from scoring.anchors import anchors_of
from scoring.brief import Brief
from scoring.checks import api, database, implementation, requirements, sdk, tests
from scoring.checks.verdict import Check, Verdict, kept_share
from scoring.environment import Checked, absent_packages, type_check
from scoring.matching import LIVE_SHARE, Subject, match
from scoring.project import read_project
from scoring.project.facts import ProjectFacts
from scoring.project.folder import Folder, read_folder
from scoring.project.layers import notice, unmeasured
from scoring.report import (
    NEEDS_BRIEF,
    AxisName,
    AxisScore,
    CheckScore,
    CompileDiagnostic,
    CompileResult,
    Finding,
    Matched,
    Missing,
    RubricRef,
    Scorecard,
    bounded,
    brief_ref,
    counted,
    score_check,
    without_workspace,
)
from scoring.wellformed import DEFINITION, well_formed
from scoring.worlds.stage import with_deeds

RUBRIC_ID = "sixfold-2"
RUBRIC_VERSION = 1
"""Raised whenever the same project could get other points than before."""

EDITION = f"{RUBRIC_ID} v{RUBRIC_VERSION}"

AXES: dict[AxisName, tuple[Check, ...]] = {
    "requirements": requirements.CHECKS,
    "database": database.CHECKS,
    "api": api.CHECKS,
    "tests": tests.CHECKS,
    "implementation": implementation.CHECKS,
    "sdk": sdk.CHECKS,
}
ALL_POINTS = 100
TOPIC_SHARE = 0.5
"""Where less of the request is there, the general quality of the rest counts in proportion."""
GRADES = ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (0, "F"))


def rubric_ref() -> RubricRef:
    """Return id, version and digest of the definition."""
    definition = {
        "id": RUBRIC_ID,
        "version": RUBRIC_VERSION,
        "gate": "compile units without a type error / compile units",
        "liveness": f"min(1, operations that work / operations / {LIVE_SHARE}) squared",
        "topic": f"min(1, share of the request that is there / {TOPIC_SHARE})",
        "grades": GRADES,
        "without a brief": DEFINITION,
        "axes": {
            axis: [{**vars(check), "judge": check.judge.__name__} for check in checks]
            for axis, checks in AXES.items()
        },
    }
    digest = hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()
    return RubricRef(id=RUBRIC_ID, version=RUBRIC_VERSION, sha256=digest)


def score_folder(
    folder: Path, brief: Brief | None, compile_report: CompileReport | None = None
) -> Scorecard:
    """Score a project's files; nothing of it is run.

    Without a brief (or with one that holds no facts) there is no score: the card says how
    well-formed the project is, and what the checks found that need no brief. Without a
    `compile_report` the project is type-checked here. Raises ScoringError if the folder cannot be
    read.
    """
    read = read_folder(folder)
    if compile_report is not None:
        checked = Checked(compile_report, absent_packages(compile_report))
        return score_facts(read, read_project(read), brief, checked)
    with ThreadPoolExecutor(max_workers=1) as beside:
        checking = beside.submit(type_check, read, folder)
        facts = read_project(read)
        try:
            return score_facts(read, facts, brief, checking.result())
        except (CompilerFailure, ToolchainError) as error:
            return score_facts(read, facts, brief, without_workspace(str(error)))


def score_facts(
    read: Folder, facts: ProjectFacts, brief: Brief | None, checked: Checked | str
) -> Scorecard:
    """Score what was read of a project; instead of a type check, the reason why there is none."""
    missing: list[Missing] = []
    if isinstance(checked, str):
        missing.append(Missing(what="compile", reason=checked))
        gate = report = None
    else:
        gate, report = _gate(checked, read), checked.own
    brief = brief if brief is not None and brief.has_facts else None
    subject = match(facts, brief, report)
    subject = subject if brief is None else with_deeds(subject)
    axes: dict[AxisName, AxisScore] = {}
    for name, checks in AXES.items():
        axes[name], unmeasured = _axis(checks, subject, _topic(name, subject))
        missing += unmeasured
    measured = sum(axis.max for axis in axes.values())
    said = notice(facts, ALL_POINTS - measured if brief is not None else 0)
    if said is not None:
        missing.insert(0, Missing(what="project", reason=said))
    kept_hundredths = sum(round(100 * axis.points) for axis in axes.values() if axis.points)
    ungated = kept_hundredths / measured if measured and brief is not None else None
    score = None
    if ungated is not None and gate is not None:
        share = gate.share if gate.share is not None else 1.0  # nothing to compile is no fault
        score = round(ungated * share, 2)
    return Scorecard(
        rubric=rubric_ref(),
        brief=brief_ref(brief),
        score=score,
        ungated=round(ungated, 2) if ungated is not None else None,
        grade=grade(score) if score is not None else None,
        measured=measured,
        compile=gate,
        axes=axes,
        matched=_matched(subject),
        counted=counted(facts),
        missing=tuple(missing),
        notes=tuple(Missing(what=path, reason=reason) for path, reason in facts.problems),
        anchors=anchors_of(brief.sha256, EDITION) if brief is not None else None,
        well_formed=well_formed(facts) if brief is None else None,
    )


def grade(score: float) -> str:
    """Return the grade of a score."""
    return next(letter for bound, letter in GRADES if score >= bound)


def _matched(subject: Subject) -> Matched:
    """Return which table and route was taken for what the brief asks for; empty if none was."""
    brief = subject.brief
    if subject.derived:
        return Matched(tables={}, operations={})
    tables = {entity.name: subject.tables.get(entity.name) for entity in brief.entities}
    routes = {required.id: subject.found(required.id) for required in brief.operations}
    return Matched(
        tables={name: table.name if table else "" for name, table in tables.items()},
        operations={id: f"{o.method} {o.path}" if o else "" for id, o in routes.items()},
    )


def _topic(axis: AxisName, subject: Subject) -> float:
    """Return how far the axis is about the request: 1 if half of what it asks for is there."""
    if subject.derived:
        return 1.0
    lead: dict[AxisName, Callable[[Subject], Sequence[Verdict]]]
    lead = {"requirements": requirements.stated, "database": database.entities}
    share = kept_share(lead.get(axis, api.operations)(subject))
    return min(1.0, share / TOPIC_SHARE)


def _axis(
    checks: tuple[Check, ...], subject: Subject, topic: float
) -> tuple[AxisScore, list[Missing]]:
    scores: list[CheckScore] = []
    findings: list[Finding] = []
    missing: list[Missing] = []
    for check in checks:
        reason = _missing_reason(check, subject)
        if reason is not None:
            missing.append(Missing(what=check.id, reason=reason))
            scores.append(
                CheckScore(
                    id=check.id, title=check.title, points=None, max=check.points, missing=reason
                )
            )
            continue
        verdicts = check.judge(subject)
        unread = [verdict for verdict in verdicts if verdict.unread]
        missing += [Missing(what=check.id, reason=f"{v.expected}: {v.found}") for v in unread]
        if unread and len(unread) == len(verdicts):
            reason = "the code could not be followed"
            scores.append(
                CheckScore(
                    id=check.id, title=check.title, points=None, max=check.points, missing=reason
                )
            )
            continue
        points, found = score_check(check, verdicts, subject.liveness, topic)
        scores.append(
            CheckScore(
                id=check.id,
                title=check.title,
                points=points,
                max=check.points,
                looked_at=sum(verdict.weight > 0 for verdict in verdicts),
                right=sum(verdict.weight > 0 and verdict.loss == 0 for verdict in verdicts),
            )
        )
        findings += found
    measured = [score for score in scores if score.points is not None]
    total = sum(round(100 * (score.points or 0.0)) for score in measured) / 100
    findings.sort(key=lambda f: (-f.points, f.check, f.file, f.line, f.expected, f.found))
    axis = AxisScore(
        points=total if measured else None,
        max=sum(score.max for score in measured),
        checks=tuple(scores),
        findings=tuple(findings),
    )
    return axis, missing


def _missing_reason(check: Check, subject: Subject) -> str | None:
    if check.needs_brief and subject.derived:
        return NEEDS_BRIEF
    unread = unmeasured(check.id, subject.facts)
    if unread is not None:
        return unread
    if check.id == "sdk.compiles" and subject.compile is None:
        return "the TypeScript compiler could not be asked"
    return None


def _gate(checked: Checked, folder: Folder) -> CompileResult:
    """Count the units with an error of their own; a package that is not installed is none."""
    report = checked.report
    errors = [
        CompileDiagnostic(
            file=each.file,
            line=each.line,
            code=each.code,
            message=without_workspace(each.message),
            environment=each in checked.environment,
        )
        for each in report.diagnostics
    ]
    failed = {e.file for e in errors if not e.environment and e.file in folder.texts}
    general = any(not e.file and not e.environment for e in errors)
    count = report.units if general else min(len(failed), report.units)
    return CompileResult(
        units=report.units,
        failed=count,
        diagnostics=bounded(errors),
        missing_packages=report.missing_packages,
    )
