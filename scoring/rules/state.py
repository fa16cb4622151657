"""What the state of a row allows: its own transitions, and what depends on a related row."""

from __future__ import annotations

from scoring.brief import State, Transition
from scoring.project.facts import Access, Column
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site, speaks_of
from scoring.typescript.sources import Given
from scoring.words import squeeze


def _not_moved(site: Site, rule: Transition) -> Problem | None:
    column = site.column(rule.attribute)
    if column is None:
        return Problem(1.0, f"there is no column for {rule.attribute}")
    moves = any(
        access.action == "update" and _sets(access, column, rule.target)
        for access in site.queries_of(site.table)
    )
    guarded = any(
        speaks_of(refusal.condition, site.table, column) for refusal in site.refusals(rule.statuses)
    )
    if moves and guarded:
        return None
    if guarded:
        return Problem(0.5, f"{column.name} is not set to {rule.target}")
    missing = f"no refusal depends on {column.name}"
    return Problem(0.5, missing) if moves else Problem(1.0, f"{missing}, nor is it set")


def _sets(access: Access, column: Column, target: str) -> bool:
    value = access.value_set(column)
    if value is None:
        return False
    if column.type in ("enum", "String"):
        shown = {squeeze(text) for text in value.literals}
        return squeeze(target) in shown or Given.BODY in value.sources
    return True


def _not_asked(site: Site, rule: State) -> Problem | None:
    target = site.target(rule.relation)
    column = site.subject.column(target[0], rule.attribute) if target is not None else None
    if target is None or column is None:
        return Problem(1.0, f"there is no column for {rule.relation}.{rule.attribute}")
    table = target[1]
    if any(speaks_of(r.condition, table, column) for r in site.refusals(rule.statuses)):
        return None
    return Problem(1.0, f"no refusal depends on {table.name}.{column.name}")


TRANSITION = Kind(Transition, _not_moved)
STATE = Kind(State, _not_asked)
