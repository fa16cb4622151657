"""No two rows share the values: looked for before, or caught when the key refuses."""

from __future__ import annotations

from scoring.brief import Uniqueness
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site
from scoring.typescript.sources import Caught, Filtered


def _problem(site: Site, rule: Uniqueness) -> Problem | None:
    columns = [site.column(name) for name in rule.attributes]
    names = {column.name for column in columns if column is not None}
    if len(names) < len(rule.attributes):
        return Problem(1.0, "there is no such column")
    owners = site.subject.owner_columns(site.entity) if rule.scope == "owner" else ()
    wanted = names | set(owners)
    looked_up = {Filtered(site.table.name, name) for name in wanted}
    for refusal in site.refusals(rule.statuses):
        sources = refusal.condition.sources
        if Caught(site.table.name) in sources or looked_up <= sources:
            return None
    if any(names <= {w.column for w in a.wheres} for a in site.queries_of(site.table)):
        return Problem(0.5, "a query looks for the value, but nothing is refused by it as promised")
    listed = ", ".join(sorted(wanted))
    return Problem(1.0, f"no query for {listed} that a refusal depends on")


UNIQUENESS = Kind(Uniqueness, _problem)
