"""Rows in one state are shown to some actors only: left out of the query, or refused."""

from __future__ import annotations

from scoring.brief import Visibility
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site, speaks_of
from scoring.typescript.sources import Given


def _problem(site: Site, rule: Visibility) -> Problem | None:
    column = site.column(rule.attribute)
    if column is None:
        return Problem(1.0, f"there is no column for {rule.attribute}")
    left_out = any(
        where.column == column.name and Given.QUERY not in where.value.sources
        for access in site.queries_of(site.table)
        for where in access.wheres
    )
    if left_out or any(
        speaks_of(r.condition, site.table, column) for r in site.refusals(rule.statuses)
    ):
        return None
    return Problem(1.0, f"{column.name} plays no part in what is shown")


VISIBILITY = Kind(Visibility, _problem)
