"""Whose row it is: what only the owner may do with it, and what the owner may not."""

from __future__ import annotations

from scoring.brief import Ownership, Stranger
from scoring.matching import UNREAD, Subject
from scoring.project.facts import Operation, TestCall, TestFact
from scoring.rules.calls import given_to, made_before, refused, routes_of
from scoring.rules.kind import Kind, by_one_test
from scoring.rules.site import Problem, Site, compares_owner, owner_scoped
from scoring.typescript.sources import ResponseOf


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


def _ownership_tested(subject: Subject, rule: Ownership) -> float:
    """Return the share of the operations on one row that somebody else tries in vain."""
    lists = {o.id for o in subject.brief.operations if o.action == "list"}
    ids = [id for id in rule.operations if id not in lists] or list(rule.operations)
    tested = [
        id
        for id in ids
        if any(
            _refuses_another(subject, rule, test, routes_of(subject, (id,)))
            for test in subject.facts.tests
        )
    ]
    return len(tested) / len(ids)


def _refuses_another(subject: Subject, rule: Ownership, test: TestFact, routes: set[str]) -> bool:
    """Whether a refused call is made by somebody who has not made the row."""
    return any(
        call.caller and made.caller and not (call.caller & made.caller)
        for call in refused(subject, rule, test, routes)
        for made in made_before(subject, test, rule.entity, call)
    ) or _tries_another(subject, rule, test, routes)


def _tries_another(subject: Subject, rule: Ownership, test: TestFact, routes: set[str]) -> bool:
    """Whether a refused call names what somebody else signed up as, or was shown."""
    shown = {operation.key for operation in subject.performing(rule.entity, "list", "read")}
    joined = {operation.key for operation in subject.performing(rule.entity, "join")}
    for call in refused(subject, rule, test, routes):
        for made in test.calls:
            if not call.caller or made.id >= call.id or made.expected is not None:
                continue
            if ResponseOf(made.id) not in given_to(call):
                continue
            if made.route in joined and made.id not in call.caller:
                return True
            if made.route in shown and made.caller and not (made.caller & call.caller):
                return True
    return False


def _own_allowed(site: Site, rule: Stranger) -> Problem | None:
    target = site.target(rule.relation)
    if target is None:
        return Problem(1.0, f"there is no table for {rule.relation}")
    entity, table = target
    owners = site.subject.owner_columns(entity)
    if any(compares_owner(r.condition, owners, table) for r in site.refusals(rule.statuses)):
        return None
    return Problem(1.0, f"no refusal compares the owner of {table.name} with the caller")


def _stranger_guards(subject: Subject, rule: Stranger, test: TestFact) -> bool:
    """Whether callers are refused what they have made themselves, or for who has made it."""
    entity = subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = relation.target if relation is not None else ""
    return any(
        (made.caller & call.caller and (not call.members or ResponseOf(made.id) in given_to(call)))
        or (rule.person is not None and made.caller & _named(call))
        for call in refused(subject, rule, test)
        for made in made_before(subject, test, target, call)
    )


def _named(call: TestCall) -> set[int]:
    """Return the calls whose answers a call names."""
    return {s.call for s in given_to(call) if isinstance(s, ResponseOf)}


def _stranger_can_be_read(subject: Subject, rule: Stranger, operation: Operation) -> bool:
    return not operation.behaviour.called & UNREAD


OWNERSHIP = Kind(Ownership, _not_owned, _ownership_tested)
STRANGER = Kind(Stranger, _own_allowed, by_one_test(_stranger_guards), _stranger_can_be_read)
