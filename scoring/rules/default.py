"""An attribute starts with a value: in the insert, in the column, or in the body's schema."""

from __future__ import annotations

from scoring.brief import Default
from scoring.matching import find_property
from scoring.rules.kind import Kind
from scoring.rules.site import Problem, Site
from scoring.words import squeeze

_TYPED = ("Boolean", "DateTime", "Int")
"""Types of columns whose literals say the same as a word of the brief: `false`, `null`, 0."""
_ABSENT = frozenset({"null", "false", "0", "1"})


def _problem(site: Site, rule: Default) -> Problem | None:
    column = site.column(rule.attribute)
    attribute = site.entity.attribute(rule.attribute)
    if column is None or attribute is None:
        return Problem(1.0, f"there is no column for {rule.attribute}")
    wanted = squeeze(rule.value)
    for access in site.queries_of(site.table):
        if access.action != "insert":
            continue
        value = access.value_set(column)
        if value is None:
            if column.default is not None and "*" not in access.sets:
                return None
        elif wanted in {squeeze(text) for text in value.literals} or (
            column.type in _TYPED and value.literals
        ):
            return None
    shape = site.subject.shape(site.operation.body)
    member = find_property(shape, attribute.names) if shape is not None else None
    if member is not None and member.default is not None and squeeze(member.default) == wanted:
        return None
    return Problem(1.0, f"{column.name} is not {rule.value} where the caller gives none")


DEFAULT = Kind(Default, _problem)
