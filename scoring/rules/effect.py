"""The operation also changes rows of another table."""

from __future__ import annotations

from scoring.brief import Effect
from scoring.matching import UNREAD, Subject
from scoring.project.facts import Access, Operation
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site
from scoring.words import squeeze

_NESTED = {
    "insert": {"create", "createMany", "connectOrCreate", "upsert"},
    "update": {"update", "updateMany", "upsert"},
    "delete": {"delete", "deleteMany"},
}
"""Members by which the Prisma client writes rows of a relation together with a row."""


def _problem(site: Site, rule: Effect) -> Problem | None:
    entity = site.subject.brief.entity(rule.writes)
    table = site.subject.tables.get(rule.writes)
    if entity is None or table is None:
        return Problem(1.0, f"there is no table for {rule.writes}")
    written = [a for a in site.queries_of(table) if _changes(a, rule.change)]
    if not written:
        return Problem(1.0, f"no {rule.change} of {table.name}")
    if rule.attribute is None:
        return None
    column = site.subject.column(entity, rule.attribute)
    if column is None:
        return Problem(1.0, f"there is no column for {rule.attribute}")
    wanted = squeeze(column.name)
    if any(wanted in {squeeze(name) for name in _names_set(a)} for a in written):
        return None
    return Problem(1.0, f"{rule.change} of {table.name} leaves {column.name} alone")


def _changes(access: Access, change: str) -> bool:
    if access.action == change:
        return True
    marks = change == "delete" and access.action == "update"
    return marks and any("delet" in name.lower() for name in access.sets)


def _names_set(access: Access) -> set[str]:
    """Return the columns that a query sets; of what is not an object, all names in it."""
    rest = access.sets.get("*")
    return set(access.sets) | (set(rest.names) if rest is not None else set[str]())


def _can_be_read(subject: Subject, rule: Effect, operation: Operation) -> bool:
    """Whether the change would be a query of its own, in a column that is there."""
    if operation.behaviour.called & UNREAD or _writes_relations(rule, operation):
        return False
    entity, table = subject.brief.entity(rule.writes), subject.tables.get(rule.writes)
    if rule.attribute is None or entity is None or table is None:
        return True
    return subject.column(entity, rule.attribute) is not None


def _writes_relations(rule: Effect, operation: Operation) -> bool:
    return any(
        _NESTED[rule.change] & {name for name, _ in value.members}
        for access in operation.behaviour.accesses
        for value in access.sets.values()
    )


EFFECT = Kind(Effect, _problem, _can_be_read)
