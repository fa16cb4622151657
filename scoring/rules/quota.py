"""An owner has at most a number of rows: counted, compared, refused."""

from __future__ import annotations

from scoring.brief import Quota
from scoring.matching import Subject
from scoring.project.facts import TestFact
from scoring.rules.calls import made_before, refused
from scoring.rules.kind import Kind, by_one_test
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


def _guards(subject: Subject, rule: Quota, test: TestFact) -> bool:
    """Whether a row is refused after the test has made as many as are allowed."""
    return any(
        sum(made.repeated for made in made_before(subject, test, rule.entity, call)) >= rule.maximum
        for call in refused(subject, rule, test)
    )


QUOTA = Kind(Quota, _problem, by_one_test(_guards))
