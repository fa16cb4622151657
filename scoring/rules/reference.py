"""The row that a request names must be the caller's own."""

from __future__ import annotations

from scoring.brief import Reference
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site, owner_scoped
from scoring.typescript.sources import Given, Row


def _problem(site: Site, rule: Reference) -> Problem | None:
    target = site.target(rule.relation)
    if target is None:
        return Problem(1.0, f"there is no table for {rule.relation}")
    entity, table = target
    owners = site.subject.owner_columns(entity)
    conditions = [
        refusal.condition.sources
        for refusal in site.refusals(rule.statuses)
        if Row(table.name) in refusal.condition.sources
    ]
    for access in site.queries_of(table):
        if not any(Given.BODY in w.value.sources for w in access.wheres):
            continue
        if owner_scoped(access, owners, table):
            return None if conditions else Problem(0.5, "nothing is refused if it is not")
        compares = any(Given.ACTOR in sources for sources in conditions)
        return None if compares else Problem(0.7, f"the {rule.relation} may be anybody's")
    return Problem(1.0, f"{table.name} is not looked at")


REFERENCE = Kind(Reference, _problem)
