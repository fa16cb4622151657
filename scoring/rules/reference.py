"""The row that a request names must be the caller's own."""

from __future__ import annotations

from scoring.brief import Reference
from scoring.matching import Subject, find_property
from scoring.project.facts import TestFact
from scoring.rules.calls import key_names, made_before, refused
from scoring.rules.kind import Kind, by_one_test
from scoring.rules.site import Problem, Site, owner_scoped
from scoring.typescript.sources import Given, ResponseOf, Row
from scoring.words import named


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


def _guards(subject: Subject, rule: Reference, test: TestFact) -> bool:
    """Whether a call is refused that names a row which somebody else has made."""
    entity = subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation.split(".")[0]) if entity is not None else None
    if relation is None:
        return False
    names = key_names(relation)
    if not _is_given(subject, rule, names):
        return any(
            call.caller and made.caller and not (made.caller & call.caller)
            for call in refused(subject, rule, test)
            for made in made_before(subject, test, relation.target, call)
        )
    return any(
        ResponseOf(made.id) in member.value.sources and not (made.caller & call.caller)
        for call in refused(subject, rule, test)
        for member in call.members
        if named(member.name, names)
        for made in made_before(subject, test, relation.target, call)
    )


def _is_given(subject: Subject, rule: Reference, names: tuple[str, ...]) -> bool:
    """Whether the body of an operation names the row."""
    for id in rule.operations:
        found = subject.found(id)
        shape = subject.shape(found.body) if found is not None else None
        if shape is not None and find_property(shape, names) is not None:
            return True
    return False


REFERENCE = Kind(Reference, _problem, by_one_test(_guards))
