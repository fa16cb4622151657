"""An owner has at most a number of rows: counted, compared, refused."""

from __future__ import annotations

from scoring.brief import Quota
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site
from scoring.typescript.sources import Filtered, Row, Scoped, Source


def _problem(site: Site, rule: Quota) -> Problem | None:
    owners = site.subject.owner_columns(site.entity)
    bound: set[Source] = {Scoped(site.table.name, owner) for owner in owners}
    by_account = len(site.subject.owner_chain(site.entity)) == len(owners)
    if not by_account:  # counted by what the row belongs to, which is the caller's own
        bound |= {Filtered(site.table.name, owner) for owner in owners}
    for refusal in site.refusals(rule.statuses):
        condition = refusal.condition
        numbers = condition.literals & {str(rule.maximum), str(rule.maximum - 1)}
        if Row(site.table.name) in condition.sources and numbers:
            scoped = not owners or bound & condition.sources
            return None if scoped else Problem(0.5, "rows of all owners are counted")
    return Problem(1.0, f"nothing is refused after {rule.maximum} rows of {site.table.name}")


QUOTA = Kind(Quota, _problem)
