"""Where a rule must be kept: one operation, its queries and its refusals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from scoring.brief import Entity
from scoring.matching import Subject
from scoring.project.facts import Access, Column, Operation, Table
from scoring.typescript.sources import Filtered, Given, Row, Scoped
from scoring.typescript.value import Refusal, Value
from scoring.words import squeeze


@dataclass(frozen=True)
class Problem:
    """What is wrong where a rule should be kept: the share that is lost, and why."""

    loss: float
    found: str


@dataclass(frozen=True)
class Site:
    """An operation that must keep a rule, and the entity that the rule is about."""

    subject: Subject
    operation: Operation
    entity: Entity
    table: Table
    """The entity's table."""

    def queries_of(self, table: Table) -> list[Access]:
        """Return the operation's queries of a table."""
        return [a for a in self.operation.behaviour.accesses if a.table == table.name]

    def refusals(self, statuses: Collection[int]) -> list[Refusal]:
        """Return the errors with one of the statuses that the operation throws."""
        return refusals(self.operation, statuses)

    def column(self, name: str) -> Column | None:
        """Return the entity's column for an attribute or a relation."""
        return self.subject.column(self.entity, name)

    def target(self, relation_name: str) -> tuple[Entity, Table] | None:
        """Return the entity that a relation leads to, and its table; None if either is missing."""
        relation = self.entity.relation(relation_name)
        target = self.subject.brief.entity(relation.target) if relation is not None else None
        table = self.subject.tables.get(target.name) if target is not None else None
        return (target, table) if target is not None and table is not None else None


def refusals(operation: Operation, statuses: Collection[int]) -> list[Refusal]:
    """Return the errors with one of the statuses that an operation throws."""
    return [r for r in operation.behaviour.refusals if r.statuses & set(statuses)]


def owner_scoped(access: Access, owners: Collection[str], table: Table) -> bool:
    """Whether a query reaches the caller's own rows only."""
    for where in access.wheres:
        if where.conditional:
            continue
        by_caller = Given.ACTOR in where.value.sources
        if by_caller and (where.column in owners or where.operator == "or"):
            return True
        if any(Scoped(table.name, owner) in where.value.sources for owner in owners):
            return True
    return False


def compares_owner(condition: Value, owners: Collection[str], table: Table) -> bool:
    """Whether a condition compares the owner of a row that was read with the caller."""
    if any(Scoped(table.name, owner) in condition.sources for owner in owners):
        return True
    named_owner = {squeeze(n) for n in condition.names} & {squeeze(o) for o in owners}
    return bool(named_owner) and {Given.ACTOR, Row(table.name)} <= condition.sources


def speaks_of(condition: Value, table: Table, column: Column) -> bool:
    """Whether a condition depends on the column of a row that was read."""
    if Filtered(table.name, column.name) in condition.sources:
        return True
    named = squeeze(column.name) in {squeeze(name) for name in condition.names}
    return named and Row(table.name) in condition.sources
