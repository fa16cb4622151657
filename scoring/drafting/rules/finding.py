"""All readers of rules, in the order in which they need each other's findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scoring.drafting.draft import Draft, DraftAttribute, DraftRule
from scoring.drafting.reading.context import Context
from scoring.drafting.rules.conditions import find_conditions, find_frozen
from scoring.drafting.rules.counting import find_quotas
from scoring.drafting.rules.deletions import find_deletions
from scoring.drafting.rules.effects import find_effects
from scoring.drafting.rules.ownership import find_hidden, find_ownership
from scoring.drafting.rules.seeing import find_seen
from scoring.drafting.rules.steps import (
    find_explained,
    find_marked,
    find_needed,
    find_steps,
    find_until,
)
from scoring.drafting.rules.tenancy import find_apart, find_places, find_tenants
from scoring.drafting.rules.times import find_ahead, find_compared, find_orders, find_windows
from scoring.drafting.rules.uniqueness import (
    find_memberships,
    find_once,
    find_one_each,
    find_same_once,
    find_unique,
)

READERS: tuple[Callable[[Context], Iterable[DraftRule]], ...] = (
    find_quotas,
    find_unique,
    find_once,
    find_one_each,
    find_same_once,
    find_memberships,
    find_deletions,
    find_ownership,
    find_steps,
    find_marked,
    find_until,
    find_explained,
    find_needed,
    find_conditions,
    find_frozen,
    find_hidden,
    find_seen,
    find_windows,
    find_ahead,
    find_orders,
    find_compared,
    find_apart,
    find_tenants,
    find_effects,
)


def find_rules(draft: Draft, contexts: Sequence[Context]) -> None:
    """Add all rules of a text, reader by reader, and those that attributes imply."""
    find_places(contexts)
    for reader in READERS:
        for context in contexts:
            for rule in list(reader(context)):
                draft.rule(rule)
    _of_attributes(draft)


def _of_attributes(draft: Draft) -> None:
    """Add what the attributes imply: limits, defaults and unique values."""
    for entity in draft.entities.values():
        for attribute in entity.attributes.values():
            name = " ".join(attribute.name)
            bounds = {"minimum": attribute.minimum, "maximum": attribute.maximum}
            actions = ("create", "update", "join")
            if set(bounds.values()) != {None}:
                details = {"attribute": name, **bounds}
                draft.rule(DraftRule("limit", entity.name, details, actions, attribute.said))
            is_counted = name.endswith((" count", " sum"))
            if attribute.default is not None and not is_counted:
                details = {"attribute": name, "value": attribute.default}
                starts = ("create", "join")
                draft.rule(DraftRule("default", entity.name, details, starts, attribute.said))
        if entity.account and not entity.invited:
            entity.add(DraftAttribute(("email",), "text"))
            details = {"attributes": ("email",), "scope": "global"}
            draft.rule(DraftRule("uniqueness", entity.name, details, ("join",)))
