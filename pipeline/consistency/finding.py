"""Checks and what they find: a rule of an AST, and the places that break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.project import Project
from pipeline.records.record import Record
from pipeline.records.records import Diagnostic, StageName

Place = tuple[str, str]
"""A JSON pointer into the stage's AST, and what was found there."""


@dataclass(frozen=True)
class Check:
    """One rule: `find` yields the places of a project that break it."""

    id: str
    """`<stage>.<what>`, stable."""
    stage: StageName
    expected: str
    why: str
    suggestion: str
    find: Callable[[Project], Iterable[Place]]


class Finding(Record):
    """A place that breaks a check."""

    check: str
    stage: StageName
    diagnostic: Diagnostic


class Inspection(Record):
    """Everything that was found in one project, in the order of the checks."""

    findings: tuple[Finding, ...]


def findings(check: Check, project: Project) -> Iterator[Finding]:
    """Yield what breaks one check."""
    for pointer, found in check.find(project):
        diagnostic = Diagnostic(
            pointer=pointer,
            expected=check.expected,
            found=found,
            why=check.why,
            suggestion=check.suggestion,
        )
        yield Finding(check=check.id, stage=check.stage, diagnostic=diagnostic)


def repeated(names: Sequence[str], pointer: str) -> Iterator[Place]:
    """Yield the places of a list's names that stood there before; `{}` in the pointer is theirs."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield pointer.format(number), name
        seen.add(name)
