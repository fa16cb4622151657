"""Worlds for each kind of rule: how it is kept, and the ways in which it is broken.

One module a family of kinds; `KINDS` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.brief import RuleRecord
from scoring.worlds.judging import Worlds
from scoring.worlds.kinds import (
    children,
    effects,
    marks,
    members,
    named,
    orders,
    quotas,
    sight,
    states,
    times,
    values,
    whose,
)

KINDS: Mapping[type[RuleRecord], Worlds[Any]] = {
    kind.rule: kind
    for kind in (
        whose.OWNERSHIP,
        named.REFERENCE,
        named.STRANGER,
        states.TRANSITION,
        states.STATE,
        values.UNIQUENESS,
        values.DEFAULT,
        values.NEEDED,
        quotas.QUOTA,
        children.RESTRICT,
        children.DELETION,
        children.FILLED,
        members.MEMBERSHIP,
        members.BAR,
        effects.EFFECT,
        sight.VISIBILITY,
        marks.LEFT_OUT,
        times.WINDOW,
        orders.ORDER,
        orders.AHEAD,
    )
}
