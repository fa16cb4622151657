"""Whose row it is: what only the owner may do with it, and what the owner may not."""

from __future__ import annotations

from scoring.brief import Ownership, Stranger
from scoring.matching import UNREAD, Subject
from scoring.project.facts import Operation
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site, compares_owner, owner_scoped


def _not_owned(site: Site, rule: Ownership) -> Problem | None:
    owners = site.subject.owner_columns(site.entity)
    if not owners:
        return Problem(1.0, "there is no column that says whose row it is")
    accesses = [a for a in site.queries_of(site.table) if a.action != "insert"]
    if not accesses:
        return Problem(1.0, f"{site.table.name} is not even queried")
    if any(compares_owner(r.condition, owners, site.table) for r in site.refusals((403, 404))):
        return None
    chain = site.subject.owner_chain(site.entity)
    loose = [a for a in accesses if not owner_scoped(a, chain, site.table)]
    if not loose:
        return None
    first = loose[0]
    place = f"{first.file}:{first.line}"
    return Problem(1.0, f"{first.action} of {site.table.name} at {place} is not scoped")


def _own_allowed(site: Site, rule: Stranger) -> Problem | None:
    target = site.target(rule.relation)
    if target is None:
        return Problem(1.0, f"there is no table for {rule.relation}")
    entity, table = target
    owners = site.subject.owner_columns(entity)
    if any(compares_owner(r.condition, owners, table) for r in site.refusals(rule.statuses)):
        return None
    return Problem(1.0, f"no refusal compares the owner of {table.name} with the caller")


def _stranger_can_be_read(subject: Subject, rule: Stranger, operation: Operation) -> bool:
    return not operation.behaviour.called & UNREAD


OWNERSHIP = Kind(Ownership, _not_owned)
STRANGER = Kind(Stranger, _own_allowed, _stranger_can_be_read)
