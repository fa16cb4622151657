"""Which rules the described service knows how to keep, so that tests of them can be played."""

from __future__ import annotations

from scoring.brief import (
    Ahead,
    Bar,
    Effect,
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
