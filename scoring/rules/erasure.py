"""What becomes of the rows that refer to an erased one: they forbid it, stay, or go with it."""

from __future__ import annotations

from scoring.brief import Deletion, Filled, Restrict
from scoring.matching import Subject
from scoring.project.facts import TestCall, TestFact
from scoring.rules.calls import compared, made_before, refused, routes_of
from scoring.rules.kind import Kind, by_one_test, in_worlds
from scoring.rules.site import Problem, Site
from scoring.typescript.sources import ResponseOf, Row

_DELETE_RULES = {"keep": "SetNull", "erase": "Cascade"}
_ACTIONS = {"keep": "update", "erase": "delete"}


def _not_restricted(site: Site, rule: Restrict) -> Problem | None:
    child = site.subject.tables.get(rule.child)
    if child is None:
        return Problem(1.0, f"there is no table for {rule.child}")
    if any(Row(child.name) in r.condition.sources for r in site.refusals(rule.statuses)):
        return None
    return Problem(1.0, f"no refusal depends on rows of {child.name}")


def _restrict_guards(subject: Subject, rule: Restrict, test: TestFact) -> bool:
    """Whether erasing is refused after a row was made that refers to it."""
    return any(
        made_before(subject, test, rule.child, call) for call in refused(subject, rule, test)
    )


def _not_deleted(site: Site, rule: Deletion) -> Problem | None:
    parent, child = site.table, site.subject.tables.get(rule.child)
    if child is None:
        return Problem(1.0, f"there is no table for {rule.child}")
    if not any(a.action in ("delete", "update") for a in site.queries_of(parent)):
        return Problem(1.0, f"no row of {parent.name} is deleted")
    by_key = any(
        key.target == parent.name and key.on_delete == _DELETE_RULES[rule.effect]
        for key in child.foreign_keys
    )
    by_hand = any(
        access.action in (_ACTIONS[rule.effect], "update") for access in site.queries_of(child)
    )
    if by_key or by_hand:
        return None
    return Problem(
        1.0, f"neither the foreign key nor the handler will {rule.effect} rows of {child.name}"
    )


def _deletion_guards(subject: Subject, rule: Deletion, test: TestFact) -> bool:
    """Whether the test looks at the rows that referred to the erased one."""
    routes = routes_of(subject, rule.operations)
    return any(
        _looks_at_children(subject, rule, test, erased)
        for erased in test.calls
        if erased.route in routes
        and erased.expected is None
        and made_before(subject, test, rule.child, erased)
    )


def _looks_at_children(subject: Subject, rule: Deletion, test: TestFact, erased: TestCall) -> bool:
    shown = {operation.key for operation in subject.performing(rule.child, "read", "list")}
    seen = compared(test)
    for call in test.calls:
        if call.id > erased.id and call.route in shown:
            if call.expected is None and ResponseOf(call.id) in seen:
                return True
            if call.expected is not None and rule.effect == "erase":
                return True
    return False


def _filled_guards(subject: Subject, rule: Filled, test: TestFact) -> bool:
    """Whether a call is refused in a test, before any child was made or after."""
    return bool(refused(subject, rule, test))


FILLED = Kind(Filled, in_worlds, by_one_test(_filled_guards))
RESTRICT = Kind(Restrict, _not_restricted, by_one_test(_restrict_guards))
DELETION = Kind(Deletion, _not_deleted, by_one_test(_deletion_guards))
