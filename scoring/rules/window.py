"""It is refused unless a time lies within a number of days."""

from __future__ import annotations

from scoring.brief import Window
from scoring.matching import UNREAD, Subject
from scoring.project.facts import Operation
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site, refusals, speaks_of
from scoring.typescript.sources import Given
from scoring.typescript.value import Refusal, Value
from scoring.words import squeeze

_UNITS = (1, 24, 24 * 60, 24 * 3600, 24 * 3600 * 1000)
"""A day in days, hours, minutes, seconds, milliseconds."""
_DIGITS_MAX = 15
"""A longer number is no number of milliseconds."""


def _problem(site: Site, rule: Window) -> Problem | None:
    timed = _timed(site.subject, rule, site.operation)
    if not timed:
        return Problem(1.0, f"no refusal depends on {rule.attribute}")
    wanted = {rule.days * unit for unit in _UNITS}
    if any(_numbers(refusal.condition) & wanted for refusal in timed):
        return None
    return Problem(0.5, f"no refusal by {rule.attribute} has {rule.days} days")


def _timed(subject: Subject, rule: Window, operation: Operation) -> list[Refusal]:
    """Return the refusals that depend on the time."""
    entity, table = subject.brief.entity(rule.entity), subject.tables.get(rule.entity)
    attribute = entity.attribute(rule.attribute) if entity is not None else None
    names = {squeeze(n) for n in (attribute.names if attribute is not None else [rule.attribute])}
    known = table.columns if table is not None else ()
    columns = [c for c in known if squeeze(c.name) in names]
    found: list[Refusal] = []
    for refusal in refusals(operation, rule.statuses):
        condition = refusal.condition
        named = names & {squeeze(n) for n in condition.names}
        given = Given.BODY in condition.sources and named
        if given or (table and any(speaks_of(condition, table, c) for c in columns)):
            found.append(refusal)
    return found


def _numbers(condition: Value) -> set[int]:
    digits = {text.replace("_", "").lstrip("-") for text in condition.literals}
    return {int(text) for text in digits if text.isdecimal() and len(text) <= _DIGITS_MAX}


def _can_be_read(subject: Subject, rule: Window, operation: Operation) -> bool:
    """Whether every refusal by the time shows its number of days."""
    if operation.behaviour.called & UNREAD:
        return False
    return all(_numbers(r.condition) for r in _timed(subject, rule, operation))


WINDOW = Kind(Window, _problem, _can_be_read)
