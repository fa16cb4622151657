"""All invariants of finished ASTs, and what breaks them in a project."""

from __future__ import annotations

from pipeline.consistency import analysis, database, interface, program, test, traces
from pipeline.consistency.invariant import Inconsistency, Invariant, inconsistencies
from pipeline.project import Project

INVARIANTS: tuple[Invariant, ...] = (
    *analysis.INVARIANTS,
    *database.INVARIANTS,
    *interface.INVARIANTS,
    *test.INVARIANTS,
    *program.INVARIANTS,
    *traces.INVARIANTS,
)


def inspect(project: Project) -> tuple[Inconsistency, ...]:
    """Return everything that breaks an invariant, in the order of the invariants."""
    return tuple(found for each in INVARIANTS for found in inconsistencies(each, project))
