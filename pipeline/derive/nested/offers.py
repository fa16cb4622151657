"""Offers: which tables' rows can be given with a row of another table."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast.analysis import Analysis, Quota, Rule
from pipeline.ast.database import Database, Relation, Table
from pipeline.settle.analysis import rule_entities

STANCES = ("subsidiary", "junction")
KEPT_FOR_EACH = (
    *("uniqueness", "ownership", "limit", "default"),
    *("restriction", "cascade", "sorting", "retention"),
)
"""Kinds of rules that are kept for each row of a list, as for a row that is made alone."""


def nestable(analysis: Analysis, database: Database, table: Table) -> list[str]:
    """Return the tables whose rows can be given, and replaced, with a row of a table.

    They are parts of it alone: nothing else points at them, nobody else owns them, and no rule
    about them needs a program.
    """
    if table.stance == "actor":
        return []
    return [
        child.name
        for child in database.tables
        if child.stance in STANCES and not child.soft_delete
        if len(_links(table, child)) == 1 and _is_part(_links(table, child)[0])
        if not any(relation.owner for relation in child.relations)
        if not any(_points_at(other, child) for other in database.tables)
        if all(
            _is_kept_for_each(rule) or bounds_list(rule, table, child)
            for rule in _rules_about(analysis, child)
        )
    ]


def bounds_list(rule: Rule, table: Table, child: Table) -> bool:
    """Whether a rule says how many rows of `child` a row of `table` has: how long its list is."""
    return (
        isinstance(rule, Quota)
        and (rule.entity, rule.per) == (child.entity, table.entity)
        and isinstance(rule.maximum, int)
        and (rule.period, rule.value) == ("at_once", None)
    )


def link_to(table: Table, child: Table) -> Relation:
    """Return the relation by which rows of a nested table belong to a row."""
    return _links(table, child)[0]


def _links(table: Table, child: Table) -> list[Relation]:
    return [relation for relation in child.relations if relation.target == table.name]


def _is_part(link: Relation) -> bool:
    return link.cardinality == "many_to_one" and not link.nullable


def _points_at(other: Table, child: Table) -> bool:
    return any(relation.target == child.name for relation in other.relations)


def _rules_about(analysis: Analysis, child: Table) -> Iterator[Rule]:
    return (rule for rule in analysis.rules if child.entity in rule_entities(rule))


def _is_kept_for_each(rule: Rule) -> bool:
    if rule.kind == "permission":
        return rule.allowed
    return rule.kind in KEPT_FOR_EACH
