"""All checks of finished ASTs, and what a project's own find."""

from __future__ import annotations

from pipeline.consistency import analysis, database, interface, program, test, traces
from pipeline.consistency.finding import Check, Finding, findings
from pipeline.project import Project

CHECKS: tuple[Check, ...] = (
    *analysis.CHECKS,
    *database.CHECKS,
    *interface.CHECKS,
    *test.CHECKS,
    *program.CHECKS,
    *traces.CHECKS,
)


def inspect(project: Project) -> tuple[Finding, ...]:
    """Return everything that breaks a check, in the order of the checks."""
    return tuple(finding for check in CHECKS for finding in findings(check, project))
