"""What becomes of the rows that refer to an erased one: they forbid it, stay, or go with it."""

from __future__ import annotations

from scoring.brief import Deletion, Restrict
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site
from scoring.typescript.sources import Row

_DELETE_RULES = {"keep": "SetNull", "erase": "Cascade"}
_ACTIONS = {"keep": "update", "erase": "delete"}


def _not_restricted(site: Site, rule: Restrict) -> Problem | None:
    child = site.subject.tables.get(rule.child)
    if child is None:
        return Problem(1.0, f"there is no table for {rule.child}")
    if any(Row(child.name) in r.condition.sources for r in site.refusals(rule.statuses)):
        return None
    return Problem(1.0, f"no refusal depends on rows of {child.name}")


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


RESTRICT = Kind(Restrict, _not_restricted)
DELETION = Kind(Deletion, _not_deleted)
