"""Which rules the described service knows how to keep, so that tests of them can be played."""

from __future__ import annotations

import re

from scoring.brief import (
    Ahead,
    Bar,
    Brief,
    Effect,
    Entity,
    Filled,
    LeftOut,
    Needed,
    Order,
    Quota,
    Reference,
    Rule,
    State,
    Stranger,
)

_UNKNOWN = (Ahead, Bar, Filled, LeftOut, Needed, Order)
_ALTERNATIVES = ("or_sources", "or_values", "or_through", "or_actors", "or_relation", "or_owner")
"""Members that make a rule less strict than the service keeps it."""


def is_modelled(rule: Rule) -> bool:
    """Whether the service keeps a rule just as the brief says; nobody knows of others."""
    if isinstance(rule, _UNKNOWN) or any(getattr(rule, name, None) for name in _ALTERNATIVES):
        return False
    match rule:
        case Quota():
            return not (rule.within or rule.days)
        case Reference():
            return "." not in rule.relation
        case State():
            return rule.relation is not None and "." not in rule.relation
        case Stranger():
            return rule.person is None and "." not in rule.relation
        case Effect():
            return rule.change != "restore"
        case _:
            return not any(getattr(rule, name, None) for name in ("person", "place", "whom"))


def is_played(brief: Brief, rule: Rule) -> bool:
    """Whether a play can show that a rule is broken; nobody knows of the others.

    The service does an effect if it finds the rows that it changes and the values that it writes.
    """
    if not isinstance(rule, Effect):
        return is_modelled(rule)
    entity = brief.entity(rule.entity)
    if entity is None or not is_modelled(rule) or not _leads(brief, entity, rule):
        return False
    return rule.change == "insert" or _is_found(brief, entity, rule)


def _leads(brief: Brief, entity: Entity, rule: Effect) -> bool:
    """Whether all paths of an effect begin at its own row; others go over many rows."""
    wordings = [rule.value or "", *rule.sets.values(), *rule.where.values()]
    paths = [path.strip() for each in wordings for path in re.split(r"^[+-]| [*+] ", each)]
    starts = [path.partition(".")[0] for path in paths if "." in path]
    return not any(brief.entity(s) is not None and entity.relation(s) is None for s in starts)


def _is_found(brief: Brief, entity: Entity, rule: Effect) -> bool:
    """Whether there can be rows that an effect changes, and whether it finds them."""
    if rule.writes == rule.entity:
        return True
    makes = [o for o in brief.operations if o.entity == rule.writes]
    inserts = [r for r in brief.rules if isinstance(r, Effect) and r.change == "insert"]
    are_made = any(o.action in ("create", "join") for o in makes) or any(
        is_played(brief, r) for r in inserts if r.writes == rule.writes
    )
    if not are_made:
        return False
    return bool(rule.where) or rule.change == "delete" or _is_above(brief, entity, rule.writes)


def _is_above(brief: Brief, entity: Entity, writes: str) -> bool:
    """Whether relations lead from a row to one of another entity; to an account, at once."""
    reached = {entity.name}
    level = [entity]
    for held in level:
        for relation in held.relations:
            other = brief.entity(relation.target)
            if relation.target == writes and (other is None or not other.account or held is entity):
                return True
            if other is not None and not other.account and other.name not in reached:
                reached.add(other.name)
                level.append(other)
    return False
