"""Checks between the stages: what is asked is offered, kept and tested."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from pipeline.ast.analysis import Limit, RuleNode
from pipeline.ast.database import DecimalType, IntegerType, TextType
from pipeline.ast.test import Call
from pipeline.ast.walk import walk
from pipeline.consistency.invariant import Invariant, Place
from pipeline.project import Project

DESCRIBES = (
    *("permission", "visibility", "derivation", "default", "retention", "ownership"),
    *("cascade", "sorting"),
)
"""Rules that columns, callers and scopes keep, without a check that cites them."""
CREDENTIALS = ("email", "password")
"""Attributes of accounts whose rules derivation keeps."""


def _requirements(project: Project) -> Iterator[Place]:
    served = {
        cited
        for node in (*project.database.tables, *project.interface.operations)
        for cited in node.requirements
    }
    for number, requirement in enumerate(project.analysis.requirements):
        if requirement.id not in served:
            yield f"/requirements/{number}", requirement.id


def _rules(project: Project) -> Iterator[Place]:
    kept: set[str] = set()
    trees: tuple[BaseModel, ...] = (project.database, project.interface, project.program)
    for node in (node for tree in trees for node in walk(tree)):
        kept |= set(getattr(node, "rules", ()))
    for number, rule in enumerate(project.analysis.rules):
        if rule.id not in kept and not _is_derived(rule) and not _is_bound(project, rule):
            yield f"/rules/{number}", rule.id


def _is_derived(rule: RuleNode) -> bool:
    if getattr(rule, "kind", "") in DESCRIBES:
        return True
    spoken = (*getattr(rule, "attributes", ()), getattr(rule, "attribute", None) or "")
    return any(attribute.split(".")[-1] in CREDENTIALS for attribute in spoken)


def _is_bound(project: Project, rule: RuleNode) -> bool:
    """Whether the rule is the bound of a column: every body's schema keeps it."""
    if not isinstance(rule, Limit):
        return False
    entity, attribute = rule.attribute.split(".")
    return any(
        column.name == attribute and isinstance(column.type, TextType | IntegerType | DecimalType)
        for table in project.database.tables
        if table.entity == entity
        for column in table.columns
    )


def _tests(project: Project) -> Iterator[Place]:
    tested = {node.operation for node in walk(project.tests) if isinstance(node, Call)}
    for number, operation in enumerate(project.interface.operations):
        if operation.id not in tested:
            yield f"/operations/{number}", operation.id


INVARIANTS = (
    Invariant(
        "traces.requirements",
        "analysis",
        "a table or an operation that serves the requirement",
        "Something is asked that nothing offers.",
        "Cite the requirement where it is served.",
        _requirements,
    ),
    Invariant(
        "traces.rules",
        "analysis",
        "a key, an operation or a program that keeps the rule",
        "A rule that nothing enforces is a wish.",
        "Cite the rule where it is kept.",
        _rules,
    ),
    Invariant(
        "traces.tests",
        "interface",
        "a test of each operation",
        "Nobody would notice if the operation broke.",
        "Write a test of its success.",
        _tests,
    ),
)
