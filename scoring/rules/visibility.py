"""Rows in one state are shown to some actors only: left out of the query, or refused."""

from __future__ import annotations

from scoring.brief import Visibility
from scoring.matching import Subject
from scoring.project.facts import TestFact
from scoring.rules.calls import compared, reaching, refused, routes_of, succeeded_before
from scoring.rules.kind import Kind, by_one_test
from scoring.rules.site import Problem, Site, speaks_of
from scoring.typescript.sources import Given, ResponseOf


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


def _guards(subject: Subject, rule: Visibility, test: TestFact) -> bool:
    """Whether the test looks for the row after it was moved into the hidden state."""
    hiding = reaching(subject, rule.entity, rule.attribute, rule.hidden)
    if any(succeeded_before(subject, test, hiding, c) for c in refused(subject, rule, test)):
        return True
    routes, seen = routes_of(subject, rule.operations), compared(test)
    return any(
        call.route in routes
        and ResponseOf(call.id) in seen
        and succeeded_before(subject, test, hiding, call)
        for call in test.calls
    )


VISIBILITY = Kind(Visibility, _problem, by_one_test(_guards))
