"""Only callers with a row of another table may do it, perhaps with a value in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scoring.brief import Membership
from scoring.matching import UNREAD, Subject
from scoring.project.facts import Access, Column, Operation, Table
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site, owner_scoped, speaks_of
from scoring.typescript.sources import Given, Row, Scoped
from scoring.typescript.value import Refusal
from scoring.words import contains, squeeze, words


def _problem(site: Site, rule: Membership) -> Problem | None:
    subject = site.subject
    through, table = subject.brief.entity(rule.through), subject.tables.get(rule.through)
    if through is None or table is None:
        return Problem(1.0, f"there is no table for {rule.through}")
    owners = subject.owner_columns(through)
    accesses = site.operation.behaviour.accesses
    asked = [access for access in accesses if _asks_for_caller(access, owners, table)]
    if not asked:
        return Problem(1.0, f"nobody looks for the caller's row of {table.name}")
    refusals = site.refusals(rule.statuses)
    if site.operation.method != "GET" and not any(_depends(r, owners, table) for r in refusals):
        return Problem(0.7, f"nothing is refused without a row of {table.name}")
    if rule.attribute is None or rule.value is None:
        return None
    column = subject.column(through, rule.attribute)
    if column is None:
        return Problem(1.0, f"there is no column for {rule.attribute}")
    if _asks_for_value(asked, column, rule.value) or any(
        speaks_of(r.condition, table, column) for r in refusals
    ):
        return None
    return Problem(0.5, f"any row of {table.name} will do, whatever its {column.name}")


def _asks_for_caller(access: Access, owners: Collection[str], table: Table) -> bool:
    """Whether a query, or a condition within one, looks for the caller's row."""
    if access.action not in ("read", "count"):
        return False
    if access.table == table.name:
        return owner_scoped(access, owners, table)
    return any(
        w.column in owners and not w.conditional and Given.ACTOR in w.value.sources
        for w in access.wheres
    )


def _asks_for_value(asked: Sequence[Access], column: Column, value: str) -> bool:
    """Whether one of the queries asks for the value, or for one that is not known here."""
    shown = [
        {squeeze(text) for text in where.value.literals}
        for access in asked
        for where in access.wheres
        if where.column == column.name
    ]
    return any(squeeze(value) in texts or not texts for texts in shown)


def _depends(refusal: Refusal, owners: Collection[str], table: Table) -> bool:
    """Whether a refusal depends on a row of the table, or on any row that is the caller's."""
    sources = refusal.condition.sources
    if Row(table.name) in sources:
        return True
    return any(isinstance(source, Scoped) and source.column in owners for source in sources)


def _can_be_read(subject: Subject, rule: Membership, operation: Operation) -> bool:
    """Whether no guard speaks of the membership, and all queries can be read."""
    if operation.behaviour.called & UNREAD:
        return False
    entity = subject.brief.entity(rule.through)
    said = [*(entity.names if entity is not None else ()), *filter(None, [rule.value])]
    guards = [words(role) for role in operation.roles]
    return not any(contains(guard, words(name)) for guard in guards for name in said)


MEMBERSHIP = Kind(Membership, _problem, _can_be_read)
