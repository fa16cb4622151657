"""Invariants and what breaks them: a rule of an AST, and the places of a project against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.english import counted
from pipeline.project import Project
from pipeline.records.calls import Diagnostic
from pipeline.records.record import Record
from pipeline.records.stages import StageName

Place = tuple[str, str]
"""A JSON pointer into the stage's AST, and what was found there."""


@dataclass(frozen=True)
class Invariant:
    """One rule: `find` yields the places of a project that break it."""

    id: str
    """`<stage>.<what>`, stable."""
    stage: StageName
    expected: str
    why: str
    suggestion: str
    find: Callable[[Project], Iterable[Place]]


class Inconsistency(Record):
    """A place that breaks an invariant; `check` is its id."""

    check: str
    stage: StageName
    diagnostic: Diagnostic


class Inspection(Record):
    """Everything that was found in one project, in the order of the invariants."""

    findings: tuple[Inconsistency, ...]

    @property
    def sentence(self) -> str:
        """How many places break how many checks."""
        places = counted(len(self.findings), "place")
        verb = "breaks" if len(self.findings) == 1 else "break"
        checks = counted(len({each.check for each in self.findings}), "check")
        return f"{places} {verb} {checks} of consistency"


def inconsistencies(invariant: Invariant, project: Project) -> Iterator[Inconsistency]:
    """Yield what breaks one invariant."""
    for pointer, found in invariant.find(project):
        diagnostic = Diagnostic(
            pointer=pointer,
            expected=invariant.expected,
            found=found,
            why=invariant.why,
            suggestion=invariant.suggestion,
        )
        yield Inconsistency(check=invariant.id, stage=invariant.stage, diagnostic=diagnostic)


def repeated(names: Sequence[str], pointer: str) -> Iterator[Place]:
    """Yield the places of a list's names that stood there before; `{}` in the pointer is theirs."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield pointer.format(number), name
        seen.add(name)
