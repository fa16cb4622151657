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

    They are parts of it alone: nobody else owns them, and no rule about how they are made needs a
    program. Those that others point at are given with a new row, and never replaced.
    """
    if table.stance == "actor":
        return []
    return [
        child.name
        for child in database.tables
        if child.stance in STANCES and not child.soft_delete
        if len(_links(table, child)) == 1 and _is_part(_links(table, child)[0])
        if not any(relation.owner for relation in child.relations)
        if all(
            _is_kept_for_each(rule, new=is_pointed_at(database, child))
            or bounds_list(rule, table, child)
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


def is_pointed_at(database: Database, child: Table) -> bool:
    """Whether rows of other tables belong to rows of a table, too."""
    return any(r.target == child.name for other in database.tables for r in other.relations)


def _rules_about(analysis: Analysis, child: Table) -> Iterator[Rule]:
    """Yield the rules about a table's rows; a state that others need of them is not about them."""
    for rule in analysis.rules:
        entities = (rule.entity,) if rule.kind == "state" else rule_entities(rule)
        if child.entity in entities:
            yield rule


def _is_kept_for_each(rule: Rule, *, new: bool) -> bool:
    """Whether derivation keeps a rule for each row of a list; of `new` rows, none has moved yet."""
    if rule.kind == "permission":
        return rule.allowed
    return rule.kind in KEPT_FOR_EACH or (new and rule.kind == "transition")
