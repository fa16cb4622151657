"""The list of kinds."""

from __future__ import annotations

from typing import get_args

from scoring.brief import Limit, Rule
from scoring.worlds.kinds import KINDS


def test_every_kind_of_rule_is_judged() -> None:
    union, _ = get_args(Rule)
    assert {*KINDS, Limit} == set(get_args(union))
